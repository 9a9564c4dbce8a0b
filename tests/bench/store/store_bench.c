/* SPDX-License-Identifier: Apache-2.0 */
/* store_bench.c - what the store costs, beside what the disk allows in the same run.
 *
 * usage: store-bench DIR [SECONDS]      one JSON line a case
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "io/clock.h"
#include "io/loop.h"
#include "store/store.h"

#define WRITERS_MAX 256
#define ROWS        100000

static const struct np_migration schema[] = {
    {"b", 1,
     "CREATE TABLE item (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, v BLOB,"
     " PRIMARY KEY (account, region, name)) WITHOUT ROWID",
     NP_DB_STATE},
};
static const struct np_scope scope = {{"111122223333", 12}, {"us-east-1", 9}, 1000};
static char value[300];

NP_SQL(put_sql, "REPLACE INTO item (account, region, name, v) VALUES (:account, :region, ?1, ?2)");
NP_SQL(get_sql, "SELECT v FROM item WHERE account = :account AND region = :region AND name = ?1");
NP_SQL(page_sql,
       "SELECT name, v FROM item WHERE account = :account AND region = :region AND name > ?1"
       " ORDER BY name LIMIT 1000");

static struct np_str name_of(char *buf, size_t size, unsigned i)
{
    return np_str_n(buf, (size_t)snprintf(buf, size, "resource-name-%08u", i));
}

/* --- the disk --- */

static void floor_case(const char *dir, double seconds)
{
    char path[400], block[4096];
    memset(block, 'x', sizeof(block));
    snprintf(path, sizeof(path), "%s/floor", dir);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    uint64_t n = 0, start = np_clock_monotonic_ns(), end = start + (uint64_t)(seconds * 1e9);
    for (; np_clock_monotonic_ns() < end; n++)
        np_assert(write(fd, block, sizeof(block)) == sizeof(block) && fdatasync(fd) == 0);
    double took = (double)(np_clock_monotonic_ns() - start) / 1e9;
    printf("{\"case\": \"append+fdatasync\", \"per_s\": %.0f}\n", (double)n / took);
    close(fd);
    unlink(path);
}

/* --- writes --- */

struct bench {
    struct np_store *s;
    struct np_loop *l;
    uint64_t n;
    unsigned next;
    bool stop;
    unsigned running;
};

struct writer {
    struct np_write w;
    struct bench *b;
    unsigned i;
};

static int put(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    char buf[40];
    return np_exec(t, &put_sql, err, "sb",
                   name_of(buf, sizeof(buf), NP_CONTAINER(w, struct writer, w)->i),
                   np_str_n(value, sizeof(value)));
}

static void put_done(struct np_write *w, int rc);

static void put_start(struct writer *w)
{
    w->i = w->b->next++ % ROWS;
    w->w = (struct np_write){.loop = w->b->l, .scope = scope, .apply = put, .done = put_done};
    np_assert(np_store_write(w->b->s, NP_DB_STATE, &w->w) == 0);
}

static void put_done(struct np_write *w, int rc)
{
    struct writer *me = NP_CONTAINER(w, struct writer, w);
    np_assert(rc == 0);
    me->b->n++;
    if (me->b->stop)
        me->b->running--;
    else
        put_start(me);
}

static void write_case(struct np_store *s, struct np_loop *l, unsigned writers, double seconds)
{
    static struct writer w[WRITERS_MAX];
    struct bench b = {.s = s, .l = l, .running = writers};
    uint64_t start = np_clock_monotonic_ns(), end = start + (uint64_t)(seconds * 1e9),
             commits = np_store_commit_no(s, NP_DB_STATE);
    for (unsigned i = 0; i < writers; i++) {
        w[i].b = &b;
        put_start(&w[i]);
    }
    while (np_clock_monotonic_ns() < end)
        np_loop_turn(l, 100);
    double took = (double)(np_clock_monotonic_ns() - start) / 1e9;
    printf("{\"case\": \"durable writes\", \"writers\": %u, \"per_s\": %.0f, \"commits_per_s\": "
           "%.0f}\n",
           writers, (double)b.n / took,
           (double)(np_store_commit_no(s, NP_DB_STATE) - commits) / took);
    b.stop = true;
    while (b.running > 0)
        np_loop_turn(l, 100);
}

