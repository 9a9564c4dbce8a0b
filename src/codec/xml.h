/* SPDX-License-Identifier: Apache-2.0 */
/* xml.h - XML in (expat; DTDs and entities are refused) as a tree in an arena, and writing text. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct np_xml_attr {
    struct np_str name, value;
    struct np_xml_attr *next;
};
struct np_xml {
    struct np_str name;        /* local name; the prefix is dropped */
    struct np_str ns;          /* namespace URI, absent if none */
    struct np_str text;        /* character data, concatenated, untrimmed; empty if none */
    struct np_xml_attr *attrs; /* local names, or "prefix:name" for xsi:type */
    struct np_xml *child, *next;
};
int np_xml_parse(struct np_arena *a, struct np_str doc, struct np_xml **out, struct np_err *err);
const struct np_xml *np_xml_child(const struct np_xml *x, struct np_str name);
struct np_str np_xml_text(const struct np_xml *x,
                          struct np_str child); /* absent if there is no such child */
/* Escapes & < > " and control bytes as AWS does. */
void np_xml_escape(struct np_buf *b, struct np_str s);
