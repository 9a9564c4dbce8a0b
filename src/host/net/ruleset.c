/* SPDX-License-Identifier: Apache-2.0 */
/* ruleset.c - pieces of a firewall, compared. */
#include "host/net/ruleset.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"

#define TABLE    "ip nephele"
#define TEXT_MAX (64u << 20)

static const char *const kinds[] = {
    [NP_PIECE_SET] = "set", [NP_PIECE_MAP] = "map", [NP_PIECE_CHAIN] = "chain"};

struct np_ruleset {
    struct np_arena *arena;
    struct np_map *names;
    struct np_piece **v;
    size_t n;
};

struct np_ruleset *np_ruleset_new(void)
{
    struct np_arena *a = np_arena_new();
    struct np_ruleset *r = np_new(a, struct np_ruleset);
    *r = (struct np_ruleset){.arena = a, .names = np_map_new()};
    return r;
}

void np_ruleset_free(struct np_ruleset *r)
{
    if (r == NULL)
        return;
    np_map_free(r->names, NULL);
    np_arena_free(r->arena);
}

struct np_arena *np_ruleset_arena(struct np_ruleset *r)
{
    return r->arena;
}

bool np_piece_is_there(const struct np_ruleset *r, struct np_str name)
{
    return np_map_get(r->names, name) != NULL;
}

struct np_piece *np_piece(struct np_ruleset *r, enum np_piece_kind kind, struct np_str name,
                          const char *head)
{
    struct np_piece *p = np_map_get(r->names, name);
    if (p != NULL)
        return p;
    p = np_new(r->arena, struct np_piece);
    *p = (struct np_piece){.kind = kind,
                           .ranges = strstr(head, "interval") != NULL,
                           .name = np_str_dup(r->arena, name),
                           .head = np_str_dup(r->arena, np_str_of(head))};
    np_map_put(r->names, p->name, p);
    r->v = np_array_grow(r->arena, r->v, r->n, sizeof(struct np_piece *));
    r->v[r->n++] = p;
    return p;
}

void np_piece_line(struct np_ruleset *r, struct np_piece *p, const char *fmt, ...)
{
    struct np_buf b;
    char line[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    np_buf_init(&b, r->arena, TEXT_MAX);
    if ((size_t)n < sizeof(line)) {
        np_buf_add(&b, line, (size_t)n);
    } else {
        np_buf_grow(&b, (size_t)n + 1);
        va_start(args, fmt);
        vsnprintf(b.p, (size_t)n + 1, fmt, args);
        va_end(args);
        b.n = (size_t)n;
    }
    p->lines = np_array_grow(r->arena, p->lines, p->n, sizeof(struct np_str));
    p->lines[p->n++] = np_buf_str(&b);
}

static int by_text(const void *a, const void *b)
{
    return np_str_cmp(*(const struct np_str *)a, *(const struct np_str *)b);
}

static int by_name(const void *a, const void *b)
{
    return np_str_cmp((*(struct np_piece *const *)a)->name, (*(struct np_piece *const *)b)->name);
}

void np_ruleset_seal(struct np_ruleset *r)
{
    if (r->n != 0)
        qsort(r->v, r->n, sizeof(r->v[0]), by_name);
    for (size_t i = 0; i < r->n; i++) {
        struct np_piece *p = r->v[i];
        size_t kept = 0;
        if (p->kind == NP_PIECE_CHAIN || p->n == 0)
            continue;
        qsort(p->lines, p->n, sizeof(p->lines[0]), by_text);
        for (size_t k = 0; k < p->n; k++)
            if (kept == 0 || !np_str_eq(p->lines[kept - 1], p->lines[k]))
                p->lines[kept++] = p->lines[k];
        p->n = kept;
    }
}

/* --- the difference --- */

/* Two pieces of one name, one of which may be missing. */
struct change {
    const struct np_piece *old, *now;
};

static bool is_alike(const struct np_piece *a, const struct np_piece *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!np_str_eq(a->lines[i], b->lines[i]))
            return false;
    return true;
}

static size_t pair_up(const struct np_ruleset *old, const struct np_ruleset *now,
                      struct change *out)
{
    size_t i = 0, k = 0, n = 0, n_old = old != NULL ? old->n : 0;
    while (i < n_old || k < now->n) {
        int order = i == n_old    ? 1
                    : k == now->n ? -1
                                  : np_str_cmp(old->v[i]->name, now->v[k]->name);
        struct change c = {order <= 0 ? old->v[i] : NULL, order >= 0 ? now->v[k] : NULL};
        i += order <= 0;
        k += order >= 0;
        if (c.old == NULL || c.now == NULL || !is_alike(c.old, c.now))
            out[n++] = c;
    }
    return n;
}

