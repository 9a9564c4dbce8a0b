/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - instance profiles: the container that hands a role to an instance. */
#include "services/iam/iam_int.h"

#include "base/map.h"
#include "services/iam/iam.h"

#define PROFILE_COLUMNS "name, id, path, role, created_ms"

struct np_str iam_profile_arn(struct np_arena *a, struct np_str account, struct np_str path,
                              struct np_str name)
{
    return np_str_printf(a, "arn:aws:iam::%.*s:instance-profile%.*s%.*s", NP_FMT(account),
                         NP_FMT(path), NP_FMT(name));
}

static void profile_row(const struct iam_db *db, struct np_q *q, struct iam_profile *p)
{
    *p = (struct iam_profile){
        .name = np_col_str(q, 0, db->a),
        .id = np_col_str(q, 1, db->a),
        .path = np_col_str(q, 2, db->a),
        .role = np_col_str(q, 3, db->a),
        .created_ms = np_col_int(q, 4),
    };
    p->arn = iam_profile_arn(db->a, db->scope.account, p->path, p->name);
}

int iam_profile_find(const struct iam_db *db, struct np_str name, struct iam_profile *out,
                     struct np_err *err)
{
    NP_SQL(find,
           "SELECT " PROFILE_COLUMNS " FROM iam_profile WHERE account = :account AND name = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", name);
    bool found = np_row(q);
    if (found)
        profile_row(db, q, out);
    int rc = np_q_end(q, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException, "Instance Profile %.*s cannot be found.",
                      NP_FMT(name));
    return rc;
}

int iam_profile_facts(struct np_dbc *c, struct np_arena *a, struct np_str account,
                      struct np_str name_or_arn, struct iam_profile_facts *out)
{
    struct iam_db db = {.c = c, .scope = {.account = account}, .a = a};
    bool by_arn = np_str_starts(name_or_arn, NP_STR("arn:"));
    ptrdiff_t slash = by_arn ? np_str_rchr(name_or_arn, '/') : -1;
    struct iam_profile p;
    struct iam_entity role;
    struct np_err err;
    if (iam_profile_find(&db, np_str_sub(name_or_arn, (size_t)(slash + 1), name_or_arn.n), &p,
                         &err) != 0 ||
        (by_arn && !np_str_eq(p.arn, name_or_arn)))
        return NP_ENOENT;
    *out = (struct iam_profile_facts){.arn = p.arn, .id = p.id, .name = p.name};
    if (p.role.p != NULL && iam_entity_by_id(&db, p.role, &role))
        out->role_arn = role.arn;
    return 0;
}

static struct iam_InstanceProfile *profile_out(const struct iam_db *db, const struct iam_profile *p)
{
    struct iam_InstanceProfile *o = np_new(db->a, struct iam_InstanceProfile);
    o->Path = p->path;
    o->InstanceProfileName = p->name;
    o->InstanceProfileId = p->id;
    o->Arn = p->arn;
    o->CreateDate = IAM_INT(p->created_ms);
    o->Roles.set = true;
    struct iam_entity role;
    if (p->role.p != NULL && iam_entity_by_id(db, p->role, &role)) {
        struct iam_Role *r = iam_role_out(db->a, &role);
        r->Description = NP_STR_NULL; /* AWS: a role in a profile is not told whole */
        r->MaxSessionDuration.set = false;
        IAM_PUSH(db->a, &o->Roles, *r);
    }
    return o;
}

int iam_CreateInstanceProfile_begin(struct np_req *rq,
                                    const struct iam_CreateInstanceProfileRequest *in,
                                    struct np_err *err)
{
    int rc = iam_tags_check(&in->Tags, false, err);
    return rc != 0 ? rc : iam_begin_id(rq, "AIPA");
}

