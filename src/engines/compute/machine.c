/* SPDX-License-Identifier: Apache-2.0 */
/* machine.c - one instance: what is wanted of it, what the driver says, and the next step. */
#include <signal.h>

#include "base/auto.h"
#include "base/log.h"
#include "engines/compute/compute_int.h"

static const struct np_instance_usage no_usage = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

struct machine *machine_of(struct np_compute *c, struct np_str id)
{
    struct machine *m = np_map_get(c->machines, id);
    if (m != NULL)
        return m;
    m = np_heap_new(struct machine);
    m->c = c;
    compute_text(m->id, sizeof(m->id), id);
    m->spec.id = np_str_of(m->id);
    m->check.fd = -1;
    m->now = (struct np_instance_now){
        .id = m->spec.id, .exit_code = -1, .signal = -1, .usage = no_usage, .reason = NP_STR("")};
    pthread_mutex_lock(&c->lock);
    np_map_put(c->machines, id, m);
    pthread_mutex_unlock(&c->lock);
    return m;
}

void machine_free(void *p)
{
    struct machine *m = p;
    check_end(m);
    np_arena_free(m->arena);
    np_free(m);
}

/* --- telling --- */

static bool same(const struct np_instance_now *a, const struct np_instance_now *b)
{
    return a->boot == b->boot && a->phase == b->phase && a->end == b->end &&
           a->exit_code == b->exit_code && a->signal == b->signal &&
           np_str_eq(a->reason, b->reason) && a->instance_check == b->instance_check &&
           a->system_check == b->system_check && a->user_data == b->user_data &&
           a->user_data_code == b->user_data_code;
}

static bool is_impaired(const struct np_instance_now *n)
{
    return n->instance_check == NP_CHECK_IMPAIRED || n->system_check == NP_CHECK_IMPAIRED;
}

void machine_tell(struct machine *m, struct np_instance_now *n)
{
    if (same(n, &m->now))
        return;
    if (!is_impaired(n))
        n->impaired_ms = 0;
    else if (m->now.impaired_ms == 0)
        n->impaired_ms = np_region_ms(m->c->o.loop);
    pthread_mutex_lock(&m->c->lock);
    if (n->reason.p != m->reason)
        compute_text(m->reason, sizeof(m->reason), n->reason);
    n->reason = np_str_of(m->reason);
    m->now = *n;
    pthread_mutex_unlock(&m->c->lock);
    if (m->want != WANT_NOTHING)
        m->c->o.instance_changed(m->c->o.arg, &m->now);
}

/* --- acting --- */

static void answered(struct machine *m, int rc, const struct np_err *err)
{
    m->busy = false;
    if (rc != 0 && rc != NP_ECLOSED) {
        struct np_instance_now n = m->now;
        compute_failed(m->c, &m->retry);
        n.reason = np_err_text(err);
        machine_tell(m, &n);
        np_log(NP_WARN, "compute.refused", "instance=%s reason=\"%.*s\"", m->id,
               NP_FMT(np_err_text(err)));
    }
    np_compute_look(m->c);
}

static void acted(void *x, int rc, const struct np_err *err)
{
    struct machine *m = x;
    if (rc == 0)
        m->retry = (struct retry){0};
    answered(m, rc, err);
}

/* A start that the driver has taken may fail yet: the pause stays until it runs. */
static void tried(void *x, int rc, const struct np_err *err)
{
    struct machine *m = x;
    m->tried = rc == 0;
    answered(m, rc, err);
}

static void sent(struct machine *m, int rc)
{
    m->busy = rc == 0;
    if (rc != 0) /* ready() looks again; else soon */
        compute_again_in(m->c, NP_COMPUTE_PAUSE_MIN_MS);
}

static void start(struct machine *m, struct np_instance_now *n)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct np_compute_opts *o = &m->c->o;
    struct np_str why = NP_STR("");
    struct np_driver_disk *disks;
    n->phase = NP_INSTANCE_PENDING;
    if (!compute_may_try(m->c, &m->retry))
        return;
    if (!disks_attached(m->c, m->spec.id, m->spec.root, &why)) {
        n->reason = why;
        return;
    }
    if (o->may_start != NULL && !o->may_start(o->arg, m->spec.id, m->spec.vpc)) {
        n->reason = NP_STR("its network is not ready");
        return;
    }
    if (m->retry.pause_ms == 0) /* else what was said of the last try */
        n->reason = NP_STR("");
    size_t n_disks = disks_of(m->c, a, m->spec.id, &disks);
    m->stop_sent = m->force_sent = false;
    sent(m, m->c->driver->ensure(m->c->d, &m->spec, disks, n_disks, tried, m));
}

