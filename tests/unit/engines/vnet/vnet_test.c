/* SPDX-License-Identifier: Apache-2.0 */
/* vnet_test.c - the engine against an agent that is a double: what is told when, what is removed,
 * what is in force; and what readers see. */
#include "test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/vnet/limits.h"
#include "engines/vnet/relay.h"
#include "engines/vnet/vnet_int.h"
#include "gen/agent/types.h"
#include "host/agent_wire.h"
#include "io/net.h"

struct env {
    struct np_loop *loop, *loops[1];
    struct np_vnet_opts opts;
    struct np_vnet *v;
    int listener, sock; /* of the agent */
    int holder;
    char log[4096]; /* what it was asked, in order */
    int64_t has;    /* version of vpc-1 that it holds; 0: none */
    bool stranger;  /* it also holds vpc-9 */
    int fails;      /* so many EnsureNetworks fail */
    int told, told_rc;
};

static void told(void *arg, struct np_str vpc_id, int rc, const struct np_err *why)
{
    struct env *e = arg;
    if (vpc_id.n == 0)
        return;
    e->told++;
    e->told_rc = rc;
}

static const struct np_vnet_handlers handlers = {0};

static void start(struct env *e)
{
    *e = (struct env){.sock = -1, .holder = 7};
    struct np_str dir = np_str_of(np_test_dir());
    NP_AUTO_ARENA a = np_arena_new();
    np_rcu_thread_begin();
    NP_CHECK(np_loop_new(&e->loop, NULL) == 0);
    e->loops[0] = e->loop;
    NP_CHECK(np_listen_unix(np_str_cat(a, dir, NP_STR("/agent.sock")), &e->listener, NULL) == 0);
    e->opts = (struct np_vnet_opts){.data_dir = dir,
                                    .loops = e->loops,
                                    .n_loops = 1,
                                    .client = {htonl(0xcb00710a)},
                                    .pool = {htonl(0x7f401000)},
                                    .pool_bits = 20,
                                    .handlers = &handlers,
                                    .arg = e};
    e->v = np_vnet_new(&e->opts);
    np_vnet_on_change(e->v, told, e);
}

static void end(struct env *e)
{
    np_vnet_stop(e->v, 0);
    for (int i = 0; i < 3; i++)
        np_loop_turn(e->loop, 0);
    np_vnet_free(e->v);
    np_loop_free(e->loop);
    close(e->listener);
    if (e->sock >= 0)
        close(e->sock);
}

/* --- the agent --- */

static void note(struct env *e, const char *fmt, ...)
{
    size_t n = strlen(e->log);
    va_list args;
    va_start(args, fmt);
    vsnprintf(e->log + n, sizeof(e->log) - n, fmt, args);
    va_end(args);
}

static void reply(struct env *e, const struct np_agent_head *h, const void *value)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 65536);
    struct np_agent_head head = {.version = NP_AGENT_VERSION, .verb = h->verb, .number = h->number};
    np_agent_put(&b, &head, true, value);
    NP_CHECK(np_agent_send(e->sock, np_buf_str(&b), NULL, 0) == 0);
}

static void say_no(struct env *e, const struct np_agent_head *h)
{
    NP_AUTO_BUF b;
    struct np_err err;
    np_err(&err, NP_EINVAL, "not today");
    np_buf_init(&b, NULL, 65536);
    np_agent_put_failure(&b, h, &err);
    NP_CHECK(np_agent_send(e->sock, np_buf_str(&b), NULL, 0) == 0);
}

static void list(struct env *e, const struct np_agent_head *h)
{
    struct agent_NetworkState v[2] = {{NP_STR("vpc-1"), {true, e->has}},
                                      {NP_STR("vpc-9"), {true, 3}}};
    struct agent_ListNetworksReply r = {.Networks = {.v = v, .set = true}};
    r.Networks.n = e->has != 0;
    if (e->stranger)
        r.Networks.v[r.Networks.n++] = v[1];
    note(e, "list ");
    reply(e, h, &r);
}

