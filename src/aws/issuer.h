/* SPDX-License-Identifier: Apache-2.0 */
/* issuer.h - the public keys of an OpenID Connect issuer: found by its discovery document, fetched
 * once for all who wait, remembered for some minutes by each loop.
 *
 * Threads: the loop's own.
 */
#pragma once

#include "aws/jwt.h"

struct np_core;
struct np_loop;

/* Once, never from inside the call. keys are valid for the call; NULL: err says why, with the codes
 * of np_fetch(), or NP_EPROTO for documents that are none. */
typedef void np_issuer_done_fn(void *arg, const struct np_jwks *keys, const struct np_err *err);
/* issuer is "https://host/path". `fresh`: a key was missing among those that are remembered; they
 * are fetched again unless they came just now. */
void np_issuer_keys(struct np_core *core, struct np_loop *l, struct np_str issuer, bool fresh,
                    np_issuer_done_fn *done, void *arg);
