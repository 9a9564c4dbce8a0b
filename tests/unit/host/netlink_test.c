/* SPDX-License-Identifier: Apache-2.0 */
/* netlink_test.c - what rtnetlink is told is what it tells, in a namespace of the test's own. */
#include "test.h"

#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/net/netlink.h"

#define TABLE 70000u

/* In a child: 0, or the line that failed. A limit on children's status keeps lines small. */
#define MUST(x)                                                                                    \
    do {                                                                                           \
        if (!(x))                                                                                  \
            return __LINE__;                                                                       \
    } while (0)

static int round_trip(void)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_nl *nl;
    struct np_err err = {0};
    struct np_link *links;
    struct np_route *routes;
    struct np_rule *rules;
    struct np_ip *ips;
    size_t n;
    int self = STDIN_FILENO;
    MUST(np_nl_open(&nl, &err) == 0);
    FILE *ns = fopen("/proc/self/ns/net", "r");
    MUST(ns != NULL);
    self = fileno(ns);
    np_nl_veth(nl, &(struct np_veth){.name = "va",
                                     .peer = "vb",
                                     .index = 20,
                                     .peer_index = 21,
                                     .peer_ns = self,
                                     .mac = 0x020000000001,
                                     .peer_mac = 0x020000000001,
                                     .point_to_point = true});
    np_nl_link_up(nl, "va", "eni-1 i-1 0");
    np_nl_link_up(nl, "vb", NULL);
    const struct np_ip ip = {.index = 20, .addr = 0x0a000101, .bits = 24};
    const struct np_route via = {.table = TABLE,
                                 .dst = 0x0a090000,
                                 .bits = 16,
                                 .type = RTN_UNICAST,
                                 .index = 20,
                                 .via = 0xa9fe6201};
    const struct np_route hole = {.table = TABLE, .type = RTN_BLACKHOLE};
    const struct np_rule rule = {.pref = 1000, .mark = 0x10001, .table = TABLE};
    for (int twice = 0; twice < 2; twice++) { /* being there is fine */
        np_nl_ip(nl, true, &ip);
        np_nl_route(nl, true, &via);
        np_nl_route(nl, true, &hole);
        np_nl_rule(nl, true, &rule);
    }
    for (uint32_t i = 0; i < 300; i++) /* more than a batch */
        np_nl_route(nl, true,
                    &(struct np_route){
                        .table = TABLE + 1, .dst = i << 8, .bits = 24, .type = RTN_BLACKHOLE});
    MUST(np_nl_flush(nl, &err) == 0);
    MUST(np_nl_links(nl, a, &links, &n, &err) == 0 && n == 3);
    for (size_t i = 0; i < n; i++)
        if (links[i].index == 20)
            MUST(strcmp(links[i].name, "va") == 0 && strcmp(links[i].alias, "eni-1 i-1 0") == 0);
    MUST(np_nl_routes(nl, a, &routes, &n, &err) == 0 && n == 302);
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += memcmp(&routes[i], &via, sizeof(via)) == 0 ||
                 memcmp(&routes[i], &hole, sizeof(hole)) == 0;
    MUST(found == 2);
    MUST(np_nl_rules(nl, a, &rules, &n, &err) == 0 && n == 1 &&
         memcmp(rules, &rule, sizeof(rule)) == 0);
    MUST(np_nl_ips(nl, a, &ips, &n, &err) == 0 && n == 1 && memcmp(ips, &ip, sizeof(ip)) == 0);
    for (int twice = 0; twice < 2; twice++) { /* and not being there, too */
        np_nl_rule(nl, false, &rule);
        np_nl_route(nl, false, &via);
        np_nl_ip(nl, false, &ip);
        np_nl_link_del(nl, "vb");
    }
    MUST(np_nl_flush(nl, &err) == 0);
    MUST(np_nl_links(nl, a, &links, &n, &err) == 0 && n == 1);
    /* What is refused is said by name. */
    np_nl_link_up(nl, "nobody", NULL);
    MUST(np_nl_flush(nl, &err) != 0 && np_str_find(np_err_text(&err), NP_STR("coming up")) >= 0);
    MUST(np_nl_flush(nl, &err) == 0);
    np_nl_close(nl);
    fclose(ns);
    return 0;
}

NP_TEST(what_rtnetlink_is_told_is_there)
{
    int ends[2], line = -1;
    NP_CHECK(pipe(ends) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        bool may = geteuid() == 0 ? unshare(CLONE_NEWNET) == 0
                                  : unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
        int failed = may ? round_trip() : 0; /* where it cannot be made, doctor says so */
        _exit(write(ends[1], &failed, sizeof(failed)) == sizeof(failed) ? 0 : 1);
    }
    close(ends[1]);
    NP_CHECK(read(ends[0], &line, sizeof(line)) == sizeof(line));
    close(ends[0]);
    waitpid(pid, NULL, 0);
    NP_CHECK(line == 0, "line %d", line);
}
