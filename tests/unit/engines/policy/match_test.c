/* SPDX-License-Identifier: Apache-2.0 */
/* match_test.c - actions, resources, wildcards and variables. */
#include "policy_test.h"

static enum np_effect ask(const struct np_policy *p, const char *action, const char *resource,
                          const char *keys)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy_key k[KEYS_MAX];
    struct np_policy_request rq = {
        .action = np_str_of(action), .resource = np_str_of(resource), .keys = k};
    rq.n_keys = keys_of(a, keys, k);
    return np_policy_eval(p, &rq, NULL);
}

static const struct {
    const char *body, *action, *resource;
    bool matches;
} cases[] = {
    /* actions: any case, wildcards anywhere behind the vendor */
    {"'Action':'s3:GetObject','Resource':'*'", "s3:GetObject", "arn:aws:s3:::b/k", true},
    {"'Action':'S3:getobject','Resource':'*'", "s3:GetObject", "arn:aws:s3:::b/k", true},
    {"'Action':'s3:getobject','Resource':'*'", "S3:GETOBJECT", "arn:aws:s3:::b/k", true},
    {"'Action':'s3:GetObject','Resource':'*'", "s3:GetObjectAcl", "arn:aws:s3:::b/k", false},
    {"'Action':'s3:GetObjectAcl','Resource':'*'", "s3:GetObject", "arn:aws:s3:::b/k", false},
    {"'Action':'s3:Get*','Resource':'*'", "s3:GetObject", "arn:aws:s3:::b/k", true},
    {"'Action':'s3:Get*','Resource':'*'", "s3:PutObject", "arn:aws:s3:::b/k", false},
    {"'Action':'s3:*Object','Resource':'*'", "s3:GetObject", "arn:aws:s3:::b/k", true},
    {"'Action':'iam:*AccessKey*','Resource':'*'", "iam:CreateAccessKey", "*", true},
    {"'Action':'iam:*AccessKey*','Resource':'*'", "iam:ListAccessKeys", "*", true},
    {"'Action':'iam:*AccessKey*','Resource':'*'", "iam:ListUsers", "*", false},
    {"'Action':'s3:?etObject','Resource':'*'", "s3:GetObject", "arn:aws:s3:::b/k", true},
    {"'Action':'s3:?etObject','Resource':'*'", "s3:etObject", "arn:aws:s3:::b/k", false},
    {"'Action':'s3:*','Resource':'*'", "s3:ListBucket", "arn:aws:s3:::b", true},
    {"'Action':'s3:*','Resource':'*'", "s3-object-lambda:GetObject", "*", false},
    {"'Action':'*','Resource':'*'", "sqs:SendMessage", "*", true},
    {"'Action':'*:*','Resource':'*'", "sqs:SendMessage", "*", true},
    {"'Action':['ec2:RunInstances','s3:PutObject'],'Resource':'*'", "s3:PutObject", "*", true},
    {"'Action':['ec2:RunInstances','s3:PutObject'],'Resource':'*'", "s3:DeleteObject", "*", false},
    {"'NotAction':'iam:*','Resource':'*'", "s3:DeleteObject", "*", true},
    {"'NotAction':'iam:*','Resource':'*'", "iam:ListUsers", "*", false},
    {"'NotAction':['iam:*','s3:Get*'],'Resource':'*'", "s3:GetObject", "*", false},
    {"'NotAction':'*','Resource':'*'", "s3:GetObject", "*", false},

    /* resources: case matters, `*` runs over colons and slashes */
    {"'Action':'*','Resource':'arn:aws:s3:::b/k'", "s3:GetObject", "arn:aws:s3:::b/k", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/k'", "s3:GetObject", "arn:aws:s3:::b/K", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*'", "s3:GetObject", "arn:aws:s3:::b/x/y:z", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*'", "s3:GetObject", "arn:aws:s3:::b", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*'", "s3:GetObject", "arn:aws:s3:::b/", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b*'", "s3:GetObject", "arn:aws:s3:::bucket/k", true},
    {"'Action':'*','Resource':'arn:aws:s3:::*'", "s3:GetObject", "arn:aws:s3:::bucket/k", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*.jpg'", "s3:GetObject", "arn:aws:s3:::b/x.jpg",
     true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*.jpg'", "s3:GetObject", "arn:aws:s3:::b/x.jpg.gz",
     false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/????.txt'", "s3:GetObject", "arn:aws:s3:::b/abcd.txt",
     true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/????.txt'", "s3:GetObject", "arn:aws:s3:::b/abc.txt",
     false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*a*b*c'", "s3:GetObject", "arn:aws:s3:::b/xaybzc",
     true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*a*b*c'", "s3:GetObject", "arn:aws:s3:::b/xbyazc",
     false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*ab?c*'", "s3:GetObject", "arn:aws:s3:::b/aababxc!",
     true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/a**b'", "s3:GetObject", "arn:aws:s3:::b/ab", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/ab*ba'", "s3:GetObject", "arn:aws:s3:::b/aba", false},
    {"'Action':'*','Resource':'arn:aws:sqs:*:111122223333:q'", "sqs:X",
     "arn:aws:sqs:eu-west-1:111122223333:q", true},
    {"'Action':'*','Resource':'arn:aws:sqs:*:111122223333:q'", "sqs:X",
     "arn:aws:sqs:eu-west-1:444455556666:q", false},
    {"'Action':'*','Resource':'arn:aws:ec2:*:*:instance/*'", "ec2:X",
     "arn:aws:ec2:a:1:instance/i-1", true},
    {"'Action':'*','Resource':'arn:aws:ec2:*:*:instance/*'", "ec2:X", "arn:aws:ec2:a:1:volume/i-1",
     false},
    {"'Action':'*','Resource':'arn:aws:ec2:us-east-1'", "ec2:X",
     "arn:aws:ec2:us-east-1:1:volume/i-1", true},
    {"'Action':'*','Resource':'arn:aws:ec2:us-east-1'", "ec2:X",
     "arn:aws:ec2:us-east-2:1:volume/i-1", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*'", "ec2:DescribeInstances", "*", false},
    {"'Action':'*','Resource':['arn:aws:s3:::a','arn:aws:s3:::b']", "s3:X", "arn:aws:s3:::b", true},
    {"'Action':'*','NotResource':['arn:aws:s3:::a','arn:aws:s3:::b']", "s3:X", "arn:aws:s3:::b",
     false},
    {"'Action':'*','NotResource':['arn:aws:s3:::a','arn:aws:s3:::b']", "s3:X", "arn:aws:s3:::c",
     true},
    {"'Action':'*','NotResource':'arn:aws:s3:::a'", "ec2:X", "*", true},
    {"'Action':'*','NotResource':'*'", "ec2:X", "*", false},

    /* variables: the request has aws:username=Ann, aws:PrincipalTag/team=a*b, s3:list=x|y */
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:username}'", "s3:X", "arn:aws:s3:::b/Ann",
     true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${AWS:UserName}/*'", "s3:X", "arn:aws:s3:::b/Ann/k",
     true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:username}'", "s3:X", "arn:aws:s3:::b/ann",
     false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/*-${aws:username}-*x'", "s3:X",
     "arn:aws:s3:::b/An-Ann-zx", true},
    {"'Action':'*','Resource':'arn:aws:s3:::${aws:username}*${aws:username}'", "s3:X",
     "arn:aws:s3:::AnnAnn", true},
    {"'Action':'*','Resource':'arn:aws:s3:::${aws:username}*${aws:username}'", "s3:X",
     "arn:aws:s3:::Ann", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:PrincipalTag/team}'", "s3:X",
     "arn:aws:s3:::b/a*b", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:PrincipalTag/team}'", "s3:X",
     "arn:aws:s3:::b/axb", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:PrincipalTag/none}'", "s3:X", "arn:aws:s3:::b/",
     false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:PrincipalTag/none, `all`}'", "s3:X",
     "arn:aws:s3:::b/all", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:PrincipalTag/none,`a}b`}/c'", "s3:X",
     "arn:aws:s3:::b/a}b/c", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:PrincipalTag/none, ``}'", "s3:X",
     "arn:aws:s3:::b/", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:username, `all`}'", "s3:X",
     "arn:aws:s3:::b/all", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${aws:username, `*`}x'", "s3:X",
     "arn:aws:s3:::b/Annx", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${s3:list}'", "s3:X", "arn:aws:s3:::b/x", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${*}'", "s3:X", "arn:aws:s3:::b/*", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${*}'", "s3:X", "arn:aws:s3:::b/x", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${?}'", "s3:X", "arn:aws:s3:::b/?", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${?}'", "s3:X", "arn:aws:s3:::b/x", false},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${$}{aws:username}'", "s3:X",
     "arn:aws:s3:::b/${aws:username}", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${open'", "s3:X", "arn:aws:s3:::b/${open", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/${}'", "s3:X", "arn:aws:s3:::b/${}", true},
    {"'Action':'*','Resource':'arn:aws:s3:::b/$1'", "s3:X", "arn:aws:s3:::b/$1", true},
    {"'Action':'*','Resource':['arn:aws:s3:::b/${aws:none}','arn:aws:s3:::b/c']", "s3:X",
     "arn:aws:s3:::b/c", true},
    {"'Action':'*','NotResource':'arn:aws:s3:::b/${aws:username}'", "s3:X", "arn:aws:s3:::b/Ann",
     false},
    {"'Action':'*','NotResource':'arn:aws:s3:::b/${aws:username}'", "s3:X", "arn:aws:s3:::b/Bob",
     true},
    /* a variable without value: no allow comes from «not» it */
    {"'Action':'*','NotResource':'arn:aws:s3:::b/${aws:none}'", "s3:X", "arn:aws:s3:::b/Bob",
     false},
};

NP_TEST(actions_resources_and_variables)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_policy *p = allowing(a, NP_POLICY_IDENTITY, c->body);
        enum np_effect got = ask(p, c->action, c->resource,
                                 "aws:username=Ann;aws:PrincipalTag/team=a*b;s3:list=x|y");
        NP_CHECK((got == NP_ALLOW) == c->matches, "%s on %s with %s", c->action, c->resource,
                 c->body);
        np_policy_unref(p);
    }
}

