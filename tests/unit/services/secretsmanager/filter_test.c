/* SPDX-License-Identifier: Apache-2.0 */
/* filter_test.c - which secrets a filter finds. */
#include "test.h"

#include "services/secretsmanager/secretsmanager_int.h"

static struct np_tag tags[] = {{{"Team", 4}, {"Blue", 4}}, {{"env", 3}, {"prod-eu", 7}}};

static const struct secretsmanager_subject secret = {
    .name = {"prod/Db-main", 12},
    .description = {"The Main database, of orders", 28},
    .primary_region = {"eu-west-1", 9},
    .tags = tags,
    .n_tags = 2,
};

static const struct {
    const char *key, *value;
    bool found;
    const char *why;
} cases[] = {
    {"name", "prod/D", true, "by prefix"},
    {"name", "Prod", false, "with case"},
    {"name", "Db", false, "not from the middle"},
    {"name", "!Db", true, "the negation"},
    {"name", "!prod", false, "the negation of what matches"},
    {"description", "main the", true, "words in any order, without case"},
    {"description", "data", true, "the beginning of a word"},
    {"description", "base", false, "not its end"},
    {"description", "main missing", false, "every word"},
    {"tag-key", "Te", true, "by prefix"},
    {"tag-key", "te", false, "with case"},
    {"tag-value", "prod", true, "any tag"},
    {"tag-value", "eu", false, "by prefix"},
    {"primary-region", "eu-", true, "by prefix"},
    {"owning-service", "rds", false, "no secret is a service's"},
    {"owning-service", "!rds", true, "so all are not RDS's"},
    {"all", "db", true, "a word of the name"},
    {"all", "blue", true, "of a tag's value"},
    {"all", "orders", true, "of the description"},
    {"all", "orders blue", false, "all words in one attribute"},
};

static bool found(const char *key, struct np_str *values, size_t n)
{
    struct secretsmanager_Filter f = {np_str_of(key), {values, n, true}};
    const struct secretsmanager_FiltersListType list = {&f, 1, true};
    return secretsmanager_filter_match(&list, &secret);
}

NP_TEST(filters_of_secrets)
{
    NP_EACH (c, cases) {
        struct np_str v = np_str_of(c->value);
        NP_CHECK(found(c->key, &v, 1) == c->found, "%s=%s: %s", c->key, c->value, c->why);
    }
}

NP_TEST(one_value_of_a_filter_is_enough_but_every_filter_counts)
{
    struct np_str values[] = {NP_STR("x"), NP_STR("prod")}, none[] = {NP_STR("x")};
    NP_CHECK(found("name", values, 2));
    struct secretsmanager_Filter both[] = {{NP_STR("name"), {values, 2, true}},
                                           {NP_STR("tag-key"), {none, 1, true}}};
    const struct secretsmanager_FiltersListType list = {both, 2, true};
    NP_CHECK(!secretsmanager_filter_match(&list, &secret));
}
