/* SPDX-License-Identifier: Apache-2.0 */
/* auth.c - who signed the request: scope, time, key, signature, each refused with AWS's own words.
 */
#include "aws/req_int.h"

#include "aws/sigv2.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/enc.h"
#include "base/log.h"
#include "base/map.h"
#include "base/timefmt.h"

/* --- signing keys, derived once a day, region and service --- */

struct signing_key {
    uint8_t key[32];
    size_t n_secret;
    char secret[NP_SECRET_MAX]; /* the entry is void once the key's secret is another */
};

static void signing_key_free(void *value)
{
    np_wipe(value, sizeof(struct signing_key));
    np_free(value);
}

static void signing_key(struct np_worker *w, const struct np_sig *s, struct np_str secret,
                        uint8_t out[32])
{
    char room[256];
    struct np_buf name = {.p = room, .cap = sizeof(room), .max_bytes = sizeof(room)};
    const struct np_str parts[] = {s->access_key_id, s->date, s->region, s->service};
    NP_EACH (p, parts) {
        np_buf_str_add(&name, *p);
        np_buf_char(&name, '/');
    }
    if (!np_buf_ok(&name)) {
        np_sig_key(secret, s->date, s->region, s->service, out);
        return;
    }
    struct signing_key *k = np_map_get(w->signing_keys, np_buf_str(&name));
    if (k == NULL) {
        if (np_map_count(w->signing_keys) >= NP_SIGNING_KEYS_MAX) {
            np_map_free(w->signing_keys, signing_key_free);
            w->signing_keys = np_map_new();
        }
        k = np_heap_new(struct signing_key);
        np_map_put(w->signing_keys, np_buf_str(&name), k);
    }
    if (!np_ct_eq(np_str_n(k->secret, k->n_secret), secret)) {
        np_sig_key(secret, s->date, s->region, s->service, k->key);
        memcpy(k->secret, secret.p, secret.n);
        k->n_secret = secret.n;
    }
    memcpy(out, k->key, 32);
}

void np_signing_keys_free(struct np_worker *w)
{
    np_map_free(w->signing_keys, signing_key_free);
}

/* --- time --- */

static int too_late(struct np_req *rq, const struct np_sig *s, int64_t now, int64_t allowed,
                    struct np_err *err)
{
    struct np_arena *a = rq->arena;
    char sent[NP_TIME_MAX], here[NP_TIME_MAX];
    size_t n_sent = np_time_iso_basic(sent, s->time_ms), n_here = np_time_iso_basic(here, now);
    if (rq->svc->sign_path_once) {
        np_fault(err, &NP_RequestExpired,
                 "The difference between the request time and the current time is too large.");
        np_err_extra(err, "RequestTime", np_str_dup(a, np_str_n(sent, n_sent)));
        np_err_extra(err, "ServerTime", np_time_iso_str(a, now, false));
        np_err_extra(err, "MaxAllowedSkewMilliseconds", NP_STR("900000"));
        return NP_EFAULT;
    }
    bool past = s->time_ms < now;
    char edge[NP_TIME_MAX];
    size_t n_edge = np_time_iso_basic(edge, past ? now - allowed : now + allowed);
    return np_fault(
        err, &NP_SignatureDoesNotMatch,
        past ? "Signature expired: %.*s is now earlier than %.*s (%.*s - %lld min.)"
             : "Signature not yet current: %.*s is still later than %.*s (%.*s + %lld min.)",
        (int)n_sent, sent, (int)n_edge, edge, (int)n_here, here, (long long)allowed / 60000);
}

static int check_presigned_time(struct np_req *rq, const struct np_sig *s, int64_t now,
                                struct np_err *err)
{
    bool s3 = rq->svc->sign_path_once;
    int64_t lasts = rq->svc->presigned_ms != 0 ? rq->svc->presigned_ms : s->expires_s * 1000;
    if (s->time_ms > now + NP_SKEW_MS)
        return s3 ? np_fault(err, &NP_AccessDenied, "Request is not valid yet")
                  : too_late(rq, s, now, NP_SKEW_MS, err);
    int64_t end = s->time_ms + lasts;
    if (end >= now)
        return 0;
    if (!s3)
        return too_late(rq, s, now, lasts, err);
    np_fault(err, &NP_AccessDenied, "Request has expired");
    np_err_extra(err, "X-Amz-Expires", np_str_printf(rq->arena, "%lld", (long long)s->expires_s));
    np_err_extra(err, "Expires", np_time_iso_str(rq->arena, end, false));
    np_err_extra(err, "ServerTime", np_time_iso_str(rq->arena, now, false));
    return NP_EFAULT;
}

