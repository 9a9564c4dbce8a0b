/* SPDX-License-Identifier: Apache-2.0 */
/* denial_test.c - messages for sts:DecodeAuthorizationMessage: both ways, for the account alone. */
#include "test.h"

#include "aws/core_int.h"
#include "aws/limits.h"
#include "aws/req.h"
#include "base/arena.h"
#include "codec/json.h"

struct denied {
    struct np_core core;
    struct np_identity who;
    struct np_req rq;
    struct np_access access;
    struct np_policy_decision decision;
};

static void begin(struct denied *d)
{
    *d = (struct denied){0};
    np_core_init(&d->core);
    memset(d->core.root_key, 7, sizeof(d->core.root_key));
    d->who = (struct np_identity){
        .kind = NP_WHO_USER,
        .account = NP_STR("111122223333"),
        .arn = NP_STR("arn:aws:iam::111122223333:user/ann"),
        .user_id = NP_STR("AIDAEXAMPLE"),
        .name = NP_STR("ann"),
    };
    d->rq.arena = np_arena_new();
    d->rq.core = &d->core;
    d->rq.who = &d->who;
    d->access.action = NP_STR("ec2:StopInstances");
    d->access.resource = NP_STR("arn:aws:ec2:us-east-1:111122223333:instance/i-1");
}

static void end(struct denied *d)
{
    np_arena_free(d->rq.arena);
    np_core_fini(&d->core);
}

static struct np_str both_ways(struct denied *d)
{
    struct np_str text = np_encode_denial(&d->rq, &d->access, &d->decision);
    return np_decode_denial(&d->core, d->rq.arena, d->who.account, text);
}

NP_TEST(denial_both_ways)
{
    struct denied d;
    begin(&d);
    struct np_policy *p = NULL;
    np_policy_compile(NP_STR("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"no\","
                             "\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"),
                      NP_POLICY_IDENTITY, &p, NULL);
    const struct np_policy_key keys[] = {NP_POLICY_KEY1(NP_STR("ec2:Tenancy"), NP_STR("a\"b"))};
    d.access.keys = keys;
    d.access.n_keys = 1;
    d.decision = (struct np_policy_decision){.explicit_deny = true, .policy = p};
    NP_CHECK_STR(
        both_ways(&d),
        NP_STR("{\"allowed\":false,\"explicitDeny\":true,\"matchedStatements\":{\"items\":[{"
               "\"statementId\":\"no\",\"effect\":\"DENY\"}]},\"failures\":{\"items\":[]},"
               "\"context\":{\"principal\":{\"id\":\"AIDAEXAMPLE\",\"name\":\"ann\","
               "\"arn\":\"arn:aws:iam::111122223333:user/ann\"},\"action\":\"ec2:StopInstances\","
               "\"resource\":\"arn:aws:ec2:us-east-1:111122223333:instance/i-1\","
               "\"conditions\":{\"items\":[{\"key\":\"ec2:Tenancy\",\"values\":{\"items\":[{"
               "\"value\":\"a\\\"b\"}]}}]}}}"));
    np_policy_unref(p);
    end(&d);
}

NP_TEST(denial_is_for_its_account_and_region)
{
    struct denied d;
    begin(&d);
    struct np_str text = np_encode_denial(&d.rq, &d.access, &d.decision);
    struct np_arena *a = d.rq.arena;
    NP_CHECK(np_decode_denial(&d.core, a, d.who.account, text).p != NULL);
    NP_CHECK(np_decode_denial(&d.core, a, NP_STR("444455556666"), text).p == NULL);
    char *bent = np_str_z(a, text);
    bent[text.n / 2] = bent[text.n / 2] == 'A' ? 'B' : 'A';
    NP_CHECK(np_decode_denial(&d.core, a, d.who.account, np_str_of(bent)).p == NULL);
    d.core.root_key[0] ^= 1;
    NP_CHECK(np_decode_denial(&d.core, a, d.who.account, text).p == NULL, "of another region");
    end(&d);
}

/* EncodedMessage has 10240 characters at most. */
NP_TEST(denial_has_a_limit)
{
    struct denied d;
    begin(&d);
    struct np_policy_key keys[200];
    struct np_str value = NP_STR("a value of some length, so that not all of them find room");
    for (size_t i = 0; i < NP_LEN(keys); i++)
        keys[i] = (struct np_policy_key){NP_STR("aws:RequestTag/x"), &value, 1};
    d.access.keys = keys;
    d.access.n_keys = NP_LEN(keys);
    struct np_str text = np_encode_denial(&d.rq, &d.access, &d.decision);
    NP_CHECK(text.n > 5000 && text.n <= 10240, "%zu characters", text.n);
    struct np_str json = np_decode_denial(&d.core, d.rq.arena, d.who.account, text);
    struct np_json *j;
    NP_CHECK(np_json_parse(d.rq.arena, json, &j, NULL) == 0, "still a document");

    char *long_arn = np_alloc(d.rq.arena, NP_DENIAL_MAX + 1);
    memset(long_arn, 'x', NP_DENIAL_MAX);
    d.access.resource = np_str_of(long_arn);
    NP_CHECK(np_encode_denial(&d.rq, &d.access, &d.decision).p == NULL, "no half message");
    end(&d);
}
