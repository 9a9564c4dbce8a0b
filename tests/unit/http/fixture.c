/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.c - a server on a real loopback port and raw clients. */
#include "http/fixture.h"

#include <errno.h>
#include <unistd.h>

static void on_request(void *arg, struct np_http_x *x)
{
    struct fixture *f = arg;
    f->requests++;
    f->x = x;
    f->on_request(f, x);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct fixture *f = arg;
    f->gone++;
    f->complete += complete;
    if (f->x == x)
        f->x = NULL;
    np_buf_printf(&f->log, "gone:%d ", complete);
}

void fixture_init(struct fixture *f, void (*request)(struct fixture *f, struct np_http_x *x))
{
    *f = (struct fixture){.config = np_http_default_config, .on_request = request};
    f->arena = np_arena_new();
    np_buf_init(&f->log, f->arena, (size_t)64 << 20);
    struct np_str rule = NP_STR("127.0.0.0/8");
    struct np_err err = {0};
    NP_CHECK(np_loop_new(&f->loop, &err) == 0, "%s", err.text);
    NP_CHECK(np_egress_new(&(struct np_strs){&rule, 1, true}, &f->egress, &err) == 0, "%s",
             err.text);
}

void fixture_serve(struct fixture *f)
{
    static const struct np_http_handlers handlers = {on_request, on_gone};
    struct np_err err = {0};
    struct np_addr any;
    int fd;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, &err) == 0, "%s", err.text);
    NP_CHECK(np_listen_tcp(&any, false, &fd, &err) == 0, "%s", err.text);
    NP_CHECK(np_local_addr(fd, &f->addr) == 0);
    NP_CHECK(np_http_server_new(f->loop, fd, f->tls, &f->config, &handlers, f, &f->server, &err) ==
                 0,
             "%s", err.text);
}

void fixture_start(struct fixture *f, void (*handler)(struct fixture *f, struct np_http_x *x))
{
    fixture_init(f, handler);
    fixture_serve(f);
}

void fixture_fini(struct fixture *f)
{
    np_defer_cancel(&f->defer);
    np_http_server_free(f->server);
    np_loop_free(f->loop);
    np_egress_free(f->egress);
    np_arena_free(f->arena);
}

void fx_turns(struct fixture *f, int n)
{
    while (n-- > 0)
        np_loop_turn(f->loop, 0);
}

int fx_connect(struct fixture *f)
{
    struct np_err err = {0};
    int fd;
    NP_CHECK(np_dial(f->egress, "test", &f->addr, &fd, &err) == 0, "%s", err.text);
    fx_turns(f, 2);
    return fd;
}

void fx_send(struct fixture *f, int fd, struct np_str bytes)
{
    int left = 20000;
    while (bytes.n > 0 && --left > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        NP_CHECK(n >= 0 || errno == EAGAIN || errno == ENOTCONN, "send: errno %d", errno);
        if (n > 0) {
            bytes.p += n;
            bytes.n -= (size_t)n;
        }
        np_loop_turn(f->loop, n > 0 ? 0 : 1);
    }
    NP_CHECK(bytes.n == 0);
}

/* False at the end. */
static bool recv_some(struct fixture *f, int fd, struct np_buf *b)
{
    char chunk[65536];
    ssize_t n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
    if (n > 0)
        np_buf_add(b, chunk, (size_t)n);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        return false;
    np_loop_turn(f->loop, n > 0 ? 0 : 1);
    return true;
}

struct np_str fx_recv_all(struct fixture *f, int fd)
{
    struct np_buf b;
    np_buf_init(&b, f->arena, (size_t)64 << 20);
    int left = 20000;
    while (recv_some(f, fd, &b) && --left > 0)
        ;
    NP_CHECK(left > 0, "still open after \"%.*s\"", NP_FMT(np_buf_str(&b)));
    return np_buf_str(&b);
}

struct np_str fx_recv(struct fixture *f, int fd, const char *end)
{
    struct np_buf b;
    np_buf_init(&b, f->arena, (size_t)64 << 20);
    int left = 20000;
    while (np_str_find(np_buf_str(&b), np_str_of(end)) < 0 && --left > 0)
        if (!recv_some(f, fd, &b))
            break;
    NP_CHECK(np_str_find(np_buf_str(&b), np_str_of(end)) >= 0, "no \"%s\" in \"%.*s\"", end,
             NP_FMT(np_buf_str(&b)));
    return np_buf_str(&b);
}

struct np_str fx_undated(struct fixture *f, struct np_str r)
{
    ptrdiff_t at = np_str_find(r, NP_STR("\r\nDate: "));
    NP_CHECK(at >= 0, "no Date in \"%.*s\"", NP_FMT(r));
    struct np_str rest = np_str_sub(r, (size_t)at + 2, r.n);
    ptrdiff_t eol = np_str_find(rest, NP_STR("\r\n"));
    NP_CHECK(eol == 35, "Date line of %zd bytes", eol);
    return np_str_cat(f->arena, np_str_sub(r, 0, (size_t)at + 2),
                      np_str_sub(rest, (size_t)eol + 2, rest.n));
}

void fx_ok(struct fixture *f, struct np_http_x *x)
{
    np_http_reply(x, 200, NULL, 0, NP_STR("ok"));
}

void fx_nothing(struct fixture *f, struct np_http_x *x)
{
}

static void log_body(struct fixture *f, int rc, struct np_str data, bool end)
{
    if (rc != 0)
        np_buf_printf(&f->log, "rc:%s ", np_code_name(rc));
    if (data.p != NULL)
        np_buf_printf(&f->log, "%.*s", NP_FMT(data));
    if (end)
        np_buf_lit(&f->log, " end ");
}

static void on_body(void *arg, int rc, struct np_str data, bool end)
{
    log_body(arg, rc, data, end);
}

static void on_body_then_reply(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    log_body(f, rc, data, end);
    if (end && rc != NP_ECLOSED)
        np_http_reply(f->x, rc == 0 ? 200 : 400, NULL, 0, NP_STR("ok"));
}

void fx_read(struct fixture *f, struct np_http_x *x)
{
    np_http_read(x, on_body, f);
}

void fx_read_and_reply(struct fixture *f, struct np_http_x *x)
{
    np_http_read(x, on_body_then_reply, f);
}

struct np_str fx_pattern(struct fixture *f, size_t n)
{
    char *p = np_alloc(f->arena, n);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)('a' + (i ^ i >> 8 ^ i >> 16) % 26);
    return np_str_n(p, n);
}
