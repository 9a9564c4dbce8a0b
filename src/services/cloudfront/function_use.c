/* SPDX-License-Identifier: Apache-2.0 */
/* function_use.c - functions of cache behaviours. */
#include "services/cloudfront/function.h"

#include "aws/arn.h"

static int invalid(struct np_err *err, const char *why)
{
    return np_fault(err, &CLOUDFRONT_InvalidFunctionAssociation, "%s", why);
}

int cloudfront_functions_check(const struct cloudfront_FunctionAssociations *f, struct np_err *err)
{
    bool request = false, response = false;
    if (f->Items.n > CLOUDFRONT_FUNCTION_ASSOCIATIONS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyFunctionAssociations,
                        "Your request contains more function associations than are allowed per "
                        "cache behavior.");
    for (size_t i = 0; i < f->Items.n; i++) {
        bool *seen = np_str_is(f->Items.v[i].EventType, "viewer-request")    ? &request
                     : np_str_is(f->Items.v[i].EventType, "viewer-response") ? &response
                                                                             : NULL;
        if (seen == NULL)
            return invalid(err, "The function association's event type must be viewer-request or "
                                "viewer-response.");
        if (*seen)
            return invalid(err, "A cache behavior can have only one function association for each "
                                "event type.");
        *seen = true;
    }
    return 0;
}

/* The name in a function's ARN; false: it is none of that account. */
static bool name_of(struct np_str text, struct np_str account, struct np_str *name)
{
    struct np_arn arn;
    struct np_str kind;
    return np_arn_parse(text, &arn) && np_str_is(arn.service, "cloudfront") && arn.region.n == 0 &&
           np_str_eq(arn.account, account) && np_str_cut(arn.resource, '/', &kind, name) &&
           np_str_is(kind, "function");
}

static int live(struct np_dbc *c, const struct np_scope *scope, struct np_arena *a,
                struct np_str name, struct cloudfront_function *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT code, config FROM cloudfront_function "
                "WHERE account = :account AND name = ?1 AND stage = 'LIVE'");
    struct np_q *q = np_q(c, scope, &sql, "s", name);
    int rc = NP_ENOENT;
    if (np_row(q)) {
        *out = (struct cloudfront_function){.name = name,
                                            .code = np_col_str(q, 0, a),
                                            .config = np_new(a, struct cloudfront_FunctionConfig)};
        rc =
            np_cbor_get(&cloudfront_FunctionConfig_shape, np_col_str(q, 1, a), a, out->config, err);
    }
    int end = np_q_end(q, err);
    return end != 0 ? end : rc;
}

int cloudfront_functions_use(struct np_txn *t, struct np_str user,
                             const struct cloudfront_FunctionAssociations *f, struct np_err *err)
{
    NP_SQL(sql, "INSERT OR IGNORE INTO cloudfront_use (account, user, kind, id) "
                "VALUES (:account, ?1, '" CLOUDFRONT_FUNCTION "', ?2)");
    int rc = 0;
    if (f->Items.n != 0)
        rc = cloudfront_functions_served(np_txn_req(t)->core, "FunctionAssociations", err);
    for (size_t i = 0; rc == 0 && i < f->Items.n; i++) {
        struct np_str name;
        struct cloudfront_function row;
        if (!name_of(f->Items.v[i].FunctionARN, np_txn_scope(t)->account, &name))
            return invalid(err, "The function ARN is no ARN of a CloudFront function of this "
                                "account.");
        rc = live(np_txn_db(t), np_txn_scope(t), np_txn_arena(t), name, &row, err);
        /* AWS: tests/sdk/test_cloudfront_functions.py. */
        if (rc == NP_ENOENT)
            return invalid(err, "The function cannot be found or has not been published to LIVE "
                                "stage.");
        if (rc == 0)
            rc = np_exec(t, &sql, err, "ss", user, name);
    }
    return rc;
}

int cloudfront_functions_code(struct np_dbc *c, const struct np_scope *scope, struct np_arena *a,
                              const struct cloudfront_FunctionAssociations *f, const char *event,
                              struct np_edgefn_code **out, struct np_err *err)
{
    *out = NULL;
    for (size_t i = 0; i < f->Items.n; i++) {
        struct np_str name;
        struct cloudfront_function row;
        if (!np_str_eq(f->Items.v[i].EventType, np_str_of(event)) ||
            !name_of(f->Items.v[i].FunctionARN, scope->account, &name))
            continue;
        int rc = live(c, scope, a, name, &row, err);
        if (rc == NP_ENOENT)
            return np_err(err, NP_ECORRUPT, "function %.*s is not there", NP_FMT(name));
        if (rc == 0)
            *out = cloudfront_function_code(&row);
        return rc;
    }
    return 0;
}
