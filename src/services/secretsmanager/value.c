/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - CreateSecret, PutSecretValue, UpdateSecret: new values and their first labels. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "base/digest.h"

static const struct np_str current = {"AWSCURRENT", 10};

int secretsmanager_token_check(struct np_str token, struct np_err *err)
{
    if (token.n != 0)
        return 0;
    return np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                    "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}

int secretsmanager_one_value(struct np_str text, struct np_str binary, struct np_err *err)
{
    if (text.p == NULL || binary.p == NULL)
        return 0;
    return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                    "You can't specify both a binary secret value and a string secret value in the "
                    "same secret.");
}

/* Between begin and apply the rows became others: the caller's SDK asks again. */
static int asked_again(struct np_err *err)
{
    return np_err(err, NP_EAGAIN, "the secret was changed by another call");
}

static int token_taken(const struct secretsmanager_secret *s, struct np_str token,
                       struct np_err *err)
{
    return np_fault(err, &SECRETSMANAGER_ResourceExistsException,
                    "You can't use ClientRequestToken %.*s because that value is already in use "
                    "for a version of secret %.*s.",
                    NP_FMT(token), NP_FMT(s->arn));
}

/* 1: the version is there and has this value; 0: it is not there. */
static int was_put(struct np_txn *t, const struct secretsmanager_secret *s, struct np_str token,
                   bool binary, struct np_str plain, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_version v;
    if (!secretsmanager_version_find(&db, s->id, token, &v))
        return 0;
    struct np_str same = secretsmanager_same(np_txn_req(t), token, binary, plain);
    return np_ct_eq(v.same, same) ? 1 : token_taken(s, token, err);
}

/* The version that begin sealed, with its labels; the first one is current whatever it is called.
 */
static int add_version(struct np_txn *t, const struct secretsmanager_secret *s,
                       const struct np_strs *stages, struct np_err *err)
{
    const struct secretsmanager_work *w = secretsmanager_work_of(t);
    const struct secretsmanager_version *v = &w->items[0].version;
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    bool first = secretsmanager_stage_holder(&db, s->id, current).p == NULL;
    int rc = secretsmanager_version_add(t, s->id, v, err);
    for (size_t i = 0; rc == 0 && i < stages->n; i++)
        rc = secretsmanager_stage_move(t, s->id, stages->v[i], v->id, err);
    if (rc == 0 && (first || stages->n == 0))
        rc = secretsmanager_stage_move(t, s->id, current, v->id, err);
    return rc;
}

/* --- CreateSecret --- */

struct np_str secretsmanager_new_suffix(struct np_arena *a)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char *p = np_alloc(a, SECRETSMANAGER_SUFFIX);
    for (size_t i = 0; i < SECRETSMANAGER_SUFFIX;) {
        uint8_t byte;
        np_random(&byte, 1);
        if (byte < 248) /* a multiple of 62: no digit is likelier */
            p[i++] = digits[byte % 62];
    }
    return np_str_n(p, SECRETSMANAGER_SUFFIX);
}

static int create_check(const struct np_req *rq,
                        const struct secretsmanager_CreateSecretRequest *in, struct np_err *err)
{
    int rc = 0;
    if (!secretsmanager_name_ok(in->Name))
        rc = np_fault(err, &NP_ValidationException,
                      "Invalid name. Must be a valid name containing alphanumeric characters, or "
                      "any of the following: -/_+=.@!");
    if (rc == 0)
        rc = secretsmanager_token_check(in->ClientRequestToken, err);
    if (rc == 0)
        rc = secretsmanager_one_value(in->SecretString, in->SecretBinary, err);
    if (rc == 0)
        rc = secretsmanager_kms_key_check(in->KmsKeyId, err);
    if (rc == 0)
        rc = secretsmanager_tags_check(&in->Tags, err);
    if (rc == 0)
        rc = secretsmanager_regions_check(rq, &in->AddReplicaRegions, err);
    return rc;
}

/* The name is taken: by the same call before, by a secret that goes, or by another. */
static int exists(const struct secretsmanager_secret *s, struct np_str token, struct np_err *err)
{
    if (s->delete_ms.set)
        return np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                        "You can't create this secret because a secret with this name is already "
                        "scheduled for deletion.");
    if (np_str_eq(s->create_token, token))
        return 0;
    return np_fault(err, &SECRETSMANAGER_ResourceExistsException,
                    "The operation failed because the secret %.*s already exists.",
                    NP_FMT(s->name));
}

