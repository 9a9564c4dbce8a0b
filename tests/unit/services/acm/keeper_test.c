/* SPDX-License-Identifier: Apache-2.0 */
/* keeper_test.c - what certificates do by themselves, with a DNS that the test writes and a clock
 * that it moves: issued, renewed in a live handshake, timed out, expired. */
#include "test.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "aws/core_int.h"
#include "aws/names.h"
#include "aws/tags.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/buf.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/rcu.h"
#include "io/tls_int.h"
#include "services/acm/acm_int.h"

extern const struct np_service acm_service;

#define ACCOUNT  "111122223333"
#define REGION   "us-east-1"
#define USER     NP_STR("arn:aws:cloudfront::111122223333:distribution/E1")
#define TURNS    2000
#define MINUTE_M 60000ll

struct rr {
    struct np_str name;
    const char *type;
    struct np_str value;
};

struct env {
    struct np_core core;
    struct np_worker worker, *workers[1];
    struct np_arena *arena;
    struct rr zone[128];
    size_t n_zone;
    size_t asked;
    bool elsewhere;     /* the region has no zone of these names */
    struct np_str told; /* the last certificate that watchers were told of */
    unsigned n_told;
    char told_room[256];
};

static int lookup(void *arg, struct np_arena *a, struct np_str name, const char *type,
                  struct np_strs *out)
{
    struct env *e = arg;
    e->asked++;
    *out = (struct np_strs){0};
    for (size_t i = 0; i < e->n_zone; i++)
        if (np_str_eq(e->zone[i].name, name) && strcmp(e->zone[i].type, type) == 0)
            ACM_PUSH(a, out, e->zone[i].value);
    return e->elsewhere ? NP_ENOENT : 0;
}

static void put_rr(struct env *e, struct np_str name, const char *type, struct np_str value)
{
    struct np_str bare = np_str_ends(name, NP_STR(".")) ? np_str_sub(name, 0, name.n - 1) : name;
    np_assert(e->n_zone < NP_LEN(e->zone));
    e->zone[e->n_zone++] =
        (struct rr){np_str_dup(e->arena, bare), type, np_str_dup(e->arena, value)};
}

static void told(void *arg, struct np_str arn)
{
    struct env *e = arg;
    snprintf(e->told_room, sizeof(e->told_room), "%.*s", NP_FMT(arn));
    __atomic_add_fetch(&e->n_told, 1, __ATOMIC_RELEASE);
}

static void start(struct env *e)
{
    struct np_err err = {0};
    const char *dir = np_test_dir();
    const struct np_migration *const lists[] = {np_aws_state_migrations, acm_service.migrations};
    const size_t n[] = {np_aws_state_migrations_n, acm_service.n_migrations};
    const struct np_store_opts o = {
        .dir = np_str_of(dir),
        .migrations = lists,
        .n_migrations = n,
        .n_components = 2,
        .max_queue = 64,
        .no_sync = true,
    };
    *e = (struct env){.arena = np_arena_new()};
    np_core_init(&e->core);
    NP_CHECK(np_store_open(&o, &e->core.store, &err) == 0, "%s", err.text);
    NP_CHECK(np_jobs_new(2, &e->core.jobs, &err) == 0, "%s", err.text);
    NP_CHECK(np_loop_new(&e->worker.loop, &err) == 0, "%s", err.text);
    e->worker.core = &e->core;
    e->workers[0] = &e->worker;
    e->core.workers = e->workers;
    e->core.n_workers = 1;
    e->core.ca = np_ca_new(np_str_of(dir));
    np_provide_dns(&e->core, &(struct np_dns_provider){.arg = e, .lookup = lookup});
    np_cert_watch(&e->core, told, e);
    NP_CHECK(acm_service.init(&e->core, &err) == 0);
    NP_CHECK(np_store_start(e->core.store, &err) == 0, "%s", err.text);
    NP_CHECK(acm_service.start(&e->core, &err) == 0);
}

