/* SPDX-License-Identifier: Apache-2.0 */
/* user.c - users. */
#include "services/iam/iam_int.h"

#include "base/map.h"

int iam_CreateUser_begin(struct np_req *rq, const struct iam_CreateUserRequest *in,
                         struct np_err *err)
{
    int rc = iam_tags_check(&in->Tags, true, err);
    return rc != 0 ? rc : iam_begin_id(rq, "AIDA");
}

int iam_CreateUser_apply(struct np_txn *t, const struct iam_CreateUserRequest *in,
                         struct iam_CreateUserResponse *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct iam_entity e = {
        .kind = IAM_USER,
        .name = in->UserName,
        .id = iam_new_id(t),
        .path = iam_path(in->Path),
        .created_ms = iam_seconds(np_txn_now_ms(t)),
        .boundary = in->PermissionsBoundary,
    };
    e.arn = iam_entity_arn(a, np_txn_scope(t)->account, e.kind, e.path, e.name);
    int rc = iam_entity_add(t, &e, &in->Tags, err);
    if (rc != 0)
        return rc;
    out->User = iam_user_out(a, &e);
    out->User->PermissionsBoundary = iam_boundary_out(a, e.boundary);
    if (in->Tags.n != 0)
        out->User->Tags = in->Tags;
    return 0;
}

int iam_GetUser(struct np_req *rq, const struct iam_GetUserRequest *in,
                struct iam_GetUserResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    int rc = iam_user_or_caller(rq, &db, in->UserName, &e, err);
    if (rc != 0)
        return rc;
    out->User = iam_user_out(rq->arena, &e);
    if (iam_is_root(&e)) { /* AWS: root has no name; its id is the account. */
        out->User->UserId = rq->account;
        out->User->Path = NP_STR_NULL;
        return 0;
    }
    out->User->PermissionsBoundary = iam_boundary_out(rq->arena, e.boundary);
    iam_tags_out(&db, e.arn, &out->User->Tags);
    if (out->User->Tags.n == 0)
        out->User->Tags.set = false;
    return 0;
}

int iam_ListUsers(struct np_req *rq, const struct iam_ListUsersRequest *in,
                  struct iam_ListUsersResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    struct iam_entity *e;
    size_t n;
    int rc =
        iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(in->PathPrefix), &page, err);
    if (rc == 0)
        rc = iam_entity_list(&db, IAM_USER, in->PathPrefix, &page, &e, &n, err);
    if (rc != 0)
        return rc;
    bool more = n > page.limit;
    out->Users.set = true;
    for (size_t i = 0; i < n - more; i++)
        IAM_PUSH(rq->arena, &out->Users, *iam_user_out(rq->arena, &e[i]));
    iam_page_end(rq, &page, more, more ? e[n - 2].name : NP_STR_NULL, &out->IsTruncated,
                 &out->Marker);
    return 0;
}

int iam_UpdateUser_apply(struct np_txn *t, const struct iam_UpdateUserRequest *in,
                         struct iam_UpdateUserOutput *out, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_USER, in->UserName, &e, err);
    return rc != 0 ? rc : iam_entity_rename(t, &e, in->NewUserName, in->NewPath, err);
}

/* What a user may not have any more when it goes, in the order in which AWS complains. */
static int user_is_free(struct np_txn *t, const struct iam_entity *e, struct np_err *err)
{
    NP_SQL(keys, "SELECT 1 FROM iam_key WHERE account = :account AND owner = ?1 LIMIT 1");
    NP_SQL(login, "SELECT 1 FROM iam_login WHERE account = :account AND owner = ?1");
    NP_SQL(mfa, "SELECT 1 FROM iam_mfa WHERE account = :account AND owner = ?1 LIMIT 1");
    NP_SQL(groups, "SELECT 1 FROM iam_member WHERE account = :account AND usr = ?1 LIMIT 1");
    const struct {
        const struct np_sql *sql;
        const char *what;
    } checks[] = {
        {&keys, "must delete access keys first."},
        {&login, "must delete login profile first."},
        {&mfa, "must delete MFA device first."},
        {&groups, "must remove users from group first."},
    };
    NP_EACH (c, checks)
        if (iam_first_int(np_tq(t, c->sql, "s", e->id)) != 0)
            return np_fault(err, &IAM_DeleteConflictException, "Cannot delete entity, %s", c->what);
    return 0;
}

int iam_DeleteUser_apply(struct np_txn *t, const struct iam_DeleteUserRequest *in,
                         struct iam_DeleteUserOutput *out, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_USER, in->UserName, &e, err);
    if (rc == 0)
        rc = iam_entity_bare(t, &e, err);
    if (rc == 0)
        rc = user_is_free(t, &e, err);
    return rc != 0 ? rc : iam_entity_remove(t, &e, err);
}
