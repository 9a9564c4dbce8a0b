/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - reads a reply as a client does. */
#include "client.h"

#include <math.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "codec/xml.h"
#include "model.h"

static struct np_json *from_xml(struct np_arena *a, const struct np_member *m,
                                const struct np_xml *x);
static struct np_json *struct_from_xml(struct np_arena *a, const struct np_shape *s,
                                       const struct np_xml *x);
static struct np_json *from_json(struct np_arena *a, const struct np_member *m, struct np_json *j,
                                 bool cbor);

static bool in_body(const struct np_member *m)
{
    return m->loc != NP_LOC_HEADER && m->loc != NP_LOC_PREFIX_HEADERS && m->loc != NP_LOC_STATUS;
}

struct np_str client_header(const struct reply *r, const char *name)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (np_str_ieq(r->fields[i].name, np_str_of(name)))
            return r->fields[i].value;
    return NP_STR_NULL;
}

static struct np_json *time_json(struct np_arena *a, struct np_str text)
{
    int64_t ms;
    double seconds;
    if (np_time_parse_iso(text, &ms) || np_time_parse_http(text, &ms))
        return json_double(a, (double)ms / 1000);
    return np_str_double(text, &seconds) ? json_double(a, seconds) : NULL;
}

static struct np_json *double_json(struct np_arena *a, struct np_str text)
{
    double d;
    if (np_str_is(text, "NaN") || np_str_is(text, "Infinity") || np_str_is(text, "-Infinity"))
        return json_text(a, text);
    return np_str_double(text, &d) ? json_double(a, d) : NULL;
}

/* A scalar from text. NULL: it is none. */
static struct np_json *from_text(struct np_arena *a, const struct np_shape *s, struct np_str text)
{
    struct np_json *j;
    if (s->type == NP_STRING || s->type == NP_ENUM)
        return json_text(a, text);
    if (s->type == NP_BLOB)
        return json_text(a, np_unbase64(a, text));
    if (s->type == NP_TIMESTAMP)
        return time_json(a, np_str_trim(text));
    if (s->type != NP_BOOL)
        return double_json(a, np_str_trim(text));
    j = json_new(a, NP_J_BOOL);
    j->b = np_str_is(text, "true");
    return j->b || np_str_is(text, "false") ? j : NULL;
}

/* --- headers --- */

static struct np_json *header_list(struct np_arena *a, const struct np_shape *s, struct np_str text)
{
    struct np_json *out = json_new(a, NP_J_ARRAY);
    bool dates = s->type == NP_TIMESTAMP && np_str_find(text, NP_STR("GMT")) >= 0;
    size_t i = 0;
    while (i < text.n) {
        char *item = np_alloc(a, text.n + 1);
        size_t n = 0, commas = 0;
        while (i < text.n && text.p[i] == ' ')
            i++;
        bool quoted = i < text.n && text.p[i] == '"';
        for (i += quoted; i < text.n; i++) {
            if (quoted && text.p[i] == '"')
                break;
            if (!quoted && text.p[i] == ',' && (!dates || commas++ == 1))
                break;
            i += quoted && text.p[i] == '\\';
            item[n++] = text.p[i];
        }
        while (i < text.n && text.p[i] != ',')
            i++;
        i++;
        json_add(out, NP_STR_NULL, from_text(a, s, np_str_trim(np_str_n(item, n))));
    }
    return out;
}

static struct np_json *from_header(struct np_arena *a, const struct np_member *m,
                                   struct np_str text)
{
    if (m->shape->type == NP_LIST)
        return header_list(a, m->shape->members[0].shape, text);
    return m->flags & NP_M_JSON_VALUE ? json_text(a, np_unbase64(a, text))
                                      : from_text(a, m->shape, text);
}

static void read_head(struct np_arena *a, const struct np_shape *s, const struct reply *r,
                      struct np_json *out)
{
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const char *wire = m->wire != NULL ? m->wire : m->name;
        struct np_json *j = NULL;
        if (m->loc == NP_LOC_HEADER && client_header(r, wire).p != NULL)
            j = from_header(a, m, client_header(r, wire));
        if (m->loc == NP_LOC_STATUS)
            j = json_double(a, r->status);
        if (m->loc == NP_LOC_PREFIX_HEADERS) {
            struct np_str prefix = np_str_of(m->wire != NULL ? m->wire : "");
            j = json_new(a, NP_J_OBJECT);
            for (size_t k = 0; k < r->n_fields; k++)
                if (np_str_istarts(r->fields[k].name, prefix))
                    json_add(j, np_str_sub(r->fields[k].name, prefix.n, SIZE_MAX),
                             json_text(a, r->fields[k].value));
        }
        if (j != NULL)
            json_add(out, np_str_of(m->name), j);
    }
}

