/* SPDX-License-Identifier: Apache-2.0 */
/* row.c - rows of s3_objects: reading, adding, removing; version ids, which are a row's number in
 * disguise. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "base/timefmt.h"

/* --- ids: 8 bytes of the number masked by a hash of the 16 that follow, which are a MAC of it ---
 */

#define ID_RAW  24
#define ID_TEXT 32

static void id_mac(struct np_str key, char kind, const void *p, size_t n, uint8_t out[32])
{
    uint8_t in[1 + 16];
    in[0] = (uint8_t)kind;
    memcpy(in + 1, p, n);
    np_hmac_sha256(key, np_str_n(in, 1 + n), out);
}

/* Both directions: the number's bytes under the mask. */
static void id_mask(struct np_str key, char kind, uint8_t raw[ID_RAW])
{
    uint8_t mask[32];
    id_mac(key, (char)(kind | 0x20), raw + 8, 16, mask);
    for (int i = 0; i < 8; i++)
        raw[i] ^= mask[i];
}

static struct np_str id_text(struct np_str key, struct np_arena *a, char kind, int64_t number)
{
    uint8_t raw[ID_RAW], mac[32];
    for (int i = 0; i < 8; i++)
        raw[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    id_mac(key, kind, raw, 8, mac);
    memcpy(raw + 8, mac, 16);
    id_mask(key, kind, raw);
    struct np_str text = np_base64url(a, np_str_n(raw, sizeof(raw)));
    char *p = np_alloc(a, text.n);
    for (size_t i = 0; i < text.n; i++) /* no id looks like an option on a command line */
        p[i] = text.p[i] == '-' ? '.' : text.p[i];
    return np_str_n(p, text.n);
}

static bool id_read(struct np_str key, char kind, struct np_arena *a, struct np_str text,
                    int64_t *number)
{
    char back[ID_TEXT];
    uint8_t mac[32];
    if (text.n != ID_TEXT)
        return false;
    for (size_t i = 0; i < ID_TEXT; i++)
        back[i] = text.p[i] == '.' ? '-' : text.p[i];
    struct np_str bytes = np_unbase64url(a, np_str_n(back, ID_TEXT));
    if (bytes.n != ID_RAW)
        return false;
    uint8_t raw[ID_RAW];
    memcpy(raw, bytes.p, ID_RAW);
    id_mask(key, kind, raw);
    id_mac(key, kind, raw, 8, mac);
    if (!np_ct_eq(np_str_n(mac, 16), np_str_n(raw + 8, 16)))
        return false;
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | raw[i];
    *number = (int64_t)v;
    return true;
}

struct np_str s3_version_id(const struct s3_objects *o, struct np_arena *a,
                            const struct s3_row *row)
{
    if (row->flags & S3_F_NULL)
        return NP_STR("null");
    return id_text(s3_id_key(o), a, 'V', row->seq);
}

struct np_str s3_upload_id(const struct s3_objects *o, struct np_arena *a, int64_t id)
{
    return id_text(s3_id_key(o), a, 'U', id);
}

bool s3_upload_id_read(const struct s3_objects *o, struct np_arena *a, struct np_str text,
                       int64_t *id)
{
    return id_read(s3_id_key(o), 'U', a, text, id);
}

bool s3_version_id_read(const struct s3_objects *o, struct np_arena *a, struct np_str text,
                        int64_t *seq)
{
    return id_read(s3_id_key(o), 'V', a, text, seq);
}

int s3_which_of(struct np_req *rq, struct np_str version_id, struct s3_which *out,
                struct np_err *err)
{
    *out = (struct s3_which){.kind = S3_NEWEST};
    if (version_id.p == NULL)
        return 0;
    if (np_str_is(version_id, "null")) {
        out->kind = S3_NULL;
        return 0;
    }
    out->kind = S3_SEQ;
    if (version_id.n == 0)
        return s3_bad_argument(err, NP_STR("versionId"), version_id,
                               "Version id cannot be the empty string");
    if (s3_version_id_read(s3_objects_of(rq->core), rq->arena, version_id, &out->seq))
        return 0;
    return s3_bad_argument(err, NP_STR("versionId"), version_id, "Invalid version id specified");
}

/* --- reading --- */

void s3_row_take(struct np_q *q, int at, struct np_arena *a, struct s3_row *out)
{
    *out = (struct s3_row){
        .seq = -np_col_int(q, at),
        .flags = (unsigned)np_col_int(q, at + 1),
        .modified_ms = np_col_int(q, at + 2),
        .size = (uint64_t)np_col_int(q, at + 3),
        .etag = np_col_str(q, at + 4, a),
        .n_parts = (unsigned)np_col_int(q, at + 5),
        .class_ = np_col_str(q, at + 6, a),
        .owner = np_col_str(q, at + 7, a),
        .sum_alg = np_col_null(q, at + 8) ? S3_SUM_NONE : (int)np_col_int(q, at + 8),
        .sum = np_col_str(q, at + 9, a),
        .body = {(enum s3_body_kind)np_col_int(q, at + 10), np_col_int(q, at + 11)},
        .part_size = (uint64_t)np_col_int(q, at + 12),
        .sse_check = np_col_str(q, at + 13, a),
        .lock = {(enum s3_lock_mode)np_col_int(q, at + 14), np_col_int(q, at + 15),
                 (enum s3_hold)np_col_int(q, at + 16)},
        .head = np_col_str(q, at + 17, a),
        .tags = np_col_str(q, at + 18, a),
        .acl = np_col_str(q, at + 19, a),
        .kms = np_col_str(q, at + 20, a),
        .restored_ms = np_col_int(q, at + 21),
    };
}

#define FROM_KEY " FROM s3_objects WHERE bucket_id = ?1 AND key = ?2"
#define BYTES    ", (SELECT bytes FROM s3_bodies WHERE id = body_id)"

int s3_row_find(struct np_dbc *c, int64_t bucket_id, struct np_str key, const struct s3_which *w,
                struct np_arena *a, struct s3_row *out, struct np_str *bytes, bool *found,
                struct np_err *err)
{
    NP_SQL(newest, "SELECT " S3_ROW_COLUMNS FROM_KEY " ORDER BY seq LIMIT 1");
    NP_SQL(newest_b, "SELECT " S3_ROW_COLUMNS BYTES FROM_KEY " ORDER BY seq LIMIT 1");
    NP_SQL(null, "SELECT " S3_ROW_COLUMNS FROM_KEY " AND flags & 1 LIMIT 1");
    NP_SQL(null_b, "SELECT " S3_ROW_COLUMNS BYTES FROM_KEY " AND flags & 1 LIMIT 1");
    NP_SQL(one, "SELECT " S3_ROW_COLUMNS FROM_KEY " AND seq = ?3");
    NP_SQL(one_b, "SELECT " S3_ROW_COLUMNS BYTES FROM_KEY " AND seq = ?3");
    struct np_q *q;
    if (w->kind == S3_SEQ)
        q = np_q(c, NULL, bytes != NULL ? &one_b : &one, "ibi", bucket_id, key, -w->seq);
    else if (w->kind == S3_NULL)
        q = np_q(c, NULL, bytes != NULL ? &null_b : &null, "ib", bucket_id, key);
    else
        q = np_q(c, NULL, bytes != NULL ? &newest_b : &newest, "ib", bucket_id, key);
    *found = np_row(q);
    if (*found) {
        s3_row_take(q, 0, a, out);
        if (bytes != NULL)
            *bytes = np_col_str(q, S3_ROW_N, a);
    }
    return np_q_end(q, err);
}

/* --- writing --- */

int s3_row_insert(struct np_txn *t, int64_t bucket_id, struct np_str key, const struct s3_row *row,
                  struct np_err *err)
{
    NP_SQL(insert, "INSERT INTO s3_objects (bucket_id, key, " S3_ROW_COLUMNS ") VALUES (?1, ?2, "
                   "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
                   "?20, ?21, ?22, ?23, ?24)");
    struct np_opt_int alg = {.set = row->sum_alg != S3_SUM_NONE, .v = row->sum_alg};
    return np_exec(t, &insert, err, "ibiiiibissIbiiibiiibbbbi", bucket_id, key, -row->seq,
                   (int64_t)row->flags, row->modified_ms, (int64_t)row->size, row->etag,
                   (int64_t)row->n_parts, row->class_, row->owner, alg, row->sum,
                   (int64_t)row->body.kind, row->body.id, (int64_t)row->part_size, row->sse_check,
                   (int64_t)row->lock.mode, row->lock.until_ms, (int64_t)row->lock.hold, row->head,
                   row->tags, row->acl, row->kms, row->restored_ms);
}

int s3_row_delete(struct np_txn *t, int64_t bucket_id, struct np_str key, int64_t seq,
                  struct np_err *err)
{
    NP_SQL(del, "DELETE FROM s3_objects WHERE bucket_id = ?1 AND key = ?2 AND seq = ?3");
    return np_exec(t, &del, err, "ibi", bucket_id, key, -seq);
}

/* --- as text --- */

struct np_str s3_etag_text(struct np_arena *a, struct np_str etag, unsigned n_parts)
{
    if (etag.n != 16)
        return NP_STR_NULL;
    char *p = np_alloc(a, 2 + 32 + 12);
    p[0] = '"';
    np_hex(p + 1, etag.p, 16);
    size_t n = 33;
    if (n_parts != 0)
        n += (size_t)snprintf(p + n, 12, "-%u", n_parts);
    p[n++] = '"';
    return np_str_n(p, n);
}

struct np_str s3_class_text(const struct s3_row *row)
{
    return row->class_.p != NULL ? row->class_ : NP_STR("STANDARD");
}

bool s3_is_archived(const struct s3_row *row)
{
    return np_str_is(row->class_, "GLACIER") || np_str_is(row->class_, "DEEP_ARCHIVE");
}

bool s3_is_readable(const struct s3_row *row, int64_t now_ms)
{
    return !s3_is_archived(row) || now_ms < row->restored_ms;
}

struct np_str s3_restore_text(struct np_arena *a, const struct s3_row *row, int64_t now_ms)
{
    if (!s3_is_archived(row) || !s3_is_readable(row, now_ms))
        return NP_STR_NULL;
    return np_str_printf(a, "ongoing-request=\"false\", expiry-date=\"%.*s\"",
                         NP_FMT(np_time_http_str(a, row->restored_ms)));
}

int64_t s3_second(int64_t ms)
{
    return ms / 1000 * 1000;
}
