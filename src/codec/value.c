/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - slots of decoded values and their text. */
#include "codec/value.h"

#include <math.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "codec/limits.h"

void np_decode_init(struct np_decode *d, struct np_arena *a, struct np_err *err)
{
    *d = (struct np_decode){.arena = a, .err = err, .bytes_left = NP_DECODED_BYTES_MAX};
}

void *np_decode_new(struct np_decode *d, size_t size)
{
    if (size > d->bytes_left) {
        np_err(d->err, NP_E2BIG, "the request holds too many values");
        return NULL;
    }
    d->bytes_left -= size;
    return np_alloc(d->arena, size);
}

void *np_decode_push(struct np_decode *d, struct np_vec *v, size_t *cap, size_t stride)
{
    if (v->n == *cap) {
        size_t more = *cap == 0 ? 4 : *cap * 2;
        char *p = np_decode_new(d, more * stride);
        if (p == NULL)
            return NULL;
        if (v->n != 0)
            memcpy(p, v->v, v->n * stride);
        v->v = p;
        *cap = more;
    }
    return (char *)v->v + stride * v->n++;
}

int np_decode_reserve(struct np_decode *d, struct np_vec *v, size_t n, size_t stride)
{
    v->set = true;
    if (n == 0)
        return 0;
    v->v = np_decode_new(d, n * stride);
    return v->v != NULL ? 0 : NP_E2BIG;
}

int np_decode_enter(struct np_decode *d)
{
    if (++d->depth > NP_SHAPE_DEPTH_MAX)
        return np_err(d->err, NP_EPROTO, "structures are nested too deep");
    return 0;
}

uint32_t np_slot_size(const struct np_shape *s)
{
    switch ((enum np_type)s->type) {
    case NP_BLOB:
    case NP_STRING:
    case NP_ENUM:
        return sizeof(struct np_str);
    case NP_BOOL:
        return sizeof(struct np_opt_bool);
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
    case NP_TIMESTAMP:
        return sizeof(struct np_opt_int);
    case NP_FLOAT:
    case NP_DOUBLE:
        return sizeof(struct np_opt_double);
    case NP_LIST:
    case NP_MAP:
        return sizeof(struct np_vec);
    case NP_DOCUMENT:
    case NP_STRUCTURE:
    case NP_UNION:
        return sizeof(void *);
    case NP_STREAM:
        return 0;
    }
    return 0;
}

void *np_struct_make(struct np_decode *d, const struct np_shape *s, void *slot, bool is_inline)
{
    if (is_inline)
        return slot;
    void *p = np_decode_new(d, s->size);
    if (p != NULL)
        *(void **)slot = p;
    return p;
}

enum np_time_format np_time_format_of(const struct np_member *m, enum np_time_format fallback)
{
    if (m->time_format != NP_TIME_DEFAULT)
        return m->time_format;
    return m->shape->time_format != NP_TIME_DEFAULT ? m->shape->time_format : fallback;
}

bool np_int_fits(const struct np_shape *s, int64_t v)
{
    switch ((enum np_type)s->type) {
    case NP_BYTE:
        return v >= INT8_MIN && v <= INT8_MAX;
    case NP_SHORT:
        return v >= INT16_MIN && v <= INT16_MAX;
    case NP_INT:
    case NP_INTENUM:
        return v >= INT32_MIN && v <= INT32_MAX;
    default:
        return true;
    }
}

bool np_epoch_ms(double seconds, int64_t *out_ms)
{
    double ms = round(seconds * 1000);
    if (!(ms >= (double)NP_TIME_LEAST_MS && ms <= (double)NP_TIME_MOST_MS))
        return false;
    *out_ms = (int64_t)ms;
    return true;
}

bool np_epoch_parse(struct np_str text, int64_t *out_ms)
{
    double seconds;
    return np_str_double(text, &seconds) && np_epoch_ms(seconds, out_ms);
}

void np_epoch_text(struct np_buf *b, int64_t t_ms)
{
    uint64_t abs_ms = t_ms < 0 ? 0 - (uint64_t)t_ms : (uint64_t)t_ms;
    if (t_ms < 0)
        np_buf_char(b, '-');
    np_buf_u64(b, abs_ms / 1000);
    if (abs_ms % 1000 != 0)
        np_buf_printf(b, ".%03u", (unsigned)(abs_ms % 1000));
}

/* Clients mix the three forms; the expected one is tried first. */
static bool time_parse(enum np_time_format format, struct np_str text, int64_t *out)
{
    if (format == NP_TIME_EPOCH && np_epoch_parse(text, out))
        return true;
    return np_time_parse_iso(text, out) || np_time_parse_http(text, out) ||
           np_epoch_parse(text, out);
}

static bool double_parse(struct np_str text, double *out)
{
    static const struct {
        struct np_str name;
        double v;
    } names[] = {{{"NaN", 3}, NAN}, {{"Infinity", 8}, INFINITY}, {{"-Infinity", 9}, -INFINITY}};
    NP_EACH (n, names) {
        if (np_str_eq(text, n->name)) {
            *out = n->v;
            return true;
        }
    }
    return np_str_double(text, out) && isfinite(*out);
}

static bool bool_parse(struct np_str text, bool *out)
{
    *out = np_str_ieq(text, NP_STR("true"));
    return *out || np_str_ieq(text, NP_STR("false"));
}

