/* SPDX-License-Identifier: Apache-2.0 */
/* value.h - what the protocol codecs share: where a value lies, whether it is there, how it reads
 * as text, and the accounting of what a request may decode into.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "codec/schema.h"

/* One decoding. */
struct np_decode {
    struct np_arena *arena;
    struct np_err *err;
    size_t bytes_left; /* of NP_DECODED_BYTES_MAX */
    unsigned depth;    /* of structures */
};

void np_decode_init(struct np_decode *d, struct np_arena *a, struct np_err *err);
/* Zeroed memory; NULL (and err says why) when the request decodes into too much. */
void *np_decode_new(struct np_decode *d, size_t size);
/* Room for one more element of that stride; NULL as above. The list's cap starts at 0. */
void *np_decode_push(struct np_decode *d, struct np_vec *v, size_t *cap, size_t stride);
/* Exactly n elements. */
int np_decode_reserve(struct np_decode *d, struct np_vec *v, size_t n, size_t stride);
/* Around a structure: fails when too deep. */
int np_decode_enter(struct np_decode *d);
static inline void np_decode_leave(struct np_decode *d)
{
    d->depth--;
}

static inline bool np_is_struct(const struct np_shape *s)
{
    return s->type == NP_STRUCTURE || s->type == NP_UNION;
}
/* Elements of that list are structures in line. */
static inline bool np_is_inline(const struct np_shape *list)
{
    return list->type == NP_LIST && !list->sparse && np_is_struct(list->members[0].shape);
}
static inline void *np_slot(void *base, const struct np_member *m)
{
    return (char *)base + m->offset;
}
static inline const void *np_slot_of(const void *base, const struct np_member *m)
{
    return (const char *)base + m->offset;
}
uint32_t np_slot_size(const struct np_shape *s); /* of a member of that shape */
static inline const void *np_elem(const struct np_vec *v, const struct np_shape *s, size_t i)
{
    return (const char *)v->v + i * s->size;
}

static inline bool np_value_is_set(const struct np_shape *s, const void *slot)
{
    switch ((enum np_type)s->type) {
    case NP_BLOB:
    case NP_STRING:
    case NP_ENUM:
        return ((const struct np_str *)slot)->p != NULL;
    case NP_BOOL:
        return ((const struct np_opt_bool *)slot)->set;
    case NP_BYTE:
    case NP_SHORT:
    case NP_INT:
    case NP_LONG:
    case NP_INTENUM:
    case NP_TIMESTAMP:
        return ((const struct np_opt_int *)slot)->set;
    case NP_FLOAT:
    case NP_DOUBLE:
        return ((const struct np_opt_double *)slot)->set;
    case NP_LIST:
    case NP_MAP:
        return ((const struct np_vec *)slot)->set;
    case NP_DOCUMENT:
    case NP_STRUCTURE:
    case NP_UNION:
        return *(const void *const *)slot != NULL;
    case NP_STREAM:
        return false;
    }
    return false;
}
/* The structure that a slot holds or is. */
static inline const void *np_struct_at(const void *slot, bool is_inline)
{
    return is_inline ? slot : *(const void *const *)slot;
}
/* Makes the structure of a slot; NULL as np_decode_new(). */
void *np_struct_make(struct np_decode *d, const struct np_shape *s, void *slot, bool is_inline);

/* The member's format, else its shape's, else `fallback`. */
enum np_time_format np_time_format_of(const struct np_member *m, enum np_time_format fallback);

/* Text of query values, labels, headers and XML leaves. Blobs are base64. */
int np_scalar_parse(struct np_decode *d, const struct np_member *m, enum np_time_format fallback,
                    struct np_str text, void *slot);
/* ms: date-times always show milliseconds. */
void np_scalar_text(struct np_buf *b, const struct np_member *m, enum np_time_format fallback,
                    bool ms, const void *slot);
/* Whether an integer fits the member's type. */
bool np_int_fits(const struct np_shape *s, int64_t v);
bool np_epoch_parse(struct np_str text, int64_t *out_ms);
void np_epoch_text(struct np_buf *b, int64_t t_ms);
/* Rounded; false for what no text form can say (base/timefmt.h). */
bool np_epoch_ms(double seconds, int64_t *out_ms);

/* A member by one of its names; *hint is where the search starts and ends up. NULL: none. */
enum np_naming { NP_BY_NAME, NP_BY_JSON, NP_BY_XML, NP_BY_EC2 };
const struct np_member *np_member_find(const struct np_shape *s, enum np_naming by,
                                       struct np_str name, uint32_t *hint);
const char *np_xml_name_of(const struct np_member *m); /* may hold a prefix */
static inline const char *np_json_name_of(const struct np_member *m)
{
    return m->json_name != NULL ? m->json_name : m->name;
}
static inline const char *np_wire_name_of(const struct np_member *m)
{
    return m->wire != NULL ? m->wire : m->name;
}
/* Members of the document in the HTTP bindings; a reply has no path and no query. */
static inline bool np_in_document(const struct np_member *m, bool reply)
{
    if (m->loc == NP_LOC_BODY || m->loc == NP_LOC_HOST)
        return true;
    return reply &&
           (m->loc == NP_LOC_QUERY || m->loc == NP_LOC_QUERY_PARAMS || m->loc == NP_LOC_LABEL);
}
static inline bool np_str_is_z(struct np_str s, const char *z)
{
    for (size_t i = 0; i < s.n; i++)
        if (z[i] == '\0' || z[i] != s.p[i])
            return false;
    return z[s.n] == '\0';
}
