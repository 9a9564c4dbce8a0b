/* SPDX-License-Identifier: Apache-2.0 */
/* address.c - elastic IPs: allocated, associated, described, released. The item's name is its
 * address. */
#include "services/ec2/interface/address_int.h"
#include "services/ec2/vpc/vpc_int.h"

/* --- allocating and releasing --- */

int ec2_AllocateAddress_apply(struct np_txn *t, const struct ec2_AllocateAddressRequest *in,
                              struct ec2_AllocateAddressResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_tags tags;
    size_t n;
    if (in->NetworkBorderGroup.p != NULL && !np_str_eq(in->NetworkBorderGroup, db.scope.region))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The network border group '%.*s' is not one of this region.",
                        NP_FMT(in->NetworkBorderGroup));
    int rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_ADDRESS, &tags, err);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_ADDRESS, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_ADDRESSES_MAX)
        return np_fault(err, &EC2_AddressLimitExceeded,
                        "The maximum number of addresses has been reached.");
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_ADDRESS);
    struct ec2_Address *d = it->detail;
    rc = ec2_pool_take(t, it, &d->PublicIp, err);
    if (rc != 0)
        return rc;
    it->name = d->PublicIp;
    d->Domain = out->Domain = NP_STR("vpc");
    d->PublicIpv4Pool = out->PublicIpv4Pool = NP_STR("amazon");
    d->NetworkBorderGroup = out->NetworkBorderGroup = it->region;
    out->AllocationId = it->id;
    out->PublicIp = d->PublicIp;
    rc = ec2_put(t, it, err);
    return rc == 0 ? ec2_tag(t, it, tags.v, tags.n, err) : rc;
}

/* By allocation id or by address. */
static int named(const struct ec2_db *db, struct np_str id, struct np_str ip, struct ec2_item **out,
                 struct np_err *err)
{
    if (id.p != NULL)
        return ec2_get(db, EC2_KIND_ADDRESS, id, out, err);
    if (ip.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "Either public IP or allocation id must be specified");
    int rc = ec2_find_name(db, EC2_KIND_ADDRESS, ip, out, err);
    return rc == NP_ENOENT
               ? np_fault(err, &EC2_InvalidAddressNotFound, "Address '%.*s' not found.", NP_FMT(ip))
               : rc;
}

int ec2_ReleaseAddress_apply(struct np_txn *t, const struct ec2_ReleaseAddressRequest *in,
                             struct ec2_ReleaseAddressOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    if (in->AllocationId.p == NULL && in->PublicIp.p != NULL)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "You must specify an allocation id when releasing a VPC elastic IP "
                        "address");
    int rc = named(&db, in->AllocationId, in->PublicIp, &it, err);
    if (rc != 0)
        return rc;
    const struct ec2_Address *d = it->detail;
    if (d->AssociationId.p != NULL)
        return np_fault(err, &EC2_InvalidIPAddressInUse, "Address %.*s is in use.",
                        NP_FMT(d->PublicIp));
    if (EC2_OWN(AddressOwn, it)->PtrRecord.p != NULL)
        return np_fault(err, &EC2_InvalidAddressLocked,
                        "The address with allocation id [%.*s] cannot be released because it is "
                        "locked to your account.",
                        NP_FMT(it->id));
    rc = ec2_pool_drop(t, it, err);
    return rc == 0 ? ec2_drop(t, it, err) : rc;
}

/* --- associating --- */

