/* SPDX-License-Identifier: Apache-2.0 */
/* label.c - labels: a name for one version of a parameter, which may move to another. */
#include "services/ssm/ssm_int.h"

/* The version that is meant; version 0: the newest. */
static int find(struct np_txn *t, struct np_str name, int64_t version, struct ssm_param *out,
                struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct ssm_ref ref;
    int rc = ssm_ref_name(db.a, name, &ref, err);
    if (rc == 0 && version != 0)
        ref.selector = np_str_printf(db.a, "%lld", (long long)version);
    if (rc == 0 && ssm_in_catalogue(ref.key))
        rc = np_fault(err, &SSM_ParameterNotFound, NULL);
    return rc == 0 ? ssm_resolve(np_txn_req(t), &db, &ref, out, err) : rc;
}

static bool holds(const struct np_strs *list, struct np_str s)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], s))
            return true;
    return false;
}

static int put(struct np_txn *t, const struct ssm_param *p, struct np_str label, struct np_err *err)
{
    NP_SQL(move, "INSERT INTO ssm_label (account, region, key, label, version) VALUES (:account, "
                 ":region, ?1, ?2, ?3) ON CONFLICT (account, region, key, label) DO UPDATE SET "
                 "version = excluded.version");
    return np_exec(t, &move, err, "ssi", p->key, label, p->version);
}

int ssm_LabelParameterVersion_apply(struct np_txn *t,
                                    const struct ssm_LabelParameterVersionRequest *in,
                                    struct ssm_LabelParameterVersionResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct ssm_param p;
    struct np_strs have;
    int rc = find(t, in->Name, in->ParameterVersion.v, &p, err);
    if (rc != 0)
        return rc;
    ssm_labels(&db, p.key, p.version, &have);
    out->InvalidLabels.set = true;
    for (size_t i = 0; i < in->Labels.n && rc == 0; i++) {
        struct np_str label = in->Labels.v[i];
        if (!ssm_label_ok(label)) {
            SSM_PUSH(db.a, &out->InvalidLabels, label);
            continue;
        }
        if (!holds(&have, label))
            SSM_PUSH(db.a, &have, label);
        rc = put(t, &p, label, err);
    }
    if (rc == 0 && have.n > SSM_LABELS_MAX)
        rc = np_fault(err, &SSM_ParameterVersionLabelLimitExceeded,
                      "A parameter version can have maximum %d labels. Move one or more labels to "
                      "another version and try again.",
                      SSM_LABELS_MAX);
    out->ParameterVersion = SSM_INT(p.version);
    return rc;
}

int ssm_UnlabelParameterVersion_apply(struct np_txn *t,
                                      const struct ssm_UnlabelParameterVersionRequest *in,
                                      struct ssm_UnlabelParameterVersionResult *out,
                                      struct np_err *err)
{
    NP_SQL(del, "DELETE FROM ssm_label WHERE account = :account AND region = :region AND key = ?1 "
                "AND label = ?2 AND version = ?3");
    struct ssm_db db = ssm_db_txn(t);
    struct ssm_param p;
    int rc = find(t, in->Name, in->ParameterVersion.v, &p, err);
    out->RemovedLabels.set = out->InvalidLabels.set = true;
    for (size_t i = 0; i < in->Labels.n && rc == 0; i++) {
        struct np_str label = in->Labels.v[i];
        rc = np_exec(t, &del, err, "ssi", p.key, label, p.version);
        if (rc == 0 && np_exec_changes(t) != 0)
            SSM_PUSH(db.a, &out->RemovedLabels, label);
        else if (rc == 0)
            SSM_PUSH(db.a, &out->InvalidLabels, label);
    }
    return rc;
}
