/* SPDX-License-Identifier: Apache-2.0 */
/* keyring.h - the root key, of which every key of the region is derived, and the master key over
 * it.
 *
 *   master.key   "nephele-master-key-1 " and 64 digits; of earlier versions 32 bytes, which are the
 *                root key as well
 *   keyring      "nephele-keyring-1", then the root key sealed under the master key: a line, two
 *                while the master key is being changed
 *
 * So the master key can be changed, and nothing but the keyring is sealed anew. All calls block.
 */
#pragma once

#include "base/err.h"

#define NP_ROOT_KEY    32
#define NP_KEYRING_NEW 2

struct np_arena;
struct np_file_new;

/* Reads the root key. What has to be durable before it is used is added to fresh[], up to
 * NP_KEYRING_NEW files: both in a directory without a region, the keyring in one of an earlier
 * version, or where a change was cut short. Their bytes are the arena's and secret. */
int np_keyring_open(struct np_arena *a, struct np_str dir, uint8_t root[NP_ROOT_KEY],
                    struct np_file_new *fresh, size_t *n_fresh, struct np_err *err);
/* A new master key; the one before opens nothing from now on. After a crash at any moment either
 * opens the keyring. The caller keeps regions off. */
int np_keyring_rotate(struct np_str dir, struct np_err *err);
