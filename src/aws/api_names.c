/* SPDX-License-Identifier: Apache-2.0 */
/* api_names.c - SERVICE[.REGION].amazonaws.com of the services that are served: a name source. */
#include "aws/api_names.h"

#include "aws/browser.h"
#include "aws/core_int.h"
#include "aws/pool.h"
#include "base/arena.h"

#define TTL 60

static bool is_served(const struct np_core *core, struct np_str prefix)
{
    for (size_t i = 0; i < core->n_services; i++)
        if (np_str_eq(np_str_of(core->services[i]->model->codec->endpoint_prefix), prefix))
            return true;
    return false;
}

/* AWS: S3 Control has the account before its name. */
static bool is_api(const struct np_core *core, struct np_str name)
{
    static const struct np_str suffix = {".amazonaws.com", 14};
    struct np_str service, region;
    if (!np_str_ends(name, suffix))
        return false;
    name.n -= suffix.n;
    np_str_cut(np_without_account(name), '.', &service, &region);
    return is_served(core, service) && (region.p == NULL || np_region_ok(core, region));
}

static int find(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out)
{
    const struct np_core *core = arg;
    if (!is_api(core, name))
        return NP_ENOENT;
    out->v[0] = np_pool_address(core, NP_POOL_GATEWAY);
    out->n = 1;
    out->ttl = TTL;
    return 0;
}

void np_api_names_init(struct np_core *core)
{
    struct np_arena *a = core->registry->arena;
    /* Of each service its name with a region and without one. */
    const char **globs = np_new_array(a, const char *, 2 * core->n_services + 1);
    for (size_t i = 0; i < core->n_services; i++) {
        const char *prefix = core->services[i]->model->codec->endpoint_prefix;
        globs[2 * i] = np_str_z(a, np_str_printf(a, "%s.amazonaws.com", prefix));
        globs[2 * i + 1] = np_str_z(a, np_str_printf(a, "%s.*.amazonaws.com", prefix));
    }
    np_name_source_add(
        core, &(struct np_name_source){.what = "apis", .arg = core, .find = find, .globs = globs});
}