static int check_new(struct np_txn *t, struct np_str name, struct np_err *err)
{
    NP_SQL(taken, "SELECT 1 FROM iam_profile WHERE account = :account AND name = ?1");
    NP_SQL(count, "SELECT count(*) FROM iam_profile WHERE account = :account");
    if (iam_first_int(np_tq(t, &taken, "s", name)) != 0)
        return np_fault(err, &IAM_EntityAlreadyExistsException,
                        "Instance Profile %.*s already exists.", NP_FMT(name));
    if (iam_first_int(np_tq(t, &count, "")) >= IAM_PROFILES_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for InstanceProfilesPerAccount: %d", IAM_PROFILES_MAX);
    return 0;
}

int iam_CreateInstanceProfile_apply(struct np_txn *t,
                                    const struct iam_CreateInstanceProfileRequest *in,
                                    struct iam_CreateInstanceProfileResponse *out,
                                    struct np_err *err)
{
    NP_SQL(add, "INSERT INTO iam_profile (account, name, id, path, created_ms) "
                "VALUES (:account, ?1, ?2, ?3, ?4)");
    struct iam_db db = iam_db_txn(t);
    struct iam_profile p = {
        .name = in->InstanceProfileName,
        .id = iam_new_id(t),
        .path = iam_path(in->Path),
        .created_ms = iam_seconds(np_txn_now_ms(t)),
    };
    p.arn = iam_profile_arn(db.a, db.scope.account, p.path, p.name);
    int rc = check_new(t, p.name, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "sssi", p.name, p.id, p.path, p.created_ms);
    if (rc == 0)
        rc = iam_tags_put(t, p.arn, &in->Tags, err);
    if (rc != 0)
        return rc;
    out->InstanceProfile = profile_out(&db, &p);
    if (in->Tags.n != 0)
        out->InstanceProfile->Tags = in->Tags;
    return 0;
}

int iam_GetInstanceProfile(struct np_req *rq, const struct iam_GetInstanceProfileRequest *in,
                           struct iam_GetInstanceProfileResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_profile p;
    int rc = iam_profile_find(&db, in->InstanceProfileName, &p, err);
    if (rc != 0)
        return rc;
    out->InstanceProfile = profile_out(&db, &p);
    iam_tags_out(&db, p.arn, &out->InstanceProfile->Tags);
    return 0;
}

/* By name after the page's position; role_id absent: all below prefix. */
static int list(struct np_req *rq, const struct iam_page *page, struct np_str role_id,
                struct np_str prefix, struct iam_instanceProfileListType *out,
                struct np_opt_bool *truncated, struct np_str *marker, struct np_err *err)
{
    NP_SQL(rows,
           "SELECT " PROFILE_COLUMNS " FROM iam_profile WHERE account = :account AND name > ?1 AND "
           "(?2 IS NULL OR role = ?2) AND " IAM_UNDER_PATH " ORDER BY name LIMIT ?4");
    struct iam_db db = iam_db_req(rq);
    struct np_str after = page->after.p != NULL ? page->after : NP_STR("");
    out->set = true;
    struct np_q *q = np_q(db.c, &db.scope, &rows, "sssi", after, role_id, iam_path(prefix),
                          (int64_t)page->limit + 1);
    while (np_row(q)) {
        struct iam_profile p;
        profile_row(&db, q, &p);
        IAM_PUSH(db.a, out, *profile_out(&db, &p));
    }
    int rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    bool more = out->n > page->limit;
    out->n -= more;
    iam_page_end(rq, page, more, more ? out->v[out->n - 1].InstanceProfileName : NP_STR_NULL,
                 truncated, marker);
    return 0;
}

int iam_ListInstanceProfiles(struct np_req *rq, const struct iam_ListInstanceProfilesRequest *in,
                             struct iam_ListInstanceProfilesResponse *out, struct np_err *err)
{
    struct iam_page page;
    int rc =
        iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(in->PathPrefix), &page, err);
    return rc != 0 ? rc
                   : list(rq, &page, NP_STR_NULL, in->PathPrefix, &out->InstanceProfiles,
                          &out->IsTruncated, &out->Marker, err);
}

