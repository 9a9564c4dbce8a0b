/* SPDX-License-Identifier: Apache-2.0 */
/* exec.h - a program inside an instance, waited for. */
#pragma once

#include "cli/cli.h"

struct cli_exec {
    const char *instance;    /* id, or another name that the region knows it by */
    const char *user;        /* "": root */
    const char *const *argv; /* NULL-terminated; empty: a login shell */
    bool tty;                /* standard input and output are a terminal, and so there */
    bool no_input;           /* standard input is not read */
};
/* Its exit status, 128 and the number of the signal that ended it, 127 when it could not be
 * started; 1 with a word when there is no instance or region. */
int cli_exec_run(struct cli *c, const struct cli_exec *e);
