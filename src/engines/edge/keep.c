/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - what becomes of a response. */
#include "engines/edge/keep.h"

#include "base/arena.h"
#include "engines/edge/encode.h"
#include "engines/edge/forward.h"
#include "engines/edge/key.h"
#include "engines/edge/ttl.h"

static int64_t until(int64_t from_ms, int64_t for_ms)
{
    int64_t at;
    return np_add_overflows(from_ms, for_ms, &at) ? INT64_MAX : at;
}

static int64_t age_of(const struct np_http_field *fields, size_t n)
{
    uint64_t age;
    if (!np_str_u64(edge_field_of(fields, n, NP_STR("Age")), &age) || age > INT32_MAX)
        return 0;
    return (int64_t)age;
}

static bool may_have_range(const struct edge_fill *f, int status)
{
    return status != 206 || f->is_range;
}

bool edge_keep_times(const struct edge_fill *f, struct edge_object *o,
                     const struct np_http_field *fields, size_t n)
{
    const struct np_edge_behavior *b = f->b->o;
    const struct np_edge_error *custom = edge_dist_error(f->dist, o->status);
    struct edge_ttl_rules rules = {b->min_ttl_s, b->default_ttl_s, b->max_ttl_s};
    struct edge_ttl ttl;
    int64_t now_ms = np_region_ms(f->w->loop);
    if (o->status >= 400)
        edge_ttl_of_error(o->status, fields, n, custom != NULL ? custom->min_ttl_s : -1, &ttl);
    else
        edge_ttl_of(fields, n, &rules, now_ms, &ttl);
    o->fetched_ms = now_ms;
    o->age_s = age_of(fields, n);
    o->fresh_until_ms = until(now_ms, ttl.fresh_ms);
    o->revalidate_until_ms = until(o->fresh_until_ms, ttl.stale_while_revalidate_ms);
    o->error_until_ms =
        ttl.stale_if_error_ms < 0 ? INT64_MAX : until(o->fresh_until_ms, ttl.stale_if_error_ms);
    o->seq = edge_fill_seq(f);
    o->no_store_on_disk = o->status >= 400 || ttl.fresh_ms < NP_EDGE_DISK_TTL_MIN_MS;
    bool varies = np_str_is(np_str_trim(edge_field_of(fields, n, NP_STR("Vary"))), "*");
    return ttl.cacheable && !varies && may_have_range(f, o->status) && o->status >= 200;
}

bool edge_keep_error(const struct edge_fill *f, int status)
{
    const struct np_edge_error *custom = edge_dist_error(f->dist, status);
    struct edge_ttl ttl;
    edge_ttl_of_error(status, NULL, 0, custom != NULL ? custom->min_ttl_s : -1, &ttl);
    return f->keep && ttl.cacheable;
}

/* --- fields --- */

/* AWS: of Vary stays what the origin could see; nothing else tells objects apart
 * (tests/unit/engines/edge/key_test.c: vary_is_cut_to_what_was_forwarded). */
static struct np_str vary_of(const struct edge_fill *f, struct np_str value)
{
    const struct np_edge_forwarding *fw = &f->b->o->forward;
    struct np_buf b;
    struct np_str one;
    np_buf_init(&b, f->arena, value.n + 64);
    while (np_str_split(&value, ',', &one)) {
        one = np_str_trim(one);
        if (!np_str_ieq(one, NP_STR("Accept-Encoding")) && !np_str_ieq(one, NP_STR("Origin")) &&
            !edge_set_has(&fw->key_headers, one, true) && !edge_set_has(&fw->headers, one, true))
            continue;
        if (b.n > 0)
            np_buf_lit(&b, ", ");
        np_buf_str_add(&b, one);
    }
    return np_buf_str(&b);
}

static bool is_dropped(const struct edge_fill *f, struct np_str name, struct np_str connection)
{
    const struct np_edge_names *names = &f->w->edge->o.names;
    return edge_is_hop_field(name) || edge_list_has(connection, name) ||
           np_str_ieq(name, NP_STR("Content-Length")) || np_str_ieq(name, NP_STR("Age")) ||
           np_str_ieq(name, names->x_cache) || np_str_ieq(name, names->pop_field) ||
           np_str_ieq(name, names->id_field) || np_str_istarts(name, names->edge_prefix) ||
           (f->b->o->forward.drop_set_cookie && np_str_ieq(name, NP_STR("Set-Cookie")));
}

static size_t kept_fields(const struct edge_fill *f, const struct np_http_field *fields, size_t n,
                          struct np_http_field *out)
{
    struct np_str connection = edge_field_of(fields, n, NP_STR("Connection"));
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) {
        struct np_http_field x = fields[i];
        if (is_dropped(f, x.name, connection))
            continue;
        if (np_str_ieq(x.name, NP_STR("Vary")) && !np_str_is(x.value, "*")) {
            x.value = vary_of(f, x.value);
            if (x.value.n == 0)
                continue;
        }
        out[n_out++] = x;
    }
    return n_out;
}

