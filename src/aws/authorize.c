/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - may this principal do that: gathers policies and condition keys, asks the engine,
 * words the denial as AWS does. */
#include "aws/identity.h"

#include "aws/arn.h"
#include "aws/core_int.h"
#include "aws/req_int.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "engines/vnet/vnet.h"

/* --- condition keys, made when a condition names them --- */

struct key_source {
    struct np_req *rq;
    const struct np_identity *who;
    const struct np_access *access;
    struct np_str value; /* room for single answers */
};

static bool one(struct key_source *k, struct np_str value, const struct np_str **values, size_t *n)
{
    if (value.p == NULL)
        return false;
    k->value = np_str_dup(k->rq->arena, value);
    struct np_str *slot = np_new(k->rq->arena, struct np_str);
    *slot = k->value;
    *values = slot;
    *n = 1;
    return true;
}

static bool one_bool(struct key_source *k, bool value, const struct np_str **values, size_t *n)
{
    return one(k, value ? NP_STR("true") : NP_STR("false"), values, n);
}

static struct np_str principal_type(const struct np_identity *who)
{
    static const char *const names[] = {
        [NP_WHO_ANONYMOUS] = "Anonymous",
        [NP_WHO_ROOT] = "Account",
        [NP_WHO_USER] = "User",
        [NP_WHO_ASSUMED_ROLE] = "AssumedRole",
        [NP_WHO_FEDERATED_USER] = "FederatedUser",
        [NP_WHO_SERVICE] = "Service",
    };
    return np_str_of(names[who->kind]);
}

/* aws:PrincipalArn: the role behind a session, not the session. */
static struct np_str principal_arn(const struct np_identity *who)
{
    return who->kind == NP_WHO_ASSUMED_ROLE ? who->role_arn : who->arn;
}

static bool key_user_name(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->who->kind == NP_WHO_USER && one(k, k->who->name, v, n);
}
static bool key_user_id(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->user_id, v, n);
}
static bool key_principal_arn(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, principal_arn(k->who), v, n);
}
static bool key_principal_account(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->account, v, n);
}
static bool key_principal_type(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, principal_type(k->who), v, n);
}
static bool key_is_service(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one_bool(k, k->who->kind == NP_WHO_SERVICE, v, n);
}
static bool key_service_name(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->who->kind == NP_WHO_SERVICE && one(k, k->who->name, v, n);
}
/* AWS: by an endpoint of a VPC aws:SourceIp is not present, aws:VpcSourceIp is
 * (tests/unit/aws/door_test.c). */
static bool key_source_ip(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->who->kind != NP_WHO_SERVICE && k->rq->zone.kind != NP_ZONE_VPC &&
           one(k, k->rq->zone.source_ip, v, n);
}
static bool key_vpc_source_ip(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->rq->zone.kind == NP_ZONE_VPC && one(k, k->rq->zone.source_ip, v, n);
}
static bool key_source_vpce(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->rq->zone.kind == NP_ZONE_VPC && one(k, k->rq->zone.endpoint_id, v, n);
}
static bool key_source_vpc(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->rq->zone.kind == NP_ZONE_VPC && one(k, k->rq->zone.vpc_id, v, n);
}
static bool key_secure(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one_bool(k, k->rq->zone.secure, v, n);
}
static bool key_current_time(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, np_time_iso_str(k->rq->arena, k->rq->now_ms, false), v, n);
}
static bool key_epoch_time(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, np_str_printf(k->rq->arena, "%lld", (long long)(k->rq->now_ms / 1000)), v, n);
}
static bool key_user_agent(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, np_req_field(k->rq, NP_STR("user-agent")), v, n);
}
static bool key_referer(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, np_req_field(k->rq, NP_STR("referer")), v, n);
}
/* AWS: the global services are in us-east-1, whatever region a client signs for
 * (tests/sdk/test_iam_denials.py). */
static bool key_region(struct key_source *k, const struct np_str **v, size_t *n)
{
    bool global = k->rq->svc != NULL && k->rq->svc->global;
    return one(k, global ? NP_STR("us-east-1") : k->rq->region, v, n);
}
/* AWS: long-term credentials have no MFA keys at all; temporary ones have Present, true or false.
 */
