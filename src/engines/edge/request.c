/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - a viewer's request: whose it is, whether it may pass, what the cache has for it. */
#include "engines/edge/request.h"

#include "base/arena.h"
#include "engines/edge/forward.h"
#include "engines/edge/key.h"
#include "io/clock.h"

#define REQUEST_MAGIC 0x45524551
#define HOST_MAX      255

struct np_str edge_field_of(const struct np_http_field *fields, size_t n, struct np_str name)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].name.n == name.n && np_str_ieq(fields[i].name, name))
            return fields[i].value;
    return NP_STR_NULL;
}

bool edge_list_has(struct np_str list, struct np_str word)
{
    struct np_str one;
    while (np_str_split(&list, ',', &one))
        if (np_str_ieq(np_str_trim(one), word))
            return true;
    return false;
}

static unsigned method_of(struct np_str m)
{
    static const struct {
        struct np_str name;
        unsigned bit;
    } methods[] = {
        {{"GET", 3}, NP_EDGE_GET},         {{"HEAD", 4}, NP_EDGE_HEAD},
        {{"OPTIONS", 7}, NP_EDGE_OPTIONS}, {{"PUT", 3}, NP_EDGE_PUT},
        {{"POST", 4}, NP_EDGE_POST},       {{"PATCH", 5}, NP_EDGE_PATCH},
        {{"DELETE", 6}, NP_EDGE_DELETE},
    };
    NP_EACH (x, methods)
        if (np_str_eq(m, x->name))
            return x->bit;
    return 0;
}

/* --- what others ask --- */

struct edge_cookie *edge_request_cookies(const struct np_edge_request *rq, size_t *n)
{
    struct np_edge_request *w = (struct np_edge_request *)(uintptr_t)rq; /* parsed at first use */
    if (rq->cookies == NULL) {
        w->cookies = np_new_array(rq->arena, struct edge_cookie, NP_EDGE_COOKIES_MAX);
        for (size_t i = 0; i < rq->n_fields; i++)
            if (np_str_ieq(rq->fields[i].name, NP_STR("Cookie")))
                edge_cookies_parse(rq->fields[i].value, w->cookies, &w->n_cookies,
                                   NP_EDGE_COOKIES_MAX);
    }
    *n = rq->n_cookies;
    return rq->cookies;
}

bool edge_request_find_viewer(struct np_edge_request *rq)
{
    const struct np_edge_hooks *h = &rq->w->edge->o.hooks;
    if (rq->has_viewer)
        return true;
    rq->has_viewer = true;
    const struct np_addr *peer = np_stream_peer(np_http_stream(rq->x));
    rq->ip = np_addr_ip_text(rq->arena, peer);
    rq->port = np_addr_port(peer);
    if (h->viewer != NULL)
        h->viewer(h->arg, rq->x, &rq->ip, &rq->port, &rq->country);
    return true;
}

struct np_http_x *np_edge_request_exchange(const struct np_edge_request *rq)
{
    return rq->x;
}

struct np_str np_edge_request_path(const struct np_edge_request *rq)
{
    return rq->path;
}

struct np_str np_edge_request_query(const struct np_edge_request *rq)
{
    return rq->query;
}

struct np_str np_edge_request_host(const struct np_edge_request *rq)
{
    return rq->host;
}

bool np_edge_request_is_https(const struct np_edge_request *rq)
{
    return rq->is_https;
}

struct np_str np_edge_request_field(const struct np_edge_request *rq, struct np_str name)
{
    return edge_field_of(rq->fields, rq->n_fields, name);
}

struct np_str np_edge_request_cookie(const struct np_edge_request *rq, struct np_str name)
{
    size_t n;
    const struct edge_cookie *c = edge_request_cookies(rq, &n);
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(c[i].name, name))
            return c[i].value;
    return NP_STR_NULL;
}

static struct np_edge_request *with_viewer(const struct np_edge_request *rq)
{
    struct np_edge_request *w = (struct np_edge_request *)(uintptr_t)rq; /* found at first use */
    edge_request_find_viewer(w);
    return w;
}

struct np_str np_edge_request_ip(const struct np_edge_request *rq)
{
    return with_viewer(rq)->ip;
}

uint16_t np_edge_request_port(const struct np_edge_request *rq)
{
    return with_viewer(rq)->port;
}

struct np_str np_edge_request_country(const struct np_edge_request *rq)
{
    return with_viewer(rq)->country;
}

