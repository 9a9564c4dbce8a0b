/* SPDX-License-Identifier: Apache-2.0 */
/* sink.c - bytes on their way in: small ones gather in memory and are sealed for a row, larger ones
 * go into a blob as they come. And whole request bodies through a sink.
 *
 * The blob is the sink's until s3_sink_taken(): a request that ends before takes it along, through
 * its arena. Only when the store could not say whether it committed, the file stays until it can
 * (s3_id_doubt). */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "services/s3/post.h"

enum blob_state { NO_BLOB, OPEN, FINISHING, FINISHED, COMMITTING, ON_DISK };

struct s3_sink {
    struct np_req *rq;
    struct s3_sink_opts o;
    struct s3_objects *objects;
    uint64_t size;
    int64_t id;
    char *small; /* room for S3_INLINE_MAX bytes or what is expected */
    size_t room;
    struct np_str sealed;
    uint8_t md5[16], sum[64], default_sum[8];

    /* Of a blob: it may outlive the request, so this part does. */
    struct blob {
        struct s3_objects *objects;
        struct np_core *core;
        struct np_loop *loop;
        struct s3_sink *sink; /* NULL: the request is gone */
        int64_t id;
        struct np_blob_writer *w;
        enum blob_state state;
        bool in_row; /* an apply has it: the row is there, or may be */
    } * blob;
    s3_sink_fn *done;
    void *arg;
};

/* --- the end of a blob that nobody took --- */

static void blob_free(struct blob *b)
{
    s3_id_let_go(b->objects, b->id);
    np_free(b);
}

static void blob_deleted(void *arg, int rc)
{
    struct blob *b = arg;
    if (rc == 0)
        blob_free(b);
    else
        np_free(b); /* held for good: the next start looks for it */
}

static void blob_drop(struct blob *b)
{
    uint64_t id = (uint64_t)b->id;
    np_blob_delete(b->core->blobs, b->loop, &id, 1, blob_deleted, b);
}

static void blob_doubt(struct blob *b)
{
    s3_id_doubt(b->objects, b->id);
    np_free(b);
}

static void request_gone(void *arg)
{
    struct s3_sink *s = arg;
    struct blob *b = s->blob;
    if (b == NULL)
        return;
    b->sink = NULL;
    switch (b->state) {
    case NO_BLOB:
        break;
    case OPEN:
    case FINISHED:
        np_blob_abort(b->w);
        blob_free(b);
        return;
    case FINISHING:
    case COMMITTING:
        return; /* its end will see that nobody is there */
    case ON_DISK:
        /* A fault of apply undid the row for certain; another error leaves it open. */
        if (!b->in_row || s->rq->err.code == NP_EFAULT)
            blob_drop(b);
        else
            blob_doubt(b);
        return;
    }
    blob_free(b);
}

/* --- bytes --- */

struct s3_sink *s3_sink_new(struct np_req *rq, const struct s3_sink_opts *o)
{
    struct s3_sink *s = np_new(rq->arena, struct s3_sink);
    s->rq = rq;
    s->o = *o;
    s->objects = s3_objects_of(rq->core);
    s->room = o->expect >= 0 && o->expect < S3_INLINE_MAX ? (size_t)o->expect : S3_INLINE_MAX;
    np_arena_defer(rq->arena, request_gone, s);
    return s;
}

static int slow_down(struct np_err *err)
{
    return np_fault(err, &S3_SlowDown, "Please reduce your request rate.");
}

static int too_large(struct s3_sink *s, uint64_t more)
{
    struct np_err *err = &s->rq->err;
    uint64_t size = s->size + more; /* so far */
    np_fault(err, &S3_EntityTooLarge, "Your proposed upload exceeds the maximum allowed size");
    if (s->o.expect > (int64_t)size)
        size = (uint64_t)s->o.expect;
    np_err_extra(err, "ProposedSize",
                 np_str_printf(s->rq->arena, "%llu", (unsigned long long)size));
    np_err_extra(err, "MaxSizeAllowed",
                 np_str_printf(s->rq->arena, "%llu", (unsigned long long)s->o.limit));
    return NP_EFAULT;
}

static int too_small(struct s3_sink *s, uint64_t least)
{
    struct np_err *err = &s->rq->err;
    np_fault(err, &S3_EntityTooSmall,
             "Your proposed upload is smaller than the minimum allowed size");
    np_err_extra(err, "ProposedSize",
                 np_str_printf(s->rq->arena, "%llu", (unsigned long long)s->size));
    np_err_extra(err, "MinSizeAllowed",
                 np_str_printf(s->rq->arena, "%llu", (unsigned long long)least));
    return NP_EFAULT;
}

