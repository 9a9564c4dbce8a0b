/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - managed policies on users, groups and roles, and as permissions boundaries. */
#include "services/iam/iam_int.h"

#include "base/map.h"

static const char *quota_name(enum iam_kind kind)
{
    static const char *const names[] = {
        [IAM_USER] = "PoliciesPerUser",
        [IAM_GROUP] = "PoliciesPerGroup",
        [IAM_ROLE] = "PoliciesPerRole",
    };
    return names[kind];
}

static int find_owner(struct np_txn *t, enum iam_kind kind, struct np_str name,
                      struct iam_entity *e, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    int rc = iam_entity_find(&db, kind, name, e, err);
    return rc != 0 ? rc : iam_modifiable(e, err);
}

static int policy_attachable(struct np_txn *t, struct np_str arn, struct iam_policy *p,
                             struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    bool found = false;
    int rc = iam_policy_arn_ok(arn, err);
    if (rc == 0)
        rc = iam_policy_lookup(&db, arn, false, p, &found, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "Policy %.*s does not exist or is not attachable.", NP_FMT(arn));
    return rc;
}

static int attach(struct np_txn *t, enum iam_kind kind, struct np_str owner, struct np_str arn,
                  struct np_err *err)
{
    NP_SQL(is,
           "SELECT 1 FROM iam_attachment WHERE account = :account AND policy = ?1 AND owner = ?2");
    NP_SQL(count, "SELECT count(*) FROM iam_attachment WHERE account = :account AND owner = ?1");
    NP_SQL(add,
           "INSERT INTO iam_attachment (account, owner, policy, seq) VALUES (:account, ?1, ?2, "
           "(SELECT coalesce(max(seq), 0) + 1 FROM iam_attachment "
           "WHERE account = :account AND owner = ?1))");
    struct iam_entity e;
    struct iam_policy p;
    int rc = find_owner(t, kind, owner, &e, err);
    if (rc == 0)
        rc = policy_attachable(t, arn, &p, err);
    if (rc != 0 || iam_first_int(np_tq(t, &is, "ss", p.arn, e.id)) != 0)
        return rc; /* AWS: attaching twice is fine */
    if (iam_first_int(np_tq(t, &count, "s", e.id)) >= IAM_ATTACHED_MAX)
        return np_fault(err, &IAM_LimitExceededException, "Cannot exceed quota for %s: %d",
                        quota_name(kind), IAM_ATTACHED_MAX);
    rc = np_exec(t, &add, err, "ss", e.id, p.arn);
    if (rc == 0)
        iam_entity_changed(t, &e);
    return rc;
}

static int detach(struct np_txn *t, enum iam_kind kind, struct np_str owner, struct np_str arn,
                  struct np_err *err)
{
    NP_SQL(del,
           "DELETE FROM iam_attachment WHERE account = :account AND policy = ?1 AND owner = ?2");
    struct iam_entity e;
    int rc = find_owner(t, kind, owner, &e, err);
    if (rc == 0)
        rc = iam_policy_arn_ok(arn, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "ss", arn, e.id);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = np_fault(err, &IAM_NoSuchEntityException, "Policy %.*s was not found.", NP_FMT(arn));
    if (rc == 0)
        iam_entity_changed(t, &e);
    return rc;
}

struct attached_args {
    enum iam_kind kind;
    struct np_str owner, prefix, marker;
    struct np_opt_int max_items;
};

static struct np_str policy_path(struct np_str arn)
{
    ptrdiff_t from = np_str_chr(arn, '/'), to = np_str_rchr(arn, '/');
    return from < 0 ? NP_STR("/") : np_str_sub(arn, (size_t)from, (size_t)(to - from) + 1);
}

static int list(struct np_req *rq, const struct attached_args *in,
                struct iam_attachedPoliciesListType *out, struct np_opt_bool *truncated,
                struct np_str *next, struct np_err *err)
{
    NP_SQL(rows, "SELECT policy, seq FROM iam_attachment WHERE account = :account AND owner = ?1 "
                 "AND seq > ?2 ORDER BY seq");
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    struct iam_page page;
    int rc = iam_entity_find(&db, in->kind, in->owner, &e, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->max_items, in->marker,
                            np_page_filter(e.id) ^ np_page_filter(in->prefix), &page, err);
    if (rc != 0)
        return rc;
    int64_t after = 0, last = 0;
    np_str_i64(page.after, &after);
    bool more = false;
    out->set = true;
    struct np_q *q = np_q(db.c, &db.scope, &rows, "si", e.id, after);
    while (np_row(q)) {
        struct np_str arn = np_col_str(q, 0, db.a);
        if (!np_str_starts(policy_path(arn), iam_path(in->prefix)))
            continue;
        more = out->n == page.limit;
        if (more)
            break;
        last = np_col_int(q, 1);
        struct iam_AttachedPolicy p = {.PolicyName = iam_policy_name(arn), .PolicyArn = arn};
        IAM_PUSH(db.a, out, p);
    }
    rc = np_q_end(q, err);
    if (rc == 0)
        iam_page_end(rq, &page, more, np_str_printf(db.a, "%lld", (long long)last), truncated,
                     next);
    return rc;
}

