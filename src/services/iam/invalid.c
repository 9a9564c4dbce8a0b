/* SPDX-License-Identifier: Apache-2.0 */
/* invalid.c - what IAM says of input that breaks a constraint: names and paths have sentences of
 * their own, the rest names the member and the constraint, without the value. */
#include "aws/invalid.h"

#include "services/iam/iam_int.h"

/* Names and paths have sentences of their own. */
static bool own_sentence(struct np_str name, const struct np_limits *l, struct np_err *err)
{
    if (np_str_is(name, "path") || np_str_is(name, "newPath"))
        np_fault(err, &IAM_ValidationError,
                 "The specified value for %.*s is invalid. It must begin and end with / and "
                 "contain only alphanumeric characters and/or / characters.",
                 NP_FMT(name));
    else if (np_str_is(name, "pathPrefix"))
        np_fault(
            err, &IAM_ValidationError,
            "The specified value for pathPrefix is invalid. It must begin with the / character "
            "and contain only alphanumeric characters and/or / characters.");
    else if (np_str_is(np_str_of(l->pattern), "^[\\w+=,.@-]+$"))
        np_fault(err, &IAM_ValidationError,
                 "The specified value for %.*s is invalid. It must contain only alphanumeric "
                 "characters and/or the following: +=,.@_-",
                 NP_FMT(name));
    else
        return false;
    return true;
}

static void length_and_pattern(struct np_arena *a, const struct np_limits *l, struct np_buf *b)
{
    np_buf_printf(b, "Member must have length less than or equal to %lld, ", (long long)l->max);
    np_buf_printf(b, "Member must have length greater than or equal to %lld", (long long)l->min);
    if (l->pattern != NULL)
        np_buf_printf(b,
                      ", Member must satisfy regular expression pattern: %.*s, Member must not be "
                      "null",
                      NP_FMT(np_invalid_pattern(a, l->pattern)));
    np_buf_char(b, ']');
}

/* AWS: for an element of a list of texts, the list is named with all that its elements must keep.
 */
static bool element_rule(struct np_arena *a, const struct np_limits *l, struct np_str *name,
                         struct np_str *rule)
{
    if (l == NULL || !np_str_ends(*name, NP_STR(".member")))
        return false;
    struct np_buf b;
    np_buf_init(&b, a, 4096);
    np_buf_lit(&b, "Member must satisfy constraint: [");
    if (l->values != NULL)
        np_buf_lit(&b, "Member must satisfy enum value set]");
    else
        length_and_pattern(a, l, &b);
    *rule = np_buf_str(&b);
    *name = np_str_sub(*name, 0, name->n - strlen(".member"));
    *name = np_str_sub(*name, 0, (size_t)np_str_rchr(*name, '.'));
    return true;
}

int iam_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    struct np_str name = np_invalid_name(rq->arena, why), rule;
    const struct np_limits *l = np_invalid_limits(why);
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &NP_UnsupportedOperation,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(name));
    bool element = element_rule(rq->arena, l, &name, &rule);
    if (!element && why->kind == NP_INVALID_PATTERN && own_sentence(name, l, err))
        return NP_EFAULT;
    if (!element && why->kind == NP_INVALID_ENUM)
        rule = NP_STR("Member must satisfy enum value set");
    else if (!element)
        rule = np_invalid_rule(rq->arena, why);
    return np_fault(
        err, &IAM_ValidationError,
        "1 validation error detected: Value at '%.*s' failed to satisfy constraint: %.*s",
        NP_FMT(name), NP_FMT(rule));
}
