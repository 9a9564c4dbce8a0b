/* SPDX-License-Identifier: Apache-2.0 */
/* invalid.h - how AWS words a broken constraint: «Value 'x' at 'roleName' failed to satisfy
 * constraint: Member must have length less than or equal to 64». For services with messages of
 * their own, too. */
#pragma once

#include "codec/codec.h"

/* "Tags.1.member.Key" is 'tags.1.member.key'. */
struct np_str np_invalid_name(struct np_arena *a, const struct np_invalid *why);
/* "Member must …" */
struct np_str np_invalid_rule(struct np_arena *a, const struct np_invalid *why);
/* The constraints of the member; NULL: none. */
const struct np_limits *np_invalid_limits(const struct np_invalid *why);
/* A pattern as the model's author wrote it: without the anchors. */
struct np_str np_invalid_pattern(struct np_arena *a, const char *pattern);
