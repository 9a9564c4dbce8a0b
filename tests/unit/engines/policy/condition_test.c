/* SPDX-License-Identifier: Apache-2.0 */
/* condition_test.c - every operator, set operators, missing keys. */
#include "policy_test.h"

static const struct {
    const char *condition, *keys;
    bool holds;
} cases[] = {
    /* strings */
    {"'StringEquals':{'aws:username':'john'}", "aws:username=john", true},
    {"'StringEquals':{'aws:username':'john'}", "aws:username=John", false},
    {"'StringEquals':{'AWS:UserName':'john'}", "aws:username=john", true},
    {"'StringEquals':{'aws:username':'john'}", "", false},
    {"'StringEquals':{'aws:username':['ann','john']}", "aws:username=john", true},
    {"'StringEquals':{'aws:username':['ann','john']}", "aws:username=bob", false},
    {"'StringEquals':{'aws:username':'j*'}", "aws:username=john", false},
    {"'StringEquals':{'aws:username':'j*'}", "aws:username=j*", true},
    {"'StringEquals':{'aws:username':''}", "aws:username=", true},
    {"'StringEquals':{'aws:username':[]}", "aws:username=x", false},
    {"'StringEquals':{'aws:username':'x'}", "aws:username!", false},
    {"'StringEquals':{'a:n':5}", "a:n=5", true},
    {"'StringEquals':{'a:n':true}", "a:n=true", true},
    {"'StringNotEquals':{'aws:username':'john'}", "aws:username=john", false},
    {"'StringNotEquals':{'aws:username':'john'}", "aws:username=ann", true},
    {"'StringNotEquals':{'aws:username':'john'}", "", true},
    {"'StringNotEquals':{'aws:username':['john','ann']}", "aws:username=ann", false},
    {"'StringNotEquals':{'aws:username':['john','ann']}", "aws:username=bob", true},
    {"'StringEqualsIgnoreCase':{'aws:username':'john'}", "aws:username=JOHN", true},
    {"'StringEqualsIgnoreCase':{'aws:username':'john'}", "aws:username=JOHNS", false},
    {"'StringNotEqualsIgnoreCase':{'aws:username':'john'}", "aws:username=JOHN", false},
    {"'StringNotEqualsIgnoreCase':{'aws:username':'john'}", "aws:username=ann", true},
    {"'StringNotEqualsIgnoreCase':{'aws:username':'john'}", "", true},
    {"'StringLike':{'s3:prefix':['','home/','home/${aws:username}/*']}",
     "s3:prefix=;aws:username=ann", true},
    {"'StringLike':{'s3:prefix':['','home/','home/${aws:username}/*']}",
     "s3:prefix=home/ann/x;aws:username=ann", true},
    {"'StringLike':{'s3:prefix':['','home/','home/${aws:username}/*']}",
     "s3:prefix=home/bob/x;aws:username=ann", false},
    {"'StringLike':{'s3:prefix':['','home/','home/${aws:username}/*']}",
     "s3:prefix=home/;aws:username=ann", true},
    {"'StringLike':{'aws:userid':'AROAX:*'}", "aws:userid=AROAX:session", true},
    {"'StringLike':{'aws:userid':'arox:*'}", "aws:userid=AROX:session", false},
    {"'StringLike':{'x:y':'a?c'}", "x:y=abc", true},
    {"'StringLike':{'x:y':'a?c'}", "x:y=ac", false},
    {"'StringLike':{'x:y':'*'}", "x:y=", true},
    {"'StringLike':{'x:y':'*'}", "", false},
    {"'StringNotLike':{'x:y':'a*'}", "x:y=abc", false},
    {"'StringNotLike':{'x:y':'a*'}", "x:y=bc", true},
    {"'StringNotLike':{'x:y':'a*'}", "", true},

    /* variables in values */
    {"'StringEquals':{'x:owner':'${aws:username}'}", "x:owner=Ann;aws:username=Ann", true},
    {"'StringEquals':{'x:owner':'${aws:username}'}", "x:owner=Ann;aws:username=Bob", false},
    {"'StringEquals':{'x:owner':'${aws:username}'}", "x:owner=Ann", false},
    {"'StringEquals':{'x:owner':'${aws:username}'}", "x:owner=;", false},
    {"'StringEquals':{'x:owner':'team-${aws:PrincipalTag/t, `none`}'}", "x:owner=team-none", true},
    {"'StringEquals':{'x:owner':'${*}'}", "x:owner=*", true},
    {"'StringEqualsIgnoreCase':{'x:owner':'${aws:username}'}", "x:owner=ANN;aws:username=ann",
     true},
    {"'StringNotEquals':{'x:owner':'${aws:username}'}", "x:owner=Ann;aws:username=Bob", true},
    {"'StringNotEquals':{'x:owner':'${aws:username}'}", "x:owner=Ann",
     false}, /* no allow from no value */
    {"'StringNotEquals':{'x:owner':'${aws:username}'}", "aws:username=Bob", true},
    {"'ArnEquals':{'x:arn':'arn:aws:iam::*:user/${aws:username}'}",
     "x:arn=arn:aws:iam::1:user/Ann;aws:username=Ann", true},
    {"'ArnEquals':{'x:arn':'arn:aws:iam::*:user/${aws:username}'}",
     "x:arn=arn:aws:iam::1:user/Bob;aws:username=Ann", false},
    {"'Bool':{'x:y':'${x:z}'}", "x:y=true;x:z=true", true},

    /* numbers */
    {"'NumericEquals':{'s3:max-keys':'10'}", "s3:max-keys=10", true},
    {"'NumericEquals':{'s3:max-keys':10}", "s3:max-keys=10.0", true},
    {"'NumericEquals':{'s3:max-keys':['1','10']}", "s3:max-keys=10", true},
    {"'NumericEquals':{'s3:max-keys':'10'}", "s3:max-keys=ten", false},
    {"'NumericEquals':{'s3:max-keys':'10'}", "", false},
    {"'NumericNotEquals':{'s3:max-keys':'10'}", "s3:max-keys=10", false},
    {"'NumericNotEquals':{'s3:max-keys':'10'}", "s3:max-keys=11", true},
    {"'NumericNotEquals':{'s3:max-keys':'10'}", "", true},
    {"'NumericLessThan':{'s3:max-keys':'10'}", "s3:max-keys=9", true},
    {"'NumericLessThan':{'s3:max-keys':'10'}", "s3:max-keys=10", false},
    {"'NumericLessThan':{'s3:max-keys':'10'}", "", false},
    {"'NumericLessThanEquals':{'s3:max-keys':'10'}", "s3:max-keys=10", true},
    {"'NumericLessThanEquals':{'s3:max-keys':'10'}", "s3:max-keys=10.5", false},
    {"'NumericGreaterThan':{'s3:max-keys':'-1'}", "s3:max-keys=0", true},
    {"'NumericGreaterThan':{'s3:max-keys':'9'}", "s3:max-keys=10", true},
    {"'NumericGreaterThan':{'s3:max-keys':'10'}", "s3:max-keys=10", false},
    {"'NumericGreaterThanEquals':{'s3:max-keys':'10'}", "s3:max-keys=10", true},
    {"'NumericGreaterThanEquals':{'s3:max-keys':'10'}", "s3:max-keys=9", false},

    /* dates */
    {"'DateEquals':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}",
     "aws:CurrentTime=2020-01-01T00:00:00Z", true},
    {"'DateEquals':{'aws:CurrentTime':'2020-01-01'}", "aws:CurrentTime=2020-01-01T00:00:00.000Z",
     true},
    {"'DateEquals':{'aws:EpochTime':'2020-01-01T00:00:00Z'}", "aws:EpochTime=1577836800", true},
    {"'DateNotEquals':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}",
     "aws:CurrentTime=2020-01-01T00:00:00Z", false},
    {"'DateNotEquals':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}", "", true},
    {"'DateLessThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}",
     "aws:CurrentTime=2019-12-31T23:59:59Z", true},
    {"'DateLessThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}",
     "aws:CurrentTime=2020-01-01T00:00:00Z", false},
    {"'DateLessThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}", "aws:CurrentTime=soon", false},
    {"'DateLessThanEquals':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}",
     "aws:CurrentTime=2020-01-01T00:00:00Z", true},
    {"'DateGreaterThan':{'aws:TokenIssueTime':'2020-01-01T00:00:01Z'}",
     "aws:TokenIssueTime=2020-06-01T00:00:00Z", true},
    {"'DateGreaterThan':{'aws:TokenIssueTime':'2020-01-01T00:00:01Z'}", "", false},
    {"'DateGreaterThanEquals':{'aws:EpochTime':1577836800}", "aws:EpochTime=1577836800", true},
    {"'DateGreaterThanEquals':{'aws:EpochTime':1577836801}", "aws:EpochTime=1577836800", false},

    /* booleans and bytes */
    {"'Bool':{'aws:SecureTransport':'false'}", "aws:SecureTransport=false", true},
    {"'Bool':{'aws:SecureTransport':false}", "aws:SecureTransport=false", true},
    {"'Bool':{'aws:SecureTransport':'FALSE'}", "aws:SecureTransport=false", true},
    {"'Bool':{'aws:SecureTransport':'false'}", "aws:SecureTransport=true", false},
    {"'Bool':{'aws:MultiFactorAuthPresent':'false'}", "", false},
    {"'BoolIfExists':{'aws:MultiFactorAuthPresent':'false'}", "", true},
    {"'BoolIfExists':{'aws:MultiFactorAuthPresent':'false'}", "aws:MultiFactorAuthPresent=true",
     false},
    {"'BinaryEquals':{'x:bin':'QmluYXJ5'}", "x:bin=Binary", true},
    {"'BinaryEquals':{'x:bin':'QmluYXJ5'}", "x:bin=QmluYXJ5", false},
    {"'BinaryEquals':{'x:bin':'QmluYXJ5'}", "", false},

    /* addresses */
    {"'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}", "aws:SourceIp=203.0.113.10", true},
    {"'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}", "aws:SourceIp=203.0.114.10", false},
    {"'IpAddress':{'aws:SourceIp':['203.0.113.0/24','2001:DB8:1234:5678::/64']}",
     "aws:SourceIp=2001:db8:1234:5678::1", true},
    {"'IpAddress':{'aws:SourceIp':'203.0.113.10'}", "aws:SourceIp=203.0.113.10", true},
    {"'IpAddress':{'aws:SourceIp':'203.0.113.10'}", "", false},
    {"'IpAddress':{'aws:SourceIp':'203.0.113.10'}", "aws:SourceIp=cloudformation.amazonaws.com",
     false},
    {"'NotIpAddress':{'aws:SourceIp':['192.0.2.0/24','203.0.113.0/24']}",
     "aws:SourceIp=203.0.113.10", false},
    {"'NotIpAddress':{'aws:SourceIp':['192.0.2.0/24','203.0.113.0/24']}",
     "aws:SourceIp=198.51.100.1", true},
    {"'NotIpAddress':{'aws:SourceIp':'192.0.2.0/24'}", "", true},
    {"'NotIpAddress':{'aws:SourceIp':'192.0.2.0/24'}", "aws:SourceIp=cloudformation.amazonaws.com",
     true},

    /* ARNs field by field */
    {"'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:111122223333:t-*'}",
     "aws:SourceArn=arn:aws:sns:eu-west-1:111122223333:t-1", true},
    {"'ArnEquals':{'aws:SourceArn':'arn:aws:sns:*:111122223333:t-*'}",
     "aws:SourceArn=arn:aws:sns:eu-west-1:111122223333:t-1", true},
    {"'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:111122223333:t-*'}",
     "aws:SourceArn=arn:aws:sns:eu-west-1:444455556666:t-1", false},
    {"'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:111122223333:t'}",
     "aws:SourceArn=arn:aws:SNS:eu-west-1:111122223333:t", false},
    {"'ArnLike':{'x:arn':'arn:aws:svc:*:111122223333:f/*'}",
     "x:arn=arn:aws:svc:us-east-2:999999999999:s/abc:111122223333:f/d", false},
    {"'StringLike':{'x:arn':'arn:aws:svc:*:111122223333:f/*'}",
     "x:arn=arn:aws:svc:us-east-2:999999999999:s/abc:111122223333:f/d", true},
    {"'ArnLike':{'x:arn':'arn:aws:sns:*'}", "x:arn=arn:aws:sns:eu-west-1:111122223333:t", true},
    {"'ArnLike':{'x:arn':'*'}", "x:arn=arn:aws:sns:eu-west-1:111122223333:t", true},
    {"'ArnLike':{'x:arn':'*'}", "x:arn=nonsense", false},
    {"'ArnLike':{'x:arn':'arn:aws:lambda:*:*:function:*'}",
     "x:arn=arn:aws:lambda:eu-west-1:1:function:f:1", true},
    {"'ArnLike':{'x:arn':'arn:aws:lambda:*:*:function:?'}",
     "x:arn=arn:aws:lambda:eu-west-1:1:function:f:1", false},
    {"'ArnNotEquals':{'x:arn':'arn:aws:iam::1:user/a'}", "x:arn=arn:aws:iam::1:user/a", false},
    {"'ArnNotEquals':{'x:arn':'arn:aws:iam::1:user/a'}", "x:arn=arn:aws:iam::1:user/b", true},
    {"'ArnNotLike':{'x:arn':'arn:aws:iam::1:user/*'}", "", true},
    {"'ArnNotLike':{'x:arn':'arn:aws:iam::1:user/*'}", "x:arn=no-arn", true},

    /* Null */
    {"'Null':{'aws:TokenIssueTime':'true'}", "", true},
    {"'Null':{'aws:TokenIssueTime':'true'}", "aws:TokenIssueTime=2020-01-01T00:00:00Z", false},
    {"'Null':{'aws:TokenIssueTime':'false'}", "", false},
    {"'Null':{'aws:TokenIssueTime':false}", "aws:TokenIssueTime=2020-01-01T00:00:00Z", true},
    {"'Null':{'aws:TagKeys':'true'}", "aws:TagKeys!", true},
    {"'Null':{'aws:TagKeys':['true','false']}", "aws:TagKeys=a", true},

    /* IfExists */
    {"'StringEqualsIfExists':{'ec2:InstanceType':'t1.micro'}", "", true},
    {"'StringLikeIfExists':{'ec2:InstanceType':['t1.*','t2.*']}", "ec2:InstanceType=t2.micro",
     true},
    {"'StringLikeIfExists':{'ec2:InstanceType':['t1.*','t2.*']}", "ec2:InstanceType=m5.large",
     false},
    {"'StringNotEqualsIfExists':{'x:y':'z'}", "", true},
    {"'StringNotEqualsIfExists':{'x:y':'z'}", "x:y=z", false},
    {"'NumericLessThanIfExists':{'x:y':'5'}", "", true},
    {"'ArnLikeIfExists':{'x:y':'arn:aws:s3:::b'}", "x:y=arn:aws:s3:::c", false},
    {"'StringEqualsIfExists':{'x:y':'z'}", "x:y!", false},

    /* ForAllValues: true when there is nothing */
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=a", true},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=a|b", true},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=a|c", false},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "", true},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys!", true},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=", true},
    {"'ForAllValues:StringLike':{'aws:TagKeys':['a*']}", "aws:TagKeys=a1|a2", true},
    {"'ForAllValues:StringNotEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=c|d", true},
    {"'ForAllValues:StringNotEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=c|a", false},
    {"'ForAllValues:StringNotEquals':{'aws:TagKeys':['a','b']}", "", true},
    {"'ForAllValues:ArnLike':{'x:arns':'arn:aws:s3:::a*'}",
     "x:arns=arn:aws:s3:::a1|arn:aws:s3:::b1", false},
    {"'ForAllValues:IpAddress':{'x:ips':'10.0.0.0/8'}", "x:ips=10.0.0.1|10.9.9.9", true},

    /* ForAnyValue: false when there is nothing */
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=c|b", true},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=c|d", false},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "", false},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','']}", "aws:TagKeys=", false},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys!", false},
    {"'ForAnyValue:StringNotEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=a|c", true},
    {"'ForAnyValue:StringNotEquals':{'aws:TagKeys':['a','b']}", "aws:TagKeys=a|b", false},
    {"'ForAnyValue:StringNotEquals':{'aws:TagKeys':['a','b']}", "", false},
    {"'ForAnyValue:StringEqualsIfExists':{'aws:TagKeys':['a','b']}", "", true},
    {"'ForAnyValue:NumericGreaterThan':{'x:n':'5'}", "x:n=1|6", true},
    {"'ForAnyValue:StringLike':{'aws:PrincipalOrgPaths':'o-a/*/ou-1/*'}",
     "aws:PrincipalOrgPaths=o-a/r-1/ou-1/", true},

    /* a key with several values and no set operator */
    {"'StringEquals':{'aws:TagKeys':'a'}", "aws:TagKeys=b|a", true},
    {"'StringNotEquals':{'aws:TagKeys':'a'}", "aws:TagKeys=b|a", false},

    /* all operators and all keys must hold */
    {"'StringEquals':{'x:a':'1','x:b':'2'}", "x:a=1;x:b=2", true},
    {"'StringEquals':{'x:a':'1','x:b':'2'}", "x:a=1;x:b=3", false},
    {"'StringEquals':{'x:a':'1'},'NumericLessThan':{'x:b':'2'}", "x:a=1;x:b=1", true},
    {"'StringEquals':{'x:a':'1'},'NumericLessThan':{'x:b':'2'}", "x:a=1;x:b=2", false},
    {"'DateGreaterThan':{'aws:CurrentTime':'2017-07-01T00:00:00Z'},'DateLessThan':{'aws:"
     "CurrentTime':'2017-12-31T23:59:59Z'}",
     "aws:CurrentTime=2017-08-01T12:00:00Z", true},
    {"", "", true},
    {"'StringEquals':{}", "", true},
    {"'Whatever':{}", "", true},
};

