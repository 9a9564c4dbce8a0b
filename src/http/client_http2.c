/* SPDX-License-Identifier: Apache-2.0 */
/* client_http2.c - connections of the client that carry many calls at once.
 *
 * A link begins as a connection that offers HTTP/2; the calls that want one wait on it. If the
 * server chose HTTP/1.1, each of them goes on by a connection of its own. Else the link's run
 * receives and sends for all its calls, keeps what comes for them, and wakes them: callers are
 * called back from their call's run alone, as with HTTP/1.
 */
#include <nghttp2/nghttp2.h>
#include <pthread.h>

#include "base/arena.h"
#include "http/client_int.h"
#include "http/limits.h"
#include "http/parse.h"

#define LINK_MAGIC     0x484c4e4b
#define FIELD_OVERHEAD 32 /* RFC 9113, 6.5.2 */
/* Until the server has said how many streams it takes. */
#define FIRST_STREAMS 100

struct np_http2_link {
    uint32_t magic;
    struct np_node node; /* of the pool */
    struct np_http_pool *pool;
    struct np_str key; /* follows the struct */
    struct np_stream *stream;
    nghttp2_session *session; /* NULL: connecting */
    struct np_http_in in;
    struct np_http_out out;
    struct np_node calls;
    size_t n_calls;
    struct np_timer idle;
    struct np_defer later;
    bool running, scheduled, again, used;
    bool full;    /* `out` is */
    bool closing; /* takes no more calls */
    bool dead;
};

static struct np_http2_link *link_of(const struct np_node *n)
{
    return NP_CONTAINER((struct np_node *)(uintptr_t)n, struct np_http2_link, node);
}

static struct np_http_call *call_of(struct np_node *n)
{
    return NP_CONTAINER(n, struct np_http_call, of_link);
}

static void run(struct np_http2_link *l);

static void run_later(void *arg)
{
    struct np_http2_link *l = NP_CAST(np_http2_link, arg, LINK_MAGIC);
    l->scheduled = false;
    run(l);
}

static void wake(struct np_http2_link *l)
{
    if (l->running || l->scheduled)
        return;
    l->scheduled = true;
    np_defer(l->pool->loop, &l->later, run_later, l);
}

/* --- the end of calls and links --- */

/* The call's stream ended before the response was whole. */
static void lose_call(struct np_http_call *c, int code, const char *cause)
{
    c->stream_id = 0;
    c->write_failed = true;
    c->lost = !c->remote_ended; /* what is whole is still to be told */
    if (c->lost && c->err.code == 0)
        np_err(&c->err, code, "%s", cause);
    np_http_call_wake(c);
}

static void link_free(struct np_http2_link *l)
{
    np_timer_stop(&l->idle);
    np_defer_cancel(&l->later);
    nghttp2_session_del(l->session);
    np_stream_close(l->stream);
    np_http_out_fini(&l->out);
    np_http_in_fini(&l->in);
    np_list_remove(&l->node);
    l->magic = 0;
    np_free(l);
}

static void leave(struct np_http_call *c)
{
    np_list_remove(&c->of_link);
    c->link->n_calls--;
    c->link = NULL;
}

/* The connection gave out, or never was. */
static void lose_link(struct np_http2_link *l, int code, const char *cause)
{
    struct np_err err = {0};
    if (l->stream != NULL && np_stream_error(l->stream, &err) != 0)
        np_err_prefix(&err, l->session != NULL ? "connection lost" : "cannot connect");
    else
        np_err(&err, code, "%s", cause);
    while (!np_list_empty(&l->calls)) {
        struct np_http_call *c = call_of(l->calls.next);
        leave(c);
        if (!c->remote_ended)
            c->err = err;
        if (l->session == NULL)
            c->failed = err.code;
        lose_call(c, err.code, "");
    }
    l->dead = true;
}

static void on_idle(struct np_timer *t)
{
    struct np_http2_link *l = NP_CONTAINER(t, struct np_http2_link, idle);
    if (l->n_calls == 0)
        link_free(l);
}

bool np_http2_link_is_idle(const struct np_node *n)
{
    const struct np_http2_link *l = link_of(n);
    return l->session != NULL && l->n_calls == 0 && !l->closing && !l->dead;
}

void np_http2_link_close(struct np_node *n)
{
    struct np_http2_link *l = link_of(n);
    np_assert(l->n_calls == 0 && !l->running);
    link_free(l);
}

