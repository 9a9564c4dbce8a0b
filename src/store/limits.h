/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the bounds of the store; each has a test. */
#pragma once

#define NP_STORE_QUEUE       4096 /* writes waiting a file, unless the options say otherwise */
#define NP_STORE_GROUP       256  /* writes that share one commit */
#define NP_STORE_PROJECTIONS 256
#define NP_STORE_SNAPSHOTS   4     /* idle connections for heavy reads kept a file */
#define NP_STORE_BUSY_MS     10000 /* another program (sqlite3, a backup) holds the write lock */
/* A start checks the pages of a file below these sizes. After a clean stop it has to be quick;
 * after a crash there is more cause to look. */
#define NP_STORE_CHECK_CLEAN_BYTES (4 << 20)
#define NP_STORE_CHECK_BYTES       (64 << 20) /* after a crash */

#define NP_WRITER_CACHE_KIB 4096
#define NP_READER_CACHE_KIB 1024
#define NP_READER_MMAP      (16 << 20) /* of a file's beginning: pages once read count as ours */

/* The write-ahead log in pages of 4 KiB: checkpointed from 4 MiB on, finished by the writer itself
 * from 32 MiB on when commits outrun the checkpoint thread, cut off at rest from 64 MiB on. */
#define NP_WAL_CHECKPOINT_PAGES 1024
#define NP_WAL_FINISH_PAGES     8192
#define NP_WAL_TRUNCATE_PAGES   16384
#define NP_WAL_IDLE_MS          2000

#define NP_OUTBOX_KINDS          64
#define NP_OUTBOX_PARALLEL       8 /* deliveries of a kind at a time, unless it says otherwise */
#define NP_OUTBOX_PARALLEL_MAX   256
#define NP_OUTBOX_PAYLOAD_MAX    (16 << 20)
#define NP_OUTBOX_NAME_MAX       1024 /* kind, group */
#define NP_OUTBOX_BACKOFF_MS     1000
#define NP_OUTBOX_BACKOFF_MAX_MS (5 * 60 * 1000)
#define NP_OUTBOX_POLL_MS        250 /* the region clock may jump: look again at least so often */
