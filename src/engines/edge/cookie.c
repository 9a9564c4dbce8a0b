/* SPDX-License-Identifier: Apache-2.0 */
/* cookie.c - the Cookie fields of a request, as pairs. */
#include "engines/edge/cookie.h"

void edge_cookies_parse(struct np_str value, struct edge_cookie *out, size_t *n, size_t max)
{
    struct np_str one;
    while (*n < max && np_str_split(&value, ';', &one)) {
        one = np_str_trim(one);
        if (one.n == 0)
            continue;
        struct edge_cookie *c = &out[(*n)++];
        c->text = one;
        np_str_cut(one, '=', &c->name, &c->value);
    }
}
