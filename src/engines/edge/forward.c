/* SPDX-License-Identifier: Apache-2.0 */
/* forward.c - what an origin sees of a viewer's request. */
#include "engines/edge/forward.h"

#include "base/arena.h"
#include "engines/edge/key.h"

#define OWN_FIELDS 16 /* that the engine adds at most, but for made and custom ones */

bool edge_is_hop_field(struct np_str name)
{
    static const struct np_str hop[] = {
        {"Connection", 10},
        {"Keep-Alive", 10},
        {"Proxy-Connection", 16},
        {"TE", 2},
        {"Trailer", 7},
        {"Transfer-Encoding", 17},
        {"Upgrade", 7},
        {"Proxy-Authenticate", 18},
        {"Proxy-Authorization", 19},
        {"HTTP2-Settings", 14},
    };
    NP_EACH (h, hop)
        if (np_str_ieq(name, *h))
            return true;
    return false;
}

static bool is_one_of(struct np_str name, const struct np_str *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(name, names[i]))
            return true;
    return false;
}

/* Written by the engine, or not for origins at all, whatever sets say. */
static bool is_own(struct np_str name)
{
    static const struct np_str own[] = {
        {"Host", 4}, {"Content-Length", 14}, {"Expect", 6},           {"Cookie", 6},
        {"Via", 3},  {"CDN-Loop", 8},        {"X-Forwarded-For", 15}, {"User-Agent", 10},
    };
    return is_one_of(name, own, NP_LEN(own));
}

/* Only where nobody else gets the response: else they would make the object. */
static bool is_condition(struct np_str name)
{
    static const struct np_str conditions[] = {
        {"If-Match", 8},           {"If-None-Match", 13},
        {"If-Modified-Since", 17}, {"If-Unmodified-Since", 19},
        {"If-Range", 8},           {"Range", 5},
    };
    return is_one_of(name, conditions, NP_LEN(conditions));
}

/* AWS: without policies custom origins get every field but these
 * (tests/unit/engines/edge/key_test.c: legacy_fields). */
static bool is_legacy_removed(struct np_str name, unsigned method)
{
    static const struct np_str removed[] = {
        {"Accept", 6},
        {"Accept-Charset", 14},
        {"Accept-Encoding", 15},
        {"Accept-Language", 15},
        {"Referer", 7},
        {"X-Forwarded-Proto", 17},
        {"X-HTTP-Method-Override", 22},
        {"X-Real-IP", 9},
    };
    bool is_read = (method & (NP_EDGE_GET | NP_EDGE_HEAD | NP_EDGE_OPTIONS)) != 0;
    if (is_read && np_str_ieq(name, NP_STR("Authorization")))
        return true;
    return is_one_of(name, removed, NP_LEN(removed));
}

static bool is_chosen(const struct np_edge_forwarding *fw, struct np_str name)
{
    return edge_set_has(&fw->key_headers, name, true) || edge_set_has(&fw->headers, name, true);
}

static bool goes_on(const struct edge_fill *f, const struct np_edge_request *rq, struct np_str name)
{
    const struct np_edge_forwarding *fw = &rq->b->o->forward;
    const struct np_edge_names *names = &rq->w->edge->o.names;
    if (edge_is_hop_field(name) || is_own(name) || np_str_istarts(name, names->made_prefix) ||
        np_str_istarts(name, names->edge_prefix) || np_str_ieq(name, names->id_field))
        return false;
    if (is_condition(name))
        return !f->keep && !rq->is_page;
    if (rq->is_websocket && np_str_istarts(name, NP_STR("Sec-WebSocket-")))
        return true;
    if (np_str_ieq(name, NP_STR("Accept-Encoding")) && (fw->key_gzip || fw->key_brotli))
        return false;
    if (is_chosen(fw, name))
        return true;
    if (fw->other_headers)
        return !is_legacy_removed(name, rq->method);
    return np_str_istarts(name, NP_STR("Content-"));
}

static void add(struct edge_fill *f, struct np_str name, struct np_str value)
{
    f->fields[f->n_fields++] =
        (struct np_http_field){np_str_dup(f->arena, name), np_str_dup(f->arena, value)};
}

static void add_made(struct edge_fill *f, struct np_edge_request *rq, const struct np_edge_set *s)
{
    const struct np_edge_opts *o = &rq->w->edge->o;
    for (size_t i = 0; s->how != NP_EDGE_EXCEPT && i < s->n; i++) {
        if (!np_str_istarts(s->names[i], o->names.made_prefix) || o->hooks.generated == NULL)
            continue;
        struct np_str v = o->hooks.generated(o->hooks.arg, rq, s->names[i]);
        if (v.p != NULL && edge_field_of(f->fields, f->n_fields, s->names[i]).p == NULL)
            add(f, s->names[i], v);
    }
}

/* "old, new"; all fields of that name are one list. */
static struct np_str append_to(struct edge_fill *f, const struct np_edge_request *rq,
                               struct np_str name, struct np_str value)
{
    struct np_buf b;
    np_buf_init(&b, f->arena, NP_EDGE_REQUEST_MAX * 2);
    for (size_t i = 0; i < rq->n_fields; i++)
        if (np_str_ieq(rq->fields[i].name, name))
            np_buf_printf(&b, "%.*s, ", NP_FMT(rq->fields[i].value));
    np_buf_str_add(&b, value);
    return np_buf_str(&b);
}

