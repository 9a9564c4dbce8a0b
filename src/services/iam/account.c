/* SPDX-License-Identifier: Apache-2.0 */
/* account.c - the account itself: alias, figures, preferences; accounts and root keys at the start.
 */
#include "services/iam/iam_int.h"

#include "aws/ids.h"
#include "base/digest.h"
#include "io/clock.h"
#include "services/iam/iam.h"

/* --- alias --- */

int iam_CreateAccountAlias_apply(struct np_txn *t, const struct iam_CreateAccountAliasRequest *in,
                                 struct iam_CreateAccountAliasOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_account SET alias = ?1 WHERE account = :account");
    int rc = np_exec(t, &put, err, "s", in->AccountAlias); /* AWS: a new one replaces the old */
    if (rc == NP_EEXIST)
        rc = np_fault(err, &IAM_EntityAlreadyExistsException,
                      "The account alias %.*s already exists.", NP_FMT(in->AccountAlias));
    return rc;
}

int iam_DeleteAccountAlias_apply(struct np_txn *t, const struct iam_DeleteAccountAliasRequest *in,
                                 struct iam_DeleteAccountAliasOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_account SET alias = NULL WHERE account = :account AND alias = ?1");
    int rc = np_exec(t, &put, err, "s", in->AccountAlias);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc =
            np_fault(err, &IAM_NoSuchEntityException,
                     "The account alias with name %.*s cannot be found.", NP_FMT(in->AccountAlias));
    return rc;
}

int iam_ListAccountAliases(struct np_req *rq, const struct iam_ListAccountAliasesRequest *in,
                           struct iam_ListAccountAliasesResponse *out, struct np_err *err)
{
    NP_SQL(find, "SELECT alias FROM iam_account WHERE account = :account");
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    int rc = iam_page_begin(rq, in->MaxItems, in->Marker, 0, &page, err);
    if (rc != 0)
        return rc;
    struct np_str alias = iam_first_str(np_q(db.c, &db.scope, &find, ""), db.a);
    out->AccountAliases.set = true;
    out->IsTruncated = IAM_FALSE;
    if (alias.p != NULL)
        IAM_PUSH(db.a, &out->AccountAliases, alias);
    return 0;
}

int iam_SetSecurityTokenServicePreferences_apply(
    struct np_txn *t, const struct iam_SetSecurityTokenServicePreferencesRequest *in,
    struct iam_SetSecurityTokenServicePreferencesOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_account SET token_version = ?1 WHERE account = :account");
    return np_exec(t, &put, err, "i",
                   (int64_t)(np_str_is(in->GlobalEndpointTokenVersion, "v2Token") ? 2 : 1));
}

/* --- figures --- */

#define COUNT(what) "SELECT count(*) FROM " what " WHERE account = :account"