int np_scalar_parse(struct np_decode *d, const struct np_member *m, enum np_time_format fallback,
                    struct np_str text, void *slot)
{
    bool ok = true;
    if (m->shape->type != NP_STRING && m->shape->type != NP_ENUM)
        text = np_str_trim(text);
    switch ((enum np_type)m->shape->type) {
    case NP_STRING:
    case NP_ENUM:
        *(struct np_str *)slot = text;
        break;
    case NP_BLOB: {
        struct np_str bytes = text.n == 0 ? NP_STR("") : np_unbase64(d->arena, text);
        ok = bytes.p != NULL;
        *(struct np_str *)slot = bytes;
        break;
    }
    case NP_BOOL: {
        struct np_opt_bool *v = slot;
        ok = v->set = bool_parse(text, &v->v);
        break;
    }
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM: {
        struct np_opt_int *v = slot;
        ok = v->set = np_str_i64(text, &v->v) && np_int_fits(m->shape, v->v);
        break;
    }
    case NP_TIMESTAMP: {
        struct np_opt_int *v = slot;
        ok = v->set = time_parse(np_time_format_of(m, fallback), text, &v->v);
        break;
    }
    case NP_FLOAT:
    case NP_DOUBLE: {
        struct np_opt_double *v = slot;
        ok = v->set = double_parse(text, &v->v);
        break;
    }
    case NP_DOCUMENT:
    case NP_LIST:
    case NP_MAP:
    case NP_STRUCTURE:
    case NP_UNION:
    case NP_STREAM:
        break;
    }
    if (ok)
        return 0;
    return np_err(d->err, NP_EPROTO, "'%.*s' is no valid value of %s",
                  (int)(text.n < 100 ? text.n : 100), text.p, m->name);
}

static void time_text(struct np_buf *b, enum np_time_format format, bool ms, int64_t t)
{
    char text[NP_TIME_MAX];
    if (format == NP_TIME_EPOCH) {
        np_epoch_text(b, t);
        return;
    }
    size_t n = format == NP_TIME_HTTP_DATE ? np_time_http(text, t)
                                           : np_time_iso(text, t, ms || t % 1000 != 0);
    np_buf_add(b, text, n);
}

static void double_text(struct np_buf *b, double d)
{
    if (isnan(d))
        np_buf_lit(b, "NaN");
    else if (isinf(d))
        np_buf_str_add(b, d > 0 ? NP_STR("Infinity") : NP_STR("-Infinity"));
    else
        np_json_number(b, d);
}

static void blob_text(struct np_buf *b, struct np_str bytes)
{
    struct np_arena *a = b->arena != NULL ? b->arena : np_arena_new();
    np_buf_str_add(b, np_base64(a, bytes));
    if (b->arena == NULL)
        np_arena_free(a);
}

void np_scalar_text(struct np_buf *b, const struct np_member *m, enum np_time_format fallback,
                    bool ms, const void *slot)
{
    switch ((enum np_type)m->shape->type) {
    case NP_STRING:
    case NP_ENUM:
        np_buf_str_add(b, *(const struct np_str *)slot);
        break;
    case NP_BLOB:
        blob_text(b, *(const struct np_str *)slot);
        break;
    case NP_BOOL:
        np_buf_str_add(b, ((const struct np_opt_bool *)slot)->v ? NP_STR("true") : NP_STR("false"));
        break;
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
        np_buf_i64(b, ((const struct np_opt_int *)slot)->v);
        break;
    case NP_TIMESTAMP:
        time_text(b, np_time_format_of(m, fallback), ms, ((const struct np_opt_int *)slot)->v);
        break;
    case NP_FLOAT:
    case NP_DOUBLE:
        double_text(b, ((const struct np_opt_double *)slot)->v);
        break;
    case NP_DOCUMENT:
    case NP_LIST:
    case NP_MAP:
    case NP_STRUCTURE:
    case NP_UNION:
    case NP_STREAM:
        break;
    }
}

const char *np_xml_name_of(const struct np_member *m)
{
    return m->xml_name != NULL ? m->xml_name : m->name;
}

/* The name without its prefix. */
static bool xml_name_is(const struct np_member *m, struct np_str name)
{
    const char *z = np_xml_name_of(m);
    if (np_str_is_z(name, z))
        return true;
    const char *colon = m->xml_name != NULL ? strchr(z, ':') : NULL;
    return colon != NULL && np_str_is_z(name, colon + 1);
}

/* AWS: ec2QueryName, or xmlName or name with a capital first letter. */
static bool ec2_name_is(const struct np_member *m, struct np_str name)
{
    if (m->ec2_name != NULL)
        return np_str_is_z(name, m->ec2_name);
    const char *z = np_xml_name_of(m);
    char first = z[0] >= 'a' && z[0] <= 'z' ? (char)(z[0] - 'a' + 'A') : z[0];
    return name.n != 0 && name.p[0] == first && np_str_is_z(np_str_sub(name, 1, SIZE_MAX), z + 1);
}

static bool name_is(const struct np_member *m, enum np_naming by, struct np_str name)
{
    switch (by) {
    case NP_BY_NAME:
        return np_str_is_z(name, m->name);
    case NP_BY_JSON:
        return np_str_is_z(name, np_json_name_of(m));
    case NP_BY_XML:
        return xml_name_is(m, name);
    case NP_BY_EC2:
        return ec2_name_is(m, name);
    }
    return false;
}

const struct np_member *np_member_find(const struct np_shape *s, enum np_naming by,
                                       struct np_str name, uint32_t *hint)
{
    uint32_t at = *hint < s->n_members ? *hint : 0;
    /* Most clients send members in the model's order. */
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[at];
        at = at + 1 == s->n_members ? 0 : at + 1;
        if (name_is(m, by, name)) {
            *hint = at;
            return m;
        }
    }
    return NULL;
}
