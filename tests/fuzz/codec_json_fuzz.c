/* SPDX-License-Identifier: Apache-2.0 */
/* codec_json_fuzz.c - JSON: a tree that is written reads back the same, and so does a struct. */
#include "fuzz.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec/json.h"
#include "codec_shape.h"

static struct np_str written(struct np_arena *a, const struct np_json *j)
{
    struct np_buf b;
    np_buf_init(&b, a, 64u << 20);
    np_json_write(j, &b);
    return np_buf_str(&b);
}

static void tree(struct np_arena *a, struct np_str text)
{
    struct np_json *j, *again;
    if (np_json_parse(a, text, &j, NULL) != 0)
        return;
    struct np_str once = written(a, j);
    np_assert(np_json_parse(a, once, &again, NULL) == 0);
    np_assert(np_str_eq(written(a, again), once));
}

static struct np_str put(struct np_arena *a, const struct all *v)
{
    struct np_buf b;
    np_buf_init(&b, a, 64u << 20);
    np_json_put(&all_shape, v, false, &b);
    return np_buf_str(&b);
}

static int get(struct np_arena *a, struct np_str text, struct all *v)
{
    struct np_wire_request rq = {.body = text};
    return np_decode_body(NP_PROTO_JSON11, &all_op, &rq, a, v, NULL);
}

static void structure(struct np_arena *a, struct np_str text)
{
    struct all v = {0}, again = {0};
    struct np_invalid why;
    if (get(a, text, &v) != 0)
        return;
    struct np_str once = put(a, &v);
    np_validate(&all_shape, &v, a, &why);
    np_assert(get(a, once, &again) == 0);
    np_assert(np_str_eq(put(a, &again), once));
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    tree(a, np_str_n(p, n));
    structure(a, np_str_n(p, n));
    return 0;
}
