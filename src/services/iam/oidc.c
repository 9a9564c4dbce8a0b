/* SPDX-License-Identifier: Apache-2.0 */
/* oidc.c - OpenID Connect identity providers. */
#include "services/iam/iam_int.h"

#include "aws/arn.h"
#include "services/iam/iam.h"

struct np_str iam_oidc_url(struct np_str url)
{
    struct np_str rest = np_str_istarts(url, NP_STR("https://")) ? np_str_sub(url, 8, url.n) : url;
    while (np_str_ends(rest, NP_STR("/")))
        rest.n--;
    return rest;
}

static struct np_str provider_arn(struct np_arena *a, struct np_str account, struct np_str url)
{
    return np_str_printf(a, "arn:aws:iam::%.*s:oidc-provider/%.*s", NP_FMT(account), NP_FMT(url));
}

/* The url of the ARN of a provider of this account that exists. */
static int find(const struct iam_db *db, struct np_str arn, struct np_str *url, int64_t *created_ms,
                struct np_err *err)
{
    NP_SQL(find_row, "SELECT url, created_ms FROM iam_oidc WHERE account = :account AND url = ?1");
    struct np_arn parts;
    if (!np_arn_parse(arn, &parts) || !np_str_is(parts.service, "iam") ||
        !np_str_starts(parts.resource, NP_STR("oidc-provider/")))
        return np_fault(err, &IAM_InvalidInputException, "Invalid ARN: %.*s", NP_FMT(arn));
    struct np_str want = np_str_sub(parts.resource, strlen("oidc-provider/"), parts.resource.n);
    bool found = false;
    struct np_q *q = np_q(db->c, &db->scope, &find_row, "s", want);
    if (np_str_eq(parts.account, db->scope.account) && np_row(q)) {
        found = true;
        *url = np_col_str(q, 0, db->a);
        *created_ms = np_col_int(q, 1);
    }
    int rc = np_q_end(q, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "OpenIDConnect Provider not found for arn %.*s", NP_FMT(arn));
    return rc;
}

static void items(const struct iam_db *db, struct np_str url, const char *kind, struct np_strs *out)
{
    NP_SQL(rows,
           "SELECT value FROM iam_oidc_item WHERE account = :account AND url = ?1 AND kind = ?2 "
           "ORDER BY seq");
    out->set = true;
    struct np_q *q = np_q(db->c, &db->scope, &rows, "ss", url, np_str_of(kind));
    while (np_row(q))
        IAM_PUSH(db->a, out, np_col_str(q, 0, db->a));
    np_q_end(q, NULL);
}

static int add_item(struct np_txn *t, struct np_str url, const char *kind, struct np_str value,
                    struct np_err *err)
{
    NP_SQL(add,
           "INSERT INTO iam_oidc_item (account, url, kind, seq, value) VALUES (:account, ?1, ?2, "
           "(SELECT coalesce(max(seq), 0) + 1 FROM iam_oidc_item WHERE account = :account "
           "AND url = ?1 AND kind = ?2), ?3)");
    return np_exec(t, &add, err, "sss", url, np_str_of(kind), value);
}

static int add_items(struct np_txn *t, struct np_str url, const char *kind,
                     const struct np_strs *list, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < list->n && rc == 0; i++)
        rc = add_item(t, url, kind, list->v[i], err);
    return rc;
}

static int check_thumbprints(const struct np_strs *list, struct np_err *err)
{
    if (list->n > IAM_THUMBPRINTS_MAX)
        return np_fault(err, &IAM_InvalidInputException,
                        "Thumbprint list must contain fewer than %d entries.", IAM_THUMBPRINTS_MAX);
    return 0;
}

static int check_client_count(size_t n, struct np_err *err)
{
    if (n > IAM_CLIENT_IDS_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d",
                        IAM_CLIENT_IDS_MAX);
    return 0;
}

static int check_url(struct np_str url, struct np_err *err)
{
    struct np_str rest = iam_oidc_url(url);
    if (!np_str_istarts(url, NP_STR("https://")) || rest.n == 0 || rest.p[0] == '/' ||
        np_str_chr(rest, '?') >= 0 || np_str_chr(rest, '#') >= 0 || np_str_chr(rest, ' ') >= 0)
        return np_fault(err, &IAM_ValidationError, "Invalid Open ID Connect Provider URL");
    return 0;
}

