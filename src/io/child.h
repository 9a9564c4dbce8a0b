/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - child processes by pidfd, and descriptors over a unix socket. */
#pragma once

#include <sys/types.h>

#include "io/loop.h"

struct np_child_opts {
    const char *const *argv; /* NULL-terminated; argv[0] is the absolute path */
    const char *const *envp; /* NULL: an empty environment */
    /* fds[i] becomes descriptor i of the child (up to 8, -1: /dev/null). All else is closed; 0 to 2
     * are /dev/null if not given. */
    int fds[8];
    size_t n_fds;
    bool die_with_parent; /* PR_SET_PDEATHSIG SIGKILL; the parent is the thread that starts it */
    bool new_session;
};
struct np_child {
    struct np_watch watch;
    pid_t pid; /* 0: not running */
    int pidfd;
    void (*exited)(struct np_child *c, int status); /* wait status; runs once */
};
/* Returns when the program runs, or says why it does not (NP_ENOENT, NP_EACCES, and so on). The
 * signals of the child are unblocked and have their defaults. To forget a child before it exits,
 * remove c->watch and close c->pidfd. */
int np_child_start(struct np_loop *l, struct np_child *c, const struct np_child_opts *o,
                   void (*exited)(struct np_child *c, int status), struct np_err *err);
void np_child_kill(struct np_child *c, int sig); /* by pidfd: never another process */

/* Signals of this process as callbacks on a loop; blocks them for all threads started later. */
struct np_signals;
int np_signals_new(struct np_loop *l, const int *signals, size_t n,
                   void (*fn)(void *arg, int signo), void *arg, struct np_signals **out,
                   struct np_err *err);
void np_signals_free(struct np_signals *s);

/* One message with up to 64 descriptors; blocking-free. Returns bytes or NP_EAGAIN/NP_ECLOSED.
 * NP_EPROTO: more descriptors came than there was room for; all are closed, the bytes are lost. */
ssize_t np_sendfds(int sock, const void *p, size_t n, const int *fds, size_t n_fds);
/* *n_fds: room in, count out. */
ssize_t np_recvfds(int sock, void *p, size_t n, int *fds, size_t *n_fds);
int np_peer_uid(int sock, uid_t *uid, pid_t *pid);
