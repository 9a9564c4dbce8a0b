/* SPDX-License-Identifier: Apache-2.0 */
/* login.c - passwords of users and the rules for them. Hashing is a job: it is slow on purpose. */
#include "services/iam/iam_int.h"

#include <openssl/evp.h>

#include "base/digest.h"

#define SALT_BYTES  16
#define KEY_BYTES   32
#define HASH_BYTES  (SALT_BYTES + KEY_BYTES)
#define HASH_ROUNDS 50000

/* --- the account's rules --- */

static struct iam_PasswordPolicy *stored_policy(const struct iam_db *db)
{
    NP_SQL(find, "SELECT password_policy FROM iam_account WHERE account = :account");
    struct np_str bytes = iam_first_str(np_q(db->c, &db->scope, &find, ""), db->a);
    struct iam_PasswordPolicy *p = np_new(db->a, struct iam_PasswordPolicy);
    if (bytes.p == NULL || np_cbor_get(&iam_PasswordPolicy_shape, bytes, db->a, p, NULL) != 0)
        return NULL;
    return p;
}

void iam_password_rules_get(const struct iam_db *db, struct iam_password_rules *out)
{
    const struct iam_PasswordPolicy *p = stored_policy(db);
    *out = (struct iam_password_rules){.min_length = 8, .users_may_change = false};
    if (p == NULL)
        return;
    *out = (struct iam_password_rules){
        .min_length = p->MinimumPasswordLength.v,
        .max_age_days = p->MaxPasswordAge.v,
        .reuse = p->PasswordReusePrevention.v,
        .symbols = p->RequireSymbols.v,
        .numbers = p->RequireNumbers.v,
        .upper = p->RequireUppercaseCharacters.v,
        .lower = p->RequireLowercaseCharacters.v,
        .users_may_change = p->AllowUsersToChangePassword.v,
        .hard_expiry = p->HardExpiry.v,
        .set = true,
    };
}

int iam_GetAccountPasswordPolicy(struct np_req *rq,
                                 const struct iam_GetAccountPasswordPolicyInput *in,
                                 struct iam_GetAccountPasswordPolicyResponse *out,
                                 struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    out->PasswordPolicy = stored_policy(&db);
    if (out->PasswordPolicy == NULL)
        return np_fault(err, &IAM_NoSuchEntityException,
                        "The Password Policy with domain name %.*s cannot be found.",
                        NP_FMT(rq->account));
    return 0;
}

static struct np_opt_bool or_false(struct np_opt_bool b)
{
    return b.set && b.v ? IAM_TRUE : IAM_FALSE;
}

int iam_UpdateAccountPasswordPolicy_apply(struct np_txn *t,
                                          const struct iam_UpdateAccountPasswordPolicyRequest *in,
                                          struct iam_UpdateAccountPasswordPolicyOutput *out,
                                          struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_account SET password_policy = ?1 WHERE account = :account");
    /* AWS: what is left out goes back to its default. */
    const struct iam_PasswordPolicy p = {
        .MinimumPasswordLength =
            in->MinimumPasswordLength.set ? in->MinimumPasswordLength : IAM_INT(6),
        .RequireSymbols = or_false(in->RequireSymbols),
        .RequireNumbers = or_false(in->RequireNumbers),
        .RequireUppercaseCharacters = or_false(in->RequireUppercaseCharacters),
        .RequireLowercaseCharacters = or_false(in->RequireLowercaseCharacters),
        .AllowUsersToChangePassword = or_false(in->AllowUsersToChangePassword),
        .ExpirePasswords = in->MaxPasswordAge.set ? IAM_TRUE : IAM_FALSE,
        .MaxPasswordAge = in->MaxPasswordAge,
        .PasswordReusePrevention = in->PasswordReusePrevention,
        .HardExpiry = in->HardExpiry,
    };
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), 4096);
    np_cbor_put(&iam_PasswordPolicy_shape, &p, &b);
    return np_exec(t, &put, err, "b", np_buf_str(&b));
}

