/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - what server and client share: heads, fields, framing (RFC 9110, RFC 9112). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct np_http_field {
    struct np_str name, value; /* as received: SigV4 needs the raw bytes; value is trimmed */
};

enum np_http_framing { NP_BODY_NONE, NP_BODY_LENGTH, NP_BODY_CHUNKED, NP_BODY_UNTIL_CLOSE };

/* A parsed head. Text is valid until the exchange ends; that of HTTP/1 points into one run of
 * bytes, from the method to the last field's value. */
struct np_http_head {
    struct np_str method;
    struct np_str target;      /* raw request target */
    struct np_str path, query; /* raw; query is absent without '?' */
    struct np_str host;        /* of an absolute-form target or the Host field, raw */
    bool absolute;             /* absolute-form: a forward-proxy request */
    int status;                /* of a response */
    struct np_str reason;
    unsigned major; /* 1 or 2 */
    unsigned minor; /* of HTTP/1; 0 with HTTP/2 */
    struct np_http_field *fields;
    size_t n_fields;
    enum np_http_framing framing;
    uint64_t content_length; /* with NP_BODY_LENGTH */
    bool keep_alive, expect_continue, upgrade;
};

/* First field of that name (case ignored), absent if none. */
struct np_str np_http_field(const struct np_http_head *h, struct np_str name);

struct np_http_limits {
    size_t head_bytes;   /* request line and fields; over it 431 */
    size_t fields;       /* over it 431 */
    size_t target_bytes; /* over it 414 */
};
extern const struct np_http_limits np_http_default_limits; /* 64 KiB, 200, 16 KiB */

/* Parses a head that starts at p. 0: complete, *used bytes; NP_EAGAIN: more is needed;
 * NP_EPROTO or NP_E2BIG: refuse, with the status to answer in *status. Strict: no bare LF, no
 * obs-fold, no blank before ':', no Content-Length beside Transfer-Encoding, no duplicates of
 * either that differ. Fields go to `fields` (limits->fields of them). No allocation. */
int np_http_parse_request(const char *p, size_t n, const struct np_http_limits *limits,
                          struct np_http_field *fields, struct np_http_head *out, size_t *used,
                          int *status);
int np_http_parse_response(const char *p, size_t n, const struct np_http_limits *limits,
                           bool to_head_request, struct np_http_field *fields,
                           struct np_http_head *out, size_t *used);

/* Chunked decoding, incremental: feed bytes, get runs of data. */
struct np_chunked {
    int state;
    uint64_t left;
    size_t line_bytes, trailer_bytes;
};
void np_chunked_init(struct np_chunked *c);
/* Consumes up to n bytes; *used says how many. Returns 1 when *data holds body bytes, 0 when all
 * was consumed, 2 at the end of the body (after the trailer section, whose raw lines went to
 * trailers, which may be NULL), NP_EPROTO. */
int np_chunked_feed(struct np_chunked *c, const char *p, size_t n, size_t *used,
                    struct np_str *data, struct np_buf *trailers);
const char *np_http_reason(int status);
