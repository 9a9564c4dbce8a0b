/* SPDX-License-Identifier: Apache-2.0 */
/* aws_chunked_fuzz.c - aws-chunked payloads: in pieces as whole, never more than was announced. The
 * first byte chooses signed or not, trailers or not, and the size of the pieces. */
#include "fuzz.h"

#include "aws/req_int.h"
#include "base/arena.h"

struct run {
    struct np_req rq;
    struct np_req_state st;
    struct np_err err;
    uint64_t bytes;
};

static void take(struct np_req *rq, int rc, struct np_str data, bool end)
{
    (void)rc, (void)end;
    NP_CONTAINER(rq, struct run, rq)->bytes += data.n;
}

static int feed(struct run *r, struct np_str kind, struct np_str body, size_t step)
{
    const struct np_wire_field fields[] = {
        {NP_STR("x-amz-content-sha256"), kind},
        {NP_STR("x-amz-decoded-content-length"), NP_STR("16")},
    };
    *r = (struct run){0};
    r->rq.arena = np_arena_new();
    r->rq.state = &r->st;
    r->rq.wire.fields = fields;
    r->rq.wire.n_fields = NP_LEN(fields);
    r->st.body_fn = take;
    r->st.signed_ok = true;
    r->st.sig.timestamp = NP_STR("20130524T000000Z");
    r->st.sig.signature =
        NP_STR("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    int rc = np_payload_init(&r->rq, &r->err);
    for (size_t at = 0; rc == 0 && at < body.n; at += step)
        rc = np_payload_feed(&r->rq, np_str_sub(body, at, step), false, &r->err);
    if (rc == 0)
        rc = np_payload_feed(&r->rq, NP_STR_NULL, true, &r->err);
    np_payload_fini(&r->rq);
    np_arena_free(r->rq.arena);
    return rc;
}

NP_FUZZ(p, n)
{
    static const char *const kinds[] = {
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    };
    if (n == 0)
        return 0;
    struct np_str kind = np_str_of(kinds[p[0] % NP_LEN(kinds)]);
    struct np_str body = np_str_n(p + 1, n - 1);
    struct run whole, pieces;
    int a = feed(&whole, kind, body, body.n + 1);
    int b = feed(&pieces, kind, body, 1 + p[0] / NP_LEN(kinds) % 7);
    np_assert(a == b);
    np_assert(whole.bytes <= 16 && pieces.bytes == whole.bytes);
    np_assert(a != 0 || whole.bytes == 16);
    return 0;
}
