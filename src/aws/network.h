/* SPDX-License-Identifier: Apache-2.0 */
/* network.h - the region inside its VPCs: APIs, resolver, metadata, the relay to the outside, and
 * the ways of this host to instances. What VPCs there are is told to core->vnet (engines/vnet).
 *
 * Order: np_network_open() before services; np_network_start() on loop 0 when services have started
 * and have told all VPCs; np_network_drain() and np_network_end() on each worker's thread;
 * np_network_close() when no loop runs.
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"
#include "base/str.h"

struct np_addr;
struct np_arena;
struct np_core;
struct np_dns_addrs;
struct np_dns_server;
struct np_loop;
struct np_tls;
struct np_vnet_window;
struct np_worker;

void np_network_open(struct np_core *core);
void np_network_start(struct np_core *core, struct np_tls *tls);
void np_network_drain(struct np_core *core, size_t worker, void (*done)(void *arg), void *arg);
void np_network_end(struct np_core *core, size_t worker);
void np_network_close(struct np_core *core);

/* Who answers at 169.254.169.254:80 of a VPC: takes fd, on that worker's loop. In a service's init.
 */
typedef void np_imds_fn(struct np_core *core, struct np_worker *w, int fd, struct np_str vpc_id,
                        const struct np_addr *peer);
void np_network_on_imds(struct np_core *core, np_imds_fn *fn);
/* Who keeps the records of flow logs (engines/vnet/flow.h); on loop 0. In a service's init. */
typedef void np_flows_fn(struct np_core *core, const struct np_vnet_window *w);
void np_network_on_flows(struct np_core *core, np_flows_fn *fn);

/* --- names (network_names.c) --- */

/* An interface by what a person calls it: an instance's id, an interface's, a private name
 * ("ip-10-0-1-5.ec2.internal"), a private address, a public one or its name. `vpc` narrows it, or
 * is absent. NP_ENOENT; NP_EINVAL: it is several, err says which VPCs. Strings are the published
 * VPC's. */
struct np_inside {
    struct np_str vpc_id, eni_id, instance_id;
    struct in_addr private_ip;
};
int np_network_find(const struct np_core *core, struct np_str name, struct np_str vpc,
                    struct np_inside *out, struct np_err *err);
/* The address names of an interface in its region: "ip-10-0-1-5.ec2.internal",
 * "ec2-127-64-16-5.compute-1.amazonaws.com". */
struct np_str np_private_name(struct np_arena *a, struct np_str region, struct in_addr ip);
struct np_str np_public_name(struct np_arena *a, struct np_str region, struct in_addr ip);
