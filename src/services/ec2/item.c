/* SPDX-License-Identifier: Apache-2.0 */
/* item.c - items as rows: read, written and dropped in an apply. */
#include "aws/idem.h"
#include "aws/ids.h"
#include "aws/tags.h"
#include "base/digest.h"
#include "codec/cbor_codec.h"
#include "services/ec2/ec2_int.h"

struct ec2_db ec2_db(struct np_txn *t)
{
    return (struct ec2_db){np_txn_db(t), *np_txn_scope(t), np_txn_arena(t)};
}

struct ec2_db ec2_db_of_req(const struct np_req *rq)
{
    return (struct ec2_db){np_req_db(rq), np_req_scope(rq), rq->arena};
}

/* --- making --- */

struct np_str ec2_new_id(struct np_txn *t, const char *prefix)
{
    return np_id_hex(np_txn_arena(t), prefix, 17);
}

struct ec2_item *ec2_new(struct np_txn *t, enum ec2_kind_id kind)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item *it = np_new(a, struct ec2_item);
    it->kind = ec2_kind(kind);
    it->account = np_txn_scope(t)->account;
    it->region = np_txn_scope(t)->region;
    it->id = ec2_new_id(t, it->kind->prefix);
    it->made_ms = np_txn_now_ms(t);
    it->detail = np_alloc(a, it->kind->shape->size);
    it->own = it->kind->own != NULL ? np_alloc(a, it->kind->own->size) : NULL;
    *(struct np_str *)(void *)((char *)it->detail + it->kind->id_at) = it->id;
    return it;
}

/* --- reading --- */

int ec2_decode(struct np_arena *a, const struct ec2_kind *k, struct np_str detail,
               struct np_str own, struct ec2_item *out, struct np_err *err)
{
    out->kind = k;
    out->detail = np_alloc(a, k->shape->size);
    int rc = np_cbor_get(k->shape, detail, a, out->detail, err);
    if (rc != 0 || k->own == NULL)
        return rc;
    out->own = np_alloc(a, k->own->size);
    return own.n != 0 ? np_cbor_get(k->own, own, a, out->own, err) : 0;
}

#define COLUMNS "id, vpc, name, made_ms, detail, own"

static int take(const struct ec2_db *db, const struct ec2_kind *k, struct np_q *q,
                struct ec2_item **out, struct np_err *err)
{
    struct ec2_item *it = np_new(db->arena, struct ec2_item);
    it->account = db->scope.account;
    it->region = db->scope.region;
    it->id = np_col_str(q, 0, db->arena);
    it->vpc = np_col_str(q, 1, db->arena);
    if (it->vpc.n == 0)
        it->vpc = NP_STR_NULL;
    it->name = np_col_str(q, 2, db->arena);
    it->made_ms = np_col_int(q, 3);
    *out = it;
    return ec2_decode(db->arena, k, np_col_str(q, 4, db->arena), np_col_str(q, 5, db->arena), it,
                      err);
}

static int take_one(const struct ec2_db *db, const struct ec2_kind *k, struct np_q *q,
                    struct ec2_item **out, struct np_err *err)
{
    bool there = np_row(q);
    int rc = there ? take(db, k, q, out, err) : NP_ENOENT;
    int end = np_q_end(q, err);
    return end != 0 ? end : rc;
}

int ec2_find(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str id,
             struct ec2_item **out, struct np_err *err)
{
    NP_SQL(find, "SELECT " COLUMNS " FROM ec2_item WHERE account = :account AND region = :region "
                 "AND id = ?1 AND kind = ?2");
    const struct ec2_kind *k = ec2_kind(kind);
    struct np_q *q = np_q(db->c, &db->scope, &find, "ss", id, np_str_of(k->type));
    return take_one(db, k, q, out, err);
}

int ec2_find_name(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str name,
                  struct ec2_item **out, struct np_err *err)
{
    NP_SQL(find, "SELECT " COLUMNS " FROM ec2_item WHERE account = :account AND region = :region "
                 "AND kind = ?1 AND name = ?2");
    const struct ec2_kind *k = ec2_kind(kind);
    struct np_q *q = np_q(db->c, &db->scope, &find, "ss", np_str_of(k->type), name);
    return take_one(db, k, q, out, err);
}

int ec2_get(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str id, struct ec2_item **out,
            struct np_err *err)
{
    int rc = ec2_find(db, kind, id, out, err);
    return rc == NP_ENOENT ? ec2_not_found(err, kind, id) : rc;
}