static struct np_str key_of(const struct np_piece *p, struct np_str element)
{
    static const struct np_str sep = {" : ", 3};
    ptrdiff_t at = p->kind == NP_PIECE_MAP ? np_str_find(element, sep) : -1;
    return at >= 0 ? np_str_sub(element, 0, (size_t)at) : element;
}

struct elements {
    struct np_buf *out;
    const struct np_piece *p;
    const char *verb;
    size_t n;
};

static void put_element(struct elements *e, struct np_str element)
{
    if (e->n++ == 0)
        np_buf_printf(e->out, "%s element " TABLE " %.*s { ", e->verb, NP_FMT(e->p->name));
    else
        np_buf_lit(e->out, ", ");
    np_buf_str_add(e->out, element);
}

static void end_elements(struct elements *e)
{
    if (e->n != 0)
        np_buf_lit(e->out, " }\n");
}

/* Elements of `a` that `b` lacks. */
static void put_missing(struct np_buf *out, const char *verb, const struct np_piece *a,
                        const struct np_piece *b, bool keys)
{
    struct elements e = {.out = out, .p = a, .verb = verb};
    size_t k = 0, n = b != NULL ? b->n : 0;
    for (size_t i = 0; i < a->n; i++) {
        while (k < n && np_str_cmp(b->lines[k], a->lines[i]) < 0)
            k++;
        if (k == n || !np_str_eq(b->lines[k], a->lines[i]))
            put_element(&e, keys ? key_of(a, a->lines[i]) : a->lines[i]);
    }
    end_elements(&e);
}

static void declare(struct np_buf *out, const struct change *c)
{
    if (c->old != NULL)
        return;
    np_buf_printf(out, "add %s " TABLE " %.*s", kinds[c->now->kind], NP_FMT(c->now->name));
    if (c->now->head.n != 0)
        np_buf_printf(out, " { %.*s }", NP_FMT(c->now->head));
    np_buf_char(out, '\n');
}

static void empty(struct np_buf *out, const struct change *c)
{
    if (c->old == NULL)
        return;
    if (c->old->kind == NP_PIECE_CHAIN || c->now == NULL || c->old->ranges)
        np_buf_printf(out, "flush %s " TABLE " %.*s\n", kinds[c->old->kind], NP_FMT(c->old->name));
    else
        put_missing(out, "delete", c->old, c->now, true);
}

static void fill(struct np_buf *out, const struct change *c)
{
    if (c->now == NULL)
        return;
    if (c->now->kind != NP_PIECE_CHAIN) {
        put_missing(out, "add", c->now, c->now->ranges ? NULL : c->old, false);
        return;
    }
    for (size_t i = 0; i < c->now->n; i++)
        np_buf_printf(out, "add rule " TABLE " %.*s %.*s\n", NP_FMT(c->now->name),
                      NP_FMT(c->now->lines[i]));
}

static void drop(struct np_buf *out, const struct change *c, bool chains)
{
    if (c->now == NULL && (c->old->kind == NP_PIECE_CHAIN) == chains)
        np_buf_printf(out, "delete %s " TABLE " %.*s\n", kinds[c->old->kind], NP_FMT(c->old->name));
}

void np_ruleset_diff(const struct np_ruleset *old, const struct np_ruleset *now, struct np_buf *out)
{
    struct np_arena *a = np_arena_new();
    struct change *c = np_new_array(a, struct change, now->n + (old != NULL ? old->n : 0) + 1);
    size_t n = pair_up(old, now, c);
    if (old == NULL)
        np_buf_lit(out, "add table " TABLE "\ndelete table " TABLE "\nadd table " TABLE "\n");
    for (size_t i = 0; i < n; i++)
        declare(out, &c[i]);
    for (size_t i = 0; i < n; i++)
        empty(out, &c[i]);
    for (size_t i = 0; i < n; i++)
        fill(out, &c[i]);
    for (size_t i = 0; i < n; i++)
        drop(out, &c[i], true);
    for (size_t i = 0; i < n; i++)
        drop(out, &c[i], false);
    np_arena_free(a);
}
