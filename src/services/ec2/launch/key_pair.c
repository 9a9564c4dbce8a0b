/* SPDX-License-Identifier: Apache-2.0 */
/* key_pair.c - key pairs: made, imported, shown. The private half leaves with the reply of the
 * call that made it, and is kept nowhere. */
#include "services/ec2/ec2_int.h"
#include "services/ec2/launch/key.h"

static int name_ok(struct np_str name, struct np_err *err)
{
    if (name.n == 0 || name.n > 255)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter KeyName is invalid. Length exceeds maximum of "
                        "255 characters.",
                        NP_FMT(name));
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] > 126 || (unsigned char)name.p[i] < 32)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Value for parameter KeyName is invalid. Character sets beyond ASCII "
                            "are not supported.");
    return 0;
}

static int add(struct np_txn *t, struct np_str name, const struct ec2_key *key,
               const struct ec2_TagSpecificationList *specs, struct ec2_item **out,
               struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_tags tags;
    size_t n;
    int rc = ec2_tag_spec(np_txn_arena(t), specs, EC2_KIND_KEY_PAIR, &tags, err);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_KEY_PAIR, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_KEY_PAIRS_MAX)
        rc = np_fault(err, &EC2_KeyPairLimitExceeded, "You have reached the limit of %d key pairs.",
                      EC2_KEY_PAIRS_MAX);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_KEY_PAIR);
    struct ec2_KeyPairInfo *k = EC2_DETAIL(KeyPairInfo, it);
    it->name = k->KeyName = name;
    k->KeyType = key->type;
    k->KeyFingerprint = key->fingerprint;
    k->PublicKey =
        np_str_printf(np_txn_arena(t), "%.*s %.*s", NP_FMT(key->public_line), NP_FMT(name));
    k->CreateTime = (struct np_opt_int){true, np_txn_now_ms(t)};
    rc = ec2_put(t, it, err);
    if (rc == NP_EEXIST)
        return np_fault(err, &EC2_InvalidKeyPairDuplicate, "The keypair already exists");
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = it;
    return rc;
}

/* --- CreateKeyPair --- */

struct making {
    struct np_job job;
    struct np_req *rq;
    struct np_str type;
    struct ec2_key key;
    struct np_err err;
    int rc;
};

static void make_work(struct np_job *job)
{
    struct making *m = NP_CONTAINER(job, struct making, job);
    m->rc = ec2_key_make(m->rq->arena, m->type, &m->key, &m->err);
}

static void make_done(struct np_job *job)
{
    struct making *m = NP_CONTAINER(job, struct making, job);
    if (m->rc == 0) {
        np_req_apply(m->rq);
        return;
    }
    m->rq->err = m->err;
    np_req_done(m->rq, m->rc);
}

int ec2_CreateKeyPair_begin(struct np_req *rq, const struct ec2_CreateKeyPairRequest *in,
                            struct np_err *err)
{
    int rc = name_ok(in->KeyName, err);
    if (rc != 0)
        return rc;
    struct making *m = np_new(rq->arena, struct making);
    m->rq = rq;
    m->type = in->KeyType.p != NULL ? in->KeyType : NP_STR("rsa");
    rq->priv = m;
    np_job_submit(rq->core->jobs, rq->loop, &m->job, make_work, make_done);
    return NP_LATER;
}

int ec2_CreateKeyPair_apply(struct np_txn *t, const struct ec2_CreateKeyPairRequest *in,
                            struct ec2_KeyPair *out, struct np_err *err)
{
    const struct making *m = np_txn_req(t)->priv;
    struct ec2_item *it;
    int rc = add(t, in->KeyName, &m->key, &in->TagSpecifications, &it, err);
    if (rc != 0)
        return rc;
    const struct ec2_KeyPairInfo *k = EC2_DETAIL(KeyPairInfo, it);
    *out = (struct ec2_KeyPair){
        .KeyPairId = it->id,
        .KeyName = k->KeyName,
        .KeyFingerprint = k->KeyFingerprint,
        .KeyMaterial = m->key.material,
        .Tags = k->Tags,
    };
    return 0;
}

/* --- ImportKeyPair --- */

