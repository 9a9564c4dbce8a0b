/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - whose a connection from inside is: the front door with its zone, the metadata
 * service, a resource's address outside, or somebody that --egress allows. */
#include "aws/network.h"

#include <unistd.h>

#include "aws/network_int.h"
#include "aws/pool_int.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "engines/dns/server.h"
#include "engines/policy/policy.h"
#include "engines/vnet/flow.h"

#define SERVER_NAME    "Nephele"
#define CLIENT_DEFAULT 0xcb00710au /* 203.0.113.10 */
#define POOL_NET       0x7f400000u /* 127.64.0.0/10, where there is no pool */

/* --- doors --- */

static void door_free(void *value)
{
    struct np_door_server *d = value;
    np_http_server_free(d->http);
    np_free((void *)(uintptr_t)d->door.vpc_id.p);
    np_free((void *)(uintptr_t)d->door.endpoint_id.p);
    np_free(d);
}

static struct np_str own(struct np_str s)
{
    if (s.p == NULL)
        return s;
    char *p = np_heap_alloc(s.n + 1);
    memcpy(p, s.p, s.n);
    return np_str_n(p, s.n);
}

static struct np_str door_key(char room[256], struct np_str vpc_id, struct np_str endpoint_id)
{
    int n = snprintf(room, 256, "%.*s/%.*s", NP_FMT(vpc_id), NP_FMT(endpoint_id));
    return np_str_n(room, (size_t)n < 256 ? (size_t)n : 255);
}

static struct np_http_server *door_of(struct np_network_worker *w, struct np_str vpc_id,
                                      struct np_str endpoint_id)
{
    char room[256];
    struct np_str key = door_key(room, vpc_id, endpoint_id);
    struct np_door_server *d = np_map_get(w->doors, key);
    if (d != NULL || w->ended)
        return d != NULL ? d->http : NULL;
    struct np_http_config c = np_http_default_config;
    struct np_err err;
    c.server = NP_STR(SERVER_NAME);
    d = np_heap_new(struct np_door_server);
    d->door = (struct np_front_door){.worker = w->network->core->workers[w->index],
                                     .vpc_id = own(vpc_id),
                                     .endpoint_id = own(endpoint_id)};
    if (np_http_server_new(d->door.worker->loop, -1, w->network->tls, &c, &np_front_door_handlers,
                           &d->door, &d->http, &err) != 0) {
        door_free(d);
        return NULL;
    }
    np_map_put(w->doors, key, d);
    return d->http;
}

static void adopt(struct np_http_server *s, int fd)
{
    if (s != NULL)
        np_http_server_adopt(s, fd);
    else
        close(fd);
}

/* An endpoint is no more: who still talks by it is cut off. */
static void left(void *arg, size_t worker, struct np_str vpc_id, struct np_str endpoint_id)
{
    struct np_network *n = NP_CAST(np_network, arg, NETWORK_MAGIC);
    char room[256];
    struct np_network_worker *w = &n->workers[worker];
    if (w->draining > 0) /* its server says when it is through */
        return;
    struct np_door_server *d = np_map_del(w->doors, door_key(room, vpc_id, endpoint_id));
    if (d != NULL)
        door_free(d);
}

/* --- the relay --- */

