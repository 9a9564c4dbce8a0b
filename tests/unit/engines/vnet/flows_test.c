/* SPDX-License-Identifier: Apache-2.0 */
/* flows_test.c - netfilter's messages read, and flows counted in windows. */
#include "test.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include "base/buf.h"
#include "engines/vnet/flows_int.h"
#include "gen/agent/types.h"

/* --- messages --- */

struct message {
    uint8_t p[4096];
    size_t n, nested[8], depth;
};

static void pad(struct message *m)
{
    while (m->n % 4 != 0)
        m->p[m->n++] = 0;
}

static void attr(struct message *m, uint16_t type, const void *value, size_t n)
{
    struct nlattr a = {.nla_len = (uint16_t)(sizeof(a) + n), .nla_type = type};
    memcpy(m->p + m->n, &a, sizeof(a));
    memcpy(m->p + m->n + sizeof(a), value, n);
    m->n += sizeof(a) + n;
    pad(m);
}

static void begin(struct message *m, uint16_t type)
{
    m->nested[m->depth++] = m->n;
    attr(m, (uint16_t)(type | NLA_F_NESTED), "", 0);
}

static void end(struct message *m)
{
    size_t at = m->nested[--m->depth];
    uint16_t n = (uint16_t)(m->n - at);
    memcpy(m->p + at, &n, 2);
}

static void head(struct message *m, uint16_t type)
{
    *m = (struct message){0};
    struct nlmsghdr h = {.nlmsg_type = type};
    memcpy(m->p, &h, sizeof(h));
    m->n = sizeof(h) + sizeof(struct nfgenmsg);
}

static void finish(struct message *m)
{
    uint32_t n = (uint32_t)m->n;
    memcpy(m->p, &n, 4);
}

static struct in_addr ip(const char *text)
{
    struct in_addr out;
    NP_CHECK(inet_pton(AF_INET, text, &out) == 1);
    return out;
}

static void packet(struct message *m, const char *prefix, const char *from, const char *to)
{
    uint8_t p[40] = {0x45, 0, 0, 60, 0, 0, 0, 0, 64, IPPROTO_TCP};
    struct in_addr a = ip(from), b = ip(to);
    memcpy(p + 12, &a, 4);
    memcpy(p + 16, &b, 4);
    p[20] = 0x9c, p[21] = 0x40; /* 40000 */
    p[23] = 80;
    p[33] = 2; /* SYN */
    head(m, NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET);
    attr(m, NFULA_PREFIX, prefix, strlen(prefix) + 1);
    attr(m, NFULA_PAYLOAD, p, sizeof(p));
    finish(m);
}

static void tuple(struct message *m, uint16_t type, const char *from, const char *to,
                  uint16_t sport, uint16_t dport)
{
    struct in_addr a = ip(from), b = ip(to);
    uint8_t tcp = IPPROTO_TCP;
    sport = htons(sport);
    dport = htons(dport);
    begin(m, type);
    begin(m, CTA_TUPLE_IP);
    attr(m, CTA_IP_V4_SRC, &a, 4);
    attr(m, CTA_IP_V4_DST, &b, 4);
    end(m);
    begin(m, CTA_TUPLE_PROTO);
    attr(m, CTA_PROTO_NUM, &tcp, 1);
    attr(m, CTA_PROTO_SRC_PORT, &sport, 2);
    attr(m, CTA_PROTO_DST_PORT, &dport, 2);
    end(m);
    end(m);
}

static void counters(struct message *m, uint16_t type, uint64_t packets, uint64_t bytes)
{
    packets = __builtin_bswap64(packets);
    bytes = __builtin_bswap64(bytes);
    begin(m, type);
    attr(m, CTA_COUNTERS_PACKETS, &packets, 8);
    attr(m, CTA_COUNTERS_BYTES, &bytes, 8);
    end(m);
}

/* 10.0.1.5:40000 to 10.0.2.9:80, 5 packets there and 4 back. */
static void ended(struct message *m)
{
    uint64_t start = __builtin_bswap64(UINT64_C(1000) * 1000000000);
    head(m, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE);
    tuple(m, CTA_TUPLE_ORIG, "10.0.1.5", "10.0.2.9", 40000, 80);
    tuple(m, CTA_TUPLE_REPLY, "10.0.2.9", "10.0.1.5", 80, 40000);
    counters(m, CTA_COUNTERS_ORIG, 5, 500);
    counters(m, CTA_COUNTERS_REPLY, 4, 4000);
    begin(m, CTA_TIMESTAMP);
    attr(m, CTA_TIMESTAMP_START, &start, 8);
    end(m);
    finish(m);
}

/* --- reading --- */

struct seen {
    unsigned packets, ended;
    struct vnet_packet packet;
    struct vnet_ended last;
};

static void on_packet(void *arg, const struct vnet_packet *x)
{
    struct seen *s = arg;
    s->packets++;
    s->packet = *x;
}

static void on_ended(void *arg, const struct vnet_ended *x)
{
    struct seen *s = arg;
    s->ended++;
    s->last = *x;
}

