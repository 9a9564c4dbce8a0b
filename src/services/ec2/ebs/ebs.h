/* SPDX-License-Identifier: Apache-2.0 */
/* ebs.h - volumes and snapshots, for what instances and images need of them.
 *
 * Items "vol" and "snap": detail is ec2_Volume and ec2_Snapshot as Describe answers them, without
 * tags; a volume refers to its instance by "instance", an AMI to its snapshots by "snapshot".
 * prepare runs in begin on the worker (asks KMS); what it fills lives in rq->arena and goes to
 * apply as it is. Writing functions are for apply, return 0 or a fault, and tell the change.
 */
#pragma once

#include "base/err.h"
#include "gen/ec2/types.h"

struct np_compute;
struct np_core;
struct np_req;
struct np_txn;
struct np_volume_now;
struct ec2_view;

/* --- volumes of a launch --- */

struct ec2_ebs_want {
    /* Filled by the caller. */
    struct np_str device;                 /* "/dev/xvda" */
    const struct ec2_EbsBlockDevice *ebs; /* what the request's mapping says over the image's */
    struct np_str image;                  /* root of this image's folder, when no snapshot is */
    uint32_t least_gib;                   /* of the image; 0: none */
    bool root;
    /* By prepare. */
    struct np_str id; /* "vol-…" */
    struct np_str snapshot, type, kms_key;
    const struct ec2_EbsKey *key;       /* NULL: not encrypted */
    int64_t size_gib, iops, throughput; /* 0: has none */
    bool delete_on_termination;
};

/* Checks sizes, types, snapshots, and asks KMS for keys. Calls `done` once, with 0 or a fault that
 * is in rq->err: at once, when no key is needed, and returns what it returned; or later, when it
 * has returned NP_LATER, and then done itself goes on (np_req_apply, np_req_done). Faults:
 * InvalidBlockDeviceMapping, InvalidSnapshot.NotFound, InvalidParameterValue,
 * InvalidParameterCombination, InvalidKMSKey… */
int ec2_ebs_prepare(struct np_req *rq, struct ec2_ebs_want *want, size_t n,
                    int (*done)(struct np_req *rq, void *arg, int rc), void *arg,
                    struct np_err *err);
/* Makes it, attached to `instance`. `tags`: those of "volume"; may be NULL. */
int ec2_ebs_launch(struct np_txn *t, const struct ec2_ebs_want *want, struct np_str zone,
                   struct np_str instance, const struct ec2_TagSpecificationList *tags,
                   struct np_err *err);
/* At its termination: volumes with DeleteOnTermination go, the others become available. */
int ec2_ebs_end_instance(struct np_txn *t, struct np_str instance, struct np_err *err);
/* ModifyInstanceAttribute. InvalidInstanceAttributeValue if nothing is attached as `device`. */
int ec2_ebs_set_delete_on_termination(struct np_txn *t, struct np_str instance,
                                      struct np_str device, bool on, struct np_err *err);

/* --- what an instance has; by device --- */
struct ec2_ebs_attached {
    struct np_str volume, device; /* "/dev/xvda" */
    struct np_str state;          /* VolumeAttachmentState */
    int64_t attached_ms;
    bool delete_on_termination;
    const struct ec2_Volume *detail;
};
struct ec2_ebs_list {
    struct ec2_ebs_attached *v;
    size_t n;
};
void ec2_ebs_view_instance(const struct ec2_view *view, struct np_str instance, struct np_arena *a,
                           struct ec2_ebs_list *out);
int ec2_ebs_of_instance(struct np_txn *t, struct np_str instance, struct ec2_ebs_list *out,
                        struct np_err *err);

/* --- snapshots for images (CreateImage, RegisterImage, CopyImage) --- */
/* Of a volume; point in time as soon as the host makes it. *id is drawn inside. */
int ec2_ebs_snapshot(struct np_txn *t, struct np_str volume, struct np_str description,
                     const struct ec2_TagSpecificationList *tags, struct np_str *id,
                     struct np_err *err);
/* Deletes it, unless an image refers to it (InvalidSnapshot.InUse). */
int ec2_ebs_snapshot_drop(struct np_txn *t, struct np_str id, struct np_err *err);
/* NULL: none that this account may use. */
const struct ec2_Snapshot *ec2_ebs_snapshot_find(struct np_req *rq, struct np_str id);
/* Image folder below the root volume that it is of; empty: not of a root volume. */
struct np_str ec2_ebs_snapshot_folder(const struct np_core *core, struct np_str snapshot);

/* Copies, also from another region: prepare in begin, as ec2_ebs_prepare(); then in apply each
 * becomes the snapshot `id`. Faults: InvalidSnapshot.NotFound, IncorrectState, InvalidParameter…,
 * those of keys. */
struct ec2_ebs_copy {
    /* Filled by the caller. */
    struct np_str source_region, source;
    struct np_opt_bool encrypted;
    struct np_str kms_key;
    /* By prepare. */
    struct np_str id, arn, folder;
    const struct ec2_EbsKey *key; /* NULL: not encrypted */
    bool seal;                    /* the source is not encrypted */
    int64_t size_gib;
};
int ec2_ebs_copy_prepare(struct np_req *rq, struct ec2_ebs_copy *v, size_t n,
                         int (*done)(struct np_req *rq, void *arg, int rc), void *arg,
                         struct np_err *err);
int ec2_ebs_copy(struct np_txn *t, const struct ec2_ebs_copy *c, struct np_str description,
                 const struct ec2_TagSpecificationList *tags, struct np_err *err);

/* --- for who makes the np_compute (loop 0) --- */
/* Sets all that should be, and from then on what changes. Before np_compute_settled(). */
void ec2_ebs_start(struct np_core *core, struct np_compute *c);
void ec2_ebs_stop(struct np_core *core);
/* np_compute_opts.volume_changed and .key, with arg = core. */
void ec2_ebs_volume_changed(void *core, const struct np_volume_now *now, bool gone);
void ec2_ebs_key(void *core, struct np_str id,
                 void (*done)(void *x, const uint8_t key[64], const struct np_err *err), void *x);
