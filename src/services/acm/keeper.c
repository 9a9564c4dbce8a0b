/* SPDX-License-Identifier: Apache-2.0 */
/* keeper.c - what certificates do by themselves: those whose names wait for their records are
 * looked at again and again, and issued or renewed at once; what is due by the region's clock,
 * which may jump, is done.
 *
 * What is not written is done again after a restart: rows alone say what has to be done. A
 * certificate has one work at a time. */
#include "base/digest.h"
#include "base/list.h"
#include "base/log.h"
#include "io/ca.h"
#include "io/clock.h"
#include "io/job.h"
#include "services/acm/acm_int.h"
#include "services/acm/x509.h"

#define LOOK_MS    250
#define MORE_MS    25          /* where more wait than one look takes */
#define AGAIN_MS   5000        /* after an error */
#define PER_LOOK   32          /* certificates whose names are looked up in one turn */
#define WORKS      4           /* under way; keys of RSA keep the pool busy */
#define OUTSIDE_MS 10000       /* between two rounds of questions to the host's resolver */
#define LATE_MS    ACM_HOUR_MS /* a renewal that begins late has so long, even past the end */

struct acm_keeper {
    struct np_core *core;
    struct np_loop *loop;
    struct np_timer timer;
    struct np_arena *arena; /* of a look */
    struct np_node works;
    size_t n_works;
    bool failed;
    bool outside;        /* on this way through those that wait, names elsewhere are asked for */
    uint64_t outside_ms; /* when that is due again; monotonic */
    struct {             /* the last certificate that was looked at */
        char account[16], region[32], id[40];
    } cursor;
};

/* One step of one certificate, decided on the loop and written if it is still right. */
struct work {
    struct np_node node;
    struct acm_keeper *keeper;
    struct np_arena *arena;
    struct np_scope scope;
    struct acm_cert cert; /* as it was */
    int (*step)(struct np_txn *t, struct work *w, struct acm_cert *now, struct np_err *err);
    struct acm_DomainValidationList names; /* as DNS has them */
    struct acm_elsewhere elsewhere;
    bool marked; /* in names */
    int64_t wall_ms;
    struct acm_material material; /* what was issued */
    struct acm_CertificateDetail issued;
    struct np_job job;
    struct np_write write;
    struct np_err err;
    int rc;
};

static void look(struct np_timer *timer);

/* --- a work's life --- */

static bool is_worked_on(const struct acm_keeper *k, struct np_str arn)
{
    for (const struct np_node *n = k->works.next; n != &k->works; n = n->next)
        if (np_str_eq(NP_CONTAINER(n, const struct work, node)->cert.arn, arn))
            return true;
    return false;
}

static struct work *work_new(struct acm_keeper *k, const struct np_scope *scope)
{
    struct work *w = np_heap_new(struct work);
    w->keeper = k;
    w->arena = np_arena_new();
    np_arena_wipe(w->arena); /* it will hold a key */
    w->scope = (struct np_scope){np_str_dup(w->arena, scope->account),
                                 np_str_dup(w->arena, scope->region), scope->now_ms};
    w->wall_ms = np_wall_ms(k->loop);
    np_list_append(&k->works, &w->node);
    k->n_works++;
    return w;
}

static void work_free(struct work *w)
{
    np_list_remove(&w->node);
    w->keeper->n_works--;
    np_arena_free(w->arena);
    np_free(w);
}

static void work_end(struct work *w, int rc)
{
    struct acm_keeper *k = w->keeper;
    if (rc != 0) {
        np_log(NP_WARN, "acm.keeper.retry", "certificate=%.*s error=\"%.*s\"", NP_FMT(w->cert.arn),
               NP_FMT(np_err_text(&w->err)));
        k->failed = true;
    }
    work_free(w);
    np_timer_set(k->loop, &k->timer, k->failed ? AGAIN_MS : 0, look);
}

