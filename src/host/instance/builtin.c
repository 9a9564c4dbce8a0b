/* SPDX-License-Identifier: Apache-2.0 */
/* builtin.c - making the built-in image: its root and what it adds to /usr. */
#include "host/instance/builtin_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "io/file.h"

#define FORM 2 /* another number: images of before are made anew */

/* --- files --- */

const char *np_builtin_at(const struct np_builtin *b, const char *path)
{
    return np_str_z(b->a, np_str_printf(b->a, "%s%s", b->tree, path));
}

bool np_builtin_dir(const struct np_builtin *b, const char *path, mode_t mode)
{
    const char *at = np_builtin_at(b, path);
    if (mkdir(at, mode) == 0)
        return chmod(at, mode) == 0;
    if (errno == EEXIST)
        return true;
    const char *slash = strrchr(path, '/');
    if (errno != ENOENT || slash == NULL || slash == path)
        return false;
    const char *parent = np_str_z(b->a, np_str_n(path, (size_t)(slash - path)));
    return np_builtin_dir(b, parent, 0755) && mkdir(at, mode) == 0 && chmod(at, mode) == 0;
}

static bool parent_dir(const struct np_builtin *b, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == path ||
           np_builtin_dir(b, np_str_z(b->a, np_str_n(path, (size_t)(slash - path))), 0755);
}