/* --- reads --- */

static void fill(struct np_store *s, struct np_loop *l)
{
    static struct writer w[1024];
    struct bench b = {.s = s, .l = l};
    for (unsigned from = 0; from < ROWS; from += 1000) {
        b.stop = true;
        b.running = 1000;
        for (unsigned i = 0; i < 1000; i++) {
            w[i].b = &b;
            put_start(&w[i]);
        }
        while (b.running > 0)
            np_loop_turn(l, 100);
    }
}

/* Of this thread: a loaded machine does not show in it. */
static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void read_case(struct np_store *s, bool in_transaction, unsigned rows)
{
    struct np_dbc *c = np_store_reader(s, NP_DB_STATE);
    const unsigned n = 300000;
    size_t bytes = 0;
    if (in_transaction)
        np_assert(np_read_begin(c, NULL) == 0);
    uint64_t start = np_clock_monotonic_ns(), cpu = cpu_ns();
    for (unsigned i = 0, x = 1; i < n; i++) {
        char buf[40];
        x = x * 1103515245u + 12345u;
        struct np_q *q = np_q(c, &scope, &get_sql, "s", name_of(buf, sizeof(buf), (x >> 8) % rows));
        np_assert(np_row(q));
        bytes += np_col_peek(q, 0).n;
        np_assert(np_q_end(q, NULL) == 0);
    }
    double ns = (double)(np_clock_monotonic_ns() - start) / n,
           cpu_each = (double)(cpu_ns() - cpu) / n;
    np_assert(bytes == (size_t)n * sizeof(value));
    if (in_transaction)
        np_read_end(c);
    printf("{\"case\": \"point read\", \"in_transaction\": %s, \"rows\": %u, \"ns\": %.0f, "
           "\"cpu_ns\": %.0f}\n",
           in_transaction ? "true" : "false", rows, ns, cpu_each);
}

static void page_case(struct np_store *s)
{
    struct np_dbc *c = np_store_reader(s, NP_DB_STATE);
    const unsigned n = 1000;
    size_t rows = 0, bytes = 0;
    uint64_t start = np_clock_monotonic_ns();
    for (unsigned i = 0; i < n; i++) {
        char buf[40];
        struct np_q *q = np_q(c, &scope, &page_sql, "s", name_of(buf, sizeof(buf), i * 50));
        for (; np_row(q); rows++)
            bytes += np_col_peek(q, 0).n + np_col_peek(q, 1).n;
        np_assert(np_q_end(q, NULL) == 0);
    }
    printf("{\"case\": \"page of 1000\", \"rows\": %zu, \"bytes\": %zu, \"us\": %.1f}\n", rows / n,
           bytes / n, (double)(np_clock_monotonic_ns() - start) / n / 1e3);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: store-bench DIR [SECONDS]\n");
        return 2;
    }
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 2;
    char dir[300];
    snprintf(dir, sizeof(dir), "%s/store-bench-XXXXXX", argv[1]);
    if (mkdtemp(dir) == NULL)
        return 1;
    const struct np_migration *lists[] = {schema};
    size_t n = NP_LEN(schema);
    struct np_store_opts o = {
        .dir = np_str_of(dir), .migrations = lists, .n_migrations = &n, .n_components = 1};
    struct np_err err = {0};
    struct np_store *s = NULL;
    struct np_loop *l = NULL;
    if (np_store_open(&o, &s, &err) != 0 || np_store_start(s, &err) != 0 ||
        np_loop_new(&l, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    floor_case(dir, seconds);
    for (unsigned w = 1; w <= WRITERS_MAX; w = w == 1 ? 32 : w * 8)
        write_case(s, l, w, seconds);
    floor_case(dir, seconds);
    fill(s, l);
    read_case(s, false, 1000);
    read_case(s, false, ROWS);
    read_case(s, true, ROWS);
    page_case(s);
    np_store_close(s);
    np_loop_free(l);
    return 0;
}
