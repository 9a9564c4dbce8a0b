/* SPDX-License-Identifier: Apache-2.0 */
/* resolver_test.c - the server as a VPC's resolver: what it knows itself, what it asks elsewhere,
 * over descriptors that it was given. */
#include "dns_test.h"

#include <unistd.h>

#include "engines/dns/limits.h"
#include "engines/dns/server.h"

struct env {
    struct rig r;
    struct np_loop *loop;
    struct np_dns_server *server;
    int udp, tcp; /* of a client */
    /* What was asked elsewhere last. */
    char asked[300];
    np_dns_else_fn *done;
    void *x;
};

static int region_name(void *arg, struct np_dns_view view, struct np_str name,
                       struct np_dns_addrs *out)
{
    NP_CHECK_STR(view.vpc_id, NP_STR("vpc-1"));
    out->ttl = 60;
    if (np_str_is(name, "s3.amazonaws.com")) {
        out->v4[0].s_addr = htonl(0xc6336402);
        out->n_v4 = 1;
        return 0;
    }
    if (!np_str_is(name, "5.1.0.10.in-addr.arpa"))
        return NP_ENOENT;
    static const char wire[] = "\006ip-5-x\003ec2\010internal";
    out->ptr_n = sizeof(wire);
    memcpy(out->ptr, wire, sizeof(wire));
    return 0;
}

static void elsewhere(void *arg, struct np_loop *l, struct np_str name, uint16_t type,
                      np_dns_else_fn *done, void *x)
{
    struct env *e = arg;
    snprintf(e->asked, sizeof(e->asked), "%.*s %u", NP_FMT(name), type);
    e->done = done;
    e->x = x;
}

static int bound(int type, const struct np_addr *at)
{
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    NP_CHECK(fd >= 0 && bind(fd, &at->u.sa, at->len) == 0);
    return fd;
}

static int client(int server, int type)
{
    struct np_addr at;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    NP_CHECK(np_local_addr(server, &at) == 0 && fd >= 0 && connect(fd, &at.u.sa, at.len) == 0);
    return fd;
}

static void start(struct env *e, bool with_others)
{
    const struct np_addr any = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    memset(e, 0, sizeof(*e));
    rig_init(&e->r);
    np_dns_free(e->r.dns);
    e->r.opts.region_name = region_name;
    e->r.opts.arg = e;
    e->r.dns = np_dns_new(&e->r.opts);
    rig_example(&e->r);
    rig_begin(&e->r);
    rig_put(&e->r, "Z1", "away.example.com", "CNAME", "host.other.test");
    rig_put(&e->r, "Z1", "api.example.com", "CNAME", "s3.amazonaws.com");
    rig_put(&e->r, "Z1", "sub.example.com", "NS", "ns.other.test");
    rig_zone(&e->r, "Z2", "inside.test", "vpc-1");
    rig_put(&e->r, "Z2", "db.inside.test", "CNAME", "www.example.com");
    rig_commit(&e->r);
    struct np_dns_server_opts o = {.vpc_id = NP_STR("vpc-1"),
                                   .given = true,
                                   .udp_fd = bound(SOCK_DGRAM, &any),
                                   .tcp_fd = bound(SOCK_STREAM, &any),
                                   .resolver = true,
                                   .elsewhere = with_others ? elsewhere : NULL,
                                   .arg = e};
    NP_CHECK(listen(o.tcp_fd, 8) == 0 && np_loop_new(&e->loop, NULL) == 0);
    e->udp = client(o.udp_fd, SOCK_DGRAM);
    e->tcp = client(o.tcp_fd, SOCK_STREAM);
    struct np_err err = {0};
    NP_CHECK(np_dns_server_new(e->loop, e->r.dns, NULL, &o, &e->server, &err) == 0, "%s", err.text);
}

static void end(struct env *e)
{
    close(e->udp);
    close(e->tcp);
    np_dns_server_free(e->server);
    np_loop_free(e->loop);
    rig_fini(&e->r);
}

static void send_query(struct env *e, const char *name, const char *type)
{
    uint8_t q[512];
    size_t n = rig_question(&e->r, name, type, RIG_EDNS, q);
    q[2] |= DNS_RD >> 8;
    NP_CHECK(send(e->udp, q, n, 0) == (ssize_t)n);
    for (int i = 0; i < 20; i++)
        np_loop_turn(e->loop, 1);
}

