/* SPDX-License-Identifier: Apache-2.0 */
/* compile.c - a distribution's document and what it refers to, as the engine wants it. */
#include "services/cloudfront/edge.h"
#include "services/cloudfront/function.h"

#include "base/arena.h"

struct making {
    struct np_core *core;
    struct np_dbc *c;
    struct np_scope scope;
    struct np_arena *a;
    struct cloudfront_site *site;
    const struct cloudfront_DistributionConfig *config;
};

/* The document of an item that the distribution refers to: references.c saw to it that it is there.
 */
static int document(struct making *m, enum cloudfront_kind_id k, struct np_str id, void **out,
                    struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_get(m->core, m->c, &m->scope, k, id, m->a, &item, err);
    if (rc == NP_ENOENT)
        return np_err(err, NP_ECORRUPT, "%s %.*s is not there", cloudfront_kinds[k].name,
                      NP_FMT(id));
    return rc == 0 ? cloudfront_item_config(&item, k, m->a, out, err) : rc;
}

/* --- choices --- */

static struct np_edge_set choice(struct np_str behavior, const struct np_strs *names)
{
    struct np_edge_set s = {.how = NP_EDGE_NONE};
    if (names != NULL) {
        s.names = names->v;
        s.n = names->n;
    }
    if (np_str_is(behavior, "whitelist"))
        s.how = NP_EDGE_SOME;
    else if (np_str_is(behavior, "allExcept"))
        s.how = NP_EDGE_EXCEPT;
    else if (!np_str_is(behavior, "none"))
        s.how = NP_EDGE_ALL; /* all, allViewer, allViewerAndWhitelistCloudFront */
    return s;
}

#define NAMES_OF(p) ((p) != NULL ? &(p)->Items : NULL)

static void key_of(const struct cloudfront_CachePolicyConfig *c, struct np_edge_forwarding *f)
{
    const struct cloudfront_ParametersInCacheKeyAndForwardedToOrigin *k =
        c->ParametersInCacheKeyAndForwardedToOrigin;
    if (k == NULL)
        return;
    f->key_gzip = k->EnableAcceptEncodingGzip.v;
    f->key_brotli = k->EnableAcceptEncodingBrotli.v;
    f->key_headers = choice(k->HeadersConfig->HeaderBehavior, NAMES_OF(k->HeadersConfig->Headers));
    f->key_cookies = choice(k->CookiesConfig->CookieBehavior, NAMES_OF(k->CookiesConfig->Cookies));
    f->key_query = choice(k->QueryStringsConfig->QueryStringBehavior,
                          NAMES_OF(k->QueryStringsConfig->QueryStrings));
}

static void request_of(const struct cloudfront_OriginRequestPolicyConfig *c,
                       struct np_edge_forwarding *f)
{
    f->headers = choice(c->HeadersConfig->HeaderBehavior, NAMES_OF(c->HeadersConfig->Headers));
    f->cookies = choice(c->CookiesConfig->CookieBehavior, NAMES_OF(c->CookiesConfig->Cookies));
    f->query = choice(c->QueryStringsConfig->QueryStringBehavior,
                      NAMES_OF(c->QueryStringsConfig->QueryStrings));
}

/* The settings before there were policies. */
static void legacy_of(const struct cloudfront_ForwardedValues *v, struct np_edge_forwarding *f)
{
    const struct np_strs *keys = &v->QueryStringCacheKeys->Items, *headers = &v->Headers->Items;
    f->other_headers = true;
    f->key_gzip = true;
    f->drop_set_cookie = np_str_is(v->Cookies->Forward, "none");
    f->key_cookies = choice(v->Cookies->Forward, NAMES_OF(v->Cookies->WhitelistedNames));
    if (v->QueryString.v) {
        f->query.how = NP_EDGE_ALL;
        f->key_query = (struct np_edge_set){
            .how = keys->n != 0 ? NP_EDGE_SOME : NP_EDGE_ALL, .names = keys->v, .n = keys->n};
    }
    if (headers->n != 0)
        f->key_headers =
            (struct np_edge_set){.how = np_str_is(headers->v[0], "*") ? NP_EDGE_ALL : NP_EDGE_SOME,
                                 .names = headers->v,
                                 .n = headers->n};
}

