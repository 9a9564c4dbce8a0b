/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - what an operation needs, and DryRun.
 *
 * An operation needs its action on every resource that its input names (any text that is an id of
 * a kind) and on those that it makes (`makes`, as TYPE/STAR); Describes and the like on "*". Tags
 * of what it makes need ec2:CreateTags there, with ec2:CreateAction. Condition keys are made when a
 * policy names them.
 */
#include "aws/tags.h"
#include "codec/value.h"
#include "services/ec2/ec2_int.h"

#define RESOURCES_MAX 256
#define MADE_MAX      4

static const struct {
    const struct np_codec_op *op;
    const char *types[MADE_MAX];
} makes[] = {
    {&ec2_AllocateAddress_op, {"elastic-ip"}},
    {&ec2_CopyImage_op, {"image"}},
    {&ec2_CopySnapshot_op, {"snapshot"}},
    {&ec2_CreateDefaultSubnet_op, {"subnet"}},
    {&ec2_CreateDefaultVpc_op, {"vpc"}},
    {&ec2_CreateDhcpOptions_op, {"dhcp-options"}},
    {&ec2_CreateFlowLogs_op, {"vpc-flow-log"}},
    {&ec2_CreateImage_op, {"image"}},
    {&ec2_CreateInternetGateway_op, {"internet-gateway"}},
    {&ec2_CreateKeyPair_op, {"key-pair"}},
    {&ec2_CreateLaunchTemplate_op, {"launch-template"}},
    {&ec2_CreateManagedPrefixList_op, {"prefix-list"}},
    {&ec2_CreateNatGateway_op, {"natgateway"}},
    {&ec2_CreateNetworkAcl_op, {"network-acl"}},
    {&ec2_CreateNetworkInterface_op, {"network-interface"}},
    {&ec2_CreateRouteTable_op, {"route-table"}},
    {&ec2_CreateSecurityGroup_op, {"security-group"}},
    {&ec2_CreateSnapshot_op, {"snapshot"}},
    {&ec2_CreateSnapshots_op, {"snapshot"}},
    {&ec2_CreateSubnet_op, {"subnet"}},
    {&ec2_CreateVolume_op, {"volume"}},
    {&ec2_CreateVpc_op, {"vpc"}},
    {&ec2_CreateVpcEndpoint_op, {"vpc-endpoint"}},
    {&ec2_CreateVpcPeeringConnection_op, {"vpc-peering-connection"}},
    {&ec2_ImportKeyPair_op, {"key-pair"}},
    {&ec2_RegisterImage_op, {"image"}},
    {&ec2_RunInstances_op, {"instance", "volume", "network-interface"}},
};

/* Members that name something of another account, which need not let us. */
static const char *const others[] = {"PeerVpcId", "PeerOwnerId", "ClientToken", "UserData"};

struct question {
    struct np_req *rq;
    const struct np_op *op;
    const void *in;
    struct np_str ids[RESOURCES_MAX];
    size_t n_ids;
    /* Of the resource that is asked about just now. */
    const struct ec2_item *item; /* NULL: it is made by the call, or is not there */
    struct np_str type;
    const struct ec2_TagList *tags; /* that the call brings for it; NULL: none */
    bool tagging;                   /* the question is ec2:CreateTags of a new resource */
};

/* --- which resources the input names --- */

static void gather(struct question *q, const struct np_shape *s, const void *value);

static void add_id(struct question *q, struct np_str id)
{
    const struct ec2_kind *k = ec2_kind_of(id);
    if (k == NULL || !ec2_id_ok(k, id) || q->n_ids == RESOURCES_MAX)
        return;
    for (size_t i = 0; i < q->n_ids; i++)
        if (np_str_eq(q->ids[i], id))
            return;
    q->ids[q->n_ids++] = id;
}

static void gather_value(struct question *q, const struct np_member *m, const void *slot,
                         bool is_inline)
{
    const struct np_shape *s = m->shape;
    const struct np_vec *list = slot;
    if (s->type == NP_STRING) {
        if (((const struct np_str *)slot)->p != NULL)
            add_id(q, *(const struct np_str *)slot);
    } else if (s->type == NP_LIST && s != &ec2_TagList_shape) {
        for (size_t i = 0; i < list->n; i++)
            gather_value(q, &s->members[0], np_elem(list, s, i), np_is_inline(s));
    } else if (np_is_struct(s)) {
        gather(q, s, np_struct_at(slot, is_inline));
    }
}

static bool is_other(const char *name)
{
    NP_EACH (o, others)
        if (strcmp(*o, name) == 0)
            return true;
    return false;
}

static void gather(struct question *q, const struct np_shape *s, const void *value)
{
    for (uint32_t i = 0; value != NULL && i < s->n_members; i++)
        if (!is_other(s->members[i].name))
            gather_value(q, &s->members[i], np_slot_of(value, &s->members[i]), false);
}

/* --- condition keys --- */

