/* SPDX-License-Identifier: Apache-2.0 */
/* front.c - the gateway: from an HTTP exchange to an operation, and back. */
#include "aws/req_int.h"

#include "aws/browser.h"
#include "aws/forward.h"
#include "aws/ids.h"
#include "aws/pool.h"
#include "aws/unserved.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/enc.h"
#include "base/log.h"

/* --- the HTTP end of a request --- */

static void http_body(void *arg, int rc, struct np_str data, bool end)
{
    np_req_feed(NP_CAST(np_req, arg, NP_REQ_MAGIC), rc, data, end);
}

static void late_gone(void *arg)
{
    struct np_req *rq = NP_CAST(np_req, arg, NP_REQ_MAGIC);
    np_req_feed(rq, NP_ECLOSED, NP_STR_NULL, true);
}

static void http_read(struct np_req *rq)
{
    if (rq->state->x != NULL)
        np_http_read(rq->state->x, http_body, rq);
    else
        np_defer(rq->loop, &rq->state->defer, late_gone, rq);
}

static void http_pause(struct np_req *rq)
{
    if (rq->state->x != NULL)
        np_http_read_pause(rq->state->x);
}

static void http_resume(struct np_req *rq)
{
    if (rq->state->x != NULL)
        np_http_read_resume(rq->state->x);
}

static const struct np_http_field *http_fields(const struct np_wire_reply *r)
{
    return (const struct np_http_field *)r->fields;
}

static void http_respond(struct np_req *rq, const struct np_wire_reply *r, int64_t length)
{
    if (rq->state->x != NULL)
        np_http_respond(rq->state->x, r->status, http_fields(r), r->n_fields, length);
}

static void http_respond_whole(struct np_req *rq, const struct np_wire_reply *r, struct np_str body)
{
    if (rq->state->x == NULL)
        np_req_free(rq);
    else
        np_http_reply(rq->state->x, r->status, http_fields(r), r->n_fields, body);
}

static int http_write(struct np_req *rq, struct np_str data)
{
    return rq->state->x != NULL ? np_http_write(rq->state->x, data) : NP_ECLOSED;
}

static int http_write_ref(struct np_req *rq, struct np_str data, void (*release)(void *arg),
                          void *arg)
{
    if (rq->state->x != NULL)
        return np_http_write_ref(rq->state->x, data, release, arg);
    release(arg);
    return NP_ECLOSED;
}

static int http_write_file(struct np_req *rq, int fd, uint64_t off, uint64_t n)
{
    return rq->state->x != NULL ? np_http_write_file(rq->state->x, fd, off, n) : NP_ECLOSED;
}

static void http_drained(void *arg)
{
    struct np_req *rq = NP_CAST(np_req, arg, NP_REQ_MAGIC);
    if (rq->state->drained != NULL)
        rq->state->drained(rq);
}

static void http_on_drain(struct np_req *rq)
{
    if (rq->state->x != NULL)
        np_http_on_drain(rq->state->x, http_drained, rq);
}

/* The request is freed by `gone`, which these bring about, or here when it came before. */
static void http_end(struct np_req *rq)
{
    if (rq->state->x == NULL)
        np_req_free(rq);
    else
        np_http_end(rq->state->x);
}

static void http_abort(struct np_req *rq)
{
    if (rq->state->x == NULL)
        np_req_free(rq);
    else
        np_http_abort(rq->state->x);
}

static void http_reply(struct np_req *rq, int rc)
{
    struct np_http_x *x = rq->state->x;
    if (x == NULL) {
        np_req_free(rq);
        return;
    }
    struct np_wire_reply r;
    np_req_encode(rq, rc, &r);
    np_http_reply(x, r.status, http_fields(&r), r.n_fields, np_buf_str(&r.body));
}

static void http_send(struct np_req *rq, int status, const struct np_http_field *fields, size_t n,
                      struct np_str body)
{
    if (rq->state->x == NULL)
        np_req_free(rq);
    else
        np_http_reply(rq->state->x, status, fields, n, body);
}

