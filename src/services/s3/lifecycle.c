/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle.c - lifecycle rules carried out.
 *
 * A reconciler on worker 0: each hour of the region's clock begins a round, in which every bucket
 * with rules is walked in order of its keys, a small batch at a time; what is due is done in one
 * small write a batch, together with the mark of how far it came. A restart goes on at the mark.
 * What a batch saw may have changed before its write: the object files look again at each row.
 */
#include "services/s3/lifecycle_rules.h"

#include "base/enc.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "io/rcu.h"
#include "services/s3/bucket_int.h"

#define ROUND_MS   (3600 * 1000LL) /* region clock */
#define LOOK_MS    500             /* how often the clock is looked at; tests move it */
#define AGAIN_MS   5000            /* after a failure */
#define BATCH      200             /* versions a read */
#define MARK_EVERY 20              /* batches without anything to do, until the mark is written */

/* --- the configuration --- */

#define SIZE_ALL    "all_storage_classes_128K"
#define SIZE_VARIES "varies_by_storage_class"

int s3_GetBucketLifecycleConfiguration(struct np_req *rq,
                                       const struct s3_GetBucketLifecycleConfigurationRequest *in,
                                       struct s3_GetBucketLifecycleConfigurationOutput *out,
                                       struct np_err *err)
{
    const struct s3_bucket *b;
    bool found;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (b->lifecycle == NULL)
        return s3_absent(err, &S3_NoSuchLifecycleConfiguration, b,
                         "The lifecycle configuration does not exist");
    out->Rules = b->lifecycle->Rules;
    out->TransitionDefaultMinimumObjectSize = NP_STR(SIZE_ALL);
    return s3_config_get(rq, b, S3_CFG_MIN_SIZE, &out->TransitionDefaultMinimumObjectSize, &found,
                         err);
}

int s3_PutBucketLifecycleConfiguration_begin(
    struct np_req *rq, const struct s3_PutBucketLifecycleConfigurationRequest *in,
    struct np_err *err)
{
    struct np_err why = {0};
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc != 0)
        return rc;
    if (in->LifecycleConfiguration == NULL)
        return np_fault(err, &S3_MissingRequestBodyError, "Request Body is empty");
    switch (s3_lifecycle_check(rq->arena, in->LifecycleConfiguration, &why)) {
    case 0:
        return np_apply(rq);
    case NP_EINVAL:
        return np_fault(err, &S3_InvalidArgument, "%.*s", NP_FMT(np_err_text(&why)));
    case NP_ENOTSUP:
        return np_fault(err, &S3_InvalidRequest, "%.*s", NP_FMT(np_err_text(&why)));
    default:
        return s3_malformed(err);
    }
}

int s3_PutBucketLifecycleConfiguration_apply(
    struct np_txn *t, const struct s3_PutBucketLifecycleConfigurationRequest *in,
    struct s3_PutBucketLifecycleConfigurationOutput *out, struct np_err *err)
{
    struct np_str size = in->TransitionDefaultMinimumObjectSize;
    if (size.n == 0)
        size = NP_STR(SIZE_ALL);
    int rc = s3_config_set(t, in->Bucket, S3_CFG_LIFECYCLE, in->LifecycleConfiguration, err);
    if (rc == 0)
        rc = s3_config_set(t, in->Bucket, S3_CFG_MIN_SIZE, &size, err);
    out->TransitionDefaultMinimumObjectSize = size;
    return rc;
}

int s3_DeleteBucketLifecycle_apply(struct np_txn *t,
                                   const struct s3_DeleteBucketLifecycleRequest *in,
                                   struct s3_DeleteBucketLifecycleOutput *out, struct np_err *err)
{
    (void)out;
    int rc = s3_config_set(t, in->Bucket, S3_CFG_LIFECYCLE, NULL, err);
    return rc != 0 ? rc : s3_config_set(t, in->Bucket, S3_CFG_MIN_SIZE, NULL, err);
}

/* --- what clients are told --- */

struct np_str s3_expiration_header(struct np_arena *a, const struct s3_bucket *b,
                                   const struct s3_version *v)
{
    int64_t when;
    struct np_str id;
    if (b->lifecycle == NULL || !s3_lifecycle_expiry(b->lifecycle, v, &when, &id))
        return NP_STR_NULL;
    /* AWS: the id as it is, spaces too; what a header field cannot carry is encoded
     * (tests/sdk/test_s3_lifecycle.py). */
    struct np_buf quoted;
    np_buf_init(&quoted, a, 4096);
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] >= ' ' && id.p[i] <= '~' && id.p[i] != '"')
            np_buf_char(&quoted, id.p[i]);
        else
            np_uri_encode(&quoted, np_str_sub(id, i, i + 1), false);
    }
    struct np_str date = np_time_http_str(a, when), rule = np_buf_str(&quoted);
    return np_str_printf(a, "expiry-date=\"%.*s\", rule-id=\"%.*s\"", NP_FMT(date), NP_FMT(rule));
}

