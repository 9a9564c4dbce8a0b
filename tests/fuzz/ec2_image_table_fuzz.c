/* SPDX-License-Identifier: Apache-2.0 */
/* ec2_image_table_fuzz.c - the operator's table of images: what is taken is whole. */
#include "fuzz.h"

#include "base/auto.h"
#include "services/ec2/image/table.h"

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_table_row *rows;
    struct np_err err = {0};
    size_t count = 0;
    int rc = ec2_images_parse(np_str_n(p, n), a, &rows, &count, &err);
    np_assert(rc == 0 || (rc == NP_EINVAL && err.n != 0));
    if (rc != 0)
        return 0;
    struct ec2_image_table *t =
        ec2_images_make(rows, count, NULL, 0, NP_STR("Linux"), NP_STR("000000000000"));
    np_assert(t->n == count);
    for (size_t i = 0; i < t->n; i++)
        np_assert(t->v[i].name.n > 0 && t->v[i].owner.n == 12 && t->v[i].gib > 0 &&
                  t->v[i].can_run == (t->v[i].folder.n > 0));
    ec2_images_free(t);
    return 0;
}
