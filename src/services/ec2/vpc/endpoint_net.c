/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_net.c - VPC endpoints as the network is told of them. */
#include <arpa/inet.h>

#include "gen/agent/types.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/vpc/endpoint_int.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist.h"

/* Blocks of the service that a gateway leads to. */
static size_t blocks_of(const struct ec2_view *view, const struct ec2_item *it, struct np_arena *a,
                        struct ec2_cidr **out)
{
    const struct ec2_VpcEndpoint *d = EC2_SEEN(VpcEndpoint, it);
    const struct ec2_endpoint_service *s = ec2_endpoint_service(it->region, d->ServiceName);
    struct np_strs cidrs;
    size_t n = 0;
    ec2_pl_cidrs(view, it->region, ec2_pl_of_service(a, it->region, np_str_of(s->name)), a, &cidrs);
    *out = np_new_array(a, struct ec2_cidr, cidrs.n + 1);
    for (size_t i = 0; i < cidrs.n; i++)
        if (ec2_cidr_parse(cidrs.v[i], &(*out)[n]))
            n++;
    return n;
}

void ec2_net_table_endpoints(const struct ec2_view *view, struct np_str vpc, struct np_str table,
                             struct np_arena *a, struct agent_BlockList *out)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_all(view, EC2_KIND_ENDPOINT, vpc, a, &all);
    *out = (struct agent_BlockList){.set = true};
    for (size_t i = 0; i < n; i++) {
        const struct ec2_VpcEndpoint *d = EC2_SEEN(VpcEndpoint, all[i]);
        struct ec2_cidr *blocks;
        if (!ec2_vpce_is_gateway(d) || !ec2_among(&d->RouteTableIds, table))
            continue;
        size_t n_blocks = blocks_of(view, all[i], a, &blocks);
        for (size_t j = 0; j < n_blocks; j++)
            EC2_PUSH(a, *out,
                     (struct agent_Block){.Address = {true, blocks[j].addr},
                                          .Bits = {true, blocks[j].bits}});
    }
}

static void add_addresses(const struct ec2_view *view, const struct ec2_VpcEndpoint *d,
                          struct np_arena *a, struct ec2_net_endpoint *out)
{
    struct in_addr *v = np_new_array(a, struct in_addr, d->NetworkInterfaceIds.n + 1);
    for (size_t i = 0; i < d->NetworkInterfaceIds.n; i++) {
        const struct ec2_item *eni = ec2_see(view, EC2_KIND_INTERFACE, d->NetworkInterfaceIds.v[i]);
        uint32_t ip;
        if (eni != NULL && ec2_ip_parse(EC2_SEEN(NetworkInterface, eni)->PrivateIpAddress, &ip))
            v[out->n_addresses++].s_addr = htonl(ip);
    }
    out->addresses = v;
}

static void add_names(const struct ec2_item *it, struct np_arena *a, struct ec2_net_endpoint *out)
{
    const struct ec2_VpcEndpoint *d = EC2_SEEN(VpcEndpoint, it);
    /* For resolver endpoints alone, of which there are none here: guests do not get them. */
    bool no_private =
        d->DnsOptions != NULL && d->DnsOptions->PrivateDnsOnlyForInboundResolverEndpoint.v;
    for (size_t i = 0; i < d->DnsEntries.n; i++) {
        struct np_str name = d->DnsEntries.v[i].DnsName;
        if (np_str_ends(name, NP_STR(".vpce.amazonaws.com")))
            EC2_PUSH(a, out->names, name);
        else if (!no_private)
            EC2_PUSH(a, out->private_names, name);
    }
}

size_t ec2_net_endpoints(const struct ec2_view *view, struct np_str vpc, struct np_arena *a,
                         struct ec2_net_endpoint **out)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_all(view, EC2_KIND_ENDPOINT, vpc, a, &all);
    *out = np_new_array(a, struct ec2_net_endpoint, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct ec2_VpcEndpoint *d = EC2_SEEN(VpcEndpoint, all[i]);
        struct ec2_net_endpoint *e = &(*out)[i];
        struct ec2_cidr *blocks = NULL;
        e->id = all[i]->id;
        e->service = np_str_of(ec2_endpoint_service(all[i]->region, d->ServiceName)->name);
        e->gateway = ec2_vpce_is_gateway(d);
        e->tables = (struct np_strs){d->RouteTableIds.v, d->RouteTableIds.n, true};
        e->n_blocks = e->gateway ? blocks_of(view, all[i], a, &blocks) : 0;
        e->blocks = blocks;
        if (!np_str_eq(d->PolicyDocument, np_str_of(ec2_vpce_policy)))
            e->policy = d->PolicyDocument;
        add_addresses(view, d, a, e);
        add_names(all[i], a, e);
    }
    return n;
}
