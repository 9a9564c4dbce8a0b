/* SPDX-License-Identifier: Apache-2.0 */
/* edge_cookie_fuzz.c - cookies of a viewer: pairs lie in the text, in order; what they were read of
 * is read as the same pairs again. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/edge/cookie.h"

#define MOST 16

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *copy = np_alloc(a, n); /* its own block under ASan: an overrun is seen */
    memcpy(copy, p, n);
    struct edge_cookie c[MOST], again[MOST];
    size_t n_c = 0, n_again = 0;
    edge_cookies_parse(np_str_n(copy, n), c, &n_c, MOST);
    struct np_buf b;
    np_buf_init(&b, a, n * 2 + 2);
    const char *at = copy;
    for (size_t i = 0; i < n_c; i++) {
        np_assert(c[i].text.n > 0 && c[i].text.p >= at && c[i].text.p + c[i].text.n <= copy + n);
        np_assert(c[i].name.n + c[i].value.n <= c[i].text.n);
        at = c[i].text.p + c[i].text.n;
        np_buf_str_add(&b, c[i].text);
        np_buf_char(&b, ';');
    }
    edge_cookies_parse(np_buf_str(&b), again, &n_again, MOST);
    np_assert(n_again == n_c);
    for (size_t i = 0; i < n_c; i++)
        np_assert(np_str_eq(again[i].name, c[i].name) && np_str_eq(again[i].value, c[i].value));
    return 0;
}
