/* SPDX-License-Identifier: Apache-2.0 */
/* vnet.h - the network engine: what each VPC should be, the agent that makes it so, and the
 * region's own doors in it.
 *
 * What a VPC should be is told whole, as often as one likes; the engine tells the agent what
 * differs, again after each greeting and after a failure, and removes what is not wanted. It
 * listens where the region answers inside (services, doors of endpoints, resolver, metadata, the
 * relay) and hands each connection to its owner, with whose it is.
 *
 * Threads: np_vnet_new() to np_vnet_dial(): see each. "loop 0" is the first of opts.loops, "a
 *          worker" any of them. Readers (np_vnet_get() …) on any thread that is an RCU reader; what
 *          they give is valid until the callback returns to its loop.
 * Text is borrowed for the call unless said; addresses are in network order.
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"
#include "base/str.h"

struct np_loop;
struct np_vnet;
struct agent_EnsureNetworkRequest;

/* Addresses that stand in every VPC, and in the internet (host order). */
#define NP_VNET_IMDS          0xa9fea9feu /* 169.254.169.254 */
#define NP_VNET_DNS           0xa9fea9fdu /* 169.254.169.253 */
#define NP_VNET_DOOR          0xa9fe6301u /* 169.254.99.1: gateway endpoints */
#define NP_VNET_SERVICES      0xc6336400u /* 198.51.100.0/28 */
#define NP_VNET_SERVICES_BITS 28
#define NP_VNET_APIS          0xc6336401u /* all APIs but S3 */
#define NP_VNET_S3            0xc6336402u /* what com.amazonaws.REGION.s3's prefix list has: /32 */

#define NP_VNET_PORTS_MAX 128 /* of an interface, opened on the host */

/* --- what a VPC should be --- */

struct np_vnet_address {
    struct in_addr private_ip, public_ip; /* public 0: none */
};

struct np_vnet_port {
    uint16_t number;
    bool udp;
};

/* Every interface, attached or not matters not: those that the agent is told of. */
struct np_vnet_eni {
    struct np_str id;          /* "eni-…" */
    struct np_str instance_id; /* absent: none */
    struct np_str owner;       /* account */
    struct np_str subnet_id, az_id;
    unsigned subnet;                         /* place in net->Subnets */
    const struct np_vnet_address *addresses; /* the first is the primary one */
    size_t n_addresses;
    /* Ports that a rule of its groups opens to the client address, for who has a public address:
     * the region listens there on the host. */
    const struct np_vnet_port *ports;
    size_t n_ports;
    /* Written by the engine: the version that was the first to have it for that instance, and all
     * after it had it, too. */
    uint64_t since;
};

/* A name that answers inside; "*.x" covers what is below x. */
struct np_vnet_name {
    struct np_str name; /* lower case, no dot at the end */
    const struct in_addr *v;
    size_t n;
    bool everywhere; /* also outside and in other VPCs, as vpce-….vpce.amazonaws.com does */
};

struct np_vnet_endpoint {
    struct np_str id; /* "vpce-…" */
    struct np_str
        service; /* opaque here: whose calls it takes ("s3": endpoint prefix of the API) */
    struct np_str document; /* its policy as JSON; absent: everything is allowed */
    bool gateway;
    /* A gateway's: where to, and which tables (places in net->Tables) lead there. */
    const struct np_vnet_block {
        struct in_addr address;
        unsigned bits;
    } * blocks;
    size_t n_blocks;
    const unsigned *tables;
    size_t n_tables;
    /* An interface endpoint's: addresses of its interfaces (which are region's in net), and names.
     */
    const struct in_addr *addresses;
    size_t n_addresses;
    const struct np_vnet_name *names;
    size_t n_names;
};

enum np_vnet_log_scope { NP_VNET_LOG_VPC, NP_VNET_LOG_SUBNET, NP_VNET_LOG_ENI };
struct np_vnet_log {
    struct np_str id; /* "fl-…" */
    enum np_vnet_log_scope scope;
    struct np_str of; /* id of the subnet or interface */
    bool accept, reject;
    unsigned interval_s; /* 60, 600 */
};

struct np_vnet_vpc {
    struct np_str id, account, region;
    /* The caller's own count, which only grows: np_vnet_ready() is asked with it. */
    uint64_t version;
    /* For the agent; Id and Version are the engine's business. Resolver 0: no resolver (DNS support
     * is off), which then does not listen. */
    const struct agent_EnsureNetworkRequest *net;
    bool dns_hostnames;
    struct np_str dhcp_domain; /* absent: the region's */
    const struct np_vnet_eni *enis;
    size_t n_enis;
    const struct np_vnet_endpoint *endpoints;
    size_t n_endpoints;
    const struct np_vnet_log *logs;
    size_t n_logs;
    /* VPCs that let us resolve their public names to private addresses (peering option). */
    const struct np_str *dns_peers;
    size_t n_dns_peers;
};

/* --- what the engine hands out --- */

enum np_vnet_door {
    NP_VNET_AT_SERVICE,  /* a service address of the internet */
    NP_VNET_AT_ENDPOINT, /* an endpoint of a VPC; endpoint_id */
    NP_VNET_AT_IMDS,     /* the metadata service of a VPC */
    NP_VNET_AT_RELAY,    /* in the internet, to an address that stands nowhere there */
};

