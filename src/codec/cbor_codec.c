/* SPDX-License-Identifier: Apache-2.0 */
/* cbor_codec.c - structs from and to CBOR.
 *
 * Reading takes every form that RFC 8949 allows for a value: indefinite lengths, any width of
 * numbers, unknown tags. Writing uses definite lengths.
 */
#include "codec/cbor_codec.h"

#include <math.h>

#include "base/arena.h"
#include "codec/codec.h"
#include "codec/json.h"
#include "codec/limits.h"

enum major { UINT, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };
enum {
    FALSE_ = 20,
    TRUE_ = 21,
    NULL_ = 22,
    UNDEFINED = 23,
    HALF = 25,
    SINGLE = 26,
    DOUBLE = 27,
    INDEFINITE = 31
};

struct cbor {
    const uint8_t *start, *p, *end;
    struct np_decode *d;
    unsigned depth;
};

struct head {
    enum major major;
    uint8_t info;
    uint64_t v;
};

static int get_value(struct cbor *c, const struct np_member *m, void *slot, bool is_inline);
static int skip(struct cbor *c);

static int fail(struct cbor *c, const char *what)
{
    return np_err(c->d->err, NP_EPROTO, "CBOR: %s at byte %zu", what, (size_t)(c->p - c->start));
}

static int get_head(struct cbor *c, struct head *h)
{
    if (c->p == c->end)
        return fail(c, "unexpected end");
    h->major = *c->p >> 5;
    h->info = h->v = *c->p & 31;
    c->p++;
    if (h->info < 24 || h->info == INDEFINITE)
        return 0;
    if (h->info > 27)
        return fail(c, "a reserved length");
    size_t n = (size_t)1 << (h->info - 24);
    if ((size_t)(c->end - c->p) < n)
        return fail(c, "unexpected end");
    for (h->v = 0; n != 0; n--)
        h->v = h->v << 8 | *c->p++;
    return 0;
}

static bool at_null(const struct cbor *c)
{
    return c->p < c->end && (*c->p == (SIMPLE << 5 | NULL_) || *c->p == (SIMPLE << 5 | UNDEFINED));
}

/* A string after its head; chunks are joined. */
static int get_string(struct cbor *c, struct head h, struct np_str *out)
{
    if (h.info != INDEFINITE) {
        if (h.v > (size_t)(c->end - c->p))
            return fail(c, "a string longer than the rest");
        *out = np_str_n(c->p, h.v);
        c->p += h.v;
        return h.major == TEXT && !np_utf8_ok(*out) ? fail(c, "text that is not UTF-8") : 0;
    }
    struct np_buf b;
    np_buf_init(&b, c->d->arena, (size_t)(c->end - c->p) + 1);
    struct head chunk;
    int rc;
    while ((rc = get_head(c, &chunk)) == 0 &&
           !(chunk.major == SIMPLE && chunk.info == INDEFINITE)) {
        struct np_str part;
        if (chunk.major != h.major || chunk.info == INDEFINITE)
            return fail(c, "a chunk of another type");
        if ((rc = get_string(c, chunk, &part)) != 0)
            return rc;
        np_buf_str_add(&b, part);
    }
    *out = np_buf_str(&b);
    return rc;
}

/* Items of an array or map: definite ones count down, indefinite ones end with a break. */
struct items {
    uint64_t left;
    bool indefinite;
};

static int items_enter(struct cbor *c, struct head h, struct items *it)
{
    *it = (struct items){h.v, h.info == INDEFINITE};
    if (++c->depth > NP_CBOR_DEPTH_MAX)
        return fail(c, "nested too deep");
    if (!it->indefinite && h.v > (size_t)(c->end - c->p))
        return fail(c, "more items than bytes");
    return 0;
}

/* 1: another item follows. */
static int items_next(struct cbor *c, struct items *it)
{
    bool more = it->left != 0;
    if (it->indefinite) {
        if (c->p == c->end)
            return fail(c, "unexpected end");
        more = *c->p != (SIMPLE << 5 | INDEFINITE);
        c->p += !more;
    } else if (more) {
        it->left--;
    }
    c->depth -= !more;
    return more;
}

