/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - a connection to the agent that comes back. */
#include "host/client.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/list.h"
#include "base/log.h"
#include "io/child.h"
#include "io/net.h"

#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 5000

struct call {
    struct np_node node;
    uint64_t number;
    unsigned verb;
    np_agent_reply_fn *reply;
    void *arg;
};

struct np_agent_client {
    struct np_loop *loop;
    struct np_str data_dir;
    struct np_agent_client_handlers h;
    void *arg;
    struct np_watch watch;
    struct np_timer retry;
    uint64_t retry_ms, last_number;
    int fd; /* -1: not connected */
    bool greeted;
    struct np_node calls;
    size_t n_calls;
};

static void connect_again(struct np_timer *t);

static void fail_calls(struct np_agent_client *c)
{
    struct np_err err;
    np_err(&err, NP_ECLOSED, "the agent went away");
    struct np_node failed;
    np_list_init(&failed);
    for (struct np_node *n; (n = np_list_pop(&c->calls)) != NULL;)
        np_list_append(&failed, n);
    c->n_calls = 0;
    for (struct np_node *n; (n = np_list_pop(&failed)) != NULL;) {
        struct call *one = NP_CONTAINER(n, struct call, node);
        one->reply(one->arg, NP_ECLOSED, NULL, &err);
        np_free(one);
    }
}

static void disconnect(struct np_agent_client *c)
{
    np_watch_del(&c->watch);
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->greeted = false;
}

static void lost(struct np_agent_client *c)
{
    disconnect(c);
    c->retry_ms = c->retry_ms == 0 ? RETRY_MIN_MS : c->retry_ms * 2;
    if (c->retry_ms > RETRY_MAX_MS)
        c->retry_ms = RETRY_MAX_MS;
    np_timer_set(c->loop, &c->retry, c->retry_ms, connect_again);
    fail_calls(c);
}

/* --- what comes --- */

static struct call *take_call(struct np_agent_client *c, const struct np_agent_head *h)
{
    NP_LIST_EACH(n, &c->calls)
    {
        struct call *one = NP_CONTAINER(n, struct call, node);
        if (one->number != h->number || one->verb != h->verb)
            continue;
        np_list_remove(n);
        c->n_calls--;
        return one;
    }
    return NULL;
}

static bool take_message(struct np_agent_client *c, struct np_str packet)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_agent_head h;
    struct np_err err = {0};
    void *value;
    int rc = np_agent_get(packet, true, a, &h, &value, &err);
    if (rc == 0 && h.verb == NP_AGENT_CHANGED) {
        c->h.changed(c->arg);
        return c->fd >= 0;
    }
    struct call *one = rc == 0 ? take_call(c, &h) : NULL;
    if (one == NULL) {
        np_log(NP_WARN, "agent.bad_reply", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
        return false;
    }
    if (h.code != 0) {
        const struct agent_Failure *f = value;
        np_err(&err, h.code, "%.*s", NP_FMT(f->Message));
        value = NULL;
    }
    one->reply(one->arg, h.code, value, &err);
    np_free(one);
    return c->fd >= 0;
}

static void on_socket(struct np_watch *w, unsigned events)
{
    struct np_agent_client *c = NP_CONTAINER(w, struct np_agent_client, watch);
    char packet[NP_AGENT_MESSAGE_MAX];
    for (;;) {
        ssize_t n = recv(c->fd, packet, sizeof(packet), MSG_TRUNC);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0 || (size_t)n > sizeof(packet) || !take_message(c, np_str_n(packet, (size_t)n))) {
            if (c->fd >= 0)
                lost(c);
            return;
        }
    }
}

/* --- connecting --- */

static void greeted(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct np_agent_client *c = arg;
    if (rc != 0) {
        if (rc != NP_ECLOSED)
            np_log(NP_ERROR, "agent.refuses", "reason=\"%.*s\"", NP_FMT(np_err_text(err)));
        return;
    }
    c->greeted = true;
    c->retry_ms = 0;
    c->h.ready(c->arg, value);
}

static int call(struct np_agent_client *c, enum np_agent_verb verb, const void *in,
                np_agent_reply_fn *reply, void *arg)
{
    NP_AUTO_BUF b;
    struct np_agent_head h = {
        .version = NP_AGENT_VERSION, .verb = (uint8_t)verb, .number = ++c->last_number};
    np_buf_init(&b, NULL, NP_AGENT_MESSAGE_MAX);
    np_agent_put(&b, &h, false, in);
    np_assert(np_buf_ok(&b)); /* requests are short */
    if (send(c->fd, b.p, b.n, MSG_NOSIGNAL) != (ssize_t)b.n)
        return NP_EAGAIN;
    struct call *one = np_heap_new(struct call);
    *one = (struct call){.number = h.number, .verb = verb, .reply = reply, .arg = arg};
    np_list_append(&c->calls, &one->node);
    c->n_calls++;
    return 0;
}

static bool try_connect(struct np_agent_client *c)
{
    static const struct agent_HelloRequest hello = {.Version = {true, NP_AGENT_VERSION}};
    NP_AUTO_ARENA a = np_arena_new();
    return np_dial_unix(np_str_printf(a, "%.*s/agent.sock", NP_FMT(c->data_dir)), &c->fd, NULL) ==
               0 &&
           np_watch_add(c->loop, &c->watch, c->fd, NP_READABLE, on_socket, NULL) == 0 &&
           call(c, NP_AGENT_HELLO, &hello, greeted, c) == 0;
}

static void connect_again(struct np_timer *t)
{
    struct np_agent_client *c = NP_CONTAINER(t, struct np_agent_client, retry);
    if (!try_connect(c))
        lost(c);
}

struct np_agent_client *np_agent_client_new(struct np_loop *l, struct np_str data_dir,
                                            const struct np_agent_client_handlers *h, void *arg)
{
    struct np_agent_client *c = np_heap_new(struct np_agent_client);
    *c = (struct np_agent_client){.loop = l, .data_dir = data_dir, .h = *h, .arg = arg, .fd = -1};
    np_list_init(&c->calls);
    np_timer_set(l, &c->retry, 0, connect_again);
    return c;
}

void np_agent_client_free(struct np_agent_client *c)
{
    if (c == NULL)
        return;
    disconnect(c);
    np_timer_stop(&c->retry);
    for (struct np_node *n; (n = np_list_pop(&c->calls)) != NULL;)
        np_free(NP_CONTAINER(n, struct call, node));
    np_free(c);
}

bool np_agent_client_ready(const struct np_agent_client *c)
{
    return c->greeted;
}

int np_agent_call(struct np_agent_client *c, enum np_agent_verb verb, const void *in,
                  np_agent_reply_fn *reply, void *arg)
{
    if (!c->greeted)
        return NP_ECLOSED;
    return c->n_calls < NP_AGENT_PENDING_MAX ? call(c, verb, in, reply, arg) : NP_EAGAIN;
}
