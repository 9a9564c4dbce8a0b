/* SPDX-License-Identifier: Apache-2.0 */
/* volume_int.h - the insides of volumes: folders, loop devices, children that work. */
#pragma once

#include <sys/stat.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/xts.h"
#include "host/instance/instance.h"
#include "host/limits.h"
#include "host/process.h"
#include "host/volume/volume.h"

#define NP_VOLUME_JOBS_MAX 1024           /* children, and views, at a time; over it NP_EAGAIN */
#define NP_VOLUME_NODE     16             /* "nvme123n1" */
#define NP_VOLUME_NODES    "volumes/.dev" /* a tmpfs of the agent's */
#define NP_VOLUME_MARK     16             /* bytes that tell keys apart */
#define NP_VOLUME_VIEW     (-2)           /* `loop` of one whose view the guest has itself */

struct np_volume_job {
    struct np_watch watch;
    struct np_volumes *all;
    int pidfd;
    bool used;
};

struct np_volumes {
    struct np_str data_dir;
    int volumes, snapshots; /* folders */
    bool user;              /* in a user namespace: no devices */
    struct np_err no_loops; /* why none can be had; code 0: they can */
    struct np_err no_views; /* where there are no loops: why guests cannot have views, either */
    int listener;           /* seccomp notifications; -1: none */
    struct np_watch listening;
    char *listener_path;
    uint32_t next_loop;
    struct np_loop *loop;
    struct np_timer look;
    void (*changed)(void *arg);
    void *arg;
    bool (*find)(void *arg, const char *id, struct np_instance_guest *out);
    void *find_arg;
    struct np_volume_job jobs[NP_VOLUME_JOBS_MAX];
    struct np_arena *arena;
};

/* --- what a folder says (spec.c) --- */
struct np_volume_spec_ {
    uint32_t size_mib;
    bool encrypted, root; /* root: a file system with our folders */
    bool folder;          /* no disk but `root`/ */
    uint8_t mark[NP_VOLUME_MARK];
};
struct np_volume_on { /* `attached` */
    char instance[NP_PROCESS_ID_MAX + 1], device[NP_PROCESS_ID_MAX + 1];
    int64_t loop;   /* number of the loop device; NP_VOLUME_VIEW; -1: a folder has none */
    unsigned place; /* nvme<place>n1; 0: the root */
};
typedef char np_volume_id[NP_PROCESS_ID_MAX + 1];

/* Guests have volumes as loop devices, or as views. */
static inline bool np_volumes_loops(const struct np_volumes *v)
{
    return v->no_loops.code == 0;
}

static inline bool np_volumes_views(const struct np_volumes *v)
{
    return v->no_loops.code != 0 && v->no_views.code == 0;
}

static inline bool np_volume_in_guest(const struct np_volume_on *on)
{
    return on->place != 0 && on->loop != -1;
}

/* Folder <id><suffix>; -1. */
int np_volume_open(int parent, const char *id, const char *suffix);
int np_volume_spec_read(int dir, struct np_volume_spec_ *out);
int np_volume_spec_write(int dir, const struct np_volume_spec_ *s, struct np_err *err);
bool np_volume_on_read(int dir, struct np_volume_on *out);
int np_volume_on_write(int dir, const struct np_volume_on *on, struct np_err *err);
struct np_str np_volume_reason(int dir, struct np_arena *a); /* `failed`; absent: none */
struct np_str
np_volume_interrupted(int dir); /* of one that nobody makes any more, without `failed` */
void np_volume_fail(int dir, struct np_str text);
bool np_volume_has(int dir, const char *name);
void np_volume_mark_of(const uint8_t key[NP_XTS_KEY], uint8_t mark[NP_VOLUME_MARK]);
/* 64 bytes of a sealed memory file. NP_EINVAL: it is none. */
int np_volume_key(int fd, uint8_t key[NP_XTS_KEY], struct np_err *err);
/* Removes a folder and what is in it; parent is open. */
int np_volume_remove_tree(int parent, const char *name, struct np_err *err);

