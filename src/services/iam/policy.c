/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - managed policies and their versions. */
#include "services/iam/iam_int.h"

#include "aws/arn.h"
#include "base/enc.h"
#include "base/map.h"

/* --- documents --- */

int iam_document_compile(struct np_str document, enum np_policy_kind kind, struct np_policy **out,
                         struct np_err *err)
{
    struct np_err why = {0};
    if (np_policy_compile(document, kind, out, &why) == 0)
        return 0;
    return np_fault(err, &IAM_MalformedPolicyDocumentException, "%.*s", NP_FMT(np_err_text(&why)));
}

int iam_document_check(struct np_str document, enum np_policy_kind kind, struct np_err *err)
{
    struct np_policy *p;
    int rc = iam_document_compile(document, kind, &p, err);
    if (rc == 0)
        np_policy_unref(p);
    return rc;
}

struct np_str iam_document_out(struct np_arena *a, struct np_str document)
{
    if (document.p == NULL)
        return document;
    struct np_buf b;
    np_buf_init(&b, a, document.n * 3 + 1);
    np_uri_encode(&b, document, false);
    return np_buf_str(&b);
}

struct np_str iam_version_name(struct np_arena *a, int64_t version)
{
    return np_str_printf(a, "v%lld", (long long)version);
}

/* "v3" is 3; 0 is none. */
static int64_t version_number(struct np_str name)
{
    int64_t n;
    return np_str_starts(name, NP_STR("v")) && np_str_i64(np_str_sub(name, 1, name.n), &n) ? n : 0;
}

/* --- by ARN --- */

int iam_policy_arn_ok(struct np_str arn, struct np_err *err)
{
    struct np_arn parts;
    if (!np_arn_parse(arn, &parts))
        return np_fault(err, &IAM_ValidationError, "ARN %.*s is not valid.", NP_FMT(arn));
    if (!np_str_is(parts.service, "iam") || !np_str_starts(parts.resource, NP_STR("policy/")))
        return np_fault(err, &IAM_InvalidInputException, "ARN %.*s is not valid.", NP_FMT(arn));
    return 0;
}

struct np_str iam_policy_name(struct np_str arn)
{
    ptrdiff_t at = np_str_rchr(arn, '/');
    return np_str_sub(arn, (size_t)(at + 1), arn.n);
}

static void count_uses(const struct iam_db *db, struct iam_policy *p)
{
    NP_SQL(attached,
           "SELECT count(*) FROM iam_attachment WHERE account = :account AND policy = ?1");
    NP_SQL(bounding, "SELECT count(*) FROM iam_entity WHERE account = :account AND boundary = ?1");
    p->attached = iam_first_int(np_q(db->c, &db->scope, &attached, "s", p->arn));
    p->bounding = iam_first_int(np_q(db->c, &db->scope, &bounding, "s", p->arn));
}

#define POLICY_COLUMNS                                                                             \
    "name, id, path, description, created_ms, updated_ms, default_version, last_version"

static void policy_row(const struct iam_db *db, struct np_q *q, struct iam_policy *p)
{
    *p = (struct iam_policy){
        .name = np_col_str(q, 0, db->a),
        .id = np_col_str(q, 1, db->a),
        .path = np_col_str(q, 2, db->a),
        .description = np_col_str(q, 3, db->a),
        .created_ms = np_col_int(q, 4),
        .updated_ms = np_col_int(q, 5),
        .default_version = np_col_int(q, 6),
        .last_version = np_col_int(q, 7),
    };
    p->arn = np_str_printf(db->a, "arn:aws:iam::%.*s:policy%.*s%.*s", NP_FMT(db->scope.account),
                           NP_FMT(p->path), NP_FMT(p->name));
}

static struct np_str version_document(const struct iam_db *db, const struct iam_policy *p,
                                      int64_t version)
{
    NP_SQL(find, "SELECT document FROM iam_policy_version WHERE account = :account AND policy = ?1 "
                 "AND version = ?2");
    if (p->aws)
        return version == p->default_version ? p->document : NP_STR_NULL;
    return iam_first_str(np_q(db->c, &db->scope, &find, "si", p->id, version), db->a);
}

int iam_policy_lookup(const struct iam_db *db, struct np_str arn, bool whole,
                      struct iam_policy *out, bool *found, struct np_err *err)
{
    NP_SQL(find,
           "SELECT " POLICY_COLUMNS " FROM iam_policy WHERE account = :account AND name = ?1");
    *found = iam_aws_policy_find(arn, db->a, out);
    if (*found) {
        if (whole)
            count_uses(db, out);
        return 0;
    }
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", iam_policy_name(arn));
    if (np_row(q)) {
        policy_row(db, q, out);
        *found = np_str_eq(out->arn, arn);
    }
    int rc = np_q_end(q, err);
    if (rc == 0 && *found && whole) {
        count_uses(db, out);
        out->document = version_document(db, out, out->default_version);
    }
    return rc;
}

