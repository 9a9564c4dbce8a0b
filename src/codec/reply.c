/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c - replies and errors by protocol. */
#include "base/arena.h"
#include "codec/cbor_codec.h"
#include "codec/codec.h"
#include "codec/http_bind.h"
#include "codec/json_codec.h"
#include "codec/xml_codec.h"

#define XML_PROLOG "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static const char *const content_types[] = {
    [NP_PROTO_QUERY] = "text/xml",
    [NP_PROTO_EC2] = "text/xml;charset=UTF-8",
    [NP_PROTO_JSON10] = "application/x-amz-json-1.0",
    [NP_PROTO_JSON11] = "application/x-amz-json-1.1",
    [NP_PROTO_REST_JSON] = "application/json",
    [NP_PROTO_REST_XML] = "application/xml",
    [NP_PROTO_CBOR] = "application/cbor",
};

/* --- replies --- */

static struct np_str suffixed(struct np_arena *a, const char *name, const char *suffix)
{
    return np_str_cat(a, np_str_of(name), np_str_of(suffix));
}

/* An element with the request's id, and where that stands. */
static size_t put_id(struct np_buf *b, struct np_str name, struct np_str request_id)
{
    np_xml_put_open(b, name, NULL);
    size_t at = b->n;
    np_xml_escape(b, request_id);
    np_xml_put_close(b, name);
    return at;
}

static void put_query(const struct np_codec_service *s, const struct np_codec_op *op,
                      const void *out, struct np_str request_id, struct np_arena *a,
                      struct np_wire_reply *r)
{
    struct np_buf *b = &r->body;
    struct np_str response = suffixed(a, op->name, "Response");
    np_xml_put_open(b, response, s->xml_ns);
    /* AWS: an operation without output has no Result; one with an empty output has an empty one
     * (tests/wire/iam/nothing_to_tell.wire). */
    if (!op->no_output)
        np_xml_put_root(b, op->out, out, suffixed(a, op->name, "Result"), NULL,
                        (struct np_xml_style){0});
    np_buf_lit(b, "<ResponseMetadata>");
    r->id_at = put_id(b, NP_STR("RequestId"), request_id);
    np_buf_lit(b, "</ResponseMetadata>");
    np_xml_put_close(b, response);
}

static void put_ec2(const struct np_codec_service *s, const struct np_codec_op *op, const void *out,
                    struct np_str request_id, struct np_arena *a, struct np_wire_reply *r)
{
    struct np_buf *b = &r->body;
    struct np_str response = suffixed(a, op->name, "Response");
    np_buf_lit(b, XML_PROLOG);
    np_xml_put_open(b, response, s->xml_ns);
    r->id_at = put_id(b, NP_STR("requestId"), request_id);
    np_xml_put_members(b, op->out, out, (struct np_xml_style){.ms = true});
    np_xml_put_close(b, response);
}

static const char *first_of(const char *a, const char *b)
{
    return a != NULL ? a : b;
}

/* S3's GetBucketLocation: the one member is the root, there even when it is absent. */
static void put_unwrapped(const struct np_codec_service *s, const struct np_shape *shape,
                          const void *out, struct np_buf *b)
{
    const struct np_member *m = &shape->members[0];
    struct np_str name = np_str_of(np_xml_name_of(m));
    np_xml_put_open(b, name, s->xml_ns);
    if (np_value_is_set(m->shape, np_slot_of(out, m)))
        np_xml_escape(b, *(const struct np_str *)np_slot_of(out, m));
    np_xml_put_close(b, name);
}

static void put_rest_xml(const struct np_codec_service *s, const struct np_codec_op *op,
                         const void *out, struct np_buf *b)
{
    const struct np_member *m = np_http_payload(op->out);
    const struct np_shape *shape = m != NULL ? m->shape : op->out;
    const void *value = m != NULL ? np_struct_at(np_slot_of(out, m), false) : out;
    const char *name =
        first_of(m != NULL ? m->xml_name : NULL, first_of(shape->xml_name, shape->name));
    const char *ns = first_of(m != NULL ? m->xml_ns : NULL, s->xml_ns);
    np_buf_lit(b, XML_PROLOG);
    if (op->xml_unwrapped)
        put_unwrapped(s, shape, value, b);
    else
        np_xml_put_root(b, shape, value, np_str_of(name), ns,
                        (struct np_xml_style){.body_only = true, .ms = true});
}

