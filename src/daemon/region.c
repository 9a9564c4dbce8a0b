/* SPDX-License-Identifier: Apache-2.0 */
/* region.c - the life of the region process.
 *
 * Worker 0 is the main thread: it receives signals, delivers the outbox and runs what services do
 * by themselves. Order of the start: lock, port, keys, store (and beside it blobs),
 * services, projections, outbox, listeners. Order of the end: listeners drain, work settles, outbox
 * stops, loops stop, store closes, services end.
 */
#include "daemon/region.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "aws/api_names.h"
#include "aws/core_int.h"
#include "aws/endpoints_int.h"
#include "aws/network_int.h"
#include "aws/pool_int.h"
#include "base/auto.h"
#include "base/digest.h"
#include "daemon/accounts.h"
#include "daemon/datadir.h"
#include "daemon/dns.h"
#include "daemon/pages.h"
#include "daemon/services.h"
#include "host/reconcile.h"
#include "io/child.h"
#include "io/file.h"

#define REGION_MAGIC  0x6e707267u
#define DRAIN_MS      10000
#define SETTLE_MS     2000
#define SETTLE_POLL   2
#define STACK_BYTES   (512 * 1024)
#define JOBS_MIN      12 /* eight may wait for the disk of the objects alone */
#define MALLOC_ARENAS 2
#define MALLOC_KEEP   (8 << 20) /* 1,000 instances, or a page of a list while it grows */
#define SERVER_NAME   "Nephele"

struct thread {
    struct np_worker w;
    struct region *region;
    pthread_t id;
    bool running;
    struct np_dns_server *dns;
    struct np_msg begin, drain, drained; /* drained travels to worker 0 */
    unsigned draining;                   /* of its three: the gateway, the pool, the doors inside */
};

/* A part of the start on a thread of its own: one waits for the disk while the other computes. */
struct beside {
    struct region *region;
    int (*run)(struct region *r, struct np_err *err);
    pthread_t id;
    bool running;
    int rc;
    struct np_err err;
};

struct region {
    uint32_t magic;
    struct np_core core;
    struct np_arena *arena;
    const struct np_settings *settings;
    struct np_addr addr, dns;
    struct np_tls *tls;
    struct np_signals *signals;
    struct thread *threads;
    struct np_reconciler *reconciler;
    struct beside opening, accounts;
    struct {
        struct np_job job;
        int rc;
        struct np_err err;
    } loading; /* of the CA */
    int lock_fd;
    struct np_timer deadline, settling;
    size_t n_drained;
    bool draining, stopped, store_started;
    int rc; /* why the start failed */
    struct np_err err;
    np_ready_fn *ready;
    void *ready_arg;
};

/* --- the process --- */

