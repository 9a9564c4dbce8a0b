/* SPDX-License-Identifier: Apache-2.0 */
/* decide_test.c - the table of «Policy evaluation logic», cell by cell. */
#include "policy_test.h"

#define HOME "111122223333"

enum who { USER, SESSION, FEDERATED, ROOT, ROOT_SESSION, SERVICE, NOBODY, PROVIDER };

static const struct np_policy_principal people[] = {
    [USER] = {.account = {HOME, 12}, .arn = {"arn:aws:iam::" HOME ":user/Ann", 34}},
    [SESSION] = {.account = {HOME, 12},
                 .arn = {"arn:aws:iam::" HOME ":role/web", 34},
                 .session_arn = {"arn:aws:sts::" HOME ":assumed-role/web/s1", 45}},
    [FEDERATED] = {.account = {HOME, 12},
                   .arn = {"arn:aws:iam::" HOME ":user/Ann", 34},
                   .session_arn = {"arn:aws:sts::" HOME ":federated-user/f1", 43}},
    [ROOT] = {.account = {HOME, 12}, .arn = {"arn:aws:iam::" HOME ":root", 30}, .root = true},
    [ROOT_SESSION] = {.account = {HOME, 12},
                      .arn = {"arn:aws:iam::" HOME ":root", 30},
                      .root = true,
                      .session_arn = {"arn:aws:sts::" HOME ":federated-user/f2", 43}},
    [SERVICE] = {.service = {"sns.amazonaws.com", 17}},
    [NOBODY] = {.anonymous = true},
    [PROVIDER] = {.federated = {"accounts.google.com", 19}},
};

/* Policies by a letter: a allows, d denies, n neither; "" none of that kind. */
static const char *const identity_text[] = {
    ['a'] = "{'Statement':{'Effect':'Allow','Action':'s3:GetObject','Resource':'*'}}",
    ['d'] = "{'Statement':{'Effect':'Deny','Action':'s3:*','Resource':'*'}}",
    ['n'] = "{'Statement':{'Effect':'Allow','Action':'ec2:*','Resource':'*'}}",
};

#define A_USER     "{'AWS':'arn:aws:iam::" HOME ":user/Ann'}"
#define A_ROLE     "{'AWS':'arn:aws:iam::" HOME ":role/web'}"
#define A_SESSION  "{'AWS':'arn:aws:sts::" HOME ":assumed-role/web/s1'}"
#define A_FEDUSER  "{'AWS':'arn:aws:sts::" HOME ":federated-user/f1'}"
#define A_ACCOUNT  "{'AWS':'" HOME "'}"
#define A_BOTH     "{'AWS':['" HOME "','arn:aws:iam::" HOME ":user/Ann']}"
#define A_SERVICE  "{'Service':'sns.amazonaws.com'}"
#define A_PROVIDER "{'Federated':'accounts.google.com'}"
#define EVERYBODY  "'*'"