static int blob_begin(struct s3_sink *s)
{
    unsigned algs[3] = {NP_MD5};
    size_t n = 1;
    if (s->o.sum_alg != S3_SUM_NONE && s3_sums[s->o.sum_alg].digest != NP_MD5)
        algs[n++] = s3_sums[s->o.sum_alg].digest;
    if (s->o.with_default)
        algs[n++] = s3_sums[S3_SUM_DEFAULT].digest;
    struct blob *b = np_heap_new(struct blob);
    *b = (struct blob){
        .objects = s->objects, .core = s->rq->core, .loop = s->rq->loop, .sink = s, .id = s->id};
    int rc = np_blob_begin(s->rq->core->blobs, s->rq->loop, (uint64_t)s->id, s->o.sse_key, algs, n,
                           &b->w, &s->rq->err);
    if (rc != 0) {
        np_free(b);
        return rc;
    }
    s3_id_hold(s->objects, s->id);
    b->state = OPEN;
    s->blob = b;
    return 0;
}

static int blob_write(struct s3_sink *s, struct np_str data)
{
    int rc = np_blob_write(s->blob->w, data);
    if (rc < 0 && rc != NP_EAGAIN)
        np_err(&s->rq->err, rc, "writing a blob");
    return rc;
}

int s3_sink_write(struct s3_sink *s, struct np_str data)
{
    if (data.n == 0)
        return 0;
    if (data.n > s->o.limit - s->size)
        return too_large(s, data.n);
    if (s->id == 0 && !s3_id_take(s->objects, &s->id))
        return slow_down(&s->rq->err);
    bool was_small = s->blob == NULL;
    uint64_t have = s->size;
    s->size += data.n;
    if (was_small && s->size <= S3_INLINE_MAX && s->o.expect <= S3_INLINE_MAX) {
        if (s->small == NULL || s->size > s->room) {
            char *p = np_alloc(s->rq->arena, S3_INLINE_MAX);
            if (have != 0)
                memcpy(p, s->small, (size_t)have);
            s->small = p;
            s->room = S3_INLINE_MAX;
        }
        memcpy(s->small + have, data.p, data.n);
        return 0;
    }
    int rc = was_small ? blob_begin(s) : 0;
    if (rc == 0 && was_small && have != 0) {
        rc = blob_write(s, np_str_n(s->small, (size_t)have));
        rc = rc == NP_EAGAIN ? 0 : rc;
    }
    return rc == 0 ? blob_write(s, data) : rc;
}

void s3_sink_on_ready(struct s3_sink *s, void (*ready)(void *arg), void *arg)
{
    if (s->blob != NULL)
        np_blob_on_ready(s->blob->w, ready, arg);
}

/* --- the end --- */

static void take_digests(struct s3_sink *s, const struct np_blob_sum *sum)
{
    size_t n = sum->n_digests;
    memcpy(s->md5, sum->digests[0].out, sizeof(s->md5));
    if (s->o.with_default)
        memcpy(s->default_sum, sum->digests[--n].out, sizeof(s->default_sum));
    if (s->o.sum_alg != S3_SUM_NONE)
        memcpy(s->sum, sum->digests[n - 1].out, sizeof(s->sum));
}

static void call_done(struct s3_sink *s, int rc)
{
    if (rc != 0 && s->rq->err.code == 0)
        np_err(&s->rq->err, rc, "writing a blob");
    s->done(s->arg, rc);
}

static void blob_finished(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct blob *b = arg;
    b->state = FINISHED;
    if (b->sink == NULL) {
        np_blob_abort(b->w);
        blob_free(b);
        return;
    }
    if (rc == 0)
        take_digests(b->sink, sum);
    call_done(b->sink, rc);
}

void s3_sink_end(struct s3_sink *s, s3_sink_fn *done, void *arg)
{
    s->done = done;
    s->arg = arg;
    if (s->blob != NULL) {
        s->blob->state = FINISHING;
        np_blob_finish(s->blob->w, blob_finished, s->blob);
        return;
    }
    struct np_str body = np_str_n(s->small != NULL ? s->small : "", (size_t)s->size);
    np_digest_once(NP_MD5, body, s->md5);
    if (s->o.sum_alg != S3_SUM_NONE)
        np_digest_once(s3_sums[s->o.sum_alg].digest, body, s->sum);
    if (s->o.with_default)
        np_digest_once(s3_sums[S3_SUM_DEFAULT].digest, body, s->default_sum);
    call_done(s, 0);
}

