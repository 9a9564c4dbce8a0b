/* SPDX-License-Identifier: Apache-2.0 */
/* encode.h - compression of whole objects, on a job's thread; kept compressed. */
#pragma once

#include "engines/edge/fill.h"

/* The coding that this response is to get. */
enum edge_coding edge_encode_choose(const struct edge_fill *f, const struct edge_object *o);
/* Codes f->locked.object's body, which is whole; then edge_fetch_encoded(). */
void edge_encode_start(struct edge_fill *f);
/* AWS: the types that are compressed (tests/unit/engines/edge/encode_test.c: types). */
bool edge_encode_type_ok(struct np_str content_type);