static struct np_str absent_if_empty(struct np_str s)
{
    return s.n != 0 ? s : NP_STR_NULL;
}

static struct secretsmanager_replica *
wanted(struct np_arena *a, const struct secretsmanager_AddReplicaRegionListType *l)
{
    struct secretsmanager_replica *r = np_new_array(a, struct secretsmanager_replica, l->n + 1);
    for (size_t i = 0; i < l->n; i++)
        r[i] = (struct secretsmanager_replica){.region = l->v[i].Region,
                                               .kms_key = absent_if_empty(l->v[i].KmsKeyId)};
    return r;
}

int secretsmanager_CreateSecret_begin(struct np_req *rq,
                                      const struct secretsmanager_CreateSecretRequest *in,
                                      struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    struct secretsmanager_secret old;
    struct secretsmanager_work *w = secretsmanager_work_new(rq, in->AddReplicaRegions.n + 1);
    int rc = create_check(rq, in, err);
    if (rc != 0)
        return rc;
    rc = secretsmanager_by_name(&db, rq->account, rq->region, in->Name, &old, err);
    if (rc == 0) /* apply answers once more what it answered, or why not */
        return np_apply(rq);
    if (rc != NP_ENOENT)
        return rc;
    struct np_str suffix = secretsmanager_new_suffix(rq->arena);
    w->secret = (struct secretsmanager_secret){
        .account = rq->account,
        .region = rq->region,
        .name = in->Name,
        .suffix = suffix,
        .arn = secretsmanager_arn(rq->arena, rq->region, rq->account, in->Name, suffix),
        .create_token = in->ClientRequestToken,
        .description = absent_if_empty(in->Description),
        .kms_key = absent_if_empty(in->KmsKeyId),
        .created_ms = rq->now_ms,
        .changed_ms = rq->now_ms,
    };
    bool binary = in->SecretBinary.p != NULL;
    struct np_str plain = binary ? in->SecretBinary : in->SecretString;
    if (plain.p != NULL)
        secretsmanager_work_value(w, in->ClientRequestToken, binary, plain,
                                  wanted(rq->arena, &in->AddReplicaRegions),
                                  in->AddReplicaRegions.n);
    return secretsmanager_work_run(w);
}

static void created(struct np_txn *t, const struct secretsmanager_secret *s, bool value,
                    struct secretsmanager_CreateSecretResponse *out)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    out->ARN = s->arn;
    out->Name = s->name;
    out->VersionId = value ? s->create_token : NP_STR_NULL;
    secretsmanager_replicas_out(&db, s, &out->ReplicationStatus);
}

static int create_again(struct np_txn *t, const struct secretsmanager_secret *s,
                        const struct secretsmanager_CreateSecretRequest *in,
                        struct secretsmanager_CreateSecretResponse *out, struct np_err *err)
{
    bool binary = in->SecretBinary.p != NULL;
    struct np_str plain = binary ? in->SecretBinary : in->SecretString;
    int rc = exists(s, in->ClientRequestToken, err);
    if (rc == 0 && plain.p != NULL) {
        rc = was_put(t, s, in->ClientRequestToken, binary, plain, err);
        if (rc == 0)
            rc = token_taken(s, in->ClientRequestToken, err);
    }
    if (rc < 0)
        return rc;
    created(t, s, plain.p != NULL, out);
    return 0;
}

int secretsmanager_CreateSecret_apply(struct np_txn *t,
                                      const struct secretsmanager_CreateSecretRequest *in,
                                      struct secretsmanager_CreateSecretResponse *out,
                                      struct np_err *err)
{
    const struct secretsmanager_work *w = secretsmanager_work_of(t);
    const struct np_scope *scope = np_txn_scope(t);
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    const struct np_strs no_stages = {0};
    bool value = in->SecretString.p != NULL || in->SecretBinary.p != NULL;
    int rc = secretsmanager_by_name(&db, scope->account, scope->region, in->Name, &s, err);
    if (rc == 0)
        return create_again(t, &s, in, out, err);
    if (rc != NP_ENOENT)
        return rc;
    if (w->secret.name.p == NULL) /* begin saw one that is gone now */
        return asked_again(err);
    s = w->secret;
    rc = secretsmanager_add(t, &s, err);
    if (rc == 0)
        rc = secretsmanager_tags_put(t, s.id, &in->Tags, err);
    if (rc == 0 && value)
        rc = add_version(t, &s, &no_stages, err);
    if (rc == 0)
        rc = secretsmanager_work_store(t, w, s.id, err);
    if (rc == 0)
        rc = secretsmanager_replicas_add(t, &s, &in->AddReplicaRegions,
                                         in->ForceOverwriteReplicaSecret.v, w, err);
    if (rc == 0)
        created(t, &s, value, out);
    return rc;
}

