/* SPDX-License-Identifier: Apache-2.0 */
/* prefixlist.c - managed prefix lists as items, with the entries of each version as rows. */
#include "services/ec2/vpc/prefixlist.h"

#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/filter.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist_int.h"
#include "services/ec2/firewall/sg_int.h"

/* --- versions as rows --- */

NP_SQL(read_sql, "SELECT entries FROM ec2_list_version WHERE account = :account"
                 " AND region = :region AND list = ?1 AND version = ?2");
NP_SQL(write_sql, "INSERT INTO ec2_list_version (account, region, list, version, entries)"
                  " VALUES (:account, :region, ?1, ?2, ?3)");
NP_SQL(trim_sql, "DELETE FROM ec2_list_version WHERE account = :account AND region = :region"
                 " AND list = ?1 AND version <= ?2");

int ec2_pl_read(const struct ec2_db *db, struct np_str id, int64_t version,
                struct ec2_PrefixListEntrySet *out, struct np_err *err)
{
    struct ec2_GetManagedPrefixListEntriesResult kept = {0};
    struct np_q *q = np_q(db->c, &db->scope, &read_sql, "si", id, version);
    bool there = np_row(q);
    struct np_str bytes = there ? np_col_str(q, 0, db->arena) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    if (rc == 0 && !there)
        return NP_ENOENT;
    if (rc == 0)
        rc =
            np_cbor_get(&ec2_GetManagedPrefixListEntriesResult_shape, bytes, db->arena, &kept, err);
    *out = kept.Entries;
    return rc;
}

int ec2_pl_write(struct np_txn *t, struct ec2_item *list,
                 const struct ec2_PrefixListEntrySet *entries, struct np_err *err)
{
    struct ec2_ManagedPrefixList *d = EC2_DETAIL(ManagedPrefixList, list);
    struct ec2_PrefixListOwn *own = list->own;
    struct ec2_GetManagedPrefixListEntriesResult keep = {.Entries = *entries};
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), EC2_LIST_BYTES_MAX);
    np_cbor_put(&ec2_GetManagedPrefixListEntriesResult_shape, &keep, &b);
    if (!np_buf_ok(&b))
        return np_fault(err, &EC2_ResourceLimitExceeded, "The entries of the list are too long.");
    own->Cidrs = (struct np_strs){0};
    own->Cidrs.v = np_new_array(np_txn_arena(t), struct np_str, entries->n + 1);
    for (size_t i = 0; i < entries->n; i++)
        own->Cidrs.v[own->Cidrs.n++] = entries->v[i].Cidr;
    own->Cidrs.set = true;
    int rc = np_exec(t, &write_sql, err, "sib", list->id, d->Version.v, np_buf_str(&b));
    if (rc == 0 && d->Version.v > EC2_LIST_VERSIONS_MAX)
        rc = np_exec(t, &trim_sql, err, "si", list->id, d->Version.v - EC2_LIST_VERSIONS_MAX);
    return rc < 0 ? rc : ec2_put(t, list, err);
}

/* --- entries --- */

static int take_entry(struct np_arena *a, bool v6, struct np_str cidr, struct np_str *out,
                      struct np_err *err)
{
    struct ec2_cidr c;
    if (v6 ? ec2_cidr6_ok(a, cidr, out) : ec2_cidr_parse(cidr, &c)) {
        if (!v6)
            *out = ec2_cidr_text(a, ec2_cidr_network(c));
        return 0;
    }
    return np_fault(err, &EC2_InvalidParameterValue,
                    "The CIDR '%.*s' is not a valid %s block of the list's address family",
                    NP_FMT(cidr), v6 ? "IPv6" : "IPv4");
}

static size_t entry_at(const struct ec2_PrefixListEntrySet *l, struct np_str cidr)
{
    size_t i = 0;
    while (i < l->n && !np_str_eq(l->v[i].Cidr, cidr))
        i++;
    return i;
}

static bool is_v6(const struct ec2_ManagedPrefixList *d)
{
    return np_str_is(d->AddressFamily, "IPv6");
}

