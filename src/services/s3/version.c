/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - the versions of a key: putting a new one, deleting, delete markers, locks; and
 * finding the one that a request is about. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/timefmt.h"

/* --- finding --- */

int s3_no_such_key(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                   struct np_err *err)
{
    if (!s3_may_list(rq, b))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    np_fault(err, &S3_NoSuchKey, "The specified key does not exist.");
    np_err_extra(err, "Key", key);
    return NP_EFAULT;
}

static int no_such_version(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                           struct np_str version_id, struct np_err *err)
{
    if (!s3_may_list(rq, b))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    np_fault(err, &S3_NoSuchVersion, "The specified version does not exist.");
    np_err_extra(err, "Key", key);
    np_err_extra(err, "VersionId", version_id);
    return NP_EFAULT;
}

static int is_marker(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                     struct np_str version_id, const struct s3_row *row, struct np_err *err)
{
    np_req_reply_field(rq, "x-amz-delete-marker", NP_STR("true"));
    np_req_reply_field(rq, "x-amz-version-id",
                       s3_version_id(s3_objects_of(rq->core), rq->arena, row));
    if (version_id.p == NULL)
        return s3_no_such_key(rq, b, key, err);
    np_req_reply_field(rq, "Last-Modified", np_time_http_str(rq->arena, row->modified_ms));
    np_req_reply_field(rq, "Allow", NP_STR("DELETE"));
    np_fault(err, &S3_MethodNotAllowed,
             "The specified method is not allowed against this resource.");
    np_err_extra(err, "Method", rq->wire.method);
    np_err_extra(err, "ResourceType", NP_STR("DeleteMarker"));
    return NP_EFAULT;
}

int s3_object_need(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                   struct np_str version_id, struct s3_row *row, struct np_str *bytes,
                   struct np_err *err)
{
    struct s3_which w;
    bool found;
    int rc = s3_key_check(rq, key, err);
    if (rc == 0)
        rc = s3_which_of(rq, version_id, &w, err);
    if (rc == 0)
        rc = s3_row_find(np_req_db(rq), b->id, key, &w, rq->arena, row, bytes, &found, err);
    if (rc != 0)
        return rc;
    if (!found)
        return version_id.p == NULL ? s3_no_such_key(rq, b, key, err)
                                    : no_such_version(rq, b, key, version_id, err);
    if (row->flags & S3_F_MARKER)
        return is_marker(rq, b, key, version_id, row, err);
    return 0;
}

/* --- putting --- */

/* Removes the null version, which is `newest` or one behind it. */
static int drop_null(struct s3_objects *o, struct np_txn *t, const struct s3_bucket_row *b,
                     struct np_str key, const struct s3_row *newest, struct np_err *err)
{
    const struct s3_which w = {.kind = S3_NULL};
    struct s3_row found;
    bool there = newest != NULL && (newest->flags & S3_F_NULL) != 0;
    int rc = 0;
    if (there)
        found = *newest;
    else if (newest != NULL && b->versioning != S3_UNVERSIONED)
        rc = s3_row_find(np_txn_db(t), b->id, key, &w, np_txn_arena(t), &found, NULL, &there, err);
    if (rc != 0 || !there)
        return rc;
    rc = s3_row_delete(t, b->id, key, found.seq, err);
    return rc != 0 ? rc : s3_body_release(t, o, found.body, err);
}

static int insert_newest(struct s3_objects *o, struct np_txn *t, const struct s3_bucket_row *b,
                         struct np_str key, struct s3_row *row, struct np_err *err)
{
    row->seq = s3_seq(o, t);
    row->modified_ms = s3_second(np_txn_now_ms(t));
    row->flags &= ~(unsigned)S3_F_NULL;
    if (b->versioning != S3_VERSIONING_ENABLED)
        row->flags |= S3_F_NULL;
    return s3_row_insert(t, b->id, key, row, err);
}