static const struct {
    const char *name;
    struct np_sql sql; /* text NULL: `value` */
    int64_t value;
} figures[] = {
    {"Users", {COUNT("iam_entity") " AND kind = 'user'"}, 0},
    {"UsersQuota", {NULL}, IAM_USERS_MAX},
    {"Groups", {COUNT("iam_entity") " AND kind = 'group'"}, 0},
    {"GroupsQuota", {NULL}, IAM_GROUPS_MAX},
    {"Roles", {COUNT("iam_entity") " AND kind = 'role'"}, 0},
    {"RolesQuota", {NULL}, IAM_ROLES_MAX},
    {"Policies", {COUNT("iam_policy")}, 0},
    {"PoliciesQuota", {NULL}, IAM_POLICIES_MAX},
    {"PolicyVersionsInUse", {COUNT("iam_policy_version")}, 0},
    {"PolicyVersionsInUseQuota", {NULL}, 10000},
    {"VersionsPerPolicyQuota", {NULL}, IAM_VERSIONS_MAX},
    {"InstanceProfiles", {COUNT("iam_profile")}, 0},
    {"InstanceProfilesQuota", {NULL}, IAM_PROFILES_MAX},
    {"Providers", {COUNT("iam_oidc")}, 0},
    {"MFADevices", {COUNT("iam_mfa")}, 0},
    {"MFADevicesInUse", {COUNT("iam_mfa") " AND owner IS NOT NULL"}, 0},
    {"AccountMFAEnabled",
     {"SELECT count(*) > 0 FROM iam_mfa WHERE account = :account AND owner = 'root'"},
     0},
    {"AccountAccessKeysPresent",
     {"SELECT count(*) > 0 FROM iam_key WHERE account = :account AND owner = 'root'"},
     0},
    {"AccountPasswordPresent", {NULL}, 0},
    {"AccountSigningCertificatesPresent", {NULL}, 0},
    {"ServerCertificates", {NULL}, 0},
    {"ServerCertificatesQuota", {NULL}, 20},
    {"SigningCertificatesPerUserQuota", {NULL}, 2},
    {"AccessKeysPerUserQuota", {NULL}, IAM_KEYS_MAX},
    {"GroupsPerUserQuota", {NULL}, IAM_GROUPS_PER_USER_MAX},
    {"AttachedPoliciesPerGroupQuota", {NULL}, IAM_ATTACHED_MAX},
    {"AttachedPoliciesPerRoleQuota", {NULL}, IAM_ATTACHED_MAX},
    {"AttachedPoliciesPerUserQuota", {NULL}, IAM_ATTACHED_MAX},
    {"PolicySizeQuota", {NULL}, IAM_MANAGED_SIZE_MAX},
    {"UserPolicySizeQuota", {NULL}, IAM_USER_INLINE_SIZE_MAX},
    {"GroupPolicySizeQuota", {NULL}, IAM_GROUP_INLINE_SIZE_MAX},
    {"RolePolicySizeQuota", {NULL}, IAM_ROLE_INLINE_SIZE_MAX},
    {"AssumeRolePolicySizeQuota", {NULL}, IAM_TRUST_SIZE_MAX},
    {"GlobalEndpointTokenVersion",
     {"SELECT token_version FROM iam_account WHERE account = :account"},
     0},
};

int iam_GetAccountSummary(struct np_req *rq, const struct iam_GetAccountSummaryInput *in,
                          struct iam_GetAccountSummaryResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    NP_EACH (f, figures) {
        int64_t v =
            f->sql.text != NULL ? iam_first_int(np_q(db.c, &db.scope, &f->sql, "")) : f->value;
        struct iam_summaryMapType_entry e = {np_str_of(f->name), IAM_INT(v)};
        IAM_PUSH(db.a, &out->SummaryMap, e);
    }
    return 0;
}

/* --- ids of keys --- */

/* AWS: bits 7 to 46 of the first six bytes hold the account (tests/sdk/test_sts.py). */
struct np_str iam_key_id(struct np_arena *a, const char *prefix, struct np_str account)
{
    uint8_t raw[10];
    uint64_t number = 0;
    np_random(raw, sizeof(raw));
    np_str_u64(account, &number);
    uint64_t head = 1ull << 47 | number << 7 | (raw[5] & 127);
    for (int i = 0; i < 6; i++)
        raw[i] = (uint8_t)(head >> (40 - 8 * i));
    return np_str_cat(a, np_str_of(prefix), iam_base32(a, np_str_n(raw, sizeof(raw))));
}

static int base32_digit(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

struct np_str iam_key_account(const struct np_core *core, struct np_arena *a, struct np_str key_id)
{
    struct np_key key;
    const struct np_identity_provider *p = np_identity(core);
    if (p->key != NULL && p->key(p->arg, a, key_id, &key) == 0)
        return key.who.account;
    if (key_id.n != 20)
        return NP_STR_NULL;
    uint64_t head = 0;
    for (size_t i = 4; i < 14; i++) { /* ten digits are 50 bits, the first 48 count */
        int d = base32_digit(key_id.p[i]);
        if (d < 0)
            return NP_STR_NULL;
        head = head << 5 | (unsigned)d;
    }
    uint64_t number = (head >> 2 & 0x7fffffffff80) >> 7;
    return number > 999999999999 ? NP_STR_NULL
                                 : np_str_printf(a, "%012llu", (unsigned long long)number);
}

/* --- accounts --- */

struct ensure {
    struct np_core *core;
    struct np_arena *a;
    struct np_str key_id, secret, sealed;
    bool given;
};

static int oldest_key(struct np_txn *t, struct ensure *e, struct np_err *err)
{
    NP_SQL(find, "SELECT id, secret FROM iam_key WHERE account = :account AND owner = 'root' "
                 "AND active ORDER BY created_ms, id LIMIT 1");
    struct np_q *q = np_tq(t, &find, "");
    bool found = np_row(q);
    if (found) {
        e->key_id = np_col_str(q, 0, e->a);
        e->secret = np_core_unseal(e->core, "iam.secret", np_col_peek(q, 1), e->a);
    }
    int rc = np_q_end(q, err);
    if (rc == 0 && found && e->secret.p == NULL)
        rc = np_err(err, NP_ECORRUPT, "the secret of key %.*s does not open with this root key",
                    NP_FMT(e->key_id));
    return rc != 0 ? rc : found;
}

int iam_account_make(struct np_txn *t, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO iam_account (account, created_ms) VALUES (:account, ?1) "
                "ON CONFLICT (account) DO NOTHING");
    int rc = np_exec(t, &add, err, "i", iam_seconds(np_txn_now_ms(t)));
    np_notice(t, "iam.account", np_txn_scope(t)->account, np_txn_scope(t)->account);
    return rc;
}

