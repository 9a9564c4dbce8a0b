/* SPDX-License-Identifier: Apache-2.0 */
/* show.c - status, endpoints, logs and env: what a running region is, without changing it. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/ask.h"
#include "codec/json.h"
#include "daemon/datadir.h"
#include "daemon/rootkeys.h"
#include "io/file.h"

#define LOG_LAST_BYTES 65536
#define NOT_RUNNING    3 /* as init scripts say */

/* --- status --- */

static uint64_t pss_kb(struct np_arena *a, pid_t pid)
{
    struct np_str text, line;
    if (np_file_read(a, np_str_printf(a, "/proc/%d/smaps_rollup", (int)pid), 65536, &text, NULL) !=
        0)
        return 0;
    while (np_str_split(&text, '\n', &line)) {
        uint64_t kb = 0;
        if (!np_str_starts(line, NP_STR("Pss:")) || !np_str_ends(line, NP_STR(" kB")))
            continue;
        np_str_u64(np_str_trim(np_str_sub(line, 4, line.n - 7)), &kb);
        return kb;
    }
    return 0;
}

/* Of a process and all below it. */
static uint64_t tree_pss_kb(struct np_arena *a, pid_t pid, unsigned *n, unsigned depth)
{
    uint64_t sum = pss_kb(a, pid), child;
    struct np_str text, word;
    ++*n;
    int rc = np_file_read(a, np_str_printf(a, "/proc/%d/task/%d/children", (int)pid, (int)pid),
                          65536, &text, NULL);
    while (rc == 0 && depth > 0 && np_str_split(&text, ' ', &word))
        if (np_str_u64(word, &child))
            sum += tree_pss_kb(a, (pid_t)child, n, depth - 1);
    return sum;
}

static bool is_below(struct np_arena *a, pid_t pid, pid_t top)
{
    struct np_str text;
    uint64_t parent = (uint64_t)pid;
    for (int depth = 0; depth < 4 && parent > 1; depth++) {
        if ((pid_t)parent == top)
            return true;
        if (np_file_read(a, np_str_printf(a, "/proc/%d/stat", (int)parent), 4096, &text, NULL) != 0)
            return false;
        text = np_str_sub(text, (size_t)np_str_rchr(text, ')') + 4, text.n); /* ") S PPID …" */
        np_str_u64(np_str_sub(text, 0, (size_t)np_str_chr(text, ' ')), &parent);
    }
    return false;
}

int cli_status(struct cli *c)
{
    if (!cli_read(c, NP_FOR_CLIENT, NULL) || !cli_end(c))
        return 2;
    pid_t pid = cli_pid(c);
    struct np_str at = cli_gateway(c), body;
    printf("data      %.*s\n", NP_FMT(c->settings.core.data_dir));
    if (pid == 0) {
        printf("state     stopped\n");
        return NOT_RUNNING;
    }
    unsigned n = 0;
    uint64_t kb = tree_pss_kb(c->arena, pid, &n, 4);
    pid_t holder = np_datadir_holder(c->settings.core.data_dir, "run/holder");
    if (holder != 0 && !is_below(c->arena, holder, pid)) /* of a supervisor before this one */
        kb += tree_pss_kb(c->arena, holder, &n, 0);
    bool answers = at.p != NULL && cli_ask(c, "GET", NP_STR("/_nephele/health"), &body) == 200;
    printf("state     %s\nprocess   %d\n", answers ? "running" : "not answering", (int)pid);
    if (at.p != NULL)
        printf("endpoint  http://%.*s (and https)\n", NP_FMT(at));
    struct np_str dns = np_datadir_address(c->settings.core.data_dir, "dns", c->arena);
    if (dns.p != NULL)
        printf("dns       %.*s (UDP and TCP)\n", NP_FMT(dns));
    printf("memory    %llu.%llu MB in %u processes\n", (unsigned long long)kb / 1024,
           (unsigned long long)(kb % 1024) * 10 / 1024, n);
    if (answers)
        cli_status_instances(c);
    if (answers)
        printf("health    %.*s\n", NP_FMT(np_str_trim(body)));
    return answers ? 0 : 1;
}

/* --- endpoints --- */

static const struct {
    const char *title, *key;
    int width;
} columns[] = {
    {"RESOURCE", "resource", 12}, {"NAME", "name", 44}, {"ADDRESS", "address", 16},
    {"PORT", "port", 6},          {"URL", "url", 0},
};

/* A port that nobody listens on is none. */
static struct np_str cell(const struct np_json *row, const char *key)
{
    const struct np_json *j = np_json_member(row, np_str_of(key));
    if (j == NULL || j->type == NP_J_NULL || (j->type == NP_J_INT && j->i == 0))
        return NP_STR("-");
    return j->s;
}

