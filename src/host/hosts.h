/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.h - what kind of host this is, by what its files say, and the command that mends what it
 * lacks. Whether something works is found by trying; this says why not.
 */
#pragma once

#include <sys/types.h>

#include "base/str.h"

struct np_arena;
struct np_cgroups;

enum np_host_sysctl { NP_SYSCTL_ABSENT, NP_SYSCTL_OFF, NP_SYSCTL_ON };

struct np_host {
    uid_t uid;
    bool sys_admin;          /* root may make namespaces; false where root may not */
    bool container, wsl;     /* a container's, WSL2's */
    bool systemd;            /* it manages services here */
    bool id_programs;        /* newuidmap and newgidmap */
    bool subuids, subgids;   /* enough for a guest */
    bool no_user_namespaces; /* user.max_user_namespaces is 0 */
    enum np_host_sysctl unprivileged_userns; /* kernel.unprivileged_userns_clone: Debian's */
    enum np_host_sysctl apparmor_restricts;  /* kernel.apparmor_restrict_unprivileged_userns */
    struct np_str user, system, kernel;      /* names */
};

/* This user where the user namespace of this process was made. */
uid_t np_host_uid(void);
/* `root`: where its files are, "" but in tests. Texts are the arena's. */
void np_host_read(struct np_host *h, const char *root, uid_t uid, struct np_arena *a);
/* "Debian GNU/Linux 12 (bookworm), kernel 6.1.0, as user ann" */
struct np_str np_host_named(const struct np_host *h, struct np_arena *a);
/* Why no namespaces can be made, what is lost, and the command. */
struct np_str np_host_no_namespaces(const struct np_host *h, struct np_arena *a);
/* The same of subordinate ids; absent: nothing is lacking. */
struct np_str np_host_no_ids(const struct np_host *h, struct np_arena *a);
/* The same of limits, by np_cgroups_look(); absent: nothing is lacking. */
struct np_str np_host_no_limits(const struct np_host *h, const struct np_cgroups *c,
                                struct np_arena *a);
