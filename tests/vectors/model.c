/* SPDX-License-Identifier: Apache-2.0 */
/* model.c - descriptors and values from botocore's JSON. */
#include "model.h"

#include <math.h>

#include "base/arena.h"
#include "base/assert.h"
#include "codec/value.h"

struct known {
    struct np_str name;
    struct np_shape *shape;
    struct known *next;
};

static const char *z(struct model *m, struct np_str s)
{
    return s.p != NULL ? np_str_z(m->arena, s) : NULL;
}

static struct np_str text_of(const struct np_json *j, const char *key)
{
    return np_json_str(j, np_str_of(key));
}

bool json_bool(const struct np_json *object, const char *key)
{
    const struct np_json *j = np_json_member(object, np_str_of(key));
    return j != NULL && j->type == NP_J_BOOL && j->b;
}

static enum np_type type_of(const struct np_json *j)
{
    static const struct {
        const char *name;
        enum np_type type;
    } types[] = {
        {"string", NP_STRING}, {"blob", NP_BLOB},           {"boolean", NP_BOOL},
        {"integer", NP_INT},   {"long", NP_LONG},           {"float", NP_FLOAT},
        {"double", NP_DOUBLE}, {"timestamp", NP_TIMESTAMP}, {"list", NP_LIST},
        {"map", NP_MAP},       {"structure", NP_STRUCTURE},
    };
    if (json_bool(j, "document"))
        return NP_DOCUMENT;
    if (json_bool(j, "union"))
        return NP_UNION;
    if (np_json_member(j, NP_STR("enum")) != NULL)
        return NP_ENUM;
    NP_EACH (t, types)
        if (np_str_eq(text_of(j, "type"), np_str_of(t->name)))
            return t->type;
    np_assert(!"a type that the vectors do not have");
    return NP_STRING;
}

static uint8_t time_format_of(const struct np_json *j)
{
    struct np_str f = text_of(j, "timestampFormat");
    if (np_str_is(f, "iso8601"))
        return NP_TIME_DATE_TIME;
    if (np_str_is(f, "rfc822"))
        return NP_TIME_HTTP_DATE;
    return np_str_is(f, "unixTimestamp") ? NP_TIME_EPOCH : NP_TIME_DEFAULT;
}

static bool is_struct(const struct np_shape *s)
{
    return s->type == NP_STRUCTURE || s->type == NP_UNION;
}

static void set_ns(struct model *m, const struct np_json *j, const char **ns, const char **prefix)
{
    const struct np_json *x = np_json_member(j, NP_STR("xmlNamespace"));
    if (x == NULL)
        return;
    *ns = z(m, x->type == NP_J_STRING ? x->s : text_of(x, "uri"));
    *prefix = z(m, text_of(x, "prefix"));
}

static enum np_loc loc_of(const struct np_json *ref, const struct np_shape *target)
{
    struct np_str l = text_of(ref, "location");
    if (np_str_is(l, "header"))
        return NP_LOC_HEADER;
    if (np_str_is(l, "headers"))
        return NP_LOC_PREFIX_HEADERS;
    if (np_str_is(l, "querystring"))
        return target->type == NP_MAP ? NP_LOC_QUERY_PARAMS : NP_LOC_QUERY;
    if (np_str_is(l, "uri"))
        return NP_LOC_LABEL;
    return np_str_is(l, "statusCode") ? NP_LOC_STATUS : NP_LOC_BODY;
}

static struct np_member member_of(struct model *m, struct np_str name, const struct np_json *ref)
{
    struct np_member out = {.name = z(m, name), .shape = model_shape(m, text_of(ref, "shape"))};
    const char *other = z(m, text_of(ref, "locationName"));
    out.loc = loc_of(ref, out.shape);
    out.time_format = time_format_of(ref);
    if (out.loc != NP_LOC_BODY)
        out.wire = other;
    else
        out.xml_name = out.json_name = other;
    out.flags |= json_bool(ref, "flattened") ? NP_M_XML_FLAT : 0;
    out.flags |= json_bool(ref, "xmlAttribute") ? NP_M_XML_ATTR : 0;
    out.flags |= json_bool(ref, "jsonvalue") ? NP_M_JSON_VALUE : 0;
    out.flags |= json_bool(ref, "idempotencyToken") ? NP_M_IDEMPOTENCY_TOKEN : 0;
    set_ns(m, ref, &out.xml_ns, &out.xml_ns_prefix);
    return out;
}

static void mark_required(const struct np_json *j, struct np_member *members, uint32_t n)
{
    const struct np_json *list = np_json_member(j, NP_STR("required"));
    for (const struct np_json *r = list != NULL ? list->child : NULL; r != NULL; r = r->next)
        for (uint32_t i = 0; i < n; i++)
            if (np_str_eq(r->s, np_str_of(members[i].name)))
                members[i].flags |= NP_M_REQUIRED;
}

