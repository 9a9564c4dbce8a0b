/* SPDX-License-Identifier: Apache-2.0 */
/* netview_vpc.c - a VPC's items as the network of engines/vnet: lists in the order of ids, which
 * name each other by their places. */
#include <arpa/inet.h>

#include "engines/vnet/vnet.h"
#include "gen/agent/types.h"
#include "host/limits.h"
#include "services/ec2/firewall/acl.h"
#include "services/ec2/vpc/endpoint.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/vpc/netview.h"
#include "services/ec2/vpc/prefixlist.h"
#include "services/ec2/vpc/route.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc_int.h"

/* What a VPC may have is no more than what a network may be told of: one list too long, and all of
 * the VPC stood still. Zones have letters, six at most. */
_Static_assert(EC2_VPC_BLOCKS_MAX <= NP_NET_BLOCKS_MAX, "blocks");
_Static_assert(EC2_SUBNETS_MAX <= NP_NET_SUBNETS_MAX && EC2_ACLS_MAX <= NP_NET_SUBNETS_MAX,
               "subnets, lists of control");
_Static_assert(EC2_TABLES_MAX <= NP_NET_TABLES_MAX && EC2_ROUTES_MAX <= NP_NET_ROUTES_MAX,
               "tables");
_Static_assert(EC2_GROUPS_MAX <= NP_NET_GROUPS_MAX && 2 * EC2_RULES_MAX <= NP_NET_RULES_MAX,
               "groups");
_Static_assert(EC2_INTERFACES_MAX <= NP_NET_INTERFACES_MAX, "interfaces");
_Static_assert(EC2_INTERFACE_ADDRESSES_MAX <= NP_NET_ADDRESSES_MAX, "addresses");
_Static_assert(6 * EC2_NAT_GATEWAYS_MAX <= NP_NET_NATS_MAX, "NAT gateways");
_Static_assert(EC2_PEERINGS_MAX <= NP_NET_PEERS_MAX, "peering connections");

struct made {
    const struct np_core *core;
    const struct ec2_view *v;
    const struct ec2_item *vpc;
    struct np_arena *a;
    struct agent_EnsureNetworkRequest *net;
    struct np_vnet_vpc *out;
    const struct ec2_item *const *subnets, *const *tables;
    size_t n_subnets, n_tables;
    struct np_strs subnet_ids;
    const struct ec2_item **nats, **peers; /* in the order of net's */
};

static struct np_opt_int number(int64_t v)
{
    return (struct np_opt_int){true, v};
}

static struct agent_Block *block_of(struct np_arena *a, struct ec2_cidr c)
{
    struct agent_Block *b = np_new(a, struct agent_Block);
    b->Address = number(ec2_cidr_first(c));
    b->Bits = number(c.bits);
    return b;
}

static int64_t ip_of(struct np_str text)
{
    uint32_t ip = 0;
    ec2_ip_parse(text, &ip);
    return ip;
}

/* Where an id stands; n: nowhere. */
static size_t place_of(const struct ec2_item *const *v, size_t n, struct np_str id)
{
    size_t i = 0;
    while (i < n && !np_str_eq(v[i]->id, id))
        i++;
    return i;
}

/* --- blocks, subnets --- */

static void make_blocks(struct made *m)
{
    struct ec2_cidr blocks[EC2_VPC_BLOCKS_MAX];
    size_t n = ec2_vpc_blocks(m->vpc, blocks);
    m->net->Blocks.v = np_new_array(m->a, struct agent_Block, n + 1);
    m->net->Blocks.set = true;
    for (size_t i = 0; i < n; i++)
        m->net->Blocks.v[m->net->Blocks.n++] = *block_of(m->a, blocks[i]);
    /* AWS: the second address of the first block, whatever came later. */
    bool resolves = n > 0 && ec2_vpc_dns_support(m->vpc);
    m->net->Resolver = number(resolves ? ec2_cidr_first(blocks[0]) + 2 : 0);
}

