/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_test.c - keys, ids, sizes, and what S3 calls public. */
#include "policy_test.h"

NP_TEST(context_keys_are_told_once_and_sorted)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p =
        compiled(a, NP_POLICY_IDENTITY,
                 "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'s3:*',"
                 "'Resource':'arn:aws:s3:::b/${aws:username}/${s3:x, `d`}/${*}',"
                 "'Condition':{'StringLike':{'s3:prefix':['${aws:UserName}/*','${aws:userid}']},"
                 "'Bool':{'aws:SecureTransport':true}}},"
                 "{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'StringEquals':"
                 "{'S3:Prefix':'x'}}}]}");
    struct np_strs keys;
    np_policy_context_keys(p, a, &keys);
    static const char *const want[] = {"aws:SecureTransport", "aws:userid", "aws:username",
                                       "s3:prefix", "s3:x"};
    NP_CHECK(keys.n == NP_LEN(want), "%zu", keys.n);
    for (size_t i = 0; i < NP_LEN(want); i++)
        NP_CHECK_STR(keys.v[i], np_str_of(want[i]));
    np_policy_unref(p);
}

NP_TEST(statement_ids)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p = compiled(a, NP_POLICY_IDENTITY,
                                   "{'Id':'x','Statement':["
                                   "{'Sid':'One','Effect':'Allow','Action':'*','Resource':'*'},"
                                   "{'Sid':'','Effect':'Allow','Action':'*','Resource':'*'},"
                                   "{'Effect':'Allow','Action':'*','Resource':'*'}]}");
    NP_CHECK(np_policy_statements(p) == 3);
    NP_CHECK_STR(np_policy_sid(p, 0), NP_STR("One"));
    NP_CHECK(np_policy_sid(p, 1).p == NULL && np_policy_sid(p, 2).p == NULL);
    np_policy_unref(p);
}

NP_TEST(arns_of_principals)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p = compiled(
        a, NP_POLICY_TRUST,
        "{'Statement':[{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'AWS':"
        "['111122223333','arn:aws:iam::111122223333:root','arn:aws:iam::111122223333:user/ann'],"
        "'Service':'ec2.amazonaws.com'}},{'Effect':'Deny','Action':'sts:AssumeRole',"
        "'NotPrincipal':{'AWS':'arn:aws:iam::111122223333:role/r'}}]}");
    struct np_strs arns;
    np_policy_principal_arns(p, a, &arns);
    NP_CHECK(arns.n == 2, "%zu", arns.n);
    NP_CHECK_STR(arns.v[0], NP_STR("arn:aws:iam::111122223333:user/ann"));
    NP_CHECK_STR(arns.v[1], NP_STR("arn:aws:iam::111122223333:role/r"));
    np_policy_unref(p);
}

NP_TEST(blanks_do_not_count)
{
    NP_CHECK(np_policy_size_nonblank(NP_STR(" {\n\t\"a b\" :\r\n 1 } ")) == 8);
    NP_CHECK(np_policy_size_nonblank(NP_STR("\"\xc3\xa9\"")) == 3); /* one character of two bytes */
    NP_CHECK(np_policy_size_nonblank(NP_STR_NULL) == 0);
}

#define ALL "'Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/*'"

