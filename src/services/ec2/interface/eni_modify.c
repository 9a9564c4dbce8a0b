/* SPDX-License-Identifier: Apache-2.0 */
/* eni_modify.c - attributes and private addresses of network interfaces, changed. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/interface/eni_int.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"

/* --- attributes --- */

static int change_attachment(struct ec2_NetworkInterface *d,
                             const struct ec2_NetworkInterfaceAttachmentChanges *c,
                             struct np_err *err)
{
    if (d->Attachment == NULL || !np_str_eq(d->Attachment->AttachmentId, c->AttachmentId))
        return np_fault(err, &EC2_InvalidAttachmentIDNotFound,
                        "The attachment ID '%.*s' does not exist", NP_FMT(c->AttachmentId));
    if (c->DeleteOnTermination.set)
        d->Attachment->DeleteOnTermination = c->DeleteOnTermination;
    return 0;
}

static size_t attributes_of(const struct ec2_ModifyNetworkInterfaceAttributeRequest *in)
{
    return (size_t)(in->Description != NULL) + (in->SourceDestCheck != NULL) + (in->Groups.n > 0) +
           (in->Attachment != NULL);
}

int ec2_ModifyNetworkInterfaceAttribute_apply(
    struct np_txn *t, const struct ec2_ModifyNetworkInterfaceAttributeRequest *in,
    struct ec2_ModifyNetworkInterfaceAttributeOutput *out, struct np_err *err)
{
    struct ec2_item *eni;
    (void)out;
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc < 0)
        return rc;
    struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    /* AWS: one attribute a call (tests/sdk/test_ec2_interfaces.py). */
    if (attributes_of(in) > 1)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Fields for multiple attribute types specified");
    if (attributes_of(in) == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain an attribute to change");
    if (in->Description != NULL)
        d->Description = in->Description->Value.p != NULL ? in->Description->Value : NP_STR("");
    if (in->SourceDestCheck != NULL)
        d->SourceDestCheck = in->SourceDestCheck->Value;
    if (in->Groups.n > 0)
        rc = ec2_eni_set_groups(t, eni, in->Groups.v, in->Groups.n, err);
    if (in->Attachment != NULL)
        rc = change_attachment(d, in->Attachment, err);
    return rc < 0 ? rc : ec2_put(t, eni, err);
}

int ec2_ResetNetworkInterfaceAttribute_apply(
    struct np_txn *t, const struct ec2_ResetNetworkInterfaceAttributeRequest *in,
    struct ec2_ResetNetworkInterfaceAttributeOutput *out, struct np_err *err)
{
    struct ec2_item *eni;
    (void)out;
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc < 0)
        return rc;
    if (in->SourceDestCheck.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter sourceDestCheck");
    EC2_DETAIL(NetworkInterface, eni)->SourceDestCheck = (struct np_opt_bool){true, true};
    return ec2_put(t, eni, err);
}

/* --- private addresses --- */

static size_t address_at(const struct ec2_NetworkInterface *d, struct np_str ip)
{
    size_t i = 0;
    while (i < d->PrivateIpAddresses.n &&
           !np_str_eq(d->PrivateIpAddresses.v[i].PrivateIpAddress, ip))
        i++;
    return i;
}

/* AllowReassignment: whoever else has a secondary address gives it up. */
static int take_away(struct np_txn *t, const struct ec2_item *eni, struct np_str ip,
                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **all;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_INTERFACE, eni->vpc, &all, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, all[i]);
        size_t at = address_at(d, ip);
        if (at == 0 || at == d->PrivateIpAddresses.n || np_str_eq(all[i]->id, eni->id))
            continue;
        rc = ec2_eni_unassign(t, all[i], &ip, 1, err);
        return rc < 0 ? rc : ec2_put(t, all[i], err);
    }
    return rc;
}

