/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup.h - the control groups of instances: nephele-<mark of the data directory>/<id>, in every
 * hierarchy of version 1 or in the one of version 2. Made and removed by the agent; whoever joins
 * one takes along what it starts. The runtime knows nothing of them.
 *
 * In version 2 the upper group is below the root of the hierarchy, or, where that is not this
 * user's, below the group that this process was started in, if that was delegated. No group may
 * have both processes and others below it: what is in that one goes into a group beside, `.rest`.
 */
#pragma once

#include <limits.h>

#include "base/err.h"
#include "gen/agent/types.h"

#define NP_CGROUP_ROOT "/sys/fs/cgroup"

struct np_cgroups {
    int version; /* 0: none can be had, `why` */
    bool user;   /* without root's rights */
    char name[32];
    char base[PATH_MAX];    /* of version 2: what has the upper group */
    bool cpu, memory, pids; /* what can be limited; where not all can, `why` */
    struct np_str data_dir; /* borrowed */
    struct np_err why;
};

struct np_cgroup_limits {
    uint64_t milli_cpus, memory_bytes, pids;
};

/* Tries to make the upper group, which is there while it has others in it. `user`: root is only
 * that of a user namespace. data_dir: its true path; its run/cgroup says where groups were made. */
void np_cgroups_find(struct np_cgroups *c, struct np_str data_dir, bool user);
/* What that would find from here, without making or moving anything. */
void np_cgroups_look(struct np_cgroups *c, bool user);
/* The upper group, with what a group in it needs. */
int np_cgroups_upper(const struct np_cgroups *c, struct np_err *err);
/* Whether a hierarchy of version 1 has it. */
bool np_cgroups_v1_has(const char *controller);
/* Every controller that groups of version 1 are made for. */
extern const char *const np_cgroups_v1[7];
/* Fine when there are none to be had. */
int np_cgroup_make(struct np_cgroups *c, const char *id, const struct np_cgroup_limits *l,
                   struct np_err *err);
/* The files that a process joins by, to be opened while the hierarchies are in sight. */
#define NP_CGROUP_DOORS 8
struct np_cgroup_doors {
    int fd[NP_CGROUP_DOORS];
    size_t n;
};
int np_cgroup_doors(const struct np_cgroups *c, const char *id, struct np_cgroup_doors *out,
                    struct np_err *err);
int np_cgroup_join(const struct np_cgroup_doors *d); /* the calling process; 0 or errno */
void np_cgroup_usage(const struct np_cgroups *c, const char *id, struct agent_InstanceState *out);
void np_cgroup_remove(const struct np_cgroups *c, const char *id);
/* Removes those for which `keep` says no. */
void np_cgroups_sweep(const struct np_cgroups *c, bool (*keep)(void *arg, const char *id),
                      void *arg);
/* The upper group, when nothing is in it. */
void np_cgroups_end(const struct np_cgroups *c);
