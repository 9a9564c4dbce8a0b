/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the nephele command: finds the command's function. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/cli.h"
#include "daemon/datadir.h"
#include "host/volume/view.h"
#include "host/agent.h"

extern char **environ;

static int version(struct cli *c)
{
    if (!cli_end(c))
        return 2;
    printf("nephele " NP_VERSION "\n");
    return 0;
}

static int help(struct cli *c);

static const struct {
    const char *name, *usage, *what;
    int (*run)(struct cli *c);
} commands[] = {
    {"serve", "serve", "run the region in the foreground", cli_serve},
    {"start", "start", "the same in the background; returns when it is ready", cli_start},
    {"stop", "stop [--keep]", "end it; --keep leaves running what the region has started",
     cli_stop},
    {"status", "status", "say whether it runs and what it uses", cli_status},
    {"endpoints", "endpoints [--json]", "list resource, name, address and port", cli_endpoints},
    {"logs", "logs [--follow]", "show the log of a region in the background", cli_logs},
    {"audit", "audit", "print the record of calls, an event a line", cli_audit},
    {"env", "env [--tls]", "print shell exports for AWS clients: eval \"$(nephele env)\"", cli_env},
    {"ca", "ca", "print the root certificate of what the region issues, to trust it", cli_ca},
    {"account", "account create [ID]", "make a further account, print its root keys", cli_account},
    {"master-key", "master-key rotate", "change the master key of a region that is stopped",
     cli_master_key},
    {"connect", "connect NAME PORT", "a byte pipe into a private network", cli_connect},
    {"exec", "exec INSTANCE [COMMAND]", "run a program in an instance, or a shell", cli_exec},
    {"ssh", "ssh INSTANCE", "log in to an instance, whatever its network allows", cli_ssh},
    {"console", "console INSTANCE", "what an instance wrote to its console", cli_console},
    {"image", "image list|import|build|remove", "root file systems for instances", cli_image},
    {"reset", "reset --yes", "remove all that the region holds", cli_reset},
    {"doctor", "doctor [--clean]",
     "try what this host can do, say what is weaker here; end what a killed region left",
     cli_doctor},
    {"version", "version", "print the version", version},
    {"help", "help [COMMAND]", "print this, or what one command takes", help},
};

static void print_flags(struct cli *c)
{
    printf(
        "\nflags of serve and start, each also as a variable (--at-rest is NEPHELE_AT_REST):\n%.*s",
        NP_FMT(np_settings_help(c->arena, NP_FOR_REGION)));
    printf("\nNEPHELE_ROOT_ACCESS_KEY_ID and NEPHELE_ROOT_SECRET_ACCESS_KEY give the first "
           "account's root key.\n");
}

static int help_of(struct cli *c, struct np_str name)
{
    NP_EACH (cmd, commands) {
        if (!np_str_eq(name, np_str_of(cmd->name)))
            continue;
        printf("usage: nephele %s [flags]\n\n%s\n", cmd->usage, cmd->what);
        if (cmd->run == cli_serve || cmd->run == cli_start)
            print_flags(c);
        return 0;
    }
    cli_say("unknown command '%.*s'; `nephele help` lists them", NP_FMT(name));
    return 2;
}

