/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4.h - AWS Signature Version 4: in headers, presigned, and over chunks. Pure functions over
 * bytes.
 *
 * Source: «Signature Version 4 signing process» and S3's «Signature Calculations». The suite of
 * vectors is in tests/vectors.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "codec/codec.h"

enum np_sig_kind {
    NP_SIG_NONE,
    NP_SIG_HEADER,
    NP_SIG_QUERY,
    NP_SIG_V2,
    NP_SIG_V2_QUERY,
    NP_SIG_V4A
};
struct np_sig {
    enum np_sig_kind kind;
    struct np_str access_key_id, date, region, service; /* credential scope; date is yyyymmdd */
    struct np_str signed_headers;                       /* "host;x-amz-date" */
    struct np_str signature;                            /* 64 hex digits */
    struct np_str timestamp;                            /* yyyymmddThhmmssZ */
    int64_t time_ms;
    int64_t expires_s;          /* presigned */
    struct np_str token;        /* session token */
    struct np_str payload_hash; /* x-amz-content-sha256, or UNSIGNED-PAYLOAD; absent: of the body */
};
/* Finds and parses the signature. NP_EINVAL: incomplete; err says what, in AWS's words. */
int np_sig_parse(const struct np_wire_request *rq, struct np_arena *a, struct np_sig *out,
                 struct np_err *err);
/* "keyid/date/region/service/aws4_request" into its parts. NP_EINVAL as above. */
int np_sig_credential(struct np_str credential, struct np_sig *out, struct np_err *err);

/* The canonical request; path_once: S3 encodes the path once and does not normalise. body_hash in
 * hex. */
void np_sig_canonical(const struct np_wire_request *rq, const struct np_sig *s, bool path_once,
                      struct np_str body_hash, struct np_arena *a, struct np_buf *out);
void np_sig_string(const struct np_sig *s, struct np_str canonical, struct np_arena *a,
                   struct np_buf *out);
void np_sig_key(struct np_str secret, struct np_str date, struct np_str region,
                struct np_str service, uint8_t out[32]);
void np_sig_sign(const uint8_t key[32], struct np_str string_to_sign, char hex[64]);
/* Chunk of aws-chunked: payload is the chunk's bytes, or for the trailer the canonical trailer
 * lines. */
void np_sig_chunk(const uint8_t key[32], const struct np_sig *s, struct np_str previous_hex,
                  struct np_str payload_hash_hex, bool trailer, char hex[64]);
