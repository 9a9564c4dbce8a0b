/* SPDX-License-Identifier: Apache-2.0 */
/* validate_test.c - constraints of the model. */
#include "test.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec/pattern.h"
#include "gen/iam/types.h"

#define POLICY NP_STR("{}")

static struct np_invalid check(struct np_arena *a, const struct iam_CreateRoleRequest *in, bool *ok)
{
    struct np_invalid why = {0};
    *ok = np_validate(iam_CreateRole_op.in, in, a, &why) == 0;
    return why;
}

NP_TEST(a_valid_role)
{
    NP_AUTO_ARENA a = np_arena_new();
    bool ok;
    struct iam_CreateRoleRequest in = {.RoleName = NP_STR("r"), .AssumeRolePolicyDocument = POLICY};
    check(a, &in, &ok);
    NP_CHECK(ok);
}

NP_TEST(what_is_invalid_and_where)
{
    NP_AUTO_ARENA a = np_arena_new();
    bool ok;
    char name[66];
    memset(name, 'x', sizeof(name));
    struct iam_Tag tags[] = {
        {NP_STR("a"), NP_STR("")}, {NP_STR("b"), NP_STR("")}, {NP_STR("c*"), NP_STR("")}};
    struct iam_CreateRoleRequest in = {.AssumeRolePolicyDocument = POLICY};
    struct np_invalid why = check(a, &in, &ok);
    NP_CHECK(!ok && why.kind == NP_INVALID_MISSING);
    NP_CHECK_STR(why.path, NP_STR("RoleName"));

    in.RoleName = np_str_n(name, 64);
    check(a, &in, &ok);
    NP_CHECK(ok, "at the limit");
    in.RoleName = np_str_n(name, 65);
    why = check(a, &in, &ok);
    NP_CHECK(!ok && why.kind == NP_INVALID_LENGTH);
    NP_CHECK_STR(why.value, in.RoleName);

    in.RoleName = NP_STR("a b");
    why = check(a, &in, &ok);
    NP_CHECK(!ok && why.kind == NP_INVALID_PATTERN);

    in.RoleName = NP_STR("r");
    in.MaxSessionDuration = (struct np_opt_int){true, 3599};
    why = check(a, &in, &ok);
    NP_CHECK(!ok && why.kind == NP_INVALID_RANGE);
    NP_CHECK_STR(why.value, NP_STR("3599"));

    in.MaxSessionDuration.set = false;
    in.Tags = (struct iam_tagListType){tags, 3, true};
    why = check(a, &in, &ok);
    NP_CHECK(!ok && why.kind == NP_INVALID_PATTERN);
    NP_CHECK_STR(why.path, NP_STR("Tags.3.member.Key"));
}

struct options {
    struct np_opt_bool flag;
    struct np_str mode, level, secret;
    struct np_strs list;
    struct inner {
        struct np_opt_int n;
    } * inner;
    struct choice {
        struct np_str a, b;
    } * choice;
    struct {
        struct {
            struct np_str key, value;
        } * v;
        size_t n;
        bool set;
    } map;
    struct np_opt_double ratio;
};
static const char *const levels[] = {"low", "high", NULL};
static const struct np_limits level_limits = {.values = levels};
static const struct np_limits short_limits = {.max = 2, .has_max = true};
static const struct np_limits ratio_limits = {.min = 0, .has_min = true, .max = 1, .has_max = true};
static const struct np_shape bool_shape = {.name = "Bool", .type = NP_BOOL};
static const struct np_shape int_shape = {.name = "Int", .type = NP_INT};
static const struct np_shape double_shape = {.name = "Double", .type = NP_DOUBLE};
static const struct np_shape text_shape = {.name = "Text", .type = NP_STRING};
static const struct np_shape short_shape = {
    .name = "Short", .type = NP_STRING, .limits = &short_limits};
static const struct np_shape level_shape = {
    .name = "Level", .type = NP_ENUM, .limits = &level_limits};
static const struct np_member list_members[] = {{.name = "member", .shape = &short_shape}};
static const struct np_shape list_shape = {.name = "List",
                                           .type = NP_LIST,
                                           .size = sizeof(struct np_str),
                                           .n_members = 1,
                                           .members = list_members,
                                           .limits = &short_limits};
static const struct np_member map_members[] = {
    {.name = "key", .shape = &short_shape},
    {.name = "value", .shape = &short_shape, .offset = sizeof(struct np_str)}};
