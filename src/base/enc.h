/* SPDX-License-Identifier: Apache-2.0 */
/* enc.h - hex, base64, percent encoding. Decoders refuse anything malformed. */
#pragma once

#include "base/buf.h"

void np_hex(char *out, const void *p, size_t n); /* 2n lower-case digits, no NUL */
struct np_str np_hex_str(struct np_arena *a, struct np_str bytes);
bool np_unhex(void *out, struct np_str hex); /* exactly hex.n / 2 bytes */

struct np_str np_base64(struct np_arena *a, struct np_str bytes);
struct np_str np_base64url(struct np_arena *a, struct np_str bytes); /* no padding */
/* Strict: padding required, no blanks. Result absent when malformed. */
struct np_str np_unbase64(struct np_arena *a, struct np_str text);
struct np_str np_unbase64url(struct np_arena *a, struct np_str text); /* padding optional */

/* RFC 3986 unreserved bytes stay; '/' stays when keep_slash. Upper-case hex, as SigV4 wants. */
void np_uri_encode(struct np_buf *b, struct np_str s, bool keep_slash);
/* Percent decoding; '+' becomes a blank when plus_is_blank. Absent when a '%' is malformed. */
struct np_str np_uri_decode(struct np_arena *a, struct np_str s, bool plus_is_blank);
