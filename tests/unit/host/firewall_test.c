/* SPDX-License-Identifier: Apache-2.0 */
/* firewall_test.c - rules made of groups and lists of control, and what a network may not be. */
#include "test.h"

#include "base/auto.h"
#include "host/net/firewall.h"
#include "host/limits.h"

#define INT(x)                                                                                     \
    {                                                                                              \
        true, (x)                                                                                  \
    }
#define ADDR(a, b, c, d)                                                                           \
    ((int64_t)(a) << 24 | (int64_t)(b) << 16 | (int64_t)(c) << 8 | (int64_t)(d))

static struct agent_Block any = {INT(0), INT(0)};
static struct agent_Block ten = {INT(ADDR(10, 0, 0, 0)), INT(8)};
static struct agent_Block in_ten = {INT(ADDR(10, 1, 0, 0)), INT(16)};
static struct agent_Block next_to_ten = {INT(ADDR(11, 0, 0, 0)), INT(8)};
static struct agent_Block subnet_block = {INT(ADDR(10, 0, 1, 0)), INT(24)};

/* A network of one subnet, one table, one open list of control. */
struct net {
    struct agent_EnsureNetworkRequest rq;
    struct agent_Subnet subnet;
    struct agent_Table table;
    struct agent_Route routes[4];
    struct agent_Acl acl;
    struct agent_AclRule open;
    struct agent_Group groups[2];
    struct agent_Rule rules[8];
    struct agent_Interface interfaces[2];
    struct agent_InterfaceAddress addrs[2];
    struct np_opt_int in_group[1];
    struct agent_Nat nat;
    struct agent_InterfaceAddress nat_addrs[2];
    struct agent_Peer peer;
};

static void init(struct net *n)
{
    *n = (struct net){
        .subnet = {&subnet_block, INT(0), INT(0)},
        .open = {.Allow = {true, true}, .Protocol = INT(-1), .Block = &any},
        .groups = {{.Id = NP_STR("sg-a")}, {.Id = NP_STR("sg-b")}},
        .in_group = {INT(0)},
        .addrs = {{.Private = INT(ADDR(10, 0, 1, 10))}, {.Private = INT(ADDR(10, 0, 1, 11))}},
    };
    n->acl = (struct agent_Acl){{&n->open, 1, true}, {&n->open, 1, true}};
    n->table.Routes = (struct agent_RouteList){n->routes, 0, true};
    n->groups[0].Ingress = (struct agent_RuleList){n->rules, 0, true};
    for (size_t i = 0; i < 2; i++)
        n->interfaces[i] = (struct agent_Interface){
            .Id = i == 0 ? NP_STR("eni-a") : NP_STR("eni-b"),
            .Guest = i == 0 ? NP_STR("i-a") : NP_STR("i-b"),
            .Device = INT(0),
            .Mac = INT(0x0a0000000001),
            .Addresses = {&n->addrs[i], 1, true},
            .Subnet = INT(0),
            .Groups = {n->in_group, 1, true},
            .SourceCheck = {true, true},
        };
    n->rq = (struct agent_EnsureNetworkRequest){
        .Id = NP_STR("vpc-a"),
        .Version = INT(1),
        .Blocks = {&ten, 1, true},
        .Subnets = {&n->subnet, 1, true},
        .Tables = {&n->table, 1, true},
        .Groups = {n->groups, 2, true},
        .Acls = {&n->acl, 1, true},
        .Interfaces = {n->interfaces, 2, true},
        .Nats = {&n->nat, 0, true},
        .Peers = {&n->peer, 0, true},
    };
}

static void check_chain(struct np_ruleset *r, const char *name, const char *text)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 1 << 20);
    struct np_piece *p = np_piece(r, NP_PIECE_CHAIN, np_str_of(name), "");
    for (size_t i = 0; i < p->n; i++)
        np_buf_printf(&b, "%.*s\n", NP_FMT(p->lines[i]));
    NP_CHECK_STR(np_buf_str(&b), np_str_of(text));
}

static struct agent_Rule rule(int64_t protocol, int64_t from, int64_t to, struct agent_Block *b)
{
    struct agent_Rule r = {.Protocol = INT(protocol), .Block = b};
    if (protocol >= 0) {
        r.From = (struct np_opt_int)INT(from);
        r.To = (struct np_opt_int)INT(to);
    }
    return r;
}

