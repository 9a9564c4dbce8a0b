/* SPDX-License-Identifier: Apache-2.0 */
/* cbor_codec.h - structs from and to CBOR (RFC 8949), for rpc-v2-cbor and for what is stored. */
#pragma once

#include "codec/value.h"

int np_cbor_get_struct(struct np_decode *d, const struct np_shape *s, struct np_str bytes,
                       void *out);
void np_cbor_put_map(struct np_buf *b, uint64_t n); /* head of a map of n pairs */
void np_cbor_put_text(struct np_buf *b, struct np_str s);
size_t np_cbor_count(const struct np_shape *s, const void *value); /* set members */
void np_cbor_put_members(struct np_buf *b, const struct np_shape *s, const void *value);
void np_cbor_put_value(struct np_buf *b, const struct np_member *m, const void *slot,
                       bool is_inline);
