/* SPDX-License-Identifier: Apache-2.0 */
/* in.h - the bytes that a connection has read and not used yet.
 *
 * While the connection runs they are in the loop's buffer (or in `kept`); when its run ends,
 * np_http_in_keep() moves what is left to `kept`. A connection with nothing unread owns no buffer.
 */
#pragma once

#include "http/local.h"
#include "io/stream.h"

struct np_http_in {
    struct np_str unread;
    char *kept;
    size_t kept_cap;
    size_t scanned; /* of `unread`: known to hold no whole head */
    size_t budget;  /* bytes to read before others get their turn */
    bool readable;  /* a read may give something */
    bool closed;    /* the peer sends no more than what can be read */
    bool moved;     /* something was read; the owner clears it */
    bool again;     /* the budget is spent; the owner clears it and comes back */
};

void np_http_in_events(struct np_http_in *in, unsigned events);
/* Reads more behind what is unread, into the loop's buffer, which the caller has taken. 1: there is
 * more; 0: not now; NP_ECLOSED: the end; NP_EIO: broken. */
int np_http_in_fill(struct np_http_in *in, struct np_http_local *local, struct np_stream *s);
void np_http_in_take(struct np_http_in *in, size_t n); /* n bytes were used */
/* False while what is unread cannot be a whole head: no line was completed since the last look. */
bool np_http_in_may_be_head(const struct np_http_in *in, size_t limit);
void np_http_in_keep(struct np_http_in *in);
void np_http_in_fini(struct np_http_in *in);
