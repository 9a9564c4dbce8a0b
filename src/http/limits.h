/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the maximum of everything that a peer can make grow in src/http. */
#pragma once

/* Heads: the defaults of struct np_http_limits. */
#define NP_HTTP_HEAD_MAX   ((size_t)64 * 1024)
#define NP_HTTP_FIELDS_MAX ((size_t)200)
#define NP_HTTP_TARGET_MAX ((size_t)16 * 1024)

/* Chunked bodies: a size line with its extensions, and the trailer section. */
#define NP_HTTP_CHUNK_LINE_MAX     ((size_t)4096)
#define NP_HTTP_TRAILER_MAX        ((size_t)16 * 1024)
#define NP_HTTP_TRAILER_FIELDS_MAX ((size_t)64)
