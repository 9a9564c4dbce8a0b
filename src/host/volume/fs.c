/* SPDX-License-Identifier: Apache-2.0 */
/* fs.c - file systems on volumes: which one it is, mounting, freezing, growing. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "base/enc.h"
#include "host/volume/notify_text.h"
#include "host/volume/volume_int.h"

#define HEAD 4096

#ifndef EXT4_IOC_RESIZE_FS
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, uint64_t)
#endif
#define IOC_SHUTDOWN      _IOR('X', 125, uint32_t) /* ext4 and xfs */
#define SHUTDOWN_LOGFLUSH 1

static void uuid_text(const uint8_t *u, char out[40])
{
    static const uint8_t parts[] = {4, 2, 2, 2, 6};
    NP_EACH (n, parts) {
        np_hex(out, u, *n);
        u += *n;
        out += 2 * *n;
        *out++ = '-';
    }
    out[-1] = '\0';
}

static uint32_t le32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return le32toh(v);
}

const char *np_volume_fs(int device, char uuid[40], uint64_t *size_bytes)
{
    uint8_t head[HEAD];
    if (pread(device, head, sizeof(head), 0) != HEAD)
        return NULL;
    const uint8_t *ext = head + 1024;
    if (ext[56] == 0x53 && ext[57] == 0xef) {
        uint64_t blocks = le32(ext + 4) | (uint64_t)le32(ext + 0x150) << 32;
        uuid_text(ext + 104, uuid);
        *size_bytes = blocks << (10 + (le32(ext + 0x18) & 7));
        return "ext4";
    }
    if (memcmp(head, "XFSB", 4) != 0)
        return NULL;
    uuid_text(head + 32, uuid);
    *size_bytes = 0;
    return "xfs";
}

/* --- mounting --- */

static bool set_option(int fs, struct np_str option)
{
    char key[64], value[64];
    struct np_str k, v;
    np_str_cut(option, '=', &k, &v);
    if (np_str_is(k, "errors") || k.n == 0)
        return true; /* always remount-ro */
    if (!np_notify_option_ok(k, v) || k.n >= sizeof(key) || v.n >= sizeof(value)) {
        errno = EINVAL;
        return false;
    }
    snprintf(key, sizeof(key), "%.*s", NP_FMT(k));
    snprintf(value, sizeof(value), "%.*s", NP_FMT(v));
    return fsconfig(fs, v.p == NULL ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, key,
                    v.p == NULL ? NULL : value, 0) == 0;
}

static bool set_options(int fs, const struct np_volume_mount *m)
{
    bool ext4 = strcmp(m->type, "ext4") == 0;
    if (fsconfig(fs, FSCONFIG_SET_STRING, "source", m->source, 0) != 0 ||
        (m->read_only && fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0) != 0) ||
        (ext4 && fsconfig(fs, FSCONFIG_SET_STRING, "errors", "remount-ro", 0) != 0) ||
        (m->discard && fsconfig(fs, FSCONFIG_SET_FLAG, "discard", NULL, 0) != 0))
        return false;
    struct np_str rest = np_str_of(m->options), option;
    while (rest.p != NULL && np_str_split(&rest, ',', &option))
        if (!set_option(fs, option))
            return false;
    return true;
}

