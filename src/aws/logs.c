/* SPDX-License-Identifier: Apache-2.0 */
/* logs.c - gathered on workers, kept in a table, delivered by the outbox. */
#include "aws/logs.h"

#include <zlib.h>

#include "aws/core.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/map.h"
#include "io/loop.h"

#define FLUSH_MS 1000
#define PENDING_MAX                                                                                \
    (4 << 20) /* bytes of lines of a source that wait on a worker; more are dropped */
#define FILE_MAX   (8 << 20) /* bytes of lines in one file, but for the last lines */
#define GIVE_UP_MS (24 * 3600 * 1000ULL)

struct np_logs {
    struct np_core *core;
    struct np_logs_kind kind;
};

/* --- gathering on a worker --- */

struct waiting { /* lines of one source */
    struct np_arena *arena;
    struct np_str account, source;
    struct np_buf lines;
};

struct gather {
    struct np_logs *logs;
    struct np_loop *loop;
    struct np_timer timer;
    struct np_map *sources; /* account/source -> struct waiting */
    struct waiting *open;   /* between begin and end */
    size_t before;          /* bytes of it then */
};

static void waiting_free(void *p)
{
    struct waiting *w = p;
    np_buf_fini(&w->lines);
    np_arena_free(w->arena);
}

static void *gather_new(struct np_loop *loop)
{
    struct gather *g = np_heap_new(struct gather);
    g->loop = loop;
    g->sources = np_map_new();
    return g;
}

static void gather_free(void *p)
{
    struct gather *g = p;
    np_map_free(g->sources, waiting_free);
    np_free(g);
}

static struct gather *gather_of(struct np_logs *l, struct np_loop *loop)
{
    struct gather *g = np_loop_local(loop, l, gather_new, gather_free);
    g->logs = l;
    return g;
}

struct flush {
    struct np_write write;
    struct np_logs *logs;
    struct np_arena *arena;
    struct np_err err;
    struct kept {
        struct np_str account, source, lines;
    } * v;
    size_t n;
};

static int plan(struct np_txn *t, const struct np_logs *l, struct np_str account,
                struct np_str source, struct np_err *err)
{
    struct np_str payload =
        np_str_printf(np_txn_arena(t), "%.*s/%.*s", NP_FMT(account), NP_FMT(source));
    return np_outbox_add(t, l->kind.kind, NP_STR_NULL, payload,
                         np_txn_now_ms(t) + (int64_t)l->kind.deliver_ms, err);
}

/* The first lines of a source plan its delivery. */
static int keep(struct np_txn *t, const struct np_logs *l, const struct kept *k, struct np_err *err)
{
    NP_SQL(last, "SELECT max(seq) FROM np_log_lines "
                 "WHERE account = ?1 AND kind = ?2 AND source = ?3");
    NP_SQL(add, "INSERT INTO np_log_lines (account, kind, source, seq, lines) "
                "VALUES (?1, ?2, ?3, ?4, ?5)");
    struct np_str kind = np_str_of(l->kind.kind);
    struct np_q *q = np_tq(t, &last, "sss", k->account, kind, k->source);
    struct np_opt_int seq = np_row(q) ? np_col_opt_int(q, 0) : (struct np_opt_int){0};
    int rc = np_q_end(q, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "sssib", k->account, kind, k->source, seq.set ? seq.v + 1 : 1,
                     k->lines);
    return rc != 0 || seq.set ? rc : plan(t, l, k->account, k->source, err);
}

static int keep_all(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct flush *f = NP_CONTAINER(w, struct flush, write);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < f->n; i++)
        rc = keep(t, f->logs, &f->v[i], err);
    return rc;
}

static void kept(struct np_write *w, int rc)
{
    struct flush *f = NP_CONTAINER(w, struct flush, write);
    if (rc != 0)
        np_log(NP_WARN, "logs.lost", "kind=%s sources=%zu error=\"%.*s\"", f->logs->kind.kind, f->n,
               NP_FMT(np_err_text(&f->err)));
    np_arena_free(f->arena); /* f lives in it */
}

