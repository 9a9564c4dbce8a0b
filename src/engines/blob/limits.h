/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what the blob store holds at most in memory, and the sizes of its units of work. */
#pragma once

#define NP_BLOB_FRAME     65536 /* plain bytes of a frame; fixed by the format */
#define NP_BLOB_TAG       16    /* after each frame; fixed by the format */
#define NP_BLOB_SEALED    (NP_BLOB_FRAME + NP_BLOB_TAG)
#define NP_BLOB_CHUNK     (2 * NP_BLOB_FRAME) /* what a writer gathers for its jobs */
#define NP_BLOB_IN_FLIGHT 5                   /* full chunks of a writer before it says NP_EAGAIN */
#define NP_BLOB_RING      8                   /* chunks that its jobs see */
#define NP_BLOB_LANE_TURN 8                   /* chunks before a job lets another one run */
#define NP_BLOB_HASH_LATE 4                   /* chunks before a writer's digest is urgent */
#define NP_BLOB_SYNCS     3                   /* files whose bytes are synced side by side */
#define NP_BLOB_EARLY     3                   /* the same, by the jobs of their writers */
#define NP_BLOB_DIGESTS   4
#define NP_BLOB_READ      4                   /* frames that a reader's job fetches at once */
#define NP_BLOB_OPEN_MAX  256                 /* open files kept for readers to come */
#define NP_BLOB_AEADS     4                   /* key schedules kept with each of them */
#define NP_BLOB_MAP_OPENS 16                  /* opens after which an open file is mapped */
#define NP_BLOB_MAP_BYTES (UINT64_C(2) << 20) /* of a file that may be mapped */
#define NP_BLOB_MAPPED                                                                             \
    (UINT64_C(64) << 20)    /* of all mapped files: pages that the kernel has anyway */
#define NP_BLOB_SPARE    64 /* free buffers kept of each size */
#define NP_BLOB_FOLDERS  256
#define NP_BLOB_TOGETHER 512                   /* ids in a row that share a folder */
#define NP_BLOB_FLUSH    (UINT64_C(512) << 10) /* start writing back after so many bytes */
#define NP_BLOB_LARGE    (UINT64_C(4) << 20)   /* from here a commit syncs its bytes alone */
