/* SPDX-License-Identifier: Apache-2.0 */
/* run_int.h - a launch on its way: what begin found out (run.c, run_network.c, run_disks.c) and
 * apply makes (run_make.c). Everything lives in the request's arena. */
#pragma once

#include "services/ec2/ebs/ebs.h"
#include "services/ec2/image/image.h"
#include "services/ec2/instance/instance_int.h"
#include "services/iam/iam.h"

struct ec2_run {
    struct np_req *rq;
    struct ec2_RunInstancesRequest *in; /* with what the launch template says under it */
    const struct ec2_LaunchTemplateVersion *template; /* NULL: none */
    struct ec2_image image;
    const struct ec2_type *type;
    int64_t cores, threads;
    struct np_str user_data; /* plain */
    struct np_str public_key;
    struct iam_profile_facts profile; /* arn absent: none */
    /* Where. */
    struct np_str subnet, vpc, zone, zone_id;
    bool map_public;
    const struct ec2_InstanceNetworkInterfaceSpecification *nets; /* the first is device 0 */
    size_t n_nets;
    /* Disks: n_wants for each instance, one after the other. */
    struct ec2_ebs_want *wants;
    size_t n_wants;
    size_t count; /* instances, at most */
    bool preparing;
};

/* --- template_run.c --- */
int ec2_run_merge(struct ec2_run *r, const struct ec2_RunInstancesRequest *in, struct np_err *err);
/* --- run_network.c: in begin --- */
int ec2_run_network(struct ec2_run *r, struct np_err *err);
/* --- run_disks.c: in begin --- */
int ec2_run_disks(struct ec2_run *r, struct np_err *err);
/* --- run_make.c: in apply; the i-th instance of the call --- */
int ec2_run_make(struct np_txn *t, const struct ec2_run *r, struct np_str reservation, size_t i,
                 struct ec2_item **out, struct np_err *err);