static const struct np_req_io http_io = {
    .read = http_read,
    .pause = http_pause,
    .resume = http_resume,
    .respond = http_respond,
    .respond_whole = http_respond_whole,
    .write = http_write,
    .write_ref = http_write_ref,
    .write_file = http_write_file,
    .on_drain = http_on_drain,
    .end = http_end,
    .abort = http_abort,
    .reply = http_reply,
    .send = http_send,
};

void np_req_send(struct np_req *rq, int status, const struct np_http_field *fields, size_t n,
                 struct np_str body)
{
    rq->state->phase = NP_PHASE_SENT;
    rq->io->send(rq, status, fields, n, body);
}

/* --- taking the head over --- */

static void copy_parts(struct np_req *rq, const struct np_http_head *h)
{
    struct np_arena *a = rq->arena;
    struct np_wire_field *fields = np_new_array(a, struct np_wire_field, h->n_fields + 1);
    for (size_t i = 0; i < h->n_fields; i++)
        fields[i] = (struct np_wire_field){np_str_dup(a, h->fields[i].name),
                                           np_str_dup(a, h->fields[i].value)};
    rq->wire = (struct np_wire_request){
        .method = np_str_dup(a, h->method),
        .path = np_str_dup(a, h->path),
        .query = np_str_dup(a, h->query),
        .fields = fields,
        .n_fields = h->n_fields,
    };
}

static void copy_run(struct np_req *rq, const struct np_http_head *h)
{
    const char *first = h->method.p, *last = h->target.p + h->target.n;
    if (h->n_fields > 0) {
        struct np_str v = h->fields[h->n_fields - 1].value;
        last = v.p + v.n;
    }
    size_t n = (size_t)(last - first);
    char *copy = np_alloc(rq->arena, n + 1);
    memcpy(copy, first, n);
#define MOVED(s) ((struct np_str){(s).p == NULL ? NULL : copy + ((s).p - first), (s).n})
    struct np_wire_field *fields = np_new_array(rq->arena, struct np_wire_field, h->n_fields + 1);
    for (size_t i = 0; i < h->n_fields; i++)
        fields[i] = (struct np_wire_field){MOVED(h->fields[i].name), MOVED(h->fields[i].value)};
    rq->wire = (struct np_wire_request){
        .method = MOVED(h->method),
        .path = MOVED(h->path),
        .query = MOVED(h->query),
        .fields = fields,
        .n_fields = h->n_fields,
    };
#undef MOVED
}

/* The head is copied: the exchange may end while the writer still works for the request. */
static void copy_head(struct np_req *rq, const struct np_http_head *h)
{
    if (h->major == 1)
        copy_run(rq, h);
    else
        copy_parts(rq, h);
    rq->host = np_str_lower(rq->arena, h->host.p != NULL ? h->host : NP_STR(""));
}

bool np_is_host_client(const struct np_core *core, const struct np_addr *peer)
{
    (void)core;
    return np_addr_is_loopback(peer) && !np_pool_is_any(peer);
}

static void set_zone(struct np_req *rq, struct np_http_x *x, const struct np_front_door *door)
{
    const struct np_stream *s = np_http_stream(x);
    const struct np_config *c = &rq->core->config;
    rq->zone.tls = np_stream_is_tls(s);
    if (door == NULL && np_is_host_client(rq->core, np_stream_peer(s))) {
        rq->zone.kind = NP_ZONE_HOST;
        rq->zone.source_ip = c->client_address;
        rq->zone.secure = rq->zone.tls || !c->secure_transport_strict;
        return;
    }
    rq->zone.kind = NP_ZONE_OUTSIDE;
    rq->zone.source_ip = np_addr_ip_text(rq->arena, np_stream_peer(s));
    rq->zone.secure = rq->zone.tls;
    if (door != NULL && door->vpc_id.p != NULL) {
        rq->zone.kind = NP_ZONE_VPC;
        rq->zone.vpc_id = np_str_dup(rq->arena, door->vpc_id);
        rq->zone.endpoint_id = np_str_dup(rq->arena, door->endpoint_id);
    }
}

