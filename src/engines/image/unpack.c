/* SPDX-License-Identifier: Apache-2.0 */
/* unpack.c - entries of an archive as files below a root, which none of them leaves. */
#include "engines/image/unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/image/libarchive.h"
#include "engines/image/limits.h"

#define BLOCK (256 * 1024)
#define WH    ".wh."
#define OPQ   ".wh..wh..opq"

/* One archive on its way. */
struct walk {
    struct np_unpack *u;
    struct np_arena *arena; /* of this entry */
    const struct np_libarchive *lib;
    struct archive *in;
    struct np_arena *kept; /* folders, whose modes are set at the end */
    struct folder {
        struct np_str path;
        unsigned mode;
        struct timespec mtime;
    } * folders;
    size_t n_folders;
    struct np_str prefix; /* of entries: the copied folder's own path */
    struct np_err *err;
};

/* --- names --- */

bool np_unpack_clean(struct np_arena *a, struct np_str path, struct np_str *out)
{
    struct np_str part, left = path;
    struct np_buf b;
    if (path.n > NP_IMAGE_PATH_MAX || np_str_chr(path, 0) >= 0)
        return false;
    np_buf_init(&b, a, NP_IMAGE_PATH_MAX + 1);
    while (np_str_split(&left, '/', &part)) {
        if (part.n == 0 || np_str_is(part, "."))
            continue;
        if (np_str_is(part, "..") || part.n > 255)
            return false;
        if (b.n > 0)
            np_buf_char(&b, '/');
        np_buf_str_add(&b, part);
    }
    *out = np_buf_str(&b);
    return np_buf_ok(&b);
}

int np_unpack_open(int root, const char *path, int flags, unsigned mode)
{
    const struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC,
                                 .mode = (flags & O_CREAT) != 0 ? mode : 0,
                                 .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    int fd;
    do
        fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
    while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    return fd;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int remove_below(int dir)
{
    int copy = dup(dir), rc = 0;
    DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
    if (d == NULL)
        return -1;
    rewinddir(d);
    for (struct dirent *e; rc == 0 && (e = readdir(d)) != NULL;)
        if (!is_dots(e->d_name))
            rc = np_unpack_remove(dir, e->d_name);
    closedir(d);
    return rc;
}

int np_unpack_remove(int dir, const char *name)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    NP_AUTO_FD below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0 && errno == EACCES) { /* an import by who is not root may have shut itself out */
        fchmodat(dir, name, 0700, 0);
        below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (below < 0)
        return -1;
    fchmod(below, 0700);
    return remove_below(below) == 0 ? unlinkat(dir, name, AT_REMOVEDIR) : -1;
}

/* The folder that holds the entry, made if need be; *base is its last part. */
static int open_parent(struct walk *w, struct np_str path, const char **base)
{
    ptrdiff_t slash = np_str_rchr(path, '/');
    *base = np_str_z(w->arena, np_str_sub(path, (size_t)(slash + 1), path.n));
    if (slash < 0)
        return dup(w->u->root);
    const char *dir = np_str_z(w->arena, np_str_sub(path, 0, (size_t)slash));
    int fd = np_unpack_open(w->u->root, dir, O_RDONLY | O_DIRECTORY, 0);
    if (fd >= 0 || errno != ENOENT || w->u->mode == NP_UNPACK_WHITEOUTS)
        return fd;
    const char *name;
    NP_AUTO_FD above = open_parent(w, np_str_sub(path, 0, (size_t)slash), &name);
    if (above < 0 || (mkdirat(above, name, 0755) != 0 && errno != EEXIST))
        return -1;
    return np_unpack_open(w->u->root, dir, O_RDONLY | O_DIRECTORY, 0);
}

static int failed(struct walk *w, const char *what)
{
    return np_err_errno(w->err, errno, "cannot make %s", what);
}

static int bad_archive(struct walk *w)
{
    const char *why = w->lib->archive_error_string(w->in);
    return np_err(w->err, NP_EINVAL, "the archive cannot be read: %s", why != NULL ? why : "?");
}

static void skip(struct walk *w, struct np_str path, const char *why)
{
    if (w->u->skipped != NULL)
        w->u->skipped(w->u->arg, path, why);
}

/* --- what an entry becomes --- */

