/* SPDX-License-Identifier: Apache-2.0 */
/* sts_int.h - what the files of STS share: sessions and their tokens, what a session is limited to,
 * web identities. */
#pragma once

#include "aws/core.h"
#include "aws/req.h"
#include "base/arena.h"
#include "gen/sts/ops.h"
#include "gen/sts/types.h"
#include "services/iam/iam.h"
#include "services/sts/limits.h"
#include "services/sts/sts.h"

/* --- token.c: all that is known of a session stands in its token --- */

struct sts_session {
    struct np_identity who; /* without session_policies */
    struct np_str secret;
    int64_t expires_ms;
    struct np_str policy;       /* text of the session policy; absent: none */
    struct np_strs policy_arns; /* managed policies that limit the session, too */
};

struct np_str sts_token_seal(const struct np_core *core, const struct sts_session *s,
                             struct np_arena *a);
/* NP_EINVAL: malformed, changed or of another region. Strings are in `a`. */
int sts_token_open(const struct np_core *core, struct np_str token, struct np_arena *a,
                   struct sts_session *out);
/* Gives s a key and a secret, from now on for that long. */
void sts_session_begin(struct sts_session *s, struct np_arena *a, int64_t now_ms, int64_t seconds);
/* The same, and what the caller gets. */
struct sts_Credentials *sts_issue(struct np_req *rq, struct sts_session *s, int64_t seconds);

/* --- provider.c: the front door's question who a token is --- */
void sts_provider_register(struct np_core *core);

/* --- session.c: what a call puts into a session --- */

struct sts_wish {
    struct np_str account; /* whose managed policies may be named */
    struct np_str policy;
    const struct sts_policyDescriptorListType *policy_arns;
    const struct np_tag *tags; /* already checked */
    size_t n_tags;
    struct np_strs transitive;
};
/* Tags as the call gave them: duplicates, reserved keys. */
int sts_tags_read(struct np_arena *a, const struct sts_tagListType *in, const struct np_tag **tags,
                  size_t *n, struct np_err *err);
/* Policies and tags of the session: those of the wish, and what `caller` passes on to it (NULL:
 * nothing). *packed is in percent, absent when there is nothing to pack. */
int sts_session_limit(struct np_req *rq, const struct sts_wish *w, const struct np_identity *caller,
                      struct sts_session *s, struct np_opt_int *packed, struct np_err *err);

/* --- mfa.c --- */
/* Checks SerialNumber and TokenCode, if the call has them; then `go` gets the time of it, or 0, and
 * returns what a read handler does. */
int sts_mfa_then(struct np_req *rq, struct np_str serial, struct np_str code,
                 int (*go)(struct np_req *rq, int64_t mfa_ms, struct np_err *err),
                 struct np_err *err);

/* --- role.c: what the ways to a role share --- */

struct sts_assume {
    struct np_str role_arn, session_name, source_identity;
    struct np_opt_int seconds;
    struct iam_role_facts role;
};
/* "arn is invalid", or the account of the role's ARN. */
int sts_role_arn_read(struct np_str arn, struct np_str *account, struct np_err *err);
/* The duration against the role's limit and that of chained sessions. */
int sts_role_seconds(const struct sts_assume *as, bool chained, int64_t *seconds,
                     struct np_err *err);
/* The session's identity, without tags. */
void sts_role_identity(struct np_arena *a, const struct sts_assume *as, struct np_identity *who);
struct sts_AssumedRoleUser *sts_assumed_user(struct np_arena *a, const struct np_identity *who);
/* Keys of a trust policy's conditions that come of the session that is wished for. */
size_t sts_trust_keys(struct np_arena *a, const struct sts_assume *as, const struct sts_wish *w,
                      struct np_policy_key *keys, size_t room);
#define STS_TRUST_KEYS_MAX (STS_TAGS_MAX + 16)