static int check_time(struct np_req *rq, const struct np_sig *s, struct np_err *err)
{
    int64_t now = np_wall_ms(rq->loop);
    int64_t allowed = rq->svc->sign_path_once ? NP_SKEW_MS : NP_SKEW_SHORT_MS;
    if (s->kind == NP_SIG_HEADER) {
        if (s->time_ms < now - allowed || s->time_ms > now + allowed)
            return too_late(rq, s, now, allowed, err);
        return 0;
    }
    return check_presigned_time(rq, s, now, err);
}

/* --- the key's owner --- */

static bool is_account_id(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n == 12;
}

static void root_of(struct np_req *rq, struct np_str account, struct np_identity *who)
{
    *who = (struct np_identity){
        .kind = NP_WHO_ROOT,
        .account = np_str_dup(rq->arena, account),
        .arn = np_str_printf(rq->arena, "arn:aws:iam::%.*s:root", NP_FMT(account)),
        .user_id = np_str_dup(rq->arena, account),
    };
}

/* --dev, from this host only: test/test is root, and twelve digits with any secret are root of that
 * account. */
static bool dev_key(struct np_req *rq, const struct np_sig *s, struct np_key *out)
{
    if (!rq->core->config.dev || rq->zone.kind != NP_ZONE_HOST)
        return false;
    if (np_str_is(s->access_key_id, "test")) {
        root_of(rq, rq->core->config.account, &out->who);
        out->secret = NP_STR("test");
    } else if (is_account_id(s->access_key_id)) {
        root_of(rq, s->access_key_id, &out->who);
        out->secret = NP_STR_NULL;
    } else {
        return false;
    }
    out->active = true;
    return true;
}

static int find_key(struct np_req *rq, const struct np_sig *s, struct np_key *key,
                    struct np_err *err)
{
    const struct np_identity_provider *p = np_identity(rq->core);
    int rc = NP_ENOENT;
    if (s->token.n != 0 && p->session != NULL)
        rc =
            p->session(rq->core->registry->session_arg, rq->arena, s->access_key_id, s->token, key);
    else if (p->key != NULL)
        rc = p->key(p->arg, rq->arena, s->access_key_id, key);
    if (rc != 0 && dev_key(rq, s, key))
        rc = 0;
    if (rc != 0 || !key->active) {
        np_fault(err, &NP_InvalidClientTokenId,
                 "The security token included in the request is invalid.");
        if (rq->svc->sign_path_once)
            np_err_extra(err, "AWSAccessKeyId", s->access_key_id);
        return NP_EFAULT;
    }
    if (key->expires_ms != 0 && key->expires_ms <= rq->now_ms)
        return np_fault(err, &NP_ExpiredToken,
                        "The security token included in the request is expired");
    return 0;
}

/* --- scope and signed headers --- */

/* S3's words, which its clients read the right region from. */
static int wrong_scope(struct np_req *rq, const struct np_sig *s, struct np_err *err)
{
    const char *name = rq->svc->model->codec->signing_name;
    const char *where = s->kind == NP_SIG_HEADER ? "The authorization header is malformed"
                                                 : "Error parsing the X-Amz-Credential parameter";
    if (!np_str_eq(s->service, np_str_of(name)))
        return np_fault(err, &NP_IncompleteSignature,
                        "%s; incorrect service \"%.*s\". This endpoint belongs to \"%s\".", where,
                        NP_FMT(s->service), name);
    struct np_str home = np_region_home(rq->core);
    np_fault(err, &NP_IncompleteSignature, "%s; the region '%.*s' is wrong; expecting '%.*s'",
             where, NP_FMT(s->region), NP_FMT(home));
    np_err_extra(err, "Region", home);
    return NP_EFAULT;
}

/* AWS: who calls a global service signs for us-east-1, wherever it is. */
static bool region_ok(const struct np_req *rq, struct np_str region)
{
    return np_region_ok(rq->core, region) ||
           ((rq->svc->global || rq->svc->also_us_east_1) && np_str_is(region, "us-east-1"));
}

