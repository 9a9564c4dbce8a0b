/* SPDX-License-Identifier: Apache-2.0 */
/* control.c - the control door: short questions here, programs in a process for each. */
#include "guest/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "guest/guest.h"

#define HANG_UP_MS 5000

struct control {
    int listen_fd;
    int talks[NP_GUEST_TALKS_MAX]; /* -1: free */
    pid_t runs[NP_GUEST_TALKS_MAX];
};

struct control *control_new(int listen_fd)
{
    struct control *c = np_heap_new(struct control);
    c->listen_fd = listen_fd;
    NP_EACH (t, c->talks)
        *t = -1;
    return c;
}

size_t control_fds(struct control *c, struct pollfd *v, size_t max)
{
    size_t n = 0;
    v[n++] = (struct pollfd){.fd = c->listen_fd, .events = POLLIN};
    NP_EACH (t, c->talks)
        if (*t >= 0 && n < max)
            v[n++] = (struct pollfd){.fd = *t, .events = POLLIN};
    return n;
}

static bool say(int fd, enum np_guest_message type, const void *body, size_t n)
{
    char packet[sizeof(struct np_guest_head) + NP_GUEST_DATA_MAX];
    const struct np_guest_head h = {.version = NP_GUEST_VERSION, .type = (uint8_t)type};
    if (n > NP_GUEST_DATA_MAX)
        n = NP_GUEST_DATA_MAX;
    memcpy(packet, &h, sizeof(h));
    if (n > 0)
        memcpy(packet + sizeof(h), body, n);
    return send(fd, packet, sizeof(h) + n, MSG_NOSIGNAL) == (ssize_t)(sizeof(h) + n);
}

/* --- a program --- */

struct session {
    int fd; /* the conversation */
    pid_t pid;
    int in, out, err; /* -1: closed */
    bool tty;
};

struct texts {
    struct np_str rest;
};

static const char *take_text(struct texts *t)
{
    const char *nul = memchr(t->rest.p, '\0', t->rest.n);
    if (nul == NULL)
        return NULL;
    const char *out = t->rest.p;
    t->rest = np_str_sub(t->rest, (size_t)(nul - out) + 1, t->rest.n);
    return out;
}

struct wanted {
    struct np_guest_exec x;
    const char *user, *folder;
    char **argv, **env;
};

static bool take_exec(struct np_arena *a, struct np_str body, struct wanted *w)
{
    if (body.n < sizeof(w->x))
        return false;
    memcpy(&w->x, body.p, sizeof(w->x));
    struct texts t = {np_str_sub(body, sizeof(w->x), body.n)};
    if (w->x.n_argv + w->x.n_env > NP_GUEST_ARGS_MAX)
        return false;
    w->user = take_text(&t);
    w->folder = w->user != NULL ? take_text(&t) : NULL;
    w->argv = np_new_array(a, char *, (size_t)w->x.n_argv + 1);
    w->env = np_new_array(a, char *, (size_t)w->x.n_env + 1);
    bool fine = w->folder != NULL;
    for (size_t i = 0; fine && i < w->x.n_argv; i++)
        fine = (w->argv[i] = (char *)(uintptr_t)take_text(&t)) != NULL;
    for (size_t i = 0; fine && i < w->x.n_env; i++)
        fine = (w->env[i] = (char *)(uintptr_t)take_text(&t)) != NULL;
    return fine && t.rest.n == 0;
}

/* What /etc/environment has. */
static void add_environment(struct np_arena *a)
{
    struct np_str text = guest_read(a, "/etc/environment", 65536), line, name, value;
    while (np_str_split(&text, '\n', &line))
        if (np_str_cut(np_str_trim(line), '=', &name, &value) && name.n > 0) {
            if (value.n >= 2 && value.p[0] == '"')
                value = np_str_sub(value, 1, value.n - 2);
            setenv(np_str_z(a, name), np_str_z(a, value), 1);
        }
}

static _Noreturn void exec_program(struct np_arena *a, const struct wanted *w)
{
    struct guest_user u;
    sigset_t none;
    const char *user = w->user[0] != '\0' ? w->user : "root";
    if (!user_find(a, user, &u)) {
        dprintf(STDERR_FILENO, "there is no user %s\n", user);
        _exit(126);
    }
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("TERM", "xterm", 0);
    add_environment(a);
    if (!user_become(a, &u)) {
        dprintf(STDERR_FILENO, "cannot become %s: %s\n", user, strerror(errno));
        _exit(126);
    }
    const char *folder = w->folder[0] != '\0' ? w->folder : u.home;
    if (chdir(folder) != 0 && chdir("/") != 0)
        _exit(126);
    for (char **e = w->env; *e != NULL; e++)
        if (strchr(*e, '=') != NULL)
            putenv(*e);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
    if (w->argv[0] != NULL)
        execvp(w->argv[0], w->argv);
    else
        execl(u.shell,
              np_str_z(a, np_str_printf(a, "-%s",
                                        strrchr(u.shell, '/') != NULL ? strrchr(u.shell, '/') + 1
                                                                      : u.shell)),
              (char *)NULL);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", w->argv[0] != NULL ? w->argv[0] : u.shell,
            strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}

