/* SPDX-License-Identifier: Apache-2.0 */
/* choose_test.c - routing policies, health and aliases, as they answer on the wire. */
#include "dns_test.h"

#include <arpa/inet.h>

struct world {
    struct rig r;
    uint64_t chance;
    int place_rc;
    struct np_dns_place place;
    struct np_addr asked; /* whose place was asked for last */
    bool bucket_is_sick;
};

static int region_name(void *arg, struct np_dns_view view, struct np_str name,
                       struct np_dns_addrs *out)
{
    const struct world *w = arg;
    if (!np_str_is(name, "d1.cloudfront.net"))
        return NP_ENOENT;
    out->n_v4 = 2;
    inet_pton(AF_INET, view.vpc_id.p != NULL ? "10.0.0.7" : "127.64.0.7", &out->v4[0]);
    inet_pton(AF_INET, "127.64.0.8", &out->v4[1]);
    out->ttl = 60;
    out->unhealthy = w->bucket_is_sick;
    return 0;
}

static int place(void *arg, const struct np_addr *addr, struct np_dns_place *out)
{
    struct world *w = arg;
    w->asked = *addr;
    *out = w->place;
    return w->place_rc;
}

static void world_init(struct world *w)
{
    memset(w, 0, sizeof(*w));
    rig_init(&w->r);
    np_dns_free(w->r.dns);
    w->r.opts = (struct np_dns_opts){.region_name = region_name,
                                     .place = place,
                                     .arg = w,
                                     .random = rig_no_chance,
                                     .random_arg = &w->chance};
    w->r.dns = np_dns_new(&w->r.opts);
    rig_example(&w->r);
    rig_begin(&w->r);
    /* No NS: the answers that are compared are short. */
    rig_remove(&w->r, "Z1", "example.com", "NS", NULL);
    rig_commit(&w->r);
}

static void put(struct world *w, const char *name, const char *value, struct np_dns_rrset s)
{
    rig_begin(&w->r);
    rig_put_set(&w->r, "Z1", name, "A", value, s);
    rig_commit(&w->r);
}

/* The addresses that x.example.com has, or the first line of the answer. */
static struct np_str ask(struct world *w)
{
    struct np_str text = rig_ask(&w->r, "x.example.com", "A", RIG_TCP), line;
    struct np_buf b;
    np_buf_init(&b, w->r.arena, 1 << 16);
    np_str_split(&text, '\n', &line);
    struct np_str first = line;
    static const char before[] = "x.example.com. 300 A ";
    while (np_str_split(&text, '\n', &line) && np_str_starts(line, np_str_of(before))) {
        np_buf_lit(&b, " ");
        np_buf_str_add(&b, np_str_sub(line, sizeof(before) - 1, line.n));
    }
    return b.n != 0 ? np_str_trim(np_buf_str(&b)) : first;
}

#define WEIGHTED(id, w_, hc)                                                                       \
    ((struct np_dns_rrset){.set_id = NP_STR(id),                                                   \
                           .policy = NP_DNS_WEIGHTED,                                              \
                           .weight = (w_),                                                         \
                           .health_check = np_str_of(hc)})

static void sick(struct world *w, const char *id)
{
    np_dns_health_set(w->r.dns, np_str_of(id), false);
}
static void well(struct world *w, const char *id)
{
    np_dns_health_set(w->r.dns, np_str_of(id), true);
}

