/* SPDX-License-Identifier: Apache-2.0 */
/* pool_test.c - addresses outside: given, kept and given again; listened on and answered by whom
 * they belong to. */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aws/core_int.h"
#include "aws/pool_int.h"
#include "aws/tags.h"
#include "base/auto.h"
#include "io/file.h"
#include "io/net.h"

#define OWNER(name) NP_STR("arn:aws:web::111122223333:site/" name)

struct fixture {
    struct np_core core;
    struct np_worker worker, *workers[1];
    struct np_err err;
};

static void on_request(void *arg, struct np_http_x *x)
{
    struct np_arena *a = np_http_arena(x);
    struct np_str to = np_addr_ip_text(a, np_http_to(x));
    np_http_reply(x, 200, NULL, 0, np_str_printf(a, "%s at %.*s.", (const char *)arg, NP_FMT(to)));
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
}

static void *web(struct np_core *core, size_t worker)
{
    return "web";
}

static void *gateway(struct np_core *core, size_t worker)
{
    return "gateway";
}

static void open_store(struct fixture *f)
{
    const struct np_migration *list = np_aws_state_migrations;
    size_t n = np_aws_state_migrations_n;
    const struct np_store_opts o = {.dir = f->core.config.data_dir,
                                    .migrations = &list,
                                    .n_migrations = &n,
                                    .n_components = 1,
                                    .no_sync = true};
    NP_CHECK(np_store_open(&o, &f->core.store, &f->err) == 0, "%s", f->err.text);
}

static void start(struct fixture *f, const char *dir)
{
    *f = (struct fixture){.workers = {&f->worker}};
    np_core_init(&f->core);
    f->core.config.data_dir = np_str_of(dir);
    f->core.workers = f->workers;
    f->core.n_workers = 1;
    NP_CHECK(np_loop_new(&f->worker.loop, NULL) == 0);
    NP_CHECK(np_egress_new(NULL, &f->core.egress, NULL) == 0);
    NP_CHECK(np_pool_open(&f->core, &f->err) == 0, "%s", f->err.text);
    open_store(f);
    np_pool_project(&f->core);
    NP_CHECK(np_store_start(f->core.store, &f->err) == 0, "%s", f->err.text);
}

static void listen_on(struct fixture *f, uint16_t port)
{
    static const struct np_http_handlers handlers = {on_request, on_gone};
    struct np_pool_service s = {.what = "web", .port = port, .http = &handlers, .arg = web};
    np_pool_serve(&f->core, &s);
    s.what = NP_POOL_REGION;
    s.arg = gateway;
    np_pool_serve(&f->core, &s);
    NP_CHECK(np_pool_listen(&f->core, &f->err) == 0, "%s", f->err.text);
}

static void end(struct fixture *f)
{
    np_store_close(f->core.store);
    np_pool_end(&f->core, 0);
    np_pool_close(&f->core);
    np_loop_free(f->worker.loop);
    np_egress_free(f->core.egress);
    np_core_fini(&f->core);
}

/* --- rows --- */

struct take {
    struct np_str owner;
    unsigned ordinal, n;
    uint32_t slot;
    bool drop;
};

static int apply(struct np_txn *t, void *arg, struct np_err *err)
{
    struct take *x = arg;
    if (x->drop)
        return np_pool_drop(t, x->owner, err);
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < x->n; i++)
        rc = np_pool_take(t, x->owner, x->ordinal + i, &x->slot, err);
    return rc;
}

static int write_now(struct fixture *f, struct take *x)
{
    const struct np_scope scope = {NP_STR("111122223333"), NP_STR("us-east-1"), 1000};
    return np_store_write_now(f->core.store, NP_DB_STATE, &scope, apply, x, &f->err);
}

static uint32_t take(struct fixture *f, struct np_str owner, unsigned ordinal)
{
    struct take x = {.owner = owner, .ordinal = ordinal, .n = 1};
    int rc = write_now(f, &x);
    NP_CHECK(rc == 0, "%s", f->err.text);
    return x.slot;
}

static void drop(struct fixture *f, struct np_str owner)
{
    struct take x = {.owner = owner, .drop = true};
    NP_CHECK(write_now(f, &x) == 0, "%s", f->err.text);
}

