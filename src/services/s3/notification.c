/* SPDX-License-Identifier: Apache-2.0 */
/* notification.c - events of a bucket: the configuration, which targets an event goes to, its
 * record, its delivery through the outbox.
 *
 * Targets are queues, topics, functions and buses of other services. Of those this region serves
 * none yet, so a configuration that names one is refused as an unreachable destination; what can be
 * named under --dev is the test target arn:aws:nephele:REGION:ACCOUNT:test-target/NAME, whose
 * deliveries GET /_nephele/s3/deliveries?name=NAME shows.
 */
#include "services/s3/bucket_int.h"

#include "aws/arn.h"
#include "aws/ids.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "codec/form.h"
#include "codec/json.h"

#define KIND        "s3.event"
#define CONFIGS_MAX 100
#define RECORD_MAX  (64 * 1024)
#define DELIVER_MS  (24 * 3600 * 1000ULL)

/* --- the configuration --- */

int s3_GetBucketNotificationConfiguration(
    struct np_req *rq, const struct s3_GetBucketNotificationConfigurationRequest *in,
    struct s3_NotificationConfiguration *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0 && b->notification != NULL)
        *out = *b->notification;
    return rc;
}

/* The name of a test target; absent: another ARN. */
static struct np_str test_target(struct np_str arn)
{
    static const struct np_str head = {"test-target/", 12};
    struct np_arn a;
    if (!np_arn_parse(arn, &a) || !np_str_is(a.service, "nephele") ||
        !np_str_starts(a.resource, head) || a.resource.n == head.n)
        return NP_STR_NULL;
    return np_str_sub(a.resource, head.n, a.resource.n);
}

static int unreachable(struct np_err *err, struct np_str arn)
{
    return s3_bad_argument(err, arn, NP_STR("null"),
                           "Unable to validate the following destination configurations");
}

static int check_targets(struct np_req *rq, const struct s3_NotificationConfiguration *c,
                         struct np_err *err)
{
    if (c->EventBridgeConfiguration != NULL)
        return unreachable(err, NP_STR("EventBridge"));
    if (c->TopicConfigurations.n != 0)
        return unreachable(err, c->TopicConfigurations.v[0].TopicArn);
    if (c->LambdaFunctionConfigurations.n != 0)
        return unreachable(err, c->LambdaFunctionConfigurations.v[0].LambdaFunctionArn);
    for (size_t i = 0; i < c->QueueConfigurations.n; i++) {
        struct np_str arn = c->QueueConfigurations.v[i].QueueArn;
        if (!rq->core->config.dev || test_target(arn).p == NULL)
            return unreachable(err, arn);
    }
    return 0;
}

static const struct s3_FilterRuleList *filter_rules(const struct s3_QueueConfiguration *q)
{
    static const struct s3_FilterRuleList none = {0};
    return q->Filter != NULL && q->Filter->Key != NULL ? &q->Filter->Key->FilterRules : &none;
}

/* AWS: names in any case. */
static struct np_str filter_value(const struct s3_QueueConfiguration *q, struct np_str name)
{
    const struct s3_FilterRuleList *rules = filter_rules(q);
    for (size_t i = 0; i < rules->n; i++)
        if (np_str_ieq(rules->v[i].Name, name))
            return rules->v[i].Value.p != NULL ? rules->v[i].Value : NP_STR("");
    return NP_STR("");
}

static int check_filter(const struct s3_QueueConfiguration *q, struct np_err *err)
{
    const struct s3_FilterRuleList *rules = filter_rules(q);
    size_t prefixes = 0, suffixes = 0;
    for (size_t i = 0; i < rules->n; i++) {
        bool prefix = np_str_ieq(rules->v[i].Name, NP_STR("prefix"));
        if (!prefix && !np_str_ieq(rules->v[i].Name, NP_STR("suffix")))
            return s3_bad_argument(err, NP_STR("FilterRule.Name"), rules->v[i].Name,
                                   "filter rule name must be either prefix or suffix");
        prefixes += prefix;
        suffixes += !prefix;
        if (rules->v[i].Value.n > 1024)
            return s3_bad_argument(err, NP_STR("FilterRule.value"), NP_STR_NULL,
                                   "Filter rule value must be at most 1024 characters.");
    }
    if (prefixes > 1)
        return s3_bad_argument(err, NP_STR("FilterRule.name"), NP_STR_NULL,
                               "Cannot specify more than one prefix rule in a filter.");
    if (suffixes > 1)
        return s3_bad_argument(err, NP_STR("FilterRule.name"), NP_STR_NULL,
                               "Cannot specify more than one suffix rule in a filter.");
    return 0;
}