static void prepare_process(void)
{
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    /* What a large answer took serves the next one: given back each time, its pages are faulted in
     * anew, which costs more than the answer. */
    mallopt(M_MMAP_THRESHOLD, MALLOC_KEEP);
    mallopt(M_TRIM_THRESHOLD, MALLOC_KEEP);
    np_threads_stack(STACK_BYTES);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* A listener without SO_REUSEPORT proves that nobody else has the port: with it, a second region of
 * this user would silently take half of the connections. */
static int probe_port(struct region *r, struct np_err *err)
{
    int fd = -1, rc = np_addr_parse(r->settings->core.listen, &r->addr, err);
    if (rc == 0)
        rc = np_listen_tcp(&r->addr, false, &fd, err);
    if (rc == 0)
        close(fd);
    else if (rc == NP_EBUSY)
        np_err_prefix(err, "the port is taken; choose another with --listen");
    return rc;
}

/* --- parts of the start beside the rest --- */

static void *beside_main(void *arg)
{
    struct beside *b = arg;
    b->rc = b->run(b->region, &b->err);
    return NULL;
}

static int begin_beside(struct region *r, struct beside *b,
                        int (*run)(struct region *r, struct np_err *err), struct np_err *err)
{
    b->region = r;
    b->run = run;
    int rc = pthread_create(&b->id, NULL, beside_main, b);
    b->running = rc == 0;
    return rc == 0 ? 0 : np_err_errno(err, rc, "cannot start a thread");
}

/* What went wrong here, else what went wrong there. */
static int end_beside(struct beside *b, int rc, struct np_err *err)
{
    if (!b->running)
        return rc;
    pthread_join(b->id, NULL);
    b->running = false;
    if (rc == 0 && b->rc != 0)
        *err = b->err;
    return rc != 0 ? rc : b->rc;
}

/* --- opening --- */

/* The names that a client may ask a certificate for. */
static bool name_ok(void *arg, struct np_str name)
{
    struct region *r = NP_CAST(region, arg, REGION_MAGIC);
    if (np_str_ends(name, NP_STR(".amazonaws.com")))
        return true;
    const struct np_strs *own = &r->core.config.suffixes;
    for (size_t i = 0; i < own->n; i++) {
        struct np_str s = own->v[i];
        if (np_str_ends(name, s) && (name.n == s.n || name.p[name.n - s.n - 1] == '.'))
            return true;
    }
    const struct np_registry *g = r->core.registry;
    for (size_t i = 0; i < g->n_hosts; i++)
        if (g->hosts[i](&r->core, name))
            return true;
    return false;
}

/* Before anything runs beside: services name it in their init. */
static int make_ca(struct region *r, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str dir = np_str_printf(a, "%.*s/tls", NP_FMT(r->core.config.data_dir));
    int rc = np_dir_make(dir, 0700, err);
    if (rc == 0)
        r->core.ca = np_ca_new(dir);
    return rc;
}

static int open_tls(struct region *r, struct np_err *err)
{
    const struct np_tls_server_opts o = {
        .ca = r->core.ca, .name_ok = name_ok, .arg = r, .h2 = r->core.config.http2};
    return np_tls_server_new(&o, &r->tls, err);
}

static int open_blobs(struct region *r, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct np_config *c = &r->core.config;
    uint8_t key[32];
    np_core_key(&r->core, "blob", key);
    struct np_blobs_opts b = {.dir = np_str_printf(a, "%.*s/blobs", NP_FMT(c->data_dir)),
                              .key = c->at_rest ? key : NULL,
                              .jobs = r->core.jobs,
                              .no_sync = c->no_sync};
    int rc = np_blobs_open(&b, &r->core.blobs, err);
    np_wipe(key, sizeof(key));
    return rc;
}

/* What needs no database. */
static int open_rest(struct region *r, struct np_err *err)
{
    int rc = open_tls(r, err);
    return rc != 0 ? rc : open_blobs(r, err);
}

static int open_store(struct region *r, struct np_err *err)
{
    const struct np_config *c = &r->core.config;
    struct np_store_opts o = {
        .dir = c->data_dir, .no_sync = c->no_sync, .images = r->settings->images};
    np_services_migrations(r->arena, &o);
    return np_store_open(&o, &r->core.store, err);
}

static int make_workers(struct region *r, struct np_err *err)
{
    size_t n = r->core.config.workers;
    r->threads = np_new_array(r->arena, struct thread, n);
    r->core.workers = np_new_array(r->arena, struct np_worker *, n);
    for (size_t i = 0; i < n; i++) {
        struct thread *t = &r->threads[i];
        int rc = np_loop_new(&t->w.loop, err);
        if (rc != 0)
            return rc;
        t->region = r;
        np_worker_init(&t->w, &r->core, i);
        np_loop_set_owner(t->w.loop, &t->w);
        r->core.workers[i] = &t->w;
        r->core.n_workers = i + 1;
    }
    return 0;
}

static int open_all(struct region *r, struct np_err *err)
{
    struct np_config *c = &r->core.config;
    int rc = np_datadir_open(r->settings, err);
    if (rc == 0)
        rc = np_datadir_lock(c->data_dir, "region.lock", &r->lock_fd, err);
    if (rc == 0)
        rc = probe_port(r, err);
    if (rc == 0)
        rc = np_dns_open(&r->core, &r->dns, err);
    if (rc == 0)
        rc = np_datadir_secrets(c->data_dir, r->core.root_key, err);
    if (rc == 0)
        rc = np_egress_new(&c->egress, &r->core.egress, err);
    if (rc == 0)
        rc = np_pool_open(&r->core, err);
    if (rc == 0)
        rc = np_jobs_new(c->workers > JOBS_MIN ? c->workers : JOBS_MIN, &r->core.jobs, err);
    if (rc == 0)
        rc = make_ca(r, err);
    if (rc == 0)
        rc = begin_beside(r, &r->opening, open_rest, err);
    if (rc == 0)
        rc = open_store(r, err);
    return rc != 0 ? rc : make_workers(r, err);
}

static int open_accounts(struct region *r, struct np_err *err)
{
    return np_accounts_open(&r->core, r->settings, err);
}

static int start_services(struct region *r, struct np_err *err)
{
    r->reconciler =
        np_reconciler_new(r->core.store, np_core_loop(&r->core, 0), r->core.config.data_dir);
    np_pages_add(&r->core, r->reconciler);
    np_pool_project(&r->core);
    np_endpoints_init(&r->core);
    np_network_open(&r->core); /* private names of endpoints go before those of APIs */
    np_api_names_init(&r->core);
    np_dns_endpoint(&r->core);
    int rc = np_services_init(&r->core, err);
    if (rc == 0)
        rc = np_store_start(r->core.store, err);
    r->store_started = rc == 0;
    if (rc == 0)
        rc = begin_beside(r, &r->accounts, open_accounts, err);
    return end_beside(&r->opening, rc, err);
}

/* --- serving --- */

static int listen_worker(struct thread *t, struct np_err *err)
{
    struct region *r = t->region;
    struct np_http_config c = np_http_default_config;
    c.server = NP_STR(SERVER_NAME);
    int fd = -1, rc = np_listen_tcp(&r->addr, true, &fd, err);
    if (rc == 0 && np_addr_port(&r->addr) == 0) /* the others join the port that the kernel chose */
        rc = np_local_addr(fd, &r->addr);
    return rc != 0 ? rc
                   : np_http_server_new(t->w.loop, fd, r->tls, &c, &np_front_handlers, &t->w,
                                        &t->w.server, err);
}

static void *front_of(struct np_core *core, size_t worker)
{
    return core->workers[worker];
}

/* What may be dialled without a rule has to see that it is the region that dials. */
static void own_gateway(struct region *r)
{
    struct np_addr gateway = r->addr;
    struct in_addr self;
    np_addr_to_dial(&gateway);
    if (!np_pool_self(&r->core, &self))
        return;
    np_egress_self(r->core.egress, self);
    if (gateway.u.sa.sa_family == AF_INET)
        np_egress_own(r->core.egress, &gateway, 32);
}

/* The region's own address of the pool is the gateway, by the ports of the web. */
static int listen_outside(struct region *r, struct np_err *err)
{
    struct np_http_config c = np_http_default_config;
    c.server = NP_STR(SERVER_NAME);
    struct np_pool_service s = {.what = NP_POOL_REGION,
                                .port = 80,
                                .http = &np_front_handlers,
                                .config = &c,
                                .arg = front_of};
    np_pool_serve(&r->core, &s);
    s.port = 443;
    s.tls = r->tls;
    np_pool_serve(&r->core, &s);
    own_gateway(r);
    return np_pool_listen(&r->core, err);
}

/* On its thread, or when it has none. */
static void end_servers(struct thread *t)
{
    np_http_server_free(t->w.server);
    t->w.server = NULL;
    np_dns_server_free(t->dns);
    t->dns = NULL;
    np_pool_end(&t->region->core, t->w.index);
    np_network_end(&t->region->core, t->w.index);
}

static void *serve(void *arg)
{
    struct thread *t = arg;
    np_loop_run(t->w.loop);
    end_servers(t);
    return NULL;
}

static int start_thread(struct thread *t, struct np_err *err)
{
    int rc = pthread_create(&t->id, NULL, serve, t);
    if (rc != 0)
        return np_err_errno(err, rc, "cannot start a worker");
    t->running = true;
    char name[16];
    snprintf(name, sizeof(name), "worker-%zu", t->w.index);
    pthread_setname_np(t->id, name);
    return 0;
}

static int begin_serving(struct region *r, struct np_err *err)
{
    np_outbox_start(r->core.store, r->core.workers[0]->loop);
    int rc = np_services_start(&r->core, err);
    rc = end_beside(&r->accounts, rc, err);
    if (rc == 0)
        np_reconciler_start(r->reconciler);
    for (size_t i = 0; rc == 0 && i < r->core.n_workers; i++)
        rc = listen_worker(&r->threads[i], err);
    if (rc == 0)
        r->core.config.listen = np_addr_text(r->arena, &r->addr);
    for (size_t i = 0; rc == 0 && i < r->core.n_workers; i++)
        rc = np_dns_listen(&r->core, r->threads[i].w.loop, &r->dns, &r->threads[i].dns, err);
    if (rc == 0)
        r->core.config.dns = np_addr_text(r->arena, &r->dns);
    if (rc == 0)
        rc = listen_outside(r, err);
    if (rc == 0)
        np_network_start(&r->core, r->tls);
    for (size_t i = 1; rc == 0 && i < r->core.n_workers; i++)
        rc = start_thread(&r->threads[i], err);
    return rc;
}

static void stop_loops(struct region *r)
{
    if (r->stopped)
        return;
    r->stopped = true;
    np_outbox_stop(r->core.store);
    np_reconciler_stop(r->reconciler);
    for (size_t i = 0; i < r->core.n_workers; i++)
        np_loop_stop(r->threads[i].w.loop);
}

static int announce(struct region *r, struct np_err *err)
{
    const struct np_config *c = &r->core.config;
    int rc = np_datadir_set_address(c->data_dir, "dns", c->dns, err);
    if (rc == 0)
        rc = np_datadir_set_address(c->data_dir, "region", np_region_home(&r->core), err);
    if (rc == 0)
        rc = np_datadir_set_address(c->data_dir, "endpoint", c->listen, err);
    if (rc != 0)
        return rc;
    np_log(NP_INFO, "region.ready", "endpoint=%.*s workers=%zu data=%.*s",
           NP_FMT(r->core.config.listen), r->core.n_workers, NP_FMT(r->core.config.data_dir));
    r->ready(r->ready_arg, r->core.config.listen, r->core.config.dns);
    malloc_trim(0); /* what the start needed once */
    return 0;
}

static void forget_addresses(const struct region *r)
{
    np_datadir_set_address(r->core.config.data_dir, "endpoint", NP_STR_NULL, NULL);
    np_datadir_set_address(r->core.config.data_dir, "dns", NP_STR_NULL, NULL);
    np_datadir_set_address(r->core.config.data_dir, "region", NP_STR_NULL, NULL);
}

static void load_ca(struct np_job *j)
{
    struct region *r = NP_CONTAINER(j, struct region, loading.job);
    r->loading.rc = np_ca_load(r->core.ca, &r->loading.err);
}

/* Behind begin(), which went well. */
static void ca_loaded(struct np_job *j)
{
    struct region *r = NP_CONTAINER(j, struct region, loading.job);
    if (r->draining || r->stopped)
        return;
    r->rc = r->loading.rc;
    r->err = r->loading.err;
    if (r->rc == 0)
        r->rc = announce(r, &r->err);
    if (r->rc != 0)
        stop_loops(r);
}

/* On worker 0's loop. Plain HTTP is served before the CA is loaded, and that it serves is said
 * behind it. */
static void begin(struct np_msg *m)
{
    struct thread *t = NP_CONTAINER(m, struct thread, begin);
    struct region *r = t->region;
    np_job_submit(r->core.jobs, t->w.loop, &r->loading.job, load_ca, ca_loaded);
    r->rc = begin_serving(r, &r->err);
    if (r->rc != 0)
        stop_loops(r);
}

/* --- ending --- */

/* What runs beside requests, and for those whose client has left: each loop gets its answers first,
 * as what they would free is nobody's after it. */
static void settle(struct np_timer *timer)
{
    struct region *r = NP_CONTAINER(timer, struct region, settling);
    for (size_t i = 0; i < r->core.n_workers; i++) {
        if (np_loop_is_owed(r->threads[i].w.loop)) {
            np_timer_set(r->threads[0].w.loop, timer, SETTLE_POLL, settle);
            return;
        }
    }
    stop_loops(r);
}

static void unsettled(struct np_timer *timer)
{
    stop_loops(NP_CONTAINER(timer, struct region, deadline));
}

static void one_drained(struct np_msg *m)
{
    struct thread *t = NP_CONTAINER(m, struct thread, drained);
    struct region *r = t->region;
    if (++r->n_drained < r->core.n_workers || r->stopped)
        return;
    np_timer_set(r->threads[0].w.loop, &r->deadline, SETTLE_MS, unsettled);
    settle(&r->settling);
}

static void drained(void *arg)
{
    struct thread *t = arg;
    if (--t->draining > 0)
        return;
    t->drained.fn = one_drained;
    np_loop_post(t->region->threads[0].w.loop, &t->drained);
}

static void drain(struct np_msg *m)
{
    struct thread *t = NP_CONTAINER(m, struct thread, drain);
    t->draining = 3;
    np_http_server_drain(t->w.server, drained, t);
    np_pool_drain(&t->region->core, t->w.index, drained, t);
    np_network_drain(&t->region->core, t->w.index, drained, t);
}

static void too_late(struct np_timer *timer)
{
    struct region *r = NP_CONTAINER(timer, struct region, deadline);
    np_log(NP_WARN, "region.cut", "workers=%zu reason=\"requests did not end in %d s\"",
           r->core.n_workers - r->n_drained, DRAIN_MS / 1000);
    stop_loops(r);
}

/* The first signal lets requests end, the second does not. */
static void on_signal(void *arg, int signo)
{
    struct region *r = NP_CAST(region, arg, REGION_MAGIC);
    if (r->draining) {
        stop_loops(r);
        return;
    }
    r->draining = true;
    np_log(NP_INFO, "region.ending", "signal=%d", signo);
    forget_addresses(r);
    np_timer_set(r->threads[0].w.loop, &r->deadline, DRAIN_MS, too_late);
    for (size_t i = 0; i < r->core.n_workers; i++) {
        struct thread *t = &r->threads[i];
        t->drain.fn = drain;
        np_loop_post(t->w.loop, &t->drain);
    }
}

static void close_all(struct region *r)
{
    for (size_t i = 0; i < r->core.n_workers; i++) {
        if (r->threads[i].running)
            pthread_join(r->threads[i].id, NULL);
        else
            end_servers(&r->threads[i]);
    }
    np_jobs_free(r->core.jobs); /* running ones may wait for the writers */
    np_store_close(r->core.store);
    np_reconciler_stop(r->reconciler);
    np_reconciler_free(r->reconciler);
    np_services_fini(&r->core);
    np_network_close(&r->core);
    np_dns_close(&r->core);
    np_blobs_close(r->core.blobs);
    np_signals_free(r->signals);
    for (size_t i = 0; i < r->core.n_workers; i++) {
        np_worker_fini(&r->threads[i].w);
        np_loop_free(r->threads[i].w.loop);
    }
    np_pool_close(&r->core);
    np_tls_free(r->tls);
    np_ca_free(r->core.ca);
    np_egress_free(r->core.egress);
    np_core_fini(&r->core);
    if (r->lock_fd >= 0)
        close(r->lock_fd);
}

int np_region_run(const struct np_settings *s, np_ready_fn *ready, void *arg, struct np_err *err)
{
    static const int ends[] = {SIGTERM, SIGINT};
    NP_AUTO_ARENA a = np_arena_new();
    struct region *r = np_new(a, struct region);
    *r = (struct region){.magic = REGION_MAGIC,
                         .arena = a,
                         .settings = s,
                         .lock_fd = -1,
                         .ready = ready,
                         .ready_arg = arg};
    r->core.config = s->core;
    prepare_process();
    np_core_init(&r->core);
    np_services_list(&r->core);
    int rc = open_all(r, err);
    if (rc == 0)
        rc = np_signals_new(r->threads[0].w.loop, ends, NP_LEN(ends), on_signal, r, &r->signals,
                            err);
    if (rc == 0)
        rc = start_services(r, err);
    rc = end_beside(&r->opening, rc, err);
    if (rc == 0) {
        r->threads[0].begin.fn = begin;
        np_loop_post(r->threads[0].w.loop, &r->threads[0].begin);
        np_loop_run(r->threads[0].w.loop);
        rc = r->rc;
        if (rc != 0)
            *err = r->err;
    }
    end_beside(&r->accounts, rc, err);
    forget_addresses(r);
    close_all(r);
    return rc;
}
