/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile.c - rows against processes, over and over. */
#include "host/reconcile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/map.h"

#define LOOK_MS      30000 /* when all agrees */
#define AGAIN_MS     100   /* when something was done */
#define PAUSE_MIN_MS 100   /* before a process that ended is started again; doubles */
#define PAUSE_MAX_MS 30000
#define SETTLED_MS   30000
#define TEXT_MAX     (64 * 1024)

/* What is remembered of a process that was started here: how often it ended, nothing that matters
 * after a restart. */
struct history {
    uint64_t started_ms, due_ms, pause_ms;
    bool mentioned; /* in the comparison under way */
};

struct np_reconciler {
    struct np_store *store;
    struct np_str data_dir;
    struct np_loop *loop;
    struct np_agent_client *agent;
    struct np_timer timer;
    struct np_msg row_changed;
    atomic_bool row_changed_posted;
    bool looking, look_again; /* a listing is under way; another one is wanted after it */
    struct np_map *histories; /* by process id */
    int64_t agent_pid, holder;
    bool namespaces;
    pthread_mutex_t lock;
    struct {
        struct np_buf text;
    } locked;
};

static void look(struct np_reconciler *r);

/* --- rows --- */

int np_process_want(struct np_txn *t, struct np_str id, struct np_str kind, struct np_err *err)
{
    NP_SQL(
        add,
        "INSERT INTO host_process (account, region, id, kind) VALUES (:account, :region, ?1, ?2)");
    int rc = np_exec(t, &add, err, "ss", id, kind);
    if (rc == 0)
        np_notice(t, "host.process", np_txn_scope(t)->account, id);
    return rc;
}

int np_process_unwant(struct np_txn *t, struct np_str id, struct np_err *err)
{
    NP_SQL(del,
           "DELETE FROM host_process WHERE account = :account AND region = :region AND id = ?1");
    int rc = np_exec(t, &del, err, "s", id);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = np_err(err, NP_ENOENT, "no process has that id");
    if (rc == 0)
        np_notice(t, "host.process", np_txn_scope(t)->account, id);
    return rc;
}

struct wanted {
    struct np_str id, kind;
};

static int read_wanted(struct np_reconciler *r, struct np_arena *a, struct wanted **out, size_t *n,
                       struct np_err *err)
{
    NP_SQL(all, "SELECT id, kind FROM host_process ORDER BY id");
    struct wanted *w = np_new_array(a, struct wanted, NP_PROCESSES_MAX);
    struct np_q *q = np_q(np_store_reader(r->store, NP_DB_STATE), NULL, &all, "");
    size_t count = 0;
    while (np_row(q))
        if (count < NP_PROCESSES_MAX)
            w[count++] = (struct wanted){np_col_str(q, 0, a), np_col_str(q, 1, a)};
    *out = w;
    *n = count;
    return np_q_end(q, err);
}

/* --- acting --- */

static void acted(void *arg, int rc, const void *value, const struct np_err *err)
{
    if (rc != 0 && rc != NP_ECLOSED)
        np_log(NP_WARN, "reconcile.refused", "reason=\"%.*s\"", NP_FMT(np_err_text(err)));
}

static struct history *history_of(struct np_reconciler *r, struct np_str id)
{
    struct history *h = np_map_get(r->histories, id);
    if (h == NULL) {
        h = np_heap_new(struct history);
        np_map_put(r->histories, id, h);
    }
    h->mentioned = true;
    return h;
}

/* Milliseconds until it may be started; 0: now, and then it counts as started. */
static uint64_t start_in(struct history *h, uint64_t now)
{
    if (h->due_ms > now)
        return h->due_ms - now;
    bool settled = h->started_ms != 0 && now - h->started_ms >= SETTLED_MS;
    h->pause_ms = settled || h->pause_ms == 0 ? PAUSE_MIN_MS : h->pause_ms * 2;
    if (h->pause_ms > PAUSE_MAX_MS)
        h->pause_ms = PAUSE_MAX_MS;
    h->started_ms = now;
    h->due_ms = now + h->pause_ms;
    return 0;
}

