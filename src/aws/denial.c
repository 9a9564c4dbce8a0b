/* SPDX-License-Identifier: Apache-2.0 */
/* denial.c - authorization messages: why a call was denied, sealed, so that only those who may ask
 * sts:DecodeAuthorizationMessage read it. */
#include "aws/identity.h"

#include "aws/core.h"
#include "aws/limits.h"
#include "aws/req.h"
#include "base/arena.h"
#include "base/enc.h"
#include "codec/json.h"

#define PURPOSE   "authz.message"
#define ACCOUNT_N 12 /* before the JSON stands whose message it is */

static void member(struct np_buf *b, const char *name, struct np_str value)
{
    np_buf_printf(b, "\"%s\":", name);
    np_json_quote(b, value.p != NULL ? value : NP_STR(""));
}

static void statement(struct np_buf *b, const struct np_policy_decision *d)
{
    np_buf_lit(b, ",\"matchedStatements\":{\"items\":[");
    if (d->policy != NULL) {
        np_buf_char(b, '{');
        member(b, "statementId", np_policy_sid(d->policy, d->statement));
        np_buf_printf(b, ",\"effect\":\"%s\"}", d->explicit_deny ? "DENY" : "ALLOW");
    }
    np_buf_lit(b, "]},\"failures\":{\"items\":[]}");
}

static void condition(struct np_buf *b, const struct np_policy_key *k)
{
    np_buf_char(b, '{');
    member(b, "key", k->name);
    np_buf_lit(b, ",\"values\":{\"items\":[");
    for (size_t i = 0; i < k->n_values; i++) {
        np_buf_str_add(b, i > 0 ? NP_STR(",{") : NP_STR("{"));
        member(b, "value", k->values[i]);
        np_buf_char(b, '}');
    }
    np_buf_lit(b, "]}}");
}

static void conditions(struct np_buf *b, struct np_arena *a, const struct np_access *access)
{
    struct np_buf one;
    np_buf_init(&one, a, NP_DENIAL_MAX);
    bool first = true;
    for (size_t i = 0; i < access->n_keys; i++) {
        np_buf_clear(&one);
        condition(&one, &access->keys[i]);
        if (!np_buf_ok(&one) || b->n + one.n + 8 > NP_DENIAL_MAX) /* room for what ends it all */
            continue;
        if (!first)
            np_buf_char(b, ',');
        np_buf_str_add(b, np_buf_str(&one));
        first = false;
    }
}

struct np_str np_encode_denial(struct np_req *rq, const struct np_access *a,
                               const struct np_policy_decision *d)
{
    const struct np_identity *who = rq->who;
    struct np_buf b;
    np_buf_init(&b, rq->arena, NP_DENIAL_MAX + ACCOUNT_N);
    np_buf_printf(&b, "%-12.12s", who->account.p != NULL ? np_str_z(rq->arena, who->account) : "");
    np_buf_printf(&b, "{\"allowed\":false,\"explicitDeny\":%s",
                  d->explicit_deny ? "true" : "false");
    statement(&b, d);
    np_buf_lit(&b, ",\"context\":{\"principal\":{");
    member(&b, "id", who->user_id);
    np_buf_char(&b, ',');
    member(&b, "name", who->kind == NP_WHO_ASSUMED_ROLE ? who->session_name : who->name);
    np_buf_char(&b, ',');
    member(&b, "arn", who->arn);
    np_buf_lit(&b, "},");
    member(&b, "action", a->action);
    np_buf_char(&b, ',');
    member(&b, "resource", a->resource);
    np_buf_lit(&b, ",\"conditions\":{\"items\":[");
    conditions(&b, rq->arena, a);
    np_buf_lit(&b, "]}}}");
    if (!np_buf_ok(&b)) /* a resource of thousands of characters */
        return NP_STR_NULL;
    return np_base64url(rq->arena, np_core_seal(rq->core, PURPOSE, np_buf_str(&b), rq->arena));
}

struct np_str np_decode_denial(const struct np_core *core, struct np_arena *a,
                               struct np_str account, struct np_str encoded)
{
    struct np_str sealed = np_unbase64url(a, encoded);
    struct np_str plain = sealed.p != NULL ? np_core_unseal(core, PURPOSE, sealed, a) : NP_STR_NULL;
    if (plain.n < ACCOUNT_N || !np_str_eq(np_str_sub(plain, 0, ACCOUNT_N), account))
        return NP_STR_NULL;
    return np_str_sub(plain, ACCOUNT_N, plain.n);
}
