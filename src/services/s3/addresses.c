/* SPDX-License-Identifier: Apache-2.0 */
/* addresses.c - S3's names as DNS, the proxy and `nephele endpoints` know them: all of them are at
 * the gateway. */
#include "services/s3/bucket_int.h"

#include "aws/endpoints.h"
#include "aws/names.h"
#include "aws/pool.h"
#include "io/rcu.h"
#include "services/s3/host.h"

#define TTL 60

/* AWS: the zone that an alias record names a website's endpoint by. */
static const struct {
    const char *region, *zone;
} zones[] = {
    {"af-south-1", "Z83WF9RJE8B12"},
    {"ap-east-1", "ZNB98KWMFR0R6"},
    {"ap-northeast-1", "Z2M4EHUR26P7ZW"},
    {"ap-northeast-2", "Z3W03O7B5YMIYP"},
    {"ap-northeast-3", "Z2YQB5RD63NC85"},
    {"ap-south-1", "Z11RGJOFQNVJUP"},
    {"ap-south-2", "Z02976202B4EZMXIPMXF7"},
    {"ap-southeast-1", "Z3O0J2DXBE1FTB"},
    {"ap-southeast-2", "Z1WCIGYICN2BYD"},
    {"ap-southeast-3", "Z01846753K324LI26A3VV"},
    {"ap-southeast-4", "Z0312387243XT5FE14WFO"},
    {"ap-southeast-5", "Z08660063OXLMA7F1FJHU"},
    {"ap-southeast-6", "Z05686083R66JX5C163TC"},
    {"ap-southeast-7", "Z0031014GXUMRZG6I14G"},
    {"ca-central-1", "Z1QDHH18159H29"},
    {"ca-west-1", "Z03565811Z33SLEZTHOUL"},
    {"eu-central-1", "Z21DNDUVLTQW6Q"},
    {"eu-central-2", "Z030506016YDQGETNASS"},
    {"eu-north-1", "Z3BAZG2TWCNX0D"},
    {"eu-south-1", "Z30OZKI7KPW7MI"},
    {"eu-south-2", "Z0081959F7139GRJC19J"},
    {"eu-west-1", "Z1BKCTXD74EZPE"},
    {"eu-west-2", "Z3GKZC51ZF0DB4"},
    {"eu-west-3", "Z3R1K369G5AVDG"},
    {"il-central-1", "Z09640613K4A3MN55U7GU"},
    {"me-central-1", "Z06143092I8HRXZRUZROF"},
    {"me-south-1", "Z1MPMWCPA7YB62"},
    {"mx-central-1", "Z057606446ZNVQJJ8WOP"},
    {"sa-east-1", "Z7KQH4QJS55SO"},
    {"us-east-1", "Z3AQBSTGFYJSTF"},
    {"us-east-2", "Z2O1EMRO9K5GLX"},
    {"us-west-1", "Z2F56UZL2M1ACD"},
    {"us-west-2", "Z3BJ6K6RIION7M"},
};

static struct np_str zone_of(struct np_str region)
{
    NP_EACH (z, zones)
        if (np_str_eq(np_str_of(z->region), region))
            return np_str_of(z->zone);
    return NP_STR_NULL;
}

/* --- names --- */

/* An alias record names the endpoint of all websites, without a bucket. */
static void parse(const struct np_core *core, struct np_str name, struct s3_host *out)
{
    char room[256] = "any.";
    s3_host_parse(core, name, out);
    if (out->kind != S3_HOST_OTHER || name.n + 4 > sizeof(room))
        return;
    memcpy(room + 4, name.p, name.n);
    struct s3_host all;
    s3_host_parse(core, np_str_n(room, name.n + 4), &all);
    if (all.kind != S3_HOST_WEBSITE || !np_str_is(all.bucket, "any"))
        return;
    *out = (struct s3_host){.kind = S3_HOST_WEBSITE};
    if (all.region.p != NULL)
        out->region = np_str_n(name.p + (all.region.p - room - 4), all.region.n);
}

/* AWS: names below these exist whether or not there is such a bucket. */
static int find(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out)
{
    const struct np_core *core = arg;
    struct s3_host h;
    if (!np_str_ends(name, NP_STR(".amazonaws.com")))
        return NP_ENOENT;
    parse(core, name, &h);
    if (h.kind == S3_HOST_OTHER || (h.kind == S3_HOST_WEBSITE && h.region.p == NULL))
        return NP_ENOENT;
    out->v[0] = np_pool_address(core, NP_POOL_GATEWAY);
    out->n = 1;
    out->ttl = TTL;
    out->zone_id = h.kind == S3_HOST_WEBSITE ? zone_of(h.region) : NP_STR_NULL;
    return 0;
}

/* --- endpoints --- */

struct listing {
    struct np_core *core;
    struct np_arena *a;
    np_endpoint_each *each;
    void *x;
};

static int list_site(void *arg, struct np_str name, void *value)
{
    const struct listing *l = arg;
    const struct s3_bucket *b = value;
    if (b->website == NULL)
        return 0;
    struct in_addr at = np_pool_address(l->core, NP_POOL_GATEWAY);
    ptrdiff_t colon = np_str_rchr(l->core->config.listen, ':');
    struct np_str port =
        np_str_sub(l->core->config.listen, (size_t)(colon + 1), l->core->config.listen.n);
    l->each(l->x, &(struct np_endpoint){
                      .resource = np_str_printf(l->a, "arn:aws:s3:::%.*s", NP_FMT(name)),
                      .kind = NP_STR("website"),
                      .name = np_str_printf(l->a, "%.*s.s3-website-%.*s.amazonaws.com",
                                            NP_FMT(name), NP_FMT(b->region)),
                      .address = np_pool_text(l->a, at),
                      .port = np_pool_port(l->core, at, 80),
                      .url = np_str_printf(l->a, "http://%.*s.s3-website.localhost:%.*s/",
                                           NP_FMT(name), NP_FMT(port))});
    return 0;
}

static void list(void *arg, struct np_arena *a, np_endpoint_each *each, void *x)
{
    struct np_core *core = arg;
    struct listing l = {core, a, each, x};
    np_pmap_each(np_rcu_get(&s3_state(core)->buckets), list_site, &l);
}

void s3_addresses_init(struct np_core *core)
{
    static const char *const globs[] = {"s3.amazonaws.com",
                                        "*.s3.amazonaws.com",
                                        "s3.*.amazonaws.com",
                                        "*.s3.*.amazonaws.com",
                                        "s3-*.amazonaws.com",
                                        "*.s3-*.amazonaws.com",
                                        NULL};
    np_name_source_add(
        core, &(struct np_name_source){.what = "s3", .arg = core, .find = find, .globs = globs});
    np_endpoint_source_add(core, list, core);
}
