/* SPDX-License-Identifier: Apache-2.0 */
/* net_test.c - addresses, listeners, egress rules. */
#include "test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/net.h"

static const struct {
    const char *text;
    bool ok;
    const char *why;
} addresses[] = {
    {"127.0.0.1:4566", true, "IPv4"},
    {"[::1]:4566", true, "IPv6"},
    {"0.0.0.0:0", true, "the kernel chooses the port"},
    {"[::ffff:10.0.0.1]:65535", true, "mapped"},
    {"127.0.0.1", false, "no port"},
    {"::1:80", false, "IPv6 wants brackets"},
    {"[127.0.0.1]:80", false, "IPv4 wants none"},
    {"localhost:80", false, "numeric only"},
    {"127.0.0.1:65536", false, "port too large"},
    {"127.0.0.1:", false, "empty port"},
    {"127.0.0.1:-1", false, "negative"},
    {"127.1:80", false, "short form"},
    {"[::1%lo]:80", false, "scope"},
    {"", false, "nothing"},
};

NP_TEST(address_forms)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, addresses) {
        struct np_addr addr;
        struct np_err err = {0};
        int rc = np_addr_parse(np_str_of(c->text), &addr, &err);
        NP_CHECK((rc == 0) == c->ok, "%s: %s", c->text, c->why);
        if (rc == 0)
            NP_CHECK_STR(np_addr_text(a, &addr), np_str_of(c->text));
        else
            NP_CHECK(rc == NP_EINVAL && err.n > 0);
    }
}

NP_TEST(loopback_addresses)
{
    static const struct {
        const char *text;
        bool yes;
    } cases[] = {
        {"127.0.0.1:1", true},  {"127.200.3.4:1", true},        {"[::1]:1", true},
        {"126.0.0.1:1", false}, {"[::ffff:127.0.0.1]:1", true}, {"[::2]:1", false},
        {"[::]:1", false},      {"[::ffff:10.0.0.1]:1", false},
    };
    NP_EACH (c, cases) {
        struct np_addr addr;
        NP_CHECK(np_addr_parse(np_str_of(c->text), &addr, NULL) == 0);
        NP_CHECK(np_addr_is_loopback(&addr) == c->yes, "%s", c->text);
    }
}

static struct np_addr loopback(void)
{
    struct np_addr a;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &a, NULL) == 0);
    return a;
}

NP_TEST(exclusive_listener_proves_that_nobody_else_listens)
{
    struct np_addr any = loopback(), at;
    NP_AUTO_FD fd = -1;
    NP_AUTO_FD fd2 = -1;
    NP_AUTO_FD fd3 = -1;
    NP_CHECK(np_listen_tcp(&any, true, &fd, NULL) == 0);
    NP_CHECK(np_local_addr(fd, &at) == 0 && np_addr_port(&at) != 0);
    NP_CHECK(np_listen_tcp(&at, true, &fd2, NULL) == 0, "a second worker");
    struct np_err err = {0};
    NP_CHECK(np_listen_tcp(&at, false, &fd3, &err) < 0, "taken");
    NP_CHECK(np_str_find(np_err_text(&err), NP_STR("127.0.0.1:")) >= 0, "%s", err.text);
}

static struct np_egress *rules(const char *a, const char *b)
{
    struct np_str v[] = {np_str_of(a), np_str_of(b)};
    struct np_strs list = {v, 2, true};
    struct np_egress *e;
    struct np_err err = {0};
    NP_CHECK(np_egress_new(&list, &e, &err) == 0, "%s", err.text);
    return e;
}