static int check_scope(struct np_req *rq, const struct np_sig *s, struct np_err *err)
{
    const char *name = rq->svc->model->codec->signing_name;
    bool service_ok = np_str_eq(s->service, np_str_of(name));
    if (rq->svc->sign_path_once && !(service_ok && np_region_ok(rq->core, s->region)))
        return wrong_scope(rq, s, err);
    if (!service_ok)
        return np_fault(err, &NP_SignatureDoesNotMatch,
                        "Credential should be scoped to correct service: '%s'.", name);
    if (!region_ok(rq, s->region))
        return np_fault(err, &NP_SignatureDoesNotMatch,
                        "Credential should be scoped to a valid region.");
    return 0;
}

static bool is_signed(struct np_str signed_headers, struct np_str name)
{
    struct np_str rest = signed_headers, one;
    while (np_str_split(&rest, ';', &one))
        if (one.n == name.n && np_str_ieq(one, name))
            return true;
    return false;
}

static int not_signed(struct np_req *rq, struct np_str name, struct np_err *err)
{
    np_fault(err, &NP_AccessDenied,
             "There were headers present in the request which were not signed");
    np_err_extra(err, "HeadersNotSigned", np_str_lower(rq->arena, name));
    return NP_EFAULT;
}

static int check_signed_headers(struct np_req *rq, const struct np_sig *s, struct np_err *err)
{
    bool host = is_signed(s->signed_headers, NP_STR("host")) ||
                is_signed(s->signed_headers, NP_STR(":authority"));
    if (!host && rq->svc->sign_path_once)
        return not_signed(rq, NP_STR("host"), err);
    if (!host)
        return np_fault(err, &NP_SignatureDoesNotMatch,
                        "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
                        "Authorization.");
    for (size_t i = 0; i < rq->wire.n_fields; i++) {
        struct np_str name = rq->wire.fields[i].name;
        if (!np_str_istarts(name, NP_STR("x-amz-")) || is_signed(s->signed_headers, name))
            continue;
        /* The hash is covered by the canonical request's last line. */
        if (np_str_ieq(name, NP_STR("x-amz-content-sha256")))
            continue;
        return not_signed(rq, name, err);
    }
    return 0;
}

/* --- the signature --- */

static int mismatch(struct np_req *rq, const struct np_sig *s, struct np_str canonical,
                    struct np_str to_sign, struct np_err *err)
{
    if (!rq->svc->sign_path_once)
        return np_fault(err, &NP_SignatureDoesNotMatch,
                        "The request signature we calculated does not match the signature you "
                        "provided. Check your "
                        "AWS Secret Access Key and signing method. Consult the service "
                        "documentation for details.");
    np_fault(err, &NP_SignatureDoesNotMatch,
             "The request signature we calculated does not match the signature you provided. Check "
             "your key and "
             "signing method.");
    np_err_extra(err, "AWSAccessKeyId", s->access_key_id);
    np_err_extra(err, "StringToSign", to_sign);
    np_err_extra(err, "SignatureProvided", s->signature);
    np_err_extra(err, "CanonicalRequest", canonical);
    return NP_EFAULT;
}

static void take_identity(struct np_req *rq, const struct np_key *key)
{
    struct np_identity *who = np_new(rq->arena, struct np_identity);
    *who = key->who;
    who->access_key_id = rq->state->sig.access_key_id;
    rq->who = who;
    rq->account = who->account;
}

static void tell_use(struct np_req *rq)
{
    const struct np_identity_provider *p = np_identity(rq->core);
    if (p->used != NULL && !rq->who->temporary)
        p->used(p->arg, rq, rq->state->sig.access_key_id);
}

static int verify(struct np_req *rq, struct np_str body_hash, struct np_err *err)
{
    struct np_req_state *st = rq->state;
    struct np_buf canonical, to_sign;
    np_buf_init(&canonical, rq->arena, 256 * 1024);
    np_buf_init(&to_sign, rq->arena, 1024);
    np_buf_grow(&canonical, 1024);
    struct np_wire_request sent = rq->wire;
    if (rq->sign_path.p != NULL)
        sent.path = rq->sign_path;
    np_sig_canonical(&sent, &st->sig, rq->svc->sign_path_once, body_hash, rq->arena, &canonical);
    np_sig_string(&st->sig, np_buf_str(&canonical), rq->arena, &to_sign);
    if (!np_buf_ok(&canonical) || !np_buf_ok(&to_sign))
        return np_fault(err, &NP_RequestEntityTooLarge,
                        "The signed part of the request is too long.");
    char hex[64];
    np_sig_sign(st->signing_key, np_buf_str(&to_sign), hex);
    if (!np_ct_eq(np_str_n(hex, 64), st->sig.signature))
        return mismatch(rq, &st->sig, np_buf_str(&canonical), np_buf_str(&to_sign), err);
    st->signed_ok = true;
    tell_use(rq);
    return 0;
}