static const struct {
    const char *body;
    bool is_public;
    const char *why;
} cases[] = {
    {ALL, true, "everybody, no condition"},
    {"'Principal':{'AWS':'*'},'Action':'s3:*','Resource':'arn:aws:s3:::b/*'", true,
     "the same in the long form"},
    {"'Principal':{'AWS':['111122223333','*']},'Action':'s3:*','Resource':'arn:aws:s3:::b/*'", true,
     "among others"},
    {"'Principal':{'AWS':'111122223333'},'Action':'s3:*','Resource':'arn:aws:s3:::b/*'", false,
     "an account"},
    {"'Principal':{'Service':'sns.amazonaws.com'},'Action':'s3:*','Resource':'arn:aws:s3:::b/*'",
     false, "a service"},
    {ALL ",'Condition':{'StringEquals':{'aws:SourceVpc':'vpc-91237329'}}", false, "a fixed VPC"},
    {ALL ",'Condition':{'StringLike':{'aws:SourceVpc':'vpc-91237329'}}", false,
     "fixed though it could vary"},
    {ALL ",'Condition':{'StringLike':{'aws:SourceVpc':'vpc-*'}}", true,
     "a wildcard is anybody's VPC"},
    {ALL ",'Condition':{'StringEquals':{'aws:SourceVpc':'${aws:PrincipalTag/v}'}}", true,
     "a variable is not fixed"},
    {ALL ",'Condition':{'StringEquals':{'aws:SourceVpce':['vpce-1','vpce-2']}}", false,
     "fixed endpoints"},
    {ALL ",'Condition':{'StringLike':{'aws:SourceVpce':['vpce-1','vpce-*']}}", true,
     "one of them is not"},
    {ALL ",'Condition':{'StringNotEquals':{'aws:SourceVpc':'vpc-91237329'}}", true, "all but one"},
    {ALL ",'Condition':{'StringEqualsIfExists':{'aws:SourceVpc':'vpc-91237329'}}", true,
     "passes without the key"},
    {ALL ",'Condition':{'ForAllValues:StringEquals':{'aws:SourceVpc':'vpc-9'}}", true,
     "passes without the key, too"},
    {ALL ",'Condition':{'ForAnyValue:StringEquals':{'aws:PrincipalOrgPaths':'o-1/r-1/'}}", false,
     "needs the key"},
    {ALL ",'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-abc'}}", false, "an organisation"},
    {ALL ",'Condition':{'StringEquals':{'AWS:SOURCEACCOUNT':'111122223333'}}", false,
     "names of keys have no case"},
    {ALL ",'Condition':{'StringEquals':{'aws:UserAgent':'secret'}}", true, "anybody can say that"},
    {ALL ",'Condition':{'Bool':{'aws:SecureTransport':'true'}}", true, "anybody has TLS"},
    {ALL ",'Condition':{'Null':{'aws:SourceVpc':'false'}}", true, "any VPC"},
    {ALL ",'Condition':{'StringLike':{'aws:Referer':'https://www.example.com/*'}}", true,
     "a referer is no identity"},
    {ALL ",'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:sns:eu-west-1:111122223333:t'}}",
     false, "a fixed ARN"},
    {ALL ",'Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:*:t'}}", true, "anybody's topic"},
    {ALL ",'Condition':{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}", false, "a network"},
    {ALL ",'Condition':{'IpAddress':{'aws:SourceIp':['203.0.113.0/24','2001:db8::/32']}}", false,
     "two networks"},
    {ALL ",'Condition':{'IpAddress':{'aws:SourceIp':'8.0.0.0/8'}}", false, "the widest network"},
    {ALL ",'Condition':{'IpAddress':{'aws:SourceIp':'8.0.0.0/7'}}", true, "too wide"},
    {ALL ",'Condition':{'IpAddress':{'aws:SourceIp':['203.0.113.0/24','0.0.0.0/0']}}", true,
     "one is the world"},
    {ALL ",'Condition':{'IpAddress':{'aws:SourceIp':'2001::/31'}}", true, "too wide of IPv6"},
    {ALL ",'Condition':{'NotIpAddress':{'aws:SourceIp':'203.0.113.0/24'}}", true,
     "all but a network"},
    {ALL ",'Condition':{'StringEquals':{'aws:SourceIp':'203.0.113.1'}}", true,
     "no network operator"},
    {ALL ",'Condition':{'StringEquals':{'aws:userid':'AIDAX'}}", false, "a user"},
    {ALL ",'Condition':{'StringLike':{'aws:userid':'AROAX:*'}}", false, "the sessions of a role"},
    {ALL ",'Condition':{'StringLike':{'aws:userid':'AROA*'}}", true, "any role"},
    {ALL ",'Condition':{'StringLike':{'s3:DataAccessPointArn':'arn:aws:s3:us-west-2:111122223333:"
         "accesspoint/*'}}",
     false, "any access point of one account"},
    {ALL
     ",'Condition':{'ArnLike':{'s3:DataAccessPointArn':'arn:aws:s3:*:111122223333:accesspoint/*'}}",
     false, "the same as ARN"},
    {ALL
     ",'Condition':{'StringLike':{'s3:DataAccessPointArn':'arn:aws:s3:us-west-2:*:accesspoint/x'}}",
     true, "anybody's access point"},
    {ALL ",'Condition':{'StringEquals':{'aws:UserAgent':'x','aws:SourceVpc':'vpc-1'}}", false,
     "one limit is enough"},
};

NP_TEST(public_policies)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_policy *p = allowing(a, NP_POLICY_RESOURCE, c->body);
        NP_CHECK(np_policy_is_public(p) == c->is_public, "%s: %s", c->why, c->body);
        np_policy_unref(p);
    }
}

NP_TEST(one_public_statement_is_enough_and_a_deny_is_none)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *deny =
        compiled(a, NP_POLICY_RESOURCE, "{'Statement':{'Effect':'Deny'," ALL "}}");
    struct np_policy *both = compiled(a, NP_POLICY_RESOURCE,
                                      "{'Version':'2012-10-17','Statement':[{'Effect':'Allow'," ALL
                                      ",'Condition':{'StringEquals':{'aws:SourceVpc':'vpc-1'}}},"
                                      "{'Effect':'Allow'," ALL "}]}");
    struct np_policy *own = allowing(a, NP_POLICY_IDENTITY, "'Action':'*','Resource':'*'");
    NP_CHECK(!np_policy_is_public(deny) && np_policy_is_public(both) && !np_policy_is_public(own));
    np_policy_unref(deny);
    np_policy_unref(both);
    np_policy_unref(own);
}
