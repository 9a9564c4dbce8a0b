/* SPDX-License-Identifier: Apache-2.0 */
/* managed_test.c - who has a key of AWS made: the service that it is of, and who looks at it. */
#include "test.h"

#include "base/auto.h"
#include "services/kms/kms_int.h"

static const struct np_op *op_of(const struct np_codec_op *codec)
{
    for (size_t i = 0; i < kms_model.n_ops; i++)
        if (kms_model.ops[i].codec == codec)
            return &kms_model.ops[i];
    return NULL;
}

static const struct {
    const char *alias, *via, *service; /* through which it came; as which service it came */
    const struct np_codec_op *op;
    bool wanted;
    const char *why;
} cases[] = {
    {"alias/aws/s3", "s3.amazonaws.com", NULL, &kms_GenerateDataKey_op, true, "S3 for a user"},
    {"alias/aws/s3", NULL, "s3.amazonaws.com", &kms_Encrypt_op, true, "S3 by itself"},
    {"alias/aws/ebs", "ec2.amazonaws.com", NULL, &kms_GenerateDataKey_op, true,
     "volumes are EC2's"},
    {"alias/aws/s3", "ssm.amazonaws.com", NULL, &kms_Encrypt_op, false, "another service"},
    {"alias/aws/s3", NULL, NULL, &kms_Encrypt_op, false, "a user"},
    {"alias/aws/s3", NULL, NULL, &kms_DescribeKey_op, true, "a user who looks"},
    {"alias/aws/never", NULL, NULL, &kms_DescribeKey_op, false, "no service has it"},
    {"alias/mine", "s3.amazonaws.com", NULL, &kms_Encrypt_op, false, "a customer's"},
};

NP_TEST(who_has_a_key_of_aws_made)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        const struct np_identity who = {
            .kind = c->service != NULL ? NP_WHO_SERVICE : NP_WHO_USER,
            .name = np_str_of(c->service != NULL ? c->service : "ann"),
            .via_service = c->via != NULL ? np_str_of(c->via) : NP_STR_NULL,
        };
        const struct np_req rq = {
            .arena = a,
            .who = &who,
            .account = NP_STR("111122223333"),
            .region = NP_STR("us-east-1"),
            .op = op_of(c->op),
        };
        struct kms_name name = {.account = rq.account, .region = rq.region};
        name.alias = np_str_of(c->alias);
        NP_CHECK(kms_managed_wanted(&rq, &name) == c->wanted, "%s: %s", c->alias, c->why);
        name.account = NP_STR("444455556666");
        NP_CHECK(!kms_managed_wanted(&rq, &name), "%s of another account", c->alias);
    }
}
