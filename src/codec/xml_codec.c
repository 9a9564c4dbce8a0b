/* SPDX-License-Identifier: Apache-2.0 */
/* xml_codec.c - structs from and to XML. */
#include "codec/xml_codec.h"

#include "base/arena.h"
#include "codec/codec.h"

static int get_value(struct np_decode *d, const struct np_member *m, const struct np_xml *x,
                     void *slot, bool is_inline);

/* Name of a list's element, or of a map's key or value. */
static struct np_str inner_name(const struct np_member *m, const char *fallback)
{
    return np_str_of(m->xml_name != NULL ? m->xml_name : fallback);
}

static struct np_str local_name(struct np_str name)
{
    return np_str_sub(name, (size_t)(np_str_chr(name, ':') + 1), SIZE_MAX);
}

static const struct np_xml *next_named(const struct np_xml *x, struct np_str name)
{
    while (x != NULL && !np_str_eq(x->name, name))
        x = x->next;
    return x;
}

static size_t count_named(const struct np_xml *x, struct np_str name)
{
    size_t n = 0;
    for (x = next_named(x, name); x != NULL; x = next_named(x->next, name))
        n++;
    return n;
}

/* Decodes x and its later siblings of the same name. */
static int get_items(struct np_decode *d, const struct np_shape *s, const struct np_xml *x,
                     struct np_str name, struct np_vec *v)
{
    int rc = np_decode_reserve(d, v, count_named(x, name), s->size);
    for (x = next_named(x, name); rc == 0 && x != NULL; x = next_named(x->next, name))
        rc = get_value(d, &s->members[0], x, (char *)v->v + s->size * v->n++, np_is_inline(s));
    return rc;
}

static int get_entry(struct np_decode *d, const struct np_shape *s, const struct np_xml *x,
                     void *entry)
{
    struct np_str key = np_xml_text(x, local_name(inner_name(&s->members[0], "key")));
    const struct np_xml *value = np_xml_child(x, local_name(inner_name(&s->members[1], "value")));
    *(struct np_str *)entry = key.p != NULL ? key : NP_STR("");
    return value != NULL
               ? get_value(d, &s->members[1], value, np_slot(entry, &s->members[1]), false)
               : 0;
}

static int get_entries(struct np_decode *d, const struct np_shape *s, const struct np_xml *x,
                       struct np_str name, struct np_vec *v)
{
    int rc = np_decode_reserve(d, v, count_named(x, name), s->size);
    for (x = next_named(x, name); rc == 0 && x != NULL; x = next_named(x->next, name))
        rc = get_entry(d, s, x, (char *)v->v + s->size * v->n++);
    return rc;
}

/* A list or map. Flattened, x is its first item. */
static int get_vec(struct np_decode *d, const struct np_member *m, const struct np_xml *x,
                   struct np_vec *v)
{
    const struct np_shape *s = m->shape;
    bool flat = (m->flags & NP_M_XML_FLAT) != 0;
    if (v->set) /* a later item of a flattened one: came with the first */
        return 0;
    if (s->type == NP_MAP)
        return get_entries(d, s, flat ? x : x->child, flat ? x->name : NP_STR("entry"), v);
    struct np_str name = flat ? x->name : local_name(inner_name(&s->members[0], "member"));
    return get_items(d, s, flat ? x : x->child, name, v);
}

static int get_attrs(struct np_decode *d, const struct np_shape *s, const struct np_xml *x,
                     void *out)
{
    int rc = 0;
    for (const struct np_xml_attr *at = x->attrs; rc == 0 && at != NULL; at = at->next) {
        for (uint32_t i = 0; rc == 0 && i < s->n_members; i++) {
            const struct np_member *m = &s->members[i];
            if ((m->flags & NP_M_XML_ATTR) && np_str_is_z(at->name, np_xml_name_of(m)))
                rc = np_scalar_parse(d, m, NP_TIME_DATE_TIME, at->value, np_slot(out, m));
        }
    }
    return rc;
}

int np_xml_get_struct(struct np_decode *d, const struct np_shape *s, bool body_only,
                      const struct np_xml *x, void *out)
{
    uint32_t hint = 0;
    int rc = np_decode_enter(d);
    if (rc == 0 && x->attrs != NULL)
        rc = get_attrs(d, s, x, out);
    for (const struct np_xml *c = x->child; rc == 0 && c != NULL; c = c->next) {
        const struct np_member *m = np_member_find(s, NP_BY_XML, c->name, &hint);
        if (m == NULL || (m->flags & NP_M_XML_ATTR) || (body_only && !np_in_document(m, false)))
            continue;
        rc = get_value(d, m, c, np_slot(out, m), false);
    }
    np_decode_leave(d);
    return rc;
}