/* --- XML --- */

static bool names(const struct np_member *m, const char *fallback, struct np_str name)
{
    const char *z = m->xml_name != NULL ? m->xml_name : fallback;
    const char *colon = strchr(z, ':');
    return np_str_eq(name, np_str_of(z)) ||
           (colon != NULL && np_str_eq(name, np_str_of(colon + 1)));
}

static struct np_json *list_from_xml(struct np_arena *a, const struct np_member *m,
                                     const struct np_xml *x)
{
    const struct np_member *element = &m->shape->members[0];
    bool flat = (m->flags & NP_M_XML_FLAT) != 0;
    struct np_json *out = json_new(a, NP_J_ARRAY);
    for (const struct np_xml *e = flat ? x : x->child; e != NULL; e = e->next)
        if (flat ? np_str_eq(e->name, x->name) : names(element, "member", e->name))
            json_add(out, NP_STR_NULL, from_xml(a, element, e));
    return out;
}

static struct np_json *map_from_xml(struct np_arena *a, const struct np_member *m,
                                    const struct np_xml *x)
{
    bool flat = (m->flags & NP_M_XML_FLAT) != 0;
    struct np_json *out = json_new(a, NP_J_OBJECT);
    for (const struct np_xml *e = flat ? x : x->child; e != NULL; e = e->next) {
        struct np_str key = NP_STR_NULL;
        struct np_json *value = NULL;
        if (!np_str_eq(e->name, flat ? x->name : NP_STR("entry")))
            continue;
        for (const struct np_xml *c = e->child; c != NULL; c = c->next) {
            if (names(&m->shape->members[0], "key", c->name))
                key = c->text;
            else if (names(&m->shape->members[1], "value", c->name))
                value = from_xml(a, &m->shape->members[1], c);
        }
        if (key.p != NULL && value != NULL)
            json_add(out, key, value);
    }
    return out;
}

static struct np_json *struct_from_xml(struct np_arena *a, const struct np_shape *s,
                                       const struct np_xml *x)
{
    struct np_json *out = json_new(a, NP_J_OBJECT);
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const struct np_xml *c = x->child;
        struct np_json *j = NULL;
        for (const struct np_xml_attr *at = x->attrs; (m->flags & NP_M_XML_ATTR) && at != NULL;
             at = at->next)
            if (names(m, m->name, at->name) || np_str_eq(at->name, np_str_of(m->xml_name)))
                j = from_text(a, m->shape, at->value);
        while (c != NULL && !names(m, m->name, c->name))
            c = c->next;
        if (c != NULL && in_body(m) && !(m->flags & NP_M_XML_ATTR))
            j = from_xml(a, m, c);
        if (j != NULL)
            json_add(out, np_str_of(m->name), j);
    }
    return out;
}

static struct np_json *from_xml(struct np_arena *a, const struct np_member *m,
                                const struct np_xml *x)
{
    if (m->shape->type == NP_LIST)
        return list_from_xml(a, m, x);
    if (m->shape->type == NP_MAP)
        return map_from_xml(a, m, x);
    if (m->shape->type == NP_STRUCTURE || m->shape->type == NP_UNION)
        return struct_from_xml(a, m->shape, x);
    return from_text(a, m->shape, x->text);
}

/* --- JSON and CBOR trees --- */

static struct np_json *struct_from_json(struct np_arena *a, const struct np_shape *s,
                                        const struct np_json *j, bool cbor)
{
    struct np_json *out = json_new(a, NP_J_OBJECT);
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const char *name = m->json_name != NULL && !cbor ? m->json_name : m->name;
        struct np_json *v = (struct np_json *)(uintptr_t)np_json_member(j, np_str_of(name));
        if (v == NULL || v->type == NP_J_NULL || (!cbor && !in_body(m)))
            continue;
        if ((v = from_json(a, m, v, cbor)) != NULL)
            json_add(out, np_str_of(m->name), v);
    }
    return out;
}

static struct np_json *vec_from_json(struct np_arena *a, const struct np_shape *s,
                                     const struct np_json *j, bool cbor)
{
    struct np_json *out = json_new(a, j->type);
    for (struct np_json *e = j->child; e != NULL; e = e->next) {
        if (e->type == NP_J_NULL && s->sparse)
            json_add(out, e->key, json_new(a, NP_J_NULL));
        else if (e->type != NP_J_NULL)
            json_add(out, e->key, from_json(a, &s->members[s->n_members - 1], e, cbor));
    }
    return out;
}

static struct np_json *copy(struct np_arena *a, const struct np_json *j)
{
    struct np_json *out = np_new(a, struct np_json);
    *out = *j;
    out->next = NULL;
    return out;
}

