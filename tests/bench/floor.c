/* SPDX-License-Identifier: Apache-2.0 */
/* floor.c - the physical floor: trivial servers and plain system calls, with nothing on top.
 *
 *   floor http PORT BYTES [THREADS]  answers every read that ends a head with a fixed 200
 *   floor udp PORT [THREADS]         answers every datagram with itself, the QR bit set
 *   floor slow PORT MS               an HTTP origin that answers after MS milliseconds; GET /count
 *                                    tells how many requests it had
 *   floor fsync DIR SECONDS          4 KiB writes a second: create+rename, with the file synced,
 * with the folder synced too, append+fdatasync floor mem SECONDS                memcpy of 1 MiB
 * blocks, bytes a second
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define BATCH  32
#define BLOCK  4096

static int port, slow_ms;
static char *response;
static size_t n_response;
static long slow_count;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static long number(const char *text)
{
    return strtol(text, NULL, 10);
}

static int open_socket(int type)
{
    int s = socket(AF_INET, type, 0), on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    if (bind(s, (const struct sockaddr *)&a, sizeof(a)) != 0)
        die("bind");
    if (type == SOCK_STREAM)
        listen(s, 4096);
    return s;
}

/* --- http --- */

struct conn {
    int fd;
    size_t left; /* of the response */
};

/* false: the connection is dead. */
static bool pump(struct conn *c)
{
    while (c->left > 0) {
        ssize_t n = send(c->fd, response + n_response - c->left, c->left, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        c->left -= (size_t)n;
    }
    return true;
}

static void accept_all(int listener, int ep)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        struct conn *c = calloc(1, sizeof(*c));
        c->fd = fd;
        struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    }
}

static bool serve(struct conn *c, char *room, size_t n_room)
{
    if (c->left > 0 && !pump(c))
        return false;
    while (c->left == 0) {
        ssize_t n = recv(c->fd, room, n_room, 0);
        if (n <= 0)
            return n < 0 && errno == EAGAIN;
        if (n >= 4 && memcmp(room + n - 4, "\r\n\r\n", 4) == 0) {
            c->left = n_response;
            if (!pump(c))
                return false;
        }
        if ((size_t)n < n_room) /* edge-triggered: a short read is the end */
            break;
    }
    return true;
}

static void *http(void *unused)
{
    (void)unused;
    int listener = open_socket(SOCK_STREAM), ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN}, ready[EVENTS];
    static _Thread_local char room[16384];
    fcntl(listener, F_SETFL, O_NONBLOCK);
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = epoll_wait(ep, ready, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct conn *c = ready[i].data.ptr;
            if (c == NULL) {
                accept_all(listener, ep);
            } else if (!serve(c, room, sizeof(room))) {
                close(c->fd);
                free(c);
            }
        }
    }
    return NULL;
}

static void make_response(size_t n)
{
    response = malloc(n + 256);
    int head = snprintf(response, 256,
                        "HTTP/1.1 200 OK\r\nServer: floor\r\nContent-Type: text/plain\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        n);
    memset(response + head, 'x', n);
    n_response = (size_t)head + n;
}

/* --- udp --- */

static void *udp(void *unused)
{
    (void)unused;
    static _Thread_local char room[BATCH][2048];
    struct mmsghdr m[BATCH];
    struct iovec v[BATCH];
    struct sockaddr_in from[BATCH];
    int s = open_socket(SOCK_DGRAM);
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            v[i] = (struct iovec){room[i], sizeof(room[i])};
            m[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                           .msg_namelen = sizeof(from[i]),
                                           .msg_iov = &v[i],
                                           .msg_iovlen = 1};
        }
        int n = recvmmsg(s, m, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < n; i++) {
            room[i][2] = (char)(room[i][2] | 0x80);
            v[i].iov_len = m[i].msg_len;
        }
        if (n > 0)
            sendmmsg(s, m, (unsigned)n, 0);
    }
    return NULL;
}

/* --- slow --- */

