/* SPDX-License-Identifier: Apache-2.0 */
/* blob_crash_test.c - kill -9 in the middle of writing: what was acknowledged is there, whole. */
#include "blob_test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

#define SIZE_MAX_ (3 * NP_BLOB_CHUNK)

static size_t size_of(uint64_t id)
{
    return (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20) % SIZE_MAX_;
}

static struct np_str bytes_of(struct np_arena *a, uint64_t id)
{
    return rig_bytes(a, size_of(id), id);
}

/* --- the child: several writers at once, for ever --------------------------------------------- */

struct child {
    struct rig r;
    int ack;
    uint64_t next;
};

struct child_blob {
    struct child *c;
    uint64_t id;
};

static void child_begin(struct child *c);

static void child_done(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct child_blob *b = arg;
    struct child *c = b->c;
    if (rc != 0 || sum->size_bytes != size_of(b->id) ||
        write(c->ack, &b->id, sizeof(b->id)) != sizeof(b->id))
        _exit(3);
    np_free(b);
    child_begin(c);
}

static void child_begin(struct child *c)
{
    struct child_blob *b = np_heap_new(struct child_blob);
    struct np_arena *a = np_arena_new();
    b->c = c;
    b->id = c->next++;
    struct np_blob_writer *w = rig_begin(&c->r, b->id, NULL);
    np_blob_on_ready(w, NULL, NULL);
    np_blob_write(w, bytes_of(a, b->id));
    np_blob_commit(w, child_done, b);
    np_arena_free(a);
}

static int no_unnamed(int root, const char *folder)
{
    (void)root, (void)folder;
    errno = EOPNOTSUPP;
    return -1;
}

static _Noreturn void child_run(int ack, uint64_t first, bool named)
{
    struct child c = {.ack = ack, .next = first};
    struct np_blob_sys sys = np_blob_sys;
    sys.open_unnamed = no_unnamed;
    rig_init(&c.r, blob_test_key, false);
    if (named)
        np_blobs_set_sys(c.r.store, &sys);
    for (int i = 0; i < 5; i++)
        child_begin(&c);
    for (;;)
        np_loop_turn(c.r.loop, -1);
}

/* --- the parent
 * ------------------------------------------------------------------------------------ */

/* Kills the child after `n` acknowledgements; adds all that came to acked[]. */
static size_t run_and_kill(uint64_t first, bool named, size_t n, uint64_t *acked, size_t max)
{
    int fds[2];
    np_test_dir(); /* made before the fork */
    NP_CHECK(pipe(fds) == 0);
    pid_t pid = fork();
    NP_CHECK(pid >= 0);
    if (pid == 0) {
        close(fds[0]);
        child_run(fds[1], first, named);
    }
    close(fds[1]);
    size_t got = 0;
    while (got < max && read(fds[0], &acked[got], sizeof(acked[0])) == sizeof(acked[0]))
        if (++got == n)
            kill(pid, SIGKILL);
    kill(pid, SIGKILL);
    close(fds[0]);
    int status;
    NP_CHECK(waitpid(pid, &status, 0) == pid);
    NP_CHECK(WIFSIGNALED(status), "the child failed by itself");
    NP_CHECK(got >= n);
    return got;
}

static void check_whole(struct rig *r, uint64_t id)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str want = bytes_of(a, id);
    char *got = np_alloc(a, SIZE_MAX_);
    size_t n;
    int rc = rig_get(r, id, NULL, 0, UINT64_MAX, got, &n);
    NP_CHECK(rc == 0 && n == want.n && (n == 0 || memcmp(got, want.p, n) == 0), "blob %llu: %s",
             (unsigned long long)id, np_code_name(rc));
}

struct ids {
    size_t n;
    uint64_t v[4096];
};

static void collect(void *arg, uint64_t id)
{
    struct ids *s = arg;
    if (s->n < NP_LEN(s->v))
        s->v[s->n++] = id;
}

static void crash(bool named)
{
    static uint64_t acked[4096];
    static struct ids found;
    for (uint64_t round = 0; round < 6; round++) {
        size_t n =
            run_and_kill(round << 16, named, 3 + (size_t)(round * 37 % 50), acked, NP_LEN(acked));
        struct rig r;
        rig_init(&r, blob_test_key, true);
        for (size_t i = 0; i < n; i++)
            check_whole(&r, acked[i]);
        found.n = 0;
        NP_CHECK(np_blobs_each(r.store, round << 16, (round + 1) << 16, collect, &found, NULL) ==
                 0);
        NP_CHECK(found.n >= n, "%zu found, %zu acknowledged", found.n, n);
        for (size_t i = 0; i < found.n; i++)
            check_whole(&r, found.v[i]);
        rig_fini(&r);
    }
}

NP_TEST(acknowledged_blobs_survive_a_kill)
{
    crash(false);
}

NP_TEST(acknowledged_blobs_survive_a_kill_without_unnamed_files)
{
    crash(true);
}
