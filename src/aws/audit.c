/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - the record of every management call, in CloudTrail's form: writes in their own
 * transaction; reads and failures by a ring a worker to an append-only file synced each second
 * (what a power failure in between takes is lost; docs/limits.md says so). */
#include "aws/req_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "aws/ids.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "io/file.h"

#define EVENT_MAX      (256 * 1024)
#define TEXT_MAX       1024
#define SYNC_EVERY_MS  1000
#define FLUSH_BYTES    (NP_AUDIT_RING_MAX / 4) /* go to the file at once */
#define FILE_MAX_BYTES (64LL << 20)

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

static void put_parameters(struct np_buf *b, struct np_req *rq, int rc)
{
    bool read = (rq->op->flags & NP_OP_READ) != 0;
    np_buf_lit(b, ",\"requestParameters\":");
    if (rq->in != NULL && rq->op->codec->in->n_members != 0)
        np_json_put(rq->op->codec->in, rq->in, true, b);
    else
        np_buf_lit(b, "null");
    np_buf_lit(b, ",\"responseElements\":");
    if (!read && rc == 0 && rq->op->codec->out->n_members != 0)
        np_json_put(rq->op->codec->out, rq->out, true, b);
    else
        np_buf_lit(b, "null");
}

/* `whole` is false for a call whose parameters are too long for an event: it is there without. */
static void put_event(struct np_req *rq, int rc, bool whole, struct np_buf *b)
{
    bool read = (rq->op->flags & NP_OP_READ) != 0;
    char when[NP_TIME_MAX];
    size_t n = np_time_iso(when, rq->now_ms, false);
    np_buf_lit(b, "{\"eventVersion\":\"1.11\",");
    identity(b, rq->who);
    np_buf_lit(b, ",\"eventTime\":\"");
    np_buf_add(b, when, n);
    np_buf_lit(b, "\",\"eventSource\":\"");
    np_buf_str_add(b, np_str_of(rq->svc->model->codec->endpoint_prefix));
    np_buf_lit(b, ".amazonaws.com\",\"eventName\":\"");
    np_buf_str_add(b, np_str_of(rq->op->codec->name));
    np_buf_char(b, '"');
    text_member(b, "awsRegion", rq->region);
    text_member(b, "sourceIPAddress", rq->zone.source_ip);
    text_member(b, "userAgent", cut(np_req_field(rq, NP_STR("user-agent"))));
    if (rc != 0) {
        struct np_wire_error e;
        np_req_error(rq, &e);
        text_member(b, "errorCode", np_str_of(e.def->code != NULL ? e.def->code : e.def->name));
        text_member(b, "errorMessage", cut(e.message));
    }
    if (whole)
        put_parameters(b, rq, rc);
    else
        np_buf_lit(b, ",\"requestParameters\":{\"omitted\":true},\"responseElements\":null");
    text_member(b, "requestID", rq->request_id);
    text_member(b, "eventID", np_id_uuid(rq->arena));
    np_buf_lit(b, ",\"readOnly\":");
    np_buf_str_add(b, read ? NP_STR("true") : NP_STR("false"));
    np_buf_lit(b, ",\"eventType\":\"AwsApiCall\",\"managementEvent\":true");
    text_member(b, "recipientAccountId", rq->account);
    np_buf_char(b, '}');
}

/* One event, of at most EVENT_MAX bytes, after what `b` holds. */
static void event(struct np_req *rq, int rc, struct np_buf *b)
{
    size_t before = b->n, most = b->max_bytes;
    b->max_bytes = before + EVENT_MAX < most ? before + EVENT_MAX : most;
    put_event(rq, rc, true, b);
    b->max_bytes = most;
    if (np_buf_ok(b))
        return;
    b->n = before;
    b->full = false;
    put_event(rq, rc, false, b);
}

int np_audit_write(struct np_txn *t, struct np_req *rq, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO np_audit (time_ms, event, account, region) VALUES (?1, ?2, :account, "
                ":region)");
    struct np_buf b;
    np_buf_init(&b, rq->arena, EVENT_MAX);
    event(rq, 0, &b);
    np_assert(np_buf_ok(&b));
    return np_exec(t, &add, err, "is", rq->now_ms, np_buf_str(&b));
}

/* --- reads --- */

