/* SPDX-License-Identifier: Apache-2.0 */
/* compute.c - the engine's life, and the rhythm of its comparisons: disks, then machines. */
#include "engines/compute/compute_int.h"

#include "base/log.h"

static void look(struct np_compute *c);

uint64_t compute_now(const struct np_compute *c)
{
    return np_now_ms(c->o.loop);
}

void compute_again_in(struct np_compute *c, uint64_t ms)
{
    if (ms < c->next_ms)
        c->next_ms = ms;
}

bool compute_may_try(struct np_compute *c, const struct retry *r)
{
    uint64_t now = compute_now(c);
    if (r->due_ms <= now)
        return true;
    compute_again_in(c, r->due_ms - now);
    return false;
}

void compute_failed(struct np_compute *c, struct retry *r)
{
    r->pause_ms = r->pause_ms == 0 ? NP_COMPUTE_PAUSE_MIN_MS : r->pause_ms * 2;
    if (r->pause_ms > NP_COMPUTE_PAUSE_MAX_MS)
        r->pause_ms = NP_COMPUTE_PAUSE_MAX_MS;
    r->due_ms = compute_now(c) + r->pause_ms;
}

void compute_text(char *to, size_t size, struct np_str text)
{
    size_t n = text.n < size - 1 ? text.n : size - 1;
    if (n != 0)
        memcpy(to, text.p, n);
    to[n] = 0;
}

/* --- looking --- */

static void look_later(struct np_timer *t)
{
    look(NP_CONTAINER(t, struct np_compute, timer));
}

static void looked(struct np_compute *c)
{
    c->looking = false;
    np_timer_set(c->o.loop, &c->timer, c->next_ms, look_later);
    if (c->look_again)
        np_compute_look(c);
}

static void not_listed(struct np_compute *c, const char *what, int rc, const struct np_err *err)
{
    if (rc != NP_ECLOSED)
        np_log(NP_WARN, "compute.list", "what=%s reason=\"%.*s\"", what, NP_FMT(np_err_text(err)));
    compute_again_in(c, NP_COMPUTE_PAUSE_MIN_MS * 10);
    looked(c);
}

static void machines_listed(void *x, int rc, const struct np_driver_machine *v, size_t n,
                            const struct np_err *err)
{
    struct np_compute *c = x;
    if (rc != 0) {
        not_listed(c, "instances", rc, err);
        return;
    }
    machines_compare(c, v, n);
    looked(c);
}

static void disks_listed(void *x, int rc, const struct np_volume_now *v, size_t n,
                         const struct np_err *err)
{
    struct np_compute *c = x;
    if (rc != 0) {
        not_listed(c, "volumes", rc, err);
        return;
    }
    disks_compare(c, v, n);
    c->listed = true;
    if (c->driver->list(c->d, false, machines_listed, c) != 0) {
        compute_again_in(c, NP_COMPUTE_PAUSE_MIN_MS);
        looked(c);
    }
}

static void look(struct np_compute *c)
{
    if (c->d == NULL || c->looking) {
        c->look_again = c->looking;
        return;
    }
    c->look_again = false;
    c->next_ms = NP_COMPUTE_LOOK_MS;
    c->looking = c->driver->disks(c->d, disks_listed, c) == 0;
}

static void look_now(void *arg)
{
    struct np_compute *c = arg;
    c->look_due = false;
    look(c);
}

void np_compute_look(struct np_compute *c)
{
    if (c->look_due)
        return;
    c->look_due = true;
    np_defer(c->o.loop, &c->look, look_now, c);
}

void np_compute_settled(struct np_compute *c)
{
    c->settled = true;
    np_compute_look(c);
}

void np_compute_volumes_settled(struct np_compute *c)
{
    c->disks_settled = true;
    np_compute_look(c);
}

bool np_compute_ready(const struct np_compute *c)
{
    return c->d != NULL && c->driver->ready(c->d);
}

/* --- figures --- */

static void figures_listed(void *x, int rc, const struct np_driver_machine *v, size_t n,
                           const struct np_err *err)
{
    if (rc == 0)
        machines_usage(x, v, n);
}

void np_compute_usage(struct np_compute *c)
{
    if (c->d != NULL)
        c->driver->list(c->d, true, figures_listed, c);
}

static void figures_due(struct np_timer *t)
{
    struct np_compute *c = NP_CONTAINER(t, struct np_compute, figures);
    np_compute_usage(c);
    np_timer_set(c->o.loop, t, NP_COMPUTE_USAGE_MS, figures_due);
}

/* --- life --- */

struct np_compute *np_compute_new(const struct np_compute_opts *o)
{
    struct np_compute *c = np_heap_new(struct np_compute);
    c->o = *o;
    if (c->o.check_ms == 0)
        c->o.check_ms = NP_COMPUTE_CHECK_MS;
    if (c->o.stop_ms == 0)
        c->o.stop_ms = NP_COMPUTE_STOP_MS;
    c->driver = o->driver != NULL ? o->driver : &np_compute_agent;
    c->machines = np_map_new();
    c->disks = np_map_new();
    np_list_init(&c->openings);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void driver_ready(void *arg, struct np_str unable)
{
    struct np_compute *c = arg;
    c->listed = false;
    pthread_mutex_lock(&c->lock);
    c->met = true;
    compute_text(c->unable, sizeof(c->unable), unable);
    pthread_mutex_unlock(&c->lock);
    np_compute_look(c);
}

static void driver_changed(void *arg)
{
    np_compute_look(arg);
}

int np_compute_able(struct np_compute *c, struct np_err *why)
{
    pthread_mutex_lock(&c->lock);
    int rc = !c->met             ? np_err(why, NP_ECLOSED, "the host's agent is not there")
             : c->unable[0] != 0 ? np_err(why, NP_ENOTSUP, "%s", c->unable)
                                 : 0;
    pthread_mutex_unlock(&c->lock);
    return rc;
}

void np_compute_start(struct np_compute *c)
{
    static const struct np_driver_events events = {.ready = driver_ready,
                                                   .changed = driver_changed};
    c->d = c->driver->make(&c->o, &events, c);
    np_timer_set(c->o.loop, &c->figures, NP_COMPUTE_USAGE_MS, figures_due);
    checks_start(c);
}

void np_compute_free(struct np_compute *c)
{
    if (c == NULL)
        return;
    np_timer_stop(&c->timer);
    np_timer_stop(&c->checks);
    np_timer_stop(&c->figures);
    if (c->look_due)
        np_defer_cancel(&c->look);
    if (c->d != NULL)
        c->driver->free(c->d);
    checks_free(c);
    np_map_free(c->machines, machine_free);
    np_map_free(c->disks, disk_free);
    pthread_mutex_destroy(&c->lock);
    np_free(c);
}