/* --- children (job.c) --- */
/* Locks of a folder, held while a child works at it. */
#define NP_VOLUME_MAKE   "lock"
#define NP_VOLUME_ATTACH "attach.lock"
#define NP_VOLUME_GROW   "grow.lock"
/* Held by the processes that serve an attached one. */
#define NP_VOLUME_VIEW_LOCK "view.lock"
#define NP_VOLUME_FS_LOCK   "fs.lock"
bool np_volume_is_worked_at(int dir); /* attached or grown */
/* Takes the lock `lock` in dir, forks; the child runs fn(arg), writes a failure to `failed` in dir
 * and ends. Its descriptors are those of `keep` and dir. `changed` follows. */
typedef int np_volume_work_fn(void *arg, struct np_err *err);
struct np_volume_work {
    int dir;
    const char *lock;
    np_volume_work_fn *fn;
    void *arg;
    int keep[6];
    size_t n_keep;
};
int np_volume_work(struct np_volumes *v, const struct np_volume_work *w, struct np_err *err);
/* One that an earlier agent started. */
void np_volume_work_watch(struct np_volumes *v, pid_t pid);
void np_volume_jobs_forget(struct np_volumes *v);

/* --- files (file.c), in children --- */
int np_volume_blank(int dir, uint64_t size_bytes, struct np_err *err);
/* The file of a fresh root file system of that size, made once. */
int np_volume_template(struct np_volumes *v, uint32_t size_mib, int *fd, struct np_err *err);
/* `disk` in dir: as `from`, then holes up to size; sealed with `key` where that is not NULL. */
int np_volume_copy(int dir, int from, uint64_t size_bytes, const uint8_t *key, struct np_err *err);
int np_volume_root_folder(int dir, struct np_err *err);
int np_volume_copy_folder(int dir, int from, struct np_err *err);
/* Runs a program, waits. argv[0] is looked for in the usual folders; descriptors in it as
 * /proc/self/fd/N are open for it when they are not close-on-exec. */
int np_volume_run(const char *const *argv, struct np_err *err);

/* --- loop devices (loop.c) --- */
#define NP_LOOP_PATH 4300
int np_loops_probe(struct np_volumes *v, struct np_err *err);
uint32_t np_loopdev_draw(void); /* which number to begin with */
/* Binds `file` to a fresh device; for an encrypted one's view in a child. */
int np_loopdev_bind(struct np_volumes *v, int file, const char *id, int64_t *number,
                    struct np_err *err);
dev_t np_loopdev_number(int64_t number); /* 0: there is none */
bool np_loopdev_path(const struct np_volumes *v, int64_t number, char path[NP_LOOP_PATH]);
int np_loopdev_open(const struct np_volumes *v, int64_t number, int flags); /* -1 and errno */
bool np_loopdev_is(const struct np_volumes *v, int64_t number, const char *id);
/* True: no file is below it any more; else the last one to close sees to that. */
bool np_loopdev_unbind(const struct np_volumes *v, int64_t number);
/* The same, and takes the device away. True: it is gone. Takes some ten ms. */
bool np_loopdev_free(struct np_volumes *v, int64_t number);
int np_loopdev_resize(struct np_volumes *v, int64_t number, struct np_err *err);
/* Calls fn for every device bound to a file of a volume below the data directory. */
void np_loops_each(struct np_volumes *v, void (*fn)(void *arg, int64_t number, const char *id),
                   void *arg);

/* --- the plaintext view of an encrypted disk (views.c) --- */
/* In a child: starts the view's process unless it runs, `view` in dir is its file; opens it. */
int np_volume_view_start(int dir, int key, int *file, struct np_err *err);
pid_t np_volume_view_pid(int dir);
/* It ends when nobody has its file open or mounted any more. */
void np_volume_view_stop(int dir);
dev_t np_volume_view_dev(int dir); /* of what is mounted as `view`; 0: nothing is */
int np_volume_views_probe(struct np_err *err);
/* In a child: until *fd is closed the view writes nothing to the disk. */
int np_volume_view_hold(int dir, int *fd, struct np_err *err);
void np_volume_view_kill(int dir);

/* --- file systems (fs.c) --- */
/* "ext4", "xfs" or NULL. */
const char *np_volume_fs(int device, char uuid[40], uint64_t *size_bytes);
/* A detached mount of the device at `source`, a path of this process's root. Descriptor, or error.
 */
