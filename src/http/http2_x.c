/* SPDX-License-Identifier: Apache-2.0 */
/* http2_x.c - an exchange on a stream of HTTP/2: its head from the fields of the stream, its body
 * through the windows, its response.
 *
 * What a handler has not taken of a body counts against the client's windows, so that it is
 * bounded by them.
 */
#include "base/arena.h"
#include "http/http2.h"

#define FIELD_OVERHEAD 32 /* RFC 9113, 6.5.2 */

static const struct np_http_x_ops ops;

static uint64_t now_ms(const struct np_http2_x *s)
{
    return np_now_ms(s->h2->conn->server->loop);
}

struct np_http2_x *np_http2_x_new(struct np_http2 *h2, int32_t id)
{
    struct np_http_conn *c = h2->conn;
    struct np_arena *a = np_http_arena_take(c->server->local);
    struct np_http2_x *s = np_new(a, struct np_http2_x);
    s->x = (struct np_http_x){
        .magic = NP_HTTP_X_MAGIC, .ops = &ops, .conn = c, .out = &s->out, .arena = a};
    s->h2 = h2;
    s->id = id;
    s->moved_ms = now_ms(s);
    np_http_out_init(&s->out);
    np_buf_init(&s->body, NULL, (size_t)NP_HTTP2_CONN_WINDOW);
    np_buf_init(&s->cookies, a, c->server->config.limits.head_bytes);
    return s;
}

void np_http2_x_end(struct np_http2_x *s)
{
    if (s->begun)
        np_http_x_gone(&s->x, s->complete);
    np_list_remove(&s->node);
    np_list_remove(&s->ready);
    np_http_out_fini(&s->out);
    np_buf_fini(&s->body);
    s->x.magic = 0;
    np_http_arena_give(s->h2->conn->server->local, s->x.arena);
}

void np_http2_x_reset(struct np_http2_x *s, uint32_t code)
{
    if (s->reset || s->closed)
        return;
    s->reset = true;
    nghttp2_submit_rst_stream(s->h2->session, NGHTTP2_FLAG_NONE, s->id, code);
}

void np_http2_x_wake(struct np_http2_x *s)
{
    if (s->closed)
        return;
    np_list_remove(&s->ready);
    np_list_append(&s->h2->ready, &s->ready);
    np_http_conn_wake(s->h2->conn);
}

/* --- the request's head --- */

/* False: too much of it already; what follows is only counted. */
static bool take_head_bytes(struct np_http2_x *s, size_t n)
{
    size_t max = s->h2->conn->server->config.limits.head_bytes;
    s->head_bytes += n;
    if (s->head_bytes > max * NP_HTTP2_HEADER_BOMB)
        s->h2->calm = true;
    if (s->head_bytes > max && s->refused == 0)
        s->refused = 431;
    return s->refused == 0;
}

static void take_pseudo(struct np_http2_x *s, struct np_str name, struct np_str value)
{
    struct np_str copy = np_str_dup(s->x.arena, value);
    if (np_str_is(name, ":method"))
        s->pseudo.method = copy;
    else if (np_str_is(name, ":scheme"))
        s->pseudo.scheme = copy;
    else if (np_str_is(name, ":authority"))
        s->pseudo.authority = copy;
    else if (np_str_is(name, ":path"))
        s->pseudo.path = copy;
    else
        s->refused = 400; /* ":protocol": nobody was offered it */
}

static void add_field(struct np_http2_x *s, struct np_str name, struct np_str value)
{
    s->fields = np_array_grow(s->x.arena, s->fields, s->n_fields, sizeof(*s->fields));
    s->fields[s->n_fields++] = (struct np_http_field){name, value};
}

/* One allocation for both texts. */
static void copy_field(struct np_http2_x *s, struct np_str name, struct np_str value)
{
    char *p = np_alloc_raw(s->x.arena, name.n + value.n + 1);
    memcpy(p, name.p, name.n);
    memcpy(p + name.n, value.p, value.n);
    add_field(s, np_str_n(p, name.n), np_str_n(p + name.n, value.n));
}

/* Cookies come in crumbs, which compress better; handlers see one field (RFC 9113, 8.2.3). */
static void take_crumb(struct np_http2_x *s, struct np_str crumb)
{
    if (s->cookies.n > 0)
        np_buf_lit(&s->cookies, "; ");
    np_buf_str_add(&s->cookies, crumb);
}

