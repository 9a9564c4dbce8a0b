/* SPDX-License-Identifier: Apache-2.0 */
/* agent.c - the agent's life: its namespaces, its holder, its socket. */
#include "host/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "host/agent_int.h"
#include "host/agent_wire.h"
#include "host/init.h"
#include "host/volume/volume.h"
#include "host/net/net.h"
#include "io/child.h"
#include "io/net.h"

#define HOLDER_FILE   "holder"
#define END_LOOK_MS   20
#define END_FORCED_MS (NP_INSTANCE_STOP_MS + 10000)

static const int end_signals[] = {SIGTERM, SIGINT, SIGUSR1};

struct client {
    struct np_watch watch;
    struct daemon *agent;
    int fd;
    uint64_t life; /* which connection of this place */
    bool used, greeted;
};

struct daemon {
    struct np_agent g;
    const struct np_agent_opts *opts;
    struct np_loop *loop;
    struct np_signals *signals;
    struct np_watch listener, holder_watch;
    int listen_fd, holder_fd;
    struct client clients[NP_AGENT_CLIENTS_MAX];
    uint64_t lives;
    struct np_timer end_timer;
    uint64_t end_by_ms;
    bool ending;
    struct np_arena *arena;
};

/* --- the holder --- */

static _Noreturn void holder_main(int lock)
{
    sigset_t none;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_NAME, "nephele-holder");
    np_life_write(lock, getpid());
    np_detach(&lock, 1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") != 0)
        _exit(1);
    for (;;)
        pause();
}

static void watch_holder(struct daemon *d);

static void fork_holder(struct daemon *d)
{
    NP_AUTO_FD lock = np_life_take(np_processes_dir(d->g.processes), HOLDER_FILE);
    pid_t pid = lock >= 0 ? fork() : -1;
    if (pid == 0)
        holder_main(lock);
    if (pid < 0) {
        np_log(NP_ERROR, "agent.holder", "errno=%d reason=\"cannot start the holder\"", errno);
        return;
    }
    np_life_write(lock, pid);
    d->g.holder = pid;
    np_log(NP_INFO, "agent.holder", "pid=%d", (int)pid);
}

/* The namespaces live on in this process: another one takes them over. */
static void holder_ended(struct np_watch *w, unsigned events)
{
    struct daemon *d = NP_CONTAINER(w, struct daemon, holder_watch);
    siginfo_t unused;
    np_watch_del(&d->holder_watch);
    waitid(P_PIDFD, (id_t)d->holder_fd, &unused, WEXITED | WNOHANG);
    close(d->holder_fd);
    d->holder_fd = -1;
    d->g.holder = 0;
    if (d->ending)
        return;
    np_log(NP_WARN, "agent.holder_ended", "reason=\"starting another\"");
    fork_holder(d);
    watch_holder(d);
}

static void watch_holder(struct daemon *d)
{
    struct np_err err;
    if (d->g.holder == 0)
        return;
    d->holder_fd = pidfd_open(d->g.holder, 0);
    if (d->holder_fd < 0 ||
        np_watch_add(d->loop, &d->holder_watch, d->holder_fd, NP_READABLE, holder_ended, &err) != 0)
        np_log(NP_WARN, "agent.holder_unwatched", "pid=%d", (int)d->g.holder);
}

/* --- namespaces: the holder's, else those of something that runs, else new ones --- */

struct owner {
    struct np_agent *g;
    pid_t pid;
    bool instance;
    char id[NP_PROCESS_ID_MAX + 1]; /* empty: the holder */
};

static bool still_there(void *arg)
{
    const struct owner *o = arg;
    if (o->instance)
        return np_instance_runs(o->g->instances, o->id, o->pid);
    if (o->id[0] != '\0')
        return np_process_runs(o->g->processes, o->id, o->pid);
    return np_life_pid(np_processes_dir(o->g->processes), HOLDER_FILE) == o->pid;
}

static int take_namespaces(struct daemon *d, struct np_err *err)
{
    struct np_processes *p = d->g.processes;
    struct owner o = {.g = &d->g, .pid = np_life_pid(np_processes_dir(p), HOLDER_FILE)};
    d->g.holder = o.pid;
    if (o.pid == 0)
        o.pid = np_processes_any(p, o.id);
    if (o.pid != 0) {
        int rc = np_namespaces_enter(o.pid, still_there, &o, &d->g.namespaces, err);
        if (rc != NP_ENOENT)
            return rc;
        d->g.holder = 0;
    }
    np_namespaces_make(&d->g.namespaces);
    if (!d->g.namespaces.own)
        np_log(NP_WARN, "agent.namespaces", "reason=\"%.*s\"",
               NP_FMT(np_err_text(&d->g.namespaces.why)));
    return 0;
}

/* --- clients --- */

static void hang_up(struct client *c)
{
    if (!c->used)
        return;
    np_watch_del(&c->watch);
    close(c->fd);
    *c = (struct client){0};
}

