/* SPDX-License-Identifier: Apache-2.0 */
/* instance.h - the instances of the agent: started by id, found again by the next agent.
 *
 * Each has a folder run/instances.d/<id>/ and a keeper: a fork of the agent that is pid 1 of a pid
 * namespace and has a mount namespace of its own, in which it prepares the root file system and
 * lets the OCI runtime start the guest's init. What happens inside cannot outlive it: the kernel
 * ends every process of a pid namespace with its first, and mounts, the runtime's state and the
 * overlay go with the mount namespace. Left over are the control group and the folder, which are
 * the agent's to take away. The keeper holds the lock of its folder (lives.h), reads the console,
 * starts the guest again when it reboots, and writes how it ended.
 *
 * Threads: the agent's only one. Nothing here waits for the guest; what changes is told by
 * `changed` of the watch (the agent sends NP_AGENT_CHANGED) and read by np_instances_list().
 */
#pragma once

#include "base/err.h"
#include "gen/agent/types.h"
#include "io/loop.h"

struct np_instances;

/* A guest that runs. */
struct np_instance_guest {
    pid_t pid;            /* its init, as the agent sees it */
    uint32_t base, count; /* its ids begin there; how many it has */
};

/* What other parts of the agent do for an instance; each may be NULL. In the keeper `arg` is a
 * copy, as it was when the instance was started. Volumes: see host/volume.h. */
struct np_instance_parts {
    void *networks;
    /* The network namespace of the guest; the descriptor is the caller's. In the agent. Without it
     * the guest has an empty one that ends with it. */
    int (*netns)(void *networks, const char *id, struct np_err *err);
    void *arg; /* of the rest */
    /* May the root volume be mounted? In the agent. */
    int (*root_ready)(void *arg, struct np_str volume, struct np_str id, struct np_err *err);
    /* A detached mount with `upper` and `work`, ids mapped by `userns` (-1: not). In the keeper.
     * Without it the folder volumes/<id>/root of the data directory. */
    int (*root)(void *arg, struct np_str volume, struct np_str id, int userns, int *mount_fd,
                struct np_err *err);
    /* Folder with its device nodes, for `devices_at`. In the agent. */
    int (*devices)(void *arg, struct np_str id, struct np_arena *a, const char **path,
                   struct np_err *err);
    const char *devices_at;
    /* Names of the devices in the guest's /dev. In the keeper, before the guest goes on. */
    int (*names)(void *arg, struct np_str id, const struct np_instance_guest *g,
                 struct np_err *err);
    void (*gone)(void *arg, struct np_str id); /* in the agent, when it has ended */
    const char *mounts_listener;               /* socket for mount(2) of guests; NULL: none */
    bool served; /* volumes are files in /dev that processes serve; it answers umount2(2) and
                    fsync(2), too */
};

/* `data_dir`/run/instances.d is made if need be. */
int np_instances_open(struct np_str data_dir, struct np_instances **out, struct np_err *err);
/* After the agent's namespaces are entered: tries what this host allows, in a child, and from then
 * on instances can be. `user`: in a user namespace. */
void np_instances_begin(struct np_instances *p, bool user, const struct np_instance_parts *parts);
void np_instances_free(struct np_instances *p); /* ends nothing */
/* Watches all that run, takes away what ended without its keeper; after the agent's start. */
void np_instances_watch(struct np_instances *p, struct np_loop *l, void (*changed)(void *arg),
                        void *arg);

/* An instance of the built-in image is about to be started: what it starts from is made meanwhile,
 * if it is not there. That is done some seconds after the agent's start in any case. */
void np_instances_prepare(struct np_instances *p);
/* Level-triggered: told again it changes nothing. Another Boot than the one that runs asks that to
 * end; told again when it has, it starts. One that has ended with the same Boot stays ended.
 * NP_EINVAL: an id, image or size that cannot be; NP_E2BIG: too many; NP_ENOTSUP: instances cannot
 * run on this host, and why. */
int np_instance_ensure(struct np_instances *p, const struct agent_EnsureInstanceRequest *rq,
                       struct np_arena *a, struct agent_InstanceState *out, struct np_err *err);
/* Asks it to end: the guest's init ends its processes in order, and by force after
 * NP_INSTANCE_STOP_MS; `force`: at once. NP_ENOENT: nothing is left, out is not written. */
int np_instance_stop(struct np_instances *p, struct np_str id, bool force, struct np_arena *a,
                     struct agent_InstanceState *out, struct np_err *err);
/* NP_EBUSY: it still runs, and is ended by force meanwhile. Fine when there is none. */
int np_instance_remove(struct np_instances *p, struct np_str id, struct np_err *err);
int np_instances_list(struct np_instances *p, bool usage, struct np_arena *a,
                      struct agent_InstanceStateList *out, struct np_err *err);
/* A descriptor that is the caller's: a connection (SOCK_SEQPACKET, guest/control.h) or a file.
 * NP_ENOENT: no such instance, or it does not run. */
int np_instance_open(struct np_instances *p, struct np_str id, struct np_str door, int *fd,
                     struct np_err *err);
/* False: it does not run. */
bool np_instance_find(struct np_instances *p, const char *id, struct np_instance_guest *out);

/* Asks all to end; number of those that still run. */
size_t np_instances_stop_all(struct np_instances *p);
/* Pid of a keeper, for namespaces whose holder is gone; 0: none. */
pid_t np_instances_any(struct np_instances *p, char id[64]);
bool np_instance_runs(struct np_instances *p, const char *id, pid_t keeper);
/* NP_ENOTSUP: they cannot run on this host, and why. */
int np_instances_able(const struct np_instances *p, struct np_err *err);
/* What of isolation and limits this host allows, by having tried; up to NP_INSTANCE_FINDINGS. */
#define NP_INSTANCE_FINDINGS 2
size_t np_instances_doctor(const struct np_instances *p, struct np_arena *a,
                           struct agent_Finding *out);