NP_TEST(dns_weighted)
{
    struct world w;
    world_init(&w);
    put(&w, "x.example.com", "192.0.2.1", WEIGHTED("a", 1, "ha"));
    put(&w, "x.example.com", "192.0.2.2", WEIGHTED("b", 3, "hb"));
    put(&w, "x.example.com", "192.0.2.3", WEIGHTED("c", 0, "hc"));
    unsigned counts[4] = {0};
    for (w.chance = 0; w.chance < 8; w.chance++) {
        struct np_str got = ask(&w);
        counts[got.p[got.n - 1] - '0']++;
    }
    NP_CHECK(counts[1] == 2 && counts[2] == 6 && counts[3] == 0);
    w.chance = 0;
    sick(&w, "ha");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    /* None with a weight is healthy: those without have their turn. */
    sick(&w, "hb");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.3"));
    /* None at all is: as if all were. */
    sick(&w, "hc");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    w.chance = 3;
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    well(&w, "ha");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

NP_TEST(dns_weights_of_zero_are_equal)
{
    struct world w;
    world_init(&w);
    put(&w, "x.example.com", "192.0.2.1", WEIGHTED("a", 0, NULL));
    put(&w, "x.example.com", "192.0.2.2", WEIGHTED("b", 0, NULL));
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    w.chance = 1;
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    rig_fini(&w.r);
}

static struct np_dns_rrset latency(const char *id, int lat, int lon)
{
    return (struct np_dns_rrset){.set_id = np_str_of(id),
                                 .policy = NP_DNS_LATENCY,
                                 .spot = {(int16_t)(lat * 100), (int16_t)(lon * 100)},
                                 .health_check = np_str_of(id)};
}

NP_TEST(dns_latency_is_the_nearest)
{
    struct world w;
    struct np_addr from;
    world_init(&w);
    NP_CHECK(np_addr_parse(NP_STR("203.0.113.10:1"), &from, NULL) == 0);
    put(&w, "x.example.com", "192.0.2.1", latency("us-east-1", 38, -77));
    put(&w, "x.example.com", "192.0.2.2", latency("eu-central-1", 50, 8));
    put(&w, "x.example.com", "192.0.2.3", latency("ap-northeast-1", 35, 139));
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.3")); /* nobody's place: the first by its id */
    w.r.ctx.from = &from;
    w.place = (struct np_dns_place){.has_spot = true, .spot = {5200, 2000}}; /* Poland */
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    sick(&w, "eu-central-1");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    w.place.spot = (struct np_dns_spot){-1700, 17900}; /* Fiji, over the line of dates */
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.3"));
    sick(&w, "us-east-1");
    sick(&w, "ap-northeast-1");
    w.place.spot = (struct np_dns_spot){5200, 2000};
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    w.place_rc = NP_EAGAIN;
    NP_CHECK_STR(ask(&w), NP_STR("SERVFAIL"));
    rig_fini(&w.r);
}

static void put_geo(struct world *w, const char *value, const char *id, const char *continent,
                    const char *country, const char *subdivision)
{
    put(w, "x.example.com", value,
        (struct np_dns_rrset){.set_id = np_str_of(id),
                              .policy = NP_DNS_GEO,
                              .continent = np_str_of(continent),
                              .country = np_str_of(country),
                              .subdivision = np_str_of(subdivision),
                              .health_check = np_str_of(id)});
}

NP_TEST(dns_geolocation_is_the_smallest_area)
{
    struct world w;
    struct np_addr from;
    world_init(&w);
    NP_CHECK(np_addr_parse(NP_STR("203.0.113.10:1"), &from, NULL) == 0);
    w.r.ctx.from = &from;
    put_geo(&w, "192.0.2.1", "ca", NULL, "US", "CA");
    put_geo(&w, "192.0.2.2", "us", NULL, "US", NULL);
    put_geo(&w, "192.0.2.3", "na", "NA", NULL, NULL);
    w.place = (struct np_dns_place){"NA", "US", "CA"};
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    w.place = (struct np_dns_place){"NA", "US", "NY"};
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    w.place = (struct np_dns_place){"NA", "MX", ""};
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.3"));
    w.place = (struct np_dns_place){"EU", "DE", ""};
    NP_CHECK_STR(ask(&w), NP_STR("NOERROR aa")); /* no default: no answer */
    w.place_rc = NP_ENOENT;
    put_geo(&w, "192.0.2.9", "default", NULL, NULL, NULL);
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.9"));
    w.place_rc = 0;
    w.place = (struct np_dns_place){"NA", "US", "CA"};
    sick(&w, "ca");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    sick(&w, "us");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.3"));
    sick(&w, "na");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.9"));
    sick(&w, "default");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

static struct np_dns_rrset failover(const char *id, bool secondary)
{
    return (struct np_dns_rrset){.set_id = np_str_of(id),
                                 .policy = NP_DNS_FAILOVER,
                                 .secondary = secondary,
                                 .health_check = np_str_of(id)};
}

NP_TEST(dns_failover)
{
    struct world w;
    world_init(&w);
    put(&w, "x.example.com", "192.0.2.2", failover("a-second", true));
    put(&w, "x.example.com", "192.0.2.1", failover("b-first", false));
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    sick(&w, "b-first");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    sick(&w, "a-second");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    well(&w, "b-first");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

NP_TEST(dns_multivalue_gives_up_to_eight)
{
    struct world w;
    world_init(&w);
    for (int i = 0; i < NP_DNS_MULTIVALUE_MAX + 1; i++) {
        char id[] = {(char)('a' + i), 0}, value[16];
        snprintf(value, sizeof(value), "192.0.2.%d", i);
        put(&w, "x.example.com", value,
            (struct np_dns_rrset){.set_id = np_str_of(id),
                                  .policy = NP_DNS_MULTIVALUE,
                                  .health_check = np_str_of(id)});
    }
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.0 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 "
                                 "192.0.2.6 192.0.2.7"));
    w.chance = 8; /* of nine the last, of eight the first, … */
    NP_CHECK(np_str_starts(ask(&w), NP_STR("192.0.2.8 192.0.2.1 ")));
    w.chance = 0;
    sick(&w, "a");
    sick(&w, "c");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7 "
                                 "192.0.2.8"));
    for (char id[] = "a"; id[0] <= 'i'; id[0]++)
        sick(&w, id);
    NP_CHECK(dns_get16(w.r.out + 6) == 7);
    ask(&w);
    NP_CHECK(dns_get16(w.r.out + 6) == NP_DNS_MULTIVALUE_MAX);
    rig_fini(&w.r);
}

