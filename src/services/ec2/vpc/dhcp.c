/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp.c - sets of DHCP options. */
#include "services/ec2/vpc/vpc_int.h"

#define DEFAULT_NAME "default" /* of the region's own set */
#define VALUES_MAX   4

static const char *const keys[] = {"domain-name",       "domain-name-servers",
                                   "ntp-servers",       "netbios-name-servers",
                                   "netbios-node-type", "ipv6-address-preferred-lease-time"};

/* --- making --- */

static bool key_ok(struct np_str key)
{
    NP_EACH (k, keys)
        if (np_str_eq(key, np_str_of(*k)))
            return true;
    return false;
}

/* Servers are addresses; of IPv4, since there are no others here. */
static int values_ok(const struct ec2_NewDhcpConfiguration *c, struct np_err *err)
{
    bool servers = np_str_ends(c->Key, NP_STR("-servers"));
    if (c->Values.n == 0 || (servers && c->Values.n > VALUES_MAX))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%zu values) for parameter %.*s is invalid. One to %d are allowed.",
                        c->Values.n, NP_FMT(c->Key), VALUES_MAX);
    for (size_t i = 0; i < c->Values.n; i++) {
        struct np_str v = c->Values.v[i];
        uint32_t addr;
        bool ok = v.n != 0 && v.n <= 255;
        if (servers)
            ok = np_str_is(v, "AmazonProvidedDNS") || ec2_ip_parse(v, &addr);
        if (np_str_is(c->Key, "netbios-node-type"))
            ok = np_str_is(v, "1") || np_str_is(v, "2") || np_str_is(v, "4") || np_str_is(v, "8");
        if (!ok)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Value (%.*s) for parameter %.*s is invalid.", NP_FMT(v),
                            NP_FMT(c->Key));
    }
    return 0;
}

static void take(struct np_arena *a, struct ec2_DhcpOptions *d, struct np_str key,
                 const struct np_str *values, size_t n)
{
    struct ec2_DhcpConfiguration *c = &d->DhcpConfigurations.v[d->DhcpConfigurations.n++];
    c->Key = key;
    c->Values.v = np_new_array(a, struct ec2_AttributeValue, n + 1);
    c->Values.set = true;
    for (size_t i = 0; i < n; i++)
        c->Values.v[c->Values.n++].Value = values[i];
}

static int fill_new(struct np_arena *a, struct ec2_DhcpOptions *d,
                    const struct ec2_NewDhcpConfigurationList *in, struct np_err *err)
{
    d->DhcpConfigurations.v = np_new_array(a, struct ec2_DhcpConfiguration, in->n + 1);
    d->DhcpConfigurations.set = true;
    for (size_t i = 0; i < in->n; i++) {
        const struct ec2_NewDhcpConfiguration *c = &in->v[i];
        if (!key_ok(c->Key))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Value (%.*s) for parameter name is invalid. Unknown DHCP option",
                            NP_FMT(c->Key));
        int rc = values_ok(c, err);
        if (rc != 0)
            return rc;
        take(a, d, c->Key, c->Values.v, c->Values.n);
    }
    return 0;
}

int ec2_CreateDhcpOptions_apply(struct np_txn *t, const struct ec2_CreateDhcpOptionsRequest *in,
                                struct ec2_CreateDhcpOptionsResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_tags tags;
    size_t n;
    int rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_DHCP_OPTIONS, &tags, err);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_DHCP_OPTIONS, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_DHCP_OPTIONS_MAX)
        return np_fault(err, &EC2_ResourceLimitExceeded,
                        "The maximum number of DHCP options has been reached.");
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_DHCP_OPTIONS);
    struct ec2_DhcpOptions *d = it->detail;
    d->OwnerId = it->account;
    rc = fill_new(db.arena, d, &in->DhcpConfigurations, err);
    if (rc == 0)
        rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    out->DhcpOptions = d;
    return rc;
}

/* "ec2.internal" in us-east-1, "REGION.compute.internal" elsewhere. */
static struct np_str domain_of(struct np_arena *a, struct np_str region)
{
    return np_str_is(region, "us-east-1")
               ? NP_STR("ec2.internal")
               : np_str_printf(a, "%.*s.compute.internal", NP_FMT(region));
}

int ec2_dhcp_default(struct np_txn *t, struct np_str *id, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_find_name(&db, EC2_KIND_DHCP_OPTIONS, NP_STR(DEFAULT_NAME), &it, err);
    if (rc == 0)
        *id = it->id;
    if (rc != NP_ENOENT)
        return rc;
    it = ec2_new(t, EC2_KIND_DHCP_OPTIONS);
    it->name = NP_STR(DEFAULT_NAME);
    struct ec2_DhcpOptions *d = it->detail;
    struct np_str domain = domain_of(db.arena, it->region), servers = NP_STR("AmazonProvidedDNS");
    d->OwnerId = it->account;
    d->DhcpConfigurations.v = np_new_array(db.arena, struct ec2_DhcpConfiguration, 2);
    d->DhcpConfigurations.set = true;
    take(db.arena, d, NP_STR("domain-name"), &domain, 1);
    take(db.arena, d, NP_STR("domain-name-servers"), &servers, 1);
    *id = it->id;
    return ec2_put(t, it, err);
}

/* --- describing --- */

/* "key" and "value" look at the same option where both are given, which AWS does not promise. */
static const struct ec2_filter filters[] = {
    {"dhcp-options-id", "DhcpOptionsId", NULL},
    {"key", "DhcpConfigurations.Key", NULL},
    {"owner-id", "OwnerId", NULL},
    {"value", "DhcpConfigurations.Values.Value", NULL},
};

/* AWS: «default» names the region's own set nowhere but in AssociateDhcpOptions
 * (tests/sdk/test_ec2_vpc.py). */
int ec2_DescribeDhcpOptions(struct np_req *rq, const struct ec2_DescribeDhcpOptionsRequest *in,
                            struct ec2_DescribeDhcpOptionsResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_DHCP_OPTIONS, .filters = filters, .n_filters = NP_LEN(filters)};
    return ec2_describe(rq, &d, EC2_ASK(in, DhcpOptionsIds), &out->DhcpOptions, &out->NextToken,
                        err);
}

/* --- using and deleting --- */

int ec2_AssociateDhcpOptions_apply(struct np_txn *t,
                                   const struct ec2_AssociateDhcpOptionsRequest *in,
                                   struct ec2_AssociateDhcpOptionsOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc, *options;
    struct np_str id = in->DhcpOptionsId;
    (void)out;
    int rc = 0;
    if (np_str_is(id, "default"))
        rc = ec2_dhcp_default(t, &id, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_DHCP_OPTIONS, id, &options, err);
    if (rc == 0)
        rc = ec2_unref(t, vpc, "dhcp", NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_ref(t, vpc, "dhcp", id, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(Vpc, vpc)->DhcpOptionsId = id;
    return ec2_put(t, vpc, err);
}

int ec2_DeleteDhcpOptions_apply(struct np_txn *t, const struct ec2_DeleteDhcpOptionsRequest *in,
                                struct ec2_DeleteDhcpOptionsOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    struct ec2_item *it;
    size_t n;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_DHCP_OPTIONS, in->DhcpOptionsId, &it, err);
    if (rc == 0)
        rc = ec2_users(&db, it->id, NULL, &users, &n, err);
    if (rc == 0 && n > 0)
        return np_fault(err, &EC2_DependencyViolation,
                        "The dhcpOptions '%.*s' has dependencies and cannot be deleted.",
                        NP_FMT(it->id));
    return rc == 0 ? ec2_drop(t, it, err) : rc;
}
