/* SPDX-License-Identifier: Apache-2.0 */
/* edgefn_frame_fuzz.c - bytes from the worker of viewer functions, or to it. What is a frame comes
 * back when it is written again; what is cut off is no frame yet. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/edgefn/edgefn.h"
#include "engines/edgefn/frame.h"

NP_FUZZ(p, n)
{
    NP_AUTO_BUF b;
    struct np_str rest = np_str_n(p, n);
    struct np_edgefn_frame f;
    size_t used;
    np_buf_init(&b, NULL, NP_EDGEFN_HEAD_BYTES + NP_EDGEFN_TEXTS * NP_EDGEFN_TEXT_MAX);
    while (np_edgefn_frame_get(rest, &f, &used) == 0) {
        np_assert(used <= rest.n);
        np_buf_clear(&b);
        np_edgefn_frame_put(&b, &f);
        np_assert(np_str_eq(np_buf_str(&b), np_str_n(rest.p, used)));
        np_assert(np_edgefn_frame_get(np_str_n(rest.p, used - 1), &f, &used) == NP_EAGAIN);
        rest = np_str_sub(rest, b.n, rest.n - b.n);
    }
    return 0;
}
