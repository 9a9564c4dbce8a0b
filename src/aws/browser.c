/* SPDX-License-Identifier: Apache-2.0 */
/* browser.c - Host, Origin and Sec-Fetch-Site of a request, judged.
 *
 * A request for a proxy (absolute-form, CONNECT) is what a browser sends that was told to use one;
 * no page can make it send one. Its own Host is not looked at: the target's takes its place
 * (forward.c), and what reaches the gateway that way is judged here as if it had come without a
 * proxy, with the Sec-Fetch-Site and Origin that the browser sent. A page of a name that was made
 * to resolve to this host gets nothing by the proxy either: it looks names up itself, in the
 * region's zones, and names of nobody are refused. */
#include "aws/browser.h"

#include "aws/req_int.h"
#include "io/net.h"

struct np_str np_host_name(struct np_str host)
{
    if (host.n != 0 && host.p[0] == '[') {
        ptrdiff_t end = np_str_chr(host, ']');
        return end < 0 ? host : np_str_sub(host, 0, (size_t)end + 1);
    }
    ptrdiff_t colon = np_str_rchr(host, ':');
    return colon < 0 ? host : np_str_sub(host, 0, (size_t)colon);
}

static bool is_loopback_literal(struct np_str name)
{
    if (np_str_is(name, "[::1]"))
        return true;
    if (!np_str_starts(name, NP_STR("127.")))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
            return false;
    return true;
}

static bool below(struct np_str name, struct np_str suffix)
{
    return np_str_eq(name, suffix) ||
           (name.n > suffix.n && np_str_ends(name, suffix) && name.p[name.n - suffix.n - 1] == '.');
}

static bool is_local_literal(const struct np_req *rq, struct np_str name)
{
    if (rq->state->x == NULL)
        return false;
    struct np_str local = np_addr_ip_text(rq->arena, np_stream_local(np_http_stream(rq->state->x)));
    if (name.n > 2 && name.p[0] == '[')
        name = np_str_sub(name, 1, name.n - 2);
    return np_str_eq(name, local);
}

struct np_str np_without_account(struct np_str name)
{
    struct np_str account, rest;
    if (!np_str_cut(name, '.', &account, &rest) || account.n != 12)
        return name;
    for (size_t i = 0; i < account.n; i++)
        if (account.p[i] < '0' || account.p[i] > '9')
            return name;
    return rest;
}

static struct np_str plain_name(const struct np_req *rq)
{
    struct np_str name = np_host_name(rq->host);
    if (name.n > 1 && name.p[name.n - 1] == '.')
        name.n--;
    return name;
}

struct np_str np_own_name(const struct np_req *rq)
{
    const struct np_strs *own = &rq->core->config.suffixes;
    struct np_str name = plain_name(rq);
    for (size_t i = 0; i <= own->n; i++) {
        struct np_str suffix = i == own->n ? NP_STR("localhost") : own->v[i];
        if (name.n > suffix.n && below(name, suffix))
            return np_str_sub(name, 0, name.n - suffix.n - 1);
    }
    return name;
}

bool np_name_owned(struct np_core *core, struct np_str name)
{
    const struct np_registry *r = core->registry;
    for (size_t i = 0; i < r->n_hosts; i++)
        if (r->hosts[i](core, name))
            return true;
    return false;
}

bool np_host_owned(const struct np_req *rq)
{
    struct np_str name = plain_name(rq);
    /* A bucket may be called as the gateway is, in one word. */
    bool stripped = rq->name.n != name.n && np_str_chr(rq->name, '.') >= 0;
    return np_name_owned(rq->core, name) || (stripped && np_name_owned(rq->core, rq->name));
}

bool np_browser_host_ok(const struct np_req *rq)
{
    struct np_str name = np_without_account(plain_name(rq));
    if (name.n == 0 || is_loopback_literal(name) || below(name, NP_STR("localhost")) ||
        below(name, NP_STR("amazonaws.com")))
        return true;
    const struct np_config *c = &rq->core->config;
    for (size_t i = 0; i < c->suffixes.n; i++)
        if (below(name, c->suffixes.v[i]))
            return true;
    return np_name_owned(rq->core, name) || is_local_literal(rq, name);
}

/* "http://localhost:4566" against Host "localhost:4566". */
static bool is_own_origin(const struct np_req *rq, struct np_str origin)
{
    ptrdiff_t at = np_str_find(origin, NP_STR("://"));
    return at >= 0 && np_str_ieq(np_str_sub(origin, (size_t)at + 3, origin.n), rq->host);
}

int np_browser_check(struct np_req *rq, struct np_err *err)
{
    struct np_str site = np_req_field(rq, NP_STR("sec-fetch-site"));
    struct np_str origin = np_req_field(rq, NP_STR("origin"));
    bool cross = np_str_is(site, "cross-site") || np_str_is(site, "same-site");
    bool foreign = origin.p != NULL && !is_own_origin(rq, origin);
    if (!cross && !foreign)
        return 0;
    if (rq->svc->origin_ok != NULL && rq->svc->origin_ok(rq, origin))
        return 0;
    return np_fault(err, &NP_AccessDenied, "A web page of another origin may not call this API.");
}