int iam_ListInstanceProfilesForRole(struct np_req *rq,
                                    const struct iam_ListInstanceProfilesForRoleRequest *in,
                                    struct iam_ListInstanceProfilesForRoleResponse *out,
                                    struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_entity role;
    struct iam_page page;
    int rc = iam_entity_find(&db, IAM_ROLE, in->RoleName, &role, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(role.id), &page, err);
    return rc != 0 ? rc
                   : list(rq, &page, role.id, NP_STR_NULL, &out->InstanceProfiles,
                          &out->IsTruncated, &out->Marker, err);
}

void iam_profiles_of_role(const struct iam_db *db, struct np_str role_id,
                          struct iam_instanceProfileListType *out)
{
    NP_SQL(rows, "SELECT " PROFILE_COLUMNS
                 " FROM iam_profile WHERE account = :account AND role = ?1 ORDER BY name");
    out->set = true;
    struct np_q *q = np_q(db->c, &db->scope, &rows, "s", role_id);
    while (np_row(q)) {
        struct iam_profile p;
        profile_row(db, q, &p);
        IAM_PUSH(db->a, out, *profile_out(db, &p));
    }
    np_q_end(q, NULL);
}

static int set_role(struct np_txn *t, const struct iam_profile *p, struct np_str role,
                    struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_profile SET role = ?2 WHERE account = :account AND name = ?1");
    return np_exec(t, &put, err, "ss", p->name, role);
}

static int find_both(struct np_txn *t, struct np_str profile, struct np_str role,
                     struct iam_profile *p, struct iam_entity *e, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    int rc = iam_profile_find(&db, profile, p, err);
    if (rc == 0)
        rc = iam_entity_find(&db, IAM_ROLE, role, e, err);
    return rc != 0 ? rc : iam_modifiable(e, err);
}

int iam_AddRoleToInstanceProfile_apply(struct np_txn *t,
                                       const struct iam_AddRoleToInstanceProfileRequest *in,
                                       struct iam_AddRoleToInstanceProfileOutput *out,
                                       struct np_err *err)
{
    struct iam_profile p;
    struct iam_entity role;
    int rc = find_both(t, in->InstanceProfileName, in->RoleName, &p, &role, err);
    if (rc == 0 && p.role.p != NULL)
        rc = np_fault(err, &IAM_LimitExceededException,
                      "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    return rc != 0 ? rc : set_role(t, &p, role.id, err);
}

int iam_RemoveRoleFromInstanceProfile_apply(
    struct np_txn *t, const struct iam_RemoveRoleFromInstanceProfileRequest *in,
    struct iam_RemoveRoleFromInstanceProfileOutput *out, struct np_err *err)
{
    struct iam_profile p;
    struct iam_entity role;
    int rc = find_both(t, in->InstanceProfileName, in->RoleName, &p, &role, err);
    if (rc == 0 && !np_str_eq(p.role, role.id))
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "Role %.*s in Instance Profile %.*s cannot be found.", NP_FMT(role.name),
                      NP_FMT(p.name));
    return rc != 0 ? rc : set_role(t, &p, NP_STR_NULL, err);
}

int iam_DeleteInstanceProfile_apply(struct np_txn *t,
                                    const struct iam_DeleteInstanceProfileRequest *in,
                                    struct iam_DeleteInstanceProfileOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_profile WHERE account = :account AND name = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_profile p;
    int rc = iam_profile_find(&db, in->InstanceProfileName, &p, err);
    if (rc == 0 && p.role.p != NULL)
        rc = np_fault(err, &IAM_DeleteConflictException,
                      "Cannot delete entity, must remove roles from instance profile first.");
    if (rc == 0)
        rc = np_tags_drop(t, p.arn, err);
    return rc != 0 ? rc : np_exec(t, &del, err, "s", p.name);
}
