/* SPDX-License-Identifier: Apache-2.0 */
/* child_test.c - children, signals, descriptors in messages. */
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/child.h"
#include "io/file.h"

struct run {
    struct np_child c;
    int status, exits;
};

static void on_exited(struct np_child *c, int status)
{
    struct run *r = NP_CONTAINER(c, struct run, c);
    r->status = status;
    r->exits++;
}

static struct np_loop *new_loop(void)
{
    struct np_loop *l;
    NP_CHECK(np_loop_new(&l, NULL) == 0);
    return l;
}

static void start_shell(struct np_loop *l, struct run *r, const char *script,
                        struct np_child_opts o)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct np_err err = {0};
    *r = (struct run){0};
    o.argv = argv;
    NP_CHECK(np_child_start(l, &r->c, &o, on_exited, &err) == 0, "%s", err.text);
    NP_CHECK(r->c.pid > 0 && r->exits == 0);
}

static int shell(const char *script, struct np_child_opts o)
{
    struct np_loop *l = new_loop();
    struct run r;
    start_shell(l, &r, script, o);
    while (r.exits == 0)
        np_loop_turn(l, -1);
    NP_CHECK(r.c.pid == 0);
    np_loop_turn(l, 0);
    NP_CHECK(r.exits == 1);
    np_loop_free(l);
    return r.status;
}

NP_TEST(exit_status_is_told_once)
{
    int status = shell("exit 7", (struct np_child_opts){0});
    NP_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    status = shell("kill -TERM $$", (struct np_child_opts){0});
    NP_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

NP_TEST(child_is_killed_by_its_descriptor)
{
    struct np_loop *l = new_loop();
    struct run r;
    int p[2];
    NP_CHECK(pipe2(p, O_CLOEXEC) == 0);
    start_shell(l, &r, "read x", (struct np_child_opts){.fds = {p[0]}, .n_fds = 1});
    np_child_kill(&r.c, SIGKILL);
    while (r.exits == 0)
        np_loop_turn(l, -1);
    NP_CHECK(WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGKILL);
    np_child_kill(&r.c, SIGKILL); /* fine when it is gone */
    close(p[0]), close(p[1]);
    np_loop_free(l);
}

NP_TEST(program_that_is_not_there_is_an_error_at_once)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_loop *l = new_loop();
    struct run r = {0};
    struct np_err err = {0};
    const char *absent[] = {"/nowhere/to/be/found", NULL};
    NP_CHECK(np_child_start(l, &r.c, &(struct np_child_opts){.argv = absent}, on_exited, &err) ==
             NP_ENOENT);
    NP_CHECK(np_str_find(np_err_text(&err), NP_STR("/nowhere/to/be/found")) > 0, "%s", err.text);
    struct np_str path = np_str_printf(a, "%s/data", np_test_dir());
    NP_CHECK(np_file_write(path, NP_STR("no program"), 0600, NULL) == 0);
    const char *data[] = {np_str_z(a, path), NULL};
    NP_CHECK(np_child_start(l, &r.c, &(struct np_child_opts){.argv = data}, on_exited, &err) ==
             NP_EACCES);
    NP_CHECK(r.exits == 0 && waitpid(-1, NULL, WNOHANG) == -1, "no zombie is left");
    np_loop_free(l);
}

/* Reads what the script wrote to its descriptor 1. */
static struct np_str output_of(struct np_arena *a, const char *script, struct np_child_opts o)
{
    int p[2];
    NP_CHECK(pipe2(p, O_CLOEXEC) == 0);
    o.fds[1] = p[1];
    if (o.n_fds < 2)
        o.fds[0] = -1;
    o.n_fds = o.n_fds < 2 ? 2 : o.n_fds;
    int status = shell(script, o);
    close(p[1]);
    char *buf = np_alloc(a, 10000);
    ssize_t n = read(p[0], buf, 10000);
    close(p[0]);
    NP_CHECK(status == 0, "status %d", status);
    return np_str_n(buf, n > 0 ? (size_t)n : 0);
}

