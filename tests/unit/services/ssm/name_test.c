/* SPDX-License-Identifier: Apache-2.0 */
/* name_test.c - names of new parameters, references to parameters, paths, labels. */
#include "test.h"

#include "aws/fault.h"
#include "base/auto.h"
#include "gen/ssm/types.h"
#include "services/ssm/limits.h"
#include "services/ssm/name.h"

static const struct {
    const char *name, *key; /* NULL: refused */
    const struct np_fault_def *fault;
    const char *why;
} names[] = {
    {"plain", "/plain", NULL, "a name without a slash"},
    {"/plain", "/plain", NULL, "the same parameter"},
    {" /a.b/c-d/e_F9 ", "/a.b/c-d/e_F9", NULL, "blanks at the ends go"},
    {"a/b", NULL, &NP_ValidationException, "a path is written from its root"},
    {"/a//b", NULL, &NP_ValidationException, "an empty part"},
    {"/a/", NULL, &NP_ValidationException, "a slash at the end"},
    {"/", NULL, &NP_ValidationException, "nothing but a slash"},
    {"", NULL, &NP_ValidationException, "nothing"},
    {"/a b", NULL, &NP_ValidationException, "a blank inside"},
    {"/\xc3\xa4", NULL, &NP_ValidationException, "a letter that is none of ASCII"},
    {"/a:1", NULL, &NP_ValidationException, "a selector"},
    {"arn:aws:ssm:us-east-1:111122223333:parameter/a", NULL, &NP_ValidationException, "an ARN"},
    {"AwsName", NULL, &NP_ValidationException, "a reserved prefix"},
    {"/ssm-x", NULL, &NP_ValidationException, "a reserved prefix"},
    {"/ssm/x", NULL, &NP_ValidationException, "a reserved prefix"},
    {"/aws/x", NULL, &NP_AccessDeniedException, "somebody's path"},
    {"/myaws", "/myaws", NULL, "not at the beginning"},
    {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", NULL,
     "as deep as may be"},
    {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", NULL, &SSM_HierarchyLevelLimitExceededException,
     "one level more"},
};

NP_TEST(names_of_new_parameters)
{
    NP_EACH (c, names) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_err err = {0};
        struct np_str key = NP_STR_NULL;
        int rc = ssm_name_check(a, np_str_of(c->name), &key, &err);
        NP_CHECK((rc == 0) == (c->key != NULL), "'%s': %s", c->name, c->why);
        if (c->key != NULL)
            NP_CHECK_STR(key, np_str_of(c->key));
        else
            NP_CHECK(err.fault == c->fault, "'%s': %s", c->name, c->why);
    }
}

static const struct {
    const char *text, *name, *key, *selector, *account;
} refs[] = {
    {"a", "a", "/a", NULL, NULL},
    {"/a/b:3", "/a/b", "/a/b", "3", NULL},
    {"a:prod", "a", "/a", "prod", NULL},
    {"arn:aws:ssm:us-east-1:111122223333:parameter/a", "/a", "/a", NULL, "111122223333"},
    {"arn:aws:ssm:us-east-1:111122223333:parameter/a/b:7", "/a/b", "/a/b", "7", "111122223333"},
    {"arn:aws:ssm:us-east-1::parameter/aws/service/x", "/aws/service/x", "/aws/service/x", NULL,
     ""},
    {"arn:aws:ssm:us-east-1:111122223333:document/a", NULL, NULL, NULL, NULL},
    {"arn:aws:s3:::a", NULL, NULL, NULL, NULL},
    {"a:", NULL, NULL, NULL, NULL},
    {"a:1:2", NULL, NULL, NULL, NULL},
    {":1", NULL, NULL, NULL, NULL},
    {"{a}", NULL, NULL, NULL, NULL},
    {"ssmx", NULL, NULL, NULL, NULL},
    {"", NULL, NULL, NULL, NULL},
};

NP_TEST(references_to_parameters)
{
    NP_EACH (c, refs) {
        NP_AUTO_ARENA a = np_arena_new();
        struct ssm_ref r = {0};
        struct np_err err = {0};
        int rc = ssm_ref_parse(a, np_str_of(c->text), &r, &err);
        NP_CHECK((rc == 0) == (c->key != NULL), "'%s'", c->text);
        if (c->key == NULL)
            continue;
        NP_CHECK_STR(r.name, np_str_of(c->name));
        NP_CHECK_STR(r.key, np_str_of(c->key));
        NP_CHECK_STR(r.selector, np_str_of(c->selector));
        NP_CHECK((r.selector.p == NULL) == (c->selector == NULL));
        NP_CHECK_STR(r.account, np_str_of(c->account));
        NP_CHECK((r.account.p == NULL) == (c->account == NULL), "'%s'", c->text);
        bool bare = c->selector == NULL && c->account == NULL;
        NP_CHECK((ssm_ref_name(a, np_str_of(c->text), &r, &err) == 0) == bare, "'%s'", c->text);
    }
}

NP_TEST(paths)
{
    static const struct {
        const char *path, *prefix;
    } paths[] = {
        {"/", "/"},   {"/a", "/a/"}, {"/a/b/", "/a/b/"}, {"a", NULL},
        {"//", NULL}, {"", NULL},    {"/a b", NULL},     {"/aws/service", "/aws/service/"},
    };
    NP_EACH (c, paths) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str prefix = NP_STR_NULL;
        struct np_err err = {0};
        int rc = ssm_path_check(a, np_str_of(c->path), &prefix, &err);
        NP_CHECK((rc == 0) == (c->prefix != NULL), "'%s'", c->path);
        NP_CHECK_STR(prefix, np_str_of(c->prefix));
    }
    NP_CHECK(ssm_in_hierarchy(NP_STR("/a/b")) && !ssm_in_hierarchy(NP_STR("/a")));
}

NP_TEST(labels)
{
    static const char *const good[] = {"a", "Prod.1_x-y", "_1"};
    static const char *const bad[] = {"", "1a", "aws", "AWSx", "ssm1", "a b", "a/b", "\xc3\xa4"};
    char longest[101];
    memset(longest, 'a', sizeof(longest));
    NP_EACH (l, good)
        NP_CHECK(ssm_label_ok(np_str_of(*l)), "%s", *l);
    NP_EACH (l, bad)
        NP_CHECK(!ssm_label_ok(np_str_of(*l)), "%s", *l);
    NP_CHECK(ssm_label_ok(np_str_n(longest, 100)));
    NP_CHECK(!ssm_label_ok(np_str_n(longest, 101)));
}

NP_TEST(image_ids)
{
    NP_CHECK(ssm_image_id_ok(NP_STR("ami-12345abc")));
    NP_CHECK(ssm_image_id_ok(NP_STR("ami-0123456789abcdef0")));
    NP_CHECK(!ssm_image_id_ok(NP_STR("ami-0123456789abcdef")), "16 digits");
    NP_CHECK(!ssm_image_id_ok(NP_STR("ami-12345abX")));
    NP_CHECK(!ssm_image_id_ok(NP_STR("snap-12345abc")));
    NP_CHECK(!ssm_image_id_ok(NP_STR("ami-")));
}