static int get_value(struct np_decode *d, const struct np_member *m, const struct np_xml *x,
                     void *slot, bool is_inline)
{
    const struct np_shape *s = m->shape;
    if (s->type == NP_LIST || s->type == NP_MAP)
        return get_vec(d, m, x, slot);
    if (!np_is_struct(s)) {
        /* <MaxItems/> says nothing; <Prefix/> is an empty text. */
        if (x->text.n == 0 && s->type != NP_STRING && s->type != NP_BLOB)
            return 0;
        return np_scalar_parse(d, m, NP_TIME_DATE_TIME, x->text, slot);
    }
    void *out = np_struct_make(d, s, slot, is_inline);
    return out != NULL ? np_xml_get_struct(d, s, false, x, out) : NP_E2BIG;
}

int np_xml_get_payload(struct np_decode *d, const struct np_member *m, const struct np_xml *x,
                       void *slot)
{
    return get_value(d, m, x, slot, false);
}

int np_xml_get(const struct np_shape *shape, struct np_str doc, struct np_arena *a, void *value,
               struct np_err *err)
{
    struct np_decode d;
    struct np_xml *x;
    np_decode_init(&d, a, err);
    int rc = np_xml_parse(a, doc, &x, err);
    return rc == 0 ? np_xml_get_struct(&d, shape, false, x, value) : rc;
}

static void put_value_as(struct np_buf *b, const struct np_member *m, struct np_str name,
                         const void *slot, bool is_inline, struct np_xml_style style);

static void put_ns(struct np_buf *b, const char *prefix, const char *ns)
{
    if (ns == NULL)
        return;
    np_buf_lit(b, " xmlns");
    if (prefix != NULL) {
        np_buf_char(b, ':');
        np_buf_str_add(b, np_str_of(prefix));
    }
    np_buf_lit(b, "=\"");
    np_xml_escape(b, np_str_of(ns));
    np_buf_char(b, '"');
}

/* A mark of `head` ("<" or "</") and the name: most of a document, so all at once. */
static void put_mark(struct np_buf *b, struct np_str head, struct np_str name)
{
    size_t n = head.n + name.n + 1;
    if (n > b->cap - b->n)
        np_buf_grow(b, n);
    if (b->full)
        return;
    char *p = b->p + b->n;
    memcpy(p, head.p, head.n);
    memcpy(p + head.n, name.p, name.n);
    p[n - 1] = '>';
    b->n += n;
}

void np_xml_put_open(struct np_buf *b, struct np_str name, const char *ns)
{
    put_mark(b, NP_STR("<"), name);
    if (ns == NULL || b->full)
        return;
    b->n--;
    put_ns(b, NULL, ns);
    np_buf_char(b, '>');
}

void np_xml_put_close(struct np_buf *b, struct np_str name)
{
    put_mark(b, NP_STR("</"), name);
}

void np_xml_put_leaf(struct np_buf *b, struct np_str name, struct np_str text)
{
    np_xml_put_open(b, name, NULL);
    np_xml_escape(b, text);
    np_xml_put_close(b, name);
}

static void put_scalar(struct np_buf *b, const struct np_member *m, const void *slot, bool ms)
{
    if (m->shape->type == NP_STRING || m->shape->type == NP_ENUM)
        np_xml_escape(b, *(const struct np_str *)slot);
    else
        np_scalar_text(b, m, NP_TIME_DATE_TIME, ms, slot);
}

/* A reader makes blanks of the tabs and line feeds of an attribute (XML 1.0, 3.3.3). */
static void put_attr_text(struct np_buf *b, struct np_str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\t' && s.p[i] != '\n')
            continue;
        np_xml_escape(b, np_str_sub(s, from, i - from));
        np_buf_str_add(b, s.p[i] == '\t' ? NP_STR("&#9;") : NP_STR("&#10;"));
        from = i + 1;
    }
    np_xml_escape(b, np_str_sub(s, from, SIZE_MAX));
}

static void put_attrs(struct np_buf *b, const struct np_shape *s, const void *value)
{
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(value, m);
        if (!(m->flags & NP_M_XML_ATTR) || !np_value_is_set(m->shape, slot))
            continue;
        np_buf_char(b, ' ');
        np_buf_str_add(b, np_str_of(np_xml_name_of(m)));
        np_buf_lit(b, "=\"");
        if (m->shape->type == NP_STRING || m->shape->type == NP_ENUM)
            put_attr_text(b, *(const struct np_str *)slot);
        else
            put_scalar(b, m, slot, false);
        np_buf_char(b, '"');
    }
}

void np_xml_put_members(struct np_buf *b, const struct np_shape *s, const void *value,
                        struct np_xml_style style)
{
    const struct np_str *text =
        value != NULL && s->text_at != 0 ? (const void *)((const char *)value + s->text_at) : NULL;
    if (text != NULL && text->p != NULL) {
        np_buf_str_add(b, *text);
        return;
    }
    for (uint32_t i = 0; value != NULL && i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(value, m);
        if ((m->flags & NP_M_XML_ATTR) || (style.body_only && !np_in_document(m, true)) ||
            !np_value_is_set(m->shape, slot))
            continue;
        np_xml_put_value(b, m, slot, style);
    }
}

