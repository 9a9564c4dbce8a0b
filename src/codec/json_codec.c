/* SPDX-License-Identifier: Apache-2.0 */
/* json_codec.c - structs from and to JSON. */
#include "codec/json_codec.h"

#include <math.h>

#include "base/enc.h"
#include "codec/codec.h"

struct get {
    struct np_json_reader r;
    struct np_decode *d;
};

static int get_value(struct get *g, const struct np_member *m, void *slot, bool is_inline);

/* AWS: the texts that its JSON services answer to values of the wrong type. */
static int mismatch(struct get *g, const struct np_member *m, enum np_json_type got)
{
    static const char *const from[] = {[NP_J_NULL] = "NULL_VALUE",
                                       [NP_J_BOOL] = "TRUE_VALUE",
                                       [NP_J_INT] = "NUMBER_VALUE",
                                       [NP_J_DOUBLE] = "NUMBER_VALUE",
                                       [NP_J_STRING] = "STRING_VALUE"};
    static const char *const to[] = {
        [NP_BLOB] = "Blob",           [NP_STRING] = "String", [NP_ENUM] = "String",
        [NP_BOOL] = "Boolean",        [NP_BYTE] = "Byte",     [NP_SHORT] = "Short",
        [NP_INT] = "Integer",         [NP_LONG] = "Long",     [NP_INTENUM] = "Integer",
        [NP_TIMESTAMP] = "Timestamp", [NP_FLOAT] = "Float",   [NP_DOUBLE] = "Double",
        [NP_DOCUMENT] = "Document",   [NP_LIST] = "List",     [NP_MAP] = "Map",
        [NP_STRUCTURE] = "Structure", [NP_UNION] = "Union",   [NP_STREAM] = "Blob"};
    if (got == NP_J_OBJECT)
        return np_err(g->d->err, NP_EPROTO,
                      "Start of structure or map found where not expected. (%s)", m->name);
    if (got == NP_J_ARRAY)
        return np_err(g->d->err, NP_EPROTO, "Start of list found where not expected. (%s)",
                      m->name);
    return np_err(g->d->err, NP_EPROTO, "%s can not be converted to %s (%s)", from[got],
                  to[m->shape->type], m->name);
}

static int get_null(struct get *g)
{
    bool word;
    return np_jr_word(&g->r, &word);
}

static int get_members(struct get *g, const struct np_shape *s, bool body_only, void *out)
{
    struct np_str key;
    enum np_json_type type;
    uint32_t hint = 0;
    bool first = true;
    int rc = np_decode_enter(g->d);
    if (rc == 0)
        rc = np_jr_enter(&g->r);
    while (rc == 0 && (rc = np_jr_key(&g->r, &first, &key)) == 1) {
        const struct np_member *m = np_member_find(s, NP_BY_JSON, key, &hint);
        if ((rc = np_jr_peek(&g->r, &type)) != 0)
            break;
        if (m == NULL || (body_only && !np_in_document(m, false)))
            rc = np_jr_skip(&g->r);
        else
            rc = type == NP_J_NULL ? get_null(g) : get_value(g, m, np_slot(out, m), false);
    }
    np_decode_leave(g->d);
    return rc;
}

static int get_list(struct get *g, const struct np_shape *s, struct np_vec *v)
{
    enum np_json_type type;
    bool first = true, is_inline = np_is_inline(s);
    size_t cap = 0;
    int rc = np_jr_enter(&g->r);
    *v = (struct np_vec){.set = true};
    while (rc == 0 && (rc = np_jr_item(&g->r, &first)) == 1) {
        if ((rc = np_jr_peek(&g->r, &type)) != 0)
            return rc;
        if (type == NP_J_NULL && !s->sparse) {
            rc = get_null(g);
            continue;
        }
        void *slot = np_decode_push(g->d, v, &cap, s->size);
        if (slot == NULL)
            return NP_E2BIG;
        rc = type == NP_J_NULL ? get_null(g) : get_value(g, &s->members[0], slot, is_inline);
    }
    return rc;
}

static int get_map(struct get *g, const struct np_shape *s, struct np_vec *v)
{
    enum np_json_type type;
    struct np_str key;
    bool first = true;
    size_t cap = 0;
    int rc = np_jr_enter(&g->r);
    *v = (struct np_vec){.set = true};
    while (rc == 0 && (rc = np_jr_key(&g->r, &first, &key)) == 1) {
        if ((rc = np_jr_peek(&g->r, &type)) != 0)
            return rc;
        if (type == NP_J_NULL && !s->sparse) {
            rc = get_null(g);
            continue;
        }
        void *entry = np_decode_push(g->d, v, &cap, s->size);
        if (entry == NULL)
            return NP_E2BIG;
        *(struct np_str *)entry = key;
        rc = type == NP_J_NULL
                 ? get_null(g)
                 : get_value(g, &s->members[1], np_slot(entry, &s->members[1]), false);
    }
    return rc;
}

