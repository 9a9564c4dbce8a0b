/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - certificates by ARN as who shows them reads them: without a query or a lock.
 * Entries never change; a change puts a new one in their place. Keys are opened at the first use.
 */
#include "aws/arn.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/pmap.h"
#include "io/clock.h"
#include "io/rcu.h"
#include "io/tls.h"
#include "services/acm/acm_int.h"

struct acm_projection {
    struct np_core *core;
    struct np_pmap *certs; /* by ARN */
    struct np_pmap_ops ops;
    struct np_rcu_batch retired;
};

struct entry {
    struct np_arena *arena; /* of all that follows; read only */
    bool issued;
    struct np_strs names;
    struct acm_material material;
    struct np_tls_cert *tls; /* NULL: not opened yet; atomic */
};

static void entry_free(void *value)
{
    struct entry *e = value;
    np_tls_cert_unref(e->tls);
    np_arena_free(e->arena);
    np_free(e);
}

static struct entry *entry_new(const struct acm_cert *c, const struct acm_material *m)
{
    struct entry *e = np_heap_new(struct entry);
    struct np_arena *a = e->arena = np_arena_new();
    e->issued = m != NULL && acm_is(c, "ISSUED");
    const struct np_strs *names = &c->detail->SubjectAlternativeNames;
    for (size_t i = 0; e->issued && i < names->n; i++)
        ACM_PUSH(a, &e->names, np_str_dup(a, names->v[i]));
    if (e->issued && names->n == 0 && c->detail->DomainName.p != NULL)
        ACM_PUSH(a, &e->names, np_str_lower(a, c->detail->DomainName));
    if (e->issued)
        e->material = (struct acm_material){np_str_dup(a, m->body), np_str_dup(a, m->chain),
                                            np_str_dup(a, m->sealed)};
    return e;
}

/* Two loops may open it at once; one of the results stays. */
static struct np_tls_cert *open_tls(const struct np_core *core, struct entry *e)
{
    struct np_tls_cert *have = __atomic_load_n(&e->tls, __ATOMIC_ACQUIRE), *none = NULL;
    if (have != NULL)
        return have;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err err = {0};
    np_arena_wipe(a);
    struct np_str key = acm_unseal(core, a, e->material.sealed);
    if (key.p == NULL ||
        np_tls_cert_new(e->material.body, e->material.chain, key, &have, &err) != 0) {
        np_log(NP_ERROR, "acm.certificate.stored", "error=\"%.*s\"", NP_FMT(np_err_text(&err)));
        return NULL;
    }
    if (!__atomic_compare_exchange_n(&e->tls, &none, have, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        np_tls_cert_unref(have);
        have = none;
    }
    return have;
}

static int get(void *arg, struct np_str arn, struct np_arena *a, struct np_tls_cert **cert,
               struct np_strs *names)
{
    struct acm_projection *p = arg;
    struct entry *e = np_pmap_get(np_rcu_get(&p->certs), arn);
    if (e == NULL)
        return NP_ENOENT;
    if (!e->issued)
        return NP_EINVAL;
    struct np_tls_cert *tls = cert != NULL ? open_tls(p->core, e) : NULL;
    if (cert != NULL && tls == NULL)
        return NP_EINVAL;
    if (cert != NULL)
        *cert = np_tls_cert_ref(tls);
    if (names == NULL)
        return 0;
    *names = (struct np_strs){0};
    for (size_t i = 0; i < e->names.n; i++)
        ACM_PUSH(a, names, np_str_dup(a, e->names.v[i]));
    return 0;
}

static int usable(void *arg, struct np_txn *t, struct np_str arn, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    struct np_arn parts;
    (void)arg;
    /* The user may be of another region, or of none. */
    if (np_arn_parse(arn, &parts))
        db.scope.region = parts.region;
    if (acm_find(&db, arn, &c, NULL) != 0)
        return np_err(err, NP_ENOENT, "there is no certificate %.*s", NP_FMT(arn));
    if (!acm_is(&c, "ISSUED"))
        return np_err(err, NP_EINVAL, "the certificate %.*s is %.*s", NP_FMT(arn),
                      NP_FMT(c.detail->Status));
    return 0;
}

/* --- from the store --- */

static void put(struct acm_projection *p, struct np_dbc *c, struct np_str account,
                struct np_str arn)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_arn parts;
    if (!np_arn_parse(arn, &parts))
        return;
    const struct acm_db db = {c, {account, parts.region, np_clock_region_ms()}, a};
    struct acm_cert cert;
    struct acm_material m;
    int rc = acm_load(&db, np_str_sub(parts.resource, 12, parts.resource.n), &cert, NULL);
    if (rc != 0 && rc != NP_ENOENT)
        np_die(__FILE__, __LINE__, "reading a certificate");
    int got = rc == 0 ? acm_material_get(&db, cert.id, &m, NULL) : NP_ENOENT;
    if (got != 0 && got != NP_ENOENT)
        np_die(__FILE__, __LINE__, "reading a certificate's key");
    struct entry *e = rc == 0 ? entry_new(&cert, got == 0 ? &m : NULL) : NULL;
    if (e != NULL || np_pmap_get(p->certs, arn) != NULL)
        np_rcu_set(&p->certs, np_pmap_set(p->certs, &p->ops, arn, e));
    np_rcu_batch_retire(&p->retired);
}

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct acm_projection *p = arg;
    (void)kind;
    put(p, c, account, key);
    np_cert_changed(p->core, key);
}

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(all, "SELECT account, region, id FROM acm_certificate");
    const struct np_scope none = {NP_STR(""), NP_STR(""), 0};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_q *q = np_q(c, &none, &all, "");
    while (np_row(q)) {
        struct np_str account = np_col_str(q, 0, a);
        put(arg, c, account, acm_arn(a, account, np_col_str(q, 1, a), np_col_str(q, 2, a)));
        np_arena_reset(a, 4096);
    }
    return np_q_end(q, err);
}

struct acm_projection *acm_projection_new(struct np_core *core)
{
    struct acm_projection *p = np_heap_new(struct acm_projection);
    p->core = core;
    p->ops = (struct np_pmap_ops){np_rcu_later, entry_free, &p->retired};
    const struct np_projection projection = {.name = "acm",
                                             .db = NP_DB_STATE,
                                             .kinds = "acm.",
                                             .build = build,
                                             .changed = changed,
                                             .arg = p};
    np_store_project(core->store, &projection);
    np_provide_certs(core, &(struct np_cert_provider){.arg = p, .get = get, .usable = usable});
    return p;
}

void acm_projection_free(struct acm_projection *p)
{
    if (p == NULL)
        return;
    np_rcu_batch_retire(&p->retired);
    np_pmap_free(p->certs, &p->ops);
    np_rcu_batch_fini(&p->retired);
    np_free(p);
}
