/* SPDX-License-Identifier: Apache-2.0 */
/* policy_bench.c - microseconds of one decision over ten policies of five statements each. */
#include <stdio.h>

#include "base/assert.h"
#include "bench.h"
#include "engines/policy/policy.h"

#define LIMIT_US 10

/* Five statements such as account administrators write: lists of actions, tags, own names, a deny.
 */
static const char *const services[] = {"s3",       "ec2",    "ssm",  "sqs", "sns",
                                       "dynamodb", "lambda", "logs", "kms", "rds"};
static const char *const text =
    "{\"Version\":\"2012-10-17\",\"Statement\":["
    "{\"Sid\":\"Read\",\"Effect\":\"Allow\",\"Action\":[\"%1$s:Get*\",\"%1$s:List*\",\"%1$s:"
    "Describe*\"],"
    "\"Resource\":[\"arn:aws:%1$s:*:*:shared/*\",\"arn:aws:%1$s:::shared-*/*\"]},"
    "{\"Sid\":\"Own\",\"Effect\":\"Allow\",\"Action\":\"%1$s:*\","
    "\"Resource\":\"arn:aws:%1$s:::home/${aws:username}/*\"},"
    "{\"Sid\":\"Team\",\"Effect\":\"Allow\",\"Action\":[\"%1$s:PutObject\",\"%1$s:DeleteObject\","
    "\"%1$s:Tag*\"],"
    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/"
    "team\":\"${aws:PrincipalTag/team}\"},"
    "\"IpAddress\":{\"aws:SourceIp\":[\"10.0.0.0/8\",\"203.0.113.0/24\"]}}},"
    "{\"Sid\":\"Tls\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
    "\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}},"
    "{\"Sid\":\"Mfa\",\"Effect\":\"Deny\",\"Action\":[\"%1$s:DeleteBucket\",\"%1$s:Terminate*\"],"
    "\"Resource\":\"*\","
    "\"Condition\":{\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"},"
    "\"DateGreaterThan\":{\"aws:CurrentTime\":\"2020-01-01T00:00:00Z\"}}}]}";

static struct np_policy *compile(const char *service)
{
    char json[4096];
    struct np_err err = {0};
    struct np_policy *p = NULL;
    int n = snprintf(json, sizeof(json), text, service);
    int rc = np_policy_compile(np_str_n(json, (size_t)n), NP_POLICY_IDENTITY, &p, &err);
    if (rc != 0)
        fprintf(stderr, "%.*s\n", (int)err.n, err.text);
    np_assert(rc == 0);
    return p;
}

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
#define KEY(name, value)                                                                           \
    {                                                                                              \
        TEXT(name), (const struct np_str[]){TEXT(value)}, 1                                        \
    }

static const struct np_policy_key keys[] = {
    KEY("aws:CurrentTime", "2024-05-06T07:08:09Z"),
    KEY("aws:EpochTime", "1714979289"),
    KEY("aws:SecureTransport", "true"),
    KEY("aws:SourceIp", "203.0.113.10"),
    KEY("aws:UserAgent", "aws-cli/2.15"),
    KEY("aws:username", "Ann"),
    KEY("aws:userid", "AIDAEXAMPLE"),
    KEY("aws:PrincipalAccount", "111122223333"),
    KEY("aws:PrincipalArn", "arn:aws:iam::111122223333:user/Ann"),
    KEY("aws:PrincipalType", "User"),
    KEY("aws:RequestedRegion", "us-east-1"),
    KEY("aws:PrincipalTag/team", "blue"),
    KEY("aws:ResourceTag/team", "blue"),
    KEY("aws:MultiFactorAuthPresent", "true"),
    KEY("s3:x-amz-acl", "private"),
};

struct decision {
    struct np_policy_input in;
    struct np_policy_request rq;
    struct np_policy_decision d;
};

static void decide(void *arg)
{
    struct decision *c = arg;
    np_policy_decide(&c->in, &c->rq, &c->d);
}

static void run(const char *what, const char *action, const char *resource, struct np_policy **all,
                bool allowed)
{
    struct decision c = {
        .in = {.identity = (const struct np_policy *const *)all, .n_identity = NP_LEN(services)},
        .rq =
            {
                .action = np_str_of(action),
                .resource = np_str_of(resource),
                .principal = {.account = NP_STR("111122223333"),
                              .arn = NP_STR("arn:aws:iam::111122223333:user/Ann")},
                .keys = keys,
                .n_keys = NP_LEN(keys),
            },
    };
    bench_say(what, bench_us(decide, &c), "us", LIMIT_US);
    np_assert(c.d.allowed == allowed);
}

int main(void)
{
    struct np_policy *mixed[NP_LEN(services)], *same[NP_LEN(services)];
    for (size_t i = 0; i < NP_LEN(services); i++) {
        mixed[i] = compile(services[i]);
        same[i] = compile("s3");
    }
    run("policy: ten services, own object", "s3:GetObject", "arn:aws:s3:::home/Ann/photo.jpg",
        mixed, true);
    run("policy: ten services, by tag", "s3:PutObject", "arn:aws:s3:::bucket/photo.jpg", mixed,
        true);
    run("policy: ten services, none allows", "s3:GetObject", "arn:aws:s3:::bucket/photo.jpg", mixed,
        false);
    run("policy: ten times S3, own object", "s3:GetObject", "arn:aws:s3:::home/Ann/photo.jpg", same,
        true);
    run("policy: ten times S3, by tag", "s3:PutObject", "arn:aws:s3:::bucket/photo.jpg", same,
        true);
    run("policy: ten times S3, none allows", "s3:DeleteBucket", "arn:aws:s3:::bucket", same, false);
    for (size_t i = 0; i < NP_LEN(services); i++) {
        np_policy_unref(mixed[i]);
        np_policy_unref(same[i]);
    }
    return bench_end("policy");
}
