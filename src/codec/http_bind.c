/* SPDX-License-Identifier: Apache-2.0 */
/* http_bind.c - members that travel in path, query, headers and status. */
#include "codec/http_bind.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/enc.h"
#include "codec/form.h"
#include "codec/limits.h"
#include "codec/route.h"

const struct np_member *np_http_payload(const struct np_shape *s)
{
    for (uint32_t i = 0; i < s->n_members; i++)
        if (s->members[i].loc == NP_LOC_PAYLOAD)
            return &s->members[i];
    return NULL;
}

bool np_http_has_body(const struct np_shape *s, bool reply)
{
    for (uint32_t i = 0; i < s->n_members; i++)
        if (np_in_document(&s->members[i], reply))
            return true;
    return false;
}

/* --- labels --- */

static const struct np_member *label_member(const struct np_shape *in, struct np_str label)
{
    for (uint32_t i = 0; i < in->n_members; i++)
        if (in->members[i].loc == NP_LOC_LABEL &&
            np_str_is_z(label, np_wire_name_of(&in->members[i])))
            return &in->members[i];
    return NULL;
}

static int get_label(struct np_decode *d, const struct np_shape *in, struct np_str label,
                     struct np_str raw, void *out)
{
    const struct np_member *m = label_member(in, label);
    struct np_str text = raw;
    if (m == NULL)
        return 0;
    if (memchr(raw.p, '%', raw.n) != NULL)
        text = np_uri_decode(d->arena, raw, false);
    if (text.p == NULL)
        return np_err(d->err, NP_EPROTO, "the path holds a malformed %% escape");
    return np_scalar_parse(d, m, NP_TIME_DATE_TIME, text, np_slot(out, m));
}

static size_t segments_left(struct np_str pattern)
{
    struct np_str seg;
    size_t n = 0;
    while (np_uri_next(&pattern, &seg))
        n += seg.n != 0;
    return n;
}

/* Walks pattern and path side by side; the router has seen that they match. */
static int get_labels(struct np_decode *d, const struct np_codec_op *op, struct np_str path,
                      void *out)
{
    struct np_str pattern, query, want, got;
    int rc = 0;
    if (op->uri == NULL)
        return 0;
    np_str_cut(np_str_of(op->uri), '?', &pattern, &query);
    while (rc == 0 && np_uri_next(&pattern, &want) && want.n != 0) {
        bool label = want.n > 2 && want.p[0] == '{' && want.p[want.n - 1] == '}';
        bool greedy = label && want.p[want.n - 2] == '+';
        if (greedy) {
            got = np_uri_greedy(path, segments_left(pattern));
            if (got.p != NULL)
                path = np_str_sub(path, (size_t)(got.p - path.p) + got.n, SIZE_MAX);
        } else if (!np_uri_next(&path, &got)) {
            got = NP_STR_NULL;
        }
        if (got.p == NULL || (label && got.n == 0))
            return np_err(d->err, NP_EPROTO, "the path does not match %s", op->uri);
        if (label)
            rc = get_label(d, op->in, np_str_sub(want, 1, want.n - 2 - greedy), got, out);
    }
    return rc;
}

/* --- query --- */

static int get_query_list(struct np_decode *d, const struct np_member *m,
                          const struct np_pair *pairs, size_t n, struct np_str name,
                          struct np_vec *v)
{
    const struct np_shape *s = m->shape;
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += np_str_eq(pairs[i].key, name);
    if (found == 0)
        return 0;
    int rc = np_decode_reserve(d, v, found, s->size);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (np_str_eq(pairs[i].key, name))
            rc = np_scalar_parse(d, &s->members[0], NP_TIME_DATE_TIME, pairs[i].value,
                                 (char *)v->v + s->size * v->n++);
    return rc;
}

static int get_query_member(struct np_decode *d, const struct np_member *m,
                            const struct np_pair *pairs, size_t n, void *slot)
{
    struct np_str name = np_str_of(np_wire_name_of(m));
    if (m->shape->type == NP_LIST)
        return get_query_list(d, m, pairs, n, name, slot);
    struct np_str text = np_form_get(pairs, n, name);
    if (text.p == NULL || (text.n == 0 && m->shape->type != NP_STRING))
        return 0;
    return np_scalar_parse(d, m, NP_TIME_DATE_TIME, text, slot);
}

static bool seen_before(const struct np_pair *pairs, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (np_str_eq(pairs[k].key, pairs[i].key))
            return true;
    return false;
}