static const struct np_shape map_shape = {.name = "Map",
                                          .type = NP_MAP,
                                          .size = 2 * sizeof(struct np_str),
                                          .n_members = 2,
                                          .members = map_members};
static const struct np_member inner_members[] = {{.name = "n", .shape = &int_shape}};
static const struct np_shape inner_shape = {.name = "Inner",
                                            .type = NP_STRUCTURE,
                                            .size = sizeof(struct inner),
                                            .n_members = 1,
                                            .members = inner_members};
static const struct np_member choice_members[] = {
    {.name = "a", .shape = &text_shape},
    {.name = "b", .shape = &text_shape, .offset = sizeof(struct np_str)}};
static const struct np_shape choice_shape = {.name = "Choice",
                                             .type = NP_UNION,
                                             .size = sizeof(struct choice),
                                             .n_members = 2,
                                             .members = choice_members};
static const struct np_member option_members[] = {
    {.name = "flag",
     .shape = &bool_shape,
     .offset = offsetof(struct options, flag),
     .flags = NP_M_REFUSED},
    {.name = "mode",
     .shape = &text_shape,
     .offset = offsetof(struct options, mode),
     .flags = NP_M_REFUSED,
     .off = "none"},
    {.name = "level", .shape = &level_shape, .offset = offsetof(struct options, level)},
    {.name = "secret",
     .shape = &short_shape,
     .offset = offsetof(struct options, secret),
     .flags = NP_M_SENSITIVE},
    {.name = "list", .shape = &list_shape, .offset = offsetof(struct options, list)},
    {.name = "inner",
     .shape = &inner_shape,
     .offset = offsetof(struct options, inner),
     .flags = NP_M_REFUSED},
    {.name = "choice", .shape = &choice_shape, .offset = offsetof(struct options, choice)},
    {.name = "map", .shape = &map_shape, .offset = offsetof(struct options, map)},
    {.name = "ratio",
     .shape = &double_shape,
     .offset = offsetof(struct options, ratio),
     .limits = &ratio_limits},
};
static const struct np_shape options_shape = {.name = "Options",
                                              .type = NP_STRUCTURE,
                                              .size = sizeof(struct options),
                                              .n_members = NP_LEN(option_members),
                                              .members = option_members};

static int first_problem(struct np_arena *a, const struct options *o, struct np_invalid *why)
{
    return np_validate(&options_shape, o, a, why) == 0 ? -1 : (int)why->kind;
}

NP_TEST(refused_members_accept_their_off_value)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_invalid why;
    struct inner one = {{true, 1}}, zero = {{true, 0}};
    NP_CHECK(first_problem(a, &(struct options){.flag = {true, false}}, &why) == -1);
    NP_CHECK(first_problem(a, &(struct options){.flag = {true, true}}, &why) == NP_INVALID_REFUSED);
    NP_CHECK(first_problem(a, &(struct options){.mode = NP_STR("none")}, &why) == -1);
    NP_CHECK(first_problem(a, &(struct options){.mode = NP_STR("on")}, &why) == NP_INVALID_REFUSED);
    NP_CHECK_STR(why.value, NP_STR("on"));
    NP_CHECK(first_problem(a, &(struct options){.inner = &zero}, &why) == -1);
    NP_CHECK(first_problem(a, &(struct options){.inner = &one}, &why) == NP_INVALID_REFUSED);
}

NP_TEST(enums_lists_maps_unions)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_invalid why;
    struct np_str items[] = {NP_STR("\xc3\xa9\xc3\xa9"), NP_STR("abc"), NP_STR("x")};
    struct choice both = {NP_STR("1"), NP_STR("2")}, neither = {0}, single = {.b = NP_STR("")};
    struct options o = {.level = NP_STR("high")};
    NP_CHECK(first_problem(a, &o, &why) == -1);
    NP_CHECK(first_problem(a, &(struct options){.level = NP_STR("hig")}, &why) == NP_INVALID_ENUM);
    NP_CHECK(first_problem(a, &(struct options){.list = {items, 1, true}}, &why) == -1,
             "characters, not bytes");
    NP_CHECK(first_problem(a, &(struct options){.list = {items, 2, true}}, &why) ==
             NP_INVALID_LENGTH);
    NP_CHECK_STR(why.path, NP_STR("list.2.member"));
    NP_CHECK(first_problem(a, &(struct options){.list = {items, 3, true}}, &why) ==
             NP_INVALID_LENGTH);
    NP_CHECK_STR(why.path, NP_STR("list"));
    NP_CHECK(first_problem(a, &(struct options){.choice = &both}, &why) == NP_INVALID_UNION);
    NP_CHECK(first_problem(a, &(struct options){.choice = &neither}, &why) == NP_INVALID_UNION);
    NP_CHECK(first_problem(a, &(struct options){.choice = &single}, &why) == -1);
    NP_CHECK(first_problem(a, &(struct options){.ratio = {true, 1.01}}, &why) == NP_INVALID_RANGE);
    NP_CHECK(first_problem(a, &(struct options){.ratio = {true, __builtin_nan("")}}, &why) ==
             NP_INVALID_RANGE);
}

