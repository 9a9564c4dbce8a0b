/* SPDX-License-Identifier: Apache-2.0 */
/* get.c - GetSecretValue and BatchGetSecretValue. */
#include "services/secretsmanager/secretsmanager_int.h"

/* --- which version --- */

static int no_value(struct np_err *err, const char *what, struct np_str which)
{
    return np_fault(err, &SECRETSMANAGER_ResourceNotFoundException,
                    "Secrets Manager can't find the specified secret value for %s: %.*s", what,
                    NP_FMT(which));
}

static int choose(const struct secretsmanager_db *db, const struct secretsmanager_secret *s,
                  struct np_str version, struct np_str stage, struct secretsmanager_version *out,
                  struct np_err *err)
{
    if (version.p == NULL && stage.p == NULL)
        stage = NP_STR("AWSCURRENT");
    struct np_str holder =
        stage.p != NULL ? secretsmanager_stage_holder(db, s->primary, stage) : NP_STR_NULL;
    if (version.p != NULL && !secretsmanager_version_find(db, s->primary, version, out))
        return no_value(err, "VersionId", version);
    if (version.p != NULL && stage.p != NULL && !np_str_eq(holder, version))
        return np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                        "You provided a VersionStage that is not associated to the provided "
                        "VersionId.");
    if (version.p == NULL && !secretsmanager_version_find(db, s->primary, holder, out))
        return no_value(err, "staging label", stage);
    return 0;
}

/* --- one value, read --- */

struct reading {
    struct np_req *rq;
    struct secretsmanager_secret secret;
    struct secretsmanager_version version;
    bool behind; /* the replica did not get the current version: this is the one before */
    struct np_str plain;
    void (*done)(struct reading *r, int rc, struct np_err *err);
    struct np_write write;
    struct np_err write_err;
};

/* Days of access, of the secret and its version. */
static int touch(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(secret, "UPDATE secretsmanager_secret SET accessed_ms = ?2 WHERE id = ?1");
    NP_SQL(version, "UPDATE secretsmanager_version SET accessed_ms = ?3 WHERE secret = ?1 AND "
                    "id = ?2");
    struct reading *r = NP_CONTAINER(w, struct reading, write);
    int64_t day = secretsmanager_day(r->rq->now_ms);
    int rc = np_exec(t, &secret, err, "ii", r->secret.id, day);
    if (rc == 0)
        rc = np_exec(t, &version, err, "isi", r->secret.primary, r->version.id, day);
    return rc;
}

/* Whether the day could be written or not: the value is there. */
static void touched(struct np_write *w, int rc)
{
    struct reading *r = NP_CONTAINER(w, struct reading, write);
    struct np_err none = {0};
    (void)rc;
    r->done(r, 0, &none);
}

static bool is_new_day(const struct reading *r)
{
    int64_t day = secretsmanager_day(r->rq->now_ms);
    return !r->secret.accessed_ms.set || r->secret.accessed_ms.v < day ||
           !r->version.accessed_ms.set || r->version.accessed_ms.v < day;
}

static void opened(void *arg, int rc, struct np_str plain, struct np_err *err)
{
    struct reading *r = arg;
    r->plain = plain;
    if (rc != 0 || !is_new_day(r)) {
        r->done(r, rc, err);
        return;
    }
    r->write = (struct np_write){
        .loop = r->rq->loop,
        .scope = np_req_scope(r->rq),
        .arena = r->rq->arena,
        .apply = touch,
        .done = touched,
        .err = &r->write_err,
    };
    if (np_store_write(r->rq->core->store, NP_DB_STATE, &r->write) != 0)
        r->done(r, 0, err);
}

/* AWS: a replica that a new version did not reach goes on to answer what was current before
 * (tests/sdk/test_secretsmanager_replicas.py). */