NP_TEST(the_old_version_has_no_variables)
{
    static const char *const versions[] = {"'Version':'2008-10-17',", ""};
    NP_EACH (v, versions) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str text = np_str_printf(a,
                                           "{%s'Statement':[{'Effect':'Allow','Action':'s3:*',"
                                           "'Resource':'arn:aws:s3:::b/${aws:username}'}]}",
                                           *v);
        struct np_policy *p = compiled(a, NP_POLICY_IDENTITY, np_str_z(a, text));
        NP_CHECK(ask(p, "s3:X", "arn:aws:s3:::b/${aws:username}", "aws:username=Ann") == NP_ALLOW);
        NP_CHECK(ask(p, "s3:X", "arn:aws:s3:::b/Ann", "aws:username=Ann") == NP_NO_MATCH);
        np_policy_unref(p);
    }
}

NP_TEST(a_deny_keeps_hold_of_a_variable_without_value)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p =
        compiled(a, NP_POLICY_IDENTITY,
                 "{'Version':'2012-10-17','Statement':{'Effect':'Deny','Action':'*',"
                 "'NotResource':'arn:aws:s3:::b/${aws:username}'}}");
    NP_CHECK(ask(p, "s3:X", "arn:aws:s3:::b/Ann", "aws:username=Ann") == NP_NO_MATCH);
    NP_CHECK(ask(p, "s3:X", "arn:aws:s3:::b/Ann", "") == NP_DENY);
    np_policy_unref(p);
}

