/* SPDX-License-Identifier: Apache-2.0 */
/* query_codec.c - structs from the forms of the query and ec2 protocols.
 *
 * The pairs are sorted by key with '.' before every other byte. Then all keys below one prefix
 * stand together, and a structure, list or map is a range of pairs and the offset behind the
 * prefix that they share; each level walks its range once.
 */
#include "codec/query_codec.h"

#include "base/arena.h"
#include "codec/form.h"
#include "codec/limits.h"

struct query {
    struct np_decode *d;
    const struct np_pair *pairs;
    bool ec2;
};

/* What stands below one name: "Name=exact" and pairs lo..hi, whose keys go on at `off`. */
struct part {
    struct np_str name;
    struct np_str exact; /* absent: no such pair */
    size_t lo, hi, off;
};

static int get_value(struct query *q, const struct np_member *m, const struct part *p, void *slot,
                     bool is_inline);

static int key_cmp(struct np_str a, struct np_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        if (a.p[i] == b.p[i])
            continue;
        if (a.p[i] == '.' || b.p[i] == '.')
            return a.p[i] == '.' ? -1 : 1;
        return (unsigned char)a.p[i] < (unsigned char)b.p[i] ? -1 : 1;
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

static int pair_cmp(const void *a, const void *b)
{
    return key_cmp(((const struct np_pair *)a)->key, ((const struct np_pair *)b)->key);
}

static void sort_pairs(struct np_pair *pairs, size_t n)
{
    size_t i = 1;
    while (i < n && key_cmp(pairs[i - 1].key, pairs[i].key) <= 0)
        i++;
    if (i < n)
        qsort(pairs, n, sizeof(*pairs), pair_cmp);
}

/* Takes the next name and all that stands below it off the front of `in`. */
static bool next_part(const struct query *q, struct part *in, struct part *out)
{
    if (in->lo == in->hi)
        return false;
    struct np_str first = np_str_sub(q->pairs[in->lo].key, in->off, SIZE_MAX);
    ptrdiff_t dot = np_str_chr(first, '.');
    *out = (struct part){.name = np_str_sub(first, 0, dot < 0 ? first.n : (size_t)dot)};
    size_t i = in->lo, end = in->off + out->name.n;
    for (; i < in->hi; i++) {
        struct np_str key = q->pairs[i].key;
        if (key.n < end || memcmp(key.p + in->off, out->name.p, out->name.n) != 0)
            break;
        if (key.n > end && key.p[end] != '.')
            break;
        if (key.n == end && out->exact.p == NULL)
            out->exact = q->pairs[i].value;
        if (key.n == end)
            in->lo = i + 1;
    }
    out->lo = in->lo;
    out->hi = in->lo = i;
    out->off = end + 1;
    return true;
}

/* The part of that name within `in`. */
static bool find_part(const struct query *q, struct part in, const char *name, struct part *out)
{
    while (next_part(q, &in, out))
        if (np_str_is_z(out->name, name))
            return true;
    return false;
}

/* What a form has beside the members: the call itself, and a signature of either version. */
static bool is_of_the_call(struct np_str key)
{
    static const char *const names[] = {"Action",          "Version",          "AWSAccessKeyId",
                                        "SecurityToken",   "Timestamp",        "Expires",
                                        "SignatureMethod", "SignatureVersion", "Signature"};
    NP_EACH (n, names)
        if (np_str_is_z(key, *n))
            return true;
    return np_str_istarts(key, NP_STR("X-Amz-"));
}

/* AWS: EC2 refuses what it does not know (tests/wire/ec2); the query
 * protocol of others passes it over. */
static int unknown(const struct query *q, struct np_str key)
{
    if (!q->ec2 || is_of_the_call(key))
        return 0;
    return np_err(q->d->err, NP_ENOENT, "The parameter %.*s is not recognized", NP_FMT(key));
}

static int get_members(struct query *q, const struct np_shape *s, struct part in, void *out)
{
    struct part p;
    uint32_t hint = 0;
    int rc = np_decode_enter(q->d);
    for (size_t at = in.lo; rc == 0 && next_part(q, &in, &p); at = in.lo) {
        const struct np_member *m =
            np_member_find(s, q->ec2 ? NP_BY_EC2 : NP_BY_XML, p.name, &hint);
        rc = m != NULL ? get_value(q, m, &p, np_slot(out, m), false) : unknown(q, q->pairs[at].key);
    }
    np_decode_leave(q->d);
    return rc;
}

struct numbered {
    uint64_t index;
    struct part part;
};

static int numbered_cmp(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* "1", "2", "10" of a range, in the order of their numbers; gaps close. */
static int numbered_parts(struct query *q, struct part in, struct numbered **out, size_t *n)
{
    struct part count_in = in, p;
    size_t room = 0;
    while (next_part(q, &count_in, &p))
        room++;
    *n = 0;
    *out = np_decode_new(q->d, room * sizeof(**out));
    if (*out == NULL)
        return NP_E2BIG;
    for (size_t at = in.lo; next_part(q, &in, &p); at = in.lo) {
        uint64_t index;
        if (!np_str_u64(p.name, &index)) {
            int rc = unknown(q, q->pairs[at].key);
            if (rc != 0)
                return rc;
            continue;
        }
        if (index > NP_FORM_INDEX_MAX)
            return np_err(q->d->err, NP_EPROTO, "a list has an index over %d", NP_FORM_INDEX_MAX);
        (*out)[(*n)++] = (struct numbered){index, p};
    }
    qsort(*out, *n, sizeof(**out), numbered_cmp);
    return 0;
}

/* The range that holds the numbers: a wrapper stands before them unless flattened. */
static bool unwrap(struct query *q, const struct np_member *m, const struct part *p,
                   const char *wrapper, struct part *out)
{
    if (q->ec2 || (m->flags & NP_M_XML_FLAT)) {
        *out = *p;
        return true;
    }
    return find_part(q, *p, wrapper, out);
}

static int get_element(struct query *q, const struct np_shape *list, const struct part *p,
                       void *slot)
{
    const struct np_member *m = &list->members[0];
    int rc = get_value(q, m, p, slot, np_is_inline(list));
    if (rc == 0 && (m->shape->type == NP_STRING || m->shape->type == NP_ENUM) && p->exact.n == 0)
        *(struct np_str *)slot = NP_STR(""); /* it has a place, so it cannot be absent */
    return rc;
}

static int get_list(struct query *q, const struct np_member *m, const struct part *p,
                    struct np_vec *v)
{
    const struct np_shape *s = m->shape;
    const struct np_member *element = &s->members[0];
    struct part in;
    struct numbered *items;
    size_t n;
    v->set = p->exact.p != NULL || p->lo != p->hi;
    if (!unwrap(q, m, p, element->xml_name != NULL ? element->xml_name : "member", &in))
        return 0;
    int rc = numbered_parts(q, in, &items, &n);
    if (rc == 0)
        rc = np_decode_reserve(q->d, v, n, s->size);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = get_element(q, s, &items[i].part, (char *)v->v + s->size * v->n++);
    return rc;
}

static int get_entry(struct query *q, const struct np_shape *s, const struct part *p, void *entry)
{
    const struct np_member *key = &s->members[0], *value = &s->members[1];
    struct part k, v;
    *(struct np_str *)entry = NP_STR("");
    if (find_part(q, *p, key->xml_name != NULL ? key->xml_name : "key", &k) && k.exact.p != NULL)
        *(struct np_str *)entry = k.exact;
    if (!find_part(q, *p, value->xml_name != NULL ? value->xml_name : "value", &v))
        return 0;
    return get_value(q, value, &v, np_slot(entry, value), false);
}

static int get_map(struct query *q, const struct np_member *m, const struct part *p,
                   struct np_vec *v)
{
    const struct np_shape *s = m->shape;
    struct part in;
    struct numbered *items;
    size_t n;
    v->set = p->exact.p != NULL || p->lo != p->hi;
    if (!unwrap(q, m, p, "entry", &in))
        return 0;
    int rc = numbered_parts(q, in, &items, &n);
    if (rc == 0)
        rc = np_decode_reserve(q->d, v, n, s->size);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = get_entry(q, s, &items[i].part, (char *)v->v + s->size * v->n++);
    return rc;
}

/* An empty value is none, except of a string that may be empty: "Description=" clears it. In ec2
 * the member has to say so: clients send "" for what they leave out. */
static bool counts(const struct query *q, const struct np_member *m, struct np_str text)
{
    const struct np_limits *limits = m->limits != NULL ? m->limits : m->shape->limits;
    if (text.n != 0 || text.p == NULL)
        return text.p != NULL;
    if (q->ec2)
        return (m->flags & NP_M_MAY_BE_EMPTY) != 0;
    return m->shape->type == NP_STRING && (limits == NULL || !limits->has_min || limits->min <= 0);
}

static int get_value(struct query *q, const struct np_member *m, const struct part *p, void *slot,
                     bool is_inline)
{
    const struct np_shape *s = m->shape;
    if (s->type == NP_LIST)
        return get_list(q, m, p, slot);
    if (s->type == NP_MAP)
        return get_map(q, m, p, slot);
    if (!np_is_struct(s))
        return counts(q, m, p->exact) ? np_scalar_parse(q->d, m, NP_TIME_DATE_TIME, p->exact, slot)
                                      : 0;
    if (p->lo == p->hi)
        return 0;
    void *out = np_struct_make(q->d, s, slot, is_inline);
    return out != NULL ? get_members(q, s, *p, out) : NP_E2BIG;
}

int np_query_get(struct np_decode *d, const struct np_shape *s, bool ec2, struct np_str form,
                 void *out)
{
    struct np_pair *pairs;
    size_t n;
    int rc = np_form_parse(d->arena, form, true, NP_FORM_PAIRS_MAX, &pairs, &n, d->err);
    if (rc != 0)
        return rc;
    sort_pairs(pairs, n);
    struct query q = {.d = d, .pairs = pairs, .ec2 = ec2};
    return get_members(&q, s, (struct part){.hi = n}, out);
}
