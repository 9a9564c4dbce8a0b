/* SPDX-License-Identifier: Apache-2.0 */
/* pool_listen.c - listening on pool addresses: which port really, on which sockets, and whose each
 * connection is.
 *
 * A port is listened on by the device lo for the whole pool where this process holds the user's
 * lock and nothing is in the way; else on each owned address by itself, which other regions do
 * beside it. Sockets of an address are made by whoever gave it, on the writer's thread, so that it
 * can be connected to when the call that made its owner returns; a message puts them on their
 * loops.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aws/core_int.h"
#include "aws/pool_int.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"
#include "http/server.h"
#include "io/net.h"

#define ACCEPT_BATCH    64
#define ACCEPT_RETRY_MS 100
#define SERVER_NAME     "Nephele"

/* One listening socket of one worker. */
struct listener {
    struct np_node node; /* in locked.listeners */
    struct np_pool_worker *worker;
    uint16_t number;
    bool whole;
    uint32_t slot; /* unless whole */
    int fd;        /* -1: closed */
    bool leaving;  /* of the writer: `remove` is on its way */
    struct np_watch watch;
    struct np_timer retry;
    struct np_defer later;
    struct np_msg add, remove;
};

/* --- connections --- */

static struct np_http_server *server_of(const struct np_pool_worker *w, int fd, uint16_t number)
{
    const struct np_pool *p = w->pool;
    struct np_addr local;
    if (np_local_addr(fd, &local) != 0 || local.u.sa.sa_family != AF_INET)
        return NULL;
    const struct np_pool_service *s = np_pool_service(p->core, local.u.v4.sin_addr, number);
    return s != NULL ? w->servers[s - p->services] : NULL;
}

bool np_pool_adopt(struct np_core *core, size_t worker, struct in_addr addr, uint16_t port, int fd)
{
    struct np_pool *p = core->pool;
    const struct np_pool_service *s = np_pool_service(core, addr, port);
    if (s == NULL || worker >= p->n_workers || p->workers[worker].ended)
        return false;
    np_http_server_adopt(p->workers[worker].servers[s - p->services], fd);
    return true;
}

static void retry_accept(struct np_timer *t);

/* False when there is nothing to accept now. */
static bool accept_one(struct listener *l)
{
    int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        struct np_http_server *s = server_of(l->worker, fd, l->number);
        if (s != NULL)
            np_http_server_adopt(s, fd);
        else
            close(fd);
        return true;
    }
    if (errno == EINTR || errno == ECONNABORTED)
        return true;
    if (errno != EAGAIN)
        np_timer_set(l->worker->loop, &l->retry, ACCEPT_RETRY_MS, retry_accept);
    return false;
}

static void run_later(void *arg)
{
    struct listener *l = arg;
    for (int i = 0; i < ACCEPT_BATCH; i++)
        if (!accept_one(l))
            return;
    np_defer(l->worker->loop, &l->later, run_later, l);
}

static void retry_accept(struct np_timer *t)
{
    run_later(NP_CONTAINER(t, struct listener, retry));
}

static void on_listener(struct np_watch *w, unsigned events)
{
    run_later(NP_CONTAINER(w, struct listener, watch));
}

/* --- listeners --- */

/* On its loop's thread. */
static void stop_listener(struct listener *l)
{
    np_watch_del(&l->watch);
    np_timer_stop(&l->retry);
    np_defer_cancel(&l->later);
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}

static void start_listener(struct listener *l)
{
    struct np_err err;
    if (l->fd < 0 || l->worker->ended)
        return;
    if (np_watch_add(l->worker->loop, &l->watch, l->fd, NP_READABLE, on_listener, &err) == 0)
        run_later(l); /* who came before it was watched */
    else
        np_log(NP_ERROR, "pool.watch", "port=%u reason=\"%.*s\"", l->number,
               NP_FMT(np_err_text(&err)));
}

static void on_add(struct np_msg *m)
{
    struct listener *l = NP_CONTAINER(m, struct listener, add);
    np_loop_owe(l->worker->loop, -1);
    start_listener(l);
}

static void on_remove(struct np_msg *m)
{
    struct listener *l = NP_CONTAINER(m, struct listener, remove);
    struct np_pool *p = l->worker->pool;
    np_loop_owe(l->worker->loop, -1);
    stop_listener(l);
    pthread_mutex_lock(&p->mutex);
    np_list_remove(&l->node);
    pthread_mutex_unlock(&p->mutex);
    np_free(l);
}

