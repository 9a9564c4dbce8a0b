/* SPDX-License-Identifier: Apache-2.0 */
/* ssm_text_fuzz.c - texts of Parameter Store, by the first byte: p policies, r a pattern, a line
 * feed and a value, else a name, which is also a reference, a path and a label. */
#include "fuzz.h"

#include "base/auto.h"
#include "codec/pattern.h"
#include "services/ssm/name.h"
#include "services/ssm/policies.h"

#define NOW INT64_C(1700000000000)

static void policies(struct np_arena *a, struct np_str json)
{
    struct ssm_policies p, again;
    struct np_err err = {0};
    if (ssm_policies_parse(a, json, NOW, &p, &err) != 0) {
        np_assert(err.code == NP_EFAULT && err.fault != NULL);
        return;
    }
    np_assert(p.n <= SSM_POLICIES_MAX && p.expires_ms.set == (p.n != 0));
    np_assert(!p.expires_ms.set || p.expires_ms.v > NOW);
    for (size_t i = 0; i < p.n; i++) { /* each one is a list of its own */
        struct np_str list = np_str_printf(a, "[%.*s]", NP_FMT(p.v[i].text));
        np_assert(ssm_policies_parse(a, list, NOW, &again, &err) == 0 && again.n == 1);
        np_assert(np_str_eq(again.v[0].text, p.v[i].text));
    }
}

static void pattern(struct np_str text)
{
    struct np_str pattern, value;
    if (np_str_cut(text, '\n', &pattern, &value) && pattern.n <= 1024)
        np_pattern_whole(pattern, value);
}

static void names(struct np_arena *a, struct np_str text)
{
    struct ssm_ref r, again;
    struct np_str key, prefix;
    if (ssm_ref_parse(a, text, &r, NULL) == 0) {
        np_assert(r.key.n > 1 && r.key.p[0] == '/' && (r.selector.p == NULL || r.selector.n != 0));
        np_assert(ssm_ref_parse(a, r.key, &again, NULL) == 0 && np_str_eq(again.key, r.key));
    }
    if (ssm_name_check(a, text, &key, NULL) == 0) {
        np_assert(ssm_ref_name(a, text, &r, NULL) == 0 && np_str_eq(r.key, key));
        np_assert(ssm_path_check(a, key, &prefix, NULL) == 0 && prefix.n == key.n + 1);
    }
    if (ssm_label_ok(text))
        np_assert(text.n <= 100);
    ssm_image_id_ok(text);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    struct np_str rest = np_str_n(p + 1, n - 1);
    if (p[0] == 'p')
        policies(a, rest);
    else if (p[0] == 'r')
        pattern(rest);
    else
        names(a, rest);
    return 0;
}
