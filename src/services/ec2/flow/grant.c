/* SPDX-License-Identifier: Apache-2.0 */
/* grant.c - the bucket's policy lets the delivery in.
 *
 * AWS: CreateFlowLogs adds statements to the bucket's policy as the caller, who therefore needs
 * s3:GetBucketPolicy and s3:PutBucketPolicy, unless they are there
 * (tests/sdk/test_ec2_flow_files.py). */
#include <stdio.h>

#include "services/ec2/flow/deliver.h"

#include "aws/call.h"
#include "aws/req.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "codec/json.h"
#include "engines/policy/policy.h"
#include "gen/ec2/types.h"
#include "gen/s3/stubs.h"
#include "gen/s3/types.h"
#include "services/ec2/flow/log.h"

#define DELIVERY   "delivery.logs.amazonaws.com"
#define POLICY_MAX 65536

struct grant {
    struct np_req *rq;
    struct np_str bucket, prefix;
    struct np_str folder,
        source_arn; /* ARN of where files go, with a slash at its end; who sends */
    struct s3_GetBucketPolicyRequest get;
    struct s3_PutBucketPolicyRequest set;
    struct np_caller caller;
};

static int denied(struct np_req *rq, struct np_str bucket)
{
    return np_fault(
        &rq->err, &EC2_LogDestinationPermissionIssue,
        "Access Denied for LogDestination: %.*s. Please check LogDestination permission",
        NP_FMT(bucket));
}

/* --- what it says already --- */

/* Would it let a file of the log in? */
static bool has_it(const struct grant *g, struct np_str text)
{
    struct np_req *rq = g->rq;
    struct np_policy *p = NULL;
    if (np_policy_compile(text, NP_POLICY_RESOURCE, &p, NULL) != 0)
        return false;
    const struct np_policy_key keys[] = {
        NP_POLICY_KEY1(NP_STR("s3:x-amz-acl"), NP_STR("bucket-owner-full-control")),
        NP_POLICY_KEY1(NP_STR("aws:SourceAccount"), rq->account),
        NP_POLICY_KEY1(NP_STR("aws:SourceArn"), g->source_arn)};
    const struct np_policy_request ask = {
        .action = NP_STR("s3:PutObject"),
        .resource = np_str_printf(rq->arena, "%.*s2026/", NP_FMT(g->folder)),
        .principal = {.service = NP_STR(DELIVERY)},
        .keys = keys,
        .n_keys = NP_LEN(keys)};
    bool allows = np_policy_eval(p, &ask, NULL) == NP_ALLOW;
    np_policy_unref(p);
    return allows;
}

/* --- what it shall say --- */

/* Sids are unique in a policy: behind other statements they say which folder they are for. */
static void put_statements(struct np_buf *b, const struct grant *g, bool first)
{
    char sid[17] = "";
    uint64_t hash;
    np_digest_once(NP_XXHASH64, np_str_cat(g->rq->arena, g->folder, g->source_arn), &hash);
    if (!first)
        snprintf(sid, sizeof(sid), "%016llx", (unsigned long long)hash);
    const struct np_req *rq = g->rq;
    struct np_str when = np_str_printf(
        rq->arena, "\"aws:SourceAccount\":\"%.*s\"},\"ArnLike\":{\"aws:SourceArn\":\"%.*s\"}}}",
        NP_FMT(rq->account), NP_FMT(g->source_arn));
    np_buf_printf(b,
                  "{\"Sid\":\"AWSLogDeliveryWrite%s\",\"Effect\":\"Allow\",\"Principal\":{"
                  "\"Service\":\"" DELIVERY "\"},\"Action\":\"s3:PutObject\",\"Resource\":\"%.*s*"
                  "\",\"Condition\":{\"StringEquals\":{\"s3:x-amz-acl\":"
                  "\"bucket-owner-full-control\",%.*s,",
                  sid, NP_FMT(g->folder), NP_FMT(when));
    np_buf_printf(
        b,
        "{\"Sid\":\"AWSLogDeliveryAclCheck%s\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":"
        "\"" DELIVERY "\"},\"Action\":[\"s3:GetBucketAcl\",\"s3:ListBucket\"],"
        "\"Resource\":\"arn:aws:s3:::%.*s\",\"Condition\":{\"StringEquals\":{%.*s",
        sid, NP_FMT(g->bucket), NP_FMT(when));
}

