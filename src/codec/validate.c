/* SPDX-License-Identifier: Apache-2.0 */
/* validate.c - the constraints of the model on a decoded value. */
#include <math.h>

#include "base/arena.h"
#include "codec/codec.h"
#include "codec/limits.h"
#include "codec/pattern.h"
#include "codec/value.h"

/* Where a value stands; written out only when it is invalid. */
struct place {
    const struct place *parent;
    struct np_str name; /* absent: a list's element, by index */
    size_t index;
};

struct check {
    struct np_arena *arena;
    struct np_invalid *why;
    unsigned depth;
};

static int check_value(struct check *c, const struct np_member *m, const void *slot, bool is_inline,
                       const struct place *at);

static void put_path(struct np_buf *b, const struct place *at)
{
    if (at == NULL)
        return;
    put_path(b, at->parent);
    if (at->parent != NULL)
        np_buf_char(b, '.');
    if (at->name.p != NULL)
        np_buf_str_add(b, at->name);
    else
        np_buf_printf(b, "%zu.member", at->index + 1);
}

static void put_joined(struct np_buf *b, const struct np_vec *v, const struct np_shape *s)
{
    np_buf_char(b, '[');
    for (size_t i = 0; i < v->n && b->n < 1000; i++) {
        if (i != 0)
            np_buf_lit(b, ", ");
        np_scalar_text(b, &s->members[0], NP_TIME_DATE_TIME, false, np_elem(v, s, i));
    }
    np_buf_char(b, ']');
}

static struct np_str value_text(struct check *c, const struct np_member *m, const void *slot)
{
    struct np_buf b;
    if ((m->flags & NP_M_SENSITIVE) || slot == NULL || np_is_struct(m->shape) ||
        m->shape->type == NP_MAP)
        return NP_STR_NULL;
    np_buf_init(&b, c->arena, 1u << 20);
    if (m->shape->type == NP_LIST && m->shape->members[0].shape->type < NP_DOCUMENT)
        put_joined(&b, slot, m->shape);
    else
        np_scalar_text(&b, m, NP_TIME_DATE_TIME, false, slot);
    return np_buf_str(&b);
}

static int invalid(struct check *c, enum np_invalid_kind kind, const struct np_member *m,
                   const void *slot, const struct place *at)
{
    struct np_buf b;
    np_buf_init(&b, c->arena, 1u << 16);
    put_path(&b, at);
    *c->why = (struct np_invalid){
        .kind = kind, .member = m, .path = np_buf_str(&b), .value = value_text(c, m, slot)};
    return NP_EINVAL;
}

static const struct np_limits *limits_of(const struct np_member *m)
{
    return m->limits != NULL ? m->limits : m->shape->limits;
}