NP_TEST(an_owner_keeps_its_slot)
{
    struct fixture f;
    start(&f, np_test_dir());
    uint32_t a = take(&f, OWNER("a"), 0), b = take(&f, OWNER("b"), 0), a1 = take(&f, OWNER("a"), 1);
    NP_CHECK(a != NP_POOL_GATEWAY && a != b && a != a1 && b != a1);
    NP_CHECK(take(&f, OWNER("a"), 0) == a && take(&f, OWNER("a"), 1) == a1);
    end(&f);
}

NP_TEST(a_slot_is_given_again_after_all_others)
{
    struct fixture f;
    start(&f, np_test_dir());
    uint32_t a = take(&f, OWNER("a"), 0), b = take(&f, OWNER("b"), 0);
    drop(&f, OWNER("b"));
    drop(&f, OWNER("a"));
    struct take rest = {.owner = OWNER("c"), .n = NP_POOL_SLOTS - 3};
    NP_CHECK(write_now(&f, &rest) == 0, "%s", f.err.text);
    NP_CHECK(rest.slot == NP_POOL_SLOTS - 1, "%u: the fresh ones first", rest.slot);
    NP_CHECK(take(&f, OWNER("d"), 0) == b && take(&f, OWNER("d"), 1) == a, "the oldest first");
    struct take more = {.owner = OWNER("e"), .n = 1};
    NP_CHECK(write_now(&f, &more) == NP_ENOSPC, "one more than there are");
    NP_CHECK(take(&f, OWNER("d"), 0) == b, "who has one keeps it");
    end(&f);
}

/* --- the /20 --- */

static struct np_str file_of(struct np_arena *a, const char *dir)
{
    struct np_str text = NP_STR("");
    np_file_read(a, np_str_printf(a, "%s/pool", dir), 4096, &text, NULL);
    return text;
}

NP_TEST(a_region_comes_back_to_its_addresses)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct fixture f;
    const char *dir = np_test_dir();
    start(&f, dir);
    struct in_addr first = np_pool_address(&f.core, 0);
    uint32_t slot = take(&f, OWNER("a"), 0);
    end(&f);
    struct np_str kept = file_of(a, dir);
    start(&f, dir);
    NP_CHECK(np_pool_address(&f.core, 0).s_addr == first.s_addr);
    NP_CHECK(take(&f, OWNER("a"), 0) == slot);
    NP_CHECK_STR(file_of(a, dir), kept);
    NP_CHECK((ntohl(first.s_addr) & 0xffc00fff) == 0x7f400001, "127.64.0.0/10, first of a /20");
    NP_CHECK(np_pool_has(&f.core, first));
    NP_CHECK(!np_pool_has(&f.core, (struct in_addr){htonl(ntohl(first.s_addr) - 1)}));
    NP_CHECK(!np_pool_has(&f.core, (struct in_addr){htonl(ntohl(first.s_addr) + NP_POOL_SLOTS)}));
    end(&f);
}

NP_TEST(two_regions_never_share_addresses)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct fixture one, two;
    char other[256];
    const char *dir = np_test_dir();
    snprintf(other, sizeof(other), "%s/copy", dir);
    start(&one, dir);
    NP_CHECK(np_dir_make(np_str_of(other), 0700, NULL) == 0);
    NP_CHECK(np_file_write(np_str_printf(a, "%s/pool", other), file_of(a, dir), 0600, NULL) == 0);
    start(&two, other); /* a copy of the folder wants the same ones */
    NP_CHECK(np_pool_address(&one.core, 0).s_addr != np_pool_address(&two.core, 0).s_addr);
    NP_CHECK(!np_str_eq(file_of(a, dir), file_of(a, other)), "and has its own from now on");
    end(&two);
    end(&one);
}

static const char *const broken[] = {
    "",
    "x",
    "10.0.0.0/20\n",
    "127.64.16.0/24\n",
    "127.64.16.1/20\n",
    "127.64.16.0/20\n80 x\n80 99999\n\n80\n1 1\n2 2\n3 3\n4 4\n5 5\n6 6\n7 7\n8 8\n9 9\n",
};

NP_TEST(a_file_that_nobody_wrote_does_no_harm)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (text, broken) {
        struct fixture f;
        const char *dir = np_test_dir();
        NP_CHECK(np_file_write(np_str_printf(a, "%s/pool", dir), np_str_of(*text), 0600, NULL) ==
                 0);
        start(&f, dir);
        NP_CHECK(np_pool_address(&f.core, 0).s_addr != htonl(INADDR_LOOPBACK), "%s", *text);
        end(&f);
    }
}

