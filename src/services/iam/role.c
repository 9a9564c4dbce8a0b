/* SPDX-License-Identifier: Apache-2.0 */
/* role.c - roles, their trust policies, and roles that belong to a service. */
#include "services/iam/iam_int.h"

#include "aws/ids.h"
#include "base/map.h"

#define SESSION_DEFAULT_S 3600

int iam_CreateRole_begin(struct np_req *rq, const struct iam_CreateRoleRequest *in,
                         struct np_err *err)
{
    int rc = iam_tags_check(&in->Tags, true, err);
    if (rc == 0)
        rc = iam_trust_check(rq, in->AssumeRolePolicyDocument, err);
    if (rc == 0 && np_str_starts(iam_path(in->Path), NP_STR("/aws-service-role/")))
        rc = np_fault(err, &IAM_InvalidInputException,
                      "The path /aws-service-role/ is for service-linked roles.");
    return rc != 0 ? rc : iam_begin_id(rq, "AROA");
}

int iam_CreateRole_apply(struct np_txn *t, const struct iam_CreateRoleRequest *in,
                         struct iam_CreateRoleResponse *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct iam_entity e = {
        .kind = IAM_ROLE,
        .name = in->RoleName,
        .id = iam_new_id(t),
        .path = iam_path(in->Path),
        .created_ms = iam_seconds(np_txn_now_ms(t)),
        .boundary = in->PermissionsBoundary,
        .description = in->Description,
        .trust = in->AssumeRolePolicyDocument,
        .max_session_s = in->MaxSessionDuration.set ? in->MaxSessionDuration.v : SESSION_DEFAULT_S,
    };
    e.arn = iam_entity_arn(a, np_txn_scope(t)->account, e.kind, e.path, e.name);
    int rc = iam_entity_add(t, &e, &in->Tags, err);
    if (rc != 0)
        return rc;
    out->Role = iam_role_out(a, &e);
    out->Role->PermissionsBoundary = iam_boundary_out(a, e.boundary);
    out->Role->MaxSessionDuration.set = false; /* AWS: GetRole tells these two */
    out->Role->Description = NP_STR_NULL;
    if (in->Tags.n != 0)
        out->Role->Tags = in->Tags;
    return 0;
}

static void role_whole(const struct iam_db *db, struct iam_used *used, const struct iam_entity *e,
                       struct iam_Role *r)
{
    r->PermissionsBoundary = iam_boundary_out(db->a, e->boundary);
    iam_tags_out(db, e->arn, &r->Tags);
    if (r->Tags.n == 0)
        r->Tags.set = false;
    r->RoleLastUsed = np_new(db->a, struct iam_RoleLastUsed);
    r->RoleLastUsed->LastUsedDate = e->used_ms;
    r->RoleLastUsed->Region = e->used_region;
    int64_t at_ms;
    struct np_str service;
    if (iam_used_pending(used, e->id, db->a, &at_ms, &service, &r->RoleLastUsed->Region))
        r->RoleLastUsed->LastUsedDate = IAM_INT(at_ms);
}

int iam_GetRole(struct np_req *rq, const struct iam_GetRoleRequest *in,
                struct iam_GetRoleResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_ROLE, in->RoleName, &e, err);
    if (rc != 0)
        return rc;
    out->Role = iam_role_out(rq->arena, &e);
    role_whole(&db, iam_used(rq->core), &e, out->Role);
    return 0;
}

int iam_ListRoles(struct np_req *rq, const struct iam_ListRolesRequest *in,
                  struct iam_ListRolesResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    struct iam_entity *e;
    size_t n;
    int rc =
        iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(in->PathPrefix), &page, err);
    if (rc == 0)
        rc = iam_entity_list(&db, IAM_ROLE, in->PathPrefix, &page, &e, &n, err);
    if (rc != 0)
        return rc;
    bool more = n > page.limit;
    out->Roles.set = true;
    for (size_t i = 0; i < n - more; i++)
        IAM_PUSH(rq->arena, &out->Roles, *iam_role_out(rq->arena, &e[i]));
    iam_page_end(rq, &page, more, more ? e[n - 2].name : NP_STR_NULL, &out->IsTruncated,
                 &out->Marker);
    return 0;
}

