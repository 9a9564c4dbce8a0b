/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - options of instances: metadata (and the account's defaults), credits,
 * placement, private names, maintenance. */
#include "codec/codec.h"
#include "services/ec2/instance/instance_int.h"

static int get_alive(struct np_txn *t, struct np_str id, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = ec2_get(&db, EC2_KIND_INSTANCE, id, out, err);
    return rc != 0 ? rc : ec2_instance_alive(*out, err);
}

/* --- the account's metadata defaults --- */

/* A row that is not there has no preferences. */
static int defaults_read(const struct ec2_db *db, struct ec2_InstanceMetadataDefaultsResponse *out,
                         struct np_err *err)
{
    NP_SQL(get, "SELECT detail FROM ec2_metadata_defaults WHERE account = :account "
                "AND region = :region");
    struct np_q *q = np_q(db->c, &db->scope, &get, "");
    struct np_str bytes = np_row(q) ? np_col_str(q, 0, db->arena) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    *out = (struct ec2_InstanceMetadataDefaultsResponse){0};
    if (rc == 0 && bytes.p != NULL)
        rc = np_cbor_get(&ec2_InstanceMetadataDefaultsResponse_shape, bytes, db->arena, out, err);
    out->ManagedBy = NP_STR("account");
    return rc;
}

static void preference(struct np_str *slot, struct np_str v)
{
    if (v.p != NULL)
        *slot = np_str_is(v, "no-preference") ? NP_STR_NULL : v;
}

int ec2_ModifyInstanceMetadataDefaults_apply(
    struct np_txn *t, const struct ec2_ModifyInstanceMetadataDefaultsRequest *in,
    struct ec2_ModifyInstanceMetadataDefaultsResult *out, struct np_err *err)
{
    NP_SQL(put, "INSERT INTO ec2_metadata_defaults (account, region, detail) "
                "VALUES (:account, :region, ?1) "
                "ON CONFLICT (account, region) DO UPDATE SET detail = ?1");
    struct ec2_db db = ec2_db(t);
    struct ec2_InstanceMetadataDefaultsResponse d;
    struct np_buf b;
    int64_t hops = in->HttpPutResponseHopLimit.v;
    int rc = defaults_read(&db, &d, err);
    if (rc != 0)
        return rc;
    if (in->HttpPutResponseHopLimit.set && hops != -1 && (hops < 1 || hops > 64))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "HttpPutResponseHopLimit must be from 1 to 64, or -1 for no preference.");
    preference(&d.HttpTokens, in->HttpTokens);
    preference(&d.HttpEndpoint, in->HttpEndpoint);
    preference(&d.InstanceMetadataTags, in->InstanceMetadataTags);
    preference(&d.HttpTokensEnforced, in->HttpTokensEnforced);
    if (in->HttpPutResponseHopLimit.set)
        d.HttpPutResponseHopLimit = (struct np_opt_int){hops != -1, hops != -1 ? hops : 0};
    np_buf_init(&b, db.arena, EC2_DETAIL_MAX);
    np_cbor_put(&ec2_InstanceMetadataDefaultsResponse_shape, &d, &b);
    out->Return = EC2_BOOL(true);
    return np_exec(t, &put, err, "b", np_buf_str(&b));
}

int ec2_GetInstanceMetadataDefaults(struct np_req *rq,
                                    const struct ec2_GetInstanceMetadataDefaultsRequest *in,
                                    struct ec2_GetInstanceMetadataDefaultsResult *out,
                                    struct np_err *err)
{
    struct ec2_db db = ec2_db_of_req(rq);
    out->AccountLevel = np_new(rq->arena, struct ec2_InstanceMetadataDefaultsResponse);
    return defaults_read(&db, out->AccountLevel, err);
}

/* --- metadata options of an instance --- */

static struct np_str first_of(struct np_str a, struct np_str b, struct np_str c)
{
    return a.p != NULL ? a : b.p != NULL ? b : c;
}

