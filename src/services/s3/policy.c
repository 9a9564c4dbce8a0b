/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - bucket policies: what S3 asks of a document beyond the grammar, and its status. */
#include "services/s3/bucket_int.h"

#include "base/auto.h"
#include "codec/json.h"
#include "engines/policy/policy.h"

#define POLICY_MAX (20 * 1024)

/* --- checking a document --- */

static int malformed(struct np_err *err, const char *text)
{
    return np_fault(err, &S3_MalformedPolicy, "%s", text);
}

static const struct np_json *member(const struct np_json *o, const char *name)
{
    return np_json_member(o, np_str_of(name));
}

/* A text or a list of texts: calls fn for each; false when one is not as it should be. */
static bool each_text(const struct np_json *v, bool (*fn)(void *arg, struct np_str text), void *arg)
{
    if (v->type == NP_J_STRING)
        return fn(arg, v->s);
    if (v->type != NP_J_ARRAY)
        return false;
    for (const struct np_json *i = v->child; i != NULL; i = i->next)
        if (i->type != NP_J_STRING || !fn(arg, i->s))
            return false;
    return true;
}

static bool is_of_bucket(void *arg, struct np_str resource)
{
    static const struct np_str head = {"arn:aws:s3:::", 13};
    const struct s3_bucket *b = arg;
    if (!np_str_starts(resource, head))
        return false;
    struct np_str bucket, key;
    np_str_cut(np_str_sub(resource, head.n, resource.n), '/', &bucket, &key);
    return np_str_eq(bucket, b->name);
}

static bool is_of_s3(void *arg, struct np_str action)
{
    (void)arg;
    return np_str_is(action, "*") || np_str_istarts(action, NP_STR("s3:"));
}

/* Does an action of the statement go with the bucket itself, or with what is in it? */
struct reach {
    bool bucket, object; /* resources there are */
    bool any, fits;      /* actions */
};

static bool add_resource(void *arg, struct np_str resource)
{
    struct reach *r = arg;
    if (np_str_chr(resource, '/') >= 0)
        r->object = true;
    else
        r->bucket = true;
    return true;
}

static bool is_object_action(struct np_str action)
{
    static const char *const parts[] = {"s3:GetObject",        "s3:PutObject",
                                        "s3:DeleteObject",     "s3:RestoreObject",
                                        "s3:AbortMultipart",   "s3:ListMultipartUploadParts",
                                        "s3:BypassGovernance", "s3:ReplicateObject",
                                        "s3:ReplicateDelete",  "s3:ObjectOwnerOverride"};
    NP_EACH (p, parts)
        if (np_str_istarts(action, np_str_of(*p)))
            return true;
    return false;
}

static bool add_action(void *arg, struct np_str action)
{
    struct reach *r = arg;
    r->any = true;
    /* What ends in a star may be either. */
    bool open = np_str_chr(action, '*') >= 0 || np_str_chr(action, '?') >= 0;
    if (open || (is_object_action(action) ? r->object : r->bucket))
        r->fits = true;
    return true;
}

static int check_statement(const struct np_json *s, const struct s3_bucket *b, struct np_err *err)
{
    static const char *const required[][2] = {
        {"Effect", "Effect"},
        {"Principal", "NotPrincipal"},
        {"Action", "NotAction"},
        {"Resource", "NotResource"},
    };
    static const char *const missing[] = {
        "Missing required field Effect", "Missing required field Principal",
        "Missing required field Action", "Missing required field Resource"};
    if (s->type != NP_J_OBJECT)
        return malformed(err, "Statement is not valid");
    for (size_t i = 0; i < NP_LEN(required); i++)
        if (member(s, required[i][0]) == NULL && member(s, required[i][1]) == NULL)
            return malformed(err, missing[i]);
    const struct np_json *resource = member(s, "Resource"), *action = member(s, "Action");
    if (resource == NULL)
        resource = member(s, "NotResource");
    if (!each_text(resource, is_of_bucket, (void *)(uintptr_t)b))
        return malformed(err, "Policy has invalid resource");
    if (!each_text(action != NULL ? action : member(s, "NotAction"), is_of_s3, NULL))
        return malformed(err, "Policy has invalid action");
    struct reach r = {0};
    each_text(resource, add_resource, &r);
    if (action != NULL && member(s, "Resource") != NULL)
        each_text(action, add_action, &r);
    if (r.any && !r.fits)
        return malformed(err, "Action does not apply to any resource(s) in statement");
    return 0;
}