static struct np_json *from_json(struct np_arena *a, const struct np_member *m, struct np_json *j,
                                 bool cbor)
{
    const struct np_shape *s = m->shape;
    if (s->type == NP_STRUCTURE || s->type == NP_UNION)
        return j->type == NP_J_OBJECT ? struct_from_json(a, s, j, cbor) : NULL;
    if ((s->type == NP_LIST && j->type == NP_J_ARRAY) ||
        (s->type == NP_MAP && j->type == NP_J_OBJECT))
        return vec_from_json(a, s, j, cbor);
    if (s->type == NP_TIMESTAMP && j->type == NP_J_STRING)
        return time_json(a, j->s);
    if (s->type == NP_BLOB && !cbor)
        return json_text(a, np_unbase64(a, j->s));
    return copy(a, j);
}

struct cursor {
    const uint8_t *p, *end;
    struct np_arena *arena;
};

static struct np_json *cbor_value(struct cursor *c);

static uint64_t cbor_number(struct cursor *c, unsigned info)
{
    uint64_t v = info;
    if (info < 24 || info == 31)
        return v;
    v = 0;
    for (int n = 1 << (info - 24); n > 0 && c->p < c->end; n--)
        v = v << 8 | *c->p++;
    return v;
}

static double cbor_half(uint64_t v)
{
    int e = v >> 10 & 31;
    double m = (double)(v & 1023);
    double d = e == 31  ? (m != 0 ? (double)NAN : (double)INFINITY)
               : e == 0 ? ldexp(m, -24)
                        : ldexp(m + 1024, e - 25);
    return v & 0x8000 ? -d : d;
}

static struct np_json *cbor_simple(struct cursor *c, unsigned info, uint64_t v)
{
    uint32_t low = (uint32_t)v;
    float f;
    double d;
    memcpy(&f, &low, 4);
    memcpy(&d, &v, 8);
    if (info >= 25 && info <= 27)
        return json_double(c->arena, info == 25 ? cbor_half(v) : info == 26 ? (double)f : d);
    struct np_json *j = json_new(c->arena, info == 20 || info == 21 ? NP_J_BOOL : NP_J_NULL);
    j->b = info == 21;
    return j;
}

static bool cbor_more(struct cursor *c, unsigned info, uint64_t *left)
{
    if (info != 31)
        return (*left)-- != 0 && c->p < c->end;
    if (c->p < c->end && *c->p != 0xFF)
        return true;
    c->p++;
    return false;
}

static struct np_json *cbor_items(struct cursor *c, unsigned major, unsigned info, uint64_t n)
{
    struct np_json *out = json_new(c->arena, major == 5 ? NP_J_OBJECT : NP_J_ARRAY);
    while (cbor_more(c, info, &n)) {
        struct np_str key = major == 5 ? cbor_value(c)->s : NP_STR_NULL;
        json_add(out, key, cbor_value(c));
    }
    return out;
}

static struct np_json *cbor_value(struct cursor *c)
{
    if (c->p >= c->end)
        return json_new(c->arena, NP_J_NULL);
    unsigned major = *c->p >> 5, info = *c->p & 31;
    c->p++;
    uint64_t n = cbor_number(c, info);
    struct np_str text = NP_STR("");
    switch (major) {
    case 0:
        return json_double(c->arena, (double)n);
    case 1:
        return json_double(c->arena, -1 - (double)n);
    case 2:
    case 3:
        while (info == 31 && cbor_more(c, info, &n))
            text = np_str_cat(c->arena, text, cbor_value(c)->s);
        if (info != 31) {
            text = np_str_n(c->p, n);
            c->p += n;
        }
        return json_text(c->arena, text);
    case 4:
    case 5:
        return cbor_items(c, major, info, n);
    case 6:
        return cbor_value(c);
    default:
        return cbor_simple(c, info, n);
    }
}

struct np_json *client_cbor(struct np_arena *a, struct np_str bytes)
{
    struct cursor c = {(const uint8_t *)bytes.p, (const uint8_t *)bytes.p + bytes.n, a};
    return bytes.n != 0 ? cbor_value(&c) : json_new(a, NP_J_OBJECT);
}

/* --- whole replies --- */

static void take_all(struct np_json *to, struct np_json *from)
{
    struct np_json *next;
    for (struct np_json *j = from->child; j != NULL; j = next) {
        next = j->next;
        j->next = NULL;
        json_add(to, j->key, j);
    }
}

static bool is_xml(enum np_protocol p)
{
    return p == NP_PROTO_QUERY || p == NP_PROTO_EC2 || p == NP_PROTO_REST_XML;
}

