/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - the policy engine: IAM policy documents, compiled once, decided in microseconds.
 *
 * A compiled policy is immutable and counted; it keeps no pointer into the document. Deciding
 * allocates nothing. Threads: any.
 * Source of the rules: the IAM User Guide's «Policy evaluation logic» and «IAM JSON policy
 * reference».
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_policy;

enum np_policy_kind {
    NP_POLICY_IDENTITY, /* inline and session policies */
    NP_POLICY_RESOURCE,
    NP_POLICY_TRUST,
    NP_POLICY_MANAGED, /* identity policy that must be of version 2012-10-17 */
};

/* NP_EINVAL: err holds the reason as AWS words it ("Syntax errors in policy.", "Policy document
 * must be version 2012-10-17 or greater.", …). Identity policies may not name a principal, resource
 * policies must; a trust policy has no Resource. Limits are in limits.h. */
int np_policy_compile(struct np_str json, enum np_policy_kind kind, struct np_policy **out,
                      struct np_err *err);
struct np_policy *np_policy_ref(const struct np_policy *p);
void np_policy_unref(struct np_policy *p); /* NULL is fine */
/* Characters without blanks: what IAM's size quotas count. */
size_t np_policy_size_nonblank(struct np_str json);

/* The principal that asks. Absent members do not apply. */
struct np_policy_principal {
    struct np_str account;        /* "111122223333" */
    struct np_str arn;            /* as aws:PrincipalArn: user, role (not session) or root ARN */
    struct np_str session_arn;    /* assumed-role or federated-user session */
    struct np_str user_id;        /* aws:userid */
    struct np_str service;        /* "lambda.amazonaws.com" */
    struct np_str federated;      /* provider ARN or name */
    struct np_str canonical_user; /* S3 canonical id */
    bool root, anonymous;
};

/* A condition key of the request; names are compared without case. n_values 0: the key is present
 * without value. */
struct np_policy_key {
    struct np_str name;          /* "aws:SourceIp", "s3:prefix", "aws:PrincipalTag/team" */
    const struct np_str *values; /* multivalued for ForAllValues / ForAnyValue */
    size_t n_values;
};
#define NP_POLICY_KEY1(key, str)                                                                   \
    ((struct np_policy_key){(key), &(struct np_str){(str).p, (str).n}, 1})

struct np_policy_request {
    struct np_str action;   /* "s3:GetObject"; compared without case */
    struct np_str resource; /* ARN */
    struct np_policy_principal principal;
    const struct np_policy_key *keys;
    size_t n_keys;
    /* Keys that cost something to make; asked only if a condition or variable names one, by the
     * name that the policy writes, mostly once in a decision. False: not present. aws:PrincipalArn,
     * aws:PrincipalAccount and aws:userid are taken from `principal` when neither has them. */
    bool (*lookup)(void *arg, struct np_str name, const struct np_str **values, size_t *n);
    void *arg;
};

enum np_effect { NP_NO_MATCH, NP_ALLOW, NP_DENY };
enum np_policy_source {
    NP_FROM_IDENTITY,
    NP_FROM_RESOURCE,
    NP_FROM_BOUNDARY,
    NP_FROM_SESSION,
    NP_FROM_NOTHING,  /* root, which no policy need allow */
    NP_FROM_ENDPOINT, /* never of np_policy_decide(): who asks it may add one */
};

/* One policy by itself. *statement (may be NULL) is the index of the deciding statement. */
enum np_effect np_policy_eval(const struct np_policy *p, const struct np_policy_request *rq,
                              size_t *statement);

struct np_policy_input {
    const struct np_policy *const *identity; /* all that are attached to the principal */
    size_t n_identity;
    bool has_boundary;
    const struct np_policy *boundary;
    bool has_session; /* session policies limit what identity policies allow */
    const struct np_policy *const *session;
    size_t n_session;
    const struct np_policy *resource; /* NULL: none */
    bool resource_required;           /* trust and key policies */
    bool acl_allows;                /* in the owner's account worth as much as naming the account */
    struct np_str resource_account; /* absent: the principal's */
};

struct np_policy_decision {
    bool allowed;
    bool explicit_deny;
    enum np_policy_source source;   /* of the deny, or of the missing allow, or of the allow */
    const struct np_policy *policy; /* that decided; NULL: none did */
    size_t statement;
};
/* Explicit deny first; then, in the same account, identity or resource policy (a resource policy
 * that names the user or session itself, or everybody, is not limited by boundary or session
 * policy; one that names the account leaves it to the identity policies); across accounts both.
 * Root of the account is allowed without policies, but not past a deny, nor where the resource
 * policy is required. Services, anonymous and federated principals (those without account) need the
 * resource policy. */
void np_policy_decide(const struct np_policy_input *in, const struct np_policy_request *rq,
                      struct np_policy_decision *out);

/* --- for simulation and validation --- */
enum np_policy_type {
    NP_POLICY_STRING,
    NP_POLICY_NUMERIC,
    NP_POLICY_BOOLEAN,
    NP_POLICY_IP,
    NP_POLICY_BINARY,
    NP_POLICY_DATE
};
/* Would the operators of that type read the value? */
bool np_policy_value_ok(enum np_policy_type type, struct np_str value, struct np_arena *a);
size_t np_policy_statements(const struct np_policy *p);
struct np_str np_policy_sid(const struct np_policy *p, size_t statement); /* absent if none */
/* Context keys that the policy's conditions and variables name, each once, sorted. */
void np_policy_context_keys(const struct np_policy *p, struct np_arena *a, struct np_strs *out);
/* ARNs of users, roles and sessions that its statements name as principals. */
void np_policy_principal_arns(const struct np_policy *p, struct np_arena *a, struct np_strs *out);
/* Does any statement allow a principal that is public, as S3's public access block defines it? */
bool np_policy_is_public(const struct np_policy *p);