struct np_arena *np_edge_request_arena(const struct np_edge_request *rq)
{
    return rq->arena;
}

/* --- the viewer's body --- */

static void on_viewer_body(void *arg, int rc, struct np_str data, bool end)
{
    struct np_edge_request *rq = arg;
    rq->bytes_up += data.n;
    if (rq->body_fn != NULL)
        rq->body_fn(rq->body_arg, rc, data, end);
}

void edge_request_read(struct np_edge_request *rq, np_http_body_fn *fn, void *arg)
{
    rq->body_fn = fn;
    rq->body_arg = arg;
    if (fn == NULL) {
        if (rq->reads && !rq->gone)
            np_http_read_resume(rq->x);
        return;
    }
    if (!rq->reads)
        np_http_read(rq->x, on_viewer_body, rq);
    rq->reads = true;
}

struct np_stream *edge_request_switch(struct np_edge_request *rq, const struct np_http_head *h,
                                      struct np_buf *unread)
{
    struct np_http_field *v = np_new_array(rq->arena, struct np_http_field, h->n_fields + 5);
    const struct np_edge_names *names = &rq->w->edge->o.names;
    size_t n = 0;
    for (size_t i = 0; i < h->n_fields; i++)
        if (!edge_is_hop_field(h->fields[i].name))
            v[n++] = h->fields[i];
    v[n++] = (struct np_http_field){NP_STR("Upgrade"), NP_STR("websocket")};
    v[n++] = (struct np_http_field){names->x_cache, names->results[NP_EDGE_R_MISS]};
    v[n++] = (struct np_http_field){NP_STR("Via"), rq->w->via};
    v[n++] = (struct np_http_field){names->pop_field, rq->w->edge->o.pops[rq->location]};
    v[n++] = (struct np_http_field){names->id_field, rq->id};
    rq->answered = rq->ended = true;
    rq->status = 101;
    rq->result = NP_EDGE_R_MISS;
    rq->fill->tunnel = true;
    np_http_respond(rq->x, 101, v, n, -1);
    return np_http_take_stream(rq->x, unread);
}

/* --- fills --- */

void edge_request_leave_fill(struct np_edge_request *rq)
{
    if (rq->fill != NULL)
        edge_fill_detach(rq->fill, rq);
    rq->owns_fill = false;
}

static void own(struct np_edge_request *rq, struct edge_fill *f)
{
    edge_request_find_viewer(rq);
    rq->owns_fill = true;
    f->owner = rq;
    edge_forward_request(f, rq);
    edge_fill_attach(f, rq);
    edge_fill_start(f);
    edge_fill_unref(f);
}

void edge_request_pass(struct np_edge_request *rq)
{
    rq->is_pass = true;
    own(rq, edge_fill_new(rq, NULL, false));
}

static bool is_valid(const struct np_edge_request *rq, uint64_t *seq)
{
    return edge_inval_ok(&rq->dist->shared->inval, seq, edge_key_url(rq->key.text));
}

static bool is_fresh(const struct np_edge_request *rq, const struct edge_object *o)
{
    int64_t now = np_region_ms(rq->w->loop);
    return now < o->fresh_until_ms || now < __atomic_load_n(&o->retry_ms, __ATOMIC_RELAXED);
}

static struct edge_fill *fill_of(struct np_edge_request *rq, struct edge_object *stale)
{
    struct edge_fill *f = edge_fill_new(rq, &rq->key, true);
    f->is_range = rq->key.text.n > rq->whole_n;
    f->whole_n = rq->whole_n;
    f->stale = stale;
    if (stale != NULL)
        edge_object_ref(stale);
    return f;
}

/* The fetch under way for the key, or a new one that the request begins. */
static void join(struct np_edge_request *rq, struct edge_object *stale)
{
    struct edge_object *now = NULL;
    struct edge_fill *f = fill_of(rq, stale);
    struct edge_fill *there = edge_cache_join(rq->w->edge->cache, &rq->key, f, &now);
    if (there == NULL) {
        edge_object_unref(now);
        own(rq, f);
        return;
    }
    edge_object_unref(now);
    if (!is_valid(rq, &there->seq) &&
        edge_cache_supersede(rq->w->edge->cache, &rq->key, there, f)) {
        own(rq, f);
    } else {
        edge_fill_discard(f);
        edge_fill_attach(there, rq);
    }
    edge_fill_unref(there);
}

