/* SPDX-License-Identifier: Apache-2.0 */
/* function.c - functions of the edge: made and changed in DEVELOPMENT, published to LIVE. */
#include "services/cloudfront/function.h"

#include "aws/tags.h"
#include "base/arena.h"

#define COLUMNS     "name, stage, etag, created_ms, modified_ms, config, code"
#define DEVELOPMENT NP_STR("DEVELOPMENT")
#define LIVE        NP_STR("LIVE")

int cloudfront_functions_served(const struct np_core *core, const char *operation,
                                struct np_err *err)
{
    if (np_edgefn_installed(core->config.edge_js))
        return 0;
    return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                    "%s: the program that runs functions, %.*s, is not installed.", operation,
                    NP_FMT(core->config.edge_js));
}

/* --- rows --- */

static int take_row(struct np_q *q, struct np_arena *a, struct cloudfront_function *out,
                    struct np_err *err)
{
    *out = (struct cloudfront_function){
        .name = np_col_str(q, 0, a),
        .stage = np_col_str(q, 1, a),
        .etag = np_col_str(q, 2, a),
        .created_ms = np_col_int(q, 3),
        .modified_ms = np_col_int(q, 4),
        .config = np_new(a, struct cloudfront_FunctionConfig),
        .code = np_col_str(q, 6, a),
    };
    return np_cbor_get(&cloudfront_FunctionConfig_shape, np_col_str(q, 5, a), a, out->config, err);
}

static int one_row(struct np_q *q, struct np_arena *a, struct cloudfront_function *out,
                   struct np_err *err)
{
    int rc = np_row(q) ? take_row(q, a, out, err) : NP_ENOENT;
    int end = np_q_end(q, err);
    return end != 0 ? end : rc;
}

static int missing(struct np_err *err)
{
    return np_fault(err, &CLOUDFRONT_NoSuchFunctionExists,
                    "The specified function does not exist.");
}

static int get_row(struct np_dbc *c, const struct np_scope *scope, struct np_str name,
                   struct np_str stage, struct np_arena *a, struct cloudfront_function *out,
                   struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_function "
                "WHERE account = :account AND name = ?1 AND stage = ?2");
    int rc =
        one_row(np_q(c, scope, &sql, "ss", name, stage.n != 0 ? stage : DEVELOPMENT), a, out, err);
    return rc == NP_ENOENT ? missing(err) : rc;
}

int cloudfront_function_find(struct np_req *rq, struct np_str name, struct np_str stage,
                             struct cloudfront_function *out, struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    return get_row(np_req_db(rq), &scope, name, stage, rq->arena, out, err);
}

