/* SPDX-License-Identifier: Apache-2.0 */
/* vnet.c - the agent is told what each VPC should be until it has it.
 *
 * What the agent holds is known by a hash of what it was told: after a greeting it lists what it
 * has, and only what differs is sent. One call a VPC is under way at a time. */
#include "engines/vnet/vnet_int.h"

#include "base/assert.h"
#include "base/log.h"
#include "gen/agent/types.h"

struct np_loop *vnet_loop(const struct np_vnet *v, size_t worker)
{
    np_assert(worker < v->opts.n_loops);
    return v->opts.loops[worker];
}

static bool is_internet(const struct vnet_vpc *n)
{
    return n == &n->v->internet;
}

/* --- telling --- */

void vnet_tell(struct np_vnet *v, struct np_str vpc_id, int rc, const struct np_err *why)
{
    for (size_t i = 0; i < v->n_watchers; i++)
        v->watchers[i].fn(v->watchers[i].arg, vpc_id, rc, why);
}

void np_vnet_on_change(struct np_vnet *v, np_vnet_change_fn *fn, void *arg)
{
    np_assert(v->n_watchers < NP_VNET_WATCHERS_MAX && v->client == NULL);
    v->watchers[v->n_watchers++] = (struct vnet_watcher){fn, arg};
}

static void set_able(struct np_vnet *v, int rc, const struct np_err *why)
{
    pthread_mutex_lock(&v->mutex);
    v->locked.able = rc;
    if (rc != 0)
        v->locked.why = *why;
    pthread_mutex_unlock(&v->mutex);
}

int np_vnet_able(const struct np_vnet *v, struct np_err *why)
{
    struct np_vnet *w = (struct np_vnet *)(uintptr_t)v;
    pthread_mutex_lock(&w->mutex);
    int rc = w->locked.able;
    if (rc != 0 && why != NULL)
        *why = w->locked.why;
    pthread_mutex_unlock(&w->mutex);
    return rc;
}

/* --- one VPC --- */

static void sync_vpc(struct vnet_vpc *n);

static void retry(struct np_timer *t)
{
    sync_vpc(NP_CONTAINER(t, struct vnet_vpc, retry));
}

static void later(struct vnet_vpc *n)
{
    n->retry_ms = n->retry_ms == 0 ? NP_VNET_RETRY_MIN_MS : n->retry_ms * 2;
    if (n->retry_ms > NP_VNET_RETRY_MAX_MS)
        n->retry_ms = NP_VNET_RETRY_MAX_MS;
    np_timer_set(vnet_loop(n->v, 0), &n->retry, n->retry_ms, retry);
}

static void failed(struct vnet_vpc *n, int rc, const struct np_err *err)
{
    if (rc == NP_ECLOSED) /* a greeting follows */
        return;
    if (n->retry_ms == 0)
        np_log(NP_WARN, "vnet.refused", "vpc=%.*s reason=\"%.*s\"", NP_FMT(n->id),
               NP_FMT(np_err_text(err)));
    if (is_internet(n))
        set_able(n->v, rc, err);
    else if (n->net != NULL)
        vnet_tell(n->v, n->id, rc, err);
    later(n);
}

static void forget(struct vnet_vpc *n)
{
    np_timer_stop(&n->retry);
    np_timer_stop(&n->listen_again);
    vnet_listen_none(n);
    vnet_flows_free(n);
    vnet_stock_drop(n->v, n->id);
    if (is_internet(n))
        return;
    np_map_del(n->v->vpcs, n->id);
    np_free((void *)(uintptr_t)n->id.p);
    np_free(n);
}

static void in_force(struct vnet_vpc *n, uint64_t version)
{
    n->retry_ms = 0;
    __atomic_store_n(&n->net->in_force, version, __ATOMIC_RELEASE);
    vnet_listen(n);
    vnet_flows_look(n);
    vnet_tell(n->v, n->id, 0, NULL);
}

static void ensured(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct vnet_vpc *n = NP_CAST(vnet_vpc, arg, VNET_VPC_MAGIC);
    n->calling = false;
    if (rc != 0) {
        failed(n, rc, err);
        return;
    }
    n->held = n->sent;
    if (n->net != NULL && n->net->hash == n->held)
        in_force(n, n->net->vpc.version);
    else
        sync_vpc(n);
}

