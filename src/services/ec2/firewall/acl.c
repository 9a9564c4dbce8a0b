/* SPDX-License-Identifier: Apache-2.0 */
/* acl.c - network ACLs as items: made, their entries, which subnets have them. */
#include "services/ec2/firewall/acl.h"

#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/firewall/acl_int.h"
#include "services/ec2/filter.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"

/* --- made --- */

static void add_all(struct np_arena *a, struct ec2_NetworkAcl *d, int64_t number,
                    const char *action)
{
    for (int egress = 0; egress < 2; egress++) {
        struct ec2_NetworkAclEntry e = {
            .CidrBlock = NP_STR("0.0.0.0/0"),
            .Egress = {true, egress == 1},
            .Protocol = NP_STR("-1"),
            .RuleAction = np_str_of(action),
            .RuleNumber = {true, number},
        };
        ec2_acl_entry_insert(a, &d->Entries, &e);
    }
}

static int make(struct np_txn *t, struct np_str vpc, bool is_default, struct ec2_item **out,
                struct np_err *err)
{
    struct ec2_item *acl = ec2_new(t, EC2_KIND_ACL);
    struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, acl);
    acl->vpc = vpc;
    d->VpcId = vpc;
    d->OwnerId = np_txn_scope(t)->account;
    d->IsDefault = (struct np_opt_bool){true, is_default};
    d->Associations.set = true;
    add_all(np_txn_arena(t), d, EC2_ACL_LAST, "deny");
    if (is_default)
        add_all(np_txn_arena(t), d, 100, "allow");
    int rc = ec2_put(t, acl, err);
    if (rc == 0)
        rc = ec2_ref(t, acl, "vpc", vpc, err);
    *out = acl;
    return rc;
}

int ec2_acl_default(struct np_txn *t, struct np_str vpc, struct np_str *id, struct np_err *err)
{
    struct ec2_item *acl;
    int rc = make(t, vpc, true, &acl, err);
    if (rc == 0)
        *id = acl->id;
    return rc;
}

int ec2_CreateNetworkAcl_apply(struct np_txn *t, const struct ec2_CreateNetworkAclRequest *in,
                               struct ec2_CreateNetworkAclResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc, *acl;
    struct ec2_tags tags;
    size_t n;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_ACL, &tags, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_ACL, in->VpcId, &n, err);
    if (rc == 0 && n >= EC2_ACLS_MAX)
        return np_fault(err, &EC2_NetworkAclLimitExceeded,
                        "The maximum number of network ACLs has been reached.");
    if (rc == 0)
        rc = make(t, vpc->id, false, &acl, err);
    if (rc == 0)
        rc = ec2_tag(t, acl, tags.v, tags.n, err);
    if (rc < 0)
        return rc;
    out->NetworkAcl = acl->detail;
    out->ClientToken = in->ClientToken;
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- found --- */

static int default_of(struct np_txn *t, struct np_str vpc, struct ec2_item **out, size_t *others,
                      struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **all;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_ACL, vpc, &all, &n, err);
    *out = NULL;
    *others = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (EC2_DETAIL(NetworkAcl, all[i])->IsDefault.v)
            *out = all[i];
        else
            ++*others;
    }
    return rc;
}

int ec2_acl_drop_default(struct np_txn *t, struct np_str vpc, struct np_err *err)
{
    struct ec2_item *acl;
    size_t others;
    int rc = default_of(t, vpc, &acl, &others, err);
    return rc < 0 || acl == NULL ? rc : ec2_drop(t, acl, err);
}

size_t ec2_acl_count_own(struct np_txn *t, struct np_str vpc)
{
    struct ec2_item *acl;
    struct np_err err = {0};
    size_t others;
    return default_of(t, vpc, &acl, &others, &err) < 0 ? 0 : others;
}

/* --- associations --- */

static int associate(struct np_txn *t, struct ec2_item *acl, struct np_str subnet,
                     struct np_str *id, struct np_err *err)
{
    struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, acl);
    *id = ec2_new_id(t, "aclassoc-");
    EC2_APPEND(np_txn_arena(t), d->Associations,
               (struct ec2_NetworkAclAssociation){
                   .NetworkAclAssociationId = *id, .NetworkAclId = acl->id, .SubnetId = subnet});
    int rc = ec2_put(t, acl, err);
    return rc < 0 ? rc : ec2_ref(t, acl, "subnet", subnet, err);
}

static int dissociate(struct np_txn *t, struct ec2_item *acl, size_t at, struct np_err *err)
{
    struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, acl);
    struct np_str subnet = d->Associations.v[at].SubnetId;
    EC2_REMOVE(d->Associations, at);
    int rc = ec2_unref(t, acl, "subnet", subnet, err);
    return rc < 0 ? rc : ec2_put(t, acl, err);
}

