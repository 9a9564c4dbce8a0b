/* SPDX-License-Identifier: Apache-2.0 */
/* relay_test.c - two connections spliced: bytes both ways, ends, failures, limits; and datagrams.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "engines/vnet/limits.h"
#include "engines/vnet/relay.h"
#include "io/loop.h"
#include "io/net.h"

struct env {
    struct np_loop *loop;
    int left, right; /* the ends that are not the relay's */
    int onward;      /* the relay's own, towards `right` */
    struct np_relay *relay;
    int done;
};

static void done(void *arg)
{
    ((struct env *)arg)->done++;
}

/* A connected pair of TCP; the second end is the relay's. */
static void tcp_pair(int *ours, int *theirs)
{
    struct np_addr at = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    int listener;
    NP_CHECK(np_listen_tcp(&at, false, &listener, NULL) == 0 && np_local_addr(listener, &at) == 0);
    *ours = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    NP_CHECK(*ours >= 0 && connect(*ours, &at.u.sa, at.len) == 0);
    do {
        *theirs = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (*theirs < 0);
    fcntl(*ours, F_SETFL, O_NONBLOCK);
    close(listener);
}

static void start(struct env *e)
{
    int a, b;
    struct np_err err;
    *e = (struct env){0};
    NP_CHECK(np_loop_new(&e->loop, NULL) == 0);
    tcp_pair(&e->left, &a);
    tcp_pair(&e->right, &b);
    e->onward = b;
    NP_CHECK(np_relay_new(e->loop, a, b, done, e, &e->relay, &err) == 0);
}

static void end(struct env *e)
{
    close(e->left);
    close(e->right);
    np_loop_free(e->loop); /* with what is left of it */
}

static void turns(struct env *e, int n)
{
    while (n-- > 0)
        np_loop_turn(e->loop, 0);
}

static char pattern(size_t i)
{
    return (char)(i * 7 + (i >> 9));
}

/* Sends n bytes at one end, reads them at the other. */
static void pass(struct env *e, int from, int to, size_t n)
{
    static char buf[65536];
    size_t sent = 0, got = 0;
    for (int idle = 0; got < n && idle < 20000;) {
        size_t want = n - sent < sizeof(buf) ? n - sent : sizeof(buf);
        for (size_t k = 0; k < want; k++)
            buf[k] = pattern(sent + k);
        ssize_t w = want != 0 ? write(from, buf, want) : 0;
        sent += w > 0 ? (size_t)w : 0;
        np_loop_turn(e->loop, 0);
        ssize_t r = read(to, buf, sizeof(buf));
        if (w <= 0 && r <= 0) { /* on its way: a busy machine takes its time */
            np_loop_turn(e->loop, 1);
            idle++;
        }
        for (ssize_t k = 0; k < r; k++)
            NP_CHECK(buf[k] == pattern(got + (size_t)k), "byte %zu", got + (size_t)k);
        got += r > 0 ? (size_t)r : 0;
    }
    NP_CHECK(got == n, "%zu of %zu", got, n);
}

static void until_done(struct env *e)
{
    for (int i = 0; e->done == 0 && i < 20000; i++)
        np_loop_turn(e->loop, 1);
    NP_CHECK(e->done == 1);
}

NP_TEST(a_relay_passes_bytes_both_ways)
{
    struct env e;
    start(&e);
    pass(&e, e.left, e.right, 1);
    pass(&e, e.right, e.left, 3);
    pass(&e, e.left, e.right, 9 << 20);
    pass(&e, e.right, e.left, 9 << 20);
    end(&e);
}

/* Not even for the moment that the kernel waits for more to fill a packet with: a key that is
 * pressed would take a fifth of a second each way. */
NP_TEST(a_relay_holds_nothing_back)
{
    struct env e;
    char c;
    start(&e);
    for (int i = 0; i < 10; i++) {
        int unsent = 0;
        NP_CHECK(write(e.left, "x", 1) == 1);
        for (int idle = 0; read(e.right, &c, 1) != 1 && idle < 20000; idle++) {
            np_loop_turn(e.loop, 1);
            NP_CHECK(ioctl(e.onward, SIOCOUTQNSD, &unsent) == 0 && unsent == 0, "%d", unsent);
        }
    }
    end(&e);
}

NP_TEST(a_relay_passes_an_end_on_and_the_other_way_goes_on)
{
    struct env e;
    char c;
    start(&e);
    shutdown(e.left, SHUT_WR);
    for (int i = 0; i < 20000 && read(e.right, &c, 1) < 0; i++)
        np_loop_turn(e.loop, 1);
    NP_CHECK(read(e.right, &c, 1) == 0 && e.done == 0);
    pass(&e, e.right, e.left, 100000);
    shutdown(e.right, SHUT_WR);
    until_done(&e);
    NP_CHECK(read(e.left, &c, 1) == 0);
    end(&e);
}

NP_TEST(a_relay_passes_a_reset_on)
{
    struct env e;
    char c;
    start(&e);
    np_relay_refuse(e.left);
    e.left = -1;
    until_done(&e);
    NP_CHECK(read(e.right, &c, 1) < 0 && errno == ECONNRESET);
    end(&e);
}

NP_TEST(a_relay_to_nobody_resets)
{
    struct env e = {0};
    struct np_addr at = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    int a, listener, b;
    char c;
    NP_CHECK(np_loop_new(&e.loop, NULL) == 0);
    tcp_pair(&e.left, &a);
    NP_CHECK(np_listen_tcp(&at, false, &listener, NULL) == 0 && np_local_addr(listener, &at) == 0);
    close(listener);
    b = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    NP_CHECK(np_dial_inside(b, &at.u.v4, NULL) == 0 || errno == ECONNREFUSED);
    e.right = -1;
    NP_CHECK(np_relay_new(e.loop, a, b, done, &e, &e.relay, NULL) == 0);
    until_done(&e);
    NP_CHECK(read(e.left, &c, 1) < 0 && errno == ECONNRESET);
    end(&e);
}

NP_TEST(a_loop_relays_no_more_than_so_many)
{
    struct env e = {0};
    struct np_err err = {0};
    NP_CHECK(np_loop_new(&e.loop, NULL) == 0);
    int rc = 0;
    size_t n = 0;
    for (; rc == 0; n++) {
        int a[2], b[2];
        NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, a) == 0);
        NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, b) == 0);
        rc = np_relay_new(e.loop, a[0], b[0], NULL, NULL, NULL, &err);
        close(a[1]); /* the relay does not see it before the loop turns */
        close(b[1]);
    }
    NP_CHECK(rc == NP_EAGAIN && n == NP_RELAY_PAIRS_MAX + 1, "%zu", n);
    turns(&e, 3);
    int a[2], b[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, a) == 0);
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, b) == 0);
    NP_CHECK(np_relay_new(e.loop, a[0], b[0], NULL, NULL, NULL, &err) == 0, "those have ended");
    close(a[1]);
    close(b[1]);
    np_loop_free(e.loop);
}
