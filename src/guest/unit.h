/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - a unit file of a service, as far as `systemctl` here honours it. */
#pragma once

#include "guest/guest.h"

#define UNIT_COMMANDS_MAX 16

struct unit {
    const char *name; /* with .service */
    const char *path;
    const char *description;
    const char *type; /* simple, exec, notify, forking, oneshot, idle */
    const char *user, *group, *folder, *pid_file, *wanted_by, *restart;
    const char *start[UNIT_COMMANDS_MAX], *before[UNIT_COMMANDS_MAX], *after[UNIT_COMMANDS_MAX];
    const char *stop[UNIT_COMMANDS_MAX], *reload[UNIT_COMMANDS_MAX];
    const char *environment[UNIT_COMMANDS_MAX], *files[UNIT_COMMANDS_MAX];
    const char *runtime; /* RuntimeDirectory */
    unsigned restart_ms;
    bool remain;
};

/* NULL: there is none; names without .service are taken. */
struct unit *unit_find(struct np_arena *a, const char *name);
/* For itself: tests. */
struct unit *unit_parse(struct np_arena *a, const char *name, struct np_str text);
/* A command line as argv; $NAME and ${NAME} by the environment, %i and %n by the unit. Prefixes
 * (-, @, +, !) are taken off; *may_fail: it had a -. */
char **unit_argv(struct np_arena *a, const struct unit *u, const char *line, bool *may_fail);
