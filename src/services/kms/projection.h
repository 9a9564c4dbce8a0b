/* SPDX-License-Identifier: Apache-2.0 */
/* projection.h - KMS as requests read it.
 *
 * Threads: any reads, between two returns to its loop; the writer's thread changes. */
#pragma once

#include "base/pmap.h"
#include "io/rcu.h"
#include "services/kms/grant.h"

struct kms_projection {
    struct np_pmap *keys;    /* region/id -> struct kms_key */
    struct np_pmap *aliases; /* account/region/alias/name -> the same, borrowed */
    struct np_pmap *grants;  /* region/id/grantee -> struct kms_grants */
    /* Of the writer's thread. */
    struct np_pmap_ops key_ops, grants_ops, borrowed_ops;
    struct np_rcu_batch retired;
};