/* On the writer's thread. */
static int apply(struct np_txn *t, struct np_write *write, struct np_err *err)
{
    struct work *w = NP_CONTAINER(write, struct work, write);
    struct acm_db db = acm_db_txn(t);
    struct acm_cert now;
    int rc = acm_load(&db, w->cert.id, &now, err);
    if (rc == NP_ENOENT)
        return 0;
    if (rc == 0 && !np_str_eq(now.detail->Status, w->cert.detail->Status))
        return 0;
    return rc == 0 ? w->step(t, w, &now, err) : rc;
}

static void written(struct np_write *write, int rc)
{
    work_end(NP_CONTAINER(write, struct work, write), rc);
}

static void submit(struct work *w)
{
    w->write = (struct np_write){
        .loop = w->keeper->loop,
        .scope = w->scope,
        .arena = w->arena,
        .apply = apply,
        .done = written,
        .err = &w->err,
    };
    int rc = np_store_write(w->keeper->core->store, NP_DB_STATE, &w->write);
    if (rc != 0)
        work_end(w, rc);
}

/* --- names and their records --- */

static bool is_renewal(const struct acm_cert *c)
{
    return acm_is(c, "ISSUED");
}

static struct acm_DomainValidationList *names_of(const struct acm_cert *c)
{
    return is_renewal(c) ? &c->detail->RenewalSummary->DomainValidationOptions
                         : &c->detail->DomainValidationOptions;
}

static void renewal_is(struct acm_cert *c, struct np_str status, struct np_str reason,
                       int64_t now_ms)
{
    struct acm_RenewalSummary *r = c->detail->RenewalSummary;
    r->RenewalStatus = status;
    r->RenewalStatusReason = reason;
    r->UpdatedAt = ACM_INT(now_ms);
}

/* Some names answer, others do not yet; of a renewal the owner is told that it waits for him. */
static int step_marked(struct np_txn *t, struct work *w, struct acm_cert *now, struct np_err *err)
{
    if (!now->waiting)
        return 0;
    *names_of(now) = w->names;
    if (is_renewal(now))
        renewal_is(now, NP_STR("PENDING_VALIDATION"), NP_STR_NULL, np_txn_now_ms(t));
    return acm_save(t, now, err);
}

static int step_forbidden(struct np_txn *t, struct work *w, struct acm_cert *now,
                          struct np_err *err)
{
    if (!now->waiting)
        return 0;
    *names_of(now) = w->names;
    now->waiting = false;
    if (is_renewal(now)) {
        renewal_is(now, NP_STR("FAILED"), NP_STR("CAA_ERROR"), np_txn_now_ms(t));
        now->due_ms = now->detail->NotAfter;
        return acm_save(t, now, err);
    }
    now->detail->Status = NP_STR("FAILED");
    now->detail->FailureReason = NP_STR("CAA_ERROR");
    now->due_ms = (struct np_opt_int){0};
    return acm_save(t, now, err);
}

/* --- issuing --- */

static void take_issued(struct acm_CertificateDetail *d, const struct acm_CertificateDetail *x)
{
    d->Serial = x->Serial;
    d->Subject = x->Subject;
    d->Issuer = x->Issuer;
    d->NotBefore = x->NotBefore;
    d->NotAfter = x->NotAfter;
    d->SignatureAlgorithm = x->SignatureAlgorithm;
    d->KeyUsages = x->KeyUsages;
    d->ExtendedKeyUsages = x->ExtendedKeyUsages;
}

static int step_issued(struct np_txn *t, struct work *w, struct acm_cert *now, struct np_err *err)
{
    if (!now->waiting)
        return 0;
    *names_of(now) = w->names;
    take_issued(now->detail, &w->issued);
    if (is_renewal(now))
        renewal_is(now, NP_STR("SUCCESS"), NP_STR_NULL, np_txn_now_ms(t));
    else
        now->detail->IssuedAt = ACM_INT(np_txn_now_ms(t));
    now->detail->Status = NP_STR("ISSUED");
    now->waiting = now->exported = false;
    now->due_ms = ACM_INT(now->detail->NotAfter.v - ACM_RENEW_DAYS * ACM_DAY_MS);
    int rc = acm_save(t, now, err);
    return rc == 0 ? acm_material_put(t, now->id, &w->material, err) : rc;
}

