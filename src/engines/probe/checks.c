/* SPDX-License-Identifier: Apache-2.0 */
/* checks.c - probers of health checks, their opinions, and the sum of them. */
#include "engines/probe/checks.h"

#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"
#include "engines/probe/limits.h"
#include "http/client.h"
#include "io/loop.h"

#define STATUS_MAX  256
#define ADDRESS_MAX 48

struct report { /* read by other threads under the lock */
    char status[STATUS_MAX], address[ADDRESS_MAX];
    int64_t checked_ms; /* 0: none yet */
};

struct prober {
    struct check *check;
    struct np_str place;
    struct np_probe *probe; /* NULL: none is under way */
    int64_t due_ms;
    bool healthy;
    unsigned against; /* looks in a row that contradict `healthy` */
    struct report last, failure;
};

struct check {
    struct np_checks *checks;
    struct np_arena *arena;
    struct np_str id;
    struct np_check_opts opts;
    struct prober *probers;
    bool healthy;
    struct check *next;
};

struct np_checks {
    struct np_checks_opts opts;
    struct np_loop *loop;
    struct check *first;
    struct np_timer timer;
    pthread_mutex_t lock; /* of what np_checks_observe() reads: the list and its reports */
};

/* --- opinions --- */

static bool is_healthy(const struct check *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->opts.n_places; i++)
        n += c->probers[i].healthy;
    return n * 100 > c->opts.n_places * NP_CHECKS_HEALTHY_PERCENT;
}

static void sum_up(struct check *c)
{
    bool healthy = is_healthy(c);
    if (healthy == c->healthy)
        return;
    c->healthy = healthy;
    c->checks->opts.changed(c->checks->opts.arg, c->id, healthy);
}

static void put_report(struct report *r, struct np_str status, const struct np_addr *at,
                       int64_t now_ms, struct np_arena *a)
{
    struct np_str address = at != NULL ? np_addr_ip_text(a, at) : NP_STR("");
    snprintf(r->status, sizeof(r->status), "%.*s", NP_FMT(status));
    snprintf(r->address, sizeof(r->address), "%.*s", NP_FMT(address));
    r->checked_ms = now_ms;
}

static void tick(struct np_timer *timer);

static void looked(void *x, bool ok, struct np_str status, const struct np_addr *at)
{
    struct prober *p = x;
    struct check *c = p->check;
    struct np_checks *all = c->checks;
    struct np_arena *a = np_arena_new();
    p->probe = NULL;
    pthread_mutex_lock(&all->lock);
    put_report(&p->last, status, at, np_region_ms(all->loop), a);
    if (!ok)
        p->failure = p->last;
    pthread_mutex_unlock(&all->lock);
    np_arena_free(a);
    p->against = ok == p->healthy ? 0 : p->against + 1;
    if (p->against < c->opts.threshold)
        return;
    p->healthy = ok;
    p->against = 0;
    sum_up(c);
}

/* --- time --- */

/* A clock that jumped on brings one look, not those that were missed. */
static int64_t run(struct prober *p, int64_t now_ms)
{
    const struct check *c = p->check;
    if (p->due_ms > now_ms)
        return p->due_ms;
    p->due_ms += c->opts.interval_ms;
    if (p->due_ms <= now_ms)
        p->due_ms = now_ms + c->opts.interval_ms;
    if (p->probe == NULL)
        p->probe = np_probe_start(&c->checks->opts.env, &c->opts.target, looked, p);
    return p->due_ms;
}

static void tick(struct np_timer *timer)
{
    struct np_checks *all = NP_CONTAINER(timer, struct np_checks, timer);
    int64_t now_ms = np_region_ms(all->loop), next_ms = now_ms + NP_CHECKS_TICK_MS;
    for (struct check *c = all->first; c != NULL; c = c->next)
        for (size_t i = 0; i < c->opts.n_places; i++) {
            int64_t due_ms = run(&c->probers[i], now_ms);
            next_ms = due_ms < next_ms ? due_ms : next_ms;
        }
    if (all->first != NULL)
        np_timer_set(all->loop, timer, next_ms > now_ms ? (uint64_t)(next_ms - now_ms) : 1, tick);
}

/* --- the list --- */

static struct check **find(struct np_checks *all, struct np_str id)
{
    struct check **at = &all->first;
    while (*at != NULL && !np_str_eq((*at)->id, id))
        at = &(*at)->next;
    return at;
}