static bool bound_by_name(const struct np_shape *in, struct np_str key)
{
    for (uint32_t i = 0; i < in->n_members; i++)
        if (in->members[i].loc == NP_LOC_QUERY &&
            np_str_is_z(key, np_wire_name_of(&in->members[i])))
            return true;
    return false;
}

/* The map of every parameter that no other member takes. */
static int get_query_params(struct np_decode *d, const struct np_shape *in,
                            const struct np_member *m, const struct np_pair *pairs, size_t n,
                            struct np_vec *v)
{
    const struct np_member *value = &m->shape->members[1];
    size_t cap = 0;
    int rc = 0;
    if (n > NP_QUERY_PARAMS_MAX)
        return np_err(d->err, NP_E2BIG, "more than %d parameters", NP_QUERY_PARAMS_MAX);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (seen_before(pairs, i) || bound_by_name(in, pairs[i].key))
            continue;
        void *entry = np_decode_push(d, v, &cap, m->shape->size);
        if (entry == NULL)
            return NP_E2BIG;
        v->set = true;
        *(struct np_str *)entry = pairs[i].key;
        if (value->shape->type == NP_LIST)
            rc = get_query_list(d, value, pairs, n, pairs[i].key, np_slot(entry, value));
        else
            rc =
                np_scalar_parse(d, value, NP_TIME_DATE_TIME, pairs[i].value, np_slot(entry, value));
    }
    return rc;
}

static int get_query(struct np_decode *d, const struct np_shape *in, struct np_str query, void *out)
{
    struct np_pair *pairs;
    size_t n;
    int rc = np_form_parse(d->arena, query, true, NP_FORM_PAIRS_MAX, &pairs, &n, d->err);
    for (uint32_t i = 0; rc == 0 && n != 0 && i < in->n_members; i++) {
        const struct np_member *m = &in->members[i];
        if (m->loc == NP_LOC_QUERY)
            rc = get_query_member(d, m, pairs, n, np_slot(out, m));
        else if (m->loc == NP_LOC_QUERY_PARAMS)
            rc = get_query_params(d, in, m, pairs, n, np_slot(out, m));
    }
    return rc;
}

/* --- headers --- */

/* Takes the next item of "a, "b, c", d" off the front. */
static bool next_item(struct np_arena *a, struct np_str *rest, struct np_str *item)
{
    *rest = np_str_trim(*rest);
    if (rest->n == 0)
        return false;
    if (rest->p[0] != '"') {
        ptrdiff_t comma = np_str_chr(*rest, ',');
        size_t n = comma < 0 ? rest->n : (size_t)comma;
        *item = np_str_trim(np_str_sub(*rest, 0, n));
        *rest = np_str_sub(*rest, n + 1, SIZE_MAX);
        return true;
    }
    char *text = np_alloc(a, rest->n), *to = text;
    size_t i = 1;
    for (; i < rest->n && rest->p[i] != '"'; i++) {
        if (rest->p[i] == '\\' && i + 1 < rest->n)
            i++;
        *to++ = rest->p[i];
    }
    *item = np_str_n(text, (size_t)(to - text));
    *rest = np_str_trim(np_str_sub(*rest, i + 1, SIZE_MAX));
    if (rest->n != 0 && rest->p[0] == ',')
        *rest = np_str_sub(*rest, 1, SIZE_MAX);
    return true;
}

/* "Mon, 16 Dec 2019 23:48:18 GMT, Mon, …": a date holds one comma itself. */
static bool next_date(struct np_str *rest, struct np_str *item)
{
    *rest = np_str_trim(*rest);
    if (rest->n == 0)
        return false;
    ptrdiff_t first = np_str_chr(*rest, ',');
    size_t from = first < 0 ? rest->n : (size_t)first + 1;
    ptrdiff_t second = np_str_chr(np_str_sub(*rest, from, SIZE_MAX), ',');
    size_t n = second < 0 ? rest->n : from + (size_t)second;
    *item = np_str_trim(np_str_sub(*rest, 0, n));
    *rest = np_str_sub(*rest, n + 1, SIZE_MAX);
    return true;
}