void np_auth_anonymous(struct np_req *rq)
{
    rq->state->anonymous = (struct np_identity){.kind = NP_WHO_ANONYMOUS};
    rq->who = &rq->state->anonymous;
}

static int unsupported(struct np_req *rq, enum np_sig_kind kind, struct np_err *err)
{
    (void)rq;
    if (kind != NP_SIG_V4A)
        return np_fault(err, &NP_OptInRequired,
                        "The authorization mechanism you have provided is not supported. Please "
                        "use AWS4-HMAC-SHA256.");
    return np_fault(
        err, &NP_UnsupportedOperation,
        "Signature Version 4A is not supported by this region. Please use AWS4-HMAC-SHA256.");
}

/* A URL presigned in the older form. */
static int auth_v2(struct np_req *rq, struct np_err *err)
{
    struct np_req_state *st = rq->state;
    int64_t now = np_wall_ms(rq->loop);
    if (st->sig.expires_s < now / 1000) {
        np_fault(err, &NP_AccessDenied, "Request has expired");
        np_err_extra(err, "Expires", np_time_iso_str(rq->arena, st->sig.expires_s * 1000, false));
        np_err_extra(err, "ServerTime", np_time_iso_str(rq->arena, now, false));
        return NP_EFAULT;
    }
    struct np_key key = {0};
    int rc = find_key(rq, &st->sig, &key, err);
    if (rc != 0)
        return rc;
    take_identity(rq, &key);
    struct np_str to_sign = np_sig2_string(&rq->wire, &st->sig, rq->arena);
    if (key.secret.p != NULL &&
        !np_ct_eq(np_sig2_sign(key.secret, to_sign, rq->arena), st->sig.signature)) {
        np_fault(err, &NP_SignatureDoesNotMatch,
                 "The request signature we calculated does not match the signature you provided. "
                 "Check your key and "
                 "signing method.");
        np_err_extra(err, "AWSAccessKeyId", st->sig.access_key_id);
        np_err_extra(err, "StringToSign", to_sign);
        np_err_extra(err, "SignatureProvided", st->sig.signature);
        return NP_EFAULT;
    }
    st->signed_ok = true;
    tell_use(rq);
    return 0;
}

/* AWS: S3 takes one signature a request (tests/wire/test_wire_sigv4.py). */
static bool signed_twice(const struct np_req *rq)
{
    return rq->svc->sign_path_once && rq->state->sig.kind == NP_SIG_HEADER &&
           np_str_find(rq->wire.query, NP_STR("X-Amz-Algorithm=")) >= 0;
}

int np_auth_head(struct np_req *rq, struct np_err *err)
{
    struct np_req_state *st = rq->state;
    np_auth_anonymous(rq);
    if (st->sig_problem.p != NULL)
        return np_fault(err, &NP_IncompleteSignature, "%.*s", NP_FMT(st->sig_problem));
    if (st->sig.kind == NP_SIG_NONE)
        return 0;
    if (st->sig.kind == NP_SIG_V2_QUERY && rq->svc->sign_path_once)
        return auth_v2(rq, err);
    if (st->sig.kind == NP_SIG_V2 || st->sig.kind == NP_SIG_V2_QUERY || st->sig.kind == NP_SIG_V4A)
        return unsupported(rq, st->sig.kind, err);
    if (signed_twice(rq))
        return np_fault(err, &NP_InvalidParameterValue,
                        "Only one auth mechanism allowed; only the X-Amz-Algorithm query "
                        "parameter, Signature query string parameter or the Authorization header "
                        "should be specified");
    int rc = check_scope(rq, &st->sig, err);
    if (rc == 0)
        rc = check_signed_headers(rq, &st->sig, err);
    if (rc == 0)
        rc = check_time(rq, &st->sig, err);
    struct np_key key = {0};
    if (rc == 0)
        rc = find_key(rq, &st->sig, &key, err);
    if (rc != 0)
        return rc;

    take_identity(rq, &key);
    rq->region = st->sig.region;
    if (key.secret.p == NULL) { /* --dev account key */
        st->signed_ok = true;
        return 0;
    }
    signing_key(st->worker, &st->sig, key.secret, st->signing_key);

    struct np_str hash = st->sig.payload_hash;
    if (hash.p == NULL && rq->svc->sha256_required) {
        if (st->sig.kind == NP_SIG_HEADER)
            return np_fault(err, &NP_InvalidParameterValue,
                            "Missing required header for this request: x-amz-content-sha256");
        hash = NP_STR("UNSIGNED-PAYLOAD");
    }
    if (hash.p == NULL) {
        st->wait_body_hash = true;
        return 0;
    }
    return verify(rq, hash, err);
}