/* A payload that is no document: bytes, text, or a stream that the handler sends. */
static bool put_raw(const struct np_member *m, const void *out, struct np_wire_reply *r)
{
    if (m->shape->type > NP_ENUM && m->shape->type != NP_STREAM)
        return false;
    bool text = m->shape->type == NP_STRING || m->shape->type == NP_ENUM;
    if (m->shape->type != NP_STREAM) {
        struct np_str bytes = *(const struct np_str *)np_slot_of(out, m);
        if (bytes.p == NULL)
            return true;
        np_buf_str_add(&r->body, bytes);
    }
    if (r->content_type == NULL)
        r->content_type = text ? "text/plain" : "application/octet-stream";
    return true;
}

/* AWS: an output without any member is an empty object in rest-json. */
static bool has_document(enum np_protocol p, const struct np_shape *s,
                         const struct np_member *payload, const void *out)
{
    if (payload != NULL)
        return np_value_is_set(payload->shape, np_slot_of(out, payload));
    return np_http_has_body(s, true) || (p == NP_PROTO_REST_JSON && s->n_members == 0);
}

static void put_rest(enum np_protocol p, const struct np_codec_service *s,
                     const struct np_codec_op *op, const void *out, struct np_arena *a,
                     struct np_wire_reply *r)
{
    const struct np_member *m = np_http_payload(op->out);
    np_http_put_head(op->out, out, a, r, &r->status);
    if (m != NULL && put_raw(m, out, r))
        return;
    if (r->status == 204 || r->status == 304 || !has_document(p, op->out, m, out))
        return;
    if (r->content_type == NULL)
        r->content_type = content_types[p];
    if (p == NP_PROTO_REST_XML)
        put_rest_xml(s, op, out, &r->body);
    else if (m != NULL)
        np_json_put_value(&r->body, m, np_slot_of(out, m), false, false);
    else
        np_json_put_struct(&r->body, op->out, out, (struct np_json_style){.body_only = true});
}

static int done(const struct np_wire_reply *r)
{
    return np_buf_ok(&r->body) ? 0 : NP_E2BIG;
}

static void begin_fields(struct np_wire_reply *r)
{
    r->fields = NULL;
    r->n_fields = r->cap_fields = 0;
}

int np_encode_reply(enum np_protocol p, const struct np_codec_service *s,
                    const struct np_codec_op *op, const void *out, struct np_str request_id,
                    struct np_arena *a, struct np_wire_reply *r)
{
    r->status = op->status != 0 ? op->status : 200;
    begin_fields(r);
    r->content_type = NULL;
    r->id_at = 0;
    if (p == NP_PROTO_REST_JSON || p == NP_PROTO_REST_XML) {
        put_rest(p, s, op, out, a, r);
        return done(r);
    }
    r->content_type = content_types[p];
    if (p == NP_PROTO_QUERY) {
        put_query(s, op, out, request_id, a, r);
    } else if (p == NP_PROTO_EC2) {
        put_ec2(s, op, out, request_id, a, r);
    } else if (p == NP_PROTO_CBOR) {
        np_reply_field(r, a, NP_STR("smithy-protocol"), NP_STR("rpc-v2-cbor"));
        np_cbor_put(op->out, out, &r->body);
    } else {
        np_json_put_struct(&r->body, op->out, out, (struct np_json_style){0});
    }
    return done(r);
}

/* --- errors --- */

static struct np_str error_code(const struct np_wire_error *e)
{
    return np_str_of(first_of(e->def->code, e->def->name));
}

static const struct np_member *member_named(const struct np_shape *s, const char *name)
{
    for (uint32_t i = 0; s != NULL && i < s->n_members; i++)
        if (strcasecmp(s->members[i].name, name) == 0)
            return &s->members[i];
    return NULL;
}

