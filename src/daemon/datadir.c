/* SPDX-License-Identifier: Apache-2.0 */
/* datadir.c - the data directory and its small files. */
#include "daemon/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "io/file.h"

#define SMALL_FILE_MAX 4096
#define ROOM_MIN       (UINT64_C(1) << 20) /* bytes that an empty region takes */

static struct np_str in_dir(struct np_arena *a, struct np_str dir, const char *name)
{
    return np_str_printf(a, "%.*s/%s", NP_FMT(dir), name);
}

static int make_parents(struct np_arena *a, struct np_str dir, struct np_err *err)
{
    for (size_t i = 1; i < dir.n; i++) {
        if (dir.p[i] != '/')
            continue;
        int rc = np_dir_make(np_str_sub(dir, 0, i), 0755, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int np_datadir_open(const struct np_settings *s, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str dir = s->core.data_dir;
    int rc = s->default_data ? make_parents(a, dir, err) : 0;
    if (rc == 0)
        rc = np_dir_make(dir, 0700, err);
    if (rc != 0)
        return rc;
    struct stat st;
    const char *z = np_str_z(a, dir);
    if (stat(z, &st) != 0)
        return np_err_errno(err, errno, "cannot look at %s", z);
    if (st.st_uid != geteuid() && geteuid() != 0)
        return np_err(err, NP_EACCES, "%s belongs to user %u; choose another folder with --data", z,
                      st.st_uid);
    if ((st.st_mode & 077) != 0 && chmod(z, 0700) != 0)
        return np_err_errno(err, errno, "cannot close %s to others", z);
    return 0;
}

void np_datadir_explain(struct np_str dir, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err why = *err;
    struct stat st;
    /* Root's region has given up what would let it into the folder. */
    if (why.code == NP_EACCES && geteuid() == 0 && stat(np_str_z(a, dir), &st) == 0 &&
        st.st_uid != 0)
        np_err(err, NP_EACCES,
               "%.*s. %.*s belongs to user %u: start the region as that user, or choose another "
               "folder with --data",
               NP_FMT(np_err_text(&why)), NP_FMT(dir), st.st_uid);
    if (why.code == NP_ENOSPC)
        np_err(err, NP_ENOSPC,
               "%.*s. The disk that holds %.*s is full: free some space on it, or choose another "
               "folder with --data",
               NP_FMT(np_err_text(&why)), NP_FMT(dir));
}

bool np_datadir_is_full(struct np_str dir)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct statvfs st;
    return statvfs(np_str_z(a, dir), &st) == 0 && ((uint64_t)st.f_bavail * st.f_frsize < ROOM_MIN ||
                                                   (st.f_files != 0 && st.f_favail == 0));
}

bool np_datadir_has_region(struct np_str dir)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct stat st;
    return stat(np_str_z(a, in_dir(a, dir, "state.db")), &st) == 0;
}

int np_datadir_lock(struct np_str dir, const char *name, int *fd, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err why;
    int rc = np_file_lock(in_dir(a, dir, name), fd, &why);
    if (rc == NP_EBUSY)
        return np_err(
            err, rc,
            "a region already runs on %.*s (process %d); choose another folder with --data",
            NP_FMT(dir), (int)np_datadir_holder(dir, name));
    return rc != 0 ? np_err(err, rc, "%.*s", NP_FMT(np_err_text(&why))) : 0;
}

pid_t np_datadir_holder(struct np_str dir, const char *name)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    NP_AUTO_FD fd = open(np_str_z(a, in_dir(a, dir, name)), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return 0;
    char text[32];
    ssize_t n = pread(fd, text, sizeof(text), 0);
    uint64_t pid = 0;
    np_str_u64(np_str_trim(np_str_n(text, n > 0 ? (size_t)n : 0)), &pid);
    return (pid_t)pid;
}

static struct np_str make_token(struct np_arena *a)
{
    uint8_t bytes[24];
    np_random(bytes, sizeof(bytes));
    return np_str_cat(a, np_hex_str(a, np_str_n(bytes, sizeof(bytes))), NP_STR("\n"));
}

int np_datadir_secrets(struct np_str dir, uint8_t root[NP_ROOT_KEY], struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_file_new fresh[NP_KEYRING_NEW + 1];
    struct np_str token;
    size_t n = 0;
    int rc = np_keyring_open(a, dir, root, fresh, &n, err);
    if (rc != 0)
        return rc;
    rc = np_file_read(a, in_dir(a, dir, "token"), SMALL_FILE_MAX, &token, err);
    if (rc == NP_ENOENT)
        fresh[n++] = (struct np_file_new){in_dir(a, dir, "token"), make_token(a), 0600};
    else if (rc != 0)
        return rc;
    rc = n != 0 ? np_files_write(fresh, n, err) : 0;
    for (size_t i = 0; i < n; i++)
        np_wipe((void *)(uintptr_t)fresh[i].bytes.p, fresh[i].bytes.n);
    return rc;
}

int np_datadir_set_address(struct np_str dir, const char *name, struct np_str address,
                           struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str path = in_dir(a, dir, name);
    if (address.p == NULL) {
        unlink(np_str_z(a, path));
        return 0;
    }
    return np_file_put(path, np_str_printf(a, "%.*s\n", NP_FMT(address)), 0600, err);
}

struct np_str np_datadir_address(struct np_str dir, const char *name, struct np_arena *a)
{
    struct np_str text;
    if (np_file_read(a, in_dir(a, dir, name), SMALL_FILE_MAX, &text, NULL) != 0)
        return NP_STR_NULL;
    return np_str_trim(text);
}
