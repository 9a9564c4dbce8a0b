/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - root file systems for instances: import, build, list, remove. Works on the data
 * directory, running or not; a region that runs is told. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/ask.h"
#include "daemon/datadir.h"
#include "engines/image/image.h"
#include "io/clock.h"
#include "io/file.h"

static const char usage[] =
    "usage: nephele image list\n"
    "       nephele image import NAME FILE|FOLDER [--user=NAME]\n"
    "       nephele image build debian [--name=NAME] [--suite=SUITE] [--mirror=URL]\n"
    "       nephele image remove NAME [--force]\n";

static int misused(void)
{
    fputs(usage, stderr);
    return 2;
}

static void skipped(void *arg, struct np_str path, const char *why)
{
    int *n = arg;
    if (++*n <= 10)
        fprintf(stderr, "left out: /%.*s (%s)\n", NP_FMT(path), why);
}

/* The region shows its images anew. Not running is fine. */
static void tell_region(struct cli *c)
{
    struct np_str body;
    if (cli_gateway(c).p != NULL)
        cli_ask(c, "POST", NP_STR("/_nephele/images"), &body);
}

static int made(struct cli *c, int rc, const struct np_image *i, int n_skipped)
{
    if (rc != 0)
        return cli_fail(c);
    if (n_skipped > 10)
        fprintf(stderr, "left out: %d more\n", n_skipped - 10);
    tell_region(c);
    printf("%.*s: %.*s (%.*s), %llu MB, user %.*s\n", NP_FMT(i->name), NP_FMT(i->os),
           NP_FMT(i->arch.n > 0 ? i->arch : NP_STR("no programs of a known kind")),
           (unsigned long long)(i->bytes >> 20), NP_FMT(i->user));
    if (i->arch.n > 0 && !np_str_eq(i->arch, np_image_host_arch()))
        fprintf(stderr, "nephele: its programs do not run on this host, which is %.*s\n",
                NP_FMT(np_image_host_arch()));
    return 0;
}

static bool user_ok(struct np_str user)
{
    for (size_t i = 0; i < user.n; i++)
        if (!((user.p[i] >= 'a' && user.p[i] <= 'z') || (user.p[i] >= '0' && user.p[i] <= '9') ||
              user.p[i] == '-'))
            return false;
    return user.n <= 31 && (user.n == 0 || user.p[0] != '-');
}

static int import(struct cli *c)
{
    struct np_str user = cli_take_value(c, "user");
    struct np_image image;
    int n_skipped = 0;
    if (c->argc != 3)
        return misused();
    if (!user_ok(user))
        return cli_say("'%.*s' is no name of a user", NP_FMT(user));
    char *from = realpath(c->argv[2], NULL);
    if (from == NULL)
        return cli_say("there is no %s", c->argv[2]);
    if (np_datadir_open(&c->settings, &c->err) != 0) {
        free(from);
        return cli_fail(c);
    }
    const struct np_image_import o = {.data_dir = c->settings.core.data_dir,
                                      .name = np_str_of(c->argv[1]),
                                      .from = np_str_of(from),
                                      .user = user,
                                      .source = NP_STR(""),
                                      .now_ms = np_clock_wall_ms(),
                                      .skipped = skipped,
                                      .arg = &n_skipped};
    int rc = made(c, np_image_import(&o, c->arena, &image, &c->err), &image, n_skipped);
    free(from);
    return rc;
}

/* mmdebstrap, wherever PATH has it. */
static struct np_str find_program(struct cli *c, const char *name)
{
    struct np_str left = np_str_of(getenv("PATH")), dir;
    while (left.p != NULL && np_str_split(&left, ':', &dir)) {
        struct np_str path = np_str_printf(c->arena, "%.*s/%s", NP_FMT(dir), name);
        if (dir.n > 0 && access(np_str_z(c->arena, path), X_OK) == 0)
            return path;
    }
    return NP_STR_NULL;
}

