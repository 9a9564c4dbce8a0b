/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - CopyImage: an item made of another image, of this region or another, with copies
 * of its snapshots. */
#include "services/ec2/ebs/ebs.h"
#include "services/ec2/image/make.h"

struct copying {
    struct np_req *rq;
    const struct ec2_CopyImageRequest *in;
    struct ec2_Image source; /* as it was found */
    struct np_str folder, user, runs;
    const struct np_tag *tags; /* of the source */
    size_t n_tags;
    struct ec2_ebs_copy *copies; /* one for each mapping with a snapshot, in their order */
    size_t n_copies;
};

/* --- begin --- */

static int find_source(struct copying *c, struct np_err *err)
{
    struct np_req *rq = c->rq;
    const struct ec2_item *it;
    const struct ec2_table_row *row;
    if (!np_region_ok(rq->core, c->in->SourceRegion))
        return np_fault(err, &EC2_InvalidParameterValue, "Invalid region name: %.*s",
                        NP_FMT(c->in->SourceRegion));
    ec2_image_look(rq->core, rq->arena, rq->account, c->in->SourceRegion, c->in->SourceImageId, &it,
                   &row);
    if (it == NULL && row == NULL)
        return ec2_image_not_found(err, c->in->SourceImageId);
    if (row != NULL) {
        ec2_image_of_row(rq->arena, row, c->in->SourceRegion, &c->source);
        c->folder = row->folder;
        c->user = row->user;
        c->runs = row->really;
        return 0;
    }
    const struct ec2_ImageOwn *own = it->own;
    ec2_image_of_item(rq->core, it, &c->source);
    c->folder = own->Folder;
    c->user = own->User;
    c->runs = own->Runs;
    if (np_str_eq(it->account, rq->account)) { /* AWS: tags of others are not copied */
        c->tags = it->tags;
        c->n_tags = it->n_tags;
    }
    if (!np_str_is(c->source.State, "available"))
        return np_fault(err, &EC2_InvalidAMIIDUnavailable, "The image %.*s is not available",
                        NP_FMT(c->in->SourceImageId));
    return 0;
}

/* What the view gave lives no longer than this callback. */
static void keep(struct copying *c)
{
    struct np_arena *a = c->rq->arena;
    struct ec2_Image *s = &c->source;
    struct np_tag *tags = np_new_array(a, struct np_tag, c->n_tags + 1);
    struct ec2_BlockDeviceMapping *v =
        np_new_array(a, struct ec2_BlockDeviceMapping, s->BlockDeviceMappings.n + 1);
    struct np_str *texts[] = {
        &s->Architecture, &s->RootDeviceName,  &s->SriovNetSupport, &s->BootMode, &s->ImdsSupport,
        &s->Description,  &s->PlatformDetails, &c->folder,          &c->user,     &c->runs};
    NP_EACH (t, texts)
        **t = np_str_dup(a, **t);
    for (size_t i = 0; i < c->n_tags; i++)
        tags[i] = (struct np_tag){np_str_dup(a, c->tags[i].key), np_str_dup(a, c->tags[i].value)};
    c->tags = tags;
    for (size_t i = 0; i < s->BlockDeviceMappings.n; i++) {
        const struct ec2_BlockDeviceMapping *m = &s->BlockDeviceMappings.v[i];
        v[i].DeviceName = np_str_dup(a, m->DeviceName);
        v[i].NoDevice = np_str_dup(a, m->NoDevice);
        if (m->Ebs == NULL)
            continue;
        v[i].Ebs = np_new(a, struct ec2_EbsBlockDevice);
        *v[i].Ebs = *m->Ebs;
        v[i].Ebs->SnapshotId = np_str_dup(a, m->Ebs->SnapshotId);
        v[i].Ebs->VolumeType = np_str_dup(a, m->Ebs->VolumeType);
        v[i].Ebs->KmsKeyId = np_str_dup(a, m->Ebs->KmsKeyId);
    }
    s->BlockDeviceMappings.v = v;
}

static void list_copies(struct copying *c)
{
    const struct ec2_BlockDeviceMappingList *l = &c->source.BlockDeviceMappings;
    c->copies = np_new_array(c->rq->arena, struct ec2_ebs_copy, l->n + 1);
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].Ebs != NULL && l->v[i].Ebs->SnapshotId.p != NULL)
            c->copies[c->n_copies++] = (struct ec2_ebs_copy){.source_region = c->in->SourceRegion,
                                                             .source = l->v[i].Ebs->SnapshotId,
                                                             .encrypted = c->in->Encrypted,
                                                             .kms_key = c->in->KmsKeyId};
}

