/* SPDX-License-Identifier: Apache-2.0 */
/* sg_net.c - security groups as the agent is told of them. */
#include <stdlib.h>

#include "base/auto.h"
#include "gen/agent/types.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist.h"
#include "services/ec2/protocol.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/firewall/sg_int.h"

struct net { /* the VPC whose groups are being spelled out */
    const struct np_core *core;
    const struct ec2_view *view;
    struct np_arena *a;
    struct np_strs ids; /* of its groups */
};

void ec2_net_group_ids(const struct ec2_view *view, struct np_str vpc, struct np_arena *a,
                       struct np_strs *out)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_all(view, EC2_KIND_GROUP, NP_STR_NULL, a, &all);
    *out = (struct np_strs){np_new_array(a, struct np_str, n + 1), 0, true};
    for (size_t i = 0; i < n; i++)
        if (ec2_sg_in_vpc(all[i], vpc))
            out->v[out->n++] = all[i]->id;
}

/* --- one rule --- */

static struct agent_Rule *add_rule(const struct net *n, struct agent_RuleList *out,
                                   const struct ec2_SecurityGroupRule *r)
{
    int protocol = EC2_PROTOCOL_ALL;
    ec2_protocol_parse(r->IpProtocol, &protocol);
    EC2_PUSH(n->a, *out, (struct agent_Rule){.Protocol = {true, protocol}});
    struct agent_Rule *rule = &out->v[out->n - 1];
    if (ec2_protocol_has_ports(protocol) || ec2_protocol_has_types(protocol)) {
        rule->From = r->FromPort;
        rule->To = r->ToPort;
    }
    return rule;
}

static void add_block(const struct net *n, struct agent_RuleList *out,
                      const struct ec2_SecurityGroupRule *r, struct np_str cidr)
{
    struct ec2_cidr c;
    if (!ec2_cidr_parse(cidr, &c))
        return; /* of IPv6 */
    struct agent_Block *b = np_new(n->a, struct agent_Block);
    b->Address = (struct np_opt_int){true, c.addr};
    b->Bits = (struct np_opt_int){true, c.bits};
    add_rule(n, out, r)->Block = b;
}

static void add_list(const struct net *n, struct agent_RuleList *out, struct np_str region,
                     const struct ec2_SecurityGroupRule *r)
{
    struct np_strs cidrs;
    ec2_pl_cidrs(n->view, region, r->PrefixListId, n->a, &cidrs);
    for (size_t i = 0; i < cidrs.n; i++)
        add_block(n, out, r, cidrs.v[i]);
}

/* --- members of a group of another VPC --- */

struct members {
    struct np_arena *a;
    struct np_str group;
    struct agent_AddressList *out;
};

static int add_members(void *arg, const struct ec2_item *eni)
{
    struct members *m = arg;
    const struct ec2_NetworkInterface *d = EC2_SEEN(NetworkInterface, eni);
    size_t at = 0;
    uint32_t ip;
    while (at < d->Groups.n && !np_str_eq(d->Groups.v[at].GroupId, m->group))
        at++;
    for (size_t i = 0; at < d->Groups.n && i < d->PrivateIpAddresses.n; i++)
        if (ec2_ip_parse(d->PrivateIpAddresses.v[i].PrivateIpAddress, &ip))
            EC2_PUSH(m->a, *m->out, (struct np_opt_int){true, ip});
    return 0;
}

static void add_peer(const struct net *n, struct agent_RuleList *out,
                     const struct ec2_SecurityGroupRule *r)
{
    const struct ec2_ReferencedSecurityGroup *ref = r->ReferencedGroupInfo;
    const struct ec2_item *pcx = ec2_see(n->view, EC2_KIND_PEERING, ref->VpcPeeringConnectionId);
    const struct ec2_item *group = ec2_see_any(n->core, ref->GroupId);
    if (pcx == NULL || group == NULL || !ec2_peering_active(pcx))
        return; /* stale */
    struct agent_AddressList members = {0};
    struct members m = {n->a, ref->GroupId, &members};
    ec2_each(ec2_view_of(n->core, group->account, group->region), EC2_KIND_INTERFACE, add_members,
             &m);
    if (members.n > 0)
        add_rule(n, out, r)->Addresses = members;
}

static void add_group(const struct net *n, struct agent_RuleList *out,
                      const struct ec2_SecurityGroupRule *r)
{
    size_t at = ec2_at(&n->ids, r->ReferencedGroupInfo->GroupId);
    if (at < n->ids.n)
        add_rule(n, out, r)->Group = (struct np_opt_int){true, (int64_t)at};
    else if (r->ReferencedGroupInfo->VpcPeeringConnectionId.p != NULL)
        add_peer(n, out, r);
}

