/* SPDX-License-Identifier: Apache-2.0 */
/* call.c - a call of another service's operation: a request whose two ends are in this process. */
#include "aws/call.h"

#include "aws/arn.h"
#include "aws/ids.h"
#include "aws/req_int.h"
#include "base/arena.h"
#include "base/assert.h"

struct np_call {
    struct np_req *rq;
    const struct np_call_stream *stream;
    void (*done)(void *arg, int rc, const void *out, const struct np_err *err);
    void *arg;
    struct np_defer start, pump;
    bool reading, paused;
};

/* --- the two ends --- */

static void pump(void *arg)
{
    struct np_call *c = arg;
    while (c->reading && !c->paused) {
        struct np_str data = NP_STR_NULL;
        bool end = true;
        int rc =
            c->stream != NULL && c->stream->read != NULL ? c->stream->read(c->arg, &data, &end) : 0;
        if (rc == NP_EAGAIN) {
            np_defer(c->rq->loop, &c->pump, pump, c);
            return;
        }
        if (rc < 0 || end)
            c->reading = false;
        np_req_feed(c->rq, rc < 0 ? rc : 0, data, rc < 0 || end);
    }
}

static void call_read(struct np_req *rq)
{
    struct np_call *c = rq->state->call;
    c->reading = true;
    np_defer(rq->loop, &c->pump, pump, c);
}

static void call_pause(struct np_req *rq)
{
    rq->state->call->paused = true;
}

static void call_resume(struct np_req *rq)
{
    struct np_call *c = rq->state->call;
    c->paused = false;
    if (c->reading)
        np_defer(rq->loop, &c->pump, pump, c);
}

static void call_respond(struct np_req *rq, const struct np_wire_reply *r, int64_t length)
{
    struct np_call *c = rq->state->call;
    (void)r;
    if (c->stream != NULL && c->stream->head != NULL)
        c->stream->head(c->arg, rq->out, length);
}

static int call_write(struct np_req *rq, struct np_str data)
{
    struct np_call *c = rq->state->call;
    if (c->stream != NULL && c->stream->data != NULL)
        c->stream->data(c->arg, data);
    return 0;
}

static int call_write_ref(struct np_req *rq, struct np_str data, void (*release)(void *arg),
                          void *arg)
{
    int rc = call_write(rq, data);
    release(arg);
    return rc;
}

static int call_write_file(struct np_req *rq, int fd, uint64_t off, uint64_t n)
{
    char *room = np_alloc(rq->arena, 64 * 1024);
    while (n > 0) {
        ssize_t got = pread(fd, room, n < 64 * 1024 ? (size_t)n : 64 * 1024, (off_t)off);
        if (got <= 0)
            return NP_EIO;
        call_write(rq, np_str_n(room, (size_t)got));
        off += (uint64_t)got;
        n -= (uint64_t)got;
    }
    return 0;
}

static void call_on_drain(struct np_req *rq)
{
    (void)rq; /* writes are taken at once */
}

static void finish(struct np_req *rq, int rc)
{
    struct np_call *c = rq->state->call;
    np_defer_cancel(&c->pump);
    c->done(c->arg, rc, rc == 0 ? rq->out : NULL, rc == 0 ? NULL : &rq->err);
    np_req_free(rq);
}

static void call_end(struct np_req *rq)
{
    finish(rq, 0);
}

static void call_abort(struct np_req *rq)
{
    np_err(&rq->err, NP_ECLOSED, "the reply broke off");
    finish(rq, NP_ECLOSED);
}

static void call_reply(struct np_req *rq, int rc)
{
    finish(rq, rc);
}

static void call_respond_whole(struct np_req *rq, const struct np_wire_reply *r, struct np_str body)
{
    call_respond(rq, r, (int64_t)body.n);
    call_write(rq, body);
    call_end(rq);
}

static const struct np_req_io call_io = {
    .read = call_read,
    .pause = call_pause,
    .resume = call_resume,
    .respond = call_respond,
    .respond_whole = call_respond_whole,
    .write = call_write,
    .write_ref = call_write_ref,
    .write_file = call_write_file,
    .on_drain = call_on_drain,
    .end = call_end,
    .abort = call_abort,
    .reply = call_reply,
};

/* --- the caller --- */

static const struct np_service *service_of(const struct np_core *core,
                                           const struct np_service_model *model)
{
    for (size_t i = 0; i < core->n_services; i++)
        if (core->services[i]->model == model)
            return core->services[i];
    return NULL;
}

static int as_service(struct np_req *rq, const struct np_caller *caller, struct np_identity *who)
{
    *who = (struct np_identity){
        .kind = NP_WHO_SERVICE,
        .name = np_str_dup(rq->arena, caller->service),
        .arn = np_str_dup(rq->arena, caller->service),
        .source_arn = np_str_dup(rq->arena, caller->source_arn),
        .source_account = np_str_dup(rq->arena, caller->source_account),
    };
    return 0;
}

static int as_forwarded(struct np_req *rq, const struct np_caller *caller, struct np_identity *who)
{
    *who = *caller->session;
    who->via_service = np_str_dup(rq->arena, caller->service);
    return 0;
}