static bool start_tty(struct np_arena *a, const struct wanted *w, struct session *s)
{
    char name[64];
    struct winsize size = {.ws_row = w->x.rows, .ws_col = w->x.columns};
    int master = open("/dev/ptmx", O_RDWR | O_CLOEXEC | O_NOCTTY), unlock = 0, number;
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) != 0 ||
        ioctl(master, TIOCGPTN, &number) != 0)
        return false;
    snprintf(name, sizeof(name), "/dev/pts/%d", number);
    ioctl(master, TIOCSWINSZ, &size);
    s->pid = fork();
    if (s->pid == 0) {
        setsid();
        int slave = open(name, O_RDWR);
        ioctl(slave, TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; fd++)
            dup2(slave, fd);
        exec_program(a, w);
    }
    s->in = master;
    s->out = dup(master);
    return s->pid > 0;
}

static bool start_pipes(struct np_arena *a, const struct wanted *w, struct session *s)
{
    int p[3][2];
    NP_EACH (one, p)
        if (pipe2(*one, O_CLOEXEC) != 0)
            return false;
    s->pid = fork();
    if (s->pid == 0) {
        setsid();
        dup2(p[0][0], 0);
        dup2(p[1][1], 1);
        dup2(p[2][1], 2);
        exec_program(a, w);
    }
    close(p[0][0]);
    close(p[1][1]);
    close(p[2][1]);
    s->in = p[0][1];
    s->out = p[1][0];
    s->err = p[2][0];
    return s->pid > 0;
}

static void write_in(struct session *s, const char *p, size_t n)
{
    while (n > 0 && s->in >= 0) {
        ssize_t done = write(s->in, p, n);
        if (done <= 0) {
            close(s->in);
            s->in = -1;
            return;
        }
        p += done;
        n -= (size_t)done;
    }
}

static void end_input(struct session *s)
{
    if (s->tty)
        write_in(s, "\x04", 1);
    else if (s->in >= 0)
        close(s->in);
    s->in = s->tty ? s->in : -1;
}

/* False: who asked has hung up. */
static bool from_client(struct session *s)
{
    char packet[NP_GUEST_MESSAGE_MAX];
    struct np_guest_head h;
    ssize_t n = recv(s->fd, packet, sizeof(packet), 0);
    if (n < (ssize_t)sizeof(h))
        return false;
    memcpy(&h, packet, sizeof(h));
    const char *body = packet + sizeof(h);
    size_t size = (size_t)n - sizeof(h);
    uint16_t shape[2];
    uint32_t number;
    if (h.type == NP_GUEST_INPUT) {
        write_in(s, body, size);
    } else if (h.type == NP_GUEST_INPUT_END) {
        end_input(s);
    } else if (h.type == NP_GUEST_RESIZE && size == sizeof(shape) && s->tty) {
        memcpy(shape, body, sizeof(shape));
        struct winsize w = {.ws_row = shape[0], .ws_col = shape[1]};
        ioctl(s->in, TIOCSWINSZ, &w);
    } else if (h.type == NP_GUEST_SIGNAL && size == sizeof(number)) {
        memcpy(&number, body, sizeof(number));
        if (number < 65)
            kill(-s->pid, (int)number);
    }
    return true;
}

static void forward(struct session *s, int *from, enum np_guest_message type)
{
    char bytes[NP_GUEST_DATA_MAX];
    ssize_t n = read(*from, bytes, sizeof(bytes));
    if (n > 0 && say(s->fd, type, bytes, (size_t)n))
        return;
    if (n < 0 && errno == EINTR)
        return;
    close(*from);
    *from = -1;
}

/* Until the program has ended and what it wrote is told. What it left in the background may hold
 * the pipes: it is not waited for. */
