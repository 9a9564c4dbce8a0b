/* SPDX-License-Identifier: Apache-2.0 */
/* certs.c - the registry of certificates, and the rows of who uses them. */
#include "aws/certs.h"

#include "aws/core_int.h"
#include "base/arena.h"
#include "base/assert.h"

void np_provide_certs(struct np_core *core, const struct np_cert_provider *p)
{
    core->registry->certs = *p;
}

int np_cert_get(const struct np_core *core, struct np_str arn, struct np_arena *a,
                struct np_tls_cert **cert, struct np_strs *names)
{
    const struct np_cert_provider *p = &core->registry->certs;
    return p->get != NULL ? p->get(p->arg, arn, a, cert, names) : NP_ENOENT;
}

void np_cert_watch(struct np_core *core, void (*changed)(void *arg, struct np_str arn), void *arg)
{
    struct np_registry *r = core->registry;
    np_assert(r->n_cert_watches < NP_LEN(r->cert_watches));
    r->cert_watches[r->n_cert_watches++] = (struct np_cert_watcher){changed, arg};
}

void np_cert_changed(const struct np_core *core, struct np_str arn)
{
    const struct np_registry *r = core->registry;
    for (size_t i = 0; i < r->n_cert_watches; i++)
        r->cert_watches[i].changed(r->cert_watches[i].arg, arn);
}

/* --- who uses which --- */

int np_cert_use(const struct np_core *core, struct np_txn *t, struct np_str cert_arn,
                struct np_str user_arn, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO np_cert_uses (arn, user, account) VALUES (?1, ?2, :account) "
                "ON CONFLICT DO NOTHING");
    const struct np_cert_provider *p = &core->registry->certs;
    if (p->usable == NULL)
        return np_err(err, NP_ENOENT, "this region has no certificates");
    int rc = p->usable(p->arg, t, cert_arn, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ss", cert_arn, user_arn);
    if (rc == 0)
        np_notice(t, NP_CERT_USE_NOTICE, np_txn_scope(t)->account, cert_arn);
    return rc;
}

int np_cert_unuse(struct np_txn *t, struct np_str cert_arn, struct np_str user_arn,
                  struct np_err *err)
{
    NP_SQL(del, "DELETE FROM np_cert_uses WHERE arn = ?1 AND user = ?2 AND account = :account");
    int rc = np_exec(t, &del, err, "ss", cert_arn, user_arn);
    if (rc == 0)
        np_notice(t, NP_CERT_USE_NOTICE, np_txn_scope(t)->account, cert_arn);
    return rc;
}

size_t np_cert_users(struct np_dbc *c, const struct np_scope *scope, struct np_str cert_arn,
                     struct np_arena *a, struct np_str **out)
{
    NP_SQL(get,
           "SELECT user FROM np_cert_uses WHERE arn = ?1 AND account = :account ORDER BY user");
    size_t n = 0;
    *out = NULL;
    struct np_q *q = np_q(c, scope, &get, "s", cert_arn);
    while (np_row(q)) {
        *out = np_array_grow(a, *out, n, sizeof(**out));
        (*out)[n++] = np_col_str(q, 0, a);
    }
    return np_q_end(q, NULL) == 0 ? n : 0;
}