NP_TEST(packets_of_nflog_are_read)
{
    struct message m;
    struct seen s = {0};
    packet(&m, "reject in eni-0a", "192.0.2.1", "10.0.1.5");
    vnet_read_packets(m.p, m.n, on_packet, &s);
    NP_CHECK(s.packets == 1 && !s.packet.accept && !s.packet.egress && s.packet.bytes == 60);
    NP_CHECK_STR(s.packet.eni_id, NP_STR("eni-0a"));
    NP_CHECK(s.packet.tuple.from_port == 40000 && s.packet.tuple.to_port == 80 &&
             s.packet.tcp_flags == 2 && s.packet.tuple.from.s_addr == ip("192.0.2.1").s_addr);
    static const char *const bad[] = {"reject in ", "drop in eni-1", "accept up eni-1", "accept",
                                      ""};
    NP_EACH (text, bad) {
        packet(&m, *text, "192.0.2.1", "10.0.1.5");
        vnet_read_packets(m.p, m.n, on_packet, &s);
        NP_CHECK(s.packets == 1, "'%s'", *text);
    }
    /* Cut off anywhere it is none, or less is known; and nothing beyond it is read. */
    packet(&m, "accept out eni-0a", "192.0.2.1", "10.0.1.5");
    for (size_t n = 0; n < m.n; n++) {
        uint8_t *cut = np_heap_alloc(n + 1);
        memcpy(cut, m.p, n);
        vnet_read_packets(cut, n, on_packet, &s);
        np_free(cut);
    }
    NP_CHECK(s.packets == 1);
}

NP_TEST(connections_of_conntrack_are_read)
{
    struct message m;
    struct seen s = {0};
    ended(&m);
    vnet_read_ended(m.p, m.n, on_ended, &s);
    NP_CHECK(s.ended == 1 && s.last.packets[0] == 5 && s.last.bytes[1] == 4000 &&
             s.last.start_s == 1000 && s.last.protocol == IPPROTO_TCP);
    NP_CHECK(s.last.there.from_port == 40000 && s.last.back.from_port == 80);
    for (size_t n = 0; n < m.n; n++) {
        uint8_t *cut = np_heap_alloc(n + 1);
        memcpy(cut, m.p, n);
        vnet_read_ended(cut, n, on_ended, &s);
        np_free(cut);
    }
    NP_CHECK(s.ended == 1);
}

/* --- counting --- */

static struct agent_EnsureNetworkRequest net = {.Blocks = {.set = true}};

struct rig {
    struct np_vnet v;
    struct np_vnet_address at[2];
    struct np_vnet_eni enis[2];
    struct np_vnet_vpc vpc;
    struct vnet_net *net;
    struct vnet_tally *tally;
    struct np_buf text;
};

static const struct np_vnet_handlers handlers = {0};

static void window(void *arg, const struct np_vnet_window *w)
{
    struct rig *r = arg;
    np_buf_printf(&r->text, "%.*s %lld-%lld enis=%zu%s\n", NP_FMT(w->log_id), (long long)w->start_s,
                  (long long)w->end_s, w->n_enis, w->skipped ? " skipped" : "");
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct np_vnet_flow *f = &w->rows[i];
        np_buf_printf(&r->text, " %.*s %s %s :%u>:%u %llu/%llu %lld-%lld\n", NP_FMT(f->eni_id),
                      f->accept ? "ok" : "no", f->egress ? "out" : "in", f->from_port, f->to_port,
                      (unsigned long long)f->packets, (unsigned long long)f->bytes,
                      (long long)f->start_s, (long long)f->end_s);
    }
}

static void tell(struct rig *r, const struct np_vnet_log *logs, size_t n, int64_t now_s)
{
    struct vnet_net *old = r->net;
    r->vpc.logs = logs;
    r->vpc.n_logs = n;
    r->net = vnet_net_copy(&r->v, &r->vpc, NULL);
    vnet_tally_set(r->tally, r->net, now_s, window, r);
    if (old != NULL)
        vnet_net_free(old);
}

static void rig_start(struct rig *r)
{
    *r = (struct rig){.v.opts.handlers = &handlers};
    r->at[0].private_ip = ip("10.0.1.5");
    r->at[1].private_ip = ip("10.0.2.9");
    r->enis[0] = (struct np_vnet_eni){.id = NP_STR("eni-a"),
                                      .subnet_id = NP_STR("subnet-1"),
                                      .addresses = &r->at[0],
                                      .n_addresses = 1};
    r->enis[1] = (struct np_vnet_eni){.id = NP_STR("eni-b"),
                                      .subnet_id = NP_STR("subnet-2"),
                                      .addresses = &r->at[1],
                                      .n_addresses = 1};
    r->vpc = (struct np_vnet_vpc){.id = NP_STR("vpc-1"), .net = &net, .enis = r->enis, .n_enis = 2};
    r->tally = vnet_tally_new();
    np_buf_init(&r->text, NULL, 1 << 20);
}