static void answer(struct env *e, const struct np_agent_head *h, const void *value)
{
    static const struct agent_EnsureNetworkReply nothing;
    const struct agent_EnsureNetworkRequest *net = value;
    const struct agent_RemoveNetworkRequest *gone = value;
    const struct agent_HelloReply hello = {
        {true, NP_AGENT_VERSION}, {true, 1}, {true, e->holder}, {true, true}, {true, false}};
    switch (h->verb) {
    case NP_AGENT_HELLO:
        reply(e, h, &hello);
        return;
    case NP_AGENT_ENSURE_INTERNET:
        note(e, "internet ");
        reply(e, h, &nothing);
        return;
    case NP_AGENT_LIST_NETWORKS:
        list(e, h);
        return;
    case NP_AGENT_ENSURE_NETWORK:
        note(e, "%s%.*s:%zu ", e->fails > 0 ? "!" : "", NP_FMT(net->Id), net->Blocks.n);
        if (e->fails-- > 0) {
            say_no(e, h);
            return;
        }
        e->has = net->Version.v;
        reply(e, h, &nothing);
        return;
    case NP_AGENT_REMOVE_NETWORK:
        note(e, "-%.*s ", NP_FMT(gone->Id));
        reply(e, h, &nothing);
        return;
    default: /* sockets: none are to be had here */
        say_no(e, h);
        return;
    }
}

static void serve(struct env *e)
{
    struct np_agent_packet p;
    for (;;) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_agent_head h;
        void *value;
        if (e->sock < 0)
            e->sock = accept4(e->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (e->sock < 0 || np_agent_recv(e->sock, a, &p) != 0)
            return;
        struct np_err err = {0};
        NP_CHECK(np_agent_get(p.bytes, false, a, &h, &value, &err) == 0, "%s", err.text);
        answer(e, &h, value);
    }
}

/* Until the log ends so. */
static void until(struct env *e, const char *want)
{
    for (int i = 0; i < 20000; i++) {
        np_loop_turn(e->loop, 1);
        serve(e);
        if (np_str_ends(np_str_of(e->log), np_str_of(want)))
            break;
    }
    NP_CHECK(np_str_ends(np_str_of(e->log), np_str_of(want)), "%s", e->log);
    for (int i = 0; i < 50; i++) { /* and nothing comes after it */
        np_loop_turn(e->loop, 0);
        serve(e);
    }
    NP_CHECK(np_str_ends(np_str_of(e->log), np_str_of(want)), "%s", e->log);
}

/* --- the region --- */

static void set(struct env *e, size_t blocks, uint64_t version)
{
    static struct agent_Block v[] = {{{true, 0x0a000000}, {true, 16}},
                                     {{true, 0x0a010000}, {true, 16}}};
    struct agent_EnsureNetworkRequest net = {.Blocks = {.v = v, .n = blocks, .set = true}};
    const struct np_vnet_vpc vpc = {.id = NP_STR("vpc-1"), .version = version, .net = &net};
    np_vnet_set(e->v, &vpc);
}

#define READY(e, version) np_vnet_ready((e)->v, NP_STR("vpc-1"), version)

NP_TEST(a_vpc_is_told_once_and_again_when_it_differs)
{
    struct env e;
    start(&e);
    set(&e, 1, 1);
    NP_CHECK(np_vnet_able(e.v, NULL) == NP_ECLOSED);
    np_vnet_start(e.v);
    until(&e, "internet list vpc-1:1 ");
    NP_CHECK(READY(&e, 1) && !READY(&e, 2) && np_vnet_able(e.v, NULL) == 0 && e.told == 1);
    set(&e, 1, 2); /* nothing that the agent is told of */
    NP_CHECK(READY(&e, 2));
    until(&e, "internet list vpc-1:1 ");
    set(&e, 2, 3);
    NP_CHECK(!READY(&e, 3) && READY(&e, 2));
    until(&e, "list vpc-1:1 vpc-1:2 ");
    NP_CHECK(READY(&e, 3));
    np_vnet_remove(e.v, NP_STR("vpc-1"));
    NP_CHECK(np_vnet_get(e.v, NP_STR("vpc-1")) == NULL);
    until(&e, "-vpc-1 ");
    end(&e);
}

