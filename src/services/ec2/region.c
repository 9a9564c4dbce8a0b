/* SPDX-License-Identifier: Apache-2.0 */
/* region.c - DescribeAvailabilityZones, DescribeRegions, DescribeAccountAttributes. */
#include "services/ec2/ec2_int.h"
#include "services/ec2/vpc/vpc.h"
#include "services/ec2/zone.h"

static bool is_in(const struct np_strs *l, struct np_str s)
{
    for (size_t i = 0; i < l->n; i++)
        if (np_str_eq(l->v[i], s))
            return true;
    return false;
}

/* --- zones --- */

static const struct ec2_filter zone_filters[] = {
    {"group-name", "GroupName", NULL},
    {"group-long-name", "GroupLongName", NULL},
    {"message", "Messages.Message", NULL},
    {"network-border-group", "NetworkBorderGroup", NULL},
    {"opt-in-status", "OptInStatus", NULL},
    {"parent-zone-id", "ParentZoneId", NULL},
    {"parent-zone-name", "ParentZoneName", NULL},
    {"region-name", "RegionName", NULL},
    {"state", "State", NULL},
    {"zone-id", "ZoneId", NULL},
    {"zone-name", "ZoneName", NULL},
    {"zone-type", "ZoneType", NULL},
};

static int names_ok(struct np_req *rq, const struct np_strs *names, bool ids, struct np_err *err)
{
    struct ec2_zone z;
    for (size_t i = 0; i < names->n; i++)
        if (!ec2_zone(rq->arena, rq->region, names->v[i], &z) ||
            !np_str_eq(ids ? z.id : z.name, names->v[i]))
            return np_fault(err, &EC2_InvalidParameterValue, "Invalid availability zone%s: [%.*s]",
                            ids ? "-id" : "", NP_FMT(names->v[i]));
    return 0;
}

static struct ec2_AvailabilityZone row_of(const struct np_req *rq, const struct ec2_zone *z)
{
    return (struct ec2_AvailabilityZone){
        .OptInStatus = NP_STR("opt-in-not-required"),
        .Messages = {.set = true},
        .RegionName = rq->region,
        .ZoneName = z->name,
        .ZoneId = z->id,
        .GroupName = np_str_printf(rq->arena, "%.*s-zg-1", NP_FMT(rq->region)),
        .NetworkBorderGroup = rq->region,
        .ZoneType = NP_STR("availability-zone"),
        .State = NP_STR("available"),
    };
}

int ec2_DescribeAvailabilityZones(struct np_req *rq,
                                  const struct ec2_DescribeAvailabilityZonesRequest *in,
                                  struct ec2_DescribeAvailabilityZonesResult *out,
                                  struct np_err *err)
{
    struct ec2_zone *zones;
    struct ec2_ask ask = {.filters = in->Filters};
    struct ec2_AvailabilityZoneList *l = &out->AvailabilityZones;
    size_t n = ec2_zones(rq->arena, rq->region, &zones);
    int rc = names_ok(rq, &in->ZoneNames, false, err);
    if (rc == 0)
        rc = names_ok(rq, &in->ZoneIds, true, err);
    if (rc != 0)
        return rc;
    l->v = np_new_array(rq->arena, struct ec2_AvailabilityZone, n);
    for (size_t i = 0; i < n; i++)
        if ((in->ZoneNames.n == 0 || is_in(&in->ZoneNames, zones[i].name)) &&
            (in->ZoneIds.n == 0 || is_in(&in->ZoneIds, zones[i].id)))
            l->v[l->n++] = row_of(rq, &zones[i]);
    return ec2_filter_rows(rq,
                           &(struct ec2_rows){.shape = &ec2_AvailabilityZone_shape,
                                              .filters = zone_filters,
                                              .n_filters = NP_LEN(zone_filters)},
                           &ask, l, NULL, err);
}

/* --- regions --- */

static const struct ec2_filter region_filters[] = {
    {"endpoint", "Endpoint", NULL},
    {"opt-in-status", "OptInStatus", NULL},
    {"region-name", "RegionName", NULL},
};

int ec2_DescribeRegions(struct np_req *rq, const struct ec2_DescribeRegionsRequest *in,
                        struct ec2_DescribeRegionsResult *out, struct np_err *err)
{
    struct np_str *names;
    struct ec2_ask ask = {.filters = in->Filters};
    size_t n = np_region_names(rq->core, rq->arena, &names);
    for (size_t i = 0; i < in->RegionNames.n; i++)
        if (!np_region_ok(rq->core, in->RegionNames.v[i]))
            return np_fault(err, &EC2_InvalidParameterValue, "Invalid region name: %.*s",
                            NP_FMT(in->RegionNames.v[i]));
    out->Regions.v = np_new_array(rq->arena, struct ec2_Region, n + 1);
    for (size_t i = 0; i < n; i++)
        if (in->RegionNames.n == 0 || is_in(&in->RegionNames, names[i]))
            out->Regions.v[out->Regions.n++] = (struct ec2_Region){
                .OptInStatus = NP_STR("opt-in-not-required"),
                .RegionName = names[i],
                .Endpoint = np_str_printf(rq->arena, "ec2.%.*s.amazonaws.com", NP_FMT(names[i])),
            };
    return ec2_filter_rows(rq,
                           &(struct ec2_rows){.shape = &ec2_Region_shape,
                                              .filters = region_filters,
                                              .n_filters = NP_LEN(region_filters)},
                           &ask, &out->Regions, NULL, err);
}

/* --- the account --- */

static void add_attribute(struct np_arena *a, struct ec2_AccountAttributeList *l, const char *name,
                          struct np_str value)
{
    struct ec2_AccountAttributeValue *v = np_new(a, struct ec2_AccountAttributeValue);
    v->AttributeValue = value;
    l->v[l->n++] = (struct ec2_AccountAttribute){.AttributeName = np_str_of(name),
                                                 .AttributeValues = {v, 1, true}};
}

int ec2_DescribeAccountAttributes(struct np_req *rq,
                                  const struct ec2_DescribeAccountAttributesRequest *in,
                                  struct ec2_DescribeAccountAttributesResult *out,
                                  struct np_err *err)
{
    const struct ec2_item *vpc = ec2_default_vpc(ec2_view(rq));
    const struct {
        const char *name;
        struct np_str value;
    } all[] = {
        {"supported-platforms", NP_STR("VPC")},
        {"default-vpc", vpc != NULL ? vpc->id : NP_STR("none")},
        {"max-instances", NP_STR("1000")},
        {"vpc-max-security-groups-per-interface", NP_STR("5")},
        {"max-elastic-ips", NP_STR("100")},
        {"vpc-max-elastic-ips", NP_STR("100")},
    };
    (void)err;
    out->AccountAttributes.v = np_new_array(rq->arena, struct ec2_AccountAttribute, NP_LEN(all));
    out->AccountAttributes.set = true;
    NP_EACH (x, all)
        if (in->AttributeNames.n == 0 || is_in(&in->AttributeNames, np_str_of(x->name)))
            add_attribute(rq->arena, &out->AccountAttributes, x->name, x->value);
    return 0;
}
