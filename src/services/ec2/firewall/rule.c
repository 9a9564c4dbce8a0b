/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - rules of security groups as values: normal form, comparison, old and new spelling. */
#include "services/ec2/firewall/rule.h"

#include "aws/fault.h"
#include "base/arena.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/limits.h"
#include "services/ec2/protocol.h"

static struct np_opt_int some(int64_t v)
{
    return (struct np_opt_int){true, v};
}

/* --- protocol and ports --- */

static int check_ports(const struct ec2_SecurityGroupRule *r, struct np_err *err)
{
    const struct np_opt_int *const ends[] = {&r->FromPort, &r->ToPort};
    if (!r->FromPort.set || !r->ToPort.set)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Invalid value 'Must specify both from and to ports with TCP/UDP.' for "
                        "portRange.");
    NP_EACH (end, ends) {
        if ((*end)->v < 0 || (*end)->v > 65535)
            return np_fault(err, &EC2_InvalidParameterValue, "TCP/UDP port (%lld) out of range",
                            (long long)(*end)->v);
    }
    if (r->FromPort.v > r->ToPort.v)
        return np_fault(err, &EC2_InvalidParameterValue, "Invalid TCP/UDP port range (%lld:%lld)",
                        (long long)r->FromPort.v, (long long)r->ToPort.v);
    return 0;
}

static int check_types(struct ec2_SecurityGroupRule *r, bool v6, struct np_err *err)
{
    if (!r->FromPort.set && !r->ToPort.set && v6)
        r->FromPort = r->ToPort = some(-1);
    if (!r->FromPort.set || !r->ToPort.set)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Invalid value 'Must specify both from and to ports with ICMP.' for "
                        "portRange.");
    if (r->FromPort.v < -1 || r->FromPort.v > 255)
        return np_fault(err, &EC2_InvalidParameterValue, "ICMP type (%lld) out of range",
                        (long long)r->FromPort.v);
    if (r->ToPort.v < -1 || r->ToPort.v > 255)
        return np_fault(err, &EC2_InvalidParameterValue, "ICMP code (%lld) out of range",
                        (long long)r->ToPort.v);
    if (r->FromPort.v == -1 && r->ToPort.v != -1)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "ICMP code (%lld) needs a type; for all types it is -1",
                        (long long)r->ToPort.v);
    return 0;
}

int ec2_rule_normal(struct np_arena *a, struct ec2_SecurityGroupRule *r, struct np_err *err)
{
    int protocol;
    if (r->IpProtocol.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter ipProtocol");
    if (!ec2_protocol_parse(r->IpProtocol, &protocol))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Invalid value '%.*s' for IP protocol. Unknown protocol.",
                        NP_FMT(r->IpProtocol));
    r->IpProtocol = ec2_protocol_name(a, protocol);
    if (ec2_protocol_has_ports(protocol))
        return check_ports(r, err);
    if (ec2_protocol_has_types(protocol))
        return check_types(r, protocol == EC2_PROTOCOL_ICMPV6, err);
    r->FromPort = r->ToPort = some(-1); /* all of it, whatever was given */
    return 0;
}

/* --- permissions to rules --- */

struct spelled { /* the permission whose rules are being written */
    struct np_arena *a;
    const struct ec2_IpPermission *from;
    bool egress;
    struct ec2_SecurityGroupRuleList *out;
};

int ec2_rule_check_description(struct np_str s, struct np_err *err)
{
    static const char marks[] = "._-:/()#,@[]+=&;{}!$* ";
    if (s.n > EC2_DESCRIPTION_MAX)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Invalid rule description. Rule descriptions may have at most %d "
                        "characters.",
                        EC2_DESCRIPTION_MAX);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != 0 && strchr(marks, c) != NULL)))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Invalid rule description. Valid descriptions are strings less than "
                            "256 characters from the following set:  a-zA-Z0-9. "
                            "_-:/()#,@[]+=&;{}!$*");
    }
    return 0;
}

static int add_rule(const struct spelled *s, struct np_str description,
                    struct ec2_SecurityGroupRule r, struct np_err *err)
{
    if (s->out->n >= EC2_RULES_PER_CALL)
        return np_fault(err, &EC2_RulesPerSecurityGroupLimitExceeded,
                        "The maximum number of rules per security group has been reached.");
    r.IsEgress = (struct np_opt_bool){true, s->egress};
    r.IpProtocol = s->from->IpProtocol;
    r.FromPort = s->from->FromPort;
    r.ToPort = s->from->ToPort;
    r.Description = description;
    int rc = ec2_rule_check_description(description, err);
    if (rc == 0)
        rc = ec2_rule_normal(s->a, &r, err);
    if (rc < 0)
        return rc;
    s->out->v[s->out->n++] = r;
    return 0;
}