static bool key_mfa_present(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->who->temporary && one_bool(k, k->who->mfa_ms != 0, v, n);
}
static bool key_mfa_age(struct key_source *k, const struct np_str **v, size_t *n)
{
    if (k->who->mfa_ms == 0)
        return false;
    long long age = (long long)(k->rq->now_ms - k->who->mfa_ms) / 1000;
    return one(k, np_str_printf(k->rq->arena, "%lld", age < 0 ? 0 : age), v, n);
}
static bool key_token_issued(struct key_source *k, const struct np_str **v, size_t *n)
{
    return k->who->temporary &&
           one(k, np_time_iso_str(k->rq->arena, k->who->token_issued_ms, false), v, n);
}
static bool key_source_arn(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->source_arn, v, n);
}
static bool key_source_account(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->source_account, v, n);
}
static bool key_via_service(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one_bool(k, k->who->via_service.p != NULL, v, n);
}
static bool key_called_via(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->via_service, v, n);
}
static bool key_source_identity(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->source_identity, v, n);
}
static bool key_source_instance(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->source_instance, v, n);
}
static bool key_federated(struct key_source *k, const struct np_str **v, size_t *n)
{
    return one(k, k->who->federated_provider, v, n);
}
static bool key_resource_account(struct key_source *k, const struct np_str **v, size_t *n)
{
    struct np_str owner = k->access->resource_account;
    return one(k, owner.p != NULL ? owner : k->who->account, v, n);
}

static const struct {
    const char *name;
    bool (*make)(struct key_source *k, const struct np_str **values, size_t *n);
} global_keys[] = {
    {"aws:username", key_user_name},
    {"aws:userid", key_user_id},
    {"aws:principalarn", key_principal_arn},
    {"aws:principalaccount", key_principal_account},
    {"aws:principaltype", key_principal_type},
    {"aws:principalisawsservice", key_is_service},
    {"aws:principalservicename", key_service_name},
    {"aws:sourceip", key_source_ip},
    {"aws:sourcevpc", key_source_vpc},
    {"aws:sourcevpce", key_source_vpce},
    {"aws:vpcsourceip", key_vpc_source_ip},
    {"aws:securetransport", key_secure},
    {"aws:currenttime", key_current_time},
    {"aws:epochtime", key_epoch_time},
    {"aws:useragent", key_user_agent},
    {"aws:referer", key_referer},
    {"aws:requestedregion", key_region},
    {"aws:multifactorauthpresent", key_mfa_present},
    {"aws:multifactorauthage", key_mfa_age},
    {"aws:tokenissuetime", key_token_issued},
    {"aws:sourcearn", key_source_arn},
    {"aws:sourceaccount", key_source_account},
    {"aws:viaawsservice", key_via_service},
    {"aws:calledvia", key_called_via},
    {"aws:calledviafirst", key_called_via},
    {"aws:calledvialast", key_called_via},
    {"aws:sourceidentity", key_source_identity},
    {"ec2:sourceinstancearn", key_source_instance},
    {"aws:federatedprovider", key_federated},
    {"aws:resourceaccount", key_resource_account},
};

static bool tag_value(const struct np_tag *tags, size_t n, struct np_str key, struct np_str *out)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(tags[i].key, key)) {
            *out = tags[i].value;
            return true;
        }
    return false;
}

static bool principal_tag(struct key_source *k, struct np_str key, struct np_str *out)
{
    /* A session's own tags win over those of its role or user. */
    if (tag_value(k->who->session_tags, k->who->n_session_tags, key, out))
        return true;
    const struct np_identity_provider *p = np_identity(k->rq->core);
    if (p->principal_tags == NULL)
        return false;
    const struct np_tag *tags = NULL;
    size_t n = p->principal_tags(p->arg, k->rq->arena, k->who, &tags);
    return tag_value(tags, n, key, out);
}

/* The key of the tag that the condition names: aws:ResourceTag/…, and for what is of IAM
 * iam:ResourceTag/…, too, by whatever service it is used (tests/sdk/test_sts.py). */
