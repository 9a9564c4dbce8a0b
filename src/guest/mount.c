/* SPDX-License-Identifier: Apache-2.0 */
/* mount.c - mount(8) where volumes are files in /dev: the image's own would look for a loop device,
 * which a guest has none of. What is not about a volume is the image's own program's. */
#include "guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

#define SELF      "/run/nephele/guest"
#define REAL      "/run/mount.image"
#define AGAIN     "NEPHELE_MOUNT"
#define FSTAB_MAX (1u << 20)
#define FAILED    32 /* of mount(8) */

struct wish {
    struct np_arena *a;
    struct np_str source, target, type, options;
};

/* --- where it is put --- */

void mount_own(void)
{
    static const char *const places[] = {"/usr/bin/mount", "/bin/mount"};
    struct stat st;
    NP_EACH (place, places) {
        NP_AUTO_FD real = lstat(*place, &st) == 0 && S_ISREG(st.st_mode)
                              ? open(REAL, O_WRONLY | O_CREAT | O_CLOEXEC, 0755)
                              : -1;
        if (real >= 0 && mount(*place, REAL, NULL, MS_BIND, NULL) == 0 &&
            mount(SELF, *place, NULL, MS_BIND, NULL) == 0)
            return;
    }
    guest_mkdirs("/usr/local/sbin", 0755);
    if (symlink(SELF, "/usr/local/sbin/mount") != 0 && errno != EEXIST)
        guest_say("nephele: no mount here: %s", strerror(errno));
}

static int real_mount(char **argv)
{
    if (getenv(AGAIN) == NULL) {
        setenv(AGAIN, "1", 1);
        argv[0] = (char *)"mount";
        execv(REAL, argv);
        execv("/bin/mount", argv);
    }
    fprintf(stderr, "mount: the image has none\n");
    return 1;
}

/* --- a volume --- */

static bool next_field(struct np_str *line, struct np_str *out)
{
    size_t n = 0;
    while (line->n > 0 && (*line->p == ' ' || *line->p == '\t'))
        *line = np_str_sub(*line, 1, line->n);
    while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
        n++;
    *out = np_str_sub(*line, 0, n);
    *line = np_str_sub(*line, n, line->n);
    return n > 0;
}

static bool is_volume(struct wish *w, char path[PATH_MAX])
{
    struct stat st;
    struct np_str uuid = NP_STR("UUID=");
    struct np_str name = np_str_starts(w->source, uuid)
                             ? np_str_printf(w->a, "/dev/disk/by-uuid/%.*s",
                                             NP_FMT(np_str_sub(w->source, uuid.n, w->source.n)))
                             : w->source;
    return realpath(np_str_z(w->a, name), path) != NULL && stat(path, &st) == 0 &&
           S_ISREG(st.st_mode) && np_str_starts(np_str_of(path), NP_STR("/dev/nvme"));
}

static const char *kind_of(const char *path)
{
    unsigned char head[2048];
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
        return "ext4";
    return memcmp(head, "XFSB", 4) == 0 ? "xfs" : "ext4";
}

/* What mount(8) keeps to itself is left out; what it makes flags of is flags. */
static unsigned long take_options(struct np_str text, struct np_buf *rest)
{
    static const struct {
        const char *name;
        unsigned long set, clear;
    } flags[] = {
        {"ro", MS_RDONLY, 0},
        {"rw", 0, MS_RDONLY},
        {"nosuid", MS_NOSUID, 0},
        {"suid", 0, MS_NOSUID},
        {"noexec", MS_NOEXEC, 0},
        {"exec", 0, MS_NOEXEC},
        {"nodev", MS_NODEV, 0},
        {"noatime", MS_NOATIME, 0},
        {"atime", 0, MS_NOATIME},
        {"relatime", MS_RELATIME, 0},
        {"nodiratime", MS_NODIRATIME, 0},
        {"strictatime", MS_STRICTATIME, 0},
        {"defaults", 0, 0},
        {"nofail", 0, 0},
        {"auto", 0, 0},
        {"noauto", 0, 0},
        {"user", 0, 0},
        {"users", 0, 0},
        {"nouser", 0, 0},
        {"owner", 0, 0},
        {"_netdev", 0, 0},
        {"dev", 0, 0},
        {"async", 0, 0},
    };
    unsigned long out = 0;
    struct np_str option;
    while (np_str_split(&text, ',', &option)) {
        bool known = option.n == 0 || np_str_starts(option, NP_STR("x-")) ||
                     np_str_starts(option, NP_STR("comment="));
        NP_EACH (f, flags)
            if (np_str_eq(option, np_str_of(f->name))) {
                out = (out | f->set) & ~f->clear;
                known = true;
            }
        if (!known)
            np_buf_printf(rest, "%s%.*s", rest->n > 0 ? "," : "", NP_FMT(option));
    }
    return out;
}

