/* SPDX-License-Identifier: Apache-2.0 */
/* net.h - networks: a router namespace for each, one for the internet between them, one for each
 * guest; made as they are told, found again after a restart.
 *
 * A network is told whole by EnsureNetwork. What is there is compared with it: what is missing is
 * made, what differs is changed, what is not told is taken away. Its firewall is loaded by one
 * `nft`, atomically; packets pass a new router only when it is loaded. The reply comes when all is
 * done.
 *
 * Namespaces are pinned below <data>/net, a tmpfs of the agent's own mounts: nothing of it is seen
 * on the host, and all of it is gone with the last process of the agent.
 *
 * Threads: the agent's only one.
 */
#pragma once

#include "host/agent_int.h"

/* In the internet a transparent socket bound to this port of 0.0.0.0, TCP and UDP, gets what is
 * sent to addresses that nobody there has; its own address tells which. */
#define NP_NET_CATCH_PORT 15001

/* Of every router, for sockets of the region (host order): the instances' metadata (TCP 80), the
 * resolver (port 53, TCP and UDP), the door of gateway endpoints. The resolver that the network
 * names is there too. Connections from the door to instances pass without a group's leave. */
#define NP_NET_METADATA 0xa9fea9feu /* 169.254.169.254 */
#define NP_NET_RESOLVER 0xa9fea9fdu /* 169.254.169.253 */
#define NP_NET_DOOR     0xa9fe6301u /* 169.254.99.1; what was meant is told by SO_ORIGINAL_DST */

/* A socket of kind log tells of the first packet of a flow that was accepted, and of every one that
 * was not: its prefix (NFULA_PREFIX) is "VERDICT DIRECTION INTERFACE", as
 * "accept out eni-0a" or "reject in eni-0b"; its payload begins with the IP header. One of kind
 * flows sends conntrack's DESTROY events, both ways with counters and, where the kernel keeps them,
 * times; they may come a minute after the end of a connection, when the kernel sweeps. */
#define NP_NET_LOG_GROUP 7

struct np_nets;

/* NP_ENOTSUP: the agent has no namespaces of its own. */
int np_nets_open(struct np_agent *g, struct np_nets **out, struct np_err *err);
void np_nets_free(struct np_nets *n); /* takes nothing away */

np_agent_verb_fn np_net_ensure, np_net_remove, np_net_list, np_net_ensure_internet,
    np_net_make_sockets;

/* An open descriptor of a guest's network namespace, the caller's to close; -1: no network names
 * that guest. It is there from the EnsureNetwork that names it, before it is answered, until no
 * network does. `n` may be NULL. */
int np_guest_netns_fd(struct np_nets *n, const char *guest);

/* Findings of what networks need here, each tried; up to NP_NET_FINDINGS, in the arena. */
#define NP_NET_FINDINGS 9
size_t np_nets_doctor(struct np_nets *n, const struct np_err *why_none, struct np_arena *a,
                      struct agent_Finding *out);
