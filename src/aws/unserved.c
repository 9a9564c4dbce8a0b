/* SPDX-License-Identifier: Apache-2.0 */
/* unserved.c - which protocol a client speaks whose service is not served. */
#include "aws/unserved.h"

#include "base/arena.h"

/* Of the services without X-Amz-Target and Action, these few write XML. */
static const char *const rest_xml_names[] = {"route53", "cloudfront"};

bool np_is_cbor(const struct np_req *rq)
{
    return np_str_is(np_req_field(rq, NP_STR("smithy-protocol")), "rpc-v2-cbor");
}

bool np_is_form(const struct np_req *rq)
{
    bool form = np_str_istarts(np_req_field(rq, NP_STR("content-type")),
                               NP_STR("application/x-www-form-urlencoded"));
    return (form && np_str_is(rq->wire.path, "/")) ||
           np_str_find(rq->wire.query, NP_STR("Action=")) == 0;
}

static bool is_rest_xml(struct np_str name)
{
    NP_EACH (n, rest_xml_names)
        if (np_str_eq(name, np_str_of(*n)))
            return true;
    return false;
}

static enum np_protocol protocol_of(const struct np_req *rq, struct np_str name)
{
    struct np_str type = np_req_field(rq, NP_STR("content-type"));
    if (np_is_cbor(rq))
        return NP_PROTO_CBOR;
    if (np_str_istarts(type, NP_STR("application/x-amz-json-1.0")))
        return NP_PROTO_JSON10;
    if (np_str_istarts(type, NP_STR("application/x-amz-json-1.1")) ||
        np_req_field(rq, NP_STR("x-amz-target")).p != NULL)
        return NP_PROTO_JSON11;
    if (np_is_form(rq))
        return np_str_is(name, "ec2") ? NP_PROTO_EC2 : NP_PROTO_QUERY;
    return is_rest_xml(name) ? NP_PROTO_REST_XML : NP_PROTO_REST_JSON;
}

const struct np_service *np_unserved(struct np_req *rq, struct np_str name)
{
    const char *text = np_str_z(rq->arena, name);
    struct np_codec_service *codec = np_new(rq->arena, struct np_codec_service);
    codec->name = codec->sdk_id = codec->signing_name = codec->endpoint_prefix = text;
    codec->protocols = (uint16_t)(1u << protocol_of(rq, name));
    struct np_service_model *model = np_new(rq->arena, struct np_service_model);
    model->codec = codec;
    struct np_service *s = np_new(rq->arena, struct np_service);
    s->name = text;
    s->model = model;
    return s;
}

/* "/service/GraniteServiceVersion20100801/operation/ListMetrics" */
static struct np_str named_in_path(struct np_str path)
{
    const struct np_str before = NP_STR("/service/");
    struct np_str name, rest;
    if (!np_str_starts(path, before))
        return NP_STR_NULL;
    return np_str_cut(np_str_sub(path, before.n, path.n), '/', &name, &rest) ? name : NP_STR_NULL;
}

struct np_str np_service_named(const struct np_req *rq)
{
    struct np_str prefix, operation;
    if (np_is_cbor(rq))
        return named_in_path(rq->wire.path);
    if (np_str_cut(np_req_field(rq, NP_STR("x-amz-target")), '.', &prefix, &operation))
        return prefix;
    return NP_STR_NULL;
}
