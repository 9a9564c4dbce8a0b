/* SPDX-License-Identifier: Apache-2.0 */
/* get.c - reads of values: by name, by path, and all versions of one parameter. Values of
 * SecureStrings are as KMS made them, unless they are to be opened. */
#include "base/map.h"
#include "services/ssm/ssm_int.h"

/* What is still sealed in the reply. */
struct secrets {
    struct ssm_secret *v;
    size_t n;
    bool set;
};

static void note_secret(struct np_arena *a, struct secrets *s, const struct ssm_param *p,
                        struct np_str *value)
{
    struct ssm_secret one = {.value = value,
                             .key_id = p->key_id,
                             .arn = p->arn,
                             .envelope = np_str_is(p->tier, "Advanced")};
    if (ssm_is_secure(p))
        SSM_PUSH(a, s, one);
}

static void parameter_out(struct np_arena *a, const struct ssm_param *p, struct np_str selector,
                          struct ssm_Parameter *out)
{
    *out = (struct ssm_Parameter){
        .Name = p->name,
        .Type = p->type,
        .Value = p->value,
        .Version = SSM_INT(p->version),
        .LastModifiedDate = SSM_INT(p->modified_ms),
        .ARN = p->arn,
        .DataType = p->data_type,
    };
    if (selector.p != NULL)
        out->Selector = np_str_cat(a, NP_STR(":"), selector);
}

int ssm_GetParameter(struct np_req *rq, const struct ssm_GetParameterRequest *in,
                     struct ssm_GetParameterResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    struct ssm_ref ref;
    struct ssm_param p;
    struct secrets secrets = {0};
    int rc = ssm_ref_parse(rq->arena, in->Name, &ref, err);
    if (rc == 0)
        rc = ssm_resolve(rq, &db, &ref, &p, err);
    if (rc != 0)
        return rc;
    out->Parameter = np_new(rq->arena, struct ssm_Parameter);
    parameter_out(rq->arena, &p, ref.selector, out->Parameter);
    if (in->WithDecryption.v)
        note_secret(rq->arena, &secrets, &p, &out->Parameter->Value);
    return ssm_open(rq, secrets.v, secrets.n);
}

static bool named_before(const struct np_strs *names, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (np_str_eq(names->v[j], names->v[i]))
            return true;
    return false;
}

int ssm_GetParameters(struct np_req *rq, const struct ssm_GetParametersRequest *in,
                      struct ssm_GetParametersResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    struct secrets secrets = {0};
    out->Parameters.set = out->InvalidParameters.set = true;
    out->Parameters.v = np_new_array(rq->arena, struct ssm_Parameter, in->Names.n + 1);
    for (size_t i = 0; i < in->Names.n; i++) {
        struct ssm_ref ref;
        struct ssm_param p;
        if (named_before(&in->Names, i))
            continue;
        int rc = ssm_ref_parse(rq->arena, in->Names.v[i], &ref, err);
        if (rc == 0)
            rc = ssm_resolve(rq, &db, &ref, &p, err);
        if (rc == NP_EFAULT) {
            SSM_PUSH(rq->arena, &out->InvalidParameters, in->Names.v[i]);
            continue;
        }
        if (rc != 0)
            return rc;
        struct ssm_Parameter *one = &out->Parameters.v[out->Parameters.n++];
        parameter_out(rq->arena, &p, ref.selector, one);
        if (in->WithDecryption.v)
            note_secret(rq->arena, &secrets, &p, &one->Value);
    }
    *err = (struct np_err){0}; /* of names that were not found */
    return ssm_open(rq, secrets.v, secrets.n);
}

/* --- by path --- */

struct by_path {
    struct np_req *rq;
    struct ssm_db db;
    const struct ssm_GetParametersByPathRequest *in;
    struct ssm_GetParametersByPathResult *out;
    struct ssm_filters filters;
    struct ssm_page page;
    struct np_str prefix;
    struct secrets secrets;
};

