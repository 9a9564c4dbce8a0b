/* SPDX-License-Identifier: Apache-2.0 */
/* codec_http_fuzz.c - routes and bindings of S3: "METHOD path?query", lines "name: value", an empty
 * line, a body. */
#include "fuzz.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "gen/s3/types.h"

#define FIELDS_MAX 32

static void call(struct np_arena *a, const struct np_codec_op *op, const struct np_wire_request *rq)
{
    void *in = np_alloc(a, op->in->size);
    struct np_invalid why;
    if (np_decode_head(NP_PROTO_REST_XML, op, rq, a, in, NULL) != 0)
        return;
    if (np_decode_body(NP_PROTO_REST_XML, op, rq, a, in, NULL) == 0)
        np_validate(op->in, in, a, &why);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str rest = np_str_n(p, n), line, target;
    struct np_wire_field fields[FIELDS_MAX];
    struct np_wire_request rq = {.fields = fields};
    bool known;
    if (!np_str_split(&rest, '\n', &line))
        return 0;
    np_str_cut(line, ' ', &rq.method, &target);
    np_str_cut(target.p != NULL ? target : NP_STR("/"), '?', &rq.path, &rq.query);
    while (rq.n_fields < FIELDS_MAX && np_str_split(&rest, '\n', &line) && line.n != 0) {
        struct np_wire_field *f = &fields[rq.n_fields++];
        np_str_cut(line, ':', &f->name, &f->value);
        if (f->value.p == NULL)
            f->value = NP_STR("");
    }
    rq.body = rest;
    const struct np_codec_op *op = np_op_by_route(&s3_codec, &rq, a, &known);
    np_assert(op == NULL || known);
    if (op != NULL)
        call(a, op, &rq);
    return 0;
}