static void end(struct env *e)
{
    np_jobs_free(e->core.jobs);
    np_store_close(e->core.store);
    acm_service.fini(&e->core);
    np_loop_free(e->worker.loop);
    np_ca_free(e->core.ca);
    np_core_fini(&e->core);
    np_arena_free(e->arena);
}

static struct np_scope scope_now(void)
{
    return (struct np_scope){NP_STR(ACCOUNT), NP_STR(REGION), np_clock_region_ms()};
}

/* --- rows from the test's side --- */

struct wanted {
    struct env *e;
    struct np_strs names;
    const char *key;
    struct acm_cert cert;
};

static int add(struct np_txn *t, void *arg, struct np_err *err)
{
    struct wanted *w = arg;
    struct np_arena *a = w->e->arena;
    struct acm_CertificateDetail *d = np_new(a, struct acm_CertificateDetail);
    int64_t now = np_txn_now_ms(t);
    *d = (struct acm_CertificateDetail){
        .DomainName = w->names.v[0],
        .SubjectAlternativeNames = w->names,
        .CreatedAt = ACM_INT(now),
        .Status = NP_STR("PENDING_VALIDATION"),
        .KeyAlgorithm = np_str_of(w->key),
        .Type = NP_STR("AMAZON_ISSUED"),
    };
    acm_validations(&w->e->core, a, NP_STR(ACCOUNT), &w->names, &d->DomainValidationOptions);
    w->cert.detail = d;
    w->cert.waiting = true;
    w->cert.due_ms = ACM_INT(now + ACM_VALIDATION_MS);
    return acm_insert(t, &w->cert, err);
}

static struct acm_cert request(struct env *e, const char *id, const char *key, const char *names)
{
    struct wanted w = {.e = e, .key = key};
    struct np_str rest = np_str_of(names), name;
    struct np_scope scope = scope_now();
    struct np_err err = {0};
    while (np_str_split(&rest, ' ', &name))
        ACM_PUSH(e->arena, &w.names, name);
    w.cert.id = np_str_of(id);
    w.cert.arn = acm_arn(e->arena, scope.account, scope.region, w.cert.id);
    NP_CHECK(np_store_write_now(e->core.store, NP_DB_STATE, &scope, add, &w, &err) == 0, "%s",
             err.text);
    return w.cert;
}

static struct acm_cert load(struct env *e, const struct acm_cert *c)
{
    struct acm_db db = {np_store_reader(e->core.store, NP_DB_STATE), scope_now(), e->arena};
    struct acm_cert now;
    struct np_err err = {0};
    NP_CHECK(acm_load(&db, c->id, &now, &err) == 0, "%s", err.text);
    return now;
}

/* Turns of the loop until the certificate is in that status. */
static struct acm_cert wait_for(struct env *e, const struct acm_cert *c, const char *status)
{
    struct acm_cert now = load(e, c);
    for (int i = 0; i < TURNS && !acm_is(&now, status); i++) {
        np_loop_turn(e->worker.loop, 50);
        now = load(e, c);
    }
    NP_CHECK_STR(now.detail->Status, np_str_of(status));
    return now;
}

static struct acm_cert wait_for_renewal(struct env *e, const struct acm_cert *c, const char *status)
{
    struct acm_cert now = load(e, c);
    for (int i = 0; i < TURNS; i++) {
        const struct acm_RenewalSummary *r = now.detail->RenewalSummary;
        if (r != NULL && np_str_eq(r->RenewalStatus, np_str_of(status)))
            return now;
        np_loop_turn(e->worker.loop, 50);
        now = load(e, c);
    }
    NP_CHECK(false, "the renewal never became %s", status);
    return now;
}

/* The keeper has looked at everything at least once more. */
static void look_again(struct env *e)
{
    size_t before = e->asked;
    for (int i = 0; i < TURNS && e->asked == before; i++)
        np_loop_turn(e->worker.loop, 50);
    NP_CHECK(e->asked > before);
}

