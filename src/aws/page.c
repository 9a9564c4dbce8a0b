/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - page tokens: position and a MAC over everything that the token is bound to. */
#include "aws/page.h"

#include "aws/core.h"
#include "aws/limits.h"
#include "aws/req.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "base/enc.h"

#define MAC_BYTES 16

uint64_t np_page_filter(struct np_str text)
{
    uint64_t out;
    np_digest_once(NP_XXHASH64, text, &out);
    return out;
}

static void mac(const struct np_req *rq, uint64_t filter, struct np_str position, uint8_t out[32])
{
    uint8_t key[32];
    np_core_key(rq->core, "page", key);
    struct np_buf b;
    np_buf_init(&b, rq->arena, NP_PAGE_POSITION_MAX + 4096);
    np_buf_printf(&b, "%s/%s/%.*s/%.*s/%llx/", rq->svc->name, rq->op->codec->name,
                  NP_FMT(rq->account), NP_FMT(rq->region), (unsigned long long)filter);
    np_buf_str_add(&b, position);
    np_assert(np_buf_ok(&b)); /* a MAC over less would fit other positions too */
    np_hmac_sha256(np_str_n(key, 32), np_buf_str(&b), out);
}

struct np_str np_page_token(const struct np_req *rq, uint64_t filter, struct np_str position)
{
    uint8_t sum[32];
    np_assert(position.n <= NP_PAGE_POSITION_MAX);
    mac(rq, filter, position, sum);
    char *raw = np_alloc(rq->arena, MAC_BYTES + position.n);
    memcpy(raw, sum, MAC_BYTES);
    memcpy(raw + MAC_BYTES, position.p, position.n);
    return np_base64url(rq->arena, np_str_n(raw, MAC_BYTES + position.n));
}

int np_page_position(const struct np_req *rq, uint64_t filter, struct np_str token,
                     struct np_str *position)
{
    if (token.n == 0) {
        *position = NP_STR_NULL;
        return 0;
    }
    struct np_str raw = np_unbase64url(rq->arena, token);
    if (raw.n < MAC_BYTES || raw.n > MAC_BYTES + NP_PAGE_POSITION_MAX)
        return NP_EINVAL;
    struct np_str at = np_str_sub(raw, MAC_BYTES, raw.n);
    uint8_t sum[32];
    mac(rq, filter, at, sum);
    if (!np_ct_eq(np_str_n(sum, MAC_BYTES), np_str_sub(raw, 0, MAC_BYTES)))
        return NP_EINVAL;
    *position = at;
    return 0;
}