NP_TEST(after_a_restart_only_what_differs_is_told)
{
    struct env e;
    start(&e);
    set(&e, 1, 1);
    np_vnet_start(e.v);
    until(&e, "vpc-1:1 ");
    /* The agent comes again, with what it had and a network that nobody wants. */
    close(e.sock);
    e.sock = -1;
    e.log[0] = '\0';
    e.stranger = true;
    until(&e, "internet list -vpc-9 ");
    NP_CHECK(READY(&e, 1));
    close(e.sock);
    e.sock = -1;
    e.log[0] = '\0';
    e.stranger = false;
    e.has = 12345;
    until(&e, "internet list vpc-1:1 ");
    end(&e);
}

NP_TEST(what_the_agent_refuses_is_told_again)
{
    struct env e;
    start(&e);
    e.fails = 2;
    set(&e, 1, 1);
    np_vnet_start(e.v);
    until(&e, "list !vpc-1:1 !vpc-1:1 vpc-1:1 ");
    NP_CHECK(READY(&e, 1) && e.told == 3 && e.told_rc == 0);
    end(&e);
}

NP_TEST(a_change_during_a_call_follows_it)
{
    struct env e;
    start(&e);
    np_vnet_start(e.v);
    until(&e, "list ");
    set(&e, 1, 1); /* the call is under way */
    set(&e, 2, 2);
    until(&e, "vpc-1:1 vpc-1:2 ");
    set(&e, 1, 3);
    np_vnet_remove(e.v, NP_STR("vpc-1"));
    set(&e, 2, 4); /* wanted again before the agent was told that it is not */
    until(&e, "vpc-1:1 vpc-1:2 ");
    NP_CHECK(READY(&e, 4));
    end(&e);
}

/* --- readers --- */

static struct in_addr ip(uint32_t host)
{
    return (struct in_addr){htonl(host)};
}

