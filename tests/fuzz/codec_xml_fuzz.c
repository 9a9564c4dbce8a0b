/* SPDX-License-Identifier: Apache-2.0 */
/* codec_xml_fuzz.c - XML: a struct that is put and read again is put the same. */
#include "fuzz.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec/xml.h"
#include "codec_shape.h"

static struct np_str put(struct np_arena *a, const struct all *v)
{
    struct np_buf b;
    np_buf_init(&b, a, 64u << 20);
    np_xml_put(&all_shape, v, "All", "urn:x", &b);
    return np_buf_str(&b);
}

static size_t count(const struct np_xml *x)
{
    size_t n = 1;
    np_assert(np_utf8_ok(x->name) && np_utf8_ok(x->text));
    for (const struct np_xml *c = x->child; c != NULL; c = c->next)
        n += count(c);
    return n;
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str doc = np_str_n(p, n);
    struct np_xml *x;
    struct all v = {0}, again = {0};
    if (np_xml_parse(a, doc, &x, NULL) != 0)
        return 0;
    np_assert(count(x) <= n);
    if (np_xml_get(&all_shape, doc, a, &v, NULL) != 0)
        return 0;
    struct np_str once = put(a, &v);
    if (np_xml_get(&all_shape, once, a, &again, NULL) == 0)
        np_assert(np_str_eq(put(a, &again), once));
    return 0;
}
