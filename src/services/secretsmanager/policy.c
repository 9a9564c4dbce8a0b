/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - resource policies of secrets, and what is found in one before it is put. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "engines/policy/policy.h"

static int malformed(struct np_err *err)
{
    return np_fault(err, &SECRETSMANAGER_MalformedPolicyDocumentException,
                    "This resource policy contains a syntax error.");
}

/* --- PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy --- */

int secretsmanager_PutResourcePolicy_begin(struct np_req *rq,
                                           const struct secretsmanager_PutResourcePolicyRequest *in,
                                           struct np_err *err)
{
    struct np_policy *p;
    if (np_policy_compile(in->ResourcePolicy, NP_POLICY_RESOURCE, &p, NULL) != 0)
        return malformed(err);
    bool refused = in->BlockPublicPolicy.v && np_policy_is_public(p);
    np_policy_unref(p);
    if (refused)
        return np_fault(err, &SECRETSMANAGER_PublicPolicyException,
                        "You can't attach a resource-based policy that allows broad access to the "
                        "secret.");
    return np_apply(rq);
}

static int put_policy(struct np_txn *t, struct secretsmanager_secret *s, struct np_str policy,
                      struct np_err *err)
{
    s->policy = policy;
    s->changed_ms = np_txn_now_ms(t);
    return secretsmanager_put(t, s, err);
}

int secretsmanager_PutResourcePolicy_apply(struct np_txn *t,
                                           const struct secretsmanager_PutResourcePolicyRequest *in,
                                           struct secretsmanager_PutResourcePolicyResponse *out,
                                           struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0)
        rc = put_policy(t, &s, in->ResourcePolicy, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    return 0;
}

int secretsmanager_DeleteResourcePolicy_apply(
    struct np_txn *t, const struct secretsmanager_DeleteResourcePolicyRequest *in,
    struct secretsmanager_DeleteResourcePolicyResponse *out, struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0)
        rc = put_policy(t, &s, NP_STR_NULL, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    return 0;
}

int secretsmanager_GetResourcePolicy(struct np_req *rq,
                                     const struct secretsmanager_GetResourcePolicyRequest *in,
                                     struct secretsmanager_GetResourcePolicyResponse *out,
                                     struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_find(rq, in->SecretId, &s, err);
    if (rc == 0)
        rc = secretsmanager_usable(&s, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    out->ResourcePolicy = s.policy;
    return 0;
}

/* --- ValidateResourcePolicy --- */

static void finding(struct secretsmanager_ValidateResourcePolicyResponse *out, const char *check,
                    const char *message)
{
    out->ValidationErrors.v[out->ValidationErrors.n++] =
        (struct secretsmanager_ValidationErrorsEntry){np_str_of(check), np_str_of(message)};
}

/* Would the caller be kept from putting another policy? */
static bool locks_out(struct np_req *rq, const struct np_policy *policy,
                      const struct secretsmanager_secret *s)
{
    const struct np_access access = {
        .action = NP_STR("secretsmanager:PutResourcePolicy"),
        .resource = s->arn.p != NULL ? s->arn : NP_STR("*"),
        .resource_account = s->account.p != NULL ? s->account : rq->account,
        .resource_policy = policy,
    };
    struct np_policy_decision d;
    np_decide(rq, rq->who, &access, &d);
    return d.explicit_deny && d.source == NP_FROM_RESOURCE;
}

int secretsmanager_ValidateResourcePolicy(
    struct np_req *rq, const struct secretsmanager_ValidateResourcePolicyRequest *in,
    struct secretsmanager_ValidateResourcePolicyResponse *out, struct np_err *err)
{
    struct secretsmanager_secret s = {0};
    struct np_policy *p = NULL;
    int rc = in->SecretId.p != NULL ? secretsmanager_find(rq, in->SecretId, &s, err) : 0;
    if (rc != 0)
        return rc;
    out->ValidationErrors.v =
        np_new_array(rq->arena, struct secretsmanager_ValidationErrorsEntry, 3);
    out->ValidationErrors.set = true;
    if (np_policy_compile(in->ResourcePolicy, NP_POLICY_RESOURCE, &p, NULL) != 0)
        finding(out, "SyntaxCheck", "This resource policy contains a syntax error.");
    if (p != NULL && np_policy_is_public(p))
        finding(out, "BroadAccessCheck",
                "This resource policy grants broad access to your secret.");
    if (p != NULL && locks_out(rq, p, &s))
        finding(out, "LockoutCheck",
                "Your requested changes will not allow you to manage this secret in the future.");
    np_policy_unref(p);
    out->PolicyValidationPassed = (struct np_opt_bool){true, out->ValidationErrors.n == 0};
    return 0;
}
