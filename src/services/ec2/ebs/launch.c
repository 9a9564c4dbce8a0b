/* SPDX-License-Identifier: Apache-2.0 */
/* launch.c - volumes that come with an instance, and go with it. */
#include "services/ec2/ebs/ebs_int.h"

#include "aws/ids.h"

/* --- what is wanted of them, in begin --- */

struct prepare {
    struct np_req *rq;
    struct ec2_ebs_want *want;
    size_t n, i;
    int (*done)(struct np_req *rq, void *arg, int rc);
    void *arg;
    struct ec2_ebs_key key;
};

static bool wants_key(const struct np_req *rq, const struct ec2_EbsBlockDevice *ebs,
                      const struct ec2_item *snapshot)
{
    if (ebs->Encrypted.v || ebs->KmsKeyId.n != 0)
        return true;
    return (snapshot != NULL && EC2_SEEN(Snapshot, snapshot)->Encrypted.v) ||
           ec2_ebs_default(rq).Encrypted.v;
}

static int find_snapshot(struct np_req *rq, struct np_str id, const struct ec2_item **out,
                         struct np_err *err)
{
    *out = NULL;
    if (id.n == 0)
        return 0;
    const struct ec2_item *s = ec2_ebs_snapshot_see(rq, id);
    if (s == NULL)
        return ec2_not_found(err, EC2_KIND_SNAPSHOT, id);
    if (!np_str_is(EC2_SEEN(Snapshot, s)->State, "completed"))
        return np_fault(err, &EC2_IncorrectState, "Snapshot is in invalid state - %.*s",
                        NP_FMT(EC2_SEEN(Snapshot, s)->State));
    *out = s;
    return 0;
}

static int check_encryption(const struct ec2_EbsBlockDevice *ebs, const struct ec2_item *snapshot,
                            struct np_err *err)
{
    if (ebs->KmsKeyId.n != 0 && ebs->Encrypted.set && !ebs->Encrypted.v)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    if (snapshot != NULL && EC2_SEEN(Snapshot, snapshot)->Encrypted.v && ebs->Encrypted.set &&
        !ebs->Encrypted.v)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Snapshot %.*s is encrypted: a volume of it cannot be unencrypted.",
                        NP_FMT(snapshot->id));
    return 0;
}

static void take_key(struct prepare *p, const struct ec2_item *snapshot)
{
    const struct ec2_ebs_want *w = &p->want[p->i];
    p->key = (struct ec2_ebs_key){.rq = p->rq, .id = w->id, .wish = w->ebs->KmsKeyId};
    if (snapshot != NULL)
        ec2_ebs_key_source(&p->key, snapshot);
}