void np_xml_put_root(struct np_buf *b, const struct np_shape *s, const void *value,
                     struct np_str name, const char *ns, struct np_xml_style style)
{
    np_buf_char(b, '<');
    np_buf_str_add(b, name);
    put_ns(b, s->xml_ns != NULL ? s->xml_ns_prefix : NULL, s->xml_ns != NULL ? s->xml_ns : ns);
    if (value != NULL)
        put_attrs(b, s, value);
    np_buf_char(b, '>');
    np_xml_put_members(b, s, value, style);
    np_xml_put_close(b, name);
}

/* <name xmlns…, attributes of a structure> */
static void put_start(struct np_buf *b, const struct np_member *m, struct np_str name,
                      const void *structure)
{
    if (m->xml_ns == NULL && structure == NULL) {
        put_mark(b, NP_STR("<"), name);
        return;
    }
    np_buf_char(b, '<');
    np_buf_str_add(b, name);
    put_ns(b, m->xml_ns_prefix, m->xml_ns);
    if (m->xml_ns == NULL && structure != NULL)
        put_ns(b, m->shape->xml_ns_prefix, m->shape->xml_ns);
    if (structure != NULL)
        put_attrs(b, m->shape, structure);
    np_buf_char(b, '>');
}

static void put_items(struct np_buf *b, const struct np_shape *s, struct np_str name,
                      const struct np_vec *v, struct np_xml_style style)
{
    const struct np_member *m = &s->members[0];
    for (size_t i = 0; i < v->n; i++) {
        const void *slot = np_elem(v, s, i);
        if (!s->sparse || np_value_is_set(m->shape, slot)) {
            put_value_as(b, m, name, slot, np_is_inline(s), style);
            continue;
        }
        put_start(b, m, name, NULL);
        np_xml_put_close(b, name);
    }
}

static void put_entries(struct np_buf *b, const struct np_member *m, struct np_str name,
                        const struct np_vec *v, struct np_xml_style style)
{
    const struct np_shape *s = m->shape;
    const struct np_member *key = &s->members[0], *value = &s->members[1];
    for (size_t i = 0; i < v->n; i++) {
        const void *entry = np_elem(v, s, i), *slot = np_slot_of(entry, value);
        np_xml_put_open(b, name,
                        (m->flags & NP_M_XML_FLAT) && m->xml_ns_prefix == NULL ? m->xml_ns : NULL);
        put_value_as(b, key, inner_name(key, "key"), entry, false, style);
        if (np_value_is_set(value->shape, slot)) {
            put_value_as(b, value, inner_name(value, "value"), slot, false, style);
        } else {
            put_start(b, value, inner_name(value, "value"), NULL);
            np_xml_put_close(b, inner_name(value, "value"));
        }
        np_xml_put_close(b, name);
    }
}

static void put_vec(struct np_buf *b, const struct np_member *m, struct np_str name,
                    const struct np_vec *v, struct np_xml_style style)
{
    const struct np_shape *s = m->shape;
    bool flat = (m->flags & NP_M_XML_FLAT) != 0, map = s->type == NP_MAP;
    if (flat && map) {
        put_entries(b, m, name, v, style);
        return;
    }
    if (flat) {
        put_items(b, s, name, v, style);
        return;
    }
    put_start(b, m, name, NULL);
    if (map)
        put_entries(b, m, NP_STR("entry"), v, style);
    else
        put_items(b, s, inner_name(&s->members[0], "member"), v, style);
    np_xml_put_close(b, name);
}

static void put_value_as(struct np_buf *b, const struct np_member *m, struct np_str name,
                         const void *slot, bool is_inline, struct np_xml_style style)
{
    const struct np_shape *s = m->shape;
    style.body_only = false;
    if (s->type == NP_LIST || s->type == NP_MAP) {
        put_vec(b, m, name, slot, style);
        return;
    }
    const void *structure = np_is_struct(s) ? np_struct_at(slot, is_inline) : NULL;
    put_start(b, m, name, structure);
    if (structure != NULL)
        np_xml_put_members(b, s, structure, style);
    else if (!np_is_struct(s))
        put_scalar(b, m, slot, style.ms);
    np_xml_put_close(b, name);
}

void np_xml_put_value(struct np_buf *b, const struct np_member *m, const void *slot,
                      struct np_xml_style style)
{
    put_value_as(b, m, np_str_of(np_xml_name_of(m)), slot, false, style);
}

void np_ec2_put_members(const struct np_shape *shape, const void *value, struct np_buf *b)
{
    np_xml_put_members(b, shape, value, (struct np_xml_style){.ms = true});
}

void np_xml_put(const struct np_shape *shape, const void *value, const char *root, const char *ns,
                struct np_buf *b)
{
    np_xml_put_root(b, shape, value, np_str_of(root), ns, (struct np_xml_style){0});
}
