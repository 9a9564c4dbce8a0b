/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - versions and uploads as the lifecycle and bucket operations see them: scans of a whole
 * bucket a page at a time, and changes that do nothing when a row is no longer as it was seen. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "services/s3/upload.h"

/* --- versions --- */

/* Where a scan goes on: the key, a NUL byte, the number of the row in decimal. */
static struct np_str position(struct np_arena *a, struct np_str key, int64_t seq)
{
    struct np_str number = np_str_printf(a, "%lld", (long long)seq), both;
    char *p = np_alloc(a, key.n + 1 + number.n);
    memcpy(p, key.p, key.n);
    p[key.n] = '\0';
    memcpy(p + key.n + 1, number.p, number.n);
    both = np_str_n(p, key.n + 1 + number.n);
    return both;
}

static void read_position(struct np_str from, struct np_str *key, int64_t *seq)
{
    ptrdiff_t at = from.n != 0 ? np_str_rchr(from, '\0') : -1;
    *key = NP_STR("");
    *seq = INT64_MIN;
    if (at < 0)
        return;
    *key = np_str_sub(from, 0, (size_t)at);
    np_str_i64(np_str_sub(from, (size_t)at + 1, from.n), seq);
}

int s3_versions_scan(struct np_core *core, struct np_dbc *c, int64_t bucket_id, struct np_str from,
                     size_t max, struct np_arena *a, struct s3_version **out, size_t *n,
                     struct np_str *next, struct np_err *err)
{
    NP_SQL(page, "SELECT key, " S3_ROW_COLUMNS " FROM s3_objects WHERE bucket_id = ?1 AND "
                 "(key, seq) > (?2, ?3) ORDER BY key, seq LIMIT ?4");
    struct s3_objects *o = s3_objects_of(core);
    struct np_str after, last;
    int64_t number;
    read_position(from, &after, &number);
    last = from.n != 0 ? after : NP_STR_NULL; /* its newest was in the page before */
    *out = np_new_array(a, struct s3_version, max + 1);
    *n = 0;
    *next = NP_STR_NULL;
    struct np_q *q = np_q(c, NULL, &page, "ibii", bucket_id, after, number, (int64_t)max + 1);
    for (int64_t at = 0; np_row(q);) {
        struct s3_row row;
        struct np_tag *tags;
        if (*n == max) {
            *next = position(a, last, at);
            break;
        }
        struct s3_version *v = &(*out)[(*n)++];
        s3_row_take(q, 1, a, &row);
        at = -row.seq;
        *v = (struct s3_version){
            .key = np_col_str(q, 0, a),
            .version_id = s3_version_id(o, a, &row),
            .delete_marker = (row.flags & S3_F_MARKER) != 0,
            .size = row.size,
            .modified_ms = row.modified_ms,
            .storage_class = s3_class_text(&row),
            .n_tags = s3_tags_unpack(row.tags, a, &tags),
        };
        v->tags = tags;
        v->latest = last.p == NULL || !np_str_eq(last, v->key);
        last = v->key;
    }
    return np_q_end(q, err);
}

/* The row, if it is still as it was seen. */
static int find_seen(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                     const struct s3_version *v, struct s3_row *row, bool *same, struct np_err *err)
{
    const struct s3_which newest = {.kind = S3_NEWEST};
    struct s3_which w = {.kind = S3_NULL};
    struct np_arena *a = np_txn_arena(t);
    *same = false;
    if (!np_str_is(v->version_id, "null")) {
        w.kind = S3_SEQ;
        if (!s3_version_id_read(s3_objects_of(core), a, v->version_id, &w.seq))
            return 0;
    }
    struct s3_row now;
    bool found;
    int rc = s3_row_find(np_txn_db(t), b->id, v->key, &w, a, row, NULL, &found, err);
    if (rc != 0 || !found || row->modified_ms != v->modified_ms || row->size != v->size)
        return rc;
    rc = s3_row_find(np_txn_db(t), b->id, v->key, &newest, a, &now, NULL, &found, err);
    *same = rc == 0 && found && (now.seq == row->seq) == v->latest;
    return rc;
}

static struct s3_delete deletion(struct np_core *core, const struct s3_version *v)
{
    return (struct s3_delete){
        .objects = s3_objects_of(core),
        .key = v->key,
        .removed = "LifecycleExpiration:Delete",
        .marked = "LifecycleExpiration:DeleteMarkerCreated",
    };
}

