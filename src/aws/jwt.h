/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.h - signed tokens of identity providers (RFC 7515, 7517, 7519): RS256, RS384, RS512, ES256,
 * ES384. Claims are given as they are; what they must say is the service's matter.
 *
 * Threads: keys never change once parsed; any thread may verify.
 */
#pragma once

#include "base/err.h"
#include "codec/json.h"

struct np_jwt {
    struct np_str alg, kid; /* kid may be absent */
    struct np_str signed_part, signature;
    const struct np_json *claims; /* an object */
};
/* NP_EINVAL: no such token. Strings are in `a` or the token. */
int np_jwt_parse(struct np_arena *a, struct np_str token, struct np_jwt *out, struct np_err *err);

struct np_jwks; /* the public keys of a provider */
/* Keys of other kinds or uses, and weak ones, are left out. NP_EINVAL: no such document. */
int np_jwks_parse(struct np_str document, struct np_jwks **out, struct np_err *err);
void np_jwks_free(struct np_jwks *keys); /* NULL is fine */

enum np_jwt_verdict {
    NP_JWT_OK,
    NP_JWT_NO_KEY, /* none of that id, or for that algorithm */
    NP_JWT_WRONG,
};
enum np_jwt_verdict np_jwt_verify(const struct np_jwt *jwt, const struct np_jwks *keys);
