/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c - the small files of a volume's folder: what it is, who has it, why it failed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/statvfs.h>

#include "base/digest.h"
#include "base/enc.h"
#include "host/volume/volume_int.h"
#include "io/file.h"

#define SMALL 512

int np_volume_open(int parent, const char *id, const char *suffix)
{
    char name[NP_PROCESS_ID_MAX + 8];
    snprintf(name, sizeof(name), "%s%s", id, suffix);
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool np_volume_has(int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct np_str read_small(int dir, const char *name, char text[SMALL])
{
    NP_AUTO_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, SMALL) : -1;
    return n >= 0 ? np_str_trim(np_str_n(text, (size_t)n)) : NP_STR_NULL;
}

/* Temporary name, sync, rename, sync of the folder. */
static int write_small(int dir, const char *name, struct np_str text, bool sync, struct np_err *err)
{
    char tmp[64];
    snprintf(tmp, sizeof(tmp), "%s.tmp", name);
    NP_AUTO_FD fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n || (sync && fsync(fd) != 0) ||
        renameat(dir, tmp, dir, name) != 0 || (sync && fsync(dir) != 0))
        return np_err_errno(err, errno, "cannot write '%s' of a volume", name);
    return 0;
}

/* --- spec: "1 SIZE FLAGS MARK" --- */

static bool has_flag(struct np_str flags, char c)
{
    return np_str_chr(flags, c) >= 0;
}

int np_volume_spec_read(int dir, struct np_volume_spec_ *out)
{
    char text[SMALL];
    struct np_str rest = read_small(dir, "spec", text), version, size, flags;
    uint64_t mib;
    if (!np_str_split(&rest, ' ', &version) || !np_str_is(version, "1") ||
        !np_str_split(&rest, ' ', &size) || !np_str_u64(size, &mib) || mib > UINT32_MAX ||
        !np_str_split(&rest, ' ', &flags) || rest.n != 2 * (size_t)NP_VOLUME_MARK)
        return NP_ECORRUPT;
    *out = (struct np_volume_spec_){
        .size_mib = (uint32_t)mib,
        .encrypted = has_flag(flags, 'e'),
        .root = has_flag(flags, 'r'),
        .folder = has_flag(flags, 'f'),
    };
    return np_unhex(out->mark, rest) ? 0 : NP_ECORRUPT;
}

int np_volume_spec_write(int dir, const struct np_volume_spec_ *s, struct np_err *err)
{
    char text[SMALL], mark[2 * NP_VOLUME_MARK];
    np_hex(mark, s->mark, NP_VOLUME_MARK);
    int n =
        snprintf(text, sizeof(text), "1 %u -%s%s%s %.*s\n", s->size_mib, s->encrypted ? "e" : "",
                 s->root ? "r" : "", s->folder ? "f" : "", (int)sizeof(mark), mark);
    return write_small(dir, "spec", np_str_n(text, (size_t)n), true, err);
}

/* --- attached: "INSTANCE DEVICE LOOP PLACE" --- */

bool np_volume_on_read(int dir, struct np_volume_on *out)
{
    char text[SMALL];
    struct np_str rest = read_small(dir, "attached", text), instance, device, loop;
    uint64_t place;
    int64_t number;
    struct np_volume_on on = {0};
    if (!np_str_split(&rest, ' ', &instance) || !np_life_id_ok(instance, on.instance) ||
        !np_str_split(&rest, ' ', &device) || !np_life_id_ok(device, on.device) ||
        !np_str_split(&rest, ' ', &loop) || !np_str_i64(loop, &number) ||
        !np_str_u64(rest, &place) || place > 999)
        return false;
    on.loop = number;
    on.place = (unsigned)place;
    *out = on;
    return true;
}

int np_volume_on_write(int dir, const struct np_volume_on *on, struct np_err *err)
{
    char text[SMALL];
    int n = snprintf(text, sizeof(text), "%s %s %lld %u\n", on->instance, on->device,
                     (long long)on->loop, on->place);
    /* Not synced: after a power failure no device is left, and it is attached again. */
    return write_small(dir, "attached", np_str_n(text, (size_t)n), false, err);
}

/* --- failures: an empty file says that there was not even room for the reason --- */

#define FULL "the disk is full: No space left on device"

struct np_str np_volume_reason(int dir, struct np_arena *a)
{
    char text[SMALL];
    struct np_str s = read_small(dir, "failed", text);
    if (s.n == 0 && np_volume_has(dir, "failed"))
        return NP_STR(FULL);
    return s.n != 0 ? np_str_dup(a, s) : NP_STR_NULL;
}

/* Nor for the pid of who makes it, so that nobody seems to. */
struct np_str np_volume_interrupted(int dir)
{
    struct statvfs v;
    bool full = fstatvfs(dir, &v) == 0 && v.f_bavail == 0;
    return full ? NP_STR(FULL) : NP_STR("making it was interrupted");
}

void np_volume_fail(int dir, struct np_str text)
{
    if (write_small(dir, "failed", np_str_sub(text, 0, SMALL - 1), false, NULL) != 0)
        renameat(dir, "failed.tmp", dir, "failed");
}

/* --- keys --- */

void np_volume_mark_of(const uint8_t key[NP_XTS_KEY], uint8_t mark[NP_VOLUME_MARK])
{
    uint8_t mac[32];
    np_hmac_sha256(np_str_n(key, NP_XTS_KEY), NP_STR("nephele volume key"), mac);
    memcpy(mark, mac, NP_VOLUME_MARK);
    np_wipe(mac, sizeof(mac));
}

int np_volume_key(int fd, uint8_t key[NP_XTS_KEY], struct np_err *err)
{
    uint8_t more;
    if (fd < 0)
        return np_err(err, NP_EINVAL, "an encrypted volume needs its key");
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & F_SEAL_WRITE) == 0 || pread(fd, key, NP_XTS_KEY, 0) != NP_XTS_KEY ||
        pread(fd, &more, 1, NP_XTS_KEY) != 0)
        return np_err(err, NP_EINVAL, "a key is %d bytes in a sealed file", NP_XTS_KEY);
    return 0;
}

/* --- removing --- */

static int remove_within(int dir)
{
    NP_AUTO_FD again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (d == NULL)
        return -1;
    again = -1; /* d has it */
    int rc = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        NP_AUTO_FD below =
            e->d_type == DT_DIR
                ? openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                : -1;
        if (below >= 0)
            remove_within(below);
        if (unlinkat(dir, e->d_name, e->d_type == DT_DIR ? AT_REMOVEDIR : 0) != 0)
            rc = -1;
    }
    closedir(d);
    return rc;
}

int np_volume_remove_tree(int parent, const char *name, struct np_err *err)
{
    NP_AUTO_FD dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0)
        return errno == ENOENT ? 0 : np_err_errno(err, errno, "cannot open %s", name);
    if (remove_within(dir) != 0 || unlinkat(parent, name, AT_REMOVEDIR) != 0 || fsync(parent) != 0)
        return np_err_errno(err, errno, "cannot remove %s", name);
    return 0;
}
