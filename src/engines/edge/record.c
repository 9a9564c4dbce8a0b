/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - what is counted and logged of a request when it is over. */
#include "engines/edge/request.h"
#include "io/clock.h"

static void add(uint64_t *to, uint64_t v)
{
    __atomic_store_n(to, *to + v, __ATOMIC_RELAXED); /* one writer; others read */
}

static void count(const struct np_edge_request *rq)
{
    struct np_edge_figures *v = &rq->dist->shared->counters[rq->w->index].v;
    const struct {
        int status;
        uint64_t *to;
    } single[] = {{401, &v->s401}, {403, &v->s403}, {404, &v->s404},
                  {502, &v->s502}, {503, &v->s503}, {504, &v->s504}};
    add(&v->requests, 1);
    add(&v->bytes_down, rq->bytes_down + rq->head_bytes);
    add(&v->bytes_up, rq->bytes_up);
    if (rq->result == NP_EDGE_R_HIT || rq->result == NP_EDGE_R_REFRESH_HIT)
        add(&v->hits, 1);
    else if (rq->result == NP_EDGE_R_MISS)
        add(&v->misses, 1);
    if (rq->status < 400)
        return;
    add(rq->status < 500 ? &v->status_4xx : &v->status_5xx, 1);
    NP_EACH (s, single)
        if (s->status == rq->status)
            add(s->to, 1);
}

static uint64_t request_bytes(const struct np_http_head *h)
{
    uint64_t n = h->method.n + h->target.n + sizeof("  HTTP/1.1\r\n\r\n") - 1;
    for (size_t i = 0; i < h->n_fields; i++)
        n += h->fields[i].name.n + h->fields[i].value.n + 4;
    return n;
}

static uint64_t micros(const struct np_edge_request *rq, uint64_t at_ns)
{
    return at_ns > rq->begin_ns ? (at_ns - rq->begin_ns) / 1000 : 0;
}

static void log_it(struct np_edge_request *rq, bool complete)
{
    const struct np_edge_hooks *hooks = &rq->w->edge->o.hooks;
    const struct np_http_head *h = np_http_head(rq->x);
    const struct edge_dist *d = rq->dist;
    edge_request_find_viewer(rq);
    struct np_edge_record r = {
        .request = rq,
        .owner = d != NULL ? d->o.owner : NULL,
        .dist_id = d != NULL ? d->o.id : NP_STR_NULL,
        .dist_name = d != NULL ? d->o.name : NP_STR_NULL,
        .pop = rq->w->edge->o.pops[rq->location],
        .begin_ms = rq->begin_ms,
        .end_ms = np_region_ms(rq->w->loop),
        .first_byte_us = micros(rq, rq->first_byte_ns),
        .taken_us = micros(rq, np_clock_monotonic_ns()),
        .client_ip = rq->ip,
        .country = rq->country,
        .client_port = rq->port,
        .method = h->method,
        .host = h->host,
        .path = h->path,
        .query = h->query,
        .referer = np_http_field(h, NP_STR("Referer")),
        .user_agent = np_http_field(h, NP_STR("User-Agent")),
        .cookie = d != NULL && d->o.log_cookies ? np_http_field(h, NP_STR("Cookie")) : NP_STR_NULL,
        .forwarded_for = np_http_field(h, NP_STR("X-Forwarded-For")),
        .major = h->major,
        .minor = h->minor,
        .https = rq->is_https,
        .websocket = rq->is_websocket,
        .complete = complete,
        .stream = np_http_stream(rq->x),
        .request_bytes = request_bytes(h) + rq->bytes_up,
        .response_bytes = rq->head_bytes + rq->bytes_down,
        .status = rq->status,
        .result = complete || rq->status == 101 ? rq->result : NP_EDGE_R_ERROR,
        .response_result = rq->result,
        .reason = rq->reason,
        .request_id = rq->id,
        .content_type = rq->content_type,
        .content_length = rq->length,
        .range_begin = -1,
        .range_end = -1,
    };
    if (rq->is_partial && rq->out != NULL && rq->out->content_length > 0) {
        r.range_begin = (int64_t)rq->out->begin;
        r.range_end = r.range_begin + rq->out->content_length - 1;
    }
    hooks->log(hooks->arg, &r);
}

void edge_record_done(struct np_edge_request *rq, bool complete)
{
    if (rq->dist != NULL)
        count(rq);
    if (rq->w->edge->o.hooks.log != NULL)
        log_it(rq, complete);
}
