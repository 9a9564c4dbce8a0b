/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - one HTTP request to the running region's own pages, waited for. */
#pragma once

#include "cli/cli.h"

/* Sends the data directory's token with it. Returns the HTTP status, or a negative code with
 * c->err. */
int cli_ask(struct cli *c, const char *method, struct np_str path, struct np_str *body);
/* A connection to the running region's gateway, *at, non-blocking. */
int cli_dial(struct cli *c, struct np_str *at, int *fd);
/* A GET that asks for another protocol, with the token. Returns the status, 101 when fd speaks it
 * from now on, or a negative code with c->err; *first is what came behind the head: the other
 * side's first bytes, or why not. */
int cli_upgrade(struct cli *c, struct np_str path, const char *protocol, int *fd,
                struct np_str *first);
/* The gateway as this host's programs reach it: "127.0.0.1:4566"; absent: not running. */
struct np_str cli_gateway(struct cli *c);
