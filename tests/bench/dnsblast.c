/* SPDX-License-Identifier: Apache-2.0 */
/* dnsblast.c - a DNS load generator that costs less than dnsperf: sendmmsg and recvmmsg, closed
 * loop.
 *
 *   dnsblast HOST PORT QUERYFILE SECONDS [SOCKETS=8] [WINDOW=64]
 *
 * QUERYFILE has lines "name TYPE" (A AAAA NS SOA MX TXT CNAME). Prints one line: answered lost
 * seconds p50_us p99_us noerror nxdomain otherrcode.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH      32
#define HISTOGRAM  (1 << 20) /* microseconds; longer ones count as the last */
#define GIVE_UP_US 500000    /* nothing for so long: what is out is lost */
#define ID_MASK    0xffff

struct query {
    unsigned char bytes[280];
    size_t n;
};

struct lane { /* one socket, its queries told apart by their id */
    int fd;
    int out;
    uint32_t next;
    uint64_t sent_us[ID_MASK + 1]; /* 0: not out */
};

static const struct {
    const char *name;
    unsigned char code;
} types[] = {{"A", 1}, {"NS", 2}, {"CNAME", 5}, {"SOA", 6}, {"MX", 15}, {"TXT", 16}, {"AAAA", 28}};

static struct query *queries;
static size_t n_queries;
static struct lane *lanes;
static int n_lanes = 8, window = 64;
static uint32_t histogram[HISTOGRAM];
static unsigned long answered, lost, rcodes[3];

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static int number(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

/* --- queries --- */

static void make_query(struct query *q, const char *name, const char *type)
{
    unsigned char *p = q->bytes + 12;
    memset(q->bytes, 0, 12);
    q->bytes[5] = 1; /* one question */
    while (*name != '\0') {
        const char *dot = strchrnul(name, '.');
        *p++ = (unsigned char)(dot - name);
        memcpy(p, name, (size_t)(dot - name));
        p += dot - name;
        name = *dot != '\0' ? dot + 1 : dot;
    }
    unsigned char code = 28;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].name, type) == 0)
            code = types[i].code;
    const unsigned char tail[] = {0, 0, code, 0, 1};
    memcpy(p, tail, sizeof(tail));
    q->n = (size_t)(p - q->bytes) + sizeof(tail);
}

static void read_queries(const char *path)
{
    char line[512];
    size_t cap = 0;
    FILE *f = fopen(path, "r");
    if (f == NULL)
        die(path);
    while (fgets(line, sizeof(line), f) != NULL) {
        char *blank = strchr(line, ' ');
        if (blank == NULL || blank - line > 255)
            continue;
        *blank = '\0';
        blank[1 + strcspn(blank + 1, " \n")] = '\0';
        if (n_queries == cap) {
            cap = cap > 0 ? cap * 2 : 1024;
            queries = realloc(queries, cap * sizeof(*queries));
        }
        make_query(&queries[n_queries++], line, blank + 1);
    }
    fclose(f);
    if (n_queries == 0)
        die("no queries");
}

