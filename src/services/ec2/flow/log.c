/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - flow logs of VPCs, subnets and interfaces: created, deleted, described. */
#include "services/ec2/flow/log.h"

#include "aws/arn.h"
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/vpc/endpoint.h"
#include "services/ec2/filter.h"
#include "services/ec2/flow/deliver.h"
#include "services/ec2/flow/format.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/s3/s3.h"

/* --- where to --- */

bool ec2_flow_destination(struct np_str text, struct np_str *bucket, struct np_str *prefix)
{
    struct np_arn arn;
    if (!np_arn_parse(text, &arn) || !np_str_is(arn.service, "s3"))
        return false;
    if (!np_str_cut(arn.resource, '/', bucket, prefix))
        *prefix = NP_STR("");
    while (np_str_ends(*prefix, NP_STR("/")))
        prefix->n--;
    return bucket->n > 0;
}

static int check_destination(struct np_req *rq, const struct ec2_CreateFlowLogsRequest *in,
                             struct np_err *err)
{
    struct np_str bucket, prefix;
    struct s3_bucket_tags there;
    struct np_err why = {0};
    /* Not yet: CloudWatch Logs and Firehose are not served. */
    if (!np_str_is(in->LogDestinationType, "s3"))
        return np_fault(
            err, &EC2_UnsupportedOperation,
            "Flow logs go to S3 here: set LogDestinationType to s3 and LogDestination "
            "to the ARN of a bucket. CloudWatch Logs and Data Firehose are not served.");
    if (in->LogDestination.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter LogDestination");
    if (!ec2_flow_destination(in->LogDestination, &bucket, &prefix))
        return np_fault(err, &EC2_InvalidParameter,
                        "LogDestination '%.*s' is not the ARN of a "
                        "bucket: arn:aws:s3:::BUCKET/PREFIX/",
                        NP_FMT(in->LogDestination));
    if (np_str_is(prefix, "AWSLogs") || np_str_starts(prefix, NP_STR("AWSLogs/")))
        return np_fault(
            err, &EC2_InvalidParameter,
            "LogDestination cannot have AWSLogs as its prefix: that is a reserved term");
    if (s3_bucket_tags(rq, bucket, &there, &why) < 0)
        return np_fault(err, &EC2_LogDestinationNotFoundException,
                        "LogDestination: %.*s does not exist.", NP_FMT(bucket));
    return 0;
}

static int check_options(const struct ec2_CreateFlowLogsRequest *in, struct np_err *err)
{
    static const char *const types[] = {"VPC", "Subnet", "NetworkInterface"};
    bool known = false;
    NP_EACH (type, types)
        known = known || np_str_eq(in->ResourceType, np_str_of(*type));
    if (!known)
        return np_fault(err, &EC2_InvalidParameter,
                        "Flow logs are of resource type VPC, Subnet or NetworkInterface, not %.*s",
                        NP_FMT(in->ResourceType));
    if (in->TrafficType.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter TrafficType");
    if (in->MaxAggregationInterval.set && in->MaxAggregationInterval.v != 60 &&
        in->MaxAggregationInterval.v != 600)
        return np_fault(err, &EC2_InvalidParameter,
                        "Invalid Max Aggregation Interval: %lld. It is 60 or 600.",
                        (long long)in->MaxAggregationInterval.v);
    if (in->DestinationOptions != NULL && np_str_is(in->DestinationOptions->FileFormat, "parquet"))
        return np_fault(err, &EC2_UnsupportedOperation,
                        "Flow logs are written as plain-text here, not as parquet");
    return 0;
}

int ec2_CreateFlowLogs_begin(struct np_req *rq, const struct ec2_CreateFlowLogsRequest *in,
                             struct np_err *err)
{
    struct ec2_flow_format format;
    int rc = check_options(in, err);
    if (rc == 0)
        rc = check_destination(rq, in, err);
    if (rc == 0 && in->LogFormat.n > 0)
        rc = ec2_flow_format_parse(rq->arena, in->LogFormat, &format, err);
    bool hive =
        in->DestinationOptions != NULL && in->DestinationOptions->HiveCompatiblePartitions.v;
    return rc < 0 ? rc : ec2_flow_grant(rq, in->LogDestination, hive, err);
}

/* --- made --- */

static enum ec2_kind_id kind_of(struct np_str type)
{
    if (np_str_is(type, "VPC"))
        return EC2_KIND_VPC;
    return np_str_is(type, "Subnet") ? EC2_KIND_SUBNET : EC2_KIND_INTERFACE;
}

static int check_others(struct np_txn *t, const struct ec2_item *resource, struct np_str vpc,
                        const struct ec2_CreateFlowLogsRequest *in, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **all;
    size_t n, same = 0;
    int rc = ec2_list(&db, EC2_KIND_FLOW_LOG, vpc, &all, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct ec2_FlowLog *f = EC2_DETAIL(FlowLog, all[i]);
        if (!np_str_eq(f->ResourceId, resource->id))
            continue;
        same++;
        if (np_str_eq(f->LogDestination, in->LogDestination))
            return np_fault(err, &EC2_FlowLogAlreadyExists,
                            "Error. There is an existing Flow Log with the same configuration and "
                            "log destination.");
    }
    if (rc == 0 && same >= EC2_FLOW_LOGS_PER_RESOURCE_MAX)
        return np_fault(err, &EC2_FlowLogsLimitExceeded, "A resource may have %d flow logs.",
                        EC2_FLOW_LOGS_PER_RESOURCE_MAX);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_FLOW_LOG, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_FLOW_LOGS_MAX)
        return np_fault(err, &EC2_FlowLogsLimitExceeded, "You may have %d flow logs in a region.",
                        EC2_FLOW_LOGS_MAX);
    return rc;
}

static struct ec2_DestinationOptionsResponse *
options_of(struct np_arena *a, const struct ec2_DestinationOptionsRequest *in)
{
    struct ec2_DestinationOptionsResponse *o = np_new(a, struct ec2_DestinationOptionsResponse);
    o->FileFormat = NP_STR("plain-text");
    o->HiveCompatiblePartitions = o->PerHourPartition = (struct np_opt_bool){true, false};
    if (in != NULL && in->HiveCompatiblePartitions.set)
        o->HiveCompatiblePartitions = in->HiveCompatiblePartitions;
    if (in != NULL && in->PerHourPartition.set)
        o->PerHourPartition = in->PerHourPartition;
    return o;
}

static struct ec2_item *describe_new(struct np_txn *t, const struct ec2_item *resource,
                                     const struct ec2_CreateFlowLogsRequest *in)
{
    struct ec2_item *it = ec2_new(t, EC2_KIND_FLOW_LOG);
    struct ec2_FlowLog *f = EC2_DETAIL(FlowLog, it);
    it->vpc = resource->kind->id == EC2_KIND_VPC ? resource->id : resource->vpc;
    f->CreationTime = (struct np_opt_int){true, np_txn_now_ms(t)};
    f->DeliverLogsStatus = NP_STR("SUCCESS");
    f->FlowLogStatus = NP_STR("ACTIVE");
    f->ResourceId = resource->id;
    f->TrafficType = in->TrafficType;
    f->LogDestinationType = in->LogDestinationType;
    f->LogDestination = in->LogDestination;
    f->LogFormat = in->LogFormat.n > 0 ? in->LogFormat : np_str_of(ec2_flow_default_format);
    f->MaxAggregationInterval = in->MaxAggregationInterval.set ? in->MaxAggregationInterval
                                                               : (struct np_opt_int){true, 600};
    /* AWS: without options in the call none are shown (tests/sdk/test_ec2_flow_logs.py). */
    if (in->DestinationOptions != NULL)
        f->DestinationOptions = options_of(np_txn_arena(t), in->DestinationOptions);
    return it;
}

static void unsuccessful(struct np_arena *a, struct np_str id, const struct np_err *why,
                         struct ec2_UnsuccessfulItemSet *out)
{
    const struct np_fault_def *def = why->fault;
    struct ec2_UnsuccessfulItemError *e = np_new(a, struct ec2_UnsuccessfulItemError);
    e->Code = np_str_of(def->code != NULL ? def->code : def->name);
    e->Message = np_str_dup(a, np_err_text(why));
    EC2_APPEND(a, *out, (struct ec2_UnsuccessfulItem){.Error = e, .ResourceId = id});
}

static int create_one(struct np_txn *t, const struct ec2_CreateFlowLogsRequest *in,
                      struct np_str id, const struct ec2_tags *tags,
                      struct ec2_CreateFlowLogsResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_err why = {0};
    struct ec2_item *resource;
    int rc = ec2_get(&db, kind_of(in->ResourceType), id, &resource, &why);
    if (rc == NP_EFAULT) {
        unsuccessful(db.arena, id, &why, &out->Unsuccessful);
        return 0;
    }
    if (rc < 0)
        return rc;
    struct ec2_item *it = describe_new(t, resource, in);
    rc = check_others(t, resource, it->vpc, in, err);
    if (rc == 0)
        rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "resource", resource->id, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags->v, tags->n, err);
    EC2_APPEND(db.arena, out->FlowLogIds, it->id);
    return rc;
}

