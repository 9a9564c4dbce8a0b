/* SPDX-License-Identifier: Apache-2.0 */
/* nfmsg.c - nflog and conntrack on the wire. */
#include "engines/vnet/nfmsg.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#define NS_PER_S UINT64_C(1000000000)

/* --- netlink --- */

struct bytes {
    const uint8_t *p;
    size_t n;
};

static size_t aligned(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

/* The next message of the type: its attributes. False: there is none left. */
static bool next_message(struct bytes *all, uint16_t type, struct bytes *attrs)
{
    while (all->n >= sizeof(struct nlmsghdr)) {
        struct nlmsghdr h;
        memcpy(&h, all->p, sizeof(h));
        if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > all->n)
            return false;
        size_t head = sizeof(h) + sizeof(struct nfgenmsg);
        bool mine = h.nlmsg_type == type && h.nlmsg_len >= head;
        *attrs = (struct bytes){all->p + head, mine ? h.nlmsg_len - head : 0};
        size_t step = aligned(h.nlmsg_len) < all->n ? aligned(h.nlmsg_len) : all->n;
        *all = (struct bytes){all->p + step, all->n - step};
        if (mine)
            return true;
    }
    return false;
}

static bool next_attr(struct bytes *all, uint16_t *type, struct bytes *value)
{
    struct nlattr h;
    if (all->n < sizeof(h))
        return false;
    memcpy(&h, all->p, sizeof(h));
    if (h.nla_len < sizeof(h) || h.nla_len > all->n)
        return false;
    *type = h.nla_type & NLA_TYPE_MASK;
    *value = (struct bytes){all->p + sizeof(h), h.nla_len - sizeof(h)};
    size_t step = aligned(h.nla_len) < all->n ? aligned(h.nla_len) : all->n;
    *all = (struct bytes){all->p + step, all->n - step};
    return true;
}

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

/* --- packets --- */

static bool read_ip(struct bytes packet, struct vnet_packet *out)
{
    const uint8_t *p = packet.p;
    size_t head = packet.n >= 20 ? (p[0] & 15u) * 4u : 0;
    if (head < 20 || p[0] >> 4 != 4 || head > packet.n)
        return false;
    out->bytes = get16(p + 2);
    out->protocol = p[9];
    memcpy(&out->tuple.from, p + 12, 4);
    memcpy(&out->tuple.to, p + 16, 4);
    bool later = (get16(p + 6) & 0x1fff) != 0; /* a fragment that has no ports */
    bool ports = p[9] == IPPROTO_TCP || p[9] == IPPROTO_UDP;
    if (later || !ports || packet.n - head < 4)
        return true;
    out->tuple.from_port = get16(p + head);
    out->tuple.to_port = get16(p + head + 2);
    if (p[9] == IPPROTO_TCP && packet.n - head >= 14)
        out->tcp_flags = p[head + 13] & 0x3f;
    return true;
}

/* "accept out eni-0a" */
static bool read_prefix(struct np_str text, struct vnet_packet *out)
{
    struct np_str verdict, way, rest;
    if (text.n != 0 && text.p[text.n - 1] == '\0')
        text.n--;
    if (!np_str_cut(text, ' ', &verdict, &rest) || !np_str_cut(rest, ' ', &way, &out->eni_id))
        return false;
    out->accept = np_str_is(verdict, "accept");
    out->egress = np_str_is(way, "out");
    return (out->accept || np_str_is(verdict, "reject")) && (out->egress || np_str_is(way, "in")) &&
           out->eni_id.n != 0 && out->eni_id.n <= 63;
}

