/* SPDX-License-Identifier: Apache-2.0 */
/* policy_fuzz.c - compiles any text as each kind of policy and asks it a fixed set of questions.
 * The first byte chooses the kind. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/policy/policy.h"

static const struct np_str tags[] = {{"team", 4}, {"cost", 4}};

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
#define KEY(name, value)                                                                           \
    {                                                                                              \
        TEXT(name), (const struct np_str[]){TEXT(value)}, 1                                        \
    }

static const struct np_policy_key keys[] = {
    KEY("aws:username", "Ann"),
    KEY("aws:SourceIp", "203.0.113.10"),
    KEY("aws:CurrentTime", "2024-05-06T07:08:09Z"),
    KEY("aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:t"),
    KEY("s3:max-keys", "10"),
    KEY("s3:prefix", ""),
    KEY("aws:SecureTransport", "true"),
    {{"aws:TagKeys", 11}, tags, 2},
    {{"x:none", 6}, NULL, 0},
};

static bool lookup(void *arg, struct np_str name, const struct np_str **values, size_t *n)
{
    *values = tags;
    *n = name.n % 3;
    return name.n % 2 == 0;
}

static const struct np_policy_principal people[] = {
    {.account = {"111122223333", 12},
     .arn = {"arn:aws:iam::111122223333:user/Ann", 34},
     .user_id = {"AIDA1", 5}},
    {.account = {"111122223333", 12},
     .arn = {"arn:aws:iam::111122223333:role/web", 34},
     .session_arn = {"arn:aws:sts::111122223333:assumed-role/web/s1", 45},
     .user_id = {"AROA1:s1", 8}},
    {.account = {"111122223333", 12}, .arn = {"arn:aws:iam::111122223333:root", 30}, .root = true},
    {.service = {"sns.amazonaws.com", 17}},
    {.federated = {"cognito-identity.amazonaws.com", 30}, .user_id = {"us-east-1:1", 11}},
    {.account = {"444455556666", 12},
     .canonical_user = {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64}},
    {.anonymous = true},
};

static const struct {
    const char *action, *resource;
} questions[] = {
    {"s3:GetObject", "arn:aws:s3:::bucket/home/Ann/photo.jpg"},
    {"sts:AssumeRole", "arn:aws:iam::111122223333:role/web"},
    {"ec2:DescribeInstances", "*"},
    {"", ""},
};

static void decide(const struct np_policy *p, const struct np_policy_request *rq)
{
    struct np_policy_decision d = {.statement = SIZE_MAX};
    struct np_policy_input in = {.identity = &p,
                                 .n_identity = 1,
                                 .has_boundary = true,
                                 .boundary = p,
                                 .has_session = true,
                                 .session = &p,
                                 .n_session = 1,
                                 .resource = p};
    size_t statement = SIZE_MAX;
    enum np_effect effect = np_policy_eval(p, rq, &statement);
    np_assert((effect == NP_NO_MATCH) == (statement == SIZE_MAX));
    np_assert(effect == NP_NO_MATCH || statement < np_policy_statements(p));
    np_policy_decide(&in, rq, &d);
    np_assert(d.explicit_deny == (effect == NP_DENY) || rq->principal.account.n != 0);
    np_assert(!(d.allowed && effect != NP_ALLOW));
    np_assert(d.policy == NULL || d.statement < np_policy_statements(p));
}

static void inspect(const struct np_policy *p)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_strs names;
    np_policy_context_keys(p, a, &names);
    for (size_t i = 1; i < names.n; i++)
        np_assert(np_str_cmp(names.v[i - 1], names.v[i]) < 0);
    for (size_t i = 0; i < np_policy_statements(p); i++)
        np_policy_sid(p, i);
    np_policy_is_public(p);
}

NP_FUZZ(bytes, n)
{
    static const enum np_policy_kind kinds[] = {NP_POLICY_IDENTITY, NP_POLICY_RESOURCE,
                                                NP_POLICY_TRUST, NP_POLICY_MANAGED};
    if (n == 0)
        return 0;
    struct np_policy *p = NULL;
    struct np_err err = {0};
    struct np_str json = np_str_n(bytes + 1, n - 1);
    np_assert(np_policy_size_nonblank(json) <= json.n);
    int rc = np_policy_compile(json, kinds[bytes[0] % NP_LEN(kinds)], &p, &err);
    np_assert(rc == 0 ? p != NULL : rc == NP_EINVAL && err.n != 0);
    for (size_t i = 0; rc == 0 && i < NP_LEN(questions) * NP_LEN(people); i++) {
        struct np_policy_request rq = {.action = np_str_of(questions[i % NP_LEN(questions)].action),
                                       .resource =
                                           np_str_of(questions[i % NP_LEN(questions)].resource),
                                       .principal = people[i / NP_LEN(questions)],
                                       .keys = keys,
                                       .n_keys = NP_LEN(keys),
                                       .lookup = lookup};
        decide(p, &rq);
    }
    if (rc == 0)
        inspect(p);
    np_policy_unref(p);
    return 0;
}