/* --- PutSecretValue --- */

/* The secret that gets a value, its replicas, and the work with that value in it. */
static int value_begin(struct np_req *rq, struct secretsmanager_work *w,
                       const struct secretsmanager_secret *s, struct np_str token, bool binary,
                       struct np_str plain, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    struct secretsmanager_version v;
    struct secretsmanager_replica *r;
    size_t n;
    w->secret = *s;
    int rc = secretsmanager_account_check(rq, s, s->kms_key.p != NULL, err);
    if (rc == 0)
        rc = secretsmanager_replicas(&db, s->id, &r, &n, err);
    if (rc == 0 && !secretsmanager_version_find(&db, s->id, token, &v))
        secretsmanager_work_value(w, token, binary, plain, r, n);
    return rc;
}

int secretsmanager_PutSecretValue_begin(struct np_req *rq,
                                        const struct secretsmanager_PutSecretValueRequest *in,
                                        struct np_err *err)
{
    struct secretsmanager_secret s;
    struct secretsmanager_work *w = secretsmanager_work_new(rq, SECRETSMANAGER_REPLICAS_MAX + 1);
    bool binary = in->SecretBinary.p != NULL;
    struct np_str plain = binary ? in->SecretBinary : in->SecretString;
    int rc = secretsmanager_token_check(in->ClientRequestToken, err);
    if (rc == 0 && plain.p == NULL)
        rc = np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                      "You must provide either SecretString or SecretBinary.");
    if (rc == 0)
        rc = secretsmanager_one_value(in->SecretString, in->SecretBinary, err);
    if (rc == 0)
        rc = secretsmanager_find(rq, in->SecretId, &s, err);
    if (rc == 0)
        rc = secretsmanager_writable(&s, err);
    if (rc == 0)
        rc = value_begin(rq, w, &s, in->ClientRequestToken, binary, plain, err);
    return rc == 0 ? secretsmanager_work_run(w) : rc;
}

