/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c - a clock that ticks while a call runs, and ends the process if the call has gone too
 * far.
 *
 * The engine stops loops by itself, but neither built-in code that runs on, nor promises that make
 * each other for ever, nor what memory it takes. The handler calls only what is safe there.
 */
#include "edgejs/edgejs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TICK_US 2000 /* most calls are over before the first */

static struct {
    int statm;
    int64_t page_bytes, idle_bytes;
    int64_t cpu_end_us, wall_end_us;
    volatile sig_atomic_t armed; /* a tick may reach another thread, and after its call */
} guard;

static int64_t now_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Resident bytes of the process: the second number of the file. */
static int64_t resident_bytes(void)
{
    char text[128];
    ssize_t n = pread(guard.statm, text, sizeof(text), 0);
    ssize_t i = 0;
    int64_t pages = 0;
    while (i < n && text[i] != ' ')
        i++;
    for (i++; i < n && text[i] >= '0' && text[i] <= '9'; i++)
        pages = pages * 10 + (text[i] - '0');
    return pages * guard.page_bytes;
}

static void on_tick(int signo)
{
    (void)signo;
    if (!guard.armed)
        return;
    if (resident_bytes() > guard.idle_bytes + (int64_t)NP_EDGEFN_MEMORY_BYTES)
        _exit(NP_EDGEFN_EXIT_MEMORY);
    if (now_us(CLOCK_PROCESS_CPUTIME_ID) > guard.cpu_end_us ||
        now_us(CLOCK_MONOTONIC) > guard.wall_end_us)
        _exit(NP_EDGEFN_EXIT_TIME);
}

int edgejs_guard_init(void)
{
    struct sigaction tick = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    guard.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    guard.page_bytes = sysconf(_SC_PAGESIZE);
    if (guard.statm < 0 || sigaction(SIGALRM, &tick, NULL) != 0)
        return -1;
    edgejs_guard_settle();
    return 0;
}

void edgejs_guard_settle(void)
{
    guard.idle_bytes = resident_bytes();
}

void edgejs_guard_begin(void)
{
    const struct itimerval tick = {{0, TICK_US}, {0, TICK_US}};
    guard.cpu_end_us = now_us(CLOCK_PROCESS_CPUTIME_ID) + NP_EDGEFN_HARD_CPU_MS * 1000;
    guard.wall_end_us = now_us(CLOCK_MONOTONIC) + NP_EDGEFN_HARD_WALL_MS * 1000;
    guard.armed = 1;
    setitimer(ITIMER_REAL, &tick, NULL);
}

void edgejs_guard_end(void)
{
    const struct itimerval none = {{0, 0}, {0, 0}};
    guard.armed = 0;
    setitimer(ITIMER_REAL, &none, NULL);
}
