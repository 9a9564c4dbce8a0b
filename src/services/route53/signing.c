/* SPDX-License-Identifier: Apache-2.0 */
/* signing.c - a zone's set of DNSKEYs, signed by each of its active key-signing keys in KMS, and
 * signed again before that expires. */
#include "aws/arn.h"
#include "aws/call.h"
#include "base/assert.h"
#include "base/list.h"
#include "base/log.h"
#include "gen/kms/stubs.h"
#include "services/route53/dnssec.h"

#define EARLIER_S     3600 /* clocks of resolvers may be behind */
#define LOOK_MS       (60 * 60 * 1000)
#define FIRST_LOOK_MS 1000

struct np_caller route53_kms_caller(struct np_arena *a, const struct route53_zone *z,
                                    struct np_str kms_arn)
{
    struct np_arn arn = {0};
    np_arn_parse(kms_arn, &arn);
    return (struct np_caller){
        .kind = NP_CALLER_SERVICE,
        .service = NP_STR("dnssec-route53.amazonaws.com"),
        .source_arn = route53_zone_arn(a, z->id),
        .source_account = z->account,
        .account = arn.account,
        .region = arn.region,
    };
}

int route53_kms_failed(struct np_str arn, const struct np_err *why, struct np_err *err)
{
    return np_fault(err, &ROUTE53_InvalidKMSArn, "The KMS key %.*s cannot be used: %.*s",
                    NP_FMT(arn), NP_FMT(np_err_text(why)));
}

/* --- one set --- */

struct call {
    struct route53_resign *r;
    struct np_dns_sig_spec spec;
    struct np_str *set;
    size_t n_set;
    struct kms_SignRequest in;
};

static void next(struct route53_resign *r);

static void signed_by_kms(void *arg, int rc, const struct kms_SignResponse *out,
                          const struct np_err *why)
{
    struct call *c = arg;
    struct route53_resign *r = c->r;
    const struct route53_key *k = &r->keys[r->at];
    uint8_t raw[NP_DNS_SIGNATURE];
    struct np_err err = {0};
    if (rc != 0)
        rc = route53_kms_failed(k->kms_arn, why, &err);
    else
        rc = np_dns_signature_of_der(out->Signature, raw, &err);
    if (rc != 0) {
        r->done(r, rc, &err);
        return;
    }
    r->out[r->n_out++] = (struct route53_signed){k->name, np_dns_rrsig(r->arena, &c->spec, raw)};
    r->at++;
    next(r);
}

static void next(struct route53_resign *r)
{
    struct call *c = r->call;
    while (r->at < r->n_keys && !route53_key_is_active(&r->keys[r->at]))
        r->at++;
    if (r->at == r->n_keys) {
        r->done(r, 0, NULL);
        return;
    }
    const struct route53_key *k = &r->keys[r->at];
    const struct np_caller caller = route53_kms_caller(r->arena, &r->zone, k->kms_arn);
    c->spec.dnskey = np_dns_dnskey(r->arena, NP_DNS_FLAGS_KSK, (const uint8_t *)k->public.p);
    c->in = (struct kms_SignRequest){
        .KeyId = k->kms_arn,
        .Message = np_dns_to_sign(r->arena, &c->spec, c->set, c->n_set),
        .MessageType = NP_STR("RAW"),
        .SigningAlgorithm = NP_STR("ECDSA_SHA_256"),
    };
    kms_Sign_call(r->core, r->loop, &caller, &c->in, NULL, signed_by_kms, c);
}

void route53_resign(struct route53_resign *r)
{
    struct call *c = np_new(r->arena, struct call);
    struct route53_name name;
    np_assert(route53_name(r->arena, r->zone.name, &name, NULL) == 0);
    int64_t now_s = np_wall_ms(r->loop) / 1000;
    r->expires_ms = np_wall_ms(r->loop) + ROUTE53_SIGNED_MS;
    r->out = np_new_array(r->arena, struct route53_signed, r->n_keys + 1);
    r->n_out = r->at = 0;
    r->call = c;
    c->r = r;
    c->set = np_new_array(r->arena, struct np_str, r->n_keys + 1);
    c->set[c->n_set++] =
        np_dns_dnskey(r->arena, NP_DNS_FLAGS_ZSK, (const uint8_t *)r->zsk.public.p);
    for (size_t i = 0; i < r->n_keys; i++)
        if (route53_key_is_active(&r->keys[i]))
            c->set[c->n_set++] =
                np_dns_dnskey(r->arena, NP_DNS_FLAGS_KSK, (const uint8_t *)r->keys[i].public.p);
    c->spec = (struct np_dns_sig_spec){
        .zone = name.wire,
        .name = name.wire,
        .type = 48, /* DNSKEY */
        .ttl = ROUTE53_DNSKEY_TTL,
        .from_s = now_s - EARLIER_S,
        .to_s = r->expires_ms / 1000,
    };
    next(r);
}

int route53_resign_store(struct np_txn *t, const struct route53_resign *r, struct np_err *err)
{
    NP_SQL(zsk, "INSERT INTO route53_zsk (zone, sealed, public) VALUES (?1, ?2, ?3) "
                "ON CONFLICT DO UPDATE SET sealed = ?2, public = ?3");
    NP_SQL(drop, "DELETE FROM route53_signature WHERE zone = ?1");
    NP_SQL(add, "INSERT INTO route53_signature (zone, ksk, rrsig, expires_ms) VALUES (?1, ?2, ?3, "
                "?4)");
    int rc = np_exec(t, &zsk, err, "sbb", r->zone.id, r->zsk.sealed, r->zsk.public);
    if (rc == 0)
        rc = np_exec(t, &drop, err, "s", r->zone.id);
    for (size_t i = 0; rc == 0 && i < r->n_out; i++)
        rc = np_exec(t, &add, err, "ssbi", r->zone.id, r->out[i].ksk, r->out[i].rrsig,
                     r->expires_ms);
    route53_zone_changed(t, r->zone.account, r->zone.id);
    return rc;
}

