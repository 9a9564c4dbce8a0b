/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.h - reads JSON in one pass without a tree: what json.c builds trees with and the JSON
 * codec reads structs with.
 *
 * Strings without escapes point into the text. After an error the reader must not be used again.
 */
#pragma once

#include "codec/json.h"

struct np_json_reader {
    const char *start, *p, *end;
    struct np_arena *arena;
    struct np_err *err;
    unsigned depth;
    size_t nodes_left; /* of trees */
};

/* Checks that the text is UTF-8. */
int np_jr_init(struct np_json_reader *r, struct np_arena *a, struct np_str text,
               struct np_err *err);
/* Fails unless only blanks are left. */
int np_jr_end(struct np_json_reader *r);
int np_jr_fail(struct np_json_reader *r, const char *what);

/* The type of the next value, which stays unread; a number is NP_J_DOUBLE. */
int np_jr_peek(struct np_json_reader *r, enum np_json_type *type);
/* The next value must be of that type: ask np_jr_peek() first. */
int np_jr_string(struct np_json_reader *r, struct np_str *out);
int np_jr_number(struct np_json_reader *r, struct np_json *out);
int np_jr_word(struct np_json_reader *r, bool *out); /* true, false, null */
/* Enters an array or object; then _item or _key until it returns 0 (1: there is a value to read).
 */
int np_jr_enter(struct np_json_reader *r);
int np_jr_item(struct np_json_reader *r, bool *first);
int np_jr_key(struct np_json_reader *r, bool *first, struct np_str *key);
int np_jr_skip(struct np_json_reader *r);
int np_jr_tree(struct np_json_reader *r, struct np_json *out);
