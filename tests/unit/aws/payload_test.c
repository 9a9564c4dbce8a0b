/* SPDX-License-Identifier: Apache-2.0 */
/* payload_test.c - aws-chunked bodies: the two worked examples of the S3 API reference, and what
 * must be refused. */
#include "test.h"

#include "aws/req_int.h"
#include "base/arena.h"
#include "base/buf.h"

struct upload {
    struct np_req rq;
    struct np_req_state st;
    struct np_buf got;
    struct np_err err;
};

static void take(struct np_req *rq, int rc, struct np_str data, bool end)
{
    struct upload *u = NP_CONTAINER(rq, struct upload, rq);
    (void)rc, (void)end;
    np_buf_str_add(&u->got, data);
}

/* The upload of the reference's examples, as auth.c leaves it. */
static void begin(struct upload *u, const char *kind, const char *seed,
                  const struct np_wire_field *more, size_t n_more)
{
    *u = (struct upload){0};
    u->rq.arena = np_arena_new();
    u->rq.state = &u->st;
    np_buf_init(&u->got, NULL, 1 << 20);
    u->st.body_fn = take;
    u->st.signed_ok = true;
    u->st.sig = (struct np_sig){
        .kind = NP_SIG_HEADER,
        .date = NP_STR("20130524"),
        .region = NP_STR("us-east-1"),
        .service = NP_STR("s3"),
        .timestamp = NP_STR("20130524T000000Z"),
        .signature = np_str_of(seed),
    };
    np_sig_key(NP_STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), u->st.sig.date, u->st.sig.region,
               u->st.sig.service, u->st.signing_key);
    struct np_wire_field *f = np_new_array(u->rq.arena, struct np_wire_field, 2 + n_more);
    f[0] = (struct np_wire_field){NP_STR("x-amz-content-sha256"), np_str_of(kind)};
    f[1] = (struct np_wire_field){NP_STR("x-amz-decoded-content-length"), NP_STR("66560")};
    for (size_t i = 0; i < n_more; i++)
        f[2 + i] = more[i];
    u->rq.wire.fields = f;
    u->rq.wire.n_fields = 2 + n_more;
}

static void end(struct upload *u)
{
    np_payload_fini(&u->rq);
    np_buf_fini(&u->got);
    np_arena_free(u->rq.arena);
}

static void chunk(struct np_buf *b, size_t size, const char *signature)
{
    if (signature != NULL)
        np_buf_printf(b, "%zx;chunk-signature=%s\r\n", size, signature);
    else
        np_buf_printf(b, "%zx\r\n", size);
    for (size_t i = 0; i < size; i++)
        np_buf_char(b, 'a');
    if (size != 0)
        np_buf_lit(b, "\r\n");
}

