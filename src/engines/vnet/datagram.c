/* SPDX-License-Identifier: Apache-2.0 */
/* datagram.c - UDP through the relay: a session is who sent and whom it meant.
 *
 * What arrives for somebody who stands nowhere inside is read from one transparent socket, with its
 * destination beside it. A session has two sockets: a connected one outside, and one inside that is
 * bound to the foreign address and connected to the guest, from which answers come. The agent makes
 * the latter; datagrams that come before it is there are sent on all the same. */
#include "engines/vnet/relay.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "engines/vnet/udpsessions.h"
#include "engines/vnet/vnet_int.h"
#include "io/net.h"

#define DATAGRAMS_MAGIC 0x766e6467u
#define CONTROL_MAX     64
#define TURN            64

struct key {
    struct in_addr from_ip, to_ip;
    uint16_t from_port, to_port;
};

struct session {
    struct vnet_udp_session base;
    struct np_datagrams *d;
    struct key key;
    struct sockaddr_in from, to;
    int outside, inside; /* -1: none; outside -1: nobody may go there */
    bool asked;          /* for the inner one */
    struct np_watch watch;
};

struct np_datagrams {
    uint32_t magic;
    struct np_vnet *v;
    size_t worker;
    struct np_loop *loop;
    np_datagram_dial_fn *dial;
    void *arg;
    int fd;
    unsigned refs; /* its own, and of sockets that are being made */
    struct np_watch watch;
    struct np_defer later;
    struct vnet_udp_sessions sessions;
    uint8_t bytes[NP_RELAY_DATAGRAM_MAX];
};