NP_TEST(child_has_an_empty_environment_or_the_given_one)
{
    NP_AUTO_ARENA a = np_arena_new();
    setenv("NEPHELE_TEST_SECRET", "leak", 1);
    const char *show = "echo \"${NEPHELE_TEST_SECRET-none}:${GIVEN-none}\"";
    NP_CHECK_STR(output_of(a, show, (struct np_child_opts){0}), NP_STR("none:none\n"));
    const char *env[] = {"GIVEN=x y", NULL};
    NP_CHECK_STR(output_of(a, show, (struct np_child_opts){.envp = env}), NP_STR("none:x y\n"));
    unsetenv("NEPHELE_TEST_SECRET");
}

NP_TEST(child_has_only_the_descriptors_it_is_given)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_AUTO_FD stray = open("/dev/null", O_RDONLY); /* not close-on-exec */
    NP_CHECK(stray > 2);
    const char *list = "for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
                       "[ -e /proc/$$/fd/$i ] && printf '%s ' $i; done; :";
    NP_CHECK_STR(output_of(a, list, (struct np_child_opts){0}), NP_STR("0 1 2 "));
    struct np_child_opts o = {.fds = {-1, -1, -1, -1, stray}, .n_fds = 5};
    NP_CHECK_STR(output_of(a, list, o), NP_STR("0 1 2 3 4 "));
}

NP_TEST(descriptors_that_trade_places_are_mapped)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_child_opts o = {.fds = {-1, -1, -1, -1, -1, -1, -1, -1}, .n_fds = 8};
    int fd[2];
    for (int i = 0; i < 2; i++) {
        struct np_str path = np_str_printf(a, "%s/f%d", np_test_dir(), i);
        NP_CHECK(np_file_write(path, i == 0 ? NP_STR("zero\n") : NP_STR("one\n"), 0600, NULL) == 0);
        fd[i] = open(np_str_z(a, path), O_RDONLY | O_CLOEXEC);
        NP_CHECK(fd[i] > 2 && fd[i] < 8, "it shall lie in the range that is filled, not at %d",
                 fd[i]);
    }
    o.fds[fd[0]] = fd[1];
    o.fds[fd[1]] = fd[0];
    struct np_str script = np_str_printf(a, "read a <&%d; read b <&%d; echo $a $b", fd[0], fd[1]);
    NP_CHECK_STR(output_of(a, np_str_z(a, script), o), NP_STR("one zero\n"));
    close(fd[0]), close(fd[1]);
}

NP_TEST(child_has_its_signals_unblocked_and_a_session_if_wanted)
{
    NP_AUTO_ARENA a = np_arena_new();
    sigset_t usr1, old;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &old);
    signal(SIGPIPE, SIG_IGN);
    /* Without 32 and 33, which are libc's own: whoever started the test may have left them ignored.
     */
    const char *show = "grep -E '^Sig(Blk|Ign)' /proc/self/status | "
                       "while read x y; do echo $((0x$y & ~0x180000000)); done";
    NP_CHECK_STR(output_of(a, show, (struct np_child_opts){0}), NP_STR("0\n0\n"));
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, &old, &now);
    NP_CHECK(sigismember(&now, SIGUSR1) == 1 && sigismember(&now, SIGTERM) == 0,
             "ours is as before");
    const char *session =
        "read a b c d e f g </proc/$$/stat; test $a = $f && echo leader || echo no";
    NP_CHECK_STR(output_of(a, session, (struct np_child_opts){.new_session = true}),
                 NP_STR("leader\n"));
    NP_CHECK_STR(output_of(a, session, (struct np_child_opts){.die_with_parent = true}),
                 NP_STR("no\n"));
}

/* The child of a thread that ends goes with it. */
struct short_life {
    int in, out;
};

static void *start_and_end(void *arg)
{
    struct short_life *s = arg;
    struct np_loop *l = new_loop();
    struct run r;
    struct np_child_opts o = {.fds = {s->in, s->out}, .n_fds = 2, .die_with_parent = true};
    start_shell(l, &r, "read x", o);
    np_watch_del(&r.c.watch);
    np_loop_free(l);
    return (void *)(intptr_t)r.c.pidfd;
}

NP_TEST(child_dies_with_its_parent)
{
    int p[2];
    NP_CHECK(pipe2(p, O_CLOEXEC) == 0);
    struct short_life s = {p[0], -1};
    pthread_t t;
    void *pidfd = NULL;
    NP_CHECK(pthread_create(&t, NULL, start_and_end, &s) == 0 && pthread_join(t, &pidfd) == 0);
    siginfo_t si = {0};
    NP_CHECK(waitid(P_PIDFD, (id_t)(intptr_t)pidfd, &si, WEXITED) == 0);
    NP_CHECK(si.si_code == CLD_KILLED && si.si_status == SIGKILL);
    close((int)(intptr_t)pidfd);
    close(p[0]), close(p[1]);
}