static void make_subnets(struct made *m)
{
    int64_t *acl = np_new_array(m->a, int64_t, m->n_subnets + 1);
    ec2_net_acls(m->v, m->vpc->id, &m->subnet_ids, m->a, &m->net->Acls, acl);
    m->net->Subnets.v = np_new_array(m->a, struct agent_Subnet, m->n_subnets + 1);
    m->net->Subnets.set = true;
    for (size_t i = 0; i < m->n_subnets; i++) {
        const struct ec2_item *table = ec2_subnet_table(m->v, m->subnets[i]);
        struct agent_Subnet *s = &m->net->Subnets.v[m->net->Subnets.n++];
        s->Block = block_of(m->a, ec2_subnet_block(m->subnets[i]));
        s->Acl = number(acl[i]);
        s->Table = number(table != NULL ? (int64_t)place_of(m->tables, m->n_tables, table->id) : 0);
    }
}

/* --- ways out --- */

static void add_nat_addresses(const struct made *m, const struct ec2_NatGateway *d,
                              struct agent_InterfaceAddressList *out)
{
    const struct ec2_NatGatewayAddressList *l = &d->NatGatewayAddresses;
    out->v = np_new_array(m->a, struct agent_InterfaceAddress, l->n + 1);
    out->set = true;
    for (size_t i = 0; i < l->n; i++) {
        if ((l->v[i].PublicIp.p != NULL) != (l->v[0].PublicIp.p != NULL))
            continue;
        struct agent_InterfaceAddress *x = &out->v[out->n++];
        x->Private = number(ip_of(l->v[i].PrivateIp));
        if (l->v[i].PublicIp.p != NULL)
            x->Public = number(ip_of(l->v[i].PublicIp));
    }
}

static void make_nats(struct made *m)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_all(m->v, EC2_KIND_NAT_GATEWAY, m->vpc->id, m->a, &all);
    m->nats = np_new_array(m->a, const struct ec2_item *, n + 1);
    m->net->Nats.v = np_new_array(m->a, struct agent_Nat, n + 1);
    m->net->Nats.set = true;
    for (size_t i = 0; i < n; i++) {
        const struct ec2_NatGateway *d = all[i]->detail;
        if (!np_str_is(d->State, "available") || d->NatGatewayAddresses.n == 0)
            continue;
        size_t subnet = place_of(m->subnets, m->n_subnets, d->SubnetId);
        struct agent_Nat *nat = &m->net->Nats.v[m->net->Nats.n];
        add_nat_addresses(m, d, &nat->Addresses);
        nat->Subnet = number((int64_t)subnet);
        m->nats[m->net->Nats.n++] = all[i];
    }
}

struct peer_list {
    struct made *m;
    const struct ec2_item **v;
    size_t n;
};

static bool joins(const struct ec2_item *it, struct np_str vpc)
{
    const struct ec2_VpcPeeringConnection *d = it->detail;
    return np_str_is(d->Status->Code, "active") && (np_str_eq(d->RequesterVpcInfo->VpcId, vpc) ||
                                                    np_str_eq(d->AccepterVpcInfo->VpcId, vpc));
}

static const struct ec2_VpcPeeringConnectionVpcInfo *other_side(const struct ec2_item *it,
                                                                struct np_str vpc)
{
    const struct ec2_VpcPeeringConnection *d = it->detail;
    return np_str_eq(d->RequesterVpcInfo->VpcId, vpc) ? d->AccepterVpcInfo : d->RequesterVpcInfo;
}

/* Peerings, and those VPCs that let us resolve their public names to private addresses. */
static void make_peers(struct made *m)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_all(m->v, EC2_KIND_PEERING, NP_STR_NULL, m->a, &all);
    struct np_str *dns = np_new_array(m->a, struct np_str, n + 1);
    m->peers = np_new_array(m->a, const struct ec2_item *, n + 1);
    m->net->Peers.v = np_new_array(m->a, struct agent_Peer, n + 1);
    m->net->Peers.set = true;
    m->out->dns_peers = dns;
    for (size_t i = 0; i < n; i++) {
        if (!joins(all[i], m->vpc->id))
            continue;
        const struct ec2_VpcPeeringConnectionVpcInfo *o = other_side(all[i], m->vpc->id);
        m->net->Peers.v[m->net->Peers.n] =
            (struct agent_Peer){.Id = all[i]->id, .Network = o->VpcId};
        m->peers[m->net->Peers.n++] = all[i];
        if (o->PeeringOptions != NULL && o->PeeringOptions->AllowDnsResolutionFromRemoteVpc.v)
            dns[m->out->n_dns_peers++] = o->VpcId;
    }
}

