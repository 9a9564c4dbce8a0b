/* SPDX-License-Identifier: Apache-2.0 */
/* pipe_test.c - bytes both ways between two streams. */
#include "test.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/pipe.h"
#include "io/stream.h"

struct fixture {
    struct np_loop *loop;
    struct np_pipe *pipe;
    int a, b; /* the outer ends */
    int done;
};

static void done(void *arg)
{
    struct fixture *f = arg;
    f->done++;
    f->pipe = NULL;
}

static struct np_stream *end_of(struct fixture *f, int *outer)
{
    struct np_stream *s;
    int fds[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    *outer = fds[0];
    NP_CHECK(np_stream_accept(f->loop, fds[1], NULL, NULL, NULL, &s, NULL) == 0);
    return s;
}

static void start(struct fixture *f, struct np_str first)
{
    *f = (struct fixture){0};
    NP_CHECK(np_loop_new(&f->loop, NULL) == 0);
    struct np_stream *a = end_of(f, &f->a), *b = end_of(f, &f->b);
    f->pipe = np_pipe_new(f->loop, a, b, first, done, f);
}

static void end(struct fixture *f)
{
    if (f->pipe != NULL)
        np_pipe_free(f->pipe);
    close(f->a);
    close(f->b);
    np_loop_free(f->loop);
}

static void turn(struct fixture *f)
{
    np_loop_turn(f->loop, 0);
}

/* Sends n bytes that tell their place into one end while it reads the other. */
static void check_flow(struct fixture *f, int in, int out, size_t n)
{
    size_t sent = 0, got = 0;
    unsigned char buf[30000];
    for (int i = 0; got < n && i < 100000; i++) {
        size_t part = n - sent < sizeof(buf) ? n - sent : sizeof(buf);
        for (size_t k = 0; k < part; k++)
            buf[k] = (unsigned char)((sent + k) * 7);
        ssize_t w = part > 0 ? write(in, buf, part) : 0;
        sent += w > 0 ? (size_t)w : 0;
        turn(f);
        ssize_t r = read(out, buf, sizeof(buf));
        for (ssize_t k = 0; k < r; k++)
            NP_CHECK(buf[k] == (unsigned char)((got + (size_t)k) * 7));
        got += r > 0 ? (size_t)r : 0;
    }
    NP_CHECK(got == n, "%zu of %zu", got, n);
}

NP_TEST(bytes_go_both_ways)
{
    struct fixture f;
    start(&f, NP_STR_NULL);
    check_flow(&f, f.a, f.b, 3000000);
    check_flow(&f, f.b, f.a, 3000000);
    end(&f);
}

NP_TEST(what_was_read_before_comes_first)
{
    struct fixture f;
    char text[16];
    start(&f, NP_STR("first"));
    NP_CHECK(write(f.a, "then", 4) == 4);
    for (int i = 0; i < 5; i++)
        turn(&f);
    NP_CHECK(read(f.b, text, sizeof(text)) == 9 && memcmp(text, "firstthen", 9) == 0);
    end(&f);
}

NP_TEST(an_end_goes_on_and_the_other_way_stays_open)
{
    struct fixture f;
    char byte;
    start(&f, NP_STR_NULL);
    shutdown(f.a, SHUT_WR);
    for (int i = 0; i < 5; i++)
        turn(&f);
    NP_CHECK(read(f.b, &byte, 1) == 0, "the end arrives");
    NP_CHECK(f.done == 0);
    check_flow(&f, f.b, f.a, 100000);
    shutdown(f.b, SHUT_WR);
    for (int i = 0; i < 5; i++)
        turn(&f);
    NP_CHECK(f.done == 1 && read(f.a, &byte, 1) == 0);
    end(&f);
}

NP_TEST(a_side_that_takes_nothing_stops_the_other)
{
    struct fixture f;
    char buf[65536] = {0};
    size_t sent = 0;
    start(&f, NP_STR_NULL);
    for (int idle = 0; idle < 20;) {
        ssize_t n = write(f.a, buf, sizeof(buf));
        sent += n > 0 ? (size_t)n : 0;
        idle = n > 0 ? 0 : idle + 1;
        turn(&f);
    }
    NP_CHECK(sent < 4000000, "%zu bytes were taken", sent);
    end(&f);
}

NP_TEST(a_broken_side_ends_both)
{
    struct fixture f;
    start(&f, NP_STR_NULL);
    close(f.b);
    f.b = dup(f.a);
    NP_CHECK(write(f.a, "x", 1) == 1);
    for (int i = 0; i < 5; i++)
        turn(&f);
    NP_CHECK(f.done == 1);
    end(&f);
}
