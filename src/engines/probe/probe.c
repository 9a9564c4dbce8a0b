/* SPDX-License-Identifier: Apache-2.0 */
/* probe.c - one look at a server, over TCP or as an HTTP client. */
#include "engines/probe/probe.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/buf.h"
#include "engines/probe/limits.h"
#include "http/client.h"
#include "io/stream.h"

#define PROBE_MAGIC 0x70726f62u

struct np_probe {
    uint32_t magic;
    struct np_arena *arena;
    const struct np_probe_env *env;
    struct np_probe_target target;
    np_probe_fn *done;
    void *x;
    void *finding;             /* of env->find(); NULL: it has ended */
    struct np_stream *stream;  /* TCP */
    struct np_http_call *call; /* HTTP */
    struct np_timer timer;
    struct np_defer ending;
    struct np_addr at;
    bool has_at, ok;
    int status;
    struct np_buf body;
    char text[256];
};

static void probe_free(struct np_probe *p)
{
    if (p->finding != NULL)
        p->env->cancel(p->env->arg, p->finding);
    np_timer_stop(&p->timer);
    np_defer_cancel(&p->ending);
    np_stream_close(p->stream);
    if (p->call != NULL)
        np_http_call_cancel(p->call);
    np_arena_free(p->arena);
}

void np_probe_cancel(struct np_probe *p)
{
    if (p != NULL)
        probe_free(NP_CAST(np_probe, p, PROBE_MAGIC));
}

/* --- ends --- */

static void ended(void *arg)
{
    struct np_probe *p = NP_CAST(np_probe, arg, PROBE_MAGIC);
    np_probe_fn *done = p->done;
    void *x = p->x;
    char text[sizeof(p->text)];
    struct np_addr at = p->at;
    bool ok = p->ok, has_at = p->has_at;
    memcpy(text, p->text, sizeof(text));
    probe_free(p);
    done(x, ok, np_str_of(text), has_at ? &at : NULL);
}

