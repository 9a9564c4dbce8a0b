/* SPDX-License-Identifier: Apache-2.0 */
/* edge.c - the engine as CloudFront starts it: its words, its cache, how it gets to origins. */
#include "services/cloudfront/edge.h"
#include "services/cloudfront/function.h"

#include "aws/reach.h"
#include "base/arena.h"
#include "base/auto.h"

#define MEMORY_BYTES ((uint64_t)256 << 20)
#define DISK_BYTES   ((uint64_t)4 << 30)

static const struct np_edge_names words = {
    .x_cache = {"X-Cache", 7},
    .results =
        {
            [NP_EDGE_R_ERROR] = {"Error from cloudfront", 21},
            [NP_EDGE_R_HIT] = {"Hit from cloudfront", 19},
            [NP_EDGE_R_REFRESH_HIT] = {"RefreshHit from cloudfront", 26},
            [NP_EDGE_R_ORIGIN_SHIELD_HIT] = {"OriginShieldHit from cloudfront", 31},
            [NP_EDGE_R_MISS] = {"Miss from cloudfront", 20},
            [NP_EDGE_R_REDIRECT] = {"Redirect from cloudfront", 24},
            [NP_EDGE_R_FUNCTION] = {"FunctionGeneratedResponse from cloudfront", 41},
            [NP_EDGE_R_LIMIT] = {"LimitExceeded from cloudfront", 29},
            [NP_EDGE_R_CAPACITY] = {"CapacityExceeded from cloudfront", 32},
        },
    .pop_field = {"X-Amz-Cf-Pop", 12},
    .id_field = {"X-Amz-Cf-Id", 11},
    .via = {"cloudfront.net (CloudFront)", 27},
    .server = {"CloudFront", 10},
    .user_agent = {"Amazon CloudFront", 17},
    .cdn = {"cloudfront", 10},
    .made_prefix = {"CloudFront-", 11},
    .edge_prefix = {"X-Edge-", 7},
};

/* --- origins by name --- */

struct reaching {
    void (*done)(void *x, int rc, const struct np_addr *a, const struct np_err *err);
    void *x;
};

static void reached(void *arg, int rc, const struct np_addr *to, bool region_owned,
                    const struct np_err *err)
{
    struct reaching r = *(struct reaching *)arg;
    (void)region_owned;
    np_free(arg);
    r.done(r.x, rc, to, err);
}

static void
resolve(void *arg, struct np_loop *l, struct np_str name, uint16_t port,
        void (*done)(void *x, int rc, const struct np_addr *a, const struct np_err *err), void *x)
{
    struct reaching *r = np_heap_new(struct reaching);
    *r = (struct reaching){done, x};
    np_reach(arg, l, "origin of a distribution", name, port, reached, r);
}

/* Origins speak TLS 1.2 or newer here (origins.c), so one client is enough for all. */
static struct np_tls *client_tls(void *arg, unsigned protocols)
{
    (void)protocols;
    return __atomic_load_n(&((const struct cloudfront_state *)arg)->origin_tls, __ATOMIC_ACQUIRE);
}

/* The host's roots take tens of milliseconds to read: not for a region that asks nobody by TLS. */
int cloudfront_edge_prepare(struct cloudfront_state *s, const struct np_edge_dist_opts *o,
                            struct np_err *err)
{
    bool wanted = false;
    for (size_t i = 0; i < o->n_origins; i++)
        wanted |= o->origins[i].ops == NULL && o->origins[i].scheme != NP_EDGE_HTTP;
    if (!wanted || s->origin_tls != NULL)
        return 0;
    struct np_tls *made;
    int rc = np_tls_client(s->core->ca, true, &made, err);
    if (rc == 0)
        __atomic_store_n(&s->origin_tls, made, __ATOMIC_RELEASE);
    return rc;
}

/* --- life --- */

int cloudfront_edge_open(struct cloudfront_state *s, struct np_err *err)
{
    struct np_core *core = s->core;
    NP_AUTO_ARENA a = np_arena_new();
    int rc = cloudfront_front_new(core, &s->front, err);
    if (rc != 0)
        return rc;
    const struct np_edge_opts o = {
        .dir = np_str_cat(a, core->config.data_dir, NP_STR("/edge-cache")),
        .memory_bytes = MEMORY_BYTES,
        .disk_bytes = DISK_BYTES,
        .jobs = core->jobs,
        .egress = core->egress,
        .resolver = {.resolve = resolve, .arg = core},
        .client_tls = client_tls,
        .client_tls_arg = s,
        .names = words,
        .hooks =
            {
                .arg = s,
                .viewer = cloudfront_viewer,
                .generated = cloudfront_generated,
                .check = cloudfront_signed_check,
                .call = cloudfront_function_call,
                .log = cloudfront_log,
                .error_page = cloudfront_error_page,
            },
        .pops = cloudfront_pops,
        .n_pops = CLOUDFRONT_LOCATIONS,
        .location = cloudfront_front_location,
        .location_arg = s->front,
    };
    return np_edge_new(&o, &s->edge, err);
}

/* A worker's own, made when its listeners are: before it runs. */
void *cloudfront_worker(struct np_core *core, size_t worker)
{
    struct cloudfront_state *s = cloudfront_state(core);
    return s->workers[worker];
}

int cloudfront_edge_start(struct cloudfront_state *s, struct np_err *err)
{
    int rc = 0;
    s->workers = np_heap_alloc(s->core->n_workers * sizeof(*s->workers));
    for (size_t i = 0; rc == 0 && i < s->core->n_workers; i++)
        rc = np_edge_worker_new(s->edge, np_core_loop(s->core, i), &s->workers[i], err);
    return rc;
}

void cloudfront_edge_close(struct cloudfront_state *s)
{
    for (size_t i = 0; s->workers != NULL && i < s->core->n_workers; i++)
        np_edge_worker_free(s->workers[i]);
    np_free(s->workers);
    np_edge_free(s->edge);
    cloudfront_front_free(s->front);
    np_tls_free(s->origin_tls);
}
