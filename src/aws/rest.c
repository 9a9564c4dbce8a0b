/* SPDX-License-Identifier: Apache-2.0 */
/* rest.c - a REST request whose two ends are in this process. */
#include "aws/rest.h"

#include "aws/ids.h"
#include "aws/req_int.h"
#include "base/arena.h"
#include "base/assert.h"

struct np_rest {
    struct np_req *rq; /* it lives in its arena */
    const struct np_rest_ops *ops;
    void *arg;
    bool paused, drain_wanted, canceled;
    unsigned inside; /* calls of ops, or of what is given to the service, on the stack */
    struct np_defer start, later, leave;
};

static struct np_rest *rest_of(const struct np_req *rq)
{
    return rq->state->rest;
}

/* --- the body in --- */

static void late_end(void *arg)
{
    struct np_rest *r = arg;
    np_req_feed(r->rq, r->canceled ? NP_ECLOSED : 0, NP_STR_NULL, true);
}

/* As when a client leaves (front.c): whoever waits is told, the rest ends unheard. */
static void leave(void *arg)
{
    struct np_rest *r = arg;
    struct np_req *rq = r->rq;
    struct np_req_state *st = rq->state;
    st->left = true;
    if (st->phase == NP_PHASE_HEAD) { /* not begun */
        np_defer_cancel(&r->start);
        np_req_free(rq);
        return;
    }
    if (st->gone == NULL || st->phase == NP_PHASE_APPLY) {
        if (st->body_fn != NULL)
            np_defer(rq->loop, &r->later, late_end, r);
        return;
    }
    void (*gone)(struct np_req *) = st->gone;
    st->gone = NULL;
    gone(rq);
}

static void rest_read(struct np_req *rq)
{
    struct np_rest *r = rest_of(rq);
    if (r->canceled || r->ops->read == NULL)
        np_defer(rq->loop, &r->later, late_end, r);
    else
        r->ops->read(r->arg);
}

static void rest_pause(struct np_req *rq)
{
    struct np_rest *r = rest_of(rq);
    if (!r->canceled && r->ops->read_pause != NULL)
        r->ops->read_pause(r->arg);
}

static void rest_resume(struct np_req *rq)
{
    struct np_rest *r = rest_of(rq);
    if (!r->canceled && r->ops->read_resume != NULL)
        r->ops->read_resume(r->arg);
}

void np_rest_give(struct np_rest *r, int rc, struct np_str data, bool end)
{
    np_req_feed(r->rq, rc, data, end);
}

/* --- the reply out --- */

static void head_out(struct np_rest *r, const struct np_wire_reply *w, int64_t length)
{
    if (r->canceled)
        return;
    r->inside++;
    r->ops->head(r->arg, w->status, (const struct np_http_field *)w->fields, w->n_fields, length);
    r->inside--;
}

static void rest_respond(struct np_req *rq, const struct np_wire_reply *w, int64_t length)
{
    head_out(rest_of(rq), w, length);
}

static int rest_write(struct np_req *rq, struct np_str data)
{
    struct np_rest *r = rest_of(rq);
    if (r->canceled)
        return NP_ECLOSED;
    r->inside++;
    if (data.n != 0)
        r->ops->data(r->arg, data);
    r->inside--;
    if (r->canceled)
        return NP_ECLOSED;
    return r->paused ? NP_EAGAIN : 0;
}

static int rest_write_ref(struct np_req *rq, struct np_str data, void (*release)(void *arg),
                          void *arg)
{
    int rc = rest_write(rq, data);
    release(arg);
    return rc;
}

static int rest_write_file(struct np_req *rq, int fd, uint64_t off, uint64_t n)
{
    char room[16 * 1024];
    int rc = 0;
    while (n > 0 && rc != NP_ECLOSED) {
        ssize_t got = pread(fd, room, n < sizeof(room) ? (size_t)n : sizeof(room), (off_t)off);
        if (got <= 0)
            return NP_EIO;
        rc = rest_write(rq, np_str_n(room, (size_t)got));
        off += (uint64_t)got;
        n -= (uint64_t)got;
    }
    return rc;
}

static void drained_late(void *arg)
{
    struct np_rest *r = arg;
    if (r->paused || r->canceled || !r->drain_wanted)
        return;
    r->drain_wanted = false;
    r->rq->state->drained(r->rq);
}