int s3_tell(struct s3_objects *o, struct np_txn *t, const struct s3_bucket_row *b,
            const struct s3_told *what, const struct s3_row *row, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct np_str etag = s3_etag_text(a, row->etag, row->n_parts);
    struct s3_event e = {
        .name = what->name,
        .key = what->key,
        .etag = etag.n > 2 ? np_str_sub(etag, 1, etag.n - 2) : NP_STR_NULL,
        .size = row->size,
        .sequencer = (uint64_t)row->seq,
        .rq = what->rq,
    };
    if (b->versioning != S3_UNVERSIONED)
        e.version_id = s3_version_id(o, a, row);
    return s3_event(t, b, &e, err);
}

int s3_version_put(struct np_txn *t, const struct s3_bucket_row *b, struct np_str key,
                   struct s3_row *row, const struct s3_put_how *how, struct np_err *err)
{
    const struct s3_which newest = {.kind = S3_NEWEST};
    struct s3_objects *o = how->objects;
    struct s3_row cur;
    bool found = false;
    int rc = 0;
    bool conditional = how->match.p != NULL || how->none_match.p != NULL;
    if (conditional || b->versioning != S3_VERSIONING_ENABLED)
        rc = s3_row_find(np_txn_db(t), b->id, key, &newest, np_txn_arena(t), &cur, NULL, &found,
                         err);
    if (rc == 0 && conditional)
        rc = s3_write_conditions(how->match, how->none_match,
                                 found && !(cur.flags & S3_F_MARKER) ? &cur : NULL, key,
                                 np_txn_arena(t), err);
    if (rc == 0 && b->versioning != S3_VERSIONING_ENABLED)
        rc = drop_null(o, t, b, key, found ? &cur : NULL, err);
    if (rc == 0)
        rc = insert_newest(o, t, b, key, row, err);
    return rc != 0 ? rc : s3_tell(o, t, b, &(struct s3_told){how->event, key, how->rq}, row, err);
}

/* --- deleting --- */

int s3_lock_check(const struct s3_lock *l, bool bypass, int64_t now_ms, struct np_err *err)
{
    bool retained = l->mode != S3_LOCK_NONE && l->until_ms > now_ms &&
                    !(l->mode == S3_LOCK_GOVERNANCE && bypass);
    if (!retained && l->hold != S3_HOLD_ON)
        return 0;
    return np_fault(err, &S3_AccessDenied,
                    "Access Denied because object protected by object lock.");
}

static int delete_version(struct np_txn *t, const struct s3_bucket_row *b, struct s3_delete *d,
                          struct np_err *err)
{
    struct s3_objects *o = d->objects;
    struct s3_row row;
    bool found;
    int rc = s3_row_find(np_txn_db(t), b->id, d->key, &d->which, np_txn_arena(t), &row, NULL,
                         &found, err);
    d->result_id = d->version_id;
    if (rc != 0 || !found)
        return rc;
    if (!(row.flags & S3_F_MARKER))
        rc = s3_lock_check(&row.lock, d->bypass, np_txn_now_ms(t), err);
    if (rc == 0)
        rc = s3_delete_conditions(d, &row, np_txn_arena(t), err);
    if (rc == 0)
        rc = s3_row_delete(t, b->id, d->key, row.seq, err);
    if (rc == 0)
        rc = s3_body_release(t, o, row.body, err);
    d->marker = (row.flags & S3_F_MARKER) != 0;
    return rc != 0 ? rc : s3_tell(o, t, b, &(struct s3_told){d->removed, d->key, d->rq}, &row, err);
}

static int add_marker(struct np_txn *t, const struct s3_bucket_row *b, struct s3_delete *d,
                      struct np_err *err)
{
    struct s3_objects *o = d->objects;
    struct s3_row row = {.flags = S3_F_MARKER, .sum_alg = S3_SUM_NONE};
    int rc = insert_newest(o, t, b, d->key, &row, err);
    d->marker = true;
    if (rc != 0)
        return rc;
    d->result_id = s3_version_id(o, np_txn_arena(t), &row);
    return s3_tell(o, t, b, &(struct s3_told){d->marked, d->key, d->rq}, &row, err);
}

static bool has_conditions(const struct s3_delete *d)
{
    return d->match.p != NULL || d->match_modified_ms.set || d->match_size.set;
}