/* In apply: the new version of a secret, unless it is there. */
static int value_apply(struct np_txn *t, struct secretsmanager_secret *s, struct np_str token,
                       bool binary, struct np_str plain, const struct np_strs *stages,
                       struct np_err *err)
{
    const struct secretsmanager_work *w = secretsmanager_work_of(t);
    int rc = was_put(t, s, token, binary, plain, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (w->n == 0 || w->items[0].plain.p == NULL || !np_str_eq(w->items[0].version.id, token))
        return asked_again(err);
    rc = add_version(t, s, stages, err);
    if (rc == 0)
        rc = secretsmanager_replicas_note(t, s, w, err);
    return rc;
}

int secretsmanager_PutSecretValue_apply(struct np_txn *t,
                                        const struct secretsmanager_PutSecretValueRequest *in,
                                        struct secretsmanager_PutSecretValueResponse *out,
                                        struct np_err *err)
{
    const struct secretsmanager_work *w = secretsmanager_work_of(t);
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    bool binary = in->SecretBinary.p != NULL;
    struct np_str plain = binary ? in->SecretBinary : in->SecretString;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0 && s.id != w->secret.id)
        rc = asked_again(err);
    if (rc == 0)
        rc = value_apply(t, &s, in->ClientRequestToken, binary, plain, &in->VersionStages, err);
    if (rc == 0)
        rc = secretsmanager_work_store(t, w, s.id, err);
    s.changed_ms = np_txn_now_ms(t);
    if (rc == 0 && w->n != 0)
        rc = secretsmanager_put(t, &s, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    out->VersionId = in->ClientRequestToken;
    secretsmanager_stages(&db, s.id, in->ClientRequestToken, &out->VersionStages);
    return 0;
}

/* --- UpdateSecret --- */

static bool key_changes(const struct np_req *rq, const struct secretsmanager_secret *s,
                        struct np_str key)
{
    return key.p != NULL &&
           !np_str_eq(secretsmanager_kms_arn(rq->arena, s->region, s->account, s->kms_key),
                      secretsmanager_kms_arn(rq->arena, s->region, s->account, key));
}

/* AWS: the versions of AWS's own labels are put under the new key as well; what the caller cannot
 * read under the old one stays as it is (tests/sdk/test_secretsmanager_kms.py). */
static void add_reencryption(struct secretsmanager_work *w)
{
    static const char *const stages[] = {"AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"};
    const struct secretsmanager_secret *s = &w->secret;
    struct secretsmanager_db db = secretsmanager_db_req(w->rq);
    size_t first = w->n;
    NP_EACH (stage, stages) {
        struct secretsmanager_version v;
        struct np_str id = secretsmanager_stage_holder(&db, s->id, np_str_of(*stage));
        bool twice = id.p == NULL;
        for (size_t i = first; i < w->n; i++)
            twice = twice || np_str_eq(w->items[i].version.id, id);
        if (!twice && secretsmanager_version_find(&db, s->id, id, &v))
            w->items[w->n++] = (struct secretsmanager_item){
                .version = v,
                .region = s->region,
                .arn = s->arn,
                .kms_key = s->kms_key,
                .must = true,
            };
    }
}

int secretsmanager_UpdateSecret_begin(struct np_req *rq,
                                      const struct secretsmanager_UpdateSecretRequest *in,
                                      struct np_err *err)
{
    struct secretsmanager_secret s;
    struct secretsmanager_work *w = secretsmanager_work_new(rq, SECRETSMANAGER_REPLICAS_MAX + 4);
    bool binary = in->SecretBinary.p != NULL;
    struct np_str plain = binary ? in->SecretBinary : in->SecretString;
    int rc = secretsmanager_token_check(in->ClientRequestToken, err);
    if (rc == 0)
        rc = secretsmanager_one_value(in->SecretString, in->SecretBinary, err);
    if (rc == 0)
        rc = secretsmanager_kms_key_check(in->KmsKeyId, err);
    if (rc == 0)
        rc = secretsmanager_find(rq, in->SecretId, &s, err);
    if (rc == 0)
        rc = secretsmanager_writable(&s, err);
    if (rc != 0)
        return rc;
    bool changes = key_changes(rq, &s, in->KmsKeyId);
    w->secret = s;
    if (in->KmsKeyId.p != NULL)
        w->secret.kms_key = absent_if_empty(in->KmsKeyId);
    s = w->secret;
    if (plain.p != NULL)
        rc = value_begin(rq, w, &s, in->ClientRequestToken, binary, plain, err);
    if (rc == 0 && changes)
        add_reencryption(w);
    return rc == 0 ? secretsmanager_work_run(w) : rc;
}

int secretsmanager_UpdateSecret_apply(struct np_txn *t,
                                      const struct secretsmanager_UpdateSecretRequest *in,
                                      struct secretsmanager_UpdateSecretResponse *out,
                                      struct np_err *err)
{
    const struct secretsmanager_work *w = secretsmanager_work_of(t);
    const struct np_strs no_stages = {0};
    struct secretsmanager_secret s;
    bool binary = in->SecretBinary.p != NULL;
    struct np_str plain = binary ? in->SecretBinary : in->SecretString;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0 && s.id != w->secret.id)
        rc = asked_again(err);
    if (rc == 0 && plain.p != NULL)
        rc = value_apply(t, &s, in->ClientRequestToken, binary, plain, &no_stages, err);
    if (rc == 0)
        rc = secretsmanager_work_store(t, w, s.id, err);
    if (in->Description.p != NULL)
        s.description = absent_if_empty(in->Description);
    if (in->KmsKeyId.p != NULL)
        s.kms_key = w->secret.kms_key;
    s.changed_ms = np_txn_now_ms(t);
    if (rc == 0)
        rc = secretsmanager_put(t, &s, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    out->VersionId = plain.p != NULL ? in->ClientRequestToken : NP_STR_NULL;
    return 0;
}
