/* SPDX-License-Identifier: Apache-2.0 */
/* sg.c - security groups as items: made, found, resolved for interfaces, dropped. */
#include "services/ec2/firewall/sg.h"

#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg_int.h"
#include "services/ec2/vpc/vpc.h"

struct np_str ec2_sg_key(struct np_arena *a, struct np_str vpc, struct np_str name)
{
    return np_str_printf(a, "%.*s/%.*s", NP_FMT(vpc), NP_FMT(name));
}

bool ec2_sg_in_vpc(const struct ec2_item *group, struct np_str vpc)
{
    return np_str_eq(group->vpc, vpc) || ec2_among(&EC2_OWN(GroupOwn, group)->Vpcs, vpc);
}

/* --- made --- */

static int check_room(struct np_txn *t, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n;
    int rc = ec2_count(&db, EC2_KIND_GROUP, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_GROUPS_MAX)
        return np_fault(err, &EC2_SecurityGroupLimitExceeded,
                        "The maximum number of security groups has been reached.");
    return rc;
}

/* With the rule that lets everything out. */
static int make(struct np_txn *t, struct np_str vpc, struct np_str name, struct np_str description,
                struct ec2_item **out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    const struct np_scope *scope = np_txn_scope(t);
    struct ec2_item *g = ec2_new(t, EC2_KIND_GROUP), *rule;
    struct ec2_SecurityGroup *d = EC2_DETAIL(SecurityGroup, g);
    g->vpc = vpc;
    g->name = ec2_sg_key(a, vpc, name);
    d->VpcId = vpc;
    d->OwnerId = scope->account;
    d->GroupName = name;
    d->Description = description;
    d->SecurityGroupArn = ec2_arn(a, g->kind, scope->region, scope->account, g->id);
    int rc = ec2_put(t, g, err);
    if (rc == NP_EEXIST)
        return np_fault(err, &EC2_InvalidGroupDuplicate,
                        "The security group '%.*s' already exists for VPC '%.*s'", NP_FMT(name),
                        NP_FMT(vpc));
    if (rc == 0)
        rc = ec2_ref(t, g, "vpc", vpc, err);
    if (rc < 0)
        return rc;
    struct ec2_SecurityGroupRule all = {
        .IsEgress = {true, true},
        .IpProtocol = NP_STR("-1"),
        .FromPort = {true, -1},
        .ToPort = {true, -1},
        .CidrIpv4 = NP_STR("0.0.0.0/0"),
    };
    *out = g;
    rc = ec2_rule_add(t, g, &all, &rule, err);
    return rc < 0 ? rc : ec2_put(t, g, err);
}

int ec2_sg_default(struct np_txn *t, struct np_str vpc, struct np_str *id, struct np_err *err)
{
    struct ec2_item *g, *rule;
    int rc = make(t, vpc, NP_STR("default"), NP_STR("default VPC security group"), &g, err);
    if (rc < 0)
        return rc;
    struct ec2_ReferencedSecurityGroup self = {.GroupId = g->id, .UserId = g->account};
    struct ec2_SecurityGroupRule from_itself = {
        .IsEgress = {true, false},
        .IpProtocol = NP_STR("-1"),
        .FromPort = {true, -1},
        .ToPort = {true, -1},
        .ReferencedGroupInfo = &self,
    };
    *id = g->id;
    rc = ec2_rule_add(t, g, &from_itself, &rule, err);
    return rc < 0 ? rc : ec2_put(t, g, err);
}

