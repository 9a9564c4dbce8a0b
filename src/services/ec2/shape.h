/* SPDX-License-Identifier: Apache-2.0 */
/* shape.h - structures of the model by their descriptors: one laid over another, one as another.
 * Pure functions; any thread. */
#pragma once

#include "base/err.h"
#include "codec/schema.h"

struct np_arena;

/* Members that `value` has not are taken from `under`, structures inside of it member by member;
 * lists are taken whole. What is taken is shared; structures of `value` are changed in place. */
void ec2_shape_lay(const struct np_shape *s, void *value, const void *under);
/* The same members of another structure: a request's as its reply's. Members that `to` does not
 * have are left out. */
void *ec2_shape_as(struct np_arena *a, const struct np_shape *from, const void *value,
                   const struct np_shape *to);
/* A deep copy in `a`. */
void *ec2_shape_copy(struct np_arena *a, const struct np_shape *s, const void *value);