static void blob_committed(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct blob *b = arg;
    (void)sum;
    struct s3_sink *s = b->sink;
    b->w = NULL;
    if (rc != 0) {
        if (s != NULL)
            s->blob = NULL;
        blob_free(b); /* a failed commit leaves no trace */
    } else {
        b->state = ON_DISK;
        if (s == NULL)
            blob_drop(b);
    }
    if (s != NULL)
        call_done(s, rc);
}

void s3_sink_commit(struct s3_sink *s, s3_sink_fn *done, void *arg)
{
    s->done = done;
    s->arg = arg;
    if (s->blob != NULL) {
        s->blob->state = COMMITTING;
        np_blob_commit(s->blob->w, blob_committed, s->blob);
        return;
    }
    if (s->size != 0) {
        char *p = np_alloc(s->rq->arena, (size_t)s->size + NP_BLOB_SEAL);
        np_blob_seal(s->rq->core->blobs, (uint64_t)s->id, s->o.sse_key,
                     np_str_n(s->small, (size_t)s->size), p);
        s->sealed = np_str_n(p, (size_t)s->size + NP_BLOB_SEAL);
    }
    call_done(s, 0);
}

uint64_t s3_sink_size(const struct s3_sink *s)
{
    return s->size;
}

struct np_str s3_sink_md5(const struct s3_sink *s)
{
    return np_str_n(s->md5, sizeof(s->md5));
}

struct np_str s3_sink_sum(const struct s3_sink *s)
{
    if (s->o.sum_alg == S3_SUM_NONE)
        return NP_STR_NULL;
    return np_str_n(s->sum, np_digest_size(s3_sums[s->o.sum_alg].digest));
}

struct np_str s3_sink_default_sum(const struct s3_sink *s)
{
    return np_str_n(s->default_sum, sizeof(s->default_sum));
}

int s3_sink_add(struct s3_sink *s, struct np_txn *t, struct s3_body *out, struct np_err *err)
{
    *out = (struct s3_body){.kind = S3_BODY_NONE};
    if (s->blob != NULL) {
        s->blob->in_row = true;
        *out = (struct s3_body){S3_BODY_BLOB, s->id};
    } else if (s->size != 0) {
        *out = (struct s3_body){S3_BODY_INLINE, s->id};
    }
    return s3_body_add(t, *out, s->sealed, err);
}

void s3_sink_taken(struct s3_sink *s)
{
    if (s->blob != NULL)
        blob_free(s->blob);
    s->blob = NULL;
}

/* --- a request's body --- */

static void upload_fail(struct s3_upload *u, int rc)
{
    if (u->failed != NULL)
        u->failed(u, rc);
    else
        np_req_done(u->rq, rc);
}

static void upload_durable(void *arg, int rc)
{
    struct s3_upload *u = arg;
    if (rc != 0)
        upload_fail(u, rc);
    else
        u->done(u);
}

static void upload_ended(void *arg, int rc)
{
    struct s3_upload *u = arg;
    if (rc == 0 && u->post != NULL && u->sink->size < u->post->least)
        rc = too_small(u->sink, u->post->least);
    if (rc == 0)
        rc = s3_upload_check(u, &u->rq->err);
    if (rc != 0)
        upload_fail(u, rc);
    else
        s3_sink_commit(u->sink, upload_durable, u);
}

static void upload_ready(void *arg)
{
    struct s3_upload *u = arg;
    np_req_body_resume(u->rq);
}

static void upload_bytes(struct np_req *rq, int rc, struct np_str data, bool end)
{
    struct s3_upload *u = rq->priv;
    if (u->over)
        return;
    if (rc == 0 && end) {
        u->over = true;
        s3_sink_end(u->sink, upload_ended, u);
        return;
    }
    if (rc == 0)
        rc = s3_sink_write(u->sink, data);
    if (rc == NP_EAGAIN) {
        s3_sink_on_ready(u->sink, upload_ready, u);
        np_req_body_pause(rq);
    } else if (rc != 0) {
        u->over = true;
        upload_fail(u, rc);
    }
}

void s3_upload_start(struct s3_upload *u)
{
    np_req_body(u->rq, upload_bytes);
}
