/* SPDX-License-Identifier: Apache-2.0 */
/* quantity.c - lists of CloudFront's documents say how long they are, and must be right. */
#include "services/cloudfront/cloudfront_int.h"

#include "codec/value.h"

static int check_struct(const struct np_shape *s, const void *v, struct np_err *err);

static int check_items(const struct np_shape *list, const struct np_vec *v, struct np_err *err)
{
    int rc = 0;
    if (!np_is_inline(list))
        return 0;
    for (size_t i = 0; rc == 0 && i < v->n; i++)
        rc = check_struct(list->members[0].shape, np_elem(v, list, i), err);
    return rc;
}

static int check_struct(const struct np_shape *s, const void *v, struct np_err *err)
{
    const struct np_opt_int *quantity = NULL;
    const struct np_vec *items = NULL;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(v, m);
        if (np_str_is(np_str_of(m->name), "Quantity"))
            quantity = slot;
        if (m->shape->type == NP_LIST && np_str_is(np_str_of(m->name), "Items"))
            items = slot;
        if (m->shape->type == NP_LIST)
            rc = check_items(m->shape, slot, err);
        else if (np_is_struct(m->shape) && np_struct_at(slot, false) != NULL)
            rc = check_struct(m->shape, np_struct_at(slot, false), err);
    }
    if (rc == 0 && quantity != NULL && items != NULL && quantity->v != (int64_t)items->n)
        rc = np_fault(err, &CLOUDFRONT_InconsistentQuantities,
                      "The value of Quantity and the size of Items do not match in %s.", s->name);
    return rc;
}

int cloudfront_quantities_check(const struct np_shape *shape, const void *value, struct np_err *err)
{
    return check_struct(shape, value, err);
}
