/* SPDX-License-Identifier: Apache-2.0 */
/* core_int.h - the insides of the core, for aws/ and the daemon that makes it. */
#pragma once

#include "aws/certs.h"
#include "aws/core.h"
#include "aws/endpoints.h"
#include "aws/names.h"
#include "base/list.h"
#include "http/server.h"
#include "io/loop.h"

struct np_addr;

struct np_endpoint_source {
    np_endpoint_list *list;
    void *arg;
};

struct np_registry {
    struct np_identity_provider identity;
    void *session_arg; /* the session() member's own argument */
    struct np_account_provider accounts;
    struct np_resource_provider resources[64];
    size_t n_resources;
    struct np_route routes[32];
    size_t n_routes;
    bool (*hosts[32])(struct np_core *core, struct np_str host);
    size_t n_hosts;
    const struct np_page *pages[32];
    size_t n_pages;
    struct np_name_source names[32];
    size_t n_names;
    struct np_arena *arena; /* as long as the registry */
    struct np_dns_provider dns;
    struct np_endpoint_source endpoints[32];
    size_t n_endpoints;
    struct np_cert_provider certs;
    struct np_cert_watcher {
        void (*changed)(void *arg, struct np_str arn);
        void *arg;
    } cert_watches[8];
    size_t n_cert_watches;
    int64_t body_bytes; /* of all documents in memory; atomic */
};

/* A worker: one thread, one loop, one listener. Fields belong to its thread unless said. */
struct np_worker {
    struct np_core *core;
    struct np_loop *loop;
    struct np_http_server *server;
    size_t index;
    struct np_arena *spare[64]; /* request arenas for the next requests */
    size_t n_spare;
    struct np_map *signing_keys; /* (key id, date, region, service) -> struct signing_key */
    struct np_node requests;     /* those that are under way */
    uint64_t id_state[2];        /* of request ids */
    struct np_audit_ring *audit;
    struct np_replies *replies; /* NULL: none yet */
    /* Counters: written here, read by others. */
    uint64_t n_requests, n_errors;
};

void np_core_init(struct np_core *core);
void np_core_fini(struct np_core *core);
/* The state of one worker; its loop exists. */
void np_worker_init(struct np_worker *w, struct np_core *core, size_t index);
void np_worker_fini(struct np_worker *w);
/* Is who comes from there of the host zone? */
bool np_is_host_client(const struct np_core *core, const struct np_addr *peer);
/* Handlers of the gateway's listener; arg is the worker. */
extern const struct np_http_handlers np_front_handlers;
/* A way in beside the gateway's: who comes by it is nobody of this host, whatever its address. */
struct np_front_door {
    struct np_worker *worker;
    struct np_str vpc_id, endpoint_id; /* absent: from outside */
};
/* arg is the door. */
extern const struct np_http_handlers np_front_door_handlers;
