/* SPDX-License-Identifier: Apache-2.0 */
/* listen.c - what listens inside, and whose each connection is.
 *
 * Which sockets there should be follows from the published VPC; those of the internet are on every
 * worker, those of a VPC on one, which its id chooses. The agent makes sockets, loop 0 binds them,
 * the worker accepts. */
#include "engines/vnet/vnet_int.h"

#include <errno.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"
#include "engines/vnet/relay.h"

#define LISTENER_MAGIC 0x766e6c73u
#define DNS_PORT       53

enum kind { AT_SERVICE, AT_RELAY, AT_IMDS, AT_DOOR, AT_INTERFACE, AT_RESOLVER, AT_DATAGRAMS };
/* Sockets that come in one batch. UDP sockets of resolvers are put aside until their TCP ones come.
 */
enum batch { ASIDE, PLAIN, DIVERTED, DATAGRAMS };

/* What a listener is; two of the same place are the same. */
struct place {
    enum kind kind;
    uint32_t ip; /* host order */
    uint16_t port;
    size_t worker;
    struct np_str endpoint_id; /* of AT_INTERFACE */
};

struct listener {
    uint32_t magic;
    struct np_node of_vpc; /* vnet_vpc.listeners; loop 0 */
    struct np_node of_all; /* locked.listeners */
    struct np_vnet *v;
    struct place at;
    struct np_str vpc_id; /* its own, as is at.endpoint_id; "" is the internet */
    int fd, udp_fd;       /* of a resolver both, until it has taken them */
    void *resolver;
    struct np_datagrams *datagrams;
    bool ended;
    struct np_watch watch;
    struct np_defer later;
    struct np_timer retry;
    struct np_msg add, remove;
};

/* --- connections --- */

static struct np_str own(struct np_str s)
{
    char *p = np_heap_alloc(s.n + 1);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return np_str_n(p, s.n);
}

/* By the door: which endpoint it is follows from the subnet of who asks and from whom it meant. */
static bool by_gateway(const struct listener *l, struct np_vnet_conn *c)
{
    socklen_t len = sizeof(c->to);
    const struct vnet_net *net = vnet_find(l->v, l->vpc_id);
    if (net == NULL || getsockopt(c->fd, SOL_IP, SO_ORIGINAL_DST, &c->to, &len) != 0)
        return false;
    const struct np_vnet_endpoint *e = vnet_gateway_of(net, c->peer.sin_addr, c->to.sin_addr);
    if (e != NULL)
        c->endpoint_id = e->id;
    return e != NULL;
}

static bool describe(const struct listener *l, struct np_vnet_conn *c)
{
    static const enum np_vnet_door doors[] = {[AT_SERVICE] = NP_VNET_AT_SERVICE,
                                              [AT_RELAY] = NP_VNET_AT_RELAY,
                                              [AT_IMDS] = NP_VNET_AT_IMDS,
                                              [AT_DOOR] = NP_VNET_AT_ENDPOINT,
                                              [AT_INTERFACE] = NP_VNET_AT_ENDPOINT};
    socklen_t len = sizeof(c->to);
    c->door = doors[l->at.kind];
    if (l->vpc_id.n != 0)
        c->vpc_id = l->vpc_id;
    if (l->at.kind == AT_DOOR)
        return by_gateway(l, c);
    c->endpoint_id = l->at.endpoint_id;
    return getsockname(c->fd, (struct sockaddr *)&c->to, &len) == 0;
}

static void retry_accept(struct np_timer *t);

