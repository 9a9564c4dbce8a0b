/* SPDX-License-Identifier: Apache-2.0 */
/* pages.c - GET /_nephele/processes, POST /_nephele/account?id=…, POST and DELETE
 * /_nephele/probe?id=…
 *
 * What a page writes is a job: it waits for the writer. */
#include "daemon/pages.h"

#include <pthread.h>

#include "aws/core_int.h"
#include "aws/req.h"
#include "base/arena.h"
#include "daemon/accounts.h"
#include "host/reconcile.h"
#include "io/rcu.h"

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

/* --- account: one after the other, as the file of root keys is written --- */

struct account {
    struct np_job job;
    struct np_req *rq;
    struct np_str wanted, made;
    int rc;
    struct np_err err;
};

static void account_work(struct np_job *j)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    struct account *m = NP_CONTAINER(j, struct account, job);
    pthread_mutex_lock(&one);
    np_rcu_thread_begin(); /* asks projections whether the id is taken */
    m->rc = np_accounts_create(m->rq->core, m->rq->arena, m->wanted, &m->made, &m->err);
    np_rcu_thread_end();
    pthread_mutex_unlock(&one);
}

static void account_done(struct np_job *j)
{
    struct account *m = NP_CONTAINER(j, struct account, job);
    if (m->rc == 0)
        answer(m->rq, 200, m->made);
    else
        answer(m->rq, m->rc == NP_EEXIST ? 409 : 400, np_err_text(&m->err));
}

static void account(struct np_req *rq)
{
    struct np_str name, id = NP_STR_NULL;
    np_str_cut(rq->wire.query, '=', &name, &id);
    if (name.n != 0 && !np_str_is(name, "id")) {
        answer(rq, 400, NP_STR("/_nephele/account?id=12 digits"));
        return;
    }
    struct account *m = np_new(rq->arena, struct account);
    *m = (struct account){.rq = rq, .wanted = np_str_dup(rq->arena, id)};
    np_job_submit(rq->core->jobs, rq->loop, &m->job, account_work, account_done);
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
    {"POST", "/_nephele/account", true, account},
    {"POST", "/_nephele/probe", true, probe},
    {"DELETE", "/_nephele/probe", true, probe},
};

void np_pages_add(struct np_core *core, struct np_reconciler *r)
{
    np_core_set_state(core, STATE_NAME, r);
    NP_EACH (page, pages)
        np_page_add(core, page);
}
