/* SPDX-License-Identifier: Apache-2.0 */
/* cidr_test.c - blocks and addresses as text and numbers; zones of a region's name. */
#include "test.h"

#include "base/auto.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/zone.h"

static const struct {
    const char *text;
    const char *network; /* NULL: no block */
    const char *why;
} blocks[] = {
    {"10.0.0.0/16", "10.0.0.0/16", "a network"},
    {"10.0.3.5/16", "10.0.0.0/16", "host bits"},
    {"0.0.0.0/0", "0.0.0.0/0", "everything"},
    {"255.255.255.255/32", "255.255.255.255/32", "one address"},
    {"10.0.0.0", NULL, "no bits"},
    {"10.0.0.0/", NULL, "empty bits"},
    {"10.0.0.0/33", NULL, "too many bits"},
    {"10.0.0.0/08", NULL, "a zero before the bits"},
    {"10.0.0/16", NULL, "three parts"},
    {"10.0.0.0.0/16", NULL, "five parts"},
    {"10.0.0.256/16", NULL, "a part over 255"},
    {"10.00.0.0/16", NULL, "a zero before a part"},
    {"10.0.0.-1/16", NULL, "a sign"},
    {" 10.0.0.0/16", NULL, "a blank"},
    {"::/0", NULL, "IPv6"},
    {"", NULL, "nothing"},
};

NP_TEST(block_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, blocks) {
        struct ec2_cidr out;
        bool ok = ec2_cidr_parse(np_str_of(c->text), &out);
        NP_CHECK(ok == (c->network != NULL), "%s: %s", c->text, c->why);
        if (!ok || c->network == NULL)
            continue;
        struct np_str text = ec2_cidr_text(a, ec2_cidr_network(out));
        NP_CHECK(np_str_eq(text, np_str_of(c->network)), "%s is %.*s", c->text, NP_FMT(text));
    }
}

static struct ec2_cidr of(const char *text)
{
    struct ec2_cidr c = {0, 32};
    NP_CHECK(ec2_cidr_parse(np_str_of(text), &c), "%s", text);
    return c;
}

NP_TEST(blocks_in_blocks)
{
    NP_CHECK(ec2_cidr_has(of("10.0.0.0/16"), of("10.0.255.0/24")), "inside");
    NP_CHECK(ec2_cidr_has(of("10.0.0.0/16"), of("10.0.0.0/16")), "the same");
    NP_CHECK(!ec2_cidr_has(of("10.0.0.0/24"), of("10.0.0.0/16")), "larger");
    NP_CHECK(!ec2_cidr_has(of("10.0.0.0/16"), of("10.1.0.0/24")), "beside");
    NP_CHECK(ec2_cidr_has(of("0.0.0.0/0"), of("255.0.0.0/8")), "everything");
    NP_CHECK(ec2_cidr_overlap(of("10.0.0.0/24"), of("10.0.0.0/16")), "either way round");
    NP_CHECK(!ec2_cidr_overlap(of("10.0.0.0/24"), of("10.0.1.0/24")), "neighbours");
    NP_CHECK(ec2_cidr_first(of("10.0.0.9/29")) == 0x0a000008u, "first");
    NP_CHECK(ec2_cidr_last(of("10.0.0.9/29")) == 0x0a00000fu, "last");
    NP_CHECK(ec2_cidr_last(of("0.0.0.0/0")) == UINT32_MAX, "last of all");
    NP_CHECK(ec2_cidr_is_network(of("10.0.0.8/29")) && !ec2_cidr_is_network(of("10.0.0.9/29")),
             "host bits");
}

static const struct {
    const char *text, *network;
} blocks6[] = {
    {"::/0", "::/0"},
    {"2001:DB8::1/64", "2001:db8::/64"},
    {"2001:db8:0:ff00::/56", "2001:db8:0:ff00::/56"},
    {"2001:db8::1/128", "2001:db8::1/128"},
    {"2001:db8::", NULL},
    {"2001:db8::/129", NULL},
    {"10.0.0.0/8", NULL},
    {"/64", NULL},
};

NP_TEST(blocks_of_ipv6)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, blocks6) {
        struct np_str out = NP_STR_NULL;
        bool ok = ec2_cidr6_ok(a, np_str_of(c->text), &out);
        NP_CHECK(ok == (c->network != NULL), "%s", c->text);
        if (ok && c->network != NULL)
            NP_CHECK(np_str_eq(out, np_str_of(c->network)), "%s is %.*s", c->text, NP_FMT(out));
    }
}

static const struct {
    const char *region, *first;
    size_t n;
} zones[] = {
    {"us-east-1", "use1-az1", 6},    {"us-west-2", "usw2-az1", 4},
    {"eu-central-1", "euc1-az1", 3}, {"ap-southeast-2", "apse2-az1", 3},
    {"ca-central-1", "cac1-az1", 3},
};

NP_TEST(zones_of_regions)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, zones) {
        struct ec2_zone *v, found;
        size_t n = ec2_zones(a, np_str_of(c->region), &v);
        NP_CHECK(n == c->n, "%s has %zu", c->region, n);
        NP_CHECK(np_str_eq(v[0].id, np_str_of(c->first)), "%.*s", NP_FMT(v[0].id));
        NP_CHECK(ec2_zone(a, np_str_of(c->region), v[n - 1].name, &found) &&
                     np_str_eq(found.id, v[n - 1].id),
                 "by name");
    }
}