static const struct {
    enum who who;
    char identity, boundary,
        session;        /* ' ': none, '0': there is one of the kind, but no policy in it */
    const char *grants; /* principal of an allowing resource policy; NULL: no policy */
    char more; /* x: across accounts; r: resource policy required; d: resource denies; l: ACL */
    bool allowed;
    enum np_policy_source source;
    const char *why;
} cases[] = {
    /* identity policies alone */
    {USER, 'n', ' ', ' ', NULL, ' ', false, NP_FROM_IDENTITY, "denied until something allows"},
    {USER, ' ', ' ', ' ', NULL, ' ', false, NP_FROM_IDENTITY, "no policy at all"},
    {USER, 'a', ' ', ' ', NULL, ' ', true, NP_FROM_IDENTITY, "allowed by its own policy"},
    {USER, 'd', ' ', ' ', A_USER, ' ', false, NP_FROM_IDENTITY,
     "a deny beats the resource's allow"},
    {USER, 'a', 'a', ' ', NULL, ' ', true, NP_FROM_IDENTITY, "both identity and boundary"},
    {USER, 'a', 'n', ' ', NULL, ' ', false, NP_FROM_BOUNDARY, "the boundary lacks it"},
    {USER, 'n', 'a', ' ', NULL, ' ', false, NP_FROM_IDENTITY, "a boundary grants nothing"},
    {USER, 'a', 'd', ' ', NULL, ' ', false, NP_FROM_BOUNDARY, "the boundary denies"},
    {USER, 'a', '0', ' ', NULL, ' ', false, NP_FROM_BOUNDARY, "the boundary is gone"},
    {SESSION, 'a', ' ', 'a', NULL, ' ', true, NP_FROM_IDENTITY, "both identity and session"},
    {SESSION, 'a', ' ', 'n', NULL, ' ', false, NP_FROM_SESSION, "the session policy lacks it"},
    {SESSION, 'n', ' ', 'a', NULL, ' ', false, NP_FROM_IDENTITY, "a session policy grants nothing"},
    {SESSION, 'a', 'a', 'd', NULL, ' ', false, NP_FROM_SESSION, "the session policy denies"},
    {SESSION, 'a', 'n', 'n', NULL, ' ', false, NP_FROM_BOUNDARY, "the boundary is told first"},
    {FEDERATED, 'a', ' ', '0', NULL, ' ', false, NP_FROM_SESSION,
     "a federated user without session policy"},

    /* the table: implicit denies everywhere, the resource policy allows */
    {USER, 'n', 'n', ' ', A_USER, ' ', true, NP_FROM_RESOURCE, "user ARN: not limited"},
    {SESSION, 'n', 'n', 'n', A_ROLE, ' ', false, NP_FROM_BOUNDARY, "role ARN: limited"},
    {SESSION, 'n', 'a', 'n', A_ROLE, ' ', false, NP_FROM_SESSION,
     "role ARN: limited by the session too"},
    {SESSION, 'n', 'a', 'a', A_ROLE, ' ', true, NP_FROM_RESOURCE,
     "role ARN: identity policies are not needed"},
    {SESSION, 'n', ' ', ' ', A_ROLE, ' ', true, NP_FROM_RESOURCE, "role ARN: nothing to limit it"},
    {SESSION, 'n', 'n', 'n', A_SESSION, ' ', true, NP_FROM_RESOURCE, "session ARN: not limited"},
    {FEDERATED, 'n', 'n', 'n', A_USER, ' ', false, NP_FROM_BOUNDARY,
     "user ARN of a federated session: limited"},
    {FEDERATED, 'n', ' ', 'n', A_USER, ' ', false, NP_FROM_SESSION,
     "the same by the session policy"},
    {FEDERATED, 'n', ' ', 'a', A_USER, ' ', true, NP_FROM_RESOURCE, "the session policy agrees"},
    {FEDERATED, 'n', 'n', 'n', A_FEDUSER, ' ', true, NP_FROM_RESOURCE,
     "federated session ARN: not limited"},
    {ROOT, ' ', ' ', ' ', A_ACCOUNT, ' ', true, NP_FROM_NOTHING, "root may anyway"},
    {SERVICE, ' ', ' ', ' ', A_SERVICE, ' ', true, NP_FROM_RESOURCE, "service principal"},
    {USER, 'n', 'n', ' ', EVERYBODY, ' ', true, NP_FROM_RESOURCE,
     "everybody: no other permission is needed"},
    {SESSION, 'n', 'n', 'n', EVERYBODY, ' ', true, NP_FROM_RESOURCE,
     "everybody: a session neither"},

    /* the account as principal hands on */
    {USER, 'n', ' ', ' ', A_ACCOUNT, ' ', false, NP_FROM_IDENTITY,
     "the account is named, not the user"},
    {USER, 'a', ' ', ' ', A_ACCOUNT, ' ', true, NP_FROM_IDENTITY, "and its policies allow"},
    {USER, 'n', 'n', ' ', A_BOTH, ' ', true, NP_FROM_RESOURCE, "the better of two grants counts"},

    /* denies */
    {USER, 'a', ' ', ' ', NULL, 'd', false, NP_FROM_RESOURCE, "the resource policy denies"},
    {ROOT, ' ', ' ', ' ', NULL, 'd', false, NP_FROM_RESOURCE, "root too"},
    {SESSION, 'a', ' ', 'd', A_SESSION, ' ', false, NP_FROM_SESSION,
     "a deny limits the session ARN's grant"},
    {USER, 'n', 'd', ' ', A_USER, ' ', false, NP_FROM_BOUNDARY,
     "a deny limits the user ARN's grant"},

    /* root */
    {ROOT, ' ', ' ', ' ', NULL, ' ', true, NP_FROM_NOTHING, "root of the account"},
    {ROOT, ' ', ' ', ' ', NULL, 'x', false, NP_FROM_RESOURCE, "not of another account"},
    {ROOT, ' ', ' ', ' ', A_ACCOUNT, 'x', true, NP_FROM_RESOURCE, "unless that one allows"},
    {ROOT_SESSION, ' ', ' ', 'n', NULL, ' ', false, NP_FROM_SESSION,
     "root's federated session is limited"},
    {ROOT_SESSION, ' ', ' ', 'a', NULL, ' ', true, NP_FROM_NOTHING, "by its session policy"},
    {ROOT_SESSION, ' ', ' ', 'n', A_ACCOUNT, ' ', false, NP_FROM_SESSION,
     "also when root is named"},

    /* resource policy required: trust and key policies */
    {USER, 'a', ' ', ' ', NULL, 'r', false, NP_FROM_RESOURCE, "identity alone is not enough"},
    {USER, 'a', ' ', ' ', A_ACCOUNT, 'r', true, NP_FROM_RESOURCE, "the account, and identity"},
    {USER, 'n', ' ', ' ', A_ACCOUNT, 'r', false, NP_FROM_IDENTITY, "the account without identity"},
    {USER, 'n', ' ', ' ', A_USER, 'r', true, NP_FROM_RESOURCE, "the user itself"},
    {ROOT, ' ', ' ', ' ', NULL, 'r', false, NP_FROM_RESOURCE, "root is not excepted"},
    {ROOT, ' ', ' ', ' ', A_ACCOUNT, 'r', true, NP_FROM_RESOURCE, "root when its account is named"},
    {USER, 'a', 'n', ' ', A_ACCOUNT, 'r', false, NP_FROM_BOUNDARY,
     "the boundary still limits identity"},

    /* across accounts: both sides */
    {USER, 'a', ' ', ' ', NULL, 'x', false, NP_FROM_RESOURCE, "identity alone"},
    {USER, 'n', ' ', ' ', A_USER, 'x', false, NP_FROM_IDENTITY, "resource alone"},
    {USER, 'n', ' ', ' ', EVERYBODY, 'x', false, NP_FROM_IDENTITY,
     "everybody, but its account does not"},
    {USER, 'a', ' ', ' ', EVERYBODY, 'x', true, NP_FROM_RESOURCE, "everybody and identity"},
    {USER, 'a', ' ', ' ', A_ACCOUNT, 'x', true, NP_FROM_RESOURCE, "account and identity"},
    {USER, 'a', ' ', ' ', A_USER, 'x', true, NP_FROM_RESOURCE, "user and identity"},
    {USER, 'a', 'n', ' ', A_USER, 'x', false, NP_FROM_BOUNDARY,
     "the boundary limits across accounts"},
    {SESSION, 'a', ' ', 'n', A_SESSION, 'x', false, NP_FROM_SESSION, "the session policy too"},
    {SESSION, 'a', 'a', 'a', A_ROLE, 'x', true, NP_FROM_RESOURCE, "role and all"},

    /* those without an account */
    {SERVICE, ' ', ' ', ' ', NULL, ' ', false, NP_FROM_RESOURCE,
     "a service needs the resource policy"},
    {SERVICE, ' ', ' ', ' ', EVERYBODY, ' ', true, NP_FROM_RESOURCE, "everybody is a service, too"},
    {SERVICE, ' ', ' ', ' ', A_ACCOUNT, ' ', false, NP_FROM_RESOURCE, "an account is none"},
    {NOBODY, ' ', ' ', ' ', NULL, ' ', false, NP_FROM_RESOURCE,
     "anonymous needs the resource policy"},
    {NOBODY, ' ', ' ', ' ', EVERYBODY, ' ', true, NP_FROM_RESOURCE, "which names everybody"},
    {NOBODY, ' ', ' ', ' ', A_ACCOUNT, ' ', false, NP_FROM_RESOURCE, "not an account"},
    {NOBODY, ' ', ' ', ' ', EVERYBODY, 'd', false, NP_FROM_RESOURCE, "a deny beats it"},
    {PROVIDER, ' ', ' ', ' ', A_PROVIDER, 'r', true, NP_FROM_RESOURCE,
     "a provider that the trust policy names"},
    {PROVIDER, ' ', ' ', ' ', A_ACCOUNT, 'r', false, NP_FROM_RESOURCE, "or does not"},

    /* ACLs */
    {NOBODY, ' ', ' ', ' ', NULL, 'l', true, NP_FROM_RESOURCE, "an ACL for all users"},
    {USER, 'n', ' ', ' ', NULL, 'l', false, NP_FROM_IDENTITY,
     "an ACL names accounts, not their users"},
    {USER, 'a', ' ', ' ', NULL, 'L', true, NP_FROM_RESOURCE, "an ACL for another account"},
    {USER, 'n', ' ', ' ', NULL, 'L', false, NP_FROM_IDENTITY, "which must allow it, too"},
};