bool s3_abort_rule(const struct s3_bucket *b, struct np_str key, int64_t initiated_ms,
                   int64_t *abort_ms, struct np_str *rule_id)
{
    return s3_lifecycle_abort(b->lifecycle, key, initiated_ms, abort_ms, rule_id);
}

/* --- the reconciler --- */

struct todo {
    struct s3_version v;
    enum s3_fate fate;
    struct np_str class;
};

struct s3_lifecycle {
    struct s3_state *s;
    struct np_loop *loop;
    struct np_timer timer;
    struct np_defer defer;
    bool busy, stopped; /* a write is under way; no more rounds */
    int64_t round_ms;   /* the round that runs, or ran last */

    struct np_arena *round; /* of the names of this round's buckets */
    struct np_strs names;
    size_t at;

    /* The bucket that is walked. */
    bool walking, in_uploads;
    int64_t bucket_id;
    struct np_arena *place, *other_place; /* of what a batch leaves to the next, in turn */
    struct np_str position;
    struct np_str key;     /* of the last version that was judged */
    int64_t last_ms;       /* when it was made */
    size_t noncurrent;     /* of its key, so far */
    unsigned idle_batches; /* since the mark was written */

    /* A batch. */
    struct np_arena *arena;
    struct np_str bucket, account, region;
    struct todo *todo;
    size_t n_todo;
    struct s3_upload_seen *uploads;
    size_t n_uploads;
    struct np_str next;
    bool over; /* with this batch the bucket is done */
    struct np_write write;
    struct np_err err;
};

static void step(struct s3_lifecycle *l);

static void look(struct np_timer *timer)
{
    step(NP_CONTAINER(timer, struct s3_lifecycle, timer));
}

static void wait_for(struct s3_lifecycle *l, uint64_t ms)
{
    if (!l->stopped)
        np_timer_set(l->loop, &l->timer, ms, look);
}

static void go_on(void *arg)
{
    step(arg);
}

/* --- the round and its buckets --- */

static int add_name(void *arg, struct np_str key, void *value)
{
    struct s3_lifecycle *l = arg;
    const struct s3_bucket *b = value;
    if (b->lifecycle != NULL)
        l->names.v[l->names.n++] = np_str_dup(l->round, key);
    return 0;
}

static void begin_round(struct s3_lifecycle *l, int64_t round_ms)
{
    const struct np_pmap *buckets = np_rcu_get(&l->s->buckets);
    np_arena_reset(l->round, 1 << 16);
    l->names =
        (struct np_strs){.v = np_new_array(l->round, struct np_str, np_pmap_count(buckets) + 1)};
    np_pmap_each(buckets, add_name, l);
    l->at = 0;
    l->round_ms = round_ms;
}

/* Where a walk that was broken off stood; false: this round is over for the bucket. */
static int find_mark(struct s3_lifecycle *l, bool *walk)
{
    NP_SQL(mark, "SELECT round_ms, position FROM s3_lifecycle_marks WHERE bucket_id = ?1");
    struct np_dbc *c = np_store_reader(l->s->core->store, NP_DB_S3);
    struct np_q *q = np_q(c, NULL, &mark, "i", l->bucket_id);
    *walk = true;
    l->position = NP_STR_NULL;
    if (np_row(q) && np_col_int(q, 0) == l->round_ms) {
        *walk = !np_col_null(q, 1);
        if (*walk && np_col_peek(q, 1).n != 0)
            l->position = np_col_str(q, 1, l->place);
    }
    return np_q_end(q, &l->err);
}

static int begin_bucket(struct s3_lifecycle *l, const struct s3_bucket *b)
{
    np_arena_reset(l->place, 1 << 16);
    l->bucket_id = b->id;
    l->key = NP_STR_NULL;
    l->noncurrent = 0;
    l->in_uploads = false;
    l->idle_batches = 0;
    return find_mark(l, &l->walking);
}

/* --- a batch: judging --- */

static bool same_key(const struct s3_version *a, const struct s3_version *b)
{
    return np_str_eq(a->key, b->key);
}

/* A version after the one that was judged last, with the one after it, if that is known. */
static void judge(struct s3_lifecycle *l, const struct s3_bucket *b, const struct s3_version *v,
                  const struct s3_version *after, bool varies, int64_t now_ms)
{
    bool first = l->key.p == NULL || !np_str_eq(l->key, v->key);
    if (first)
        l->noncurrent = 0;
    struct s3_standing s = {
        .noncurrent_ms = first ? v->modified_ms : l->last_ms,
        .newer = l->noncurrent,
        .only = first && (after == NULL || !same_key(v, after)),
        .varies = varies,
    };
    struct todo *t = &l->todo[l->n_todo];
    t->fate = s3_lifecycle_fate(b->lifecycle, v, &s, now_ms, &t->class);
    t->v = *v;
    if (t->fate != S3_KEEP)
        l->n_todo++;
    if (!v->latest)
        l->noncurrent++;
    l->last_ms = v->modified_ms;
    l->key = v->key;
}

