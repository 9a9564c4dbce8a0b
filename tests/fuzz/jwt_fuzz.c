/* SPDX-License-Identifier: Apache-2.0 */
/* jwt_fuzz.c - a line with a token of an identity provider, then the provider's keys. */
#include "fuzz.h"

#include "aws/jwt.h"
#include "base/auto.h"

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str token, document;
    struct np_jwt jwt;
    struct np_jwks *keys = NULL;
    struct np_err err = {0};
    if (!np_str_cut(np_str_n(p, n), '\n', &token, &document))
        return 0;
    int rc = np_jwt_parse(a, token, &jwt, &err);
    np_assert(rc == 0 || (rc == NP_EINVAL && err.n != 0));
    if (rc == 0)
        np_assert(jwt.claims->type == NP_J_OBJECT && jwt.signature.n != 0 &&
                  np_str_starts(token, jwt.signed_part));
    int keys_rc = np_jwks_parse(document, &keys, &err);
    np_assert(keys_rc == 0 ? keys != NULL : keys_rc == NP_EINVAL && keys == NULL);
    if (rc == 0 && keys_rc == 0)
        np_jwt_verify(&jwt, keys);
    np_jwks_free(keys);
    return 0;
}
