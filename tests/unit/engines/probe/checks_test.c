/* SPDX-License-Identifier: Apache-2.0 */
/* checks_test.c - probers against a server of ours, with the region's clock in the test's hand. */
#include "http/fixture.h"

#include <stdio.h>
#include <unistd.h>

#include "engines/probe/checks.h"
#include "engines/probe/limits.h"
#include "io/clock.h"
#include "io/loop.h"

struct world {
    struct fixture f;
    struct np_checks *checks;
    int status;
    struct np_str body;
    struct np_addr at; /* what every name leads to */
    int found_rc;
    struct np_defer finding;
    np_probe_found_fn *found[64];
    void *found_x[64];
    size_t n_found;
    int changes;
    bool healthy;
};

/* The fixture's handler has no argument of ours. */
static struct world *the_world;

static void answer(struct fixture *f, struct np_http_x *x)
{
    (void)f;
    np_http_reply(x, the_world->status, NULL, 0, the_world->body);
}

static void find_all(void *arg)
{
    struct world *w = arg;
    size_t n = w->n_found;
    w->n_found = 0;
    for (size_t i = 0; i < n; i++)
        w->found[i](w->found_x[i], w->found_rc, &w->at, NULL);
}

static void *find(void *arg, struct np_str host, uint16_t port, np_probe_found_fn *found, void *x)
{
    struct world *w = arg;
    (void)host, (void)port;
    w->found[w->n_found] = found;
    w->found_x[w->n_found++] = x;
    np_defer(w->f.loop, &w->finding, find_all, w);
    return w;
}

static void cancel(void *arg, void *finding)
{
    (void)finding;
    ((struct world *)arg)->n_found = 0; /* tests cancel all or nothing */
}

static void changed(void *arg, struct np_str id, bool healthy)
{
    struct world *w = arg;
    NP_CHECK_STR(id, NP_STR("one"));
    w->changes++;
    w->healthy = healthy;
}

static void world_init(struct world *w)
{
    *w = (struct world){.status = 200, .body = NP_STR("well")};
    the_world = w;
    fixture_start(&w->f, answer);
    w->at = w->f.addr;
    const struct np_checks_opts o = {
        .env = {.loop = w->f.loop, .egress = w->f.egress, .find = find, .cancel = cancel, .arg = w},
        .changed = changed,
        .arg = w,
    };
    NP_CHECK(np_checks_new(&o, &w->checks, NULL) == 0);
}

static void world_fini(struct world *w)
{
    np_checks_free(w->checks);
    np_defer_cancel(&w->finding);
    fixture_fini(&w->f);
}

static struct np_check_opts opts(enum np_probe_kind kind, size_t n_places, unsigned threshold)
{
    static const struct np_str places[] = {{"a", 1}, {"b", 1}, {"c", 1},
                                           {"d", 1}, {"e", 1}, {"f", 1}};
    return (struct np_check_opts){
        .target = {.kind = kind,
                   .host = NP_STR("host.test"),
                   .port = 80,
                   .path = NP_STR("/"),
                   .agent = NP_STR("test")},
        .interval_ms = 10000,
        .threshold = threshold,
        .places = places,
        .n_places = n_places,
    };
}

/* How many probers say that of their last look. */
static size_t saying(struct world *w, const char *word)
{
    struct np_observation *seen;
    size_t n, found = 0;
    np_checks_observe(w->checks, w->f.arena, NP_STR("one"), false, &seen, &n);
    for (size_t i = 0; i < n; i++)
        found += np_str_starts(seen[i].status, np_str_of(word));
    return found;
}

static int looks(struct world *w)
{
    return w->f.requests;
}

NP_TEST(a_check_follows_its_probers_by_the_threshold)
{
    struct world w;
    world_init(&w);
    const struct np_check_opts o = opts(NP_PROBE_HTTP, 3, 2);
    np_checks_put(w.checks, NP_STR("one"), &o);
    np_clock_region_advance(1000);
    FX_UNTIL(&w.f, saying(&w, "Success: HTTP Status Code 200") == 3);
    NP_CHECK(w.changes == 0, "it was taken for healthy, and is");
    w.status = 500;
    np_clock_region_advance(10000);
    FX_UNTIL(&w.f, saying(&w, "Failure: HTTP Status Code 500") == 3);
    NP_CHECK(w.changes == 0, "once is not twice");
    np_clock_region_advance(10000);
    FX_UNTIL(&w.f, w.changes == 1);
    NP_CHECK(!w.healthy);
    w.status = 302;
    np_clock_region_advance(10000);
    FX_UNTIL(&w.f, saying(&w, "Success") == 3);
    NP_CHECK(w.changes == 1);
    np_clock_region_advance(10000);
    FX_UNTIL(&w.f, w.changes == 2);
    NP_CHECK(w.healthy);
    world_fini(&w);
}

