/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.c - snapshots: taken, described, deleted. */
#include "services/ec2/ebs/ebs_int.h"
#include "services/ec2/filter_int.h"
#include "services/ec2/instance/instance.h"

/* --- who may use one --- */

bool ec2_ebs_may_use(const struct ec2_item *s, struct np_str account)
{
    if (np_str_eq(s->account, account))
        return true;
    const struct ec2_CreateVolumePermissionList *p = &EC2_OWN(SnapshotOwn, s)->Permissions;
    for (size_t i = 0; i < p->n; i++)
        if (np_str_eq(p->v[i].UserId, account) || np_str_is(p->v[i].Group, "all"))
            return true;
    return false;
}

const struct ec2_item *ec2_ebs_snapshot_see(const struct np_req *rq, struct np_str id)
{
    const struct ec2_item *s = ec2_see_any(rq->core, id);
    return s != NULL && s->kind->id == EC2_KIND_SNAPSHOT && np_str_eq(s->region, rq->region) &&
                   ec2_ebs_may_use(s, rq->account)
               ? s
               : NULL;
}

const struct ec2_Snapshot *ec2_ebs_snapshot_find(struct np_req *rq, struct np_str id)
{
    const struct ec2_item *s = ec2_ebs_snapshot_see(rq, id);
    return s != NULL ? s->detail : NULL;
}

struct np_str ec2_ebs_snapshot_folder(const struct np_core *core, struct np_str snapshot)
{
    const struct ec2_item *s = ec2_see_any(core, snapshot);
    return s != NULL && s->kind->id == EC2_KIND_SNAPSHOT ? EC2_OWN(SnapshotOwn, s)->Image
                                                         : NP_STR_NULL;
}

/* --- taking --- */

int ec2_ebs_snapshot_quota(struct np_txn *t, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n = 0;
    int rc = ec2_count(&db, EC2_KIND_SNAPSHOT, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_SNAPSHOTS_MAX)
        return np_fault(err, &EC2_SnapshotLimitExceeded,
                        "You have exceeded your maximum snapshot limit of %d.", EC2_SNAPSHOTS_MAX);
    return rc;
}

static int volume_ok(const struct ec2_item *volume, struct np_err *err)
{
    struct np_str state = EC2_SEEN(Volume, volume)->State;
    return np_str_is(state, "available") || np_str_is(state, "in-use")
               ? 0
               : np_fault(err, &EC2_IncorrectState, "Volume '%.*s' is in the '%.*s' state.",
                          NP_FMT(volume->id), NP_FMT(state));
}

int ec2_ebs_snapshot_make(struct np_txn *t, struct ec2_item *volume, struct np_str description,
                          struct ec2_tags tags, struct ec2_item **out, struct np_err *err)
{
    const struct ec2_Volume *v = volume->detail;
    int rc = volume_ok(volume, err);
    if (rc == 0)
        rc = ec2_ebs_snapshot_quota(t, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_SNAPSHOT);
    struct ec2_Snapshot *d = it->detail;
    struct ec2_SnapshotOwn *own = it->own;
    d->VolumeId = volume->id;
    d->State = NP_STR("pending");
    d->StartTime = ec2_int(np_txn_now_ms(t));
    d->Progress = NP_STR("");
    d->OwnerId = it->account;
    d->Description = description.p != NULL ? description : NP_STR("");
    d->VolumeSize = v->Size;
    d->Encrypted = ec2_bool(v->Encrypted.v);
    d->KmsKeyId = v->KmsKeyId;
    d->StorageTier = NP_STR("standard");
    own->Key = EC2_OWN(VolumeOwn, volume)->Key;
    own->Of = volume->id;
    own->Image = EC2_OWN(VolumeOwn, volume)->Image;
    rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "source", volume->id, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = it;
    return rc;
}

int ec2_ebs_snapshot(struct np_txn *t, struct np_str volume, struct np_str description,
                     const struct ec2_TagSpecificationList *specs, struct np_str *id,
                     struct np_err *err)
{
    static const char *const types[] = {"image", "snapshot", NULL};
    struct ec2_db db = ec2_db(t);
    struct ec2_tags tags = {0};
    struct ec2_item *it, *made;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, volume, &it, err);
    if (rc == 0 && specs != NULL)
        rc = ec2_tag_specs(db.arena, specs, types, "snapshot", &tags, err);
    if (rc == 0)
        rc = ec2_ebs_snapshot_make(t, it, description, tags, &made, err);
    if (rc == 0)
        *id = made->id;
    return rc;
}

int ec2_CreateSnapshot_apply(struct np_txn *t, const struct ec2_CreateSnapshotRequest *in,
                             struct ec2_Snapshot *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_tags tags;
    struct ec2_item *it, *made;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
    if (rc == 0)
        rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_SNAPSHOT, &tags, err);
    if (rc == 0)
        rc = ec2_ebs_snapshot_make(t, it, in->Description, tags, &made, err);
    if (rc == 0)
        *out = *(struct ec2_Snapshot *)made->detail;
    return rc;
}

