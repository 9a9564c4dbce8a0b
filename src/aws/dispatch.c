/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.c - a decoded request through its operation: validate, authorise, begin, apply, reply.
 */
#include "aws/req_int.h"

#include "aws/ids.h"
#include "aws/invalid.h"
#include "aws/reach.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "base/map.h"

/* --- workers and requests --- */

#define ARENA_KEEP_BYTES (32 * 1024)

void np_worker_init(struct np_worker *w, struct np_core *core, size_t index)
{
    w->core = core;
    w->index = index;
    np_reach_prepare(w->loop);
    w->signing_keys = np_map_new();
    np_list_init(&w->requests);
    np_random(w->id_state, sizeof(w->id_state));
    w->audit = np_audit_ring_new(w);
}

void np_worker_fini(struct np_worker *w)
{
    np_signing_keys_free(w);
    np_audit_ring_free(w->audit);
    np_replies_free(w);
    while (w->n_spare > 0)
        np_arena_free(w->spare[--w->n_spare]);
}

struct np_req *np_req_new(struct np_worker *w)
{
    struct np_arena *a = w->n_spare > 0 ? w->spare[--w->n_spare] : np_arena_new();
    struct np_req *rq = np_new(a, struct np_req);
    rq->magic = NP_REQ_MAGIC;
    rq->arena = a;
    rq->loop = w->loop;
    rq->core = w->core;
    rq->now_ms = np_region_ms(w->loop);
    rq->state = np_new(a, struct np_req_state);
    rq->state->rq = rq;
    rq->state->worker = w;
    np_list_append(&w->requests, &rq->state->node);
    np_auth_anonymous(rq);
    w->n_requests++;
    return rq;
}

void np_req_free(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    struct np_worker *w = st->worker;
    np_payload_fini(rq);
    np_defer_cancel(&st->defer);
    np_defer_cancel(&st->part.defer);
    np_list_remove(&st->node);
    if (st->doc_charged != 0)
        __atomic_sub_fetch(&w->core->registry->body_bytes, (int64_t)st->doc_charged,
                           __ATOMIC_RELAXED);
    np_wipe(st->signing_key, sizeof(st->signing_key));
    rq->magic = 0;
    struct np_arena *a = rq->arena;
    if (w->n_spare == NP_LEN(w->spare)) {
        np_arena_free(a);
        return;
    }
    np_arena_reset(a, ARENA_KEEP_BYTES);
    w->spare[w->n_spare++] = a;
}

struct np_str np_req_field(const struct np_req *rq, struct np_str name)
{
    for (size_t i = 0; i < rq->wire.n_fields; i++)
        if (rq->wire.fields[i].name.n == name.n && np_str_ieq(rq->wire.fields[i].name, name))
            return rq->wire.fields[i].value;
    return NP_STR_NULL;
}

struct np_str np_req_bound(const struct np_req *rq, struct np_str name)
{
    if (rq->state->call == NULL || rq->op == NULL)
        return NP_STR_NULL;
    const struct np_shape *in = rq->op->codec->in;
    for (size_t i = 0; i < in->n_members; i++) {
        const struct np_member *m = &in->members[i];
        bool text = m->shape->type == NP_STRING || m->shape->type == NP_ENUM;
        if (m->loc == NP_LOC_HEADER && text && m->wire != NULL &&
            np_str_ieq(np_str_of(m->wire), name))
            return *(const struct np_str *)(const void *)((const char *)rq->in + m->offset);
    }
    return NP_STR_NULL;
}

struct np_scope np_req_scope(const struct np_req *rq)
{
    return (struct np_scope){rq->account, rq->region, rq->now_ms};
}

struct np_dbc *np_req_db(const struct np_req *rq)
{
    return np_store_reader(rq->core->store, rq->svc->model->db);
}

/* --- the reply's head --- */

