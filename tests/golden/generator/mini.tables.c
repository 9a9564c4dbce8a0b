/* mini/tables.c - descriptors for the codec. Generated from models/mini.smithy. */
#include "codec/schema.h"
#include "gen/mini/types.h"

#include <stddef.h>

static const struct np_shape prelude_Blob = {.name = "Blob", .type = NP_BLOB};
static const struct np_shape prelude_Boolean = {.name = "Boolean", .type = NP_BOOL};
static const struct np_shape prelude_Document = {.name = "Document", .type = NP_DOCUMENT};
static const struct np_shape prelude_Double = {.name = "Double", .type = NP_DOUBLE};
static const struct np_shape prelude_Integer = {.name = "Integer", .type = NP_INT};
static const struct np_shape prelude_Long = {.name = "Long", .type = NP_LONG};
static const struct np_shape prelude_String = {.name = "String", .type = NP_STRING};
static const struct np_shape prelude_Timestamp = {.name = "Timestamp", .type = NP_TIMESTAMP};
static const struct np_shape mini_Bytes_shape __attribute__((unused)) = {.name = "Bytes", .type = NP_STREAM, .streaming = true};
static const struct np_shape mini_Level_shape __attribute__((unused)) = {.name = "Level", .type = NP_INTENUM};
static const char *const mini_Mode_values[] = {"none", "caf\303\251", NULL};
static const struct np_limits mini_Mode_limits = {.values = mini_Mode_values};
static const struct np_shape mini_Mode_shape __attribute__((unused)) = {.name = "Mode", .type = NP_ENUM, .limits = &mini_Mode_limits};
static const struct np_limits mini_Name_limits = {.min = 1, .has_min = true, .max = 64, .has_max = true, .pattern = "^[\\w\\x{00E0}-\\x{FFFD}\\x{10000}-\\x{10FFFF}\"?]+$"};
static const struct np_shape mini_Name_shape __attribute__((unused)) = {.name = "Name", .type = NP_STRING, .limits = &mini_Name_limits};
static const struct np_limits mini_Secret_limits = {.pattern = "^[[:print:]][\\w\\- \\[[:alnum:]\\-_\\x{10000}-\\x{10FFFF}-]*$"};
static const struct np_shape mini_Secret_shape __attribute__((unused)) = {.name = "Secret", .type = NP_STRING, .limits = &mini_Secret_limits};
static const struct np_shape mini_When_shape __attribute__((unused)) = {.name = "When", .type = NP_TIMESTAMP, .time_format = NP_TIME_DATE_TIME};
const struct np_shape mini_AccessDenied_shape = {.name = "AccessDenied", .type = NP_STRUCTURE, .size = sizeof(struct mini_AccessDenied)};
static const struct np_member mini_Busy_members[] = {
    {.name = "Message", .shape = &prelude_String, .offset = offsetof(struct mini_Busy, Message)},
};
const struct np_shape mini_Busy_shape = {.name = "Busy", .type = NP_STRUCTURE, .size = sizeof(struct mini_Busy), .n_members = 1, .members = mini_Busy_members};
static const struct np_member mini_Counts_members[] = {
    {.name = "key", .shape = &mini_Name_shape, .xml_name = "Word"},
    {.name = "value", .shape = &mini_Grid_shape, .offset = offsetof(struct mini_Counts_entry, value), .xml_name = "Lines"},
};
const struct np_shape mini_Counts_shape = {.name = "Counts", .type = NP_MAP, .size = sizeof(struct mini_Counts_entry), .n_members = 2, .members = mini_Counts_members};
static const struct np_member mini_GetItemOutput_members[] = {
    {.name = "Body", .shape = &mini_Bytes_shape, .loc = NP_LOC_PAYLOAD},
    {.name = "Status", .shape = &prelude_Integer, .offset = offsetof(struct mini_GetItemOutput, Status), .loc = NP_LOC_STATUS},
    {.name = "Modified", .shape = &mini_When_shape, .offset = offsetof(struct mini_GetItemOutput, Modified), .loc = NP_LOC_HEADER, .time_format = NP_TIME_HTTP_DATE, .wire = "Last-Modified"},
};
const struct np_shape mini_GetItemOutput_shape = {.name = "GetItemOutput", .type = NP_STRUCTURE, .size = sizeof(struct mini_GetItemOutput), .n_members = 3, .members = mini_GetItemOutput_members};
static const struct np_member mini_GetItemRequest_members[] = {
    {.name = "Shelf", .shape = &mini_Name_shape, .offset = offsetof(struct mini_GetItemRequest, Shelf), .flags = NP_M_REQUIRED, .loc = NP_LOC_LABEL},
    {.name = "Key", .shape = &mini_Name_shape, .offset = offsetof(struct mini_GetItemRequest, Key), .flags = NP_M_REQUIRED | NP_M_GREEDY, .loc = NP_LOC_LABEL},
    {.name = "default", .shape = &prelude_Integer, .offset = offsetof(struct mini_GetItemRequest, default_), .loc = NP_LOC_QUERY, .wire = "version"},
    {.name = "Since", .shape = &prelude_Timestamp, .offset = offsetof(struct mini_GetItemRequest, Since), .loc = NP_LOC_HEADER, .wire = "If-Modified-Since"},
    {.name = "Extra", .shape = &mini_TextMap_shape, .offset = offsetof(struct mini_GetItemRequest, Extra), .loc = NP_LOC_PREFIX_HEADERS, .wire = "x-mini-"},
    {.name = "Params", .shape = &mini_TextMap_shape, .offset = offsetof(struct mini_GetItemRequest, Params), .loc = NP_LOC_QUERY_PARAMS},
};
const struct np_shape mini_GetItemRequest_shape = {.name = "GetItemRequest", .type = NP_STRUCTURE, .size = sizeof(struct mini_GetItemRequest), .n_members = 6, .members = mini_GetItemRequest_members};
static const struct np_member mini_Grid_members[] = {
    {.name = "member", .shape = &mini_Row_shape},
};
const struct np_shape mini_Grid_shape = {.name = "Grid", .type = NP_LIST, .size = sizeof(struct mini_Row), .n_members = 1, .members = mini_Grid_members};
static const struct np_member mini_HoleList_members[] = {
    {.name = "member", .shape = &mini_Node_shape},
};
const struct np_shape mini_HoleList_shape = {.name = "HoleList", .type = NP_LIST, .sparse = true, .size = sizeof(struct mini_Node *), .n_members = 1, .members = mini_HoleList_members};
static const struct np_member mini_ListItemsOutput_members[] = {
    {.name = "Items", .shape = &mini_NodeList_shape, .offset = offsetof(struct mini_ListItemsOutput, Items), .flags = NP_M_XML_FLAT, .xml_name = "Item"},
    {.name = "Names", .shape = &mini_NameList_shape, .offset = offsetof(struct mini_ListItemsOutput, Names), .xml_name = "Names", .json_name = "names"},
    {.name = "Counts", .shape = &mini_Counts_shape, .offset = offsetof(struct mini_ListItemsOutput, Counts)},
    {.name = "Grid", .shape = &mini_Grid_shape, .offset = offsetof(struct mini_ListItemsOutput, Grid)},
    {.name = "Holes", .shape = &mini_HoleList_shape, .offset = offsetof(struct mini_ListItemsOutput, Holes)},
    {.name = "Tree", .shape = &mini_Tree_shape, .offset = offsetof(struct mini_ListItemsOutput, Tree)},
};
const struct np_shape mini_ListItemsOutput_shape = {.name = "ListItemsOutput", .type = NP_STRUCTURE, .size = sizeof(struct mini_ListItemsOutput), .n_members = 6, .members = mini_ListItemsOutput_members, .xml_name = "ListResult"};
static const struct np_limits mini_ListItemsRequest_Prefix_limits = {.max = 8, .has_max = true, .pattern = "^[\\w\\x{00E0}-\\x{FFFD}\\x{10000}-\\x{10FFFF}\"?]+$"};
static const struct np_limits mini_ListItemsRequest_Limit_limits = {.min = 1, .has_min = true, .max = INT64_C(5000000000), .has_max = true};
static const struct np_member mini_ListItemsRequest_members[] = {
    {.name = "Shelf", .shape = &mini_Name_shape, .offset = offsetof(struct mini_ListItemsRequest, Shelf), .flags = NP_M_REQUIRED, .loc = NP_LOC_LABEL},
    {.name = "Prefix", .shape = &mini_Name_shape, .offset = offsetof(struct mini_ListItemsRequest, Prefix), .loc = NP_LOC_QUERY, .wire = "prefix", .limits = &mini_ListItemsRequest_Prefix_limits},
    {.name = "Limit", .shape = &prelude_Long, .offset = offsetof(struct mini_ListItemsRequest, Limit), .limits = &mini_ListItemsRequest_Limit_limits},
};
const struct np_shape mini_ListItemsRequest_shape = {.name = "ListItemsRequest", .type = NP_STRUCTURE, .size = sizeof(struct mini_ListItemsRequest), .n_members = 3, .members = mini_ListItemsRequest_members};
static const struct np_member mini_NameList_members[] = {
    {.name = "member", .shape = &mini_Name_shape, .xml_name = "Name"},
};
const struct np_shape mini_NameList_shape = {.name = "NameList", .type = NP_LIST, .size = sizeof(struct np_str), .n_members = 1, .members = mini_NameList_members};
static const struct np_member mini_NoSuchItem_members[] = {
    {.name = "message", .shape = &prelude_String, .offset = offsetof(struct mini_NoSuchItem, message)},
    {.name = "Key", .shape = &mini_Name_shape, .offset = offsetof(struct mini_NoSuchItem, Key)},
};
const struct np_shape mini_NoSuchItem_shape = {.name = "NoSuchItem", .type = NP_STRUCTURE, .size = sizeof(struct mini_NoSuchItem), .n_members = 2, .members = mini_NoSuchItem_members};
static const struct np_member mini_Node_members[] = {
    {.name = "Kind", .shape = &mini_Mode_shape, .offset = offsetof(struct mini_Node, Kind), .flags = NP_M_XML_ATTR, .xml_name = "xsi:type"},
    {.name = "left", .shape = &mini_Node_shape, .offset = offsetof(struct mini_Node, left), .ec2_name = "Left"},
    {.name = "Right", .shape = &mini_NodeList_shape, .offset = offsetof(struct mini_Node, Right)},
    {.name = "Weight", .shape = &prelude_Double, .offset = offsetof(struct mini_Node, Weight)},
    {.name = "Any", .shape = &prelude_Document, .offset = offsetof(struct mini_Node, Any)},
    {.name = "Password", .shape = &mini_Secret_shape, .offset = offsetof(struct mini_Node, Password), .flags = NP_M_SENSITIVE},
};
const struct np_shape mini_Node_shape = {.name = "Node", .type = NP_STRUCTURE, .size = sizeof(struct mini_Node), .n_members = 6, .members = mini_Node_members, .xml_ns = "http://www.w3.org/2001/XMLSchema-instance", .xml_ns_prefix = "xsi"};
static const struct np_limits mini_NodeList_limits = {.min = 1, .has_min = true};
static const struct np_member mini_NodeList_members[] = {
    {.name = "member", .shape = &mini_Node_shape},
};
const struct np_shape mini_NodeList_shape = {.name = "NodeList", .type = NP_LIST, .size = sizeof(struct mini_Node), .n_members = 1, .members = mini_NodeList_members, .limits = &mini_NodeList_limits};
static const struct np_member mini_PutItemRequest_members[] = {
    {.name = "Shelf", .shape = &mini_Name_shape, .offset = offsetof(struct mini_PutItemRequest, Shelf), .flags = NP_M_REQUIRED, .loc = NP_LOC_LABEL},
    {.name = "Key", .shape = &mini_Name_shape, .offset = offsetof(struct mini_PutItemRequest, Key), .flags = NP_M_REQUIRED | NP_M_GREEDY, .loc = NP_LOC_LABEL},
    {.name = "Node", .shape = &mini_Node_shape, .offset = offsetof(struct mini_PutItemRequest, Node), .loc = NP_LOC_PAYLOAD, .xml_ns = "http://mini.example/doc/", .xml_ns_prefix = "m"},
    {.name = "Token", .shape = &prelude_String, .offset = offsetof(struct mini_PutItemRequest, Token), .flags = NP_M_IDEMPOTENCY_TOKEN, .loc = NP_LOC_HEADER, .wire = "x-mini-token"},
    {.name = "Mode", .shape = &mini_Mode_shape, .offset = offsetof(struct mini_PutItemRequest, Mode), .flags = NP_M_REFUSED, .loc = NP_LOC_HEADER, .wire = "x-mini-mode", .off = "none"},
    {.name = "Fast", .shape = &prelude_Boolean, .offset = offsetof(struct mini_PutItemRequest, Fast), .flags = NP_M_REFUSED, .loc = NP_LOC_HEADER, .wire = "x-mini-fast"},
    {.name = "Hint", .shape = &prelude_String, .offset = offsetof(struct mini_PutItemRequest, Hint), .flags = NP_M_STORED | NP_M_MAY_BE_EMPTY, .loc = NP_LOC_HEADER, .wire = "x-mini-hint"},
};
const struct np_shape mini_PutItemRequest_shape = {.name = "PutItemRequest", .type = NP_STRUCTURE, .size = sizeof(struct mini_PutItemRequest), .text_at = offsetof(struct mini_PutItemRequest, np_text_), .n_members = 7, .members = mini_PutItemRequest_members};
static const struct np_member mini_Row_members[] = {
    {.name = "member", .shape = &prelude_Integer},
};
const struct np_shape mini_Row_shape = {.name = "Row", .type = NP_LIST, .size = sizeof(struct np_opt_int), .n_members = 1, .members = mini_Row_members};
static const struct np_member mini_TextMap_members[] = {
    {.name = "key", .shape = &prelude_String},
    {.name = "value", .shape = &prelude_String, .offset = offsetof(struct mini_TextMap_entry, value)},
};
const struct np_shape mini_TextMap_shape = {.name = "TextMap", .type = NP_MAP, .size = sizeof(struct mini_TextMap_entry), .n_members = 2, .members = mini_TextMap_members};
static const struct np_member mini_Tree_members[] = {
    {.name = "Leaf", .shape = &prelude_Blob, .offset = offsetof(struct mini_Tree, Leaf)},
    {.name = "Branches", .shape = &mini_TreeMap_shape, .offset = offsetof(struct mini_Tree, Branches)},
    {.name = "Row", .shape = &mini_TreeList_shape, .offset = offsetof(struct mini_Tree, Row)},
};
const struct np_shape mini_Tree_shape = {.name = "Tree", .type = NP_UNION, .size = sizeof(struct mini_Tree), .n_members = 3, .members = mini_Tree_members};
static const struct np_member mini_TreeList_members[] = {
    {.name = "member", .shape = &mini_Tree_shape},
};
const struct np_shape mini_TreeList_shape = {.name = "TreeList", .type = NP_LIST, .size = sizeof(struct mini_Tree), .n_members = 1, .members = mini_TreeList_members};
static const struct np_member mini_TreeMap_members[] = {
    {.name = "key", .shape = &mini_Name_shape},
    {.name = "value", .shape = &mini_Tree_shape, .offset = offsetof(struct mini_TreeMap_entry, value)},
};
const struct np_shape mini_TreeMap_shape = {.name = "TreeMap", .type = NP_MAP, .size = sizeof(struct mini_TreeMap_entry), .n_members = 2, .members = mini_TreeMap_members};
const struct np_shape mini_PingInput_shape = {.name = "PingInput", .type = NP_STRUCTURE, .size = sizeof(struct mini_PingInput)};
const struct np_shape mini_PingOutput_shape = {.name = "PingOutput", .type = NP_STRUCTURE, .size = sizeof(struct mini_PingOutput)};
const struct np_shape mini_PutItemOutput_shape = {.name = "PutItemOutput", .type = NP_STRUCTURE, .size = sizeof(struct mini_PutItemOutput)};
const struct np_shape mini_SweepInput_shape = {.name = "SweepInput", .type = NP_STRUCTURE, .size = sizeof(struct mini_SweepInput)};
const struct np_fault_def MINI_AccessDenied = {.name = "AccessDenied", .status = 403, .sender = true};
const struct np_fault_def MINI_Busy = {.name = "Busy", .code = "Mini.Busy", .status = 500, .query_status = 503, .shape = &mini_Busy_shape};
const struct np_fault_def MINI_NoSuchItem = {.name = "NoSuchItem", .status = 404, .sender = true, .shape = &mini_NoSuchItem_shape};
static const struct np_fault_def *const mini_GetItem_faults[] = {&MINI_NoSuchItem, &MINI_Busy, NULL};
const struct np_codec_op mini_GetItem_op = {.name = "GetItem", .method = "GET", .uri = "/{Shelf}/{Key+}", .status = 200, .in = &mini_GetItemRequest_shape, .out = &mini_GetItemOutput_shape, .faults = mini_GetItem_faults};
static const struct np_fault_def *const mini_ListItems_faults[] = {NULL};
const struct np_codec_op mini_ListItems_op = {.name = "ListItems", .method = "GET", .uri = "/{Shelf}?list", .status = 200, .in = &mini_ListItemsRequest_shape, .out = &mini_ListItemsOutput_shape, .faults = mini_ListItems_faults, .xml_unwrapped = true};
static const struct np_fault_def *const mini_Ping_faults[] = {NULL};
const struct np_codec_op mini_Ping_op = {.name = "Ping", .method = "POST", .uri = "/ping", .status = 204, .in = &mini_PingInput_shape, .out = &mini_PingOutput_shape, .faults = mini_Ping_faults, .no_output = true};
static const struct np_fault_def *const mini_PutItem_faults[] = {NULL};
const struct np_codec_op mini_PutItem_op = {.name = "PutItem", .method = "PUT", .uri = "/{Shelf}/{Key+}", .status = 201, .in = &mini_PutItemRequest_shape, .out = &mini_PutItemOutput_shape, .faults = mini_PutItem_faults, .checksum_required = true, .no_output = true};
static const struct np_fault_def *const mini_Sweep_faults[] = {NULL};
const struct np_codec_op mini_Sweep_op = {.name = "Sweep", .method = "POST", .uri = "/sweep", .status = 200, .in = &mini_SweepInput_shape, .out = &mini_Node_shape, .faults = mini_Sweep_faults};
static const struct np_codec_op *const mini_ops[] = {
    &mini_GetItem_op,
    &mini_ListItems_op,
    &mini_Ping_op,
    &mini_PutItem_op,
    &mini_Sweep_op,
};
const struct np_codec_service mini_codec = {
    .name = "mini",
    .sdk_id = "Mini Store",
    .signing_name = "mini",
    .endpoint_prefix = "mini-store",
    .version = "2024-01-01",
    .target_prefix = "MiniStore_20240101",
    .cbor_name = "MiniStore_20240101",
    .xml_ns = "http://mini.example/doc/",
    .rest_xml_bare_errors = true,
    .protocols = 1 << NP_PROTO_REST_JSON | 1 << NP_PROTO_REST_XML | 1 << NP_PROTO_CBOR,
    .ops = mini_ops,
    .n_ops = 5,
};
