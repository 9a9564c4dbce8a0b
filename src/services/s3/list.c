/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - ListObjects, ListObjectsV2, ListObjectVersions: a walk along the index, a page at a
 * time.
 *
 * Keys below a common prefix are stepped over by one seek, and so are older versions of a key when
 * there are many. A page looks at no more than WALK_ROWS rows: past that it ends early, which S3
 * allows. */
#include "services/s3/object_int.h"

#include "aws/page.h"
#include "base/arena.h"
#include "base/enc.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"

#define WALK_ROWS   20000
#define SKIP_BY_ROW 8 /* older versions passed one by one before a seek */

struct walk {
    struct np_dbc *c;
    struct np_arena *a;
    int64_t bucket_id;
    struct np_str prefix, delimiter;
    bool versions;
    struct np_q *q;
    size_t rows, same;
    struct np_str last; /* key of the row before */
    bool budget_over;
    /* The entry: a common prefix, or a row. */
    struct np_str common;
    struct np_str key;
    bool latest;
    int64_t seq;
};
enum column { KEY, SEQ, FLAGS, MODIFIED, SIZE, ETAG, N_PARTS, CLASS, OWNER, SUM_ALG, RESTORED };

static void seek(struct walk *w, struct np_str from, int64_t seq, bool past)
{
    NP_SQL(keys,
           "SELECT key, seq, flags, modified_ms, size, etag, n_parts, class, owner, sum_alg, "
           "restored_ms FROM s3_objects WHERE bucket_id = ?1 AND key >= ?2 ORDER BY key, seq");
    NP_SQL(within,
           "SELECT key, seq, flags, modified_ms, size, etag, n_parts, class, owner, "
           "sum_alg, restored_ms FROM s3_objects WHERE bucket_id = ?1 AND (key, seq) > (?2, ?3) "
           "ORDER BY key, seq");
    if (w->q != NULL)
        np_q_end(w->q, NULL);
    if (past)
        w->q = np_q(w->c, NULL, &within, "ibi", w->bucket_id, from, -seq);
    else
        w->q = np_q(w->c, NULL, &keys, "ib", w->bucket_id, from);
    w->same = 0;
}

/* The first text that is greater than every one that starts with s: keys are UTF-8, so the last
 * byte can be raised. */
static struct np_str after_prefix(struct np_arena *a, struct np_str s)
{
    char *p = np_alloc(a, s.n);
    memcpy(p, s.p, s.n);
    p[s.n - 1]++;
    return np_str_n(p, s.n);
}

static struct np_str just_after(struct np_arena *a, struct np_str key)
{
    return np_str_cat(a, key, np_str_n("", 1));
}

static struct np_str common_of(const struct walk *w, struct np_str key)
{
    if (w->delimiter.n == 0 || !np_str_starts(key, w->prefix))
        return NP_STR_NULL;
    ptrdiff_t at = np_str_find(np_str_sub(key, w->prefix.n, key.n), w->delimiter);
    if (at < 0)
        return NP_STR_NULL;
    return np_str_sub(key, 0, w->prefix.n + (size_t)at + w->delimiter.n);
}

/* No page ends with a deleted key, but by its budget: then the common prefix is still to come. */
static bool ended_early(struct walk *w, struct np_str key, struct np_str common)
{
    const struct s3_which newest = {.kind = S3_NEWEST};
    struct s3_row row;
    bool found = false;
    return !w->versions && key.n > common.n &&
           s3_row_find(w->c, w->bucket_id, key, &newest, w->a, &row, NULL, &found, NULL) == 0 &&
           found && (row.flags & S3_F_MARKER) != 0;
}

/* AWS: a common prefix counts as before every key that starts with it, so a marker within it passes
 * it over (tests/sdk/test_s3_lists.py). */
static void walk_start(struct walk *w, struct np_str after)
{
    struct np_str from = w->prefix, common = common_of(w, after);
    if (common.p != NULL && !ended_early(w, after, common))
        from = after_prefix(w->a, common);
    else if (after.n != 0 && np_str_cmp(after, w->prefix) >= 0)
        from = just_after(w->a, after);
    seek(w, from, 0, false);
}

