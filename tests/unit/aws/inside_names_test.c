/* SPDX-License-Identifier: Apache-2.0 */
/* inside_names_test.c - names of interfaces, endpoints and APIs, as each VPC and the outside see
 * them; names that a person gives. */
#include "test.h"

#include <arpa/inet.h>

#include "aws/network_int.h"
#include "base/arena.h"
#include "engines/dns/dns.h"
#include "gen/agent/types.h"
#include "io/loop.h"
#include "io/rcu.h"

struct env {
    struct np_core core;
    struct np_loop *loops[1];
    struct np_vnet_opts opts;
    struct np_arena *a;
};

static const struct np_vnet_handlers handlers = {0};

static struct in_addr ip(const char *text)
{
    struct in_addr out = {0};
    NP_CHECK(inet_pton(AF_INET, text, &out) == 1);
    return out;
}

static void set(struct env *e, const char *id, const char *region, const char *instance,
                const char *private_ip, const char *public_ip, const char *peer, bool hostnames)
{
    struct agent_EnsureNetworkRequest net = {.Blocks = {.set = true}};
    const struct np_vnet_address at = {ip(private_ip),
                                       public_ip != NULL ? ip(public_ip) : (struct in_addr){0}};
    const struct np_vnet_eni eni = {.id = np_str_printf(e->a, "eni-%s", instance),
                                    .instance_id = np_str_of(instance),
                                    .addresses = &at,
                                    .n_addresses = 1};
    const struct in_addr in = ip("10.0.9.9");
    const struct np_vnet_name names[] = {
        {NP_STR("kms.us-east-1.amazonaws.com"), &in, 1, false},
        {NP_STR("vpce-1-x.kms.us-east-1.vpce.amazonaws.com"), &in, 1, true}};
    const struct np_vnet_endpoint endpoint = {
        .id = NP_STR("vpce-1"), .service = NP_STR("kms"), .names = names, .n_names = 2};
    const struct np_str peers[] = {np_str_of(peer)};
    const struct np_vnet_vpc vpc = {.id = np_str_of(id),
                                    .region = np_str_of(region),
                                    .net = &net,
                                    .dns_hostnames = hostnames,
                                    .enis = &eni,
                                    .n_enis = 1,
                                    .endpoints = &endpoint,
                                    .n_endpoints = np_str_is(np_str_of(id), "vpc-a"),
                                    .dns_peers = peers,
                                    .n_dns_peers = peer != NULL};
    np_vnet_set(e->core.vnet, &vpc);
}

static void start(struct env *e)
{
    *e = (struct env){.a = np_arena_new()};
    np_rcu_thread_begin();
    np_core_init(&e->core);
    NP_CHECK(np_loop_new(&e->loops[0], NULL) == 0);
    e->opts = (struct np_vnet_opts){.loops = e->loops, .n_loops = 1, .handlers = &handlers};
    e->core.vnet = np_vnet_new(&e->opts);
    np_network_names(&e->core);
    set(e, "vpc-a", "us-east-1", "i-0a", "10.0.1.5", "127.64.16.2", NULL, true);
    set(e, "vpc-b", "us-east-1", "i-0b", "10.0.1.5", "127.64.16.3", "vpc-a", true);
    set(e, "vpc-c", "eu-west-1", "i-0c", "10.9.1.5", "127.64.16.4", NULL, false);
}

static void end(struct env *e)
{
    np_vnet_free(e->core.vnet);
    np_loop_free(e->loops[0]);
    np_core_fini(&e->core);
    np_arena_free(e->a);
}

