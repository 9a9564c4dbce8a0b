/* SPDX-License-Identifier: Apache-2.0 */
/* deliver.c - windows of flow logs become lines, and about once a minute a file, which
 * delivery.logs.amazonaws.com puts into the bucket, if that bucket's policy lets it. */
#include "services/ec2/flow/deliver.h"

#include "aws/core.h"
#include "aws/logs.h"
#include "aws/network.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "engines/vnet/flow.h"
#include "gen/ec2/types.h"
#include "gen/s3/stubs.h"
#include "io/loop.h"
#include "services/ec2/flow/log.h"
#include "services/ec2/flow/text.h"
#include "services/ec2/item.h"

#define DELIVER_MS (60 * 1000)
#define HEAD_MAX   4096
#define STATE      "ec2.flow"

static const struct ec2_FlowLog *flow_log(const struct np_core *core, struct np_str id,
                                          const struct ec2_item **item)
{
    const struct ec2_item *it = ec2_see_any(core, id);
    if (it == NULL || it->kind->id != EC2_KIND_FLOW_LOG)
        return NULL;
    *item = it;
    return EC2_SEEN(FlowLog, it);
}

/* Lines are written in the format that the log has: it never changes. */
static void window(struct np_core *core, const struct np_vnet_window *w)
{
    struct np_logs *logs = np_core_state(core, STATE);
    const struct ec2_item *it;
    const struct ec2_FlowLog *f = flow_log(core, w->log_id, &it);
    struct np_arena *a = np_arena_new();
    struct ec2_flow_format format;
    if (f != NULL && ec2_flow_format_parse(a, f->LogFormat, &format, NULL) == 0) {
        struct np_loop *l = np_core_loop(core, 0);
        ec2_flow_lines(np_logs_begin(logs, l, it->account, it->id), &format, core, it->account, w);
        np_logs_end(logs, l);
    }
    np_arena_free(a);
}

/* --- the file --- */

struct when {
    int64_t y;
    unsigned m, d, hour, minute;
};

static struct when when_of(int64_t ms)
{
    struct when w;
    int64_t s = ms / 1000 % 86400;
    np_civil_from_days(ms / 86400000, &w.y, &w.m, &w.d);
    w.hour = (unsigned)(s / 3600);
    w.minute = (unsigned)(s / 60 % 60);
    return w;
}

static struct np_str folder(struct np_arena *a, const struct ec2_item *it,
                            const struct ec2_FlowLog *f, const struct when *t)
{
    const struct ec2_DestinationOptionsResponse *o = f->DestinationOptions;
    bool hive = o != NULL && o->HiveCompatiblePartitions.v;
    bool hours = o != NULL && o->PerHourPartition.v;
    struct np_str hour = NP_STR("");
    if (hours)
        hour = np_str_printf(a, hive ? "hour=%02u/" : "%02u/", t->hour);
    if (hive)
        return np_str_printf(a,
                             "AWSLogs/aws-account-id=%.*s/aws-service=vpcflowlogs/aws-region=%.*s/"
                             "year=%04lld/month=%02u/day=%02u/%.*s",
                             NP_FMT(it->account), NP_FMT(it->region), (long long)t->y, t->m, t->d,
                             NP_FMT(hour));
    return np_str_printf(a, "AWSLogs/%.*s/vpcflowlogs/%.*s/%04lld/%02u/%02u/%.*s",
                         NP_FMT(it->account), NP_FMT(it->region), (long long)t->y, t->m, t->d,
                         NP_FMT(hour));
}

/* [PREFIX/]AWSLogs/ACCOUNT/vpcflowlogs/REGION/YYYY/MM/DD/
 * ACCOUNT_vpcflowlogs_REGION_FL-ID_YYYYMMDDTHHmmZ_UNIQUE.log.gz */
static struct np_str object_key(const struct np_parcel *p, const struct ec2_item *it,
                                const struct ec2_FlowLog *f, struct np_str prefix)
{
    struct np_arena *a = p->d->arena;
    struct when t = when_of(p->d->created_ms);
    uint8_t sum[32];
    char unique[8];
    np_digest_once(NP_SHA256, p->d->event_id, sum);
    np_hex(unique, sum, 4);
    struct np_str in = folder(a, it, f, &t);
    return np_str_printf(
        a, "%.*s%s%.*s%.*s_vpcflowlogs_%.*s_%.*s_%04lld%02u%02uT%02u%02uZ_%.8s.log.gz",
        NP_FMT(prefix), prefix.n != 0 ? "/" : "", NP_FMT(in), NP_FMT(it->account),
        NP_FMT(it->region), NP_FMT(it->id), (long long)t.y, t.m, t.d, t.hour, t.minute, unique);
}

static void send_file(struct np_parcel *p, const struct ec2_item *it, const struct ec2_FlowLog *f)
{
    struct np_arena *a = p->d->arena;
    struct np_str bucket, prefix;
    struct ec2_flow_format format;
    struct np_buf head;
    if (!ec2_flow_destination(f->LogDestination, &bucket, &prefix) ||
        ec2_flow_format_parse(a, f->LogFormat, &format, NULL) != 0) {
        np_parcel_done(p, 0);
        return;
    }
    np_buf_init(&head, a, HEAD_MAX);
    ec2_flow_head(&head, &format);
    struct np_str file = np_logs_pack(a, np_buf_str(&head), p->lines);
    struct s3_PutObjectRequest *in = np_new(a, struct s3_PutObjectRequest);
    *in = (struct s3_PutObjectRequest){
        .Bucket = np_str_dup(a, bucket),
        .Key = object_key(p, it, f, prefix),
        .ACL = NP_STR("bucket-owner-full-control"),
        .ContentType = NP_STR("application/octet-stream"),
        .ContentLength = {.set = true, .v = (int64_t)file.n},
    };
    const struct np_caller caller = {
        .kind = NP_CALLER_SERVICE,
        .service = NP_STR("delivery.logs.amazonaws.com"),
        .source_arn =
            np_str_printf(a, "arn:aws:logs:%.*s:%.*s:*", NP_FMT(it->region), NP_FMT(it->account)),
        .source_account = p->account,
        .account = p->account,
        .region = np_str_dup(a, it->region),
    };
    np_parcel_send(p, &s3_model, "PutObject", &caller, in, file);
}

static void deliver(void *arg, struct np_parcel *p)
{
    const struct ec2_item *it;
    const struct ec2_FlowLog *f = flow_log(p->core, p->source, &it);
    (void)arg;
    if (f == NULL || p->lines.n == 0)
        np_parcel_done(p, 0); /* nobody wants them any more */
    else
        send_file(p, it, f);
}

void ec2_flow_deliver_init(struct np_core *core)
{
    np_network_on_flows(core, window);
    np_core_set_state(core, STATE,
                      np_logs_new(core, &(struct np_logs_kind){.kind = "ec2.flow",
                                                               .db = NP_DB_STATE,
                                                               .deliver_ms = DELIVER_MS,
                                                               .deliver = deliver}));
}

void ec2_flow_deliver_fini(struct np_core *core)
{
    np_logs_free(np_core_state(core, STATE));
}
