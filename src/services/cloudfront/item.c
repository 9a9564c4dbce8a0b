/* SPDX-License-Identifier: Apache-2.0 */
/* item.c - rows of policies, origin access and keys, and what all kinds have in common. */
#include "services/cloudfront/cloudfront_int.h"

#include <stddef.h>

#include "aws/ids.h"
#include "base/digest.h"

static const struct cloudfront_kind *kind_of(enum cloudfront_kind_id k)
{
    return &cloudfront_kinds[k];
}

static struct np_str member_at(const void *config, size_t at)
{
    return at != 0 ? *(const struct np_str *)(const void *)((const char *)config + at - 1)
                   : NP_STR_NULL;
}

static int missing(enum cloudfront_kind_id k, struct np_err *err)
{
    return np_fault(err, kind_of(k)->missing, "%s", kind_of(k)->missing_text);
}

/* --- ids and versions --- */

struct np_str cloudfront_new_id(struct np_arena *a, const char *letter)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    uint8_t raw[13];
    char *p = np_alloc(a, sizeof(raw) + 1);
    np_random(raw, sizeof(raw));
    p[0] = letter[0];
    for (size_t i = 0; i < sizeof(raw); i++)
        p[i + 1] = digits[raw[i] % 36];
    return np_str_n(p, sizeof(raw) + 1);
}

static bool etag_ok(struct np_str s)
{
    if (s.n < 10 || s.n > 20 || s.p[0] != 'E')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9')))
            return false;
    return true;
}

int cloudfront_if_match(struct np_str given, struct np_str etag, struct np_err *err)
{
    /* Clients that copy the field as HTTP writes it bring the quotes along. */
    if (given.n >= 2 && given.p[0] == '"' && given.p[given.n - 1] == '"')
        given = np_str_sub(given, 1, given.n - 2);
    if (!etag_ok(given))
        return np_fault(err, &CLOUDFRONT_InvalidIfMatchVersion,
                        "The If-Match version is missing or not valid for the resource.");
    if (!np_str_eq(given, etag))
        return np_fault(err, &CLOUDFRONT_PreconditionFailed,
                        "The request failed because it didn't meet the preconditions in one or "
                        "more request-header fields.");
    return 0;
}

/* --- rows --- */

#define COLUMNS "id, name, reference, etag, created_ms, modified_ms, config"

static void take_row(struct np_q *q, struct np_arena *a, struct cloudfront_item *out)
{
    *out = (struct cloudfront_item){
        .id = np_col_str(q, 0, a),
        .name = np_col_str(q, 1, a),
        .reference = np_col_str(q, 2, a),
        .etag = np_col_str(q, 3, a),
        .created_ms = np_col_int(q, 4),
        .modified_ms = np_col_int(q, 5),
        .config = np_col_str(q, 6, a),
    };
}

static int one_row(struct np_q *q, struct np_arena *a, struct cloudfront_item *out,
                   struct np_err *err)
{
    bool found = np_row(q);
    if (found)
        take_row(q, a, out);
    int rc = np_q_end(q, err);
    return rc == 0 && !found ? NP_ENOENT : rc;
}

int cloudfront_item_get(const struct np_core *core, struct np_dbc *c, const struct np_scope *scope,
                        enum cloudfront_kind_id k, struct np_str id, struct np_arena *a,
                        struct cloudfront_item *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_item "
                "WHERE account = :account AND kind = ?1 AND id = ?2");
    const struct cloudfront_item *managed;
    size_t n = cloudfront_managed_list(core, k, &managed);
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(managed[i].id, id)) {
            *out = managed[i];
            return 0;
        }
    return one_row(np_q(c, scope, &sql, "ss", np_str_of(kind_of(k)->name), id), a, out, err);
}

int cloudfront_item_find(struct np_req *rq, enum cloudfront_kind_id k, struct np_str id,
                         struct cloudfront_item *out, struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    int rc = cloudfront_item_get(rq->core, np_req_db(rq), &scope, k, id, rq->arena, out, err);
    return rc == NP_ENOENT ? missing(k, err) : rc;
}

int cloudfront_item_by_reference(struct np_txn *t, enum cloudfront_kind_id k,
                                 struct np_str reference, struct cloudfront_item *out,
                                 struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_item "
                "WHERE account = :account AND kind = ?1 AND reference = ?2");
    return one_row(np_tq(t, &sql, "ss", np_str_of(kind_of(k)->name), reference), np_txn_arena(t),
                   out, err);
}

int cloudfront_item_config(const struct cloudfront_item *item, enum cloudfront_kind_id k,
                           struct np_arena *a, void **out, struct np_err *err)
{
    *out = np_alloc(a, kind_of(k)->config->size);
    return np_cbor_get(kind_of(k)->config, item->config, a, *out, err);
}

static struct np_str encode(struct np_arena *a, enum cloudfront_kind_id k, const void *config)
{
    struct np_buf b;
    np_buf_init(&b, a, CLOUDFRONT_CONFIG_BYTES_MAX);
    np_cbor_put(kind_of(k)->config, config, &b);
    return np_buf_str(&b);
}

