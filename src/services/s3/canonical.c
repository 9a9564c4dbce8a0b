/* SPDX-License-Identifier: Apache-2.0 */
/* canonical.c - S3's own ids of accounts: 26 bytes of a hash of the account, then its digits,
 * masked by a hash of those, so that an id can be turned back without a table. */
#include "services/s3/bucket_int.h"

#include "base/digest.h"
#include "base/enc.h"

#define ID_BYTES   32
#define HASH_BYTES 26

static void mask_of(const uint8_t head[HASH_BYTES], uint8_t mask[32])
{
    np_digest_once(NP_SHA256, np_str_n(head, HASH_BYTES), mask);
}

static void canonical_bytes(struct np_str account, uint8_t out[ID_BYTES])
{
    static const char label[] = "canonical user of ";
    char text[sizeof(label) - 1 + 12];
    uint8_t sum[32], mask[32];
    memcpy(text, label, sizeof(label) - 1);
    memset(text + sizeof(label) - 1, '0', 12);
    memcpy(text + sizeof(label) - 1, account.p, account.n < 12 ? account.n : 12);
    np_digest_once(NP_SHA256, np_str_n(text, sizeof(text)), sum);
    memcpy(out, sum, HASH_BYTES);
    mask_of(out, mask);
    const char *digits = text + sizeof(label) - 1;
    for (size_t i = 0; i < ID_BYTES - HASH_BYTES; i++) {
        uint8_t two = (uint8_t)(((digits[2 * i] - '0') << 4) | (digits[2 * i + 1] - '0'));
        out[HASH_BYTES + i] = two ^ mask[i];
    }
}

struct np_str s3_canonical_id(struct np_arena *a, struct np_str account)
{
    uint8_t raw[ID_BYTES];
    char *hex = np_alloc(a, 2 * sizeof(raw));
    canonical_bytes(account, raw);
    np_hex(hex, raw, sizeof(raw));
    return np_str_n(hex, 2 * sizeof(raw));
}

struct np_str s3_account_of(struct np_arena *a, struct np_str canonical_id)
{
    uint8_t raw[ID_BYTES], again[ID_BYTES], mask[32];
    if (canonical_id.n != 2 * sizeof(raw) || !np_unhex(raw, canonical_id))
        return NP_STR_NULL;
    mask_of(raw, mask);
    char *digits = np_alloc(a, 12);
    for (size_t i = 0; i < ID_BYTES - HASH_BYTES; i++) {
        uint8_t two = raw[HASH_BYTES + i] ^ mask[i];
        digits[2 * i] = (char)('0' + (two >> 4));
        digits[2 * i + 1] = (char)('0' + (two & 15));
        if (two >> 4 > 9 || (two & 15) > 9)
            return NP_STR_NULL;
    }
    canonical_bytes(np_str_n(digits, 12), again);
    return memcmp(raw, again, sizeof(raw)) == 0 ? np_str_n(digits, 12) : NP_STR_NULL;
}

struct s3_Owner *s3_owner(struct np_arena *a, struct np_str account)
{
    struct s3_Owner *o = np_new(a, struct s3_Owner);
    o->ID = s3_canonical_id(a, account);
    return o;
}