int ec2_acl_add_subnet(struct np_txn *t, struct np_str vpc, struct np_str subnet,
                       struct np_err *err)
{
    struct ec2_item *acl;
    struct np_str id;
    size_t others;
    int rc = default_of(t, vpc, &acl, &others, err);
    return rc < 0 || acl == NULL ? rc : associate(t, acl, subnet, &id, err);
}

int ec2_acl_drop_subnet(struct np_txn *t, struct np_str subnet, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    size_t n;
    int rc = ec2_users(&db, subnet, "subnet", &users, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct ec2_item *acl;
        rc = ec2_find(&db, EC2_KIND_ACL, users[i], &acl, err);
        if (rc == NP_ENOENT) {
            rc = 0;
            continue;
        }
        const struct ec2_NetworkAcl *d = rc < 0 ? NULL : EC2_DETAIL(NetworkAcl, acl);
        for (size_t j = 0; rc == 0 && j < d->Associations.n; j++)
            if (np_str_eq(d->Associations.v[j].SubnetId, subnet))
                return dissociate(t, acl, j, err);
    }
    return rc;
}

/* The ACL of the VPC that has the association, and where. */
static int of_association(struct np_txn *t, struct np_str id, struct ec2_item **out, size_t *at,
                          struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **all;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_ACL, NP_STR_NULL, &all, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, all[i]);
        for (size_t j = 0; j < d->Associations.n; j++) {
            if (!np_str_eq(d->Associations.v[j].NetworkAclAssociationId, id))
                continue;
            *out = all[i];
            *at = j;
            return 0;
        }
    }
    return rc < 0 ? rc
                  : np_fault(err, &EC2_InvalidAssociationIDNotFound,
                             "The association ID '%.*s' does not exist", NP_FMT(id));
}

int ec2_ReplaceNetworkAclAssociation_apply(struct np_txn *t,
                                           const struct ec2_ReplaceNetworkAclAssociationRequest *in,
                                           struct ec2_ReplaceNetworkAclAssociationResult *out,
                                           struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *old = NULL, *acl;
    size_t at = 0;
    int rc = of_association(t, in->AssociationId, &old, &at, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_ACL, in->NetworkAclId, &acl, err);
    if (rc < 0)
        return rc;
    if (!np_str_eq(old->vpc, acl->vpc))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "networkAcl %.*s and the subnet of %.*s belong to different networks",
                        NP_FMT(acl->id), NP_FMT(in->AssociationId));
    struct np_str subnet = EC2_DETAIL(NetworkAcl, old)->Associations.v[at].SubnetId;
    rc = dissociate(t, old, at, err);
    if (np_str_eq(old->id, acl->id))
        acl = old;
    return rc < 0 ? rc : associate(t, acl, subnet, &out->NewAssociationId, err);
}

int ec2_DeleteNetworkAcl_apply(struct np_txn *t, const struct ec2_DeleteNetworkAclRequest *in,
                               struct ec2_DeleteNetworkAclOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *acl;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_ACL, in->NetworkAclId, &acl, err);
    if (rc < 0)
        return rc;
    const struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, acl);
    if (d->IsDefault.v)
        return np_fault(err, &EC2_InvalidParameterValue, "cannot delete default network ACL %.*s",
                        NP_FMT(acl->id));
    if (d->Associations.n > 0)
        return np_fault(err, &EC2_DependencyViolation,
                        "The networkAcl '%.*s' has dependencies and cannot be deleted.",
                        NP_FMT(acl->id));
    return ec2_drop(t, acl, err);
}

/* --- entries --- */

static int count_room(const struct ec2_NetworkAcl *d, bool egress, struct np_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < d->Entries.n; i++)
        n += d->Entries.v[i].Egress.v == egress && d->Entries.v[i].RuleNumber.v != EC2_ACL_LAST;
    if (n < EC2_ACL_ENTRIES_MAX)
        return 0;
    return np_fault(err, &EC2_NetworkAclEntryLimitExceeded,
                    "The maximum number of network acl entries has been reached.");
}

static int no_entry(struct np_err *err, int64_t number, bool egress, struct np_str acl)
{
    return np_fault(err, &EC2_InvalidNetworkAclEntryNotFound,
                    "The network acl entry identified by %lld (egress: %s) does not exist in "
                    "network acl '%.*s'",
                    (long long)number, egress ? "true" : "false", NP_FMT(acl));
}

