/* SPDX-License-Identifier: Apache-2.0 */
/* http2.c - what a connection that speaks HTTP/2 does next: serve the handlers that asked for
 * something, receive, fill the queue with frames. nghttp2 knows frames, header compression and
 * windows; its callbacks end here.
 */
#include "http/http2.h"

#include <pthread.h>

#include "base/arena.h"

static struct np_http2_x *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static struct np_http2_x *of_node(struct np_node *n)
{
    return NP_CONTAINER(n, struct np_http2_x, node);
}

void np_http2_put(struct np_http2 *h2, struct np_str bytes)
{
    np_http_out_copy(&h2->conn->out, bytes);
    h2->queued += bytes.n;
}

static uint64_t sent_so_far(const struct np_http2 *h2)
{
    return h2->queued - h2->conn->out.bytes;
}

/* --- the ends of streams and connections --- */

/* A stream is over as far as nghttp2 goes; what it has lent may still be on its way. */
static void close_stream(struct np_http2_x *s, bool complete)
{
    struct np_http2 *h2 = s->h2;
    struct np_http_x *x = &s->x;
    h2->n_streams--;
    if (h2->heading == s)
        h2->heading = NULL;
    s->closed = true;
    s->complete = complete;
    np_list_remove(&s->ready);
    np_list_remove(&s->node);
    np_list_append(&h2->leaving, &s->node);
    if (!complete && s->begun && x->reading && !x->read_over && !x->ended && !x->aborted)
        np_http_x_tell_reader(x, NP_ECLOSED);
    if (s->begun && sent_so_far(h2) < (complete ? s->mark : s->lent_mark))
        return; /* sent() ends it */
    np_http2_x_end(s);
}

static bool sent(struct np_http_conn *c)
{
    uint64_t so_far = sent_so_far(c->h2);
    NP_LIST_EACH(n, &c->h2->leaving)
    {
        struct np_http2_x *s = of_node(n);
        if (so_far >= (s->complete ? s->mark : s->lent_mark))
            np_http2_x_end(s);
    }
    return false;
}

static void close_streams(struct np_http2 *h2)
{
    while (!np_list_empty(&h2->streams))
        close_stream(of_node(h2->streams.next), false);
}

static bool lose(struct np_http_conn *c)
{
    struct np_http2 *h2 = c->h2;
    close_streams(h2);
    while (!np_list_empty(&h2->leaving)) {
        struct np_http2_x *s = of_node(h2->leaving.next);
        s->complete = false;
        np_http2_x_end(s);
    }
    c->dead = true;
    return false;
}

static void put_u32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(v >> (24 - 8 * i));
}

/* Says why and ends; the session may be broken, so the frame is made here. */
static bool end_session(struct np_http2 *h2, uint32_t code)
{
    char frame[17] = {0, 0, 8, NGHTTP2_GOAWAY};
    struct np_http_conn *c = h2->conn;
    put_u32(frame + 9, (uint32_t)h2->last_id);
    put_u32(frame + 13, code);
    np_http2_put(h2, np_str_n(frame, sizeof(frame)));
    h2->over = true;
    close_streams(h2);
    c->ending = c->lingers = true;
    c->in.unread = NP_STR_NULL;
    return true;
}

