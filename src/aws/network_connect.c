/* SPDX-License-Identifier: Apache-2.0 */
/* network_connect.c - GET /_nephele/connect?to=NAME&port=N[&vpc=ID] with Upgrade: a byte pipe from
 * a program of this host, which has shown the data directory's token, to a port inside a VPC.
 *
 * It is a way for who runs the region, as a console cable is: no group is asked. The connection
 * comes from the router's own door, which routers let pass. */
#include <stdarg.h>
#include <stdio.h>

#include "aws/limits.h"
#include "aws/network_int.h"
#include "aws/req_int.h"
#include "base/auto.h"
#include "io/pipe.h"
#include "io/stream.h"

#define UPGRADE "nephele-pipe"

struct connecting { /* in the exchange's arena */
    struct np_worker *worker;
    struct np_http_x *x;
    struct np_vnet_dialling *dialling;
    struct np_stream *out;
    struct np_timer timer;
    struct np_str name;
    uint16_t port;
};

/* --- pipes of a loop --- */

struct pipes {
    struct np_node all;
    size_t n;
};
struct piped {
    struct np_node node;
    struct pipes *of;
    struct np_pipe *pipe;
};

static void *pipes_new(struct np_loop *l)
{
    struct pipes *p = np_heap_new(struct pipes);
    np_list_init(&p->all);
    return p;
}

static void piped_end(void *arg)
{
    struct piped *p = arg;
    p->of->n--;
    np_list_remove(&p->node);
    np_free(p);
}

static void pipes_free(void *arg)
{
    struct pipes *all = arg;
    while (!np_list_empty(&all->all)) {
        struct piped *p = NP_CONTAINER(all->all.next, struct piped, node);
        np_pipe_free(p->pipe);
        piped_end(p);
    }
    np_free(all);
}

static struct pipes *pipes_of(struct np_loop *l)
{
    static const char key;
    return np_loop_local(l, &key, pipes_new, pipes_free);
}

/* --- answers --- */

static void refuse(struct connecting *c, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void refuse(struct connecting *c, int status, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text) - 1, fmt, args);
    va_end(args);
    size_t len = (size_t)n < sizeof(text) - 1 ? (size_t)n : sizeof(text) - 2;
    text[len++] = '\n';
    np_http_reply(c->x, status, NULL, 0, np_str_n(text, len));
}

static void stop(struct connecting *c)
{
    np_timer_stop(&c->timer);
    np_vnet_dial_cancel(c->dialling);
    np_stream_close(c->out);
    c->dialling = NULL;
    c->out = NULL;
}

static void connected(struct connecting *c)
{
    static const struct np_http_field fields[] = {{{"Upgrade", 7}, {UPGRADE, sizeof(UPGRADE) - 1}},
                                                  {{"Connection", 10}, {"Upgrade", 7}}};
    struct np_loop *l = c->worker->loop;
    struct pipes *all = pipes_of(l);
    NP_AUTO_BUF unread;
    np_buf_init(&unread, NULL, NP_CONNECT_UNREAD_MAX);
    np_timer_stop(&c->timer);
    np_http_respond(c->x, 101, fields, NP_LEN(fields), 0);
    struct np_stream *in = np_http_take_stream(c->x, &unread);
    if (in == NULL || !np_buf_ok(&unread)) { /* `gone` ends the other one */
        np_stream_close(in);
        return;
    }
    struct piped *p = np_heap_new(struct piped);
    p->of = all;
    all->n++;
    np_list_append(&all->all, &p->node);
    p->pipe = np_pipe_new(l, in, c->out, np_buf_str(&unread), piped_end, p);
    c->out = NULL;
}

static void on_connect(void *arg, unsigned events)
{
    struct connecting *c = arg;
    struct np_err err = {0};
    if ((events & NP_WRITABLE) && !(events & NP_HANGUP)) {
        connected(c);
        return;
    }
    np_stream_error(c->out, &err);
    stop(c);
    refuse(c, 502, "port %u of %.*s: %.*s", c->port, NP_FMT(c->name), NP_FMT(np_err_text(&err)));
}

