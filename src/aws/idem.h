/* SPDX-License-Identifier: Apache-2.0 */
/* idem.h - idempotency tokens: the same token and input again answers what was answered then. */
#pragma once

#include "codec/schema.h"
#include "store/store.h"

/* In apply, first. 1: *out was filled with the earlier answer; 0: new, go on and call
 * np_idem_keep(); NP_EEXIST: the token was used with another input. Kept for 24 hours. Absent
 * token: 0. */
int np_idem_find(struct np_txn *t, const char *operation, struct np_str token, uint64_t input_hash,
                 const struct np_shape *out_shape, void *out, struct np_err *err);
int np_idem_keep(struct np_txn *t, const char *operation, struct np_str token, uint64_t input_hash,
                 const struct np_shape *out_shape, const void *out, struct np_err *err);
