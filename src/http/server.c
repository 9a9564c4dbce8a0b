/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - the listener: accepting, counting connections, draining. */
#include "http/server.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/limits.h"
#include "http/server_int.h"

#define SERVER_MAGIC    0x48535256
#define ACCEPT_BATCH    64
#define ACCEPT_RETRY_MS 100

const struct np_http_config np_http_default_config = {
    .limits = {.head_bytes = NP_HTTP_HEAD_MAX,
               .fields = NP_HTTP_FIELDS_MAX,
               .target_bytes = NP_HTTP_TARGET_MAX},
    .head_timeout_ms = 20000,
    .idle_timeout_ms = 75000,
    .handshake_timeout_ms = 20000,
    .stall_timeout_ms = 60000,
    .max_connections = 20000,
    .write_high_bytes = (size_t)256 * 1024,
};

static void retry_accept(struct np_timer *t);

static void take_connection(struct np_http_server *s, int fd)
{
    if (s->n_conns >= s->config.max_connections)
        close(fd);
    else
        np_http_conn_new(s, fd);
}

/* False when there is nothing to accept now. */
static bool accept_one(struct np_http_server *s)
{
    int fd = accept4(s->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        take_connection(s, fd);
        return true;
    }
    if (errno == EINTR || errno == ECONNABORTED)
        return true;
    /* Out of descriptors or memory: the queue stays full and no new edge comes. */
    if (errno != EAGAIN)
        np_timer_set(s->loop, &s->retry, ACCEPT_RETRY_MS, retry_accept);
    return false;
}

static void run_later(void *arg)
{
    struct np_http_server *s = NP_CAST(np_http_server, arg, SERVER_MAGIC);
    if (s->draining) {
        s->drained(s->drained_arg);
        return;
    }
    for (int i = 0; i < ACCEPT_BATCH; i++)
        if (!accept_one(s))
            return;
    np_defer(s->loop, &s->later, run_later, s);
}

static void retry_accept(struct np_timer *t)
{
    run_later(NP_CONTAINER(t, struct np_http_server, retry));
}

static void on_listener(struct np_watch *w, unsigned events)
{
    run_later(NP_CONTAINER(w, struct np_http_server, listener));
}

static char *copy_text(struct np_str s)
{
    char *p = np_heap_alloc(s.n + 1);
    memcpy(p, s.p, s.n);
    return p;
}

int np_http_server_new(struct np_loop *l, int listen_fd, struct np_tls *tls,
                       const struct np_http_config *c, const struct np_http_handlers *h, void *arg,
                       struct np_http_server **out, struct np_err *err)
{
    struct np_http_server *s = np_heap_new(struct np_http_server);
    s->magic = SERVER_MAGIC;
    s->loop = l;
    s->local = np_http_local(l);
    s->tls = tls;
    s->config = *c;
    if (c->server.p != NULL)
        s->config.server.p = copy_text(c->server);
    s->handlers = *h;
    s->arg = arg;
    np_list_init(&s->conns);
    s->listener.fd = listen_fd;
    int rc =
        listen_fd < 0 ? 0 : np_watch_add(l, &s->listener, listen_fd, NP_READABLE, on_listener, err);
    if (rc < 0) {
        np_http_server_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

void np_http_server_adopt(struct np_http_server *s, int fd)
{
    if (s->draining)
        close(fd);
    else
        take_connection(s, fd);
}

static void stop_listening(struct np_http_server *s)
{
    np_watch_del(&s->listener);
    np_timer_stop(&s->retry);
    np_defer_cancel(&s->later);
    if (s->listener.fd >= 0)
        close(s->listener.fd);
    s->listener.fd = -1;
}

static struct np_http_conn *conn_of(struct np_node *n)
{
    return NP_CONTAINER(n, struct np_http_conn, node);
}

void np_http_server_drain(struct np_http_server *s, void (*done)(void *arg), void *arg)
{
    np_assert(!s->draining);
    stop_listening(s);
    s->draining = true;
    s->drained = done;
    s->drained_arg = arg;
    if (s->n_conns == 0)
        np_defer(s->loop, &s->later, run_later, s);
    NP_LIST_EACH(n, &s->conns)
    conn_of(n)->proto->drain(conn_of(n));
}

void np_http_server_conn_gone(struct np_http_server *s)
{
    s->n_conns--;
    if (s->draining && s->n_conns == 0)
        np_defer(s->loop, &s->later, run_later, s);
}

void np_http_server_free(struct np_http_server *s)
{
    if (s == NULL)
        return;
    stop_listening(s);
    while (!np_list_empty(&s->conns))
        np_http_conn_kill(conn_of(s->conns.next));
    np_defer_cancel(&s->later);
    np_free((void *)(uintptr_t)s->config.server.p);
    s->magic = 0;
    np_free(s);
}

size_t np_http_server_connections(const struct np_http_server *s)
{
    return s->n_conns;
}
