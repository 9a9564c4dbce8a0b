/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - health checks: made, described, changed, deleted. */
#include "aws/ids.h"
#include "aws/tags.h"
#include "services/route53/check.h"

#define CBOR_MAX (64u << 10)

/* --- rows --- */

struct np_str route53_check_arn(struct np_arena *a, struct np_str id)
{
    return np_str_printf(a, "arn:aws:route53:::healthcheck/%.*s", NP_FMT(id));
}

int route53_check_row(struct np_q *q, struct np_arena *a, struct route53_check *out)
{
    struct np_err err = {0};
    *out = (struct route53_check){
        .account = np_col_str(q, 0, a),
        .id = np_col_str(q, 1, a),
        .reference = np_col_str(q, 2, a),
        .version = np_col_int(q, 3),
        .unhealthy = np_col_int(q, 4) != 0,
        .config = np_new(a, struct route53_HealthCheckConfig),
    };
    return np_cbor_get(&route53_HealthCheckConfig_shape, np_col_str(q, 5, a), a, out->config, &err);
}

int route53_check_find(const struct route53_db *db, struct np_str id, struct route53_check *out,
                       struct np_err *err)
{
    NP_SQL(get, "SELECT " ROUTE53_CHECK_COLUMNS " FROM route53_check WHERE account = :account AND "
                "id = ?1");
    struct np_str bare = route53_bare_id(id);
    struct np_q *q = route53_q(db, &get, "s", bare);
    bool found = np_row(q);
    int broken = found ? route53_check_row(q, db->a, out) : 0;
    int rc = np_q_end(q, err);
    rc = rc != 0 ? rc : broken;
    if (rc != 0 || found)
        return rc;
    return np_fault(err, &ROUTE53_NoSuchHealthCheck, "A health check with id %.*s does not exist.",
                    NP_FMT(bare));
}

static struct np_str config_bytes(struct np_arena *a, const struct route53_HealthCheckConfig *c)
{
    struct np_buf b;
    np_buf_init(&b, a, CBOR_MAX);
    np_cbor_put(&route53_HealthCheckConfig_shape, c, &b);
    return np_buf_str(&b);
}

static struct route53_HealthCheck *check_out(struct np_arena *a, const struct route53_check *c)
{
    struct route53_HealthCheck *out = np_new(a, struct route53_HealthCheck);
    out->Id = c->id;
    out->CallerReference = c->reference;
    out->HealthCheckVersion = ROUTE53_INT(c->version);
    out->HealthCheckConfig = c->config;
    return out;
}

