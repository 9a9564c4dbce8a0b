/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.h - the question whether a caller may, and the condition keys that it answers to. */
#pragma once

#include "services/kms/kms_int.h"

struct kms_question {
    struct np_req *rq;
    const struct np_op *op;
    const void *in;
    const char *action;
    const struct kms_key *key;                       /* NULL: none */
    const struct kms_EncryptionContextType *context; /* NULL: the operation has none */
    struct np_str algorithm, requested_alias;
    bool across, alias, by_blob;
};

/* A member of the operation's input, by the model's name; NULL: it has none. */
const void *kms_member(const struct kms_question *q, const char *name, enum np_type *type);
struct np_str kms_member_text(const struct kms_question *q, const char *name);

/* 0, or the fault: q has action, key, and what the request's members cannot say. */
int kms_ask_key(struct kms_question *q, struct np_err *err);

/* condition.c: np_access.lookup, with a question. */
bool kms_condition_key(void *arg, struct np_str name, const struct np_str **values, size_t *n);
/* kms:ViaService; absent: the caller came by itself. */
struct np_str kms_via_service(const struct np_req *rq);
/* kms:CallerAccount */
struct np_str kms_caller_account(const struct np_req *rq);