/* A socket of each worker, or of none. */
static int open_sockets(const struct np_pool *p, const struct np_pool_entry *e, uint32_t slot,
                        uint16_t port, int *fds, struct np_err *err)
{
    struct np_addr at = np_addr_of(np_pool_address(p->core, slot), port);
    size_t n = 0;
    int rc = 0;
    for (; rc == 0 && n < p->n_workers; n += rc == 0)
        rc = e->whole ? np_listen_lo(port, &fds[n], err) : np_listen_tcp(&at, true, &fds[n], err);
    while (rc != 0 && n > 0)
        close(fds[--n]);
    return rc;
}

/* Makes the sockets of a port on one address, or on all. With the mutex. */
static int add_listeners(struct np_pool *p, const struct np_pool_entry *e, uint32_t slot,
                         uint16_t port, struct np_err *err)
{
    NP_AUTO_HEAP int *fds = np_heap_alloc(p->n_workers * sizeof(*fds));
    int rc = open_sockets(p, e, slot, port, fds, err);
    for (size_t i = 0; rc == 0 && i < p->n_workers; i++) {
        struct listener *l = np_heap_new(struct listener);
        *l = (struct listener){.worker = &p->workers[i],
                               .number = e->number,
                               .whole = e->whole,
                               .slot = slot,
                               .fd = fds[i],
                               .add.fn = on_add,
                               .remove.fn = on_remove};
        np_list_append(&p->locked.listeners, &l->node);
        np_loop_owe(l->worker->loop, 1);
        np_loop_post(l->worker->loop, &l->add);
    }
    return rc;
}

/* owner 0: anybody's. */
static bool serves(const struct np_pool *p, np_pool_owner owner, uint16_t number)
{
    for (size_t i = 0; i < p->n_services; i++)
        if ((owner == 0 || p->served_by[i] == owner) && p->services[i].port == number)
            return true;
    return false;
}

/* With the mutex. */
static void listen_on_slot(struct np_pool *p, uint32_t slot, np_pool_owner owner)
{
    uint8_t missing = 0;
    for (size_t i = 0; owner != 0 && i < p->n_ports; i++) {
        const struct np_pool_entry *e = &p->ports[i];
        struct np_err err;
        if (e->bound == 0 || e->whole || !serves(p, owner, e->number) ||
            add_listeners(p, e, slot, e->bound, &err) == 0)
            continue;
        missing |= (uint8_t)(1u << i);
        np_log(NP_WARN, "pool.taken", "port=%u reason=\"%.*s\"", e->number,
               NP_FMT(np_err_text(&err)));
    }
    __atomic_store_n(&p->missing[slot], missing, __ATOMIC_RELAXED);
}

static void leave_slot(struct np_pool *p, uint32_t slot)
{
    NP_LIST_EACH(n, &p->locked.listeners)
    {
        struct listener *l = NP_CONTAINER(n, struct listener, node);
        if (l->whole || l->leaving || l->slot != slot)
            continue;
        l->leaving = true;
        np_loop_owe(l->worker->loop, 1);
        np_loop_post(l->worker->loop, &l->remove);
    }
}

void np_pool_changed(struct np_pool *p, uint32_t slot, np_pool_owner now)
{
    np_pool_owner before = np_pool_owner_of(p, slot);
    if (before == now)
        return;
    if (p->locked.listening && before != 0)
        leave_slot(p, slot);
    if (p->locked.listening)
        listen_on_slot(p, slot, now);
    __atomic_store_n(&p->owner[slot], now, __ATOMIC_RELAXED);
}

/* --- which port really --- */

/* The n-th that may stand for it; 0: there are no more. The number itself, what stood for it
 * before, then from 20000 on, beginning where it can be guessed. */
static uint16_t candidate(const struct np_pool_entry *e, unsigned n)
{
    if (n == 0)
        return e->number;
    if (n == 1 && e->kept != 0)
        return e->kept;
    unsigned first = NP_POOL_STANDIN + (e->number < 10000 ? e->number : 0);
    return n <= NP_POOL_STANDINS_MAX ? (uint16_t)(first + n - 1 - (e->kept != 0)) : 0;
}

/* The sockets of slot 0 come with it: whether the port can be had there decides for all. */
static bool try_port(struct np_pool *p, struct np_pool_entry *e, uint16_t port, struct np_err *err)
{
    e->whole = p->lo_fd >= 0;
    int rc = e->whole ? add_listeners(p, e, 0, port, err) : NP_EBUSY;
    if (rc == 0)
        return true;
    e->whole = false;
    return add_listeners(p, e, NP_POOL_GATEWAY, port, err) == 0;
}

