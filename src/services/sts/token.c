/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - session tokens: sealed records, and those that a worker has opened lately with their
 * compiled policies. */
#include "services/sts/sts_int.h"

#include "aws/ids.h"
#include "base/assert.h"
#include "base/enc.h"
#include "base/map.h"

#define VERSION 1
#define ABSENT  0xffffffffu

/* --- the record --- */

static void put_int(struct np_buf *b, int64_t v)
{
    char raw[8];
    for (int i = 0; i < 8; i++)
        raw[i] = (char)((uint64_t)v >> (8 * i));
    np_buf_add(b, raw, sizeof(raw));
}

static void put_str(struct np_buf *b, struct np_str s)
{
    uint32_t n = s.p != NULL ? (uint32_t)s.n : ABSENT;
    char raw[4] = {(char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
    np_buf_add(b, raw, sizeof(raw));
    if (s.p != NULL)
        np_buf_str_add(b, s);
}

struct reader {
    struct np_str rest;
    bool bad;
};

static int64_t get_int(struct reader *r)
{
    uint64_t v = 0;
    if (r->rest.n < 8) {
        r->bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)(uint8_t)r->rest.p[i] << (8 * i);
    r->rest = np_str_sub(r->rest, 8, r->rest.n);
    return (int64_t)v;
}

static struct np_str get_str(struct reader *r)
{
    if (r->rest.n < 4) {
        r->bad = true;
        return NP_STR_NULL;
    }
    const uint8_t *p = (const uint8_t *)r->rest.p;
    uint32_t n = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    r->rest = np_str_sub(r->rest, 4, r->rest.n);
    if (n == ABSENT)
        return NP_STR_NULL;
    if (n > r->rest.n) {
        r->bad = true;
        return NP_STR_NULL;
    }
    struct np_str s = np_str_sub(r->rest, 0, n);
    r->rest = np_str_sub(r->rest, n, r->rest.n);
    return s;
}

/* Members in the order in which they are written. */
static void texts_of(struct sts_session *s, struct np_str **out)
{
    struct np_str *const all[] = {&s->key_id,   &s->secret,          &s->account,
                                  &s->arn,      &s->user_id,         &s->name,
                                  &s->role_arn, &s->session_name,    &s->parent_id,
                                  &s->policy,   &s->source_identity, &s->federated_provider};
    memcpy(out, all, sizeof(all));
}
#define N_TEXTS 12

static void encode(struct np_buf *b, struct sts_session *s)
{
    struct np_str *texts[N_TEXTS];
    texts_of(s, texts);
    np_buf_char(b, VERSION);
    put_int(b, s->kind);
    put_int(b, s->issued_ms);
    put_int(b, s->expires_ms);
    put_int(b, s->mfa_ms);
    for (size_t i = 0; i < N_TEXTS; i++)
        put_str(b, *texts[i]);
    put_int(b, (int64_t)s->policy_arns.n);
    for (size_t i = 0; i < s->policy_arns.n; i++)
        put_str(b, s->policy_arns.v[i]);
    put_int(b, (int64_t)s->n_transitive);
    put_int(b, (int64_t)s->n_tags);
    for (size_t i = 0; i < s->n_tags; i++) {
        put_str(b, s->tags[i].key);
        put_str(b, s->tags[i].value);
    }
}

static int decode(struct np_arena *a, struct np_str raw, struct sts_session *s)
{
    struct np_str *texts[N_TEXTS];
    *s = (struct sts_session){0};
    texts_of(s, texts);
    if (raw.n == 0 || raw.p[0] != VERSION)
        return NP_EINVAL;
    struct reader r = {np_str_sub(raw, 1, raw.n), false};
    s->kind = (enum np_who)get_int(&r);
    s->issued_ms = get_int(&r);
    s->expires_ms = get_int(&r);
    s->mfa_ms = get_int(&r);
    for (size_t i = 0; i < N_TEXTS; i++)
        *texts[i] = get_str(&r);
    size_t n = (size_t)get_int(&r);
    if (r.bad || n > STS_POLICY_ARNS_MAX)
        return NP_EINVAL;
    s->policy_arns = (struct np_strs){np_new_array(a, struct np_str, n + 1), n, true};
    for (size_t i = 0; i < n; i++)
        s->policy_arns.v[i] = get_str(&r);
    s->n_transitive = (size_t)get_int(&r);
    s->n_tags = (size_t)get_int(&r);
    if (r.bad || s->n_tags > 2 * STS_TAGS_MAX || s->n_transitive > s->n_tags)
        return NP_EINVAL;
    s->tags = np_new_array(a, struct np_tag, s->n_tags + 1);
    for (size_t i = 0; i < s->n_tags; i++) {
        s->tags[i].key = get_str(&r);
        s->tags[i].value = get_str(&r);
    }
    return r.bad ? NP_EINVAL : 0;
}

struct np_str sts_token_make(const struct np_core *core, struct np_arena *a, struct sts_session *s)
{
    struct np_buf b;
    np_buf_init(&b, a, 256 * 1024);
    s->key_id = iam_key_id(a, "ASIA", s->account);
    s->secret = np_id_secret_key(a);
    encode(&b, s);
    np_assert(np_buf_ok(&b));
    return np_base64(a, np_core_seal(core, "sts.token", np_buf_str(&b), a));
}

int sts_token_open(const struct np_core *core, struct np_arena *a, struct np_str token,
                   struct sts_session *out)
{
    struct np_str sealed = np_unbase64(a, token);
    if (sealed.p == NULL)
        return NP_EINVAL;
    struct np_str raw = np_core_unseal(core, "sts.token", sealed, a);
    return raw.p != NULL ? decode(a, raw, out) : NP_EINVAL;
}

struct sts_Credentials *sts_credentials_out(const struct np_core *core, struct np_arena *a,
                                            struct sts_session *s)
{
    struct sts_Credentials *c = np_new(a, struct sts_Credentials);
    c->SessionToken = sts_token_make(core, a, s);
    c->AccessKeyId = s->key_id;
    c->SecretAccessKey = s->secret;
    c->Expiration = (struct np_opt_int){true, s->expires_ms};
    return c;
}

/* --- opened tokens, a small table for each worker --- */

struct opened {
    struct np_arena *arena; /* NULL: the place is free */
    struct np_str token;
    struct sts_session session;
    struct np_policy *policy; /* compiled session policy; NULL: none */
};

static void opened_clear(struct opened *o)
{
    np_policy_unref(o->policy);
    np_arena_free(o->arena);
    *o = (struct opened){0};
}

static void *cache_make(struct np_loop *l)
{
    return np_heap_alloc(STS_TOKEN_CACHE * sizeof(struct opened));
}

static void cache_free(void *p)
{
    struct opened *cache = p;
    for (size_t i = 0; i < STS_TOKEN_CACHE; i++)
        opened_clear(&cache[i]);
    np_free(cache);
}

static int open_into(const struct sts_state *st, struct np_str token, struct opened *o)
{
    opened_clear(o);
    o->arena = np_arena_new();
    o->token = np_str_dup(o->arena, token);
    int rc = sts_token_open(st->core, o->arena, token, &o->session);
    if (rc == 0 && o->session.policy.p != NULL &&
        np_policy_compile(o->session.policy, NP_POLICY_IDENTITY, &o->policy, NULL) != 0)
        o->policy = np_policy_ref(st->nothing);
    if (rc != 0)
        opened_clear(o);
    return rc;
}

static void unref(void *p)
{
    np_policy_unref(p);
}

/* For as long as the request lives. */
static const struct np_policy *hold(struct np_arena *a, const struct np_policy *p)
{
    struct np_policy *mine = np_policy_ref(p);
    np_arena_defer(a, unref, mine);
    return mine;
}

static void add_policies(const struct sts_state *st, struct np_arena *a, const struct opened *o,
                         struct np_identity *who)
{
    const struct sts_session *s = &o->session;
    const struct np_policy **list = np_new_array(a, const struct np_policy *, s->policy_arns.n + 1);
    size_t n = 0;
    if (o->policy != NULL)
        list[n++] = hold(a, o->policy);
    for (size_t i = 0; i < s->policy_arns.n; i++) {
        const struct np_policy *p = iam_managed_policy(st->core, s->policy_arns.v[i]);
        list[n++] = hold(a, p != NULL ? p : st->nothing);
    }
    who->session_policies = list;
    who->n_session_policies = n;
}

static void fill(const struct sts_state *st, struct np_arena *a, const struct opened *o,
                 struct np_key *out)
{
    const struct sts_session *s = &o->session;
    struct np_identity *who = &out->who;
    *out = (struct np_key){
        .active = true, .expires_ms = s->expires_ms, .secret = np_str_dup(a, s->secret)};
    *who = (struct np_identity){
        .kind = s->kind,
        .account = np_str_dup(a, s->account),
        .arn = np_str_dup(a, s->arn),
        .user_id = np_str_dup(a, s->user_id),
        .name = np_str_dup(a, s->name),
        .role_arn = np_str_dup(a, s->role_arn),
        .session_name = np_str_dup(a, s->session_name),
        .parent_id = np_str_dup(a, s->parent_id),
        .access_key_id = np_str_dup(a, s->key_id),
        .temporary = true,
        .token_issued_ms = s->issued_ms,
        .mfa_ms = s->mfa_ms,
        .source_identity = np_str_dup(a, s->source_identity),
        .federated_provider = np_str_dup(a, s->federated_provider),
        .n_session_tags = s->n_tags,
        .n_transitive_tags = s->n_transitive,
    };
    struct np_tag *tags = np_new_array(a, struct np_tag, s->n_tags + 1);
    for (size_t i = 0; i < s->n_tags; i++)
        tags[i] = (struct np_tag){np_str_dup(a, s->tags[i].key), np_str_dup(a, s->tags[i].value)};
    who->session_tags = tags;
    add_policies(st, a, o, who);
}

int sts_session_key(void *arg, struct np_arena *a, struct np_str access_key_id, struct np_str token,
                    struct np_key *out)
{
    static const char local_key;
    const struct sts_state *st = arg;
    struct np_loop *loop = np_loop_current();
    struct opened once = {0}, *o = &once;
    if (loop != NULL) {
        struct opened *cache = np_loop_local(loop, &local_key, cache_make, cache_free);
        o = &cache[np_hash(token) % STS_TOKEN_CACHE];
    }
    int rc = o->arena != NULL && np_str_eq(o->token, token) ? 0 : open_into(st, token, o);
    if (rc == 0 && !np_str_eq(o->session.key_id, access_key_id))
        rc = NP_EINVAL;
    if (rc == 0)
        fill(st, a, o, out);
    opened_clear(&once);
    return rc;
}

/* --- for other services --- */

int sts_credentials_of_role(struct np_core *core, struct np_arena *a, struct np_str role_arn,
                            struct np_str session_name, int64_t now_ms, int64_t duration_s,
                            struct sts_credentials *out)
{
    struct iam_role_facts role;
    int rc = iam_role_facts(core, a, role_arn, &role);
    if (rc != 0)
        return rc;
    struct sts_session s = {
        .kind = NP_WHO_ASSUMED_ROLE,
        .account = role.account,
        .name = role.name,
        .role_arn = role.arn,
        .session_name = session_name,
        .arn = np_str_printf(a, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s", NP_FMT(role.account),
                             NP_FMT(role.name), NP_FMT(session_name)),
        .user_id = np_str_printf(a, "%.*s:%.*s", NP_FMT(role.id), NP_FMT(session_name)),
        .issued_ms = now_ms,
        .expires_ms = now_ms + duration_s * 1000,
    };
    out->token = sts_token_make(core, a, &s);
    out->access_key_id = s.key_id;
    out->secret = s.secret;
    out->expires_ms = s.expires_ms;
    return 0;
}
