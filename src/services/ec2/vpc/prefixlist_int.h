/* SPDX-License-Identifier: Apache-2.0 */
/* prefixlist_int.h - managed prefix lists: what their files share. */
#pragma once

#include "services/ec2/item.h"
#include "services/ec2/vpc/prefixlist.h"

/* Of the region's own: name, CIDRs. */
struct ec2_own_list {
    struct np_str id, name;
    const char *service; /* "s3" */
    struct np_strs cidrs;
};
size_t ec2_own_lists(struct np_arena *a, struct np_str region, struct ec2_own_list **out);
/* NULL: none of that id. */
const struct ec2_own_list *ec2_own_list(struct np_arena *a, struct np_str region, struct np_str id);

/* Entries of a version; NP_ENOENT: it has no such version. */
int ec2_pl_read(const struct ec2_db *db, struct np_str id, int64_t version,
                struct ec2_PrefixListEntrySet *out, struct np_err *err);
/* The list becomes that version, with those entries: puts both. */
int ec2_pl_write(struct np_txn *t, struct ec2_item *list,
                 const struct ec2_PrefixListEntrySet *entries, struct np_err *err);
