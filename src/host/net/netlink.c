/* SPDX-License-Identifier: Apache-2.0 */
/* netlink.c - batches of rtnetlink messages and what the kernel says to them. */
#include "host/net/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/assert.h"

#define BATCH_MESSAGES 64 /* their answers fit into the socket's buffer */
#define BATCH_BYTES    32768
#define MESSAGE_BYTES  1024 /* the longest, a pair of links, has half of it */
#define RECEIVE_BYTES  32768
#define OURS           RTPROT_STATIC

struct np_nl {
    struct mnl_socket *socket;
    uint32_t seq, first; /* of the batch */
    size_t used;
    unsigned n;
    int error; /* the first, errno */
    const char *what[BATCH_MESSAGES];
    int fine[BATCH_MESSAGES];     /* an errno that is none there */
    bool deletes[BATCH_MESSAGES]; /* what goes may have gone with its link */
    const char *failed;
    char batch[BATCH_BYTES];
};

int np_nl_open(struct np_nl **out, struct np_err *err)
{
    struct np_nl *nl = np_heap_new(struct np_nl);
    int one = 1;
    nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (nl->socket == NULL || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) != 0) {
        int why = errno;
        np_nl_close(nl);
        return np_err_errno(err, why, "cannot open a socket of rtnetlink");
    }
    mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &one, sizeof(one));
    mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
    *out = nl;
    return 0;
}

void np_nl_close(struct np_nl *nl)
{
    if (nl == NULL)
        return;
    if (nl->socket != NULL)
        mnl_socket_close(nl->socket);
    np_free(nl);
}

/* --- a batch --- */

static int on_ack(const struct nlmsghdr *h, void *arg)
{
    struct np_nl *nl = arg;
    const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);
    unsigned i = h->nlmsg_seq - nl->first;
    if (h->nlmsg_type != NLMSG_ERROR || i >= nl->n)
        return MNL_CB_OK;
    int why = -e->error;
    bool fine = why == 0 || why == nl->fine[i] || (why == ENODEV && nl->deletes[i]);
    if (!fine && nl->error == 0) {
        nl->error = why;
        nl->failed = nl->what[i];
    }
    return MNL_CB_OK;
}

static void send_batch(struct np_nl *nl)
{
    char answer[RECEIVE_BYTES];
    unsigned left = nl->n;
    if (left == 0)
        return;
    if (mnl_socket_sendto(nl->socket, nl->batch, nl->used) != (ssize_t)nl->used) {
        nl->error = nl->error != 0 ? nl->error : errno;
        nl->failed = "a batch of messages";
        left = 0;
    }
    while (left > 0) {
        ssize_t n = mnl_socket_recvfrom(nl->socket, answer, sizeof(answer));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            nl->error = nl->error != 0 ? nl->error : errno;
            nl->failed = "an answer of the kernel";
            break;
        }
        int rest = (int)n;
        for (const struct nlmsghdr *h = (void *)answer; mnl_nlmsg_ok(h, rest) && left > 0;
             h = mnl_nlmsg_next(h, &rest), left--)
            on_ack(h, nl);
    }
    nl->used = 0;
    nl->n = 0;
}

static struct nlmsghdr *begin(struct np_nl *nl, const char *what, uint16_t type, uint16_t flags,
                              int fine)
{
    if (nl->n == BATCH_MESSAGES || nl->used + MESSAGE_BYTES > BATCH_BYTES)
        send_batch(nl);
    if (nl->n == 0)
        nl->first = nl->seq + 1;
    nl->what[nl->n] = what;
    nl->deletes[nl->n] = type == RTM_DELLINK || type == RTM_DELADDR || type == RTM_DELROUTE;
    nl->fine[nl->n++] = fine;
    struct nlmsghdr *h = mnl_nlmsg_put_header(nl->batch + nl->used);
    h->nlmsg_type = type;
    h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    h->nlmsg_seq = ++nl->seq;
    return h;
}

static void end(struct np_nl *nl, const struct nlmsghdr *h)
{
    np_assert(h->nlmsg_len <= MESSAGE_BYTES);
    nl->used += MNL_ALIGN(h->nlmsg_len);
}

int np_nl_flush(struct np_nl *nl, struct np_err *err)
{
    send_batch(nl);
    int why = nl->error;
    nl->error = 0;
    return why != 0 ? np_err_errno(err, why, "the kernel refuses %s", nl->failed) : 0;
}

/* --- changes --- */

static void put_mac(struct nlmsghdr *h, uint64_t mac)
{
    unsigned char bytes[6];
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(mac >> (40 - 8 * i));
    if (mac != 0)
        mnl_attr_put(h, IFLA_ADDRESS, sizeof(bytes), bytes);
}

