/* SPDX-License-Identifier: Apache-2.0 */
/* str_test.c - strings, numbers, globs and UTF-8. */
#include "test.h"

#include "base/arena.h"
#include "base/auto.h"

NP_TEST(comparing_strings)
{
    NP_CHECK(np_str_ieq(NP_STR("Content-Type"), NP_STR("content-tYPE")));
    NP_CHECK(!np_str_ieq(NP_STR("a"), NP_STR("ab")));
    NP_CHECK(!np_str_ieq(NP_STR("["), NP_STR("{")), "only letters have cases");
    NP_CHECK(np_str_eq(NP_STR_NULL, NP_STR("")));
    NP_CHECK(np_str_cmp(NP_STR("a"), NP_STR("ab")) == -1);
    NP_CHECK(np_str_cmp(NP_STR("b"), NP_STR("ab")) == 1);
    NP_CHECK(np_str_cmp(NP_STR("\x80"), NP_STR("a")) == 1, "bytes are unsigned");
    NP_CHECK(np_str_cmp(NP_STR_NULL, NP_STR("")) == 0);
    NP_CHECK(np_str_starts(NP_STR("abc"), NP_STR("ab")) &&
             !np_str_starts(NP_STR("a"), NP_STR("ab")));
    NP_CHECK(np_str_starts(NP_STR_NULL, NP_STR("")));
    NP_CHECK(np_str_istarts(NP_STR("Bearer x"), NP_STR("bearer ")));
    NP_CHECK(np_str_ends(NP_STR("a.json"), NP_STR(".json")));
    NP_CHECK(!np_str_ends(NP_STR("json"), NP_STR(".json")));
}

NP_TEST(cutting_strings)
{
    NP_CHECK_STR(np_str_trim(NP_STR(" \t\r\n a b \n")), NP_STR("a b"));
    NP_CHECK_STR(np_str_trim(NP_STR("  ")), NP_STR(""));
    NP_CHECK_STR(np_str_sub(NP_STR("abcdef"), 2, 3), NP_STR("cde"));
    NP_CHECK_STR(np_str_sub(NP_STR("abc"), 1, SIZE_MAX), NP_STR("bc"));
    NP_CHECK_STR(np_str_sub(NP_STR("abc"), 9, 1), NP_STR(""));
    NP_CHECK(np_str_sub(NP_STR_NULL, 1, 1).p == NULL);
    NP_CHECK(np_str_find(NP_STR("hello"), NP_STR("lo")) == 3);
    NP_CHECK(np_str_find(NP_STR("hello"), NP_STR("lol")) == -1);
    NP_CHECK(np_str_chr(NP_STR("a/b/c"), '/') == 1 && np_str_rchr(NP_STR("a/b/c"), '/') == 3);
    NP_CHECK(np_str_chr(NP_STR_NULL, '/') == -1);

    struct np_str rest = NP_STR("a,,b,"), out;
    NP_CHECK(np_str_split(&rest, ',', &out));
    NP_CHECK_STR(out, NP_STR("a"));
    NP_CHECK(np_str_split(&rest, ',', &out));
    NP_CHECK_STR(out, NP_STR(""));
    NP_CHECK(np_str_split(&rest, ',', &out));
    NP_CHECK_STR(out, NP_STR("b"));
    NP_CHECK(!np_str_split(&rest, ',', &out));

    struct np_str a, b;
    NP_CHECK(np_str_cut(NP_STR("k=v=w"), '=', &a, &b));
    NP_CHECK_STR(a, NP_STR("k"));
    NP_CHECK_STR(b, NP_STR("v=w"));
    NP_CHECK(!np_str_cut(NP_STR("k"), '=', &a, &b) && b.p == NULL);
    NP_CHECK_STR(a, NP_STR("k"));
}

static const struct {
    const char *text;
    bool u_ok, i_ok;
    uint64_t u;
    int64_t i;
} integers[] = {
    {"0", true, true, 0, 0},
    {"007", true, true, 7, 7},
    {"-1", false, true, 0, -1},
    {"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
    {"9223372036854775808", true, false, (uint64_t)INT64_MAX + 1, 0},
    {"-9223372036854775808", false, true, 0, INT64_MIN},
    {"-9223372036854775809", false, false, 0, 0},
    {"18446744073709551615", true, false, UINT64_MAX, 0},
    {"18446744073709551616", false, false, 0, 0},
    {"", false, false, 0, 0},
    {"-", false, false, 0, 0},
    {"+1", false, false, 0, 0},
    {" 1", false, false, 0, 0},
    {"1x", false, false, 0, 0},
    {"--1", false, false, 0, 0},
};

NP_TEST(integers_are_whole_strings)
{
    NP_EACH (c, integers) {
        uint64_t u = 0;
        int64_t i = 0;
        NP_CHECK(np_str_u64(np_str_of(c->text), &u) == c->u_ok && u == c->u, "%s", c->text);
        NP_CHECK(np_str_i64(np_str_of(c->text), &i) == c->i_ok && i == c->i, "%s", c->text);
    }
}

static const char *const doubles[] = {
    "0",
    "-0",
    "1",
    "0.5",
    ".5",
    "5.",
    "1e3",
    "-1.5E-3",
    "1e22",
    "1e23",
    "123456789012345678901234567890",
    "2.2250738585072014e-308",
    "4.9e-324",
    "1.7976931348623157e308",
    "9007199254740993",
    "0.1",
    "3.141592653589793",
    "1e-400",
};
static const char *const no_doubles[] = {
    "",    "-",    ".",  "e5", "1e", "1e+",   "1e400", "nan",
    "inf", "0x10", "1 ", " 1", "+1", "1.2.3", "1,5",
};

NP_TEST(doubles_match_strtod)
{
    double v;
    NP_EACH (c, doubles) {
        NP_CHECK(np_str_double(np_str_of(*c), &v), "%s", *c);
        double want = strtod(*c, NULL);
        NP_CHECK(memcmp(&v, &want, sizeof(v)) == 0, "%s gives %.17g", *c, v);
    }
    NP_EACH (c, no_doubles)
        NP_CHECK(!np_str_double(np_str_of(*c), &v), "%s", *c);
}

NP_TEST(copies_in_an_arena)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_str_dup(a, NP_STR_NULL).p == NULL);
    struct np_str empty = np_str_dup(a, NP_STR(""));
    NP_CHECK(empty.p != NULL && empty.n == 0);
    NP_CHECK_STR(np_str_dup(a, NP_STR("abc")), NP_STR("abc"));
    NP_CHECK(strcmp(np_str_z(a, NP_STR("abc")), "abc") == 0);
    NP_CHECK_STR(np_str_printf(a, "%d-%s", 7, "x"), NP_STR("7-x"));
    struct np_str wide = np_str_printf(a, "%0500d", 7);
    NP_CHECK(wide.n == 500 && wide.p[498] == '0' && wide.p[499] == '7');
    NP_CHECK_STR(np_str_lower(a, NP_STR("aBC-\xc3\x84Z")), NP_STR("abc-\xc3\x84z"));
    NP_CHECK_STR(np_str_cat(a, NP_STR("ab"), NP_STR("c")), NP_STR("abc"));
    NP_CHECK_STR(np_str_cat(a, NP_STR_NULL, NP_STR("c")), NP_STR("c"));
}