NP_TEST(rules_of_a_group_become_few)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct net n;
    struct np_plan p;
    init(&n);
    n.rules[0] = rule(6, 443, 443, &any);
    n.rules[1] = rule(6, 80, 80, &any);    /* the same peers: one rule */
    n.rules[2] = rule(6, 22, 22, &in_ten); /* inside of the next */
    n.rules[3] = rule(6, 22, 22, &ten);    /* meets the one after it */
    n.rules[4] = rule(6, 22, 22, &next_to_ten);
    n.rules[5] = rule(17, 0, 65535, &ten); /* all ports */
    n.rules[6] = rule(1, 8, -1, &any);
    n.rules[7] = rule(6, 81, 90, &any); /* meets 80 */
    n.groups[0].Ingress.n = 8;
    NP_CHECK(np_plan_make(a, &n.rq, &p, NULL) == 0);
    struct np_ruleset *r = np_firewall(&p);
    check_chain(r, "gi_sg-a",
                "tcp dport { 80-90, 443 } goto ok_in\n"
                "tcp dport 22 ip saddr { 10.0.0.0-11.255.255.255 } goto ok_in\n"
                "meta l4proto 17 ip saddr { 10.0.0.0-10.255.255.255 } goto ok_in\n"
                "icmp type 8 goto ok_in\n");
    check_chain(r, "ge_sg-a", "");
    np_ruleset_free(r);
}

NP_TEST(groups_that_are_named_are_sets_of_addresses)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct net n;
    struct np_plan p;
    init(&n);
    n.rules[0] = (struct agent_Rule){.Protocol = INT(-1), .Group = INT(0)};
    n.rules[1] = (struct agent_Rule){.Protocol = INT(47), .Group = INT(1)};
    n.groups[0].Ingress.n = 2;
    NP_CHECK(np_plan_make(a, &n.rq, &p, NULL) == 0);
    struct np_ruleset *r = np_firewall(&p);
    check_chain(r, "gi_sg-a",
                "ip saddr @m_sg-a goto ok_in\nmeta l4proto 47 ip saddr @m_sg-b goto ok_in\n");
    struct np_piece *set = np_piece(r, NP_PIECE_SET, NP_STR("m_sg-a"), "");
    NP_CHECK(set->n == 2);
    NP_CHECK_STR(set->lines[0], NP_STR("10.0.1.10"));
    NP_CHECK(np_piece_is_there(r, NP_STR("m_sg-b")), "named, though nobody is in it");
    np_ruleset_free(r);
}

NP_TEST(lists_of_control_keep_their_order)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct net n;
    struct np_plan p;
    struct agent_AclRule rules[] = {
        {.Allow = {true, false}, .Protocol = INT(6), .From = INT(22), .To = INT(22), .Block = &any},
        {.Allow = {true, true},
         .Protocol = INT(6),
         .From = INT(0),
         .To = INT(65535),
         .Block = &ten},
        {.Allow = {true, true}, .Protocol = INT(-1), .Block = &in_ten},
    };
    init(&n);
    n.acl.Ingress = (struct agent_AclRuleList){rules, 3, true};
    NP_CHECK(np_plan_make(a, &n.rq, &p, NULL) == 0);
    struct np_ruleset *r = np_firewall(&p);
    struct np_piece *c = np_piece(r, NP_PIECE_CHAIN, NP_STR("si_0a000100_24"), "");
    NP_CHECK(c->n == 2);
    NP_CHECK_STR(c->lines[0], NP_STR("ip saddr 10.0.1.0/24 return"));
    struct np_str list = np_str_sub(c->lines[1], 5, c->lines[1].n);
    check_chain(r, np_str_z(a, list),
                "tcp dport 22 goto no_in\n"
                "meta l4proto 6 ip saddr 10.0.0.0/8 return\n"
                "ip saddr 10.1.0.0/16 return\n"
                "goto no_in\n");
    NP_CHECK(!np_piece_is_there(r, NP_STR("acl_out")), "what lets all through costs nothing");
    np_ruleset_free(r);
}

