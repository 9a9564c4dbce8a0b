/* SPDX-License-Identifier: Apache-2.0 */
/* http2_guard.c - counts what costs us more than the client, by periods: no honest client comes
 * near the limits, and one over them is told to calm down and cut. */
#include "http/http2.h"

static struct np_http2_guard *now(struct np_http2 *h2)
{
    struct np_http2_guard *g = &h2->guard;
    uint64_t now_ms = np_now_ms(h2->conn->server->loop);
    if (now_ms - g->since_ms >= NP_HTTP2_GUARD_MS)
        *g = (struct np_http2_guard){.since_ms = now_ms};
    return g;
}

static bool updates_ok(const struct np_http2_guard *g)
{
    return g->updates <= NP_HTTP2_UPDATES_MAX + NP_HTTP2_UPDATES_PER_FRAME * g->frames_sent;
}

bool np_http2_guard_frame(struct np_http2 *h2, const nghttp2_frame_hd *hd)
{
    switch (hd->type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_CONTINUATION:
    case NGHTTP2_RST_STREAM: /* counted as their streams end */
        return true;
    case NGHTTP2_DATA:
        if (hd->length > 0 || hd->flags & NGHTTP2_FLAG_END_STREAM)
            return true;
        return ++now(h2)->empties <= NP_HTTP2_EMPTIES_MAX;
    case NGHTTP2_WINDOW_UPDATE: {
        struct np_http2_guard *g = now(h2);
        g->updates++;
        return updates_ok(g);
    }
    default:
        return ++now(h2)->controls <= NP_HTTP2_CONTROLS_MAX;
    }
}

bool np_http2_guard_reset(struct np_http2 *h2)
{
    return ++now(h2)->resets <= NP_HTTP2_RESETS_MAX;
}

bool np_http2_guard_sent(struct np_http2 *h2, bool tiny)
{
    struct np_http2_guard *g = now(h2);
    g->frames_sent++;
    g->tinies += tiny;
    return g->tinies <= NP_HTTP2_TINIES_MAX;
}
