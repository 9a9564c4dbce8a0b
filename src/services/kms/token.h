/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - import tokens: the private half of a wrapping key, sealed, with what it is for. So the
 * region keeps nothing of an import that was prepared.
 *
 *   0    1  version, 1
 *   1   17  key, as kms_id_parse() has it
 *   18   1  wrapping algorithm, an index
 *   19   8  valid to, milliseconds, the high byte first
 *   27   n  PKCS #8 of the wrapping key */
#pragma once

#include "base/str.h"

#define KMS_TOKEN_HEAD 27

struct kms_token {
    uint8_t key[17];
    struct np_str algorithm; /* the model's name */
    int64_t valid_to_ms;
    struct np_str private;
};
/* Opened bytes; false: malformed. Borrows. Threads: any. */
bool kms_token_parse(struct np_str bytes, struct kms_token *out);
/* The reverse, in `a`; false: the algorithm has no index. */
bool kms_token_write(struct np_arena *a, const struct kms_token *t, struct np_str *out);