static bool size_varies(struct s3_lifecycle *l)
{
    NP_SQL(one, "SELECT value FROM s3_bucket_configs WHERE bucket_id = ?1 AND kind = 'min-size'");
    struct np_dbc *c = np_store_reader(l->s->core->store, NP_DB_S3);
    struct np_q *q = np_q(c, NULL, &one, "i", l->bucket_id);
    bool varies = np_row(q) && np_str_is(np_col_peek(q, 0), SIZE_VARIES);
    np_q_end(q, NULL);
    return varies;
}

/* The last version of a batch is judged when the one after it is known: a scan reads one more than
 * it judges, and the position is that of the last that was judged. */
static int judge_versions(struct s3_lifecycle *l, const struct s3_bucket *b, int64_t now_ms)
{
    struct s3_version *v;
    size_t n;
    struct np_dbc *c = np_store_reader(l->s->core->store, NP_DB_S3);
    struct np_str next;
    int rc = s3_versions_scan(l->s->core, c, b->id, l->position, BATCH, l->arena, &v, &n, &next,
                              &l->err);
    if (rc != 0)
        return rc;
    const struct s3_version *after = NULL;
    struct s3_version *peek;
    size_t n_peek = 0;
    if (next.p != NULL && n != 0) {
        struct np_str ignored;
        rc = s3_versions_scan(l->s->core, c, b->id, next, 1, l->arena, &peek, &n_peek, &ignored,
                              &l->err);
        if (rc == 0 && n_peek != 0)
            after = peek;
    }
    l->todo = np_new_array(l->arena, struct todo, n + 1);
    bool varies = size_varies(l);
    for (size_t i = 0; rc == 0 && i < n; i++)
        judge(l, b, &v[i], i + 1 < n ? &v[i + 1] : after, varies, now_ms);
    l->next = next;
    return rc;
}

static int judge_uploads(struct s3_lifecycle *l, const struct s3_bucket *b, int64_t now_ms)
{
    struct s3_upload_seen *u;
    size_t n;
    struct np_dbc *c = np_store_reader(l->s->core->store, NP_DB_S3);
    int rc = s3_uploads_scan(l->s->core, c, b->id, l->position, BATCH, l->arena, &u, &n, &l->next,
                             &l->err);
    if (rc != 0)
        return rc;
    l->uploads = np_new_array(l->arena, struct s3_upload_seen, n + 1);
    for (size_t i = 0; i < n; i++) {
        int64_t due;
        struct np_str rule;
        if (s3_abort_rule(b, u[i].key, u[i].initiated_ms, &due, &rule) && due <= now_ms)
            l->uploads[l->n_uploads++] = u[i];
    }
    return 0;
}

/* --- a batch: its write --- */

static int do_version(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                      const struct todo *todo, struct np_err *err)
{
    switch (todo->fate) {
    case S3_EXPIRE:
        return s3_version_expire(core, t, b, &todo->v, err);
    case S3_REMOVE:
        return s3_version_remove(core, t, b, &todo->v, err);
    case S3_MOVE:
        return s3_version_move(core, t, b, &todo->v, todo->class, err);
    case S3_KEEP:
        break;
    }
    return 0;
}

static int apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(mark, "INSERT INTO s3_lifecycle_marks (bucket_id, round_ms, position) "
                 "VALUES (?1, ?2, ?3) ON CONFLICT (bucket_id) DO UPDATE SET "
                 "round_ms = excluded.round_ms, position = excluded.position");
    struct s3_lifecycle *l = NP_CONTAINER(w, struct s3_lifecycle, write);
    struct s3_bucket_row b;
    int rc = s3_bucket_row(t, l->bucket, &b, err);
    if (rc != 0 || b.id != l->bucket_id)
        return rc;
    for (size_t i = 0; rc == 0 && i < l->n_todo; i++)
        rc = do_version(l->s->core, t, &b, &l->todo[i], err);
    for (size_t i = 0; rc == 0 && i < l->n_uploads; i++)
        rc = s3_upload_drop(l->s->core, t, &b, &l->uploads[i], err);
    /* Uploads are few: a walk that was broken off among them starts with the last versions again.
     */
    struct np_str position = l->over ? NP_STR_NULL : l->in_uploads ? NP_STR("") : l->next;
    return rc == 0 ? np_exec(t, &mark, err, "iib", l->bucket_id, l->round_ms, position) : rc;
}

