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

static int begin(struct cli *c, struct np_str name, struct np_str port, int *fd,
                 struct np_str *first)
{
    struct np_str vpc, rest;
    struct np_buf to;
    np_buf_init(&to, c->arena, 4096);
    np_buf_lit(&to, "/_nephele/connect?");
    if (np_str_cut(name, '/', &vpc, &rest)) {
        name = rest;
        np_buf_lit(&to, "vpc=");
        np_uri_encode(&to, vpc, false);
        np_buf_char(&to, '&');
    }
    np_buf_lit(&to, "to=");
    np_uri_encode(&to, name, false);
    np_buf_printf(&to, "&port=%.*s", NP_FMT(port));
    return cli_upgrade(c, np_buf_str(&to), "nephele-pipe", fd, first);
}

int cli_connect(struct cli *c)
{
    NP_AUTO_FD fd = -1;
    uint64_t port;
    if (!cli_read(c, NP_FOR_CLIENT, NULL))
        return 2;
    struct np_str number = np_str_of(c->argc == 2 ? c->argv[1] : ""), first;
    if (!np_str_u64(number, &port) || port == 0 || port > UINT16_MAX) {
        cli_say("usage: nephele connect NAME PORT");
        return 2;
    }
    int status = begin(c, np_str_of(c->argv[0]), number, &fd, &first);
    if (status < 0)
        return cli_fail(c);
    if (status != 101)
        return cli_say("%.*s", NP_FMT(np_str_trim(first)));
    pump(fd, first);
    return 0;
}