static struct ifinfomsg *put_link(struct nlmsghdr *h, uint32_t index, bool noarp)
{
    struct ifinfomsg *i = mnl_nlmsg_put_extra_header(h, sizeof(*i));
    i->ifi_index = (int)index;
    i->ifi_flags = noarp ? IFF_NOARP : 0;
    i->ifi_change = noarp ? IFF_NOARP : 0;
    return i;
}

void np_nl_veth(struct np_nl *nl, const struct np_veth *v)
{
    struct nlmsghdr *h =
        begin(nl, "a pair of links", RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, EEXIST);
    put_link(h, v->index, v->point_to_point);
    mnl_attr_put_strz(h, IFLA_IFNAME, v->name);
    put_mac(h, v->mac);
    struct nlattr *info = mnl_attr_nest_start(h, IFLA_LINKINFO);
    mnl_attr_put_str(h, IFLA_INFO_KIND, "veth");
    struct nlattr *data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
    struct nlattr *peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
    put_link(h, v->peer_index, v->point_to_point);
    mnl_attr_put_strz(h, IFLA_IFNAME, v->peer);
    put_mac(h, v->peer_mac);
    mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)v->peer_ns);
    mnl_attr_nest_end(h, peer);
    mnl_attr_nest_end(h, data);
    mnl_attr_nest_end(h, info);
    end(nl, h);
}

void np_nl_link_up(struct np_nl *nl, const char *name, const char *alias)
{
    struct nlmsghdr *h = begin(nl, "a link's coming up", RTM_NEWLINK, 0, 0);
    struct ifinfomsg *i = mnl_nlmsg_put_extra_header(h, sizeof(*i));
    i->ifi_flags = IFF_UP;
    i->ifi_change = IFF_UP;
    mnl_attr_put_strz(h, IFLA_IFNAME, name);
    if (alias != NULL)
        mnl_attr_put_str(h, IFLA_IFALIAS, alias);
    end(nl, h);
}

void np_nl_link_del(struct np_nl *nl, const char *name)
{
    struct nlmsghdr *h = begin(nl, "the end of a link", RTM_DELLINK, 0, ENODEV);
    mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
    mnl_attr_put_strz(h, IFLA_IFNAME, name);
    end(nl, h);
}

void np_nl_ip(struct np_nl *nl, bool add, const struct np_ip *ip)
{
    struct nlmsghdr *h = begin(nl, "an address", add ? RTM_NEWADDR : RTM_DELADDR,
                               add ? NLM_F_CREATE | NLM_F_EXCL : 0, add ? EEXIST : EADDRNOTAVAIL);
    struct ifaddrmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    *m = (struct ifaddrmsg){.ifa_family = AF_INET,
                            .ifa_prefixlen = (uint8_t)ip->bits,
                            .ifa_scope = (uint8_t)ip->scope,
                            .ifa_index = ip->index};
    mnl_attr_put_u32(h, IFA_LOCAL, htonl(ip->addr));
    mnl_attr_put_u32(h, IFA_ADDRESS, htonl(ip->addr));
    end(nl, h);
}

void np_nl_route(struct np_nl *nl, bool add, const struct np_route *r)
{
    struct nlmsghdr *h = begin(nl, "a route", add ? RTM_NEWROUTE : RTM_DELROUTE,
                               add ? NLM_F_CREATE | NLM_F_REPLACE : 0, add ? 0 : ESRCH);
    struct rtmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    *m = (struct rtmsg){.rtm_family = AF_INET,
                        .rtm_dst_len = (uint8_t)r->bits,
                        .rtm_table = r->table < 256 ? (uint8_t)r->table : RT_TABLE_UNSPEC,
                        .rtm_protocol = OURS,
                        .rtm_scope = r->type == RTN_LOCAL           ? RT_SCOPE_HOST
                                     : r->via != 0 || r->index == 0 ? RT_SCOPE_UNIVERSE
                                                                    : RT_SCOPE_LINK,
                        .rtm_type = (uint8_t)r->type,
                        .rtm_flags = r->via != 0 ? RTNH_F_ONLINK : 0};
    mnl_attr_put_u32(h, RTA_TABLE, r->table);
    if (r->bits != 0)
        mnl_attr_put_u32(h, RTA_DST, htonl(r->dst));
    if (r->index != 0)
        mnl_attr_put_u32(h, RTA_OIF, r->index);
    if (r->via != 0)
        mnl_attr_put_u32(h, RTA_GATEWAY, htonl(r->via));
    end(nl, h);
}