static int find_modifiable(struct np_txn *t, struct np_str name, struct iam_entity *e,
                           struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    int rc = iam_entity_find(&db, IAM_ROLE, name, e, err);
    return rc != 0 ? rc : iam_modifiable(e, err);
}

/* Everything of a role that an update may change; absent or 0 stays. */
static int update_role(struct np_txn *t, const struct iam_entity *e, struct np_str description,
                       struct np_opt_int max_session, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_entity SET description = coalesce(?2, description), "
                "max_session_s = coalesce(?3, max_session_s) "
                "WHERE account = :account AND kind = 'role' AND name = ?1");
    int rc = np_exec(t, &put, err, "ssI", e->name, description, max_session);
    if (rc == 0)
        iam_entity_changed(t, e);
    return rc;
}

int iam_UpdateRole_apply(struct np_txn *t, const struct iam_UpdateRoleRequest *in,
                         struct iam_UpdateRoleResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_ROLE, in->RoleName, &e, err);
    /* AWS: of a service's role the description may change (test_roles_of_services). */
    if (rc == 0 && in->MaxSessionDuration.set)
        rc = iam_modifiable(&e, err);
    if (rc != 0)
        return rc;
    /* AWS: what the call leaves out stays as it is. */
    return update_role(t, &e, in->Description, in->MaxSessionDuration, err);
}

int iam_UpdateRoleDescription_apply(struct np_txn *t,
                                    const struct iam_UpdateRoleDescriptionRequest *in,
                                    struct iam_UpdateRoleDescriptionResponse *out,
                                    struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_ROLE, in->RoleName, &e, err);
    struct np_str text = in->Description.p != NULL ? in->Description : NP_STR("");
    if (rc == 0)
        rc = update_role(t, &e, text, (struct np_opt_int){0}, err);
    if (rc != 0)
        return rc;
    e.description = text;
    out->Role = iam_role_out(np_txn_arena(t), &e);
    out->Role->MaxSessionDuration.set = false; /* AWS: only GetRole and ListRoles tell it */
    return 0;
}

int iam_UpdateAssumeRolePolicy_begin(struct np_req *rq,
                                     const struct iam_UpdateAssumeRolePolicyRequest *in,
                                     struct np_err *err)
{
    int rc = iam_trust_check(rq, in->PolicyDocument, err);
    return rc != 0 ? rc : np_apply(rq);
}

int iam_UpdateAssumeRolePolicy_apply(struct np_txn *t,
                                     const struct iam_UpdateAssumeRolePolicyRequest *in,
                                     struct iam_UpdateAssumeRolePolicyOutput *out,
                                     struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_entity SET trust = ?2 "
                "WHERE account = :account AND kind = 'role' AND name = ?1");
    struct iam_entity e;
    int rc = find_modifiable(t, in->RoleName, &e, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "ss", e.name, in->PolicyDocument);
    if (rc == 0)
        iam_entity_changed(t, &e);
    return rc;
}

int iam_DeleteRole_apply(struct np_txn *t, const struct iam_DeleteRoleRequest *in,
                         struct iam_DeleteRoleOutput *out, struct np_err *err)
{
    NP_SQL(profiles, "SELECT 1 FROM iam_profile WHERE account = :account AND role = ?1 LIMIT 1");
    struct iam_entity e;
    int rc = find_modifiable(t, in->RoleName, &e, err);
    if (rc != 0)
        return rc;
    if (iam_first_int(np_tq(t, &profiles, "s", e.id)) != 0)
        return np_fault(err, &IAM_DeleteConflictException,
                        "Cannot delete entity, must remove roles from instance profile first.");
    rc = iam_entity_bare(t, &e, err);
    return rc != 0 ? rc : iam_entity_remove(t, &e, err);
}

/* --- roles that belong to a service --- */

