/* SPDX-License-Identifier: Apache-2.0 */
/* imds.c - the metadata service, version 2 of its protocol: a token, then what it opens. */
#include "guest/guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

#define ADDRESS    "169.254.169.254"
#define ANSWER_MAX (1u << 20)
#define TRY_MS     2000

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool wait_for(int fd, short events, uint64_t until)
{
    struct pollfd p = {.fd = fd, .events = events};
    uint64_t now = now_ms();
    return now < until && poll(&p, 1, (int)(until - now)) == 1;
}

static int dial(uint64_t until)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
    socklen_t n = sizeof(int);
    int why = 0;
    inet_pton(AF_INET, ADDRESS, &to.sin_addr);
    NP_AUTO_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS))
        return -1;
    if (!wait_for(fd, POLLOUT, until) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) != 0 ||
        why != 0)
        return -1;
    return np_fd_take(&fd);
}

/* Code of the answer, its body in *out; 0: none came. */
static int ask(struct np_arena *a, struct np_str request, struct np_str *out)
{
    uint64_t until = now_ms() + TRY_MS;
    struct np_buf b;
    char bytes[8192];
    ssize_t n = 0;
    struct np_str head, status, rest;
    uint64_t code = 0;
    NP_AUTO_FD fd = dial(until);
    if (fd < 0 || send(fd, request.p, request.n, MSG_NOSIGNAL) != (ssize_t)request.n)
        return 0;
    np_buf_init(&b, a, ANSWER_MAX);
    while (wait_for(fd, POLLIN, until) && (n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        np_buf_add(&b, bytes, (size_t)n);
    struct np_str all = np_buf_str(&b);
    ptrdiff_t end = np_str_find(all, NP_STR("\r\n\r\n"));
    if (n != 0 || end < 0 || !np_buf_ok(&b))
        return 0;
    head = np_str_sub(all, 0, (size_t)end);
    *out = np_str_sub(all, (size_t)end + 4, all.n);
    if (!np_str_cut(head, ' ', &status, &rest) || !np_str_u64(np_str_sub(rest, 0, 3), &code))
        return 0;
    return (int)code;
}

bool imds_begin(struct np_arena *a, unsigned patience_ms, struct np_str *token)
{
    static const struct np_str request = {
        "PUT /latest/api/token HTTP/1.0\r\nHost: " ADDRESS "\r\nConnection: close\r\n"
        "X-aws-ec2-metadata-token-ttl-seconds: 21600\r\nContent-Length: 0\r\n\r\n",
        sizeof("PUT /latest/api/token HTTP/1.0\r\nHost: " ADDRESS "\r\nConnection: close\r\n"
               "X-aws-ec2-metadata-token-ttl-seconds: 21600\r\nContent-Length: 0\r\n\r\n") -
            1};
    uint64_t until = now_ms() + patience_ms;
    unsigned pause = 5;
    do {
        if (ask(a, request, token) == 200)
            return true;
        poll(NULL, 0, (int)pause);
        pause = pause < 1000 ? pause * 2 : pause;
    } while (now_ms() < until);
    return false;
}

struct np_str imds_get(struct np_arena *a, struct np_str token, const char *path)
{
    struct np_str out = NP_STR_NULL;
    struct np_str request =
        np_str_printf(a,
                      "GET /latest/%s HTTP/1.0\r\nHost: " ADDRESS "\r\nConnection: close\r\n"
                      "X-aws-ec2-metadata-token: %.*s\r\n\r\n",
                      path, NP_FMT(np_str_trim(token)));
    return ask(a, request, &out) == 200 ? out : NP_STR_NULL;
}
