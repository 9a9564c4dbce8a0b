/* SPDX-License-Identifier: Apache-2.0 */
/* http_server_fuzz.c - a connection of the server against a client that sends anything: every
 * exchange ends exactly once, whatever the handler does. The first byte chooses what it does, the
 * second in which pieces the rest comes. */
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/server_int.h"
#include "io/loop.h"
#include "io/net.h"

struct handler {
    unsigned does;
    struct np_http_x *x;
    struct np_defer later;
    int begun, gone;
};

static struct np_loop *loop;
static struct np_http_server *server;
static struct handler handler;

static void respond(struct handler *h)
{
    struct np_http_x *x = h->x;
    if (x == NULL)
        return;
    if (h->does & 1) {
        np_http_reply(x, 200, NULL, 0, NP_STR("hello"));
        return;
    }
    np_http_respond(x, 200, NULL, 0, h->does & 2 ? 10 : -1);
    np_http_write(x, NP_STR("hello"));
    if (h->does & 4)
        np_http_write(x, NP_STR("world"));
    if (h->does & 64)
        np_http_abort(x);
    np_http_end(x);
}

static void respond_later(void *arg)
{
    respond(arg);
}

static void on_body(void *arg, int rc, struct np_str data, bool end)
{
    struct handler *h = arg;
    np_assert(h->x != NULL && (!end || data.p == NULL));
    if (end && rc != NP_ECLOSED)
        respond(h);
    else if (h->does & 32 && !end) {
        np_http_read_pause(h->x);
        np_http_read_resume(h->x);
    }
}

static void on_request(void *arg, struct np_http_x *x)
{
    struct handler *h = arg;
    np_assert(h->x == NULL);
    h->x = x;
    h->begun++;
    if (h->does & 8)
        np_http_read(x, on_body, h);
    else if (h->does & 16)
        np_defer(loop, &h->later, respond_later, h);
    else
        respond(h);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct handler *h = arg;
    np_assert(h->x == x);
    h->x = NULL;
    h->gone++;
}

static void serve_once(void)
{
    static const struct np_http_handlers handlers = {on_request, on_gone};
    struct np_http_config config = np_http_default_config;
    struct np_addr any;
    int fd;
    if (loop != NULL)
        return;
    config.limits = (struct np_http_limits){.head_bytes = 2000, .fields = 20, .target_bytes = 300};
    np_assert(np_loop_new(&loop, NULL) == 0);
    np_assert(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    np_assert(np_listen_tcp(&any, false, &fd, NULL) == 0);
    np_assert(np_http_server_new(loop, fd, NULL, &config, &handlers, &handler, &server, NULL) == 0);
}

NP_FUZZ(p, n)
{
    int fds[2];
    if (n < 2)
        return 0;
    serve_once();
    handler = (struct handler){.does = p[0]};
    size_t step = (size_t)p[1] + 1;
    np_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    np_http_conn_new(server, fds[0]);
    for (size_t at = 2; at < n && step > 0; at += step) {
        if (send(fds[1], p + at, n - at < step ? n - at : step, MSG_NOSIGNAL) < 0)
            break;
        np_loop_turn(loop, 0);
    }
    np_loop_turn(loop, 0);
    if (p[0] & 128)
        shutdown(fds[1], SHUT_WR);
    np_loop_turn(loop, 0);
    close(fds[1]);
    for (int i = 0; i < 50 && np_http_server_connections(server) > 0; i++)
        np_loop_turn(loop, 0);
    np_assert(np_http_server_connections(server) == 0);
    np_assert(handler.begun == handler.gone);
    np_defer_cancel(&handler.later);
    return 0;
}