/* "message" or "Message", as the model spells it: some SDKs look for exactly that. */
static const char *message_name(const struct np_wire_error *e)
{
    const struct np_member *m = member_named(e->def->shape, "message");
    return m != NULL ? np_json_name_of(m) : "message";
}

/* Members that the struct has; the message is written from e->message. */
static bool is_message(const struct np_wire_error *e, const struct np_member *m)
{
    return e->message.p != NULL && strcasecmp(m->name, "message") == 0;
}

static void put_xml_extras(const struct np_wire_error *e, struct np_buf *b)
{
    const struct np_shape *s = e->def->shape;
    for (uint32_t i = 0; e->members != NULL && s != NULL && i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(e->members, m);
        if (np_in_document(m, true) && np_value_is_set(m->shape, slot) && !is_message(e, m))
            np_xml_put_value(b, m, slot, (struct np_xml_style){0});
    }
    for (size_t i = 0; i < e->n_extra; i++)
        np_xml_put_leaf(b, np_str_of(e->extra[i].name), e->extra[i].value);
}

static void put_xml_error(const struct np_codec_service *s, const struct np_wire_error *e,
                          bool bare, struct np_buf *b)
{
    if (bare) {
        np_buf_lit(b, XML_PROLOG "<Error>");
    } else {
        np_xml_put_open(b, NP_STR("ErrorResponse"), s->xml_ns);
        np_buf_lit(b, "<Error>");
        np_xml_put_leaf(b, NP_STR("Type"), e->def->sender ? NP_STR("Sender") : NP_STR("Receiver"));
    }
    np_xml_put_leaf(b, NP_STR("Code"), error_code(e));
    if (e->message.p != NULL)
        np_xml_put_leaf(b, NP_STR("Message"), e->message);
    put_xml_extras(e, b);
    if (!bare)
        np_buf_lit(b, "</Error>");
    np_xml_put_leaf(b, NP_STR("RequestId"), e->request_id);
    if (bare && e->host_id.p != NULL)
        np_xml_put_leaf(b, NP_STR("HostId"), e->host_id);
    np_xml_put_close(b, bare ? NP_STR("Error") : NP_STR("ErrorResponse"));
}

static void put_ec2_error(const struct np_wire_error *e, struct np_buf *b)
{
    np_buf_lit(b, XML_PROLOG "<Response><Errors><Error>");
    np_xml_put_leaf(b, NP_STR("Code"), error_code(e));
    if (e->message.p != NULL)
        np_xml_put_leaf(b, NP_STR("Message"), e->message);
    put_xml_extras(e, b);
    np_buf_lit(b, "</Error></Errors>");
    np_xml_put_leaf(b, NP_STR("RequestID"), e->request_id);
    np_buf_lit(b, "</Response>");
}

/* An extra is text; the model may call it a number. */
static bool is_number(const struct np_shape *s, const char *name)
{
    const struct np_member *m = member_named(s, name);
    return m != NULL && m->shape->type >= NP_BOOL && m->shape->type <= NP_DOUBLE;
}

static void put_json_pair(struct np_buf *b, const char *name, struct np_str value, bool quotes)
{
    np_json_quote(b, np_str_of(name));
    np_buf_char(b, ':');
    if (quotes)
        np_json_quote(b, value);
    else
        np_buf_str_add(b, value);
}

static void put_json_error(enum np_protocol p, const struct np_wire_error *e, struct np_buf *b)
{
    const struct np_shape *s = e->def->shape;
    bool first = p == NP_PROTO_REST_JSON;
    np_buf_char(b, '{');
    if (!first)
        put_json_pair(b, "__type", np_str_of(e->def->name), true);
    if (e->message.p != NULL) {
        if (!first)
            np_buf_char(b, ',');
        put_json_pair(b, message_name(e), e->message, true);
        first = false;
    }
    for (uint32_t i = 0; e->members != NULL && s != NULL && i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(e->members, m);
        if ((p == NP_PROTO_REST_JSON && !np_in_document(m, true)) ||
            !np_value_is_set(m->shape, slot) || is_message(e, m))
            continue;
        if (!first)
            np_buf_char(b, ',');
        first = false;
        np_json_quote(b, np_str_of(np_json_name_of(m)));
        np_buf_char(b, ':');
        np_json_put_value(b, m, slot, false, false);
    }
    for (size_t i = 0; i < e->n_extra; i++) {
        if (!first)
            np_buf_char(b, ',');
        first = false;
        put_json_pair(b, e->extra[i].name, e->extra[i].value, !is_number(s, e->extra[i].name));
    }
    np_buf_char(b, '}');
}