/* Asks it to end, and after a while does not ask any more. */
static void stop(struct machine *m, struct np_instance_now *n, bool force)
{
    uint64_t now = compute_now(m->c);
    n->phase = NP_INSTANCE_STOPPING;
    if (!m->stop_sent)
        m->stop_ms = now;
    bool late = m->stop_sent && now - m->stop_ms >= m->c->o.stop_ms;
    force = force || late;
    if ((m->stop_sent && !force) || (m->force_sent && !late)) {
        compute_again_in(m->c, m->stop_ms + m->c->o.stop_ms - now);
        return;
    }
    if (!compute_may_try(m->c, &m->retry))
        return;
    m->stop_sent = true;
    m->force_sent = force;
    if (late) /* it may be that the first one was lost with the agent */
        m->stop_ms = now;
    sent(m, m->c->driver->stop(m->c->d, m->spec.id, force, acted, m));
}

static enum np_instance_end end_of(const struct machine *m, const struct np_driver_machine *s)
{
    if (m->want != WANT_IT || m->stop_sent)
        return NP_END_ASKED;
    /* What the kernel tells the parent of a pid namespace's init: pid_namespaces(7). */
    if (s->signal == SIGHUP)
        return NP_END_REBOOT;
    return s->signal == SIGINT || (s->signal < 0 && s->exit_code == 0) ? NP_END_SHUTDOWN
                                                                       : NP_END_LOST;
}

static void ended(const struct machine *m, const struct np_driver_machine *s,
                  struct np_instance_now *n)
{
    n->phase = NP_INSTANCE_ENDED;
    n->end = end_of(m, s);
    n->exit_code = s->exit_code;
    n->signal = s->signal;
    n->started_ms = 0;
}

/* --- comparing --- */

static void want_running(struct machine *m, const struct np_driver_machine *s,
                         struct np_instance_now *n)
{
    n->end = NP_END_NONE;
    n->exit_code = n->signal = -1;
    if (s == NULL || (s->phase == NP_MACHINE_ENDED && s->boot != m->spec.boot)) {
        start(m, n);
        return;
    }
    if (s->boot != m->spec.boot) {
        stop(m, n, m->force);
        return;
    }
    if (s->phase == NP_MACHINE_ENDED && s->reason.n > 0) { /* it could not start */
        if (m->tried || m->retry.due_ms == 0) {
            compute_failed(m->c, &m->retry);
            np_log(NP_WARN, "compute.start", "instance=%s reason=\"%.*s\"", m->id,
                   NP_FMT(s->reason));
        }
        m->tried = false;
        start(m, n);
        n->reason = s->reason;
        return;
    }
    if (s->phase != NP_MACHINE_STARTING || m->retry.pause_ms == 0) /* else of the last try */
        n->reason = s->reason;
    if (s->phase == NP_MACHINE_ENDED)
        ended(m, s, n);
    else if (s->phase == NP_MACHINE_STOPPING)
        n->phase = NP_INSTANCE_STOPPING;
    else
        n->phase = s->phase == NP_MACHINE_RUNNING ? NP_INSTANCE_RUNNING : NP_INSTANCE_PENDING;
}

static void want_stopped(struct machine *m, const struct np_driver_machine *s,
                         struct np_instance_now *n)
{
    n->reason = NP_STR("");
    if (s != NULL && s->phase != NP_MACHINE_ENDED) {
        stop(m, n, m->force);
        return;
    }
    n->phase = NP_INSTANCE_ENDED;
    n->end = NP_END_ASKED;
    n->started_ms = 0;
    if (s != NULL)
        ended(m, s, n);
}

static void drop(struct machine *m)
{
    struct np_compute *c = m->c;
    bool was_wanted = m->want == WANT_GONE;
    pthread_mutex_lock(&c->lock);
    np_map_del(c->machines, m->spec.id);
    pthread_mutex_unlock(&c->lock);
    if (was_wanted)
        c->o.instance_gone(c->o.arg, m->spec.id);
    machine_free(m);
}

/* False: it is gone. */
static bool want_gone(struct machine *m, const struct np_driver_machine *s,
                      struct np_instance_now *n)
{
    if (s == NULL) {
        drop(m);
        return false;
    }
    if (s->phase != NP_MACHINE_ENDED) {
        stop(m, n, m->force || m->want == WANT_NOTHING);
        return true;
    }
    n->phase = NP_INSTANCE_STOPPING;
    if (compute_may_try(m->c, &m->retry))
        sent(m, m->c->driver->remove(m->c->d, m->spec.id, acted, m));
    return true;
}

static void set_checks(struct machine *m, struct np_instance_now *n)
{
    const struct np_compute_opts *o = &m->c->o;
    if (n->phase != NP_INSTANCE_RUNNING) {
        n->instance_check = n->system_check = NP_CHECK_NONE;
        if (m->now.phase == NP_INSTANCE_RUNNING)
            check_end(m);
        return;
    }
    bool link = o->may_start == NULL || o->may_start(o->arg, m->spec.id, m->spec.vpc);
    n->system_check = link ? NP_CHECK_OK : NP_CHECK_IMPAIRED;
    if (m->now.phase == NP_INSTANCE_RUNNING && m->now.boot == n->boot)
        return;
    n->instance_check = NP_CHECK_INITIALIZING;
    n->user_data = NP_USER_DATA_UNKNOWN;
    n->user_data_code = -1;
    n->started_ms = np_region_ms(o->loop);
    m->retry = (struct retry){0};
    m->stop_sent = m->force_sent = false;
    check_begin(m);
    check_soon(m->c);
}