/* 1: it needs a key. */
static int prepare_one(struct prepare *p, struct np_err *err)
{
    static const struct ec2_EbsBlockDevice nothing;
    struct ec2_ebs_want *w = &p->want[p->i];
    const struct ec2_item *snapshot;
    if (w->ebs == NULL)
        w->ebs = &nothing;
    int rc = find_snapshot(p->rq, w->ebs->SnapshotId, &snapshot, err);
    if (rc == 0)
        rc = check_encryption(w->ebs, snapshot, err);
    if (rc != 0)
        return rc;
    int64_t least = w->least_gib;
    if (snapshot != NULL && EC2_SEEN(Snapshot, snapshot)->VolumeSize.v > least)
        least = EC2_SEEN(Snapshot, snapshot)->VolumeSize.v;
    struct ec2_ebs_size s = {.type = w->ebs->VolumeType,
                             .gib = w->ebs->VolumeSize.v,
                             .iops = w->ebs->Iops.v,
                             .iops_set = w->ebs->Iops.set,
                             .throughput = w->ebs->Throughput.v,
                             .throughput_set = w->ebs->Throughput.set};
    if (s.gib == 0 && least == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter size or snapshotId");
    rc = ec2_ebs_size(&s, least, w->ebs->SnapshotId, err);
    if (rc != 0)
        return rc;
    w->id = np_id_hex(p->rq->arena, "vol-", 17);
    w->snapshot = w->ebs->SnapshotId;
    if (snapshot != NULL && w->image.n == 0)
        w->image = np_str_dup(p->rq->arena, EC2_OWN(SnapshotOwn, snapshot)->Image);
    w->type = s.type;
    w->size_gib = s.gib;
    w->iops = s.iops;
    w->throughput = s.throughput;
    w->delete_on_termination = w->ebs->DeleteOnTermination.set ? w->ebs->DeleteOnTermination.v
                                                               : w->root || w->ebs != &nothing;
    if (!wants_key(p->rq, w->ebs, snapshot))
        return 0;
    take_key(p, snapshot);
    return 1;
}

static void got_key(struct ec2_ebs_key *k, int rc);

/* 0: all are done; 1: a key was asked for. */
static int advance(struct prepare *p, struct np_err *err)
{
    int rc = 0;
    while (p->i < p->n && (rc = prepare_one(p, err)) == 0)
        p->i++;
    if (rc != 1)
        return rc;
    p->key.done = got_key;
    p->key.arg = p;
    ec2_ebs_key_get(&p->key);
    return 1;
}

static void got_key(struct ec2_ebs_key *k, int rc)
{
    struct prepare *p = k->arg;
    struct ec2_ebs_want *w = &p->want[p->i];
    if (rc == 0) {
        w->key = k->key;
        w->kms_key = k->arn;
        p->i++;
        rc = advance(p, &p->rq->err);
    }
    if (rc != 1)
        p->done(p->rq, p->arg, rc);
}

int ec2_ebs_prepare(struct np_req *rq, struct ec2_ebs_want *want, size_t n,
                    int (*done)(struct np_req *rq, void *arg, int rc), void *arg,
                    struct np_err *err)
{
    struct prepare *p = np_new(rq->arena, struct prepare);
    *p = (struct prepare){.rq = rq, .want = want, .n = n, .done = done, .arg = arg};
    int rc = advance(p, err);
    return rc == 1 ? NP_LATER : done(rq, arg, rc);
}

/* --- made, in apply --- */

struct ec2_item *ec2_ebs_make(struct np_txn *t, const struct ec2_ebs_want *w, struct np_str zone)
{
    struct ec2_item *it = ec2_new(t, EC2_KIND_VOLUME);
    struct ec2_Volume *d = it->detail;
    struct ec2_VolumeOwn *own = it->own;
    struct ec2_zone z;
    it->id = d->VolumeId = w->id;
    d->AvailabilityZone = zone;
    if (ec2_zone(np_txn_arena(t), it->region, zone, &z))
        d->AvailabilityZoneId = z.id;
    d->CreateTime = ec2_int(np_txn_now_ms(t));
    d->State = NP_STR("creating");
    d->Size = ec2_int(w->size_gib);
    d->VolumeType = w->type;
    d->SnapshotId = w->snapshot.n != 0 ? w->snapshot : NP_STR("");
    d->Encrypted = ec2_bool(w->key != NULL);
    d->MultiAttachEnabled = ec2_bool(false);
    d->Attachments.set = true;
    if (w->iops != 0)
        d->Iops = ec2_int(w->iops);
    if (w->throughput != 0)
        d->Throughput = ec2_int(w->throughput);
    if (w->key != NULL) {
        d->KmsKeyId = w->kms_key;
        own->Key = (struct ec2_EbsKey *)(uintptr_t)w->key;
    }
    own->Image = w->image;
    return it;
}

/* Volumes and their bytes together. */
int ec2_ebs_quota(struct np_txn *t, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n = 0;
    int rc = ec2_count(&db, EC2_KIND_VOLUME, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_VOLUMES_MAX)
        return np_fault(err, &EC2_VolumeLimitExceeded,
                        "You have exceeded your maximum volume limit of %d.", EC2_VOLUMES_MAX);
    return rc;
}

static int tags_of(struct np_txn *t, const struct ec2_TagSpecificationList *specs,
                   struct ec2_tags *out, struct np_err *err)
{
    static const char *const types[] = {
        "instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu", NULL};
    *out = (struct ec2_tags){0};
    return specs != NULL ? ec2_tag_specs(np_txn_arena(t), specs, types, "volume", out, err) : 0;
}

int ec2_ebs_launch(struct np_txn *t, const struct ec2_ebs_want *w, struct np_str zone,
                   struct np_str instance, const struct ec2_TagSpecificationList *specs,
                   struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_tags tags;
    int rc = ec2_ebs_quota(t, err);
    if (rc == 0)
        rc = tags_of(t, specs, &tags, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_ebs_make(t, w, zone);
    struct ec2_VolumeAttachment *at =
        ec2_ebs_attach_to(a, it, instance, w->device, np_txn_now_ms(t));
    at->DeleteOnTermination = ec2_bool(w->delete_on_termination);
    rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "instance", instance, err);
    return rc == 0 ? ec2_tag(t, it, tags.v, tags.n, err) : rc;
}

/* --- what an instance has --- */

static int by_device(const void *a, const void *b)
{
    return np_str_cmp(((const struct ec2_ebs_attached *)a)->device,
                      ((const struct ec2_ebs_attached *)b)->device);
}

static bool look_at(struct ec2_ebs_attached *out, const struct ec2_Volume *d,
                    struct np_str instance)
{
    for (size_t i = 0; i < d->Attachments.n; i++) {
        const struct ec2_VolumeAttachment *at = &d->Attachments.v[i];
        if (!np_str_eq(at->InstanceId, instance))
            continue;
        *out = (struct ec2_ebs_attached){.volume = d->VolumeId,
                                         .device = at->Device,
                                         .state = at->State,
                                         .attached_ms = at->AttachTime.v,
                                         .delete_on_termination = at->DeleteOnTermination.v,
                                         .detail = d};
        return true;
    }
    return false;
}

void ec2_ebs_view_instance(const struct ec2_view *view, struct np_str instance, struct np_arena *a,
                           struct ec2_ebs_list *out)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_of(view, EC2_KIND_VOLUME, instance, &all);
    *out = (struct ec2_ebs_list){.v = np_new_array(a, struct ec2_ebs_attached, n)};
    for (size_t i = 0; i < n; i++)
        if (look_at(&out->v[out->n], all[i]->detail, instance))
            out->n++;
    if (out->n > 1)
        qsort(out->v, out->n, sizeof(*out->v), by_device);
}

