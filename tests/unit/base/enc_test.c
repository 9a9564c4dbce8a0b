/* SPDX-License-Identifier: Apache-2.0 */
/* enc_test.c - hex, base64 (vectors of RFC 4648) and percent encoding. */
#include "test.h"

#include "base/auto.h"
#include "base/enc.h"

NP_TEST(hex_both_ways)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK_STR(np_hex_str(a, NP_STR("\x00\x1f\xab\xff")), NP_STR("001fabff"));
    char out[4];
    NP_CHECK(np_unhex(out, NP_STR("001FaBff")) && memcmp(out, "\x00\x1f\xab\xff", 4) == 0);
    NP_CHECK(!np_unhex(out, NP_STR("001")));
    NP_CHECK(!np_unhex(out, NP_STR("0g")));
    NP_CHECK(!np_unhex(out, NP_STR("@0")));
    NP_CHECK(np_unhex(out, NP_STR("")));
}

static const struct {
    const char *plain, *std;
} base64s[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"},
};

NP_TEST(base64_both_ways)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, base64s) {
        struct np_str plain = np_str_of(c->plain), std = np_str_of(c->std);
        NP_CHECK_STR(np_base64(a, plain), std);
        struct np_str back = np_unbase64(a, std);
        NP_CHECK(back.p != NULL, "%s", c->std);
        NP_CHECK_STR(back, plain);
        NP_CHECK_STR(np_unbase64url(a, np_base64url(a, plain)), plain);
    }
    NP_CHECK_STR(np_base64url(a, NP_STR("\xfb\xff\xfe")), NP_STR("-__-"));
    NP_CHECK_STR(np_base64url(a, NP_STR("f")), NP_STR("Zg"));
    NP_CHECK_STR(np_unbase64url(a, NP_STR("Zg==")), NP_STR("f"));
}

static const char *const bad_base64[] = {
    "Zg",       "Zg=",  "Zm9vYg", "=",    "====", "Z===", "Zm9v=",
    "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm-v", "Z=g=", "Zh==", "Zm9=",
};

NP_TEST(malformed_base64_is_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, bad_base64)
        NP_CHECK(np_unbase64(a, np_str_of(*c)).p == NULL, "%s", *c);
    NP_CHECK(np_unbase64(a, NP_STR_NULL).p == NULL);
    NP_CHECK(np_unbase64url(a, NP_STR("Z")).p == NULL);
    NP_CHECK(np_unbase64url(a, NP_STR("Zg=")).p == NULL);
    NP_CHECK(np_unbase64url(a, NP_STR("+//+")).p == NULL);
}

/* What RFC 3986 says, a byte at a time. */
static void encode_plainly(struct np_buf *b, struct np_str s, bool keep_slash)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || (c != 0 && strchr("-._~", c) != NULL) || (keep_slash && c == '/'))
            np_buf_char(b, s.p[i]);
        else
            np_buf_printf(b, "%%%02X", c);
    }
}

NP_TEST(percent_encoding_of_every_byte_at_every_place)
{
    NP_AUTO_ARENA a = np_arena_new();
    for (size_t n = 0; n < 100; n++) {
        char *text = np_heap_alloc(n); /* its end is where the sanitizer looks */
        struct np_buf fast, plain;
        for (size_t start = 0; start < 256; start += 37) {
            for (size_t i = 0; i < n; i++)
                text[i] = start % 2 == 0 ? (char)(start + i * 7) : "ab\"{/x}~"[(start + i * i) % 8];
            np_buf_init(&fast, a, 1000);
            np_buf_init(&plain, a, 1000);
            np_uri_encode(&fast, np_str_n(text, n), start % 3 == 0);
            encode_plainly(&plain, np_str_n(text, n), start % 3 == 0);
            NP_CHECK_STR(np_buf_str(&fast), np_buf_str(&plain));
        }
        np_free(text);
    }
}

NP_TEST(percent_encoding)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    np_buf_init(&b, a, 1000);
    np_uri_encode(&b, NP_STR("az AZ09-._~/+\xc3\xa4%"), false);
    NP_CHECK_STR(np_buf_str(&b), NP_STR("az%20AZ09-._~%2F%2B%C3%A4%25"));
    np_buf_clear(&b);
    np_uri_encode(&b, NP_STR("/a b/"), true);
    NP_CHECK_STR(np_buf_str(&b), NP_STR("/a%20b/"));

    NP_CHECK_STR(np_uri_decode(a, NP_STR("a%20b+c%2f"), false), NP_STR("a b+c/"));
    NP_CHECK_STR(np_uri_decode(a, NP_STR("a%20b+c"), true), NP_STR("a b c"));
    NP_CHECK(np_uri_decode(a, NP_STR("%"), false).p == NULL);
    NP_CHECK(np_uri_decode(a, NP_STR("ab%2"), false).p == NULL);
    NP_CHECK(np_uri_decode(a, NP_STR("%zz"), false).p == NULL);
    NP_CHECK(np_uri_decode(a, NP_STR_NULL, false).p == NULL);
    NP_CHECK(np_uri_decode(a, NP_STR(""), false).p != NULL);
}
