/* SPDX-License-Identifier: Apache-2.0 */
/* flows.c - the sockets that tell of a VPC's packets and connections, for its flow logs; loop 0.
 *
 * They are there while somebody wants records. What the kernel could not keep for us is told as
 * skipped. */
#include "engines/vnet/flows_int.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"

#define TICK_MS     1000
#define FLOWS_MAGIC 0x766e666cu
#define ROOM        (4 << 20) /* of a socket, as far as the host allows */

enum which { PACKETS, ENDED, SOCKETS };
static const char *const kinds[SOCKETS] = {[PACKETS] = "log", [ENDED] = "flows"};

struct vnet_flows {
    uint32_t magic;
    struct np_vnet *v;
    struct vnet_tally *tally;
    struct np_timer tick;
    struct source {
        struct vnet_flows *of;
        enum which which;
        int fd;
        bool asked;
        struct np_watch watch;
        struct np_defer later;
    } sources[SOCKETS];
    uint8_t bytes[NP_FLOW_READ_MAX];
};

static void window(void *arg, const struct np_vnet_window *w)
{
    struct vnet_flows *f = arg;
    const struct np_vnet_opts *o = &f->v->opts;
    if (o->handlers->flows != NULL)
        o->handlers->flows(o->arg, w);
}

static int64_t now_s(const struct vnet_flows *f)
{
    return np_region_ms(vnet_loop(f->v, 0)) / 1000;
}

/* --- reading --- */

static void on_packet(void *arg, const struct vnet_packet *x)
{
    struct vnet_flows *f = arg;
    vnet_tally_packet(f->tally, x, now_s(f));
}

/* Times of the kernel are the wall clock's; the region's may be ahead. */
static void on_ended(void *arg, const struct vnet_ended *x)
{
    struct vnet_flows *f = arg;
    struct np_loop *l = vnet_loop(f->v, 0);
    int64_t ahead = (np_region_ms(l) - np_wall_ms(l)) / 1000;
    struct vnet_ended y = *x;
    if (y.start_s != 0)
        y.start_s += ahead;
    vnet_tally_ended(f->tally, &y, now_s(f));
}

static void read_some(void *arg)
{
    struct source *s = arg;
    struct vnet_flows *f = s->of;
    for (int i = 0; i < NP_FLOW_READ_TURN; i++) {
        ssize_t n = recv(s->fd, f->bytes, sizeof(f->bytes), MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == ENOBUFS) {
            vnet_tally_lost(f->tally);
            continue;
        }
        if (n <= 0)
            return;
        if (s->which == PACKETS)
            vnet_read_packets(f->bytes, (size_t)n, on_packet, f);
        else
            vnet_read_ended(f->bytes, (size_t)n, on_ended, f);
    }
    np_defer(vnet_loop(f->v, 0), &s->later, read_some, s);
}

static void on_source(struct np_watch *w, unsigned events)
{
    read_some(NP_CONTAINER(w, struct source, watch));
}

static void on_tick(struct np_timer *t)
{
    struct vnet_flows *f = NP_CONTAINER(t, struct vnet_flows, tick);
    vnet_tally_turn(f->tally, now_s(f), window, f);
    np_timer_set(vnet_loop(f->v, 0), t, TICK_MS, on_tick);
}

/* --- sockets --- */

struct asking {
    struct np_vnet *v;
    enum which which;
    struct vnet_flows *flows; /* compared only: they may be gone */
    size_t n;
    char id[];
};

static void watch(struct source *s, int fd)
{
    static const int room = ROOM;
    struct np_err err;
    s->fd = fd;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (np_watch_add(vnet_loop(s->of->v, 0), &s->watch, fd, NP_READABLE, on_source, &err) == 0)
        np_defer(vnet_loop(s->of->v, 0), &s->later, read_some, s);
    else
        np_log(NP_ERROR, "vnet.flows", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
}

static void got(void *arg, int rc, int *fds, size_t n, const struct np_err *err)
{
    struct asking *a = arg;
    struct vnet_vpc *vpc = np_map_get(a->v->vpcs, np_str_n(a->id, a->n));
    if (vpc != NULL && vpc->flows == a->flows) {
        struct source *s = &vpc->flows->sources[a->which];
        s->asked = false;
        if (rc == 0 && n > 0) {
            watch(s, fds[0]);
            fds[0] = -1;
        } else if (rc != NP_ECLOSED) {
            np_log(NP_WARN, "vnet.flows", "vpc=%.*s kind=%s reason=\"%.*s\"", NP_FMT(vpc->id),
                   kinds[a->which], NP_FMT(err != NULL ? np_err_text(err) : NP_STR("none")));
        }
    }
    np_free(a);
}

static void ask(struct vnet_vpc *n, struct source *s)
{
    if (s->fd >= 0 || s->asked)
        return;
    struct asking *a = np_heap_alloc(sizeof(*a) + n->id.n + 1);
    *a = (struct asking){.v = n->v, .which = s->which, .flows = n->flows, .n = n->id.n};
    memcpy(a->id, n->id.p, n->id.n);
    s->asked = vnet_sockets(n->v, n->id, kinds[s->which], false, 1, got, a) == 0;
    if (!s->asked)
        np_free(a);
}

/* --- life --- */

static struct vnet_flows *flows_new(struct vnet_vpc *n)
{
    struct vnet_flows *f = np_heap_new(struct vnet_flows);
    f->magic = FLOWS_MAGIC;
    f->v = n->v;
    f->tally = vnet_tally_new();
    for (int i = 0; i < SOCKETS; i++)
        f->sources[i] = (struct source){.of = f, .which = (enum which)i, .fd = -1};
    np_timer_set(vnet_loop(n->v, 0), &f->tick, TICK_MS, on_tick);
    return f;
}

void vnet_flows_look(struct vnet_vpc *n)
{
    if (n->net != NULL && n->net->vpc.n_logs != 0 && n->flows == NULL)
        n->flows = flows_new(n);
    if (n->flows == NULL)
        return;
    if (n->net != NULL)
        vnet_tally_set(n->flows->tally, n->net, now_s(n->flows), window, n->flows);
    if (n->net == NULL || n->net->vpc.n_logs == 0) {
        vnet_flows_free(n);
        return;
    }
    for (int i = 0; vnet_is_up(n) && i < SOCKETS; i++)
        ask(n, &n->flows->sources[i]);
}

void vnet_flows_close(struct vnet_vpc *n)
{
    for (int i = 0; n->flows != NULL && i < SOCKETS; i++) {
        struct source *s = &n->flows->sources[i];
        np_watch_del(&s->watch);
        np_defer_cancel(&s->later);
        if (s->fd >= 0)
            close(s->fd);
        s->fd = -1;
    }
}

void vnet_flows_free(struct vnet_vpc *n)
{
    struct vnet_flows *f = n->flows;
    if (f == NULL)
        return;
    vnet_flows_close(n);
    np_timer_stop(&f->tick);
    vnet_tally_free(f->tally);
    np_free(f);
    n->flows = NULL;
}