static int check_text(struct np_str s, const char *what, struct np_err *err)
{
    static const char marks[] = "._-:/()#,@[]+=&;{}!$* ";
    bool ok = s.n > 0 && s.n <= EC2_DESCRIPTION_MAX;
    for (size_t i = 0; i < s.n && ok; i++) {
        char c = s.p[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             (c != 0 && strchr(marks, c) != NULL);
    }
    if (ok)
        return 0;
    return np_fault(err, &EC2_InvalidParameterValue,
                    "Value (%.*s) for parameter %s is invalid. Character sets beyond ASCII are not "
                    "supported. Valid are up to 255 of a-z, A-Z, 0-9, spaces and "
                    "._-:/()#,@[]+=&;{}!$*",
                    NP_FMT(s), what);
}

int ec2_CreateSecurityGroup_begin(struct np_req *rq,
                                  const struct ec2_CreateSecurityGroupRequest *in,
                                  struct np_err *err)
{
    int rc = check_text(in->GroupName, "GroupName", err);
    if (rc == 0)
        rc = check_text(in->Description, "GroupDescription", err);
    if (rc < 0)
        return rc;
    if (np_str_istarts(in->GroupName, NP_STR("sg-")))
        return np_fault(
            err, &EC2_InvalidParameterValue,
            "Value (%.*s) for parameter GroupName is invalid. Group names may not be in "
            "the format sg-*.",
            NP_FMT(in->GroupName));
    if (np_str_is(in->GroupName, "default"))
        return np_fault(err, &EC2_InvalidGroupReserved, "The security group 'default' is reserved");
    return np_apply(rq);
}

/* The VPC of the call, or the default one. */
static int vpc_asked(struct np_txn *t, struct np_str *vpc, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    if (vpc->p != NULL)
        return ec2_get(&db, EC2_KIND_VPC, *vpc, &it, err);
    const struct ec2_item *def = ec2_default_vpc(ec2_view(np_txn_req(t)));
    if (def == NULL)
        return np_fault(err, &EC2_VPCIdNotSpecified, "No default VPC for this user");
    *vpc = np_str_dup(db.arena, def->id);
    return ec2_get(&db, EC2_KIND_VPC, *vpc, &it, err);
}

int ec2_CreateSecurityGroup_apply(struct np_txn *t, const struct ec2_CreateSecurityGroupRequest *in,
                                  struct ec2_CreateSecurityGroupResult *out, struct np_err *err)
{
    struct np_str vpc = in->VpcId;
    struct ec2_tags tags;
    struct ec2_item *g;
    int rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_GROUP, &tags, err);
    if (rc == 0)
        rc = vpc_asked(t, &vpc, err);
    if (rc == 0)
        rc = check_room(t, err);
    if (rc == 0)
        rc = make(t, vpc, in->GroupName, in->Description, &g, err);
    if (rc == 0)
        rc = ec2_tag(t, g, tags.v, tags.n, err);
    if (rc < 0)
        return rc;
    out->GroupId = g->id;
    out->SecurityGroupArn = EC2_DETAIL(SecurityGroup, g)->SecurityGroupArn;
    out->Tags = EC2_DETAIL(SecurityGroup, g)->Tags;
    return 0;
}

/* --- dropped --- */

