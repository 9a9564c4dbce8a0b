/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - the instance check: init is asked by its control door, and has a period to answer. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/compute/compute_int.h"

static void close_door(struct check *k)
{
    np_watch_del(&k->watch);
    if (k->fd >= 0)
        close(k->fd);
    k->fd = -1;
}

void check_begin(struct machine *m)
{
    close_door(&m->check);
    m->check.asked_ms = 0;
    m->check.unanswered = false;
    m->check.begun_ms = compute_now(m->c);
}

void check_end(struct machine *m)
{
    close_door(&m->check);
    m->check.asked_ms = 0;
}

static void answered(struct machine *m, const struct np_driver_pong *p)
{
    struct np_instance_now n = m->now;
    m->check.unanswered = false;
    n.instance_check = NP_CHECK_OK;
    if (p->user_data != NP_USER_DATA_UNKNOWN) {
        n.user_data = p->user_data;
        n.user_data_code = p->user_data_code;
    }
    machine_tell(m, &n);
}

static void on_answer(struct np_watch *w, unsigned events)
{
    struct machine *m = NP_CONTAINER(w, struct machine, check.watch);
    struct check *k = &m->check;
    struct np_driver_pong p = {NP_USER_DATA_UNKNOWN, -1};
    ssize_t n = recv(k->fd, k->line, sizeof(k->line), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool good = n > 0 && m->c->driver->pong(np_str_n(k->line, (size_t)n), &p) == 0;
    close_door(k);
    if (good)
        answered(m, &p);
}

/* The machine may have gone, or begun another boot, since the door was asked for: found anew. */
struct opening {
    struct np_node node; /* in the engine's `openings` */
    struct np_compute *c;
    char id[NP_COMPUTE_ID_MAX + 1];
};

static void opening_free(struct opening *o)
{
    np_list_remove(&o->node);
    np_free(o);
}

void checks_free(struct np_compute *c)
{
    while (!np_list_empty(&c->openings))
        opening_free(NP_CONTAINER(c->openings.next, struct opening, node));
}

static void opened(void *x, int rc, int fd, const struct np_err *err)
{
    struct opening *o = x;
    struct machine *m = np_map_get(o->c->machines, np_str_of(o->id));
    opening_free(o);
    if (m != NULL)
        m->check.opening = false;
    if (rc != 0)
        return;
    if (m == NULL || m->now.phase != NP_INSTANCE_RUNNING || m->check.fd >= 0) {
        close(fd);
        return;
    }
    struct check *k = &m->check;
    k->fd = fd;
    if (m->c->driver->ping(fd) != 0 ||
        np_watch_add(m->c->o.loop, &k->watch, fd, NP_READABLE, on_answer, NULL) != 0)
        close_door(k);
}

static void ask(struct machine *m)
{
    struct opening *o = np_heap_new(struct opening);
    o->c = m->c;
    np_list_append(&m->c->openings, &o->node);
    compute_text(o->id, sizeof(o->id), m->spec.id);
    m->check.asked_ms = compute_now(m->c);
    m->check.unanswered = true;
    m->check.opening = true;
    if (m->c->driver->open(m->c->d, m->spec.id, NP_DOOR_CONTROL, opened, o) == 0)
        return;
    m->check.opening = false;
    opening_free(o);
}

/* How often it is asked. */
static uint64_t period_of(const struct np_compute *c, bool new)
{
    return new && c->o.check_ms > NP_COMPUTE_CHECK_NEW_MS ? NP_COMPUTE_CHECK_NEW_MS : c->o.check_ms;
}

static bool is_new(const struct machine *m)
{
    return m->now.user_data == NP_USER_DATA_UNKNOWN || m->now.user_data == NP_USER_DATA_RUNNING;
}

struct round {
    bool any_new, driver_ready;
    struct machine **v;
    size_t n;
};

/* Half a period is enough to answer, but a guest that has just begun has two. */
static bool is_late(const struct machine *m)
{
    const struct check *k = &m->check;
    uint64_t now = compute_now(m->c);
    bool begins = m->now.instance_check == NP_CHECK_INITIALIZING;
    uint64_t period = m->c->o.check_ms;
    return k->unanswered && now - k->asked_ms >= period / 2 &&
           (!begins || now - k->begun_ms >= 2 * period);
}

static bool is_due(const struct machine *m)
{
    const struct check *k = &m->check;
    uint64_t period = period_of(m->c, is_new(m));
    if (k->opening || k->fd >= 0)
        return false;
    /* A turn that comes a little early is the next one's. */
    return k->asked_ms == 0 || compute_now(m->c) - k->asked_ms + period / 5 >= period;
}

static void check(struct machine *m, struct round *r)
{
    struct np_instance_now n = m->now;
    r->any_new = r->any_new || is_new(m);
    if (!r->driver_ready) {
        n.system_check = n.instance_check = NP_CHECK_UNKNOWN;
        m->check.unanswered = false; /* nobody could ask */
        machine_tell(m, &n);
        return;
    }
    if (is_late(m)) {
        close_door(&m->check);
        n.instance_check = NP_CHECK_IMPAIRED;
        machine_tell(m, &n);
    }
    if (is_due(m))
        ask(m);
}

static int gather(void *arg, struct np_str id, void *value)
{
    struct round *r = arg;
    struct machine *m = value;
    if (m->now.phase == NP_INSTANCE_RUNNING && m->want == WANT_IT)
        r->v[r->n++] = m;
    return 0;
}

static void due(struct np_timer *t)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_compute *c = NP_CONTAINER(t, struct np_compute, checks);
    struct round r = {.driver_ready = np_compute_ready(c),
                      .v = np_new_array(a, struct machine *, np_map_count(c->machines) + 1)};
    np_map_each(c->machines, gather, &r);
    for (size_t i = 0; i < r.n; i++)
        check(r.v[i], &r);
    np_timer_set(c->o.loop, t, r.any_new ? period_of(c, true) : c->o.check_ms / 2, due);
}

void checks_start(struct np_compute *c)
{
    np_timer_set(c->o.loop, &c->checks, period_of(c, true), due);
}

void check_soon(struct np_compute *c)
{
    np_timer_set(c->o.loop, &c->checks, period_of(c, true) / 5, due);
}