void np_req_reply_field(struct np_req *rq, const char *name, struct np_str value)
{
    struct np_req_state *st = rq->state;
    struct np_str key = np_str_of(name);
    value = np_str_dup(rq->arena, value);
    for (size_t i = 0; i < st->n_fields; i++)
        if (np_str_ieq(st->fields[i].name, key)) {
            st->fields[i].value = value;
            return;
        }
    np_assert(st->n_fields < NP_REPLY_FIELDS_MAX);
    st->fields[st->n_fields++] = (struct np_wire_field){np_str_dup(rq->arena, key), value};
}

void np_req_reply_status(struct np_req *rq, int status)
{
    rq->state->status = status;
}

size_t np_req_reply_length(const struct np_req *rq)
{
    return np_str_is(rq->wire.method, "HEAD") ? 0 : rq->state->reply_bytes;
}

/* --- faults --- */

static const struct {
    const struct np_fault_def *common;
    struct np_fault_def json;
} json_faults[] = {
    {&NP_AccessDenied, {.name = "AccessDeniedException", .status = 400, .sender = true}},
    {&NP_InvalidClientTokenId,
     {.name = "UnrecognizedClientException", .status = 400, .sender = true}},
    {&NP_InvalidAction, {.name = "UnknownOperationException", .status = 400, .sender = true}},
    {&NP_ValidationError, {.name = "ValidationException", .status = 400, .sender = true}},
    {&NP_ExpiredToken, {.name = "ExpiredTokenException", .status = 400, .sender = true}},
    {&NP_SignatureDoesNotMatch,
     {.name = "InvalidSignatureException", .status = 400, .sender = true}},
    {&NP_MissingAuthenticationToken,
     {.name = "MissingAuthenticationTokenException", .status = 400, .sender = true}},
    {&NP_IncompleteSignature,
     {.name = "IncompleteSignatureException", .status = 400, .sender = true}},
    {&NP_UnsupportedOperation,
     {.name = "UnsupportedOperationException", .status = 400, .sender = true}},
};

static bool is_json(enum np_protocol p)
{
    return p == NP_PROTO_JSON10 || p == NP_PROTO_JSON11 || p == NP_PROTO_REST_JSON ||
           p == NP_PROTO_CBOR;
}

static const struct np_fault_def *in_protocol(enum np_protocol p, const struct np_fault_def *def)
{
    if (!is_json(p))
        return def;
    NP_EACH (f, json_faults)
        if (f->common == def)
            return &f->json;
    return def;
}

/* An error that is no modelled fault: what of it the client may know. */
static const struct np_fault_def *unmodelled(struct np_req *rq, struct np_str *message)
{
    const struct np_err *e = &rq->err;
    const struct np_fault_def *def = &NP_InternalFailure;
    switch (e->code) {
    case NP_EAGAIN:
        *message = NP_STR("Rate exceeded");
        return &NP_ThrottlingException;
    case NP_EPROTO:
        *message = np_err_text(e);
        if (is_json(rq->proto))
            return &NP_SerializationException;
        return &NP_MalformedQueryString;
    case NP_ENOSPC:
        *message = NP_STR("The region's disk is full: free some space and try again.");
        def = &NP_ServiceUnavailable;
        break;
    default:
        *message = NP_STR("An internal error has occurred.");
        break;
    }
    np_log(NP_ERROR, "request.failed", "service=%s operation=%s code=%s error=\"%.*s\"",
           rq->svc != NULL ? rq->svc->name : "-", rq->op != NULL ? rq->op->codec->name : "-",
           np_code_name(e->code), (int)e->n, e->text);
    return def;
}

void np_req_error(struct np_req *rq, struct np_wire_error *e)
{
    struct np_str message = np_err_text(&rq->err);
    const struct np_fault_def *def =
        rq->err.code == NP_EFAULT ? rq->err.fault : unmodelled(rq, &message);
    if (rq->svc != NULL && rq->svc->map_fault != NULL)
        def = rq->svc->map_fault(rq, def, &message); /* which may give the request other ids */
    *e = (struct np_wire_error){.request_id = rq->request_id, .host_id = rq->host_id};
    e->def = in_protocol(rq->proto, def);
    e->message = message;
    for (size_t i = 0; i < rq->err.n_extra; i++) {
        e->extra[i].name = rq->err.extra[i].name;
        e->extra[i].value = rq->err.extra[i].value;
    }
    e->n_extra = rq->err.n_extra;
}