struct ec2_InstanceMetadataOptionsResponse *
ec2_metadata_options(const struct ec2_db *db, const struct ec2_InstanceMetadataOptionsRequest *in,
                     struct np_str image_support, struct np_err *err)
{
    static const struct ec2_InstanceMetadataOptionsRequest nothing;
    struct ec2_InstanceMetadataDefaultsResponse d;
    bool v2 = np_str_is(image_support, "v2.0");
    if (defaults_read(db, &d, err) != 0)
        return NULL;
    in = in != NULL ? in : &nothing;
    struct ec2_InstanceMetadataOptionsResponse *o =
        np_new(db->arena, struct ec2_InstanceMetadataOptionsResponse);
    *o = (struct ec2_InstanceMetadataOptionsResponse){
        .State = NP_STR("applied"),
        .HttpTokens =
            first_of(in->HttpTokens, d.HttpTokens, v2 ? NP_STR("required") : NP_STR("optional")),
        .HttpPutResponseHopLimit = in->HttpPutResponseHopLimit.set ? in->HttpPutResponseHopLimit
                                   : d.HttpPutResponseHopLimit.set ? d.HttpPutResponseHopLimit
                                                                   : EC2_INT(v2 ? 2 : 1),
        .HttpEndpoint = first_of(in->HttpEndpoint, d.HttpEndpoint, NP_STR("enabled")),
        .HttpProtocolIpv6 = NP_STR("disabled"),
        .InstanceMetadataTags =
            first_of(in->InstanceMetadataTags, d.InstanceMetadataTags, NP_STR("disabled")),
    };
    int64_t hops = o->HttpPutResponseHopLimit.v;
    if (hops < 1 || hops > 64)
        np_fault(err, &EC2_InvalidParameterValue,
                 "HttpPutResponseHopLimit must be from 1 to 64, not %lld.", (long long)hops);
    else if (np_str_is(d.HttpTokensEnforced, "enabled") && np_str_is(o->HttpTokens, "optional"))
        np_fault(err, &EC2_UnsupportedOperation,
                 "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for "
                 "this account. Launch the instance with httpTokens=required.");
    else
        return o;
    return NULL;
}

int ec2_ModifyInstanceMetadataOptions_apply(
    struct np_txn *t, const struct ec2_ModifyInstanceMetadataOptionsRequest *in,
    struct ec2_ModifyInstanceMetadataOptionsResult *out, struct np_err *err)
{
    struct ec2_item *it;
    int64_t hops = in->HttpPutResponseHopLimit.v;
    int rc = get_alive(t, in->InstanceId, &it, err);
    if (rc == 0 && in->HttpPutResponseHopLimit.set && (hops < 1 || hops > 64))
        rc = np_fault(err, &EC2_InvalidParameterValue,
                      "HttpPutResponseHopLimit must be from 1 to 64, not %lld.", (long long)hops);
    if (rc != 0)
        return rc;
    struct ec2_InstanceMetadataOptionsResponse *o = EC2_DETAIL(Instance, it)->MetadataOptions;
    o->HttpTokens = first_of(in->HttpTokens, o->HttpTokens, NP_STR_NULL);
    o->HttpEndpoint = first_of(in->HttpEndpoint, o->HttpEndpoint, NP_STR_NULL);
    o->InstanceMetadataTags =
        first_of(in->InstanceMetadataTags, o->InstanceMetadataTags, NP_STR_NULL);
    if (in->HttpPutResponseHopLimit.set)
        o->HttpPutResponseHopLimit = in->HttpPutResponseHopLimit;
    rc = ec2_put(t, it, err);
    out->InstanceId = it->id;
    out->InstanceMetadataOptions =
        np_new(np_txn_arena(t), struct ec2_InstanceMetadataOptionsResponse);
    *out->InstanceMetadataOptions = *o;
    out->InstanceMetadataOptions->State = NP_STR("pending");
    return rc;
}

/* --- credits of burstable types: a hint, as the host has none --- */

