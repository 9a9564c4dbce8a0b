/* SPDX-License-Identifier: Apache-2.0 */
/* alias.c - aliases: other names of keys. */
#include <stdlib.h>

#include "aws/arn.h"
#include "base/map.h"
#include "services/kms/kms_int.h"

static struct np_str alias_arn(const struct kms_db *db, struct np_str name)
{
    return np_arn_make(db->a, "kms", db->scope.region, db->scope.account, "%.*s", NP_FMT(name));
}

/* AWS: the prefix of its own aliases is refused by a code that the model does not list
 * (tests/wire/kms/aliases.wire). */
static int check_name(struct np_str name, struct np_err *err)
{
    if (np_str_starts(name, NP_STR("alias/aws/")) || np_str_is(name, "alias/aws"))
        return np_fault(err, &KMS_NotAuthorizedException, NULL);
    if (!np_str_starts(name, NP_STR("alias/")) || name.n == strlen("alias/"))
        return np_fault(err, &NP_ValidationException, "Invalid identifier");
    if (np_str_chr(name, ':') >= 0)
        return np_fault(err, &NP_ValidationException,
                        "%.*s contains invalid characters for an alias", NP_FMT(name));
    return 0;
}

/* The id of the alias's key; absent: no such alias. */
static int find(const struct kms_db *db, struct np_str name, struct np_str *key, struct np_err *err)
{
    NP_SQL(one, "SELECT key FROM kms_alias WHERE account = :account AND region = :region "
                "AND name = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &one, "s", name);
    *key = np_row(q) ? np_col_str(q, 0, db->a) : NP_STR_NULL;
    return np_q_end(q, err);
}

static int no_alias(const struct kms_db *db, struct np_str name, struct np_err *err)
{
    return np_fault(err, &KMS_NotFoundException, "Alias %.*s is not found.",
                    NP_FMT(alias_arn(db, name)));
}

/* The key that an alias shall name: of the caller's account, and not going to be deleted. */
static int target(struct np_txn *t, struct np_str key_id, struct kms_key *k, struct np_err *err)
{
    if (np_str_starts(key_id, NP_STR("alias/")) || np_str_find(key_id, NP_STR(":alias/")) >= 0)
        return np_fault(err, &NP_ValidationException, "Aliases must refer to keys. Not aliases");
    int rc = kms_key_row(t, key_id, k, err);
    if (rc == 0 && k->aliases.n >= KMS_ALIASES_MAX)
        return np_fault(err, &KMS_LimitExceededException,
                        "The key has the %d aliases that it may "
                        "have.",
                        KMS_ALIASES_MAX);
    rc = rc != 0 ? rc : kms_check_customer(k, err);
    return rc != 0 ? rc : kms_check_alive(k, err);
}

int kms_CreateAlias_begin(struct np_req *rq, const struct kms_CreateAliasRequest *in,
                          struct np_err *err)
{
    int rc = check_name(in->AliasName, err);
    return rc != 0 ? rc : np_apply(rq);
}

int kms_alias_insert(struct np_txn *t, struct np_str name, struct np_str key, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO kms_alias (account, region, name, key, created_ms, updated_ms) "
                "VALUES (:account, :region, ?1, ?2, ?3, ?3)");
    return np_exec(t, &add, err, "ssi", name, key, np_txn_now_ms(t));
}

int kms_CreateAlias_apply(struct np_txn *t, const struct kms_CreateAliasRequest *in,
                          struct kms_CreateAliasOutput *out, struct np_err *err)
{
    struct kms_db db = kms_db_txn(t);
    struct kms_key k;
    struct np_str old;
    (void)out;
    int rc = find(&db, in->AliasName, &old, err);
    if (rc == 0 && old.p != NULL)
        return np_fault(err, &KMS_AlreadyExistsException,
                        "An alias with the name %.*s already "
                        "exists",
                        NP_FMT(alias_arn(&db, in->AliasName)));
    rc = rc != 0 ? rc : target(t, in->TargetKeyId, &k, err);
    rc = rc != 0 ? rc : kms_alias_insert(t, in->AliasName, k.id, err);
    if (rc == 0)
        kms_key_changed(t, &k);
    return rc;
}

int kms_UpdateAlias_begin(struct np_req *rq, const struct kms_UpdateAliasRequest *in,
                          struct np_err *err)
{
    int rc = check_name(in->AliasName, err);
    return rc != 0 ? rc : np_apply(rq);
}

int kms_UpdateAlias_apply(struct np_txn *t, const struct kms_UpdateAliasRequest *in,
                          struct kms_UpdateAliasOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_alias SET key = ?2, updated_ms = ?3 WHERE account = :account "
                "AND region = :region AND name = ?1");
    struct kms_db db = kms_db_txn(t);
    struct kms_key k, before;
    struct np_str old;
    (void)out;
    int rc = find(&db, in->AliasName, &old, err);
    if (rc == 0 && old.p == NULL)
        rc = no_alias(&db, in->AliasName, err);
    rc = rc != 0 ? rc : target(t, in->TargetKeyId, &k, err);
    rc = rc != 0 ? rc : kms_key_load(&db, old, &before, err);
    if (rc != 0)
        return rc;
    if (!np_str_eq(k.usage, before.usage) ||
        (k.spec->kind == KMS_SYMMETRIC) != (before.spec->kind == KMS_SYMMETRIC))
        return np_fault(err, &NP_ValidationException,
                        "Alias %.*s cannot be changed from a %s key to a %s key",
                        NP_FMT(alias_arn(&db, in->AliasName)), before.spec->name, k.spec->name);
    rc = np_exec(t, &put, err, "ssi", in->AliasName, k.id, np_txn_now_ms(t));
    if (rc == 0) { /* the new key first: at no time the alias names nothing */
        kms_key_changed(t, &k);
        kms_key_changed(t, &before);
    }
    return rc;
}

