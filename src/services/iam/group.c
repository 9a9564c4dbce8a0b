/* SPDX-License-Identifier: Apache-2.0 */
/* group.c - groups and who is in them. */
#include "services/iam/iam_int.h"

#include "base/map.h"

int iam_CreateGroup_begin(struct np_req *rq, const struct iam_CreateGroupRequest *in,
                          struct np_err *err)
{
    return iam_begin_id(rq, "AGPA");
}

int iam_CreateGroup_apply(struct np_txn *t, const struct iam_CreateGroupRequest *in,
                          struct iam_CreateGroupResponse *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct iam_entity e = {
        .kind = IAM_GROUP,
        .name = in->GroupName,
        .id = iam_new_id(t),
        .path = iam_path(in->Path),
        .created_ms = iam_seconds(np_txn_now_ms(t)),
    };
    e.arn = iam_entity_arn(a, np_txn_scope(t)->account, e.kind, e.path, e.name);
    int rc = iam_entity_add(t, &e, NULL, err);
    if (rc == 0)
        out->Group = iam_group_out(a, &e);
    return rc;
}

/* Users of a group by name, or groups of a user: the other side of each membership. */
static int members(const struct iam_db *db, const struct np_sql *sql, struct np_str id,
                   const struct iam_page *page, struct iam_entity **out, size_t *n,
                   struct np_err *err)
{
    struct {
        struct iam_entity *v;
        size_t n;
        bool set;
    } found = {0};
    struct np_str after = page->after.p != NULL ? page->after : NP_STR("");
    struct np_q *q = np_q(db->c, &db->scope, sql, "ssi", id, after, (int64_t)page->limit + 1);
    while (np_row(q)) {
        struct iam_entity e;
        iam_entity_row(db, q, &e);
        IAM_PUSH(db->a, &found, e);
    }
    *out = found.v;
    *n = found.n;
    return np_q_end(q, err);
}

int iam_GetGroup(struct np_req *rq, const struct iam_GetGroupRequest *in,
                 struct iam_GetGroupResponse *out, struct np_err *err)
{
    NP_SQL(users, "SELECT " IAM_ENTITY_COLUMNS
                  " FROM iam_member m JOIN iam_entity e ON e.account = m.account AND e.id = m.usr "
                  "WHERE m.account = :account AND m.grp = ?1 AND e.name > ?2 ORDER BY e.name "
                  "LIMIT ?3");
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    struct iam_entity group, *e;
    size_t n;
    int rc = iam_entity_find(&db, IAM_GROUP, in->GroupName, &group, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(group.id), &page, err);
    if (rc == 0)
        rc = members(&db, &users, group.id, &page, &e, &n, err);
    if (rc != 0)
        return rc;
    bool more = n > page.limit;
    out->Group = iam_group_out(rq->arena, &group);
    out->Users.set = true;
    for (size_t i = 0; i < n - more; i++)
        IAM_PUSH(rq->arena, &out->Users, *iam_user_out(rq->arena, &e[i]));
    iam_page_end(rq, &page, more, more ? e[n - 2].name : NP_STR_NULL, &out->IsTruncated,
                 &out->Marker);
    return 0;
}

static void put_groups(const struct np_req *rq, const struct iam_page *page,
                       const struct iam_entity *e, size_t n, struct iam_groupListType *groups,
                       struct np_opt_bool *truncated, struct np_str *marker)
{
    bool more = n > page->limit;
    groups->set = true;
    for (size_t i = 0; i < n - more; i++)
        IAM_PUSH(rq->arena, groups, *iam_group_out(rq->arena, &e[i]));
    iam_page_end(rq, page, more, more ? e[n - 2].name : NP_STR_NULL, truncated, marker);
}

int iam_ListGroups(struct np_req *rq, const struct iam_ListGroupsRequest *in,
                   struct iam_ListGroupsResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    struct iam_entity *e;
    size_t n;
    int rc =
        iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(in->PathPrefix), &page, err);
    if (rc == 0)
        rc = iam_entity_list(&db, IAM_GROUP, in->PathPrefix, &page, &e, &n, err);
    if (rc == 0)
        put_groups(rq, &page, e, n, &out->Groups, &out->IsTruncated, &out->Marker);
    return rc;
}

