/* SPDX-License-Identifier: Apache-2.0 */
/* token_test.c - session tokens: what goes in comes out, nothing else opens, and the front door's
 * question with its cache. */
#include "test.h"

#include "aws/core_int.h"
#include "services/sts/sts_int.h"

#include "base/assert.h"
#include "base/enc.h"
#include "io/loop.h"

static void core_begin(struct np_core *core)
{
    *core = (struct np_core){0};
    np_core_init(core);
    memset(core->root_key, 7, sizeof(core->root_key));
    sts_provider_register(core);
}

static const struct np_tag tags[] = {{{"go", 2}, {"1", 1}}, {{"stay", 4}, {"", 0}}};
static struct np_str arns[] = {{"arn:aws:iam::aws:policy/ReadOnlyAccess", 38}};

static struct sts_session example(void)
{
    return (struct sts_session){
        .who =
            {
                .kind = NP_WHO_ASSUMED_ROLE,
                .account = NP_STR("111122223333"),
                .arn = NP_STR("arn:aws:sts::111122223333:assumed-role/r/s"),
                .user_id = NP_STR("AROAX:s"),
                .session_name = NP_STR("s"),
                .access_key_id = NP_STR("ASIAX"),
                .token_issued_ms = 1700000000000,
                .mfa_ms = -5,
                .session_tags = tags,
                .n_session_tags = 2,
                .n_transitive_tags = 1,
            },
        .secret = NP_STR("secret"),
        .expires_ms = INT64_MAX,
        .policy = NP_STR("{}"),
        .policy_arns = {arns, 1, true},
    };
}

NP_TEST(sts_token_both_ways)
{
    struct np_core core;
    core_begin(&core);
    struct np_arena *a = np_arena_new();
    struct sts_session in = example(), out;
    NP_CHECK(sts_token_open(&core, sts_token_seal(&core, &in, a), a, &out) == 0);
    NP_CHECK(out.who.kind == in.who.kind && out.who.temporary);
    NP_CHECK_STR(out.who.arn, in.who.arn);
    NP_CHECK_STR(out.who.access_key_id, in.who.access_key_id);
    NP_CHECK_STR(out.secret, in.secret);
    NP_CHECK_STR(out.policy, in.policy);
    NP_CHECK(out.who.source_identity.p == NULL, "absent stays absent");
    NP_CHECK(out.expires_ms == in.expires_ms && out.who.mfa_ms == -5);
    NP_CHECK(out.who.token_issued_ms == in.who.token_issued_ms);
    NP_CHECK(out.policy_arns.n == 1 && out.who.n_session_tags == 2);
    NP_CHECK(out.who.n_transitive_tags == 1);
    NP_CHECK_STR(out.policy_arns.v[0], arns[0]);
    NP_CHECK_STR(out.who.session_tags[0].key, tags[0].key);
    NP_CHECK(out.who.session_tags[1].value.p != NULL && out.who.session_tags[1].value.n == 0);
    np_arena_free(a);
    np_core_fini(&core);
}

NP_TEST(sts_token_opens_only_whole)
{
    struct np_core core;
    core_begin(&core);
    struct np_arena *a = np_arena_new();
    struct sts_session in = example(), out;
    struct np_str token = sts_token_seal(&core, &in, a);
    for (size_t i = 0; i < token.n; i += 7) {
        char *bent = np_str_z(a, token);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        NP_CHECK(sts_token_open(&core, np_str_of(bent), a, &out) == NP_EINVAL, "at %zu", i);
        NP_CHECK(sts_token_open(&core, np_str_sub(token, 0, i), a, &out) == NP_EINVAL);
    }
    core.root_key[0] ^= 1;
    NP_CHECK(sts_token_open(&core, token, a, &out) == NP_EINVAL, "of another region");
    core.root_key[0] ^= 1;
    NP_CHECK(sts_token_open(&core, token, a, &out) == 0);
    np_arena_free(a);
    np_core_fini(&core);
}

/* Plain texts that only a faulty region would seal: each cut and a longer one. */
NP_TEST(sts_token_plain_text_is_checked)
{
    struct np_core core;
    core_begin(&core);
    struct np_arena *a = np_arena_new();
    struct sts_session in = example(), out;
    struct np_str sealed = np_unbase64(a, sts_token_seal(&core, &in, a));
    struct np_str plain = np_core_unseal(&core, "sts.token", sealed, a);
    for (size_t n = 0; n <= plain.n + 1; n++) {
        struct np_str text =
            n <= plain.n ? np_str_sub(plain, 0, n) : np_str_cat(a, plain, NP_STR("x"));
        struct np_str token = np_base64(a, np_core_seal(&core, "sts.token", text, a));
        NP_CHECK((sts_token_open(&core, token, a, &out) == 0) == (n == plain.n), "%zu bytes", n);
    }
    np_arena_free(a);
    np_core_fini(&core);
}

