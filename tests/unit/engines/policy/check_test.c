/* SPDX-License-Identifier: Apache-2.0 */
/* check_test.c - what is refused, in which words; documents at their limits. */
#include "policy_test.h"

#include "engines/policy/limits.h"

#define I                   NP_POLICY_IDENTITY
#define M                   NP_POLICY_MANAGED
#define R                   NP_POLICY_RESOURCE
#define T                   NP_POLICY_TRUST
#define V                   "'Version':'2012-10-17',"
#define SYNTAX              "Syntax errors in policy."
#define LEGACY              "The policy failed legacy parsing"
#define VENDOR              "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
#define OK_IDENTITY         "'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:s3:::b'"
#define IDENTITY(members)   "{" V "'Statement':{" members "}}"
#define WITH(more)          IDENTITY(OK_IDENTITY "," more)
#define ON(resource)        IDENTITY("'Effect':'Allow','Action':'s3:ListBucket','Resource':" resource)
#define DOES(action)        IDENTITY("'Effect':'Allow','Action':" action ",'Resource':'*'")
#define WHEN(condition)     WITH("'Condition':" condition)
#define TRUSTING(principal) IDENTITY("'Effect':'Allow','Action':'sts:AssumeRole'," principal)

static const struct {
    enum np_policy_kind kind;
    const char *text, *message; /* NULL: accepted */
} cases[] = {
    /* the form of a document */
    {I, "", SYNTAX},
    {I, "no json", SYNTAX},
    {I, "null", SYNTAX},
    {I, "[]", SYNTAX},
    {I, "{}", SYNTAX},
    {I, "{" V "'Statement':[]}", SYNTAX},
    {I, "{" V "'Statement':'x'}", SYNTAX},
    {I, "{" V "'Statement':['x']}", SYNTAX},
    {I, "{" V "'Statement':{" OK_IDENTITY "},'Extra':1}", SYNTAX},
    {I, "{" V V "'Statement':{" OK_IDENTITY "}}", SYNTAX},
    {I, "{" V "'Id':[],'Statement':{" OK_IDENTITY "}}", SYNTAX},
    {I, "{" V "'Id':'x','Statement':{" OK_IDENTITY "}}", NULL},
    {I, "{'Version':'2013-10-17','Statement':{" OK_IDENTITY "}}", SYNTAX},
    {I, "{'Version':20121017,'Statement':{" OK_IDENTITY "}}", SYNTAX},
    {I, "{'Statement':{" OK_IDENTITY "}}", NULL},
    {I, "{'Version':'2008-10-17','Statement':{" OK_IDENTITY "}}", NULL},
    {M, "{'Statement':{" OK_IDENTITY "}}",
     "Policy document must be version 2012-10-17 or greater."},
    {M, "{'Version':'2008-10-17','Statement':{" OK_IDENTITY "}}",
     "Policy document must be version 2012-10-17 or greater."},
    {M, "{'Statement':{'Effect':'denY'}}",
     "Policy document must be version 2012-10-17 or greater."},
    {M, IDENTITY(OK_IDENTITY), NULL},
    {I, IDENTITY(OK_IDENTITY), NULL},
    {I, "{" V "'Statement':[{" OK_IDENTITY "}]}", NULL},
    {I, WITH("'Extra':1"), SYNTAX},
    {I, WITH("'action':'s3:*'"), SYNTAX},
    {I, WITH("'Action':'s3:*'"), SYNTAX},
    {I, WITH("'NotAction':'s3:*'"), SYNTAX},
    {I, WITH("'NotResource':[]"), SYNTAX},
    {I, WITH("'Sid':{}"), SYNTAX},
    {I, WITH("'Principal':'*'"), "Policy document should not specify a principal."},
    {I, WITH("'NotPrincipal':{'AWS':'111122223333'}"),
     "Policy document should not specify a principal."},

    /* effect */
    {I, IDENTITY("'Action':'s3:ListBucket','Resource':'*'"), SYNTAX},
    {I, IDENTITY("'Effect':'invalid','Action':'s3:ListBucket','Resource':'*'"), SYNTAX},
    {I, IDENTITY("'Effect':[],'Action':'s3:ListBucket','Resource':'*'"), SYNTAX},
    {I, IDENTITY("'Effect':'denY','Action':'s3:ListBucket','Resource':'*'"), LEGACY},
    {I, IDENTITY("'Effect':'allow','Resource':'arn:aws:s3:us-east-1::b'"), LEGACY},

    /* actions */
    {I, IDENTITY("'Effect':'Allow','Resource':'*'"), "Policy statement must contain actions."},
    {I, IDENTITY("'Effect':'Allow'"), "Policy statement must contain actions."},
    {I, DOES("[]"), "Policy statement must contain actions."},
    {I, "{" V "'Statement':[{" OK_IDENTITY "},{'Effect':'Deny'}]}",
     "Policy statement must contain actions."},
    {I, DOES("{}"), SYNTAX},
    {I, DOES("[[]]"), SYNTAX},
    {I, DOES("5"), SYNTAX},
    {I, DOES("'invalid'"), VENDOR},
    {I, DOES("''"), VENDOR},
    {I, DOES("['s3:Get*','x']"), VENDOR},
    {I, IDENTITY("'Effect':'Allow','Action':'invalid'"), VENDOR},
    {I, IDENTITY("'Effect':'Allow','NotAction':'','Resource':'*'"), VENDOR},
    {I, DOES("'a a:ListBucket'"), "Vendor a a is not valid"},
    {I, DOES("'s*:ListBucket'"), "Vendor s* is not valid"},
    {I, DOES("'s3:List:Bucket'"), "Actions/Condition can contain only one colon."},
    {I, DOES("'*'"), NULL},
    {I, DOES("'*:*'"), NULL},
    {I, DOES("'s3-s:ListBucket'"), NULL},
    {I, DOES("'s3.s:ListBucket'"), NULL},
    {I, DOES("'iam: asdf af '"), NULL},

    /* resources */
    {I, IDENTITY("'Effect':'Allow','Action':'s3:ListBucket'"),
     "Policy statement must contain resources."},
    {I, ON("[]"), "Policy statement must contain resources."},
    {I, ON("'invalid resource'"), "Resource invalid resource must be in ARN format or \"*\"."},
    {I, ON("''"), "Resource  must be in ARN format or \"*\"."},
    {I, ON("['*','adf']"), "Resource adf must be in ARN format or \"*\"."},
    {I, ON("'urn:aws:s3:::b'"), "Resource urn:aws:s3:::b must be in ARN format or \"*\"."},
    {I, IDENTITY("'Effect':'Allow','Action':'s:3:L','Resource':'adf'"),
     "Resource adf must be in ARN format or \"*\"."},
    {I, ON("'a:bsdf'"), "Partition \"bsdf\" is not valid for resource \"arn:bsdf:*:*:*:*\"."},
    {I, ON("'a:b:cadf'"), "Partition \"b\" is not valid for resource \"arn:b:cadf:*:*:*\"."},
    {I, ON("'a:b:c:d:e:f:g:h'"),
     "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\"."},
    {I, ON("'aws:s3:::example_bucket'"),
     "Partition \"s3\" is not valid for resource \"arn:s3:::example_bucket:*\"."},
    {I, ON("['arn:error:s3:::b','arn:error:s3::b']"),
     "Partition \"error\" is not valid for resource \"arn:error:s3:::b\"."},
    {I, ON("'arn:aws'"), "Resource vendor must be fully qualified and cannot contain regexes."},
    {I, ON("'arn:aws:s*:::b'"),
     "Resource vendor must be fully qualified and cannot contain regexes."},
    {I, ON("'arn:aws:s3::b'"), LEGACY},
    {I, ON("'arn:aws::fdsasf'"), LEGACY},
    {I, IDENTITY("'Effect':'Allow','NotAction':'s3:X','Resource':'arn:aws::::b'"), LEGACY},
    {I, IDENTITY("'Effect':'Allow','Action':'s3:X','NotResource':'arn:aws:s3::b'"), LEGACY},
    {I, IDENTITY("'Effect':'Allow','Resource':'arn:aws:s3::b'"), LEGACY},
    {I, ON("'arn:aws:iam:us-east-1::b'"),
     "IAM resource arn:aws:iam:us-east-1::b cannot contain region information."},
    {I, ON("'arn:aws:s3:us-east-1::b'"),
     "Resource arn:aws:s3:us-east-1::b can not contain region information."},
    {I, ON("'arn:aws:s3:us-east-1:111122223333:accesspoint/a'"), NULL},
    {I, ON("'arn:aws:iam:::b'"),
     "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, "
     "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, "
     "saml-provider/, oidc-provider/, report/, access-report/."},
    {I, ON("'arn:aws:iam:::user/x'"), NULL},
    {I, ON("'arn:aws:iam::*:*'"), NULL},
    {I, ON("'arn:aws:iam::111122223333:ro*'"), NULL},
    {I, ON("'arn:aws:s33:::b'"), NULL},
    {I, ON("'arn:aws:fdsasf'"), NULL},
    {I, ON("'arn:*:s3:::b'"), NULL},
    {I, ON("['arn:aws:s3:::b','*']"), NULL},
    {I, ON("'arn:aws:cloudwatch:us-east-1::x'"), NULL},
    {I, ON("'arn:aws:iam::*:mfa/${aws:username}'"), NULL},
    {I, ON("{'a':'arn:aws:s3:::b'}"), SYNTAX},
    {I, ON("['adfdf',{}]"), SYNTAX},

    /* statement ids */
    {I, "{" V "'Statement':[{'Sid':'a'," OK_IDENTITY "},{'Sid':'a'," OK_IDENTITY "}]}",
     "Statement IDs (SID) in a single policy must be unique."},
    {I, "{" V "'Statement':[{'Sid':'a'," OK_IDENTITY "},{'Sid':'a','Effect':'Allow'}]}",
     "Statement IDs (SID) in a single policy must be unique."},
    {I, "{" V "'Statement':[{'Sid':'a','Effect':'aLLow'},{'Sid':'a','Effect':'Allow'}]}", LEGACY},
    {I, "{" V "'Statement':[{'Sid':'a'," OK_IDENTITY "},{'Sid':'A'," OK_IDENTITY "}]}", NULL},
    {I, "{" V "'Statement':[{'Sid':''," OK_IDENTITY "},{'Sid':''," OK_IDENTITY "}]}", NULL},
    {I, WITH("'Sid':'with blank'"),
     "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
     "regular expression [0-9A-Za-z]*"},

    /* conditions */
    {I, WHEN("[]"), SYNTAX},
    {I, WHEN("'a'"), SYNTAX},
    {I, WHEN("{'a':'b'}"), SYNTAX},
    {I, WHEN("{'x':{'a':'1'}}"), SYNTAX},
    {I, WHEN("{'stringequals':{'a:b':'1'}}"), SYNTAX},
    {I, WHEN("{'NullIfExists':{'a:b':'true'}}"), SYNTAX},
    {I, WHEN("{'ForAnyValue::StringEqualsIfExists':{'a':'asf'}}"), SYNTAX},
    {I, WHEN("{'DateGreaterThan':'b'}"), SYNTAX},
    {I, WHEN("{'DateGreaterThan':[]}"), SYNTAX},
    {I, WHEN("{'DateGreaterThan':{'a':{}}}"), SYNTAX},
    {I, WHEN("{'StringEquals':{'a':null}}"), SYNTAX},
    {I, WHEN("{'StringEquals':{'a':['x',[]]}}"), SYNTAX},
    {I, WHEN("{'StringEquals':{'a':'1','a':'2'}}"), SYNTAX},
    {I, WHEN("{'StringEquals':{'a':'1'},'StringEquals':{'b':'2'}}"), SYNTAX},
    {I, WHEN("[{'ForAllValues:StringEquals':{'aws:TagKeys':'D'}}]"), SYNTAX},
    {I, IDENTITY("'Effect':'Allow','Resource':'*','Condition':{'DateGreaterThan':{'a':{}}}"),
     SYNTAX},
    {I, WHEN("{'DateGreaterThan':{'a':'sdfdsf'}}"), LEGACY},
    {I, WHEN("{'DateLessThan':{'a':['2019-07-01T13:20:15Z','x']}}"), LEGACY},
    {I, WHEN("{'NumericEquals':{'a':'x'}}"), LEGACY},
    {I, WHEN("{'NumericEquals':{'a':'${aws:x}'}}"), LEGACY},
    {I, WHEN("{'IpAddress':{'aws:SourceIp':'300.0.0.1'}}"), LEGACY},
    {I, WHEN("{'BinaryEquals':{'a':'not base64!'}}"), LEGACY},
    {I, WHEN("{'Null':{'a':'maybe'}}"), LEGACY},
    {I, IDENTITY("'Effect':'Allow','Condition':{'DateGreaterThan':{'a':'sdfdsf'}}"), LEGACY},
    {I, WHEN("{}"), NULL},
    {I, WHEN("{'x':{},'y':{}}"), NULL},
    {I, WHEN("{'DateGreaterThan':{}}"), NULL},
    {I, WHEN("{'DateGreaterThan':{'a':[]}}"), NULL},
    {I, WHEN("{'StringEqualsIfExists':{'a':'asf'}}"), NULL},
    {I, WHEN("{'Bool':{'aws:SecureTransport':false}}"), NULL},
    {I, WHEN("{'NumericLessThan':{'a:b':[1,2.5,'3']}}"), NULL},

    /* resource policies */
    {R, "x", "Policies must be valid JSON and the first byte must be '{'"},
    {R, "{'a'", "This policy contains invalid Json"},
    {R, "{" V "'Statement':[]}", "Could not parse the policy: Statement is empty!"},
    {R, "{'Version':'x','Statement':[]}", "The policy must contain a valid version string"},
    {R, "{" V "'Foo':1}", "Unknown field Foo"},
    {R, WITH("'Foo':1"), "Unknown field Foo"},
    {R, WITH("'Sid':'x'"), "Missing required field Principal"},
    {R, WITH("'Principal':'*'"), NULL},
    {R, WITH("'Principal':'*','Sid':'with blank'"), NULL},
    {R, WITH("'Principal':'111122223333'"), "Invalid principal in policy"},
    {R, WITH("'Principal':['*']"), "Invalid principal in policy"},
    {R, WITH("'Principal':{'AWS':5}"), "Invalid principal in policy"},
    {R, WITH("'Principal':{'Foo':'x'}"), "Unknown field Foo"},
    {R, WITH("'Principal':{}"), "Missing required field Principal cannot be empty!"},
    {R, WITH("'Principal':{'AWS':[]}"), "Missing required field Principal cannot be empty!"},
    {R, WITH("'Principal':{'AWS':'12'}"), "Invalid principal in policy"},
    {R, WITH("'Principal':{'AWS':'arn:aws:iam::111122223333:user/*'}"),
     "Invalid principal in policy"},
    {R, WITH("'Principal':{'AWS':'arn:aws:iam::111122223333:group/x'}"),
     "Invalid principal in policy"},
    {R, WITH("'Principal':{'AWS':'arn:aws:s3:::b'}"), "Invalid principal in policy"},
    {R, WITH("'Principal':{'AWS':'arn:aws:iam::1:root'}"), "Invalid principal in policy"},
    {R, WITH("'Principal':{'AWS':'arn:aws:sts::111122223333:x'}"), "Invalid principal in policy"},
    {R, WITH("'Principal':{'Service':'*'}"), "Invalid principal in policy"},
    {R, WITH("'NotPrincipal':{'AWS':'111122223333'}"), "Allow with NotPrincipal is not allowed."},
    {R, WITH("'Principal':'*','NotPrincipal':'*'"),
     "Statement has both Principal and NotPrincipal"},
    {R, IDENTITY("'Effect':'Allow','Principal':'*','Resource':'*'"),
     "Missing required field Action"},
    {R, IDENTITY("'Effect':'Allow','Principal':'*','Action':'s3:X'"),
     "Missing required field Resource"},
    {R, IDENTITY("'Principal':'*','Action':'s3:X','Resource':'*'"),
     "Missing required field Effect"},
    {R, IDENTITY("'Effect':'No','Principal':'*','Action':'s3:X','Resource':'*'"),
     "Invalid effect: No"},
    {R, WITH("'Principal':'*','Condition':{'StringEqualz':{'a':'b'}}"),
     "Invalid Condition type : StringEqualz"},

    /* trust policies */
    {T, TRUSTING("'Principal':{'Service':'ec2.amazonaws.com'}"), NULL},
    {T,
     "{'Version':'2008-10-17','Statement':{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{"
     "'AWS':'*'}}}",
     NULL},
    {T, TRUSTING("'Principal':{'AWS':'arn:aws:iam::111122223333:role/a/b'}"), NULL},
    {T, TRUSTING("'Principal':{'Federated':'arn:aws:iam::111122223333:oidc-provider/x'}"), NULL},
    {T, TRUSTING("'Sid':'x'"), "Missing required field Principal"},
    {T, TRUSTING("'Principal':{'AWS':'nobody'}"),
     "Invalid principal in policy: \"AWS\":\"nobody\""},
    {T, TRUSTING("'Principal':'*','Resource':'*'"), "Has prohibited field Resource"},
    {T, TRUSTING("'Principal':'*','NotResource':'*'"), "Has prohibited field NotResource"},
    {T, IDENTITY("'Effect':'Allow','Principal':'*'"), "Missing required field Action"},
    {T, IDENTITY("'Effect':'Allow','Principal':'*','Action':'s3:X'"),
     "AssumeRole policy may only specify STS AssumeRole actions."},
    {T, IDENTITY("'Effect':'Allow','Principal':'*','Action':'*'"),
     "AssumeRole policy may only specify STS AssumeRole actions."},
    {T, TRUSTING("'Principal':'*','Sid':'a b'"),
     "Statement IDs (SID) must be alpha-numeric. Check that your input "
     "satisfies the regular expression [0-9A-Za-z]*"},
};

