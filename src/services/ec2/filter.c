/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - filters: a table's paths resolved once for a call, then walked for every resource. */
#include "services/ec2/filter_int.h"

#include <stdlib.h>

#include "base/buf.h"
#include "codec/value.h"

/* --- text --- */

/* One pattern's letter against one letter; *step is how long it is. */
static bool letter_fits(struct np_str p, size_t i, char c, size_t *step)
{
    *step = 1;
    if (p.p[i] == '?')
        return true;
    if (p.p[i] == '\\' && i + 1 < p.n) {
        *step = 2;
        return p.p[i + 1] == c;
    }
    return p.p[i] == c;
}

bool ec2_filter_text(struct np_str p, struct np_str v)
{
    size_t i = 0, j = 0, star = SIZE_MAX, back = 0, step;
    while (j < v.n) {
        if (i < p.n && p.p[i] == '*') {
            star = i++;
            back = j;
        } else if (i < p.n && letter_fits(p, i, v.p[j], &step)) {
            i += step;
            j++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            j = ++back;
        } else {
            return false;
        }
    }
    while (i < p.n && p.p[i] == '*')
        i++;
    return i == p.n;
}

/* --- making them ready --- */

static const struct np_shape *inside(const struct np_shape *s)
{
    return s->type == NP_LIST ? s->members[0].shape : s;
}

static void resolve(struct ec2_test *t, const struct np_shape *s, struct np_str path)
{
    struct np_str name;
    while (np_str_split(&path, '.', &name)) {
        uint32_t hint = 0;
        const struct np_member *m = np_member_find(inside(s), NP_BY_NAME, name, &hint);
        np_assert(m != NULL && t->depth < EC2_PATH_MAX); /* a table's mistake */
        t->path[t->depth++] = m;
        s = m->shape;
    }
}

static const struct ec2_filter *by_name(const struct ec2_filter_table *table, struct np_str name)
{
    for (size_t i = 0; i < table->n; i++)
        if (np_str_eq(name, np_str_of(table->v[i].name)))
            return &table->v[i];
    return NULL;
}

static int ready_one(const struct ec2_filter_table *table, const struct ec2_Filter *in,
                     struct ec2_test *t, struct np_err *err)
{
    *t = (struct ec2_test){.values = in->Values};
    if (np_str_starts(in->Name, NP_STR("tag:")) && in->Name.n > 4) {
        t->tag = EC2_TAG_OF_KEY;
        t->key = np_str_sub(in->Name, 4, in->Name.n);
        return 0;
    }
    if (np_str_is(in->Name, "tag-key") || np_str_is(in->Name, "tag-value")) {
        t->tag = np_str_is(in->Name, "tag-key") ? EC2_TAG_KEY : EC2_TAG_VALUE;
        return 0;
    }
    t->def = by_name(table, in->Name);
    if (t->def == NULL)
        return np_fault(err, &EC2_InvalidParameterValue, "The filter '%.*s' is invalid",
                        NP_FMT(in->Name));
    if (t->def->path == NULL)
        return 0;
    t->own = t->def->path[0] == '@';
    resolve(t, t->own ? table->own : table->shape, np_str_of(t->def->path + (t->own ? 1 : 0)));
    return 0;
}

static bool is_computed(const struct ec2_filter_table *table, const struct ec2_test *t)
{
    struct np_str left = np_str_of(table->fills), name;
    if (!table->computes || t->tag != EC2_NO_TAG || t->own)
        return false;
    if (t->depth == 0 || left.p == NULL)
        return true;
    while (np_str_split(&left, ' ', &name))
        if (np_str_eq(name, np_str_of(t->path[0]->name)))
            return true;
    return false;
}

static int by_work(const void *a, const void *b)
{
    const struct ec2_test *x = a, *y = b;
    return x->computed - y->computed;
}