NP_TEST(a_deny_wins_wherever_it_stands)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p =
        compiled(a, NP_POLICY_IDENTITY,
                 "{'Version':'2012-10-17','Statement':["
                 "{'Effect':'Allow','Action':'ec2:*','Resource':'*'},"
                 "{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
                 "{'Sid':'No','Effect':'Deny','Action':'s3:Delete*','Resource':'*'}]}");
    struct np_policy_request rq = {.action = NP_STR("s3:DeleteObject"),
                                   .resource = NP_STR("arn:aws:s3:::b/k")};
    size_t statement = 9;
    NP_CHECK(np_policy_eval(p, &rq, &statement) == NP_DENY && statement == 2);
    rq.action = NP_STR("s3:GetObject");
    NP_CHECK(np_policy_eval(p, &rq, &statement) == NP_ALLOW && statement == 1);
    rq.action = NP_STR("sns:Publish");
    statement = 9;
    NP_CHECK(np_policy_eval(p, &rq, &statement) == NP_NO_MATCH && statement == 9);
    np_policy_unref(p);
}

NP_TEST(an_action_past_the_limit_is_matched_by_the_star_only)
{
    NP_AUTO_ARENA a = np_arena_new();
    char name[162] = "s3:";
    memset(name + 3, 'x', 158);
    struct np_policy *star = allowing(a, NP_POLICY_IDENTITY, "'Action':'*','Resource':'*'");
    struct np_policy *s3 = allowing(a, NP_POLICY_IDENTITY, "'Action':'s3:*','Resource':'*'");
    struct np_policy_request rq = {.action = np_str_n(name, 160), .resource = NP_STR("*")};
    NP_CHECK(np_policy_eval(star, &rq, NULL) == NP_ALLOW &&
             np_policy_eval(s3, &rq, NULL) == NP_ALLOW);
    rq.action.n = 161;
    NP_CHECK(np_policy_eval(star, &rq, NULL) == NP_ALLOW &&
             np_policy_eval(s3, &rq, NULL) == NP_NO_MATCH);
    np_policy_unref(star);
    np_policy_unref(s3);
}

