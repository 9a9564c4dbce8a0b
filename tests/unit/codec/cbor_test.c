/* SPDX-License-Identifier: Apache-2.0 */
/* cbor_test.c - CBOR as it is stored and as clients may spell it. */
#include "test.h"

#include <math.h>

#include "base/auto.h"
#include "base/enc.h"
#include "codec/codec.h"
#include "codec/json.h"
#include "codec/limits.h"

struct all {
    struct np_str text, blob;
    struct np_opt_bool flag;
    struct np_opt_int small, big, time;
    struct np_opt_double real;
    const struct np_json *document;
    struct np_strs list;
    struct all *child;
    struct {
        struct all *v;
        size_t n;
        bool set;
    } children;
    struct {
        struct {
            struct np_str key;
            struct np_opt_int value;
        } * v;
        size_t n;
        bool set;
    } map;
};
static const struct np_shape text_shape = {.name = "Text", .type = NP_STRING};
static const struct np_shape blob_shape = {.name = "Blob", .type = NP_BLOB};
static const struct np_shape bool_shape = {.name = "Bool", .type = NP_BOOL};
static const struct np_shape byte_shape = {.name = "Byte", .type = NP_BYTE};
static const struct np_shape long_shape = {.name = "Long", .type = NP_LONG};
static const struct np_shape time_shape = {.name = "Time", .type = NP_TIMESTAMP};
static const struct np_shape double_shape = {.name = "Double", .type = NP_DOUBLE};
static const struct np_shape document_shape = {.name = "Document", .type = NP_DOCUMENT};
static const struct np_shape all_shape;
static const struct np_member list_members[] = {{.name = "member", .shape = &text_shape}};
static const struct np_shape list_shape = {.name = "List",
                                           .type = NP_LIST,
                                           .size = sizeof(struct np_str),
                                           .sparse = true,
                                           .n_members = 1,
                                           .members = list_members};
static const struct np_member children_members[] = {{.name = "member", .shape = &all_shape}};
static const struct np_shape children_shape = {.name = "Children",
                                               .type = NP_LIST,
                                               .size = sizeof(struct all),
                                               .n_members = 1,
                                               .members = children_members};
static const struct np_member map_members[] = {
    {.name = "key", .shape = &text_shape},
    {.name = "value", .shape = &long_shape, .offset = sizeof(struct np_str)}};
static const struct np_shape map_shape = {.name = "Map",
                                          .type = NP_MAP,
                                          .size = sizeof(struct np_str) + sizeof(struct np_opt_int),
                                          .n_members = 2,
                                          .members = map_members};
#define MEMBER(n, s)                                                                               \
    {                                                                                              \
        .name = #n, .shape = &s, .offset = offsetof(struct all, n), .json_name = "j" #n            \
    }
static const struct np_member all_members[] = {
    MEMBER(text, text_shape),   MEMBER(blob, blob_shape),         MEMBER(flag, bool_shape),
    MEMBER(small, byte_shape),  MEMBER(big, long_shape),          MEMBER(time, time_shape),
    MEMBER(real, double_shape), MEMBER(document, document_shape), MEMBER(list, list_shape),
    MEMBER(child, all_shape),   MEMBER(children, children_shape), MEMBER(map, map_shape),
};
static const struct np_shape all_shape = {.name = "All",
                                          .type = NP_STRUCTURE,
                                          .size = sizeof(struct all),
                                          .n_members = NP_LEN(all_members),
                                          .members = all_members};

static struct np_str json_of(struct np_arena *a, const struct all *v)
{
    struct np_buf b;
    np_buf_init(&b, a, 1u << 20);
    np_json_put(&all_shape, v, false, &b);
    return np_buf_str(&b);
}

