/* SPDX-License-Identifier: Apache-2.0 */
/* grant.c - grants are made, listed, revoked and retired. */
#include "services/kms/grant.h"

#include "aws/arn.h"
#include "aws/ids.h"
#include "base/map.h"

/* --- making one --- */

#define BIT(name) kms_grant_operation(NP_STR(name))

/* What can be granted of a key. */
static uint32_t possible(const struct kms_key *k)
{
    uint32_t bits = BIT("DescribeKey") | BIT("CreateGrant") | BIT("RetireGrant");
    if (k->spec->kind == KMS_RSA || k->spec->kind == KMS_EC)
        bits |= BIT("GetPublicKey");
    if (np_str_is(k->usage, "SIGN_VERIFY"))
        return bits | BIT("Sign") | BIT("Verify");
    if (np_str_is(k->usage, "GENERATE_VERIFY_MAC"))
        return bits | BIT("GenerateMac") | BIT("VerifyMac");
    if (np_str_is(k->usage, "KEY_AGREEMENT"))
        return bits | BIT("DeriveSharedSecret");
    bits |= BIT("Encrypt") | BIT("Decrypt") | BIT("ReEncryptFrom") | BIT("ReEncryptTo");
    if (k->spec->kind == KMS_SYMMETRIC)
        bits |= BIT("GenerateDataKey") | BIT("GenerateDataKeyWithoutPlaintext") |
                BIT("GenerateDataKeyPair") | BIT("GenerateDataKeyPairWithoutPlaintext");
    return bits;
}

static int read_constraints(struct np_req *rq, const struct kms_key *k,
                            const struct kms_GrantConstraints *c, struct kms_grant *g,
                            struct np_err *err)
{
    bool subset = c != NULL && c->EncryptionContextSubset.n != 0;
    g->equals = c != NULL && c->EncryptionContextEquals.n != 0;
    if (subset && g->equals)
        return np_fault(
            err, &NP_ValidationException,
            "A grant has EncryptionContextEquals or EncryptionContextSubset, not both.");
    if (!subset && !g->equals)
        return 0;
    if (k->spec->kind != KMS_SYMMETRIC)
        return np_fault(err, &NP_ValidationException,
                        "Keys of spec %s have no encryption context that a grant could limit.",
                        k->spec->name);
    return kms_context(rq->arena,
                       g->equals ? &c->EncryptionContextEquals : &c->EncryptionContextSubset,
                       &g->context, err);
}

static int check_principal(struct np_req *rq, struct np_str principal, struct np_err *err)
{
    if (principal.p == NULL || kms_principal_ok(rq, principal))
        return 0;
    return np_fault(err, &KMS_InvalidArnException, "ARN does not refer to a valid principal: %.*s",
                    NP_FMT(principal));
}

int kms_CreateGrant_begin(struct np_req *rq, const struct kms_CreateGrantRequest *in,
                          struct np_err *err)
{
    struct kms_grant *g = np_new(rq->arena, struct kms_grant);
    const struct kms_key *k;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_grant_tokens_check(rq, &in->GrantTokens, err);
    rc = rc != 0 ? rc : check_principal(rq, in->GranteePrincipal, err);
    rc = rc != 0 ? rc : check_principal(rq, in->RetiringPrincipal, err);
    rc = rc != 0 ? rc : read_constraints(rq, k, in->Constraints, g, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < in->Operations.n; i++)
        g->operations |= kms_grant_operation(in->Operations.v[i]);
    if (g->operations == 0 || (g->operations & ~possible(k)) != 0)
        return np_fault(err, &NP_ValidationException,
                        "The operations of a grant must be some that the key can do: %.*s.",
                        NP_FMT(kms_grant_operations(rq->arena, possible(k))));
    g->id = np_id_hex(rq->arena, "", 64);
    g->name = in->Name;
    g->grantee = in->GranteePrincipal;
    g->retiring = in->RetiringPrincipal;
    g->issuer = rq->account;
    rq->priv = g;
    return np_apply(rq);
}

/* AWS: the same call with a name again answers the grant that it made. */
static int find_same(const struct kms_db *db, const struct kms_key *k, struct kms_grant *g,
                     struct np_err *err)
{
    NP_SQL(same, "SELECT id FROM kms_grant WHERE account = :account AND region = :region "
                 "AND key = ?1 AND grantee = ?2 AND name = ?3 AND retiring IS ?4 "
                 "AND operations = ?5 AND equals = ?6 AND context IS ?7");
    if (g->name.p == NULL)
        return 0;
    struct np_q *q =
        np_q(db->c, &db->scope, &same, "sssssib", k->id, g->grantee, g->name, g->retiring,
             kms_grant_operations(db->a, g->operations), (int64_t)g->equals, g->context);
    bool found = np_row(q);
    if (found)
        g->id = np_col_str(q, 0, db->a);
    int rc = np_q_end(q, err);
    return rc != 0 ? rc : found ? NP_EEXIST : 0;
}

