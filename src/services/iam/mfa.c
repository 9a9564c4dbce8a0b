/* SPDX-License-Identifier: Apache-2.0 */
/* mfa.c - virtual multi-factor devices: made, bound to a user, checked. */
#include "services/iam/iam_int.h"

#include "base/digest.h"
#include "base/map.h"
#include "services/iam/iam.h"

#define SEED_BYTES 40
#define SERIAL_MAX 256 /* of the model */

#define MFA_COLUMNS "serial, owner, created_ms, enabled_ms, last_step, seed, drift"

static void mfa_row(const struct iam_db *db, struct np_q *q, struct iam_mfa *m)
{
    *m = (struct iam_mfa){
        .serial = np_col_str(q, 0, db->a),
        .owner = np_col_str(q, 1, db->a),
        .created_ms = np_col_int(q, 2),
        .enabled_ms = np_col_int(q, 3),
        .last_step = np_col_int(q, 4),
        .seed = np_col_str(q, 5, db->a),
        .drift = np_col_int(q, 6),
    };
}

int iam_mfa_find(const struct iam_db *db, struct np_str serial, struct iam_mfa *out,
                 struct np_err *err)
{
    NP_SQL(find, "SELECT " MFA_COLUMNS " FROM iam_mfa WHERE account = :account AND serial = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", serial);
    bool found = np_row(q);
    if (found)
        mfa_row(db, q, out);
    int rc = np_q_end(q, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "MFA Device with serial number %.*s does not exist.", NP_FMT(serial));
    return rc;
}

/* --- making --- */

struct new_device {
    struct np_str serial, seed, sealed, qr;
};

static int path_ok(struct np_str path, struct np_err *err)
{
    if (path.p == NULL || (np_str_starts(path, NP_STR("/")) && np_str_ends(path, NP_STR("/"))))
        return 0;
    return np_fault(err, &IAM_ValidationError,
                    "The specified value for path is invalid. It must begin and end with / and "
                    "contain only alphanumeric characters and/or / characters.");
}

int iam_CreateVirtualMFADevice_begin(struct np_req *rq,
                                     const struct iam_CreateVirtualMFADeviceRequest *in,
                                     struct np_err *err)
{
    int rc = path_ok(in->Path, err);
    if (rc == 0)
        rc = iam_tags_check(&in->Tags, false, err);
    if (rc != 0)
        return rc;
    struct np_str path = iam_path(in->Path);
    struct np_str serial =
        np_str_printf(rq->arena, "arn:aws:iam::%.*s:mfa%.*s%.*s", NP_FMT(rq->account), NP_FMT(path),
                      NP_FMT(in->VirtualMFADeviceName));
    if (serial.n > SERIAL_MAX) /* no other operation could name it */
        return np_fault(err, &IAM_ValidationError,
                        "Path and name of the device make a serial number of more than %d "
                        "characters.",
                        SERIAL_MAX);
    uint8_t raw[SEED_BYTES];
    np_random(raw, sizeof(raw));
    struct new_device *d = np_new(rq->arena, struct new_device);
    d->serial = serial;
    d->seed = iam_base32(rq->arena, np_str_n(raw, sizeof(raw)));
    d->sealed = np_core_seal(rq->core, "iam.mfa", np_str_n(raw, sizeof(raw)), rq->arena);
    np_wipe(raw, sizeof(raw));
    d->qr = iam_qr_png(
        rq->arena,
        np_str_printf(rq->arena,
                      "otpauth://totp/Amazon%%20Web%%20Services:%.*s@%.*s?secret=%.*s"
                      "&issuer=Amazon%%20Web%%20Services",
                      NP_FMT(in->VirtualMFADeviceName), NP_FMT(rq->account), NP_FMT(d->seed)));
    rq->priv = d;
    return np_apply(rq);
}

