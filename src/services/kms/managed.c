/* SPDX-License-Identifier: Apache-2.0 */
/* managed.c - AWS managed keys, alias/aws/NAME: one of each service, made when the service first
 * encrypts with it (or somebody asks what it is). Who may use the service may use its key, through
 * the service. */
#include "aws/ids.h"
#include "services/kms/authorize.h"

/* Names after alias/aws/, and the service that uses the key. */
static const struct managed {
    const char *name, *service, *title;
} managed[] = {
    {"acm", "acm", "ACM"},
    {"backup", "backup", "AWS Backup"},
    {"dynamodb", "dynamodb", "Amazon DynamoDB"},
    {"ebs", "ec2", "EBS"},
    {"elasticfilesystem", "elasticfilesystem", "EFS"},
    {"es", "es", "Elasticsearch"},
    {"fsx", "fsx", "FSx"},
    {"kinesis", "kinesis", "Kinesis"},
    {"kinesisvideo", "kinesisvideo", "Kinesis Video Streams"},
    {"lambda", "lambda", "AWS Lambda"},
    {"rds", "rds", "RDS"},
    {"redshift", "redshift", "Redshift"},
    {"s3", "s3", "S3"},
    {"secretsmanager", "secretsmanager", "AWS Secrets Manager"},
    {"sns", "sns", "SNS"},
    {"sqs", "sqs", "SQS"},
    {"ssm", "ssm", "SSM"},
};

static const struct managed *managed_of(struct np_str alias)
{
    static const struct np_str prefix = {"alias/aws/", 10};
    NP_EACH (m, managed)
        if (np_str_starts(alias, prefix) &&
            np_str_eq(np_str_sub(alias, prefix.n, alias.n), np_str_of(m->name)))
            return m;
    return NULL;
}

bool kms_managed_alias(struct np_arena *a, size_t i, struct np_str *out)
{
    if (i >= NP_LEN(managed))
        return false;
    *out = np_str_printf(a, "alias/aws/%s", managed[i].name);
    return true;
}

bool kms_managed_wanted(const struct np_req *rq, const struct kms_name *name)
{
    const struct managed *m = managed_of(name->alias);
    if (m == NULL || !np_str_eq(name->account, rq->account) || (rq->op->flags & NP_OP_READ) == 0)
        return false;
    if (rq->op->codec == &kms_DescribeKey_op)
        return true;
    struct np_str via = kms_via_service(rq), service, rest;
    np_str_cut(via, '.', &service, &rest);
    return np_str_eq(service, np_str_of(m->service));
}

/* As AWS's own keys have it. */
static struct np_str policy_of(struct np_arena *a, const struct managed *m,
                               const struct kms_name *name)
{
    const char *use =
        "\"Condition\":{\"StringEquals\":{\"kms:CallerAccount\":\"%.*s\",\"kms:ViaService\":"
        "\"%s.%.*s.amazonaws.com\"}}";
    struct np_buf b;
    np_buf_init(&b, a, KMS_POLICY_MAX);
    np_buf_printf(&b,
                  "{\"Version\":\"2012-10-17\",\"Id\":\"auto-%s-1\",\"Statement\":[{\"Sid\":"
                  "\"Allow access through %s for all principals in the account that are "
                  "authorized to use %s\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},"
                  "\"Action\":[\"kms:Encrypt\",\"kms:Decrypt\",\"kms:ReEncrypt*\","
                  "\"kms:GenerateDataKey*\",\"kms:CreateGrant\",\"kms:DescribeKey\"],"
                  "\"Resource\":\"*\",",
                  m->name, m->title, m->title);
    np_buf_printf(&b, use, NP_FMT(name->account), m->service, NP_FMT(name->region));
    np_buf_printf(&b,
                  "},{\"Sid\":\"Allow direct access to key metadata to the account\","
                  "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::%.*s:root\"},"
                  "\"Action\":[\"kms:Describe*\",\"kms:Get*\",\"kms:List*\","
                  "\"kms:RevokeGrant\"],\"Resource\":\"*\"}]}",
                  NP_FMT(name->account));
    return np_buf_str(&b);
}

/* --- making one --- */

struct making {
    struct np_req *rq;
    struct np_write write;
    struct kms_key key;
    struct np_str alias;
};

/* On the writer's thread. */
static int apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(there, "SELECT count(*) FROM kms_alias WHERE account = :account AND region = :region "
                  "AND name = ?1");
    NP_SQL(rotate, "UPDATE kms_key SET rotation_days = ?2, rotation_ms = ?3 "
                   "WHERE account = :account AND region = :region AND id = ?1");
    struct making *m = NP_CONTAINER(w, struct making, write);
    int64_t year = 365;
    if (kms_first_int(np_tq(t, &there, "s", m->alias)) != 0)
        return 0; /* two came at once */
    int rc = kms_key_insert(t, &m->key, err);
    rc = rc != 0 ? rc : kms_alias_insert(t, m->alias, m->key.id, err);
    return rc != 0 ? rc
                   : np_exec(t, &rotate, err, "sii", m->key.id, year,
                             np_txn_now_ms(t) + year * KMS_DAY_MS);
}

static void made(struct np_write *w, int rc)
{
    struct np_req *rq = NP_CONTAINER(w, struct making, write)->rq;
    if (rc == 0)
        rc = kms_authorize(rq, rq->op, rq->in, &rq->err);
    if (rc == 0)
        rc = rq->op->read(rq, rq->in, rq->out, &rq->err);
    if (rc != NP_LATER)
        np_req_done(rq, rc);
}

int kms_managed_make(struct np_req *rq, const struct kms_name *name, struct np_err *err)
{
    struct making *m = np_new(rq->arena, struct making);
    const struct managed *of = managed_of(name->alias);
    struct np_arena *a = rq->arena;
    m->rq = rq;
    m->alias = np_str_dup(a, name->alias);
    m->key = (struct kms_key){
        .account = rq->account,
        .region = rq->region,
        .id = np_id_uuid(a),
        .spec = kms_spec_find(NP_STR("SYMMETRIC_DEFAULT")),
        .usage = NP_STR("ENCRYPT_DECRYPT"),
        .origin = NP_STR("AWS_KMS"),
        .state = KMS_ENABLED,
        .aws = true,
        .description = np_str_printf(a,
                                     "Default key that protects my %s data when no other key is "
                                     "defined",
                                     of->title),
        .created_ms = rq->now_ms,
        .policy_text = policy_of(a, of, name),
    };
    m->key.arn = kms_key_arn(a, m->key.account, m->key.region, m->key.id);
    kms_id_parse(m->key.id, m->key.raw_id);
    kms_material_new(rq, &m->key);
    m->write = (struct np_write){
        .loop = rq->loop,
        .scope = np_req_scope(rq),
        .arena = a,
        .apply = apply,
        .done = made,
        .err = &rq->err,
    };
    int rc = np_store_write(rq->core->store, NP_DB_STATE, &m->write);
    return rc == 0 ? NP_LATER : np_err(err, rc, "the store takes no more writes now");
}
