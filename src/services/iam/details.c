/* SPDX-License-Identifier: Apache-2.0 */
/* details.c - GetAccountAuthorizationDetails: all users, groups, roles and policies with their
 * relations. */
#include "services/iam/iam_int.h"

#include "base/map.h"

static void user_detail(const struct iam_db *db, const struct iam_entity *e,
                        struct iam_GetAccountAuthorizationDetailsResponse *out)
{
    NP_SQL(groups, "SELECT e.name FROM iam_member m JOIN iam_entity e ON e.account = m.account AND "
                   "e.id = m.grp WHERE m.account = :account AND m.usr = ?1 ORDER BY e.name");
    struct iam_UserDetail d = {
        .Path = e->path,
        .UserName = e->name,
        .UserId = e->id,
        .Arn = e->arn,
        .CreateDate = IAM_INT(e->created_ms),
        .PermissionsBoundary = iam_boundary_out(db->a, e->boundary),
    };
    iam_inline_list(db, e->id, &d.UserPolicyList);
    d.UserPolicyList.set = d.UserPolicyList.n != 0; /* AWS leaves out an empty one */
    iam_attached_list(db, e->id, &d.AttachedManagedPolicies);
    iam_tags_out(db, e->arn, &d.Tags);
    d.GroupList.set = true;
    struct np_q *q = np_q(db->c, &db->scope, &groups, "s", e->id);
    while (np_row(q))
        IAM_PUSH(db->a, &d.GroupList, np_col_str(q, 0, db->a));
    np_q_end(q, NULL);
    IAM_PUSH(db->a, &out->UserDetailList, d);
}

static void group_detail(const struct iam_db *db, const struct iam_entity *e,
                         struct iam_GetAccountAuthorizationDetailsResponse *out)
{
    struct iam_GroupDetail d = {
        .Path = e->path,
        .GroupName = e->name,
        .GroupId = e->id,
        .Arn = e->arn,
        .CreateDate = IAM_INT(e->created_ms),
    };
    iam_inline_list(db, e->id, &d.GroupPolicyList);
    iam_attached_list(db, e->id, &d.AttachedManagedPolicies);
    IAM_PUSH(db->a, &out->GroupDetailList, d);
}

static void role_detail(const struct iam_db *db, const struct iam_entity *e,
                        struct iam_GetAccountAuthorizationDetailsResponse *out)
{
    struct iam_RoleDetail d = {
        .Path = e->path,
        .RoleName = e->name,
        .RoleId = e->id,
        .Arn = e->arn,
        .CreateDate = IAM_INT(e->created_ms),
        .AssumeRolePolicyDocument = iam_document_out(db->a, e->trust),
        .PermissionsBoundary = iam_boundary_out(db->a, e->boundary),
        .RoleLastUsed = np_new(db->a, struct iam_RoleLastUsed),
    };
    d.RoleLastUsed->LastUsedDate = e->used_ms;
    d.RoleLastUsed->Region = e->used_region;
    iam_profiles_of_role(db, e->id, &d.InstanceProfileList);
    iam_inline_list(db, e->id, &d.RolePolicyList);
    iam_attached_list(db, e->id, &d.AttachedManagedPolicies);
    iam_tags_out(db, e->arn, &d.Tags);
    IAM_PUSH(db->a, &out->RoleDetailList, d);
}

static void policy_detail(const struct iam_db *db, const struct iam_policy *p,
                          struct iam_GetAccountAuthorizationDetailsResponse *out)
{
    struct iam_ManagedPolicyDetail d = {
        .PolicyName = p->name,
        .PolicyId = p->id,
        .Arn = p->arn,
        .Path = p->path,
        .DefaultVersionId = iam_version_name(db->a, p->default_version),
        .AttachmentCount = IAM_INT(p->attached),
        .PermissionsBoundaryUsageCount = IAM_INT(p->bounding),
        .IsAttachable = IAM_TRUE,
        .CreateDate = IAM_INT(p->created_ms),
        .UpdateDate = IAM_INT(p->updated_ms),
    };
    iam_policy_version_list(db, p, true, &d.PolicyVersionList);
    IAM_PUSH(db->a, &out->Policies, d);
}

static bool wanted(const struct iam_GetAccountAuthorizationDetailsRequest *in, const char *kind)
{
    for (size_t i = 0; i < in->Filter.n; i++)
        if (np_str_is(in->Filter.v[i], "") || np_str_ieq(in->Filter.v[i], np_str_of(kind)))
            return true;
    return in->Filter.n == 0;
}