/* Length as AWS counts it: characters. */
static size_t code_points(struct np_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

static bool in_range(const struct np_limits *l, int64_t v)
{
    return !(l->has_min && v < l->min) && !(l->has_max && v > l->max);
}

static int check_length(struct check *c, const struct np_member *m, const void *slot, size_t n,
                        const struct place *at)
{
    const struct np_limits *l = limits_of(m);
    if (in_range(l, (int64_t)n))
        return 0;
    int rc = invalid(c, NP_INVALID_LENGTH, m, slot, at);
    c->why->below = l->has_min && (int64_t)n < l->min;
    return rc;
}

static bool is_one_of(const char *const *values, struct np_str s)
{
    for (; *values != NULL; values++)
        if (np_str_is_z(s, *values))
            return true;
    return false;
}

static int check_text(struct check *c, const struct np_member *m, const struct np_str *s,
                      const struct place *at)
{
    const struct np_limits *l = limits_of(m);
    if (l == NULL)
        return 0;
    if (l->values != NULL && !is_one_of(l->values, *s))
        return invalid(c, NP_INVALID_ENUM, m, s, at);
    size_t n = m->shape->type == NP_BLOB ? s->n : l->has_min || l->has_max ? code_points(*s) : 0;
    int rc = check_length(c, m, s, n, at);
    if (rc != 0)
        return rc;
    if (l->pattern != NULL && m->shape->type != NP_BLOB && !np_pattern_match(l->pattern, *s))
        return invalid(c, NP_INVALID_PATTERN, m, s, at);
    return 0;
}

static int check_int(struct check *c, const struct np_member *m, const struct np_opt_int *v,
                     const struct place *at)
{
    const struct np_limits *l = limits_of(m);
    return l == NULL || in_range(l, v->v) ? 0 : invalid(c, NP_INVALID_RANGE, m, v, at);
}

static int check_double(struct check *c, const struct np_member *m, const struct np_opt_double *v,
                        const struct place *at)
{
    const struct np_limits *l = limits_of(m);
    if (l == NULL ||
        !((l->has_min && !(v->v >= (double)l->min)) || (l->has_max && !(v->v <= (double)l->max))))
        return 0;
    return invalid(c, NP_INVALID_RANGE, m, v, at);
}

/* Elements that cannot break a rule need no visit. */
static bool has_rules(const struct np_member *m)
{
    return limits_of(m) != NULL || np_is_struct(m->shape) || m->shape->type == NP_LIST ||
           m->shape->type == NP_MAP;
}

static int check_list(struct check *c, const struct np_member *m, const struct np_vec *v,
                      const struct place *at)
{
    const struct np_shape *s = m->shape;
    int rc = limits_of(m) != NULL ? check_length(c, m, v, v->n, at) : 0;
    for (size_t i = 0; has_rules(&s->members[0]) && rc == 0 && i < v->n; i++) {
        const void *slot = np_elem(v, s, i);
        struct place here = {.parent = at, .index = i};
        if (np_is_inline(s) || np_value_is_set(s->members[0].shape, slot))
            rc = check_value(c, &s->members[0], slot, np_is_inline(s), &here);
    }
    return rc;
}

static int check_map(struct check *c, const struct np_member *m, const struct np_vec *v,
                     const struct place *at)
{
    const struct np_shape *s = m->shape;
    int rc = limits_of(m) != NULL ? check_length(c, m, v, v->n, at) : 0;
    for (size_t i = 0; rc == 0 && i < v->n; i++) {
        const void *entry = np_elem(v, s, i), *slot = np_slot_of(entry, &s->members[1]);
        struct place key = {.parent = at, .name = NP_STR("key")};
        struct place here = {.parent = at, .name = *(const struct np_str *)entry};
        struct place value = {.parent = &here, .name = NP_STR("member")};
        rc = check_text(c, &s->members[0], entry, &key);
        if (rc == 0 && np_value_is_set(s->members[1].shape, slot))
            rc = check_value(c, &s->members[1], slot, false, &value);
    }
    return rc;
}

/* The accepted off value: false, 0, empty, or what the model says. */
static bool is_off(struct check *c, const struct np_member *m, const void *slot)
{
    const struct np_shape *s = m->shape;
    if (s->type == NP_LIST || s->type == NP_MAP)
        return ((const struct np_vec *)slot)->n == 0;
    if (s->type == NP_DOCUMENT || s->type == NP_STREAM)
        return false;
    if (np_is_struct(s)) {
        const void *p = np_struct_at(slot, false);
        for (uint32_t i = 0; i < s->n_members; i++)
            if (np_value_is_set(s->members[i].shape, np_slot_of(p, &s->members[i])) &&
                !is_off(c, &s->members[i], np_slot_of(p, &s->members[i])))
                return false;
        return true;
    }
    struct np_buf b;
    np_buf_init(&b, c->arena, 1u << 26);
    np_scalar_text(&b, m, NP_TIME_DATE_TIME, false, slot);
    struct np_str text = np_buf_str(&b);
    if (m->off != NULL)
        return np_str_is_z(text, m->off);
    return text.n == 0 || np_str_is(text, "false") || np_str_is(text, "0");
}

static int check_member(struct check *c, const struct np_member *m, const void *base,
                        const struct place *parent)
{
    const void *slot = np_slot_of(base, m);
    struct place here = {.parent = parent, .name = np_str_of(m->name)};
    if (m->shape->type == NP_STREAM)
        return 0;
    if (!np_value_is_set(m->shape, slot))
        return m->flags & NP_M_REQUIRED ? invalid(c, NP_INVALID_MISSING, m, NULL, &here) : 0;
    if ((m->flags & NP_M_REFUSED) && !is_off(c, m, slot))
        return invalid(c, NP_INVALID_REFUSED, m, slot, &here);
    return check_value(c, m, slot, false, &here);
}

static size_t count_set(const struct np_shape *s, const void *value)
{
    size_t n = 0;
    for (uint32_t i = 0; i < s->n_members; i++)
        n += s->members[i].shape->type == NP_STREAM ||
             np_value_is_set(s->members[i].shape, np_slot_of(value, &s->members[i]));
    return n;
}

static int check_struct(struct check *c, const struct np_member *m, const struct np_shape *s,
                        const void *value, const struct place *at)
{
    int rc = 0;
    if (c->depth == NP_SHAPE_DEPTH_MAX)
        return 0; /* the decoder refuses deeper ones */
    c->depth++;
    if (s->type == NP_UNION && m != NULL && count_set(s, value) != 1)
        rc = invalid(c, NP_INVALID_UNION, m, NULL, at);
    for (uint32_t i = 0; rc == 0 && i < s->n_members; i++)
        rc = check_member(c, &s->members[i], value, at);
    c->depth--;
    return rc;
}

static int check_value(struct check *c, const struct np_member *m, const void *slot, bool is_inline,
                       const struct place *at)
{
    switch ((enum np_type)m->shape->type) {
    case NP_BLOB:
    case NP_STRING:
    case NP_ENUM:
        return check_text(c, m, slot, at);
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
        return check_int(c, m, slot, at);
    case NP_FLOAT:
    case NP_DOUBLE:
        return check_double(c, m, slot, at);
    case NP_LIST:
        return check_list(c, m, slot, at);
    case NP_MAP:
        return check_map(c, m, slot, at);
    case NP_STRUCTURE:
    case NP_UNION:
        return check_struct(c, m, m->shape, np_struct_at(slot, is_inline), at);
    case NP_BOOL:
    case NP_TIMESTAMP:
    case NP_DOCUMENT:
    case NP_STREAM:
        return 0;
    }
    return 0;
}

int np_validate(const struct np_shape *shape, const void *value, struct np_arena *a,
                struct np_invalid *why)
{
    struct check c = {.arena = a, .why = why};
    return check_struct(&c, NULL, shape, value, NULL);
}
