/* SPDX-License-Identifier: Apache-2.0 */
/* item.h - the resources of EC2: one table of rows, one projection of them decoded.
 *
 * A resource is an item: the structure that its Describe answers (`detail`, without tags and what
 * is computed), a structure of our own beside it (`own`, kinds.def and ec2.extra.smithy), and
 * references to the items that it needs. In an apply items are read from rows by ec2_get() and the
 * like, changed, and written by ec2_put(). Everything on a worker (begin, Describes, authorisation)
 * and on loop 0 reads the projection by ec2_view(): decoded once, with tags, immutable.
 *
 * Lifetime: what a view gives is valid until the callback returns to its loop (io/rcu.h); what an
 *           apply reads lives in the transaction's arena and is the caller's to change.
 * Threads:  views on any loop; ec2_get() to ec2_drop() on the writer, in an apply (ec2_db_of_req()
 *           makes the reading ones work on a worker, over its connection).
 */
#pragma once

#include "aws/identity.h"
#include "base/err.h"
#include "codec/schema.h"
#include "gen/ec2/types.h"
#include "store/store.h"

struct np_core;
struct np_req;

/* --- kinds --- */

enum ec2_kind_id {
#define EC2_KIND(name, ...) EC2_KIND_##name,
#include "services/ec2/kinds.def"
#undef EC2_KIND
    EC2_KINDS
};

struct ec2_kind {
    enum ec2_kind_id id;
    const char *prefix;                               /* "vpc-" */
    const char *type;                                 /* "vpc": in ARNs and TagSpecifications */
    const struct np_shape *shape;                     /* of detail */
    const struct np_shape *own;                       /* NULL: none */
    size_t id_at;                                     /* of the id in detail */
    const struct np_fault_def *not_found, *malformed; /* malformed NULL: as not_found */
    const char *not_found_text;
};
const struct ec2_kind *ec2_kind(enum ec2_kind_id id);
/* By the id's prefix; NULL: of none. */
const struct ec2_kind *ec2_kind_of(struct np_str id);
/* "natgateway"; NULL: no kind has that resource type. */
const struct ec2_kind *ec2_kind_of_type(struct np_str type);
/* Prefix and 8 or 17 hexadecimal digits. */
bool ec2_id_ok(const struct ec2_kind *k, struct np_str id);
struct np_str ec2_arn(struct np_arena *a, const struct ec2_kind *k, struct np_str region,
                      struct np_str account, struct np_str id);
/* The kind's fault: no such item, or an id that cannot be one. */
int ec2_not_found(struct np_err *err, enum ec2_kind_id kind, struct np_str id);

struct ec2_item {
    const struct ec2_kind *kind;
    struct np_str account, region, id;
    struct np_str vpc;         /* absent: of none */
    struct np_str name;        /* unique in (account, region, kind) where not absent */
    void *detail;              /* struct ec2_Vpc, …; never NULL */
    void *own;                 /* NULL: the kind has none */
    int64_t made_ms;           /* region clock; kept by ec2_put() of an older row */
    const struct np_tag *tags; /* of views, sorted by key: they are in detail too. In an apply: */
    size_t n_tags;             /* 0 unless ec2_tags_read() */
};

/* --- rows: in an apply --- */

struct ec2_db { /* whose rows, by which connection, into which arena */
    struct np_dbc *c;
    struct np_scope scope; /* set account for rows of another (peering) */
    struct np_arena *arena;
};
struct ec2_db ec2_db(struct np_txn *t);
struct ec2_db ec2_db_of_req(const struct np_req *rq);

/* A fresh item in the transaction's arena: zeroed detail and own, its new id (also in detail),
 * scope's account and region. Not yet a row. */
struct ec2_item *ec2_new(struct np_txn *t, enum ec2_kind_id kind);
/* A fresh id of any prefix, for what has no row ("rtbassoc-"). */
struct np_str ec2_new_id(struct np_txn *t, const char *prefix);

/* The item, or the kind's fault. */
int ec2_get(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str id, struct ec2_item **out,
            struct np_err *err);
/* NP_ENOENT without a word: there is none. */
int ec2_find(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str id,
             struct ec2_item **out, struct np_err *err);
int ec2_find_name(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str name,
                  struct ec2_item **out, struct np_err *err);
/* All of a kind, of that VPC or (absent) of every one, by id. */
int ec2_list(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str vpc,
             struct ec2_item ***out, size_t *n, struct np_err *err);
/* How many there are, without decoding them: for quotas. */
int ec2_count(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str vpc, size_t *n,
              struct np_err *err);
