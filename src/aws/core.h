/* SPDX-License-Identifier: Apache-2.0 */
/* core.h - the running region: what every service is given, and where services register.
 *
 * Made by the daemon before any thread; read-only after np_core_start() except through its members'
 * own contracts.
 */
#pragma once

#include "aws/provider.h"
#include "aws/service.h"
#include "engines/blob/blob.h"
#include "io/tls.h"
#include "store/outbox.h"

struct np_worker;
struct np_dns;
struct np_geo;
struct np_network;
struct np_vnet;

struct np_config {
    struct np_str data_dir;
    struct np_str account; /* "000000000000" */
    struct np_str regions; /* comma list of allowed region names; absent: all of partition aws */
    struct np_str listen;  /* "127.0.0.1:4566" */
    struct np_str dns;     /* "127.0.0.1:5300" */
    struct np_str client_address; /* aws:SourceIp of the host zone: "203.0.113.10" */
    struct np_str edge_js; /* the program that runs functions of the edge; it need not be there */
    unsigned workers;
    bool iam_soft, secure_transport_strict, http2, dev, at_rest, no_sync;
    struct np_strs egress;
    struct np_strs
        suffixes; /* host names the region answers to beside amazonaws.com and localhost */
};

struct np_core {
    uint32_t magic;
    struct np_config config;
    struct np_store *store;
    struct np_jobs *jobs;
    struct np_ca *ca;
    struct np_egress *egress;
    struct np_pool *pool; /* addresses outside */
    struct np_blobs *blobs;
    struct np_dns *dns;         /* hosted zones are projected into it */
    struct np_geo *geo;         /* where addresses are */
    struct np_network *network; /* the region inside its VPCs; aws/network.h */
    struct np_vnet *vnet;       /* VPCs */
    uint8_t root_key[32];       /* secrets are sealed under keys derived of it */
    struct np_worker **workers;
    size_t n_workers;
    const struct np_service *const *services;
    size_t n_services;
    struct np_registry *registry; /* of aws/: providers, routes */
    struct np_map *service_state; /* by service name: np_core_state() */
};
#define NP_CORE_MAGIC 0x6e706372u

/* A service's own state, made in its init. */
void np_core_set_state(struct np_core *core, const char *service, void *state);
void *np_core_state(const struct np_core *core, const char *service);
struct np_loop *np_core_loop(const struct np_core *core, size_t worker);

/* A key for one purpose, derived of the root key (HKDF-like): "sts.token", "page", "iam.secret",
 * "blob". */
void np_core_key(const struct np_core *core, const char *purpose, uint8_t out[32]);
/* Sealed under such a key, with a random nonce; what secrets look like in the store. */
struct np_str np_core_seal(const struct np_core *core, const char *purpose, struct np_str plain,
                           struct np_arena *a);
/* Absent when it was changed. */
struct np_str np_core_unseal(const struct np_core *core, const char *purpose, struct np_str sealed,
                             struct np_arena *a);
bool np_region_exists(struct np_str region); /* in partition aws */
/* The first of --regions; us-east-1 without it. */
struct np_str np_region_home(const struct np_core *core);
/* Is that a region of the partition (and allowed by --regions)? */
bool np_region_ok(const struct np_core *core, struct np_str region);
/* All that are, sorted. */
size_t np_region_names(const struct np_core *core, struct np_arena *a, struct np_str **out);