/* The document with two statements more; NULL: a new one. */
static struct np_str with_it(struct grant *g, const struct np_json *policy)
{
    struct np_buf b;
    bool first = true;
    np_buf_init(&b, g->rq->arena, POLICY_MAX);
    np_buf_char(&b, '{');
    for (const struct np_json *m = policy != NULL ? policy->child : NULL; m != NULL; m = m->next) {
        if (np_str_is(m->key, "Statement"))
            continue;
        np_json_quote(&b, m->key);
        np_buf_char(&b, ':');
        np_json_write(m, &b);
        np_buf_char(&b, ',');
    }
    if (policy == NULL)
        np_buf_lit(&b, "\"Version\":\"2012-10-17\",");
    np_buf_lit(&b, "\"Statement\":[");
    const struct np_json *all = np_json_member(policy, NP_STR("Statement"));
    const struct np_json *s = all != NULL && all->type == NP_J_ARRAY ? all->child : all;
    for (; s != NULL; s = all->type == NP_J_ARRAY ? s->next : NULL) {
        if (!first)
            np_buf_char(&b, ',');
        np_json_write(s, &b);
        first = false;
    }
    if (!first)
        np_buf_char(&b, ',');
    put_statements(&b, g, first);
    np_buf_lit(&b, "]}");
    return np_buf_ok(&b) ? np_buf_str(&b) : NP_STR_NULL;
}

/* --- asking --- */

static void was_set(void *arg, int rc, const void *out, const struct np_err *err)
{
    struct grant *g = arg;
    (void)out, (void)err;
    if (rc == 0)
        np_req_apply(g->rq);
    else
        np_req_done(g->rq, denied(g->rq, g->bucket));
}

static void got(void *arg, int rc, const void *out, const struct np_err *err)
{
    struct grant *g = arg;
    const struct s3_GetBucketPolicyOutput *o = out;
    struct np_json *policy = NULL;
    bool none = rc == NP_EFAULT && err->fault == &S3_NoSuchBucketPolicy;
    if (rc != 0 && !none) {
        np_req_done(g->rq, denied(g->rq, g->bucket));
        return;
    }
    if (rc == 0 &&
        np_json_parse(g->rq->arena, np_str_dup(g->rq->arena, o->Policy), &policy, NULL) != 0)
        policy = NULL;
    if (policy != NULL && has_it(g, o->Policy)) {
        np_req_apply(g->rq);
        return;
    }
    g->set = (struct s3_PutBucketPolicyRequest){.Bucket = g->bucket, .Policy = with_it(g, policy)};
    np_call(g->rq->core, g->rq->loop, &s3_model, "PutBucketPolicy", &g->caller, &g->set, NULL,
            was_set, g);
}

int ec2_flow_grant(struct np_req *rq, struct np_str destination, bool hive, struct np_err *err)
{
    struct grant *g = np_new(rq->arena, struct grant);
    *g = (struct grant){.rq = rq,
                        .caller = {.kind = NP_CALLER_FORWARD,
                                   .session = rq->who,
                                   .service = NP_STR("ec2.amazonaws.com"),
                                   .account = rq->account,
                                   .region = rq->region}};
    if (!ec2_flow_destination(destination, &g->bucket, &g->prefix))
        return denied(rq, destination);
    g->source_arn = np_str_printf(rq->arena, "arn:aws:logs:%.*s:%.*s:*", NP_FMT(rq->region),
                                  NP_FMT(rq->account));
    g->folder = np_str_printf(rq->arena, "arn:aws:s3:::%.*s/%.*s%sAWSLogs/%s%.*s/",
                              NP_FMT(g->bucket), NP_FMT(g->prefix), g->prefix.n != 0 ? "/" : "",
                              hive ? "aws-account-id=" : "", NP_FMT(rq->account));
    g->get.Bucket = g->bucket;
    np_call(rq->core, rq->loop, &s3_model, "GetBucketPolicy", &g->caller, &g->get, NULL, got, g);
    return NP_LATER;
}