static void put_records(struct env *e, const struct acm_cert *c, size_t from)
{
    const struct acm_DomainValidationList *l = &c->detail->DomainValidationOptions;
    for (size_t i = from; i < l->n; i++)
        put_rr(e, l->v[i].ResourceRecord->Name, "CNAME", l->v[i].ResourceRecord->Value);
}

static int use(struct np_txn *t, void *arg, struct np_err *err)
{
    struct wanted *w = arg;
    return np_cert_use(&w->e->core, t, w->cert.arn, USER, err);
}

static int use_now(struct env *e, const struct acm_cert *c)
{
    struct wanted w = {.e = e, .cert = *c};
    struct np_scope scope = scope_now();
    struct np_err err = {0};
    scope.region = NP_STR(""); /* as a distribution's */
    return np_store_write_now(e->core.store, NP_DB_STATE, &scope, use, &w, &err);
}

/* --- who ends TLS --- */

static int accept_any(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 1;
}

/* The serial that a client sees in a handshake with a server that shows the certificate. */
static struct np_str handshake(struct env *e, const struct np_tls *server, const char *name)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, accept_any);
    SSL *c = SSL_new(ctx), *s = SSL_new(server->ctx);
    BIO *c_end, *s_end;
    BIO_new_bio_pair(&c_end, 0, &s_end, 0);
    SSL_set_bio(c, c_end, c_end);
    SSL_set_bio(s, s_end, s_end);
    SSL_set_tlsext_host_name(c, name);
    SSL_set_connect_state(c);
    SSL_set_accept_state(s);
    for (int i = 0; i < 20 && !(SSL_is_init_finished(c) && SSL_is_init_finished(s)); i++) {
        SSL_do_handshake(c);
        SSL_do_handshake(s);
    }
    NP_CHECK(SSL_is_init_finished(c) && SSL_is_init_finished(s));
    X509 *x = SSL_get1_peer_certificate(c);
    NP_CHECK(x != NULL && X509_check_host(x, name, 0, 0, NULL) == 1);
    NP_CHECK(X509_cmp_current_time(X509_get0_notBefore(x)) < 0, "valid for clients of today");
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = BN_bn2hex(n);
    struct np_str serial = np_str_lower(e->arena, np_str_of(hex));
    OPENSSL_free(hex);
    BN_free(n);
    X509_free(x);
    SSL_free(c);
    SSL_free(s);
    SSL_CTX_free(ctx);
    return serial;
}

static void show(struct env *e, struct np_tls_store *store, const struct acm_cert *c)
{
    struct np_tls_cert *cert;
    struct np_strs names;
    struct np_err err = {0};
    NP_CHECK(np_cert_get(&e->core, c->arn, e->arena, &cert, &names) == 0);
    for (size_t i = 0; i < names.n; i++)
        NP_CHECK(np_tls_store_put(store, names.v[i], cert, NULL, &err) == 0, "%s", err.text);
    np_tls_cert_unref(cert);
}

static struct np_str without_colons(struct np_arena *a, struct np_str serial)
{
    struct np_buf b;
    np_buf_init(&b, a, 128);
    for (size_t i = 0; i < serial.n; i++)
        if (serial.p[i] != ':')
            np_buf_char(&b, serial.p[i]);
    return np_buf_str(&b);
}

/* --- the tests --- */

