/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - loop devices. Their numbers are drawn and counted up, so that a node that a guest
 * has kept does not become another volume's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "base/assert.h"
#include "base/digest.h"
#include "host/volume/volume_int.h"

/* Minors have 20 bits, of which a kernel with partitions on loops takes 4. */
#define LOOP_FIRST 4096u
#define LOOP_END   65536u
#define TRIES      64

/* --- nodes: those of /dev, or where that has none our own --- */

dev_t np_loopdev_number(int64_t number)
{
    char path[64], text[32];
    snprintf(path, sizeof(path), "/sys/block/loop%lld/dev", (long long)number);
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    struct np_str major_, minor_;
    uint64_t high, low;
    if (n <= 0 || !np_str_cut(np_str_trim(np_str_n(text, (size_t)n)), ':', &major_, &minor_) ||
        !np_str_u64(major_, &high) || !np_str_u64(minor_, &low))
        return 0;
    return makedev((unsigned)high, (unsigned)low);
}

static bool is_node(const char *path, dev_t dev)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == dev;
}

static void own_node(const struct np_volumes *v, int64_t number, char path[NP_LOOP_PATH])
{
    np_assert(path != NULL);
    snprintf(path, NP_LOOP_PATH, "%.*s/" NP_VOLUME_NODES "/.loop%lld", NP_FMT(v->data_dir),
             (long long)number);
}

bool np_loopdev_path(const struct np_volumes *v, int64_t number, char path[NP_LOOP_PATH])
{
    dev_t dev = np_loopdev_number(number);
    if (dev == 0)
        return false;
    snprintf(path, NP_LOOP_PATH, "/dev/loop%lld", (long long)number);
    if (is_node(path, dev))
        return true;
    own_node(v, number, path);
    if (is_node(path, dev))
        return true;
    unlink(path);
    return mknod(path, S_IFBLK | 0600, dev) == 0;
}

int np_loopdev_open(const struct np_volumes *v, int64_t number, int flags)
{
    char path[NP_LOOP_PATH];
    if (!np_loopdev_path(v, number, path)) {
        errno = ENODEV;
        return -1;
    }
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW);
}

