/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the maximum of everything that a viewer, an origin or a configuration can make grow in
 * src/engines/edge, and sizes of buffers. */
#pragma once

#include <stdint.h>

/* CloudFront's own: path, query and fields of a request together, and its URL alone; over them 413.
 */
#define NP_EDGE_REQUEST_MAX ((size_t)32768)
#define NP_EDGE_URL_MAX     ((size_t)8192)
/* CloudFront's own: what it compresses. */
#define NP_EDGE_COMPRESS_MIN ((uint64_t)1000)
#define NP_EDGE_COMPRESS_MAX ((uint64_t)10000000)

#define NP_EDGE_WORKERS_MAX   64
#define NP_EDGE_LOCATIONS_MAX 250
#define NP_EDGE_BEHAVIORS_MAX 128
#define NP_EDGE_ORIGINS_MAX   128
#define NP_EDGE_HOSTS_MAX     256

/* Fields of a response that are kept and passed on: more of them, or more bytes, is no response. */
#define NP_EDGE_FIELDS_MAX      ((size_t)200)
#define NP_EDGE_FIELD_BYTES_MAX ((size_t)64 * 1024)
/* A cache key; what is longer is not cached. */
#define NP_EDGE_KEY_MAX ((size_t)48 * 1024)
/* Cookies looked at in a request; those after it are neither keyed nor forwarded. */
#define NP_EDGE_COOKIES_MAX ((size_t)256)
/* Passes through edges of the same kind before a request counts as a loop (CDN-Loop). */
#define NP_EDGE_HOPS_MAX 8

/* Objects up to this much are held in memory, larger ones are files only. */
#define NP_EDGE_MEMORY_OBJECT_MAX ((uint64_t)4 * 1024 * 1024)
/* One object may take this part of its tier. */
#define NP_EDGE_OBJECT_SHARE 4
/* What a body that is not kept may be ahead of its fastest viewer, then the origin waits; and how
 * far behind that one another viewer may be, then it is cut. */
#define NP_EDGE_WINDOW  ((uint64_t)512 * 1024)
#define NP_EDGE_LAG_MAX ((uint64_t)4 * 1024 * 1024)
/* Blocks that are pages of a file in memory, see slab.h. */
#define NP_EDGE_SLAB_MIN ((size_t)16 * 1024)
#define NP_EDGE_SLAB_MAX ((size_t)256 * 1024)
/* Blocks of a body that comes without length: the first, and the largest. */
#define NP_EDGE_CHUNK_MIN ((size_t)16 * 1024)
#define NP_EDGE_CHUNK_MAX ((size_t)1024 * 1024)
/* When nobody waits any more: what is still fetched to the end. */
#define NP_EDGE_ORPHAN_MAX ((uint64_t)8 * 1024 * 1024)
/* One write to a viewer. */
#define NP_EDGE_WRITE_BYTES ((uint64_t)1024 * 1024)

/* For how long it is known that a key's responses are not cached, so that nobody waits for them. */
#define NP_EDGE_PASS_MS ((int64_t)60000)
/* Without another word of the configuration. */
#define NP_EDGE_ERROR_TTL_S ((int64_t)10)

/* Shards of the index; hashes remembered of objects that were evicted early. */
#define NP_EDGE_SHARDS 256
#define NP_EDGE_GHOSTS 65536

/* Files: what waits to be written, and what is worth a file. */
#define NP_EDGE_DISK_QUEUE_MAX  1024
#define NP_EDGE_DISK_TTL_MIN_MS ((int64_t)30000)
/* What an object counts in memory for a file that it holds open. */
#define NP_EDGE_OPEN_FILE_BYTES ((uint64_t)128 * 1024)

/* Invalidations of a distribution that are remembered one by one; older ones then count as "all".
 */
#define NP_EDGE_INVALIDATIONS_MAX 4096

/* A tunnel's buffer a direction. */
#define NP_EDGE_TUNNEL_BYTES ((size_t)32 * 1024)
