/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.c - credentials of users for services that are not here: SSH keys, passwords of one
 * service, signing certificates. None can be made, so a user has none; who takes a user apart
 * (Terraform's force_destroy) asks for them all the same. */
#include "services/iam/iam_int.h"

#include "base/map.h"

/* The end of a list without elements. */
static int none(const struct np_req *rq, uint64_t filter, struct np_opt_int max_items,
                struct np_str marker, struct np_opt_bool *truncated, struct np_str *next,
                struct np_err *err)
{
    struct iam_page page;
    int rc = iam_page_begin(rq, max_items, marker, filter, &page, err);
    if (rc == 0)
        iam_page_end(rq, &page, false, NP_STR_NULL, truncated, next);
    return rc;
}

static int none_of_user(struct np_req *rq, struct np_str user, struct np_opt_int max_items,
                        struct np_str marker, struct np_opt_bool *truncated, struct np_str *next,
                        struct np_err *err)
{
    const struct iam_db db = iam_db_req(rq);
    struct iam_entity e = {0};
    int rc = iam_user_or_caller(rq, &db, user, &e, err);
    return rc != 0 ? rc : none(rq, np_page_filter(e.id), max_items, marker, truncated, next, err);
}

int iam_ListSSHPublicKeys(struct np_req *rq, const struct iam_ListSSHPublicKeysRequest *in,
                          struct iam_ListSSHPublicKeysResponse *out, struct np_err *err)
{
    out->SSHPublicKeys.set = true;
    return none_of_user(rq, in->UserName, in->MaxItems, in->Marker, &out->IsTruncated, &out->Marker,
                        err);
}

int iam_ListSigningCertificates(struct np_req *rq,
                                const struct iam_ListSigningCertificatesRequest *in,
                                struct iam_ListSigningCertificatesResponse *out, struct np_err *err)
{
    out->Certificates.set = true;
    return none_of_user(rq, in->UserName, in->MaxItems, in->Marker, &out->IsTruncated, &out->Marker,
                        err);
}

int iam_ListServiceSpecificCredentials(struct np_req *rq,
                                       const struct iam_ListServiceSpecificCredentialsRequest *in,
                                       struct iam_ListServiceSpecificCredentialsResponse *out,
                                       struct np_err *err)
{
    out->ServiceSpecificCredentials.set = true;
    if (in->AllUsers.v)
        return none(rq, 0, in->MaxItems, in->Marker, &out->IsTruncated, &out->Marker, err);
    return none_of_user(rq, in->UserName, in->MaxItems, in->Marker, &out->IsTruncated, &out->Marker,
                        err);
}
