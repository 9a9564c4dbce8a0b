/* SPDX-License-Identifier: Apache-2.0 */
/* edge_cache_control_fuzz.c - what origins say of keeping: never more than the rules allow, and a
 * value read in one field or in two says the same. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/edge/ttl.h"

static void check(const struct np_http_field *f, size_t n)
{
    static const struct edge_ttl_rules rules[] = {{0, 60, 100}, {10, 60, 100}, {0, 0, 0}};
    struct edge_ttl ttl;
    NP_EACH (r, rules) {
        edge_ttl_of(f, n, r, 0, &ttl);
        np_assert(ttl.fresh_ms >= r->min_s * 1000 && ttl.fresh_ms <= 100 * 1000);
        np_assert(ttl.stale_while_revalidate_ms >= 0 && ttl.stale_while_revalidate_ms <= 100000);
        np_assert(ttl.stale_if_error_ms >= -1 && ttl.stale_if_error_ms <= 100000);
        np_assert(r->max_s > 0 || !ttl.cacheable);
    }
    edge_ttl_of_error(404, f, n, -1, &ttl);
    np_assert(ttl.cacheable && ttl.fresh_ms >= 10000);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *copy = np_alloc(a, n); /* its own block under ASan: an overrun is seen */
    memcpy(copy, p, n);
    struct np_str text = np_str_n(copy, n), first, second;
    struct edge_cache_control one, two;
    np_str_cut(text, '\n', &first, &second);
    edge_cache_control_init(&one);
    edge_cache_control_add(&one, first);
    edge_cache_control_add(&one, second);
    struct np_http_field fields[] = {{NP_STR("Cache-Control"), first}, {NP_STR("Expires"), second}};
    check(fields, 2);
    edge_cache_control_init(&two);
    edge_cache_control_add(&two, second);
    edge_cache_control_add(&two, first);
    np_assert(one.max_age_s == two.max_age_s && one.s_maxage_s == two.s_maxage_s);
    np_assert(one.no_store == two.no_store && one.no_cache == two.no_cache &&
              one.is_private == two.is_private);
    return 0;
}