int np_volume_fs_mount(const struct np_volume_mount *m, struct np_err *err)
{
    NP_AUTO_FD fs = fsopen(m->type, FSOPEN_CLOEXEC);
    if (fs < 0)
        return np_err_errno(err, errno, "this kernel has no %s", m->type);
    if (!set_options(fs, m) || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
        return np_err_errno(err, errno, "cannot mount the %s of a volume", m->type);
    int fd = fsmount(fs, FSMOUNT_CLOEXEC, m->attr);
    return fd >= 0 ? fd : np_err_errno(err, errno, "cannot mount the %s of a volume", m->type);
}

/* --- what somebody else has mounted --- */

/* The same file system once more, detached: there is one of a device. -1 without a word: nothing of
 * it is mounted, or read-only. */
static int join_mount(struct np_volumes *v, int64_t number)
{
    char path[NP_LOOP_PATH], uuid[40];
    uint64_t size;
    NP_AUTO_FD alone = np_loopdev_open(v, number, O_RDONLY | O_EXCL);
    if (alone >= 0 || errno != EBUSY || !np_loopdev_path(v, number, path))
        return -1;
    NP_AUTO_FD device = np_loopdev_open(v, number, O_RDONLY);
    const char *type = device >= 0 ? np_volume_fs(device, uuid, &size) : NULL;
    if (type == NULL)
        return -1;
    struct np_volume_mount m = {
        .type = type, .source = path, .attr = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID};
    NP_AUTO_FD mount = np_volume_fs_mount(&m, NULL);
    /* What fsmount() gives is only a place. */
    return mount >= 0 ? openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

int np_volume_freeze(struct np_volumes *v, int64_t number, int *fd, struct np_err *err)
{
    NP_AUTO_FD at = join_mount(v, number);
    *fd = -1;
    if (at < 0)
        return 0;
    if (ioctl(at, FIFREEZE, 0) != 0)
        return np_err_errno(err, errno, "cannot halt the file system of a volume");
    *fd = np_fd_take(&at);
    return 0;
}

void np_volume_thaw(int fd)
{
    if (fd < 0)
        return;
    ioctl(fd, FITHAW, 0);
    close(fd);
}

void np_volume_thaw_number(struct np_volumes *v, int64_t number)
{
    np_volume_thaw(join_mount(v, number));
}

/* Where the kernel lets this process (CAP_SYS_RESOURCE); else it is done at the next mount. */
void np_volume_grow_mounted(struct np_volumes *v, int64_t number)
{
    char uuid[40];
    uint64_t size, bytes = 0, blocks;
    NP_AUTO_FD at = join_mount(v, number);
    NP_AUTO_FD device = at >= 0 ? np_loopdev_open(v, number, O_RDONLY) : -1;
    if (device < 0 || np_volume_fs(device, uuid, &size) == NULL || size == 0 ||
        ioctl(device, BLKGETSIZE64, &bytes) != 0 || bytes <= size)
        return;
    blocks = bytes / NP_XTS_SECTOR;
    ioctl(at, EXT4_IOC_RESIZE_FS, &blocks);
}

void np_volume_shut_down(struct np_volumes *v, int64_t number)
{
    uint32_t how = SHUTDOWN_LOGFLUSH;
    NP_AUTO_FD at = join_mount(v, number);
    if (at >= 0)
        ioctl(at, IOC_SHUTDOWN, &how);
}

/* --- the root of an instance --- */

static int grow(const char *path, int device, struct np_err *err)
{
    char uuid[40];
    uint64_t size, bytes = 0;
    if (np_volume_fs(device, uuid, &size) == NULL)
        return np_err(err, NP_ECORRUPT, "the root volume has no file system");
    if (ioctl(device, BLKGETSIZE64, &bytes) != 0 || size == 0 || bytes < size + (1u << 20))
        return 0;
    const char *const check[] = {"e2fsck", "-f", "-p", path, NULL};
    const char *const resize[] = {"resize2fs", path, NULL};
    np_volume_run(check, NULL); /* 1: it mended something; what else is said by the next */
    return np_volume_run(resize, err);
}

static int mount_root(struct np_volumes *v, const struct np_volume_on *on, struct np_err *err)
{
    char path[NP_LOOP_PATH], uuid[40];
    uint64_t size;
    if (!np_loopdev_path(v, on->loop, path))
        return np_err(err, NP_ENOENT, "the device of the root volume is gone");
    NP_AUTO_FD device = np_loopdev_open(v, on->loop, O_RDONLY);
    if (device < 0)
        return np_err_errno(err, errno, "cannot open the device of the root volume");
    int rc = grow(path, device, err);
    const char *type = rc == 0 ? np_volume_fs(device, uuid, &size) : NULL;
    if (type == NULL)
        return rc;
    struct np_volume_mount m = {
        .type = type, .source = path, .discard = true, .attr = MOUNT_ATTR_NODEV};
    return np_volume_fs_mount(&m, err);
}

static int map_ids(int mount, int userns, struct np_err *err)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};
    if (userns >= 0 && mount_setattr(mount, "", AT_EMPTY_PATH, &attr, sizeof(attr)) != 0)
        return np_err_errno(err, errno, "cannot map the ids of the root volume");
    return 0;
}

static int open_root(struct np_volumes *v, const char *id, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_volume_on on;
    struct np_volume_spec_ spec;
    const char *path = np_str_z(a, np_str_printf(a, "%.*s/volumes/%s", NP_FMT(v->data_dir), id));
    NP_AUTO_FD dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 || np_volume_spec_read(dir, &spec) != 0 || !np_volume_on_read(dir, &on))
        return np_err(err, NP_ENOENT, "volume %s is not attached", id);
    if (!spec.folder)
        return mount_root(v, &on, err);
    int fd = open_tree(dir, "root", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    return fd >= 0 ? fd : np_err_errno(err, errno, "cannot bind the folder of a root volume");
}

int np_volume_root(void *arg, struct np_str volume, struct np_str instance, int userns,
                   int *mount_fd, struct np_err *err)
{
    np_volume_id id;
    if (!np_life_id_ok(volume, id))
        return np_err(err, NP_EINVAL, "no volume has that id");
    NP_AUTO_FD fd = open_root(arg, id, err);
    if (fd < 0)
        return fd;
    int rc = map_ids(fd, userns, err);
    if (rc == 0)
        *mount_fd = np_fd_take(&fd);
    return rc;
}