int s3_version_expire(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                      const struct s3_version *v, struct np_err *err)
{
    struct s3_row row;
    bool same;
    struct s3_delete d = deletion(core, v);
    int rc = find_seen(core, t, b, v, &row, &same, err);
    if (rc != 0 || !same || !v->latest || (row.flags & S3_F_MARKER))
        return rc;
    /* Without versions it goes for good: not while it is locked. */
    if (b->versioning == S3_UNVERSIONED &&
        s3_lock_check(&row.lock, false, np_txn_now_ms(t), NULL) != 0)
        return 0;
    return s3_version_delete(t, b, &d, err);
}

int s3_version_remove(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                      const struct s3_version *v, struct np_err *err)
{
    struct s3_row row;
    bool same;
    struct s3_delete d = deletion(core, v);
    int rc = find_seen(core, t, b, v, &row, &same, err);
    if (rc != 0 || !same || s3_lock_check(&row.lock, false, np_txn_now_ms(t), NULL) != 0)
        return rc;
    d.version_id = v->version_id;
    d.which = (struct s3_which){.kind = S3_SEQ, .seq = row.seq};
    return s3_version_delete(t, b, &d, err);
}

int s3_version_move(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                    const struct s3_version *v, struct np_str storage_class, struct np_err *err)
{
    NP_SQL(move, "UPDATE s3_objects SET class = ?4 WHERE bucket_id = ?1 AND key = ?2 AND seq = ?3");
    struct s3_row row;
    bool same;
    int rc = find_seen(core, t, b, v, &row, &same, err);
    if (rc != 0 || !same || (row.flags & S3_F_MARKER) ||
        !np_str_eq(s3_class_text(&row), v->storage_class))
        return rc;
    struct np_str class_ = np_str_is(storage_class, "STANDARD") ? NP_STR_NULL : storage_class;
    rc = np_exec(t, &move, err, "ibis", b->id, v->key, -row.seq, class_);
    return rc != 0 ? rc
                   : s3_tell(s3_objects_of(core), t, b,
                             &(struct s3_told){.name = "LifecycleTransition", .key = v->key}, &row,
                             err);
}

/* --- uploads --- */

int s3_uploads_scan(struct np_core *core, struct np_dbc *c, int64_t bucket_id, struct np_str from,
                    size_t max, struct np_arena *a, struct s3_upload_seen **out, size_t *n,
                    struct np_str *next, struct np_err *err)
{
    NP_SQL(page, "SELECT key, id, initiated_ms FROM s3_uploads WHERE bucket_id = ?1 AND "
                 "(key, id) > (?2, ?3) ORDER BY key, id LIMIT ?4");
    struct np_str after;
    int64_t id;
    read_position(from, &after, &id);
    *out = np_new_array(a, struct s3_upload_seen, max + 1);
    *n = 0;
    *next = NP_STR_NULL;
    struct np_q *q = np_q(c, NULL, &page, "ibii", bucket_id, after, id, (int64_t)max + 1);
    while (np_row(q)) {
        if (*n == max) {
            *next = position(a, (*out)[max - 1].key, id);
            break;
        }
        id = np_col_int(q, 1);
        (*out)[(*n)++] = (struct s3_upload_seen){
            .key = np_col_str(q, 0, a),
            .upload_id = s3_upload_id(s3_objects_of(core), a, id),
            .initiated_ms = np_col_int(q, 2),
        };
    }
    return np_q_end(q, err);
}

int s3_upload_drop(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                   const struct s3_upload_seen *u, struct np_err *err)
{
    struct s3_objects *o = s3_objects_of(core);
    struct s3_upload_row up;
    int64_t id;
    bool found;
    if (!s3_upload_id_read(o, np_txn_arena(t), u->upload_id, &id))
        return 0;
    int rc = s3_upload_find(np_txn_db(t), b->id, u->key, id, np_txn_arena(t), &up, &found, err);
    return rc != 0 || !found ? rc : s3_upload_discard(t, o, b->id, u->key, id, err);
}

int s3_bucket_drop_uploads(struct np_core *core, struct np_txn *t, int64_t bucket_id,
                           struct np_err *err)
{
    NP_SQL(all, "SELECT id FROM s3_uploads WHERE bucket_id = ?1");
    NP_SQL(drop, "DELETE FROM s3_uploads WHERE bucket_id = ?1");
    struct np_q *q = np_tq(t, &all, "i", bucket_id);
    int rc = 0;
    while (rc == 0 && np_row(q))
        rc = s3_parts_discard(t, s3_objects_of(core), np_col_int(q, 0), err);
    int end = np_q_end(q, err);
    if (rc == 0)
        rc = end;
    return rc != 0 ? rc : np_exec(t, &drop, err, "i", bucket_id);
}
