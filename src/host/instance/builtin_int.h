/* SPDX-License-Identifier: Apache-2.0 */
/* builtin_int.h - what the parts of the built-in image's making share. */
#pragma once

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "host/instance/builtin.h"

#define NP_BUILTIN_FILE_MAX (16u << 20)

struct np_builtin {
    const struct np_builtin_opts *o;
    struct np_arena *a;
    const char *tree, *usr; /* being made */
};

/* All paths are of the guest ("/etc/x"); parents are made. They fail silently where an image can do
 * without, and say so by false. */
const char *np_builtin_at(const struct np_builtin *b, const char *path);
bool np_builtin_dir(const struct np_builtin *b, const char *path, mode_t mode);
bool np_builtin_put(const struct np_builtin *b, const char *path, struct np_str bytes, mode_t mode);
bool np_builtin_link(const struct np_builtin *b, const char *to, const char *path);
/* The host's link of that path, the inode itself where it can be had: nobody can change what it
 * says. */
bool np_builtin_same_link(const struct np_builtin *b, const char *to, const char *path);
bool np_builtin_copy(const struct np_builtin *b, const char *path); /* the host's, with its mode */
void np_builtin_own(const struct np_builtin *b, const char *path, uid_t uid, gid_t gid);
struct np_str np_builtin_read(const struct np_builtin *b, const char *path); /* the host's */

void np_builtin_etc(const struct np_builtin *b);
void np_builtin_var(const struct np_builtin *b);