static bool answer(struct client *c, struct np_agent_ask *q, struct np_str packet)
{
    struct daemon *d = c->agent;
    NP_AUTO_BUF reply;
    np_buf_init(&reply, NULL, NP_AGENT_LONG_MAX);
    q->ticket = (struct np_agent_ticket){.client = (size_t)(c - d->clients), .life = c->life};
    bool ok = np_agent_answer(&d->g, q, packet, &c->greeted, &reply) &&
              (reply.n == 0 || np_agent_send(c->fd, np_buf_str(&reply), q->fds, q->n_fds) == 0);
    np_agent_close_fds(q->fds, q->n_fds);
    return ok;
}

static bool receive_one(struct client *c)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_agent_packet k;
    int rc = np_agent_recv(c->fd, a, &k);
    if (rc == NP_EAGAIN)
        return false;
    struct np_agent_ask q = {.arena = a, .fd = -1};
    bool ok = rc == 0 && k.n_fds <= 1; /* no verb takes more */
    if (ok) {
        q.fd = k.n_fds == 1 ? k.fds[0] : -1;
        ok = answer(c, &q, k.bytes);
        a = q.arena;
        np_agent_close_fds(&q.fd, 1);
    } else if (rc == 0) {
        np_agent_close_fds(k.fds, k.n_fds);
    }
    if (!ok)
        hang_up(c);
    return ok;
}

/* Who asked may have left, and somebody else be in its place. */
static void send_later(struct np_agent *g, const struct np_agent_ticket *to, struct np_str message,
                       const int *fds, size_t n_fds)
{
    struct daemon *d = NP_CONTAINER(g, struct daemon, g);
    struct client *c = &d->clients[to->client];
    if (c->used && c->life == to->life && np_agent_send(c->fd, message, fds, n_fds) != 0)
        hang_up(c);
}

static void on_client(struct np_watch *w, unsigned events)
{
    struct client *c = NP_CONTAINER(w, struct client, watch);
    while (c->used && receive_one(c)) /* a reply that was not read ends it, too */
        ;
}

static bool is_allowed(const struct daemon *d, int fd)
{
    uid_t uid;
    pid_t pid;
    return np_peer_uid(fd, &uid, &pid) == 0 && (uid == geteuid() || uid == d->opts->client_uid);
}

static void accept_one(struct daemon *d, int fd)
{
    struct client *c = d->clients;
    while (c < d->clients + NP_AGENT_CLIENTS_MAX && c->used)
        c++;
    if (c == d->clients + NP_AGENT_CLIENTS_MAX || !is_allowed(d, fd)) {
        np_log(NP_WARN, "agent.client_refused", "reason=\"too many, or another user\"");
        close(fd);
        return;
    }
    *c = (struct client){.agent = d, .fd = fd, .life = ++d->lives, .used = true};
    if (np_watch_add(d->loop, &c->watch, fd, NP_READABLE, on_client, NULL) != 0)
        hang_up(c);
}