static void signed_body(struct np_buf *b, const char *first)
{
    np_buf_init(b, NULL, 1 << 20);
    chunk(b, 65536, first);
    chunk(b, 1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
    chunk(b, 0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
    np_buf_lit(b, "\r\n");
}

static void trailer_body(struct np_buf *b, const char *checksum)
{
    np_buf_init(b, NULL, 1 << 20);
    chunk(b, 65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
    chunk(b, 1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
    chunk(b, 0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
    np_buf_printf(b, "x-amz-checksum-crc32c:%s\r\n", checksum);
    np_buf_lit(b, "x-amz-trailer-signature:"
                  "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n");
}

/* Feeds in pieces of `step` bytes. */
static int feed(struct upload *u, struct np_str body, size_t step)
{
    int rc = np_payload_init(&u->rq, &u->err);
    for (size_t at = 0; rc == 0 && at < body.n; at += step)
        rc = np_payload_feed(&u->rq, np_str_sub(body, at, step), false, &u->err);
    return rc != 0 ? rc : np_payload_feed(&u->rq, NP_STR_NULL, true, &u->err);
}

#define SEED       "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
#define FIRST      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
#define TRAIL_SEED "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
#define SIGNED     "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

static const struct np_wire_field announced[] = {
    {{"x-amz-trailer", 13}, {"x-amz-checksum-crc32c", 21}}};

NP_TEST(signed_chunks_are_checked_and_decoded)
{
    static const size_t steps[] = {1, 7, 65536, 1 << 20};
    NP_EACH (step, steps) {
        struct upload u;
        struct np_buf body;
        begin(&u, SIGNED, SEED, NULL, 0);
        signed_body(&body, FIRST);
        int rc = feed(&u, np_buf_str(&body), *step);
        NP_CHECK(rc == 0, "steps of %zu: %.*s", *step, (int)u.err.n, u.err.text);
        NP_CHECK(u.got.n == 66560);
        np_buf_fini(&body);
        end(&u);
    }
}

NP_TEST(a_changed_chunk_signature_is_refused)
{
    struct upload u;
    struct np_buf body;
    begin(&u, SIGNED, SEED, NULL, 0);
    signed_body(&body, "bd80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
    NP_CHECK(feed(&u, np_buf_str(&body), 4096) == NP_EFAULT);
    NP_CHECK(u.err.fault == &NP_SignatureDoesNotMatch);
    np_buf_fini(&body);
    end(&u);
}

NP_TEST(a_changed_byte_of_a_signed_chunk_is_refused)
{
    struct upload u;
    struct np_buf body;
    begin(&u, SIGNED, SEED, NULL, 0);
    signed_body(&body, FIRST);
    body.p[1000] = 'b';
    NP_CHECK(feed(&u, np_buf_str(&body), 4096) == NP_EFAULT);
    NP_CHECK(u.err.fault == &NP_SignatureDoesNotMatch);
    np_buf_fini(&body);
    end(&u);
}

NP_TEST(a_body_without_its_last_chunk_is_incomplete)
{
    struct upload u;
    struct np_buf body;
    begin(&u, SIGNED, SEED, NULL, 0);
    signed_body(&body, FIRST);
    NP_CHECK(feed(&u, np_str_sub(np_buf_str(&body), 0, body.n - 100), 4096) == NP_EFAULT);
    NP_CHECK(u.err.fault == &NP_IncompleteBody);
    np_buf_fini(&body);
    end(&u);
}

NP_TEST(signed_trailers_are_checked_and_kept)
{
    struct upload u;
    struct np_buf body;
    begin(&u, SIGNED "-TRAILER", TRAIL_SEED, announced, 1);
    trailer_body(&body, "sOO8/Q==");
    int rc = feed(&u, np_buf_str(&body), 333);
    NP_CHECK(rc == 0, "%.*s", (int)u.err.n, u.err.text);
    NP_CHECK_STR(np_req_trailer(&u.rq, NP_STR("X-Amz-Checksum-Crc32c")), NP_STR("sOO8/Q=="));
    np_buf_fini(&body);
    end(&u);
}

NP_TEST(a_changed_trailer_is_refused)
{
    struct upload u;
    struct np_buf body;
    begin(&u, SIGNED "-TRAILER", TRAIL_SEED, announced, 1);
    trailer_body(&body, "sOO8/A==");
    NP_CHECK(feed(&u, np_buf_str(&body), 333) == NP_EFAULT);
    NP_CHECK(u.err.fault == &NP_SignatureDoesNotMatch);
    np_buf_fini(&body);
    end(&u);
}

static const struct {
    const char *name, *body;
    const struct np_fault_def *fault; /* NULL: fine */
} unsigned_bodies[] = {
    {"the plain form", "3\r\nabc\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n", NULL},
    {"no empty line at the end", "3\r\nabc\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n", NULL},
    {"the announced trailer is missing", "3\r\nabc\r\n0\r\n\r\n", &NP_MalformedTrailerError},
    {"a trailer without a colon", "3\r\nabc\r\n0\r\nx-amz-checksum-crc32c\r\n\r\n",
     &NP_MalformedTrailerError},
    {"more than was announced", "4\r\nabcd\r\n0\r\n\r\n", &NP_IncompleteBody},
    {"less than was announced", "2\r\nab\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n",
     &NP_IncompleteBody},
    {"a size that is no number", "z\r\nabc\r\n0\r\n\r\n", &NP_IncompleteBody},
    {"a size that overflows", "fffffffffffffffff\r\nabc\r\n", &NP_IncompleteBody},
    {"no line end after the data", "3\r\nabcX\r\n0\r\n\r\n", &NP_IncompleteBody},
    {"bytes after the end", "3\r\nabc\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\nmore",
     &NP_IncompleteBody},
    {"nothing at all", "", &NP_IncompleteBody},
};

NP_TEST(unsigned_chunks_and_their_framing)
{
    NP_EACH (c, unsigned_bodies)
        for (size_t step = 1; step < 64; step += 31) {
            struct upload u;
            begin(&u, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", SEED, announced, 1);
            ((struct np_wire_field *)(uintptr_t)u.rq.wire.fields)[1].value = NP_STR("3");
            int rc = feed(&u, np_str_of(c->body), step);
            NP_CHECK(rc == (c->fault != NULL ? NP_EFAULT : 0), "%s: %.*s", c->name, (int)u.err.n,
                     u.err.text);
            NP_CHECK(c->fault == NULL || u.err.fault == c->fault, "%s: %.*s", c->name, (int)u.err.n,
                     u.err.text);
            end(&u);
        }
}

NP_TEST(an_endless_size_line_is_refused)
{
    struct upload u;
    begin(&u, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", SEED, NULL, 0);
    char line[NP_CHUNK_LINE_MAX + 2];
    memset(line, '1', sizeof(line));
    NP_CHECK(feed(&u, np_str_n(line, NP_CHUNK_LINE_MAX + 1), 10) == NP_EFAULT);
    NP_CHECK(u.err.fault == &NP_IncompleteBody);
    end(&u);
}