static int take_lines(void *arg, struct np_str key, void *value)
{
    struct flush *f = arg;
    const struct waiting *w = value;
    (void)key;
    f->v[f->n++] = (struct kept){
        .account = np_str_dup(f->arena, w->account),
        .source = np_str_dup(f->arena, w->source),
        .lines = np_str_dup(f->arena, np_buf_str(&w->lines)),
    };
    return 0;
}

static void flush(struct np_timer *timer)
{
    struct gather *g = NP_CONTAINER(timer, struct gather, timer);
    struct np_core *core = g->logs->core;
    struct np_arena *a = np_arena_new();
    struct flush *f = np_new(a, struct flush);
    f->arena = a;
    f->logs = g->logs;
    f->v = np_new_array(a, struct kept, np_map_count(g->sources) + 1);
    np_map_each(g->sources, take_lines, f);
    np_map_free(g->sources, waiting_free);
    g->sources = np_map_new();
    f->write = (struct np_write){
        .loop = g->loop,
        .scope = {core->config.account, NP_STR("us-east-1"), np_region_ms(g->loop)},
        .arena = a,
        .apply = keep_all,
        .done = kept,
        .err = &f->err,
    };
    if (np_store_write(core->store, g->logs->kind.db, &f->write) != 0)
        np_arena_free(a);
}

static struct waiting *waiting_of(struct gather *g, struct np_str account, struct np_str source)
{
    char text[256];
    int n = snprintf(text, sizeof(text), "%.*s/%.*s", NP_FMT(account), NP_FMT(source));
    np_assert(n > 0 && (size_t)n < sizeof(text));
    struct np_str key = np_str_n(text, (size_t)n);
    struct waiting *w = np_map_get(g->sources, key);
    if (w != NULL)
        return w;
    struct np_arena *a = np_arena_new();
    w = np_new(a, struct waiting);
    w->arena = a;
    w->account = np_str_dup(a, account);
    w->source = np_str_dup(a, source);
    np_buf_init(&w->lines, NULL, PENDING_MAX);
    np_map_put(g->sources, key, w);
    return w;
}

struct np_buf *np_logs_begin(struct np_logs *l, struct np_loop *loop, struct np_str account,
                             struct np_str source)
{
    struct gather *g = gather_of(l, loop);
    np_assert(g->open == NULL);
    g->open = waiting_of(g, account, source);
    g->before = g->open->lines.n;
    return &g->open->lines;
}

void np_logs_end(struct np_logs *l, struct np_loop *loop)
{
    struct gather *g = gather_of(l, loop);
    struct np_buf *lines = &g->open->lines;
    if (!np_buf_ok(lines)) {
        lines->n = g->before;
        lines->full = false;
    }
    g->open = NULL;
    if (g->timer.loop == NULL)
        np_timer_set(loop, &g->timer, FLUSH_MS, flush);
}

/* --- delivery --- */

struct parcel {
    struct np_parcel p;
    const struct np_logs *logs;
};

/* The lines go with the outbox's row; what came meanwhile gets a delivery of its own. */
static int unload(struct np_txn *t, void *arg, struct np_err *err)
{
    NP_SQL(drop, "DELETE FROM np_log_lines "
                 "WHERE account = ?1 AND kind = ?2 AND source = ?3 AND seq <= ?4");
    NP_SQL(more, "SELECT 1 FROM np_log_lines "
                 "WHERE account = ?1 AND kind = ?2 AND source = ?3 LIMIT 1");
    const struct parcel *x = arg;
    const struct np_parcel *p = &x->p;
    struct np_str kind = np_str_of(x->logs->kind.kind);
    int rc = np_exec(t, &drop, err, "sssi", p->account, kind, p->source, p->last_seq);
    if (rc != 0)
        return rc;
    struct np_q *q = np_tq(t, &more, "sss", p->account, kind, p->source);
    bool left = np_row(q);
    rc = np_q_end(q, err);
    return rc == 0 && left ? plan(t, x->logs, p->account, p->source, err) : rc;
}