struct np_vnet_conn {
    enum np_vnet_door door;
    int fd; /* accepted, non-blocking; the handler's */
    size_t worker;
    struct np_loop *loop;
    struct np_str vpc_id; /* absent in the internet */
    struct np_str endpoint_id;
    struct sockaddr_in peer, to; /* who, and whom it meant to reach */
};

/* A run of flow records of one log (flow.h has the rows); loop 0. */
struct np_vnet_window;

struct np_vnet_handlers {
    void (*conn)(void *arg, const struct np_vnet_conn *c); /* on c->loop */
    /* The resolver of a VPC, on that worker's loop: takes a bound UDP socket and a listening TCP
     * one, and is ended on the same loop. NULL: it could not. */
    void *(*resolver)(void *arg, size_t worker, struct np_str vpc_id, int udp_fd, int tcp_fd);
    void (*resolver_end)(void *arg, void *resolver);
    /* Where the relay sends datagrams on to: a connected socket outside, or an error. */
    int (*dial_udp)(void *arg, const struct sockaddr_in *to, int *fd, struct np_err *err);
    void (*flows)(void *arg, const struct np_vnet_window *w);
    /* What one hangs on an endpoint made of its document; freed when nobody sees it any more. */
    void *(*compile)(void *arg, struct np_str document);
    void (*release)(void *compiled);
    /* An endpoint, or its VPC, is no more: on every worker. */
    void (*left)(void *arg, size_t worker, struct np_str vpc_id, struct np_str endpoint_id);
};

struct np_vnet_opts {
    struct np_str data_dir; /* borrowed for good, as is all of this */
    struct np_loop *const *loops;
    size_t n_loops;
    struct in_addr client; /* who asks from the host: 203.0.113.10 */
    struct in_addr pool;   /* the region's block of addresses outside */
    unsigned pool_bits;
    const struct np_vnet_handlers *handlers;
    void *arg;
};

/* Before the loops run; it begins to talk to the agent at np_vnet_start(), on loop 0. */
struct np_vnet *np_vnet_new(const struct np_vnet_opts *o);
/* loop 0. Every VPC that is wanted has been set by then: what else the agent has is removed. */
void np_vnet_start(struct np_vnet *v);
/* On each worker's thread when it ends (or after it): its listeners close. */
void np_vnet_stop(struct np_vnet *v, size_t worker);
void np_vnet_free(struct np_vnet *v); /* no loop runs any more */

/* --- told; loop 0 --- */

void np_vnet_set(struct np_vnet *v, const struct np_vnet_vpc *vpc); /* copies all of it */
void np_vnet_remove(struct np_vnet *v, struct np_str vpc_id);

/* --- asked --- */

/* The agent has this version, or a later one: its interfaces are there and its rules in force. Any
 * thread. */
bool np_vnet_ready(const struct np_vnet *v, struct np_str vpc_id, uint64_t version);
/* fn is called on loop 0 when a VPC came into force or is no more wanted (rc 0), or could not be
 * made (why; it is tried again). Before np_vnet_start(); up to 8 listeners. */
typedef void np_vnet_change_fn(void *arg, struct np_str vpc_id, int rc, const struct np_err *why);
void np_vnet_on_change(struct np_vnet *v, np_vnet_change_fn *fn, void *arg);
/* Is the agent there, and can it make networks? Else why; any thread. 0, NP_ECLOSED, NP_ENOTSUP. */
int np_vnet_able(const struct np_vnet *v, struct np_err *why);

/* Readers. NULL: no such one. */
const struct np_vnet_vpc *np_vnet_get(const struct np_vnet *v, struct np_str vpc_id);
const struct np_vnet_eni *np_vnet_eni_at(const struct np_vnet *v, struct np_str vpc_id,
                                         struct in_addr private_ip);
const struct np_vnet_eni *np_vnet_eni_of_instance(const struct np_vnet *v,
                                                  struct np_str instance_id,
                                                  const struct np_vnet_vpc **vpc);
const struct np_vnet_eni *np_vnet_eni_outside(const struct np_vnet *v, struct in_addr public_ip,
                                              const struct np_vnet_vpc **vpc);
/* compiled: what compile() made of its document, may be NULL. */
const struct np_vnet_endpoint *np_vnet_endpoint(const struct np_vnet *v, struct np_str vpc_id,
                                                struct np_str endpoint_id, void **compiled);
/* A name as it answers in that VPC (absent: outside): the addresses of an endpoint's. */
const struct np_vnet_name *np_vnet_name(const struct np_vnet *v, struct np_str vpc_id,
                                        struct np_str name);
/* Every VPC; ends when fn returns non-zero, and returns that. */
int np_vnet_each(const struct np_vnet *v, int (*fn)(void *arg, const struct np_vnet_vpc *vpc),
                 void *arg);

/* --- connecting inside --- */

/* A connecting TCP socket, made in the VPC (vpc_id absent: in the internet), bound to `from` unless
 * that is 0. rc 0: fd is the callback's, and not yet connected. On any worker; `done` is called on
 * it, once, never from inside the call. NP_ECLOSED: no agent; NP_ENOENT: no such VPC. */
typedef void np_vnet_dial_fn(void *arg, int rc, int fd, const struct np_err *err);
struct np_vnet_dialling;
struct np_vnet_dialling *np_vnet_dial(struct np_vnet *v, size_t worker, struct np_str vpc_id,
                                      struct in_addr from, const struct sockaddr_in *to,
                                      np_vnet_dial_fn *done, void *arg);
void np_vnet_dial_cancel(struct np_vnet_dialling *d);