/* --- aliases --- */

static struct np_dns_rrset alias(struct world *w, const char *to, bool outside, bool evaluate)
{
    return (struct np_dns_rrset){
        .alias = rig_name(&w->r, to), .alias_outside = outside, .evaluate_health = evaluate};
}

NP_TEST(dns_alias_answers_with_what_the_target_has)
{
    struct world w;
    world_init(&w);
    put(&w, "x.example.com", NULL, alias(&w, "www.example.com", false, false));
    put(&w, "example.com", NULL, alias(&w, "d1.cloudfront.net", true, false));
    put(&w, "lost.example.com", NULL, alias(&w, "no.example.com", false, false));
    put(&w, "gone.example.com", NULL, alias(&w, "d2.cloudfront.net", true, false));
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    NP_CHECK_STR(
        rig_ask(&w.r, "example.com", "A", 0),
        NP_STR("NOERROR aa\nexample.com. 60 A 127.64.0.7\nexample.com. 60 A 127.64.0.8\n"));
    NP_CHECK_STR(rig_ask(&w.r, "example.com", "AAAA", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&w.r, "lost.example.com", "A", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&w.r, "gone.example.com", "A", 0), NP_STR("NOERROR aa\n" RIG_SOA));
    NP_CHECK_STR(rig_ask(&w.r, "D1.cloudfront.net", "A", 0),
                 NP_STR("NOERROR aa\nD1.cloudfront.net. 60 A 127.64.0.7\n"
                        "D1.cloudfront.net. 60 A 127.64.0.8\n"));
    NP_CHECK_STR(rig_ask(&w.r, "d1.cloudfront.net", "TXT", 0), NP_STR("NOERROR aa\n"));
    NP_CHECK_STR(rig_ask(&w.r, "d2.cloudfront.net", "A", 0), NP_STR("REFUSED\n"));
    rig_fini(&w.r);
}

