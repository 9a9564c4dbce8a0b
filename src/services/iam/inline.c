/* SPDX-License-Identifier: Apache-2.0 */
/* inline.c - policies that are part of one user, group or role. */
#include "services/iam/iam_int.h"

#include "base/map.h"

static int64_t size_limit(enum iam_kind kind)
{
    static const int64_t limits[] = {
        [IAM_USER] = IAM_USER_INLINE_SIZE_MAX,
        [IAM_GROUP] = IAM_GROUP_INLINE_SIZE_MAX,
        [IAM_ROLE] = IAM_ROLE_INLINE_SIZE_MAX,
    };
    return limits[kind];
}

/* The quota is for all inline policies of the entity together. */
static int check_size(struct np_txn *t, const struct iam_entity *e, struct np_str name,
                      struct np_str document, struct np_err *err)
{
    NP_SQL(others, "SELECT document FROM iam_inline WHERE account = :account AND owner = ?1 "
                   "AND name <> ?2");
    int64_t size = (int64_t)np_policy_size_nonblank(document);
    struct np_q *q = np_tq(t, &others, "ss", e->id, name);
    while (np_row(q))
        size += (int64_t)np_policy_size_nonblank(np_col_peek(q, 0));
    int rc = np_q_end(q, err);
    if (rc == 0 && size > size_limit(e->kind))
        rc = np_fault(err, &IAM_LimitExceededException,
                      "Maximum policy size of %lld bytes exceeded for %s %.*s",
                      (long long)size_limit(e->kind), iam_kind_name(e->kind), NP_FMT(e->name));
    return rc;
}

static int put(struct np_txn *t, enum iam_kind kind, struct np_str owner, struct np_str name,
               struct np_str document, struct np_err *err)
{
    NP_SQL(put_row,
           "INSERT INTO iam_inline (account, owner, name, document) "
           "VALUES (:account, ?1, ?2, ?3) "
           "ON CONFLICT (account, owner, name) DO UPDATE SET document = excluded.document");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, kind, owner, &e, err);
    if (rc == 0)
        rc = iam_modifiable(&e, err);
    if (rc == 0)
        rc = check_size(t, &e, name, document, err);
    if (rc == 0)
        rc = np_exec(t, &put_row, err, "sss", e.id, name, document);
    if (rc == 0)
        iam_entity_changed(t, &e);
    return rc;
}

static int no_such(enum iam_kind kind, struct np_str name, struct np_err *err)
{
    return np_fault(err, &IAM_NoSuchEntityException,
                    "The %s policy with name %.*s cannot be found.", iam_kind_name(kind),
                    NP_FMT(name));
}

/* *policy_name is as it was put; the entity's own name too. */
static int get(struct np_req *rq, enum iam_kind kind, struct np_str owner, struct np_str name,
               struct np_str *owner_name, struct np_str *document, struct np_err *err)
{
    NP_SQL(find, "SELECT document FROM iam_inline WHERE account = :account AND owner = ?1 "
                 "AND name = ?2");
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    int rc = iam_entity_find(&db, kind, owner, &e, err);
    if (rc != 0)
        return rc;
    struct np_str text = iam_first_str(np_q(db.c, &db.scope, &find, "ss", e.id, name), db.a);
    if (text.p == NULL)
        return no_such(kind, name, err);
    *owner_name = e.name;
    *document = iam_document_out(db.a, text);
    return 0;
}

static int del(struct np_txn *t, enum iam_kind kind, struct np_str owner, struct np_str name,
               struct np_err *err)
{
    NP_SQL(del_row, "DELETE FROM iam_inline WHERE account = :account AND owner = ?1 AND name = ?2");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, kind, owner, &e, err);
    if (rc == 0)
        rc = iam_modifiable(&e, err);
    if (rc == 0)
        rc = np_exec(t, &del_row, err, "ss", e.id, name);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = no_such(kind, name, err);
    if (rc == 0)
        iam_entity_changed(t, &e);
    return rc;
}

static int list(struct np_req *rq, enum iam_kind kind, struct np_str owner,
                struct np_opt_int max_items, struct np_str marker, struct np_strs *names,
                struct np_opt_bool *truncated, struct np_str *next, struct np_err *err)
{
    NP_SQL(rows,
           "SELECT name FROM iam_inline WHERE account = :account AND owner = ?1 AND name > ?2 "
           "ORDER BY name LIMIT ?3");
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    struct iam_page page;
    int rc = iam_entity_find(&db, kind, owner, &e, err);
    if (rc == 0)
        rc = iam_page_begin(rq, max_items, marker, np_page_filter(e.id), &page, err);
    if (rc != 0)
        return rc;
    names->set = true;
    struct np_str after = page.after.p != NULL ? page.after : NP_STR("");
    struct np_q *q = np_q(db.c, &db.scope, &rows, "ssi", e.id, after, (int64_t)page.limit + 1);
    while (np_row(q))
        IAM_PUSH(db.a, names, np_col_str(q, 0, db.a));
    rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    bool more = names->n > page.limit;
    names->n -= more;
    iam_page_end(rq, &page, more, more ? names->v[names->n - 1] : NP_STR_NULL, truncated, next);
    return 0;
}