void np_http2_link_leave(struct np_http_call *c)
{
    struct np_http2_link *l = c->link;
    if (c->stream_id != 0) {
        nghttp2_session_set_stream_user_data(l->session, c->stream_id, NULL);
        nghttp2_submit_rst_stream(l->session, NGHTTP2_FLAG_NONE, c->stream_id, NGHTTP2_CANCEL);
    }
    if (l->session != NULL)
        nghttp2_session_consume_connection(l->session, c->got.n);
    leave(c);
    wake(l);
}

/* --- what a call sends --- */

static nghttp2_nv nv_of(struct np_str name, struct np_str value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name.p, (uint8_t *)(uintptr_t)value.p, name.n,
                        value.n, NGHTTP2_NV_FLAG_NONE};
}

static bool is_of_http1(struct np_str name)
{
    static const struct np_str names[] = {NP_STR("Host"), NP_STR("Transfer-Encoding"),
                                          NP_STR("Connection"), NP_STR("Keep-Alive"),
                                          NP_STR("Proxy-Connection")};
    NP_EACH (n, names)
        if (np_str_ieq(name, *n))
            return true;
    return false;
}

static ssize_t on_body_wanted(nghttp2_session *session, int32_t id, uint8_t *buf, size_t max,
                              uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct np_http_call *c = nghttp2_session_get_stream_user_data(session, id);
    if (c == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    uint64_t there = c->out.bytes;
    if (there == 0 && !c->fed_all) {
        c->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    size_t n = there < max ? (size_t)there : max;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (n == there && c->fed_all)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

/* From the head that HTTP/1 would send: what is legal there is legal here. nghttp2 copies names in
 * lower case, and values. */
static int submit(struct np_http_call *c)
{
    struct np_http2_link *l = c->link;
    struct np_http_head h;
    size_t used, n = 0;
    int status;
    struct np_http_field *fields = np_http_fields(l->pool->local, np_http_default_limits.fields);
    if (np_http_parse_request(c->request.p, c->request.n, &np_http_default_limits, fields, &h,
                              &used, &status) != 0)
        return NP_E2BIG;
    nghttp2_nv *v = np_new_array(c->arena, nghttp2_nv, h.n_fields + 4);
    struct np_str path = h.target;
    if (h.absolute)
        path = h.query.p == NULL
                   ? h.path
                   : np_str_printf(c->arena, "%.*s?%.*s", NP_FMT(h.path), NP_FMT(h.query));
    v[n++] = nv_of(NP_STR(":method"), h.method);
    v[n++] = nv_of(NP_STR(":scheme"), NP_STR("https"));
    v[n++] = nv_of(NP_STR(":authority"), h.host);
    v[n++] = nv_of(NP_STR(":path"), path);
    for (size_t i = 0; i < h.n_fields; i++)
        if (!is_of_http1(h.fields[i].name))
            v[n++] = nv_of(h.fields[i].name, h.fields[i].value);
    const nghttp2_data_provider body = {.read_callback = on_body_wanted};
    bool has_body = !c->fed_all || c->out.bytes > 0;
    int32_t id = nghttp2_submit_request(l->session, NULL, v, n, has_body ? &body : NULL, c);
    if (id < 0)
        return NP_EIO;
    c->stream_id = id;
    return 0;
}

static void begin_call(struct np_http_call *c)
{
    c->connected = true;
    c->reused = c->link->used && c->link->n_calls == 1; /* it was idle, and may have died so */
    c->link->used = true;
    int rc = submit(c);
    if (rc != 0)
        np_http_call_fail(c, rc, "the head is too large for HTTP/2");
    np_http_call_wake(c);
}

void np_http2_call_more(struct np_http_call *c)
{
    if (!c->deferred || c->stream_id == 0 || c->link == NULL)
        return;
    c->deferred = false;
    nghttp2_session_resume_data(c->link->session, c->stream_id);
    wake(c->link);
}

/* --- what a call is told --- */

/* On another link: the server did nothing for it, or had closed the connection meanwhile. */
static bool retry(struct np_http_call *c)
{
    if (c->link != NULL)
        np_http2_link_leave(c);
    np_http_out_fini(&c->out);
    np_http_out_init(&c->out);
    np_buf_clear(&c->got);
    c->retried = true;
    c->lost = c->unprocessed = c->connected = c->deferred = c->write_failed = false;
    c->fields = NULL;
    c->n_fields = c->head_bytes = 0;
    c->err = (struct np_err){0};
    np_http_call_queue_body(c);
    int rc = np_http2_link_take(c, &c->err);
    if (rc < 0)
        c->failed = rc;
    return true;
}

bool np_http2_call_step(struct np_http_call *c)
{
    if (c->lost) {
        bool idle_death = c->opts.idempotent && c->reused && !c->heard;
        if (!c->retried && !c->fed_any && !c->answered && (c->unprocessed || idle_death))
            return retry(c);
        c->failed = c->err.code;
        return true;
    }
    if (!c->answered)
        return false;
    if (!c->told_head) {
        c->told_head = true;
        c->handlers.head(c->arg, &c->head);
        return true;
    }
    if (c->paused)
        return false;
    if (c->got.n > 0) {
        struct np_buf got = c->got;
        np_buf_init(&c->got, NULL, (size_t)NP_HTTP2_CONN_WINDOW);
        c->handlers.data(c->arg, np_buf_str(&got));
        if (c->link != NULL && c->stream_id != 0)
            nghttp2_session_consume(c->link->session, c->stream_id, got.n);
        else if (c->link != NULL)
            nghttp2_session_consume_connection(c->link->session, got.n);
        if (c->link != NULL)
            wake(c->link);
        np_buf_fini(&got);
        return true;
    }
    return c->remote_ended ? np_http_call_end(c) : false;
}

/* --- callbacks of nghttp2 --- */

static struct np_http_call *stream_call(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags, void *arg)
{
    const struct np_http_limits *limits = &np_http_default_limits;
    struct np_http_call *c = stream_call(session, frame->hd.stream_id);
    if (c == NULL)
        return 0;
    struct np_http_field f = {.name = np_str_dup(c->arena, np_str_n(name, name_n)),
                              .value = np_str_dup(c->arena, np_str_n(value, value_n))};
    c->heard = true;
    c->head_bytes += name_n + value_n + FIELD_OVERHEAD;
    if (np_str_is(f.name, ":status")) {
        c->status = f.value;
        return 0;
    }
    if (c->head_bytes > limits->head_bytes || c->n_fields == limits->fields) {
        np_http_call_fail(c, NP_EPROTO, "the head of the response is malformed or too large");
        np_http_call_wake(c);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    c->fields = np_array_grow(c->arena, c->fields, c->n_fields, sizeof(*c->fields));
    c->fields[c->n_fields++] = f;
    return 0;
}

/* nghttp2 would leave a malformed field out. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_n, const uint8_t *value,
                             size_t value_n, uint8_t flags, void *arg)
{
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static void take_head(struct np_http_call *c, bool ended)
{
    struct np_http_head h;
    int rc = np_http_response_of_http2(c->status, c->fields, c->n_fields, c->to_head, !ended, &h);
    bool interim = rc == 0 && h.status < 200;
    if (rc < 0 || h.status == 101)
        np_http_call_fail(c, NP_EPROTO, "the head of the response is malformed or too large");
    else if (interim && ++c->interim > NP_HTTP_INTERIM_MAX)
        np_http_call_fail(c, NP_EPROTO, "too many interim responses");
    else if (!interim)
        c->head = h;
    c->answered = rc == 0 && !interim;
    c->fields = NULL;
    c->n_fields = c->head_bytes = 0;
}

static void take_trailers(struct np_http_call *c)
{
    c->trailers = c->fields;
    c->n_trailers = c->n_fields;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct np_http2_link *l = arg;
    if (frame->hd.type == NGHTTP2_GOAWAY)
        l->closing = true;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    struct np_http_call *c = stream_call(session, frame->hd.stream_id);
    if (c == NULL)
        return 0;
    bool ended = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS && c->answered)
        take_trailers(c);
    else if (frame->hd.type == NGHTTP2_HEADERS)
        take_head(c, ended);
    c->remote_ended |= ended;
    c->in.moved = true;
    np_http_call_wake(c);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t n, void *arg)
{
    struct np_http_call *c = stream_call(session, id);
    if (c == NULL) {
        nghttp2_session_consume_connection(session, n);
        return 0;
    }
    np_buf_add(&c->got, data, n);
    c->in.moved = true;
    np_http_call_wake(c);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *arg)
{
    struct np_http_call *c = stream_call(session, id);
    if (c == NULL)
        return 0;
    c->stream_id = 0;
    c->write_failed = true;
    if (c->remote_ended)
        return 0;
    c->unprocessed = code == NGHTTP2_REFUSED_STREAM;
    char cause[80];
    snprintf(cause, sizeof(cause), "the server ended the stream: %s", nghttp2_http2_strerror(code));
    lose_call(c, NP_ECLOSED, cause);
    return 0;
}

/* A request that was not sent because the server said GOAWAY meanwhile. */
static int on_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error, void *arg)
{
    struct np_http2_link *l = arg;
    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    NP_LIST_EACH(n, &l->calls)
    {
        struct np_http_call *c = call_of(n);
        if (c->stream_id != frame->hd.stream_id)
            continue;
        c->unprocessed = error == NGHTTP2_ERR_START_STREAM_NOT_ALLOWED;
        lose_call(c, NP_ECLOSED, "the server takes no more requests on this connection");
    }
    return 0;
}

/* The body's bytes are copied: the call may be gone before they are sent. */
static int on_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head,
                        size_t n, nghttp2_data_source *source, void *arg)
{
    struct np_http2_link *l = arg;
    struct np_http_call *c = stream_call(session, frame->hd.stream_id);
    if (c == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (l->out.bytes >= NP_HTTP2_OUT_MAX) {
        l->full = true;
        return NGHTTP2_ERR_WOULDBLOCK;
    }
    np_http_out_copy(&l->out, np_str_n(head, 9));
    np_http_out_move_copy(&c->out, &l->out, n);
    c->out.moved = true;
    np_http_call_wake(c);
    return 0;
}

static nghttp2_session_callbacks *callbacks; /* constant once made */
static nghttp2_option *option;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_constants(void)
{
    int failed = nghttp2_session_callbacks_new(&callbacks) | nghttp2_option_new(&option);
    np_assert(failed == 0); /* only without memory */
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_not_sent);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_continuations(option, NP_HTTP2_CONTINUATIONS_MAX);
    nghttp2_option_set_peer_max_concurrent_streams(option, FIRST_STREAMS);
}

/* --- links --- */

static void begin_session(struct np_http2_link *l)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NP_HTTP2_STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, NP_HTTP_HEAD_MAX},
    };
    pthread_once(&once, make_constants);
    int failed = nghttp2_session_client_new2(&l->session, callbacks, l, option) |
                 nghttp2_submit_settings(l->session, NGHTTP2_FLAG_NONE, settings,
                                         sizeof(settings) / sizeof(settings[0])) |
                 nghttp2_session_set_local_window_size(l->session, NGHTTP2_FLAG_NONE, 0,
                                                       NP_HTTP2_CONN_WINDOW);
    np_assert(failed == 0);
    NP_LIST_EACH(n, &l->calls)
    begin_call(call_of(n));
}

