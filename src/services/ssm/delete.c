/* SPDX-License-Identifier: Apache-2.0 */
/* delete.c - parameters go, with their versions, labels and tags. */
#include "services/ssm/ssm_int.h"

/* *found false also when it had expired: its rows go all the same. */
static int drop(struct np_txn *t, struct np_str key, bool *found, struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct ssm_param p;
    bool had_rows;
    int rc = ssm_find(&db, key, &p, found, err);
    return rc == 0 ? ssm_drop(t, key, &had_rows, err) : rc;
}

int ssm_DeleteParameter_apply(struct np_txn *t, const struct ssm_DeleteParameterRequest *in,
                              struct ssm_DeleteParameterResult *out, struct np_err *err)
{
    struct ssm_ref ref;
    bool found = false;
    (void)out;
    int rc = ssm_ref_name(np_txn_arena(t), in->Name, &ref, err);
    if (rc == 0)
        rc = drop(t, ref.key, &found, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &SSM_ParameterNotFound, NULL);
    return rc;
}

int ssm_DeleteParameters_apply(struct np_txn *t, const struct ssm_DeleteParametersRequest *in,
                               struct ssm_DeleteParametersResult *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    out->DeletedParameters.set = out->InvalidParameters.set = true;
    for (size_t i = 0; i < in->Names.n; i++) {
        struct ssm_ref ref;
        bool found = false;
        int rc =
            ssm_ref_name(a, in->Names.v[i], &ref, NULL) == 0 ? drop(t, ref.key, &found, err) : 0;
        if (rc != 0)
            return rc;
        if (found)
            SSM_PUSH(a, &out->DeletedParameters, in->Names.v[i]);
        else
            SSM_PUSH(a, &out->InvalidParameters, in->Names.v[i]);
    }
    return 0;
}
