/* SPDX-License-Identifier: Apache-2.0 */
/* default.c - whether an account's new volumes are encrypted, and by which key. */
#include "services/ec2/ebs/ebs_int.h"

#include "aws/arn.h"

#define NAME  "default"
#define ALIAS "alias/aws/ebs"

static int look(void *arg, const struct ec2_item *it)
{
    *(struct ec2_EbsDefault *)arg = *EC2_SEEN(EbsDefault, it);
    return 1;
}

struct ec2_EbsDefault ec2_ebs_default(const struct np_req *rq)
{
    struct ec2_EbsDefault d = {0};
    ec2_each(ec2_view(rq), EC2_KIND_EBS_DEFAULT, look, &d);
    return d;
}

static int get(struct np_txn *t, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = ec2_find_name(&db, EC2_KIND_EBS_DEFAULT, NP_STR(NAME), out, err);
    if (rc != NP_ENOENT)
        return rc;
    *out = ec2_new(t, EC2_KIND_EBS_DEFAULT);
    (*out)->name = NP_STR(NAME);
    return 0;
}

static int set(struct np_txn *t, bool on, struct np_err *err)
{
    struct ec2_item *it;
    int rc = get(t, &it, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(EbsDefault, it)->Encrypted = ec2_bool(on);
    return ec2_put(t, it, err);
}

int ec2_EnableEbsEncryptionByDefault_apply(struct np_txn *t,
                                           const struct ec2_EnableEbsEncryptionByDefaultRequest *in,
                                           struct ec2_EnableEbsEncryptionByDefaultResult *out,
                                           struct np_err *err)
{
    out->EbsEncryptionByDefault = ec2_bool(true);
    return set(t, true, err);
}

int ec2_DisableEbsEncryptionByDefault_apply(
    struct np_txn *t, const struct ec2_DisableEbsEncryptionByDefaultRequest *in,
    struct ec2_DisableEbsEncryptionByDefaultResult *out, struct np_err *err)
{
    out->EbsEncryptionByDefault = ec2_bool(false);
    return set(t, false, err);
}

int ec2_GetEbsEncryptionByDefault(struct np_req *rq,
                                  const struct ec2_GetEbsEncryptionByDefaultRequest *in,
                                  struct ec2_GetEbsEncryptionByDefaultResult *out,
                                  struct np_err *err)
{
    bool on = ec2_ebs_default(rq).Encrypted.v;
    out->EbsEncryptionByDefault = ec2_bool(on);
    out->SseType = on ? NP_STR("sse-kms") : NP_STR("none");
    return 0;
}

int ec2_GetEbsDefaultKmsKeyId(struct np_req *rq, const struct ec2_GetEbsDefaultKmsKeyIdRequest *in,
                              struct ec2_GetEbsDefaultKmsKeyIdResult *out, struct np_err *err)
{
    struct np_str key = ec2_ebs_default(rq).KmsKeyId;
    out->KmsKeyId = key.n != 0 ? key : NP_STR(ALIAS);
    return 0;
}

/* AWS: a key is answered by its ARN, the region's own by its alias (tests/sdk/test_ec2_ebs.py). */
int ec2_ModifyEbsDefaultKmsKeyId_apply(struct np_txn *t,
                                       const struct ec2_ModifyEbsDefaultKmsKeyIdRequest *in,
                                       struct ec2_ModifyEbsDefaultKmsKeyIdResult *out,
                                       struct np_err *err)
{
    struct ec2_item *it;
    int rc = get(t, &it, err);
    if (rc != 0)
        return rc;
    bool alias = np_str_starts(in->KmsKeyId, NP_STR("alias/"));
    out->KmsKeyId = np_str_starts(in->KmsKeyId, NP_STR("arn:"))
                        ? in->KmsKeyId
                        : np_arn_make(np_txn_arena(t), "kms", it->region, it->account, "%s%.*s",
                                      alias ? "" : "key/", NP_FMT(in->KmsKeyId));
    EC2_DETAIL(EbsDefault, it)->KmsKeyId = out->KmsKeyId;
    return ec2_put(t, it, err);
}

int ec2_ResetEbsDefaultKmsKeyId_apply(struct np_txn *t,
                                      const struct ec2_ResetEbsDefaultKmsKeyIdRequest *in,
                                      struct ec2_ResetEbsDefaultKmsKeyIdResult *out,
                                      struct np_err *err)
{
    struct ec2_item *it;
    int rc = get(t, &it, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(EbsDefault, it)->KmsKeyId = NP_STR_NULL;
    out->KmsKeyId = NP_STR(ALIAS);
    return ec2_put(t, it, err);
}
