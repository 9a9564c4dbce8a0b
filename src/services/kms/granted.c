/* SPDX-License-Identifier: Apache-2.0 */
/* granted.c - what a grant allows: its operations, its principal, its constraints, its token. */
#include "services/kms/grant.h"

#include "aws/arn.h"
#include "base/enc.h"

/* --- operations as bits --- */

static const char *const operations[] = {
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
};

uint32_t kms_grant_operation(struct np_str name)
{
    for (size_t i = 0; i < NP_LEN(operations); i++)
        if (np_str_eq(name, np_str_of(operations[i])))
            return 1u << i;
    return 0;
}

void kms_grant_names(struct np_arena *a, uint32_t bits, struct np_strs *out)
{
    for (size_t i = 0; i < NP_LEN(operations); i++)
        if (bits & 1u << i)
            KMS_PUSH(a, out, np_str_of(operations[i]));
}

struct np_str kms_grant_operations(struct np_arena *a, uint32_t bits)
{
    struct np_buf b;
    np_buf_init(&b, a, 1024);
    for (size_t i = 0; i < NP_LEN(operations); i++)
        if (bits & 1u << i)
            np_buf_printf(&b, "%s%s", b.n != 0 ? "," : "", operations[i]);
    return np_buf_str(&b);
}

uint32_t kms_grant_bits(struct np_str names)
{
    struct np_str one;
    uint32_t bits = 0;
    while (np_str_split(&names, ',', &one))
        bits |= kms_grant_operation(one);
    return bits;
}

void kms_grant_row(struct np_q *q, struct np_arena *a, struct kms_grant *out)
{
    *out = (struct kms_grant){
        .id = np_col_str(q, 0, a),
        .name = np_col_str(q, 1, a),
        .grantee = np_col_str(q, 2, a),
        .retiring = np_col_str(q, 3, a),
        .issuer = np_col_str(q, 4, a),
        .operations = kms_grant_bits(np_col_peek(q, 5)),
        .equals = np_col_int(q, 6) != 0,
        .context = np_col_str(q, 7, a),
        .created_ms = np_col_int(q, 8),
    };
}

/* --- principals --- */

/* The names that a grant may have the caller by. */
static size_t names_of(const struct np_identity *who, struct np_str names[2])
{
    size_t n = 0;
    if (who->kind == NP_WHO_ASSUMED_ROLE)
        names[n++] = who->role_arn;
    if (who->kind == NP_WHO_SERVICE)
        names[n++] = who->name;
    else if (who->arn.p != NULL)
        names[n++] = who->arn;
    return n;
}

bool kms_is_caller(const struct np_req *rq, struct np_str principal)
{
    struct np_str names[2];
    for (size_t i = 0, n = names_of(rq->who, names); i < n; i++)
        if (np_str_eq(names[i], principal))
            return true;
    return false;
}

static bool is_service(struct np_str s)
{
    return np_str_ends(s, NP_STR(".amazonaws.com")) && np_str_chr(s, ':') < 0 &&
           np_str_chr(s, '/') < 0;
}

bool kms_principal_ok(const struct np_req *rq, struct np_str principal)
{
    struct np_arn arn;
    if (is_service(principal))
        return true;
    if (!np_arn_parse(principal, &arn) || !np_str_is(arn.partition, "aws") || arn.region.n != 0 ||
        !np_account_exists(rq->core, arn.account))
        return false;
    if (np_str_is(arn.service, "sts"))
        return np_str_starts(arn.resource, NP_STR("assumed-role/")) ||
               np_str_starts(arn.resource, NP_STR("federated-user/"));
    if (!np_str_is(arn.service, "iam"))
        return false;
    if (np_str_is(arn.resource, "root"))
        return true;
    const struct np_resource_provider *p = np_resource(rq->core, principal);
    const struct np_tag *tags;
    size_t n;
    return p != NULL && p->tags(p->arg, rq->arena, principal, &tags, &n) == 0;
}

/* --- constraints --- */

static bool context_fits(const struct kms_grant *g, struct np_str context)
{
    if (g->context.p == NULL)
        return true;
    return g->equals ? np_str_eq(context, g->context) : kms_context_has(context, g->context);
}

/* AWS: a grant that was given may be passed on, with no more than it has
 * (tests/sdk/test_kms_grants.py). */
static bool passes_on(const struct kms_grant *g, const struct kms_question *q)
{
    const struct kms_CreateGrantRequest *in = q->in;
    const struct kms_GrantConstraints *c = in->Constraints;
    uint32_t wanted = 0;
    for (size_t i = 0; i < in->Operations.n; i++)
        wanted |= kms_grant_operation(in->Operations.v[i]);
    if ((wanted & ~g->operations) != 0)
        return false;
    if (g->context.p == NULL)
        return true;
    struct np_str context;
    bool equals = c != NULL && c->EncryptionContextEquals.set;
    if (c == NULL || kms_context(q->rq->arena,
                                 equals ? &c->EncryptionContextEquals : &c->EncryptionContextSubset,
                                 &context, NULL) != 0)
        return false;
    return (equals || !g->equals) && context_fits(g, context);
}

static bool allows(const struct kms_grant *g, uint32_t operation, const struct kms_question *q,
                   struct np_str context)
{
    if ((g->operations & operation) == 0)
        return false;
    if (q->op->codec == &kms_CreateGrant_op)
        return passes_on(g, q);
    return q->context == NULL || context_fits(g, context);
}

bool kms_grant_allows(struct kms_question *q)
{
    struct np_str names[2], context = NP_STR("");
    struct np_str action = np_str_of(q->action);
    uint32_t operation = kms_grant_operation(np_str_sub(action, strlen("kms:"), action.n));
    if (operation == 0 ||
        (q->context != NULL && kms_context(q->rq->arena, q->context, &context, NULL) != 0))
        return false;
    for (size_t i = 0, n = names_of(q->rq->who, names); i < n; i++) {
        const struct kms_grants *list = kms_grants_find(q->rq->core, q->key, names[i]);
        for (size_t j = 0; list != NULL && j < list->n; j++)
            if (allows(&list->v[j], operation, q, context))
                return true;
    }
    return false;
}

/* --- tokens --- */

static const char purpose[] = "kms.grant";

struct np_str kms_grant_token(const struct np_req *rq, const struct kms_key *k, struct np_str id)
{
    struct np_str text = np_str_printf(rq->arena, "%.*s/%.*s/%.*s/%.*s", NP_FMT(k->account),
                                       NP_FMT(k->region), NP_FMT(k->id), NP_FMT(id));
    return np_base64(rq->arena, np_core_seal(rq->core, purpose, text, rq->arena));
}

bool kms_grant_token_open(const struct np_req *rq, struct np_str token, struct kms_grant_place *out)
{
    struct np_str bytes = np_unbase64(rq->arena, token);
    struct np_str rest =
        bytes.p != NULL ? np_core_unseal(rq->core, purpose, bytes, rq->arena) : NP_STR_NULL;
    return rest.p != NULL && np_str_cut(rest, '/', &out->account, &rest) &&
           np_str_cut(rest, '/', &out->region, &rest) && np_str_cut(rest, '/', &out->key, &out->id);
}

int kms_grant_tokens_check(const struct np_req *rq, const struct np_strs *tokens,
                           struct np_err *err)
{
    struct kms_grant_place place;
    for (size_t i = 0; i < tokens->n; i++)
        if (!kms_grant_token_open(rq, tokens->v[i], &place))
            return np_fault(err, &KMS_InvalidGrantTokenException, "The grant token is not valid.");
    return 0;
}
