/* SPDX-License-Identifier: Apache-2.0 */
/* blob_bench.c - the object store beside the rates that bound it: MD5 and AES-256-GCM of one core.
 *
 * usage: blob_bench DIR    (an existing folder on the disk to measure; it is left as it was)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "engines/blob/blob.h"
#include "io/loop.h"

#define MIB     (1 << 20)
#define PIECE   65536 /* what a connection hands over at once */
#define STREAMS 64

static const uint8_t key[32] = "0123456789abcdef0123456789abcdef";
static struct np_loop *loop;
static struct np_jobs *jobs;
static char *bytes; /* 1 MiB */

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double user_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6;
}

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %s\n", what, np_code_name(rc));
    exit(1);
}

/* --- puts ---------------------------------------------------------------------------------------
 */

struct puts {
    struct np_blobs *store;
    uint64_t next, end;
    size_t size;
    unsigned active;
};

struct put {
    struct puts *all;
    struct np_blob_writer *w;
    size_t left;
};

static void put_begin(struct put *p);

static void put_done(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct put *p = arg;
    (void)sum;
    must(rc, "put");
    p->all->active--;
    put_begin(p);
}

static void put_finished(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct put *p = arg;
    (void)sum;
    must(rc, "finish");
    np_blob_commit(p->w, put_done, p);
}

static void put_more(void *arg)
{
    struct put *p = arg;
    while (p->left > 0) {
        size_t n = p->left < PIECE ? p->left : PIECE;
        int rc = np_blob_write(p->w, np_str_n(bytes + p->left % MIB, n));
        p->left -= n;
        if (rc == NP_EAGAIN)
            return;
        must(rc, "write");
    }
    np_blob_finish(p->w, put_finished, p);
}

static void put_begin(struct put *p)
{
    static const unsigned md5[] = {NP_MD5};
    if (p->all->next == p->all->end)
        return;
    p->all->active++;
    p->left = p->all->size;
    must(np_blob_begin(p->all->store, loop, p->all->next++, NULL, md5, 1, &p->w, NULL), "begin");
    np_blob_on_ready(p->w, put_more, p);
    put_more(p);
}

/* Puts of `size` by so many streams at once; seconds for each. */
static double bench_puts(struct np_blobs *store, uint64_t first, unsigned n, size_t size,
                         unsigned streams)
{
    struct puts all = {.store = store, .next = first, .end = first + n, .size = size};
    struct put put[STREAMS];
    double t = now_s();
    for (unsigned i = 0; i < streams; i++) {
        put[i] = (struct put){.all = &all};
        put_begin(&put[i]);
    }
    while (all.active > 0)
        np_loop_turn(loop, -1);
    return (now_s() - t) / n;
}

/* The best of several rounds, as the rates beside them are: others use the machine too. *id goes
 * on. */
static double best_puts(struct np_blobs *store, uint64_t *id, unsigned n, size_t size,
                        unsigned streams, double *cpu)
{
    double best = 1e9;
    *cpu = 1e9;
    for (int round = 0; round < 8; round++) {
        double c = cpu_s(), t = bench_puts(store, *id, n, size, streams);
        c = (cpu_s() - c) / n;
        *id += n;
        best = t < best ? t : best;
        *cpu = c < *cpu ? c : *cpu;
    }
    return best;
}

/* --- gets ---------------------------------------------------------------------------------------
 */

static void get_ready(void *arg)
{
    *(bool *)arg = true;
}

static void get(struct np_blobs *store, uint64_t id)
{
    struct np_blob_reader *r;
    bool ready = false, end = false;
    must(np_blob_open(store, loop, id, NULL, 0, UINT64_MAX, get_ready, &ready, &r, NULL), "open");
    while (!end) {
        struct np_str data;
        int rc = np_blob_read(r, &data, &end);
        if (rc == NP_EAGAIN) {
            while (!ready)
                np_loop_turn(loop, -1);
            ready = false;
            continue;
        }
        must(rc, "read");
    }
    np_blob_close(r);
}

