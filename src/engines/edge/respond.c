/* SPDX-License-Identifier: Apache-2.0 */
/* respond.c - what a viewer gets: the head of an object, of an error or a redirect, then the body
 * as far as it is there. */
#include "base/arena.h"
#include "base/timefmt.h"
#include "engines/edge/key.h"
#include "io/clock.h"

#define OWN_FIELDS 10
/* Bodies up to this go with their head in one write, and nothing is allocated for them. */
#define AT_ONCE_MAX ((uint64_t)16 * 1024)

/* --- heads --- */

static struct edge_out *out_new(struct np_edge_request *rq, int status, size_t n_fields)
{
    const struct np_edge_response_policy *p = rq->b != NULL ? rq->b->o->response : NULL;
    struct edge_out *out = np_new(rq->arena, struct edge_out);
    out->status = status;
    out->room = n_fields + OWN_FIELDS + (p != NULL ? p->n_headers + OWN_FIELDS : 0);
    out->fields = np_alloc_raw(rq->arena, out->room * sizeof(*out->fields));
    out->content_length = -1;
    return out;
}

void edge_out_add(struct edge_out *out, struct np_str name, struct np_str value)
{
    np_assert(out->n < out->room);
    out->fields[out->n++] = (struct np_http_field){name, value};
}

static void add_own(struct np_edge_request *rq, struct edge_out *out, struct np_str via)
{
    const struct np_edge_names *names = &rq->w->edge->o.names;
    edge_out_add(out, names->x_cache, names->results[rq->result]);
    if (via.p != NULL)
        via = np_str_printf(rq->arena, "%.*s, %.*s", NP_FMT(via), NP_FMT(rq->w->via));
    edge_out_add(out, NP_STR("Via"), via.p != NULL ? via : rq->w->via);
    edge_out_add(out, names->pop_field, rq->w->edge->o.pops[rq->location]);
    edge_out_add(out, names->id_field, rq->id);
}

static struct np_str number(struct np_arena *a, uint64_t v)
{
    char *end = (char *)np_alloc_raw(a, 20) + 20, *p = end;
    do
        *--p = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    return np_str_n(p, (size_t)(end - p));
}

static void add_age(struct np_edge_request *rq, struct edge_out *out, const struct edge_object *o)
{
    int64_t age = (np_region_ms(rq->w->loop) - o->fetched_ms) / 1000 + o->age_s;
    if (rq->result == NP_EDGE_R_HIT)
        edge_out_add(out, NP_STR("Age"), number(rq->arena, age > 0 ? (uint64_t)age : 0));
}

static struct edge_out *out_of_object(struct np_edge_request *rq, const struct edge_object *o)
{
    struct edge_out *out = out_new(rq, o->status, o->n_fields);
    struct np_str via = NP_STR_NULL;
    struct np_http_field f;
    for (size_t at = 0; edge_object_next(o, &at, &f);) {
        if (f.name.n == 3 && np_str_ieq(f.name, NP_STR("Via")))
            via = f.value;
        else
            edge_out_add(out, f.name, f.value);
    }
    add_own(rq, out, via);
    add_age(rq, out, o);
    int64_t length = edge_object_length(o);
    out->content_length = o->status == 304 ? -1 : length;
    out->body = o->body;
    out->end = length >= 0 ? (uint64_t)length : UINT64_MAX;
    if (o->body == NULL)
        out->end = 0;
    return out;
}

/* --- conditions (RFC 9110, 13.2.2) --- */

static struct np_str opaque(struct np_str etag)
{
    return np_str_starts(etag, NP_STR("W/")) ? np_str_sub(etag, 2, etag.n) : etag;
}

static bool etag_listed(struct np_str list, struct np_str etag, bool strong)
{
    struct np_str one;
    if (np_str_is(np_str_trim(list), "*"))
        return true;
    if (etag.p == NULL || (strong && np_str_starts(etag, NP_STR("W/"))))
        return false;
    while (np_str_split(&list, ',', &one)) {
        one = np_str_trim(one);
        if (strong ? np_str_eq(one, etag) : np_str_eq(opaque(one), opaque(etag)))
            return true;
    }
    return false;
}

/* -1, 0, 1: the object is older than the date, as old, younger; -2: not known. */
static int compare_date(const struct edge_object *o, struct np_str date)
{
    int64_t modified, then;
    if (!np_time_parse_http(o->last_modified, &modified) || !np_time_parse_http(date, &then))
        return -2;
    return modified < then ? -1 : modified > then;
}

static struct np_str asked(const struct np_edge_request *rq, struct np_str name)
{
    return edge_field_of(rq->fields, rq->n_fields, name);
}