static uint32_t mark_of(struct np_arena *a, struct net *n)
{
    struct np_plan p;
    NP_CHECK(np_plan_make(a, &n->rq, &p, NULL) == 0);
    return p.marks[0];
}

NP_TEST(a_table_has_the_number_of_what_is_in_it)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct net n;
    init(&n);
    uint32_t empty = mark_of(a, &n);
    n.routes[0] = (struct agent_Route){.Block = &any, .Kind = NP_STR("internet")};
    n.routes[1] = (struct agent_Route){.Block = &next_to_ten, .Kind = NP_STR("blackhole")};
    n.table.Routes.n = 2;
    uint32_t two = mark_of(a, &n);
    struct agent_Route first = n.routes[0];
    n.routes[0] = n.routes[1];
    n.routes[1] = first;
    NP_CHECK(two != empty && mark_of(a, &n) == two, "their order does not matter");
    n.routes[0].Kind = NP_STR("internet");
    NP_CHECK(mark_of(a, &n) != two, "where they lead does");
}

static void two_guests_of_one_address(struct net *n)
{
    n->addrs[1] = n->addrs[0];
}
static void one_interface_twice(struct net *n)
{
    n->interfaces[1].Id = n->interfaces[0].Id;
}
static void no_such_subnet(struct net *n)
{
    n->interfaces[0].Subnet.v = 1;
}
static void no_such_group(struct net *n)
{
    n->in_group[0].v = 2;
}
static void group_of_a_rule_is_not_there(struct net *n)
{
    n->rules[0] = (struct agent_Rule){.Protocol = INT(-1), .Group = INT(2)};
    n->groups[0].Ingress.n = 1;
}
static void two_peers_in_a_rule(struct net *n)
{
    n->rules[0] = (struct agent_Rule){.Protocol = INT(-1), .Group = INT(0), .Block = &any};
    n->groups[0].Ingress.n = 1;
}
static void ports_backwards(struct net *n)
{
    n->rules[0] = rule(6, 90, 80, &any);
    n->groups[0].Ingress.n = 1;
}
static void bits_beyond_the_block(struct net *n)
{
    static struct agent_Block odd = {INT(ADDR(10, 0, 0, 1)), INT(8)};
    n->rules[0] = rule(-1, 0, 0, &odd);
    n->groups[0].Ingress.n = 1;
}
static void outside_the_pool(struct net *n)
{
    n->addrs[0].Public = (struct np_opt_int)INT(ADDR(127, 0, 0, 1));
}
static void route_to_no_nat(struct net *n)
{
    n->routes[0] = (struct agent_Route){.Block = &any, .Kind = NP_STR("nat"), .Target = INT(0)};
    n->table.Routes.n = 1;
}
static void one_nat(struct net *n)
{
    n->nat_addrs[0] =
        (struct agent_InterfaceAddress){INT(ADDR(10, 0, 1, 20)), INT(ADDR(127, 64, 0, 1))};
    n->nat_addrs[1] =
        (struct agent_InterfaceAddress){INT(ADDR(10, 0, 1, 21)), INT(ADDR(127, 64, 0, 2))};
    n->nat = (struct agent_Nat){{n->nat_addrs, 2, true}, INT(0)};
    n->rq.Nats.n = 1;
}
static void a_nat_of_no_address(struct net *n)
{
    one_nat(n);
    n->nat.Addresses.n = 0;
}
static void a_nat_half_outside(struct net *n)
{
    one_nat(n);
    n->nat_addrs[1].Public.set = false;
}
static void a_nat_with_an_address_of_a_guest(struct net *n)
{
    one_nat(n);
    n->nat_addrs[1].Private = n->addrs[0].Private;
}
static void its_own_peer(struct net *n)
{
    n->peer = (struct agent_Peer){NP_STR("pcx-a"), NP_STR("vpc-a")};
    n->rq.Peers.n = 1;
}
static void a_group_address_of_hardware(struct net *n)
{
    n->interfaces[0].Mac.v = 0x010000000000;
}
static void too_many_blocks(struct net *n)
{
    n->rq.Blocks.n = NP_NET_BLOCKS_MAX + 1;
}
static void too_many_subnets(struct net *n)
{
    n->rq.Subnets.n = NP_NET_SUBNETS_MAX + 1;
}
static void too_many_tables(struct net *n)
{
    n->rq.Tables.n = NP_NET_TABLES_MAX + 1;
}
static void too_many_groups(struct net *n)
{
    n->rq.Groups.n = NP_NET_GROUPS_MAX + 1;
}
static void too_many_lists(struct net *n)
{
    n->rq.Acls.n = NP_NET_SUBNETS_MAX + 1;
}
static void too_many_interfaces(struct net *n)
{
    n->rq.Interfaces.n = NP_NET_INTERFACES_MAX + 1;
}
static void too_many_routes(struct net *n)
{
    n->table.Routes.n = NP_NET_ROUTES_MAX + 1;
}
static void too_many_endpoints(struct net *n)
{
    n->table.Endpoints.n = NP_NET_ROUTES_MAX + 1;
}
static void too_many_rules(struct net *n)
{
    static struct agent_Rule many[NP_NET_RULES_MAX + 1];
    NP_EACH (r, many)
        *r = rule(-1, 0, 0, &any);
    n->groups[0].Egress = (struct agent_RuleList){many, NP_LEN(many), true};
}
static void too_many_rules_of_control(struct net *n)
{
    static struct agent_AclRule many[NP_NET_RULES_MAX + 1];
    NP_EACH (r, many)
        *r = n->open;
    n->acl.Egress = (struct agent_AclRuleList){many, NP_LEN(many), true};
}
static void too_many_peers(struct net *n)
{
    n->rq.Peers.n = NP_NET_PEERS_MAX + 1;
}
static void too_many_nats(struct net *n)
{
    n->rq.Nats.n = NP_NET_NATS_MAX + 1;
}
static void too_many_addresses(struct net *n)
{
    n->interfaces[0].Addresses.n = NP_NET_ADDRESSES_MAX + 1;
}

