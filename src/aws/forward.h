/* SPDX-License-Identifier: Apache-2.0 */
/* forward.h - the gateway as an HTTP forward proxy of this host's clients: absolute-form requests
 * and CONNECT.
 *
 * A target is looked up as aws/reach.h says. What one of the region's own handlers serves is handed
 * over in process, with the address that the name has and the authority of the target as Host;
 * anything else is dialled, by the rules of --egress, and streamed both ways. CONNECT is a pipe of
 * bytes to a port that the target listens on.
 *
 * Both ways a head is written anew: framing is ours, fields of one hop end here, and what
 * forwarders say of clients (X-Forwarded-…) is not taken from a client.
 */
#pragma once

#include "http/server.h"

struct np_core;
struct np_worker;

/* Is it a request for a proxy? */
bool np_forward_wanted(const struct np_http_head *h);
/* Takes the exchange over. */
void np_forward(struct np_worker *w, struct np_http_x *x);

/* What of a head goes on, without Host, and Via behind it; the array has room for one more.
 * in_process: the same exchange goes on, so that the fields of its framing do, too. */
size_t np_forward_fields(struct np_arena *a, const struct np_http_head *h, struct np_str via,
                         bool in_process, struct np_http_field **out);
/* The target in origin-form. */
struct np_str np_forward_target(struct np_arena *a, const struct np_http_head *h);