/* Is it, or has it, a bucket? */
static bool is_bucket(const struct cloudfront_DistributionConfig *c, struct np_str target)
{
    const struct cloudfront_Origin *o = cloudfront_origin_find(c, target);
    for (size_t i = 0; o == NULL && i < c->OriginGroups->Items.n; i++)
        if (np_str_eq(c->OriginGroups->Items.v[i].Id, target))
            o = cloudfront_origin_find(c, c->OriginGroups->Items.v[i].Members->Items.v[0].OriginId);
    return o != NULL && o->S3OriginConfig != NULL;
}

static bool is_managed(const struct np_core *core, struct np_str id)
{
    const struct cloudfront_item *v;
    size_t n = cloudfront_managed_list(core, CLOUDFRONT_ORIGIN_REQUEST_POLICY, &v);
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(v[i].id, id))
            return true;
    return false;
}

/* AWS: managed policies do not let viewers choose fields of a bucket's responses, which would be
 * cached for others (tests/sdk/test_cloudfront_edge.py). */
static void keep_fields(struct np_edge_forwarding *f)
{
    static const struct np_str names[] = {{"response-content-type", 21},
                                          {"response-content-disposition", 28},
                                          {"response-content-encoding", 25}};
    if (f->query.how == NP_EDGE_ALL)
        f->query = (struct np_edge_set){NP_EDGE_EXCEPT, names, NP_LEN(names)};
}

static int caching(struct making *m, const struct cloudfront_CacheBehavior *b,
                   struct np_edge_behavior *out, struct np_err *err)
{
    void *doc;
    if (b->CachePolicyId.n == 0) {
        legacy_of(b->ForwardedValues, &out->forward);
        out->min_ttl_s = b->MinTTL.v;
        out->default_ttl_s = b->DefaultTTL.v;
        out->max_ttl_s = b->MaxTTL.v;
        return 0;
    }
    int rc = document(m, CLOUDFRONT_CACHE_POLICY, b->CachePolicyId, &doc, err);
    if (rc != 0)
        return rc;
    const struct cloudfront_CachePolicyConfig *c = doc;
    key_of(c, &out->forward);
    out->min_ttl_s = c->MinTTL.v;
    out->default_ttl_s = c->DefaultTTL.set ? c->DefaultTTL.v : 86400;
    if (out->default_ttl_s < out->min_ttl_s)
        out->default_ttl_s = out->min_ttl_s;
    out->max_ttl_s = c->MaxTTL.set ? c->MaxTTL.v : 31536000;
    if (out->max_ttl_s < out->default_ttl_s)
        out->max_ttl_s = out->default_ttl_s;
    if (b->OriginRequestPolicyId.n == 0)
        return 0;
    rc = document(m, CLOUDFRONT_ORIGIN_REQUEST_POLICY, b->OriginRequestPolicyId, &doc, err);
    if (rc != 0)
        return rc;
    request_of(doc, &out->forward);
    if (is_managed(m->core, b->OriginRequestPolicyId) && is_bucket(m->config, b->TargetOriginId))
        keep_fields(&out->forward);
    return 0;
}

/* --- keys --- */

static int trust(struct making *m, const struct np_strs *groups, struct cloudfront_trust *out,
                 struct np_err *err)
{
    size_t room = groups->n * CLOUDFRONT_GROUP_KEYS_MAX;
    struct cloudfront_site *s = m->site;
    out->ids = np_new_array(m->a, struct np_str, room);
    out->keys = np_new_array(m->a, struct cloudfront_signer *, room);
    for (size_t i = 0; i < groups->n; i++) {
        void *doc;
        int rc = document(m, CLOUDFRONT_KEY_GROUP, groups->v[i], &doc, err);
        if (rc != 0)
            return rc;
        const struct np_strs *ids = &((const struct cloudfront_KeyGroupConfig *)doc)->Items;
        for (size_t k = 0; k < ids->n; k++) {
            rc = document(m, CLOUDFRONT_PUBLIC_KEY, ids->v[k], &doc, err);
            if (rc != 0)
                return rc;
            struct cloudfront_signer *key =
                cloudfront_signer_new(((const struct cloudfront_PublicKeyConfig *)doc)->EncodedKey);
            if (key == NULL)
                continue; /* it was one when it was made */
            s->signers[s->n_signers++] = key;
            out->ids[out->n] = ids->v[k];
            out->keys[out->n++] = key;
        }
    }
    return 0;
}

/* --- behaviours --- */

