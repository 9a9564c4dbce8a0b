/* SPDX-License-Identifier: Apache-2.0 */
/* edge_serve.c - the caching proxy alone, as the candidate of cdn.py:
 *
 *   CAND_CMD=build/tests/bench/edge_serve tests/bench/cdn.py
 *
 * BENCH_HTTP, BENCH_TLS: ports; BENCH_WORKERS; BENCH_ORIGIN: host:port; BENCH_DIR: a folder;
 * EDGE_DISK=1: with a disk tier. One distribution, whose key is the path; TLS by a CA made on the
 * spot. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/auto.h"
#include "engines/edge/edge.h"
#include "io/file.h"
#include "io/job.h"
#include "io/tls.h"

#define HOST "127.0.0.1"

struct settings {
    uint16_t http, tls_port;
    unsigned workers;
    struct np_addr origin;
    struct np_edge *edge;
    struct np_tls *tls;
    struct np_egress *egress;
};

static struct np_err err;

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %.*s\n", what, NP_FMT(np_err_text(&err)));
    exit(1);
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    uint64_t v;
    return np_str_u64(np_str_of(getenv(name)), &v) ? v : otherwise;
}

/* --- the origin's address --- */

struct asked {
    struct np_defer defer;
    const struct settings *s;
    void (*done)(void *x, int rc, const struct np_addr *a, const struct np_err *err);
    void *x;
};

static void answer(void *arg)
{
    struct asked *q = arg;
    q->done(q->x, 0, &q->s->origin, NULL);
    np_free(q);
}

static void
resolve(void *arg, struct np_loop *l, struct np_str name, uint16_t port,
        void (*done)(void *x, int rc, const struct np_addr *a, const struct np_err *err), void *x)
{
    struct asked *q = np_heap_new(struct asked);
    *q = (struct asked){.s = arg, .done = done, .x = x};
    np_defer(l, &q->defer, answer, q);
}

/* --- the engine --- */

static const struct np_str pops[] = {{"BEN50-P1", 8}};
static const struct np_str hosts[] = {{HOST, 9}, {"bench.test", 10}, {"localhost", 9}};

static void open_edge(struct settings *s, struct np_jobs *jobs)
{
    struct np_edge_opts o = {
        .memory_bytes = (uint64_t)1 << 30,
        .disk_bytes = (uint64_t)4 << 30,
        .jobs = jobs,
        .egress = s->egress,
        .resolver = {.resolve = resolve, .arg = s},
        .names = {.x_cache = NP_STR("X-Cache"),
                  .pop_field = NP_STR("X-Amz-Cf-Pop"),
                  .id_field = NP_STR("X-Amz-Cf-Id"),
                  .via = NP_STR("cloudfront.net (CloudFront)"),
                  .server = NP_STR("CloudFront"),
                  .user_agent = NP_STR("Amazon CloudFront"),
                  .cdn = NP_STR("cloudfront"),
                  .made_prefix = NP_STR("CloudFront-"),
                  .edge_prefix = NP_STR("X-Edge-")},
        .pops = pops,
        .n_pops = 1,
    };
    static const char *const results[NP_EDGE_RESULTS] = {
        [NP_EDGE_R_ERROR] = "Error from cloudfront",
        [NP_EDGE_R_HIT] = "Hit from cloudfront",
        [NP_EDGE_R_REFRESH_HIT] = "RefreshHit from cloudfront",
        [NP_EDGE_R_MISS] = "Miss from cloudfront",
    };
    for (size_t i = 0; i < NP_EDGE_RESULTS; i++)
        o.names.results[i] = np_str_of(results[i] != NULL ? results[i] : "Error from cloudfront");
    NP_AUTO_ARENA a = np_arena_new();
    if (number("EDGE_DISK", 0) != 0)
        o.dir = np_str_printf(a, "%s/cache", getenv("BENCH_DIR"));
    must(np_edge_new(&o, &s->edge, &err), "the engine");
}

static void put_distribution(struct settings *s)
{
    struct np_edge_origin origin = {.id = NP_STR("o"),
                                    .host = NP_STR("origin"),
                                    .http_port = np_addr_port(&s->origin),
                                    .https_port = 443,
                                    .attempts = 3,
                                    .connect_timeout_ms = 10000,
                                    .response_timeout_ms = 30000,
                                    .keepalive_ms = 5000};
    struct np_edge_behavior b = {.pattern = NP_STR("*"),
                                 .target = NP_STR("o"),
                                 .methods = NP_EDGE_GET | NP_EDGE_HEAD,
                                 .default_ttl_s = 86400,
                                 .max_ttl_s = 31536000};
    struct np_edge_dist_opts d = {.id = NP_STR("EBENCH"),
                                  .name = NP_STR("bench.test"),
                                  .hosts = hosts,
                                  .n_hosts = NP_LEN(hosts),
                                  .enabled = true,
                                  .origins = &origin,
                                  .n_origins = 1,
                                  .behaviors = &b,
                                  .n_behaviors = 1};
    must(np_edge_put(s->edge, &d, &err), "the distribution");
}

/* --- workers --- */

static void serve(struct settings *s, struct np_loop *l, struct np_edge_worker *w, uint16_t port,
                  struct np_tls *tls)
{
    struct np_addr addr;
    struct np_http_server *server;
    int fd;
    must(np_addr_parse(NP_STR(HOST ":0"), &addr, &err), "the address");
    np_addr_set_port(&addr, port);
    must(np_listen_tcp(&addr, s->workers > 1, &fd, &err), "listening");
    must(np_http_server_new(l, fd, tls, &np_http_default_config, &np_edge_handlers, w, &server,
                            &err),
         "the server");
}

static void *work(void *arg)
{
    struct settings *s = arg;
    struct np_loop *l;
    struct np_edge_worker *w;
    must(np_loop_new(&l, &err), "a loop");
    must(np_edge_worker_new(s->edge, l, &w, &err), "a worker");
    serve(s, l, w, s->http, NULL);
    if (s->tls_port != 0)
        serve(s, l, w, s->tls_port, s->tls);
    np_loop_run(l);
    return NULL;
}

int main(void)
{
    struct settings s = {.http = (uint16_t)number("BENCH_HTTP", 0),
                         .tls_port = (uint16_t)number("BENCH_TLS", 0),
                         .workers = (unsigned)number("BENCH_WORKERS", 1)};
    struct np_str all = NP_STR("127.0.0.0/8");
    struct np_jobs *jobs;
    NP_AUTO_ARENA a = np_arena_new();
    signal(SIGPIPE, SIG_IGN);
    must(np_addr_parse(np_str_of(getenv("BENCH_ORIGIN")), &s.origin, &err), "BENCH_ORIGIN");
    must(np_egress_new(&(struct np_strs){&all, 1, true}, &s.egress, &err), "egress");
    must(np_jobs_new(4, &jobs, &err), "jobs");
    if (s.tls_port != 0) {
        struct np_str dir = np_str_printf(a, "%s/ca", getenv("BENCH_DIR"));
        must(np_dir_make(dir, 0700, &err), "the CA's folder");
        struct np_tls_server_opts o = {.ca = np_ca_new(dir), .h2 = true};
        must(np_tls_server_new(&o, &s.tls, &err), "TLS");
    }
    open_edge(&s, jobs);
    put_distribution(&s);
    pthread_t t;
    for (unsigned i = 1; i < s.workers; i++)
        pthread_create(&t, NULL, work, &s);
    work(&s);
}
