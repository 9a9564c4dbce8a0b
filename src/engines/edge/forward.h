/* SPDX-License-Identifier: Apache-2.0 */
/* forward.h - what an origin sees of a viewer's request. */
#pragma once

#include "engines/edge/request.h"

/* Texts and fields that are the same for all attempts, in the fill's arena. */
void edge_forward_request(struct edge_fill *f, struct np_edge_request *rq);
/* Asks only whether f->stale has changed. */
void edge_forward_conditions(struct edge_fill *f);
/* f->view for f->origin. */
void edge_forward_view(struct edge_fill *f);
/* True for fields that belong to one connection, or to whoever sends it. */
bool edge_is_hop_field(struct np_str name);
