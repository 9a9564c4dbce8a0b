/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - documents by URL: the address, the roots of trust on a job thread, then one call of the
 * loop's HTTP client. */
#include "aws/fetch.h"

#include "aws/core_int.h"
#include "aws/reach.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "base/scan.h"
#include "http/client.h"
#include "http/local.h"
#include "io/job.h"
#include "io/net.h"

/* Of a loop. */
struct fetcher {
    struct np_http_pool *pool;
    struct np_tls *tls; /* NULL until the first fetch over TLS: reading the roots takes its time */
    struct np_node fetches;
};

struct fetch {
    struct np_job job;
    struct np_node node; /* of fetcher->fetches */
    struct np_core *core;
    struct np_loop *loop;
    struct fetcher *fetcher;
    struct np_arena *arena;
    const char *purpose;
    struct np_url url;
    struct np_addr to;
    struct np_reach *reach; /* NULL: it has found */
    struct np_tls *tls;     /* made by the job */
    struct np_http_call *call;
    struct np_timer timer;
    struct np_defer defer;
    uint64_t until_ms;
    struct np_buf body;
    int status, rc;
    struct np_err err;
    np_fetch_fn *done;
    void *arg;
};

/* --- URLs --- */

static bool read_port(struct np_str text, uint16_t *port)
{
    uint64_t v;
    if (text.n > 5 || !np_str_u64(text, &v) || v == 0 || v > UINT16_MAX)
        return false;
    *port = (uint16_t)v;
    return true;
}

bool np_authority_parse(struct np_str text, struct np_str *host, uint16_t *port)
{
    struct np_str rest = text, number = NP_STR_NULL, name;
    if (text.n != 0 && text.p[0] == '[') {
        ptrdiff_t end = np_str_chr(text, ']');
        if (end < 0)
            return false;
        name = np_str_sub(text, 1, (size_t)end - 1);
        rest = np_str_sub(text, (size_t)end + 1, text.n);
        if (rest.n != 0 && rest.p[0] != ':')
            return false;
        number = np_str_sub(rest, 1, rest.n);
    } else {
        np_str_cut(text, ':', &name, &number);
    }
    if (name.n == 0 || np_str_chr(text, '@') >= 0 || (number.n != 0 && !read_port(number, port)))
        return false;
    *host = name;
    return true;
}

bool np_url_parse(struct np_str text, struct np_url *out)
{
    static const struct np_str tls = {"https://", 8}, plain = {"http://", 7};
    struct np_url u = {.tls = np_str_istarts(text, tls)};
    if ((!u.tls && !np_str_istarts(text, plain)) || np_scan_url(text.p, text.n) != text.n)
        return false;
    struct np_str rest = np_str_sub(text, u.tls ? tls.n : plain.n, text.n);
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
        end++;
    u.authority = np_str_sub(rest, 0, end);
    u.target = end < rest.n ? np_str_sub(rest, end, rest.n) : NP_STR("/");
    u.port = u.tls ? 443 : 80;
    if (u.target.p[0] != '/' || !np_authority_parse(u.authority, &u.host, &u.port))
        return false;
    *out = u;
    return true;
}

/* --- the end --- */

static void fetch_free(struct fetch *f)
{
    np_timer_stop(&f->timer);
    np_defer_cancel(&f->defer);
    np_reach_cancel(f->reach);
    np_list_remove(&f->node);
    np_tls_free(f->tls);
    np_buf_fini(&f->body);
    np_arena_free(f->arena);
}

static void finish(void *arg)
{
    struct fetch *f = arg;
    f->done(f->arg, f->rc, f->status, np_buf_str(&f->body), &f->err);
    fetch_free(f);
}

/* Callbacks of the client end here: it may not be called back from inside. */
static void finish_later(struct fetch *f, int rc)
{
    f->rc = rc;
    np_timer_stop(&f->timer);
    np_defer(f->loop, &f->defer, finish, f);
}

/* --- the call --- */

static void got_head(void *arg, const struct np_http_head *h)
{
    struct fetch *f = arg;
    f->status = h->status;
}

static void got_data(void *arg, struct np_str data)
{
    struct fetch *f = arg;
    np_buf_str_add(&f->body, data);
}

static void got_all(void *arg, int rc, const struct np_err *err)
{
    struct fetch *f = arg;
    f->call = NULL;
    if (rc != 0)
        f->err = *err;
    else if (!np_buf_ok(&f->body))
        rc = np_err(&f->err, NP_E2BIG, "the document is longer than %zu bytes", f->body.max_bytes);
    finish_later(f, rc);
}

