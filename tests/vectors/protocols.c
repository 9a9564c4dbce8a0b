/* SPDX-License-Identifier: Apache-2.0 */
/* protocols.c - botocore's protocol vectors through the codec.
 *
 * Input cases: the request that a client sends must be routed to the operation and decode into the
 * case's parameters. Output cases: the reply that we encode from the case's result must be the
 * vector's (same tree, same headers) and a client must read the result from it; the same client
 * code must read the result from the vector's own reply, else it could not judge ours.
 */
#include <dirent.h>
#include <math.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "client.h"
#include "codec/xml.h"
#include "exceptions.h"
#include "model.h"

struct suite {
    struct np_arena *arena;
    struct np_str file; /* "input/json" */
    struct model model;
    struct np_codec_service *service; /* of the whole file */
    const struct np_json *json;
};

/* Never freed: the router remembers services by their address. */
static struct np_arena *kept[64];
static size_t n_kept;
static size_t passed, failed, left_out, spelled;
static bool verbose;

struct outcome {
    bool reads; /* a client reads the result from our reply */
    char text[3000];
};

#define FAIL(o, ...) (snprintf((o)->text, sizeof((o)->text), __VA_ARGS__), false)

static struct np_str printed(struct np_arena *a, const struct np_json *j)
{
    struct np_buf b;
    np_buf_init(&b, a, 1u << 20);
    np_json_write(j, &b);
    return np_buf_str(&b);
}

static enum np_protocol protocol_of(const struct np_json *metadata)
{
    static const struct {
        const char *name;
        enum np_protocol p;
    } protocols[] = {{"query", NP_PROTO_QUERY},
                     {"ec2", NP_PROTO_EC2},
                     {"rest-json", NP_PROTO_REST_JSON},
                     {"rest-xml", NP_PROTO_REST_XML},
                     {"smithy-rpc-v2-cbor", NP_PROTO_CBOR}};
    struct np_str name = np_json_str(metadata, NP_STR("protocol"));
    NP_EACH (p, protocols)
        if (np_str_eq(name, np_str_of(p->name)))
            return p->p;
    return np_str_is(np_json_str(metadata, NP_STR("jsonVersion")), "1.0") ? NP_PROTO_JSON10
                                                                          : NP_PROTO_JSON11;
}

static struct np_wire_field *fields_of(struct np_arena *a, const struct np_json *headers, size_t *n)
{
    struct np_wire_field *out =
        np_new_array(a, struct np_wire_field, headers != NULL ? headers->n + 1 : 1);
    *n = 0;
    for (const struct np_json *h = headers != NULL ? headers->child : NULL; h != NULL; h = h->next)
        out[(*n)++] = (struct np_wire_field){h->key, h->s};
    return out;
}

static struct np_str body_of(struct suite *s, const struct np_json *j)
{
    struct np_str text = np_json_str(j, NP_STR("body"));
    return s->model.protocol == NP_PROTO_CBOR && text.p != NULL ? np_unbase64(s->arena, text)
                                                                : text;
}

/* --- input --- */

static bool routed(struct suite *s, const struct np_codec_op *op, const struct np_wire_request *rq,
                   struct outcome *o)
{
    const struct np_codec_op *found;
    struct np_str action = np_str_of(op->name), version;
    bool known;
    if (s->model.protocol == NP_PROTO_REST_JSON || s->model.protocol == NP_PROTO_REST_XML) {
        found = np_op_by_route(s->service, rq, s->arena, &known);
    } else {
        bool form = s->model.protocol == NP_PROTO_QUERY || s->model.protocol == NP_PROTO_EC2;
        if (form && np_query_action(s->arena, rq->body, &action, &version) != 0)
            return FAIL(o, "no Action");
        found = np_op_by_name(s->service, action);
    }
    if (found == NULL || strcmp(found->name, op->name) != 0)
        return FAIL(o, "routed to %s", found != NULL ? found->name : "nothing");
    return true;
}

/* What the client added by itself, and what cannot be told from absence. */
static void tolerate(struct np_arena *arena, const struct np_shape *in,
                     const struct np_json *params, struct np_json *got)
{
    for (uint32_t i = 0; i < in->n_members; i++) {
        const struct np_member *m = &in->members[i];
        struct np_str name = np_str_of(m->name);
        const struct np_json *want = np_json_member(params, name);
        struct np_json *have = (struct np_json *)(uintptr_t)np_json_member(got, name);
        if (want == NULL && have != NULL && (m->flags & NP_M_IDEMPOTENCY_TOKEN))
            have->type = NP_J_NULL;
        /* An empty list or map of headers or parameters sends nothing. */
        bool empty =
            want != NULL && want->n == 0 && (want->type == NP_J_ARRAY || want->type == NP_J_OBJECT);
        if (empty && have == NULL && m->loc != NP_LOC_BODY && m->loc != NP_LOC_PAYLOAD)
            json_add(got, name, json_new(arena, want->type));
    }
}

