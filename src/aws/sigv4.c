/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4.c - Signature Version 4: taking it from a request, and what it should have been. */
#include "aws/sigv4.h"

#include "aws/sigv2.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "aws/limits.h"
#include "codec/form.h"

static struct np_str field(const struct np_wire_request *rq, struct np_str name)
{
    for (size_t i = 0; i < rq->n_fields; i++)
        if (rq->fields[i].name.n == name.n && np_str_ieq(rq->fields[i].name, name))
            return rq->fields[i].value;
    return NP_STR_NULL;
}

/* --- parsing --- */

int np_sig_credential(struct np_str credential, struct np_sig *out, struct np_err *err)
{
    struct np_str part[5], rest = credential;
    /* The key id may hold no slash, so the scope is the last four parts. */
    for (size_t i = 5; i-- > 1;) {
        ptrdiff_t slash = np_str_rchr(rest, '/');
        if (slash < 0)
            return np_err(err, NP_EINVAL,
                          "Credential must have exactly 5 slash-delimited elements, e.g. "
                          "keyid/date/region/service/term, got '%.*s'",
                          NP_FMT(credential));
        part[i] = np_str_sub(rest, (size_t)slash + 1, rest.n);
        rest = np_str_sub(rest, 0, (size_t)slash);
    }
    part[0] = rest;
    if (part[0].n == 0 || np_str_chr(part[0], '/') >= 0)
        return np_err(err, NP_EINVAL,
                      "Credential must have exactly 5 slash-delimited elements, e.g. "
                      "keyid/date/region/service/term, got '%.*s'",
                      NP_FMT(credential));
    if (!np_str_is(part[4], "aws4_request"))
        return np_err(
            err, NP_EINVAL,
            "Credential should be scoped with a valid terminator: 'aws4_request', not '%.*s'.",
            NP_FMT(part[4]));
    if (part[1].n != 8)
        return np_err(err, NP_EINVAL, "Date in Credential scope does not match YYYYMMDD: '%.*s'.",
                      NP_FMT(part[1]));
    out->access_key_id = part[0];
    out->date = part[1];
    out->region = part[2];
    out->service = part[3];
    return 0;
}

static int check_time(struct np_sig *out, struct np_err *err)
{
    if (!np_time_parse_iso_basic(out->timestamp, &out->time_ms))
        return np_err(err, NP_EINVAL, "Date must be in ISO-8601 'basic format'. Got '%.*s'.",
                      NP_FMT(out->timestamp));
    if (!np_str_starts(out->timestamp, out->date))
        return np_err(err, NP_EINVAL,
                      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                      "date from HTTP: "
                      "'%.*s' != '%.*s', from '%.*s'.",
                      NP_FMT(out->date), (int)8, out->timestamp.p, NP_FMT(out->timestamp));
    return 0;
}

