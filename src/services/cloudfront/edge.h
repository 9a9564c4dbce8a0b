/* SPDX-License-Identifier: Apache-2.0 */
/* edge.h - the data plane of CloudFront: the engine, what it is told, and what it asks.
 *
 * A site is a distribution as the engine has it: compiled of rows, immutable, freed by the engine
 * when no request can use it any more. Names and addresses are read under RCU.
 */
#pragma once

#include "engines/edge/edge.h"
#include "services/cloudfront/cloudfront_int.h"
#include "services/cloudfront/signer.h"

#define CLOUDFRONT_LOCATIONS 2
extern const struct np_str cloudfront_pops[CLOUDFRONT_LOCATIONS];

/* Keys that a behaviour trusts. */
struct cloudfront_trust {
    struct np_str *ids;
    struct cloudfront_signer **keys;
    size_t n;
};
/* An S3 origin, handed to its driver. */
struct cloudfront_bucket {
    struct np_core *core;
    struct np_str bucket, account, arn; /* of the distribution */
    enum { CLOUDFRONT_ANYBODY, CLOUDFRONT_CONTROL, CLOUDFRONT_IDENTITY } as;
    bool no_override; /* a viewer's Authorization goes on instead */
    struct np_str identity_arn, canonical_user;
};
struct cloudfront_site {
    struct np_arena *arena;
    struct np_str id, account, arn, domain;
    struct np_str log_bucket; /* absent: no access logs */
    struct np_edge_dist_opts opts;
    bool wants_places;                  /* who looks for viewers' countries */
    struct cloudfront_signer **signers; /* all of the behaviours', to be given back */
    size_t n_signers;
    struct np_edgefn_code **functions; /* the same of viewer functions */
    size_t n_functions;
};

/* --- compile.c --- */
int cloudfront_compile(struct np_core *core, struct np_dbc *c, const struct cloudfront_row *r,
                       struct cloudfront_site **out, struct np_err *err);
void cloudfront_site_free(void *site);
void cloudfront_policy_headers(const struct cloudfront_ResponseHeadersPolicyConfig *c,
                               struct np_arena *a, struct np_edge_response_policy *out);

/* --- s3_origin.c --- */
extern const struct np_edge_origin_ops cloudfront_s3_ops;

/* --- signed.c --- */
int cloudfront_signed_check(void *arg, const void *signers, const struct np_edge_request *rq,
                            const struct np_strs **strip_query,
                            const struct np_strs **strip_cookies);
/* What the last refusal on this thread said: the error's code and message. */
void cloudfront_signed_problem(const char **code, const char **message);

/* --- viewer.c, error_page.c, access_log.c: the engine's other questions --- */
void cloudfront_viewer(void *arg, struct np_http_x *x, struct np_str *ip, uint16_t *port,
                       struct np_str *country);
struct np_str cloudfront_generated(void *arg, const struct np_edge_request *rq, struct np_str name);
struct np_str cloudfront_error_page(void *arg, struct np_arena *a, enum np_edge_reason reason,
                                    int status, struct np_str request_id, struct np_str *type);
void cloudfront_log(void *arg, const struct np_edge_record *r);
void cloudfront_log_init(struct cloudfront_state *s);

/* --- edge.c, projection.c --- */
int cloudfront_edge_open(struct cloudfront_state *s, struct np_err *err);
/* What the engine will ask for to serve it; by the thread that changes, before np_edge_put(). */
int cloudfront_edge_prepare(struct cloudfront_state *s, const struct np_edge_dist_opts *o,
                            struct np_err *err);
int cloudfront_edge_start(struct cloudfront_state *s, struct np_err *err);
void cloudfront_edge_close(struct cloudfront_state *s);
/* The np_edge_worker of that worker. */
void *cloudfront_worker(struct np_core *core, size_t worker);
void cloudfront_projection_init(struct cloudfront_state *s);

/* --- front.c: names, addresses, listeners --- */
struct cloudfront_front;
int cloudfront_front_new(struct np_core *core, struct cloudfront_front **out, struct np_err *err);
void cloudfront_front_free(struct cloudfront_front *f);
/* On the writer's thread: what a distribution is known by; place NULL: nothing any more. */
struct cloudfront_place {
    struct np_arena *arena;
    struct np_str id, arn, domain;
    struct np_str *names; /* aliases, and the domain first */
    size_t n_names;
    uint32_t slots[CLOUDFRONT_LOCATIONS];
    struct np_str certificate, policy; /* of the aliases; absent: none */
};
void cloudfront_front_set(struct cloudfront_front *f, struct np_str id,
                          struct cloudfront_place *place);
unsigned cloudfront_front_location(void *arg, const struct np_addr *local);