static const struct {
    const char *pattern, *text;
    bool ok, ok_ignoring_case;
} globs[] = {
    {"", "", true, true},
    {"", "a", false, false},
    {"*", "", true, true},
    {"*", "anything/at:all", true, true},
    {"**", "x", true, true},
    {"?", "", false, false},
    {"?", "x", true, true},
    {"a?c", "abc", true, true},
    {"a?c", "ac", false, false},
    {"s3:Get*", "s3:GetObject", true, true},
    {"s3:get*", "s3:GetObject", false, true},
    {"S3:*", "s3:GetObject", false, true},
    {"*Object", "s3:GetObject", true, true},
    {"*Object", "s3:GetObjectAcl", false, false},
    {"a*b*c", "axxbyyc", true, true},
    {"a*b*c", "axxbyy", false, false},
    {"*ab*ab", "abab", true, true},
    {"*aab", "aaaab", true, true},
    {"a*", "b", false, false},
    {"a*?", "a", false, false},
    {"a*?", "ab", true, true},
    {"[ab]", "a", false, false},
    {"arn:aws:s3:::b/*", "arn:aws:s3:::b/k/l", true, true},
    {"arn:aws:s3:::b/*", "arn:aws:s3:::b", false, false},
    {"x*", "*", false, false},
    {"*?*?*", "ab", true, true},
    {"*?*?*", "a", false, false},
};

NP_TEST(globs_match)
{
    NP_EACH (c, globs) {
        struct np_str p = np_str_of(c->pattern), t = np_str_of(c->text);
        NP_CHECK(np_str_glob(p, t, false) == c->ok, "%s on %s", c->pattern, c->text);
        NP_CHECK(np_str_glob(p, t, true) == c->ok_ignoring_case, "%s on %s", c->pattern, c->text);
    }
}

NP_TEST(glob_of_many_stars_is_not_exponential)
{
    static char text[20000], pattern[201];
    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < 200; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[200] = 'b';
    NP_CHECK(!np_str_glob(np_str_n(pattern, 201), np_str_n(text, sizeof(text)), false));
    NP_CHECK(np_str_glob(np_str_n(pattern, 200), np_str_n(text, sizeof(text)), false));
}

static const struct {
    const char *text;
    bool ok;
    const char *why;
} utf8[] = {
    {"", true, "empty"},
    {"plain text longer than eight", true, "ASCII"},
    {"12345678\xc3\xa4", true, "two bytes after a whole word"},
    {"\xe2\x82\xac", true, "three bytes"},
    {"\xf0\x9f\x98\x80", true, "four bytes"},
    {"\xf4\x8f\xbf\xbf", true, "U+10FFFF"},
    {"\xed\x9f\xbf", true, "U+D7FF"},
    {"\xee\x80\x80", true, "U+E000"},
    {"\xe0\xa0\x80", true, "U+0800"},
    {"\xf0\x90\x80\x80", true, "U+10000"},
    {"\x80", false, "tail alone"},
    {"\xc3", false, "cut short"},
    {"\xe2\x82", false, "cut short"},
    {"\xf0\x9f\x98", false, "cut short"},
    {"\xc3x", false, "no tail"},
    {"\xc0\x80", false, "overlong NUL"},
    {"\xc1\xbf", false, "overlong"},
    {"\xe0\x9f\xbf", false, "overlong"},
    {"\xf0\x8f\xbf\xbf", false, "overlong"},
    {"\xed\xa0\x80", false, "surrogate"},
    {"\xed\xbf\xbf", false, "surrogate"},
    {"\xf4\x90\x80\x80", false, "past U+10FFFF"},
    {"\xf5\x80\x80\x80", false, "no lead byte"},
    {"\xff", false, "no lead byte"},
    {"1234567\xff", false, "in the first word"},
    {"123456789012345\xff", false, "in the second word"},
};

NP_TEST(utf8_is_checked)
{
    NP_EACH (c, utf8)
        NP_CHECK(np_utf8_ok(np_str_of(c->text)) == c->ok, "%s", c->why);
    NP_CHECK(np_utf8_ok(np_str_n("a\0b", 3)));
    NP_CHECK(np_utf8_ok(NP_STR_NULL));
}