int ec2_CreateFlowLogs_apply(struct np_txn *t, const struct ec2_CreateFlowLogsRequest *in,
                             struct ec2_CreateFlowLogsResult *out, struct np_err *err)
{
    struct ec2_tags tags;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_FLOW_LOG, &tags, err);
    out->FlowLogIds.set = out->Unsuccessful.set = true;
    for (size_t i = 0; i < in->ResourceIds.n && rc == 0; i++)
        rc = create_one(t, in, in->ResourceIds.v[i], &tags, out, err);
    out->ClientToken = in->ClientToken;
    return rc < 0 ? rc : ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- gone --- */

int ec2_DeleteFlowLogs_apply(struct np_txn *t, const struct ec2_DeleteFlowLogsRequest *in,
                             struct ec2_DeleteFlowLogsResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = 0;
    out->Unsuccessful.set = true;
    for (size_t i = 0; i < in->FlowLogIds.n && rc == 0; i++) {
        struct np_err why = {0};
        struct ec2_item *it;
        rc = ec2_get(&db, EC2_KIND_FLOW_LOG, in->FlowLogIds.v[i], &it, &why);
        if (rc == 0) {
            rc = ec2_drop(t, it, err);
        } else if (rc == NP_EFAULT) {
            unsuccessful(db.arena, in->FlowLogIds.v[i], &why, &out->Unsuccessful);
            rc = 0;
        } else if (err != NULL) {
            *err = why;
        }
    }
    return rc;
}

