/* SPDX-License-Identifier: Apache-2.0 */
/* acl.c - access control lists: lists from canned names, header fields and
 * documents, and what a list grants to the caller. */
#include "services/s3/bucket_int.h"
#include "services/s3/s3.h"

#define GRANTS_MAX 100
#define URI_ALL    "http://acs.amazonaws.com/groups/global/AllUsers"
#define URI_AUTH   "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
#define URI_LOG    "http://acs.amazonaws.com/groups/s3/LogDelivery"

/* --- making lists --- */

static struct s3_AccessControlPolicy *acl_new(struct np_arena *a, struct np_str owner)
{
    struct s3_AccessControlPolicy *p = np_new(a, struct s3_AccessControlPolicy);
    p->Owner = s3_owner(a, owner);
    p->Grants.v = np_new_array(a, struct s3_Grant, GRANTS_MAX + 1);
    p->Grants.set = true;
    return p;
}

static struct s3_Grantee *add(struct np_arena *a, struct s3_AccessControlPolicy *p,
                              const char *permission)
{
    struct s3_Grant *g = &p->Grants.v[p->Grants.n];
    if (p->Grants.n < GRANTS_MAX)
        p->Grants.n++;
    g->Grantee = np_new(a, struct s3_Grantee);
    g->Permission = np_str_of(permission);
    return g->Grantee;
}

static void add_account(struct np_arena *a, struct s3_AccessControlPolicy *p, struct np_str account,
                        const char *permission)
{
    struct s3_Grantee *g = add(a, p, permission);
    g->Type = NP_STR("CanonicalUser");
    g->ID = s3_canonical_id(a, account);
}

static void add_group(struct np_arena *a, struct s3_AccessControlPolicy *p, const char *uri,
                      const char *permission)
{
    struct s3_Grantee *g = add(a, p, permission);
    g->Type = NP_STR("Group");
    g->URI = np_str_of(uri);
}

const struct s3_AccessControlPolicy *s3_acl_private(struct np_arena *a, struct np_str account)
{
    struct s3_AccessControlPolicy *p = acl_new(a, account);
    add_account(a, p, account, "FULL_CONTROL");
    return p;
}

static const struct canned {
    const char *name;
    bool bucket, object;
    const char *uri, *permissions[2];
    const char *for_owner; /* of the bucket an object lies in */
} canned_acls[] = {
    {"private", true, true, NULL, {NULL}, NULL},
    {"public-read", true, true, URI_ALL, {"READ"}, NULL},
    {"public-read-write", true, true, URI_ALL, {"READ", "WRITE"}, NULL},
    {"authenticated-read", true, true, URI_AUTH, {"READ"}, NULL},
    {"log-delivery-write", true, false, URI_LOG, {"WRITE", "READ_ACP"}, NULL},
    {"aws-exec-read", true, true, NULL, {NULL}, NULL},
    {"bucket-owner-read", false, true, NULL, {NULL}, "READ"},
    {"bucket-owner-full-control", false, true, NULL, {NULL}, "FULL_CONTROL"},
};

static const struct s3_AccessControlPolicy *from_canned(struct np_arena *a, const struct canned *c,
                                                        struct np_str owner,
                                                        struct np_str bucket_owner)
{
    struct s3_AccessControlPolicy *p = acl_new(a, owner);
    add_account(a, p, owner, "FULL_CONTROL");
    for (size_t i = 0; c->uri != NULL && i < NP_LEN(c->permissions); i++)
        if (c->permissions[i] != NULL)
            add_group(a, p, c->uri, c->permissions[i]);
    if (c->for_owner != NULL && !np_str_eq(owner, bucket_owner))
        add_account(a, p, bucket_owner, c->for_owner);
    return p;
}

static const struct canned *find_canned(struct np_str name, bool of_bucket)
{
    NP_EACH (c, canned_acls)
        if (np_str_eq(np_str_of(c->name), name) && (of_bucket ? c->bucket : c->object))
            return c;
    return NULL;
}

/* --- grants in header fields: id="…", uri="…", emailAddress="…" --- */

static bool is_group(struct np_str uri)
{
    return np_str_is(uri, URI_ALL) || np_str_is(uri, URI_AUTH) || np_str_is(uri, URI_LOG);
}