/* --- signals --- */

struct caught {
    struct np_signals *s;
    int n[NSIG];
    bool free_at_once;
};

static void on_caught(void *arg, int signo)
{
    struct caught *c = arg;
    c->n[signo]++;
    if (c->free_at_once) {
        np_signals_free(c->s);
        c->s = NULL;
    }
}

NP_TEST(signals_arrive_on_the_loop)
{
    sigset_t old;
    pthread_sigmask(SIG_SETMASK, NULL, &old);
    struct np_loop *l = new_loop();
    static const int wanted[] = {SIGUSR1, SIGUSR2};
    struct caught c = {0};
    NP_CHECK(np_signals_new(l, wanted, 2, on_caught, &c, &c.s, NULL) == 0);
    raise(SIGUSR1);
    raise(SIGUSR2);
    np_loop_turn(l, -1);
    NP_CHECK(c.n[SIGUSR1] == 1 && c.n[SIGUSR2] == 1);
    c.free_at_once = true;
    raise(SIGUSR2);
    np_loop_turn(l, -1);
    NP_CHECK(c.n[SIGUSR2] == 2 && c.s == NULL);
    np_loop_free(l);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* --- descriptors --- */

NP_TEST(descriptors_travel_with_their_message)
{
    int s[2], p[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0 &&
             pipe2(p, O_CLOEXEC) == 0);
    int got[3] = {-1, -1, -1};
    size_t n = 3;
    char buf[10];
    NP_CHECK(np_recvfds(s[1], buf, sizeof(buf), got, &n) == NP_EAGAIN);
    NP_CHECK(np_sendfds(s[0], "take", 4, p, 2) == 4);
    NP_CHECK(np_recvfds(s[1], buf, sizeof(buf), got, &n) == 4 && n == 2);
    NP_CHECK(memcmp(buf, "take", 4) == 0);
    NP_CHECK(fcntl(got[0], F_GETFD) == FD_CLOEXEC);
    NP_CHECK(write(got[1], "x", 1) == 1 && read(p[0], buf, 1) == 1 && buf[0] == 'x');
    close(got[0]), close(got[1]);

    NP_CHECK(np_sendfds(s[0], "none", 4, NULL, 0) == 4);
    n = 3;
    NP_CHECK(np_recvfds(s[1], buf, sizeof(buf), got, &n) == 4 && n == 0);
    uid_t uid;
    pid_t pid;
    NP_CHECK(np_peer_uid(s[0], &uid, &pid) == 0 && uid == getuid() && pid == getpid());
    close(s[0]);
    n = 3;
    NP_CHECK(np_recvfds(s[1], buf, sizeof(buf), got, &n) == NP_ECLOSED);
    NP_CHECK(np_sendfds(s[1], "x", 1, NULL, 0) == NP_ECLOSED, "and no SIGPIPE");
    close(s[1]), close(p[0]), close(p[1]);
}

NP_TEST(surplus_descriptors_are_closed)
{
    enum { MAX = 64 };
    int s[2], p[2], fds[MAX], got[MAX];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0 &&
             pipe2(p, O_CLOEXEC) == 0);
    for (int i = 0; i < MAX; i++)
        fds[i] = p[1];
    char c;
    size_t n = MAX - 1;
    NP_CHECK(np_sendfds(s[0], "x", 1, fds, MAX) == 1);
    NP_CHECK(np_recvfds(s[1], &c, 1, got, &n) == NP_EPROTO && n == 0);
    n = MAX;
    NP_CHECK(np_sendfds(s[0], "x", 1, fds, MAX) == 1);
    NP_CHECK(np_recvfds(s[1], &c, 1, got, &n) == 1 && n == MAX);
    for (int i = 0; i < MAX; i++)
        close(got[i]);
    close(p[1]);
    NP_CHECK(read(p[0], &c, 1) == 0, "no copy of the writing end is left");
    close(p[0]), close(s[0]), close(s[1]);
}
