/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - IAM as a service: registers, starts, ends. */
#include "services/iam/iam_int.h"

extern const struct np_migration iam_migrations[];
extern const size_t iam_migrations_n;

struct state {
    struct iam_projection *projection;
    struct iam_used *used;
};

struct iam_projection *iam_projection(const struct np_core *core)
{
    return ((const struct state *)np_core_state(core, "iam"))->projection;
}

struct iam_used *iam_used(const struct np_core *core)
{
    return ((const struct state *)np_core_state(core, "iam"))->used;
}

static int init(struct np_core *core, struct np_err *err)
{
    struct state *s = np_heap_new(struct state);
    np_core_set_state(core, "iam", s);
    s->used = iam_used_new();
    s->projection = iam_projection_new(core);
    iam_providers_register(core, s->projection);
    return 0;
}

static int start(struct np_core *core, struct np_err *err)
{
    return iam_used_start(iam_used(core), core, err);
}

static void fini(struct np_core *core)
{
    struct state *s = np_core_state(core, "iam");
    if (s == NULL)
        return;
    iam_projection_free(s->projection);
    iam_used_free(s->used);
    np_free(s);
}

const struct np_service iam_service = {
    .name = "iam",
    .model = &iam_model,
    .migrations = iam_migrations,
    .n_migrations = 1,
    .global = true,
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = iam_authorize,
    .invalid = iam_invalid,
};
