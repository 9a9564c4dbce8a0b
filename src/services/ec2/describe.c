/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - what every Describe does: which resources, as what, how many at a time. */
#include <stdlib.h>

#include "aws/page.h"
#include "base/auto.h"
#include "services/ec2/filter_int.h"
#include "services/ec2/kept.h"

struct page {
    int64_t max;         /* INT64_MAX: all */
    struct np_str after; /* absent: from the first one on */
    uint64_t hash;       /* of what selects */
};

static uint64_t hash_of(struct np_arena *a, const struct ec2_ask *ask)
{
    struct np_buf b;
    np_buf_init(&b, a, 1u << 20);
    for (size_t i = 0; i < ask->filters.n; i++) {
        const struct ec2_Filter *f = &ask->filters.v[i];
        np_buf_printf(&b, "%.*s=", NP_FMT(f->Name));
        for (size_t j = 0; j < f->Values.n; j++)
            np_buf_printf(&b, "%zu:%.*s", f->Values.v[j].n, NP_FMT(f->Values.v[j]));
    }
    return np_page_filter(np_buf_str(&b));
}

static int page_of(struct np_req *rq, const struct ec2_ask *ask, int64_t min, int64_t max,
                   struct page *out, struct np_err *err)
{
    min = min != 0 ? min : 5;
    max = max != 0 ? max : 1000;
    *out = (struct page){.max = INT64_MAX, .hash = hash_of(rq->arena, ask)};
    if (ask->max.set && ask->max.v < min)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value ( %lld ) for parameter maxResults is invalid. Expecting a value "
                        "greater than or equal to %lld.",
                        (long long)ask->max.v, (long long)min);
    if (ask->max.set)
        out->max = ask->max.v < max ? ask->max.v : max;
    if (np_page_position(rq, out->hash, ask->token, &out->after) != 0)
        return np_fault(err, &EC2_InvalidNextToken, "The specified nextToken is not valid.");
    return 0;
}

/* --- which --- */

static int by_id(const void *a, const void *b)
{
    return np_str_cmp((*(const struct ec2_item *const *)a)->id,
                      (*(const struct ec2_item *const *)b)->id);
}

static int by_ids(struct np_req *rq, const struct ec2_view *v, const struct ec2_describe *d,
                  const struct np_strs *ids, const struct ec2_item ***out, size_t *n,
                  struct np_err *err)
{
    const struct ec2_item **list = np_new_array(rq->arena, const struct ec2_item *, ids->n + 1);
    size_t kept = 0;
    if (ids->n > EC2_IDS_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "At most %d ids may be given in a call.",
                        EC2_IDS_MAX);
    for (size_t i = 0; i < ids->n; i++) {
        list[i] = ec2_see(v, d->kind, ids->v[i]);
        if (list[i] == NULL || (d->hidden != NULL && d->hidden(rq, list[i])))
            return ec2_not_found(err, d->kind, ids->v[i]);
    }
    qsort(list, ids->n, sizeof(struct ec2_item *), by_id);
    for (size_t i = 0; i < ids->n; i++)
        if (kept == 0 || list[kept - 1] != list[i])
            list[kept++] = list[i];
    *out = list;
    *n = kept;
    return 0;
}

static int which(struct np_req *rq, const struct ec2_view *v, const struct ec2_describe *d,
                 const struct ec2_ask *ask, const struct ec2_item *const **out, size_t *n,
                 struct np_err *err)
{
    const struct ec2_item **list = NULL;
    if (ask->ids.n == 0) {
        *n = ec2_see_all(v, d->kind, NP_STR_NULL, rq->arena, out);
        return 0;
    }
    if (d->ids_name != NULL && ask->max.set)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter %s cannot be used with the parameter maxResults",
                        d->ids_name);
    int rc = by_ids(rq, v, d, &ask->ids, &list, n, err);
    if (rc == 0)
        *out = list;
    return rc;
}

/* --- as what --- */

struct answer {
    struct np_req *rq;
    const struct ec2_describe *d;
    const struct ec2_view *v;
    const struct ec2_test *tests; /* n_plain of them need nothing computed, and come first */
    size_t n_tests, n_plain;
    struct np_vec list;
    const struct np_shape *shape;
    struct np_arena *scratch; /* what is needed for an item alone */
};

/* Into the slot, and held against the filters that look at what is computed. */
static bool filled(struct answer *w, const struct ec2_item *it, struct np_arena *a, void *slot)
{
    memcpy(slot, it->detail, w->shape->size);
    if (w->d->fill != NULL)
        w->d->fill(w->v, it, a, slot);
    return ec2_filters_fit(w->tests + w->n_plain, w->n_tests - w->n_plain, w->v, it, slot);
}

