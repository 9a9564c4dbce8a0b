/* SPDX-License-Identifier: Apache-2.0 */
/* kept.h - what a Describe answers of an item, as XML, kept beside the item until something that it
 * says changes: the item, or whatever else was looked at while it was made.
 *
 * Threads: any worker. What is given is valid until the callback returns to its loop.
 */
#pragma once

#include "services/ec2/filter.h"

/* The members of the item's structure as `fill` completes them; made now if need be, with `scratch`
 * for what it takes. `fill` follows from the view and the item alone. */
struct np_str ec2_kept_text(const struct ec2_view *v, const struct ec2_item *it, ec2_fill_fn *fill,
                            struct np_arena *scratch);