void iam_inline_list(const struct iam_db *db, struct np_str owner,
                     struct iam_policyDetailListType *out)
{
    NP_SQL(rows, "SELECT name, document FROM iam_inline WHERE account = :account AND owner = ?1 "
                 "ORDER BY name");
    out->set = true;
    struct np_q *q = np_q(db->c, &db->scope, &rows, "s", owner);
    while (np_row(q)) {
        struct iam_PolicyDetail d = {
            .PolicyName = np_col_str(q, 0, db->a),
            .PolicyDocument = iam_document_out(db->a, np_col_peek(q, 1)),
        };
        IAM_PUSH(db->a, out, d);
    }
    np_q_end(q, NULL);
}

static int begin_put(struct np_req *rq, struct np_str document, struct np_err *err)
{
    int rc = iam_document_check(document, NP_POLICY_IDENTITY, err);
    return rc != 0 ? rc : np_apply(rq);
}

/* --- users --- */

int iam_PutUserPolicy_begin(struct np_req *rq, const struct iam_PutUserPolicyRequest *in,
                            struct np_err *err)
{
    return begin_put(rq, in->PolicyDocument, err);
}

int iam_PutUserPolicy_apply(struct np_txn *t, const struct iam_PutUserPolicyRequest *in,
                            struct iam_PutUserPolicyOutput *out, struct np_err *err)
{
    return put(t, IAM_USER, in->UserName, in->PolicyName, in->PolicyDocument, err);
}

int iam_GetUserPolicy(struct np_req *rq, const struct iam_GetUserPolicyRequest *in,
                      struct iam_GetUserPolicyResponse *out, struct np_err *err)
{
    out->PolicyName = in->PolicyName;
    return get(rq, IAM_USER, in->UserName, in->PolicyName, &out->UserName, &out->PolicyDocument,
               err);
}

int iam_DeleteUserPolicy_apply(struct np_txn *t, const struct iam_DeleteUserPolicyRequest *in,
                               struct iam_DeleteUserPolicyOutput *out, struct np_err *err)
{
    return del(t, IAM_USER, in->UserName, in->PolicyName, err);
}

int iam_ListUserPolicies(struct np_req *rq, const struct iam_ListUserPoliciesRequest *in,
                         struct iam_ListUserPoliciesResponse *out, struct np_err *err)
{
    return list(rq, IAM_USER, in->UserName, in->MaxItems, in->Marker, &out->PolicyNames,
                &out->IsTruncated, &out->Marker, err);
}

/* --- groups --- */

int iam_PutGroupPolicy_begin(struct np_req *rq, const struct iam_PutGroupPolicyRequest *in,
                             struct np_err *err)
{
    return begin_put(rq, in->PolicyDocument, err);
}

int iam_PutGroupPolicy_apply(struct np_txn *t, const struct iam_PutGroupPolicyRequest *in,
                             struct iam_PutGroupPolicyOutput *out, struct np_err *err)
{
    return put(t, IAM_GROUP, in->GroupName, in->PolicyName, in->PolicyDocument, err);
}

int iam_GetGroupPolicy(struct np_req *rq, const struct iam_GetGroupPolicyRequest *in,
                       struct iam_GetGroupPolicyResponse *out, struct np_err *err)
{
    out->PolicyName = in->PolicyName;
    return get(rq, IAM_GROUP, in->GroupName, in->PolicyName, &out->GroupName, &out->PolicyDocument,
               err);
}

int iam_DeleteGroupPolicy_apply(struct np_txn *t, const struct iam_DeleteGroupPolicyRequest *in,
                                struct iam_DeleteGroupPolicyOutput *out, struct np_err *err)
{
    return del(t, IAM_GROUP, in->GroupName, in->PolicyName, err);
}

int iam_ListGroupPolicies(struct np_req *rq, const struct iam_ListGroupPoliciesRequest *in,
                          struct iam_ListGroupPoliciesResponse *out, struct np_err *err)
{
    return list(rq, IAM_GROUP, in->GroupName, in->MaxItems, in->Marker, &out->PolicyNames,
                &out->IsTruncated, &out->Marker, err);
}

/* --- roles --- */

int iam_PutRolePolicy_begin(struct np_req *rq, const struct iam_PutRolePolicyRequest *in,
                            struct np_err *err)
{
    return begin_put(rq, in->PolicyDocument, err);
}

int iam_PutRolePolicy_apply(struct np_txn *t, const struct iam_PutRolePolicyRequest *in,
                            struct iam_PutRolePolicyOutput *out, struct np_err *err)
{
    return put(t, IAM_ROLE, in->RoleName, in->PolicyName, in->PolicyDocument, err);
}

int iam_GetRolePolicy(struct np_req *rq, const struct iam_GetRolePolicyRequest *in,
                      struct iam_GetRolePolicyResponse *out, struct np_err *err)
{
    out->PolicyName = in->PolicyName;
    return get(rq, IAM_ROLE, in->RoleName, in->PolicyName, &out->RoleName, &out->PolicyDocument,
               err);
}

int iam_DeleteRolePolicy_apply(struct np_txn *t, const struct iam_DeleteRolePolicyRequest *in,
                               struct iam_DeleteRolePolicyOutput *out, struct np_err *err)
{
    return del(t, IAM_ROLE, in->RoleName, in->PolicyName, err);
}

int iam_ListRolePolicies(struct np_req *rq, const struct iam_ListRolePoliciesRequest *in,
                         struct iam_ListRolePoliciesResponse *out, struct np_err *err)
{
    return list(rq, IAM_ROLE, in->RoleName, in->MaxItems, in->Marker, &out->PolicyNames,
                &out->IsTruncated, &out->Marker, err);
}
