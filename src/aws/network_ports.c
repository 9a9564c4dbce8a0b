/* SPDX-License-Identifier: Apache-2.0 */
/* network_ports.c - public addresses of interfaces on this host: the ports that their groups open
 * to the client address, each connection spliced to one inside, datagrams passed on, from that
 * address.
 *
 * Where a port is privileged or taken, one from 20000 up stands for it, the same as on other
 * addresses where the pool has chosen one. What listens follows from the published VPC. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aws/endpoints.h"
#include "aws/network_int.h"
#include "aws/pool_int.h"
#include "base/arena.h"
#include "base/auto.h"
#include "base/log.h"
#include "io/net.h"

#define ACCEPT_BATCH    64
#define ACCEPT_RETRY_MS 100
#define TRIES           16

struct host_port {
    struct np_node node; /* locked.ports */
    struct np_network *network;
    size_t worker;
    struct np_str vpc_id, what, account, region; /* its own */
    struct in_addr address;
    struct np_vnet_port port;
    uint16_t bound;
    bool leaving; /* loop 0: `remove` is on its way */
    int fd;       /* of UDP: until the next has taken it */
    struct np_udp_port *udp;
    struct np_watch watch;
    struct np_timer retry;
    struct np_defer later;
    struct np_msg add, remove;
};

/* --- connections --- */

struct dialled { /* an accepted connection whose other half is being made */
    struct np_loop *loop;
    int fd;
};

static void got_inside(void *arg, int rc, int fd, const struct np_err *err)
{
    struct dialled *d = arg;
    struct np_err why;
    if (rc != 0)
        np_relay_refuse(d->fd);
    else
        np_relay_new(d->loop, d->fd, fd, NULL, NULL, NULL, &why);
    np_free(d);
}

static void take(struct host_port *p, int fd)
{
    struct np_network *n = p->network;
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr = p->address, .sin_port = htons(p->port.number)};
    struct dialled *d = np_heap_new(struct dialled);
    *d = (struct dialled){np_core_loop(n->core, p->worker), fd};
    np_vnet_dial(n->core->vnet, p->worker, NP_STR_NULL, n->opts.client, &to, got_inside, d);
}

static void retry_accept(struct np_timer *t);

static bool accept_one(struct host_port *p)
{
    int fd = accept4(p->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        take(p, fd);
        return true;
    }
    if (errno == EINTR || errno == ECONNABORTED)
        return true;
    if (errno != EAGAIN)
        np_timer_set(np_core_loop(p->network->core, p->worker), &p->retry, ACCEPT_RETRY_MS,
                     retry_accept);
    return false;
}

static void accept_some(void *arg)
{
    struct host_port *p = arg;
    for (int i = 0; i < ACCEPT_BATCH; i++)
        if (!accept_one(p))
            return;
    np_defer(np_core_loop(p->network->core, p->worker), &p->later, accept_some, p);
}

static void retry_accept(struct np_timer *t)
{
    accept_some(NP_CONTAINER(t, struct host_port, retry));
}

static void on_port(struct np_watch *w, unsigned events)
{
    accept_some(NP_CONTAINER(w, struct host_port, watch));
}

/* --- a port on its worker --- */

static void end_port(struct host_port *p)
{
    np_watch_del(&p->watch);
    np_timer_stop(&p->retry);
    np_defer_cancel(&p->later);
    np_udp_port_free(p->udp);
    p->udp = NULL;
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

static int begin_udp(struct host_port *p, struct np_err *err)
{
    const struct np_network *n = p->network;
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr = p->address, .sin_port = htons(p->port.number)};
    p->udp = np_udp_port_new(n->core->vnet, p->worker, p->fd, n->opts.client, &to, err);
    p->fd = -1;
    return p->udp != NULL ? 0 : NP_EIO;
}

static int begin_tcp(struct host_port *p, struct np_err *err)
{
    struct np_loop *l = np_core_loop(p->network->core, p->worker);
    int rc = np_watch_add(l, &p->watch, p->fd, NP_READABLE, on_port, err);
    if (rc == 0)
        accept_some(p);
    return rc;
}

