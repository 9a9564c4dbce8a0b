/* SPDX-License-Identifier: Apache-2.0 */
/* access_log.c - access logs to S3.
 *
 * A line is gathered on its worker, written to cloudfront_log within a second, and delivered with
 * the others of its distribution about a minute later (region clock) by the outbox: as one object
 * that awslogsdelivery puts into the logging bucket, if the bucket's access control list lets it.
 * Lines leave the table in the transaction that removes the outbox's row, and the object's name is
 * made of that row, so a delivery that is repeated writes the same object again.
 * As on AWS it is best effort: a line that is not written yet is lost with the process.
 */
#include "services/cloudfront/edge.h"

#include "aws/call.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/log.h"
#include "base/map.h"
#include "base/timefmt.h"
#include "gen/s3/ops.h"
#include "services/cloudfront/log_text.h"
#include "services/s3/s3.h"

#define KIND        "cloudfront.log"
#define FLUSH_MS    1000
#define DELIVER_MS  (60 * 1000)
#define PENDING_MAX (4 << 20) /* bytes of lines that wait on a worker; more are dropped */
#define FILE_MAX    (8 << 20) /* bytes of lines in one object */
#define GIVE_UP_MS  (24 * 3600 * 1000ULL)

/* --- gathering on a worker --- */

struct waiting { /* lines of one distribution */
    struct np_arena *arena;
    struct np_str id, account;
    struct np_buf lines;
};
struct gather {
    struct np_loop *loop;
    struct np_core *core;
    struct np_timer timer;
    struct np_map *distributions; /* id -> struct waiting */
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
    g->distributions = np_map_new();
    return g;
}

static void gather_free(void *p)
{
    struct gather *g = p;
    np_map_free(g->distributions, waiting_free);
    np_free(g);
}

struct flush {
    struct np_write write;
    struct np_arena *arena;
    struct np_err err;
    struct np_str *ids, *accounts, *lines;
    size_t n;
};

/* Lines, and a delivery if none is planned yet: the first lines of the table plan it. */
static int keep(struct np_txn *t, struct np_str account, struct np_str id, struct np_str lines,
                struct np_err *err)
{
    NP_SQL(last, "SELECT max(seq) FROM cloudfront_log WHERE account = ?1 AND distribution = ?2");
    NP_SQL(add, "INSERT INTO cloudfront_log (account, distribution, seq, lines) "
                "SELECT account, id, ?3, ?4 FROM cloudfront_distribution "
                "WHERE account = ?1 AND id = ?2");
    struct np_q *q = np_tq(t, &last, "ss", account, id);
    struct np_opt_int seq = np_row(q) ? np_col_opt_int(q, 0) : (struct np_opt_int){0};
    int rc = np_q_end(q, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ssib", account, id, seq.set ? seq.v + 1 : 1, lines);
    if (rc != 0 || np_exec_changes(t) == 0 || seq.set)
        return rc;
    struct np_str payload =
        np_str_printf(np_txn_arena(t), "%.*s/%.*s", NP_FMT(account), NP_FMT(id));
    return np_outbox_add(t, KIND, NP_STR_NULL, payload, np_txn_now_ms(t) + DELIVER_MS, err);
}

static int keep_all(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct flush *f = NP_CONTAINER(w, struct flush, write);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < f->n; i++)
        rc = keep(t, f->accounts[i], f->ids[i], f->lines[i], err);
    return rc;
}

static void kept(struct np_write *w, int rc)
{
    struct flush *f = NP_CONTAINER(w, struct flush, write);
    if (rc != 0)
        np_log(NP_WARN, "cloudfront.log.lost", "distributions=%zu error=\"%.*s\"", f->n,
               NP_FMT(np_err_text(&f->err)));
    np_arena_free(f->arena); /* f lives in it */
}

static int take_lines(void *arg, struct np_str key, void *value)
{
    struct flush *f = arg;
    const struct waiting *w = value;
    f->ids[f->n] = np_str_dup(f->arena, key);
    f->accounts[f->n] = np_str_dup(f->arena, w->account);
    f->lines[f->n++] = np_str_dup(f->arena, np_buf_str(&w->lines));
    return 0;
}