/* AWS: a filter for labels answers the version that has one (tests/sdk/test_ssm_describe.py). */
static int labelled(struct by_path *b, struct ssm_param *p, struct np_str *label,
                    struct np_err *err)
{
    NP_SQL(of, "SELECT label, version FROM ssm_label WHERE account = :account "
               "AND region = :region AND key = ?1 ORDER BY version");
    int64_t version = 0;
    struct np_q *q = np_q(b->db.c, &b->db.scope, &of, "s", p->key);
    while (np_row(q)) {
        if (!ssm_filters_label(&b->filters, np_col_peek(q, 0)))
            continue;
        *label = np_col_str(q, 0, b->db.a);
        version = np_col_int(q, 1);
    }
    int rc = np_q_end(q, err);
    if (rc != 0 || version == 0)
        return rc != 0 ? rc : NP_ENOENT;
    return version == p->version ? 0 : ssm_find_version(&b->db, p->key, version, p, err);
}

/* NP_ENOENT: the filters leave it out. */
static int consider(struct by_path *b, struct ssm_param *p, struct np_str *label,
                    struct np_err *err)
{
    struct ssm_facts facts;
    struct np_strs labels = {label, 1, true};
    int rc = b->filters.labels ? labelled(b, p, label, err) : 0;
    if (rc != 0)
        return rc;
    ssm_facts(&b->db, p, false, &facts);
    facts.labels = &labels;
    return ssm_filters_match(&b->filters, &facts) ? 0 : NP_ENOENT;
}

static void take(struct by_path *b, const struct ssm_param *p, struct np_str label)
{
    struct ssm_Parameter *one = &b->out->Parameters.v[b->out->Parameters.n++];
    parameter_out(b->rq->arena, p, label, one);
    if (b->in->WithDecryption.v)
        note_secret(b->rq->arena, &b->secrets, p, &one->Value);
}

/* Not below a further level, unless those are wanted. */
static bool in_reach(const struct by_path *b, struct np_str key)
{
    return b->in->Recursive.v || np_str_chr(np_str_sub(key, b->prefix.n, key.n), '/') < 0;
}

static int walk_rows(struct by_path *b, struct np_err *err)
{
    struct np_str last = NP_STR_NULL;
    size_t looked = 0;
    int rc = 0;
    struct np_q *q = ssm_walk(&b->db, b->prefix, b->page.after);
    while (np_row(q)) {
        struct ssm_param p;
        struct np_str label = NP_STR_NULL;
        if (b->out->Parameters.n == b->page.limit || looked++ == SSM_SCAN_MAX) {
            b->out->NextToken = np_page_token(b->rq, b->page.hash, last);
            break;
        }
        if (!in_reach(b, ssm_row_key(q))) {
            last = np_str_dup(b->db.a, ssm_row_key(q));
            continue;
        }
        ssm_row(&b->db, q, &p);
        last = p.key;
        rc = consider(b, &p, &label, err);
        if (rc == 0)
            take(b, &p, label);
        else if (rc != NP_ENOENT)
            break;
        rc = 0;
    }
    int ended = np_q_end(q, err);
    return rc != 0 ? rc : ended;
}

static int walk_catalogue(struct by_path *b)
{
    struct ssm_param *p;
    size_t n = ssm_catalogue_list(b->rq, b->prefix, &p);
    struct np_str last = NP_STR_NULL, none = NP_STR_NULL;
    for (size_t i = 0; i < n; i++) {
        if (b->page.after.p != NULL && np_str_cmp(p[i].key, b->page.after) <= 0)
            continue;
        if (b->out->Parameters.n == b->page.limit) {
            b->out->NextToken = np_page_token(b->rq, b->page.hash, last);
            break;
        }
        last = p[i].key;
        if (in_reach(b, p[i].key) && !b->filters.labels && consider(b, &p[i], &none, NULL) == 0)
            take(b, &p[i], none);
    }
    return 0;
}

