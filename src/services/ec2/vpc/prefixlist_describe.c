/* SPDX-License-Identifier: Apache-2.0 */
/* prefixlist_describe.c - prefix lists as they are shown: the user's, and the region's own. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist_int.h"

#define OWNER "AWS"

static struct ec2_ManagedPrefixList shown(struct np_arena *a, struct np_str region,
                                          const struct ec2_own_list *l)
{
    return (struct ec2_ManagedPrefixList){
        .PrefixListId = l->id,
        .AddressFamily = NP_STR("IPv4"),
        .State = NP_STR("create-complete"),
        .PrefixListArn = np_str_printf(a, "arn:aws:ec2:%.*s:aws:prefix-list/%.*s", NP_FMT(region),
                                       NP_FMT(l->id)),
        .PrefixListName = l->name,
        .OwnerId = NP_STR(OWNER),
    };
}

static void add_all(struct np_req *rq, struct ec2_ManagedPrefixListSet *out)
{
    const struct ec2_item *const *lists;
    struct ec2_own_list *own;
    size_t n = ec2_see_all(ec2_view(rq), EC2_KIND_PREFIX_LIST, NP_STR_NULL, rq->arena, &lists);
    size_t n_own = ec2_own_lists(rq->arena, rq->region, &own);
    out->v = np_new_array(rq->arena, struct ec2_ManagedPrefixList, n + n_own);
    out->set = true;
    for (size_t i = 0; i < n_own; i++)
        out->v[out->n++] = shown(rq->arena, rq->region, &own[i]);
    for (size_t i = 0; i < n; i++)
        out->v[out->n++] = *EC2_SEEN(ManagedPrefixList, lists[i]);
}

/* Those of the ids alone; each is there. */
static int keep_asked(const struct np_strs *ids, struct ec2_ManagedPrefixListSet *l,
                      struct np_err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < ids->n; i++) {
        size_t at = 0;
        while (at < l->n && !np_str_eq(l->v[at].PrefixListId, ids->v[i]))
            at++;
        if (at == l->n)
            return ec2_not_found(err, EC2_KIND_PREFIX_LIST, ids->v[i]);
    }
    for (size_t i = 0; i < l->n && ids->n > 0; i++)
        if (ec2_among(ids, l->v[i].PrefixListId))
            l->v[kept++] = l->v[i];
    if (ids->n > 0)
        l->n = kept;
    return 0;
}

static const struct ec2_filter filters[] = {
    {.name = "owner-id", .path = "OwnerId"},
    {.name = "prefix-list-id", .path = "PrefixListId"},
    {.name = "prefix-list-name", .path = "PrefixListName"},
};

int ec2_DescribeManagedPrefixLists(struct np_req *rq,
                                   const struct ec2_DescribeManagedPrefixListsRequest *in,
                                   struct ec2_DescribeManagedPrefixListsResult *out,
                                   struct np_err *err)
{
    static const struct ec2_rows rows = {.shape = &ec2_ManagedPrefixList_shape,
                                         .filters = filters,
                                         .n_filters = NP_LEN(filters),
                                         .page_min = 1,
                                         .page_max = 100};
    add_all(rq, &out->PrefixLists);
    int rc = keep_asked(&in->PrefixListIds, &out->PrefixLists, err);
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return rc < 0 ? rc : ec2_filter_rows(rq, &rows, &ask, &out->PrefixLists, &out->NextToken, err);
}

/* --- the older call: the region's own --- */

static const struct ec2_filter own_filters[] = {
    {.name = "prefix-list-id", .path = "PrefixListId"},
    {.name = "prefix-list-name", .path = "PrefixListName"},
};

static int check_own_ids(struct np_req *rq, const struct np_strs *ids, struct np_err *err)
{
    for (size_t i = 0; i < ids->n; i++)
        if (ec2_own_list(rq->arena, rq->region, ids->v[i]) == NULL)
            return np_fault(err, &EC2_InvalidPrefixListIdNotFound,
                            "The prefix list ID '%.*s' does not exist", NP_FMT(ids->v[i]));
    return 0;
}

