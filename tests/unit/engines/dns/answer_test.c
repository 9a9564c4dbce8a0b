/* SPDX-License-Identifier: Apache-2.0 */
/* answer_test.c - what a question is answered with: names, chains, wildcards, delegations, views.
 */
#include "dns_test.h"

NP_TEST(dns_positive_answer_has_the_zones_ns)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "example.com", "SOA", 0),
                 NP_STR("NOERROR aa\nexample.com. 900 SOA ns-1.awsdns-00.com. "
                        "hostmaster.example.com. 1 7200 900 1209600 60\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "example.com", "NS", 0),
                 NP_STR("NOERROR aa\nexample.com. 172800 NS ns-1.awsdns-00.com.\n"
                        "example.com. 172800 NS ns-2.awsdns-00.net.\n"));
    rig_fini(&r);
}

NP_TEST(dns_answer_byte_by_byte)
{
    static const uint8_t want[] =
        {
            0x12, 0x34, 0x84, 0x00, 0,    1,   0,   1,   0,    2,   0,   0, /* header */
            3,    'w',  'W',  'w',  7,    'E', 'x', 'a', 'm',  'p', 'l', 'e', 3,    'c', 'o', 'm',
            0,    0,    1,    0,    1, /* the question, in its case */
            0xc0, 12,   0,    1,    0,    1,   0,   0,   1,    44,  0,   4, /* the answer */
            192,  0,    2,    1,    0xc0, 16,  0,   2,   0,    1,   0,   2,   0xa3, 0,   0,   17,
            4,    'n',  's',  '-',  '1',  9,   'a', 'w', 's',  'd', 'n', 's', '-',  '0', '0', 0xc0,
            24, /* "com" of the question */
            0xc0, 16,   0,    2,    0,    1,   0,   2,   0xa3, 0,   0,   20,  4,    'n', 's', '-',
            '2',  9,    'a',  'w',  's',  'd', 'n', 's', '-',  '0', '0', 3,   'n',  'e', 't', 0,
        };
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_ask(&r, "wWw.Example.com", "A", 0);
    for (size_t i = 0; i < sizeof(want) && i < r.out_n; i++)
        NP_CHECK(r.out[i] == want[i], "byte %zu: %02x, want %02x", i, r.out[i], want[i]);
    NP_CHECK(r.out_n == sizeof(want), "%zu", r.out_n);
    rig_fini(&r);
}

NP_TEST(dns_negative_answers_have_the_soa)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    NP_CHECK_STR(rig_ask(&r, "nowhere.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "AAAA", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "x.www.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "example.org", "A", 0), NP_STR("REFUSED\n"));
    NP_CHECK_STR(rig_ask(&r, "com", "A", 0), NP_STR("REFUSED\n"));
    NP_CHECK_STR(rig_ask(&r, ".", "NS", 0), NP_STR("REFUSED\n"));
    NP_CHECK_STR(rig_ask(&r, "example.com", "AXFR", RIG_TCP), NP_STR("REFUSED\n"));
    rig_fini(&r);
}

NP_TEST(dns_empty_non_terminals)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "a.b.c.example.com", "A", "192.0.2.2");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "b.c.example.com", "A", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "c.example.com", "A", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "x.b.c.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    rig_begin(&r);
    rig_put(&r, "Z1", "c.example.com", "TXT", "\"here\"");
    rig_remove(&r, "Z1", "a.b.c.example.com", "A", NULL);
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "b.c.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "c.example.com", "A", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    rig_begin(&r);
    rig_remove(&r, "Z1", "c.example.com", "TXT", NULL);
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "c.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    rig_fini(&r);
}

