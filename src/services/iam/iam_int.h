/* SPDX-License-Identifier: Apache-2.0 */
/* iam_int.h - what the files of IAM share: rows, checks, paging, notices. */
#pragma once

#include "aws/core.h"
#include "aws/page.h"
#include "aws/req.h"
#include "aws/tags.h"
#include "base/arena.h"
#include "gen/iam/ops.h"
#include "gen/iam/types.h"
#include "services/iam/limits.h"
#include "store/store.h"

/* --- where a statement runs: on a worker or in apply --- */
struct iam_db {
    struct np_dbc *c;
    struct np_scope scope;
    struct np_arena *a;
};
struct iam_db iam_db_req(const struct np_req *rq);
struct iam_db iam_db_txn(struct np_txn *t);
/* The first column of the first row, 0 without one; ends q. */
int64_t iam_first_int(struct np_q *q);
struct np_str iam_first_str(struct np_q *q, struct np_arena *a); /* absent without a row */

/* --- users, groups, roles --- */
enum iam_kind { IAM_USER, IAM_GROUP, IAM_ROLE };
const char *iam_kind_name(enum iam_kind kind); /* "user" */

struct iam_entity {
    enum iam_kind kind;
    struct np_str name, id, path, arn;
    int64_t created_ms;
    struct np_str boundary, description, trust, service, used_region;
    int64_t max_session_s;
    struct np_opt_int used_ms;
};
/* NP_EFAULT: NoSuchEntity. */
int iam_entity_find(const struct iam_db *db, enum iam_kind kind, struct np_str name,
                    struct iam_entity *out, struct np_err *err);
bool iam_entity_by_id(const struct iam_db *db, struct np_str id, struct iam_entity *out);
/* A statement that selects IAM_ENTITY_COLUMNS: the row it is at. */
#define IAM_ENTITY_COLUMNS                                                                         \
    "kind, name, id, path, created_ms, boundary, description, trust, max_session_s, service, "     \
    "used_ms, used_region"
/* The condition that the path of a row begins with ?3; every path begins with '/'. */
#define IAM_UNDER_PATH "(?3 = '/' OR substr(path, 1, length(?3)) = ?3)"
void iam_entity_row(const struct iam_db *db, struct np_q *q, struct iam_entity *out);
struct np_str iam_entity_arn(struct np_arena *a, struct np_str account, enum iam_kind kind,
                             struct np_str path, struct np_str name);
/* In apply: quota, name not taken, boundary there; then the row and its tags. */
int iam_entity_add(struct np_txn *t, const struct iam_entity *e, const struct iam_tagListType *tags,
                   struct np_err *err);
/* In apply: nothing may be attached any more (managed, then inline policies). */
int iam_entity_bare(struct np_txn *t, const struct iam_entity *e, struct np_err *err);
int iam_entity_remove(struct np_txn *t, const struct iam_entity *e, struct np_err *err);
/* UpdateUser, UpdateGroup: a new name or path; absent ones stay. */
int iam_entity_rename(struct np_txn *t, struct iam_entity *e, struct np_str name,
                      struct np_str path, struct np_err *err);
/* Users, groups or roles below a path, after page->after by name. One more than the page's limit,
 * to know whether there are more. */
struct iam_page;
int iam_entity_list(const struct iam_db *db, enum iam_kind kind, struct np_str prefix,
                    const struct iam_page *page, struct iam_entity **out, size_t *n,
                    struct np_err *err);

struct iam_User *iam_user_out(struct np_arena *a, const struct iam_entity *e);
struct iam_Group *iam_group_out(struct np_arena *a, const struct iam_entity *e);
struct iam_Role *iam_role_out(struct np_arena *a, const struct iam_entity *e);
struct iam_AttachedPermissionsBoundary *iam_boundary_out(struct np_arena *a, struct np_str arn);
/* The user that a call without UserName is about: the caller. Root has an entity with id "root". A
 * role's session gets a fault. */
int iam_user_or_caller(const struct np_req *rq, const struct iam_db *db, struct np_str name,
                       struct iam_entity *out, struct np_err *err);
bool iam_is_root(const struct iam_entity *e);
/* Is there such a policy to be a boundary? */
int iam_boundary_check(const struct iam_db *db, struct np_str arn, struct np_err *err);
/* Roles that belong to a service may be changed by nobody else. */
int iam_modifiable(const struct iam_entity *e, struct np_err *err);

