/* SPDX-License-Identifier: Apache-2.0 */
/* sockets.c - sockets that the agent makes in a network: batches for listeners, a small stock of
 * unbound ones for who connects.
 *
 * A stock is used by every worker, under the mutex; loop 0 fills it. */
#include "engines/vnet/vnet_int.h"

#include <errno.h>
#include <unistd.h>

#include "base/assert.h"
#include "gen/agent/types.h"
#include "io/net.h"

/* --- batches; loop 0 --- */

struct batch {
    vnet_sockets_fn *done;
    void *arg;
};

static void got_batch(void *arg, int rc, const void *value, int *fds, size_t n,
                      const struct np_err *err)
{
    struct batch *b = arg;
    b->done(b->arg, rc, fds, rc == 0 ? n : 0, err);
    np_free(b);
}

int vnet_sockets(struct np_vnet *v, struct np_str vpc_id, const char *kind, bool transparent,
                 size_t count, vnet_sockets_fn *done, void *arg)
{
    if (v->client == NULL)
        return NP_ECLOSED;
    const struct agent_MakeSocketsRequest in = {
        .Network = vpc_id.n != 0 ? vpc_id : NP_STR_NULL,
        .Kind = np_str_of(kind),
        .Count = {true, (int64_t)(count < NP_AGENT_FDS_MAX ? count : NP_AGENT_FDS_MAX)},
        .Transparent = {transparent, transparent},
    };
    struct batch *b = np_heap_new(struct batch);
    *b = (struct batch){done, arg};
    int rc = np_agent_call_with(v->client, NP_AGENT_MAKE_SOCKETS, &in, -1, got_batch, b);
    if (rc != 0)
        np_free(b);
    return rc;
}

/* --- one, for a worker: asked for on loop 0 --- */

struct single {
    struct np_msg msg;
    struct np_vnet *v;
    size_t worker;
    bool transparent;
    int fd;
    vnet_udp_fn *done;
    void *arg;
};

static void hand_over(struct np_msg *m)
{
    struct single *x = NP_CONTAINER(m, struct single, msg);
    np_loop_owe(vnet_loop(x->v, x->worker), -1);
    x->done(x->arg, x->fd);
    np_free(x);
}

static void got_single(void *arg, int rc, int *fds, size_t n, const struct np_err *err)
{
    struct single *x = arg;
    if (rc == 0 && n > 0) {
        x->fd = fds[0];
        fds[0] = -1;
    }
    x->msg.fn = hand_over;
    np_loop_post(vnet_loop(x->v, x->worker), &x->msg);
}

static void ask_single(struct np_msg *m)
{
    struct single *x = NP_CONTAINER(m, struct single, msg);
    struct np_vnet *v = x->v;
    int rc = vnet_sockets(v, NP_STR(""), "udp", x->transparent, 1, got_single, x);
    np_loop_owe(vnet_loop(v, 0), -1);
    if (rc != 0)
        got_single(x, rc, NULL, 0, NULL);
}

void vnet_udp(struct np_vnet *v, size_t worker, bool transparent, vnet_udp_fn *done, void *arg)
{
    struct single *x = np_heap_new(struct single);
    *x = (struct single){.msg.fn = ask_single,
                         .v = v,
                         .worker = worker,
                         .transparent = transparent,
                         .fd = -1,
                         .done = done,
                         .arg = arg};
    np_loop_owe(vnet_loop(v, worker), 1);
    np_loop_owe(vnet_loop(v, 0), 1);
    np_loop_post(vnet_loop(v, 0), &x->msg);
}

/* --- the stock of a network --- */

struct vnet_stock {
    struct np_vnet *v;
    struct np_str id; /* its own */
    int fds[NP_VNET_STOCK];
    size_t n;
    struct np_node waiting; /* struct np_vnet_dialling */
    size_t n_waiting;
    bool asked;      /* `ask` is on its way, or the agent has been asked */
    uint64_t number; /* of the namespace: what is made in an older one is thrown away */
    uint64_t asking_for;
    struct np_msg ask;
};