NP_TEST(maps_name_their_key)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_invalid why;
    struct options o = {0};
    __typeof__(*o.map.v) entries[] = {{NP_STR("k"), NP_STR("long")}};
    o.map.v = entries;
    o.map.n = 1;
    o.map.set = true;
    NP_CHECK(first_problem(a, &o, &why) == NP_INVALID_LENGTH);
    NP_CHECK_STR(why.path, NP_STR("map.k.member"));
    entries[0].key = NP_STR("long");
    NP_CHECK(first_problem(a, &o, &why) == NP_INVALID_LENGTH);
    NP_CHECK_STR(why.path, NP_STR("map.key"));
}

NP_TEST(secrets_are_not_told)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_invalid why;
    NP_CHECK(first_problem(a, &(struct options){.secret = NP_STR("hunter2")}, &why) ==
             NP_INVALID_LENGTH);
    NP_CHECK(why.value.p == NULL);
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 1000);
    np_json_put(&options_shape,
                &(struct options){.secret = NP_STR("hunter2"), .level = NP_STR("low")}, true, &b);
    NP_CHECK_STR(np_buf_str(&b), NP_STR("{\"level\":\"low\"}"));
}

NP_TEST(patterns)
{
    NP_CHECK(np_pattern_match("^a+$", NP_STR("aaa")));
    NP_CHECK(!np_pattern_match("^a+$", NP_STR("aaa\n")), "$ is the end");
    NP_CHECK(np_pattern_match("b", NP_STR("abc")), "unanchored as written");
    NP_CHECK(!np_pattern_match("^a$", NP_STR_NULL));
    NP_CHECK(np_pattern_match("^.$", NP_STR("\xc3\xa9")), "characters, not bytes");
    NP_CHECK(!np_pattern_match("^.*$", NP_STR("\xff")), "no text");
    NP_CHECK(np_pattern_match("(", NP_STR("anything")), "no pattern checks nothing");
}

NP_TEST(a_clients_pattern_takes_the_whole_text)
{
    static const struct {
        const char *pattern, *text;
        enum np_pattern_answer answer;
    } cases[] = {
        {"\\d{1,4}", "1000", NP_PATTERN_MATCHES},
        {"\\d{1,4}", "10,000", NP_PATTERN_DIFFERS},
        {"a|ab", "ab", NP_PATTERN_MATCHES},
        {"^a$", "a\n", NP_PATTERN_DIFFERS},
        {"", "", NP_PATTERN_MATCHES},
        {".", "\xc3\xa9", NP_PATTERN_MATCHES},
        {".", "\xff", NP_PATTERN_DIFFERS},
        {"(", "", NP_PATTERN_INVALID},
        {"a{2,1}", "", NP_PATTERN_INVALID},
        {"\\C", "a", NP_PATTERN_INVALID},
    };
    NP_EACH (c, cases)
        NP_CHECK(np_pattern_whole(np_str_of(c->pattern), np_str_of(c->text)) == c->answer, "%s",
                 c->pattern);
    static char text[400000];
    memset(text, 'a', sizeof(text));
    NP_CHECK(np_pattern_whole(NP_STR("(a|b)*"), np_str_n(text, 8192)) == NP_PATTERN_MATCHES);
    NP_CHECK(np_pattern_whole(NP_STR("(a|b)*"), np_str_n(text, sizeof(text))) == NP_PATTERN_DIFFERS,
             "what is too costly differs");
}

NP_TEST(a_costly_match_is_given_up)
{
    char text[64];
    memset(text, 'a', sizeof(text));
    text[63] = '!';
    NP_CHECK(!np_pattern_match("^(a|a|aa)+$", np_str_n(text, 64)));
}
