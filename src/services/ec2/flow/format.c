/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - formats of flow logs: which fields a record has. */
#include "services/ec2/flow/format.h"

#include "aws/fault.h"
#include "base/arena.h"
#include "gen/ec2/types.h"
#include "services/ec2/list.h"

static const char *const names[] = {
#define EC2_FLOW_FIELD(id, name) [EC2_FLOW_##id] = name,
#include "services/ec2/flow/fields.def"
#undef EC2_FLOW_FIELD
};

const char ec2_flow_default_format[] =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

const char *ec2_flow_field_name(enum ec2_flow_field f)
{
    return names[f];
}

/* "${srcaddr}" */
static bool field_of(struct np_str word, enum ec2_flow_field *out)
{
    if (!np_str_starts(word, NP_STR("${")) || !np_str_ends(word, NP_STR("}")))
        return false;
    struct np_str name = np_str_sub(word, 2, word.n - 3);
    for (size_t i = 0; i < NP_LEN(names); i++) {
        if (np_str_eq(name, np_str_of(names[i]))) {
            *out = (enum ec2_flow_field)i;
            return true;
        }
    }
    return false;
}

int ec2_flow_format_parse(struct np_arena *a, struct np_str text, struct ec2_flow_format *out,
                          struct np_err *err)
{
    struct np_str word;
    *out = (struct ec2_flow_format){0};
    while (np_str_split(&text, ' ', &word)) {
        enum ec2_flow_field f;
        if (word.n == 0)
            continue;
        if (!field_of(word, &f))
            return np_fault(err, &EC2_InvalidParameter, "Unknown fields provided: [%.*s]",
                            NP_FMT(word));
        if (out->n == EC2_FLOW_FIELDS)
            return np_fault(err, &EC2_InvalidParameter, "LogFormat has too many fields");
        out->v = np_array_grow(a, out->v, out->n, sizeof(*out->v));
        out->v[out->n++] = f;
    }
    if (out->n == 0)
        return np_fault(err, &EC2_InvalidParameter, "LogFormat names no field");
    return 0;
}