static struct np_str answer(struct env *e)
{
    ssize_t n = recv(e->udp, e->r.out, sizeof(e->r.out), MSG_DONTWAIT);
    if (n < 0)
        return NP_STR("nothing");
    e->r.out_n = (size_t)n;
    NP_CHECK((e->r.out[3] & DNS_RA) != 0 && (e->r.out[2] & (DNS_AA >> 8)) == 0);
    struct np_str text = rig_text(&e->r);
    ptrdiff_t opt = np_str_find(text, NP_STR("++\nOPT"));
    return opt < 0 ? text : np_str_sub(text, 0, (size_t)opt);
}

static const struct {
    const char *name, *type, *answer;
} known[] = {
    {"www.example.com", "A", "NOERROR\nwww.example.com. 300 A 192.0.2.1\n"},
    {"s3.amazonaws.com", "A", "NOERROR\ns3.amazonaws.com. 60 A 198.51.100.2\n"},
    {"s3.amazonaws.com", "AAAA", "NOERROR\n"},
    {"api.example.com", "A",
     "NOERROR\napi.example.com. 300 CNAME s3.amazonaws.com.\ns3.amazonaws.com. 60 A "
     "198.51.100.2\n"},
    {"db.inside.test", "A",
     "NOERROR\ndb.inside.test. 300 CNAME www.example.com.\nwww.example.com. 300 A 192.0.2.1\n"},
    {"5.1.0.10.in-addr.arpa", "PTR",
     "NOERROR\n5.1.0.10.in-addr.arpa. 60 PTR ip-5-x.ec2.internal.\n"},
};

NP_TEST(a_resolver_answers_what_the_region_knows)
{
    struct env e;
    start(&e, true);
    NP_EACH (k, known) {
        send_query(&e, k->name, k->type);
        NP_CHECK_STR(answer(&e), np_str_of(k->answer));
    }
    NP_CHECK(e.done == NULL, "nobody else was asked");
    end(&e);
}

NP_TEST(a_resolver_without_others_says_what_is_not)
{
    struct env e;
    start(&e, false);
    send_query(&e, "host.other.test", "A");
    NP_CHECK_STR(answer(&e), NP_STR("NXDOMAIN\n"));
    send_query(&e, "away.example.com", "A");
    NP_CHECK_STR(answer(&e), NP_STR("NOERROR\naway.example.com. 300 CNAME host.other.test.\n"));
    end(&e);
}

/* A message as another server would send it: the question of `name`, then addresses. */
static struct np_str message(struct env *e, const char *name, unsigned n_addresses)
{
    static uint8_t p[8192];
    size_t n = rig_question(&e->r, name, "A", 0, p);
    p[2] = 0x84;
    dns_put16(p, 0xffff);
    dns_put16(p + 6, (uint16_t)n_addresses);
    for (unsigned i = 0; i < n_addresses; i++) {
        static const uint8_t rr[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2};
        memcpy(p + n, rr, sizeof(rr));
        p[n + sizeof(rr)] = (uint8_t)i;
        n += sizeof(rr) + 1;
    }
    return np_str_n(p, n);
}

static void done(struct env *e, int rc, struct np_str m)
{
    np_dns_else_fn *fn = e->done;
    NP_CHECK(fn != NULL);
    e->done = NULL;
    fn(e->x, rc, m);
    for (int i = 0; i < 20; i++)
        np_loop_turn(e->loop, 1);
}

