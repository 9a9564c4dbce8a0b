/* SPDX-License-Identifier: Apache-2.0 */
/* netsocket.c - sockets made inside a network and handed out: a socket belongs to the namespace
 * that it was made in. */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/limits.h"
#include "host/net/network_int.h"

#define EVENTS_BUFFER (4 << 20)
#define LOG_COPY      128
#define NETFILTER_LOG (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG)

static int make_inet(int type, bool transparent, struct np_err *err)
{
    int one = 1;
    NP_AUTO_FD fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (transparent && setsockopt(fd, SOL_IP, IP_TRANSPARENT, &one, sizeof(one)) != 0))
        return np_err_errno(err, errno, "cannot make a socket in the network");
    return np_fd_take(&fd);
}

static int open_netfilter(unsigned groups, struct np_err *err)
{
    struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int size = EVENTS_BUFFER;
    NP_AUTO_FD fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        return np_err_errno(err, errno, "cannot listen to the network's netfilter");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    return np_fd_take(&fd);
}

static struct nlmsghdr *log_config(char *buffer, unsigned seq)
{
    struct nlmsghdr *h = mnl_nlmsg_put_header(buffer);
    h->nlmsg_type = NETFILTER_LOG;
    h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    h->nlmsg_seq = seq;
    struct nfgenmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    *m = (struct nfgenmsg){.nfgen_family = AF_UNSPEC, .res_id = htons(NP_NET_LOG_GROUP)};
    return h;
}

static int ask_log(int fd, const struct nlmsghdr *h, struct np_err *err)
{
    char answer[1024];
    if (send(fd, h, h->nlmsg_len, 0) != (ssize_t)h->nlmsg_len)
        return np_err_errno(err, errno, "cannot ask for the network's log");
    ssize_t n = recv(fd, answer, sizeof(answer), 0);
    const struct nlmsghdr *back = (const void *)answer;
    if (n < (ssize_t)mnl_nlmsg_size(sizeof(struct nlmsgerr)) || back->nlmsg_type != NLMSG_ERROR)
        return np_err(err, NP_EIO, "no answer about the network's log");
    const struct nlmsgerr *e = mnl_nlmsg_get_payload(back);
    if (e->error == -EBUSY)
        return np_err(err, NP_EBUSY, "somebody has the network's log");
    return e->error != 0 ? np_err_errno(err, -e->error, "no log of the network") : 0;
}

/* One reader has the group, until its socket is closed. */
static int make_log(struct np_err *err)
{
    char buffer[512];
    NP_AUTO_FD fd = open_netfilter(0, err);
    if (fd < 0)
        return fd;
    struct nlmsghdr *h = log_config(buffer, 1);
    struct nfulnl_msg_config_cmd bind_it = {.command = NFULNL_CFG_CMD_BIND};
    mnl_attr_put(h, NFULA_CFG_CMD, sizeof(bind_it), &bind_it);
    int rc = ask_log(fd, h, err);
    if (rc != 0)
        return rc;
    h = log_config(buffer, 2);
    struct nfulnl_msg_config_mode mode = {.copy_range = htonl(LOG_COPY),
                                          .copy_mode = NFULNL_COPY_PACKET};
    mnl_attr_put(h, NFULA_CFG_MODE, sizeof(mode), &mode);
    rc = ask_log(fd, h, err);
    return rc != 0 ? rc : np_fd_take(&fd);
}

static int make_one(const struct agent_MakeSocketsRequest *rq, struct np_err *err)
{
    int fd;
    if (np_str_is(rq->Kind, "tcp"))
        return make_inet(SOCK_STREAM, rq->Transparent.v, err);
    if (np_str_is(rq->Kind, "udp"))
        return make_inet(SOCK_DGRAM, rq->Transparent.v, err);
    fd = np_str_is(rq->Kind, "log") ? make_log(err)
                                    : open_netfilter(1u << (NFNLGRP_CONNTRACK_DESTROY - 1), err);
    if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        close(fd);
        return np_err_errno(err, errno, "cannot make a socket that does not wait");
    }
    return fd;
}

static int namespace_of(const struct np_nets *all, struct np_str network, struct np_err *err)
{
    const struct np_net *n = network.p != NULL ? np_net_find(all, network) : NULL;
    int fd = network.p == NULL ? all->internet : n != NULL ? n->ns : -1;
    return fd >= 0 ? fd : np_err(err, NP_ENOENT, "there is no such network");
}

int np_net_make_sockets(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                        struct np_err *err)
{
    const struct agent_MakeSocketsRequest *rq = in;
    bool inet = np_str_is(rq->Kind, "tcp") || np_str_is(rq->Kind, "udp");
    if (g->nets == NULL)
        return np_err(err, NP_ENOTSUP, "there are no networks here");
    if (rq->Count.v < 1 || rq->Count.v > (inet ? NP_SOCKETS_MAX : 1))
        return np_err(err, NP_EINVAL, "%d sockets at a time, one that listens to netfilter",
                      NP_SOCKETS_MAX);
    int ns = namespace_of(g->nets, rq->Network, err);
    if (ns < 0)
        return ns;
    int rc = np_netns_enter(ns, err);
    if (rc != 0)
        return rc;
    for (int64_t i = 0; i < rq->Count.v && rc == 0; i++) {
        int fd = make_one(rq, err);
        if (fd >= 0)
            q->fds[q->n_fds++] = fd;
        else
            rc = fd;
    }
    np_netns_leave(&g->nets->dir);
    *out = np_new(q->arena, struct agent_MakeSocketsReply);
    return rc;
}
