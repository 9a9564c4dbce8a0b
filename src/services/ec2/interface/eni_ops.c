/* SPDX-License-Identifier: Apache-2.0 */
/* eni_ops.c - operations that make, attach and delete network interfaces. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/interface/eni_int.h"
#include "services/ec2/filter.h"
#include "services/ec2/list.h"

bool ec2_eni_managed(const struct ec2_item *eni)
{
    return EC2_SEEN(NetworkInterface, eni)->RequesterManaged.v;
}

int ec2_eni_own(struct np_txn *t, struct np_str id, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = ec2_get(&db, EC2_KIND_INTERFACE, id, out, err);
    if (rc == 0 && ec2_eni_managed(*out))
        return np_fault(err, &EC2_OperationNotPermitted,
                        "You do not have permission to access the specified resource.");
    return rc;
}

/* --- made --- */

/* Of the addresses that were given one may be primary. */
static int take_given(struct np_arena *a, const struct ec2_CreateNetworkInterfaceRequest *in,
                      struct ec2_eni_opts *o, struct np_err *err)
{
    struct np_strs more = {0};
    o->primary = in->PrivateIpAddress;
    for (size_t i = 0; i < in->PrivateIpAddresses.n; i++) {
        const struct ec2_PrivateIpAddressSpecification *s = &in->PrivateIpAddresses.v[i];
        if (!s->Primary.v) {
            EC2_APPEND(a, more, s->PrivateIpAddress);
        } else if (o->primary.p != NULL) {
            return np_fault(err, &EC2_InvalidParameterCombination,
                            "Only one primary private IP address can be specified.");
        } else {
            o->primary = s->PrivateIpAddress;
        }
    }
    if (more.n > 0 && in->SecondaryPrivateIpAddressCount.v > 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter secondaryPrivateIpAddressCount cannot be used with "
                        "secondary addresses of privateIpAddresses");
    if (in->SecondaryPrivateIpAddressCount.v < 0)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%lld) for parameter secondaryPrivateIpAddressCount is invalid.",
                        (long long)in->SecondaryPrivateIpAddressCount.v);
    o->secondary = more.v;
    o->n_secondary = more.n;
    o->more_secondary = (size_t)in->SecondaryPrivateIpAddressCount.v;
    return 0;
}

int ec2_CreateNetworkInterface_apply(struct np_txn *t,
                                     const struct ec2_CreateNetworkInterfaceRequest *in,
                                     struct ec2_CreateNetworkInterfaceResult *out,
                                     struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item *eni;
    struct ec2_tags tags;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    struct ec2_eni_opts o = {
        .subnet = in->SubnetId,
        .description = in->Description,
        .groups = in->Groups.v,
        .n_groups = in->Groups.n,
    };
    rc = ec2_tag_spec(a, &in->TagSpecifications, EC2_KIND_INTERFACE, &tags, err);
    o.tags = tags.v;
    o.n_tags = tags.n;
    if (rc == 0)
        rc = take_given(a, in, &o, err);
    if (rc == 0)
        rc = ec2_eni_create(t, &o, &eni, err);
    if (rc < 0)
        return rc;
    EC2_DETAIL(NetworkInterface, eni)->RequesterId = np_txn_req(t)->who->user_id;
    rc = ec2_put(t, eni, err);
    out->NetworkInterface = eni->detail;
    out->ClientToken = in->ClientToken;
    return rc < 0 ? rc : ec2_again_keep(t, in->ClientToken, in, out, err);
}

int ec2_CreateNetworkInterface_reply(struct np_req *rq,
                                     const struct ec2_CreateNetworkInterfaceRequest *in,
                                     struct ec2_CreateNetworkInterfaceResult *out,
                                     struct np_err *err)
{
    const struct ec2_view *v = ec2_view(rq);
    const struct ec2_item *it =
        ec2_see(v, EC2_KIND_INTERFACE, out->NetworkInterface->NetworkInterfaceId);
    (void)in, (void)err;
    if (it != NULL)
        ec2_eni_fill(v, it, rq->arena, out->NetworkInterface);
    return 0;
}

int ec2_DeleteNetworkInterface_apply(struct np_txn *t,
                                     const struct ec2_DeleteNetworkInterfaceRequest *in,
                                     struct ec2_DeleteNetworkInterfaceOutput *out,
                                     struct np_err *err)
{
    struct ec2_item *eni;
    (void)out;
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc < 0)
        return rc;
    if (EC2_DETAIL(NetworkInterface, eni)->Attachment != NULL)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Network interface '%.*s' is currently in use.", NP_FMT(eni->id));
    return ec2_eni_drop(t, eni, err);
}
