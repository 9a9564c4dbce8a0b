/* SPDX-License-Identifier: Apache-2.0 */
/* website_rules.c - routing rules of websites: which holds, and where it leads. */
#include "services/s3/website_rules.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/buf.h"
#include "base/enc.h"

#define RULES_MAX 50
/* A document of 128 KiB and a key of a target, each byte of them percent-encoded. */
#define LOCATION_MAX (512 * 1024)

/* --- checking --- */

static bool is_code(struct np_str s, uint64_t from, uint64_t to)
{
    uint64_t v;
    return np_str_u64(s, &v) && s.n == 3 && v >= from && v <= to;
}

static int check_rule(const struct s3_RoutingRule *rule, struct np_err *err)
{
    const struct s3_Redirect *r = rule->Redirect;
    const struct s3_Condition *c = rule->Condition;
    if (r->HostName.p == NULL && r->HttpRedirectCode.p == NULL && r->Protocol.p == NULL &&
        r->ReplaceKeyPrefixWith.p == NULL && r->ReplaceKeyWith.p == NULL)
        return NP_EPROTO;
    if (c != NULL && c->HttpErrorCodeReturnedEquals.p == NULL && c->KeyPrefixEquals.p == NULL)
        return np_err(err, NP_EINVAL,
                      "Condition cannot be empty. To redirect all requests without a condition, "
                      "the condition element shouldn't be present.");
    if (r->ReplaceKeyPrefixWith.p != NULL && r->ReplaceKeyWith.p != NULL)
        return np_err(err, NP_EINVAL,
                      "You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    if (r->HttpRedirectCode.p != NULL && !is_code(r->HttpRedirectCode, 301, 399))
        return np_err(err, NP_EINVAL,
                      "The provided HTTP redirect code (%.*s) is not valid. Valid codes are 3XX "
                      "except 300.",
                      NP_FMT(r->HttpRedirectCode));
    if (c != NULL && c->HttpErrorCodeReturnedEquals.p != NULL &&
        !is_code(c->HttpErrorCodeReturnedEquals, 400, 599))
        return np_err(err, NP_EINVAL,
                      "The provided HTTP error code (%.*s) is not valid. Valid codes are 4XX or "
                      "5XX.",
                      NP_FMT(c->HttpErrorCodeReturnedEquals));
    return 0;
}

int s3_website_check(const struct s3_WebsiteConfiguration *c, struct np_err *err)
{
    if (c->RedirectAllRequestsTo != NULL) {
        if (c->IndexDocument != NULL || c->ErrorDocument != NULL || c->RoutingRules.set)
            return np_err(err, NP_EINVAL,
                          "RedirectAllRequestsTo cannot be provided in conjunction with other "
                          "Routing Rules.");
        return c->RedirectAllRequestsTo->HostName.n != 0 ? 0 : NP_EPROTO;
    }
    if (c->IndexDocument == NULL)
        return np_err(err, NP_EINVAL,
                      "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo "
                      "is empty");
    struct np_str suffix = c->IndexDocument->Suffix;
    if (suffix.n == 0 || np_str_chr(suffix, '/') >= 0)
        return np_err(err, NP_EINVAL, "The IndexDocument Suffix is not well formed");
    if (c->ErrorDocument != NULL && c->ErrorDocument->Key.n == 0)
        return np_err(err, NP_EINVAL, "The ErrorDocument Key is not well formed");
    if (c->RoutingRules.n > RULES_MAX)
        return np_err(err, NP_E2BIG,
                      "%zu routing rules provided, the number of routing rules in a website "
                      "configuration is limited to %d.",
                      c->RoutingRules.n, RULES_MAX);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->RoutingRules.n; i++)
        rc = check_rule(&c->RoutingRules.v[i], err);
    return rc;
}

/* --- asking --- */

static bool holds(const struct s3_Condition *c, struct np_str key, int status)
{
    if (c == NULL)
        return status == 0;
    if (c->KeyPrefixEquals.p != NULL && !np_str_starts(key, c->KeyPrefixEquals))
        return false;
    if (c->HttpErrorCodeReturnedEquals.n == 0)
        return status == 0;
    uint64_t want;
    return np_str_u64(c->HttpErrorCodeReturnedEquals, &want) && (int)want == status;
}

const struct s3_RoutingRule *s3_website_rule(const struct s3_WebsiteConfiguration *c,
                                             struct np_str key, int status)
{
    for (size_t i = 0; i < c->RoutingRules.n; i++)
        if (holds(c->RoutingRules.v[i].Condition, key, status))
            return &c->RoutingRules.v[i];
    return NULL;
}

void s3_website_redirect(struct np_arena *a, const struct s3_RoutingRule *rule,
                         struct np_str scheme, struct np_str host, struct np_str key,
                         struct s3_redirect *out)
{
    const struct s3_Redirect *r = rule->Redirect;
    struct np_buf b;
    uint64_t code = 301;
    np_buf_init(&b, a, LOCATION_MAX);
    np_buf_str_add(&b, r->Protocol.n != 0 ? r->Protocol : scheme);
    np_buf_lit(&b, "://");
    np_buf_str_add(&b, r->HostName.n != 0 ? r->HostName : host);
    np_buf_char(&b, '/');
    if (r->ReplaceKeyWith.p != NULL) {
        np_uri_encode(&b, r->ReplaceKeyWith, true);
    } else if (r->ReplaceKeyPrefixWith.p != NULL) {
        struct np_str prefix =
            rule->Condition != NULL ? rule->Condition->KeyPrefixEquals : NP_STR_NULL;
        np_uri_encode(&b, r->ReplaceKeyPrefixWith, true);
        np_uri_encode(&b, np_str_sub(key, prefix.n, key.n), true);
    } else {
        np_uri_encode(&b, key, true);
    }
    np_str_u64(r->HttpRedirectCode, &code);
    np_assert(np_buf_ok(&b));
    *out = (struct s3_redirect){.status = (int)code, .location = np_buf_str(&b)};
}