static enum np_ca_key key_kind(struct np_str algorithm)
{
    if (np_str_is(algorithm, "EC_prime256v1"))
        return NP_CA_EC_P256;
    return np_str_is(algorithm, "EC_secp384r1") ? NP_CA_EC_P384 : NP_CA_RSA_2048;
}

/* Where the region's clock was moved on, clients still live by theirs: what it issues is valid from
 * their day on, until its own time is over. */
static void issue(struct np_job *job)
{
    struct work *w = NP_CONTAINER(job, struct work, job);
    const struct acm_CertificateDetail *d = w->cert.detail;
    const struct np_core *core = w->keeper->core;
    int64_t day = w->scope.now_ms / ACM_DAY_MS * ACM_DAY_MS;
    int64_t wall_day = w->wall_ms / ACM_DAY_MS * ACM_DAY_MS;
    const struct np_ca_request rq = {
        .names = d->SubjectAlternativeNames.v,
        .n_names = d->SubjectAlternativeNames.n,
        .key = key_kind(d->KeyAlgorithm),
        .from_ms = wall_day < day ? wall_day : day,
        .to_ms = day + ACM_VALID_DAYS * ACM_DAY_MS - 1000,
    };
    struct np_ca_issued made;
    w->rc = np_ca_issue(core->ca, &rq, w->arena, &made, &w->err);
    if (w->rc == 0)
        w->rc = acm_x509_read(w->arena, made.cert, &w->issued, &w->err);
    if (w->rc == 0)
        w->material =
            (struct acm_material){made.cert, made.chain, acm_seal(core, w->arena, made.key)};
}

static void issued(struct np_job *job)
{
    struct work *w = NP_CONTAINER(job, struct work, job);
    if (w->rc != 0)
        work_end(w, w->rc);
    else
        submit(w);
}

/* --- those that wait --- */

static void weigh(struct work *w);

static void ask(struct np_job *job)
{
    struct work *w = NP_CONTAINER(job, struct work, job);
    acm_elsewhere_ask(&w->elsewhere, w->arena);
}

static void asked(struct np_job *job)
{
    weigh(NP_CONTAINER(job, struct work, job));
}

static bool is_untold(const struct acm_cert *c)
{
    return is_renewal(c) &&
           np_str_is(c->detail->RenewalSummary->RenewalStatus, "PENDING_AUTO_RENEWAL");
}

/* On the loop, as often as there are new questions to somebody else. */
static void weigh(struct work *w)
{
    struct acm_keeper *k = w->keeper;
    bool marked;
    enum acm_verdict verdict =
        acm_validate(k->core, w->arena, &w->names,
                     k->core->config.egress.n != 0 ? &w->elsewhere : NULL, &marked);
    w->marked = w->marked || marked;
    if (w->elsewhere.open) {
        np_job_submit(k->core->jobs, k->loop, &w->job, ask, asked);
        return;
    }
    if (verdict == ACM_WAIT && !w->marked && !is_untold(&w->cert)) {
        work_free(w);
        return;
    }
    w->step = verdict == ACM_VALID  ? step_issued
              : verdict == ACM_WAIT ? step_marked
                                    : step_forbidden;
    if (verdict == ACM_VALID)
        np_job_submit(k->core->jobs, k->loop, &w->job, issue, issued);
    else
        submit(w);
}

/* Most of those that wait have nothing new: they cost no work. */
static bool has_news(struct acm_keeper *k, const struct acm_cert *c)
{
    struct acm_elsewhere elsewhere = {0};
    bool marked;
    if (is_renewal(c) && c->detail->RenewalSummary == NULL)
        return false;
    enum acm_verdict verdict = acm_validate(
        k->core, k->arena, names_of(c), k->core->config.egress.n != 0 ? &elsewhere : NULL, &marked);
    return verdict != ACM_WAIT || marked || is_untold(c) || (k->outside && elsewhere.open);
}

static void consider(struct acm_keeper *k, const struct np_scope *scope, const struct acm_cert *c)
{
    if (!has_news(k, c))
        return;
    struct work *w = work_new(k, scope);
    struct acm_db db = {np_store_reader(k->core->store, NP_DB_STATE), w->scope, w->arena};
    if (acm_load(&db, c->id, &w->cert, &w->err) != 0 || !w->cert.waiting) {
        work_free(w);
        return;
    }
    w->names = *names_of(&w->cert);
    weigh(w);
}