static bool is_condition_set(const struct np_edge_request *rq)
{
    for (size_t i = 0; i < rq->n_fields; i++)
        if (rq->fields[i].name.n >= 5 && (rq->fields[i].name.p[0] | 0x20) == 'i' &&
            np_str_istarts(rq->fields[i].name, NP_STR("If-")))
            return true;
    return false;
}

/* 0: send it; 304 or 412. */
static int condition(const struct np_edge_request *rq, const struct edge_object *o)
{
    if (o->status != 200 || rq->is_pass || !is_condition_set(rq))
        return 0;
    struct np_str match = asked(rq, NP_STR("If-Match"));
    struct np_str unmodified = asked(rq, NP_STR("If-Unmodified-Since"));
    if (match.p != NULL) {
        if (!etag_listed(match, o->etag, true))
            return 412;
    } else if (unmodified.p != NULL && compare_date(o, unmodified) == 1) {
        return 412;
    }
    struct np_str none = asked(rq, NP_STR("If-None-Match"));
    if (none.p != NULL)
        return etag_listed(none, o->etag, false) ? 304 : 0;
    struct np_str since = asked(rq, NP_STR("If-Modified-Since"));
    int c = since.p != NULL ? compare_date(o, since) : 1;
    return c == 0 || c == -1 ? 304 : 0;
}

/* --- ranges --- */

bool edge_range_parse(struct np_str v, struct edge_range *out)
{
    struct np_str first, last;
    *out = (struct edge_range){0};
    if (!np_str_istarts(v, NP_STR("bytes=")))
        return false;
    v = np_str_trim(np_str_sub(v, 6, v.n));
    if (np_str_chr(v, ',') >= 0 || !np_str_cut(v, '-', &first, &last))
        return false;
    if (first.n == 0) {
        out->is_suffix = true;
        out->is_set = np_str_u64(last, &out->begin);
        return out->is_set;
    }
    out->has_end = last.n > 0;
    out->is_set = np_str_u64(first, &out->begin) && (last.n == 0 || np_str_u64(last, &out->end)) &&
                  (last.n == 0 || out->begin <= out->end);
    return out->is_set;
}

static bool if_range_ok(const struct np_edge_request *rq, const struct edge_object *o)
{
    struct np_str v = asked(rq, NP_STR("If-Range"));
    if (v.p == NULL)
        return true;
    if (np_str_starts(v, NP_STR("\"")) || np_str_starts(v, NP_STR("W/")))
        return etag_listed(v, o->etag, true);
    return compare_date(o, v) == 0;
}

static void set_unsatisfiable(struct np_edge_request *rq, struct edge_out *out, uint64_t n)
{
    out->status = 416;
    out->body = NULL;
    out->end = 0;
    out->content_length = 0;
    rq->result = NP_EDGE_R_ERROR;
    edge_out_add(out, NP_STR("Content-Range"),
                 np_str_printf(rq->arena, "bytes */%llu", (unsigned long long)n));
}

/* The part of a whole object that was asked for. */
static void cut_range(struct np_edge_request *rq, struct edge_out *out, const struct edge_object *o)
{
    const struct edge_range *r = &rq->range;
    if (!r->is_set || o->status != 200 || rq->is_pass || out->content_length < 0 || rq->is_head ||
        o->body == NULL || !if_range_ok(rq, o))
        return;
    uint64_t n = (uint64_t)out->content_length, begin = r->begin, end = n;
    if (r->is_suffix) {
        begin = r->begin < n ? n - r->begin : 0;
        if (r->begin == 0)
            begin = n;
    } else if (r->has_end && r->end < n) {
        end = r->end + 1;
    }
    if (begin >= n) {
        set_unsatisfiable(rq, out, n);
        return;
    }
    out->status = 206;
    out->begin = begin;
    out->end = end;
    out->content_length = (int64_t)(end - begin);
    edge_out_add(out, NP_STR("Content-Range"),
                 np_str_printf(rq->arena, "bytes %llu-%llu/%llu", (unsigned long long)begin,
                               (unsigned long long)end - 1, (unsigned long long)n));
}

/* --- an object --- */

static void set_no_body(struct edge_out *out, int status)
{
    out->status = status;
    out->body = NULL;
    out->end = 0;
    out->content_length = status == 304 ? -1 : 0;
}

/* The page that the configuration has for this status; false: none. */
static bool turn_to_page(struct np_edge_request *rq, int status)
{
    if (rq->is_page || rq->dist == NULL || status < 400)
        return false;
    const struct np_edge_error *e = edge_dist_error(rq->dist, status);
    if (e == NULL || e->page.n == 0)
        return false;
    edge_request_leave_fill(rq);
    edge_object_unref(rq->object);
    rq->object = NULL;
    rq->is_page = true;
    rq->page_status = status;
    rq->page_error = e;
    rq->path = e->page;
    rq->query = NP_STR_NULL;
    rq->range.is_set = false;
    rq->is_pass = false;
    rq->method = rq->is_head ? NP_EDGE_HEAD : NP_EDGE_GET;
    rq->b = edge_dist_match(rq->dist, rq->path);
    edge_request_lookup(rq);
    return true;
}

