/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - formats of flow logs: "${version} ${srcaddr} …". Pure functions. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_arena;

enum ec2_flow_field {
#define EC2_FLOW_FIELD(id, name) EC2_FLOW_##id,
#include "services/ec2/flow/fields.def"
#undef EC2_FLOW_FIELD
    EC2_FLOW_FIELDS
};
const char *ec2_flow_field_name(enum ec2_flow_field f);
extern const char ec2_flow_default_format[];

struct ec2_flow_format {
    enum ec2_flow_field *v;
    size_t n;
};
/* Names in their order; blanks between them. InvalidParameter: names that are none. */
int ec2_flow_format_parse(struct np_arena *a, struct np_str text, struct ec2_flow_format *out,
                          struct np_err *err);