static bool resource_tag_key(const struct np_access *a, struct np_str name, struct np_str *key)
{
    static const struct np_str prefixes[] = {{"aws:resourcetag/", 16}, {"iam:resourcetag/", 16}};
    bool iam = np_str_starts(a->resource, NP_STR("arn:aws:iam:"));
    *key = np_str_sub(name, prefixes[0].n, name.n);
    return np_str_istarts(name, prefixes[0]) || (iam && np_str_istarts(name, prefixes[1]));
}

static bool lookup_key(void *arg, struct np_str name, const struct np_str **values, size_t *n)
{
    struct key_source *k = arg;
    static const struct np_str principal_prefix = {"aws:principaltag/", 17};
    struct np_str value, tag;
    if (np_str_istarts(name, principal_prefix))
        return principal_tag(k, np_str_sub(name, principal_prefix.n, name.n), &value) &&
               one(k, value, values, n);
    if (k->access->n_resource_tags != 0 && resource_tag_key(k->access, name, &tag))
        return tag_value(k->access->resource_tags, k->access->n_resource_tags, tag, &value) &&
               one(k, value, values, n);
    NP_EACH (g, global_keys)
        if (np_str_ieq(name, np_str_of(g->name)))
            return g->make(k, values, n);
    return k->access->lookup != NULL && k->access->lookup(k->access->lookup_arg, name, values, n);
}

/* --- the decision --- */

static void fill_principal(const struct np_identity *who, struct np_policy_principal *p)
{
    *p = (struct np_policy_principal){
        .account = who->account,
        .arn = who->parent_arn.p != NULL ? who->parent_arn : principal_arn(who),
        .user_id = who->user_id,
        .canonical_user = who->canonical_user,
        .root = who->kind == NP_WHO_ROOT,
        .anonymous = who->kind == NP_WHO_ANONYMOUS && who->federated_provider.p == NULL,
    };
    if (who->kind == NP_WHO_ASSUMED_ROLE || who->kind == NP_WHO_FEDERATED_USER)
        p->session_arn = who->arn;
    if (who->kind == NP_WHO_SERVICE)
        p->service = who->name;
    if (who->federated_provider.p != NULL)
        p->federated = who->federated_provider;
}

static const struct np_vnet_endpoint *endpoint_of(const struct np_req *rq,
                                                  const struct np_policy **policy)
{
    void *compiled = NULL;
    const struct np_vnet_endpoint *e =
        np_vnet_endpoint(rq->core->vnet, rq->zone.vpc_id, rq->zone.endpoint_id, &compiled);
    *policy = compiled;
    return e;
}

/* What came by an endpoint has to be allowed by its policy, too. Of one that is no more, or whose
 * policy cannot be read, nothing is. */
static void ask_endpoint(const struct np_req *rq, const struct np_policy_request *request,
                         struct np_policy_decision *out)
{
    const struct np_policy *policy;
    const struct np_vnet_endpoint *e = endpoint_of(rq, &policy);
    if (e != NULL && e->document.p == NULL)
        return;
    size_t statement = 0;
    enum np_effect effect =
        policy != NULL ? np_policy_eval(policy, request, &statement) : NP_NO_MATCH;
    if (effect == NP_ALLOW)
        return;
    *out = (struct np_policy_decision){
        .explicit_deny = effect == NP_DENY,
        .source = NP_FROM_ENDPOINT,
        .policy = effect == NP_DENY ? policy : NULL,
        .statement = statement,
    };
}

/* The gateway endpoint of S3 is S3 Control's, too. */
bool np_endpoint_takes(const struct np_req *rq)
{
    if (rq->zone.endpoint_id.p == NULL)
        return true;
    const struct np_policy *policy;
    const struct np_vnet_endpoint *e = endpoint_of(rq, &policy);
    struct np_str name = np_str_of(rq->svc->model->codec->endpoint_prefix);
    return e != NULL && (np_str_eq(e->service, name) ||
                         (np_str_is(e->service, "s3") && np_str_is(name, "s3-control")));
}

