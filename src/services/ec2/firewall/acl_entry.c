/* SPDX-License-Identifier: Apache-2.0 */
/* acl_entry.c - entries of network ACLs as values: read from a call, checked, kept in order. */
#include "aws/fault.h"
#include "services/ec2/firewall/acl_int.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/list.h"
#include "services/ec2/protocol.h"

static int missing(struct np_err *err, const char *what)
{
    return np_fault(err, &EC2_MissingParameter, "The request must contain the parameter %s", what);
}

static int check_ports(const struct ec2_PortRange *p, struct np_err *err)
{
    if (p == NULL || !p->From.set || !p->To.set)
        return missing(err, "portRange");
    if (p->From.v < 0 || p->To.v > 65535 || p->From.v > p->To.v)
        return np_fault(
            err, &EC2_InvalidParameterValue,
            "Value (%lld-%lld) for parameter portRange is invalid. It must be a range of "
            "0 to 65535.",
            (long long)p->From.v, (long long)p->To.v);
    return 0;
}

static int check_icmp(const struct ec2_IcmpTypeCode *c, struct np_err *err)
{
    if (c == NULL || !c->Type.set || !c->Code.set)
        return missing(err, "icmpTypeCode");
    if (c->Type.v < -1 || c->Type.v > 255 || c->Code.v < -1 || c->Code.v > 255)
        return np_fault(
            err, &EC2_InvalidParameterValue,
            "Value (%lld, %lld) for parameter icmpTypeCode is invalid. Type and code are "
            "-1 to 255.",
            (long long)c->Type.v, (long long)c->Code.v);
    return 0;
}

static int take_protocol(struct np_arena *a, const struct ec2_acl_ask *ask,
                         struct ec2_NetworkAclEntry *out, struct np_err *err)
{
    int protocol, rc = 0;
    if (!ec2_protocol_parse(ask->protocol, &protocol))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Invalid value '%.*s' for IP protocol. Unknown protocol.",
                        NP_FMT(ask->protocol));
    out->Protocol = np_str_printf(a, "%d", protocol);
    if (ec2_protocol_has_ports(protocol)) {
        rc = check_ports(ask->ports, err);
        out->PortRange = (struct ec2_PortRange *)ask->ports;
    } else if (ec2_protocol_has_types(protocol)) {
        rc = check_icmp(ask->icmp, err);
        out->IcmpTypeCode = (struct ec2_IcmpTypeCode *)ask->icmp;
    }
    return rc;
}

static int malformed(struct np_err *err, struct np_str cidr, const char *what)
{
    return np_fault(err, &EC2_InvalidParameterValue,
                    "Value (%.*s) for parameter %s is invalid. This is not a valid CIDR block.",
                    NP_FMT(cidr), what);
}

static int take_block(struct np_arena *a, const struct ec2_acl_ask *ask,
                      struct ec2_NetworkAclEntry *out, struct np_err *err)
{
    struct ec2_cidr c;
    if (ask->cidr.p != NULL && ask->cidr6.p != NULL)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter cidrBlock cannot be used with the parameter ipv6CidrBlock");
    if (ask->cidr6.p != NULL)
        return ec2_cidr6_ok(a, ask->cidr6, &out->Ipv6CidrBlock)
                   ? 0
                   : malformed(err, ask->cidr6, "ipv6CidrBlock");
    if (ask->cidr.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "Either 'cidrBlock' or 'ipv6CidrBlock' should be provided.");
    if (!ec2_cidr_parse(ask->cidr, &c))
        return malformed(err, ask->cidr, "cidrBlock");
    out->CidrBlock = ec2_cidr_text(a, ec2_cidr_network(c));
    return 0;
}

int ec2_acl_entry(struct np_arena *a, const struct ec2_acl_ask *ask,
                  struct ec2_NetworkAclEntry *out, struct np_err *err)
{
    if (ask->number < 1 || ask->number >= EC2_ACL_LAST)
        return np_fault(
            err, &EC2_InvalidParameterValue,
            "Value (%lld) for parameter ruleNumber is invalid. It must be between 1 and "
            "%d.",
            (long long)ask->number, EC2_ACL_LAST - 1);
    *out = (struct ec2_NetworkAclEntry){
        .Egress = {true, ask->egress},
        .RuleAction = ask->action,
        .RuleNumber = {true, ask->number},
    };
    int rc = take_protocol(a, ask, out, err);
    return rc < 0 ? rc : take_block(a, ask, out, err);
}

size_t ec2_acl_entry_at(const struct ec2_NetworkAclEntryList *l, int64_t number, bool egress)
{
    size_t i = 0;
    while (i < l->n && (l->v[i].RuleNumber.v != number || l->v[i].Egress.v != egress))
        i++;
    return i;
}

static bool before(const struct ec2_NetworkAclEntry *x, const struct ec2_NetworkAclEntry *y)
{
    if (x->Egress.v != y->Egress.v)
        return x->Egress.v;
    return x->RuleNumber.v < y->RuleNumber.v;
}

void ec2_acl_entry_insert(struct np_arena *a, struct ec2_NetworkAclEntryList *l,
                          const struct ec2_NetworkAclEntry *e)
{
    size_t at = 0;
    while (at < l->n && before(&l->v[at], e))
        at++;
    EC2_APPEND(a, *l, *e);
    memmove(&l->v[at + 1], &l->v[at], (l->n - 1 - at) * sizeof(*l->v));
    l->v[at] = *e;
}
