/* SPDX-License-Identifier: Apache-2.0 */
/* md5_test.c - MD5 of one input and of several side by side: the vectors of RFC 1321, and OpenSSL's
 * result for inputs of any length, in any number and any pieces. */
#include "test.h"

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/md5.h"

static const struct {
    const char *text, *hex;
} vectors[] = {
    {"", "d41d8cd98f00b204e9800998ecf8427e"},
    {"a", "0cc175b9c0f1b6a831c399e269772661"},
    {"abc", "900150983cd24fb0d6963f7d28e17f72"},
    {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
     "d174ab98d277d9f5a5611c2c9f419d9f"},
    {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "57edf4a22be3c955ac49da2e2107b67a"},
};

#define INPUTS (NP_LEN(vectors))

static uint32_t chance = 1;

static size_t below(size_t n)
{
    chance = chance * 1664525 + 1013904223;
    return (size_t)(((uint64_t)chance * n) >> 32);
}

static void fill(unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)below(256);
}

static void check_end(struct np_md5 *m, struct np_str all, const char *what)
{
    unsigned char got[NP_MD5_SIZE], want[NP_MD5_SIZE];
    np_md5_end(m, got);
    np_digest_once(NP_MD5, all, want);
    NP_CHECK(memcmp(got, want, sizeof(want)) == 0, "%s of %zu bytes", what, all.n);
}

NP_TEST(md5_vectors)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_md5 side_by_side[INPUTS];
    struct np_md5_run runs[INPUTS];
    for (size_t i = 0; i < INPUTS; i++) {
        struct np_md5 alone;
        unsigned char out[NP_MD5_SIZE];
        np_md5_init(&alone);
        np_md5_add(&alone, vectors[i].text, strlen(vectors[i].text));
        np_md5_end(&alone, out);
        NP_CHECK_STR(np_hex_str(a, np_str_n(out, sizeof(out))), np_str_of(vectors[i].hex));
        np_md5_init(&side_by_side[i]);
        runs[i] = (struct np_md5_run){&side_by_side[i], (const unsigned char *)vectors[i].text,
                                      strlen(vectors[i].text)};
    }
    np_md5_add_all(runs, INPUTS);
    for (size_t i = 0; i < INPUTS; i++) {
        unsigned char out[NP_MD5_SIZE];
        np_md5_end(&side_by_side[i], out);
        NP_CHECK_STR(np_hex_str(a, np_str_n(out, sizeof(out))), np_str_of(vectors[i].hex));
    }
}

/* Lengths around the ends of a block and of its padding. */
NP_TEST(md5_of_every_short_length)
{
    static unsigned char data[4 * NP_MD5_BLOCK + 1];
    fill(data, sizeof(data));
    for (size_t n = 0; n <= sizeof(data); n++) {
        struct np_md5 m;
        np_md5_init(&m);
        np_md5_add(&m, data, n);
        check_end(&m, np_str_n(data, n), "MD5");
    }
}

/* More inputs than lanes, each from a place of its own, in rounds in which everyone gets a piece of
 * another length, some none: so lanes are short, uneven, idle and taken over. */
static void interleave(size_t n_inputs, size_t piece_max)
{
    enum { INPUTS_MAX = 3 * NP_DIGEST_RUNS, ROUNDS = 6 };
    static unsigned char data[INPUTS_MAX * 64 + ROUNDS * 5000];
    struct np_md5 md5[INPUTS_MAX];
    size_t had[INPUTS_MAX] = {0};
    for (size_t i = 0; i < n_inputs; i++)
        np_md5_init(&md5[i]);
    for (int round = 0; round < ROUNDS; round++) {
        struct np_md5_run runs[INPUTS_MAX];
        for (size_t i = 0; i < n_inputs; i++) {
            size_t n = below(4) == 0 ? 0 : below(piece_max);
            runs[i] = (struct np_md5_run){&md5[i], n == 0 ? NULL : data + 61 * i + had[i], n};
            had[i] += n;
        }
        np_md5_add_all(runs, n_inputs);
    }
    for (size_t i = 0; i < n_inputs; i++)
        check_end(&md5[i], np_str_n(data + 61 * i, had[i]), "side by side");
}

NP_TEST(md5_side_by_side_is_md5)
{
    for (size_t n = 0; n <= 3 * NP_DIGEST_RUNS; n++)
        for (size_t piece = 1; piece <= 5000; piece = piece * 3 + 7)
            interleave(n, piece);
}

/* All lanes as they are used: the same long length, one of them longer. */
NP_TEST(md5_of_long_inputs_side_by_side)
{
    enum { N = 128 * 1024 };
    NP_AUTO_HEAP unsigned char *data = np_heap_alloc(N + 1000 + NP_DIGEST_RUNS);
    fill(data, N + 1000 + NP_DIGEST_RUNS);
    struct np_digest *d[NP_DIGEST_RUNS];
    struct np_digest_run runs[NP_DIGEST_RUNS];
    for (size_t i = 0; i < NP_DIGEST_RUNS; i++) {
        d[i] = np_digest_new(i == 3 ? NP_SHA256 : NP_MD5);
        runs[i] = (struct np_digest_run){d[i], data + i, N + (i == 5 ? 1000 : 0)};
    }
    np_digest_add_all(runs, NP_LEN(runs));
    for (size_t i = 0; i < NP_DIGEST_RUNS; i++) {
        unsigned char got[NP_DIGEST_MAX], want[NP_DIGEST_MAX];
        enum np_digest_alg alg = i == 3 ? NP_SHA256 : NP_MD5;
        np_digest_end(d[i], got);
        np_digest_once(alg, np_str_n(data + i, runs[i].n), want);
        NP_CHECK(memcmp(got, want, np_digest_size(alg)) == 0, "lane %zu", i);
        np_digest_free(d[i]);
    }
    NP_CHECK(np_digest_lanes(NP_MD5) >= 1 && np_digest_lanes(NP_MD5) <= NP_DIGEST_RUNS);
    NP_CHECK(np_digest_lanes(NP_SHA256) == 1);
}

/* 2^32 bits and more: the length is counted in 64. */
NP_TEST(md5_counts_past_4_gib)
{
    struct np_md5 m = {.n_bytes = UINT64_C(5) << 32};
    unsigned char low[NP_MD5_SIZE], high[NP_MD5_SIZE];
    struct np_md5 none = {.n_bytes = 0};
    np_md5_end(&none, low);
    np_md5_end(&m, high);
    NP_CHECK(memcmp(low, high, sizeof(low)) != 0);
}
