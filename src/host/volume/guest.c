/* SPDX-License-Identifier: Apache-2.0 */
/* guest.c - the names that a guest has for its volumes, and taking them away. A guest may
 * write its /dev: every step is opened relative to the last, links are not followed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "host/volume/notify_text.h"
#include "host/volume/volume_int.h"
#include "io/file.h"

#define MODEL      "nvme-Amazon_Elastic_Block_Store_"
#define DISK_GROUP 6 /* of Debian and its like */
#define LINK_MAX   128

static void node_name(const struct np_volume_on *on, char out[NP_VOLUME_NODE])
{
    snprintf(out, NP_VOLUME_NODE, "nvme%un1", on->place);
}

/* Modes are said again: this process may have a mask. */
static int open_below(int dir, const char *name)
{
    bool made = mkdirat(dir, name, 0755) == 0;
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (made && fd >= 0)
        fchmod(fd, 0755);
    return fd;
}

static bool make_node(int dir, const char *node, dev_t number, uid_t base)
{
    unlinkat(dir, node, 0);
    return mknodat(dir, node, S_IFBLK | 0660, number) == 0 &&
           fchownat(dir, node, base, base + DISK_GROUP, AT_SYMLINK_NOFOLLOW) == 0 &&
           fchmodat(dir, node, 0660, 0) == 0;
}

static void link_to(int dir, const char *name, const char *target)
{
    unlinkat(dir, name, 0);
    if (symlinkat(target, dir, name) != 0)
        return; /* the guest has put something else there: it stays without this name */
}

/* "sdf" is also xvdf, and the other way round. */
static void link_device(int dev, const char *device, const char *node)
{
    char other[NP_PROCESS_ID_MAX + 8];
    link_to(dev, device, node);
    if (strncmp(device, "xvd", 3) == 0)
        snprintf(other, sizeof(other), "sd%s", device + 3);
    else if (strncmp(device, "sd", 2) == 0)
        snprintf(other, sizeof(other), "xvd%s", device + 2);
    else
        return;
    link_to(dev, other, node);
}

/* vol-0123 is vol0123 in serial numbers. */
static void id_name(const char *id, char out[LINK_MAX])
{
    const char *dash = strchr(id, '-');
    snprintf(out, LINK_MAX, MODEL "%.*s%s", dash != NULL ? (int)(dash - id) : 0, id,
             dash != NULL ? dash + 1 : id);
}

static void link_by(int dev, const char *folder, const char *name, const char *node)
{
    char target[64];
    NP_AUTO_FD disk = open_below(dev, "disk");
    NP_AUTO_FD by = disk >= 0 ? open_below(disk, folder) : -1;
    snprintf(target, sizeof(target), "../../%s", node);
    if (by >= 0)
        link_to(by, name, target);
}

dev_t np_volume_dev(int dir, const struct np_volume_on *on)
{
    return on->loop == NP_VOLUME_VIEW ? np_volume_view_dev(dir) : np_loopdev_number(on->loop);
}

