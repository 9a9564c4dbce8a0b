/* SPDX-License-Identifier: Apache-2.0 */
/* md5.c - RFC 1321, once for a number a register and once for eight.
 *
 * Every step of MD5 needs the result of the step before, so that one input leaves most of a core
 * idle and no instruction helps. Eight inputs, a vector of their words in place of each word, take
 * 1.4 times as long as one. What they have to give first is their words in that order: a transpose.
 */
#include "base/md5.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#define HAS_LANES 1
#else
#define HAS_LANES 0
#endif

#define WORDS 16 /* of a block */

static const uint32_t init[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

/* 2^32 times the sine of 1 to 64. */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* --- the steps, of numbers or of vectors ---
 *
 * Macros, because they are for both. `w` is changed and becomes the `x` of the next step. What does
 * not need x is added first, and HOLD keeps compilers from another order, which would lengthen the
 * chain of what waits. REG is the kind of register. */

#define HOLD(reg, v) __asm__("" : "+" reg(v))
#define ROTATE(v, n) ((v) << (n) | (v) >> (32 - (n)))
#define STEP(reg, w, x, early, late, n)                                                            \
    do {                                                                                           \
        w += (early);                                                                              \
        HOLD(reg, w);                                                                              \
        w += (late);                                                                               \
        w = ROTATE(w, n) + x;                                                                      \
    } while (0)

#define STEP_F(reg, w, x, y, z, add, n) STEP(reg, w, x, add, z ^ (x & (y ^ z)), n)
/* x where z, else y: the halves have no bit in common, and one of them does not wait. */
#define STEP_G(reg, w, x, y, z, add, n) STEP(reg, w, x, (add) + (y & ~z), x & z, n)
#define STEP_H(reg, w, x, y, z, add, n) STEP(reg, w, x, add, x ^ (y ^ z), n)
#define STEP_I(reg, w, x, y, z, add, n) STEP(reg, w, x, add, y ^ (x | ~z), n)

/* Sixteen steps, four a turn. The word of a step moves on by `by`; n0 to n3 are rotations. */
#define ROUND(step, reg, sine, round, word, by, n0, n1, n2, n3)                                    \
    do {                                                                                           \
        unsigned at = (word);                                                                      \
        for (unsigned i = 16 * (round); i < 16 * (round) + 16; i += 4, at += 4 * (by)) {           \
            step(reg, a, b, c, d, m[at % 16] + sine(i), n0);                                       \
            step(reg, d, a, b, c, m[(at + (by)) % 16] + sine(i + 1), n1);                          \
            step(reg, c, d, a, b, m[(at + 2 * (by)) % 16] + sine(i + 2), n2);                      \
            step(reg, b, c, d, a, m[(at + 3 * (by)) % 16] + sine(i + 3), n3);                      \
        }                                                                                          \
    } while (0)

/* The words m[] of a block into a, b, c, d. */
#define BLOCK(reg, sine)                                                                           \
    do {                                                                                           \
        ROUND(STEP_F, reg, sine, 0, 0, 1, 7, 12, 17, 22);                                          \
        ROUND(STEP_G, reg, sine, 1, 1, 5, 5, 9, 14, 20);                                           \
        ROUND(STEP_H, reg, sine, 2, 5, 3, 4, 11, 16, 23);                                          \
        ROUND(STEP_I, reg, sine, 3, 0, 7, 6, 10, 15, 21);                                          \
    } while (0)

#define NUMBER_SINE(i) sines[i]

static void add_blocks(uint32_t state[4], const unsigned char *p, size_t n_blocks)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], m[WORDS];
    for (; n_blocks > 0; n_blocks--, p += NP_MD5_BLOCK) {
        memcpy(m, p, sizeof(m));
        for (unsigned i = 0; i < WORDS; i++)
            m[i] = le32toh(m[i]);
        BLOCK("r", NUMBER_SINE);
        a = state[0] += a;
        b = state[1] += b;
        c = state[2] += c;
        d = state[3] += d;
    }
}

/* --- eight at once ------------------------------------------------------------------------------
 */

#define LANES 8

struct lanes {
    uint32_t state[4][LANES];
    const unsigned char *p[LANES];
};

#if HAS_LANES
#define LANES_CODE __attribute__((target("avx2")))

/* Numbers side by side. */
typedef uint32_t vector __attribute__((vector_size(sizeof(uint32_t) * LANES)));

LANES_CODE static inline __m256i load(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* The eight words at `off` of every lane: m[i] has word i of all. */
LANES_CODE static inline void transpose(const unsigned char *const p[LANES], size_t off,
                                        vector m[LANES])
{
    __m256i pairs[8], fours[8];
#pragma GCC unroll 4
    for (unsigned i = 0; i < 8; i += 2) {
        __m256i even = load(p[i] + off), odd = load(p[i + 1] + off);
        pairs[i] = _mm256_unpacklo_epi32(even, odd);
        pairs[i + 1] = _mm256_unpackhi_epi32(even, odd);
    }
#pragma GCC unroll 2
    for (unsigned i = 0; i < 8; i += 4) {
        fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        m[i] = (vector)_mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20);
        m[i + 4] = (vector)_mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31);
    }
}

#define VECTOR_SINE(i) (vector) _mm256_set1_epi32((int)sines[i])