static unsigned methods(const struct np_strs *names)
{
    static const struct {
        const char *name;
        unsigned bit;
    } all[] = {{"GET", NP_EDGE_GET},      {"HEAD", NP_EDGE_HEAD}, {"OPTIONS", NP_EDGE_OPTIONS},
               {"PUT", NP_EDGE_PUT},      {"POST", NP_EDGE_POST}, {"PATCH", NP_EDGE_PATCH},
               {"DELETE", NP_EDGE_DELETE}};
    unsigned bits = 0;
    for (size_t i = 0; i < names->n; i++)
        NP_EACH (x, all)
            if (np_str_eq(names->v[i], np_str_of(x->name)))
                bits |= x->bit;
    return bits;
}

static bool asks_country(const struct np_edge_set *s)
{
    for (size_t i = 0; s->how != NP_EDGE_EXCEPT && i < s->n; i++)
        if (np_str_istarts(s->names[i], NP_STR("CloudFront-Viewer-Country")))
            return true;
    return false;
}

/* The function of an event, kept with the site; NULL: none. */
static int function(struct making *m, const struct cloudfront_FunctionAssociations *f,
                    const char *event, const void **out, struct np_err *err)
{
    struct np_edgefn_code *code;
    int rc = cloudfront_functions_code(m->c, &m->scope, m->a, f, event, &code, err);
    if (rc != 0 || code == NULL)
        return rc;
    m->site->functions[m->site->n_functions++] = code;
    *out = code;
    return 0;
}

static int behavior(struct making *m, const struct cloudfront_CacheBehavior *b,
                    struct np_edge_behavior *out, struct np_err *err)
{
    *out = (struct np_edge_behavior){
        .pattern = b->PathPattern,
        .target = b->TargetOriginId,
        .methods = methods(&b->AllowedMethods->Items),
        .cached_methods = methods(&b->AllowedMethods->CachedMethods->Items),
        .viewer_policy = np_str_is(b->ViewerProtocolPolicy, "https-only") ? NP_EDGE_HTTPS_ONLY
                         : np_str_is(b->ViewerProtocolPolicy, "redirect-to-https")
                             ? NP_EDGE_REDIRECT_TO_HTTPS
                             : NP_EDGE_ALLOW_ALL,
        .compress = b->Compress.v,
    };
    int rc = caching(m, b, out, err);
    m->site->wants_places = m->site->wants_places || asks_country(&out->forward.key_headers) ||
                            asks_country(&out->forward.headers);
    if (rc == 0 && b->ResponseHeadersPolicyId.n != 0) {
        struct np_edge_response_policy *p = np_new(m->a, struct np_edge_response_policy);
        void *doc;
        rc = document(m, CLOUDFRONT_HEADERS_POLICY, b->ResponseHeadersPolicyId, &doc, err);
        if (rc == 0)
            cloudfront_policy_headers(doc, m->a, p);
        out->response = p;
    }
    if (rc == 0 && b->TrustedKeyGroups->Items.n != 0) {
        struct cloudfront_trust *t = np_new(m->a, struct cloudfront_trust);
        rc = trust(m, &b->TrustedKeyGroups->Items, t, err);
        out->signers = t;
    }
    if (rc == 0)
        rc = function(m, b->FunctionAssociations, "viewer-request", &out->on_request, err);
    if (rc == 0)
        rc = function(m, b->FunctionAssociations, "viewer-response", &out->on_response, err);
    return rc;
}

static int behaviors(struct making *m, const struct cloudfront_DistributionConfig *c,
                     struct np_err *err)
{
    const struct cloudfront_CacheBehaviorList *l = &c->CacheBehaviors->Items;
    const struct cloudfront_CacheBehavior def =
        cloudfront_default_behavior(c->DefaultCacheBehavior);
    struct np_edge_behavior *v = np_new_array(m->a, struct np_edge_behavior, l->n + 1);
    m->site->signers =
        np_new_array(m->a, struct cloudfront_signer *,
                     (l->n + 1) * CLOUDFRONT_KEY_GROUPS_USE_MAX * CLOUDFRONT_GROUP_KEYS_MAX);
    m->site->functions = np_new_array(m->a, struct np_edgefn_code *,
                                      (l->n + 1) * CLOUDFRONT_FUNCTION_ASSOCIATIONS_MAX);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++)
        rc = behavior(m, &l->v[i], &v[i], err);
    if (rc == 0)
        rc = behavior(m, &def, &v[l->n], err);
    m->site->opts.behaviors = v;
    m->site->opts.n_behaviors = l->n + 1;
    return rc;
}

