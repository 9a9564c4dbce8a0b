/* SPDX-License-Identifier: Apache-2.0 */
/* principal_test.c - whom Principal and NotPrincipal name. */
#include "policy_test.h"

#define USER                                                                                       \
    {                                                                                              \
        .account = NP_STR("111122223333"), .arn = NP_STR("arn:aws:iam::111122223333:user/Ann"),    \
        .user_id = NP_STR("AIDAEXAMPLEUSERID0001"), .canonical_user = NP_STR("c4n")                \
    }
#define SESSION                                                                                    \
    {                                                                                              \
        .account = NP_STR("111122223333"),                                                         \
        .arn = NP_STR("arn:aws:iam::111122223333:role/app/web"),                                   \
        .session_arn = NP_STR("arn:aws:sts::111122223333:assumed-role/web/s1"),                    \
        .user_id = NP_STR("AROAEXAMPLEROLEID0001:s1")                                              \
    }
#define ROOT                                                                                       \
    {                                                                                              \
        .account = NP_STR("111122223333"), .arn = NP_STR("arn:aws:iam::111122223333:root"),        \
        .user_id = NP_STR("111122223333"), .root = true                                            \
    }
#define NOBODY                                                                                     \
    {                                                                                              \
        .anonymous = true                                                                          \
    }
#define SERVICE                                                                                    \
    {                                                                                              \
        .service = NP_STR("sns.amazonaws.com")                                                     \
    }
#define WEB                                                                                        \
    {                                                                                              \
        .federated = NP_STR("accounts.google.com")                                                 \
    }
#define OAI                                                                                        \
    {                                                                                              \
        .arn = NP_STR("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),        \
        .canonical_user = NP_STR("0a1")                                                            \
    }

static const struct {
    const char *principal;
    struct np_policy_principal who;
    bool named;
} cases[] = {
    {"'Principal':'*'", USER, true},
    {"'Principal':'*'", SESSION, true},
    {"'Principal':'*'", NOBODY, true},
    {"'Principal':'*'", SERVICE, true},
    {"'Principal':'*'", WEB, true},
    {"'Principal':{'AWS':'*'}", NOBODY, true},
    {"'Principal':{'AWS':['*']}", USER, true},
    {"'Principal':{'AWS':'111122223333'}", USER, true},
    {"'Principal':{'AWS':'111122223333'}", SESSION, true},
    {"'Principal':{'AWS':'111122223333'}", ROOT, true},
    {"'Principal':{'AWS':'arn:aws:iam::111122223333:root'}", USER, true},
    {"'Principal':{'AWS':'arn:aws:iam::111122223333:root'}", ROOT, true},
    {"'Principal':{'AWS':'arn:aws:iam::444455556666:root'}", USER, false},
    {"'Principal':{'AWS':['444455556666','111122223333']}", USER, true},
    {"'Principal':{'AWS':'111122223333'}", NOBODY, false},
    {"'Principal':{'AWS':'111122223333'}", SERVICE, false},
    {"'Principal':{'AWS':'arn:aws:iam::111122223333:user/Ann'}", USER, true},
    {"'Principal':{'AWS':'arn:aws:iam::111122223333:user/ann'}", USER, false},
    {"'Principal':{'AWS':'arn:aws:iam::111122223333:user/Ann'}", ROOT, false},
    {"'Principal':{'AWS':'arn:aws:iam::111122223333:role/app/web'}", SESSION, true},
    {"'Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/web/s1'}", SESSION, true},
    {"'Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/web/s2'}", SESSION, false},
    {"'Principal':{'AWS':'AIDAEXAMPLEUSERID0001'}", USER, true},
    {"'Principal':{'AWS':'AIDAEXAMPLEUSERID0002'}", USER, false},
    {"'Principal':{'AWS':'AROAEXAMPLEROLEID0001'}", SESSION, true},
    {"'Principal':{'AWS':'AROAEXAMPLEROLEID0001:s1'}", SESSION, true},
    {"'Principal':{'AWS':'AROAEXAMPLEROLEID0001:s2'}", SESSION, false},
    {"'Principal':{'Service':'sns.amazonaws.com'}", SERVICE, true},
    {"'Principal':{'Service':['sqs.amazonaws.com','sns.amazonaws.com']}", SERVICE, true},
    {"'Principal':{'Service':'sqs.amazonaws.com'}", SERVICE, false},
    {"'Principal':{'Service':'sns.amazonaws.com'}", USER, false},
    {"'Principal':{'Federated':'accounts.google.com'}", WEB, true},
    {"'Principal':{'Federated':'www.amazon.com'}", WEB, false},
    {"'Principal':{'CanonicalUser':'c4n'}", USER, true},
    {"'Principal':{'CanonicalUser':'c4n'}", SESSION, false},
    {"'Principal':{'CanonicalUser':'0a1'}", OAI, true},
    {"'Principal':{'AWS':'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1'}", OAI,
     true},
    {"'Principal':{'AWS':'444455556666','Service':'sns.amazonaws.com','CanonicalUser':'x'}",
     SERVICE, true},
};

static enum np_effect ask(struct np_policy *p, const struct np_policy_principal *who)
{
    struct np_policy_request rq = {
        .action = NP_STR("s3:X"), .resource = NP_STR("arn:aws:s3:::b"), .principal = *who};
    enum np_effect got = np_policy_eval(p, &rq, NULL);
    np_policy_unref(p);
    return got;
}

NP_TEST(principals)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str body = np_str_printf(a, "%s,'Action':'s3:*','Resource':'*'", c->principal);
        enum np_effect got = ask(allowing(a, NP_POLICY_RESOURCE, np_str_z(a, body)), &c->who);
        NP_CHECK((got == NP_ALLOW) == c->named, "%s, case %zu", c->principal, (size_t)(c - cases));
    }
}