static void put_cbor_error(const struct np_wire_error *e, struct np_buf *b)
{
    const struct np_shape *s = e->def->shape;
    size_t n = 1 + (e->message.p != NULL) + e->n_extra;
    for (uint32_t i = 0; e->members != NULL && s != NULL && i < s->n_members; i++)
        n += np_value_is_set(s->members[i].shape, np_slot_of(e->members, &s->members[i])) &&
             !is_message(e, &s->members[i]);
    np_cbor_put_map(b, n);
    np_cbor_put_text(b, NP_STR("__type"));
    np_cbor_put_text(b, np_str_of(e->def->name));
    if (e->message.p != NULL) {
        np_cbor_put_text(b, np_str_of(message_name(e)));
        np_cbor_put_text(b, e->message);
    }
    for (uint32_t i = 0; e->members != NULL && s != NULL && i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(e->members, m);
        if (!np_value_is_set(m->shape, slot) || is_message(e, m))
            continue;
        np_cbor_put_text(b, np_str_of(m->name));
        np_cbor_put_value(b, m, slot, false);
    }
    for (size_t i = 0; i < e->n_extra; i++) {
        np_cbor_put_text(b, np_str_of(e->extra[i].name));
        np_cbor_put_text(b, e->extra[i].value);
    }
}

static void put_query_error_header(const struct np_wire_error *e, struct np_arena *a,
                                   struct np_wire_reply *r)
{
    struct np_str value =
        np_str_printf(a, "%.*s;%s", NP_FMT(error_code(e)), e->def->sender ? "Sender" : "Receiver");
    np_reply_field(r, a, NP_STR("x-amzn-query-error"), value);
}

int np_encode_error(enum np_protocol p, const struct np_codec_service *s,
                    const struct np_wire_error *e, struct np_arena *a, struct np_wire_reply *r)
{
    r->status = e->def->status != 0 ? e->def->status : e->def->sender ? 400 : 500;
    if (p == NP_PROTO_QUERY && e->def->query_status != 0)
        r->status = e->def->query_status;
    begin_fields(r);
    r->content_type = content_types[p];
    bool rest = p == NP_PROTO_REST_JSON || p == NP_PROTO_REST_XML;
    if (rest && e->members != NULL && e->def->shape != NULL)
        np_http_put_head(e->def->shape, e->members, a, r, NULL);
    switch (p) {
    case NP_PROTO_QUERY:
        put_xml_error(s, e, false, &r->body);
        break;
    case NP_PROTO_REST_XML:
        put_xml_error(s, e, s->rest_xml_bare_errors, &r->body);
        break;
    case NP_PROTO_EC2:
        put_ec2_error(e, &r->body);
        break;
    case NP_PROTO_REST_JSON:
    case NP_PROTO_JSON10:
    case NP_PROTO_JSON11:
        np_reply_field(r, a, NP_STR("x-amzn-errortype"), np_str_of(e->def->name));
        put_json_error(p, e, &r->body);
        break;
    case NP_PROTO_CBOR:
        np_reply_field(r, a, NP_STR("smithy-protocol"), NP_STR("rpc-v2-cbor"));
        put_cbor_error(e, &r->body);
        break;
    case NP_PROTOCOLS:
        break;
    }
    if (s->query_compatible && (p == NP_PROTO_JSON10 || p == NP_PROTO_JSON11 || p == NP_PROTO_CBOR))
        put_query_error_header(e, a, r);
    return done(r);
}
