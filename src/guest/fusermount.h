/* SPDX-License-Identifier: Apache-2.0 */
/* fusermount.h - what a program that serves a file system asks for its mount. */
#pragma once

#define FUSERMOUNT_FD 4 /* of /dev/fuse, already mounted */

/* As /bin/fusermount of a cage (host/volume/cage.c): hands that over, mounts nothing. Exit status.
 */
int fusermount_main(void);