NP_TEST(egress_rules_decide_by_net_and_port)
{
    static const struct {
        const char *to;
        bool ok;
        const char *why;
    } cases[] = {
        {"10.1.2.3:443", true, "in 10.0.0.0/9, any port"},
        {"10.127.255.255:1", true, "the last of it"},
        {"10.128.0.0:443", false, "just behind it"},
        {"[fd00::5]:8080", true, "in fd00::/8, that port"},
        {"[fd00::5]:8081", false, "another port"},
        {"[fe00::5]:8080", false, "another net"},
        {"[::ffff:10.1.2.3]:443", true, "mapped counts as IPv4"},
        {"[::ffff:127.0.0.1]:443", false, "mapped loopback"},
        {"127.0.0.1:443", false, "no rule"},
    };
    struct np_egress *e = rules("10.0.0.0/9", "[fd00::]/8:8080");
    NP_EACH (c, cases) {
        struct np_addr to;
        NP_CHECK(np_addr_parse(np_str_of(c->to), &to, NULL) == 0);
        NP_CHECK(np_egress_allows(e, &to) == c->ok, "%s: %s", c->to, c->why);
        NP_CHECK(!np_egress_allows(NULL, &to), "no rules allow nothing");
    }
    np_egress_free(e);
    e = rules("0.0.0.0/0", "::/0:1");
    struct np_addr to = loopback();
    NP_CHECK(np_egress_allows(e, &to), "an empty prefix");
    np_egress_free(e);
}

NP_TEST(bad_egress_rules_are_refused)
{
    static const char *const bad[] = {"10.0.0.0",      "10.0.0.0/33",  "10.0.0.0/8:",
                                      "10.0.0.0/8:0",  "10.0.0.0/8:x", "::/129",
                                      "example.org/8", "/8",           ""};
    NP_EACH (text, bad) {
        struct np_str v = np_str_of(*text);
        struct np_strs list = {&v, 1, true};
        struct np_egress *e;
        struct np_err err = {0};
        NP_CHECK(np_egress_new(&list, &e, &err) == NP_EINVAL, "%s", *text);
        NP_CHECK(err.n > 0);
    }
}

NP_TEST(dial_obeys_the_rules)
{
    struct np_addr any = loopback(), at;
    NP_AUTO_FD fd = -1;
    NP_AUTO_FD out = -1;
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0 && np_local_addr(fd, &at) == 0);
    struct np_egress *e = rules("10.0.0.0/8", "fd00::/8");
    NP_CHECK(np_dial(e, "test", &at, &out, NULL) == NP_EACCES && out == -1);
    np_egress_free(e);
    e = rules("10.0.0.0/8", "127.0.0.0/8");
    NP_CHECK(np_dial(e, "test", &at, &out, NULL) == 0 && out >= 0);
    np_egress_free(e);
}

NP_TEST(unix_listener_is_private_and_replaces_a_stale_one)
{
    NP_AUTO_ARENA a = np_arena_new();
    /* Longer than a sockaddr_un takes. */
    struct np_str dir = np_str_printf(a, "%s/%0100d", np_test_dir(), 7);
    NP_CHECK(mkdir(np_str_z(a, dir), 0700) == 0);
    struct np_str paths[] = {np_str_printf(a, "%s/s", np_test_dir()),
                             np_str_cat(a, dir, NP_STR("/s"))};
    NP_EACH (path, paths) {
        NP_AUTO_FD fd = -1;
        NP_AUTO_FD to = -1;
        NP_CHECK(np_dial_unix(*path, &to, NULL) < 0, "nobody there");
        NP_CHECK(np_listen_unix(*path, &fd, NULL) == 0);
        close(np_fd_take(&fd));
        NP_CHECK(np_dial_unix(*path, &to, NULL) < 0, "stale");
        struct np_err err = {0};
        NP_CHECK(np_listen_unix(*path, &fd, &err) == 0, "%s", err.text);
        struct stat st;
        NP_CHECK(stat(np_str_z(a, *path), &st) == 0 && (st.st_mode & 0777) == 0600);
        NP_CHECK(np_dial_unix(*path, &to, NULL) == 0);
    }
}

NP_TEST(the_regions_own_endpoints_need_no_rule)
{
    struct np_egress *e;
    struct np_addr net, in, port, out;
    NP_CHECK(np_egress_new(NULL, &e, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.64.16.0:80"), &net, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.64.31.255:80"), &in, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.64.16.1:22"), &port, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.64.32.0:80"), &out, NULL) == 0);
    NP_CHECK(!np_egress_allows(e, &in));
    np_egress_own(e, &net, 20);
    NP_CHECK(np_egress_allows(e, &in) && np_egress_is_own(e, &in));
    NP_CHECK(!np_egress_allows(e, &port), "what else listens on these addresses is the host's");
    NP_CHECK(!np_egress_allows(e, &out) && !np_egress_is_own(e, &out));
    np_egress_free(e);
}