int kms_DeleteAlias_begin(struct np_req *rq, const struct kms_DeleteAliasRequest *in,
                          struct np_err *err)
{
    int rc = check_name(in->AliasName, err);
    return rc != 0 ? rc : np_apply(rq);
}

int kms_DeleteAlias_apply(struct np_txn *t, const struct kms_DeleteAliasRequest *in,
                          struct kms_DeleteAliasOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM kms_alias WHERE account = :account AND region = :region "
                "AND name = ?1");
    struct kms_db db = kms_db_txn(t);
    struct np_str old;
    struct kms_key k;
    (void)out;
    int rc = find(&db, in->AliasName, &old, err);
    if (rc == 0 && old.p == NULL)
        rc = no_alias(&db, in->AliasName, err);
    rc = rc != 0 ? rc : kms_key_load(&db, old, &k, err);
    rc = rc != 0 ? rc : np_exec(t, &del, err, "s", in->AliasName);
    if (rc == 0)
        kms_key_changed(t, &k);
    return rc;
}

/* --- the list --- */

static int list(struct np_req *rq, const struct kms_db *db, struct np_str key,
                const struct kms_page *page, struct kms_ListAliasesResponse *out,
                struct np_err *err)
{
    NP_SQL(all, "SELECT name, key, created_ms, updated_ms FROM kms_alias WHERE account = :account "
                "AND region = :region AND name > ?1 ORDER BY name LIMIT ?2");
    NP_SQL(of_key, "SELECT name, key, created_ms, updated_ms FROM kms_alias "
                   "WHERE account = :account AND region = :region AND key = ?3 AND name > ?1 "
                   "ORDER BY name LIMIT ?2");
    struct np_str after = page->after.p != NULL ? page->after : NP_STR("");
    int64_t limit = (int64_t)page->limit + 1;
    struct np_q *q = key.p != NULL ? np_q(db->c, &db->scope, &of_key, "sis", after, limit, key)
                                   : np_q(db->c, &db->scope, &all, "si", after, limit);
    out->Aliases.set = true;
    while (np_row(q)) {
        struct np_str name = np_col_str(q, 0, db->a);
        struct kms_AliasListEntry e = {
            .AliasName = name,
            .AliasArn = alias_arn(db, name),
            .TargetKeyId = np_col_str(q, 1, db->a),
            .CreationDate = KMS_INT(np_col_int(q, 2)),
            .LastUpdatedDate = KMS_INT(np_col_int(q, 3)),
        };
        KMS_PUSH(rq->arena, &out->Aliases, e);
    }
    return np_q_end(q, err);
}

static int by_name(const void *x, const void *y)
{
    const struct kms_AliasListEntry *a = x, *b = y;
    return np_str_cmp(a->AliasName, b->AliasName);
}

/* AWS: the names of its own keys are there before the keys, without a target
 * (tests/terraform/cases/kms_keys). */
static void add_predefined(struct np_req *rq, const struct kms_db *db, const struct kms_page *page,
                           struct kms_ListAliasesResponse *out)
{
    struct np_str name;
    for (size_t i = 0; kms_managed_alias(rq->arena, i, &name); i++) {
        if ((page->after.p != NULL && np_str_cmp(name, page->after) <= 0) ||
            kms_alias_find(rq->core, rq->account, rq->region, name).p != NULL)
            continue;
        struct kms_AliasListEntry e = {.AliasName = name, .AliasArn = alias_arn(db, name)};
        KMS_PUSH(rq->arena, &out->Aliases, e);
    }
    if (out->Aliases.n > 1)
        qsort(out->Aliases.v, out->Aliases.n, sizeof(*out->Aliases.v), by_name);
}

int kms_ListAliases(struct np_req *rq, const struct kms_ListAliasesRequest *in,
                    struct kms_ListAliasesResponse *out, struct np_err *err)
{
    struct kms_db db = kms_db_req(rq);
    struct kms_page page;
    const struct kms_key *k = NULL;
    int rc = kms_page_begin(rq, in->Limit, in->Marker, KMS_PAGE_DEFAULT, np_page_filter(in->KeyId),
                            &page, err);
    if (rc == 0 && in->KeyId.p != NULL)
        rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc == 0)
        rc = list(rq, &db, k != NULL ? np_str_dup(db.a, k->id) : NP_STR_NULL, &page, out, err);
    if (rc != 0)
        return rc;
    if (k == NULL)
        add_predefined(rq, &db, &page, out);
    bool more = out->Aliases.n > page.limit;
    out->Aliases.n = more ? page.limit : out->Aliases.n;
    kms_page_end(rq, &page, more, more ? out->Aliases.v[page.limit - 1].AliasName : NP_STR(""),
                 &out->Truncated, &out->NextMarker);
    return 0;
}