static void rest_on_drain(struct np_req *rq)
{
    struct np_rest *r = rest_of(rq);
    r->drain_wanted = true;
    if (!r->paused && !r->canceled)
        np_defer(rq->loop, &r->later, drained_late, r);
}

static void finish(struct np_rest *r, int rc)
{
    np_defer_cancel(&r->start);
    np_defer_cancel(&r->later);
    np_defer_cancel(&r->leave);
    if (!r->canceled)
        r->ops->done(r->arg, rc);
    np_req_free(r->rq); /* r with it */
}

static void rest_end(struct np_req *rq)
{
    finish(rest_of(rq), 0);
}

static void rest_abort(struct np_req *rq)
{
    finish(rest_of(rq), NP_ECLOSED);
}

static void whole(struct np_req *rq, const struct np_wire_reply *w, struct np_str body)
{
    struct np_rest *r = rest_of(rq);
    head_out(r, w, (int64_t)body.n);
    if (!np_str_is(rq->wire.method, "HEAD"))
        rest_write(rq, body);
    finish(r, 0);
}

static void rest_reply(struct np_req *rq, int rc)
{
    struct np_wire_reply w;
    np_req_encode(rq, rc, &w);
    whole(rq, &w, np_buf_str(&w.body));
}

static void rest_send(struct np_req *rq, int status, const struct np_http_field *fields, size_t n,
                      struct np_str body)
{
    struct np_wire_reply w = {.status = status, .n_fields = n};
    w.fields = np_new_array(rq->arena, struct np_wire_field, n + 1);
    for (size_t i = 0; i < n; i++)
        w.fields[i] = (struct np_wire_field){fields[i].name, fields[i].value};
    whole(rq, &w, body);
}

static const struct np_req_io rest_io = {
    .read = rest_read,
    .pause = rest_pause,
    .resume = rest_resume,
    .respond = rest_respond,
    .respond_whole = whole,
    .write = rest_write,
    .write_ref = rest_write_ref,
    .write_file = rest_write_file,
    .on_drain = rest_on_drain,
    .end = rest_end,
    .abort = rest_abort,
    .reply = rest_reply,
    .send = rest_send,
};

/* --- from outside --- */

void np_rest_pause(struct np_rest *r)
{
    r->paused = true;
}

void np_rest_resume(struct np_rest *r)
{
    r->paused = false;
    if (r->drain_wanted)
        np_defer(r->rq->loop, &r->later, drained_late, r);
}

void np_rest_cancel(struct np_rest *r)
{
    r->canceled = true;
    if (r->inside != 0)
        np_defer(r->rq->loop, &r->leave, leave, r);
    else
        leave(r);
}

static void start(void *arg)
{
    struct np_rest *r = arg;
    if (r->rq->err.code != 0)
        np_req_finish(r->rq, r->rq->err.code);
    else
        np_front_serve(r->rq);
}

static struct np_str text(struct np_arena *a, struct np_str s)
{
    return np_str_dup(a, s);
}

struct np_rest *np_rest(struct np_core *core, struct np_loop *l, const struct np_rest_request *q,
                        const struct np_rest_ops *ops, void *arg)
{
    struct np_req *rq = np_call_req(core, l, q->model, &q->caller);
    struct np_arena *a = rq->arena;
    struct np_rest *r = np_new(a, struct np_rest);
    *r = (struct np_rest){.rq = rq, .ops = ops, .arg = arg};
    rq->state->rest = r;
    rq->state->rest_length = q->body_length;
    rq->io = &rest_io;
    rq->proto = NP_PROTO_REST_XML;
    rq->host = rq->name = rq->endpoint = NP_STR("");
    struct np_wire_field *fields = np_new_array(a, struct np_wire_field, q->n_fields + 1);
    for (size_t i = 0; i < q->n_fields; i++)
        fields[i] = (struct np_wire_field){text(a, q->fields[i].name), text(a, q->fields[i].value)};
    rq->wire = (struct np_wire_request){
        .method = text(a, q->method),
        .path = text(a, q->path),
        .query = text(a, q->query),
        .fields = fields,
        .n_fields = q->n_fields,
    };
    np_defer(l, &r->start, start, r);
    return r;
}
