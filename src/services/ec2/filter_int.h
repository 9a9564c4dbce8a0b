/* SPDX-License-Identifier: Apache-2.0 */
/* filter_int.h - filters made ready for a call: between filter.c and describe.c. */
#pragma once

#include "base/assert.h"
#include "services/ec2/ec2_int.h"

#define EC2_PATH_MAX 6

struct ec2_filter_table {
    const struct np_shape *shape, *own;
    const struct ec2_filter *v;
    size_t n;
    bool computes;     /* members are set before they are looked at: */
    const char *fills; /* these; NULL: whichever */
};

struct ec2_test {
    const struct ec2_filter *def; /* NULL: of tags */
    enum { EC2_NO_TAG, EC2_TAG_OF_KEY, EC2_TAG_KEY, EC2_TAG_VALUE } tag;
    bool own;          /* the path starts at the item's own structure */
    struct np_str key; /* of tag:KEY */
    struct np_strs values;
    const struct np_member *path[EC2_PATH_MAX];
    size_t depth;
    bool computed; /* looks at what is computed */
};

/* Those that look at nothing computed come first. */
int ec2_filters_ready(struct np_arena *a, const struct ec2_filter_table *table,
                      const struct ec2_FilterList *in, struct ec2_test **out, size_t *n,
                      struct np_err *err);
bool ec2_filters_fit(const struct ec2_test *tests, size_t n, const struct ec2_view *v,
                     const struct ec2_item *it, const void *out);
