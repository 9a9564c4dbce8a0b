/* SPDX-License-Identifier: Apache-2.0 */
/* alias.c - alternate domain names: each belongs to one distribution of the partition. */
#include "services/cloudfront/cloudfront_int.h"

struct np_str cloudfront_alias_key(struct np_arena *a, struct np_str alias)
{
    struct np_str s = np_str_lower(a, alias);
    return np_str_ends(s, NP_STR(".")) ? np_str_sub(s, 0, s.n - 1) : s;
}

static bool label_ok(struct np_str l)
{
    for (size_t i = 0; i < l.n; i++) {
        char c = l.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || (c == '-' && i != 0 && i + 1 != l.n);
        if (!ok)
            return false;
    }
    return l.n != 0 && l.n <= 63;
}

bool cloudfront_alias_ok(struct np_str alias)
{
    struct np_str rest = alias, label;
    size_t labels = 0;
    if (alias.n == 0 || alias.n > 253 || np_str_ends(alias, NP_STR("..")))
        return false;
    if (np_str_starts(rest, NP_STR("*.")))
        rest = np_str_sub(rest, 2, rest.n);
    for (; np_str_split(&rest, '.', &label); labels++)
        if (!label_ok(label))
            return false;
    return labels >= 2 && !np_str_ends(alias, NP_STR(".cloudfront.net"));
}

static int taken(struct np_err *err)
{
    return np_fault(err, &CLOUDFRONT_CNAMEAlreadyExists,
                    "One or more of the CNAMEs you provided are already associated with a "
                    "different resource.");
}

int cloudfront_aliases_set(struct np_txn *t, struct np_str id,
                           const struct cloudfront_Aliases *aliases, struct np_err *err)
{
    NP_SQL(clear, "DELETE FROM cloudfront_alias WHERE distribution = ?1");
    NP_SQL(add, "INSERT INTO cloudfront_alias (alias, distribution) VALUES (?1, ?2)");
    NP_SQL(find, "SELECT 1 FROM cloudfront_alias WHERE alias = ?1 AND distribution <> ?2");
    struct np_arena *a = np_txn_arena(t);
    int rc = np_exec(t, &clear, err, "s", id);
    for (size_t i = 0; rc == 0 && i < aliases->Items.n; i++) {
        struct np_str key = cloudfront_alias_key(a, aliases->Items.v[i]);
        struct np_q *q = np_tq(t, &find, "ss", key, id);
        bool other = np_row(q);
        rc = np_q_end(q, err);
        if (rc == 0 && other)
            return taken(err);
        if (rc == 0)
            rc = np_exec(t, &add, err, "ss", key, id);
        if (rc == NP_EEXIST)
            return cloudfront_invalid_argument(err, "The parameter CNAME contains one or more "
                                                    "parameters that are duplicates.");
    }
    return rc;
}

/* --- operations on aliases --- */

/* The distribution that has the alias; absent: none. */
static struct np_str holder(struct np_dbc *c, struct np_str alias, struct np_arena *a,
                            struct np_str *account)
{
    NP_SQL(sql, "SELECT d.id, d.account FROM cloudfront_alias x JOIN cloudfront_distribution d "
                "ON d.id = x.distribution WHERE x.alias = ?1");
    struct np_str id = NP_STR_NULL;
    struct np_q *q = np_q(c, NULL, &sql, "s", alias);
    if (np_row(q)) {
        id = np_col_str(q, 0, a);
        *account = np_col_str(q, 1, a);
    }
    np_q_end(q, NULL);
    return id;
}

static int change_aliases(struct np_txn *t, struct cloudfront_row *r, const struct np_strs *items,
                          struct np_err *err)
{
    r->config->Aliases->Items = *items;
    r->config->Aliases->Items.set = items->n != 0;
    r->config->Aliases->Quantity = CLOUDFRONT_INT(items->n);
    r->etag = cloudfront_new_id(np_txn_arena(t), "E");
    r->modified_ms = np_txn_now_ms(t);
    int rc = cloudfront_aliases_set(t, r->id, r->config->Aliases, err);
    if (rc == 0)
        rc = cloudfront_row_put(t, r, err);
    if (rc == 0)
        cloudfront_distribution_changed(t, r->id);
    return rc;
}

/* Takes the alias from another distribution of the account. */
static int take_from(struct np_txn *t, struct np_str id, struct np_str key, struct np_err *err)
{
    struct cloudfront_row from;
    int rc = cloudfront_row_find_txn(t, id, &from, err);
    if (rc != 0)
        return rc;
    struct np_strs left = {np_new_array(np_txn_arena(t), struct np_str, CLOUDFRONT_ALIASES_MAX), 0,
                           true};
    const struct np_strs *all = &from.config->Aliases->Items;
    for (size_t i = 0; i < all->n; i++)
        if (!np_str_eq(cloudfront_alias_key(np_txn_arena(t), all->v[i]), key))
            left.v[left.n++] = all->v[i];
    return change_aliases(t, &from, &left, err);
}

