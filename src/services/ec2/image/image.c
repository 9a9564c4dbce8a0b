/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - which image an id means: a row of the table, or an item. */
#include "services/ec2/ec2.h"
#include "services/ec2/image/image_int.h"

#include "base/timefmt.h"

/* --- as it is shown --- */

static struct np_str location(struct np_arena *a, const struct ec2_table_row *r)
{
    return np_str_printf(a, "%.*s/%.*s", NP_FMT(r->alias.n > 0 ? r->alias : r->owner),
                         NP_FMT(r->name));
}

static struct np_str optional(struct np_str s)
{
    return s.n > 0 ? s : NP_STR_NULL;
}

static struct ec2_BlockDeviceMapping *root_of(struct np_arena *a, const struct ec2_table_row *r)
{
    struct ec2_BlockDeviceMapping *m = np_new(a, struct ec2_BlockDeviceMapping);
    m->DeviceName = r->device;
    m->Ebs = np_new(a, struct ec2_EbsBlockDevice);
    m->Ebs->DeleteOnTermination = (struct np_opt_bool){true, true};
    m->Ebs->VolumeSize = (struct np_opt_int){true, r->gib};
    m->Ebs->VolumeType = NP_STR("gp3");
    m->Ebs->Encrypted = (struct np_opt_bool){true, false};
    return m;
}

void ec2_image_of_row(struct np_arena *a, const struct ec2_table_row *r, struct np_str region,
                      struct ec2_Image *out)
{
    *out = (struct ec2_Image){
        .ImageId = ec2_images_id(a, region, r->words),
        .ImageLocation = location(a, r),
        .Name = r->name,
        .OwnerId = r->owner,
        .ImageOwnerAlias = optional(r->alias),
        .CreationDate = np_time_iso_str(a, r->created_ms, true),
        .Description =
            np_str_printf(a, "%.*s; what runs: %.*s", NP_FMT(r->what), NP_FMT(r->really)),
        .Architecture = r->arch,
        .State = NP_STR("available"),
        .Public = {true, true},
        .ImageType = NP_STR("machine"),
        .PlatformDetails = NP_STR("Linux/UNIX"),
        .UsageOperation = NP_STR("RunInstances"),
        .Hypervisor = NP_STR("xen"),
        .VirtualizationType = NP_STR("hvm"),
        .EnaSupport = {true, true},
        .SriovNetSupport = NP_STR("simple"),
        .RootDeviceName = r->device,
        .RootDeviceType = NP_STR("ebs"),
        .BlockDeviceMappings = {root_of(a, r), 1, true},
        .ImdsSupport = optional(r->imds),
    };
    if (r->deprecated_ms != 0)
        out->DeprecationTime = np_time_iso_str(a, r->deprecated_ms, true);
}

/* Of its snapshots: one that fails, then one that is not whole yet. */
static struct np_str state_of(const struct np_core *core, const struct ec2_Image *d)
{
    struct np_str state = NP_STR("available");
    for (size_t i = 0; i < d->BlockDeviceMappings.n; i++) {
        const struct ec2_EbsBlockDevice *e = d->BlockDeviceMappings.v[i].Ebs;
        if (e == NULL || e->SnapshotId.p == NULL)
            continue;
        const struct ec2_item *snap = ec2_see_any(core, e->SnapshotId);
        if (snap == NULL || np_str_is(EC2_SEEN(Snapshot, snap)->State, "error"))
            return NP_STR("failed");
        if (!np_str_is(EC2_SEEN(Snapshot, snap)->State, "completed"))
            state = NP_STR("pending");
    }
    return state;
}

static bool is_public(const struct ec2_item *it)
{
    const struct ec2_ImageOwn *own = it->own;
    for (size_t i = 0; own != NULL && i < own->Launch.n; i++)
        if (np_str_is(own->Launch.v[i].Group, "all"))
            return true;
    return false;
}

