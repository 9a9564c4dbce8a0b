/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - nephele ssh and nephele console, and what status says of instances. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/enc.h"
#include "cli/ask.h"
#include "cli/exec.h"
#include "codec/json.h"
#include "io/file.h"

#define SSH_ARGS_MAX 128

static struct np_str encoded(struct cli *c, const char *prefix, struct np_str name)
{
    struct np_buf b;
    np_buf_init(&b, c->arena, 4096);
    np_buf_str_add(&b, np_str_of(prefix));
    np_uri_encode(&b, name, false);
    return np_buf_str(&b);
}

/* --- console --- */

int cli_console(struct cli *c)
{
    struct np_str body;
    if (!cli_read(c, NP_FOR_CLIENT, NULL))
        return 2;
    if (c->argc != 1) {
        cli_say("usage: nephele console INSTANCE");
        return 2;
    }
    int status =
        cli_ask(c, "GET", encoded(c, "/_nephele/console?instance=", np_str_of(c->argv[0])), &body);
    if (status < 0)
        return cli_fail(c);
    if (status != 200)
        return cli_say("%.*s", NP_FMT(np_str_trim(body)));
    fwrite(body.p, 1, body.n, stdout);
    return 0;
}

/* --- ssh --- */

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The key of who runs the region, made at its first use. */
static int make_key(struct cli *c, struct np_str key)
{
    struct stat st;
    if (stat(np_str_z(c->arena, key), &st) == 0)
        return 0;
    struct np_str folder = cli_in_data(c, "ssh");
    if (np_dir_make(folder, 0700, &c->err) != 0)
        return cli_fail(c);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("ssh-keygen", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "nephele", "-f",
               np_str_z(c->arena, key), (char *)NULL);
        _exit(127);
    }
    return pid > 0 && wait_for(pid) == 0 ? 0 : cli_say("ssh-keygen has failed");
}

/* Puts the public half where the instance's user has its keys, by the control door. */
static int bring_key(struct cli *c, const char *instance, const char *user, struct np_str key)
{
    static const char script[] =
        "umask 077; mkdir -p ~/.ssh && touch ~/.ssh/authorized_keys && "
        "{ grep -qxF \"$1\" ~/.ssh/authorized_keys || echo \"$1\" >> ~/.ssh/authorized_keys; }";
    struct np_str text;
    if (np_file_read(c->arena, np_str_cat(c->arena, key, NP_STR(".pub")), 4096, &text, &c->err) !=
        0)
        return cli_fail(c);
    const char *argv[] = {"/bin/sh", "-c", script, "sh", np_str_z(c->arena, np_str_trim(text)),
                          NULL};
    const struct cli_exec e = {.instance = instance, .user = user, .argv = argv, .no_input = true};
    int rc = cli_exec_run(c, &e);
    return rc == 0 ? 0 : cli_say("cannot bring a key to %s", instance);
}

static const struct np_json *find_instance(struct cli *c, const struct np_json *list,
                                           const char *name)
{
    for (const struct np_json *i = list->child; i != NULL; i = i->next)
        if (np_str_eq(np_json_str(i, NP_STR("id")), np_str_of(name)))
            return i;
    return NULL;
}

static int ask_list(struct cli *c, struct np_json **out)
{
    struct np_str body;
    int status = cli_ask(c, "GET", NP_STR("/_nephele/instances"), &body);
    if (status < 0)
        return status;
    if (status != 200 || np_json_parse(c->arena, body, out, &c->err) != 0)
        return np_err(&c->err, NP_EPROTO, "the region does not say what its instances are");
    return 0;
}

/* A word for sh, which reads the ProxyCommand. */
static struct np_str quoted(struct np_arena *a, struct np_str s)
{
    struct np_buf b;
    np_buf_init(&b, a, 16384);
    np_buf_char(&b, '\'');
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\'')
            np_buf_lit(&b, "'\\''");
        else if (s.p[i] == '%') /* ssh's own */
            np_buf_lit(&b, "%%");
        else
            np_buf_char(&b, s.p[i]);
    np_buf_char(&b, '\'');
    return np_buf_str(&b);
}