static void keep_cursor(struct acm_keeper *k, const struct np_scope *scope, struct np_str id)
{
    snprintf(k->cursor.account, sizeof(k->cursor.account), "%.*s", NP_FMT(scope->account));
    snprintf(k->cursor.region, sizeof(k->cursor.region), "%.*s", NP_FMT(scope->region));
    snprintf(k->cursor.id, sizeof(k->cursor.id), "%.*s", NP_FMT(id));
}

struct found {
    struct np_scope scope;
    struct acm_cert cert;
};

/* The next that wait, in turns: so many that their rows may be read on a loop. */
static size_t find_waiting(struct acm_keeper *k, int64_t now_ms, struct found out[PER_LOOK])
{
    NP_SQL(next, "SELECT " ACM_COLUMNS ", account, region FROM acm_certificate WHERE waiting = 1 "
                 "AND (account, region, id) > (?1, ?2, ?3) ORDER BY account, region, id LIMIT ?4");
    const struct np_scope none = {NP_STR(""), NP_STR(""), now_ms};
    struct np_dbc *c = np_store_reader(k->core->store, NP_DB_STATE);
    size_t n = 0;
    struct np_q *q = np_q(c, &none, &next, "sssi", np_str_of(k->cursor.account),
                          np_str_of(k->cursor.region), np_str_of(k->cursor.id), (int64_t)PER_LOOK);
    while (np_row(q)) {
        struct found *f = &out[n];
        f->scope =
            (struct np_scope){np_col_str(q, 7, k->arena), np_col_str(q, 8, k->arena), now_ms};
        const struct acm_db db = {c, f->scope, k->arena};
        n += acm_row(&db, q, &f->cert);
    }
    np_q_end(q, NULL);
    if (n == PER_LOOK)
        keep_cursor(k, &out[n - 1].scope, out[n - 1].cert.id);
    else
        k->cursor.account[0] = k->cursor.region[0] = k->cursor.id[0] = '\0';
    return n;
}

/* The next look begins with the first that waits. */
static bool at_start(const struct acm_keeper *k)
{
    return k->cursor.account[0] == '\0';
}

static void look_at_waiting(struct acm_keeper *k, int64_t now_ms)
{
    struct found found[PER_LOOK];
    size_t n = k->n_works < WORKS ? find_waiting(k, now_ms, found) : 0, i = 0;
    for (; i < n && k->n_works < WORKS; i++)
        if (!is_worked_on(k, found[i].cert.arn))
            consider(k, &found[i].scope, &found[i].cert);
    if (i < n) /* the rest when there is room again */
        keep_cursor(k, &found[i - 1].scope, found[i - 1].cert.id);
}

/* --- what is due --- */

static void expire(struct acm_cert *c, int64_t now_ms)
{
    c->detail->Status = NP_STR("EXPIRED");
    if (c->waiting)
        renewal_is(c, NP_STR("FAILED"), NP_STR_NULL, now_ms);
    c->waiting = false;
    c->due_ms = (struct np_opt_int){0};
}

static void time_out(struct acm_cert *c)
{
    struct acm_DomainValidationList *names = &c->detail->DomainValidationOptions;
    for (size_t i = 0; i < names->n; i++)
        if (!np_str_is(names->v[i].ValidationStatus, "SUCCESS"))
            names->v[i].ValidationStatus = NP_STR("FAILED");
    c->detail->Status = NP_STR("VALIDATION_TIMED_OUT");
    c->waiting = false;
    c->due_ms = (struct np_opt_int){0};
}

static void begin_renewal(const struct work *w, struct np_txn *t, struct acm_cert *c)
{
    struct np_arena *a = np_txn_arena(t);
    int64_t now_ms = np_txn_now_ms(t), end = c->detail->NotAfter.v;
    c->detail->RenewalSummary = np_new(a, struct acm_RenewalSummary);
    acm_validations(w->keeper->core, a, w->scope.account, &c->detail->SubjectAlternativeNames,
                    names_of(c));
    renewal_is(c, NP_STR("PENDING_AUTO_RENEWAL"), NP_STR_NULL, now_ms);
    c->waiting = true;
    c->due_ms = ACM_INT(end > now_ms ? end : now_ms + LATE_MS);
}