/* Tags of the item into it (rows do not carry them). */
void ec2_tags_read(const struct ec2_db *db, struct ec2_item *it);

/* Writes the row, new or changed, and tells the projection. Tags in detail are not written: see
 * ec2_tag(). NP_EEXIST: another of the kind has that name. */
int ec2_put(struct np_txn *t, const struct ec2_item *it, struct np_err *err);
/* The row, its references and tags go. Referred to still: DependencyViolation («The vpc 'vpc-…' has
 * dependencies and cannot be deleted.») unless the caller asked before. */
int ec2_drop(struct np_txn *t, const struct ec2_item *it, struct np_err *err);
/* Something that a Describe of it computes changed, the row did not. */
void ec2_touch(struct np_txn *t, const struct ec2_item *it);

/* Adds tags (TagLimitExceeded) and puts them all into it->detail, for the reply. */
int ec2_tag(struct np_txn *t, struct ec2_item *it, const struct np_tag *tags, size_t n,
            struct np_err *err);

/* References keep their target from being dropped. `what` tells several of an item apart:
 * "subnet", "group". Both items are rows of one account and region. */
int ec2_ref(struct np_txn *t, const struct ec2_item *it, const char *what, struct np_str target,
            struct np_err *err);
/* target absent: all of that `what`. */
int ec2_unref(struct np_txn *t, const struct ec2_item *it, const char *what, struct np_str target,
              struct np_err *err);
/* Ids of the items that refer to it by `what` (NULL: any), sorted. */
int ec2_users(const struct ec2_db *db, struct np_str target, const char *what, struct np_str **out,
              size_t *n, struct np_err *err);

/* Same token and same input as before: 1, and *out is what was answered then. Another input:
 * IdempotentParameterMismatch. 0: new; end with ec2_again_keep(). Of the request's own operation.
 */
int ec2_again(struct np_txn *t, struct np_str client_token, const void *in, void *out,
              struct np_err *err);
int ec2_again_keep(struct np_txn *t, struct np_str client_token, const void *in, const void *out,
                   struct np_err *err);

/* --- the projection --- */

struct ec2_view; /* an account's items in a region; empty where there are none, never NULL */
const struct ec2_view *ec2_view(const struct np_req *rq);
const struct ec2_view *ec2_view_of(const struct np_core *core, struct np_str account,
                                   struct np_str region);
struct np_str ec2_view_account(const struct ec2_view *v);
struct np_str ec2_view_region(const struct ec2_view *v);
/* NULL: none of that id and kind. */
const struct ec2_item *ec2_see(const struct ec2_view *v, enum ec2_kind_id kind, struct np_str id);
/* Whatever account and region it is of; any kind. */
const struct ec2_item *ec2_see_any(const struct np_core *core, struct np_str id);
/* All of a kind in a VPC (absent: in all and none), sorted by id; the array is in `a`. */
size_t ec2_see_all(const struct ec2_view *v, enum ec2_kind_id kind, struct np_str vpc,
                   struct np_arena *a, const struct ec2_item *const **out);
/* Those of a kind that belong to another item (belong.c says what does), by id; valid as an item.
 */
size_t ec2_see_of(const struct ec2_view *v, enum ec2_kind_id kind, struct np_str owner,
                  const struct ec2_item *const **out);
size_t ec2_see_count(const struct ec2_view *v, enum ec2_kind_id kind);
/* In no order; stops when fn returns non-zero and returns that. */
int ec2_each(const struct ec2_view *v, enum ec2_kind_id kind,
             int (*fn)(void *arg, const struct ec2_item *it), void *arg);
/* Every account and region that has items. */
void ec2_each_view(const struct np_core *core, void (*fn)(void *arg, const struct ec2_view *v),
                   void *arg);

/* Tells of changed items: called on the first worker's loop, after the projection has them, once
 * for all that came meanwhile. Registered in the service's start; look at everything yourself
 * first. An item that is gone is told too: ec2_see_any() is NULL then. */
struct ec2_change {
    enum ec2_kind_id kind;
    struct np_str account, region, id, vpc;
};
void ec2_watch(struct np_core *core,
               void (*fn)(void *arg, const struct ec2_change *changes, size_t n), void *arg);

/* The same without a typed cast at each use. */
#define EC2_DETAIL(type, it) ((struct ec2_##type *)(it)->detail)
#define EC2_OWN(type, it)    ((struct ec2_##type *)(it)->own)
#define EC2_SEEN(type, it)   ((const struct ec2_##type *)(it)->detail)