static void relay(struct np_network *n, const struct np_vnet_conn *c)
{
    struct np_core *core = n->core;
    struct np_addr to = np_addr_of(c->to.sin_addr, ntohs(c->to.sin_port));
    struct np_err err;
    int fd = -1;
    if (np_pool_is_any(&to)) {
        if (!np_pool_adopt(core, c->worker, c->to.sin_addr, ntohs(c->to.sin_port), c->fd))
            np_relay_refuse(c->fd);
        return;
    }
    int rc = np_dial(core->egress, "vpc", &to, &fd, &err);
    if (rc != 0)
        np_relay_refuse(c->fd);
    else if (np_relay_new(c->loop, c->fd, fd, NULL, NULL, NULL, &err) != 0)
        np_log(NP_WARN, "network.relay", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
}

static int dial_udp(void *arg, const struct sockaddr_in *to, int *fd, struct np_err *err)
{
    struct np_network *n = NP_CAST(np_network, arg, NETWORK_MAGIC);
    struct np_addr at = np_addr_of(to->sin_addr, ntohs(to->sin_port));
    if (np_pool_is_any(&at)) /* nothing of the region serves UDP outside */
        return np_err(err, NP_EACCES, "an address of the region");
    return np_dial_udp(n->core->egress, "vpc", &at, fd, err);
}

/* --- connections --- */

static void metadata(struct np_network *n, const struct np_vnet_conn *c)
{
    struct np_addr peer = np_addr_of(c->peer.sin_addr, ntohs(c->peer.sin_port));
    if (n->imds != NULL)
        n->imds(n->core, n->core->workers[c->worker], c->fd, c->vpc_id, &peer);
    else
        close(c->fd);
}

static void conn(void *arg, const struct np_vnet_conn *c)
{
    struct np_network *n = NP_CAST(np_network, arg, NETWORK_MAGIC);
    struct np_network_worker *w = &n->workers[c->worker];
    switch (c->door) {
    case NP_VNET_AT_SERVICE:
        adopt(door_of(w, NP_STR_NULL, NP_STR_NULL), c->fd);
        return;
    case NP_VNET_AT_ENDPOINT:
        adopt(door_of(w, c->vpc_id, c->endpoint_id), c->fd);
        return;
    case NP_VNET_AT_IMDS:
        metadata(n, c);
        return;
    case NP_VNET_AT_RELAY:
        relay(n, c);
        return;
    }
}

/* --- what else the engine asks --- */

static void *resolver(void *arg, size_t worker, struct np_str vpc_id, int udp_fd, int tcp_fd)
{
    struct np_network *n = NP_CAST(np_network, arg, NETWORK_MAGIC);
    const struct np_dns_server_opts o = {
        .vpc_id = vpc_id,
        .given = true,
        .udp_fd = udp_fd,
        .tcp_fd = tcp_fd,
        .resolver = true,
        .elsewhere = n->core->config.egress.n != 0 ? np_network_elsewhere : NULL,
        .arg = n->core,
    };
    struct np_dns_server *s = NULL;
    struct np_err err;
    if (np_dns_server_new(np_core_loop(n->core, worker), n->core->dns, NULL, &o, &s, &err) != 0)
        np_log(NP_ERROR, "network.resolver", "vpc=%.*s reason=\"%.*s\"", NP_FMT(vpc_id),
               NP_FMT(np_err_text(&err)));
    return s;
}

static void resolver_end(void *arg, void *server)
{
    (void)arg;
    np_dns_server_free(server);
}

static void flows(void *arg, const struct np_vnet_window *w)
{
    struct np_network *n = NP_CAST(np_network, arg, NETWORK_MAGIC);
    if (n->flows != NULL)
        n->flows(n->core, w);
}

static void *compile(void *arg, struct np_str document)
{
    struct np_policy *p = NULL;
    struct np_err err;
    (void)arg;
    if (np_policy_compile(document, NP_POLICY_RESOURCE, &p, &err) != 0)
        np_log(NP_ERROR, "network.policy", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
    return p;
}

static void release(void *p)
{
    np_policy_unref(p);
}

static const struct np_vnet_handlers handlers = {
    .conn = conn,
    .resolver = resolver,
    .resolver_end = resolver_end,
    .dial_udp = dial_udp,
    .flows = flows,
    .compile = compile,
    .release = release,
    .left = left,
};

void np_network_on_imds(struct np_core *core, np_imds_fn *fn)
{
    if (core->network != NULL)
        core->network->imds = fn;
}

void np_network_on_flows(struct np_core *core, np_flows_fn *fn)
{
    if (core->network != NULL)
        core->network->flows = fn;
}

static void changed(void *arg, struct np_str vpc_id, int rc, const struct np_err *why)
{
    struct np_network *n = NP_CAST(np_network, arg, NETWORK_MAGIC);
    (void)why;
    if (rc == 0 && vpc_id.n != 0)
        np_network_ports_look(n, vpc_id);
}

/* --- life --- */

static struct in_addr client_of(const struct np_core *core)
{
    struct np_addr at;
    if (np_addr_of_ip(core->config.client_address, &at) && at.u.sa.sa_family == AF_INET)
        return at.u.v4.sin_addr;
    return (struct in_addr){htonl(CLIENT_DEFAULT)};
}

static void fill_opts(struct np_network *n)
{
    struct np_core *core = n->core;
    bool has = core->pool != NULL && core->pool->base != 0;
    n->loops = np_new_array(core->registry->arena, struct np_loop *, core->n_workers);
    for (size_t i = 0; i < core->n_workers; i++)
        n->loops[i] = np_core_loop(core, i);
    n->opts = (struct np_vnet_opts){
        .data_dir = core->config.data_dir,
        .loops = n->loops,
        .n_loops = core->n_workers,
        .client = client_of(core),
        .pool = {htonl(has ? core->pool->base : POOL_NET)},
        .pool_bits = has ? 20 : 10,
        .handlers = &handlers,
        .arg = n,
    };
}

void np_network_open(struct np_core *core)
{
    struct np_network *n = np_heap_new(struct np_network);
    n->magic = NETWORK_MAGIC;
    n->core = core;
    core->network = n;
    pthread_mutex_init(&n->mutex, NULL);
    np_list_init(&n->locked.ports);
    n->workers = np_heap_alloc(core->n_workers * sizeof(*n->workers));
    for (size_t i = 0; i < core->n_workers; i++)
        n->workers[i] = (struct np_network_worker){.network = n, .index = i, .doors = np_map_new()};
    n->n_workers = core->n_workers;
    fill_opts(n);
    core->vnet = np_vnet_new(&n->opts);
    np_vnet_on_change(core->vnet, changed, n);
    np_network_names(core);
    np_network_ports(core);
    np_network_connect_page(core);
}

void np_network_start(struct np_core *core, struct np_tls *tls)
{
    core->network->tls = tls;
    core->network->started = true;
    np_vnet_start(core->vnet);
}

static void one_drained(void *arg)
{
    struct np_network_worker *w = arg;
    if (--w->draining == 0)
        w->drained(w->drained_arg);
}

static int drain_one(void *arg, struct np_str key, void *value)
{
    struct np_network_worker *w = arg;
    struct np_door_server *d = value;
    w->draining++;
    np_http_server_drain(d->http, one_drained, w);
    return 0;
}

void np_network_drain(struct np_core *core, size_t worker, void (*done)(void *arg), void *arg)
{
    struct np_network *n = core->network;
    struct np_network_worker *w = &n->workers[worker];
    w->ended = true;
    w->drained = done;
    w->drained_arg = arg;
    w->draining = 1;
    np_network_ports_stop(n, worker);
    np_vnet_stop(core->vnet, worker);
    np_map_each(w->doors, drain_one, w);
    np_defer(np_core_loop(core, worker), &w->drained_later, one_drained, w);
}

void np_network_end(struct np_core *core, size_t worker)
{
    struct np_network *n = core->network;
    if (n == NULL)
        return;
    struct np_network_worker *w = &n->workers[worker];
    w->ended = true;
    np_network_ports_stop(n, worker);
    np_vnet_stop(core->vnet, worker);
    np_defer_cancel(&w->drained_later);
    np_map_free(w->doors, door_free);
    w->doors = np_map_new();
    np_relays_end(np_core_loop(core, worker));
}

void np_network_close(struct np_core *core)
{
    struct np_network *n = core->network;
    if (n == NULL)
        return;
    np_vnet_free(core->vnet);
    core->vnet = NULL;
    np_network_ports_free(n);
    for (size_t i = 0; i < n->n_workers; i++)
        np_map_free(n->workers[i].doors, door_free);
    pthread_mutex_destroy(&n->mutex);
    np_free(n->workers);
    np_free(n);
    core->network = NULL;
}
