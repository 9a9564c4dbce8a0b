/* SPDX-License-Identifier: Apache-2.0 */
/* policies.h - the policies of a parameter: a JSON array in the caller's bytes. */
#pragma once

#include "base/err.h"
#include "services/ssm/limits.h"

struct np_arena;

struct ssm_policies {
    size_t n;
    struct {
        struct np_str text, type; /* text: its object, compact */
    } v[SSM_POLICIES_MAX];
    struct np_opt_int expires_ms;
};
/* Texts live in `a`. A fault says what is wrong; a time before `now_ms` is. */
int ssm_policies_parse(struct np_arena *a, struct np_str json, int64_t now_ms,
                       struct ssm_policies *out, struct np_err *err);