static int open_control(struct np_volumes *v)
{
    int fd = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    char path[NP_LOOP_PATH];
    snprintf(path, sizeof(path), "%.*s/" NP_VOLUME_NODES "/.loop-control", NP_FMT(v->data_dir));
    if (mknod(path, S_IFCHR | 0600, makedev(10, 237)) != 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

int np_loops_probe(struct np_volumes *v, struct np_err *err)
{
    if (v->user)
        return np_err(err, NP_ENOTSUP, "loop devices need root");
    NP_AUTO_FD control = open_control(v);
    if (control < 0)
        return np_err(err, NP_ENOTSUP, "no loop devices here: /dev/loop-control: %s",
                      strerror(errno));
    return 0;
}

/* --- binding --- */

/* A device that nobody has used yet. */
static int add_device(struct np_volumes *v, int control, int64_t *number, struct np_err *err)
{
    for (int i = 0; i < TRIES; i++) {
        uint32_t n = v->next_loop++;
        if (v->next_loop >= LOOP_END)
            v->next_loop = LOOP_FIRST;
        if (ioctl(control, LOOP_CTL_ADD, (long)n) >= 0) {
            *number = n;
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return np_err_errno(err, errno, "cannot make a loop device");
}

uint32_t np_loopdev_draw(void)
{
    uint32_t n;
    np_random(&n, sizeof(n));
    return LOOP_FIRST + n % (LOOP_END - LOOP_FIRST);
}

static int configure(struct np_volumes *v, int64_t number, int file, const char *id,
                     struct np_err *err)
{
    struct loop_config c = {
        .fd = (unsigned)file,
        .block_size = NP_XTS_SECTOR, /* without it small writes are read, changed, written */
        .info = {.lo_flags = LO_FLAGS_DIRECT_IO},
    };
    snprintf((char *)c.info.lo_file_name, sizeof(c.info.lo_file_name), "%s", id);
    NP_AUTO_FD device = np_loopdev_open(v, number, O_RDWR);
    if (device < 0)
        return np_err_errno(err, errno, "cannot open loop device %lld", (long long)number);
    if (ioctl(device, LOOP_CONFIGURE, &c) == 0)
        return 0;
    c.info.lo_flags = 0; /* a file system without direct I/O */
    if (errno == EINVAL && ioctl(device, LOOP_CONFIGURE, &c) == 0)
        return 0;
    return np_err_errno(err, errno, "cannot bind loop device %lld", (long long)number);
}

int np_loopdev_bind(struct np_volumes *v, int file, const char *id, int64_t *number,
                    struct np_err *err)
{
    NP_AUTO_FD control = open_control(v);
    if (control < 0)
        return np_err_errno(err, errno, "cannot open /dev/loop-control");
    int rc = add_device(v, control, number, err);
    if (rc != 0)
        return rc;
    rc = configure(v, *number, file, id, err);
    if (rc != 0)
        ioctl(control, LOOP_CTL_REMOVE, (long)*number);
    return rc;
}

static struct np_str backing(int64_t number, char text[NP_LOOP_PATH])
{
    char path[64];
    snprintf(path, sizeof(path), "/sys/block/loop%lld/loop/backing_file", (long long)number);
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, NP_LOOP_PATH) : -1;
    return n > 0 ? np_str_trim(np_str_n(text, (size_t)n)) : NP_STR_NULL;
}

/* Cuts <data>/volumes/<id>/disk or view; NULL: it is no file of ours. */
static struct np_str id_of(const struct np_volumes *v, struct np_str file)
{
    struct np_str id, name;
    if (!np_str_starts(file, v->data_dir))
        return NP_STR_NULL;
    file = np_str_sub(file, v->data_dir.n, file.n);
    if (!np_str_starts(file, NP_STR("/volumes/")))
        return NP_STR_NULL;
    file = np_str_sub(file, sizeof("/volumes/") - 1, file.n);
    return np_str_cut(file, '/', &id, &name) ? id : NP_STR_NULL;
}

bool np_loopdev_is(const struct np_volumes *v, int64_t number, const char *id)
{
    char text[NP_LOOP_PATH];
    return np_str_eq(id_of(v, backing(number, text)), np_str_of(id));
}

bool np_loopdev_unbind(const struct np_volumes *v, int64_t number)
{
    char text[NP_LOOP_PATH];
    int device = np_loopdev_open(v, number, O_RDONLY);
    if (device >= 0) {
        ioctl(device, LOOP_CLR_FD, 0); /* takes effect when the last one closes */
        close(device);
    }
    return backing(number, text).n == 0;
}

bool np_loopdev_free(struct np_volumes *v, int64_t number)
{
    char path[NP_LOOP_PATH];
    NP_AUTO_FD control = open_control(v);
    np_loopdev_unbind(v, number);
    if (control >= 0)
        ioctl(control, LOOP_CTL_REMOVE, (long)number);
    if (np_loopdev_number(number) != 0)
        return false;
    own_node(v, number, path);
    unlink(path);
    return true;
}

int np_loopdev_resize(struct np_volumes *v, int64_t number, struct np_err *err)
{
    NP_AUTO_FD device = np_loopdev_open(v, number, O_RDWR);
    if (device < 0 || ioctl(device, LOOP_SET_CAPACITY, 0) != 0)
        return np_err_errno(err, errno, "cannot tell the device its new size");
    return 0;
}

void np_loops_each(struct np_volumes *v, void (*fn)(void *arg, int64_t number, const char *id),
                   void *arg)
{
    char text[NP_LOOP_PATH];
    DIR *d = opendir("/sys/block");
    if (d == NULL)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct np_str name = np_str_of(e->d_name);
        np_volume_id id;
        uint64_t number;
        if (np_str_starts(name, NP_STR("loop")) &&
            np_str_u64(np_str_sub(name, 4, name.n), &number) &&
            np_life_id_ok(id_of(v, backing((int64_t)number, text)), id))
            fn(arg, (int64_t)number, id);
    }
    closedir(d);
}