NP_TEST(what_is_put_comes_back)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    struct np_json *document;
    struct np_str items[] = {NP_STR("x"), NP_STR_NULL, NP_STR("")};
    NP_CHECK(np_json_parse(a, NP_STR("{\"a\":[1,-2.5,true,null,\"s\",{}]}"), &document, NULL) == 0);
    struct all leaf = {.big = {true, INT64_MIN}, .time = {true, -1500}, .flag = {true, false}};
    struct all v = {.text = NP_STR("t\xc3\xa9"),
                    .blob = NP_STR("\0\xff"),
                    .flag = {true, true},
                    .small = {true, -128},
                    .big = {true, INT64_MAX},
                    .time = {true, 1234567890123},
                    .real = {true, 0.1},
                    .document = document,
                    .list = {items, 3, true},
                    .child = &leaf,
                    .children = {&leaf, 1, true}};
    __typeof__(*v.map.v) entries[] = {{NP_STR("k"), {true, 24}}, {NP_STR(""), {true, 70000}}};
    v.map.v = entries;
    v.map.n = 2;
    v.map.set = true;
    np_buf_init(&b, a, 1u << 20);
    np_cbor_put(&all_shape, &v, &b);
    struct all back = {0};
    NP_CHECK(np_cbor_get(&all_shape, np_buf_str(&b), a, &back, NULL) == 0);
    NP_CHECK_STR(json_of(a, &back), json_of(a, &v));
    NP_CHECK(back.list.v[1].p == NULL && back.list.v[2].p != NULL);
    NP_CHECK(back.child->time.v == -1500 && back.children.v[0].big.v == INT64_MIN);
}

static const struct {
    const char *hex, *json, *why; /* json NULL: refused */
} texts[] = {
    {"a0", "{}", "nothing"},
    {"bfff", "{}", "nothing, indefinite"},
    {"a164746578747f6161626262ff", "{\"jtext\":\"abb\"}", "text in chunks"},
    {"a164626c6f625f41004101ff", "{\"jblob\":\"AAE=\"}", "bytes in chunks"},
    {"a1647265616cf93c00", "{\"jreal\":1}", "a half float"},
    {"a1647265616cf98001", "{\"jreal\":-5.9604644775390625e-08}", "the smallest negative half"},
    {"a1647265616cfa40490fdb", "{\"jreal\":3.1415927410125732}", "a single float"},
    {"a1647265616c01", "{\"jreal\":1}", "an integer for a real"},
    {"a163626967fb4024000000000000", "{\"jbig\":10}", "a real for an integer"},
    {"a1636269671bffffffffffffffff", NULL, "beyond 64 bits"},
    {"a1636269673b8000000000000000", NULL, "below 64 bits"},
    {"a1636269673b7fffffffffffffff", "{\"jbig\":-9223372036854775808}", "the least"},
    {"a165736d616c6c187f", "{\"jsmall\":127}", "a byte"},
    {"a165736d616c6c1880", NULL, "more than a byte"},
    {"a16474696d65c11a5f5e1000", "{\"jtime\":1600000000}", "a tagged time"},
    {"a16474696d651a5f5e1000", "{\"jtime\":1600000000}", "a time without its tag"},
    {"a16474696d65f97e00", NULL, "no time"},
    {"a16474696d651b0000003afff44180", NULL, "a time after the year 9999"},
    {"a16474696d651b0000003afff4417f", "{\"jtime\":253402300799}", "the last second of 9999"},
    {"a1646c697374820102", NULL, "numbers for texts"},
    {"a1646c6973749f6178f6ff", "{\"jlist\":[\"x\",null]}", "a sparse list"},
    {"a1686368696c6472656e82a0f6", "{\"jchildren\":[{}]}", "null in a dense list is skipped"},
    {"a1636d6170a1616bf6", "{\"jmap\":{}}", "null in a dense map is skipped"},
    {"a26178a1617982018261ff", NULL, "skipped text is checked too"},
    {"a26178a16179820182f64464746578746161", NULL, "unknown members must be whole"},
    {"a2617882018201a0647465787461ff", NULL, "no UTF-8"},
    {"a26178c2414164746578746161", "{\"jtext\":\"a\"}", "an unknown member with a tag is skipped"},
    {"a164666c6167f4", "{\"jflag\":false}", "false"},
    {"a164666c616701", NULL, "a number for a boolean"},
    {"a1647465787464", NULL, "text cut off"},
    {"a16474657874", NULL, "no value"},
    {"a164746578749bffffffffffffffff", NULL, "more items than bytes"},
    {"a164746578747bffffffffffffffff61", NULL, "a text longer than the rest"},
    {"a1647465787402", NULL, "a number for a text"},
    {"a16474657874616100", NULL, "bytes after the value"},
    {"a1016161", NULL, "a key that is no text"},
    {"80", NULL, "no map"},
    {"ff", NULL, "a break"},
    {"a16474657874ff", NULL, "a break for a value"},
    {"a161781c", NULL, "a reserved length"},
    {"", NULL, "nothing at all"},
};

