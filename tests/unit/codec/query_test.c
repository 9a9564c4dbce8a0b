/* SPDX-License-Identifier: Apache-2.0 */
/* query_test.c - forms of the query and ec2 protocols into structs, beyond the published vectors.
 */
#include "test.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec/limits.h"
#include "gen/iam/types.h"

static int decode(struct np_arena *a, const struct np_codec_op *op, enum np_protocol p,
                  struct np_str form, void *in)
{
    struct np_wire_request rq = {.body = form};
    return np_decode_body(p, op, &rq, a, in, NULL);
}

NP_TEST(a_role_with_tags)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct iam_CreateRoleRequest in = {0};
    NP_CHECK(decode(a, &iam_CreateRole_op, NP_PROTO_QUERY,
                    NP_STR("Action=CreateRole&Version=2010-05-08&RoleName=r&MaxSessionDuration="
                           "3600&Description="
                           "&Tags.member.2.Key=b&Tags.member.2.Value=&Tags.member.1.Key=a&Tags."
                           "member.1.Value=1"
                           "&Tags.member.10.Key=c&Unknown.member.1=x&Path="),
                    &in) == 0);
    NP_CHECK_STR(in.RoleName, NP_STR("r"));
    NP_CHECK(in.MaxSessionDuration.set && in.MaxSessionDuration.v == 3600);
    NP_CHECK(in.Description.p != NULL && in.Description.n == 0, "a description may be empty");
    NP_CHECK(in.Path.p == NULL, "a path may not be empty, so an empty one is none");
    NP_CHECK(in.Tags.set && in.Tags.n == 3);
    NP_CHECK_STR(in.Tags.v[0].Key, NP_STR("a"));
    NP_CHECK_STR(in.Tags.v[1].Key, NP_STR("b"));
    NP_CHECK_STR(in.Tags.v[2].Key, NP_STR("c"));
    NP_CHECK(in.Tags.v[1].Value.p != NULL && in.Tags.v[1].Value.n == 0);
}

NP_TEST(an_empty_list_is_set)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct iam_CreateRoleRequest in = {0};
    NP_CHECK(decode(a, &iam_CreateRole_op, NP_PROTO_QUERY, NP_STR("Tags="), &in) == 0);
    NP_CHECK(in.Tags.set && in.Tags.n == 0);
    NP_CHECK(decode(a, &iam_CreateRole_op, NP_PROTO_QUERY, NP_STR("RoleName=x"),
                    &(struct iam_CreateRoleRequest){0}) == 0);
}

NP_TEST(names_that_share_a_prefix_stay_apart)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct iam_SimulateCustomPolicyRequest in = {0};
    NP_CHECK(decode(a, &iam_SimulateCustomPolicy_op, NP_PROTO_QUERY,
                    NP_STR("ResourceArns.member.1=x&ResourcePolicy=p&ResourceArns-.member.1=y&"
                           "ActionNames.member.1=&"
                           "ContextEntries.member.1.ContextKeyValues.member.2=w&"
                           "ContextEntries.member.1.ContextKeyName=k&ContextEntries.member.1."
                           "ContextKeyValues.member.1=v"),
                    &in) == 0);
    NP_CHECK(in.ResourceArns.n == 1 && in.ActionNames.n == 1 && in.ContextEntries.n == 1);
    NP_CHECK_STR(in.ResourceArns.v[0], NP_STR("x"));
    NP_CHECK(in.ActionNames.v[0].p != NULL && in.ActionNames.v[0].n == 0,
             "an element has its place");
    NP_CHECK(in.ContextEntries.v[0].ContextKeyValues.n == 2);
    NP_CHECK_STR(in.ContextEntries.v[0].ContextKeyName, NP_STR("k"));
    NP_CHECK_STR(in.ContextEntries.v[0].ContextKeyValues.v[1], NP_STR("w"));
}

static const struct {
    const char *form, *why;
    int rc;
} refused[] = {
    {"MaxSessionDuration=x", "no number", NP_EPROTO},
    {"MaxSessionDuration=2147483648", "no 32 bits", NP_EPROTO},
    {"MaxSessionDuration=2147483647", "just 32 bits", 0},
    {"Tags.member.10001.Key=x", "an index over the limit", NP_EPROTO},
    {"Tags.member.10000.Key=x", "the last index", 0},
    {"Tags.member.x.Key=x", "an index that is no number is skipped", 0},
    {"RoleName=%zz", "a malformed escape", NP_EPROTO},
    {"RoleName.member.1=x", "a list where a text belongs is skipped", 0},
    {".=1&..=2&Tags.=3&Tags..=4&=5", "empty names", 0},
};