int iam_DeleteAccountPasswordPolicy_apply(struct np_txn *t,
                                          const struct iam_DeleteAccountPasswordPolicyInput *in,
                                          struct iam_DeleteAccountPasswordPolicyOutput *out,
                                          struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_account SET password_policy = NULL WHERE account = :account "
                "AND password_policy IS NOT NULL");
    int rc = np_exec(t, &put, err, "");
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "The account policy with name PasswordPolicy cannot be found.");
    return rc;
}

/* --- one password --- */

static bool has(struct np_str s, bool (*is)(unsigned char c))
{
    for (size_t i = 0; i < s.n; i++)
        if (is((unsigned char)s.p[i]))
            return true;
    return false;
}

static bool is_upper(unsigned char c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_lower(unsigned char c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_number(unsigned char c)
{
    return c >= '0' && c <= '9';
}
static bool is_symbol(unsigned char c)
{
    return c != 0 && strchr("!@#$%^&*()_+-=[]{}|'", c) != NULL;
}

static int check_password(const struct iam_password_rules *r, struct np_str password,
                          struct np_err *err)
{
    const struct {
        bool wanted;
        bool (*is)(unsigned char c);
        const char *what;
    } kinds[] = {
        {r->upper, is_upper, "uppercase letter"},
        {r->lower, is_lower, "lowercase letter"},
        {r->numbers, is_number, "number"},
        {r->symbols, is_symbol, "symbol"},
    };
    if ((int64_t)password.n < r->min_length)
        return np_fault(err, &IAM_PasswordPolicyViolationException,
                        "Password should have a minimum length of %lld", (long long)r->min_length);
    int mix = 0;
    NP_EACH (k, kinds) {
        bool there = has(password, k->is);
        mix += there;
        if (k->wanted && !there)
            return np_fault(err, &IAM_PasswordPolicyViolationException,
                            "Password should have at least one %s", k->what);
    }
    /* AWS: an account without rules asks for three of the four kinds. */
    if (!r->set && mix < 3)
        return np_fault(err, &IAM_PasswordPolicyViolationException,
                        "Password should have at least three of these kinds: uppercase letters, "
                        "lowercase letters, numbers, symbols");
    return 0;
}

/* --- hashing --- */

struct hashing {
    struct np_job job;
    struct np_req *rq;
    struct np_str old_password, password; /* old: must be the newest; absent: not asked */
    struct np_str seen;                   /* the hashes that the row had */
    size_t may_not_be;                    /* so many of them */
    char hash[HASH_BYTES];
    bool old_wrong, reused;
    bool present; /* there was a row */
};

static void derive(struct np_str password, const void *salt, void *out)
{
    PKCS5_PBKDF2_HMAC(password.p, (int)password.n, salt, SALT_BYTES, HASH_ROUNDS, EVP_sha256(),
                      KEY_BYTES, out);
}

static bool matches(struct np_str password, struct np_str hash)
{
    char key[KEY_BYTES];
    derive(password, hash.p, key);
    return np_ct_eq(np_str_n(key, KEY_BYTES), np_str_sub(hash, SALT_BYTES, KEY_BYTES));
}

static void hash_work(struct np_job *j)
{
    struct hashing *h = NP_CONTAINER(j, struct hashing, job);
    if (h->old_password.p != NULL)
        h->old_wrong = h->seen.n < HASH_BYTES || !matches(h->old_password, h->seen);
    for (size_t i = 0; i < h->may_not_be && (i + 1) * HASH_BYTES <= h->seen.n && !h->old_wrong; i++)
        h->reused =
            h->reused || matches(h->password, np_str_sub(h->seen, i * HASH_BYTES, HASH_BYTES));
    np_random(h->hash, SALT_BYTES);
    derive(h->password, h->hash, h->hash + SALT_BYTES);
}

static void hash_done(struct np_job *j)
{
    struct hashing *h = NP_CONTAINER(j, struct hashing, job);
    struct np_req *rq = h->rq;
    int rc = 0;
    if (h->old_wrong)
        rc = np_fault(&rq->err, &IAM_AccessDenied, "The old password was incorrect.");
    else if (h->reused)
        rc = np_fault(&rq->err, &IAM_PasswordPolicyViolationException,
                      "Policy constraint violation with password reuse prevention during password "
                      "change.");
    if (rc != 0)
        np_req_done(rq, rc);
    else
        np_req_apply(rq);
}

static struct np_str stored_hashes(const struct iam_db *db, struct np_str owner)
{
    NP_SQL(find, "SELECT hashes FROM iam_login WHERE account = :account AND owner = ?1");
    return iam_first_str(np_q(db->c, &db->scope, &find, "s", owner), db->a);
}

/* Checks the rules, then hashes on another thread and goes on to apply. */
static int begin_hash(struct np_req *rq, struct np_str owner, struct np_str old,
                      struct np_str password, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_password_rules rules;
    iam_password_rules_get(&db, &rules);
    int rc = check_password(&rules, password, err);
    if (rc != 0)
        return rc;
    struct hashing *h = np_new(rq->arena, struct hashing);
    *h = (struct hashing){
        .rq = rq,
        .old_password = old,
        .password = password,
        .seen = stored_hashes(&db, owner),
        .may_not_be = (size_t)rules.reuse,
    };
    h->present = h->seen.p != NULL;
    rq->priv = h;
    np_job_submit(rq->core->jobs, rq->loop, &h->job, hash_work, hash_done);
    return NP_LATER;
}

/* The new hash before those that were there. */
static struct np_str with_new(struct np_arena *a, const struct hashing *h)
{
    struct np_str old = np_str_sub(h->seen, 0, (IAM_PASSWORDS_KEPT - 1) * HASH_BYTES);
    return np_str_cat(a, np_str_n(h->hash, HASH_BYTES), old);
}

static int put_hash(struct np_txn *t, struct np_str owner, const struct hashing *h,
                    struct np_opt_bool reset, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_login SET hashes = ?2, changed_ms = :now, "
                "reset_required = coalesce(?3, reset_required) "
                "WHERE account = :account AND owner = ?1 AND hashes = ?4");
    struct np_opt_int flag = {reset.set, reset.v};
    int rc = np_exec(t, &put, err, "sbIb", owner, with_new(np_txn_arena(t), h), flag, h->seen);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = np_fault(err, &IAM_EntityTemporarilyUnmodifiableException,
                      "The password was changed by another call. Please try again.");
    return rc;
}

/* --- login profiles --- */

static int no_profile(const struct iam_entity *e, struct np_err *err)
{
    return np_fault(err, &IAM_NoSuchEntityException, "Login Profile for User %.*s cannot be found.",
                    NP_FMT(e->name));
}

/* UserName is optional: then it is the caller. Root has no login profile here. */
static int find_user(const struct np_req *rq, const struct iam_db *db, struct np_str name,
                     struct iam_entity *e, struct np_err *err)
{
    int rc = iam_user_or_caller(rq, db, name, e, err);
    if (rc == 0 && iam_is_root(e))
        rc = np_fault(err, &IAM_ValidationError, "Must specify userName when calling as root");
    return rc;
}

int iam_CreateLoginProfile_begin(struct np_req *rq, const struct iam_CreateLoginProfileRequest *in,
                                 struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    int rc = find_user(rq, &db, in->UserName, &e, err);
    if (rc == 0 && in->Password.p == NULL)
        rc = np_fault(err, &IAM_ValidationError,
                      "1 validation error detected: Value at 'password' failed to satisfy "
                      "constraint: Member must not be null");
    return rc != 0 ? rc : begin_hash(rq, NP_STR(""), NP_STR_NULL, in->Password, err);
}

int iam_CreateLoginProfile_apply(struct np_txn *t, const struct iam_CreateLoginProfileRequest *in,
                                 struct iam_CreateLoginProfileResponse *out, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO iam_login (account, owner, created_ms, changed_ms, reset_required, "
                "hashes) VALUES (:account, ?1, ?2, ?2, ?3, ?4)");
    struct np_req *rq = np_txn_req(t);
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int64_t now = iam_seconds(np_txn_now_ms(t));
    int rc = find_user(rq, &db, in->UserName, &e, err);
    if (rc != 0)
        return rc;
    if (stored_hashes(&db, e.id).p != NULL)
        return np_fault(err, &IAM_EntityAlreadyExistsException,
                        "Login Profile for user %.*s already exists.", NP_FMT(e.name));
    rc = np_exec(t, &add, err, "siib", e.id, now, (int64_t)in->PasswordResetRequired.v,
                 with_new(db.a, rq->priv));
    if (rc != 0)
        return rc;
    struct iam_LoginProfile *p = np_new(db.a, struct iam_LoginProfile);
    p->UserName = e.name;
    p->CreateDate = IAM_INT(now);
    p->PasswordResetRequired = or_false(in->PasswordResetRequired);
    out->LoginProfile = p;
    return 0;
}

int iam_GetLoginProfile(struct np_req *rq, const struct iam_GetLoginProfileRequest *in,
                        struct iam_GetLoginProfileResponse *out, struct np_err *err)
{
    NP_SQL(find, "SELECT created_ms, reset_required FROM iam_login WHERE account = :account "
                 "AND owner = ?1");
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    int rc = find_user(rq, &db, in->UserName, &e, err);
    if (rc != 0)
        return rc;
    struct np_q *q = np_q(db.c, &db.scope, &find, "s", e.id);
    if (np_row(q)) {
        out->LoginProfile = np_new(db.a, struct iam_LoginProfile);
        out->LoginProfile->UserName = e.name;
        out->LoginProfile->CreateDate = IAM_INT(np_col_int(q, 0));
        out->LoginProfile->PasswordResetRequired = np_col_int(q, 1) != 0 ? IAM_TRUE : IAM_FALSE;
    }
    rc = np_q_end(q, err);
    return rc == 0 && out->LoginProfile == NULL ? no_profile(&e, err) : rc;
}

int iam_UpdateLoginProfile_begin(struct np_req *rq, const struct iam_UpdateLoginProfileRequest *in,
                                 struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_USER, in->UserName, &e, err);
    if (rc == 0 && stored_hashes(&db, e.id).p == NULL)
        rc = no_profile(&e, err);
    if (rc != 0)
        return rc;
    return in->Password.p == NULL ? np_apply(rq)
                                  : begin_hash(rq, e.id, NP_STR_NULL, in->Password, err);
}