NP_TEST(a_network_that_cannot_be_is_refused)
{
    static const struct {
        void (*spoil)(struct net *n);
        const char *text;
    } cases[] = {
        {two_guests_of_one_address, "an address of eni-b is another's too"},
        {one_interface_twice, "interface eni-a is told twice"},
        {no_such_subnet, "interface eni-a cannot be"},
        {no_such_group, "interface eni-a cannot be"},
        {group_of_a_rule_is_not_there, "group sg-a has a rule that cannot be"},
        {two_peers_in_a_rule, "group sg-a has a rule that cannot be"},
        {ports_backwards, "group sg-a has a rule that cannot be"},
        {bits_beyond_the_block, "group sg-a has a rule that cannot be"},
        {outside_the_pool, "interface eni-a cannot be"},
        {route_to_no_nat, "table 0 has a route that cannot be"},
        {its_own_peer, "peer pcx-a cannot be"},
        {a_group_address_of_hardware, "interface eni-a cannot be"},
        {too_many_peers, "129 peers in a network, at most 128"},
        {too_many_nats, "513 NATs in a network, at most 512"},
        {too_many_blocks, "65 blocks in a network, at most 64"},
        {too_many_subnets, "513 subnets in a network, at most 512"},
        {too_many_tables, "513 tables in a network, at most 512"},
        {too_many_groups, "2501 groups in a network, at most 2500"},
        {too_many_lists, "513 lists of control in a network, at most 512"},
        {too_many_interfaces, "5001 interfaces in a network, at most 5000"},
        {too_many_routes, "table 0 has a route that cannot be"},
        {too_many_endpoints, "table 0 has a route that cannot be"},
        {too_many_rules, "group sg-a has a rule that cannot be"},
        {too_many_rules_of_control, "list of control 0 has a rule that cannot be"},
        {a_nat_of_no_address, "NAT 0 cannot be"},
        {a_nat_half_outside, "NAT 0 cannot be"},
        {a_nat_with_an_address_of_a_guest, "NAT 0 cannot be"},
        {too_many_addresses, "interface eni-a cannot be"},
    };
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct net n;
        struct np_plan p;
        struct np_err err = {0};
        init(&n);
        NP_CHECK(np_plan_make(a, &n.rq, &p, &err) == 0, "%s", err.text);
        c->spoil(&n);
        NP_CHECK(np_plan_make(a, &n.rq, &p, &err) != 0);
        NP_CHECK_STR(np_err_text(&err), np_str_of(c->text));
    }
}