NP_TEST(a_rule_makes_nothing_the_regions_own)
{
    struct np_str rule = NP_STR("127.0.0.0/8");
    struct np_egress *e;
    struct np_addr a;
    NP_CHECK(np_egress_new(&(struct np_strs){&rule, 1, true}, &e, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:80"), &a, NULL) == 0);
    NP_CHECK(np_egress_allows(e, &a) && !np_egress_is_own(e, &a));
    np_egress_free(e);
}

NP_TEST(a_name_of_the_network_is_held_by_one)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str name = np_str_printf(a, "nephele/test/%d", (int)getpid());
    int one, two = -1;
    struct np_err err;
    NP_CHECK(np_net_lock(name, &one, NULL) == 0);
    NP_CHECK(np_net_lock(name, &two, &err) == NP_EBUSY && two == -1);
    close(one);
    NP_CHECK(np_net_lock(name, &two, NULL) == 0, "it goes with the descriptor");
    close(two);
}

NP_TEST(a_port_of_the_device_lo_is_on_every_address_of_it)
{
    NP_AUTO_FD fd = -1, second = -1;
    struct np_addr at;
    NP_CHECK(np_listen_lo(0, &fd, NULL) == 0 && np_local_addr(fd, &at) == 0);
    struct np_addr exact = np_addr_of((struct in_addr){htonl(0x7f70f001)}, np_addr_port(&at));
    NP_CHECK(np_listen_tcp(&exact, true, &second, NULL) == 0, "an address beside it");
    NP_AUTO_FD third = -1;
    NP_CHECK(np_listen_tcp(&exact, false, &third, NULL) == NP_EBUSY, "but for who shares nothing");
}

NP_TEST(a_wildcard_is_dialled_by_loopback)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const char *const cases[][2] = {
        {"0.0.0.0:1", "127.0.0.1:1"}, {"[::]:1", "[::1]:1"}, {"127.0.0.2:1", "127.0.0.2:1"}};
    NP_EACH (c, cases) {
        struct np_addr at;
        NP_CHECK(np_addr_parse(np_str_of((*c)[0]), &at, NULL) == 0);
        np_addr_to_dial(&at);
        NP_CHECK_STR(np_addr_text(a, &at), np_str_of((*c)[1]));
    }
}

static struct in_addr source_of(struct np_egress *e, const struct np_addr *to, int listener,
                                int (*dial)(const struct np_egress *e, const char *purpose,
                                            const struct np_addr *to, int *fd, struct np_err *err))
{
    NP_AUTO_FD fd = -1;
    struct np_err err = {0};
    struct sockaddr_in from;
    NP_CHECK(dial(e, "test", to, &fd, &err) == 0, "%s", err.text);
    NP_CHECK(poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, 10000) == 1);
    NP_AUTO_FD in = accept(listener, (struct sockaddr *)&from, &(socklen_t){sizeof(from)});
    NP_CHECK(in >= 0);
    return from.sin_addr;
}

NP_TEST(the_region_dials_itself_from_an_address_of_its_own)
{
    struct np_str rule = NP_STR("127.0.0.2/32");
    struct in_addr self = {htonl(0x7f4fffff)};
    struct np_egress *e;
    NP_AUTO_FD own = -1, other = -1;
    struct np_addr at, there;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &at, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.2:0"), &there, NULL) == 0);
    NP_CHECK(np_listen_tcp(&at, false, &own, NULL) == 0 && np_local_addr(own, &at) == 0);
    NP_CHECK(np_listen_tcp(&there, false, &other, NULL) == 0 && np_local_addr(other, &there) == 0);
    NP_CHECK(np_egress_new(&(struct np_strs){&rule, 1, true}, &e, NULL) == 0);
    np_egress_own(e, &at, 32);
    np_egress_self(e, self);
    NP_CHECK(source_of(e, &at, own, np_dial).s_addr == self.s_addr);
    NP_CHECK(source_of(e, &at, own, np_dial_for_client).s_addr != self.s_addr);
    NP_CHECK(source_of(e, &there, other, np_dial).s_addr != self.s_addr, "what is not its own");
    np_egress_free(e);
}
