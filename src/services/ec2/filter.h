/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - what every Describe does the same way: ids, filters, pages.
 *
 * Filters are a table: a name and the path of the members that it looks at, through lists:
 *   {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"}
 * A path with '@' in front starts at the item's own structure. Values are compared as text,
 * numbers and booleans too; * and ? stand for any text and letter, \ takes their meaning away.
 * Values of a filter are alternatives, filters must all fit. Every table has by itself tag:KEY,
 * tag-key and (for compatibility) tag-value.
 */
#pragma once

#include "services/ec2/item.h"

struct ec2_filter {
    const char *name;
    const char *path; /* NULL: by fn */
    /* Does the resource have that value? `out` is the structure as it will be answered. */
    bool (*fn)(const struct ec2_view *v, const struct ec2_item *it, const void *out,
               struct np_str value);
};

/* Puts computed members into a copy that is about to be answered. */
typedef void ec2_fill_fn(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                         void *out);

struct ec2_describe {
    enum ec2_kind_id kind;
    const struct ec2_filter *filters;
    size_t n_filters;
    int64_t page_min, page_max; /* of MaxResults; 0: 5 and 1000 */
    const char *ids_name; /* "vpcIds": in the message when it comes with MaxResults; NULL: may */
    ec2_fill_fn *fill;    /* NULL: nothing is computed */
    const char *fills; /* the members that it sets, "A B": filters of others come before it; NULL:
                        * whichever */
    bool kept;         /* elements of the list are answered by their text: kept.h */
    /* Items that are not shown; NULL: all are. */
    bool (*hidden)(const struct np_req *rq, const struct ec2_item *it);
};

struct ec2_ask { /* what the call brings */
    struct np_strs ids;
    struct ec2_FilterList filters;
    struct np_opt_int max;
    struct np_str token;
};

/* Fills the list (a generated list of the kind's structure) and *next (may be NULL: no pages).
 * Faults: of an id that is not there, InvalidParameterValue («The filter 'x' is invalid»), … */
int ec2_describe(struct np_req *rq, const struct ec2_describe *d, const struct ec2_ask *ask,
                 void *list, struct np_str *next, struct np_err *err);
/* Call with the members as every Describe names them. */
#define EC2_ASK(in, ids_)                                                                          \
    (&(struct ec2_ask){.ids = {(in)->ids_.v, (in)->ids_.n, (in)->ids_.set},                        \
                       .filters = (in)->Filters,                                                   \
                       .max = (in)->MaxResults,                                                    \
                       .token = (in)->NextToken})

/* For lists that are no items (zones, types, versions): the same rules over an array of structures
 * of `shape`, which is cut in place. `fn` of filters gets NULL view and item. */
struct ec2_rows {
    const struct np_shape *shape;
    const struct ec2_filter *filters;
    size_t n_filters;
    int64_t page_min, page_max;
};
int ec2_filter_rows(struct np_req *rq, const struct ec2_rows *r, const struct ec2_ask *ask,
                    void *list, struct np_str *next, struct np_err *err);

/* One filter's text against a value, with wildcards. */
bool ec2_filter_text(struct np_str pattern, struct np_str value);

/* --- TagSpecifications --- */

struct ec2_tags {
    const struct np_tag *v;
    size_t n;
};
/* On a worker or in an apply. The tags for resources of that type; checks every entry: types in
 * `types` (NULL-terminated) only, AWS's rules for keys and values. */
int ec2_tag_specs(struct np_arena *a, const struct ec2_TagSpecificationList *specs,
                  const char *const *types, const char *type, struct ec2_tags *out,
                  struct np_err *err);
/* Its usual form: one type. */
int ec2_tag_spec(struct np_arena *a, const struct ec2_TagSpecificationList *specs,
                 enum ec2_kind_id kind, struct ec2_tags *out, struct np_err *err);