static int header_time(const struct np_wire_request *rq, struct np_arena *a, struct np_sig *out,
                       struct np_err *err)
{
    out->timestamp = field(rq, NP_STR("x-amz-date"));
    if (out->timestamp.p == NULL) {
        /* A Date field in either form stands in for X-Amz-Date. */
        struct np_str date = field(rq, NP_STR("date"));
        int64_t t;
        if (np_time_parse_http(date, &t)) {
            char text[NP_TIME_MAX];
            size_t n = np_time_iso_basic(text, t);
            date = np_str_dup(a, np_str_n(text, n));
        }
        out->timestamp = date;
    }
    if (out->timestamp.p == NULL)
        return np_err(
            err, NP_EINVAL,
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    return check_time(out, err);
}

static int parse_header(const struct np_wire_request *rq, struct np_str text, struct np_arena *a,
                        struct np_sig *out, struct np_err *err)
{
    struct np_str credential = NP_STR_NULL, part, rest = text;
    while (np_str_split(&rest, ',', &part)) {
        struct np_str name, value;
        if (!np_str_cut(np_str_trim(part), '=', &name, &value))
            continue;
        if (np_str_is(name, "Credential"))
            credential = value;
        else if (np_str_is(name, "SignedHeaders"))
            out->signed_headers = value;
        else if (np_str_is(name, "Signature"))
            out->signature = value;
    }
    if (credential.n == 0 || out->signature.n == 0 || out->signed_headers.n == 0)
        return np_err(
            err, NP_EINVAL, "%s%s%sAuthorization=AWS4-HMAC-SHA256",
            credential.n == 0 ? "Authorization header requires 'Credential' parameter. " : "",
            out->signature.n == 0 ? "Authorization header requires 'Signature' parameter. " : "",
            out->signed_headers.n == 0 ? "Authorization header requires 'SignedHeaders' parameter. "
                                       : "");
    int rc = np_sig_credential(credential, out, err);
    if (rc != 0)
        return rc;
    out->kind = NP_SIG_HEADER;
    out->token = field(rq, NP_STR("x-amz-security-token"));
    out->payload_hash = field(rq, NP_STR("x-amz-content-sha256"));
    return header_time(rq, a, out, err);
}

static int lacks_parameter(struct np_err *err)
{
    return np_err(err, NP_EINVAL,
                  "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                  "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                  "X-Amz-Expires parameters.");
}

static int parse_presigned(const struct np_wire_request *rq, struct np_arena *a, struct np_sig *out,
                           struct np_err *err)
{
    struct np_pair *q;
    size_t n;
    int rc = np_form_parse(a, rq->query, true, NP_QUERY_PAIRS_MAX, &q, &n, err);
    if (rc != 0)
        return rc;
    struct np_str algorithm = np_form_get(q, n, NP_STR("X-Amz-Algorithm"));
    if (np_str_is(algorithm, "AWS4-ECDSA-P256-SHA256")) {
        out->kind = NP_SIG_V4A;
        return 0;
    }
    if (!np_str_is(algorithm, "AWS4-HMAC-SHA256"))
        return np_err(
            err, NP_EINVAL,
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"");
    static const char *const needed[] = {"X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders",
                                         "X-Amz-Signature"};
    NP_EACH (name, needed)
        if (np_form_get(q, n, np_str_of(*name)).n == 0)
            return lacks_parameter(err);
    rc = np_sig_credential(np_form_get(q, n, NP_STR("X-Amz-Credential")), out, err);
    if (rc != 0)
        return rc;
    struct np_str expires = np_form_get(q, n, NP_STR("X-Amz-Expires"));
    if (expires.p == NULL && np_str_is(out->service, "s3")) /* the others have a default */
        return lacks_parameter(err);
    out->kind = NP_SIG_QUERY;
    out->signed_headers = np_form_get(q, n, NP_STR("X-Amz-SignedHeaders"));
    out->signature = np_form_get(q, n, NP_STR("X-Amz-Signature"));
    out->timestamp = np_form_get(q, n, NP_STR("X-Amz-Date"));
    out->token = np_form_get(q, n, NP_STR("X-Amz-Security-Token"));
    /* The query's word first, then the header's: both are signed. */
    out->payload_hash = np_form_get(q, n, NP_STR("X-Amz-Content-Sha256"));
    if (out->payload_hash.p == NULL)
        out->payload_hash = field(rq, NP_STR("x-amz-content-sha256"));
    out->expires_s = 900;
    if (expires.p != NULL && !np_str_i64(expires, &out->expires_s))
        return np_err(err, NP_EINVAL, "X-Amz-Expires should be a number");
    if (out->expires_s < 0)
        return np_err(err, NP_EINVAL, "X-Amz-Expires must be non-negative");
    if (out->expires_s > 604800)
        return np_err(err, NP_EINVAL,
                      "X-Amz-Expires must be less than a week (in seconds); "
                      "that is, the given X-Amz-Expires must be less than 604800 seconds");
    return check_time(out, err);
}

int np_sig_parse(const struct np_wire_request *rq, struct np_arena *a, struct np_sig *out,
                 struct np_err *err)
{
    struct np_sig sig = {.kind = NP_SIG_NONE};
    int rc = 0;
    struct np_str auth = field(rq, NP_STR("authorization"));
    if (auth.p != NULL) {
        if (np_str_starts(auth, NP_STR("AWS4-HMAC-SHA256")))
            rc = parse_header(rq, np_str_sub(auth, 16, auth.n), a, &sig, err);
        else if (np_str_starts(auth, NP_STR("AWS4-ECDSA-P256-SHA256")))
            sig.kind = NP_SIG_V4A;
        else if (np_str_starts(auth, NP_STR("AWS ")))
            sig.kind = NP_SIG_V2;
        else
            return np_err(err, NP_EINVAL, "Unsupported Authorization Type");
    } else if (np_str_find(rq->query, NP_STR("X-Amz-Algorithm=")) >= 0) {
        rc = parse_presigned(rq, a, &sig, err);
    } else if (np_str_find(rq->query, NP_STR("AWSAccessKeyId=")) >= 0) {
        rc = np_sig2_parse(rq, a, &sig, err);
    }
    if (rc == 0)
        *out = sig;
    else
        out->service = sig.service;
    return rc;
}

/* --- the canonical request --- */

static bool is_plain_path(struct np_str path)
{
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '~' || c == '/';
        if (!plain && c != '.')
            return false;
        if (i > 0 && path.p[i - 1] == '/' && (c == '/' || c == '.'))
            return false;
    }
    return path.n > 0 && path.p[0] == '/';
}

