/* SPDX-License-Identifier: Apache-2.0 */
/* agent_msg.h - a message between region and agent: a head of 16 bytes, then a structure of
 * models/agent.smithy in CBOR. Both sides check the other's. How it travels: agent_wire.h.
 *
 * A reply carries the verb and number of its request and code 0, or a negative NP_E… and a Failure.
 * The agent sends one message unasked: NP_AGENT_CHANGED, without a body, when what it
 * runs or makes by itself has changed: a process has ended, an instance or volume another phase.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "gen/agent/types.h"
#include "host/limits.h"

#define NP_AGENT_VERSION 1

enum np_agent_verb {
    NP_AGENT_HELLO = 1, /* the first one of a connection */
    NP_AGENT_ENSURE_PROCESS,
    NP_AGENT_STOP_PROCESS,
    NP_AGENT_LIST_PROCESSES,
    NP_AGENT_DOCTOR,
    NP_AGENT_CHANGED,
    NP_AGENT_ENSURE_NETWORK,
    NP_AGENT_REMOVE_NETWORK,
    NP_AGENT_LIST_NETWORKS,
    NP_AGENT_ENSURE_INTERNET,
    NP_AGENT_MAKE_SOCKETS,
    NP_AGENT_ENSURE_INSTANCE,
    NP_AGENT_STOP_INSTANCE,
    NP_AGENT_REMOVE_INSTANCE,
    NP_AGENT_LIST_INSTANCES,
    NP_AGENT_OPEN_INSTANCE,
    NP_AGENT_ENSURE_VOLUME,
    NP_AGENT_REMOVE_VOLUME,
    NP_AGENT_ATTACH_VOLUME,
    NP_AGENT_DETACH_VOLUME,
    NP_AGENT_ENSURE_SNAPSHOT,
    NP_AGENT_REMOVE_SNAPSHOT,
    NP_AGENT_LIST_VOLUMES,
    NP_AGENT_VERBS,
};

#define NP_AGENT_LONG 1u /* the body is a memory file, the first descriptor */

struct np_agent_head {
    uint8_t version;
    uint8_t verb;
    int16_t code;
    uint32_t flags;  /* 0, but for NP_AGENT_LONG on its way */
    uint64_t number; /* of the request */
};

/* Input of a request, output of a reply; NULL: the verb has no body that way. */
const struct np_shape *np_agent_shape(unsigned verb, bool reply);

/* Appends a message; `value` is a structure of np_agent_shape(), NULL: none. */
void np_agent_put(struct np_buf *b, const struct np_agent_head *h, bool reply, const void *value);
void np_agent_put_failure(struct np_buf *b, const struct np_agent_head *request,
                          const struct np_err *why);

/* Takes a message apart. *value is a structure of the verb's shape in `a`, checked against the
 * model; of a reply with a code a struct agent_Failure. NP_EPROTO: it is no such message. */
int np_agent_get(struct np_str packet, bool reply, struct np_arena *a, struct np_agent_head *h,
                 void **value, struct np_err *err);