static void removed(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct vnet_vpc *n = NP_CAST(vnet_vpc, arg, VNET_VPC_MAGIC);
    n->calling = false;
    if (rc != 0) {
        failed(n, rc, err);
        return;
    }
    n->held = 0;
    if (n->net == NULL)
        forget(n);
    else
        sync_vpc(n);
}

static int call(struct vnet_vpc *n)
{
    struct np_vnet *v = n->v;
    if (n->net == NULL) {
        const struct agent_RemoveNetworkRequest in = {.Id = n->id};
        vnet_listen_none(n);
        vnet_flows_free(n);
        vnet_stock_drop(v, n->id);
        return np_agent_call(v->client, NP_AGENT_REMOVE_NETWORK, &in, removed, n);
    }
    n->sent = n->net->hash;
    return np_agent_call(v->client, NP_AGENT_ENSURE_NETWORK, n->net->vpc.net, ensured, n);
}

/* Does the next thing that brings it to what it should be. */
static void sync_vpc(struct vnet_vpc *n)
{
    if (!n->v->listed || n->calling)
        return;
    np_timer_stop(&n->retry);
    if (n->net != NULL && n->held == n->net->hash) {
        in_force(n, n->net->vpc.version);
        return;
    }
    int rc = call(n);
    n->calling = rc == 0;
    struct np_err err = {0};
    if (rc != 0)
        failed(n, rc, (np_err(&err, rc, "the agent takes no more calls"), &err));
}

static struct vnet_vpc *vpc_of(struct np_vnet *v, struct np_str id)
{
    struct vnet_vpc *n = np_map_get(v->vpcs, id);
    if (n != NULL)
        return n;
    n = np_heap_new(struct vnet_vpc);
    char *own = np_heap_alloc(id.n + 1);
    memcpy(own, id.p, id.n);
    n->magic = VNET_VPC_MAGIC;
    n->v = v;
    n->id = np_str_n(own, id.n);
    np_list_init(&n->listeners);
    np_map_put(v->vpcs, n->id, n);
    return n;
}

/* --- told --- */

static void publish(struct np_vnet *v, struct np_str id, struct vnet_net *net)
{
    const struct np_pmap_ops ops = {
        .retire = np_rcu_later, .free_value = vnet_net_free, .arg = &v->retired};
    np_rcu_set(&v->published, np_pmap_set(v->published, &ops, id, net));
    np_rcu_batch_retire(&v->retired);
}

/* Who listens for an endpoint that is no more has to know. */
static void tell_left(struct np_vnet *v, const struct vnet_net *old, const struct vnet_net *now);

void np_vnet_set(struct np_vnet *v, const struct np_vnet_vpc *vpc)
{
    np_assert(v->magic == VNET_MAGIC);
    struct vnet_vpc *n = vpc_of(v, vpc->id);
    struct vnet_net *old = n->net, *net = vnet_net_copy(v, vpc, old);
    if (old != NULL)
        net->in_force = __atomic_load_n(&old->in_force, __ATOMIC_RELAXED);
    n->net = net;
    if (old != NULL)
        tell_left(v, old, net);
    vnet_flows_look(n); /* before the old version goes */
    publish(v, n->id, net);
    if (n->retry.loop == NULL || old == NULL || old->hash != net->hash)
        sync_vpc(n);
}

void np_vnet_remove(struct np_vnet *v, struct np_str vpc_id)
{
    struct vnet_vpc *n = np_map_get(v->vpcs, vpc_id);
    if (n == NULL || n->net == NULL)
        return;
    tell_left(v, n->net, NULL);
    vnet_flows_free(n);
    n->net = NULL;
    publish(v, n->id, NULL);
    vnet_tell(v, n->id, 0, NULL);
    sync_vpc(n);
}

/* --- leaving, on every worker --- */

struct leaving {
    struct np_msg msg;
    struct np_vnet *v;
    size_t worker;
    size_t vpc_n, endpoint_n;
    char text[];
};

