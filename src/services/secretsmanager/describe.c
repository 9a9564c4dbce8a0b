/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - DescribeSecret. */
#include "services/secretsmanager/secretsmanager_int.h"

int secretsmanager_DescribeSecret(struct np_req *rq,
                                  const struct secretsmanager_DescribeSecretRequest *in,
                                  struct secretsmanager_DescribeSecretResponse *out,
                                  struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    struct secretsmanager_secret s;
    int rc = secretsmanager_find(rq, in->SecretId, &s, err);
    if (rc != 0)
        return rc;
    *out = (struct secretsmanager_DescribeSecretResponse){
        .ARN = s.arn,
        .Name = s.name,
        .Description = s.description,
        .KmsKeyId = s.kms_key,
        .LastChangedDate = SECRETSMANAGER_INT(s.changed_ms),
        .LastAccessedDate = s.accessed_ms,
        .DeletedDate = s.delete_ms,
        .CreatedDate = SECRETSMANAGER_INT(s.created_ms),
        .PrimaryRegion = s.primary_region,
    };
    secretsmanager_tags_out(&db, s.primary, &out->Tags);
    secretsmanager_stage_map(&db, s.primary, &out->VersionIdsToStages);
    secretsmanager_replicas_out(&db, &s, &out->ReplicationStatus);
    return 0;
}
