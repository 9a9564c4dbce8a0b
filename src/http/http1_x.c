/* SPDX-License-Identifier: Apache-2.0 */
/* http1_x.c - an exchange's calls as HTTP/1 sends them. */
#include <stdio.h>

#include "http/http1.h"
#include "http/limits.h"

static void wake(struct np_http_x *x)
{
    np_http_conn_wake(x->conn);
}

static void read_body(struct np_http_x *x)
{
    /* A client that sends already waits for nothing. */
    if (x->head.expect_continue && !x->responded && x->conn->in.unread.n == 0)
        np_http_out_copy(x->out, NP_STR("HTTP/1.1 100 Continue\r\n\r\n"));
    np_http1_x(x)->continued = true;
}

static void respond(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                    int64_t content_length)
{
    np_http_out_copy(x->out, np_http1_response_head(x, status, fields, n, content_length));
}

static struct iovec part(struct np_str s)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)s.p, .iov_len = s.n};
}

static void send_now(struct np_http_x *x, const struct iovec *iov, int n)
{
    if (!x->conn->broken && np_http_out_send(x->out, x->conn->stream, iov, n) < 0)
        x->conn->broken = true;
}

static void write_body(struct np_http_x *x, struct np_str data)
{
    char line[20];
    struct np_str parts[3] = {NP_STR(""), data, NP_STR("")};
    if (x->chunked) {
        parts[0] = np_str_n(line, (size_t)snprintf(line, sizeof(line), "%zx\r\n", data.n));
        parts[2] = NP_STR("\r\n");
    }
    if (data.n < NP_HTTP_SMALL_WRITE && x->out->bytes + data.n <= NP_HTTP_GATHER_MAX) {
        for (int i = 0; i < 3; i++)
            np_http_out_copy(x->out, parts[i]);
        return;
    }
    const struct iovec iov[3] = {part(parts[0]), part(parts[1]), part(parts[2])};
    send_now(x, iov, 3);
}

static void end(struct np_http_x *x, const struct np_http_field *trailers, size_t n)
{
    if (!x->chunked)
        return;
    struct np_buf *b = &x->conn->server->local->head;
    np_buf_clear(b);
    np_buf_lit(b, "0\r\n");
    for (size_t i = 0; i < n; i++)
        np_http1_add_field(b, trailers[i].name, trailers[i].value);
    np_buf_lit(b, "\r\n");
    np_http_out_copy(x->out, np_buf_str(b));
}

static void reply(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                  struct np_str body)
{
    struct np_str head = np_http1_response_head(x, status, fields, n, (int64_t)body.n);
    const struct iovec iov[2] = {part(head), part(body)};
    send_now(x, iov, x->no_body || body.n == 0 ? 1 : 2);
}

static void ignore_events(void *arg, unsigned events)
{
}

static struct np_stream *take_stream(struct np_http_x *x, struct np_buf *unread)
{
    struct np_http_conn *c = x->conn;
    if (np_http_out_flush(&c->out, c->stream) != 0)
        return NULL;
    np_buf_str_add(unread, c->in.unread);
    np_stream_set_fn(c->stream, ignore_events, NULL);
    return c->stream;
}

const struct np_http_x_ops np_http1_x_ops = {
    wake, read_body, respond, write_body, end, reply, take_stream,
};
