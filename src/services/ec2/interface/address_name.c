/* SPDX-License-Identifier: Apache-2.0 */
/* address_name.c - names that elastic IPs answer to in reverse DNS. */
#include "aws/names.h"
#include "services/ec2/interface/address_int.h"

static void describe(struct ec2_AddressAttribute *out, const struct ec2_item *it)
{
    const struct ec2_AddressOwn *own = it->own;
    out->PublicIp = EC2_SEEN(Address, it)->PublicIp;
    out->AllocationId = it->id;
    out->PtrRecord = own->PtrRecord;
}

/* AWS: without the attribute's name every address is listed, with it those that have one. */
int ec2_DescribeAddressesAttribute(struct np_req *rq,
                                   const struct ec2_DescribeAddressesAttributeRequest *in,
                                   struct ec2_DescribeAddressesAttributeResult *out,
                                   struct np_err *err)
{
    struct ec2_ask ask = {.ids = {in->AllocationIds.v, in->AllocationIds.n, true},
                          .max = in->MaxResults,
                          .token = in->NextToken};
    static const struct ec2_describe d = {
        .kind = EC2_KIND_ADDRESS, .page_min = 1, .page_max = 1000};
    struct ec2_AddressList all = {0};
    int rc = ec2_describe(rq, &d, &ask, &all, &out->NextToken, err);
    if (rc != 0)
        return rc;
    out->Addresses.v = np_new_array(rq->arena, struct ec2_AddressAttribute, all.n + 1);
    out->Addresses.set = true;
    for (size_t i = 0; i < all.n; i++) {
        const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_ADDRESS, all.v[i].AllocationId);
        if (it == NULL || (in->Attribute.p != NULL && EC2_OWN(AddressOwn, it)->PtrRecord.p == NULL))
            continue;
        describe(&out->Addresses.v[out->Addresses.n++], it);
    }
    return 0;
}

/* --- changing --- */

/* "www.example.com." of "WWW.example.com". */
static struct np_str with_dot(struct np_arena *a, struct np_str name)
{
    struct np_str lower = np_str_lower(a, name);
    return np_str_ends(lower, NP_STR(".")) ? lower : np_str_cat(a, lower, NP_STR("."));
}

/* AWS: the name must lead to the address first (tests/sdk/test_ec2_addresses.py). */
static int check_forward(struct np_req *rq, struct np_str name, struct np_str ip,
                         struct np_err *err)
{
    struct np_strs found = {0};
    struct np_str bare = np_str_sub(name, 0, name.n - 1);
    if (np_dns_find(rq->core, rq->arena, bare, "A", &found) == 0)
        for (size_t i = 0; i < found.n; i++)
            if (np_str_eq(found.v[i], ip))
                return 0;
    return np_fault(err, &EC2_InvalidParameterValue,
                    "The forward lookup of '%.*s' does not lead to %.*s: make a record of type A "
                    "first.",
                    NP_FMT(name), NP_FMT(ip));
}

int ec2_ModifyAddressAttribute_begin(struct np_req *rq,
                                     const struct ec2_ModifyAddressAttributeRequest *in,
                                     struct np_err *err)
{
    const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_ADDRESS, in->AllocationId);
    if (it == NULL)
        return ec2_not_found(err, EC2_KIND_ADDRESS, in->AllocationId);
    if (in->DomainName.n == 0 || in->DomainName.n > 254)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter DomainName");
    int rc = check_forward(rq, with_dot(rq->arena, in->DomainName), EC2_SEEN(Address, it)->PublicIp,
                           err);
    return rc == 0 ? np_apply(rq) : rc;
}

static int set_name(struct np_txn *t, struct np_str id, struct np_str name,
                    struct ec2_AddressAttribute **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_ADDRESS, id, &it, err);
    if (rc != 0)
        return rc;
    EC2_OWN(AddressOwn, it)->PtrRecord = name;
    *out = np_new(db.arena, struct ec2_AddressAttribute);
    describe(*out, it);
    return ec2_put(t, it, err);
}

int ec2_ModifyAddressAttribute_apply(struct np_txn *t,
                                     const struct ec2_ModifyAddressAttributeRequest *in,
                                     struct ec2_ModifyAddressAttributeResult *out,
                                     struct np_err *err)
{
    return set_name(t, in->AllocationId, with_dot(np_txn_arena(t), in->DomainName), &out->Address,
                    err);
}

int ec2_ResetAddressAttribute_apply(struct np_txn *t,
                                    const struct ec2_ResetAddressAttributeRequest *in,
                                    struct ec2_ResetAddressAttributeResult *out, struct np_err *err)
{
    return set_name(t, in->AllocationId, NP_STR_NULL, &out->Address, err);
}
