/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - the keyed hash of maps: XXH3 under a secret that each process draws anew. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/digest.h"
#include "base/map.h"

static unsigned char secret[XXH3_SECRET_SIZE_MIN + 56]; /* the library's own length, 192 */

/* Before main, so that the hot path need not ask whether it was drawn. */
__attribute__((constructor)) static void draw_secret(void)
{
    np_random(secret, sizeof(secret));
}

uint64_t np_hash(struct np_str bytes)
{
    return XXH3_64bits_withSecret(bytes.p, bytes.n, secret, sizeof(secret));
}