struct np_volume_mount {
    const char *type, *source, *options; /* options of the guest, checked; NULL: none */
    bool read_only, discard;
    unsigned attr; /* MOUNT_ATTR_… */
};
int np_volume_fs_mount(const struct np_volume_mount *m, struct np_err *err);
/* Freezes what is mounted of the device; *fd keeps it so until np_volume_thaw(); -1: nothing is. */
int np_volume_freeze(struct np_volumes *v, int64_t number, int *fd, struct np_err *err);
void np_volume_thaw(int fd);
void np_volume_thaw_number(struct np_volumes *v, int64_t number);
void np_volume_grow_mounted(struct np_volumes *v, int64_t number);
/* Nothing is written to the device any more by what is mounted of it. */
void np_volume_shut_down(struct np_volumes *v, int64_t number);

/* --- file systems on views, served by fuse2fs (userfs.c) --- */
/* A detached mount of the ext4 on the view, served by a process of its own in a cage; it is checked
 * before when it was not left in order. errno as of mount(2), also in *error. */
struct np_volume_userfs {
    int dir;
    const char *source; /* what /proc/mounts shows */
    bool read_only;
    unsigned attr;
};
int np_volume_fs_serve(const struct np_volume_userfs *f, int *error);
dev_t np_volume_fs_dev(int dir);         /* of what is, or was last, mounted so; 0: nothing was */
bool np_volume_fs_wait(int dir, int ms); /* until its process has ended */
void np_volume_fs_end(int dir); /* in a child: in order, and when that takes long by force */
void np_volume_fs_kill(int dir);
/* In a child: what is mounted in the guest is written down, then nothing is written until *fd is
 * closed and np_volume_fs_thaw(). */
int np_volume_fs_hold(int dir, pid_t guest, int *fd, struct np_err *err);
void np_volume_fs_thaw(int dir);
void np_volume_fs_sync(int dir, int mnt);   /* mnt: the guest's mount namespace */
int np_volume_fs_probe(struct np_err *err); /* are the programs there? */

/* --- a program that reads what a guest has written (cage.c) --- */
/* A child that sees /usr, the file `disk` (a detached mount) as /disk, an empty /m, nothing else:
 * no network, no other process, no rights. `fuse` (-1: none) is given to libfuse in place of
 * fusermount; `lock` (-1: none) stays open. Its pid, or -1 and errno. */
struct np_cage {
    const char *const *argv;
    int disk, fuse, lock;
};
pid_t np_cage_start(const struct np_cage *c);

/* --- system calls of guests (notify.c) --- */
int np_volume_listen(struct np_volumes *v, struct np_err *err);
void np_volume_listen_watch(struct np_volumes *v);

/* --- in the guest (guest.c) --- */
typedef void np_volume_on_fn(void *arg, const char *id, int dir, const struct np_volume_on *on);
/* Every attached volume; of one instance, or (NULL) of all. By paths: also in a keeper. */
void np_volumes_of(const struct np_volumes *v, const char *instance, np_volume_on_fn *fn,
                   void *arg);
/* Names by the file system's number, in the guest's /dev. */
void np_volume_link_fs(const struct np_volumes *v, int dev, int dir, const struct np_volume_on *on);
/* Its device, or view; 0: there is none. */
dev_t np_volume_dev(int dir, const struct np_volume_on *on);
/* Node and names in a guest that runs; nothing where none does. */
void np_volume_show(struct np_volumes *v, const char *id, int dir, const struct np_volume_on *on);
void np_volume_hide(struct np_volumes *v, const char *id, const struct np_volume_on *on);
/* In a child: stops writes of what is mounted, and takes the mounts away. */
int np_volume_cut(struct np_volumes *v, int dir, const struct np_volume_on *on, pid_t pid,
                  struct np_err *err);
/* Mount points of the device in an open `mountinfo`, in the order of mounting. */
size_t np_volume_mounts(int info, dev_t dev, struct np_arena *a, char *points[], size_t max);

/* --- between volume.c and attach.c --- */
bool np_volume_describe(struct np_volumes *v, bool snapshot, const char *id, struct np_arena *a,
                        struct agent_VolumeState *out);
int np_volume_grow(struct np_volumes *v, const char *id, int dir, uint32_t size_mib,
                   struct np_err *err);
/* Looks soon at what changes by itself. */
void np_volumes_look(struct np_volumes *v);
/* A child has ended: thaws what one that was killed had frozen. */
void np_volumes_after_work(struct np_volumes *v);
