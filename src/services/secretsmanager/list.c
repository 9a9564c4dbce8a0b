/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - ListSecrets. A page looks at a bounded number of secrets, so that a filter which finds
 * little answers a short page with a token instead of reading all there are. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "base/map.h"

#define SCAN(column, than, order)                                                                  \
    {                                                                                              \
        "SELECT id, " column " FROM secretsmanager_secret WHERE account = :account AND "           \
        "region = :region AND (?1 <> 0 OR delete_ms IS NULL) AND (?2 = 0 OR (" column              \
        ", id) " than " (?3, ?4)) ORDER BY " column " " order ", id " order " LIMIT ?5"            \
    }
#define SCANS(column)                                                                              \
    {                                                                                              \
        SCAN(column, ">", "ASC"), SCAN(column, "<", "DESC")                                        \
    }

static const struct {
    const char *name;
    bool text;
    struct np_sql by[2]; /* ascending, descending */
} sorts[] = {
    {"created-date", false, SCANS("created_ms")},
    {"last-changed-date", false, SCANS("changed_ms")},
    {"last-accessed-date", false, SCANS("coalesce(accessed_ms, 0)")},
    {"name", true, SCANS("name")},
};

struct position {
    struct np_str value; /* of the column */
    int64_t id;
};

static struct np_q *begin(const struct np_req *rq, const struct secretsmanager_scan *scan,
                          struct np_str token_at)
{
    size_t i = 0;
    while (scan->sort.p != NULL && i + 1 < NP_LEN(sorts) &&
           !np_str_eq(scan->sort, np_str_of(sorts[i].name)))
        i++;
    const struct np_sql *sql = &sorts[i].by[np_str_is(scan->order, "desc")];
    struct np_scope scope = np_req_scope(rq);
    struct position at = {NP_STR(""), 0};
    int64_t number = 0;
    ptrdiff_t slash = np_str_rchr(token_at, '/');
    if (slash >= 0) {
        at.value = np_str_sub(token_at, 0, (size_t)slash);
        np_str_i64(np_str_sub(token_at, (size_t)slash + 1, token_at.n), &at.id);
        np_str_i64(at.value, &number);
    }
    int64_t further = slash >= 0, deleted = scan->deleted, most = SECRETSMANAGER_SCAN_MAX;
    if (sorts[i].text)
        return np_q(np_req_db(rq), &scope, sql, "iisii", deleted, further, at.value, at.id, most);
    return np_q(np_req_db(rq), &scope, sql, "iiiii", deleted, further, number, at.id, most);
}

static uint64_t hash_of(const struct np_req *rq, const struct secretsmanager_scan *scan)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 1u << 16);
    np_buf_printf(&b, "%.*s/%.*s/%d", NP_FMT(scan->sort), NP_FMT(scan->order), scan->deleted);
    for (size_t i = 0; i < scan->filters->n; i++) {
        const struct secretsmanager_Filter *f = &scan->filters->v[i];
        np_buf_printf(&b, "\n%.*s", NP_FMT(f->Key));
        for (size_t j = 0; j < f->Values.n; j++)
            np_buf_printf(&b, "\t%.*s", NP_FMT(f->Values.v[j]));
    }
    return np_page_filter(np_buf_str(&b));
}

static bool passes(const struct np_req *rq, const struct secretsmanager_scan *scan,
                   const struct secretsmanager_secret *s)
{
    struct np_tag *tags;
    struct secretsmanager_subject subject = {
        .name = s->name,
        .description = s->description,
        .primary_region = s->primary_region,
    };
    if (scan->filters->n == 0)
        return true;
    subject.n_tags = secretsmanager_tags_get(np_req_db(rq), s->primary, rq->arena, &tags);
    subject.tags = tags;
    return secretsmanager_filter_match(scan->filters, &subject);
}

int secretsmanager_scan(const struct np_req *rq, const struct secretsmanager_scan *scan,
                        struct secretsmanager_secret **out, size_t *n, struct np_str *next,
                        struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    uint64_t filter = hash_of(rq, scan);
    struct np_str at;
    size_t looked = 0;
    bool full = false;
    *n = 0;
    *out = np_new_array(rq->arena, struct secretsmanager_secret, scan->limit + 1);
    if (np_page_position(rq, filter, scan->token, &at) != 0)
        return np_fault(err, &SECRETSMANAGER_InvalidNextTokenException, "Invalid NextToken.");
    struct np_q *q = begin(rq, scan, at);
    int rc = 0;
    while (rc == 0 && !full && np_row(q)) {
        struct secretsmanager_secret s;
        rc = secretsmanager_by_id(&db, np_col_int(q, 0), &s, err);
        bool found = rc == 0 && passes(rq, scan, &s);
        full = found && *n == scan->limit;
        if (rc == NP_ENOENT)
            rc = 0;
        if (full)
            break;
        if (found)
            (*out)[(*n)++] = s;
        looked++;
        at = np_str_printf(rq->arena, "%.*s/%lld", NP_FMT(np_col_peek(q, 1)),
                           (long long)np_col_int(q, 0));
    }
    int end = np_q_end(q, err);
    *next = full || looked == SECRETSMANAGER_SCAN_MAX ? np_page_token(rq, filter, at) : NP_STR_NULL;
    return rc != 0 ? rc : end;
}

int secretsmanager_ListSecrets(struct np_req *rq,
                               const struct secretsmanager_ListSecretsRequest *in,
                               struct secretsmanager_ListSecretsResponse *out, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    const struct secretsmanager_scan scan = {
        .filters = &in->Filters,
        .deleted = in->IncludePlannedDeletion.v,
        .sort = in->SortBy,
        .order = in->SortOrder,
        .token = in->NextToken,
        .limit = in->MaxResults.set ? (size_t)in->MaxResults.v : SECRETSMANAGER_PAGE_DEFAULT,
    };
    struct secretsmanager_secret *s;
    size_t n;
    int rc = secretsmanager_filters_check(&in->Filters, err);
    if (rc == 0)
        rc = secretsmanager_scan(rq, &scan, &s, &n, &out->NextToken, err);
    if (rc != 0)
        return rc;
    out->SecretList.v = np_new_array(rq->arena, struct secretsmanager_SecretListEntry, n + 1);
    out->SecretList.set = true;
    for (size_t i = 0; i < n; i++) {
        struct secretsmanager_SecretListEntry *e = &out->SecretList.v[out->SecretList.n++];
        *e = (struct secretsmanager_SecretListEntry){
            .ARN = s[i].arn,
            .Name = s[i].name,
            .Description = s[i].description,
            .KmsKeyId = s[i].kms_key,
            .LastChangedDate = SECRETSMANAGER_INT(s[i].changed_ms),
            .LastAccessedDate = s[i].accessed_ms,
            .DeletedDate = s[i].delete_ms,
            .CreatedDate = SECRETSMANAGER_INT(s[i].created_ms),
            .PrimaryRegion = s[i].primary_region,
        };
        secretsmanager_tags_out(&db, s[i].primary, &e->Tags);
        secretsmanager_stage_map(&db, s[i].primary, &e->SecretVersionsToStages);
    }
    return 0;
}