static const struct agent_Process *find(const struct agent_ProcessList *have, struct np_str id)
{
    for (size_t i = 0; i < have->n; i++)
        if (np_str_eq(have->v[i].Id, id))
            return &have->v[i];
    return NULL;
}

/* Lowers *next to when this one needs a look; false: it is as it should be. */
static bool keep(struct np_reconciler *r, const struct wanted *w, const struct agent_Process *p,
                 uint64_t *next)
{
    struct history *h = history_of(r, w->id);
    if (p != NULL && np_str_is(p->State, "running"))
        return false;
    uint64_t in = start_in(h, np_now_ms(r->loop));
    if (in == 0) {
        if (p != NULL)
            np_log(NP_WARN, "reconcile.restart", "process=%.*s exit=%lld signal=%lld",
                   NP_FMT(w->id), p->ExitCode.set ? (long long)p->ExitCode.v : -1,
                   p->Signal.set ? (long long)p->Signal.v : -1);
        struct agent_EnsureProcessRequest rq = {.Id = w->id, .Kind = w->kind};
        np_agent_call(r->agent, NP_AGENT_ENSURE_PROCESS, &rq, acted, r);
        in = AGAIN_MS;
    }
    *next = in < *next ? in : *next;
    return true;
}

static bool is_wanted(const struct wanted *w, size_t n, struct np_str id)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(w[i].id, id))
            return true;
    return false;
}

/* --- histories of what is no longer wanted --- */

struct doomed {
    struct np_str ids[NP_PROCESSES_MAX];
    size_t n;
};

static int note_unmentioned(void *arg, struct np_str id, void *value)
{
    struct doomed *d = arg;
    struct history *h = value;
    if (!h->mentioned && d->n < NP_PROCESSES_MAX)
        d->ids[d->n++] = id;
    h->mentioned = false;
    return 0;
}

static void forget_unmentioned(struct np_reconciler *r)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct doomed *d = np_new(a, struct doomed);
    np_map_each(r->histories, note_unmentioned, d);
    for (size_t i = 0; i < d->n; i++)
        d->ids[i] = np_str_dup(a, d->ids[i]);
    for (size_t i = 0; i < d->n; i++)
        np_free(np_map_del(r->histories, d->ids[i]));
}

/* --- looking --- */

static void publish(struct np_reconciler *r, const struct agent_ProcessList *have, bool agreed)
{
    pthread_mutex_lock(&r->lock);
    struct np_buf *b = &r->locked.text;
    np_buf_clear(b);
    np_buf_printf(b,
                  "{\"agent\":%lld,\"holder\":%lld,\"namespaces\":%s,\"agreed\":%s,\"processes\":[",
                  (long long)r->agent_pid, (long long)r->holder, r->namespaces ? "true" : "false",
                  agreed ? "true" : "false");
    for (size_t i = 0; have != NULL && i < have->n; i++) {
        const struct agent_Process *p = &have->v[i];
        np_buf_printf(b, "%s{\"id\":\"%.*s\",\"kind\":\"%.*s\",\"state\":\"%.*s\"",
                      i > 0 ? "," : "", NP_FMT(p->Id), NP_FMT(p->Kind), NP_FMT(p->State));
        if (p->Pid.set)
            np_buf_printf(b, ",\"pid\":%lld", (long long)p->Pid.v);
        np_buf_char(b, '}');
    }
    np_buf_lit(b, "]}\n");
    pthread_mutex_unlock(&r->lock);
}

static void look_later(struct np_timer *t)
{
    look(NP_CONTAINER(t, struct np_reconciler, timer));
}