NP_TEST(dns_wildcards)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "*.example.com", "A", "192.0.2.9");
    rig_put(&r, "Z1", "host.sub.example.com", "TXT", "\"x\"");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "any.example.com", "A", 0),
                 NP_STR("NOERROR aa\nany.example.com. 300 A 192.0.2.9\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "deep.any.example.com", "A", 0),
                 NP_STR("NOERROR aa\ndeep.any.example.com. 300 A 192.0.2.9\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "any.example.com", "MX", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    /* A name that exists, with or without records, keeps the wildcard away from what is below. */
    NP_CHECK_STR(rig_ask(&r, "sub.example.com", "A", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "x.sub.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "x.www.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "*.example.com", "A", 0),
                 NP_STR("NOERROR aa\n\\052.example.com. 300 A 192.0.2.9\n" RIG_NS));
    rig_fini(&r);
}

NP_TEST(dns_cname_chains)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "a.example.com", "CNAME", "B.example.com");
    rig_put(&r, "Z1", "b.example.com", "CNAME", "www.example.com");
    rig_put(&r, "Z1", "out.example.com", "CNAME", "www.example.org");
    rig_put(&r, "Z1", "gone.example.com", "CNAME", "nowhere.example.com");
    rig_put(&r, "Z1", "loop.example.com", "CNAME", "pool.example.com");
    rig_put(&r, "Z1", "pool.example.com", "CNAME", "loop.example.com");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "a.example.com", "A", 0),
                 NP_STR("NOERROR aa\na.example.com. 300 CNAME B.example.com.\n"
                        "B.example.com. 300 CNAME www.example.com.\n"
                        "www.example.com. 300 A 192.0.2.1\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "a.example.com", "CNAME", 0),
                 NP_STR("NOERROR aa\na.example.com. 300 CNAME B.example.com.\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "a.example.com", "MX", 0),
                 NP_STR("NOERROR aa\na.example.com. 300 CNAME B.example.com.\n"
                        "B.example.com. 300 CNAME www.example.com.\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "out.example.com", "A", 0),
                 NP_STR("NOERROR aa\nout.example.com. 300 CNAME www.example.org.\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "gone.example.com", "A", 0),
                 NP_STR("NXDOMAIN aa\ngone.example.com. 300 CNAME nowhere.example.com.\n" RIG_SOA));
    struct np_str loop = rig_ask(&r, "loop.example.com", "A", RIG_TCP);
    NP_CHECK(dns_get16(r.out + 6) == NP_DNS_CHAIN_MAX + 1, "%.*s", NP_FMT(loop));
    rig_fini(&r);
}

NP_TEST(dns_delegation_refers_with_glue)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "sub.example.com", "NS", "ns.sub.example.com\nns.example.org");
    rig_put(&r, "Z1", "ns.sub.example.com", "A", "192.0.2.53");
    rig_put(&r, "Z1", "ns.sub.example.com", "AAAA", "2001:db8::53");
    rig_put(&r, "Z1", "to.example.com", "CNAME", "x.sub.example.com");
    rig_commit(&r);
#define REFERRAL                                                                                   \
    "--\nsub.example.com. 300 NS ns.sub.example.com.\nsub.example.com. 300 NS ns.example.org.\n"   \
    "++\nns.sub.example.com. 300 A 192.0.2.53\nns.sub.example.com. 300 AAAA 2001:db8::53\n"
    NP_CHECK_STR(rig_ask(&r, "x.y.sub.example.com", "A", 0), NP_STR("NOERROR\n" REFERRAL));
    NP_CHECK_STR(rig_ask(&r, "sub.example.com", "NS", 0), NP_STR("NOERROR\n" REFERRAL));
    NP_CHECK_STR(rig_ask(&r, "ns.sub.example.com", "A", 0), NP_STR("NOERROR\n" REFERRAL));
    NP_CHECK_STR(rig_ask(&r, "sub.example.com", "DS", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&r, "to.example.com", "A", 0),
                 NP_STR("NOERROR aa\nto.example.com. 300 CNAME x.sub.example.com.\n" REFERRAL));
    rig_begin(&r);
    rig_remove(&r, "Z1", "sub.example.com", "NS", NULL);
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "x.sub.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    rig_fini(&r);
}

NP_TEST(dns_addresses_of_names_in_the_answer)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "example.com", "MX", "10 mail.example.com\n20 mail.example.org");
    rig_put(&r, "Z1", "mail.example.com", "A", "192.0.2.25");
    rig_put(&r, "Z1", "_sip._tcp.example.com", "SRV", "1 2 5060 Mail.example.com");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "example.com", "MX", 0),
                 NP_STR("NOERROR aa\nexample.com. 300 MX 10 mail.example.com.\n"
                        "example.com. 300 MX 20 mail.example.org.\n" RIG_NS
                        "++\nmail.example.com. 300 A 192.0.2.25\n"));
    NP_CHECK_STR(
        rig_ask(&r, "_sip._tcp.example.com", "SRV", 0),
        NP_STR("NOERROR aa\n_sip._tcp.example.com. 300 SRV 1 2 5060 Mail.example.com.\n" RIG_NS
               "++\nmail.example.com. 300 A 192.0.2.25\n"));
    rig_fini(&r);
}

NP_TEST(dns_addresses_of_so_many_names_and_no_more)
{
    struct rig r;
    char name[32];
    rig_init(&r);
    rig_example(&r);
    struct np_buf values;
    np_buf_init(&values, r.arena, 1 << 16);
    rig_begin(&r);
    for (int i = 0; i <= NP_DNS_ADDITIONAL_MAX; i++) {
        snprintf(name, sizeof(name), "m%d.example.com", i);
        np_buf_printf(&values, "%s%d %s", i > 0 ? "\n" : "", i, name);
        rig_put(&r, "Z1", name, "A", "192.0.2.25");
    }
    np_buf_char(&values, '\0');
    rig_put(&r, "Z1", "example.com", "MX", values.p);
    rig_commit(&r);
    rig_ask(&r, "example.com", "MX", RIG_TCP);
    NP_CHECK(dns_get16(r.out + 6) == NP_DNS_ADDITIONAL_MAX + 1);
    NP_CHECK(dns_get16(r.out + 10) == NP_DNS_ADDITIONAL_MAX);
    rig_fini(&r);
}

