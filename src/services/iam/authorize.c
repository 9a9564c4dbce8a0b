/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - what each operation needs: the ARN of what it is about, its condition keys and
 * tags. */
#include "services/iam/iam_int.h"

#include <stddef.h>

#include "services/iam/iam.h"

enum target {
    ON_NOTHING, /* "*" */
    ON_USER,    /* by name; absent: the caller */
    ON_GROUP,
    ON_ROLE,
    ON_PROFILE,
    ON_ARN,     /* the member is one */
    ON_NEW,     /* `kind`, path and name */
    ON_PATH,    /* all of a kind below a path prefix */
    ON_URL,     /* a provider to be made */
    ON_SERVICE, /* a service-linked role to be made */
    ON_TASK,    /* a deletion task: its role */
    ON_KEY,     /* an access key: the user that has it */
    ON_SELF,    /* the caller, without a name */
};

struct rule {
    const char *op;
    enum target target;
    const char *kind; /* of ON_NEW and ON_PATH, as in the ARN */
    uint16_t name, path, tags, keys, policy,
        boundary; /* where the member is, plus one; 0: there is none */
    bool bounded; /* iam:PermissionsBoundary is that of the user or role itself */
};

#define AT(op, member) (offsetof(struct iam_##op##Request, member) + 1)
#define NAMED(op, on, member)                                                                      \
    {                                                                                              \
#op, on, NULL, .name = AT(op, member)                                                      \
    }
#define NAMED_TAG(op, on, member)                                                                  \
    {                                                                                              \
#op, on, NULL, .name = AT(op, member), .tags = AT(op, Tags)                                \
    }
#define NAMED_UNTAG(op, on, member)                                                                \
    {                                                                                              \
#op, on, NULL, .name = AT(op, member), .keys = AT(op, TagKeys)                             \
    }
#define NOTHING(op)                                                                                \
    {                                                                                              \
#op, ON_NOTHING, NULL                                                                      \
    }
#define BELOW(op, kind)                                                                            \
    {                                                                                              \
#op, ON_PATH, kind, .path = AT(op, PathPrefix)                                             \
    }
#define ATTACHES(op, on, member, bound)                                                            \
    {                                                                                              \
#op, on, NULL, .name = AT(op, member), .policy = AT(op, PolicyArn), .bounded = bound       \
    }
#define BOUNDED(op, on, member)                                                                    \
    {                                                                                              \
#op, on, NULL, .name = AT(op, member), .bounded = true                                     \
    }