static uint64_t next_id(struct np_worker *w)
{
    /* xorshift128+: request ids are names, not secrets. */
    uint64_t s1 = w->id_state[0], s0 = w->id_state[1];
    w->id_state[0] = s0;
    s1 ^= s1 << 23;
    w->id_state[1] = s1 ^ s0 ^ (s1 >> 18) ^ (s0 >> 5);
    return w->id_state[1] + s0;
}

static void make_ids(struct np_req *rq)
{
    struct np_worker *w = rq->state->worker;
    uint64_t raw[2] = {next_id(w), next_id(w)};
    char hex[32], *p = np_alloc(rq->arena, 36);
    np_hex(hex, raw, sizeof(raw));
    static const size_t at[] = {0, 8, 12, 16, 20, 32};
    size_t n = 0;
    for (size_t i = 0; i + 1 < NP_LEN(at); i++) {
        if (i > 0)
            p[n++] = '-';
        memcpy(p + n, hex + at[i], at[i + 1] - at[i]);
        n += at[i + 1] - at[i];
    }
    rq->request_id = np_str_n(p, 36);
}

/* --- which service --- */

static bool speaks(const struct np_service *s, enum np_protocol p)
{
    return (s->model->codec->protocols & (1u << p)) != 0;
}

static const struct np_service *by_signing_name(const struct np_core *core, struct np_str name)
{
    for (size_t i = 0; i < core->n_services; i++)
        if (np_str_eq(np_str_of(core->services[i]->model->codec->signing_name), name))
            return core->services[i];
    return NULL;
}

static const struct np_service *by_shape_name(const struct np_core *core, struct np_str name)
{
    for (size_t i = 0; i < core->n_services; i++) {
        const char *p = core->services[i]->model->codec->target_prefix;
        if (p != NULL && np_str_eq(np_str_of(p), name))
            return core->services[i];
    }
    return NULL;
}

static const struct np_service *by_host(const struct np_core *core, struct np_str host)
{
    struct np_str label, rest;
    if (!np_str_cut(host, '.', &label, &rest))
        return NULL;
    for (size_t i = 0; i < core->n_services; i++)
        if (np_str_eq(np_str_of(core->services[i]->model->codec->endpoint_prefix), label))
            return core->services[i];
    return NULL;
}

static const struct np_service *by_action(const struct np_core *core, struct np_str action,
                                          struct np_str version)
{
    for (size_t i = 0; i < core->n_services; i++) {
        const struct np_service *s = core->services[i];
        if (!speaks(s, NP_PROTO_QUERY) && !speaks(s, NP_PROTO_EC2))
            continue;
        if (version.n != 0 && !np_str_eq(np_str_of(s->model->codec->version), version))
            continue;
        if (np_op_by_name(s->model->codec, action) != NULL)
            return s;
    }
    return NULL;
}

static const struct np_service *by_name(const struct np_core *core, const char *name)
{
    for (size_t i = 0; i < core->n_services; i++)
        if (np_str_eq(np_str_of(core->services[i]->name), np_str_of(name)))
            return core->services[i];
    return core->services[0];
}

/* Who signs for these reads errors in S3's form. */
static bool is_kind_of_s3(struct np_str signing_name)
{
    static const char *const names[] = {"s3express", "s3-object-lambda", "s3-outposts"};
    NP_EACH (n, names)
        if (np_str_eq(signing_name, np_str_of(*n)))
            return true;
    return false;
}

static const struct np_service *by_signature(struct np_req *rq, struct np_str name)
{
    const struct np_service *s = by_signing_name(rq->core, name);
    if (s != NULL)
        return s;
    return is_kind_of_s3(name) ? by_name(rq->core, "s3") : np_unserved(rq, name);
}

/* By credential scope, X-Amz-Target or path, host; a form that nobody signed is looked at once its
 * Action is known; everything else without a name is S3, whose objects may be public. */
