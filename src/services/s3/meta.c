/* SPDX-License-Identifier: Apache-2.0 */
/* meta.c - what a row keeps packed: header fields and metadata, tags, the access control list; and
 * tags as requests name them. */
#include "services/s3/object_int.h"

#include "aws/tags.h"
#include "base/arena.h"
#include "base/enc.h"

/* Texts stand one after another, each with its length before it: a head of a request is at most
 * 64 KiB, so two bytes do. */
#define PACKED_MAX (128 * 1024)

static void put_text(struct np_buf *b, struct np_str s)
{
    unsigned char n[2] = {(unsigned char)s.n, (unsigned char)(s.n >> 8)};
    np_buf_add(b, n, 2);
    np_buf_str_add(b, s);
}

/* False at the end, and at bytes that are not ours. */
static bool get_text(struct np_str *rest, struct np_str *out)
{
    if (rest->n < 2)
        return false;
    size_t n = (size_t)(unsigned char)rest->p[0] | (size_t)(unsigned char)rest->p[1] << 8;
    if (n > rest->n - 2)
        return false;
    *out = np_str_n(rest->p + 2, n);
    *rest = np_str_n(rest->p + 2 + n, rest->n - 2 - n);
    return true;
}

/* --- header fields and metadata --- */

enum { METADATA = 64 }; /* else the index of one of these */
static const size_t fields[] = {
    offsetof(struct s3_head, cache_control),    offsetof(struct s3_head, content_disposition),
    offsetof(struct s3_head, content_encoding), offsetof(struct s3_head, content_language),
    offsetof(struct s3_head, content_type),     offsetof(struct s3_head, expires),
    offsetof(struct s3_head, redirect),
};

static struct np_str *field(const struct s3_head *h, size_t i)
{
    return (struct np_str *)(void *)((char *)(uintptr_t)h + fields[i]);
}

struct np_str s3_head_pack(struct np_arena *a, const struct s3_head *h)
{
    struct np_buf b;
    np_buf_init(&b, a, PACKED_MAX);
    for (size_t i = 0; i < NP_LEN(fields); i++) {
        if (field(h, i)->p == NULL)
            continue;
        np_buf_char(&b, (char)i);
        put_text(&b, *field(h, i));
    }
    for (size_t i = 0; i < h->metadata.n; i++) {
        np_buf_char(&b, METADATA);
        put_text(&b, h->metadata.v[i].key);
        put_text(&b, h->metadata.v[i].value);
    }
    return b.n != 0 ? np_buf_str(&b) : NP_STR_NULL;
}

static size_t count_metadata(struct np_str rest)
{
    size_t n = 0;
    struct np_str text;
    while (rest.n != 0) {
        bool meta = rest.p[0] == METADATA;
        rest = np_str_sub(rest, 1, rest.n);
        if (!get_text(&rest, &text) || (meta && !get_text(&rest, &text)))
            break;
        n += meta;
    }
    return n;
}

void s3_head_unpack(struct np_str packed, struct np_arena *a, struct s3_head *out)
{
    *out = (struct s3_head){0};
    size_t n = count_metadata(packed);
    if (n != 0)
        out->metadata.v = np_new_array(a, struct s3_Metadata_entry, n);
    out->metadata.set = n != 0;
    while (packed.n != 0) {
        unsigned char code = (unsigned char)packed.p[0];
        struct np_str text, value;
        packed = np_str_sub(packed, 1, packed.n);
        if (!get_text(&packed, &text) || (code == METADATA && !get_text(&packed, &value)))
            return;
        if (code == METADATA && out->metadata.n < n)
            out->metadata.v[out->metadata.n++] = (struct s3_Metadata_entry){text, value};
        else if (code < NP_LEN(fields))
            *field(out, code) = text;
    }
}

/* --- encryption by KMS --- */

struct np_str s3_kms_pack(struct np_arena *a, const struct s3_kms *k)
{
    struct np_buf b;
    if (k == NULL)
        return NP_STR_NULL;
    np_buf_init(&b, a, PACKED_MAX);
    np_buf_char(&b, (char)k->bucket_key);
    put_text(&b, k->key);
    put_text(&b, k->wrapped);
    if (k->context.p != NULL)
        put_text(&b, k->context);
    return np_buf_str(&b);
}

struct s3_kms *s3_kms_unpack(struct np_str packed, struct np_arena *a)
{
    if (packed.n == 0)
        return NULL;
    struct s3_kms *k = np_new(a, struct s3_kms);
    struct np_str rest = np_str_sub(packed, 1, packed.n);
    k->bucket_key = packed.p[0] != 0;
    if (get_text(&rest, &k->key) && get_text(&rest, &k->wrapped))
        get_text(&rest, &k->context);
    return k;
}

/* --- tags --- */