void vnet_read_packets(const void *p, size_t n,
                       void (*each)(void *arg, const struct vnet_packet *x), void *arg)
{
    struct bytes all = {p, n}, attrs, value;
    uint16_t type;
    while (next_message(&all, NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET, &attrs)) {
        struct vnet_packet x = {0};
        bool named = false, whole = false;
        while (next_attr(&attrs, &type, &value)) {
            if (type == NFULA_PREFIX)
                named = read_prefix(np_str_n((const char *)value.p, value.n), &x);
            else if (type == NFULA_PAYLOAD)
                whole = read_ip(value, &x);
        }
        if (named && whole)
            each(arg, &x);
    }
}

/* --- connections --- */

static bool get_ip(struct bytes attrs, struct vnet_tuple *out)
{
    struct bytes value;
    uint16_t type;
    bool from = false, to = false;
    while (next_attr(&attrs, &type, &value)) {
        if (value.n != 4)
            continue;
        if (type == CTA_IP_V4_SRC) {
            memcpy(&out->from, value.p, 4);
            from = true;
        } else if (type == CTA_IP_V4_DST) {
            memcpy(&out->to, value.p, 4);
            to = true;
        }
    }
    return from && to;
}

static void get_ports(struct bytes attrs, struct vnet_tuple *out, uint8_t *protocol)
{
    struct bytes value;
    uint16_t type;
    while (next_attr(&attrs, &type, &value)) {
        if (type == CTA_PROTO_NUM && value.n == 1)
            *protocol = value.p[0];
        else if (type == CTA_PROTO_SRC_PORT && value.n == 2)
            out->from_port = get16(value.p);
        else if (type == CTA_PROTO_DST_PORT && value.n == 2)
            out->to_port = get16(value.p);
    }
}

static bool get_tuple(struct bytes attrs, struct vnet_tuple *out, uint8_t *protocol)
{
    struct bytes value;
    uint16_t type;
    bool fine = false;
    while (next_attr(&attrs, &type, &value)) {
        if (type == CTA_TUPLE_IP)
            fine = get_ip(value, out);
        else if (type == CTA_TUPLE_PROTO)
            get_ports(value, out, protocol);
    }
    return fine;
}

static void get_counters(struct bytes attrs, struct vnet_ended *x, int way)
{
    struct bytes value;
    uint16_t type;
    while (next_attr(&attrs, &type, &value)) {
        if (value.n != 8)
            continue;
        if (type == CTA_COUNTERS_PACKETS)
            x->packets[way] = get64(value.p);
        else if (type == CTA_COUNTERS_BYTES)
            x->bytes[way] = get64(value.p);
    }
}

static void get_times(struct bytes attrs, struct vnet_ended *x)
{
    struct bytes value;
    uint16_t type;
    while (next_attr(&attrs, &type, &value)) {
        if (value.n != 8)
            continue;
        if (type == CTA_TIMESTAMP_START)
            x->start_s = (int64_t)(get64(value.p) / NS_PER_S);
        else if (type == CTA_TIMESTAMP_STOP)
            x->end_s = (int64_t)(get64(value.p) / NS_PER_S);
    }
}

static bool read_one(struct bytes attrs, struct vnet_ended *x)
{
    struct bytes value;
    uint16_t type;
    bool there = false, back = false;
    while (next_attr(&attrs, &type, &value)) {
        if (type == CTA_TUPLE_ORIG)
            there = get_tuple(value, &x->there, &x->protocol);
        else if (type == CTA_TUPLE_REPLY)
            back = get_tuple(value, &x->back, &x->protocol);
        else if (type == CTA_COUNTERS_ORIG)
            get_counters(value, x, 0);
        else if (type == CTA_COUNTERS_REPLY)
            get_counters(value, x, 1);
        else if (type == CTA_TIMESTAMP)
            get_times(value, x);
    }
    return there && back;
}

void vnet_read_ended(const void *p, size_t n, void (*each)(void *arg, const struct vnet_ended *x),
                     void *arg)
{
    struct bytes all = {p, n}, attrs;
    while (next_message(&all, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, &attrs)) {
        struct vnet_ended x = {0};
        if (read_one(attrs, &x))
            each(arg, &x);
    }
}
