/* SPDX-License-Identifier: Apache-2.0 */
/* eni_net.c - network interfaces as the agent is told of them. */
#include "gen/agent/types.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/vpc/endpoint.h"
#include "services/ec2/interface/eni_int.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg.h"

#define STOPPED 80 /* code of an instance's state */

struct net {
    const struct ec2_view *view;
    struct np_arena *a;
    const struct np_strs *subnets;
    struct np_strs groups;
    struct ec2_net_flow_log *logs;
    size_t n_logs;
    struct np_str vpc;
};

/* Of an instance that runs or is about to; or the region's own, on whose addresses it listens. A
 * NAT gateway's is told as such. */
static bool is_told(const struct net *n, const struct ec2_item *eni)
{
    const struct ec2_NetworkInterface *d = EC2_SEEN(NetworkInterface, eni);
    if (ec2_eni_managed(eni))
        return !np_str_is(d->InterfaceType, "natGateway");
    if (d->Attachment == NULL)
        return false;
    const struct ec2_item *i = ec2_see(n->view, EC2_KIND_INSTANCE, d->Attachment->InstanceId);
    return i != NULL && EC2_SEEN(Instance, i)->State->Code.v != STOPPED;
}

static int64_t mac_number(struct np_str mac)
{
    int64_t v = 0;
    for (size_t i = 0; i < mac.n; i++) {
        char c = mac.p[i];
        if (c != ':')
            v = v << 4 | (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return v;
}

static void add_addresses(const struct net *n, const struct ec2_NetworkInterface *d,
                          struct agent_InterfaceAddressList *out)
{
    for (size_t i = 0; i < d->PrivateIpAddresses.n; i++) {
        const struct ec2_NetworkInterfacePrivateIpAddress *p = &d->PrivateIpAddresses.v[i];
        struct agent_InterfaceAddress address = {0};
        uint32_t ip;
        if (!ec2_ip_parse(p->PrivateIpAddress, &ip))
            continue;
        address.Private = (struct np_opt_int){true, ip};
        if (p->Association != NULL && ec2_ip_parse(p->Association->PublicIp, &ip))
            address.Public = (struct np_opt_int){true, ip};
        EC2_PUSH(n->a, *out, address);
    }
}

static void add_logs(const struct net *n, const struct ec2_item *eni, struct agent_Interface *out)
{
    bool accept = false, reject = false;
    for (size_t i = 0; i < n->n_logs; i++) {
        const struct ec2_net_flow_log *l = &n->logs[i];
        if (!np_str_eq(l->resource, n->vpc) && !np_str_eq(l->resource, eni->id) &&
            !np_str_eq(l->resource, EC2_SEEN(NetworkInterface, eni)->SubnetId))
            continue;
        accept = accept || l->accept;
        reject = reject || l->reject;
    }
    out->LogAccept = (struct np_opt_bool){true, accept};
    out->LogReject = (struct np_opt_bool){true, reject};
}

static void add_interface(const struct net *n, const struct ec2_item *eni,
                          struct agent_InterfaceList *out)
{
    const struct ec2_NetworkInterface *d = EC2_SEEN(NetworkInterface, eni);
    size_t subnet = ec2_at(n->subnets, d->SubnetId);
    if (subnet == n->subnets->n)
        return;
    struct agent_Interface told = {
        .Id = eni->id,
        .Mac = {true, mac_number(d->MacAddress)},
        .Subnet = {true, (int64_t)subnet},
        .SourceCheck = {true, !d->SourceDestCheck.set || d->SourceDestCheck.v},
    };
    if (!ec2_eni_managed(eni)) {
        told.Guest = d->Attachment->InstanceId;
        told.Device = d->Attachment->DeviceIndex;
    }
    for (size_t i = 0; i < d->Groups.n; i++) {
        size_t at = ec2_at(&n->groups, d->Groups.v[i].GroupId);
        if (at < n->groups.n)
            EC2_PUSH(n->a, told.Groups, (struct np_opt_int){true, (int64_t)at});
    }
    add_addresses(n, d, &told.Addresses);
    add_logs(n, eni, &told);
    out->v[out->n++] = told;
}

void ec2_net_interfaces(const struct ec2_view *view, struct np_str vpc,
                        const struct np_strs *subnets, struct np_arena *a,
                        struct agent_InterfaceList *out)
{
    struct net n = {.view = view, .a = a, .subnets = subnets, .vpc = vpc};
    const struct ec2_item *const *all;
    size_t n_all = ec2_see_all(view, EC2_KIND_INTERFACE, vpc, a, &all);
    ec2_net_group_ids(view, vpc, a, &n.groups);
    n.n_logs = ec2_net_flow_logs(view, vpc, a, &n.logs);
    *out =
        (struct agent_InterfaceList){np_new_array(a, struct agent_Interface, n_all + 1), 0, true};
    for (size_t i = 0; i < n_all; i++)
        if (is_told(&n, all[i]))
            add_interface(&n, all[i], out);
}
