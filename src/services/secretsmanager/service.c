/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - Secrets Manager as a service: registers, ends. */
#include "services/secretsmanager/secretsmanager_int.h"

extern const struct np_migration secretsmanager_migrations[];
extern const size_t secretsmanager_migrations_n;
extern const struct np_service secretsmanager_service;

static int init(struct np_core *core, struct np_err *err)
{
    (void)err;
    np_core_set_state(core, "secretsmanager", secretsmanager_projection_new(core));
    secretsmanager_delete_init(core);
    return 0;
}

static void fini(struct np_core *core)
{
    struct secretsmanager_projection *p = np_core_state(core, "secretsmanager");
    if (p != NULL)
        secretsmanager_projection_free(p);
}

const struct np_service secretsmanager_service = {
    .name = "secretsmanager",
    .model = &secretsmanager_model,
    .migrations = secretsmanager_migrations,
    .n_migrations = 1,
    .init = init,
    .fini = fini,
    .authorize = secretsmanager_authorize,
};
