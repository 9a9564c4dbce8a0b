/* SPDX-License-Identifier: Apache-2.0 */
/* json_test.c - JSON in and out. */
#include "test.h"

#include <math.h>

#include "base/auto.h"
#include "codec/json.h"
#include "codec/limits.h"

static const struct {
    const char *text, *why;
} refused[] = {
    {"", "nothing"},
    {" ", "only blanks"},
    {"{", "open object"},
    {"[1,]", "a comma before the end"},
    {"{\"a\":1,}", "a comma before the end"},
    {"[,1]", "a comma first"},
    {"[1 2]", "no comma"},
    {"{\"a\" 1}", "no colon"},
    {"{a:1}", "a key without quotes"},
    {"{1:1}", "a number as key"},
    {"'a'", "single quotes"},
    {"\"a", "open string"},
    {"\"\\", "open escape"},
    {"\"\\x41\"", "unknown escape"},
    {"\"\\u12g4\"", "three hex digits"},
    {"\"\\u12", "short escape"},
    {"\"\\ud800\"", "half a pair"},
    {"\"\\ud800\\u0041\"", "half a pair and a letter"},
    {"\"\\udc00\"", "the second half alone"},
    {"\"a\nb\"", "a raw line feed"},
    {"\"12345678\x01\"", "a control byte after eight others"},
    {"\"\xff\"", "no UTF-8"},
    {"\"\xc0\x80\"", "overlong UTF-8"},
    {"01", "a leading zero"},
    {"-", "a sign alone"},
    {"+1", "a plus sign"},
    {".5", "no digit before the point"},
    {"1.", "no digit after the point"},
    {"1e", "no exponent"},
    {"1e999", "beyond every double"},
    {"NaN", "no number of JSON"},
    {"nul", "half a word"},
    {"truex", "a word too long"},
    {"1 1", "two values"},
    {"{}x", "text after the value"},
};

NP_TEST(refuses_malformed_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, refused) {
        struct np_json *j = NULL;
        struct np_err err = {0};
        NP_CHECK(np_json_parse(a, np_str_of(c->text), &j, &err) == NP_EPROTO, "%s", c->why);
        NP_CHECK(j == NULL, "%s", c->why);
        NP_CHECK(err.n != 0, "%s", c->why);
    }
}

/* text -> written again */
static const char *const kept[][2] = {
    {"{}", "{}"},
    {" [ ] ", "[]"},
    {"[1,-1,0,9223372036854775807,-9223372036854775808]",
     "[1,-1,0,9223372036854775807,-9223372036854775808]"},
    {"[1.5,0.1,1e3,1E-7,123456789.125]", "[1.5,0.1,1000,1e-07,123456789.125]"},
    {"[-0,-0.0,-4E-410]", "[-0,-0,-0]"},
    {"[18446744073709551615]", "[1.8446744073709552e+19]"},
    {"{\"a\":{\"b\":[true,false,null]},\"a\":2}", "{\"a\":{\"b\":[true,false,null]},\"a\":2}"},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\""},
    {"\"\\u00e9\\u20ac\\ud83d\\ude00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\"a long text before an \\u0041 and one after it\"",
     "\"a long text before an A and one after it\""},
    {"\"\\u0000\"", "\"\\u0000\""},
};

NP_TEST(reads_what_it_writes)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, kept) {
        struct np_json *j = NULL;
        struct np_err err = {0};
        NP_AUTO_BUF b;
        np_buf_init(&b, NULL, 4096);
        NP_CHECK(np_json_parse(a, np_str_of((*c)[0]), &j, &err) == 0, "%s: %.*s", (*c)[0],
                 NP_FMT(np_err_text(&err)));
        np_json_write(j, &b);
        NP_CHECK_STR(np_buf_str(&b), np_str_of((*c)[1]));
    }
}

