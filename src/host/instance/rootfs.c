/* SPDX-License-Identifier: Apache-2.0 */
/* rootfs.c - the root file system of a guest, in the mount namespace of its keeper.
 *
 *   v      the root volume: upper, work; usr, usr-work for the built-in image
 *   l0     the image, or what the built-in one has beside /usr
 *   l1 l2  of the built-in one: what it adds to /usr, and the host's /usr
 *   root   overlay of v/upper on l0, and on root/usr one of v/usr on l1 and l2
 *
 * With a range of ids lower layers and volume are mapped mounts, so that ids on the disk begin at
 * 0, and the overlay is mounted with the file-system ids of the guest's root: by them it makes
 * what it makes in the upper layer.
 */
#include "host/instance/builtin.h"
#include "host/instance/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"

#define AREA_OPTIONS "mode=711,size=1m"

/* --- ids of the guest's root, for making files that are its own --- */

static void become(uint32_t base)
{
    if (base == 0)
        return;
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
    setfsgid(base);
    setfsuid(base);
}

static void be_root(uint32_t base)
{
    if (base == 0)
        return;
    setfsuid(0);
    setfsgid(0);
    prctl(PR_SET_SECUREBITS, 0, 0, 0, 0);
}

static int make_dir(const char *path, mode_t mode, struct np_err *err)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s of the root file system", path);
    return 0;
}

/* --- layers --- */

static int attach(int fd, const char *at, struct np_err *err)
{
    if (make_dir(at, 0755, err) != 0)
        return err->code;
    if (syscall(SYS_move_mount, fd, "", AT_FDCWD, at, 4 /* MOVE_MOUNT_F_EMPTY_PATH */) != 0)
        return np_err_errno(err, errno, "cannot mount %s of the root file system", at);
    return 0;
}

static int clone_mount(const char *path, int userns, struct np_err *err)
{
    NP_AUTO_FD fd = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC);
    if (fd < 0)
        return np_err_errno(err, errno, "cannot clone %s", path);
    if (userns >= 0 && np_isolation_map(fd, userns, false) != 0)
        return np_err_errno(err, errno, "cannot map the ids of %s", path);
    return np_fd_take(&fd);
}

static int layer(const char *path, const char *at, int userns, struct np_err *err)
{
    NP_AUTO_FD fd = clone_mount(path, userns, err);
    return fd < 0 ? fd : attach(fd, at, err);
}

static int plain_volume(const struct np_keeper *k, int userns, int *fd, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str volumes = np_str_printf(a, "%s/volumes", k->data_dir);
    struct np_str own = np_str_printf(a, "%.*s/%.*s", NP_FMT(volumes), NP_FMT(k->rq->Root));
    const char *root = np_str_z(a, np_str_printf(a, "%.*s/root", NP_FMT(own)));
    static const char *const below[] = {"upper", "work"};
    int rc = make_dir(np_str_z(a, volumes), 0700, err);
    if (rc == 0)
        rc = make_dir(np_str_z(a, own), 0700, err);
    if (rc == 0)
        rc = make_dir(root, 0755, err);
    NP_EACH (name, below)
        if (rc == 0)
            rc = make_dir(np_str_z(a, np_str_printf(a, "%s/%s", root, *name)), 0755, err);
    if (rc == 0)
        *fd = clone_mount(root, userns, err);
    return rc != 0 ? rc : *fd < 0 ? *fd : 0;
}

static int volume(const struct np_keeper *k, int userns, struct np_err *err)
{
    int got = -1;
    int rc = k->parts->root != NULL
                 ? k->parts->root(k->parts->arg, k->rq->Root, k->rq->Id, userns, &got, err)
                 : plain_volume(k, userns, &got, err);
    NP_AUTO_FD fd = got;
    return rc != 0 ? rc : attach(fd, "v", err);
}

/* --- overlays --- */

static bool is_users(const struct np_isolation *i)
{
    return i->mode == NP_ISOLATION_ONE || i->mode == NP_ISOLATION_SHARED;
}