static bool input_case(struct suite *s, const struct np_json *c, struct outcome *o)
{
    const struct np_json *sent = np_json_member(c, NP_STR("serialized")),
                         *params = np_json_member(c, NP_STR("params"));
    const struct np_codec_op *op = model_op(&s->model, np_json_member(c, NP_STR("given")));
    struct np_wire_request rq = {.method = np_json_str(sent, NP_STR("method")),
                                 .body = body_of(s, sent)};
    struct np_err err = {0};
    np_str_cut(np_json_str(sent, NP_STR("uri")), '?', &rq.path, &rq.query);
    rq.fields = fields_of(s->arena, np_json_member(sent, NP_STR("headers")), &rq.n_fields);
    if (!routed(s, op, &rq, o))
        return false;
    void *in = np_alloc(s->arena, op->in->size);
    int rc = np_decode_head(s->model.protocol, op, &rq, s->arena, in, &err);
    if (rc == 0)
        rc = np_decode_body(s->model.protocol, op, &rq, s->arena, in, &err);
    if (rc != 0)
        return FAIL(o, "%s: %.*s", np_code_name(rc), NP_FMT(np_err_text(&err)));
    struct np_json *got = model_json(s->arena, op->in, in);
    tolerate(s->arena, op->in, params, got);
    if (!json_same(got, params))
        return FAIL(o, "decoded %.*s\n    wanted  %.*s", NP_FMT(printed(s->arena, got)),
                    NP_FMT(printed(s->arena, params)));
    return true;
}

/* --- output --- */

static bool text_same(struct np_str a, struct np_str b)
{
    int64_t ta, tb;
    double da, db;
    if (np_str_eq(np_str_trim(a), np_str_trim(b)))
        return true;
    if (np_str_double(np_str_trim(a), &da) && np_str_double(np_str_trim(b), &db))
        return da == db || (float)da == (float)db;
    return np_time_parse_iso(a, &ta) && np_time_parse_iso(b, &tb) && ta == tb;
}

static bool attrs_same(const struct np_xml *a, const struct np_xml *b)
{
    const struct np_xml_attr *x = a->attrs, *y = b->attrs;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!np_str_eq(x->name, y->name) || !np_str_eq(x->value, y->value))
            return false;
    return x == NULL && y == NULL;
}

/* Members of a structure come in any order; items of one name keep theirs. */
static bool xml_same(const struct np_xml *a, const struct np_xml *b, bool root)
{
    size_t na = 0, nb = 0;
    if ((!root && !np_str_eq(a->name, b->name)) || !attrs_same(a, b) ||
        !text_same(a->text, b->text))
        return false;
    for (const struct np_xml *x = a->child; x != NULL; x = x->next) {
        const struct np_xml *y = b->child;
        size_t nth = 0;
        for (const struct np_xml *before = a->child; before != x; before = before->next)
            nth += np_str_eq(before->name, x->name);
        for (; y != NULL; y = y->next)
            if (np_str_eq(y->name, x->name) && nth-- == 0)
                break;
        if (y == NULL || !xml_same(x, y, false))
            return false;
        na++;
    }
    for (const struct np_xml *y = b->child; y != NULL; y = y->next)
        nb++;
    return na == nb;
}

