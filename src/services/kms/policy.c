/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - key policies: the one that a key has without being given one, the checks of a new one.
 */
#include "services/kms/grant.h"

#include "codec/json.h"

struct np_str kms_policy_default(struct np_arena *a, struct np_str account)
{
    return np_str_printf(a,
                         "{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n"
                         "  \"Statement\" : [ {\n    \"Sid\" : \"Enable IAM User Permissions\",\n"
                         "    \"Effect\" : \"Allow\",\n    \"Principal\" : {\n"
                         "      \"AWS\" : \"arn:aws:iam::%.*s:root\"\n    },\n"
                         "    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}",
                         NP_FMT(account));
}

/* Whoever sets a policy must be able to set the next one. */
static bool locks_out(struct np_req *rq, const struct np_policy *policy, struct np_str arn)
{
    const struct np_access a = {
        .action = NP_STR("kms:PutKeyPolicy"),
        .resource = arn,
        .resource_account = rq->account,
        .resource_policy = policy,
        .resource_policy_required = true,
    };
    struct np_policy_decision d;
    np_decide(rq, rq->who, &a, &d);
    return !d.allowed;
}

/* --- principals that are not there --- */

static bool principal_there(const struct np_req *rq, struct np_str s)
{
    bool unique_id = s.n >= 16 && s.p[0] == 'A' && np_str_chr(s, ':') < 0;
    return np_str_is(s, "*") || unique_id || np_account_exists(rq->core, s) ||
           kms_principal_ok(rq, s);
}

static bool statement_ok(const struct np_req *rq, const struct np_json *statement)
{
    const struct np_json *p = np_json_member(statement, NP_STR("Principal"));
    if (p == NULL)
        p = np_json_member(statement, NP_STR("NotPrincipal"));
    const struct np_json *aws = p != NULL ? np_json_member(p, NP_STR("AWS")) : NULL;
    if (aws == NULL || aws->type == NP_J_STRING)
        return aws == NULL || principal_there(rq, aws->s);
    for (const struct np_json *one = aws->child; one != NULL; one = one->next)
        if (!principal_there(rq, one->s))
            return false;
    return true;
}

/* AWS: a key policy names only principals that exist (tests/sdk/test_kms_access.py). */
static bool principals_there(struct np_req *rq, struct np_str text)
{
    struct np_json *doc;
    if (np_json_parse(rq->arena, text, &doc, NULL) != 0)
        return false;
    const struct np_json *list = np_json_member(doc, NP_STR("Statement"));
    if (list->type == NP_J_OBJECT)
        return statement_ok(rq, list);
    for (const struct np_json *one = list->child; one != NULL; one = one->next)
        if (!statement_ok(rq, one))
            return false;
    return true;
}

int kms_policy_check(struct np_req *rq, struct np_str text, struct np_str arn, bool bypass,
                     struct np_err *err)
{
    struct np_policy *policy;
    struct np_err why = {0};
    if (text.n > KMS_POLICY_MAX)
        return np_fault(err, &KMS_LimitExceededException, "The key policy is longer than %d bytes.",
                        KMS_POLICY_MAX);
    if (np_policy_compile(text, NP_POLICY_RESOURCE, &policy, &why) != 0)
        return np_fault(err, &KMS_MalformedPolicyDocumentException, "%.*s",
                        NP_FMT(np_err_text(&why)));
    if (!principals_there(rq, text)) {
        np_policy_unref(policy);
        return np_fault(err, &KMS_MalformedPolicyDocumentException,
                        "Policy contains a statement with one or more invalid principals.");
    }
    bool out = !bypass && locks_out(rq, policy, arn);
    np_policy_unref(policy);
    if (out)
        return np_fault(err, &KMS_MalformedPolicyDocumentException,
                        "The new key policy will not allow you to update the key policy in the "
                        "future.");
    return 0;
}

/* --- the operations --- */

static int only_default(struct np_str name, struct np_err *err)
{
    if (name.p == NULL || np_str_is(name, "default"))
        return 0;
    return np_fault(err, &KMS_NotFoundException, "No such policy exists");
}

int kms_GetKeyPolicy(struct np_req *rq, const struct kms_GetKeyPolicyRequest *in,
                     struct kms_GetKeyPolicyResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    int rc = only_default(in->PolicyName, err);
    if (rc == 0)
        rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc != 0)
        return rc;
    out->Policy = np_str_dup(rq->arena, k->policy_text);
    out->PolicyName = NP_STR("default");
    return 0;
}

int kms_ListKeyPolicies(struct np_req *rq, const struct kms_ListKeyPoliciesRequest *in,
                        struct kms_ListKeyPoliciesResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    struct kms_page page;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc == 0)
        rc = kms_page_begin(rq, in->Limit, in->Marker, KMS_PAGE_DEFAULT, 0, &page, err);
    if (rc != 0)
        return rc;
    KMS_PUSH(rq->arena, &out->PolicyNames, NP_STR("default"));
    out->Truncated = KMS_BOOL(false);
    return 0;
}

int kms_PutKeyPolicy_begin(struct np_req *rq, const struct kms_PutKeyPolicyRequest *in,
                           struct np_err *err)
{
    const struct kms_key *k;
    int rc = only_default(in->PolicyName, err);
    if (rc == 0)
        rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc == 0)
        rc = kms_policy_check(rq, in->Policy, k->arn, in->BypassPolicyLockoutSafetyCheck.v, err);
    return rc != 0 ? rc : np_apply(rq);
}

int kms_PutKeyPolicy_apply(struct np_txn *t, const struct kms_PutKeyPolicyRequest *in,
                           struct kms_PutKeyPolicyOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_key SET policy = ?2 WHERE account = :account AND region = :region "
                "AND id = ?1");
    struct kms_key k;
    (void)out;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_customer(&k, err);
    rc = rc != 0 ? rc : kms_check_alive(&k, err);
    rc = rc != 0 ? rc : np_exec(t, &put, err, "ss", k.id, in->Policy);
    if (rc == 0)
        kms_key_changed(t, &k);
    return rc;
}