int ec2_credits_ok(const struct ec2_type *type, struct np_str credits, struct np_err *err)
{
    if (!ec2_type_has(type, T_BURST))
        return np_fault(err, &EC2_InstanceCreditSpecificationNotSupported,
                        "The specified instance type does not support the credit specification: "
                        "%s.",
                        type->name);
    if (np_str_is(credits, "standard") || np_str_is(credits, "unlimited"))
        return 0;
    return np_fault(err, &EC2_InvalidParameterValue,
                    "Value (%.*s) for parameter CpuCredits is invalid: 'standard' or 'unlimited'.",
                    NP_FMT(credits));
}

/* AWS: t2 is standard, newer ones are unlimited, unless said otherwise. */
static struct np_str credits_of(const struct ec2_item *it)
{
    const struct ec2_InstanceOwn *own = it->own;
    if (own->CpuCredits.p != NULL)
        return own->CpuCredits;
    return np_str_starts(EC2_SEEN(Instance, it)->InstanceType, NP_STR("t2.")) ? NP_STR("standard")
                                                                              : NP_STR("unlimited");
}

static bool bursts(const struct ec2_item *it)
{
    const struct ec2_type *type = ec2_type(EC2_SEEN(Instance, it)->InstanceType);
    enum ec2_state s = ec2_instance_state(it);
    return type != NULL && ec2_type_has(type, T_BURST) && s != EC2_TERMINATED;
}

static const struct ec2_filter credit_filters[] = {{"instance-id", "InstanceId"}};

int ec2_DescribeInstanceCreditSpecifications(
    struct np_req *rq, const struct ec2_DescribeInstanceCreditSpecificationsRequest *in,
    struct ec2_DescribeInstanceCreditSpecificationsResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {&ec2_InstanceCreditSpecification_shape, credit_filters,
                                         NP_LEN(credit_filters), 5, 1000};
    struct ec2_InstanceCreditSpecificationList *list = &out->InstanceCreditSpecifications;
    const struct ec2_item *const *all, *it;
    size_t n = ec2_see_all(ec2_view(rq), EC2_KIND_INSTANCE, NP_STR_NULL, rq->arena, &all);
    size_t asked = in->InstanceIds.n;
    if (asked > EC2_IDS_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "At most %d ids may be given in a call.",
                        EC2_IDS_MAX);
    *list = (struct ec2_InstanceCreditSpecificationList){
        np_new_array(rq->arena, struct ec2_InstanceCreditSpecification, n + asked + 1), 0, true};
    for (size_t i = 0; i < (asked != 0 ? asked : n); i++) {
        int rc = asked != 0 ? ec2_instance_see(rq, in->InstanceIds.v[i], &it, err) : 0;
        if (rc != 0)
            return rc;
        it = asked != 0 ? it : all[i];
        /* AWS: without ids those that are unlimited. */
        if (bursts(it) && (asked != 0 || np_str_is(credits_of(it), "unlimited")))
            list->v[list->n++] = (struct ec2_InstanceCreditSpecification){it->id, credits_of(it)};
    }
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, list, &out->NextToken, err);
}

static int set_credits(struct np_txn *t, const struct ec2_InstanceCreditSpecificationRequest *s,
                       struct ec2_ModifyInstanceCreditSpecificationResult *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it = NULL;
    struct np_err why;
    int rc = ec2_get(&db, EC2_KIND_INSTANCE, s->InstanceId, &it, &why);
    if (rc == 0 && ec2_instance_alive(it, &why) == 0 &&
        ec2_credits_ok(ec2_type(EC2_DETAIL(Instance, it)->InstanceType), s->CpuCredits, &why) ==
            0) {
        EC2_OWN(InstanceOwn, it)->CpuCredits = s->CpuCredits;
        out->SuccessfulInstanceCreditSpecifications
            .v[out->SuccessfulInstanceCreditSpecifications.n++] =
            (struct ec2_SuccessfulInstanceCreditSpecificationItem){it->id};
        return ec2_put(t, it, err);
    }
    struct ec2_UnsuccessfulInstanceCreditSpecificationItemError *e =
        np_new(a, struct ec2_UnsuccessfulInstanceCreditSpecificationItemError);
    const struct np_fault_def *def = why.fault;
    e->Code = np_str_of(def->code != NULL ? def->code : def->name);
    e->Message = np_str_dup(a, np_str_n(why.text, why.n));
    out->UnsuccessfulInstanceCreditSpecifications
        .v[out->UnsuccessfulInstanceCreditSpecifications.n++] =
        (struct ec2_UnsuccessfulInstanceCreditSpecificationItem){s->InstanceId, e};
    return 0;
}

