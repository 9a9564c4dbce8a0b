/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - where a distribution is reached: addresses of the pool, and certificates. */
#include "services/cloudfront/cloudfront_int.h"

int cloudfront_edge_add(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    (void)t, (void)r, (void)err;
    return 0;
}

int cloudfront_edge_change(struct np_txn *t, const struct cloudfront_row *r,
                           const struct cloudfront_DistributionConfig *old, struct np_err *err)
{
    (void)t, (void)r, (void)old, (void)err;
    return 0;
}

int cloudfront_edge_drop(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    (void)t, (void)r, (void)err;
    return 0;
}