static int drop(struct np_txn *t, struct ec2_item *g, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **rules;
    struct np_str *users;
    size_t n, n_users;
    int rc = ec2_rules_read(&db, g, &rules, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = ec2_drop(t, rules[i], err);
    if (rc == 0)
        rc = ec2_users(&db, g->id, NULL, &users, &n_users, err);
    if (rc < 0)
        return rc;
    if (n_users > 0 || EC2_OWN(GroupOwn, g)->Vpcs.n > 0)
        return np_fault(err, &EC2_DependencyViolation, "resource %.*s has a dependent object",
                        NP_FMT(g->id));
    return ec2_drop(t, g, err);
}

int ec2_sg_drop_default(struct np_txn *t, struct np_str vpc, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *g;
    struct np_str key = ec2_sg_key(db.arena, vpc, NP_STR("default"));
    int rc = ec2_find_name(&db, EC2_KIND_GROUP, key, &g, err);
    if (rc == NP_ENOENT)
        return 0;
    return rc < 0 ? rc : drop(t, g, err);
}

size_t ec2_sg_count_own(struct np_txn *t, struct np_str vpc)
{
    struct ec2_db db = ec2_db(t);
    struct np_err err = {0};
    size_t n = 0;
    if (ec2_count(&db, EC2_KIND_GROUP, vpc, &n, &err) < 0 || n == 0)
        return 0;
    return n - 1;
}

int ec2_DeleteSecurityGroup_apply(struct np_txn *t, const struct ec2_DeleteSecurityGroupRequest *in,
                                  struct ec2_DeleteSecurityGroupResult *out, struct np_err *err)
{
    struct ec2_item *g;
    int rc = ec2_sg_asked(t, in->GroupId, in->GroupName, &g, err);
    if (rc < 0)
        return rc;
    if (np_str_is(EC2_DETAIL(SecurityGroup, g)->GroupName, "default"))
        return np_fault(
            err, &EC2_CannotDelete,
            "the specified group: \"%.*s\" name: \"default\" cannot be deleted by a user",
            NP_FMT(g->id));
    rc = drop(t, g, err);
    if (rc < 0)
        return rc;
    out->Return = (struct np_opt_bool){true, true};
    out->GroupId = g->id;
    return 0;
}

/* --- found --- */

static int by_name(const struct ec2_db *db, struct np_str vpc, struct np_str name,
                   struct ec2_item **out, struct np_err *err)
{
    int rc = ec2_find_name(db, EC2_KIND_GROUP, ec2_sg_key(db->arena, vpc, name), out, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidGroupNotFound,
                        "The security group '%.*s' does not exist in VPC '%.*s'", NP_FMT(name),
                        NP_FMT(vpc));
    return rc;
}

int ec2_sg_asked(struct np_txn *t, struct np_str id, struct np_str name, struct ec2_item **out,
                 struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str vpc = NP_STR_NULL;
    if (id.p != NULL)
        return ec2_get(&db, EC2_KIND_GROUP, id, out, err);
    if (name.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter groupName or groupId");
    int rc = vpc_asked(t, &vpc, err);
    return rc < 0 ? rc : by_name(&db, vpc, name, out, err);
}

int ec2_sg_by_names(struct np_txn *t, struct np_str vpc, const struct np_str *names, size_t n,
                    struct np_strs *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    *out = (struct np_strs){np_new_array(db.arena, struct np_str, n + 1), n, true};
    for (size_t i = 0; i < n; i++) {
        struct ec2_item *g;
        int rc = by_name(&db, vpc, names[i], &g, err);
        if (rc < 0)
            return rc;
        out->v[i] = g->id;
    }
    return 0;
}

int ec2_sg_resolve(struct np_txn *t, struct np_str vpc, const struct np_str *ids, size_t n,
                   struct np_strs *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    if (n == 0)
        return ec2_sg_by_names(t, vpc, &NP_STR("default"), 1, out, err);
    *out = (struct np_strs){np_new_array(db.arena, struct np_str, n), 0, true};
    for (size_t i = 0; i < n; i++) {
        struct ec2_item *g;
        int rc = ec2_get(&db, EC2_KIND_GROUP, ids[i], &g, err);
        if (rc < 0)
            return rc;
        if (!ec2_sg_in_vpc(g, vpc))
            return np_fault(err, &EC2_InvalidParameter,
                            "You have specified two resources that belong to different networks.");
        if (!ec2_among(out, ids[i]))
            out->v[out->n++] = ids[i];
    }
    if (out->n > EC2_INTERFACE_GROUPS_MAX)
        return np_fault(err, &EC2_SecurityGroupsPerInterfaceLimitExceeded,
                        "The maximum number of security groups per interface has been reached.");
    return 0;
}

struct np_str ec2_sg_name(const struct ec2_view *view, struct np_str id)
{
    const struct ec2_item *g = ec2_see(view, EC2_KIND_GROUP, id);
    return g != NULL ? EC2_SEEN(SecurityGroup, g)->GroupName : NP_STR_NULL;
}
