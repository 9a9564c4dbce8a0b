/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - texts of items. One that is made takes down what its fill looks at, each with the number
 * of the change that brought it; it is true in a view that has the same numbers there. */
#include "services/ec2/kept.h"

#include "base/buf.h"
#include "codec/codec.h"
#include "io/rcu.h"
#include "services/ec2/view_int.h"

struct look {
    enum ec2_look look;
    enum ec2_kind_id kind;
    uint64_t number; /* 0: it was not there */
    struct np_str id;
};

struct ec2_seen { /* in the making */
    struct np_arena *a;
    struct look *v;
    size_t n;
};

struct ec2_kept {
    uint64_t number; /* of the latest view that it was found to be true in */
    struct np_str text;
    size_t n;
    struct look looks[]; /* then their ids and the text */
};

void ec2_seen_note(struct ec2_seen *s, enum ec2_look look, enum ec2_kind_id kind, struct np_str id,
                   uint64_t number)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].look == look && s->v[i].kind == kind && np_str_eq(s->v[i].id, id))
            return;
    s->v = np_array_grow(s->a, s->v, s->n, sizeof(*s->v));
    s->v[s->n++] = (struct look){look, kind, number, id};
}

/* --- is it true? --- */

static uint64_t number_now(const struct ec2_view *v, const struct look *l)
{
    const struct ec2_belongings *b;
    const struct ec2_entry *e;
    switch (l->look) {
    case EC2_LOOK_ONE:
        e = np_pmap_get(v->kinds[l->kind], l->id);
        return e != NULL ? e->number : 0;
    case EC2_LOOK_OF:
        b = np_pmap_get(v->belongings[l->kind], l->id);
        return b != NULL ? b->number : 0;
    case EC2_LOOK_ALL:
        return v->changed[l->kind];
    }
    return 0;
}

static bool is_true(struct ec2_kept *k, const struct ec2_view *v)
{
    uint64_t number = __atomic_load_n(&k->number, __ATOMIC_RELAXED);
    for (size_t i = 0; i < k->n; i++)
        if (v->changed[k->looks[i].kind] > number &&
            number_now(v, &k->looks[i]) != k->looks[i].number)
            return false;
    if (v->number > number)
        __atomic_store_n(&k->number, v->number, __ATOMIC_RELAXED);
    return true;
}

/* --- making one --- */

static char *put(char **at, struct np_str s)
{
    char *p = *at;
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    *at += s.n;
    return p;
}

/* One block. */
static struct ec2_kept *packed(const struct ec2_view *v, const struct ec2_seen *s,
                               struct np_str text)
{
    size_t n = text.n;
    for (size_t i = 0; i < s->n; i++)
        n += s->v[i].id.n;
    struct ec2_kept *k = np_heap_alloc(sizeof(*k) + s->n * sizeof(k->looks[0]) + n);
    char *at = (char *)&k->looks[s->n];
    k->number = v->number;
    k->n = s->n;
    k->text = np_str_n(put(&at, text), text.n);
    for (size_t i = 0; i < s->n; i++) {
        k->looks[i] = s->v[i];
        k->looks[i].id.p = put(&at, s->v[i].id);
    }
    return k;
}

static struct ec2_kept *made(const struct ec2_view *v, const struct ec2_item *it, ec2_fill_fn *fill,
                             struct np_arena *a)
{
    struct ec2_seen seen = {.a = a};
    struct ec2_view looked = *v; /* without its text, which account and region point to */
    const struct np_shape *s = it->kind->shape;
    void *out = np_alloc_raw(a, s->size);
    struct np_buf b;
    looked.seen = &seen;
    memcpy(out, it->detail, s->size);
    fill(&looked, it, a, out);
    np_buf_init(&b, a, EC2_TEXT_MAX);
    np_ec2_put_members(s, out, &b);
    np_assert(np_buf_ok(&b));
    return packed(v, &seen, np_buf_str(&b));
}

struct np_str ec2_kept_text(const struct ec2_view *v, const struct ec2_item *it, ec2_fill_fn *fill,
                            struct np_arena *scratch)
{
    struct ec2_entry *e = (struct ec2_entry *)(uintptr_t)it;
    struct ec2_kept *k = np_rcu_get(&e->kept);
    if (k != NULL && is_true(k, v))
        return k->text;
    k = made(v, it, fill, scratch);
    struct ec2_kept *old = __atomic_exchange_n(&e->kept, k, __ATOMIC_ACQ_REL);
    if (old != NULL)
        np_rcu_retire(old, np_free);
    return k->text;
}
