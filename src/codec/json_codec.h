/* SPDX-License-Identifier: Apache-2.0 */
/* json_codec.h - structs from and to JSON, for json 1.0, json 1.1, rest-json and np_json_put(). */
#pragma once

#include "codec/json_read.h"
#include "codec/value.h"

/* body_only: members that travel elsewhere in HTTP are no members of the document. */
int np_json_get_struct(struct np_decode *d, const struct np_shape *s, bool body_only,
                       struct np_str text, void *out);
/* The value of one member by itself: a payload. */
int np_json_get_payload(struct np_decode *d, const struct np_member *m, struct np_str text,
                        void *slot);

struct np_json_style {
    bool body_only; /* of the outermost structure */
    bool redact;    /* without sensitive members */
};
void np_json_put_struct(struct np_buf *b, const struct np_shape *s, const void *value,
                        struct np_json_style style);
/* Members only, after `first` false with a comma: for errors, which add their own. */
void np_json_put_members(struct np_buf *b, const struct np_shape *s, const void *value,
                         struct np_json_style style, bool first);
void np_json_put_value(struct np_buf *b, const struct np_member *m, const void *slot,
                       bool is_inline, bool redact);
