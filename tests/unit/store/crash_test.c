/* SPDX-License-Identifier: Apache-2.0 */
/* crash_test.c - kill -9 in the middle of work, again and again on one data directory: what was
 * acknowledged is there, nothing is half there, the outbox delivers at least once and in the order
 * of each group.
 *
 * The child is this program again (see the constructor below): it writes numbered items, several at
 * a time, each with a step of a sum and an outbox row in its transaction, and says on a pipe what
 * it was told: "A<id>" acknowledged, "D<id>" delivered.
 */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/loop.h"
#include "store/outbox.h"
#include "store/store.h"

#define CHILD_ENV "NEPHELE_STORE_CRASH_DIR"
#define ROUNDS    20
#define GROUPS    3
#define AT_ONCE   8
#define IDS_MAX   20000

static const struct np_migration schema[] = {
    {"c", 1,
     "CREATE TABLE item (id INTEGER PRIMARY KEY);"
     "CREATE TABLE total (id INTEGER PRIMARY KEY, n INTEGER, sum INTEGER);"
     "INSERT INTO total VALUES (1, 0, 0)",
     NP_DB_STATE},
};

NP_SQL(item_sql, "INSERT INTO item (id) VALUES (?1)");
NP_SQL(total_sql, "UPDATE total SET n = n + 1, sum = sum + ?1");
NP_SQL(max_sql, "SELECT coalesce(max(id), 0) FROM item");
NP_SQL(whole_sql, "SELECT count(*) FROM total WHERE n = (SELECT count(*) FROM item)"
                  " AND sum = (SELECT coalesce(sum(id), 0) FROM item)");
NP_SQL(has_sql, "SELECT count(*) FROM item WHERE id = ?1");
NP_SQL(items_sql, "SELECT id FROM item ORDER BY id");

static struct np_store *open_in(const char *dir, const struct np_outbox_kind *k)
{
    struct np_store *s = NULL;
    struct np_err err = {0};
    const struct np_migration *lists[] = {schema};
    size_t n = NP_LEN(schema);
    struct np_store_opts o = {
        .dir = np_str_of(dir), .migrations = lists, .n_migrations = &n, .n_components = 1};
    int rc = np_store_open(&o, &s, &err);
    if (rc == 0) {
        np_outbox_kind(s, k);
        rc = np_store_start(s, &err);
    }
    if (rc != 0)
        fprintf(stderr, "crash test: %s\n", err.text);
    return rc == 0 ? s : NULL;
}

static int64_t ask(struct np_store *s, const struct np_sql *sql)
{
    struct np_q *q = np_q(np_store_reader(s, NP_DB_STATE), NULL, sql, "");
    int64_t v = np_row(q) ? np_col_int(q, 0) : -1;
    return np_q_end(q, NULL) == 0 ? v : -1;
}

/* --- the child --- */

struct child {
    struct np_store *s;
    struct np_loop *l;
    int64_t next;
};

struct step {
    struct np_write w;
    struct child *child;
    int64_t id;
};

static void say(char what, int64_t id)
{
    char line[32];
    int n = snprintf(line, sizeof(line), "%c%lld\n", what, (long long)id);
    if (write(STDOUT_FILENO, line, (size_t)n) != n)
        _exit(3);
}

static int step_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct step *st = NP_CONTAINER(w, struct step, w);
    char group[8], payload[24];
    snprintf(group, sizeof(group), "g%d", (int)(st->id % GROUPS));
    snprintf(payload, sizeof(payload), "%lld", (long long)st->id);
    int rc = np_exec(t, &item_sql, err, "i", st->id);
    if (rc == 0)
        rc = np_outbox_add(t, "k", np_str_of(group), np_str_of(payload), 0, err);
    return rc != 0 ? rc : np_exec(t, &total_sql, err, "i", st->id);
}

static void step_done(struct np_write *w, int rc);

static void step_start(struct step *st)
{
    static const struct np_scope scope = {{"1", 1}, {"r", 1}, 0};
    st->id = st->child->next++;
    st->w = (struct np_write){
        .loop = st->child->l, .scope = scope, .apply = step_apply, .done = step_done};
    if (np_store_write(st->child->s, NP_DB_STATE, &st->w) != 0)
        _exit(4);
}

static void step_done(struct np_write *w, int rc)
{
    struct step *st = NP_CONTAINER(w, struct step, w);
    if (rc != 0)
        _exit(5);
    say('A', st->id);
    step_start(st);
}

static void child_deliver(void *arg, struct np_delivery *d)
{
    int64_t id = 0;
    np_str_i64(d->payload, &id);
    say('D', id);
    np_delivery_done(d, 0, NULL, NULL);
}

static void run_child(const char *dir)
{
    struct child c = {0};
    struct step steps[AT_ONCE] = {{.child = &c}};
    c.s = open_in(
        dir, &(struct np_outbox_kind){.kind = "k", .db = NP_DB_STATE, .deliver = child_deliver});
    if (c.s == NULL || np_loop_new(&c.l, NULL) != 0)
        _exit(2);
    c.next = ask(c.s, &max_sql) + 1;
    for (int i = 0; i < AT_ONCE; i++) {
        steps[i].child = &c;
        step_start(&steps[i]);
    }
    np_loop_run(c.l);
}

