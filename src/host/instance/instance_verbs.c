/* SPDX-License-Identifier: Apache-2.0 */
/* instance_verbs.c - what the region may ask about instances. */
#include "host/agent_int.h"

#include "base/arena.h"

/* In tests of messages alone there are none. */
static int there(const struct np_agent *g, struct np_err *err)
{
    return g->instances != NULL ? 0 : np_err(err, NP_ENOTSUP, "this agent runs no instances");
}

int np_verb_ensure_instance(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                            struct np_err *err)
{
    struct agent_EnsureInstanceReply *r = np_new(q->arena, struct agent_EnsureInstanceReply);
    r->Instance = np_new(q->arena, struct agent_InstanceState);
    *out = r;
    return there(g, err) != 0 ? NP_ENOTSUP
                              : np_instance_ensure(g->instances, in, q->arena, r->Instance, err);
}

int np_verb_stop_instance(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    const struct agent_StopInstanceRequest *rq = in;
    struct agent_StopInstanceReply *r = np_new(q->arena, struct agent_StopInstanceReply);
    struct agent_InstanceState *i = np_new(q->arena, struct agent_InstanceState);
    int rc = there(g, err);
    if (rc == 0)
        rc = np_instance_stop(g->instances, rq->Id, rq->Force.v, q->arena, i, err);
    r->Instance = rc == 0 ? i : NULL;
    *out = r;
    return rc == NP_ENOENT ? 0 : rc;
}

int np_verb_remove_instance(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                            struct np_err *err)
{
    const struct agent_RemoveInstanceRequest *rq = in;
    *out = np_new(q->arena, struct agent_RemoveInstanceReply);
    return there(g, err) != 0 ? NP_ENOTSUP : np_instance_remove(g->instances, rq->Id, err);
}

int np_verb_list_instances(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                           struct np_err *err)
{
    const struct agent_ListInstancesRequest *rq = in;
    struct agent_ListInstancesReply *r = np_new(q->arena, struct agent_ListInstancesReply);
    *out = r;
    return there(g, err) != 0
               ? NP_ENOTSUP
               : np_instances_list(g->instances, rq->Usage.v, q->arena, &r->Instances, err);
}

int np_verb_open_instance(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    const struct agent_OpenInstanceRequest *rq = in;
    *out = np_new(q->arena, struct agent_OpenInstanceReply);
    int rc = there(g, err);
    if (rc == 0)
        rc = np_instance_open(g->instances, rq->Id, rq->Door, &q->fds[0], err);
    q->n_fds = rc == 0 ? 1 : 0;
    return rc;
}
