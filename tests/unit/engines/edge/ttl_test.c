/* SPDX-License-Identifier: Apache-2.0 */
/* ttl_test.c - how long a response may be served: the documented table, case by case. */
#include "engines/edge/ttl.h"

#include "test.h"

#define DAY 86400

static const struct {
    const char *what;
    int64_t min, normal, most;
    const char *cache_control, *expires; /* NULL: not sent */
    bool cacheable;
    int64_t fresh_s;
} cases[] = {
    {"nothing said: default", 0, DAY, 365 * DAY, NULL, NULL, true, DAY},
    {"nothing said, minimum above default", 100, 100, 1000, NULL, NULL, true, 100},
    {"max-age", 0, DAY, 365 * DAY, "max-age=60", NULL, true, 60},
    {"max-age above the maximum", 0, 10, 100, "max-age=1000", NULL, true, 100},
    {"max-age below the minimum", 50, 60, 100, "max-age=10", NULL, true, 50},
    {"s-maxage wins", 0, DAY, 365 * DAY, "max-age=60, s-maxage=7", NULL, true, 7},
    {"max-age wins over Expires", 0, DAY, 365 * DAY, "max-age=60", "Sun, 30 Aug 2015 13:36:00 GMT",
     true, 60},
    {"Expires", 0, DAY, 365 * DAY, NULL, "Sun, 30 Aug 2015 13:36:00 GMT", true, 3600},
    {"Expires above the maximum", 0, 10, 100, NULL, "Sun, 30 Aug 2015 13:36:00 GMT", true, 100},
    {"Expires in the past", 0, DAY, 365 * DAY, NULL, "Sun, 30 Aug 2015 11:36:00 GMT", true, 0},
    {"Expires that is no date", 0, DAY, 365 * DAY, NULL, "-1", true, 0},
    {"Expires in the past, a minimum", 30, DAY, 365 * DAY, NULL, "0", true, 30},
    {"no-store", 0, DAY, 365 * DAY, "no-store", NULL, false, 0},
    {"no-cache", 0, DAY, 365 * DAY, "no-cache", NULL, false, 0},
    {"private", 0, DAY, 365 * DAY, "private, max-age=60", NULL, false, 0},
    {"no-store, but a minimum", 30, DAY, 365 * DAY, "no-store", NULL, true, 30},
    {"private, but a minimum", 30, DAY, 365 * DAY, "private, max-age=60", NULL, true, 30},
    {"max-age=0 is kept to be asked about", 0, DAY, 365 * DAY, "max-age=0", NULL, true, 0},
    {"caching is off", 0, 0, 0, "max-age=60", NULL, false, 0},
    {"quoted", 0, DAY, 365 * DAY, "max-age=\"60\"", NULL, true, 60},
    {"a comma in quotes", 0, DAY, 365 * DAY, "x=\"a, no-store\", max-age=5", NULL, true, 5},
    {"case", 0, DAY, 365 * DAY, "MAX-AGE=5", NULL, true, 5},
    {"twice: the smaller", 0, DAY, 365 * DAY, "max-age=9, max-age=5", NULL, true, 5},
    {"garbage says nothing", 0, DAY, 365 * DAY, "max-age=abc,,=,;", NULL, true, DAY},
    {"a number beyond all", 0, 10, 100, "max-age=99999999999999999999999", NULL, true, 100},
};

NP_TEST(table)
{
    NP_EACH (c, cases) {
        struct np_http_field f[3] = {{NP_STR("Date"), NP_STR("Sun, 30 Aug 2015 12:36:00 GMT")}};
        size_t n = 1;
        if (c->cache_control != NULL)
            f[n++] = (struct np_http_field){NP_STR("cache-control"), np_str_of(c->cache_control)};
        if (c->expires != NULL)
            f[n++] = (struct np_http_field){NP_STR("Expires"), np_str_of(c->expires)};
        struct edge_ttl_rules r = {c->min, c->normal, c->most};
        struct edge_ttl ttl;
        edge_ttl_of(f, n, &r, 0, &ttl);
        NP_CHECK(ttl.cacheable == c->cacheable, "%s", c->what);
        NP_CHECK(!c->cacheable || ttl.fresh_ms == c->fresh_s * 1000, "%s: %lld", c->what,
                 (long long)ttl.fresh_ms);
    }
}

NP_TEST(stale_windows)
{
    struct edge_ttl_rules r = {0, DAY, 100};
    struct edge_ttl ttl;
    struct np_http_field f = {NP_STR("Cache-Control"),
                              NP_STR("max-age=5, stale-while-revalidate=30, stale-if-error=1000")};
    edge_ttl_of(&f, 1, &r, 0, &ttl);
    NP_CHECK(ttl.stale_while_revalidate_ms == 30000);
    NP_CHECK(ttl.stale_if_error_ms == 100000, "the maximum TTL bounds it");
    f.value = NP_STR("max-age=5");
    edge_ttl_of(&f, 1, &r, 0, &ttl);
    NP_CHECK(ttl.stale_while_revalidate_ms == 0 && ttl.stale_if_error_ms == -1);
    f.value = NP_STR("max-age=5, must-revalidate, stale-while-revalidate=30");
    edge_ttl_of(&f, 1, &r, 0, &ttl);
    NP_CHECK(ttl.stale_while_revalidate_ms == 0 && ttl.stale_if_error_ms == 0);
}

NP_TEST(errors)
{
    static const struct {
        int status;
        const char *cache_control;
        int64_t min_ttl;
        bool cacheable;
        int64_t fresh_s;
    } errors[] = {
        {404, NULL, -1, true, 10},          {404, "max-age=5", -1, true, 10},
        {404, "max-age=50", -1, true, 50},  {404, "no-store", -1, true, 10},
        {404, NULL, 0, false, 0},           {403, NULL, -1, false, 0},
        {403, "s-maxage=20", -1, true, 20}, {403, NULL, 7, true, 7},
        {416, NULL, 7, false, 0},           {500, NULL, -1, true, 10},
        {418, "max-age=5", -1, false, 0},
    };
    NP_EACH (e, errors) {
        struct np_http_field f = {NP_STR("Cache-Control"), np_str_of(e->cache_control)};
        struct edge_ttl ttl;
        edge_ttl_of_error(e->status, &f, e->cache_control != NULL, e->min_ttl, &ttl);
        NP_CHECK(ttl.cacheable == e->cacheable, "%d %s", e->status, e->cache_control);
        NP_CHECK(!e->cacheable || ttl.fresh_ms == e->fresh_s * 1000, "%d %s", e->status,
                 e->cache_control);
    }
}