static int overlay(const struct np_keeper *k, const char *lower, const char *upper,
                   const char *work, const char *at, struct np_err *err)
{
    char options[256];
    snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s%s", lower, upper, work,
             is_users(k->isolation) ? ",userxattr" : "");
    uint32_t ids = k->isolation->mode == NP_ISOLATION_RANGE ? k->base : 0;
    become(ids);
    int rc = 0;
    if ((mkdir(upper, 0755) != 0 && errno != EEXIST) || (mkdir(work, 0755) != 0 && errno != EEXIST))
        rc = np_err_errno(err, errno, "cannot make %s on the root volume", upper);
    else if (mount("overlay", at, "overlay", MS_NODEV, options) != 0)
        rc = np_err_errno(err, errno, "cannot mount the overlay of %s", at);
    be_root(ids);
    return rc;
}

static int image_root(const struct np_keeper *k, int userns, struct np_err *err)
{
    int rc = layer(k->image, "l0", userns, err);
    if (rc == 0)
        rc = make_dir("root", 0755, err);
    return rc != 0 ? rc : overlay(k, "l0", "v/upper", "v/work", "root", err);
}

void np_keeper_builtin(const char *all_home, struct np_str ca_pem, const struct np_isolation *i,
                       struct np_builtin_opts *out)
{
    *out = (struct np_builtin_opts){.home = all_home,
                                    .ca_pem = ca_pem,
                                    .user = is_users(i),
                                    .owners = i->mode != NP_ISOLATION_ONE};
}

static int builtin_root(const struct np_keeper *k, int userns, struct np_err *err)
{
    struct np_arena *a = k->arena;
    struct np_builtin_opts o;
    const char *path = NULL;
    np_keeper_builtin(k->all_home, k->ca_pem, k->isolation, &o);
    int rc = np_builtin_make(&o, a, &path, err);
    const char *root = np_str_z(a, np_str_printf(a, "%s/tree", path));
    const char *usr = np_str_z(a, np_str_printf(a, "%s/usr", path));
    if (rc == 0)
        rc = layer(root, "l0", userns, err);
    if (rc == 0)
        rc = layer(usr, "l1", userns, err);
    if (rc == 0)
        rc = layer("/usr", "l2", userns, err);
    if (rc == 0)
        rc = make_dir("root", 0755, err);
    if (rc == 0)
        rc = overlay(k, "l0", "v/upper", "v/work", "root", err);
    return rc != 0 ? rc : overlay(k, "l1:l2", "v/usr", "v/usr-work", "root/usr", err);
}

/* --- devices --- */

