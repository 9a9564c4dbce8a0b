/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - a response as the cache holds it. */
#include "engines/edge/object.h"

#include "base/arena.h"
#include "engines/edge/limits.h"

#define LENGTHS 6 /* bytes before each field */

static void find_validators(struct edge_object *o)
{
    o->etag = edge_object_field(o, NP_STR("ETag"));
    o->last_modified = edge_object_field(o, NP_STR("Last-Modified"));
}

static struct edge_object *new_of(size_t text_n, size_t n_fields)
{
    struct edge_object *o = np_heap_alloc(sizeof(*o) + text_n);
    o->refs = 1;
    o->content_length = -1;
    o->text_n = (uint32_t)text_n;
    o->n_fields = (uint16_t)n_fields;
    return o;
}

struct edge_object *edge_object_new(const struct np_http_field *fields, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += LENGTHS + fields[i].name.n + fields[i].value.n;
    struct edge_object *o = new_of(bytes, n);
    char *p = o->text;
    for (size_t i = 0; i < n; i++) {
        uint16_t name_n = (uint16_t)fields[i].name.n;
        uint32_t value_n = (uint32_t)fields[i].value.n;
        memcpy(p, &name_n, 2);
        memcpy(p + 2, &value_n, 4);
        memcpy(p + LENGTHS, fields[i].name.p, name_n);
        if (value_n > 0)
            memcpy(p + LENGTHS + name_n, fields[i].value.p, value_n);
        p += LENGTHS + name_n + value_n;
    }
    find_validators(o);
    return o;
}

static bool next_of(struct np_str text, size_t *at, struct np_http_field *out)
{
    uint16_t name_n;
    uint32_t value_n;
    if (text.n - *at < LENGTHS)
        return false;
    const char *p = text.p + *at;
    memcpy(&name_n, p, 2);
    memcpy(&value_n, p + 2, 4);
    size_t left = text.n - *at - LENGTHS;
    if (name_n > left || value_n > left - name_n)
        return false;
    out->name = np_str_n(p + LENGTHS, name_n);
    out->value = np_str_n(p + LENGTHS + name_n, value_n);
    *at += LENGTHS + (size_t)name_n + value_n;
    return true;
}

struct edge_object *edge_object_unpack(struct np_str packed, size_t n_fields)
{
    struct np_http_field f;
    size_t at = 0, n = 0;
    while (next_of(packed, &at, &f))
        n++;
    if (at != packed.n || n != n_fields || n > NP_EDGE_FIELDS_MAX)
        return NULL;
    struct edge_object *o = new_of(packed.n, n);
    memcpy(o->text, packed.p, packed.n);
    find_validators(o);
    return o;
}

void edge_object_ref(struct edge_object *o)
{
    __atomic_add_fetch(&o->refs, 1, __ATOMIC_RELAXED);
}

void edge_object_unref(struct edge_object *o)
{
    if (o == NULL || __atomic_sub_fetch(&o->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    edge_body_unref(o->body);
    np_free(o);
}

uint64_t edge_object_memory(const struct edge_object *o)
{
    uint64_t n = sizeof(*o) + o->text_n;
    if (o->body == NULL)
        return n;
    n += sizeof(*o->body) + edge_body_in_memory(o->body);
    return o->body->fd >= 0 ? n + NP_EDGE_OPEN_FILE_BYTES : n;
}

bool edge_object_next(const struct edge_object *o, size_t *at, struct np_http_field *out)
{
    return next_of(np_str_n(o->text, o->text_n), at, out);
}

struct np_str edge_object_field(const struct edge_object *o, struct np_str name)
{
    struct np_http_field f;
    for (size_t at = 0; edge_object_next(o, &at, &f);)
        if (np_str_ieq(f.name, name))
            return f.value;
    return NP_STR_NULL;
}