static struct np_policy *identity(struct np_arena *a, char letter)
{
    return letter == ' ' || letter == '0'
               ? NULL
               : compiled(a, NP_POLICY_IDENTITY, identity_text[(int)letter]);
}

static struct np_policy *resource(struct np_arena *a, const char *grants, char more)
{
    if (grants == NULL && more != 'd')
        return NULL;
    struct np_str text =
        np_str_printf(a,
                      "{'Statement':["
                      "{'Effect':'Allow','Principal':%s,'Action':'s3:GetObject','Resource':'*'},"
                      "{'Effect':'Deny','Principal':'*','Action':'%s:*','Resource':'*'}]}",
                      grants != NULL ? grants : A_ACCOUNT, more == 'd' ? "s3" : "ec2");
    return compiled(a, NP_POLICY_RESOURCE, np_str_z(a, text));
}

NP_TEST(decisions)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_policy *id = identity(a, c->identity), *bound = identity(a, c->boundary),
                         *session = identity(a, c->session), *res = resource(a, c->grants, c->more);
        bool across = c->more == 'x' || c->more == 'L';
        struct np_policy_input in = {
            .identity = (const struct np_policy *const *)&id,
            .n_identity = id != NULL,
            .has_boundary = c->boundary != ' ',
            .boundary = bound,
            .has_session = c->session != ' ',
            .session = (const struct np_policy *const *)&session,
            .n_session = session != NULL,
            .resource = res,
            .resource_required = c->more == 'r',
            .acl_allows = c->more == 'l' || c->more == 'L',
            .resource_account = across ? NP_STR("444455556666") : NP_STR(HOME),
        };
        struct np_policy_request rq = {.action = NP_STR("s3:GetObject"),
                                       .resource = NP_STR("arn:aws:s3:::b/k"),
                                       .principal = people[c->who]};
        struct np_policy_decision d = {0};
        np_policy_decide(&in, &rq, &d);
        NP_CHECK(d.allowed == c->allowed, "case %zu: %s", (size_t)(c - cases), c->why);
        NP_CHECK(d.source == c->source, "case %zu: %s: source %d", (size_t)(c - cases), c->why,
                 d.source);
        NP_CHECK(!d.allowed || !d.explicit_deny, "%s", c->why);
        np_policy_unref(id);
        np_policy_unref(bound);
        np_policy_unref(session);
        np_policy_unref(res);
    }
}

