/* SPDX-License-Identifier: Apache-2.0 */
/* agent_verbs.c - one function a verb; the table is all that the region can ask for. */
#include "host/agent_int.h"

#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "host/volume/volume.h"

#define FINDINGS_MAX 32
#include "host/net/net.h"

static int hello(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                 struct np_err *err)
{
    const struct agent_HelloRequest *rq = in;
    if (rq->Version.v != NP_AGENT_VERSION)
        return np_err(err, NP_EPROTO, "this agent speaks version %d", NP_AGENT_VERSION);
    struct agent_HelloReply *r = np_new(q->arena, struct agent_HelloReply);
    r->Version = (struct np_opt_int){true, NP_AGENT_VERSION};
    r->Pid = (struct np_opt_int){true, getpid()};
    r->Holder = (struct np_opt_int){true, g->holder};
    r->Namespaces = (struct np_opt_bool){true, g->namespaces.own};
    r->UserNamespace = (struct np_opt_bool){true, g->namespaces.user};
    struct np_err why;
    if (g->instances != NULL && np_instances_able(g->instances, &why) != 0)
        r->NoInstances = np_str_dup(q->arena, np_err_text(&why));
    *out = r;
    return 0;
}

static int ensure_process(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    const struct agent_EnsureProcessRequest *rq = in;
    struct agent_EnsureProcessReply *r = np_new(q->arena, struct agent_EnsureProcessReply);
    r->Process = np_new(q->arena, struct agent_Process);
    *out = r;
    return np_process_ensure(g->processes, rq->Id, rq->Kind, q->arena, r->Process, err);
}

static int stop_process(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                        struct np_err *err)
{
    const struct agent_StopProcessRequest *rq = in;
    struct agent_StopProcessReply *r = np_new(q->arena, struct agent_StopProcessReply);
    struct agent_Process *p = np_new(q->arena, struct agent_Process);
    int rc = np_process_stop(g->processes, rq->Id, q->arena, p, err);
    r->Process = rc == 0 ? p : NULL;
    *out = r;
    return rc == NP_ENOENT ? 0 : rc;
}

static int list_processes(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                          struct np_err *err)
{
    struct agent_ListProcessesReply *r = np_new(q->arena, struct agent_ListProcessesReply);
    *out = r;
    return np_processes_list(g->processes, q->arena, &r->Processes, err);
}

static int doctor(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                  struct np_err *err)
{
    struct agent_DoctorReply *r = np_new(q->arena, struct agent_DoctorReply);
    struct agent_Finding *f = np_new_array(q->arena, struct agent_Finding, FINDINGS_MAX);
    f[0] = (struct agent_Finding){
        .Name = NP_STR("agent"),
        .Fine = {true, true},
        .Text = geteuid() == 0 && !g->namespaces.user ? NP_STR("runs as root")
                                                      : NP_STR("runs as the user of the command"),
    };
    f[1] = (struct agent_Finding){
        .Name = NP_STR("namespaces"),
        .Fine = {true, g->namespaces.own},
        .Text =
            g->namespaces.own
                ? np_str_printf(
                      q->arena,
                      "what the agent runs has a network and mounts of its own, held by process %d",
                      (int)g->holder)
                : np_str_printf(q->arena, "what the agent runs shares the host's network: %.*s",
                                NP_FMT(np_err_text(&g->namespaces.why))),
    };
    r->Findings = (struct agent_FindingList){f, 2, true};
    r->Findings.n += np_nets_doctor(g->nets, g->namespaces.own ? &g->no_nets : &g->namespaces.why,
                                    q->arena, f + 2);
    if (g->instances != NULL)
        r->Findings.n += np_instances_doctor(g->instances, q->arena, f + r->Findings.n);
    if (g->volumes != NULL)
        np_volumes_doctor(g->volumes, q->arena, &r->Findings);
    *out = r;
    return 0;
}

static np_agent_verb_fn *const verbs[NP_AGENT_VERBS] = {
    [NP_AGENT_HELLO] = hello,
    [NP_AGENT_ENSURE_PROCESS] = ensure_process,
    [NP_AGENT_STOP_PROCESS] = stop_process,
    [NP_AGENT_LIST_PROCESSES] = list_processes,
    [NP_AGENT_DOCTOR] = doctor,
    [NP_AGENT_ENSURE_INSTANCE] = np_verb_ensure_instance,
    [NP_AGENT_STOP_INSTANCE] = np_verb_stop_instance,
    [NP_AGENT_REMOVE_INSTANCE] = np_verb_remove_instance,
    [NP_AGENT_LIST_INSTANCES] = np_verb_list_instances,
    [NP_AGENT_OPEN_INSTANCE] = np_verb_open_instance,
    [NP_AGENT_ENSURE_VOLUME] = np_verb_ensure_volume,
    [NP_AGENT_REMOVE_VOLUME] = np_verb_remove_volume,
    [NP_AGENT_ATTACH_VOLUME] = np_verb_attach_volume,
    [NP_AGENT_DETACH_VOLUME] = np_verb_detach_volume,
    [NP_AGENT_ENSURE_SNAPSHOT] = np_verb_ensure_snapshot,
    [NP_AGENT_REMOVE_SNAPSHOT] = np_verb_remove_snapshot,
    [NP_AGENT_LIST_VOLUMES] = np_verb_list_volumes,
    [NP_AGENT_ENSURE_NETWORK] = np_net_ensure,
    [NP_AGENT_REMOVE_NETWORK] = np_net_remove,
    [NP_AGENT_LIST_NETWORKS] = np_net_list,
    [NP_AGENT_ENSURE_INTERNET] = np_net_ensure_internet,
    [NP_AGENT_MAKE_SOCKETS] = np_net_make_sockets,
};

void np_agent_reply(struct np_agent *g, const struct np_agent_ticket *to, int rc, const void *value,
                    const int *fds, size_t n_fds, const struct np_err *err)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, NP_AGENT_LONG_MAX);
    if (rc != 0)
        np_agent_put_failure(&b, &to->head, err);
    else
        np_agent_put(&b, &to->head, true, value);
    if (g->send != NULL)
        g->send(g, to, np_buf_str(&b), fds, rc == 0 ? n_fds : 0);
}

void np_agent_changed(struct np_agent *g)
{
    if (g->changed != NULL)
        g->changed(g);
}

static int check(const struct np_agent_head *h, bool greeted, struct np_err *err)
{
    if (h->number == 0)
        return np_err(err, NP_EPROTO, "a request without a number");
    if (!greeted && h->verb != NP_AGENT_HELLO)
        return np_err(err, NP_EPROTO, "Hello comes first");
    return 0;
}

bool np_agent_answer(struct np_agent *g, struct np_agent_ask *q, struct np_str packet,
                     bool *greeted, struct np_buf *reply)
{
    struct np_err err = {0};
    struct np_agent_head *h = &q->ticket.head;
    void *in, *out = NULL;
    int rc = np_agent_get(packet, false, q->arena, h, &in, &err);
    if (rc == 0)
        rc = check(h, *greeted, &err);
    if (rc != 0) {
        np_log(NP_WARN, "agent.refused", "reason=\"%.*s\"", NP_FMT(np_err_text(&err)));
        return false;
    }
    rc = verbs[h->verb] != NULL ? verbs[h->verb](g, q, in, &out, &err)
                                : np_err(&err, NP_ENOTSUP, "this agent does not do that");
    if (rc == NP_LATER)
        return true;
    if (rc != 0)
        np_agent_put_failure(reply, h, &err);
    else
        np_agent_put(reply, h, true, out);
    *greeted = *greeted || rc == 0;
    return np_buf_ok(reply);
}
