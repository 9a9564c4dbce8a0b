/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - the process that shows the bytes of a disk, in the clear, as a file (FUSE). */
#pragma once

#include <stdatomic.h>

/* Descriptors that it is started with. */
#define NP_VIEW_LOCK 3 /* held while it lives */
#define NP_VIEW_DISK 4 /* ciphertext, when there is a key */
#define NP_VIEW_FUSE 5 /* of the mount that was made for it */
#define NP_VIEW_HOLD 6 /* file of a np_view_hold */
#define NP_VIEW_KEY  7 /* sealed memory file of 64 bytes; closed once read. None: a plain disk */

/* Who locks the first byte of this file (an open file description's lock, which its end lets go)
 * and then sees `writing` at 0 has a disk that the view does not write to. */
struct np_view_hold {
    _Atomic unsigned writing; /* writes that are under way */
};

/* `nephele __volume`: serves until the mount is taken away. Exit status. */
int np_volume_view_main(void);