/* The server speaks HTTP/1.1: this connection is the first call's, the others get their own. */
static void fall_back(struct np_http2_link *l)
{
    struct np_stream *s = l->stream;
    l->stream = NULL;
    l->dead = true;
    while (!np_list_empty(&l->calls)) {
        struct np_http_call *c = call_of(l->calls.next);
        leave(c);
        np_http_call_use_http1(c, s);
        s = NULL;
    }
    np_stream_close(s);
}

/* Fills the queue with frames; true: there is more in it than before. */
static bool pump(struct np_http2_link *l)
{
    uint64_t before = l->out.bytes;
    l->full = false;
    while (!l->full && l->out.bytes < NP_HTTP2_OUT_MAX) {
        const uint8_t *p;
        ssize_t n = nghttp2_session_mem_send(l->session, &p);
        if (n < 0)
            lose_link(l, NP_EIO, nghttp2_strerror((int)n));
        if (n <= 0)
            break;
        np_http_out_copy(&l->out, np_str_n(p, (size_t)n));
    }
    return l->out.bytes > before;
}

static bool receive(struct np_http2_link *l)
{
    ssize_t n =
        nghttp2_session_mem_recv(l->session, (const uint8_t *)l->in.unread.p, l->in.unread.n);
    if (n < 0)
        lose_link(l, NP_EPROTO, nghttp2_strerror((int)n));
    else
        np_http_in_take(&l->in, (size_t)n);
    return n >= 0;
}

