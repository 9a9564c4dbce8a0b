/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints.h - what can be opened from outside: whoever has an address lists it for
 * `nephele endpoints`, GET /_nephele/endpoints and the console. */
#pragma once

#include "base/str.h"

struct np_core;
struct np_arena;

struct np_endpoint {
    struct np_str resource; /* ARN; absent: the region's own */
    struct np_str kind;     /* "gateway", "dns", "website", "distribution" */
    struct np_str name;     /* "d123.cloudfront.net" */
    struct np_str address;  /* "127.64.16.5" */
    uint16_t port;          /* as it is listened on; 0: nobody listens */
    struct np_str url; /* what to open; udp://…: a port of UDP; absent: nothing for a browser */
};
/* Called on a worker, from projections; strings live in `a` or until the callback returns to its
 * loop. */
typedef void np_endpoint_each(void *x, const struct np_endpoint *e);
typedef void np_endpoint_list(void *arg, struct np_arena *a, np_endpoint_each *each, void *x);
void np_endpoint_source_add(struct np_core *core, np_endpoint_list *list, void *arg);
