/* SPDX-License-Identifier: Apache-2.0 */
/* s3_head_fuzz.c - what header fields say of an object: ranges, sources of copies, entity tags, and
 * all that PutObject takes. The first byte chooses; ranges go on with a size of four bytes, uploads
 * have lines "name:value". */
#include "fuzz.h"

#include "base/auto.h"
#include "base/enc.h"
#include "codec/codec.h"
#include "codec/json.h"
#include "services/s3/object_int.h"

#define FIELDS_MAX 32

static void range(struct np_arena *a, struct np_str s)
{
    uint64_t size = 0, first, last;
    struct s3_range r = {0};
    (void)a;
    for (size_t i = 0; i < 4 && s.n != 0; i++, s = np_str_sub(s, 1, s.n))
        size = size << 8 | (uint8_t)s.p[0];
    enum s3_ranged asked = s3_range_read(s, size, &r);
    np_assert((asked == S3_RANGE_SOME) == (r.n != 0));
    np_assert(r.off <= size && r.n <= size - r.off);
    if (!s3_copy_range_read(s, &first, &last))
        return;
    np_assert(first <= last && asked != S3_RANGE_NONE);
    np_assert(asked != S3_RANGE_SOME || r.off == first);
}

static void source(struct np_arena *a, struct np_str s)
{
    struct s3_source_name x = {0}, again = {0};
    struct np_buf b;
    if (!s3_copy_source_read(a, s, &x)) {
        np_assert(x.bucket.p == NULL);
        return;
    }
    np_assert(x.bucket.n != 0 && x.key.n != 0 && np_str_chr(x.bucket, '/') < 0);
    np_buf_init(&b, a, 3 * s.n + 16);
    np_buf_char(&b, '/'); /* a bucket that begins like an ARN needs it */
    np_uri_encode(&b, x.bucket, true);
    np_buf_char(&b, '/');
    np_uri_encode(&b, x.key, true);
    if (x.version_id.p != NULL) {
        np_buf_lit(&b, "?versionId=");
        np_uri_encode(&b, x.version_id, true);
    }
    np_assert(np_buf_ok(&b) && s3_copy_source_read(a, np_buf_str(&b), &again));
    np_assert(np_str_eq(again.key, x.key) && np_str_eq(again.version_id, x.version_id));
}

static void tags(struct np_arena *a, struct np_str s)
{
    const struct s3_row row = {.etag = NP_STR("0123456789abcdef"), .n_parts = 2};
    struct np_str own = s3_etag_text(a, row.etag, row.n_parts);
    np_assert(s3_etag_matches(np_str_printf(a, "%.*s,%.*s", NP_FMT(s), NP_FMT(own)), &row, a));
    s3_etag_matches(s, &row, a);
}

/* --- PutObject --- */

static void context(struct np_arena *a, struct np_str text)
{
    struct np_json *json = NULL;
    struct s3_kms k = {.key = NP_STR("arn"), .wrapped = text, .context = text, .bucket_key = true};
    struct s3_kms *again = s3_kms_unpack(s3_kms_pack(a, &k), a);
    np_assert(np_str_eq(again->context, text) && np_str_eq(again->wrapped, text));
    s3_kms_unpack(text, a);
    if (s3_kms_context_read(a, text, &json, NULL) != 0)
        return;
    np_assert(json->type == NP_J_OBJECT);
    for (const struct np_json *m = json->child; m != NULL; m = m->next)
        np_assert(m->type == NP_J_STRING);
}

static void check_row(struct np_arena *a, const struct s3_asked *asked, const struct s3_row *row)
{
    struct s3_head head;
    struct np_tag *list;
    s3_head_unpack(row->head, a, &head);
    np_assert(np_str_eq(s3_head_pack(a, &head), row->head));
    np_assert(np_str_eq(head.cache_control, asked->cache_control));
    np_assert(np_str_eq(head.redirect, asked->redirect));
    np_assert(head.metadata.n <= asked->metadata->n);
    size_t n = s3_tags_unpack(row->tags, a, &list);
    np_assert(n <= 10 && np_str_eq(s3_tags_pack(a, list, n), row->tags));
    np_assert(row->acl.p == NULL || s3_acl_unpack(row->acl, a) != NULL);
}

static void put_with(struct np_req *rq, struct s3_bucket *b)
{
    struct s3_PutObjectRequest in = {0};
    struct np_invalid why;
    struct s3_upload up = {.rq = rq};
    struct s3_row row = {0};
    struct s3_sse_key key = {0};
    struct np_err err = {0};
    if (np_decode_head(NP_PROTO_REST_XML, &s3_PutObject_op, &rq->wire, rq->arena, &in, NULL) != 0 ||
        np_validate(s3_PutObject_op.in, &in, rq->arena, &why) != 0)
        return;
    const struct s3_asked asked = S3_ASKED(&in);
    if (asked.kms_context.n != 0)
        context(rq->arena, asked.kms_context);
    int rc = s3_attrs_of(rq, b, &asked, &row, &key, &err);
    np_assert(rc == 0 || rc == NP_EFAULT);
    if (rc == 0)
        check_row(rq->arena, &asked, &row);
    rc = s3_upload_sums(&up, S3_SUM_MEMBERS(&in), in.ChecksumAlgorithm, in.ContentMD5, &err);
    np_assert(rc == 0 || rc == NP_EFAULT);
    np_assert(rc != 0 || up.want_md5.p == NULL || up.want_md5.n == 16);
}

static void put(struct np_arena *a, struct np_str rest)
{
    static const struct np_identity who = {.account = {"111122223333", 12}};
    struct np_core core = {.config = {.at_rest = true}};
    struct np_wire_field fields[FIELDS_MAX];
    struct np_str line;
    struct np_req rq = {.arena = a, .core = &core, .who = &who, .now_ms = 1700000000000};
    rq.wire = (struct np_wire_request){
        .method = NP_STR("PUT"), .path = NP_STR("/bucket/key"), .fields = fields};
    while (rq.wire.n_fields < FIELDS_MAX && np_str_split(&rest, '\n', &line))
        if (np_str_cut(line, ':', &fields[rq.wire.n_fields].name, &fields[rq.wire.n_fields].value))
            rq.wire.n_fields++;
    struct s3_bucket b = {.account = NP_STR("444455556666"), .object_lock = true};
    put_with(&rq, &b);
    b.ownership = S3_OWNER_ENFORCED;
    b.object_lock = false;
    put_with(&rq, &b);
}

static void (*const readers[])(struct np_arena *a, struct np_str s) = {range, source, tags, put};

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    readers[p[0] % NP_LEN(readers)](a, np_str_n(p + 1, n - 1));
    return 0;
}
