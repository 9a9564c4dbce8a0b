/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - a connection to the agent that comes back. */
#include "host/client.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/list.h"
#include "base/log.h"
#include "host/agent_wire.h"
#include "io/child.h"
#include "io/net.h"

#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 5000

struct call {
    struct np_node node;
    uint64_t number;
    unsigned verb;
    np_agent_reply_fn *reply; /* one of the two */
    np_agent_fds_fn *reply_with;
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

/* Descriptors that nobody takes are closed. */
static void finish(struct call *one, int rc, const void *value, struct np_agent_packet *k,
                   const struct np_err *err)
{
    size_t n = rc == 0 && k != NULL ? k->n_fds : 0;
    if (one->reply_with != NULL)
        one->reply_with(one->arg, rc, value, n != 0 ? k->fds : NULL, n, err);
    else
        one->reply(one->arg, rc, value, err);
    np_free(one);
}

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
        finish(one, NP_ECLOSED, NULL, NULL, &err);
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

static bool take_message(struct np_agent_client *c, struct np_arena *a, struct np_agent_packet *k)
{
    struct np_agent_head h;
    struct np_err err = {0};
    void *value;
    int rc = np_agent_get(k->bytes, true, a, &h, &value, &err);
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
    finish(one, h.code, value, k, &err);
    return c->fd >= 0;
}

/* False: there is no more, or no connection. */
static bool receive_one(struct np_agent_client *c)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_agent_packet k;
    int rc = np_agent_recv(c->fd, a, &k);
    if (rc == NP_EAGAIN)
        return false;
    bool ok = rc == 0 && take_message(c, a, &k);
    if (rc == 0)
        np_agent_close_fds(k.fds, k.n_fds);
    if (!ok && c->fd >= 0)
        lost(c);
    return ok;
}

static void on_socket(struct np_watch *w, unsigned events)
{
    struct np_agent_client *c = NP_CONTAINER(w, struct np_agent_client, watch);
    while (receive_one(c))
        ;
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

static int call(struct np_agent_client *c, enum np_agent_verb verb, const void *in, int fd,
                const struct call *how)
{
    NP_AUTO_BUF b;
    struct np_agent_head h = {
        .version = NP_AGENT_VERSION, .verb = (uint8_t)verb, .number = ++c->last_number};
    np_buf_init(&b, NULL, NP_AGENT_LONG_MAX);
    np_agent_put(&b, &h, false, in);
    if (!np_buf_ok(&b))
        return NP_E2BIG;
    int rc = np_agent_send(c->fd, np_buf_str(&b), &fd, fd >= 0 ? 1 : 0);
    if (rc != 0)
        return rc == NP_E2BIG ? rc : NP_EAGAIN;
    struct call *one = np_heap_new(struct call);
    *one = *how;
    one->number = h.number;
    one->verb = verb;
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
           call(c, NP_AGENT_HELLO, &hello, -1, &(struct call){.reply = greeted, .arg = c}) == 0;
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
    fail_calls(c);
    np_free(c);
}

bool np_agent_client_ready(const struct np_agent_client *c)
{
    return c->greeted;
}

static int call_ready(struct np_agent_client *c, enum np_agent_verb verb, const void *in, int fd,
                      const struct call *how)
{
    if (!c->greeted)
        return NP_ECLOSED;
    return c->n_calls < NP_AGENT_PENDING_MAX ? call(c, verb, in, fd, how) : NP_EAGAIN;
}

int np_agent_call(struct np_agent_client *c, enum np_agent_verb verb, const void *in,
                  np_agent_reply_fn *reply, void *arg)
{
    return call_ready(c, verb, in, -1, &(struct call){.reply = reply, .arg = arg});
}

int np_agent_call_with(struct np_agent_client *c, enum np_agent_verb verb, const void *in, int fd,
                       np_agent_fds_fn *reply, void *arg)
{
    return call_ready(c, verb, in, fd, &(struct call){.reply_with = reply, .arg = arg});
}
