/* SPDX-License-Identifier: Apache-2.0 */
/* signed_policy.c - policies of signed URLs and cookies. */
#include "services/cloudfront/signed_policy.h"

#include <arpa/inet.h>

#include "base/arena.h"
#include "base/enc.h"
#include "codec/json.h"

/* The only member of an object, by its name; NULL: it has another, or more. */
static const struct np_json *only(const struct np_json *o, const char *key)
{
    if (o == NULL || o->type != NP_J_OBJECT || o->n != 1 ||
        !np_str_eq(o->child->key, np_str_of(key)))
        return NULL;
    return o->child;
}

static bool epoch(const struct np_json *o, int64_t *out)
{
    const struct np_json *v = only(o, "AWS:EpochTime");
    if (v == NULL || v->type != NP_J_INT || v->i <= 0)
        return false;
    *out = v->i;
    return true;
}

static bool ipv4(struct np_arena *a, struct np_str text, uint32_t *out)
{
    struct in_addr addr;
    if (text.n > 15 || inet_pton(AF_INET, np_str_z(a, text), &addr) != 1)
        return false;
    *out = ntohl(addr.s_addr);
    return true;
}

static bool source(struct np_arena *a, const struct np_json *o,
                   struct cloudfront_signed_policy *out)
{
    const struct np_json *v = only(o, "AWS:SourceIp");
    struct np_str ip, bits;
    uint64_t n = 32;
    if (v == NULL || v->type != NP_J_STRING)
        return false;
    if (np_str_cut(v->s, '/', &ip, &bits) && (!np_str_u64(bits, &n) || n > 32))
        return false;
    out->has_source = true;
    out->mask = n == 0 ? 0 : UINT32_MAX << (32 - n);
    return ipv4(a, ip, &out->source);
}

static bool condition(struct np_arena *a, const struct np_json *c,
                      struct cloudfront_signed_policy *out)
{
    if (c == NULL || c->type != NP_J_OBJECT)
        return false;
    for (const struct np_json *m = c->child; m != NULL; m = m->next) {
        bool ok = np_str_is(m->key, "DateLessThan")      ? epoch(m, &out->before_s)
                  : np_str_is(m->key, "DateGreaterThan") ? epoch(m, &out->after_s)
                  : np_str_is(m->key, "IpAddress")       ? source(a, m, out)
                                                         : false;
        if (!ok)
            return false;
    }
    return out->before_s != 0;
}

int cloudfront_signed_policy_parse(struct np_arena *a, struct np_str json,
                                   struct cloudfront_signed_policy *out)
{
    struct np_json *doc;
    *out = (struct cloudfront_signed_policy){0};
    if (np_json_parse(a, json, &doc, NULL) != 0)
        return NP_EINVAL;
    const struct np_json *list = only(doc, "Statement");
    if (list == NULL || list->type != NP_J_ARRAY || list->n != 1 ||
        list->child->type != NP_J_OBJECT)
        return NP_EINVAL;
    const struct np_json *when = NULL;
    for (const struct np_json *m = list->child->child; m != NULL; m = m->next) {
        if (np_str_is(m->key, "Condition") && when == NULL)
            when = m;
        else if (np_str_is(m->key, "Resource") && m->type == NP_J_STRING && out->resource.p == NULL)
            out->resource = m->s;
        else
            return NP_EINVAL;
    }
    return condition(a, when, out) ? 0 : NP_EINVAL;
}

static bool from_there(const struct cloudfront_signed_policy *p, struct np_str ip)
{
    char text[16];
    struct in_addr addr;
    if (ip.n >= sizeof(text))
        return p->mask == 0;
    memcpy(text, ip.p, ip.n);
    text[ip.n] = '\0';
    if (inet_pton(AF_INET, text, &addr) != 1)
        return p->mask == 0; /* AWS: 0.0.0.0/0 is everybody */
    return (ntohl(addr.s_addr) & p->mask) == (p->source & p->mask);
}

bool cloudfront_signed_policy_allows(const struct cloudfront_signed_policy *p, struct np_str url,
                                     struct np_str ip, int64_t now_s)
{
    if (p->resource.p != NULL && !np_str_glob(p->resource, url, false))
        return false;
    if (now_s >= p->before_s || now_s < p->after_s)
        return false;
    return !p->has_source || from_there(p, ip);
}

struct np_str cloudfront_unsafe(struct np_arena *a, struct np_str text)
{
    char *p = np_alloc(a, text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        p[i] = text.p[i] == '-' ? '+' : text.p[i] == '_' ? '=' : text.p[i] == '~' ? '/' : text.p[i];
    return np_unbase64(a, np_str_n(p, text.n));
}

struct np_str cloudfront_canned(struct np_arena *a, struct np_str url, struct np_str expires)
{
    return np_str_printf(a,
                         "{\"Statement\":[{\"Resource\":\"%.*s\",\"Condition\":{\"DateLessThan\":"
                         "{\"AWS:EpochTime\":%.*s}}}]}",
                         NP_FMT(url), NP_FMT(expires));
}