static void lay_out_struct(struct model *m, struct np_shape *s, const struct np_json *j)
{
    const struct np_json *list = np_json_member(j, NP_STR("members"));
    struct np_member *members = np_new_array(m->arena, struct np_member, list->n + 1);
    struct np_str payload = text_of(j, "payload");
    uint32_t offset = 0;
    for (const struct np_json *ref = list->child; ref != NULL; ref = ref->next) {
        struct np_member *out = &members[s->n_members++];
        *out = member_of(m, ref->key, ref);
        out->offset = offset;
        offset += (np_slot_size(out->shape) + 7) & ~7u;
        if (np_str_eq(ref->key, payload))
            out->loc = NP_LOC_PAYLOAD;
    }
    mark_required(j, members, s->n_members);
    s->size = offset + 8;
    s->members = members;
}

static void lay_out_list(struct model *m, struct np_shape *s, const struct np_json *j)
{
    struct np_member *members = np_new_array(m->arena, struct np_member, 1);
    members[0] = member_of(m, NP_STR("member"), np_json_member(j, NP_STR("member")));
    s->n_members = 1;
    s->members = members;
    s->size = is_struct(members[0].shape) && !s->sparse ? members[0].shape->size
                                                        : np_slot_size(members[0].shape);
}

static void lay_out_map(struct model *m, struct np_shape *s, const struct np_json *j)
{
    struct np_member *members = np_new_array(m->arena, struct np_member, 2);
    members[0] = member_of(m, NP_STR("key"), np_json_member(j, NP_STR("key")));
    members[1] = member_of(m, NP_STR("value"), np_json_member(j, NP_STR("value")));
    members[1].offset = sizeof(struct np_str);
    s->n_members = 2;
    s->members = members;
    s->size = (uint32_t)sizeof(struct np_str) + ((np_slot_size(members[1].shape) + 7) & ~7u);
}

/* Slots have fixed sizes, so a structure's size is known before its members' shapes are. */
static uint32_t struct_size(struct model *m, const struct np_json *j)
{
    const struct np_json *list = np_json_member(j, NP_STR("members"));
    uint32_t size = 8;
    for (const struct np_json *ref = list->child; ref != NULL; ref = ref->next) {
        const struct np_json *target = np_json_member(m->shapes, text_of(ref, "shape"));
        struct np_shape s = {.type = type_of(target)};
        size += (np_slot_size(&s) + 7) & ~7u;
    }
    return size;
}

static struct np_shape *shape_new(struct model *m, struct np_str name)
{
    struct known *k = np_new(m->arena, struct known);
    k->shape = np_new(m->arena, struct np_shape);
    k->name = name;
    k->next = m->known;
    m->known = k;
    k->shape->name = z(m, name);
    return k->shape;
}

const struct np_shape *model_shape(struct model *m, struct np_str name)
{
    for (struct known *k = m->known; k != NULL; k = k->next)
        if (np_str_eq(k->name, name.p != NULL ? name : NP_STR("")))
            return k->shape;
    struct np_shape *s = shape_new(m, name.p != NULL ? name : NP_STR(""));
    const struct np_json *j = np_json_member(m->shapes, name);
    if (j == NULL) {
        s->type = NP_STRUCTURE;
        s->size = 8;
        return s;
    }
    s->type = type_of(j);
    s->time_format = time_format_of(j);
    s->sparse = np_str_find(name, NP_STR("Sparse")) >= 0; /* botocore's form has no word for it */
    s->xml_name = z(m, text_of(j, "locationName"));
    set_ns(m, j, &s->xml_ns, &s->xml_ns_prefix);
    if (is_struct(s)) {
        s->size = struct_size(m, j);
        lay_out_struct(m, s, j);
    } else if (s->type == NP_LIST) {
        lay_out_list(m, s, j);
    } else if (s->type == NP_MAP) {
        lay_out_map(m, s, j);
    }
    return s;
}

const struct np_codec_op *model_op(struct model *m, const struct np_json *given)
{
    const struct np_json *http = np_json_member(given, NP_STR("http"));
    const struct np_json *code = np_json_member(http, NP_STR("responseCode"));
    struct np_codec_op *op = np_new(m->arena, struct np_codec_op);
    op->name = z(m, text_of(given, "name"));
    op->method = z(m, text_of(http, "method"));
    op->uri = z(m, text_of(http, "requestUri"));
    op->status = code != NULL ? (int)code->i : 200;
    op->in = model_shape(m, text_of(np_json_member(given, NP_STR("input")), "shape"));
    op->out = model_shape(m, text_of(np_json_member(given, NP_STR("output")), "shape"));
    return op;
}

