/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - what a handler may ask of its exchange, whatever protocol carries it. Nothing here
 * calls the handler back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/scan.h"
#include "http/limits.h"
#include "http/parse.h"
#include "http/server_int.h"

static struct np_http_x *live(const struct np_http_x *x)
{
    return NP_CAST(np_http_x, (uintptr_t)x, NP_HTTP_X_MAGIC);
}

/* --- the request --- */

const struct np_http_head *np_http_head(const struct np_http_x *x)
{
    return &live(x)->head;
}

struct np_arena *np_http_arena(struct np_http_x *x)
{
    return live(x)->arena;
}

struct np_loop *np_http_loop(struct np_http_x *x)
{
    return live(x)->conn->server->loop;
}

const struct np_stream *np_http_stream(const struct np_http_x *x)
{
    return live(x)->conn->stream;
}

const struct np_addr *np_http_to(const struct np_http_x *x)
{
    return live(x)->to.len != 0 ? &x->to : np_stream_local(x->conn->stream);
}

void np_http_set_user(struct np_http_x *x, void *user)
{
    live(x)->user = user;
}

void *np_http_user(const struct np_http_x *x)
{
    return live(x)->user;
}

const struct np_http_field *np_http_trailers(const struct np_http_x *x, size_t *n)
{
    *n = live(x)->n_trailers;
    return x->trailer_fields;
}

/* To the room at `to`; where the next one goes. */
static char *move_text(struct np_str *s, char *to)
{
    memcpy(to, s->p, s->n);
    s->p = to;
    return to + s->n;
}

/* The text stays one run of bytes, method first and fields last, as a parsed head's is. */
void np_http_rewrite(struct np_http_x *x, struct np_str target, struct np_str host,
                     const struct np_http_field *fields, size_t n)
{
    struct np_http_head *h = &live(x)->head;
    struct np_str *texts[] = {&h->method, &h->target};
    struct np_http_field *own = np_new_array(x->arena, struct np_http_field, n + 1);
    size_t room = h->method.n + target.n;
    for (size_t i = 0; i < n; i++)
        room += fields[i].name.n + fields[i].value.n;
    char *to = np_alloc(x->arena, room);
    h->target = target;
    NP_EACH (t, texts)
        to = move_text(*t, to);
    for (size_t i = 0; i < n; i++) {
        own[i] = fields[i];
        to = move_text(&own[i].name, to);
        to = move_text(&own[i].value, to);
    }
    np_str_cut(h->target, '?', &h->path, &h->query);
    h->host = np_str_dup(x->arena, host);
    h->fields = own;
    h->n_fields = n;
    h->absolute = false;
}

void np_http_hand(struct np_http_x *x, const struct np_http_handlers *h, void *arg,
                  const struct np_addr *to)
{
    np_assert(live(x)->read == NULL && !x->responded && !x->gone);
    x->handlers = *h;
    x->handlers_arg = arg;
    x->user = NULL;
    if (to != NULL)
        x->to = *to;
    h->request(arg, x);
}

void np_http_read(struct np_http_x *x, np_http_body_fn *fn, void *arg)
{
    np_assert(live(x)->read == NULL);
    x->read = fn;
    x->read_arg = arg;
    x->reading = true;
    x->ops->read(x);
    x->ops->wake(x);
}

void np_http_read_pause(struct np_http_x *x)
{
    live(x)->read_paused = true;
}

void np_http_read_resume(struct np_http_x *x)
{
    live(x)->read_paused = false;
    x->ops->wake(x);
}

/* --- the response --- */

void np_http_respond(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                     int64_t content_length)
{
    np_assert(!live(x)->responded);
    x->responded = true;
    x->ops->respond(x, status, fields, n, content_length);
    x->ops->wake(x);
}

static int after_write(struct np_http_x *x)
{
    x->ops->wake(x);
    if (x->conn->broken)
        return NP_ECLOSED;
    if (x->out->bytes <= x->conn->server->config.write_high_bytes)
        return 0;
    x->want_drain = true;
    return NP_EAGAIN;
}

/* Takes n bytes of the announced length; more than it would break the framing. */
static int take_length(struct np_http_x *x, uint64_t n)
{
    np_assert(live(x)->responded && !x->ended);
    if (x->aborted)
        return NP_ECLOSED;
    if (x->no_body || !x->has_length)
        return 0;
    if (n > x->left) {
        np_http_abort(x);
        return NP_EINVAL;
    }
    x->left -= n;
    return 0;
}

int np_http_write(struct np_http_x *x, struct np_str data)
{
    int rc = take_length(x, data.n);
    if (rc < 0)
        return rc;
    if (data.n == 0 || x->no_body)
        return x->conn->broken ? NP_ECLOSED : 0;
    x->ops->write(x, data);
    return after_write(x);
}

static void open_chunk(struct np_http_x *x, uint64_t n)
{
    char line[20];
    if (!x->chunked)
        return;
    int len = snprintf(line, sizeof(line), "%llx\r\n", (unsigned long long)n);
    np_http_out_copy(x->out, np_str_n(line, (size_t)len));
}

