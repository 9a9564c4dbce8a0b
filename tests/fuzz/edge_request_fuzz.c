/* SPDX-License-Identifier: Apache-2.0 */
/* edge_request_fuzz.c - what of a request decides where it goes: path, Range and Host, a line each.
 * A path that is disguised never gets what it does not literally match. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/edge/request.h"

static struct edge_dist *make(void)
{
    static const struct np_str patterns[] = {{"/a/*.css", 8}, {"/b?/", 4}, {"*", 1}};
    struct np_edge_origin origin = {.id = NP_STR("o"), .host = NP_STR("h"), .attempts = 1};
    struct np_edge_behavior b[NP_LEN(patterns)];
    for (size_t i = 0; i < NP_LEN(patterns); i++)
        b[i] = (struct np_edge_behavior){.pattern = patterns[i], .target = NP_STR("o")};
    struct np_edge_dist_opts o = {.id = NP_STR("E"),
                                  .origins = &origin,
                                  .n_origins = 1,
                                  .behaviors = b,
                                  .n_behaviors = NP_LEN(b)};
    struct edge_shared *shared = np_heap_new(struct edge_shared);
    struct edge_dist *d = NULL;
    shared->refs = 1;
    np_assert(edge_dist_compile(&o, shared, &d, NULL) == 0);
    edge_shared_unref(shared);
    return d;
}

static void check_path(struct np_str path)
{
    struct edge_dist *d = make();
    const struct edge_behavior *b = edge_dist_match(d, path);
    np_assert(b >= d->behaviors && b < d->behaviors + d->o.n_behaviors);
    np_assert(b->any || np_str_glob(b->pattern, path, false));
    np_assert(b == edge_dist_match(d, path));
    /* Two steps up from a stricter place is not that place. */
    if (np_str_find(path, NP_STR("/../")) >= 0 && !b->any)
        np_assert(np_str_starts(path, NP_STR("/a/")) || np_str_starts(path, NP_STR("/b")));
    edge_dist_unref(d);
}

static void check_range(struct np_str value)
{
    struct edge_range r;
    bool ok = edge_range_parse(value, &r);
    np_assert(ok == r.is_set);
    np_assert(!ok || !r.has_end || r.begin <= r.end);
    np_assert(!ok || np_str_chr(value, ',') < 0);
}

static void check_host(struct np_str host)
{
    char buf[64];
    struct np_str name = edge_host_name(host, buf, sizeof(buf));
    np_assert(name.n <= host.n && name.n <= sizeof(buf));
    for (size_t i = 0; i < name.n; i++)
        np_assert(name.p[i] < 'A' || name.p[i] > 'Z');
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *copy = np_alloc(a, n); /* its own block under ASan: an overrun is seen */
    memcpy(copy, p, n);
    struct np_str rest = np_str_n(copy, n), line;
    for (int i = 0; i < 3 && np_str_split(&rest, '\n', &line); i++) {
        if (i == 0 && np_str_starts(line, NP_STR("/")))
            check_path(line);
        if (i == 1)
            check_range(line);
        if (i == 2)
            check_host(line);
    }
    return 0;
}