static struct timespec mtime_of(const struct walk *w, struct archive_entry *e)
{
    return (struct timespec){.tv_sec = w->lib->archive_entry_mtime(e),
                             .tv_nsec = w->lib->archive_entry_mtime_nsec(e)};
}

static unsigned mode_of(const struct walk *w, struct archive_entry *e)
{
    return w->lib->archive_entry_perm(e) & 07777;
}

static bool own(const struct walk *w, struct archive_entry *e, int dir, const char *name)
{
    return !w->u->owners || fchownat(dir, name, (uid_t)w->lib->archive_entry_uid(e),
                                     (gid_t)w->lib->archive_entry_gid(e), AT_SYMLINK_NOFOLLOW) == 0;
}

static void set_xattrs(struct walk *w, struct archive_entry *e, int fd)
{
    const char *name;
    const void *value;
    size_t n;
    int left = NP_IMAGE_XATTRS_MAX;
    bool too_much = false;
    w->lib->archive_entry_xattr_reset(e);
    while (w->lib->archive_entry_xattr_next(e, &name, &value, &n) == ARCHIVE_OK) {
        struct np_str s = np_str_of(name);
        bool good = np_str_is(s, "security.capability") || np_str_starts(s, NP_STR("user."));
        bool fits = n <= NP_IMAGE_XATTR_MAX && left > 0;
        too_much = too_much || (good && !fits);
        if (good && fits) {
            fsetxattr(fd, name, value, n, 0); /* not every file system has them */
            left--;
        }
    }
    if (too_much)
        skip(w, np_str_of(w->lib->archive_entry_pathname(e)),
             "attributes beyond 64, or 64 KiB each");
}

static int copy_data(struct walk *w, int fd)
{
    const void *p;
    size_t n;
    int64_t at, end = 0;
    int rc;
    while ((rc = w->lib->archive_read_data_block(w->in, &p, &n, &at)) == ARCHIVE_OK) {
        w->u->bytes += n;
        if (w->u->bytes > NP_IMAGE_BYTES_MAX || at < 0 || at > NP_IMAGE_BYTES_MAX - (int64_t)n)
            return np_err(w->err, NP_E2BIG, "the image is larger than %lld GiB",
                          (long long)(NP_IMAGE_BYTES_MAX >> 30));
        for (size_t done = 0; done < n;) {
            ssize_t m = pwrite(fd, (const char *)p + done, n - done, at + (int64_t)done);
            if (m < 0 && errno != EINTR)
                return failed(w, "a file");
            done += m > 0 ? (size_t)m : 0;
        }
        end = at + (int64_t)n;
    }
    if (rc != ARCHIVE_EOF)
        return bad_archive(w);
    return end > 0 && ftruncate(fd, end) != 0 ? failed(w, "a file") : 0;
}

static int make_file(struct walk *w, struct archive_entry *e, int dir, const char *name)
{
    if (np_unpack_remove(dir, name) != 0)
        return failed(w, name);
    NP_AUTO_FD fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(w, name);
    int rc = copy_data(w, fd);
    if (rc != 0)
        return rc;
    const struct timespec times[2] = {mtime_of(w, e), mtime_of(w, e)};
    if (w->u->owners &&
        fchown(fd, (uid_t)w->lib->archive_entry_uid(e), (gid_t)w->lib->archive_entry_gid(e)) != 0)
        return failed(w, name);
    if (fchmod(fd, mode_of(w, e)) != 0) /* after the owner, which takes set-id bits away */
        return failed(w, name);
    set_xattrs(w, e, fd);
    futimens(fd, times);
    return 0;
}

static int make_folder(struct walk *w, struct archive_entry *e, int dir, const char *name,
                       struct np_str path)
{
    struct stat st;
    bool there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && !S_ISDIR(st.st_mode)) {
        /* A link to a folder stays: layers of a system with /bin -> usr/bin bring a folder bin. */
        NP_AUTO_FD to =
            S_ISLNK(st.st_mode) && w->u->mode != NP_UNPACK_PLAIN
                ? np_unpack_open(w->u->root, np_str_z(w->arena, path), O_PATH | O_DIRECTORY, 0)
                : -1;
        if (to >= 0)
            return 0;
        if (np_unpack_remove(dir, name) != 0)
            return failed(w, name);
        there = false;
    }
    if ((!there && mkdirat(dir, name, 0700) != 0) || !own(w, e, dir, name))
        return failed(w, name);
    w->folders = np_array_grow(w->kept, w->folders, w->n_folders, sizeof(*w->folders));
    w->folders[w->n_folders++] =
        (struct folder){np_str_dup(w->kept, path), mode_of(w, e), mtime_of(w, e)};
    return 0;
}

