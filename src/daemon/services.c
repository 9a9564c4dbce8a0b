/* SPDX-License-Identifier: Apache-2.0 */
/* services.c - the table of services, of services/services.def. */
#include "daemon/services.h"

#include "aws/tags.h"
#include "base/arena.h"
#include "host/reconcile.h"

#define NP_SERVICE(name) extern const struct np_service name##_service;
#include "services/services.def"
#undef NP_SERVICE

static const struct np_service *const table[] = {
#define NP_SERVICE(name) &name##_service,
#include "services/services.def"
#undef NP_SERVICE
    NULL, /* ends the table, and an empty one is legal too */
};

#define N_SERVICES  (NP_LEN(table) - 1)
#define N_OF_OTHERS 3 /* the front door's own tables, in both files, and the host's */

void np_services_list(struct np_core *core)
{
    core->services = table;
    core->n_services = N_SERVICES;
}

void np_services_migrations(struct np_arena *a, struct np_store_opts *o)
{
    const struct np_migration **list =
        np_new_array(a, const struct np_migration *, N_SERVICES + N_OF_OTHERS);
    size_t *n = np_new_array(a, size_t, N_SERVICES + N_OF_OTHERS);
    list[0] = np_aws_state_migrations;
    n[0] = np_aws_state_migrations_n;
    list[1] = np_aws_s3_migrations;
    n[1] = np_aws_s3_migrations_n;
    list[2] = np_host_migrations;
    n[2] = np_host_migrations_n;
    for (size_t i = 0; table[i] != NULL; i++) {
        list[N_OF_OTHERS + i] = table[i]->migrations;
        n[N_OF_OTHERS + i] = table[i]->n_migrations;
    }
    o->migrations = list;
    o->n_migrations = n;
    o->n_components = N_SERVICES + N_OF_OTHERS;
}

int np_services_init(struct np_core *core, struct np_err *err)
{
    for (size_t i = 0; table[i] != NULL; i++) {
        int rc = table[i]->init != NULL ? table[i]->init(core, err) : 0;
        if (rc != 0)
            return np_err_prefix(err, "the service %s", table[i]->name);
    }
    return 0;
}

int np_services_start(struct np_core *core, struct np_err *err)
{
    for (size_t i = 0; table[i] != NULL; i++) {
        int rc = table[i]->start != NULL ? table[i]->start(core, err) : 0;
        if (rc != 0)
            return np_err_prefix(err, "the service %s", table[i]->name);
    }
    return 0;
}

void np_services_fini(struct np_core *core)
{
    for (size_t i = NP_LEN(table) - 1; i-- > 0;) /* from the last one, before the NULL */
        if (table[i]->fini != NULL)
            table[i]->fini(core);
}
