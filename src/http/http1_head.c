/* SPDX-License-Identifier: Apache-2.0 */
/* http1_head.c - heads of HTTP/1 responses. */
#include "http/http1.h"
#include "http/limits.h"
#include "http/parse.h"

static void add_status_line(struct np_buf *b, int status)
{
    char code[4] = {(char)('0' + status / 100 % 10), (char)('0' + status / 10 % 10),
                    (char)('0' + status % 10), ' '};
    np_buf_lit(b, "HTTP/1.1 ");
    np_buf_add(b, code, sizeof(code));
    np_buf_str_add(b, np_str_of(np_http_reason(status)));
    np_buf_lit(b, "\r\n");
}

void np_http1_add_field(struct np_buf *b, struct np_str name, struct np_str value)
{
    np_buf_str_add(b, name);
    np_buf_lit(b, ": ");
    np_http_add_value(b, value);
    np_buf_lit(b, "\r\n");
}

/* The rest of the body is skipped after the response, if it is short and surely comes. A client
 * that waits for 100 Continue may leave it out now: nobody could tell where the next request
 * starts. */
static bool can_keep(const struct np_http1_x *h)
{
    const struct np_http_x *x = &h->x;
    if (!x->head.keep_alive || x->conn->server->draining || x->conn->ending)
        return false;
    if (x->head.expect_continue && !h->continued)
        return false; /* an empty body, too: botocore reads the next answer on it wrongly */
    if (h->body.done || (x->reading && !x->read_over))
        return true;
    if (x->read_over)
        return false;
    return h->body.framing != NP_BODY_LENGTH || h->body.left <= NP_HTTP_SKIP_MAX;
}

static void add_framing(struct np_buf *b, struct np_http_x *x, int status, int64_t content_length)
{
    bool never = np_http_x_never_has_body(x, status);
    x->no_body = never || status == 304 || np_str_is(x->head.method, "HEAD");
    if (never)
        return;
    if (content_length >= 0) {
        np_buf_lit(b, "Content-Length: ");
        np_buf_i64(b, content_length);
        np_buf_lit(b, "\r\n");
        x->has_length = true;
        x->left = (uint64_t)content_length;
        return;
    }
    if (x->no_body)
        return;
    if (x->head.minor > 0) {
        np_buf_lit(b, "Transfer-Encoding: chunked\r\n");
        x->chunked = true;
        return;
    }
    np_http1_x(x)->keep = false; /* the end of the connection is the end of the body */
}

static void add_connection(struct np_buf *b, const struct np_http_x *x, int status)
{
    if (status == 101)
        np_buf_lit(b, "Connection: Upgrade\r\n");
    else if (!np_http1_x(x)->keep)
        np_buf_lit(b, "Connection: close\r\n");
    else if (x->head.minor == 0)
        np_buf_lit(b, "Connection: keep-alive\r\n");
}

struct np_str np_http1_response_head(struct np_http_x *x, int status,
                                     const struct np_http_field *fields, size_t n,
                                     int64_t content_length)
{
    struct np_http_server *s = x->conn->server;
    struct np_buf *b = &s->local->head;
    struct np_http_own own = {.server = s->config.server.p == NULL};
    np_buf_clear(b);
    add_status_line(b, status);
    for (size_t i = 0; i < n; i++)
        if (np_http_field_is_handlers(&fields[i], &own))
            np_http1_add_field(b, fields[i].name, fields[i].value);
    if (!own.server)
        np_http1_add_field(b, NP_STR("Server"), s->config.server);
    if (!own.date)
        np_http1_add_field(b, NP_STR("Date"), np_http_date(s->local));
    np_http1_x(x)->keep = can_keep(np_http1_x(x)) && !own.close;
    add_framing(b, x, status, content_length);
    add_connection(b, x, status);
    np_buf_lit(b, "\r\n");
    np_assert(np_buf_ok(b));
    return np_buf_str(b);
}

struct np_str np_http1_refusal(struct np_http_server *s, int status)
{
    struct np_buf *b = &s->local->head;
    struct np_str reason = np_str_of(np_http_reason(status));
    np_buf_clear(b);
    add_status_line(b, status);
    if (s->config.server.p != NULL)
        np_http1_add_field(b, NP_STR("Server"), s->config.server);
    np_http1_add_field(b, NP_STR("Date"), np_http_date(s->local));
    np_buf_printf(
        b, "Content-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%.*s\n",
        reason.n + 1, NP_FMT(reason));
    return np_buf_str(b);
}