int iam_policy_find(const struct iam_db *db, struct np_str arn, bool whole, struct iam_policy *out,
                    struct np_err *err)
{
    bool found = false;
    int rc = iam_policy_arn_ok(arn, err);
    if (rc == 0)
        rc = iam_policy_lookup(db, arn, whole, out, &found, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException, "Policy %.*s was not found.", NP_FMT(arn));
    return rc;
}

struct np_str iam_policy_document(const struct iam_db *db, struct np_str arn)
{
    struct iam_policy p;
    bool found = false;
    if (iam_policy_lookup(db, arn, true, &p, &found, NULL) != 0 || !found)
        return NP_STR_NULL;
    return p.document;
}

struct iam_Policy *iam_policy_out(struct np_arena *a, const struct iam_policy *p)
{
    struct iam_Policy *o = np_new(a, struct iam_Policy);
    o->PolicyName = p->name;
    o->PolicyId = p->id;
    o->Arn = p->arn;
    o->Path = p->path;
    o->DefaultVersionId = iam_version_name(a, p->default_version);
    o->AttachmentCount = IAM_INT(p->attached);
    o->PermissionsBoundaryUsageCount = IAM_INT(p->bounding);
    o->IsAttachable = IAM_TRUE;
    o->CreateDate = IAM_INT(p->created_ms);
    o->UpdateDate = IAM_INT(p->updated_ms);
    return o;
}

/* --- making and removing --- */

static int check_managed(struct np_str document, struct np_err *err)
{
    int rc = iam_document_check(document, NP_POLICY_MANAGED, err);
    if (rc == 0 && np_policy_size_nonblank(document) > IAM_MANAGED_SIZE_MAX)
        rc = np_fault(err, &IAM_LimitExceededException, "Cannot exceed quota for PolicySize: %d",
                      IAM_MANAGED_SIZE_MAX);
    return rc;
}

int iam_CreatePolicy_begin(struct np_req *rq, const struct iam_CreatePolicyRequest *in,
                           struct np_err *err)
{
    int rc = iam_tags_check(&in->Tags, false, err);
    if (rc == 0)
        rc = check_managed(in->PolicyDocument, err);
    return rc != 0 ? rc : iam_begin_id(rq, "ANPA");
}

static int add_version(struct np_txn *t, struct np_str policy, int64_t version,
                       struct np_str document, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO iam_policy_version (account, policy, version, document, created_ms) "
                "VALUES (:account, ?1, ?2, ?3, ?4)");
    return np_exec(t, &add, err, "sisi", policy, version, document, iam_seconds(np_txn_now_ms(t)));
}

