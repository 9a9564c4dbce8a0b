/* SPDX-License-Identifier: Apache-2.0 */
/* s3_website_fuzz.c - a website configuration: a line with the key that is asked for, then the
 * document. One that is taken leads every request somewhere: a redirect has a code of its kind and
 * says all of where it goes. */
#include "fuzz.h"

#include "base/auto.h"
#include "base/enc.h"
#include "codec/codec.h"
#include "services/s3/website_rules.h"

static void ask(struct np_arena *a, const struct s3_WebsiteConfiguration *c, struct np_str key,
                int status)
{
    const struct s3_RoutingRule *r = s3_website_rule(c, key, status);
    struct s3_redirect to;
    if (r == NULL)
        return;
    s3_website_redirect(a, r, NP_STR("https"), NP_STR("site.test"), key, &to);
    np_assert(to.status > 300 && to.status < 400);
    np_assert(np_str_find(to.location, NP_STR("://")) >= 0);
    struct np_str end = r->Redirect->ReplaceKeyWith;
    if (end.p == NULL && r->Redirect->ReplaceKeyPrefixWith.p == NULL)
        end = key;
    if (end.n != 0) { /* its last byte, as it is or coded */
        struct np_str plain = np_uri_decode(a, to.location, false);
        np_assert(plain.p == NULL || plain.p[plain.n - 1] == end.p[end.n - 1]);
    }
}

NP_FUZZ(p, n)
{
    static const int statuses[] = {0, 400, 403, 404, 500};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str key, doc;
    struct s3_PutBucketWebsiteRequest in = {0};
    struct np_invalid why;
    struct np_err err = {0};
    if (!np_str_cut(np_str_n(p, n), '\n', &key, &doc))
        return 0;
    struct np_wire_request rq = {.method = NP_STR("PUT"),
                                 .path = NP_STR("/bucket"),
                                 .query = NP_STR("website"),
                                 .body = doc};
    if (np_decode_head(NP_PROTO_REST_XML, &s3_PutBucketWebsite_op, &rq, a, &in, NULL) != 0 ||
        np_decode_body(NP_PROTO_REST_XML, &s3_PutBucketWebsite_op, &rq, a, &in, NULL) != 0 ||
        np_validate(s3_PutBucketWebsite_op.in, &in, a, &why) != 0)
        return 0;
    int rc = s3_website_check(in.WebsiteConfiguration, &err);
    np_assert(rc == 0 || rc == NP_EPROTO || err.n != 0);
    for (size_t i = 0; rc == 0 && i < NP_LEN(statuses); i++)
        ask(a, in.WebsiteConfiguration, key, statuses[i]);
    return 0;
}
