/* SPDX-License-Identifier: Apache-2.0 */
/* attrs.c - what a request asks of a new object beside its bytes: header fields, metadata, tags,
 * ACL, storage class, locks. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "services/s3/limits.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

int s3_key_check(struct np_req *rq, struct np_str key, struct np_err *err)
{
    if (key.n > S3_KEY_MAX) {
        np_fault(err, &S3_KeyTooLongError, "Your key is too long");
        np_err_extra(err, "Size", np_str_printf(rq->arena, "%zu", key.n));
        np_err_extra(err, "MaxSizeAllowed", NP_STR("1024"));
        return NP_EFAULT;
    }
    if (!np_utf8_ok(key))
        return np_fault(err, &S3_InvalidURI, "Couldn't parse the specified URI.");
    return 0;
}

int s3_whole_check(struct np_req *rq, struct np_err *err)
{
    static const struct {
        const char *name, *text;
    } parameters[] = {
        {"partNumber", "This operation does not accept partNumber without uploadId"},
        {"uploadId", "This operation does not accept uploadId without partNumber"},
        {"versionId", "This operation does not accept a version-id."},
    };
    NP_EACH (p, parameters) {
        struct np_str name = np_str_of(p->name), value = s3_query_value(rq, name);
        if (value.p != NULL)
            return s3_bad_argument(err, name, value, "%s", p->text);
    }
    return 0;
}

/* --- header fields and metadata --- */

/* "aws-chunked, gzip" was "gzip" before it was sent. */
static struct np_str without_chunked(struct np_arena *a, struct np_str v)
{
    struct np_str rest = v, one;
    struct np_buf b;
    if (np_str_find(v, NP_STR("aws-chunked")) < 0)
        return v;
    np_buf_init(&b, a, v.n + 1);
    while (np_str_split(&rest, ',', &one)) {
        one = np_str_trim(one);
        if (one.n == 0 || np_str_ieq(one, NP_STR("aws-chunked")))
            continue;
        if (b.n != 0)
            np_buf_char(&b, ',');
        np_buf_str_add(&b, one);
    }
    return b.n != 0 ? np_buf_str(&b) : NP_STR_NULL;
}

static int take_metadata(struct np_req *rq, const struct s3_Metadata *in, struct s3_Metadata *out,
                         struct np_err *err)
{
    size_t bytes = 0;
    *out = (struct s3_Metadata){.set = in->n != 0};
    out->v = np_new_array(rq->arena, struct s3_Metadata_entry, in->n + 1);
    for (size_t i = 0; i < in->n; i++) {
        struct np_str key = np_str_lower(rq->arena, in->v[i].key), value = in->v[i].value;
        if (key.n == 0)
            return np_fault(err, &S3_InvalidArgument, "A metadata header needs a name.");
        bytes += key.n + value.n;
        size_t j = 0;
        while (j < out->n && !np_str_eq(out->v[j].key, key))
            j++;
        if (j < out->n) /* AWS: a name given twice is one, its values joined */
            value = np_str_printf(rq->arena, "%.*s,%.*s", NP_FMT(out->v[j].value), NP_FMT(value));
        else
            out->n++;
        out->v[j] = (struct s3_Metadata_entry){key, value};
    }
    if (bytes <= S3_METADATA_MAX)
        return 0;
    np_fault(err, &S3_MetadataTooLarge,
             "Your metadata headers exceed the maximum allowed metadata size");
    np_err_extra(err, "Size", np_str_printf(rq->arena, "%zu", bytes));
    np_err_extra(err, "MaxSizeAllowed", np_str_printf(rq->arena, "%d", S3_METADATA_MAX));
    return NP_EFAULT;
}

static int check_redirect(struct np_str to, struct np_err *err)
{
    if (to.p == NULL || np_str_starts(to, NP_STR("/")) || np_str_starts(to, NP_STR("http://")) ||
        np_str_starts(to, NP_STR("https://")))
        return 0;
    return np_fault(err, &S3_InvalidRequest,
                    "The website redirect location must have a prefix of 'http://' or 'https://' "
                    "or '/'.");
}

int s3_head_of(struct np_req *rq, const struct s3_asked *asked, struct np_str *packed,
               struct np_err *err)
{
    struct s3_head h = {
        .cache_control = asked->cache_control,
        .content_disposition = asked->content_disposition,
        .content_encoding = without_chunked(rq->arena, asked->content_encoding),
        .content_language = asked->content_language,
        .content_type = asked->content_type.n != 0 ? asked->content_type : NP_STR_NULL,
        .expires = asked->expires,
        .redirect = asked->redirect,
    };
    int rc = check_redirect(h.redirect, err);
    if (rc == 0)
        rc = take_metadata(rq, asked->metadata, &h.metadata, err);
    if (rc == 0)
        *packed = s3_head_pack(rq->arena, &h);
    return rc;
}

/* --- storage class --- */

