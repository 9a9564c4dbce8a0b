/* SPDX-License-Identifier: Apache-2.0 */
/* codec_shape.h - a recursive structure with a member of every type, for the targets of the codec.
 */
#pragma once

#include <stddef.h>

#include "codec/schema.h"

struct all {
    struct np_str text, blob, level;
    struct np_opt_bool flag;
    struct np_opt_int small, big, time;
    struct np_opt_double real;
    const struct np_json *document;
    struct np_strs list, sparse;
    struct all *child;
    struct np_vec children; /* of struct all */
    struct np_vec map;      /* of struct all_entry */
};
struct all_entry {
    struct np_str key;
    struct all *value;
};

static const char *const all_levels[] = {"low", "high", NULL};
static const struct np_limits all_level_limits = {.values = all_levels};
static const struct np_limits all_text_limits = {
    .max = 5, .has_max = true, .pattern = "^[\\w.-]*$"};
static const struct np_shape all_text = {
    .name = "Text", .type = NP_STRING, .limits = &all_text_limits};
static const struct np_shape all_blob = {.name = "Blob", .type = NP_BLOB};
static const struct np_shape all_level = {
    .name = "Level", .type = NP_ENUM, .limits = &all_level_limits};
static const struct np_shape all_bool = {.name = "Bool", .type = NP_BOOL};
static const struct np_shape all_byte = {.name = "Byte", .type = NP_BYTE};
static const struct np_shape all_long = {.name = "Long", .type = NP_LONG};
static const struct np_shape all_time = {.name = "Time", .type = NP_TIMESTAMP};
static const struct np_shape all_double = {.name = "Double", .type = NP_DOUBLE};
static const struct np_shape all_document = {.name = "Document", .type = NP_DOCUMENT};
static const struct np_shape all_shape;
static const struct np_member all_list_members[] = {{.name = "member", .shape = &all_text}};
static const struct np_shape all_list = {.name = "List",
                                         .type = NP_LIST,
                                         .size = sizeof(struct np_str),
                                         .n_members = 1,
                                         .members = all_list_members};
static const struct np_shape all_sparse = {.name = "Sparse",
                                           .type = NP_LIST,
                                           .size = sizeof(struct np_str),
                                           .sparse = true,
                                           .n_members = 1,
                                           .members = all_list_members};
static const struct np_member all_children_members[] = {{.name = "member", .shape = &all_shape}};
static const struct np_shape all_children = {.name = "Children",
                                             .type = NP_LIST,
                                             .size = sizeof(struct all),
                                             .n_members = 1,
                                             .members = all_children_members};
static const struct np_member all_map_members[] = {
    {.name = "key", .shape = &all_text},
    {.name = "value", .shape = &all_shape, .offset = offsetof(struct all_entry, value)}};
static const struct np_shape all_map = {.name = "Map",
                                        .type = NP_MAP,
                                        .size = sizeof(struct all_entry),
                                        .n_members = 2,
                                        .members = all_map_members};

#define ALL_MEMBER(n, s) .name = #n, .shape = &s, .offset = offsetof(struct all, n)
static const struct np_member all_members[] = {
    {ALL_MEMBER(text, all_text), .flags = NP_M_XML_ATTR},
    {ALL_MEMBER(blob, all_blob)},
    {ALL_MEMBER(level, all_level)},
    {ALL_MEMBER(flag, all_bool)},
    {ALL_MEMBER(small, all_byte)},
    {ALL_MEMBER(big, all_long)},
    {ALL_MEMBER(time, all_time)},
    {ALL_MEMBER(real, all_double)},
    {ALL_MEMBER(document, all_document)},
    {ALL_MEMBER(list, all_list)},
    {ALL_MEMBER(sparse, all_sparse)},
    {ALL_MEMBER(child, all_shape)},
    {ALL_MEMBER(children, all_children), .flags = NP_M_XML_FLAT},
    {ALL_MEMBER(map, all_map)},
};
static const struct np_shape all_shape = {.name = "All",
                                          .type = NP_STRUCTURE,
                                          .size = sizeof(struct all),
                                          .n_members = NP_LEN(all_members),
                                          .members = all_members};
static const struct np_codec_op all_op = {.name = "All", .in = &all_shape, .out = &all_shape};