static struct np_str key_of(const struct key *k)
{
    return np_str_n(k, sizeof(*k));
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void end_session(struct vnet_udp_session *base)
{
    struct session *s = NP_CONTAINER(base, struct session, base);
    np_watch_del(&s->watch);
    close_one(&s->outside);
    close_one(&s->inside);
    vnet_udp_session_remove(base);
    np_free(s);
}

/* --- answers --- */

/* By key: the session may be gone when its socket comes. */
struct making {
    struct np_datagrams *d;
    struct key key;
};

static int bind_reply(struct session *s)
{
    static const int on = 1;
    struct np_err err;
    setsockopt(s->inside, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(s->inside, (struct sockaddr *)&s->to, sizeof(s->to)) != 0 ||
        np_dial_inside(s->inside, &s->from, &err) != 0)
        return -1;
    return 0;
}

static void pass_answers(struct session *s)
{
    struct np_datagrams *d = s->d;
    for (int i = 0; s->inside >= 0 && i < TURN; i++) {
        ssize_t n = recv(s->outside, d->bytes, sizeof(d->bytes), MSG_DONTWAIT);
        if (n < 0)
            return;
        vnet_udp_session_used(&s->base);
        send(s->inside, d->bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

static void on_outside(struct np_watch *w, unsigned events)
{
    pass_answers(NP_CONTAINER(w, struct session, watch));
}

static void unref(struct np_datagrams *d)
{
    if (--d->refs == 0)
        np_free(d);
}

static void got_inside(void *arg, int fd)
{
    struct making *x = arg;
    struct np_datagrams *d = x->d;
    struct session *s = vnet_udp_session_find(&d->sessions, key_of(&x->key));
    if (s != NULL && s->inside < 0 && fd >= 0) {
        s->inside = fd;
        fd = -1;
        if (bind_reply(s) != 0)
            close_one(&s->inside);
        else
            pass_answers(s); /* what came meanwhile */
    }
    if (s != NULL)
        s->asked = s->inside >= 0;
    close_one(&fd);
    unref(d);
    np_free(x);
}

static void want_inside(struct session *s)
{
    struct making *x = np_heap_new(struct making);
    *x = (struct making){.d = s->d, .key = s->key};
    s->asked = true;
    s->d->refs++;
    vnet_udp(s->d->v, s->d->worker, true, got_inside, x);
}

/* --- sessions --- */

static void open_outside(struct session *s)
{
    struct np_datagrams *d = s->d;
    struct np_err err;
    if (d->dial(d->arg, &s->to, &s->outside, &err) != 0) {
        s->outside = -1; /* kept: what follows is dropped without asking again */
        return;
    }
    if (np_watch_add(d->loop, &s->watch, s->outside, NP_READABLE, on_outside, &err) != 0)
        close_one(&s->outside);
}

static struct session *session_of(struct np_datagrams *d, const struct sockaddr_in *from,
                                  const struct sockaddr_in *to)
{
    const struct key key = {from->sin_addr, to->sin_addr, from->sin_port, to->sin_port};
    struct session *s = vnet_udp_session_find(&d->sessions, key_of(&key));
    if (s != NULL)
        return s;
    s = np_heap_new(struct session);
    *s =
        (struct session){.d = d, .key = key, .from = *from, .to = *to, .outside = -1, .inside = -1};
    vnet_udp_session_add(&d->sessions, &s->base, key_of(&s->key));
    open_outside(s);
    return s;
}

/* --- what guests send --- */

static bool meant_for(struct msghdr *h, struct sockaddr_in *to)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
        if (c->cmsg_level != SOL_IP || c->cmsg_type != IP_ORIGDSTADDR)
            continue;
        memcpy(to, CMSG_DATA(c), sizeof(*to));
        return true;
    }
    return false;
}

/* False: there is nothing to read. */
static bool read_one(struct np_datagrams *d)
{
    struct sockaddr_in from, to;
    _Alignas(struct cmsghdr) uint8_t control[CONTROL_MAX];
    struct iovec iov = {d->bytes, sizeof(d->bytes)};
    struct msghdr h = {.msg_name = &from,
                       .msg_namelen = sizeof(from),
                       .msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    ssize_t n = recvmsg(d->fd, &h, MSG_DONTWAIT);
    if (n < 0)
        return errno == EINTR;
    if (!meant_for(&h, &to))
        return true;
    struct session *s = session_of(d, &from, &to);
    vnet_udp_session_used(&s->base);
    if (s->outside < 0)
        return true;
    if (s->inside < 0 && !s->asked)
        want_inside(s);
    send(s->outside, d->bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    return true;
}

static void read_some(void *arg)
{
    struct np_datagrams *d = NP_CAST(np_datagrams, arg, DATAGRAMS_MAGIC);
    for (int i = 0; i < TURN; i++)
        if (!read_one(d))
            return;
    np_defer(d->loop, &d->later, read_some, d);
}

static void on_inside(struct np_watch *w, unsigned events)
{
    read_some(NP_CONTAINER(w, struct np_datagrams, watch));
}

/* --- life --- */

struct np_datagrams *np_datagrams_new(struct np_vnet *v, size_t worker, int fd,
                                      np_datagram_dial_fn *dial, void *arg, struct np_err *err)
{
    static const int on = 1;
    struct np_loop *l = vnet_loop(v, worker);
    struct np_datagrams *d = np_heap_new(struct np_datagrams);
    d->magic = DATAGRAMS_MAGIC;
    d->v = v;
    d->worker = worker;
    d->loop = l;
    d->dial = dial;
    d->arg = arg;
    d->fd = fd;
    d->refs = 1;
    vnet_udp_sessions_begin(&d->sessions, l, end_session);
    int rc = 0;
    if (setsockopt(fd, SOL_IP, IP_RECVORIGDSTADDR, &on, sizeof(on)) != 0)
        rc = np_err_errno(err, errno, "no destination can be told");
    if (rc == 0)
        rc = np_watch_add(l, &d->watch, fd, NP_READABLE, on_inside, err);
    if (rc != 0) {
        np_datagrams_free(d);
        return NULL;
    }
    np_defer(l, &d->later, read_some, d);
    return d;
}

void np_datagrams_free(struct np_datagrams *d)
{
    if (d == NULL)
        return;
    np_watch_del(&d->watch);
    np_defer_cancel(&d->later);
    vnet_udp_sessions_end(&d->sessions);
    close_one(&d->fd);
    unref(d);
}

size_t np_datagrams_sessions(const struct np_datagrams *d)
{
    return d->sessions.n;
}