/* --- listening --- */

/* A number that nobody listens on now. */
static uint16_t free_port(void)
{
    struct np_addr at = np_addr_of((struct in_addr){htonl(INADDR_ANY)}, 0);
    NP_AUTO_FD fd = -1;
    NP_CHECK(np_listen_tcp(&at, false, &fd, NULL) == 0 && np_local_addr(fd, &at) == 0);
    return np_addr_port(&at);
}

/* What it answers; "" when it closes without an answer, absent when it cannot be connected to. */
static struct np_str ask(struct fixture *f, struct np_arena *a, uint32_t slot, uint16_t port)
{
    struct np_addr to = np_addr_of(np_pool_address(&f->core, slot), port);
    struct np_str rule = NP_STR("127.0.0.0/8");
    struct np_egress *e;
    NP_AUTO_FD fd = -1;
    NP_CHECK(np_egress_new(&(struct np_strs){&rule, 1, true}, &e, NULL) == 0);
    int rc = np_dial(e, "test", &to, &fd, NULL);
    np_egress_free(e);
    int failed = 0;
    if (rc != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &(socklen_t){sizeof(failed)}) != 0 || failed)
        return NP_STR_NULL;
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
        return NP_STR("");
    char text[1024];
    size_t n = 0;
    for (int i = 0; i < 2000; i++) {
        np_loop_turn(f->worker.loop, 1);
        ssize_t got = recv(fd, text + n, sizeof(text) - n, MSG_DONTWAIT);
        if (got > 0)
            n += (size_t)got;
        else if (got == 0 || errno != EAGAIN)
            break;
    }
    struct np_str all = np_str_n(text, n);
    ptrdiff_t body = np_str_find(all, NP_STR("\r\n\r\n"));
    return np_str_dup(a, body < 0 ? NP_STR("") : np_str_sub(all, (size_t)body + 4, all.n));
}

static void check_served(struct fixture *f, uint16_t number)
{
    NP_AUTO_ARENA a = np_arena_new();
    uint32_t slot = take(f, OWNER("a"), 0), other = take(f, NP_STR("arn:aws:mail:::x"), 0);
    struct in_addr at = np_pool_address(&f->core, slot);
    uint16_t port = np_pool_port(&f->core, at, number);
    struct np_str ip = np_pool_text(a, at);
    NP_CHECK(port != 0);
    NP_CHECK_STR(ask(f, a, slot, port), np_str_printf(a, "web at %.*s.", NP_FMT(ip)));
    ip = np_pool_text(a, np_pool_address(&f->core, NP_POOL_GATEWAY));
    NP_CHECK_STR(ask(f, a, NP_POOL_GATEWAY, port),
                 np_str_printf(a, "gateway at %.*s.", NP_FMT(ip)));
    NP_CHECK(ask(f, a, other, port).n == 0, "its service serves no such port");
    NP_CHECK(ask(f, a, slot + 100, port).n == 0, "nobody's");
    NP_CHECK(np_pool_port(&f->core, np_pool_address(&f->core, other), number) == 0);
    NP_CHECK(np_pool_port(&f->core, np_pool_address(&f->core, slot + 100), number) == 0);
    NP_CHECK(np_pool_port(&f->core, at, (uint16_t)(number ^ 1)) == 0, "another port");
    struct np_addr own = np_addr_of(at, port), foreign = np_addr_of(at, 22);
    NP_CHECK(np_egress_is_own(f->core.egress, &own) && !np_egress_is_own(f->core.egress, &foreign));
    drop(f, OWNER("a"));
    for (int i = 0; i < 5; i++)
        np_loop_turn(f->worker.loop, 0);
    NP_CHECK(ask(f, a, slot, port).n == 0, "given back");
    NP_CHECK(np_pool_service(&f->core, at, number) == NULL);
}

NP_TEST(every_connection_goes_to_whom_its_address_belongs)
{
    struct fixture f;
    uint16_t number = free_port();
    start(&f, np_test_dir());
    listen_on(&f, number);
    check_served(&f, number);
    end(&f);
}

