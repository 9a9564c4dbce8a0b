/* SPDX-License-Identifier: Apache-2.0 */
/* password.h - passwords by chance. */
#pragma once

#include "base/err.h"

struct secretsmanager_password {
    size_t length;
    struct np_str exclude; /* characters, UTF-8 */
    bool no_numbers, no_punctuation, no_upper, no_lower, space, each;
};
/* Writes p->length characters, each as likely as another; with `each` one of every kind at least.
 * NP_EINVAL: no character is left. NP_E2BIG: more kinds than characters. */
int secretsmanager_password_make(const struct secretsmanager_password *p, char *out);
