/* SPDX-License-Identifier: Apache-2.0 */
/* ident.h - names and ARNs of secrets as callers write them. Pure functions over text. */
#pragma once

#include "base/str.h"

#define SECRETSMANAGER_SUFFIX 6 /* characters after the last hyphen of an ARN */

/* Letters, digits and /_+=.@-! only. */
bool secretsmanager_name_ok(struct np_str name);

/* What a SecretId names: a name, a whole ARN, or one without its suffix. */
struct secretsmanager_ref {
    bool arn; /* by name otherwise, and then account and region are absent */
    struct np_str account, region;
    struct np_str name; /* all after "secret:" */
};
/* False: neither a name nor an ARN of a secret. */
bool secretsmanager_ref_parse(struct np_str text, struct secretsmanager_ref *out);
/* Cuts "name-AbCdEf"; false: there is no suffix. */
bool secretsmanager_ref_cut(struct np_str name, struct np_str *bare, struct np_str *suffix);