static int prepared(struct np_req *rq, void *arg, int rc)
{
    (void)arg;
    return rc != 0 ? rc : np_apply(rq);
}

int ec2_CopyImage_begin(struct np_req *rq, const struct ec2_CopyImageRequest *in,
                        struct np_err *err)
{
    struct copying *c = np_new(rq->arena, struct copying);
    *c = (struct copying){.rq = rq, .in = in};
    int rc = ec2_image_name_ok(in->Name, err);
    if (rc == 0 && in->KmsKeyId.n > 0 && !in->Encrypted.v)
        rc = np_fault(err, &EC2_InvalidParameterDependency,
                      "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    if (rc == 0)
        rc = find_source(c, err);
    if (rc != 0)
        return rc;
    keep(c);
    list_copies(c);
    rq->priv = c;
    return ec2_ebs_copy_prepare(rq, c->copies, c->n_copies, prepared, c, err);
}

/* --- apply --- */

static int copy_mappings(struct np_txn *t, const struct copying *c, struct np_str ami,
                         struct ec2_BlockDeviceMappingList *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    const struct ec2_BlockDeviceMappingList *from = &c->source.BlockDeviceMappings;
    struct np_str what = np_str_printf(
        a, "Copied for DestinationAmi %.*s from SourceAmi %.*s. Task created on %lld.", NP_FMT(ami),
        NP_FMT(c->in->SourceImageId), (long long)np_txn_now_ms(t));
    size_t next = 0;
    int rc = 0;
    *out = (struct ec2_BlockDeviceMappingList){
        np_new_array(a, struct ec2_BlockDeviceMapping, from->n + 1), from->n, true};
    for (size_t i = 0; rc == 0 && i < from->n; i++) {
        struct ec2_BlockDeviceMapping *m = &out->v[i];
        *m = from->v[i];
        if (m->Ebs == NULL)
            continue;
        m->Ebs = np_new(a, struct ec2_EbsBlockDevice);
        *m->Ebs = *from->v[i].Ebs;
        if (m->Ebs->SnapshotId.p != NULL) {
            const struct ec2_ebs_copy *copy = &c->copies[next++];
            rc = ec2_ebs_copy(t, copy, what, &c->in->TagSpecifications, err);
            m->Ebs->SnapshotId = copy->id;
            m->Ebs->Encrypted = (struct np_opt_bool){true, copy->key != NULL};
        } else if (c->in->Encrypted.v) { /* its volumes are, when they are made */
            m->Ebs->Encrypted = (struct np_opt_bool){true, true};
            m->Ebs->KmsKeyId = c->in->KmsKeyId;
        }
    }
    return rc;
}

static int make(struct np_txn *t, const struct copying *c, struct ec2_item **out,
                struct np_err *err)
{
    const struct ec2_CopyImageRequest *in = c->in;
    struct ec2_item *it = ec2_image_new(t, in->Name, in->Description);
    struct ec2_Image *d = it->detail;
    struct ec2_ImageOwn *own = it->own;
    const struct ec2_Image *s = &c->source;
    d->Architecture = s->Architecture;
    d->RootDeviceName = s->RootDeviceName;
    d->EnaSupport = s->EnaSupport;
    d->SriovNetSupport = s->SriovNetSupport;
    d->BootMode = s->BootMode;
    d->ImdsSupport = s->ImdsSupport;
    d->SourceImageId = in->SourceImageId;
    d->SourceImageRegion = in->SourceRegion;
    own->Folder = c->folder;
    own->User = c->user;
    own->Runs = c->runs;
    int rc = copy_mappings(t, c, it->id, &d->BlockDeviceMappings, err);
    if (rc == 0)
        rc = ec2_image_add(t, it, &in->TagSpecifications, err);
    if (rc == 0 && in->CopyImageTags.v)
        rc = ec2_tag(t, it, c->tags, c->n_tags, err);
    *out = it;
    return rc;
}

int ec2_CopyImage_apply(struct np_txn *t, const struct ec2_CopyImageRequest *in,
                        struct ec2_CopyImageResult *out, struct np_err *err)
{
    const struct copying *c = np_txn_req(t)->priv;
    struct ec2_item *it;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = ec2_image_room(t, err);
    if (rc == 0)
        rc = make(t, c, &it, err);
    if (rc != 0)
        return rc;
    out->ImageId = it->id;
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}
