/* SPDX-License-Identifier: Apache-2.0 */
/* response_policy.c - a response headers policy as fields of responses. */
#include "services/cloudfront/edge.h"

#define SECURITY_HEADERS 6

static struct np_str joined(struct np_arena *a, const struct np_strs *l)
{
    struct np_buf b;
    np_buf_init(&b, a, CLOUDFRONT_CONFIG_BYTES_MAX);
    for (size_t i = 0; i < l->n; i++) {
        if (i != 0)
            np_buf_lit(&b, ", ");
        np_buf_str_add(&b, l->v[i]);
    }
    return np_buf_str(&b);
}

static void cors(const struct cloudfront_ResponseHeadersPolicyCorsConfig *c, struct np_arena *a,
                 struct np_edge_cors *out)
{
    const struct np_strs *methods = &c->AccessControlAllowMethods->Items;
    bool all = methods->n == 1 && np_str_is(methods->v[0], "ALL");
    *out = (struct np_edge_cors){
        .on = true,
        .credentials = c->AccessControlAllowCredentials.v,
        .override = c->OriginOverride.v,
        .origins = c->AccessControlAllowOrigins->Items.v,
        .n_origins = c->AccessControlAllowOrigins->Items.n,
        .allow_methods =
            all ? NP_STR("GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS") : joined(a, methods),
        .max_age_s = c->AccessControlMaxAgeSec.set ? c->AccessControlMaxAgeSec.v : -1,
    };
    if (c->AccessControlAllowHeaders->Items.n != 0)
        out->allow_headers = joined(a, &c->AccessControlAllowHeaders->Items);
    if (c->AccessControlExposeHeaders != NULL && c->AccessControlExposeHeaders->Items.n != 0)
        out->expose_headers = joined(a, &c->AccessControlExposeHeaders->Items);
}

static struct np_str hsts(const struct cloudfront_ResponseHeadersPolicyStrictTransportSecurity *s,
                          struct np_arena *a)
{
    return np_str_printf(a, "max-age=%lld%s%s", (long long)s->AccessControlMaxAgeSec.v,
                         s->IncludeSubdomains.v ? "; includeSubDomains" : "",
                         s->Preload.v ? "; preload" : "");
}

static struct np_str xss(const struct cloudfront_ResponseHeadersPolicyXSSProtection *x,
                         struct np_arena *a)
{
    if (!x->Protection.v)
        return NP_STR("0");
    if (x->ReportUri.n != 0)
        return np_str_printf(a, "1; report=%.*s", NP_FMT(x->ReportUri));
    return x->ModeBlock.v ? NP_STR("1; mode=block") : NP_STR("1");
}

static size_t security(const struct cloudfront_ResponseHeadersPolicySecurityHeadersConfig *s,
                       struct np_arena *a, struct np_edge_header_set *out)
{
    size_t n = 0;
#define ADD(name, value, member)                                                                   \
    if (s->member != NULL)                                                                         \
    out[n++] = (struct np_edge_header_set){NP_STR(name), (value), s->member->Override.v}
    ADD("X-XSS-Protection", xss(s->XSSProtection, a), XSSProtection);
    ADD("X-Frame-Options", s->FrameOptions->FrameOption, FrameOptions);
    ADD("Referrer-Policy", s->ReferrerPolicy->ReferrerPolicy, ReferrerPolicy);
    ADD("Content-Security-Policy", s->ContentSecurityPolicy->ContentSecurityPolicy,
        ContentSecurityPolicy);
    ADD("X-Content-Type-Options", NP_STR("nosniff"), ContentTypeOptions);
    ADD("Strict-Transport-Security", hsts(s->StrictTransportSecurity, a), StrictTransportSecurity);
#undef ADD
    return n;
}

void cloudfront_policy_headers(const struct cloudfront_ResponseHeadersPolicyConfig *c,
                               struct np_arena *a, struct np_edge_response_policy *out)
{
    const struct cloudfront_ResponseHeadersPolicyCustomHeadersConfig *h = c->CustomHeadersConfig;
    const struct cloudfront_ResponseHeadersPolicyRemoveHeadersConfig *r = c->RemoveHeadersConfig;
    const struct cloudfront_ResponseHeadersPolicyServerTimingHeadersConfig *t =
        c->ServerTimingHeadersConfig;
    size_t room = SECURITY_HEADERS + (h != NULL ? h->Items.n : 0), n = 0;
    struct np_edge_header_set *set = np_new_array(a, struct np_edge_header_set, room);
    struct np_str *remove = np_new_array(a, struct np_str, r != NULL ? r->Items.n + 1 : 1);
    *out = (struct np_edge_response_policy){.headers = set, .remove = remove};
    if (c->CorsConfig != NULL)
        cors(c->CorsConfig, a, &out->cors);
    if (c->SecurityHeadersConfig != NULL)
        n = security(c->SecurityHeadersConfig, a, set);
    for (size_t i = 0; h != NULL && i < h->Items.n; i++)
        set[n++] = (struct np_edge_header_set){h->Items.v[i].Header, h->Items.v[i].Value,
                                               h->Items.v[i].Override.v};
    out->n_headers = n;
    for (size_t i = 0; r != NULL && i < r->Items.n; i++)
        remove[out->n_remove++] = r->Items.v[i].Header;
    if (t != NULL && t->Enabled.v)
        out->server_timing = (t->SamplingRate.set ? t->SamplingRate.v : 100.0) / 100.0;
}