void np_decide(struct np_req *rq, const struct np_identity *who, const struct np_access *a,
               struct np_policy_decision *out)
{
    struct np_policy_input in = {
        .resource = a->resource_policy,
        .resource_required = a->resource_policy_required,
        .acl_allows = a->acl_allows,
        .resource_account = a->resource_account.p != NULL ? a->resource_account : who->account,
        .has_session = who->n_session_policies != 0,
        .session = who->session_policies,
        .n_session = who->n_session_policies,
    };
    const struct np_identity_provider *p = np_identity(rq->core);
    bool has_policies = who->kind == NP_WHO_USER || who->kind == NP_WHO_ASSUMED_ROLE ||
                        who->kind == NP_WHO_FEDERATED_USER;
    if (has_policies && p->policies != NULL)
        p->policies(p->arg, rq->arena, who, &in); /* NP_ENOENT: gone, so nothing allows it */
    struct key_source source = {.rq = rq, .who = who, .access = a};
    struct np_policy_request request = {
        .action = a->action,
        .resource = a->resource,
        .keys = a->keys,
        .n_keys = a->n_keys,
        .lookup = lookup_key,
        .arg = &source,
    };
    fill_principal(who, &request.principal);
    np_policy_decide(&in, &request, out);
    if (out->allowed && rq->zone.endpoint_id.p != NULL && who->kind != NP_WHO_SERVICE)
        ask_endpoint(rq, &request, out);
}

/* --- the denial --- */

static const char *source_name(enum np_policy_source s)
{
    switch (s) {
    case NP_FROM_IDENTITY:
    case NP_FROM_NOTHING:
        return "identity-based policy";
    case NP_FROM_RESOURCE:
        return "resource-based policy";
    case NP_FROM_BOUNDARY:
        return "permissions boundary";
    case NP_FROM_SESSION:
        return "session policy";
    case NP_FROM_ENDPOINT:
        return "VPC endpoint policy";
    }
    return "policy";
}

static struct np_str reason(struct np_req *rq, const struct np_access *a,
                            const struct np_policy_decision *d)
{
    const char *source = source_name(d->source);
    if (d->explicit_deny)
        return np_str_printf(rq->arena, "with an explicit deny in %s %s",
                             d->source == NP_FROM_IDENTITY ? "an" : "a", source);
    return np_str_printf(rq->arena, "because no %s allows the %.*s action", source,
                         NP_FMT(a->action));
}

int np_denied(struct np_req *rq, const struct np_access *a, const struct np_policy_decision *d,
              struct np_err *err)
{
    struct np_str arn = rq->who->arn;
    if (rq->who->kind == NP_WHO_SERVICE)
        arn = rq->who->name;
    if (arn.p == NULL)
        arn = NP_STR("anonymous");
    struct np_str why = reason(rq, a, d);
    struct np_str service = np_str_of(rq->svc != NULL ? rq->svc->name : "");
    bool iam = np_str_is(service, "iam");
    bool whole = a->resource.p == NULL || np_str_is(a->resource, "*");
    /* AWS: the S3 form quotes the resource, the common form does not say "*", IAM's does
     * (tests/sdk/test_iam_denials.py). */
    if (whole && !iam)
        return np_fault(err, &NP_AccessDenied, "User: %.*s is not authorized to perform: %.*s %.*s",
                        NP_FMT(arn), NP_FMT(a->action), NP_FMT(why));
    struct np_str resource = whole ? NP_STR("*") : a->resource;
    const char *quote = np_str_is(service, "s3") ? "\"" : "";
    return np_fault(err, &NP_AccessDenied,
                    "User: %.*s is not authorized to perform: %.*s on resource: %s%.*s%s %.*s",
                    NP_FMT(arn), NP_FMT(a->action), quote, NP_FMT(resource), quote, NP_FMT(why));
}

int np_authorize(struct np_req *rq, const struct np_access *a, struct np_err *err)
{
    struct np_policy_decision d;
    np_decide(rq, rq->who, a, &d);
    if (d.allowed)
        return 0;
    if (rq->core->config.iam_soft && rq->who->kind != NP_WHO_ANONYMOUS) {
        struct np_str why = reason(rq, a, &d);
        np_log(NP_WARN, "iam.soft.deny", "principal=%.*s action=%.*s resource=%.*s reason=\"%.*s\"",
               NP_FMT(rq->who->arn), NP_FMT(a->action), NP_FMT(a->resource), NP_FMT(why));
        return 0;
    }
    return np_denied(rq, a, &d, err);
}