static int add_ipv4(const struct spelled *s, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < s->from->IpRanges.n && rc == 0; i++) {
        const struct ec2_IpRange *range = &s->from->IpRanges.v[i];
        struct ec2_cidr c;
        if (!ec2_cidr_parse(range->CidrIp, &c))
            return np_fault(err, &EC2_InvalidParameterValue, "CIDR block %.*s is malformed",
                            NP_FMT(range->CidrIp));
        rc = add_rule(
            s, range->Description,
            (struct ec2_SecurityGroupRule){.CidrIpv4 = ec2_cidr_text(s->a, ec2_cidr_network(c))},
            err);
    }
    return rc;
}

static int add_ipv6(const struct spelled *s, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < s->from->Ipv6Ranges.n && rc == 0; i++) {
        const struct ec2_Ipv6Range *range = &s->from->Ipv6Ranges.v[i];
        struct np_str text;
        if (!ec2_cidr6_ok(s->a, range->CidrIpv6, &text))
            return np_fault(err, &EC2_InvalidParameterValue, "CIDR block %.*s is malformed",
                            NP_FMT(range->CidrIpv6));
        rc = add_rule(s, range->Description, (struct ec2_SecurityGroupRule){.CidrIpv6 = text}, err);
    }
    return rc;
}

static int add_lists(const struct spelled *s, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < s->from->PrefixListIds.n && rc == 0; i++) {
        const struct ec2_PrefixListId *id = &s->from->PrefixListIds.v[i];
        rc = add_rule(s, id->Description,
                      (struct ec2_SecurityGroupRule){.PrefixListId = id->PrefixListId}, err);
    }
    return rc;
}

static int add_groups(const struct spelled *s, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < s->from->UserIdGroupPairs.n && rc == 0; i++) {
        const struct ec2_UserIdGroupPair *pair = &s->from->UserIdGroupPairs.v[i];
        struct ec2_ReferencedSecurityGroup *ref = np_new(s->a, struct ec2_ReferencedSecurityGroup);
        if (pair->GroupId.p == NULL)
            return np_fault(err, &EC2_MissingParameter,
                            "The request must contain the parameter groupId or groupName");
        *ref = (struct ec2_ReferencedSecurityGroup){
            .GroupId = pair->GroupId,
            .UserId = pair->UserId,
            .VpcId = pair->VpcId,
            .VpcPeeringConnectionId = pair->VpcPeeringConnectionId,
        };
        rc = add_rule(s, pair->Description,
                      (struct ec2_SecurityGroupRule){.ReferencedGroupInfo = ref}, err);
    }
    return rc;
}

static size_t peers_of(const struct ec2_IpPermission *p)
{
    return p->IpRanges.n + p->Ipv6Ranges.n + p->PrefixListIds.n + p->UserIdGroupPairs.n;
}