/* Behind one version of a key. */
static void walk_start_within(struct walk *w, struct np_str key, int64_t seq)
{
    if (np_str_cmp(key, w->prefix) < 0 || common_of(w, key).p != NULL) {
        walk_start(w, key);
        return;
    }
    w->last = key;
    seek(w, key, seq, true);
}

/* An older version of a key whose newest was seen: not wanted by lists of objects. */
static bool pass_older(struct walk *w, struct np_str key)
{
    if (w->versions || !np_str_eq(key, w->last))
        return false;
    if (++w->same > SKIP_BY_ROW)
        seek(w, just_after(w->a, w->last), 0, false);
    return true;
}

/* The next entry; false at the end, or when the budget is over. */
static bool walk_next(struct walk *w)
{
    while (np_row(w->q)) {
        struct np_str key = np_col_peek(w->q, KEY);
        if (!np_str_starts(key, w->prefix))
            return false;
        if (++w->rows > WALK_ROWS) {
            w->budget_over = true;
            return false;
        }
        if (pass_older(w, key))
            continue;
        w->latest = !np_str_eq(key, w->last);
        if (w->latest) {
            w->last = np_str_dup(w->a, key);
            w->same = 0;
        }
        if (!w->versions && (np_col_int(w->q, FLAGS) & S3_F_MARKER) != 0)
            continue;
        w->common = common_of(w, w->last);
        w->key = w->last;
        w->seq = -np_col_int(w->q, SEQ);
        if (w->common.p == NULL)
            return true;
        seek(w, after_prefix(w->a, w->common), 0, false);
        return true;
    }
    return false;
}

static int walk_end(struct walk *w, struct np_err *err)
{
    return np_q_end(w->q, err);
}

/* --- what the three have in common --- */

