/* SPDX-License-Identifier: Apache-2.0 */
/* payload.c - a streamed payload on its way in: aws-chunked taken apart, chunk signatures, trailers
 * and the hash of the whole checked. Bytes are handed on as they come; the end only when all of it
 * held.
 *
 * Source: «Signature calculations for the authorization header: transferring a payload in multiple
 * chunks» and «…: including trailing headers» of the S3 API reference. */
#include "aws/req_int.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/enc.h"

enum chunk_state { CHUNK_SIZE, CHUNK_DATA, CHUNK_DATA_END, CHUNK_TRAILER, CHUNK_DONE };

int np_payload_init(struct np_req *rq, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    *p = (struct np_payload){.decoded_length = -1};
    np_buf_init(&p->line, rq->arena, NP_TRAILER_MAX);
    struct np_str said = np_req_field(rq, NP_STR("x-amz-content-sha256"));
    if (said.p == NULL || np_str_is(said, "UNSIGNED-PAYLOAD")) {
        p->mode = NP_PAYLOAD_PLAIN;
    } else if (said.n == 64) {
        uint8_t raw[32];
        if (!np_unhex(raw, said))
            return np_fault(err, &NP_InvalidParameterValue,
                            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                            "STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid "
                            "sha256 value.");
        p->check_hash = rq->state->signed_ok;
        memcpy(p->want, said.p, 64);
    } else if (np_str_is(said, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) {
        p->mode = NP_PAYLOAD_CHUNKED;
        p->chunk_signed = true;
    } else if (np_str_is(said, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")) {
        p->mode = NP_PAYLOAD_CHUNKED;
        p->chunk_signed = p->trailer = true;
    } else if (np_str_is(said, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")) {
        p->mode = NP_PAYLOAD_CHUNKED;
        p->trailer = true;
    } else {
        return np_fault(
            err, &NP_InvalidParameterValue,
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a "
            "valid "
            "sha256 value.");
    }
    if (p->mode == NP_PAYLOAD_CHUNKED) {
        uint64_t n;
        struct np_str length = np_req_field(rq, NP_STR("x-amz-decoded-content-length"));
        if (!np_str_u64(length, &n) || n > INT64_MAX)
            return np_fault(err, &NP_MissingParameter,
                            "You must provide the Content-Length HTTP header.");
        p->decoded_length = (int64_t)n;
        if (p->chunk_signed && !rq->state->signed_ok)
            return np_fault(err, &NP_InvalidParameterValue, "Signed chunks need a signed request.");
        if (p->chunk_signed)
            memcpy(p->previous, rq->state->sig.signature.p, 64);
    }
    if (p->check_hash || p->chunk_signed)
        p->sha = np_digest_new(NP_SHA256);
    return 0;
}

void np_payload_fini(struct np_req *rq)
{
    np_digest_free(rq->state->payload.sha);
    rq->state->payload.sha = NULL;
}

static void sha_hex(struct np_digest *d, char hex[64])
{
    uint8_t sum[32];
    np_digest_end(d, sum);
    np_digest_reset(d);
    np_hex(hex, sum, 32);
}

static void give(struct np_req *rq, struct np_str data)
{
    struct np_payload *p = &rq->state->payload;
    if (p->sha != NULL)
        np_digest_add(p->sha, data.p, data.n);
    p->decoded += data.n;
    rq->state->body_fn(rq, 0, data, false);
}

static int chunk_broken(struct np_err *err)
{
    return np_fault(
        err, &NP_IncompleteBody,
        "The request body is no valid aws-chunked content: a chunk header is malformed.");
}

/* The signature that a signed chunk's header promised, over what came. */
static int check_chunk(struct np_req *rq, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    char sum[64], want[64];
    sha_hex(p->sha, sum);
    np_sig_chunk(rq->state->signing_key, &rq->state->sig, np_str_n(p->previous, 64),
                 np_str_n(sum, 64), false, want);
    if (!np_ct_eq(np_str_n(want, 64), np_str_n(p->chunk_sig, 64)))
        return np_fault(err, &NP_SignatureDoesNotMatch,
                        "The request signature we calculated does not match the signature you "
                        "provided. Check your key "
                        "and signing method.");
    memcpy(p->previous, want, 64);
    return 0;
}

/* "1f4;chunk-signature=…" without CRLF. */
static int size_line(struct np_req *rq, struct np_str line, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    struct np_str size, extension;
    np_str_cut(line, ';', &size, &extension);
    if (size.n == 0 || size.n > 15)
        return chunk_broken(err);
    uint64_t n = 0;
    for (size_t i = 0; i < size.n; i++) {
        char c = size.p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return chunk_broken(err);
        n = n << 4 | (uint64_t)digit;
    }
    if (p->chunk_signed) {
        static const struct np_str name = {"chunk-signature=", 16};
        if (!np_str_starts(extension, name) || extension.n != name.n + 64)
            return chunk_broken(err);
        memcpy(p->chunk_sig, extension.p + name.n, 64);
    }
    if (n > (uint64_t)p->decoded_length - p->decoded)
        return np_fault(
            err, &NP_IncompleteBody,
            "The request body holds more than the x-amz-decoded-content-length of %lld bytes.",
            (long long)p->decoded_length);
    p->left = n;
    if (n != 0) {
        p->state = CHUNK_DATA;
        return 0;
    }
    p->state = CHUNK_TRAILER;
    np_buf_clear(&p->line);
    return p->chunk_signed ? check_chunk(rq, err) : 0;
}

/* Lines "name:value" up to the empty one are in p->line. */
static int end_trailers(struct np_req *rq, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    p->state = CHUNK_DONE;
    struct np_str rest = np_buf_str(&p->line), line, signature = NP_STR_NULL;
    struct np_buf canonical;
    np_buf_init(&canonical, rq->arena, 2 * NP_TRAILER_MAX);
    p->trailers = np_new_array(rq->arena, struct np_wire_field, NP_REPLY_FIELDS_MAX);
    while (np_str_split(&rest, '\n', &line)) {
        struct np_str name, value;
        line = np_str_trim(line);
        if (line.n == 0)
            continue;
        if (!np_str_cut(line, ':', &name, &value) || p->n_trailers == NP_REPLY_FIELDS_MAX)
            return np_fault(err, &NP_MalformedTrailerError,
                            "The request contained trailing data that was not well-formed or did "
                            "not conform to our "
                            "published schema.");
        name = np_str_lower(rq->arena, np_str_trim(name));
        value = np_str_trim(value);
        if (np_str_is(name, "x-amz-trailer-signature")) {
            signature = value;
            continue;
        }
        np_buf_str_add(&canonical, name);
        np_buf_char(&canonical, ':');
        np_buf_str_add(&canonical, value);
        np_buf_char(&canonical, '\n');
        p->trailers[p->n_trailers++] = (struct np_wire_field){name, value};
    }
    if (p->trailer && p->chunk_signed) {
        char sum[64], want[64];
        uint8_t raw[32];
        np_digest_once(NP_SHA256, np_buf_str(&canonical), raw);
        np_hex(sum, raw, 32);
        np_sig_chunk(rq->state->signing_key, &rq->state->sig, np_str_n(p->previous, 64),
                     np_str_n(sum, 64), true, want);
        if (!np_ct_eq(np_str_n(want, 64), signature))
            return np_fault(err, &NP_SignatureDoesNotMatch,
                            "The request signature we calculated does not match the signature you "
                            "provided. Check "
                            "your key and signing method.");
    }
    return 0;
}

/* Gathers bytes up to LF; *line is complete when true. */
static bool take_line(struct np_payload *p, struct np_str *raw)
{
    ptrdiff_t lf = np_str_chr(*raw, '\n');
    size_t n = lf < 0 ? raw->n : (size_t)lf + 1;
    np_buf_add(&p->line, raw->p, n);
    *raw = np_str_sub(*raw, n, raw->n);
    return lf >= 0;
}

/* Up to one line of the trailer section; the empty one ends it. */
static int take_trailer(struct np_req *rq, struct np_str *raw, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    bool whole = take_line(p, raw);
    if (!np_buf_ok(&p->line))
        return np_fault(err, &NP_MalformedTrailerError,
                        "The trailer section is longer than %d bytes.", NP_TRAILER_MAX);
    if (!whole)
        return 0;
    struct np_str before = np_str_sub(np_buf_str(&p->line), 0, p->line.n - 1);
    size_t start = (size_t)(np_str_rchr(before, '\n') + 1);
    if (np_str_trim(np_str_sub(before, start, before.n)).n == 0)
        return end_trailers(rq, err);
    return 0;
}

static int feed_chunked(struct np_req *rq, struct np_str raw, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    int rc = 0;
    while (raw.n != 0 && rc == 0) {
        switch ((enum chunk_state)p->state) {
        case CHUNK_SIZE: {
            bool whole = take_line(p, &raw);
            if (p->line.n > NP_CHUNK_LINE_MAX)
                rc = chunk_broken(err);
            else if (whole)
                rc = size_line(rq, np_str_trim(np_buf_str(&p->line)), err);
            if (whole)
                np_buf_clear(&p->line);
            break;
        }
        case CHUNK_DATA: {
            size_t n = raw.n < p->left ? raw.n : (size_t)p->left;
            give(rq, np_str_sub(raw, 0, n));
            raw = np_str_sub(raw, n, raw.n);
            p->left -= n;
            if (p->left == 0)
                p->state = CHUNK_DATA_END;
            break;
        }
        case CHUNK_DATA_END:
            if (!take_line(p, &raw)) {
                if (p->line.n > 2)
                    rc = chunk_broken(err);
                break;
            }
            if (!np_str_is(np_buf_str(&p->line), "\r\n"))
                rc = chunk_broken(err);
            np_buf_clear(&p->line);
            p->state = CHUNK_SIZE;
            if (rc == 0 && p->chunk_signed)
                rc = check_chunk(rq, err);
            break;
        case CHUNK_TRAILER:
            rc = take_trailer(rq, &raw, err);
            break;
        case CHUNK_DONE:
            return np_fault(err, &NP_IncompleteBody,
                            "The request body goes on after its last chunk.");
        }
    }
    return rc;
}

static int check_end(struct np_req *rq, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    if (p->mode == NP_PAYLOAD_CHUNKED) {
        /* A trailer section may end with the body instead of an empty line. */
        if (p->state == CHUNK_TRAILER) {
            int rc = end_trailers(rq, err);
            if (rc != 0)
                return rc;
        }
        if (p->state != CHUNK_DONE || p->decoded != (uint64_t)p->decoded_length)
            return np_fault(err, &NP_IncompleteBody,
                            "You did not provide the number of bytes specified by the "
                            "Content-Length HTTP header");
    }
    if (p->check_hash) {
        char hex[64];
        sha_hex(p->sha, hex);
        if (memcmp(hex, p->want, 64) != 0) {
            np_fault(
                err, &NP_XAmzContentSHA256Mismatch,
                "The provided 'x-amz-content-sha256' header does not match what was computed.");
            np_err_extra(err, "ClientComputedContentSHA256",
                         np_str_dup(rq->arena, np_str_n(p->want, 64)));
            np_err_extra(err, "S3ComputedContentSHA256", np_str_dup(rq->arena, np_str_n(hex, 64)));
            return NP_EFAULT;
        }
    }
    struct np_str announced = np_req_field(rq, NP_STR("x-amz-trailer")), name;
    while (p->mode == NP_PAYLOAD_CHUNKED && np_str_split(&announced, ',', &name))
        if (np_str_trim(name).n != 0 && np_req_trailer(rq, np_str_trim(name)).p == NULL)
            return np_fault(err, &NP_MalformedTrailerError,
                            "The request contained trailing data that was not well-formed or did "
                            "not conform to our "
                            "published schema.");
    return 0;
}

int np_payload_feed(struct np_req *rq, struct np_str raw, bool end, struct np_err *err)
{
    struct np_payload *p = &rq->state->payload;
    int rc = 0;
    if (raw.n != 0) {
        if (p->mode == NP_PAYLOAD_PLAIN)
            give(rq, raw);
        else
            rc = feed_chunked(rq, raw, err);
    }
    if (rc == 0 && end) {
        rc = check_end(rq, err);
        p->done = rc == 0;
    }
    return rc;
}

struct np_str np_req_trailer(const struct np_req *rq, struct np_str name)
{
    const struct np_payload *p = &rq->state->payload;
    for (size_t i = 0; i < p->n_trailers; i++)
        if (np_str_ieq(p->trailers[i].name, name))
            return p->trailers[i].value;
    return NP_STR_NULL;
}

int64_t np_req_body_length(const struct np_req *rq)
{
    const struct np_payload *p = &rq->state->payload;
    if (p->mode == NP_PAYLOAD_CHUNKED || rq->state->call != NULL)
        return p->decoded_length;
    uint64_t n;
    return np_str_u64(np_req_field(rq, NP_STR("content-length")), &n) && n <= INT64_MAX ? (int64_t)n
                                                                                        : -1;
}