void iam_attached_list(const struct iam_db *db, struct np_str owner,
                       struct iam_attachedPoliciesListType *out)
{
    NP_SQL(rows, "SELECT policy FROM iam_attachment WHERE account = :account AND owner = ?1 "
                 "ORDER BY seq");
    out->set = true;
    struct np_q *q = np_q(db->c, &db->scope, &rows, "s", owner);
    while (np_row(q)) {
        struct np_str arn = np_col_str(q, 0, db->a);
        struct iam_AttachedPolicy p = {.PolicyName = iam_policy_name(arn), .PolicyArn = arn};
        IAM_PUSH(db->a, out, p);
    }
    np_q_end(q, NULL);
}

/* --- the operations --- */

int iam_AttachUserPolicy_apply(struct np_txn *t, const struct iam_AttachUserPolicyRequest *in,
                               struct iam_AttachUserPolicyOutput *out, struct np_err *err)
{
    return attach(t, IAM_USER, in->UserName, in->PolicyArn, err);
}

int iam_AttachGroupPolicy_apply(struct np_txn *t, const struct iam_AttachGroupPolicyRequest *in,
                                struct iam_AttachGroupPolicyOutput *out, struct np_err *err)
{
    return attach(t, IAM_GROUP, in->GroupName, in->PolicyArn, err);
}

int iam_AttachRolePolicy_apply(struct np_txn *t, const struct iam_AttachRolePolicyRequest *in,
                               struct iam_AttachRolePolicyOutput *out, struct np_err *err)
{
    return attach(t, IAM_ROLE, in->RoleName, in->PolicyArn, err);
}

int iam_DetachUserPolicy_apply(struct np_txn *t, const struct iam_DetachUserPolicyRequest *in,
                               struct iam_DetachUserPolicyOutput *out, struct np_err *err)
{
    return detach(t, IAM_USER, in->UserName, in->PolicyArn, err);
}

int iam_DetachGroupPolicy_apply(struct np_txn *t, const struct iam_DetachGroupPolicyRequest *in,
                                struct iam_DetachGroupPolicyOutput *out, struct np_err *err)
{
    return detach(t, IAM_GROUP, in->GroupName, in->PolicyArn, err);
}

int iam_DetachRolePolicy_apply(struct np_txn *t, const struct iam_DetachRolePolicyRequest *in,
                               struct iam_DetachRolePolicyOutput *out, struct np_err *err)
{
    return detach(t, IAM_ROLE, in->RoleName, in->PolicyArn, err);
}

int iam_ListAttachedUserPolicies(struct np_req *rq,
                                 const struct iam_ListAttachedUserPoliciesRequest *in,
                                 struct iam_ListAttachedUserPoliciesResponse *out,
                                 struct np_err *err)
{
    const struct attached_args args = {IAM_USER, in->UserName, in->PathPrefix, in->Marker,
                                       in->MaxItems};
    return list(rq, &args, &out->AttachedPolicies, &out->IsTruncated, &out->Marker, err);
}

int iam_ListAttachedGroupPolicies(struct np_req *rq,
                                  const struct iam_ListAttachedGroupPoliciesRequest *in,
                                  struct iam_ListAttachedGroupPoliciesResponse *out,
                                  struct np_err *err)
{
    const struct attached_args args = {IAM_GROUP, in->GroupName, in->PathPrefix, in->Marker,
                                       in->MaxItems};
    return list(rq, &args, &out->AttachedPolicies, &out->IsTruncated, &out->Marker, err);
}

int iam_ListAttachedRolePolicies(struct np_req *rq,
                                 const struct iam_ListAttachedRolePoliciesRequest *in,
                                 struct iam_ListAttachedRolePoliciesResponse *out,
                                 struct np_err *err)
{
    const struct attached_args args = {IAM_ROLE, in->RoleName, in->PathPrefix, in->Marker,
                                       in->MaxItems};
    return list(rq, &args, &out->AttachedPolicies, &out->IsTruncated, &out->Marker, err);
}

/* --- who has it --- */

static bool wanted(struct np_str filter, const char *kind)
{
    return filter.p == NULL || np_str_ieq(filter, np_str_of(kind));
}