/* RFC 3986 section 5.2.4 and no empty segments: what every service but S3 signs. */
static struct np_str normalise(struct np_str path, struct np_arena *a)
{
    struct np_buf b;
    np_buf_init(&b, a, path.n + 2);
    struct np_str rest = path, segment;
    bool slash_at_end = path.n > 0 && path.p[path.n - 1] == '/';
    while (np_str_split(&rest, '/', &segment)) {
        if (segment.n == 0 || np_str_is(segment, "."))
            continue;
        if (np_str_is(segment, "..")) {
            ptrdiff_t cut = np_str_rchr(np_buf_str(&b), '/');
            b.n = cut < 0 ? 0 : (size_t)cut;
            continue;
        }
        np_buf_char(&b, '/');
        np_buf_str_add(&b, segment);
    }
    if (b.n == 0 || (slash_at_end && b.p[b.n - 1] != '/'))
        np_buf_char(&b, '/');
    return np_buf_str(&b);
}

static void canonical_path(struct np_str path, bool path_once, struct np_arena *a,
                           struct np_buf *out)
{
    if (is_plain_path(path)) {
        np_buf_str_add(out, path);
        return;
    }
    if (!path_once) {
        np_uri_encode(out, normalise(path, a), true);
        return;
    }
    struct np_str decoded = np_uri_decode(a, path, false);
    np_uri_encode(out, decoded.p != NULL ? decoded : path, true);
}

struct query_part {
    struct np_str key, value;
};

static int query_order(const void *x, const void *y)
{
    const struct query_part *p = x, *q = y;
    int c = np_str_cmp(p->key, q->key);
    return c != 0 ? c : np_str_cmp(p->value, q->value);
}

static struct np_str encoded_once(struct np_str raw, struct np_arena *a)
{
    bool plain = true;
    for (size_t i = 0; plain && i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '_' || c == '~' || c == '.';
    }
    if (plain)
        return raw;
    struct np_str decoded = np_uri_decode(a, raw, true);
    struct np_buf b;
    np_buf_init(&b, a, 3 * raw.n + 1);
    np_uri_encode(&b, decoded.p != NULL ? decoded : raw, false);
    return np_buf_str(&b);
}

static void canonical_query(struct np_str query, struct np_arena *a, struct np_buf *out)
{
    if (query.n == 0)
        return;
    size_t max = 1;
    for (size_t i = 0; i < query.n; i++)
        max += query.p[i] == '&';
    struct query_part *parts = np_new_array(a, struct query_part, max);
    struct np_str rest = query, one;
    size_t n = 0;
    while (np_str_split(&rest, '&', &one)) {
        if (one.n == 0)
            continue;
        struct np_str key, value;
        np_str_cut(one, '=', &key, &value);
        if (np_str_is(key, "X-Amz-Signature"))
            continue;
        parts[n].key = encoded_once(key, a);
        parts[n++].value = value.p != NULL ? encoded_once(value, a) : NP_STR("");
    }
    if (n > 1)
        qsort(parts, n, sizeof(parts[0]), query_order);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            np_buf_char(out, '&');
        np_buf_str_add(out, parts[i].key);
        np_buf_char(out, '=');
        np_buf_str_add(out, parts[i].value);
    }
}

/* Trimmed, and runs of blanks inside become one. */
static void canonical_value(struct np_str value, struct np_buf *out)
{
    value = np_str_trim(value);
    if (memchr(value.p != NULL ? value.p : "", ' ', value.n) == NULL) {
        np_buf_str_add(out, value);
        return;
    }
    bool blank = false;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == ' ' && blank)
            continue;
        blank = value.p[i] == ' ';
        np_buf_char(out, value.p[i]);
    }
}