static int get_key(struct cbor *c, struct np_str *key)
{
    struct head h;
    int rc = get_head(c, &h);
    if (rc != 0)
        return rc;
    return h.major == TEXT ? get_string(c, h, key) : fail(c, "a key that is no text");
}

static int skip_items(struct cbor *c, struct head h)
{
    struct items it;
    int rc = items_enter(c, h, &it);
    while (rc == 0 && (rc = items_next(c, &it)) == 1) {
        rc = skip(c);
        if (rc == 0 && h.major == MAP)
            rc = skip(c);
    }
    return rc;
}

static int skip(struct cbor *c)
{
    struct np_str s;
    struct head h;
    int rc = get_head(c, &h);
    while (rc == 0 && h.major == TAG)
        rc = h.info == INDEFINITE ? fail(c, "a tag without a number") : get_head(c, &h);
    if (rc != 0)
        return rc;
    if (h.info == INDEFINITE && (h.major < BYTES || h.major == SIMPLE))
        return fail(c, "an unexpected break");
    if (h.major == BYTES || h.major == TEXT)
        return get_string(c, h, &s);
    return h.major == ARRAY || h.major == MAP ? skip_items(c, h) : 0;
}

static int get_members(struct cbor *c, struct head h, const struct np_shape *s, void *out)
{
    struct items it;
    struct np_str key;
    uint32_t hint = 0;
    int rc = np_decode_enter(c->d);
    if (rc == 0)
        rc = items_enter(c, h, &it);
    while (rc == 0 && (rc = items_next(c, &it)) == 1) {
        if ((rc = get_key(c, &key)) != 0)
            break;
        const struct np_member *m = np_member_find(s, NP_BY_NAME, key, &hint);
        rc = m == NULL || at_null(c) ? skip(c) : get_value(c, m, np_slot(out, m), false);
    }
    np_decode_leave(c->d);
    return rc;
}

static int get_list(struct cbor *c, struct head h, const struct np_shape *s, struct np_vec *v)
{
    struct items it;
    size_t cap = 0;
    int rc = items_enter(c, h, &it);
    *v = (struct np_vec){.set = true};
    while (rc == 0 && (rc = items_next(c, &it)) == 1) {
        bool null = at_null(c);
        if (null && !s->sparse) {
            rc = skip(c);
            continue;
        }
        void *slot = np_decode_push(c->d, v, &cap, s->size);
        if (slot == NULL)
            return NP_E2BIG;
        rc = null ? skip(c) : get_value(c, &s->members[0], slot, np_is_inline(s));
    }
    return rc;
}

static int get_map(struct cbor *c, struct head h, const struct np_shape *s, struct np_vec *v)
{
    struct items it;
    struct np_str key;
    size_t cap = 0;
    int rc = items_enter(c, h, &it);
    *v = (struct np_vec){.set = true};
    while (rc == 0 && (rc = items_next(c, &it)) == 1) {
        if ((rc = get_key(c, &key)) != 0)
            return rc;
        bool null = at_null(c);
        if (null && !s->sparse) {
            rc = skip(c);
            continue;
        }
        void *entry = np_decode_push(c->d, v, &cap, s->size);
        if (entry == NULL)
            return NP_E2BIG;
        *(struct np_str *)entry = key;
        rc = null ? skip(c) : get_value(c, &s->members[1], np_slot(entry, &s->members[1]), false);
    }
    return rc;
}

static double half(uint64_t v)
{
    int exponent = (int)(v >> 10 & 31);
    double mantissa = (double)(v & 1023);
    double d = exponent == 0    ? ldexp(mantissa, -24)
               : exponent == 31 ? (mantissa == 0 ? (double)INFINITY : (double)NAN)
                                : ldexp(mantissa + 1024, exponent - 25);
    return v & 0x8000 ? -d : d;
}

/* A number of any width. *exact: it is an int64, in *i. */
static bool number(struct head h, bool *exact, int64_t *i, double *d)
{
    uint32_t bits32 = (uint32_t)h.v;
    float f;
    *exact = false;
    if (h.major <= NEGATIVE) {
        *exact = h.v <= INT64_MAX;
        *i = h.major == UINT ? (int64_t)h.v : -1 - (int64_t)(h.v & INT64_MAX);
        *d = h.major == UINT ? (double)h.v : -1 - (double)h.v;
        return h.info != INDEFINITE;
    }
    if (h.major != SIMPLE || h.info < HALF || h.info > DOUBLE)
        return false;
    memcpy(&f, &bits32, sizeof(f));
    memcpy(d, &h.v, sizeof(*d));
    *d = h.info == HALF ? half(h.v) : h.info == SINGLE ? (double)f : *d;
    if (*d == trunc(*d) && fabs(*d) < 9e15) {
        *exact = true;
        *i = (int64_t)*d;
    }
    return true;
}

