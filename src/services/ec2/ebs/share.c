/* SPDX-License-Identifier: Apache-2.0 */
/* share.c - who may make volumes of a snapshot. */
#include "services/ec2/ebs/ebs_int.h"

#include "aws/provider.h"

/* --- permissions --- */

static int get_own(struct np_txn *t, struct np_str id, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    return ec2_get(&db, EC2_KIND_SNAPSHOT, id, out, err);
}

int ec2_DescribeSnapshotAttribute(struct np_req *rq,
                                  const struct ec2_DescribeSnapshotAttributeRequest *in,
                                  struct ec2_DescribeSnapshotAttributeResult *out,
                                  struct np_err *err)
{
    const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_SNAPSHOT, in->SnapshotId);
    if (it == NULL)
        return ec2_not_found(err, EC2_KIND_SNAPSHOT, in->SnapshotId);
    out->SnapshotId = it->id;
    if (np_str_is(in->Attribute, "productCodes")) {
        out->ProductCodes.set = true;
        return 0;
    }
    out->CreateVolumePermissions = EC2_OWN(SnapshotOwn, it)->Permissions;
    out->CreateVolumePermissions.set = true;
    return 0;
}

static bool same(const struct ec2_CreateVolumePermission *a,
                 const struct ec2_CreateVolumePermission *b)
{
    return np_str_eq(a->UserId, b->UserId) && np_str_eq(a->Group, b->Group);
}

static int add(struct np_txn *t, struct ec2_item *it, struct ec2_CreateVolumePermission p,
               struct np_err *err)
{
    struct ec2_CreateVolumePermissionList *l = &EC2_OWN(SnapshotOwn, it)->Permissions;
    const struct ec2_Snapshot *d = it->detail;
    for (size_t i = 0; i < l->n; i++)
        if (same(&l->v[i], &p))
            return 0;
    if (p.Group.n != 0 && (!np_str_is(p.Group, "all") || d->Encrypted.v))
        return np_fault(err, &EC2_OperationNotPermitted,
                        "Encrypted snapshots cannot be shared publicly.");
    if (p.Group.n == 0 && !np_account_exists(np_txn_req(t)->core, p.UserId))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The following account IDs are invalid: %.*s", NP_FMT(p.UserId));
    if (l->n >= EC2_SNAPSHOT_ACCOUNTS_MAX)
        return np_fault(err, &EC2_ResourceLimitExceeded,
                        "A snapshot can be shared with at most %d accounts.",
                        EC2_SNAPSHOT_ACCOUNTS_MAX);
    struct ec2_CreateVolumePermission *v =
        np_new_array(np_txn_arena(t), struct ec2_CreateVolumePermission, l->n + 1);
    if (l->n != 0)
        memcpy(v, l->v, l->n * sizeof(*v));
    v[l->n] = p;
    *l = (struct ec2_CreateVolumePermissionList){v, l->n + 1, true};
    return 0;
}

static int drop(struct np_txn *t, struct ec2_item *it, struct ec2_CreateVolumePermission p,
                struct np_err *err)
{
    struct ec2_CreateVolumePermissionList *l = &EC2_OWN(SnapshotOwn, it)->Permissions;
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++)
        if (!same(&l->v[i], &p))
            l->v[kept++] = l->v[i];
    l->n = kept;
    return 0;
}

typedef int change_fn(struct np_txn *t, struct ec2_item *it, struct ec2_CreateVolumePermission p,
                      struct np_err *err);

static int each(struct np_txn *t, struct ec2_item *it,
                const struct ec2_CreateVolumePermissionList *l, change_fn *fn, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++)
        rc = fn(t, it, l->v[i], err);
    return rc;
}

/* The older way to say it: OperationType with UserIds and GroupNames. */
static int by_operation(struct np_txn *t, struct ec2_item *it,
                        const struct ec2_ModifySnapshotAttributeRequest *in, struct np_err *err)
{
    change_fn *fn = np_str_is(in->OperationType, "remove") ? drop : add;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < in->UserIds.n; i++)
        rc = fn(t, it, (struct ec2_CreateVolumePermission){.UserId = in->UserIds.v[i]}, err);
    for (size_t i = 0; rc == 0 && i < in->GroupNames.n; i++)
        rc = fn(t, it, (struct ec2_CreateVolumePermission){.Group = in->GroupNames.v[i]}, err);
    return rc;
}

int ec2_ModifySnapshotAttribute_apply(struct np_txn *t,
                                      const struct ec2_ModifySnapshotAttributeRequest *in,
                                      struct ec2_ModifySnapshotAttributeOutput *out,
                                      struct np_err *err)
{
    struct ec2_item *it;
    (void)out;
    int rc = get_own(t, in->SnapshotId, &it, err);
    if (rc != 0)
        return rc;
    if (in->Attribute.n != 0 && !np_str_is(in->Attribute, "createVolumePermission"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Attribute %.*s of a snapshot cannot be changed.", NP_FMT(in->Attribute));
    if (in->CreateVolumePermission == NULL && in->OperationType.n == 0)
        return np_fault(err, &EC2_InvalidParameterCombination, "No attributes specified.");
    if (in->CreateVolumePermission != NULL) {
        rc = each(t, it, &in->CreateVolumePermission->Add, add, err);
        if (rc == 0)
            rc = each(t, it, &in->CreateVolumePermission->Remove, drop, err);
    }
    if (rc == 0 && in->OperationType.n != 0)
        rc = by_operation(t, it, in, err);
    return rc == 0 ? ec2_put(t, it, err) : rc;
}

int ec2_ResetSnapshotAttribute_apply(struct np_txn *t,
                                     const struct ec2_ResetSnapshotAttributeRequest *in,
                                     struct ec2_ResetSnapshotAttributeOutput *out,
                                     struct np_err *err)
{
    struct ec2_item *it;
    (void)out;
    int rc = get_own(t, in->SnapshotId, &it, err);
    if (rc == 0 && !np_str_is(in->Attribute, "createVolumePermission"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Attribute %.*s of a snapshot cannot be reset.", NP_FMT(in->Attribute));
    if (rc != 0)
        return rc;
    EC2_OWN(SnapshotOwn, it)->Permissions.n = 0;
    return ec2_put(t, it, err);
}
