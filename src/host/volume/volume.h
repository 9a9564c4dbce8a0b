/* SPDX-License-Identifier: Apache-2.0 */
/* volume.h - the disks of instances: files that are block devices, made, copied, attached, grown.
 *
 * A volume is the folder <data>/volumes/<id>/: `disk` is a sparse file, ciphertext when it is
 * encrypted; `spec` says what it is; `attached` to whom, as which loop device. A snapshot is the
 * same below <data>/snapshots/. Attached, the file (or, encrypted, the plaintext view of it by a
 * process of its own, view.h) is a loop device with direct I/O and sectors of 4096 bytes.
 * A root volume is ext4 with folders for the overlay above an image.
 * Without root there are no loop devices. The guest then has the view of a volume itself, a file in
 * its /dev, and what it mounts of it fuse2fs serves (userfs.c). A root volume is a plain folder
 * `root` with those, of no enforced size: the kernel wants more of what is below an overlay than
 * fuse2fs has. An encrypted root volume is refused, and without /dev/fuse all but folders are.
 *
 * Whatever takes longer than a few ms is done by a forked child that writes below
 * <id>.new/ and renames; the state says `making` meanwhile and `changed` is called at the end.
 * Nothing is kept in memory alone: a new agent finds volumes, loop devices and views again, takes
 * away what was half made, and frees loop devices of this data directory that nobody is attached
 * by.
 *
 * Keys: 64 bytes (AES-256-XTS) in a sealed memory file. What is made of an encrypted source has
 * that source's key; the key's mark in `spec` refuses any other one.
 *
 * Threads: the agent's only one. Verbs do not block; functions for instance children say so.
 * Errors: NP_ENOENT no such volume; NP_EBUSY not in this state (still attached, being made);
 * NP_EINVAL wrong size, id or key; NP_ENOSPC; NP_ENOTSUP cannot be had on this host.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"
#include "gen/agent/types.h"
#include "io/loop.h"

struct np_arena;
struct np_instance_guest;
struct np_namespaces;
struct np_volumes;

/* In the agent's namespaces. Makes the folders if need be, frees devices that a killed agent left.
 */
int np_volumes_open(struct np_str data_dir, const struct np_namespaces *ns, struct np_volumes **out,
                    struct np_err *err);
void np_volumes_watch(struct np_volumes *v, struct np_loop *l, void (*changed)(void *arg),
                      void *arg);
void np_volumes_free(struct np_volumes *v); /* ends nothing; NULL is fine */
/* At the agent's end, after the instances: frees loop devices, ends views. Number of volumes that
 * are still in use: call again. */
size_t np_volumes_stop_all(struct np_volumes *v);

/* --- verbs; `key` is a descriptor that stays the caller's, -1: none came --- */

int np_volume_ensure(struct np_volumes *v, const struct agent_EnsureVolumeRequest *rq, int key,
                     struct np_arena *a, struct agent_VolumeState *out, struct np_err *err);
int np_volume_remove(struct np_volumes *v, struct np_str id, struct np_err *err);
/* Also to an instance that does not run. Ready with Instance set when the device is there. */
int np_volume_attach(struct np_volumes *v, const struct agent_AttachVolumeRequest *rq, int key,
                     struct np_arena *a, struct agent_VolumeState *out, struct np_err *err);
/* Instance stays set while the guest has it mounted or open; then the last one to close frees it.
 * force: mounts of it in the guest are taken away first. */
int np_volume_detach(struct np_volumes *v, struct np_str id, bool force, struct np_arena *a,
                     struct agent_VolumeState *out, struct np_err *err);
int np_snapshot_ensure(struct np_volumes *v, const struct agent_EnsureSnapshotRequest *rq, int key,
                       struct np_arena *a, struct agent_VolumeState *out, struct np_err *err);
int np_snapshot_remove(struct np_volumes *v, struct np_str id, struct np_err *err);
int np_volumes_list(struct np_volumes *v, struct np_arena *a, struct agent_VolumeStateList *out,
                    struct np_err *err);

/* --- for instances: members of struct np_instance_parts, with arg = struct np_volumes --- */

/* In the agent: is this root volume attached to the instance? NP_EAGAIN: not yet (or it is being
 * made); else why not. Does not block. */
int np_volume_root_ready(void *arg, struct np_str volume, struct np_str instance,
                         struct np_err *err);
/* In the keeper, may block: a detached mount of the root volume, idmapped by `userns` (ids on the
 * disk are 0-based; -1: not). Its file system is grown to the volume's size before. Options
 * errors=remount-ro, discard, nodev; the mount goes with who holds it. `upper` and `work` are
 * there. An overlay on it must be mounted with fsuid = fsgid = the first id of the instance's range
 * and capabilities kept. Without root it is a bind mount of the folder. */
int np_volume_root(void *arg, struct np_str volume, struct np_str instance, int userns,
                   int *mount_fd, struct np_err *err);

/* In the agent: the folder with the device nodes of an instance, made if need be, on a file system
 * of the agent's that allows devices: to be bound at NP_VOLUME_DEV_DIR, read-only, not nodev. Nodes
 * come and go in it while the instance runs. *path stays NULL where there are no devices. */
#define NP_VOLUME_DEV_DIR "/dev/ebs"
int np_volume_devices(void *arg, struct np_str instance, struct np_arena *a, const char **path,
                      struct np_err *err);
/* In the keeper, some ms: names in the guest's /dev, links to the nodes: nvme1n1, sdf and xvdf,
 * disk/by-id/nvme-Amazon_Elastic_Block_Store_vol…, disk/by-uuid/… where there is a file system. */
int np_volume_names(void *arg, struct np_str instance, const struct np_instance_guest *g,
                    struct np_err *err);
/* In the agent, at the instance's end: its nodes go. */
void np_volume_guest_gone(void *arg, struct np_str instance);

/* Socket for linux.seccomp.listenerPath; NULL where there are no devices. Metadata is "<instance>
 * <first id>". The filter: mount -> SCMP_ACT_NOTIFY; fsopen, fspick, fsconfig, fsmount -> ENOSYS.
 * A process of the agent's answers from then on, outlives the agent, and ends with the guest:
 * mount(2) of an ext4 or xfs on one of the instance's devices by a process with CAP_SYS_ADMIN in
 * the guest's user namespace is done, idmapped, nodev, errors=remount-ro, discard; any other is the
 * kernel's. */
const char *np_volume_listener_path(const struct np_volumes *v);
/* Volumes are files in /dev, and what is mounted of them a process serves: umount2(2) and fsync(2)
 * are asked, too, so that what was written is on the disk when they return. */
bool np_volumes_are_served(const struct np_volumes *v);

/* How a running guest is found, when something is attached to it or taken away:
 * np_instance_find(). */
void np_volumes_guests(struct np_volumes *v,
                       bool (*find)(void *arg, const char *id, struct np_instance_guest *out),
                       void *arg);

/* What can be had on this host: one more finding, for which there is room. */
void np_volumes_doctor(struct np_volumes *v, struct np_arena *a, struct agent_FindingList *out);