const struct np_fault_def *model_fault(struct model *m, const struct np_json *given,
                                       struct np_str fallback)
{
    const struct np_json *errors = np_json_member(given, NP_STR("errors"));
    struct np_str name = errors != NULL ? text_of(errors->child, "shape") : fallback;
    const struct np_json *error = np_json_member(np_json_member(m->shapes, name), NP_STR("error"));
    const struct np_json *status = np_json_member(error, NP_STR("httpStatusCode"));
    struct np_fault_def *def = np_new(m->arena, struct np_fault_def);
    bool fault = json_bool(np_json_member(m->shapes, name), "fault");
    *def = (struct np_fault_def){.name = z(m, name),
                                 .code = z(m, text_of(error, "code")),
                                 .sender = !fault,
                                 .shape = model_shape(m, name)};
    def->status = fault ? 500 : 400;
    /* A status beside a code is awsQueryError's, another one is httpError's. */
    if (status != NULL)
        *(def->code != NULL ? &def->query_status : &def->status) = (int)status->i;
    return def;
}

/* --- JSON --- */

struct np_json *json_new(struct np_arena *a, enum np_json_type type)
{
    struct np_json *j = np_new(a, struct np_json);
    j->type = type;
    return j;
}

void json_add(struct np_json *parent, struct np_str key, struct np_json *child)
{
    struct np_json **tail = &parent->child;
    while (*tail != NULL)
        tail = &(*tail)->next;
    child->key = key;
    *tail = child;
    parent->n++;
}

struct np_json *json_text(struct np_arena *a, struct np_str s)
{
    struct np_json *j = json_new(a, NP_J_STRING);
    j->s = s;
    return j;
}

struct np_json *json_double(struct np_arena *a, double d)
{
    if (isnan(d))
        return json_text(a, NP_STR("NaN"));
    if (isinf(d))
        return json_text(a, d > 0 ? NP_STR("Infinity") : NP_STR("-Infinity"));
    struct np_json *j = json_new(a, NP_J_DOUBLE);
    j->d = d;
    return j;
}

static const struct np_json *first_set(const struct np_json *j)
{
    while (j != NULL && j->type == NP_J_NULL)
        j = j->next;
    return j;
}

static bool objects_same(const struct np_json *a, const struct np_json *b)
{
    size_t na = 0, nb = 0;
    for (const struct np_json *m = first_set(a->child); m != NULL; m = first_set(m->next), na++) {
        const struct np_json *other = np_json_member(b, m->key);
        if (other == NULL || !json_same(m, other))
            return false;
    }
    for (const struct np_json *m = first_set(b->child); m != NULL; m = first_set(m->next))
        nb++;
    return na == nb;
}

static bool arrays_same(const struct np_json *a, const struct np_json *b)
{
    const struct np_json *x = a->child, *y = b->child;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!json_same(x, y))
            return false;
    return x == NULL && y == NULL;
}

static bool is_number(const struct np_json *j)
{
    return j->type == NP_J_INT || j->type == NP_J_DOUBLE;
}

bool json_same(const struct np_json *a, const struct np_json *b)
{
    if (is_number(a) && is_number(b)) /* a float is a rounded double */
        return a->d == b->d || (float)a->d == (float)b->d;
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case NP_J_NULL:
        return true;
    case NP_J_BOOL:
        return a->b == b->b;
    case NP_J_STRING:
        return np_str_eq(a->s, b->s);
    case NP_J_ARRAY:
        return arrays_same(a, b);
    case NP_J_OBJECT:
        return objects_same(a, b);
    case NP_J_INT:
    case NP_J_DOUBLE:
        break;
    }
    return false;
}

/* --- values from JSON --- */

static void fill(struct np_arena *a, const struct np_member *m, const struct np_json *j, void *slot,
                 bool is_inline);

static void fill_struct(struct np_arena *a, const struct np_shape *s, const struct np_json *j,
                        char *out)
{
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_json *v = np_json_member(j, np_str_of(s->members[i].name));
        if (v != NULL && v->type != NP_J_NULL)
            fill(a, &s->members[i], v, out + s->members[i].offset, false);
    }
}

static void fill_vec(struct np_arena *a, const struct np_shape *s, const struct np_json *j,
                     struct np_vec *v)
{
    const struct np_member *m = &s->members[s->type == NP_MAP ? 1 : 0];
    v->set = true;
    v->v = np_alloc_array(a, j->n + 1, s->size);
    for (const struct np_json *e = j->child; e != NULL; e = e->next) {
        char *slot = (char *)v->v + s->size * v->n++;
        if (s->type == NP_MAP)
            *(struct np_str *)slot = e->key;
        if (e->type != NP_J_NULL)
            fill(a, m, e, slot + (s->type == NP_MAP ? m->offset : 0),
                 s->type == NP_LIST && !s->sparse);
    }
}