/* A role that a service may assume: its trust policy must name the service. */
static int as_role(struct np_req *rq, const struct np_caller *caller, struct np_identity *who)
{
    struct np_arn arn;
    const struct np_resource_provider *p = np_resource(rq->core, caller->role_arn);
    const struct np_policy *trust = NULL;
    struct np_str account = NP_STR_NULL;
    if (p == NULL || p->policy == NULL || !np_arn_parse(caller->role_arn, &arn) ||
        p->policy(p->arg, caller->role_arn, &trust, &account) != 0)
        return np_fault(&rq->err, &NP_AccessDenied, "The role %.*s does not exist.",
                        NP_FMT(caller->role_arn));
    struct np_identity service;
    as_service(rq, caller, &service);
    struct np_access access = {
        .action = NP_STR("sts:AssumeRole"),
        .resource = caller->role_arn,
        .resource_account = account,
        .resource_policy = trust,
        .resource_policy_required = true,
    };
    struct np_policy_decision d;
    np_decide(rq, &service, &access, &d);
    if (!d.allowed)
        return np_fault(&rq->err, &NP_AccessDenied,
                        "%.*s is not authorized to assume the role %.*s: its trust policy "
                        "does not allow it.",
                        NP_FMT(caller->service), NP_FMT(caller->role_arn));
    ptrdiff_t slash = np_str_rchr(arn.resource, '/');
    struct np_str name = np_str_sub(arn.resource, (size_t)(slash + 1), arn.resource.n);
    *who = (struct np_identity){
        .kind = NP_WHO_ASSUMED_ROLE,
        .account = np_str_dup(rq->arena, account),
        .name = np_str_dup(rq->arena, name),
        .role_arn = np_str_dup(rq->arena, caller->role_arn),
        .session_name = np_str_dup(rq->arena, caller->session_name),
        .arn = np_str_printf(rq->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s", NP_FMT(account),
                             NP_FMT(name), NP_FMT(caller->session_name)),
        .temporary = true,
        .token_issued_ms = rq->now_ms,
    };
    return 0;
}

static int as_anonymous(struct np_req *rq, const struct np_caller *caller, struct np_identity *who)
{
    (void)caller;
    *who = *rq->who; /* which it is from the start */
    return 0;
}

static int as_identity(struct np_req *rq, const struct np_caller *caller, struct np_identity *who)
{
    *who = (struct np_identity){
        .kind = NP_WHO_USER,
        .arn = np_str_dup(rq->arena, caller->arn),
        .canonical_user = np_str_dup(rq->arena, caller->canonical_user),
    };
    return 0;
}

static int identify(struct np_req *rq, const struct np_caller *caller)
{
    struct np_identity *who = np_new(rq->arena, struct np_identity);
    static int (*const kinds[])(struct np_req *, const struct np_caller *, struct np_identity *) = {
        [NP_CALLER_FORWARD] = as_forwarded, [NP_CALLER_SERVICE] = as_service,
        [NP_CALLER_ROLE] = as_role,         [NP_CALLER_ANONYMOUS] = as_anonymous,
        [NP_CALLER_IDENTITY] = as_identity,
    };
    int rc = kinds[caller->kind](rq, caller, who);
    if (rc == 0)
        rq->who = who;
    return rc;
}

static void start(void *arg)
{
    struct np_call *c = arg;
    if (c->rq->err.code != 0)
        np_req_finish(c->rq, c->rq->err.code);
    else
        np_dispatch(c->rq);
}

struct np_req *np_call_req(struct np_core *core, struct np_loop *l,
                           const struct np_service_model *model, const struct np_caller *caller)
{
    np_assert(np_loop_current() == l); /* so never from apply */
    struct np_worker *w = NULL;
    for (size_t i = 0; i < core->n_workers; i++)
        if (core->workers[i]->loop == l)
            w = core->workers[i];
    np_assert(w != NULL);

    struct np_req *rq = np_req_new(w);
    rq->svc = service_of(core, model);
    np_assert(rq->svc != NULL);
    rq->account = np_str_dup(rq->arena, caller->account);
    rq->region = np_str_dup(rq->arena, caller->region);
    rq->zone = (struct np_zone){.kind = NP_ZONE_HOST, .source_ip = NP_STR_NULL, .secure = true};
    rq->request_id = np_id_uuid(rq->arena);
    identify(rq, caller);
    return rq;
}

void np_call(struct np_core *core, struct np_loop *l, const struct np_service_model *model,
             const char *operation, const struct np_caller *caller, const void *in,
             const struct np_call_stream *stream,
             void (*done)(void *arg, int rc, const void *out, const struct np_err *err), void *arg)
{
    struct np_req *rq = np_call_req(core, l, model, caller);
    struct np_call *c = np_new(rq->arena, struct np_call);
    *c = (struct np_call){.rq = rq, .stream = stream, .done = done, .arg = arg};
    rq->state->call = c;
    rq->io = &call_io;
    rq->proto = NP_PROTO_JSON11;
    rq->in = (void *)(uintptr_t)in;
    const struct np_codec_op *codec = np_op_by_name(model->codec, np_str_of(operation));
    bool found = np_req_choose(rq, codec);
    np_assert(found);
    rq->state->payload.decoded_length = stream != NULL ? stream->length : -1;
    np_buf_init(&rq->state->payload.line, rq->arena, NP_TRAILER_MAX);
    np_defer(l, &c->start, start, c);
}
