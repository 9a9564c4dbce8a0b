/* SPDX-License-Identifier: Apache-2.0 */
/* invalid.c - the words for input that breaks a constraint of the model. */
#include "aws/invalid.h"

#include "base/arena.h"

const struct np_limits *np_invalid_limits(const struct np_invalid *why)
{
    if (why->member == NULL)
        return NULL;
    return why->member->limits != NULL ? why->member->limits : why->member->shape->limits;
}

struct np_str np_invalid_name(struct np_arena *a, const struct np_invalid *why)
{
    char *p = np_alloc(a, why->path.n + 1);
    for (size_t i = 0; i < why->path.n; i++) {
        char c = why->path.p[i];
        bool first = i == 0 || why->path.p[i - 1] == '.';
        p[i] = first && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return np_str_n(p, why->path.n);
}

struct np_str np_invalid_pattern(struct np_arena *a, const char *pattern)
{
    struct np_str rest = np_str_of(pattern);
    struct np_buf b;
    np_buf_init(&b, a, 16 * 1024);
    if (np_str_starts(rest, NP_STR("^")))
        rest = np_str_sub(rest, 1, rest.n);
    if (np_str_ends(rest, NP_STR("$")))
        rest.n--;
    for (size_t i = 0; i < rest.n; i++) {
        ptrdiff_t end = np_str_chr(np_str_sub(rest, i, 12), '}');
        if (np_str_starts(np_str_sub(rest, i, 3), NP_STR("\\x{")) && end > 0) {
            np_buf_printf(&b, "\\u%.*s", NP_FMT(np_str_sub(rest, i + 3, (size_t)end - 3)));
            i += (size_t)end;
        } else {
            np_buf_char(&b, rest.p[i]);
        }
    }
    return np_buf_str(&b);
}

static struct np_str length_rule(struct np_arena *a, const struct np_invalid *why,
                                 const struct np_limits *l)
{
    return np_str_printf(a, "Member must have length %s than or equal to %lld",
                         why->below ? "greater" : "less",
                         (long long)(why->below ? l->min : l->max));
}

static struct np_str range_rule(struct np_arena *a, const struct np_invalid *why,
                                const struct np_limits *l)
{
    int64_t v;
    bool below = l->has_min && np_str_i64(why->value, &v) && v < l->min;
    return np_str_printf(a, "Member must have value %s than or equal to %lld",
                         below ? "greater" : "less", (long long)(below ? l->min : l->max));
}

static struct np_str enum_rule(struct np_arena *a, const struct np_limits *l)
{
    struct np_buf b;
    np_buf_init(&b, a, 64 * 1024);
    np_buf_lit(&b, "Member must satisfy enum value set: [");
    for (const char *const *v = l->values; v != NULL && *v != NULL; v++)
        np_buf_printf(&b, "%s%s", v != l->values ? ", " : "", *v);
    np_buf_char(&b, ']');
    return np_buf_str(&b);
}

struct np_str np_invalid_rule(struct np_arena *a, const struct np_invalid *why)
{
    static const struct np_limits none;
    const struct np_limits *l = np_invalid_limits(why);
    if (l == NULL)
        l = &none;
    switch (why->kind) {
    case NP_INVALID_MISSING:
        return NP_STR("Member must not be null");
    case NP_INVALID_LENGTH:
        return length_rule(a, why, l);
    case NP_INVALID_RANGE:
        return range_rule(a, why, l);
    case NP_INVALID_PATTERN:
        return np_str_printf(a, "Member must satisfy regular expression pattern: %.*s",
                             NP_FMT(np_invalid_pattern(a, l->pattern != NULL ? l->pattern : "")));
    case NP_INVALID_ENUM:
        return enum_rule(a, l);
    case NP_INVALID_UNION:
        return NP_STR("Member must have exactly one member set");
    case NP_INVALID_REFUSED:
        break;
    }
    return NP_STR("Member is not accepted");
}
