/* SPDX-License-Identifier: Apache-2.0 */
/* checker.c - from rows of health checks to their probers, and from what those say to the DNS
 * engine.
 *
 * Everything is on the first worker's loop; the writer leaves the ids of changed checks in a list
 * under a lock and wakes it. */
#include "services/route53/checker.h"

#include <pthread.h>

#include "aws/reach.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"
#include "base/map.h"
#include "engines/dns/dns.h"
#include "engines/probe/checks.h"
#include "io/tls.h"
#include "services/route53/check.h"

const char *const route53_check_regions[] = {
    "us-east-1",      "us-west-1",      "us-west-2",      "eu-west-1",
    "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1",
};
const size_t route53_check_regions_n = NP_LEN(route53_check_regions);

struct entry {
    struct np_arena *arena;
    struct np_str account, id;
    struct np_str *children;
    size_t n_children;
    int64_t need; /* healthy children */
    bool calculated, inverted, disabled;
    bool seen;    /* healthy as its probers or children say */
    bool healthy; /* as DNS is told */
};

struct route53_checker {
    struct np_core *core;
    struct np_loop *loop;
    struct np_tls *tls;
    struct np_checks *checks;
    struct np_map *entries; /* by id */
    struct np_msg msg;
    pthread_mutex_t lock;
    struct {
        struct np_arena *arena;
        struct np_strs ids; /* that changed */
        bool posted;
    } locked;
    /* Healths that are written down, one after the other. */
    struct np_map *unwritten; /* ids; any value */
    struct np_write write;
    struct np_arena *write_arena;
    struct np_str write_id, write_account;
    bool write_unhealthy, writing;
    struct np_err write_err;
};

static struct route53_checker *checker_of(const struct np_core *core)
{
    return route53_state(core)->checker;
}

/* --- what is written down --- */

static void write_next(struct route53_checker *c);

static int write_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(put, "UPDATE route53_check SET unhealthy = ?2 WHERE account = :account AND id = ?1");
    const struct route53_checker *c = NP_CONTAINER(w, struct route53_checker, write);
    return np_exec(t, &put, err, "si", c->write_id, (int64_t)c->write_unhealthy);
}

static void written(struct np_write *w, int rc)
{
    struct route53_checker *c = NP_CONTAINER(w, struct route53_checker, write);
    if (rc != 0)
        np_log(NP_WARN, "route53.health.lost", "check=%.*s error=\"%.*s\"", NP_FMT(c->write_id),
               NP_FMT(np_err_text(&c->write_err)));
    c->writing = false;
    write_next(c);
}

static int take_one(void *arg, struct np_str key, void *value)
{
    struct np_str *out = arg;
    (void)value;
    *out = key;
    return 1;
}

/* The next that is to be written; false: there is none. */
static bool take_next(struct route53_checker *c)
{
    struct np_str id;
    while (np_map_each(c->unwritten, take_one, &id) != 0) {
        np_arena_reset(c->write_arena, 4096);
        c->write_id = np_str_dup(c->write_arena, id);
        np_map_del(c->unwritten, c->write_id);
        const struct entry *e = np_map_get(c->entries, c->write_id);
        if (e == NULL)
            continue; /* it is gone */
        c->write_account = np_str_dup(c->write_arena, e->account);
        c->write_unhealthy = !e->seen;
        return true;
    }
    return false;
}

static void write_next(struct route53_checker *c)
{
    if (c->writing || !take_next(c))
        return;
    c->write_err = (struct np_err){0};
    c->write = (struct np_write){
        .loop = c->loop,
        .scope = {c->write_account, NP_STR("us-east-1"), np_region_ms(c->loop)},
        .arena = c->write_arena,
        .apply = write_apply,
        .done = written,
        .err = &c->write_err,
    };
    c->writing = np_store_write(c->core->store, NP_DB_STATE, &c->write) == 0;
    if (!c->writing)
        np_map_put(c->unwritten, c->write_id, c); /* with the next change */
}

/* --- health --- */

static bool is_seen(const struct route53_checker *c, const struct entry *e)
{
    int64_t n = 0;
    if (!e->calculated)
        return e->seen;
    for (size_t i = 0; i < e->n_children; i++) {
        const struct entry *child = np_map_get(c->entries, e->children[i]);
        n += child == NULL || child->healthy;
    }
    return n >= e->need;
}

static void judge(struct route53_checker *c, struct entry *e, bool fresh)
{
    e->seen = is_seen(c, e);
    /* AWS: one that is disabled counts as healthy, and inverted as unhealthy
     * (tests/sdk/test_route53_health.py). */
    bool healthy = (e->disabled || e->seen) != e->inverted;
    if (healthy == e->healthy && !fresh)
        return;
    e->healthy = healthy;
    np_dns_health_set(c->core->dns, e->id, healthy);
    if (!fresh)
        np_log(NP_INFO, "route53.health", "check=%.*s healthy=%d", NP_FMT(e->id), healthy);
}

