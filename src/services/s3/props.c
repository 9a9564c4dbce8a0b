/* SPDX-License-Identifier: Apache-2.0 */
/* props.c - what of a version can change while its bytes do not: tags, ACL, retention, legal hold.
 */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/timefmt.h"
#include "gen/s3/ops.h"

/* --- finding and changing a version in apply --- */

struct change {
    struct s3_which which;
    struct np_str value; /* packed tags or ACL */
    struct s3_lock lock; /* of retention */
    bool bypass;
    bool again; /* it was restored already */
    /* Out: */
    struct s3_row row;
    bool versioned;
};

static int begin(struct np_req *rq, struct np_str bucket, struct np_str owner, struct np_str key,
                 struct np_str version_id, const struct s3_bucket **b, struct np_err *err)
{
    struct change *c = np_new(rq->arena, struct change);
    rq->priv = c;
    int rc = s3_bucket_need(rq, bucket, owner, b, err);
    if (rc == 0)
        rc = s3_key_check(rq, key, err);
    return rc != 0 ? rc : s3_which_of(rq, version_id, &c->which, err);
}

static int find(struct np_txn *t, struct np_str bucket, struct np_str key, struct s3_bucket_row *b,
                struct np_err *err)
{
    struct change *c = np_txn_req(t)->priv;
    bool found;
    int rc = s3_bucket_row(t, bucket, b, err);
    if (rc == 0)
        rc = s3_row_find(np_txn_db(t), b->id, key, &c->which, np_txn_arena(t), &c->row, NULL,
                         &found, err);
    if (rc != 0)
        return rc;
    c->versioned = b->versioning != S3_UNVERSIONED;
    if (found && !(c->row.flags & S3_F_MARKER))
        return 0;
    if (found && c->which.kind != S3_NEWEST)
        return np_fault(err, &S3_MethodNotAllowed,
                        "The specified method is not allowed against this resource.");
    if (c->which.kind != S3_NEWEST)
        np_fault(err, &S3_NoSuchVersion, "The specified version does not exist.");
    else
        np_fault(err, &S3_NoSuchKey, "The specified key does not exist.");
    np_err_extra(err, "Key", key);
    return NP_EFAULT;
}

static struct np_str version_of(struct np_req *rq, const struct change *c)
{
    return c->versioned ? s3_version_id(s3_objects_of(rq->core), rq->arena, &c->row) : NP_STR_NULL;
}

static int told(struct np_txn *t, const struct s3_bucket_row *b, struct np_str key,
                const char *event, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    struct change *c = rq->priv;
    return s3_tell(s3_objects_of(rq->core), t, b, &(struct s3_told){event, key, rq}, &c->row, err);
}

/* --- tags --- */

static int set_tags(struct np_txn *t, struct np_str bucket, struct np_str key, struct np_str tags,
                    const char *event, struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_objects SET tags = ?4 WHERE bucket_id = ?1 AND key = ?2 AND seq = ?3");
    struct change *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    int rc = find(t, bucket, key, &b, err);
    if (rc == 0)
        rc = np_exec(t, &set, err, "ibib", b.id, key, -c->row.seq, tags);
    return rc != 0 ? rc : told(t, &b, key, event, err);
}

