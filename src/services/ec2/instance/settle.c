/* SPDX-License-Identifier: Apache-2.0 */
/* settle.c - what has become of an instance, into its row: one step at a time, each an
 * apply that looks at the row again and does nothing if the row has gone on meanwhile. */
#include "base/auto.h"
#include "base/log.h"
#include "engines/compute/compute.h"
#include "services/ec2/instance/instance_int.h"
#include "services/ec2/instance/reconcile_int.h"

/* So long an instance may fail to start before the launch is given up. */
#define PATIENCE_MS (20 * 1000)
/* So often one that was lost is begun again; then it is stopped. */
#define RECOVERIES 3

enum step {
    STEP_NONE,
    STEP_RUNS,       /* pending -> running */
    STEP_STOPPED,    /* stopping -> stopped */
    STEP_TERMINATED, /* shutting-down -> terminated */
    STEP_FAILED,     /* could not start: terminated if it never ran, else stopped */
    STEP_HALTED,     /* shut itself down: as its shutdown behaviour says */
    STEP_LOST,       /* ended without anybody's wish: stopped */
    STEP_AGAIN,      /* the same, and is begun again */
    STEP_DROP,       /* the row of a terminated one */
};

struct writing {
    struct np_write w;
    struct machine *m; /* NULL: of a row that no machine is about */
    struct np_core *core;
    struct np_arena *arena;
    enum step step;
    struct np_str id, reason;
    uint64_t boot;
    struct np_err err;
};

/* --- the steps, on the writer --- */

static int go_stopping(struct np_txn *t, struct ec2_item *it, enum ec2_state s, struct np_str want,
                       struct np_err *err)
{
    EC2_OWN(InstanceOwn, it)->Want = want;
    ec2_instance_set_state(np_txn_arena(t), it, s);
    return ec2_put(t, it, err);
}

static int runs(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    if (ec2_instance_state(it) != EC2_PENDING)
        return 0;
    ec2_instance_set_state(a, it, EC2_RUNNING);
    ec2_instance_set_reason(a, it, NULL, NP_STR_NULL);
    EC2_DETAIL(Instance, it)->StateTransitionReason = NP_STR("");
    return ec2_put(t, it, err);
}

static int failed(struct np_txn *t, struct ec2_item *it, struct np_str why, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    bool first = EC2_OWN(InstanceOwn, it)->Boot.v == 1;
    if (ec2_instance_state(it) != EC2_PENDING)
        return 0;
    EC2_DETAIL(Instance, it)->StateTransitionReason = NP_STR("Server.InternalError");
    ec2_instance_set_reason(
        a, it, "Server.InternalError",
        np_str_printf(a, "Server.InternalError: Internal error on launch: %.*s", NP_FMT(why)));
    return first ? go_stopping(t, it, EC2_SHUTTING_DOWN, EC2_WANT_TERMINATE, err)
                 : go_stopping(t, it, EC2_STOPPING, EC2_WANT_STOP, err);
}

static int halted(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    const struct ec2_InstanceOwn *own = it->own;
    ec2_instance_set_reason(np_txn_arena(t), it, "Client.InstanceInitiatedShutdown",
                            NP_STR("Client.InstanceInitiatedShutdown: Instance initiated "
                                   "shutdown"));
    EC2_DETAIL(Instance, it)->StateTransitionReason = NP_STR("");
    return np_str_is(own->InstanceInitiatedShutdownBehavior, "terminate")
               ? go_stopping(t, it, EC2_SHUTTING_DOWN, EC2_WANT_TERMINATE, err)
               : go_stopping(t, it, EC2_STOPPING, EC2_WANT_STOP, err);
}

static int lost(struct np_txn *t, struct ec2_item *it, struct np_str why, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    EC2_DETAIL(Instance, it)->StateTransitionReason = NP_STR("Server.InternalError");
    ec2_instance_set_reason(a, it, "Server.InternalError",
                            np_str_printf(a, "Server.InternalError: %.*s", NP_FMT(why)));
    return go_stopping(t, it, EC2_STOPPING, EC2_WANT_STOP, err);
}

/* Does the row still want to run, by that boot? */
static bool wants_boot(const struct ec2_item *it, uint64_t boot)
{
    const struct ec2_InstanceOwn *own = it->own;
    return np_str_eq(own->Want, EC2_WANT_RUN) && (uint64_t)own->Boot.v == boot;
}

static int step(struct np_txn *t, const struct writing *x, struct ec2_item *it, struct np_err *err)
{
    enum ec2_state s = ec2_instance_state(it);
    switch (x->step) {
    case STEP_NONE:
        return 0;
    case STEP_STOPPED:
        return s == EC2_STOPPING ? ec2_instance_stopped(t, it, err) : 0;
    case STEP_TERMINATED:
        return s == EC2_SHUTTING_DOWN ? ec2_instance_terminated(t, it, err) : 0;
    case STEP_DROP:
        return s == EC2_TERMINATED ? ec2_drop(t, it, err) : 0;
    case STEP_RUNS:
        return wants_boot(it, x->boot) ? runs(t, it, err) : 0;
    case STEP_FAILED:
        return wants_boot(it, x->boot) ? failed(t, it, x->reason, err) : 0;
    case STEP_HALTED:
        return wants_boot(it, x->boot) ? halted(t, it, err) : 0;
    case STEP_LOST:
        return wants_boot(it, x->boot) ? lost(t, it, x->reason, err) : 0;
    case STEP_AGAIN:
        return wants_boot(it, x->boot) ? ec2_instance_reboot(t, it, err) : 0;
    }
    return 0;
}

