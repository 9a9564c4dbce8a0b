/* SPDX-License-Identifier: Apache-2.0 */
/* query_codec.h - structs from the forms of the query and ec2 protocols. */
#pragma once

#include "codec/value.h"

int np_query_get(struct np_decode *d, const struct np_shape *s, bool ec2, struct np_str form,
                 void *out);
