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

/* Names and paths have sentences of their own. */
static bool own_sentence(struct np_str name, const struct np_limits *l, struct np_err *err)
{
    if (np_str_is(name, "path") || np_str_is(name, "newPath"))
        np_fault(err, &IAM_ValidationError,
                 "The specified value for %.*s is invalid. It must begin and end with / and "
                 "contain only alphanumeric characters and/or / characters.",
                 NP_FMT(name));
    else if (np_str_is(name, "pathPrefix"))
        np_fault(err, &IAM_ValidationError,
                 "The specified value for pathPrefix is invalid. It must begin with / and contain "
                 "only alphanumeric characters and/or / characters.");
    else if (np_str_is(np_str_of(l->pattern), "^[\\w+=,.@-]+$"))
        np_fault(err, &IAM_ValidationError,
                 "The specified value for %.*s is invalid. It must contain only alphanumeric "
                 "characters and/or the following: +=,.@_-",
                 NP_FMT(name));
    else
        return false;
    return true;
}

static int64_t code_points(struct np_str s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static struct np_str length_rule(struct np_arena *a, const struct np_invalid *why,
                                 const struct np_limits *l)
{
    bool list = why->member->shape->type == NP_LIST;
    bool is_short = list ? np_str_is(why->value, "[]") : code_points(why->value) < l->min;
    return l->has_min && is_short
               ? np_str_printf(a, "Member must have length greater than or equal to %lld",
                               (long long)l->min)
               : np_str_printf(a, "Member must have length less than or equal to %lld",
                               (long long)l->max);
}

static struct np_str rule_text(struct np_arena *a, const struct np_invalid *why,
                               const struct np_limits *l)
{
    int64_t v;
    switch (why->kind) {
    case NP_INVALID_MISSING:
        return NP_STR("Member must not be null");
    case NP_INVALID_ENUM:
        return NP_STR("Member must satisfy enum value set");
    case NP_INVALID_LENGTH:
        return length_rule(a, why, l);
    case NP_INVALID_RANGE:
        return l->has_min && np_str_i64(why->value, &v) && v < l->min
                   ? np_str_printf(a, "Member must have value greater than or equal to %lld",
                                   (long long)l->min)
                   : np_str_printf(a, "Member must have value less than or equal to %lld",
                                   (long long)l->max);
    case NP_INVALID_PATTERN:
        return np_str_printf(a, "Member must satisfy regular expression pattern: %.*s",
                             NP_FMT(pattern_text(a, l->pattern)));
    case NP_INVALID_REFUSED:
    case NP_INVALID_UNION:
        break;
    }
    return NP_STR("Member is not accepted");
}

/* AWS: for an element of a list of texts, the list is named with all that its elements must keep.
 */
static bool element_rule(struct np_arena *a, const struct np_invalid *why,
                         const struct np_limits *l, struct np_str *name, struct np_str *rule)
{
    if (l == NULL || !np_str_ends(*name, NP_STR(".member")))
        return false;
    struct np_buf b;
    np_buf_init(&b, a, 4096);
    np_buf_lit(&b, "Member must satisfy constraint: [");
    np_buf_printf(&b, "Member must have length less than or equal to %lld, ", (long long)l->max);
    np_buf_printf(&b, "Member must have length greater than or equal to %lld", (long long)l->min);
    if (l->pattern != NULL)
        np_buf_printf(&b,
                      ", Member must satisfy regular expression pattern: %.*s, Member must not be "
                      "null",
                      NP_FMT(pattern_text(a, l->pattern)));
    np_buf_char(&b, ']');
    *rule = np_buf_str(&b);
    *name = np_str_sub(*name, 0, name->n - strlen(".member"));
    *name = np_str_sub(*name, 0, (size_t)np_str_rchr(*name, '.'));
    return true;
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
    struct np_str rule;
    bool element = element_rule(rq->arena, why, l, &name, &rule);
    if (!element && why->kind == NP_INVALID_PATTERN && own_sentence(name, l, err))
        return NP_EFAULT;
    if (!element)
        rule = rule_text(rq->arena, why, l);
    return np_fault(
        err, &IAM_ValidationError,
        "1 validation error detected: Value at '%.*s' failed to satisfy constraint: %.*s",
        NP_FMT(name), NP_FMT(rule));
}
