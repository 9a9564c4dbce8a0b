/* SPDX-License-Identifier: Apache-2.0 */
/* codec_cbor_fuzz.c - CBOR: what is read and put again is the same bytes from then on. */
#include "fuzz.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec_shape.h"

static struct np_str put(struct np_arena *a, const struct all *v)
{
    struct np_buf b;
    np_buf_init(&b, a, 64u << 20);
    np_cbor_put(&all_shape, v, &b);
    return np_buf_str(&b);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct all v = {0}, again = {0};
    if (np_cbor_get(&all_shape, np_str_n(p, n), a, &v, NULL) != 0)
        return 0;
    struct np_str once = put(a, &v);
    np_assert(np_cbor_get(&all_shape, once, a, &again, NULL) == 0);
    np_assert(np_str_eq(put(a, &again), once));
    return 0;
}
