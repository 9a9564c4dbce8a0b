/* SPDX-License-Identifier: Apache-2.0 */
/* codec_growth_bench.c - documents in and out of every protocol, by the tables of IAM, with few
 * members and with many: how long, and how many allocations each further element brings. */
#include "base/arena.h"
#include "base/assert.h"
#include "bench.h"
#include "codec/codec.h"
#include "gen/iam/types.h"

#define FEW        10
#define MANY       1000
#define KEEP_BYTES (4 << 20)
#define DOC_MAX    (16 << 20)
/* Chunks of an arena and steps of a growing buffer double, so their number is a logarithm. */
#define MALLOCS_PER_ELEMENT 0.05

static const struct {
    const char *name;
    enum np_protocol p;
} protocols[] = {
    {"query", NP_PROTO_QUERY},
    {"json 1.1", NP_PROTO_JSON11},
    {"rest-xml", NP_PROTO_REST_XML},
    {"cbor", NP_PROTO_CBOR},
};

struct codec_case {
    enum np_protocol p;
    const struct np_codec_op *op;
    struct np_arena *arena;
    void *value;       /* what is written */
    struct np_str doc; /* what is read */
    size_t n_written;
};

static const struct np_codec_op *op_named(const struct np_codec_service *s, const char *name)
{
    const struct np_codec_op *op = np_op_by_name(s, np_str_of(name));
    np_assert(op != NULL);
    return op;
}

/* --- out --- */

static void encode(void *arg)
{
    struct codec_case *c = arg;
    struct np_wire_reply r;
    np_buf_init(&r.body, c->arena, DOC_MAX);
    int rc = np_encode_reply(c->p, &iam_codec, c->op, c->value,
                             NP_STR("1b4e28ba-2fa1-11d2-883f-0016d3cca427"), c->arena, &r);
    np_assert(rc == 0);
    c->n_written = r.body.n;
    np_arena_reset(c->arena, KEEP_BYTES);
}

static struct iam_ListRolesResponse *roles(struct np_arena *a, size_t n)
{
    struct iam_ListRolesResponse *out = np_new(a, struct iam_ListRolesResponse);
    out->IsTruncated = (struct np_opt_bool){.set = true};
    out->Roles.v = np_alloc_array(a, n, sizeof(*out->Roles.v));
    out->Roles.n = n;
    out->Roles.set = true;
    for (size_t i = 0; i < n; i++) {
        struct iam_Role *r = &out->Roles.v[i];
        r->Path = NP_STR("/");
        r->RoleName = np_str_printf(a, "bench-%zu", i);
        r->RoleId = NP_STR("AROAEXAMPLEEXAMPLE123");
        r->Arn = np_str_printf(a, "arn:aws:iam::000000000000:role/bench-%zu", i);
        r->CreateDate = (struct np_opt_int){.set = true, .v = 1714979289000};
        r->AssumeRolePolicyDocument =
            NP_STR("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%"
                   "22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%"
                   "7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D");
        r->MaxSessionDuration = (struct np_opt_int){.set = true, .v = 3600};
    }
    return out;
}

/* --- in --- */

static void decode(void *arg)
{
    struct codec_case *c = arg;
    struct np_wire_request rq = {.method = NP_STR("POST"), .path = NP_STR("/"), .body = c->doc};
    void *in = np_alloc(c->arena, c->op->in->size);
    struct np_err err = {0};
    int rc = np_decode_body(c->p, c->op, &rq, c->arena, in, &err);
    np_assert(rc == 0);
    np_assert(((struct iam_TagRoleRequest *)in)->Tags.n >= FEW);
    np_arena_reset(c->arena, KEEP_BYTES);
}

