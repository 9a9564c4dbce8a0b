/* SPDX-License-Identifier: Apache-2.0 */
/* public.c - public addresses on interfaces: what an association says, and the addresses that an
 * interface is given by itself. */
#include "aws/pool.h"
#include "services/ec2/interface/address_int.h"
#include "services/ec2/interface/eni.h"

struct np_str ec2_public_name(struct np_arena *a, struct np_str region, struct np_str ip)
{
    char dashed[16];
    size_t n = ip.n < sizeof(dashed) ? ip.n : 0;
    for (size_t i = 0; i < n; i++)
        dashed[i] = ip.p[i] == '.' ? '-' : ip.p[i];
    if (np_str_is(region, "us-east-1"))
        return np_str_printf(a, "ec2-%.*s.compute-1.amazonaws.com", (int)n, dashed);
    return np_str_printf(a, "ec2-%.*s.%.*s.compute.amazonaws.com", (int)n, dashed, NP_FMT(region));
}

struct np_str ec2_private_name(struct np_arena *a, struct np_str region, struct np_str ip)
{
    char dashed[16];
    size_t n = ip.n < sizeof(dashed) ? ip.n : 0;
    for (size_t i = 0; i < n; i++)
        dashed[i] = ip.p[i] == '.' ? '-' : ip.p[i];
    if (np_str_is(region, "us-east-1"))
        return np_str_printf(a, "ip-%.*s.ec2.internal", (int)n, dashed);
    return np_str_printf(a, "ip-%.*s.%.*s.compute.internal", (int)n, dashed, NP_FMT(region));
}

struct ec2_NetworkInterfacePrivateIpAddress *ec2_eni_private(const struct ec2_item *eni,
                                                             struct np_str ip)
{
    const struct ec2_NetworkInterfacePrivateIpAddressList *l =
        &EC2_DETAIL(NetworkInterface, eni)->PrivateIpAddresses;
    for (size_t i = 0; i < l->n; i++)
        if (ip.p == NULL ? l->v[i].Primary.v : np_str_eq(l->v[i].PrivateIpAddress, ip))
            return &l->v[i];
    return NULL;
}

void ec2_eni_show_public(struct ec2_item *eni, struct ec2_NetworkInterfacePrivateIpAddress *at,
                         struct ec2_NetworkInterfaceAssociation *as)
{
    struct ec2_NetworkInterface *d = eni->detail;
    at->Association = as;
    if (at->Primary.v) {
        d->Association = as;
        d->PublicDnsName = as != NULL ? as->PublicDnsName : NP_STR_NULL;
    }
}

/* The pool knows the owner by its ARN. */
static struct np_str owner_of(struct np_arena *a, const struct ec2_item *it)
{
    return ec2_arn(a, it->kind, it->region, it->account, it->id);
}

int ec2_pool_take(struct np_txn *t, const struct ec2_item *it, struct np_str *ip,
                  struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    uint32_t slot;
    int rc = np_pool_take(t, owner_of(a, it), 0, &slot, err);
    if (rc == NP_ENOSPC)
        return np_fault(err, &EC2_InsufficientAddressCapacity,
                        "The region has no public address left.");
    if (rc == 0)
        *ip = np_pool_text(a, np_pool_address(np_txn_req(t)->core, slot));
    return rc;
}

int ec2_pool_drop(struct np_txn *t, const struct ec2_item *it, struct np_err *err)
{
    return np_pool_drop(t, owner_of(np_txn_arena(t), it), err);
}

int ec2_public_give(struct np_txn *t, struct ec2_item *eni, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_NetworkInterfacePrivateIpAddress *at = ec2_eni_private(eni, NP_STR_NULL);
    struct ec2_NetworkInterfaceAssociation *as = np_new(a, struct ec2_NetworkInterfaceAssociation);
    if (at == NULL || at->Association != NULL)
        return 0;
    int rc = ec2_pool_take(t, eni, &as->PublicIp, err);
    if (rc != 0)
        return rc;
    as->IpOwnerId = NP_STR("amazon");
    as->PublicDnsName = ec2_public_name(a, eni->region, as->PublicIp);
    ec2_eni_show_public(eni, at, as);
    return 0;
}

int ec2_public_take(struct np_txn *t, struct ec2_item *eni, struct np_err *err)
{
    struct ec2_NetworkInterfacePrivateIpAddress *at = ec2_eni_private(eni, NP_STR_NULL);
    if (at == NULL || at->Association == NULL || at->Association->AllocationId.p != NULL)
        return 0;
    ec2_eni_show_public(eni, at, NULL);
    return ec2_pool_drop(t, eni, err);
}
