/* SPDX-License-Identifier: Apache-2.0 */
/* sts_int.h - what the files of STS share. */
#pragma once

#include "aws/core.h"
#include "aws/req.h"
#include "base/arena.h"
#include "gen/sts/ops.h"
#include "gen/sts/types.h"
#include "services/iam/iam.h"
#include "services/sts/limits.h"
#include "services/sts/sts.h"

/* What a session token holds. The token is the session: nothing of it is in the store. */
struct sts_session {
    enum np_who kind; /* root, user, assumed role, federated user */
    struct np_str key_id, secret;
    struct np_str account, arn, user_id, name, role_arn, session_name, parent_id;
    struct np_str source_identity, federated_provider;
    int64_t issued_ms, expires_ms, mfa_ms;
    struct np_str policy; /* document of the session; absent: none */
    struct np_strs policy_arns;
    struct np_tag *tags;
    size_t n_tags, n_transitive; /* the transitive ones come first */
};
/* Fills key id and secret and seals: the token's text. */
struct np_str sts_token_make(const struct np_core *core, struct np_arena *a, struct sts_session *s);
/* NP_EINVAL: not one of this region's tokens. Strings in `a`. */
int sts_token_open(const struct np_core *core, struct np_arena *a, struct np_str token,
                   struct sts_session *out);
struct sts_Credentials *sts_credentials_out(const struct np_core *core, struct np_arena *a,
                                            struct sts_session *s);
/* np_identity_provider.session; arg is the state. */
int sts_session_key(void *arg, struct np_arena *a, struct np_str access_key_id, struct np_str token,
                    struct np_key *out);

struct sts_state {
    struct np_core *core;
    struct np_policy *nothing; /* allows nothing: in place of a session policy that is gone */
    struct sts_jwks *jwks;
};
struct sts_state *sts_state(const struct np_core *core);

/* --- what sessions are limited by --- */
struct sts_limits { /* of a request */
    struct np_str policy;
    const struct sts_policyDescriptorListType *arns;
    const struct sts_tagListType *tags;
    const struct np_strs *transitive;
};
/* Checks policies and tags and puts them into s. *packed: PackedPolicySize, absent without either.
 */
int sts_limit_session(struct np_req *rq, struct np_str account, const struct sts_limits *in,
                      struct sts_session *s, struct np_opt_int *packed, struct np_err *err);

/* --- MFA of a call --- */
/* Calls go(rq, mfa_ms) at once or after the code was checked: what it returns is the handler's
 * result. */
int sts_with_mfa(struct np_req *rq, struct np_str serial, struct np_str code,
                 int (*go)(struct np_req *rq, int64_t mfa_ms, struct np_err *err),
                 struct np_err *err);

/* --- roles --- */
struct sts_assume { /* a role that is to be assumed */
    struct iam_role_facts role;
    struct np_policy_key keys[2 * STS_TAGS_MAX + 24];
    size_t n_keys;
    struct sts_session session;
    struct np_opt_int packed;
    bool tags, source_identity; /* needs sts:TagSession, sts:SetSourceIdentity too */
};
/* "arn:aws:iam::…:role/…", or a ValidationError. */
int sts_role_arn_ok(struct np_str arn, struct np_str *account, struct np_err *err);
int sts_duration(struct np_opt_int asked, int64_t longest_s, bool chained, int64_t *seconds,
                 struct np_err *err);
void sts_add_key(struct np_arena *a, struct sts_assume *as, const char *name, struct np_str value);
void sts_add_tag_keys(struct np_arena *a, struct sts_assume *as);
/* The session of role and name; what is asked for stays to be filled in. */
void sts_role_session(struct np_req *rq, struct sts_assume *as, struct np_str session_name,
                      int64_t seconds);
struct sts_AssumedRoleUser *sts_assumed_out(struct np_arena *a, const struct sts_session *s);

/* --- web identity tokens --- */
struct sts_claims {
    struct np_str issuer, subject, audience, authorized_party, email, source_identity;
    struct np_strs audiences, methods; /* amr */
    int64_t expires_s, issued_s;
    struct np_tag *tags;
    size_t n_tags;
    struct np_strs transitive;
};
struct sts_jwt {
    struct np_str signed_part, signature, algorithm, key_id;
    struct sts_claims claims;
};
int sts_jwt_parse(struct np_arena *a, struct np_str token, struct sts_jwt *out, struct np_err *err);
/* A key set (JWKS): 0 when one of its keys made the signature, NP_ENOENT when none of that id is
 * there, NP_EACCES when the signature is another's. */
int sts_jwt_verify(struct np_arena *a, const struct sts_jwt *jwt, struct np_str key_set);

struct sts_jwks *sts_jwks_new(void);
void sts_jwks_free(struct sts_jwks *j);
/* The provider's key set, of memory or fetched: done gets the document (valid for the call) or an
 * error. fresh: one that is younger than a minute will do, no older. */
typedef void sts_jwks_fn(struct np_req *rq, int rc, struct np_str key_set,
                         const struct np_err *err);
void sts_jwks_get(struct np_req *rq, struct np_str url, bool fresh, sts_jwks_fn *done);