static void close_chunk(struct np_http_x *x)
{
    if (x->chunked)
        np_http_out_copy(x->out, NP_STR("\r\n"));
}

int np_http_write_ref(struct np_http_x *x, struct np_str data, void (*release)(void *arg),
                      void *arg)
{
    int rc = take_length(x, data.n);
    if (rc < 0 || x->no_body || data.n == 0) {
        np_http_out_ref(x->out, NP_STR(""), release, arg); /* is released in its turn */
        x->ops->wake(x);
        return rc < 0 ? rc : x->conn->broken ? NP_ECLOSED : 0;
    }
    open_chunk(x, data.n);
    np_http_out_ref(x->out, data, release, arg);
    close_chunk(x);
    return after_write(x);
}

int np_http_write_file(struct np_http_x *x, int fd, uint64_t off, uint64_t n)
{
    int rc = take_length(x, n);
    if (rc < 0)
        return rc;
    if (n == 0 || x->no_body)
        return x->conn->broken ? NP_ECLOSED : 0;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
        np_http_abort(x);
        return NP_EIO;
    }
    open_chunk(x, n);
    np_http_out_file(x->out, own, off, n);
    close_chunk(x);
    return after_write(x);
}

void np_http_on_drain(struct np_http_x *x, void (*drained)(void *arg), void *arg)
{
    live(x)->drained = drained;
    x->drained_arg = arg;
    x->want_drain |= x->responded && !np_http_out_empty(x->out);
    if (x->want_drain)
        x->ops->wake(x);
}

void np_http_end_with(struct np_http_x *x, const struct np_http_field *trailers, size_t n)
{
    np_assert(live(x)->responded && !x->ended);
    if (x->has_length && !x->no_body && x->left > 0)
        np_http_abort(x);
    x->ops->end(x, trailers, n);
    x->ended = true;
    x->ops->wake(x);
}

void np_http_end(struct np_http_x *x)
{
    np_http_end_with(x, NULL, 0);
}

void np_http_reply(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                   struct np_str body)
{
    np_assert(!live(x)->responded);
    x->responded = true;
    x->reading = false; /* what is left of the body is nobody's */
    x->ops->reply(x, status, fields, n, body);
    x->ended = true;
    x->ops->wake(x);
}

void np_http_abort(struct np_http_x *x)
{
    live(x)->aborted = true;
    x->ops->wake(x);
}

struct np_stream *np_http_take_stream(struct np_http_x *x, struct np_buf *unread)
{
    np_assert(live(x)->responded && !x->taken);
    struct np_stream *s = x->conn->broken ? NULL : x->ops->take_stream(x, unread);
    x->taken = s != NULL;
    if (s == NULL)
        np_http_abort(x);
    x->ops->wake(x);
    return s;
}

/* --- for the protocols --- */

void np_http_x_begin(struct np_http_x *x)
{
    x->handlers = x->conn->server->handlers;
    x->handlers_arg = x->conn->server->arg;
    x->handlers.request(x->handlers_arg, x);
}

void np_http_x_tell_reader(struct np_http_x *x, int rc)
{
    x->read_over = true;
    x->read(x->read_arg, rc, NP_STR_NULL, true);
}

void np_http_x_gone(struct np_http_x *x, bool complete)
{
    if (x->gone)
        return;
    x->gone = true;
    x->handlers.gone(x->handlers_arg, x, complete);
}

bool np_http_x_drained(struct np_http_x *x)
{
    if (!x->want_drain || x->drained == NULL || x->ended)
        return false;
    if (x->conn->broken || !np_http_out_empty(x->out))
        return false;
    x->want_drain = false;
    x->drained(x->drained_arg);
    return true;
}

bool np_http_x_never_has_body(const struct np_http_x *x, int status)
{
    return status < 200 || status == 204 || (np_str_is(x->head.method, "CONNECT") && status < 300);
}

void np_http_add_value(struct np_buf *b, struct np_str v)
{
    for (;;) {
        size_t n = np_scan_text(v.p, v.n);
        np_buf_add(b, v.p, n);
        if (n == v.n)
            return;
        np_buf_char(b, ' ');
        v.p += n + 1;
        v.n -= n + 1;
    }
}

/* By length first, as nearly all differ there. */
bool np_http_field_is_handlers(const struct np_http_field *f, struct np_http_own *own)
{
    switch (f->name.n) {
    case 4:
        own->date |= np_str_ieq(f->name, NP_STR("Date"));
        return true;
    case 6:
        own->server |= np_str_ieq(f->name, NP_STR("Server"));
        return true;
    case 10:
        if (!np_str_ieq(f->name, NP_STR("Connection")))
            return true;
        own->close |= np_http_list_has(f->value, NP_STR("close"));
        return false;
    case 14:
        return !np_str_ieq(f->name, NP_STR("Content-Length"));
    case 17:
        return !np_str_ieq(f->name, NP_STR("Transfer-Encoding"));
    default:
        return true;
    }
}