/* Once, with the outcome: what still comes is not heard. */
static void end(struct np_probe *p, bool ok, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void end(struct np_probe *p, bool ok, const char *fmt, ...)
{
    if (p->text[0] != '\0')
        return;
    va_list ap;
    va_start(ap, fmt);
    int n = snprintf(p->text, sizeof(p->text), "%s: ", ok ? "Success" : "Failure");
    vsnprintf(p->text + n, sizeof(p->text) - (size_t)n, fmt, ap);
    va_end(ap);
    p->ok = ok;
    np_timer_stop(&p->timer);
    np_defer(p->env->loop, &p->ending, ended, p);
}

static void end_error(struct np_probe *p, int rc, const struct np_err *err)
{
    if (rc == NP_ETIMEDOUT)
        end(p, false,
            "The health checker could not establish a connection within the timeout "
            "limit.");
    else if (err != NULL && err->n != 0)
        end(p, false, "%.*s", NP_FMT(np_err_text(err)));
    else
        end(p, false, "Connection closed.");
}

static void too_late(struct np_timer *t)
{
    struct np_probe *p = NP_CONTAINER(t, struct np_probe, timer);
    if (p->status != 0)
        end(p, false, "HTTP Status Code %d, but the body did not come in time.", p->status);
    else
        end_error(p, NP_ETIMEDOUT, NULL);
}

/* --- TCP --- */

static void connected(void *arg, unsigned events)
{
    struct np_probe *p = NP_CAST(np_probe, arg, PROBE_MAGIC);
    struct np_err err = {0};
    int rc = np_stream_error(p->stream, &err);
    if (rc != 0 || !(events & NP_WRITABLE))
        end_error(p, rc, &err);
    else
        end(p, true, "The TCP connection was established.");
}

static void dial(struct np_probe *p)
{
    struct np_err err = {0};
    int fd = -1, rc = np_dial(p->env->egress, "health check", &p->at, &fd, &err);
    if (rc == 0)
        rc = np_stream_connect(p->env->loop, fd, NULL, NP_STR_NULL, connected, p, &p->stream, &err);
    if (rc != 0)
        end_error(p, rc, &err);
    else
        np_timer_set(p->env->loop, &p->timer, NP_PROBE_TCP_MS, too_late);
}

/* --- HTTP --- */

static bool has_text(const struct np_probe *p)
{
    return np_str_find(np_buf_str(&p->body), p->target.search) >= 0;
}

static void on_head(void *arg, const struct np_http_head *h)
{
    struct np_probe *p = NP_CAST(np_probe, arg, PROBE_MAGIC);
    const char *reason = np_http_reason(h->status);
    p->status = h->status;
    if (h->status < 200 || h->status >= 400)
        end(p, false, "HTTP Status Code %d, %s", h->status, reason != NULL ? reason : "");
    else if (p->target.search.p == NULL)
        end(p, true, "HTTP Status Code %d, %s", h->status, reason != NULL ? reason : "");
    else
        np_timer_set(p->env->loop, &p->timer, NP_PROBE_BODY_MS, too_late);
}

static void on_data(void *arg, struct np_str data)
{
    struct np_probe *p = NP_CAST(np_probe, arg, PROBE_MAGIC);
    if (p->text[0] != '\0')
        return;
    size_t room = NP_PROBE_SEARCH_BYTES - p->body.n;
    np_buf_str_add(&p->body, np_str_sub(data, 0, room));
    if (has_text(p))
        end(p, true, "HTTP Status Code %d, the text was found.", p->status);
    else if (p->body.n == NP_PROBE_SEARCH_BYTES)
        end(p, false, "HTTP Status Code %d, but the text is not in the first %d bytes.", p->status,
            NP_PROBE_SEARCH_BYTES);
}

static void on_done(void *arg, int rc, const struct np_err *err)
{
    struct np_probe *p = NP_CAST(np_probe, arg, PROBE_MAGIC);
    p->call = NULL;
    if (rc != 0)
        end_error(p, rc, err);
    else if (p->status != 0)
        end(p, false, "HTTP Status Code %d, but the text was not found.", p->status);
    else
        end_error(p, NP_ECLOSED, NULL);
}

/* The port is said unless it is the scheme's own. */
static struct np_str host_of(const struct np_probe *p)
{
    const struct np_probe_target *t = &p->target;
    struct np_str host = t->host.n != 0 ? t->host : t->address;
    bool v6 = t->host.n == 0 && np_str_chr(host, ':') >= 0;
    if (v6)
        host = np_str_printf(p->arena, "[%.*s]", NP_FMT(host));
    if (t->port == (t->kind == NP_PROBE_HTTPS ? 443 : 80))
        return host;
    return np_str_printf(p->arena, "%.*s:%u", NP_FMT(host), t->port);
}

static void ask(struct np_probe *p)
{
    static const struct np_http_call_handlers handlers = {
        .head = on_head, .data = on_data, .done = on_done};
    const struct np_probe_target *t = &p->target;
    const struct np_http_field fields[] = {
        {NP_STR("User-Agent"), t->agent},
        {NP_STR("Accept"), NP_STR("*/*")},
        {NP_STR("Connection"), NP_STR("close")},
    };
    struct np_http_call_opts o = {
        .purpose = "health check",
        .to = p->at,
        .method = NP_STR("GET"),
        .target = t->path,
        .host = host_of(p),
        .fields = fields,
        .n_fields = NP_LEN(fields),
        .connect_timeout_ms = NP_PROBE_CONNECT_MS,
        .stall_timeout_ms = NP_PROBE_HEAD_MS,
    };
    if (t->kind == NP_PROBE_HTTPS) {
        o.tls = p->env->tls;
        /* An address is never said in the handshake. */
        o.server_name = t->sni && t->host.n != 0 ? t->host : np_addr_ip_text(p->arena, &p->at);
    }
    struct np_err err = {0};
    int rc = np_http_call(p->env->pool, &o, &handlers, p, &p->call, &err);
    if (rc != 0)
        end_error(p, rc, &err);
    else
        np_timer_set(p->env->loop, &p->timer, NP_PROBE_CONNECT_MS + NP_PROBE_HEAD_MS, too_late);
}

/* --- the beginning --- */

static void found(void *x, int rc, const struct np_addr *to, const struct np_err *err)
{
    struct np_probe *p = NP_CAST(np_probe, x, PROBE_MAGIC);
    p->finding = NULL;
    if (rc != 0) {
        end_error(p, rc, err);
        return;
    }
    p->at = *to;
    p->has_at = true;
    if (p->target.kind == NP_PROBE_TCP)
        dial(p);
    else
        ask(p);
}

struct np_probe *np_probe_start(const struct np_probe_env *env, const struct np_probe_target *t,
                                np_probe_fn *done, void *x)
{
    struct np_arena *a = np_arena_new();
    struct np_probe *p = np_new(a, struct np_probe);
    *p = (struct np_probe){
        .magic = PROBE_MAGIC, .arena = a, .env = env, .target = *t, .done = done, .x = x};
    struct np_str *texts[] = {&p->target.address, &p->target.host, &p->target.path,
                              &p->target.search, &p->target.agent};
    NP_EACH (s, texts)
        **s = np_str_dup(a, **s);
    np_buf_init(&p->body, a, NP_PROBE_SEARCH_BYTES);
    p->finding = env->find(env->arg, t->address.n != 0 ? t->address : t->host, t->port, found, p);
    return p;
}
