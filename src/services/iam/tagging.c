/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of users, roles, policies, profiles, devices and providers. Keys of users and
 * roles are told apart without case and keep the one in which they came last. */
#include "services/iam/iam_int.h"

#include "base/map.h"

static const struct np_tag *as_tags(const struct iam_tagListType *tags)
{
    _Static_assert(sizeof(struct iam_Tag) == sizeof(struct np_tag), "the same two members");
    return (const struct np_tag *)(const void *)tags->v;
}

static bool same_key(struct np_str a, struct np_str b, bool ignore_case)
{
    return ignore_case ? np_str_ieq(a, b) : np_str_eq(a, b);
}

static int duplicate(const struct iam_tagListType *tags, bool ignore_case, struct np_err *err)
{
    for (size_t i = 0; i < tags->n; i++)
        for (size_t j = 0; j < i; j++)
            if (same_key(tags->v[i].Key, tags->v[j].Key, ignore_case))
                return np_fault(err, &IAM_InvalidInputException, "Duplicate tag keys found.%s",
                                ignore_case ? " Please note that Tag keys are case insensitive."
                                            : "");
    return 0;
}

int iam_tags_check(const struct iam_tagListType *tags, bool ignore_case, struct np_err *err)
{
    size_t at = 0;
    int rc = duplicate(tags, ignore_case, err);
    if (rc != 0)
        return rc;
    switch (np_tags_check(as_tags(tags), tags->n, &at)) {
    case NP_TAG_OK:
    case NP_TAG_DUPLICATE:
        return 0;
    case NP_TAG_TOO_MANY:
        return np_fault(err, &IAM_LimitExceededException,
                        "The number of tags has reached the maximum limit.");
    case NP_TAG_RESERVED:
        return np_fault(err, &IAM_InvalidInputException,
                        "Tag keys beginning with 'aws:' are reserved for system use.");
    case NP_TAG_KEY_LENGTH:
    case NP_TAG_VALUE_LENGTH:
    case NP_TAG_KEY_CHARACTERS:
    case NP_TAG_VALUE_CHARACTERS:
        break;
    }
    return np_fault(err, &IAM_InvalidInputException, "The tag with key '%.*s' is not valid.",
                    NP_FMT(tags->v[at].Key));
}

/* AWS: keys of users and roles differ by more than case, those of the others need not. */
static bool ignores_case(struct np_str arn)
{
    return np_str_find(arn, NP_STR(":user/")) >= 0 || np_str_find(arn, NP_STR(":role/")) >= 0;
}

int iam_tags_put(struct np_txn *t, struct np_str arn, const struct iam_tagListType *tags,
                 struct np_err *err)
{
    const struct iam_db db = iam_db_txn(t);
    bool ignore_case = ignores_case(arn);
    struct np_tag *have;
    size_t n = np_tags_get(db.c, &db.scope, arn, db.a, &have), total = n;
    for (size_t i = 0; i < tags->n; i++) {
        bool found = false;
        for (size_t j = 0; j < n; j++) {
            if (!same_key(tags->v[i].Key, have[j].key, ignore_case))
                continue;
            int rc = np_tags_del(t, arn, &have[j].key, 1, err);
            if (rc != 0)
                return rc;
            found = true;
        }
        total += !found;
    }
    if (total > IAM_TAGS_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "The number of tags has reached the maximum limit.");
    return np_tags_put(t, arn, as_tags(tags), tags->n, err);
}

void iam_tags_out(const struct iam_db *db, struct np_str arn, struct iam_tagListType *out)
{
    struct np_tag *tags;
    out->n = np_tags_get(db->c, &db->scope, arn, db->a, &tags);
    out->v = (struct iam_Tag *)(void *)tags;
    out->set = true;
}

static int untag(struct np_txn *t, struct np_str arn, const struct np_strs *keys,
                 struct np_err *err)
{
    const struct iam_db db = iam_db_txn(t);
    struct np_tag *have;
    size_t n = np_tags_get(db.c, &db.scope, arn, db.a, &have);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < keys->n; j++) {
            if (!same_key(have[i].key, keys->v[j], ignores_case(arn)))
                continue;
            int rc = np_tags_del(t, arn, &have[i].key, 1, err);
            if (rc != 0)
                return rc;
        }
    return 0;
}

/* A page of the tags, by their order. */
static int list(struct np_req *rq, struct np_str arn, struct np_opt_int max_items,
                struct np_str marker, struct iam_tagListType *tags, struct np_opt_bool *truncated,
                struct np_str *next, struct np_err *err)
{
    const struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    int rc = iam_page_begin(rq, max_items, marker, np_page_filter(arn), &page, err);
    if (rc != 0)
        return rc;
    iam_tags_out(&db, arn, tags);
    size_t from = 0;
    while (page.after.p != NULL && from < tags->n && np_str_cmp(tags->v[from].Key, page.after) <= 0)
        from++;
    bool more = tags->n - from > page.limit;
    tags->v += from;
    tags->n = more ? page.limit : tags->n - from;
    iam_page_end(rq, &page, more, more ? tags->v[tags->n - 1].Key : NP_STR_NULL, truncated, next);
    return 0;
}

/* --- which resource: each gives its ARN, and notices when it is a principal --- */

enum what { WHAT_USER, WHAT_ROLE, WHAT_POLICY, WHAT_PROFILE, WHAT_MFA, WHAT_OIDC };