struct np_vnet_dialling {
    struct np_node node; /* of the stock, or of nothing */
    struct np_vnet *v;
    size_t worker;
    struct in_addr from;
    struct sockaddr_in to;
    int fd, rc;
    struct np_err err;
    bool has, posted, cancelled;
    struct np_msg back;
    struct np_defer later;
    np_vnet_dial_fn *done;
    void *arg;
};

static int bind_and_connect(struct np_vnet_dialling *d)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr = d->from};
    if (d->from.s_addr != 0 && bind(d->fd, (struct sockaddr *)&from, sizeof(from)) != 0)
        return np_err_errno(&d->err, errno, "cannot bind inside");
    return np_dial_inside(d->fd, &d->to, &d->err);
}

/* On its worker. */
static void finish(void *arg)
{
    struct np_vnet_dialling *d = arg;
    if (!d->cancelled && d->rc == 0)
        d->rc = bind_and_connect(d);
    if (d->fd >= 0 && (d->cancelled || d->rc != 0)) {
        close(d->fd);
        d->fd = -1;
    }
    if (!d->cancelled)
        d->done(d->arg, d->rc, d->fd, &d->err);
    np_free(d);
}

static void on_back(struct np_msg *m)
{
    struct np_vnet_dialling *d = NP_CONTAINER(m, struct np_vnet_dialling, back);
    np_loop_owe(vnet_loop(d->v, d->worker), -1);
    finish(d);
}

/* From loop 0, or whoever dropped the stock. */
static void give(struct np_vnet_dialling *d, int fd, int rc, const struct np_err *err)
{
    np_list_remove(&d->node);
    d->fd = fd;
    d->rc = rc;
    d->has = true;
    if (rc != 0)
        d->err = *err;
    d->back.fn = on_back;
    np_loop_post(vnet_loop(d->v, d->worker), &d->back);
}

/* With the mutex: to whom waits, the rest into the stock. */
static void fill(struct vnet_stock *s, int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct np_node *next = np_list_pop(&s->waiting);
        if (next != NULL) {
            s->n_waiting--;
            give(NP_CONTAINER(next, struct np_vnet_dialling, node), fds[i], 0, NULL);
        } else if (s->n < NP_VNET_STOCK) {
            s->fds[s->n++] = fds[i];
        } else {
            continue;
        }
        fds[i] = -1;
    }
}

static void fail_waiting(struct vnet_stock *s, int rc, const struct np_err *err)
{
    for (struct np_node *n; (n = np_list_pop(&s->waiting)) != NULL;)
        give(NP_CONTAINER(n, struct np_vnet_dialling, node), -1, rc, err);
    s->n_waiting = 0;
}

static void ask_more(struct vnet_stock *s);

static void got_stock(void *arg, int rc, int *fds, size_t n, const struct np_err *err)
{
    struct vnet_stock *s = arg;
    struct np_vnet *v = s->v;
    pthread_mutex_lock(&v->mutex);
    s->asked = false;
    bool current = s->asking_for == s->number;
    if (current)
        fill(s, fds, n);
    if (rc != 0)
        fail_waiting(s, rc, err);
    bool more = s->n_waiting != 0 && rc == 0;
    s->asked = more;
    pthread_mutex_unlock(&v->mutex);
    if (more)
        ask_more(s);
}

/* On loop 0, `asked` is set. */
static void ask_more(struct vnet_stock *s)
{
    struct np_vnet *v = s->v;
    struct np_err err;
    pthread_mutex_lock(&v->mutex);
    size_t want = NP_VNET_STOCK + s->n_waiting;
    s->asking_for = s->number;
    pthread_mutex_unlock(&v->mutex);
    int rc = vnet_sockets(v, s->id, "tcp", false, want, got_stock, s);
    if (rc == 0)
        return;
    np_err(&err, rc, "the agent is not there");
    pthread_mutex_lock(&v->mutex);
    s->asked = false;
    fail_waiting(s, rc, &err);
    pthread_mutex_unlock(&v->mutex);
}

static void on_ask(struct np_msg *m)
{
    struct vnet_stock *s = NP_CONTAINER(m, struct vnet_stock, ask);
    np_loop_owe(vnet_loop(s->v, 0), -1);
    ask_more(s);
}

