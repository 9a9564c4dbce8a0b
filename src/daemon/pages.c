/* SPDX-License-Identifier: Apache-2.0 */
/* pages.c - GET /_nephele/processes, POST and DELETE /_nephele/probe?id=…
 *
 * What a page writes is a job: it waits for the writer. */
#include "daemon/pages.h"

#include "aws/core_int.h"
#include "aws/req.h"
#include "base/arena.h"
#include "host/reconcile.h"

#define STATE_NAME "daemon"

static void answer(struct np_req *rq, int status, struct np_str body)
{
    const struct np_http_field fields[] = {{NP_STR("Content-Type"), NP_STR("application/json")},
                                           {NP_STR("Cache-Control"), NP_STR("no-store")}};
    np_req_send(rq, status, fields, NP_LEN(fields), body);
}

static void processes(struct np_req *rq)
{
    answer(rq, 200, np_reconciler_text(np_core_state(rq->core, STATE_NAME), rq->arena));
}

/* --- probe: a process of no use but to see that one is kept --- */

struct probe {
    struct np_job job;
    struct np_req *rq;
    struct np_str id;
    bool want;
    int rc;
    struct np_err err;
};

static int probe_apply(struct np_txn *t, void *arg, struct np_err *err)
{
    struct probe *p = arg;
    return p->want ? np_process_want(t, p->id, NP_STR("probe"), err)
                   : np_process_unwant(t, p->id, err);
}

static void probe_work(struct np_job *j)
{
    struct probe *p = NP_CONTAINER(j, struct probe, job);
    struct np_scope scope = {.account = p->rq->core->config.account, .region = NP_STR("us-east-1")};
    p->rc = np_store_write_now(p->rq->core->store, NP_DB_STATE, &scope, probe_apply, p, &p->err);
}

static void probe_done(struct np_job *j)
{
    struct probe *p = NP_CONTAINER(j, struct probe, job);
    if (p->rc == 0)
        answer(p->rq, 200, NP_STR("{}\n"));
    else
        answer(p->rq, 400,
               np_str_printf(p->rq->arena, "{\"message\":\"%s\"}\n", np_code_name(p->rc)));
}

static bool id_ok(struct np_str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= 'a' && id.p[i] <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9')))
            return false;
    return id.n > 0 && id.n <= NP_PROCESS_ID_MAX;
}

static void probe(struct np_req *rq)
{
    struct np_str name, id = NP_STR("");
    np_str_cut(rq->wire.query, '=', &name, &id);
    if (!rq->core->config.dev || !np_str_is(name, "id") || !id_ok(id)) {
        answer(
            rq, 400,
            NP_STR("{\"message\":\"/_nephele/probe?id=NAME of a-z and 0-9, with serve --dev\"}\n"));
        return;
    }
    struct probe *p = np_new(rq->arena, struct probe);
    *p = (struct probe){
        .rq = rq, .id = np_str_dup(rq->arena, id), .want = np_str_is(rq->wire.method, "POST")};
    np_job_submit(rq->core->jobs, rq->loop, &p->job, probe_work, probe_done);
}

static const struct np_page pages[] = {
    {"GET", "/_nephele/processes", false, processes},
    {"POST", "/_nephele/probe", true, probe},
    {"DELETE", "/_nephele/probe", true, probe},
};

void np_pages_add(struct np_core *core, struct np_reconciler *r)
{
    np_core_set_state(core, STATE_NAME, r);
    NP_EACH (page, pages)
        np_page_add(core, page);
}