NP_TEST(a_certificate_is_issued_when_all_its_records_answer)
{
    struct env e;
    start(&e);
    struct acm_cert c = request(&e, "one", "EC_prime256v1", "www.example.com *.example.com");
    NP_CHECK(np_cert_get(&e.core, c.arn, e.arena, NULL, NULL) == NP_EINVAL);
    NP_CHECK(np_cert_get(&e.core, NP_STR("arn:x"), e.arena, NULL, NULL) == NP_ENOENT);
    NP_CHECK(use_now(&e, &c) == NP_EINVAL, "who shows it has to wait");
    look_again(&e);
    NP_CHECK(acm_is(&c, "PENDING_VALIDATION"));

    put_records(&e, &c, 1);
    for (int i = 0; i < TURNS; i++) {
        const struct acm_DomainValidationList *l = &load(&e, &c).detail->DomainValidationOptions;
        if (np_str_is(l->v[1].ValidationStatus, "SUCCESS"))
            break;
        np_loop_turn(e.worker.loop, 50);
    }
    struct acm_cert half = load(&e, &c);
    NP_CHECK_STR(half.detail->DomainValidationOptions.v[0].ValidationStatus,
                 NP_STR("PENDING_VALIDATION"));
    NP_CHECK_STR(half.detail->DomainValidationOptions.v[1].ValidationStatus, NP_STR("SUCCESS"));
    NP_CHECK(acm_is(&half, "PENDING_VALIDATION"));

    put_records(&e, &c, 0);
    struct acm_cert now = wait_for(&e, &c, "ISSUED");
    const struct acm_CertificateDetail *d = now.detail;
    NP_CHECK(d->DomainValidationOptions.n == 2);
    NP_CHECK_STR(d->DomainValidationOptions.v[0].ValidationStatus, NP_STR("SUCCESS"));
    NP_CHECK_STR(d->Subject, NP_STR("CN=www.example.com"));
    NP_CHECK_STR(d->Issuer, NP_STR("Nephele"));
    /* From the day by this host's clock on, which other tests' is ahead of. */
    int64_t day = d->IssuedAt.v / ACM_DAY_MS * ACM_DAY_MS;
    NP_CHECK(d->IssuedAt.set && d->NotBefore.v <= day);
    NP_CHECK(d->NotAfter.v == day + ACM_VALID_DAYS * ACM_DAY_MS - 1000);
    NP_CHECK(__atomic_load_n(&e.n_told, __ATOMIC_ACQUIRE) > 0);
    NP_CHECK_STR(np_str_of(e.told_room), c.arn);
    struct np_strs names;
    NP_CHECK(np_cert_get(&e.core, c.arn, e.arena, NULL, &names) == 0 && names.n == 2);
    NP_CHECK_STR(names.v[1], NP_STR("*.example.com"));
    end(&e);
}

NP_TEST(with_the_clock_moved_305_days_on_a_handshake_shows_a_new_serial)
{
    struct env e;
    struct np_err err = {0};
    start(&e);
    struct acm_cert c = request(&e, "one", "RSA_2048", "www.example.com");
    put_records(&e, &c, 0);
    struct acm_cert first = wait_for(&e, &c, "ISSUED");
    NP_CHECK(use_now(&e, &c) == 0);
    struct np_tls_store *store = np_tls_store_new();
    struct np_tls *server;
    const struct np_tls_server_opts o = {.store = store};
    NP_CHECK(np_tls_server_new(&o, &server, &err) == 0, "%s", err.text);
    show(&e, store, &c);
    struct np_str before = handshake(&e, server, "www.example.com");
    NP_CHECK_STR(before, without_colons(e.arena, first.detail->Serial));

    unsigned told_before = __atomic_load_n(&e.n_told, __ATOMIC_ACQUIRE);
    np_clock_region_advance(305 * ACM_DAY_MS);
    struct acm_cert second = wait_for_renewal(&e, &c, "SUCCESS");
    NP_CHECK(__atomic_load_n(&e.n_told, __ATOMIC_ACQUIRE) > told_before);
    show(&e, store, &c);
    struct np_str after = handshake(&e, server, "www.example.com");
    NP_CHECK(!np_str_eq(after, before));
    NP_CHECK_STR(after, without_colons(e.arena, second.detail->Serial));
    NP_CHECK(acm_is(&second, "ISSUED") && second.detail->NotAfter.v > np_clock_region_ms());
    NP_CHECK(second.detail->IssuedAt.v == first.detail->IssuedAt.v);
    np_tls_free(server);
    np_tls_store_free(store);
    np_rcu_barrier();
    end(&e);
}