/* --- managed policies --- */
struct iam_policy {
    struct np_str name, id, path, arn, description;
    int64_t created_ms, updated_ms, default_version, last_version;
    bool aws; /* of AWS: without rows */
    int64_t attached, bounding;
    struct np_str document; /* of the default version */
};
/* *found false: there is none. Counts and document are filled when `whole`. */
int iam_policy_lookup(const struct iam_db *db, struct np_str arn, bool whole,
                      struct iam_policy *out, bool *found, struct np_err *err);
/* The same; NP_EFAULT: NoSuchEntity "Policy … was not found.". */
int iam_policy_find(const struct iam_db *db, struct np_str arn, bool whole, struct iam_policy *out,
                    struct np_err *err);
/* Could that be the ARN of a managed policy? A fault if not. */
int iam_policy_arn_ok(struct np_str arn, struct np_err *err);
/* Document of the default version; absent if there is no such policy. */
struct np_str iam_policy_document(const struct iam_db *db, struct np_str arn);
struct np_str iam_policy_name(struct np_str arn); /* the last part of its ARN */
struct iam_Policy *iam_policy_out(struct np_arena *a, const struct iam_policy *p);
void iam_policy_version_list(const struct iam_db *db, const struct iam_policy *p, bool documents,
                             struct iam_policyDocumentVersionListType *out);
struct np_str iam_version_name(struct np_arena *a, int64_t version); /* "v3" */

/* Policies of AWS: a constant table, sorted by name. */
size_t iam_aws_policies(void);                                                /* how many */
void iam_aws_policy_at(size_t i, struct np_arena *a, struct iam_policy *out); /* without counts */
bool iam_aws_policy_find(struct np_str arn, struct np_arena *a, struct iam_policy *out);
const struct np_policy *iam_aws_policy_compiled(struct np_str arn); /* at first use; NULL: none */

/* Compiles, and answers MalformedPolicyDocument with the engine's reason. */
int iam_document_check(struct np_str document, enum np_policy_kind kind, struct np_err *err);
/* The same; *out is the caller's. */
int iam_document_compile(struct np_str document, enum np_policy_kind kind, struct np_policy **out,
                         struct np_err *err);
/* Percent-encoded, as IAM returns documents. */
struct np_str iam_document_out(struct np_arena *a, struct np_str document);

/* --- trust policies --- */
int iam_trust_check(const struct np_req *rq, struct np_str document, struct np_err *err);
/* AWS keeps a user or role in a trust policy by its id: the policy follows a new name, and shows
 * the id itself once it is gone, so that another one of its name is not trusted. */
int iam_trust_follow(struct np_txn *t, struct np_str from, struct np_str to, struct np_err *err);

/* The name of a role that belongs to a service. */
int iam_service_role_name(struct np_arena *a, const struct iam_CreateServiceLinkedRoleRequest *in,
                          struct np_str *out, struct np_err *err);

/* --- attached and inline policies --- */
void iam_attached_list(const struct iam_db *db, struct np_str owner,
                       struct iam_attachedPoliciesListType *out);
void iam_inline_list(const struct iam_db *db, struct np_str owner,
                     struct iam_policyDetailListType *out);

/* --- instance profiles --- */
struct iam_profile {
    struct np_str name, id, path, arn, role; /* role: its id, or absent */
    int64_t created_ms;
};
int iam_profile_find(const struct iam_db *db, struct np_str name, struct iam_profile *out,
                     struct np_err *err);
void iam_profiles_of_role(const struct iam_db *db, struct np_str role_id,
                          struct iam_instanceProfileListType *out);
struct np_str iam_profile_arn(struct np_arena *a, struct np_str account, struct np_str path,
                              struct np_str name);

/* --- multi-factor devices and identity providers --- */
struct iam_mfa {
    struct np_str serial, owner; /* owner: user's id, "root", or absent */
    int64_t created_ms, enabled_ms, drift, last_step;
    struct np_str seed; /* sealed */
};
int iam_mfa_find(const struct iam_db *db, struct np_str serial, struct iam_mfa *out,
                 struct np_err *err);