/* The name after AWSServiceRoleFor. A service that is not listed has the name of its principal. */
static const struct {
    const char *principal, *name;
    bool suffix_ok;
} services[] = {
    {"autoscaling.amazonaws.com", "AutoScaling", true},
    {"backup.amazonaws.com", "Backup", false},
    {"batch.amazonaws.com", "Batch", false},
    {"cloudtrail.amazonaws.com", "CloudTrail", false},
    {"cloudwatch-crossaccount.amazonaws.com", "CloudWatchCrossAccount", false},
    {"config.amazonaws.com", "Config", false},
    {"connect.amazonaws.com", "AmazonConnect", true},
    {"dynamodb.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_DynamoDBTable",
     false},
    {"ec2scheduled.amazonaws.com", "EC2ScheduledInstances", false},
    {"ecs.amazonaws.com", "ECS", false},
    {"ecs.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_ECSService", false},
    {"eks.amazonaws.com", "AmazonEKS", false},
    {"eks-nodegroup.amazonaws.com", "AmazonEKSNodegroup", false},
    {"elasticache.amazonaws.com", "ElastiCache", false},
    {"elasticbeanstalk.amazonaws.com", "ElasticBeanstalk", false},
    {"elasticfilesystem.amazonaws.com", "AmazonElasticFileSystem", false},
    {"elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing", false},
    {"email.cognito-idp.amazonaws.com", "AmazonCognitoIdpEmailService", false},
    {"es.amazonaws.com", "AmazonElasticsearchService", false},
    {"guardduty.amazonaws.com", "AmazonGuardDuty", false},
    {"inspector.amazonaws.com", "AmazonInspector", false},
    {"lakeformation.amazonaws.com", "LakeFormationDataAccess", false},
    {"lambda.amazonaws.com", "Lambda", false},
    {"lex.amazonaws.com", "LexBots", false},
    {"opensearchservice.amazonaws.com", "AmazonOpenSearchService", false},
    {"ops.apigateway.amazonaws.com", "APIGateway", false},
    {"organizations.amazonaws.com", "Organizations", false},
    {"rds.amazonaws.com", "RDS", false},
    {"rds.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_RDSCluster", false},
    {"redshift.amazonaws.com", "Redshift", false},
    {"replication.dynamodb.amazonaws.com", "DynamoDBReplication", false},
    {"replicator.lambda.amazonaws.com", "LambdaReplicator", false},
    {"spot.amazonaws.com", "EC2Spot", false},
    {"spotfleet.amazonaws.com", "EC2SpotFleet", false},
    {"ssm.amazonaws.com", "AmazonSSM", false},
    {"support.amazonaws.com", "Support", false},
    {"transitgateway.amazonaws.com", "VPCTransitGateway", false},
    {"trustedadvisor.amazonaws.com", "TrustedAdvisor", false},
    {"vpcorigin.cloudfront.amazonaws.com", "CloudFrontVPCOrigin", false},
    {"wafv2.amazonaws.com", "WAFV2Logging", false},
    {"custom-resource.application-autoscaling.amazonaws.com",
     "ApplicationAutoScaling_CustomResource", true},
};

int iam_service_role_name(struct np_arena *a, const struct iam_CreateServiceLinkedRoleRequest *in,
                          struct np_str *out, struct np_err *err)
{
    NP_EACH (s, services) {
        if (!np_str_eq(in->AWSServiceName, np_str_of(s->principal)))
            continue;
        if (in->CustomSuffix.p != NULL && !s->suffix_ok)
            return np_fault(err, &IAM_InvalidInputException, "Custom suffix is not allowed for %s",
                            s->principal);
        const char *join = in->CustomSuffix.p != NULL ? "_" : "";
        *out =
            np_str_printf(a, "AWSServiceRoleFor%s%s%.*s", s->name, join, NP_FMT(in->CustomSuffix));
        return 0;
    }
    return np_fault(err, &IAM_NoSuchEntityException,
                    "Service role template for service principal "
                    "%.*s does not exist. Please check the service principal name and try again.",
                    NP_FMT(in->AWSServiceName));
}

int iam_CreateServiceLinkedRole_begin(struct np_req *rq,
                                      const struct iam_CreateServiceLinkedRoleRequest *in,
                                      struct np_err *err)
{
    struct np_str name;
    int rc = iam_service_role_name(rq->arena, in, &name, err);
    return rc != 0 ? rc : iam_begin_id(rq, "AROA");
}

