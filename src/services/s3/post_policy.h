/* SPDX-License-Identifier: Apache-2.0 */
/* post_policy.h - the policy of an upload by a form, without rows or requests.
 *
 * Source: «POST policy» of the S3 API reference. */
#pragma once

#include "base/err.h"
#include "codec/form_data.h"

struct np_arena;

struct s3_post_terms {
    const struct np_form_field *fields; /* names in any case, values as they will be used */
    size_t n;
    struct np_str bucket;
    int64_t now_ms;
};
/* May such a form be sent? *least, *most: what the policy says of the file's size, else as they
 * are. NP_EPROTO: the document is none; NP_EACCES: it does not allow the form; err has AWS's text
 * without the words "Invalid Policy: " or "Invalid according to Policy: ". */
int s3_post_policy_check(struct np_arena *a, struct np_str json, const struct s3_post_terms *t,
                         uint64_t *least, uint64_t *most, struct np_err *err);