/* --- tables --- */

/* The kind of target, and its place among its like; a target that is not there is a blackhole. */
static void aim(const struct made *m, const struct ec2_item *table, const struct ec2_Route *r,
                struct agent_Route *out)
{
    size_t n = 0, at = 0;
    const char *kind = "blackhole";
    if (!ec2_route_is_active(m->v, table, r)) {
        out->Kind = np_str_of(kind);
        return;
    }
    if (r->NatGatewayId.p != NULL) {
        kind = "nat";
        n = m->net->Nats.n;
        at = place_of(m->nats, n, r->NatGatewayId);
    } else if (r->VpcPeeringConnectionId.p != NULL) {
        kind = "peer";
        n = m->net->Peers.n;
        at = place_of(m->peers, n, r->VpcPeeringConnectionId);
    } else if (r->NetworkInterfaceId.p != NULL) {
        kind = "interface";
        n = m->net->Interfaces.n;
        while (at < n && !np_str_eq(m->net->Interfaces.v[at].Id, r->NetworkInterfaceId))
            at++;
    } else {
        out->Kind = NP_STR("internet");
        return;
    }
    out->Kind = at < n ? np_str_of(kind) : NP_STR("blackhole");
    if (at < n)
        out->Target = number((int64_t)at);
}

static void add_route(struct made *m, struct agent_RouteList *l, struct agent_Route r,
                      struct np_str block)
{
    struct ec2_cidr c;
    if (!ec2_cidr_parse(block, &c))
        return;
    r.Block = block_of(m->a, c);
    l->v = np_array_grow(m->a, l->v, l->n, sizeof(*l->v));
    l->v[l->n++] = r;
}

static void make_routes(struct made *m, const struct ec2_item *table, struct agent_RouteList *l)
{
    const struct ec2_RouteList *routes = &EC2_SEEN(RouteTable, table)->Routes;
    l->set = true;
    for (size_t i = 0; i < routes->n; i++) {
        const struct ec2_Route *r = &routes->v[i];
        struct agent_Route to = {0};
        if (np_str_is(r->GatewayId, "local") || np_str_starts(r->GatewayId, NP_STR("vpce-")))
            continue;
        aim(m, table, r, &to);
        if (r->DestinationCidrBlock.p != NULL) {
            add_route(m, l, to, r->DestinationCidrBlock);
            continue;
        }
        struct np_strs blocks = {0};
        ec2_pl_cidrs(m->v, m->vpc->region, r->DestinationPrefixListId, m->a, &blocks);
        for (size_t j = 0; j < blocks.n; j++)
            add_route(m, l, to, blocks.v[j]);
    }
}

static void make_tables(struct made *m)
{
    m->net->Tables.v = np_new_array(m->a, struct agent_Table, m->n_tables + 1);
    m->net->Tables.set = true;
    for (size_t i = 0; i < m->n_tables; i++) {
        struct agent_Table *t = &m->net->Tables.v[m->net->Tables.n++];
        make_routes(m, m->tables[i], &t->Routes);
        ec2_net_table_endpoints(m->v, m->vpc->id, m->tables[i]->id, m->a, &t->Endpoints);
    }
}

/* --- for the engine itself --- */

static struct in_addr address_of(int64_t host_order)
{
    return (struct in_addr){htonl((uint32_t)host_order)};
}

