/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - distributions as the edge serves them. */
#include "services/cloudfront/cloudfront_int.h"

void cloudfront_item_changed(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id)
{
    (void)t, (void)k, (void)id;
}
void cloudfront_distribution_changed(struct np_txn *t, struct np_str id)
{
    (void)t, (void)id;
}
void cloudfront_invalidated(struct np_txn *t, struct np_str distribution, int64_t seq)
{
    (void)t, (void)distribution, (void)seq;
}
