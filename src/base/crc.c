/* SPDX-License-Identifier: Apache-2.0 */
/* crc.c - CRC-64/NVME by carry-less multiplication or by tables, and joining of CRCs.
 *
 * All polynomials are reflected: the lowest bit of a register is its highest power. The carry-less
 * product of two reflected numbers comes out multiplied by x, so that the constant for "times x^n"
 * is x^(n-1).
 */
#include "base/crc.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_CLMUL 1
#else
#define HAS_CLMUL 0
#endif

#define LANES       8 /* blocks of 16 bytes folded side by side, to hide the latency */
#define BLOCK_BYTES 16
#define CLMUL_BYTES 256 /* shorter input is not worth the set-up */
#define WIDE_LANES  16  /* four registers of four blocks */
#define WIDE_BYTES  1024

static struct {
    uint64_t slices[8][256];
    uint64_t fold_lane[2];  /* forward by 128 bits: for the low and the high half */
    uint64_t fold_lanes[2]; /* forward by LANES * 128 bits */
    uint64_t fold_wide[2];  /* forward by WIDE_LANES * 128 bits */
    bool clmul, wide;
} crc64;

/* Times x, modulo the polynomial. */
static inline uint64_t times_x(uint64_t v, uint64_t poly)
{
    return v >> 1 ^ (v & 1 ? poly : 0);
}

static uint64_t power_of_x(unsigned n)
{
    uint64_t v = UINT64_C(1) << 63;
    while (n-- > 0)
        v = times_x(v, NP_POLY_CRC64NVME);
    return v;
}

__attribute__((constructor)) static void make_tables(void)
{
    for (unsigned i = 0; i < 256; i++) {
        uint64_t v = i;
        for (int bit = 0; bit < 8; bit++)
            v = times_x(v, NP_POLY_CRC64NVME);
        crc64.slices[0][i] = v;
    }
    for (unsigned i = 0; i < 256; i++) {
        for (int k = 1; k < 8; k++) {
            uint64_t v = crc64.slices[k - 1][i];
            crc64.slices[k][i] = v >> 8 ^ crc64.slices[0][v & 0xff];
        }
    }
    crc64.fold_lane[0] = power_of_x(128 + 64 - 1);
    crc64.fold_lane[1] = power_of_x(128 - 1);
    crc64.fold_lanes[0] = power_of_x(LANES * 128 + 64 - 1);
    crc64.fold_lanes[1] = power_of_x(LANES * 128 - 1);
    crc64.fold_wide[0] = power_of_x(WIDE_LANES * 128 + 64 - 1);
    crc64.fold_wide[1] = power_of_x(WIDE_LANES * 128 - 1);
#if HAS_CLMUL
    __builtin_cpu_init();
    crc64.clmul = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    crc64.wide =
        crc64.clmul && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq");
#endif
}

static uint64_t load_le64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static uint64_t by_tables(uint64_t crc, const unsigned char *p, size_t n)
{
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t v = crc ^ load_le64(p);
        crc = 0;
        for (unsigned k = 0; k < 8; k++)
            crc ^= crc64.slices[7 - k][v >> (8 * k) & 0xff];
    }
    for (; n > 0; p++, n--)
        crc = crc >> 8 ^ crc64.slices[0][(crc ^ *p) & 0xff];
    return crc;
}

#if HAS_CLMUL
#define CLMUL_CODE __attribute__((target("pclmul,sse4.1")))