struct asked {
    int calls;
    char last[64];
};

static bool lookup(void *arg, struct np_str name, const struct np_str **values, size_t *n)
{
    static const struct np_str team = {"blue", 4};
    struct asked *asked = arg;
    asked->calls++;
    memcpy(asked->last, name.p, name.n);
    if (!np_str_ieq(name, NP_STR("aws:ResourceTag/team")))
        return false;
    *values = &team;
    *n = 1;
    return true;
}

NP_TEST(costly_keys_are_asked_for_once_and_only_when_needed)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p = compiled(
        a, NP_POLICY_IDENTITY,
        "{'Version':'2012-10-17','Statement':["
        "{'Effect':'Deny','Action':'s3:*','Resource':'*',"
        "'Condition':{'StringEquals':{'aws:ResourceTag/team':'red'}}},"
        "{'Effect':'Deny','Action':'s3:*','Resource':'*',"
        "'Condition':{'StringEquals':{'aws:ResourceTag/none':'red'}}},"
        "{'Effect':'Deny','Action':'s3:*','Resource':'*',"
        "'Condition':{'StringEquals':{'aws:ResourceTag/none':'green'}}},"
        "{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${aws:ResourceTag/team}'}"
        "]}");
    struct asked asked = {0};
    struct np_policy_request rq = {.action = NP_STR("ec2:X"),
                                   .resource = NP_STR("arn:aws:s3:::blue"),
                                   .lookup = lookup,
                                   .arg = &asked};
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_NO_MATCH && asked.calls == 0);
    rq.action = NP_STR("s3:GetObject");
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_ALLOW && asked.calls == 2, "%d", asked.calls);
    NP_CHECK_STR(np_str_of(asked.last), NP_STR("aws:ResourceTag/none"));
    np_policy_unref(p);
}

NP_TEST(keys_of_the_principal_need_not_be_given)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p =
        allowing(a, NP_POLICY_IDENTITY,
                 "'Action':'*','Resource':'arn:aws:s3:::${aws:userid}/${aws:PrincipalAccount}',"
                 "'Condition':{'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:user/Ann'}}");
    struct np_policy_request rq = {
        .action = NP_STR("s3:GetObject"),
        .resource = NP_STR("arn:aws:s3:::AIDA1/111122223333"),
        .principal = {.account = NP_STR("111122223333"),
                      .user_id = NP_STR("AIDA1"),
                      .arn = NP_STR("arn:aws:iam::111122223333:user/Ann")},
    };
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_ALLOW);
    rq.principal.arn = NP_STR_NULL;
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_NO_MATCH);
    np_policy_unref(p);
}

NP_TEST(a_policy_is_counted)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p = allowing(a, NP_POLICY_IDENTITY, "'Action':'*','Resource':'*'");
    struct np_policy *same = np_policy_ref(p);
    np_policy_unref(p);
    NP_CHECK(np_policy_statements(same) == 1);
    np_policy_unref(same);
    np_policy_unref(NULL);
}