int iam_CreateOpenIDConnectProvider_begin(struct np_req *rq,
                                          const struct iam_CreateOpenIDConnectProviderRequest *in,
                                          struct np_err *err)
{
    int rc = check_url(in->Url, err);
    if (rc == 0)
        rc = check_thumbprints(&in->ThumbprintList, err);
    if (rc == 0)
        rc = check_client_count(in->ClientIDList.n, err);
    if (rc == 0)
        rc = iam_tags_check(&in->Tags, false, err);
    return rc != 0 ? rc : np_apply(rq);
}

int iam_CreateOpenIDConnectProvider_apply(struct np_txn *t,
                                          const struct iam_CreateOpenIDConnectProviderRequest *in,
                                          struct iam_CreateOpenIDConnectProviderResponse *out,
                                          struct np_err *err)
{
    NP_SQL(taken, "SELECT 1 FROM iam_oidc WHERE account = :account AND url = ?1");
    NP_SQL(count, "SELECT count(*) FROM iam_oidc WHERE account = :account");
    NP_SQL(add, "INSERT INTO iam_oidc (account, url, created_ms) VALUES (:account, ?1, ?2)");
    struct np_str url = iam_oidc_url(in->Url);
    if (iam_first_int(np_tq(t, &taken, "s", url)) != 0)
        return np_fault(err, &IAM_EntityAlreadyExistsException,
                        "Provider with url https://%.*s already exists.", NP_FMT(url));
    if (iam_first_int(np_tq(t, &count, "")) >= IAM_OIDC_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for OpenIdConnectProvidersPerAccount: %d",
                        IAM_OIDC_MAX);
    int rc = np_exec(t, &add, err, "si", url, iam_seconds(np_txn_now_ms(t)));
    if (rc == 0)
        rc = add_items(t, url, "client", &in->ClientIDList, err);
    if (rc == 0)
        rc = add_items(t, url, "thumbprint", &in->ThumbprintList, err);
    out->OpenIDConnectProviderArn = provider_arn(np_txn_arena(t), np_txn_scope(t)->account, url);
    if (rc == 0)
        rc = iam_tags_put(t, out->OpenIDConnectProviderArn, &in->Tags, err);
    if (in->Tags.n != 0)
        out->Tags = in->Tags;
    return rc;
}

int iam_GetOpenIDConnectProvider(struct np_req *rq,
                                 const struct iam_GetOpenIDConnectProviderRequest *in,
                                 struct iam_GetOpenIDConnectProviderResponse *out,
                                 struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    int64_t created_ms;
    int rc = find(&db, in->OpenIDConnectProviderArn, &out->Url, &created_ms, err);
    if (rc != 0)
        return rc;
    items(&db, out->Url, "client", &out->ClientIDList);
    items(&db, out->Url, "thumbprint", &out->ThumbprintList);
    out->CreateDate = IAM_INT(created_ms);
    iam_tags_out(&db, in->OpenIDConnectProviderArn, &out->Tags);
    return 0;
}

int iam_ListOpenIDConnectProviders(struct np_req *rq,
                                   const struct iam_ListOpenIDConnectProvidersRequest *in,
                                   struct iam_ListOpenIDConnectProvidersResponse *out,
                                   struct np_err *err)
{
    NP_SQL(rows, "SELECT url FROM iam_oidc WHERE account = :account ORDER BY url");
    struct iam_db db = iam_db_req(rq);
    out->OpenIDConnectProviderList.set = true;
    struct np_q *q = np_q(db.c, &db.scope, &rows, "");
    while (np_row(q)) {
        struct iam_OpenIDConnectProviderListEntry e = {
            provider_arn(db.a, rq->account, np_col_peek(q, 0))};
        IAM_PUSH(db.a, &out->OpenIDConnectProviderList, e);
    }
    return np_q_end(q, err);
}

