/* SPDX-License-Identifier: Apache-2.0 */
/* pool_crash_test.c - kill -9 while addresses are given and given back: who was told of an address
 * has it, and nobody else.
 *
 * The child is this program again (see the constructor below). It says on a pipe what it was told:
 * "T<owner> <slot>" taken, "G<owner>" it begins to give back; owners are numbers from 1. */
#include "test.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/pool.h"
#include "aws/tags.h"
#include "base/auto.h"
#include "store/store.h"

#define CHILD_ENV  "NEPHELE_POOL_CRASH_DIR"
#define ROUNDS     8
#define OWNERS_MAX 4000
#define KEEPS      5 /* owners that have an address at a time */

NP_SQL(all_sql, "SELECT slot, owner FROM np_pool WHERE owner IS NOT NULL");

static struct np_store *open_in(const char *dir)
{
    struct np_store *s = NULL;
    struct np_err err = {0};
    const struct np_migration *list = np_aws_state_migrations;
    size_t n = np_aws_state_migrations_n;
    const struct np_store_opts o = {
        .dir = np_str_of(dir), .migrations = &list, .n_migrations = &n, .n_components = 1};
    if (np_store_open(&o, &s, &err) == 0 && np_store_start(s, &err) == 0)
        return s;
    fprintf(stderr, "pool crash test: %s\n", err.text);
    return NULL;
}

/* --- the child --- */

struct change {
    unsigned owner;
    bool drop;
    uint32_t slot;
};

static int apply(struct np_txn *t, void *arg, struct np_err *err)
{
    struct change *c = arg;
    struct np_str owner = np_str_printf(np_txn_arena(t), "arn:aws:web:::%u", c->owner);
    return c->drop ? np_pool_drop(t, owner, err) : np_pool_take(t, owner, 0, &c->slot, err);
}

static void change(struct np_store *s, struct change *c)
{
    const struct np_scope scope = {NP_STR("1"), NP_STR("r"), 0};
    struct np_err err;
    if (np_store_write_now(s, NP_DB_STATE, &scope, apply, c, &err) != 0)
        _exit(5);
}

static void say(const char *line, int n)
{
    if (write(STDOUT_FILENO, line, (size_t)n) != n)
        _exit(3);
}

static void run_child(const char *dir, unsigned first)
{
    char line[64];
    struct np_store *s = open_in(dir);
    if (s == NULL)
        _exit(2);
    for (unsigned owner = first; owner < OWNERS_MAX; owner++) {
        struct change take = {.owner = owner};
        change(s, &take);
        say(line, snprintf(line, sizeof(line), "T%u %u\n", owner, take.slot));
        if (owner <= KEEPS)
            continue;
        struct change drop = {.owner = owner - KEEPS, .drop = true};
        say(line, snprintf(line, sizeof(line), "G%u\n", drop.owner));
        change(s, &drop);
    }
}

__attribute__((constructor)) static void be_the_child(void)
{
    const char *dir = getenv(CHILD_ENV), *first = getenv(CHILD_ENV "_FIRST");
    if (dir == NULL || first == NULL)
        return;
    run_child(dir, (unsigned)strtoul(first, NULL, 10));
    _exit(6);
}

/* --- the parent --- */

struct story {
    uint32_t slot[OWNERS_MAX]; /* 0: it was not told of one */
    bool giving[OWNERS_MAX];   /* it may have given it back */
    unsigned n_told, last;
};

static void told(struct story *y, const char *line)
{
    char *rest;
    unsigned owner = (unsigned)strtoul(line + 1, &rest, 10);
    NP_CHECK(owner > 0 && owner < OWNERS_MAX);
    if (line[0] == 'G') {
        y->giving[owner] = true;
        return;
    }
    y->slot[owner] = (uint32_t)strtoul(rest, NULL, 10);
    y->n_told++;
    y->last = owner;
}

/* Lets a child work until it has said `lines` lines, kills it, hears what it said to its end. */
static void one_life(struct story *y, const char *dir, unsigned first, int lines)
{
    int p[2], status;
    pid_t pid;
    char where[400], from[64], line[64];
    char *argv[] = {(char *)"unit", NULL}, *envp[] = {where, from, NULL};
    snprintf(where, sizeof(where), CHILD_ENV "=%s", dir);
    snprintf(from, sizeof(from), CHILD_ENV "_FIRST=%u", first);
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

static void check(struct np_store *s, const struct story *y)
{
    NP_AUTO_ARENA a = np_arena_new();
    uint32_t *has = np_new_array(a, uint32_t, OWNERS_MAX);
    struct np_q *q = np_q(np_store_reader(s, NP_DB_STATE), NULL, &all_sql, "");
    while (np_row(q)) {
        uint64_t owner = 0;
        struct np_str text = np_col_peek(q, 1);
        NP_CHECK(np_str_u64(np_str_sub(text, 14, text.n), &owner) && owner < OWNERS_MAX);
        NP_CHECK(has[owner] == 0, "an owner has two");
        has[owner] = (uint32_t)np_col_int(q, 0);
    }
    NP_CHECK(np_q_end(q, NULL) == 0);
    for (unsigned i = 1; i < OWNERS_MAX; i++) {
        if (y->slot[i] != 0 && !y->giving[i])
            NP_CHECK(has[i] == y->slot[i], "%u was told %u, has %u", i, y->slot[i], has[i]);
        for (unsigned k = 1; has[i] != 0 && k < i; k++)
            NP_CHECK(has[k] != has[i], "%u and %u have one address", k, i);
    }
}

NP_TEST(addresses_survive_kill_9)
{
    struct story *y = np_heap_new(struct story);
    const char *dir = np_test_dir();
    unsigned chance = 777;
    for (int i = 0; i < ROUNDS; i++) {
        chance = chance * 1103515245u + 12345u;
        /* An owner whose taking was not heard of is left out: it may have an address. */
        one_life(y, dir, y->last + 2, (int)(chance >> 16) % 40);
        struct np_store *s = open_in(dir);
        NP_CHECK(s != NULL);
        check(s, y);
        np_store_close(s);
    }
    NP_CHECK(y->n_told > ROUNDS);
    np_free(y);
}
