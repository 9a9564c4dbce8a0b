/* SPDX-License-Identifier: Apache-2.0 */
/* rule_test.c - rules of security groups: normal form, comparison, both spellings. */
#include "test.h"

#include "base/auto.h"
#include "services/ec2/limits.h"
#include "services/ec2/firewall/rule.h"

static struct ec2_IpPermission tcp(int64_t from, int64_t to)
{
    return (struct ec2_IpPermission){
        .IpProtocol = NP_STR("tcp"), .FromPort = {true, from}, .ToPort = {true, to}};
}

static int rules_of(struct np_arena *a, struct ec2_IpPermission *p, size_t n,
                    struct ec2_SecurityGroupRuleList *out)
{
    return ec2_rules_of(a, &(struct ec2_IpPermissionList){p, n, true}, false, out, NULL);
}

static const struct {
    const char *protocol;
    int64_t from, to; /* -9: absent */
    bool ok;
    const char *normal;
    const char *why;
} ports[] = {
    {"tcp", 0, 65535, true, "tcp", "all ports"},
    {"TCP", 22, 22, true, "tcp", "letters in any case"},
    {"6", 22, 22, true, "tcp", "by number"},
    {"tcp", -9, -9, false, NULL, "ports are needed"},
    {"tcp", 22, -9, false, NULL, "both of them"},
    {"tcp", 23, 22, false, NULL, "backwards"},
    {"udp", 0, 65536, false, NULL, "no such port"},
    {"udp", -1, -1, false, NULL, "-1 is no port"},
    {"icmp", -1, -1, true, "icmp", "all types"},
    {"icmp", 255, 255, true, "icmp", "the last type"},
    {"icmp", 256, -1, false, NULL, "no such type"},
    {"icmp", -1, 0, false, NULL, "a code of no type"},
    {"icmp", -9, -9, false, NULL, "types are needed"},
    {"icmpv6", -9, -9, true, "icmpv6", "all types go without saying"},
    {"58", 128, -1, true, "icmpv6", "by number"},
    {"-1", 5, 3, true, "-1", "ports do not count"},
    {"all", -9, -9, true, "-1", "its name"},
    {"255", -9, -9, true, "255", "the last protocol"},
    {"256", -9, -9, false, NULL, "none"},
    {"-2", -9, -9, false, NULL, "none"},
    {"", -9, -9, false, NULL, "none"},
};

NP_TEST(ports_and_protocols)
{
    NP_EACH (c, ports) {
        NP_AUTO_ARENA a = np_arena_new();
        struct ec2_SecurityGroupRule r = {.IpProtocol = np_str_of(c->protocol)};
        if (c->from != -9)
            r.FromPort = (struct np_opt_int){true, c->from};
        if (c->to != -9)
            r.ToPort = (struct np_opt_int){true, c->to};
        int rc = ec2_rule_normal(a, &r, NULL);
        NP_CHECK((rc == 0) == c->ok, "%s %s", c->protocol, c->why);
        if (c->ok)
            NP_CHECK(np_str_eq(r.IpProtocol, np_str_of(c->normal)), "%s", c->why);
    }
}

NP_TEST(words_do_not_make_another_rule)
{
    struct ec2_SecurityGroupRule x = {
        .IsEgress = {true, false},
        .IpProtocol = NP_STR("tcp"),
        .FromPort = {true, 80},
        .ToPort = {true, 80},
        .CidrIpv4 = NP_STR("10.0.0.0/8"),
        .Description = NP_STR("a"),
        .SecurityGroupRuleId = NP_STR("sgr-1"),
    };
    struct ec2_SecurityGroupRule y = x;
    y.Description = NP_STR("b");
    y.SecurityGroupRuleId = NP_STR("sgr-2");
    NP_CHECK(ec2_rule_same(&x, &y));
    y.IsEgress.v = true;
    NP_CHECK(!ec2_rule_same(&x, &y), "direction");
    y = x;
    y.ToPort.v = 81;
    NP_CHECK(!ec2_rule_same(&x, &y), "ports");
    y = x;
    y.CidrIpv4 = NP_STR_NULL;
    y.PrefixListId = NP_STR("10.0.0.0/8");
    NP_CHECK(!ec2_rule_same(&x, &y), "kind of peer");
}

