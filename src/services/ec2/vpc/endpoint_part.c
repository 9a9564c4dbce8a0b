/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_part.c - what hangs on a VPC endpoint: routes of a gateway's tables; interfaces, groups
 * and names of an interface endpoint. */
#include "aws/req.h"
#include "base/digest.h"
#include "engines/policy/policy.h"
#include "gen/ec2/ops.h"
#include "services/ec2/vpc/endpoint_int.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc.h"

#define REQUESTER "727180483921" /* account of AWS's that owns such interfaces */

const char ec2_vpce_policy[] = "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                               "\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

bool ec2_vpce_is_gateway(const struct ec2_VpcEndpoint *d)
{
    return np_str_is(d->VpcEndpointType, "Gateway");
}

int ec2_vpce_check_policy(struct np_str document, struct np_err *err)
{
    struct np_policy *p = NULL;
    struct np_err why = {0};
    if (document.n > EC2_POLICY_MAX)
        return np_fault(err, &EC2_InvalidPolicyDocument,
                        "The policy is too long: it may have %d characters", EC2_POLICY_MAX);
    if (np_policy_compile(document, NP_POLICY_RESOURCE, &p, &why) < 0)
        return np_fault(err, &EC2_InvalidPolicyDocument, "%.*s", NP_FMT(np_err_text(&why)));
    np_policy_unref(p);
    return 0;
}

/* --- tables of a gateway --- */

static int set_routes(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    const struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    const struct ec2_endpoint_service *s = ec2_endpoint_service(it->region, d->ServiceName);
    struct np_str list = ec2_pl_of_service(a, it->region, np_str_of(s->name));
    return ec2_routes_endpoint(t, it, list, d->RouteTableIds.v, d->RouteTableIds.n, err);
}

static int check_table(struct np_txn *t, const struct ec2_item *it, struct np_str id,
                       struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *table, **others;
    size_t n;
    int rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, id, &table, err);
    if (rc == 0 && !np_str_eq(table->vpc, it->vpc))
        return np_fault(err, &EC2_InvalidParameter,
                        "Route table %.*s and network %.*s belong to different networks",
                        NP_FMT(id), NP_FMT(it->vpc));
    if (rc == 0)
        rc = ec2_list(&db, EC2_KIND_ENDPOINT, it->vpc, &others, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_VpcEndpoint *o = EC2_DETAIL(VpcEndpoint, others[i]);
        if (np_str_eq(o->ServiceName, EC2_DETAIL(VpcEndpoint, it)->ServiceName) &&
            !np_str_eq(others[i]->id, it->id) && ec2_among(&o->RouteTableIds, id))
            return np_fault(err, &EC2_RouteAlreadyExists,
                            "route table %.*s already has a route with destination-prefix-list-id "
                            "of %.*s",
                            NP_FMT(id), NP_FMT(o->ServiceName));
    }
    return rc;
}

int ec2_vpce_add_tables(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                        struct np_err *err)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = 0;
    for (size_t i = 0; i < ids->n && rc == 0; i++) {
        if (ec2_among(&d->RouteTableIds, ids->v[i]))
            continue;
        rc = check_table(t, it, ids->v[i], err);
        if (rc == 0)
            rc = ec2_ref(t, it, "table", ids->v[i], err);
        EC2_APPEND(np_txn_arena(t), d->RouteTableIds, ids->v[i]);
    }
    return rc < 0 || ids->n == 0 ? rc : set_routes(t, it, err);
}

int ec2_vpce_remove_tables(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                           struct np_err *err)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = 0;
    for (size_t i = 0; i < ids->n && rc == 0; i++) {
        size_t at = ec2_at(&d->RouteTableIds, ids->v[i]);
        if (at == d->RouteTableIds.n)
            return np_fault(err, &EC2_InvalidParameter,
                            "Route table %.*s is not associated with endpoint %.*s",
                            NP_FMT(ids->v[i]), NP_FMT(it->id));
        EC2_REMOVE(d->RouteTableIds, at);
        rc = ec2_unref(t, it, "table", ids->v[i], err);
    }
    return rc < 0 || ids->n == 0 ? rc : set_routes(t, it, err);
}

int ec2_vpce_drop_table(struct np_txn *t, struct np_str table, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct np_strs one = {&table, 1, true};
    struct np_str *users;
    size_t n;
    int rc = ec2_users(&db, table, "table", &users, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct ec2_item *it;
        rc = ec2_find(&db, EC2_KIND_ENDPOINT, users[i], &it, err);
        if (rc == 0)
            rc = ec2_vpce_remove_tables(t, it, &one, err);
        if (rc == 0)
            rc = ec2_put(t, it, err);
        rc = rc == NP_ENOENT ? 0 : rc;
    }
    return rc;
}

/* --- interfaces --- */

