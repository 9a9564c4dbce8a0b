/* SPDX-License-Identifier: Apache-2.0 */
/* headers_policy.c - response headers policies: what viewers are sent beside the origin's fields.
 */
#include "services/cloudfront/cloudfront_int.h"

/* --- by meaning --- */

static bool value_ok(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] >= 0x7f)
            return false;
    return true;
}

static int check_cors(const struct cloudfront_ResponseHeadersPolicyCorsConfig *c,
                      struct np_err *err)
{
    if (c == NULL)
        return 0;
    const struct np_strs *lists[] = {
        &c->AccessControlAllowOrigins->Items,
        &c->AccessControlAllowHeaders->Items,
        c->AccessControlExposeHeaders != NULL ? &c->AccessControlExposeHeaders->Items : NULL,
    };
    NP_EACH (l, lists)
        for (size_t i = 0; *l != NULL && i < (*l)->n; i++)
            if ((*l)->v[i].n == 0 || !value_ok((*l)->v[i]))
                return cloudfront_invalid_argument(err, "The CORS configuration contains an empty "
                                                        "or malformed value.");
    if (c->AccessControlAllowOrigins->Items.n == 0 || c->AccessControlAllowMethods->Items.n == 0)
        return cloudfront_invalid_argument(
            err, "The parameters AccessControlAllowOrigins and AccessControlAllowMethods must not "
                 "be empty.");
    if (c->AccessControlMaxAgeSec.set && c->AccessControlMaxAgeSec.v < 0)
        return cloudfront_invalid_argument(
            err, "The parameter AccessControlMaxAgeSec must not be negative.");
    const struct np_strs *origins = lists[0];
    for (size_t i = 0; c->AccessControlAllowCredentials.v && i < origins->n; i++)
        if (np_str_is(origins->v[i], "*"))
            return cloudfront_invalid_argument(
                err, "The parameter AccessControlAllowOrigins can't be * when "
                     "AccessControlAllowCredentials is true.");
    return 0;
}

static int check_security(const struct cloudfront_ResponseHeadersPolicySecurityHeadersConfig *s,
                          struct np_err *err)
{
    if (s == NULL)
        return 0;
    if (s->ContentSecurityPolicy != NULL &&
        s->ContentSecurityPolicy->ContentSecurityPolicy.n > CLOUDFRONT_CSP_MAX)
        return np_fault(err, &CLOUDFRONT_TooLongCSPInResponseHeadersPolicy,
                        "The length of the Content-Security-Policy header value in the response "
                        "headers policy exceeds the maximum.");
    if (s->ContentSecurityPolicy != NULL &&
        !value_ok(s->ContentSecurityPolicy->ContentSecurityPolicy))
        return cloudfront_invalid_argument(err, "The Content-Security-Policy is malformed.");
    if (s->StrictTransportSecurity != NULL &&
        s->StrictTransportSecurity->AccessControlMaxAgeSec.v < 0)
        return cloudfront_invalid_argument(
            err, "The parameter AccessControlMaxAgeSec must not be negative.");
    const struct cloudfront_ResponseHeadersPolicyXSSProtection *x = s->XSSProtection;
    if (x != NULL && x->ModeBlock.v && x->ReportUri.n != 0)
        return cloudfront_invalid_argument(
            err, "The parameter ReportUri can't be specified when ModeBlock is true.");
    if (x != NULL && !x->Protection.v && (x->ModeBlock.v || x->ReportUri.n != 0))
        return cloudfront_invalid_argument(
            err, "The parameters ModeBlock and ReportUri can't be specified when Protection is "
                 "false.");
    return x != NULL && !value_ok(x->ReportUri)
               ? cloudfront_invalid_argument(err, "The parameter ReportUri is malformed.")
               : 0;
}

static int check_custom(const struct cloudfront_ResponseHeadersPolicyConfig *c, struct np_err *err)
{
    const struct cloudfront_ResponseHeadersPolicyCustomHeadersConfig *h = c->CustomHeadersConfig;
    const struct cloudfront_ResponseHeadersPolicyRemoveHeadersConfig *r = c->RemoveHeadersConfig;
    if (h != NULL && h->Items.n > CLOUDFRONT_CUSTOM_HEADERS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyCustomHeadersInResponseHeadersPolicy,
                        "The number of custom headers in the response headers policy exceeds the "
                        "maximum.");
    if (r != NULL && r->Items.n > CLOUDFRONT_REMOVE_HEADERS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyRemoveHeadersInResponseHeadersPolicy,
                        "The number of headers in RemoveHeadersConfig in the response headers "
                        "policy exceeds the maximum.");
    for (size_t i = 0; h != NULL && i < h->Items.n; i++)
        if (!cloudfront_token_ok(h->Items.v[i].Header) || !value_ok(h->Items.v[i].Value))
            return cloudfront_invalid_argument(err, "The custom header %.*s is malformed.",
                                               NP_FMT(h->Items.v[i].Header));
    for (size_t i = 0; r != NULL && i < r->Items.n; i++)
        if (!cloudfront_token_ok(r->Items.v[i].Header))
            return cloudfront_invalid_argument(err, "%.*s is no name of a header.",
                                               NP_FMT(r->Items.v[i].Header));
    return 0;
}