static void add_field(struct np_wire_reply *r, struct np_arena *a, struct np_str name,
                      struct np_str value)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (np_str_ieq(r->fields[i].name, name)) {
            r->fields[i].value = value;
            return;
        }
    np_reply_field(r, a, name, value);
}

/* Made at once, a large document is neither copied nor faulted in twice. */
static void make_room(struct np_buf *b, size_t document_bytes)
{
    size_t bytes = document_bytes + document_bytes / 8;
    if (document_bytes != 0)
        np_buf_grow(b, bytes < b->max_bytes ? bytes : b->max_bytes);
}

void np_req_encode(struct np_req *rq, int rc, struct np_wire_reply *r)
{
    struct np_req_state *st = rq->state;
    const struct np_codec_service *codec = rq->svc->model->codec;
    r->n_fields = 0;
    r->content_type = NULL;
    np_buf_init(&r->body, rq->arena, NP_REPLY_MAX);
    if (rc == 0 && st->kept != NULL) {
        np_replies_take(rq, r);
    } else if (rc == 0) {
        make_room(&r->body, rq->document_bytes);
        rc =
            np_encode_reply(rq->proto, codec, rq->op->codec, rq->out, rq->request_id, rq->arena, r);
        if (rc == 0)
            np_replies_keep(rq, r);
    }
    if (rc != 0) {
        struct np_wire_error e;
        if (rq->err.code == 0)
            rq->err.code = rc;
        np_req_error(rq, &e);
        st->status = 0;
        np_buf_clear(&r->body);
        r->n_fields = 0;
        np_encode_error(rq->proto, codec, &e, rq->arena, r);
        st->worker->n_errors++;
    }
    if (st->status != 0)
        r->status = st->status;
    if (r->body.n != 0)
        st->reply_bytes = r->body.n;
    if (rq->svc->finish != NULL)
        rq->svc->finish(rq, r->status);
    else
        np_req_reply_field(rq, "x-amzn-RequestId", rq->request_id);
    if (r->content_type != NULL)
        add_field(r, rq->arena, NP_STR("Content-Type"), np_str_of(r->content_type));
    for (size_t i = 0; i < st->n_fields; i++)
        add_field(r, rq->arena, st->fields[i].name, st->fields[i].value);
}

bool np_req_document_only(const struct np_req *rq)
{
    return rq->state->call == NULL;
}

/* --- validation and authorisation --- */

static int invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    if (rq->svc->invalid != NULL)
        return rq->svc->invalid(rq, why, err);
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &NP_UnsupportedOperation,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(why->path));
    struct np_str rule = np_invalid_rule(rq->arena, why), name = np_invalid_name(rq->arena, why);
    if (why->kind == NP_INVALID_MISSING || why->value.p == NULL)
        return np_fault(
            err, &NP_ValidationError,
            "1 validation error detected: Value null at '%.*s' failed to satisfy constraint: %.*s",
            NP_FMT(name), NP_FMT(rule));
    return np_fault(
        err, &NP_ValidationError,
        "1 validation error detected: Value '%.*s' at '%.*s' failed to satisfy constraint: %.*s",
        NP_FMT(why->value), NP_FMT(name), NP_FMT(rule));
}

int np_dispatch_authorize(struct np_req *rq, struct np_err *err)
{
    if (rq->who->kind == NP_WHO_ANONYMOUS && !rq->svc->anonymous_ok)
        return np_fault(err, &NP_MissingAuthenticationToken,
                        "Request is missing Authentication Token");
    if (rq->svc->authorize != NULL)
        return rq->svc->authorize(rq, rq->op, rq->in, err);
    const char *prefix = rq->svc->action_prefix != NULL ? rq->svc->action_prefix
                                                        : rq->svc->model->codec->signing_name;
    struct np_access access = {
        .action = np_str_printf(rq->arena, "%s:%s", prefix, rq->op->codec->name),
        .resource = NP_STR("*"),
    };
    return np_authorize(rq, &access, err);
}

