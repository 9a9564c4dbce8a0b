/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - Systems Manager as the front door sees it: Parameter Store. */
#include "aws/arn.h"
#include "services/ssm/ssm_int.h"

extern const struct np_migration ssm_migrations[];
extern const struct np_service ssm_service;

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
    (void)err;
    const struct np_resource_provider p = {.service = "ssm", .arg = core, .tags = tags_of};
    np_provide_resource(core, &p);
    np_core_set_state(core, "ssm", ssm_expiry_new(core));
    return 0;
}

static int start(struct np_core *core, struct np_err *err)
{
    (void)err;
    ssm_expiry_start(np_core_state(core, "ssm"));
    return 0;
}

static void fini(struct np_core *core)
{
    ssm_expiry_free(np_core_state(core, "ssm"));
}

const struct np_service ssm_service = {
    .name = "ssm",
    .model = &ssm_model,
    .migrations = ssm_migrations,
    .n_migrations = 1,
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = ssm_authorize,
};