int iam_CreateVirtualMFADevice_apply(struct np_txn *t,
                                     const struct iam_CreateVirtualMFADeviceRequest *in,
                                     struct iam_CreateVirtualMFADeviceResponse *out,
                                     struct np_err *err)
{
    NP_SQL(taken, "SELECT 1 FROM iam_mfa WHERE account = :account AND serial = ?1");
    NP_SQL(count, "SELECT count(*) FROM iam_mfa WHERE account = :account AND owner IS NULL");
    NP_SQL(add, "INSERT INTO iam_mfa (account, serial, seed, created_ms) "
                "VALUES (:account, ?1, ?2, :now)");
    const struct new_device *d = np_txn_req(t)->priv;
    if (iam_first_int(np_tq(t, &taken, "s", d->serial)) != 0)
        return np_fault(err, &IAM_EntityAlreadyExistsException, "MFA device already exists.");
    if (iam_first_int(np_tq(t, &count, "")) >= IAM_VIRTUAL_MFA_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for UnassignedMFADevicesPerAccount: %d",
                        IAM_VIRTUAL_MFA_MAX);
    int rc = np_exec(t, &add, err, "sb", d->serial, d->sealed);
    if (rc == 0)
        rc = iam_tags_put(t, d->serial, &in->Tags, err);
    if (rc != 0)
        return rc;
    out->VirtualMFADevice = np_new(np_txn_arena(t), struct iam_VirtualMFADevice);
    out->VirtualMFADevice->SerialNumber = d->serial;
    out->VirtualMFADevice->Base32StringSeed = d->seed;
    out->VirtualMFADevice->QRCodePNG = d->qr;
    if (in->Tags.n != 0)
        out->VirtualMFADevice->Tags = in->Tags;
    return 0;
}

int iam_DeleteVirtualMFADevice_apply(struct np_txn *t,
                                     const struct iam_DeleteVirtualMFADeviceRequest *in,
                                     struct iam_DeleteVirtualMFADeviceOutput *out,
                                     struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_mfa WHERE account = :account AND serial = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_mfa m;
    int rc = iam_mfa_find(&db, in->SerialNumber, &m, err);
    if (rc == 0 && m.owner.p != NULL)
        rc = np_fault(err, &IAM_DeleteConflictException,
                      "MFA device must be deactivated before it can be deleted.");
    if (rc == 0)
        rc = np_tags_drop(t, m.serial, err);
    return rc != 0 ? rc : np_exec(t, &del, err, "s", m.serial);
}

/* --- binding to a user --- */

/* Two codes in a row of that seed; *step is the second one's. */
static bool two_codes(struct np_str seed, struct np_str first, struct np_str second, int64_t now,
                      int64_t reach, int64_t *step)
{
    uint64_t want = 0;
    int64_t at = iam_totp_find(seed, first, now, reach);
    if (at < 0 || !np_str_u64(second, &want) || iam_totp(seed, at + 1) != want)
        return false;
    *step = at + 1;
    return true;
}

static int wrong_codes(struct np_err *err)
{
    return np_fault(err, &IAM_InvalidAuthenticationCodeException,
                    "Authentication code for device is not valid.");
}

/* UserName may be root's account name: AWS lets root enable its own device that way. */
static int mfa_user(struct np_txn *t, struct np_str name, struct iam_entity *e, struct np_err *err)
{
    const struct np_req *rq = np_txn_req(t);
    struct iam_db db = iam_db_txn(t);
    bool own =
        rq->who->kind == NP_WHO_ROOT && (np_str_eq(name, rq->account) || np_str_is(name, "root"));
    return iam_user_or_caller(rq, &db, own ? NP_STR_NULL : name, e, err);
}

int iam_EnableMFADevice_apply(struct np_txn *t, const struct iam_EnableMFADeviceRequest *in,
                              struct iam_EnableMFADeviceOutput *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM iam_mfa WHERE account = :account AND owner = ?1");
    NP_SQL(put, "UPDATE iam_mfa SET owner = ?2, enabled_ms = ?3, last_step = ?4, drift = 0 "
                "WHERE account = :account AND serial = ?1");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    struct iam_mfa m;
    int rc = mfa_user(t, in->UserName, &e, err);
    if (rc == 0)
        rc = iam_mfa_find(&db, in->SerialNumber, &m, err);
    if (rc != 0)
        return rc;
    if (m.owner.p != NULL)
        return np_fault(err, &IAM_EntityAlreadyExistsException, "MFA Device is already in use.");
    if (iam_first_int(np_tq(t, &count, "s", e.id)) >= IAM_MFA_PER_USER_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for MFADevicesPerUser: %d", IAM_MFA_PER_USER_MAX);
    struct np_str seed = np_core_unseal(np_txn_req(t)->core, "iam.mfa", m.seed, db.a);
    int64_t now = np_txn_now_ms(t), step;
    if (!two_codes(seed, in->AuthenticationCode1, in->AuthenticationCode2, now / IAM_TOTP_STEP_MS,
                   IAM_TOTP_REACH + 1, &step))
        return wrong_codes(err);
    return np_exec(t, &put, err, "ssii", m.serial, e.id, iam_seconds(now), step);
}

static int find_of_user(struct np_txn *t, struct np_str user, struct np_str serial,
                        struct iam_entity *e, struct iam_mfa *m, struct np_err *err)
{
    struct iam_db db = iam_db_txn(t);
    int rc = mfa_user(t, user, e, err);
    if (rc == 0)
        rc = iam_mfa_find(&db, serial, m, err);
    if (rc == 0 && !np_str_eq(m->owner, e->id))
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "MFA Device with serial number %.*s does not exist.", NP_FMT(serial));
    return rc;
}

