/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - bytes on their way out: of a row's own bytes, of a blob, of a list of parts one after
 * another. A list is pinned while it is read, so that no part goes when the object does. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/assert.h"

struct piece { /* of a list: what of a part is wanted */
    struct s3_body body;
    uint64_t off, n;
};

struct s3_source {
    struct np_req *rq;
    struct s3_source_opts o;
    void (*ready)(void *arg);
    void *arg;
    struct piece *pieces;
    size_t n_pieces, at;
    struct np_blob_reader *reader;
    int64_t pinned;
    char *room; /* a small body, opened */
    bool spent; /* the reader has given its last bytes */
    bool closed;
};

/* --- small bodies --- */

static int unseal(struct np_req *rq, int64_t id, const uint8_t *sse_key, struct np_str sealed,
                  char *out)
{
    if (sealed.n < NP_BLOB_SEAL)
        return NP_ECORRUPT;
    return np_blob_unseal(rq->core->blobs, (uint64_t)id, sse_key, sealed, out);
}

int s3_source_small(struct np_req *rq, const struct s3_source_opts *o, struct np_str *out)
{
    if (o->n == 0) {
        *out = NP_STR("");
        return 0;
    }
    if (o->sealed.n < NP_BLOB_SEAL || o->off + o->n > o->sealed.n - NP_BLOB_SEAL)
        return NP_ECORRUPT;
    char *p = np_alloc(rq->arena, o->sealed.n);
    int rc = unseal(rq, o->body.id, o->sse_key, o->sealed, p);
    if (rc == 0)
        *out = np_str_n(p + o->off, (size_t)o->n);
    return rc;
}

static int small_piece(struct s3_source *s, const struct piece *p, struct np_str *data)
{
    NP_SQL(one, "SELECT bytes FROM s3_bodies WHERE id = ?1");
    if (s->room == NULL)
        s->room = np_alloc(s->rq->arena, S3_INLINE_MAX + NP_BLOB_SEAL);
    struct np_q *q = np_q(np_req_db(s->rq), NULL, &one, "i", p->body.id);
    int rc = NP_ENOENT;
    if (np_row(q)) {
        struct np_str sealed = np_col_peek(q, 0);
        rc = sealed.n > S3_INLINE_MAX + NP_BLOB_SEAL || sealed.n < p->off + p->n + NP_BLOB_SEAL
                 ? NP_ECORRUPT
                 : unseal(s->rq, p->body.id, s->o.sse_key, sealed, s->room);
    }
    int end = np_q_end(q, NULL);
    *data = np_str_n(s->room + p->off, (size_t)p->n);
    return rc != 0 ? rc : end;
}

/* --- lists of parts --- */

void s3_part_take(struct np_q *q, struct np_arena *a, struct s3_part *out)
{
    *out = (struct s3_part){
        .no = np_col_int(q, 0),
        .modified_ms = np_col_int(q, 1),
        .size = (uint64_t)np_col_int(q, 2),
        .etag = np_col_str(q, 3, a),
        .sum_alg = np_col_null(q, 4) ? S3_SUM_NONE : (int)np_col_int(q, 4),
        .sum = np_col_str(q, 5, a),
        .body = {(enum s3_body_kind)np_col_int(q, 6), np_col_int(q, 7)},
    };
}

