/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - DescribeParameters: what there is, without values; paging and filters for all
 * listings. */
#include "base/map.h"
#include "services/ssm/ssm_int.h"

int ssm_page_begin(const struct np_req *rq, size_t limit, struct np_str token, uint64_t hash,
                   struct ssm_page *page, struct np_err *err)
{
    *page = (struct ssm_page){.limit = limit, .hash = hash};
    if (np_page_position(rq, hash, token, &page->after) != 0)
        return np_fault(err, &SSM_InvalidNextToken, "The specified token isn't valid.");
    return 0;
}

void ssm_facts(const struct ssm_db *db, const struct ssm_param *p, bool tags, struct ssm_facts *out)
{
    struct np_tag *have = NULL;
    size_t n = tags ? np_tags_get(db->c, &db->scope, p->arn, db->a, &have) : 0;
    *out = (struct ssm_facts){
        .key = p->key,
        .type = p->type,
        .key_id = p->key_id,
        .tier = p->tier,
        .data_type = p->data_type,
        .tags = have,
        .n_tags = n,
    };
}

void ssm_policies_out(struct np_arena *a, const struct ssm_param *p,
                      struct ssm_ParameterPolicyList *out)
{
    struct ssm_policies parsed = {0};
    if (p->policies.p != NULL)
        ssm_policies_parse(a, p->policies, INT64_MIN, &parsed, NULL);
    out->set = true;
    for (size_t i = 0; i < parsed.n; i++) {
        struct ssm_ParameterInlinePolicy one = {.PolicyText = parsed.v[i].text,
                                                .PolicyType = parsed.v[i].type,
                                                .PolicyStatus = NP_STR("Pending")};
        SSM_PUSH(a, out, one);
    }
}

static struct ssm_ParameterMetadata metadata_out(struct np_arena *a, const struct ssm_param *p)
{
    struct ssm_ParameterMetadata m = {
        .Name = p->name,
        .ARN = p->arn,
        .Type = p->type,
        .KeyId = p->key_id,
        .LastModifiedDate = SSM_INT(p->modified_ms),
        .LastModifiedUser = p->modified_by,
        .Description = p->description,
        .AllowedPattern = p->pattern,
        .Version = SSM_INT(p->version),
        .Tier = p->tier,
        .DataType = p->data_type,
    };
    ssm_policies_out(a, p, &m.Policies);
    return m;
}

static int parse_filters(struct np_req *rq, const struct ssm_DescribeParametersRequest *in,
                         struct ssm_filters *out, struct np_err *err)
{
    if (in->Filters.n != 0 && in->ParameterFilters.n != 0)
        return np_fault(err, &NP_ValidationException,
                        "You can use either Filters or ParameterFilters in a single request.");
    if (in->Filters.n != 0)
        return ssm_filters_old(rq->arena, &in->Filters, out, err);
    return ssm_filters_parse(rq->arena, SSM_FILTER_DESCRIBE, &in->ParameterFilters, out, err);
}

static int walk(struct np_req *rq, const struct ssm_filters *f, const struct ssm_page *page,
                struct ssm_DescribeParametersResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    struct np_str last = NP_STR_NULL, prefix = ssm_filters_prefix(f, rq->arena);
    size_t looked = 0;
    if (prefix.p == NULL)
        prefix = NP_STR("/");
    struct np_q *q = ssm_walk(&db, prefix, page->after);
    while (np_row(q)) {
        struct ssm_param p;
        struct ssm_facts facts;
        if (out->Parameters.n == page->limit || looked++ == SSM_SCAN_MAX) {
            out->NextToken = np_page_token(rq, page->hash, last);
            break;
        }
        ssm_row(&db, q, &p);
        last = p.key;
        ssm_facts(&db, &p, f->tags, &facts);
        if (ssm_filters_match(f, &facts))
            SSM_PUSH(rq->arena, &out->Parameters, metadata_out(rq->arena, &p));
    }
    return np_q_end(q, err);
}

int ssm_DescribeParameters(struct np_req *rq, const struct ssm_DescribeParametersRequest *in,
                           struct ssm_DescribeParametersResult *out, struct np_err *err)
{
    struct ssm_filters filters;
    struct ssm_page page;
    size_t limit = in->MaxResults.set ? (size_t)in->MaxResults.v : SSM_PATH_PAGE;
    int rc = parse_filters(rq, in, &filters, err);
    if (rc == 0)
        rc = ssm_page_begin(rq, limit, in->NextToken, ssm_filters_hash(&filters), &page, err);
    out->Parameters.set = true;
    return rc == 0 ? walk(rq, &filters, &page, out, err) : rc;
}