void np_volume_link_fs(const struct np_volumes *v, int dev, int dir, const struct np_volume_on *on)
{
    char node[NP_VOLUME_NODE], uuid[40];
    uint64_t size;
    NP_AUTO_FD device = on->loop == NP_VOLUME_VIEW
                            ? openat(dir, "view", O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
                            : np_loopdev_open(v, on->loop, O_RDONLY);
    node_name(on, node);
    if (device >= 0 && np_volume_fs(device, uuid, &size) != NULL)
        link_by(dev, "by-uuid", uuid, node);
}

/* --- a view's file, bound over one in the guest's /dev --- */

static bool enter_mounts(int mnt, int dev)
{
    return setns(mnt, CLONE_NEWNS) == 0 && fchdir(dev) == 0;
}

/* One that a view before has left is taken away. */
static bool cover(int tree, const char *node)
{
    while (umount2(node, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        ;
    unlink(node);
    NP_AUTO_FD file = open(node, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return file >= 0 &&
           move_mount(tree, "", file, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}

/* In a child, since a process has one mount namespace. tree: a clone of the view's mount; -1: the
 * name goes. */
static bool change_file(pid_t pid, int dev, const char *node, int tree)
{
    char path[64];
    int status = 1;
    snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
    NP_AUTO_FD mnt = open(path, O_RDONLY | O_CLOEXEC);
    pid_t child = mnt >= 0 ? fork() : -1;
    if (child == 0) {
        if (!enter_mounts(mnt, dev))
            _exit(1);
        if (tree >= 0)
            _exit(cover(tree, node) ? 0 : 1);
        while (umount2(node, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
            ;
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool is_covered(int dir, int dev, const char *node)
{
    struct statx st;
    return statx(dev, node, AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
           makedev(st.stx_dev_major, st.stx_dev_minor) == np_volume_view_dev(dir);
}

static bool bind_view(int dir, int dev, const char *node, pid_t pid)
{
    if (is_covered(dir, dev, node))
        return true;
    NP_AUTO_FD tree = open_tree(dir, "view", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    return tree >= 0 && change_file(pid, dev, node, tree);
}

/* --- names in the guest's /dev --- */

static void name_it(const struct np_volumes *v, const char *id, int dir,
                    const struct np_volume_on *on, int dev, const struct np_instance_guest *g)
{
    char node[NP_VOLUME_NODE], by_id[LINK_MAX], target[64];
    node_name(on, node);
    id_name(id, by_id);
    snprintf(target, sizeof(target), NP_VOLUME_DEV_DIR "/%s", node);
    /* A /dev of the host's can have the node itself, by which /proc/mounts then names it. */
    if (on->loop == NP_VOLUME_VIEW) {
        if (!bind_view(dir, dev, node, g->pid))
            return;
    } else if (!make_node(dev, node, np_loopdev_number(on->loop), g->base)) {
        link_to(dev, node, target);
    }
    link_device(dev, on->device, node);
    link_by(dev, "by-id", by_id, node);
    np_volume_link_fs(v, dev, dir, on);
}

/* --- the folder of an instance's nodes --- */

static int open_nodes(const struct np_volumes *v, const char *instance, bool make)
{
    NP_AUTO_ARENA a = np_arena_new();
    const char *all = np_str_z(a, np_str_printf(a, "%.*s/" NP_VOLUME_NODES, NP_FMT(v->data_dir)));
    NP_AUTO_FD nodes = open(all, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (nodes < 0)
        return -1;
    return make ? open_below(nodes, instance)
                : openat(nodes, instance, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void put_node(const struct np_volumes *v, const struct np_volume_on *on, uid_t base)
{
    char node[NP_VOLUME_NODE];
    dev_t number = np_loopdev_number(on->loop);
    NP_AUTO_FD dir = open_nodes(v, on->instance, true);
    node_name(on, node);
    if (dir < 0 || number == 0)
        return;
    make_node(dir, node, number, base);
}

int np_volume_devices(void *arg, struct np_str instance, struct np_arena *a, const char **path,
                      struct np_err *err)
{
    struct np_volumes *v = arg;
    np_volume_id id;
    if (!np_volumes_loops(v) && !np_volumes_views(v))
        return 0;
    NP_AUTO_FD dir = np_life_id_ok(instance, id) ? open_nodes(v, id, true) : -1;
    if (dir < 0)
        return np_err_errno(err, errno, "cannot make the folder of devices");
    *path = np_str_z(a, np_str_printf(a, "%.*s/" NP_VOLUME_NODES "/%s", NP_FMT(v->data_dir), id));
    return 0;
}

void np_volume_guest_gone(void *arg, struct np_str instance)
{
    struct np_volumes *v = arg;
    NP_AUTO_ARENA a = np_arena_new();
    np_volume_id id;
    const char *all = np_str_z(a, np_str_printf(a, "%.*s/" NP_VOLUME_NODES, NP_FMT(v->data_dir)));
    NP_AUTO_FD nodes = open(all, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (nodes >= 0 && np_life_id_ok(instance, id))
        np_volume_remove_tree(nodes, id, NULL);
    np_volumes_look(v);
}

/* --- all of an instance --- */

void np_volumes_of(const struct np_volumes *v, const char *instance, np_volume_on_fn *fn, void *arg)
{
    NP_AUTO_ARENA a = np_arena_new();
    DIR *d = opendir(np_str_z(a, np_str_printf(a, "%.*s/volumes", NP_FMT(v->data_dir))));
    np_volume_id id;
    struct np_volume_on on;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (!np_life_id_ok(np_str_of(e->d_name), id))
            continue;
        NP_AUTO_FD dir = np_volume_open(dirfd(d), id, "");
        if (dir >= 0 && np_volume_on_read(dir, &on) &&
            (instance == NULL || strcmp(on.instance, instance) == 0))
            fn(arg, id, dir, &on);
    }
    if (d != NULL)
        closedir(d);
}

static int dev_of(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
    NP_AUTO_FD root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root >= 0 ? openat(root, "dev", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
}

struct naming {
    struct np_volumes *v;
    const struct np_instance_guest *g;
    int dev;
};

static void name_one(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct naming *n = arg;
    if (!np_volume_in_guest(on) || np_volume_has(dir, "hidden"))
        return;
    if (on->loop >= 0)
        put_node(n->v, on, n->g->base);
    name_it(n->v, id, dir, on, n->dev, n->g);
}

int np_volume_names(void *arg, struct np_str instance, const struct np_instance_guest *g,
                    struct np_err *err)
{
    struct np_volumes *v = arg;
    np_volume_id id;
    if (!np_volumes_loops(v) && !np_volumes_views(v))
        return 0;
    NP_AUTO_FD dev = np_life_id_ok(instance, id) ? dev_of(g->pid) : -1;
    if (dev < 0)
        return np_err_errno(err, errno, "cannot open the guest's /dev");
    struct naming n = {v, g, dev};
    np_volumes_of(v, id, name_one, &n);
    return 0;
}

/* --- of one that runs --- */

static int guest_dev(struct np_volumes *v, const struct np_volume_on *on,
                     struct np_instance_guest *g)
{
    return np_volume_in_guest(on) && v->find != NULL && v->find(v->find_arg, on->instance, g)
               ? dev_of(g->pid)
               : -1;
}

void np_volume_show(struct np_volumes *v, const char *id, int dir, const struct np_volume_on *on)
{
    struct np_instance_guest g;
    NP_AUTO_FD dev = guest_dev(v, on, &g);
    if (dev < 0)
        return; /* its start makes them */
    if (on->loop >= 0)
        put_node(v, on, g.base);
    name_it(v, id, dir, on, dev, &g);
}

/* Links of ours are those that end in the node's name. */
static void unlink_links(int dir, const char *node)
{
    NP_AUTO_FD again = dir >= 0 ? openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *d = again >= 0 ? fdopendir(np_fd_take(&again)) : NULL;
    char target[LINK_MAX];
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        ssize_t n = e->d_type == DT_LNK ? readlinkat(dir, e->d_name, target, sizeof(target)) : -1;
        if (n <= 0 || n >= LINK_MAX)
            continue;
        struct np_str text = np_str_n(target, (size_t)n);
        ptrdiff_t slash = np_str_rchr(text, '/');
        if (np_str_eq(np_str_sub(text, (size_t)(slash + 1), text.n), np_str_of(node)))
            unlinkat(dir, e->d_name, 0);
    }
    if (d != NULL)
        closedir(d);
}

void np_volume_hide(struct np_volumes *v, const char *id, const struct np_volume_on *on)
{
    static const char *const folders[] = {"by-id", "by-uuid"};
    struct np_instance_guest g;
    char node[NP_VOLUME_NODE];
    node_name(on, node);
    NP_AUTO_FD nodes = on->place != 0 ? open_nodes(v, on->instance, false) : -1;
    if (nodes >= 0)
        unlinkat(nodes, node, 0);
    NP_AUTO_FD dev = guest_dev(v, on, &g);
    if (dev < 0)
        return;
    if (on->loop == NP_VOLUME_VIEW)
        change_file(g.pid, dev, node, -1);
    unlinkat(dev, node, 0);
    unlink_links(dev, node);
    NP_AUTO_FD disk = openat(dev, "disk", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    NP_EACH (folder, folders) {
        NP_AUTO_FD by =
            disk >= 0 ? openat(disk, *folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        unlink_links(by, node);
    }
}

/* --- by force, in a child --- */

size_t np_volume_mounts(int info, dev_t dev, struct np_arena *a, char *points[], size_t max)
{
    NP_AUTO_HEAP char *line = NULL;
    size_t n = 0, room = 0;
    int own = info >= 0 ? fcntl(info, F_DUPFD_CLOEXEC, 3) : -1;
    FILE *f = own >= 0 ? fdopen(own, "r") : NULL;
    while (f != NULL && n < max && getline(&line, &room, f) > 0) {
        points[n] = np_notify_mount_point(a, np_str_of(line), dev);
        n += points[n] != NULL;
    }
    if (f != NULL)
        fclose(f);
    return n;
}

int np_volume_cut(struct np_volumes *v, int dir, const struct np_volume_on *on, pid_t pid,
                  struct np_err *err)
{
    enum { MAX = 64 };
    NP_AUTO_ARENA a = np_arena_new();
    char path[64], *points[MAX];
    dev_t dev = on->loop >= 0 ? np_loopdev_number(on->loop) : np_volume_fs_dev(dir);
    if (on->loop >= 0)
        np_volume_shut_down(v, on->loop);
    snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)pid);
    NP_AUTO_FD info = open(path, O_RDONLY | O_CLOEXEC);
    size_t n = dev != 0 ? np_volume_mounts(info, dev, a, points, MAX) : 0;
    snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
    NP_AUTO_FD mnt = open(path, O_RDONLY | O_CLOEXEC);
    if (n == 0 || mnt < 0)
        return 0;
    if (setns(mnt, CLONE_NEWNS) != 0)
        return np_err_errno(err, errno, "cannot enter the mounts of %s", on->instance);
    while (n-- > 0)
        umount2(points[n], MNT_DETACH | UMOUNT_NOFOLLOW);
    return 0;
}
