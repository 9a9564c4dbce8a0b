/* SPDX-License-Identifier: Apache-2.0 */
/* value_test.c - numbers, dates and networks of conditions. */
#include "engines/policy/policy_int.h"
#include "test.h"

static const struct {
    const char *text;
    bool ok;
    int64_t ms;
} dates[] = {
    {"1970-01-01T00:00:00Z", true, 0},
    {"2013-06-30T12:00:00Z", true, 1372593600000},
    {"2013-06-30T12:00:00.250Z", true, 1372593600250},
    {"2013-06-30T12:00:00.123456789Z", true, 1372593600123},
    {"2013-06-30T12:00:00.5Z", true, 1372593600500},
    {"2013-06-30T14:00:00+02:00", true, 1372593600000},
    {"2013-06-30T14:00:00+0200", true, 1372593600000},
    {"2013-06-30T14:00:00+02", true, 1372593600000},
    {"2013-06-30T07:30:00-04:30", true, 1372593600000},
    {"2013-06-30t12:00z", true, 1372593600000},
    {"2013-06-30T12", true, 1372593600000},
    {"2013-06-30", true, 1372550400000},
    {"2013-06", true, 1370044800000},
    {"1372593600", true, 1372593600000},
    {"0", true, 0},
    {"2016-12-13t2:00:00.593194+23", true, 1481511600593},
    {"01T", true, -62135596800000},
    {"-292275054", true, INT64_MIN},
    {"292275054T", true, INT64_MAX},
    {"9223372036854775807", true, INT64_MAX},
    {"9223372036854775808", false, 0},
    {"2016-12-13t2:00:00.593194+1", false, 0},
    {"2016-12-13t2:00:00.1999999999+10:59", false, 0},
    {"2016-13-13", false, 0},
    {"2016-00-13", false, 0},
    {"2016-12-32", false, 0},
    {"2016-12-13T24:00:00Z", false, 0},
    {"2016-12-13T23:60:00Z", false, 0},
    {"2016-12-13T23:00:60Z", false, 0},
    {"2016-12-13T23:00:00Zx", false, 0},
    {"2016-12-13T23:00:00+24:00", false, 0},
    {"2016-12-13T23:00:00+02:60", false, 0},
    {"234-13", false, 0},
    {"yesterday", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {"T", false, 0},
    {"1.5", false, 0},
};

NP_TEST(dates_in_every_form)
{
    NP_EACH (c, dates) {
        int64_t ms = 0;
        NP_CHECK(policy_date_parse(np_str_of(c->text), &ms) == c->ok, "%s", c->text);
        NP_CHECK(ms == c->ms || !c->ok, "%s: %lld", c->text, (long long)ms);
    }
}

static const struct {
    const char *net, *addr;
    bool has;
} networks[] = {
    {"203.0.113.0/24", "203.0.113.77", true},
    {"203.0.113.0/24", "203.0.114.0", false},
    {"203.0.113.7", "203.0.113.7", true},
    {"203.0.113.7", "203.0.113.6", false},
    {"203.0.113.4/30", "203.0.113.7", true},
    {"203.0.113.4/30", "203.0.113.8", false},
    {"203.0.113.9/24", "203.0.113.200", true},
    {"0.0.0.0/0", "8.8.8.8", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"::/0", "8.8.8.8", false},
    {"::/0", "2001:db8::1", true},
    {"2001:db8:1234:5678::/64", "2001:DB8:1234:5678::9", true},
    {"2001:db8:1234:5678::/64", "2001:db8:1234:5679::9", false},
    {"2001:db8::/33", "2001:db8:7fff::", true},
    {"2001:db8::/33", "2001:db8:8000::", false},
    {"10.0.0.0/8", "::ffff:10.2.3.4", true},
    {"::1", "::1", true},
};

NP_TEST(networks_hold_addresses)
{
    NP_EACH (c, networks) {
        struct policy_cidr net, addr;
        NP_CHECK(policy_cidr_parse(np_str_of(c->net), &net), "%s", c->net);
        NP_CHECK(policy_cidr_parse(np_str_of(c->addr), &addr), "%s", c->addr);
        NP_CHECK(policy_cidr_has(&net, &addr) == c->has, "%s %s", c->net, c->addr);
    }
}

static const char *const no_networks[] = {
    "",
    "/",
    "/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0/8",
    "10.0.0.256",
    "::/129",
    "1::2::3",
    "a.b.c.d",
    "10.0.0.0/8/8",
    "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
};

NP_TEST(what_is_no_network_is_refused)
{
    NP_EACH (c, no_networks) {
        struct policy_cidr net;
        NP_CHECK(!policy_cidr_parse(np_str_of(*c), &net), "%s", *c);
    }
}

NP_TEST(large_numbers_compare_exactly)
{
    struct policy_number a, b;
    NP_CHECK(policy_number_parse(NP_STR("9007199254740993"), &a));
    NP_CHECK(policy_number_parse(NP_STR("9007199254740992"), &b));
    NP_CHECK(policy_number_cmp(&a, &b) > 0);
    NP_CHECK(policy_number_parse(NP_STR("1.5"), &a) && policy_number_parse(NP_STR("2"), &b));
    NP_CHECK(policy_number_cmp(&a, &b) < 0);
    NP_CHECK(policy_number_parse(NP_STR("2.0"), &a) && policy_number_cmp(&a, &b) == 0);
    NP_CHECK(!policy_number_parse(NP_STR("ten"), &a) && !policy_number_parse(NP_STR(""), &a));
}
