/* SPDX-License-Identifier: Apache-2.0 */
/* bucket.c - buckets themselves: made, listed, found, deleted. */
#include "services/s3/bucket_int.h"

#include "aws/page.h"
#include "base/digest.h"

#define BUCKETS_MAX      10000 /* of an account: AWS's quota */
#define BUCKETS_PAGE_MAX 10000

int s3_bucket_row(struct np_txn *t, struct np_str name, struct s3_bucket_row *out,
                  struct np_err *err)
{
    NP_SQL(one, "SELECT id, account, region, versioning, object_lock, notifies FROM s3_buckets "
                "WHERE name = ?1");
    struct np_arena *a = np_txn_arena(t);
    struct np_q *q = np_tq(t, &one, "s", name);
    bool found = np_row(q);
    if (found)
        *out = (struct s3_bucket_row){
            .id = np_col_int(q, 0),
            .name = name,
            .account = np_col_str(q, 1, a),
            .region = np_col_str(q, 2, a),
            .versioning = (enum s3_versioning)np_col_int(q, 3),
            .object_lock = np_col_int(q, 4) != 0,
            .notifies = np_col_int(q, 5) != 0,
        };
    int rc = np_q_end(q, err);
    return rc != 0 || found ? rc : s3_no_such_bucket(name, a, err);
}

/* --- CreateBucket --- */

/* What begin made of the request for apply. */
struct new_bucket {
    struct np_str region;
    const struct s3_AccessControlPolicy *acl; /* NULL: private */
    struct np_str ownership;
};

static int location_fault(struct np_req *rq, struct np_str said, struct np_err *err)
{
    return np_fault(err, &S3_IllegalLocationConstraintException,
                    "The %.*s location constraint is incompatible for the region specific "
                    "endpoint this request was sent to.",
                    NP_FMT(said.n != 0 ? said : NP_STR("unspecified")));
}

static int find_region(struct np_req *rq, const struct s3_CreateBucketConfiguration *c,
                       struct np_str *out, struct np_err *err)
{
    struct np_str said = c != NULL ? c->LocationConstraint : NP_STR_NULL;
    struct np_str region = np_str_is(said, "EU") ? NP_STR("eu-west-1") : said;
    bool classic = np_str_is(rq->region, "us-east-1");
    if (region.n == 0) {
        *out = rq->region;
        return classic ? 0 : location_fault(rq, said, err);
    }
    /* AWS: us-east-1 is the one region that must not be named. */
    if (np_str_is(region, "us-east-1") || !np_region_ok(rq->core, region)) {
        np_fault(err, &S3_InvalidLocationConstraint,
                 "The specified location-constraint is not valid");
        np_err_extra(err, "LocationConstraint", said);
        return NP_EFAULT;
    }
    if (!classic && !np_str_eq(region, rq->region))
        return location_fault(rq, said, err);
    *out = region;
    return 0;
}

static int check_shape(const struct s3_CreateBucketRequest *in, struct np_err *err)
{
    const struct s3_CreateBucketConfiguration *c = in->CreateBucketConfiguration;
    if (in->BucketNamespace.p != NULL && !np_str_is(in->BucketNamespace, "global"))
        return s3_not_implemented(err, "x-amz-bucket-namespace");
    if (c != NULL && (c->Location != NULL || c->Bucket != NULL))
        return np_fault(err, &S3_InvalidRequest,
                        "This region has no directory buckets: leave Location and Bucket out of "
                        "CreateBucketConfiguration.");
    return 0;
}

static int find_acl(struct np_req *rq, const struct s3_CreateBucketRequest *in,
                    struct new_bucket *n, struct np_err *err)
{
    const struct s3_acl_headers h = {
        .canned = in->ACL,
        .full_control = in->GrantFullControl,
        .read = in->GrantRead,
        .read_acp = in->GrantReadACP,
        .write = in->GrantWrite,
        .write_acp = in->GrantWriteACP,
    };
    const struct np_str owner = rq->who->account;
    int rc = s3_acl_headers_of(rq->arena, owner, owner, &h, true, &n->acl, err);
    if (rc != 0)
        return rc;
    if (np_str_is(in->ACL, "private"))
        n->acl = NULL;
    if (n->acl == NULL)
        return 0;
    if (np_str_is(n->ownership, "BucketOwnerEnforced"))
        return np_fault(err, &S3_InvalidBucketAclWithObjectOwnership,
                        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced "
                        "setting");
    if (s3_acl_is_public(n->acl)) /* a new bucket blocks public access */
        return np_fault(err, &S3_InvalidBucketAclWithBlockPublicAccessError,
                        "Bucket cannot have public ACLs set with BlockPublicAccess enabled");
    return s3_authorize_new(rq, in->Bucket, "s3:PutBucketAcl", err);
}