NP_TEST(documents_are_refused_in_the_words_of_iam)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_policy *p = NULL;
        struct np_err err = {0};
        int rc = np_policy_compile(quoted(a, c->text), c->kind, &p, &err);
        if (c->message == NULL) {
            NP_CHECK(rc == 0, "%s: %.*s", c->text, (int)err.n, err.text);
            np_policy_unref(p);
            continue;
        }
        NP_CHECK(rc == NP_EINVAL && p == NULL, "%s", c->text);
        NP_CHECK(np_str_eq(np_err_text(&err), np_str_of(c->message)), "%s: \"%.*s\"", c->text,
                 (int)err.n, err.text);
        NP_CHECK(np_policy_compile(quoted(a, c->text), c->kind, &p, NULL) == NP_EINVAL,
                 "without err");
    }
}

/* `n` times `item` with commas, between head and tail. */
static int compile_many(const char *head, const char *item, size_t n, const char *tail,
                        struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    np_buf_init(&b, a, 1 << 20);
    np_buf_str_add(&b, np_str_of(head));
    for (size_t i = 0; i < n; i++) {
        if (i != 0 && item[0] != '$')
            np_buf_char(&b, ',');
        for (const char *p = item; *p != '\0'; p++) {
            if (*p == '#')
                np_buf_u64(&b, i);
            else
                np_buf_char(&b, *p);
        }
    }
    np_buf_str_add(&b, np_str_of(tail));
    np_buf_char(&b, '\0');
    struct np_policy *p = NULL;
    int rc = np_policy_compile(quoted(a, b.p), NP_POLICY_IDENTITY, &p, err);
    np_policy_unref(p);
    return rc;
}

