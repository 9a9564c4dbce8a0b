/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - one GET: the URL, the address, a call of the loop's pool, the bytes. */
#include "aws/fetch.h"

#include "aws/core_int.h"
#include "base/arena.h"
#include "base/assert.h"
#include "http/client.h"
#include "io/loop.h"
#include "io/net.h"
#include "io/tls.h"

void np_fetch_set_resolver(struct np_core *core,
                           int (*resolve)(struct np_core *core, struct np_str name,
                                          struct np_addr *out))
{
    core->registry->resolve = resolve;
}

/* --- what a loop keeps --- */

struct local {
    struct np_http_pool *pool;
    struct np_tls *tls;
};

static void *local_make(struct np_loop *l)
{
    return np_heap_new(struct local);
}

static void local_free(void *p)
{
    struct local *local = p;
    np_http_pool_free(local->pool);
    np_tls_free(local->tls);
    np_free(local);
}

static int get_local(struct np_core *core, struct np_loop *l, struct local **out,
                     struct np_err *err)
{
    static const char key;
    struct local *local = np_loop_local(l, &key, local_make, local_free);
    int rc = 0;
    if (local->pool == NULL)
        rc = np_http_pool_new(l, core->egress, &local->pool, err);
    if (rc == 0 && local->tls == NULL)
        rc = np_tls_client(core->ca, true, &local->tls, err);
    *out = local;
    return rc;
}

/* --- one fetch --- */

struct fetch {
    struct np_arena *arena;
    struct np_defer defer;
    struct np_buf body;
    struct np_err err;
    np_fetch_fn *done;
    void *arg;
    int rc, status;
};

static void finish(struct fetch *f, int rc)
{
    if (rc == 0 && !np_buf_ok(&f->body))
        rc = np_err(&f->err, NP_E2BIG, "the document is over %zu bytes", f->body.max_bytes);
    f->done(f->arg, rc, f->status, np_buf_str(&f->body), &f->err);
    np_arena_free(f->arena);
}

static void fail_now(void *arg)
{
    struct fetch *f = arg;
    finish(f, f->rc);
}

static void on_head(void *arg, const struct np_http_head *h)
{
    struct fetch *f = arg;
    f->status = h->status;
}

static void on_data(void *arg, struct np_str data)
{
    struct fetch *f = arg;
    np_buf_str_add(&f->body, data);
}

static void on_done(void *arg, int rc, const struct np_err *err)
{
    struct fetch *f = arg;
    if (rc != 0 && err != NULL)
        f->err = *err;
    finish(f, rc);
}

struct target {
    struct np_str host, name, path; /* host: with port, as the field says */
    uint16_t port;
    bool tls;
};

static int parse_url(struct np_arena *a, const struct np_fetch_opts *o, struct target *t,
                     struct np_err *err)
{
    struct np_str rest = o->url, port = NP_STR_NULL;
    t->tls = np_str_istarts(rest, NP_STR("https://"));
    if (!t->tls && (!o->plain_ok || !np_str_istarts(rest, NP_STR("http://"))))
        return np_err(err, NP_EINVAL, "'%.*s' is no https URL", NP_FMT(o->url));
    rest = np_str_sub(rest, t->tls ? 8 : 7, rest.n);
    ptrdiff_t slash = np_str_chr(rest, '/');
    t->host = slash < 0 ? rest : np_str_sub(rest, 0, (size_t)slash);
    t->path = slash < 0 ? NP_STR("/") : np_str_sub(rest, (size_t)slash, rest.n);
    t->port = t->tls ? 443 : 80;
    t->name = t->host;
    ptrdiff_t colon = np_str_rchr(t->host, ':'), bracket = np_str_rchr(t->host, ']');
    if (colon > bracket) {
        t->name = np_str_sub(t->host, 0, (size_t)colon);
        port = np_str_sub(t->host, (size_t)colon + 1, t->host.n);
    }
    uint64_t number = t->port;
    if (t->name.n == 0 || np_str_chr(t->host, '@') >= 0 ||
        (port.p != NULL && (!np_str_u64(port, &number) || number == 0 || number > 65535)))
        return np_err(err, NP_EINVAL, "'%.*s' names no server", NP_FMT(o->url));
    t->port = (uint16_t)number;
    t->name = np_str_lower(a, t->name);
    return 0;
}

static int find_address(struct np_core *core, struct np_arena *a, const struct target *t,
                        struct np_addr *out, struct np_err *err)
{
    bool local = np_str_is(t->name, "localhost") || np_str_ends(t->name, NP_STR(".localhost"));
    struct np_str host = local ? NP_STR("127.0.0.1") : t->name;
    if (np_addr_parse(np_str_printf(a, "%.*s:%u", NP_FMT(host), t->port), out, NULL) == 0)
        return 0;
    int (*resolve)(struct np_core * c, struct np_str name, struct np_addr * a) =
        core->registry->resolve;
    int rc = resolve != NULL ? resolve(core, t->name, out) : NP_ENOENT;
    if (rc != 0)
        return np_err(err, NP_ENOENT, "the name %.*s has no address here", NP_FMT(t->name));
    np_addr_set_port(out, t->port);
    return 0;
}

static int start(struct np_core *core, struct np_loop *l, const struct np_fetch_opts *o,
                 struct fetch *f)
{
    static const struct np_http_call_handlers handlers = {
        .head = on_head, .data = on_data, .done = on_done};
    static const struct np_http_field fields[] = {{{"Accept", 6}, {"*/*", 3}},
                                                  {{"User-Agent", 10}, {"nephele", 7}}};
    struct target t = {0};
    struct local *local;
    struct np_http_call *call;
    struct np_http_call_opts call_opts = {
        .purpose = o->purpose,
        .method = NP_STR("GET"),
        .fields = fields,
        .n_fields = NP_LEN(fields),
        .connect_timeout_ms = o->timeout_ms,
        .stall_timeout_ms = o->timeout_ms,
        .idempotent = true,
    };
    int rc = parse_url(f->arena, o, &t, &f->err);
    if (rc == 0)
        rc = find_address(core, f->arena, &t, &call_opts.to, &f->err);
    if (rc == 0)
        rc = get_local(core, l, &local, &f->err);
    if (rc != 0)
        return rc;
    call_opts.host = t.host;
    call_opts.target = t.path;
    if (t.tls) {
        call_opts.tls = local->tls;
        call_opts.server_name = t.name;
    }
    return np_http_call(local->pool, &call_opts, &handlers, f, &call, &f->err);
}

void np_fetch(struct np_core *core, struct np_loop *l, const struct np_fetch_opts *o,
              np_fetch_fn *done, void *arg)
{
    struct np_arena *a = np_arena_new();
    struct fetch *f = np_new(a, struct fetch);
    f->arena = a;
    f->done = done;
    f->arg = arg;
    np_buf_init(&f->body, a, o->max_bytes);
    f->rc = start(core, l, o, f);
    if (f->rc != 0)
        np_defer(l, &f->defer, fail_now, f);
}