static struct np_json *read_document(struct np_arena *a, enum np_protocol p,
                                     const struct np_codec_op *op, struct np_str body)
{
    struct np_json *j = json_new(a, NP_J_OBJECT);
    struct np_xml *x;
    if (body.n == 0)
        return j;
    if (p == NP_PROTO_CBOR)
        return struct_from_json(a, op->out, client_cbor(a, body), true);
    if (!is_xml(p))
        return np_json_parse(a, body, &j, NULL) == 0 ? struct_from_json(a, op->out, j, false)
                                                     : NULL;
    if (np_xml_parse(a, body, &x, NULL) != 0)
        return NULL;
    const struct np_xml *result = x;
    if (p == NP_PROTO_QUERY)
        result = np_xml_child(x, np_str_printf(a, "%sResult", op->name));
    return result != NULL ? struct_from_xml(a, op->out, result) : j;
}

static const struct np_member *payload_of(const struct np_shape *s)
{
    for (uint32_t i = 0; i < s->n_members; i++)
        if (s->members[i].loc == NP_LOC_PAYLOAD)
            return &s->members[i];
    return NULL;
}

static struct np_json *read_payload(struct np_arena *a, enum np_protocol p,
                                    const struct np_member *m, struct np_str body)
{
    struct np_json *j;
    struct np_xml *x;
    if (m->shape->type <= NP_ENUM)
        return json_text(a, body);
    if (is_xml(p))
        return np_xml_parse(a, body, &x, NULL) == 0 ? from_xml(a, m, x) : NULL;
    return np_json_parse(a, body, &j, NULL) == 0 ? from_json(a, m, j, false) : NULL;
}

struct np_json *client_output(struct np_arena *a, enum np_protocol p, const struct np_codec_op *op,
                              const struct reply *r)
{
    struct np_json *out = json_new(a, NP_J_OBJECT), *part;
    const struct np_member *payload = payload_of(op->out);
    bool rest = p == NP_PROTO_REST_JSON || p == NP_PROTO_REST_XML;
    if (rest)
        read_head(a, op->out, r, out);
    if (payload == NULL || !rest) {
        if ((part = read_document(a, p, op, r->body)) == NULL)
            return NULL;
        take_all(out, part);
        return out;
    }
    if (r->body.n == 0)
        return out;
    if ((part = read_payload(a, p, payload, r->body)) == NULL)
        return NULL;
    json_add(out, np_str_of(payload->name), part);
    return out;
}

/* "name.space#Code:http://…" */
static struct np_str bare_code(struct np_str s)
{
    s = np_str_sub(s, (size_t)(np_str_chr(s, '#') + 1), SIZE_MAX);
    ptrdiff_t colon = np_str_chr(s, ':');
    return colon >= 0 ? np_str_sub(s, 0, (size_t)colon) : s;
}

static struct np_str any_of(const struct np_json *j, const char *a, const char *b)
{
    struct np_str s = np_json_str(j, np_str_of(a));
    return s.p != NULL ? s : np_json_str(j, np_str_of(b));
}

static bool tree_error(struct np_arena *a, enum np_protocol p, const struct np_shape *s,
                       const struct reply *r, struct client_error *out)
{
    struct np_json *j = json_new(a, NP_J_OBJECT);
    if (p == NP_PROTO_CBOR)
        j = client_cbor(a, r->body);
    else if (r->body.n != 0 && np_json_parse(a, r->body, &j, NULL) != 0)
        return false;
    struct np_str code = client_header(r, "x-amzn-errortype");
    if (code.p == NULL)
        code = any_of(j, "__type", "code");
    out->code = bare_code(code);
    struct np_str query = client_header(r, "x-amzn-query-error"), rest;
    if (query.p != NULL)
        np_str_cut(query, ';', &out->code, &rest);
    out->message = any_of(j, "message", "Message");
    out->members = struct_from_json(a, s, j, p == NP_PROTO_CBOR);
    return true;
}

bool client_error(struct np_arena *a, enum np_protocol p, const struct np_shape *s,
                  const struct reply *r, struct client_error *out)
{
    struct np_xml *x;
    if (!is_xml(p)) {
        if (!tree_error(a, p, s, r, out))
            return false;
    } else {
        if (np_xml_parse(a, r->body, &x, NULL) != 0)
            return false;
        const struct np_xml *e = p == NP_PROTO_EC2 ? np_xml_child(x, NP_STR("Errors")) : x;
        e = np_str_is(e->name, "Error") ? e : np_xml_child(e, NP_STR("Error"));
        if (e == NULL)
            return false;
        out->code = np_xml_text(e, NP_STR("Code"));
        out->message = np_xml_text(e, NP_STR("Message"));
        out->members = struct_from_xml(a, s, e);
    }
    read_head(a, s, r, out->members);
    return true;
}