int ec2_rules_of(struct np_arena *a, const struct ec2_IpPermissionList *permissions, bool egress,
                 struct ec2_SecurityGroupRuleList *out, struct np_err *err)
{
    *out = (struct ec2_SecurityGroupRuleList){
        .v = np_new_array(a, struct ec2_SecurityGroupRule, EC2_RULES_PER_CALL), .set = true};
    for (size_t i = 0; i < permissions->n; i++) {
        struct spelled s = {a, &permissions->v[i], egress, out};
        /* AWS: a permission without a peer is refused (tests/sdk/test_ec2_groups.py). */
        if (peers_of(s.from) == 0)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Invalid value '' for Source. A rule needs a CIDR block, a prefix list "
                            "or a security group");
        int rc = add_ipv4(&s, err);
        if (rc == 0)
            rc = add_ipv6(&s, err);
        if (rc == 0)
            rc = add_lists(&s, err);
        if (rc == 0)
            rc = add_groups(&s, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* --- comparison --- */

static struct np_str group_of(const struct ec2_SecurityGroupRule *r)
{
    return r->ReferencedGroupInfo != NULL ? r->ReferencedGroupInfo->GroupId : NP_STR_NULL;
}

static bool on(struct np_opt_bool b)
{
    return b.set && b.v;
}

bool ec2_rule_same(const struct ec2_SecurityGroupRule *x, const struct ec2_SecurityGroupRule *y)
{
    return on(x->IsEgress) == on(y->IsEgress) && np_str_eq(x->IpProtocol, y->IpProtocol) &&
           x->FromPort.v == y->FromPort.v && x->ToPort.v == y->ToPort.v &&
           np_str_eq(x->CidrIpv4, y->CidrIpv4) && np_str_eq(x->CidrIpv6, y->CidrIpv6) &&
           np_str_eq(x->PrefixListId, y->PrefixListId) && np_str_eq(group_of(x), group_of(y));
}

static struct np_str peer_text(const struct ec2_SecurityGroupRule *r)
{
    if (r->CidrIpv4.p != NULL)
        return r->CidrIpv4;
    if (r->CidrIpv6.p != NULL)
        return r->CidrIpv6;
    return r->PrefixListId.p != NULL ? r->PrefixListId : group_of(r);
}

static struct np_str upper(struct np_arena *a, struct np_str s)
{
    char *p = np_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 32 : s.p[i]);
    return np_str_n(p, s.n);
}

struct np_str ec2_rule_text(struct np_arena *a, const struct ec2_SecurityGroupRule *r)
{
    struct np_str peer = peer_text(r), name = upper(a, r->IpProtocol);
    int protocol = EC2_PROTOCOL_ALL;
    ec2_protocol_parse(r->IpProtocol, &protocol);
    if (protocol == EC2_PROTOCOL_ALL)
        return np_str_printf(a, "peer: %.*s, ALL, ALLOW", NP_FMT(peer));
    if (ec2_protocol_has_ports(protocol))
        return np_str_printf(a, "peer: %.*s, %.*s, from port: %lld, to port: %lld, ALLOW",
                             NP_FMT(peer), NP_FMT(name), (long long)r->FromPort.v,
                             (long long)r->ToPort.v);
    if (ec2_protocol_has_types(protocol))
        return np_str_printf(a, "peer: %.*s, %.*s, type: %lld, code: %lld, ALLOW", NP_FMT(peer),
                             NP_FMT(name), (long long)r->FromPort.v, (long long)r->ToPort.v);
    return np_str_printf(a, "peer: %.*s, %.*s, ALLOW", NP_FMT(peer), NP_FMT(name));
}

/* --- rules to permissions --- */

static struct ec2_IpPermission *permission_for(struct ec2_IpPermissionList *l,
                                               const struct ec2_SecurityGroupRule *r)
{
    int protocol = EC2_PROTOCOL_ALL;
    ec2_protocol_parse(r->IpProtocol, &protocol);
    bool ports = ec2_protocol_has_ports(protocol) || ec2_protocol_has_types(protocol);
    for (size_t i = 0; i < l->n; i++) {
        struct ec2_IpPermission *p = &l->v[i];
        if (np_str_eq(p->IpProtocol, r->IpProtocol) &&
            (!ports || (p->FromPort.v == r->FromPort.v && p->ToPort.v == r->ToPort.v)))
            return p;
    }
    struct ec2_IpPermission *p = &l->v[l->n++];
    *p = (struct ec2_IpPermission){.IpProtocol = r->IpProtocol};
    if (ports) {
        p->FromPort = r->FromPort;
        p->ToPort = r->ToPort;
    }
    p->UserIdGroupPairs.set = p->IpRanges.set = p->Ipv6Ranges.set = p->PrefixListIds.set = true;
    return p;
}

static void add_peer(struct np_arena *a, struct ec2_IpPermission *p,
                     const struct ec2_SecurityGroupRule *r)
{
    if (r->CidrIpv4.p != NULL) {
        p->IpRanges.v = np_array_grow(a, p->IpRanges.v, p->IpRanges.n, sizeof(*p->IpRanges.v));
        p->IpRanges.v[p->IpRanges.n++] = (struct ec2_IpRange){r->Description, r->CidrIpv4};
    } else if (r->CidrIpv6.p != NULL) {
        p->Ipv6Ranges.v =
            np_array_grow(a, p->Ipv6Ranges.v, p->Ipv6Ranges.n, sizeof(*p->Ipv6Ranges.v));
        p->Ipv6Ranges.v[p->Ipv6Ranges.n++] = (struct ec2_Ipv6Range){r->Description, r->CidrIpv6};
    } else if (r->PrefixListId.p != NULL) {
        p->PrefixListIds.v =
            np_array_grow(a, p->PrefixListIds.v, p->PrefixListIds.n, sizeof(*p->PrefixListIds.v));
        p->PrefixListIds.v[p->PrefixListIds.n++] =
            (struct ec2_PrefixListId){r->Description, r->PrefixListId};
    } else {
        const struct ec2_ReferencedSecurityGroup *ref = r->ReferencedGroupInfo;
        p->UserIdGroupPairs.v = np_array_grow(a, p->UserIdGroupPairs.v, p->UserIdGroupPairs.n,
                                              sizeof(*p->UserIdGroupPairs.v));
        p->UserIdGroupPairs.v[p->UserIdGroupPairs.n++] = (struct ec2_UserIdGroupPair){
            .Description = r->Description,
            .UserId = ref->UserId,
            .GroupId = ref->GroupId,
            .VpcId = ref->VpcId,
            .VpcPeeringConnectionId = ref->VpcPeeringConnectionId,
            .PeeringStatus = ref->PeeringStatus,
        };
    }
}

void ec2_permissions_of(struct np_arena *a, struct ec2_SecurityGroupRule *const *rules, size_t n,
                        bool egress, struct ec2_IpPermissionList *out)
{
    *out = (struct ec2_IpPermissionList){.v = np_new_array(a, struct ec2_IpPermission, n + 1),
                                         .set = true};
    for (size_t i = 0; i < n; i++) {
        if (on(rules[i]->IsEgress) == egress)
            add_peer(a, permission_for(out, rules[i]), rules[i]);
    }
}