NP_TEST(a_renewal_waits_for_records_that_are_gone_until_the_end)
{
    struct env e;
    start(&e);
    struct acm_cert c = request(&e, "one", "EC_prime256v1", "www.example.com");
    put_records(&e, &c, 0);
    struct acm_cert first = wait_for(&e, &c, "ISSUED");
    NP_CHECK(use_now(&e, &c) == 0);
    e.n_zone = 0;
    np_clock_region_advance(first.detail->NotAfter.v - ACM_RENEW_DAYS * ACM_DAY_MS + MINUTE_M -
                            np_clock_region_ms());
    struct acm_cert waits = wait_for_renewal(&e, &c, "PENDING_VALIDATION");
    NP_CHECK_STR(waits.detail->Serial, first.detail->Serial);
    NP_CHECK(np_cert_get(&e.core, c.arn, e.arena, NULL, NULL) == 0, "it is good until its end");

    np_clock_region_advance(ACM_RENEW_DAYS * ACM_DAY_MS);
    struct acm_cert gone = wait_for(&e, &c, "EXPIRED");
    NP_CHECK_STR(gone.detail->RenewalSummary->RenewalStatus, NP_STR("FAILED"));
    NP_CHECK(np_cert_get(&e.core, c.arn, e.arena, NULL, NULL) == NP_EINVAL);
    end(&e);
}

NP_TEST(what_nobody_uses_is_not_renewed_until_somebody_does)
{
    struct env e;
    start(&e);
    struct acm_cert c = request(&e, "one", "EC_prime256v1", "www.example.com");
    struct acm_cert other = request(&e, "two", "EC_prime256v1", "www.example.com");
    put_records(&e, &c, 0);
    struct acm_cert first = wait_for(&e, &c, "ISSUED");
    wait_for(&e, &other, "ISSUED");
    np_clock_region_advance(first.detail->NotAfter.v - ACM_HOUR_MS * 24 - np_clock_region_ms());
    for (int i = 0; i < TURNS && load(&e, &c).due_ms.v <= np_clock_region_ms(); i++)
        np_loop_turn(e.worker.loop, 50);
    NP_CHECK(load(&e, &c).detail->RenewalSummary == NULL);
    NP_CHECK(use_now(&e, &c) == 0);
    np_clock_region_advance(ACM_HOUR_MS);
    struct acm_cert second = wait_for_renewal(&e, &c, "SUCCESS");
    NP_CHECK(!np_str_eq(second.detail->Serial, first.detail->Serial));
    np_clock_region_advance(24 * ACM_HOUR_MS);
    wait_for(&e, &other, "EXPIRED");
    end(&e);
}

NP_TEST(caa_records_of_the_nearest_name_forbid)
{
    struct env e;
    start(&e);
    put_rr(&e, NP_STR("example.com"), "CAA", NP_STR("0 issue \"letsencrypt.org\""));
    put_rr(&e, NP_STR("www.example.com"), "CAA", NP_STR("0 issue \"amazon.com\""));
    struct acm_cert good =
        request(&e, "good", "EC_prime256v1", "www.example.com a.www.example.com");
    struct acm_cert bad = request(&e, "bad", "EC_prime256v1", "www.example.com shop.example.com");
    put_records(&e, &good, 0);
    put_records(&e, &bad, 0);
    wait_for(&e, &good, "ISSUED");
    struct acm_cert failed = wait_for(&e, &bad, "FAILED");
    NP_CHECK_STR(failed.detail->FailureReason, NP_STR("CAA_ERROR"));
    end(&e);
}

NP_TEST(as_many_as_there_are_get_their_turn)
{
    struct env e;
    start(&e);
    struct acm_cert waits = request(&e, "0", "EC_prime256v1", "never.example.com"), c[70];
    for (size_t i = 0; i < NP_LEN(c); i++) {
        const char *id = np_str_z(e.arena, np_str_printf(e.arena, "c%02zu", i));
        const char *name = np_str_z(e.arena, np_str_printf(e.arena, "n%zu.example.com", i));
        c[i] = request(&e, id, "EC_prime256v1", name);
        put_records(&e, &c[i], 0);
    }
    for (size_t i = NP_LEN(c); i-- > 0;)
        wait_for(&e, &c[i], "ISSUED");
    NP_CHECK_STR(load(&e, &waits).detail->Status, NP_STR("PENDING_VALIDATION"));
    end(&e);
}

