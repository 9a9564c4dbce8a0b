/* SPDX-License-Identifier: Apache-2.0 */
/* codec.c - requests by protocol. */
#include "codec/codec.h"

#include "codec/cbor_codec.h"
#include "codec/http_bind.h"
#include "codec/json_codec.h"
#include "codec/query_codec.h"
#include "codec/xml_codec.h"

static bool is_rest(enum np_protocol p)
{
    return p == NP_PROTO_REST_JSON || p == NP_PROTO_REST_XML;
}

int np_decode_head(enum np_protocol p, const struct np_codec_op *op,
                   const struct np_wire_request *rq, struct np_arena *a, void *in,
                   struct np_err *err)
{
    struct np_decode d;
    if (!is_rest(p))
        return 0;
    np_decode_init(&d, a, err);
    return np_http_get_head(&d, op, rq, in);
}

static int get_xml(struct np_decode *d, const struct np_shape *s, const struct np_member *payload,
                   struct np_str body, void *in)
{
    struct np_xml *x;
    int rc = np_xml_parse(d->arena, body, &x, d->err);
    if (rc != 0)
        return rc;
    if (payload != NULL)
        return np_xml_get_payload(d, payload, x, np_slot(in, payload));
    return np_xml_get_struct(d, s, true, x, in);
}

static int get_rest(enum np_protocol p, struct np_decode *d, const struct np_shape *s,
                    struct np_str body, void *in)
{
    const struct np_member *payload = np_http_payload(s);
    if (payload != NULL && payload->shape->type == NP_STREAM)
        return 0;
    if (payload != NULL && payload->shape->type <= NP_ENUM) { /* blob, string: as it is */
        if (body.n != 0)
            *(struct np_str *)np_slot(in, payload) = body;
        return 0;
    }
    if (body.n == 0 || (payload == NULL && !np_http_has_body(s, false)))
        return 0;
    if (p == NP_PROTO_REST_XML)
        return get_xml(d, s, payload, body, in);
    if (payload != NULL)
        return np_json_get_payload(d, payload, body, np_slot(in, payload));
    return np_json_get_struct(d, s, true, body, in);
}

int np_decode_body(enum np_protocol p, const struct np_codec_op *op,
                   const struct np_wire_request *rq, struct np_arena *a, void *in,
                   struct np_err *err)
{
    struct np_decode d;
    np_decode_init(&d, a, err);
    switch (p) {
    case NP_PROTO_QUERY:
    case NP_PROTO_EC2:
        return np_query_get(&d, op->in, p == NP_PROTO_EC2, rq->body, in);
    case NP_PROTO_JSON10:
    case NP_PROTO_JSON11:
        return rq->body.n != 0 ? np_json_get_struct(&d, op->in, false, rq->body, in) : 0;
    case NP_PROTO_REST_JSON:
    case NP_PROTO_REST_XML:
        return get_rest(p, &d, op->in, rq->body, in);
    case NP_PROTO_CBOR:
        return rq->body.n != 0 ? np_cbor_get_struct(&d, op->in, rq->body, in) : 0;
    case NP_PROTOCOLS:
        break;
    }
    return np_err(err, NP_EINVAL, "no such protocol");
}
