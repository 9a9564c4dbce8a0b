/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - root file systems for instances, each a folder <data>/images/<name>/: `rootfs`, and
 * `image`, which says what it is. Made whole or not at all: it gets its name last.
 *
 * Foreign archives are unpacked without trust: every name is resolved inside the new root
 * (openat2(RESOLVE_IN_ROOT)), "..", device nodes and sockets are not made, and sizes are limited.
 *
 * Threads: any; everything here blocks (files, archives, a child): a command, or a job.
 * Errors: NP_EINVAL: what was given is no image, and why; NP_EEXIST; NP_ENOENT; NP_E2BIG.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#define NP_IMAGE_BUILTIN "builtin" /* the host's own /usr; it has no folder */

struct np_image {
    struct np_str name;   /* "debian-12": [a-z0-9][a-z0-9-]*, 63 bytes at most */
    struct np_str os;     /* PRETTY_NAME of its os-release: "Debian GNU/Linux 12 (bookworm)" */
    struct np_str arch;   /* of its programs, as AWS says it: "x86_64", "arm64"; empty: not known */
    struct np_str user;   /* who is expected to log in: "admin" */
    struct np_str source; /* what it was made of */
    uint64_t bytes;       /* of its files */
    int64_t made_ms;
};

bool np_image_name_ok(struct np_str name);
/* "x86_64", "arm64": of this host. */
struct np_str np_image_host_arch(void);
/* PRETTY_NAME of the host, whose /usr the built-in image is. */
struct np_str np_image_host_os(struct np_arena *a);

/* All that are whole, sorted by name; of what is below data_dir/images. */
int np_images_list(struct np_str data_dir, struct np_arena *a, struct np_image **out, size_t *n,
                   struct np_err *err);

struct np_image_import {
    struct np_str data_dir, name;
    struct np_str from;   /* a file (tar, compressed or not; an OCI archive) or a folder (an OCI
                             layout, or a root file system) */
    struct np_str user;   /* empty: by the system that it is */
    struct np_str source; /* to be said of it; empty: the last part of `from` */
    int64_t now_ms;
    void (*skipped)(void *arg, struct np_str path, const char *why); /* may be NULL */
    void *arg;
};
int np_image_import(const struct np_image_import *o, struct np_arena *a, struct np_image *out,
                    struct np_err *err);
/* Of Debian, by mmdebstrap: `program` is its path, suite "bookworm", mirror may be empty. */
int np_image_build_debian(const struct np_image_import *o, struct np_str program,
                          struct np_str suite, struct np_str mirror, struct np_arena *a,
                          struct np_image *out, struct np_err *err);
int np_image_remove(struct np_str data_dir, struct np_str name, struct np_err *err);
/* Takes away what a killed import has left; not while one runs. */
void np_images_sweep(struct np_str data_dir);