static int judge_calculated(void *arg, struct np_str key, void *value)
{
    struct entry *e = value;
    (void)key;
    if (e->calculated)
        judge(arg, e, false);
    return 0;
}

static void health_changed(void *arg, struct np_str id, bool healthy)
{
    struct route53_checker *c = arg;
    struct entry *e = np_map_get(c->entries, id);
    if (e == NULL)
        return;
    e->seen = healthy;
    judge(c, e, false);
    np_map_each(c->entries, judge_calculated, c);
    np_map_put(c->unwritten, id, c);
    write_next(c);
}

/* --- entries --- */

static void entry_free(void *value)
{
    np_arena_free(((struct entry *)value)->arena);
}

static void drop(struct route53_checker *c, struct np_str id)
{
    np_checks_remove(c->checks, id);
    struct entry *e = np_map_del(c->entries, id);
    if (e != NULL)
        entry_free(e);
}

static void watch(struct route53_checker *c, const struct route53_check *row, bool unhealthy)
{
    const struct route53_HealthCheckConfig *g = row->config;
    NP_AUTO_ARENA a = np_arena_new();
    bool https = route53_config_is_https(g);
    struct np_check_opts o = {
        .target =
            {
                .kind = route53_config_is_tcp(g) ? NP_PROBE_TCP
                        : https                  ? NP_PROBE_HTTPS
                                                 : NP_PROBE_HTTP,
                .address = g->IPAddress,
                .host = g->FullyQualifiedDomainName,
                .port = (uint16_t)g->Port.v,
                .path = g->ResourcePath.n != 0 ? g->ResourcePath : NP_STR("/"),
                .search = g->SearchString.n != 0 ? g->SearchString : NP_STR_NULL,
                .sni = g->EnableSNI.v,
                .agent = np_str_printf(a,
                                       "Amazon-Route53-Health-Check-Service (ref %.*s; report "
                                       "http://amzn.to/1vsZADi)",
                                       NP_FMT(row->id)),
            },
        .interval_ms = (uint32_t)g->RequestInterval.v * 1000,
        .threshold = (unsigned)g->FailureThreshold.v,
        .places = g->Regions.v,
        .n_places = g->Regions.n,
        .unhealthy = unhealthy,
    };
    if (o.target.path.p[0] != '/')
        o.target.path = np_str_cat(a, NP_STR("/"), o.target.path);
    if (o.n_places == 0) {
        struct np_str *all = np_new_array(a, struct np_str, route53_check_regions_n);
        for (size_t i = 0; i < route53_check_regions_n; i++)
            all[i] = np_str_of(route53_check_regions[i]);
        o.places = all;
        o.n_places = route53_check_regions_n;
    }
    np_checks_put(c->checks, row->id, &o);
}

static struct entry *entry_new(const struct route53_check *row)
{
    struct np_arena *a = np_arena_new();
    const struct route53_HealthCheckConfig *g = row->config;
    struct entry *e = np_new(a, struct entry);
    *e = (struct entry){
        .arena = a,
        .account = np_str_dup(a, row->account),
        .id = np_str_dup(a, row->id),
        .children = np_new_array(a, struct np_str, g->ChildHealthChecks.n + 1),
        .n_children = g->ChildHealthChecks.n,
        .need = g->HealthThreshold.v,
        .calculated = np_str_is(g->Type, "CALCULATED"),
        .inverted = g->Inverted.v,
        .disabled = g->Disabled.v,
        .seen = !row->unhealthy,
    };
    for (size_t i = 0; i < e->n_children; i++)
        e->children[i] = np_str_dup(a, g->ChildHealthChecks.v[i]);
    return e;
}

static void put(struct route53_checker *c, const struct route53_check *row)
{
    struct entry *e = entry_new(row), *old = np_map_put(c->entries, row->id, e);
    if (old != NULL) {
        e->seen = old->seen;
        entry_free(old);
    }
    if (!e->calculated && !e->disabled)
        watch(c, row, !e->seen);
    else
        np_checks_remove(c->checks, row->id);
    judge(c, e, true);
}

/* --- from rows --- */

static void read_one(struct route53_checker *c, struct np_arena *a, struct np_str id)
{
    NP_SQL(get, "SELECT " ROUTE53_CHECK_COLUMNS " FROM route53_check WHERE id = ?1");
    const struct np_scope scope = {.account = NP_STR("")};
    struct route53_check row;
    struct np_q *q = np_q(np_store_reader(c->core->store, NP_DB_STATE), &scope, &get, "s", id);
    bool found = np_row(q) && route53_check_row(q, a, &row) == 0;
    np_q_end(q, NULL);
    if (found)
        put(c, &row);
    else
        drop(c, id);
}

