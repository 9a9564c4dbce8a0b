/* SPDX-License-Identifier: Apache-2.0 */
/* acl_net.c - network ACLs as the agent is told of them. */
#include "gen/agent/types.h"
#include "services/ec2/firewall/acl.h"
#include "services/ec2/firewall/acl_int.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/list.h"
#include "services/ec2/protocol.h"

static void add_entry(struct np_arena *a, const struct ec2_NetworkAclEntry *e,
                      struct agent_AclRuleList *out)
{
    struct ec2_cidr c;
    int protocol = EC2_PROTOCOL_ALL;
    ec2_protocol_parse(e->Protocol, &protocol);
    if (e->CidrBlock.p == NULL || protocol == EC2_PROTOCOL_ICMPV6 ||
        !ec2_cidr_parse(e->CidrBlock, &c))
        return; /* of IPv6 */
    struct agent_Block *b = np_new(a, struct agent_Block);
    b->Address = (struct np_opt_int){true, c.addr};
    b->Bits = (struct np_opt_int){true, c.bits};
    struct agent_AclRule r = {
        .Allow = {true, np_str_is(e->RuleAction, "allow")},
        .Protocol = {true, protocol},
        .Block = b,
    };
    if (e->PortRange != NULL) {
        r.From = e->PortRange->From;
        r.To = e->PortRange->To;
    } else if (e->IcmpTypeCode != NULL) {
        r.From = e->IcmpTypeCode->Type;
        r.To = e->IcmpTypeCode->Code;
    }
    EC2_PUSH(a, *out, r);
}

static void place_subnets(const struct ec2_NetworkAcl *d, int64_t at, const struct np_strs *subnets,
                          int64_t *place)
{
    for (size_t i = 0; i < d->Associations.n; i++) {
        size_t s = ec2_at(subnets, d->Associations.v[i].SubnetId);
        if (s < subnets->n)
            place[s] = at;
    }
}

void ec2_net_acls(const struct ec2_view *view, struct np_str vpc, const struct np_strs *subnets,
                  struct np_arena *a, struct agent_AclList *out, int64_t *place)
{
    const struct ec2_item *const *acls;
    size_t n = ec2_see_all(view, EC2_KIND_ACL, vpc, a, &acls);
    *out = (struct agent_AclList){np_new_array(a, struct agent_Acl, n + 1), n, true};
    for (size_t i = 0; i < subnets->n; i++)
        place[i] = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ec2_NetworkAcl *d = EC2_SEEN(NetworkAcl, acls[i]);
        for (size_t j = 0; j < d->Entries.n; j++) /* they lie in order of their numbers */
            add_entry(a, &d->Entries.v[j],
                      d->Entries.v[j].Egress.v ? &out->v[i].Egress : &out->v[i].Ingress);
        place_subnets(d, (int64_t)i, subnets, place);
    }
}
