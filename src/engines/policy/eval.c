/* SPDX-License-Identifier: Apache-2.0 */
/* eval.c - one policy against one request; nothing here allocates. */
#include "engines/policy/policy_int.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

void policy_eval_init(struct policy_eval *e, const struct np_policy_request *rq)
{
    struct np_str service, rest;
    e->rq = rq;
    e->policy = NULL;
    e->has_boundary = e->denies_only = e->unresolved = false;
    e->n_found = 0;
    e->action = NP_STR_NULL;
    e->service = UINT64_MAX;
    if (rq->action.n > sizeof(e->lower))
        return;
    for (size_t i = 0; i < rq->action.n; i++)
        e->lower[i] = lower(rq->action.p[i]);
    e->action = np_str_n(e->lower, rq->action.n);
    np_str_cut(e->action, ':', &service, &rest);
    e->service = policy_service_bit(service);
}

/* --- condition keys --- */

static bool key_is(struct np_str name, struct np_str want_lower)
{
    if (name.n != want_lower.n)
        return false;
    /* Names of one service begin alike: the end tells them apart sooner. */
    for (size_t i = name.n; i-- > 0;)
        if (lower(name.p[i]) != want_lower.p[i])
            return false;
    return true;
}

static bool builtin(const struct np_policy_principal *p, enum policy_builtin which,
                    const struct np_str **values)
{
    switch (which) {
    case BUILTIN_NONE:
        return false;
    case BUILTIN_PRINCIPAL_ARN:
        *values = &p->arn;
        break;
    case BUILTIN_PRINCIPAL_ACCOUNT:
        *values = &p->account;
        break;
    case BUILTIN_USERID:
        *values = &p->user_id;
        break;
    }
    return (*values)->n != 0;
}

static bool ask(const struct np_policy_request *rq, const struct policy_key *key,
                const struct np_str **values, size_t *n)
{
    *values = NULL;
    *n = 0;
    if (rq->lookup != NULL && rq->lookup(rq->arg, key->name, values, n))
        return true;
    *n = 1;
    return builtin(&rq->principal, key->builtin, values);
}

bool policy_key_find(struct policy_eval *e, const struct policy_key *key,
                     const struct np_str **values, size_t *n)
{
    const struct np_policy_request *rq = e->rq;
    for (size_t i = 0; i < rq->n_keys; i++) {
        if (key_is(rq->keys[i].name, key->lower)) {
            *values = rq->keys[i].values;
            *n = rq->keys[i].n_values;
            return true;
        }
    }
    for (size_t i = 0; i < e->n_found; i++) {
        if (np_str_eq(e->found[i].lower, key->lower)) {
            *values = e->found[i].values;
            *n = e->found[i].n;
            return e->found[i].present;
        }
    }
    bool present = ask(rq, key, values, n);
    if (e->n_found < POLICY_LOOKUPS_MAX) {
        e->found[e->n_found].lower = key->lower;
        e->found[e->n_found].values = *values;
        e->found[e->n_found].n = *n;
        e->found[e->n_found++].present = present;
    }
    return present;
}

/* --- statements --- */

static bool action_matches(const struct policy_statement *st, const struct policy_eval *e)
{
    bool any = false;
    for (size_t i = 0; i < st->n_actions && !any; i++) {
        const struct policy_pattern *p = &st->actions[i];
        any = p->kind == PATTERN_ALL ||
              (e->action.p != NULL && policy_pattern_match(p, e->action, false, NULL));
    }
    return any != st->not_action;
}

/* An allow must not grow from a variable without value: a negated test that met one fails. */
static bool grows_from_nothing(const struct policy_statement *st, const struct policy_eval *e)
{
    return e->unresolved && !st->deny;
}

static bool resource_matches(const struct policy_statement *st, struct policy_eval *e)
{
    if (st->n_resources == 0)
        return true;
    e->unresolved = false;
    for (size_t i = 0; i < st->n_resources; i++)
        if (policy_pattern_match(&st->resources[i], e->rq->resource, false, e))
            return !st->not_resource;
    return st->not_resource && !grows_from_nothing(st, e);
}

static bool conditions_hold(const struct policy_statement *st, struct policy_eval *e)
{
    for (size_t i = 0; i < st->n_conditions; i++) {
        e->unresolved = false;
        if (!policy_condition_holds(&st->conditions[i], e))
            return false;
        if (st->conditions[i].how.negated && grows_from_nothing(st, e))
            return false;
    }
    return true;
}

static enum policy_grant statement_grant(const struct policy_statement *st, struct policy_eval *e)
{
    if ((st->services & e->service) == 0 || !action_matches(st, e))
        return GRANT_NONE;
    enum policy_grant g = GRANT_DIRECT;
    if (policy_has_principals(e->policy->kind))
        g = policy_principal_grant(st, e);
    if (g == GRANT_NONE || !resource_matches(st, e) || !conditions_hold(st, e))
        return GRANT_NONE;
    return g;
}

enum np_effect policy_eval_one(struct policy_eval *e, const struct np_policy *p,
                               struct policy_result *out)
{
    *out = (struct policy_result){.policy = p};
    if ((p->services & e->service) == 0)
        return NP_NO_MATCH;
    e->policy = p;
    for (size_t i = 0; i < p->n_statements; i++) {
        const struct policy_statement *st = &p->statements[i];
        if (!st->deny && (e->denies_only || out->grant == GRANT_DIRECT))
            continue;
        enum policy_grant g = statement_grant(st, e);
        if (g != GRANT_NONE && st->deny) {
            out->statement = i;
            return NP_DENY;
        }
        if (g > out->grant) {
            out->grant = g;
            out->statement = i;
        }
    }
    return out->grant != GRANT_NONE ? NP_ALLOW : NP_NO_MATCH;
}

enum np_effect np_policy_eval(const struct np_policy *p, const struct np_policy_request *rq,
                              size_t *statement)
{
    struct policy_eval e;
    struct policy_result r;
    policy_eval_init(&e, rq);
    enum np_effect effect = policy_eval_one(&e, p, &r);
    if (statement != NULL && effect != NP_NO_MATCH)
        *statement = r.statement;
    return effect;
}