/* Is the key that was given there as it is? Then nothing is written: most starts are such. */
static int is_kept(struct np_txn *t, struct ensure *e, struct np_err *err)
{
    NP_SQL(find, "SELECT secret FROM iam_key WHERE id = ?1 AND account = :account "
                 "AND owner = 'root' AND active");
    struct np_q *q = np_tq(t, &find, "s", e->key_id);
    struct np_str kept = NP_STR_NULL;
    if (np_row(q))
        kept = np_core_unseal(e->core, "iam.secret", np_col_peek(q, 0), e->a);
    int rc = np_q_end(q, err);
    return rc != 0 ? rc : kept.p != NULL && np_ct_eq(kept, e->secret);
}

static int ensure_apply(struct np_txn *t, void *arg, struct np_err *err)
{
    NP_SQL(key, "INSERT INTO iam_key (id, account, owner, secret, active, created_ms) "
                "VALUES (?1, :account, 'root', ?2, 1, ?3) "
                "ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, active = 1 "
                "WHERE account = :account AND owner = 'root'");
    struct ensure *e = arg;
    int64_t now = iam_seconds(np_txn_now_ms(t));
    int rc = iam_account_make(t, err);
    if (rc != 0)
        return rc;
    rc = e->given ? is_kept(t, e, err) : oldest_key(t, e, err);
    if (rc != 0)
        return rc > 0 ? 0 : rc;
    rc = np_exec(t, &key, err, "sbi", e->key_id, e->sealed, now);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = np_err(err, NP_EEXIST, "the access key %.*s belongs to somebody else",
                    NP_FMT(e->key_id));
    if (rc == 0)
        iam_key_changed(t, e->key_id);
    return rc;
}

static bool account_ok(struct np_str account)
{
    uint64_t number;
    return account.n == 12 && np_str_u64(account, &number);
}

int iam_account_ensure(struct np_core *core, struct np_arena *a, struct np_str account,
                       struct np_str access_key_id, struct np_str secret, struct np_str *key_id,
                       struct np_str *secret_out, struct np_err *err)
{
    if (!account_ok(account))
        return np_err(err, NP_EINVAL, "\"%.*s\" is no account: it has twelve digits",
                      NP_FMT(account));
    struct ensure e = {
        .core = core,
        .a = a,
        .given = access_key_id.p != NULL && secret.p != NULL,
    };
    e.key_id = e.given ? np_str_dup(a, access_key_id) : iam_key_id(a, "AKIA", account);
    e.secret = e.given ? np_str_dup(a, secret) : np_id_secret_key(a);
    e.sealed = np_core_seal(core, "iam.secret", e.secret, a);
    const struct np_scope scope = {account, NP_STR(""), np_clock_region_ms()};
    int rc = np_store_write_now(core->store, NP_DB_STATE, &scope, ensure_apply, &e, err);
    if (rc != 0)
        return rc;
    *key_id = e.key_id;
    *secret_out = e.secret;
    return 0;
}

struct np_str iam_account_new_id(struct np_core *core, struct np_arena *a)
{
    for (;;) {
        uint64_t number;
        np_random(&number, sizeof(number));
        struct np_str id =
            np_str_printf(a, "%012llu", (unsigned long long)(number % 900000000000 + 100000000000));
        if (!np_account_exists(core, id))
            return id;
    }
}