static void add_ports(const struct made *m, struct np_vnet_eni *e)
{
    uint16_t numbers[EC2_PUBLIC_PORTS];
    struct np_vnet_port *ports = np_new_array(m->a, struct np_vnet_port, 2 * EC2_PUBLIC_PORTS);
    uint32_t client = 0;
    ec2_ip_parse(m->core->config.client_address, &client);
    for (int udp = 0; udp < 2; udp++) {
        size_t n = ec2_net_public_ports(m->v, e->id, client, udp != 0, numbers);
        for (size_t i = 0; i < n; i++)
            ports[e->n_ports++] = (struct np_vnet_port){numbers[i], udp != 0};
    }
    e->ports = ports;
}

static void make_eni(struct made *m, const struct agent_Interface *i, struct np_vnet_eni *e)
{
    const struct ec2_item *it = ec2_see(m->v, EC2_KIND_INTERFACE, i->Id);
    const struct ec2_NetworkInterface *d = it->detail;
    struct np_vnet_address *v = np_new_array(m->a, struct np_vnet_address, i->Addresses.n + 1);
    *e = (struct np_vnet_eni){
        .id = it->id,
        .instance_id = d->Attachment != NULL ? d->Attachment->InstanceId : NP_STR_NULL,
        .owner = it->account,
        .subnet_id = d->SubnetId,
        .subnet = (unsigned)i->Subnet.v,
        .addresses = v,
        .n_addresses = i->Addresses.n,
    };
    if ((size_t)i->Subnet.v < m->n_subnets)
        e->az_id = EC2_SEEN(Subnet, m->subnets[i->Subnet.v])->AvailabilityZoneId;
    bool outside = false;
    for (size_t j = 0; j < i->Addresses.n; j++) {
        v[j].private_ip = address_of(i->Addresses.v[j].Private.v);
        v[j].public_ip = address_of(i->Addresses.v[j].Public.v);
        outside = outside || i->Addresses.v[j].Public.v != 0;
    }
    if (outside)
        add_ports(m, e);
}

static void make_enis(struct made *m)
{
    struct np_vnet_eni *v = np_new_array(m->a, struct np_vnet_eni, m->net->Interfaces.n + 1);
    for (size_t i = 0; i < m->net->Interfaces.n; i++)
        make_eni(m, &m->net->Interfaces.v[i], &v[i]);
    m->out->enis = v;
    m->out->n_enis = m->net->Interfaces.n;
}

static void add_names(struct made *m, struct np_vnet_name *v, size_t *n,
                      const struct np_strs *names, const struct ec2_net_endpoint *e,
                      bool everywhere)
{
    (void)m;
    for (size_t i = 0; i < names->n; i++)
        v[(*n)++] = (struct np_vnet_name){
            .name = names->v[i], .v = e->addresses, .n = e->n_addresses, .everywhere = everywhere};
}

static void make_endpoint(struct made *m, const struct ec2_net_endpoint *e,
                          struct np_vnet_endpoint *out)
{
    struct np_vnet_block *blocks = np_new_array(m->a, struct np_vnet_block, e->n_blocks + 1);
    struct np_vnet_name *names =
        np_new_array(m->a, struct np_vnet_name, e->names.n + e->private_names.n + 1);
    unsigned *tables = np_alloc_array(m->a, e->tables.n + 1, sizeof(*tables));
    *out = (struct np_vnet_endpoint){.id = e->id,
                                     .service = e->service,
                                     .document = e->policy,
                                     .gateway = e->gateway,
                                     .blocks = blocks,
                                     .tables = tables,
                                     .addresses = e->addresses,
                                     .n_addresses = e->n_addresses,
                                     .names = names};
    for (size_t i = 0; i < e->n_blocks; i++)
        blocks[out->n_blocks++] =
            (struct np_vnet_block){address_of(ec2_cidr_first(e->blocks[i])), e->blocks[i].bits};
    for (size_t i = 0; i < e->tables.n; i++) {
        size_t at = place_of(m->tables, m->n_tables, e->tables.v[i]);
        if (at < m->n_tables)
            tables[out->n_tables++] = (unsigned)at;
    }
    add_names(m, names, &out->n_names, &e->names, e, true);
    add_names(m, names, &out->n_names, &e->private_names, e, false);
}