static int stay_behind(const struct secretsmanager_db *db, struct reading *r, struct np_err *err)
{
    const struct secretsmanager_secret *s = &r->secret;
    struct secretsmanager_sealed *sealed;
    struct secretsmanager_version before;
    size_t n;
    int rc = secretsmanager_envelopes(db, s->primary, r->version.id, s->region, &sealed, &n, err);
    struct np_str id = secretsmanager_stage_holder(db, s->primary, NP_STR("AWSPREVIOUS"));
    if (rc != 0 || n != 0 || id.p == NULL ||
        !secretsmanager_version_find(db, s->primary, id, &before))
        return rc;
    r->version = before;
    r->behind = true;
    return 0;
}

static void put_stages(const struct reading *r, struct np_strs *out)
{
    struct secretsmanager_db db = secretsmanager_db_req(r->rq);
    if (!r->behind) {
        secretsmanager_stages(&db, r->secret.primary, r->version.id, out);
        return;
    }
    *out = (struct np_strs){np_new(r->rq->arena, struct np_str), 1, true};
    out->v[0] = NP_STR("AWSCURRENT");
}

/* NP_LATER, then done; or an error. */
static int read_value(struct reading *r, struct np_str secret_id, struct np_str version,
                      struct np_str stage, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(r->rq);
    int rc = secretsmanager_find(r->rq, secret_id, &r->secret, err);
    if (rc == 0)
        rc = secretsmanager_usable(&r->secret, err);
    if (rc == 0)
        rc = choose(&db, &r->secret, version, stage, &r->version, err);
    bool current = version.p == NULL && (stage.p == NULL || np_str_is(stage, "AWSCURRENT"));
    if (rc == 0 && current && secretsmanager_is_replica(&r->secret))
        rc = stay_behind(&db, r, err);
    if (rc == 0)
        rc = secretsmanager_value_open(r->rq, &r->secret, &r->version, opened, r, err);
    return rc;
}

/* --- GetSecretValue --- */

static void answer(struct reading *r, int rc, struct np_err *err)
{
    struct secretsmanager_GetSecretValueResponse *out = r->rq->out;
    if (rc != 0) {
        r->rq->err = *err;
        np_req_done(r->rq, rc);
        return;
    }
    out->ARN = r->secret.arn;
    out->Name = r->secret.name;
    out->VersionId = r->version.id;
    *(r->version.binary ? &out->SecretBinary : &out->SecretString) = r->plain;
    out->CreatedDate = SECRETSMANAGER_INT(r->version.created_ms);
    put_stages(r, &out->VersionStages);
    np_req_done(r->rq, 0);
}

int secretsmanager_GetSecretValue(struct np_req *rq,
                                  const struct secretsmanager_GetSecretValueRequest *in,
                                  struct secretsmanager_GetSecretValueResponse *out,
                                  struct np_err *err)
{
    (void)out;
    struct reading *r = np_new(rq->arena, struct reading);
    r->rq = rq;
    r->done = answer;
    return read_value(r, in->SecretId, in->VersionId, in->VersionStage, err);
}

/* --- BatchGetSecretValue --- */

struct batch {
    struct np_req *rq;
    struct np_strs ids; /* as asked, or ARNs of what the filters found */
    size_t at;
};

static void batch_step(struct batch *b);

static const char *code_of(const struct np_err *err)
{
    const struct np_fault_def *f = err->code == NP_EFAULT ? err->fault : NULL;
    if (f == NULL)
        return "InternalServiceError";
    if (f == &NP_AccessDenied)
        return "AccessDeniedException";
    return f->code != NULL ? f->code : f->name;
}

static void batch_error(struct batch *b, const struct np_err *err)
{
    struct secretsmanager_BatchGetSecretValueResponse *out = b->rq->out;
    bool told = err->code == NP_EFAULT;
    out->Errors.v[out->Errors.n++] = (struct secretsmanager_APIErrorType){
        .SecretId = b->ids.v[b->at],
        .ErrorCode = np_str_of(code_of(err)),
        .Message = told ? np_str_dup(b->rq->arena, np_err_text(err))
                        : NP_STR("An internal error has occurred."),
    };
    b->at++;
}