/* --- callbacks of nghttp2: receiving --- */

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *arg)
{
    struct np_http2 *h2 = arg;
    h2->calm |= !np_http2_guard_frame(h2, hd);
    return h2->calm ? NGHTTP2_ERR_CALLBACK_FAILURE : 0; /* nothing more is looked at */
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct np_http2 *h2 = arg;
    struct np_http2_x *s = stream_of(session, frame->hd.stream_id);
    if (s == NULL && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        s = np_http2_x_new(h2, frame->hd.stream_id);
        nghttp2_session_set_stream_user_data(session, s->id, s);
        np_list_append(&h2->streams, &s->node);
        h2->n_streams++;
        h2->last_id = s->id;
        h2->conn->wait = WAIT_NOTHING; /* what is waited for next has its time anew */
    }
    h2->heading = s;
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags, void *arg)
{
    struct np_http2 *h2 = arg;
    struct np_http2_x *s = stream_of(session, frame->hd.stream_id);
    if (s == NULL)
        return 0;
    struct np_str n = np_str_n(name, name_n), v = np_str_n(value, value_n);
    bool ok = frame->headers.cat == NGHTTP2_HCAT_REQUEST ? np_http2_x_field(s, n, v)
                                                         : np_http2_x_trailer(s, n, v);
    return h2->calm ? NGHTTP2_ERR_CALLBACK_FAILURE : ok ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/* nghttp2 would leave a malformed field out and go on; HTTP/1 refuses the request. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_n, const uint8_t *value,
                             size_t value_n, uint8_t flags, void *arg)
{
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/* Frames of types that nobody knows are ignored (RFC 9113, 4.1), but counted, for which nghttp2 has
 * to think that we know them. */
static int on_unknown(nghttp2_session *session, void **payload, const nghttp2_frame_hd *hd,
                      void *arg)
{
    return NGHTTP2_ERR_CANCEL;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct np_http2 *h2 = arg;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    struct np_http2_x *s = stream_of(session, frame->hd.stream_id);
    if (s == NULL)
        return 0;
    s->remote_ended |= (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS)
        h2->heading = NULL;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        np_http2_x_begin(s);
    else if (s->remote_ended)
        np_http2_x_wake(s);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t n, void *arg)
{
    struct np_http2_x *s = stream_of(session, id);
    if (s != NULL)
        np_http2_x_receive(s, np_str_n(data, n));
    else
        nghttp2_session_consume_connection(session, n);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *arg)
{
    struct np_http2 *h2 = arg;
    struct np_http2_x *s = stream_of(session, id);
    if (s == NULL)
        return 0;
    nghttp2_session_consume_connection(session, s->body.n);
    if (!s->local_ended && !s->x.aborted)
        h2->calm |= !np_http2_guard_reset(h2);
    close_stream(s, s->local_ended);
    return 0;
}

/* --- callbacks of nghttp2: sending --- */

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct np_http2 *h2 = arg;
    uint8_t type = frame->hd.type;
    if (type != NGHTTP2_HEADERS && type != NGHTTP2_DATA)
        return 0;
    struct np_http2_x *s = stream_of(session, frame->hd.stream_id);
    if (s == NULL)
        return 0;
    s->mark = h2->queued;
    if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    s->local_ended = true;
    /* The answer is complete and nobody reads the rest of the question (RFC 9113, 8.1). */
    if (!s->remote_ended)
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_NO_ERROR);
    return 0;
}

/* A head that is larger than any: without it nothing of the response can follow. */
static int on_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error, void *arg)
{
    struct np_http2_x *s = stream_of(session, frame->hd.stream_id);
    if (s != NULL && frame->hd.type == NGHTTP2_HEADERS)
        np_http2_x_reset(s, NGHTTP2_INTERNAL_ERROR);
    return 0;
}

static int on_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head,
                        size_t n, nghttp2_data_source *source, void *arg)
{
    struct np_http2 *h2 = arg;
    struct np_http2_x *s = source->ptr;
    if (h2->conn->out.bytes >= NP_HTTP2_OUT_MAX) {
        h2->full = true;
        return NGHTTP2_ERR_WOULDBLOCK;
    }
    if (np_http_out_load(&s->out, n) < 0)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    np_http2_put(h2, np_str_n(head, 9));
    bool lent = np_http_out_move(&s->out, &h2->conn->out, n);
    h2->queued += n;
    s->mark = h2->queued;
    if (lent)
        s->lent_mark = h2->queued;
    s->moved_ms = np_now_ms(h2->conn->server->loop);
    if (s->x.want_drain && np_http_out_empty(&s->out))
        np_http2_x_wake(s);
    return 0;
}

/* --- the session --- */

static nghttp2_session_callbacks *callbacks; /* constant once made */
static nghttp2_option *option;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_constants(void)
{
    int failed = nghttp2_session_callbacks_new(&callbacks) | nghttp2_option_new(&option);
    np_assert(failed == 0); /* only without memory */
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_unpack_extension_callback(callbacks, on_unknown);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_not_sent);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
    nghttp2_option_set_no_auto_window_update(option, 1);
    for (unsigned type = NGHTTP2_CONTINUATION + 1; type <= UINT8_MAX; type++)
        nghttp2_option_set_user_recv_extension_type(option, (uint8_t)type);
    nghttp2_option_set_max_continuations(option, NP_HTTP2_CONTINUATIONS_MAX);
    nghttp2_option_set_max_send_header_block_length(option, NP_HTTP_MADE_HEAD_MAX);
    nghttp2_option_set_max_outbound_ack(option, NP_HTTP2_CONTROLS_MAX);
    nghttp2_option_set_stream_reset_rate_limit(option, UINT16_MAX, UINT16_MAX); /* ours is lower */
}

void np_http2_begin(struct np_http_conn *c)
{
    pthread_once(&once, make_constants);
    struct np_http2 *h2 = np_heap_new(struct np_http2);
    h2->conn = c;
    np_list_init(&h2->streams);
    np_list_init(&h2->leaving);
    np_list_init(&h2->ready);
    h2->guard.since_ms = np_now_ms(c->server->loop);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, NP_HTTP2_STREAMS_MAX},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NP_HTTP2_STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)c->server->config.limits.head_bytes},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };
    nghttp2_mem mem = np_http2_mem(h2);
    int failed = nghttp2_session_server_new3(&h2->session, callbacks, h2, option, &mem) |
                 nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings,
                                         sizeof(settings) / sizeof(settings[0])) |
                 nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0,
                                                       NP_HTTP2_CONN_WINDOW);
    np_assert(failed == 0);
    c->h2 = h2;
    c->proto = &np_http2;
}

