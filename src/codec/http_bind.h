/* SPDX-License-Identifier: Apache-2.0 */
/* http_bind.h - members that travel in path, query, headers and status: rest-json and rest-xml. */
#pragma once

#include "codec/codec.h"
#include "codec/value.h"

int np_http_get_head(struct np_decode *d, const struct np_codec_op *op,
                     const struct np_wire_request *rq, void *in);
/* Headers and status of a reply, or (status NULL) of an error. */
void np_http_put_head(const struct np_shape *s, const void *out, struct np_arena *a,
                      struct np_wire_reply *r, int *status);
/* The member that is the whole body; NULL: none. */
const struct np_member *np_http_payload(const struct np_shape *s);
bool np_http_has_body(const struct np_shape *s, bool reply); /* any member of the document */