NP_TEST(readers_find_interfaces_endpoints_and_names)
{
    struct env e;
    start(&e);
    struct agent_Block blocks[] = {{{true, 0x0a000100}, {true, 24}},
                                   {{true, 0x0a000200}, {true, 24}}};
    struct agent_Subnet subnets[] = {{&blocks[0], {true, 0}, {true, 0}},
                                     {&blocks[1], {true, 0}, {true, 1}}};
    struct agent_EnsureNetworkRequest net = {.Blocks = {.v = blocks, .n = 1, .set = true},
                                             .Subnets = {.v = subnets, .n = 2, .set = true}};
    const struct np_vnet_address at[] = {{ip(0x0a000105), ip(0x7f401002)}, {ip(0x0a000106), {0}}};
    const struct np_vnet_eni enis[] = {
        {.id = NP_STR("eni-1"), .instance_id = NP_STR("i-1"), .addresses = at, .n_addresses = 2}};
    const struct np_vnet_block s3 = {ip(0xc6336402), 32};
    const unsigned first_table = 0;
    const struct in_addr in = ip(0x0a000209);
    const struct np_vnet_name names[] = {
        {NP_STR("sts.us-east-1.amazonaws.com"), &in, 1, false},
        {NP_STR("*.vpce-2.sts.us-east-1.vpce.amazonaws.com"), &in, 1, true}};
    const struct np_vnet_endpoint endpoints[] = {
        {.id = NP_STR("vpce-1"),
         .gateway = true,
         .blocks = &s3,
         .n_blocks = 1,
         .tables = &first_table,
         .n_tables = 1},
        {.id = NP_STR("vpce-2"), .addresses = &in, .n_addresses = 1, .names = names, .n_names = 2}};
    const struct np_vnet_vpc vpc = {.id = NP_STR("vpc-1"),
                                    .net = &net,
                                    .enis = enis,
                                    .n_enis = 1,
                                    .endpoints = endpoints,
                                    .n_endpoints = 2};
    np_vnet_set(e.v, &vpc);
    const struct np_vnet_vpc *found = NULL;
    const struct vnet_net *n = vnet_find(e.v, NP_STR("vpc-1"));
    NP_CHECK(np_vnet_eni_at(e.v, NP_STR("vpc-1"), ip(0x0a000106)) == &n->vpc.enis[0]);
    NP_CHECK(np_vnet_eni_at(e.v, NP_STR("vpc-1"), ip(0x0a000107)) == NULL);
    NP_CHECK(np_vnet_eni_at(e.v, NP_STR("vpc-2"), ip(0x0a000106)) == NULL);
    NP_CHECK(np_vnet_eni_outside(e.v, ip(0x7f401002), &found) != NULL && found == &n->vpc);
    NP_CHECK(np_vnet_eni_of_instance(e.v, NP_STR("i-1"), &found) != NULL);
    NP_CHECK(np_vnet_eni_of_instance(e.v, NP_STR("i-2"), &found) == NULL);
    /* The door's endpoint is the one that the asker's table leads by. */
    NP_CHECK(vnet_gateway_of(n, ip(0x0a000105), ip(0xc6336402)) == &n->vpc.endpoints[0]);
    NP_CHECK(vnet_gateway_of(n, ip(0x0a000205), ip(0xc6336402)) == NULL, "another table");
    NP_CHECK(vnet_gateway_of(n, ip(0x0a000105), ip(0xc6336401)) == NULL, "another service");
    NP_CHECK(vnet_gateway_of(n, ip(0x0a000305), ip(0xc6336402)) == NULL, "no subnet");
    struct np_str own = NP_STR("sts.us-east-1.amazonaws.com");
    struct np_str all = NP_STR("a.vpce-2.sts.us-east-1.vpce.amazonaws.com");
    NP_CHECK(np_vnet_name(e.v, NP_STR("vpc-1"), own) != NULL);
    NP_CHECK(np_vnet_name(e.v, NP_STR("vpc-2"), own) == NULL &&
             np_vnet_name(e.v, NP_STR_NULL, own) == NULL);
    NP_CHECK(np_vnet_name(e.v, NP_STR("vpc-2"), all) != NULL &&
             np_vnet_name(e.v, NP_STR_NULL, all) != NULL);
    end(&e);
}

/* An instance waits for the version that brought its interface, not for what came later. */
static void check_since(struct env *e, uint64_t version, const char *enis, const char *since)
{
    struct agent_EnsureNetworkRequest net = {.Blocks = {.set = true}};
    struct np_vnet_eni v[8];
    struct np_vnet_vpc vpc = {
        .id = NP_STR("vpc-1"), .version = version, .net = &net, .enis = v, .n_enis = 0};
    for (size_t i = 0; enis[2 * i] != '\0'; i++) /* "a1": eni a of instance 1 */
        v[vpc.n_enis++] = (struct np_vnet_eni){.id = np_str_n(&enis[2 * i], 1),
                                               .instance_id = np_str_n(&enis[2 * i + 1], 1)};
    np_vnet_set(e->v, &vpc);
    const struct np_vnet_vpc *now = np_vnet_get(e->v, NP_STR("vpc-1"));
    for (size_t i = 0; i < now->n_enis; i++)
        NP_CHECK(now->enis[i].since == (uint64_t)(since[i] - '0'), "%s: %zu", enis, i);
}

NP_TEST(interfaces_know_since_when)
{
    struct env e;
    start(&e);
    check_since(&e, 1, "a1b2c3", "111");
    check_since(&e, 2, "d4a1b2c3", "2111");
    check_since(&e, 3, "a1c3e5", "113");
    check_since(&e, 4, "a1b2c3", "141");
    check_since(&e, 5, "c3b1a1", "151");
    np_vnet_remove(e.v, NP_STR("vpc-1"));
    check_since(&e, 6, "a1", "6");
    end(&e);
}

/* --- limits --- */

struct dialled {
    int refused, other;
};

