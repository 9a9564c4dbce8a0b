/* SPDX-License-Identifier: Apache-2.0 */
/* object.h - a response as the cache holds it: its head, which never changes, and its body.
 *
 * Counted; shared by all workers. */
#pragma once

#include "engines/edge/body.h"
#include "http/http.h"

enum np_edge_reason;

struct edge_object {
    unsigned refs;
    uint16_t status;
    bool no_store_on_disk, compressed, is_pass; /* is_pass: responses to this key are not cached */
    bool on_disk;
    uint8_t reason; /* enum np_edge_reason: the engine made it, for want of a response */
    uint16_t n_fields;
    int64_t fetched_ms, fresh_until_ms, revalidate_until_ms,
        error_until_ms;     /* INT64_MAX: for ever */
    int64_t retry_ms;       /* until then it is served stale without a look at the origin; atomic */
    int64_t age_s;          /* the origin's Age */
    int64_t content_length; /* -1: comes without; set when it has come; atomic */
    uint64_t seq;           /* invalidations up to this one do not concern it; atomic */
    struct edge_body *body; /* NULL: none */
    struct np_str etag, last_modified; /* in `text`; absent */
    uint32_t text_n;
    char text[]; /* fields: two lengths of 16 and 32 bits, name, value; and so on */
};

struct edge_object *edge_object_new(const struct np_http_field *fields, size_t n);
/* The same with packed fields, as a file has them. NULL: malformed. */
struct edge_object *edge_object_unpack(struct np_str packed, size_t n_fields);
static inline int64_t edge_object_length(const struct edge_object *o)
{
    return __atomic_load_n(&o->content_length, __ATOMIC_RELAXED);
}
void edge_object_ref(struct edge_object *o);
void edge_object_unref(struct edge_object *o); /* NULL is fine */
/* Bytes that it keeps in memory. */
uint64_t edge_object_memory(const struct edge_object *o);
/* Visits the fields: at starts as 0. */
bool edge_object_next(const struct edge_object *o, size_t *at, struct np_http_field *out);
struct np_str edge_object_field(const struct edge_object *o, struct np_str name);
