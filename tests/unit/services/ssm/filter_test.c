/* SPDX-License-Identifier: Apache-2.0 */
/* filter_test.c - filters of listings: which are known, and what they take. */
#include "test.h"

#include "aws/fault.h"
#include "base/auto.h"
#include "services/ssm/filter.h"

static struct np_str words[8];

/* One filter; values are separated by commas, NULL: none. */
static struct ssm_ParameterStringFilter one(const char *key, const char *option, const char *values)
{
    struct ssm_ParameterStringFilter f = {.Key = np_str_of(key), .Option = np_str_of(option)};
    struct np_str rest = np_str_of(values), word;
    f.Values = (struct np_strs){words, 0, values != NULL};
    while (values != NULL && np_str_split(&rest, ',', &word))
        words[f.Values.n++] = word;
    return f;
}

static int parse(struct np_arena *a, enum ssm_filter_of of, struct ssm_ParameterStringFilter *f,
                 size_t n, struct ssm_filters *out, struct np_err *err)
{
    const struct ssm_ParameterStringFilterList list = {f, n, true};
    *err = (struct np_err){0};
    return ssm_filters_parse(a, of, &list, out, err);
}

static const struct {
    enum ssm_filter_of of;
    const char *key, *option, *values;
    const struct np_fault_def *fault; /* NULL: taken */
} checks[] = {
    {SSM_FILTER_DESCRIBE, "Name", NULL, "a", NULL},
    {SSM_FILTER_DESCRIBE, "Name", "Contains", "a", NULL},
    {SSM_FILTER_DESCRIBE, "Name", "Recursive", "a", &SSM_InvalidFilterOption},
    {SSM_FILTER_DESCRIBE, "Name", NULL, NULL, &SSM_InvalidFilterValue},
    {SSM_FILTER_DESCRIBE, "Type", "Contains", "String", &SSM_InvalidFilterOption},
    {SSM_FILTER_DESCRIBE, "Type", NULL, "string", &SSM_InvalidFilterOption},
    {SSM_FILTER_DESCRIBE, "Type", "BeginsWith", "Str", NULL},
    {SSM_FILTER_DESCRIBE, "Tier", NULL, "Advanced", NULL},
    {SSM_FILTER_DESCRIBE, "Label", NULL, "a", &SSM_InvalidFilterKey},
    {SSM_FILTER_DESCRIBE, "Path", NULL, "/a", NULL},
    {SSM_FILTER_DESCRIBE, "Path", "Equals", "/a", &SSM_InvalidFilterOption},
    {SSM_FILTER_DESCRIBE, "Path", NULL, "a", &NP_ValidationException},
    {SSM_FILTER_DESCRIBE, "Path", NULL, "/aws/service", &NP_ValidationException},
    {SSM_FILTER_DESCRIBE, "tag:k", NULL, NULL, NULL},
    {SSM_FILTER_DESCRIBE, "tag:k", NULL, "v", NULL},
    {SSM_FILTER_BY_PATH, "Label", NULL, "a", NULL},
    {SSM_FILTER_BY_PATH, "Label", "BeginsWith", "a", &SSM_InvalidFilterOption},
    {SSM_FILTER_BY_PATH, "Name", NULL, "a", &SSM_InvalidFilterKey},
    {SSM_FILTER_BY_PATH, "DataType", NULL, "text", &SSM_InvalidFilterKey},
    {SSM_FILTER_BY_PATH, "tag:k", NULL, "v", &SSM_InvalidFilterKey},
    {SSM_FILTER_BY_PATH, "KeyId", "BeginsWith", "alias/", NULL},
};

NP_TEST(filters_are_checked)
{
    NP_EACH (c, checks) {
        NP_AUTO_ARENA a = np_arena_new();
        struct ssm_ParameterStringFilter f = one(c->key, c->option, c->values);
        struct ssm_filters out;
        struct np_err err;
        parse(a, c->of, &f, 1, &out, &err);
        NP_CHECK(err.fault == c->fault, "%s %s %s: %.*s", c->key, c->option, c->values, (int)err.n,
                 err.text);
    }
}

NP_TEST(a_filter_comes_once)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ssm_filters out;
    struct np_err err;
    struct ssm_ParameterStringFilter f[] = {one("tag:a", NULL, NULL), one("tag:b", NULL, NULL)};
    NP_CHECK(parse(a, SSM_FILTER_DESCRIBE, f, 2, &out, &err) == 0);
    f[1].Key = f[0].Key;
    parse(a, SSM_FILTER_DESCRIBE, f, 2, &out, &err);
    NP_CHECK(err.fault == &SSM_InvalidFilterKey);
}

static const struct np_tag tags[] = {{{"team", 4}, {"red", 3}}};
static const struct ssm_facts facts = {
    .key = {"/app/db/password", 16},
    .type = {"SecureString", 12},
    .key_id = {"alias/aws/ssm", 13},
    .tier = {"Standard", 8},
    .data_type = {"text", 4},
    .tags = tags,
    .n_tags = 1,
};

static const struct {
    const char *key, *option, *values;
    bool match;
} matches[] = {
    {"Name", NULL, "/app/db/password", true},
    {"Name", NULL, "app/db/password", true},
    {"Name", NULL, "other,/app/db/password", true},
    {"Name", NULL, "/app", false},
    {"Name", "BeginsWith", "/app", true},
    {"Name", "BeginsWith", "app", true},
    {"Name", "BeginsWith", "db", false},
    {"Name", "Contains", "db", true},
    {"Path", NULL, "/app/db", true},
    {"Path", NULL, "/app", false},
    {"Path", "Recursive", "/app", true},
    {"Path", "Recursive", "/ap", false},
    {"Path", "Recursive", "/", true},
    {"Path", "OneLevel", "/", false},
    {"Type", NULL, "String,SecureString", true},
    {"Type", NULL, "String", false},
    {"KeyId", NULL, "alias/aws/ssm", true},
    {"KeyId", "BeginsWith", "alias/x", false},
    {"Tier", NULL, "Standard", true},
    {"DataType", "BeginsWith", "te", true},
    {"tag:team", NULL, NULL, true},
    {"tag:team", NULL, "blue,red", true},
    {"tag:team", "BeginsWith", "r", true},
    {"tag:team", NULL, "blue", false},
    {"tag:cost", NULL, NULL, false},
};

NP_TEST(filters_match)
{
    NP_EACH (c, matches) {
        NP_AUTO_ARENA a = np_arena_new();
        struct ssm_ParameterStringFilter f = one(c->key, c->option, c->values);
        struct ssm_filters out;
        struct np_err err;
        NP_CHECK(parse(a, SSM_FILTER_DESCRIBE, &f, 1, &out, &err) == 0, "%s", c->key);
        NP_CHECK(ssm_filters_match(&out, &facts) == c->match, "%s %s %s", c->key, c->option,
                 c->values);
        struct np_str prefix = ssm_filters_prefix(&out, a);
        NP_CHECK(!c->match || prefix.p == NULL || np_str_starts(facts.key, prefix), "%s %s %s",
                 c->key, c->option, c->values);
    }
}

NP_TEST(labels_are_taken_by_value)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ssm_filters out;
    struct np_err err;
    struct ssm_ParameterStringFilter f = one("Label", NULL, "prod,test");
    NP_CHECK(parse(a, SSM_FILTER_BY_PATH, &f, 1, &out, &err) == 0 && out.labels);
    NP_CHECK(ssm_filters_label(&out, NP_STR("test")) && !ssm_filters_label(&out, NP_STR("dev")));
}