/* --- origins --- */

static int bucket_origin(struct making *m, const struct cloudfront_Origin *o,
                         struct np_edge_origin *out, struct np_err *err)
{
    struct cloudfront_bucket *b = np_new(m->a, struct cloudfront_bucket);
    struct np_str region, id;
    void *doc;
    *b = (struct cloudfront_bucket){
        .core = m->core, .account = m->site->account, .arn = m->site->arn};
    cloudfront_s3_domain(o->DomainName, &b->bucket, &region);
    b->bucket = np_str_dup(m->a, b->bucket);
    out->ops = &cloudfront_s3_ops;
    out->arg = b;
    out->response_timeout_ms = (uint64_t)o->S3OriginConfig->OriginReadTimeout.v * 1000;
    if (cloudfront_identity_ref(o->S3OriginConfig->OriginAccessIdentity, &id)) {
        b->as = CLOUDFRONT_IDENTITY;
        b->canonical_user = cloudfront_canonical_user(m->a, id);
        b->identity_arn = np_str_printf(
            m->a, "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity %.*s",
            NP_FMT(id));
    }
    if (o->OriginAccessControlId.n == 0)
        return 0;
    int rc = document(m, CLOUDFRONT_ACCESS_CONTROL, o->OriginAccessControlId, &doc, err);
    if (rc != 0)
        return rc;
    const struct cloudfront_OriginAccessControlConfig *c = doc;
    b->no_override = np_str_is(c->SigningBehavior, "no-override");
    if (!np_str_is(c->SigningBehavior, "never"))
        b->as = CLOUDFRONT_CONTROL;
    return 0;
}

static void web_origin(const struct cloudfront_CustomOriginConfig *c, struct np_edge_origin *out)
{
    out->http_port = (uint16_t)c->HTTPPort.v;
    out->https_port = (uint16_t)c->HTTPSPort.v;
    out->scheme = np_str_is(c->OriginProtocolPolicy, "http-only")    ? NP_EDGE_HTTP
                  : np_str_is(c->OriginProtocolPolicy, "https-only") ? NP_EDGE_HTTPS
                                                                     : NP_EDGE_MATCH_VIEWER;
    out->response_timeout_ms = (uint64_t)c->OriginReadTimeout.v * 1000;
    out->keepalive_ms = (uint64_t)c->OriginKeepaliveTimeout.v * 1000;
}

static int origin(struct making *m, const struct cloudfront_Origin *o, struct np_edge_origin *out,
                  struct np_err *err)
{
    const struct cloudfront_OriginCustomHeadersList *h = &o->CustomHeaders->Items;
    struct np_http_field *custom = np_new_array(m->a, struct np_http_field, h->n + 1);
    for (size_t i = 0; i < h->n; i++)
        custom[i] = (struct np_http_field){h->v[i].HeaderName, h->v[i].HeaderValue};
    *out = (struct np_edge_origin){
        .id = o->Id,
        .host = np_str_lower(m->a, o->DomainName),
        .path = o->OriginPath,
        .custom = custom,
        .n_custom = h->n,
        .scheme = NP_EDGE_MATCH_VIEWER,
        .http_port = 80,
        .https_port = 443,
        .attempts = (unsigned)o->ConnectionAttempts.v,
        .connect_timeout_ms = (uint64_t)o->ConnectionTimeout.v * 1000,
        .completion_timeout_ms =
            o->ResponseCompletionTimeout.set ? (uint64_t)o->ResponseCompletionTimeout.v * 1000 : 0,
        .keepalive_ms = 5000,
    };
    if (o->S3OriginConfig != NULL)
        return bucket_origin(m, o, out, err);
    web_origin(o->CustomOriginConfig, out);
    return 0;
}

static int origins(struct making *m, const struct cloudfront_DistributionConfig *c,
                   struct np_err *err)
{
    const struct cloudfront_OriginList *l = &c->Origins->Items;
    const struct cloudfront_OriginGroupList *g = &c->OriginGroups->Items;
    struct np_edge_origin *v = np_new_array(m->a, struct np_edge_origin, l->n);
    struct np_edge_group *groups = np_new_array(m->a, struct np_edge_group, g->n + 1);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++)
        rc = origin(m, &l->v[i], &v[i], err);
    for (size_t i = 0; i < g->n; i++) {
        const struct cloudfront_StatusCodeList *codes =
            &g->v[i].FailoverCriteria->StatusCodes->Items;
        int *statuses = np_new_array(m->a, int, codes->n + 1);
        for (size_t k = 0; k < codes->n; k++)
            statuses[k] = (int)codes->v[k].v;
        groups[i] =
            (struct np_edge_group){g->v[i].Id, g->v[i].Members->Items.v[0].OriginId,
                                   g->v[i].Members->Items.v[1].OriginId, statuses, codes->n};
    }
    m->site->opts.origins = v;
    m->site->opts.n_origins = l->n;
    m->site->opts.groups = groups;
    m->site->opts.n_groups = g->n;
    return rc;
}