static void on_add(struct np_msg *m)
{
    struct host_port *p = NP_CONTAINER(m, struct host_port, add);
    struct np_loop *l = np_core_loop(p->network->core, p->worker);
    struct np_err err;
    np_loop_owe(l, -1);
    if (p->fd < 0)
        return;
    if ((p->port.udp ? begin_udp(p, &err) : begin_tcp(p, &err)) != 0)
        np_log(NP_ERROR, "network.port", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
}

static void port_free(struct host_port *p)
{
    np_free((void *)(uintptr_t)p->vpc_id.p);
    np_free((void *)(uintptr_t)p->what.p);
    np_free((void *)(uintptr_t)p->account.p);
    np_free((void *)(uintptr_t)p->region.p);
    np_free(p);
}

static void on_remove(struct np_msg *m)
{
    struct host_port *p = NP_CONTAINER(m, struct host_port, remove);
    struct np_network *n = p->network;
    np_loop_owe(np_core_loop(n->core, p->worker), -1);
    end_port(p);
    pthread_mutex_lock(&n->mutex);
    np_list_remove(&p->node);
    pthread_mutex_unlock(&n->mutex);
    port_free(p);
}

/* --- loop 0 --- */

struct place {
    struct in_addr address;
    uint16_t number, udp;
};

static struct np_str key_of(struct place *out, struct in_addr address, struct np_vnet_port port)
{
    *out = (struct place){address, port.number, port.udp};
    return np_str_n((const char *)out, sizeof(*out));
}

/* The n-th that may be listened on for it; 0: no more. */
static uint16_t candidate(const struct np_network *n, uint16_t number, unsigned i)
{
    struct np_pool *pool = n->core->pool;
    const struct np_pool_entry *e = pool != NULL ? np_pool_entry(pool, number) : NULL;
    unsigned first = NP_POOL_STANDIN + number % 10000u;
    if (i == 0)
        return number;
    if (i == 1 && e != NULL && e->bound != 0 && e->bound != number)
        return e->bound;
    return i <= TRIES ? (uint16_t)(first + i - 1) : 0;
}

static int listen_on(const struct np_network *n, struct in_addr address, struct np_vnet_port port,
                     uint16_t *bound, struct np_err *err)
{
    int fd = -1, rc = NP_EBUSY;
    for (unsigned i = 0; rc != 0 && (*bound = candidate(n, port.number, i)) != 0; i++) {
        struct np_addr at = np_addr_of(address, *bound);
        rc = port.udp ? np_bind_udp(&at, &fd, err) : np_listen_tcp(&at, true, &fd, err);
    }
    return rc == 0 ? fd : -1;
}

static struct np_str own(struct np_str s)
{
    char *p = np_heap_alloc(s.n + 1);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return np_str_n(p, s.n);
}

static void add_port(struct np_network *n, const struct np_vnet_vpc *vpc,
                     const struct np_vnet_eni *e, struct in_addr address, struct np_vnet_port port)
{
    struct np_err err = {0};
    uint16_t bound;
    int fd = listen_on(n, address, port, &bound, &err);
    if (fd < 0)
        np_log(NP_WARN, "network.taken", "port=%u reason=\"%.*s\"", port.number,
               NP_FMT(np_err_text(&err)));
    struct host_port *p = np_heap_new(struct host_port);
    *p = (struct host_port){.network = n,
                            .worker = (ntohl(address.s_addr) + port.number) % n->n_workers,
                            .vpc_id = own(vpc->id),
                            .what = own(e->instance_id.p != NULL ? e->instance_id : e->id),
                            .account = own(vpc->account),
                            .region = own(vpc->region),
                            .address = address,
                            .port = port,
                            .bound = fd >= 0 ? bound : 0,
                            .fd = fd,
                            .add.fn = on_add,
                            .remove.fn = on_remove};
    struct np_loop *l = np_core_loop(n->core, p->worker);
    pthread_mutex_lock(&n->mutex);
    np_list_append(&n->locked.ports, &p->node);
    pthread_mutex_unlock(&n->mutex);
    struct place at;
    if (n->host_ports == NULL)
        n->host_ports = np_map_new();
    np_map_put(n->host_ports, key_of(&at, address, port), p);
    np_loop_owe(l, 1);
    np_loop_post(l, &p->add);
}

static void remove_port(struct host_port *p)
{
    struct np_loop *l = np_core_loop(p->network->core, p->worker);
    struct np_map *all = p->network->host_ports;
    struct place at;
    struct np_str key = key_of(&at, p->address, p->port);
    p->leaving = true;
    if (np_map_get(all, key) == p) /* the address may be another VPC's by now */
        np_map_del(all, key);
    np_loop_owe(l, 1);
    np_loop_post(l, &p->remove);
}

static bool is_same(struct np_vnet_port a, struct np_vnet_port b)
{
    return a.number == b.number && a.udp == b.udp;
}

static bool opens(const struct np_vnet_eni *e, struct in_addr address, struct np_vnet_port port)
{
    bool has = false;
    for (size_t i = 0; i < e->n_addresses; i++)
        has |= e->addresses[i].public_ip.s_addr == address.s_addr;
    for (size_t i = 0; has && i < e->n_ports; i++)
        if (is_same(e->ports[i], port))
            return true;
    return false;
}

static bool is_wanted(const struct np_vnet_vpc *vpc, const struct host_port *p)
{
    for (size_t i = 0; vpc != NULL && i < vpc->n_enis; i++) {
        const struct np_vnet_eni *e = &vpc->enis[i];
        struct np_str what = e->instance_id.p != NULL ? e->instance_id : e->id;
        if (np_str_eq(what, p->what) && opens(e, p->address, p->port))
            return true;
    }
    return false;
}

static bool is_there(const struct np_network *n, struct np_str vpc_id, struct in_addr address,
                     struct np_vnet_port port)
{
    struct place at;
    const struct host_port *p =
        n->host_ports != NULL ? np_map_get(n->host_ports, key_of(&at, address, port)) : NULL;
    return p != NULL && np_str_eq(p->vpc_id, vpc_id);
}

static void drop_unwanted(struct np_network *n, struct np_str vpc_id, const struct np_vnet_vpc *vpc)
{
    pthread_mutex_lock(&n->mutex);
    NP_LIST_EACH(node, &n->locked.ports)
    {
        struct host_port *p = NP_CONTAINER(node, struct host_port, node);
        if (!p->leaving && np_str_eq(p->vpc_id, vpc_id) && !is_wanted(vpc, p))
            remove_port(p);
    }
    pthread_mutex_unlock(&n->mutex);
}

static void add_wanted(struct np_network *n, const struct np_vnet_vpc *vpc,
                       const struct np_vnet_eni *e)
{
    for (size_t i = 0; i < e->n_addresses; i++) {
        struct in_addr ip = e->addresses[i].public_ip;
        for (size_t k = 0; ip.s_addr != 0 && k < e->n_ports; k++)
            if (!is_there(n, vpc->id, ip, e->ports[k]))
                add_port(n, vpc, e, ip, e->ports[k]);
    }
}

void np_network_ports_look(struct np_network *n, struct np_str vpc_id)
{
    const struct np_vnet_vpc *vpc = np_vnet_get(n->core->vnet, vpc_id);
    drop_unwanted(n, vpc_id, vpc);
    for (size_t i = 0; vpc != NULL && i < vpc->n_enis; i++)
        add_wanted(n, vpc, &vpc->enis[i]);
}

/* --- what is listed --- */

static void list_one(const struct host_port *p, struct np_arena *a, np_endpoint_each *each, void *x)
{
    bool instance = np_str_starts(p->what, NP_STR("i-"));
    struct np_str ip = np_pool_text(a, p->address);
    struct np_str kind = instance ? NP_STR("instance") : NP_STR("network-interface");
    uint16_t number = p->port.number;
    struct np_str url = NP_STR_NULL;
    if (p->bound != 0 && p->port.udp)
        url = np_str_printf(a, "udp://%.*s:%u", NP_FMT(ip), p->bound);
    else if (p->bound != 0 && (number == 80 || number == 443))
        url = np_pool_url(a, number, p->bound, ip);
    each(x, &(struct np_endpoint){.resource = np_str_printf(a, "arn:aws:ec2:%.*s:%.*s:%.*s/%.*s",
                                                            NP_FMT(p->region), NP_FMT(p->account),
                                                            NP_FMT(kind), NP_FMT(p->what)),
                                  .kind = kind,
                                  .name = np_str_dup(a, p->what),
                                  .address = ip,
                                  .port = p->bound,
                                  .url = url});
}

static void list(void *arg, struct np_arena *a, np_endpoint_each *each, void *x)
{
    struct np_network *n = ((struct np_core *)arg)->network;
    pthread_mutex_lock(&n->mutex);
    NP_LIST_EACH(node, &n->locked.ports)
    {
        const struct host_port *p = NP_CONTAINER(node, struct host_port, node);
        if (!p->leaving)
            list_one(p, a, each, x);
    }
    pthread_mutex_unlock(&n->mutex);
}

void np_network_ports(struct np_core *core)
{
    np_endpoint_source_add(core, list, core);
}

/* --- the end --- */

void np_network_ports_stop(struct np_network *n, size_t worker)
{
    pthread_mutex_lock(&n->mutex);
    NP_LIST_EACH(node, &n->locked.ports)
    {
        struct host_port *p = NP_CONTAINER(node, struct host_port, node);
        if (p->worker == worker)
            end_port(p);
    }
    pthread_mutex_unlock(&n->mutex);
}

void np_network_ports_free(struct np_network *n)
{
    np_map_free(n->host_ports, NULL);
    for (struct np_node *node; (node = np_list_pop(&n->locked.ports)) != NULL;) {
        struct host_port *p = NP_CONTAINER(node, struct host_port, node);
        if (p->fd >= 0)
            close(p->fd);
        port_free(p);
    }
}