/* Drops the pages of every blob of the store. */
static void make_cold(const char *dir, uint64_t first, unsigned n)
{
    for (uint64_t id = first; id < first + n; id++) {
        char path[512];
        snprintf(path, sizeof(path), "%s/%02x/%016llx", dir, (unsigned)(id >> 9) % 256,
                 (unsigned long long)id);
        int fd = open(path, O_RDONLY);
        if (fd >= 0) {
            fdatasync(fd);
            posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
            close(fd);
        }
    }
}

/* --- deletes ------------------------------------------------------------------------------------
 */

static void deleted(void *arg, int rc)
{
    must(rc, "delete");
    *(bool *)arg = true;
}

static void remove_all(struct np_blobs *store, uint64_t first, unsigned n)
{
    bool done = false;
    for (uint64_t id = first; id < first + n; id++) {
        done = false;
        np_blob_delete(store, loop, &id, 1, deleted, &done);
        while (!done)
            np_loop_turn(loop, -1);
    }
}

/* --- what bounds them ---------------------------------------------------------------------------
 */

static double md5_s(void) /* seconds a MiB */
{
    uint8_t out[NP_DIGEST_MAX];
    double best = 1e9;
    for (int i = 0; i < 20; i++) {
        double t = now_s();
        np_digest_once(NP_MD5, np_str_n(bytes, MIB), out);
        t = now_s() - t;
        best = t < best ? t : best;
    }
    return best;
}

static double aead_s(void) /* seconds a MiB, opening frames */
{
    static char sealed[PIECE + NP_AEAD_TAG], plain[PIECE];
    uint8_t nonce[NP_AEAD_NONCE] = {0};
    struct np_aead *c = np_aead_new(key);
    np_aead_seal(c, nonce, NP_STR(""), bytes, PIECE, sealed);
    double best = 1e9;
    for (int round = 0; round < 8; round++) {
        double t = user_s();
        for (int i = 0; i < 400 * 16; i++)
            must(np_aead_open(c, nonce, NP_STR(""), sealed, sizeof(sealed), plain) ? 0
                                                                                   : NP_ECORRUPT,
                 "aead");
        t = (user_s() - t) / 400;
        best = t < best ? t : best;
    }
    np_aead_free(c);
    return best;
}

/* The same durability by hand, without digest and encryption: seconds for each of 1 MiB. */
static double floor_s(const char *dir)
{
    double best = 1e9;
    int root = open(dir, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 60; i++) {
        char fd_path[64];
        double t = now_s();
        int fd = openat(root, ".", O_TMPFILE | O_WRONLY, 0600);
        must(pwrite(fd, bytes, MIB, 0) == MIB && fdatasync(fd) == 0 ? 0 : NP_EIO, "raw write");
        snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
        must(linkat(AT_FDCWD, fd_path, root, "raw", AT_SYMLINK_FOLLOW), "raw link");
        must(fsync(root), "raw sync");
        t = now_s() - t;
        best = t < best ? t : best;
        close(fd);
        unlinkat(root, "raw", 0);
    }
    close(root);
    return best;
}

static void bench_seals(struct np_blobs *store)
{
    enum { N = 20000, SIZE = 4096 };
    static char sealed[SIZE + NP_BLOB_SEAL], plain[SIZE];
    double seal = 1e9, unseal = 1e9;
    for (int round = 0; round < 10; round++) {
        double t = now_s();
        for (int i = 0; i < N; i++)
            np_blob_seal(store, (uint64_t)i, NULL, np_str_n(bytes, SIZE), sealed);
        t = (now_s() - t) / N;
        seal = t < seal ? t : seal;
        struct np_str in = np_str_n(sealed, sizeof(sealed));
        t = now_s();
        for (int i = 0; i < N; i++)
            must(np_blob_unseal(store, N - 1, NULL, in, plain), "unseal");
        t = (now_s() - t) / N;
        unseal = t < unseal ? t : unseal;
    }
    printf("small body of 4 KiB: seal %.2f us, unseal %.2f us\n", seal * 1e6, unseal * 1e6);
}