/* The parts of a reply that its body does not depend on. */
static void drop_metadata(struct np_xml *x)
{
    static const char *const names[] = {"ResponseMetadata", "requestId", "RequestId", "RequestID"};
    struct np_xml **at = &x->child;
    while (*at != NULL) {
        bool drop = false;
        NP_EACH (n, names)
            drop |= np_str_eq((*at)->name, np_str_of(*n));
        if (drop)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
}

static bool xml_bodies_same(struct suite *s, struct np_str ours, struct np_str theirs)
{
    struct np_xml *a, *b;
    if (ours.n == 0 || theirs.n == 0)
        return ours.n == theirs.n;
    if (np_xml_parse(s->arena, ours, &a, NULL) != 0 ||
        np_xml_parse(s->arena, theirs, &b, NULL) != 0)
        return np_str_eq(ours, theirs);
    drop_metadata(a);
    drop_metadata(b);
    return xml_same(a, b, true);
}

/* json_same() where a time may be spelled in another zone and an error's type in full. */
static void normalise(struct suite *s, struct np_json *j)
{
    int64_t ms;
    for (struct np_json *c = j->child; c != NULL; c = c->next)
        normalise(s, c);
    if (j->type != NP_J_STRING)
        return;
    if (np_time_parse_iso(j->s, &ms))
        j->s = np_time_iso_str(s->arena, ms, false);
    if (np_str_is(j->key, "__type"))
        j->s = np_str_sub(j->s, (size_t)(np_str_chr(j->s, '#') + 1), SIZE_MAX);
}

static bool trees_same(struct suite *s, struct np_json *a, struct np_json *b)
{
    normalise(s, a);
    normalise(s, b);
    return json_same(a, b);
}

static bool json_bodies_same(struct suite *s, struct np_str ours, struct np_str theirs)
{
    struct np_json *a, *b;
    if (ours.n == 0 || theirs.n == 0)
        return ours.n == theirs.n;
    if (np_json_parse(s->arena, ours, &a, NULL) != 0 ||
        np_json_parse(s->arena, theirs, &b, NULL) != 0)
        return np_str_eq(ours, theirs);
    return trees_same(s, a, b);
}

static bool bodies_same(struct suite *s, struct np_str ours, struct np_str theirs)
{
    switch (s->model.protocol) {
    case NP_PROTO_QUERY:
    case NP_PROTO_EC2:
    case NP_PROTO_REST_XML:
        return xml_bodies_same(s, ours, theirs);
    case NP_PROTO_CBOR:
        return trees_same(s, client_cbor(s->arena, ours), client_cbor(s->arena, theirs));
    case NP_PROTO_JSON10:
    case NP_PROTO_JSON11:
    case NP_PROTO_REST_JSON:
    case NP_PROTOCOLS:
        break;
    }
    return json_bodies_same(s, ours, theirs);
}

/* Headers that are not the codec's. */
static bool is_foreign(struct np_str name)
{
    static const char *const names[] = {"content-length", "x-amz-target", "x-amzn-requestid"};
    NP_EACH (n, names)
        if (np_str_ieq(name, np_str_of(*n)))
            return true;
    return false;
}

static bool headers_same(const struct reply *ours, const struct reply *theirs, struct outcome *o)
{
    for (size_t i = 0; i < theirs->n_fields; i++) {
        const struct np_wire_field *f = &theirs->fields[i];
        struct np_str have = client_header(ours, f->name.p);
        if (is_foreign(f->name))
            continue;
        if (have.p == NULL || !text_same(have, f->value))
            return FAIL(o, "header %.*s is %.*s, not %.*s", NP_FMT(f->name), (int)have.n,
                        have.p != NULL ? have.p : "", NP_FMT(f->value));
    }
    return true;
}

static bool wire_same(struct suite *s, const struct reply *ours, const struct reply *theirs,
                      struct outcome *o)
{
    if (ours->status != theirs->status)
        return FAIL(o, "status %d, not %d", ours->status, theirs->status);
    if (!headers_same(ours, theirs, o))
        return false;
    if (!bodies_same(s, ours->body, theirs->body))
        return FAIL(o, "body %.*s\n    wanted %.*s", NP_FMT(ours->body), NP_FMT(theirs->body));
    return true;
}

static struct reply reply_of(struct suite *s, const struct np_json *j)
{
    struct reply r = {.status = (int)np_json_member(j, NP_STR("status_code"))->i,
                      .body = body_of(s, j)};
    struct np_wire_field *fields =
        fields_of(s->arena, np_json_member(j, NP_STR("headers")), &r.n_fields);
    for (size_t i = 0; i < r.n_fields; i++)
        fields[i].name = np_str_of(np_str_z(s->arena, fields[i].name));
    r.fields = fields;
    if (r.body.p == NULL)
        r.body = NP_STR("");
    return r;
}

static struct reply reply_from(struct suite *s, const struct np_wire_reply *w)
{
    struct np_wire_field *fields = np_new_array(s->arena, struct np_wire_field, w->n_fields + 1);
    struct reply r = {.status = w->status,
                      .fields = fields,
                      .n_fields = w->n_fields,
                      .body = np_buf_str(&w->body)};
    if (w->n_fields != 0)
        memcpy(fields, w->fields, w->n_fields * sizeof(*fields));
    if (w->content_type != NULL)
        fields[r.n_fields++] =
            (struct np_wire_field){NP_STR("Content-Type"), np_str_of(w->content_type)};
    return r;
}

static bool reads_as(struct suite *s, const struct np_codec_op *op, const struct reply *r,
                     const struct np_json *want, const char *whose, struct outcome *o)
{
    struct np_json *got = client_output(s->arena, s->model.protocol, op, r);
    if (got == NULL)
        return FAIL(o, "%s cannot be read: %.*s", whose, NP_FMT(r->body));
    /* An absent map of headers reads as an empty one. */
    for (struct np_json *j = got->child; j != NULL; j = j->next)
        if (j->type == NP_J_OBJECT && j->n == 0 && np_json_member(want, j->key) == NULL)
            j->type = NP_J_NULL;
    if (!json_same(got, want))
        return FAIL(o, "%s reads as %.*s\n    wanted %.*s", whose, NP_FMT(printed(s->arena, got)),
                    NP_FMT(printed(s->arena, want)));
    return true;
}

static bool result_case(struct suite *s, const struct np_json *c, struct outcome *o)
{
    const struct np_json *result = np_json_member(c, NP_STR("result"));
    const struct np_codec_op *op = model_op(&s->model, np_json_member(c, NP_STR("given")));
    struct np_wire_reply w = {0};
    struct reply theirs = reply_of(s, np_json_member(c, NP_STR("response")));
    if (!reads_as(s, op, &theirs, result, "the vector's reply", o))
        return false;
    np_buf_init(&w.body, s->arena, 1u << 20);
    if (np_encode_reply(s->model.protocol, s->service, op, model_value(s->arena, op->out, result),
                        NP_STR("request-id"), s->arena, &w) != 0)
        return FAIL(o, "not encoded");
    struct reply ours = reply_from(s, &w);
    if (!reads_as(s, op, &ours, result, "our reply", o))
        return false;
    o->reads = true;
    return wire_same(s, &ours, &theirs, o);
}

static bool error_reads_as(struct suite *s, const struct np_fault_def *def, const struct reply *r,
                           const struct np_json *c, const char *whose, struct outcome *o)
{
    struct client_error e = {0};
    struct np_str message = np_json_str(c, NP_STR("errorMessage"));
    if (!client_error(s->arena, s->model.protocol, def->shape, r, &e))
        return FAIL(o, "%s cannot be read: %.*s", whose, NP_FMT(r->body));
    if (!np_str_eq(e.code, np_json_str(c, NP_STR("errorCode"))))
        return FAIL(o, "%s has the code %.*s: %.*s", whose, NP_FMT(e.code), NP_FMT(r->body));
    if (message.p != NULL && !np_str_eq(e.message, message))
        return FAIL(o, "%s has the message %.*s", whose, NP_FMT(e.message));
    const struct np_json *want = np_json_member(c, NP_STR("error"));
    if (!json_same(e.members, want))
        return FAIL(o, "%s reads as %.*s", whose, NP_FMT(printed(s->arena, e.members)));
    return true;
}

static bool error_case(struct suite *s, const struct np_json *c, struct outcome *o)
{
    const struct np_json *error = np_json_member(c, NP_STR("error"));
    const struct np_fault_def *def = model_fault(&s->model, np_json_member(c, NP_STR("given")),
                                                 np_json_str(c, NP_STR("errorCode")));
    struct np_wire_error e = {.def = def,
                              .message = np_json_str(c, NP_STR("errorMessage")),
                              .request_id = NP_STR("foo-id")};
    struct np_wire_reply w = {0};
    struct reply theirs = reply_of(s, np_json_member(c, NP_STR("response")));
    if (!error_reads_as(s, def, &theirs, c, "the vector's reply", o))
        return false;
    e.members = model_value(s->arena, def->shape, error);
    np_buf_init(&w.body, s->arena, 1u << 20);
    if (np_encode_error(s->model.protocol, s->service, &e, s->arena, &w) != 0)
        return FAIL(o, "not encoded");
    struct reply ours = reply_from(s, &w);
    if (!error_reads_as(s, def, &ours, c, "our reply", o))
        return false;
    o->reads = true;
    return wire_same(s, &ours, &theirs, o);
}

/* --- running --- */

static void run_case(struct suite *s, const struct np_json *c)
{
    struct outcome o = {.text = ""};
    struct np_str id = np_json_str(c, NP_STR("id"));
    struct np_str key = np_str_printf(s->arena, "%.*s:%.*s", NP_FMT(s->file), NP_FMT(id));
    const struct exception *x = exception_of(key);
    bool ok;
    if (np_json_member(c, NP_STR("serialized")) != NULL)
        ok = input_case(s, c, &o);
    else if (np_json_member(c, NP_STR("error")) != NULL)
        ok = error_case(s, c, &o);
    else
        ok = result_case(s, c, &o);
    if (ok && x != NULL) {
        failed++;
        printf("%.*s passes now: take it off the list of exceptions\n", NP_FMT(key));
    } else if (!ok && (x == NULL || (x->reads && !o.reads))) {
        failed++;
        printf("%.*s fails: %s\n", NP_FMT(key), o.text);
    } else if (ok || x->reads) {
        passed++;
        spelled += !ok;
    } else {
        left_out++;
    }
    if (verbose && !ok && x != NULL)
        printf("%.*s: %s\n    %s\n", NP_FMT(key), x->reason, o.text);
}

static void collect_ops(struct suite *s, const struct np_json *suites)
{
    const struct np_codec_op **ops;
    struct np_codec_service *svc = np_new(s->arena, struct np_codec_service);
    size_t room = 0;
    for (const struct np_json *one = suites->child; one != NULL; one = one->next)
        room += np_json_member(one, NP_STR("cases"))->n;
    svc->ops = ops = np_new_array(s->arena, const struct np_codec_op *, room);
    for (const struct np_json *one = suites->child; one != NULL; one = one->next) {
        struct model m = {.arena = s->arena, .shapes = np_json_member(one, NP_STR("shapes"))};
        const struct np_json *cases = np_json_member(one, NP_STR("cases"));
        ops[svc->n_ops++] = model_op(&m, np_json_member(cases->child, NP_STR("given")));
    }
    const struct np_json *metadata = np_json_member(suites->child, NP_STR("metadata"));
    svc->protocols = (uint16_t)(1 << protocol_of(metadata));
    svc->query_compatible = np_json_member(metadata, NP_STR("awsQueryCompatible")) != NULL;
    s->service = svc;
}

static void run_file(const char *dir, const char *name, struct np_str file)
{
    NP_AUTO_ARENA text_arena = np_arena_new();
    np_assert(n_kept < NP_LEN(kept));
    struct np_arena *a = kept[n_kept++] = np_arena_new();
    struct np_json *suites;
    struct np_buf text;
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    np_assert(f != NULL);
    np_buf_init(&text, text_arena, 16u << 20);
    char chunk[65536];
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) != 0;)
        np_buf_add(&text, chunk, n);
    fclose(f);
    np_assert(np_json_parse(a, np_buf_str(&text), &suites, NULL) == 0);
    struct suite s = {.arena = a, .file = file};
    if (suites->n == 0)
        return;
    collect_ops(&s, suites);
    for (const struct np_json *one = suites->child; one != NULL; one = one->next) {
        s.model = (struct model){.arena = a,
                                 .shapes = np_json_member(one, NP_STR("shapes")),
                                 .protocol = protocol_of(np_json_member(one, NP_STR("metadata")))};
        for (const struct np_json *c = np_json_member(one, NP_STR("cases"))->child; c != NULL;
             c = c->next)
            run_case(&s, c);
    }
}

