/* SPDX-License-Identifier: Apache-2.0 */
/* udpport.c - UDP from this host to a public address: a session a peer.
 *
 * All peers send to one socket and are answered from it. A session's own socket is in the internet,
 * connected to the address; the agent makes it, and the first datagram waits for it. */
#include "engines/vnet/relay.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "engines/vnet/udpsessions.h"
#include "engines/vnet/vnet_int.h"
#include "io/net.h"

#define TURN 64

struct key {
    struct in_addr ip;
    uint16_t port, zero;
};

struct session {
    struct vnet_udp_session base;
    struct np_udp_port *p;
    struct key key;
    struct sockaddr_in peer;
    int inside; /* -1: not there yet, `held` waits for it */
    struct np_buf held;
    struct np_watch watch;
    struct np_defer later;
};

struct np_udp_port {
    struct np_vnet *v;
    size_t worker;
    struct np_loop *loop;
    struct sockaddr_in from, to;
    int fd;
    unsigned refs; /* its own, and of sockets that are being made */
    struct np_watch watch;
    struct np_defer later;
    struct vnet_udp_sessions sessions;
    uint8_t bytes[NP_RELAY_DATAGRAM_MAX];
};

/* --- sessions --- */

static struct np_str key_of(const struct key *k)
{
    return np_str_n(k, sizeof(*k));
}

static void end_session(struct vnet_udp_session *base)
{
    struct session *s = NP_CONTAINER(base, struct session, base);
    np_watch_del(&s->watch);
    np_defer_cancel(&s->later);
    if (s->inside >= 0)
        close(s->inside);
    vnet_udp_session_remove(base);
    np_buf_fini(&s->held);
    np_free(s);
}

static void pass_answers(void *arg)
{
    struct session *s = arg;
    struct np_udp_port *p = s->p;
    for (int i = 0; i < TURN; i++) {
        ssize_t n = recv(s->inside, p->bytes, sizeof(p->bytes), MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) /* that nobody listens there: the peer is told by silence */
            continue;
        vnet_udp_session_used(&s->base);
        sendto(p->fd, p->bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&s->peer,
               sizeof(s->peer));
    }
    np_defer(p->loop, &s->later, pass_answers, s);
}

static void on_answers(struct np_watch *w, unsigned events)
{
    pass_answers(NP_CONTAINER(w, struct session, watch));
}

/* --- the socket inside --- */

struct making { /* by key: the session may be gone when it comes */
    struct np_udp_port *p;
    struct key key;
};

static void unref(struct np_udp_port *p)
{
    if (--p->refs == 0)
        np_free(p);
}

static int connect_inside(struct session *s, int fd)
{
    struct np_udp_port *p = s->p;
    struct np_err err;
    if (bind(fd, (struct sockaddr *)&p->from, sizeof(p->from)) != 0 ||
        np_dial_inside(fd, &p->to, &err) != 0 ||
        np_watch_add(p->loop, &s->watch, fd, NP_READABLE, on_answers, &err) != 0)
        return -1;
    s->inside = fd;
    send(fd, s->held.p, s->held.n, MSG_DONTWAIT | MSG_NOSIGNAL);
    np_buf_fini(&s->held);
    return 0;
}

static void got_inside(void *arg, int fd)
{
    struct making *x = arg;
    struct np_udp_port *p = x->p;
    struct session *s = vnet_udp_session_find(&p->sessions, key_of(&x->key));
    bool wanted = s != NULL && s->inside < 0;
    if (!wanted || fd < 0 || connect_inside(s, fd) != 0) {
        if (fd >= 0)
            close(fd);
        if (wanted)
            end_session(&s->base); /* the next datagram begins again */
    }
    unref(p);
    np_free(x);
}

static struct session *session_of(struct np_udp_port *p, const struct sockaddr_in *peer,
                                  struct np_str first)
{
    const struct key key = {.ip = peer->sin_addr, .port = peer->sin_port};
    struct session *s = vnet_udp_session_find(&p->sessions, key_of(&key));
    if (s != NULL)
        return s;
    s = np_heap_new(struct session);
    *s = (struct session){.p = p, .key = key, .peer = *peer, .inside = -1};
    np_buf_init(&s->held, NULL, NP_RELAY_DATAGRAM_MAX);
    np_buf_str_add(&s->held, first);
    vnet_udp_session_add(&p->sessions, &s->base, key_of(&s->key));
    struct making *x = np_heap_new(struct making);
    *x = (struct making){p, key};
    p->refs++;
    vnet_udp(p->v, p->worker, false, got_inside, x);
    return s;
}

/* --- what peers send --- */

/* False: there is nothing to read. */
static bool read_one(struct np_udp_port *p)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    ssize_t n =
        recvfrom(p->fd, p->bytes, sizeof(p->bytes), MSG_DONTWAIT, (struct sockaddr *)&peer, &len);
    if (n < 0)
        return errno == EINTR;
    struct session *s = session_of(p, &peer, np_str_n((const char *)p->bytes, (size_t)n));
    vnet_udp_session_used(&s->base);
    if (s->inside >= 0)
        send(s->inside, p->bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    return true;
}

static void read_some(void *arg)
{
    struct np_udp_port *p = arg;
    for (int i = 0; i < TURN; i++)
        if (!read_one(p))
            return;
    np_defer(p->loop, &p->later, read_some, p);
}

static void on_peers(struct np_watch *w, unsigned events)
{
    read_some(NP_CONTAINER(w, struct np_udp_port, watch));
}

/* --- life --- */

struct np_udp_port *np_udp_port_new(struct np_vnet *v, size_t worker, int fd, struct in_addr from,
                                    const struct sockaddr_in *to, struct np_err *err)
{
    struct np_udp_port *p = np_heap_new(struct np_udp_port);
    p->v = v;
    p->worker = worker;
    p->loop = vnet_loop(v, worker);
    p->from = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = from};
    p->to = *to;
    p->fd = fd;
    p->refs = 1;
    vnet_udp_sessions_begin(&p->sessions, p->loop, end_session);
    if (np_watch_add(p->loop, &p->watch, fd, NP_READABLE, on_peers, err) != 0) {
        np_udp_port_free(p);
        return NULL;
    }
    np_defer(p->loop, &p->later, read_some, p); /* what came before it was watched */
    return p;
}

void np_udp_port_free(struct np_udp_port *p)
{
    if (p == NULL)
        return;
    np_watch_del(&p->watch);
    np_defer_cancel(&p->later);
    vnet_udp_sessions_end(&p->sessions);
    close(p->fd);
    unref(p);
}
