/* SPDX-License-Identifier: Apache-2.0 */
/* ebs_int.h - shared by the files of volumes and snapshots. */
#pragma once

#include "services/ec2/ebs/ebs.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/zone.h"

/* --- types (type.c) --- */

/* What is asked of a volume; 0: not said. */
struct ec2_ebs_size {
    struct np_str type;
    int64_t gib, iops, throughput;
    bool iops_set, throughput_set;
};
/* Fills what the type gives by itself. `least_gib` and `source`: of the snapshot; 0: none. Faults:
 * InvalidParameterValue, InvalidParameterCombination, MissingParameter. */
int ec2_ebs_size(struct ec2_ebs_size *s, int64_t least_gib, struct np_str source,
                 struct np_err *err);
bool ec2_ebs_type_multi_attach(struct np_str type);

/* --- keys (key.c) --- */

struct ec2_ebs_key {
    struct np_req *rq;
    struct np_str id;   /* what it is for: the encryption context */
    struct np_str wish; /* id, alias or ARN; absent: the default one, or the source's */
    /* Of an encrypted source: its key, whose account and region. */
    const struct ec2_EbsKey *from;
    struct np_str from_account, from_region, from_arn;
    /* Results. */
    struct np_str arn;
    struct ec2_EbsKey *key;
    /* Called once, never from inside; rc 0 or a fault in rq->err. */
    void (*done)(struct ec2_ebs_key *k, int rc);
    void *arg;
    void *call;
};
/* The key that a snapshot is under (none: nothing) is what it is made from; copied, as the view may
 * go. */
void ec2_ebs_key_source(struct ec2_ebs_key *k, const struct ec2_item *snapshot);
void ec2_ebs_key_get(struct ec2_ebs_key *k);
/* Opens it as the service does when it attaches: 64 bytes, valid for the call. */
struct ec2_ebs_open {
    struct np_core *core;
    struct np_loop *loop;
    struct np_str account, region, id; /* of the volume or snapshot */
    const struct ec2_EbsKey *key;      /* must live until done */
    void (*done)(struct ec2_ebs_open *o, const uint8_t *key, const struct np_err *err);
    void *arg;
    void *call;
};
void ec2_ebs_key_open(struct ec2_ebs_open *o);
/* KMS's fault in EC2's words. */
int ec2_ebs_key_fault(struct np_err *err, struct np_str key, int rc, const struct np_err *why);

/* --- grants that are no longer needed (grant.c) --- */
struct ec2_ebs_grants;
struct ec2_ebs_grants *ec2_ebs_grants_new(struct np_core *core);
void ec2_ebs_grants_free(struct ec2_ebs_grants *g);
void ec2_ebs_grant_note(struct ec2_ebs_grants *g, const struct ec2_item *it);
void ec2_ebs_grant_gone(struct ec2_ebs_grants *g, struct np_str item);

/* --- defaults (default.c) --- */
struct ec2_EbsDefault ec2_ebs_default(const struct np_req *rq);

/* --- snapshots (snapshot.c) --- */
/* One that the account may use, of any account of this region; NULL: none. */
const struct ec2_item *ec2_ebs_snapshot_see(const struct np_req *rq, struct np_str id);
bool ec2_ebs_may_use(const struct ec2_item *snapshot, struct np_str account);
int ec2_ebs_snapshot_make(struct np_txn *t, struct ec2_item *volume, struct np_str description,
                          struct ec2_tags tags, struct ec2_item **out, struct np_err *err);
int ec2_ebs_snapshot_quota(struct np_txn *t, struct np_err *err);
int ec2_ebs_snapshot_delete(struct np_txn *t, struct np_str id, struct np_err *err);

/* --- volumes (launch.c, volume.c, attach.c) --- */
/* Not yet a row. */
struct ec2_item *ec2_ebs_make(struct np_txn *t, const struct ec2_ebs_want *w, struct np_str zone);
int ec2_ebs_quota(struct np_txn *t, struct np_err *err);
int ec2_ebs_volume_delete(struct np_txn *t, struct ec2_item *it, struct np_err *err);
struct ec2_VolumeAttachment *ec2_ebs_attach_to(struct np_arena *a, struct ec2_item *volume,
                                               struct np_str instance, struct np_str device,
                                               int64_t now_ms);
/* "sdf" of "/dev/sdf" */
struct np_str ec2_ebs_short(struct np_str device);

static inline struct np_opt_int ec2_int(int64_t v)
{
    return (struct np_opt_int){true, v};
}
static inline struct np_opt_bool ec2_bool(bool v)
{
    return (struct np_opt_bool){true, v};
}
