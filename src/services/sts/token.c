/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - session tokens. The region keeps no row of a session: its token is all that is known of
 * it, sealed under a key of the region's, so that only this region reads or makes one. */
#include "services/sts/sts_int.h"

#include <stddef.h>

#include "aws/ids.h"
#include "base/assert.h"
#include "base/enc.h"

#define PURPOSE   "sts.token"
#define VERSION   2 /* 1 knows no source_instance */
#define PLAIN_MAX (STS_PACKED_MAX + 8192)

/* What a token holds, in this order, after version and kind. */
static const uint16_t texts[] = {
    offsetof(struct sts_session, who.account),
    offsetof(struct sts_session, who.arn),
    offsetof(struct sts_session, who.user_id),
    offsetof(struct sts_session, who.name),
    offsetof(struct sts_session, who.role_arn),
    offsetof(struct sts_session, who.session_name),
    offsetof(struct sts_session, who.parent_id),
    offsetof(struct sts_session, who.parent_arn),
    offsetof(struct sts_session, who.access_key_id),
    offsetof(struct sts_session, who.source_identity),
    offsetof(struct sts_session, who.federated_provider),
    offsetof(struct sts_session, secret),
    offsetof(struct sts_session, policy),
};
static const uint16_t numbers[] = {
    offsetof(struct sts_session, expires_ms),
    offsetof(struct sts_session, who.token_issued_ms),
    offsetof(struct sts_session, who.mfa_ms),
};

/* --- writing: lengths and counts in two bytes, an absent text is 0, others their length plus one
 * --- */

static void put_count(struct np_buf *b, size_t n)
{
    np_assert(n < UINT16_MAX);
    uint8_t raw[2] = {(uint8_t)(n >> 8), (uint8_t)n};
    np_buf_add(b, raw, sizeof(raw));
}

static void put_text(struct np_buf *b, struct np_str s)
{
    put_count(b, s.p == NULL ? 0 : s.n + 1);
    np_buf_str_add(b, s);
}

static void put_number(struct np_buf *b, int64_t v)
{
    uint8_t raw[8];
    for (int i = 0; i < 8; i++)
        raw[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
    np_buf_add(b, raw, sizeof(raw));
}

struct np_str sts_token_seal(const struct np_core *core, const struct sts_session *s,
                             struct np_arena *a)
{
    const char *base = (const char *)s;
    struct np_buf b;
    np_buf_init(&b, a, PLAIN_MAX);
    np_buf_char(&b, VERSION);
    np_buf_char(&b, (char)s->who.kind);
    NP_EACH (at, texts)
        put_text(&b, *(const struct np_str *)(const void *)(base + *at));
    NP_EACH (at, numbers)
        put_number(&b, *(const int64_t *)(const void *)(base + *at));
    put_count(&b, s->policy_arns.n);
    for (size_t i = 0; i < s->policy_arns.n; i++)
        put_text(&b, s->policy_arns.v[i]);
    put_count(&b, s->who.n_transitive_tags);
    put_count(&b, s->who.n_session_tags);
    for (size_t i = 0; i < s->who.n_session_tags; i++) {
        put_text(&b, s->who.session_tags[i].key);
        put_text(&b, s->who.session_tags[i].value);
    }
    put_text(&b, s->who.source_instance);
    np_assert(np_buf_ok(&b)); /* sts_session_limit() bounds what clients choose */
    return np_base64(a, np_core_seal(core, PURPOSE, np_buf_str(&b), a));
}

/* --- reading --- */

struct reader {
    struct np_str left;
    bool bad;
};

static uint64_t get(struct reader *r, size_t bytes)
{
    uint64_t v = 0;
    if (r->left.n < bytes) {
        r->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | (uint8_t)r->left.p[i];
    r->left = np_str_sub(r->left, bytes, r->left.n);
    return v;
}

static struct np_str get_text(struct reader *r)
{
    size_t n = get(r, 2);
    if (n == 0 || n - 1 > r->left.n) {
        r->bad = r->bad || n != 0;
        return NP_STR_NULL;
    }
    struct np_str s = {r->left.p, n - 1};
    r->left = np_str_sub(r->left, n - 1, r->left.n);
    return s;
}

static void get_lists(struct reader *r, struct np_arena *a, struct sts_session *out)
{
    out->policy_arns.n = get(r, 2);
    out->policy_arns.v = np_new_array(a, struct np_str, out->policy_arns.n + 1);
    for (size_t i = 0; i < out->policy_arns.n && !r->bad; i++)
        out->policy_arns.v[i] = get_text(r);
    out->who.n_transitive_tags = get(r, 2);
    out->who.n_session_tags = get(r, 2);
    struct np_tag *tags = np_new_array(a, struct np_tag, out->who.n_session_tags + 1);
    for (size_t i = 0; i < out->who.n_session_tags && !r->bad; i++) {
        tags[i].key = get_text(r);
        tags[i].value = get_text(r);
    }
    out->who.session_tags = tags;
}

int sts_token_open(const struct np_core *core, struct np_str token, struct np_arena *a,
                   struct sts_session *out)
{
    struct np_str sealed = token.n <= STS_TOKEN_MAX ? np_unbase64(a, token) : NP_STR_NULL;
    struct np_str plain = sealed.p != NULL ? np_core_unseal(core, PURPOSE, sealed, a) : NP_STR_NULL;
    if (plain.p == NULL)
        return NP_EINVAL;
    struct reader r = {.left = plain};
    char *base = (char *)out;
    *out = (struct sts_session){0};
    uint64_t version = get(&r, 1);
    if (version < 1 || version > VERSION)
        return NP_EINVAL;
    out->who.kind = (enum np_who)get(&r, 1);
    out->who.temporary = true;
    NP_EACH (at, texts)
        *(struct np_str *)(void *)(base + *at) = get_text(&r);
    NP_EACH (at, numbers)
        *(int64_t *)(void *)(base + *at) = (int64_t)get(&r, 8);
    get_lists(&r, a, out);
    if (version >= 2)
        out->who.source_instance = get_text(&r);
    return r.bad || r.left.n != 0 ? NP_EINVAL : 0;
}

void sts_session_begin(struct sts_session *s, struct np_arena *a, int64_t now_ms, int64_t seconds)
{
    s->who.temporary = true;
    s->who.token_issued_ms = now_ms / 1000 * 1000; /* AWS: whole seconds */
    s->expires_ms = s->who.token_issued_ms + seconds * 1000;
    s->who.access_key_id = iam_key_id(a, "ASIA", s->who.account);
    s->secret = np_id_secret_key(a);
}

struct sts_Credentials *sts_issue(struct np_req *rq, struct sts_session *s, int64_t seconds)
{
    sts_session_begin(s, rq->arena, rq->now_ms, seconds);
    struct sts_Credentials *c = np_new(rq->arena, struct sts_Credentials);
    c->AccessKeyId = s->who.access_key_id;
    c->SecretAccessKey = s->secret;
    c->SessionToken = sts_token_seal(rq->core, s, rq->arena);
    c->Expiration = (struct np_opt_int){true, s->expires_ms};
    return c;
}