int ec2_filters_ready(struct np_arena *a, const struct ec2_filter_table *table,
                      const struct ec2_FilterList *in, struct ec2_test **out, size_t *n,
                      struct np_err *err)
{
    size_t values = 0;
    if (in->n > EC2_FILTERS_MAX)
        return np_fault(err, &EC2_FilterLimitExceeded,
                        "The maximum number of filters, %d, has been exceeded.", EC2_FILTERS_MAX);
    *out = np_new_array(a, struct ec2_test, in->n + 1);
    *n = in->n;
    for (size_t i = 0; i < in->n; i++) {
        values += in->v[i].Values.n;
        if (values > EC2_FILTER_VALUES_MAX)
            return np_fault(err, &EC2_FilterLimitExceeded,
                            "The maximum number of filter values specified on a single call is %d",
                            EC2_FILTER_VALUES_MAX);
        int rc = ready_one(table, &in->v[i], &(*out)[i], err);
        if (rc != 0)
            return rc;
        (*out)[i].computed = is_computed(table, &(*out)[i]);
    }
    qsort(*out, *n, sizeof(**out), by_work);
    return 0;
}

/* --- asking them --- */

static bool any_fits(const struct np_strs *patterns, struct np_str value)
{
    for (size_t i = 0; i < patterns->n; i++)
        if (ec2_filter_text(patterns->v[i], value))
            return true;
    return false;
}

/* A scalar as text; a boolean that is not there is false. */
static bool scalar_fits(const struct ec2_test *t, const struct np_member *m, const void *slot)
{
    char room[64];
    struct np_buf b = {.p = room, .cap = sizeof(room), .max_bytes = sizeof(room)};
    const struct np_shape *s = m->shape;
    if (s->type == NP_STRING || s->type == NP_ENUM) {
        struct np_str text = *(const struct np_str *)slot;
        return text.p != NULL && any_fits(&t->values, text);
    }
    if (s->type == NP_BOOL) {
        const struct np_opt_bool *v = slot;
        return any_fits(&t->values, v->set && v->v ? NP_STR("true") : NP_STR("false"));
    }
    if (!np_value_is_set(s, slot))
        return false;
    np_scalar_text(&b, m, NP_TIME_DATE_TIME, true, slot);
    return any_fits(&t->values, np_buf_str(&b));
}

static bool path_fits(const struct ec2_test *t, size_t at, const void *base);

static bool list_fits(const struct ec2_test *t, size_t at, const struct np_vec *v)
{
    const struct np_shape *s = t->path[at]->shape;
    for (size_t i = 0; i < v->n; i++) {
        const void *elem = np_elem(v, s, i);
        bool fits = at + 1 < t->depth ? path_fits(t, at + 1, np_struct_at(elem, np_is_inline(s)))
                                      : scalar_fits(t, &s->members[0], elem);
        if (fits)
            return true;
    }
    return false;
}

static bool path_fits(const struct ec2_test *t, size_t at, const void *base)
{
    const struct np_member *m = t->path[at];
    if (base == NULL)
        return false;
    const void *slot = np_slot_of(base, m);
    if (m->shape->type == NP_LIST)
        return list_fits(t, at, slot);
    if (at + 1 == t->depth)
        return scalar_fits(t, m, slot);
    return path_fits(t, at + 1, np_struct_at(slot, false));
}

static bool tags_fit(const struct ec2_test *t, const struct np_tag *tags, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (t->tag == EC2_TAG_OF_KEY && !np_str_eq(t->key, tags[i].key))
            continue;
        if (any_fits(&t->values, t->tag == EC2_TAG_KEY ? tags[i].key : tags[i].value))
            return true;
    }
    return false;
}

static bool fn_fits(const struct ec2_test *t, const struct ec2_view *v, const struct ec2_item *it,
                    const void *out)
{
    for (size_t i = 0; i < t->values.n; i++)
        if (t->def->fn(v, it, out, t->values.v[i]))
            return true;
    return false;
}

bool ec2_filters_fit(const struct ec2_test *tests, size_t n, const struct ec2_view *v,
                     const struct ec2_item *it, const void *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct ec2_test *t = &tests[i];
        bool fits;
        if (t->tag != EC2_NO_TAG)
            fits = it != NULL && tags_fit(t, it->tags, it->n_tags);
        else if (t->def->path == NULL)
            fits = fn_fits(t, v, it, out);
        else
            fits = path_fits(t, 0, t->own ? it->own : out);
        if (!fits)
            return false;
    }
    return true;
}
