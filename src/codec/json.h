/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - JSON documents (RFC 8259) as a tree in an arena, and writing text.
 *
 * Strict: UTF-8 checked, depth 64, no trailing bytes, duplicate keys kept in order (the reader
 * decides). Integers up to 64 bits are exact.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum np_json_type {
    NP_J_NULL,
    NP_J_BOOL,
    NP_J_INT,
    NP_J_DOUBLE,
    NP_J_STRING,
    NP_J_ARRAY,
    NP_J_OBJECT
};

struct np_json {
    enum np_json_type type;
    bool b;
    int64_t i;             /* NP_J_INT */
    double d;              /* NP_J_INT too */
    struct np_str s;       /* string; the raw text of a number */
    struct np_str key;     /* in an object */
    struct np_json *child; /* first of an array or object */
    struct np_json *next;  /* sibling */
    size_t n;              /* children */
};

int np_json_parse(struct np_arena *a, struct np_str text, struct np_json **out, struct np_err *err);
const struct np_json *np_json_member(const struct np_json *object,
                                     struct np_str key); /* NULL: none, or no object */
struct np_str np_json_str(const struct np_json *object,
                          struct np_str key);                  /* absent unless a string */
void np_json_write(const struct np_json *j, struct np_buf *b); /* compact */
void np_json_quote(struct np_buf *b, struct np_str s);         /* a string literal */
void np_json_number(struct np_buf *b, double d);               /* shortest that reads back */