NP_TEST(refusals)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, refused) {
        struct iam_CreateRoleRequest in = {0};
        int rc = decode(a, &iam_CreateRole_op, NP_PROTO_QUERY, np_str_of(c->form), &in);
        NP_CHECK(rc == c->rc, "%s: %s", c->form, c->why);
    }
}

static int many_pairs(struct np_arena *a, size_t n)
{
    struct iam_CreateRoleRequest in = {0};
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 16u << 20);
    for (size_t i = n; i != 0; i--)
        np_buf_printf(&b, "Tags.member.%zu.Key=x%s", i % NP_FORM_INDEX_MAX + 1, i > 1 ? "&" : "");
    int rc = decode(a, &iam_CreateRole_op, NP_PROTO_QUERY, np_buf_str(&b), &in);
    if (rc == 0)
        NP_CHECK(in.Tags.n == NP_FORM_INDEX_MAX);
    return rc;
}

NP_TEST(pairs_are_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(many_pairs(a, NP_FORM_PAIRS_MAX) == 0);
    NP_CHECK(many_pairs(a, NP_FORM_PAIRS_MAX + 1) == NP_E2BIG);
}

/* ec2 and recursion need shapes of our own. */
struct node {
    struct np_str InstanceId, keyName, named;
    struct {
        struct np_str *v;
        size_t n;
        bool set;
    } ids;
    struct np_str text;
    struct node *next;
    struct {
        struct node *v;
        size_t n;
        bool set;
    } nodes;
    struct {
        struct {
            struct np_str key, value;
        } * v;
        size_t n;
        bool set;
    } map;
};
static const struct np_shape string_shape = {.name = "String", .type = NP_STRING};
static const struct np_shape node_shape;
static const struct np_member ids_members[] = {
    {.name = "member", .shape = &string_shape, .xml_name = "item"}};
static const struct np_shape ids_shape = {.name = "Ids",
                                          .type = NP_LIST,
                                          .size = sizeof(struct np_str),
                                          .n_members = 1,
                                          .members = ids_members};
static const struct np_member nodes_members[] = {{.name = "member", .shape = &node_shape}};
static const struct np_shape nodes_shape = {.name = "Nodes",
                                            .type = NP_LIST,
                                            .size = sizeof(struct node),
                                            .n_members = 1,
                                            .members = nodes_members};
static const struct np_member map_members[] = {
    {.name = "key", .shape = &string_shape, .xml_name = "Name"},
    {.name = "value", .shape = &string_shape, .offset = sizeof(struct np_str)}};
static const struct np_shape map_shape = {.name = "Map",
                                          .type = NP_MAP,
                                          .size = 2 * sizeof(struct np_str),
                                          .n_members = 2,
                                          .members = map_members};
static const struct np_member node_members[] = {
    {.name = "InstanceId",
     .shape = &string_shape,
     .offset = offsetof(struct node, InstanceId),
     .xml_name = "instanceId"},
    {.name = "keyName", .shape = &string_shape, .offset = offsetof(struct node, keyName)},
    {.name = "named",
     .shape = &string_shape,
     .offset = offsetof(struct node, named),
     .xml_name = "n",
     .ec2_name = "Q",
     .flags = NP_M_MAY_BE_EMPTY},
    {.name = "ids", .shape = &ids_shape, .offset = offsetof(struct node, ids), .xml_name = "id"},
    {.name = "next", .shape = &node_shape, .offset = offsetof(struct node, next)},
    {.name = "nodes", .shape = &nodes_shape, .offset = offsetof(struct node, nodes)},
    {.name = "map",
     .shape = &map_shape,
     .offset = offsetof(struct node, map),
     .flags = NP_M_XML_FLAT},
};
static const struct np_shape node_shape = {.name = "Node",
                                           .type = NP_STRUCTURE,
                                           .size = sizeof(struct node),
                                           .text_at = offsetof(struct node, text),
                                           .n_members = NP_LEN(node_members),
                                           .members = node_members};
static const struct np_codec_op node_op = {.name = "Node", .in = &node_shape, .out = &node_shape};