static int entity_arn(const struct iam_db *db, enum iam_kind kind, struct np_str name,
                      struct np_txn *t, struct np_str *arn, struct np_err *err)
{
    struct iam_entity e;
    int rc = iam_entity_find(db, kind, name, &e, err);
    /* AWS: roles of services are tagged like others (test_roles_of_services). */
    if (rc == 0 && t != NULL)
        iam_entity_changed(t, &e);
    if (rc == 0)
        *arn = e.arn;
    return rc;
}

static int oidc_arn(const struct iam_db *db, struct np_str name, struct np_str *arn,
                    struct np_err *err)
{
    NP_SQL(find, "SELECT 1 FROM iam_oidc WHERE account = :account AND "
                 "'arn:aws:iam::' || account || ':oidc-provider/' || url = ?1");
    if (iam_first_int(np_q(db->c, &db->scope, &find, "s", name)) == 0)
        return np_fault(err, &IAM_NoSuchEntityException,
                        "OpenIDConnect Provider not found for arn %.*s", NP_FMT(name));
    *arn = name;
    return 0;
}

/* t: it is to be changed; NULL: to be read. */
static int find_arn(const struct iam_db *db, enum what what, struct np_str name, struct np_txn *t,
                    struct np_str *arn, struct np_err *err)
{
    struct iam_policy policy;
    struct iam_profile profile;
    struct iam_mfa mfa;
    int rc = 0;
    switch (what) {
    case WHAT_USER:
        return entity_arn(db, IAM_USER, name, t, arn, err);
    case WHAT_ROLE:
        return entity_arn(db, IAM_ROLE, name, t, arn, err);
    case WHAT_POLICY:
        rc = iam_policy_find(db, name, false, &policy, err);
        *arn = policy.arn;
        break;
    case WHAT_PROFILE:
        rc = iam_profile_find(db, name, &profile, err);
        *arn = profile.arn;
        break;
    case WHAT_MFA:
        rc = iam_mfa_find(db, name, &mfa, err);
        *arn = mfa.serial;
        break;
    case WHAT_OIDC:
        return oidc_arn(db, name, arn, err);
    }
    if (rc == 0 && t != NULL && what == WHAT_POLICY && policy.aws)
        rc = np_fault(err, &IAM_AccessDenied, "Policy is outside your own account.");
    return rc;
}

static int put_tags(struct np_txn *t, enum what what, struct np_str name,
                    const struct iam_tagListType *tags, struct np_err *err)
{
    const struct iam_db db = iam_db_txn(t);
    struct np_str arn;
    int rc = iam_tags_check(tags, what == WHAT_USER || what == WHAT_ROLE, err);
    if (rc == 0)
        rc = find_arn(&db, what, name, t, &arn, err);
    return rc != 0 ? rc : iam_tags_put(t, arn, tags, err);
}

static int del_tags(struct np_txn *t, enum what what, struct np_str name,
                    const struct np_strs *keys, struct np_err *err)
{
    const struct iam_db db = iam_db_txn(t);
    struct np_str arn;
    int rc = find_arn(&db, what, name, t, &arn, err);
    return rc != 0 ? rc : untag(t, arn, keys, err);
}

static int list_tags(struct np_req *rq, enum what what, struct np_str name,
                     struct np_opt_int max_items, struct np_str marker,
                     struct iam_tagListType *tags, struct np_opt_bool *truncated,
                     struct np_str *next, struct np_err *err)
{
    const struct iam_db db = iam_db_req(rq);
    struct np_str arn;
    int rc = find_arn(&db, what, name, NULL, &arn, err);
    return rc != 0 ? rc : list(rq, arn, max_items, marker, tags, truncated, next, err);
}

/* Three operations for each kind of resource differ by name only. */
#define TAG_OPERATIONS(Kind, what, Member)                                                         \
    int iam_Tag##Kind##_apply(struct np_txn *t, const struct iam_Tag##Kind##Request *in,           \
                              struct iam_Tag##Kind##Output *out, struct np_err *err)               \
    {                                                                                              \
        return put_tags(t, what, in->Member, &in->Tags, err);                                      \
    }                                                                                              \
    int iam_Untag##Kind##_apply(struct np_txn *t, const struct iam_Untag##Kind##Request *in,       \
                                struct iam_Untag##Kind##Output *out, struct np_err *err)           \
    {                                                                                              \
        return del_tags(t, what, in->Member, &in->TagKeys, err);                                   \
    }                                                                                              \
    int iam_List##Kind##Tags(struct np_req *rq, const struct iam_List##Kind##TagsRequest *in,      \
                             struct iam_List##Kind##TagsResponse *out, struct np_err *err)         \
    {                                                                                              \
        return list_tags(rq, what, in->Member, in->MaxItems, in->Marker, &out->Tags,               \
                         &out->IsTruncated, &out->Marker, err);                                    \
    }

TAG_OPERATIONS(User, WHAT_USER, UserName)
TAG_OPERATIONS(Role, WHAT_ROLE, RoleName)
TAG_OPERATIONS(Policy, WHAT_POLICY, PolicyArn)
TAG_OPERATIONS(InstanceProfile, WHAT_PROFILE, InstanceProfileName)
TAG_OPERATIONS(MFADevice, WHAT_MFA, SerialNumber)
TAG_OPERATIONS(OpenIDConnectProvider, WHAT_OIDC, OpenIDConnectProviderArn)