/* The object is served as it is; that it has to be asked about is nobody's business. */
static void refresh_behind(struct np_edge_request *rq, struct edge_object *o)
{
    struct edge_object *now = NULL;
    struct edge_fill *f = fill_of(rq, o);
    struct edge_fill *there = edge_cache_join(rq->w->edge->cache, &rq->key, f, &now);
    edge_object_unref(now);
    if (there != NULL) {
        edge_fill_discard(f);
        edge_fill_unref(there);
        return;
    }
    edge_request_find_viewer(rq);
    f->background = true;
    edge_forward_request(f, rq);
    edge_fill_start(f);
    edge_fill_unref(f);
}

/* --- the cache --- */

/* The key's object if it is good for anything; forgets what was called back. */
static struct edge_object *find(struct np_edge_request *rq)
{
    struct edge_cache *c = rq->w->edge->cache;
    struct edge_object *o = edge_cache_find(c, &rq->key);
    if (o == NULL || is_valid(rq, &o->seq))
        return o;
    edge_cache_drop(c, &rq->key, o);
    edge_object_unref(o);
    return NULL;
}

/* True: the request is served, or on its way alone. */
static bool serve(struct np_edge_request *rq, struct edge_object *o)
{
    if (o == NULL)
        return false;
    if (!is_fresh(rq, o)) {
        if (o->is_pass || np_region_ms(rq->w->loop) >= o->revalidate_until_ms)
            return false;
        refresh_behind(rq, o);
    }
    if (o->is_pass)
        edge_request_pass(rq);
    else
        edge_respond_object(rq, o, NP_EDGE_R_HIT);
    return true;
}

static void look_up(struct np_edge_request *rq)
{
    struct edge_object *o = find(rq);
    if (!serve(rq, o)) {
        if (o != NULL && o->is_pass) {
            edge_object_unref(o);
            o = NULL;
        }
        join(rq, o);
    }
    edge_object_unref(o);
}

/* A HEAD is served from what a GET brought; else it has its own. */
static void look_up_head(struct np_edge_request *rq)
{
    struct edge_key own_key = rq->key;
    rq->key = edge_key_of_kind(rq->arena, &own_key, own_key.text.n, 'G');
    struct edge_object *o = find(rq);
    bool served = o != NULL && !o->is_pass && is_fresh(rq, o) && serve(rq, o);
    edge_object_unref(o);
    if (served)
        return;
    rq->key = own_key;
    look_up(rq);
}

/* A part is served from the whole; without it, it is an object of its own. */
static void look_up_range(struct np_edge_request *rq)
{
    struct edge_object *o = find(rq);
    bool there = o != NULL && !o->is_pass;
    edge_object_unref(o);
    if (!there)
        edge_key_make(rq, true);
    look_up(rq);
}

/* AWS: the default root object stands for "/" towards behaviours and the origin; redirects,
 * signatures and viewer functions have the viewer's own URL (tests/sdk/test_cloudfront_edge.py). */
static struct np_str path_with_root(const struct np_edge_request *rq)
{
    struct np_str root = rq->dist->o.default_root_object;
    bool stands = rq->path.n == 1 && root.n > 0;
    return stands ? np_str_cat(rq->arena, NP_STR("/"), root) : rq->path;
}

void edge_request_lookup(struct np_edge_request *rq)
{
    const struct np_http_head *h = np_http_head(rq->x);
    rq->path = path_with_root(rq);
    unsigned kept = NP_EDGE_GET | NP_EDGE_HEAD | (rq->b->o->cached_methods & NP_EDGE_OPTIONS);
    bool caches = rq->b->caches && (rq->method & kept) != 0 && !rq->is_websocket &&
                  (rq->is_page || h->framing == NP_BODY_NONE || h->content_length == 0);
    if (!caches || !edge_key_make(rq, false)) {
        edge_request_pass(rq);
        return;
    }
    if (rq->is_head)
        look_up_head(rq);
    else if (rq->range.is_set && rq->method == NP_EDGE_GET &&
             edge_field_of(rq->fields, rq->n_fields, NP_STR("If-Range")).p == NULL)
        look_up_range(rq);
    else
        look_up(rq);
}

