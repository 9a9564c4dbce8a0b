/* SPDX-License-Identifier: Apache-2.0 */
/* exec.c - nephele exec: a program inside an instance, by the control door of its init
 * (guest/control.h), with a terminal when there is one here. */
#include "cli/exec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/enc.h"
#include "cli/ask.h"
#include "guest/control.h"

#define HEAD     sizeof(uint32_t)
#define OUT_HIGH 262144 /* bytes that wait to be sent, before no more is read */
#define IN_MAX   (HEAD + NP_GUEST_MESSAGE_MAX)

struct session {
    struct cli *c;
    int fd, signals; /* signals: -1 where none are taken */
    bool tty, ended, failed;
    int status; /* of wait(2) */
    struct np_buf out;
    char in[IN_MAX];
    size_t in_n;
    bool input_ended;
};

/* --- frames --- */

static void put(struct session *s, enum np_guest_message type, const void *body, size_t n)
{
    const struct np_guest_head h = {.version = NP_GUEST_VERSION, .type = (uint8_t)type};
    uint32_t length = htonl((uint32_t)(sizeof(h) + n));
    np_buf_add(&s->out, &length, sizeof(length));
    np_buf_add(&s->out, &h, sizeof(h));
    np_buf_add(&s->out, body, n);
}

static struct winsize size_here(void)
{
    struct winsize w = {.ws_row = 24, .ws_col = 80};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
    return w;
}

static void add_text(struct np_buf *b, const char *z)
{
    np_buf_add(b, z, strlen(z) + 1);
}

static void put_exec(struct session *s, const struct cli_exec *e)
{
    static const char *const passed[] = {"TERM", "LANG", "COLORTERM"};
    struct winsize w = size_here();
    struct np_guest_exec x = {.tty = s->tty, .rows = w.ws_row, .columns = w.ws_col};
    struct np_buf b;
    np_buf_init(&b, s->c->arena, NP_GUEST_MESSAGE_MAX - sizeof(struct np_guest_head));
    while (e->argv[x.n_argv] != NULL && x.n_argv < NP_GUEST_ARGS_MAX)
        x.n_argv++;
    NP_EACH (name, passed)
        x.n_env += getenv(*name) != NULL;
    np_buf_add(&b, &x, sizeof(x));
    add_text(&b, e->user);
    add_text(&b, "");
    for (size_t i = 0; i < x.n_argv; i++)
        add_text(&b, e->argv[i]);
    NP_EACH (name, passed)
        if (getenv(*name) != NULL)
            add_text(&b, np_str_z(s->c->arena,
                                  np_str_printf(s->c->arena, "%s=%s", *name, getenv(*name))));
    if (np_buf_ok(&b))
        put(s, NP_GUEST_EXEC, b.p, b.n);
    s->failed = !np_buf_ok(&b);
}

static void write_out(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (done < 0 && errno != EINTR) {
            return; /* who reads here has gone */
        }
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
}

static void take(struct session *s, const char *p, size_t n)
{
    struct np_guest_head h;
    memcpy(&h, p, sizeof(h));
    p += sizeof(h);
    n -= sizeof(h);
    uint32_t number = 0;
    if (h.type == NP_GUEST_OUTPUT) {
        write_out(STDOUT_FILENO, p, n);
    } else if (h.type == NP_GUEST_ERRORS) {
        write_out(STDERR_FILENO, p, n);
    } else if (h.type == NP_GUEST_FAILED) {
        cli_say("%.*s", (int)n, p);
        s->ended = s->failed = true;
    } else if (h.type == NP_GUEST_EXIT && n >= sizeof(number)) {
        memcpy(&number, p, sizeof(number));
        s->status = (int)number;
        s->ended = true;
    }
}

static bool take_frames(struct session *s)
{
    for (;;) {
        uint32_t length;
        if (s->in_n < HEAD)
            return true;
        memcpy(&length, s->in, HEAD);
        length = ntohl(length);
        if (length < sizeof(struct np_guest_head) || length > NP_GUEST_MESSAGE_MAX)
            return false;
        if (s->in_n < HEAD + length)
            return true;
        take(s, s->in + HEAD, length);
        memmove(s->in, s->in + HEAD + length, s->in_n - HEAD - length);
        s->in_n -= HEAD + length;
    }
}

/* --- the loop --- */

static bool receive(struct session *s)
{
    ssize_t n = read(s->fd, s->in + s->in_n, sizeof(s->in) - s->in_n);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    s->in_n += (size_t)n;
    return n > 0 && take_frames(s);
}

static bool send_out(struct session *s)
{
    ssize_t n = write(s->fd, s->out.p, s->out.n);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    np_buf_drop(&s->out, (size_t)n);
    return true;
}

static void read_input(struct session *s)
{
    char part[NP_GUEST_DATA_MAX];
    ssize_t n = read(STDIN_FILENO, part, sizeof(part));
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0) {
        put(s, NP_GUEST_INPUT, part, (size_t)n);
        return;
    }
    s->input_ended = true;
    put(s, NP_GUEST_INPUT_END, NULL, 0);
}