CLMUL_CODE static inline __m128i load(const unsigned char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

CLMUL_CODE static inline __m128i fold(__m128i v, __m128i by)
{
    return _mm_xor_si128(_mm_clmulepi64_si128(v, by, 0x00), _mm_clmulepi64_si128(v, by, 0x11));
}

/* Joins the lanes, which are blocks in order, and adds what is left of the input. */
CLMUL_CODE static uint64_t join_lanes(const __m128i *v, size_t lanes, const unsigned char *p,
                                      size_t n)
{
    __m128i by = load((const unsigned char *)crc64.fold_lane), all = v[0];
    for (size_t k = 1; k < lanes; k++)
        all = _mm_xor_si128(fold(all, by), v[k]);
    for (; n >= BLOCK_BYTES; p += BLOCK_BYTES, n -= BLOCK_BYTES)
        all = _mm_xor_si128(fold(all, by), load(p));

    unsigned char rest[BLOCK_BYTES];
    _mm_storeu_si128((__m128i *)(void *)rest, all);
    return by_tables(by_tables(0, rest, sizeof(rest)), p, n);
}

/* n is at least LANES * BLOCK_BYTES. */
CLMUL_CODE static uint64_t by_clmul(uint64_t crc, const unsigned char *p, size_t n)
{
    const size_t stride = LANES * BLOCK_BYTES;
    const __m128i by = load((const unsigned char *)crc64.fold_lanes);
    __m128i v[LANES];
    for (size_t k = 0; k < LANES; k++)
        v[k] = load(p + k * BLOCK_BYTES);
    v[0] = _mm_xor_si128(v[0], _mm_cvtsi64_si128((long long)crc));
    for (p += stride, n -= stride; n >= stride; p += stride, n -= stride) {
        /* Unrolled, so that the lanes stay in registers. */
#pragma GCC unroll 8
        for (size_t k = 0; k < LANES; k++)
            v[k] = _mm_xor_si128(fold(v[k], by), load(p + k * BLOCK_BYTES));
    }
    return join_lanes(v, LANES, p, n);
}

#define WIDE_CODE __attribute__((target("avx512f,vpclmulqdq,pclmul,sse4.1")))
#define XOR3      0x96 /* the truth table of three operands xored */

WIDE_CODE static inline __m512i fold_next(__m512i v, __m512i by, const unsigned char *p)
{
    __m512i low = _mm512_clmulepi64_epi128(v, by, 0x00);
    __m512i high = _mm512_clmulepi64_epi128(v, by, 0x11);
    return _mm512_ternarylogic_epi64(low, high, _mm512_loadu_si512(p), XOR3);
}

/* The same with four blocks a register. n is at least WIDE_LANES * BLOCK_BYTES. */
WIDE_CODE static uint64_t by_wide_clmul(uint64_t crc, const unsigned char *p, size_t n)
{
    const size_t stride = WIDE_LANES * BLOCK_BYTES, quarter = stride / 4;
    const __m512i by = _mm512_broadcast_i32x4(load((const unsigned char *)crc64.fold_wide));
    __m512i a = _mm512_loadu_si512(p), b = _mm512_loadu_si512(p + quarter);
    __m512i c = _mm512_loadu_si512(p + 2 * quarter), d = _mm512_loadu_si512(p + 3 * quarter);
    a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi64_si128((long long)crc)));
    for (p += stride, n -= stride; n >= stride; p += stride, n -= stride) {
        a = fold_next(a, by, p);
        b = fold_next(b, by, p + quarter);
        c = fold_next(c, by, p + 2 * quarter);
        d = fold_next(d, by, p + 3 * quarter);
    }
    __m128i v[WIDE_LANES];
    _mm512_storeu_si512(v, a);
    _mm512_storeu_si512(v + 4, b);
    _mm512_storeu_si512(v + 8, c);
    _mm512_storeu_si512(v + 12, d);
    return join_lanes(v, WIDE_LANES, p, n);
}
#endif

uint64_t np_crc64nvme(uint64_t crc, const void *p, size_t n)
{
#if HAS_CLMUL
    if (crc64.wide && n >= WIDE_BYTES)
        return ~by_wide_clmul(~crc, p, n);
    if (crc64.clmul && n >= CLMUL_BYTES)
        return ~by_clmul(~crc, p, n);
#endif
    return ~by_tables(~crc, p, n);
}

uint64_t np_crc64nvme_plain(uint64_t crc, const void *p, size_t n)
{
    return ~by_tables(~crc, p, n);
}

/* a * b modulo the polynomial. */
static uint64_t times(uint64_t poly, unsigned width, uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    for (uint64_t bit = UINT64_C(1) << (width - 1); bit != 0; bit >>= 1) {
        if (a & bit)
            product ^= b;
        b = times_x(b, poly);
    }
    return product;
}

/* Appending n bytes multiplies by x^8n; the inversions of the two CRCs cancel out. */
uint64_t np_crc_join(uint64_t poly, unsigned width, uint64_t a, uint64_t b, uint64_t b_bytes)
{
    uint64_t power = UINT64_C(1) << (width - 1 - 8); /* x^8 */
    for (; b_bytes != 0; b_bytes >>= 1) {
        if (b_bytes & 1)
            a = times(poly, width, power, a);
        power = times(poly, width, power, power);
    }
    return a ^ b;
}