static bool choose_port(struct np_pool *p, struct np_pool_entry *e)
{
    struct np_err err = {0};
    uint16_t port;
    for (unsigned n = 0; (port = candidate(e, n)) != 0; n++) {
        if (!try_port(p, e, port, &err))
            continue;
        e->bound = port;
        struct np_addr all = np_addr_of((struct in_addr){htonl(p->base)}, port);
        np_egress_own(p->core->egress, &all, 20);
        bool fresh = port != e->number && port != e->kept;
        if (fresh)
            e->kept = port;
        return fresh;
    }
    np_log(NP_WARN, "pool.port", "port=%u reason=\"%.*s\"", e->number, NP_FMT(np_err_text(&err)));
    return false;
}

/* --- servers --- */

static int make_servers(struct np_pool_worker *w, struct np_err *err)
{
    struct np_pool *p = w->pool;
    for (size_t i = 0; i < p->n_services; i++) {
        const struct np_pool_service *s = &p->services[i];
        struct np_http_config c = s->config != NULL ? *s->config : np_http_default_config;
        int rc = np_http_server_new(w->loop, -1, s->tls, &c, s->http, s->arg(p->core, w->index),
                                    &w->servers[i], err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int make_workers(struct np_pool *p, struct np_err *err)
{
    struct np_core *core = p->core;
    p->workers = np_heap_alloc(core->n_workers * sizeof(p->workers[0]));
    for (size_t i = 0; i < core->n_workers; i++) {
        p->workers[i] =
            (struct np_pool_worker){.pool = p, .index = i, .loop = np_core_loop(core, i)};
        p->n_workers = i + 1;
        int rc = make_servers(&p->workers[i], err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int np_pool_listen(struct np_core *core, struct np_err *err)
{
    struct np_pool *p = core->pool;
    if (p->base == 0)
        return 0;
    int rc = make_workers(p, err);
    if (rc != 0)
        return rc;
    bool fresh = false;
    pthread_mutex_lock(&p->mutex);
    for (size_t i = 0; i < p->n_ports; i++)
        if (serves(p, 0, p->ports[i].number))
            fresh |= choose_port(p, &p->ports[i]);
    p->locked.listening = true;
    for (uint32_t slot = NP_POOL_GATEWAY + 1; slot < NP_POOL_SLOTS; slot++)
        listen_on_slot(p, slot, np_pool_owner_of(p, slot));
    pthread_mutex_unlock(&p->mutex);
    return fresh ? np_pool_keep(p, err) : 0;
}

/* --- the end --- */

static void one_drained(void *arg)
{
    struct np_pool_worker *w = arg;
    if (--w->draining == 0)
        w->drained(w->drained_arg);
}

static void stop_listeners(struct np_pool_worker *w)
{
    pthread_mutex_lock(&w->pool->mutex);
    NP_LIST_EACH(n, &w->pool->locked.listeners)
    {
        struct listener *l = NP_CONTAINER(n, struct listener, node);
        if (l->worker == w)
            stop_listener(l);
    }
    pthread_mutex_unlock(&w->pool->mutex);
}

void np_pool_drain(struct np_core *core, size_t worker, void (*done)(void *arg), void *arg)
{
    struct np_pool *p = core->pool;
    if (worker >= p->n_workers) {
        done(arg);
        return;
    }
    struct np_pool_worker *w = &p->workers[worker];
    w->ended = true;
    w->drained = done;
    w->drained_arg = arg;
    stop_listeners(w);
    w->draining = 1;
    for (size_t i = 0; i < p->n_services; i++) {
        if (w->servers[i] == NULL)
            continue;
        w->draining++;
        np_http_server_drain(w->servers[i], one_drained, w);
    }
    np_defer(w->loop, &w->drained_later, one_drained, w);
}

void np_pool_end(struct np_core *core, size_t worker)
{
    struct np_pool *p = core->pool;
    if (p == NULL || worker >= p->n_workers)
        return;
    struct np_pool_worker *w = &p->workers[worker];
    w->ended = true;
    stop_listeners(w);
    np_defer_cancel(&w->drained_later);
    for (size_t i = 0; i < p->n_services; i++) {
        np_http_server_free(w->servers[i]);
        w->servers[i] = NULL;
    }
}

void np_pool_close(struct np_core *core)
{
    struct np_pool *p = core->pool;
    if (p == NULL)
        return;
    while (!np_list_empty(&p->locked.listeners)) {
        struct listener *l = NP_CONTAINER(p->locked.listeners.next, struct listener, node);
        if (l->fd >= 0)
            close(l->fd);
        np_list_remove(&l->node);
        np_free(l);
    }
    if (p->block_fd >= 0)
        close(p->block_fd);
    if (p->lo_fd >= 0)
        close(p->lo_fd);
    pthread_mutex_destroy(&p->mutex);
    np_free(p->workers);
    np_free(p);
    core->pool = NULL;
}