/* The step within `reach` of `step` that has that code; -1: none. */
int64_t iam_totp_find(struct np_str seed, struct np_str code, int64_t step, int64_t reach);
uint32_t iam_totp(struct np_str seed, int64_t step);
#define IAM_TOTP_STEP_MS 30000
#define IAM_TOTP_REACH   1    /* steps before and after now that are accepted */
#define IAM_RESYNC_REACH 2880 /* a day */
struct np_str iam_base32(struct np_arena *a, struct np_str bytes);
/* PNG of a QR code (level M, byte mode) for text; absent if it is too long. */
struct np_str iam_qr_png(struct np_arena *a, struct np_str text);
struct np_str iam_oidc_url(struct np_str url); /* without scheme */

/* --- passwords --- */
struct iam_password_rules {
    int64_t min_length, max_age_days, reuse;
    bool symbols, numbers, upper, lower, users_may_change, hard_expiry;
    bool set; /* the account has a policy of its own */
};
void iam_password_rules_get(const struct iam_db *db, struct iam_password_rules *out);

/* --- tags --- */
/* Lengths, duplicates (without case), reserved prefix; `have` are there already. */
int iam_tags_check(const struct iam_tagListType *tags, bool ignore_case, struct np_err *err);
int iam_tags_put(struct np_txn *t, struct np_str arn, const struct iam_tagListType *tags,
                 struct np_err *err);
void iam_tags_out(const struct iam_db *db, struct np_str arn, struct iam_tagListType *out);

/* --- paging by Marker and MaxItems --- */
struct iam_page {
    size_t limit;
    struct np_str after; /* position: absent at the start */
    uint64_t filter;
};
int iam_page_begin(const struct np_req *rq, struct np_opt_int max_items, struct np_str marker,
                   uint64_t filter, struct iam_page *page, struct np_err *err);
/* IsTruncated and Marker of a reply; *n is cut to the limit. Position is of the last that is
 * answered. */
void iam_page_end(const struct np_req *rq, const struct iam_page *page, bool more,
                  struct np_str position, struct np_opt_bool *truncated, struct np_str *marker);

/* --- small things --- */
#define IAM_TRUE   ((struct np_opt_bool){true, true})
#define IAM_FALSE  ((struct np_opt_bool){true, false})
#define IAM_INT(i) ((struct np_opt_int){true, (i)})
/* Ids are made on the worker and handed to apply. */
int iam_begin_id(struct np_req *rq, const char *prefix);
struct np_str iam_new_id(struct np_txn *t);
/* AWS keeps times of IAM in whole seconds. */
static inline int64_t iam_seconds(int64_t ms)
{
    return ms / 1000 * 1000;
}
static inline struct np_str iam_path(struct np_str path)
{
    return path.p != NULL ? path : NP_STR("/");
}
/* A growing array in an arena, for rows that are not counted before. */
#define IAM_PUSH(a, list, item)                                                                    \
    do {                                                                                           \
        (list)->v = np_array_grow((a), (list)->v, (list)->n, sizeof(*(list)->v));                  \
        (list)->v[(list)->n++] = (item);                                                           \
        (list)->set = true;                                                                        \
    } while (0)

/* --- notices to the projection --- */
void iam_entity_changed(struct np_txn *t, const struct iam_entity *e); /* a group: its members */
int iam_policy_changed(struct np_txn *t, struct np_str arn, struct np_err *err);
void iam_key_changed(struct np_txn *t, struct np_str key_id);

/* The account of the transaction's scope, unless it is there; no key. */
int iam_account_make(struct np_txn *t, struct np_err *err);

/* --- projection.c, provider.c, lastused.c, authorize.c, service.c --- */
struct iam_projection;
struct iam_projection *iam_projection_new(struct np_core *core); /* registers with the store */
void iam_projection_free(struct iam_projection *p);
void iam_providers_register(struct np_core *core, struct iam_projection *p);
struct iam_used;
struct iam_used *iam_used_new(void);
int iam_used_start(struct iam_used *u, struct np_core *core, struct np_err *err);
void iam_used_free(struct iam_used *u);
void iam_used_note(struct iam_used *u, const struct np_req *rq, struct np_str access_key_id);
/* What is not in the store yet of a key, or of a role's id; false: nothing. */
bool iam_used_pending(struct iam_used *u, struct np_str id, struct np_arena *a, int64_t *at_ms,
                      struct np_str *service, struct np_str *region);
int iam_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);
int iam_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err);
struct iam_projection *iam_projection(const struct np_core *core);
struct iam_used *iam_used(const struct np_core *core);
