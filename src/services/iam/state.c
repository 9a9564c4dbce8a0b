/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - rows of users, groups and roles in and out of the store, paging, notices. */
#include "services/iam/iam_int.h"

#include "aws/ids.h"
#include "base/assert.h"
#include "base/enc.h"

struct iam_db iam_db_req(const struct np_req *rq)
{
    return (struct iam_db){np_req_db(rq), np_req_scope(rq), rq->arena};
}

struct iam_db iam_db_txn(struct np_txn *t)
{
    return (struct iam_db){np_txn_db(t), *np_txn_scope(t), np_txn_arena(t)};
}

int64_t iam_first_int(struct np_q *q)
{
    int64_t v = np_row(q) ? np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return v;
}

struct np_str iam_first_str(struct np_q *q, struct np_arena *a)
{
    struct np_str v = np_row(q) ? np_col_str(q, 0, a) : NP_STR_NULL;
    np_q_end(q, NULL);
    return v;
}

/* --- users, groups, roles --- */

static const struct {
    const char *name;  /* in rows and ARNs */
    const char *title; /* in messages */
    const char *quota;
    int64_t max;
} kinds[] = {
    [IAM_USER] = {"user", "User", "UsersPerAccount", IAM_USERS_MAX},
    [IAM_GROUP] = {"group", "Group", "GroupsPerAccount", IAM_GROUPS_MAX},
    [IAM_ROLE] = {"role", "Role", "RolesPerAccount", IAM_ROLES_MAX},
};

const char *iam_kind_name(enum iam_kind kind)
{
    return kinds[kind].name;
}

static enum iam_kind kind_of(struct np_str name)
{
    for (size_t i = 0; i < NP_LEN(kinds); i++)
        if (np_str_eq(name, np_str_of(kinds[i].name)))
            return (enum iam_kind)i;
    np_die(__FILE__, __LINE__, "iam_entity holds the kind \"%.*s\"", NP_FMT(name));
}

struct np_str iam_entity_arn(struct np_arena *a, struct np_str account, enum iam_kind kind,
                             struct np_str path, struct np_str name)
{
    const struct np_str parts[] = {NP_STR("arn:aws:iam::"),     account, NP_STR(":"),
                                   np_str_of(kinds[kind].name), path,    name};
    struct np_buf b;
    size_t n = 0;
    NP_EACH (s, parts)
        n += s->n;
    np_buf_init(&b, a, n);
    np_buf_grow(&b, n);
    NP_EACH (s, parts)
        np_buf_str_add(&b, *s);
    return np_buf_str(&b);
}

void iam_entity_row(const struct iam_db *db, struct np_q *q, struct iam_entity *e)
{
    *e = (struct iam_entity){
        .kind = kind_of(np_col_peek(q, 0)),
        .name = np_col_str(q, 1, db->a),
        .id = np_col_str(q, 2, db->a),
        .path = np_col_str(q, 3, db->a),
        .created_ms = np_col_int(q, 4),
        .boundary = np_col_str(q, 5, db->a),
        .description = np_col_str(q, 6, db->a),
        .trust = np_col_str(q, 7, db->a),
        .max_session_s = np_col_int(q, 8),
        .service = np_col_str(q, 9, db->a),
        .used_ms = np_col_opt_int(q, 10),
        .used_region = np_col_str(q, 11, db->a),
    };
    e->arn = iam_entity_arn(db->a, db->scope.account, e->kind, e->path, e->name);
}

int iam_entity_find(const struct iam_db *db, enum iam_kind kind, struct np_str name,
                    struct iam_entity *out, struct np_err *err)
{
    NP_SQL(find, "SELECT " IAM_ENTITY_COLUMNS
                 " FROM iam_entity WHERE account = :account AND kind = ?1 AND name = ?2");
    struct np_q *q = np_q(db->c, &db->scope, &find, "ss", np_str_of(kinds[kind].name), name);
    bool found = np_row(q);
    if (found)
        iam_entity_row(db, q, out);
    int rc = np_q_end(q, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException, "The %s with name %.*s cannot be found.",
                      kinds[kind].name, NP_FMT(name));
    return rc;
}