/* Children are there, the caller's, and look at servers themselves. */
static int check_children(struct np_txn *t, const struct route53_HealthCheckConfig *c,
                          struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    struct route53_check child;
    struct np_err why = {0};
    for (size_t i = 0; i < c->ChildHealthChecks.n; i++) {
        struct np_str id = c->ChildHealthChecks.v[i];
        int rc = route53_check_find(&db, id, &child, &why);
        if (rc == NP_EFAULT || (rc == 0 && np_str_is(child.config->Type, "CALCULATED")))
            return np_fault(err, &ROUTE53_InvalidInput, "The child health check %.*s %s.",
                            NP_FMT(id), rc == 0 ? "is a calculated one" : "does not exist");
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* --- making --- */

int route53_CreateHealthCheck_begin(struct np_req *rq,
                                    const struct route53_CreateHealthCheckRequest *in,
                                    struct np_err *err)
{
    struct route53_check *c = np_new(rq->arena, struct route53_check);
    c->id = np_id_uuid(rq->arena);
    c->account = rq->account;
    c->reference = in->CallerReference;
    c->version = 1;
    c->config = np_new(rq->arena, struct route53_HealthCheckConfig);
    *c->config = *in->HealthCheckConfig;
    route53_config_defaults(c->config);
    int rc = route53_config_check(c->config, err);
    rq->priv = c;
    return rc == 0 ? np_apply(rq) : rc;
}

/* AWS: the same reference and settings again answer what is there
 * (tests/wire/route53/check_twice.wire). NP_ENOENT: none has that reference. */
static int made_before(struct np_txn *t, const struct route53_check *new, struct route53_check *old,
                       struct np_err *err)
{
    NP_SQL(get, "SELECT " ROUTE53_CHECK_COLUMNS " FROM route53_check WHERE account = :account AND "
                "reference = ?1");
    struct np_arena *a = np_txn_arena(t);
    struct np_q *q = np_tq(t, &get, "s", new->reference);
    bool found = np_row(q);
    int broken = found ? route53_check_row(q, a, old) : 0;
    int rc = np_q_end(q, err);
    rc = rc != 0 ? rc : broken;
    if (rc != 0 || !found)
        return rc != 0 ? rc : NP_ENOENT;
    if (np_str_eq(config_bytes(a, new->config), config_bytes(a, old->config)))
        return 0;
    return np_fault(err, &ROUTE53_HealthCheckAlreadyExists,
                    "The health check you're attempting to create already exists: the caller "
                    "reference was used with other settings.");
}

static int add_check(struct np_txn *t, const struct route53_check *c, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_check WHERE account = :account");
    NP_SQL(add, "INSERT INTO route53_check (account, id, reference, version, config, unhealthy, "
                "created_ms) VALUES (:account, ?1, ?2, 1, ?3, 0, :now)");
    if (route53_first_int(np_tq(t, &count, "")) >= ROUTE53_CHECKS_MAX)
        return np_fault(err, &ROUTE53_TooManyHealthChecks,
                        "Limits Exceeded: MAX_HEALTH_CHECKS_BY_OWNER - Cannot create more than %d "
                        "health checks.",
                        ROUTE53_CHECKS_MAX);
    int rc = check_children(t, c->config, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ssb", c->id, c->reference,
                     config_bytes(np_txn_arena(t), c->config));
    np_notice(t, "route53.check", c->account, c->id);
    return rc;
}

int route53_CreateHealthCheck_apply(struct np_txn *t,
                                    const struct route53_CreateHealthCheckRequest *in,
                                    struct route53_CreateHealthCheckResponse *out,
                                    struct np_err *err)
{
    const struct route53_check *c = np_txn_req(t)->priv;
    struct np_arena *a = np_txn_arena(t);
    struct route53_check old;
    (void)in;
    int rc = made_before(t, c, &old, err);
    if (rc == 0)
        c = &old;
    else if (rc == NP_ENOENT)
        rc = add_check(t, c, err);
    if (rc != 0)
        return rc;
    out->HealthCheck = check_out(a, c);
    out->Location = np_str_printf(a, "%.*s/2013-04-01/healthcheck/%.*s",
                                  NP_FMT(np_txn_req(t)->endpoint), NP_FMT(c->id));
    return 0;
}

/* --- changing --- */

int route53_UpdateHealthCheck_apply(struct np_txn *t,
                                    const struct route53_UpdateHealthCheckRequest *in,
                                    struct route53_UpdateHealthCheckResponse *out,
                                    struct np_err *err)
{
    NP_SQL(put, "UPDATE route53_check SET version = version + 1, config = ?2 WHERE account = "
                ":account AND id = ?1");
    struct route53_db db = route53_db_txn(t);
    struct route53_check c;
    int rc = route53_check_find(&db, in->HealthCheckId, &c, err);
    if (rc != 0)
        return rc;
    if (in->HealthCheckVersion.set && in->HealthCheckVersion.v != c.version)
        return np_fault(err, &ROUTE53_HealthCheckVersionMismatch,
                        "The value of HealthCheckVersion in the request doesn't match the value of "
                        "HealthCheckVersion in the health check.");
    route53_config_update(c.config, in);
    rc = route53_config_check(c.config, err);
    if (rc == 0)
        rc = check_children(t, c.config, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "sb", c.id, config_bytes(db.a, c.config));
    if (rc != 0)
        return rc;
    np_notice(t, "route53.check", c.account, c.id);
    c.version++;
    out->HealthCheck = check_out(db.a, &c);
    return 0;
}

int route53_DeleteHealthCheck_apply(struct np_txn *t,
                                    const struct route53_DeleteHealthCheckRequest *in,
                                    struct route53_DeleteHealthCheckResponse *out,
                                    struct np_err *err)
{
    NP_SQL(del, "DELETE FROM route53_check WHERE account = :account AND id = ?1");
    struct route53_db db = route53_db_txn(t);
    struct route53_check c;
    (void)out;
    int rc = route53_check_find(&db, in->HealthCheckId, &c, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "s", c.id);
    if (rc == 0)
        rc = np_tags_drop(t, route53_check_arn(db.a, c.id), err);
    if (rc == 0)
        np_notice(t, "route53.check", c.account, c.id);
    return rc;
}

/* --- reading --- */

int route53_GetHealthCheck(struct np_req *rq, const struct route53_GetHealthCheckRequest *in,
                           struct route53_GetHealthCheckResponse *out, struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    struct route53_check c;
    int rc = route53_check_find(&db, in->HealthCheckId, &c, err);
    if (rc == 0)
        out->HealthCheck = check_out(db.a, &c);
    return rc;
}

int route53_GetHealthCheckCount(struct np_req *rq,
                                const struct route53_GetHealthCheckCountRequest *in,
                                struct route53_GetHealthCheckCountResponse *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_check WHERE account = :account");
    struct route53_db db = route53_db_req(rq);
    (void)in, (void)err;
    out->HealthCheckCount = ROUTE53_INT(route53_first_int(route53_q(&db, &count, "")));
    return 0;
}

int route53_ListHealthChecks(struct np_req *rq, const struct route53_ListHealthChecksRequest *in,
                             struct route53_ListHealthChecksResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT " ROUTE53_CHECK_COLUMNS " FROM route53_check WHERE account = :account AND "
                 "id >= ?1 ORDER BY id LIMIT ?2");
    struct route53_db db = route53_db_req(rq);
    int64_t most;
    int rc = route53_max_items(in->MaxItems, ROUTE53_PAGE_MAX, &most, err), broken = 0;
    if (rc != 0)
        return rc;
    struct np_str from = in->Marker.p != NULL ? in->Marker : NP_STR("");
    struct np_q *q = route53_q(&db, &rows, "si", from, most + 1);
    out->HealthChecks.set = true;
    while (broken == 0 && np_row(q)) {
        struct route53_check c;
        broken = route53_check_row(q, db.a, &c);
        if ((int64_t)out->HealthChecks.n == most)
            out->NextMarker = c.id;
        else if (broken == 0)
            ROUTE53_PUSH(db.a, &out->HealthChecks, *check_out(db.a, &c));
    }
    out->IsTruncated = ROUTE53_BOOL(out->NextMarker.p != NULL);
    out->Marker = in->Marker;
    out->MaxItems = route53_items_text(db.a, most);
    rc = np_q_end(q, err);
    return rc != 0 ? rc : broken;
}

/* --- what was seen --- */

static int observations(struct np_req *rq, struct np_str id, bool failures,
                        struct route53_HealthCheckObservations *out, struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    struct route53_check c;
    struct route53_observation *seen;
    size_t n;
    int rc = route53_check_find(&db, id, &c, err);
    if (rc != 0)
        return rc;
    if (np_str_is(c.config->Type, "CALCULATED"))
        return np_fault(err, &ROUTE53_InvalidInput,
                        "The health check %.*s is calculated: no checker observes it.",
                        NP_FMT(c.id));
    route53_checker_observations(rq->core, db.a, c.id, failures, &seen, &n);
    out->set = true;
    for (size_t i = 0; i < n; i++) {
        struct route53_HealthCheckObservation one = {
            .Region = seen[i].region,
            .IPAddress = rq->core->config.client_address,
        };
        one.StatusReport = np_new(db.a, struct route53_StatusReport);
        one.StatusReport->Status = seen[i].status;
        one.StatusReport->CheckedTime = ROUTE53_INT(seen[i].checked_ms);
        ROUTE53_PUSH(db.a, out, one);
    }
    return 0;
}

int route53_GetHealthCheckStatus(struct np_req *rq,
                                 const struct route53_GetHealthCheckStatusRequest *in,
                                 struct route53_GetHealthCheckStatusResponse *out,
                                 struct np_err *err)
{
    return observations(rq, in->HealthCheckId, false, &out->HealthCheckObservations, err);
}

int route53_GetHealthCheckLastFailureReason(
    struct np_req *rq, const struct route53_GetHealthCheckLastFailureReasonRequest *in,
    struct route53_GetHealthCheckLastFailureReasonResponse *out, struct np_err *err)
{
    return observations(rq, in->HealthCheckId, true, &out->HealthCheckObservations, err);
}

/* Checkers are this machine: servers of the region see it as the client that all of the host is. */
int route53_GetCheckerIpRanges(struct np_req *rq,
                               const struct route53_GetCheckerIpRangesRequest *in,
                               struct route53_GetCheckerIpRangesResponse *out, struct np_err *err)
{
    struct np_str ip = rq->core->config.client_address;
    (void)in, (void)err;
    ROUTE53_PUSH(
        rq->arena, &out->CheckerIpRanges,
        np_str_printf(rq->arena, "%.*s/%d", NP_FMT(ip), np_str_chr(ip, ':') >= 0 ? 128 : 32));
    ROUTE53_PUSH(rq->arena, &out->CheckerIpRanges, NP_STR("127.0.0.0/8"));
    return 0;
}
