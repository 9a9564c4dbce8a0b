/* SPDX-License-Identifier: Apache-2.0 */
/* ident.c - names and ARNs of secrets. */
#include "services/secretsmanager/ident.h"

#include "aws/arn.h"

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool secretsmanager_name_ok(struct np_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!is_alnum(name.p[i]) && memchr("/_+=.@-!", name.p[i], 8) == NULL)
            return false;
    return name.n != 0;
}

bool secretsmanager_ref_parse(struct np_str text, struct secretsmanager_ref *out)
{
    struct np_arn arn;
    *out = (struct secretsmanager_ref){.name = text};
    if (!np_str_starts(text, NP_STR("arn:")))
        return secretsmanager_name_ok(text);
    if (!np_arn_parse(text, &arn) || !np_str_is(arn.service, "secretsmanager") ||
        !np_str_starts(arn.resource, NP_STR("secret:")))
        return false;
    out->arn = true;
    out->account = arn.account;
    out->region = arn.region;
    out->name = np_str_sub(arn.resource, strlen("secret:"), arn.resource.n);
    return secretsmanager_name_ok(out->name);
}

bool secretsmanager_ref_cut(struct np_str name, struct np_str *bare, struct np_str *suffix)
{
    if (name.n < SECRETSMANAGER_SUFFIX + 2)
        return false;
    size_t hyphen = name.n - SECRETSMANAGER_SUFFIX - 1;
    *bare = np_str_sub(name, 0, hyphen);
    *suffix = np_str_sub(name, hyphen + 1, name.n);
    for (size_t i = 0; i < suffix->n; i++)
        if (!is_alnum(suffix->p[i]))
            return false;
    return name.p[hyphen] == '-';
}
