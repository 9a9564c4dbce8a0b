/* SPDX-License-Identifier: Apache-2.0 */
/* cors_rules.c - which rule of a bucket's CORS configuration a request of another origin meets. */
#include "services/s3/cors_rules.h"

/* One '*' stands for any run. */
static bool matches(struct np_str pattern, struct np_str text, bool ignore_case)
{
    ptrdiff_t star = np_str_chr(pattern, '*');
    if (star < 0)
        return ignore_case ? np_str_ieq(pattern, text) : np_str_eq(pattern, text);
    struct np_str head = np_str_sub(pattern, 0, (size_t)star),
                  tail = np_str_sub(pattern, (size_t)star + 1, pattern.n);
    if (text.n < head.n + tail.n)
        return false;
    struct np_str first = np_str_sub(text, 0, head.n),
                  last = np_str_sub(text, text.n - tail.n, tail.n);
    return ignore_case ? np_str_ieq(first, head) && np_str_ieq(last, tail)
                       : np_str_eq(first, head) && np_str_eq(last, tail);
}

static bool has(const struct np_strs *list, struct np_str text, bool ignore_case)
{
    for (size_t i = 0; i < list->n; i++)
        if (matches(list->v[i], text, ignore_case))
            return true;
    return false;
}

/* Every field that the page wants to send. */
static bool headers_ok(const struct np_strs *allowed, struct np_str headers)
{
    struct np_str one;
    while (headers.p != NULL && np_str_split(&headers, ',', &one)) {
        one = np_str_trim(one);
        if (one.n != 0 && !has(allowed, one, true))
            return false;
    }
    return true;
}

const struct s3_CORSRule *s3_cors_match(const struct s3_CORSConfiguration *c, struct np_str origin,
                                        struct np_str method, struct np_str headers)
{
    for (size_t i = 0; c != NULL && i < c->CORSRules.n; i++) {
        const struct s3_CORSRule *r = &c->CORSRules.v[i];
        if (has(&r->AllowedOrigins, origin, false) && has(&r->AllowedMethods, method, false) &&
            headers_ok(&r->AllowedHeaders, headers))
            return r;
    }
    return NULL;
}

bool s3_cors_any_origin(const struct s3_CORSRule *r)
{
    for (size_t i = 0; i < r->AllowedOrigins.n; i++)
        if (np_str_is(r->AllowedOrigins.v[i], "*"))
            return true;
    return false;
}

static size_t stars(struct np_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '*';
    return n;
}

static int check_rule(const struct s3_CORSRule *r, struct np_err *err)
{
    static const char *const methods[] = {"GET", "PUT", "POST", "DELETE", "HEAD"};
    for (size_t i = 0; i < r->AllowedMethods.n; i++) {
        bool known = false;
        NP_EACH (m, methods)
            known = known || np_str_eq(np_str_of(*m), r->AllowedMethods.v[i]);
        if (!known)
            return np_err(
                err, NP_EINVAL,
                "Found unsupported HTTP method in CORS config. Unsupported method is %.*s",
                NP_FMT(r->AllowedMethods.v[i]));
    }
    for (size_t i = 0; i < r->AllowedOrigins.n; i++)
        if (stars(r->AllowedOrigins.v[i]) > 1)
            return np_err(err, NP_EINVAL,
                          "AllowedOrigin \"%.*s\" can not have more than one wildcard.",
                          NP_FMT(r->AllowedOrigins.v[i]));
    for (size_t i = 0; i < r->AllowedHeaders.n; i++)
        if (stars(r->AllowedHeaders.v[i]) > 1)
            return np_err(err, NP_EINVAL,
                          "AllowedHeader \"%.*s\" can not have more than one wildcard.",
                          NP_FMT(r->AllowedHeaders.v[i]));
    for (size_t i = 0; i < r->ExposeHeaders.n; i++)
        if (stars(r->ExposeHeaders.v[i]) > 0)
            return np_err(err, NP_EINVAL,
                          "ExposeHeader \"%.*s\" contains wildcard. We currently do not support "
                          "wildcard for ExposeHeader.",
                          NP_FMT(r->ExposeHeaders.v[i]));
    return 0;
}

int s3_cors_check(const struct s3_CORSConfiguration *c, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->CORSRules.n; i++)
        rc = check_rule(&c->CORSRules.v[i], err);
    return rc;
}
