/* SPDX-License-Identifier: Apache-2.0 */
/* hand_test.c - exchanges that change hands, and connections that were accepted elsewhere. */
#include "http/fixture.h"

#include <unistd.h>

static void second_request(void *arg, struct np_http_x *x)
{
    struct fixture *f = arg;
    const struct np_http_head *h = np_http_head(x);
    NP_CHECK(np_http_user(x) == NULL);
    struct np_str to = np_addr_text(f->arena, np_http_to(x));
    np_buf_printf(&f->log, "second:%.*s %.*s?%.*s@%.*s n=%zu x=%.*s to=%.*s ", NP_FMT(h->method),
                  NP_FMT(h->path), NP_FMT(h->query), NP_FMT(h->host), h->n_fields,
                  NP_FMT(np_http_field(h, NP_STR("X-New"))), NP_FMT(to));
    f->x = x;
    fx_read_and_reply(f, x);
}

static void second_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct fixture *f = arg;
    np_buf_printf(&f->log, "second-gone:%d ", complete);
}

static const struct np_http_handlers second = {second_request, second_gone};

static void hand(struct fixture *f, struct np_http_x *x)
{
    static const struct np_http_field fields[] = {{{"Host", 4}, {"new", 3}},
                                                  {{"X-New", 5}, {"1", 1}}};
    struct np_addr to = np_addr_of((struct in_addr){htonl(0x7f400001)}, 80);
    np_http_set_user(x, f);
    np_http_rewrite(x, NP_STR("/b?c=d"), NP_STR("new"), fields, NP_LEN(fields));
    np_http_hand(x, &second, f, &to);
}

NP_TEST(an_exchange_is_handed_over_with_its_body)
{
    struct fixture f;
    fixture_start(&f, hand);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd,
            "PUT http://a/old HTTP/1.1\r\n" FX_HOST "X-Old: 1\r\nContent-Length: 3\r\n\r\nabc");
    fx_recv(&f, fd, "ok");
    fx_turns(&f, 3);
    NP_CHECK_STR(np_buf_str(&f.log),
                 NP_STR("second:PUT /b?c=d@new n=2 x=1 to=127.64.0.1:80 abc end second-gone:1 "));
    NP_CHECK(f.gone == 0, "the first handler hears no more of it");
    close(fd);
    fixture_fini(&f);
}

static void hand_later(void *arg)
{
    struct fixture *f = arg;
    np_http_hand(f->x, &second, f, NULL);
}

static void defer_hand(struct fixture *f, struct np_http_x *x)
{
    np_defer(f->loop, &f->defer, hand_later, f);
}

NP_TEST(an_exchange_may_be_handed_over_later)
{
    struct fixture f;
    fixture_start(&f, defer_hand);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET /a HTTP/1.1\r\n" FX_HOST "\r\n");
    fx_recv(&f, fd, "ok");
    fx_turns(&f, 3);
    struct np_str at = np_addr_text(f.arena, &f.addr);
    NP_CHECK_STR(
        np_buf_str(&f.log),
        np_str_printf(f.arena, "second:GET /a?@a n=1 x= to=%.*s  end second-gone:1 ", NP_FMT(at)));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_handed_exchange_tells_its_new_owner_of_the_end)
{
    struct fixture f;
    fixture_start(&f, defer_hand);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT /a HTTP/1.1\r\n" FX_HOST "Content-Length: 3\r\n\r\n");
    FX_UNTIL(&f, np_str_find(np_buf_str(&f.log), NP_STR("second:")) >= 0);
    close(fd);
    FX_UNTIL(&f, np_str_find(np_buf_str(&f.log), NP_STR("second-gone:0")) >= 0);
    fixture_fini(&f);
}

NP_TEST(a_server_without_a_listener_takes_connections)
{
    static const struct np_http_handlers handlers = {second_request, second_gone};
    struct fixture f;
    struct np_http_server *s;
    struct np_addr any = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    int listener, fd;
    fixture_init(&f, fx_ok);
    NP_CHECK(np_http_server_new(f.loop, -1, NULL, &f.config, &handlers, &f, &s, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &listener, NULL) == 0);
    NP_CHECK(np_local_addr(listener, &f.addr) == 0);
    fd = fx_connect(&f);
    int in = -1;
    FX_UNTIL(&f, (in = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0);
    np_http_server_adopt(s, in);
    FX_SEND(&f, fd, "GET /a HTTP/1.1\r\n" FX_HOST "\r\n");
    fx_recv(&f, fd, "ok");
    NP_CHECK(np_http_server_connections(s) == 1);
    close(fd);
    close(listener);
    np_http_server_free(s);
    fixture_fini(&f);
}
