/* SPDX-License-Identifier: Apache-2.0 */
/* rig.c - an edge between viewers and an origin. */
#include "engines/edge/rig.h"

#include <signal.h>
#include <unistd.h>

static struct rig *rig_of(struct fixture *f)
{
    return NP_CONTAINER(f, struct rig, f);
}

/* --- the origin --- */

void rig_answer(struct rig *r, struct np_http_x *x, const struct rig_answer *a)
{
    struct np_http_field fields[16];
    size_t n = 0;
    struct np_str rest = np_str_of(a->fields != NULL ? a->fields : ""), line;
    while (np_str_split(&rest, '\n', &line) && n < NP_LEN(fields)) {
        ptrdiff_t at = np_str_find(line, NP_STR(": "));
        NP_CHECK(at > 0);
        fields[n++] = (struct np_http_field){np_str_sub(line, 0, (size_t)at),
                                             np_str_sub(line, (size_t)at + 2, line.n)};
    }
    int64_t length = a->length == -2 ? (int64_t)a->body.n : a->length;
    np_http_respond(x, a->status, fields, n, length);
    if (a->body.n > 0)
        np_http_write(x, a->body);
    np_http_end(x);
}

static void on_origin(struct fixture *f, struct np_http_x *x)
{
    struct rig *r = rig_of(f);
    const struct np_http_head *h = np_http_head(x);
    np_buf_clear(&f->log);
    np_buf_printf(&f->log, "%.*s %.*s\n", NP_FMT(h->method), NP_FMT(h->target));
    for (size_t i = 0; i < h->n_fields; i++)
        np_buf_printf(&f->log, "%.*s: %.*s\n", NP_FMT(h->fields[i].name),
                      NP_FMT(h->fields[i].value));
    if (r->on_origin != NULL)
        r->on_origin(r, x);
    else
        rig_answer(r, x, &r->answer);
}

/* --- what the engine is given --- */

struct resolving {
    struct np_defer defer;
    struct rig *r;
    struct np_addr addr;
    void (*done)(void *x, int rc, const struct np_addr *a, const struct np_err *err);
    void *x;
};

static void resolved(void *arg)
{
    struct resolving *k = arg;
    struct np_err err = {0};
    if (k->r->no_address)
        np_err(&err, NP_ENOENT, "no such name");
    k->done(k->x, k->r->no_address ? NP_ENOENT : 0, &k->addr, &err);
    np_free(k);
}

static void
resolve(void *arg, struct np_loop *l, struct np_str name, uint16_t port,
        void (*done)(void *x, int rc, const struct np_addr *a, const struct np_err *err), void *x)
{
    struct rig *r = arg;
    struct resolving *k = np_heap_new(struct resolving);
    bool second = np_str_is(name, "second.test");
    k->r = r;
    k->addr = (second ? r->second_is_dead : r->first_is_dead) ? r->dead : r->f.addr;
    k->done = done;
    k->x = x;
    np_defer(l, &k->defer, resolved, k);
}

static struct np_str error_page(void *arg, struct np_arena *a, enum np_edge_reason reason,
                                int status, struct np_str id, struct np_str *type)
{
    *type = NP_STR("text/plain");
    return np_str_printf(a, "error %d reason %d", status, (int)reason);
}

static void on_log(void *arg, const struct np_edge_record *rec)
{
    struct rig *r = arg;
    r->logged++;
    r->last = *rec;
}

static const struct np_edge_names names = {
    .x_cache = NP_STR("X-Cache"),
    .results = {NP_STR("Error from edge"), NP_STR("Hit from edge"), NP_STR("RefreshHit from edge"),
                NP_STR("OriginShieldHit from edge"), NP_STR("Miss from edge"),
                NP_STR("Redirect from edge"), NP_STR("FunctionGeneratedResponse from edge"),
                NP_STR("LimitExceeded from edge"), NP_STR("CapacityExceeded from edge")},
    .pop_field = NP_STR("X-Edge-Pop"),
    .id_field = NP_STR("X-Edge-Id"),
    .via = NP_STR("edge.test (Edge)"),
    .server = NP_STR("Edge"),
    .user_agent = NP_STR("Test Edge"),
    .cdn = NP_STR("edge"),
    .made_prefix = NP_STR("Edge-"),
    .edge_prefix = NP_STR("X-Secret-Edge-"),
};
static const struct np_str pops[] = {{"TST50-P1", 8}, {"TST51-P2", 8}};
static const struct np_str hosts[] = {{"d1.edge.test", 12}, {"*.example.test", 14}, {"a", 1}};

