/* SPDX-License-Identifier: Apache-2.0 */
/* cloudfront_int.h - what the files of CloudFront share.
 *
 * A distribution's document is stored with every default filled in, so that readers and the edge
 * see one form. What it refers to (policies, keys, origin access) are items, see item.h.
 */
#pragma once

#include "aws/core.h"
#include "aws/req.h"
#include "aws/tags.h"
#include "gen/cloudfront/ops.h"
#include "services/cloudfront/item.h"
#include "services/cloudfront/limits.h"

#define CLOUDFRONT_BOOL(b) ((struct np_opt_bool){true, (b)})
#define CLOUDFRONT_INT(i)  ((struct np_opt_int){true, (int64_t)(i)})

/* --- service.c --- */
struct cloudfront_state {
    struct np_core *core;
    struct cloudfront_managed *managed;
    struct cloudfront_front *front;
    struct np_edge *edge;
    struct np_edge_worker **workers; /* of each worker */
    struct np_tls *origin_tls;
    struct np_edgefn *functions; /* runs those of viewers */
    struct np_logs *logs;        /* of access */
};
extern const struct np_service cloudfront_service;
struct cloudfront_state *cloudfront_state(const struct np_core *core);

/* --- projection.c --- */
/* In apply: something about it changed, or it is gone. */
void cloudfront_item_changed(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id);
void cloudfront_distribution_changed(struct np_txn *t, struct np_str id);
void cloudfront_function_changed(struct np_txn *t, struct np_str name);

/* --- state.c: rows of distributions --- */
struct cloudfront_row {
    struct np_str account, id, domain, reference, etag;
    int64_t created_ms, modified_ms;
    struct cloudfront_DistributionConfig *config;
};
/* 0, NP_ENOENT (no fault), or what the store says. */
int cloudfront_row_get(struct np_dbc *c, const struct np_scope *scope, struct np_str id,
                       struct np_arena *a, struct cloudfront_row *out, struct np_err *err);
/* With NoSuchDistribution. */
int cloudfront_row_find(struct np_req *rq, struct np_str id, struct cloudfront_row *out,
                        struct np_err *err);
int cloudfront_row_find_txn(struct np_txn *t, struct np_str id, struct cloudfront_row *out,
                            struct np_err *err);
int cloudfront_row_add(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err);
int cloudfront_row_put(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err);
int cloudfront_row_remove(struct np_txn *t, struct np_str id, struct np_err *err);
/* All of the account behind `after`, by id; `kind` and `item` choose those that use an item. */
struct cloudfront_row_list {
    struct np_str after;
    size_t limit;
    bool used; /* by kind and item */
    enum cloudfront_kind_id kind;
    struct np_str item;
};
int cloudfront_rows(struct np_req *rq, const struct cloudfront_row_list *l,
                    struct cloudfront_row **out, size_t *n, struct np_err *err);
struct np_str cloudfront_arn(struct np_arena *a, struct np_str account, struct np_str id);
struct np_str cloudfront_location(const struct np_req *rq, const char *path, struct np_str id);

/* --- alias.c --- */
/* Lower case, no dot at the end. */
struct np_str cloudfront_alias_key(struct np_arena *a, struct np_str alias);
bool cloudfront_alias_ok(struct np_str alias);
/* In apply: the distribution's aliases are these and no others. CNAMEAlreadyExists. */
int cloudfront_aliases_set(struct np_txn *t, struct np_str id,
                           const struct cloudfront_Aliases *aliases, struct np_err *err);

/* --- defaults.c, quantity.c, check.c and what it asks: the document of a distribution --- */
void cloudfront_defaults(struct np_arena *a, struct cloudfront_DistributionConfig *c);
/* Every Quantity says how many Items there are. */
int cloudfront_quantities_check(const struct np_shape *shape, const void *value,
                                struct np_err *err);
/* By itself; after the defaults. */
int cloudfront_config_check(struct np_arena *a, const struct cloudfront_DistributionConfig *c,
                            struct np_err *err);
int cloudfront_origins_check(struct np_arena *a, const struct cloudfront_DistributionConfig *c,
                             struct np_err *err);
int cloudfront_behaviors_check(const struct cloudfront_DistributionConfig *c, struct np_err *err);
/* In apply: what it refers to is there; written down who uses it. */
int cloudfront_references_set(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err);
/* A cache behaviour as both of its shapes have it: the default one has no path pattern. */
struct cloudfront_CacheBehavior
cloudfront_default_behavior(const struct cloudfront_DefaultCacheBehavior *d);
const struct cloudfront_Origin *
cloudfront_origin_find(const struct cloudfront_DistributionConfig *c, struct np_str id);
/* "photos.s3.eu-west-1.amazonaws.com" is a bucket's name and its region (absent: none is said). */
bool cloudfront_s3_domain(struct np_str domain, struct np_str *bucket, struct np_str *region);
/* "origin-access-identity/cloudfront/E…" is the id. */
bool cloudfront_identity_ref(struct np_str text, struct np_str *id);

/* --- checks of items --- */
int cloudfront_cache_policy_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_request_policy_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_headers_policy_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_access_control_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_access_identity_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_public_key_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_key_group_check(struct np_arena *a, const void *config, struct np_err *err);
int cloudfront_invalid_argument(struct np_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A name that has 1 to `max` of letters, digits, '-' and '_'. */
int cloudfront_name_check(struct np_str name, struct np_err *err);
int cloudfront_comment_check(struct np_str comment, struct np_err *err);
/* "none" has no list and the others one of at most `max`; `fault` where it has more. */
int cloudfront_list_check(const char *what, struct np_str behavior, size_t n, bool set, size_t max,
                          const struct np_fault_def *fault, struct np_err *err);
/* A token of RFC 9110, as names of headers and cookies are. */
bool cloudfront_token_ok(struct np_str s);

/* --- access.c --- */
struct np_str cloudfront_canonical_user(struct np_arena *a, struct np_str identity);

/* --- authorize.c --- */
int cloudfront_authorize(struct np_req *rq, const struct np_op *op, const void *in,
                         struct np_err *err);
struct np_str cloudfront_item_arn(struct np_arena *a, struct np_str account,
                                  enum cloudfront_kind_id k, struct np_str id);

/* --- tagging.c --- */
int cloudfront_tags_put(struct np_txn *t, struct np_str arn, const struct cloudfront_TagList *tags,
                        struct np_err *err);

/* --- place.c: where a distribution is reached. In apply, part of its change --- */
int cloudfront_edge_add(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err);
int cloudfront_edge_change(struct np_txn *t, const struct cloudfront_row *r,
                           const struct cloudfront_DistributionConfig *old, struct np_err *err);
int cloudfront_edge_drop(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err);

/* --- invalidation.c --- */
void cloudfront_invalidated(struct np_txn *t, struct np_str distribution, int64_t seq);
/* What one of them names; NP_ENOENT. */
int cloudfront_invalidation_paths(struct np_dbc *c, struct np_str account,
                                  struct np_str distribution, int64_t seq, struct np_arena *a,
                                  struct np_strs *out, struct np_err *err);

/* --- prepare.c: `return` the first from begin --- */
int cloudfront_prepare(struct np_req *rq, const struct cloudfront_DistributionConfig *in,
                       struct np_err *err);
/* Where addresses are is read, if it is not yet. */
void cloudfront_want_places(struct np_core *core, struct np_loop *loop);