static void want_more(struct vnet_stock *s)
{
    if (s->asked)
        return;
    s->asked = true;
    s->ask.fn = on_ask;
    np_loop_owe(vnet_loop(s->v, 0), 1);
    np_loop_post(vnet_loop(s->v, 0), &s->ask);
}

static struct vnet_stock *stock_of(struct np_vnet *v, struct np_str vpc_id)
{
    struct vnet_stock *s = np_map_get(v->locked.stocks, vpc_id);
    if (s != NULL)
        return s;
    char *own = np_heap_alloc(vpc_id.n + 1);
    memcpy(own, vpc_id.p, vpc_id.n);
    s = np_heap_new(struct vnet_stock);
    s->v = v;
    s->id = np_str_n(own, vpc_id.n);
    np_list_init(&s->waiting);
    np_map_put(v->locked.stocks, s->id, s);
    return s;
}

static void drop_fds(struct vnet_stock *s)
{
    while (s->n > 0)
        close(s->fds[--s->n]);
}

/* The stock itself stays: it is small, and a message to it may be on its way. */
void vnet_stock_drop(struct np_vnet *v, struct np_str vpc_id)
{
    pthread_mutex_lock(&v->mutex);
    struct vnet_stock *s = np_map_get(v->locked.stocks, vpc_id);
    if (s != NULL) {
        s->number++;
        drop_fds(s);
    }
    pthread_mutex_unlock(&v->mutex);
}

void vnet_stocks_init(struct np_vnet *v)
{
    v->locked.stocks = np_map_new();
}

static void free_stock(void *value)
{
    struct vnet_stock *s = value;
    drop_fds(s);
    for (struct np_node *n; (n = np_list_pop(&s->waiting)) != NULL;)
        np_free(NP_CONTAINER(n, struct np_vnet_dialling, node));
    np_free((void *)(uintptr_t)s->id.p);
    np_free(s);
}

void vnet_stocks_fini(struct np_vnet *v)
{
    np_map_free(v->locked.stocks, free_stock);
}

/* --- who connects --- */

struct np_vnet_dialling *np_vnet_dial(struct np_vnet *v, size_t worker, struct np_str vpc_id,
                                      struct in_addr from, const struct sockaddr_in *to,
                                      np_vnet_dial_fn *done, void *arg)
{
    struct np_vnet_dialling *d = np_heap_new(struct np_vnet_dialling);
    *d = (struct np_vnet_dialling){
        .v = v, .worker = worker, .from = from, .to = *to, .fd = -1, .done = done, .arg = arg};
    np_list_init(&d->node);
    struct np_loop *l = vnet_loop(v, worker);
    struct np_str id = vpc_id.p != NULL ? vpc_id : NP_STR("");
    bool known = id.n == 0 || vnet_find(v, id) != NULL;
    pthread_mutex_lock(&v->mutex);
    struct vnet_stock *s = known ? stock_of(v, id) : NULL;
    if (s == NULL) {
        d->rc = np_err(&d->err, NP_ENOENT, "there is no network %.*s", NP_FMT(id));
    } else if (s->n_waiting >= NP_VNET_DIALS_MAX) {
        d->rc = np_err(&d->err, NP_EAGAIN, "too many connections wait for a socket in %.*s",
                       NP_FMT(id));
    } else if (s->n > 0) {
        d->fd = s->fds[--s->n];
    } else {
        np_list_append(&s->waiting, &d->node);
        s->n_waiting++;
        d->posted = true;
        np_loop_owe(l, 1);
    }
    if (s != NULL && s->n < NP_VNET_STOCK_LOW)
        want_more(s);
    pthread_mutex_unlock(&v->mutex);
    if (!d->posted)
        np_defer(l, &d->later, finish, d);
    return d;
}

/* Before `done`: what waits in a stock is found there by loop 0 all the same. */
void np_vnet_dial_cancel(struct np_vnet_dialling *d)
{
    if (d == NULL)
        return;
    d->cancelled = true;
}