/* "s3:ObjectCreated:*" takes in "s3:ObjectCreated:Put". */
static bool event_in(struct np_str pattern, struct np_str name)
{
    if (!np_str_ends(pattern, NP_STR("*")))
        return np_str_eq(pattern, name);
    return np_str_starts(name, np_str_sub(pattern, 0, pattern.n - 1));
}

static bool share_event(const struct np_strs *a, const struct np_strs *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            if (event_in(a->v[i], b->v[j]) || event_in(b->v[j], a->v[i]))
                return true;
    return false;
}

static bool overlap(const struct s3_QueueConfiguration *a, const struct s3_QueueConfiguration *b)
{
    struct np_str pa = filter_value(a, NP_STR("prefix")), pb = filter_value(b, NP_STR("prefix")),
                  sa = filter_value(a, NP_STR("suffix")), sb = filter_value(b, NP_STR("suffix"));
    return (np_str_starts(pa, pb) || np_str_starts(pb, pa)) &&
           (np_str_ends(sa, sb) || np_str_ends(sb, sa)) && share_event(&a->Events, &b->Events);
}

static int check_queues(struct np_req *rq, struct s3_QueueConfigurationList *list,
                        struct np_err *err)
{
    if (list->n > CONFIGS_MAX)
        return np_fault(err, &S3_TooManyConfigurations,
                        "You are attempting to create a new configuration but have already "
                        "reached the %d-configuration limit.",
                        CONFIGS_MAX);
    for (size_t i = 0; i < list->n; i++) {
        struct s3_QueueConfiguration *q = &list->v[i];
        int rc = check_filter(q, err);
        if (rc != 0)
            return rc;
        if (q->Events.n == 0)
            return s3_malformed(err);
        if (q->Id.n == 0)
            q->Id = np_id_uuid(rq->arena);
        for (size_t j = 0; j < i; j++) {
            if (np_str_eq(list->v[j].Id, q->Id))
                return s3_bad_argument(err, NP_STR_NULL, NP_STR_NULL,
                                       "Same ID used for multiple configurations. IDs must be "
                                       "unique.");
            if (overlap(&list->v[j], q))
                return s3_bad_argument(err, NP_STR_NULL, NP_STR_NULL,
                                       "Configuration is ambiguously defined. Cannot have "
                                       "overlapping suffixes in two rules if the prefixes are "
                                       "overlapping for the same event type.");
        }
    }
    return 0;
}

int s3_PutBucketNotificationConfiguration_begin(
    struct np_req *rq, const struct s3_PutBucketNotificationConfigurationRequest *in,
    struct np_err *err)
{
    struct s3_NotificationConfiguration *c = in->NotificationConfiguration;
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc == 0)
        rc = check_targets(rq, c, err);
    if (rc == 0)
        rc = check_queues(rq, &c->QueueConfigurations, err);
    return rc != 0 ? rc : np_apply(rq);
}

/* --- records --- */

static void member(struct np_buf *b, const char *before, struct np_str value)
{
    np_buf_str_add(b, np_str_of(before));
    np_json_quote(b, value);
}

static struct np_str principal_of(struct np_arena *a, const struct np_req *rq)
{
    if (rq == NULL)
        return NP_STR("s3.amazonaws.com");
    if (rq->who->kind == NP_WHO_ANONYMOUS)
        return NP_STR("Anonymous");
    if (rq->who->kind == NP_WHO_SERVICE)
        return rq->who->name;
    return np_str_printf(a, "AWS:%.*s", NP_FMT(rq->who->user_id));
}

