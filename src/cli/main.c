/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the nephele command. */
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "daemon/region.h"

extern char **environ;

static void say_ready(void *arg, struct np_str endpoint)
{
    printf("Ready.\n");
    fflush(stdout);
}

static int fail(const struct np_err *err)
{
    fprintf(stderr, "nephele: %.*s\n", NP_FMT(np_err_text(err)));
    return 1;
}

static int serve(struct np_arena *a, int argc, char **argv)
{
    struct np_settings s;
    struct np_err err = {0};
    if (np_settings_read(a, NP_FOR_REGION, NULL, &argc, argv, environ, &s, &err) != 0)
        return fail(&err);
    np_log_init(s.log_level, STDERR_FILENO);
    return np_region_run(&s, say_ready, NULL, &err) != 0 ? fail(&err) : 0;
}

int main(int argc, char **argv)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (argc >= 2 && np_str_is(np_str_of(argv[1]), "serve"))
        return serve(a, argc - 2, argv + 2);
    fputs("usage: nephele serve [--data DIR] [--listen ADDR:PORT]\n", stderr);
    return 2;
}