static double number_of(const struct np_json *j)
{
    if (j->type != NP_J_STRING)
        return j->d;
    return np_str_is(j->s, "NaN") ? (double)NAN
           : j->s.p[0] == '-'     ? -(double)INFINITY
                                  : (double)INFINITY;
}

static void fill(struct np_arena *a, const struct np_member *m, const struct np_json *j, void *slot,
                 bool is_inline)
{
    const struct np_shape *s = m->shape;
    switch ((enum np_type)s->type) {
    case NP_BLOB:
    case NP_STRING:
    case NP_ENUM:
        *(struct np_str *)slot = j->s;
        break;
    case NP_BOOL:
        *(struct np_opt_bool *)slot = (struct np_opt_bool){true, j->b};
        break;
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
        *(struct np_opt_int *)slot = (struct np_opt_int){true, j->i};
        break;
    case NP_TIMESTAMP:
        *(struct np_opt_int *)slot = (struct np_opt_int){true, llround(j->d * 1000)};
        break;
    case NP_FLOAT:
    case NP_DOUBLE:
        *(struct np_opt_double *)slot = (struct np_opt_double){true, number_of(j)};
        break;
    case NP_DOCUMENT:
        *(const struct np_json **)slot = j;
        break;
    case NP_LIST:
    case NP_MAP:
        fill_vec(a, s, j, slot);
        break;
    case NP_STRUCTURE:
    case NP_UNION:
        if (!is_inline)
            *(void **)slot = np_alloc(a, s->size);
        fill_struct(a, s, j, is_inline ? slot : *(void **)slot);
        break;
    case NP_STREAM:
        break;
    }
}

void *model_value(struct np_arena *a, const struct np_shape *s, const struct np_json *j)
{
    void *out = np_alloc(a, s->size);
    if (j != NULL)
        fill_struct(a, s, j, out);
    return out;
}

/* --- JSON from values --- */

static struct np_json *json_vec(struct np_arena *a, const struct np_shape *s,
                                const struct np_vec *v);

/* NULL: absent. */
static struct np_json *json_of(struct np_arena *a, const struct np_member *m, const void *slot,
                               bool is_inline)
{
    const struct np_shape *s = m->shape;
    const struct np_str *text = slot;
    const struct np_opt_int *number = slot;
    const struct np_opt_double *real = slot;
    const struct np_opt_bool *truth = slot;
    struct np_json *j;
    switch ((enum np_type)s->type) {
    case NP_BLOB:
    case NP_STRING:
    case NP_ENUM:
        return text->p != NULL ? json_text(a, *text) : NULL;
    case NP_BOOL:
        j = json_new(a, NP_J_BOOL);
        j->b = truth->v;
        return truth->set ? j : NULL;
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
        return number->set ? json_double(a, (double)number->v) : NULL;
    case NP_TIMESTAMP:
        return number->set ? json_double(a, (double)number->v / 1000) : NULL;
    case NP_FLOAT:
    case NP_DOUBLE:
        return real->set ? json_double(a, real->v) : NULL;
    case NP_DOCUMENT:
        if (*(const struct np_json *const *)slot == NULL)
            return NULL;
        j = np_new(a, struct np_json);
        *j = **(const struct np_json *const *)slot;
        return j;
    case NP_LIST:
    case NP_MAP:
        return ((const struct np_vec *)slot)->set ? json_vec(a, s, slot) : NULL;
    case NP_STRUCTURE:
    case NP_UNION:
        if (is_inline)
            return model_json(a, s, slot);
        return *(const void *const *)slot != NULL ? model_json(a, s, *(const void *const *)slot)
                                                  : NULL;
    case NP_STREAM:
        return NULL;
    }
    return NULL;
}

static struct np_json *json_vec(struct np_arena *a, const struct np_shape *s,
                                const struct np_vec *v)
{
    bool map = s->type == NP_MAP;
    const struct np_member *m = &s->members[map ? 1 : 0];
    struct np_json *out = json_new(a, map ? NP_J_OBJECT : NP_J_ARRAY);
    for (size_t i = 0; i < v->n; i++) {
        const char *slot = (const char *)v->v + i * s->size;
        struct np_json *e = json_of(a, m, slot + (map ? m->offset : 0), !map && !s->sparse);
        json_add(out, map ? *(const struct np_str *)(const void *)slot : NP_STR_NULL,
                 e != NULL ? e : json_new(a, NP_J_NULL));
    }
    return out;
}

struct np_json *model_json(struct np_arena *a, const struct np_shape *s, const void *value)
{
    struct np_json *out = json_new(a, NP_J_OBJECT);
    for (uint32_t i = 0; i < s->n_members; i++) {
        struct np_json *j =
            json_of(a, &s->members[i], (const char *)value + s->members[i].offset, false);
        if (j != NULL) {
            j->next = NULL;
            json_add(out, np_str_of(s->members[i].name), j);
        }
    }
    return out;
}
