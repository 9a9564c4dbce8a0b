/* SPDX-License-Identifier: Apache-2.0 */
/* form_data.h - multipart/form-data with one file in it: the fields before the part `file` are
 * gathered, the file's bytes are handed on as they come, what follows it is ignored.
 *
 * Source: RFC 7578. Bytes may come in any pieces. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct np_form_field {
    struct np_str name, value;
    struct np_str file_name; /* absent: none */
};
struct np_form_data; /* in its arena */

/* NULL: that content type is no multipart/form-data with a boundary. At most head_max bytes stand
 * before the file. */
struct np_form_data *np_form_data_new(struct np_arena *a, struct np_str content_type,
                                      size_t head_max);
/* The part before the file. 0: more bytes are wanted; 1: the file begins after *used of these
 * bytes, the fields are known. NP_E2BIG; NP_EPROTO; NP_ENOENT: the form ended without a file. */
int np_form_data_head(struct np_form_data *f, struct np_str data, size_t *used);
/* In order; the last one is the file itself, without value. */
const struct np_form_field *np_form_data_fields(const struct np_form_data *f, size_t *n);
/* The file's bytes, in pieces that point into `data` or last as long as f. */
void np_form_data_file(struct np_form_data *f, struct np_str data,
                       void (*give)(void *arg, struct np_str piece), void *arg);
/* Has the file's end been seen? */
bool np_form_data_whole(const struct np_form_data *f);