void edge_request_wake(struct np_edge_request *rq)
{
    struct edge_fill *f = rq->fill;
    struct edge_object *o = NULL;
    pthread_mutex_lock(&f->lock);
    enum edge_fill_state state = f->locked.state;
    enum np_edge_result result = f->locked.result;
    bool others = f->locked.is_private && !rq->owns_fill;
    if (state != FILL_WAITS && f->locked.object != NULL) {
        o = f->locked.object;
        edge_object_ref(o);
    }
    pthread_mutex_unlock(&f->lock);
    if (rq->answered && state == FILL_CUT) {
        np_http_abort(rq->x);
    } else if (!rq->answered && rq->out == NULL && others && state != FILL_WAITS) {
        edge_request_leave_fill(rq);
        edge_request_pass(rq);
    } else if (!rq->answered && rq->out == NULL && state == FILL_CUT) {
        edge_request_leave_fill(rq);
        edge_respond_error(rq, 502, NP_EDGE_BAD_RESPONSE);
    } else if (state == FILL_DONE && !f->tunnel) {
        edge_request_leave_fill(rq);
    }
    if (!rq->answered && rq->out == NULL && o != NULL && !others && state != FILL_CUT)
        edge_respond_object(rq, o, result);
    else if (rq->answered && state != FILL_CUT)
        edge_send_body(rq);
    edge_object_unref(o);
}

/* --- whether it may pass --- */

static bool is_loop(const struct np_edge_request *rq)
{
    const struct np_edge_names *names = &rq->w->edge->o.names;
    struct np_str id = rq->dist->o.id;
    size_t hops = 0;
    for (size_t i = 0; i < rq->n_fields; i++) {
        struct np_str rest = rq->fields[i].value, one, name, param;
        if (!np_str_ieq(rq->fields[i].name, NP_STR("CDN-Loop")))
            continue;
        while (np_str_split(&rest, ',', &one)) {
            np_str_cut(one, ';', &name, &param);
            if (!np_str_ieq(np_str_trim(name), names->cdn))
                continue;
            hops++;
            param = np_str_trim(param);
            if (np_str_starts(param, NP_STR("d=")) && np_str_eq(np_str_sub(param, 2, id.n), id) &&
                param.n == id.n + 2)
                return true;
        }
    }
    return hops >= NP_EDGE_HOPS_MAX;
}

static bool is_too_large(const struct np_http_head *h)
{
    size_t n = h->method.n + h->target.n;
    if (h->target.n > NP_EDGE_URL_MAX)
        return true;
    for (size_t i = 0; i < h->n_fields; i++)
        n += h->fields[i].name.n + h->fields[i].value.n + 4;
    return n > NP_EDGE_REQUEST_MAX;
}

static bool geo_blocks(const struct np_edge_request *rq)
{
    const struct np_edge_geo *g = &rq->dist->o.geo;
    if (g->how == NP_EDGE_GEO_OFF)
        return false;
    struct np_str country = np_edge_request_country(rq);
    bool listed = false;
    for (size_t i = 0; i < g->n && !listed; i++)
        listed = country.p != NULL && np_str_ieq(g->countries[i], country);
    return listed == (g->how == NP_EDGE_GEO_DENY) && (listed || country.n > 0);
}

/* What the configuration says; 0: it may pass. */
static enum np_edge_reason refusal(const struct np_edge_request *rq, const struct np_http_head *h,
                                   int *status)
{
    *status = 403;
    if (!rq->dist->o.enabled)
        return NP_EDGE_DISABLED;
    if (is_loop(rq))
        return NP_EDGE_LOOP;
    if ((rq->method & rq->b->o->methods) == 0)
        return NP_EDGE_BAD_METHOD;
    if (rq->b->o->viewer_policy == NP_EDGE_HTTPS_ONLY && !rq->is_https)
        return NP_EDGE_HTTPS_NEEDED;
    if (geo_blocks(rq))
        return NP_EDGE_GEO_BLOCKED;
    if (rq->method == NP_EDGE_GET && (h->framing == NP_BODY_CHUNKED || h->content_length > 0))
        return NP_EDGE_GET_WITH_BODY;
    return NP_EDGE_OK;
}

static bool check_signature(struct np_edge_request *rq)
{
    const struct np_edge_hooks *h = &rq->w->edge->o.hooks;
    if (rq->b->o->signers == NULL)
        return true;
    int status = h->check != NULL
                     ? h->check(h->arg, rq->b->o->signers, rq, &rq->strip_query, &rq->strip_cookies)
                     : 403;
    if (status == 0)
        return true;
    edge_respond_error(rq, status, NP_EDGE_UNSIGNED);
    return false;
}

