/* SPDX-License-Identifier: Apache-2.0 */
/* tunnel.h - two streams that are passed on to each other until both have ended (WebSocket). */
#pragma once

#include "engines/edge/edge_int.h"

/* Takes both streams, and what was read of them already. */
void edge_tunnel_new(struct np_edge_worker *w, struct np_stream *a, struct np_str read_of_a,
                     struct np_stream *b, struct np_str read_of_b);
void edge_tunnels_close(struct np_edge_worker *w);