/* --- the parts of an operation --- */

static _Thread_local struct np_req *applying;

struct np_req *np_txn_req(struct np_txn *t)
{
    (void)t;
    np_assert(applying != NULL);
    return applying;
}

/* On the writer's thread. */
static int run_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct np_req *rq = NP_CONTAINER(w, struct np_req_state, write)->rq;
    memset(rq->out, 0, rq->op->codec->out->size); /* a rerun starts afresh */
    applying = rq;
    int rc = rq->op->apply(t, rq->in, rq->out, err);
    if (rc == 0 && (rq->op->flags & NP_OP_DATA) == 0)
        rc = np_audit_write(t, rq, err);
    applying = NULL;
    return rc;
}

static void applied(struct np_write *w, int rc)
{
    struct np_req *rq = NP_CONTAINER(w, struct np_req_state, write)->rq;
    rq->state->phase = NP_PHASE_REPLY;
    if (rc == 0 && rq->op->reply != NULL)
        rc = rq->op->reply(rq, rq->in, rq->out, &rq->err);
    np_req_finish(rq, rc);
}

void np_req_apply(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    np_assert(rq->op->apply != NULL);
    st->phase = NP_PHASE_APPLY;
    st->write = (struct np_write){
        .loop = rq->loop,
        .scope = np_req_scope(rq),
        .arena = rq->arena,
        .apply = run_apply,
        .done = applied,
        .err = &rq->err,
    };
    int rc = np_store_write(rq->core->store, rq->svc->model->db, &st->write);
    if (rc != 0) {
        rq->err.code = rc;
        np_req_finish(rq, rc);
    }
}

int np_apply(struct np_req *rq)
{
    (void)rq;
    return NP_APPLY;
}

static void heavy_work(struct np_job *j)
{
    struct np_req *rq = NP_CONTAINER(j, struct np_req_state, job)->rq;
    rq->state->done_rc = rq->op->read(rq, rq->in, rq->out, &rq->err);
    np_assert(rq->state->done_rc != NP_LATER);
}

static void heavy_done(struct np_job *j)
{
    struct np_req *rq = NP_CONTAINER(j, struct np_req_state, job)->rq;
    np_req_finish(rq, rq->state->done_rc);
}

static void run(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    const struct np_op *op = rq->op;
    st->phase = NP_PHASE_BEGIN;
    if (np_replies_find(rq)) {
        np_req_finish(rq, 0);
        return;
    }
    rq->out = np_alloc(rq->arena, op->codec->out->size + 1);
    if (op->flags & NP_OP_HEAVY) {
        np_job_submit(rq->core->jobs, rq->loop, &st->job, heavy_work, heavy_done);
        return;
    }
    int rc = NP_APPLY;
    if (op->flags & NP_OP_READ)
        rc = op->read(rq, rq->in, rq->out, &rq->err);
    else if (op->begin != NULL)
        rc = op->begin(rq, rq->in, &rq->err);
    if (rc == NP_APPLY)
        np_req_apply(rq);
    else
        np_req_finish(rq, rc);
}

/* --- accounts that --dev names, and what a service has in each --- */

static bool account_wanted(const struct np_req *rq)
{
    return rq->core->config.dev && rq->who->kind == NP_WHO_ROOT &&
           rq->core->registry->accounts.make != NULL && !np_account_exists(rq->core, rq->account);
}

static bool service_wants(const struct np_req *rq)
{
    return rq->svc->wants_account != NULL && rq->svc->wants_account(rq);
}

/* On the writer's thread. */
static int make_account(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct np_req *rq = NP_CONTAINER(w, struct np_req_state, write)->rq;
    int rc = 0;
    if (rq->state->new_account)
        rc = rq->core->registry->accounts.make(t, err);
    if (rc == 0 && rq->svc->make_account != NULL)
        rc = rq->svc->make_account(t, err);
    return rc;
}