/* The pieces that the range touches. */
static int take_parts(struct s3_source *s, struct np_err *err)
{
    NP_SQL(some, "SELECT size, body, body_id FROM s3_parts WHERE set_id = ?1 AND "
                 "part_no BETWEEN ?2 AND ?3 ORDER BY part_no");
    uint64_t at = 0, off = s->o.off, end = s->o.off + s->o.n;
    int64_t first = 1, last = INT32_MAX;
    if (s->o.part_size != 0 && s->o.n != 0) {
        first = (int64_t)(off / s->o.part_size) + 1;
        last = (int64_t)((end - 1) / s->o.part_size) + 1;
        at = (uint64_t)(first - 1) * s->o.part_size;
    }
    size_t cap = s->o.part_size != 0 ? (size_t)(last - first) + 1 : 64;
    s->pieces = np_new_array(s->rq->arena, struct piece, cap);
    struct np_q *q = np_q(np_req_db(s->rq), NULL, &some, "iii", s->o.body.id, first, last);
    while (at < end && np_row(q)) {
        uint64_t size = (uint64_t)np_col_int(q, 0), from = at > off ? at : off;
        uint64_t to = at + size < end ? at + size : end;
        at += size;
        if (from >= to)
            continue;
        if (s->n_pieces == cap) {
            struct piece *more = np_new_array(s->rq->arena, struct piece, 2 * cap);
            memcpy(more, s->pieces, cap * sizeof(*more));
            s->pieces = more;
            cap *= 2;
        }
        s->pieces[s->n_pieces++] = (struct piece){
            {(enum s3_body_kind)np_col_int(q, 1), np_col_int(q, 2)}, from - (at - size), to - from};
    }
    int rc = np_q_end(q, err);
    if (rc == 0 && at < end)
        return NP_ENOENT;
    return rc;
}

/* --- reading --- */

static void blob_ready(void *arg)
{
    struct s3_source *s = arg;
    s->ready(s->arg);
}

static void source_gone(void *arg)
{
    s3_source_close(arg);
}

int s3_source_open(struct np_req *rq, const struct s3_source_opts *o, void (*ready)(void *arg),
                   void *arg, struct s3_source **out, struct np_err *err)
{
    struct s3_source *s = np_new(rq->arena, struct s3_source);
    *s = (struct s3_source){.rq = rq, .o = *o, .ready = ready, .arg = arg};
    int rc = 0;
    if (o->body.kind == S3_BODY_PARTS) {
        if (!s3_pin(s3_objects_of(rq->core), o->body.id))
            return NP_ENOENT;
        s->pinned = o->body.id;
        rc = take_parts(s, err);
    } else {
        s->pieces = np_new(rq->arena, struct piece);
        s->pieces[0] = (struct piece){o->body, o->off, o->n};
        s->n_pieces = o->n != 0;
    }
    if (rc != 0) {
        s3_source_close(s);
        return rc;
    }
    np_arena_defer(rq->arena, source_gone, s);
    *out = s;
    return 0;
}

static int next_piece(struct s3_source *s, struct np_str *data, bool *whole)
{
    const struct piece *p = &s->pieces[s->at];
    *whole = p->body.kind == S3_BODY_INLINE;
    if (!*whole)
        return np_blob_open(s->rq->core->blobs, s->rq->loop, (uint64_t)p->body.id, s->o.sse_key,
                            p->off, p->n, blob_ready, s, &s->reader, &s->rq->err);
    if (s->o.body.kind == S3_BODY_INLINE)
        return s3_source_small(s->rq, &s->o, data);
    return small_piece(s, p, data);
}

int s3_source_read(struct s3_source *s, struct np_str *data, bool *end)
{
    np_assert(!s->closed);
    if (s->at == s->n_pieces) {
        *data = NP_STR("");
        *end = true;
        return 0;
    }
    bool done = false;
    int rc = 0;
    if (s->spent) { /* its last bytes were borrowed until now */
        np_blob_close(s->reader);
        s->reader = NULL;
        s->spent = false;
    }
    if (s->reader == NULL)
        rc = next_piece(s, data, &done);
    if (rc == 0 && s->reader != NULL) {
        rc = np_blob_read(s->reader, data, &done);
        s->spent = rc == 0 && done;
    }
    if (rc != 0)
        return rc;
    if (done)
        s->at++;
    *end = s->at == s->n_pieces;
    return 0;
}

void s3_source_close(struct s3_source *s)
{
    if (s == NULL || s->closed)
        return;
    s->closed = true;
    np_blob_close(s->reader);
    s->reader = NULL;
    if (s->pinned != 0)
        s3_unpin(s3_objects_of(s->rq->core), s->pinned);
}
