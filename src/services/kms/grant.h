/* SPDX-License-Identifier: Apache-2.0 */
/* grant.h - grants: who may use a key without a policy saying so. */
#pragma once

#include "services/kms/authorize.h"

struct kms_grant {
    struct np_str id, name, grantee, retiring, issuer;
    uint32_t operations; /* bits of kms_grant_operation() */
    bool equals;
    struct np_str context; /* canonical; absent: no constraint */
    int64_t created_ms;
};

/* All grants of a key to one principal, as the projection has them. */
struct kms_grants {
    struct kms_grant *v;
    size_t n;
    char *block;
};

/* The bit of an operation's name; 0: none that is granted. */
uint32_t kms_grant_operation(struct np_str name);
/* The bits by their names, with commas, and back. */
struct np_str kms_grant_operations(struct np_arena *a, uint32_t bits);
uint32_t kms_grant_bits(struct np_str names);
void kms_grant_names(struct np_arena *a, uint32_t bits, struct np_strs *out);

/* Columns of a grant, and the row that q is at. */
#define KMS_GRANT_COLUMNS                                                                          \
    "id, name, grantee, retiring, issuer, operations, equals, context, created_ms"
void kms_grant_row(struct np_q *q, struct np_arena *a, struct kms_grant *out);

/* Does a grant of the key allow the caller what is asked? */
bool kms_grant_allows(struct kms_question *q);
/* Is that principal the caller: user, role, session, root or service? */
bool kms_is_caller(const struct np_req *rq, struct np_str principal);
/* An ARN of a user, role, session or account that can be, or the name of a service. */
bool kms_principal_ok(const struct np_req *rq, struct np_str principal);

/* Tokens name a grant and cannot be made by others. */
struct np_str kms_grant_token(const struct np_req *rq, const struct kms_key *k, struct np_str id);
struct kms_grant_place {
    struct np_str account, region, key, id;
};
bool kms_grant_token_open(const struct np_req *rq, struct np_str token,
                          struct kms_grant_place *out);
int kms_grant_tokens_check(const struct np_req *rq, const struct np_strs *tokens,
                           struct np_err *err);

/* The projection's part: NULL: no grants. `principal` as the grants have it. */
const struct kms_grants *kms_grants_find(const struct np_core *core, const struct kms_key *k,
                                         struct np_str principal);
void kms_grants_changed(struct np_txn *t, const struct kms_key *k, struct np_str grantee);
/* All of a key that goes. */
int kms_grants_gone(struct np_txn *t, const struct kms_key *k, struct np_err *err);
