/* SPDX-License-Identifier: Apache-2.0 */
/* reach.c - names to addresses that may be dialled, and what the region calls itself in Via. */
#include "aws/reach.h"

#include "aws/browser.h"
#include "aws/core_int.h"
#include "aws/pool.h"
#include "base/arena.h"
#include "base/enc.h"
#include "base/log.h"
#include "io/job.h"

struct np_reach {
    struct np_job job;
    struct np_node node; /* of struct reaches */
    struct np_core *core;
    struct np_loop *loop;
    struct np_arena *arena;
    struct np_str name;
    uint16_t port;
    struct np_addr to;
    bool own, working, cancelled;
    int rc;
    struct np_err err;
    struct np_defer defer;
    np_reach_fn *done;
    void *arg;
};

/* Of a loop. */
struct reaches {
    struct np_node all;
};

/* --- what the region knows itself --- */

static bool below_localhost(struct np_str name)
{
    return np_str_is(name, "localhost") || np_str_ends(name, NP_STR(".localhost"));
}

/* "[::1]" of a URL is the same as "::1". */
static struct np_str without_brackets(struct np_str name)
{
    bool has = name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
    return has ? np_str_sub(name, 1, name.n - 2) : name;
}

static bool by_zones(const struct np_core *core, struct np_arena *a, struct np_str name,
                     struct np_addr *to, int *rc)
{
    static const char *const types[] = {"A", "AAAA"};
    NP_EACH (type, types) {
        struct np_strs found = {0};
        *rc = np_dns_find(core, a, name, *type, &found);
        if (*rc == NP_ENOENT)
            return false;
        for (size_t i = 0; *rc == 0 && i < found.n; i++)
            if (np_addr_of_ip(found.v[i], to))
                return true;
    }
    *rc = NP_ENOENT;
    return true;
}

int np_reach_own(const struct np_core *core, struct np_arena *a, struct np_str name, uint16_t port,
                 struct np_addr *to, struct np_err *err)
{
    struct np_addr found;
    struct np_name_addrs addrs;
    name = np_str_lower(a, without_brackets(name));
    if (name.n > 1 && name.p[name.n - 1] == '.')
        name.n--;
    int rc = 0;
    if (below_localhost(name)) {
        found = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    } else if (np_name_find(core, name, NP_STR_NULL, &addrs) == 0) {
        rc = addrs.n == 0 ? NP_ENOENT : 0;
        found = np_addr_of(addrs.v[0], 0);
    } else if (!np_addr_of_ip(np_without_account(name), &found) &&
               !by_zones(core, a, name, &found, &rc)) {
        return NP_LATER;
    }
    if (rc != 0)
        return np_err(err, rc, "the region has no address of %.*s", NP_FMT(name));
    np_addr_set_port(&found, port);
    *to = found;
    return 0;
}

/* --- may it be dialled --- */

static bool is_same(const struct np_addr *a, const struct np_addr *b)
{
    struct np_addr x = *a, y = *b;
    np_addr_set_port(&x, 0);
    np_addr_set_port(&y, 0);
    return x.len == y.len && memcmp(&x.u, &y.u, x.len) == 0;
}

static bool is_web(uint16_t port)
{
    return port == 80 || port == 443;
}

static bool listens_at(const struct np_core *core, struct np_addr *out)
{
    if (np_addr_parse(core->config.listen, out, NULL) != 0)
        return false;
    np_addr_to_dial(out);
    return true;
}

/* A region that calls itself is known by an IPv4 address: a gateway of IPv6 is reached by the
 * pool's first one, whose port for TLS takes both, as the gateway does. */
bool np_reach_gateway(const struct np_core *core, struct np_addr *out)
{
    if (!listens_at(core, out))
        return false;
    struct in_addr first = np_pool_address(core, NP_POOL_GATEWAY);
    uint16_t bound = out->u.sa.sa_family == AF_INET6 ? np_pool_port(core, first, 443) : 0;
    if (bound != 0)
        *out = np_addr_of(first, bound);
    return true;
}

bool np_reach_is_gateway(const struct np_core *core, struct np_str name, const struct np_addr *to)
{
    struct np_addr at;
    uint16_t port = np_addr_port(to);
    if (!listens_at(core, &at))
        return false;
    if (port == np_addr_port(&at) && (is_same(to, &at) || below_localhost(name)))
        return true;
    if (!is_web(port) || to->u.sa.sa_family != AF_INET)
        return false;
    uint32_t first = np_pool_address(core, NP_POOL_GATEWAY).s_addr;
    bool loopback = to->u.v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
    struct np_addr number;
    /* Without a pool its first address is loopback, which other names may have, too. */
    if (to->u.v4.sin_addr.s_addr == first && !loopback)
        return true;
    return loopback && np_str_chr(name, '.') >= 0 && !np_addr_of_ip(name, &number) &&
           (below_localhost(name) ||
            np_name_find(core, name, NP_STR_NULL, &(struct np_name_addrs){0}) == 0);
}

