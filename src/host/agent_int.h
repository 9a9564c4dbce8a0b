/* SPDX-License-Identifier: Apache-2.0 */
/* agent_int.h - the agent's insides: what a message does, apart from the socket it came by. */
#pragma once

#include "host/agent_msg.h"
#include "host/instance/instance.h"
#include "host/namespaces.h"
#include "host/process.h"

/* Who asked what: enough to answer after the verb's function has returned. */
struct np_agent_ticket {
    size_t client;
    uint64_t life; /* of the connection */
    struct np_agent_head head;
};

struct np_nets;

struct np_agent {
    struct np_str data_dir;
    struct np_processes *processes;
    struct np_instances *instances;
    struct np_volumes *volumes;
    struct np_namespaces namespaces;
    pid_t holder;
    struct np_loop *loop; /* NULL: in a test of messages alone */
    struct np_nets *nets; /* net.h; NULL: */
    struct np_err no_nets;
    /* Sends a reply that was put off, see np_agent_reply(). */
    void (*send)(struct np_agent *g, const struct np_agent_ticket *to, struct np_str message,
                 const int *fds, size_t n_fds);
    void (*changed)(struct np_agent *g);
};

/* One question, while its verb's function runs. */
struct np_agent_ask {
    struct np_arena *arena; /* of the request, gone after the call; who answers later may keep it:
                             * sets NULL, and frees it */
    struct np_agent_ticket ticket;
    int fd; /* that came with it, or -1; who keeps it sets -1 */
    int fds[NP_AGENT_FDS_MAX];
    size_t n_fds; /* these go along with the reply and are closed then */
};

/* One verb. 0: *out is the reply, in q->arena. NP_LATER: np_agent_reply() follows with a copy of
 * q->ticket. Nothing may wait longer than a few milliseconds: a child does what takes longer. */
typedef int np_agent_verb_fn(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                             struct np_err *err);

np_agent_verb_fn np_verb_ensure_instance, np_verb_stop_instance, np_verb_remove_instance,
    np_verb_list_instances, np_verb_open_instance;
np_agent_verb_fn np_verb_ensure_volume, np_verb_remove_volume, np_verb_attach_volume,
    np_verb_detach_volume, np_verb_ensure_snapshot, np_verb_remove_snapshot, np_verb_list_volumes;

/* The answer put off: rc 0 and a value of the verb's reply, or a code and err. Descriptors stay the
 * caller's. Nothing happens if who asked has left. */
void np_agent_reply(struct np_agent *g, const struct np_agent_ticket *to, int rc, const void *value,
                    const int *fds, size_t n_fds, const struct np_err *err);
/* Tells every client that something has changed by itself. */
void np_agent_changed(struct np_agent *g);

/* Appends the reply to one message to `reply`, or nothing if it comes later. False: the connection
 * is to be closed. *greeted is the connection's: Hello comes first. */
bool np_agent_answer(struct np_agent *g, struct np_agent_ask *q, struct np_str packet,
                     bool *greeted, struct np_buf *reply);
