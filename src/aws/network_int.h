/* SPDX-License-Identifier: Apache-2.0 */
/* network_int.h - the insides of the region's network, for aws/ and the daemon. */
#pragma once

#include <pthread.h>

#include "aws/core_int.h"
#include "aws/network.h"
#include "base/map.h"
#include "engines/vnet/relay.h"
#include "engines/vnet/vnet.h"

#define NETWORK_MAGIC 0x6e706e77u

/* HTTP of one door on one worker: outside, or an endpoint of a VPC. */
struct np_door_server {
    struct np_front_door door; /* its strings are this server's own */
    struct np_http_server *http;
};

struct np_network_worker {
    struct np_network *network;
    size_t index;
    struct np_map *doors; /* struct np_door_server by "vpc/endpoint" */
    size_t draining;
    bool ended;
    struct np_defer drained_later;
    void (*drained)(void *arg);
    void *drained_arg;
};

struct np_network {
    uint32_t magic;
    struct np_core *core;
    struct np_tls *tls;
    np_imds_fn *imds;
    np_flows_fn *flows;
    struct np_network_worker *workers;
    size_t n_workers;
    struct np_vnet_opts opts;
    struct np_loop **loops;
    pthread_mutex_t mutex;
    struct {
        struct np_node ports; /* struct host_port, network_ports.c */
    } locked;
    struct np_map *host_ports; /* by address and port, those that are to stay; loop 0 */
    bool started;
};

/* network_names.c */
void np_network_names(struct np_core *core); /* the sources of names */
/* A name below in-addr.arpa, of an interface of that VPC; NP_ENOENT. */
int np_network_reverse(const struct np_core *core, struct np_str vpc_id, struct np_str name,
                       struct np_dns_addrs *out);
/* What np_name_find() said of a name, as it is inside: what is served at the gateway is at the
 * service addresses, and so is every API, of services that are not served, too: nobody inside shall
 * take a name of AWS elsewhere. */
int np_network_inside(const struct np_core *core, struct np_str name, int rc,
                      struct np_name_addrs *io);
/* Asks the host's resolver, on a job (np_dns_server_opts.elsewhere; arg is the core). */
void np_network_elsewhere(void *arg, struct np_loop *l, struct np_str name, uint16_t type,
                          void (*done)(void *x, int rc, struct np_str message), void *x);

/* network_ports.c: ports of public addresses, on this host. */
void np_network_ports(struct np_core *core);                            /* what is listed */
void np_network_ports_look(struct np_network *n, struct np_str vpc_id); /* loop 0 */
void np_network_ports_stop(struct np_network *n, size_t worker);
void np_network_ports_free(struct np_network *n);

/* network_connect.c: the page that `nephele connect` asks. */
void np_network_connect_page(struct np_core *core);