bool iam_entity_by_id(const struct iam_db *db, struct np_str id, struct iam_entity *out)
{
    NP_SQL(find,
           "SELECT " IAM_ENTITY_COLUMNS " FROM iam_entity WHERE account = :account AND id = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", id);
    bool found = np_row(q);
    if (found)
        iam_entity_row(db, q, out);
    np_q_end(q, NULL);
    return found;
}

int iam_entity_list(const struct iam_db *db, enum iam_kind kind, struct np_str prefix,
                    const struct iam_page *page, struct iam_entity **out, size_t *n,
                    struct np_err *err)
{
    NP_SQL(list, "SELECT " IAM_ENTITY_COLUMNS
                 " FROM iam_entity WHERE account = :account AND kind = ?1 AND name > ?2 "
                 "AND " IAM_UNDER_PATH " ORDER BY name LIMIT ?4");
    struct {
        struct iam_entity *v;
        size_t n;
        bool set;
    } found = {0};
    struct np_str after = page->after.p != NULL ? page->after : NP_STR("");
    struct np_q *q = np_q(db->c, &db->scope, &list, "sssi", np_str_of(kinds[kind].name), after,
                          iam_path(prefix), (int64_t)page->limit + 1);
    while (np_row(q)) {
        struct iam_entity e;
        iam_entity_row(db, q, &e);
        IAM_PUSH(db->a, &found, e);
    }
    *out = found.v;
    *n = found.n;
    return np_q_end(q, err);
}

int iam_boundary_check(const struct iam_db *db, struct np_str arn, struct np_err *err)
{
    struct iam_policy p;
    bool found = false;
    int rc = iam_policy_arn_ok(arn, err);
    if (rc == 0)
        rc = iam_policy_lookup(db, arn, false, &p, &found, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "Scope ARN: %.*s does not exist or is not attachable.", NP_FMT(arn));
    return rc;
}

static int check_new(const struct iam_db *db, const struct iam_entity *e, struct np_err *err)
{
    NP_SQL(taken, "SELECT 1 FROM iam_entity WHERE account = :account AND kind = ?1 AND name = ?2");
    NP_SQL(count, "SELECT count(*) FROM iam_entity WHERE account = :account AND kind = ?1");
    struct np_str kind = np_str_of(kinds[e->kind].name);
    if (iam_first_int(np_q(db->c, &db->scope, &taken, "ss", kind, e->name)) != 0)
        return np_fault(err, &IAM_EntityAlreadyExistsException, "%s with name %.*s already exists.",
                        kinds[e->kind].title, NP_FMT(e->name));
    if (iam_first_int(np_q(db->c, &db->scope, &count, "s", kind)) >= kinds[e->kind].max)
        return np_fault(err, &IAM_LimitExceededException, "Cannot exceed quota for %s: %lld",
                        kinds[e->kind].quota, (long long)kinds[e->kind].max);
    return e->boundary.p != NULL ? iam_boundary_check(db, e->boundary, err) : 0;
}