static struct np_str form_document(struct np_arena *a, const struct iam_TagRoleRequest *in)
{
    struct np_buf b;
    np_buf_init(&b, a, DOC_MAX);
    np_buf_lit(&b, "Action=TagRole&Version=2010-05-08&RoleName=bench");
    for (size_t i = 0; i < in->Tags.n; i++)
        np_buf_printf(&b, "&Tags.member.%zu.Key=%.*s&Tags.member.%zu.Value=%.*s", i + 1,
                      NP_FMT(in->Tags.v[i].Key), i + 1, NP_FMT(in->Tags.v[i].Value));
    return np_buf_str(&b);
}

static struct np_str document(struct np_arena *a, const struct np_codec_op *op, enum np_protocol p,
                              size_t n)
{
    struct iam_TagRoleRequest *in = np_new(a, struct iam_TagRoleRequest);
    in->RoleName = NP_STR("bench");
    in->Tags.v = np_alloc_array(a, n, sizeof(*in->Tags.v));
    in->Tags.n = n;
    in->Tags.set = true;
    for (size_t i = 0; i < n; i++) {
        in->Tags.v[i].Key = np_str_printf(a, "key-%04zu", i);
        in->Tags.v[i].Value = np_str_printf(a, "the-value-%04zu", i);
    }
    struct np_buf b;
    np_buf_init(&b, a, DOC_MAX);
    if (p == NP_PROTO_QUERY)
        return form_document(a, in);
    if (p == NP_PROTO_CBOR)
        np_cbor_put(op->in, in, &b);
    else if (p == NP_PROTO_REST_XML)
        np_xml_put(op->in, in, op->in->name, NULL, &b);
    else
        np_json_put(op->in, in, false, &b);
    return np_buf_str(&b);
}

/* --- measuring --- */

static uint64_t mallocs_of(bench_fn *fn, struct codec_case *c)
{
    fn(c); /* the arena has its chunks after this */
    uint64_t before = bench_mallocs();
    fn(c);
    return bench_mallocs() - before;
}

static void measure(const char *what, const char *protocol, bench_fn *fn, struct codec_case *few,
                    struct codec_case *many)
{
    static char names[32][64];
    static size_t n_names;
    char *name = names[n_names++];
    uint64_t a = mallocs_of(fn, few), b = mallocs_of(fn, many);
    snprintf(name, sizeof(names[0]), "%s, %s: %d elements", what, protocol, MANY);
    bench_say(name, bench_us(fn, many), "us", 0);
    name = names[n_names++];
    snprintf(name, sizeof(names[0]), "%s, %s: allocations per element", what, protocol);
    bench_say(name, (double)(b > a ? b - a : 0) / (MANY - FEW), "", MALLOCS_PER_ELEMENT);
}

static void measure_protocol(const char *name, enum np_protocol p, struct np_arena *docs)
{
    const struct np_codec_op *list = op_named(&iam_codec, "ListRoles"),
                             *tag = op_named(&iam_codec, "TagRole");
    struct np_arena *a = np_arena_new();
    struct codec_case few = {p, list, a, roles(docs, FEW), NP_STR_NULL, 0};
    struct codec_case many = {p, list, a, roles(docs, MANY), NP_STR_NULL, 0};
    measure("codec: roles out", name, encode, &few, &many);
    few = (struct codec_case){p, tag, a, NULL, document(docs, tag, p, FEW), 0};
    many = (struct codec_case){p, tag, a, NULL, document(docs, tag, p, MANY), 0};
    measure("codec: tags in", name, decode, &few, &many);
    np_arena_free(a);
}

int main(void)
{
    struct np_arena *docs = np_arena_new();
    NP_EACH (p, protocols)
        measure_protocol(p->name, p->p, docs);
    struct codec_case fifty = {NP_PROTO_QUERY, op_named(&iam_codec, "ListRoles"),
                               np_arena_new(), roles(docs, 50),
                               NP_STR_NULL,    0};
    bench_say("codec: a page of 50 roles, query", bench_us(encode, &fifty), "us", 0);
    bench_say("   its bytes", (double)fifty.n_written, "", 0);
    np_arena_free(fifty.arena);
    np_arena_free(docs);
    return bench_end("codec_growth");
}