static const struct {
    const char *vpc, *name, *address, *why;
} names[] = {
    {"vpc-a", "ip-10-0-1-5.ec2.internal", "10.0.1.5", "its own"},
    {"vpc-b", "ip-10-0-1-5.ec2.internal", "10.0.1.5", "VPCs overlap"},
    {"vpc-c", "ip-10-9-1-5.eu-west-1.compute.internal", "10.9.1.5", "another region's form"},
    {"vpc-c", "ip-10-9-1-5.ec2.internal", NULL, "which is no other's"},
    {"vpc-a", "i-0a.ec2.internal", "10.0.1.5", "by its id"},
    {"vpc-a", "i-0b.ec2.internal", NULL, "not in this VPC"},
    {"vpc-a", "ip-10-0-1-6.ec2.internal", NULL, "nobody's address"},
    {"vpc-a", "ip-10-0-01-5.ec2.internal", NULL, "no number"},
    {NULL, "ip-10-0-1-5.ec2.internal", NULL, "not outside"},
    {NULL, "ec2-127-64-16-2.compute-1.amazonaws.com", "127.64.16.2", "outside"},
    {"vpc-a", "ec2-127-64-16-2.compute-1.amazonaws.com", "10.0.1.5",
     "inside it is the private one"},
    {"vpc-b", "ec2-127-64-16-2.compute-1.amazonaws.com", "10.0.1.5", "in a peer that may"},
    {"vpc-a", "ec2-127-64-16-3.compute-1.amazonaws.com", "127.64.16.3", "in one that may not"},
    {NULL, "ec2-127-64-16-4.eu-west-1.compute.amazonaws.com", NULL, "DNS hostnames are off"},
    {"vpc-a", "ec2-127-64-16-9.compute-1.amazonaws.com", NULL, "nobody's address"},
    {"vpc-a", "kms.us-east-1.amazonaws.com", "10.0.9.9", "private DNS of an endpoint"},
    {"vpc-b", "kms.us-east-1.amazonaws.com", "198.51.100.1", "in that VPC alone"},
    {"vpc-b", "vpce-1-x.kms.us-east-1.vpce.amazonaws.com", "10.0.9.9", "its own names everywhere"},
    {NULL, "vpce-1-x.kms.us-east-1.vpce.amazonaws.com", "10.0.9.9", "outside, too"},
    {"vpc-a", "vpce-2-x.kms.us-east-1.vpce.amazonaws.com", NULL, "no such endpoint"},
    {"vpc-a", "sts.amazonaws.com", "198.51.100.1", "an API"},
    {"vpc-a", "s3.us-east-1.amazonaws.com", "198.51.100.2", "S3 has its own address"},
    {"vpc-a", "my.bucket.s3.us-east-1.amazonaws.com", "198.51.100.2", "a bucket"},
    {"vpc-a", "b.s3-website-us-east-1.amazonaws.com", "198.51.100.2", "a website"},
    {"vpc-a", "000000000000.s3-control.us-east-1.amazonaws.com", "198.51.100.2", "S3 Control"},
    {"vpc-a", "dynamodb.us-east-1.amazonaws.com", "198.51.100.1", "not served, and not elsewhere"},
    {NULL, "dynamodb.us-east-1.amazonaws.com", NULL, "outside it is nobody's"},
    {"vpc-a", "www.example.com", NULL, "no name of the region"},
};

static int find(struct env *e, struct np_str vpc, struct np_str name, struct np_name_addrs *out)
{
    int rc = np_name_find(&e->core, name, vpc, out);
    return vpc.p != NULL ? np_network_inside(&e->core, name, rc, out) : rc;
}

NP_TEST(names_inside_and_outside)
{
    struct env e;
    start(&e);
    NP_EACH (n, names) {
        struct np_name_addrs got = {0};
        int rc = find(&e, np_str_of(n->vpc), np_str_of(n->name), &got);
        bool fine = n->address == NULL
                        ? rc == NP_ENOENT
                        : rc == 0 && got.n == 1 && got.v[0].s_addr == ip(n->address).s_addr;
        NP_CHECK(fine, "%s %s: %s (%d)", n->vpc != NULL ? n->vpc : "outside", n->name, n->why, rc);
    }
    end(&e);
}

static const struct {
    const char *vpc, *name, *ptr;
} reverses[] = {
    {"vpc-a", "5.1.0.10.in-addr.arpa", "\013ip-10-0-1-5\003ec2\010internal"},
    {"vpc-c", "5.1.9.10.in-addr.arpa", "\013ip-10-9-1-5\011eu-west-1\007compute\010internal"},
    {"vpc-c", "5.1.0.10.in-addr.arpa", NULL},
    {"vpc-a", "5.1.0.in-addr.arpa", NULL},
    {"vpc-a", "5.1.0.10.20.in-addr.arpa", NULL},
};

NP_TEST(addresses_inside_have_names)
{
    struct env e;
    start(&e);
    NP_EACH (r, reverses) {
        struct np_dns_addrs got = {0};
        int rc = np_network_reverse(&e.core, np_str_of(r->vpc), np_str_of(r->name), &got);
        NP_CHECK((rc == 0) == (r->ptr != NULL), "%s", r->name);
        if (r->ptr != NULL)
            NP_CHECK_STR(np_str_n(got.ptr, got.ptr_n), np_str_n(r->ptr, strlen(r->ptr) + 1));
    }
    end(&e);
}

static const struct {
    const char *name, *vpc, *found;
    int rc;
} asked[] = {
    {"i-0a", NULL, "vpc-a", 0},
    {"eni-i-0b", NULL, "vpc-b", 0},
    {"127.64.16.3", NULL, "vpc-b", 0},
    {"10.9.1.5", NULL, "vpc-c", 0},
    {"10.0.1.5", NULL, NULL, NP_EINVAL},
    {"10.0.1.5", "vpc-b", "vpc-b", 0},
    {"ip-10-0-1-5.ec2.internal", "vpc-a", "vpc-a", 0},
    {"ip-10-9-1-5.eu-west-1.compute.internal", NULL, "vpc-c", 0},
    {"ec2-127-64-16-2.compute-1.amazonaws.com", NULL, "vpc-a", 0},
    {"i-0d", NULL, NULL, NP_ENOENT},
};

NP_TEST(people_find_instances_by_what_they_call_them)
{
    struct env e;
    start(&e);
    NP_EACH (q, asked) {
        struct np_inside got = {0};
        struct np_err err = {0};
        int rc = np_network_find(&e.core, np_str_of(q->name), np_str_of(q->vpc), &got, &err);
        NP_CHECK(rc == q->rc, "%s: %d %s", q->name, rc, err.text);
        if (rc == 0)
            NP_CHECK_STR(got.vpc_id, np_str_of(q->found));
    }
    end(&e);
}