static void open_lanes(const char *host, const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(port))};
    inet_pton(AF_INET, host, &a.sin_addr);
    lanes = calloc((size_t)n_lanes, sizeof(*lanes));
    for (int i = 0; i < n_lanes; i++) {
        int size = 1 << 20;
        lanes[i].fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        setsockopt(lanes[i].fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
        if (connect(lanes[i].fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
            die("connect");
    }
}

/* --- answers and questions --- */

static void take(struct lane *l, const unsigned char *reply, uint64_t now)
{
    unsigned id = (unsigned)reply[0] << 8 | reply[1], rcode = reply[3] & 15;
    if (l->sent_us[id] == 0 || (reply[2] & 0x80) == 0)
        return;
    uint64_t took = now - l->sent_us[id];
    l->sent_us[id] = 0;
    l->out--;
    histogram[took < HISTOGRAM ? took : HISTOGRAM - 1]++;
    answered++;
    rcodes[rcode == 0 ? 0 : rcode == 3 ? 1 : 2]++;
}

/* false: there was nothing. */
static bool receive(struct lane *l, uint64_t *now)
{
    static unsigned char room[BATCH][1500];
    struct mmsghdr m[BATCH];
    struct iovec v[BATCH];
    for (int i = 0; i < BATCH; i++) {
        v[i] = (struct iovec){room[i], sizeof(room[i])};
        m[i].msg_hdr = (struct msghdr){.msg_iov = &v[i], .msg_iovlen = 1};
    }
    bool some = false;
    int n = BATCH;
    while (n == BATCH && (n = recvmmsg(l->fd, m, BATCH, MSG_DONTWAIT, NULL)) > 0) {
        some = true;
        *now = now_us();
        for (int i = 0; i < n; i++)
            take(l, room[i], *now);
    }
    return some;
}

static bool ask(struct lane *l, uint64_t *now)
{
    static unsigned char room[BATCH][sizeof(queries[0].bytes)];
    static size_t next_query;
    struct mmsghdr m[BATCH];
    struct iovec v[BATCH];
    int n = window - l->out;
    if (n < (window < 16 ? 1 : 16))
        return false;
    n = n < BATCH ? n : BATCH;
    *now = now_us();
    for (int i = 0; i < n; i++) {
        const struct query *q = &queries[next_query++ % n_queries];
        unsigned id = l->next++ & ID_MASK;
        memcpy(room[i], q->bytes, q->n);
        room[i][0] = (unsigned char)(id >> 8);
        room[i][1] = (unsigned char)id;
        if (l->sent_us[id] != 0) {
            lost++;
            l->out--;
        }
        l->sent_us[id] = *now;
        v[i] = (struct iovec){room[i], q->n};
        m[i].msg_hdr = (struct msghdr){.msg_iov = &v[i], .msg_iovlen = 1};
    }
    int sent = sendmmsg(l->fd, m, (unsigned)n, 0);
    sent = sent < 0 ? 0 : sent;
    for (int i = sent; i < n; i++)
        l->sent_us[(l->next - (uint32_t)(n - i)) & ID_MASK] = 0;
    l->out += sent;
    return true;
}

static void give_up(void)
{
    for (int i = 0; i < n_lanes; i++) {
        lost += (unsigned long)lanes[i].out;
        lanes[i].out = 0;
        memset(lanes[i].sent_us, 0, sizeof(lanes[i].sent_us));
    }
}

static void run(uint64_t end)
{
    static const struct timespec moment = {0, 20000};
    uint64_t now = now_us();
    while (now < end) {
        bool some = false;
        for (int i = 0; i < n_lanes; i++) {
            some |= receive(&lanes[i], &now);
            some |= ask(&lanes[i], &now);
        }
        if (some)
            continue;
        uint64_t t = now_us();
        if (t - now > GIVE_UP_US)
            give_up();
        if (t - now > GIVE_UP_US || t >= end)
            now = t;
        nanosleep(&moment, NULL);
    }
}

static long percentile(unsigned long parts_of_100)
{
    unsigned long sum = 0;
    for (long i = 0; i < HISTOGRAM; i++) {
        sum += histogram[i];
        if (sum * 100 >= answered * parts_of_100)
            return i;
    }
    return -1;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    n_lanes = argc > 5 ? number(argv[5]) : n_lanes;
    window = argc > 6 ? number(argv[6]) : window;
    read_queries(argv[3]);
    open_lanes(argv[1], argv[2]);
    uint64_t from = now_us();
    run(from + (uint64_t)(strtod(argv[4], NULL) * 1e6));
    printf("%lu %lu %.6f %ld %ld %lu %lu %lu\n", answered, lost, (double)(now_us() - from) / 1e6,
           percentile(50), percentile(99), rcodes[0], rcodes[1], rcodes[2]);
    return 0;
}