/* --- of all volumes of an instance --- */

static bool is_excluded(const struct ec2_InstanceSpecification *spec,
                        const struct ec2_item *instance, const struct ec2_ebs_attached *at)
{
    for (size_t i = 0; i < spec->ExcludeDataVolumeIds.n; i++)
        if (np_str_eq(spec->ExcludeDataVolumeIds.v[i], at->volume))
            return true;
    return spec->ExcludeBootVolume.v &&
           np_str_eq(at->device, EC2_SEEN(Instance, instance)->RootDeviceName);
}

static struct ec2_SnapshotInfo info_of(const struct ec2_item *it)
{
    const struct ec2_Snapshot *d = it->detail;
    return (struct ec2_SnapshotInfo){.Description = d->Description,
                                     .Tags = d->Tags,
                                     .Encrypted = d->Encrypted,
                                     .VolumeId = d->VolumeId,
                                     .State = d->State,
                                     .VolumeSize = d->VolumeSize,
                                     .StartTime = d->StartTime,
                                     .Progress = d->Progress,
                                     .OwnerId = d->OwnerId,
                                     .SnapshotId = d->SnapshotId};
}

static int one_of_many(struct np_txn *t, const struct ec2_CreateSnapshotsRequest *in,
                       struct np_str volume, struct ec2_tags tags, struct ec2_SnapshotSet *out,
                       struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *made;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, volume, &it, err);
    if (rc == 0 && np_str_is(in->CopyTagsFromSource, "volume")) {
        ec2_tags_read(&db, it);
        struct np_tag *all = np_new_array(db.arena, struct np_tag, it->n_tags + tags.n + 1);
        size_t n = 0;
        for (size_t i = 0; i < it->n_tags; i++)
            if (!np_str_starts(it->tags[i].key, NP_STR("aws:")))
                all[n++] = it->tags[i];
        for (size_t i = 0; i < tags.n; i++)
            all[n++] = tags.v[i];
        tags = (struct ec2_tags){all, n};
    }
    if (rc == 0)
        rc = ec2_ebs_snapshot_make(t, it, in->Description, tags, &made, err);
    if (rc == 0)
        out->v[out->n++] = info_of(made);
    return rc;
}

int ec2_CreateSnapshots_apply(struct np_txn *t, const struct ec2_CreateSnapshotsRequest *in,
                              struct ec2_CreateSnapshotsResult *out, struct np_err *err)
{
    struct ec2_ebs_list has;
    struct ec2_item *instance;
    struct ec2_tags tags;
    const struct ec2_InstanceSpecification *spec = in->InstanceSpecification;
    int rc = ec2_instance_get(t, spec->InstanceId, false, &instance, err);
    if (rc == 0)
        rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_SNAPSHOT, &tags, err);
    if (rc == 0)
        rc = ec2_ebs_of_instance(t, spec->InstanceId, &has, err);
    if (rc != 0)
        return rc;
    out->Snapshots = (struct ec2_SnapshotSet){
        .v = np_new_array(np_txn_arena(t), struct ec2_SnapshotInfo, has.n + 1), .set = true};
    for (size_t i = 0; rc == 0 && i < has.n; i++)
        if (!is_excluded(spec, instance, &has.v[i]))
            rc = one_of_many(t, in, has.v[i].volume, tags, &out->Snapshots, err);
    if (rc == 0 && out->Snapshots.n == 0)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Instance %.*s has no volume to take a snapshot of.",
                        NP_FMT(spec->InstanceId));
    return rc;
}

/* --- deleting --- */

int ec2_ebs_snapshot_delete(struct np_txn *t, struct np_str id, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *volume;
    struct np_str *users;
    size_t n;
    int rc = ec2_get(&db, EC2_KIND_SNAPSHOT, id, &it, err);
    if (rc == 0)
        rc = ec2_users(&db, id, NULL, &users, &n, err);
    if (rc == 0 && n != 0)
        return np_fault(err, &EC2_InvalidSnapshotInUse,
                        "The snapshot %.*s is currently in use by %.*s", NP_FMT(id),
                        NP_FMT(users[0]));
    if (rc != 0)
        return rc;
    struct np_str of = EC2_OWN(SnapshotOwn, it)->Of;
    bool pending = np_str_is(EC2_DETAIL(Snapshot, it)->State, "pending");
    rc = ec2_drop(t, it, err);
    /* A volume may have waited for it. */
    if (rc == 0 && pending && ec2_find(&db, EC2_KIND_VOLUME, of, &volume, err) == 0 &&
        np_str_is(EC2_DETAIL(Volume, volume)->State, "deleting"))
        rc = ec2_ebs_volume_delete(t, volume, err);
    return rc;
}

