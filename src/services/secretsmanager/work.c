/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - what is opened and sealed by KMS before a write: a list, one after the other, on the
 * worker; apply then has rows only. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "base/assert.h"
#include "base/digest.h"

/* --- a value from one of its envelopes --- */

struct opening {
    struct np_req *rq;
    struct secretsmanager_sealed *envelopes;
    size_t n, at;
    struct np_err first; /* of the key that is asked first */
    struct secretsmanager_crypt crypt;
    void (*done)(void *arg, int rc, struct np_str plain, struct np_err *err);
    void *arg;
};

static void opened(struct secretsmanager_crypt *c, int rc, struct np_err *err)
{
    struct opening *o = c->arg;
    if (rc == 0) {
        o->done(o->arg, 0, c->plain, err);
        return;
    }
    if (o->at == 0)
        o->first = *err;
    if (++o->at == o->n) {
        o->done(o->arg, o->first.code, NP_STR_NULL, &o->first);
        return;
    }
    c->sealed = o->envelopes[o->at];
    secretsmanager_open(c);
}

int secretsmanager_account_check(const struct np_req *rq, const struct secretsmanager_secret *s,
                                 bool own, struct np_err *err)
{
    if (own || np_str_eq(rq->account, s->account))
        return 0;
    return np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                    "You can't access a secret from a different AWS account if you encrypt the "
                    "secret with the default KMS service key.");
}

int secretsmanager_value_open(struct np_req *rq, const struct secretsmanager_secret *s,
                              const struct secretsmanager_version *v,
                              void (*done)(void *arg, int rc, struct np_str plain,
                                           struct np_err *err),
                              void *arg, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    struct opening *o = np_new(rq->arena, struct opening);
    int rc = secretsmanager_envelopes(&db, s->primary, v->id, s->region, &o->envelopes, &o->n, err);
    if (rc == 0 && o->n == 0)
        rc = np_fault(err, &SECRETSMANAGER_ResourceNotFoundException,
                      "The value of version %.*s has not been replicated to this region.",
                      NP_FMT(v->id));
    if (rc == 0)
        rc = secretsmanager_account_check(rq, s, o->envelopes[0].own, err);
    if (rc != 0)
        return rc;
    o->rq = rq;
    o->done = done;
    o->arg = arg;
    o->crypt = (struct secretsmanager_crypt){
        .rq = rq,
        .region = s->region,
        .account = s->account,
        .arn = s->arn,
        .version = v->id,
        .sealed = o->envelopes[0],
        .done = opened,
        .arg = o,
    };
    secretsmanager_open(&o->crypt);
    return NP_LATER;
}

/* --- the list --- */

struct secretsmanager_work *secretsmanager_work_new(struct np_req *rq, size_t room)
{
    struct secretsmanager_work *w = np_new(rq->arena, struct secretsmanager_work);
    w->rq = rq;
    w->room = room;
    w->items = np_new_array(rq->arena, struct secretsmanager_item, room + 1);
    rq->priv = w;
    return w;
}

struct secretsmanager_work *secretsmanager_work_of(struct np_txn *t)
{
    return np_txn_req(t)->priv;
}

struct np_str secretsmanager_same(struct np_req *rq, struct np_str token, bool binary,
                                  struct np_str plain)
{
    uint8_t key[32], *mac = np_alloc(rq->arena, 32);
    struct np_str head = np_str_printf(rq->arena, "%.*s/%d/", NP_FMT(token), binary);
    np_core_key(rq->core, "secretsmanager.same", key);
    np_hmac_sha256(np_str_n(key, 32), np_str_cat(rq->arena, head, plain), mac);
    np_wipe(key, sizeof(key));
    return np_str_n(mac, 32);
}

static struct secretsmanager_item *add_item(struct secretsmanager_work *w)
{
    np_assert(w->n < w->room);
    return &w->items[w->n++];
}

void secretsmanager_work_value(struct secretsmanager_work *w, struct np_str token, bool binary,
                               struct np_str plain, const struct secretsmanager_replica *r,
                               size_t n)
{
    const struct secretsmanager_secret *s = &w->secret;
    struct np_arena *a = w->rq->arena;
    const struct secretsmanager_version v = {
        .id = token,
        .binary = binary,
        .same = secretsmanager_same(w->rq, token, binary, plain),
        .created_ms = w->rq->now_ms,
    };
    *add_item(w) = (struct secretsmanager_item){
        .version = v,
        .region = s->region,
        .arn = s->arn,
        .kms_key = s->kms_key,
        .plain = plain,
        .must = true,
    };
    for (size_t i = 0; i < n; i++)
        *add_item(w) = (struct secretsmanager_item){
            .version = v,
            .region = r[i].region,
            .arn = secretsmanager_arn(a, r[i].region, s->account, s->name, s->suffix),
            .kms_key = r[i].kms_key,
            .plain = plain,
        };
}

static void step(struct secretsmanager_work *w);

static void failed(struct secretsmanager_work *w, int rc, struct np_err *err)
{
    struct secretsmanager_item *it = &w->items[w->at];
    if (it->must && it->plain.p != NULL) {
        w->rq->err = *err;
        np_req_done(w->rq, rc);
        return;
    }
    it->problem = np_str_dup(w->rq->arena, np_err_text(err));
    w->at++;
    step(w);
}

static void sealed(struct secretsmanager_crypt *c, int rc, struct np_err *err)
{
    struct secretsmanager_work *w = c->arg;
    if (rc != 0) {
        failed(w, rc, err);
        return;
    }
    w->items[w->at++].sealed = c->sealed;
    step(w);
}

static void value_opened(void *arg, int rc, struct np_str plain, struct np_err *err)
{
    struct secretsmanager_work *w = arg;
    struct np_str version = w->items[w->at].version.id;
    if (rc != 0) {
        failed(w, rc, err);
        return;
    }
    for (size_t i = w->at; i < w->n; i++)
        if (np_str_eq(w->items[i].version.id, version))
            w->items[i].plain = plain;
    step(w);
}

static void step(struct secretsmanager_work *w)
{
    if (w->at == w->n) {
        np_req_apply(w->rq);
        return;
    }
    struct secretsmanager_item *it = &w->items[w->at];
    if (it->plain.p == NULL) {
        struct np_err err = {0};
        int rc = secretsmanager_value_open(w->rq, &w->secret, &it->version, value_opened, w, &err);
        if (rc != NP_LATER)
            failed(w, rc, &err);
        return;
    }
    w->crypt = (struct secretsmanager_crypt){
        .rq = w->rq,
        .region = it->region,
        .account = w->secret.account,
        .arn = it->arn,
        .version = it->version.id,
        .kms_key = it->kms_key,
        .plain = it->plain,
        .done = sealed,
        .arg = w,
    };
    secretsmanager_seal(&w->crypt);
}

int secretsmanager_work_run(struct secretsmanager_work *w)
{
    if (w->n == 0)
        return np_apply(w->rq);
    step(w);
    return NP_LATER;
}

int secretsmanager_work_store(struct np_txn *t, const struct secretsmanager_work *w, int64_t secret,
                              struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_version v;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < w->n; i++) {
        const struct secretsmanager_item *it = &w->items[i];
        if (it->sealed.bytes.p != NULL &&
            secretsmanager_version_find(&db, secret, it->version.id, &v))
            rc = secretsmanager_envelope_add(t, secret, it->version.id, it->region, &it->sealed,
                                             err);
    }
    return rc;
}