/* AWS: a page that cannot be had answers with its own error
 * (tests/unit/engines/edge/errors_test.c: page_is_missing). */
static int page_status(const struct np_edge_request *rq, int status)
{
    if (!rq->is_page || status != 200)
        return status;
    return rq->page_error->response_status != 0 ? rq->page_error->response_status : rq->page_status;
}

void edge_respond_object(struct np_edge_request *rq, struct edge_object *o,
                         enum np_edge_result result)
{
    if (turn_to_page(rq, o->status))
        return;
    if (o->reason != NP_EDGE_OK) {
        edge_respond_error(rq, o->status, (enum np_edge_reason)o->reason);
        return;
    }
    if (rq->object != o) {
        edge_object_unref(rq->object);
        edge_object_ref(o);
        rq->object = o;
    }
    rq->result = rq->is_page || o->status >= 400 ? NP_EDGE_R_ERROR : result;
    struct edge_out *out = out_of_object(rq, o);
    int refusal = rq->is_page ? 0 : condition(rq, o);
    if (refusal != 0)
        set_no_body(out, refusal);
    else if (!rq->is_page)
        cut_range(rq, out, o);
    out->status = page_status(rq, out->status);
    edge_policy_apply(rq, out);
    if (!edge_function_response(rq, out))
        edge_send_out(rq, out);
}

/* --- what the engine says itself --- */

void edge_respond_error(struct np_edge_request *rq, int status, enum np_edge_reason reason)
{
    const struct np_edge_hooks *h = &rq->w->edge->o.hooks;
    struct np_str type = NP_STR("text/html");
    if (rq->reason == NP_EDGE_OK)
        rq->reason = reason;
    if (turn_to_page(rq, status))
        return;
    rq->result = NP_EDGE_R_ERROR;
    struct edge_out *out = out_new(rq, status, 4);
    if (h->error_page != NULL)
        out->text = h->error_page(h->arg, rq->arena, reason, status, rq->id, &type);
    edge_out_add(out, NP_STR("Server"), rq->w->edge->o.names.server);
    edge_out_add(out, NP_STR("Content-Type"), type);
    add_own(rq, out, NP_STR_NULL);
    if (reason == NP_EDGE_TOO_LARGE)
        edge_out_add(out, NP_STR("Connection"), NP_STR("close"));
    edge_policy_apply(rq, out);
    edge_send_out(rq, out);
}

void edge_respond_redirect(struct np_edge_request *rq)
{
    const struct np_edge_names *names = &rq->w->edge->o.names;
    bool is_read = (rq->method & (NP_EDGE_GET | NP_EDGE_HEAD)) != 0;
    rq->result = NP_EDGE_R_REDIRECT;
    struct edge_out *out = out_new(rq, is_read ? 301 : 307, 4);
    edge_out_add(out, NP_STR("Server"), names->server);
    edge_out_add(out, NP_STR("Content-Type"), NP_STR("text/html"));
    edge_out_add(out, NP_STR("Location"),
                 np_str_printf(rq->arena, "https://%.*s%.*s%s%.*s", NP_FMT(rq->host),
                               NP_FMT(rq->path), rq->query.p != NULL ? "?" : "",
                               NP_FMT(rq->query)));
    add_own(rq, out, NP_STR_NULL);
    out->text = np_str_printf(rq->arena,
                              "<html><head><title>%d Redirect</title></head><body><h1>Redirect to "
                              "HTTPS</h1></body></html>\n",
                              out->status);
    edge_policy_apply(rq, out);
    edge_send_out(rq, out);
}

void edge_respond_event(struct np_edge_request *rq, struct np_edge_event *e)
{
    rq->result = NP_EDGE_R_FUNCTION;
    struct edge_out *out = out_new(rq, e->status, e->n_response_fields + 1);
    for (size_t i = 0; i < e->n_response_fields; i++)
        edge_out_add(out, e->response_fields[i].name, e->response_fields[i].value);
    edge_out_add(out, NP_STR("Server"), rq->w->edge->o.names.server);
    add_own(rq, out, NP_STR_NULL);
    out->text = e->body;
    edge_policy_apply(rq, out);
    edge_send_out(rq, out);
}

/* --- sending --- */

static void on_drained(void *arg)
{
    struct np_edge_request *rq = arg;
    rq->blocked = false;
    edge_send_body(rq);
}

