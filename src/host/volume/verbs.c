/* SPDX-License-Identifier: Apache-2.0 */
/* verbs.c - what the region may ask about volumes. */
#include "host/agent_int.h"

#include "base/arena.h"
#include "host/volume/volume.h"

/* In tests of messages alone there are none. */
static int there(const struct np_agent *g, struct np_err *err)
{
    return g->volumes != NULL ? 0 : np_err(err, NP_ENOTSUP, "this agent has no volumes");
}

int np_verb_ensure_volume(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    const struct agent_EnsureVolumeRequest *rq = in;
    struct agent_EnsureVolumeReply *r = np_new(q->arena, struct agent_EnsureVolumeReply);
    r->Volume = np_new(q->arena, struct agent_VolumeState);
    *out = r;
    if (there(g, err) != 0)
        return NP_ENOTSUP;
    int rc = np_volume_ensure(g->volumes, rq, q->fd, q->arena, r->Volume, err);
    if (rc == 0 && np_str_is(rq->Image, "builtin"))
        np_instances_prepare(g->instances);
    return rc;
}

int np_verb_remove_volume(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    const struct agent_RemoveVolumeRequest *rq = in;
    *out = np_new(q->arena, struct agent_RemoveVolumeReply);
    return there(g, err) != 0 ? NP_ENOTSUP : np_volume_remove(g->volumes, rq->Id, err);
}

int np_verb_attach_volume(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    struct agent_AttachVolumeReply *r = np_new(q->arena, struct agent_AttachVolumeReply);
    r->Volume = np_new(q->arena, struct agent_VolumeState);
    *out = r;
    return there(g, err) != 0 ? NP_ENOTSUP
                              : np_volume_attach(g->volumes, in, q->fd, q->arena, r->Volume, err);
}

int np_verb_detach_volume(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    const struct agent_DetachVolumeRequest *rq = in;
    struct agent_DetachVolumeReply *r = np_new(q->arena, struct agent_DetachVolumeReply);
    r->Volume = np_new(q->arena, struct agent_VolumeState);
    *out = r;
    return there(g, err) != 0
               ? NP_ENOTSUP
               : np_volume_detach(g->volumes, rq->Volume, rq->Force.v, q->arena, r->Volume, err);
}

int np_verb_ensure_snapshot(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                            struct np_err *err)
{
    struct agent_EnsureSnapshotReply *r = np_new(q->arena, struct agent_EnsureSnapshotReply);
    r->Volume = np_new(q->arena, struct agent_VolumeState);
    *out = r;
    return there(g, err) != 0 ? NP_ENOTSUP
                              : np_snapshot_ensure(g->volumes, in, q->fd, q->arena, r->Volume, err);
}

int np_verb_remove_snapshot(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                            struct np_err *err)
{
    const struct agent_RemoveSnapshotRequest *rq = in;
    *out = np_new(q->arena, struct agent_RemoveSnapshotReply);
    return there(g, err) != 0 ? NP_ENOTSUP : np_snapshot_remove(g->volumes, rq->Id, err);
}

int np_verb_list_volumes(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                         struct np_err *err)
{
    struct agent_ListVolumesReply *r = np_new(q->arena, struct agent_ListVolumesReply);
    *out = r;
    return there(g, err) != 0 ? NP_ENOTSUP
                              : np_volumes_list(g->volumes, q->arena, &r->Volumes, err);
}