NP_TEST(without_the_users_lock_addresses_are_listened_on_one_by_one)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct fixture f;
    uint16_t number = free_port();
    NP_AUTO_FD held = -1;
    np_net_lock(np_str_printf(a, "nephele/lo/%u", geteuid()), &held, NULL);
    start(&f, np_test_dir());
    NP_CHECK(f.core.pool->lo_fd < 0);
    listen_on(&f, number);
    check_served(&f, number);
    check_served(&f, number); /* what was given back is given again */
    end(&f);
}

NP_TEST(an_address_given_before_the_start_is_listened_on)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct fixture f;
    const char *dir = np_test_dir();
    uint16_t number = free_port();
    NP_AUTO_FD held = -1;
    np_net_lock(np_str_printf(a, "nephele/lo/%u", geteuid()), &held, NULL);
    start(&f, dir);
    uint32_t slot = take(&f, OWNER("a"), 0);
    end(&f);
    start(&f, dir);
    listen_on(&f, number);
    NP_CHECK(np_str_starts(ask(&f, a, slot, number), NP_STR("web at ")));
    end(&f);
}

NP_TEST(a_taken_port_has_a_stand_in_that_is_kept)
{
    struct fixture f;
    const char *dir = np_test_dir();
    struct np_addr at = np_addr_of((struct in_addr){htonl(INADDR_ANY)}, 0);
    NP_AUTO_FD fd = -1;
    NP_CHECK(np_listen_tcp(&at, false, &fd, NULL) == 0 && np_local_addr(fd, &at) == 0);
    uint16_t number = np_addr_port(&at), bound[2];
    for (int i = 0; i < 2; i++) {
        start(&f, dir);
        listen_on(&f, number);
        bound[i] = np_pool_port(&f.core, np_pool_address(&f.core, 0), number);
        NP_CHECK(bound[i] >= NP_POOL_STANDIN && bound[i] != number, "%u", bound[i]);
        check_served(&f, number);
        end(&f);
    }
    NP_CHECK(bound[0] == bound[1]);
    close(np_fd_take(&fd));
    start(&f, dir);
    listen_on(&f, number);
    NP_CHECK(np_pool_port(&f.core, np_pool_address(&f.core, 0), number) == number,
             "the number itself, once it is free");
    end(&f);
}

NP_TEST(an_address_that_somebody_else_listens_on_is_known_to_be_missing)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct fixture f;
    uint16_t number = free_port();
    NP_AUTO_FD held = -1, foreign = -1;
    np_net_lock(np_str_printf(a, "nephele/lo/%u", geteuid()), &held, NULL);
    start(&f, np_test_dir());
    listen_on(&f, number);
    struct np_addr at = np_addr_of(np_pool_address(&f.core, 1), number);
    NP_CHECK(np_listen_tcp(&at, false, &foreign, NULL) == 0);
    NP_CHECK(take(&f, OWNER("a"), 0) == 1);
    NP_CHECK(np_pool_port(&f.core, at.u.v4.sin_addr, number) == 0);
    NP_CHECK(np_pool_port(&f.core, np_pool_address(&f.core, take(&f, OWNER("a"), 1)), number) ==
             number);
    end(&f);
}

static void drained(void *arg)
{
    ++*(int *)arg;
}

NP_TEST(a_drained_pool_takes_no_connection)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct fixture f;
    uint16_t number = free_port();
    int n = 0;
    start(&f, np_test_dir());
    listen_on(&f, number);
    NP_CHECK(ask(&f, a, NP_POOL_GATEWAY, number).n > 0);
    np_pool_drain(&f.core, 0, drained, &n);
    NP_CHECK(n == 0, "not from inside");
    for (int i = 0; i < 50 && n == 0; i++)
        np_loop_turn(f.worker.loop, 1);
    NP_CHECK(n == 1);
    NP_CHECK(ask(&f, a, NP_POOL_GATEWAY, number).n == 0);
    end(&f);
}

NP_TEST(urls_name_a_port_where_it_is_a_stand_in)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK_STR(np_pool_url(a, 80, 80, NP_STR("h")), NP_STR("http://h/"));
    NP_CHECK_STR(np_pool_url(a, 443, 443, NP_STR("h")), NP_STR("https://h/"));
    NP_CHECK_STR(np_pool_url(a, 80, 20080, NP_STR("h")), NP_STR("http://h:20080/"));
    NP_CHECK_STR(np_pool_url(a, 443, 20443, NP_STR("h")), NP_STR("https://h:20443/"));
}