void ec2_image_of_item(const struct np_core *core, const struct ec2_item *it, struct ec2_Image *out)
{
    *out = *EC2_SEEN(Image, it);
    out->State = state_of(core, out);
    out->Public = (struct np_opt_bool){true, is_public(it)};
}

bool ec2_image_allows(const struct ec2_item *it, struct np_str account)
{
    const struct ec2_ImageOwn *own = it->own;
    if (np_str_eq(it->account, account) || is_public(it))
        return true;
    for (size_t i = 0; own != NULL && i < own->Launch.n; i++)
        if (np_str_eq(own->Launch.v[i].UserId, account))
            return true;
    return false;
}

/* --- finding --- */

void ec2_image_look(const struct np_core *core, struct np_arena *a, struct np_str account,
                    struct np_str region, struct np_str ami, const struct ec2_item **it,
                    const struct ec2_table_row **row)
{
    const struct ec2_image_table *t = ec2_image_table(core);
    *it = ec2_see_any(core, ami);
    *row = NULL;
    if (*it != NULL && ((*it)->kind->id != EC2_KIND_IMAGE || !np_str_eq((*it)->region, region) ||
                        !ec2_image_allows(*it, account)))
        *it = NULL;
    for (size_t i = 0; *it == NULL && *row == NULL && i < t->n; i++)
        if (np_str_eq(ec2_images_id(a, region, t->v[i].words), ami))
            *row = &t->v[i];
}

struct np_str ec2_public_image(const struct np_core *core, struct np_arena *a, struct np_str region,
                               struct np_str words)
{
    const struct ec2_image_table *t = ec2_image_table(core);
    for (size_t i = 0; i < t->n; i++)
        if (np_str_eq(t->v[i].words, words))
            return ec2_images_id(a, region, words);
    return NP_STR_NULL;
}

int ec2_image_not_found(struct np_err *err, struct np_str ami)
{
    if (!ec2_id_ok(ec2_kind(EC2_KIND_IMAGE), ami))
        return np_fault(err, &EC2_InvalidAMIIDMalformed, "Invalid id: \"%.*s\"", NP_FMT(ami));
    return np_fault(err, &EC2_InvalidAMIIDNotFound, "The image id '[%.*s]' does not exist",
                    NP_FMT(ami));
}

int ec2_image_not_yours(struct np_req *rq, struct np_str ami, struct np_err *err)
{
    const struct ec2_item *it;
    const struct ec2_table_row *row;
    ec2_image_look(rq->core, rq->arena, rq->account, rq->region, ami, &it, &row);
    if (it == NULL && row == NULL)
        return ec2_image_not_found(err, ami);
    if (it != NULL && np_str_eq(it->account, rq->account))
        return 0;
    return np_fault(err, &EC2_AuthFailure, "Not authorized for image: %.*s", NP_FMT(ami));
}

static const struct np_image *imported(const struct np_core *core, struct np_str folder)
{
    const struct ec2_image_table *t = ec2_image_table(core);
    for (size_t i = 0; i < t->n_images; i++)
        if (np_str_eq(t->images[i].name, folder))
            return &t->images[i];
    return NULL;
}

static struct np_str root_snapshot(const struct ec2_Image *d, uint32_t *gib)
{
    for (size_t i = 0; i < d->BlockDeviceMappings.n; i++) {
        const struct ec2_BlockDeviceMapping *m = &d->BlockDeviceMappings.v[i];
        if (m->Ebs == NULL || !np_str_eq(m->DeviceName, d->RootDeviceName))
            continue;
        *gib = m->Ebs->VolumeSize.set ? (uint32_t)m->Ebs->VolumeSize.v : 8;
        return m->Ebs->SnapshotId.p != NULL ? m->Ebs->SnapshotId : NP_STR("");
    }
    return NP_STR("");
}