bool np_http2_x_field(struct np_http2_x *s, struct np_str name, struct np_str value)
{
    if (!take_head_bytes(s, name.n + value.n + FIELD_OVERHEAD))
        return true;
    if (name.n > 0 && name.p[0] == ':')
        take_pseudo(s, name, value);
    else if (np_str_is(name, "cookie"))
        take_crumb(s, value);
    else if (s->n_fields >= s->h2->conn->server->config.limits.fields)
        s->refused = 431;
    else
        copy_field(s, name, value);
    return true;
}

bool np_http2_x_trailer(struct np_http2_x *s, struct np_str name, struct np_str value)
{
    struct np_http_x *x = &s->x;
    const struct np_http_field f = {name, value};
    s->head_bytes = x->trailer_fields == NULL ? 0 : s->head_bytes;
    s->head_bytes += name.n + value.n + FIELD_OVERHEAD;
    if (s->refused != 0 || x->ended)
        return true; /* nobody reads them */
    if (x->n_trailers == NP_HTTP_TRAILER_FIELDS_MAX || s->head_bytes > NP_HTTP_TRAILER_MAX ||
        !np_http2_field_ok(&f))
        return false;
    if (x->trailer_fields == NULL)
        x->trailer_fields =
            np_new_array(x->arena, struct np_http_field, NP_HTTP_TRAILER_FIELDS_MAX);
    x->trailer_fields[x->n_trailers++] = (struct np_http_field){
        .name = np_str_dup(x->arena, name), .value = np_str_dup(x->arena, value)};
    return true;
}

/* HTTP/1's handlers look for Host among the fields, too. */
static int make_head(struct np_http2_x *s)
{
    int status = 0;
    bool names_host = false;
    if (s->cookies.n > 0)
        add_field(s, NP_STR("cookie"), np_buf_str(&s->cookies));
    for (size_t i = 0; i < s->n_fields; i++)
        names_host |= np_str_is(s->fields[i].name, "host");
    if (!names_host && s->pseudo.authority.p != NULL)
        add_field(s, NP_STR("host"), s->pseudo.authority);
    int rc = np_http_head_of_http2(&s->pseudo, s->fields, s->n_fields,
                                   &s->h2->conn->server->config.limits, !s->remote_ended,
                                   &s->x.head, &status);
    return rc == 0 ? 0 : status;
}

static void refuse(struct np_http2_x *s)
{
    char code[4] = {(char)('0' + s->refused / 100), (char)('0' + s->refused / 10 % 10),
                    (char)('0' + s->refused % 10), '\0'};
    struct np_str date = np_http_date(s->h2->conn->server->local);
    const nghttp2_nv nv[] = {
        {(uint8_t *)":status", (uint8_t *)code, 7, 3, NGHTTP2_NV_FLAG_NONE},
        {(uint8_t *)"date", (uint8_t *)(uintptr_t)date.p, 4, date.n, NGHTTP2_NV_FLAG_NONE},
        {(uint8_t *)"content-length", (uint8_t *)"0", 14, 1, NGHTTP2_NV_FLAG_NONE},
    };
    nghttp2_submit_response(s->h2->session, s->id, nv, sizeof(nv) / sizeof(nv[0]), NULL);
}

void np_http2_x_begin(struct np_http2_x *s)
{
    if (s->refused == 0)
        s->refused = make_head(s);
    if (s->refused != 0) {
        refuse(s);
        return;
    }
    s->begun = true;
    np_http_x_begin(&s->x);
}

/* --- the request's body --- */

static void consume(struct np_http2_x *s, size_t n)
{
    if (s->closed)
        nghttp2_session_consume_connection(s->h2->session, n);
    else
        nghttp2_session_consume(s->h2->session, s->id, n);
}

static bool takes_body(const struct np_http2_x *s)
{
    const struct np_http_x *x = &s->x;
    return x->reading && !x->read_over && !x->ended && !x->aborted;
}

/* Borrowed for the call. */
static void give_body(struct np_http2_x *s, struct np_str data)
{
    s->x.read(s->x.read_arg, 0, data, false);
    consume(s, data.n);
}

void np_http2_x_receive(struct np_http2_x *s, struct np_str data)
{
    struct np_http_x *x = &s->x;
    s->moved_ms = now_ms(s);
    s->h2->conn->in.moved = true;
    if (s->refused != 0 || x->ended || x->read_over || x->aborted)
        consume(s, data.n); /* nobody's */
    else if (takes_body(s) && !x->read_paused && s->body.n == 0)
        give_body(s, data);
    else
        np_buf_str_add(&s->body, data);
}