NP_TEST(ec2_names_and_flat_lists)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct node in = {0};
    NP_CHECK(decode(a, &node_op, NP_PROTO_EC2,
                    NP_STR("InstanceId=i&KeyName=k&Q=q&Id.2=b&Id.1=a&Nodes.1.KeyName=x&"
                           "Nodes.3.Id.1=y"),
                    &in) == 0);
    NP_CHECK_STR(in.InstanceId, NP_STR("i"));
    NP_CHECK_STR(in.keyName, NP_STR("k"));
    NP_CHECK_STR(in.named, NP_STR("q"));
    NP_CHECK(in.ids.n == 2 && in.nodes.n == 2);
    NP_CHECK_STR(in.ids.v[0], NP_STR("a"));
    NP_CHECK_STR(in.nodes.v[1].ids.v[0], NP_STR("y"));
    in = (struct node){0};
    NP_CHECK(decode(a, &node_op, NP_PROTO_EC2, NP_STR("KeyName=&Id.1="), &in) == 0);
    NP_CHECK(in.keyName.p == NULL && in.ids.n == 1 && in.ids.v[0].p != NULL);
    in = (struct node){0};
    NP_CHECK(decode(a, &node_op, NP_PROTO_EC2, NP_STR("KeyName=&Q="), &in) == 0);
    NP_CHECK(in.keyName.p == NULL && in.named.p != NULL && in.named.n == 0);
}

NP_TEST(ec2_knows_every_parameter)
{
    static const char *const forms[] = {"N=not its name here", "Nodes.1.Bogus=x", "Id.a=x"};
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (form, forms) {
        struct node in = {0};
        NP_CHECK(decode(a, &node_op, NP_PROTO_EC2, np_str_of(*form), &in) == NP_ENOENT, "%s",
                 *form);
        NP_CHECK(decode(a, &node_op, NP_PROTO_QUERY, np_str_of(*form), &in) == 0, "%s", *form);
    }
    struct node in = {0};
    NP_CHECK(decode(a, &node_op, NP_PROTO_EC2,
                    NP_STR("Action=Node&Version=1&X-Amz-Date=1&KeyName=k"), &in) == 0);
    NP_CHECK_STR(in.keyName, NP_STR("k"));
}

NP_TEST(a_structure_comes_back_as_its_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct np_codec_service service = {.name = "s"};
    struct node inner[2] = {{.InstanceId = NP_STR("<i>")}, {.InstanceId = NP_STR("<i>")}};
    struct node out = {.nodes = {inner, 2, true}};
    struct np_wire_reply r = {0};
    struct np_buf text;
    np_buf_init(&text, a, 1024);
    np_buf_init(&r.body, a, 1024);
    np_ec2_put_members(&node_shape, &inner[0], &text);
    inner[1] = (struct node){.text = np_buf_str(&text), .keyName = NP_STR("not looked at")};
    NP_CHECK(np_encode_reply(NP_PROTO_EC2, &service, &node_op, &out, NP_STR("id"), a, &r) == 0);
    NP_CHECK_STR(np_buf_str(&r.body),
                 NP_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NodeResponse>"
                        "<requestId>id</requestId><nodes>"
                        "<member><instanceId>&lt;i&gt;</instanceId></member>"
                        "<member><instanceId>&lt;i&gt;</instanceId></member>"
                        "</nodes></NodeResponse>"));
}

NP_TEST(flat_maps)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct node in = {0};
    NP_CHECK(decode(a, &node_op, NP_PROTO_QUERY,
                    NP_STR("map.2.Name=b&map.2.value=2&map.1.Name=a&map.1.value=1&id.item.1=z"),
                    &in) == 0);
    NP_CHECK(in.map.n == 2 && in.ids.n == 1);
    NP_CHECK_STR(in.map.v[0].key, NP_STR("a"));
    NP_CHECK_STR(in.map.v[1].value, NP_STR("2"));
}

static int nested(struct np_arena *a, size_t depth)
{
    struct node in = {0};
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 1u << 20);
    for (size_t i = 1; i < depth; i++)
        np_buf_lit(&b, "next.");
    np_buf_lit(&b, "keyName=x");
    return decode(a, &node_op, NP_PROTO_QUERY, np_buf_str(&b), &in);
}

NP_TEST(depth_is_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(nested(a, NP_SHAPE_DEPTH_MAX) == 0);
    NP_CHECK(nested(a, NP_SHAPE_DEPTH_MAX + 1) == NP_EPROTO);
}

/* A short element may stand for a large struct. */
static int elements(struct np_arena *a, size_t bytes)
{
    struct node in = {0};
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 64u << 20);
    np_buf_lit(&b, "{\"nodes\":[");
    for (size_t i = 0; i < bytes / sizeof(struct node); i++)
        np_buf_str_add(&b, i == 0 ? NP_STR("{}") : NP_STR(",{}"));
    np_buf_lit(&b, "]}");
    return decode(a, &node_op, NP_PROTO_JSON11, np_buf_str(&b), &in);
}

NP_TEST(decoded_bytes_are_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(elements(a, NP_DECODED_BYTES_MAX / 4) == 0);
    np_arena_reset(a, 0);
    NP_CHECK(elements(a, NP_DECODED_BYTES_MAX + sizeof(struct node)) == NP_E2BIG);
}
