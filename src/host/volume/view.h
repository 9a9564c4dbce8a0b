/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - the process that shows the plaintext of an encrypted disk as a file (FUSE). */
#pragma once

/* Descriptors that it is started with. */
#define NP_VIEW_LOCK 3 /* held while it lives */
#define NP_VIEW_DISK 4 /* ciphertext */
#define NP_VIEW_KEY  5 /* sealed memory file of 64 bytes; closed once read */
#define NP_VIEW_FUSE 6 /* of the mount that was made for it */

/* `nephele __volume`: serves until the mount is taken away. Exit status. */
int np_volume_view_main(void);