int iam_entity_add(struct np_txn *t, const struct iam_entity *e, const struct iam_tagListType *tags,
                   struct np_err *err)
{
    NP_SQL(add, "INSERT INTO iam_entity (account, kind, name, id, path, created_ms, boundary, "
                "description, trust, max_session_s, service) "
                "VALUES (:account, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    struct iam_db db = iam_db_txn(t);
    int rc = check_new(&db, e, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ssssisssis", np_str_of(kinds[e->kind].name), e->name, e->id,
                     e->path, e->created_ms, e->boundary, e->description, e->trust,
                     e->max_session_s, e->service);
    if (rc == 0 && tags != NULL)
        rc = iam_tags_put(t, e->arn, tags, err);
    if (rc == 0)
        iam_entity_changed(t, e);
    return rc;
}

int iam_entity_bare(struct np_txn *t, const struct iam_entity *e, struct np_err *err)
{
    NP_SQL(attached,
           "SELECT 1 FROM iam_attachment WHERE account = :account AND owner = ?1 LIMIT 1");
    NP_SQL(inlined, "SELECT 1 FROM iam_inline WHERE account = :account AND owner = ?1 LIMIT 1");
    if (iam_first_int(np_tq(t, &attached, "s", e->id)) != 0)
        return np_fault(err, &IAM_DeleteConflictException,
                        "Cannot delete entity, must detach all policies first.");
    if (iam_first_int(np_tq(t, &inlined, "s", e->id)) != 0)
        return np_fault(err, &IAM_DeleteConflictException,
                        "Cannot delete entity, must delete policies first.");
    return 0;
}

int iam_entity_remove(struct np_txn *t, const struct iam_entity *e, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_entity WHERE account = :account AND kind = ?1 AND name = ?2");
    int rc = np_tags_drop(t, e->arn, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "ss", np_str_of(kinds[e->kind].name), e->name);
    if (rc == 0 && e->kind != IAM_GROUP)
        rc = iam_trust_follow(t, e->arn, e->id, err);
    if (rc == 0)
        iam_entity_changed(t, e);
    return rc;
}

int iam_entity_rename(struct np_txn *t, struct iam_entity *e, struct np_str name,
                      struct np_str path, struct np_err *err)
{
    NP_SQL(taken, "SELECT 1 FROM iam_entity WHERE account = :account AND kind = ?1 AND name = ?2 "
                  "AND id <> ?3");
    NP_SQL(put, "UPDATE iam_entity SET name = ?3, path = ?4 "
                "WHERE account = :account AND kind = ?1 AND name = ?2");
    NP_SQL(keys, "SELECT id FROM iam_key WHERE account = :account AND owner = ?1");
    struct np_str kind = np_str_of(kinds[e->kind].name), old_arn = e->arn, old_name = e->name;
    if (name.p != NULL && iam_first_int(np_tq(t, &taken, "sss", kind, name, e->id)) != 0)
        return np_fault(err, &IAM_EntityAlreadyExistsException, "%s with name %.*s already exists.",
                        kinds[e->kind].title, NP_FMT(name));
    e->name = name.p != NULL ? name : e->name;
    e->path = path.p != NULL ? path : e->path;
    e->arn = iam_entity_arn(np_txn_arena(t), np_txn_scope(t)->account, e->kind, e->path, e->name);
    int rc = np_exec(t, &put, err, "ssss", kind, old_name, e->name, e->path);
    bool moves = !np_str_eq(old_arn, e->arn);
    if (rc == 0 && moves)
        rc = np_tags_move(t, old_arn, e->arn, err);
    if (rc == 0 && moves && e->kind == IAM_USER)
        rc = iam_trust_follow(t, old_arn, e->arn, err);
    if (rc != 0)
        return rc;
    struct np_q *q = np_tq(t, &keys, "s", e->id);
    while (np_row(q))
        iam_key_changed(t, np_col_peek(q, 0));
    rc = np_q_end(q, err);
    iam_entity_changed(t, e);
    return rc;
}

int iam_modifiable(const struct iam_entity *e, struct np_err *err)
{
    if (e->service.p == NULL)
        return 0;
    return np_fault(err, &IAM_UnmodifiableEntityException,
                    "Cannot perform the operation on the protected role '%.*s' - this role is only "
                    "modifiable by AWS",
                    NP_FMT(e->name));
}

/* --- the caller's own user --- */

bool iam_is_root(const struct iam_entity *e)
{
    return np_str_is(e->id, "root");
}

static void root_entity(const struct iam_db *db, struct iam_entity *out)
{
    NP_SQL(made, "SELECT created_ms FROM iam_account WHERE account = :account");
    *out = (struct iam_entity){
        .kind = IAM_USER,
        .id = NP_STR("root"),
        .path = NP_STR("/"),
        .arn = np_str_printf(db->a, "arn:aws:iam::%.*s:root", NP_FMT(db->scope.account)),
        .created_ms = iam_first_int(np_q(db->c, &db->scope, &made, "")),
    };
}

int iam_user_or_caller(const struct np_req *rq, const struct iam_db *db, struct np_str name,
                       struct iam_entity *out, struct np_err *err)
{
    if (name.p != NULL)
        return iam_entity_find(db, IAM_USER, name, out, err);
    if (rq->who->kind == NP_WHO_ROOT) {
        root_entity(db, out);
        return 0;
    }
    if (rq->who->kind == NP_WHO_USER)
        return iam_entity_find(db, IAM_USER, rq->who->name, out, err);
    return np_fault(err, &IAM_ValidationError,
                    "Must specify userName when calling with non-User credentials");
}

/* --- replies --- */

struct iam_AttachedPermissionsBoundary *iam_boundary_out(struct np_arena *a, struct np_str arn)
{
    if (arn.p == NULL)
        return NULL;
    struct iam_AttachedPermissionsBoundary *b = np_new(a, struct iam_AttachedPermissionsBoundary);
    b->PermissionsBoundaryType = NP_STR("Policy");
    b->PermissionsBoundaryArn = arn;
    return b;
}

struct iam_User *iam_user_out(struct np_arena *a, const struct iam_entity *e)
{
    struct iam_User *u = np_new(a, struct iam_User);
    u->Path = e->path;
    u->UserName = e->name;
    u->UserId = e->id;
    u->Arn = e->arn;
    u->CreateDate = IAM_INT(e->created_ms);
    u->PasswordLastUsed = e->used_ms;
    return u;
}

struct iam_Group *iam_group_out(struct np_arena *a, const struct iam_entity *e)
{
    struct iam_Group *g = np_new(a, struct iam_Group);
    g->Path = e->path;
    g->GroupName = e->name;
    g->GroupId = e->id;
    g->Arn = e->arn;
    g->CreateDate = IAM_INT(e->created_ms);
    return g;
}

struct iam_Role *iam_role_out(struct np_arena *a, const struct iam_entity *e)
{
    struct iam_Role *r = np_new(a, struct iam_Role);
    r->Path = e->path;
    r->RoleName = e->name;
    r->RoleId = e->id;
    r->Arn = e->arn;
    r->CreateDate = IAM_INT(e->created_ms);
    r->AssumeRolePolicyDocument = iam_document_out(a, e->trust);
    r->Description = e->description;
    r->MaxSessionDuration = IAM_INT(e->max_session_s);
    return r;
}

/* --- ids --- */

int iam_begin_id(struct np_req *rq, const char *prefix)
{
    struct np_str *id = np_new(rq->arena, struct np_str);
    *id = np_id_unique(rq->arena, prefix);
    rq->priv = id;
    return np_apply(rq);
}

struct np_str iam_new_id(struct np_txn *t)
{
    const struct np_str *id = np_txn_req(t)->priv;
    return *id;
}

/* --- paging --- */

int iam_page_begin(const struct np_req *rq, struct np_opt_int max_items, struct np_str marker,
                   uint64_t filter, struct iam_page *page, struct np_err *err)
{
    page->limit = max_items.set ? (size_t)max_items.v : IAM_PAGE_DEFAULT;
    page->filter = filter;
    if (np_page_position(rq, filter, marker, &page->after) != 0)
        return np_fault(err, &IAM_ValidationError, "Invalid Marker.");
    return 0;
}

void iam_page_end(const struct np_req *rq, const struct iam_page *page, bool more,
                  struct np_str position, struct np_opt_bool *truncated, struct np_str *marker)
{
    *truncated = more ? IAM_TRUE : IAM_FALSE;
    if (more)
        *marker = np_page_token(rq, page->filter, position);
}

/* --- notices --- */

void iam_entity_changed(struct np_txn *t, const struct iam_entity *e)
{
    NP_SQL(members, "SELECT usr FROM iam_member WHERE account = :account AND grp = ?1");
    struct np_str account = np_txn_scope(t)->account;
    if (e->kind != IAM_GROUP) {
        np_notice(t, "iam.entity", account, e->id);
        return;
    }
    struct np_q *q = np_tq(t, &members, "s", e->id);
    while (np_row(q))
        np_notice(t, "iam.entity", account, np_col_peek(q, 0));
    np_q_end(q, NULL);
}

void iam_key_changed(struct np_txn *t, struct np_str key_id)
{
    np_notice(t, "iam.key", np_txn_scope(t)->account, key_id);
}

int iam_policy_changed(struct np_txn *t, struct np_str arn, struct np_err *err)
{
    NP_SQL(users, "SELECT " IAM_ENTITY_COLUMNS " FROM iam_entity e WHERE e.account = :account AND "
                  "(e.boundary = ?1 OR e.id IN (SELECT owner FROM iam_attachment "
                  "WHERE account = :account AND policy = ?1))");
    struct iam_db db = iam_db_txn(t);
    np_notice(t, "iam.policy", db.scope.account, arn);
    struct np_q *q = np_tq(t, &users, "s", arn);
    while (np_row(q)) {
        struct iam_entity e;
        iam_entity_row(&db, q, &e);
        iam_entity_changed(t, &e);
    }
    return np_q_end(q, err);
}