static const struct np_service *find_service(struct np_req *rq, const struct np_sig *sig)
{
    const struct np_core *core = rq->core;
    if (sig->service.n != 0)
        return by_signature(rq, sig->service);
    struct np_str named = np_service_named(rq);
    const struct np_service *s =
        named.n != 0 ? by_shape_name(core, named) : by_host(core, rq->host);
    if (s != NULL)
        return s;
    if (named.n != 0)
        return np_unserved(rq, named);
    return by_name(core, np_is_form(rq) ? "sts" : "s3");
}

static enum np_protocol find_protocol(struct np_req *rq)
{
    const struct np_service *s = rq->svc;
    struct np_str type = np_req_field(rq, NP_STR("content-type"));
    if (np_is_cbor(rq) && speaks(s, NP_PROTO_CBOR))
        return NP_PROTO_CBOR;
    if (np_str_istarts(type, NP_STR("application/x-amz-json-1.1")) && speaks(s, NP_PROTO_JSON11))
        return NP_PROTO_JSON11;
    if (np_str_istarts(type, NP_STR("application/x-amz-json-1.0")) && speaks(s, NP_PROTO_JSON10))
        return NP_PROTO_JSON10;
    for (enum np_protocol p = 0; p < NP_PROTOCOLS; p++)
        if (speaks(s, p))
            return p;
    return NP_PROTO_REST_XML;
}

static bool is_rest(enum np_protocol p)
{
    return p == NP_PROTO_REST_JSON || p == NP_PROTO_REST_XML;
}

/* The operation may stand in the document. */
static bool is_query(enum np_protocol p)
{
    return p == NP_PROTO_QUERY || p == NP_PROTO_EC2;
}

/* --- which operation --- */

static const struct np_op *op_of(const struct np_service_model *m, const struct np_codec_op *c)
{
    for (size_t i = 0; c != NULL && i < m->codec->n_ops; i++)
        if (m->codec->ops[i] == c)
            return &m->ops[i];
    return NULL;
}

bool np_req_choose(struct np_req *rq, const struct np_codec_op *c)
{
    rq->op = op_of(rq->svc->model, c);
    if (rq->op != NULL && (rq->op->flags & NP_OP_SECRET) != 0)
        np_arena_wipe(rq->arena);
    return rq->op != NULL;
}

static int no_operation(struct np_req *rq, struct np_str name)
{
    if (name.n == 0)
        return np_fault(&rq->err, &NP_InvalidAction, "The request does not name its operation.");
    return np_fault(&rq->err, &NP_InvalidAction,
                    "The action %.*s is not valid for this endpoint: this region does not "
                    "serve it for %s.",
                    NP_FMT(name), rq->svc->model->codec->sdk_id);
}

static int find_rest_op(struct np_req *rq)
{
    bool path_known;
    if (np_req_choose(rq, np_op_by_route(rq->svc->model->codec, &rq->wire, rq->arena, &path_known)))
        return 0;
    struct np_str name =
        np_str_printf(rq->arena, "%.*s %.*s%s%.*s", NP_FMT(rq->wire.method), NP_FMT(rq->wire.path),
                      rq->wire.query.n != 0 ? "?" : "", NP_FMT(rq->wire.query));
    return no_operation(rq, name);
}

static int no_version(struct np_req *rq, struct np_str name, struct np_str version)
{
    if (rq->proto == NP_PROTO_EC2)
        return np_fault(&rq->err, &NP_NoSuchVersion,
                        "The requested version (%.*s) of service AmazonEC2 does not exist",
                        NP_FMT(version));
    return np_fault(&rq->err, &NP_InvalidAction, "Could not find operation %.*s for version %.*s",
                    NP_FMT(name), NP_FMT(version));
}

static int find_form_op(struct np_req *rq)
{
    struct np_str name, version;
    struct np_str form = rq->wire.body.n != 0 ? rq->wire.body : rq->wire.query;
    if (np_query_action(rq->arena, form, &name, &version) != 0 || name.n == 0)
        return np_fault(&rq->err, &NP_MissingAction,
                        "The request must contain the parameter Action");
    if (rq->state->sig.kind == NP_SIG_NONE) {
        const struct np_service *s = by_action(rq->core, name, version);
        if (s != NULL) {
            rq->svc = s;
            rq->proto = find_protocol(rq);
        }
    }
    const char *want = rq->svc->model->codec->version;
    if (version.n != 0 && want != NULL && !np_str_eq(version, np_str_of(want)))
        return no_version(rq, name, version);
    bool found = np_req_choose(rq, np_op_by_name(rq->svc->model->codec, name));
    return found ? 0 : no_operation(rq, name);
}

