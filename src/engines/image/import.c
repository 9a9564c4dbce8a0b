/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - from an archive or a folder to an image that is whole, or to nothing. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/fs.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/image/image_int.h"
#include "engines/image/oci.h"
#include "io/file.h"

struct importing {
    const struct np_image_import *o;
    struct np_arena *a;
    struct np_err *err;
    int images, half, root; /* folders */
    const char *half_name;
    struct np_unpack u;
    struct np_str ref; /* what the archive calls itself */
};

static int failed(struct importing *m, const char *what)
{
    return np_err_errno(m->err, errno, "cannot make %s of image '%.*s'", what, NP_FMT(m->o->name));
}

/* --- where --- */

static int new_root(struct importing *m)
{
    if (m->root >= 0)
        close(m->root);
    m->root = -1;
    if (mkdirat(m->half, "rootfs", 0755) != 0)
        return failed(m, "the folder");
    m->root = openat(m->half, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    m->u.root = m->root;
    return m->root < 0 ? failed(m, "the folder") : fchmod(m->root, 0755);
}

static int begin(struct importing *m)
{
    const struct np_image_import *o = m->o;
    struct np_str folder = image_folder(m->a, o->data_dir);
    struct stat st;
    if (!np_image_name_ok(o->name))
        return np_err(m->err, NP_EINVAL,
                      "'%.*s' is no name for an image: a-z, 0-9 and '-', at most %d, not '%s'",
                      NP_FMT(o->name), NP_IMAGE_NAME_MAX, NP_IMAGE_BUILTIN);
    int rc = np_dir_make(folder, 0755, m->err);
    if (rc != 0)
        return rc;
    m->images = open(np_str_z(m->a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m->images < 0)
        return failed(m, "the folder");
    if (fstatat(m->images, np_str_z(m->a, o->name), &st, AT_SYMLINK_NOFOLLOW) == 0)
        return np_err(m->err, NP_EEXIST, "there is an image '%.*s' already", NP_FMT(o->name));
    struct np_image *others;
    size_t n;
    rc = np_images_list(o->data_dir, m->a, &others, &n, m->err);
    if (rc == 0 && n >= NP_IMAGES_MAX) /* a list shows no more */
        rc = np_err(m->err, NP_E2BIG, "there are %d images already: remove one", NP_IMAGES_MAX);
    if (rc != 0)
        return rc;
    m->half_name = np_str_z(m->a, np_str_printf(m->a, IMAGE_HALF "%.*s", NP_FMT(o->name)));
    if (np_unpack_remove(m->images, m->half_name) != 0 ||
        mkdirat(m->images, m->half_name, 0755) != 0)
        return failed(m, "the folder");
    m->half = openat(m->images, m->half_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return m->half < 0 ? failed(m, "the folder") : new_root(m);
}

/* --- what --- */

static int lay_out(struct importing *m, int layout)
{
    struct np_oci_image image;
    int rc = np_oci_open(layout, np_image_host_arch(), m->a, &image, m->err);
    m->u.bytes = 0; /* those of the archive do not stay */
    if (rc == 0)
        rc = np_oci_unpack(layout, &image, &m->u, m->err);
    if (rc == 0 && image.name.n > 0)
        m->ref = image.name;
    return rc;
}

static int from_folder(struct importing *m)
{
    NP_AUTO_FD dir = open(np_str_z(m->a, m->o->from), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return np_err_errno(m->err, errno, "cannot read %.*s", NP_FMT(m->o->from));
    if (np_oci_is_layout(dir))
        return lay_out(m, dir);
    return np_unpack_folder(&m->u, m->o->from, m->err);
}

/* What was unpacked is a layout, not a root: it makes room for the root that it describes. */
static int from_layout(struct importing *m)
{
    if (renameat(m->half, "rootfs", m->half, "layout") != 0)
        return failed(m, "the layout");
    NP_AUTO_FD layout = openat(m->half, "layout", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = layout < 0 ? failed(m, "the layout") : new_root(m);
    if (rc == 0)
        rc = lay_out(m, layout);
    if (rc == 0 && np_unpack_remove(m->half, "layout") != 0)
        rc = failed(m, "the layout");
    return rc;
}

static int from_file(struct importing *m)
{
    NP_AUTO_FD fd = open(np_str_z(m->a, m->o->from), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return np_err_errno(m->err, errno, "cannot read %.*s", NP_FMT(m->o->from));
    int rc = np_unpack_file(&m->u, fd, m->err);
    return rc == 0 && np_oci_is_layout(m->root) ? from_layout(m) : rc;
}

static int fill(struct importing *m)
{
    struct stat st;
    if (stat(np_str_z(m->a, m->o->from), &st) != 0)
        return np_err_errno(m->err, errno, "cannot read %.*s", NP_FMT(m->o->from));
    return S_ISDIR(st.st_mode) ? from_folder(m) : from_file(m);
}

/* --- what it is --- */

static struct np_str arch_of(struct importing *m)
{
    Elf64_Ehdr h;
    NP_AUTO_FD fd = np_unpack_open(m->root, "bin/sh", O_RDONLY, 0);
    if (fd < 0 || pread(fd, &h, sizeof(h), 0) != sizeof(h) ||
        memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
        return NP_STR("");
    return h.e_machine == EM_X86_64    ? NP_STR("x86_64")
           : h.e_machine == EM_AARCH64 ? NP_STR("arm64")
                                       : NP_STR("other");
}

static struct np_str os_release(struct importing *m)
{
    static const char *const names[] = {"etc/os-release", "usr/lib/os-release"};
    NP_EACH (name, names) {
        NP_AUTO_FD fd = np_unpack_open(m->root, *name, O_RDONLY, 0);
        char *p = np_alloc(m->a, NP_IMAGE_META_MAX);
        ssize_t n = fd >= 0 ? pread(fd, p, NP_IMAGE_META_MAX, 0) : -1;
        if (n > 0)
            return np_str_n(p, (size_t)n);
    }
    return NP_STR("");
}

static int describe(struct importing *m, struct np_image *out)
{
    const struct np_image_import *o = m->o;
    struct stat st;
    NP_AUTO_FD sh = np_unpack_open(m->root, "bin/sh", O_PATH, 0);
    if (sh < 0 || fstat(sh, &st) != 0 || !S_ISREG(st.st_mode))
        return np_err(m->err, NP_EINVAL, "it holds no root file system: there is no /bin/sh");
    struct np_str text = os_release(m), os = image_os_value(text, NP_STR("PRETTY_NAME"));
    struct np_str source = np_str_sub(o->from, (size_t)(np_str_rchr(o->from, '/') + 1), o->from.n);
    *out = (struct np_image){
        .name = o->name,
        .os = os.n > 0 ? np_str_dup(m->a, os) : NP_STR("Linux"),
        .arch = arch_of(m),
        .user = o->user.n > 0 ? o->user : image_user_of(image_os_value(text, NP_STR("ID"))),
        .source = o->source.n > 0 ? o->source
                  : m->ref.n > 0  ? m->ref
                                  : source,
        .bytes = m->u.bytes,
        .made_ms = o->now_ms,
    };
    return 0;
}

/* Places where something is mounted. */
static int add_places(struct importing *m)
{
    static const struct {
        const char *name;
        mode_t mode;
    } places[] = {{"proc", 0755}, {"sys", 0755}, {"dev", 0755},  {"run", 0755},
                  {"etc", 0755},  {"var", 0755}, {"root", 0700}, {"tmp", 01777}};
    NP_EACH (p, places)
        if (mkdirat(m->root, p->name, 0700) == 0)
            fchmodat(m->root, p->name, p->mode, 0);
        else if (errno != EEXIST)
            return failed(m, p->name);
    return 0;
}

static int publish(struct importing *m, const struct np_image *i)
{
    struct np_str path = np_str_printf(m->a, "%.*s/%s/image",
                                       NP_FMT(image_folder(m->a, m->o->data_dir)), m->half_name);
    int rc = image_write_meta(path, i, m->err);
    if (rc != 0)
        return rc;
    if (syncfs(m->half) != 0 ||
        syscall(SYS_renameat2, m->images, m->half_name, m->images, np_str_z(m->a, i->name),
                RENAME_NOREPLACE) != 0 ||
        fsync(m->images) != 0)
        return failed(m, "the name");
    return 0;
}

int np_image_import(const struct np_image_import *o, struct np_arena *a, struct np_image *out,
                    struct np_err *err)
{
    struct importing m = {.o = o,
                          .a = a,
                          .err = err,
                          .images = -1,
                          .half = -1,
                          .root = -1,
                          .ref = NP_STR(""),
                          .u = {.owners = geteuid() == 0, .skipped = o->skipped, .arg = o->arg}};
    struct np_image image;
    int rc = begin(&m);
    if (rc == 0)
        rc = fill(&m);
    if (rc == 0)
        rc = describe(&m, &image);
    if (rc == 0)
        rc = add_places(&m);
    if (rc == 0)
        rc = publish(&m, &image);
    if (rc != 0 && m.half >= 0)
        np_unpack_remove(m.images, m.half_name);
    for (int *fd = (int[]){m.images, m.half, m.root}, i = 0; i < 3; i++)
        np_auto_close(&fd[i]);
    if (rc == 0)
        *out = image;
    return rc;
}
