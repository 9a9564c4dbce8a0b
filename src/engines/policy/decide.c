/* SPDX-License-Identifier: Apache-2.0 */
/* decide.c - the decision over all policies that apply, as «Policy evaluation logic» has it.
 *
 * In one account a resource policy that names the user or the session itself is enough; one that
 * names the session's role is still limited by boundary and session policies; one that names the
 * account leaves the decision to its identity policies. Across accounts both sides must allow.
 */
#include "engines/policy/policy_int.h"

struct tally { /* of one kind of policies */
    bool allows;
    const struct np_policy *policy;
    size_t statement;
    enum policy_grant grant;
};

struct decision {
    const struct np_policy_input *in;
    const struct np_policy_principal *who;
    struct np_policy_decision *out;
    struct tally identity, boundary, session, resource;
};

/* True: an explicit deny, and `out` is written. */
static bool denies(struct decision *d, struct policy_eval *e, enum np_policy_source source,
                   const struct np_policy *const *policies, size_t n, struct tally *t)
{
    for (size_t i = 0; i < n; i++) {
        struct policy_result r;
        if (policies[i] == NULL)
            continue;
        e->denies_only = t->grant == GRANT_DIRECT;
        enum np_effect effect = policy_eval_one(e, policies[i], &r);
        if (effect == NP_DENY) {
            *d->out = (struct np_policy_decision){.explicit_deny = true,
                                                  .source = source,
                                                  .policy = r.policy,
                                                  .statement = r.statement};
            return true;
        }
        if (effect == NP_ALLOW && r.grant > t->grant)
            *t = (struct tally){
                .allows = true, .policy = r.policy, .statement = r.statement, .grant = r.grant};
    }
    return false;
}

static void allow(struct decision *d, enum np_policy_source source, const struct tally *t)
{
    *d->out = (struct np_policy_decision){
        .allowed = true, .source = source, .policy = t->policy, .statement = t->statement};
}

static void missing(struct decision *d, enum np_policy_source source)
{
    *d->out = (struct np_policy_decision){.source = source};
}

/* What limits a session beside its identity policies; NP_FROM_NOTHING: nothing does. */
static enum np_policy_source limit(const struct decision *d)
{
    if (d->in->has_boundary && !d->boundary.allows)
        return NP_FROM_BOUNDARY;
    if (d->in->has_session && !d->session.allows)
        return NP_FROM_SESSION;
    return NP_FROM_NOTHING;
}

static enum np_policy_source identity_lacks(const struct decision *d)
{
    return d->who->root || d->identity.allows ? limit(d) : NP_FROM_IDENTITY;
}

static bool is_outside(const struct np_policy_principal *p)
{
    return p->anonymous || p->service.n != 0 || p->account.n == 0;
}

static void decide_outside(struct decision *d)
{
    if (d->resource.allows)
        allow(d, NP_FROM_RESOURCE, &d->resource);
    else
        missing(d, NP_FROM_RESOURCE);
}

static void decide_across(struct decision *d)
{
    enum np_policy_source lacks = identity_lacks(d);
    if (lacks != NP_FROM_NOTHING)
        missing(d, lacks);
    else
        decide_outside(d);
}

static void decide_within(struct decision *d)
{
    enum np_policy_source lacks = identity_lacks(d);
    bool resource_agrees = !d->in->resource_required || d->resource.allows;
    if (lacks == NP_FROM_NOTHING && resource_agrees) {
        if (d->in->resource_required)
            allow(d, NP_FROM_RESOURCE, &d->resource);
        else
            allow(d, d->who->root && !d->identity.allows ? NP_FROM_NOTHING : NP_FROM_IDENTITY,
                  &d->identity);
        return;
    }
    if (d->resource.grant == GRANT_DIRECT) {
        allow(d, NP_FROM_RESOURCE, &d->resource);
        return;
    }
    if (d->resource.grant == GRANT_LIMITED) {
        lacks = limit(d);
        if (lacks == NP_FROM_NOTHING) {
            allow(d, NP_FROM_RESOURCE, &d->resource);
            return;
        }
    }
    missing(d, resource_agrees ? lacks : NP_FROM_RESOURCE);
}

void np_policy_decide(const struct np_policy_input *in, const struct np_policy_request *rq,
                      struct np_policy_decision *out)
{
    struct decision d = {.in = in, .who = &rq->principal, .out = out};
    struct policy_eval e;
    policy_eval_init(&e, rq);
    e.has_boundary = in->has_boundary;
    if (denies(&d, &e, NP_FROM_IDENTITY, in->identity, in->n_identity, &d.identity) ||
        (in->has_boundary && denies(&d, &e, NP_FROM_BOUNDARY, &in->boundary, 1, &d.boundary)) ||
        (in->has_session &&
         denies(&d, &e, NP_FROM_SESSION, in->session, in->n_session, &d.session)) ||
        denies(&d, &e, NP_FROM_RESOURCE, &in->resource, 1, &d.resource))
        return;
    /* An ACL names accounts and groups, never a user: within the account it grants by itself no
     * more. */
    if (in->acl_allows && !d.resource.allows)
        d.resource = (struct tally){.allows = true, .grant = GRANT_ACCOUNT};
    if (is_outside(d.who))
        decide_outside(&d);
    else if (in->resource_account.n != 0 && !np_str_eq(in->resource_account, d.who->account))
        decide_across(&d);
    else
        decide_within(&d);
}