static int check_subnet(struct np_txn *t, const struct ec2_item *it, const struct ec2_item *subnet,
                        struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    const struct ec2_Subnet *s = EC2_DETAIL(Subnet, subnet);
    if (!np_str_eq(subnet->vpc, it->vpc))
        return np_fault(err, &EC2_InvalidParameter,
                        "Subnet %.*s and network %.*s belong to different networks",
                        NP_FMT(subnet->id), NP_FMT(it->vpc));
    for (size_t i = 0; i < d->SubnetIds.n; i++) {
        struct ec2_item *other;
        int rc = ec2_get(&db, EC2_KIND_SUBNET, d->SubnetIds.v[i], &other, err);
        if (rc < 0)
            return rc;
        if (np_str_eq(EC2_DETAIL(Subnet, other)->AvailabilityZone, s->AvailabilityZone))
            return np_fault(err, &EC2_DuplicateSubnetsInSameZone,
                            "Found another VPC endpoint subnet in the availability zone of %.*s",
                            NP_FMT(subnet->id));
    }
    return 0;
}

static struct np_str given_address(const struct ec2_SubnetConfigurationsList *how,
                                   struct np_str subnet)
{
    for (size_t i = 0; how != NULL && i < how->n; i++)
        if (np_str_eq(how->v[i].SubnetId, subnet))
            return how->v[i].Ipv4;
    return NP_STR_NULL;
}

static int add_interface(struct np_txn *t, struct ec2_item *it, const struct ec2_item *subnet,
                         struct np_str address, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    struct np_strs groups = {0};
    struct ec2_item *eni;
    for (size_t i = 0; i < d->Groups.n; i++)
        EC2_APPEND(a, groups, d->Groups.v[i].GroupId);
    struct ec2_eni_opts o = {
        .subnet = subnet->id,
        .description = np_str_printf(a, "VPC Endpoint Interface %.*s", NP_FMT(it->id)),
        .primary = address,
        .groups = groups.v,
        .n_groups = groups.n,
        .type = "vpc_endpoint",
        .requester = REQUESTER,
    };
    int rc = ec2_eni_create(t, &o, &eni, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "subnet", subnet->id, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "interface", eni->id, err);
    if (rc < 0)
        return rc;
    EC2_APPEND(a, d->SubnetIds, subnet->id);
    EC2_APPEND(a, d->NetworkInterfaceIds, eni->id);
    return 0;
}

int ec2_vpce_add_subnets(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                         const struct ec2_SubnetConfigurationsList *how, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = 0;
    for (size_t i = 0; i < ids->n && rc == 0; i++) {
        struct ec2_item *subnet;
        if (ec2_among(&d->SubnetIds, ids->v[i]))
            continue;
        rc = ec2_get(&db, EC2_KIND_SUBNET, ids->v[i], &subnet, err);
        if (rc == 0)
            rc = check_subnet(t, it, subnet, err);
        if (rc == 0)
            rc = add_interface(t, it, subnet, given_address(how, subnet->id), err);
    }
    return rc;
}

static int drop_interface(struct np_txn *t, struct ec2_item *it, size_t at, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    struct np_str subnet = d->SubnetIds.v[at], id = d->NetworkInterfaceIds.v[at];
    struct ec2_item *eni;
    EC2_REMOVE(d->SubnetIds, at);
    EC2_REMOVE(d->NetworkInterfaceIds, at);
    int rc = ec2_unref(t, it, "subnet", subnet, err);
    if (rc == 0)
        rc = ec2_unref(t, it, "interface", id, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_INTERFACE, id, &eni, err);
    return rc < 0 ? rc : ec2_eni_drop(t, eni, err);
}

int ec2_vpce_remove_subnets(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                            struct np_err *err)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = 0;
    for (size_t i = 0; i < ids->n && rc == 0; i++) {
        size_t at = ec2_at(&d->SubnetIds, ids->v[i]); /* interfaces lie in the same order */
        if (at == d->SubnetIds.n)
            return np_fault(err, &EC2_InvalidParameter,
                            "Subnet %.*s is not associated with endpoint %.*s", NP_FMT(ids->v[i]),
                            NP_FMT(it->id));
        rc = drop_interface(t, it, at, err);
    }
    return rc;
}

/* --- groups --- */

static int regroup(struct np_txn *t, const struct ec2_item *it, const struct np_strs *ids,
                   struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = 0;
    for (size_t i = 0; i < d->NetworkInterfaceIds.n && rc == 0; i++) {
        struct ec2_item *eni;
        rc = ec2_get(&db, EC2_KIND_INTERFACE, d->NetworkInterfaceIds.v[i], &eni, err);
        if (rc == 0)
            rc = ec2_eni_set_groups(t, eni, ids->v, ids->n, err);
        if (rc == 0)
            rc = ec2_put(t, eni, err);
    }
    return rc;
}

