/* SPDX-License-Identifier: Apache-2.0 */
/* tcp.c - queries over TCP (RFC 7766): length and message, any number of them in flight, answered
 * in their order. */
#include "engines/dns/server_int.h"

#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"

#define CONN_MAGIC      0x444e5343
#define READ_SIZE       4096
#define OUT_KEEP        4096 /* of a buffer that is empty */
#define FRAMES_TURN     64   /* answered before others have their turn */
#define ACCEPT_TURN     64
#define ACCEPT_RETRY_MS 100

struct dns_conn {
    uint32_t magic;
    bool ended; /* the client sends no more */
    struct np_dns_server *server;
    struct np_stream *stream;
    struct np_node node;
    struct np_defer later;
    uint64_t active_ms; /* when it last sent a whole query, or took answers */
    struct np_buf in, out;
    struct dns_wait *wait; /* the answer that is next comes from elsewhere */
};

static void on_event(void *arg, unsigned events);

static void close_conn(struct dns_conn *c)
{
    struct np_dns_server *s = c->server;
    np_list_remove(&c->node);
    s->n_conns--;
    np_defer_cancel(&c->later);
    if (c->wait != NULL)
        c->wait->conn = NULL;
    np_stream_close(c->stream);
    np_buf_fini(&c->in);
    np_buf_fini(&c->out);
    np_free(c);
}

/* --- idle ones --- */

static void on_idle(struct np_timer *t);

static void set_idle_timer(struct np_dns_server *s)
{
    if (np_list_empty(&s->conns) || s->idle.loop != NULL)
        return;
    const struct dns_conn *idlest = NP_CONTAINER(s->conns.next, struct dns_conn, node);
    uint64_t due = idlest->active_ms + s->opts.idle_ms, now = np_now_ms(s->loop);
    np_timer_set(s->loop, &s->idle, due > now ? due - now : 1, on_idle);
}

static void on_idle(struct np_timer *t)
{
    struct np_dns_server *s = NP_CONTAINER(t, struct np_dns_server, idle);
    uint64_t now = np_now_ms(s->loop);
    while (!np_list_empty(&s->conns)) {
        struct dns_conn *c = NP_CONTAINER(s->conns.next, struct dns_conn, node);
        if (now - c->active_ms < s->opts.idle_ms)
            break;
        close_conn(c);
    }
    set_idle_timer(s);
}

static void is_active(struct dns_conn *c)
{
    c->active_ms = np_now_ms(c->server->loop);
    np_list_remove(&c->node);
    np_list_append(&c->server->conns, &c->node);
}

/* --- a connection --- */

static void init_out(struct dns_conn *c)
{
    np_buf_init(&c->out, NULL, NP_DNS_TCP_OUT_MAX + 2 + NP_DNS_MESSAGE_MAX);
}

/* False: the connection is gone. */
static bool flush(struct dns_conn *c)
{
    while (c->out.n > 0) {
        struct iovec iov = {c->out.p, c->out.n};
        ssize_t n = np_stream_writev(c->stream, &iov, 1);
        if (n == NP_EAGAIN)
            return true;
        if (n < 0) {
            close_conn(c);
            return false;
        }
        np_buf_drop(&c->out, (size_t)n);
        is_active(c);
    }
    if (c->out.cap > OUT_KEEP) {
        np_buf_fini(&c->out);
        init_out(c);
    }
    return true;
}

static void put_answer(struct dns_conn *c, struct np_str message)
{
    uint8_t length[2];
    dns_put16(length, (uint16_t)message.n);
    np_buf_add(&c->out, length, 2);
    np_buf_add(&c->out, message.p, message.n);
}

/* Answers what has arrived whole; false: the client is not one of ours. */
static bool answer_frames(struct dns_conn *c, unsigned *left)
{
    size_t at = 0;
    bool ok = true;
    while (ok && c->wait == NULL && *left > 0 && c->out.n < NP_DNS_TCP_OUT_MAX &&
           c->in.n - at >= 2) {
        const uint8_t *p = (const uint8_t *)c->in.p + at;
        size_t n = dns_get16(p);
        ok = n <= NP_DNS_QUERY_MAX;
        if (!ok || c->in.n - at - 2 < n)
            break;
        size_t got = dns_server_answer(c->server, np_stream_peer(c->stream), true, p + 2, n,
                                       c->server->scratch, NP_DNS_MESSAGE_MAX, &c->wait);
        at += 2 + n;
        --*left;
        ok = got != 0 || c->wait != NULL;
        if (c->wait != NULL)
            c->wait->conn = c;
        else
            put_answer(c, np_str_n(c->server->scratch, got));
    }
    if (at != 0) {
        np_buf_drop(&c->in, at);
        is_active(c);
    }
    return ok;
}