NP_TEST(the_deciding_statement_is_told)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *one = compiled(a, NP_POLICY_IDENTITY, identity_text['n']);
    struct np_policy *two =
        compiled(a, NP_POLICY_IDENTITY,
                 "{'Statement':[{'Effect':'Allow','Action':'s3:Put*','Resource':'*'},"
                 "{'Sid':'Get','Effect':'Allow','Action':'s3:Get*','Resource':'*'},"
                 "{'Sid':'No','Effect':'Deny','Action':'s3:GetObjectAcl','Resource':'*'}]}");
    const struct np_policy *all[] = {one, two};
    struct np_policy_input in = {.identity = all, .n_identity = 2};
    struct np_policy_request rq = {.action = NP_STR("s3:GetObject"),
                                   .resource = NP_STR("arn:aws:s3:::b/k"),
                                   .principal = people[USER]};
    struct np_policy_decision d;
    np_policy_decide(&in, &rq, &d);
    NP_CHECK(d.allowed && d.policy == two && d.statement == 1);
    rq.action = NP_STR("s3:GetObjectAcl");
    np_policy_decide(&in, &rq, &d);
    NP_CHECK(!d.allowed && d.explicit_deny && d.policy == two && d.statement == 2);
    rq.action = NP_STR("s3:DeleteObject");
    np_policy_decide(&in, &rq, &d);
    NP_CHECK(!d.allowed && !d.explicit_deny && d.policy == NULL && d.source == NP_FROM_IDENTITY);
    np_policy_unref(one);
    np_policy_unref(two);
}

NP_TEST(not_principal_denies_whoever_has_a_boundary)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_policy *id = compiled(a, NP_POLICY_IDENTITY, identity_text['a']);
    struct np_policy *res = compiled(a, NP_POLICY_RESOURCE,
                                     "{'Statement':{'Effect':'Deny','NotPrincipal':" A_BOTH ","
                                     "'Action':'*','Resource':'*'}}");
    struct np_policy_input in = {.identity = (const struct np_policy *const *)&id,
                                 .n_identity = 1,
                                 .resource = res,
                                 .boundary = id};
    struct np_policy_request rq = {.action = NP_STR("s3:GetObject"),
                                   .resource = NP_STR("arn:aws:s3:::b/k"),
                                   .principal = people[USER]};
    struct np_policy_decision d;
    np_policy_decide(&in, &rq, &d);
    NP_CHECK(d.allowed);
    in.has_boundary = true;
    np_policy_decide(&in, &rq, &d);
    NP_CHECK(!d.allowed && d.explicit_deny && d.source == NP_FROM_RESOURCE);
    np_policy_unref(id);
    np_policy_unref(res);
}
