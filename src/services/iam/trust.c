/* SPDX-License-Identifier: Apache-2.0 */
/* trust.c - trust policies of roles: whom they may name, and what becomes of those names. */
#include "services/iam/iam_int.h"

#include "aws/arn.h"
#include "aws/provider.h"
#include "services/iam/projection.h"

/* AWS: who is trusted must exist (test_trusted_principals_exist). Accounts that this region does
 * not have may be elsewhere. */
static int check_principals(const struct np_req *rq, const struct np_policy *p, struct np_err *err)
{
    struct np_strs arns;
    np_policy_principal_arns(p, rq->arena, &arns);
    for (size_t i = 0; i < arns.n; i++) {
        struct np_arn arn;
        if (np_arn_parse(arns.v[i], &arn) && np_str_is(arn.service, "iam") &&
            np_account_exists(rq->core, arn.account) &&
            iam_principal_by_arn(iam_projection(rq->core), arns.v[i]) == NULL)
            return np_fault(err, &IAM_MalformedPolicyDocumentException,
                            "Invalid principal in policy: \"AWS\":\"%.*s\"", NP_FMT(arns.v[i]));
    }
    return 0;
}

int iam_trust_check(const struct np_req *rq, struct np_str document, struct np_err *err)
{
    struct np_policy *p;
    int rc = iam_document_compile(document, NP_POLICY_TRUST, &p, err);
    if (rc != 0)
        return rc;
    rc = check_principals(rq, p, err);
    np_policy_unref(p);
    if (rc == 0 && np_policy_size_nonblank(document) > IAM_TRUST_SIZE_MAX)
        rc = np_fault(err, &IAM_LimitExceededException,
                      "Cannot exceed quota for ACLSizePerRole: %d", IAM_TRUST_SIZE_MAX);
    return rc;
}

/* --- principals that are renamed or go --- */

static size_t skip_blanks(struct np_str doc, size_t i)
{
    while (i < doc.n && strchr(" \t\r\n", doc.p[i]) != NULL)
        i++;
    return i;
}

/* Behind the text that begins at i. */
static size_t text_end(struct np_str doc, size_t i)
{
    for (i++; i < doc.n && doc.p[i] != '"'; i++)
        i += doc.p[i] == '\\';
    return i + 1 < doc.n ? i + 1 : doc.n;
}

static size_t value_end(struct np_str doc, size_t i)
{
    size_t depth = 0;
    while (i < doc.n) {
        char c = doc.p[i];
        i = c == '"' ? text_end(doc, i) : i + 1;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0)
            break;
    }
    return i;
}

/* The document with one name for another, where it names principals. */
static struct np_str rename_principal(struct np_arena *a, struct np_str doc, struct np_str from,
                                      struct np_str to)
{
    struct np_buf b;
    size_t done = 0, principals_to = 0, end;
    np_buf_init(&b, a, 1u << 20);
    for (size_t i = 0; i < doc.n; i = end) {
        end = i + 1;
        if (doc.p[i] != '"')
            continue;
        end = text_end(doc, i);
        struct np_str text = np_str_sub(doc, i + 1, end - i - 2);
        size_t colon = skip_blanks(doc, end);
        bool names = np_str_is(text, "Principal") || np_str_is(text, "NotPrincipal");
        if (names && colon < doc.n && doc.p[colon] == ':')
            principals_to = value_end(doc, skip_blanks(doc, colon + 1));
        if (i >= principals_to || !np_str_eq(text, from))
            continue;
        np_buf_str_add(&b, np_str_sub(doc, done, i + 1 - done));
        np_buf_str_add(&b, to);
        done = end - 1;
    }
    np_buf_str_add(&b, np_str_sub(doc, done, doc.n));
    return np_buf_str(&b);
}

struct role_row {
    struct np_str account, id, trust;
};

int iam_trust_follow(struct np_txn *t, struct np_str from, struct np_str to, struct np_err *err)
{
    NP_SQL(naming, "SELECT account, id, trust FROM iam_entity "
                   "WHERE kind = 'role' AND instr(trust, ?1) > 0");
    NP_SQL(put, "UPDATE iam_entity SET trust = ?3 WHERE account = ?1 AND id = ?2");
    struct np_arena *a = np_txn_arena(t);
    struct {
        struct role_row *v;
        size_t n;
        bool set;
    } roles = {0};
    struct np_q *q = np_tq(t, &naming, "s", from);
    while (np_row(q)) {
        struct role_row r = {np_col_str(q, 0, a), np_col_str(q, 1, a), np_col_str(q, 2, a)};
        IAM_PUSH(a, &roles, r);
    }
    int rc = np_q_end(q, err);
    for (size_t i = 0; i < roles.n && rc == 0; i++) {
        const struct role_row *r = &roles.v[i];
        rc = np_exec(t, &put, err, "sss", r->account, r->id,
                     rename_principal(a, r->trust, from, to));
        np_notice(t, "iam.entity", r->account, r->id);
    }
    return rc;
}