int np_auth_body(struct np_req *rq, struct np_err *err)
{
    struct np_req_state *st = rq->state;
    if (st->wait_body_hash) {
        st->wait_body_hash = false;
        return verify(rq, st->body_hash, err);
    }
    struct np_str said = st->sig.payload_hash;
    if (!st->signed_ok || said.p == NULL || said.n != 64 || np_str_eq(said, st->body_hash))
        return 0;
    np_fault(err, &NP_XAmzContentSHA256Mismatch,
             "The provided 'x-amz-content-sha256' header does not match what was computed.");
    np_err_extra(err, "ClientComputedContentSHA256", said);
    np_err_extra(err, "S3ComputedContentSHA256", st->body_hash);
    return NP_EFAULT;
}

/* --- a signed text in a body --- */

static int text_mismatch(struct np_req *rq, const struct np_signed_text *t, struct np_err *err)
{
    np_fault(err, &NP_SignatureDoesNotMatch,
             "The request signature we calculated does not match the signature you provided. Check "
             "your key and signing method.");
    np_err_extra(err, "AWSAccessKeyId", rq->state->sig.access_key_id);
    np_err_extra(err, "StringToSign", t->text);
    np_err_extra(err, "SignatureProvided", t->signature);
    return NP_EFAULT;
}

static int text_signature(struct np_req *rq, const struct np_signed_text *t, struct np_str secret,
                          struct np_err *err)
{
    struct np_req_state *st = rq->state;
    if (t->credential.p == NULL) {
        struct np_str want = np_sig2_sign(secret, t->text, rq->arena);
        return np_ct_eq(want, t->signature) ? 0 : text_mismatch(rq, t, err);
    }
    char hex[64];
    signing_key(st->worker, &st->sig, secret, st->signing_key);
    np_sig_sign(st->signing_key, t->text, hex);
    return np_ct_eq(np_str_n(hex, 64), t->signature) ? 0 : text_mismatch(rq, t, err);
}

static int text_scope(struct np_req *rq, const struct np_signed_text *t, struct np_sig *s,
                      struct np_err *err)
{
    struct np_err why = {0};
    if (t->credential.p == NULL) {
        s->access_key_id = t->key_id;
        return 0;
    }
    if (!np_str_is(t->algorithm, "AWS4-HMAC-SHA256"))
        return unsupported(
            rq, np_str_is(t->algorithm, "AWS4-ECDSA-P256-SHA256") ? NP_SIG_V4A : NP_SIG_V2, err);
    if (np_sig_credential(t->credential, s, &why) != 0)
        return np_fault(err, &NP_IncompleteSignature, "%.*s", NP_FMT(np_err_text(&why)));
    return check_scope(rq, s, err);
}

int np_authenticate_text(struct np_req *rq, const struct np_signed_text *t, struct np_err *err)
{
    struct np_sig *s = &rq->state->sig;
    struct np_key key = {0};
    *s = (struct np_sig){.kind = NP_SIG_QUERY, .region = NP_STR("us-east-1"), .token = t->token};
    int rc = text_scope(rq, t, s, err);
    if (rc == 0)
        rc = find_key(rq, s, &key, err);
    if (rc == 0 && key.secret.p != NULL) /* absent: --dev account key */
        rc = text_signature(rq, t, key.secret, err);
    if (rc != 0)
        return rc;
    take_identity(rq, &key);
    rq->region = s->region;
    rq->state->signed_ok = true;
    tell_use(rq);
    return 0;
}