/* Exit status; -1: it is no volume. */
static int mount_volume(struct wish *w)
{
    char path[PATH_MAX];
    struct np_buf rest;
    if (!is_volume(w, path))
        return -1;
    np_buf_init(&rest, w->a, 4096);
    unsigned long flags = take_options(w->options, &rest);
    bool any = w->type.n == 0 || np_str_is(w->type, "auto");
    const char *type = any ? kind_of(path) : np_str_z(w->a, w->type);
    const char *target = np_str_z(w->a, w->target);
    if (mount(path, target, type, flags, np_str_z(w->a, np_buf_str(&rest))) == 0)
        return 0;
    fprintf(stderr, "mount: %s: cannot mount the %s of %s: %s.\n", target, type, path,
            strerror(errno));
    return FAILED;
}

/* --- /etc/fstab --- */

static bool has_option(struct np_str options, const char *name)
{
    struct np_str option;
    while (np_str_split(&options, ',', &option))
        if (np_str_eq(option, np_str_of(name)))
            return true;
    return false;
}

static bool is_mounted(struct np_arena *a, struct np_str target)
{
    struct np_str text = guest_read(a, "/proc/self/mounts", FSTAB_MAX), line, source, at;
    while (np_str_split(&text, '\n', &line))
        if (next_field(&line, &source) && next_field(&line, &at) && np_str_eq(at, target))
            return true;
    return false;
}

/* Lines that name `what` as source or target; without it all that are mounted at the start. -1: no
 * volume is among them. */
static int from_fstab(struct wish *w, struct np_str what)
{
    struct np_str text = guest_read(w->a, "/etc/fstab", FSTAB_MAX), line, given = w->options;
    int status = -1;
    while (np_str_split(&text, '\n', &line)) {
        if (!next_field(&line, &w->source) || w->source.p[0] == '#' ||
            !next_field(&line, &w->target) || !next_field(&line, &w->type))
            continue;
        next_field(&line, &w->options);
        if (what.n != 0 ? !np_str_eq(what, w->source) && !np_str_eq(what, w->target)
                        : has_option(w->options, "noauto") || is_mounted(w->a, w->target))
            continue;
        w->options = np_str_printf(w->a, "%.*s,%.*s", NP_FMT(w->options), NP_FMT(given));
        int one = mount_volume(w);
        status = one > status ? one : status;
        if (what.n != 0)
            break;
    }
    return status;
}

/* --- the command --- */

/* False: more than this knows of. */
static bool take_words(struct wish *w, int argc, char **argv, const char *words[2], int *n,
                       bool *all)
{
    *n = 0;
    for (int i = 1; i < argc; i++) {
        const char *v = argv[i];
        if (v[0] != '-') {
            if (*n == 2)
                return false;
            words[(*n)++] = v;
        } else if (strcmp(v, "-a") == 0) {
            *all = true;
        } else if (strcmp(v, "-r") == 0) {
            w->options = np_str_printf(w->a, "%.*s,ro", NP_FMT(w->options));
        } else if ((strcmp(v, "-t") == 0 || strcmp(v, "-o") == 0) && i + 1 < argc) {
            struct np_str value = np_str_of(argv[++i]);
            if (v[1] == 't')
                w->type = value;
            else
                w->options = np_str_printf(w->a, "%.*s,%.*s", NP_FMT(w->options), NP_FMT(value));
        } else if (strcmp(v, "-v") != 0 && strcmp(v, "-n") != 0 && strcmp(v, "-w") != 0) {
            return false;
        }
    }
    return *all ? *n == 0 && w->type.n == 0 : *n > 0;
}

/* Binding and the like is not about what a volume holds. */
static bool is_another(struct np_str options)
{
    static const char *const names[] = {"bind", "rbind", "move", "remount", "loop"};
    NP_EACH (name, names)
        if (has_option(options, *name))
            return true;
    return false;
}

int mount_main(int argc, char **argv)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct wish w = {.a = a};
    const char *words[2];
    int n, status = -1;
    bool all = false;
    if (geteuid() != 0 || !take_words(&w, argc, argv, words, &n, &all) || is_another(w.options))
        return real_mount(argv);
    if (n == 2) {
        w.source = np_str_of(words[0]);
        w.target = np_str_of(words[1]);
        status = mount_volume(&w);
    } else {
        status = from_fstab(&w, all ? NP_STR("") : np_str_of(words[0]));
    }
    return status < 0 || (all && status == 0) ? real_mount(argv) : status;
}