static const struct rule rules[] = {
    NAMED(AddClientIDToOpenIDConnectProvider, ON_ARN, OpenIDConnectProviderArn),
    NAMED(AddRoleToInstanceProfile, ON_PROFILE, InstanceProfileName),
    NAMED(AddUserToGroup, ON_GROUP, GroupName),
    ATTACHES(AttachGroupPolicy, ON_GROUP, GroupName, false),
    ATTACHES(AttachRolePolicy, ON_ROLE, RoleName, true),
    ATTACHES(AttachUserPolicy, ON_USER, UserName, true),
    {"ChangePassword", ON_SELF, NULL},
    NAMED(CreateAccessKey, ON_USER, UserName),
    NOTHING(CreateAccountAlias),
    {"CreateGroup", ON_NEW, "group", AT(CreateGroup, GroupName), AT(CreateGroup, Path)},
    {"CreateInstanceProfile", ON_NEW, "instance-profile",
     AT(CreateInstanceProfile, InstanceProfileName), AT(CreateInstanceProfile, Path),
     AT(CreateInstanceProfile, Tags)},
    NAMED(CreateLoginProfile, ON_USER, UserName),
    {"CreateOpenIDConnectProvider", ON_URL, NULL, .name = AT(CreateOpenIDConnectProvider, Url),
     .tags = AT(CreateOpenIDConnectProvider, Tags)},
    {"CreatePolicy", ON_NEW, "policy", AT(CreatePolicy, PolicyName), AT(CreatePolicy, Path),
     AT(CreatePolicy, Tags)},
    NAMED(CreatePolicyVersion, ON_ARN, PolicyArn),
    {"CreateRole", ON_NEW, "role", AT(CreateRole, RoleName), AT(CreateRole, Path),
     AT(CreateRole, Tags), .boundary = AT(CreateRole, PermissionsBoundary)},
    NAMED(CreateServiceLinkedRole, ON_SERVICE, AWSServiceName),
    {"CreateUser", ON_NEW, "user", AT(CreateUser, UserName), AT(CreateUser, Path),
     AT(CreateUser, Tags), .boundary = AT(CreateUser, PermissionsBoundary)},
    {"CreateVirtualMFADevice", ON_NEW, "mfa", AT(CreateVirtualMFADevice, VirtualMFADeviceName),
     AT(CreateVirtualMFADevice, Path), AT(CreateVirtualMFADevice, Tags)},
    NAMED(DeactivateMFADevice, ON_USER, UserName),
    NAMED(DeleteAccessKey, ON_USER, UserName),
    NOTHING(DeleteAccountAlias),
    NOTHING(DeleteAccountPasswordPolicy),
    NAMED(DeleteGroup, ON_GROUP, GroupName),
    NAMED(DeleteGroupPolicy, ON_GROUP, GroupName),
    NAMED(DeleteInstanceProfile, ON_PROFILE, InstanceProfileName),
    NAMED(DeleteLoginProfile, ON_USER, UserName),
    NAMED(DeleteOpenIDConnectProvider, ON_ARN, OpenIDConnectProviderArn),
    NAMED(DeletePolicy, ON_ARN, PolicyArn),
    NAMED(DeletePolicyVersion, ON_ARN, PolicyArn),
    NAMED(DeleteRole, ON_ROLE, RoleName),
    BOUNDED(DeleteRolePermissionsBoundary, ON_ROLE, RoleName),
    BOUNDED(DeleteRolePolicy, ON_ROLE, RoleName),
    NAMED(DeleteServiceLinkedRole, ON_ROLE, RoleName),
    NAMED(DeleteUser, ON_USER, UserName),
    BOUNDED(DeleteUserPermissionsBoundary, ON_USER, UserName),
    BOUNDED(DeleteUserPolicy, ON_USER, UserName),
    NAMED(DeleteVirtualMFADevice, ON_ARN, SerialNumber),
    ATTACHES(DetachGroupPolicy, ON_GROUP, GroupName, false),
    ATTACHES(DetachRolePolicy, ON_ROLE, RoleName, true),
    ATTACHES(DetachUserPolicy, ON_USER, UserName, true),
    NAMED(EnableMFADevice, ON_USER, UserName),
    NAMED(GetAccessKeyLastUsed, ON_KEY, AccessKeyId),
    NOTHING(GetAccountAuthorizationDetails),
    NOTHING(GetAccountPasswordPolicy),
    NOTHING(GetAccountSummary),
    NOTHING(GetContextKeysForCustomPolicy),
    NAMED(GetContextKeysForPrincipalPolicy, ON_ARN, PolicySourceArn),
    NAMED(GetGroup, ON_GROUP, GroupName),
    NAMED(GetGroupPolicy, ON_GROUP, GroupName),
    NAMED(GetInstanceProfile, ON_PROFILE, InstanceProfileName),
    NAMED(GetLoginProfile, ON_USER, UserName),
    NAMED(GetMFADevice, ON_USER, UserName),
    NAMED(GetOpenIDConnectProvider, ON_ARN, OpenIDConnectProviderArn),
    NAMED(GetPolicy, ON_ARN, PolicyArn),
    NAMED(GetPolicyVersion, ON_ARN, PolicyArn),
    NAMED(GetRole, ON_ROLE, RoleName),
    NAMED(GetRolePolicy, ON_ROLE, RoleName),
    NAMED(GetServiceLinkedRoleDeletionStatus, ON_TASK, DeletionTaskId),
    NAMED(GetUser, ON_USER, UserName),
    NAMED(GetUserPolicy, ON_USER, UserName),
    NAMED(ListAccessKeys, ON_USER, UserName),
    NOTHING(ListAccountAliases),
    NAMED(ListAttachedGroupPolicies, ON_GROUP, GroupName),
    NAMED(ListAttachedRolePolicies, ON_ROLE, RoleName),
    NAMED(ListAttachedUserPolicies, ON_USER, UserName),
    NAMED(ListEntitiesForPolicy, ON_ARN, PolicyArn),
    NAMED(ListGroupPolicies, ON_GROUP, GroupName),
    BELOW(ListGroups, "group"),
    NAMED(ListGroupsForUser, ON_USER, UserName),
    NAMED(ListInstanceProfileTags, ON_PROFILE, InstanceProfileName),
    BELOW(ListInstanceProfiles, "instance-profile"),
    NAMED(ListInstanceProfilesForRole, ON_ROLE, RoleName),
    NAMED(ListMFADeviceTags, ON_ARN, SerialNumber),
    NAMED(ListMFADevices, ON_USER, UserName),
    NAMED(ListOpenIDConnectProviderTags, ON_ARN, OpenIDConnectProviderArn),
    NOTHING(ListOpenIDConnectProviders),
    NOTHING(ListPolicies),
    NAMED(ListPolicyTags, ON_ARN, PolicyArn),
    NAMED(ListPolicyVersions, ON_ARN, PolicyArn),
    NAMED(ListRolePolicies, ON_ROLE, RoleName),
    NAMED(ListRoleTags, ON_ROLE, RoleName),
    BELOW(ListRoles, "role"),
    NAMED(ListSSHPublicKeys, ON_USER, UserName),
    NAMED(ListServiceSpecificCredentials, ON_USER, UserName),
    NAMED(ListSigningCertificates, ON_USER, UserName),
    NAMED(ListUserPolicies, ON_USER, UserName),
    NAMED(ListUserTags, ON_USER, UserName),
    BELOW(ListUsers, "user"),
    NOTHING(ListVirtualMFADevices),
    NAMED(PutGroupPolicy, ON_GROUP, GroupName),
    {"PutRolePermissionsBoundary", ON_ROLE, NULL, .name = AT(PutRolePermissionsBoundary, RoleName),
     .boundary = AT(PutRolePermissionsBoundary, PermissionsBoundary)},
    BOUNDED(PutRolePolicy, ON_ROLE, RoleName),
    {"PutUserPermissionsBoundary", ON_USER, NULL, .name = AT(PutUserPermissionsBoundary, UserName),
     .boundary = AT(PutUserPermissionsBoundary, PermissionsBoundary)},
    BOUNDED(PutUserPolicy, ON_USER, UserName),
    NAMED(RemoveClientIDFromOpenIDConnectProvider, ON_ARN, OpenIDConnectProviderArn),
    NAMED(RemoveRoleFromInstanceProfile, ON_PROFILE, InstanceProfileName),
    NAMED(RemoveUserFromGroup, ON_GROUP, GroupName),
    NAMED(ResyncMFADevice, ON_USER, UserName),
    NAMED(SetDefaultPolicyVersion, ON_ARN, PolicyArn),
    NOTHING(SetSecurityTokenServicePreferences),
    NOTHING(SimulateCustomPolicy),
    NAMED(SimulatePrincipalPolicy, ON_ARN, PolicySourceArn),
    NAMED_TAG(TagInstanceProfile, ON_PROFILE, InstanceProfileName),
    NAMED_TAG(TagMFADevice, ON_ARN, SerialNumber),
    NAMED_TAG(TagOpenIDConnectProvider, ON_ARN, OpenIDConnectProviderArn),
    NAMED_TAG(TagPolicy, ON_ARN, PolicyArn),
    NAMED_TAG(TagRole, ON_ROLE, RoleName),
    NAMED_TAG(TagUser, ON_USER, UserName),
    NAMED_UNTAG(UntagInstanceProfile, ON_PROFILE, InstanceProfileName),
    NAMED_UNTAG(UntagMFADevice, ON_ARN, SerialNumber),
    NAMED_UNTAG(UntagOpenIDConnectProvider, ON_ARN, OpenIDConnectProviderArn),
    NAMED_UNTAG(UntagPolicy, ON_ARN, PolicyArn),
    NAMED_UNTAG(UntagRole, ON_ROLE, RoleName),
    NAMED_UNTAG(UntagUser, ON_USER, UserName),
    NAMED(UpdateAccessKey, ON_USER, UserName),
    NOTHING(UpdateAccountPasswordPolicy),
    NAMED(UpdateAssumeRolePolicy, ON_ROLE, RoleName),
    NAMED(UpdateGroup, ON_GROUP, GroupName),
    NAMED(UpdateLoginProfile, ON_USER, UserName),
    NAMED(UpdateOpenIDConnectProviderThumbprint, ON_ARN, OpenIDConnectProviderArn),
    NAMED(UpdateRole, ON_ROLE, RoleName),
    NAMED(UpdateRoleDescription, ON_ROLE, RoleName),
    NAMED(UpdateUser, ON_USER, UserName),
};