/* --- shown --- */

static const struct ec2_filter filters[] = {
    {.name = "deliver-log-status", .path = "DeliverLogsStatus"},
    {.name = "log-destination-type", .path = "LogDestinationType"},
    {.name = "flow-log-id", .path = "FlowLogId"},
    {.name = "log-group-name", .path = "LogGroupName"},
    {.name = "resource-id", .path = "ResourceId"},
    {.name = "traffic-type", .path = "TrafficType"},
};

int ec2_DescribeFlowLogs(struct np_req *rq, const struct ec2_DescribeFlowLogsRequest *in,
                         struct ec2_DescribeFlowLogsResult *out, struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_FLOW_LOG, .filters = filters, .n_filters = NP_LEN(filters), .page_min = 1};
    struct ec2_ask ask = {
        .ids = {in->FlowLogIds.v, in->FlowLogIds.n, in->FlowLogIds.set},
        .filters = in->Filter,
        .max = in->MaxResults,
        .token = in->NextToken,
    };
    return ec2_describe(rq, &how, &ask, &out->FlowLogs, &out->NextToken, err);
}

size_t ec2_net_flow_logs(const struct ec2_view *view, struct np_str vpc, struct np_arena *a,
                         struct ec2_net_flow_log **out)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_all(view, EC2_KIND_FLOW_LOG, vpc, a, &all);
    *out = np_new_array(a, struct ec2_net_flow_log, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct ec2_FlowLog *f = EC2_SEEN(FlowLog, all[i]);
        bool both = np_str_is(f->TrafficType, "ALL");
        (*out)[i] = (struct ec2_net_flow_log){
            .id = all[i]->id,
            .account = all[i]->account,
            .resource = f->ResourceId,
            .accept = both || np_str_is(f->TrafficType, "ACCEPT"),
            .reject = both || np_str_is(f->TrafficType, "REJECT"),
            .interval_s = f->MaxAggregationInterval.v,
        };
    }
    return n;
}