int ec2_ImportKeyPair_begin(struct np_req *rq, const struct ec2_ImportKeyPairRequest *in,
                            struct np_err *err)
{
    struct np_err why;
    int rc = name_ok(in->KeyName, err);
    if (rc != 0)
        return rc;
    struct ec2_key *key = np_new(rq->arena, struct ec2_key);
    if (ec2_key_read(rq->arena, in->PublicKeyMaterial, key, &why) != 0)
        return np_fault(err, &EC2_InvalidKeyFormat, "%s", why.text);
    rq->priv = key;
    return np_apply(rq);
}

int ec2_ImportKeyPair_apply(struct np_txn *t, const struct ec2_ImportKeyPairRequest *in,
                            struct ec2_ImportKeyPairResult *out, struct np_err *err)
{
    struct ec2_item *it;
    int rc = add(t, in->KeyName, np_txn_req(t)->priv, &in->TagSpecifications, &it, err);
    if (rc != 0)
        return rc;
    const struct ec2_KeyPairInfo *k = EC2_DETAIL(KeyPairInfo, it);
    *out = (struct ec2_ImportKeyPairResult){
        .KeyPairId = it->id,
        .KeyName = k->KeyName,
        .KeyFingerprint = k->KeyFingerprint,
        .Tags = k->Tags,
    };
    return 0;
}

/* --- DeleteKeyPair --- */

int ec2_DeleteKeyPair_apply(struct np_txn *t, const struct ec2_DeleteKeyPairRequest *in,
                            struct ec2_DeleteKeyPairResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc;
    if ((in->KeyName.p != NULL) == (in->KeyPairId.p != NULL))
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter KeyName or KeyPairId");
    out->Return = (struct np_opt_bool){true, true};
    if (in->KeyPairId.p != NULL)
        rc = ec2_get(&db, EC2_KIND_KEY_PAIR, in->KeyPairId, &it, err);
    else
        rc = ec2_find_name(&db, EC2_KIND_KEY_PAIR, in->KeyName, &it, err);
    /* AWS: a name that is not there is as good as deleted (tests/sdk/test_ec2_keys.py). */
    if (rc == NP_ENOENT)
        return 0;
    if (rc != 0)
        return rc;
    out->KeyPairId = it->id;
    return ec2_drop(t, it, err);
}

/* --- DescribeKeyPairs --- */

static const struct ec2_filter filters[] = {
    {"fingerprint", "KeyFingerprint"},
    {"key-name", "KeyName"},
    {"key-pair-id", "KeyPairId"},
};

struct named {
    struct np_str name, id;
};

static int same_name(void *arg, const struct ec2_item *it)
{
    struct named *w = arg;
    if (!np_str_eq(it->name, w->name))
        return 0;
    w->id = it->id;
    return 1;
}

static int ids_of_names(struct np_req *rq, const struct np_strs *names, struct np_strs *ids,
                        struct np_err *err)
{
    struct np_str *v = np_new_array(rq->arena, struct np_str, ids->n + names->n + 1);
    for (size_t i = 0; i < ids->n; i++)
        v[i] = ids->v[i];
    for (size_t i = 0; i < names->n; i++) {
        struct named w = {.name = names->v[i]};
        if (ec2_each(ec2_view(rq), EC2_KIND_KEY_PAIR, same_name, &w) == 0)
            return np_fault(err, &EC2_InvalidKeyPairNotFound, "The key pair '%.*s' does not exist",
                            NP_FMT(w.name));
        v[ids->n + i] = w.id;
    }
    *ids = (struct np_strs){v, ids->n + names->n, true};
    return 0;
}

int ec2_DescribeKeyPairs(struct np_req *rq, const struct ec2_DescribeKeyPairsRequest *in,
                         struct ec2_DescribeKeyPairsResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_KEY_PAIR, .filters = filters, .n_filters = NP_LEN(filters)};
    struct ec2_ask ask = {.ids = in->KeyPairIds, .filters = in->Filters};
    int rc = in->KeyNames.n != 0 ? ids_of_names(rq, &in->KeyNames, &ask.ids, err) : 0;
    if (rc == 0)
        rc = ec2_describe(rq, &d, &ask, &out->KeyPairs, NULL, err);
    if (rc != 0 || in->IncludePublicKey.v)
        return rc;
    for (size_t i = 0; i < out->KeyPairs.n; i++)
        out->KeyPairs.v[i].PublicKey = NP_STR_NULL;
    return 0;
}