int ec2_DescribePrefixLists(struct np_req *rq, const struct ec2_DescribePrefixListsRequest *in,
                            struct ec2_DescribePrefixListsResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {
        .shape = &ec2_PrefixList_shape, .filters = own_filters, .n_filters = NP_LEN(own_filters)};
    const struct np_strs ids = {in->PrefixListIds.v, in->PrefixListIds.n, true};
    struct ec2_own_list *own;
    size_t n = ec2_own_lists(rq->arena, rq->region, &own);
    int rc = check_own_ids(rq, &ids, err);
    out->PrefixLists.set = true;
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (ids.n > 0 && !ec2_among(&ids, own[i].id))
            continue;
        EC2_PUSH(rq->arena, out->PrefixLists,
                 (struct ec2_PrefixList){.Cidrs = own[i].cidrs,
                                         .PrefixListId = own[i].id,
                                         .PrefixListName = own[i].name});
    }
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return rc < 0 ? rc : ec2_filter_rows(rq, &rows, &ask, &out->PrefixLists, &out->NextToken, err);
}

/* --- entries and users --- */

static int entries_of(struct np_req *rq, const struct ec2_GetManagedPrefixListEntriesRequest *in,
                      struct ec2_PrefixListEntrySet *out, struct np_err *err)
{
    const struct ec2_own_list *own = ec2_own_list(rq->arena, rq->region, in->PrefixListId);
    struct ec2_db db = ec2_db_of_req(rq);
    struct ec2_item *list;
    for (size_t i = 0; own != NULL && i < own->cidrs.n; i++)
        EC2_PUSH(rq->arena, *out, (struct ec2_PrefixListEntry){.Cidr = own->cidrs.v[i]});
    if (own != NULL)
        return 0;
    int rc = ec2_get(&db, EC2_KIND_PREFIX_LIST, in->PrefixListId, &list, err);
    if (rc < 0)
        return rc;
    int64_t version =
        in->TargetVersion.set ? in->TargetVersion.v : EC2_SEEN(ManagedPrefixList, list)->Version.v;
    rc = ec2_pl_read(&db, list->id, version, out, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The prefix list '%.*s' has no version %lld", NP_FMT(list->id),
                        (long long)version);
    return rc;
}

int ec2_GetManagedPrefixListEntries(struct np_req *rq,
                                    const struct ec2_GetManagedPrefixListEntriesRequest *in,
                                    struct ec2_GetManagedPrefixListEntriesResult *out,
                                    struct np_err *err)
{
    static const struct ec2_rows rows = {
        .shape = &ec2_PrefixListEntry_shape, .page_min = 1, .page_max = 100};
    int rc = entries_of(rq, in, &out->Entries, err);
    struct ec2_ask ask = {.max = in->MaxResults, .token = in->NextToken};
    return rc < 0 ? rc : ec2_filter_rows(rq, &rows, &ask, &out->Entries, &out->NextToken, err);
}

/* A rule's group, else whatever refers to it (a route table). */
static struct np_str user_of(const struct ec2_view *v, struct np_str id)
{
    const struct ec2_item *rule = ec2_see(v, EC2_KIND_GROUP_RULE, id);
    return rule != NULL ? EC2_SEEN(SecurityGroupRule, rule)->GroupId : id;
}

int ec2_GetManagedPrefixListAssociations(
    struct np_req *rq, const struct ec2_GetManagedPrefixListAssociationsRequest *in,
    struct ec2_GetManagedPrefixListAssociationsResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {
        .shape = &ec2_PrefixListAssociation_shape, .page_min = 5, .page_max = 255};
    struct ec2_db db = ec2_db_of_req(rq);
    struct np_strs seen = {0};
    struct np_str *users;
    size_t n;
    if (ec2_see(ec2_view(rq), EC2_KIND_PREFIX_LIST, in->PrefixListId) == NULL)
        return ec2_not_found(err, EC2_KIND_PREFIX_LIST, in->PrefixListId);
    int rc = ec2_users(&db, in->PrefixListId, "list", &users, &n, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++) {
        struct np_str user = user_of(ec2_view(rq), users[i]);
        if (ec2_among(&seen, user))
            continue;
        EC2_PUSH(rq->arena, seen, user);
        EC2_PUSH(
            rq->arena, out->PrefixListAssociations,
            (struct ec2_PrefixListAssociation){.ResourceId = user, .ResourceOwner = rq->account});
    }
    struct ec2_ask ask = {.max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, &out->PrefixListAssociations, &out->NextToken, err);
}