static void compare(struct np_reconciler *r, const struct agent_ProcessList *have)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err err;
    struct wanted *w;
    size_t n;
    uint64_t next = LOOK_MS;
    bool agreed = true;
    if (read_wanted(r, a, &w, &n, &err) != 0) {
        np_log(NP_ERROR, "reconcile.read", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
        np_timer_set(r->loop, &r->timer, AGAIN_MS * 10, look_later);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (keep(r, &w[i], find(have, w[i].id), &next))
            agreed = false;
    for (size_t i = 0; i < have->n; i++) {
        if (is_wanted(w, n, have->v[i].Id))
            continue;
        np_agent_call(r->agent, NP_AGENT_STOP_PROCESS,
                      &(struct agent_StopProcessRequest){.Id = have->v[i].Id}, acted, r);
        next = AGAIN_MS;
        agreed = false;
    }
    forget_unmentioned(r);
    publish(r, have, agreed);
    np_timer_set(r->loop, &r->timer, next, look_later);
}

static void listed(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct np_reconciler *r = arg;
    const struct agent_ListProcessesReply *reply = value;
    r->looking = false;
    if (rc == 0)
        compare(r, &reply->Processes);
    else if (rc != NP_ECLOSED)
        np_timer_set(r->loop, &r->timer, LOOK_MS, look_later);
    if (r->look_again)
        look(r);
}

static void look(struct np_reconciler *r)
{
    static const struct agent_ListProcessesRequest all;
    if (r->agent == NULL || r->looking) {
        r->look_again = r->looking;
        return;
    }
    r->look_again = false;
    r->looking = np_agent_call(r->agent, NP_AGENT_LIST_PROCESSES, &all, listed, r) == 0;
}

static void agent_ready(void *arg, const struct agent_HelloReply *hello)
{
    struct np_reconciler *r = arg;
    r->agent_pid = hello->Pid.v;
    r->holder = hello->Holder.v;
    r->namespaces = hello->Namespaces.v;
    look(r);
}

static void process_ended(void *arg)
{
    look(arg);
}

/* --- changes of rows, from the writer's thread --- */

static void on_row_changed(struct np_msg *m)
{
    struct np_reconciler *r = NP_CONTAINER(m, struct np_reconciler, row_changed);
    atomic_store(&r->row_changed_posted, false);
    look(r);
}

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct np_reconciler *r = arg;
    if (atomic_exchange(&r->row_changed_posted, true))
        return;
    r->row_changed.fn = on_row_changed;
    np_loop_post(r->loop, &r->row_changed);
}

/* --- life --- */

struct np_reconciler *np_reconciler_new(struct np_store *s, struct np_loop *l,
                                        struct np_str data_dir)
{
    struct np_reconciler *r = np_heap_new(struct np_reconciler);
    r->store = s;
    r->loop = l;
    r->data_dir = data_dir;
    r->histories = np_map_new();
    pthread_mutex_init(&r->lock, NULL);
    np_buf_init(&r->locked.text, NULL, TEXT_MAX);
    publish(r, NULL, false);
    np_store_project(s, &(struct np_projection){.name = "host.process",
                                                .db = NP_DB_STATE,
                                                .kinds = "host.",
                                                .changed = changed,
                                                .arg = r});
    return r;
}

void np_reconciler_start(struct np_reconciler *r)
{
    static const struct np_agent_client_handlers handlers = {.ready = agent_ready,
                                                             .changed = process_ended};
    r->agent = np_agent_client_new(r->loop, r->data_dir, &handlers, r);
}

void np_reconciler_stop(struct np_reconciler *r)
{
    if (r == NULL)
        return;
    np_timer_stop(&r->timer);
    np_agent_client_free(r->agent);
    r->agent = NULL;
}

static int free_history(void *arg, struct np_str id, void *value)
{
    np_free(value);
    return 0;
}

void np_reconciler_free(struct np_reconciler *r)
{
    if (r == NULL)
        return;
    np_map_each(r->histories, free_history, NULL);
    np_map_free(r->histories, NULL);
    np_buf_fini(&r->locked.text);
    pthread_mutex_destroy(&r->lock);
    np_free(r);
}

struct np_str np_reconciler_text(struct np_reconciler *r, struct np_arena *a)
{
    pthread_mutex_lock(&r->lock);
    struct np_str text = np_str_dup(a, np_buf_str(&r->locked.text));
    pthread_mutex_unlock(&r->lock);
    return text;
}
