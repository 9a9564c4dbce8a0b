/* SPDX-License-Identifier: Apache-2.0 */
/* cors_rules.h - a bucket's CORS rules: checked when they are put, asked when a page calls. */
#pragma once

#include "base/err.h"
#include "gen/s3/types.h"

/* The first rule that allows origin and method, and every name of the comma list `headers` (absent
 * for what is no preflight). NULL: none, also when c is NULL. */
const struct s3_CORSRule *s3_cors_match(const struct s3_CORSConfiguration *c, struct np_str origin,
                                        struct np_str method, struct np_str headers);
/* The rule names every origin: the answer says "*", and no credentials. */
bool s3_cors_any_origin(const struct s3_CORSRule *r);
/* NP_EINVAL with S3's text. */
int s3_cors_check(const struct s3_CORSConfiguration *c, struct np_err *err);
