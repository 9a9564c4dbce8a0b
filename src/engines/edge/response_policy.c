/* SPDX-License-Identifier: Apache-2.0 */
/* response_policy.c - fields that a behaviour adds to responses, and takes away. */
#include "base/arena.h"
#include "engines/edge/key.h"

static bool has(const struct edge_out *out, struct np_str name)
{
    return edge_field_of(out->fields, out->n, name).p != NULL;
}

static void take_away(struct edge_out *out, struct np_str name)
{
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        if (!np_str_ieq(out->fields[i].name, name))
            out->fields[n++] = out->fields[i];
    out->n = n;
}

/* --- CORS --- */

/* '*' stands for labels on the left; the scheme may be missing. */
static bool origin_matches(struct np_str pattern, struct np_str origin)
{
    if (np_str_find(pattern, NP_STR("://")) < 0) {
        ptrdiff_t at = np_str_find(origin, NP_STR("://"));
        if (at >= 0)
            origin = np_str_sub(origin, (size_t)at + 3, origin.n);
    }
    return np_str_glob(pattern, origin, true);
}

static struct np_str allowed_origin(const struct np_edge_cors *c, struct np_str origin)
{
    for (size_t i = 0; i < c->n_origins; i++) {
        if (np_str_is(c->origins[i], "*") && !c->credentials)
            return NP_STR("*");
        if (origin_matches(c->origins[i], origin))
            return origin;
    }
    return NP_STR_NULL;
}

static bool is_cors(struct np_str name)
{
    return np_str_istarts(name, NP_STR("Access-Control-"));
}

static void remove_cors(struct edge_out *out)
{
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        if (!is_cors(out->fields[i].name))
            out->fields[n++] = out->fields[i];
    out->n = n;
}

static bool has_cors(const struct edge_out *out)
{
    for (size_t i = 0; i < out->n; i++)
        if (is_cors(out->fields[i].name))
            return true;
    return false;
}

static void add_if(struct edge_out *out, struct np_str name, struct np_str value)
{
    if (value.p != NULL)
        edge_out_add(out, name, value);
}

static void apply_cors(struct np_edge_request *rq, struct edge_out *out,
                       const struct np_edge_cors *c)
{
    struct np_str origin = edge_field_of(rq->fields, rq->n_fields, NP_STR("Origin"));
    if (!c->on || origin.p == NULL || (!c->override && has_cors(out)))
        return;
    remove_cors(out);
    struct np_str allowed = allowed_origin(c, origin);
    if (allowed.p == NULL)
        return;
    bool preflight =
        rq->method == NP_EDGE_OPTIONS &&
        edge_field_of(rq->fields, rq->n_fields, NP_STR("Access-Control-Request-Method")).p != NULL;
    edge_out_add(out, NP_STR("Access-Control-Allow-Origin"), allowed);
    if (!np_str_is(allowed, "*"))
        edge_out_add(out, NP_STR("Vary"), NP_STR("Origin"));
    if (c->credentials)
        edge_out_add(out, NP_STR("Access-Control-Allow-Credentials"), NP_STR("true"));
    if (!preflight) {
        add_if(out, NP_STR("Access-Control-Expose-Headers"), c->expose_headers);
        return;
    }
    add_if(out, NP_STR("Access-Control-Allow-Methods"), c->allow_methods);
    add_if(out, NP_STR("Access-Control-Allow-Headers"), c->allow_headers);
    if (c->max_age_s >= 0)
        edge_out_add(out, NP_STR("Access-Control-Max-Age"),
                     np_str_printf(rq->arena, "%lld", (long long)c->max_age_s));
}

/* --- server timing --- */

static bool is_drawn(struct np_edge_request *rq, double share)
{
    if (share <= 0)
        return false;
    /* The id is random: as good a draw as any. */
    uint64_t h = np_hash(rq->id);
    return (double)(h >> 11) / (double)(UINT64_C(1) << 53) < share;
}

static void add_server_timing(struct np_edge_request *rq, struct edge_out *out, double share)
{
    if (!is_drawn(rq, share))
        return;
    const char *what = rq->result == NP_EDGE_R_HIT           ? "cdn-cache-hit"
                       : rq->result == NP_EDGE_R_REFRESH_HIT ? "cdn-cache-refresh"
                                                             : "cdn-cache-miss";
    edge_out_add(out, NP_STR("Server-Timing"),
                 np_str_printf(rq->arena, "%s,cdn-pop;desc=\"%.*s\",cdn-rid;desc=\"%.*s\"", what,
                               NP_FMT(rq->w->edge->o.pops[rq->location]), NP_FMT(rq->id)));
}

void edge_policy_apply(struct np_edge_request *rq, struct edge_out *out)
{
    const struct np_edge_response_policy *p = rq->b != NULL ? rq->b->o->response : NULL;
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_remove; i++)
        take_away(out, p->remove[i]);
    apply_cors(rq, out, &p->cors);
    for (size_t i = 0; i < p->n_headers; i++) {
        const struct np_edge_header_set *h = &p->headers[i];
        if (has(out, h->name) && !h->override)
            continue;
        take_away(out, h->name);
        edge_out_add(out, h->name, h->value);
    }
    add_server_timing(rq, out, p->server_timing);
}
