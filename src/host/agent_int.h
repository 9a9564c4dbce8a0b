/* SPDX-License-Identifier: Apache-2.0 */
/* agent_int.h - the agent's insides: what a message does, apart from the socket it came by. */
#pragma once

#include "host/agent_msg.h"
#include "host/namespaces.h"
#include "host/process.h"

struct np_agent {
    struct np_str data_dir;
    struct np_processes *processes;
    struct np_namespaces namespaces;
    pid_t holder;
};

/* Appends the reply to one message. False: the connection is to be closed. *greeted is the
 * connection's: Hello comes first. */
bool np_agent_answer(struct np_agent *g, struct np_str packet, bool *greeted, struct np_buf *reply);