NP_TEST(a_resolver_asks_elsewhere)
{
    struct env e;
    start(&e, true);
    send_query(&e, "Host.other.TEST", "A");
    NP_CHECK(strcmp(e.asked, "host.other.test 1") == 0, "%s", e.asked);
    NP_CHECK_STR(answer(&e), NP_STR("nothing"));
    done(&e, 0, message(&e, "host.other.test", 2));
    NP_CHECK_STR(answer(&e), NP_STR("NOERROR\nHost.other.TEST. 9 A 192.0.2.0\n"
                                    "Host.other.TEST. 9 A 192.0.2.1\n"));
    NP_CHECK(dns_get16(e.r.out) == 0x1234, "the asker's own number");
    send_query(&e, "away.example.com", "A");
    NP_CHECK(strcmp(e.asked, "host.other.test 1") == 0);
    done(&e, 0, message(&e, "host.other.test", 1));
    NP_CHECK_STR(answer(&e), NP_STR("NOERROR\naway.example.com. 300 CNAME host.other.test.\n"
                                    "host.other.test. 9 A 192.0.2.0\n"));
    send_query(&e, "x.sub.example.com", "TXT");
    NP_CHECK(strcmp(e.asked, "x.sub.example.com 16") == 0, "below a delegation: %s", e.asked);
    done(&e, NP_ENOENT, NP_STR_NULL);
    NP_CHECK_STR(answer(&e), NP_STR("NXDOMAIN\n"));
    send_query(&e, "host.other.test", "A");
    done(&e, NP_EIO, NP_STR_NULL);
    NP_CHECK_STR(answer(&e), NP_STR("SERVFAIL\n"));
    send_query(&e, "host.other.test", "A");
    done(&e, 0, message(&e, "liar.other.test", 1));
    NP_CHECK_STR(answer(&e), NP_STR("SERVFAIL\n")); /* another question */
    send_query(&e, "host.other.test", "A");
    done(&e, 0, message(&e, "host.other.test", 200)); /* more than a datagram takes */
    NP_CHECK(np_str_find(answer(&e), NP_STR("NOERROR tc\n")) == 0);
    send_query(&e, "host.other.test", "AAAA"); /* nobody inside has IPv6 */
    NP_CHECK_STR(answer(&e), NP_STR("NOERROR\n"));
    end(&e);
}

NP_TEST(a_resolver_keeps_the_order_of_a_connection)
{
    struct env e;
    uint8_t all[1024], got[2];
    start(&e, true);
    size_t first = rig_question(&e.r, "host.other.test", "A", 0, all + 2);
    dns_put16(all, (uint16_t)first);
    size_t n = 2 + first, second = rig_question(&e.r, "www.example.com", "A", 0, all + n + 2);
    dns_put16(all + n, (uint16_t)second);
    n += 2 + second;
    NP_CHECK(send(e.tcp, all, n, 0) == (ssize_t)n);
    for (int i = 0; i < 20; i++)
        np_loop_turn(e.loop, 1);
    NP_CHECK(recv(e.tcp, got, 2, MSG_DONTWAIT) < 0, "the second waits for the first");
    done(&e, 0, message(&e, "host.other.test", 1));
    const char *want[] = {"NOERROR\nhost.other.test. 9 A 192.0.2.0\n",
                          "NOERROR\nwww.example.com. 300 A 192.0.2.1\n"};
    NP_EACH (w, want) {
        NP_CHECK(recv(e.tcp, got, 2, MSG_WAITALL) == 2);
        e.r.out_n = dns_get16(got);
        NP_CHECK(recv(e.tcp, e.r.out, e.r.out_n, MSG_WAITALL) == (ssize_t)e.r.out_n);
        NP_CHECK_STR(rig_text(&e.r), np_str_of(*w));
    }
    end(&e);
}

NP_TEST(a_resolver_that_ends_is_not_answered)
{
    struct env e;
    start(&e, true);
    send_query(&e, "host.other.test", "A");
    np_dns_server_free(e.server);
    e.server = NULL;
    done(&e, 0, message(&e, "host.other.test", 1));
    end(&e);
}

NP_TEST(a_resolver_asks_no_more_than_so_many)
{
    struct env e;
    void *all[NP_DNS_ELSEWHERE_MAX];
    start(&e, true);
    for (size_t i = 0; i < NP_DNS_ELSEWHERE_MAX; i++) {
        e.x = NULL;
        send_query(&e, "host.other.test", "A");
        all[i] = e.x;
        NP_CHECK(e.x != NULL);
    }
    send_query(&e, "host.other.test", "A");
    NP_CHECK_STR(answer(&e), NP_STR("SERVFAIL\n"));
    NP_EACH (x, all)
        e.done(*x, NP_EIO, NP_STR_NULL);
    end(&e);
}