static int check_rights(struct np_req *rq, const struct s3_CreateBucketRequest *in,
                        struct np_err *err)
{
    int rc = s3_authorize_new(rq, in->Bucket, "s3:CreateBucket", err);
    if (rc == 0 && in->ObjectLockEnabledForBucket.v)
        rc = s3_authorize_new(rq, in->Bucket, "s3:PutBucketObjectLockConfiguration", err);
    if (rc == 0 && in->ObjectLockEnabledForBucket.v)
        rc = s3_authorize_new(rq, in->Bucket, "s3:PutBucketVersioning", err);
    if (rc == 0 && in->ObjectOwnership.p != NULL)
        rc = s3_authorize_new(rq, in->Bucket, "s3:PutBucketOwnershipControls", err);
    if (rc == 0 && in->CreateBucketConfiguration != NULL &&
        in->CreateBucketConfiguration->Tags.n != 0)
        rc = s3_authorize_new(rq, in->Bucket, "s3:TagResource", err);
    return rc;
}

int s3_CreateBucket_begin(struct np_req *rq, const struct s3_CreateBucketRequest *in,
                          struct np_err *err)
{
    if (!s3_bucket_name_ok(in->Bucket)) {
        np_fault(err, &S3_InvalidBucketName, "The specified bucket is not valid.");
        np_err_extra(err, "BucketName", in->Bucket);
        return NP_EFAULT;
    }
    struct new_bucket *n = np_new(rq->arena, struct new_bucket);
    n->ownership =
        in->ObjectOwnership.p != NULL ? in->ObjectOwnership : NP_STR("BucketOwnerEnforced");
    int rc = check_shape(in, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0)
        rc = find_region(rq, in->CreateBucketConfiguration, &n->region, err);
    if (rc == 0)
        rc = check_rights(rq, in, err);
    if (rc == 0)
        rc = find_acl(rq, in, n, err);
    if (rc == 0 && in->CreateBucketConfiguration != NULL)
        rc = s3_tags_check(&in->CreateBucketConfiguration->Tags, err);
    rq->priv = n;
    return rc != 0 ? rc : np_apply(rq);
}

/* Who has the name already? *own: the caller, in a region where that is no error. */
static int check_taken(struct np_txn *t, struct np_str name, bool *own, struct np_err *err)
{
    NP_SQL(one, "SELECT account, region FROM s3_buckets WHERE name = ?1");
    const struct np_scope *scope = np_txn_scope(t);
    struct np_q *q = np_tq(t, &one, "s", name);
    bool taken = np_row(q), mine = taken && np_str_eq(np_col_peek(q, 0), scope->account);
    *own =
        mine && np_str_is(np_col_peek(q, 1), "us-east-1") && np_str_is(scope->region, "us-east-1");
    int rc = np_q_end(q, err);
    if (rc != 0 || !taken || *own)
        return rc;
    if (mine)
        np_fault(err, &S3_BucketAlreadyOwnedByYou,
                 "Your previous request to create the named bucket succeeded and you already own "
                 "it.");
    else
        np_fault(err, &S3_BucketAlreadyExists,
                 "The requested bucket name is not available. The bucket namespace is shared by "
                 "all users of the system. Please select a different name and try again.");
    np_err_extra(err, "BucketName", name);
    return NP_EFAULT;
}

static int check_quota(struct np_txn *t, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM s3_buckets WHERE account = :account");
    struct np_q *q = np_tq(t, &count, "");
    int64_t n = np_row(q) ? np_col_int(q, 0) : 0;
    int rc = np_q_end(q, err);
    if (rc == 0 && n >= BUCKETS_MAX)
        rc = np_fault(err, &S3_TooManyBuckets,
                      "You have attempted to create more buckets than allowed");
    return rc;
}