static int put_row(struct np_txn *t, const struct cloudfront_function *f, struct np_err *err)
{
    NP_SQL(sql, "INSERT OR REPLACE INTO cloudfront_function (account, " COLUMNS ") "
                "VALUES (:account, ?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), CLOUDFRONT_CONFIG_BYTES_MAX);
    np_cbor_put(&cloudfront_FunctionConfig_shape, f->config, &b);
    return np_exec(t, &sql, err, "sssiibb", f->name, f->stage, f->etag, f->created_ms,
                   f->modified_ms, np_buf_str(&b), f->code);
}

static bool in_use(struct np_dbc *c, const struct np_scope *scope, struct np_str name)
{
    NP_SQL(sql, "SELECT 1 FROM cloudfront_use "
                "WHERE account = :account AND kind = '" CLOUDFRONT_FUNCTION "' AND id = ?1");
    struct np_q *q = np_q(c, scope, &sql, "s", name);
    bool used = np_row(q);
    return np_q_end(q, NULL) == 0 && used;
}

struct np_edgefn_code *cloudfront_function_code(const struct cloudfront_function *f)
{
    bool first = np_str_is(f->config->Runtime, "cloudfront-js-1.0");
    return np_edgefn_code_new(first ? NP_EDGEFN_JS_1_0 : NP_EDGEFN_JS_2_0, f->code);
}

/* --- as clients see them --- */

/* UNPUBLISHED: what stands in DEVELOPMENT is not what is LIVE. */
static const char *status_of(struct np_dbc *c, const struct np_scope *scope,
                             const struct cloudfront_function *f)
{
    NP_SQL(sql, "SELECT 1 FROM cloudfront_function WHERE account = :account AND name = ?1 AND "
                "stage = 'LIVE' AND code = ?2 AND config = (SELECT config FROM "
                "cloudfront_function WHERE account = :account AND name = ?1 AND stage = ?3)");
    struct np_q *q = np_q(c, scope, &sql, "sbs", f->name, f->code, f->stage);
    bool published = np_row(q);
    np_q_end(q, NULL);
    if (!published)
        return "UNPUBLISHED";
    return in_use(c, scope, f->name) ? "ASSOCIATED" : "UNASSOCIATED";
}

static struct cloudfront_FunctionSummary *summary(struct np_dbc *c, const struct np_scope *scope,
                                                  struct np_arena *a,
                                                  const struct cloudfront_function *f)
{
    struct cloudfront_FunctionSummary *s = np_new(a, struct cloudfront_FunctionSummary);
    s->Name = f->name;
    s->Status = np_str_of(status_of(c, scope, f));
    s->FunctionConfig = f->config;
    s->FunctionMetadata = np_new(a, struct cloudfront_FunctionMetadata);
    *s->FunctionMetadata = (struct cloudfront_FunctionMetadata){
        .FunctionARN = np_str_printf(a, "arn:aws:cloudfront::%.*s:function/%.*s",
                                     NP_FMT(scope->account), NP_FMT(f->name)),
        .Stage = f->stage,
        .CreatedTime = CLOUDFRONT_INT(f->created_ms),
        .LastModifiedTime = CLOUDFRONT_INT(f->modified_ms),
    };
    return s;
}

int cloudfront_function_summary(struct np_req *rq, const struct cloudfront_function *f,
                                struct cloudfront_FunctionSummary **out, struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    (void)err;
    *out = summary(np_req_db(rq), &scope, rq->arena, f);
    return 0;
}

static struct cloudfront_FunctionSummary *summary_txn(struct np_txn *t,
                                                      const struct cloudfront_function *f)
{
    return summary(np_txn_db(t), np_txn_scope(t), np_txn_arena(t), f);
}

/* --- making and changing --- */

static int check(const struct cloudfront_FunctionConfig *c, struct np_str code, struct np_err *err)
{
    if (code.n > NP_EDGEFN_CODE_MAX)
        return np_fault(err, &CLOUDFRONT_FunctionSizeLimitExceeded,
                        "The function exceeds the maximum size of %d bytes.", NP_EDGEFN_CODE_MAX);
    return cloudfront_comment_check(c->Comment, err);
}

static int check_count(struct np_txn *t, struct np_err *err)
{
    NP_SQL(sql, "SELECT count(*) FROM cloudfront_function "
                "WHERE account = :account AND stage = 'DEVELOPMENT'");
    struct np_q *q = np_tq(t, &sql, "");
    bool full = np_row(q) && np_col_int(q, 0) >= CLOUDFRONT_FUNCTIONS_MAX;
    int rc = np_q_end(q, err);
    if (rc == 0 && full)
        rc = np_fault(err, &CLOUDFRONT_TooManyFunctions,
                      "You have reached the maximum number of CloudFront functions for this "
                      "account: %d.",
                      CLOUDFRONT_FUNCTIONS_MAX);
    return rc;
}

int cloudfront_CreateFunction_apply(struct np_txn *t,
                                    const struct cloudfront_CreateFunctionRequest *in,
                                    struct cloudfront_CreateFunctionResult *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT 1 FROM cloudfront_function WHERE account = :account AND name = ?1");
    int rc = cloudfront_functions_served(np_txn_req(t)->core, "CreateFunction", err);
    if (rc == 0)
        rc = check(in->FunctionConfig, in->FunctionCode, err);
    if (rc != 0)
        return rc;
    struct np_q *q = np_tq(t, &sql, "s", in->Name);
    bool taken = np_row(q);
    rc = np_q_end(q, err);
    if (rc == 0 && taken)
        return np_fault(err, &CLOUDFRONT_FunctionAlreadyExists,
                        "A function with the same name already exists in this AWS account.");
    if (rc == 0)
        rc = check_count(t, err);
    const struct cloudfront_function f = {
        .name = in->Name,
        .stage = DEVELOPMENT,
        .etag = cloudfront_new_id(np_txn_arena(t), "E"),
        .created_ms = np_txn_now_ms(t),
        .modified_ms = np_txn_now_ms(t),
        .config = in->FunctionConfig,
        .code = in->FunctionCode,
    };
    if (rc == 0)
        rc = put_row(t, &f, err);
    if (rc != 0)
        return rc;
    out->ETag = f.etag;
    out->Location = cloudfront_location(np_txn_req(t), "function", f.name);
    out->FunctionSummary = summary_txn(t, &f);
    return 0;
}

/* What stands in DEVELOPMENT, at the version that the caller means. */
static int own_row(struct np_txn *t, struct np_str name, struct np_str if_match,
                   struct cloudfront_function *out, struct np_err *err)
{
    int rc = get_row(np_txn_db(t), np_txn_scope(t), name, DEVELOPMENT, np_txn_arena(t), out, err);
    return rc == 0 ? cloudfront_if_match(if_match, out->etag, err) : rc;
}

int cloudfront_UpdateFunction_apply(struct np_txn *t,
                                    const struct cloudfront_UpdateFunctionRequest *in,
                                    struct cloudfront_UpdateFunctionResult *out, struct np_err *err)
{
    struct cloudfront_function f;
    int rc = cloudfront_functions_served(np_txn_req(t)->core, "UpdateFunction", err);
    if (rc == 0)
        rc = own_row(t, in->Name, in->IfMatch, &f, err);
    if (rc == 0)
        rc = check(in->FunctionConfig, in->FunctionCode, err);
    if (rc != 0)
        return rc;
    f.config = in->FunctionConfig;
    f.code = in->FunctionCode;
    f.etag = cloudfront_new_id(np_txn_arena(t), "E");
    f.modified_ms = np_txn_now_ms(t);
    rc = put_row(t, &f, err);
    if (rc != 0)
        return rc;
    out->ETag = f.etag;
    out->FunctionSummary = summary_txn(t, &f);
    return 0;
}

int cloudfront_PublishFunction_apply(struct np_txn *t,
                                     const struct cloudfront_PublishFunctionRequest *in,
                                     struct cloudfront_PublishFunctionResult *out,
                                     struct np_err *err)
{
    struct cloudfront_function f;
    int rc = cloudfront_functions_served(np_txn_req(t)->core, "PublishFunction", err);
    if (rc == 0)
        rc = own_row(t, in->Name, in->IfMatch, &f, err);
    if (rc != 0)
        return rc;
    f.stage = LIVE;
    f.etag = cloudfront_new_id(np_txn_arena(t), "E");
    f.modified_ms = np_txn_now_ms(t);
    rc = put_row(t, &f, err);
    if (rc != 0)
        return rc;
    cloudfront_function_changed(t, f.name);
    out->FunctionSummary = summary_txn(t, &f);
    return 0;
}

int cloudfront_DeleteFunction_apply(struct np_txn *t,
                                    const struct cloudfront_DeleteFunctionRequest *in,
                                    struct cloudfront_DeleteFunctionOutput *out, struct np_err *err)
{
    NP_SQL(sql, "DELETE FROM cloudfront_function WHERE account = :account AND name = ?1");
    struct cloudfront_function f;
    (void)out;
    int rc = own_row(t, in->Name, in->IfMatch, &f, err);
    if (rc == 0 && in_use(np_txn_db(t), np_txn_scope(t), in->Name))
        rc = np_fault(err, &CLOUDFRONT_FunctionInUse,
                      "Cannot delete function, it is in use by 1 or more distributions.");
    return rc == 0 ? np_exec(t, &sql, err, "s", in->Name) : rc;
}

/* --- reading --- */

int cloudfront_DescribeFunction(struct np_req *rq,
                                const struct cloudfront_DescribeFunctionRequest *in,
                                struct cloudfront_DescribeFunctionResult *out, struct np_err *err)
{
    struct cloudfront_function f;
    int rc = cloudfront_function_find(rq, in->Name, in->Stage, &f, err);
    if (rc != 0)
        return rc;
    out->ETag = f.etag;
    return cloudfront_function_summary(rq, &f, &out->FunctionSummary, err);
}

int cloudfront_GetFunction(struct np_req *rq, const struct cloudfront_GetFunctionRequest *in,
                           struct cloudfront_GetFunctionResult *out, struct np_err *err)
{
    struct cloudfront_function f;
    int rc = cloudfront_function_find(rq, in->Name, in->Stage, &f, err);
    if (rc != 0)
        return rc;
    out->ETag = f.etag;
    out->ContentType = NP_STR("application/octet-stream");
    out->FunctionCode = f.code;
    return 0;
}

/* Markers are "name/STAGE": the last of a page. */
int cloudfront_ListFunctions(struct np_req *rq, const struct cloudfront_ListFunctionsRequest *in,
                             struct cloudfront_ListFunctionsResult *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_function WHERE account = :account AND "
                "(name, stage) > (?1, ?2) AND (?3 = '' OR stage = ?3) "
                "ORDER BY name, stage LIMIT ?4");
    const struct np_scope scope = np_req_scope(rq);
    struct cloudfront_page p;
    struct np_str name = NP_STR(""), stage = NP_STR("");
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc != 0)
        return rc;
    if (p.marker.n != 0 && !np_str_cut(p.marker, '/', &name, &stage))
        return cloudfront_invalid_argument(err, "The parameter Marker is invalid.");
    struct cloudfront_FunctionList *l = np_new(rq->arena, struct cloudfront_FunctionList);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_FunctionSummary, p.limit);
    struct np_q *q = np_q(np_req_db(rq), &scope, &sql, "sssi", name, stage,
                          in->Stage.n != 0 ? in->Stage : NP_STR(""), (int64_t)p.limit + 1);
    struct cloudfront_function f;
    while (rc == 0 && np_row(q)) {
        if (l->Items.n == p.limit) {
            l->NextMarker = np_str_printf(rq->arena, "%.*s/%.*s", NP_FMT(f.name), NP_FMT(f.stage));
            break;
        }
        rc = take_row(q, rq->arena, &f, err);
        if (rc == 0)
            l->Items.v[l->Items.n++] = *summary(np_req_db(rq), &scope, rq->arena, &f);
    }
    int end = np_q_end(q, err);
    l->Items.set = l->Items.n != 0;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(l->Items.n);
    out->FunctionList = l;
    return rc != 0 ? rc : end;
}