static int pump(struct session *s)
{
    int status = 0;
    bool ended = false;
    NP_AUTO_FD life = (int)syscall(SYS_pidfd_open, s->pid, 0);
    for (;;) {
        struct pollfd p[] = {{.fd = ended ? -1 : life, .events = POLLIN},
                             {.fd = s->out, .events = POLLIN},
                             {.fd = s->err, .events = POLLIN},
                             {.fd = ended ? -1 : s->fd, .events = POLLIN}};
        int n = poll(p, NP_LEN(p), ended ? 0 : -1);
        if (ended && n <= 0)
            break;
        if (p[1].revents != 0)
            forward(s, &s->out, NP_GUEST_OUTPUT);
        if (p[2].revents != 0)
            forward(s, &s->err, NP_GUEST_ERRORS);
        if (p[3].revents != 0 && !from_client(s)) {
            kill(-s->pid, SIGHUP);
            kill(-s->pid, SIGCONT);
            break;
        }
        if (p[0].revents != 0 && waitpid(s->pid, &status, WNOHANG) == s->pid)
            ended = true;
    }
    return status;
}

/* Closing with something unread would take what was said with it. */
static _Noreturn void hang_up(int fd)
{
    char unread[256];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    shutdown(fd, SHUT_WR);
    while (poll(&p, 1, HANG_UP_MS) == 1 && recv(fd, unread, sizeof(unread), 0) > 0)
        ;
    _exit(0);
}

static _Noreturn void talk(int fd, struct np_str body)
{
    struct np_arena *a = np_arena_new();
    struct session s = {.fd = fd, .in = -1, .out = -1, .err = -1};
    struct wanted w = {.user = NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_IGN);
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    bool fine = take_exec(a, body, &w);
    s.tty = fine && w.x.tty == 1;
    fine = fine && (s.tty ? start_tty(a, &w, &s) : start_pipes(a, &w, &s));
    if (!fine) {
        const char *why = w.user == NULL ? "no such request" : strerror(errno);
        say(fd, NP_GUEST_FAILED, why, strlen(why));
        hang_up(fd);
    }
    uint32_t pid = (uint32_t)s.pid;
    say(fd, NP_GUEST_STARTED, &pid, sizeof(pid));
    uint32_t status = (uint32_t)pump(&s);
    say(fd, NP_GUEST_EXIT, &status, sizeof(status));
    hang_up(fd);
}

/* --- short questions --- */

static void status(int fd)
{
    NP_AUTO_ARENA a = np_arena_new();
    char host[65] = "";
    gethostname(host, sizeof(host) - 1);
    struct np_str text = guest_read(a, GUEST_STATUS, 16384);
    text = np_str_printf(a, "%.*shostname=%s\n", NP_FMT(text), host);
    say(fd, NP_GUEST_STATUS, text.p, text.n);
}

static void start_talk(struct control *c, int fd, struct np_str body)
{
    static const char full[] = "too many programs run by the door";
    NP_EACH (r, c->runs) {
        if (*r != 0)
            continue;
        *r = fork();
        if (*r == 0)
            talk(fd, body);
        if (*r < 0)
            *r = 0;
        else
            return;
        break;
    }
    say(fd, NP_GUEST_FAILED, full, sizeof(full) - 1);
}

/* True: it stays open here. */
static bool answer(struct control *c, int fd, int *wanted)
{
    static char packet[NP_GUEST_MESSAGE_MAX];
    struct np_guest_head h;
    ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if ((size_t)n < sizeof(h) || (size_t)n > sizeof(packet))
        return false;
    memcpy(&h, packet, sizeof(h));
    struct np_str body = np_str_n(packet + sizeof(h), (size_t)n - sizeof(h));
    if (h.version != NP_GUEST_VERSION || h.reserved != 0)
        return false;
    if (h.type == NP_GUEST_PING)
        return say(fd, NP_GUEST_PONG, NULL, 0);
    if (h.type == NP_GUEST_STATUS) {
        status(fd);
        return true;
    }
    if (h.type == NP_GUEST_SHUTDOWN && body.n == 1 && body.p[0] <= NP_GUEST_REBOOT) {
        say(fd, NP_GUEST_DONE, NULL, 0);
        *wanted = 1 + body.p[0];
    }
    if (h.type == NP_GUEST_EXEC)
        start_talk(c, fd, body);
    return false;
}

static void take_in(struct control *c)
{
    int fd;
    while ((fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        int *place = NULL;
        NP_EACH (t, c->talks)
            if (*t < 0 && place == NULL)
                place = t;
        if (place != NULL)
            *place = fd;
        else
            close(fd);
    }
}

int control_turn(struct control *c, const struct pollfd *v, size_t n)
{
    int wanted = 0;
    for (size_t i = 1; i < n; i++) {
        if (v[i].revents == 0)
            continue;
        NP_EACH (t, c->talks)
            if (*t == v[i].fd && !answer(c, *t, &wanted)) {
                close(*t);
                *t = -1;
                break;
            }
    }
    if (v[0].revents != 0)
        take_in(c);
    return wanted;
}

void control_reaped(struct control *c, pid_t pid)
{
    NP_EACH (r, c->runs)
        if (*r == pid)
            *r = 0;
}