/* Text and id alone are answered; the rest is there only for filters to look at. */
static bool answer_text(struct answer *w, const struct ec2_item *it, void *slot)
{
    np_arena_reset(w->scratch, EC2_SCRATCH_KEEP);
    if (w->n_tests != w->n_plain &&
        !filled(w, it, w->scratch, np_alloc_raw(w->scratch, w->shape->size)))
        return false;
    struct np_str text = ec2_kept_text(w->v, it, w->d->fill, w->scratch);
    *(struct np_str *)((char *)slot + w->shape->text_at) = text;
    *(struct np_str *)((char *)slot + it->kind->id_at) = it->id;
    w->rq->document_bytes += text.n;
    return true;
}

/* True: it is one of those that are answered, and stands behind the list's end. */
static bool answer_one(struct answer *w, const struct ec2_item *it)
{
    void *slot = (char *)w->list.v + w->list.n * w->shape->size;
    if (!ec2_filters_fit(w->tests, w->n_plain, w->v, it, it->detail))
        return false;
    return w->scratch != NULL ? answer_text(w, it, slot) : filled(w, it, w->rq->arena, slot);
}

int ec2_describe(struct np_req *rq, const struct ec2_describe *d, const struct ec2_ask *ask,
                 void *list, struct np_str *next, struct np_err *err)
{
    const struct ec2_kind *k = ec2_kind(d->kind);
    const struct ec2_filter_table table = {.shape = k->shape,
                                           .own = k->own,
                                           .v = d->filters,
                                           .n = d->n_filters,
                                           .computes = d->fill != NULL,
                                           .fills = d->fills};
    struct answer w = {.rq = rq, .d = d, .v = ec2_view(rq), .shape = k->shape};
    const struct ec2_item *const *items = NULL;
    struct ec2_test *tests = NULL;
    struct page page;
    size_t n = 0, i;
    int rc = page_of(rq, ask, d->page_min, d->page_max, &page, err);
    if (rc == 0)
        rc = ec2_filters_ready(rq->arena, &table, &ask->filters, &tests, &w.n_tests, err);
    if (rc == 0)
        rc = which(rq, w.v, d, ask, &items, &n, err);
    if (rc != 0)
        return rc;
    w.tests = tests;
    while (w.n_plain < w.n_tests && !tests[w.n_plain].computed)
        w.n_plain++;
    size_t most = page.max < (int64_t)n ? (size_t)page.max : n;
    w.list = (struct np_vec){.v = np_alloc_array(rq->arena, most + 1, w.shape->size), .set = true};
    NP_AUTO_ARENA scratch = d->kept && np_req_document_only(rq) ? np_arena_new() : NULL;
    w.scratch = scratch;
    struct np_str last = NP_STR_NULL;
    for (i = 0; i < n; i++) {
        if (page.after.p != NULL && np_str_cmp(items[i]->id, page.after) <= 0)
            continue;
        if ((d->hidden != NULL && d->hidden(rq, items[i])) || !answer_one(&w, items[i]))
            continue;
        if ((int64_t)w.list.n == page.max)
            break; /* one more than fits: there is a next page */
        last = items[i]->id;
        w.list.n++;
    }
    if (i < n && next != NULL)
        *next = np_page_token(rq, page.hash, last);
    memcpy(list, &w.list, sizeof(w.list));
    return 0;
}

/* --- rows that are no items --- */

int ec2_filter_rows(struct np_req *rq, const struct ec2_rows *r, const struct ec2_ask *ask,
                    void *list, struct np_str *next, struct np_err *err)
{
    const struct ec2_filter_table table = {.shape = r->shape, .v = r->filters, .n = r->n_filters};
    struct np_vec all, kept;
    struct ec2_test *tests = NULL;
    struct page page;
    uint64_t from = 0;
    size_t n = 0, i;
    int rc = page_of(rq, ask, r->page_min, r->page_max, &page, err);
    if (rc == 0)
        rc = ec2_filters_ready(rq->arena, &table, &ask->filters, &tests, &n, err);
    if (rc != 0)
        return rc;
    if (page.after.p != NULL && !np_str_u64(page.after, &from))
        return np_fault(err, &EC2_InvalidNextToken, "The specified nextToken is not valid.");
    memcpy(&all, list, sizeof(all));
    kept = (struct np_vec){.v = all.v, .set = true};
    for (i = from; i < all.n; i++) {
        const char *row = (const char *)all.v + i * r->shape->size;
        if (!ec2_filters_fit(tests, n, NULL, NULL, row))
            continue;
        if ((int64_t)kept.n == page.max)
            break;
        memmove((char *)kept.v + kept.n++ * r->shape->size, row, r->shape->size);
    }
    if (i < all.n && next != NULL)
        *next = np_page_token(rq, page.hash, np_str_printf(rq->arena, "%zu", i));
    memcpy(list, &kept, sizeof(kept));
    return 0;
}
