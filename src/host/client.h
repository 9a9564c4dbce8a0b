/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - the region's side of the agent's socket: connects, greets, asks, connects again.
 *
 * Threads: everything on the client's loop. Callbacks are never called from inside a call.
 */
#pragma once

#include "host/agent_msg.h"
#include "io/loop.h"

struct np_agent_client;

/* `ready` is called after each greeting, `changed` when the agent says that
 * something has changed by itself (agent_msg.h). */
struct np_agent_client_handlers {
    void (*ready)(void *arg, const struct agent_HelloReply *hello);
    void (*changed)(void *arg);
};
/* data_dir is borrowed. */
struct np_agent_client *np_agent_client_new(struct np_loop *l, struct np_str data_dir,
                                            const struct np_agent_client_handlers *h, void *arg);
/* Calls that wait are told NP_ECLOSED in it; no callback after it. */
void np_agent_client_free(struct np_agent_client *c);
bool np_agent_client_ready(const struct np_agent_client *c);

/* rc 0: value is the verb's reply, valid for the call. NP_ECLOSED: the agent went away, whether it
 * did it is not known: all verbs can be asked again. */
typedef void np_agent_reply_fn(void *arg, int rc, const void *value, const struct np_err *err);
/* NP_ECLOSED: not connected; NP_EAGAIN: too many calls wait; NP_E2BIG: a request over
 * NP_AGENT_LONG_MAX. Then `reply` is not called. */
int np_agent_call(struct np_agent_client *c, enum np_agent_verb verb, const void *in,
                  np_agent_reply_fn *reply, void *arg);

/* The same with descriptors. Those that come with the reply are the callee's to keep: who takes one
 * sets its entry to -1, the rest are closed after the call. */
typedef void np_agent_fds_fn(void *arg, int rc, const void *value, int *fds, size_t n,
                             const struct np_err *err);
/* fd goes along with the request and stays the caller's; -1: none. */
int np_agent_call_with(struct np_agent_client *c, enum np_agent_verb verb, const void *in, int fd,
                       np_agent_fds_fn *reply, void *arg);