static int insert(const struct kms_db *db, const struct kms_key *k, const struct kms_grant *g,
                  struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM kms_grant WHERE account = :account AND region = :region "
                  "AND key = ?1");
    NP_SQL(add, "INSERT INTO kms_grant (account, region, key, id, name, grantee, retiring, issuer, "
                "operations, equals, context, created_ms) VALUES (:account, :region, ?1, ?2, ?3, "
                "?4, ?5, ?6, ?7, ?8, ?9, :now)");
    if (kms_first_int(np_q(db->c, &db->scope, &count, "s", k->id)) >= KMS_GRANTS_MAX)
        return np_fault(err, &KMS_LimitExceededException,
                        "The key has the %d grants that it may "
                        "have.",
                        KMS_GRANTS_MAX);
    return kms_exec(db, &add, err, "sssssssib", k->id, g->id, g->name, g->grantee, g->retiring,
                    g->issuer, kms_grant_operations(db->a, g->operations), (int64_t)g->equals,
                    g->context);
}

int kms_CreateGrant_apply(struct np_txn *t, const struct kms_CreateGrantRequest *in,
                          struct kms_CreateGrantResponse *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    struct kms_grant g = *(const struct kms_grant *)rq->priv;
    struct kms_key k;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_alive(&k, err);
    if (rc == 0 && k.state == KMS_DISABLED)
        rc = kms_check_usable(&k, err);
    rc = rc != 0 ? rc : kms_dry_run(in->DryRun, err);
    if (rc != 0)
        return rc;
    struct kms_db db = kms_db_of(kms_db_txn(t), k.account, k.region);
    rc = find_same(&db, &k, &g, err);
    if (rc == 0) {
        rc = insert(&db, &k, &g, err);
        kms_grants_changed(t, &k, g.grantee);
    }
    if (rc != 0 && rc != NP_EEXIST)
        return rc;
    out->GrantId = g.id;
    out->GrantToken = kms_grant_token(rq, &k, g.id);
    return 0;
}

/* --- lists --- */

static struct np_str root_arn(struct np_arena *a, struct np_str account)
{
    return np_str_printf(a, "arn:aws:iam::%.*s:root", NP_FMT(account));
}

static struct kms_GrantListEntry grant_out(struct np_arena *a, const struct kms_grant *g,
                                           struct np_str key_arn)
{
    struct kms_GrantListEntry e = {
        .KeyId = key_arn,
        .GrantId = g->id,
        .Name = g->name.p != NULL ? g->name : NP_STR(""),
        .CreationDate = KMS_INT(g->created_ms),
        .GranteePrincipal = g->grantee,
        .RetiringPrincipal = g->retiring,
        .IssuingAccount = root_arn(a, g->issuer),
    };
    kms_grant_names(a, g->operations, &e.Operations);
    if (g->context.p != NULL) {
        e.Constraints = np_new(a, struct kms_GrantConstraints);
        kms_context_out(a, g->context,
                        g->equals ? &e.Constraints->EncryptionContextEquals
                                  : &e.Constraints->EncryptionContextSubset);
    }
    return e;
}

static int list_of_key(const struct kms_db *db, struct np_str arn, struct np_str key,
                       const struct kms_ListGrantsRequest *in, const struct kms_page *page,
                       struct kms_ListGrantsResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT " KMS_GRANT_COLUMNS " FROM kms_grant WHERE account = :account "
                 "AND region = :region AND key = ?1 AND id > ?2 AND (?3 IS NULL OR id = ?3) "
                 "AND (?4 IS NULL OR grantee = ?4) ORDER BY id LIMIT ?5");
    struct np_str after = page->after.p != NULL ? page->after : NP_STR("");
    struct np_q *q = np_q(db->c, &db->scope, &rows, "ssssi", key, after, in->GrantId,
                          in->GranteePrincipal, (int64_t)page->limit + 1);
    out->Grants.set = true;
    while (np_row(q)) {
        struct kms_grant g;
        kms_grant_row(q, db->a, &g);
        KMS_PUSH(db->a, &out->Grants, grant_out(db->a, &g, arn));
    }
    return np_q_end(q, err);
}