static void print_row(const struct np_json *row)
{
    NP_EACH (c, columns) {
        struct np_str text = row != NULL ? cell(row, c->key) : np_str_of(c->title);
        printf("%-*.*s%s", c->width, NP_FMT(text), c->width != 0 ? " " : "\n");
    }
}

int cli_endpoints(struct cli *c)
{
    static const char *const own[] = {"json", NULL};
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    bool json = cli_take(c, "json");
    if (!cli_end(c))
        return 2;
    struct np_str body;
    struct np_json *list;
    int status = cli_ask(c, "GET", NP_STR("/_nephele/endpoints"), &body);
    if (status < 0)
        return cli_fail(c);
    if (status != 200 || np_json_parse(c->arena, body, &list, &c->err) != 0)
        return cli_say("the region does not say what its endpoints are");
    if (json) {
        printf("%.*s", NP_FMT(body));
        return 0;
    }
    print_row(NULL);
    for (const struct np_json *row = list->child; row != NULL; row = row->next)
        print_row(row);
    return 0;
}

/* --- logs --- */

static off_t copy_from(int fd, off_t from)
{
    char text[16384];
    ssize_t n;
    while ((n = pread(fd, text, sizeof(text), from)) > 0) {
        fwrite(text, 1, (size_t)n, stdout);
        from += n;
    }
    fflush(stdout);
    return from;
}

/* The last part, from the beginning of a line. */
static off_t last_lines(int fd)
{
    off_t end = lseek(fd, 0, SEEK_END), from = end > LOG_LAST_BYTES ? end - LOG_LAST_BYTES : 0;
    char byte = '\n';
    while (from > 0 && from < end && pread(fd, &byte, 1, from - 1) == 1 && byte != '\n')
        from++;
    return from;
}

static int follow(int fd, const char *path, off_t from)
{
    char events[4096];
    NP_AUTO_FD watch = inotify_init1(IN_CLOEXEC);
    if (watch < 0 || inotify_add_watch(watch, path, IN_MODIFY) < 0)
        return cli_say("cannot watch %s", path);
    for (;;) {
        from = copy_from(fd, from);
        if (read(watch, events, sizeof(events)) <= 0 || ferror(stdout))
            return 0;
    }
}

int cli_logs(struct cli *c)
{
    static const char *const own[] = {"follow", NULL};
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    bool on = cli_take(c, "follow");
    if (!cli_end(c))
        return 2;
    const char *path = np_str_z(c->arena, cli_in_data(c, "nephele.log"));
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cli_say("there is no log at %s; `nephele serve` logs to its terminal", path);
    off_t from = copy_from(fd, last_lines(fd));
    return on ? follow(fd, path, from) : 0;
}

/* --- env --- */

static void export(const char *name, struct np_str v)
{
    printf("export %s='", name);
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == '\'')
            fputs("'\\''", stdout);
        else
            putchar(v.p[i]);
    printf("'\n");
}

/* For who reads it; no client of AWS has a variable for that. */
static void export_dns(struct cli *c)
{
    struct np_str at = np_datadir_address(c->settings.core.data_dir, "dns", c->arena);
    ptrdiff_t colon = np_str_rchr(at, ':');
    if (colon < 0)
        return;
    struct np_str host = np_str_sub(at, 0, (size_t)colon);
    printf("# names of hosted zones: dig @%.*s -p %.*s NAME\n", NP_FMT(host),
           NP_FMT(np_str_sub(at, (size_t)colon + 1, at.n)));
}

int cli_env(struct cli *c)
{
    static const char *const own[] = {"tls", NULL};
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    bool tls = cli_take(c, "tls");
    if (!cli_end(c))
        return 2;
    struct np_rootkey key;
    struct np_str at = cli_gateway(c);
    if (at.p == NULL)
        return cli_say("no region runs on %.*s; try `nephele start`",
                       NP_FMT(c->settings.core.data_dir));
    if (np_rootkey_find(c->settings.core.data_dir, NP_STR_NULL, c->arena, &key, &c->err) != 0)
        return cli_fail(c);
    export("AWS_ENDPOINT_URL",
           np_str_printf(c->arena, "%s://%.*s", tls ? "https" : "http", NP_FMT(at)));
    export("AWS_ACCESS_KEY_ID", key.id);
    export("AWS_SECRET_ACCESS_KEY", key.secret);
    struct np_str home = np_datadir_address(c->settings.core.data_dir, "region", c->arena);
    export("AWS_REGION", home);
    export("AWS_DEFAULT_REGION", home);
    export_dns(c);
    printf("unset AWS_SESSION_TOKEN AWS_PROFILE\n");
    if (!tls)
        return 0;
    struct np_str ca = cli_in_data(c, "tls/ca.pem");
    export("AWS_CA_BUNDLE", ca);
    export("NODE_EXTRA_CA_CERTS", ca);
    return 0;
}
