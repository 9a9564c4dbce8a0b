/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - one line, one write(): time, level, event, details. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/format.h"
#include "base/timefmt.h"

#define LINE_MAX_BYTES 4096 /* longer lines are cut; a pipe takes this much at once */

static const char *const level_names[] = {
    [NP_DEBUG] = "DEBUG",
    [NP_INFO] = "INFO",
    [NP_WARN] = "WARN",
    [NP_ERROR] = "ERROR",
};

/* The log is the process's: every thread writes to it without being handed one. */
static atomic_int log_least = NP_INFO;
static atomic_int log_fd = STDERR_FILENO;

void np_log_init(enum np_level least, int fd)
{
    atomic_store_explicit(&log_least, (int)least, memory_order_relaxed);
    atomic_store_explicit(&log_fd, fd, memory_order_relaxed);
}

bool np_log_on(enum np_level level)
{
    return (int)level >= atomic_load_explicit(&log_least, memory_order_relaxed);
}

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A control byte from outside must not begin a line of its own. */
static void blunt_controls(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
            p[i] = '?';
}

/* What snprintf wrote of what it wanted to. */
static size_t written(size_t wanted, size_t room)
{
    return wanted < room ? wanted : room - 1;
}

void np_log(enum np_level level, const char *event, const char *fmt, ...)
{
    if (!np_log_on(level))
        return;
    int saved_errno = errno;
    char line[LINE_MAX_BYTES];
    size_t n = np_time_iso(line, now_ms(), true);
    size_t room = sizeof(line) - n;
    n += written((size_t)snprintf(line + n, room, " %s %s ", level_names[level], event), room);
    room = sizeof(line) - n;
    va_list ap;
    va_start(ap, fmt);
    n += written(np_vformat(line + n, room, fmt, ap), room);
    va_end(ap);
    blunt_controls(line, n);
    while (n > 0 && line[n - 1] == ' ')
        n--;
    line[n++] = '\n';
    /* A log that cannot be written has nobody to tell. */
    if (write(atomic_load_explicit(&log_fd, memory_order_relaxed), line, n) < 0)
        errno = 0;
    errno = saved_errno;
}

static bool is_plain(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == '"' || c == '\\' || c == 0x7f)
            return false;
    }
    return s.n != 0 && np_utf8_ok(s);
}

struct np_str np_log_quote(struct np_arena *a, struct np_str s)
{
    if (is_plain(s))
        return s;
    bool utf8 = np_utf8_ok(s);
    struct np_buf b;
    np_buf_init(&b, a, s.n * 4 + 2);
    np_buf_char(&b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            np_buf_char(&b, '\\');
        if (c < ' ' || c == 0x7f || (c >= 0x80 && !utf8))
            np_buf_printf(&b, "\\x%02x", c);
        else
            np_buf_char(&b, (char)c);
    }
    np_buf_char(&b, '"');
    return np_buf_str(&b);
}