NP_TEST(sts_token_has_a_limit)
{
    struct np_core core;
    core_begin(&core);
    struct np_arena *a = np_arena_new();
    struct sts_session in = example(), out;
    char *text = np_alloc(a, STS_PACKED_MAX);
    memset(text, 'x', STS_PACKED_MAX);
    in.policy = np_str_n(text, STS_PACKED_MAX);
    struct np_str token = sts_token_seal(&core, &in, a);
    NP_CHECK(token.n <= STS_TOKEN_MAX && sts_token_open(&core, token, a, &out) == 0);
    char *longer = np_alloc(a, STS_TOKEN_MAX + 4);
    memset(longer, 'A', STS_TOKEN_MAX + 4);
    NP_CHECK(sts_token_open(&core, np_str_n(longer, STS_TOKEN_MAX + 4), a, &out) == NP_EINVAL);
    np_arena_free(a);
    np_core_fini(&core);
}

/* --- the front door's question --- */

struct asking {
    struct np_core core;
    struct np_defer defer;
    bool asked;
};

static int ask(struct asking *k, struct np_arena *a, struct np_str id, struct np_str token,
               struct np_key *out)
{
    return np_identity(&k->core)->session(&k->core, a, id, token, out);
}

/* More tokens than the cache holds, each twice; those of requests that still run stay whole. */
static void ask_for_many(void *arg)
{
    struct asking *k = arg;
    struct np_arena *a = np_arena_new(), *held = np_arena_new();
    struct np_str tokens[STS_TOKENS_CACHED_MAX + 1];
    struct np_key first, key;
    for (size_t i = 0; i < NP_LEN(tokens); i++) {
        struct sts_session s = example();
        s.policy_arns.n = 0;
        s.policy = NP_STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                          "\"Action\":\"s3:*\",\"Resource\":\"*\"}}");
        s.who.access_key_id = np_str_printf(a, "ASIA%zu", i);
        tokens[i] = sts_token_seal(&k->core, &s, a);
    }
    NP_CHECK(ask(k, held, NP_STR("ASIA0"), tokens[0], &first) == 0);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < NP_LEN(tokens); i++) {
            struct np_str id = np_str_printf(a, "ASIA%zu", i);
            NP_CHECK(ask(k, a, id, tokens[i], &key) == 0, "token %zu", i);
            NP_CHECK_STR(key.who.access_key_id, id);
            NP_CHECK(ask(k, a, NP_STR("ASIAX"), tokens[i], &key) == NP_EINVAL, "another's key");
        }
    NP_CHECK_STR(first.who.access_key_id, NP_STR("ASIA0"));
    NP_CHECK(first.who.n_session_policies == 1 && first.who.session_policies[0] != NULL);
    NP_CHECK(np_policy_statements(first.who.session_policies[0]) == 1);
    np_arena_free(held);
    np_arena_free(a);
    k->asked = true;
}

NP_TEST(sts_provider_remembers_a_bounded_number)
{
    struct asking k = {0};
    struct np_loop *l;
    core_begin(&k.core);
    NP_CHECK(np_loop_new(&l, NULL) == 0);
    np_defer(l, &k.defer, ask_for_many, &k);
    np_loop_turn(l, 0);
    NP_CHECK(k.asked);
    np_loop_free(l);
    np_core_fini(&k.core);
}

static int gone(void *arg, struct np_arena *a, const struct np_identity *who,
                struct np_policy_input *io)
{
    (void)a, (void)who, (void)io;
    return *(const bool *)arg ? NP_ENOENT : 0;
}

static int no_key(void *arg, struct np_arena *a, struct np_str id, struct np_key *out)
{
    (void)arg, (void)a, (void)id, (void)out;
    return NP_ENOENT;
}

NP_TEST(sts_session_ends_with_its_principal)
{
    struct np_core core;
    bool is_gone = false;
    core_begin(&core);
    np_provide_identity(
        &core, &(struct np_identity_provider){.arg = &is_gone, .key = no_key, .policies = gone});
    struct np_arena *a = np_arena_new();
    struct sts_session s = example();
    struct np_key key;
    s.policy_arns.n = 0;
    s.policy = NP_STR_NULL;
    struct np_str token = sts_token_seal(&core, &s, a);
    const struct np_identity_provider *p = np_identity(&core);
    NP_CHECK(p->session(&core, a, s.who.access_key_id, token, &key) == 0);
    NP_CHECK(key.who.n_session_policies == 0 && key.expires_ms == INT64_MAX);
    is_gone = true;
    NP_CHECK(p->session(&core, a, s.who.access_key_id, token, &key) == NP_ENOENT);
    np_arena_free(a);
    np_core_fini(&core);
}