/* AWS: as HTML forms do it, but '/' stays (tests/sdk/test_s3_lists.py). */
struct np_str s3_url_form(struct np_arena *a, struct np_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    struct np_buf b;
    np_buf_init(&b, a, 3 * text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (letter || c == '.' || c == '-' || c == '*' || c == '_' || c == '/')
            np_buf_char(&b, (char)c);
        else if (c == ' ')
            np_buf_char(&b, '+');
        else
            np_buf_add(&b, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
    }
    return np_buf_str(&b);
}

struct page {
    struct np_req *rq;
    const struct s3_bucket *b;
    struct walk w;
    size_t max;
    bool url;      /* encoding-type */
    bool restores; /* entries tell until when they are restored */
    bool truncated;
    size_t n;
    struct np_str next; /* the last entry: a key or a common prefix */
    struct np_str next_version;
    struct s3_CommonPrefixList commons;
};

static struct np_str shown(const struct page *p, struct np_str text)
{
    return p->url && text.p != NULL ? s3_url_form(p->rq->arena, text) : text;
}

static int page_init(struct np_req *rq, struct page *p, struct np_str prefix,
                     struct np_str delimiter, struct np_str encoding, struct np_opt_int max,
                     struct np_err *err)
{
    p->rq = rq;
    p->url = np_str_is(encoding, "url");
    if (encoding.n != 0 && !p->url)
        return s3_bad_argument(err, NP_STR("encoding-type"), encoding,
                               "Invalid Encoding Method specified in Request");
    if (max.set && (max.v < 0 || max.v > INT32_MAX))
        return s3_bad_argument(err, NP_STR("maxKeys"),
                               np_str_printf(rq->arena, "%lld", (long long)max.v),
                               "Argument maxKeys must be an integer between 0 and 2147483647");
    p->max = max.set && max.v < S3_LIST_MAX ? (size_t)max.v : S3_LIST_MAX;
    p->w = (struct walk){
        .c = np_req_db(rq),
        .a = rq->arena,
        .bucket_id = p->b->id,
        .prefix = prefix.p != NULL ? prefix : NP_STR(""),
        .delimiter = delimiter,
    };
    p->commons.v = np_new_array(rq->arena, struct s3_CommonPrefix, p->max + 1);
    return 0;
}

/* Takes the walk's entry unless the page is full; true: it is to be added. */
static bool page_room(struct page *p)
{
    if (p->n == p->max) {
        p->truncated = p->max != 0;
        return false;
    }
    p->n++;
    return true;
}

static void add_common(struct page *p)
{
    p->commons.v[p->commons.n++].Prefix = shown(p, p->w.common);
    p->commons.set = true;
    p->next = p->w.common;
    p->next_version = NP_STR_NULL;
}

static int page_end(struct page *p, struct np_err *err)
{
    if (p->w.budget_over) {
        p->truncated = true;
        p->next = p->w.last;
        p->next_version = NP_STR_NULL;
    }
    return walk_end(&p->w, err);
}

static const struct s3_Owner *owner_shown(struct page *p, struct np_str account,
                                          struct s3_Owner **bucket_owner)
{
    if (account.p != NULL && p->b->ownership != S3_OWNER_ENFORCED)
        return s3_owner(p->rq->arena, account);
    if (*bucket_owner == NULL)
        *bucket_owner = s3_owner(p->rq->arena, p->b->account);
    return *bucket_owner;
}

static bool asks_for_restores(const struct np_strs *asked)
{
    for (size_t i = 0; i < asked->n; i++)
        if (np_str_is(asked->v[i], "RestoreStatus"))
            return true;
    return false;
}

static struct s3_RestoreStatus *restore_status(struct np_arena *a, int64_t until_ms)
{
    struct s3_RestoreStatus *s = np_new(a, struct s3_RestoreStatus);
    s->IsRestoreInProgress = (struct np_opt_bool){true, false};
    s->RestoreExpiryDate = (struct np_opt_int){true, until_ms};
    return s;
}

/* What rows of the three lists say alike. */
#define ROW_MEMBERS(p, x)                                                                          \
    do {                                                                                           \
        struct np_q *row_q = (p)->w.q;                                                             \
        struct np_arena *row_a = (p)->rq->arena;                                                   \
        (x)->Key = shown(p, (p)->w.key);                                                           \
        (x)->LastModified = (struct np_opt_int){true, np_col_int(row_q, MODIFIED)};                \
        (x)->ETag =                                                                                \
            s3_etag_text(row_a, np_col_peek(row_q, ETAG), (unsigned)np_col_int(row_q, N_PARTS));   \
        (x)->Size = (struct np_opt_int){true, np_col_int(row_q, SIZE)};                            \
        (x)->StorageClass =                                                                        \
            np_col_null(row_q, CLASS) ? NP_STR("STANDARD") : np_col_str(row_q, CLASS, row_a);      \
        if ((p)->restores && np_col_int(row_q, RESTORED) > (p)->rq->now_ms)                        \
            (x)->RestoreStatus = restore_status(row_a, np_col_int(row_q, RESTORED));               \
        if (!np_col_null(row_q, SUM_ALG)) {                                                        \
            int alg = (int)np_col_int(row_q, SUM_ALG);                                             \
            (x)->ChecksumAlgorithm = algorithm_names[alg];                                         \
            (x)->ChecksumType = s3_sum_type(alg, (unsigned)np_col_int(row_q, FLAGS));              \
        }                                                                                          \
    } while (0)

/* Lists of one name, for every algorithm. */
#define ONE(text)                                                                                  \
    {                                                                                              \
        (struct np_str[]){{text, sizeof(text) - 1}}, 1, true                                       \
    }
static const struct np_strs algorithm_names[S3_SUMS] = {
    ONE("CRC32"),  ONE("CRC32C"), ONE("CRC64NVME"), ONE("SHA1"),    ONE("SHA256"),
    ONE("SHA512"), ONE("MD5"),    ONE("XXHASH64"),  ONE("XXHASH3"), ONE("XXHASH128"),
};

static void take_objects(struct page *p, bool owners, struct s3_ObjectList *out)
{
    struct s3_Owner *own = NULL;
    out->v = np_new_array(p->rq->arena, struct s3_Object, p->max + 1);
    while (walk_next(&p->w)) {
        if (!page_room(p))
            return;
        if (p->w.common.p != NULL) {
            add_common(p);
            continue;
        }
        struct s3_Object *o = &out->v[out->n++];
        out->set = true;
        p->next = p->w.key;
        ROW_MEMBERS(p, o);
        if (owners)
            o->Owner = (struct s3_Owner *)(uintptr_t)owner_shown(
                p, np_col_str(p->w.q, OWNER, p->rq->arena), &own);
    }
}

/* --- ListObjects --- */

int s3_ListObjects(struct np_req *rq, const struct s3_ListObjectsRequest *in,
                   struct s3_ListObjectsOutput *out, struct np_err *err)
{
    struct page p = {.restores = asks_for_restores(&in->OptionalObjectAttributes)};
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &p.b, err);
    if (rc == 0)
        rc = page_init(rq, &p, in->Prefix, in->Delimiter, in->EncodingType, in->MaxKeys, err);
    if (rc != 0)
        return rc;
    walk_start(&p.w, in->Marker);
    take_objects(&p, true, &out->Contents);
    rc = page_end(&p, err);
    out->Name = in->Bucket;
    out->Prefix = shown(&p, p.w.prefix);
    out->Marker = shown(&p, in->Marker.p != NULL ? in->Marker : NP_STR(""));
    if (in->Delimiter.n != 0)
        out->Delimiter = shown(&p, in->Delimiter);
    out->MaxKeys = (struct np_opt_int){true, (int64_t)p.max};
    out->IsTruncated = (struct np_opt_bool){true, p.truncated};
    out->CommonPrefixes = p.commons;
    if (p.url)
        out->EncodingType = NP_STR("url");
    if (p.truncated && (in->Delimiter.n != 0 || p.w.budget_over))
        out->NextMarker = shown(&p, p.next);
    return rc;
}