static struct np_str record_of(struct np_txn *t, const struct s3_bucket_row *bucket,
                               const struct s3_event *e, struct np_str config_id)
{
    struct np_arena *a = np_txn_arena(t);
    struct np_buf b;
    np_buf_init(&b, a, RECORD_MAX);
    if (e->rq != NULL)
        s3_make_ids(e->rq);
    np_buf_lit(&b, "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\"");
    member(&b, ",\"awsRegion\":", bucket->region);
    member(&b, ",\"eventTime\":", np_time_iso_str(a, np_txn_now_ms(t), true));
    member(&b, ",\"eventName\":", np_str_of(e->name));
    member(&b, ",\"userIdentity\":{\"principalId\":", principal_of(a, e->rq));
    struct np_str source = NP_STR("s3.amazonaws.com");
    if (e->rq != NULL && e->rq->zone.source_ip.n != 0)
        source = e->rq->zone.source_ip;
    member(&b, "},\"requestParameters\":{\"sourceIPAddress\":", source);
    member(&b, "},\"responseElements\":{\"x-amz-request-id\":",
           e->rq != NULL ? e->rq->request_id : np_id_request_s3(a));
    member(&b, ",\"x-amz-id-2\":", e->rq != NULL ? e->rq->host_id : np_id_host_s3(a));
    member(&b, "},\"s3\":{\"s3SchemaVersion\":\"1.0\",\"configurationId\":", config_id);
    member(&b, ",\"bucket\":{\"name\":", bucket->name);
    member(&b, ",\"ownerIdentity\":{\"principalId\":", s3_canonical_id(a, bucket->account));
    member(&b, "},\"arn\":", np_str_printf(a, "arn:aws:s3:::%.*s", NP_FMT(bucket->name)));
    member(&b, "},\"object\":{\"key\":", s3_url_form(a, e->key));
    bool removed = np_str_starts(np_str_of(e->name), NP_STR("ObjectRemoved:")) ||
                   np_str_starts(np_str_of(e->name), NP_STR("LifecycleExpiration:"));
    if (!removed)
        np_buf_printf(&b, ",\"size\":%llu", (unsigned long long)e->size);
    if (e->etag.n != 0)
        member(&b, ",\"eTag\":", e->etag);
    if (e->version_id.n != 0)
        member(&b, ",\"versionId\":", e->version_id);
    np_buf_printf(&b, ",\"sequencer\":\"%018llX\"}}}]}", (unsigned long long)e->sequencer);
    return np_buf_str(&b);
}

/* The payload of an outbox row: the target's ARN, a line end, the body. */
static int enqueue(struct np_txn *t, struct np_str arn, struct np_str body, struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), RECORD_MAX + 4096);
    np_buf_str_add(&b, arn);
    np_buf_char(&b, '\n');
    np_buf_str_add(&b, body);
    return np_outbox_add(t, KIND, NP_STR_NULL, np_buf_str(&b), 0, err);
}

static bool wants(const struct s3_QueueConfiguration *q, struct np_str event, struct np_str key)
{
    bool named = false;
    for (size_t i = 0; i < q->Events.n && !named; i++) /* "s3:" before the name */
        named = event_in(np_str_sub(q->Events.v[i], 3, q->Events.v[i].n), event);
    return named && np_str_starts(key, filter_value(q, NP_STR("prefix"))) &&
           np_str_ends(key, filter_value(q, NP_STR("suffix")));
}

int s3_event(struct np_txn *t, const struct s3_bucket_row *b, const struct s3_event *e,
             struct np_err *err)
{
    NP_SQL(one, "SELECT value FROM s3_bucket_configs WHERE bucket_id = ?1 AND "
                "kind = 'notification'");
    struct np_arena *a = np_txn_arena(t);
    struct s3_NotificationConfiguration c = {0};
    if (!b->notifies)
        return 0;
    struct np_q *q = np_tq(t, &one, "i", b->id);
    struct np_str bytes = np_row(q) ? np_col_str(q, 0, a) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    if (rc == 0 && bytes.p != NULL)
        rc = np_cbor_get(&s3_NotificationConfiguration_shape, bytes, a, &c, err);
    for (size_t i = 0; rc == 0 && i < c.QueueConfigurations.n; i++) {
        const struct s3_QueueConfiguration *target = &c.QueueConfigurations.v[i];
        if (wants(target, np_str_of(e->name), e->key))
            rc = enqueue(t, target->QueueArn, record_of(t, b, e, target->Id), err);
    }
    return rc;
}

/* --- putting a configuration: each target is sent a test event --- */

