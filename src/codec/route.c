/* SPDX-License-Identifier: Apache-2.0 */
/* route.c - which operation a request calls.
 *
 * Each service gets an index when it is asked for first: operations by name in a hash table, and
 * for the rest protocols the distinct path patterns, most specific first, each with its operations
 * ordered by their literal query keys. Services are constant tables, so an index is never dropped;
 * it is published with one atomic store and read without a lock.
 */
#include "codec/route.h"

#include <stdatomic.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/enc.h"
#include "base/map.h"
#include "codec/codec.h"
#include "codec/form.h"
#include "codec/limits.h"
#include "codec/value.h"

#define SLOTS 4096 /* services of a process, tests included; a power of two */

struct literal {
    struct np_str key, value;
    bool has_value;
};

struct route {
    const struct np_codec_op *op;
    struct literal *literals;
    size_t n_literals;
    const struct np_member **required; /* members of query and headers that the model requires */
    size_t n_required;
    struct route *next; /* of the same path, fewer literals */
};

struct path {
    struct np_str pattern;   /* without query */
    struct np_str *segments; /* absent: a label */
    size_t n_segments, n_literals;
    size_t greedy; /* index of the greedy label; n_segments: none */
    struct route *routes;
    struct path *next; /* less specific */
};

struct index {
    const struct np_codec_service *service;
    const struct np_codec_op **by_name;
    size_t mask;
    struct path *paths;
    struct np_str *selectors; /* query keys that choose an operation by being there, sorted */
    size_t n_selectors;
    struct np_arena *arena; /* holds all of this */
};

static _Atomic(struct index *) indexes[SLOTS];

static bool is_label(struct np_str seg)
{
    return seg.n >= 2 && seg.p[0] == '{' && seg.p[seg.n - 1] == '}';
}

bool np_uri_next(struct np_str *rest, struct np_str *seg)
{
    if (rest->n == 0)
        return false;
    if (rest->p[0] == '/')
        *rest = np_str_sub(*rest, 1, SIZE_MAX);
    ptrdiff_t slash = np_str_chr(*rest, '/');
    *seg = np_str_sub(*rest, 0, slash < 0 ? rest->n : (size_t)slash);
    *rest = np_str_sub(*rest, seg->n, SIZE_MAX);
    return true;
}

struct np_str np_uri_greedy(struct np_str rest, size_t behind)
{
    struct np_str all = np_str_sub(rest, rest.n != 0 && rest.p[0] == '/' ? 1 : 0, SIZE_MAX);
    for (; behind != 0; behind--) {
        ptrdiff_t slash = np_str_rchr(all, '/');
        if (slash < 0)
            return NP_STR_NULL;
        all.n = (size_t)slash;
    }
    return all;
}

static size_t count_segments(struct np_str path)
{
    struct np_str seg;
    size_t n = 0;
    while (np_uri_next(&path, &seg))
        n += seg.n != 0 || path.n != 0;
    return n;
}

static struct path *path_new(struct np_arena *a, struct np_str pattern)
{
    struct path *p = np_new(a, struct path);
    struct np_str rest = pattern, seg;
    p->pattern = pattern;
    p->n_segments = p->greedy = count_segments(pattern);
    p->segments = np_new_array(a, struct np_str, p->n_segments + 1);
    for (size_t i = 0; i < p->n_segments && np_uri_next(&rest, &seg); i++) {
        if (!is_label(seg)) {
            p->segments[i] = seg;
            p->n_literals++;
        } else if (seg.p[seg.n - 2] == '+') {
            p->greedy = i;
        }
    }
    return p;
}

static bool same_path(const struct path *a, const struct path *b)
{
    if (a->n_segments != b->n_segments || a->greedy != b->greedy)
        return false;
    for (size_t i = 0; i < a->n_segments; i++)
        if ((a->segments[i].p == NULL) != (b->segments[i].p == NULL) ||
            !np_str_eq(a->segments[i], b->segments[i]))
            return false;
    return true;
}

/* An earlier literal decides, then no greedy label, then more segments. */
static bool more_specific(const struct path *a, const struct path *b)
{
    size_t n = a->n_segments < b->n_segments ? a->n_segments : b->n_segments;
    for (size_t i = 0; i < n; i++)
        if ((a->segments[i].p != NULL) != (b->segments[i].p != NULL))
            return a->segments[i].p != NULL;
    bool a_greedy = a->greedy != a->n_segments, b_greedy = b->greedy != b->n_segments;
    return a_greedy != b_greedy ? b_greedy : a->n_segments > b->n_segments;
}

/* The path of that pattern in the index; made when it is new. */
static struct path *path_of(struct np_arena *a, struct index *x, struct np_str pattern)
{
    struct path *made = path_new(a, pattern), **at = &x->paths;
    for (struct path *p = x->paths; p != NULL; p = p->next)
        if (same_path(p, made))
            return p;
    while (*at != NULL && !more_specific(made, *at))
        at = &(*at)->next;
    made->next = *at;
    *at = made;
    return made;
}

