/* SPDX-License-Identifier: Apache-2.0 */
/* view_int.h - the inside of the projection: for view.c, belong.c and kept.c.
 *
 * Every change of it has a number, higher than those before: so that something which was made of a
 * view can tell whether it is still true (kept.c).
 */
#pragma once

#include "base/pmap.h"
#include "services/ec2/ec2_int.h"

struct ec2_kept;
struct ec2_seen;

struct ec2_entry {
    struct ec2_item it; /* first, so that a pointer to it is one to the entry */
    struct np_arena *arena;
    uint64_t number;       /* of the change that brought it */
    struct ec2_kept *kept; /* the one thing that changes: kept.c */
};

struct ec2_belongings { /* items of a kind that belong to the same one, by id */
    uint64_t number;
    size_t n;
    const struct ec2_item *v[];
};

struct ec2_view {
    struct np_str account, region;
    struct np_pmap *kinds[EC2_KINDS];      /* id -> entry */
    struct np_pmap *belongings[EC2_KINDS]; /* id of whom they belong to -> ec2_belongings */
    uint64_t number;                       /* of its last change */
    uint64_t changed[EC2_KINDS];           /* of the last change of that kind */
    struct ec2_seen *seen; /* of a copy that takes down what is looked at; else NULL */
    bool begun;            /* its default VPC was made */
    char text[];           /* of account and region */
};

/* --- belong.c --- */
/* A new version of the belongings of a kind: an item as it was and is (NULL: not there). */
struct np_pmap *ec2_belong(struct np_pmap *m, const struct np_pmap_ops *ops, uint64_t number,
                           const struct ec2_item *was, const struct ec2_item *now);

/* --- kept.c --- */
enum ec2_look { EC2_LOOK_ONE, EC2_LOOK_OF, EC2_LOOK_ALL };
/* Takes down that something was looked for; number 0: it was not there. */
void ec2_seen_note(struct ec2_seen *s, enum ec2_look look, enum ec2_kind_id kind, struct np_str id,
                   uint64_t number);
