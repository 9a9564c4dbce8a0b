/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - an image of Debian by mmdebstrap, which runs as a child and writes a tar file. */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/image/image_int.h"
#include "io/child.h"
#include "io/file.h"

#define PACKAGES                                                                                   \
    "--include=ca-certificates,cron,curl,iproute2,iputils-ping,less,nano,netbase,openssh-server,"  \
    "procps,python3-minimal,sudo,tzdata"

struct waiting {
    struct np_child child; /* first: the callback has nothing else */
    bool ended;
    int status;
};

static void exited(struct np_child *c, int status)
{
    struct waiting *w = (struct waiting *)c;
    w->ended = true;
    w->status = status;
}

/* What a download may need of the environment. */
static const char **environment(struct np_arena *a)
{
    static const char *const names[] = {"PATH",        "HOME",     "TMPDIR", "http_proxy",
                                        "https_proxy", "no_proxy", "LANG"};
    const char **env = np_new_array(a, const char *, NP_LEN(names) + 1);
    size_t n = 0;
    NP_EACH (name, names)
        if (getenv(*name) != NULL)
            env[n++] = np_str_z(a, np_str_printf(a, "%s=%s", *name, getenv(*name)));
    return env;
}

static int run(struct np_arena *a, const char *const *argv, struct np_err *err)
{
    struct np_loop *l;
    struct waiting w = {.ended = false};
    const struct np_child_opts o = {.argv = argv,
                                    .envp = environment(a),
                                    .fds = {-1, STDERR_FILENO, STDERR_FILENO},
                                    .n_fds = 3,
                                    .die_with_parent = true};
    int rc = np_loop_new(&l, err);
    if (rc != 0)
        return rc;
    rc = np_child_start(l, &w.child, &o, exited, err);
    while (rc == 0 && !w.ended)
        np_loop_turn(l, -1);
    np_loop_free(l);
    if (rc == 0 && !(WIFEXITED(w.status) && WEXITSTATUS(w.status) == 0))
        rc = np_err(err, NP_EIO, "%s has failed; what it said is above", argv[0]);
    return rc;
}

int np_image_build_debian(const struct np_image_import *o, struct np_str program,
                          struct np_str suite, struct np_str mirror, struct np_arena *a,
                          struct np_image *out, struct np_err *err)
{
    struct np_str folder = image_folder(a, o->data_dir);
    struct np_str tar =
        np_str_printf(a, "%.*s/" IMAGE_HALF "%.*s.tar", NP_FMT(folder), NP_FMT(o->name));
    const char *argv[] = {np_str_z(a, program),
                          "--variant=minbase",
                          "--quiet",
                          PACKAGES,
                          np_str_z(a, suite),
                          np_str_z(a, tar),
                          mirror.n > 0 ? np_str_z(a, mirror) : NULL,
                          NULL};
    if (!np_image_name_ok(o->name))
        return np_err(err, NP_EINVAL, "'%.*s' is no name for an image", NP_FMT(o->name));
    int rc = np_dir_make(folder, 0755, err);
    if (rc == 0)
        rc = run(a, argv, err);
    struct np_image_import import = *o;
    import.from = tar;
    if (import.source.n == 0)
        import.source = np_str_printf(a, "mmdebstrap %.*s", NP_FMT(suite));
    if (rc == 0)
        rc = np_image_import(&import, a, out, err);
    unlink(np_str_z(a, tar));
    return rc;
}