int iam_ListGroupsForUser(struct np_req *rq, const struct iam_ListGroupsForUserRequest *in,
                          struct iam_ListGroupsForUserResponse *out, struct np_err *err)
{
    NP_SQL(groups, "SELECT " IAM_ENTITY_COLUMNS
                   " FROM iam_member m JOIN iam_entity e ON e.account = m.account AND e.id = m.grp "
                   "WHERE m.account = :account AND m.usr = ?1 AND e.name > ?2 ORDER BY e.name "
                   "LIMIT ?3");
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    struct iam_entity user, *e;
    size_t n;
    int rc = iam_entity_find(&db, IAM_USER, in->UserName, &user, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(user.id), &page, err);
    if (rc == 0)
        rc = members(&db, &groups, user.id, &page, &e, &n, err);
    if (rc == 0)
        put_groups(rq, &page, e, n, &out->Groups, &out->IsTruncated, &out->Marker);
    return rc;
}

int iam_UpdateGroup_apply(struct np_txn *t, const struct iam_UpdateGroupRequest *in,
                          struct iam_UpdateGroupOutput *out, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_GROUP, in->GroupName, &e, err);
    return rc != 0 ? rc : iam_entity_rename(t, &e, in->NewGroupName, in->NewPath, err);
}

int iam_DeleteGroup_apply(struct np_txn *t, const struct iam_DeleteGroupRequest *in,
                          struct iam_DeleteGroupOutput *out, struct np_err *err)
{
    NP_SQL(any, "SELECT 1 FROM iam_member WHERE account = :account AND grp = ?1 LIMIT 1");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_GROUP, in->GroupName, &e, err);
    if (rc != 0)
        return rc;
    if (iam_first_int(np_tq(t, &any, "s", e.id)) != 0)
        return np_fault(err, &IAM_DeleteConflictException,
                        "Cannot delete entity, must remove users from group first.");
    rc = iam_entity_bare(t, &e, err);
    return rc != 0 ? rc : iam_entity_remove(t, &e, err);
}

static int find_both(const struct iam_db *db, struct np_str group_name, struct np_str user_name,
                     struct iam_entity *group, struct iam_entity *user, struct np_err *err)
{
    int rc = iam_entity_find(db, IAM_USER, user_name, user, err);
    return rc != 0 ? rc : iam_entity_find(db, IAM_GROUP, group_name, group, err);
}

int iam_AddUserToGroup_apply(struct np_txn *t, const struct iam_AddUserToGroupRequest *in,
                             struct iam_AddUserToGroupOutput *out, struct np_err *err)
{
    NP_SQL(is, "SELECT 1 FROM iam_member WHERE account = :account AND grp = ?1 AND usr = ?2");
    NP_SQL(count, "SELECT count(*) FROM iam_member WHERE account = :account AND usr = ?1");
    NP_SQL(add, "INSERT INTO iam_member (account, grp, usr) VALUES (:account, ?1, ?2)");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity group, user;
    int rc = find_both(&db, in->GroupName, in->UserName, &group, &user, err);
    if (rc != 0 || iam_first_int(np_tq(t, &is, "ss", group.id, user.id)) != 0)
        return rc; /* AWS: adding twice is fine */
    if (iam_first_int(np_tq(t, &count, "s", user.id)) >= IAM_GROUPS_PER_USER_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for GroupsPerUser: %d", IAM_GROUPS_PER_USER_MAX);
    rc = np_exec(t, &add, err, "ss", group.id, user.id);
    iam_entity_changed(t, &user);
    return rc;
}

int iam_RemoveUserFromGroup_apply(struct np_txn *t, const struct iam_RemoveUserFromGroupRequest *in,
                                  struct iam_RemoveUserFromGroupOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_member WHERE account = :account AND grp = ?1 AND usr = ?2");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity group, user;
    int rc = find_both(&db, in->GroupName, in->UserName, &group, &user, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "ss", group.id, user.id); /* AWS: removing twice is fine */
    if (rc == 0)
        iam_entity_changed(t, &user);
    return rc;
}
