/* SPDX-License-Identifier: Apache-2.0 */
/* server_skip_test.c - bodies that the handler does not read to their end. */
#include "http/fixture.h"

#include <unistd.h>

#include "http/limits.h"

NP_TEST(a_short_unread_body_is_skipped)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    fx_send(&f, fd,
            np_str_printf(f.arena, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: %zu\r\n\r\n",
                          (size_t)NP_HTTP_SKIP_MAX));
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    NP_CHECK(f.complete == 1);
    fx_send(&f, fd, fx_pattern(&f, NP_HTTP_SKIP_MAX));
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_longer_unread_body_ends_the_connection)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    fx_send(&f, fd,
            np_str_printf(f.arena, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: %zu\r\n\r\n",
                          (size_t)NP_HTTP_SKIP_MAX + 1));
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    close(fd);
    fixture_fini(&f);
}

static void reply_in_the_middle(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    if (rc == 0 && !end && f->data++ == 0)
        np_http_reply(f->x, 200, NULL, 0, NP_STR("ok"));
}

static void read_some(struct fixture *f, struct np_http_x *x)
{
    f->data = 0;
    np_http_read(x, reply_in_the_middle, f);
}

/* The client has to know that the connection ends: it would send its next request there. */
NP_TEST(a_reply_in_the_middle_of_a_long_body_says_that_the_connection_ends)
{
    struct fixture f;
    fixture_start(&f, read_some);
    int fd = fx_connect(&f);
    fx_send(&f, fd,
            np_str_printf(f.arena, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: %zu\r\n\r\nx",
                          (size_t)NP_HTTP_SKIP_MAX + 2));
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    close(fd);
    fd = fx_connect(&f);
    fx_send(&f, fd,
            np_str_printf(f.arena, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: %zu\r\n\r\nx",
                          (size_t)NP_HTTP_SKIP_MAX + 1));
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    fx_send(&f, fd, fx_pattern(&f, NP_HTTP_SKIP_MAX));
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: 2\r\n\r\nxy");
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(an_unread_body_in_chunks_is_skipped_up_to_the_limit)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: chunked\r\n\r\n40000\r\n");
    fx_recv(&f, fd, "ok");
    fx_send(&f, fd, fx_pattern(&f, 0x40000));
    FX_SEND(&f, fd,
            "\r\n0\r\n\r\nPUT / HTTP/1.1\r\n" FX_HOST
            "Transfer-Encoding: chunked\r\n\r\n40001\r\n");
    fx_recv(&f, fd, "ok");
    fx_send(&f, fd, fx_pattern(&f, 0x40001));
    NP_CHECK(fx_recv_all(&f, fd).n == 0);
    close(fd);
    fixture_fini(&f);
}