/* An address of the pool is reached by the port that stands for the one asked for. */
static int settle(struct np_reach *r)
{
    struct np_addr *to = &r->to;
    if (np_reach_is_gateway(r->core, r->name, to))
        np_reach_gateway(r->core, to);
    else if (to->u.sa.sa_family == AF_INET && np_pool_has(r->core, to->u.v4.sin_addr)) {
        uint16_t bound = np_pool_port(r->core, to->u.v4.sin_addr, r->port);
        if (bound == 0)
            return np_err(&r->err, NP_ECLOSED, "nobody listens on port %u of %.*s", r->port,
                          NP_FMT(r->name));
        np_addr_set_port(to, bound);
    }
    r->own = np_egress_is_own(r->core->egress, to);
    if (r->own || np_egress_allows(r->core->egress, to))
        return 0;
    return np_err(&r->err, NP_EACCES, "no --egress rule allows %.*s:%u", NP_FMT(r->name), r->port);
}

/* --- asking --- */

static void reach_free(struct np_reach *r)
{
    np_defer_cancel(&r->defer);
    np_list_remove(&r->node);
    np_arena_free(r->arena);
}

static void finish(void *arg)
{
    struct np_reach *r = arg;
    np_list_remove(&r->node); /* from here on it cannot be cancelled */
    r->done(r->arg, r->rc, r->rc == 0 ? &r->to : NULL, r->own, &r->err);
    reach_free(r);
}

static void work(struct np_job *j)
{
    struct np_reach *r = NP_CONTAINER(j, struct np_reach, job);
    r->rc = np_resolve(r->core->egress, r->name, r->port, &r->to, &r->err);
}

static void worked(struct np_job *j)
{
    struct np_reach *r = NP_CONTAINER(j, struct np_reach, job);
    r->working = false;
    if (r->cancelled) {
        reach_free(r);
        return;
    }
    if (r->rc == 0)
        r->rc = settle(r);
    finish(r);
}

static void *reaches_new(struct np_loop *l)
{
    (void)l;
    struct reaches *x = np_heap_new(struct reaches);
    np_list_init(&x->all);
    return x;
}

static void reaches_free(void *p)
{
    struct reaches *x = p;
    while (!np_list_empty(&x->all))
        reach_free(NP_CONTAINER(x->all.next, struct np_reach, node));
    np_free(x);
}

/* 0 or an error: known now; NP_LATER: the job says. */
static int begin(struct np_reach *r)
{
    int rc = np_reach_own(r->core, r->arena, r->name, r->port, &r->to, &r->err);
    if (rc == 0)
        return settle(r);
    if (rc != NP_LATER)
        return rc;
    if (r->core->config.egress.n == 0)
        return np_err(&r->err, NP_EACCES,
                      "no --egress rule allows anything, so %.*s is not looked up",
                      NP_FMT(r->name));
    r->working = true;
    np_job_submit(r->core->jobs, r->loop, &r->job, work, worked);
    return NP_LATER;
}

static struct reaches *reaches_of(struct np_loop *l)
{
    static const char key;
    return np_loop_local(l, &key, reaches_new, reaches_free);
}

void np_reach_prepare(struct np_loop *l)
{
    reaches_of(l);
}

struct np_reach *np_reach(struct np_core *core, struct np_loop *l, const char *purpose,
                          struct np_str name, uint16_t port, np_reach_fn *done, void *arg)
{
    struct np_arena *a = np_arena_new();
    struct np_reach *r = np_new(a, struct np_reach);
    r->arena = a;
    r->core = core;
    r->loop = l;
    r->name = np_str_lower(a, without_brackets(name));
    if (r->name.n > 1 && r->name.p[r->name.n - 1] == '.')
        r->name.n--;
    r->port = port;
    r->done = done;
    r->arg = arg;
    np_list_append(&reaches_of(l)->all, &r->node);
    np_log(NP_DEBUG, "reach", "purpose=%s name=%.*s port=%u", purpose, NP_FMT(r->name), port);
    int rc = begin(r);
    if (rc == NP_LATER) /* r->rc is the job's */
        return r;
    r->rc = rc;
    np_defer(l, &r->defer, finish, r);
    return r;
}

void np_reach_cancel(struct np_reach *r)
{
    if (r == NULL)
        return;
    if (r->working)
        r->cancelled = true; /* the job still writes to it */
    else
        reach_free(r);
}

/* --- Via --- */

static struct np_str pseudonym(const struct np_core *core, struct np_arena *a)
{
    uint8_t key[32];
    np_core_key(core, "via", key);
    return np_str_cat(a, NP_STR("nephele-"), np_hex_str(a, np_str_n(key, 6)));
}

struct np_str np_via(const struct np_core *core, struct np_arena *a)
{
    return np_str_cat(a, NP_STR("1.1 "), pseudonym(core, a));
}

bool np_via_loops(const struct np_core *core, struct np_arena *a,
                  const struct np_http_field *fields, size_t n)
{
    struct np_str own = pseudonym(core, a);
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(fields[i].name, NP_STR("Via")) && np_str_find(fields[i].value, own) >= 0)
            return true;
    return false;
}