static void canonical_fields(const struct np_wire_request *rq, struct np_str signed_headers,
                             struct np_buf *out)
{
    struct np_str rest = signed_headers, name;
    while (np_str_split(&rest, ';', &name)) {
        np_buf_str_add(out, name);
        np_buf_char(out, ':');
        bool more = false;
        for (size_t i = 0; i < rq->n_fields; i++) {
            if (rq->fields[i].name.n != name.n || !np_str_ieq(rq->fields[i].name, name))
                continue;
            if (more)
                np_buf_char(out, ',');
            more = true;
            canonical_value(rq->fields[i].value, out);
        }
        np_buf_char(out, '\n');
    }
}

void np_sig_canonical(const struct np_wire_request *rq, const struct np_sig *s, bool path_once,
                      struct np_str body_hash, struct np_arena *a, struct np_buf *out)
{
    np_buf_str_add(out, rq->method);
    np_buf_char(out, '\n');
    canonical_path(rq->path, path_once, a, out);
    np_buf_char(out, '\n');
    canonical_query(rq->query, a, out);
    np_buf_char(out, '\n');
    canonical_fields(rq, s->signed_headers, out);
    np_buf_char(out, '\n');
    np_buf_str_add(out, s->signed_headers);
    np_buf_char(out, '\n');
    np_buf_str_add(out, body_hash);
}

static void scope(const struct np_sig *s, struct np_buf *out)
{
    np_buf_str_add(out, s->date);
    np_buf_char(out, '/');
    np_buf_str_add(out, s->region);
    np_buf_char(out, '/');
    np_buf_str_add(out, s->service);
    np_buf_lit(out, "/aws4_request");
}

static void hash_hex(struct np_str bytes, char hex[64])
{
    uint8_t sum[32];
    np_digest_once(NP_SHA256, bytes, sum);
    np_hex(hex, sum, sizeof(sum));
}

void np_sig_string(const struct np_sig *s, struct np_str canonical, struct np_arena *a,
                   struct np_buf *out)
{
    char hex[64];
    hash_hex(canonical, hex);
    np_buf_lit(out, "AWS4-HMAC-SHA256\n");
    np_buf_str_add(out, s->timestamp);
    np_buf_char(out, '\n');
    scope(s, out);
    np_buf_char(out, '\n');
    np_buf_add(out, hex, sizeof(hex));
}

void np_sig_key(struct np_str secret, struct np_str date, struct np_str region,
                struct np_str service, uint8_t out[32])
{
    char first[4 + NP_SECRET_MAX];
    np_assert(secret.n <= NP_SECRET_MAX);
    memcpy(first, "AWS4", 4);
    memcpy(first + 4, secret.p, secret.n);
    uint8_t key[32];
    np_hmac_sha256(np_str_n(first, 4 + secret.n), date, key);
    np_hmac_sha256(np_str_n(key, 32), region, key);
    np_hmac_sha256(np_str_n(key, 32), service, key);
    np_hmac_sha256(np_str_n(key, 32), NP_STR("aws4_request"), out);
    np_wipe(first, sizeof(first));
    np_wipe(key, sizeof(key));
}

void np_sig_sign(const uint8_t key[32], struct np_str string_to_sign, char hex[64])
{
    uint8_t mac[32];
    np_hmac_sha256(np_str_n(key, 32), string_to_sign, mac);
    np_hex(hex, mac, sizeof(mac));
}

void np_sig_chunk(const uint8_t key[32], const struct np_sig *s, struct np_str previous_hex,
                  struct np_str payload_hash_hex, bool trailer, char hex[64])
{
    char room[512];
    struct np_buf b = {.p = room, .cap = sizeof(room), .max_bytes = sizeof(room)};
    if (trailer)
        np_buf_lit(&b, "AWS4-HMAC-SHA256-TRAILER\n");
    else
        np_buf_lit(&b, "AWS4-HMAC-SHA256-PAYLOAD\n");
    np_buf_str_add(&b, s->timestamp);
    np_buf_char(&b, '\n');
    scope(s, &b);
    np_buf_char(&b, '\n');
    np_buf_str_add(&b, previous_hex);
    np_buf_char(&b, '\n');
    if (!trailer)
        np_buf_lit(&b, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n");
    np_buf_str_add(&b, payload_hash_hex);
    np_sig_sign(key, np_buf_str(&b), hex);
}