static const void *member_of(const struct np_shape *s, const void *value, const char *name)
{
    uint32_t hint = 0;
    const struct np_member *m = np_member_find(s, NP_BY_NAME, np_str_of(name), &hint);
    return m != NULL && value != NULL ? np_slot_of(value, m) : NULL;
}

static bool one(struct question *q, struct np_str value, const struct np_str **v, size_t *n)
{
    struct np_str *slot = np_new(q->rq->arena, struct np_str);
    *slot = value;
    *v = slot;
    *n = 1;
    return value.p != NULL;
}

/* A text member of the item, or of the input. */
static bool member_key(struct question *q, const char *name, const struct np_str **v, size_t *n)
{
    const struct np_str *text = q->item != NULL
                                    ? member_of(q->item->kind->shape, q->item->detail, name)
                                    : member_of(q->op->codec->in, q->in, name);
    return text != NULL && one(q, *text, v, n);
}

static bool vpc_key(struct question *q, const struct np_str **v, size_t *n)
{
    struct np_str vpc = q->item != NULL ? q->item->vpc : NP_STR_NULL;
    for (size_t i = 0; vpc.p == NULL && q->item == NULL && i < q->n_ids; i++) {
        const struct ec2_item *it = ec2_see_any(q->rq->core, q->ids[i]);
        if (it != NULL)
            vpc = it->kind->id == EC2_KIND_VPC ? it->id : it->vpc;
    }
    return vpc.p != NULL &&
           one(q, ec2_arn(q->rq->arena, ec2_kind(EC2_KIND_VPC), q->rq->region, q->rq->account, vpc),
               v, n);
}

static bool item_tag(struct question *q, struct np_str key, const struct np_str **v, size_t *n)
{
    for (size_t i = 0; q->item != NULL && i < q->item->n_tags; i++)
        if (np_str_ieq(q->item->tags[i].key, key))
            return one(q, q->item->tags[i].value, v, n);
    return false;
}

static bool request_tag(struct question *q, struct np_str key, const struct np_str **v, size_t *n)
{
    for (size_t i = 0; q->tags != NULL && i < q->tags->n; i++)
        if (np_str_ieq(q->tags->v[i].Key, key))
            return one(q, q->tags->v[i].Value.p != NULL ? q->tags->v[i].Value : NP_STR(""), v, n);
    return false;
}

static bool tag_keys(struct question *q, const struct np_str **v, size_t *n)
{
    if (q->tags == NULL || q->tags->n == 0)
        return false;
    struct np_str *keys = np_new_array(q->rq->arena, struct np_str, q->tags->n);
    for (size_t i = 0; i < q->tags->n; i++)
        keys[i] = q->tags->v[i].Key.p != NULL ? q->tags->v[i].Key : NP_STR("");
    *v = keys;
    *n = q->tags->n;
    return true;
}

static const struct {
    const char *key, *member; /* of the item that is there, or of the input */
} member_keys[] = {
    {"ec2:InstanceType", "InstanceType"},
    {"ec2:AvailabilityZone", "AvailabilityZone"},
    {"ec2:VolumeType", "VolumeType"},
    {"ec2:Tenancy", "InstanceTenancy"},
    {"ec2:Attribute", "Attribute"},
    {"ec2:SnapshotID", "SnapshotId"},
    {"ec2:KeyPairName", "KeyName"},
    {"ec2:KeyPairType", "KeyType"},
    {"ec2:ImageID", "ImageId"},
    {"ec2:AllocationId", "AllocationId"},
    {"ec2:Domain", "Domain"},
    {"ec2:VpceServiceName", "ServiceName"},
    {"ec2:VpcPeeringConnectionID", "VpcPeeringConnectionId"},
    {"ec2:SecurityGroupID", "GroupId"},
    {"ec2:SubnetID", "SubnetId"},
    {"ec2:VpcID", "VpcId"},
    {"ec2:InstanceID", "InstanceId"},
    {"ec2:NetworkInterfaceID", "NetworkInterfaceId"},
    {"ec2:RouteTableID", "RouteTableId"},
    {"ec2:InternetGatewayID", "InternetGatewayId"},
    {"ec2:VolumeID", "VolumeId"},
    {"ec2:Owner", "OwnerId"},
};

static bool lookup(void *arg, struct np_str name, const struct np_str **v, size_t *n)
{
    struct question *q = arg;
    struct np_str prefix, key;
    if (np_str_ieq(name, NP_STR("ec2:Region")))
        return one(q, q->rq->region, v, n);
    if (np_str_ieq(name, NP_STR("ec2:CreateAction")))
        return q->tagging && one(q, np_str_of(q->op->codec->name), v, n);
    if (np_str_ieq(name, NP_STR("ec2:Vpc")))
        return vpc_key(q, v, n);
    if (np_str_ieq(name, NP_STR("aws:TagKeys")))
        return tag_keys(q, v, n);
    if (np_str_cut(name, '/', &prefix, &key)) {
        if (np_str_ieq(prefix, NP_STR("aws:RequestTag")))
            return request_tag(q, key, v, n);
        return (np_str_ieq(prefix, NP_STR("aws:ResourceTag")) ||
                np_str_ieq(prefix, NP_STR("ec2:ResourceTag"))) &&
               item_tag(q, key, v, n);
    }
    NP_EACH (k, member_keys)
        if (np_str_ieq(name, np_str_of(k->key)))
            return member_key(q, k->member, v, n);
    return false;
}