static void read_changed(struct np_msg *m)
{
    struct route53_checker *c = NP_CONTAINER(m, struct route53_checker, msg);
    pthread_mutex_lock(&c->lock);
    NP_AUTO_ARENA a = c->locked.arena;
    struct np_strs ids = c->locked.ids;
    c->locked.arena = NULL;
    c->locked.ids = (struct np_strs){0};
    c->locked.posted = false;
    pthread_mutex_unlock(&c->lock);
    np_loop_owe(c->loop, -1);
    for (size_t i = 0; i < ids.n; i++)
        read_one(c, a, ids.v[i]);
    np_map_each(c->entries, judge_calculated, c);
}

void route53_checker_changed(struct route53_checker *c, struct np_str id)
{
    if (c->loop == NULL)
        return; /* the start reads all of them */
    pthread_mutex_lock(&c->lock);
    if (c->locked.arena == NULL)
        c->locked.arena = np_arena_new();
    ROUTE53_PUSH(c->locked.arena, &c->locked.ids, np_str_dup(c->locked.arena, id));
    bool post = !c->locked.posted;
    c->locked.posted = true;
    pthread_mutex_unlock(&c->lock);
    if (!post)
        return;
    np_loop_owe(c->loop, 1);
    c->msg.fn = read_changed;
    np_loop_post(c->loop, &c->msg);
}

/* --- reaching --- */

struct finding {
    np_probe_found_fn *found;
    void *x;
    struct np_reach *reach;
};

static void reached(void *arg, int rc, const struct np_addr *to, bool region_owned,
                    const struct np_err *err)
{
    struct finding *f = arg;
    np_probe_found_fn *found = f->found;
    void *x = f->x;
    (void)region_owned;
    np_free(f);
    found(x, rc, to, err);
}

static void *find(void *arg, struct np_str host, uint16_t port, np_probe_found_fn *found, void *x)
{
    struct route53_checker *c = arg;
    struct finding *f = np_heap_new(struct finding);
    *f = (struct finding){.found = found, .x = x};
    f->reach = np_reach(c->core, c->loop, "health check", host, port, reached, f);
    return f;
}

static void cancel(void *arg, void *finding)
{
    struct finding *f = finding;
    (void)arg;
    np_reach_cancel(f->reach);
    np_free(f);
}

/* --- life --- */

void route53_checker_observations(const struct np_core *core, struct np_arena *a, struct np_str id,
                                  bool failures, struct route53_observation **out, size_t *n)
{
    struct np_observation *seen;
    *out = NULL;
    if (np_checks_observe(checker_of(core)->checks, a, id, failures, &seen, n) != 0)
        return;
    *out = np_new_array(a, struct route53_observation, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (struct route53_observation){seen[i].place, seen[i].address, seen[i].status,
                                                 seen[i].checked_ms};
}

struct route53_checker *route53_checker_new(struct np_core *core)
{
    struct route53_checker *c = np_heap_new(struct route53_checker);
    c->core = core;
    c->entries = np_map_new();
    c->unwritten = np_map_new();
    c->write_arena = np_arena_new();
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static int read_all(struct route53_checker *c, struct np_err *err)
{
    NP_SQL(rows, "SELECT " ROUTE53_CHECK_COLUMNS " FROM route53_check");
    const struct np_scope scope = {.account = NP_STR("")};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_q *q = np_q(np_store_reader(c->core->store, NP_DB_STATE), &scope, &rows, "");
    while (np_row(q)) {
        struct route53_check row;
        if (route53_check_row(q, a, &row) == 0)
            put(c, &row);
        np_arena_reset(a, 1 << 16);
    }
    np_map_each(c->entries, judge_calculated, c);
    return np_q_end(q, err);
}

int route53_checker_start(struct route53_checker *c, struct np_err *err)
{
    int rc = np_tls_client_unverified(&c->tls, err);
    if (rc != 0)
        return rc;
    c->loop = np_core_loop(c->core, 0);
    const struct np_checks_opts o = {
        .env =
            {
                .loop = c->loop,
                .egress = c->core->egress,
                .tls = c->tls,
                .find = find,
                .cancel = cancel,
                .arg = c,
            },
        .changed = health_changed,
        .arg = c,
    };
    rc = np_checks_new(&o, &c->checks, err);
    return rc == 0 ? read_all(c, err) : rc;
}

void route53_checker_free(struct route53_checker *c)
{
    if (c == NULL)
        return;
    np_checks_free(c->checks);
    np_map_free(c->entries, entry_free);
    np_map_free(c->unwritten, NULL);
    np_arena_free(c->write_arena);
    np_arena_free(c->locked.arena);
    np_tls_free(c->tls);
    pthread_mutex_destroy(&c->lock);
    np_free(c);
}
