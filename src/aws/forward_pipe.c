/* SPDX-License-Identifier: Apache-2.0 */
/* forward_pipe.c - CONNECT: a connection to the target, then bytes both ways. */
#include "aws/forward_int.h"

#include "aws/limits.h"
#include "base/auto.h"
#include "io/pipe.h"
#include "io/stream.h"

struct piped {
    struct np_node node; /* in np_forwarder.pipes */
    struct np_forwarder *all;
    struct np_pipe *pipe;
};

static void piped_free(struct piped *p)
{
    p->all->n_pipes--;
    np_list_remove(&p->node);
    np_free(p);
}

static void pipe_ended(void *arg)
{
    piped_free(arg);
}

void np_forward_pipes_free(struct np_forwarder *all)
{
    while (!np_list_empty(&all->pipes)) {
        struct piped *p = NP_CONTAINER(all->pipes.next, struct piped, node);
        np_pipe_free(p->pipe);
        piped_free(p);
    }
}

static void stop_connecting(struct np_forward *f)
{
    np_timer_stop(&f->timer);
    np_stream_close(f->out);
    f->out = NULL;
}

/* A failed head has cut the exchange: the connection to the target goes with it. */
static void connected(struct np_forward *f)
{
    struct np_loop *l = f->worker->loop;
    struct np_forwarder *all = np_forwarder_of(f->worker->core, l);
    NP_AUTO_BUF unread;
    np_buf_init(&unread, NULL, NP_CONNECT_UNREAD_MAX);
    np_timer_stop(&f->timer);
    np_http_respond(f->x, 200, NULL, 0, 0);
    struct np_stream *in = np_http_take_stream(f->x, &unread);
    if (in == NULL || !np_buf_ok(&unread)) { /* with `gone` the connection to the target ends */
        np_stream_close(in);
        return;
    }
    struct piped *p = np_heap_new(struct piped);
    p->all = all;
    all->n_pipes++;
    np_list_append(&all->pipes, &p->node);
    p->pipe = np_pipe_new(l, in, f->out, np_buf_str(&unread), pipe_ended, p);
    f->out = NULL;
}

static void on_connect(void *arg, unsigned events)
{
    struct np_forward *f = arg;
    struct np_err err;
    if ((events & NP_WRITABLE) && !(events & NP_HANGUP)) {
        connected(f);
        return;
    }
    int rc = np_stream_error(f->out, &err);
    stop_connecting(f);
    if (rc != 0)
        np_forward_refuse(f, 502, "%.*s", NP_FMT(np_err_text(&err)));
    else
        np_forward_refuse(f, 502, "%.*s closed the connection", NP_FMT(f->host));
}

static void too_late(struct np_timer *t)
{
    struct np_forward *f = NP_CONTAINER(t, struct np_forward, timer);
    stop_connecting(f);
    np_forward_refuse(f, 504, "%.*s does not answer", NP_FMT(f->host));
}

void np_forward_pipe(struct np_forward *f)
{
    struct np_loop *l = f->worker->loop;
    struct np_err err;
    int fd = -1;
    if (np_forwarder_of(f->worker->core, l)->n_pipes >= NP_CONNECTS_MAX) {
        np_forward_refuse(f, 503, "more than %d connections are open by CONNECT", NP_CONNECTS_MAX);
        return;
    }
    int rc = np_dial_for_client(f->worker->core->egress, "proxy", &f->to, &fd, &err);
    if (rc == 0)
        rc = np_stream_connect(l, fd, NULL, NP_STR_NULL, on_connect, f, &f->out, &err);
    if (rc == 0)
        np_timer_set(l, &f->timer, NP_CONNECT_TIMEOUT_MS, too_late);
    else
        np_forward_refuse(f, np_forward_status(rc), "%.*s", NP_FMT(np_err_text(&err)));
}

void np_forward_pipe_gone(struct np_forward *f)
{
    stop_connecting(f);
}
