/* SPDX-License-Identifier: Apache-2.0 */
/* sts.h - what other services may ask of STS. */
#pragma once

#include "aws/req.h"

/* Temporary credentials of a role that a service hands to what it runs (instances, functions); the
 * caller has checked the trust policy. Strings in `a`. NP_ENOENT: there is no such role. */
struct sts_credentials {
    struct np_str access_key_id, secret, token;
    int64_t expires_ms;
};
int sts_credentials_of_role(struct np_core *core, struct np_arena *a, struct np_str role_arn,
                            struct np_str session_name, int64_t now_ms, int64_t duration_s,
                            struct sts_credentials *out);
