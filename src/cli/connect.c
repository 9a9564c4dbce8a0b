/* SPDX-License-Identifier: Apache-2.0 */
/* connect.c - nephele connect NAME PORT: standard input and output are a connection to a port
 * inside a VPC, as a ProxyCommand of ssh wants it. NAME is an instance's id, an interface's, a name
 * or an address; "vpc-ID/NAME" where several VPCs have it. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/enc.h"
#include "cli/ask.h"
#include "http/http.h"
#include "io/file.h"

#define HEAD_MAX 65536

struct way { /* bytes one way */
    int from, to;
    char buf[65536];
    size_t at, n;
    bool ended, shut;
};

static bool wait_again(struct pollfd *p, nfds_t n)
{
    return poll(p, n, -1) > 0 || errno == EINTR;
}

/* False: the other side is gone. */
static bool move(struct way *w, short in, short out)
{
    if (w->n == 0 && !w->ended && (in & (POLLIN | POLLHUP | POLLERR))) {
        ssize_t n = read(w->from, w->buf, sizeof(w->buf));
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        w->ended = n == 0;
        w->n = (size_t)n;
        w->at = 0;
    }
    if (w->n > 0 && (out & (POLLOUT | POLLHUP | POLLERR))) {
        ssize_t n = write(w->to, w->buf + w->at, w->n);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        w->at += (size_t)n;
        w->n -= (size_t)n;
    }
    if (w->ended && w->n == 0 && !w->shut) {
        w->shut = true;
        shutdown(w->to, SHUT_WR); /* of standard output it does nothing */
    }
    return true;
}

static void pump(int fd, struct np_str first)
{
    static struct way up, down;
    up = (struct way){.from = STDIN_FILENO, .to = fd};
    down = (struct way){.from = fd, .to = STDOUT_FILENO};
    memcpy(down.buf, first.p, first.n);
    down.n = first.n;
    while (!down.shut) {
        short up_in = !up.ended && up.n == 0 ? POLLIN : 0;
        short down_in = !down.ended && down.n == 0 ? POLLIN : 0;
        struct pollfd p[] = {
            {.fd = up_in != 0 ? STDIN_FILENO : -1, .events = up_in},
            {.fd = fd, .events = (short)(down_in | (up.n > 0 ? POLLOUT : 0))},
            {.fd = down.n > 0 ? STDOUT_FILENO : -1, .events = POLLOUT},
        };
        if (!wait_again(p, NP_LEN(p)) || !move(&up, p[0].revents, p[1].revents) ||
            !move(&down, p[1].revents, p[2].revents))
            return;
    }
}

/* Until the head is there; what came behind it is the other side's first words. */
static int read_head(struct cli *c, int fd, struct np_buf *got, struct np_http_head *head,
                     size_t *used)
{
    struct np_http_field *fields =
        np_new_array(c->arena, struct np_http_field, np_http_default_limits.fields);
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char part[4096];
        if (!wait_again(&p, 1))
            return np_err_errno(&c->err, errno, "the region hung up");
        ssize_t n = read(fd, part, sizeof(part));
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            return np_err(&c->err, NP_ECLOSED, "the region hung up");
        np_buf_add(got, part, (size_t)n);
        if (!np_buf_ok(got))
            return np_err(&c->err, NP_EPROTO, "the region's answer is too long");
        int rc = np_http_parse_response(got->p, got->n, &np_http_default_limits, false, fields,
                                        head, used);
        if (rc != NP_EAGAIN)
            return rc != 0 ? np_err(&c->err, rc, "what answers is no region") : 0;
    }
}

static int request(struct cli *c, struct np_str name, struct np_str port, int *fd)
{
    struct np_str at, token, vpc, rest;
    int rc = cli_dial(c, &at, fd);
    if (rc == 0)
        rc = np_file_read(c->arena, cli_in_data(c, "token"), 256, &token, &c->err);
    if (rc != 0)
        return rc;
    struct np_buf to;
    np_buf_init(&to, c->arena, 4096);
    if (np_str_cut(name, '/', &vpc, &rest)) {
        name = rest;
        np_buf_lit(&to, "vpc=");
        np_uri_encode(&to, vpc, false);
        np_buf_char(&to, '&');
    }
    np_buf_lit(&to, "to=");
    np_uri_encode(&to, name, false);
    struct np_str text = np_str_printf(c->arena,
                                       "GET /_nephele/connect?%.*s&port=%.*s HTTP/1.1\r\n"
                                       "Host: %.*s\r\nX-Nephele-Token: %.*s\r\n"
                                       "Connection: Upgrade\r\nUpgrade: nephele-pipe\r\n\r\n",
                                       NP_FMT(np_buf_str(&to)), NP_FMT(port), NP_FMT(at),
                                       NP_FMT(np_str_trim(token)));
    return np_write_all(*fd, text.p, text.n, &c->err);
}

int cli_connect(struct cli *c)
{
    NP_AUTO_FD fd = -1;
    uint64_t port;
    if (!cli_read(c, NP_FOR_CLIENT, NULL))
        return 2;
    struct np_str number = np_str_of(c->argc == 2 ? c->argv[1] : "");
    if (!np_str_u64(number, &port) || port == 0 || port > UINT16_MAX) {
        cli_say("usage: nephele connect NAME PORT");
        return 2;
    }
    struct np_buf got;
    struct np_http_head head = {0};
    size_t used = 0;
    np_buf_init(&got, c->arena, HEAD_MAX);
    int rc = request(c, np_str_of(c->argv[0]), number, &fd);
    if (rc == 0)
        rc = read_head(c, fd, &got, &head, &used);
    if (rc != 0)
        return cli_fail(c);
    struct np_str rest = np_str_sub(np_buf_str(&got), used, got.n);
    if (head.status != 101)
        return cli_say("%.*s", NP_FMT(np_str_trim(rest)));
    pump(fd, rest);
    return 0;
}