static int become_ssh(struct cli *c, const char *instance, const char *user, struct np_str key,
                      char **more)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
    if (n <= 0)
        return cli_say("cannot find this program");
    struct np_str proxy = np_str_printf(c->arena, "ProxyCommand=%.*s connect --data=%.*s %%n 22",
                                        NP_FMT(quoted(c->arena, np_str_n(self, (size_t)n))),
                                        NP_FMT(quoted(c->arena, c->settings.core.data_dir)));
    const char *argv[SSH_ARGS_MAX + 16] = {"ssh",
                                           "-o",
                                           np_str_z(c->arena, proxy),
                                           "-o",
                                           "StrictHostKeyChecking=no",
                                           "-o",
                                           "UserKnownHostsFile=/dev/null",
                                           "-o",
                                           "LogLevel=ERROR",
                                           "-i",
                                           np_str_z(c->arena, key),
                                           "-l",
                                           user,
                                           instance};
    size_t at = 14;
    for (; *more != NULL && at < NP_LEN(argv) - 1; more++)
        argv[at++] = *more;
    execvp("ssh", (char *const *)argv);
    return cli_say("cannot run ssh: %s", strerror(errno));
}

int cli_ssh(struct cli *c)
{
    static const char *const own[] = {"user", "key", NULL};
    int at = 0;
    while (at < c->argc && strncmp(c->argv[at], "--", 2) == 0)
        at += strcmp(c->argv[at], "--data") == 0 ? 2 : 1;
    if (at >= c->argc) {
        cli_say("usage: nephele ssh [--user=NAME] [--key=FILE] INSTANCE [words for ssh…]");
        return 2;
    }
    const char *instance = c->argv[at];
    char **more = c->argv + at + 1;
    c->argc = at;
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    struct np_str user = cli_take_value(c, "user"), key = cli_take_value(c, "key");
    struct np_json *list;
    if (!cli_end(c))
        return 2;
    if (ask_list(c, &list) != 0)
        return cli_fail(c);
    const struct np_json *i = find_instance(c, list, instance);
    if (i == NULL)
        return cli_say("no instance %s runs here", instance);
    if (user.n == 0)
        user = np_json_str(i, NP_STR("user"));
    const char *login = np_str_z(c->arena, user);
    if (key.n == 0) {
        key = cli_in_data(c, "ssh/key");
        if (make_key(c, key) != 0 || bring_key(c, instance, login, key) != 0)
            return 1;
    }
    return become_ssh(c, instance, login, key, more);
}

/* --- status --- */

static void print_instance(const struct np_json *i)
{
    struct np_str reason = np_json_str(i, NP_STR("reason"));
    struct np_str data = np_json_str(i, NP_STR("user_data"));
    const struct np_json *code = np_json_member(i, NP_STR("user_data_exit"));
    printf("  %.*s  %-9.*s instance check %.*s, system check %.*s",
           NP_FMT(np_json_str(i, NP_STR("id"))), NP_FMT(np_json_str(i, NP_STR("phase"))),
           NP_FMT(np_json_str(i, NP_STR("instance_check"))),
           NP_FMT(np_json_str(i, NP_STR("system_check"))));
    if (np_str_is(data, "failed"))
        printf(", user data FAILED (exit status %lld)", code != NULL ? (long long)code->i : -1);
    else if (np_str_is(data, "running"))
        printf(", user data runs");
    if (reason.n > 0)
        printf(": %.*s", NP_FMT(reason));
    printf("\n");
}

void cli_status_instances(struct cli *c)
{
    struct np_json *list;
    size_t running = 0;
    if (ask_list(c, &list) != 0)
        return;
    for (const struct np_json *i = list->child; i != NULL; i = i->next)
        running += np_str_is(np_json_str(i, NP_STR("phase")), "running");
    printf("instances %zu, %zu running\n", list->n, running);
    for (const struct np_json *i = list->child; i != NULL; i = i->next)
        print_instance(i);
}