NP_TEST(spellings)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, texts) {
        struct np_str hex = np_str_of(c->hex);
        char *bytes = np_alloc(a, hex.n / 2 + 1);
        struct all v = {0};
        NP_CHECK(np_unhex(bytes, hex), "%s", c->hex);
        int rc = np_cbor_get(&all_shape, np_str_n(bytes, hex.n / 2), a, &v, NULL);
        NP_CHECK(rc == (c->json != NULL ? 0 : NP_EPROTO), "%s: %d", c->why, rc);
        if (c->json != NULL)
            NP_CHECK_STR(json_of(a, &v), np_str_of(c->json));
    }
}

static int nested(struct np_arena *a, size_t depth, const char *open, struct np_str close)
{
    struct all v = {0};
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 1u << 20);
    for (size_t i = 1; i < depth; i++)
        np_buf_str_add(&b, np_str_of(open));
    np_buf_str_add(&b, close);
    return np_cbor_get(&all_shape, np_buf_str(&b), a, &v, NULL);
}

NP_TEST(depth_is_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(nested(a, NP_CBOR_DEPTH_MAX,
                    "\xa1\x65"
                    "child",
                    NP_STR("\xa0")) == 0);
    NP_CHECK(nested(a, NP_CBOR_DEPTH_MAX + 1,
                    "\xa1\x65"
                    "child",
                    NP_STR("\xa0")) == NP_EPROTO);
    NP_CHECK(nested(a, NP_CBOR_DEPTH_MAX, "\xa1\x61x", NP_STR("\xa0")) == 0, "unknown members");
    NP_CHECK(nested(a, NP_CBOR_DEPTH_MAX + 1, "\xa1\x61x", NP_STR("\xa0")) == NP_EPROTO);
}

NP_TEST(xml_by_itself)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    struct np_str items[] = {NP_STR("x"), NP_STR("y")};
    struct all v = {.text = NP_STR("<t>"),
                    .blob = NP_STR("b"),
                    .list = {items, 2, true},
                    .time = {true, 1500}},
               back = {0};
    np_buf_init(&b, a, 1u << 16);
    np_xml_put(&all_shape, &v, "All", "urn:x", &b);
    NP_CHECK_STR(np_buf_str(&b),
                 NP_STR("<All xmlns=\"urn:x\"><text>&lt;t&gt;</text><blob>Yg==</blob>"
                        "<time>1970-01-01T00:00:01.500Z</time>"
                        "<list><member>x</member><member>y</member></list></All>"));
    NP_CHECK(np_xml_get(&all_shape, np_buf_str(&b), a, &back, NULL) == 0);
    NP_CHECK_STR(json_of(a, &back), json_of(a, &v));
}

static const struct {
    const char *json, *why;
} wrong[] = {
    {"[]", "no object"},
    {"{\"jtext\":1}", "a number for a text"},
    {"{\"jbig\":\"1\"}", "a text for a number"},
    {"{\"jbig\":1.5}", "a fraction"},
    {"{\"jbig\":9223372036854775808}", "beyond 64 bits"},
    {"{\"jsmall\":128}", "beyond a byte"},
    {"{\"jflag\":\"true\"}", "a text for a boolean"},
    {"{\"jlist\":{}}", "an object for a list"},
    {"{\"jchild\":[]}", "a list for an object"},
    {"{\"jblob\":\"*\"}", "no base64"},
    {"{\"jreal\":\"1.5\"}", "a text for a real"},
    {"{\"jtime\":\"soon\"}", "no time"},
    {"{\"jtime\":253402300800}", "a time after the year 9999"},
    {"{\"jtime\":-62135596801}", "a time before the year 1"},
    {"{\"unknown\":tru}", "skipped text is checked too"},
    {"{} {}", "two documents"},
};

NP_TEST(json_of_the_wrong_type)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct np_codec_op op = {.name = "Op", .in = &all_shape, .out = &all_shape};
    NP_EACH (c, wrong) {
        struct all v = {0};
        struct np_err err = {0};
        struct np_wire_request rq = {.body = np_str_of(c->json)};
        NP_CHECK(np_decode_body(NP_PROTO_JSON11, &op, &rq, a, &v, &err) == NP_EPROTO && err.n != 0,
                 "%s", c->why);
    }
}