int iam_UpdateLoginProfile_apply(struct np_txn *t, const struct iam_UpdateLoginProfileRequest *in,
                                 struct iam_UpdateLoginProfileOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_login SET reset_required = coalesce(?2, reset_required) "
                "WHERE account = :account AND owner = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_entity_find(&db, IAM_USER, in->UserName, &e, err);
    if (rc != 0)
        return rc;
    if (in->Password.p != NULL)
        return put_hash(t, e.id, np_txn_req(t)->priv, in->PasswordResetRequired, err);
    struct np_opt_int flag = {in->PasswordResetRequired.set, in->PasswordResetRequired.v};
    rc = np_exec(t, &put, err, "sI", e.id, flag);
    return rc == 0 && np_exec_changes(t) == 0 ? no_profile(&e, err) : rc;
}

int iam_DeleteLoginProfile_apply(struct np_txn *t, const struct iam_DeleteLoginProfileRequest *in,
                                 struct iam_DeleteLoginProfileOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_login WHERE account = :account AND owner = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = find_user(np_txn_req(t), &db, in->UserName, &e, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "s", e.id);
    return rc == 0 && np_exec_changes(t) == 0 ? no_profile(&e, err) : rc;
}

int iam_ChangePassword_begin(struct np_req *rq, const struct iam_ChangePasswordRequest *in,
                             struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    if (rq->who->kind != NP_WHO_USER)
        return np_fault(err, &IAM_InvalidUserTypeException,
                        "Only IAM Users can change their own password");
    struct iam_entity e = {.name = rq->who->name};
    if (stored_hashes(&db, rq->who->user_id).p == NULL)
        return no_profile(&e, err);
    return begin_hash(rq, rq->who->user_id, in->OldPassword, in->NewPassword, err);
}

int iam_ChangePassword_apply(struct np_txn *t, const struct iam_ChangePasswordRequest *in,
                             struct iam_ChangePasswordOutput *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    return put_hash(t, rq->who->user_id, rq->priv, IAM_FALSE, err);
}
