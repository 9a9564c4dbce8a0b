/* SPDX-License-Identifier: Apache-2.0 */
/* invalid.c - what IAM says of input that breaks a constraint: names and paths have sentences of
 * their own, the rest names the member and the constraint, without the value. */
#include "services/iam/iam_int.h"

/* "UserName" is userName in messages. */
static struct np_str member_name(struct np_arena *a, struct np_str path)
{
    struct np_str out = np_str_dup(a, path);
    char *p = (char *)(uintptr_t)out.p;
    for (size_t i = 0; i < out.n; i++)
        if ((i == 0 || p[i - 1] == '.') && p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] | 0x20);
    return out;
}

/* The model's pattern, without the anchors and with \u for \x{}. */
static struct np_str pattern_text(struct np_arena *a, const char *pattern)
{
    struct np_str rest = np_str_of(pattern);
    struct np_buf b;
    np_buf_init(&b, a, 4096);
    if (np_str_starts(rest, NP_STR("^")))
        rest = np_str_sub(rest, 1, rest.n);
    if (np_str_ends(rest, NP_STR("$")))
        rest.n--;
    for (size_t i = 0; i < rest.n; i++) {
        if (np_str_starts(np_str_sub(rest, i, 3), NP_STR("\\x{"))) {
            np_buf_printf(&b, "\\u%.*s", NP_FMT(np_str_sub(rest, i + 3, 4)));
            i += 7;
        } else {
            np_buf_char(&b, rest.p[i]);
        }
    }
    return np_buf_str(&b);
}

static int bad_pattern(struct np_req *rq, struct np_str name, const struct np_limits *l,
                       struct np_err *err)
{
    if (np_str_is(name, "path") || np_str_is(name, "newPath"))
        return np_fault(err, &IAM_ValidationError,
                        "The specified value for %.*s is invalid. It must begin and end with / and "
                        "contain only alphanumeric characters and/or / characters.",
                        NP_FMT(name));
    if (np_str_is(name, "pathPrefix"))
        return np_fault(err, &IAM_ValidationError,
                        "The specified value for pathPrefix is invalid. It must begin with / and "
                        "contain only alphanumeric characters and/or / characters.");
    if (np_str_is(np_str_of(l->pattern), "^[\\w+=,.@-]+$"))
        return np_fault(
            err, &IAM_ValidationError,
            "The specified value for %.*s is invalid. It must contain only alphanumeric "
            "characters and/or the following: +=,.@_-",
            NP_FMT(name));
    return np_fault(err, &IAM_ValidationError,
                    "1 validation error detected: Value at '%.*s' failed to satisfy constraint: "
                    "Member must satisfy regular expression pattern: %.*s",
                    NP_FMT(name), NP_FMT(pattern_text(rq->arena, l->pattern)));
}

static struct np_str rule_text(struct np_arena *a, const struct np_invalid *why,
                               const struct np_limits *l)
{
    int64_t v = (int64_t)why->value.n;
    switch (why->kind) {
    case NP_INVALID_MISSING:
        return NP_STR("Member must not be null");
    case NP_INVALID_ENUM:
        return NP_STR("Member must satisfy enum value set");
    case NP_INVALID_LENGTH:
        if (l->has_min && v < l->min)
            return np_str_printf(a, "Member must have length greater than or equal to %lld",
                                 (long long)l->min);
        return np_str_printf(a, "Member must have length less than or equal to %lld",
                             (long long)l->max);
    case NP_INVALID_RANGE:
        if (l->has_min && np_str_i64(why->value, &v) && v < l->min)
            return np_str_printf(a, "Member must have value greater than or equal to %lld",
                                 (long long)l->min);
        return np_str_printf(a, "Member must have value less than or equal to %lld",
                             (long long)l->max);
    case NP_INVALID_PATTERN:
    case NP_INVALID_REFUSED:
    case NP_INVALID_UNION:
        break;
    }
    return NP_STR("Member is not accepted");
}

int iam_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    struct np_str name = member_name(rq->arena, why->path);
    const struct np_limits *l = NULL;
    if (why->member != NULL)
        l = why->member->limits != NULL ? why->member->limits : why->member->shape->limits;
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &NP_UnsupportedOperation,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(name));
    if (why->kind == NP_INVALID_PATTERN && l != NULL)
        return bad_pattern(rq, name, l, err);
    struct np_str rule = rule_text(rq->arena, why, l);
    return np_fault(
        err, &IAM_ValidationError,
        "1 validation error detected: Value at '%.*s' failed to satisfy constraint: %.*s",
        NP_FMT(name), NP_FMT(rule));
}
