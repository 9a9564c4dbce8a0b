/* SPDX-License-Identifier: Apache-2.0 */
/* name_test.c - names and their order, targets of aliases, places, name servers. */
#include "test.h"

#include "base/auto.h"
#include "engines/geo/geo.h"
#include "services/route53/place.h"
#include "services/route53/route53_int.h"

NP_TEST(names_as_the_api_shows_and_sorts_them)
{
    static const struct {
        const char *in, *text, *sort;
    } names[] = {
        {"WWW.Example.com", "www.example.com.", "com.example.www."},
        {"www.example.com.", "www.example.com.", "com.example.www."},
        {"*.example.com", "\\052.example.com.", "com.example.*."},
        {"\\052.example.com", "\\052.example.com.", "com.example.*."},
        {"_sip._udp.example.com", "_sip._udp.example.com.", "com.example._udp._sip."},
        {"com", "com.", "com."},
        {"b.a.test", "b.a.test.", "test.a.b."},
        {"a\\056b.test", "a\\056b.test.", "test.a\\056b."}, /* a dot within a label */
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (n, names) {
        struct route53_name name;
        NP_CHECK(route53_name(a, np_str_of(n->in), &name, NULL) == 0, "%s", n->in);
        NP_CHECK_STR(name.text, np_str_of(n->text));
        NP_CHECK_STR(name.sort, np_str_of(n->sort));
    }
}

NP_TEST(what_is_no_name)
{
    static const char *const bad[] = {"", "a..b", ".a", "a.\\400.b"};
    NP_AUTO_ARENA a = np_arena_new();
    char label[70];
    struct route53_name name;
    NP_EACH (b, bad)
        NP_CHECK(route53_name(a, np_str_of(*b), &name, NULL) != 0, "'%s'", *b);
    memset(label, 'a', sizeof(label));
    NP_CHECK(route53_name(a, np_str_n(label, 63), &name, NULL) == 0);
    NP_CHECK(route53_name(a, np_str_n(label, 64), &name, NULL) != 0);
}

NP_TEST(a_sort_is_text_whatever_a_label_holds)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct route53_name name;
    NP_CHECK(route53_name(a, NP_STR("\\303\\274\\000.test"), &name, NULL) == 0);
    NP_CHECK(np_utf8_ok(name.sort) && memchr(name.sort.p, 0, name.sort.n) == NULL);
}

NP_TEST(names_within_a_zone)
{
    static const struct {
        const char *name;
        bool within;
    } names[] = {
        {"example.com", true},     {"a.b.example.com", true}, {"com", false},
        {"badexample.com", false}, {"example.org", false},    {"example.com.org", false},
    };
    NP_AUTO_ARENA a = np_arena_new();
    struct route53_name zone, name;
    route53_name(a, NP_STR("example.com"), &zone, NULL);
    NP_EACH (n, names) {
        route53_name(a, np_str_of(n->name), &name, NULL);
        NP_CHECK(route53_name_within(&name, &zone) == n->within, "%s", n->name);
    }
}

NP_TEST(targets_of_aliases)
{
    static const struct {
        const char *zone, *name;
        bool fits;
        const char *why;
    } targets[] = {
        {"Z2FDTNDATAQYW2", "d1.cloudfront.net.", true, "a distribution"},
        {"Z2FDTNDATAQYW2", "badcloudfront.net.", false, "a label ends with it only"},
        {"Z2FDTNDATAQYW2", "lb-1.us-east-1.elb.amazonaws.com.", false, "in another zone"},
        {"Z3AQBSTGFYJSTF", "s3-website-us-east-1.amazonaws.com.", true, "the zone's own name"},
        {"Z3AQBSTGFYJSTF", "s3-website-us-west-2.amazonaws.com.", false, "of another region"},
        {"Z26RNL4JYFTOTI", "nlb-1.elb.us-east-1.amazonaws.com.", true, "a network load balancer"},
        {"Z1UJRXOUMOOFQ8", "d-1.execute-api.us-east-1.amazonaws.com.", true, "not in the table"},
        {"Z1UJRXOUMOOFQ8", "www.example.com.", false, "no domain of AWS"},
    };
    NP_EACH (t, targets)
        NP_CHECK(route53_alias_fits(np_str_of(t->zone), np_str_of(t->name)) == t->fits, "%s: %s",
                 t->name, t->why);
}

NP_TEST(each_region_of_a_latency_record_is_somewhere)
{
    struct np_geo_spot spot;
    const struct np_shape *set = &route53_ResourceRecordSet_shape;
    size_t known = 0, all = 0;
    for (uint32_t i = 0; i < set->n_members; i++) {
        if (strcmp(set->members[i].name, "Region") != 0)
            continue;
        for (const char *const *r = set->members[i].shape->limits->values; *r != NULL; r++) {
            all++;
            known += np_geo_region_spot(np_str_of(*r), &spot);
            NP_CHECK(np_geo_region_spot(np_str_of(*r), &spot), "%s", *r);
        }
    }
    NP_CHECK(all > 30 && known == all, "%zu of %zu", known, all);
}

NP_TEST(each_country_has_a_continent)
{
    size_t n = 0;
    for (char x = 'A'; x <= 'Z'; x++)
        for (char y = 'A'; y <= 'Z'; y++) {
            struct np_str code = np_str_n((char[]){x, y}, 2);
            const struct route53_place *p = route53_place_find(NP_STR_NULL, code, NP_STR_NULL);
            if (p == NULL)
                continue;
            n++;
            NP_CHECK(np_geo_continent_of(code) != NULL, "%c%c", x, y);
        }
    NP_CHECK(n > 240, "%zu countries", n);
}

NP_TEST(name_servers_are_one_of_each_domain)
{
    static const char *const ends[] = {".com", ".net", ".org", ".co.uk"};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str names[4];
    route53_server_names(a, NP_STR("12,516,1535,1536"), true, names);
    NP_CHECK_STR(names[0], NP_STR("ns-12.awsdns-01.com."));
    NP_CHECK_STR(names[1], NP_STR("ns-516.awsdns-00.net."));
    NP_CHECK_STR(names[2], NP_STR("ns-1535.awsdns-63.org."));
    NP_CHECK_STR(names[3], NP_STR("ns-1536.awsdns-00.co.uk."));
    for (int round = 0; round < 50; round++) {
        route53_server_names(a, route53_new_servers(a), false, names);
        for (size_t i = 0; i < 4; i++)
            NP_CHECK(np_str_ends(names[i], np_str_of(ends[i])), "%.*s", NP_FMT(names[i]));
    }
}