/* Literal keys of "?uploads&x-id=Op"; x-id only tells SDKs' traces apart. */
static void add_literals(struct np_arena *a, struct route *r, struct np_str query)
{
    struct np_str one;
    r->literals = np_new_array(a, struct literal, query.n / 2 + 1);
    while (np_str_split(&query, '&', &one)) {
        struct literal *l = &r->literals[r->n_literals];
        l->has_value = np_str_cut(one, '=', &l->key, &l->value);
        if (l->key.n != 0 && !np_str_is(l->key, "x-id"))
            r->n_literals++;
    }
}

static int str_cmp(const void *a, const void *b)
{
    return np_str_cmp(*(const struct np_str *)a, *(const struct np_str *)b);
}

static void add_selectors(struct np_arena *a, struct index *x)
{
    size_t n = 0;
    for (const struct path *p = x->paths; p != NULL; p = p->next)
        for (const struct route *r = p->routes; r != NULL; r = r->next)
            n += r->n_literals;
    for (const char *const *z = x->service->subresources; z != NULL && *z != NULL; z++)
        n++;
    x->selectors = np_new_array(a, struct np_str, n + 1);
    for (const struct path *p = x->paths; p != NULL; p = p->next)
        for (const struct route *r = p->routes; r != NULL; r = r->next)
            for (size_t i = 0; i < r->n_literals; i++)
                if (!r->literals[i].has_value)
                    x->selectors[x->n_selectors++] = r->literals[i].key;
    for (const char *const *z = x->service->subresources; z != NULL && *z != NULL; z++)
        x->selectors[x->n_selectors++] = np_str_of(*z);
    qsort(x->selectors, x->n_selectors, sizeof(*x->selectors), str_cmp);
}

static void add_required(struct np_arena *a, struct route *r)
{
    const struct np_shape *in = r->op->in;
    r->required = np_new_array(a, const struct np_member *, in->n_members + 1);
    for (uint32_t i = 0; i < in->n_members; i++) {
        const struct np_member *m = &in->members[i];
        if ((m->flags & NP_M_REQUIRED) && (m->loc == NP_LOC_QUERY || m->loc == NP_LOC_HEADER))
            r->required[r->n_required++] = m;
    }
}

static void add_route(struct np_arena *a, struct index *x, const struct np_codec_op *op)
{
    struct np_str pattern, query;
    np_str_cut(np_str_of(op->uri), '?', &pattern, &query);
    struct route *r = np_new(a, struct route), **at = &path_of(a, x, pattern)->routes;
    r->op = op;
    add_literals(a, r, query.p != NULL ? query : NP_STR(""));
    add_required(a, r);
    while (*at != NULL && (*at)->n_literals >= r->n_literals)
        at = &(*at)->next;
    r->next = *at;
    *at = r;
}

static struct index *index_new(const struct np_codec_service *s)
{
    struct np_arena *a = np_arena_new();
    struct index *x = np_new(a, struct index);
    x->service = s;
    x->arena = a;
    x->mask = 7;
    while (x->mask < s->n_ops * 2)
        x->mask = x->mask * 2 + 1;
    x->by_name = np_new_array(a, const struct np_codec_op *, x->mask + 1);
    bool rest = (s->protocols & (1 << NP_PROTO_REST_JSON | 1 << NP_PROTO_REST_XML)) != 0;
    for (size_t i = 0; i < s->n_ops; i++) {
        size_t at = np_hash(np_str_of(s->ops[i]->name)) & x->mask;
        while (x->by_name[at] != NULL)
            at = (at + 1) & x->mask;
        x->by_name[at] = s->ops[i];
        if (rest && s->ops[i]->uri != NULL)
            add_route(a, x, s->ops[i]);
    }
    add_selectors(a, x);
    return x;
}

static const struct index *index_of(const struct np_codec_service *s)
{
    size_t at = ((uintptr_t)s >> 4) * 0x9E3779B97F4A7C15u >> 52;
    for (size_t i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
        struct index *x = atomic_load_explicit(&indexes[at], memory_order_acquire);
        if (x == NULL) {
            struct index *made = index_new(s);
            if (atomic_compare_exchange_strong(&indexes[at], &x, made))
                return made;
            np_arena_free(made->arena); /* another thread was first */
        }
        if (x->service == s)
            return x;
    }
    np_assert(!"more services than the table of indexes holds");
    return NULL;
}

const struct np_codec_op *np_op_by_name(const struct np_codec_service *s, struct np_str name)
{
    const struct index *x = index_of(s);
    for (size_t at = np_hash(name) & x->mask; x->by_name[at] != NULL; at = (at + 1) & x->mask)
        if (np_str_is_z(name, x->by_name[at]->name))
            return x->by_name[at];
    return NULL;
}

static struct np_str raw_value(struct np_str text, struct np_str key, struct np_arena *a)
{
    struct np_str one, k, v;
    while (np_str_split(&text, '&', &one)) {
        np_str_cut(one, '=', &k, &v);
        if (np_str_eq(k, key))
            return v.p != NULL ? np_uri_decode(a, v, true) : NP_STR("");
    }
    return NP_STR_NULL;
}