static void flush(struct np_http2_link *l)
{
    int rc = np_http_out_empty(&l->out) ? 0 : np_http_out_flush(&l->out, l->stream);
    if (rc == NP_LATER)
        l->again = true;
    else if (rc < 0 && rc != NP_EAGAIN)
        l->in.readable = true; /* what the server said before can still be read */
}

static bool step(struct np_http2_link *l)
{
    flush(l);
    if (l->in.unread.n > 0)
        return receive(l);
    if (pump(l))
        return true;
    if (l->dead)
        return false;
    int rc = np_http_in_fill(&l->in, l->pool->local, l->stream);
    if (rc < 0)
        lose_link(l, NP_ECLOSED, "the server closed the connection without a response");
    else if (!nghttp2_session_want_read(l->session) && !nghttp2_session_want_write(l->session))
        lose_link(l, NP_ECLOSED, "the server broke the protocol");
    return rc > 0 && !l->dead;
}

static void run_session(struct np_http2_link *l)
{
    np_http_buf_take(l->pool->local);
    l->running = true;
    l->again = l->in.again = false;
    l->in.budget = NP_HTTP_TURN_BYTES;
    unsigned steps = 0;
    while (!l->dead && step(l)) {
        if (++steps == NP_HTTP_TURN_STEPS) {
            l->again = true;
            break;
        }
    }
    np_http_in_keep(&l->in);
    np_http_buf_give(l->pool->local);
    l->running = false;
}

