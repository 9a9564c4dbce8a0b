/* SPDX-License-Identifier: Apache-2.0 */
/* projection.h - IAM as the front door reads it: keys, principals with compiled policies, managed
 * policies, accounts. Entries never change; a change puts a new one in their place.
 *
 * Threads: any reads, between two returns to its loop; the writer's thread changes. */
#pragma once

#include "aws/identity.h"
#include "base/pmap.h"
#include "io/rcu.h"
#include "services/iam/iam_int.h"

struct iam_pkey {
    struct np_str account, owner, name, arn, secret; /* owner: user's id or "root" */
    bool active, root;
    char *text;
};

struct iam_principal {
    enum iam_kind kind; /* user or role */
    struct np_str account, id, name, arn, service;
    int64_t max_session_s;
    struct np_policy **policies; /* attached and inline, for users those of their groups, too */
    size_t n_policies;
    struct np_policy *boundary, *trust; /* NULL: none */
    bool has_boundary;
    struct np_tag *tags;
    size_t n_tags;
    char *text;
};

struct iam_projection {
    struct np_core *core;
    struct np_pmap *keys;       /* id of a key -> struct iam_pkey */
    struct np_pmap *principals; /* id -> struct iam_principal */
    struct np_pmap *by_arn;     /* ARN -> the same, borrowed */
    struct np_pmap *policies;   /* ARN -> struct np_policy of the default version */
    struct np_pmap *accounts;   /* number -> anything */
    struct np_policy *allow_all;
    /* Of the writer's thread. */
    struct np_pmap_ops key_ops, principal_ops, policy_ops, borrowed_ops;
    struct np_map
        *compiled; /* kind and digest of a document -> its policy, for those who share it */
    struct np_rcu_batch retired;
};

const struct iam_principal *iam_principal_by_id(const struct iam_projection *p, struct np_str id);
const struct iam_principal *iam_principal_by_arn(const struct iam_projection *p, struct np_str arn);
/* The compiled policy of an ARN, of this account or of AWS; NULL: none. */
const struct np_policy *iam_policy_compiled(const struct iam_projection *p, struct np_str arn);
