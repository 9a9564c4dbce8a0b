/* SPDX-License-Identifier: Apache-2.0 */
/* xml_codec.h - structs from and to XML, for rest-xml and for the replies of query and ec2. */
#pragma once

#include "codec/value.h"
#include "codec/xml.h"

int np_xml_get_struct(struct np_decode *d, const struct np_shape *s, bool body_only,
                      const struct np_xml *x, void *out);
/* The element of one member: a payload. */
int np_xml_get_payload(struct np_decode *d, const struct np_member *m, const struct np_xml *x,
                       void *slot);

struct np_xml_style {
    bool body_only; /* of the outermost structure */
    bool ms;        /* times always with milliseconds */
};
/* An element of that name around the structure; a name space of its own wins over `ns`. */
void np_xml_put_root(struct np_buf *b, const struct np_shape *s, const void *value,
                     struct np_str name, const char *ns, struct np_xml_style style);
/* The members only, without attributes. */
void np_xml_put_members(struct np_buf *b, const struct np_shape *s, const void *value,
                        struct np_xml_style style);
void np_xml_put_value(struct np_buf *b, const struct np_member *m, const void *slot,
                      struct np_xml_style style);
/* <name>text</name> */
void np_xml_put_leaf(struct np_buf *b, struct np_str name, struct np_str text);
void np_xml_put_open(struct np_buf *b, struct np_str name, const char *ns);
void np_xml_put_close(struct np_buf *b, struct np_str name);
