/* SPDX-License-Identifier: Apache-2.0 */
/* builtin.h - the built-in image: the host's /usr, and around it what a machine has that was
 * installed from the same packages and never used.
 *
 * Of the host's /etc there are only configuration files that are, by the package database's own
 * sums, just as the packages brought them, and what is no secret by its nature: the loader's cache,
 * names of system users (no passwords), the authorities that are trusted, links between programs.
 * Of /var only the folders that packages own, and the package database. Nothing of homes, /opt,
 * /srv or /usr/local.
 *
 * Blocking, some hundred ms when it is made; in a keeper, or before in a child (builtin_early.h).
 * Whole or not at all, one maker at a time.
 */
#pragma once

#include "base/err.h"

struct np_builtin_opts {
    const char *home;     /* folder of all instances; it is made in there */
    struct np_str ca_pem; /* becomes trusted; absent: not */
    bool user;            /* marks of overlays that an ordinary user's kernel reads */
    bool owners;          /* there are other ids than this one */
};

/* *path: a folder with `tree` and `usr`, for this state of the host. */
int np_builtin_make(const struct np_builtin_opts *o, struct np_arena *a, const char **path,
                    struct np_err *err);
/* The same in this process, which keeps the memory that it takes. */
int np_builtin_make_here(const struct np_builtin_opts *o, struct np_arena *a, struct np_err *err);
bool np_builtin_is_made(const struct np_builtin_opts *o);
