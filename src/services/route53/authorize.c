/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - which resource and which condition keys each operation is about. */
#include "services/route53/route53_int.h"

#include <stddef.h>

/* --- the resource of a call --- */

#define ON(op, member, kind)                                                                       \
    {                                                                                              \
        &route53_##op##_op, kind, offsetof(struct route53_##op##Request, member)                   \
    }

static const struct {
    const struct np_codec_op *op;
    const char *kind;
    size_t at; /* of the id */
} resources[] = {
    ON(ActivateKeySigningKey, HostedZoneId, "hostedzone"),
    ON(AssociateVPCWithHostedZone, HostedZoneId, "hostedzone"),
    ON(ChangeResourceRecordSets, HostedZoneId, "hostedzone"),
    ON(CreateKeySigningKey, HostedZoneId, "hostedzone"),
    ON(CreateVPCAssociationAuthorization, HostedZoneId, "hostedzone"),
    ON(DeactivateKeySigningKey, HostedZoneId, "hostedzone"),
    ON(DeleteHealthCheck, HealthCheckId, "healthcheck"),
    ON(DeleteHostedZone, Id, "hostedzone"),
    ON(DeleteKeySigningKey, HostedZoneId, "hostedzone"),
    ON(DeleteReusableDelegationSet, Id, "delegationset"),
    ON(DeleteVPCAssociationAuthorization, HostedZoneId, "hostedzone"),
    ON(DisableHostedZoneDNSSEC, HostedZoneId, "hostedzone"),
    ON(DisassociateVPCFromHostedZone, HostedZoneId, "hostedzone"),
    ON(EnableHostedZoneDNSSEC, HostedZoneId, "hostedzone"),
    ON(GetChange, Id, "change"),
    ON(GetDNSSEC, HostedZoneId, "hostedzone"),
    ON(GetHealthCheck, HealthCheckId, "healthcheck"),
    ON(GetHealthCheckLastFailureReason, HealthCheckId, "healthcheck"),
    ON(GetHealthCheckStatus, HealthCheckId, "healthcheck"),
    ON(GetHostedZone, Id, "hostedzone"),
    ON(GetHostedZoneLimit, HostedZoneId, "hostedzone"),
    ON(GetQueryLoggingConfig, Id, "queryloggingconfig"),
    ON(GetReusableDelegationSet, Id, "delegationset"),
    ON(GetReusableDelegationSetLimit, DelegationSetId, "delegationset"),
    ON(ListResourceRecordSets, HostedZoneId, "hostedzone"),
    ON(ListVPCAssociationAuthorizations, HostedZoneId, "hostedzone"),
    ON(UpdateHealthCheck, HealthCheckId, "healthcheck"),
    ON(UpdateHostedZoneComment, Id, "hostedzone"),
};

static struct np_str arn_of(struct np_arena *a, struct np_str kind, struct np_str id)
{
    return np_str_printf(a, "arn:aws:route53:::%.*s/%.*s", NP_FMT(kind),
                         NP_FMT(route53_bare_id(id)));
}

static struct np_str resource_of(struct np_req *rq, const struct np_op *op, const void *in)
{
    if (op->codec == &route53_ListHostedZonesByVPC_op) {
        const struct route53_ListHostedZonesByVPCRequest *r = in;
        return np_str_printf(rq->arena, "arn:aws:ec2:%.*s:%.*s:vpc/%.*s", NP_FMT(r->VPCRegion),
                             NP_FMT(rq->account), NP_FMT(r->VPCId));
    }
    if (op->codec == &route53_ChangeTagsForResource_op) {
        const struct route53_ChangeTagsForResourceRequest *r = in;
        return arn_of(rq->arena, r->ResourceType, r->ResourceId);
    }
    if (op->codec == &route53_ListTagsForResource_op) {
        const struct route53_ListTagsForResourceRequest *r = in;
        return arn_of(rq->arena, r->ResourceType, r->ResourceId);
    }
    NP_EACH (r, resources)
        if (r->op == op->codec)
            return arn_of(rq->arena, np_str_of(r->kind),
                          *(const struct np_str *)(const void *)((const char *)in + r->at));
    return NP_STR("*");
}

/* --- condition keys --- */

#define KEYS_MAX 4

struct keys {
    struct np_arena *a;
    struct np_policy_key v[KEYS_MAX];
    size_t n;
};

