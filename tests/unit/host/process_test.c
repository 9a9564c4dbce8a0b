/* SPDX-License-Identifier: Apache-2.0 */
/* process_test.c - folders of processes, locks that say who lives. Starting real ones is a drill's.
 */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/limits.h"
#include "host/process.h"

NP_TEST(a_life_lasts_as_long_as_its_lock)
{
    NP_AUTO_FD dir = open(np_test_dir(), O_RDONLY | O_DIRECTORY);
    NP_CHECK(np_life_pid(dir, "lock") == 0, "no file");
    int lock = np_life_take(dir, "lock");
    NP_CHECK(lock >= 0);
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    np_life_write(lock, pid);
    close(lock);
    NP_CHECK(np_life_pid(dir, "lock") == pid, "held by the child alone");
    NP_CHECK(np_life_take(dir, "lock") < 0, "and by nobody else");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    NP_CHECK(np_life_pid(dir, "lock") == 0, "gone with it, though its pid is still in the file");
}

NP_TEST(the_folder_must_be_this_users_alone)
{
    struct np_processes *p = NULL;
    struct np_err err = {0};
    char run[300];
    snprintf(run, sizeof(run), "%s/run", np_test_dir());
    NP_CHECK(mkdir(run, 0755) == 0);
    NP_CHECK(np_processes_open(np_str_of(np_test_dir()), &p, &err) == NP_EACCES, "open to others");
    rmdir(run);
    NP_CHECK(symlink("/tmp", run) == 0);
    NP_CHECK(np_processes_open(np_str_of(np_test_dir()), &p, &err) != 0, "a link");
    unlink(run);
    NP_CHECK(np_processes_open(np_str_of(np_test_dir()), &p, &err) == 0, "%s", err.text);
    np_processes_free(p);
}

static void make_ended(int run, const char *id, const char *status)
{
    NP_CHECK(mkdirat(run, id, 0700) == 0);
    NP_AUTO_FD dir = openat(run, id, O_RDONLY | O_DIRECTORY);
    NP_AUTO_FD kind = openat(dir, "kind", O_WRONLY | O_CREAT, 0600);
    NP_AUTO_FD file = openat(dir, "status", O_WRONLY | O_CREAT, 0600);
    NP_CHECK(write(kind, "probe", 5) == 5 &&
             write(file, status, strlen(status)) == (ssize_t)strlen(status));
}

NP_TEST(what_ended_is_listed_with_how_until_it_is_stopped)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_processes *p;
    struct agent_ProcessList list;
    NP_CHECK(np_processes_open(np_str_of(np_test_dir()), &p, NULL) == 0);
    make_ended(np_processes_dir(p), "one", "exit 3\n");
    make_ended(np_processes_dir(p), "two", "signal 9\n");
    make_ended(np_processes_dir(p), "cut", "exi");
    NP_CHECK(mkdirat(np_processes_dir(p), "Not-An-Id", 0700) == 0);
    NP_CHECK(np_processes_list(p, a, &list, NULL) == 0 && list.n == 3);
    for (size_t i = 0; i < list.n; i++) {
        const struct agent_Process *one = &list.v[i];
        NP_CHECK_STR(one->State, NP_STR("ended"));
        NP_CHECK(one->ExitCode.set == np_str_is(one->Id, "one") &&
                 (!one->ExitCode.set || one->ExitCode.v == 3));
        NP_CHECK(one->Signal.set == np_str_is(one->Id, "two") &&
                 (!one->Signal.set || one->Signal.v == 9));
    }
    struct agent_Process out;
    NP_CHECK(np_process_stop(p, NP_STR("one"), a, &out, NULL) == 0);
    NP_CHECK(np_process_stop(p, NP_STR("one"), a, &out, NULL) == NP_ENOENT);
    NP_CHECK(np_processes_list(p, a, &list, NULL) == 0 && list.n == 2);
    NP_CHECK(np_process_stop(p, NP_STR("../run/two"), a, &out, NULL) == NP_EINVAL);
    np_processes_free(p);
}

NP_TEST(one_process_too_many_is_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_processes *p;
    struct agent_Process out;
    struct np_err err = {0};
    NP_CHECK(np_processes_open(np_str_of(np_test_dir()), &p, NULL) == 0);
    for (int i = 0; i < NP_PROCESSES_MAX; i++) {
        char id[20];
        snprintf(id, sizeof(id), "p%d", i);
        make_ended(np_processes_dir(p), id, "exit 0\n");
    }
    NP_CHECK(np_process_ensure(p, NP_STR("more"), NP_STR("probe"), a, &out, &err) == NP_E2BIG, "%s",
             err.text);
    NP_CHECK(np_process_ensure(p, NP_STR("more"), NP_STR("shell"), a, &out, &err) == NP_EINVAL,
             "no kind");
    np_processes_free(p);
}