static int check_call(const struct ec2_AddPrefixListEntries *add,
                      const struct ec2_RemovePrefixListEntries *remove, struct np_err *err)
{
    for (size_t i = 0; i < add->n; i++) {
        bool twice = false;
        for (size_t j = 0; j < i; j++)
            twice = twice || np_str_eq(add->v[i].Cidr, add->v[j].Cidr);
        for (size_t j = 0; remove != NULL && j < remove->n; j++)
            twice = twice || np_str_eq(add->v[i].Cidr, remove->v[j].Cidr);
        if (twice)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "The CIDR '%.*s' appears more than once in the request",
                            NP_FMT(add->v[i].Cidr));
        if (add->v[i].Description.n > EC2_DESCRIPTION_MAX)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "The description of an entry may have %d characters",
                            EC2_DESCRIPTION_MAX);
    }
    return 0;
}

static int add_entries(struct np_arena *a, const struct ec2_ManagedPrefixList *d,
                       const struct ec2_AddPrefixListEntries *add, struct ec2_PrefixListEntrySet *l,
                       struct np_err *err)
{
    for (size_t i = 0; i < add->n; i++) {
        struct ec2_PrefixListEntry e = {.Description = add->v[i].Description};
        int rc = take_entry(a, is_v6(d), add->v[i].Cidr, &e.Cidr, err);
        if (rc < 0)
            return rc;
        size_t at = entry_at(l, e.Cidr);
        if (at < l->n)
            l->v[at].Description = e.Description;
        else
            EC2_APPEND(a, *l, e);
    }
    l->set = true;
    if ((int64_t)l->n > d->MaxEntries.v)
        return np_fault(err, &EC2_PrefixListMaxEntriesExceeded,
                        "You cannot have more than %lld entries in prefix list '%.*s'.",
                        (long long)d->MaxEntries.v, NP_FMT(d->PrefixListId));
    return 0;
}

static int remove_entries(struct np_arena *a, const struct ec2_ManagedPrefixList *d,
                          const struct ec2_RemovePrefixListEntries *remove,
                          struct ec2_PrefixListEntrySet *l, struct np_err *err)
{
    for (size_t i = 0; i < remove->n; i++) {
        struct np_str cidr;
        int rc = take_entry(a, is_v6(d), remove->v[i].Cidr, &cidr, err);
        if (rc < 0)
            return rc;
        size_t at = entry_at(l, cidr);
        if (at == l->n)
            return np_fault(err, &EC2_InvalidPrefixListModification,
                            "The CIDR '%.*s' is not an entry of prefix list '%.*s'", NP_FMT(cidr),
                            NP_FMT(d->PrefixListId));
        EC2_REMOVE(*l, at);
    }
    return 0;
}

/* --- made --- */

static int check_name(struct np_str name, struct np_err *err)
{
    if (name.n == 0 || name.n > EC2_DESCRIPTION_MAX)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The name of a prefix list has 1 to %d characters", EC2_DESCRIPTION_MAX);
    if (np_str_istarts(name, NP_STR("com.amazonaws")))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The name of a prefix list cannot start with com.amazonaws");
    return 0;
}

static int check_size(int64_t n, struct np_err *err)
{
    if (n >= 1 && n <= EC2_LIST_ENTRIES_MAX)
        return 0;
    return np_fault(
        err, &EC2_InvalidParameterValue,
        "Value (%lld) for parameter MaxEntries is invalid. It must be between 1 and %d.",
        (long long)n, EC2_LIST_ENTRIES_MAX);
}

