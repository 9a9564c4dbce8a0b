/* SPDX-License-Identifier: Apache-2.0 */
/* sigv2.c - the older signature of presigned S3 URLs: what `aws s3 presign` still makes by default.
 *
 * Source: «Signing and authenticating REST requests», query string request authentication.
 * Signature Version 2 in headers and for other services is refused. */
#include "aws/sigv2.h"

#include <stdlib.h>

#include "aws/limits.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/enc.h"
#include "codec/form.h"

/* Query keys that are part of the resource, sorted. */
static const char *const resource_keys[] = {
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
};

int np_sig2_parse(const struct np_wire_request *rq, struct np_arena *a, struct np_sig *out,
                  struct np_err *err)
{
    struct np_pair *q;
    size_t n;
    int rc = np_form_parse(a, rq->query, true, NP_QUERY_PAIRS_MAX, &q, &n, err);
    if (rc != 0)
        return rc;
    struct np_str expires = np_form_get(q, n, NP_STR("Expires"));
    struct np_sig sig = {
        .kind = NP_SIG_V2_QUERY,
        .access_key_id = np_form_get(q, n, NP_STR("AWSAccessKeyId")),
        .signature = np_form_get(q, n, NP_STR("Signature")),
        .token = np_form_get(q, n, NP_STR("x-amz-security-token")),
        .timestamp = expires,
    };
    if (sig.access_key_id.n == 0 || sig.signature.n == 0 || !np_str_i64(expires, &sig.expires_s))
        return np_err(
            err, NP_EINVAL,
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
            "parameters");
    *out = sig;
    return 0;
}

static struct np_str field(const struct np_wire_request *rq, struct np_str name)
{
    for (size_t i = 0; i < rq->n_fields; i++)
        if (np_str_ieq(rq->fields[i].name, name))
            return rq->fields[i].value;
    return NP_STR("");
}

static int by_name(const void *x, const void *y)
{
    const struct np_wire_field *p = x, *q = y;
    return np_str_cmp(p->name, q->name);
}

/* x-amz- fields, lower case, sorted, those of one name joined. */
static void amz_fields(const struct np_wire_request *rq, struct np_arena *a, struct np_buf *out)
{
    struct np_wire_field *fields = np_new_array(a, struct np_wire_field, rq->n_fields + 1);
    size_t n = 0;
    for (size_t i = 0; i < rq->n_fields; i++)
        if (np_str_istarts(rq->fields[i].name, NP_STR("x-amz-")))
            fields[n++] =
                (struct np_wire_field){np_str_lower(a, rq->fields[i].name), rq->fields[i].value};
    if (n > 1)
        qsort(fields, n, sizeof(fields[0]), by_name);
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && np_str_eq(fields[i].name, fields[i - 1].name);
        if (same) {
            out->n--; /* the line goes on */
            np_buf_char(out, ',');
        } else {
            np_buf_str_add(out, fields[i].name);
            np_buf_char(out, ':');
        }
        np_buf_str_add(out, np_str_trim(fields[i].value));
        np_buf_char(out, '\n');
    }
}

static void resource(const struct np_wire_request *rq, struct np_arena *a, struct np_buf *out)
{
    np_buf_str_add(out, rq->path);
    struct np_pair *q;
    size_t n;
    char separator = '?';
    if (np_form_parse(a, rq->query, true, NP_QUERY_PAIRS_MAX, &q, &n, NULL) != 0)
        return;
    NP_EACH (key, resource_keys)
        for (size_t i = 0; i < n; i++) {
            if (!np_str_eq(q[i].key, np_str_of(*key)))
                continue;
            np_buf_char(out, separator);
            np_buf_str_add(out, q[i].key);
            if (q[i].value.n != 0) {
                np_buf_char(out, '=');
                np_buf_str_add(out, q[i].value);
            }
            separator = '&';
        }
}

struct np_str np_sig2_string(const struct np_wire_request *rq, const struct np_sig *s,
                             struct np_arena *a)
{
    struct np_buf b;
    np_buf_init(&b, a, 256 * 1024);
    const struct np_str lines[] = {rq->method, field(rq, NP_STR("content-md5")),
                                   field(rq, NP_STR("content-type")), s->timestamp};
    NP_EACH (line, lines) {
        np_buf_str_add(&b, *line);
        np_buf_char(&b, '\n');
    }
    amz_fields(rq, a, &b);
    /* The token of temporary credentials is signed as a field, though it travels in the query. */
    if (s->token.n != 0)
        np_buf_printf(&b, "x-amz-security-token:%.*s\n", NP_FMT(s->token));
    resource(rq, a, &b);
    return np_buf_str(&b);
}

struct np_str np_sig2_sign(struct np_str secret, struct np_str string_to_sign, struct np_arena *a)
{
    uint8_t mac[20];
    np_hmac_sha1(secret, string_to_sign, mac);
    return np_base64(a, np_str_n(mac, sizeof(mac)));
}
