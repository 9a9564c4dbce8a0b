/* SPDX-License-Identifier: Apache-2.0 */
/* keep.h - what becomes of a response: the object, and for how long it may be served. */
#pragma once

#include "engines/edge/fill.h"

/* The object of a head; *store: it may be kept. Decides on f->coding. */
struct edge_object *edge_keep_object(struct edge_fill *f, int status,
                                     const struct np_http_field *fields, size_t n,
                                     int64_t content_length, bool *store);
/* f->stale with what a 304 says. */
struct edge_object *edge_keep_refreshed(struct edge_fill *f, const struct np_http_field *fields,
                                        size_t n);
/* f->locked.object with its body coded; NULL: as it came. */
struct edge_object *edge_keep_encoded(struct edge_fill *f, struct edge_chunk *coded);
/* Sets the times of an object that came now. True: it may be kept. */
bool edge_keep_times(const struct edge_fill *f, struct edge_object *o,
                     const struct np_http_field *fields, size_t n);
bool edge_keep_error(const struct edge_fill *f, int status);
/* Puts a finished object into the index, a whole one that was asked for a range under the whole's
 * key. */
void edge_keep_publish(struct edge_fill *f, struct edge_object *o);
/* True: the object found on disk may be served; else it is f->stale if it can be asked about. */
bool edge_keep_found(struct edge_fill *f, struct edge_object *o);
