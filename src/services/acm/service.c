/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - Certificate Manager as a service: registers, starts, ends. */
#include "aws/arn.h"
#include "services/acm/acm_int.h"

extern const struct np_migration acm_migrations[];
extern const size_t acm_migrations_n;
extern const struct np_service acm_service;

struct state {
    struct acm_projection *projection;
    struct acm_keeper *keeper;
};

/* Tags by ARN, for simulation. */
static int tags_of(void *arg, struct np_arena *a, struct np_str arn, const struct np_tag **tags,
                   size_t *n)
{
    struct np_core *core = arg;
    struct np_arn parts;
    struct np_tag *have;
    if (!np_arn_parse(arn, &parts))
        return NP_ENOENT;
    const struct np_scope scope = {parts.account, parts.region, 0};
    *n = np_tags_get(np_store_reader(core->store, NP_DB_STATE), &scope, arn, a, &have);
    *tags = have;
    return 0;
}

static int init(struct np_core *core, struct np_err *err)
{
    struct state *s = np_heap_new(struct state);
    (void)err;
    np_core_set_state(core, "acm", s);
    s->projection = acm_projection_new(core);
    np_provide_resource(
        core, &(struct np_resource_provider){.service = "acm", .arg = core, .tags = tags_of});
    return 0;
}

static int start(struct np_core *core, struct np_err *err)
{
    struct state *s = np_core_state(core, "acm");
    (void)err;
    s->keeper = acm_keeper_new(core);
    return 0;
}

static void fini(struct np_core *core)
{
    struct state *s = np_core_state(core, "acm");
    if (s == NULL)
        return;
    acm_keeper_free(s->keeper);
    acm_projection_free(s->projection);
    np_free(s);
}

const struct np_service acm_service = {
    .name = "acm",
    .model = &acm_model,
    .migrations = acm_migrations,
    .n_migrations = 1,
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = acm_authorize,
};