/* --- steps --- */

static uint32_t code_of(ssize_t failure)
{
    switch (failure) {
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC:
        return NGHTTP2_PROTOCOL_ERROR;
    case NGHTTP2_ERR_NOMEM:
        return NGHTTP2_INTERNAL_ERROR;
    default: /* floods */
        return NGHTTP2_ENHANCE_YOUR_CALM;
    }
}

static bool receive(struct np_http2 *h2)
{
    struct np_http_in *in = &h2->conn->in;
    ssize_t n = nghttp2_session_mem_recv(h2->session, (const uint8_t *)in->unread.p, in->unread.n);
    if (h2->calm)
        return end_session(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    if (n < 0)
        return end_session(h2, code_of(n));
    np_http_in_take(in, (size_t)n);
    return true;
}

/* Fills the queue with frames; true: there is more in it than before. */
static bool pump(struct np_http2 *h2)
{
    uint64_t before = h2->queued;
    h2->full = false;
    while (!h2->full && h2->conn->out.bytes < NP_HTTP2_OUT_MAX) {
        const uint8_t *p;
        ssize_t n = nghttp2_session_mem_send(h2->session, &p);
        if (n < 0)
            return end_session(h2, NGHTTP2_INTERNAL_ERROR);
        if (n == 0)
            break;
        np_http2_put(h2, np_str_n(p, (size_t)n));
    }
    if (h2->calm)
        return end_session(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    return h2->queued != before;
}

static bool serve(struct np_http2 *h2)
{
    struct np_node *n = np_list_pop(&h2->ready);
    if (n == NULL)
        return false;
    struct np_http2_x *s = NP_CONTAINER(n, struct np_http2_x, ready);
    if (np_http2_x_serve(s) && !s->closed)
        np_http2_x_wake(s);
    return true;
}

static bool step(struct np_http_conn *c)
{
    struct np_http2 *h2 = c->h2;
    if (c->ending)
        return np_http_conn_step_end(c);
    if (serve(h2))
        return true;
    if (c->in.unread.n > 0)
        return receive(h2);
    if (pump(h2))
        return true;
    if (!nghttp2_session_want_read(h2->session) && !nghttp2_session_want_write(h2->session)) {
        h2->over = true;
        return c->ending = c->lingers = true;
    }
    int rc = np_http_conn_fill(c);
    return rc < 0 ? lose(c) : rc > 0;
}

static void say_goaway(struct np_http2 *h2)
{
    if (h2->goaway || h2->over)
        return;
    h2->goaway = true;
    nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(h2->session), NGHTTP2_NO_ERROR,
                          NULL, 0);
}

static void drain(struct np_http_conn *c)
{
    say_goaway(c->h2);
    np_http_conn_wake(c);
}

/* --- timeouts --- */

static enum np_http_wait waits_for(const struct np_http_conn *c)
{
    const struct np_http2 *h2 = c->h2;
    if (!np_http_out_empty(&c->out))
        return WAIT_PEER;
    if (h2->heading != NULL)
        return WAIT_HEAD;
    return h2->n_streams == 0 ? WAIT_IDLE : WAIT_STREAMS;
}

/* A client that keeps all of its streams waiting is gone in all but name; one that keeps some
 * loses them. */
static bool end_stalled(struct np_http2 *h2)
{
    size_t n = 0;
    NP_LIST_EACH(node, &h2->streams)
    {
        struct np_http2_x *s = of_node(node);
        if (np_http2_x_stalls_receiving(s)) {
            s->x.read_failed = NP_ETIMEDOUT;
            np_http2_x_wake(s);
        }
        n += np_http2_x_stalls_sending(s);
    }
    if (n > 0 && n == h2->n_streams)
        return end_session(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    NP_LIST_EACH(node, &h2->streams)
    if (np_http2_x_stalls_sending(of_node(node)))
        np_http2_x_reset(of_node(node), NGHTTP2_ENHANCE_YOUR_CALM);
    h2->conn->since_ms = np_now_ms(h2->conn->server->loop);
    return true;
}

static bool timed_out(struct np_http_conn *c)
{
    if (c->wait == WAIT_STREAMS)
        return end_stalled(c->h2);
    if (c->wait == WAIT_IDLE)
        return end_session(c->h2, NGHTTP2_NO_ERROR);
    if (c->wait == WAIT_HEAD)
        return end_session(c->h2, NGHTTP2_ENHANCE_YOUR_CALM);
    return lose(c);
}

static void fini(struct np_http_conn *c)
{
    nghttp2_session_del(c->h2->session);
    np_free(c->h2);
}

const struct np_http_proto np_http2 = {step, sent, lose, waits_for, timed_out, drain, fini};