static void on_listener(struct np_watch *w, unsigned events)
{
    struct daemon *d = NP_CONTAINER(w, struct daemon, listener);
    int fd;
    while ((fd = accept4(d->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0 ||
           errno == EINTR)
        if (fd >= 0)
            accept_one(d, fd);
}

static void tell_changed(struct np_agent *g)
{
    struct daemon *d = NP_CONTAINER(g, struct daemon, g);
    const struct np_agent_head h = {.version = NP_AGENT_VERSION, .verb = NP_AGENT_CHANGED};
    NP_EACH (c, d->clients)
        if (c->used && c->greeted && send(c->fd, &h, sizeof(h), MSG_NOSIGNAL) < 0)
            hang_up(c);
}

static void process_ended(void *arg)
{
    tell_changed(arg);
}

static int open_socket(struct daemon *d, struct np_err *err)
{
    struct np_str path = np_str_printf(d->arena, "%.*s/agent.sock", NP_FMT(d->opts->data_dir));
    int rc = np_listen_unix(path, &d->listen_fd, err);
    if (rc == 0 && d->opts->client_uid != geteuid() && !d->g.namespaces.user &&
        lchown(np_str_z(d->arena, path), d->opts->client_uid, d->opts->client_gid) != 0)
        rc = np_err_errno(err, errno, "cannot give the agent's socket to the region");
    return rc != 0
               ? rc
               : np_watch_add(d->loop, &d->listener, d->listen_fd, NP_READABLE, on_listener, err);
}

/* --- the end --- */

static void end_look(struct np_timer *t)
{
    struct daemon *d = NP_CONTAINER(t, struct daemon, end_timer);
    size_t left = np_processes_stop_all(d->g.processes) + np_instances_stop_all(d->g.instances);
    bool late = np_now_ms(d->loop) >= d->end_by_ms;
    /* Nobody is left who has them open; or, late, they go when the last one closes them. */
    if (left == 0 || late)
        left += np_volumes_stop_all(d->g.volumes);
    if (left == 0 || late) {
        if (left != 0)
            np_log(NP_ERROR, "agent.left", "processes=%zu reason=\"they do not end\"", left);
        else if (d->g.holder != 0 && d->holder_fd >= 0)
            pidfd_send_signal(d->holder_fd, SIGKILL, NULL, 0);
        np_loop_stop(d->loop);
        return;
    }
    np_timer_set(d->loop, &d->end_timer, END_LOOK_MS, end_look);
}

static void on_signal(void *arg, int signo)
{
    struct daemon *d = arg;
    if (signo == SIGUSR1) {
        np_loop_stop(d->loop);
        return;
    }
    if (d->ending)
        return;
    d->ending = true;
    d->end_by_ms = np_now_ms(d->loop) + END_FORCED_MS;
    end_look(&d->end_timer);
}

static int serve(struct daemon *d, struct np_err *err)
{
    int rc = np_loop_new(&d->loop, err);
    d->g.loop = d->loop;
    if (rc == 0)
        rc = np_signals_new(d->loop, end_signals, NP_LEN(end_signals), on_signal, d, &d->signals,
                            err);
    if (rc == 0 && np_nets_open(&d->g, &d->g.nets, &d->g.no_nets) != 0)
        np_log(NP_WARN, "agent.networks", "reason=\"%.*s\"", NP_FMT(np_err_text(&d->g.no_nets)));
    if (rc == 0)
        rc = open_socket(d, err);
    if (rc != 0)
        return rc;
    watch_holder(d);
    np_processes_watch(d->g.processes, d->loop, process_ended, &d->g);
    np_instances_watch(d->g.instances, d->loop, process_ended, &d->g);
    np_volumes_watch(d->g.volumes, d->loop, process_ended, &d->g);
    np_log(NP_INFO, "agent.ready", "pid=%d holder=%d namespaces=%d", (int)getpid(),
           (int)d->g.holder, d->g.namespaces.own);
    np_loop_run(d->loop);
    return 0;
}

static void close_agent(struct daemon *d)
{
    NP_EACH (c, d->clients)
        hang_up(c);
    np_watch_del(&d->listener);
    np_watch_del(&d->holder_watch);
    if (d->listen_fd >= 0)
        close(d->listen_fd);
    if (d->holder_fd >= 0)
        close(d->holder_fd);
    np_nets_free(d->g.nets);
    np_processes_free(d->g.processes);
    np_instances_free(d->g.instances);
    np_volumes_free(d->g.volumes);
    np_signals_free(d->signals);
    np_loop_free(d->loop);
}

/* Until the loop takes them: an agent that was ended in its start would leave its holder behind. */
static void hold_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    NP_EACH (s, end_signals)
        sigaddset(&set, *s);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* What the networks and the volumes do for an instance. */
static int guest_network(void *networks, const char *id, struct np_err *err)
{
    const struct np_agent *g = networks;
    if (g->nets == NULL)
        return np_err(err, NP_ENOTSUP, "no networks: %.*s", NP_FMT(np_err_text(&g->no_nets)));
    int fd = np_guest_netns_fd(g->nets, id);
    return fd >= 0 ? fd : np_err(err, NP_EAGAIN, "no network names %s yet", id);
}

static struct np_instance_parts parts_of(struct daemon *d)
{
    return (struct np_instance_parts){
        .networks = &d->g,
        .netns = guest_network,
        .arg = d->g.volumes,
        .root_ready = np_volume_root_ready,
        .root = np_volume_root,
        .devices = np_volume_devices,
        .devices_at = NP_VOLUME_DEV_DIR,
        .names = np_volume_names,
        .gone = np_volume_guest_gone,
        .mounts_listener = np_volume_listener_path(d->g.volumes),
        .served = np_volumes_are_served(d->g.volumes),
    };
}

static bool find_guest(void *arg, const char *id, struct np_instance_guest *out)
{
    return np_instance_find(arg, id, out);
}

int np_agent_run(const struct np_agent_opts *o, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    hold_signals();
    struct daemon *d = np_new(a, struct daemon);
    *d = (struct daemon){
        .opts = o,
        .arena = a,
        .listen_fd = -1,
        .holder_fd = -1,
        .g = {.data_dir = o->data_dir, .send = send_later, .changed = tell_changed}};
    int rc = np_processes_open(o->data_dir, &d->g.processes, err);
    if (rc == 0)
        rc = np_instances_open(o->data_dir, &d->g.instances, err);
    if (rc == 0)
        rc = take_namespaces(d, err);
    if (rc == 0)
        rc = np_volumes_open(o->data_dir, &d->g.namespaces, &d->g.volumes, err);
    if (rc == 0) {
        const struct np_instance_parts parts = parts_of(d);
        np_volumes_guests(d->g.volumes, find_guest, d->g.instances);
        np_instances_begin(d->g.instances, d->g.namespaces.user, &parts);
        bool mine = d->g.holder == 0;
        if (mine)
            fork_holder(d);
        rc = serve(d, err);
        if (rc != 0 && mine && d->g.holder != 0)
            kill(d->g.holder, SIGKILL); /* what runs keeps the namespaces itself */
    }
    close_agent(d);
    return rc;
}