int cloudfront_headers_policy_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_ResponseHeadersPolicyConfig *c = config;
    const struct cloudfront_ResponseHeadersPolicyServerTimingHeadersConfig *t =
        c->ServerTimingHeadersConfig;
    (void)a;
    int rc = cloudfront_name_check(c->Name, err);
    if (rc == 0)
        rc = cloudfront_comment_check(c->Comment, err);
    if (rc == 0)
        rc = check_cors(c->CorsConfig, err);
    if (rc == 0)
        rc = check_security(c->SecurityHeadersConfig, err);
    if (rc == 0)
        rc = check_custom(c, err);
    if (rc == 0 && t != NULL && t->SamplingRate.set &&
        (t->SamplingRate.v < 0 || t->SamplingRate.v > 100))
        rc = cloudfront_invalid_argument(err, "The parameter SamplingRate is from 0 to 100.");
    return rc;
}

/* --- operations --- */

static int filled(struct np_arena *a, const struct cloudfront_item *item,
                  struct cloudfront_ResponseHeadersPolicy **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, CLOUDFRONT_HEADERS_POLICY, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_ResponseHeadersPolicy);
    (*out)->Id = item->id;
    (*out)->LastModifiedTime = CLOUDFRONT_INT(item->modified_ms);
    (*out)->ResponseHeadersPolicyConfig = config;
    return 0;
}

int cloudfront_CreateResponseHeadersPolicy_apply(
    struct np_txn *t, const struct cloudfront_CreateResponseHeadersPolicyRequest *in,
    struct cloudfront_CreateResponseHeadersPolicyResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_create(t, CLOUDFRONT_HEADERS_POLICY, in->ResponseHeadersPolicyConfig,
                                    &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location = cloudfront_location(np_txn_req(t),
                                        cloudfront_kinds[CLOUDFRONT_HEADERS_POLICY].path, item.id);
    return filled(np_txn_arena(t), &item, &out->ResponseHeadersPolicy, err);
}

int cloudfront_GetResponseHeadersPolicy(struct np_req *rq,
                                        const struct cloudfront_GetResponseHeadersPolicyRequest *in,
                                        struct cloudfront_GetResponseHeadersPolicyResult *out,
                                        struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, CLOUDFRONT_HEADERS_POLICY, in->Id, &item, err);
    if (rc == 0)
        rc = filled(rq->arena, &item, &out->ResponseHeadersPolicy, err);
    out->ETag = item.etag;
    return rc;
}

int cloudfront_GetResponseHeadersPolicyConfig(
    struct np_req *rq, const struct cloudfront_GetResponseHeadersPolicyConfigRequest *in,
    struct cloudfront_GetResponseHeadersPolicyConfigResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_ResponseHeadersPolicy *whole;
    int rc = cloudfront_item_find(rq, CLOUDFRONT_HEADERS_POLICY, in->Id, &item, err);
    if (rc == 0)
        rc = filled(rq->arena, &item, &whole, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->ResponseHeadersPolicyConfig = whole->ResponseHeadersPolicyConfig;
    return 0;
}

int cloudfront_UpdateResponseHeadersPolicy_apply(
    struct np_txn *t, const struct cloudfront_UpdateResponseHeadersPolicyRequest *in,
    struct cloudfront_UpdateResponseHeadersPolicyResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_update(t, CLOUDFRONT_HEADERS_POLICY, in->Id, in->IfMatch,
                                    in->ResponseHeadersPolicyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return filled(np_txn_arena(t), &item, &out->ResponseHeadersPolicy, err);
}

int cloudfront_DeleteResponseHeadersPolicy_apply(
    struct np_txn *t, const struct cloudfront_DeleteResponseHeadersPolicyRequest *in,
    struct cloudfront_DeleteResponseHeadersPolicyOutput *out, struct np_err *err)
{
    (void)out;
    return cloudfront_item_delete(t, CLOUDFRONT_HEADERS_POLICY, in->Id, in->IfMatch, err);
}

int cloudfront_ListResponseHeadersPolicies(
    struct np_req *rq, const struct cloudfront_ListResponseHeadersPoliciesRequest *in,
    struct cloudfront_ListResponseHeadersPoliciesResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    p.only = in->Type;
    if (rc == 0)
        rc = cloudfront_item_list(rq, CLOUDFRONT_HEADERS_POLICY, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_ResponseHeadersPolicyList *l =
        np_new(rq->arena, struct cloudfront_ResponseHeadersPolicyList);
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_ResponseHeadersPolicySummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct cloudfront_ResponseHeadersPolicySummary *s = &l->Items.v[l->Items.n++];
        s->Type = items[i].managed ? NP_STR("managed") : NP_STR("custom");
        rc = filled(rq->arena, &items[i], &s->ResponseHeadersPolicy, err);
    }
    out->ResponseHeadersPolicyList = l;
    return rc;
}