static void batch_read(struct reading *r, int rc, struct np_err *err)
{
    struct batch *b = r->rq->priv;
    struct secretsmanager_BatchGetSecretValueResponse *out = b->rq->out;
    if (rc != 0) {
        batch_error(b, err);
        batch_step(b);
        return;
    }
    struct secretsmanager_SecretValueEntry *e = &out->SecretValues.v[out->SecretValues.n++];
    *e = (struct secretsmanager_SecretValueEntry){
        .ARN = r->secret.arn,
        .Name = r->secret.name,
        .VersionId = r->version.id,
        .CreatedDate = SECRETSMANAGER_INT(r->version.created_ms),
    };
    *(r->version.binary ? &e->SecretBinary : &e->SecretString) = r->plain;
    put_stages(r, &e->VersionStages);
    b->at++;
    batch_step(b);
}

static int batch_one(struct batch *b, struct np_err *err)
{
    struct np_str id = b->ids.v[b->at];
    struct reading *r = np_new(b->rq->arena, struct reading);
    r->rq = b->rq;
    r->done = batch_read;
    int rc = secretsmanager_may(b->rq, "secretsmanager:GetSecretValue", id, err);
    return rc == 0 ? read_value(r, id, NP_STR_NULL, NP_STR_NULL, err) : rc;
}

static void batch_step(struct batch *b)
{
    struct np_err err = {0};
    while (b->at < b->ids.n) {
        int rc = batch_one(b, &err);
        if (rc == NP_LATER)
            return;
        if (err.code == 0)
            err.code = rc;
        batch_error(b, &err);
    }
    np_req_done(b->rq, 0);
}

static int batch_check(const struct secretsmanager_BatchGetSecretValueRequest *in,
                       struct np_err *err)
{
    if ((in->SecretIdList.n != 0) == (in->Filters.n != 0))
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    if (in->Filters.n == 0 && in->MaxResults.set)
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "'Filters' not specified. 'MaxResults' must also be omitted.");
    return secretsmanager_filters_check(&in->Filters, err);
}

/* With filters the page is of ListSecrets, which the caller must be allowed, too. */
static int batch_list(struct np_req *rq, const struct secretsmanager_BatchGetSecretValueRequest *in,
                      struct np_strs *ids, struct np_str *next, struct np_err *err)
{
    const struct secretsmanager_scan scan = {
        .filters = &in->Filters,
        .token = in->NextToken,
        .limit = in->MaxResults.set ? (size_t)in->MaxResults.v : SECRETSMANAGER_BATCH_DEFAULT,
    };
    struct secretsmanager_secret *found;
    size_t n = 0;
    int rc = secretsmanager_may(rq, "secretsmanager:ListSecrets", NP_STR_NULL, err);
    if (rc == 0)
        rc = secretsmanager_scan(rq, &scan, &found, &n, next, err);
    if (rc != 0)
        return rc;
    ids->v = np_new_array(rq->arena, struct np_str, n + 1);
    for (; ids->n < n; ids->n++)
        ids->v[ids->n] = found[ids->n].arn;
    return 0;
}

int secretsmanager_BatchGetSecretValue(struct np_req *rq,
                                       const struct secretsmanager_BatchGetSecretValueRequest *in,
                                       struct secretsmanager_BatchGetSecretValueResponse *out,
                                       struct np_err *err)
{
    struct batch *b = np_new(rq->arena, struct batch);
    b->rq = rq;
    b->ids = in->SecretIdList;
    int rc = batch_check(in, err);
    if (rc == 0 && in->Filters.n != 0)
        rc = batch_list(rq, in, &b->ids, &out->NextToken, err);
    if (rc != 0)
        return rc;
    rq->priv = b;
    out->SecretValues.v =
        np_new_array(rq->arena, struct secretsmanager_SecretValueEntry, b->ids.n + 1);
    out->Errors.v = np_new_array(rq->arena, struct secretsmanager_APIErrorType, b->ids.n + 1);
    out->SecretValues.set = out->Errors.set = true;
    batch_step(b);
    return NP_LATER;
}
