/* SPDX-License-Identifier: Apache-2.0 */
/* core.c - keys of the region, its names, and the registry of what services provide. */
#include "aws/core.h"

#include "aws/core_int.h"
#include "aws/arn.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "base/map.h"
#include "io/loop.h"

void np_core_init(struct np_core *core)
{
    core->magic = NP_CORE_MAGIC;
    core->registry = np_heap_new(struct np_registry);
    core->registry->arena = np_arena_new();
    core->service_state = np_map_new();
}

void np_core_fini(struct np_core *core)
{
    np_arena_free(core->registry->arena);
    np_free(core->registry);
    np_map_free(core->service_state, NULL);
    np_wipe(core->root_key, sizeof(core->root_key));
}

void np_core_set_state(struct np_core *core, const char *service, void *state)
{
    np_map_put(core->service_state, np_str_of(service), state);
}

void *np_core_state(const struct np_core *core, const char *service)
{
    return np_map_get(core->service_state, np_str_of(service));
}

struct np_loop *np_core_loop(const struct np_core *core, size_t worker)
{
    np_assert(worker < core->n_workers);
    return core->workers[worker]->loop;
}

/* --- keys --- */

void np_core_key(const struct np_core *core, const char *purpose, uint8_t out[32])
{
    np_hmac_sha256(np_str_n(core->root_key, sizeof(core->root_key)), np_str_of(purpose), out);
}

struct np_str np_core_seal(const struct np_core *core, const char *purpose, struct np_str plain,
                           struct np_arena *a)
{
    uint8_t key[32];
    np_core_key(core, purpose, key);
    struct np_aead *c = np_aead_new(key);
    uint8_t *out = np_alloc(a, NP_AEAD_NONCE + plain.n + NP_AEAD_TAG);
    np_random(out, NP_AEAD_NONCE);
    np_aead_seal(c, out, np_str_of(purpose), plain.p, plain.n, out + NP_AEAD_NONCE);
    np_aead_free(c);
    np_wipe(key, sizeof(key));
    return np_str_n(out, NP_AEAD_NONCE + plain.n + NP_AEAD_TAG);
}

struct np_str np_core_unseal(const struct np_core *core, const char *purpose, struct np_str sealed,
                             struct np_arena *a)
{
    if (sealed.n < NP_AEAD_NONCE + NP_AEAD_TAG)
        return NP_STR_NULL;
    uint8_t key[32];
    np_core_key(core, purpose, key);
    struct np_aead *c = np_aead_new(key);
    size_t n = sealed.n - NP_AEAD_NONCE;
    char *out = np_alloc(a, n);
    bool ok = np_aead_open(c, (const uint8_t *)sealed.p, np_str_of(purpose),
                           sealed.p + NP_AEAD_NONCE, n, out);
    np_aead_free(c);
    np_wipe(key, sizeof(key));
    return ok ? np_str_n(out, n - NP_AEAD_TAG) : NP_STR_NULL;
}

/* --- regions of partition aws --- */

static const char *const regions[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
    "ca-central-1",   "ca-west-1",      "eu-central-1",   "eu-central-2",   "eu-north-1",
    "eu-south-1",     "eu-south-2",     "eu-west-1",      "eu-west-2",      "eu-west-3",
    "il-central-1",   "me-central-1",   "me-south-1",     "mx-central-1",   "sa-east-1",
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",
};

bool np_region_exists(struct np_str region)
{
    NP_EACH (r, regions)
        if (np_str_eq(region, np_str_of(*r)))
            return true;
    return false;
}

struct np_str np_region_home(const struct np_core *core)
{
    struct np_str rest = core->config.regions, first;
    return np_str_split(&rest, ',', &first) ? np_str_trim(first) : NP_STR("us-east-1");
}

bool np_region_ok(const struct np_core *core, struct np_str region)
{
    if (core->config.regions.n == 0)
        return np_region_exists(region);
    struct np_str rest = core->config.regions, one;
    while (np_str_split(&rest, ',', &one))
        if (np_str_eq(np_str_trim(one), region))
            return true;
    return false;
}

size_t np_region_names(const struct np_core *core, struct np_arena *a, struct np_str **out)
{
    size_t n = 0;
    *out = np_new_array(a, struct np_str, NP_LEN(regions));
    NP_EACH (r, regions)
        if (np_region_ok(core, np_str_of(*r)))
            (*out)[n++] = np_str_of(*r);
    return n;
}

/* --- the registry --- */

void np_provide_identity(struct np_core *core, const struct np_identity_provider *p)
{
    struct np_identity_provider *have = &core->registry->identity;
    if (p->session != NULL) {
        core->registry->session_arg = p->arg;
        have->session = p->session;
    }
    if (p->key == NULL)
        return;
    have->arg = p->arg;
    have->key = p->key;
    have->policies = p->policies;
    have->principal_tags = p->principal_tags;
    have->used = p->used;
}

const struct np_identity_provider *np_identity(const struct np_core *core)
{
    return &core->registry->identity;
}

void np_provide_resource(struct np_core *core, const struct np_resource_provider *p)
{
    struct np_registry *r = core->registry;
    np_assert(r->n_resources < NP_LEN(r->resources));
    r->resources[r->n_resources++] = *p;
}

const struct np_resource_provider *np_resource(const struct np_core *core, struct np_str arn)
{
    struct np_arn parts;
    if (!np_arn_parse(arn, &parts))
        return NULL;
    const struct np_registry *r = core->registry;
    for (size_t i = 0; i < r->n_resources; i++)
        if (np_str_eq(np_str_of(r->resources[i].service), parts.service))
            return &r->resources[i];
    return NULL;
}

void np_provide_accounts(struct np_core *core, const struct np_account_provider *p)
{
    core->registry->accounts = *p;
}

bool np_account_exists(const struct np_core *core, struct np_str account)
{
    const struct np_account_provider *p = &core->registry->accounts;
    return p->exists != NULL && p->exists(p->arg, account);
}

void np_route_add(struct np_core *core, const struct np_route *route)
{
    struct np_registry *r = core->registry;
    np_assert(r->n_routes < NP_LEN(r->routes));
    r->routes[r->n_routes++] = *route;
}

void np_host_add(struct np_core *core, bool (*owned)(struct np_core *core, struct np_str host))
{
    struct np_registry *r = core->registry;
    np_assert(r->n_hosts < NP_LEN(r->hosts));
    r->hosts[r->n_hosts++] = owned;
}

void np_page_add(struct np_core *core, const struct np_page *p)
{
    struct np_registry *r = core->registry;
    np_assert(r->n_pages < NP_LEN(r->pages));
    r->pages[r->n_pages++] = p;
}