static void make_endpoints(struct made *m)
{
    struct ec2_net_endpoint *all;
    size_t n = ec2_net_endpoints(m->v, m->vpc->id, m->a, &all);
    struct np_vnet_endpoint *v = np_new_array(m->a, struct np_vnet_endpoint, n + 1);
    for (size_t i = 0; i < n; i++)
        make_endpoint(m, &all[i], &v[i]);
    m->out->endpoints = v;
    m->out->n_endpoints = n;
}

static void make_logs(struct made *m)
{
    struct ec2_net_flow_log *all;
    size_t n = ec2_net_flow_logs(m->v, m->vpc->id, m->a, &all);
    struct np_vnet_log *v = np_new_array(m->a, struct np_vnet_log, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool subnet = np_str_starts(all[i].resource, NP_STR("subnet-"));
        bool eni = np_str_starts(all[i].resource, NP_STR("eni-"));
        v[i] = (struct np_vnet_log){
            .id = all[i].id,
            .scope = subnet ? NP_VNET_LOG_SUBNET
                     : eni  ? NP_VNET_LOG_ENI
                            : NP_VNET_LOG_VPC,
            .of = all[i].resource,
            .accept = all[i].accept,
            .reject = all[i].reject,
            .interval_s = (unsigned)all[i].interval_s,
        };
    }
    m->out->logs = v;
    m->out->n_logs = n;
}

/* The domain that guests search. */
static struct np_str domain_of(const struct made *m)
{
    const struct ec2_item *it =
        ec2_see(m->v, EC2_KIND_DHCP_OPTIONS, EC2_SEEN(Vpc, m->vpc)->DhcpOptionsId);
    for (size_t i = 0; it != NULL && i < EC2_SEEN(DhcpOptions, it)->DhcpConfigurations.n; i++) {
        const struct ec2_DhcpConfiguration *c = &EC2_SEEN(DhcpOptions, it)->DhcpConfigurations.v[i];
        if (np_str_is(c->Key, "domain-name") && c->Values.n > 0)
            return c->Values.v[0].Value;
    }
    return NP_STR_NULL;
}

void ec2_netview_make(const struct np_core *core, const struct ec2_item *vpc, uint64_t version,
                      struct np_arena *a, struct np_vnet_vpc *out)
{
    struct made m = {.core = core, .vpc = vpc, .a = a, .out = out};
    m.v = ec2_view_of(core, vpc->account, vpc->region);
    m.net = np_new(a, struct agent_EnsureNetworkRequest);
    *out = (struct np_vnet_vpc){.id = vpc->id,
                                .account = vpc->account,
                                .region = vpc->region,
                                .version = version,
                                .net = m.net,
                                .dns_hostnames = ec2_vpc_dns_hostnames(vpc),
                                .dhcp_domain = domain_of(&m)};
    m.n_subnets = ec2_see_all(m.v, EC2_KIND_SUBNET, vpc->id, a, &m.subnets);
    m.n_tables = ec2_see_all(m.v, EC2_KIND_ROUTE_TABLE, vpc->id, a, &m.tables);
    m.subnet_ids =
        (struct np_strs){.v = np_new_array(a, struct np_str, m.n_subnets + 1), .set = true};
    for (size_t i = 0; i < m.n_subnets; i++)
        m.subnet_ids.v[m.subnet_ids.n++] = m.subnets[i]->id;
    m.net->Id = vpc->id;
    m.net->Version = number((int64_t)version);
    m.net->Internet = ec2_yes(ec2_igw_see(m.v, vpc->id) != NULL);
    make_blocks(&m);
    make_subnets(&m);
    ec2_net_groups(core, m.v, vpc->id, a, &m.net->Groups);
    ec2_net_interfaces(m.v, vpc->id, &m.subnet_ids, a, &m.net->Interfaces);
    make_nats(&m);
    make_peers(&m);
    make_tables(&m);
    make_enis(&m);
    make_endpoints(&m);
    make_logs(&m);
}