/* AWS: since 2023 a new bucket blocks public access and has no ACLs. */
static int add_configs(struct np_txn *t, const struct s3_CreateBucketRequest *in,
                       const struct new_bucket *n, struct np_err *err)
{
    static const struct np_opt_bool on = {.set = true, .v = true};
    const struct s3_PublicAccessBlockConfiguration block = {
        .BlockPublicAcls = on,
        .IgnorePublicAcls = on,
        .BlockPublicPolicy = on,
        .RestrictPublicBuckets = on,
    };
    struct s3_OwnershipControlsRule rule = {.ObjectOwnership = n->ownership};
    const struct s3_OwnershipControls ownership = {.Rules = {.v = &rule, .n = 1, .set = true}};
    int rc = s3_config_set(t, in->Bucket, S3_CFG_BLOCK, &block, err);
    if (rc == 0)
        rc = s3_config_set(t, in->Bucket, S3_CFG_OWNERSHIP, &ownership, err);
    if (rc == 0 && n->acl != NULL)
        rc = s3_config_set(t, in->Bucket, S3_CFG_ACL, n->acl, err);
    const struct s3_CreateBucketConfiguration *c = in->CreateBucketConfiguration;
    if (rc == 0 && c != NULL && c->Tags.n != 0)
        rc =
            s3_config_set(t, in->Bucket, S3_CFG_TAGS, &(struct s3_Tagging){.TagSet = c->Tags}, err);
    return rc;
}

int s3_CreateBucket_apply(struct np_txn *t, const struct s3_CreateBucketRequest *in,
                          struct s3_CreateBucketOutput *out, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO s3_buckets (name, account, region, created_ms, versioning, "
                "object_lock) VALUES (?1, :account, ?2, :now, ?3, ?4)");
    const struct new_bucket *n = np_txn_req(t)->priv;
    struct np_arena *a = np_txn_arena(t);
    bool own, lock = in->ObjectLockEnabledForBucket.v;
    int rc = check_taken(t, in->Bucket, &own, err);
    if (rc == 0 && own) { /* AWS: in us-east-1 this is fine, and resets the ACL. */
        rc = s3_config_set(t, in->Bucket, S3_CFG_ACL, n->acl, err);
    } else if (rc == 0) {
        rc = check_quota(t, err);
        if (rc == 0)
            rc = np_exec(t, &add, err, "ssii", in->Bucket, n->region,
                         (int64_t)(lock ? S3_VERSIONING_ENABLED : S3_UNVERSIONED), (int64_t)lock);
        if (rc == 0)
            rc = add_configs(t, in, n, err);
    }
    if (rc != 0)
        return rc;
    out->Location = np_str_is(n->region, "us-east-1")
                        ? np_str_printf(a, "/%.*s", NP_FMT(in->Bucket))
                        : np_str_printf(a, "http://%.*s.s3.amazonaws.com/", NP_FMT(in->Bucket));
    out->BucketArn = np_str_printf(a, "arn:aws:s3:::%.*s", NP_FMT(in->Bucket));
    return 0;
}

/* --- HeadBucket, GetBucketLocation --- */

int s3_HeadBucket(struct np_req *rq, const struct s3_HeadBucketRequest *in,
                  struct s3_HeadBucketOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    out->BucketRegion = b->region;
    out->BucketArn = np_str_printf(rq->arena, "arn:aws:s3:::%.*s", NP_FMT(b->name));
    out->AccessPointAlias = (struct np_opt_bool){.set = true};
    return 0;
}

int s3_GetBucketLocation(struct np_req *rq, const struct s3_GetBucketLocationRequest *in,
                         struct s3_GetBucketLocationOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0 && !np_str_is(b->region, "us-east-1"))
        out->LocationConstraint = b->region;
    return rc;
}

/* --- ListBuckets --- */

