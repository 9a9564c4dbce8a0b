/* SPDX-License-Identifier: Apache-2.0 */
/* forward_int.h - a request that is forwarded: forward.c judges and looks up, forward_call.c dials
 * and streams, forward_pipe.c connects. */
#pragma once

#include "aws/core_int.h"
#include "aws/forward.h"
#include "aws/reach.h"
#include "http/client.h"

struct np_forward { /* in the exchange's arena */
    struct np_worker *worker;
    struct np_http_x *x;
    struct np_str host; /* of the target, without port */
    uint16_t port;
    struct np_reach *reach; /* while it is looked up */
    struct np_addr to;
    /* forward_call.c */
    struct np_http_call *call; /* NULL: not yet, or no more */
    bool takes_body, responded;
    /* forward_pipe.c */
    struct np_stream *out; /* being connected */
    struct np_timer timer;
    struct np_defer later;
};

/* Of a loop. */
struct np_forwarder {
    struct np_http_pool *pool;
    struct np_node pipes;
    size_t n_pipes;
};
struct np_forwarder *np_forwarder_of(struct np_core *core, struct np_loop *l);

/* Answers with a sentence; nothing was answered before. */
void np_forward_refuse(struct np_forward *f, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int np_forward_status(int rc); /* of an error on the way */

void np_forward_call(struct np_forward *f);
void np_forward_call_gone(struct np_forward *f);
void np_forward_pipe(struct np_forward *f);
void np_forward_pipe_gone(struct np_forward *f);
void np_forward_pipes_free(struct np_forwarder *all);
