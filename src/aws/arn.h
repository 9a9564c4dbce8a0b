/* SPDX-License-Identifier: Apache-2.0 */
/* arn.h - Amazon Resource Names: arn:partition:service:region:account:resource. */
#pragma once

#include "base/str.h"

struct np_arn {
    struct np_str partition, service, region, account, resource;
};
bool np_arn_parse(struct np_str text, struct np_arn *out); /* borrowed parts; resource not empty */
struct np_str np_arn_make(struct np_arena *a, const char *service, struct np_str region,
                          struct np_str account, const char *resource_fmt, ...)
    __attribute__((format(printf, 5, 6)));
