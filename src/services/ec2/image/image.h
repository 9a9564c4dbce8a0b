/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - AMIs: which one an id means, and what runs when it is started.
 *
 * Two sorts: public ones of the table (table.h, <data>/images/catalogue), which have no rows,
 * and items "ami-…" of accounts, made of instances, snapshots or other images. Both lead to an
 * image folder (what the guest's read-only lower layer is) and, for items, to snapshots of its
 * volumes. Threads: find on workers and in apply, from the projection; what it hands out is valid
 * until the callback returns, or in `a` where one is given.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "gen/ec2/types.h"

struct ec2_item;
struct np_req;
struct np_txn;

struct ec2_image {
    const struct ec2_Image *detail; /* as DescribeImages shows it, without tags */
    bool is_item;                   /* an account's; else a public one of the table */
    struct np_str folder;           /* for np_instance_spec.image: "builtin", or an imported one */
    struct np_str user;             /* "ec2-user", "ubuntu", "admin", "root" */
    struct np_str runs;             /* a sentence: what really runs */
    struct np_str root_snapshot;    /* the root volume is made of it; empty: of the folder */
    struct np_str root_device;      /* "/dev/xvda", "/dev/sda1" */
    uint32_t root_gib;              /* least size of the root volume */
    bool available;                 /* State is available, and the folder is there */
    bool can_run;                   /* its architecture is this host's */
};

/* Faults: InvalidAMIID.Malformed, InvalidAMIID.NotFound, InvalidAMIID.Unavailable (not yours and no
 * permission is NotFound, as on AWS). account: who wants to launch. */
int ec2_image_find(struct np_req *rq, struct np_str ami, struct ec2_image *out, struct np_err *err);
/* In an apply: was it deregistered since it was found? (InvalidAMIID.NotFound) is_item: as found.
 */
int ec2_image_check(struct np_txn *t, struct np_str ami, bool is_item, struct np_err *err);

/* Marks LastLaunchedTime, in RunInstances' apply. No error where the image is public. */
int ec2_image_launched(struct np_txn *t, struct np_str ami, struct np_err *err);

/* The folder that an item's instances run: of an image or an instance; empty: of none. */
struct np_str ec2_image_folder_of(const struct ec2_item *it);