static int get_bool(struct get *g, struct np_opt_bool *v)
{
    v->set = true;
    return np_jr_word(&g->r, &v->v);
}

static int not_valid(struct get *g, const struct np_member *m, struct np_str text)
{
    return np_err(g->d->err, NP_EPROTO, "%.*s is no valid value of %s", NP_FMT(text), m->name);
}

static int get_number(struct get *g, const struct np_member *m, void *slot)
{
    struct np_json n;
    struct np_opt_int *v = slot;
    int rc = np_jr_number(&g->r, &n);
    if (rc != 0)
        return rc;
    if (m->shape->type == NP_FLOAT || m->shape->type == NP_DOUBLE) {
        *(struct np_opt_double *)slot = (struct np_opt_double){true, n.d};
        return 0;
    }
    if (m->shape->type == NP_TIMESTAMP) {
        v->set = np_epoch_ms(n.d, &v->v);
        return v->set ? 0 : not_valid(g, m, n.s);
    }
    if (n.type == NP_J_DOUBLE && n.d == trunc(n.d) && fabs(n.d) < 9e15) { /* 1e3, 5.0 */
        n.type = NP_J_INT;
        n.i = (int64_t)n.d;
    }
    if (n.type != NP_J_INT || !np_int_fits(m->shape, n.i))
        return not_valid(g, m, n.s);
    *v = (struct np_opt_int){true, n.i};
    return 0;
}

static int get_text(struct get *g, const struct np_member *m, void *slot)
{
    struct np_str text;
    double d;
    int rc = np_jr_string(&g->r, &text);
    if (rc != 0)
        return rc;
    bool named = m->shape->type == NP_FLOAT || m->shape->type == NP_DOUBLE;
    if (named && np_str_double(text, &d)) /* only NaN and the infinities are text */
        return mismatch(g, m, NP_J_STRING);
    return np_scalar_parse(g->d, m, NP_TIME_EPOCH, text, slot);
}

static int get_document(struct get *g, const struct np_json **slot)
{
    struct np_json *j = np_decode_new(g->d, sizeof(*j));
    if (j == NULL)
        return NP_E2BIG;
    *slot = j;
    return np_jr_tree(&g->r, j);
}

/* Which JSON type a shape is written as. */
static bool type_ok(const struct np_shape *s, enum np_json_type got)
{
    switch ((enum np_type)s->type) {
    case NP_BLOB:
    case NP_STRING:
    case NP_ENUM:
        return got == NP_J_STRING;
    case NP_BOOL:
        return got == NP_J_BOOL;
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
        return got == NP_J_DOUBLE;
    case NP_TIMESTAMP:
    case NP_FLOAT:
    case NP_DOUBLE:
        return got == NP_J_DOUBLE || got == NP_J_STRING;
    case NP_DOCUMENT:
        return true;
    case NP_LIST:
        return got == NP_J_ARRAY;
    case NP_MAP:
    case NP_STRUCTURE:
    case NP_UNION:
        return got == NP_J_OBJECT;
    case NP_STREAM:
        return false;
    }
    return false;
}

static int get_struct(struct get *g, const struct np_shape *s, void *slot, bool is_inline)
{
    void *p = np_struct_make(g->d, s, slot, is_inline);
    return p != NULL ? get_members(g, s, false, p) : NP_E2BIG;
}

static int get_value(struct get *g, const struct np_member *m, void *slot, bool is_inline)
{
    enum np_json_type type;
    const struct np_shape *s = m->shape;
    int rc = np_jr_peek(&g->r, &type);
    if (rc != 0)
        return rc;
    if (!type_ok(s, type))
        return mismatch(g, m, type);
    if (s->type == NP_DOCUMENT)
        return get_document(g, slot);
    if (s->type == NP_LIST)
        return get_list(g, s, slot);
    if (s->type == NP_MAP)
        return get_map(g, s, slot);
    if (np_is_struct(s))
        return get_struct(g, s, slot, is_inline);
    if (s->type == NP_BOOL)
        return get_bool(g, slot);
    return type == NP_J_STRING ? get_text(g, m, slot) : get_number(g, m, slot);
}