static int get_header_list(struct np_decode *d, const struct np_member *m, struct np_str text,
                           struct np_vec *v, size_t *cap)
{
    const struct np_shape *s = m->shape;
    const struct np_member *element = &s->members[0];
    bool dates = element->shape->type == NP_TIMESTAMP &&
                 np_time_format_of(element, NP_TIME_HTTP_DATE) == NP_TIME_HTTP_DATE;
    struct np_str item;
    int rc = 0;
    while (rc == 0 && (dates ? next_date(&text, &item) : next_item(d->arena, &text, &item))) {
        void *slot = np_decode_push(d, v, cap, s->size);
        if (slot == NULL)
            return NP_E2BIG;
        v->set = true;
        rc = np_scalar_parse(d, element, NP_TIME_HTTP_DATE, item, slot);
    }
    return rc;
}

/* RFC 9110, 13.1.3 and 13.1.4: a date that is none is as if its condition were not there. */
static bool is_no_condition(const struct np_member *m, struct np_str text)
{
    static const char *const names[] = {"If-Modified-Since", "If-Unmodified-Since",
                                        "x-amz-copy-source-if-modified-since",
                                        "x-amz-copy-source-if-unmodified-since"};
    struct np_opt_int at;
    struct np_err ignored = {0};
    struct np_decode d = {.err = &ignored};
    if (m->shape->type != NP_TIMESTAMP)
        return false;
    NP_EACH (n, names)
        if (np_str_ieq(np_str_of(*n), np_str_of(np_wire_name_of(m))))
            return np_scalar_parse(&d, m, NP_TIME_HTTP_DATE, text, &at) != 0;
    return false;
}

static int get_header_value(struct np_decode *d, const struct np_member *m, struct np_str text,
                            void *slot)
{
    text = np_str_trim(text);
    if (m->flags & NP_M_JSON_VALUE) {
        struct np_str plain = np_unbase64(d->arena, text);
        if (plain.p == NULL)
            return np_err(d->err, NP_EPROTO, "the header %s is no base64", np_wire_name_of(m));
        text = plain;
    }
    if ((text.n == 0 && m->shape->type != NP_STRING) || is_no_condition(m, text))
        return 0;
    return np_scalar_parse(d, m, NP_TIME_HTTP_DATE, text, slot);
}

static int get_header(struct np_decode *d, const struct np_member *m,
                      const struct np_wire_request *rq, void *slot)
{
    struct np_str name = np_str_of(np_wire_name_of(m));
    size_t cap = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < rq->n_fields; i++) {
        const struct np_wire_field *f = &rq->fields[i];
        if (f->name.n != name.n || !np_str_ieq(f->name, name))
            continue;
        if (m->shape->type != NP_LIST)
            return get_header_value(d, m, f->value, slot);
        rc = get_header_list(d, m, f->value, slot, &cap);
    }
    return rc;
}

static int get_prefix_headers(struct np_decode *d, const struct np_member *m,
                              const struct np_wire_request *rq, struct np_vec *v)
{
    const struct np_member *value = &m->shape->members[1];
    struct np_str prefix = np_str_of(m->wire != NULL ? m->wire : "");
    size_t cap = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < rq->n_fields; i++) {
        const struct np_wire_field *f = &rq->fields[i];
        if (!np_str_istarts(f->name, prefix))
            continue;
        void *entry = np_decode_push(d, v, &cap, m->shape->size);
        if (entry == NULL)
            return NP_E2BIG;
        v->set = true;
        *(struct np_str *)entry = np_str_sub(f->name, prefix.n, SIZE_MAX);
        rc = np_scalar_parse(d, value, NP_TIME_HTTP_DATE, np_str_trim(f->value),
                             np_slot(entry, value));
    }
    return rc;
}

/* One bit for each length of a name that the request has: most members fall out by it. */
static uint64_t name_lengths(const struct np_wire_request *rq)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < rq->n_fields; i++)
        bits |= (uint64_t)1 << (rq->fields[i].name.n & 63);
    return bits;
}

static int get_headers(struct np_decode *d, const struct np_shape *in,
                       const struct np_wire_request *rq, void *out)
{
    uint64_t lengths = name_lengths(rq);
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < in->n_members; i++) {
        const struct np_member *m = &in->members[i];
        if (m->loc == NP_LOC_HEADER && (lengths >> (strlen(np_wire_name_of(m)) & 63) & 1))
            rc = get_header(d, m, rq, np_slot(out, m));
        else if (m->loc == NP_LOC_PREFIX_HEADERS)
            rc = get_prefix_headers(d, m, rq, np_slot(out, m));
    }
    return rc;
}