static void flush(struct np_timer *timer)
{
    struct gather *g = NP_CONTAINER(timer, struct gather, timer);
    struct np_arena *a = np_arena_new();
    struct flush *f = np_new(a, struct flush);
    size_t n = np_map_count(g->distributions);
    f->arena = a;
    f->ids = np_new_array(a, struct np_str, n + 1);
    f->accounts = np_new_array(a, struct np_str, n + 1);
    f->lines = np_new_array(a, struct np_str, n + 1);
    np_map_each(g->distributions, take_lines, f);
    np_map_free(g->distributions, waiting_free);
    g->distributions = np_map_new();
    f->write = (struct np_write){
        .loop = g->loop,
        .scope = {g->core->config.account, NP_STR("us-east-1"), np_region_ms(g->loop)},
        .arena = a,
        .apply = keep_all,
        .done = kept,
        .err = &f->err,
    };
    if (np_store_write(g->core->store, NP_DB_STATE, &f->write) != 0)
        np_arena_free(a);
}

static struct waiting *waiting_of(struct gather *g, const struct cloudfront_site *s)
{
    struct waiting *w = np_map_get(g->distributions, s->id);
    if (w != NULL)
        return w;
    struct np_arena *a = np_arena_new();
    w = np_new(a, struct waiting);
    w->arena = a;
    w->account = np_str_dup(a, s->account);
    np_buf_init(&w->lines, NULL, PENDING_MAX);
    np_map_put(g->distributions, s->id, w);
    return w;
}

void cloudfront_log(void *arg, const struct np_edge_record *r)
{
    static const char key;
    const struct cloudfront_state *s = arg;
    const struct cloudfront_site *site = r->owner;
    if (site == NULL || site->log_bucket.p == NULL)
        return;
    struct np_loop *loop = np_http_loop(np_edge_request_exchange(r->request));
    struct gather *g = np_loop_local(loop, &key, gather_new, gather_free);
    g->core = s->core;
    struct waiting *w = waiting_of(g, site);
    size_t before = w->lines.n;
    cloudfront_log_line(&w->lines, r);
    if (!np_buf_ok(&w->lines)) { /* whole lines only */
        w->lines.n = before;
        w->lines.full = false;
    }
    if (g->timer.loop == NULL)
        np_timer_set(loop, &g->timer, FLUSH_MS, flush);
}

/* --- delivery --- */

struct parcel {
    struct np_delivery *d;
    struct np_core *core;
    struct np_str account, id, lines, file;
    int64_t last_seq;
    bool sent;
    struct s3_PutObjectRequest in;
    struct np_call_stream stream;
};

/* The lines go with the outbox's row; what came meanwhile gets a delivery of its own. */
static int unload(struct np_txn *t, void *arg, struct np_err *err)
{
    NP_SQL(drop, "DELETE FROM cloudfront_log "
                 "WHERE account = ?1 AND distribution = ?2 AND seq <= ?3");
    NP_SQL(more, "SELECT 1 FROM cloudfront_log WHERE account = ?1 AND distribution = ?2 LIMIT 1");
    const struct parcel *p = arg;
    int rc = np_exec(t, &drop, err, "ssi", p->account, p->id, p->last_seq);
    if (rc != 0)
        return rc;
    struct np_q *q = np_tq(t, &more, "ss", p->account, p->id);
    bool left = np_row(q);
    rc = np_q_end(q, err);
    return rc == 0 && left ? np_outbox_add(t, KIND, NP_STR_NULL, p->d->payload,
                                           np_txn_now_ms(t) + DELIVER_MS, err)
                           : rc;
}

static int load(struct parcel *p, struct np_err *err)
{
    NP_SQL(some, "SELECT seq, lines FROM cloudfront_log "
                 "WHERE account = ?1 AND distribution = ?2 ORDER BY seq");
    struct np_buf b;
    np_buf_init(&b, p->d->arena, FILE_MAX + PENDING_MAX);
    struct np_q *q =
        np_q(np_store_reader(p->core->store, NP_DB_STATE), NULL, &some, "ss", p->account, p->id);
    while (b.n < FILE_MAX && np_row(q)) {
        p->last_seq = np_col_int(q, 0);
        np_buf_str_add(&b, np_col_peek(q, 1));
    }
    p->lines = np_buf_str(&b);
    return np_q_end(q, err);
}