static void dialled(void *arg, int rc, int fd, const struct np_err *err)
{
    struct dialled *d = arg;
    d->refused += rc == NP_EAGAIN;
    d->other += rc != NP_EAGAIN;
}

/* While the agent does not answer. */
NP_TEST(so_many_wait_for_a_socket_and_no_more)
{
    struct env e;
    struct dialled d = {0};
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
    start(&e);
    np_vnet_start(e.v);
    until(&e, "internet list ");
    for (int i = 0; i < NP_VNET_DIALS_MAX; i++)
        np_vnet_dial(e.v, 0, NP_STR_NULL, to.sin_addr, &to, dialled, &d);
    for (int i = 0; i < 3; i++)
        np_loop_turn(e.loop, 0);
    NP_CHECK(d.refused == 0 && d.other == 0);
    np_vnet_dial(e.v, 0, NP_STR_NULL, to.sin_addr, &to, dialled, &d);
    for (int i = 0; i < 3; i++)
        np_loop_turn(e.loop, 0);
    NP_CHECK(d.refused == 1 && d.other == 0);
    until(&e, "internet list "); /* it says no: all of them are told */
    NP_CHECK(d.refused == 1 && d.other == NP_VNET_DIALS_MAX);
    end(&e);
}

struct outside {
    int n, last; /* dialled so far; the far end of the first */
};

static int dial_outside(void *arg, const struct sockaddr_in *to, int *fd, struct np_err *err)
{
    struct outside *o = arg;
    int pair[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    *fd = pair[0];
    if (o->n++ == 0)
        o->last = pair[1];
    else
        close(pair[1]);
    return 0;
}

/* Guest n says a word, from an address of its own. */
static void speak(struct env *e, const struct sockaddr_in *to, int n)
{
    const struct sockaddr_in from = {.sin_family = AF_INET,
                                     .sin_addr = {htonl(0x7f010000 + 1 + (uint32_t)n)},
                                     .sin_port = htons(5000)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    NP_CHECK(bind(fd, (const struct sockaddr *)&from, sizeof(from)) == 0);
    NP_CHECK(sendto(fd, "x", 1, 0, (const struct sockaddr *)to, sizeof(*to)) == 1);
    close(fd);
    np_loop_turn(e->loop, 0);
    np_loop_turn(e->loop, 0);
}

/* Of datagrams: the pair of addresses that said nothing for longest goes for a new one. */
NP_TEST(so_many_sessions_of_datagrams_and_the_idlest_goes)
{
    struct env e;
    struct outside o = {.last = -1};
    struct np_err err = {0};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(to);
    char byte;
    start(&e);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    NP_CHECK(bind(fd, (struct sockaddr *)&to, len) == 0 &&
             getsockname(fd, (struct sockaddr *)&to, &len) == 0);
    struct np_datagrams *d = np_datagrams_new(e.v, 0, fd, dial_outside, &o, &err);
    NP_CHECK(d != NULL, "%s", err.text);
    for (int i = 0; i < NP_RELAY_SESSIONS_MAX; i++)
        speak(&e, &to, i);
    NP_CHECK(np_datagrams_sessions(d) == NP_RELAY_SESSIONS_MAX && o.n == NP_RELAY_SESSIONS_MAX);
    speak(&e, &to, 0); /* no longer the idlest */
    speak(&e, &to, NP_RELAY_SESSIONS_MAX);
    NP_CHECK(np_datagrams_sessions(d) == NP_RELAY_SESSIONS_MAX && o.n == NP_RELAY_SESSIONS_MAX + 1);
    speak(&e, &to, 0);
    NP_CHECK(o.n == NP_RELAY_SESSIONS_MAX + 1, "it was not dialled again");
    for (int i = 0; i < 3; i++)
        NP_CHECK(recv(o.last, &byte, 1, MSG_DONTWAIT) == 1 && byte == 'x');
    speak(&e, &to, 1);
    NP_CHECK(o.n == NP_RELAY_SESSIONS_MAX + 2, "the second had become the idlest");
    close(o.last);
    np_datagrams_free(d);
    end(&e);
}
