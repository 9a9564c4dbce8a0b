/* SPDX-License-Identifier: Apache-2.0 */
/* subids.c - asking newuidmap and newgidmap. */
#include "host/instance/subids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/file.h"

#define FILE_MAX (1u << 20)

/* --- which ids --- */

struct np_str np_subids_name(struct np_str text, uid_t uid, struct np_arena *a)
{
    struct np_str line, name, rest, unused, number;
    uint64_t id;
    while (np_str_split(&text, '\n', &line))
        if (np_str_cut(line, ':', &name, &rest) && np_str_cut(rest, ':', &unused, &rest) &&
            np_str_cut(rest, ':', &number, &unused) && np_str_u64(number, &id) && id == uid)
            return name;
    return np_str_printf(a, "%u", uid);
}

/* "name:first:count" */
bool np_subids_range(struct np_str text, struct np_str user, uid_t uid, unsigned *first)
{
    struct np_str line, who, rest, from, count;
    uint64_t begin, n, number;
    while (np_str_split(&text, '\n', &line))
        if (np_str_cut(line, ':', &who, &rest) && np_str_cut(rest, ':', &from, &count) &&
            (np_str_eq(who, user) || (np_str_u64(who, &number) && number == uid)) &&
            np_str_u64(from, &begin) && np_str_u64(np_str_trim(count), &n) && n >= NP_SUBIDS &&
            begin < UINT32_MAX - NP_SUBIDS) {
            *first = (unsigned)begin;
            return true;
        }
    return false;
}

static struct np_str text_of(struct np_arena *a, const char *path)
{
    struct np_str text = NP_STR_NULL;
    np_file_read(a, np_str_of(path), FILE_MAX, &text, NULL);
    return text;
}

/* --- the helper, outside --- */

static bool run(const char *program, pid_t of, unsigned self, unsigned first)
{
    char pid[16], one[16], from[16], n[16];
    int status;
    snprintf(pid, sizeof(pid), "%d", (int)of);
    snprintf(one, sizeof(one), "%u", self);
    snprintf(from, sizeof(from), "%u", first);
    snprintf(n, sizeof(n), "%d", NP_SUBIDS);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        execl(program, program, pid, "0", one, "1", "1", from, n, (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static _Noreturn void helper_main(pid_t of, int asked, unsigned uid_first, unsigned gid_first)
{
    char c;
    if (read(asked, &c, 1) != 1)
        _exit(1);
    bool fine = run("/usr/bin/newuidmap", of, geteuid(), uid_first) &&
                run("/usr/bin/newgidmap", of, getegid(), gid_first);
    _exit(fine ? 0 : 1);
}

void np_subids_begin(struct np_subids *s, bool wanted)
{
    NP_AUTO_ARENA a = np_arena_new();
    unsigned uids, gids;
    int ends[2];
    *s = (struct np_subids){.ask = -1};
    if (!wanted || access("/usr/bin/newuidmap", X_OK) != 0)
        return;
    struct np_str user = np_subids_name(text_of(a, "/etc/passwd"), geteuid(), a);
    if (!np_subids_range(text_of(a, "/etc/subuid"), user, geteuid(), &uids) ||
        !np_subids_range(text_of(a, "/etc/subgid"), user, geteuid(), &gids) ||
        pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid_t of = getpid();
    s->helper = fork();
    if (s->helper == 0) {
        close(ends[1]);
        helper_main(of, ends[0], uids, gids);
    }
    close(ends[0]);
    s->ask = ends[1];
    if (s->helper < 0)
        s->helper = 0;
}

bool np_subids_map(struct np_subids *s)
{
    int status = 1;
    if (s->helper == 0 || write(s->ask, "m", 1) != 1)
        return false;
    while (waitpid(s->helper, &status, 0) < 0 && errno == EINTR)
        ;
    s->helper = 0;
    return status == 0;
}

void np_subids_end(struct np_subids *s)
{
    if (s->ask >= 0)
        close(s->ask);
    if (s->helper != 0)
        waitpid(s->helper, NULL, 0);
    *s = (struct np_subids){.ask = -1};
}