/* --- making, changing, deleting --- */

static int check_config(struct np_txn *t, enum cloudfront_kind_id k, const void *config,
                        struct np_err *err)
{
    int rc = cloudfront_quantities_check(kind_of(k)->config, config, err);
    return rc == 0 ? kind_of(k)->check(np_txn_arena(t), config, err) : rc;
}

static int check_name(struct np_txn *t, enum cloudfront_kind_id k, struct np_str name,
                      struct np_str but_id, struct np_err *err)
{
    NP_SQL(sql, "SELECT id FROM cloudfront_item "
                "WHERE account = :account AND kind = ?1 AND name = ?2 AND id IS NOT ?3");
    if (name.p == NULL)
        return 0;
    bool taken = false;
    const struct cloudfront_item *managed;
    size_t n = cloudfront_managed_list(np_txn_req(t)->core, k, &managed);
    for (size_t i = 0; i < n; i++)
        taken = taken || np_str_eq(managed[i].name, name);
    struct np_q *q = np_tq(t, &sql, "sss", np_str_of(kind_of(k)->name), name, but_id);
    taken = np_row(q) || taken;
    int rc = np_q_end(q, err);
    if (rc == 0 && taken)
        rc = np_fault(err, kind_of(k)->exists, "%s", kind_of(k)->exists_text);
    return rc;
}

static int check_count(struct np_txn *t, enum cloudfront_kind_id k, struct np_err *err)
{
    NP_SQL(sql, "SELECT count(*) FROM cloudfront_item WHERE account = :account AND kind = ?1");
    struct np_q *q = np_tq(t, &sql, "s", np_str_of(kind_of(k)->name));
    bool full = np_row(q) && np_col_int(q, 0) >= (int64_t)kind_of(k)->max;
    int rc = np_q_end(q, err);
    if (rc == 0 && full)
        rc = np_fault(err, kind_of(k)->too_many,
                      "This account has %zu of these already, which is all that it may have.",
                      kind_of(k)->max);
    return rc;
}

int cloudfront_item_create(struct np_txn *t, enum cloudfront_kind_id k, const void *config,
                           struct cloudfront_item *out, struct np_err *err)
{
    NP_SQL(sql, "INSERT INTO cloudfront_item (account, kind, " COLUMNS ") "
                "VALUES (:account, ?1, ?2, ?3, ?4, ?5, :now, :now, ?6)");
    const struct cloudfront_kind *kind = kind_of(k);
    struct np_arena *a = np_txn_arena(t);
    *out = (struct cloudfront_item){
        .id = kind->id != NULL ? cloudfront_new_id(a, kind->id) : np_id_uuid(a),
        .name = member_at(config, kind->name_at),
        .reference = member_at(config, kind->reference_at),
        .etag = cloudfront_new_id(a, "E"),
        .created_ms = np_txn_now_ms(t),
        .modified_ms = np_txn_now_ms(t),
        .config = encode(a, k, config),
    };
    int rc = check_config(t, k, config, err);
    if (rc == 0)
        rc = check_name(t, k, out->name, NP_STR_NULL, err);
    if (rc == 0)
        rc = check_count(t, k, err);
    if (rc == 0)
        rc = np_exec(t, &sql, err, "sssssb", np_str_of(kind->name), out->id, out->name,
                     out->reference, out->etag, out->config);
    if (rc == NP_EEXIST)
        return np_fault(err, kind->exists, "%s", kind->exists_text);
    if (rc == 0)
        cloudfront_item_changed(t, k, out->id);
    return rc;
}

/* The account's own item, at the version that the caller means. */
static int own_item(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id,
                    struct np_str if_match, struct cloudfront_item *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    int rc = cloudfront_item_get(rq->core, np_txn_db(t), np_txn_scope(t), k, id, np_txn_arena(t),
                                 out, err);
    if (rc == NP_ENOENT)
        return missing(k, err);
    if (rc != 0)
        return rc;
    if (out->managed)
        return np_fault(err, &CLOUDFRONT_AccessDenied,
                        "%.*s is an AWS managed policy: it can't be changed.", NP_FMT(id));
    return cloudfront_if_match(if_match, out->etag, err);
}

int cloudfront_item_update(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id,
                           struct np_str if_match, const void *config, struct cloudfront_item *out,
                           struct np_err *err)
{
    NP_SQL(sql, "UPDATE cloudfront_item SET name = ?3, etag = ?4, modified_ms = :now, config = ?5 "
                "WHERE account = :account AND kind = ?1 AND id = ?2");
    const struct cloudfront_kind *kind = kind_of(k);
    int rc = own_item(t, k, id, if_match, out, err);
    if (rc == 0)
        rc = check_config(t, k, config, err);
    if (rc != 0)
        return rc;
    if (kind->reference_at != 0 &&
        !np_str_eq(member_at(config, kind->reference_at), out->reference))
        return np_fault(err, &CLOUDFRONT_IllegalUpdate,
                        "The caller reference of an entity can't be changed.");
    out->name = member_at(config, kind->name_at);
    out->etag = cloudfront_new_id(np_txn_arena(t), "E");
    out->modified_ms = np_txn_now_ms(t);
    out->config = encode(np_txn_arena(t), k, config);
    rc = check_name(t, k, out->name, id, err);
    if (rc == 0)
        rc = np_exec(t, &sql, err, "ssssb", np_str_of(kind->name), id, out->name, out->etag,
                     out->config);
    if (rc == 0)
        cloudfront_item_changed(t, k, id);
    return rc;
}

