/* SPDX-License-Identifier: Apache-2.0 */
/* ec2_int.h - shared inside the folder: what the service's tables name. */
#pragma once

#include "aws/core.h"
#include "aws/fault.h"
#include "aws/req.h"
#include "base/arena.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/item.h"
#include "services/ec2/limits.h"

struct np_invalid;

/* --- kind.c --- */
const struct np_member *ec2_tags_member(const struct ec2_kind *k); /* in detail; NULL: none */

/* --- item.c --- */
#define EC2_NOTICE_ITEM    "ec2.item"    /* key: region/id */
#define EC2_NOTICE_ACCOUNT "ec2.account" /* key: region */
/* What a row holds, decoded into `a`. */
int ec2_decode(struct np_arena *a, const struct ec2_kind *k, struct np_str detail,
               struct np_str own, struct ec2_item *out, struct np_err *err);
/* Tags into the detail, where its kind shows them. */
void ec2_tags_show(struct np_arena *a, struct ec2_item *it);

/* --- view.c --- */
struct ec2_world;
struct ec2_world *ec2_world_new(struct np_core *core);
void ec2_world_free(struct ec2_world *w);
struct ec2_netview;
struct ec2_netview **ec2_world_netview(struct ec2_world *w); /* NULL: not started */
struct ec2_world *ec2_world(const struct np_core *core);
bool ec2_view_begun(const struct ec2_view *v);
/* --- watch.c --- */
struct ec2_watch_list;
struct ec2_watch_list *ec2_watch_list_new(struct np_core *core);
void ec2_watch_list_free(struct ec2_watch_list *l);
struct ec2_watch_list *ec2_world_watchers(struct ec2_world *w);
/* On the writer's thread, when the projection has it. */
void ec2_watch_tell(struct ec2_watch_list *l, const struct ec2_change *c);

/* --- address_ptr.c --- */
/* An address as it was and is (NULL: not there), for the region's DNS. */
void ec2_address_project(struct np_core *core, const struct ec2_item *was,
                         const struct ec2_item *now);

/* --- authorize.c, fault.c --- */
int ec2_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);
const struct np_fault_def *ec2_map_fault(struct np_req *rq, const struct np_fault_def *fault,
                                         struct np_str *message);
int ec2_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err);

/* --- tag.c --- */
int ec2_tags_fault(struct np_err *err, const struct np_tag *tags, size_t n);

/* --- default_vpc.c --- */
bool ec2_account_wanted(const struct np_req *rq);
int ec2_account_make(struct np_txn *t, struct np_err *err);
