/* SPDX-License-Identifier: Apache-2.0 */
/* instance_int.h - shared by the files about instances. */
#pragma once

#include "services/ec2/ec2_int.h"
#include "services/ec2/instance/instance.h"
#include "services/ec2/launch/type.h"

/* What is wanted of an instance (InstanceOwn.Want). */
#define EC2_WANT_RUN       NP_STR("run")
#define EC2_WANT_STOP      NP_STR("stop")
#define EC2_WANT_TERMINATE NP_STR("terminate")

#define EC2_BOOL(x) ((struct np_opt_bool){true, (x)})
#define EC2_INT(x)  ((struct np_opt_int){true, (x)})

/* --- instance.c --- */
/* "running", and the structure that says so. */
struct np_str ec2_state_name(enum ec2_state s);
struct ec2_InstanceState *ec2_state_out(struct np_arena *a, enum ec2_state s);
void ec2_instance_set_state(struct np_arena *a, struct ec2_item *it, enum ec2_state s);
/* code absent: none. */
void ec2_instance_set_reason(struct np_arena *a, struct ec2_item *it, const char *code,
                             struct np_str message);
/* Instances by their ids, in their order, in an apply; EC2_IDS_MAX at most. */
int ec2_instances_get(struct np_txn *t, const struct np_strs *ids, struct ec2_item ***out,
                      struct np_err *err);
/* On a worker; terminated ones that are no longer shown are not there. */
int ec2_instance_see(const struct np_req *rq, struct np_str id, const struct ec2_item **out,
                     struct np_err *err);
bool ec2_instance_hidden(const struct np_req *rq, const struct ec2_item *it);
/* In a state in which that may be changed: not terminated, not going. IncorrectInstanceState. */
int ec2_instance_alive(const struct ec2_item *it, struct np_err *err);

/* --- profile.c --- */
struct iam_profile_facts;
/* Resolves a name or ARN and asks iam:PassRole. In begin. */
int ec2_profile_check(struct np_req *rq, const struct ec2_IamInstanceProfileSpecification *spec,
                      struct iam_profile_facts *out, struct np_err *err);
/* In apply: the association. out may be NULL. */
int ec2_profile_add(struct np_txn *t, struct np_str instance, const struct iam_profile_facts *facts,
                    struct ec2_item **out, struct np_err *err);
int ec2_profile_of(struct np_txn *t, struct np_str instance, struct ec2_item **out,
                   struct np_err *err); /* *out NULL: none */

/* --- options.c --- */
/* The options of a new instance: what the request says over the account's defaults, over AWS's. */
struct ec2_InstanceMetadataOptionsResponse *
ec2_metadata_options(const struct ec2_db *db, const struct ec2_InstanceMetadataOptionsRequest *in,
                     struct np_str image_support, struct np_err *err);
int ec2_credits_ok(const struct ec2_type *type, struct np_str credits, struct np_err *err);

/* --- end.c: in an apply --- */
/* What an instance has goes: volumes, interfaces, addresses, profile, its range of ids; the row
 * stays, as terminated. Puts it. */
int ec2_instance_terminated(struct np_txn *t, struct ec2_item *it, struct np_err *err);
/* It has come to a stop: a public address that was given by itself goes. Puts it. */
int ec2_instance_stopped(struct np_txn *t, struct ec2_item *it, struct np_err *err);
/* The lowest range of user ids that nobody has. */
int ec2_slot_take(struct np_txn *t, struct np_str instance, int64_t *slot, struct np_err *err);
int ec2_slot_drop(struct np_txn *t, struct np_str instance, struct np_err *err);

/* --- reconcile.c --- */
struct ec2_machines;
int ec2_machines_start(struct np_core *core, struct np_err *err);
void ec2_machines_stop(struct np_core *core);
/* 0, or the fault that says why no instance can run on this host. */
int ec2_machines_able(const struct np_core *core, struct np_err *err);