struct walk {
    const struct iam_db *db;
    const struct iam_GetAccountAuthorizationDetailsRequest *in;
    struct iam_GetAccountAuthorizationDetailsResponse *out;
    const struct iam_page *page;
    size_t n;
    bool more;
    struct np_str last; /* position of what was answered last: kind and name */
};

/* False: the page is full. */
static bool take(struct walk *w, char kind, struct np_str name)
{
    w->more = w->n == w->page->limit;
    if (w->more)
        return false;
    w->n++;
    w->last = np_str_printf(w->db->a, "%c%.*s", kind, NP_FMT(name));
    return true;
}

/* Kinds in the order of their letters; what is at or before the position was answered already. */
static struct np_str after(const struct walk *w, char kind, bool *skip)
{
    struct np_str at = w->page->after;
    *skip = at.n != 0 && at.p[0] > kind;
    return at.n != 0 && at.p[0] == kind ? np_str_sub(at, 1, at.n) : NP_STR("");
}

static void walk_entities(struct walk *w, char letter, enum iam_kind kind, const char *filter,
                          void (*detail)(const struct iam_db *db, const struct iam_entity *e,
                                         struct iam_GetAccountAuthorizationDetailsResponse *out))
{
    bool skip;
    struct iam_page page = {w->page->limit + 1, after(w, letter, &skip), 0};
    struct iam_entity *e;
    size_t n = 0;
    if (skip || w->more || !wanted(w->in, filter) ||
        iam_entity_list(w->db, kind, NP_STR_NULL, &page, &e, &n, NULL) != 0)
        return;
    for (size_t i = 0; i < n && take(w, letter, e[i].name); i++)
        detail(w->db, &e[i], w->out);
}

static void walk_own_policies(struct walk *w)
{
    NP_SQL(
        rows,
        "SELECT path, name FROM iam_policy WHERE account = :account AND name > ?1 ORDER BY name");
    bool skip, found;
    struct np_str from = after(w, 'D', &skip);
    if (skip || w->more || !wanted(w->in, "LocalManagedPolicy"))
        return;
    struct np_q *q = np_q(w->db->c, &w->db->scope, &rows, "s", from);
    while (np_row(q)) {
        struct iam_policy p;
        struct np_str path = np_col_peek(q, 0), name = np_col_peek(q, 1);
        struct np_str arn = np_str_printf(w->db->a, "arn:aws:iam::%.*s:policy%.*s%.*s",
                                          NP_FMT(w->db->scope.account), NP_FMT(path), NP_FMT(name));
        if (!take(w, 'D', name))
            break;
        if (iam_policy_lookup(w->db, arn, true, &p, &found, NULL) == 0 && found)
            policy_detail(w->db, &p, w->out);
    }
    np_q_end(q, NULL);
}

/* AWS: of its own policies only those that the account uses. */
static void walk_aws_policies(struct walk *w)
{
    bool skip, found;
    struct np_str from = after(w, 'E', &skip);
    if (w->more || !wanted(w->in, "AWSManagedPolicy"))
        return;
    for (size_t i = 0; i < iam_aws_policies(); i++) {
        struct iam_policy p, counted;
        iam_aws_policy_at(i, w->db->a, &p);
        if (np_str_cmp(p.name, from) <= 0 ||
            iam_policy_lookup(w->db, p.arn, true, &counted, &found, NULL) != 0 ||
            counted.attached + counted.bounding == 0)
            continue;
        p = counted;
        if (!take(w, 'E', p.name))
            return;
        policy_detail(w->db, &p, w->out);
    }
}

int iam_GetAccountAuthorizationDetails(struct np_req *rq,
                                       const struct iam_GetAccountAuthorizationDetailsRequest *in,
                                       struct iam_GetAccountAuthorizationDetailsResponse *out,
                                       struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    uint64_t filter = 0;
    for (size_t i = 0; i < in->Filter.n; i++)
        filter ^= np_page_filter(in->Filter.v[i]);
    int rc = iam_page_begin(rq, in->MaxItems, in->Marker, filter, &page, err);
    if (rc == 0)
        rc = np_read_begin(db.c, err);
    if (rc != 0)
        return rc;
    struct walk w = {.db = &db, .in = in, .out = out, .page = &page};
    out->UserDetailList.set = out->GroupDetailList.set = out->RoleDetailList.set = true;
    out->Policies.set = true;
    walk_entities(&w, 'A', IAM_USER, "User", user_detail);
    walk_entities(&w, 'B', IAM_GROUP, "Group", group_detail);
    walk_entities(&w, 'C', IAM_ROLE, "Role", role_detail);
    walk_own_policies(&w);
    walk_aws_policies(&w);
    np_read_end(db.c);
    iam_page_end(rq, &page, w.more, w.last, &out->IsTruncated, &out->Marker);
    return 0;
}
