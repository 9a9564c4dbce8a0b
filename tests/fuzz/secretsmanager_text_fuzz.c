/* SPDX-License-Identifier: Apache-2.0 */
/* secretsmanager_text_fuzz.c - a line with a SecretId, then a filter's value and a description. */
#include "fuzz.h"

#include "services/secretsmanager/secretsmanager_int.h"

static void check_id(struct np_str text)
{
    struct secretsmanager_ref ref;
    struct np_str bare, suffix;
    if (!secretsmanager_ref_parse(text, &ref))
        return;
    np_assert(secretsmanager_name_ok(ref.name) && np_str_ends(text, ref.name));
    np_assert(ref.arn || np_str_eq(ref.name, text));
    if (secretsmanager_ref_cut(ref.name, &bare, &suffix))
        np_assert(bare.n + 1 + suffix.n == ref.name.n && suffix.n == SECRETSMANAGER_SUFFIX);
}

static void check_filter(struct np_str value, struct np_str text)
{
    static const char *const keys[] = {"name", "description", "tag-key", "tag-value", "all"};
    struct np_tag tag = {text, text};
    const struct secretsmanager_subject s = {
        .name = text, .description = text, .tags = &tag, .n_tags = 1};
    NP_EACH (key, keys) {
        struct secretsmanager_Filter f = {np_str_of(*key), {&value, 1, true}};
        const struct secretsmanager_FiltersListType list = {&f, 1, true};
        bool found = secretsmanager_filter_match(&list, &s);
        np_assert(!found || np_str_starts(value, NP_STR("!")) || value.n <= text.n ||
                  strcmp(*key, "description") == 0 || strcmp(*key, "all") == 0);
    }
}

NP_FUZZ(p, n)
{
    struct np_str id, rest, value, text;
    np_str_cut(np_str_n(p, n), '\n', &id, &rest);
    np_str_cut(rest, '\n', &value, &text);
    check_id(id);
    if (value.p != NULL && text.p != NULL)
        check_filter(value, text);
    return 0;
}