int np_json_get_struct(struct np_decode *d, const struct np_shape *s, bool body_only,
                       struct np_str text, void *out)
{
    struct get g = {.d = d};
    enum np_json_type type;
    int rc = np_jr_init(&g.r, d->arena, text, d->err);
    if (rc == 0)
        rc = np_jr_peek(&g.r, &type);
    if (rc == 0 && type != NP_J_OBJECT)
        rc = np_jr_fail(&g.r, "an object was expected");
    if (rc == 0)
        rc = get_members(&g, s, body_only, out);
    return rc == 0 ? np_jr_end(&g.r) : rc;
}

int np_json_get_payload(struct np_decode *d, const struct np_member *m, struct np_str text,
                        void *slot)
{
    struct get g = {.d = d};
    int rc = np_jr_init(&g.r, d->arena, text, d->err);
    if (rc == 0)
        rc = get_value(&g, m, slot, false);
    return rc == 0 ? np_jr_end(&g.r) : rc;
}

static void put_name(struct np_buf *b, const char *name)
{
    np_buf_char(b, '"');
    np_buf_add(b, name, strlen(name));
    np_buf_lit(b, "\":");
}

static void put_list(struct np_buf *b, const struct np_shape *s, const struct np_vec *v,
                     bool redact)
{
    bool is_inline = np_is_inline(s);
    np_buf_char(b, '[');
    for (size_t i = 0; i < v->n; i++) {
        const void *slot = np_elem(v, s, i);
        if (i != 0)
            np_buf_char(b, ',');
        if (s->sparse && !np_value_is_set(s->members[0].shape, slot))
            np_buf_lit(b, "null");
        else
            np_json_put_value(b, &s->members[0], slot, is_inline, redact);
    }
    np_buf_char(b, ']');
}

static void put_map(struct np_buf *b, const struct np_shape *s, const struct np_vec *v, bool redact)
{
    np_buf_char(b, '{');
    for (size_t i = 0; i < v->n; i++) {
        const void *entry = np_elem(v, s, i), *slot = np_slot_of(entry, &s->members[1]);
        if (i != 0)
            np_buf_char(b, ',');
        np_json_quote(b, *(const struct np_str *)entry);
        np_buf_char(b, ':');
        if (s->sparse && !np_value_is_set(s->members[1].shape, slot))
            np_buf_lit(b, "null");
        else
            np_json_put_value(b, &s->members[1], slot, false, redact);
    }
    np_buf_char(b, '}');
}

static void put_text(struct np_buf *b, const struct np_member *m, const void *slot)
{
    bool quotes = m->shape->type == NP_BLOB;
    if (m->shape->type == NP_STRING || m->shape->type == NP_ENUM) {
        np_json_quote(b, *(const struct np_str *)slot);
        return;
    }
    if (m->shape->type == NP_TIMESTAMP)
        quotes = np_time_format_of(m, NP_TIME_EPOCH) != NP_TIME_EPOCH;
    else if (m->shape->type == NP_FLOAT || m->shape->type == NP_DOUBLE)
        quotes = !isfinite(((const struct np_opt_double *)slot)->v);
    if (quotes)
        np_buf_char(b, '"');
    np_scalar_text(b, m, NP_TIME_EPOCH, false, slot);
    if (quotes)
        np_buf_char(b, '"');
}

void np_json_put_value(struct np_buf *b, const struct np_member *m, const void *slot,
                       bool is_inline, bool redact)
{
    const struct np_shape *s = m->shape;
    if (s->type == NP_DOCUMENT)
        np_json_write(*(const struct np_json *const *)slot, b);
    else if (s->type == NP_LIST)
        put_list(b, s, slot, redact);
    else if (s->type == NP_MAP)
        put_map(b, s, slot, redact);
    else if (np_is_struct(s))
        np_json_put_struct(b, s, np_struct_at(slot, is_inline),
                           (struct np_json_style){.redact = redact});
    else
        put_text(b, m, slot);
}

void np_json_put_members(struct np_buf *b, const struct np_shape *s, const void *value,
                         struct np_json_style style, bool first)
{
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(value, m);
        if (!np_value_is_set(m->shape, slot))
            continue;
        if ((style.body_only && !np_in_document(m, true)) ||
            (style.redact && (m->flags & NP_M_SENSITIVE)))
            continue;
        if (!first)
            np_buf_char(b, ',');
        first = false;
        put_name(b, np_json_name_of(m));
        np_json_put_value(b, m, slot, false, style.redact);
    }
}

void np_json_put_struct(struct np_buf *b, const struct np_shape *s, const void *value,
                        struct np_json_style style)
{
    np_buf_char(b, '{');
    if (value != NULL)
        np_json_put_members(b, s, value, style, true);
    np_buf_char(b, '}');
}

void np_json_put(const struct np_shape *shape, const void *value, bool redact, struct np_buf *b)
{
    np_json_put_struct(b, shape, value, (struct np_json_style){.redact = redact});
}