static void compare(struct machine *m, const struct np_driver_machine *s)
{
    struct np_instance_now n = m->now;
    n.boot = m->spec.boot;
    if (m->busy)
        return;
    if (m->want == WANT_IT)
        want_running(m, s, &n);
    else if (m->want == WANT_STOPPED)
        want_stopped(m, s, &n);
    else if (m->want == WANT_GONE || m->c->settled || s == NULL) {
        if (!want_gone(m, s, &n))
            return;
    } else {
        return;
    }
    set_checks(m, &n);
    machine_tell(m, &n);
}

static const struct np_driver_machine *find(const struct np_driver_machine *v, size_t n,
                                            struct np_str id)
{
    size_t low = 0;
    while (low < n) {
        size_t mid = low + (n - low) / 2;
        int diff = np_str_cmp(v[mid].id, id);
        if (diff == 0)
            return &v[mid];
        if (diff < 0)
            low = mid + 1;
        else
            n = mid;
    }
    return NULL;
}

struct listing {
    struct machine **v;
    size_t n;
};

static int note(void *arg, struct np_str id, void *value)
{
    struct listing *l = arg;
    l->v[l->n++] = value;
    return 0;
}

static struct listing all_of(struct np_compute *c, struct np_arena *a)
{
    struct listing l = {np_new_array(a, struct machine *, np_map_count(c->machines) + 1), 0};
    np_map_each(c->machines, note, &l);
    return l;
}

void machines_compare(struct np_compute *c, const struct np_driver_machine *v, size_t n)
{
    NP_AUTO_ARENA a = np_arena_new();
    for (size_t i = 0; i < n; i++)
        machine_of(c, v[i].id);
    struct listing l = all_of(c, a);
    for (size_t i = 0; i < l.n; i++)
        compare(l.v[i], find(v, n, l.v[i]->spec.id));
}

void machines_usage(struct np_compute *c, const struct np_driver_machine *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct machine *m = np_map_get(c->machines, v[i].id);
        if (m == NULL || v[i].phase != NP_MACHINE_RUNNING)
            continue;
        pthread_mutex_lock(&c->lock);
        m->now.usage = v[i].usage;
        m->now.usage_ms = np_region_ms(c->o.loop);
        pthread_mutex_unlock(&c->lock);
        if (c->o.usage != NULL && m->want == WANT_IT)
            c->o.usage(c->o.arg, &m->now);
    }
}

/* --- what is wanted --- */

static void take_spec(struct machine *m, const struct np_instance_spec *s)
{
    struct np_arena *a = np_arena_new(), *old = m->arena;
    m->spec = (struct np_instance_spec){.id = np_str_of(m->id),
                                        .image = np_str_dup(a, s->image),
                                        .slot = s->slot,
                                        .boot = s->boot,
                                        .milli_cpus = s->milli_cpus,
                                        .memory_mib = s->memory_mib,
                                        .hostname = np_str_dup(a, s->hostname),
                                        .user = np_str_dup(a, s->user),
                                        .root = np_str_dup(a, s->root),
                                        .vpc = np_str_dup(a, s->vpc)};
    m->arena = a;
    np_arena_free(old);
}

static bool same_spec(const struct np_instance_spec *a, const struct np_instance_spec *b)
{
    return np_str_eq(a->image, b->image) && a->slot == b->slot && a->boot == b->boot &&
           a->milli_cpus == b->milli_cpus && a->memory_mib == b->memory_mib &&
           np_str_eq(a->hostname, b->hostname) && np_str_eq(a->user, b->user) &&
           np_str_eq(a->root, b->root) && np_str_eq(a->vpc, b->vpc);
}

void np_compute_set(struct np_compute *c, const struct np_instance_spec *spec)
{
    struct machine *m = machine_of(c, spec->id);
    if (m->want == WANT_GONE || (m->want == WANT_IT && same_spec(&m->spec, spec)))
        return;
    if (m->spec.boot != spec->boot || m->want != WANT_IT)
        m->retry = (struct retry){0};
    take_spec(m, spec);
    m->want = WANT_IT;
    m->force = false;
    np_compute_look(c);
}

static void unwant(struct np_compute *c, struct np_str id, enum want want, bool force)
{
    struct machine *m = machine_of(c, id);
    if (m->want == WANT_GONE && (want != WANT_GONE || m->force >= force))
        return;
    if (m->want == want && m->force >= force)
        return;
    m->retry = (struct retry){0};
    m->want = want;
    m->force = m->force || force;
    np_compute_look(c);
}

void np_compute_stop(struct np_compute *c, struct np_str id, bool force)
{
    unwant(c, id, WANT_STOPPED, force);
}

void np_compute_remove(struct np_compute *c, struct np_str id, bool force)
{
    unwant(c, id, WANT_GONE, force);
}