struct np_audit_ring {
    struct np_worker *worker;
    struct np_buf pending, writing;
    struct np_timer timer;
    struct np_job job;
    bool busy, syncing; /* a job is at it */
    bool due;           /* the second is over */
    uint64_t dropped;
    int fd;
    off_t size;
};

struct np_audit_ring *np_audit_ring_new(struct np_worker *w)
{
    struct np_audit_ring *r = np_heap_new(struct np_audit_ring);
    r->worker = w;
    r->fd = -1;
    np_buf_init(&r->pending, NULL, NP_AUDIT_RING_MAX);
    np_buf_init(&r->writing, NULL, NP_AUDIT_RING_MAX);
    return r;
}

static int open_file(struct np_audit_ring *r)
{
    char dir[512], path[560], old[570];
    struct np_str data = r->worker->core->config.data_dir;
    int n = snprintf(dir, sizeof(dir), "%.*s/audit", NP_FMT(data));
    if (n < 0 || (size_t)n >= sizeof(dir) || np_dir_make(np_str_of(dir), 0700, NULL) != 0)
        return -1;
    snprintf(path, sizeof(path), "%s/reads-%zu.jsonl", dir, r->worker->index);
    if (r->fd >= 0 && r->size > FILE_MAX_BYTES) {
        snprintf(old, sizeof(old), "%s.1", path);
        bool synced = fdatasync(r->fd) == 0;
        close(r->fd);
        r->fd = -1;
        if (!synced || rename(path, old) != 0)
            return -1;
    }
    if (r->fd < 0) {
        r->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        r->size = r->fd >= 0 ? lseek(r->fd, 0, SEEK_END) : 0;
    }
    return r->fd;
}

/* On a job's thread, and at the end on the daemon's. */
static void write_out(struct np_audit_ring *r, struct np_buf *b, bool sync)
{
    struct np_err err;
    int fd = open_file(r);
    if (fd < 0 || np_write_all(fd, b->p, b->n, &err) != 0 || (sync && fdatasync(fd) != 0))
        np_log(NP_ERROR, "audit.lost", "bytes=%zu error=\"cannot write the audit of reads\"", b->n);
    r->size += (off_t)b->n;
    np_buf_clear(b);
}

static void flush_work(struct np_job *j)
{
    struct np_audit_ring *r = NP_CONTAINER(j, struct np_audit_ring, job);
    write_out(r, &r->writing, r->syncing);
}

static void flush_done(struct np_job *j);

/* What is pending goes to the file; a second after the first of it, is synced too. */
static void flush(struct np_audit_ring *r)
{
    struct np_buf full = r->pending;
    r->pending = r->writing;
    r->writing = full;
    r->busy = true;
    r->syncing = r->due;
    r->due = false;
    if (r->dropped != 0)
        np_log(NP_ERROR, "audit.dropped", "worker=%zu events=%llu reason=\"the disk is behind\"",
               r->worker->index, (unsigned long long)r->dropped);
    r->dropped = 0;
    np_job_submit(r->worker->core->jobs, r->worker->loop, &r->job, flush_work, flush_done);
}

static void flush_done(struct np_job *j)
{
    struct np_audit_ring *r = NP_CONTAINER(j, struct np_audit_ring, job);
    r->busy = false;
    if (r->due || r->pending.n >= FLUSH_BYTES)
        flush(r);
}

static void second_over(struct np_timer *timer)
{
    struct np_audit_ring *r = NP_CONTAINER(timer, struct np_audit_ring, timer);
    r->due = true;
    if (!r->busy)
        flush(r);
}

void np_audit_read(struct np_req *rq, int rc)
{
    struct np_audit_ring *r = rq->state->worker->audit;
    size_t before = r->pending.n;
    event(rq, rc, &r->pending);
    np_buf_char(&r->pending, '\n');
    if (!np_buf_ok(&r->pending)) { /* whole events only */
        r->pending.n = before;
        r->pending.full = false;
        r->dropped++;
    }
    if (r->timer.loop == NULL)
        np_timer_set(r->worker->loop, &r->timer, SYNC_EVERY_MS, second_over);
    if (!r->busy && r->pending.n >= FLUSH_BYTES)
        flush(r);
}

void np_audit_ring_free(struct np_audit_ring *r)
{
    np_timer_stop(&r->timer);
    write_out(r, &r->pending, true);
    if (r->fd >= 0)
        close(r->fd);
    np_buf_fini(&r->pending);
    np_buf_fini(&r->writing);
    np_free(r);
}
