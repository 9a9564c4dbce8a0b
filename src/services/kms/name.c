/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - what a KeyId may be (id, ARN, alias, alias ARN), which key it is, and what a key must be
 * for an operation. */
#include "aws/arn.h"
#include "services/kms/kms_int.h"

struct np_str kms_key_arn(struct np_arena *a, struct np_str account, struct np_str region,
                          struct np_str id)
{
    return np_arn_make(a, "kms", region, account, "key/%.*s", NP_FMT(id));
}

/* --- names --- */

static int invalid_id(struct np_str text, struct np_err *err)
{
    return np_fault(err, &KMS_NotFoundException, "Invalid keyId '%.*s'", NP_FMT(text));
}

static int invalid_arn(struct np_str text, struct np_err *err)
{
    return np_fault(err, &KMS_NotFoundException, "Invalid arn %.*s", NP_FMT(text));
}

static bool is_id(struct np_str s)
{
    uint8_t raw[17];
    return kms_id_parse(s, raw);
}

static int parse_arn(const struct np_req *rq, struct np_str text, struct kms_name *out,
                     struct np_err *err)
{
    struct np_arn arn;
    if (!np_arn_parse(text, &arn) || !np_str_is(arn.service, "kms") ||
        !np_str_is(arn.partition, "aws") || arn.account.n != 12)
        return invalid_arn(text, err);
    if (!np_str_eq(arn.region, rq->region))
        return invalid_arn(arn.region, err);
    out->arn = true;
    out->account = arn.account;
    out->region = arn.region;
    if (np_str_starts(arn.resource, NP_STR("alias/")))
        out->alias = arn.resource;
    else if (np_str_starts(arn.resource, NP_STR("key/")))
        out->id = np_str_sub(arn.resource, 4, arn.resource.n);
    else
        return invalid_arn(text, err);
    return out->id.p != NULL && !is_id(out->id) ? invalid_id(out->id, err) : 0;
}

int kms_name_parse(const struct np_req *rq, struct np_str text, struct kms_name *out,
                   struct np_err *err)
{
    *out = (struct kms_name){.account = rq->account, .region = rq->region};
    if (np_str_starts(text, NP_STR("arn:")))
        return parse_arn(rq, text, out, err);
    if (np_str_starts(text, NP_STR("alias/")))
        out->alias = text;
    else if (is_id(text))
        out->id = text;
    else
        return invalid_id(text, err);
    return 0;
}

void kms_name_find(const struct np_req *rq, const struct kms_name *name, const struct kms_key **out)
{
    struct np_str id = name->id;
    if (name->alias.p != NULL)
        id = kms_alias_find(rq->core, name->account, name->region, name->alias);
    const struct kms_key *k = id.p != NULL ? kms_key_find(rq->core, name->region, id) : NULL;
    *out = k != NULL && np_str_eq(k->account, name->account) ? k : NULL;
}

int kms_no_key(const struct np_req *rq, const struct kms_name *name, struct np_err *err)
{
    if (name->alias.p != NULL)
        return np_fault(err, &KMS_NotFoundException, "Alias %.*s is not found.",
                        NP_FMT(np_arn_make(rq->arena, "kms", name->region, name->account, "%.*s",
                                           NP_FMT(name->alias))));
    return np_fault(err, &KMS_NotFoundException, "Key '%.*s' does not exist",
                    NP_FMT(kms_key_arn(rq->arena, name->account, name->region, name->id)));
}

int kms_key_get(struct np_req *rq, struct np_str key_id, const struct kms_key **out,
                struct np_err *err)
{
    struct kms_name name;
    int rc = kms_name_parse(rq, key_id, &name, err);
    if (rc != 0)
        return rc;
    kms_name_find(rq, &name, out);
    if (*out != NULL)
        return 0;
    return kms_managed_wanted(rq, &name) ? kms_managed_make(rq, &name, err)
                                         : kms_no_key(rq, &name, err);
}

/* Changes take the key by its id or ARN alone. */
int kms_key_row(struct np_txn *t, struct np_str key_id, struct kms_key *out, struct np_err *err)
{
    const struct np_req *rq = np_txn_req(t);
    struct kms_name name;
    int rc = kms_name_parse(rq, key_id, &name, err);
    if (rc != 0)
        return rc;
    if (name.alias.p != NULL)
        return np_fault(err, &KMS_InvalidArnException,
                        "Key Aliases are not supported for this operation.");
    struct kms_db db = kms_db_of(kms_db_txn(t), name.account, name.region);
    rc = kms_key_load(&db, name.id, out, err);
    return rc == NP_ENOENT ? kms_no_key(rq, &name, err) : rc;
}

/* --- what a key must be --- */

static int pending(const struct kms_key *k, const char *what, struct np_err *err)
{
    return np_fault(err, &KMS_KMSInvalidStateException, "%.*s is pending %s.", NP_FMT(k->arn),
                    what);
}

int kms_check_alive(const struct kms_key *k, struct np_err *err)
{
    if (k->state == KMS_PENDING_DELETION)
        return pending(k, "deletion", err);
    if (k->state == KMS_PENDING_REPLICA_DELETION)
        return pending(k, "replica deletion", err);
    return 0;
}

int kms_check_usable(const struct kms_key *k, struct np_err *err)
{
    switch (k->state) {
    case KMS_ENABLED:
        return 0;
    case KMS_DISABLED:
        return np_fault(err, &KMS_DisabledException, "%.*s is disabled.", NP_FMT(k->arn));
    case KMS_PENDING_IMPORT:
        return pending(k, "import", err);
    case KMS_PENDING_DELETION:
    case KMS_PENDING_REPLICA_DELETION:
        break;
    }
    return kms_check_alive(k, err);
}

int kms_check_usage(const struct kms_key *k, const char *usage, const char *op, struct np_err *err)
{
    if (np_str_eq(k->usage, np_str_of(usage)))
        return 0;
    return np_fault(err, &KMS_InvalidKeyUsageException,
                    "%.*s key usage is %.*s which is not valid for %s.", NP_FMT(k->arn),
                    NP_FMT(k->usage), op);
}

int kms_check_customer(const struct kms_key *k, struct np_err *err)
{
    if (!k->aws)
        return 0;
    return np_fault(err, &NP_AccessDenied,
                    "%.*s belongs to a service of AWS, which alone may change it.", NP_FMT(k->arn));
}

int kms_dry_run(struct np_opt_bool dry_run, struct np_err *err)
{
    if (!dry_run.v)
        return 0;
    return np_fault(err, &KMS_DryRunOperationException,
                    "The request would have succeeded, but the DryRun option is set.");
}