bool np_builtin_put(const struct np_builtin *b, const char *path, struct np_str bytes, mode_t mode)
{
    if (!parent_dir(b, path))
        return false;
    NP_AUTO_FD fd =
        open(np_builtin_at(b, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd >= 0 && np_write_all(fd, bytes.p, bytes.n, NULL) == 0 && fchmod(fd, mode) == 0;
}

bool np_builtin_link(const struct np_builtin *b, const char *to, const char *path)
{
    return parent_dir(b, path) && symlink(to, np_builtin_at(b, path)) == 0;
}

bool np_builtin_same_link(const struct np_builtin *b, const char *to, const char *path)
{
    return (parent_dir(b, path) &&
            linkat(AT_FDCWD, path, AT_FDCWD, np_builtin_at(b, path), 0) == 0) ||
           np_builtin_link(b, to, path);
}

struct np_str np_builtin_read(const struct np_builtin *b, const char *path)
{
    struct np_str out = NP_STR_NULL;
    np_file_read(b->a, np_str_of(path), NP_BUILTIN_FILE_MAX, &out, NULL);
    return out;
}

bool np_builtin_copy(const struct np_builtin *b, const char *path)
{
    struct stat st;
    struct np_str bytes = np_builtin_read(b, path);
    return bytes.p != NULL && lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           np_builtin_put(b, path, bytes, st.st_mode & 07777);
}

/* Without root everything is the one user's. */
void np_builtin_own(const struct np_builtin *b, const char *path, uid_t uid, gid_t gid)
{
    if (b->o->owners && (uid != 0 || gid != 0) && lchown(np_builtin_at(b, path), uid, gid) != 0)
        return;
}

/* --- the root, and /usr/local --- */

static int root_links(const struct np_builtin *b, struct np_err *err)
{
    char to[64], name[64];
    bool merged = false;
    DIR *d = opendir("/");
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        snprintf(name, sizeof(name), "/%.60s", e->d_name);
        ssize_t n = readlink(name, to, sizeof(to) - 1);
        if (n < 4 || memcmp(to, "usr/", 4) != 0)
            continue;
        to[n] = '\0';
        np_builtin_link(b, to, name);
        merged = merged || strcmp(name, "/bin") == 0;
    }
    if (d != NULL)
        closedir(d);
    return merged ? 0
                  : np_err(err, NP_ENOTSUP,
                           "the built-in image wants a host whose /bin is /usr/bin; import another "
                           "image");
}

static void root_folders(const struct np_builtin *b)
{
    static const struct {
        const char *path;
        mode_t mode;
    } folders[] = {{"/boot", 0755},  {"/dev", 0755}, {"/etc", 0755}, {"/home", 0755},
                   {"/media", 0755}, {"/mnt", 0755}, {"/opt", 0755}, {"/proc", 0555},
                   {"/root", 0700},  {"/run", 0755}, {"/srv", 0755}, {"/sys", 0555},
                   {"/tmp", 01777},  {"/usr", 0755}, {"/var", 0755}};
    NP_EACH (f, folders)
        np_builtin_dir(b, f->path, f->mode);
    struct np_str rc = np_builtin_read(b, "/etc/skel/.profile");
    if (rc.p != NULL)
        np_builtin_put(b, "/root/.profile", rc, 0644);
}

/* Hides the host's, and is empty. */
static int local(const struct np_builtin *b, struct np_err *err)
{
    static const char *const below[] = {"",     "/bin",  "/etc",   "/games", "/include",
                                        "/lib", "/sbin", "/share", "/src"};
    const char *name = b->o->user ? "user.overlay.opaque" : "trusted.overlay.opaque";
    NP_EACH (d, below)
        if (mkdir(np_str_z(b->a, np_str_printf(b->a, "%s/local%s", b->usr, *d)), 0755) != 0)
            return np_err_errno(err, errno, "cannot make /usr/local of the built-in image");
    const char *path = np_str_z(b->a, np_str_printf(b->a, "%s/local", b->usr));
    return setxattr(path, name, "y", 1, 0) == 0
               ? 0
               : np_err_errno(err, errno, "cannot hide the host's /usr/local");
}

/* --- which one, and whether it is there --- */

static void add_state(struct np_digest *d, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return;
    np_digest_add(d, &st.st_size, sizeof(st.st_size));
    np_digest_add(d, &st.st_mtim, sizeof(st.st_mtim));
}

static const char *name_of(const struct np_builtin_opts *o, struct np_arena *a)
{
    static const char *const inputs[] = {"/etc/ld.so.cache", "/var/lib/dpkg/status", "/etc/passwd",
                                         "/etc/group", "/etc/ssl/certs/ca-certificates.crt"};
    uint8_t sum[32];
    char hex[17] = {0};
    int form = FORM;
    struct np_digest *d = np_digest_new(NP_SHA256);
    np_digest_add(d, &form, sizeof(form));
    np_digest_add(d, &o->user, sizeof(o->user));
    np_digest_add(d, &o->owners, sizeof(o->owners));
    np_digest_add(d, o->ca_pem.p, o->ca_pem.n);
    NP_EACH (path, inputs)
        add_state(d, *path);
    np_digest_end(d, sum);
    np_digest_free(d);
    np_hex(hex, sum, 8);
    return np_str_z(a, np_str_printf(a, "%s/.builtin-%s", o->home, hex));
}

static void remove_tree(const char *path)
{
    char *const roots[] = {(char *)(uintptr_t)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    for (FTSENT *e; walk != NULL && (e = fts_read(walk)) != NULL;)
        if (e->fts_info == FTS_DP)
            rmdir(e->fts_accpath);
        else if (e->fts_info != FTS_D)
            unlink(e->fts_accpath);
    if (walk != NULL)
        fts_close(walk);
}

static int make(const struct np_builtin_opts *o, struct np_arena *a, const char *path,
                struct np_err *err)
{
    const char *new = np_str_z(a, np_str_printf(a, "%s/.builtin.new", o->home));
    struct np_builtin b = {.o = o,
                           .a = a,
                           .tree = np_str_z(a, np_str_printf(a, "%s/tree", new)),
                           .usr = np_str_z(a, np_str_printf(a, "%s/usr", new))};
    remove_tree(new);
    if (mkdir(new, 0755) != 0 || mkdir(b.tree, 0755) != 0 || mkdir(b.usr, 0755) != 0)
        return np_err_errno(err, errno, "cannot make %s", new);
    int rc = root_links(&b, err);
    if (rc == 0)
        rc = local(&b, err);
    if (rc != 0)
        return rc;
    root_folders(&b);
    np_builtin_etc(&b);
    np_builtin_var(&b);
    return rename(new, path) == 0 ? 0 : np_err_errno(err, errno, "cannot name %s", path);
}

/* What it takes of memory is gone with it: the keeper stays. */
static int make_in_child(const struct np_builtin_opts *o, const char *path, struct np_err *err)
{
    struct np_err *said =
        mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (said == MAP_FAILED)
        return np_err_errno(err, errno, "cannot share memory");
    pid_t pid = fork();
    if (pid == 0) {
        umask(022);
        _exit(make(o, np_arena_new(), path, said) != 0);
    }
    int status = 1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    int rc = status == 0 ? 0
             : said->code != 0
                 ? np_err(err, said->code, "%.*s", NP_FMT(np_err_text(said)))
                 : np_err(err, NP_EIO, "the built-in image could not be made (status %d)", status);
    munmap(said, sizeof(*said));
    return rc;
}

static int take_lock(const struct np_builtin_opts *o, struct np_arena *a, struct np_err *err)
{
    NP_AUTO_FD lock = open(np_str_z(a, np_str_printf(a, "%s/.builtin.lock", o->home)),
                           O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX) != 0)
        return np_err_errno(err, errno, "cannot lock the making of the built-in image");
    return np_fd_take(&lock);
}

int np_builtin_make(const struct np_builtin_opts *o, struct np_arena *a, const char **path,
                    struct np_err *err)
{
    *path = name_of(o, a);
    if (access(*path, F_OK) == 0)
        return 0;
    NP_AUTO_FD lock = take_lock(o, a, err);
    if (lock < 0)
        return lock;
    return access(*path, F_OK) == 0 ? 0 : make_in_child(o, *path, err);
}

int np_builtin_make_here(const struct np_builtin_opts *o, struct np_arena *a, struct np_err *err)
{
    const char *path = name_of(o, a);
    NP_AUTO_FD lock = take_lock(o, a, err);
    if (lock < 0)
        return lock;
    umask(022);
    return access(path, F_OK) == 0 ? 0 : make(o, a, path, err);
}

bool np_builtin_is_made(const struct np_builtin_opts *o)
{
    NP_AUTO_ARENA a = np_arena_new();
    return access(name_of(o, a), F_OK) == 0;
}