NP_TEST(dns_zones_do_not_hide_names_of_the_region)
{
    struct world w;
    world_init(&w);
    for (int first = 0; first < 2; first++) {
        rig_begin(&w.r);
        np_dns_zone_put(w.r.change, &(struct np_dns_zone){.id = NP_STR("Z2"),
                                                          .name = rig_name(&w.r, "cloudfront.net"),
                                                          .region_first = first});
        rig_put(&w.r, "Z2", "own.cloudfront.net", "A", "192.0.2.66");
        rig_commit(&w.r);
        NP_CHECK_STR(rig_ask(&w.r, "d1.cloudfront.net", "A", 0),
                     first ? NP_STR("NOERROR aa\nd1.cloudfront.net. 60 A 127.64.0.7\n"
                                    "d1.cloudfront.net. 60 A 127.64.0.8\n")
                           : NP_STR("NXDOMAIN aa\n"));
        NP_CHECK_STR(rig_ask(&w.r, "own.cloudfront.net", "A", 0),
                     NP_STR("NOERROR aa\nown.cloudfront.net. 300 A 192.0.2.66\n"));
    }
    rig_begin(&w.r);
    rig_put(&w.r, "Z1", "cdn.example.com", "CNAME", "d1.cloudfront.net");
    rig_commit(&w.r);
    struct np_dns_lookup got;
    np_dns_lookup(w.r.dns, &w.r.ctx, rig_name(&w.r, "cdn.example.com"), NP_DNS_A, w.r.arena, &got);
    NP_CHECK(got.n == 3 && got.rcode == 0);
    rig_fini(&w.r);
}

