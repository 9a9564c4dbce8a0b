/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - version, chance, end, MAC: 40 bytes in base64, which ends with "==" as AWS's do.
 */
#include "services/ec2/imds/token.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/enc.h"

#define VERSION 1

struct token { /* packed by hand: every member is where its offset says */
    uint8_t version;
    uint8_t chance[15];
    uint8_t end_ms[8]; /* big-endian */
    uint8_t mac[16];
};
_Static_assert(sizeof(struct token) == EC2_IMDS_TOKEN_BYTES, "no gaps");

static void sign(const uint8_t key[32], struct np_str instance, const struct token *t,
                 uint8_t mac[32])
{
    char text[24 + 64] = {0};
    size_t n = instance.n < 64 ? instance.n : 64;
    memcpy(text, t, 24);
    memcpy(text + 24, instance.p, n);
    np_hmac_sha256(np_str_n(key, 32), np_str_n(text, 24 + n), mac);
}

struct np_str ec2_imds_token(struct np_arena *a, const uint8_t key[32], struct np_str instance,
                             int64_t now_ms, int64_t ttl_s)
{
    struct token t = {.version = VERSION};
    uint8_t mac[32];
    uint64_t end = (uint64_t)(now_ms + ttl_s * 1000);
    np_random(t.chance, sizeof(t.chance));
    for (size_t i = 0; i < 8; i++)
        t.end_ms[i] = (uint8_t)(end >> (56 - 8 * i));
    sign(key, instance, &t, mac);
    memcpy(t.mac, mac, sizeof(t.mac));
    return np_str_cat(a, np_base64url(a, np_str_n(&t, sizeof(t))), NP_STR("=="));
}

int64_t ec2_imds_token_left(struct np_arena *a, const uint8_t key[32], struct np_str instance,
                            struct np_str token, int64_t now_ms)
{
    struct token t;
    uint8_t mac[32];
    uint64_t end = 0;
    struct np_str bytes = token.n < 64 ? np_unbase64url(a, token) : NP_STR_NULL;
    if (bytes.n != sizeof(t))
        return 0;
    memcpy(&t, bytes.p, sizeof(t));
    if (t.version != VERSION)
        return 0;
    sign(key, instance, &t, mac);
    if (!np_ct_eq(np_str_n(mac, sizeof(t.mac)), np_str_n(t.mac, sizeof(t.mac))))
        return 0;
    for (size_t i = 0; i < 8; i++)
        end = end << 8 | t.end_ms[i];
    int64_t left_ms = (int64_t)end - now_ms;
    return left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}

int64_t ec2_imds_ttl(struct np_str field)
{
    uint64_t n;
    bool ok = np_str_u64(np_str_trim(field), &n) && n >= 1 && n <= EC2_IMDS_TOKEN_TTL;
    return ok ? (int64_t)n : 0;
}