static void too_late(struct np_timer *t)
{
    struct connecting *c = NP_CONTAINER(t, struct connecting, timer);
    stop(c);
    refuse(c, 504, "port %u of %.*s does not answer", c->port, NP_FMT(c->name));
}

static void dialled(void *arg, int rc, int fd, const struct np_err *err)
{
    struct connecting *c = arg;
    struct np_err why = {0};
    c->dialling = NULL;
    if (rc == 0)
        rc =
            np_stream_connect(c->worker->loop, fd, NULL, NP_STR_NULL, on_connect, c, &c->out, &why);
    else
        why = *err;
    if (rc == 0)
        return;
    np_timer_stop(&c->timer);
    refuse(c, 502, "port %u of %.*s: %.*s", c->port, NP_FMT(c->name), NP_FMT(np_err_text(&why)));
}

/* --- the request --- */

static bool read_query(struct connecting *c, struct np_str *vpc)
{
    struct np_str rest = np_http_head(c->x)->query, pair, key, value;
    uint64_t port = 0;
    while (np_str_split(&rest, '&', &pair)) {
        if (!np_str_cut(pair, '=', &key, &value))
            return false;
        if (np_str_is(key, "to"))
            c->name = np_str_lower(np_http_arena(c->x), value);
        else if (np_str_is(key, "vpc"))
            *vpc = value;
        else if (!np_str_is(key, "port") || !np_str_u64(value, &port))
            return false;
    }
    c->port = (uint16_t)port;
    return c->name.n != 0 && port > 0 && port <= UINT16_MAX;
}

static void on_request(void *arg, struct np_http_x *x)
{
    struct connecting *c = np_new(np_http_arena(x), struct connecting);
    struct np_core *core = ((struct np_worker *)arg)->core;
    struct np_str vpc = NP_STR_NULL;
    struct np_inside at;
    struct np_err err;
    *c = (struct connecting){.worker = arg, .x = x};
    np_http_set_user(x, c);
    if (!np_str_ieq(np_http_field(np_http_head(x), NP_STR("Upgrade")), NP_STR(UPGRADE))) {
        refuse(c, 426, "this needs Upgrade: " UPGRADE ", as `nephele connect` sends it");
        return;
    }
    if (!read_query(c, &vpc)) {
        refuse(c, 400, "to=NAME&port=N[&vpc=ID]");
        return;
    }
    if (pipes_of(c->worker->loop)->n >= NP_CONNECTS_MAX) {
        refuse(c, 503, "more than %d pipes are open", NP_CONNECTS_MAX);
        return;
    }
    int rc = np_network_find(core, c->name, vpc, &at, &err);
    if (rc != 0) {
        refuse(c, rc == NP_ENOENT ? 404 : 409, "%.*s", NP_FMT(np_err_text(&err)));
        return;
    }
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr = at.private_ip, .sin_port = htons(c->port)};
    np_timer_set(c->worker->loop, &c->timer, NP_CONNECT_TIMEOUT_MS, too_late);
    c->dialling = np_vnet_dial(core->vnet, c->worker->index, at.vpc_id,
                               (struct in_addr){htonl(NP_VNET_DOOR)}, &to, dialled, c);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct connecting *c = np_http_user(x);
    if (c != NULL)
        stop(c);
}

static const struct np_http_handlers handlers = {on_request, on_gone};

/* The exchange goes on without the request. */
static void serve(struct np_req *rq)
{
    struct np_http_x *x = rq->state->x;
    struct np_worker *w = rq->state->worker;
    rq->state->x = NULL;
    np_req_free(rq);
    np_http_hand(x, &handlers, w, NULL);
}

void np_network_connect_page(struct np_core *core)
{
    static const struct np_page page = {"GET", "/_nephele/connect", true, serve};
    np_page_add(core, &page);
}