static int check_document(struct np_arena *a, struct np_str text, const struct s3_bucket *b,
                          struct np_err *err)
{
    static const char not_json[] = "Policies must be valid JSON and the first byte must be '{'";
    struct np_json *doc;
    if (text.n == 0 || text.p[0] != '{' || np_json_parse(a, text, &doc, NULL) != 0)
        return malformed(err, not_json);
    if (text.n > POLICY_MAX)
        return malformed(err, "Policy exceeds the maximum allowed document size.");
    const struct np_json *statement = member(doc, "Statement");
    if (statement == NULL)
        return malformed(err, "Missing required field Statement");
    if (statement->type != NP_J_ARRAY)
        return check_statement(statement, b, err);
    if (statement->n == 0)
        return malformed(err, "Could not parse the policy: Statement is empty!");
    for (const struct np_json *i = statement->child; i != NULL; i = i->next) {
        int rc = check_statement(i, b, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int compile(struct np_str text, struct np_policy **out, struct np_err *err)
{
    struct np_err why = {0};
    int rc = np_policy_compile(text, NP_POLICY_RESOURCE, out, &why);
    if (rc == 0)
        return 0;
    if (np_str_find(np_err_text(&why), NP_STR("principal")) >= 0 ||
        np_str_find(np_err_text(&why), NP_STR("Principal")) >= 0)
        return malformed(err, "Invalid principal in policy");
    return np_fault(err, &S3_MalformedPolicy, "%.*s", NP_FMT(np_err_text(&why)));
}

static int check_keys(struct np_arena *a, const struct np_policy *p, struct np_err *err)
{
    struct np_strs keys = {0};
    np_policy_context_keys(p, a, &keys);
    for (size_t i = 0; i < keys.n; i++)
        if (!s3_condition_key_ok(keys.v[i]))
            return malformed(err, "Policy has an invalid condition key");
    return 0;
}

static int check_public(struct np_req *rq, const struct s3_bucket *b, const struct np_policy *p,
                        struct np_err *err)
{
    if (!b->block.block_policy || !np_policy_is_public(p))
        return 0;
    if (!np_str_eq(rq->who->account, b->account))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    return np_fault(err, &S3_AccessDenied,
                    "User: %.*s is not authorized to perform: s3:PutBucketPolicy on resource: "
                    "\"arn:aws:s3:::%.*s\" because public policies are prevented by the "
                    "BlockPublicPolicy setting in S3 Block Public Access.",
                    NP_FMT(rq->who->arn), NP_FMT(b->name));
}

/* --- operations --- */

int s3_PutBucketPolicy_begin(struct np_req *rq, const struct s3_PutBucketPolicyRequest *in,
                             struct np_err *err)
{
    const struct s3_bucket *b;
    struct np_policy *policy = NULL;
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = check_document(rq->arena, in->Policy, b, err);
    if (rc == 0)
        rc = compile(in->Policy, &policy, err);
    if (rc == 0)
        rc = check_keys(rq->arena, policy, err);
    if (rc == 0)
        rc = check_public(rq, b, policy, err);
    np_policy_unref(policy);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketPolicy_apply(struct np_txn *t, const struct s3_PutBucketPolicyRequest *in,
                             struct s3_PutBucketPolicyOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_POLICY, &in->Policy, err);
}

/* AWS: 204, where the other calls that put something answer 200. */
int s3_PutBucketPolicy_reply(struct np_req *rq, const struct s3_PutBucketPolicyRequest *in,
                             struct s3_PutBucketPolicyOutput *out, struct np_err *err)
{
    (void)in, (void)out, (void)err;
    np_req_reply_status(rq, 204);
    return 0;
}

int s3_DeleteBucketPolicy_apply(struct np_txn *t, const struct s3_DeleteBucketPolicyRequest *in,
                                struct s3_DeleteBucketPolicyOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_POLICY, NULL, err);
}

static int none(const struct s3_bucket *b, struct np_err *err)
{
    return s3_absent(err, &S3_NoSuchBucketPolicy, b, "The bucket policy does not exist");
}

int s3_GetBucketPolicy(struct np_req *rq, const struct s3_GetBucketPolicyRequest *in,
                       struct s3_GetBucketPolicyOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    bool found;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_config_get(rq, b, S3_CFG_POLICY, &out->Policy, &found, err);
    if (rc != 0)
        return rc;
    if (!found)
        return none(b, err);
    np_req_reply_field(rq, "Content-Type", NP_STR("application/json"));
    return 0;
}

int s3_GetBucketPolicyStatus(struct np_req *rq, const struct s3_GetBucketPolicyStatusRequest *in,
                             struct s3_GetBucketPolicyStatusOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (b->policy == NULL)
        return none(b, err);
    out->PolicyStatus = np_new(rq->arena, struct s3_PolicyStatus);
    out->PolicyStatus->IsPublic = (struct np_opt_bool){.set = true, .v = b->policy_public};
    return 0;
}