/* What X-Amz-Target has after the dot, or the last segment of rpc-v2-cbor's path.
 * AWS: behind the name of another service, or by another method, it names nothing. */
static int find_named_op(struct np_req *rq)
{
    const char *prefix = rq->svc->model->codec->target_prefix;
    bool cbor = rq->proto == NP_PROTO_CBOR;
    struct np_str from = cbor ? rq->wire.path : np_req_field(rq, NP_STR("x-amz-target"));
    ptrdiff_t at = np_str_rchr(from, cbor ? '/' : '.');
    struct np_str name = np_str_sub(from, at < 0 ? 0 : (size_t)at + 1, from.n);
    if (prefix != NULL && name.n != 0 && !np_str_eq(np_service_named(rq), np_str_of(prefix)))
        return no_operation(rq, from);
    if (!np_str_is(rq->wire.method, "POST"))
        return no_operation(
            rq, np_str_printf(rq->arena, "%.*s %.*s", NP_FMT(rq->wire.method), NP_FMT(name)));
    bool found = np_req_choose(rq, np_op_by_name(rq->svc->model->codec, name));
    return found ? 0 : no_operation(rq, name);
}

/* --- documents --- */

/* More parts than the codec takes are the client's matter. */
static int decoded(struct np_req *rq, int rc)
{
    if (rc == NP_ENOENT) { /* a member that there is none */
        struct np_str what = np_str_dup(rq->arena, np_err_text(&rq->err));
        return np_fault(&rq->err, &NP_UnknownParameter, "%.*s", NP_FMT(what));
    }
    if (rc != NP_E2BIG)
        return rc;
    return np_fault(&rq->err, &NP_RequestEntityTooLarge,
                    "The request has too many parameters or elements.");
}

static void take_in(struct np_req *rq)
{
    int rc = 0;
    if (is_query(rq->proto)) {
        rc = find_form_op(rq);
        if (rc == 0 && rq->wire.body.n == 0)
            rq->wire.body = rq->wire.query;
    }
    if (rc == 0 && !is_rest(rq->proto))
        rq->in = np_alloc(rq->arena, rq->op->codec->in->size + 1);
    if (rc == 0)
        rc = decoded(
            rq, np_decode_body(rq->proto, rq->op->codec, &rq->wire, rq->arena, rq->in, &rq->err));
    if (rc != 0)
        np_req_finish(rq, rc);
    else
        np_dispatch(rq);
}

static void doc_complete(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    rq->wire.body = np_buf_str(&st->doc);
    bool hash_said = st->sig.payload_hash.n == 64;
    if (st->wait_body_hash || hash_said) {
        uint8_t sum[32];
        char *hex = np_alloc(rq->arena, 64);
        np_digest_once(NP_SHA256, rq->wire.body, sum);
        np_hex(hex, sum, 32);
        st->body_hash = np_str_n(hex, 64);
    }
    int rc = np_auth_body(rq, &rq->err);
    if (rc != 0)
        np_req_finish(rq, rc);
    else
        take_in(rq);
}

static void doc_bytes(struct np_req *rq, int rc, struct np_str data, bool end)
{
    struct np_req_state *st = rq->state;
    if (rc < 0) {
        np_req_done(rq, rc);
        return;
    }
    np_buf_str_add(&st->doc, data);
    if (!np_buf_ok(&st->doc)) {
        st->body_fn = NULL;
        np_req_done(rq, np_fault(&rq->err, &NP_RequestEntityTooLarge,
                                 "The request body is longer than %zu bytes.", st->doc.max_bytes));
        return;
    }
    if (end)
        doc_complete(rq);
}

