/* SPDX-License-Identifier: Apache-2.0 */
/* packet_test.c - packets that are no proper queries, EDNS, client subnets: byte by byte. */
#include "dns_test.h"

/* Header fields, then the rest as it is. */
#define PACKET(flags, qd, an, ns, ar, ...)                                                         \
    {                                                                                              \
        0x12, 0x34, (flags) >> 8, (flags)&255, 0, qd, 0, an, 0, ns, 0, ar, __VA_ARGS__             \
    }
#define WWW       3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0
#define WWW_A     WWW, 0, 1, 0, 1
#define OPT(v)    0, 0, 41, 4, 208, 0, v, 0, 0
#define SOME(...) ((const uint8_t[]){__VA_ARGS__}), sizeof((const uint8_t[]){__VA_ARGS__})

struct sample {
    const char *why, *want;
    const uint8_t *p;
    size_t n;
};

#define SAMPLE(why, want, ...)                                                                     \
    {                                                                                              \
        why, want, (const uint8_t[])__VA_ARGS__, sizeof((const uint8_t[])__VA_ARGS__)              \
    }

static const struct sample samples[] = {
    SAMPLE("nothing of a header", "nothing", {0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0}),
    SAMPLE("an answer", "nothing", PACKET(0x8000, 1, 0, 0, 0, WWW_A)),
    SAMPLE("NOTIFY", "NOTIMP\n", PACKET(0x2000, 1, 0, 0, 0, WWW_A)),
    SAMPLE("UPDATE", "NOTIMP\n", PACKET(0x2800, 1, 0, 0, 0, WWW_A)),
    SAMPLE("opcode 15", "NOTIMP\n", PACKET(0x7800, 1, 0, 0, 0, WWW_A)),
    SAMPLE("no question", "FORMERR\n", PACKET(0, 0, 0, 0, 0, WWW_A)),
    SAMPLE("two questions", "FORMERR\n", PACKET(0, 2, 0, 0, 0, WWW_A, WWW_A)),
    SAMPLE("an answer record in it", "FORMERR\n", PACKET(0, 1, 1, 0, 0, WWW_A)),
    SAMPLE("an authority record in it", "FORMERR\n", PACKET(0, 1, 0, 1, 0, WWW_A)),
    SAMPLE("the name ends early", "FORMERR\n", PACKET(0, 1, 0, 0, 0, 3, 'w', 'w')),
    SAMPLE("no type", "FORMERR\n", PACKET(0, 1, 0, 0, 0, WWW)),
    SAMPLE("half a class", "FORMERR\n", PACKET(0, 1, 0, 0, 0, WWW, 0, 1, 0)),
    SAMPLE("a pointer in the question", "FORMERR\n", PACKET(0, 1, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1)),
    SAMPLE("a label of 64", "FORMERR\n", PACKET(0, 1, 0, 0, 0, 64, 'w', 0, 0, 1, 0, 1)),
    SAMPLE("bytes behind it", "FORMERR\n", PACKET(0, 1, 0, 0, 0, WWW_A, 0)),
    SAMPLE("class CHAOS", "REFUSED\n", PACKET(0, 1, 0, 0, 0, WWW, 0, 16, 0, 3)),
    SAMPLE("class ANY", "REFUSED\n", PACKET(0, 1, 0, 0, 0, WWW, 0, 1, 0, 255)),
    SAMPLE("IXFR", "REFUSED\n", PACKET(0, 1, 0, 0, 0, WWW, 0, 251, 0, 1)),
    SAMPLE("a record of no interest behind it", "NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4)),
    SAMPLE("a record that ends early", "FORMERR\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3)),
    SAMPLE("a pointer forward", "FORMERR\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, 0xc0, 33, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0)),
    SAMPLE("EDNS", "NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n++\nOPT 1232 00000000\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, OPT(0), 0, 0)),
    SAMPLE("EDNS of version 1", "NOERROR\n++\nOPT 1232 01000000\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, OPT(1), 0, 0)),
    SAMPLE("EDNS twice", "FORMERR\n++\nOPT 1232 00000000\n",
           PACKET(0, 1, 0, 0, 2, WWW_A, OPT(0), 0, 0, OPT(0), 0, 0)),
    SAMPLE("EDNS of a name", "FORMERR\n", PACKET(0, 1, 0, 0, 1, WWW_A, 1, 'x', OPT(0), 0, 0)),
    SAMPLE("an option that is not known",
           "NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n++\nOPT 1232 00000000\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, OPT(0), 0, 6, 0xff, 0, 0, 2, 1, 2)),
    SAMPLE("an option longer than its record", "FORMERR\n++\nOPT 1232 00000000\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, OPT(0), 0, 6, 0xff, 0, 0, 3, 1, 2)),
    SAMPLE("half an option", "FORMERR\n++\nOPT 1232 00000000\n",
           PACKET(0, 1, 0, 0, 1, WWW_A, OPT(0), 0, 3, 0xff, 0, 0)),
};

static const struct sample subnets[] = {
    SAMPLE("/24", "0008000700011800c00002", {0, 1, 24, 0, 192, 0, 2}),
    SAMPLE("/0: not told", "0008000400010000", {0, 1, 0, 0}),
    SAMPLE("/20", "0008000700011400c00000", {0, 1, 20, 0, 192, 0, 0}),
    SAMPLE("IPv6 /56", "0008000b0002380020010db8000000",
           {0, 2, 56, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0}),
    SAMPLE("no family", "0008000400000000", {0, 0, 0, 0}),
    SAMPLE("bits behind the prefix", NULL, {0, 1, 20, 0, 192, 0, 1}),
    SAMPLE("too few bytes", NULL, {0, 1, 24, 0, 192, 0}),
    SAMPLE("too many bytes", NULL, {0, 1, 24, 0, 192, 0, 2, 0}),
    SAMPLE("a prefix of 33", NULL, {0, 1, 33, 0, 192, 0, 2, 0, 0}),
    SAMPLE("a scope in a query", NULL, {0, 1, 24, 24, 192, 0, 2}),
    SAMPLE("a family that is not known", NULL, {0, 3, 8, 0, 1}),
    SAMPLE("half of it", NULL, {0, 1, 24}),
};

static void example_without_ns(struct rig *r)
{
    rig_init(r);
    rig_example(r);
    rig_begin(r);
    rig_remove(r, "Z1", "example.com", "NS", NULL);
    rig_commit(r);
}

NP_TEST(dns_packets_that_are_no_queries)
{
    struct rig r;
    example_without_ns(&r);
    NP_EACH (s, samples) {
        struct np_str got = rig_send(&r, s->p, s->n);
        NP_CHECK(np_str_eq(got, np_str_of(s->want)), "%s: %.*s", s->why, NP_FMT(got));
        NP_CHECK(r.out_n == 0 || (r.out[0] == 0x12 && r.out[1] == 0x34), "%s", s->why);
    }
    rig_fini(&r);
}

NP_TEST(dns_malformed_client_subnets)
{
    struct rig r;
    example_without_ns(&r);
    NP_EACH (s, subnets) {
        uint8_t query[512];
        size_t n = rig_question(&r, "www.example.com", "A", RIG_EDNS, query);
        query[n - 1] = (uint8_t)(4 + s->n);
        dns_put16(query + n, 8);
        dns_put16(query + n + 2, (uint16_t)s->n);
        memcpy(query + n + 4, s->p, s->n);
        struct np_str got = rig_send(&r, query, n + 4 + s->n);
        struct np_str want = s->want == NULL
                                 ? NP_STR("FORMERR\n++\nOPT 1232 00000000\n")
                                 : np_str_printf(r.arena,
                                                 "NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n"
                                                 "++\nOPT 1232 00000000 %s\n",
                                                 s->want);
        NP_CHECK(np_str_eq(got, want), "%s: %.*s", s->why, NP_FMT(got));
    }
    rig_fini(&r);
}

NP_TEST(dns_header_of_an_answer)
{
    struct rig r;
    uint8_t query[512];
    example_without_ns(&r);
    size_t n = rig_question(&r, "www.example.com", "A", 0, query);
    dns_put16(query + 2, DNS_RD | DNS_CD | 0x20 | 0x80 | DNS_AA | DNS_TC | 7);
    rig_send(&r, query, n);
    /* RD and CD come back; AD, RA and the rest are not taken from a query. */
    NP_CHECK(dns_get16(r.out + 2) == (DNS_QR | DNS_AA | DNS_RD | DNS_CD));
    n = rig_question(&r, "wWw.eXAMPLE.com", "A", 0, query);
    rig_send(&r, query, n);
    NP_CHECK(memcmp(r.out + DNS_HEADER, query + DNS_HEADER, n - DNS_HEADER) == 0);
    rig_fini(&r);
}

NP_TEST(dns_room_that_edns_gives)
{
    static const struct {
        unsigned says, most;
    } cases[] = {{0, 512},     {511, 512},   {512, 512},   {700, 700},
                 {1232, 1232}, {1233, 1232}, {65535, 1232}};
    struct rig r;
    example_without_ns(&r);
    rig_begin(&r);
    struct np_buf text;
    np_buf_init(&text, r.arena, 1 << 16);
    for (int i = 0; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof(name), "n%d.example.com", i);
        np_buf_clear(&text);
        for (int k = 0; k < i; k++)
            np_buf_printf(&text, "%s10.0.0.%d", k > 0 ? "\n" : "", k);
        np_buf_char(&text, '\0');
        rig_put(&r, "Z1", name, "A", i > 0 ? text.p : "10.0.0.0");
    }
    rig_commit(&r);
    NP_EACH (c, cases) {
        size_t longest = 0;
        for (int i = 0; i < 100; i++) {
            char name[32];
            uint8_t query[512];
            snprintf(name, sizeof(name), "n%d.example.com", i);
            size_t n = rig_question(&r, name, "A", RIG_EDNS, query);
            dns_put16(query + n - 8, (uint16_t)c->says);
            rig_send(&r, query, n);
            if (r.out_n > longest)
                longest = r.out_n;
            /* 12 header, 21 question, 11 OPT */
            bool cut = 12 + 21 - (i < 10) + 11 + 16 * (size_t)(i > 0 ? i : 1) > c->most;
            NP_CHECK(((dns_get16(r.out + 2) & DNS_TC) != 0) == cut, "%d values, room %u", i,
                     c->says);
        }
        NP_CHECK(longest <= c->most && longest + 16 > c->most, "%zu of %u", longest, c->most);
    }
    rig_fini(&r);
}

NP_TEST(dns_names_are_compressed_as_far_as_pointers_reach)
{
    struct rig r;
    example_without_ns(&r);
    struct np_buf text;
    np_buf_init(&text, r.arena, 1 << 20);
    for (int i = 0; i < 400; i++)
        np_buf_printf(&text, "%s%d a-rather-long-name-%d.of-a-mail-server.example.com",
                      i > 0 ? "\n" : "", i, i);
    np_buf_char(&text, '\0');
    rig_begin(&r);
    rig_put(&r, "Z1", "example.com", "MX", text.p);
    rig_commit(&r);
    struct np_str got = rig_ask(&r, "example.com", "MX", RIG_TCP), line;
    unsigned n = 0;
    np_str_split(&got, '\n', &line);
    while (np_str_split(&got, '\n', &line)) {
        struct np_str want =
            np_str_printf(r.arena,
                          "example.com. 300 MX %u a-rather-long-name-%u.of-a-mail-server."
                          "example.com.",
                          n, n);
        NP_CHECK_STR(line, want);
        n++;
    }
    NP_CHECK(n == 400 && r.out_n < 400 * 40 && r.out_n > 4000, "%zu bytes", r.out_n);
    rig_fini(&r);
}
