/* SPDX-License-Identifier: Apache-2.0 */
/* iam.h - what others may ask of IAM: accounts at the start, and for STS roles, devices and
 * providers.
 *
 * Threads: any worker, for its own requests; iam_account_ensure() from start-up code.
 */
#pragma once

#include "aws/core.h"
#include "aws/provider.h"
#include "aws/req.h"

/* Makes the account and a key of its root, if they are not there. access_key_id and secret absent:
 * made by chance, when the root has none. Given: that key is put, whatever root has. *key_id and
 * *secret_out are of a root key (the given one, else the oldest active), in `a`. */
int iam_account_ensure(struct np_core *core, struct np_arena *a, struct np_str account,
                       struct np_str access_key_id, struct np_str secret, struct np_str *key_id,
                       struct np_str *secret_out, struct np_err *err);
/* An account number that is not taken. */
struct np_str iam_account_new_id(struct np_core *core, struct np_arena *a);

/* An id of an access key ("AKIA", "ASIA") whose digits hold the account, as AWS's do. */
struct np_str iam_key_id(struct np_arena *a, const char *prefix, struct np_str account);
/* The account of such an id: of a known key, else of its digits. Absent: of none. */
struct np_str iam_key_account(const struct np_core *core, struct np_arena *a, struct np_str key_id);

/* A role as STS needs it. Strings in `a`; trust is valid until the handler returns to its loop. */
struct iam_role_facts {
    struct np_str account, arn, name, id;
    int64_t max_session_s;
    const struct np_policy *trust;
    struct np_str service; /* of a service-linked role */
};
/* NP_ENOENT: there is none. */
int iam_role_facts(const struct np_core *core, struct np_arena *a, struct np_str arn,
                   struct iam_role_facts *out);
/* What the user with that id is called by now; *arn and *name stay as they are when they are right,
 * or there is no such user. */
void iam_user_named(const struct np_core *core, struct np_arena *a, struct np_str id,
                    struct np_str *arn, struct np_str *name);
/* A managed policy, for sessions; valid until the handler returns to its loop. NULL: there is none.
 */
const struct np_policy *iam_managed_policy(const struct np_core *core, struct np_str arn);

/* Checks a code of the caller's device and spends it. NP_LATER: `done` follows with 0 or an error;
 * NP_ENOENT: no device of the caller; NP_EACCES: wrong or used (from done too). */
typedef void iam_mfa_done_fn(struct np_req *rq, int rc);
int iam_mfa_verify(struct np_req *rq, struct np_str serial, struct np_str code,
                   iam_mfa_done_fn *done);

/* An identity provider of that account; url is without scheme. NP_ENOENT: none. */
struct iam_oidc_facts {
    struct np_str arn, url;
    struct np_strs client_ids, thumbprints;
};
int iam_oidc_facts(const struct np_req *rq, struct np_str account, struct np_str url,
                   struct iam_oidc_facts *out);

/* May the caller hand that role to a service? By iam:PassRole with iam:PassedToService. The fault
 * is the protocol's access-denied one. NP_ENOENT: the account has no such role (its fault is the
 * caller's to word). */
int iam_pass_role(struct np_req *rq, struct np_str role_arn, struct np_str service,
                  struct np_err *err);

/* An instance profile of that account, by its name or ARN; in `a`. NP_ENOENT: there is none. A read
 * of rows, on a worker or in an apply of state.db. role_arn absent: no role is in it. */
struct iam_profile_facts {
    struct np_str arn, id, name, role_arn;
};
int iam_profile_facts(struct np_dbc *c, struct np_arena *a, struct np_str account,
                      struct np_str name_or_arn, struct iam_profile_facts *out);