static int put_entry(struct np_txn *t, struct np_str id, const struct ec2_acl_ask *ask,
                     bool replace, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_NetworkAclEntry e;
    struct ec2_item *acl;
    int rc = ec2_get(&db, EC2_KIND_ACL, id, &acl, err);
    if (rc == 0)
        rc = ec2_acl_entry(db.arena, ask, &e, err);
    if (rc < 0)
        return rc;
    struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, acl);
    size_t at = ec2_acl_entry_at(&d->Entries, ask->number, ask->egress);
    if (replace && at == d->Entries.n)
        return no_entry(err, ask->number, ask->egress, id);
    if (!replace && at < d->Entries.n)
        return np_fault(err, &EC2_NetworkAclEntryAlreadyExists,
                        "The network acl entry identified by %lld already exists.",
                        (long long)ask->number);
    if (replace)
        EC2_REMOVE(d->Entries, at);
    rc = count_room(d, ask->egress, err);
    if (rc < 0)
        return rc;
    ec2_acl_entry_insert(db.arena, &d->Entries, &e);
    return ec2_put(t, acl, err);
}

#define ENTRY_ASK(in)                                                                              \
    {                                                                                              \
        .number = (in)->RuleNumber.v, .egress = (in)->Egress.v, .protocol = (in)->Protocol,        \
        .action = (in)->RuleAction, .cidr = (in)->CidrBlock, .cidr6 = (in)->Ipv6CidrBlock,         \
        .icmp = (in)->IcmpTypeCode, .ports = (in)->PortRange                                       \
    }

int ec2_CreateNetworkAclEntry_apply(struct np_txn *t,
                                    const struct ec2_CreateNetworkAclEntryRequest *in,
                                    struct ec2_CreateNetworkAclEntryOutput *out, struct np_err *err)
{
    struct ec2_acl_ask ask = ENTRY_ASK(in);
    (void)out;
    return put_entry(t, in->NetworkAclId, &ask, false, err);
}

int ec2_ReplaceNetworkAclEntry_apply(struct np_txn *t,
                                     const struct ec2_ReplaceNetworkAclEntryRequest *in,
                                     struct ec2_ReplaceNetworkAclEntryOutput *out,
                                     struct np_err *err)
{
    struct ec2_acl_ask ask = ENTRY_ASK(in);
    (void)out;
    return put_entry(t, in->NetworkAclId, &ask, true, err);
}

int ec2_DeleteNetworkAclEntry_apply(struct np_txn *t,
                                    const struct ec2_DeleteNetworkAclEntryRequest *in,
                                    struct ec2_DeleteNetworkAclEntryOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *acl;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_ACL, in->NetworkAclId, &acl, err);
    if (rc < 0)
        return rc;
    struct ec2_NetworkAcl *d = EC2_DETAIL(NetworkAcl, acl);
    size_t at = ec2_acl_entry_at(&d->Entries, in->RuleNumber.v, in->Egress.v);
    if (at == d->Entries.n || in->RuleNumber.v == EC2_ACL_LAST)
        return no_entry(err, in->RuleNumber.v, in->Egress.v, in->NetworkAclId);
    EC2_REMOVE(d->Entries, at);
    return ec2_put(t, acl, err);
}

/* --- shown --- */

static const struct ec2_filter filters[] = {
    {.name = "association.association-id", .path = "Associations.NetworkAclAssociationId"},
    {.name = "association.network-acl-id", .path = "Associations.NetworkAclId"},
    {.name = "association.subnet-id", .path = "Associations.SubnetId"},
    {.name = "default", .path = "IsDefault"},
    {.name = "entry.cidr", .path = "Entries.CidrBlock"},
    {.name = "entry.egress", .path = "Entries.Egress"},
    {.name = "entry.icmp.code", .path = "Entries.IcmpTypeCode.Code"},
    {.name = "entry.icmp.type", .path = "Entries.IcmpTypeCode.Type"},
    {.name = "entry.ipv6-cidr", .path = "Entries.Ipv6CidrBlock"},
    {.name = "entry.port-range.from", .path = "Entries.PortRange.From"},
    {.name = "entry.port-range.to", .path = "Entries.PortRange.To"},
    {.name = "entry.protocol", .path = "Entries.Protocol"},
    {.name = "entry.rule-action", .path = "Entries.RuleAction"},
    {.name = "entry.rule-number", .path = "Entries.RuleNumber"},
    {.name = "network-acl-id", .path = "NetworkAclId"},
    {.name = "owner-id", .path = "OwnerId"},
    {.name = "vpc-id", .path = "VpcId"},
};

int ec2_DescribeNetworkAcls(struct np_req *rq, const struct ec2_DescribeNetworkAclsRequest *in,
                            struct ec2_DescribeNetworkAclsResult *out, struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_ACL, .filters = filters, .n_filters = NP_LEN(filters)};
    return ec2_describe(rq, &how, EC2_ASK(in, NetworkAclIds), &out->NetworkAcls, &out->NextToken,
                        err);
}