static int check_new(struct np_txn *t, struct np_str name, struct np_err *err)
{
    NP_SQL(taken, "SELECT 1 FROM iam_policy WHERE account = :account AND name = ?1");
    NP_SQL(count, "SELECT count(*) FROM iam_policy WHERE account = :account");
    if (iam_first_int(np_tq(t, &taken, "s", name)) != 0)
        return np_fault(err, &IAM_EntityAlreadyExistsException,
                        "A policy called %.*s already exists. Duplicate names are not allowed.",
                        NP_FMT(name));
    if (iam_first_int(np_tq(t, &count, "")) >= IAM_POLICIES_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for PoliciesPerAccount: %d", IAM_POLICIES_MAX);
    return 0;
}

int iam_CreatePolicy_apply(struct np_txn *t, const struct iam_CreatePolicyRequest *in,
                           struct iam_CreatePolicyResponse *out, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO iam_policy (account, name, id, path, description, created_ms, "
                "updated_ms, default_version, last_version) "
                "VALUES (:account, ?1, ?2, ?3, ?4, ?5, ?5, 1, 1)");
    struct np_arena *a = np_txn_arena(t);
    struct iam_policy p = {
        .name = in->PolicyName,
        .id = iam_new_id(t),
        .path = iam_path(in->Path),
        .created_ms = iam_seconds(np_txn_now_ms(t)),
        .default_version = 1,
    };
    p.updated_ms = p.created_ms;
    p.arn = np_str_printf(a, "arn:aws:iam::%.*s:policy%.*s%.*s", NP_FMT(np_txn_scope(t)->account),
                          NP_FMT(p.path), NP_FMT(p.name));
    int rc = check_new(t, p.name, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ssssi", p.name, p.id, p.path, in->Description, p.created_ms);
    if (rc == 0)
        rc = add_version(t, p.id, 1, in->PolicyDocument, err);
    if (rc == 0)
        rc = iam_tags_put(t, p.arn, &in->Tags, err);
    if (rc == 0)
        rc = iam_policy_changed(t, p.arn, err);
    if (rc != 0)
        return rc;
    out->Policy = iam_policy_out(a, &p);
    if (in->Tags.n != 0)
        out->Policy->Tags = in->Tags;
    return 0;
}

static int no_version(struct np_str arn, struct np_str version, struct np_err *err)
{
    return np_fault(err, &IAM_NoSuchEntityException,
                    "Policy %.*s version %.*s does not exist or is not attachable.", NP_FMT(arn),
                    NP_FMT(version));
}

/* A policy for one of its versions: AWS says the version is missing when the policy is. */
static int find_for_version(const struct iam_db *db, struct np_str arn, struct np_str version,
                            struct iam_policy *p, struct np_err *err)
{
    bool found = false;
    int rc = iam_policy_arn_ok(arn, err);
    if (rc == 0)
        rc = iam_policy_lookup(db, arn, true, p, &found, err);
    return rc == 0 && !found ? no_version(arn, version, err) : rc;
}

/* A policy of this account, to change it; version absent: not about one. */
static int find_own(struct np_txn *t, struct np_str arn, struct np_str version,
                    struct iam_policy *p, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    int rc = version.p != NULL ? find_for_version(&db, arn, version, p, err)
                               : iam_policy_find(&db, arn, true, p, err);
    if (rc == 0 && p->aws)
        rc = np_fault(err, &IAM_AccessDenied, "Policy is outside your own account.");
    return rc;
}

int iam_DeletePolicy_apply(struct np_txn *t, const struct iam_DeletePolicyRequest *in,
                           struct iam_DeletePolicyOutput *out, struct np_err *err)
{
    NP_SQL(versions,
           "SELECT count(*) FROM iam_policy_version WHERE account = :account AND policy = ?1");
    NP_SQL(del_versions, "DELETE FROM iam_policy_version WHERE account = :account AND policy = ?1");
    NP_SQL(del, "DELETE FROM iam_policy WHERE account = :account AND id = ?1");
    struct iam_policy p;
    int rc = find_own(t, in->PolicyArn, NP_STR_NULL, &p, err);
    if (rc != 0)
        return rc;
    if (p.attached + p.bounding > 0)
        return np_fault(err, &IAM_DeleteConflictException,
                        "Cannot delete a policy attached to entities.");
    if (iam_first_int(np_tq(t, &versions, "s", p.id)) > 1)
        return np_fault(err, &IAM_DeleteConflictException,
                        "This policy has more than one version. Before you delete a policy, you "
                        "must delete the policy's versions. The default version is deleted with "
                        "the policy.");
    rc = np_exec(t, &del_versions, err, "s", p.id);
    if (rc == 0)
        rc = np_exec(t, &del, err, "s", p.id);
    if (rc == 0)
        rc = iam_policy_changed(t, p.arn, err);
    return rc != 0 ? rc : np_tags_drop(t, p.arn, err);
}

/* --- reading --- */

int iam_GetPolicy(struct np_req *rq, const struct iam_GetPolicyRequest *in,
                  struct iam_GetPolicyResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_policy p;
    int rc = iam_policy_find(&db, in->PolicyArn, true, &p, err);
    if (rc != 0)
        return rc;
    out->Policy = iam_policy_out(rq->arena, &p);
    out->Policy->Description = p.description;
    iam_tags_out(&db, p.arn, &out->Policy->Tags);
    return 0;
}

static bool listed(const struct iam_ListPoliciesRequest *in, const struct iam_policy *p)
{
    if (!np_str_starts(p->path, iam_path(in->PathPrefix)))
        return false;
    if (np_str_is(in->PolicyUsageFilter, "PermissionsPolicy") && p->attached == 0)
        return false;
    if (np_str_is(in->PolicyUsageFilter, "PermissionsBoundary") && p->bounding == 0)
        return false;
    return !in->OnlyAttached.v || p->attached > 0;
}

/* The account's own policies come first, then AWS's; a position is "L" or "A" and the name. Returns
 * whether there are more. */
static bool list_policies(const struct iam_db *db, const struct iam_ListPoliciesRequest *in,
                          const struct iam_page *page, struct iam_policyListType *out)
{
    NP_SQL(rows, "SELECT " POLICY_COLUMNS
                 " FROM iam_policy WHERE account = :account AND name > ?1 ORDER BY name");
    struct np_str after = np_str_sub(page->after, 1, page->after.n);
    bool in_aws = np_str_starts(page->after, NP_STR("A")), more = false;
    if (!np_str_is(in->Scope, "AWS") && !in_aws) {
        struct np_q *q = np_q(db->c, &db->scope, &rows, "s", after.p != NULL ? after : NP_STR(""));
        while (!more && np_row(q)) {
            struct iam_policy p;
            policy_row(db, q, &p);
            count_uses(db, &p);
            more = listed(in, &p) && out->n == page->limit;
            if (listed(in, &p) && !more)
                IAM_PUSH(db->a, out, *iam_policy_out(db->a, &p));
        }
        np_q_end(q, NULL);
    }
    if (np_str_is(in->Scope, "Local"))
        return more;
    for (size_t i = 0; i < iam_aws_policies() && !more; i++) {
        struct iam_policy p;
        iam_aws_policy_at(i, db->a, &p);
        count_uses(db, &p);
        if (!listed(in, &p) || (in_aws && np_str_cmp(p.name, after) <= 0))
            continue;
        more = out->n == page->limit;
        if (!more)
            IAM_PUSH(db->a, out, *iam_policy_out(db->a, &p));
    }
    return more;
}

int iam_ListPolicies(struct np_req *rq, const struct iam_ListPoliciesRequest *in,
                     struct iam_ListPoliciesResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    int rc = iam_page_begin(rq, in->MaxItems, in->Marker,
                            np_page_filter(in->Scope) ^ np_page_filter(in->PathPrefix) ^
                                in->OnlyAttached.v,
                            &page, err);
    if (rc != 0)
        return rc;
    out->Policies.set = true;
    bool more = list_policies(&db, in, &page, &out->Policies);
    struct np_str position = NP_STR_NULL;
    if (more) {
        const struct iam_Policy *last = &out->Policies.v[out->Policies.n - 1];
        position = np_str_printf(db.a, "%c%.*s",
                                 np_str_starts(last->Arn, NP_STR("arn:aws:iam::aws:")) ? 'A' : 'L',
                                 NP_FMT(last->PolicyName));
    }
    iam_page_end(rq, &page, more, position, &out->IsTruncated, &out->Marker);
    return 0;
}

/* --- versions --- */

int iam_CreatePolicyVersion_begin(struct np_req *rq,
                                  const struct iam_CreatePolicyVersionRequest *in,
                                  struct np_err *err)
{
    int rc = check_managed(in->PolicyDocument, err);
    return rc != 0 ? rc : np_apply(rq);
}

static int set_default(struct np_txn *t, const struct iam_policy *p, int64_t version,
                       struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_policy SET default_version = ?2, updated_ms = ?3 "
                "WHERE account = :account AND id = ?1");
    int rc = np_exec(t, &put, err, "sii", p->id, version, iam_seconds(np_txn_now_ms(t)));
    return rc != 0 ? rc : iam_policy_changed(t, p->arn, err);
}

int iam_CreatePolicyVersion_apply(struct np_txn *t, const struct iam_CreatePolicyVersionRequest *in,
                                  struct iam_CreatePolicyVersionResponse *out, struct np_err *err)
{
    NP_SQL(count,
           "SELECT count(*) FROM iam_policy_version WHERE account = :account AND policy = ?1");
    NP_SQL(put, "UPDATE iam_policy SET last_version = ?2, updated_ms = ?3 "
                "WHERE account = :account AND id = ?1");
    struct np_arena *a = np_txn_arena(t);
    int64_t now = iam_seconds(np_txn_now_ms(t));
    struct iam_policy p;
    int rc = find_own(t, in->PolicyArn, NP_STR_NULL, &p, err);
    if (rc != 0)
        return rc;
    if (iam_first_int(np_tq(t, &count, "s", p.id)) >= IAM_VERSIONS_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "A managed policy can have up to %d versions. Before you create a new "
                        "version, you must delete an existing version.",
                        IAM_VERSIONS_MAX);
    int64_t version = p.last_version + 1; /* numbers are never used again */
    rc = add_version(t, p.id, version, in->PolicyDocument, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "sii", p.id, version, now);
    if (rc == 0 && in->SetAsDefault.v)
        rc = set_default(t, &p, version, err);
    if (rc != 0)
        return rc;
    out->PolicyVersion = np_new(a, struct iam_PolicyVersion);
    out->PolicyVersion->VersionId = iam_version_name(a, version);
    out->PolicyVersion->IsDefaultVersion = in->SetAsDefault.v ? IAM_TRUE : IAM_FALSE;
    out->PolicyVersion->CreateDate = IAM_INT(now);
    return 0;
}

void iam_policy_version_list(const struct iam_db *db, const struct iam_policy *p, bool documents,
                             struct iam_policyDocumentVersionListType *out)
{
    NP_SQL(rows, "SELECT version, document, created_ms FROM iam_policy_version "
                 "WHERE account = :account AND policy = ?1 ORDER BY version DESC");
    out->set = true;
    if (p->aws) {
        struct iam_PolicyVersion v = {
            .VersionId = iam_version_name(db->a, p->default_version),
            .IsDefaultVersion = IAM_TRUE,
            .CreateDate = IAM_INT(p->updated_ms),
            .Document = documents ? iam_document_out(db->a, p->document) : NP_STR_NULL,
        };
        IAM_PUSH(db->a, out, v);
        return;
    }
    struct np_q *q = np_q(db->c, &db->scope, &rows, "s", p->id);
    while (np_row(q)) {
        struct iam_PolicyVersion v = {
            .VersionId = iam_version_name(db->a, np_col_int(q, 0)),
            .IsDefaultVersion = np_col_int(q, 0) == p->default_version ? IAM_TRUE : IAM_FALSE,
            .CreateDate = IAM_INT(np_col_int(q, 2)),
        };
        if (documents)
            v.Document = iam_document_out(db->a, np_col_peek(q, 1));
        IAM_PUSH(db->a, out, v);
    }
    np_q_end(q, NULL);
}

int iam_GetPolicyVersion(struct np_req *rq, const struct iam_GetPolicyVersionRequest *in,
                         struct iam_GetPolicyVersionResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_policy p;
    struct iam_policyDocumentVersionListType all = {0};
    int rc = find_for_version(&db, in->PolicyArn, in->VersionId, &p, err);
    if (rc != 0)
        return rc;
    iam_policy_version_list(&db, &p, true, &all);
    for (size_t i = 0; i < all.n; i++)
        if (np_str_eq(all.v[i].VersionId, in->VersionId))
            out->PolicyVersion = &all.v[i];
    return out->PolicyVersion != NULL ? 0 : no_version(in->PolicyArn, in->VersionId, err);
}

int iam_ListPolicyVersions(struct np_req *rq, const struct iam_ListPolicyVersionsRequest *in,
                           struct iam_ListPolicyVersionsResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_policy p;
    struct iam_page page;
    int rc = iam_policy_find(&db, in->PolicyArn, true, &p, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(p.arn), &page, err);
    if (rc != 0)
        return rc;
    struct iam_policyDocumentVersionListType all = {0};
    iam_policy_version_list(&db, &p, false, &all);
    size_t from = 0;
    while (page.after.p != NULL && from < all.n &&
           version_number(all.v[from].VersionId) >= version_number(page.after))
        from++;
    bool more = all.n - from > page.limit;
    out->Versions = all;
    out->Versions.v += from;
    out->Versions.n = more ? page.limit : all.n - from;
    iam_page_end(rq, &page, more, more ? out->Versions.v[page.limit - 1].VersionId : NP_STR_NULL,
                 &out->IsTruncated, &out->Marker);
    return 0;
}

int iam_SetDefaultPolicyVersion_apply(struct np_txn *t,
                                      const struct iam_SetDefaultPolicyVersionRequest *in,
                                      struct iam_SetDefaultPolicyVersionOutput *out,
                                      struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct iam_policy p;
    int rc = find_own(t, in->PolicyArn, in->VersionId, &p, err);
    if (rc != 0)
        return rc;
    int64_t version = version_number(in->VersionId);
    if (version_document(&db, &p, version).p == NULL)
        return no_version(in->PolicyArn, in->VersionId, err);
    return set_default(t, &p, version, err);
}

int iam_DeletePolicyVersion_apply(struct np_txn *t, const struct iam_DeletePolicyVersionRequest *in,
                                  struct iam_DeletePolicyVersionOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_policy_version WHERE account = :account AND policy = ?1 "
                "AND version = ?2");
    struct iam_policy p;
    int rc = find_own(t, in->PolicyArn, in->VersionId, &p, err);
    if (rc != 0)
        return rc;
    int64_t version = version_number(in->VersionId);
    if (version == p.default_version)
        return np_fault(err, &IAM_DeleteConflictException,
                        "Cannot delete the default version of a policy.");
    rc = np_exec(t, &del, err, "si", p.id, version);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = no_version(in->PolicyArn, in->VersionId, err);
    return rc;
}
