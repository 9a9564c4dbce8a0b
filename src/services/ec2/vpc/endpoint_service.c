/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_service.c - the region's own services that VPC endpoints lead to, and how they are
 * shown: DescribeVpcEndpointServices. */
#include "services/ec2/vpc/endpoint_service.h"

#include "aws/req.h"
#include "base/digest.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/list.h"
#include "services/ec2/zone.h"

static const struct ec2_endpoint_service services[] = {
    {"acm", false, false},
    {"ec2", false, false},
    {"kms", false, false},
    {"s3", true, true},
    {"secretsmanager", false, false},
    {"ssm", false, false},
    {"sts", false, false},
};

const struct ec2_endpoint_service *ec2_endpoint_service_at(size_t i)
{
    return i < NP_LEN(services) ? &services[i] : NULL;
}

const struct ec2_endpoint_service *ec2_endpoint_service(struct np_str region, struct np_str full)
{
    struct np_str rest = np_str_sub(full, sizeof("com.amazonaws.") - 1, full.n), in, name;
    if (!np_str_starts(full, NP_STR("com.amazonaws.")) || !np_str_cut(rest, '.', &in, &name) ||
        !np_str_eq(in, region))
        return NULL;
    NP_EACH (s, services) {
        if (np_str_eq(name, np_str_of(s->name)))
            return s;
    }
    return NULL;
}

struct np_str ec2_endpoint_service_full(struct np_arena *a, struct np_str region,
                                        const struct ec2_endpoint_service *s)
{
    return np_str_printf(a, "com.amazonaws.%.*s.%s", NP_FMT(region), s->name);
}

struct np_str ec2_endpoint_service_host(struct np_arena *a, struct np_str region,
                                        const struct ec2_endpoint_service *s)
{
    return np_str_printf(a, "%s.%.*s.amazonaws.com", s->name, NP_FMT(region));
}

/* AWS: Z7HUB22UULQXV is us-east-1's (tests/sdk/test_ec2_endpoints.py); others stay what they are
 * here.
 */
struct np_str ec2_endpoint_zone(struct np_arena *a, struct np_str region)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    uint64_t hash;
    char *p = np_alloc(a, 14);
    if (np_str_is(region, "us-east-1"))
        return NP_STR("Z7HUB22UULQXV");
    np_digest_once(NP_XXHASH64, np_str_printf(a, "vpce.%.*s", NP_FMT(region)), &hash);
    p[0] = 'Z';
    for (size_t i = 1; i < 14; i++, hash /= 36)
        p[i] = digits[hash % 36];
    return np_str_n(p, 14);
}

/* --- shown --- */

static struct ec2_ServiceDetail detail(struct np_req *rq, const struct ec2_endpoint_service *s,
                                       bool gateway)
{
    struct np_arena *a = rq->arena;
    struct np_str full = ec2_endpoint_service_full(a, rq->region, s);
    struct ec2_ServiceDetail d = {
        .ServiceName = full,
        .ServiceRegion = rq->region,
        .Owner = NP_STR("amazon"),
        .VpcEndpointPolicySupported = {true, true},
        .AcceptanceRequired = {true, false},
        .ManagesVpcEndpoints = {true, false},
    };
    struct ec2_zone *zones;
    uint64_t hash;
    size_t n = ec2_zones(a, rq->region, &zones);
    np_digest_once(NP_XXHASH64, np_str_printf(a, "%.*s/%d", NP_FMT(full), gateway), &hash);
    d.ServiceId = np_str_printf(a, "vpce-svc-0%016llx", (unsigned long long)hash);
    for (size_t i = 0; i < n; i++) {
        EC2_PUSH(a, d.AvailabilityZones, zones[i].name);
        EC2_PUSH(a, d.AvailabilityZoneIds, zones[i].id);
    }
    EC2_PUSH(a, d.ServiceType,
             (struct ec2_ServiceTypeDetail){gateway ? NP_STR("Gateway") : NP_STR("Interface")});
    EC2_PUSH(a, d.BaseEndpointDnsNames,
             gateway ? ec2_endpoint_service_host(a, rq->region, s)
                     : np_str_printf(a, "%s.%.*s.vpce.amazonaws.com", s->name, NP_FMT(rq->region)));
    EC2_PUSH(a, d.SupportedIpAddressTypes, NP_STR("ipv4"));
    if (gateway)
        return d;
    d.PrivateDnsName = ec2_endpoint_service_host(a, rq->region, s);
    EC2_PUSH(a, d.PrivateDnsNames, (struct ec2_PrivateDnsDetails){d.PrivateDnsName});
    d.PrivateDnsNameVerificationState = NP_STR("verified");
    return d;
}

static const struct ec2_filter filters[] = {
    {.name = "owner", .path = "Owner"},
    {.name = "service-name", .path = "ServiceName"},
    {.name = "service-region", .path = "ServiceRegion"},
    {.name = "service-type", .path = "ServiceType.ServiceType"},
    {.name = "supported-ip-address-types", .path = "SupportedIpAddressTypes"},
};

static int check_names(struct np_req *rq, const struct np_strs *names, struct np_err *err)
{
    for (size_t i = 0; i < names->n; i++)
        if (ec2_endpoint_service(rq->region, names->v[i]) == NULL)
            return np_fault(err, &EC2_InvalidServiceName,
                            "The Vpc Endpoint Service '%.*s' does not exist", NP_FMT(names->v[i]));
    return 0;
}

static void add_details(struct np_req *rq, const struct np_strs *names,
                        struct ec2_ServiceDetailSet *out)
{
    NP_EACH (s, services) {
        struct np_str full = ec2_endpoint_service_full(rq->arena, rq->region, s);
        if (names->n > 0 && !ec2_among(names, full))
            continue;
        if (s->gateway)
            EC2_PUSH(rq->arena, *out, detail(rq, s, true));
        EC2_PUSH(rq->arena, *out, detail(rq, s, false));
    }
}

int ec2_DescribeVpcEndpointServices(struct np_req *rq,
                                    const struct ec2_DescribeVpcEndpointServicesRequest *in,
                                    struct ec2_DescribeVpcEndpointServicesResult *out,
                                    struct np_err *err)
{
    static const struct ec2_rows rows = {
        .shape = &ec2_ServiceDetail_shape, .filters = filters, .n_filters = NP_LEN(filters)};
    const struct np_strs names = {in->ServiceNames.v, in->ServiceNames.n, true};
    int rc = check_names(rq, &names, err);
    if (rc < 0)
        return rc;
    if (in->ServiceRegions.n == 0 || ec2_among(&in->ServiceRegions, rq->region))
        add_details(rq, &names, &out->ServiceDetails);
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    rc = ec2_filter_rows(rq, &rows, &ask, &out->ServiceDetails, &out->NextToken, err);
    out->ServiceNames.set = true;
    for (size_t i = 0; i < out->ServiceDetails.n; i++)
        if (!ec2_among(&out->ServiceNames, out->ServiceDetails.v[i].ServiceName))
            EC2_PUSH(rq->arena, out->ServiceNames, out->ServiceDetails.v[i].ServiceName);
    return rc;
}