NP_TEST(dns_any_is_one_set)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "www.example.com", "TXT", "\"big\"");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "ANY", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "no.example.com", "ANY", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    rig_fini(&r);
}

NP_TEST(dns_values_of_a_set_come_in_any_order)
{
    struct rig r;
    rig_init(&r);
    uint64_t chance = 2;
    np_dns_free(r.dns);
    r.opts.random_arg = &chance;
    r.dns = np_dns_new(&r.opts);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "m.example.com", "A", "192.0.2.1\n192.0.2.2\n192.0.2.3");
    rig_put(&r, "Z1", "c.example.com", "CNAME", "m.example.com");
    rig_commit(&r);
    NP_CHECK_STR(
        rig_ask(&r, "m.example.com", "A", 0),
        NP_STR("NOERROR aa\nm.example.com. 300 A 192.0.2.3\nm.example.com. 300 A 192.0.2.1\n"
               "m.example.com. 300 A 192.0.2.2\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "c.example.com", "A", 0),
                 NP_STR("NOERROR aa\nc.example.com. 300 CNAME m.example.com.\n"
                        "m.example.com. 300 A 192.0.2.3\nm.example.com. 300 A 192.0.2.1\n"
                        "m.example.com. 300 A 192.0.2.2\n" RIG_NS));
    rig_fini(&r);
}

NP_TEST(dns_views_and_longest_match)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_zone(&r, "Z2", "deep.example.com", NULL);
    rig_put(&r, "Z2", "x.deep.example.com", "A", "192.0.2.22");
    rig_zone(&r, "Z3", "example.com", "vpc-1");
    rig_put(&r, "Z3", "www.example.com", "A", "10.0.0.1");
    rig_zone(&r, "Z4", "example.com", NULL);
    rig_put(&r, "Z4", "www.example.com", "A", "192.0.2.44");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "x.deep.example.com", "A", 0),
                 NP_STR("NOERROR aa\nx.deep.example.com. 300 A 192.0.2.22\n"));
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n" RIG_NS));
    r.ctx.view.vpc_id = NP_STR("vpc-1");
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 10.0.0.1\n"));
    NP_CHECK_STR(rig_ask(&r, "x.deep.example.com", "A", 0), NP_STR("NXDOMAIN aa\n"));
    r.ctx.view.vpc_id = NP_STR("vpc-2");
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n" RIG_NS));
    r.ctx.view.vpc_id = NP_STR_NULL;
    r.ctx.zone_id = NP_STR("Z4");
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.44\n"));
    r.ctx.zone_id = NP_STR_NULL;
    rig_begin(&r);
    np_dns_zone_remove(r.change, NP_STR("Z1"));
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.44\n"));
    rig_fini(&r);
}

NP_TEST(dns_names_of_any_bytes)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    rig_put(&r, "Z1", "a\\056b\\000.example.com", "A", "192.0.2.7");
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "A\\056B\\000.example.com", "A", 0),
                 NP_STR("NOERROR aa\nA\\056B\\000.example.com. 300 A 192.0.2.7\n" RIG_NS));
    NP_CHECK_STR(rig_ask(&r, "a.b\\000.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    rig_fini(&r);
}

NP_TEST(dns_long_answers_are_cut_over_udp)
{
    struct rig r;
    rig_init(&r);
    rig_example(&r);
    NP_AUTO_BUF values;
    np_buf_init(&values, NULL, 1 << 20);
    rig_begin(&r);
    for (int i = 0; i < 75; i++) /* 12 + 17 + 75 * 16 is just below 1232; NS do not fit */
        np_buf_printf(&values, "%s10.0.0.%d", i > 0 ? "\n" : "", i);
    np_buf_char(&values, '\0');
    rig_put(&r, "Z1", "many.example.com", "A", values.p);
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "many.example.com", "A", 0), NP_STR("NOERROR aa tc\n"));
    NP_CHECK(r.out_n == 34);
    rig_ask(&r, "many.example.com", "A", RIG_TCP);
    NP_CHECK(dns_get16(r.out + 6) == 75 && dns_get16(r.out + 8) == 2);
    struct np_str edns = rig_ask(&r, "many.example.com", "A", RIG_EDNS);
    NP_CHECK(np_str_starts(edns, NP_STR("NOERROR aa tc\n++\nOPT 1232")), "%.*s", NP_FMT(edns));
    rig_begin(&r);
    values.n = 0;
    for (int i = 0; i < 74; i++)
        np_buf_printf(&values, "%s10.0.0.%d", i > 0 ? "\n" : "", i);
    np_buf_char(&values, '\0');
    rig_put(&r, "Z1", "many.example.com", "A", values.p);
    rig_commit(&r);
    rig_ask(&r, "many.example.com", "A", RIG_EDNS);
    NP_CHECK(dns_get16(r.out + 6) == 74 && dns_get16(r.out + 8) == 0 && r.out_n <= NP_DNS_UDP_MAX);
    rig_fini(&r);
}