static void on_left(struct np_msg *m)
{
    struct leaving *x = NP_CONTAINER(m, struct leaving, msg);
    const struct np_vnet_opts *o = &x->v->opts;
    np_loop_owe(vnet_loop(x->v, x->worker), -1);
    o->handlers->left(o->arg, x->worker, np_str_n(x->text, x->vpc_n),
                      np_str_n(x->text + x->vpc_n, x->endpoint_n));
    np_free(x);
}

static void post_left(struct np_vnet *v, struct np_str vpc_id, struct np_str endpoint_id)
{
    for (size_t i = 0; v->opts.handlers->left != NULL && i < v->opts.n_loops; i++) {
        struct leaving *x = np_heap_alloc(sizeof(*x) + vpc_id.n + endpoint_id.n + 1);
        *x = (struct leaving){
            .msg.fn = on_left, .v = v, .worker = i, .vpc_n = vpc_id.n, .endpoint_n = endpoint_id.n};
        memcpy(x->text, vpc_id.p, vpc_id.n);
        if (endpoint_id.n != 0)
            memcpy(x->text + vpc_id.n, endpoint_id.p, endpoint_id.n);
        np_loop_owe(vnet_loop(v, i), 1);
        np_loop_post(vnet_loop(v, i), &x->msg);
    }
}

static bool has_endpoint(const struct vnet_net *net, struct np_str id)
{
    for (size_t i = 0; net != NULL && i < net->vpc.n_endpoints; i++)
        if (np_str_eq(net->vpc.endpoints[i].id, id))
            return true;
    return false;
}

static void tell_left(struct np_vnet *v, const struct vnet_net *old, const struct vnet_net *now)
{
    for (size_t i = 0; i < old->vpc.n_endpoints; i++)
        if (!has_endpoint(now, old->vpc.endpoints[i].id))
            post_left(v, old->vpc.id, old->vpc.endpoints[i].id);
}

/* --- the agent --- */

static int sync_one(void *arg, struct np_str key, void *value)
{
    struct vnet_vpc **all = arg;
    while (*all != NULL)
        all++;
    *all = value;
    return 0;
}

/* The map may change while one is looked at. */
static void sync_all(struct np_vnet *v)
{
    struct vnet_vpc **all = np_heap_alloc((np_map_count(v->vpcs) + 1) * sizeof(*all));
    np_map_each(v->vpcs, sync_one, all);
    for (size_t i = 0; all[i] != NULL; i++)
        sync_vpc(all[i]);
    np_free(all);
}

static int forget_held(void *arg, struct np_str key, void *value)
{
    struct vnet_vpc *n = value;
    n->held = 0;
    n->calling = false;
    if (arg != NULL) { /* the namespaces are others */
        vnet_listen_none(n);
        vnet_flows_close(n);
        vnet_stock_drop(n->v, n->id);
    }
    return 0;
}

static void ask_internet(struct np_timer *t);

static void internet_failed(struct np_vnet *v, int rc, const struct np_err *err)
{
    failed(&v->internet, rc, err);
    if (rc != NP_ECLOSED)
        np_timer_set(vnet_loop(v, 0), &v->internet.retry, v->internet.retry_ms, ask_internet);
}

static void listed(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct np_vnet *v = NP_CAST(np_vnet, arg, VNET_MAGIC);
    const struct agent_ListNetworksReply *reply = value;
    if (rc != 0) {
        internet_failed(v, rc, err);
        return;
    }
    v->listed = true;
    v->internet.retry_ms = 0;
    for (size_t i = 0; i < reply->Networks.n; i++)
        vpc_of(v, reply->Networks.v[i].Id)->held = reply->Networks.v[i].Version.v;
    set_able(v, 0, NULL);
    vnet_listen(&v->internet);
    vnet_tell(v, NP_STR(""), 0, NULL);
    sync_all(v);
}

static void has_internet(void *arg, int rc, const void *value, const struct np_err *err)
{
    static const struct agent_ListNetworksRequest in;
    struct np_vnet *v = NP_CAST(np_vnet, arg, VNET_MAGIC);
    struct np_err full = {0};
    if (rc == 0) {
        v->internet.held = 1;
        rc = np_agent_call(v->client, NP_AGENT_LIST_NETWORKS, &in, listed, v);
        if (rc != 0)
            err = (np_err(&full, rc, "the agent takes no more calls"), &full);
    }
    if (rc != 0)
        internet_failed(v, rc, err);
}

