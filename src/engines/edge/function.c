/* SPDX-License-Identifier: Apache-2.0 */
/* function.c - viewer functions: what they see, and what becomes of their answer.
 *
 * The event lives by itself: a viewer may leave while the function runs. */
#include "base/arena.h"
#include "engines/edge/key.h"

struct edge_call {
    struct np_edge_event event;
    struct np_edge_request *rq; /* NULL: gone */
    struct np_arena *arena;
    struct edge_out *out; /* of a response's function */
};

static struct edge_call *call_of(struct np_edge_event *e)
{
    return NP_CONTAINER(e, struct edge_call, event);
}

static struct np_http_field *copy_fields(struct np_arena *a, const struct np_http_field *v,
                                         size_t n)
{
    struct np_http_field *out = np_new_array(a, struct np_http_field, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct np_http_field){np_str_dup(a, v[i].name), np_str_dup(a, v[i].value)};
    return out;
}

static struct edge_call *call_new(struct np_edge_request *rq)
{
    struct np_arena *a = np_arena_new();
    struct edge_call *c = np_new(a, struct edge_call);
    c->arena = a;
    c->rq = rq;
    c->event = (struct np_edge_event){
        .arena = a,
        .method = np_str_dup(a, np_http_head(rq->x)->method),
        .path = np_str_dup(a, rq->path),
        .query = np_str_dup(a, rq->query),
        .fields = copy_fields(a, rq->fields, rq->n_fields),
        .n_fields = rq->n_fields,
        .client_ip = np_str_dup(a, np_edge_request_ip(rq)),
        .request_id = np_str_dup(a, rq->id),
        .dist_id = np_str_dup(a, rq->dist->o.id),
        .dist_name = np_str_dup(a, rq->dist->o.name),
    };
    rq->event = &c->event;
    return c;
}

void edge_function_forget(struct np_edge_request *rq)
{
    call_of(rq->event)->rq = NULL;
    rq->event = NULL;
}

/* The request of a call that has ended; NULL: gone. */
static struct np_edge_request *end_call(struct edge_call *c)
{
    struct np_edge_request *rq = c->rq;
    if (rq != NULL)
        rq->event = NULL;
    return rq;
}

/* A function's field must not end a line. */
static bool fields_ok(const struct np_http_field *v, size_t n)
{
    if (n > NP_EDGE_FIELDS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (v[i].name.n == 0 || v[i].name.n > UINT16_MAX)
            return false;
        for (size_t j = 0; j < v[i].name.n; j++)
            if ((unsigned char)v[i].name.p[j] <= ' ' || v[i].name.p[j] == ':')
                return false;
        for (size_t j = 0; j < v[i].value.n; j++)
            if ((unsigned char)v[i].value.p[j] < ' ' && v[i].value.p[j] != '\t')
                return false;
    }
    return true;
}

static bool url_ok(struct np_str s, bool is_path)
{
    if (is_path && !np_str_starts(s, NP_STR("/")))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '#')
            return false;
    return true;
}

/* --- of the request --- */

static void take_event(struct np_edge_request *rq, const struct np_edge_event *e)
{
    rq->path = np_str_dup(rq->arena, e->path);
    rq->query = np_str_dup(rq->arena, e->query);
    rq->fields = copy_fields(rq->arena, e->fields, e->n_fields);
    rq->n_fields = e->n_fields;
    rq->cookies = NULL;
    rq->n_cookies = 0;
    if (!edge_range_parse(edge_field_of(rq->fields, rq->n_fields, NP_STR("Range")), &rq->range))
        rq->range.is_set = false;
}

static void on_request_done(void *x, int rc)
{
    struct edge_call *c = x;
    struct np_edge_request *rq = end_call(c);
    struct np_edge_event *e = &c->event;
    if (rq == NULL) {
        np_arena_free(c->arena);
        return;
    }
    bool ok = rc == 0 && fields_ok(e->fields, e->n_fields) &&
              fields_ok(e->response_fields, e->n_response_fields) && url_ok(e->path, true) &&
              url_ok(e->query, false);
    if (ok && e->status != 0 && (e->status < 200 || e->status > 599))
        ok = false;
    if (!ok) {
        edge_respond_error(rq, 503, NP_EDGE_FUNCTION);
    } else if (e->status != 0) {
        struct np_edge_event *copy = np_new(rq->arena, struct np_edge_event);
        *copy = *e;
        copy->response_fields = copy_fields(rq->arena, e->response_fields, e->n_response_fields);
        copy->body = e->body.p != NULL ? np_str_dup(rq->arena, e->body) : NP_STR("");
        edge_respond_event(rq, copy);
    } else {
        take_event(rq, e);
        edge_request_lookup(rq);
    }
    np_arena_free(c->arena);
}

bool edge_function_request(struct np_edge_request *rq)
{
    const struct np_edge_hooks *h = &rq->w->edge->o.hooks;
    if (rq->b->o->on_request == NULL || h->call == NULL)
        return false;
    struct edge_call *c = call_new(rq);
    h->call(h->arg, rq->b->o->on_request, rq->w, &c->event, on_request_done, c);
    return true;
}

/* --- of the response --- */

static void on_response_done(void *x, int rc)
{
    struct edge_call *c = x;
    struct np_edge_request *rq = end_call(c);
    struct np_edge_event *e = &c->event;
    struct edge_out *out = c->out;
    if (rq == NULL) {
        np_arena_free(c->arena);
        return;
    }
    if (rc != 0 || !fields_ok(e->response_fields, e->n_response_fields) || e->status < 200 ||
        e->status > 599) {
        edge_request_leave_fill(rq);
        rq->out = NULL; /* it is made anew, perhaps of a page */
        edge_respond_error(rq, 503, NP_EDGE_FUNCTION);
    } else {
        out->status = e->status;
        out->fields = copy_fields(rq->arena, e->response_fields, e->n_response_fields);
        out->n = e->n_response_fields;
        if (e->body.p != NULL) { /* instead of the object's */
            out->body = NULL;
            out->text = np_str_dup(rq->arena, e->body);
        }
        edge_send_out(rq, out);
        /* What came while the function ran. */
        if (rq->fill != NULL)
            edge_request_wake(rq);
    }
    np_arena_free(c->arena);
}

/* AWS: not for errors (tests/unit/engines/edge/function_test.c: none_for_errors). */
bool edge_function_response(struct np_edge_request *rq, struct edge_out *out)
{
    const struct np_edge_hooks *h = &rq->w->edge->o.hooks;
    if (rq->b->o->on_response == NULL || h->call == NULL || out->status >= 400)
        return false;
    struct edge_call *c = call_new(rq);
    c->out = out;
    rq->out = out; /* made: nobody makes it again */
    c->event.status = out->status;
    c->event.response_fields = copy_fields(c->arena, out->fields, out->n);
    c->event.n_response_fields = out->n;
    h->call(h->arg, rq->b->o->on_response, rq->w, &c->event, on_response_done, c);
    return true;
}