/* Bytes of the body as it is sent; -1: not said. */
static int64_t body_length(const struct np_req *rq)
{
    if (rq->state->rest != NULL)
        return rq->state->rest_length;
    const struct np_http_head *h = np_http_head(rq->state->x);
    if (h->framing == NP_BODY_NONE)
        return 0;
    return h->framing == NP_BODY_LENGTH && h->content_length <= INT64_MAX
               ? (int64_t)h->content_length
               : -1;
}

/* A document has no aws-chunked form but in S3, where any payload may. */
static int start_document(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    size_t limit =
        rq->op != NULL && rq->op->body_limit != 0 ? rq->op->body_limit : NP_DOC_DEFAULT_MAX;
    np_buf_init(&st->doc, rq->arena, limit);
    int64_t length = body_length(rq);
    if (length == 0) {
        doc_complete(rq);
        return 0;
    }
    uint64_t expect = length > 0 ? (uint64_t)length : limit;
    if (expect > limit)
        return np_fault(&rq->err, &NP_RequestEntityTooLarge,
                        "The request body is longer than %zu bytes.", limit);
    if (__atomic_add_fetch(&rq->core->registry->body_bytes, (int64_t)expect, __ATOMIC_RELAXED) >
        NP_BODIES_MAX) {
        __atomic_sub_fetch(&rq->core->registry->body_bytes, (int64_t)expect, __ATOMIC_RELAXED);
        return np_fault(&rq->err, &NP_ServiceUnavailable,
                        "Too many request bodies are in memory; try again.");
    }
    st->doc_charged = expect;
    if (length > 0)
        np_buf_grow(&st->doc, (size_t)expect);
    int rc = np_payload_init(rq, &rq->err);
    if (rc != 0)
        return rc;
    st->payload.check_hash = false; /* compared on the whole, with the signature */
    st->phase = NP_PHASE_BODY;
    np_req_body(rq, doc_bytes);
    return NP_LATER;
}

/* --- the head --- */

static int start_rest(struct np_req *rq)
{
    int rc = find_rest_op(rq);
    if (rc != 0)
        return rc;
    rq->in = np_alloc(rq->arena, rq->op->codec->in->size + 1);
    rc = decoded(rq,
                 np_decode_head(rq->proto, rq->op->codec, &rq->wire, rq->arena, rq->in, &rq->err));
    if (rc == 0 && rq->svc->authorize_on_head)
        rc = np_dispatch_authorize(rq, &rq->err);
    return rc;
}

static int start(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    if (st->rest == NULL) {
        rq->region = np_region_home(rq->core);
        rq->account = rq->core->config.account;
    }
    if (st->rest == NULL && np_sig_parse(&rq->wire, rq->arena, &st->sig, &rq->err) != 0)
        st->sig_problem = np_str_dup(rq->arena, np_err_text(&rq->err));
    if (rq->svc == NULL)
        rq->svc = find_service(rq, &st->sig);
    rq->proto = find_protocol(rq);
    if (!np_endpoint_takes(rq))
        return np_fault(&rq->err, &NP_AccessDenied,
                        "This VPC endpoint is not of the service that the request is for.");
    if (is_kind_of_s3(st->sig.service))
        return np_fault(&rq->err, &NP_UnsupportedOperation,
                        "This region does not serve the service '%.*s'.", NP_FMT(st->sig.service));
    /* Who asks in process is known, and no web page. */
    int rc = st->rest == NULL ? np_browser_check(rq, &rq->err) : 0;
    if (rc == 0 && st->rest == NULL)
        rc = np_auth_head(rq, &rq->err);
    if (rc == 0 && is_rest(rq->proto))
        rc = start_rest(rq);
    else if (rc == 0 && !is_query(rq->proto))
        rc = find_named_op(rq);
    if (rc != 0)
        return rc;
    if (rq->op != NULL && (rq->op->flags & NP_OP_STREAM_IN)) {
        rc = np_payload_init(rq, &rq->err);
        if (rc == 0)
            np_dispatch(rq);
        return rc != 0 ? rc : NP_LATER;
    }
    return start_document(rq) < 0 ? NP_EFAULT : NP_LATER;
}