int iam_ResyncMFADevice_apply(struct np_txn *t, const struct iam_ResyncMFADeviceRequest *in,
                              struct iam_ResyncMFADeviceOutput *out, struct np_err *err)
{
    NP_SQL(
        put,
        "UPDATE iam_mfa SET last_step = ?2, drift = ?3 WHERE account = :account AND serial = ?1");
    struct iam_entity e;
    struct iam_mfa m;
    int rc = find_of_user(t, in->UserName, in->SerialNumber, &e, &m, err);
    if (rc != 0)
        return rc;
    struct np_str seed = np_core_unseal(np_txn_req(t)->core, "iam.mfa", m.seed, np_txn_arena(t));
    int64_t now = np_txn_now_ms(t) / IAM_TOTP_STEP_MS, step;
    if (!two_codes(seed, in->AuthenticationCode1, in->AuthenticationCode2, now, IAM_RESYNC_REACH,
                   &step))
        return wrong_codes(err);
    int64_t drift = step - now;
    if (drift >= -IAM_TOTP_REACH && drift <= IAM_TOTP_REACH)
        drift = 0;
    return np_exec(t, &put, err, "sii", m.serial, step, drift);
}

int iam_DeactivateMFADevice_apply(struct np_txn *t, const struct iam_DeactivateMFADeviceRequest *in,
                                  struct iam_DeactivateMFADeviceOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_mfa SET owner = NULL, enabled_ms = NULL WHERE account = :account "
                "AND serial = ?1");
    struct iam_entity e;
    struct iam_mfa m;
    int rc = find_of_user(t, in->UserName, in->SerialNumber, &e, &m, err);
    return rc != 0 ? rc : np_exec(t, &put, err, "s", m.serial);
}

/* --- reading --- */

int iam_ListMFADevices(struct np_req *rq, const struct iam_ListMFADevicesRequest *in,
                       struct iam_ListMFADevicesResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT serial, enabled_ms FROM iam_mfa WHERE account = :account AND owner = ?1 "
                 "AND serial > ?2 ORDER BY serial LIMIT ?3");
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    struct iam_page page;
    int rc = iam_user_or_caller(rq, &db, in->UserName, &e, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(e.id), &page, err);
    if (rc != 0)
        return rc;
    out->MFADevices.set = true;
    struct np_str after = page.after.p != NULL ? page.after : NP_STR("");
    struct np_q *q = np_q(db.c, &db.scope, &rows, "ssi", e.id, after, (int64_t)page.limit + 1);
    while (np_row(q)) {
        struct iam_MFADevice d = {e.name, np_col_str(q, 0, db.a), IAM_INT(np_col_int(q, 1))};
        IAM_PUSH(db.a, &out->MFADevices, d);
    }
    rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    bool more = out->MFADevices.n > page.limit;
    out->MFADevices.n -= more;
    iam_page_end(rq, &page, more,
                 more ? out->MFADevices.v[page.limit - 1].SerialNumber : NP_STR_NULL,
                 &out->IsTruncated, &out->Marker);
    return 0;
}

static struct iam_User *owner_out(const struct iam_db *db, struct np_str owner)
{
    struct iam_entity e;
    if (np_str_is(owner, "root")) {
        struct iam_User *u = np_new(db->a, struct iam_User);
        u->UserId = db->scope.account;
        u->Arn = np_str_printf(db->a, "arn:aws:iam::%.*s:root", NP_FMT(db->scope.account));
        return u;
    }
    return iam_entity_by_id(db, owner, &e) ? iam_user_out(db->a, &e) : NULL;
}

