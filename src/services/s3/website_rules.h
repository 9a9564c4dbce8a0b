/* SPDX-License-Identifier: Apache-2.0 */
/* website_rules.h - a website configuration: checked when it is put, asked for every page. Knows no
 * bucket and no request. */
#pragma once

#include "base/err.h"
#include "gen/s3/types.h"

/* NP_EINVAL with S3's text; NP_E2BIG: more routing rules than there may be; NP_EPROTO: no such
 * document. */
int s3_website_check(const struct s3_WebsiteConfiguration *c, struct np_err *err);

/* The first rule for that key; status 0: before the object was looked for, else what the answer
 * would be. NULL: none. */
const struct s3_RoutingRule *s3_website_rule(const struct s3_WebsiteConfiguration *c,
                                             struct np_str key, int status);

struct s3_redirect {
    int status;
    struct np_str location;
};
/* Where a rule sends a request for `key` at `scheme`://`host`. */
void s3_website_redirect(struct np_arena *a, const struct s3_RoutingRule *r, struct np_str scheme,
                         struct np_str host, struct np_str key, struct s3_redirect *out);