/* Items of volumes that refer to it. */
static int items_of(struct np_txn *t, struct np_str instance, struct ec2_item ***out, size_t *n,
                    struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *ids;
    size_t all = 0;
    int rc = ec2_users(&db, instance, "instance", &ids, &all, err);
    *out = np_new_array(db.arena, struct ec2_item *, all + 1);
    *n = 0;
    for (size_t i = 0; rc == 0 && i < all; i++) {
        if (!np_str_starts(ids[i], NP_STR("vol-")))
            continue;
        rc = ec2_get(&db, EC2_KIND_VOLUME, ids[i], &(*out)[*n], err);
        *n += rc == 0;
    }
    return rc;
}

int ec2_ebs_of_instance(struct np_txn *t, struct np_str instance, struct ec2_ebs_list *out,
                        struct np_err *err)
{
    struct ec2_item **items;
    size_t n;
    int rc = items_of(t, instance, &items, &n, err);
    if (rc != 0)
        return rc;
    *out =
        (struct ec2_ebs_list){.v = np_new_array(np_txn_arena(t), struct ec2_ebs_attached, n + 1)};
    for (size_t i = 0; i < n; i++)
        out->n += look_at(&out->v[out->n], items[i]->detail, instance);
    qsort(out->v, out->n, sizeof(*out->v), by_device);
    return 0;
}

int ec2_ebs_end_instance(struct np_txn *t, struct np_str instance, struct np_err *err)
{
    struct ec2_item **items;
    size_t n;
    int rc = items_of(t, instance, &items, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct ec2_Volume *d = items[i]->detail;
        struct ec2_ebs_attached at = {0};
        look_at(&at, d, instance);
        d->Attachments.n = 0;
        if (np_str_is(d->State, "in-use"))
            d->State = NP_STR("available");
        rc = ec2_unref(t, items[i], "instance", instance, err);
        if (rc == 0)
            rc = at.delete_on_termination ? ec2_ebs_volume_delete(t, items[i], err)
                                          : ec2_put(t, items[i], err);
    }
    return rc;
}

int ec2_ebs_set_delete_on_termination(struct np_txn *t, struct np_str instance,
                                      struct np_str device, bool on, struct np_err *err)
{
    struct ec2_item **items;
    size_t n;
    int rc = items_of(t, instance, &items, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct ec2_Volume *d = items[i]->detail;
        struct ec2_ebs_attached at;
        if (!look_at(&at, d, instance) || !np_str_eq(at.device, device))
            continue;
        d->Attachments.v[0].DeleteOnTermination = ec2_bool(on);
        return ec2_put(t, items[i], err);
    }
    return rc != 0 ? rc
                   : np_fault(err, &EC2_InvalidInstanceAttributeValue,
                              "No device is currently mapped at %.*s", NP_FMT(device));
}
