/* SPDX-License-Identifier: Apache-2.0 */
/* image_int.h - what the files about images share. */
#pragma once

#include "services/ec2/ec2_int.h"
#include "services/ec2/image/image.h"
#include "services/ec2/image/table.h"

/* A public one as DescribeImages shows it, in that region. */
void ec2_image_of_row(struct np_arena *a, const struct ec2_table_row *row, struct np_str region,
                      struct ec2_Image *out);
/* An item's, with what follows from other items: its state from its snapshots, who may start it. */
void ec2_image_of_item(const struct np_core *core, const struct ec2_item *it,
                       struct ec2_Image *out);
/* May that account start it? */
bool ec2_image_allows(const struct ec2_item *it, struct np_str account);
/* The item whoever owns it, or the row, of that region; both NULL: neither is there. */
void ec2_image_look(const struct np_core *core, struct np_arena *a, struct np_str account,
                    struct np_str region, struct np_str ami, const struct ec2_item **it,
                    const struct ec2_table_row **row);
int ec2_image_not_found(struct np_err *err, struct np_str ami);
/* Not the caller's to change: AuthFailure, or not there at all. */
int ec2_image_not_yours(struct np_req *rq, struct np_str ami, struct np_err *err);
/* The item of the caller's, in an apply. */
int ec2_image_own(struct np_txn *t, struct np_str ami, struct ec2_item **out, struct np_err *err);
/* Who gets the key on that folder's system, and what it really is. */
void ec2_folder_facts(struct np_req *rq, struct np_str folder, struct np_str *user,
                      struct np_str *runs);
