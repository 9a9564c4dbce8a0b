/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4_bench.c - what a signature costs: taking it from the request, the canonical request, the
 * string to sign and its HMAC with a signing key that is known already. */
#include "aws/sigv4.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "bench.h"

#define KEEP_BYTES (32 * 1024)

#define CREDENTIAL "AKIDEXAMPLE/20240506/us-east-1/"
#define SIGNATURE  "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        {name, sizeof(name) - 1},                                                                  \
        {                                                                                          \
            value, sizeof(value) - 1                                                               \
        }                                                                                          \
    }

/* As boto3 sends it. */
static const struct np_wire_field sts_fields[] = {
    FIELD("Host", "127.0.0.1:4566"),
    FIELD("Accept-Encoding", "identity"),
    FIELD("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
    FIELD("User-Agent", "Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27"),
    FIELD("X-Amz-Date", "20240506T070809Z"),
    FIELD("Authorization", "AWS4-HMAC-SHA256 Credential=" CREDENTIAL "sts/aws4_request, "
                           "SignedHeaders=content-type;host;x-amz-date, Signature=" SIGNATURE),
    FIELD("Content-Length", "43"),
};
static const struct np_wire_field get_fields[] = {
    FIELD("Host", "127.0.0.1:4566"),
    FIELD("Accept-Encoding", "identity"),
    FIELD("User-Agent", "Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27"),
    FIELD("X-Amz-Date", "20240506T070809Z"),
    FIELD("X-Amz-Content-SHA256", EMPTY_HASH),
    FIELD("Authorization",
          "AWS4-HMAC-SHA256 Credential=" CREDENTIAL "s3/aws4_request, "
          "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" SIGNATURE),
};
static const struct np_wire_field presigned_fields[] = {FIELD("Host", "127.0.0.1:4566")};

struct signed_request {
    const char *what;
    struct np_wire_request rq;
    bool path_once;
    struct np_str body_hash; /* absent: as the request says */
    uint8_t key[32];
    struct np_arena *arena;
};

static void verify(void *arg)
{
    struct signed_request *r = arg;
    struct np_sig s = {0};
    struct np_buf canonical, to_sign;
    char hex[64];
    np_assert(np_sig_parse(&r->rq, r->arena, &s, NULL) == 0);
    np_buf_init(&canonical, r->arena, 64 * 1024);
    np_buf_init(&to_sign, r->arena, 1024);
    np_buf_grow(&canonical, 1024);
    np_sig_canonical(&r->rq, &s, r->path_once,
                     r->body_hash.p != NULL ? r->body_hash : s.payload_hash, r->arena, &canonical);
    np_sig_string(&s, np_buf_str(&canonical), r->arena, &to_sign);
    np_sig_sign(r->key, np_buf_str(&to_sign), hex);
    np_assert(!np_ct_eq(np_str_n(hex, 64), s.signature)); /* the key is none of that signature */
    np_arena_reset(r->arena, KEEP_BYTES);
}

static void derive_key(void *arg)
{
    struct signed_request *r = arg;
    np_sig_key(NP_STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), NP_STR("20240506"),
               NP_STR("us-east-1"), NP_STR("s3"), r->key);
}

static void hash_form(void *arg)
{
    uint8_t sum[32];
    (void)arg;
    np_digest_once(NP_SHA256, NP_STR("Action=GetCallerIdentity&Version=2011-06-15"), sum);
}

static void hmac(void *arg)
{
    struct signed_request *r = arg;
    uint8_t sum[32];
    np_hmac_sha256(
        np_str_n(r->key, 32),
        NP_STR(
            "AWS4-HMAC-SHA256\n20240506T070809Z\n20240506/us-east-1/s3/aws4_request\n" EMPTY_HASH),
        sum);
}

int main(void)
{
    struct signed_request requests[] = {
        {
            .what = "sigv4: form signed in headers, signing key cached",
            .rq = {.method = NP_STR("POST"),
                   .path = NP_STR("/"),
                   .fields = sts_fields,
                   .n_fields = NP_LEN(sts_fields)},
            .body_hash = NP_STR(EMPTY_HASH),
        },
        {
            .what = "sigv4: GetObject signed in headers",
            .rq = {.method = NP_STR("GET"),
                   .path = NP_STR("/bench-bucket/folder/some-object-000123"),
                   .fields = get_fields,
                   .n_fields = NP_LEN(get_fields)},
            .path_once = true,
        },
        {
            .what = "sigv4: GetObject presigned",
            .rq = {.method = NP_STR("GET"),
                   .path = NP_STR("/bench-bucket/folder/some-object-000123"),
                   .query = NP_STR("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%"
                                   "2F20240506%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date="
                                   "20240506T070809Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&"
                                   "X-Amz-Signature=" SIGNATURE),
                   .fields = presigned_fields,
                   .n_fields = NP_LEN(presigned_fields)},
            .path_once = true,
            .body_hash = NP_STR("UNSIGNED-PAYLOAD"),
        },
    };
    struct np_arena *a = np_arena_new();
    NP_EACH (r, requests) {
        r->arena = a;
        derive_key(r);
        verify(r);
        uint64_t before = bench_mallocs();
        verify(r);
        uint64_t mallocs = bench_mallocs() - before;
        bench_say(r->what, bench_us(verify, r), "us", 5);
        if (mallocs != 0)
            bench_say("   its allocations", (double)mallocs, "", 0);
    }
    bench_say("   one HMAC of a string to sign", bench_us(hmac, &requests[0]), "us", 0);
    bench_say("   SHA-256 of a small form", bench_us(hash_form, NULL), "us", 0);
    bench_say("   deriving the signing key", bench_us(derive_key, &requests[0]), "us", 0);
    np_arena_free(a);
    return bench_end("sigv4");
}
