/* SPDX-License-Identifier: Apache-2.0 */
/* http2_client.h - a scripted client of HTTP/2: it sends the frames that a test makes and writes
 * down what comes back, one word a frame, as text:
 *
 *   "H1:200,end D1:5,end R1:8 G:11 W1:100 S P:ack": HEADERS of stream 1 with its status (a trailer
 *   section has none), DATA of 5 bytes, RST_STREAM with code 8, GOAWAY with code 11,
 *   WINDOW_UPDATE, SETTINGS (its acknowledgement is left out), PING.
 */
#pragma once

#include <nghttp2/nghttp2.h>

#include "http/fixture.h"

struct h2 {
    struct fixture *f;
    int fd;
    nghttp2_hd_inflater *inflater;
    struct np_buf in;     /* received, not parsed */
    struct np_buf log;    /* frames, without the server's first SETTINGS and WINDOW_UPDATE */
    struct np_buf fields; /* "name=value " of all header blocks */
    struct np_buf body;   /* of all DATA frames */
    bool closed;
};

/* Connects, says the preface and empty SETTINGS. */
void h2_open(struct h2 *c, struct fixture *f);
void h2_leave(struct h2 *c); /* closes the connection; what was seen stays */
void h2_close(struct h2 *c);
/* Reads what is there, for some turns of the loop. */
void h2_turns(struct h2 *c, int n);
/* Until `text` is in the log, or the test fails. */
void h2_until(struct h2 *c, const char *text);
void h2_until_closed(struct h2 *c);

void h2_frame(struct np_buf *b, uint8_t type, uint8_t flags, uint32_t id, struct np_str payload);
void h2_send_frame(struct h2 *c, uint8_t type, uint8_t flags, uint32_t id, struct np_str payload);
void h2_send_u32(struct h2 *c, uint8_t type, uint32_t id, uint32_t value);
/* Literal fields, without names in a table. */
void h2_add_field(struct np_buf *b, struct np_str name, struct np_str value);
/* ":method: GET\n:path: /" as a header block. */
struct np_str h2_block(struct fixture *f, const char *lines);
/* HEADERS and as many CONTINUATIONs as it needs; flags: END_STREAM or 0. */
void h2_send_block(struct h2 *c, uint32_t id, uint8_t flags, struct np_str block);
/* A request; flags: END_STREAM or 0. */
void h2_request(struct h2 *c, uint32_t id, uint8_t flags, const char *method, const char *path,
                const char *more_lines);
void h2_get(struct h2 *c, uint32_t id);
