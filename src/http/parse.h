/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h - parts of the head parser that others in this folder use. */
#pragma once

#include "http/http.h"

bool np_http_is_token(struct np_str s);

/* Fields alone: lines with CRLF, as np_chunked_feed() collects a trailer section. NP_EPROTO when
 * malformed, NP_E2BIG with more than max. */
int np_http_parse_fields(struct np_str lines, size_t max, struct np_http_field *fields,
                         size_t *n_fields);

/* True when `word` is a member of the comma-separated list, case ignored. */
bool np_http_list_has(struct np_str list, struct np_str word);

/* Copies a head parsed from the n bytes at `from`, with its text and fields, into the arena. */
void np_http_head_copy(struct np_arena *a, const struct np_http_head *h, const char *from, size_t n,
                       struct np_http_head *out);