NP_TEST(finds_members)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_json *j = NULL;
    NP_CHECK(np_json_parse(a, NP_STR("{\"n\":12,\"s\":\"x\",\"l\":[1,2,3]}"), &j, NULL) == 0);
    NP_CHECK(np_json_member(j, NP_STR("n"))->i == 12);
    NP_CHECK(np_json_member(j, NP_STR("n"))->d == 12.0);
    NP_CHECK_STR(np_json_member(j, NP_STR("n"))->s, NP_STR("12"));
    NP_CHECK_STR(np_json_str(j, NP_STR("s")), NP_STR("x"));
    NP_CHECK(np_json_str(j, NP_STR("n")).p == NULL, "a number is no string");
    NP_CHECK(np_json_member(j, NP_STR("l"))->n == 3);
    NP_CHECK(np_json_member(j, NP_STR("z")) == NULL);
    NP_CHECK(np_json_member(np_json_member(j, NP_STR("s")), NP_STR("n")) == NULL);
}

static int nested(struct np_arena *a, size_t depth)
{
    char *text = np_alloc(a, depth * 2);
    struct np_json *j;
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return np_json_parse(a, np_str_n(text, depth * 2), &j, NULL);
}

NP_TEST(depth_is_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(nested(a, NP_JSON_DEPTH_MAX) == 0);
    NP_CHECK(nested(a, NP_JSON_DEPTH_MAX + 1) == NP_EPROTO);
    NP_CHECK(nested(a, 100000) == NP_EPROTO);
}

static int wide(struct np_arena *a, size_t values)
{
    NP_AUTO_BUF b;
    struct np_json *j;
    np_buf_init(&b, NULL, values * 2 + 2);
    np_buf_char(&b, '[');
    for (size_t i = 1; i < values; i++)
        np_buf_str_add(&b, i == 1 ? NP_STR("1") : NP_STR(",1"));
    np_buf_char(&b, ']');
    return np_json_parse(a, np_buf_str(&b), &j, NULL);
}

NP_TEST(values_are_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(wide(a, NP_JSON_NODES_MAX) == 0);
    np_arena_reset(a, 0);
    NP_CHECK(wide(a, NP_JSON_NODES_MAX + 1) == NP_EPROTO);
}

NP_TEST(writes_doubles_that_read_back)
{
    static const double numbers[] = {
        0.1, 1.0 / 3, 1e300, 5e-324, 123456789012345680.0, -2.5, 1e15, 0.30000000000000004};
    NP_EACH (d, numbers) {
        NP_AUTO_BUF b;
        double back = 0;
        np_buf_init(&b, NULL, 64);
        np_json_number(&b, *d);
        NP_CHECK(np_str_double(np_buf_str(&b), &back) && back == *d, "%.17g", *d);
    }
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 64);
    np_json_number(&b, 0.1);
    np_buf_char(&b, ' ');
    np_json_number(&b, NAN);
    np_json_number(&b, -INFINITY);
    NP_CHECK_STR(np_buf_str(&b), NP_STR("0.1 \"NaN\"\"-Infinity\""));
}

NP_TEST(quoting_mends_bytes_that_are_no_utf8)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 64);
    np_json_quote(&b, NP_STR("a\xff\xc3\xa9\xc3"));
    NP_CHECK_STR(np_buf_str(&b), NP_STR("\"a\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD\""));
}

NP_TEST(quoting_finds_every_byte_wherever_it_stands)
{
    for (unsigned c = 1; c < 0x80; c++) {
        for (size_t at = 0; at < 18; at++) {
            NP_AUTO_BUF b, want;
            char text[18];
            memset(text, 'x', sizeof(text));
            text[at] = (char)c;
            np_buf_init(&b, NULL, 64);
            np_buf_init(&want, NULL, 64);
            np_json_quote(&b, np_str_n(text, sizeof(text)));
            np_buf_char(&want, '"');
            np_buf_add(&want, text, at);
            if (c < 0x20 || c == '"' || c == '\\') {
                static const char bytes[] = "\b\f\n\r\t\"\\";
                const char *named = strchr(bytes, (int)c);
                np_buf_char(&want, '\\');
                if (named != NULL)
                    np_buf_char(&want, "bfnrt\"\\"[named - bytes]);
                else
                    np_buf_printf(&want, "u%04x", c);
            } else {
                np_buf_char(&want, (char)c);
            }
            np_buf_add(&want, text + at + 1, sizeof(text) - at - 1);
            np_buf_char(&want, '"');
            NP_CHECK_STR(np_buf_str(&b), np_buf_str(&want));
        }
    }
}