int kms_ListGrants(struct np_req *rq, const struct kms_ListGrantsRequest *in,
                   struct kms_ListGrantsResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    struct kms_page page;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc
                 : kms_page_begin(rq, in->Limit, in->Marker, KMS_GRANTS_PAGE_DEFAULT,
                                  np_page_filter(in->KeyId), &page, err);
    if (rc != 0)
        return rc;
    struct kms_db db = kms_db_of(kms_db_req(rq), np_str_dup(rq->arena, k->account), rq->region);
    rc = list_of_key(&db, np_str_dup(rq->arena, k->arn), np_str_dup(rq->arena, k->id), in, &page,
                     out, err);
    bool more = out->Grants.n > page.limit;
    out->Grants.n = more ? page.limit : out->Grants.n;
    if (rc == 0)
        kms_page_end(rq, &page, more, more ? out->Grants.v[page.limit - 1].GrantId : NP_STR(""),
                     &out->Truncated, &out->NextMarker);
    return rc;
}

/* Of all accounts' keys: who retires is of the caller's account. Positions are the grants' ids,
 * which are unique by chance. */
int kms_ListRetirableGrants(struct np_req *rq, const struct kms_ListRetirableGrantsRequest *in,
                            struct kms_ListGrantsResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT " KMS_GRANT_COLUMNS ", account, key FROM kms_grant WHERE retiring = ?1 "
                 "AND region = :region AND id > ?2 ORDER BY id LIMIT ?3");
    struct kms_db db = kms_db_req(rq);
    struct kms_page page;
    struct np_arn arn;
    bool own = np_arn_parse(in->RetiringPrincipal, &arn) && np_str_eq(arn.account, rq->account);
    if (!own && !(rq->who->kind == NP_WHO_SERVICE && kms_is_caller(rq, in->RetiringPrincipal)))
        return np_fault(err, &KMS_InvalidArnException,
                        "RetiringPrincipal must be of the account that asks: %.*s",
                        NP_FMT(in->RetiringPrincipal));
    int rc = kms_page_begin(rq, in->Limit, in->Marker, KMS_GRANTS_PAGE_DEFAULT,
                            np_page_filter(in->RetiringPrincipal), &page, err);
    if (rc != 0)
        return rc;
    struct np_str after = page.after.p != NULL ? page.after : NP_STR("");
    struct np_q *q =
        np_q(db.c, &db.scope, &rows, "ssi", in->RetiringPrincipal, after, (int64_t)page.limit + 1);
    out->Grants.set = true;
    while (np_row(q)) {
        struct kms_grant g;
        kms_grant_row(q, db.a, &g);
        struct np_str key = kms_key_arn(db.a, np_col_peek(q, 9), rq->region, np_col_peek(q, 10));
        KMS_PUSH(db.a, &out->Grants, grant_out(db.a, &g, key));
    }
    rc = np_q_end(q, err);
    bool more = out->Grants.n > page.limit;
    out->Grants.n = more ? page.limit : out->Grants.n;
    if (rc == 0)
        kms_page_end(rq, &page, more, more ? out->Grants.v[page.limit - 1].GrantId : NP_STR(""),
                     &out->Truncated, &out->NextMarker);
    return rc;
}

/* --- ending one --- */

static int find(const struct kms_db *db, struct np_str key, struct np_str id, struct kms_grant *out,
                struct np_err *err)
{
    NP_SQL(one, "SELECT " KMS_GRANT_COLUMNS " FROM kms_grant WHERE account = :account "
                "AND region = :region AND key = ?1 AND id = ?2");
    struct np_q *q = np_q(db->c, &db->scope, &one, "ss", key, id);
    bool found = np_row(q);
    if (found)
        kms_grant_row(q, db->a, out);
    int rc = np_q_end(q, err);
    if (rc != 0 || found)
        return rc;
    return np_fault(err, &KMS_NotFoundException, "Grant ID %.*s not found", NP_FMT(id));
}

static int end_grant(struct np_txn *t, const struct kms_key *k, struct np_str id,
                     struct np_opt_bool dry_run, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM kms_grant WHERE account = :account AND region = :region "
                "AND key = ?1 AND id = ?2");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    struct kms_grant g;
    int rc = find(&db, k->id, id, &g, err);
    rc = rc != 0 ? rc : kms_dry_run(dry_run, err);
    rc = rc != 0 ? rc : kms_exec(&db, &del, err, "ss", k->id, id);
    if (rc == 0)
        kms_grants_changed(t, k, g.grantee);
    return rc;
}