NP_TEST(operators)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str body =
            np_str_printf(a, "'Action':'*','Resource':'*','Condition':{%s}", c->condition);
        struct np_policy *p = allowing(a, NP_POLICY_IDENTITY, np_str_z(a, body));
        struct np_policy_key k[KEYS_MAX];
        struct np_policy_request rq = {
            .action = NP_STR("s3:X"), .resource = NP_STR("*"), .keys = k};
        rq.n_keys = keys_of(a, c->keys, k);
        NP_CHECK((np_policy_eval(p, &rq, NULL) == NP_ALLOW) == c->holds, "%s with %s", c->condition,
                 c->keys);
        np_policy_unref(p);
    }
}

NP_TEST(a_negated_deny_holds_without_the_value_of_its_variable)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *p =
        compiled(a, NP_POLICY_IDENTITY,
                 "{'Version':'2012-10-17','Statement':{'Effect':'Deny','Action':'*','Resource':'*',"
                 "'Condition':{'StringNotEquals':{'x:owner':'${aws:username}'}}}}");
    struct np_policy_key k[KEYS_MAX];
    struct np_policy_request rq = {.action = NP_STR("s3:X"), .resource = NP_STR("*"), .keys = k};
    rq.n_keys = keys_of(a, "x:owner=Ann", k);
    NP_CHECK(np_policy_eval(p, &rq, NULL) == NP_DENY);
    np_policy_unref(p);
}