void rig_init(struct rig *r)
{
    *r = (struct rig){.answer = {.status = 200, .length = -2, .body = NP_STR("hello")}};
    signal(SIGPIPE, SIG_IGN); /* as main() does: sendfile() has no flag against it */
    fixture_start(&r->f, on_origin);
    NP_CHECK(np_jobs_new(2, &r->jobs, NULL) == 0);
    int fd;
    struct np_addr any;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0 && np_local_addr(fd, &r->dead) == 0);
    close(fd);
    r->opts = (struct np_edge_opts){
        .memory_bytes = (uint64_t)64 << 20,
        .disk_bytes = (uint64_t)256 << 20,
        .jobs = r->jobs,
        .egress = r->f.egress,
        .resolver = {.resolve = resolve, .arg = r},
        .names = names,
        .hooks = {.arg = r, .error_page = error_page, .log = on_log},
        .pops = pops,
        .n_pops = NP_LEN(pops),
    };
    r->origins[0] = (struct np_edge_origin){.id = NP_STR("o1"),
                                            .host = NP_STR("origin.test"),
                                            .http_port = 80,
                                            .https_port = 443,
                                            .attempts = 1,
                                            .connect_timeout_ms = 5000,
                                            .response_timeout_ms = 5000,
                                            .keepalive_ms = 5000};
    r->origins[1] = r->origins[0];
    r->origins[1].id = NP_STR("o2");
    r->origins[1].host = NP_STR("second.test");
    for (size_t i = 0; i < NP_LEN(r->behaviors); i++)
        r->behaviors[i] = (struct np_edge_behavior){
            .pattern = NP_STR("*"),
            .target = NP_STR("o1"),
            .methods = NP_EDGE_GET | NP_EDGE_HEAD,
            .default_ttl_s = 86400,
            .max_ttl_s = 31536000,
        };
    r->dist = (struct np_edge_dist_opts){
        .id = NP_STR("E1"),
        .name = NP_STR("d1.edge.test"),
        .hosts = hosts,
        .n_hosts = NP_LEN(hosts),
        .enabled = true,
        .origins = r->origins,
        .n_origins = 2,
        .behaviors = r->behaviors,
        .n_behaviors = 1,
    };
}

void rig_put(struct rig *r)
{
    struct np_err err = {0};
    NP_CHECK(np_edge_put(r->edge, &r->dist, &err) == 0, "%s", err.text);
}

void rig_start_edge(struct rig *r)
{
    struct np_err err = {0};
    struct np_addr any;
    int fd;
    NP_CHECK(np_edge_new(&r->opts, &r->edge, &err) == 0, "%s", err.text);
    NP_CHECK(np_edge_worker_new(r->edge, r->f.loop, &r->worker, &err) == 0, "%s", err.text);
    rig_put(r);
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &fd, &err) == 0, "%s", err.text);
    r->v = (struct fixture){.loop = r->f.loop, .egress = r->f.egress, .arena = r->f.arena};
    NP_CHECK(np_local_addr(fd, &r->v.addr) == 0);
    NP_CHECK(np_http_server_new(r->f.loop, fd, NULL, &np_http_default_config, &np_edge_handlers,
                                r->worker, &r->server, &err) == 0,
             "%s", err.text);
}

void rig_start(struct rig *r)
{
    rig_start_edge(r);
}

void rig_stop_edge(struct rig *r)
{
    np_http_server_free(r->server);
    np_edge_worker_free(r->worker);
    FX_UNTIL(&r->f, !np_loop_is_owed(r->f.loop));
    np_edge_free(r->edge);
    r->server = NULL;
}

void rig_fini(struct rig *r)
{
    if (r->server != NULL)
        rig_stop_edge(r);
    np_jobs_free(r->jobs);
    fixture_fini(&r->f);
}

/* --- viewers --- */

int rig_send(struct rig *r, const char *method, const char *path, const char *extra)
{
    int fd = fx_connect(&r->v);
    fx_send(&r->v, fd,
            np_str_printf(r->f.arena,
                          "%s %s HTTP/1.1\r\nHost: d1.edge.test\r\nConnection: close\r\n%s\r\n",
                          method, path, extra != NULL ? extra : ""));
    return fd;
}

static struct np_str unchunk(struct rig *r, struct np_str text, bool *cut)
{
    struct np_chunked c;
    struct np_buf b;
    np_chunked_init(&c);
    np_buf_init(&b, r->f.arena, (size_t)256 << 20);
    *cut = true;
    for (size_t used; text.n > 0;) {
        struct np_str data = NP_STR("");
        int rc = np_chunked_feed(&c, text.p, text.n, &used, &data, NULL);
        np_buf_str_add(&b, data);
        text = np_str_sub(text, used, text.n);
        if (rc == 2)
            *cut = false;
        if (rc == 2 || rc < 0)
            break;
    }
    return np_buf_str(&b);
}

struct reply rig_parse(struct rig *r, struct np_str text)
{
    struct reply y = {.cut = true};
    ptrdiff_t at = np_str_find(text, NP_STR("\r\n\r\n"));
    uint64_t status, length;
    if (at < 0 || !np_str_u64(np_str_sub(text, 9, 3), &status))
        return y;
    y.status = (int)status;
    y.head = np_str_sub(text, 0, (size_t)at + 2);
    y.body = np_str_sub(text, (size_t)at + 4, text.n);
    y.cut = false;
    if (np_str_u64(reply_field(y, "Content-Length"), &length))
        y.cut = y.body.n < length;
    else if (np_str_is(reply_field(y, "Transfer-Encoding"), "chunked"))
        y.body = unchunk(r, y.body, &y.cut);
    return y;
}

struct reply rig_reply(struct rig *r, int fd)
{
    struct reply y = rig_parse(r, fx_recv_all(&r->v, fd));
    close(fd);
    return y;
}

struct reply rig_ask(struct rig *r, const char *method, const char *path, const char *extra)
{
    struct reply y = rig_reply(r, rig_send(r, method, path, extra));
    if (strcmp(method, "HEAD") == 0 || y.status == 304)
        y.cut = false;
    return y;
}

struct reply rig_get(struct rig *r, const char *path)
{
    return rig_ask(r, "GET", path, NULL);
}

struct np_str reply_field(struct reply y, const char *name)
{
    struct np_str rest = y.head, line;
    size_t n = strlen(name);
    while (np_str_split(&rest, '\n', &line))
        if (line.n > n && line.p[n] == ':' && np_str_istarts(line, np_str_of(name)))
            return np_str_trim(np_str_sub(line, n + 1, line.n));
    return NP_STR_NULL;
}