/* --- asking --- */

/* AWS: a denial says little, and the rest in a text that only who may can read
 * (tests/sdk/test_ec2_access.py). */
static int denied(struct question *q, const struct np_access *a, const struct np_policy_decision *d,
                  struct np_err *err)
{
    int rc = np_denied(q->rq, a, d, err);
    if (rc == NP_EFAULT && err != NULL) /* ec2_map_fault() adds it to the message */
        q->rq->encoded_denial = np_encode_denial(q->rq, a, d);
    return rc;
}

static int ask(struct question *q, struct np_str action, struct np_str resource, struct np_err *err)
{
    struct np_policy_decision d;
    struct np_access access = {
        .action = action,
        .resource = resource,
        .lookup = lookup,
        .lookup_arg = q,
    };
    np_decide(q->rq, q->rq->who, &access, &d);
    if (d.allowed)
        return 0;
    if (q->rq->core->config.iam_soft && q->rq->who->kind != NP_WHO_ANONYMOUS)
        return np_authorize(q->rq, &access, err); /* logs it */
    return denied(q, &access, &d, err);
}

static struct np_str action_of(const struct question *q)
{
    return np_str_printf(q->rq->arena, "ec2:%s", q->op->codec->name);
}

static int ask_named(struct question *q, struct np_str id, struct np_err *err)
{
    const struct ec2_kind *k = ec2_kind_of(id);
    const struct ec2_item *it = ec2_see_any(q->rq->core, id);
    struct np_str account = it != NULL ? it->account : q->rq->account;
    /* AWS's own (public images, snapshots) belong to no account. */
    if (it == NULL && (k->id == EC2_KIND_IMAGE || k->id == EC2_KIND_SNAPSHOT))
        account = NP_STR("");
    q->item = it;
    q->type = np_str_of(k->type);
    return ask(q, action_of(q), ec2_arn(q->rq->arena, k, q->rq->region, account, id), err);
}

/* The tags that the call brings for a resource of that type. */
static const struct ec2_TagList *tags_for(const struct question *q, const char *type)
{
    const struct ec2_TagSpecificationList *specs =
        member_of(q->op->codec->in, q->in, "TagSpecifications");
    for (size_t i = 0; specs != NULL && i < specs->n; i++)
        if (np_str_eq(specs->v[i].ResourceType, np_str_of(type)))
            return &specs->v[i].Tags;
    return NULL;
}

static int ask_made(struct question *q, const char *type, struct np_err *err)
{
    struct np_str arn = np_str_printf(q->rq->arena, "arn:aws:ec2:%.*s:%.*s:%s/*",
                                      NP_FMT(q->rq->region), NP_FMT(q->rq->account), type);
    q->item = NULL;
    q->type = np_str_of(type);
    q->tags = tags_for(q, type);
    int rc = ask(q, action_of(q), arn, err);
    if (rc == 0 && q->tags != NULL && q->tags->n != 0) {
        q->tagging = true;
        rc = ask(q, NP_STR("ec2:CreateTags"), arn, err);
        q->tagging = false;
    }
    q->tags = NULL;
    return rc;
}

static int ask_all(struct question *q, struct np_err *err)
{
    int rc = 0;
    bool any = false;
    if (q->op->codec == &ec2_CreateTags_op || q->op->codec == &ec2_DeleteTags_op)
        q->tags = member_of(q->op->codec->in, q->in, "Tags");
    for (size_t i = 0; rc == 0 && i < q->n_ids; i++, any = true)
        rc = ask_named(q, q->ids[i], err);
    NP_EACH (m, makes)
        for (size_t i = 0; m->op == q->op->codec && rc == 0 && i < MADE_MAX && m->types[i] != NULL;
             i++, any = true)
            rc = ask_made(q, m->types[i], err);
    q->item = NULL;
    return rc == 0 && !any ? ask(q, action_of(q), NP_STR("*"), err) : rc;
}

/* --- DryRun --- */

static int dry_run(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    struct np_invalid why = {0};
    const struct np_opt_bool *dry = member_of(op->codec->in, in, "DryRun");
    if (dry == NULL || !dry->set || !dry->v)
        return 0;
    if (np_validate(op->codec->in, in, rq->arena, &why) != 0)
        return ec2_invalid(rq, &why, err);
    return np_fault(err, &EC2_DryRunOperation,
                    "Request would have succeeded, but DryRun flag is set.");
}

int ec2_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    struct question *q = np_new(rq->arena, struct question);
    *q = (struct question){.rq = rq, .op = op, .in = in};
    if (!np_str_starts(np_str_of(op->codec->name), NP_STR("Describe")))
        gather(q, op->codec->in, in);
    int rc = ask_all(q, err);
    return rc != 0 ? rc : dry_run(rq, op, in, err);
}