/* --- before they expire --- */

struct route53_signing {
    struct np_core *core;
    struct np_timer timer;
    struct np_strs due; /* zones that are to be signed again, one after the other */
    size_t at;
    struct np_arena *arena;
    struct route53_resign resign;
    struct np_write write;
    struct np_err err;
    bool busy;
};

static void step(struct route53_signing *s);
static void look(struct np_timer *timer);

static void rest(struct route53_signing *s)
{
    s->busy = false;
    np_arena_free(s->arena);
    s->arena = NULL;
    np_timer_set(np_core_loop(s->core, 0), &s->timer, LOOK_MS, look);
}

/* Keys that changed meanwhile were signed by who changed them. */
static bool as_seen(struct np_txn *t, const struct route53_resign *r)
{
    struct route53_db db = {np_txn_db(t), *np_txn_scope(t), np_txn_arena(t), NP_STR_NULL};
    struct route53_zone z;
    struct route53_key *keys;
    size_t n;
    if (route53_zone_get(&db, r->zone.id, &z, NULL) != 0 || !z.signing ||
        route53_keys(&db, z.id, &keys, &n, NULL) != 0 || n != r->n_keys)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!np_str_eq(keys[i].name, r->keys[i].name) ||
            !np_str_eq(keys[i].status, r->keys[i].status))
            return false;
    return true;
}

static int store(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct route53_signing *s = NP_CONTAINER(w, struct route53_signing, write);
    return as_seen(t, &s->resign) ? route53_resign_store(t, &s->resign, err) : 0;
}

static void note(const struct route53_signing *s, int rc, const struct np_err *err)
{
    if (rc != 0)
        np_log(NP_ERROR, "route53.sign", "zone=%.*s why=%.*s", NP_FMT(s->resign.zone.id),
               NP_FMT(np_log_quote(s->arena, np_err_text(err))));
}

static void stored(struct np_write *w, int rc)
{
    struct route53_signing *s = NP_CONTAINER(w, struct route53_signing, write);
    note(s, rc, &s->err);
    step(s);
}

static void resigned(struct route53_resign *r, int rc, const struct np_err *err)
{
    struct route53_signing *s = r->arg;
    note(s, rc, err);
    if (rc != 0) {
        step(s);
        return;
    }
    s->err = (struct np_err){0};
    s->write = (struct np_write){
        .loop = r->loop,
        .scope = {.account = r->zone.account, .region = NP_STR("us-east-1")},
        .arena = s->arena,
        .apply = store,
        .done = stored,
        .err = &s->err,
    };
    if (np_store_write(s->core->store, NP_DB_STATE, &s->write) != 0)
        rest(s);
}

static bool begin_zone(struct route53_signing *s, struct np_str id)
{
    struct np_loop *l = np_core_loop(s->core, 0);
    struct route53_db db = {
        np_store_reader(s->core->store, NP_DB_STATE), {.account = NP_STR("")}, s->arena};
    struct route53_resign *r = &s->resign;
    *r = (struct route53_resign){
        .core = s->core, .loop = l, .arena = s->arena, .done = resigned, .arg = s};
    return route53_zone_get(&db, id, &r->zone, NULL) == 0 &&
           route53_keys(&db, id, &r->keys, &r->n_keys, NULL) == 0 &&
           route53_zsk_get(&db, id, &r->zsk, NULL) == 0;
}

static void step(struct route53_signing *s)
{
    while (s->at < s->due.n) {
        if (!begin_zone(s, s->due.v[s->at++]))
            continue;
        route53_resign(&s->resign);
        return;
    }
    rest(s);
}

static void look(struct np_timer *timer)
{
    NP_SQL(rows, "SELECT z.id FROM route53_zone AS z WHERE z.signing = 1 AND EXISTS (SELECT 1 FROM "
                 "route53_signature AS s WHERE s.zone = z.id AND s.expires_ms < ?1)");
    struct route53_signing *s = NP_CONTAINER(timer, struct route53_signing, timer);
    const struct np_scope scope = {.account = NP_STR("")};
    s->arena = np_arena_new();
    s->due = (struct np_strs){0};
    s->at = 0;
    s->busy = true;
    int64_t before = np_wall_ms(np_core_loop(s->core, 0)) + ROUTE53_SIGNED_LEFT_MS;
    struct np_q *q = np_q(np_store_reader(s->core->store, NP_DB_STATE), &scope, &rows, "i", before);
    while (np_row(q))
        ROUTE53_PUSH(s->arena, &s->due, np_col_str(q, 0, s->arena));
    np_q_end(q, NULL);
    step(s);
}

int route53_signing_start(struct np_core *core, struct np_err *err)
{
    struct route53_signing *s = np_heap_new(struct route53_signing);
    (void)err;
    s->core = core;
    route53_state(core)->signing = s;
    np_timer_set(np_core_loop(core, 0), &s->timer, FIRST_LOOK_MS, look);
    return 0;
}

void route53_signing_stop(struct np_core *core)
{
    struct route53_signing *s = route53_state(core)->signing;
    if (s == NULL)
        return;
    np_timer_stop(&s->timer);
    np_arena_free(s->arena);
    np_free(s);
}
