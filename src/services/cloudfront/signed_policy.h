/* SPDX-License-Identifier: Apache-2.0 */
/* signed_policy.h - the policy of a signed URL or cookie: which URLs, until when, from when, for
 * whom. Foreign text that is read before anybody knows who wrote it. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct cloudfront_signed_policy {
    struct np_str resource; /* absent: every URL; '*' and '?' stand for others */
    int64_t before_s;       /* DateLessThan */
    int64_t after_s;        /* DateGreaterThan; 0: none */
    bool has_source;
    uint32_t source, mask; /* of IPv4 addresses, in host order */
};

/* NP_EINVAL: not a policy. Text is borrowed, or in the arena. */
int cloudfront_signed_policy_parse(struct np_arena *a, struct np_str json,
                                   struct cloudfront_signed_policy *out);
bool cloudfront_signed_policy_allows(const struct cloudfront_signed_policy *p, struct np_str url,
                                     struct np_str ip, int64_t now_s);
/* Base64 as URLs carry it: '-', '_', '~' for '+', '=', '/'. Absent: it is none. */
struct np_str cloudfront_unsafe(struct np_arena *a, struct np_str text);
/* The policy that a canned one stands for. */
struct np_str cloudfront_canned(struct np_arena *a, struct np_str url, struct np_str expires);
