/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - the folder of images: what is there, what one is, taking one away. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/image/image_int.h"
#include "engines/image/unpack.h"
#include "io/file.h"

bool np_image_name_ok(struct np_str name)
{
    if (name.n == 0 || name.n > NP_IMAGE_NAME_MAX || name.p[0] == '-' ||
        np_str_is(name, NP_IMAGE_BUILTIN))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') ||
              name.p[i] == '-'))
            return false;
    return true;
}

struct np_str np_image_host_arch(void)
{
#if defined(__aarch64__)
    return NP_STR("arm64");
#else
    return NP_STR("x86_64");
#endif
}

/* --- os-release --- */

static struct np_str unquoted(struct np_str v)
{
    bool quoted = v.n >= 2 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0];
    return quoted ? np_str_sub(v, 1, v.n - 2) : v;
}

struct np_str image_os_value(struct np_str os_release, struct np_str key)
{
    struct np_str line, name, value;
    while (np_str_split(&os_release, '\n', &line))
        if (np_str_cut(np_str_trim(line), '=', &name, &value) && np_str_eq(name, key))
            return unquoted(value);
    return NP_STR("");
}

struct np_str image_user_of(struct np_str id)
{
    static const struct {
        const char *id, *user;
    } users[] = {{"debian", "admin"},  {"ubuntu", "ubuntu"}, {"amzn", "ec2-user"},
                 {"fedora", "fedora"}, {"centos", "centos"}, {"alpine", "alpine"},
                 {"rocky", "rocky"},   {"arch", "arch"}};
    NP_EACH (u, users)
        if (np_str_eq(id, np_str_of(u->id)))
            return np_str_of(u->user);
    return NP_STR("ec2-user");
}

struct np_str np_image_host_os(struct np_arena *a)
{
    struct np_str text = NP_STR("");
    if (np_file_read(a, NP_STR("/etc/os-release"), 65536, &text, NULL) != 0 &&
        np_file_read(a, NP_STR("/usr/lib/os-release"), 65536, &text, NULL) != 0)
        return NP_STR("Linux");
    struct np_str name = image_os_value(text, NP_STR("PRETTY_NAME"));
    return name.n > 0 ? name : NP_STR("Linux");
}

/* --- `image`, the file that says what one is --- */

static struct np_str one_line(struct np_arena *a, struct np_str v)
{
    char *p = np_str_z(a, v);
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)p[i] < ' ')
            p[i] = ' ';
    return np_str_n(p, v.n);
}

int image_write_meta(struct np_str path, const struct np_image *i, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = np_str_printf(
        a, "os=%.*s\narch=%.*s\nuser=%.*s\nsource=%.*s\nbytes=%llu\nmade_ms=%lld\n",
        NP_FMT(one_line(a, i->os)), NP_FMT(i->arch), NP_FMT(one_line(a, i->user)),
        NP_FMT(one_line(a, i->source)), (unsigned long long)i->bytes, (long long)i->made_ms);
    return np_file_write(path, text, 0644, err);
}

void image_parse_meta(struct np_str text, struct np_image *out)
{
    struct np_str line, key, v;
    while (np_str_split(&text, '\n', &line)) {
        if (!np_str_cut(line, '=', &key, &v))
            continue;
        if (np_str_is(key, "os"))
            out->os = v;
        else if (np_str_is(key, "arch"))
            out->arch = v;
        else if (np_str_is(key, "user"))
            out->user = v;
        else if (np_str_is(key, "source"))
            out->source = v;
        else if (np_str_is(key, "bytes"))
            np_str_u64(v, &out->bytes);
        else if (np_str_is(key, "made_ms"))
            np_str_i64(v, &out->made_ms);
    }
}

struct np_str image_folder(struct np_arena *a, struct np_str data_dir)
{
    return np_str_printf(a, "%.*s/images", NP_FMT(data_dir));
}

/* --- listing --- */

static int by_name(const void *a, const void *b)
{
    return np_str_cmp(((const struct np_image *)a)->name, ((const struct np_image *)b)->name);
}

static bool read_one(struct np_arena *a, struct np_str folder, struct np_str name,
                     struct np_image *out)
{
    struct np_str text, path = np_str_printf(a, "%.*s/%.*s/image", NP_FMT(folder), NP_FMT(name));
    if (np_file_read(a, path, NP_IMAGE_META_MAX, &text, NULL) != 0)
        return false;
    *out = (struct np_image){.name = name,
                             .os = NP_STR(""),
                             .arch = NP_STR(""),
                             .user = NP_STR("ec2-user"),
                             .source = NP_STR("")};
    image_parse_meta(text, out);
    return true;
}

int np_images_list(struct np_str data_dir, struct np_arena *a, struct np_image **out, size_t *n,
                   struct np_err *err)
{
    struct np_str folder = image_folder(a, data_dir);
    struct np_image *v = np_new_array(a, struct np_image, NP_IMAGES_MAX);
    DIR *d = opendir(np_str_z(a, folder));
    size_t count = 0;
    if (d == NULL && errno != ENOENT)
        return np_err_errno(err, errno, "cannot read %.*s", NP_FMT(folder));
    for (struct dirent *e; d != NULL && count < NP_IMAGES_MAX && (e = readdir(d)) != NULL;) {
        struct np_str name = np_str_dup(a, np_str_of(e->d_name));
        if (np_image_name_ok(name) && read_one(a, folder, name, &v[count]))
            count++;
    }
    if (d != NULL)
        closedir(d);
    qsort(v, count, sizeof(*v), by_name);
    *out = v;
    *n = count;
    return 0;
}

/* --- taking away --- */

int np_image_remove(struct np_str data_dir, struct np_str name, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_AUTO_FD dir =
        open(np_str_z(a, image_folder(a, data_dir)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *from = np_str_z(a, name);
    const char *gone = np_str_z(a, np_str_printf(a, IMAGE_HALF "%.*s", NP_FMT(name)));
    if (dir < 0 || !np_image_name_ok(name))
        return np_err(err, NP_ENOENT, "there is no image '%.*s'", NP_FMT(name));
    np_unpack_remove(dir, gone);
    if (renameat(dir, from, dir, gone) != 0) /* so that nobody sees a part of it */
        return errno == ENOENT ? np_err(err, NP_ENOENT, "there is no image '%s'", from)
                               : np_err_errno(err, errno, "cannot remove image '%s'", from);
    if (np_unpack_remove(dir, gone) != 0)
        return np_err_errno(err, errno, "cannot remove image '%s'", from);
    return 0;
}

void np_images_sweep(struct np_str data_dir)
{
    NP_AUTO_ARENA a = np_arena_new();
    DIR *d = opendir(np_str_z(a, image_folder(a, data_dir)));
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (np_str_starts(np_str_of(e->d_name), NP_STR(IMAGE_HALF)))
            np_unpack_remove(dirfd(d), e->d_name);
    if (d != NULL)
        closedir(d);
}