int s3_PutObjectTagging_begin(struct np_req *rq, const struct s3_PutObjectTaggingRequest *in,
                              struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = begin(rq, in->Bucket, in->ExpectedBucketOwner, in->Key, in->VersionId, &b, err);
    if (rc == 0)
        rc = s3_authorize_late(rq, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0)
        rc = s3_tags_of_set(rq, &in->Tagging->TagSet, &((struct change *)rq->priv)->value, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutObjectTagging_apply(struct np_txn *t, const struct s3_PutObjectTaggingRequest *in,
                              struct s3_PutObjectTaggingOutput *out, struct np_err *err)
{
    (void)out;
    return set_tags(t, in->Bucket, in->Key, ((struct change *)np_txn_req(t)->priv)->value,
                    "ObjectTagging:Put", err);
}

int s3_PutObjectTagging_reply(struct np_req *rq, const struct s3_PutObjectTaggingRequest *in,
                              struct s3_PutObjectTaggingOutput *out, struct np_err *err)
{
    (void)in, (void)err;
    out->VersionId = version_of(rq, rq->priv);
    return 0;
}

int s3_DeleteObjectTagging_begin(struct np_req *rq, const struct s3_DeleteObjectTaggingRequest *in,
                                 struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = begin(rq, in->Bucket, in->ExpectedBucketOwner, in->Key, in->VersionId, &b, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_DeleteObjectTagging_apply(struct np_txn *t, const struct s3_DeleteObjectTaggingRequest *in,
                                 struct s3_DeleteObjectTaggingOutput *out, struct np_err *err)
{
    (void)out;
    return set_tags(t, in->Bucket, in->Key, NP_STR_NULL, "ObjectTagging:Delete", err);
}

int s3_DeleteObjectTagging_reply(struct np_req *rq, const struct s3_DeleteObjectTaggingRequest *in,
                                 struct s3_DeleteObjectTaggingOutput *out, struct np_err *err)
{
    (void)in, (void)err;
    out->VersionId = version_of(rq, rq->priv);
    return 0;
}

int s3_GetObjectTagging(struct np_req *rq, const struct s3_GetObjectTaggingRequest *in,
                        struct s3_GetObjectTaggingOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_row row;
    struct np_tag *tags;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_object_need(rq, b, in->Key, in->VersionId, &row, NULL, err);
    if (rc != 0)
        return rc;
    size_t n = s3_tags_unpack(row.tags, rq->arena, &tags);
    out->TagSet.v = np_new_array(rq->arena, struct s3_Tag, n + 1);
    out->TagSet.n = n;
    out->TagSet.set = true;
    for (size_t i = 0; i < n; i++)
        out->TagSet.v[i] = (struct s3_Tag){.Key = tags[i].key, .Value = tags[i].value};
    if (b->versioning != S3_UNVERSIONED)
        out->VersionId = s3_version_id(s3_objects_of(rq->core), rq->arena, &row);
    return 0;
}

/* --- ACL --- */

static const struct s3_AccessControlPolicy *private_acl(struct np_arena *a, struct np_str account)
{
    struct s3_AccessControlPolicy *p = np_new(a, struct s3_AccessControlPolicy);
    struct s3_Grantee *g = np_new(a, struct s3_Grantee);
    g->Type = NP_STR("CanonicalUser");
    g->ID = s3_canonical_id(a, account);
    p->Owner = s3_owner(a, account);
    p->Grants.v = np_new(a, struct s3_Grant);
    p->Grants.v[0] = (struct s3_Grant){.Grantee = g, .Permission = NP_STR("FULL_CONTROL")};
    p->Grants.n = 1;
    p->Grants.set = true;
    return p;
}

int s3_GetObjectAcl(struct np_req *rq, const struct s3_GetObjectAclRequest *in,
                    struct s3_GetObjectAclOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_row row;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_object_need(rq, b, in->Key, in->VersionId, &row, NULL, err);
    if (rc != 0)
        return rc;
    bool enforced = b->ownership == S3_OWNER_ENFORCED;
    const struct s3_AccessControlPolicy *acl = enforced ? NULL : s3_acl_unpack(row.acl, rq->arena);
    if (acl == NULL)
        acl = private_acl(rq->arena, enforced || row.owner.p == NULL ? b->account : row.owner);
    out->Owner = acl->Owner;
    out->Grants = acl->Grants;
    if (b->versioning != S3_UNVERSIONED)
        np_req_reply_field(rq, "x-amz-version-id",
                           s3_version_id(s3_objects_of(rq->core), rq->arena, &row));
    return 0;
}

/* The list of a document or of header fields; the object's owner is asked of a row, since a
 * document has to name it. */
int s3_PutObjectAcl_begin(struct np_req *rq, const struct s3_PutObjectAclRequest *in,
                          struct np_err *err)
{
    const struct s3_bucket *b;
    const struct s3_AccessControlPolicy *acl = NULL;
    struct s3_row row;
    const struct s3_acl_headers h = {
        .canned = in->ACL,
        .full_control = in->GrantFullControl,
        .read = in->GrantRead,
        .read_acp = in->GrantReadACP,
        .write = in->GrantWrite,
        .write_acp = in->GrantWriteACP,
    };
    bool by_header = h.canned.p != NULL || h.full_control.p != NULL || h.read.p != NULL ||
                     h.read_acp.p != NULL || h.write.p != NULL || h.write_acp.p != NULL;
    int rc = begin(rq, in->Bucket, in->ExpectedBucketOwner, in->Key, in->VersionId, &b, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0 && by_header && in->AccessControlPolicy != NULL)
        rc = np_fault(err, &S3_UnexpectedContent, "This request does not support content");
    if (rc == 0 && !by_header && in->AccessControlPolicy == NULL)
        rc = np_fault(err, &S3_MissingSecurityHeader, "Your request was missing a required header");
    if (rc == 0)
        rc = s3_object_need(rq, b, in->Key, in->VersionId, &row, NULL, err);
    if (rc == 0)
        rc = by_header ? s3_acl_of(rq, b, &h, &acl, err)
                       : s3_acl_document(rq, b, row.owner.p != NULL ? row.owner : b->account,
                                         in->AccessControlPolicy, &acl, err);
    if (rc != 0)
        return rc;
    ((struct change *)rq->priv)->value = s3_acl_pack(rq->arena, acl);
    return np_apply(rq);
}

int s3_PutObjectAcl_apply(struct np_txn *t, const struct s3_PutObjectAclRequest *in,
                          struct s3_PutObjectAclOutput *out, struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_objects SET acl = ?4 WHERE bucket_id = ?1 AND key = ?2 AND seq = ?3");
    struct change *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = find(t, in->Bucket, in->Key, &b, err);
    if (rc == 0)
        rc = np_exec(t, &set, err, "ibib", b.id, in->Key, -c->row.seq, c->value);
    return rc != 0 ? rc : told(t, &b, in->Key, "ObjectAcl:Put", err);
}

int s3_PutObjectAcl_reply(struct np_req *rq, const struct s3_PutObjectAclRequest *in,
                          struct s3_PutObjectAclOutput *out, struct np_err *err)
{
    (void)in, (void)out, (void)err;
    struct np_str version = version_of(rq, rq->priv);
    if (version.p != NULL)
        np_req_reply_field(rq, "x-amz-version-id", version);
    return 0;
}

/* --- retention --- */

static int no_lock(const struct s3_bucket *b, struct np_err *err)
{
    if (b->object_lock)
        return 0;
    return np_fault(err, &S3_InvalidRequest, "Bucket is missing Object Lock Configuration");
}

static int malformed(const struct np_req *rq, struct np_err *err)
{
    if (rq->wire.body.n == 0)
        return np_fault(err, &S3_MissingRequestBodyError, "Request Body is empty");
    return np_fault(err, &S3_MalformedXML,
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema");
}

int s3_PutObjectRetention_begin(struct np_req *rq, const struct s3_PutObjectRetentionRequest *in,
                                struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = begin(rq, in->Bucket, in->ExpectedBucketOwner, in->Key, in->VersionId, &b, err);
    struct change *c = rq->priv;
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0)
        rc = no_lock(b, err);
    if (rc != 0)
        return rc;
    const struct s3_ObjectLockRetention *r = in->Retention;
    c->bypass = in->BypassGovernanceRetention.v;
    if (r == NULL || (r->Mode.n == 0) != !r->RetainUntilDate.set)
        return malformed(rq, err);
    if (r->Mode.n == 0) /* an empty document takes retention away */
        return np_apply(rq);
    if (!np_str_is(r->Mode, "GOVERNANCE") && !np_str_is(r->Mode, "COMPLIANCE"))
        return malformed(rq, err);
    if (r->RetainUntilDate.v <= rq->now_ms)
        return np_fault(err, &S3_InvalidArgument, "The retain until date must be in the future!");
    rc = s3_lock_mode_of(r->Mode, &c->lock.mode, err);
    c->lock.until_ms = r->RetainUntilDate.v;
    return rc != 0 ? rc : np_apply(rq);
}

/* Longer in the same mode is free; anything else needs that the lock is over, or a bypass.
 * AWS: also from GOVERNANCE to COMPLIANCE (tests/sdk/test_s3_versions.py). */
static int may_change(const struct change *c, int64_t now_ms, struct np_err *err)
{
    const struct s3_lock *old = &c->row.lock;
    bool in_force = old->mode != S3_LOCK_NONE && old->until_ms > now_ms;
    bool extends = c->lock.mode == old->mode && c->lock.until_ms >= old->until_ms;
    if (!in_force || extends || (old->mode == S3_LOCK_GOVERNANCE && c->bypass))
        return 0;
    return np_fault(err, &S3_AccessDenied,
                    "Access Denied because object protected by object lock.");
}

int s3_PutObjectRetention_apply(struct np_txn *t, const struct s3_PutObjectRetentionRequest *in,
                                struct s3_PutObjectRetentionOutput *out, struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_objects SET lock_mode = ?4, lock_until_ms = ?5 WHERE bucket_id = ?1 AND "
                "key = ?2 AND seq = ?3");
    struct change *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = find(t, in->Bucket, in->Key, &b, err);
    if (rc == 0)
        rc = may_change(c, np_txn_now_ms(t), err);
    return rc != 0 ? rc
                   : np_exec(t, &set, err, "ibiii", b.id, in->Key, -c->row.seq,
                             (int64_t)c->lock.mode, c->lock.until_ms);
}

static int no_configuration(struct np_str key, struct np_err *err)
{
    np_fault(err, &S3_NoSuchObjectLockConfiguration,
             "The specified object does not have a ObjectLock configuration");
    np_err_extra(err, "Key", key);
    return NP_EFAULT;
}

int s3_GetObjectRetention(struct np_req *rq, const struct s3_GetObjectRetentionRequest *in,
                          struct s3_GetObjectRetentionOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_row row;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = no_lock(b, err);
    if (rc == 0)
        rc = s3_object_need(rq, b, in->Key, in->VersionId, &row, NULL, err);
    if (rc != 0)
        return rc;
    if (row.lock.mode == S3_LOCK_NONE)
        return no_configuration(in->Key, err);
    struct s3_ObjectLockRetention *r = np_new(rq->arena, struct s3_ObjectLockRetention);
    r->Mode = row.lock.mode == S3_LOCK_COMPLIANCE ? NP_STR("COMPLIANCE") : NP_STR("GOVERNANCE");
    r->RetainUntilDate = (struct np_opt_int){true, row.lock.until_ms};
    out->Retention = r;
    return 0;
}

/* --- legal hold --- */

int s3_PutObjectLegalHold_begin(struct np_req *rq, const struct s3_PutObjectLegalHoldRequest *in,
                                struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = begin(rq, in->Bucket, in->ExpectedBucketOwner, in->Key, in->VersionId, &b, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0)
        rc = no_lock(b, err);
    if (rc == 0 && (in->LegalHold == NULL || (!np_str_is(in->LegalHold->Status, "ON") &&
                                              !np_str_is(in->LegalHold->Status, "OFF"))))
        rc = malformed(rq, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutObjectLegalHold_apply(struct np_txn *t, const struct s3_PutObjectLegalHoldRequest *in,
                                struct s3_PutObjectLegalHoldOutput *out, struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_objects SET legal_hold = ?4 WHERE bucket_id = ?1 AND key = ?2 AND "
                "seq = ?3");
    struct change *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = find(t, in->Bucket, in->Key, &b, err);
    return rc != 0 ? rc
                   : np_exec(t, &set, err, "ibii", b.id, in->Key, -c->row.seq,
                             (int64_t)s3_hold_of(in->LegalHold->Status));
}

int s3_GetObjectLegalHold(struct np_req *rq, const struct s3_GetObjectLegalHoldRequest *in,
                          struct s3_GetObjectLegalHoldOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_row row;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = no_lock(b, err);
    if (rc == 0)
        rc = s3_object_need(rq, b, in->Key, in->VersionId, &row, NULL, err);
    if (rc == 0 && row.lock.hold == S3_HOLD_NEVER)
        rc = no_configuration(in->Key, err);
    if (rc != 0)
        return rc;
    out->LegalHold = np_new(rq->arena, struct s3_ObjectLockLegalHold);
    out->LegalHold->Status = s3_hold_name(row.lock.hold);
    return 0;
}

/* --- restore: what takes minutes or hours on AWS is done when the call returns --- */

#define DAY_MS (24 * 3600 * INT64_C(1000))

static struct np_str tier_of(const struct s3_RestoreRequest *r)
{
    return r->GlacierJobParameters != NULL ? r->GlacierJobParameters->Tier : r->Tier;
}

static int check_tier(const struct np_req *rq, const struct s3_RestoreRequest *r,
                      struct np_err *err)
{
    static const char *const tiers[] = {"Standard", "Bulk", "Expedited"};
    struct np_str tier = tier_of(r);
    if (r->GlacierJobParameters == NULL && tier.p == NULL)
        return 0;
    NP_EACH (t, tiers)
        if (np_str_eq(tier, np_str_of(*t)))
            return 0;
    return malformed(rq, err);
}

int s3_RestoreObject_begin(struct np_req *rq, const struct s3_RestoreObjectRequest *in,
                           struct np_err *err)
{
    const struct s3_bucket *b;
    const struct s3_RestoreRequest *r = in->RestoreRequest;
    int rc = begin(rq, in->Bucket, in->ExpectedBucketOwner, in->Key, in->VersionId, &b, err);
    if (rc == 0)
        rc = s3_payer_check(rq, b, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0 && (r == NULL || !r->Days.set))
        rc = malformed(rq, err);
    if (rc == 0 && (r->Days.v < 1 || r->Days.v > (NP_TIME_MOST_MS - rq->now_ms) / DAY_MS - 1))
        rc = s3_bad_argument(
            err, NP_STR("Days"), np_str_printf(rq->arena, "%lld", (long long)r->Days.v),
            "Restoration days should be at least 1, and end before the year 10000");
    if (rc == 0)
        rc = check_tier(rq, r, err);
    return rc != 0 ? rc : np_apply(rq);
}

static int check_restore(const struct s3_row *row, const struct s3_RestoreRequest *r,
                         struct np_err *err)
{
    if (!s3_is_archived(row)) {
        np_fault(err, &S3_InvalidObjectState,
                 "Restore is not allowed for the object's current storage class");
        np_err_extra(err, "StorageClass", s3_class_text(row));
        return NP_EFAULT;
    }
    if (np_str_is(tier_of(r), "Expedited") && np_str_is(row->class_, "DEEP_ARCHIVE"))
        return np_fault(err, &S3_InvalidArgument,
                        "Retrieval option is not supported by this storage class");
    return 0;
}

int s3_RestoreObject_apply(struct np_txn *t, const struct s3_RestoreObjectRequest *in,
                           struct s3_RestoreObjectOutput *out, struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_objects SET restored_ms = ?4 WHERE bucket_id = ?1 AND key = ?2 AND "
                "seq = ?3");
    struct change *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    int64_t now = np_txn_now_ms(t);
    (void)out;
    int rc = find(t, in->Bucket, in->Key, &b, err);
    if (rc == 0)
        rc = check_restore(&c->row, in->RestoreRequest, err);
    if (rc != 0)
        return rc;
    /* AWS: until the midnight after so many days; asked again it counts anew. */
    int64_t until = ((now + in->RestoreRequest->Days.v * DAY_MS) / DAY_MS + 1) * DAY_MS;
    c->again = s3_is_readable(&c->row, now);
    rc = np_exec(t, &set, err, "ibii", b.id, in->Key, -c->row.seq, until);
    if (rc == 0 && !c->again)
        rc = told(t, &b, in->Key, "ObjectRestore:Post", err);
    return rc != 0 || c->again ? rc : told(t, &b, in->Key, "ObjectRestore:Completed", err);
}

int s3_RestoreObject_reply(struct np_req *rq, const struct s3_RestoreObjectRequest *in,
                           struct s3_RestoreObjectOutput *out, struct np_err *err)
{
    (void)in, (void)out, (void)err;
    if (!((struct change *)rq->priv)->again)
        np_req_reply_status(rq, 202);
    return 0;
}