int cloudfront_item_delete(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id,
                           struct np_str if_match, struct np_err *err)
{
    NP_SQL(sql, "DELETE FROM cloudfront_item WHERE account = :account AND kind = ?1 AND id = ?2");
    struct cloudfront_item item;
    int rc = own_item(t, k, id, if_match, &item, err);
    if (rc == 0 && cloudfront_used(t, k, id))
        rc = np_fault(err, kind_of(k)->in_use, "%s", kind_of(k)->in_use_text);
    if (rc == 0)
        rc = np_exec(t, &sql, err, "ss", np_str_of(kind_of(k)->name), id);
    if (rc == 0)
        cloudfront_item_changed(t, k, id);
    return rc;
}

/* --- lists --- */

int cloudfront_page_begin(struct cloudfront_page *p, struct np_str marker, struct np_str max_items,
                          struct np_err *err)
{
    uint64_t max = CLOUDFRONT_PAGE_MAX;
    if (max_items.n != 0 && (!np_str_u64(max_items, &max) || max == 0))
        return np_fault(err, &CLOUDFRONT_InvalidArgument,
                        "The parameter MaxItems must be a number from 1 to %d.",
                        CLOUDFRONT_PAGE_MAX);
    *p = (struct cloudfront_page){
        .marker = marker.p != NULL ? marker : NP_STR(""),
        .limit = max < CLOUDFRONT_PAGE_MAX ? (size_t)max : CLOUDFRONT_PAGE_MAX,
    };
    return 0;
}

/* The managed ones lie before the account's: their place in the order is the list's own. */
static size_t managed_page(const struct np_core *core, enum cloudfront_kind_id k,
                           const struct cloudfront_page *p, struct cloudfront_item *out,
                           bool *after)
{
    const struct cloudfront_item *managed;
    size_t all = cloudfront_managed_list(core, k, &managed), n = 0, from = 0;
    *after = p->marker.n != 0;
    for (size_t i = 0; i < all; i++)
        if (np_str_eq(managed[i].id, p->marker)) {
            from = i + 1;
            *after = false;
        }
    if (np_str_is(p->only, "custom") || *after)
        return 0;
    for (size_t i = from; i < all && n < p->limit + 1; i++)
        out[n++] = managed[i];
    return n;
}

int cloudfront_item_list(struct np_req *rq, enum cloudfront_kind_id k, struct cloudfront_page *p,
                         struct cloudfront_item **out, size_t *n, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_item "
                "WHERE account = :account AND kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    struct cloudfront_item *items = np_new_array(rq->arena, struct cloudfront_item, p->limit + 1);
    const struct np_scope scope = np_req_scope(rq);
    bool after;
    size_t at = managed_page(rq->core, k, p, items, &after);
    int rc = 0;
    if (!np_str_is(p->only, "managed") && at <= p->limit) {
        struct np_q *q = np_q(np_req_db(rq), &scope, &sql, "ssi", np_str_of(kind_of(k)->name),
                              after ? p->marker : NP_STR(""), (int64_t)(p->limit + 1 - at));
        while (np_row(q))
            take_row(q, rq->arena, &items[at++]);
        rc = np_q_end(q, err);
    }
    p->next = at > p->limit ? items[p->limit - 1].id : NP_STR_NULL;
    *n = at < p->limit ? at : p->limit;
    *out = items;
    return rc;
}

/* --- who uses what --- */

int cloudfront_use(struct np_txn *t, struct np_str user, enum cloudfront_kind_id k,
                   struct np_str id, struct np_err *err)
{
    NP_SQL(sql, "INSERT OR IGNORE INTO cloudfront_use (account, user, kind, id) "
                "VALUES (:account, ?1, ?2, ?3)");
    return np_exec(t, &sql, err, "sss", user, np_str_of(kind_of(k)->name), id);
}

int cloudfront_unuse(struct np_txn *t, struct np_str user, struct np_err *err)
{
    NP_SQL(sql, "DELETE FROM cloudfront_use WHERE account = :account AND user = ?1");
    return np_exec(t, &sql, err, "s", user);
}

bool cloudfront_used(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id)
{
    NP_SQL(sql, "SELECT 1 FROM cloudfront_use "
                "WHERE account = :account AND kind = ?1 AND id = ?2 LIMIT 1");
    struct np_q *q = np_tq(t, &sql, "ss", np_str_of(kind_of(k)->name), id);
    bool used = np_row(q);
    np_q_end(q, NULL);
    return used;
}