static void spell(const struct net *n, const struct ec2_item *group,
                  const struct ec2_SecurityGroupRule *r, struct agent_RuleList *out)
{
    int protocol = EC2_PROTOCOL_ALL;
    ec2_protocol_parse(r->IpProtocol, &protocol);
    if (protocol == EC2_PROTOCOL_ICMPV6)
        return;
    if (r->CidrIpv4.p != NULL)
        add_block(n, out, r, r->CidrIpv4);
    else if (r->PrefixListId.p != NULL)
        add_list(n, out, group->region, r);
    else if (r->ReferencedGroupInfo != NULL)
        add_group(n, out, r);
}

void ec2_net_groups(const struct np_core *core, const struct ec2_view *view, struct np_str vpc,
                    struct np_arena *a, struct agent_GroupList *out)
{
    struct net n = {.core = core, .view = view, .a = a};
    ec2_net_group_ids(view, vpc, a, &n.ids);
    *out =
        (struct agent_GroupList){np_new_array(a, struct agent_Group, n.ids.n + 1), n.ids.n, true};
    for (size_t i = 0; i < n.ids.n; i++) {
        const struct ec2_item *group = ec2_see(view, EC2_KIND_GROUP, n.ids.v[i]);
        struct ec2_SecurityGroupRule **rules;
        size_t n_rules = ec2_rules_see(view, group, a, &rules);
        out->v[i].Id = group->id;
        for (size_t j = 0; j < n_rules; j++)
            spell(&n, group, rules[j],
                  rules[j]->IsEgress.v ? &out->v[i].Egress : &out->v[i].Ingress);
    }
}

/* --- ports that are open to the host --- */

struct ports {
    bool udp;
    uint16_t *v;
    size_t n;
};

static void add_port(struct ports *p, uint16_t port)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i] == port)
            return;
    if (p->n < EC2_PUBLIC_PORTS)
        p->v[p->n++] = port;
}

/* A rule for nearly all ports names none: those that servers usually have then. */
static const uint16_t usual_tcp[] = {22,   80,   443,  3000, 3306, 5000,
                                     5432, 6379, 8000, 8080, 8443, 9090};
static const uint16_t usual_udp[] = {53, 123, 443, 514, 1194, 3478, 5000, 51820};

static void add_range(struct ports *p, int64_t from, int64_t to)
{
    if (to - from < EC2_PUBLIC_PORTS) {
        for (int64_t i = from > 0 ? from : 1; i <= to; i++)
            add_port(p, (uint16_t)i);
        return;
    }
    const uint16_t *usual = p->udp ? usual_udp : usual_tcp;
    size_t n = p->udp ? NP_LEN(usual_udp) : NP_LEN(usual_tcp);
    for (size_t i = 0; i < n; i++)
        if (usual[i] >= from && usual[i] <= to)
            add_port(p, usual[i]);
}

static bool lets_in(const struct ec2_view *view, struct np_str region,
                    const struct ec2_SecurityGroupRule *r, uint32_t client, struct np_arena *a)
{
    struct np_strs cidrs = {0};
    struct ec2_cidr c;
    if (r->IsEgress.v)
        return false;
    if (r->CidrIpv4.p != NULL)
        EC2_PUSH(a, cidrs, r->CidrIpv4);
    else if (r->PrefixListId.p != NULL)
        ec2_pl_cidrs(view, region, r->PrefixListId, a, &cidrs);
    for (size_t i = 0; i < cidrs.n; i++)
        if (ec2_cidr_parse(cidrs.v[i], &c) && ec2_cidr_has_addr(c, client))
            return true;
    return false;
}

static void add_ports(const struct ec2_view *view, const struct ec2_item *group, uint32_t client,
                      struct np_arena *a, struct ports *p)
{
    struct ec2_SecurityGroupRule **rules;
    size_t n = ec2_rules_see(view, group, a, &rules);
    for (size_t i = 0; i < n; i++) {
        const struct ec2_SecurityGroupRule *r = rules[i];
        bool all = np_str_is(r->IpProtocol, "-1");
        if ((!all && !np_str_eq(r->IpProtocol, p->udp ? NP_STR("udp") : NP_STR("tcp"))) ||
            !lets_in(view, group->region, r, client, a))
            continue;
        add_range(p, all ? 0 : r->FromPort.v, all ? 65535 : r->ToPort.v);
    }
}

static int by_number(const void *x, const void *y)
{
    const uint16_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

size_t ec2_net_public_ports(const struct ec2_view *view, struct np_str eni, uint32_t client,
                            bool udp, uint16_t ports[EC2_PUBLIC_PORTS])
{
    const struct ec2_item *it = ec2_see(view, EC2_KIND_INTERFACE, eni);
    struct ports p = {.udp = udp, .v = ports};
    if (it == NULL)
        return 0;
    NP_AUTO_ARENA a = np_arena_new();
    const struct ec2_GroupIdentifierList *groups = &EC2_SEEN(NetworkInterface, it)->Groups;
    for (size_t i = 0; i < groups->n; i++) {
        const struct ec2_item *g = ec2_see(view, EC2_KIND_GROUP, groups->v[i].GroupId);
        if (g != NULL)
            add_ports(view, g, client, a, &p);
    }
    qsort(ports, p.n, sizeof(*ports), by_number);
    return p.n;
}