/* What was kept is given whole; the handler may pause in the middle of nothing. */
static void give_kept(struct np_http2_x *s)
{
    struct np_buf kept = s->body;
    np_buf_init(&s->body, NULL, (size_t)NP_HTTP2_CONN_WINDOW);
    give_body(s, np_buf_str(&kept));
    np_buf_fini(&kept);
}

static bool serve_reader(struct np_http2_x *s)
{
    struct np_http_x *x = &s->x;
    if (!takes_body(s))
        return false;
    if (x->read_failed != 0) {
        np_http_x_tell_reader(x, x->read_failed);
        return true;
    }
    if (x->read_paused || (s->body.n == 0 && !s->remote_ended))
        return false;
    if (s->body.n > 0)
        give_kept(s);
    else
        np_http_x_tell_reader(x, 0);
    return true;
}

bool np_http2_x_serve(struct np_http2_x *s)
{
    struct np_http_x *x = &s->x;
    if (x->aborted)
        np_http2_x_reset(s, NGHTTP2_INTERNAL_ERROR);
    if (s->reset || s->closed)
        return false;
    if (s->deferred && (x->ended || !np_http_out_empty(&s->out))) {
        s->deferred = false;
        nghttp2_session_resume_data(s->h2->session, s->id);
    }
    return np_http_x_drained(x) || serve_reader(s);
}

bool np_http2_x_stalls_sending(const struct np_http2_x *s)
{
    uint64_t timeout = s->h2->conn->server->config.stall_timeout_ms;
    return s->begun && s->x.responded && !s->local_ended && !s->deferred && s->has_source &&
           now_ms(s) >= s->moved_ms + timeout;
}

bool np_http2_x_stalls_receiving(const struct np_http2_x *s)
{
    uint64_t timeout = s->h2->conn->server->config.stall_timeout_ms;
    return s->begun && takes_body(s) && !s->x.read_paused && !s->remote_ended &&
           now_ms(s) >= s->moved_ms + timeout;
}

/* --- what the handler asks for --- */

static void wake(struct np_http_x *x)
{
    struct np_http2_x *s = np_http2_x(x);
    s->moved_ms = now_ms(s);
    np_http2_x_wake(s);
}

static void read_body(struct np_http_x *x)
{
    static const nghttp2_nv interim[] = {
        {(uint8_t *)":status", (uint8_t *)"100", 7, 3,
         NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}};
    struct np_http2_x *s = np_http2_x(x);
    bool waits = x->head.expect_continue && !x->responded && !s->remote_ended && s->body.n == 0;
    if (waits && !s->closed)
        nghttp2_submit_headers(s->h2->session, NGHTTP2_FLAG_NONE, s->id, NULL, interim, 1, NULL);
}

static nghttp2_nv nv_of(struct np_str name, struct np_str value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name.p, (uint8_t *)(uintptr_t)value.p, name.n,
                        value.n, NGHTTP2_NV_FLAG_NONE};
}

/* nghttp2 copies names in lower case, and values. */
static nghttp2_nv field_nv(struct np_arena *a, const struct np_http_field *f)
{
    struct np_buf b;
    if (np_http2_value_ok(f->value))
        return nv_of(f->name, f->value);
    np_buf_init(&b, a, f->value.n);
    np_http_add_value(&b, f->value);
    return nv_of(f->name, np_str_trim(np_buf_str(&b)));
}

static bool submit_trailers(struct np_http2_x *s)
{
    nghttp2_nv *v = np_new_array(s->x.arena, nghttp2_nv, s->n_sent_trailers);
    for (size_t i = 0; i < s->n_sent_trailers; i++)
        v[i] = field_nv(s->x.arena, &s->trailers[i]);
    return nghttp2_submit_trailer(s->h2->session, s->id, v, s->n_sent_trailers) == 0;
}