static int build(struct cli *c)
{
    struct np_str name = cli_take_value(c, "name"), suite = cli_take_value(c, "suite"),
                  mirror = cli_take_value(c, "mirror");
    struct np_image image;
    int n_skipped = 0;
    if (c->argc != 2 || !np_str_is(np_str_of(c->argv[1]), "debian"))
        return misused();
    struct np_str program = find_program(c, "mmdebstrap");
    if (program.p == NULL)
        return cli_say("this needs mmdebstrap: apt install mmdebstrap");
    if (np_datadir_open(&c->settings, &c->err) != 0)
        return cli_fail(c);
    suite = suite.n > 0 ? suite : NP_STR("bookworm");
    if (name.n == 0)
        name = np_str_is(suite, "bookworm") ? NP_STR("debian-12")
               : np_str_is(suite, "trixie") ? NP_STR("debian-13")
                                            : np_str_printf(c->arena, "debian-%.*s", NP_FMT(suite));
    const struct np_image_import o = {.data_dir = c->settings.core.data_dir,
                                      .name = name,
                                      .user = NP_STR("admin"),
                                      .source = NP_STR(""),
                                      .now_ms = np_clock_wall_ms(),
                                      .skipped = skipped,
                                      .arg = &n_skipped};
    int rc = np_image_build_debian(&o, program, suite, mirror, c->arena, &image, &c->err);
    return made(c, rc, &image, n_skipped);
}

static int list(struct cli *c)
{
    struct np_image *v;
    size_t n;
    if (c->argc != 1)
        return misused();
    if (np_images_list(c->settings.core.data_dir, c->arena, &v, &n, &c->err) != 0)
        return cli_fail(c);
    printf("%-24s %-8s %8s %-12s %s\n", "NAME", "ARCH", "MB", "USER", "WHAT");
    printf("%-24s %-8.*s %8s %-12s %.*s, this host's own /usr\n", NP_IMAGE_BUILTIN,
           NP_FMT(np_image_host_arch()), "0", "ec2-user", NP_FMT(np_image_host_os(c->arena)));
    for (size_t i = 0; i < n; i++)
        printf("%-24.*s %-8.*s %8llu %-12.*s %.*s, of %.*s\n", NP_FMT(v[i].name), NP_FMT(v[i].arch),
               (unsigned long long)(v[i].bytes >> 20), NP_FMT(v[i].user), NP_FMT(v[i].os),
               NP_FMT(v[i].source));
    return 0;
}

/* Only the region knows whether instances or AMIs need it. */
static int may_remove(struct cli *c, struct np_str name)
{
    struct np_str body;
    if (cli_gateway(c).p == NULL)
        return cli_say("no region runs that could say who uses it; start one, or say --force");
    int status = cli_ask(
        c, "POST", np_str_printf(c->arena, "/_nephele/images?remove=%.*s", NP_FMT(name)), &body);
    if (status < 0)
        return cli_fail(c);
    return status == 200 ? 0 : cli_say("%.*s", NP_FMT(np_str_trim(body)));
}

static int take_away(struct cli *c)
{
    bool force = cli_take(c, "force");
    if (c->argc != 2)
        return misused();
    struct np_str name = np_str_of(c->argv[1]);
    if (!np_image_name_ok(name))
        return cli_say("there is no image '%.*s'", NP_FMT(name));
    if (!force && may_remove(c, name) != 0)
        return 1;
    if (np_image_remove(c->settings.core.data_dir, name, &c->err) != 0)
        return cli_fail(c);
    tell_region(c);
    return 0;
}

int cli_image(struct cli *c)
{
    static const char *const own[] = {"user", "name", "suite", "mirror", "force", NULL};
    static const struct {
        const char *verb;
        int (*run)(struct cli *c);
    } verbs[] = {{"list", list}, {"import", import}, {"build", build}, {"remove", take_away}};
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    NP_EACH (v, verbs)
        if (c->argc > 0 && np_str_eq(np_str_of(c->argv[0]), np_str_of(v->verb)))
            return v->run(c);
    return misused();
}