static void rewrite_host(struct np_http_x *x, struct np_str host)
{
    const struct np_http_head *h = np_http_head(x);
    struct np_http_field *fields =
        np_new_array(np_http_arena(x), struct np_http_field, h->n_fields + 1);
    for (size_t i = 0; i < h->n_fields; i++) {
        fields[i] = h->fields[i];
        if (np_str_ieq(fields[i].name, NP_STR("Host")))
            fields[i].value = host;
    }
    np_http_rewrite(x, h->target, host, fields, h->n_fields);
}

/* The exchange goes on, the request is no more. */
static void hand_over(struct np_req *rq)
{
    struct np_http_x *x = rq->state->x;
    struct np_hand to = rq->hand;
    if (to.host.p != NULL)
        rewrite_host(x, to.host);
    rq->state->x = NULL;
    np_req_free(rq);
    np_http_hand(x, to.http, to.arg, NULL);
}

void np_req_hand(struct np_req *rq, const struct np_http_handlers *h, void *arg)
{
    rq->hand = (struct np_hand){.http = h, .arg = arg};
    hand_over(rq);
}

/* 0: no route took it. */
static int try_routes(struct np_req *rq)
{
    const struct np_registry *r = rq->core->registry;
    for (size_t i = 0; i < r->n_routes; i++) {
        int mine = r->routes[i].match(rq->core, rq);
        if (mine == 0)
            continue;
        if (mine == NP_ROUTE_HAND) {
            hand_over(rq);
            return 1;
        }
        rq->svc = r->routes[i].svc;
        if (mine == 2)
            return 0;
        rq->state->route = &r->routes[i];
        rq->proto = find_protocol(rq);
        if (np_payload_init(rq, &rq->err) == 0)
            np_req_finish(rq, r->routes[i].serve(rq, &rq->err));
        else
            np_req_finish(rq, NP_EFAULT);
        return 1;
    }
    return 0;
}

static void serve_from(struct np_worker *w, const struct np_front_door *door, struct np_http_x *x)
{
    struct np_req *rq = np_req_new(w);
    rq->state->x = x;
    rq->io = &http_io;
    np_http_set_user(x, rq);
    copy_head(rq, np_http_head(x));
    set_zone(rq, x, door);
    make_ids(rq);
    rq->name = np_own_name(rq);
    rq->endpoint =
        np_str_cat(rq->arena, rq->zone.tls ? NP_STR("https://") : NP_STR("http://"), rq->host);
    if (!np_browser_host_ok(rq)) {
        np_req_send(rq, 421, NULL, 0, NP_STR("This region does not answer to that Host.\n"));
        return;
    }
    if (np_local_serve(rq) || try_routes(rq) != 0)
        return;
    np_req_finish(rq, start(rq));
}

static void on_request(void *arg, struct np_http_x *x)
{
    if (np_forward_wanted(np_http_head(x)))
        np_forward(arg, x);
    else
        serve_from(arg, NULL, x);
}

/* Only the gateway is a proxy. */
static void on_door_request(void *arg, struct np_http_x *x)
{
    const struct np_front_door *door = arg;
    if (np_forward_wanted(np_http_head(x)))
        np_http_reply(x, 403, NULL, 0, NP_STR("This is no proxy.\n"));
    else
        serve_from(door->worker, door, x);
}

void np_front_serve(struct np_req *rq)
{
    if (try_routes(rq) == 0)
        np_req_finish(rq, start(rq));
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    (void)arg, (void)complete;
    struct np_req *rq = np_http_user(x);
    if (rq == NULL)
        return;
    struct np_req_state *st = rq->state;
    st->x = NULL;
    if (st->phase == NP_PHASE_SENT) {
        np_req_free(rq);
        return;
    }
    st->left = true;
    if (st->gone != NULL && st->phase != NP_PHASE_APPLY) {
        void (*gone)(struct np_req *) = st->gone;
        st->gone = NULL;
        gone(rq);
    }
}

const struct np_http_handlers np_front_handlers = {.request = on_request, .gone = on_gone};
const struct np_http_handlers np_front_door_handlers = {.request = on_door_request,
                                                        .gone = on_gone};