int ec2_CreateManagedPrefixList_begin(struct np_req *rq,
                                      const struct ec2_CreateManagedPrefixListRequest *in,
                                      struct np_err *err)
{
    int rc = check_name(in->PrefixListName, err);
    if (rc == 0)
        rc = check_size(in->MaxEntries.v, err);
    if (rc == 0)
        rc = check_call(&in->Entries, NULL, err);
    if (rc < 0)
        return rc;
    if (!np_str_is(in->AddressFamily, "IPv4") && !np_str_is(in->AddressFamily, "IPv6"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter AddressFamily is invalid. It is IPv4 or IPv6.",
                        NP_FMT(in->AddressFamily));
    return np_apply(rq);
}

static int make(struct np_txn *t, const struct ec2_CreateManagedPrefixListRequest *in,
                struct ec2_item **out, struct np_err *err)
{
    const struct np_scope *scope = np_txn_scope(t);
    struct ec2_item *list = ec2_new(t, EC2_KIND_PREFIX_LIST);
    struct ec2_ManagedPrefixList *d = EC2_DETAIL(ManagedPrefixList, list);
    struct ec2_PrefixListEntrySet entries = {0};
    d->AddressFamily = in->AddressFamily;
    d->State = NP_STR("create-complete");
    d->PrefixListArn =
        ec2_arn(np_txn_arena(t), list->kind, scope->region, scope->account, list->id);
    d->PrefixListName = in->PrefixListName;
    d->MaxEntries = in->MaxEntries;
    d->Version = (struct np_opt_int){true, 1};
    d->OwnerId = scope->account;
    *out = list;
    int rc = add_entries(np_txn_arena(t), d, &in->Entries, &entries, err);
    return rc < 0 ? rc : ec2_pl_write(t, list, &entries, err);
}

int ec2_CreateManagedPrefixList_apply(struct np_txn *t,
                                      const struct ec2_CreateManagedPrefixListRequest *in,
                                      struct ec2_CreateManagedPrefixListResult *out,
                                      struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *list = NULL;
    struct ec2_tags tags;
    size_t n;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_PREFIX_LIST, &tags, err);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_PREFIX_LIST, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_LISTS_MAX)
        return np_fault(err, &EC2_ResourceLimitExceeded,
                        "You may have %d prefix lists in a region.", EC2_LISTS_MAX);
    if (rc == 0)
        rc = make(t, in, &list, err);
    if (rc == 0)
        rc = ec2_tag(t, list, tags.v, tags.n, err);
    if (rc < 0)
        return rc;
    out->PrefixList = list->detail;
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- found --- */

static int get(struct np_txn *t, struct np_str id, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    if (ec2_own_list(db.arena, db.scope.region, id) != NULL)
        return np_fault(err, &EC2_UnauthorizedOperation,
                        "You are not authorized to perform this operation: prefix list '%.*s' is "
                        "managed by AWS",
                        NP_FMT(id));
    return ec2_get(&db, EC2_KIND_PREFIX_LIST, id, out, err);
}

int ec2_pl_check(struct np_txn *t, struct np_str id, size_t *weight, bool *own, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_own_list *of_region = ec2_own_list(db.arena, db.scope.region, id);
    struct ec2_item *list = NULL;
    *own = of_region != NULL;
    *weight = *own ? of_region->cidrs.n : 0;
    if (*own)
        return 0;
    int rc = ec2_get(&db, EC2_KIND_PREFIX_LIST, id, &list, err);
    if (rc == 0)
        *weight = (size_t)EC2_DETAIL(ManagedPrefixList, list)->MaxEntries.v;
    return rc;
}

/* --- changed --- */

static int version_mismatch(struct np_err *err, const struct ec2_ManagedPrefixList *d)
{
    return np_fault(
        err, &EC2_PrefixListVersionMismatch,
        "The prefix list has the incorrect version number. Its current version is %lld.",
        (long long)d->Version.v);
}

/* Groups that use it have room for a list of that size. */
static int check_users(struct np_txn *t, const struct ec2_item *list, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_SecurityGroupRuleList none = {0};
    struct np_str *users;
    size_t n, n_rules;
    int rc = ec2_users(&db, list->id, "list", &users, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct ec2_item *rule, *group, **rules;
        rc = ec2_find(&db, EC2_KIND_GROUP_RULE, users[i], &rule, err);
        if (rc == 0)
            rc = ec2_get(&db, EC2_KIND_GROUP, EC2_DETAIL(SecurityGroupRule, rule)->GroupId, &group,
                         err);
        if (rc == 0)
            rc = ec2_rules_read(&db, group, &rules, &n_rules, err);
        if (rc == 0)
            rc = ec2_rules_check_room(t, rules, n_rules, &none, err);
        rc = rc == NP_ENOENT ? 0 : rc;
    }
    return rc;
}

static int resize(struct np_txn *t, struct ec2_item *list, int64_t size, struct np_err *err)
{
    struct ec2_ManagedPrefixList *d = EC2_DETAIL(ManagedPrefixList, list);
    int rc = check_size(size, err);
    if (rc < 0)
        return rc;
    if (size < (int64_t)EC2_OWN(PrefixListOwn, list)->Cidrs.n)
        return np_fault(err, &EC2_PrefixListMaxEntriesExceeded,
                        "The prefix list '%.*s' has more than %lld entries.", NP_FMT(list->id),
                        (long long)size);
    d->MaxEntries.v = size;
    rc = ec2_put(t, list, err);
    return rc < 0 ? rc : check_users(t, list, err);
}