int iam_ListVirtualMFADevices(struct np_req *rq, const struct iam_ListVirtualMFADevicesRequest *in,
                              struct iam_ListVirtualMFADevicesResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT " MFA_COLUMNS " FROM iam_mfa WHERE account = :account AND serial > ?1 AND "
                 "((owner IS NULL AND ?2) OR (owner IS NOT NULL AND ?3)) ORDER BY serial LIMIT ?4");
    struct iam_db db = iam_db_req(rq);
    struct iam_page page;
    int rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(in->AssignmentStatus),
                            &page, err);
    if (rc != 0)
        return rc;
    out->VirtualMFADevices.set = true;
    struct np_str after = page.after.p != NULL ? page.after : NP_STR("");
    struct np_q *q =
        np_q(db.c, &db.scope, &rows, "siii", after,
             (int64_t)!np_str_is(in->AssignmentStatus, "Assigned"),
             (int64_t)!np_str_is(in->AssignmentStatus, "Unassigned"), (int64_t)page.limit + 1);
    while (np_row(q)) {
        struct iam_mfa m;
        mfa_row(&db, q, &m);
        struct iam_VirtualMFADevice d = {.SerialNumber = m.serial};
        if (m.owner.p != NULL) {
            d.User = owner_out(&db, m.owner);
            d.EnableDate = IAM_INT(m.enabled_ms);
        }
        IAM_PUSH(db.a, &out->VirtualMFADevices, d);
    }
    rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    bool more = out->VirtualMFADevices.n > page.limit;
    out->VirtualMFADevices.n -= more;
    iam_page_end(rq, &page, more,
                 more ? out->VirtualMFADevices.v[page.limit - 1].SerialNumber : NP_STR_NULL,
                 &out->IsTruncated, &out->Marker);
    return 0;
}

int iam_GetMFADevice(struct np_req *rq, const struct iam_GetMFADeviceRequest *in,
                     struct iam_GetMFADeviceResponse *out, struct np_err *err)
{
    struct iam_db db = iam_db_req(rq);
    struct iam_mfa m;
    struct iam_entity e;
    int rc = iam_mfa_find(&db, in->SerialNumber, &m, err);
    if (rc == 0 && in->UserName.p != NULL)
        rc = iam_entity_find(&db, IAM_USER, in->UserName, &e, err);
    if (rc == 0 && in->UserName.p != NULL && !np_str_eq(e.id, m.owner))
        rc = np_fault(err, &IAM_NoSuchEntityException,
                      "MFA Device with serial number %.*s does not exist.",
                      NP_FMT(in->SerialNumber));
    if (rc != 0)
        return rc;
    out->SerialNumber = m.serial;
    if (m.owner.p != NULL) {
        out->EnableDate = IAM_INT(m.enabled_ms);
        if (iam_entity_by_id(&db, m.owner, &e))
            out->UserName = e.name;
    }
    return 0;
}

/* --- checked by STS --- */

struct verify {
    struct np_write write;
    struct np_req *rq;
    struct np_str serial;
    int64_t step;
    iam_mfa_done_fn *done;
};

/* A code counts once: the step must be newer than the newest that was accepted. */
static int verify_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(put, "UPDATE iam_mfa SET last_step = ?2 WHERE account = :account AND serial = ?1 "
                "AND last_step < ?2");
    struct verify *v = NP_CONTAINER(w, struct verify, write);
    int rc = np_exec(t, &put, err, "si", v->serial, v->step);
    return rc == 0 && np_exec_changes(t) == 0 ? NP_EACCES : rc;
}

static void verify_done(struct np_write *w, int rc)
{
    struct verify *v = NP_CONTAINER(w, struct verify, write);
    v->done(v->rq, rc);
}

int iam_mfa_verify(struct np_req *rq, struct np_str serial, struct np_str code,
                   iam_mfa_done_fn *done)
{
    struct iam_db db = {np_store_reader(rq->core->store, NP_DB_STATE), np_req_scope(rq), rq->arena};
    struct iam_mfa m;
    bool user = rq->who->kind == NP_WHO_USER;
    struct np_str owner = user ? rq->who->user_id : NP_STR("root");
    if ((!user && rq->who->kind != NP_WHO_ROOT) || iam_mfa_find(&db, serial, &m, NULL) != 0 ||
        !np_str_eq(m.owner, owner))
        return NP_ENOENT;
    struct np_str seed = np_core_unseal(rq->core, "iam.mfa", m.seed, rq->arena);
    int64_t step =
        iam_totp_find(seed, code, rq->now_ms / IAM_TOTP_STEP_MS + m.drift, IAM_TOTP_REACH);
    if (step < 0 || step <= m.last_step)
        return NP_EACCES;
    struct verify *v = np_new(rq->arena, struct verify);
    *v = (struct verify){.rq = rq, .serial = m.serial, .step = step, .done = done};
    v->write = (struct np_write){
        .loop = rq->loop,
        .scope = db.scope,
        .arena = rq->arena,
        .apply = verify_apply,
        .done = verify_done,
        .err = &rq->err,
    };
    int rc = np_store_write(rq->core->store, NP_DB_STATE, &v->write);
    return rc != 0 ? rc : NP_LATER;
}