static void add_key(struct keys *k, struct np_str name, const struct np_strs *values)
{
    if (values->n != 0)
        k->v[k->n++] = (struct np_policy_key){name, values->v, values->n};
}

/* AWS: in lower case, without the dot at the end, odd letters as codes
 * (tests/sdk/test_route53_access.py). */
static struct np_str normalized(struct np_arena *a, struct np_str name)
{
    struct route53_name n;
    if (route53_name(a, name, &n, NULL) != 0)
        return np_str_lower(a, name);
    return np_str_sub(n.text, 0, n.text.n > 1 ? n.text.n - 1 : n.text.n);
}

static void add_unique(struct np_arena *a, struct np_strs *list, struct np_str s)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], s))
            return;
    ROUTE53_PUSH(a, list, s);
}

static void add_changes(struct keys *k, const struct route53_ChangeBatch *batch)
{
    struct np_strs names = {0}, types = {0}, actions = {0};
    for (size_t i = 0; i < batch->Changes.n; i++) {
        const struct route53_Change *c = &batch->Changes.v[i];
        ROUTE53_PUSH(k->a, &names, normalized(k->a, c->ResourceRecordSet->Name));
        add_unique(k->a, &types, c->ResourceRecordSet->Type);
        add_unique(k->a, &actions, c->Action);
    }
    add_key(k, NP_STR("route53:ChangeResourceRecordSetsNormalizedRecordNames"), &names);
    add_key(k, NP_STR("route53:ChangeResourceRecordSetsRecordTypes"), &types);
    add_key(k, NP_STR("route53:ChangeResourceRecordSetsActions"), &actions);
}

static void add_vpc(struct keys *k, struct np_str id, struct np_str region)
{
    struct np_strs one = {0};
    if (id.p == NULL)
        return;
    ROUTE53_PUSH(k->a, &one,
                 np_str_printf(k->a, "VPCId=%.*s,VPCRegion=%.*s", NP_FMT(id), NP_FMT(region)));
    add_key(k, NP_STR("route53:VPCs"), &one);
}

#define VPC_OF(op, member)                                                                         \
    {                                                                                              \
        &route53_##op##_op, offsetof(struct route53_##op##Request, member)                         \
    }

static const struct {
    const struct np_codec_op *op;
    size_t at;
} vpcs[] = {
    VPC_OF(AssociateVPCWithHostedZone, VPC),        VPC_OF(CreateHostedZone, VPC),
    VPC_OF(CreateVPCAssociationAuthorization, VPC), VPC_OF(DeleteVPCAssociationAuthorization, VPC),
    VPC_OF(DisassociateVPCFromHostedZone, VPC),
};

static void add_keys(struct keys *k, const struct np_op *op, const void *in)
{
    if (op->codec == &route53_ChangeResourceRecordSets_op)
        add_changes(k, ((const struct route53_ChangeResourceRecordSetsRequest *)in)->ChangeBatch);
    if (op->codec == &route53_ListHostedZonesByVPC_op) {
        const struct route53_ListHostedZonesByVPCRequest *r = in;
        add_vpc(k, r->VPCId, r->VPCRegion);
    }
    NP_EACH (v, vpcs) {
        if (v->op != op->codec)
            continue;
        const struct route53_VPC *vpc =
            *(struct route53_VPC *const *)(const void *)((const char *)in + v->at);
        if (vpc != NULL)
            add_vpc(k, vpc->VPCId, vpc->VPCRegion);
    }
}

/* --- the question --- */

/* AWS: each of them is asked for by itself. */
static int each_resource(struct np_req *rq, const struct route53_ListTagsForResourcesRequest *in,
                         struct np_access *access, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < in->ResourceIds.n; i++) {
        access->resource = arn_of(rq->arena, in->ResourceType, in->ResourceIds.v[i]);
        rc = np_authorize(rq, access, err);
    }
    return rc;
}

int route53_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    struct keys k = {.a = rq->arena};
    add_keys(&k, op, in);
    struct np_access access = {
        .action = np_str_printf(rq->arena, "route53:%s", op->codec->name),
        .resource = resource_of(rq, op, in),
        .keys = k.v,
        .n_keys = k.n,
    };
    if (op->codec == &route53_ListTagsForResources_op)
        return each_resource(rq, in, &access, err);
    return np_authorize(rq, &access, err);
}