int ec2_ebs_snapshot_drop(struct np_txn *t, struct np_str id, struct np_err *err)
{
    return ec2_ebs_snapshot_delete(t, id, err);
}

int ec2_DeleteSnapshot_apply(struct np_txn *t, const struct ec2_DeleteSnapshotRequest *in,
                             struct ec2_DeleteSnapshotOutput *out, struct np_err *err)
{
    (void)out;
    return ec2_ebs_snapshot_delete(t, in->SnapshotId, err);
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"description", "Description", NULL},  {"encrypted", "Encrypted", NULL},
    {"owner-alias", "OwnerAlias", NULL},   {"owner-id", "OwnerId", NULL},
    {"progress", "Progress", NULL},        {"snapshot-id", "SnapshotId", NULL},
    {"start-time", "StartTime", NULL},     {"status", "State", NULL},
    {"storage-tier", "StorageTier", NULL}, {"transfer-type", "TransferType", NULL},
    {"volume-id", "VolumeId", NULL},       {"volume-size", "VolumeSize", NULL},
};

struct gathering {
    struct np_req *rq;
    const struct ec2_DescribeSnapshotsRequest *in;
    struct ec2_SnapshotList *out;
    struct ec2_test *tests;
    size_t n_tests;
    const struct ec2_view *view;
};

static bool named(struct np_req *rq, const struct np_str *v, size_t n, struct np_str account)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(v[i], account) ||
            (np_str_is(v[i], "self") && np_str_eq(account, rq->account)))
            return true;
    return n == 0;
}

/* RestorableBy: "self", an account, or "all" for public ones. */
static bool restorable(const struct gathering *g, const struct ec2_item *it)
{
    const struct np_strs *by = &g->in->RestorableByUserIds;
    for (size_t i = 0; i < by->n; i++) {
        struct np_str who = np_str_is(by->v[i], "self") ? g->rq->account : by->v[i];
        if (ec2_ebs_may_use(it, who))
            return true;
    }
    return by->n == 0;
}

static int gather_one(void *arg, const struct ec2_item *it)
{
    struct gathering *g = arg;
    const struct np_strs *ids = &g->in->SnapshotIds;
    bool asked = ids->n == 0;
    for (size_t i = 0; i < ids->n; i++)
        asked = asked || np_str_eq(ids->v[i], it->id);
    if (!asked || !ec2_ebs_may_use(it, g->rq->account) ||
        !named(g->rq, g->in->OwnerIds.v, g->in->OwnerIds.n, it->account) || !restorable(g, it))
        return 0;
    struct ec2_SnapshotList *l = g->out;
    l->v = np_array_grow(g->rq->arena, l->v, l->n, sizeof(*l->v));
    l->v[l->n] = *EC2_SEEN(Snapshot, it);
    bool own = np_str_eq(it->account, g->rq->account);
    if (!own)
        l->v[l->n].Tags = (struct ec2_TagList){.set = true}; /* tags are their owner's */
    l->n += ec2_filters_fit(g->tests, g->n_tests, g->view, own ? it : NULL, &l->v[l->n]);
    return 0;
}

static void gather_view(void *arg, const struct ec2_view *v)
{
    struct gathering *g = arg;
    g->view = v;
    if (np_str_eq(ec2_view_region(v), g->rq->region))
        ec2_each(v, EC2_KIND_SNAPSHOT, gather_one, arg);
}

static int by_id(const void *a, const void *b)
{
    return np_str_cmp(((const struct ec2_Snapshot *)a)->SnapshotId,
                      ((const struct ec2_Snapshot *)b)->SnapshotId);
}

int ec2_DescribeSnapshots(struct np_req *rq, const struct ec2_DescribeSnapshotsRequest *in,
                          struct ec2_DescribeSnapshotsResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {.shape = &ec2_Snapshot_shape};
    const struct ec2_filter_table table = {&ec2_Snapshot_shape, NULL, filters, NP_LEN(filters)};
    const struct ec2_ask ask = {.max = in->MaxResults, .token = in->NextToken};
    for (size_t i = 0; i < in->SnapshotIds.n; i++)
        if (ec2_ebs_snapshot_see(rq, in->SnapshotIds.v[i]) == NULL)
            return ec2_not_found(err, EC2_KIND_SNAPSHOT, in->SnapshotIds.v[i]);
    out->Snapshots.set = true;
    struct gathering g = {.rq = rq, .in = in, .out = &out->Snapshots};
    int rc = ec2_filters_ready(rq->arena, &table, &in->Filters, &g.tests, &g.n_tests, err);
    if (rc != 0)
        return rc;
    ec2_each_view(rq->core, gather_view, &g);
    if (out->Snapshots.n > 1)
        qsort(out->Snapshots.v, out->Snapshots.n, sizeof(*out->Snapshots.v), by_id);
    return ec2_filter_rows(rq, &rows, &ask, &out->Snapshots, &out->NextToken, err);
}