int ec2_list(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str vpc,
             struct ec2_item ***out, size_t *n, struct np_err *err)
{
    NP_SQL(all, "SELECT " COLUMNS " FROM ec2_item WHERE account = :account AND region = :region "
                "AND kind = ?1 ORDER BY id");
    NP_SQL(of_vpc, "SELECT " COLUMNS " FROM ec2_item WHERE account = :account AND region = :region "
                   "AND kind = ?1 AND vpc = ?2 ORDER BY id");
    const struct ec2_kind *k = ec2_kind(kind);
    struct np_str type = np_str_of(k->type);
    struct np_q *q = vpc.p == NULL ? np_q(db->c, &db->scope, &all, "s", type)
                                   : np_q(db->c, &db->scope, &of_vpc, "ss", type, vpc);
    struct ec2_item **v = NULL;
    int rc = 0;
    *n = 0;
    while (rc == 0 && np_row(q)) {
        v = np_array_grow(db->arena, v, *n, sizeof(struct ec2_item *));
        rc = take(db, k, q, &v[(*n)++], err);
    }
    *out = v;
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

int ec2_count(const struct ec2_db *db, enum ec2_kind_id kind, struct np_str vpc, size_t *n,
              struct np_err *err)
{
    NP_SQL(all, "SELECT count(*) FROM ec2_item WHERE account = :account AND region = :region AND "
                "kind = ?1");
    NP_SQL(of_vpc, "SELECT count(*) FROM ec2_item WHERE account = :account AND region = :region "
                   "AND kind = ?1 AND vpc = ?2");
    struct np_str type = np_str_of(ec2_kind(kind)->type);
    struct np_q *q = vpc.p == NULL ? np_q(db->c, &db->scope, &all, "s", type)
                                   : np_q(db->c, &db->scope, &of_vpc, "ss", type, vpc);
    *n = np_row(q) ? (size_t)np_col_int(q, 0) : 0;
    return np_q_end(q, err);
}

/* --- tags --- */

void ec2_tags_show(struct np_arena *a, struct ec2_item *it)
{
    const struct np_member *m = ec2_tags_member(it->kind);
    if (m == NULL)
        return;
    struct ec2_TagList *list = np_slot(it->detail, m);
    *list = (struct ec2_TagList){.set = it->n_tags != 0};
    list->v = np_new_array(a, struct ec2_Tag, it->n_tags + 1);
    for (size_t i = 0; i < it->n_tags; i++)
        list->v[list->n++] = (struct ec2_Tag){.Key = it->tags[i].key, .Value = it->tags[i].value};
}

void ec2_tags_read(const struct ec2_db *db, struct ec2_item *it)
{
    struct np_tag *tags;
    struct np_scope scope = {.account = it->account, .region = it->region};
    struct np_str arn = ec2_arn(db->arena, it->kind, it->region, it->account, it->id);
    it->n_tags = np_tags_get(db->c, &scope, arn, db->arena, &tags);
    it->tags = tags;
    ec2_tags_show(db->arena, it);
}

int ec2_tag(struct np_txn *t, struct ec2_item *it, const struct np_tag *tags, size_t n,
            struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str arn = ec2_arn(db.arena, it->kind, it->region, it->account, it->id);
    int rc = n != 0 ? np_tags_put(t, arn, tags, n, err) : 0;
    if (rc != 0)
        return rc;
    ec2_tags_read(&db, it);
    if (it->n_tags > NP_TAGS_MAX)
        return np_fault(err, &EC2_TagLimitExceeded,
                        "The maximum number of tags, %d, for a resource has been reached.",
                        NP_TAGS_MAX);
    if (n != 0)
        ec2_touch(t, it);
    return 0;
}

/* --- writing --- */

void ec2_touch(struct np_txn *t, const struct ec2_item *it)
{
    np_notice(t, EC2_NOTICE_ITEM, it->account,
              np_str_printf(np_txn_arena(t), "%.*s/%.*s", NP_FMT(it->region), NP_FMT(it->id)));
}

/* The detail without tags, which have rows of their own. */
static int encode(struct np_arena *a, const struct ec2_item *it, struct np_str *detail,
                  struct np_str *own, struct np_err *err)
{
    struct np_buf b, o;
    const struct np_member *m = ec2_tags_member(it->kind);
    void *bare = np_alloc(a, it->kind->shape->size);
    memcpy(bare, it->detail, it->kind->shape->size);
    if (m != NULL)
        memset(np_slot(bare, m), 0, sizeof(struct ec2_TagList));
    np_buf_init(&b, a, EC2_DETAIL_MAX);
    np_buf_init(&o, a, EC2_DETAIL_MAX);
    np_cbor_put(it->kind->shape, bare, &b);
    *own = NP_STR_NULL;
    if (it->own != NULL) {
        np_cbor_put(it->kind->own, it->own, &o);
        *own = np_buf_str(&o);
    }
    *detail = np_buf_str(&b);
    if (!np_buf_ok(&b) || !np_buf_ok(&o))
        return np_fault(err, &EC2_ResourceLimitExceeded, "The resource '%.*s' is too large.",
                        NP_FMT(it->id));
    return 0;
}

int ec2_put(struct np_txn *t, const struct ec2_item *it, struct np_err *err)
{
    NP_SQL(put, "INSERT INTO ec2_item (account, region, id, kind, vpc, name, made_ms, detail, own) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                "ON CONFLICT (account, region, id) DO UPDATE SET vpc = excluded.vpc, "
                "name = excluded.name, detail = excluded.detail, own = excluded.own");
    struct np_str detail, own, vpc = it->vpc.p != NULL ? it->vpc : NP_STR("");
    int rc = encode(np_txn_arena(t), it, &detail, &own, err);
    if (rc != 0)
        return rc;
    rc = np_exec(t, &put, err, "ssssssibb", it->account, it->region, it->id,
                 np_str_of(it->kind->type), vpc, it->name, it->made_ms, detail, own);
    if (rc == 0)
        ec2_touch(t, it);
    return rc;
}

int ec2_drop(struct np_txn *t, const struct ec2_item *it, struct np_err *err)
{
    NP_SQL(refs, "DELETE FROM ec2_ref WHERE account = ?1 AND region = ?2 AND item = ?3");
    NP_SQL(drop, "DELETE FROM ec2_item WHERE account = ?1 AND region = ?2 AND id = ?3");
    NP_SQL(tags, "DELETE FROM np_tags WHERE account = ?1 AND arn = ?2");
    struct np_str arn = ec2_arn(np_txn_arena(t), it->kind, it->region, it->account, it->id);
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    size_t n;
    db.scope.account = it->account;
    db.scope.region = it->region;
    int rc = ec2_users(&db, it->id, NULL, &users, &n, err);
    if (rc == 0 && n > 0 && !np_str_eq(users[0], it->id))
        return np_fault(err, &EC2_DependencyViolation,
                        "The %s '%.*s' has dependencies and cannot be deleted.", it->kind->type,
                        NP_FMT(it->id));
    if (rc == 0)
        rc = np_exec(t, &refs, err, "sss", it->account, it->region, it->id);
    if (rc == 0)
        rc = np_exec(t, &drop, err, "sss", it->account, it->region, it->id);
    if (rc == 0)
        rc = np_exec(t, &tags, err, "ss", it->account, arn);
    if (rc == 0)
        ec2_touch(t, it);
    return rc;
}

/* --- references --- */

int ec2_ref(struct np_txn *t, const struct ec2_item *it, const char *what, struct np_str target,
            struct np_err *err)
{
    NP_SQL(ref, "INSERT INTO ec2_ref (account, region, item, what, target) "
                "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
    return np_exec(t, &ref, err, "sssss", it->account, it->region, it->id, np_str_of(what), target);
}

int ec2_unref(struct np_txn *t, const struct ec2_item *it, const char *what, struct np_str target,
              struct np_err *err)
{
    NP_SQL(unref, "DELETE FROM ec2_ref WHERE account = ?1 AND region = ?2 AND item = ?3 AND "
                  "what = ?4 AND (?5 IS NULL OR target = ?5)");
    return np_exec(t, &unref, err, "sssss", it->account, it->region, it->id, np_str_of(what),
                   target);
}

int ec2_users(const struct ec2_db *db, struct np_str target, const char *what, struct np_str **out,
              size_t *n, struct np_err *err)
{
    NP_SQL(users, "SELECT DISTINCT item FROM ec2_ref WHERE account = :account AND "
                  "region = :region AND target = ?1 AND (?2 IS NULL OR what = ?2) ORDER BY item");
    struct np_q *q = np_q(db->c, &db->scope, &users, "ss", target, np_str_of(what));
    struct np_str *v = NULL;
    *n = 0;
    while (np_row(q)) {
        v = np_array_grow(db->arena, v, *n, sizeof(*v));
        v[(*n)++] = np_col_str(q, 0, db->arena);
    }
    *out = v;
    return np_q_end(q, err);
}

/* --- the same call again --- */

static uint64_t hash_of(struct np_txn *t, const void *in)
{
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), 4 * EC2_DETAIL_MAX);
    np_cbor_put(np_txn_req(t)->op->codec->in, in, &b);
    uint64_t out;
    np_digest_once(NP_XXHASH64, np_buf_str(&b), &out);
    return out;
}

static struct np_str idem_name(struct np_txn *t)
{
    return np_str_printf(np_txn_arena(t), "ec2:%s%c", np_txn_req(t)->op->codec->name, '\0');
}

int ec2_again(struct np_txn *t, struct np_str client_token, const void *in, void *out,
              struct np_err *err)
{
    if (client_token.n == 0)
        return 0;
    int rc = np_idem_find(t, idem_name(t).p, client_token, hash_of(t, in),
                          np_txn_req(t)->op->codec->out, out, err);
    if (rc == NP_EEXIST)
        return np_fault(err, &EC2_IdempotentParameterMismatch,
                        "The client token you have provided has already been associated with "
                        "another request.");
    return rc;
}

int ec2_again_keep(struct np_txn *t, struct np_str client_token, const void *in, const void *out,
                   struct np_err *err)
{
    if (client_token.n == 0)
        return 0;
    return np_idem_keep(t, idem_name(t).p, client_token, hash_of(t, in),
                        np_txn_req(t)->op->codec->out, out, err);
}