static void push_entity(struct np_arena *a, const struct iam_entity *e,
                        struct iam_ListEntitiesForPolicyResponse *out)
{
    switch (e->kind) {
    case IAM_USER:
        IAM_PUSH(a, &out->PolicyUsers, ((struct iam_PolicyUser){e->name, e->id}));
        return;
    case IAM_GROUP:
        IAM_PUSH(a, &out->PolicyGroups, ((struct iam_PolicyGroup){e->name, e->id}));
        return;
    case IAM_ROLE:
        IAM_PUSH(a, &out->PolicyRoles, ((struct iam_PolicyRole){e->name, e->id}));
        return;
    }
}

int iam_ListEntitiesForPolicy(struct np_req *rq, const struct iam_ListEntitiesForPolicyRequest *in,
                              struct iam_ListEntitiesForPolicyResponse *out, struct np_err *err)
{
    NP_SQL(rows,
           "SELECT " IAM_ENTITY_COLUMNS " FROM iam_entity WHERE account = :account AND id > ?2 AND "
           "((?4 AND boundary = ?1) OR (?5 AND id IN (SELECT owner FROM iam_attachment WHERE "
           "account = :account AND policy = ?1))) AND " IAM_UNDER_PATH " ORDER BY id");
    struct iam_db db = iam_db_req(rq);
    struct iam_policy p;
    struct iam_page page;
    int rc = iam_policy_find(&db, in->PolicyArn, false, &p, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker,
                            np_page_filter(p.arn) ^ np_page_filter(in->EntityFilter) ^
                                np_page_filter(in->PathPrefix),
                            &page, err);
    if (rc != 0)
        return rc;
    bool boundary = !np_str_is(in->PolicyUsageFilter, "PermissionsPolicy");
    bool permissions = !np_str_is(in->PolicyUsageFilter, "PermissionsBoundary");
    struct np_str after = page.after.p != NULL ? page.after : NP_STR(""), last = NP_STR_NULL;
    size_t n = 0;
    bool more = false;
    out->PolicyGroups.set = out->PolicyUsers.set = out->PolicyRoles.set = true;
    struct np_q *q = np_q(db.c, &db.scope, &rows, "sssii", p.arn, after, iam_path(in->PathPrefix),
                          (int64_t)boundary, (int64_t)permissions);
    while (!more && np_row(q)) {
        struct iam_entity e;
        iam_entity_row(&db, q, &e);
        if (!wanted(in->EntityFilter, iam_kind_name(e.kind)))
            continue;
        more = n == page.limit;
        if (!more) {
            push_entity(db.a, &e, out);
            last = e.id;
            n++;
        }
    }
    rc = np_q_end(q, err);
    if (rc == 0)
        iam_page_end(rq, &page, more, last, &out->IsTruncated, &out->Marker);
    return rc;
}

/* --- permissions boundaries --- */

static int put_boundary(struct np_txn *t, enum iam_kind kind, struct np_str name, struct np_str arn,
                        struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_entity SET boundary = ?2 WHERE account = :account AND id = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = find_owner(t, kind, name, &e, err);
    if (rc == 0 && arn.p != NULL)
        rc = iam_boundary_check(&db, arn, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "ss", e.id, arn);
    if (rc == 0)
        iam_entity_changed(t, &e);
    return rc;
}

int iam_PutUserPermissionsBoundary_apply(struct np_txn *t,
                                         const struct iam_PutUserPermissionsBoundaryRequest *in,
                                         struct iam_PutUserPermissionsBoundaryOutput *out,
                                         struct np_err *err)
{
    return put_boundary(t, IAM_USER, in->UserName, in->PermissionsBoundary, err);
}

int iam_PutRolePermissionsBoundary_apply(struct np_txn *t,
                                         const struct iam_PutRolePermissionsBoundaryRequest *in,
                                         struct iam_PutRolePermissionsBoundaryOutput *out,
                                         struct np_err *err)
{
    return put_boundary(t, IAM_ROLE, in->RoleName, in->PermissionsBoundary, err);
}

int iam_DeleteUserPermissionsBoundary_apply(
    struct np_txn *t, const struct iam_DeleteUserPermissionsBoundaryRequest *in,
    struct iam_DeleteUserPermissionsBoundaryOutput *out, struct np_err *err)
{
    return put_boundary(t, IAM_USER, in->UserName, NP_STR_NULL, err);
}

int iam_DeleteRolePermissionsBoundary_apply(
    struct np_txn *t, const struct iam_DeleteRolePermissionsBoundaryRequest *in,
    struct iam_DeleteRolePermissionsBoundaryOutput *out, struct np_err *err)
{
    return put_boundary(t, IAM_ROLE, in->RoleName, NP_STR_NULL, err);
}