static int change_entries(struct np_txn *t, struct ec2_item *list,
                          const struct ec2_ModifyManagedPrefixListRequest *in, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_ManagedPrefixList *d = EC2_DETAIL(ManagedPrefixList, list);
    struct ec2_PrefixListEntrySet entries;
    if (!in->CurrentVersion.set)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter CurrentVersion");
    if (in->CurrentVersion.v != d->Version.v)
        return version_mismatch(err, d);
    int rc = ec2_pl_read(&db, list->id, d->Version.v, &entries, err);
    if (rc == 0)
        rc = remove_entries(db.arena, d, &in->RemoveEntries, &entries, err);
    if (rc == 0)
        rc = add_entries(db.arena, d, &in->AddEntries, &entries, err);
    d->Version.v++;
    return rc < 0 ? rc : ec2_pl_write(t, list, &entries, err);
}

int ec2_ModifyManagedPrefixList_apply(struct np_txn *t,
                                      const struct ec2_ModifyManagedPrefixListRequest *in,
                                      struct ec2_ModifyManagedPrefixListResult *out,
                                      struct np_err *err)
{
    struct ec2_item *list = NULL;
    bool entries = in->AddEntries.n + in->RemoveEntries.n > 0;
    int rc = get(t, in->PrefixListId, &list, err);
    if (rc == 0)
        rc = check_call(&in->AddEntries, &in->RemoveEntries, err);
    if (rc == 0 && in->PrefixListName.p != NULL)
        rc = check_name(in->PrefixListName, err);
    if (rc < 0)
        return rc;
    struct ec2_ManagedPrefixList *d = EC2_DETAIL(ManagedPrefixList, list);
    if (in->MaxEntries.set && entries)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "You cannot modify the size and the entries of a prefix list at the same "
                        "time.");
    if (in->PrefixListName.p != NULL)
        d->PrefixListName = in->PrefixListName;
    d->State = NP_STR("modify-complete");
    if (in->MaxEntries.set)
        rc = resize(t, list, in->MaxEntries.v, err);
    else if (entries)
        rc = change_entries(t, list, in, err);
    else
        rc = ec2_put(t, list, err);
    if (rc == 0)
        rc = ec2_tag(t, list, NULL, 0, err);
    out->PrefixList = list->detail;
    return rc;
}

int ec2_RestoreManagedPrefixListVersion_apply(
    struct np_txn *t, const struct ec2_RestoreManagedPrefixListVersionRequest *in,
    struct ec2_RestoreManagedPrefixListVersionResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_PrefixListEntrySet entries;
    struct ec2_item *list = NULL;
    int rc = get(t, in->PrefixListId, &list, err);
    if (rc < 0)
        return rc;
    struct ec2_ManagedPrefixList *d = EC2_DETAIL(ManagedPrefixList, list);
    if (in->CurrentVersion.v != d->Version.v)
        return version_mismatch(err, d);
    rc = ec2_pl_read(&db, list->id, in->PreviousVersion.v, &entries, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The prefix list '%.*s' has no version %lld", NP_FMT(list->id),
                        (long long)in->PreviousVersion.v);
    if (rc == 0 && (int64_t)entries.n > d->MaxEntries.v)
        return np_fault(err, &EC2_PrefixListMaxEntriesExceeded,
                        "Version %lld has more entries than the list may have now.",
                        (long long)in->PreviousVersion.v);
    d->Version.v++;
    d->State = NP_STR("restore-complete");
    if (rc == 0)
        rc = ec2_pl_write(t, list, &entries, err);
    if (rc == 0)
        rc = ec2_tag(t, list, NULL, 0, err);
    out->PrefixList = list->detail;
    return rc;
}

int ec2_DeleteManagedPrefixList_apply(struct np_txn *t,
                                      const struct ec2_DeleteManagedPrefixListRequest *in,
                                      struct ec2_DeleteManagedPrefixListResult *out,
                                      struct np_err *err)
{
    struct ec2_item *list = NULL;
    int rc = get(t, in->PrefixListId, &list, err);
    if (rc == 0)
        rc = ec2_tag(t, list, NULL, 0, err); /* shown in the reply */
    if (rc == 0)
        rc = ec2_drop(t, list, err);
    if (rc == 0)
        rc = np_exec(t, &trim_sql, err, "si", list->id, INT64_MAX);
    if (rc < 0)
        return rc;
    EC2_DETAIL(ManagedPrefixList, list)->State = NP_STR("delete-complete");
    out->PrefixList = list->detail;
    return 0;
}
