/* SPDX-License-Identifier: Apache-2.0 */
/* worker.c - the process that runs functions, and the socket to it. */
#include "engines/edgefn/edgefn_int.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

#define READ_BYTES 65536
/* All calls that may be ahead, each with its function and its event. */
#define OUT_MAX ((NP_EDGEFN_AHEAD + 1) * (NP_EDGEFN_CODE_MAX + NP_EDGEFN_EVENT_MAX + 4096))
#define IN_MAX  (NP_EDGEFN_HEAD_BYTES + NP_EDGEFN_TEXTS * NP_EDGEFN_TEXT_MAX + READ_BYTES)

void np_edgefn_worker_init(struct np_edgefn_worker *w, struct np_loop *l)
{
    *w = (struct np_edgefn_worker){.loop = l, .fd = -1};
    np_buf_init(&w->in, NULL, IN_MAX);
    np_buf_init(&w->out, NULL, OUT_MAX);
}

static void close_socket(struct np_edgefn_worker *w)
{
    if (w->fd < 0)
        return;
    np_watch_del(&w->watch);
    close(w->fd);
    w->fd = -1;
}

/* --- what it says --- */

static void end_it(struct np_edgefn_worker *w)
{
    close_socket(w);
    np_child_kill(&w->child, SIGKILL);
}

static void take_frames(struct np_edgefn_worker *w)
{
    size_t at = 0, used;
    struct np_edgefn_frame f;
    int rc;
    while ((rc = np_edgefn_frame_get(np_str_n(w->in.p + at, w->in.n - at), &f, &used)) == 0) {
        if (w->frame(w, &f) != 0) {
            rc = NP_EPROTO;
            break;
        }
        at += used;
    }
    if (rc == NP_EPROTO)
        end_it(w);
    np_buf_drop(&w->in, at);
}

static void read_all(struct np_edgefn_worker *w)
{
    char bytes[READ_BYTES];
    ssize_t n;
    while (w->fd >= 0 && (n = recv(w->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0)
            break;
        np_buf_add(&w->in, bytes, (size_t)n);
        take_frames(w);
    }
    if (w->fd >= 0)
        end_it(w);
}

static void on_socket(struct np_watch *watch, unsigned events)
{
    struct np_edgefn_worker *w = NP_CONTAINER(watch, struct np_edgefn_worker, watch);
    if (events & (NP_READABLE | NP_HANGUP | NP_READ_CLOSED))
        read_all(w);
    if (w->fd >= 0 && (events & NP_WRITABLE))
        np_edgefn_worker_flush(w);
}

void np_edgefn_worker_flush(struct np_edgefn_worker *w)
{
    while (w->fd >= 0 && w->out.n != 0) {
        ssize_t n = send(w->fd, w->out.p, w->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* a broken one is told by its end */
        np_buf_drop(&w->out, (size_t)n);
    }
}

/* --- its life --- */

static void on_exited(struct np_child *c, int status)
{
    struct np_edgefn_worker *w = NP_CONTAINER(c, struct np_edgefn_worker, child);
    read_all(w); /* what it answered before */
    close_socket(w);
    np_timer_stop(&w->silence);
    np_buf_clear(&w->in);
    np_buf_clear(&w->out);
    w->ended(w, status);
}

static void on_silence(struct np_timer *t)
{
    struct np_edgefn_worker *w = NP_CONTAINER(t, struct np_edgefn_worker, silence);
    w->gone_quiet = true;
    np_child_kill(&w->child, SIGKILL);
}

void np_edgefn_worker_expect(struct np_edgefn_worker *w, bool due)
{
    if (due)
        np_timer_set(w->loop, &w->silence, NP_EDGEFN_SILENCE_MS, on_silence);
    else
        np_timer_stop(&w->silence);
}

int np_edgefn_worker_start(struct np_edgefn_worker *w, struct np_str program, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return np_err_errno(err, errno, "no socket for the worker of viewer functions");
    NP_AUTO_FD ours = pair[0], theirs = pair[1];
    const char *const argv[] = {np_str_z(a, program), NULL};
    const struct np_child_opts o = {
        .argv = argv,
        .fds = {-1, -1, 2, theirs}, /* it writes to no output but what went wrong at its start */
        .n_fds = 4,
        .die_with_parent = true,
    };
    int rc = np_child_start(w->loop, &w->child, &o, on_exited, err);
    if (rc != 0)
        return rc;
    w->gone_quiet = false;
    w->fd = np_fd_take(&ours);
    if (np_watch_add(w->loop, &w->watch, w->fd, NP_READABLE | NP_WRITABLE, on_socket, err) != 0)
        end_it(w);
    np_edgefn_worker_expect(w, true);
    return 0;
}

void np_edgefn_worker_fini(struct np_edgefn_worker *w)
{
    np_timer_stop(&w->silence);
    close_socket(w);
    if (np_edgefn_worker_runs(w)) {
        siginfo_t si;
        np_child_kill(&w->child, SIGKILL);
        np_watch_del(&w->child.watch);
        waitid(P_PIDFD, (id_t)w->child.pidfd, &si, WEXITED);
        close(w->child.pidfd);
        w->child.pid = 0;
    }
    np_buf_fini(&w->in);
    np_buf_fini(&w->out);
}
