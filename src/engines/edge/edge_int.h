/* SPDX-License-Identifier: Apache-2.0 */
/* edge_int.h - shared by the files of this folder: the engine, its workers, compiled distributions.
 */
#pragma once

#include "base/map.h"
#include "base/pmap.h"
#include "engines/edge/cache.h"
#include "engines/edge/edge.h"
#include "engines/edge/invalidation.h"
#include "engines/edge/limits.h"
#include "engines/edge/slab.h"
#include "http/client.h"

struct edge_disk;

/* --- figures: each worker has its own --- */
struct edge_counters {
    struct np_edge_figures v;
    char apart[64]; /* from the next worker's */
};

/* What all versions of a distribution share. */
struct edge_shared {
    unsigned refs;
    struct edge_invalidations inval;
    struct edge_counters counters[NP_EDGE_WORKERS_MAX];
};
void edge_shared_ref(struct edge_shared *s);
void edge_shared_unref(struct edge_shared *s);

/* --- a distribution, compiled: immutable, counted --- */
struct edge_behavior {
    const struct np_edge_behavior *o;
    struct np_str pattern;                        /* with its leading '/' */
    bool any;                                     /* "*" */
    const struct np_edge_origin *origin, *second; /* second: of a group */
    const struct np_edge_group *group;
    bool caches;      /* some response may be kept */
    bool key_is_path; /* no header or cookie is in the key */
    bool forwards_host;
};
struct edge_dist {
    unsigned refs;
    struct np_arena *arena;
    struct np_edge_dist_opts o; /* all of it in the arena */
    struct edge_shared *shared;
    struct edge_behavior *behaviors;
};
int edge_dist_compile(const struct np_edge_dist_opts *o, struct edge_shared *shared,
                      struct edge_dist **out, struct np_err *err);
void edge_dist_ref(struct edge_dist *d);
void edge_dist_unref(void *dist); /* NULL is fine */
const struct edge_behavior *edge_dist_match(const struct edge_dist *d, struct np_str path);
const struct np_edge_error *edge_dist_error(const struct edge_dist *d, int status);

/* --- the engine --- */
struct edge_config {       /* roots, published */
    struct np_pmap *hosts; /* name, or "*.rest" -> edge_dist */
};
struct np_edge {
    uint32_t magic;
    struct np_arena *arena;
    struct np_edge_opts o; /* texts in the arena */
    struct np_pmap *hosts; /* RCU: name, or "*.rest" -> edge_dist */
    struct np_pmap *ids;   /* RCU: id -> edge_dist */
    struct np_map *shared; /* id -> edge_shared; of the thread that changes */
    struct edge_cache *cache;
    struct edge_slab slab;
    struct edge_disk *disk; /* NULL: memory only */
    uint64_t tick;          /* atomic: the last moment handed out, see edge_tick() */
    uint64_t worker_mask;   /* atomic: indexes in use */
};
/* Moments in one order across workers, invalidations and restarts: each larger than all before. */
uint64_t edge_tick(struct np_edge *e);
/* The distribution of a Host, under RCU; NULL. */
struct edge_dist *edge_find_host(const struct np_edge *e, struct np_str host);
/* A host without port and final dot, in lower case; in buf where it had to change. */
struct np_str edge_host_name(struct np_str host, char *buf, size_t room);

struct edge_pool { /* connections kept equally long */
    struct np_node node;
    uint64_t idle_ms;
    struct np_http_pool *pool;
};
struct np_edge_worker {
    uint32_t magic;
    struct np_edge *edge;
    struct np_loop *loop;
    unsigned index;
    struct np_node pools;
    struct np_node fills;    /* fetches that run here */
    struct np_node requests; /* exchanges under way here */
    struct np_node tunnels;
    struct np_str via; /* "1.1 3f….cloudfront.net (CloudFront)" */
    struct np_arena *arena;
    unsigned char random[4096];
    size_t random_at;
};
struct np_http_pool *edge_pool(struct np_edge_worker *w, uint64_t idle_ms);
/* A request's id, 56 characters. */
struct np_str edge_request_id(struct np_edge_worker *w, struct np_arena *a);