/* --- ListObjectsV2 --- */

/* A token goes on with the same question only. */
static uint64_t filter_of(struct np_arena *a, const struct s3_ListObjectsV2Request *in)
{
    uint64_t sum;
    struct np_str all = np_str_printf(a, "%.*s|%.*s|%.*s", NP_FMT(in->Bucket), NP_FMT(in->Prefix),
                                      NP_FMT(in->Delimiter));
    np_digest_once(NP_XXHASH64, all, &sum);
    return sum;
}

int s3_ListObjectsV2(struct np_req *rq, const struct s3_ListObjectsV2Request *in,
                     struct s3_ListObjectsV2Output *out, struct np_err *err)
{
    struct page p = {.restores = asks_for_restores(&in->OptionalObjectAttributes)};
    struct np_str after = in->StartAfter;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &p.b, err);
    if (rc == 0)
        rc = page_init(rq, &p, in->Prefix, in->Delimiter, in->EncodingType, in->MaxKeys, err);
    if (rc != 0)
        return rc;
    if (in->ContinuationToken.p != NULL &&
        (in->ContinuationToken.n == 0 ||
         np_page_position(rq, filter_of(rq->arena, in), in->ContinuationToken, &after) != 0))
        return s3_bad_argument(err, NP_STR("continuation-token"), in->ContinuationToken,
                               "The continuation token provided is incorrect");
    walk_start(&p.w, after);
    take_objects(&p, in->FetchOwner.v, &out->Contents);
    rc = page_end(&p, err);
    out->Name = in->Bucket;
    out->Prefix = shown(&p, p.w.prefix);
    out->StartAfter = shown(&p, in->StartAfter);
    if (in->Delimiter.n != 0)
        out->Delimiter = shown(&p, in->Delimiter);
    out->MaxKeys = (struct np_opt_int){true, (int64_t)p.max};
    out->KeyCount = (struct np_opt_int){true, (int64_t)p.n};
    out->IsTruncated = (struct np_opt_bool){true, p.truncated};
    out->CommonPrefixes = p.commons;
    out->ContinuationToken = in->ContinuationToken;
    if (p.url)
        out->EncodingType = NP_STR("url");
    if (p.truncated)
        out->NextContinuationToken = np_page_token(rq, filter_of(rq->arena, in), p.next);
    return rc;
}

/* --- ListObjectVersions --- */