static void account_made(struct np_write *w, int rc)
{
    struct np_req *rq = NP_CONTAINER(w, struct np_req_state, write)->rq;
    if (rc == 0)
        run(rq);
    else
        np_req_finish(rq, rc);
}

static void run_in_new_account(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    st->write = (struct np_write){
        .loop = rq->loop,
        .scope = np_req_scope(rq),
        .arena = rq->arena,
        .apply = make_account,
        .done = account_made,
        .err = &rq->err,
    };
    int rc = np_store_write(rq->core->store, NP_DB_STATE, &st->write);
    if (rc != 0)
        np_req_finish(rq, rc);
}

void np_dispatch(struct np_req *rq)
{
    struct np_invalid why = {0};
    int rc = 0;
    if (!rq->svc->authorize_on_head || rq->state->call != NULL)
        rc = np_dispatch_authorize(rq, &rq->err);
    if (rc == 0 && np_validate(rq->op->codec->in, rq->in, rq->arena, &why) != 0)
        rc = invalid(rq, &why, &rq->err);
    if (rc != 0) {
        np_req_finish(rq, rc);
        return;
    }
    rq->state->new_account = account_wanted(rq);
    if (rq->state->new_account || service_wants(rq))
        run_in_new_account(rq);
    else
        run(rq);
}

void np_req_finish(struct np_req *rq, int rc)
{
    if (rc == NP_LATER)
        return;
    struct np_req_state *st = rq->state;
    if (st->responded) { /* the head of a streamed reply is out */
        if (rc != 0)
            np_req_abort(rq);
        return;
    }
    if (rc < 0 && rq->err.code == 0)
        rq->err.code = rc;
    /* Writes that went well are in the audit by their own transaction; and nobody is in it under a
     * name that the signature did not prove. */
    bool management = rq->op != NULL && (rq->op->flags & NP_OP_DATA) == 0;
    bool proven = st->sig.kind == NP_SIG_NONE || st->signed_ok;
    if (management && proven && (rc != 0 || (rq->op->flags & NP_OP_READ) != 0))
        np_audit_read(rq, rc);
    st->phase = NP_PHASE_SENT;
    rq->io->reply(rq, rc);
}

static void done_late(void *arg)
{
    struct np_req *rq = NP_CAST(np_req, arg, NP_REQ_MAGIC);
    np_req_finish(rq, rq->state->done_rc);
}

void np_req_done(struct np_req *rq, int rc)
{
    np_assert(rc != NP_LATER && rc != NP_APPLY);
    rq->state->done_rc = rc;
    np_defer(rq->loop, &rq->state->defer, done_late, rq);
}

/* --- streamed payloads --- */

static void ignore_body(struct np_req *rq, int rc, struct np_str data, bool end)
{
    (void)rq, (void)rc, (void)data, (void)end;
}

void np_req_feed(struct np_req *rq, int rc, struct np_str raw, bool end)
{
    struct np_req_state *st = rq->state;
    if (st->body_fn == NULL || st->body_fn == ignore_body)
        return;
    if (rc < 0)
        np_err(&rq->err, rc, "the request's body broke off");
    else
        rc = np_payload_feed(rq, raw, end, &rq->err);
    if (rc == 0 && !end)
        return;
    np_body_fn *fn = st->body_fn;
    st->body_fn = ignore_body;
    fn(rq, rc, NP_STR_NULL, true);
}

/* The operation within the body has asked for its payload: what waits of it, then the rest. */
static void part_begin(void *arg)
{
    struct np_req *rq = NP_CAST(np_req, arg, NP_REQ_MAGIC);
    struct np_req_state *st = rq->state;
    if (st->part.rc != 0 || (st->x == NULL && st->rest == NULL)) {
        int rc = st->part.rc != 0 ? st->part.rc : NP_ECLOSED;
        if (rq->err.code == 0)
            np_err(&rq->err, rc, "the request's body broke off");
        np_req_give(rq, rc, NP_STR_NULL, true);
        return;
    }
    st->part.filter(rq, 0, st->part.left, false);
    if (!st->part.paused && st->body_fn != ignore_body)
        rq->io->resume(rq);
}