static void *slow_one(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char room[8192], body[32], out[512];
    for (ssize_t got; (got = recv(fd, room, sizeof(room) - 1, 0)) > 0;) {
        room[got] = '\0';
        long count = __atomic_load_n(&slow_count, __ATOMIC_RELAXED);
        if (strncmp(room, "GET /count", 10) != 0) {
            count = __atomic_add_fetch(&slow_count, 1, __ATOMIC_RELAXED);
            struct timespec wait = {slow_ms / 1000, slow_ms % 1000 * 1000000L};
            nanosleep(&wait, NULL);
        }
        int n_body = snprintf(body, sizeof(body), "%ld\n", count);
        int n = snprintf(out, sizeof(out),
                         "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                         "Cache-Control: max-age=3600\r\nContent-Length: %d\r\n\r\n%s",
                         n_body, body);
        if (send(fd, out, (size_t)n, MSG_NOSIGNAL) < 0)
            break;
    }
    close(fd);
    return NULL;
}

static void slow(void)
{
    int listener = open_socket(SOCK_STREAM);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pthread_t t;
        if (fd >= 0 && pthread_create(&t, NULL, slow_one, (void *)(intptr_t)fd) == 0)
            pthread_detach(t);
    }
}

/* --- fsync, mem --- */

enum sync_mode { NO_SYNC, SYNC_FILE, SYNC_FOLDER, APPEND, SYNC_MODES };

static void write_block(int fd, const char *block)
{
    if (write(fd, block, BLOCK) != BLOCK)
        die("write");
}

static void write_file(const char *dir, int dir_fd, enum sync_mode mode, long i, const char *block)
{
    char temporary[512], name[512];
    snprintf(temporary, sizeof(temporary), "%s/t%d", dir, mode);
    snprintf(name, sizeof(name), "%s/f%d.%ld", dir, mode, i % 1000);
    int fd = open(temporary, O_CREAT | O_WRONLY | O_TRUNC, 0644);
    write_block(fd, block);
    if (mode != NO_SYNC)
        fsync(fd);
    close(fd);
    if (rename(temporary, name) != 0)
        die("rename");
    if (mode == SYNC_FOLDER)
        fsync(dir_fd);
}

static void measure_sync(const char *dir, double seconds)
{
    char block[BLOCK], journal[512];
    memset(block, 7, sizeof(block));
    snprintf(journal, sizeof(journal), "%s/journal", dir);
    int dir_fd = open(dir, O_DIRECTORY), fd = open(journal, O_CREAT | O_WRONLY | O_APPEND, 0644);
    for (enum sync_mode mode = NO_SYNC; mode < SYNC_MODES; mode++) {
        double from = now();
        long n = 0;
        for (; now() < from + seconds; n++) {
            if (mode == APPEND) {
                write_block(fd, block);
                fdatasync(fd);
            } else {
                write_file(dir, dir_fd, mode, n, block);
            }
        }
        printf("%.1f ", (double)n / (now() - from));
    }
    printf("\n");
    close(fd);
    close(dir_fd);
}

static void measure_memcpy(double seconds)
{
    enum { SIZE = 1 << 20 };
    char *a = malloc(SIZE), *b = malloc(SIZE);
    double from = now();
    long n = 0;
    memset(a, 1, SIZE);
    for (; now() < from + seconds; n++) {
        memcpy(b, a, SIZE);
        a[n & 1023] = b[n & 4095]; /* so that no copy is left out */
    }
    printf("%.0f\n", (double)n * SIZE / (now() - from));
    free(a);
    free(b);
}

static void run_threads(void *(*fn)(void *), long threads)
{
    for (long i = 1; i < threads; i++) {
        pthread_t t;
        pthread_create(&t, NULL, fn, NULL);
    }
    fn(NULL);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const char *what = argv[1];
    if (strcmp(what, "mem") == 0) {
        measure_memcpy(strtod(argv[2], NULL));
        return 0;
    }
    if (strcmp(what, "fsync") == 0 && argc > 3) {
        measure_sync(argv[2], strtod(argv[3], NULL));
        return 0;
    }
    port = (int)number(argv[2]);
    if (strcmp(what, "udp") == 0) {
        run_threads(udp, argc > 3 ? number(argv[3]) : 1);
    } else if (strcmp(what, "slow") == 0 && argc > 3) {
        slow_ms = (int)number(argv[3]);
        slow();
    } else if (strcmp(what, "http") == 0 && argc > 3) {
        make_response((size_t)number(argv[3]));
        run_threads(http, argc > 4 ? number(argv[4]) : 1);
    }
    return 2;
}
