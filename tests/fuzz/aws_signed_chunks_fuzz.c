/* SPDX-License-Identifier: Apache-2.0 */
/* aws_signed_chunks_fuzz.c - a payload that is signed chunk by chunk is taken as it was signed, and
 * with a byte changed never as anything else. First byte: whether there is a signed trailer, and
 * the size of the pieces; then where and how one byte is changed (two bytes and one); then chunks,
 * each a length and its bytes. */
#include "fuzz.h"

#include "aws/req_int.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"

#define SEED "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"

struct signer {
    struct np_sig sig;
    uint8_t key[32];
    char previous[64];
    struct np_buf stream;
};

static struct signer begin(struct np_arena *a, size_t room)
{
    struct signer s = {.sig = {.kind = NP_SIG_HEADER,
                               .date = NP_STR("20130524"),
                               .region = NP_STR("us-east-1"),
                               .service = NP_STR("s3"),
                               .timestamp = NP_STR("20130524T000000Z"),
                               .signature = NP_STR(SEED)}};
    memcpy(s.previous, SEED, 64);
    np_buf_init(&s.stream, a, room);
    return s;
}

static void sign(struct signer *s, struct np_str data, bool trailer)
{
    uint8_t sum[32];
    char hex[64], signature[64];
    np_digest_once(NP_SHA256, data, sum);
    np_hex(hex, sum, 32);
    np_sig_chunk(s->key, &s->sig, np_str_n(s->previous, 64), np_str_n(hex, 64), trailer, signature);
    memcpy(s->previous, signature, 64);
}

static void put_chunk(struct signer *s, struct np_str data)
{
    sign(s, data, false);
    np_buf_printf(&s->stream, "%zx;chunk-signature=%.64s\r\n", data.n, s->previous);
    np_buf_str_add(&s->stream, data);
    if (data.n != 0)
        np_buf_lit(&s->stream, "\r\n");
}

static void put_end(struct signer *s, bool trailer)
{
    put_chunk(s, NP_STR(""));
    if (trailer) {
        sign(s, NP_STR("x-amz-checksum-crc32:AAAAAA==\n"), true);
        np_buf_printf(&s->stream,
                      "x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:%.64s\r\n",
                      s->previous);
    }
    np_buf_lit(&s->stream, "\r\n");
}

/* --- reading --- */

struct reader {
    struct np_req rq;
    struct np_req_state st;
    struct np_buf got;
};

static void take(struct np_req *rq, int rc, struct np_str data, bool end)
{
    (void)rc, (void)end;
    np_buf_str_add(&NP_CONTAINER(rq, struct reader, rq)->got, data);
}

static int read_all(struct reader *r, struct np_arena *a, const struct signer *s, bool trailer,
                    struct np_str body, struct np_str stream, size_t step)
{
    const struct np_wire_field fields[] = {
        {NP_STR("x-amz-content-sha256"), trailer
                                             ? NP_STR("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
                                             : NP_STR("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")},
        {NP_STR("x-amz-decoded-content-length"), np_str_printf(a, "%zu", body.n)},
        {NP_STR("x-amz-trailer"), NP_STR("x-amz-checksum-crc32")},
    };
    struct np_err err;
    *r = (struct reader){.rq = {.arena = a, .state = &r->st}};
    r->rq.wire.fields = fields;
    r->rq.wire.n_fields = trailer ? 3 : 2;
    r->st.body_fn = take;
    r->st.signed_ok = true;
    r->st.sig = s->sig;
    memcpy(r->st.signing_key, s->key, sizeof(s->key));
    np_buf_init(&r->got, a, body.n + 1);
    int rc = np_payload_init(&r->rq, &err);
    for (size_t at = 0; rc == 0 && at < stream.n; at += step)
        rc = np_payload_feed(&r->rq, np_str_sub(stream, at, step), false, &err);
    if (rc == 0)
        rc = np_payload_feed(&r->rq, NP_STR_NULL, true, &err);
    np_payload_fini(&r->rq);
    return rc;
}

static void check_taken(const struct reader *r, bool trailer, struct np_str body)
{
    np_assert(np_str_eq(np_buf_str(&r->got), body));
    np_assert(!trailer ||
              np_str_is(np_req_trailer(&r->rq, NP_STR("x-amz-checksum-crc32")), "AAAAAA=="));
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf body;
    struct reader r;
    if (n < 4)
        return 0;
    bool trailer = p[0] & 1;
    size_t step = 1 + p[0] / 2, where = (size_t)p[1] << 8 | p[2];
    struct signer s = begin(a, 128 * n + 1024);
    np_buf_init(&body, a, n);
    for (struct np_str rest = np_str_n(p + 4, n - 4); rest.n > 1 && rest.p[0] != 0;) {
        struct np_str chunk = np_str_sub(rest, 1, (uint8_t)rest.p[0]);
        rest = np_str_sub(rest, 1 + chunk.n, rest.n);
        put_chunk(&s, chunk);
        np_buf_str_add(&body, chunk);
    }
    put_end(&s, trailer);
    np_assert(np_buf_ok(&s.stream));
    struct np_str stream = np_buf_str(&s.stream), plain = np_buf_str(&body);
    np_assert(read_all(&r, a, &s, trailer, plain, stream, step) == 0);
    check_taken(&r, trailer, plain);
    s.stream.p[where % stream.n] ^= (char)p[3];
    if (read_all(&r, a, &s, trailer, plain, stream, step) == 0)
        check_taken(&r, trailer, plain);
    return 0;
}
