/* SPDX-License-Identifier: Apache-2.0 */
/* ident_test.c - names and ARNs of secrets. */
#include "test.h"

#include "services/secretsmanager/ident.h"

static const struct {
    const char *name;
    bool ok;
    const char *why;
} names[] = {
    {"a", true, "one letter"}, {"prod/db_1+x=y.z@w-v!", true, "all that is allowed"},
    {"", false, "empty"},      {"a b", false, "a blank"},
    {"a:b", false, "a colon"}, {"\xc3\xa4", false, "an umlaut"},
    {"a*", false, "a star"},
};

NP_TEST(names_of_secrets)
{
    NP_EACH (n, names)
        NP_CHECK(secretsmanager_name_ok(np_str_of(n->name)) == n->ok, "%s: %s", n->name, n->why);
}

#define ARN "arn:aws:secretsmanager:eu-west-1:111122223333:"

static const struct {
    const char *text;
    bool ok, arn;
    const char *name, *why;
} refs[] = {
    {"prod/db", true, false, "prod/db", "a name"},
    {ARN "secret:prod/db-AbCdEf", true, true, "prod/db-AbCdEf", "a whole ARN"},
    {ARN "secret:prod/db", true, true, "prod/db", "an ARN without suffix"},
    {ARN "secret:", false, false, NULL, "an ARN without name"},
    {ARN "prod/db", false, false, NULL, "another kind of resource"},
    {"arn:aws:s3:::photos", false, false, NULL, "another service"},
    {"arn:aws:secretsmanager", false, false, NULL, "an ARN that breaks off"},
};

NP_TEST(what_a_secret_id_names)
{
    NP_EACH (r, refs) {
        struct secretsmanager_ref got;
        bool ok = secretsmanager_ref_parse(np_str_of(r->text), &got);
        NP_CHECK(ok == r->ok, "%s: %s", r->text, r->why);
        if (ok)
            NP_CHECK(got.arn == r->arn && np_str_eq(got.name, np_str_of(r->name)), "%s", r->text);
        if (ok && got.arn)
            NP_CHECK(np_str_is(got.region, "eu-west-1") && np_str_is(got.account, "111122223333"));
    }
}

NP_TEST(the_suffix_of_an_arn_is_cut)
{
    struct np_str bare, suffix;
    NP_CHECK(secretsmanager_ref_cut(NP_STR("prod/db-AbCdE9"), &bare, &suffix));
    NP_CHECK(np_str_is(bare, "prod/db") && np_str_is(suffix, "AbCdE9"));
    NP_CHECK(!secretsmanager_ref_cut(NP_STR("-AbCdEf"), &bare, &suffix), "no name before it");
    NP_CHECK(!secretsmanager_ref_cut(NP_STR("prod-AbCdE"), &bare, &suffix), "five characters");
    NP_CHECK(!secretsmanager_ref_cut(NP_STR("prod-AbC_Ef"), &bare, &suffix), "no letter or digit");
    NP_CHECK(!secretsmanager_ref_cut(NP_STR("prodAbCdEf"), &bare, &suffix), "no hyphen");
}