/* The same in every process: tokens outlive this one. */
static uint64_t filter_of(const struct s3_ListBucketsRequest *in, struct np_arena *a)
{
    uint64_t sum;
    struct np_str text =
        np_str_printf(a, "%.*s/%.*s", NP_FMT(in->Prefix), NP_FMT(in->BucketRegion));
    np_digest_once(NP_XXHASH64, text, &sum);
    return sum;
}

static struct s3_Bucket *push(struct np_arena *a, struct s3_Buckets *list, size_t *cap)
{
    if (list->n == *cap) {
        *cap = 2 * *cap + 16;
        struct s3_Bucket *v = np_new_array(a, struct s3_Bucket, *cap);
        if (list->n != 0)
            memcpy(v, list->v, list->n * sizeof(*v));
        list->v = v;
    }
    return &list->v[list->n++];
}

int s3_ListBuckets(struct np_req *rq, const struct s3_ListBucketsRequest *in,
                   struct s3_ListBucketsOutput *out, struct np_err *err)
{
    NP_SQL(page, "SELECT name, created_ms, region FROM s3_buckets WHERE account = :account "
                 "AND name > ?1 AND name >= ?2 AND (?3 IS NULL OR region = ?3) "
                 "ORDER BY name LIMIT ?4");
    struct np_arena *a = rq->arena;
    int64_t max = in->MaxBuckets.set ? in->MaxBuckets.v : BUCKETS_PAGE_MAX;
    if (max < 1 || max > BUCKETS_PAGE_MAX)
        return s3_bad_argument(err, NP_STR("max-buckets"), np_str_printf(a, "%lld", (long long)max),
                               "Argument max-buckets must be an integer between 1 and %d",
                               BUCKETS_PAGE_MAX);
    struct np_str after;
    if (np_page_position(rq, filter_of(in, a), in->ContinuationToken, &after) != 0)
        return s3_bad_argument(err, NP_STR("continuation-token"), NP_STR_NULL,
                               "The continuation token provided is incorrect");
    if (after.p == NULL)
        after = NP_STR("");
    struct np_str prefix = in->Prefix.p != NULL ? in->Prefix : NP_STR("");
    bool with_region = in->MaxBuckets.set || in->Prefix.p != NULL || in->BucketRegion.p != NULL ||
                       in->ContinuationToken.p != NULL;
    struct np_scope scope = np_req_scope(rq);
    struct np_q *q =
        np_q(np_req_db(rq), &scope, &page, "sssi", after, prefix, in->BucketRegion, max + 1);
    size_t cap = 0;
    bool more = false;
    while (!more && np_row(q) && np_str_starts(np_col_peek(q, 0), prefix)) {
        more = out->Buckets.n == (size_t)max;
        if (!more)
            *push(a, &out->Buckets, &cap) = (struct s3_Bucket){
                .Name = np_col_str(q, 0, a),
                .CreationDate = {.set = true, .v = np_col_int(q, 1) / 1000 * 1000},
                .BucketRegion = with_region ? np_col_str(q, 2, a) : NP_STR_NULL,
            };
    }
    out->Buckets.set = true;
    out->Owner = s3_owner(a, rq->account);
    out->Prefix = in->Prefix;
    if (more)
        out->ContinuationToken =
            np_page_token(rq, filter_of(in, a), out->Buckets.v[out->Buckets.n - 1].Name);
    return np_q_end(q, err);
}

/* --- DeleteBucket --- */

int s3_DeleteBucket_apply(struct np_txn *t, const struct s3_DeleteBucketRequest *in,
                          struct s3_DeleteBucketOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM s3_buckets WHERE id = ?1");
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc != 0)
        return rc;
    if (!s3_bucket_is_empty(t, b.id)) {
        np_fault(err, &S3_BucketNotEmpty,
                 b.versioning == S3_UNVERSIONED
                     ? "The bucket you tried to delete is not empty"
                     : "The bucket you tried to delete is not empty. You must delete all versions "
                       "in the bucket.");
        np_err_extra(err, "BucketName", in->Bucket);
        return NP_EFAULT;
    }
    rc = s3_bucket_drop_uploads(np_txn_req(t)->core, t, b.id, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "i", b.id);
    if (rc == 0)
        s3_bucket_changed(t, in->Bucket);
    return rc;
}