static int help(struct cli *c)
{
    if (c->argc == 1)
        return help_of(c, np_str_of(c->argv[0]));
    if (!cli_end(c))
        return 2;
    printf("usage: nephele COMMAND [flags]\n\n");
    NP_EACH (cmd, commands)
        printf("  %-22s %s\n", cmd->usage, cmd->what);
    print_flags(c);
    printf("All other commands take --data.\n");
    return 0;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Else a command would say that no region is there. */
static bool may_look(struct cli *c)
{
    struct stat st;
    const char *dir = np_str_z(c->arena, c->settings.core.data_dir);
    if (stat(dir, &st) != 0 || st.st_uid == geteuid() || access(dir, R_OK | X_OK) == 0)
        return true;
    cli_say("%s belongs to user %u, and is closed to others; name your own with --data", dir,
            st.st_uid);
    return false;
}

bool cli_read(struct cli *c, enum np_settings_for who, const char *const *own)
{
    if (np_settings_read(c->arena, who, own, &c->argc, c->argv, environ, &c->settings, &c->err) ==
        0)
        return who != NP_FOR_CLIENT || may_look(c);
    cli_fail(c);
    return false;
}

bool cli_take(struct cli *c, const char *name)
{
    for (int i = 0; i < c->argc; i++) {
        struct np_str word = np_str_of(c->argv[i]);
        if (!np_str_starts(word, NP_STR("--")) ||
            !np_str_eq(np_str_sub(word, 2, word.n), np_str_of(name)))
            continue;
        for (; i + 1 < c->argc; i++)
            c->argv[i] = c->argv[i + 1];
        c->argc--;
        return true;
    }
    return false;
}

struct np_str cli_take_value(struct cli *c, const char *name)
{
    struct np_str flag = np_str_printf(c->arena, "--%s=", name);
    for (int i = 0; i < c->argc; i++) {
        struct np_str word = np_str_of(c->argv[i]);
        if (!np_str_starts(word, flag))
            continue;
        for (; i + 1 < c->argc; i++)
            c->argv[i] = c->argv[i + 1];
        c->argc--;
        return np_str_sub(word, flag.n, word.n);
    }
    return NP_STR("");
}

bool cli_end(struct cli *c)
{
    if (c->argc == 0)
        return true;
    cli_say("unknown word '%s'; see `nephele help`", c->argv[0]);
    return false;
}

int cli_fail(struct cli *c)
{
    np_datadir_explain(c->settings.core.data_dir, &c->err);
    return cli_say("%.*s", NP_FMT(np_err_text(&c->err)));
}

int cli_say(const char *fmt, ...)
{
    va_list args;
    fputs("nephele: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    return 1;
}

struct np_str cli_in_data(struct cli *c, const char *name)
{
    return np_str_printf(c->arena, "%.*s/%s", NP_FMT(c->settings.core.data_dir), name);
}

pid_t cli_pid(struct cli *c)
{
    return np_datadir_holder(c->settings.core.data_dir, "lock");
}

/* The program of the agent's kind "probe": is there, and ends when it is asked to. */
static int probe(void)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    prctl(PR_SET_NAME, "nephele-probe");
    return sigwait(&set, &sig) == 0 ? 0 : 1;
}

/* The agent alone, for drills: of a folder, without a region. */
static int agent(const char *data_dir)
{
    struct np_err err = {0};
    const struct np_agent_opts o = {
        .data_dir = np_str_of(data_dir), .client_uid = geteuid(), .client_gid = getegid()};
    return np_agent_run(&o, &err) == 0 ? 0 : cli_say("%.*s", NP_FMT(np_err_text(&err)));
}

int main(int argc, char **argv)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct cli c = {.arena = a, .argc = argc - 2, .argv = argv + 2};
    struct np_str name = np_str_of(argc >= 2 ? argv[1] : "");
    if (argc >= 2 && asks_for_help(argv[1]))
        name = NP_STR("help");
    if (argc == 3 && asks_for_help(argv[2]))
        return help_of(&c, name);
    if (np_str_is(name, "--version"))
        name = NP_STR("version");
    if (np_str_is(name, "__probe"))
        return probe();
    if (np_str_is(name, "__volume"))
        return np_volume_view_main();
    if (np_str_is(name, "__agent") && argc == 3)
        return agent(argv[2]);
    NP_EACH (cmd, commands)
        if (np_str_eq(name, np_str_of(cmd->name)))
            return cmd->run(&c);
    if (name.n == 0)
        fputs("usage: nephele COMMAND [flags]; `nephele help` lists the commands\n", stderr);
    else
        cli_say("unknown command '%.*s'; `nephele help` lists them", NP_FMT(name));
    return 2;
}
