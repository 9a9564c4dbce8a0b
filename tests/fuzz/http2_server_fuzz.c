/* SPDX-License-Identifier: Apache-2.0 */
/* http2_server_fuzz.c - a connection of the server against a client that sends anything as HTTP/2:
 * every exchange ends exactly once, and what a handler lent comes back once. The first byte chooses
 * what handlers do, the second in which pieces the rest comes. With bit 1 of the first byte the
 * preface and SETTINGS are sent before, so that frames are reached sooner. */
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/http2.h"
#include "io/loop.h"
#include "io/net.h"

#define LENT_BYTES 100000

static struct np_loop *loop;
static struct np_http_server *server;
static unsigned does;
static int begun, gone, lent, released;
static char bytes[LENT_BYTES];

static void on_released(void *arg)
{
    (void)arg;
    released++;
}

static void respond(struct np_http_x *x)
{
    static const struct np_http_field fields[] = {{NP_STR("X-Sum"), NP_STR("42")},
                                                  {NP_STR("Connection"), NP_STR("close")}};
    if (does & 2) {
        np_http_reply(x, 200, fields, does & 4 ? 2 : 1, NP_STR("hello"));
        return;
    }
    np_http_respond(x, 200, NULL, 0, does & 4 ? LENT_BYTES : -1);
    lent++;
    np_http_write_ref(x, np_str_n(bytes, LENT_BYTES), on_released, NULL);
    if (does & 64)
        np_http_abort(x);
    np_http_end_with(x, fields, does & 4 ? 0 : 1);
}

static void on_body(void *arg, int rc, struct np_str data, bool end)
{
    struct np_http_x *x = arg;
    np_assert(!end || data.p == NULL);
    if (end && rc != NP_ECLOSED)
        respond(x);
    else if (does & 32 && !end) {
        np_http_read_pause(x);
        np_http_read_resume(x);
    }
}

/* What HTTP/1's parser would refuse must not come here either; what is no preface goes to it. */
static void check_head(const struct np_http_head *h)
{
    if (h->major != 2)
        return;
    np_assert(np_http_is_token(h->method) && h->host.p != NULL);
    np_assert(h->target.n > 0 && memchr(h->target.p, ' ', h->target.n) == NULL);
    for (size_t i = 0; i < h->n_fields; i++)
        np_assert(np_http2_field_ok(&h->fields[i]));
    np_assert(np_http_field(h, NP_STR("Transfer-Encoding")).p == NULL);
    np_assert(np_http_field(h, NP_STR("Connection")).p == NULL);
}

static void on_request(void *arg, struct np_http_x *x)
{
    (void)arg;
    begun++;
    check_head(np_http_head(x));
    if (does & 8)
        np_http_read(x, on_body, x);
    else
        respond(x);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    (void)arg, (void)complete;
    gone++;
}

static void serve_once(void)
{
    static const struct np_http_handlers handlers = {on_request, on_gone};
    struct np_http_config config = np_http_default_config;
    if (loop != NULL)
        return;
    config.limits = (struct np_http_limits){.head_bytes = 2000, .fields = 20, .target_bytes = 300};
    config.h2c = true;
    np_assert(np_loop_new(&loop, NULL) == 0);
    np_assert(np_http_server_new(loop, -1, NULL, &config, &handlers, NULL, &server, NULL) == 0);
}

static void send_in_pieces(int fd, const uint8_t *p, size_t n, size_t step)
{
    char sink[65536];
    for (size_t at = 0; at < n; at += step) {
        if (send(fd, p + at, n - at < step ? n - at : step, MSG_NOSIGNAL) < 0)
            return;
        np_loop_turn(loop, 0);
        while (does & 16 && recv(fd, sink, sizeof(sink), MSG_DONTWAIT) > 0)
            np_loop_turn(loop, 0);
    }
}

NP_FUZZ(p, n)
{
    static const char start[] = NP_HTTP2_PREFACE "\0\0\0\4\0\0\0\0\0";
    int fds[2];
    if (n < 2)
        return 0;
    serve_once();
    does = p[0];
    begun = gone = lent = released = 0;
    np_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    np_http_server_adopt(server, fds[0]);
    if (does & 1)
        send_in_pieces(fds[1], (const uint8_t *)start, sizeof(start) - 1, sizeof(start));
    send_in_pieces(fds[1], p + 2, n - 2, (size_t)p[1] + 1);
    if (does & 128)
        shutdown(fds[1], SHUT_WR);
    np_loop_turn(loop, 0);
    close(fds[1]);
    for (int i = 0; i < 50 && np_http_server_connections(server) > 0; i++)
        np_loop_turn(loop, 0);
    np_assert(np_http_server_connections(server) == 0);
    np_assert(begun == gone && lent == released);
    return 0;
}
