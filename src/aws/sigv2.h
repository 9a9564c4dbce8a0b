/* SPDX-License-Identifier: Apache-2.0 */
/* sigv2.h - presigned S3 URLs of Signature Version 2. Pure functions over bytes. */
#pragma once

#include "aws/sigv4.h"

/* From AWSAccessKeyId, Signature and Expires of the query: expires_s is seconds since 1970.
 * NP_EINVAL: incomplete. */
int np_sig2_parse(const struct np_wire_request *rq, struct np_arena *a, struct np_sig *out,
                  struct np_err *err);
/* rq->path is path style: "/bucket/key", as sent. */
struct np_str np_sig2_string(const struct np_wire_request *rq, const struct np_sig *s,
                             struct np_arena *a);
struct np_str np_sig2_sign(struct np_str secret, struct np_str string_to_sign,
                           struct np_arena *a); /* base64 */