static struct np_str test_event(struct np_txn *t, struct np_str bucket)
{
    struct np_arena *a = np_txn_arena(t);
    struct np_req *rq = np_txn_req(t);
    struct np_buf b;
    np_buf_init(&b, a, 4096);
    s3_make_ids(rq);
    np_buf_lit(&b, "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"");
    member(&b, ",\"Time\":", np_time_iso_str(a, np_txn_now_ms(t), true));
    member(&b, ",\"Bucket\":", bucket);
    member(&b, ",\"RequestId\":", rq->request_id);
    member(&b, ",\"HostId\":", rq->host_id);
    np_buf_char(&b, '}');
    return np_buf_str(&b);
}

int s3_PutBucketNotificationConfiguration_apply(
    struct np_txn *t, const struct s3_PutBucketNotificationConfigurationRequest *in,
    struct s3_PutBucketNotificationConfigurationOutput *out, struct np_err *err)
{
    NP_SQL(flag, "UPDATE s3_buckets SET notifies = ?2 WHERE name = ?1");
    const struct s3_NotificationConfiguration *c = in->NotificationConfiguration;
    bool any = c->QueueConfigurations.n != 0;
    (void)out;
    int rc = s3_config_set(t, in->Bucket, S3_CFG_NOTIFICATION, any ? c : NULL, err);
    if (rc == 0)
        rc = np_exec(t, &flag, err, "si", in->Bucket, (int64_t)any);
    for (size_t i = 0; rc == 0 && i < c->QueueConfigurations.n; i++)
        rc = enqueue(t, c->QueueConfigurations.v[i].QueueArn, test_event(t, in->Bucket), err);
    return rc;
}

/* --- delivery --- */

struct arrival {
    struct np_str name, event_id, body;
};

/* With the removal of the outbox row in one transaction: neither lost nor there twice. */
static int arrive(struct np_txn *t, void *arg, struct np_err *err)
{
    NP_SQL(add, "INSERT OR IGNORE INTO s3_test_deliveries (name, event_id, body) "
                "VALUES (?1, ?2, ?3)");
    const struct arrival *v = arg;
    return np_exec(t, &add, err, "sss", v->name, v->event_id, v->body);
}

static void deliver(void *arg, struct np_delivery *d)
{
    struct np_str arn, body;
    (void)arg;
    struct arrival *v = np_new(d->arena, struct arrival);
    np_str_cut(d->payload, '\n', &arn, &body);
    *v = (struct arrival){.name = test_target(arn), .event_id = d->event_id, .body = body};
    if (v->name.p == NULL)
        np_delivery_done(d, NP_EINVAL, NULL, NULL);
    else
        np_delivery_done(d, 0, arrive, v);
}

/* GET /_nephele/s3/deliveries?name=NAME: a JSON array of what arrived, in order. */
static void show(struct np_req *rq)
{
    NP_SQL(all, "SELECT event_id, body FROM s3_test_deliveries WHERE name = ?1 ORDER BY id");
    struct np_pair *pairs = NULL;
    size_t n = 0;
    struct np_buf b;
    np_buf_init(&b, rq->arena, 64 << 20);
    np_form_parse(rq->arena, rq->wire.query, true, 100, &pairs, &n, NULL);
    struct np_str name = np_form_get(pairs, n, NP_STR("name"));
    struct np_dbc *c = np_store_reader(rq->core->store, NP_DB_S3);
    struct np_q *q = np_q(c, NULL, &all, "s", name.p != NULL ? name : NP_STR(""));
    np_buf_char(&b, '[');
    for (bool first = true; np_row(q); first = false) {
        member(&b, first ? "{\"eventId\":" : ",{\"eventId\":", np_col_peek(q, 0));
        np_buf_lit(&b, ",\"body\":");
        np_buf_str_add(&b, np_col_peek(q, 1));
        np_buf_char(&b, '}');
    }
    np_buf_lit(&b, "]\n");
    bool ok = np_q_end(q, NULL) == 0 && np_buf_ok(&b);
    const struct np_http_field type = {NP_STR("Content-Type"), NP_STR("application/json")};
    np_req_send(rq, ok ? 200 : 500, &type, 1, ok ? np_buf_str(&b) : NP_STR("[]\n"));
}

void s3_notification_init(struct s3_state *s)
{
    np_outbox_kind(s->core->store, &(struct np_outbox_kind){
                                       .kind = KIND,
                                       .db = NP_DB_S3,
                                       .deliver = deliver,
                                       .arg = s,
                                       .deadline_ms = DELIVER_MS,
                                   });
    static const struct np_page page = {"GET", "/_nephele/s3/deliveries", false, show};
    if (s->core->config.dev)
        np_page_add(s->core, &page);
}
