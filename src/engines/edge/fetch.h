/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - what a fill does with its origin. All on the leading worker's loop. */
#pragma once

#include "engines/edge/fill.h"

extern const struct np_edge_origin_ops edge_http_origin; /* arg: not used */

void edge_fill_wake(struct edge_fill *f);
/* Whether the origin has to wait or goes on, or is not needed any more. */
void edge_fetch_look(struct edge_fill *f);
/* For the HTTP driver: the exchange and its stream become a tunnel's. */
struct np_edge_request *edge_fetch_owner(const struct np_edge_fetch *f);
struct np_edge_worker *edge_fetch_worker(const struct np_edge_fetch *f);
/* The object of a coded body is there (or coding failed: NULL, it stays as it came). */
void edge_fetch_encoded(struct edge_fill *f, struct edge_chunk *coded);