void np_nl_rule(struct np_nl *nl, bool add, const struct np_rule *r)
{
    struct nlmsghdr *h = begin(nl, "a rule of routing", add ? RTM_NEWRULE : RTM_DELRULE,
                               add ? NLM_F_CREATE | NLM_F_EXCL : 0, add ? EEXIST : ENOENT);
    struct fib_rule_hdr *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    *m = (struct fib_rule_hdr){.family = AF_INET,
                               .src_len = r->from != 0 ? 32 : 0,
                               .table = r->table < 256 ? (uint8_t)r->table : RT_TABLE_UNSPEC,
                               .action = FR_ACT_TO_TBL};
    mnl_attr_put_u32(h, FRA_PRIORITY, r->pref);
    mnl_attr_put_u32(h, FRA_TABLE, r->table);
    if (r->mark != 0)
        mnl_attr_put_u32(h, FRA_FWMARK, r->mark);
    if (r->from != 0)
        mnl_attr_put_u32(h, FRA_SRC, htonl(r->from));
    end(nl, h);
}

void np_nl_neigh(struct np_nl *nl, const struct np_neigh *n)
{
    struct nlmsghdr *h = begin(nl, "a neighbour", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, 0);
    struct ndmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    *m = (struct ndmsg){
        .ndm_family = AF_INET, .ndm_ifindex = (int)n->index, .ndm_state = NUD_PERMANENT};
    mnl_attr_put_u32(h, NDA_DST, htonl(n->addr));
    uint64_t mac = (uint64_t)n->mac_high << 32 | n->mac_low;
    unsigned char bytes[6];
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(mac >> (40 - 8 * i));
    mnl_attr_put(h, NDA_LLADDR, sizeof(bytes), bytes);
    end(nl, h);
}

/* --- what is there --- */

struct dump {
    struct np_arena *a;
    void *v;
    size_t n;
};

#define NEXT(d, type)                                                                              \
    ((d)->v = np_array_grow((d)->a, (d)->v, (d)->n, sizeof(type)), &((type *)(d)->v)[(d)->n++])

static int run_dump(struct np_nl *nl, uint16_t type, size_t head_bytes, unsigned char family,
                    mnl_cb_t each, struct dump *d, struct np_err *err)
{
    char buffer[RECEIVE_BYTES];
    np_assert(nl->n == 0);
    struct nlmsghdr *h = mnl_nlmsg_put_header(buffer);
    h->nlmsg_type = type;
    h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    h->nlmsg_seq = ++nl->seq;
    *(unsigned char *)mnl_nlmsg_put_extra_header(h, head_bytes) = family;
    if (type == RTM_GETLINK)
        mnl_attr_put_u32(h, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    if (mnl_socket_sendto(nl->socket, h, h->nlmsg_len) < 0)
        return np_err_errno(err, errno, "cannot ask rtnetlink");
    for (int rc = MNL_CB_OK; rc > MNL_CB_STOP;) {
        ssize_t n = mnl_socket_recvfrom(nl->socket, buffer, sizeof(buffer));
        if (n < 0 && errno == EINTR)
            continue;
        rc = n < 0 ? -1 : mnl_cb_run(buffer, (size_t)n, nl->seq, 0, each, d);
        if (rc < 0)
            return np_err_errno(err, errno, "rtnetlink does not tell what there is");
    }
    return 0;
}

static void copy_text(const struct nlattr *at, char *out, size_t room)
{
    size_t n = mnl_attr_get_payload_len(at);
    n = n < room ? n : room - 1;
    memcpy(out, mnl_attr_get_payload(at), n);
    out[n] = '\0';
}

static int link_seen(const struct nlmsghdr *h, void *arg)
{
    struct np_link *l = NEXT((struct dump *)arg, struct np_link);
    const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);
    const struct nlattr *at;
    *l = (struct np_link){.index = (uint32_t)m->ifi_index};
    mnl_attr_for_each(at, h, sizeof(*m))
    {
        if (mnl_attr_get_type(at) == IFLA_IFNAME)
            copy_text(at, l->name, sizeof(l->name));
        else if (mnl_attr_get_type(at) == IFLA_IFALIAS)
            copy_text(at, l->alias, sizeof(l->alias));
    }
    return MNL_CB_OK;
}

static int ip_seen(const struct nlmsghdr *h, void *arg)
{
    struct np_ip *ip = NEXT((struct dump *)arg, struct np_ip);
    const struct ifaddrmsg *m = mnl_nlmsg_get_payload(h);
    const struct nlattr *at;
    *ip = (struct np_ip){.index = m->ifa_index, .bits = m->ifa_prefixlen, .scope = m->ifa_scope};
    mnl_attr_for_each(at, h, sizeof(*m)) if (mnl_attr_get_type(at) == IFA_LOCAL) ip->addr =
        ntohl(mnl_attr_get_u32(at));
    return MNL_CB_OK;
}