NP_TEST(a_request_times_out_after_three_days)
{
    struct env e;
    start(&e);
    struct acm_cert c = request(&e, "one", "EC_prime256v1", "www.example.com");
    e.elsewhere = true;
    look_again(&e);
    np_clock_region_advance(ACM_VALIDATION_MS - MINUTE_M);
    look_again(&e);
    NP_CHECK_STR(load(&e, &c).detail->Status, NP_STR("PENDING_VALIDATION"));
    np_clock_region_advance(2 * MINUTE_M);
    struct acm_cert out = wait_for(&e, &c, "VALIDATION_TIMED_OUT");
    NP_CHECK_STR(out.detail->DomainValidationOptions.v[0].ValidationStatus, NP_STR("FAILED"));
    NP_CHECK(!out.waiting && !out.due_ms.set);
    end(&e);
}

static int unuse(struct np_txn *t, void *arg, struct np_err *err)
{
    const struct wanted *w = arg;
    return np_cert_unuse(t, w->cert.arn, USER, err);
}

static int delete (struct np_txn *t, void *arg, struct np_err *err)
{
    const struct wanted *w = arg;
    const struct acm_DeleteCertificateRequest in = {.CertificateArn = w->cert.arn};
    return acm_DeleteCertificate_apply(t, &in, NULL, err);
}

NP_TEST(a_certificate_in_use_stays)
{
    struct env e;
    struct np_err err = {0};
    start(&e);
    struct wanted w = {.e = &e, .cert = request(&e, "one", "EC_prime256v1", "www.example.com")};
    put_records(&e, &w.cert, 0);
    wait_for(&e, &w.cert, "ISSUED");
    NP_CHECK(use_now(&e, &w.cert) == 0);
    struct np_scope scope = scope_now();
    struct np_store *s = e.core.store;
    NP_CHECK(np_store_write_now(s, NP_DB_STATE, &scope, delete, &w, &err) == NP_EFAULT);
    NP_CHECK(err.fault == &ACM_ResourceInUseException);
    NP_CHECK(np_cert_get(&e.core, w.cert.arn, e.arena, NULL, NULL) == 0);

    NP_CHECK(np_store_write_now(s, NP_DB_STATE, &scope, unuse, &w, &err) == 0);
    NP_CHECK(np_store_write_now(s, NP_DB_STATE, &scope, unuse, &w, &err) == 0, "again is fine");
    NP_CHECK(np_store_write_now(s, NP_DB_STATE, &scope, delete, &w, &err) == 0);
    NP_CHECK(np_cert_get(&e.core, w.cert.arn, e.arena, NULL, NULL) == NP_ENOENT);
    struct acm_db db = {np_store_reader(s, NP_DB_STATE), scope, e.arena};
    struct acm_material m;
    NP_CHECK(acm_material_get(&db, w.cert.id, &m, NULL) == NP_ENOENT, "its key is gone");
    end(&e);
}

NP_TEST(users_of_a_certificate_are_told_apart)
{
    struct env e;
    start(&e);
    struct acm_cert c = request(&e, "one", "EC_prime256v1", "www.example.com");
    put_records(&e, &c, 0);
    wait_for(&e, &c, "ISSUED");
    NP_CHECK(use_now(&e, &c) == 0 && use_now(&e, &c) == 0);
    struct np_scope scope = scope_now();
    struct np_str *users;
    NP_CHECK(np_cert_users(np_store_reader(e.core.store, NP_DB_STATE), &scope, c.arn, e.arena,
                           &users) == 1);
    NP_CHECK_STR(users[0], USER);
    struct acm_cert other = c;
    other.arn = acm_arn(e.arena, NP_STR("444455556666"), NP_STR(REGION), c.id);
    NP_CHECK(use_now(&e, &other) == NP_ENOENT, "of another account");
    end(&e);
}
