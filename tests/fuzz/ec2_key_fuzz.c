/* SPDX-License-Identifier: Apache-2.0 */
/* ec2_key_fuzz.c - public keys that people import: what is read, read again, is the same key. */
#include "fuzz.h"

#include "base/auto.h"
#include "services/ec2/launch/key.h"

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_key key, again;
    struct np_err err;
    if (ec2_key_read(a, np_str_n(p, n), &key, &err) != 0)
        return 0;
    np_assert(ec2_key_read(a, key.public_line, &again, &err) == 0);
    np_assert(np_str_eq(key.public_line, again.public_line));
    np_assert(np_str_eq(key.fingerprint, again.fingerprint) && key.material.p == NULL);
    return 0;
}
