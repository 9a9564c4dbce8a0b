/* SPDX-License-Identifier: Apache-2.0 */
/* address_use.c - elastic IPs on interfaces: the two items always say the same. */
#include "services/ec2/interface/address_int.h"
#include "services/ec2/interface/eni.h"

int ec2_address_check_free(const struct ec2_item *address, struct np_err *err)
{
    struct np_str association = EC2_SEEN(Address, address)->AssociationId;
    if (association.p == NULL)
        return 0;
    return np_fault(err, &EC2_ResourceAlreadyAssociated,
                    "resource %.*s is already associated with associate-id %.*s",
                    NP_FMT(address->id), NP_FMT(association));
}

/* --- off --- */

static void clear(struct ec2_item *address)
{
    struct ec2_Address *d = address->detail;
    d->AssociationId = d->InstanceId = d->NetworkInterfaceId = d->NetworkInterfaceOwnerId =
        d->PrivateIpAddress = NP_STR_NULL;
    EC2_OWN(AddressOwn, address)->ByGateway = (struct np_opt_bool){0};
    EC2_OWN(AddressOwn, address)->GiveBack = (struct np_opt_bool){0};
    address->vpc = NP_STR_NULL;
}

int ec2_address_free(struct np_txn *t, struct ec2_item *address, struct ec2_item *eni,
                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str id = EC2_DETAIL(Address, address)->NetworkInterfaceId;
    struct np_str ip = EC2_DETAIL(Address, address)->PrivateIpAddress;
    bool put = eni == NULL;
    int rc = 0;
    if (id.p == NULL)
        return 0;
    if (eni == NULL)
        rc = ec2_get(&db, EC2_KIND_INTERFACE, id, &eni, err);
    if (rc != 0)
        return rc;
    struct ec2_NetworkInterfacePrivateIpAddress *at = ec2_eni_private(eni, ip);
    if (at != NULL)
        ec2_eni_show_public(eni, at, NULL);
    /* AWS: an instance that was given an address by itself gets another one. */
    if (put && EC2_OWN(AddressOwn, address)->GiveBack.v)
        rc = ec2_public_give(t, eni, err);
    clear(address);
    if (rc == 0)
        rc = ec2_put(t, address, err);
    return rc == 0 && put ? ec2_put(t, eni, err) : rc;
}

/* --- on --- */

/* What stood on that private address goes: an elastic IP, or one that was given by itself. */
static int make_room(struct np_txn *t, const struct ec2_address_use *u,
                     const struct ec2_NetworkInterfacePrivateIpAddress *at, bool *given,
                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *old;
    *given = false;
    if (at->Association == NULL)
        return 0;
    if (at->Association->AllocationId.p == NULL) {
        *given = true;
        return ec2_public_take(t, u->eni, err);
    }
    int rc = ec2_get(&db, EC2_KIND_ADDRESS, at->Association->AllocationId, &old, err);
    if (rc != 0)
        return rc;
    *given = EC2_OWN(AddressOwn, old)->GiveBack.v;
    return ec2_address_free(t, old, u->eni, err);
}

static void fill_address(struct np_txn *t, const struct ec2_address_use *u, struct np_str ip,
                         bool given)
{
    const struct ec2_NetworkInterface *e = u->eni->detail;
    struct ec2_Address *d = u->address->detail;
    struct ec2_AddressOwn *own = u->address->own;
    d->AssociationId = ec2_new_id(t, "eipassoc-");
    d->NetworkInterfaceId = u->eni->id;
    d->NetworkInterfaceOwnerId = u->eni->account;
    d->PrivateIpAddress = ip;
    d->InstanceId = e->Attachment != NULL ? e->Attachment->InstanceId : NP_STR_NULL;
    own->ByGateway = (struct np_opt_bool){true, u->by_gateway};
    own->GiveBack = (struct np_opt_bool){true, given};
    u->address->vpc = u->eni->vpc;
}

static struct ec2_NetworkInterfaceAssociation *association(struct np_arena *a,
                                                           const struct ec2_item *address)
{
    const struct ec2_Address *d = address->detail;
    struct ec2_NetworkInterfaceAssociation *as = np_new(a, struct ec2_NetworkInterfaceAssociation);
    as->AllocationId = address->id;
    as->AssociationId = d->AssociationId;
    as->IpOwnerId = address->account;
    as->PublicIp = d->PublicIp;
    as->PublicDnsName = ec2_public_name(a, address->region, d->PublicIp);
    return as;
}

int ec2_address_join(struct np_txn *t, const struct ec2_address_use *u, struct np_err *err)
{
    struct ec2_NetworkInterfacePrivateIpAddress *at = ec2_eni_private(u->eni, u->private_ip);
    bool given;
    if (at == NULL)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The private IP address %.*s is not assigned to the interface '%.*s'.",
                        NP_FMT(u->private_ip), NP_FMT(u->eni->id));
    int rc = make_room(t, u, at, &given, err);
    if (rc != 0)
        return rc;
    fill_address(t, u, at->PrivateIpAddress, given);
    ec2_eni_show_public(u->eni, at, association(np_txn_arena(t), u->address));
    rc = ec2_put(t, u->address, err);
    return rc == 0 ? ec2_put(t, u->eni, err) : rc;
}

/* --- what others of the service ask --- */

int ec2_address_release_eni(struct np_txn *t, struct ec2_item *eni, struct np_str private_ip,
                            struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_NetworkInterfacePrivateIpAddressList *l =
        &EC2_DETAIL(NetworkInterface, eni)->PrivateIpAddresses;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        const struct ec2_NetworkInterfaceAssociation *as = l->v[i].Association;
        struct ec2_item *address;
        if (as == NULL || as->AllocationId.p == NULL ||
            (private_ip.p != NULL && !np_str_eq(private_ip, l->v[i].PrivateIpAddress)))
            continue;
        rc = ec2_get(&db, EC2_KIND_ADDRESS, as->AllocationId, &address, err);
        if (rc == 0)
            rc = ec2_address_free(t, address, eni, err);
    }
    return rc;
}

int ec2_address_instance(struct np_txn *t, const struct ec2_item *eni, struct np_str instance,
                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_NetworkInterfacePrivateIpAddressList *l =
        &EC2_SEEN(NetworkInterface, eni)->PrivateIpAddresses;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        const struct ec2_NetworkInterfaceAssociation *as = l->v[i].Association;
        struct ec2_item *address;
        if (as == NULL || as->AllocationId.p == NULL)
            continue;
        rc = ec2_get(&db, EC2_KIND_ADDRESS, as->AllocationId, &address, err);
        if (rc != 0)
            return rc;
        EC2_DETAIL(Address, address)->InstanceId = instance;
        rc = ec2_put(t, address, err);
    }
    return rc;
}