int s3_delete_conditions(const struct s3_delete *d, const struct s3_row *row, struct np_arena *a,
                         struct np_err *err)
{
    bool ok = (d->match.p == NULL || s3_etag_matches(d->match, row, a)) &&
              (!d->match_size.set || (uint64_t)d->match_size.v == row->size) &&
              (!d->match_modified_ms.set || s3_second(d->match_modified_ms.v) == row->modified_ms);
    return ok ? 0 : s3_condition_failed(err, "If-Match");
}

int s3_version_delete(struct np_txn *t, const struct s3_bucket_row *b, struct s3_delete *d,
                      struct np_err *err)
{
    const struct s3_which newest = {.kind = S3_NEWEST};
    struct s3_objects *o = d->objects;
    struct s3_row cur;
    bool found = false;
    d->marker = false;
    d->result_id = NP_STR_NULL;
    if (d->version_id.p != NULL)
        return delete_version(t, b, d, err);
    int rc = 0;
    if (b->versioning != S3_VERSIONING_ENABLED || has_conditions(d))
        rc = s3_row_find(np_txn_db(t), b->id, d->key, &newest, np_txn_arena(t), &cur, NULL, &found,
                         err);
    if (rc == 0 && has_conditions(d)) {
        /* AWS: nothing there is 404, a delete marker 412. */
        if (!found)
            return s3_write_conditions(NP_STR("*"), NP_STR_NULL, NULL, d->key, np_txn_arena(t),
                                       err);
        if (cur.flags & S3_F_MARKER)
            return s3_condition_failed(err, "If-Match");
        rc = s3_delete_conditions(d, &cur, np_txn_arena(t), err);
    }
    if (rc == 0 && b->versioning != S3_VERSIONING_ENABLED)
        rc = drop_null(o, t, b, d->key, found ? &cur : NULL, err);
    if (rc != 0)
        return rc;
    if (b->versioning != S3_UNVERSIONED)
        return add_marker(t, b, d, err);
    return found ? s3_tell(o, t, b, &(struct s3_told){d->removed, d->key, d->rq}, &cur, err) : 0;
}

/* --- what others ask about objects --- */

int s3_object_facts(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                    struct np_str version, struct s3_object_facts *out, struct np_err *err)
{
    struct s3_which w;
    struct s3_row row;
    struct s3_head head;
    struct np_tag *tags;
    bool found = false;
    *out = (struct s3_object_facts){0};
    if (s3_which_of(rq, version, &w, NULL) != 0)
        return 0;
    int rc = s3_row_find(np_req_db(rq), b->id, key, &w, rq->arena, &row, NULL, &found, err);
    if (rc != 0 || !found || (row.flags & S3_F_MARKER))
        return rc;
    s3_head_unpack(row.head, rq->arena, &head);
    *out = (struct s3_object_facts){
        .exists = true,
        .acl = s3_acl_unpack(row.acl, rq->arena),
        .owner = row.owner.p != NULL ? row.owner : b->account,
        .website_redirect = head.redirect,
        .by_kms = row.kms.p != NULL,
        .n_tags = s3_tags_unpack(row.tags, rq->arena, &tags),
    };
    out->tags = tags;
    return 0;
}

struct np_str s3_expiration_of(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                               const struct s3_row *row)
{
    if (b == NULL || b->lifecycle == NULL)
        return NP_STR_NULL;
    struct np_tag *tags;
    struct s3_version v = {
        .key = key,
        .version_id = s3_version_id(s3_objects_of(rq->core), rq->arena, row),
        .latest = true,
        .size = row->size,
        .modified_ms = row->modified_ms,
        .storage_class = s3_class_text(row),
        .n_tags = s3_tags_unpack(row->tags, rq->arena, &tags),
    };
    v.tags = tags;
    return s3_expiration_header(rq->arena, b, &v);
}

bool s3_bucket_is_empty(struct np_txn *t, int64_t bucket_id)
{
    NP_SQL(any, "SELECT 1 FROM s3_objects WHERE bucket_id = ?1 LIMIT 1");
    struct np_q *q = np_tq(t, &any, "i", bucket_id);
    bool found = np_row(q);
    return np_q_end(q, NULL) == 0 && !found;
}