int iam_DeleteOpenIDConnectProvider_apply(struct np_txn *t,
                                          const struct iam_DeleteOpenIDConnectProviderRequest *in,
                                          struct iam_DeleteOpenIDConnectProviderOutput *out,
                                          struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_oidc WHERE account = :account AND url = ?1");
    struct iam_db db = iam_db_txn(t);
    struct np_str url;
    int64_t created_ms;
    int rc = find(&db, in->OpenIDConnectProviderArn, &url, &created_ms, err);
    if (rc == NP_EFAULT && err->fault == &IAM_NoSuchEntityException)
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "OpenId connect Provider %.*s cannot be found.",
                      NP_FMT(in->OpenIDConnectProviderArn));
    if (rc == 0)
        rc = np_tags_drop(t, in->OpenIDConnectProviderArn, err);
    return rc != 0 ? rc : np_exec(t, &del, err, "s", url);
}

int iam_AddClientIDToOpenIDConnectProvider_apply(
    struct np_txn *t, const struct iam_AddClientIDToOpenIDConnectProviderRequest *in,
    struct iam_AddClientIDToOpenIDConnectProviderOutput *out, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    struct np_strs clients = {0};
    struct np_str url;
    int64_t created_ms;
    int rc = find(&db, in->OpenIDConnectProviderArn, &url, &created_ms, err);
    if (rc != 0)
        return rc;
    items(&db, url, "client", &clients);
    for (size_t i = 0; i < clients.n; i++)
        if (np_str_eq(clients.v[i], in->ClientID))
            return 0; /* AWS: adding twice is fine */
    rc = check_client_count(clients.n + 1, err);
    return rc != 0 ? rc : add_item(t, url, "client", in->ClientID, err);
}

int iam_RemoveClientIDFromOpenIDConnectProvider_apply(
    struct np_txn *t, const struct iam_RemoveClientIDFromOpenIDConnectProviderRequest *in,
    struct iam_RemoveClientIDFromOpenIDConnectProviderOutput *out, struct np_err *err)
{
    NP_SQL(del,
           "DELETE FROM iam_oidc_item WHERE account = :account AND url = ?1 AND kind = 'client' "
           "AND value = ?2");
    struct iam_db db = iam_db_txn(t);
    struct np_str url;
    int64_t created_ms;
    int rc = find(&db, in->OpenIDConnectProviderArn, &url, &created_ms, err);
    return rc != 0 ? rc : np_exec(t, &del, err, "ss", url, in->ClientID); /* AWS: twice is fine */
}

int iam_UpdateOpenIDConnectProviderThumbprint_begin(
    struct np_req *rq, const struct iam_UpdateOpenIDConnectProviderThumbprintRequest *in,
    struct np_err *err)
{
    int rc = check_thumbprints(&in->ThumbprintList, err);
    return rc != 0 ? rc : np_apply(rq);
}

int iam_UpdateOpenIDConnectProviderThumbprint_apply(
    struct np_txn *t, const struct iam_UpdateOpenIDConnectProviderThumbprintRequest *in,
    struct iam_UpdateOpenIDConnectProviderThumbprintOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_oidc_item WHERE account = :account AND url = ?1 "
                "AND kind = 'thumbprint'");
    struct iam_db db = iam_db_txn(t);
    struct np_str url;
    int64_t created_ms;
    int rc = find(&db, in->OpenIDConnectProviderArn, &url, &created_ms, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "s", url);
    return rc != 0 ? rc : add_items(t, url, "thumbprint", &in->ThumbprintList, err);
}

int iam_oidc_facts(const struct np_req *rq, struct np_str account, struct np_str url,
                   struct iam_oidc_facts *out)
{
    struct iam_db db = {np_store_reader(rq->core->store, NP_DB_STATE),
                        {account, rq->region, rq->now_ms},
                        rq->arena};
    struct np_str arn = provider_arn(db.a, account, url);
    int64_t created_ms;
    if (find(&db, arn, &out->url, &created_ms, NULL) != 0)
        return NP_ENOENT;
    out->arn = arn;
    out->client_ids = out->thumbprints = (struct np_strs){0};
    items(&db, out->url, "client", &out->client_ids);
    items(&db, out->url, "thumbprint", &out->thumbprints);
    return 0;
}