static void bench_store(const char *dir, bool no_sync)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", dir, no_sync ? "unsynced" : "synced");
    struct np_blobs_opts o = {.dir = np_str_of(path), .key = key, .jobs = jobs, .no_sync = no_sync};
    struct np_blobs *store;
    must(np_blobs_open(&o, &store, NULL), "open the store");
    double md5 = md5_s(), aead = aead_s();
    printf("%s: MD5 %.0f MB/s, AES-256-GCM %.0f MB/s\n", path, 1.048576 / md5, 1.048576 / aead);

    if (!no_sync)
        printf("  raw durable file of 1 MiB, 1 at once: %6.0f MB/s\n", 1.048576 / floor_s(path));
    static const unsigned streams[] = {1, 2, 8};
    uint64_t id = 0;
    bench_puts(store, id, 8, MIB, 1);
    id += 8;
    NP_EACH (s, streams) {
        double cpu, t = best_puts(store, &id, 50, MIB, *s, &cpu);
        printf("  put 1 MiB, %2u at once: %6.0f MB/s, %.2f of MD5, CPU %.2f of MD5\n", *s,
               1.048576 / t, md5 / t, cpu / md5);
    }
    static const unsigned small[] = {1, 16, 64};
    NP_EACH (s, small) {
        double cpu, t = best_puts(store, &id, 128, 65536, *s, &cpu);
        printf("  put 64 KiB, %2u at once: %5.0f a second\n", *s, 1 / t);
    }
    double t = bench_puts(store, id, 2, 256 * (size_t)MIB, 1) / 256;
    id += 2;
    printf("  put 256 MiB: %6.0f MB/s, %.2f of MD5\n", 1.048576 / t, md5 / t);

    enum { GETS = 500 };
    double user = 1e9;
    t = 1e9;
    for (int round = 0; round < 8; round++) {
        double t0 = now_s(), u0 = user_s();
        for (int i = 0; i < GETS; i++)
            get(store, 1);
        t0 = (now_s() - t0) / GETS;
        u0 = (user_s() - u0) / GETS;
        t = t0 < t ? t0 : t;
        user = u0 < user ? u0 : user;
    }
    printf("  get 1 MiB, hot: %6.0f MB/s, user CPU %.2f of AES-GCM\n", 1.048576 / t, user / aead);
    t = now_s();
    for (uint64_t i = 0; i < 400; i++)
        get(store, i);
    t = (now_s() - t) / 400;
    printf("  get 1 MiB, 400 in turn: %6.0f MB/s\n", 1.048576 / t);
    make_cold(path, 0, 400);
    t = now_s();
    for (uint64_t i = 0; i < 400; i++)
        get(store, i);
    t = (now_s() - t) / 400;
    printf("  get 1 MiB, from the disk: %6.0f MB/s\n", 1.048576 / t);
    make_cold(path, id - 1, 1);
    t = now_s();
    get(store, id - 1);
    printf("  get 256 MiB, from the disk: %6.0f MB/s\n", 256 * 1.048576 / (now_s() - t));
    if (no_sync)
        bench_seals(store);
    remove_all(store, 0, (unsigned)id);
    np_blobs_close(store);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: blob_bench DIR\n");
        return 2;
    }
    struct np_err err;
    bytes = np_heap_alloc(MIB + PIECE);
    for (size_t i = 0; i < MIB + PIECE; i++)
        bytes[i] = (char)(i * 31 + i / 251);
    must(np_loop_new(&loop, &err), "loop");
    must(np_jobs_new(8, &jobs, &err), "jobs");
    char dir[300];
    snprintf(dir, sizeof(dir), "%s/blob_bench-XXXXXX", argv[1]);
    if (mkdtemp(dir) == NULL)
        must(NP_EIO, dir);
    bench_store(dir, true);
    bench_store(dir, false);
    np_jobs_free(jobs);
    np_loop_free(loop);
    printf("%s is left for you to remove\n", dir);
    return 0;
}