int cloudfront_AssociateAlias_apply(struct np_txn *t,
                                    const struct cloudfront_AssociateAliasRequest *in,
                                    struct cloudfront_AssociateAliasOutput *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct np_str key = cloudfront_alias_key(a, in->Alias), account = NP_STR_NULL;
    struct cloudfront_row to;
    (void)out;
    if (!cloudfront_alias_ok(in->Alias))
        return cloudfront_invalid_argument(
            err, "The parameter CNAME contains one or more parameters that are not valid.");
    int rc = cloudfront_row_find_txn(t, in->TargetDistributionId, &to, err);
    if (rc != 0)
        return rc;
    struct np_str from = holder(np_txn_db(t), key, a, &account);
    if (from.p != NULL && np_str_eq(from, to.id))
        return 0;
    if (from.p != NULL && !np_str_eq(account, np_txn_scope(t)->account))
        return np_fault(err, &CLOUDFRONT_IllegalUpdate,
                        "Invalid or missing alias DNS TXT records.");
    rc = from.p != NULL ? take_from(t, from, key, err) : 0;
    const struct np_strs *old = &to.config->Aliases->Items;
    if (rc == 0 && old->n >= CLOUDFRONT_ALIASES_MAX)
        rc = np_fault(err, &CLOUDFRONT_TooManyDistributionCNAMEs,
                      "Your request contains more CNAMEs than are allowed per distribution.");
    if (rc != 0)
        return rc;
    struct np_strs all = {np_new_array(a, struct np_str, old->n + 1), old->n, true};
    for (size_t i = 0; i < old->n; i++)
        all.v[i] = old->v[i];
    all.v[all.n++] = in->Alias;
    return change_aliases(t, &to, &all, err);
}

/* "E1****": others' ids are told in part only, as AWS does. */
static struct np_str veiled(struct np_arena *a, struct np_str id, size_t open)
{
    char *p = np_alloc(a, id.n + 1);
    for (size_t i = 0; i < id.n; i++)
        p[i] = i + open < id.n ? '*' : id.p[i];
    return np_str_n(p, id.n);
}

static bool conflicts(struct np_str alias, struct np_str have)
{
    if (np_str_eq(alias, have))
        return true;
    struct np_str wide = np_str_starts(alias, NP_STR("*.")) ? alias : have;
    struct np_str name = np_str_starts(alias, NP_STR("*.")) ? have : alias;
    if (!np_str_starts(wide, NP_STR("*.")))
        return false;
    struct np_str tail = np_str_sub(wide, 1, wide.n);
    return np_str_ends(name, tail) && name.n > tail.n;
}

int cloudfront_ListConflictingAliases(struct np_req *rq,
                                      const struct cloudfront_ListConflictingAliasesRequest *in,
                                      struct cloudfront_ListConflictingAliasesResult *out,
                                      struct np_err *err)
{
    NP_SQL(sql, "SELECT x.alias, d.id, d.account FROM cloudfront_alias x "
                "JOIN cloudfront_distribution d ON d.id = x.distribution "
                "WHERE x.alias > ?1 AND d.id <> ?2 ORDER BY x.alias");
    struct cloudfront_row row;
    struct np_str alias = cloudfront_alias_key(rq->arena, in->Alias);
    int rc = cloudfront_row_find(rq, in->DistributionId, &row, err);
    if (rc != 0)
        return rc;
    size_t max = in->MaxItems.set && in->MaxItems.v > 0 && in->MaxItems.v < CLOUDFRONT_PAGE_MAX
                     ? (size_t)in->MaxItems.v
                     : CLOUDFRONT_PAGE_MAX;
    struct cloudfront_ConflictingAliasesList *l =
        np_new(rq->arena, struct cloudfront_ConflictingAliasesList);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_ConflictingAlias, max);
    struct np_q *q = np_q(np_req_db(rq), NULL, &sql, "ss",
                          in->Marker.p != NULL ? in->Marker : NP_STR(""), in->DistributionId);
    while (np_row(q)) {
        struct np_str have = np_col_str(q, 0, rq->arena), id = np_col_str(q, 1, rq->arena),
                      account = np_col_str(q, 2, rq->arena);
        if (!conflicts(alias, have))
            continue;
        if (l->Items.n == max) {
            l->NextMarker = l->Items.v[max - 1].Alias;
            break;
        }
        l->Items.v[l->Items.n++] = (struct cloudfront_ConflictingAlias){
            .Alias = have,
            .DistributionId = veiled(rq->arena, id, 7),
            .AccountId = veiled(rq->arena, account, 6),
        };
    }
    rc = np_q_end(q, err);
    l->Items.set = l->Items.n != 0;
    l->Quantity = CLOUDFRONT_INT(l->Items.n);
    l->MaxItems = CLOUDFRONT_INT(max);
    out->ConflictingAliasesList = l;
    return rc;
}