static int make_symlink(struct walk *w, struct archive_entry *e, int dir, const char *name)
{
    const char *to = w->lib->archive_entry_symlink(e);
    const struct timespec times[2] = {mtime_of(w, e), mtime_of(w, e)};
    if (to == NULL || *to == 0 || strlen(to) > NP_IMAGE_PATH_MAX)
        return np_err(w->err, NP_EINVAL, "%s is a link to nothing", name);
    if (np_unpack_remove(dir, name) != 0 || symlinkat(to, dir, name) != 0 || !own(w, e, dir, name))
        return failed(w, name);
    utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW);
    return 0;
}

static int make_hard_link(struct walk *w, struct archive_entry *e, int dir, const char *name)
{
    const char *base, *given = w->lib->archive_entry_hardlink(e);
    struct np_str target;
    if (given == NULL || !np_unpack_clean(w->arena, np_str_of(given), &target) || target.n == 0)
        return np_err(w->err, NP_EINVAL, "%s is a link out of the image", name);
    NP_AUTO_FD from = open_parent(w, target, &base);
    struct stat a, b;
    if (from < 0 || fstatat(from, base, &a, AT_SYMLINK_NOFOLLOW) != 0)
        return np_err(w->err, NP_EINVAL, "%s is a link to %s, which is not there", name, given);
    if (fstatat(dir, name, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_ino == b.st_ino &&
        a.st_dev == b.st_dev)
        return 0;
    if (np_unpack_remove(dir, name) != 0 || linkat(from, base, dir, name, 0) != 0)
        return failed(w, name);
    return 0;
}

static int make_fifo(struct walk *w, struct archive_entry *e, int dir, const char *name)
{
    if (np_unpack_remove(dir, name) != 0 || mknodat(dir, name, S_IFIFO | mode_of(w, e), 0) != 0 ||
        !own(w, e, dir, name))
        return failed(w, name);
    return 0;
}

static int make(struct walk *w, struct archive_entry *e, int dir, const char *name,
                struct np_str path)
{
    if (w->lib->archive_entry_hardlink(e) != NULL)
        return make_hard_link(w, e, dir, name);
    switch (w->lib->archive_entry_filetype(e)) {
    case AE_IFREG:
        return make_file(w, e, dir, name);
    case AE_IFDIR:
        return make_folder(w, e, dir, name, path);
    case AE_IFLNK:
        return make_symlink(w, e, dir, name);
    case AE_IFIFO:
        return make_fifo(w, e, dir, name);
    default:
        skip(w, path, "device nodes and sockets are not made");
        return 0;
    }
}

/* --- whiteouts --- */

static int white_out(struct walk *w, int dir, const char *name)
{
    int rc = strcmp(name, OPQ) == 0 ? remove_below(dir) : 0;
    const char *gone = name + sizeof(WH) - 1;
    if (rc == 0 && strcmp(name, OPQ) != 0 && *gone != 0 && !is_dots(gone))
        rc = np_unpack_remove(dir, gone);
    return rc == 0 ? 0 : failed(w, name);
}

/* --- the walk --- */

static int take_entry(struct walk *w, struct archive_entry *e)
{
    struct np_str given = np_str_of(w->lib->archive_entry_pathname(e)), path;
    const char *name;
    if (given.p == NULL || ++w->u->entries > NP_IMAGE_ENTRIES_MAX)
        return np_err(w->err, NP_E2BIG, "the image has more than %d files, or one without a name",
                      NP_IMAGE_ENTRIES_MAX);
    if (np_str_starts(given, w->prefix))
        given = np_str_sub(given, w->prefix.n, given.n);
    if (!np_unpack_clean(w->arena, given, &path))
        return np_err(w->err, NP_EINVAL, "'%.*s' is a path out of the image",
                      given.n > 100 ? 100 : (int)given.n, given.p);
    if (path.n == 0)
        return 0;
    struct np_str last = np_str_sub(path, (size_t)(np_str_rchr(path, '/') + 1), path.n);
    bool white = w->u->mode != NP_UNPACK_PLAIN && np_str_starts(last, NP_STR(WH));
    if (white != (w->u->mode == NP_UNPACK_WHITEOUTS))
        return 0;
    NP_AUTO_FD dir = open_parent(w, path, &name);
    if (dir < 0 && white && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (dir < 0)
        return failed(w, np_str_z(w->arena, path));
    return white ? white_out(w, dir, name) : make(w, e, dir, name, path);
}

/* Last, so that folders can be filled by who may not write to them, and keep their times. */
static int finish_folders(struct walk *w)
{
    for (size_t i = w->n_folders; i-- > 0;) {
        const struct folder *f = &w->folders[i];
        const struct timespec times[2] = {f->mtime, f->mtime};
        NP_AUTO_FD fd = np_unpack_open(w->u->root, np_str_z(w->kept, f->path),
                                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
        if (fd < 0) /* a later entry has taken its place */
            continue;
        /* Who is not root must be able to read and remove it again. */
        if (fchmod(fd, w->u->owners ? f->mode : f->mode | 0700) != 0)
            return failed(w, "a folder");
        futimens(fd, times);
    }
    return 0;
}

static int run(struct walk *w)
{
    struct archive_entry *e;
    int rc = 0, got;
    w->arena = np_arena_new();
    w->kept = np_arena_new();
    while (rc == 0 && (got = w->lib->archive_read_next_header(w->in, &e)) != ARCHIVE_EOF) {
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
            rc = bad_archive(w);
        else
            rc = take_entry(w, e);
        if (rc == 0 && w->lib->archive_entry_filetype(e) == AE_IFDIR && w->prefix.n > 0)
            w->lib->archive_read_disk_descend(w->in);
        np_arena_reset(w->arena, 4096);
    }
    if (rc == 0)
        rc = finish_folders(w);
    np_arena_free(w->arena);
    np_arena_free(w->kept);
    return rc;
}

static struct walk walk_of(struct np_unpack *u, struct np_err *err)
{
    return (struct walk){.u = u, .lib = np_libarchive(err), .prefix = NP_STR(""), .err = err};
}

static bool open_reader(struct walk *w)
{
    if (w->lib == NULL)
        return false;
    struct archive *in = w->in = w->lib->archive_read_new();
    w->lib->archive_read_support_filter_gzip(in);
    w->lib->archive_read_support_filter_bzip2(in);
    w->lib->archive_read_support_filter_xz(in);
    w->lib->archive_read_support_filter_zstd(in);
    w->lib->archive_read_support_filter_lz4(in);
    w->lib->archive_read_support_format_tar(in);
    w->lib->archive_read_support_format_empty(in);
    return true;
}

static int unpack(struct walk *w, int opened)
{
    int rc = opened == ARCHIVE_OK ? run(w) : bad_archive(w);
    w->lib->archive_read_free(w->in);
    return rc;
}

int np_unpack_file(struct np_unpack *u, int fd, struct np_err *err)
{
    struct walk w = walk_of(u, err);
    if (lseek(fd, 0, SEEK_SET) != 0)
        return np_err_errno(err, errno, "cannot read the archive");
    if (!open_reader(&w))
        return NP_ENOTSUP;
    return unpack(&w, w.lib->archive_read_open_fd(w.in, fd, BLOCK));
}

int np_unpack_memory(struct np_unpack *u, struct np_str bytes, struct np_err *err)
{
    struct walk w = walk_of(u, err);
    if (!open_reader(&w))
        return NP_ENOTSUP;
    return unpack(&w, w.lib->archive_read_open_memory(w.in, bytes.p, bytes.n));
}

int np_unpack_folder(struct np_unpack *u, struct np_str path, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct walk w = walk_of(u, err);
    if (w.lib == NULL)
        return NP_ENOTSUP;
    w.prefix = path;
    w.in = w.lib->archive_read_disk_new();
    w.lib->archive_read_disk_set_symlink_physical(w.in);
    w.lib->archive_read_disk_set_behavior(w.in, ARCHIVE_READDISK_NO_TRAVERSE_MOUNTS);
    return unpack(&w, w.lib->archive_read_disk_open(w.in, np_str_z(a, path)));
}
