/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - reads a reply as a client does: written apart from the codec, and proven on the
 * vectors' own replies before it judges ours. */
#pragma once

#include "codec/codec.h"
#include "codec/json.h"

struct reply {
    int status;
    const struct np_wire_field *fields;
    size_t n_fields;
    struct np_str body;
};

/* The JSON of "result"; NULL: the body cannot be read. */
struct np_json *client_output(struct np_arena *a, enum np_protocol p, const struct np_codec_op *op,
                              const struct reply *r);
struct client_error {
    struct np_str code, message;
    struct np_json *members;
};
/* False: the body cannot be read. */
bool client_error(struct np_arena *a, enum np_protocol p, const struct np_shape *s,
                  const struct reply *r, struct client_error *out);
/* A tree of either body, for comparing what was sent. Bytes become text. */
struct np_json *client_cbor(struct np_arena *a, struct np_str bytes);
struct np_str client_header(const struct reply *r, const char *name);