static void end_batch(struct s3_lifecycle *l)
{
    struct np_arena *place = l->other_place;
    np_arena_reset(place, 1 << 16);
    l->position = np_str_dup(place, l->next);
    l->key = np_str_dup(place, l->key);
    l->other_place = l->place;
    l->place = place;
    if (l->over) {
        l->walking = false;
        l->at++;
    } else if (l->next.p == NULL) {
        l->in_uploads = true;
    }
    np_arena_reset(l->arena, 1 << 20);
    np_defer(l->loop, &l->defer, go_on, l);
}

static void written(struct np_write *w, int rc)
{
    struct s3_lifecycle *l = NP_CONTAINER(w, struct s3_lifecycle, write);
    l->busy = false;
    if (l->stopped)
        return;
    if (rc == 0) {
        end_batch(l);
        return;
    }
    np_log(NP_WARN, "s3.lifecycle.retry", "bucket=%.*s error=\"%.*s\"", NP_FMT(l->bucket),
           NP_FMT(np_err_text(&l->err)));
    l->walking = false; /* from the mark again */
    wait_for(l, AGAIN_MS);
}

static void write_batch(struct s3_lifecycle *l, const struct s3_bucket *b)
{
    l->bucket = np_str_dup(l->arena, b->name);
    l->account = np_str_dup(l->arena, b->account);
    l->region = np_str_dup(l->arena, b->region);
    l->err = (struct np_err){0};
    l->write = (struct np_write){
        .loop = l->loop,
        .scope = {l->account, l->region, np_region_ms(l->loop)},
        .arena = l->arena,
        .apply = apply,
        .done = written,
        .err = &l->err,
    };
    l->busy = true;
    l->idle_batches = 0;
    if (np_store_write(l->s->core->store, NP_DB_S3, &l->write) != 0) {
        l->busy = false;
        l->walking = false;
        wait_for(l, AGAIN_MS);
    }
}

static void do_batch(struct s3_lifecycle *l, const struct s3_bucket *b)
{
    l->todo = NULL;
    l->uploads = NULL;
    l->n_todo = l->n_uploads = 0;
    l->next = NP_STR_NULL;
    int64_t now = np_region_ms(l->loop);
    int rc = l->in_uploads ? judge_uploads(l, b, now) : judge_versions(l, b, now);
    if (rc != 0) {
        np_log(NP_WARN, "s3.lifecycle.read", "bucket=%.*s error=\"%.*s\"", NP_FMT(b->name),
               NP_FMT(np_err_text(&l->err)));
        l->walking = false;
        wait_for(l, AGAIN_MS);
        return;
    }
    l->over = l->in_uploads && l->next.p == NULL;
    if (l->n_todo == 0 && l->n_uploads == 0 && !l->over && ++l->idle_batches < MARK_EVERY)
        end_batch(l);
    else
        write_batch(l, b);
}

/* One turn: a batch, or the next bucket, or nothing until the clock has moved on. */
static void step(struct s3_lifecycle *l)
{
    if (l->stopped || l->busy)
        return;
    int64_t round = np_region_ms(l->loop) / ROUND_MS * ROUND_MS;
    if (l->at == l->names.n && round > l->round_ms)
        begin_round(l, round);
    if (l->at == l->names.n) {
        wait_for(l, LOOK_MS);
        return;
    }
    const struct s3_bucket *b = s3_bucket_find(l->s->core, l->names.v[l->at]);
    bool ours = b != NULL && b->lifecycle != NULL;
    if (ours && !l->walking && begin_bucket(l, b) != 0) {
        wait_for(l, AGAIN_MS);
        return;
    }
    if (ours && l->walking && b->id == l->bucket_id) {
        do_batch(l, b);
        return;
    }
    l->walking = false;
    l->at++;
    np_defer(l->loop, &l->defer, go_on, l);
}

/* --- life --- */

int s3_lifecycle_start(struct s3_state *s, struct np_err *err)
{
    struct s3_lifecycle *l = np_heap_new(struct s3_lifecycle);
    (void)err;
    l->s = s;
    l->loop = np_core_loop(s->core, 0);
    l->round = np_arena_new();
    l->place = np_arena_new();
    l->other_place = np_arena_new();
    l->arena = np_arena_new();
    s->lifecycle = l;
    wait_for(l, LOOK_MS);
    return 0;
}

void s3_lifecycle_fini(struct s3_state *s)
{
    struct s3_lifecycle *l = s->lifecycle;
    if (l == NULL)
        return;
    np_timer_stop(&l->timer);
    np_defer_cancel(&l->defer);
    np_arena_free(l->round);
    np_arena_free(l->place);
    np_arena_free(l->other_place);
    np_arena_free(l->arena);
    np_free(l);
    s->lifecycle = NULL;
}