int iam_CreateServiceLinkedRole_apply(struct np_txn *t,
                                      const struct iam_CreateServiceLinkedRoleRequest *in,
                                      struct iam_CreateServiceLinkedRoleResponse *out,
                                      struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e =
                          {
                              .kind = IAM_ROLE,
                              .id = iam_new_id(t),
                              .path = np_str_printf(a, "/aws-service-role/%.*s/",
                                                    NP_FMT(in->AWSServiceName)),
                              .created_ms = iam_seconds(np_txn_now_ms(t)),
                              .description = in->Description,
                              .max_session_s = SESSION_DEFAULT_S,
                              .service = in->AWSServiceName,
                          },
                      old;
    int rc = iam_service_role_name(a, in, &e.name, err);
    if (rc != 0)
        return rc;
    if (iam_entity_find(&db, IAM_ROLE, e.name, &old, NULL) == 0)
        return np_fault(err, &IAM_InvalidInputException,
                        "Service role name %.*s has been taken in this account, please try a "
                        "different suffix.",
                        NP_FMT(e.name));
    e.arn = iam_entity_arn(a, np_txn_scope(t)->account, e.kind, e.path, e.name);
    e.trust = np_str_printf(a,
                            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Action\":["
                            "\"sts:AssumeRole\"],\"Effect\":\"Allow\",\"Principal\":{\"Service\":["
                            "\"%.*s\"]}}]}",
                            NP_FMT(in->AWSServiceName));
    rc = iam_entity_add(t, &e, NULL, err);
    if (rc != 0)
        return rc;
    out->Role = iam_role_out(a, &e);
    out->Role->MaxSessionDuration.set = false;
    out->Role->Description = NP_STR_NULL;
    return 0;
}

int iam_DeleteServiceLinkedRole_begin(struct np_req *rq,
                                      const struct iam_DeleteServiceLinkedRoleRequest *in,
                                      struct np_err *err)
{
    struct np_str *id = np_new(rq->arena, struct np_str);
    *id = np_id_uuid(rq->arena);
    rq->priv = id;
    return np_apply(rq);
}

int iam_DeleteServiceLinkedRole_apply(struct np_txn *t,
                                      const struct iam_DeleteServiceLinkedRoleRequest *in,
                                      struct iam_DeleteServiceLinkedRoleResponse *out,
                                      struct np_err *err)
{
    NP_SQL(task,
           "INSERT INTO iam_deletion (account, task, created_ms) VALUES (:account, ?1, :now)");
    NP_SQL(attached, "DELETE FROM iam_attachment WHERE account = :account AND owner = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_ROLE, in->RoleName, &e, err);
    if (rc != 0)
        return rc;
    if (e.service.p == NULL)
        return np_fault(err, &IAM_InvalidInputException, "%.*s is not a service-linked role.",
                        NP_FMT(e.name));
    out->DeletionTaskId = np_str_printf(np_txn_arena(t), "task%.*s%.*s/%.*s", NP_FMT(e.path),
                                        NP_FMT(e.name), NP_FMT(iam_new_id(t)));
    rc = np_exec(t, &task, err, "s", out->DeletionTaskId);
    if (rc == 0)
        rc = np_exec(t, &attached, err, "s", e.id);
    return rc != 0 ? rc : iam_entity_remove(t, &e, err);
}

int iam_GetServiceLinkedRoleDeletionStatus(
    struct np_req *rq, const struct iam_GetServiceLinkedRoleDeletionStatusRequest *in,
    struct iam_GetServiceLinkedRoleDeletionStatusResponse *out, struct np_err *err)
{
    NP_SQL(find, "SELECT 1 FROM iam_deletion WHERE account = :account AND task = ?1");
    struct iam_db db = iam_db_req(rq);
    if (iam_first_int(np_q(db.c, &db.scope, &find, "s", in->DeletionTaskId)) == 0)
        return np_fault(err, &IAM_NoSuchEntityException, "Deletion task %.*s cannot be found.",
                        NP_FMT(in->DeletionTaskId));
    out->Status = NP_STR("SUCCEEDED"); /* the role goes within the call that asks for it */
    return 0;
}
