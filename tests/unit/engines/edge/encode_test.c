/* SPDX-License-Identifier: Apache-2.0 */
/* encode_test.c - compression: what gets it, what is kept. */
#include "engines/edge/encode.h"
#include "engines/edge/rig.h"

#include <zlib.h>

static void compressing(struct rig *r)
{
    rig_init(r);
    r->behaviors[0].compress = true;
    r->behaviors[0].forward.key_gzip = r->behaviors[0].forward.key_brotli = true;
    rig_start(r);
}

static struct np_str text(struct rig *r, size_t n)
{
    char *p = np_alloc(r->f.arena, n);
    for (size_t i = 0; i < n; i++)
        p[i] = "compress me, please "[i % 20];
    return np_str_n(p, n);
}

static struct np_str gunzip(struct rig *r, struct np_str in, size_t n)
{
    char *out = np_alloc(r->f.arena, n + 1);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p,
                  .avail_in = (uInt)in.n,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)n + 1};
    NP_CHECK(inflateInit2(&z, 31) == Z_OK);
    NP_CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
    inflateEnd(&z);
    return np_str_n(out, z.total_out);
}

NP_TEST(gzip_is_kept)
{
    struct rig r;
    compressing(&r);
    struct np_str body = text(&r, 200000);
    r.answer = (struct rig_answer){.status = 200,
                                   .length = -2,
                                   .body = body,
                                   .fields = "Content-Type: text/html; charset=utf-8\nETag: \"1\""};
    for (int i = 0; i < 2; i++) {
        struct reply y = rig_ask(&r, "GET", "/a", "Accept-Encoding: gzip\r\n");
        NP_CHECK_STR(reply_field(y, "Content-Encoding"), NP_STR("gzip"));
        NP_CHECK_STR(reply_field(y, "ETag"), NP_STR("W/\"1\""));
        NP_CHECK_STR(reply_field(y, "Vary"), NP_STR("Accept-Encoding"));
        NP_CHECK(y.body.n < body.n / 10);
        struct np_str plain = gunzip(&r, y.body, body.n);
        NP_CHECK(np_str_eq(plain, body));
    }
    NP_CHECK(RIG_ASKED(&r) == 1);
    struct reply y = rig_ask(&r, "GET", "/a", "Accept-Encoding: br, gzip\r\n");
    NP_CHECK_STR(reply_field(y, "Content-Encoding"), NP_STR("br"));
    y = rig_get(&r, "/a");
    NP_CHECK(reply_field(y, "Content-Encoding").p == NULL && np_str_eq(y.body, body));
    NP_CHECK_STR(reply_field(y, "ETag"), NP_STR("\"1\""));
    NP_CHECK(RIG_ASKED(&r) == 3);
    rig_fini(&r);
}

NP_TEST(what_is_not_compressed)
{
    static const struct {
        const char *what, *fields;
        int status;
        size_t n;
        int64_t length;
        bool coded;
    } cases[] = {
        {"1,000 bytes", "Content-Type: text/css", 200, 1000, -2, true},
        {"999 bytes", "Content-Type: text/css", 200, 999, -2, false},
        {"10,000,000 bytes", "Content-Type: text/css", 200, 10000000, -2, true},
        {"10,000,001 bytes", "Content-Type: text/css", 200, 10000001, -2, false},
        {"no length", "Content-Type: text/css", 200, 5000, -1, false},
        {"a type that is coded already", "Content-Type: image/png", 200, 5000, -2, false},
        {"no type", NULL, 200, 5000, -2, false},
        {"the origin did it", "Content-Type: text/css\nContent-Encoding: x", 200, 5000, -2, false},
        {"404 is", "Content-Type: text/css", 404, 5000, -2, true},
        {"500 is not", "Content-Type: text/css", 500, 5000, -2, false},
        {"what is not kept is not", "Content-Type: text/css\nCache-Control: no-store", 200, 5000,
         -2, false},
    };
    NP_EACH (c, cases) {
        struct rig r;
        compressing(&r);
        r.answer = (struct rig_answer){
            .status = c->status, .length = c->length, .body = text(&r, c->n), .fields = c->fields};
        struct reply y = rig_ask(&r, "GET", "/a", "Accept-Encoding: gzip\r\n");
        NP_CHECK(y.status == c->status);
        NP_CHECK((reply_field(y, "Content-Encoding").n == 4) == c->coded, "%s", c->what);
        rig_fini(&r);
    }
}

NP_TEST(types)
{
    NP_CHECK(edge_encode_type_ok(NP_STR("text/html")));
    NP_CHECK(edge_encode_type_ok(NP_STR("Application/JSON ; charset=x")));
    NP_CHECK(!edge_encode_type_ok(NP_STR("text/htm")));
    NP_CHECK(!edge_encode_type_ok(NP_STR("image/jpeg")));
    NP_CHECK(!edge_encode_type_ok(NP_STR_NULL));
}