static int apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct writing *x = NP_CONTAINER(w, struct writing, w);
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_find(&db, EC2_KIND_INSTANCE, x->id, &it, err);
    if (rc == NP_ENOENT)
        return 0;
    return rc != 0 ? rc : step(t, x, it, err);
}

static void done(struct np_write *w, int rc)
{
    struct writing *x = NP_CONTAINER(w, struct writing, w);
    struct machine *m = x->m;
    if (rc != 0)
        np_log(NP_ERROR, "ec2.instance.step", "instance=%.*s step=%d reason=\"%.*s\"",
               NP_FMT(x->id), (int)x->step, NP_FMT(np_err_text(&x->err)));
    np_loop_owe(w->loop, -1);
    np_arena_free(x->arena);
    if (m == NULL)
        return;
    m->writing = false;
    if (rc == 0) /* else the sweep looks again */
        ec2_machine_look(m);
}

static void write_step(struct ec2_machines *ms, struct machine *m, const struct ec2_item *it,
                       enum step s, struct np_str reason)
{
    struct np_arena *a = np_arena_new();
    struct writing *x = np_new(a, struct writing);
    *x = (struct writing){
        .w = {.loop = ms->loop,
              .arena = a,
              .apply = apply,
              .done = done,
              .scope = {np_str_dup(a, it->account), np_str_dup(a, it->region),
                        np_region_ms(ms->loop)}},
        .m = m,
        .core = ms->core,
        .arena = a,
        .step = s,
        .id = np_str_dup(a, it->id),
        .reason = np_str_dup(a, reason),
        .boot = (uint64_t)EC2_OWN(InstanceOwn, it)->Boot.v,
    };
    x->w.err = &x->err;
    if (np_store_write(ms->core->store, NP_DB_STATE, &x->w) != 0) { /* the sweep looks again */
        np_arena_free(a);
        return;
    }
    np_loop_owe(ms->loop, 1);
    if (m != NULL)
        m->writing = true;
}

void ec2_machine_drop(struct ec2_machines *ms, const struct ec2_item *it)
{
    write_step(ms, NULL, it, STEP_DROP, NP_STR_NULL);
}

/* --- which step --- */

/* It does not start: for how long now? */
static bool patience_ended(struct machine *m, const struct np_instance_now *now)
{
    uint64_t ms = np_now_ms(m->ms->loop);
    if (now->reason.n == 0 || !np_compute_ready(m->ms->compute)) {
        m->trouble_ms = 0;
        return false;
    }
    if (m->trouble_ms == 0 || m->trouble_boot != now->boot) {
        m->trouble_ms = ms;
        m->trouble_boot = now->boot;
    }
    return ms - m->trouble_ms >= PATIENCE_MS;
}

/* Its end was nobody's wish. AWS's simplified recovery: begun again, unless that is switched off or
 * does not help. */
static enum step after_loss(struct machine *m, const struct ec2_item *it)
{
    const struct ec2_Instance *d = it->detail;
    bool may = d->MaintenanceOptions == NULL ||
               !np_str_is(d->MaintenanceOptions->AutoRecovery, "disabled");
    return may && m->recovered++ < RECOVERIES ? STEP_AGAIN : STEP_LOST;
}

static enum step while_running(struct machine *m, const struct ec2_item *it,
                               const struct np_instance_now *now)
{
    enum ec2_state s = ec2_instance_state(it);
    if (now->boot != (uint64_t)EC2_OWN(InstanceOwn, it)->Boot.v)
        return STEP_NONE;
    if (now->phase == NP_INSTANCE_RUNNING) {
        m->trouble_ms = 0;
        return s == EC2_PENDING ? STEP_RUNS : STEP_NONE;
    }
    if (now->phase == NP_INSTANCE_ENDED) {
        if (now->end == NP_END_SHUTDOWN)
            return STEP_HALTED;
        return now->end == NP_END_REBOOT ? STEP_AGAIN : after_loss(m, it);
    }
    return s == EC2_PENDING && patience_ended(m, now) ? STEP_FAILED : STEP_NONE;
}

static enum step next_step(struct machine *m, const struct ec2_item *it,
                           const struct np_instance_now *now, bool known)
{
    switch (ec2_instance_state(it)) {
    case EC2_SHUTTING_DOWN:
        return m->gone ? STEP_TERMINATED : STEP_NONE;
    case EC2_STOPPING:
        return known && now->phase == NP_INSTANCE_ENDED ? STEP_STOPPED : STEP_NONE;
    case EC2_PENDING:
    case EC2_RUNNING:
        return known ? while_running(m, it, now) : STEP_NONE;
    case EC2_STOPPED:
    case EC2_TERMINATED:
        return STEP_NONE;
    }
    return STEP_NONE;
}

void ec2_machine_settle(struct machine *m, const struct ec2_item *it)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_instance_now now = {0};
    bool known = np_compute_observe(m->ms->compute, a, it->id, &now) == 0;
    struct np_str reason = now.reason;
    enum step s = next_step(m, it, &now, known);
    if (s == STEP_NONE)
        return;
    if (s == STEP_LOST)
        reason = now.signal > 0
                     ? np_str_printf(a, "its first process was ended by signal %d", now.signal)
                     : np_str_printf(a, "its first process ended with status %d", now.exit_code);
    write_step(m->ms, m, it, s, reason);
}