static bool run_dir(const char *root, const char *kind)
{
    char dir[3000];
    snprintf(dir, sizeof(dir), "%s/protocols/%s", root, kind);
    DIR *d = opendir(dir);
    if (d == NULL)
        return false;
    NP_AUTO_ARENA a = np_arena_new();
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct np_str name = np_str_of(e->d_name);
        if (np_str_ends(name, NP_STR(".json")))
            run_file(dir, e->d_name, np_str_printf(a, "%s/%.*s", kind, (int)name.n - 5, name.p));
    }
    closedir(d);
    return true;
}

/* usage: protocols SOURCE_ROOT [-v] */
int main(int argc, char **argv)
{
    char root[2000];
    const char *shared = getenv("NEPHELE_SHARED");
    verbose = argc > 2 && strcmp(argv[2], "-v") == 0;
    if (shared != NULL)
        snprintf(root, sizeof(root), "%s/vectors", shared);
    else
        snprintf(root, sizeof(root), "%s/../shared/vectors", argc > 1 ? argv[1] : ".");
    if (!run_dir(root, "input") || !run_dir(root, "output")) {
        printf("skipped: no protocol vectors at %s\n", root);
        return 77;
    }
    printf("%zu passed, %zu failed, %zu left out\n", passed, failed, left_out);
    printf(
        "(%zu of the passed ones read the same but are spelled otherwise; exceptions.c says why)\n",
        spelled);
    return failed != 0 || passed == 0;
}