static void add_own(struct edge_fill *f, struct np_edge_request *rq)
{
    const struct np_edge_names *names = &rq->w->edge->o.names;
    const struct np_edge_forwarding *fw = &rq->b->o->forward;
    struct np_str agent = NP_STR_NULL, coding = edge_coding_of(rq);
    if (is_chosen(fw, NP_STR("User-Agent")))
        agent = edge_field_of(rq->fields, rq->n_fields, NP_STR("User-Agent"));
    else
        agent = names->user_agent;
    if (agent.p != NULL)
        add(f, NP_STR("User-Agent"), agent);
    if (coding.n > 0)
        add(f, NP_STR("Accept-Encoding"), coding);
    struct np_str cookies = edge_cookies_choose(rq, &fw->key_cookies, &fw->cookies, false);
    if (cookies.p != NULL)
        add(f, NP_STR("Cookie"), cookies);
    add(f, NP_STR("X-Forwarded-For"), append_to(f, rq, NP_STR("X-Forwarded-For"), rq->ip));
    add(f, NP_STR("Via"), append_to(f, rq, NP_STR("Via"), rq->w->via));
    struct np_str me =
        np_str_printf(f->arena, "%.*s;d=%.*s", NP_FMT(names->cdn), NP_FMT(rq->dist->o.id));
    add(f, NP_STR("CDN-Loop"), append_to(f, rq, NP_STR("CDN-Loop"), me));
    add(f, names->id_field, rq->id);
    if (rq->is_websocket) {
        add(f, NP_STR("Connection"), NP_STR("Upgrade"));
        add(f, NP_STR("Upgrade"), NP_STR("websocket"));
    }
    add_made(f, rq, &fw->key_headers);
    add_made(f, rq, &fw->headers);
}

static struct np_str range_text(struct np_arena *a, const struct edge_range *r)
{
    unsigned long long begin = r->begin, end = r->end;
    if (r->is_suffix)
        return np_str_printf(a, "bytes=-%llu", begin);
    if (!r->has_end)
        return np_str_printf(a, "bytes=%llu-", begin);
    return np_str_printf(a, "bytes=%llu-%llu", begin, end);
}

static int64_t body_length_of(const struct np_edge_request *rq)
{
    const struct np_http_head *h = np_http_head(rq->x);
    if (rq->is_page || h->framing == NP_BODY_NONE)
        return 0;
    return h->framing == NP_BODY_LENGTH ? (int64_t)h->content_length : -1;
}

void edge_forward_request(struct edge_fill *f, struct np_edge_request *rq)
{
    const struct np_edge_forwarding *fw = &rq->b->o->forward;
    size_t room = rq->n_fields + OWN_FIELDS + fw->headers.n + fw->key_headers.n;
    f->fields = np_new_array(f->arena, struct np_http_field, room);
    f->method = np_str_dup(f->arena, rq->is_page ? (rq->is_head ? NP_STR("HEAD") : NP_STR("GET"))
                                                 : np_http_head(rq->x)->method);
    f->is_head = rq->is_head;
    f->https = rq->is_https;
    f->path = np_str_dup(f->arena, rq->path);
    f->query = np_str_dup(f->arena, edge_query_choose(rq, &fw->key_query, &fw->query));
    if (rq->b->forwards_host)
        f->host = np_str_dup(f->arena, np_http_head(rq->x)->host);
    for (size_t i = 0; i < rq->n_fields; i++)
        if (goes_on(f, rq, rq->fields[i].name))
            add(f, rq->fields[i].name, rq->fields[i].value);
    add_own(f, rq);
    if (f->is_range)
        add(f, NP_STR("Range"), range_text(f->arena, &rq->range));
    f->body_length = body_length_of(rq);
}

void edge_forward_conditions(struct edge_fill *f)
{
    if (f->stale == NULL || f->stale->status >= 300)
        return;
    if (f->stale->etag.p != NULL)
        add(f, NP_STR("If-None-Match"), f->stale->etag);
    if (f->stale->last_modified.p != NULL)
        add(f, NP_STR("If-Modified-Since"), f->stale->last_modified);
}

static struct np_str host_of(struct edge_fill *f, bool https, uint16_t port)
{
    const struct np_edge_origin *o = f->origin;
    if (f->host.p != NULL)
        return f->host;
    if (port == (https ? 443 : 80))
        return o->host;
    return np_str_printf(f->arena, "%.*s:%u", NP_FMT(o->host), port);
}

/* Custom fields come last and win over what the viewer sent. */
static size_t with_custom(struct edge_fill *f, struct np_http_field **out)
{
    const struct np_edge_origin *o = f->origin;
    struct np_http_field *v =
        np_new_array(f->arena, struct np_http_field, f->n_fields + o->n_custom + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->n_fields; i++)
        if (edge_field_of(o->custom, o->n_custom, f->fields[i].name).p == NULL)
            v[n++] = f->fields[i];
    for (size_t i = 0; i < o->n_custom; i++)
        v[n++] = o->custom[i];
    *out = v;
    return n;
}

void edge_forward_view(struct edge_fill *f)
{
    const struct np_edge_origin *o = f->origin;
    bool https = o->scheme == NP_EDGE_HTTPS || (o->scheme == NP_EDGE_MATCH_VIEWER && f->https);
    struct np_http_field *fields = f->fields;
    size_t n = o->n_custom > 0 ? with_custom(f, &fields) : f->n_fields;
    f->view = (struct np_edge_fetch_view){
        .arena = f->arena,
        .method = f->method,
        .target = np_str_printf(f->arena, "%.*s%.*s%s%.*s", NP_FMT(o->path), NP_FMT(f->path),
                                f->query.p != NULL ? "?" : "", NP_FMT(f->query)),
        .host = host_of(f, https, https ? o->https_port : o->http_port),
        .fields = fields,
        .n_fields = n,
        .body_length = f->body_length,
        .https = https,
        .origin = o,
    };
}
