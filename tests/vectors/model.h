/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - descriptors from botocore's JSON shapes, and values between JSON and C structs, so that
 * protocol vectors run through the tables that serve the real models. */
#pragma once

#include "codec/json.h"
#include "codec/schema.h"

struct model {
    struct np_arena *arena;
    const struct np_json *shapes;
    enum np_protocol protocol;
    struct known *known;
};

/* A shape by name; a structure without members for an absent name. */
const struct np_shape *model_shape(struct model *m, struct np_str name);
/* The operation of a case. */
const struct np_codec_op *model_op(struct model *m, const struct np_json *given);
const struct np_fault_def *model_fault(struct model *m, const struct np_json *given,
                                       struct np_str request_code);

/* A structure from the JSON of "params" or "result", and back. */
void *model_value(struct np_arena *a, const struct np_shape *s, const struct np_json *j);
struct np_json *model_json(struct np_arena *a, const struct np_shape *s, const void *value);

struct np_json *json_new(struct np_arena *a, enum np_json_type type);
void json_add(struct np_json *parent, struct np_str key, struct np_json *child);
struct np_json *json_text(struct np_arena *a, struct np_str s);
struct np_json *json_double(struct np_arena *a, double d);
/* Equal but for the order of keys, null members and the spelling of numbers. */
bool json_same(const struct np_json *a, const struct np_json *b);
bool json_bool(const struct np_json *object, const char *key);
