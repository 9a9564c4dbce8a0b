/* SPDX-License-Identifier: Apache-2.0 */
/* shape.c - structures of the model, by their descriptors. */
#include "services/ec2/shape.h"

#include "base/arena.h"
#include "base/assert.h"
#include "codec/codec.h"
#include "codec/value.h"
#include "services/ec2/limits.h"

void ec2_shape_lay(const struct np_shape *s, void *value, const void *under)
{
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        void *slot = np_slot(value, m);
        const void *below = np_slot_of(under, m);
        if (!np_value_is_set(m->shape, below))
            continue;
        if (!np_value_is_set(m->shape, slot))
            memcpy(slot, below, np_slot_size(m->shape));
        else if (m->shape->type == NP_STRUCTURE)
            ec2_shape_lay(m->shape, *(void **)slot, *(void *const *)below);
    }
}

void *ec2_shape_as(struct np_arena *a, const struct np_shape *from, const void *value,
                   const struct np_shape *to)
{
    struct np_buf b;
    struct np_err err;
    void *out = np_alloc(a, to->size);
    np_buf_init(&b, a, 4 * EC2_DETAIL_MAX);
    np_cbor_put(from, value, &b);
    np_assert(np_buf_ok(&b)); /* greater than what a request can be */
    int rc = np_cbor_get(to, np_buf_str(&b), a, out, &err);
    np_assert(rc == 0);
    return out;
}

void *ec2_shape_copy(struct np_arena *a, const struct np_shape *s, const void *value)
{
    return ec2_shape_as(a, s, value, s);
}