static ssize_t on_body_wanted(nghttp2_session *session, int32_t id, uint8_t *buf, size_t max,
                              uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct np_http2_x *s = source->ptr;
    struct np_http_x *x = &s->x;
    uint64_t there = s->out.bytes;
    if (x->aborted)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (there == 0 && !x->ended) {
        s->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    size_t n = there < max ? (size_t)there : max;
    s->h2->calm |= !np_http2_guard_sent(s->h2, n < there && n < NP_HTTP2_TINY_BYTES);
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (n < there || !x->ended)
        return (ssize_t)n;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (s->n_sent_trailers > 0 && submit_trailers(s))
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    return (ssize_t)n;
}

/* Those of HTTP/1 that mean its connection. */
static bool is_of_http1(struct np_str name)
{
    return np_str_ieq(name, NP_STR("Keep-Alive")) || np_str_ieq(name, NP_STR("Upgrade")) ||
           np_str_ieq(name, NP_STR("Proxy-Connection"));
}

struct nvs {
    nghttp2_nv *v;
    size_t n;
    char status[3];
};

static void add_nv(struct nvs *to, struct np_str name, struct np_str value)
{
    to->v[to->n++] = nv_of(name, value);
}

static void add_length(struct nvs *to, struct np_http_x *x, int64_t content_length)
{
    struct np_buf b;
    np_buf_init(&b, x->arena, 24);
    np_buf_i64(&b, content_length);
    add_nv(to, NP_STR("content-length"), np_buf_str(&b));
    x->has_length = true;
    x->left = (uint64_t)content_length;
}

static void make_response(struct nvs *to, struct np_http_x *x, int status,
                          const struct np_http_field *fields, size_t n, int64_t content_length)
{
    struct np_http_server *server = x->conn->server;
    struct np_http_own own = {.server = server->config.server.p == NULL};
    bool never = np_http_x_never_has_body(x, status);
    for (int i = 0, rest = status; i < 3; i++, rest /= 10)
        to->status[2 - i] = (char)('0' + rest % 10);
    to->v = np_new_array(x->arena, nghttp2_nv, n + 4);
    add_nv(to, NP_STR(":status"), np_str_n(to->status, 3));
    for (size_t i = 0; i < n; i++)
        if (np_http_field_is_handlers(&fields[i], &own) && !is_of_http1(fields[i].name))
            to->v[to->n++] = field_nv(x->arena, &fields[i]);
    if (!own.server)
        add_nv(to, NP_STR("server"), server->config.server);
    if (!own.date)
        add_nv(to, NP_STR("date"), np_http_date(server->local));
    x->no_body = never || status == 304 || np_str_is(x->head.method, "HEAD");
    if (!never && content_length >= 0)
        add_length(to, x, content_length);
    if (own.close) /* what it says is about the connection */
        np_http2.drain(x->conn);
}

static void respond(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                    int64_t content_length)
{
    struct np_http2_x *s = np_http2_x(x);
    struct nvs to = {0};
    if (s->closed)
        return;
    make_response(&to, x, status, fields, n, content_length);
    s->has_source = !x->no_body && content_length != 0;
    const nghttp2_data_provider body = {.source.ptr = s, .read_callback = on_body_wanted};
    /* An interim status has no END_STREAM: a switch of protocols, which is not to be had. */
    if (status < 200 || nghttp2_submit_response(s->h2->session, s->id, to.v, to.n,
                                                s->has_source ? &body : NULL) != 0)
        x->aborted = true;
}

static void write_body(struct np_http_x *x, struct np_str data)
{
    np_http_out_copy(x->out, data);
}

/* Sent behind the last DATA frame. */
static void keep_trailers(struct np_http2_x *s, const struct np_http_field *fields, size_t n)
{
    s->trailers = np_new_array(s->x.arena, struct np_http_field, n);
    for (size_t i = 0; i < n; i++)
        s->trailers[i] = (struct np_http_field){.name = np_str_dup(s->x.arena, fields[i].name),
                                                .value = np_str_dup(s->x.arena, fields[i].value)};
    s->n_sent_trailers = n;
}

static void end(struct np_http_x *x, const struct np_http_field *trailers, size_t n)
{
    struct np_http2_x *s = np_http2_x(x);
    if (n > 0 && s->has_source)
        keep_trailers(s, trailers, n);
}

static void reply(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                  struct np_str body)
{
    respond(x, status, fields, n, (int64_t)body.n);
    if (!x->no_body && body.n > 0)
        np_http_out_copy(x->out, body);
}

static struct np_stream *take_stream(struct np_http_x *x, struct np_buf *unread)
{
    return NULL;
}

static const struct np_http_x_ops ops = {
    wake, read_body, respond, write_body, end, reply, take_stream,
};
