/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - what the record of a call says, in CloudTrail's form, in two halves: what is the same
 * for all calls of its kind by one client, and the call's own. A write's event is whole, in its own
 * transaction; those of reads and failures go to files (audit_files.c). */
#include "aws/req_int.h"

#include "aws/ids.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/timefmt.h"
#include "codec/json.h"

#define EVENT_MAX      (256 * 1024)
#define TEXT_MAX       1024
#define EVENT_KIND_MAX (32 * 1024) /* names, ARNs and the client's text, at their longest */

/* A member with its comma, none when the value is absent. An event is written for every call, so
 * nothing here goes through printf. */
static void add_member(struct np_buf *b, struct np_str name, struct np_str value)
{
    if (value.p == NULL)
        return;
    np_buf_str_add(b, name);
    np_json_quote(b, value);
}
/* AWS: of a client's text that has no end CloudTrail keeps 1 KiB (tests/sdk/test_audit.py). */
static struct np_str cut(struct np_str text)
{
    return text.n > TEXT_MAX ? np_str_sub(text, 0, TEXT_MAX) : text;
}
#define text_member(b, name, value) add_member((b), NP_STR(",\"" name "\":"), (value))

static void identity(struct np_buf *b, const struct np_identity *who)
{
    static const char *const types[] = {
        [NP_WHO_ANONYMOUS] = "Unknown",
        [NP_WHO_ROOT] = "Root",
        [NP_WHO_USER] = "IAMUser",
        [NP_WHO_ASSUMED_ROLE] = "AssumedRole",
        [NP_WHO_FEDERATED_USER] = "FederatedUser",
        [NP_WHO_SERVICE] = "AWSService",
    };
    np_buf_lit(b, "\"userIdentity\":{\"type\":\"");
    np_buf_str_add(b, np_str_of(types[who->kind]));
    np_buf_char(b, '"');
    text_member(b, "principalId", who->user_id);
    text_member(b, "arn", who->arn);
    text_member(b, "accountId", who->account);
    text_member(b, "accessKeyId", who->access_key_id);
    if (who->kind == NP_WHO_SERVICE)
        text_member(b, "invokedBy", who->name);
    else
        text_member(b, "userName", who->name);
    np_buf_char(b, '}');
}

static bool has_parameters(const struct np_req *rq)
{
    return rq->in != NULL && rq->op->codec->in->n_members != 0;
}

/* Responses are in the events of writes that went well. */
static bool has_response(const struct np_req *rq, int rc)
{
    return (rq->op->flags & NP_OP_READ) == 0 && rc == 0 && rq->op->codec->out->n_members != 0;
}

static struct np_str user_agent(const struct np_req *rq)
{
    return cut(np_req_field(rq, NP_STR("user-agent")));
}

void np_audit_kind(const struct np_req *rq, int rc, struct np_buf *b)
{
    bool read = (rq->op->flags & NP_OP_READ) != 0;
    np_buf_lit(b, "\"eventVersion\":\"1.11\",");
    identity(b, rq->who);
    np_buf_lit(b, ",\"eventSource\":\"");
    np_buf_str_add(b, np_str_of(rq->svc->model->codec->endpoint_prefix));
    np_buf_lit(b, ".amazonaws.com\",\"eventName\":\"");
    np_buf_str_add(b, np_str_of(rq->op->codec->name));
    np_buf_char(b, '"');
    text_member(b, "awsRegion", rq->region);
    text_member(b, "sourceIPAddress", rq->zone.source_ip);
    text_member(b, "userAgent", user_agent(rq));
    if (!has_parameters(rq))
        np_buf_lit(b, ",\"requestParameters\":null");
    if (!has_response(rq, rc))
        np_buf_lit(b, ",\"responseElements\":null");
    np_buf_lit(b, ",\"readOnly\":");
    np_buf_str_add(b, read ? NP_STR("true") : NP_STR("false"));
    np_buf_lit(b, ",\"eventType\":\"AwsApiCall\",\"managementEvent\":true");
    text_member(b, "recipientAccountId", rq->account);
    if (rq->zone.endpoint_id.p != NULL)
        text_member(b, "vpcEndpointId", rq->zone.endpoint_id);
}

void np_audit_kind_key(const struct np_req *rq, struct np_buf *b)
{
    const struct np_identity *who = rq->who;
    const void *const fixed[] = {rq->op, (const void *)(uintptr_t)who->kind,
                                 (const void *)(uintptr_t)has_parameters(rq)};
    const struct np_str texts[] = {
        who->user_id, who->arn,           who->account,   who->access_key_id, who->name,
        rq->region,   rq->zone.source_ip, user_agent(rq), rq->account,        rq->zone.endpoint_id};
    np_buf_add(b, fixed, sizeof(fixed));
    NP_EACH (text, texts) {
        uint32_t n = text->p != NULL ? (uint32_t)text->n : UINT32_MAX;
        np_buf_add(b, &n, sizeof(n));
        np_buf_add(b, text->p, text->n);
    }
}

static void put_own(struct np_req *rq, int rc, bool whole, struct np_buf *b)
{
    char when[NP_TIME_MAX];
    size_t n = np_time_iso(when, rq->now_ms, false);
    np_buf_lit(b, "\"eventTime\":\"");
    np_buf_add(b, when, n);
    np_buf_char(b, '"');
    if (rc != 0) {
        struct np_wire_error e;
        np_req_error(rq, &e);
        text_member(b, "errorCode", np_str_of(e.def->code != NULL ? e.def->code : e.def->name));
        text_member(b, "errorMessage", cut(e.message));
    }
    if (has_parameters(rq)) {
        np_buf_lit(b, ",\"requestParameters\":");
        if (whole)
            np_json_put(rq->op->codec->in, rq->in, true, b);
        else
            np_buf_lit(b, "{\"omitted\":true}");
    }
    if (has_response(rq, rc)) {
        np_buf_lit(b, ",\"responseElements\":");
        if (whole)
            np_json_put(rq->op->codec->out, rq->out, true, b);
        else
            np_buf_lit(b, "null");
    }
    text_member(b, "requestID", rq->request_id);
    text_member(b, "eventID", np_id_uuid(rq->arena));
}

void np_audit_own(struct np_req *rq, int rc, struct np_buf *b)
{
    size_t before = b->n, most = b->max_bytes;
    b->max_bytes = before + EVENT_MAX < most ? before + EVENT_MAX : most;
    put_own(rq, rc, true, b);
    b->max_bytes = most;
    if (np_buf_ok(b))
        return;
    b->n = before;
    b->full = false;
    put_own(rq, rc, false, b);
}

int np_audit_write(struct np_txn *t, struct np_req *rq, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO np_audit (time_ms, event, account, region) VALUES (?1, ?2, :account, "
                ":region)");
    struct np_buf b;
    np_buf_init(&b, rq->arena, EVENT_MAX + EVENT_KIND_MAX);
    np_buf_char(&b, '{');
    np_audit_kind(rq, 0, &b);
    np_buf_char(&b, ',');
    np_audit_own(rq, 0, &b);
    np_buf_char(&b, '}');
    np_assert(np_buf_ok(&b));
    return np_exec(t, &add, err, "is", rq->now_ms, np_buf_str(&b));
}