static int take_class(struct np_str class_, struct np_str *out, struct np_err *err)
{
    static const char *const classes[] = {"REDUCED_REDUNDANCY",  "STANDARD_IA", "ONEZONE_IA",
                                          "INTELLIGENT_TIERING", "GLACIER",     "DEEP_ARCHIVE",
                                          "GLACIER_IR"};
    *out = NP_STR_NULL;
    if (class_.p == NULL || np_str_is(class_, "STANDARD"))
        return 0;
    NP_EACH (c, classes)
        if (np_str_eq(class_, np_str_of(*c))) {
            *out = np_str_of(*c);
            return 0;
        }
    np_fault(err, &S3_InvalidStorageClass, "The storage class you specified is not valid");
    np_err_extra(err, "StorageClassRequested", class_);
    return NP_EFAULT;
}

/* --- locks --- */

static int lock_fault(struct np_err *err, const char *text)
{
    return np_fault(err, &S3_InvalidRequest, "%s", text);
}

int s3_lock_mode_of(struct np_str mode, enum s3_lock_mode *out, struct np_err *err)
{
    if (np_str_is(mode, "GOVERNANCE"))
        *out = S3_LOCK_GOVERNANCE;
    else if (np_str_is(mode, "COMPLIANCE"))
        *out = S3_LOCK_COMPLIANCE;
    else
        return np_fault(err, &S3_InvalidArgument, "Unknown wormMode directive.");
    return 0;
}

enum s3_hold s3_hold_of(struct np_str status)
{
    if (status.p == NULL)
        return S3_HOLD_NEVER;
    return np_str_is(status, "ON") ? S3_HOLD_ON : S3_HOLD_OFF;
}

struct np_str s3_hold_name(enum s3_hold hold)
{
    static const char *const names[] = {
        [S3_HOLD_NEVER] = NULL, [S3_HOLD_ON] = "ON", [S3_HOLD_OFF] = "OFF"};
    return np_str_of(names[hold]);
}

static int take_lock(struct np_req *rq, const struct s3_bucket *b, const struct s3_asked *asked,
                     struct s3_lock *out, struct np_err *err)
{
    *out = (struct s3_lock){0};
    bool asks = asked->lock_mode.p != NULL || asked->lock_until.set || asked->lock_hold.p != NULL;
    if (!b->object_lock)
        return asks ? lock_fault(err, "Bucket is missing Object Lock Configuration") : 0;
    if (asked->lock_hold.p != NULL && !np_str_is(asked->lock_hold, "ON") &&
        !np_str_is(asked->lock_hold, "OFF"))
        return np_fault(err, &S3_InvalidArgument, "Legal Hold must be either of 'ON' or 'OFF'");
    out->hold = s3_hold_of(asked->lock_hold);
    if ((asked->lock_mode.p != NULL) != asked->lock_until.set)
        return s3_bad_argument(err,
                               asked->lock_until.set
                                   ? NP_STR("x-amz-object-lock-mode")
                                   : NP_STR("x-amz-object-lock-retain-until-date"),
                               NP_STR_NULL,
                               "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode "
                               "must both be supplied");
    if (asked->lock_mode.p == NULL) {
        if (b->retention.set) {
            out->mode = b->retention.compliance ? S3_LOCK_COMPLIANCE : S3_LOCK_GOVERNANCE;
            out->until_ms = rq->now_ms + b->retention.days * DAY_MS;
        }
        return 0;
    }
    if (asked->lock_until.v <= rq->now_ms)
        return s3_bad_argument(err, NP_STR("x-amz-object-lock-retain-until-date"),
                               np_time_iso_str(rq->arena, asked->lock_until.v, true),
                               "The retain until date must be in the future!");
    out->until_ms = asked->lock_until.v;
    return s3_lock_mode_of(asked->lock_mode, &out->mode, err);
}

/* --- all of it --- */

static struct np_str owner_of(struct np_req *rq, const struct s3_bucket *b,
                              const struct s3_acl_headers *acl)
{
    struct np_str caller = rq->who->account;
    if (b->ownership == S3_OWNER_ENFORCED || caller.n == 0 || np_str_eq(caller, b->account))
        return NP_STR_NULL;
    if (b->ownership == S3_OWNER_PREFERRED && np_str_is(acl->canned, "bucket-owner-full-control"))
        return NP_STR_NULL;
    return caller;
}

int s3_attrs_of(struct np_req *rq, const struct s3_bucket *b, const struct s3_asked *asked,
                struct s3_row *row, struct s3_sse_key *key, struct np_err *err)
{
    const struct s3_AccessControlPolicy *acl = NULL;
    int rc = s3_key_check(rq, asked->key, err);
    if (rc == 0)
        rc = s3_encryption_of(rq, b, asked, key, err);
    if (rc == 0)
        rc = take_class(asked->class_, &row->class_, err);
    if (rc == 0)
        rc = s3_acl_of(rq, b, &asked->acl, &acl, err);
    if (rc == 0)
        rc = s3_head_of(rq, asked, &row->head, err);
    row->tags = NP_STR_NULL;
    if (rc == 0 && asked->tagging.n != 0)
        rc = s3_tags_of_header(rq, asked->tagging, &row->tags, err);
    if (rc == 0)
        rc = take_lock(rq, b, asked, &row->lock, err);
    if (rc != 0)
        return rc;
    row->acl = s3_acl_pack(rq->arena, acl);
    row->owner = owner_of(rq, b, &asked->acl);
    row->sse_check = key->set ? key->check : NP_STR_NULL;
    return 0;
}