/* An instance's only interface. */
static int eni_of_instance(const struct ec2_db *db, struct np_str id, struct ec2_item **out,
                           struct np_err *err)
{
    struct ec2_item *instance;
    struct np_str *users, eni = NP_STR_NULL;
    size_t n = 0, found = 0;
    int rc = ec2_get(db, EC2_KIND_INSTANCE, id, &instance, err);
    if (rc == 0)
        rc = ec2_users(db, id, "instance", &users, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (np_str_starts(users[i], NP_STR("eni-"))) {
            eni = users[i];
            found++;
        }
    if (rc == 0 && found != 1)
        return np_fault(err, &EC2_InvalidInstanceID,
                        found > 1
                            ? "There are multiple interfaces attached to instance '%.*s'. Please "
                              "specify an interface ID for the operation instead."
                            : "The instance '%.*s' is not in a valid state for this operation.",
                        NP_FMT(id));
    return rc == 0 ? ec2_get(db, EC2_KIND_INTERFACE, eni, out, err) : rc;
}

static int eni_of(const struct ec2_db *db, const struct ec2_AssociateAddressRequest *in,
                  struct ec2_item **out, struct np_err *err)
{
    struct ec2_item *igw;
    int rc;
    if ((in->InstanceId.p != NULL) == (in->NetworkInterfaceId.p != NULL))
        return np_fault(err,
                        in->InstanceId.p == NULL ? &EC2_MissingParameter
                                                 : &EC2_InvalidParameterCombination,
                        "Either instance ID or network interface id must be specified");
    if (in->InstanceId.p != NULL)
        rc = eni_of_instance(db, in->InstanceId, out, err);
    else
        rc = ec2_get(db, EC2_KIND_INTERFACE, in->NetworkInterfaceId, out, err);
    if (rc != 0)
        return rc;
    if (EC2_DETAIL(NetworkInterface, *out)->RequesterManaged.v)
        return np_fault(err, &EC2_AuthFailure,
                        "You do not have permission to access the specified resource.");
    rc = ec2_igw_of_vpc(db, (*out)->vpc, &igw, err);
    return rc == NP_ENOENT ? np_fault(err, &EC2_GatewayNotAttached,
                                      "Network %.*s is not attached to any internet gateway",
                                      NP_FMT((*out)->vpc))
                           : rc;
}

/* AWS: an address that stands elsewhere moves only if the call says so
 * (tests/sdk/test_ec2_addresses.py). */
int ec2_AssociateAddress_apply(struct np_txn *t, const struct ec2_AssociateAddressRequest *in,
                               struct ec2_AssociateAddressResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_address_use u = {.private_ip = in->PrivateIpAddress};
    int rc = named(&db, in->AllocationId, in->PublicIp, &u.address, err);
    if (rc == 0)
        rc = eni_of(&db, in, &u.eni, err);
    if (rc != 0)
        return rc;
    struct ec2_Address *d = u.address->detail;
    const struct ec2_NetworkInterfacePrivateIpAddress *at = ec2_eni_private(u.eni, u.private_ip);
    out->AssociationId = d->AssociationId;
    if (d->AssociationId.p != NULL && at != NULL && np_str_eq(d->NetworkInterfaceId, u.eni->id) &&
        np_str_eq(d->PrivateIpAddress, at->PrivateIpAddress))
        return 0;
    if (!in->AllowReassociation.v)
        rc = ec2_address_check_free(u.address, err);
    if (rc == 0 && EC2_OWN(AddressOwn, u.address)->ByGateway.v)
        rc = ec2_address_check_free(u.address, err);
    if (rc == 0) {
        bool same = np_str_eq(d->NetworkInterfaceId, u.eni->id);
        rc = ec2_address_free(t, u.address, same ? u.eni : NULL, err);
    }
    if (rc == 0)
        rc = ec2_address_join(t, &u, err);
    out->AssociationId = d->AssociationId;
    return rc;
}

static int associated(const struct ec2_db *db, struct np_str association, struct ec2_item **out,
                      struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_ADDRESS, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (np_str_eq(EC2_DETAIL(Address, v[i])->AssociationId, association)) {
            *out = v[i];
            return 0;
        }
    return rc != 0 ? rc
                   : np_fault(err, &EC2_InvalidAssociationIDNotFound,
                              "The association ID '%.*s' does not exist", NP_FMT(association));
}

int ec2_DisassociateAddress_apply(struct np_txn *t, const struct ec2_DisassociateAddressRequest *in,
                                  struct ec2_DisassociateAddressOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int rc = in->AssociationId.p != NULL ? associated(&db, in->AssociationId, &it, err)
                                         : named(&db, NP_STR_NULL, in->PublicIp, &it, err);
    if (rc == 0 && EC2_OWN(AddressOwn, it)->ByGateway.v)
        return np_fault(err, &EC2_AuthFailure,
                        "You do not have permission to access the specified resource.");
    return rc == 0 ? ec2_address_free(t, it, NULL, err) : rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"allocation-id", "AllocationId", NULL},
    {"association-id", "AssociationId", NULL},
    {"domain", "Domain", NULL},
    {"instance-id", "InstanceId", NULL},
    {"network-border-group", "NetworkBorderGroup", NULL},
    {"network-interface-id", "NetworkInterfaceId", NULL},
    {"network-interface-owner-id", "NetworkInterfaceOwnerId", NULL},
    {"private-ip-address", "PrivateIpAddress", NULL},
    {"public-ip", "PublicIp", NULL},
};

struct by_ip {
    struct np_str ip;
    const struct ec2_item *it;
};

static int has_ip(void *arg, const struct ec2_item *it)
{
    struct by_ip *b = arg;
    if (!np_str_eq(it->name, b->ip))
        return 0;
    b->it = it;
    return 1;
}

/* Public addresses as ids. */
static int ids_of(struct np_req *rq, const struct ec2_DescribeAddressesRequest *in,
                  struct np_strs *out, struct np_err *err)
{
    *out = (struct np_strs){
        .v = np_new_array(rq->arena, struct np_str, in->AllocationIds.n + in->PublicIps.n + 1)};
    for (size_t i = 0; i < in->AllocationIds.n; i++)
        out->v[out->n++] = in->AllocationIds.v[i];
    for (size_t i = 0; i < in->PublicIps.n; i++) {
        struct by_ip b = {.ip = in->PublicIps.v[i]};
        ec2_each(ec2_view(rq), EC2_KIND_ADDRESS, has_ip, &b);
        if (b.it == NULL)
            return np_fault(err, &EC2_InvalidAddressNotFound, "Address '%.*s' not found.",
                            NP_FMT(b.ip));
        out->v[out->n++] = b.it->id;
    }
    return 0;
}

int ec2_DescribeAddresses(struct np_req *rq, const struct ec2_DescribeAddressesRequest *in,
                          struct ec2_DescribeAddressesResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_ADDRESS, .filters = filters, .n_filters = NP_LEN(filters)};
    struct ec2_ask ask = {.filters = in->Filters};
    int rc = ids_of(rq, in, &ask.ids, err);
    return rc == 0 ? ec2_describe(rq, &d, &ask, &out->Addresses, NULL, err) : rc;
}