static void rig_end(struct rig *r)
{
    vnet_tally_free(r->tally);
    vnet_net_free(r->net);
    np_buf_fini(&r->text);
}

static void saw(struct rig *r, const char *want)
{
    NP_CHECK_STR(np_buf_str(&r->text), np_str_of(want));
    np_buf_clear(&r->text);
}

static void on_rig_packet(void *arg, const struct vnet_packet *x)
{
    vnet_tally_packet(((struct rig *)arg)->tally, x, 1001);
}

static void on_rig_ended(void *arg, const struct vnet_ended *x)
{
    vnet_tally_ended(((struct rig *)arg)->tally, x, 1100);
}

static void give_packet(struct rig *r, const char *prefix, const char *from, const char *to)
{
    struct message m;
    packet(&m, prefix, from, to);
    vnet_read_packets(m.p, m.n, on_rig_packet, r);
}

NP_TEST(flows_are_counted_once_in_windows)
{
    static const struct np_vnet_log logs[] = {
        {.id = NP_STR("fl-all"), .accept = true, .reject = true, .interval_s = 60},
        {.id = NP_STR("fl-no"), .reject = true, .interval_s = 600},
        {.id = NP_STR("fl-b"),
         .scope = NP_VNET_LOG_SUBNET,
         .of = NP_STR("subnet-2"),
         .accept = true,
         .interval_s = 60},
    };
    struct rig r;
    struct message m;
    rig_start(&r);
    tell(&r, logs, 3, 1000);
    give_packet(&r, "accept out eni-a", "10.0.1.5", "10.0.2.9");
    give_packet(&r, "accept in eni-b", "10.0.1.5", "10.0.2.9");
    give_packet(&r, "reject in eni-a", "192.0.2.1", "10.0.1.5");
    give_packet(&r, "reject in eni-a", "192.0.2.1", "10.0.1.5");
    give_packet(&r, "reject in eni-x", "192.0.2.1", "10.0.1.5"); /* of nobody */
    vnet_tally_turn(r.tally, 1019, window, &r);
    saw(&r, "");
    vnet_tally_turn(r.tally, 1020, window, &r);
    saw(&r, "fl-all 1000-1020 enis=2\n"
            " eni-a no in :40000>:80 2/120 1001-1001\n"
            " eni-a ok out :40000>:80 1/60 1001-1001\n"
            " eni-b ok in :40000>:80 1/60 1001-1001\n"
            "fl-b 1000-1020 enis=1\n"
            " eni-b ok in :40000>:80 1/60 1001-1001\n");
    /* It ends later: what was counted is not counted again. */
    ended(&m);
    vnet_read_ended(m.p, m.n, on_rig_ended, &r);
    vnet_tally_turn(r.tally, 1140, window, &r);
    saw(&r, "fl-all 1020-1140 enis=2\n"
            " eni-a ok out :40000>:80 4/440 1000-1100\n"
            " eni-a ok in :80>:40000 4/4000 1000-1100\n"
            " eni-b ok out :80>:40000 4/4000 1000-1100\n"
            " eni-b ok in :40000>:80 4/440 1000-1100\n"
            "fl-b 1020-1140 enis=1\n"
            " eni-b ok out :80>:40000 4/4000 1000-1100\n"
            " eni-b ok in :40000>:80 4/440 1000-1100\n");
    /* A log that is gone has a last window, one without traffic says so. */
    tell(&r, logs, 1, 1150);
    saw(&r, "fl-no 1000-1150 enis=0\n eni-a no in :40000>:80 2/120 1001-1001\n");
    vnet_tally_lost(r.tally);
    vnet_tally_turn(r.tally, 1200, window, &r);
    saw(&r, "fl-all 1140-1200 enis=2 skipped\n");
    rig_end(&r);
}

NP_TEST(no_more_flows_are_counted_apart_than_so_many)
{
    static const struct np_vnet_log log = {
        .id = NP_STR("fl-1"), .accept = true, .reject = true, .interval_s = 60};
    struct rig r;
    rig_start(&r);
    tell(&r, &log, 1, 0);
    struct vnet_packet x = {.eni_id = NP_STR("eni-a"), .protocol = IPPROTO_UDP, .bytes = 1};
    for (uint32_t i = 0; i < NP_FLOW_KINDS_MAX; i++) {
        x.tuple.from.s_addr = htonl(i);
        vnet_tally_packet(r.tally, &x, 1);
    }
    vnet_tally_turn(r.tally, 60, window, &r);
    NP_CHECK(np_str_find(np_buf_str(&r.text), NP_STR("skipped")) < 0);
    for (uint32_t i = 0; i <= NP_FLOW_KINDS_MAX; i++) {
        x.tuple.from.s_addr = htonl(i);
        vnet_tally_packet(r.tally, &x, 61);
    }
    np_buf_clear(&r.text);
    vnet_tally_turn(r.tally, 120, window, &r);
    NP_CHECK(np_str_starts(np_buf_str(&r.text), NP_STR("fl-1 60-120 enis=2 skipped\n")));
    rig_end(&r);
}
