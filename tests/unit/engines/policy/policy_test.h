/* SPDX-License-Identifier: Apache-2.0 */
/* policy_test.h - documents written with ' for ", and requests written as text. */
#pragma once

#include "base/arena.h"
#include "base/auto.h"
#include "engines/policy/policy.h"
#include "test.h"

/* ' becomes " and ` becomes '. */
static inline struct np_str quoted(struct np_arena *a, const char *text)
{
    struct np_str s = np_str_dup(a, np_str_of(text));
    for (char *p = (char *)(uintptr_t)s.p; p < s.p + s.n; p++)
        *p = *p == '\'' ? '"' : *p == '`' ? '\'' : *p;
    return s;
}

static inline struct np_policy *compiled(struct np_arena *a, enum np_policy_kind kind,
                                         const char *text)
{
    struct np_policy *p = NULL;
    struct np_err err = {0};
    int rc = np_policy_compile(quoted(a, text), kind, &p, &err);
    NP_CHECK(rc == 0, "%s: %.*s", text, (int)err.n, err.text);
    return p;
}

/* The body of the only statement, its effect and version left out. */
static inline struct np_policy *allowing(struct np_arena *a, enum np_policy_kind kind,
                                         const char *body)
{
    struct np_str s =
        np_str_printf(a, "{'Version':'2012-10-17','Statement':{'Effect':'Allow',%s}}", body);
    return compiled(a, kind, np_str_z(a, s));
}

#define KEYS_MAX 16
/* "name=value|value;name=" : each key with its values; "name!" is a key that is present without a
 * value. */
static inline size_t keys_of(struct np_arena *a, const char *text,
                             struct np_policy_key out[KEYS_MAX])
{
    struct np_str rest = np_str_of(text), one;
    size_t n = 0;
    while (rest.n != 0 && np_str_split(&rest, ';', &one)) {
        struct np_str name, values, value;
        struct np_str *v = np_new_array(a, struct np_str, KEYS_MAX);
        size_t n_values = 0;
        NP_CHECK(n < KEYS_MAX);
        if (np_str_ends(one, NP_STR("!"))) {
            out[n++] = (struct np_policy_key){np_str_sub(one, 0, one.n - 1), v, 0};
            continue;
        }
        np_str_cut(one, '=', &name, &values);
        if (values.n == 0)
            v[n_values++] = NP_STR("");
        while (values.n != 0 && np_str_split(&values, '|', &value))
            v[n_values++] = value;
        out[n++] = (struct np_policy_key){name, v, n_values};
    }
    return n;
}