NP_TEST(more_than_18_percent_are_enough)
{
    struct world w;
    world_init(&w);
    /* One of five is 20 %, one of six is not more than 18. */
    for (size_t n = 5; n <= 6; n++) {
        struct np_check_opts o = opts(NP_PROBE_HTTP, n, 1);
        o.unhealthy = true;
        w.changes = 0;
        w.status = 200;
        np_checks_put(w.checks, NP_STR("one"), &o);
        int before = looks(&w);
        FX_UNTIL(&w.f, looks(&w) > before); /* the first place looks before the others */
        w.status = 500;
        np_clock_region_advance(1000);
        FX_UNTIL(&w.f, saying(&w, "Failure") == n - 1 && saying(&w, "Success") == 1);
        NP_CHECK(w.changes == (n == 5), "%zu places: %d changes", n, w.changes);
        np_checks_remove(w.checks, NP_STR("one"));
    }
    world_fini(&w);
}

NP_TEST(a_clock_that_jumps_brings_one_look_a_place)
{
    struct world w;
    world_init(&w);
    const struct np_check_opts o = opts(NP_PROBE_HTTP, 3, 1);
    np_checks_put(w.checks, NP_STR("one"), &o);
    np_clock_region_advance(1000);
    FX_UNTIL(&w.f, saying(&w, "Success") == 3);
    int before = looks(&w);
    np_clock_region_advance(3600 * 1000);
    FX_UNTIL(&w.f, looks(&w) == before + 3);
    fx_turns(&w.f, 300);
    NP_CHECK(looks(&w) == before + 3, "%d looks", looks(&w) - before);
    world_fini(&w);
}

NP_TEST(a_text_is_looked_for_in_the_first_bytes)
{
    static const struct {
        size_t before;
        const char *says;
    } cases[] = {
        {0, "Success"},
        {NP_PROBE_SEARCH_BYTES - 6, "Success"},
        {NP_PROBE_SEARCH_BYTES - 5, "Failure"},
    };
    struct world w;
    world_init(&w);
    NP_EACH (c, cases) {
        char *body = np_alloc(w.f.arena, NP_PROBE_SEARCH_BYTES * 2);
        memset(body, 'x', NP_PROBE_SEARCH_BYTES * 2);
        memcpy(body + c->before, "needle", 6);
        w.body = np_str_n(body, NP_PROBE_SEARCH_BYTES * 2);
        struct np_check_opts o = opts(NP_PROBE_HTTP, 3, 1);
        o.target.search = NP_STR("needle");
        np_checks_put(w.checks, NP_STR("one"), &o);
        np_clock_region_advance(1000);
        FX_UNTIL(&w.f, saying(&w, c->says) == 3);
        np_checks_remove(w.checks, NP_STR("one"));
    }
    world_fini(&w);
}

NP_TEST(a_port_that_nobody_listens_on)
{
    struct world w;
    int fd;
    world_init(&w);
    /* A port of ours, closed again. */
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &w.at, NULL) == 0);
    NP_CHECK(np_listen_tcp(&w.at, false, &fd, NULL) == 0 && np_local_addr(fd, &w.at) == 0);
    const struct np_check_opts o = opts(NP_PROBE_TCP, 3, 1);
    np_checks_put(w.checks, NP_STR("one"), &o);
    np_clock_region_advance(1000);
    FX_UNTIL(&w.f, saying(&w, "Success") == 3);
    close(fd);
    np_clock_region_advance(10000);
    FX_UNTIL(&w.f, w.changes == 1);
    NP_CHECK(!w.healthy && saying(&w, "Failure") == 3);
    world_fini(&w);
}

NP_TEST(a_name_that_leads_nowhere_and_a_check_that_goes)
{
    struct world w;
    struct np_observation *seen;
    size_t n;
    world_init(&w);
    w.found_rc = NP_ENOENT;
    const struct np_check_opts o = opts(NP_PROBE_HTTP, 3, 1);
    np_checks_put(w.checks, NP_STR("one"), &o);
    np_clock_region_advance(1000);
    FX_UNTIL(&w.f, w.changes == 1);
    NP_CHECK(np_checks_observe(w.checks, w.f.arena, NP_STR("one"), true, &seen, &n) == 0 && n > 0);
    NP_CHECK(np_str_starts(seen->status, NP_STR("Failure")));
    w.found_rc = 0;
    np_clock_region_advance(10000);
    np_loop_turn(w.f.loop, 300);
    np_checks_remove(w.checks, NP_STR("one")); /* with looks under way */
    NP_CHECK(np_checks_observe(w.checks, w.f.arena, NP_STR("one"), false, &seen, &n) == NP_ENOENT);
    fx_turns(&w.f, 20);
    world_fini(&w);
}
