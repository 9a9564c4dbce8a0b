/* SPDX-License-Identifier: Apache-2.0 */
/* pingpong.c - one byte there and back over TCP: `pingpong serve PORT`, `pingpong ask ADDRESS PORT
 * ROUNDS` prints the median and the least of the rounds in microseconds. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void at_once(int fd)
{
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static int serve(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 8) != 0)
        return 1;
    puts("listening");
    fflush(stdout);
    for (int c; (c = accept(fd, NULL, NULL)) >= 0; close(c)) {
        char byte;
        at_once(c);
        while (read(c, &byte, 1) == 1 && write(c, &byte, 1) == 1)
            ;
    }
    return 0;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int ask(const char *addr, uint16_t port, size_t rounds)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    uint64_t *took = calloc(rounds, sizeof(*took));
    if (inet_pton(AF_INET, addr, &to.sin_addr) != 1 ||
        connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 || took == NULL)
        return 1;
    at_once(fd);
    for (size_t i = 0; i < rounds; i++) {
        char byte = 1;
        uint64_t from = now_ns();
        if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
            return 1;
        took[i] = now_ns() - from;
    }
    qsort(took, rounds, sizeof(*took), by_value);
    printf("%.2f %.2f\n", (double)took[rounds / 2] / 1000, (double)took[0] / 1000);
    free(took);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve((uint16_t)strtoul(argv[2], NULL, 10));
    if (argc == 5 && strcmp(argv[1], "ask") == 0)
        return ask(argv[2], (uint16_t)strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
    fputs("usage: pingpong serve PORT | ask ADDRESS PORT ROUNDS\n", stderr);
    return 2;
}
