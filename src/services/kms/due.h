/* SPDX-License-Identifier: Apache-2.0 */
/* due.h - what keys do by themselves when their time has come: they go, they rotate, imported
 * material expires.
 *
 * Each function is called in a transaction of the key's account and region, with the key as it is
 * now, and does nothing when its time has not come. */
#pragma once

#include "services/kms/kms_int.h"

int kms_delete_due(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                   struct np_err *err);
int kms_rotate_due(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                   struct np_err *err);
int kms_expire_due(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                   struct np_err *err);

/* The keeper of times: one, on the first worker's loop. */
struct kms_due;
struct kms_due *kms_due_start(struct np_core *core);
void kms_due_free(struct kms_due *d); /* NULL is fine */
