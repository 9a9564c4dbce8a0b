/* SPDX-License-Identifier: Apache-2.0 */
/* form.c - forms and query strings. */
#include "codec/form.h"

#include "base/arena.h"
#include "base/enc.h"

static size_t count_pairs(struct np_str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '&';
    return n;
}

static struct np_str decode(struct np_arena *a, struct np_str s, bool plus_is_blank)
{
    if (memchr(s.p, '%', s.n) == NULL && (!plus_is_blank || memchr(s.p, '+', s.n) == NULL))
        return s;
    return np_uri_decode(a, s, plus_is_blank);
}

int np_form_parse(struct np_arena *a, struct np_str text, bool plus_is_blank, size_t max,
                  struct np_pair **out, size_t *n, struct np_err *err)
{
    struct np_str rest = text, one;
    if (text.n == 0) {
        *out = NULL;
        *n = 0;
        return 0;
    }
    size_t room = count_pairs(text), used = 0;
    if (room > max)
        return np_err(err, NP_E2BIG, "more than %zu parameters", max);
    struct np_pair *pairs = np_new_array(a, struct np_pair, room);
    while (np_str_split(&rest, '&', &one)) {
        struct np_pair *p = &pairs[used];
        struct np_str key, value;
        if (one.n == 0)
            continue;
        p->has_equals = np_str_cut(one, '=', &key, &value);
        p->key = decode(a, key, plus_is_blank);
        p->value = p->has_equals ? decode(a, value, plus_is_blank) : NP_STR("");
        if (p->key.p == NULL || p->value.p == NULL)
            return np_err(err, NP_EPROTO, "a parameter holds a malformed %% escape");
        if (!np_utf8_ok(p->key) || !np_utf8_ok(p->value))
            return np_err(err, NP_EPROTO, "a parameter is not UTF-8");
        used++;
    }
    *out = pairs;
    *n = used;
    return 0;
}

struct np_str np_form_get(const struct np_pair *pairs, size_t n, struct np_str key)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(pairs[i].key, key))
            return pairs[i].value;
    return NP_STR_NULL;
}