int np_http_get_head(struct np_decode *d, const struct np_codec_op *op,
                     const struct np_wire_request *rq, void *in)
{
    int rc = get_labels(d, op, rq->path, in);
    if (rc == 0 && rq->query.n != 0)
        rc = get_query(d, op->in, rq->query, in);
    return rc == 0 ? get_headers(d, op->in, rq, in) : rc;
}

/* --- replies --- */

void np_reply_field(struct np_wire_reply *r, struct np_arena *a, struct np_str name,
                    struct np_str value)
{
    if (r->n_fields == r->cap_fields) {
        size_t cap = r->cap_fields != 0 ? r->cap_fields * 2 : 32;
        struct np_wire_field *fields = np_new_array(a, struct np_wire_field, cap);
        if (r->n_fields != 0)
            memcpy(fields, r->fields, r->n_fields * sizeof(*fields));
        r->fields = fields;
        r->cap_fields = cap;
    }
    r->fields[r->n_fields++] = (struct np_wire_field){name, value};
}

static struct np_str scalar_str(const struct np_member *m, const void *slot, struct np_arena *a)
{
    struct np_buf b;
    if (m->flags & NP_M_JSON_VALUE)
        return np_base64(a, *(const struct np_str *)slot);
    if (m->shape->type == NP_STRING || m->shape->type == NP_ENUM)
        return *(const struct np_str *)slot;
    np_buf_init(&b, a, NP_HEADER_MAX);
    np_scalar_text(&b, m, NP_TIME_HTTP_DATE, false, slot);
    return np_buf_str(&b);
}

static bool wants_quotes(struct np_str s)
{
    return s.n == 0 || memchr(s.p, ',', s.n) != NULL || memchr(s.p, '"', s.n) != NULL;
}

static void put_item(struct np_buf *b, struct np_str s)
{
    if (!wants_quotes(s)) {
        np_buf_str_add(b, s);
        return;
    }
    np_buf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            np_buf_char(b, '\\');
        np_buf_char(b, s.p[i]);
    }
    np_buf_char(b, '"');
}

static struct np_str list_str(const struct np_member *m, const struct np_vec *v, struct np_arena *a)
{
    const struct np_member *element = &m->shape->members[0];
    struct np_buf b;
    np_buf_init(&b, a, NP_HEADER_MAX);
    for (size_t i = 0; i < v->n; i++) {
        struct np_str item = scalar_str(element, np_elem(v, m->shape, i), a);
        if (i != 0)
            np_buf_lit(&b, ", ");
        if (element->shape->type == NP_STRING)
            put_item(&b, item);
        else
            np_buf_str_add(&b, item);
    }
    return np_buf_ok(&b) ? np_buf_str(&b) : NP_STR_NULL;
}

static void put_header(const struct np_member *m, const void *slot, struct np_arena *a,
                       struct np_wire_reply *r)
{
    struct np_str name = np_str_of(np_wire_name_of(m));
    struct np_str value = m->shape->type == NP_LIST ? list_str(m, slot, a) : scalar_str(m, slot, a);
    if (value.p == NULL)
        r->body.full = true; /* too long: the whole reply fails */
    if (value.n == 0)
        return;
    if (np_str_ieq(name, NP_STR("content-type")))
        r->content_type = np_str_z(a, value);
    else
        np_reply_field(r, a, name, value);
}

static void put_prefix_headers(const struct np_member *m, const struct np_vec *v,
                               struct np_arena *a, struct np_wire_reply *r)
{
    const struct np_member *value = &m->shape->members[1];
    struct np_str prefix = np_str_of(m->wire != NULL ? m->wire : "");
    for (size_t i = 0; i < v->n; i++) {
        const void *entry = np_elem(v, m->shape, i);
        struct np_str name = np_str_cat(a, prefix, *(const struct np_str *)entry);
        np_reply_field(r, a, name, scalar_str(value, np_slot_of(entry, value), a));
    }
}

void np_http_put_head(const struct np_shape *s, const void *out, struct np_arena *a,
                      struct np_wire_reply *r, int *status)
{
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        const void *slot = np_slot_of(out, m);
        if (m->loc == NP_LOC_BODY || !np_value_is_set(m->shape, slot))
            continue;
        if (m->loc == NP_LOC_HEADER)
            put_header(m, slot, a, r);
        else if (m->loc == NP_LOC_PREFIX_HEADERS)
            put_prefix_headers(m, slot, a, r);
        else if (m->loc == NP_LOC_STATUS && status != NULL)
            *status = (int)((const struct np_opt_int *)slot)->v;
    }
}