/* [prefix/]ID.YYYY-MM-DD-HH.UNIQUE.gz */
static struct np_str object_key(const struct parcel *p, struct np_str prefix)
{
    struct np_arena *a = p->d->arena;
    uint8_t sum[32];
    char unique[8];
    int64_t y, s = p->d->created_ms / 1000 % 86400;
    unsigned m, day;
    np_digest_once(NP_SHA256, p->d->event_id, sum);
    np_hex(unique, sum, 4);
    np_civil_from_days(p->d->created_ms / 86400000, &y, &m, &day);
    const char *slash = prefix.n != 0 && !np_str_ends(prefix, NP_STR("/")) ? "/" : "";
    return np_str_printf(a, "%.*s%s%.*s.%04lld-%02u-%02u-%02lld.%.8s.gz", NP_FMT(prefix), slash,
                         NP_FMT(p->id), (long long)y, m, day, (long long)(s / 3600), unique);
}

static int give_bytes(void *arg, struct np_str *data, bool *end)
{
    struct parcel *p = arg;
    *data = p->sent ? NP_STR_NULL : p->file;
    *end = p->sent;
    p->sent = true;
    return 0;
}

static void put_done(void *arg, int rc, const void *out, const struct np_err *err)
{
    struct parcel *p = arg;
    (void)out;
    if (rc == 0) {
        np_delivery_done(p->d, 0, unload, p);
        return;
    }
    np_log(NP_DEBUG, "cloudfront.log.refused", "distribution=%.*s error=\"%.*s\"", NP_FMT(p->id),
           NP_FMT(np_err_text(err)));
    np_delivery_done(p->d, NP_EAGAIN, NULL, NULL);
}

static void send_file(struct parcel *p, const struct cloudfront_LoggingConfig *l)
{
    struct np_str bucket = NP_STR_NULL, region;
    cloudfront_s3_domain(l->Bucket, &bucket, &region);
    p->file = cloudfront_log_pack(p->d->arena, p->lines);
    p->in = (struct s3_PutObjectRequest){
        .Bucket = bucket,
        .Key = object_key(p, l->Prefix),
        .ContentType = NP_STR("application/x-gzip"),
        .ContentLength = {.set = true, .v = (int64_t)p->file.n},
    };
    p->stream = (struct np_call_stream){.read = give_bytes, .length = (int64_t)p->file.n};
    const struct np_caller caller = {
        .kind = NP_CALLER_IDENTITY,
        .canonical_user = NP_STR(S3_LOG_DELIVERY_ID),
        .account = p->account,
        .region = NP_STR("us-east-1"),
    };
    np_call(p->core, p->d->loop, &s3_model, "PutObject", &caller, &p->in, &p->stream, put_done, p);
}

static void deliver(void *arg, struct np_delivery *d)
{
    struct cloudfront_state *s = arg;
    struct parcel *p = np_new(d->arena, struct parcel);
    struct cloudfront_row r;
    struct np_err err;
    *p = (struct parcel){.d = d, .core = s->core};
    np_str_cut(d->payload, '/', &p->account, &p->id);
    const struct np_scope scope = {.account = p->account};
    int rc = cloudfront_row_get(np_store_reader(s->core->store, NP_DB_STATE), &scope, p->id,
                                d->arena, &r, &err);
    if (rc == NP_ENOENT) { /* and its lines with it */
        np_delivery_done(d, 0, NULL, NULL);
        return;
    }
    if (rc != 0 || load(p, &err) != 0) {
        np_delivery_done(d, NP_EAGAIN, NULL, NULL);
        return;
    }
    if (!r.config->Logging->Enabled.v || p->lines.n == 0) /* nobody wants them any more */
        np_delivery_done(d, 0, unload, p);
    else
        send_file(p, r.config->Logging);
}

void cloudfront_log_init(struct np_core *core)
{
    np_outbox_kind(core->store, &(struct np_outbox_kind){
                                    .kind = KIND,
                                    .db = NP_DB_STATE,
                                    .deliver = deliver,
                                    .arg = cloudfront_state(core),
                                    .deadline_ms = GIVE_UP_MS,
                                });
}