NP_TEST(statements_at_the_limit)
{
    struct np_err err;
    const char *head = "{" V "'Statement':[", *item = "{" OK_IDENTITY "}", *tail = "]}";
    NP_CHECK(compile_many(head, item, POLICY_STATEMENTS_MAX, tail, &err) == 0);
    NP_CHECK(compile_many(head, item, POLICY_STATEMENTS_MAX + 1, tail, &err) == NP_EINVAL);
    NP_CHECK_STR(np_err_text(&err), NP_STR("Policy has more than 500 statements"));
}

NP_TEST(condition_keys_at_the_limit)
{
    struct np_err err;
    const char *head = "{" V "'Statement':{" OK_IDENTITY ",'Condition':{'StringEquals':{",
               *tail = "}}}}";
    NP_CHECK(compile_many(head, "'x:#':'y'", POLICY_KEYS_MAX, tail, &err) == 0);
    NP_CHECK(compile_many(head, "'x:#':'y'", POLICY_KEYS_MAX + 1, tail, &err) == NP_EINVAL);
    head = "{" V "'Statement':{" OK_IDENTITY ",'Condition':{'StringEquals':{'x:y':[";
    NP_CHECK(compile_many(head, "'${x:#}'", POLICY_KEYS_MAX - 1, "]}}}}", &err) == 0);
    NP_CHECK(compile_many(head, "'${x:#}'", POLICY_KEYS_MAX, "]}}}}", &err) == NP_EINVAL);
    NP_CHECK_STR(np_err_text(&err), NP_STR("Policy has more than 500 condition keys"));
}

