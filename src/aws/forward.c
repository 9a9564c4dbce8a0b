/* SPDX-License-Identifier: Apache-2.0 */
/* forward.c - who is the target of a request for a proxy, and may it go there. */
#include "aws/forward.h"

#include <stdarg.h>
#include <stdio.h>

#include "aws/browser.h"
#include "aws/fetch.h"
#include "aws/forward_int.h"
#include "aws/pool.h"
#include "base/arena.h"
#include "http/local.h"

bool np_forward_wanted(const struct np_http_head *h)
{
    return h->absolute || np_str_is(h->method, "CONNECT");
}

/* --- answers --- */

void np_forward_refuse(struct np_forward *f, int status, const char *fmt, ...)
{
    static const struct np_http_field fields[] = {
        {{"Content-Type", 12}, {"text/plain; charset=utf-8", 25}},
        {{"Cache-Control", 13}, {"no-store", 8}}};
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text) - 1, fmt, args);
    va_end(args);
    size_t len = (size_t)n < sizeof(text) - 1 ? (size_t)n : sizeof(text) - 2;
    text[len++] = '\n';
    np_http_reply(f->x, status, fields, NP_LEN(fields), np_str_n(text, len));
}

int np_forward_status(int rc)
{
    switch (rc) {
    case NP_EACCES:
        return 403;
    case NP_ETIMEDOUT:
        return 504;
    default:
        return 502;
    }
}

/* --- where to --- */

static void hand_over(struct np_forward *f, const struct np_http_handlers *to, void *arg)
{
    struct np_http_field *fields;
    struct np_arena *a = np_http_arena(f->x);
    const struct np_http_head *h = np_http_head(f->x);
    size_t n = np_forward_fields(a, h, np_via(f->worker->core, a), true, &fields);
    fields[n++] = (struct np_http_field){NP_STR("Host"), h->host};
    np_http_rewrite(f->x, np_forward_target(a, h), h->host, fields, n);
    np_http_hand(f->x, to, arg, &f->to);
}

/* An alias that a resource has, though no zone of the region says where it is: the gateway finds
 * the resource by it. */
static bool is_alias(struct np_forward *f)
{
    return f->port == 80 && np_name_owned(f->worker->core, f->host);
}

/* The target is one of ours, which needs no connection to be reached. */
static bool hand_to_own(struct np_forward *f)
{
    struct np_core *core = f->worker->core;
    int rc = np_reach_own(core, np_http_arena(f->x), f->host, f->port, &f->to, NULL);
    bool gateway = rc == 0 ? np_reach_is_gateway(core, f->host, &f->to)
                           : rc == NP_LATER && is_alias(f) && np_reach_gateway(core, &f->to);
    if (gateway)
        hand_over(f, &np_front_handlers, f->worker);
    if (gateway || rc != 0)
        return gateway;
    const struct np_pool_service *s = f->to.u.sa.sa_family == AF_INET
                                          ? np_pool_service(core, f->to.u.v4.sin_addr, f->port)
                                          : NULL;
    if (s == NULL || s->tls != NULL)
        return false;
    hand_over(f, s->http, s->arg(core, f->worker->index));
    return true;
}

static void reached(void *arg, int rc, const struct np_addr *to, bool region_owned,
                    const struct np_err *err)
{
    struct np_forward *f = arg;
    f->reach = NULL;
    if (rc != 0) {
        np_forward_refuse(f, np_forward_status(rc), "%.*s", NP_FMT(np_err_text(err)));
        return;
    }
    f->to = *to;
    if (np_str_is(np_http_head(f->x)->method, "CONNECT"))
        np_forward_pipe(f);
    else
        np_forward_call(f);
}

/* --- the request --- */

/* 0, or the status to refuse with. */
static int check(struct np_forward *f, const char **why)
{
    const struct np_http_head *h = np_http_head(f->x);
    bool connect = np_str_is(h->method, "CONNECT");
    if (!np_is_host_client(f->worker->core, np_stream_peer(np_http_stream(f->x)))) {
        *why = "only programs of this host may use the proxy";
        return 403;
    }
    if (np_via_loops(f->worker->core, np_http_arena(f->x), h->fields, h->n_fields)) {
        *why = "the request has been here before: the proxy leads to itself";
        return 508;
    }
    f->port = 80;
    if (!np_authority_parse(np_str_lower(np_http_arena(f->x), h->host), &f->host, &f->port)) {
        *why = "the target is no host and port";
        return 400;
    }
    if (f->host.n > 1 && f->host.p[f->host.n - 1] == '.')
        f->host.n--;
    if (!connect && np_str_istarts(h->target, NP_STR("https:"))) {
        *why = "servers by TLS are reached by CONNECT";
        return 400;
    }
    if (connect && h->framing != NP_BODY_NONE) {
        *why = "CONNECT has no body";
        return 400;
    }
    if (np_str_is(h->method, "TRACE")) {
        *why = "TRACE is not forwarded";
        return 405;
    }
    return 0;
}

static void on_request(void *arg, struct np_http_x *x)
{
    struct np_forward *f = np_new(np_http_arena(x), struct np_forward);
    const char *why;
    f->worker = arg;
    f->x = x;
    np_http_set_user(x, f);
    int status = check(f, &why);
    if (status != 0) {
        np_forward_refuse(f, status, "%s", why);
        return;
    }
    if (!np_str_is(np_http_head(x)->method, "CONNECT") && hand_to_own(f))
        return;
    f->reach = np_reach(f->worker->core, f->worker->loop, "proxy", f->host, f->port, reached, f);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct np_forward *f = np_http_user(x);
    np_reach_cancel(f->reach);
    np_forward_call_gone(f);
    np_forward_pipe_gone(f);
}

static const struct np_http_handlers handlers = {.request = on_request, .gone = on_gone};

void np_forward(struct np_worker *w, struct np_http_x *x)
{
    np_http_hand(x, &handlers, w, NULL);
}

/* --- of a loop --- */

static void *forwarder_new(struct np_loop *l)
{
    struct np_forwarder *all = np_heap_new(struct np_forwarder);
    np_list_init(&all->pipes);
    return all;
}

static void forwarder_free(void *p)
{
    struct np_forwarder *all = p;
    np_forward_pipes_free(all);
    np_http_pool_free(all->pool);
    np_free(all);
}

struct np_forwarder *np_forwarder_of(struct np_core *core, struct np_loop *l)
{
    static const char key;
    np_http_local(l); /* which the pool uses to its end: made before, freed after */
    struct np_forwarder *all = np_loop_local(l, &key, forwarder_new, forwarder_free);
    if (all->pool == NULL)
        np_http_pool_new(l, core->egress, &all->pool, NULL);
    return all;
}
