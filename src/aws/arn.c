/* SPDX-License-Identifier: Apache-2.0 */
/* arn.c - taking ARNs apart and making them. */
#include "aws/arn.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/buf.h"

bool np_arn_parse(struct np_str text, struct np_arn *out)
{
    struct np_str rest = text, scheme;
    struct np_arn a;
    if (!np_str_cut(rest, ':', &scheme, &rest) || !np_str_is(scheme, "arn") ||
        !np_str_cut(rest, ':', &a.partition, &rest) || !np_str_cut(rest, ':', &a.service, &rest) ||
        !np_str_cut(rest, ':', &a.region, &rest) || !np_str_cut(rest, ':', &a.account, &a.resource))
        return false;
    if (a.partition.n == 0 || a.service.n == 0 || a.resource.n == 0)
        return false;
    *out = a;
    return true;
}

struct np_str np_arn_make(struct np_arena *arena, const char *service, struct np_str region,
                          struct np_str account, const char *resource_fmt, ...)
{
    struct np_buf b;
    np_buf_init(&b, arena, 4096);
    np_buf_lit(&b, "arn:aws:");
    np_buf_str_add(&b, np_str_of(service));
    np_buf_char(&b, ':');
    np_buf_str_add(&b, region);
    np_buf_char(&b, ':');
    np_buf_str_add(&b, account);
    np_buf_char(&b, ':');
    char resource[2048];
    va_list ap;
    va_start(ap, resource_fmt);
    int n = vsnprintf(resource, sizeof(resource), resource_fmt, ap);
    va_end(ap);
    np_assert(n >= 0 && (size_t)n < sizeof(resource));
    np_buf_add(&b, resource, (size_t)n);
    return np_buf_str(&b);
}
