/* SPDX-License-Identifier: Apache-2.0 */
/* provider.c - what the front door and other services ask: owners of keys, policies of principals,
 * trust policies, accounts. Answered from the projection. */
#include "base/assert.h"
#include "io/rcu.h"
#include "services/iam/iam.h"
#include "services/iam/projection.h"

/* The texts of an identity in one allocation of the request's. */
static void copy_texts(struct np_arena *a, struct np_str *const *texts, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += texts[i]->n;
    char *at = np_alloc(a, size + 1);
    for (size_t i = 0; i < n; i++) {
        if (texts[i]->p == NULL)
            continue;
        memcpy(at, texts[i]->p, texts[i]->n);
        texts[i]->p = at;
        at += texts[i]->n;
    }
}

static int key(void *arg, struct np_arena *a, struct np_str access_key_id, struct np_key *out)
{
    const struct iam_projection *p = arg;
    const struct iam_pkey *k = np_pmap_get(np_rcu_get(&p->keys), access_key_id);
    if (k == NULL)
        return NP_ENOENT;
    *out = (struct np_key){.secret = k->secret, .active = k->active};
    struct np_identity *who = &out->who;
    who->kind = k->root ? NP_WHO_ROOT : NP_WHO_USER;
    who->account = k->account;
    who->arn = k->arn;
    who->user_id = k->root ? k->account : k->owner;
    who->name = k->name;
    who->access_key_id = access_key_id;
    struct np_str *texts[] = {&who->account, &who->arn, &who->user_id, &who->name,
                              &who->access_key_id};
    copy_texts(a, texts, NP_LEN(texts));
    return 0;
}

/* The user or role behind a caller; NULL: gone, or another one by now. */
static const struct iam_principal *principal_of(const struct iam_projection *p,
                                                const struct np_identity *who)
{
    struct np_str id = who->user_id, rest;
    if (who->kind == NP_WHO_ASSUMED_ROLE)
        np_str_cut(who->user_id, ':', &id, &rest);
    else if (who->kind == NP_WHO_FEDERATED_USER)
        id = who->parent_id;
    else if (who->kind != NP_WHO_USER)
        return NULL;
    return iam_principal_by_id(p, id);
}

static int policies(void *arg, struct np_arena *a, const struct np_identity *who,
                    struct np_policy_input *io)
{
    const struct iam_projection *p = arg;
    const struct iam_principal *pr = principal_of(p, who);
    bool federated = who->kind == NP_WHO_FEDERATED_USER;
    if (federated) {
        /* AWS: without a session policy a federated user may do nothing by itself. */
        io->has_session = true;
        if (np_str_eq(who->parent_id, who->account)) { /* root asked for it */
            const struct np_policy **all = np_new(a, const struct np_policy *);
            *all = p->allow_all;
            io->identity = all;
            io->n_identity = 1;
            return 0;
        }
    }
    if (pr == NULL)
        return NP_ENOENT;
    io->identity = (const struct np_policy *const *)pr->policies;
    io->n_identity = pr->n_policies;
    io->has_boundary = pr->has_boundary;
    io->boundary = pr->boundary;
    return 0;
}

static size_t principal_tags(void *arg, struct np_arena *a, const struct np_identity *who,
                             const struct np_tag **out)
{
    const struct iam_principal *pr = principal_of(arg, who);
    if (pr == NULL)
        return 0;
    *out = pr->tags;
    return pr->n_tags;
}

static void used(void *arg, const struct np_req *rq, struct np_str access_key_id)
{
    const struct iam_projection *p = arg;
    iam_used_note(iam_used(p->core), rq, access_key_id);
}

static int resource_policy(void *arg, struct np_str arn, const struct np_policy **policy,
                           struct np_str *account)
{
    const struct iam_principal *pr = iam_principal_by_arn(arg, arn);
    if (pr == NULL || pr->trust == NULL)
        return NP_ENOENT;
    *policy = pr->trust;
    *account = pr->account;
    return 0;
}

static int resource_tags(void *arg, struct np_arena *a, struct np_str arn,
                         const struct np_tag **tags, size_t *n)
{
    const struct iam_principal *pr = iam_principal_by_arn(arg, arn);
    if (pr == NULL)
        return NP_ENOENT;
    *tags = pr->tags;
    *n = pr->n_tags;
    return 0;
}

static bool account_exists(void *arg, struct np_str account)
{
    const struct iam_projection *p = arg;
    return np_pmap_get(np_rcu_get(&p->accounts), account) != NULL;
}

void iam_providers_register(struct np_core *core, struct iam_projection *p)
{
    const struct np_identity_provider identity = {
        .arg = p,
        .key = key,
        .policies = policies,
        .principal_tags = principal_tags,
        .used = used,
    };
    const struct np_resource_provider resource = {
        .service = "iam", .arg = p, .policy = resource_policy, .tags = resource_tags};
    const struct np_account_provider accounts = {
        .arg = p, .exists = account_exists, .make = iam_account_make};
    np_provide_identity(core, &identity);
    np_provide_resource(core, &resource);
    np_provide_accounts(core, &accounts);
}

/* --- for STS and others --- */

int iam_role_facts(const struct np_core *core, struct np_arena *a, struct np_str arn,
                   struct iam_role_facts *out)
{
    const struct iam_principal *pr = iam_principal_by_arn(iam_projection(core), arn);
    if (pr == NULL || pr->kind != IAM_ROLE)
        return NP_ENOENT;
    *out = (struct iam_role_facts){
        .account = np_str_dup(a, pr->account),
        .arn = np_str_dup(a, pr->arn),
        .name = np_str_dup(a, pr->name),
        .id = np_str_dup(a, pr->id),
        .service = np_str_dup(a, pr->service),
        .max_session_s = pr->max_session_s,
        .trust = pr->trust,
    };
    return 0;
}

void iam_user_named(const struct np_core *core, struct np_arena *a, struct np_str id,
                    struct np_str *arn, struct np_str *name)
{
    const struct iam_principal *pr = iam_principal_by_id(iam_projection(core), id);
    if (pr == NULL || pr->kind != IAM_USER || np_str_eq(pr->arn, *arn))
        return;
    *arn = np_str_dup(a, pr->arn);
    *name = np_str_dup(a, pr->name);
}

const struct np_policy *iam_managed_policy(const struct np_core *core, struct np_str arn)
{
    return iam_policy_compiled(iam_projection(core), arn);
}

int iam_pass_role(struct np_req *rq, struct np_str role_arn, struct np_str service,
                  struct np_err *err)
{
    const struct iam_principal *pr = iam_principal_by_arn(iam_projection(rq->core), role_arn);
    const struct np_policy_key keys[] = {
        NP_POLICY_KEY1(NP_STR("iam:PassedToService"), service),
    };
    const struct np_access access = {
        .action = NP_STR("iam:PassRole"),
        .resource = role_arn,
        .keys = keys,
        .n_keys = NP_LEN(keys),
        .resource_tags = pr != NULL ? pr->tags : NULL,
        .n_resource_tags = pr != NULL ? pr->n_tags : 0,
    };
    int rc = np_authorize(rq, &access, err);
    if (rc != 0)
        return rc;
    /* AWS: only roles of the caller's account can be handed on. */
    bool own = pr != NULL && pr->kind == IAM_ROLE && np_str_eq(pr->account, rq->account);
    return own ? 0 : np_err(err, NP_ENOENT, "role %.*s does not exist", NP_FMT(role_arn));
}