struct edge_object *edge_keep_object(struct edge_fill *f, int status,
                                     const struct np_http_field *fields, size_t n,
                                     int64_t content_length, bool *store)
{
    struct np_http_field *kept = np_new_array(f->arena, struct np_http_field, n + 1);
    struct edge_object *o = edge_object_new(kept, kept_fields(f, fields, n, kept));
    o->status = (uint16_t)status;
    o->content_length = content_length;
    *store = edge_keep_times(f, o, fields, n) && f->keep;
    if (*store)
        f->coding = edge_encode_choose(f, o);
    return o;
}

/* --- 304 --- */

static bool is_of_the_body(struct np_str name)
{
    return np_str_istarts(name, NP_STR("Content-")) || np_str_ieq(name, NP_STR("ETag"));
}

struct edge_object *edge_keep_refreshed(struct edge_fill *f, const struct np_http_field *fields,
                                        size_t n)
{
    struct edge_object *old = f->stale;
    struct np_http_field *all = np_new_array(f->arena, struct np_http_field, n + old->n_fields + 1);
    struct np_http_field x;
    size_t n_all = 0, n_new = kept_fields(f, fields, n, all);
    for (size_t i = 0; i < n_new; i++)
        if (!is_of_the_body(all[i].name))
            all[n_all++] = all[i];
    n_new = n_all;
    for (size_t at = 0; edge_object_next(old, &at, &x);)
        if (edge_field_of(all, n_new, x.name).p == NULL)
            all[n_all++] = x;
    struct edge_object *o = edge_object_new(all, n_all);
    o->status = old->status;
    o->content_length = old->content_length;
    o->compressed = old->compressed;
    o->on_disk = old->on_disk;
    o->body = old->body;
    if (o->body != NULL)
        edge_body_ref(o->body);
    edge_keep_times(f, o, all, n_all);
    return o;
}

/* --- compression --- */

static struct np_str weak(struct np_arena *a, struct np_str etag)
{
    return np_str_starts(etag, NP_STR("W/")) ? etag : np_str_printf(a, "W/%.*s", NP_FMT(etag));
}

static struct edge_object *with_coding(struct edge_fill *f, const struct edge_object *old)
{
    struct np_http_field *v = np_new_array(f->arena, struct np_http_field, old->n_fields + 2u), x;
    size_t n = 0;
    bool varies = false;
    for (size_t at = 0; edge_object_next(old, &at, &x);) {
        if (np_str_ieq(x.name, NP_STR("ETag")))
            x.value = weak(f->arena, x.value);
        varies |=
            np_str_ieq(x.name, NP_STR("Vary")) && edge_list_has(x.value, NP_STR("Accept-Encoding"));
        v[n++] = x;
    }
    v[n++] = (struct np_http_field){NP_STR("Content-Encoding"),
                                    f->coding == EDGE_GZIP ? NP_STR("gzip") : NP_STR("br")};
    if (!varies)
        v[n++] = (struct np_http_field){NP_STR("Vary"), NP_STR("Accept-Encoding")};
    return edge_object_new(v, n);
}

struct edge_object *edge_keep_encoded(struct edge_fill *f, struct edge_chunk *coded)
{
    struct edge_object *old = f->locked.object;
    if (coded == NULL) {
        edge_object_ref(old);
        return old;
    }
    struct edge_object *o = with_coding(f, old);
    o->status = old->status;
    o->fetched_ms = old->fetched_ms;
    o->fresh_until_ms = old->fresh_until_ms;
    o->revalidate_until_ms = old->revalidate_until_ms;
    o->error_until_ms = old->error_until_ms;
    o->age_s = old->age_s;
    o->seq = old->seq;
    o->no_store_on_disk = old->no_store_on_disk;
    o->compressed = true;
    o->content_length = coded->n;
    o->body = edge_body_new(NULL);
    edge_body_take(o->body, coded);
    return o;
}

/* --- into the index, out of the files --- */

void edge_keep_publish(struct edge_fill *f, struct edge_object *o)
{
    struct edge_cache *c = f->w->edge->cache;
    if (f->is_range && o->status == 200) {
        struct edge_key whole = edge_key_of_kind(f->arena, &f->key, f->whole_n, 'G');
        edge_cache_put(c, &f->key, f, NULL);
        edge_cache_put(c, &whole, NULL, o);
        f->key = whole;
        return;
    }
    edge_cache_put(c, &f->key, f, o);
}

bool edge_keep_found(struct edge_fill *f, struct edge_object *o)
{
    if (o->seq > edge_fill_seq(f) ||
        !edge_inval_ok(&f->dist->shared->inval, &o->seq, edge_key_url(f->key.text)))
        return false;
    if (np_region_ms(f->w->loop) < o->fresh_until_ms)
        return true;
    edge_object_ref(o);
    f->stale = o;
    return false;
}