int ec2_ModifyInstanceCreditSpecification_apply(
    struct np_txn *t, const struct ec2_ModifyInstanceCreditSpecificationRequest *in,
    struct ec2_ModifyInstanceCreditSpecificationResult *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    size_t n = in->InstanceCreditSpecifications.n;
    if (n > EC2_IDS_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "At most %d instances may be given.",
                        EC2_IDS_MAX);
    out->SuccessfulInstanceCreditSpecifications =
        (struct ec2_SuccessfulInstanceCreditSpecificationSet){
            np_new_array(a, struct ec2_SuccessfulInstanceCreditSpecificationItem, n + 1), 0, true};
    out->UnsuccessfulInstanceCreditSpecifications =
        (struct ec2_UnsuccessfulInstanceCreditSpecificationSet){
            np_new_array(a, struct ec2_UnsuccessfulInstanceCreditSpecificationItem, n + 1), 0,
            true};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = set_credits(t, &in->InstanceCreditSpecifications.v[i], out, err);
    return rc;
}

/* --- placement, private names, maintenance --- */

int ec2_ModifyInstancePlacement_apply(struct np_txn *t,
                                      const struct ec2_ModifyInstancePlacementRequest *in,
                                      struct ec2_ModifyInstancePlacementResult *out,
                                      struct np_err *err)
{
    struct ec2_item *it;
    int rc = get_alive(t, in->InstanceId, &it, err);
    if (rc == 0 && ec2_instance_state(it) != EC2_STOPPED)
        rc = np_fault(err, &EC2_IncorrectInstanceState,
                      "The instance '%.*s' is not in the 'stopped' state.", NP_FMT(it->id));
    out->Return = EC2_BOOL(true);
    return rc; /* what may be said is what it has: all else is refused */
}

int ec2_ModifyPrivateDnsNameOptions_apply(struct np_txn *t,
                                          const struct ec2_ModifyPrivateDnsNameOptionsRequest *in,
                                          struct ec2_ModifyPrivateDnsNameOptionsResult *out,
                                          struct np_err *err)
{
    struct ec2_item *it;
    int rc = get_alive(t, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_PrivateDnsNameOptionsResponse *o = EC2_DETAIL(Instance, it)->PrivateDnsNameOptions;
    if (in->PrivateDnsHostnameType.p != NULL && ec2_instance_state(it) != EC2_STOPPED)
        return np_fault(err, &EC2_IncorrectInstanceState,
                        "The instance '%.*s' is not in the 'stopped' state.", NP_FMT(it->id));
    o->HostnameType = first_of(in->PrivateDnsHostnameType, o->HostnameType, NP_STR_NULL);
    if (in->EnableResourceNameDnsARecord.set)
        o->EnableResourceNameDnsARecord = in->EnableResourceNameDnsARecord;
    out->Return = EC2_BOOL(true);
    return ec2_put(t, it, err);
}

int ec2_ModifyInstanceMaintenanceOptions_apply(
    struct np_txn *t, const struct ec2_ModifyInstanceMaintenanceOptionsRequest *in,
    struct ec2_ModifyInstanceMaintenanceOptionsResult *out, struct np_err *err)
{
    struct ec2_item *it;
    int rc = get_alive(t, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_InstanceMaintenanceOptions *o = EC2_DETAIL(Instance, it)->MaintenanceOptions;
    o->AutoRecovery = first_of(in->AutoRecovery, o->AutoRecovery, NP_STR_NULL);
    o->RebootMigration = first_of(in->RebootMigration, o->RebootMigration, NP_STR_NULL);
    out->InstanceId = it->id;
    out->AutoRecovery = o->AutoRecovery;
    out->RebootMigration = o->RebootMigration;
    return ec2_put(t, it, err);
}