static int check_grantee(struct np_arena *a, const struct s3_Grantee *g, struct np_err *err)
{
    if (g->EmailAddress.p != NULL)
        return np_fault(err, &S3_UnresolvableGrantByEmailAddress,
                        "The e-mail address you provided does not match any account on record.");
    if (np_str_is(g->Type, "Group"))
        return is_group(g->URI)
                   ? 0
                   : s3_bad_argument(err, NP_STR("Group/URI"), g->URI, "Invalid group uri");
    if (!np_str_is(g->Type, "CanonicalUser"))
        return np_fault(err, &S3_MalformedACLError,
                        "The XML you provided was not well-formed or did not validate against our "
                        "published schema");
    if (s3_account_of(a, g->ID).p == NULL && !np_str_is(g->ID, S3_LOG_DELIVERY_ID))
        return s3_bad_argument(err, NP_STR("CanonicalUser/ID"), g->ID, "Invalid id");
    return 0;
}

static int one_header_grant(struct np_arena *a, struct np_str text, const char *permission,
                            struct s3_AccessControlPolicy *p, struct np_err *err)
{
    struct np_str name, value;
    bool ok = np_str_cut(np_str_trim(text), '=', &name, &value);
    value = np_str_trim(value);
    if (ok && value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
        value = np_str_sub(value, 1, value.n - 2);
    struct s3_Grantee *g = add(a, p, permission);
    value = np_str_dup(a, value);
    if (ok && np_str_ieq(name, NP_STR("id"))) {
        g->Type = NP_STR("CanonicalUser");
        g->ID = value;
    } else if (ok && np_str_ieq(name, NP_STR("uri"))) {
        g->Type = NP_STR("Group");
        g->URI = value;
    } else if (ok && np_str_ieq(name, NP_STR("emailAddress"))) {
        g->Type = NP_STR("AmazonCustomerByEmail");
        g->EmailAddress = value;
    } else {
        return s3_bad_argument(err, NP_STR("x-amz-grant"), text, "Argument format not recognized");
    }
    return check_grantee(a, g, err);
}

static int header_grants(struct np_arena *a, const struct s3_acl_headers *h,
                         struct s3_AccessControlPolicy *p, struct np_err *err)
{
    const struct {
        struct np_str value;
        const char *permission;
    } fields[] = {
        {h->full_control, "FULL_CONTROL"}, {h->read, "READ"},
        {h->read_acp, "READ_ACP"},         {h->write, "WRITE"},
        {h->write_acp, "WRITE_ACP"},
    };
    NP_EACH (f, fields) {
        struct np_str rest = f->value, one;
        while (rest.p != NULL && np_str_split(&rest, ',', &one)) {
            int rc = one_header_grant(a, one, f->permission, p, err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

static bool has_grants(const struct s3_acl_headers *h)
{
    return h->full_control.p != NULL || h->read.p != NULL || h->read_acp.p != NULL ||
           h->write.p != NULL || h->write_acp.p != NULL;
}

int s3_acl_headers_of(struct np_arena *a, struct np_str owner, struct np_str bucket_owner,
                      const struct s3_acl_headers *h, bool of_bucket,
                      const struct s3_AccessControlPolicy **out, struct np_err *err)
{
    *out = NULL;
    if (h->canned.p != NULL && has_grants(h))
        return np_fault(err, &S3_InvalidRequest,
                        "Specifying both Canned ACLs and Header Grants is not allowed");
    if (h->canned.p != NULL) {
        const struct canned *c = find_canned(h->canned, of_bucket);
        if (c == NULL)
            return s3_bad_argument(err, NP_STR("x-amz-acl"), h->canned, "%s", "");
        *out = from_canned(a, c, owner, bucket_owner);
        return 0;
    }
    if (!has_grants(h))
        return 0;
    struct s3_AccessControlPolicy *p = acl_new(a, owner);
    int rc = header_grants(a, h, p, err);
    if (rc == 0)
        *out = p;
    return rc;
}

/* --- what a list says --- */

static const struct {
    const char *name;
    unsigned bits;
} permissions[] = {
    {"READ", S3_P_READ},           {"WRITE", S3_P_WRITE},       {"READ_ACP", S3_P_READ_ACP},
    {"WRITE_ACP", S3_P_WRITE_ACP}, {"FULL_CONTROL", S3_P_FULL},
};

static unsigned permission_bits(struct np_str name)
{
    NP_EACH (p, permissions)
        if (np_str_eq(np_str_of(p->name), name))
            return p->bits;
    return 0;
}

static bool is_everybody(const struct s3_Grantee *g)
{
    return np_str_is(g->URI, URI_ALL) || np_str_is(g->URI, URI_AUTH);
}

static bool is_caller(const struct np_req *rq, const struct s3_Grantee *g, bool ignore_public,
                      struct np_str *own_id)
{
    const struct np_identity *who = rq->who;
    if (g->URI.p != NULL) {
        if (is_everybody(g))
            return !ignore_public && (np_str_is(g->URI, URI_ALL) || who->kind != NP_WHO_ANONYMOUS);
        return np_str_is(g->URI, URI_LOG) && who->kind == NP_WHO_SERVICE &&
               np_str_is(who->name, "logging.s3.amazonaws.com");
    }
    if (who->account.n == 0)
        return who->canonical_user.n != 0 && np_str_eq(g->ID, who->canonical_user);
    if (own_id->p == NULL)
        *own_id = s3_canonical_id(rq->arena, who->account);
    return np_str_eq(g->ID, *own_id);
}

unsigned s3_acl_grants(const struct np_req *rq, const struct s3_AccessControlPolicy *acl,
                       bool ignore_public)
{
    unsigned bits = 0;
    struct np_str own_id = NP_STR_NULL;
    for (size_t i = 0; acl != NULL && i < acl->Grants.n; i++) {
        const struct s3_Grant *g = &acl->Grants.v[i];
        if (g->Grantee != NULL && is_caller(rq, g->Grantee, ignore_public, &own_id))
            bits |= permission_bits(g->Permission);
    }
    return bits;
}

bool s3_acl_is_public(const struct s3_AccessControlPolicy *acl)
{
    for (size_t i = 0; acl != NULL && i < acl->Grants.n; i++)
        if (acl->Grants.v[i].Grantee != NULL && is_everybody(acl->Grants.v[i].Grantee))
            return true;
    return false;
}

/* One grant: full control for that account. */
static bool is_only_full_control(struct np_arena *a, const struct s3_AccessControlPolicy *acl,
                                 struct np_str account)
{
    struct np_str id = s3_canonical_id(a, account);
    for (size_t i = 0; i < acl->Grants.n; i++) {
        const struct s3_Grant *g = &acl->Grants.v[i];
        if (g->Grantee == NULL || !np_str_eq(g->Grantee->ID, id) ||
            !np_str_is(g->Permission, "FULL_CONTROL"))
            return false;
    }
    return acl->Grants.n != 0;
}

bool s3_acl_is_private(struct np_arena *a, const struct s3_AccessControlPolicy *acl,
                       struct np_str account)
{
    return acl == NULL || is_only_full_control(a, acl, account);
}

static int not_supported(struct np_err *err)
{
    return np_fault(err, &S3_AccessControlListNotSupported, "The bucket does not allow ACLs");
}

/* --- of objects --- */

int s3_acl_of(struct np_req *rq, const struct s3_bucket *b, const struct s3_acl_headers *h,
              const struct s3_AccessControlPolicy **out, struct np_err *err)
{
    *out = NULL;
    if (h->canned.p == NULL && !has_grants(h))
        return 0;
    struct np_str owner = rq->who->account.n != 0 ? rq->who->account : b->account;
    if (b->ownership == S3_OWNER_ENFORCED)
        owner = b->account;
    const struct s3_AccessControlPolicy *acl;
    int rc = s3_acl_headers_of(rq->arena, owner, b->account, h, false, &acl, err);
    if (rc != 0)
        return rc;
    if (b->ownership == S3_OWNER_ENFORCED) {
        bool full = h->canned.p != NULL ? np_str_is(h->canned, "bucket-owner-full-control")
                                        : is_only_full_control(rq->arena, acl, b->account);
        return full ? 0 : not_supported(err);
    }
    if (b->block.block_acls && s3_acl_is_public(acl))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    *out = acl;
    return 0;
}

/* --- documents --- */

static int malformed_acl(struct np_err *err)
{
    return np_fault(err, &S3_MalformedACLError,
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema");
}

/* The type that clients leave out follows from what is there. */
static void complete(struct s3_Grantee *g)
{
    if (g->Type.p == NULL && g->ID.p != NULL)
        g->Type = NP_STR("CanonicalUser");
    else if (g->Type.p == NULL && g->URI.p != NULL)
        g->Type = NP_STR("Group");
    g->DisplayName = NP_STR_NULL;
}

int s3_acl_document(struct np_req *rq, const struct s3_bucket *b, struct np_str owner,
                    const struct s3_AccessControlPolicy *in,
                    const struct s3_AccessControlPolicy **out, struct np_err *err)
{
    if (in == NULL || in->Owner == NULL || !in->Grants.set || in->Grants.n > GRANTS_MAX)
        return malformed_acl(err);
    if (!np_str_eq(in->Owner->ID, s3_canonical_id(rq->arena, owner)))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    struct s3_AccessControlPolicy *p = acl_new(rq->arena, owner);
    for (size_t i = 0; i < in->Grants.n; i++) {
        const struct s3_Grant *from = &in->Grants.v[i];
        if (from->Grantee == NULL || permission_bits(from->Permission) == 0)
            return malformed_acl(err);
        struct s3_Grant *to = &p->Grants.v[p->Grants.n++];
        to->Permission = from->Permission;
        to->Grantee = np_new(rq->arena, struct s3_Grantee);
        *to->Grantee = *from->Grantee;
        complete(to->Grantee);
        int rc = check_grantee(rq->arena, to->Grantee, err);
        if (rc != 0)
            return rc;
    }
    if (b->ownership == S3_OWNER_ENFORCED && !is_only_full_control(rq->arena, p, b->account))
        return not_supported(err);
    if (b->block.block_acls && s3_acl_is_public(p))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    *out = p;
    return 0;
}

/* --- of buckets --- */

int s3_GetBucketAcl(struct np_req *rq, const struct s3_GetBucketAclRequest *in,
                    struct s3_GetBucketAclOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    const struct s3_AccessControlPolicy *acl = b->acl;
    if (acl == NULL || b->ownership == S3_OWNER_ENFORCED)
        acl = s3_acl_private(rq->arena, b->account);
    out->Owner = acl->Owner;
    out->Grants = acl->Grants;
    return 0;
}

static struct s3_acl_headers headers_of(const struct s3_PutBucketAclRequest *in)
{
    return (struct s3_acl_headers){
        .canned = in->ACL,
        .full_control = in->GrantFullControl,
        .read = in->GrantRead,
        .read_acp = in->GrantReadACP,
        .write = in->GrantWrite,
        .write_acp = in->GrantWriteACP,
    };
}

int s3_PutBucketAcl_begin(struct np_req *rq, const struct s3_PutBucketAclRequest *in,
                          struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    struct s3_acl_headers h = headers_of(in);
    bool by_header = h.canned.p != NULL || has_grants(&h);
    const struct s3_AccessControlPolicy *acl = NULL;
    if (by_header && in->AccessControlPolicy != NULL)
        return np_fault(err, &S3_UnexpectedContent, "This request does not support content");
    if (!by_header && in->AccessControlPolicy == NULL)
        return np_fault(err, &S3_MissingSecurityHeader,
                        "Your request was missing a required header");
    if (!by_header) {
        rc = s3_acl_document(rq, b, b->account, in->AccessControlPolicy, &acl, err);
    } else {
        rc = s3_acl_headers_of(rq->arena, b->account, b->account, &h, true, &acl, err);
        if (rc == 0 && b->ownership == S3_OWNER_ENFORCED &&
            !is_only_full_control(rq->arena, acl, b->account))
            return not_supported(err);
        if (rc == 0 && b->block.block_acls && s3_acl_is_public(acl))
            return np_fault(err, &S3_AccessDenied, "Access Denied");
    }
    rq->priv = (void *)(uintptr_t)acl;
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketAcl_apply(struct np_txn *t, const struct s3_PutBucketAclRequest *in,
                          struct s3_PutBucketAclOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_ACL, np_txn_req(t)->priv, err);
}