static const struct rule *rule_of(const char *op)
{
    /* Both are in the order of names. */
    size_t low = 0, high = NP_LEN(rules);
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(op, rules[mid].op);
        if (order == 0)
            return &rules[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

/* --- the question that is put together --- */

#define KEYS_MAX (IAM_TAGS_MAX + 8)

struct question {
    struct np_req *rq;
    struct iam_db db;
    const struct rule *rule;
    const void *in;
    struct np_str resource, boundary;
    struct np_tag *tags; /* of the resource, once a condition asked for one */
    size_t n_tags;
    bool tags_read;
    struct np_policy_key *keys;
    size_t n_keys, room;
};

static struct np_str text(const struct question *q, uint16_t at)
{
    if (at == 0)
        return NP_STR_NULL;
    return *(const struct np_str *)((const char *)q->in + at - 1);
}

static void add_key(struct question *q, struct np_str name, const struct np_str *values, size_t n)
{
    if (q->n_keys < q->room)
        q->keys[q->n_keys++] = (struct np_policy_key){name, values, n};
}

static void add_text(struct question *q, const char *name, struct np_str value)
{
    if (value.p == NULL)
        return;
    struct np_str *slot = np_new(q->db.a, struct np_str);
    *slot = value;
    add_key(q, np_str_of(name), slot, 1);
}

static void found_entity(struct question *q, enum iam_kind kind, struct np_str name)
{
    struct iam_entity e;
    if (iam_entity_find(&q->db, kind, name, &e, NULL) != 0) {
        q->resource = iam_entity_arn(q->db.a, q->rq->account, kind, NP_STR("/"), name);
        return;
    }
    q->resource = e.arn;
    q->boundary = e.boundary;
}

static void on_user(struct question *q, struct np_str name)
{
    if (name.p != NULL)
        found_entity(q, IAM_USER, name);
    else if (q->rq->who->kind == NP_WHO_USER)
        q->resource = q->rq->who->arn;
}

static void on_key(struct question *q, struct np_str id)
{
    NP_SQL(find, "SELECT owner FROM iam_key WHERE account = :account AND id = ?1");
    struct np_str owner = iam_first_str(np_q(q->db.c, &q->db.scope, &find, "s", id), q->db.a);
    struct iam_entity e;
    if (iam_entity_by_id(&q->db, owner, &e))
        q->resource = e.arn;
}

static void on_profile(struct question *q, struct np_str name)
{
    struct iam_profile p;
    if (iam_profile_find(&q->db, name, &p, NULL) == 0)
        q->resource = p.arn;
    else
        q->resource = iam_profile_arn(q->db.a, q->rq->account, NP_STR("/"), name);
}

static void set_resource(struct question *q)
{
    struct np_str name = text(q, q->rule->name), account = q->rq->account, id, rest;
    struct np_str path = iam_path(text(q, q->rule->path));
    switch (q->rule->target) {
    case ON_NOTHING:
        break;
    case ON_USER:
    case ON_SELF:
        on_user(q, name);
        break;
    case ON_GROUP:
        found_entity(q, IAM_GROUP, name);
        break;
    case ON_ROLE:
        found_entity(q, IAM_ROLE, name);
        break;
    case ON_PROFILE:
        on_profile(q, name);
        break;
    case ON_KEY:
        on_key(q, name);
        break;
    case ON_ARN:
        if (name.n != 0)
            q->resource = name;
        break;
    case ON_NEW:
    case ON_PATH:
        q->resource = np_str_printf(q->db.a, "arn:aws:iam::%.*s:%s%.*s%.*s", NP_FMT(account),
                                    q->rule->kind, NP_FMT(path), NP_FMT(name));
        break;
    case ON_URL:
        q->resource = np_str_printf(q->db.a, "arn:aws:iam::%.*s:oidc-provider/%.*s",
                                    NP_FMT(account), NP_FMT(iam_oidc_url(name)));
        break;
    case ON_SERVICE:
        if (iam_service_role_name(q->db.a, q->in, &rest, NULL) != 0)
            rest = NP_STR("*"); /* the operation says so */
        q->resource = np_str_printf(q->db.a, "arn:aws:iam::%.*s:role/aws-service-role/%.*s/%.*s",
                                    NP_FMT(account), NP_FMT(name), NP_FMT(rest));
        add_text(q, "iam:AWSServiceName", name);
        break;
    case ON_TASK:
        id = np_str_sub(name, strlen("task"), name.n);
        rest = np_str_sub(id, 0, np_str_rchr(id, '/') < 0 ? id.n : (size_t)np_str_rchr(id, '/'));
        q->resource =
            np_str_printf(q->db.a, "arn:aws:iam::%.*s:role%.*s", NP_FMT(account), NP_FMT(rest));
        break;
    }
}

static const struct np_str empty = {"", 0};

/* aws:RequestTag/… and aws:TagKeys of what the call brings. */
static void add_request_tags(struct question *q)
{
    const char *base = q->in;
    struct np_strs keys = {0};
    if (q->rule->tags != 0) {
        const struct iam_tagListType *tags = (const void *)(base + q->rule->tags - 1);
        for (size_t i = 0; i < tags->n && i < IAM_TAGS_MAX; i++) {
            const struct iam_Tag *t = &tags->v[i];
            add_key(q, np_str_cat(q->db.a, NP_STR("aws:RequestTag/"), t->Key),
                    t->Value.p != NULL ? &t->Value : &empty, 1);
            IAM_PUSH(q->db.a, &keys, t->Key);
        }
    }
    if (q->rule->keys != 0)
        keys = *(const struct np_strs *)(const void *)(base + q->rule->keys - 1);
    if (keys.n != 0)
        add_key(q, NP_STR("aws:TagKeys"), keys.v, keys.n);
}

/* Tags of the resource: few policies ask for them. */
static bool lookup_tag(void *arg, struct np_str name, const struct np_str **values, size_t *n)
{
    struct question *q = arg;
    struct np_str prefix, key;
    if (!np_str_cut(name, '/', &prefix, &key) || !(np_str_ieq(prefix, NP_STR("aws:ResourceTag")) ||
                                                   np_str_ieq(prefix, NP_STR("iam:ResourceTag"))))
        return false;
    if (!q->tags_read)
        q->n_tags = np_tags_get(q->db.c, &q->db.scope, q->resource, q->db.a, &q->tags);
    q->tags_read = true;
    for (size_t i = 0; i < q->n_tags; i++) {
        if (!np_str_ieq(q->tags[i].key, key))
            continue;
        *values = &q->tags[i].value;
        *n = 1;
        return true;
    }
    return false;
}

static void ask(struct question *q, const char *op, struct np_access *out)
{
    q->room = KEYS_MAX;
    q->keys = np_new_array(q->db.a, struct np_policy_key, q->room);
    q->resource = NP_STR("*");
    set_resource(q);
    add_text(q, "iam:PolicyARN", text(q, q->rule->policy));
    add_text(q, "iam:PermissionsBoundary",
             q->rule->bounded ? q->boundary : text(q, q->rule->boundary));
    add_request_tags(q);
    *out = (struct np_access){
        .action = np_str_printf(q->db.a, "iam:%s", op),
        .resource = q->resource,
        .keys = q->keys,
        .n_keys = q->n_keys,
        .lookup = lookup_tag,
        .lookup_arg = q,
    };
}

/* --- the rules beside the policies --- */

/* AWS: sessions of GetSessionToken may call IAM only with MFA, federated users never. */
static int check_session(const struct np_req *rq, struct np_err *err)
{
    const struct np_identity *who = rq->who;
    bool plain = (who->kind == NP_WHO_USER || who->kind == NP_WHO_ROOT) && who->temporary;
    if (who->kind != NP_WHO_FEDERATED_USER && (!plain || who->mfa_ms != 0))
        return 0;
    return np_fault(err, &NP_InvalidClientTokenId,
                    "The security token included in the request is invalid");
}

/* AWS: the account's password policy can allow all users to change their own. */
static int authorize_change(struct question *q, const struct np_access *access, struct np_err *err)
{
    struct iam_password_rules password;
    struct np_policy_decision d;
    np_decide(q->rq, q->rq->who, access, &d);
    iam_password_rules_get(&q->db, &password);
    if (password.users_may_change && !d.explicit_deny && q->rq->who->kind == NP_WHO_USER)
        return 0;
    return np_authorize(q->rq, access, err);
}

/* AWS: whoever makes something with tags must be allowed to tag it, too
 * (tests/sdk/test_iam_denials.py). */
static int authorize_tags(struct question *q, const char *op, const struct np_access *made,
                          struct np_err *err)
{
    const struct iam_tagListType *tags = (const void *)((const char *)q->in + q->rule->tags - 1);
    struct np_str kind = np_str_of(op);
    if (q->rule->tags == 0 || tags->n == 0 || !np_str_starts(kind, NP_STR("Create")))
        return 0;
    kind = np_str_sub(kind, strlen("Create"), kind.n);
    if (np_str_is(kind, "VirtualMFADevice"))
        kind = NP_STR("MFADevice");
    struct np_access tag = *made;
    tag.action = np_str_printf(q->db.a, "iam:Tag%.*s", NP_FMT(kind));
    return np_authorize(q->rq, &tag, err);
}

/* AWS: whoever renames a user or group must be allowed to do so with both names. */
static int authorize_rename(struct question *q, const char *op, const struct np_access *old,
                            struct np_err *err)
{
    bool user = strcmp(op, "UpdateUser") == 0;
    if (!user && strcmp(op, "UpdateGroup") != 0)
        return 0;
    const struct iam_UpdateUserRequest *u = q->in;
    const struct iam_UpdateGroupRequest *g = q->in;
    struct np_str to = user ? u->NewUserName : g->NewGroupName;
    struct np_str path = user ? u->NewPath : g->NewPath;
    enum iam_kind kind = user ? IAM_USER : IAM_GROUP;
    struct iam_entity e;
    if (iam_entity_find(&q->db, kind, text(q, q->rule->name), &e, NULL) != 0)
        return 0; /* the operation says so */
    struct np_access renamed = *old;
    renamed.resource = iam_entity_arn(q->db.a, q->rq->account, kind, path.p != NULL ? path : e.path,
                                      to.p != NULL ? to : e.name);
    return np_str_eq(renamed.resource, e.arn) ? 0 : np_authorize(q->rq, &renamed, err);
}

int iam_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    struct question q = {.rq = rq, .db = iam_db_req(rq), .in = in};
    struct np_access access;
    q.rule = rule_of(op->codec->name);
    int rc = check_session(rq, err);
    if (rc != 0)
        return rc;
    if (q.rule == NULL)
        return np_err(err, NP_EINVAL, "no rule for %s", op->codec->name);
    ask(&q, op->codec->name, &access);
    if (q.rule->target == ON_SELF)
        return authorize_change(&q, &access, err);
    rc = np_authorize(rq, &access, err);
    if (rc == 0)
        rc = authorize_tags(&q, op->codec->name, &access, err);
    if (rc == 0)
        rc = authorize_rename(&q, op->codec->name, &access, err);
    if (rc != 0 || strcmp(op->codec->name, "AddRoleToInstanceProfile") != 0)
        return rc;
    /* AWS: putting a role into a profile hands it to instances. */
    const struct iam_AddRoleToInstanceProfileRequest *add = in;
    struct iam_entity role;
    if (iam_entity_find(&q.db, IAM_ROLE, add->RoleName, &role, NULL) != 0)
        return 0; /* the operation says so */
    return iam_pass_role(rq, role.arn, NP_STR("ec2.amazonaws.com"), err);
}
