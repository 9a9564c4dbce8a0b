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

/* What HTTP/2 has in the place of a request line. */
struct np_http_pseudo {
    struct np_str method, scheme, authority, path; /* absent: not given */
};
/* The head of an HTTP/2 request, by the rules that HTTP/1's are parsed by; names are in lower case.
 * 0, or NP_EPROTO or NP_E2BIG with the status to answer. CONNECT is refused. */
int np_http_head_of_http2(const struct np_http_pseudo *p, struct np_http_field *fields, size_t n,
                          const struct np_http_limits *limits, bool has_body,
                          struct np_http_head *out, int *status);
/* A field as HTTP/2 may carry it: a token in lower case, text without blanks around it. */
bool np_http2_field_ok(const struct np_http_field *f);
bool np_http2_value_ok(struct np_str value);
/* The response's side. NP_EPROTO: malformed. */
int np_http_response_of_http2(struct np_str status, struct np_http_field *fields, size_t n,
                              bool to_head_request, bool has_body, struct np_http_head *out);