static const struct {
    const char *name;
    unsigned major, minor;
} nodes[] = {{"dev/null", 1, 3},   {"dev/zero", 1, 5},    {"dev/full", 1, 7},
             {"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0}};

static const char *const links[][2] = {{"/proc/self/fd", "dev/fd"},
                                       {"/proc/self/fd/0", "dev/stdin"},
                                       {"/proc/self/fd/1", "dev/stdout"},
                                       {"/proc/self/fd/2", "dev/stderr"},
                                       {"pts/ptmx", "dev/ptmx"}};

static bool own(const char *path, uint32_t base)
{
    return base == 0 || lchown(path, base, base) == 0;
}

/* A node, or, where none can be made, the host's bound over a file. */
static bool node(const char *name, unsigned major, unsigned minor, uint32_t base)
{
    char host[32];
    if (mknod(name, S_IFCHR | 0666, makedev(major, minor)) == 0)
        return chmod(name, 0666) == 0 && own(name, base);
    snprintf(host, sizeof(host), "/%.30s", name != NULL ? name : "");
    NP_AUTO_FD fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    return fd >= 0 && mount(host, name, NULL, MS_BIND, NULL) == 0;
}

/* A tmpfs of the keeper's user namespace: on one of the guest's own no node works. */
static int devices(const struct np_keeper *k, struct np_err *err)
{
    static const char *const folders[] = {"dev/pts", "dev/shm", "dev/mqueue"};
    if (make_dir("dev", 0755, err) != 0)
        return err->code;
    if (mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=1m") != 0)
        return np_err_errno(err, errno, "cannot mount the guest's /dev");
    bool fine = own("dev", k->base);
    NP_EACH (n, nodes)
        fine = fine && node(n->name, n->major, n->minor, k->base);
    NP_EACH (l, links)
        fine = fine && symlink((*l)[0], (*l)[1]) == 0;
    NP_EACH (f, folders)
        fine = fine && mkdir(*f, 0755) == 0 && own(*f, k->base);
    fine = fine && (k->devices == NULL || (mkdir("dev/ebs", 0755) == 0 && own("dev/ebs", k->base)));
    fine = fine && mkfifo("dev/console", 0622) == 0 && chmod("dev/console", 0622) == 0 &&
           own("dev/console", k->base);
    return fine ? 0 : np_err_errno(err, errno, "cannot make the guest's devices");
}

/* --- the keeper's own view --- */

/* The runtime wants one kind of control groups, and no business with them. */
static int hide_cgroups(struct np_err *err)
{
    if (access("/sys/fs/cgroup", F_OK) == 0 &&
        mount("tmpfs", "/sys/fs/cgroup", "tmpfs", 0, "size=4k,mode=755") != 0)
        return np_err_errno(err, errno, "cannot hide the control groups from the runtime");
    return 0;
}

/* A folder of the host's that anybody may enter, as the guest's root must on its way in; what is
 * below it is not seen in this mount namespace any more. */
const char *np_keeper_area(const struct np_keeper *k)
{
    static const char *const places[] = {"/mnt", "/media", "/srv", "/boot", "/opt", "/home"};
    struct np_str data = np_str_printf(k->arena, "%s/", k->data_dir);
    struct stat st;
    NP_EACH (p, places)
        if (stat(*p, &st) == 0 && S_ISDIR(st.st_mode) &&
            !np_str_starts(data, np_str_printf(k->arena, "%s/", *p)))
            return *p;
    return NULL;
}

static int area(const struct np_keeper *k, struct np_err *err)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0)
        return np_err_errno(err, errno, "cannot part the mounts from the agent's");
    const char *at = np_keeper_area(k);
    if (at == NULL || mount("tmpfs", at, "tmpfs", MS_NOSUID, AREA_OPTIONS) != 0 || chdir(at) != 0)
        return np_err_errno(err, errno, "cannot make a place for the mounts");
    return 0;
}

static int kernel_views(struct np_err *err)
{
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
        return np_err_errno(err, errno, "cannot mount /proc");
    if (make_dir("sys", 0755, err) != 0)
        return err->code;
    /* That of the guest's network. Where it may not be mounted the guest has none. */
    if (mount("sysfs", "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
        rmdir("sys");
    return hide_cgroups(err);
}

int np_rootfs_make(const struct np_keeper *k, struct np_err *err)
{
    NP_AUTO_FD userns = -1;
    umask(0);
    int rc = area(k, err);
    if (rc == 0)
        rc = kernel_views(err);
    if (rc == 0 && k->isolation->mode == NP_ISOLATION_RANGE &&
        (userns = np_isolation_userns(k->base, k->isolation->ids)) < 0)
        rc = np_err_errno(err, errno, "cannot make a user namespace");
    if (rc == 0)
        rc = volume(k, userns, err);
    if (rc == 0)
        rc = k->image != NULL ? image_root(k, userns, err) : builtin_root(k, userns, err);
    if (rc == 0)
        rc = devices(k, err);
    if (rc == 0)
        rc = layer(k->guest, "nephele", -1, err);
    if (rc == 0 && k->devices != NULL)
        rc = layer(k->devices, "ebs", -1, err);
    umask(022);
    return rc;
}
