/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - what an instance reads of itself: a list of paths with their texts, made for one
 * request, and the answer to a path. Pure functions. */
#pragma once

#include "base/arena.h"
#include "gen/ec2/types.h"

#define EC2_IMDS_ENTRIES_MAX 1024

/* What it is made of. */
struct ec2_imds_facts {
    const struct ec2_Instance *i; /* as DescribeInstances shows it */
    struct np_str account, region, zone_id, reservation;
    struct np_str user_data, public_key; /* empty: none */
    struct np_str profile_arn, profile_id, role;
    struct np_str document, signature, pkcs7; /* of its identity; empty: not now */
    int64_t now_ms;
    /* Blocks of a subnet and of a VPC (the first one, then all). */
    void *arg;
    struct np_str (*subnet_block)(void *arg, struct np_str subnet);
    size_t (*vpc_blocks)(void *arg, struct np_str vpc, struct np_str *out, size_t room);
};

struct ec2_imds_entry {
    struct np_str path, text; /* path without a slash in front: "latest/meta-data/ami-id" */
    bool credentials;         /* the text is asked for elsewhere */
};
struct ec2_imds_tree {
    struct np_arena *arena;
    struct ec2_imds_entry *v;
    size_t n;
};

void ec2_imds_tree(const struct ec2_imds_facts *f, struct np_arena *a, struct ec2_imds_tree *out);

enum ec2_imds_found { EC2_IMDS_NOTHING, EC2_IMDS_TEXT, EC2_IMDS_LIST, EC2_IMDS_CREDENTIALS };
/* path: as sent, before the query. */
enum ec2_imds_found ec2_imds_answer(const struct ec2_imds_tree *t, struct np_str path,
                                    struct np_str *text);