NP_TEST(dns_health_is_known_before_and_after_the_records)
{
    struct world w;
    world_init(&w);
    sick(&w, "ha");
    put(&w, "x.example.com", "192.0.2.1", WEIGHTED("a", 1, "ha"));
    put(&w, "x.example.com", "192.0.2.2", WEIGHTED("b", 1, NULL));
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    rig_begin(&w.r);
    rig_remove(&w.r, "Z1", "x.example.com", "A", "a");
    rig_commit(&w.r);
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    put(&w, "x.example.com", "192.0.2.1", WEIGHTED("a", 1, "ha"));
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    well(&w, "ha");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

NP_TEST(dns_cnames_by_weight)
{
    struct world w;
    world_init(&w);
    rig_begin(&w.r);
    rig_put_set(&w.r, "Z1", "x.example.com", "CNAME", "www.example.com", WEIGHTED("a", 1, NULL));
    rig_put_set(&w.r, "Z1", "x.example.com", "CNAME", "www.example.org", WEIGHTED("b", 1, NULL));
    rig_commit(&w.r);
    NP_CHECK_STR(rig_ask(&w.r, "x.example.com", "A", 0),
                 NP_STR("NOERROR aa\nx.example.com. 300 CNAME www.example.com.\n"
                        "www.example.com. 300 A 192.0.2.1\n"));
    w.chance = 1;
    NP_CHECK_STR(rig_ask(&w.r, "x.example.com", "A", 0),
                 NP_STR("NOERROR aa\nx.example.com. 300 CNAME www.example.org.\n"));
    rig_fini(&w.r);
}

NP_TEST(dns_alias_that_leads_to_itself_ends)
{
    struct world w;
    world_init(&w);
    put(&w, "x.example.com", NULL, alias(&w, "y.example.com", false, true));
    put(&w, "y.example.com", NULL, alias(&w, "x.example.com", false, true));
    NP_CHECK_STR(ask(&w), NP_STR("NOERROR aa"));
    rig_fini(&w.r);
}

NP_TEST(dns_alias_chain_of_sixteen)
{
    struct world w;
    world_init(&w);
    put(&w, "n0.example.com", "192.0.2.77", (struct np_dns_rrset){0});
    char name[32], to[32];
    for (int i = 1; i <= NP_DNS_ALIAS_DEPTH + 1; i++) {
        snprintf(name, sizeof(name), "n%d.example.com", i);
        snprintf(to, sizeof(to), "n%d.example.com", i - 1);
        put(&w, name, NULL, alias(&w, to, false, false));
    }
    snprintf(name, sizeof(name), "n%d.example.com", NP_DNS_ALIAS_DEPTH);
    rig_ask(&w.r, name, "A", 0);
    NP_CHECK(dns_get16(w.r.out + 6) == 1);
    snprintf(name, sizeof(name), "n%d.example.com", NP_DNS_ALIAS_DEPTH + 1);
    rig_ask(&w.r, name, "A", 0);
    NP_CHECK(dns_get16(w.r.out + 6) == 0);
    rig_fini(&w.r);
}

NP_TEST(dns_groups_of_more_sets_than_are_looked_at)
{
    struct world w;
    char id[16];
    world_init(&w);
    rig_begin(&w.r);
    for (int i = 0; i <= NP_DNS_GROUP_MAX; i++) {
        snprintf(id, sizeof(id), "%05d", i);
        struct np_dns_rrset s = WEIGHTED("", i >= NP_DNS_GROUP_MAX - 1, NULL);
        s.set_id = np_str_of(id);
        rig_put_set(&w.r, "Z1", "x.example.com", "A",
                    i < NP_DNS_GROUP_MAX ? "192.0.2.1" : "192.0.2.2", s);
    }
    rig_commit(&w.r);
    /* Two have a weight, the last but one, and one beyond. */
    for (w.chance = 0; w.chance < 4; w.chance++)
        NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

NP_TEST(dns_health_beyond_the_budget_counts_as_good)
{
    struct world w;
    char id[16];
    world_init(&w);
    sick(&w, "h");
    rig_begin(&w.r);
    /* A group of one less than the budget: with the alias itself all of it is seen to be sick. */
    for (int i = 0; i < NP_DNS_HEALTH_BUDGET; i++) {
        struct np_dns_rrset s = WEIGHTED("", 1, "h");
        snprintf(id, sizeof(id), "%05d", i);
        s.set_id = np_str_of(id);
        rig_put_set(&w.r, "Z1", i == 0 ? "extra.example.com" : "g.example.com", "A", "192.0.2.1",
                    s);
    }
    struct np_dns_rrset first = alias(&w, "g.example.com", false, true);
    first.set_id = NP_STR("first");
    first.policy = NP_DNS_FAILOVER;
    rig_put_set(&w.r, "Z1", "x.example.com", "A", NULL, first);
    struct np_dns_rrset second = {
        .set_id = NP_STR("second"), .policy = NP_DNS_FAILOVER, .secondary = true};
    rig_put_set(&w.r, "Z1", "x.example.com", "A", "192.0.2.2", second);
    rig_commit(&w.r);
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    rig_begin(&w.r);
    struct np_dns_rrset more = WEIGHTED("one-more", 1, "h");
    rig_put_set(&w.r, "Z1", "g.example.com", "A", "192.0.2.1", more);
    rig_commit(&w.r);
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

NP_TEST(dns_tree_of_aliases_by_health)
{
    struct world w;
    world_init(&w);
    /* Failover over two weighted groups, the second of them the region's own name. */
    put(&w, "g.example.com", "192.0.2.1", WEIGHTED("a", 1, "ha"));
    put(&w, "g.example.com", "192.0.2.2", WEIGHTED("b", 1, "hb"));
    struct np_dns_rrset first = alias(&w, "g.example.com", false, true);
    first.set_id = NP_STR("first");
    first.policy = NP_DNS_FAILOVER;
    struct np_dns_rrset second = alias(&w, "d1.cloudfront.net", true, true);
    second.set_id = NP_STR("second");
    second.policy = NP_DNS_FAILOVER;
    second.secondary = true;
    put(&w, "x.example.com", NULL, first);
    put(&w, "x.example.com", NULL, second);
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    sick(&w, "ha");
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.2"));
    sick(&w, "hb");
    NP_CHECK_STR(
        rig_ask(&w.r, "x.example.com", "A", 0),
        NP_STR("NOERROR aa\nx.example.com. 60 A 127.64.0.7\nx.example.com. 60 A 127.64.0.8\n"));
    w.bucket_is_sick = true;
    NP_CHECK_STR(ask(&w), NP_STR("192.0.2.1"));
    rig_fini(&w.r);
}

NP_TEST(dns_client_subnet_says_where_the_client_is)
{
    struct world w;
    uint8_t query[512];
    world_init(&w);
    put_geo(&w, "192.0.2.2", "us", NULL, "US", NULL);
    put_geo(&w, "192.0.2.9", "default", NULL, NULL, NULL);
    w.place = (struct np_dns_place){.continent = "NA", .country = "US", .prefix = 20};
    size_t n = rig_question(&w.r, "x.example.com", "A", RIG_EDNS, query);
    static const uint8_t option[] = {0, 8, 0, 7, 0, 1, 24, 0, 198, 51, 100};
    memcpy(query + n, option, sizeof(option));
    query[n - 1] = sizeof(option);
    NP_CHECK_STR(rig_send(&w.r, query, n + sizeof(option)),
                 NP_STR("NOERROR aa\nx.example.com. 300 A 192.0.2.2\n"
                        "++\nOPT 1232 00000000 0008000700011814c63364\n"));
    NP_CHECK(w.asked.u.v4.sin_addr.s_addr == htonl(0xc6336400));
    /* What does not depend on it holds for everybody. */
    n = rig_question(&w.r, "www.example.com", "A", RIG_EDNS, query);
    memcpy(query + n, option, sizeof(option));
    query[n - 1] = sizeof(option);
    NP_CHECK_STR(rig_send(&w.r, query, n + sizeof(option)),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n"
                        "++\nOPT 1232 00000000 0008000700011800c63364\n"));
    rig_fini(&w.r);
}

NP_TEST(dns_lookup_tells_what_a_client_is_told)
{
    struct world w;
    struct np_dns_lookup got;
    struct np_addr subnet;
    world_init(&w);
    rig_begin(&w.r);
    rig_zone(&w.r, "Z2", "example.org", NULL);
    rig_put(&w.r, "Z2", "a.example.org", "CNAME", "X.example.com");
    rig_put(&w.r, "Z2", "b.example.org", "CNAME", "d1.cloudfront.net");
    rig_commit(&w.r);
    put_geo(&w, "192.0.2.2", "us", NULL, "US", NULL);
    w.place = (struct np_dns_place){.continent = "NA", .country = "US", .prefix = 20};
    NP_CHECK(np_addr_parse(NP_STR("198.51.100.129:0"), &subnet, NULL) == 0);
    w.r.ctx.subnet = &subnet;
    w.r.ctx.subnet_bits = 25;
    np_dns_lookup(w.r.dns, &w.r.ctx, rig_name(&w.r, "a.example.org"), NP_DNS_A, w.r.arena, &got);
    NP_CHECK(got.owned && got.rcode == 0 && got.n == 2 && !got.truncated);
    NP_CHECK(w.asked.u.v4.sin_addr.s_addr == htonl(0xc6336480));
    NP_CHECK(got.rrs[0].type == NP_DNS_CNAME && got.rrs[1].type == NP_DNS_A);
    NP_CHECK_STR(np_dns_rdata_text(NP_DNS_CNAME, got.rrs[0].rdata, w.r.arena),
                 NP_STR("X.example.com."));
    NP_CHECK_STR(np_dns_name_text(got.rrs[1].name, w.r.arena), NP_STR("x.example.com."));
    NP_CHECK_STR(np_dns_rdata_text(NP_DNS_A, got.rrs[1].rdata, w.r.arena), NP_STR("192.0.2.2"));
    w.r.ctx.subnet = NULL;
    np_dns_lookup(w.r.dns, &w.r.ctx, rig_name(&w.r, "b.example.org"), NP_DNS_A, w.r.arena, &got);
    NP_CHECK(got.owned && got.n == 3);
    np_dns_lookup(w.r.dns, &w.r.ctx, rig_name(&w.r, "no.example.com"), NP_DNS_A, w.r.arena, &got);
    NP_CHECK(got.owned && got.rcode == DNS_NXDOMAIN && got.n == 0 && got.n_authority == 1);
    np_dns_lookup(w.r.dns, &w.r.ctx, rig_name(&w.r, "example.net"), NP_DNS_A, w.r.arena, &got);
    NP_CHECK(!got.owned && got.n == 0);
    rig_fini(&w.r);
}
