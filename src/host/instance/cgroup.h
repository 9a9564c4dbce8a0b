/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup.h - the control groups of instances: nephele-<mark of the data directory>/<id>, in every
 * hierarchy of version 1 or in the one of version 2. Made and removed by the agent; whoever joins
 * one takes along what it starts. The runtime knows nothing of them.
 */
#pragma once

#include "base/err.h"
#include "gen/agent/types.h"

struct np_cgroups {
    int version; /* 0: none can be had, `why` */
    char name[32];
    struct np_err why;
};

struct np_cgroup_limits {
    uint64_t milli_cpus, memory_bytes, pids;
};

/* Tries to make the upper group, which is there while it has others in it. */
void np_cgroups_find(struct np_cgroups *c, struct np_str data_dir);
/* Fine when there are none to be had. */
int np_cgroup_make(const struct np_cgroups *c, const char *id, const struct np_cgroup_limits *l,
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
