/* SPDX-License-Identifier: Apache-2.0 */
/* services.h - what the daemon does with every service, in the order of services/services.def. */
#pragma once

#include "aws/core.h"

void np_services_list(struct np_core *core);
/* The tables of the front door and of every service. */
void np_services_migrations(struct np_arena *a, struct np_store_opts *o);
int np_services_init(struct np_core *core, struct np_err *err);
int np_services_start(struct np_core *core, struct np_err *err);
/* Of those whose init ran or not: a service's fini looks at its own state. In reverse order. */
void np_services_fini(struct np_core *core);