static const struct {
    const char *spared;
    struct np_policy_principal who;
    bool denied;
} not_cases[] = {
    {"{'AWS':['arn:aws:iam::111122223333:user/Ann','111122223333']}", USER, false},
    {"{'AWS':['AIDAEXAMPLEUSERID0001','arn:aws:iam::111122223333:root']}", USER, false},
    {"{'AWS':'arn:aws:iam::111122223333:user/Ann'}", USER, true}, /* its account is denied */
    {"{'AWS':'111122223333'}", USER, true},
    {"{'AWS':'111122223333'}", ROOT, false},
    {"{'AWS':['arn:aws:iam::111122223333:user/Bob','111122223333']}", USER, true},
    {"{'AWS':['arn:aws:iam::111122223333:role/app/web','111122223333']}", SESSION, true},
    {"{'AWS':['arn:aws:iam::111122223333:role/app/web','111122223333',"
     "'arn:aws:sts::111122223333:assumed-role/web/s1']}",
     SESSION, false},
    {"{'AWS':'111122223333'}", NOBODY, true},
    {"{'Service':'sns.amazonaws.com'}", SERVICE, false},
    {"{'Service':'sqs.amazonaws.com'}", SERVICE, true},
    {"{'Federated':'accounts.google.com'}", WEB, false},
    {"{'CanonicalUser':'0a1'}", OAI, false},
    {"'*'", NOBODY, false},
};

NP_TEST(a_deny_spares_whom_it_names_whole)
{
    NP_EACH (c, not_cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str text =
            np_str_printf(a,
                          "{'Statement':{'Effect':'Deny','NotPrincipal':%s,'Action':'*',"
                          "'Resource':'*'}}",
                          c->spared);
        enum np_effect got = ask(compiled(a, NP_POLICY_RESOURCE, np_str_z(a, text)), &c->who);
        NP_CHECK((got == NP_DENY) == c->denied, "%s, case %zu", c->spared, (size_t)(c - not_cases));
    }
}

NP_TEST(a_trust_policy_has_no_resource)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p = allowing(a, NP_POLICY_TRUST,
                                   "'Principal':{'Service':'lambda.amazonaws.com'},"
                                   "'Action':'sts:AssumeRole'");
    struct np_policy_request rq = {.action = NP_STR("sts:AssumeRole"),
                                   .resource = NP_STR("arn:aws:iam::111122223333:role/r"),
                                   .principal = {.service = NP_STR("lambda.amazonaws.com")}};
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_ALLOW);
    rq.principal.service = NP_STR("ec2.amazonaws.com");
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_NO_MATCH);
    np_policy_unref(p);
}
