/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - which secrets a list shows. Names, tags and regions match by prefix and case;
 * descriptions, and all attributes together, by the beginnings of words, without case
 * (tests/sdk/test_secretsmanager_list.py). */
#include "services/secretsmanager/secretsmanager_int.h"

static bool in_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

static bool next_word(struct np_str *rest, struct np_str *word)
{
    size_t from = 0, to;
    while (from < rest->n && !in_word(rest->p[from]))
        from++;
    for (to = from; to < rest->n && in_word(rest->p[to]);)
        to++;
    *word = np_str_sub(*rest, from, to - from);
    *rest = np_str_sub(*rest, to, rest->n);
    return word->n != 0;
}

static bool has_word(struct np_str text, struct np_str beginning)
{
    struct np_str word;
    while (next_word(&text, &word))
        if (np_str_istarts(word, beginning))
            return true;
    return false;
}

/* Every word of `wanted` begins a word of text. */
static bool words_match(struct np_str text, struct np_str wanted)
{
    struct np_str word;
    bool any = false;
    while (next_word(&wanted, &word)) {
        any = true;
        if (!has_word(text, word))
            return false;
    }
    return any;
}

/* --- the attributes --- */

static bool by_name(const struct secretsmanager_subject *s, struct np_str v)
{
    return np_str_starts(s->name, v);
}

static bool by_description(const struct secretsmanager_subject *s, struct np_str v)
{
    return words_match(s->description, v);
}

static bool by_tag_key(const struct secretsmanager_subject *s, struct np_str v)
{
    for (size_t i = 0; i < s->n_tags; i++)
        if (np_str_starts(s->tags[i].key, v))
            return true;
    return false;
}

static bool by_tag_value(const struct secretsmanager_subject *s, struct np_str v)
{
    for (size_t i = 0; i < s->n_tags; i++)
        if (np_str_starts(s->tags[i].value, v))
            return true;
    return false;
}

static bool by_primary_region(const struct secretsmanager_subject *s, struct np_str v)
{
    return s->primary_region.p != NULL && np_str_starts(s->primary_region, v);
}

/* No secret here is another service's. */
static bool by_owning_service(const struct secretsmanager_subject *s, struct np_str v)
{
    (void)s, (void)v;
    return false;
}

static bool by_all(const struct secretsmanager_subject *s, struct np_str v)
{
    for (size_t i = 0; i < s->n_tags; i++)
        if (words_match(s->tags[i].key, v) || words_match(s->tags[i].value, v))
            return true;
    return words_match(s->name, v) || words_match(s->description, v) ||
           words_match(s->primary_region, v);
}

static const struct {
    const char *key;
    bool (*match)(const struct secretsmanager_subject *s, struct np_str v);
} kinds[] = {
    {"name", by_name},
    {"description", by_description},
    {"tag-key", by_tag_key},
    {"tag-value", by_tag_value},
    {"primary-region", by_primary_region},
    {"owning-service", by_owning_service},
    {"all", by_all},
};

static bool one_matches(const struct secretsmanager_Filter *f,
                        const struct secretsmanager_subject *s)
{
    NP_EACH (k, kinds)
        if (np_str_eq(f->Key, np_str_of(k->key)))
            for (size_t i = 0; i < f->Values.n; i++) {
                struct np_str v = f->Values.v[i];
                bool not = np_str_starts(v, NP_STR("!"));
                if (k->match(s, np_str_sub(v, not, v.n)) != not )
                    return true;
            }
    return false;
}

bool secretsmanager_filter_match(const struct secretsmanager_FiltersListType *filters,
                                 const struct secretsmanager_subject *s)
{
    for (size_t i = 0; i < filters->n; i++)
        if (!one_matches(&filters->v[i], s))
            return false;
    return true;
}

int secretsmanager_filters_check(const struct secretsmanager_FiltersListType *filters,
                                 struct np_err *err)
{
    for (size_t i = 0; i < filters->n; i++) {
        if (filters->v[i].Key.p == NULL)
            return np_fault(err, &SECRETSMANAGER_InvalidParameterException, "Invalid filter key");
        if (filters->v[i].Values.n == 0)
            return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                            "Invalid filter values for key: %.*s", NP_FMT(filters->v[i].Key));
    }
    return 0;
}
