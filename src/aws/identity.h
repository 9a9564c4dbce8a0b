/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - who calls, and the question whether it may. */
#pragma once

#include "base/err.h"
#include "engines/policy/policy.h"

struct np_arena;
struct np_core;
struct np_req;

enum np_who {
    NP_WHO_ANONYMOUS,
    NP_WHO_ROOT,
    NP_WHO_USER,
    NP_WHO_ASSUMED_ROLE,
    NP_WHO_FEDERATED_USER,
    NP_WHO_SERVICE
};

struct np_tag {
    struct np_str key, value;
};

/* A caller. Strings live as long as the request (copied from the projection or the token). */
struct np_identity {
    enum np_who kind;
    struct np_str account;  /* 12 digits; absent for anonymous and service */
    struct np_str arn;      /* user, or sts assumed-role / federated-user session, or root */
    struct np_str user_id;  /* AIDA…, AROA…:session, account for root */
    struct np_str name;     /* user name, role name, service principal ("s3.amazonaws.com") */
    struct np_str role_arn; /* assumed role: arn:aws:iam::…:role/path/name */
    struct np_str session_name;
    struct np_str parent_id;      /* federated user: id of the user that asked, or the account */
    struct np_str canonical_user; /* of CloudFront's identities, which have no account */
    struct np_str access_key_id;
    bool temporary;          /* signed with a session token */
    int64_t token_issued_ms; /* temporary */
    int64_t mfa_ms; /* when MFA was shown; 0: not. Only temporary credentials have the keys */
    struct np_str source_identity, federated_provider;
    struct np_str source_instance; /* ARN of the instance that the credentials were made for */
    struct np_str parent_arn; /* federated user: ARN of who asked; resource policies may name it */
    const struct np_tag
        *session_tags; /* added to those of the principal, which the provider looks up */
    size_t n_session_tags;
    size_t n_transitive_tags; /* so many of the first go on to roles that the session assumes */
    /* Session policies of the token, compiled; n 0: none. NULL entries are policies that are gone:
     * they allow nothing. */
    const struct np_policy *const *session_policies;
    size_t n_session_policies;
    /* With NP_WHO_SERVICE, and for calls that a service makes for a principal. */
    struct np_str source_arn, source_account;
    struct np_str via_service; /* aws:CalledVia */
};

/* A text of the request's body that somebody signed (the policy of a form), and the words beside
 * it. Version 4 has `credential`, version 2 (S3 only) `key_id`. */
struct np_signed_text {
    struct np_str text, signature, token;
    struct np_str credential, algorithm;
    struct np_str key_id;
};
/* Whoever signed it is the caller: fills rq->who, account and region, as a signed head does. */
int np_authenticate_text(struct np_req *rq, const struct np_signed_text *t, struct np_err *err);

/* What a call needs. */
struct np_access {
    struct np_str action;                    /* "s3:GetObject" */
    struct np_str resource;                  /* ARN or "*" */
    struct np_str resource_account;          /* its owner; absent: the caller's */
    const struct np_policy *resource_policy; /* NULL: none. Valid for the call */
    bool resource_policy_required; /* trust policies, key policies: identity policies alone are not
                                      enough */
    bool acl_allows; /* S3: an ACL grants it, which counts as a resource policy's allow */
    const struct np_policy_key *keys; /* service condition keys of the request */
    size_t n_keys;
    /* Further keys that cost something to make, asked only when a condition names one; NULL: none.
     * Values live as long as the request. */
    bool (*lookup)(void *arg, struct np_str name, const struct np_str **values, size_t *n);
    void *lookup_arg;
    const struct np_tag *resource_tags; /* aws:ResourceTag/…; without any, `lookup` is asked */
    size_t n_resource_tags;
};

/* 0, or the protocol's access-denied fault with AWS's explanation ("User: … is not authorized to
 * perform: … on resource: … because no identity-based policy allows the … action"). In soft mode
 * logs and allows. */
int np_authorize(struct np_req *rq, const struct np_access *a, struct np_err *err);
/* The same decision without a fault: may be asked many times (DeleteObjects), by simulation too. */
void np_decide(struct np_req *rq, const struct np_identity *who, const struct np_access *a,
               struct np_policy_decision *out);
/* The fault text of a decision. */
int np_denied(struct np_req *rq, const struct np_access *a, const struct np_policy_decision *d,
              struct np_err *err);

/* A denial as services send it that do not show its reasons to everybody (EC2): sealed, for
 * sts:DecodeAuthorizationMessage of the same account. Conditions that do not fit NP_DENIAL_MAX are
 * left out. */
struct np_str np_encode_denial(struct np_req *rq, const struct np_access *a,
                               const struct np_policy_decision *d);
/* Its JSON, in `a`; absent: none of this region, or of another account. */
struct np_str np_decode_denial(const struct np_core *core, struct np_arena *a,
                               struct np_str account, struct np_str encoded);