static int get_number(struct cbor *c, const struct np_member *m, struct head h, void *slot)
{
    int64_t i = 0;
    double d = 0;
    bool exact;
    if (!number(h, &exact, &i, &d))
        return fail(c, "a number was expected");
    if (m->shape->type == NP_FLOAT || m->shape->type == NP_DOUBLE) {
        *(struct np_opt_double *)slot = (struct np_opt_double){true, d};
        return 0;
    }
    if (m->shape->type == NP_TIMESTAMP) {
        struct np_opt_int *v = slot;
        v->set = np_epoch_ms(d, &v->v);
        return v->set ? 0 : fail(c, "a time from year 1 to 9999 was expected");
    }
    if (!exact || !np_int_fits(m->shape, i))
        return np_err(c->d->err, NP_EPROTO, "the number is no valid value of %s", m->name);
    *(struct np_opt_int *)slot = (struct np_opt_int){true, i};
    return 0;
}

static int get_bool(struct cbor *c, struct head h, struct np_opt_bool *v)
{
    if (h.major != SIMPLE || (h.info != FALSE_ && h.info != TRUE_))
        return fail(c, "a boolean was expected");
    *v = (struct np_opt_bool){true, h.info == TRUE_};
    return 0;
}

static int get_json(struct cbor *c, struct np_json *j);

static int get_json_items(struct cbor *c, struct head h, struct np_json *j)
{
    struct np_json **tail = &j->child;
    struct items it;
    int rc = items_enter(c, h, &it);
    j->type = h.major == MAP ? NP_J_OBJECT : NP_J_ARRAY;
    while (rc == 0 && (rc = items_next(c, &it)) == 1) {
        struct np_json *item = np_decode_new(c->d, sizeof(*item));
        if (item == NULL)
            return NP_E2BIG;
        if (h.major == MAP && (rc = get_key(c, &item->key)) != 0)
            return rc;
        rc = get_json(c, item);
        *tail = item;
        tail = &item->next;
        j->n++;
    }
    return rc;
}

/* A document. Its JSON text is made anew where a number needs one. */
static int get_json(struct cbor *c, struct np_json *j)
{
    struct head h;
    bool exact;
    int rc = get_head(c, &h);
    if (rc != 0)
        return rc;
    if (h.major == ARRAY || h.major == MAP)
        return get_json_items(c, h, j);
    if (h.major == TEXT) {
        j->type = NP_J_STRING;
        return get_string(c, h, &j->s);
    }
    if (h.major == SIMPLE && (h.info == FALSE_ || h.info == TRUE_)) {
        j->type = NP_J_BOOL;
        j->b = h.info == TRUE_;
        return 0;
    }
    if (h.major == SIMPLE && h.info == NULL_) {
        j->type = NP_J_NULL;
        return 0;
    }
    if (!number(h, &exact, &j->i, &j->d))
        return fail(c, "no value of a document");
    struct np_buf b;
    np_buf_init(&b, c->d->arena, 64);
    j->type = exact && h.major <= NEGATIVE ? NP_J_INT : NP_J_DOUBLE;
    if (j->type == NP_J_INT)
        np_buf_i64(&b, j->i);
    else
        np_json_number(&b, j->d);
    j->s = np_buf_str(&b);
    return 0;
}

static int get_document(struct cbor *c, const struct np_json **slot)
{
    struct np_json *j = np_decode_new(c->d, sizeof(*j));
    if (j == NULL)
        return NP_E2BIG;
    *slot = j;
    return get_json(c, j);
}

static int wrong(struct cbor *c, const struct np_member *m)
{
    return np_err(c->d->err, NP_EPROTO, "CBOR: a value of the wrong type for %s at byte %zu",
                  m->name, (size_t)(c->p - c->start));
}