NP_TEST(groups_are_compared_by_id)
{
    struct ec2_ReferencedSecurityGroup a = {.GroupId = NP_STR("sg-1"), .UserId = NP_STR("1")};
    struct ec2_ReferencedSecurityGroup b = {.GroupId = NP_STR("sg-1")};
    struct ec2_ReferencedSecurityGroup c = {.GroupId = NP_STR("sg-2")};
    struct ec2_SecurityGroupRule x = {.IpProtocol = NP_STR("-1"), .ReferencedGroupInfo = &a};
    struct ec2_SecurityGroupRule y = x;
    y.ReferencedGroupInfo = &b;
    NP_CHECK(ec2_rule_same(&x, &y));
    y.ReferencedGroupInfo = &c;
    NP_CHECK(!ec2_rule_same(&x, &y));
}

NP_TEST(a_permission_is_a_rule_for_each_peer)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_IpRange v4[] = {{NP_STR("in"), NP_STR("10.1.2.3/8")},
                               {NP_STR_NULL, NP_STR("0.0.0.0/0")}};
    struct ec2_Ipv6Range v6[] = {{NP_STR_NULL, NP_STR("2001:DB8:0::/32")}};
    struct ec2_PrefixListId lists[] = {{NP_STR_NULL, NP_STR("pl-1")}};
    struct ec2_UserIdGroupPair groups[] = {{.GroupId = NP_STR("sg-1")}};
    struct ec2_IpPermission p = tcp(1, 2);
    p.IpRanges = (struct ec2_IpRangeList){v4, 2, true};
    p.Ipv6Ranges = (struct ec2_Ipv6RangeList){v6, 1, true};
    p.PrefixListIds = (struct ec2_PrefixListIdList){lists, 1, true};
    p.UserIdGroupPairs = (struct ec2_UserIdGroupPairList){groups, 1, true};
    struct ec2_SecurityGroupRuleList rules;
    NP_CHECK(rules_of(a, &p, 1, &rules) == 0 && rules.n == 5);
    NP_CHECK(np_str_is(rules.v[0].CidrIpv4, "10.0.0.0/8"), "host bits go");
    NP_CHECK(np_str_is(rules.v[0].Description, "in"));
    NP_CHECK(np_str_is(rules.v[2].CidrIpv6, "2001:db8::/32"), "shortest form");
}

NP_TEST(and_back_again_merged)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_IpRange one = {NP_STR_NULL, NP_STR("10.0.0.0/8")};
    struct ec2_Ipv6Range six = {NP_STR_NULL, NP_STR("::/0")};
    struct ec2_IpPermission p[] = {tcp(1, 2), tcp(3, 4), tcp(1, 2)};
    p[0].IpRanges = p[1].IpRanges = (struct ec2_IpRangeList){&one, 1, true};
    p[2].Ipv6Ranges = (struct ec2_Ipv6RangeList){&six, 1, true};
    struct ec2_SecurityGroupRuleList rules;
    struct ec2_IpPermissionList merged;
    NP_CHECK(rules_of(a, p, 3, &rules) == 0 && rules.n == 3);
    struct ec2_SecurityGroupRule *v[] = {&rules.v[0], &rules.v[1], &rules.v[2]};
    ec2_permissions_of(a, v, 3, false, &merged);
    NP_CHECK(merged.n == 2 && merged.v[0].IpRanges.n == 1 && merged.v[0].Ipv6Ranges.n == 1);
    ec2_permissions_of(a, v, 3, true, &merged);
    NP_CHECK(merged.n == 0, "of the other direction");
}

NP_TEST(a_call_has_so_many_rules)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_IpRange *v = np_new_array(a, struct ec2_IpRange, EC2_RULES_PER_CALL + 1);
    for (size_t i = 0; i <= EC2_RULES_PER_CALL; i++)
        v[i].CidrIp = NP_STR("10.0.0.0/8");
    struct ec2_IpPermission p = tcp(1, 2);
    struct ec2_SecurityGroupRuleList rules;
    p.IpRanges = (struct ec2_IpRangeList){v, EC2_RULES_PER_CALL, true};
    NP_CHECK(rules_of(a, &p, 1, &rules) == 0);
    p.IpRanges.n++;
    NP_CHECK(rules_of(a, &p, 1, &rules) != 0);
}