int np_query_action(struct np_arena *a, struct np_str form, struct np_str *action,
                    struct np_str *version)
{
    struct np_str name = raw_value(form, NP_STR("Action"), a);
    if (name.n == 0)
        return NP_ENOENT;
    *action = name;
    *version = raw_value(form, NP_STR("Version"), a);
    return 0;
}

static bool path_matches(const struct path *p, struct np_str rest)
{
    struct np_str seg;
    for (size_t i = 0; i < p->n_segments; i++) {
        if (i == p->greedy) {
            struct np_str all = np_uri_greedy(rest, p->n_segments - i - 1);
            if (all.n == 0)
                return false;
            rest = np_str_sub(rest, (size_t)(all.p - rest.p) + all.n, SIZE_MAX);
            continue;
        }
        if (!np_uri_next(&rest, &seg) || seg.n == 0)
            return false;
        if (p->segments[i].p != NULL && !np_str_eq(p->segments[i], seg))
            return false;
    }
    return rest.n == 0 || np_str_is(rest, "/"); /* a slash at the end is tolerated */
}

static const struct np_pair *find_pair(const struct np_pair *pairs, size_t n, struct np_str key)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(pairs[i].key, key))
            return &pairs[i];
    return NULL;
}

struct asked {
    const struct np_wire_request *rq;
    const struct np_pair *pairs;
    size_t n_pairs;
};

static bool literals_match(const struct route *r, const struct asked *q)
{
    for (size_t i = 0; i < r->n_literals; i++) {
        const struct np_pair *p = find_pair(q->pairs, q->n_pairs, r->literals[i].key);
        if (p == NULL || (r->literals[i].has_value && !np_str_eq(p->value, r->literals[i].value)))
            return false;
    }
    return true;
}

static bool has_header(const struct np_wire_request *rq, struct np_str name)
{
    for (size_t i = 0; i < rq->n_fields; i++)
        if (rq->fields[i].name.n == name.n && np_str_ieq(rq->fields[i].name, name))
            return true;
    return false;
}

/* Required members that are there, or -1 when one is missing. */
static int required_present(const struct route *r, const struct asked *q)
{
    for (size_t i = 0; i < r->n_required; i++) {
        const struct np_member *m = r->required[i];
        struct np_str name = np_str_of(np_wire_name_of(m));
        if (m->loc == NP_LOC_HEADER ? !has_header(q->rq, name)
                                    : find_pair(q->pairs, q->n_pairs, name) == NULL)
            return -1;
    }
    return (int)r->n_required;
}

static bool takes_key(const struct route *r, struct np_str key)
{
    const struct np_shape *in = r->op->in;
    for (size_t i = 0; i < r->n_literals; i++)
        if (np_str_eq(r->literals[i].key, key))
            return true;
    for (uint32_t i = 0; i < in->n_members; i++)
        if (in->members[i].loc == NP_LOC_QUERY &&
            np_str_is_z(key, np_wire_name_of(&in->members[i])))
            return true;
    return false;
}

/* The query names another operation: DELETE /bucket?analytics must not delete the bucket. */
static bool asks_another(const struct index *x, const struct route *r, const struct asked *q)
{
    for (size_t i = 0; i < q->n_pairs; i++) {
        struct np_str key = q->pairs[i].key;
        if (bsearch(&key, x->selectors, x->n_selectors, sizeof(key), str_cmp) != NULL &&
            !takes_key(r, key))
            return true;
    }
    return false;
}

static const struct route *best_route(const struct path *p, const struct asked *q)
{
    const struct route *best = NULL;
    int best_score = -2;
    for (const struct route *r = p->routes; r != NULL; r = r->next) {
        if (best != NULL && r->n_literals < best->n_literals)
            break;
        if (!np_str_is_z(q->rq->method, r->op->method) || !literals_match(r, q))
            continue;
        int score = required_present(r, q);
        if (score > best_score) {
            best = r;
            best_score = score;
        }
    }
    return best;
}

const struct np_codec_op *np_op_by_route(const struct np_codec_service *s,
                                         const struct np_wire_request *rq, struct np_arena *a,
                                         bool *path_known)
{
    const struct index *x = index_of(s);
    struct asked q = {.rq = rq};
    struct np_pair *pairs = NULL;
    *path_known = false;
    /* A malformed query is refused when it is decoded; until then it has no keys. */
    if (rq->query.n != 0 &&
        np_form_parse(a, rq->query, true, NP_FORM_PAIRS_MAX, &pairs, &q.n_pairs, NULL) != 0)
        q.n_pairs = 0;
    q.pairs = pairs;
    for (const struct path *p = x->paths; p != NULL; p = p->next) {
        if (!path_matches(p, rq->path))
            continue;
        *path_known = true;
        const struct route *r = best_route(p, &q);
        if (r != NULL)
            return asks_another(x, r, &q) ? NULL : r->op;
    }
    return NULL;
}