static void too_late(struct np_timer *t)
{
    struct fetch *f = NP_CONTAINER(t, struct fetch, timer);
    np_http_call_cancel(f->call);
    f->call = NULL;
    finish_later(f, np_err(&f->err, NP_ETIMEDOUT, "the server takes too long"));
}

static void call(struct fetch *f)
{
    static const struct np_http_call_handlers handlers = {
        .head = got_head, .data = got_data, .done = got_all};
    const struct np_http_field fields[] = {
        {NP_STR("Accept"), NP_STR("application/json, */*")},
        {NP_STR("User-Agent"), NP_STR("nephele/" NP_VERSION)},
    };
    uint64_t now = np_now_ms(f->loop);
    if (now >= f->until_ms) {
        finish_later(f, np_err(&f->err, NP_ETIMEDOUT, "the name's address takes too long"));
        return;
    }
    const struct np_http_call_opts o = {
        .purpose = f->purpose,
        .to = f->to,
        .tls = f->url.tls ? f->fetcher->tls : NULL,
        .server_name = f->url.host,
        .method = NP_STR("GET"),
        .target = f->url.target,
        .host = f->url.authority,
        .fields = fields,
        .n_fields = NP_LEN(fields),
        .idempotent = true,
    };
    int rc = np_http_call(f->fetcher->pool, &o, &handlers, f, &f->call, &f->err);
    if (rc != 0)
        finish_later(f, rc);
    else
        np_timer_set(f->loop, &f->timer, f->until_ms - now, too_late);
}

/* --- what blocks: reading the roots of trust --- */

static void work(struct np_job *j)
{
    struct fetch *f = NP_CONTAINER(j, struct fetch, job);
    f->rc = np_tls_client(f->core->ca, true, &f->tls, &f->err);
}

static void worked(struct np_job *j)
{
    struct fetch *f = NP_CONTAINER(j, struct fetch, job);
    if (f->fetcher->tls == NULL) {
        f->fetcher->tls = f->tls;
        f->tls = NULL;
    }
    if (f->rc != 0)
        finish_later(f, f->rc);
    else
        call(f);
}

/* --- the start --- */

static void *fetcher_new(struct np_loop *l)
{
    (void)l;
    struct fetcher *x = np_heap_new(struct fetcher);
    np_list_init(&x->fetches);
    return x;
}

static void fetcher_free(void *p)
{
    struct fetcher *x = p;
    np_http_pool_free(x->pool);
    while (!np_list_empty(&x->fetches))
        fetch_free(NP_CONTAINER(x->fetches.next, struct fetch, node));
    np_tls_free(x->tls);
    np_free(x);
}

static struct fetcher *fetcher_of(struct np_core *core, struct np_loop *l)
{
    static const char key;
    np_http_local(l); /* which the pool uses to its end: made before, freed after */
    struct fetcher *x = np_loop_local(l, &key, fetcher_new, fetcher_free);
    if (x->pool == NULL)
        np_http_pool_new(l, core->egress, &x->pool, NULL);
    return x;
}

static void reached(void *arg, int rc, const struct np_addr *to, bool region_owned,
                    const struct np_err *err)
{
    struct fetch *f = arg;
    f->reach = NULL;
    if (rc != 0) {
        f->err = *err;
        finish_later(f, rc);
        return;
    }
    f->to = *to;
    if (f->url.tls && f->fetcher->tls == NULL)
        np_job_submit(f->core->jobs, f->loop, &f->job, work, worked);
    else
        call(f);
}

static int begin(struct fetch *f, const struct np_fetch_opts *o)
{
    if (!np_url_parse(np_str_dup(f->arena, o->url), &f->url) || (!f->url.tls && !o->plain_ok))
        return np_err(&f->err, NP_EINVAL, "'%.*s' is no https URL", NP_FMT(o->url));
    f->reach = np_reach(f->core, f->loop, f->purpose, f->url.host, f->url.port, reached, f);
    return 0;
}

void np_fetch(struct np_core *core, struct np_loop *l, const struct np_fetch_opts *o,
              np_fetch_fn *done, void *arg)
{
    struct np_arena *a = np_arena_new();
    struct fetch *f = np_new(a, struct fetch);
    f->arena = a;
    f->core = core;
    f->loop = l;
    f->fetcher = fetcher_of(core, l);
    np_list_append(&f->fetcher->fetches, &f->node);
    f->purpose = o->purpose;
    f->until_ms = np_now_ms(l) + o->timeout_ms;
    f->done = done;
    f->arg = arg;
    np_buf_init(&f->body, NULL, o->max_bytes);
    int rc = begin(f, o);
    if (rc != 0)
        finish_later(f, rc);
}
