/* SPDX-License-Identifier: Apache-2.0 */
/* invalidation.c - what a distribution's owner has called back. */
#include "engines/edge/invalidation.h"

#include "base/arena.h"
#include "engines/edge/limits.h"
#include "io/rcu.h"

struct pattern {
    uint64_t at;
    uint32_t n;
    bool is_prefix;
    char *text;
};
struct edge_inval_list {
    uint64_t all_before; /* what was fetched before is gone, whatever its URL */
    size_t n;
    struct np_arena *arena;
    struct pattern v[];
};

static void list_free(void *list)
{
    struct edge_inval_list *l = list;
    np_arena_free(l->arena);
    np_free(l);
}

static struct pattern pattern_of(struct np_arena *a, uint64_t at, struct np_str text)
{
    bool is_prefix = np_str_ends(text, NP_STR("*"));
    text.n -= is_prefix;
    return (struct pattern){
        .at = at, .n = (uint32_t)text.n, .is_prefix = is_prefix, .text = np_str_z(a, text)};
}

/* Oldest first; past the limit the older half becomes "all": that calls back too much, never too
 * little. */
void edge_inval_add(struct edge_invalidations *v, uint64_t at, const struct np_str *patterns,
                    size_t n)
{
    const struct edge_inval_list *old = v->list;
    size_t n_old = old != NULL ? old->n : 0, skip = 0;
    if (n_old + n > NP_EDGE_INVALIDATIONS_MAX)
        skip = n_old / 2 + 1 < n_old ? n_old / 2 + 1 : n_old;
    struct edge_inval_list *l = np_heap_alloc(sizeof(*l) + (n_old - skip + n) * sizeof(l->v[0]));
    l->arena = np_arena_new();
    l->all_before = old != NULL ? old->all_before : 0;
    if (skip > 0)
        l->all_before = old->v[skip - 1].at;
    for (size_t i = skip; i < n_old; i++) {
        struct pattern p = old->v[i];
        p.text = np_str_z(l->arena, np_str_n(p.text, p.n));
        l->v[l->n++] = p;
    }
    for (size_t i = 0; i < n; i++)
        l->v[l->n++] = pattern_of(l->arena, at, patterns[i]);
    np_rcu_set(&v->list, l);
    __atomic_store_n(&v->last, at, __ATOMIC_RELEASE);
    if (old != NULL)
        np_rcu_retire((void *)(uintptr_t)old, list_free);
}

void edge_inval_fini(struct edge_invalidations *v)
{
    if (v->list != NULL)
        list_free(v->list);
    v->list = NULL;
}

bool edge_inval_hits(const struct edge_invalidations *v, uint64_t since, struct np_str url)
{
    const struct edge_inval_list *l = np_rcu_get(&v->list);
    if (l == NULL)
        return false;
    if (since < l->all_before)
        return true;
    for (size_t i = l->n; i > 0 && l->v[i - 1].at > since; i--) {
        struct np_str p = np_str_n(l->v[i - 1].text, l->v[i - 1].n);
        if (l->v[i - 1].is_prefix ? np_str_starts(url, p) : np_str_eq(url, p))
            return true;
    }
    return false;
}
