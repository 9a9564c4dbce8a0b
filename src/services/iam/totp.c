/* SPDX-License-Identifier: Apache-2.0 */
/* totp.c - time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 seconds. */
#include "services/iam/iam_int.h"

#include "base/digest.h"

uint32_t iam_totp(struct np_str seed, int64_t step)
{
    uint8_t counter[8], mac[20];
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    np_hmac_sha1(seed, np_str_n(counter, sizeof(counter)), mac);
    const uint8_t *p = mac + (mac[19] & 15);
    uint32_t v = (uint32_t)(p[0] & 127) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return v % 1000000;
}

int64_t iam_totp_find(struct np_str seed, struct np_str code, int64_t step, int64_t reach)
{
    uint64_t want;
    if (code.n != 6 || !np_str_u64(code, &want))
        return -1;
    for (int64_t off = 0; off <= reach; off++) { /* the nearest first */
        if (iam_totp(seed, step - off) == want)
            return step - off;
        if (iam_totp(seed, step + off) == want)
            return step + off;
    }
    return -1;
}

struct np_str iam_base32(struct np_arena *a, struct np_str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *out = np_alloc(a, bytes.n * 8 / 5 + 1);
    size_t n = 0;
    unsigned held = 0, bits = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        held = held << 8 | (uint8_t)bytes.p[i];
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = digits[held >> (bits - 5) & 31];
    }
    if (bits > 0)
        out[n++] = digits[held << (5 - bits) & 31];
    return np_str_n(out, n);
}
