/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what the commands share. A command gets the words after its name and returns the exit
 * status. */
#pragma once

#include "daemon/config.h"
#include "store/store.h"

extern const struct np_store_image np_store_images[NP_DBS]; /* written by make_image.c */

struct cli {
    struct np_arena *arena;
    int argc;
    char **argv;
    struct np_settings settings;
    struct np_err err;
};

/* Reads settings; flags named in `own` (NULL-terminated, may be NULL) stay in argv. */
bool cli_read(struct cli *c, enum np_settings_for who, const char *const *own);
/* Is --name there? Takes it out of argv. */
bool cli_take(struct cli *c, const char *name);
/* The value of --name=VALUE, taken out of argv; empty: it is not there. */
struct np_str cli_take_value(struct cli *c, const char *name);
/* True when no word is left; else says that it does not know the first. */
bool cli_end(struct cli *c);
/* Prints "nephele: …" and returns 1. */
int cli_fail(struct cli *c);
int cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
struct np_str cli_in_data(struct cli *c, const char *name);
pid_t cli_pid(struct cli *c);             /* of the supervisor; 0: not running */
void cli_status_instances(struct cli *c); /* lines of status */

int cli_serve(struct cli *c);
int cli_start(struct cli *c);
int cli_stop(struct cli *c);
int cli_status(struct cli *c);
int cli_endpoints(struct cli *c);
int cli_logs(struct cli *c);
int cli_env(struct cli *c);
int cli_ca(struct cli *c);
int cli_account(struct cli *c);
int cli_audit(struct cli *c);
int cli_master_key(struct cli *c);
int cli_reset(struct cli *c);
int cli_doctor(struct cli *c);
int cli_connect(struct cli *c);
int cli_image(struct cli *c);
int cli_exec(struct cli *c);
int cli_ssh(struct cli *c);
int cli_console(struct cli *c);
