/* SPDX-License-Identifier: Apache-2.0 */
/* rig.h - an edge between viewers and an origin, all on one loop and loopback ports.
 *
 * The origin is the fixture's server: a test says what it answers (`answer`), and sees what it was
 * asked in `f.log`. */
#pragma once

#include "engines/edge/edge.h"
#include "http/fixture.h"
#include "io/job.h"

struct rig;

struct rig_answer {
    int status;
    const char *fields; /* "Name: value\n…" */
    struct np_str body;
    int64_t length; /* what is announced; -2: that of the body, -1: chunked */
};

struct rig {
    struct fixture f; /* the origin; its loop, arena and egress are everybody's */
    struct fixture v; /* the edge's address, for raw viewers */
    struct np_jobs *jobs;
    struct np_edge *edge;
    struct np_edge_worker *worker;
    struct np_http_server *server;
    struct np_edge_opts opts;
    struct np_edge_dist_opts dist;
    struct np_edge_origin origins[2];
    struct np_edge_behavior behaviors[4];
    struct rig_answer answer;
    void (*on_origin)(struct rig *r, struct np_http_x *x); /* NULL: `answer` */
    struct np_http_x *held[256];                           /* for tests that answer later */
    size_t n_held;
    bool no_address;
    struct np_addr dead; /* where nobody listens */
    bool second_is_dead, first_is_dead;
    int logged;
    struct np_edge_record last; /* only numbers of it */
    char last_host[64];
};

/* r is filled with defaults: one behaviour, one origin, nothing in the key but the path, a TTL of a
 * day. Tests change r->dist and r->behaviors, then call rig_start(). */
void rig_init(struct rig *r);
void rig_start(struct rig *r);
void rig_put(struct rig *r); /* r->dist as it is now */
void rig_fini(struct rig *r);
/* Engine, worker and server end; the origin stays. */
void rig_stop_edge(struct rig *r);
void rig_start_edge(struct rig *r);

struct reply {
    int status;
    struct np_str head, body;
    bool cut; /* the body is not whole */
};
/* extra: lines with CRLF. */
struct reply rig_ask(struct rig *r, const char *method, const char *path, const char *extra);
struct reply rig_get(struct rig *r, const char *path);
int rig_send(struct rig *r, const char *method, const char *path, const char *extra);
struct reply rig_reply(struct rig *r, int fd);
struct reply rig_parse(struct rig *r, struct np_str text);
struct np_str reply_field(struct reply y, const char *name);
void rig_answer(struct rig *r, struct np_http_x *x, const struct rig_answer *a);

#define RIG_ASKED(r)         ((r)->f.requests)
#define CHECK_CACHE(y, want) NP_CHECK_STR(reply_field((y), "X-Cache"), NP_STR(want " from edge"))