void np_req_body(struct np_req *rq, np_body_fn *fn)
{
    struct np_req_state *st = rq->state;
    if (st->part.filter != NULL) {
        st->part.fn = fn;
        np_defer(rq->loop, &st->part.defer, part_begin, rq);
        return;
    }
    st->body_fn = fn;
    rq->io->read(rq);
}

void np_req_body_pause(struct np_req *rq)
{
    rq->state->part.paused = true;
    rq->io->pause(rq);
}

void np_req_body_resume(struct np_req *rq)
{
    rq->state->part.paused = false;
    rq->io->resume(rq);
}

static void become(void *arg)
{
    struct np_req *rq = NP_CAST(np_req, arg, NP_REQ_MAGIC);
    const struct np_codec_op *op = rq->op->codec;
    rq->in = np_alloc(rq->arena, op->in->size + 1);
    int rc = np_decode_head(rq->proto, op, &rq->wire, rq->arena, rq->in, &rq->err);
    if (rc == 0 && rq->svc->authorize_on_head)
        rc = np_dispatch_authorize(rq, &rq->err);
    if (rc != 0)
        np_req_finish(rq, rc);
    else
        np_dispatch(rq);
}

void np_req_become(struct np_req *rq, const struct np_codec_op *op, np_body_fn *filter,
                   struct np_str left)
{
    struct np_req_state *st = rq->state;
    st->part.left = np_str_dup(rq->arena, left);
    st->part.filter = st->body_fn = filter;
    rq->io->pause(rq);
    np_req_choose(rq, op);
    np_defer(rq->loop, &st->part.defer, become, rq);
}

void np_req_give(struct np_req *rq, int rc, struct np_str data, bool end)
{
    struct np_req_state *st = rq->state;
    if (st->part.fn == NULL) {
        st->part.rc = rc;
        return;
    }
    np_body_fn *fn = st->part.fn;
    if (rc != 0 || end)
        st->part.fn = st->body_fn = ignore_body;
    fn(rq, rc, data, end);
}

void np_req_on_gone(struct np_req *rq, void (*gone)(struct np_req *rq))
{
    rq->state->gone = gone;
}

bool np_req_left(const struct np_req *rq)
{
    return rq->state->left;
}

int np_req_respond(struct np_req *rq, int64_t length)
{
    struct np_wire_reply r;
    np_req_encode(rq, 0, &r);
    rq->state->responded = true;
    rq->io->respond(rq, &r, length);
    return NP_LATER;
}

int np_req_respond_whole(struct np_req *rq, struct np_str body)
{
    struct np_wire_reply r;
    rq->state->reply_bytes = body.n;
    np_req_encode(rq, 0, &r);
    rq->state->responded = true;
    rq->state->phase = NP_PHASE_SENT;
    rq->io->respond_whole(rq, &r, body);
    return NP_LATER;
}

int np_req_write(struct np_req *rq, struct np_str data)
{
    return rq->io->write(rq, data);
}

int np_req_write_ref(struct np_req *rq, struct np_str data, void (*release)(void *arg), void *arg)
{
    return rq->io->write_ref(rq, data, release, arg);
}

int np_req_write_file(struct np_req *rq, int fd, uint64_t off, uint64_t n)
{
    return rq->io->write_file(rq, fd, off, n);
}

void np_req_on_drain(struct np_req *rq, void (*drained)(struct np_req *rq))
{
    rq->state->drained = drained;
    rq->io->on_drain(rq);
}

void np_req_end(struct np_req *rq)
{
    rq->state->phase = NP_PHASE_SENT;
    rq->io->end(rq);
}

void np_req_abort(struct np_req *rq)
{
    rq->state->phase = NP_PHASE_SENT;
    rq->io->abort(rq);
}
