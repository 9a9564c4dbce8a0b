/* mini/types.h - shapes of the API as C structs. Generated from models/mini.smithy. */
#pragma once

#include "base/str.h"

struct np_shape;
struct np_fault_def;
struct np_codec_op;
struct np_codec_service;
struct np_json;

struct mini_AccessDenied;
struct mini_Busy;
struct mini_GetItemOutput;
struct mini_GetItemRequest;
struct mini_ListItemsOutput;
struct mini_ListItemsRequest;
struct mini_NoSuchItem;
struct mini_Node;
struct mini_PutItemRequest;
struct mini_Tree;
struct mini_Counts_entry;
struct mini_TextMap_entry;
struct mini_TreeMap_entry;

struct mini_Counts {
    struct mini_Counts_entry *v;
    size_t n;
    bool set;
};
struct mini_Grid {
    struct mini_Row *v;
    size_t n;
    bool set;
};
struct mini_HoleList {
    struct mini_Node **v;
    size_t n;
    bool set;
};
struct mini_NodeList {
    struct mini_Node *v;
    size_t n;
    bool set;
};
struct mini_Row {
    struct np_opt_int *v;
    size_t n;
    bool set;
};
struct mini_TextMap {
    struct mini_TextMap_entry *v;
    size_t n;
    bool set;
};
struct mini_TreeList {
    struct mini_Tree *v;
    size_t n;
    bool set;
};
struct mini_TreeMap {
    struct mini_TreeMap_entry *v;
    size_t n;
    bool set;
};
struct mini_Counts_entry {
    struct np_str key;
    struct mini_Grid value;
};
struct mini_TextMap_entry {
    struct np_str key;
    struct np_str value;
};
struct mini_TreeMap_entry {
    struct np_str key;
    struct mini_Tree *value;
};
struct mini_AccessDenied {
};
struct mini_Busy {
    struct np_str Message;
};
struct mini_GetItemOutput {
    struct np_opt_int Status;
    struct np_opt_int Modified;
};
struct mini_GetItemRequest {
    struct np_str Shelf;
    struct np_str Key;
    struct np_opt_int default_;
    struct np_opt_int Since;
    struct mini_TextMap Extra;
    struct mini_TextMap Params;
};
struct mini_ListItemsOutput {
    struct mini_NodeList Items;
    struct np_strs Names;
    struct mini_Counts Counts;
    struct mini_Grid Grid;
    struct mini_HoleList Holes;
    struct mini_Tree *Tree;
};
struct mini_ListItemsRequest {
    struct np_str Shelf;
    struct np_str Prefix;
    struct np_opt_int Limit;
};
struct mini_NoSuchItem {
    struct np_str message;
    struct np_str Key;
};
struct mini_Node {
    struct np_str Kind;
    struct mini_Node *left;
    struct mini_NodeList Right;
    struct np_opt_double Weight;
    const struct np_json *Any;
    struct np_str Password;
};
struct mini_PutItemRequest {
    struct np_str Shelf;
    struct np_str Key;
    struct mini_Node *Node;
    struct np_str Token;
    struct np_str Mode;
    struct np_opt_bool Fast;
    struct np_str Hint;
    struct np_str np_text_;
};
struct mini_Tree {
    struct np_str Leaf;
    struct mini_TreeMap Branches;
    struct mini_TreeList Row;
};
struct mini_PingInput {
};
struct mini_PingOutput {
};
struct mini_PutItemOutput {
};
struct mini_SweepInput {
};

extern const struct np_shape mini_AccessDenied_shape;
extern const struct np_shape mini_Busy_shape;
extern const struct np_shape mini_Counts_shape;
extern const struct np_shape mini_GetItemOutput_shape;
extern const struct np_shape mini_GetItemRequest_shape;
extern const struct np_shape mini_Grid_shape;
extern const struct np_shape mini_HoleList_shape;
extern const struct np_shape mini_ListItemsOutput_shape;
extern const struct np_shape mini_ListItemsRequest_shape;
extern const struct np_shape mini_NameList_shape;
extern const struct np_shape mini_NoSuchItem_shape;
extern const struct np_shape mini_Node_shape;
extern const struct np_shape mini_NodeList_shape;
extern const struct np_shape mini_PutItemRequest_shape;
extern const struct np_shape mini_Row_shape;
extern const struct np_shape mini_TextMap_shape;
extern const struct np_shape mini_Tree_shape;
extern const struct np_shape mini_TreeList_shape;
extern const struct np_shape mini_TreeMap_shape;
extern const struct np_shape mini_PingInput_shape;
extern const struct np_shape mini_PingOutput_shape;
extern const struct np_shape mini_PutItemOutput_shape;
extern const struct np_shape mini_SweepInput_shape;
extern const struct np_fault_def MINI_AccessDenied;
extern const struct np_fault_def MINI_Busy;
extern const struct np_fault_def MINI_NoSuchItem;
extern const struct np_codec_op mini_GetItem_op;
extern const struct np_codec_op mini_ListItems_op;
extern const struct np_codec_op mini_Ping_op;
extern const struct np_codec_op mini_PutItem_op;
extern const struct np_codec_op mini_Sweep_op;
extern const struct np_codec_service mini_codec;
