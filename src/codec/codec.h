/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h - requests into C structs and C structs into replies, for every AWS protocol, by tables.
 *
 * Everything that is decoded lives in the arena and may point into the request's bytes, which must
 * live as long. No allocation per member. Depth is limited to 64, a document to what the caller
 * read. Decoders skip unknown members (as AWS does). An empty value in a query counts as absent,
 * except of a string that the model lets be empty (in ec2: only where a member says so), and in
 * lists. Malformed input is an np_fault_def of the protocol: NP_EPROTO with text (the front door
 * maps it to SerializationException, MalformedXML, MalformedQueryString, …).
 */
#pragma once

#include "base/buf.h"
#include "codec/schema.h"

struct np_wire_field {
    struct np_str name, value;
};
/* A request as the codec sees it. path and query are raw (percent-encoded). */
struct np_wire_request {
    struct np_str method, path, query;
    const struct np_wire_field *fields;
    size_t n_fields;
    struct np_str body; /* the whole document; not read for streams */
};

/* --- which operation --- */
/* query, ec2: the Action of a form body or of the URL's query, and the Version (may be absent). */
int np_query_action(struct np_arena *a, struct np_str form, struct np_str *action,
                    struct np_str *version);
const struct np_codec_op *np_op_by_name(const struct np_codec_service *s, struct np_str name);
/* rest protocols: the most specific operation whose method, path, literal query and required
 * header and query members match; x-id in a pattern is ignored. NULL: none.
 * A query key that chooses another operation matches none. *path_known tells 405 from 404. */
const struct np_codec_op *np_op_by_route(const struct np_codec_service *s,
                                         const struct np_wire_request *rq, struct np_arena *a,
                                         bool *path_known);

/* --- requests --- */
/* Members bound to path, query and headers (rest); nothing for the others. `in` is zeroed, of
 * op->in->size bytes. */
int np_decode_head(enum np_protocol p, const struct np_codec_op *op,
                   const struct np_wire_request *rq, struct np_arena *a, void *in,
                   struct np_err *err);
/* Members of the document. For query and ec2 rq->body is the form (or the URL's query for GET). */
int np_decode_body(enum np_protocol p, const struct np_codec_op *op,
                   const struct np_wire_request *rq, struct np_arena *a, void *in,
                   struct np_err *err);

/* Checks required, length, range, pattern, enum of everything in `value`. Fails with the first
 * problem: NP_EINVAL, and *why says what and where. */
enum np_invalid_kind {
    NP_INVALID_MISSING,
    NP_INVALID_LENGTH,
    NP_INVALID_RANGE,
    NP_INVALID_PATTERN,
    NP_INVALID_ENUM,
    NP_INVALID_REFUSED,
    NP_INVALID_UNION
};
struct np_invalid {
    enum np_invalid_kind kind;
    const struct np_member *member;
    struct np_str path;  /* "tags.3.member.key" in the model's spelling */
    struct np_str value; /* as text, for messages; absent for sensitive ones */
    bool below;          /* NP_INVALID_LENGTH: shorter than the least */
};
int np_validate(const struct np_shape *shape, const void *value, struct np_arena *a,
                struct np_invalid *why);

/* --- replies --- */
struct np_wire_reply {
    int status;
    struct np_wire_field *fields; /* in the arena; np_encode_…() begin them anew */
    size_t n_fields, cap_fields;
    struct np_buf body;       /* initialised by the caller */
    const char *content_type; /* NULL: no body */
    size_t id_at;             /* where in the body the request's id stands; 0: nowhere */
};
/* One more header. The name must live as long as the reply. */
void np_reply_field(struct np_wire_reply *r, struct np_arena *a, struct np_str name,
                    struct np_str value);
/* NP_E2BIG: the body is full or a header too long. */
int np_encode_reply(enum np_protocol p, const struct np_codec_service *s,
                    const struct np_codec_op *op, const void *out, struct np_str request_id,
                    struct np_arena *a, struct np_wire_reply *r);

struct np_wire_error {
    const struct np_fault_def *def;
    struct np_str message;
    struct np_str request_id, host_id;
    struct {
        const char *name;
        struct np_str value;
    } extra[NP_ERR_EXTRA_MAX]; /* in <Error>, or as members */
    size_t n_extra;
    const void *members; /* a struct of def->shape with more members; NULL: none */
};
int np_encode_error(enum np_protocol p, const struct np_codec_service *s,
                    const struct np_wire_error *e, struct np_arena *a, struct np_wire_reply *r);

/* --- values by themselves: configurations in the store, events, the audit --- */
/* CBOR keyed by the model's member names. */
void np_cbor_put(const struct np_shape *shape, const void *value, struct np_buf *b);
int np_cbor_get(const struct np_shape *shape, struct np_str bytes, struct np_arena *a, void *value,
                struct np_err *err);
/* JSON by the model's names (jsonName applies); sensitive members are left out when `redact`. */
void np_json_put(const struct np_shape *shape, const void *value, bool redact, struct np_buf *b);
/* XML document with that root element; NULL ns: none. */
void np_xml_put(const struct np_shape *shape, const void *value, const char *root, const char *ns,
                struct np_buf *b);
/* The members alone, as they stand in replies of ec2: what may come back as their text. */
void np_ec2_put_members(const struct np_shape *shape, const void *value, struct np_buf *b);
int np_xml_get(const struct np_shape *shape, struct np_str doc, struct np_arena *a, void *value,
               struct np_err *err);