__attribute__((constructor)) static void be_the_child(void)
{
    const char *dir = getenv(CHILD_ENV);
    if (dir != NULL) {
        run_child(dir);
        _exit(6);
    }
}

/* --- the parent --- */

struct story {
    char acked[IDS_MAX];
    char delivered[IDS_MAX];
    int64_t last[GROUPS]; /* delivered */
    unsigned n_acked;
};

static void told_delivered(struct story *y, int64_t id)
{
    int g = (int)(id % GROUPS);
    NP_CHECK(id > 0 && id < IDS_MAX);
    NP_CHECK(id >= y->last[g], "%d was delivered after %d", (int)id, (int)y->last[g]);
    y->last[g] = id;
    y->delivered[id] = 1;
}

static void told(struct story *y, const char *line)
{
    int64_t id = strtoll(line + 1, NULL, 10);
    if (line[0] == 'D') {
        told_delivered(y, id);
        return;
    }
    NP_CHECK(line[0] == 'A' && id > 0 && id < IDS_MAX);
    y->acked[id] = 1;
    y->n_acked++;
}

/* Lets a child work until it has said `lines` lines, kills it, hears what it said to its end. */
static void one_life(struct story *y, int lines)
{
    int p[2], status;
    pid_t pid;
    char dir[400], line[64];
    char *argv[] = {(char *)"unit", NULL}, *envp[] = {dir, NULL};
    snprintf(dir, sizeof(dir), CHILD_ENV "=%s", np_test_dir());
    NP_CHECK(pipe(p) == 0);
    posix_spawn_file_actions_t acts;
    posix_spawn_file_actions_init(&acts);
    posix_spawn_file_actions_adddup2(&acts, p[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&acts, p[0]);
    NP_CHECK(posix_spawn(&pid, "/proc/self/exe", &acts, NULL, argv, envp) == 0);
    posix_spawn_file_actions_destroy(&acts);
    close(p[1]);
    FILE *in = fdopen(p[0], "r");
    for (int n = 0; fgets(line, sizeof(line), in) != NULL; n++) {
        if (n == lines)
            kill(pid, SIGKILL);
        if (strchr(line, '\n') != NULL) /* the last one may be cut */
            told(y, line);
    }
    fclose(in);
    NP_CHECK(waitpid(pid, &status, 0) == pid);
    NP_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the child ended by itself: %x",
             (unsigned)status);
}

static void parent_deliver(void *arg, struct np_delivery *d)
{
    int64_t id = 0;
    np_str_i64(d->payload, &id);
    told_delivered(arg, id);
    np_delivery_done(d, 0, NULL, NULL);
}

static void check_acked(struct np_store *s, const struct story *y)
{
    NP_CHECK(ask(s, &whole_sql) == 1, "an item without its sum or the other way round");
    for (int64_t id = 1; id < IDS_MAX; id++) {
        if (!y->acked[id])
            continue;
        struct np_q *q = np_q(np_store_reader(s, NP_DB_STATE), NULL, &has_sql, "i", id);
        NP_CHECK(np_row(q) && np_col_int(q, 0) == 1, "%d was acknowledged", (int)id);
        NP_CHECK(np_q_end(q, NULL) == 0);
    }
}

static void check_delivered(struct np_store *s, const struct story *y)
{
    int64_t n = 0;
    struct np_q *q = np_q(np_store_reader(s, NP_DB_STATE), NULL, &items_sql, "");
    for (; np_row(q); n++)
        NP_CHECK(y->delivered[np_col_int(q, 0)], "%d was never delivered", (int)np_col_int(q, 0));
    NP_CHECK(np_q_end(q, NULL) == 0);
    NP_CHECK(n >= y->n_acked);
    for (int64_t id = n + 1; id < IDS_MAX; id++)
        NP_CHECK(!y->delivered[id], "%d was delivered but does not exist", (int)id);
}

NP_TEST(what_was_acknowledged_survives_kill_9)
{
    struct story *y = np_heap_new(struct story);
    struct np_outbox_kind k = {.kind = "k", .db = NP_DB_STATE, .deliver = parent_deliver, .arg = y};
    unsigned chance = 12345;
    for (int i = 0; i < ROUNDS; i++) {
        chance = chance * 1103515245u + 12345u;
        one_life(y, (int)(chance >> 16) % 60);
        struct np_store *s = open_in(np_test_dir(), &k);
        NP_CHECK(s != NULL);
        check_acked(s, y);
        np_store_close(s);
    }
    struct np_loop *l = NULL;
    struct np_store *s = open_in(np_test_dir(), &k);
    NP_CHECK(s != NULL && np_loop_new(&l, NULL) == 0);
    np_outbox_start(s, l);
    while (np_outbox_pending(s, NP_DB_STATE) > 0)
        np_loop_turn(l, -1);
    check_delivered(s, y);
    NP_CHECK(y->n_acked > ROUNDS);
    np_outbox_stop(s);
    np_store_close(s);
    np_loop_free(l);
    np_free(y);
}