static int get_compound(struct cbor *c, struct head h, const struct np_member *m, void *slot,
                        bool is_inline)
{
    const struct np_shape *s = m->shape;
    if (h.major != (s->type == NP_LIST ? ARRAY : MAP))
        return wrong(c, m);
    if (s->type == NP_LIST)
        return get_list(c, h, s, slot);
    if (s->type == NP_MAP)
        return get_map(c, h, s, slot);
    void *p = np_struct_make(c->d, s, slot, is_inline);
    return p != NULL ? get_members(c, h, s, p) : NP_E2BIG;
}

static int get_value(struct cbor *c, const struct np_member *m, void *slot, bool is_inline)
{
    struct head h;
    enum np_type type = m->shape->type;
    int rc;
    if (type == NP_DOCUMENT)
        return get_document(c, slot);
    rc = get_head(c, &h);
    while (rc == 0 && h.major == TAG) /* 1 before a time; others change nothing here */
        rc = get_head(c, &h);
    if (rc != 0)
        return rc;
    if (type == NP_STRING || type == NP_ENUM || type == NP_BLOB)
        return h.major == (type == NP_BLOB ? BYTES : TEXT) ? get_string(c, h, slot) : wrong(c, m);
    if (type == NP_BOOL)
        return get_bool(c, h, slot);
    if (type == NP_LIST || type == NP_MAP || np_is_struct(m->shape))
        return get_compound(c, h, m, slot, is_inline);
    return type == NP_STREAM ? wrong(c, m) : get_number(c, m, h, slot);
}

int np_cbor_get_struct(struct np_decode *d, const struct np_shape *s, struct np_str bytes,
                       void *out)
{
    const uint8_t *p = (const uint8_t *)bytes.p;
    struct cbor c = {.start = p, .p = p, .end = p + bytes.n, .d = d};
    struct head h;
    int rc = get_head(&c, &h);
    if (rc == 0 && h.major != MAP)
        rc = fail(&c, "a map was expected");
    if (rc == 0)
        rc = get_members(&c, h, s, out);
    return rc == 0 && c.p != c.end ? fail(&c, "bytes after the value") : rc;
}

int np_cbor_get(const struct np_shape *shape, struct np_str bytes, struct np_arena *a, void *value,
                struct np_err *err)
{
    struct np_decode d;
    np_decode_init(&d, a, err);
    return np_cbor_get_struct(&d, shape, bytes, value);
}

/* --- writing --- */

static void put_big_endian(struct np_buf *b, uint64_t v, int bytes)
{
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        np_buf_char(b, (char)(v >> shift));
}

static void put_head(struct np_buf *b, enum major major, uint64_t v)
{
    int power = v < 24 ? -1 : v <= UINT8_MAX ? 0 : v <= UINT16_MAX ? 1 : v <= UINT32_MAX ? 2 : 3;
    np_buf_char(b, (char)(major << 5 | (power < 0 ? (int)v : 24 + power)));
    if (power >= 0)
        put_big_endian(b, v, 1 << power);
}

static void put_int(struct np_buf *b, int64_t v)
{
    if (v >= 0)
        put_head(b, UINT, (uint64_t)v);
    else
        put_head(b, NEGATIVE, (uint64_t)(-1 - v));
}

static void put_double(struct np_buf *b, double d, bool single)
{
    float f = (float)d;
    uint32_t bits32;
    uint64_t bits64;
    memcpy(&bits32, &f, sizeof(f));
    memcpy(&bits64, &d, sizeof(d));
    np_buf_char(b, (char)(SIMPLE << 5 | (single ? SINGLE : DOUBLE)));
    put_big_endian(b, single ? bits32 : bits64, single ? 4 : 8);
}

static void put_string(struct np_buf *b, enum major major, struct np_str s)
{
    put_head(b, major, s.n);
    np_buf_str_add(b, s);
}

static void put_simple(struct np_buf *b, int which)
{
    np_buf_char(b, (char)(SIMPLE << 5 | which));
}

void np_cbor_put_map(struct np_buf *b, uint64_t n)
{
    put_head(b, MAP, n);
}

void np_cbor_put_text(struct np_buf *b, struct np_str s)
{
    put_string(b, TEXT, s);
}