/* --- the rest --- */

static void errors(struct making *m, const struct cloudfront_CustomErrorResponseList *l)
{
    struct np_edge_error *v = np_new_array(m->a, struct np_edge_error, l->n + 1);
    for (size_t i = 0; i < l->n; i++) {
        int64_t status = 0;
        np_str_i64(l->v[i].ResponseCode, &status);
        v[i] = (struct np_edge_error){
            .status = (int)l->v[i].ErrorCode.v,
            .page = l->v[i].ResponsePagePath.n != 0 ? l->v[i].ResponsePagePath : NP_STR_NULL,
            .response_status = (int)status,
            .min_ttl_s = l->v[i].ErrorCachingMinTTL.set ? l->v[i].ErrorCachingMinTTL.v : -1,
        };
    }
    m->site->opts.errors = v;
    m->site->opts.n_errors = l->n;
}

static void hosts(struct making *m, const struct cloudfront_DistributionConfig *c)
{
    struct np_str *v = np_new_array(m->a, struct np_str, c->Aliases->Items.n + 1);
    size_t n = 0;
    v[n++] = m->site->domain;
    for (size_t i = 0; i < c->Aliases->Items.n; i++)
        v[n++] = cloudfront_alias_key(m->a, c->Aliases->Items.v[i]);
    m->site->opts.hosts = v;
    m->site->opts.n_hosts = n;
}

static struct np_edge_geo geo(const struct cloudfront_GeoRestriction *g)
{
    return (struct np_edge_geo){
        .how = np_str_is(g->RestrictionType, "whitelist")   ? NP_EDGE_GEO_ALLOW
               : np_str_is(g->RestrictionType, "blacklist") ? NP_EDGE_GEO_DENY
                                                            : NP_EDGE_GEO_OFF,
        .countries = g->Items.v,
        .n = g->Items.n,
    };
}

void cloudfront_site_free(void *p)
{
    struct cloudfront_site *s = p;
    for (size_t i = 0; i < s->n_signers; i++)
        cloudfront_signer_unref(s->signers[i]);
    for (size_t i = 0; i < s->n_functions; i++)
        np_edgefn_code_unref(s->functions[i]);
    np_arena_free(s->arena);
}

int cloudfront_compile(struct np_core *core, struct np_dbc *dbc, const struct cloudfront_row *r,
                       struct cloudfront_site **out, struct np_err *err)
{
    struct np_arena *a = np_arena_new();
    struct cloudfront_site *s = np_new(a, struct cloudfront_site);
    const struct cloudfront_DistributionConfig *c = r->config;
    struct making m = {core, dbc, {.account = r->account}, a, s, c};
    *s = (struct cloudfront_site){
        .arena = a,
        .id = np_str_dup(a, r->id),
        .account = np_str_dup(a, r->account),
        .arn = cloudfront_arn(a, r->account, r->id),
        .domain = np_str_dup(a, r->domain),
    };
    s->opts = (struct np_edge_dist_opts){
        .id = s->id,
        .name = s->domain,
        .enabled = c->Enabled.v,
        .default_root_object = c->DefaultRootObject,
        .geo = geo(c->Restrictions->GeoRestriction),
        .log_cookies = c->Logging->IncludeCookies.v,
        .owner = s,
        .owner_free = cloudfront_site_free,
    };
    if (c->Logging->Enabled.v)
        s->log_bucket = np_str_dup(a, c->Logging->Bucket);
    s->wants_places = s->opts.geo.how != NP_EDGE_GEO_OFF;
    hosts(&m, c);
    errors(&m, &c->CustomErrorResponses->Items);
    int rc = origins(&m, c, err);
    if (rc == 0)
        rc = behaviors(&m, c, err);
    if (rc != 0) {
        cloudfront_site_free(s);
        return rc;
    }
    *out = s;
    return 0;
}