NP_TEST(variables_of_a_value_at_the_limit)
{
    struct np_err err;
    const char *head =
                   "{" V "'Statement':{'Effect':'Allow','Action':'s3:X','Resource':'arn:aws:s3:::",
               *tail = "'}}";
    NP_CHECK(compile_many(head, "${aws:username}", POLICY_PATTERN_VARS_MAX, tail, &err) == 0);
    NP_CHECK(compile_many(head, "${aws:username}", POLICY_PATTERN_VARS_MAX + 1, tail, &err) ==
             NP_EINVAL);
    NP_CHECK_STR(np_err_text(&err), NP_STR("A value has more than 16 policy variables"));
}

NP_TEST(documents_at_the_limit)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str small = quoted(a, IDENTITY(OK_IDENTITY));
    char *text = np_alloc(a, POLICY_DOCUMENT_MAX + 1);
    memset(text, ' ', POLICY_DOCUMENT_MAX + 1);
    memcpy(text, small.p, small.n);
    struct np_policy *p = NULL;
    NP_CHECK(np_policy_compile(np_str_n(text, POLICY_DOCUMENT_MAX), NP_POLICY_IDENTITY, &p, NULL) ==
             0);
    np_policy_unref(p);
    NP_CHECK(np_policy_compile(np_str_n(text, POLICY_DOCUMENT_MAX + 1), NP_POLICY_IDENTITY, &p,
                               NULL) == NP_EINVAL);
}