static void put_time(struct np_buf *b, int64_t t_ms)
{
    put_head(b, TAG, 1);
    if (t_ms % 1000 == 0)
        put_int(b, t_ms / 1000);
    else
        put_double(b, (double)t_ms / 1000, false);
}

static void put_json(struct np_buf *b, const struct np_json *j)
{
    switch (j->type) {
    case NP_J_NULL:
        put_simple(b, NULL_);
        break;
    case NP_J_BOOL:
        put_simple(b, j->b ? TRUE_ : FALSE_);
        break;
    case NP_J_INT:
        put_int(b, j->i);
        break;
    case NP_J_DOUBLE:
        put_double(b, j->d, false);
        break;
    case NP_J_STRING:
        np_cbor_put_text(b, j->s);
        break;
    case NP_J_ARRAY:
    case NP_J_OBJECT:
        put_head(b, j->type == NP_J_OBJECT ? MAP : ARRAY, j->n);
        for (const struct np_json *m = j->child; m != NULL; m = m->next) {
            if (j->type == NP_J_OBJECT)
                np_cbor_put_text(b, m->key);
            put_json(b, m);
        }
        break;
    }
}

static void put_element(struct np_buf *b, const struct np_member *m, const void *slot,
                        bool is_inline, bool sparse)
{
    if (sparse && !np_value_is_set(m->shape, slot))
        put_simple(b, NULL_);
    else
        np_cbor_put_value(b, m, slot, is_inline);
}

static void put_vec(struct np_buf *b, const struct np_shape *s, const struct np_vec *v)
{
    bool map = s->type == NP_MAP, is_inline = np_is_inline(s);
    const struct np_member *m = &s->members[map ? 1 : 0];
    put_head(b, map ? MAP : ARRAY, v->n);
    for (size_t i = 0; i < v->n; i++) {
        const void *slot = np_elem(v, s, i);
        if (map) {
            np_cbor_put_text(b, *(const struct np_str *)slot);
            slot = np_slot_of(slot, m);
        }
        put_element(b, m, slot, is_inline, s->sparse);
    }
}

size_t np_cbor_count(const struct np_shape *s, const void *value)
{
    size_t n = 0;
    for (uint32_t i = 0; value != NULL && i < s->n_members; i++)
        n += np_value_is_set(s->members[i].shape, np_slot_of(value, &s->members[i]));
    return n;
}

void np_cbor_put_members(struct np_buf *b, const struct np_shape *s, const void *value)
{
    for (uint32_t i = 0; value != NULL && i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(value, m);
        if (!np_value_is_set(m->shape, slot))
            continue;
        np_cbor_put_text(b, np_str_of(m->name));
        np_cbor_put_value(b, m, slot, false);
    }
}

void np_cbor_put_value(struct np_buf *b, const struct np_member *m, const void *slot,
                       bool is_inline)
{
    switch ((enum np_type)m->shape->type) {
    case NP_BLOB:
        put_string(b, BYTES, *(const struct np_str *)slot);
        break;
    case NP_STRING:
    case NP_ENUM:
        np_cbor_put_text(b, *(const struct np_str *)slot);
        break;
    case NP_BOOL:
        put_simple(b, ((const struct np_opt_bool *)slot)->v ? TRUE_ : FALSE_);
        break;
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
        put_int(b, ((const struct np_opt_int *)slot)->v);
        break;
    case NP_TIMESTAMP:
        put_time(b, ((const struct np_opt_int *)slot)->v);
        break;
    case NP_FLOAT:
    case NP_DOUBLE:
        put_double(b, ((const struct np_opt_double *)slot)->v, m->shape->type == NP_FLOAT);
        break;
    case NP_DOCUMENT:
        put_json(b, *(const struct np_json *const *)slot);
        break;
    case NP_LIST:
    case NP_MAP:
        put_vec(b, m->shape, slot);
        break;
    case NP_STRUCTURE:
    case NP_UNION:
        np_cbor_put(m->shape, np_struct_at(slot, is_inline), b);
        break;
    case NP_STREAM:
        break;
    }
}

void np_cbor_put(const struct np_shape *shape, const void *value, struct np_buf *b)
{
    np_cbor_put_map(b, np_cbor_count(shape, value));
    np_cbor_put_members(b, shape, value);
}