static int start_versions(struct page *p, const struct s3_ListObjectVersionsRequest *in,
                          struct np_err *err)
{
    struct s3_which w;
    struct s3_row row;
    bool found = false;
    const struct np_str name = NP_STR("version-id-marker");
    if (in->VersionIdMarker.p == NULL) {
        walk_start(&p->w, in->KeyMarker);
        return 0;
    }
    if (in->KeyMarker.n == 0)
        return s3_bad_argument(err, name, in->VersionIdMarker,
                               "A version-id marker cannot be specified without a key marker.");
    if (in->VersionIdMarker.n == 0)
        return s3_bad_argument(err, name, in->VersionIdMarker,
                               "A version-id marker cannot be empty.");
    int rc = s3_which_of(p->rq, in->VersionIdMarker, &w, NULL);
    if (rc != 0)
        return s3_bad_argument(err, name, in->VersionIdMarker, "Invalid version id specified");
    if (w.kind == S3_NULL) {
        rc =
            s3_row_find(p->w.c, p->b->id, in->KeyMarker, &w, p->rq->arena, &row, NULL, &found, err);
        w.seq = found ? row.seq : INT64_MAX;
    }
    if (rc == 0)
        walk_start_within(&p->w, in->KeyMarker, w.seq);
    return rc;
}

static void take_versions(struct page *p, struct s3_ListObjectVersionsOutput *out)
{
    struct s3_Owner *own = NULL;
    struct np_arena *a = p->rq->arena;
    struct s3_objects *o = s3_objects_of(p->rq->core);
    out->Versions.v = np_new_array(a, struct s3_ObjectVersion, p->max + 1);
    out->DeleteMarkers.v = np_new_array(a, struct s3_DeleteMarkerEntry, p->max + 1);
    while (walk_next(&p->w)) {
        if (!page_room(p))
            return;
        if (p->w.common.p != NULL) {
            add_common(p);
            continue;
        }
        struct s3_row row = {.seq = p->w.seq, .flags = (unsigned)np_col_int(p->w.q, FLAGS)};
        struct np_opt_bool latest = {true, p->w.latest};
        struct s3_Owner *owner =
            (struct s3_Owner *)(uintptr_t)owner_shown(p, np_col_str(p->w.q, OWNER, a), &own);
        p->next = p->w.key;
        p->next_version = s3_version_id(o, a, &row);
        if (row.flags & S3_F_MARKER) {
            out->DeleteMarkers.set = true;
            out->DeleteMarkers.v[out->DeleteMarkers.n++] = (struct s3_DeleteMarkerEntry){
                .Owner = owner,
                .Key = shown(p, p->w.key),
                .VersionId = p->next_version,
                .IsLatest = latest,
                .LastModified = {true, np_col_int(p->w.q, MODIFIED)},
            };
            continue;
        }
        struct s3_ObjectVersion *v = &out->Versions.v[out->Versions.n++];
        out->Versions.set = true;
        ROW_MEMBERS(p, v);
        v->VersionId = p->next_version;
        v->IsLatest = latest;
        v->Owner = owner;
    }
}

int s3_ListObjectVersions(struct np_req *rq, const struct s3_ListObjectVersionsRequest *in,
                          struct s3_ListObjectVersionsOutput *out, struct np_err *err)
{
    struct page p = {.restores = asks_for_restores(&in->OptionalObjectAttributes)};
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &p.b, err);
    if (rc == 0)
        rc = page_init(rq, &p, in->Prefix, in->Delimiter, in->EncodingType, in->MaxKeys, err);
    p.w.versions = true;
    if (rc == 0)
        rc = start_versions(&p, in, err);
    if (rc != 0)
        return rc;
    take_versions(&p, out);
    rc = page_end(&p, err);
    out->Name = in->Bucket;
    out->Prefix = shown(&p, p.w.prefix);
    out->KeyMarker = shown(&p, in->KeyMarker.p != NULL ? in->KeyMarker : NP_STR(""));
    out->VersionIdMarker = in->VersionIdMarker.p != NULL ? in->VersionIdMarker : NP_STR("");
    if (in->Delimiter.n != 0)
        out->Delimiter = shown(&p, in->Delimiter);
    out->MaxKeys = (struct np_opt_int){true, (int64_t)p.max};
    out->IsTruncated = (struct np_opt_bool){true, p.truncated};
    out->CommonPrefixes = p.commons;
    if (p.url)
        out->EncodingType = NP_STR("url");
    if (p.truncated) {
        out->NextKeyMarker = shown(&p, p.next);
        out->NextVersionIdMarker = p.next_version;
    }
    return rc;
}