static void ask_internet(struct np_timer *t)
{
    struct vnet_vpc *n = NP_CONTAINER(t, struct vnet_vpc, retry);
    struct np_vnet *v = n->v;
    struct agent_Block pool = {{true, ntohl(v->opts.pool.s_addr)}, {true, v->opts.pool_bits}};
    struct agent_Block services = {{true, NP_VNET_SERVICES}, {true, NP_VNET_SERVICES_BITS}};
    const struct agent_EnsureInternetRequest in = {
        .Client = {true, ntohl(v->opts.client.s_addr)},
        .Pool = &pool,
        .Services = {.v = &services, .n = 1, .set = true},
    };
    int rc = np_agent_call(v->client, NP_AGENT_ENSURE_INTERNET, &in, has_internet, v);
    struct np_err err = {0};
    if (rc != 0)
        internet_failed(v, rc, (np_err(&err, rc, "the agent takes no more calls"), &err));
}

static void ready(void *arg, const struct agent_HelloReply *hello)
{
    struct np_vnet *v = NP_CAST(np_vnet, arg, VNET_MAGIC);
    bool others = v->holder != 0 && v->holder != (int32_t)hello->Holder.v;
    v->holder = (int32_t)hello->Holder.v;
    v->listed = false;
    np_map_each(v->vpcs, forget_held, others ? v : NULL);
    forget_held(others ? v : NULL, NP_STR(""), &v->internet);
    np_timer_stop(&v->internet.retry);
    ask_internet(&v->internet.retry);
}

static void changed(void *arg)
{
    (void)arg; /* of processes */
}

/* --- life --- */

struct np_vnet *np_vnet_new(const struct np_vnet_opts *o)
{
    struct np_vnet *v = np_heap_new(struct np_vnet);
    v->magic = VNET_MAGIC;
    v->opts = *o;
    v->vpcs = np_map_new();
    v->internet = (struct vnet_vpc){.magic = VNET_VPC_MAGIC, .v = v, .id = NP_STR("")};
    np_list_init(&v->internet.listeners);
    pthread_mutex_init(&v->mutex, NULL);
    np_list_init(&v->locked.listeners);
    v->locked.able = NP_ECLOSED;
    np_err(&v->locked.why, NP_ECLOSED, "the agent has not answered yet");
    vnet_stocks_init(v);
    return v;
}

void np_vnet_start(struct np_vnet *v)
{
    static const struct np_agent_client_handlers h = {.ready = ready, .changed = changed};
    np_assert(v->client == NULL);
    v->client = np_agent_client_new(vnet_loop(v, 0), v->opts.data_dir, &h, v);
}

static int stop_one(void *arg, struct np_str key, void *value)
{
    struct vnet_vpc *n = value;
    np_timer_stop(&n->retry);
    np_timer_stop(&n->listen_again);
    vnet_flows_free(n);
    return 0;
}

void np_vnet_stop(struct np_vnet *v, size_t worker)
{
    if (v == NULL)
        return;
    if (worker == 0) {
        np_agent_client_free(v->client); /* first: who is told of it may set a timer */
        v->client = NULL;
        np_map_each(v->vpcs, stop_one, NULL);
        stop_one(NULL, NP_STR(""), &v->internet);
        v->listed = false;
    }
    vnet_listeners_stop(v, worker);
}

static void free_vpc(void *value)
{
    struct vnet_vpc *n = value;
    np_free((void *)(uintptr_t)n->id.p);
    np_free(n);
}

void np_vnet_free(struct np_vnet *v)
{
    if (v == NULL)
        return;
    const struct np_pmap_ops ops = {
        .retire = np_rcu_later, .free_value = vnet_net_free, .arg = &v->retired};
    np_agent_client_free(v->client);
    vnet_listeners_free(v);
    vnet_stocks_fini(v);
    np_map_free(v->vpcs, free_vpc);
    np_pmap_free(v->published, &ops);
    np_rcu_batch_fini(&v->retired);
    pthread_mutex_destroy(&v->mutex);
    np_free(v);
}
