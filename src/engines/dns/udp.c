/* SPDX-License-Identifier: Apache-2.0 */
/* udp.c - queries over UDP, many to a system call. */
#include "engines/dns/server_int.h"

#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"

#define CONTROL_MAX 64
#define SOCKET_ROOM (1 << 20)

struct dns_udp {
    struct np_dns_server *server;
    struct np_watch watch;
    struct np_defer later;
    bool any_address; /* bound to all: a reply has to say from which */
    struct mmsghdr in[NP_DNS_UDP_BATCH], out[NP_DNS_UDP_BATCH];
    struct iovec in_iov[NP_DNS_UDP_BATCH], out_iov[NP_DNS_UDP_BATCH];
    struct np_addr from[NP_DNS_UDP_BATCH];
    _Alignas(struct cmsghdr) uint8_t control[NP_DNS_UDP_BATCH][CONTROL_MAX];
    uint8_t query[NP_DNS_UDP_BATCH][NP_DNS_QUERY_MAX];
    uint8_t answer[NP_DNS_UDP_BATCH][NP_DNS_UDP_MAX];
};

/* The address that the query came to is the one that the answer comes from. */
static void reply_from(struct msghdr *to, const struct msghdr *in)
{
    to->msg_control = in->msg_controllen != 0 ? in->msg_control : NULL;
    to->msg_controllen = in->msg_controllen;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(to); c != NULL; c = CMSG_NXTHDR(to, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
            ((struct in_pktinfo *)(void *)CMSG_DATA(c))->ipi_ifindex = 0;
    }
}

/* True: all that was there was read. */
static bool read_batch(struct dns_udp *u, int *n)
{
    for (int i = 0; i < NP_DNS_UDP_BATCH; i++) {
        struct msghdr *h = &u->in[i].msg_hdr;
        h->msg_namelen = sizeof(u->from[i].u);
        h->msg_controllen = u->any_address ? CONTROL_MAX : 0;
        h->msg_flags = 0;
    }
    do {
        *n = recvmmsg(u->watch.fd, u->in, NP_DNS_UDP_BATCH, MSG_DONTWAIT, NULL);
    } while (*n < 0 && errno == EINTR);
    /* Another error is of an answer that did not arrive (ICMP), and there may be more to read. */
    return *n >= 0 ? *n < NP_DNS_UDP_BATCH : errno == EAGAIN;
}

static int answer_batch(struct dns_udp *u, int n)
{
    int n_out = 0;
    for (int i = 0; i < n; i++) {
        const struct msghdr *in = &u->in[i].msg_hdr;
        struct msghdr *out = &u->out[n_out].msg_hdr;
        u->from[i].len = in->msg_namelen;
        if (in->msg_flags & MSG_TRUNC)
            continue;
        struct dns_wait *wait;
        size_t len = dns_server_answer(u->server, &u->from[i], false, u->query[i], u->in[i].msg_len,
                                       u->answer[n_out], NP_DNS_UDP_MAX, &wait);
        if (len == 0)
            continue;
        u->out_iov[n_out].iov_len = len;
        out->msg_name = &u->from[i].u;
        out->msg_namelen = u->from[i].len;
        if (u->any_address)
            reply_from(out, in);
        n_out++;
    }
    return n_out;
}

static void send_batch(struct dns_udp *u, int n)
{
    for (int at = 0; at < n;) {
        int sent = sendmmsg(u->watch.fd, u->out + at, (unsigned)(n - at), MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return; /* as if the network had lost them */
        at += sent > 0 ? sent : 1;
    }
}

/* Sockets that were given are bound to one address. */
void dns_udp_send(struct np_dns_server *s, const struct np_addr *to, struct np_str message)
{
    if (s->udp != NULL) /* what does not go is lost, as the network may */
        sendto(s->udp->watch.fd, message.p, message.n, MSG_DONTWAIT, &to->u.sa, to->len);
}

static void serve(void *arg)
{
    struct dns_udp *u = arg;
    for (int i = 0; i < NP_DNS_UDP_TURN; i++) {
        int n;
        bool all = read_batch(u, &n);
        if (n > 0)
            send_batch(u, answer_batch(u, n));
        if (all)
            return;
    }
    np_defer(u->server->loop, &u->later, serve, u);
}

static void on_readable(struct np_watch *w, unsigned events)
{
    serve(NP_CONTAINER(w, struct dns_udp, watch));
}

static bool is_any(const struct np_addr *a)
{
    if (a->u.sa.sa_family == AF_INET)
        return a->u.v4.sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&a->u.v6.sin6_addr);
}

static int socket_at(const struct np_addr *at, bool reuse_port, bool any, int *out)
{
    static const int on = 1, room = SOCKET_ROOM;
    NP_AUTO_FD fd = socket(at->u.sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool v6 = at->u.sa.sa_family == AF_INET6;
    if (fd < 0 || (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) ||
        (v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0))
        return -1;
    if (any && setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO,
                          &on, sizeof(on)) != 0)
        return -1;
    /* As much of it as the host allows. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    if (bind(fd, &at->u.sa, at->len) != 0)
        return -1;
    *out = np_fd_take(&fd);
    return 0;
}

static void prepare(struct dns_udp *u)
{
    for (int i = 0; i < NP_DNS_UDP_BATCH; i++) {
        u->in_iov[i] = (struct iovec){u->query[i], NP_DNS_QUERY_MAX};
        u->out_iov[i] = (struct iovec){u->answer[i], 0};
        u->in[i].msg_hdr = (struct msghdr){.msg_name = &u->from[i].u,
                                           .msg_iov = &u->in_iov[i],
                                           .msg_iovlen = 1,
                                           .msg_control = u->any_address ? u->control[i] : NULL};
        u->out[i].msg_hdr = (struct msghdr){.msg_iov = &u->out_iov[i], .msg_iovlen = 1};
    }
}

int dns_udp_open(struct np_dns_server *s, const struct np_addr *at, struct np_err *err)
{
    int fd = s->opts.udp_fd;
    s->opts.udp_fd = -1;
    if (fd < 0 && socket_at(at, s->opts.reuse_port, is_any(at), &fd) != 0)
        return np_err_errno(err, errno, "cannot listen on UDP port %u", np_addr_port(at));
    struct dns_udp *u = np_heap_new(struct dns_udp);
    u->server = s;
    u->any_address = !s->opts.given && is_any(at);
    u->watch.fd = fd;
    s->udp = u;
    prepare(u);
    int rc = np_local_addr(fd, &s->addr);
    if (rc == 0)
        rc = np_watch_add(s->loop, &u->watch, fd, NP_READABLE, on_readable, err);
    if (rc < 0)
        dns_udp_close(s);
    return rc;
}

void dns_udp_close(struct np_dns_server *s)
{
    if (s->udp == NULL)
        return;
    np_watch_del(&s->udp->watch);
    np_defer_cancel(&s->udp->later);
    close(s->udp->watch.fd);
    np_free(s->udp);
    s->udp = NULL;
}