static void check_free(struct check *c)
{
    for (size_t i = 0; i < c->opts.n_places; i++)
        np_probe_cancel(c->probers[i].probe);
    np_arena_free(c->arena);
}

static void unlink_check(struct np_checks *all, struct check **at)
{
    struct check *c = *at;
    pthread_mutex_lock(&all->lock);
    *at = c->next;
    pthread_mutex_unlock(&all->lock);
    check_free(c);
}

void np_checks_remove(struct np_checks *all, struct np_str id)
{
    struct check **at = find(all, id);
    if (*at != NULL)
        unlink_check(all, at);
}

static struct check *check_new(struct np_checks *all, struct np_str id,
                               const struct np_check_opts *o)
{
    struct np_arena *a = np_arena_new();
    struct check *c = np_new(a, struct check);
    *c = (struct check){.checks = all, .arena = a, .id = np_str_dup(a, id), .opts = *o};
    struct np_probe_target *t = &c->opts.target;
    struct np_str *texts[] = {&t->address, &t->host, &t->path, &t->search, &t->agent};
    NP_EACH (s, texts)
        **s = np_str_dup(a, **s);
    c->healthy = !o->unhealthy;
    c->probers = np_new_array(a, struct prober, o->n_places + 1);
    /* The first look is soon; afterwards the places look one after the other. */
    int64_t now_ms = np_region_ms(all->loop), apart_ms = o->interval_ms / (int64_t)o->n_places;
    for (size_t i = 0; i < o->n_places; i++)
        c->probers[i] = (struct prober){
            .check = c,
            .place = np_str_dup(a, o->places[i]),
            .due_ms = now_ms + (int64_t)i * (apart_ms < 100 ? apart_ms : 100),
            .healthy = c->healthy,
        };
    return c;
}

void np_checks_put(struct np_checks *all, struct np_str id, const struct np_check_opts *o)
{
    np_assert(o->n_places > 0 && o->n_places <= NP_CHECKS_REGIONS_MAX && o->threshold > 0);
    struct check **at = find(all, id);
    struct check *c = check_new(all, id, o);
    if (*at != NULL) {
        c->healthy = (*at)->healthy;
        for (size_t i = 0; i < o->n_places; i++)
            c->probers[i].healthy = c->healthy;
        unlink_check(all, at);
    }
    pthread_mutex_lock(&all->lock);
    c->next = all->first;
    all->first = c;
    pthread_mutex_unlock(&all->lock);
    np_timer_set(all->loop, &all->timer, 0, tick);
}

int np_checks_observe(struct np_checks *all, struct np_arena *a, struct np_str id, bool failures,
                      struct np_observation **out, size_t *n)
{
    *out = NULL;
    *n = 0;
    pthread_mutex_lock(&all->lock);
    const struct check *c = *find(all, id);
    for (size_t i = 0; c != NULL && i < c->opts.n_places; i++) {
        const struct prober *p = &c->probers[i];
        const struct report *r = failures ? &p->failure : &p->last;
        if (r->checked_ms == 0)
            continue;
        *out = np_array_grow(a, *out, *n, sizeof(**out));
        (*out)[(*n)++] = (struct np_observation){
            .place = np_str_dup(a, p->place),
            .address = np_str_dup(a, np_str_of(r->address)),
            .status = np_str_dup(a, np_str_of(r->status)),
            .checked_ms = r->checked_ms,
        };
    }
    pthread_mutex_unlock(&all->lock);
    return c != NULL ? 0 : NP_ENOENT;
}

/* --- life --- */

int np_checks_new(const struct np_checks_opts *o, struct np_checks **out, struct np_err *err)
{
    struct np_http_pool *pool;
    int rc = np_http_pool_new(o->env.loop, o->env.egress, &pool, err);
    if (rc != 0)
        return rc;
    np_http_pool_set_idle(pool, 0);
    struct np_checks *all = np_heap_new(struct np_checks);
    all->opts = *o;
    all->opts.env.pool = pool;
    all->loop = o->env.loop;
    pthread_mutex_init(&all->lock, NULL);
    *out = all;
    return 0;
}

void np_checks_free(struct np_checks *all)
{
    if (all == NULL)
        return;
    np_timer_stop(&all->timer);
    while (all->first != NULL)
        unlink_check(all, &all->first);
    np_http_pool_free(all->opts.env.pool);
    pthread_mutex_destroy(&all->lock);
    np_free(all);
}