static int load(struct parcel *x, struct np_err *err)
{
    NP_SQL(some, "SELECT seq, lines FROM np_log_lines "
                 "WHERE account = ?1 AND kind = ?2 AND source = ?3 ORDER BY seq");
    struct np_parcel *p = &x->p;
    struct np_dbc *c = np_store_reader(p->core->store, x->logs->kind.db);
    struct np_buf b;
    np_buf_init(&b, p->d->arena, FILE_MAX + PENDING_MAX);
    struct np_q *q =
        np_q(c, NULL, &some, "sss", p->account, np_str_of(x->logs->kind.kind), p->source);
    while (b.n < FILE_MAX && np_row(q)) {
        p->last_seq = np_col_int(q, 0);
        np_buf_str_add(&b, np_col_peek(q, 1));
    }
    p->lines = np_buf_str(&b);
    return np_q_end(q, err);
}

static void deliver(void *arg, struct np_delivery *d)
{
    const struct np_logs *l = arg;
    struct parcel *x = np_new(d->arena, struct parcel);
    struct np_err err;
    *x = (struct parcel){.logs = l, .p = {.d = d, .core = l->core}};
    if (!np_str_cut(d->payload, '/', &x->p.account, &x->p.source)) {
        np_delivery_done(d, 0, NULL, NULL); /* of an older version, whose lines are gone */
        return;
    }
    if (load(x, &err) != 0) {
        np_delivery_done(d, NP_EAGAIN, NULL, NULL);
        return;
    }
    l->kind.deliver(l->kind.arg, &x->p);
}

void np_parcel_done(struct np_parcel *p, int rc)
{
    struct parcel *x = NP_CONTAINER(p, struct parcel, p);
    if (rc == 0)
        np_delivery_done(p->d, 0, unload, x);
    else
        np_delivery_done(p->d, NP_EAGAIN, NULL, NULL);
}

static int give_bytes(void *arg, struct np_str *data, bool *end)
{
    struct np_parcel *p = arg;
    *data = p->file;
    *end = p->file.p == NULL;
    p->file = NP_STR_NULL;
    return 0;
}

static void sent(void *arg, int rc, const void *out, const struct np_err *err)
{
    struct np_parcel *p = arg;
    (void)out;
    if (rc != 0)
        np_log(NP_DEBUG, "logs.refused", "kind=%s source=%.*s error=\"%.*s\"", p->d->kind,
               NP_FMT(p->source), NP_FMT(np_err_text(err)));
    np_parcel_done(p, rc);
}

void np_parcel_send(struct np_parcel *p, const struct np_service_model *model,
                    const char *operation, const struct np_caller *caller, const void *in,
                    struct np_str file)
{
    p->file = file;
    p->stream = (struct np_call_stream){.read = give_bytes, .length = (int64_t)file.n};
    np_call(p->core, p->d->loop, model, operation, caller, in, &p->stream, sent, p);
}

/* --- files --- */

struct np_str np_logs_pack(struct np_arena *a, struct np_str head, struct np_str lines)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NP_STR_NULL;
    size_t room = deflateBound(&z, head.n + lines.n);
    char *out = np_alloc(a, room);
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    const struct np_str parts[] = {head, lines};
    int rc = Z_OK;
    for (size_t i = 0; i < NP_LEN(parts) && rc == Z_OK; i++) {
        z.next_in = (unsigned char *)(uintptr_t)parts[i].p;
        z.avail_in = (unsigned)parts[i].n;
        rc = deflate(&z, i + 1 == NP_LEN(parts) ? Z_FINISH : Z_NO_FLUSH);
    }
    size_t n = z.total_out;
    deflateEnd(&z);
    return rc == Z_STREAM_END ? np_str_n(out, n) : NP_STR_NULL;
}

/* --- life --- */

struct np_logs *np_logs_new(struct np_core *core, const struct np_logs_kind *k)
{
    struct np_logs *l = np_heap_new(struct np_logs);
    l->core = core;
    l->kind = *k;
    np_outbox_kind(core->store, &(struct np_outbox_kind){
                                    .kind = k->kind,
                                    .db = k->db,
                                    .deliver = deliver,
                                    .arg = l,
                                    .deadline_ms = GIVE_UP_MS,
                                });
    return l;
}

void np_logs_free(struct np_logs *l)
{
    np_free(l);
}