static void run(struct np_http2_link *l)
{
    if (l->session != NULL && !l->dead)
        run_session(l);
    bool useless = l->n_calls == 0 && (l->session == NULL || l->closing || l->pool->idle_ms == 0);
    if (l->dead || useless) {
        link_free(l);
        return;
    }
    if (l->n_calls == 0 && l->idle.loop == NULL)
        np_timer_set(l->pool->loop, &l->idle, l->pool->idle_ms, on_idle);
    else if (l->n_calls > 0)
        np_timer_stop(&l->idle);
    if (l->again || l->in.again)
        wake(l);
}

static void on_link(void *arg, unsigned events)
{
    struct np_http2_link *l = NP_CAST(np_http2_link, arg, LINK_MAGIC);
    np_http_in_events(&l->in, events);
    if (events & NP_WRITABLE)
        l->out.blocked = false;
    if (events & NP_HANGUP && l->session == NULL)
        lose_link(l, NP_ECLOSED, "cannot connect");
    else if (events & NP_HANGUP)
        l->in.readable = true;
    else if (l->session == NULL && events & NP_WRITABLE) {
        if (np_str_is(np_stream_alpn(l->stream), "h2"))
            begin_session(l);
        else
            fall_back(l);
    }
    run(l);
}

static bool has_room(const struct np_http2_link *l)
{
    if (l->closing || l->dead)
        return false;
    if (l->session == NULL)
        return l->n_calls < FIRST_STREAMS;
    return nghttp2_session_check_request_allowed(l->session) &&
           l->n_calls < nghttp2_session_get_remote_settings(
                            l->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

static struct np_http2_link *find(struct np_http_pool *p, struct np_str key)
{
    NP_LIST_EACH(n, &p->links)
    if (np_str_eq(link_of(n)->key, key) && has_room(link_of(n)))
        return link_of(n);
    return NULL;
}

static int connect_link(struct np_http_call *c, struct np_http2_link **out, struct np_err *err)
{
    struct np_http_pool *p = c->pool;
    int fd;
    int rc = np_dial(p->egress, c->opts.purpose, &c->opts.to, &fd, err);
    if (rc < 0)
        return rc;
    struct np_http2_link *l = np_heap_alloc(sizeof(*l) + c->key.n);
    l->magic = LINK_MAGIC;
    l->pool = p;
    memcpy(l + 1, c->key.p, c->key.n);
    l->key = np_str_n(l + 1, c->key.n);
    np_http_out_init(&l->out);
    np_list_init(&l->calls);
    rc = np_stream_connect(p->loop, fd, c->opts.tls, c->opts.server_name, on_link, l, &l->stream,
                           err);
    if (rc < 0) {
        np_free(l);
        return rc;
    }
    np_stream_offer_h2(l->stream);
    np_list_append(&p->links, &l->node);
    *out = l;
    return 0;
}

int np_http2_link_take(struct np_http_call *c, struct np_err *err)
{
    struct np_http2_link *l = find(c->pool, c->key);
    int rc = 0;
    if (l == NULL) {
        struct np_stream *idle = np_http_pool_take(c->pool, c->key);
        if (idle != NULL) { /* a server that chose HTTP/1.1 before */
            c->reused = true;
            np_http_call_use_http1(c, idle);
            return 0;
        }
        rc = connect_link(c, &l, err);
    }
    if (rc < 0)
        return rc;
    c->link = l;
    c->by_http2 = true;
    l->n_calls++;
    np_list_append(&l->calls, &c->of_link);
    if (l->session != NULL)
        begin_call(c);
    wake(l);
    return 0;
}
