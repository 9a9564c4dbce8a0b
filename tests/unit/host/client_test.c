/* SPDX-License-Identifier: Apache-2.0 */
/* client_test.c - the region's side of the agent's socket against an agent that does not answer. */
#include "test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "gen/agent/types.h"
#include "host/agent_wire.h"
#include "host/client.h"
#include "host/limits.h"
#include "io/net.h"

struct env {
    struct np_loop *loop;
    struct np_agent_client *c;
    int listener, sock;
    int answered, gone;
    uint32_t asked; /* the number of the last question */
};

static void ready(void *arg, const struct agent_HelloReply *hello)
{
}

static void changed(void *arg)
{
}

static void replied(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct env *e = arg;
    e->answered += rc == 0;
    e->gone += rc == NP_ECLOSED;
}

static void reply(struct env *e, uint8_t verb, uint32_t number, const void *value)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 65536);
    struct np_agent_head head = {.version = NP_AGENT_VERSION, .verb = verb, .number = number};
    np_agent_put(&b, &head, true, value);
    NP_CHECK(np_agent_send(e->sock, np_buf_str(&b), NULL, 0) == 0);
}

/* Reads what was asked; Hello alone is answered. */
static void listen_to(struct env *e)
{
    static const struct agent_HelloReply hello = {
        {true, NP_AGENT_VERSION}, {true, 1}, {true, 7}, {true, true}, {true, false}};
    for (;;) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_agent_packet p;
        struct np_agent_head h;
        void *value;
        if (e->sock < 0)
            e->sock = accept4(e->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (e->sock < 0 || np_agent_recv(e->sock, a, &p) != 0 ||
            np_agent_get(p.bytes, false, a, &h, &value, NULL) != 0)
            return;
        if (h.verb == NP_AGENT_HELLO)
            reply(e, h.verb, h.number, &hello);
        else
            e->asked = h.number;
    }
}

static int ask(struct env *e)
{
    static const struct agent_ListNetworksRequest nothing;
    return np_agent_call(e->c, NP_AGENT_LIST_NETWORKS, &nothing, replied, e);
}

NP_TEST(so_many_calls_of_a_client_wait_and_no_more)
{
    static const struct np_agent_client_handlers handlers = {ready, changed};
    static const struct agent_ListNetworksReply none = {.Networks = {.set = true}};
    struct env e = {.sock = -1};
    struct np_str dir = np_str_of(np_test_dir());
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_loop_new(&e.loop, NULL) == 0);
    NP_CHECK(np_listen_unix(np_str_cat(a, dir, NP_STR("/agent.sock")), &e.listener, NULL) == 0);
    e.c = np_agent_client_new(e.loop, dir, &handlers, &e);
    for (int i = 0; i < 20000 && !np_agent_client_ready(e.c); i++) {
        np_loop_turn(e.loop, 1);
        listen_to(&e);
    }
    for (int i = 0; i < NP_AGENT_PENDING_MAX; i++) {
        NP_CHECK(ask(&e) == 0, "%d", i);
        np_loop_turn(e.loop, 0);
        listen_to(&e);
    }
    NP_CHECK(ask(&e) == NP_EAGAIN);
    reply(&e, NP_AGENT_LIST_NETWORKS, e.asked, &none);
    for (int i = 0; i < 20000 && e.answered == 0; i++)
        np_loop_turn(e.loop, 1);
    NP_CHECK(e.answered == 1 && ask(&e) == 0, "one has gone: another may come");
    NP_CHECK(ask(&e) == NP_EAGAIN);
    np_agent_client_free(e.c);
    NP_CHECK(e.gone == NP_AGENT_PENDING_MAX, "%d of them are told", e.gone);
    np_loop_free(e.loop);
    close(e.listener);
    close(e.sock);
}