int kms_RevokeGrant_apply(struct np_txn *t, const struct kms_RevokeGrantRequest *in,
                          struct kms_RevokeGrantOutput *out, struct np_err *err)
{
    struct kms_key k;
    (void)out;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    return rc != 0 ? rc : end_grant(t, &k, in->GrantId, in->DryRun, err);
}

/* Where the grant is, that a token or key and id name. */
static int place_of(const struct np_req *rq, const struct kms_RetireGrantRequest *in,
                    struct kms_grant_place *out, struct np_err *err)
{
    bool by_token = in->GrantToken.p != NULL, by_id = in->KeyId.p != NULL && in->GrantId.p != NULL;
    if (by_token == by_id || (by_token && (in->KeyId.p != NULL || in->GrantId.p != NULL)))
        return np_fault(err, &NP_ValidationException,
                        "Name the grant by GrantToken, or by KeyId and GrantId.");
    if (by_token)
        return kms_grant_token_open(rq, in->GrantToken, out)
                   ? 0
                   : np_fault(err, &KMS_InvalidGrantTokenException,
                              "The grant token is not valid.");
    struct kms_name name;
    int rc = kms_name_parse(rq, in->KeyId, &name, err);
    if (rc == 0)
        *out = (struct kms_grant_place){name.account, name.region, name.id, in->GrantId};
    return rc;
}

/* Who may retire: the principal that the grant names for it, the grantee where it may, the root of
 * the account that made it; others by a policy that says so. */
static bool may_retire(const struct np_req *rq, const struct kms_grant *g)
{
    if (g->retiring.p != NULL && kms_is_caller(rq, g->retiring))
        return true;
    if ((g->operations & BIT("RetireGrant")) != 0 && kms_is_caller(rq, g->grantee))
        return true;
    return rq->who->kind == NP_WHO_ROOT && np_str_eq(rq->who->account, g->issuer);
}

int kms_RetireGrant_begin(struct np_req *rq, const struct kms_RetireGrantRequest *in,
                          struct np_err *err)
{
    struct kms_grant_place *place = np_new(rq->arena, struct kms_grant_place);
    struct kms_grant g;
    int rc = place_of(rq, in, place, err);
    if (rc != 0)
        return rc;
    struct kms_db db = kms_db_of(kms_db_req(rq), place->account, place->region);
    const struct kms_key *k = kms_key_find(rq->core, place->region, place->key);
    if (k == NULL || !np_str_eq(k->account, place->account))
        return np_fault(err, &KMS_NotFoundException, "Grant ID %.*s not found", NP_FMT(place->id));
    rc = find(&db, place->key, place->id, &g, err);
    if (rc == 0 && !may_retire(rq, &g)) {
        struct kms_question q = {
            .rq = rq, .op = rq->op, .in = in, .action = "kms:RetireGrant", .key = k};
        rc = kms_ask_key(&q, err);
    }
    rq->priv = place;
    return rc != 0 ? rc : np_apply(rq);
}

int kms_RetireGrant_apply(struct np_txn *t, const struct kms_RetireGrantRequest *in,
                          struct kms_RetireGrantOutput *out, struct np_err *err)
{
    const struct kms_grant_place *place = np_txn_req(t)->priv;
    struct kms_db db = kms_db_of(kms_db_txn(t), place->account, place->region);
    struct kms_key k;
    (void)out;
    int rc = kms_key_load(&db, place->key, &k, err);
    return rc != 0 ? rc : end_grant(t, &k, place->id, in->DryRun, err);
}

/* --- notices --- */

void kms_grants_changed(struct np_txn *t, const struct kms_key *k, struct np_str grantee)
{
    np_notice(t, "kms.grants", k->account,
              np_str_printf(np_txn_arena(t), "%.*s/%.*s/%.*s", NP_FMT(k->region), NP_FMT(k->id),
                            NP_FMT(grantee)));
}

int kms_grants_gone(struct np_txn *t, const struct kms_key *k, struct np_err *err)
{
    NP_SQL(grantees, "SELECT DISTINCT grantee FROM kms_grant WHERE account = :account "
                     "AND region = :region AND key = ?1");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    struct np_q *q = np_q(db.c, &db.scope, &grantees, "s", k->id);
    while (np_row(q))
        kms_grants_changed(t, k, np_col_peek(q, 0));
    return np_q_end(q, err);
}
