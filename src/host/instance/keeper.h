/* SPDX-License-Identifier: Apache-2.0 */
/* keeper.h - the keeper of one instance: what instance.h says of it. Its insides: rootfs.c
 * (mounts), bundle.c (what the runtime is told), keeper.c (its life). All blocking, in the keeper's
 * own process. */
#pragma once

#include "host/instance/cgroup.h"
#include "host/instance/instance.h"
#include "base/buf.h"
#include "host/instance/isolation.h"
#include "host/lives.h"

struct np_keeper {
    const struct agent_EnsureInstanceRequest *rq;
    struct np_arena *arena;
    char id[NP_PROCESS_ID_MAX + 1];
    int dir, all, lock;   /* its folder, that of all instances, its locked file */
    const char *home;     /* path of its folder */
    const char *data_dir; /* absolute */
    const char *image;    /* folder of a root file system; NULL: the built-in one */
    const char *all_home; /* path of the folder of all */
    struct np_str ca_pem; /* the region's authority; absent: there is none yet */
    const char *guest;    /* folder with the guest's program and the region's certificate */
    const char *devices;  /* folder with device nodes; NULL: none */
    int netns;            /* -1: an own one */
    int runtime;          /* the runtime's program; -1: by its path */
    const struct np_isolation *isolation;
    const struct np_cgroups *cgroups;
    const struct np_instance_parts *parts;
    uint32_t base;
};

/* In a child made by np_keeper_fork(), which has pid and mount namespaces of its own. */
_Noreturn void np_keeper_main(const struct np_keeper *k);
pid_t np_keeper_fork(void);

/* Where it mounts what it makes: a folder of the host's, covered in its mount namespace alone.
 * NULL: there is none. */
const char *np_keeper_area(const struct np_keeper *k);
/* The area becomes the current folder. In it: root, dev, sys, nephele, ebs, for the guest. */
int np_rootfs_make(const struct np_keeper *k, struct np_err *err);

/* How the built-in image is made for instances of that isolation. */
struct np_builtin_opts;
void np_keeper_builtin(const char *all_home, struct np_str ca_pem, const struct np_isolation *i,
                       struct np_builtin_opts *out);

/* config.json for the runtime. */
struct np_str np_bundle_text(const struct np_keeper *k, struct np_arena *a);
/* The member "seccomp" of it. */
void np_seccomp_put(const struct np_keeper *k, struct np_buf *b);