int ssm_GetParametersByPath(struct np_req *rq, const struct ssm_GetParametersByPathRequest *in,
                            struct ssm_GetParametersByPathResult *out, struct np_err *err)
{
    struct by_path b = {.rq = rq, .db = ssm_db_req(rq), .in = in, .out = out};
    size_t limit = in->MaxResults.set ? (size_t)in->MaxResults.v : SSM_PATH_PAGE;
    int rc = ssm_path_check(rq->arena, in->Path, &b.prefix, err);
    if (rc == 0)
        rc = ssm_filters_parse(rq->arena, SSM_FILTER_BY_PATH, &in->ParameterFilters, &b.filters,
                               err);
    if (rc != 0)
        return rc;
    uint64_t hash =
        ssm_filters_hash(&b.filters) * 31 + np_page_filter(b.prefix) * 2 + in->Recursive.v;
    rc = ssm_page_begin(rq, limit, in->NextToken, hash, &b.page, err);
    if (rc != 0)
        return rc;
    out->Parameters.set = true;
    out->Parameters.v = np_new_array(rq->arena, struct ssm_Parameter, limit);
    rc = ssm_in_catalogue(b.prefix) ? walk_catalogue(&b) : walk_rows(&b, err);
    return rc == 0 ? ssm_open(rq, b.secrets.v, b.secrets.n) : rc;
}

/* --- versions --- */

static void history_out(const struct ssm_db *db, const struct ssm_param *p,
                        struct ssm_ParameterHistory *out)
{
    *out = (struct ssm_ParameterHistory){
        .Name = p->name,
        .Type = p->type,
        .KeyId = p->key_id,
        .LastModifiedDate = SSM_INT(p->modified_ms),
        .LastModifiedUser = p->modified_by,
        .Description = p->description,
        .Value = p->value,
        .AllowedPattern = p->pattern,
        .Version = SSM_INT(p->version),
        .Tier = p->tier,
        .DataType = p->data_type,
    };
    ssm_policies_out(db->a, p, &out->Policies);
    struct np_strs labels;
    ssm_labels(db, p->key, p->version, &labels);
    out->Labels = labels;
}

static int history_rows(struct np_req *rq, const struct ssm_GetParameterHistoryRequest *in,
                        struct np_str key, const struct ssm_page *page,
                        struct ssm_GetParameterHistoryResult *out, struct secrets *secrets,
                        struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    int64_t after = 0, last = 0;
    np_str_i64(page->after, &after);
    struct np_q *q = ssm_walk_versions(&db, key, after);
    while (np_row(q)) {
        struct ssm_param p;
        if (out->Parameters.n == page->limit) {
            struct np_str at = np_str_printf(rq->arena, "%lld", (long long)last);
            out->NextToken = np_page_token(rq, page->hash, at);
            break;
        }
        ssm_row(&db, q, &p);
        last = p.version;
        struct ssm_ParameterHistory *one = &out->Parameters.v[out->Parameters.n++];
        history_out(&db, &p, one);
        if (in->WithDecryption.v)
            note_secret(rq->arena, secrets, &p, &one->Value);
    }
    return np_q_end(q, err);
}

int ssm_GetParameterHistory(struct np_req *rq, const struct ssm_GetParameterHistoryRequest *in,
                            struct ssm_GetParameterHistoryResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    struct ssm_ref ref;
    struct ssm_param p;
    struct ssm_page page;
    struct secrets secrets = {0};
    size_t limit = in->MaxResults.set ? (size_t)in->MaxResults.v : SSM_HISTORY_PAGE;
    int rc = ssm_ref_parse(rq->arena, in->Name, &ref, err);
    if (rc == 0)
        rc = ssm_resolve(rq, &db, &ref, &p, err);
    if (rc == 0)
        rc = ssm_page_begin(rq, limit, in->NextToken, np_page_filter(ref.key), &page, err);
    if (rc != 0)
        return rc;
    out->Parameters.set = true;
    out->Parameters.v = np_new_array(rq->arena, struct ssm_ParameterHistory, limit);
    if (ssm_in_catalogue(ref.key)) {
        history_out(&db, &p, &out->Parameters.v[out->Parameters.n++]);
        return 0;
    }
    rc = history_rows(rq, in, ref.key, &page, out, &secrets, err);
    return rc == 0 ? ssm_open(rq, secrets.v, secrets.n) : rc;
}