LANES_CODE static void add_blocks_in_lanes(struct lanes *l, size_t n_blocks)
{
    vector state[4], a, b, c, d, m[WORDS];
    memcpy(state, l->state, sizeof(state));
    a = state[0], b = state[1], c = state[2], d = state[3];
    for (size_t off = 0; off < n_blocks * NP_MD5_BLOCK; off += NP_MD5_BLOCK) {
        transpose(l->p, off, m);
        transpose(l->p, off + NP_MD5_BLOCK / 2, m + LANES);
        BLOCK("x", VECTOR_SINE);
        a = state[0] += a;
        b = state[1] += b;
        c = state[2] += c;
        d = state[3] += d;
    }
    memcpy(l->state, state, sizeof(state));
}

static bool has_lanes;

__attribute__((constructor)) static void look_at_processor(void)
{
    __builtin_cpu_init();
    has_lanes = __builtin_cpu_supports("avx2");
}
#else
static const bool has_lanes = false;

static void add_blocks_in_lanes(struct lanes *l, size_t n_blocks)
{
    for (unsigned i = 0; i < LANES; i++) {
        uint32_t state[4] = {l->state[0][i], l->state[1][i], l->state[2][i], l->state[3][i]};
        add_blocks(state, l->p[i], n_blocks);
        for (unsigned k = 0; k < 4; k++)
            l->state[k][i] = state[k];
    }
}
#endif

unsigned np_md5_lanes(void)
{
    return has_lanes ? LANES : 1;
}

/* --- digests ------------------------------------------------------------------------------------
 */

void np_md5_init(struct np_md5 *m)
{
    memcpy(m->state, init, sizeof(init));
    m->n_bytes = 0;
}

/* Completes the block that was begun, if there is one: how many of the n bytes that took. */
static size_t fill_rest(struct np_md5 *m, const unsigned char *p, size_t n)
{
    size_t have = m->n_bytes % NP_MD5_BLOCK;
    if (have == 0 || n == 0)
        return 0;
    size_t part = n < NP_MD5_BLOCK - have ? n : NP_MD5_BLOCK - have;
    memcpy(m->rest + have, p, part);
    m->n_bytes += part;
    if (have + part == NP_MD5_BLOCK)
        add_blocks(m->state, m->rest, 1);
    return part;
}

void np_md5_add(struct np_md5 *m, const void *p, size_t n)
{
    if (n == 0)
        return;
    size_t part = fill_rest(m, p, n);
    const unsigned char *at = (const unsigned char *)p + part;
    n -= part;
    add_blocks(m->state, at, n / NP_MD5_BLOCK);
    memcpy(m->rest, at + n - n % NP_MD5_BLOCK, n % NP_MD5_BLOCK);
    m->n_bytes += n;
}

void np_md5_end(struct np_md5 *m, unsigned char out[NP_MD5_SIZE])
{
    static const unsigned char pad[NP_MD5_BLOCK] = {0x80};
    uint64_t bits = htole64(m->n_bytes * 8);
    size_t have = m->n_bytes % NP_MD5_BLOCK, last = NP_MD5_BLOCK - sizeof(bits);
    np_md5_add(m, pad, (have < last ? last : last + NP_MD5_BLOCK) - have);
    np_md5_add(m, &bits, sizeof(bits));
    for (unsigned i = 0; i < 4; i++) {
        uint32_t le = htole32(m->state[i]);
        memcpy(out + i * sizeof(le), &le, sizeof(le));
    }
}

/* --- several ------------------------------------------------------------------------------------
 */

static void run_use(struct np_md5_run *r, size_t n)
{
    if (n == 0)
        return; /* p may be NULL */
    r->p += n;
    r->n -= n;
}

/* Up to LANES runs that have a block left; how many. */
static size_t choose(struct np_md5_run *runs, size_t n_runs, struct np_md5_run *chosen[LANES])
{
    size_t n = 0;
    for (size_t i = 0; i < n_runs && n < LANES; i++)
        if (runs[i].n >= NP_MD5_BLOCK)
            chosen[n++] = &runs[i];
    return n;
}

/* As many blocks of each as the shortest has. A lane too many does again what the first does. */
static void advance(struct np_md5_run *runs[LANES], size_t n)
{
    struct lanes l;
    size_t n_blocks = SIZE_MAX;
    for (size_t i = 0; i < LANES; i++) {
        const struct np_md5_run *r = runs[i < n ? i : 0];
        n_blocks = r->n / NP_MD5_BLOCK < n_blocks ? r->n / NP_MD5_BLOCK : n_blocks;
        l.p[i] = r->p;
        for (unsigned k = 0; k < 4; k++)
            l.state[k][i] = r->md5->state[k];
    }
    add_blocks_in_lanes(&l, n_blocks);
    for (size_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < 4; k++)
            runs[i]->md5->state[k] = l.state[k][i];
        runs[i]->md5->n_bytes += n_blocks * NP_MD5_BLOCK;
        run_use(runs[i], n_blocks * NP_MD5_BLOCK);
    }
}

void np_md5_add_all(struct np_md5_run *runs, size_t n_runs)
{
    if (has_lanes && n_runs > 1) {
        struct np_md5_run *chosen[LANES];
        for (size_t i = 0; i < n_runs; i++)
            run_use(&runs[i], fill_rest(runs[i].md5, runs[i].p, runs[i].n));
        /* Two by lanes take less than one after the other; one alone takes longer. */
        for (size_t n; (n = choose(runs, n_runs, chosen)) > 1;)
            advance(chosen, n);
    }
    for (size_t i = 0; i < n_runs; i++)
        np_md5_add(runs[i].md5, runs[i].p, runs[i].n);
}