static void read_signal(struct session *s)
{
    struct signalfd_siginfo got;
    if (read(s->signals, &got, sizeof(got)) != sizeof(got))
        return;
    if (got.ssi_signo == SIGWINCH) {
        struct winsize w = size_here();
        const uint16_t shape[2] = {w.ws_row, w.ws_col};
        put(s, NP_GUEST_RESIZE, shape, sizeof(shape));
        return;
    }
    const uint32_t number = got.ssi_signo;
    put(s, NP_GUEST_SIGNAL, &number, sizeof(number));
}

static bool turn(struct session *s)
{
    bool reads = !s->input_ended && s->out.n < OUT_HIGH;
    struct pollfd p[] = {
        {.fd = s->fd, .events = (short)(POLLIN | (s->out.n > 0 ? POLLOUT : 0))},
        {.fd = reads ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = s->signals, .events = POLLIN},
    };
    if (poll(p, NP_LEN(p), -1) < 0)
        return errno == EINTR;
    if (p[1].revents != 0)
        read_input(s);
    if (p[2].revents != 0)
        read_signal(s);
    if (s->out.n > 0 && !send_out(s))
        return false;
    return p[0].revents == 0 || receive(s);
}

/* SIGINT and SIGTERM go to the program there; with a terminal they are bytes of it. */
static int take_signals(bool tty)
{
    sigset_t set;
    sigemptyset(&set);
    if (tty)
        sigaddset(&set, SIGWINCH);
    else
        sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int result_of(const struct session *s)
{
    if (s->failed || !s->ended)
        return s->failed ? 127 : cli_say("the instance hung up");
    return WIFSIGNALED(s->status) ? 128 + WTERMSIG(s->status) : WEXITSTATUS(s->status);
}

static int run(struct session *s)
{
    struct termios before, raw;
    bool changed = s->tty && tcgetattr(STDIN_FILENO, &before) == 0;
    if (changed) {
        raw = before;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    bool good = !s->failed && take_frames(s);
    while (good && !s->ended)
        good = turn(s);
    if (changed)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    return result_of(s);
}

static struct np_str path_of(struct cli *c, const char *instance)
{
    struct np_buf b;
    np_buf_init(&b, c->arena, 4096);
    np_buf_lit(&b, "/_nephele/talk?instance=");
    np_uri_encode(&b, np_str_of(instance), false);
    return np_buf_str(&b);
}

int cli_exec_run(struct cli *c, const struct cli_exec *e)
{
    NP_AUTO_FD fd = -1;
    struct np_str first;
    int status = cli_upgrade(c, path_of(c, e->instance), "nephele-talk", &fd, &first);
    if (status < 0)
        return cli_fail(c);
    if (status != 101)
        return cli_say("%.*s", NP_FMT(np_str_trim(first)));
    struct session *s = np_new(c->arena, struct session);
    *s = (struct session){.c = c,
                          .fd = fd,
                          .tty = e->tty,
                          .input_ended = e->no_input,
                          .signals = take_signals(e->tty)};
    np_buf_init(&s->out, NULL, OUT_HIGH + 4 * NP_GUEST_MESSAGE_MAX);
    if (first.n > sizeof(s->in))
        return cli_say("the region answers too much at once");
    memcpy(s->in, first.p, first.n);
    s->in_n = first.n;
    put_exec(s, e);
    if (e->no_input)
        put(s, NP_GUEST_INPUT_END, NULL, 0);
    int rc = run(s);
    np_buf_fini(&s->out);
    np_auto_close(&s->signals);
    return rc;
}

/* --- the command --- */

/* The place of the instance: the first word that is neither a flag nor one's value. */
static int find_instance(const struct cli *c)
{
    int i = 0;
    while (i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] == '-' && c->argv[i][2] != 0) {
        bool apart = strcmp(c->argv[i], "--data") == 0;
        i += apart ? 2 : 1;
    }
    return i;
}

int cli_exec(struct cli *c)
{
    static const char *const own[] = {"user", NULL};
    static const char *const shell[] = {NULL};
    int at = find_instance(c);
    char **rest = c->argv + at + 1;
    int n_rest = c->argc - at - 1;
    if (n_rest < 0) {
        cli_say("usage: nephele exec [--user=NAME] INSTANCE [--] [COMMAND…]");
        return 2;
    }
    const char *instance = c->argv[at];
    if (n_rest > 0 && strcmp(rest[0], "--") == 0) {
        rest++;
        n_rest--;
    }
    c->argc = at;
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    struct np_str user = cli_take_value(c, "user");
    if (!cli_end(c))
        return 2;
    struct cli_exec e = {.instance = instance,
                         .user = np_str_z(c->arena, user),
                         .argv = n_rest > 0 ? (const char *const *)rest : shell,
                         .tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    return cli_exec_run(c, &e);
}
