/* SPDX-License-Identifier: Apache-2.0 */
/* gateway.c - internet gateways. The VPC that one is attached to is its item's. */
#include "services/ec2/vpc/vpc_int.h"

int ec2_igw_of_vpc(const struct ec2_db *db, struct np_str vpc, struct ec2_item **out,
                   struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_INTERNET_GATEWAY, vpc, &v, &n, err);
    if (rc != 0 || n == 0)
        return rc != 0 ? rc : NP_ENOENT;
    *out = v[0];
    return 0;
}

struct of_vpc {
    struct np_str vpc;
    const struct ec2_item *it;
};

static int look(void *arg, const struct ec2_item *it)
{
    struct of_vpc *f = arg;
    if (!np_str_eq(f->vpc, it->vpc))
        return 0;
    f->it = it;
    return 1;
}

const struct ec2_item *ec2_igw_see(const struct ec2_view *v, struct np_str vpc)
{
    struct of_vpc f = {.vpc = vpc};
    ec2_each(v, EC2_KIND_INTERNET_GATEWAY, look, &f);
    return f.it;
}

/* --- making --- */

static void attach(struct np_arena *a, struct ec2_item *it, const struct ec2_item *vpc)
{
    struct ec2_InternetGateway *d = it->detail;
    struct ec2_InternetGatewayAttachment *at = np_new(a, struct ec2_InternetGatewayAttachment);
    at->State = NP_STR("available"); /* AWS: of an internet gateway not "attached" */
    at->VpcId = vpc->id;
    d->Attachments = (struct ec2_InternetGatewayAttachmentList){at, 1, true};
    it->vpc = vpc->id;
}

int ec2_igw_make(struct np_txn *t, const struct ec2_item *vpc, struct ec2_tags tags,
                 struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n;
    int rc = ec2_count(&db, EC2_KIND_INTERNET_GATEWAY, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_INTERNET_GATEWAYS_MAX)
        return np_fault(err, &EC2_InternetGatewayLimitExceeded,
                        "The maximum number of internet gateways has been reached.");
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_INTERNET_GATEWAY);
    struct ec2_InternetGateway *d = it->detail;
    d->OwnerId = it->account;
    d->Attachments.set = true;
    if (vpc != NULL)
        attach(db.arena, it, vpc);
    rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = it;
    return rc;
}

int ec2_CreateInternetGateway_apply(struct np_txn *t,
                                    const struct ec2_CreateInternetGatewayRequest *in,
                                    struct ec2_CreateInternetGatewayResult *out, struct np_err *err)
{
    struct ec2_tags tags;
    struct ec2_item *it;
    int rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_INTERNET_GATEWAY, &tags,
                          err);
    if (rc == 0)
        rc = ec2_igw_make(t, NULL, tags, &it, err);
    if (rc == 0)
        out->InternetGateway = it->detail;
    return rc;
}

/* --- attaching --- */

int ec2_AttachInternetGateway_apply(struct np_txn *t,
                                    const struct ec2_AttachInternetGatewayRequest *in,
                                    struct ec2_AttachInternetGatewayOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *vpc, *other;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_INTERNET_GATEWAY, in->InternetGatewayId, &it, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc != 0)
        return rc;
    if (it->vpc.p != NULL)
        return np_fault(err, &EC2_ResourceAlreadyAssociated,
                        "resource %.*s is already attached to network %.*s", NP_FMT(it->id),
                        NP_FMT(it->vpc));
    rc = ec2_igw_of_vpc(&db, vpc->id, &other, err);
    if (rc == 0)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Network %.*s already has an internet gateway attached", NP_FMT(vpc->id));
    if (rc != NP_ENOENT)
        return rc;
    attach(db.arena, it, vpc);
    return ec2_put(t, it, err);
}

/* AWS: a network that has public addresses keeps its gateway (tests/sdk/test_ec2_routes.py). */
static int check_unused(const struct ec2_db *db, const struct ec2_item *it, struct np_err *err)
{
    struct ec2_item **enis;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_INTERFACE, it->vpc, &enis, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_NetworkInterfaceAssociation *a =
            EC2_DETAIL(NetworkInterface, enis[i])->Association;
        if (a != NULL && a->PublicIp.p != NULL)
            return np_fault(err, &EC2_DependencyViolation,
                            "Network %.*s has some mapped public address(es). Please unmap those "
                            "public address(es) before detaching the gateway.",
                            NP_FMT(it->vpc));
    }
    return rc;
}

int ec2_DetachInternetGateway_apply(struct np_txn *t,
                                    const struct ec2_DetachInternetGatewayRequest *in,
                                    struct ec2_DetachInternetGatewayOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *vpc;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_INTERNET_GATEWAY, in->InternetGatewayId, &it, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0 && !np_str_eq(it->vpc, in->VpcId))
        return np_fault(err, &EC2_GatewayNotAttached,
                        "resource %.*s is not attached to network %.*s", NP_FMT(it->id),
                        NP_FMT(in->VpcId));
    if (rc == 0)
        rc = check_unused(&db, it, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(InternetGateway, it)->Attachments.n = 0;
    it->vpc = NP_STR_NULL;
    return ec2_put(t, it, err);
}

int ec2_DeleteInternetGateway_apply(struct np_txn *t,
                                    const struct ec2_DeleteInternetGatewayRequest *in,
                                    struct ec2_DeleteInternetGatewayOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_INTERNET_GATEWAY, in->InternetGatewayId, &it, err);
    if (rc == 0 && it->vpc.p != NULL)
        return np_fault(err, &EC2_DependencyViolation,
                        "The internetGateway '%.*s' has dependencies and cannot be deleted.",
                        NP_FMT(it->id));
    return rc == 0 ? ec2_drop(t, it, err) : rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"attachment.state", "Attachments.State", NULL},
    {"attachment.vpc-id", "Attachments.VpcId", NULL},
    {"internet-gateway-id", "InternetGatewayId", NULL},
    {"owner-id", "OwnerId", NULL},
};

int ec2_DescribeInternetGateways(struct np_req *rq,
                                 const struct ec2_DescribeInternetGatewaysRequest *in,
                                 struct ec2_DescribeInternetGatewaysResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_INTERNET_GATEWAY, .filters = filters, .n_filters = NP_LEN(filters)};
    return ec2_describe(rq, &d, EC2_ASK(in, InternetGatewayIds), &out->InternetGateways,
                        &out->NextToken, err);
}
