/* SPDX-License-Identifier: Apache-2.0 */
/* codec_form_fuzz.c - forms: pairs, and the structs of query and ec2. The first byte chooses. */
#include "fuzz.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec/form.h"
#include "codec/limits.h"
#include "codec_shape.h"

static void pairs(struct np_arena *a, struct np_str form)
{
    struct np_pair *p = NULL;
    size_t n = 0;
    if (np_form_parse(a, form, true, NP_FORM_PAIRS_MAX, &p, &n, NULL) != 0)
        return;
    for (size_t i = 0; i < n; i++)
        np_assert(p[i].key.p != NULL && p[i].value.p != NULL &&
                  (p[i].has_equals || p[i].value.n == 0));
}

static void structure(struct np_arena *a, enum np_protocol protocol, struct np_str form)
{
    struct all v = {0};
    struct np_invalid why;
    struct np_str action, version;
    struct np_wire_request rq = {.body = form};
    np_query_action(a, form, &action, &version);
    if (np_decode_body(protocol, &all_op, &rq, a, &v, NULL) != 0)
        return;
    np_assert(v.list.n <= NP_FORM_PAIRS_MAX && v.children.n <= NP_FORM_PAIRS_MAX);
    np_validate(&all_shape, &v, a, &why);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    struct np_str form = np_str_n(p + 1, n - 1);
    pairs(a, form);
    structure(a, p[0] & 1 ? NP_PROTO_EC2 : NP_PROTO_QUERY, form);
    return 0;
}
