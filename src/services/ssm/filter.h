/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - filters of DescribeParameters and GetParametersByPath: checked once, then asked for
 * each parameter. */
#pragma once

#include "aws/identity.h"
#include "base/err.h"
#include "gen/ssm/types.h"

struct np_arena;

enum ssm_filter_of { SSM_FILTER_DESCRIBE, SSM_FILTER_BY_PATH };

struct ssm_filter;
struct ssm_filters {
    struct ssm_filter *v;
    size_t n;
    bool tags;   /* one asks for tags */
    bool labels; /* one asks for labels */
};
/* Faults as AWS words them. The result lives in `a`, texts are borrowed. */
int ssm_filters_parse(struct np_arena *a, enum ssm_filter_of of,
                      const struct ssm_ParameterStringFilterList *in, struct ssm_filters *out,
                      struct np_err *err);
/* The older form: names begin with the value, the rest is equal. */
int ssm_filters_old(struct np_arena *a, const struct ssm_ParametersFilterList *in,
                    struct ssm_filters *out, struct np_err *err);
/* Of all that selects, for page tokens. */
uint64_t ssm_filters_hash(const struct ssm_filters *f);

struct ssm_facts {
    struct np_str key, type, key_id, tier, data_type; /* key: the name with a leading slash */
    const struct np_tag *tags;
    size_t n_tags;
    const struct np_strs *labels;
};
/* Do all filters take it? */
bool ssm_filters_match(const struct ssm_filters *f, const struct ssm_facts *p);
/* Does the filter for labels, if there is one, take it? */
bool ssm_filters_label(const struct ssm_filters *f, struct np_str label);
/* Names that some filter leaves are all below this; absent: there is no such. */
struct np_str ssm_filters_prefix(const struct ssm_filters *f, struct np_arena *a);