static void from_item(struct np_req *rq, const struct ec2_item *it, struct ec2_image *out)
{
    const struct ec2_ImageOwn *own = it->own;
    struct ec2_Image *d = np_new(rq->arena, struct ec2_Image);
    ec2_image_of_item(rq->core, it, d);
    const struct np_image *image = imported(rq->core, own->Folder);
    bool builtin = np_str_is(own->Folder, NP_IMAGE_BUILTIN);
    *out = (struct ec2_image){.detail = d,
                              .is_item = true,
                              .folder = own->Folder,
                              .user = own->User,
                              .runs = own->Runs,
                              .root_device = d->RootDeviceName,
                              .root_gib = 8,
                              .available = np_str_is(d->State, "available"),
                              .can_run = (builtin || image != NULL) &&
                                         np_str_eq(d->Architecture, np_image_host_arch())};
    out->root_snapshot = root_snapshot(d, &out->root_gib);
}

static void from_row(struct np_req *rq, const struct ec2_table_row *row, struct ec2_image *out)
{
    struct ec2_Image *d = np_new(rq->arena, struct ec2_Image);
    ec2_image_of_row(rq->arena, row, rq->region, d);
    *out = (struct ec2_image){.detail = d,
                              .folder = row->folder,
                              .user = row->user,
                              .runs = row->really,
                              .root_snapshot = NP_STR(""),
                              .root_device = row->device,
                              .root_gib = (uint32_t)row->gib,
                              .available = true,
                              .can_run = row->can_run};
}

int ec2_image_find(struct np_req *rq, struct np_str ami, struct ec2_image *out, struct np_err *err)
{
    const struct ec2_item *it;
    const struct ec2_table_row *row;
    ec2_image_look(rq->core, rq->arena, rq->account, rq->region, ami, &it, &row);
    if (it == NULL && row == NULL)
        return ec2_image_not_found(err, ami);
    if (it != NULL)
        from_item(rq, it, out);
    else
        from_row(rq, row, out);
    return 0;
}

/* --- in an apply --- */

/* Of the table's rows nothing can be deregistered: only what an item's id means is looked up. */
int ec2_image_check(struct np_txn *t, struct np_str ami, bool is_item, struct np_err *err)
{
    NP_SQL(any, "SELECT 1 FROM ec2_item WHERE id = ?1");
    if (!is_item)
        return 0;
    struct np_q *q = np_q(np_txn_db(t), NULL, &any, "s", ami);
    bool there = np_row(q);
    int rc = np_q_end(q, err);
    return rc != 0 || there ? rc : ec2_image_not_found(err, ami);
}

int ec2_image_own(struct np_txn *t, struct np_str ami, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = ec2_find(&db, EC2_KIND_IMAGE, ami, out, err);
    return rc == NP_ENOENT ? ec2_image_not_found(err, ami) : rc;
}

int ec2_image_launched(struct np_txn *t, struct np_str ami, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_find(&db, EC2_KIND_IMAGE, ami, &it, err);
    if (rc != 0)
        return rc == NP_ENOENT ? 0 : rc;
    EC2_DETAIL(Image, it)->LastLaunchedTime =
        np_time_iso_str(np_txn_arena(t), np_txn_now_ms(t), true);
    return ec2_put(t, it, err);
}

struct np_str ec2_image_folder_of(const struct ec2_item *it)
{
    const struct ec2_ImageOwn *own = it->own;
    const struct ec2_InstanceOwn *of = it->own;
    if (it->kind->id == EC2_KIND_IMAGE && own != NULL && own->Folder.p != NULL)
        return own->Folder;
    if (it->kind->id == EC2_KIND_INSTANCE && of != NULL && of->ImageFolder.p != NULL)
        return of->ImageFolder;
    return NP_STR("");
}

void ec2_folder_facts(struct np_req *rq, struct np_str folder, struct np_str *user,
                      struct np_str *runs)
{
    const struct np_image *image = imported(rq->core, folder);
    *user = image != NULL ? np_str_dup(rq->arena, image->user) : NP_STR("ec2-user");
    *runs = image != NULL ? np_str_dup(rq->arena, image->os)
            : np_str_is(folder, NP_IMAGE_BUILTIN)
                ? NP_STR("this host's own /usr")
                : NP_STR("nothing: its snapshot is of no root volume");
}