static int route_seen(const struct nlmsghdr *h, void *arg)
{
    const struct rtmsg *m = mnl_nlmsg_get_payload(h);
    const struct nlattr *at;
    if (m->rtm_protocol != OURS || m->rtm_family != AF_INET)
        return MNL_CB_OK;
    struct np_route *r = NEXT((struct dump *)arg, struct np_route);
    *r = (struct np_route){.table = m->rtm_table, .bits = m->rtm_dst_len, .type = m->rtm_type};
    mnl_attr_for_each(at, h, sizeof(*m))
    {
        switch (mnl_attr_get_type(at)) {
        case RTA_TABLE:
            r->table = mnl_attr_get_u32(at);
            break;
        case RTA_DST:
            r->dst = ntohl(mnl_attr_get_u32(at));
            break;
        case RTA_OIF:
            r->index = mnl_attr_get_u32(at);
            break;
        case RTA_GATEWAY:
            r->via = ntohl(mnl_attr_get_u32(at));
            break;
        }
    }
    return MNL_CB_OK;
}

static int rule_seen(const struct nlmsghdr *h, void *arg)
{
    struct dump *d = arg;
    const struct fib_rule_hdr *m = mnl_nlmsg_get_payload(h);
    const struct nlattr *at;
    struct np_rule r = {.table = m->table};
    mnl_attr_for_each(at, h, sizeof(*m))
    {
        switch (mnl_attr_get_type(at)) {
        case FRA_PRIORITY:
            r.pref = mnl_attr_get_u32(at);
            break;
        case FRA_TABLE:
            r.table = mnl_attr_get_u32(at);
            break;
        case FRA_FWMARK:
            r.mark = mnl_attr_get_u32(at);
            break;
        case FRA_SRC:
            r.from = ntohl(mnl_attr_get_u32(at));
            break;
        }
    }
    if (r.pref >= NP_RULE_PREF_MIN && r.pref <= NP_RULE_PREF_MAX)
        *NEXT(d, struct np_rule) = r;
    return MNL_CB_OK;
}

int np_nl_links(struct np_nl *nl, struct np_arena *a, struct np_link **out, size_t *n,
                struct np_err *err)
{
    struct dump d = {.a = a};
    int rc = run_dump(nl, RTM_GETLINK, sizeof(struct ifinfomsg), AF_UNSPEC, link_seen, &d, err);
    *out = d.v;
    *n = d.n;
    return rc;
}

int np_nl_ips(struct np_nl *nl, struct np_arena *a, struct np_ip **out, size_t *n,
              struct np_err *err)
{
    struct dump d = {.a = a};
    int rc = run_dump(nl, RTM_GETADDR, sizeof(struct ifaddrmsg), AF_INET, ip_seen, &d, err);
    *out = d.v;
    *n = d.n;
    return rc;
}

int np_nl_routes(struct np_nl *nl, struct np_arena *a, struct np_route **out, size_t *n,
                 struct np_err *err)
{
    struct dump d = {.a = a};
    int rc = run_dump(nl, RTM_GETROUTE, sizeof(struct rtmsg), AF_INET, route_seen, &d, err);
    *out = d.v;
    *n = d.n;
    return rc;
}

int np_nl_rules(struct np_nl *nl, struct np_arena *a, struct np_rule **out, size_t *n,
                struct np_err *err)
{
    struct dump d = {.a = a};
    int rc = run_dump(nl, RTM_GETRULE, sizeof(struct fib_rule_hdr), AF_INET, rule_seen, &d, err);
    *out = d.v;
    *n = d.n;
    return rc;
}

/* --- two lists --- */

static int compare(const void *a, const void *b, void *size)
{
    return memcmp(a, b, *(size_t *)size);
}

void np_nl_each_missing(void *want, size_t n_want, void *have, size_t n_have, size_t size,
                        void (*fn)(void *arg, const void *item), void *arg)
{
    if (n_want != 0)
        qsort_r(want, n_want, size, compare, &size);
    if (n_have != 0)
        qsort_r(have, n_have, size, compare, &size);
    for (size_t i = 0, k = 0; i < n_want; i++) {
        const char *one = (const char *)want + i * size;
        while (k < n_have && memcmp((const char *)have + k * size, one, size) < 0)
            k++;
        if (k == n_have || memcmp((const char *)have + k * size, one, size) != 0)
            fn(arg, one);
    }
}