int ec2_vpce_set_groups(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                        struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    struct np_strs all;
    int rc = ec2_sg_resolve(t, it->vpc, ids->v, ids->n, &all, err);
    if (rc == 0)
        rc = ec2_unref(t, it, "group", NP_STR_NULL, err);
    d->Groups = (struct ec2_GroupIdentifierSet){.set = true};
    for (size_t i = 0; rc == 0 && i < all.n; i++) {
        struct ec2_item *g;
        rc = ec2_get(&db, EC2_KIND_GROUP, all.v[i], &g, err);
        if (rc == 0)
            rc = ec2_ref(t, it, "group", g->id, err);
        if (rc == 0)
            EC2_APPEND(db.arena, d->Groups,
                       (struct ec2_SecurityGroupIdentifier){
                           g->id, EC2_DETAIL(SecurityGroup, g)->GroupName});
    }
    return rc < 0 ? rc : regroup(t, it, &all, err);
}

/* --- names --- */

static int check_dns(struct np_txn *t, const struct ec2_item *it, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    struct ec2_item *vpc, **others;
    size_t n;
    int rc = ec2_get(&db, EC2_KIND_VPC, it->vpc, &vpc, err);
    if (rc == 0 && !(ec2_vpc_dns_support(vpc) && ec2_vpc_dns_hostnames(vpc)))
        return np_fault(err, &EC2_InvalidParameter,
                        "Enabling private DNS requires both enableDnsSupport and "
                        "enableDnsHostnames VPC attributes set to true for %.*s",
                        NP_FMT(it->vpc));
    if (rc == 0)
        rc = ec2_list(&db, EC2_KIND_ENDPOINT, it->vpc, &others, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_VpcEndpoint *o = EC2_DETAIL(VpcEndpoint, others[i]);
        if (np_str_eq(others[i]->id, it->id) || !o->PrivateDnsEnabled.v ||
            !np_str_eq(o->ServiceName, d->ServiceName))
            continue;
        struct np_str host = ec2_endpoint_service_host(
            db.arena, it->region, ec2_endpoint_service(it->region, d->ServiceName));
        return np_fault(err, &EC2_InvalidParameter,
                        "private-dns-enabled cannot be set because there is already a conflicting "
                        "DNS domain for %.*s in the VPC %.*s",
                        NP_FMT(host), NP_FMT(it->vpc));
    }
    return rc;
}

int ec2_vpce_set_private_dns(struct np_txn *t, struct ec2_item *it, bool on, struct np_err *err)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = on && !d->PrivateDnsEnabled.v ? check_dns(t, it, err) : 0;
    d->PrivateDnsEnabled = (struct np_opt_bool){true, on};
    return rc;
}

static void add_name(struct np_arena *a, struct ec2_VpcEndpoint *d, struct np_str name,
                     struct np_str zone)
{
    EC2_APPEND(a, d->DnsEntries, (struct ec2_DnsEntry){.DnsName = name, .HostedZoneId = zone});
}

void ec2_vpce_names(struct np_arena *a, struct np_str region, struct ec2_item *it)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    const struct ec2_endpoint_service *s = ec2_endpoint_service(region, d->ServiceName);
    uint64_t hash;
    np_digest_once(NP_XXHASH64, it->id, &hash);
    struct np_str name =
        np_str_printf(a, "%s%.*s-%08x.%s.%.*s.vpce.amazonaws.com", s->below ? "*." : "",
                      NP_FMT(it->id), (unsigned)(hash & 0xffffffffu), s->name, NP_FMT(region));
    d->DnsEntries = (struct ec2_DnsEntrySet){.set = true};
    if (ec2_vpce_is_gateway(d))
        return;
    add_name(a, d, name, ec2_endpoint_zone(a, region));
    if (!d->PrivateDnsEnabled.v)
        return;
    np_digest_once(NP_XXHASH64, np_str_cat(a, it->id, NP_STR("/zone")), &hash);
    struct np_str zone = np_str_printf(a, "Z%016llX", (unsigned long long)hash);
    struct np_str host = ec2_endpoint_service_host(a, region, s);
    add_name(a, d, host, zone);
    if (s->below)
        add_name(a, d, np_str_cat(a, NP_STR("*."), host), zone);
}

/* --- gone --- */

int ec2_vpce_drop(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    int rc = 0;
    while (rc == 0 && d->SubnetIds.n > 0)
        rc = drop_interface(t, it, d->SubnetIds.n - 1, err);
    if (rc == 0 && ec2_vpce_is_gateway(d)) {
        d->RouteTableIds.n = 0;
        rc = set_routes(t, it, err);
    }
    return rc < 0 ? rc : ec2_drop(t, it, err);
}
