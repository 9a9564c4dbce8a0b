/* SPDX-License-Identifier: Apache-2.0 */
/* server_tls_test.c - connections of TLS that never become one, and trailers of responses. */
#include "http/fixture.h"

#include <unistd.h>

#include "io/tls.h"

static void start(struct fixture *f, struct np_ca **ca)
{
    struct np_err err = {0};
    fixture_init(f, fx_ok);
    *ca = np_ca_new(np_str_of(np_test_dir()));
    const struct np_tls_server_opts o = {.ca = *ca, .h2 = true};
    NP_CHECK(np_tls_server_new(&o, &f->tls, &err) == 0, "%s", err.text);
    f->config.handshake_timeout_ms = 30;
    fixture_serve(f);
}

static void stop(struct fixture *f, struct np_ca *ca)
{
    struct np_tls *tls = f->tls;
    fixture_fini(f);
    np_tls_free(tls);
    np_ca_free(ca);
}

NP_TEST(a_handshake_that_stops_is_given_up)
{
    struct fixture f;
    struct np_ca *ca;
    start(&f, &ca);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "\x16\x03\x01\x01");
    NP_CHECK(fx_recv_all(&f, fd).n == 0);
    FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
    close(fd);
    stop(&f, ca);
}

NP_TEST(a_handshake_in_drops_is_given_up)
{
    struct fixture f;
    struct np_ca *ca;
    start(&f, &ca);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "\x16\x03\x01\x01\x01\x01\x01\x01\x01");
    char c;
    ssize_t n = -1;
    for (int i = 0; i < 20000 && n != 0; i++) {
        if (i < 200)
            send(fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        np_loop_turn(f.loop, 1);
        n = recv(fd, &c, 1, MSG_DONTWAIT);
        if (np_http_server_connections(f.server) == 0)
            break;
    }
    NP_CHECK(np_http_server_connections(f.server) == 0);
    close(fd);
    stop(&f, ca);
}

NP_TEST(a_plain_client_of_a_tls_port_has_its_own_time)
{
    struct fixture f;
    struct np_ca *ca;
    start(&f, &ca);
    int fd = fx_connect(&f);
    uint64_t until = np_now_ms(f.loop) + 90;
    while (np_now_ms(f.loop) < until)
        np_loop_turn(f.loop, 5);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    fx_recv(&f, fd, "ok");
    close(fd);
    stop(&f, ca);
}

static const struct np_http_field sums[] = {{NP_STR("X-Sum"), NP_STR("4\r\n2")}};

static void end_with_trailers(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, f->data);
    np_http_write(x, NP_STR("abc"));
    np_http_end_with(x, sums, 1);
}

NP_TEST(trailers_follow_chunks_and_no_length)
{
    struct fixture f;
    fixture_start(&f, end_with_trailers);
    f.data = -1;
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    NP_CHECK(np_str_ends(fx_recv(&f, fd, "X-Sum"), NP_STR("3\r\nabc\r\n0\r\nX-Sum: 4  2\r\n\r\n")));
    f.data = 3;
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    NP_CHECK(np_str_ends(fx_recv(&f, fd, "abc"), NP_STR("Content-Length: 3\r\n\r\nabc")));
    f.data = -1;
    FX_SEND(&f, fd, "GET / HTTP/1.0\r\n\r\n");
    NP_CHECK(np_str_ends(fx_recv_all(&f, fd), NP_STR("\r\n\r\nabc")));
    close(fd);
    fixture_fini(&f);
}
