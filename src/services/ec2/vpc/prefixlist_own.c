/* SPDX-License-Identifier: Apache-2.0 */
/* prefixlist_own.c - the region's own prefix lists: blocks of services that have a gateway
 * endpoint. */
#include "base/digest.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist_int.h"

/* Where S3 stands outside: 198.51.100.2. */
#define S3_ADDRESS 0xc6336402u

static const struct {
    const char *service;
    uint32_t address;
} lists[] = {
    {"s3", S3_ADDRESS},
};

/* AWS: ids of its lists differ by region and stay; pl-63a5400a is what is written for S3 in
 * us-east-1 (tests/sdk/test_ec2_prefix_lists.py). */
static struct np_str id_of(struct np_arena *a, struct np_str region, const char *service)
{
    uint64_t hash;
    if (np_str_is(region, "us-east-1") && strcmp(service, "s3") == 0)
        return NP_STR("pl-63a5400a");
    np_digest_once(NP_XXHASH64, np_str_printf(a, "%.*s.%s", NP_FMT(region), service), &hash);
    return np_str_printf(a, "pl-%08x", (unsigned)(hash & 0xffffffffu));
}

size_t ec2_own_lists(struct np_arena *a, struct np_str region, struct ec2_own_list **out)
{
    *out = np_new_array(a, struct ec2_own_list, NP_LEN(lists));
    for (size_t i = 0; i < NP_LEN(lists); i++) {
        struct ec2_own_list *l = &(*out)[i];
        struct np_str ip = ec2_ip_text(a, lists[i].address);
        l->service = lists[i].service;
        l->id = id_of(a, region, l->service);
        l->name = np_str_printf(a, "com.amazonaws.%.*s.%s", NP_FMT(region), l->service);
        EC2_APPEND(a, l->cidrs, np_str_printf(a, "%.*s/32", NP_FMT(ip)));
    }
    return NP_LEN(lists);
}

const struct ec2_own_list *ec2_own_list(struct np_arena *a, struct np_str region, struct np_str id)
{
    struct ec2_own_list *all;
    size_t n = ec2_own_lists(a, region, &all);
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(all[i].id, id))
            return &all[i];
    return NULL;
}

struct np_str ec2_pl_of_service(struct np_arena *a, struct np_str region, struct np_str service)
{
    for (size_t i = 0; i < NP_LEN(lists); i++)
        if (np_str_eq(service, np_str_of(lists[i].service)))
            return id_of(a, region, lists[i].service);
    return NP_STR_NULL;
}

void ec2_pl_cidrs(const struct ec2_view *view, struct np_str region, struct np_str id,
                  struct np_arena *a, struct np_strs *out)
{
    const struct ec2_item *list = ec2_see(view, EC2_KIND_PREFIX_LIST, id);
    const struct ec2_own_list *own = list == NULL ? ec2_own_list(a, region, id) : NULL;
    *out = (struct np_strs){0};
    if (list != NULL)
        *out = (struct np_strs){EC2_OWN(PrefixListOwn, list)->Cidrs.v,
                                EC2_OWN(PrefixListOwn, list)->Cidrs.n, true};
    else if (own != NULL)
        *out = own->cidrs;
}
