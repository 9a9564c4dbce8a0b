/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - copies of snapshots, of this and of other regions, under this or another key. */
#include "services/ec2/ebs/ebs_int.h"

#include "aws/ids.h"

#define OF_NO_VOLUME "vol-ffffffff"

/* --- in begin --- */

struct prepare {
    struct np_req *rq;
    struct ec2_ebs_copy *v;
    size_t n, i;
    int (*done)(struct np_req *rq, void *arg, int rc);
    void *arg;
    struct ec2_ebs_key key;
};

static const struct ec2_item *source(const struct np_req *rq, const struct ec2_ebs_copy *c)
{
    const struct ec2_item *s = ec2_see_any(rq->core, c->source);
    return s != NULL && s->kind->id == EC2_KIND_SNAPSHOT &&
                   np_str_eq(s->region, c->source_region) && ec2_ebs_may_use(s, rq->account)
               ? s
               : NULL;
}

static int check(const struct np_req *rq, const struct ec2_ebs_copy *c, const struct ec2_item *s,
                 struct np_err *err)
{
    if (!np_region_ok(rq->core, c->source_region))
        return np_fault(err, &EC2_InvalidParameterValue, "Invalid region: %.*s",
                        NP_FMT(c->source_region));
    if (s == NULL)
        return ec2_not_found(err, EC2_KIND_SNAPSHOT, c->source);
    const struct ec2_Snapshot *d = s->detail;
    if (!np_str_is(d->State, "completed"))
        return np_fault(err, &EC2_IncorrectState, "Snapshot %.*s is not 'completed'.",
                        NP_FMT(s->id));
    if (d->Encrypted.v && c->encrypted.set && !c->encrypted.v)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "A copy of an encrypted snapshot cannot be unencrypted.");
    if (c->kms_key.n != 0 && !c->encrypted.v)
        return np_fault(err, &EC2_InvalidParameterDependency,
                        "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    return 0;
}

/* 1: it needs a key. */
static int prepare_one(struct prepare *p, struct np_err *err)
{
    struct np_req *rq = p->rq;
    struct ec2_ebs_copy *c = &p->v[p->i];
    const struct ec2_item *s = source(rq, c);
    int rc = check(rq, c, s, err);
    if (rc != 0)
        return rc;
    const struct ec2_Snapshot *d = s->detail;
    c->id = np_id_hex(rq->arena, "snap-", 17);
    c->size_gib = d->VolumeSize.v;
    c->folder = np_str_dup(rq->arena, EC2_OWN(SnapshotOwn, s)->Image);
    c->seal = !d->Encrypted.v;
    if (!d->Encrypted.v && !c->encrypted.v && !ec2_ebs_default(rq).Encrypted.v)
        return 0;
    p->key = (struct ec2_ebs_key){.rq = rq, .id = c->id, .wish = c->kms_key};
    ec2_ebs_key_source(&p->key, s);
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
    if (rc == 0) {
        p->v[p->i].key = k->key;
        p->v[p->i].arn = k->arn;
        p->i++;
        rc = advance(p, &p->rq->err);
    }
    if (rc != 1)
        p->done(p->rq, p->arg, rc);
}

int ec2_ebs_copy_prepare(struct np_req *rq, struct ec2_ebs_copy *v, size_t n,
                         int (*done)(struct np_req *rq, void *arg, int rc), void *arg,
                         struct np_err *err)
{
    struct prepare *p = np_new(rq->arena, struct prepare);
    *p = (struct prepare){.rq = rq, .v = v, .n = n, .done = done, .arg = arg};
    int rc = advance(p, err);
    return rc == 1 ? NP_LATER : done(rq, arg, rc);
}

/* --- in apply --- */

static void fill(struct np_txn *t, const struct ec2_ebs_copy *c, struct np_str description,
                 struct ec2_item *it)
{
    struct ec2_Snapshot *d = it->detail;
    struct ec2_SnapshotOwn *own = it->own;
    it->id = d->SnapshotId = c->id;
    d->VolumeId = NP_STR(OF_NO_VOLUME); /* AWS: a copy is of no volume */
    d->State = NP_STR("pending");
    d->StartTime = ec2_int(np_txn_now_ms(t));
    d->Progress = NP_STR("");
    d->OwnerId = it->account;
    d->Description = description.p != NULL ? description : NP_STR("");
    d->VolumeSize = ec2_int(c->size_gib);
    d->Encrypted = ec2_bool(c->key != NULL);
    d->StorageTier = NP_STR("standard");
    own->Of = c->source;
    own->Image = c->folder;
    if (c->key == NULL)
        return;
    d->KmsKeyId = c->arn;
    own->Key = (struct ec2_EbsKey *)(uintptr_t)c->key;
    own->Seal = ec2_bool(c->seal);
}

static int make(struct np_txn *t, const struct ec2_ebs_copy *c, struct np_str description,
                struct ec2_tags tags, struct ec2_item **out, struct np_err *err)
{
    int rc = ec2_ebs_snapshot_quota(t, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_SNAPSHOT);
    fill(t, c, description, it);
    rc = ec2_put(t, it, err);
    *out = it;
    return rc == 0 ? ec2_tag(t, it, tags.v, tags.n, err) : rc;
}

int ec2_ebs_copy(struct np_txn *t, const struct ec2_ebs_copy *c, struct np_str description,
                 const struct ec2_TagSpecificationList *specs, struct np_err *err)
{
    static const char *const types[] = {"image", "snapshot", NULL};
    struct ec2_tags tags = {0};
    struct ec2_item *it;
    int rc =
        specs != NULL ? ec2_tag_specs(np_txn_arena(t), specs, types, "snapshot", &tags, err) : 0;
    return rc != 0 ? rc : make(t, c, description, tags, &it, err);
}

/* --- CopySnapshot --- */

struct plan { /* from begin to apply */
    struct ec2_ebs_copy copy;
    bool at_once;
};

static int prepared(struct np_req *rq, void *arg, int rc)
{
    struct plan *p = arg;
    if (rc == 0)
        rq->priv = p;
    if (p->at_once)
        return rc != 0 ? rc : np_apply(rq);
    if (rc != 0)
        np_req_done(rq, rc);
    else
        np_req_apply(rq);
    return 0;
}

int ec2_CopySnapshot_begin(struct np_req *rq, const struct ec2_CopySnapshotRequest *in,
                           struct np_err *err)
{
    struct plan *p = np_new(rq->arena, struct plan);
    if (in->DestinationRegion.n != 0 && !np_str_eq(in->DestinationRegion, rq->region))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The destination region is the one that is asked: %.*s",
                        NP_FMT(rq->region));
    p->copy = (struct ec2_ebs_copy){.source_region = in->SourceRegion,
                                    .source = in->SourceSnapshotId,
                                    .encrypted = in->Encrypted,
                                    .kms_key = in->KmsKeyId};
    p->at_once = true;
    int rc = ec2_ebs_copy_prepare(rq, &p->copy, 1, prepared, p, err);
    p->at_once = false;
    return rc;
}

int ec2_CopySnapshot_apply(struct np_txn *t, const struct ec2_CopySnapshotRequest *in,
                           struct ec2_CopySnapshotResult *out, struct np_err *err)
{
    const struct plan *p = np_txn_req(t)->priv;
    struct ec2_tags tags;
    struct ec2_item *it;
    int rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_SNAPSHOT, &tags, err);
    if (rc == 0)
        rc = make(t, &p->copy, in->Description, tags, &it, err);
    if (rc != 0)
        return rc;
    out->SnapshotId = it->id;
    out->Tags = EC2_DETAIL(Snapshot, it)->Tags;
    return 0;
}