static bool must_redirect(const struct np_edge_request *rq)
{
    if (rq->b->o->viewer_policy != NP_EDGE_REDIRECT_TO_HTTPS || rq->is_https)
        return false;
    return !rq->is_http10 || (rq->method & (NP_EDGE_GET | NP_EDGE_HEAD)) != 0;
}

static void route(struct np_edge_request *rq, const struct np_http_head *h)
{
    int status;
    rq->b = edge_dist_match(rq->dist, path_with_root(rq));
    enum np_edge_reason reason = refusal(rq, h, &status);
    if (reason != NP_EDGE_OK) {
        edge_respond_error(rq, status, reason);
        return;
    }
    if (must_redirect(rq)) {
        edge_respond_redirect(rq);
        return;
    }
    if (!check_signature(rq) || edge_function_request(rq))
        return;
    edge_request_lookup(rq);
}

/* --- the exchange --- */

static void find_dist(struct np_edge_request *rq, const struct np_http_head *h)
{
    char buf[HOST_MAX];
    struct np_str host = edge_host_name(h->host, buf, sizeof(buf));
    rq->host = host.p == buf ? np_str_dup(rq->arena, host) : host;
    rq->dist = edge_find_host(rq->w->edge, host);
    if (rq->dist != NULL)
        edge_dist_ref(rq->dist);
}

static struct np_edge_request *request_new(struct np_edge_worker *w, struct np_http_x *x)
{
    const struct np_http_head *h = np_http_head(x);
    const struct np_stream *s = np_http_stream(x);
    const struct np_edge_opts *o = &w->edge->o;
    struct np_edge_request *rq = np_new(np_http_arena(x), struct np_edge_request);
    rq->magic = REQUEST_MAGIC;
    rq->x = x;
    rq->w = w;
    rq->arena = np_http_arena(x);
    rq->path = h->path;
    rq->query = h->query;
    rq->fields = h->fields;
    rq->n_fields = h->n_fields;
    rq->method = method_of(h->method);
    rq->is_head = rq->method == NP_EDGE_HEAD;
    rq->is_https = np_stream_is_tls(s);
    rq->is_http10 = h->major == 1 && h->minor == 0;
    rq->is_websocket = h->major == 1 && h->upgrade && rq->method == NP_EDGE_GET &&
                       np_str_ieq(np_http_field(h, NP_STR("Upgrade")), NP_STR("websocket"));
    rq->length = -1;
    rq->id = edge_request_id(w, rq->arena);
    if (o->location != NULL)
        rq->location = o->location(o->location_arg, np_http_to(x));
    if (rq->location >= o->n_pops)
        rq->location = 0;
    if (o->hooks.log != NULL) {
        rq->begin_ms = np_region_ms(w->loop);
        rq->begin_ns = np_clock_monotonic_ns();
    }
    np_list_append(&w->requests, &rq->node);
    np_http_set_user(x, rq);
    return rq;
}

static void on_request(void *arg, struct np_http_x *x)
{
    struct np_edge_worker *w = arg;
    const struct np_http_head *h = np_http_head(x);
    struct np_edge_request *rq = request_new(w, x);
    find_dist(rq, h);
    if (rq->dist == NULL) {
        edge_respond_error(rq, 403, NP_EDGE_NO_HOST);
    } else if (is_too_large(h)) {
        edge_respond_error(rq, 413, NP_EDGE_TOO_LARGE);
    } else if (!np_str_starts(rq->path, NP_STR("/"))) {
        edge_respond_error(rq, 400, NP_EDGE_BAD_REQUEST);
    } else {
        edge_range_parse(np_http_field(h, NP_STR("Range")), &rq->range);
        route(rq, h);
    }
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct np_edge_request *rq = NP_CAST(np_edge_request, np_http_user(x), REQUEST_MAGIC);
    rq->gone = true;
    rq->body_fn = NULL;
    edge_request_leave_fill(rq);
    edge_record_done(rq, complete);
    edge_object_unref(rq->object);
    edge_dist_unref(rq->dist);
    np_list_remove(&rq->node);
    if (rq->event != NULL)
        edge_function_forget(rq);
}

const struct np_http_handlers np_edge_handlers = {.request = on_request, .gone = on_gone};
