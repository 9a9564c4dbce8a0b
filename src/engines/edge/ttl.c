/* SPDX-License-Identifier: Apache-2.0 */
/* ttl.c - how long a response may be served. */
#include "engines/edge/ttl.h"

#include "base/timefmt.h"
#include "engines/edge/limits.h"

#define SECONDS_MAX (INT64_C(1) << 40) /* times 1000 is still a number */

void edge_cache_control_init(struct edge_cache_control *cc)
{
    *cc = (struct edge_cache_control){
        .max_age_s = -1, .s_maxage_s = -1, .stale_while_revalidate_s = -1, .stale_if_error_s = -1};
}

/* "60", "\"60\""; -1 for anything else. */
static int64_t seconds_of(struct np_str v)
{
    if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
        v = np_str_sub(v, 1, v.n - 2);
    if (v.n == 0)
        return -1;
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] < '0' || v.p[i] > '9')
            return -1;
    uint64_t s;
    return np_str_u64(v, &s) && s < SECONDS_MAX ? (int64_t)s : SECONDS_MAX;
}

/* Of two values of one directive the smaller is safe. */
static void take_least(int64_t *to, int64_t v)
{
    if (v >= 0 && (*to < 0 || v < *to))
        *to = v;
}

static void add_directive(struct edge_cache_control *cc, struct np_str name, struct np_str value)
{
    const struct {
        struct np_str name;
        int64_t *seconds;
    } timed[] = {
        {NP_STR("max-age"), &cc->max_age_s},
        {NP_STR("s-maxage"), &cc->s_maxage_s},
        {NP_STR("stale-while-revalidate"), &cc->stale_while_revalidate_s},
        {NP_STR("stale-if-error"), &cc->stale_if_error_s},
    };
    NP_EACH (t, timed)
        if (np_str_ieq(name, t->name))
            take_least(t->seconds, seconds_of(value));
    cc->no_cache |= np_str_ieq(name, NP_STR("no-cache"));
    cc->no_store |= np_str_ieq(name, NP_STR("no-store"));
    cc->is_private |= np_str_ieq(name, NP_STR("private"));
    cc->must_revalidate |=
        np_str_ieq(name, NP_STR("must-revalidate")) || np_str_ieq(name, NP_STR("proxy-revalidate"));
}

/* Where the directive at the front ends: a comma in quotes is text. */
static size_t directive_end(struct np_str s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        if (quoted && s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            quoted = !quoted;
        else if (s.p[i] == ',' && !quoted)
            return i;
    }
    return s.n;
}

void edge_cache_control_add(struct edge_cache_control *cc, struct np_str value)
{
    while (value.n > 0) {
        size_t n = directive_end(value);
        struct np_str one = np_str_trim(np_str_sub(value, 0, n)), name, arg;
        np_str_cut(one, '=', &name, &arg);
        add_directive(cc, np_str_trim(name), np_str_trim(arg));
        value = np_str_sub(value, n + 1, value.n);
    }
}

/* --- lifetimes --- */

struct said {
    struct edge_cache_control cc;
    int64_t expires_s; /* from now; -1: not said */
};

static void read_fields(const struct np_http_field *fields, size_t n, int64_t now_ms,
                        struct said *out)
{
    int64_t date_ms = now_ms;
    struct np_str expires = NP_STR_NULL;
    edge_cache_control_init(&out->cc);
    out->expires_s = -1;
    for (size_t i = 0; i < n; i++) {
        if (np_str_ieq(fields[i].name, NP_STR("Cache-Control")))
            edge_cache_control_add(&out->cc, fields[i].value);
        else if (np_str_ieq(fields[i].name, NP_STR("Expires")))
            expires = fields[i].value;
        else if (np_str_ieq(fields[i].name, NP_STR("Date")))
            np_time_parse_http(fields[i].value, &date_ms);
    }
    int64_t at_ms;
    if (expires.p == NULL)
        return;
    /* A date that is none ("0", "-1") has passed. */
    if (!np_time_parse_http(expires, &at_ms) || at_ms <= date_ms)
        out->expires_s = 0;
    else
        out->expires_s = (at_ms - date_ms) / 1000;
}

static int64_t clamp(int64_t v, int64_t least, int64_t most)
{
    if (v > most)
        v = most;
    return v < least ? least : v;
}

static int64_t shared_age(const struct edge_cache_control *cc)
{
    return cc->s_maxage_s >= 0 ? cc->s_maxage_s : cc->max_age_s;
}

void edge_ttl_of(const struct np_http_field *fields, size_t n, const struct edge_ttl_rules *r,
                 int64_t now_ms, struct edge_ttl *out)
{
    struct said said;
    read_fields(fields, n, now_ms, &said);
    const struct edge_cache_control *cc = &said.cc;
    bool refused = cc->no_cache || cc->no_store || cc->is_private;
    int64_t age = shared_age(cc), fresh;
    *out = (struct edge_ttl){.stale_if_error_ms = -1};
    if (refused)
        fresh = r->min_s; /* a minimum above 0 overrules the origin */
    else if (age >= 0)
        fresh = clamp(age, r->min_s, r->max_s);
    else if (said.expires_s >= 0)
        fresh = clamp(said.expires_s, r->min_s, r->max_s);
    else
        fresh = r->default_s > r->min_s ? r->default_s : r->min_s;
    out->fresh_ms = fresh * 1000;
    /* What is stale at once is kept to be revalidated, but not what must not be stored. */
    out->cacheable =
        r->max_s > 0 && (fresh > 0 || (!refused && age >= 0) || (!refused && said.expires_s >= 0));
    if (refused)
        out->stale_if_error_ms = 0;
    if (cc->stale_while_revalidate_s > 0 && !refused && !cc->must_revalidate)
        out->stale_while_revalidate_ms = clamp(cc->stale_while_revalidate_s, 0, r->max_s) * 1000;
    if (cc->stale_if_error_s >= 0)
        out->stale_if_error_ms = clamp(cc->stale_if_error_s, 0, r->max_s) * 1000;
    else if (cc->must_revalidate)
        out->stale_if_error_ms = 0;
}

static bool is_always_kept(int status)
{
    return status == 404 || status == 414 || (status >= 500 && status <= 504);
}

/* Kept where the origin says for how long, or the configuration has a custom response for it. */
static bool is_kept_on_word(int status)
{
    return status == 400 || status == 403 || status == 405 || status == 412 || status == 415;
}

void edge_ttl_of_error(int status, const struct np_http_field *fields, size_t n, int64_t min_ttl_s,
                       struct edge_ttl *out)
{
    struct said said;
    read_fields(fields, n, 0, &said);
    int64_t age = shared_age(&said.cc);
    int64_t least = min_ttl_s >= 0 ? min_ttl_s : NP_EDGE_ERROR_TTL_S;
    *out = (struct edge_ttl){.fresh_ms = (age > least ? age : least) * 1000};
    out->cacheable =
        is_always_kept(status) || (is_kept_on_word(status) && (age >= 0 || min_ttl_s >= 0));
    if (out->fresh_ms == 0)
        out->cacheable = false;
}