/* False when there is nothing to accept now. */
static bool accept_one(struct listener *l)
{
    struct np_vnet_conn c = {.worker = l->at.worker, .loop = vnet_loop(l->v, l->at.worker)};
    socklen_t len = sizeof(c.peer);
    c.fd = accept4(l->fd, (struct sockaddr *)&c.peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (c.fd >= 0) {
        if (describe(l, &c))
            l->v->opts.handlers->conn(l->v->opts.arg, &c);
        else
            close(c.fd);
        return true;
    }
    if (errno == EINTR || errno == ECONNABORTED)
        return true;
    if (errno != EAGAIN)
        np_timer_set(c.loop, &l->retry, NP_VNET_RETRY_MIN_MS, retry_accept);
    return false;
}

static void accept_some(void *arg)
{
    struct listener *l = NP_CAST(listener, arg, LISTENER_MAGIC);
    for (int i = 0; i < NP_VNET_ACCEPT_BATCH; i++)
        if (!accept_one(l))
            return;
    np_defer(vnet_loop(l->v, l->at.worker), &l->later, accept_some, l);
}

static void retry_accept(struct np_timer *t)
{
    accept_some(NP_CONTAINER(t, struct listener, retry));
}

static void on_listener(struct np_watch *w, unsigned events)
{
    accept_some(NP_CONTAINER(w, struct listener, watch));
}

/* --- a listener on its worker --- */

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void end_listener(struct listener *l)
{
    l->ended = true;
    np_watch_del(&l->watch);
    np_timer_stop(&l->retry);
    np_defer_cancel(&l->later);
    if (l->resolver != NULL)
        l->v->opts.handlers->resolver_end(l->v->opts.arg, l->resolver);
    l->resolver = NULL;
    np_datagrams_free(l->datagrams);
    l->datagrams = NULL;
    close_one(&l->fd);
    close_one(&l->udp_fd);
}

static void start_resolver(struct listener *l)
{
    const struct np_vnet_opts *o = &l->v->opts;
    l->resolver = o->handlers->resolver(o->arg, l->at.worker, l->vpc_id, l->udp_fd, l->fd);
    l->fd = l->udp_fd = -1;
}

static void start_datagrams(struct listener *l)
{
    const struct np_vnet_opts *o = &l->v->opts;
    struct np_err err = {0};
    l->datagrams = np_datagrams_new(l->v, l->at.worker, l->fd, o->handlers->dial_udp, o->arg, &err);
    l->fd = -1;
    if (l->datagrams == NULL)
        np_log(NP_ERROR, "vnet.datagrams", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
}

static void on_add(struct np_msg *m)
{
    struct listener *l = NP_CONTAINER(m, struct listener, add);
    struct np_loop *loop = vnet_loop(l->v, l->at.worker);
    struct np_err err;
    np_loop_owe(loop, -1);
    if (l->ended)
        return;
    if (l->at.kind == AT_RESOLVER)
        start_resolver(l);
    else if (l->at.kind == AT_DATAGRAMS)
        start_datagrams(l);
    else if (np_watch_add(loop, &l->watch, l->fd, NP_READABLE, on_listener, &err) == 0)
        accept_some(l); /* who came before it was watched */
    else
        np_log(NP_ERROR, "vnet.watch", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
}

static void free_listener(struct listener *l)
{
    np_free((void *)(uintptr_t)l->vpc_id.p);
    np_free((void *)(uintptr_t)l->at.endpoint_id.p);
    np_free(l);
}

static void on_remove(struct np_msg *m)
{
    struct listener *l = NP_CONTAINER(m, struct listener, remove);
    np_loop_owe(vnet_loop(l->v, l->at.worker), -1);
    end_listener(l);
    pthread_mutex_lock(&l->v->mutex);
    np_list_remove(&l->of_all);
    pthread_mutex_unlock(&l->v->mutex);
    free_listener(l);
}

/* --- loop 0: what there is --- */

static void remove_listener(struct listener *l)
{
    struct np_loop *loop = vnet_loop(l->v, l->at.worker);
    np_list_remove(&l->of_vpc);
    np_loop_owe(loop, 1);
    np_loop_post(loop, &l->remove);
}

static void drop_spare(struct vnet_vpc *n)
{
    while (n->n_spare_udp > 0)
        close(n->spare_udp[--n->n_spare_udp]);
}

void vnet_listen_none(struct vnet_vpc *n)
{
    drop_spare(n);
    NP_LIST_EACH(at, &n->listeners)
    remove_listener(NP_CONTAINER(at, struct listener, of_vpc));
}

static int bind_to(int fd, const struct place *at, bool shared)
{
    static const int on = 1;
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(at->port), .sin_addr = {htonl(at->ip)}};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)
        return -1;
    return bind(fd, (struct sockaddr *)&to, sizeof(to));
}

static int bind_first(int fd, const struct place *at, struct np_err *err)
{
    if (bind_to(fd, at, at->kind == AT_SERVICE || at->kind == AT_RELAY) != 0 ||
        (at->kind != AT_DATAGRAMS && listen(fd, NP_VNET_BACKLOG) != 0))
        return np_err_errno(err, errno, "cannot listen inside on port %u", at->port);
    return 0;
}

static int add_listener(struct vnet_vpc *n, const struct place *at, int fd, struct np_err *err)
{
    int udp = -1, rc = bind_first(fd, at, err);
    if (rc == 0 && at->kind == AT_RESOLVER) {
        np_assert(n->n_spare_udp > 0);
        udp = n->spare_udp[--n->n_spare_udp];
        if (bind_to(udp, at, false) != 0)
            rc = np_err_errno(err, errno, "cannot listen inside on UDP port %u", at->port);
    }
    if (rc != 0) {
        close_one(&udp);
        close(fd);
        return rc;
    }
    struct listener *l = np_heap_new(struct listener);
    *l = (struct listener){.magic = LISTENER_MAGIC,
                           .v = n->v,
                           .at = *at,
                           .vpc_id = own(n->id),
                           .fd = fd,
                           .udp_fd = udp,
                           .add.fn = on_add,
                           .remove.fn = on_remove};
    l->at.endpoint_id = at->endpoint_id.p != NULL ? own(at->endpoint_id) : NP_STR_NULL;
    struct np_loop *loop = vnet_loop(n->v, at->worker);
    np_list_append(&n->listeners, &l->of_vpc);
    pthread_mutex_lock(&n->v->mutex);
    np_list_append(&n->v->locked.listeners, &l->of_all);
    pthread_mutex_unlock(&n->v->mutex);
    np_loop_owe(loop, 1);
    np_loop_post(loop, &l->add);
    return 0;
}

/* --- loop 0: what there should be --- */

struct places {
    struct place *v;
    size_t n;
    struct np_arena *a;
};

static void put(struct places *p, enum kind kind, uint32_t ip, uint16_t port, size_t worker,
                struct np_str endpoint_id)
{
    p->v = np_array_grow(p->a, p->v, p->n, sizeof(*p->v));
    p->v[p->n++] = (struct place){kind, ip, port, worker, endpoint_id};
}

static void put_web(struct places *p, enum kind kind, uint32_t ip, size_t worker,
                    struct np_str endpoint_id)
{
    put(p, kind, ip, 80, worker, endpoint_id);
    put(p, kind, ip, 443, worker, endpoint_id);
}

static void of_internet(const struct np_vnet *v, struct places *p)
{
    for (size_t i = 0; i < v->opts.n_loops; i++) {
        put_web(p, AT_SERVICE, NP_VNET_APIS, i, NP_STR_NULL);
        put_web(p, AT_SERVICE, NP_VNET_S3, i, NP_STR_NULL);
        put(p, AT_RELAY, INADDR_ANY, NP_VNET_RELAY_PORT, i, NP_STR_NULL);
    }
    if (v->opts.handlers->dial_udp != NULL)
        put(p, AT_DATAGRAMS, INADDR_ANY, NP_VNET_RELAY_PORT, v->opts.n_loops - 1, NP_STR_NULL);
}

static void of_vpc(const struct vnet_vpc *n, struct places *p)
{
    const struct np_vnet_vpc *vpc = &n->net->vpc;
    size_t worker = (size_t)(np_hash(n->id) % n->v->opts.n_loops);
    uint32_t resolver = (uint32_t)vpc->net->Resolver.v;
    bool door = false;
    put(p, AT_IMDS, NP_VNET_IMDS, 80, worker, NP_STR_NULL);
    if (vpc->net->Resolver.set && resolver != 0) {
        put(p, AT_RESOLVER, NP_VNET_DNS, DNS_PORT, worker, NP_STR_NULL);
        put(p, AT_RESOLVER, resolver, DNS_PORT, worker, NP_STR_NULL);
    }
    for (size_t i = 0; i < vpc->n_endpoints; i++) {
        const struct np_vnet_endpoint *e = &vpc->endpoints[i];
        door |= e->gateway && e->n_tables != 0;
        for (size_t k = 0; !e->gateway && k < e->n_addresses; k++)
            put_web(p, AT_INTERFACE, ntohl(e->addresses[k].s_addr), worker, e->id);
    }
    if (door)
        put_web(p, AT_DOOR, NP_VNET_DOOR, worker, NP_STR_NULL);
}

static bool same(const struct place *a, const struct place *b)
{
    return a->kind == b->kind && a->ip == b->ip && a->port == b->port && a->worker == b->worker &&
           np_str_eq(a->endpoint_id, b->endpoint_id);
}

/* Those that should not be go; what stays is taken out of `p`. */
static void compare(struct vnet_vpc *n, struct places *p)
{
    NP_LIST_EACH(node, &n->listeners)
    {
        struct listener *l = NP_CONTAINER(node, struct listener, of_vpc);
        size_t i = 0;
        while (i < p->n && !same(&p->v[i], &l->at))
            i++;
        if (i == p->n)
            remove_listener(l);
        else
            p->v[i] = p->v[--p->n];
    }
}

static enum batch batch_of(const struct vnet_vpc *n, enum kind kind)
{
    if (kind == AT_RESOLVER && n->n_spare_udp == 0)
        return ASIDE;
    return kind == AT_RELAY ? DIVERTED : kind == AT_DATAGRAMS ? DATAGRAMS : PLAIN;
}

/* The next sockets to ask for, and how many. */
static enum batch next_batch(const struct vnet_vpc *n, const struct places *p, size_t *count)
{
    size_t counts[DATAGRAMS + 1] = {0};
    enum batch b = ASIDE;
    for (size_t i = 0; i < p->n; i++)
        counts[batch_of(n, p->v[i].kind)]++;
    while (counts[b] == 0)
        b++;
    *count = counts[b];
    return b;
}

static void missing(struct vnet_vpc *n, struct np_arena *a, struct places *p)
{
    *p = (struct places){.a = a};
    if (n == &n->v->internet)
        of_internet(n->v, p);
    else if (n->net != NULL)
        of_vpc(n, p);
    compare(n, p);
}

static void again(struct np_timer *t)
{
    vnet_listen(NP_CONTAINER(t, struct vnet_vpc, listen_again));
}

static void listen_later(struct vnet_vpc *n, const struct np_err *why)
{
    if (n->listen_retry_ms == 0)
        np_log(NP_WARN, "vnet.listen", "vpc=%.*s reason=\"%.*s\"", NP_FMT(n->id),
               NP_FMT(np_err_text(why)));
    n->listen_retry_ms = n->listen_retry_ms == 0 ? NP_VNET_RETRY_MIN_MS : n->listen_retry_ms * 2;
    if (n->listen_retry_ms > NP_VNET_RETRY_MAX_MS)
        n->listen_retry_ms = NP_VNET_RETRY_MAX_MS;
    np_timer_set(vnet_loop(n->v, 0), &n->listen_again, n->listen_retry_ms, again);
}

static int use(struct vnet_vpc *n, enum batch batch, int *fds, size_t n_fds, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct places p;
    int rc = 0;
    missing(n, a, &p);
    for (size_t i = 0, k = 0; rc == 0 && i < p.n && k < n_fds; i++) {
        if (batch_of(n, p.v[i].kind) != batch)
            continue;
        int fd = fds[k];
        fds[k++] = -1;
        rc = add_listener(n, &p.v[i], fd, err);
    }
    return rc;
}

static int put_aside(struct vnet_vpc *n, int *fds, size_t n_fds)
{
    for (size_t i = 0; i < n_fds && n->n_spare_udp < NP_LEN(n->spare_udp); i++) {
        n->spare_udp[n->n_spare_udp++] = fds[i];
        fds[i] = -1;
    }
    return 0;
}

struct wanted {
    struct np_vnet *v;
    struct np_str vpc_id; /* its own: the VPC may be gone */
    enum batch batch;
};

static void wanted_free(struct wanted *w)
{
    np_free((void *)(uintptr_t)w->vpc_id.p);
    np_free(w);
}

static void use_sockets(struct vnet_vpc *n, enum batch batch, int rc, int *fds, size_t n_fds,
                        const struct np_err *why)
{
    struct np_err err = {0};
    n->asking = false;
    if (rc != 0)
        err = *why;
    else if (n_fds == 0)
        rc = np_err(&err, NP_EPROTO, "the agent made no socket");
    else if (vnet_is_up(n))
        rc = batch == ASIDE ? put_aside(n, fds, n_fds) : use(n, batch, fds, n_fds, &err);
    if (rc == 0) {
        n->listen_retry_ms = 0;
        vnet_listen(n);
    } else if (rc != NP_ECLOSED) {
        listen_later(n, &err);
    }
}

static void got_sockets(void *arg, int rc, int *fds, size_t n_fds, const struct np_err *why)
{
    struct wanted *w = arg;
    struct vnet_vpc *n = w->vpc_id.n == 0 ? &w->v->internet : np_map_get(w->v->vpcs, w->vpc_id);
    if (n != NULL)
        use_sockets(n, w->batch, rc, fds, n_fds, why);
    wanted_free(w);
}

void vnet_listen(struct vnet_vpc *n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct places p;
    if (n->asking || !vnet_is_up(n))
        return;
    np_timer_stop(&n->listen_again);
    missing(n, a, &p);
    if (p.n == 0)
        return;
    size_t count;
    struct wanted *w = np_heap_new(struct wanted);
    *w = (struct wanted){.v = n->v, .vpc_id = own(n->id)};
    w->batch = next_batch(n, &p, &count);
    bool udp = w->batch == ASIDE || w->batch == DATAGRAMS;
    bool transparent = w->batch == DIVERTED || w->batch == DATAGRAMS;
    int rc = vnet_sockets(n->v, n->id, udp ? "udp" : "tcp", transparent, count, got_sockets, w);
    n->asking = rc == 0;
    if (rc == 0)
        return;
    wanted_free(w);
    struct np_err err;
    np_err(&err, rc, "the agent takes no more calls");
    if (rc != NP_ECLOSED)
        listen_later(n, &err);
}

/* --- the end --- */

void vnet_listeners_stop(struct np_vnet *v, size_t worker)
{
    pthread_mutex_lock(&v->mutex);
    NP_LIST_EACH(n, &v->locked.listeners)
    {
        struct listener *l = NP_CONTAINER(n, struct listener, of_all);
        if (l->at.worker == worker)
            end_listener(l);
    }
    pthread_mutex_unlock(&v->mutex);
}

void vnet_listeners_free(struct np_vnet *v)
{
    for (struct np_node *n; (n = np_list_pop(&v->locked.listeners)) != NULL;) {
        struct listener *l = NP_CONTAINER(n, struct listener, of_all);
        np_list_remove(&l->of_vpc);
        close_one(&l->fd);
        close_one(&l->udp_fd);
        free_listener(l);
    }
}