static void note(struct np_edge_request *rq, const struct edge_out *out)
{
    rq->answered = true;
    rq->status = out->status;
    rq->length =
        out->body != NULL || out->text.p == NULL ? out->content_length : (int64_t)out->text.n;
    rq->is_partial = out->status == 206;
    if (rq->w->edge->o.hooks.log == NULL)
        return;
    rq->first_byte_ns = np_clock_monotonic_ns();
    rq->content_type = edge_field_of(out->fields, out->n, NP_STR("Content-Type"));
    rq->head_bytes = sizeof("HTTP/1.1 200 OK\r\n\r\n") - 1;
    for (size_t i = 0; i < out->n; i++)
        rq->head_bytes += out->fields[i].name.n + out->fields[i].value.n + 4;
}

/* Small and all there: head and body in one write. */
static bool send_at_once(struct np_edge_request *rq, const struct edge_out *out)
{
    struct edge_body *b = out->body;
    uint64_t n = out->end - out->begin;
    if (rq->fill != NULL || b == NULL || n == 0 || n > AT_ONCE_MAX || b->n_chunks != 1 ||
        b->n < out->end)
        return false;
    rq->at = rq->end = out->end;
    rq->ended = true;
    rq->bytes_down = rq->is_head ? 0 : n;
    np_http_reply(rq->x, out->status, out->fields, out->n,
                  np_str_n(b->chunks[0]->data + out->begin, (size_t)n));
    return true;
}

void edge_send_out(struct np_edge_request *rq, struct edge_out *out)
{
    rq->out = out;
    note(rq, out);
    if (out->body == NULL && out->text.p != NULL) {
        edge_request_leave_fill(rq);
        rq->ended = true;
        rq->bytes_down = rq->is_head ? 0 : out->text.n;
        np_http_reply(rq->x, out->status, out->fields, out->n, out->text);
        return;
    }
    if (send_at_once(rq, out))
        return;
    rq->at = out->begin;
    rq->end = out->end;
    np_http_respond(rq->x, out->status, out->fields, out->n, out->content_length);
    if (rq->is_head)
        rq->end = rq->at;
    np_http_on_drain(rq->x, on_drained, rq);
    edge_send_body(rq);
}

/* The next piece to the socket; 0: more may follow, NP_EAGAIN, NP_ECLOSED. */
static int send_piece(struct np_edge_request *rq, struct edge_piece *p)
{
    rq->at += p->n;
    rq->bytes_down += p->n;
    if (p->chunk == NULL)
        return np_http_write_file(rq->x, p->fd, p->file_at, p->n);
    const struct edge_slab *slab = p->chunk->slab;
    if (slab == NULL || rq->is_https || np_http_head(rq->x)->major > 1)
        return np_http_write_ref(rq->x, p->text, edge_chunk_unref, p->chunk);
    int rc = np_http_write_file(rq->x, slab->fd, edge_slab_offset(slab, p->text.p), p->n);
    /* Behind it in the queue: the pages stay until they are sent. */
    int after = np_http_write_ref(rq->x, NP_STR(""), edge_chunk_unref, p->chunk);
    return rc != 0 ? rc : after;
}

static uint64_t most(const struct np_edge_request *rq)
{
    uint64_t left = rq->end - rq->at;
    return left < NP_EDGE_WRITE_BYTES ? left : NP_EDGE_WRITE_BYTES;
}

/* *lost: it will not come any more. */
static bool next_piece(struct np_edge_request *rq, struct edge_piece *p, bool *lost)
{
    struct edge_fill *f = rq->fill;
    struct edge_body *b = rq->object != NULL ? rq->object->body : NULL;
    if (b == NULL)
        return false;
    if (f != NULL)
        pthread_mutex_lock(&f->lock);
    bool is_there = edge_body_at(b, rq->at, most(rq), p);
    *lost = !is_there && edge_body_is_lost(b, rq->at);
    if (f != NULL)
        pthread_mutex_unlock(&f->lock);
    return is_there;
}

static bool is_all_sent(const struct np_edge_request *rq)
{
    if (rq->at == rq->end)
        return true;
    return rq->fill == NULL && rq->object != NULL && rq->object->body != NULL &&
           rq->at == rq->object->body->n && rq->end == UINT64_MAX;
}

void edge_send_body(struct np_edge_request *rq)
{
    struct edge_piece p;
    bool lost = false;
    if (!rq->answered || rq->ended)
        return;
    while (!rq->blocked && next_piece(rq, &p, &lost)) {
        int rc = send_piece(rq, &p);
        rq->blocked = rc == NP_EAGAIN;
        if (rc < 0 && rc != NP_EAGAIN)
            return; /* gone: the server says so */
    }
    if (lost) {
        np_http_abort(rq->x);
    } else if (is_all_sent(rq)) {
        rq->ended = true;
        edge_request_leave_fill(rq);
        np_http_end(rq->x);
    } else if (rq->fill != NULL) {
        edge_fill_taken(rq->fill, rq);
    }
}