static int step_due(struct np_txn *t, struct work *w, struct acm_cert *now, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    int64_t now_ms = np_txn_now_ms(t), end = now->detail->NotAfter.v;
    bool failed = now->detail->RenewalSummary != NULL &&
                  np_str_is(now->detail->RenewalSummary->RenewalStatus, "FAILED");
    if (!now->due_ms.set || now->due_ms.v > now_ms)
        return 0;
    if (!acm_is(now, "ISSUED"))
        time_out(now);
    else if (!now->waiting && !failed && acm_is_renewable(&db, now))
        begin_renewal(w, t, now);
    else if (now_ms >= end)
        expire(now, now_ms);
    else /* nobody uses it: that may change until its end */
        now->due_ms = ACM_INT(now_ms + ACM_HOUR_MS < end ? now_ms + ACM_HOUR_MS : end);
    return acm_save(t, now, err);
}

static bool find_due(struct acm_keeper *k, int64_t now_ms, struct found *out)
{
    NP_SQL(next, "SELECT " ACM_COLUMNS ", account, region FROM acm_certificate "
                 "WHERE due_ms <= :now ORDER BY due_ms LIMIT ?1");
    const struct np_scope none = {NP_STR(""), NP_STR(""), now_ms};
    struct np_dbc *c = np_store_reader(k->core->store, NP_DB_STATE);
    bool found = false;
    struct np_q *q = np_q(c, &none, &next, "i", (int64_t)WORKS + 1);
    while (!found && np_row(q)) {
        out->scope =
            (struct np_scope){np_col_str(q, 7, k->arena), np_col_str(q, 8, k->arena), now_ms};
        const struct acm_db db = {c, out->scope, k->arena};
        found = acm_row(&db, q, &out->cert) && !is_worked_on(k, out->cert.arn);
    }
    np_q_end(q, NULL);
    return found;
}

static void look_at_due(struct acm_keeper *k, int64_t now_ms)
{
    struct found f;
    if (k->n_works >= WORKS || !find_due(k, now_ms, &f))
        return;
    struct work *w = work_new(k, &f.scope);
    const struct acm_db db = {np_store_reader(k->core->store, NP_DB_STATE), w->scope, w->arena};
    int rc = acm_load(&db, f.cert.id, &w->cert, &w->err);
    if (rc != 0) {
        work_free(w);
        return;
    }
    w->step = step_due;
    submit(w);
}

/* --- its own life --- */

static void look(struct np_timer *timer)
{
    struct acm_keeper *k = NP_CONTAINER(timer, struct acm_keeper, timer);
    int64_t now_ms = np_region_ms(k->loop);
    k->failed = false;
    if (at_start(k)) {
        k->outside = k->core->config.egress.n != 0 && np_now_ms(k->loop) >= k->outside_ms;
        if (k->outside)
            k->outside_ms = np_now_ms(k->loop) + OUTSIDE_MS;
    }
    np_timer_set(k->loop, &k->timer, LOOK_MS, look);
    look_at_waiting(k, now_ms);
    look_at_due(k, now_ms);
    if (!at_start(k))
        np_timer_set(k->loop, &k->timer, MORE_MS, look);
    np_arena_reset(k->arena, 1 << 16);
}

struct acm_keeper *acm_keeper_new(struct np_core *core)
{
    struct acm_keeper *k = np_heap_new(struct acm_keeper);
    k->core = core;
    k->loop = np_core_loop(core, 0);
    k->arena = np_arena_new();
    np_list_init(&k->works);
    np_timer_set(k->loop, &k->timer, LOOK_MS, look);
    return k;
}

void acm_keeper_free(struct acm_keeper *k)
{
    if (k == NULL)
        return;
    np_timer_stop(&k->timer);
    while (!np_list_empty(&k->works))
        work_free(NP_CONTAINER(k->works.next, struct work, node));
    np_arena_free(k->arena);
    np_free(k);
}