/* A whole query is in, perhaps the beginning of another. */
static bool has_frame(const struct dns_conn *c)
{
    return c->in.n >= 2 && c->in.n - 2 >= dns_get16((const uint8_t *)c->in.p);
}

/* One read; NP_EAGAIN, 0: the end, or how many. */
static ssize_t read_some(struct dns_conn *c)
{
    np_buf_grow(&c->in, READ_SIZE);
    np_assert(np_buf_ok(&c->in));
    ssize_t n = np_stream_read(c->stream, c->in.p + c->in.n, READ_SIZE);
    if (n > 0)
        c->in.n += (size_t)n;
    return n;
}

static void later(void *arg)
{
    on_event(arg, NP_READABLE);
}

/* Reads and answers until there is nothing to read, or the client has to take answers first. */
static void serve(struct dns_conn *c)
{
    unsigned left = FRAMES_TURN;
    for (;;) {
        if (!answer_frames(c, &left)) {
            close_conn(c);
            return;
        }
        if (!flush(c) || c->wait != NULL)
            return;
        if (c->out.n >= NP_DNS_TCP_OUT_MAX)
            return; /* goes on when it can be written to */
        if (left == 0) {
            np_defer(c->server->loop, &c->later, later, c);
            return;
        }
        if (has_frame(c))
            continue;
        ssize_t n = c->ended ? 0 : read_some(c);
        if (n == NP_EAGAIN)
            return;
        c->ended = n == 0;
        if (n < 0 || (c->ended && c->out.n == 0)) {
            close_conn(c);
            return;
        }
        if (c->ended)
            return;
    }
}

static void on_event(void *arg, unsigned events)
{
    serve(NP_CAST(dns_conn, arg, CONN_MAGIC));
}

void dns_tcp_send(struct dns_conn *c, struct np_str message)
{
    c->wait = NULL;
    put_answer(c, message);
    is_active(c);
    np_defer(c->server->loop, &c->later, later, c);
}

static void new_conn(struct np_dns_server *s, int fd)
{
    if (s->n_conns >= s->opts.max_connections)
        close_conn(NP_CONTAINER(s->conns.next, struct dns_conn, node));
    struct dns_conn *c = np_heap_new(struct dns_conn);
    c->magic = CONN_MAGIC;
    c->server = s;
    np_buf_init(&c->in, NULL, 2 + NP_DNS_QUERY_MAX + READ_SIZE);
    init_out(c);
    np_list_append(&s->conns, &c->node);
    s->n_conns++;
    if (np_stream_accept(s->loop, fd, NULL, on_event, c, &c->stream, NULL) < 0) {
        c->stream = NULL;
        close_conn(c);
        return;
    }
    is_active(c);
    set_idle_timer(s);
}

/* --- the listener --- */

static void accept_again(struct np_timer *t);

static void accept_all(struct np_dns_server *s)
{
    for (int i = 0; i < ACCEPT_TURN; i++) {
        int fd = accept4(s->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            new_conn(s, fd);
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED)
            continue;
        if (errno != EAGAIN) /* no descriptors: no new edge comes */
            np_timer_set(s->loop, &s->accept_again, ACCEPT_RETRY_MS, accept_again);
        return;
    }
    np_timer_set(s->loop, &s->accept_again, 0, accept_again);
}

static void accept_again(struct np_timer *t)
{
    accept_all(NP_CONTAINER(t, struct np_dns_server, accept_again));
}

static void on_listener(struct np_watch *w, unsigned events)
{
    accept_all(NP_CONTAINER(w, struct np_dns_server, listener));
}

int dns_tcp_open(struct np_dns_server *s, const struct np_addr *at, struct np_err *err)
{
    int fd = s->opts.tcp_fd, rc = 0;
    s->opts.tcp_fd = -1;
    if (fd < 0)
        rc = np_listen_tcp(at, s->opts.reuse_port, &fd, err);
    if (rc < 0)
        return rc;
    s->listener.fd = fd;
    rc = np_watch_add(s->loop, &s->listener, fd, NP_READABLE, on_listener, err);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    s->scratch = np_heap_alloc(NP_DNS_MESSAGE_MAX);
    return 0;
}

void dns_tcp_close(struct np_dns_server *s)
{
    while (!np_list_empty(&s->conns))
        close_conn(NP_CONTAINER(s->conns.next, struct dns_conn, node));
    np_timer_stop(&s->idle);
    np_timer_stop(&s->accept_again);
    if (s->listener.loop != NULL) {
        np_watch_del(&s->listener);
        close(s->listener.fd);
    }
    np_free(s->scratch);
    s->scratch = NULL;
}