struct np_str s3_tags_pack(struct np_arena *a, const struct np_tag *tags, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, a, PACKED_MAX);
    for (size_t i = 0; i < n; i++) {
        put_text(&b, tags[i].key);
        put_text(&b, tags[i].value);
    }
    return n != 0 ? np_buf_str(&b) : NP_STR_NULL;
}

size_t s3_tags_count(struct np_str packed)
{
    size_t n = 0;
    struct np_str text;
    while (get_text(&packed, &text) && get_text(&packed, &text))
        n++;
    return n;
}

size_t s3_tags_unpack(struct np_str packed, struct np_arena *a, struct np_tag **out)
{
    size_t n = s3_tags_count(packed);
    *out = np_new_array(a, struct np_tag, n + 1);
    for (size_t i = 0; i < n; i++) {
        get_text(&packed, &(*out)[i].key);
        get_text(&packed, &(*out)[i].value);
    }
    return n;
}

#define OBJECT_TAGS_MAX 10

static int bad_tag(struct np_err *err, struct np_str key, const char *text)
{
    np_fault(err, &S3_InvalidTag, "%s", text);
    np_err_extra(err, "TagKey", key);
    return NP_EFAULT;
}

static int tags_check(const struct np_tag *tags, size_t n, struct np_err *err)
{
    size_t at = 0;
    if (n > OBJECT_TAGS_MAX)
        return np_fault(err, &S3_BadRequest, "Object tags cannot be greater than %d",
                        OBJECT_TAGS_MAX);
    switch (np_tags_check(tags, n, &at)) {
    case NP_TAG_OK:
        return 0;
    case NP_TAG_TOO_MANY:
        return np_fault(err, &S3_BadRequest, "Object tags cannot be greater than %d",
                        OBJECT_TAGS_MAX);
    case NP_TAG_DUPLICATE:
        return bad_tag(err, tags[at].key, "Cannot provide multiple Tags with the same key");
    case NP_TAG_VALUE_LENGTH:
    case NP_TAG_VALUE_CHARACTERS:
        return bad_tag(err, tags[at].key, "The TagValue you have provided is invalid");
    case NP_TAG_RESERVED:
        return bad_tag(err, tags[at].key, "System tags cannot be added/updated by requester");
    case NP_TAG_KEY_LENGTH:
    case NP_TAG_KEY_CHARACTERS:
        break;
    }
    return bad_tag(err, tags[at].key, "The TagKey you have provided is invalid");
}

int s3_tags_of_header(struct np_req *rq, struct np_str text, struct np_str *packed,
                      struct np_err *err)
{
    struct np_tag tags[OBJECT_TAGS_MAX + 1];
    size_t n = 0;
    struct np_str rest = text, pair, key, value;
    *packed = NP_STR_NULL;
    while (np_str_split(&rest, '&', &pair)) {
        if (pair.n == 0)
            continue;
        if (!np_str_cut(pair, '=', &key, &value))
            value = NP_STR("");
        key = np_uri_decode(rq->arena, key, true);
        value = np_uri_decode(rq->arena, value, true);
        if (key.p == NULL || value.p == NULL || key.n == 0)
            return s3_bad_argument(err, NP_STR("x-amz-tagging"), text,
                                   "The header 'x-amz-tagging' shall be encoded as UTF-8 then "
                                   "URLEncoded URL query parameters without tag name duplicates.");
        tags[n++] = (struct np_tag){key, value};
        if (n > OBJECT_TAGS_MAX)
            break;
    }
    int rc = tags_check(tags, n, err);
    if (rc == 0)
        *packed = s3_tags_pack(rq->arena, tags, n);
    return rc;
}

int s3_tags_of_set(struct np_req *rq, const struct s3_TagSet *set, struct np_str *packed,
                   struct np_err *err)
{
    struct np_tag *tags = np_new_array(rq->arena, struct np_tag, set->n + 1);
    for (size_t i = 0; i < set->n; i++)
        tags[i] = (struct np_tag){set->v[i].Key, set->v[i].Value};
    int rc = tags_check(tags, set->n, err);
    if (rc == 0)
        *packed = s3_tags_pack(rq->arena, tags, set->n);
    return rc;
}

/* --- access control lists --- */

struct np_str s3_acl_pack(struct np_arena *a, const struct s3_AccessControlPolicy *acl)
{
    if (acl == NULL)
        return NP_STR_NULL;
    struct np_buf b;
    np_buf_init(&b, a, PACKED_MAX);
    np_cbor_put(&s3_AccessControlPolicy_shape, acl, &b);
    return np_buf_str(&b);
}

const struct s3_AccessControlPolicy *s3_acl_unpack(struct np_str packed, struct np_arena *a)
{
    if (packed.p == NULL)
        return NULL;
    struct s3_AccessControlPolicy *acl = np_new(a, struct s3_AccessControlPolicy);
    return np_cbor_get(&s3_AccessControlPolicy_shape, packed, a, acl, NULL) == 0 ? acl : NULL;
}