int ec2_AssignPrivateIpAddresses_apply(struct np_txn *t,
                                       const struct ec2_AssignPrivateIpAddressesRequest *in,
                                       struct ec2_AssignPrivateIpAddressesResult *out,
                                       struct np_err *err)
{
    struct ec2_item *eni;
    int64_t more = in->SecondaryPrivateIpAddressCount.v;
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc < 0)
        return rc;
    if ((in->PrivateIpAddresses.n > 0) == (more > 0) || more < 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Specify either private IP addresses or the number of secondary addresses, "
                        "not both");
    for (size_t i = 0; i < in->PrivateIpAddresses.n && rc == 0 && in->AllowReassignment.v; i++)
        rc = take_away(t, eni, in->PrivateIpAddresses.v[i], err);
    struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    size_t had = d->PrivateIpAddresses.n;
    if (rc == 0)
        rc = ec2_eni_assign(t, eni, in->PrivateIpAddresses.v, in->PrivateIpAddresses.n,
                            (size_t)more, err);
    if (rc < 0)
        return rc;
    out->NetworkInterfaceId = eni->id;
    for (size_t i = had; i < d->PrivateIpAddresses.n; i++)
        EC2_APPEND(
            np_txn_arena(t), out->AssignedPrivateIpAddresses,
            (struct ec2_AssignedPrivateIpAddress){d->PrivateIpAddresses.v[i].PrivateIpAddress});
    return ec2_put(t, eni, err);
}

int ec2_UnassignPrivateIpAddresses_apply(struct np_txn *t,
                                         const struct ec2_UnassignPrivateIpAddressesRequest *in,
                                         struct ec2_UnassignPrivateIpAddressesOutput *out,
                                         struct np_err *err)
{
    struct ec2_item *eni;
    (void)out;
    if (in->PrivateIpAddresses.n == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter privateIpAddresses");
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc == 0)
        rc = ec2_eni_unassign(t, eni, in->PrivateIpAddresses.v, in->PrivateIpAddresses.n, err);
    return rc < 0 ? rc : ec2_put(t, eni, err);
}

/* --- permissions: who else may attach it --- */

int ec2_CreateNetworkInterfacePermission_apply(
    struct np_txn *t, const struct ec2_CreateNetworkInterfacePermissionRequest *in,
    struct ec2_CreateNetworkInterfacePermissionResult *out, struct np_err *err)
{
    struct ec2_item *eni;
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc < 0)
        return rc;
    if (in->AwsAccountId.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter AwsAccountId");
    struct ec2_item *p = ec2_new(t, EC2_KIND_PERMISSION);
    struct ec2_NetworkInterfacePermission *d = EC2_DETAIL(NetworkInterfacePermission, p);
    p->vpc = eni->vpc;
    p->name = np_str_printf(np_txn_arena(t), "%.*s/%.*s/%.*s", NP_FMT(eni->id),
                            NP_FMT(in->AwsAccountId), NP_FMT(in->Permission));
    d->NetworkInterfaceId = eni->id;
    d->AwsAccountId = in->AwsAccountId;
    d->Permission = in->Permission;
    d->PermissionState = np_new(np_txn_arena(t), struct ec2_NetworkInterfacePermissionState);
    d->PermissionState->State =
        NP_STR("GRANTED"); /* AWS: in capitals (tests/sdk/test_ec2_interfaces.py) */
    rc = ec2_put(t, p, err);
    if (rc == NP_EEXIST)
        return np_fault(err, &EC2_InvalidPermissionDuplicate,
                        "The permission has been granted to account '%.*s' before",
                        NP_FMT(in->AwsAccountId));
    if (rc == 0)
        rc = ec2_ref(t, p, "permitted", eni->id, err);
    out->InterfacePermission = d;
    return rc;
}

int ec2_DeleteNetworkInterfacePermission_apply(
    struct np_txn *t, const struct ec2_DeleteNetworkInterfacePermissionRequest *in,
    struct ec2_DeleteNetworkInterfacePermissionResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *p;
    int rc = ec2_get(&db, EC2_KIND_PERMISSION, in->NetworkInterfacePermissionId, &p, err);
    out->Return = (struct np_opt_bool){true, true};
    return rc < 0 ? rc : ec2_drop(t, p, err);
}
