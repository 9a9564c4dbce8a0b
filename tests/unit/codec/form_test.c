/* SPDX-License-Identifier: Apache-2.0 */
/* form_test.c - forms and query strings. */
#include "test.h"

#include "base/auto.h"
#include "codec/form.h"

NP_TEST(pairs_in_order)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_pair *p = NULL;
    size_t n = 0;
    NP_CHECK(np_form_parse(a, NP_STR("a=1&&b&c=&a=x%20y+z%3D=&d%2Ee=%C3%A9"), true, 10, &p, &n,
                           NULL) == 0);
    NP_CHECK(n == 5, "%zu", n);
    NP_CHECK_STR(p[0].value, NP_STR("1"));
    NP_CHECK_STR(p[1].key, NP_STR("b"));
    NP_CHECK(!p[1].has_equals && p[1].value.p != NULL && p[1].value.n == 0);
    NP_CHECK(p[2].has_equals && p[2].value.n == 0);
    NP_CHECK_STR(p[3].value, NP_STR("x y z=="));
    NP_CHECK_STR(p[4].key, NP_STR("d.e"));
    NP_CHECK_STR(p[4].value, NP_STR("\xc3\xa9"));
    NP_CHECK_STR(np_form_get(p, n, NP_STR("a")), NP_STR("1"));
    NP_CHECK(np_form_get(p, n, NP_STR("z")).p == NULL);
}

NP_TEST(plus_may_be_a_plus)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_pair *p = NULL;
    size_t n = 0;
    NP_CHECK(np_form_parse(a, NP_STR("a=1+2"), false, 10, &p, &n, NULL) == 0);
    NP_CHECK_STR(p[0].value, NP_STR("1+2"));
}

NP_TEST(empty_text_has_no_pairs)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_pair *p = NULL;
    size_t n = 7;
    NP_CHECK(np_form_parse(a, NP_STR(""), true, 10, &p, &n, NULL) == 0 && n == 0);
    NP_CHECK(np_form_parse(a, NP_STR_NULL, true, 10, &p, &n, NULL) == 0 && n == 0);
    NP_CHECK(np_form_parse(a, NP_STR("&"), true, 10, &p, &n, NULL) == 0 && n == 0);
}

NP_TEST(refuses_bad_escapes_and_too_many)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_pair *p = NULL;
    size_t n = 0;
    NP_CHECK(np_form_parse(a, NP_STR("a=%4"), true, 10, &p, &n, NULL) == NP_EPROTO);
    NP_CHECK(np_form_parse(a, NP_STR("%zz=1"), true, 10, &p, &n, NULL) == NP_EPROTO);
    NP_CHECK(np_form_parse(a, NP_STR("a=%ff"), true, 10, &p, &n, NULL) == NP_EPROTO, "no UTF-8");
    NP_CHECK(np_form_parse(a, NP_STR("a%80=1"), true, 10, &p, &n, NULL) == NP_EPROTO);
    NP_CHECK(np_form_parse(a, NP_STR("a&b&c"), true, 3, &p, &n, NULL) == 0);
    NP_CHECK(np_form_parse(a, NP_STR("a&b&c&d"), true, 3, &p, &n, NULL) == NP_E2BIG);
}
