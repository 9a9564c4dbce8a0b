/* SPDX-License-Identifier: Apache-2.0 */
/* rootkeys.h - <data>/root-keys: the root access keys of the accounts, for the person who runs the
 * region. Mode 0600, in the form of an AWS credentials file: a profile for each account, so that
 * AWS_SHARED_CREDENTIALS_FILE can point at it. The region itself never reads it back. */
#pragma once

#include "base/err.h"

struct np_rootkey {
    struct np_str account, id, secret;
};

/* The key of an account; absent account: of the first one in the file. NP_ENOENT. */
int np_rootkey_find(struct np_str dir, struct np_str account, struct np_arena *a,
                    struct np_rootkey *out, struct np_err *err);
/* Adds a profile, or replaces that account's. Blocks. */
int np_rootkey_put(struct np_str dir, const struct np_rootkey *k, struct np_err *err);
