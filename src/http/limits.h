/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the maximum of everything that a peer can make grow in src/http, and sizes of buffers.
 */
#pragma once

/* Heads: the defaults of struct np_http_limits. */
#define NP_HTTP_HEAD_MAX   ((size_t)64 * 1024)
#define NP_HTTP_FIELDS_MAX ((size_t)200)
#define NP_HTTP_TARGET_MAX ((size_t)16 * 1024)

/* Chunked bodies: a size line with its extensions, and the trailer section. */
#define NP_HTTP_CHUNK_LINE_MAX     ((size_t)4096)
#define NP_HTTP_TRAILER_MAX        ((size_t)16 * 1024)
#define NP_HTTP_TRAILER_FIELDS_MAX ((size_t)64)

/* What is left of a request's body after the response: up to this much is read and dropped, with
 * more the connection ends. */
#define NP_HTTP_SKIP_MAX ((uint64_t)256 * 1024)

/* One read, and how much one connection may move before the others get their turn. */
#define NP_HTTP_READ_BYTES ((size_t)64 * 1024)
#define NP_HTTP_TURN_BYTES ((size_t)1024 * 1024)
#define NP_HTTP_TURN_STEPS 256

/* Writes below this are gathered until the callback returns, up to the second number. */
#define NP_HTTP_SMALL_WRITE ((size_t)4 * 1024)
#define NP_HTTP_GATHER_MAX  ((size_t)16 * 1024)

/* Kept for reuse on every loop. */
#define NP_HTTP_SPARE_ARENAS     64
#define NP_HTTP_ARENA_KEEP_BYTES ((size_t)32 * 1024)

/* After the last byte of a response on a connection that ends: how long the peer's bytes are
 * read and dropped, so that a reset does not overtake the response. */
#define NP_HTTP_LINGER_MS ((uint64_t)2000)

/* HTTP/2. Streams of a client at once; what it may send of a body before the handler has taken it,
 * on a stream and on a connection; a frame of ours in the connection's queue waits until less than
 * OUT_MAX is there. Header lists: the limits of heads, each field counted with 32 bytes more (RFC
 * 9113); a list of HEADER_BOMB times that ends the connection. */
#define NP_HTTP2_STREAMS_MAX   128
#define NP_HTTP2_STREAM_WINDOW ((int32_t)256 * 1024)
#define NP_HTTP2_CONN_WINDOW   ((int32_t)1024 * 1024)
#define NP_HTTP2_OUT_MAX       ((size_t)128 * 1024)
#define NP_HTTP2_HEADER_BOMB   4
#define NP_HTTP2_SPARE_PAGES   16 /* kept on every loop, one set a session */

/* HTTP/2: how often a client may do in GUARD_MS what costs us and brings it nothing; one more ends
 * the connection. Streams that end without their response, whoever reset them; frames that control
 * (SETTINGS, PING, PRIORITY, unknown ones); DATA frames of nothing; WINDOW_UPDATEs, beside
 * UPDATES_PER_FRAME for each DATA frame of ours; DATA frames that its windows made us cut below
 * TINY_BYTES. */
#define NP_HTTP2_GUARD_MS          ((uint64_t)10000)
#define NP_HTTP2_RESETS_MAX        200
#define NP_HTTP2_CONTROLS_MAX      500
#define NP_HTTP2_EMPTIES_MAX       100
#define NP_HTTP2_UPDATES_MAX       1000
#define NP_HTTP2_UPDATES_PER_FRAME 16
#define NP_HTTP2_TINIES_MAX        500
#define NP_HTTP2_TINY_BYTES        256
#define NP_HTTP2_CONTINUATIONS_MAX 8

/* A head that we send. */
#define NP_HTTP_MADE_HEAD_MAX ((size_t)1024 * 1024)

/* Client: kept-alive connections of one destination, how long, and unsent bytes of a streamed body
 * above which np_http_call_write() says NP_EAGAIN. */
#define NP_HTTP_POOL_IDLE_MAX 64
#define NP_HTTP_POOL_IDLE_MS  ((uint64_t)30000)
#define NP_HTTP_CALL_HIGH     ((size_t)256 * 1024)
#define NP_HTTP_INTERIM_MAX   16 /* 1xx responses before the final one */
