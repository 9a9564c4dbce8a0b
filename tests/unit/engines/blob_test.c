/* SPDX-License-Identifier: Apache-2.0 */
/* blob_test.c - what is written is read: sizes, ranges, keys, deletes, the sweep, memory. */
#include "blob_test.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

static const uint8_t sse_a[32] = "the key of customer a, 32 bytes";
static const uint8_t sse_b[32] = "the key of customer b, 32 bytes";

static const struct {
    size_t n;
    const char *why;
} sizes[] = {
    {0, "nothing"},
    {1, "one byte"},
    {NP_BLOB_FRAME - 1, "just below a frame"},
    {NP_BLOB_FRAME, "a frame"},
    {NP_BLOB_FRAME + 1, "just above a frame"},
    {NP_BLOB_CHUNK, "a chunk of the writer"},
    {NP_BLOB_CHUNK + 1, "just above a chunk"},
    {NP_BLOB_READ * NP_BLOB_FRAME, "a batch of the reader"},
    {5 * NP_BLOB_CHUNK + 12345, "more chunks than the ring holds"},
};

static void check_sum(const struct rig *r, struct np_str data)
{
    uint8_t want[NP_DIGEST_MAX];
    NP_CHECK(r->sum.size_bytes == data.n && r->sum.n_digests == 3);
    for (size_t i = 0; i < 3; i++) {
        enum np_digest_alg alg = (enum np_digest_alg)r->sum.digests[i].alg;
        np_digest_once(alg, data, want);
        NP_CHECK(memcmp(want, r->sum.digests[i].out, np_digest_size(alg)) == 0, "digest %zu", i);
    }
}

static void check_range(struct rig *r, uint64_t id, const uint8_t *sse, struct np_str data,
                        uint64_t off, uint64_t n)
{
    NP_AUTO_HEAP char *got = np_heap_alloc(data.n + 1);
    size_t n_got;
    struct np_str want = np_str_sub(data, off, n == UINT64_MAX ? data.n : n);
    int rc = rig_get(r, id, sse, off, n, got, &n_got);
    NP_CHECK(rc == 0, "range %llu+%llu of %zu: %s", (unsigned long long)off, (unsigned long long)n,
             data.n, np_code_name(rc));
    NP_CHECK(n_got == want.n && (n_got == 0 || memcmp(got, want.p, want.n) == 0),
             "range %llu+%llu of %zu: %zu bytes", (unsigned long long)off, (unsigned long long)n,
             data.n, n_got);
}

static void check_ranges(struct rig *r, uint64_t id, const uint8_t *sse, struct np_str data)
{
    const uint64_t marks[] = {
        0, 1, NP_BLOB_FRAME - 1, NP_BLOB_FRAME, NP_BLOB_CHUNK + 7, data.n / 2, data.n - 1, data.n};
    check_range(r, id, sse, data, 0, UINT64_MAX);
    NP_EACH (from, marks)
        NP_EACH (to, marks)
            if (*from <= *to && *to <= data.n)
                check_range(r, id, sse, data, *from, *to - *from);
}

static void all_sizes(const uint8_t *key, const uint8_t *sse)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, key, true);
    uint64_t id = 1;
    NP_EACH (s, sizes) {
        struct np_str data = rig_bytes(a, s->n, id);
        NP_CHECK(rig_put(&r, id, sse, data, id % 2 ? 1 << 16 : 999) == 0, "%s", s->why);
        check_sum(&r, data);
        check_ranges(&r, id, sse, data);
        id++;
    }
    rig_reopen(&r, key);
    while (--id > 0)
        check_range(&r, id, sse, rig_bytes(a, sizes[id - 1].n, id), 0, UINT64_MAX);
    NP_CHECK(rig_count(&r) == NP_LEN(sizes));
    rig_fini(&r);
}

NP_TEST(blobs_of_all_sizes_encrypted)
{
    all_sizes(blob_test_key, NULL);
}

NP_TEST(blobs_of_all_sizes_plain)
{
    all_sizes(NULL, NULL);
}

NP_TEST(blobs_of_all_sizes_with_a_customers_key)
{
    all_sizes(blob_test_key, sse_a);
}

NP_TEST(blobs_of_all_sizes_with_a_customers_key_in_a_plain_store)
{
    all_sizes(NULL, sse_a);
}

/* As on a file system that has no unnamed files and no reads that never block. */
static int no_unnamed(int root, const char *folder)
{
    (void)root, (void)folder;
    errno = EOPNOTSUPP;
    return -1;
}

static ssize_t no_nowait(int fd, void *p, size_t n, off_t off, bool cached_only)
{
    if (!cached_only)
        return pread(fd, p, n, off);
    errno = EOPNOTSUPP;
    return -1;
}

static int open_uncached(int root, const char *name, bool cached_only)
{
    if (!cached_only)
        return np_blob_sys.open_read(root, name, false);
    errno = EAGAIN;
    return -1;
}

NP_TEST(blobs_without_unnamed_files)
{
    struct rig r;
    struct np_blob_sys sys = np_blob_sys;
    sys.open_unnamed = no_unnamed;
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, blob_test_key, false);
    np_blobs_set_sys(r.store, &sys);
    struct np_str data = rig_bytes(a, 3 * NP_BLOB_CHUNK, 1);
    NP_CHECK(rig_put(&r, 7, NULL, data, 65536) == 0);
    check_range(&r, 7, NULL, data, 0, UINT64_MAX);
    struct np_blob_writer *w = rig_begin(&r, 8, NULL);
    NP_CHECK(rig_write(&r, w, data, 65536) == 0);
    np_blob_abort(w);
    NP_CHECK(rig_put(&r, 9, NULL, data, 65536) == 0);
    rig_reopen(&r, blob_test_key);
    NP_CHECK(rig_count(&r) == 2);
    rig_fini(&r);
}

/* Half of the reads that must not block would: hot and cold reading alternate. */
static unsigned flaky;
static ssize_t flaky_nowait(int fd, void *p, size_t n, off_t off, bool cached_only)
{
    if (cached_only && flaky++ % 2 == 0) {
        errno = EAGAIN;
        return -1;
    }
    return pread(fd, p, cached_only && flaky % 3 == 0 ? n / 2 : n, off);
}

NP_TEST(blobs_from_a_cold_cache)
{
    struct np_blob_sys sys = np_blob_sys;
    ssize_t (*const preads[])(int, void *, size_t, off_t, bool) = {no_nowait, flaky_nowait};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, 21 * NP_BLOB_FRAME + 5, 1);
    struct rig r;
    rig_init(&r, blob_test_key, true);
    NP_CHECK(rig_put(&r, 7, NULL, data, 65536) == 0);
    sys.open_read = open_uncached;
    NP_EACH (p, preads) {
        sys.pread = *p;
        rig_reopen(&r, blob_test_key);
        np_blobs_set_sys(r.store, &sys);
        check_ranges(&r, 7, NULL, data);
    }
    rig_fini(&r);
}

NP_TEST(a_large_write_is_taken_whole)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, blob_test_key, true);
    struct np_str data = rig_bytes(a, 20 * NP_BLOB_CHUNK + 1, 1);
    struct np_blob_writer *w = rig_begin(&r, 1, NULL);
    NP_CHECK(np_blob_write(w, data) == NP_EAGAIN);
    np_blob_commit(w, rig_done, &r);
    NP_CHECK(!r.done, "never from inside the call");
    rig_wait(&r);
    NP_CHECK(r.rc == 0);
    check_sum(&r, data);
    check_range(&r, 1, NULL, data, 0, UINT64_MAX);
    rig_fini(&r);
}

NP_TEST(a_writer_has_a_few_digests)
{
    struct rig r;
    struct np_err err;
    struct np_blob_writer *w;
    const unsigned algs[NP_BLOB_DIGESTS + 1] = {NP_MD5, NP_SHA1, NP_SHA256, NP_CRC32, NP_CRC32C};
    const unsigned unknown[] = {NP_DIGEST_ALGS};
    rig_init(&r, blob_test_key, true);
    NP_CHECK(np_blob_begin(r.store, r.loop, 1, NULL, algs, NP_LEN(algs), &w, &err) == NP_EINVAL);
    NP_CHECK(np_blob_begin(r.store, r.loop, 1, NULL, unknown, 1, &w, &err) == NP_EINVAL);
    NP_CHECK(np_blob_begin(r.store, r.loop, 1, NULL, algs, NP_BLOB_DIGESTS, &w, &err) == 0);
    np_blob_abort(w);
    rig_fini(&r);
}

static void never(void *arg, int rc, const struct np_blob_sum *sum)
{
    (void)arg, (void)rc, (void)sum;
    NP_CHECK(false, "an aborted writer calls nobody");
}

NP_TEST(an_aborted_writer_leaves_nothing)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, blob_test_key, true);
    struct np_str data = rig_bytes(a, 6 * NP_BLOB_CHUNK, 1);
    for (size_t n = 0; n <= data.n; n += NP_BLOB_CHUNK / 2) {
        struct np_blob_writer *w = rig_begin(&r, 1, NULL);
        np_blob_write(w, np_str_sub(data, 0, n));
        if (n % NP_BLOB_CHUNK == 0)
            np_blob_finish(w, never, NULL);
        if (n % 3 == 0)
            np_loop_turn(r.loop, 0);
        np_blob_abort(w);
    }
    NP_CHECK(rig_put(&r, 2, NULL, data, 65536) == 0);
    NP_CHECK(rig_count(&r) == 1);
    rig_fini(&r);
}

static void abort_in_done(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct np_blob_writer **w = arg;
    (void)sum;
    NP_CHECK(rc == 0);
    np_blob_abort(*w);
    *w = NULL;
}

NP_TEST(a_writer_may_be_aborted_when_its_digests_are_wrong)
{
    struct rig r;
    rig_init(&r, blob_test_key, true);
    struct np_blob_writer *w = rig_begin(&r, 1, NULL);
    NP_CHECK(np_blob_write(w, NP_STR("not what was promised")) == 0);
    np_blob_finish(w, abort_in_done, &w);
    while (w != NULL)
        np_loop_turn(r.loop, -1);
    NP_CHECK(rig_put(&r, 2, NULL, NP_STR("fine"), 4) == 0);
    NP_CHECK(rig_count(&r) == 1);
    rig_fini(&r);
}

NP_TEST(an_id_is_written_once)
{
    struct rig r;
    char got[8];
    size_t n;
    rig_init(&r, blob_test_key, false);
    NP_CHECK(rig_put(&r, 1, NULL, NP_STR("first"), 9) == 0);
    NP_CHECK(rig_put(&r, 1, NULL, NP_STR("second"), 9) == NP_EEXIST);
    NP_CHECK(rig_get(&r, 1, NULL, 0, UINT64_MAX, got, &n) == 0);
    NP_CHECK_STR(np_str_n(got, n), NP_STR("first"));
    rig_fini(&r);
}

NP_TEST(many_commits_share_their_syncs)
{
    enum { N = 40 };
    struct rig r;
    struct rig done[N];
    rig_init(&r, blob_test_key, false);
    for (uint64_t i = 0; i < N; i++) {
        done[i] = (struct rig){.rc = 1};
        struct np_blob_writer *w = rig_begin(&r, i * 2048, NULL); /* two ids a folder */
        NP_CHECK(np_blob_write(w, np_str_n(&i, sizeof(i))) == 0);
        np_blob_commit(w, rig_done, &done[i]);
    }
    for (uint64_t i = 0; i < N; i++) {
        while (!done[i].done)
            np_loop_turn(r.loop, -1);
        NP_CHECK(done[i].rc == 0);
        check_range(&r, i * 2048, NULL, np_str_n(&i, sizeof(i)), 0, 8);
    }
    rig_fini(&r);
}

static const struct {
    uint64_t size, off, n;
} outside[] = {
    {0, 0, 1}, {0, 1, 0}, {10, 11, UINT64_MAX}, {10, 10, 1}, {10, 5, 6}, {10, 5, UINT64_MAX - 1},
};

NP_TEST(a_range_outside_of_the_blob_is_refused)
{
    struct rig r;
    char got[16];
    size_t n;
    rig_init(&r, blob_test_key, true);
    NP_CHECK(rig_put(&r, 0, NULL, NP_STR(""), 1) == 0);
    NP_CHECK(rig_put(&r, 10, NULL, NP_STR("0123456789"), 10) == 0);
    NP_EACH (o, outside)
        NP_CHECK(rig_get(&r, o->size, NULL, o->off, o->n, got, &n) == NP_EINVAL && n == 0);
    rig_fini(&r);
}

NP_TEST(a_blob_needs_its_customers_key)
{
    struct rig r;
    char got[16];
    size_t n;
    rig_init(&r, blob_test_key, true);
    NP_CHECK(rig_put(&r, 1, sse_a, NP_STR("a's"), 3) == 0);
    NP_CHECK(rig_put(&r, 2, NULL, NP_STR("ours"), 4) == 0);
    NP_CHECK(rig_get(&r, 1, sse_a, 0, UINT64_MAX, got, &n) == 0 && n == 3);
    NP_CHECK(rig_get(&r, 1, sse_b, 0, UINT64_MAX, got, &n) == NP_EACCES && n == 0);
    NP_CHECK(rig_get(&r, 1, NULL, 0, UINT64_MAX, got, &n) == NP_EACCES && n == 0);
    NP_CHECK(rig_get(&r, 2, sse_a, 0, UINT64_MAX, got, &n) == NP_EACCES && n == 0);
    rig_fini(&r);
}

static void delete_done(void *arg, int rc)
{
    struct rig *r = arg;
    r->rc = rc;
    r->done = true;
}

NP_TEST(a_deleted_blob_is_gone)
{
    struct rig r;
    char got[16];
    size_t n;
    rig_init(&r, blob_test_key, false);
    NP_CHECK(rig_put(&r, 1, NULL, NP_STR("one"), 3) == 0);
    NP_CHECK(rig_put(&r, 2, NULL, NP_STR("two"), 3) == 0);
    NP_CHECK(rig_get(&r, 1, NULL, 0, UINT64_MAX, got, &n) == 0 && n == 3);

    struct np_blob_reader *rd; /* who reads it already reads it to the end */
    NP_CHECK(np_blob_open(r.store, r.loop, 1, NULL, 0, 3, rig_ready, &r, &rd, NULL) == 0);
    rig_wait(&r);
    const uint64_t ids[] = {1, 999};
    np_blob_delete(r.store, r.loop, ids, 2, delete_done, &r);
    NP_CHECK(!r.done, "never from inside the call");
    rig_wait(&r);
    NP_CHECK(r.rc == 0, "missing ones are fine");
    struct np_str data;
    bool end;
    NP_CHECK(np_blob_read(rd, &data, &end) == 0 && end);
    NP_CHECK_STR(data, NP_STR("one"));
    np_blob_close(rd);

    NP_CHECK(rig_get(&r, 1, NULL, 0, UINT64_MAX, got, &n) == NP_ENOENT);
    NP_CHECK(rig_get(&r, 2, NULL, 0, UINT64_MAX, got, &n) == 0 && n == 3);
    rig_fini(&r);
}

NP_TEST(the_store_outlives_its_owner_while_something_is_open)
{
    struct rig r;
    rig_init(&r, blob_test_key, true);
    NP_CHECK(rig_put(&r, 1, NULL, NP_STR("still here"), 10) == 0);
    struct np_blob_reader *rd, *closed;
    NP_CHECK(np_blob_open(r.store, r.loop, 1, NULL, 0, 10, rig_ready, &r, &rd, NULL) == 0);
    NP_CHECK(np_blob_open(r.store, r.loop, 1, NULL, 0, 10, rig_ready, &r, &closed, NULL) == 0);
    np_blob_close(closed);
    np_blobs_close(r.store);
    r.store = NULL;
    rig_wait(&r);
    struct np_str data;
    bool end;
    NP_CHECK(np_blob_read(rd, &data, &end) == 0 && end && data.n == 10);
    np_blob_close(rd);
    rig_fini(&r);
}

NP_TEST(more_blobs_than_the_cache_keeps_open)
{
    struct rig r;
    rig_init(&r, blob_test_key, true);
    for (uint64_t i = 0; i < NP_BLOB_OPEN_MAX + 30; i++)
        NP_CHECK(rig_put(&r, i, NULL, np_str_n(&i, sizeof(i)), 8) == 0);
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 0; i < NP_BLOB_OPEN_MAX + 30; i++)
            check_range(&r, i, NULL, np_str_n(&i, sizeof(i)), 0, 8);
    NP_CHECK(r.store->cache.locked.n == NP_BLOB_OPEN_MAX);
    rig_fini(&r);
}

struct worker {
    struct rig r; /* its own loop; store and pool are shared */
    uint64_t first;
    unsigned wrong;
};

/* Puts, reads, seals and deletes as a service's worker does. */
static void *work(void *arg)
{
    enum { N = 24 };
    struct worker *w = arg;
    NP_AUTO_ARENA a = np_arena_new();
    char *got = np_alloc(a, 4 * NP_BLOB_CHUNK), sealed[8 + NP_BLOB_SEAL];
    for (uint64_t id = w->first; id < w->first + N; id++) {
        size_t n;
        struct np_str data = rig_bytes(a, (size_t)(id % 7) * 70001, id);
        w->wrong += rig_put(&w->r, id, id % 3 == 0 ? sse_a : NULL, data, 65536) != 0;
        for (int i = 0; i < 2; i++) {
            int rc = rig_get(&w->r, id, id % 3 == 0 ? sse_a : NULL, 0, UINT64_MAX, got, &n);
            w->wrong += rc != 0 || !np_str_eq(np_str_n(got, n), data);
        }
        w->wrong += rig_get(&w->r, w->first, w->first % 3 == 0 ? sse_a : NULL, 0, 0, got, &n) != 0;
        np_blob_seal(w->r.store, id, NULL, np_str_n(&id, 8), sealed);
        w->wrong += np_blob_unseal(w->r.store, id, NULL, np_str_n(sealed, sizeof(sealed)), got);
        if (id == w->first)
            continue;
        np_blob_delete(w->r.store, w->r.loop, &id, 1, delete_done, &w->r);
        rig_wait(&w->r);
        w->wrong += w->r.rc != 0;
        w->wrong += rig_get(&w->r, id, NULL, 0, UINT64_MAX, got, &n) != NP_ENOENT;
    }
    return NULL;
}

NP_TEST(loops_share_a_store)
{
    struct rig r;
    struct worker w[3];
    pthread_t t[NP_LEN(w)];
    rig_init(&r, blob_test_key, false);
    for (size_t i = 0; i < NP_LEN(w); i++) {
        w[i] = (struct worker){.r = {.jobs = r.jobs, .store = r.store}, .first = i * 1000 + 1};
        NP_CHECK(np_loop_new(&w[i].r.loop, NULL) == 0);
        NP_CHECK(pthread_create(&t[i], NULL, work, &w[i]) == 0);
    }
    for (size_t i = 0; i < NP_LEN(w); i++)
        pthread_join(t[i], NULL);
    for (size_t i = 0; i < NP_LEN(w); i++) {
        for (int turn = 0; turn < 50; turn++) /* what still comes home to this loop */
            np_loop_turn(w[i].r.loop, atomic_load(&r.store->refs) > 1 ? 10 : 0);
        NP_CHECK(w[i].wrong == 0, "loop %zu: %u wrong", i, w[i].wrong);
    }
    NP_CHECK(rig_count(&r) == NP_LEN(w));
    rig_fini(&r); /* the pool's threads are the last to touch a loop */
    for (size_t i = 0; i < NP_LEN(w); i++)
        np_loop_free(w[i].r.loop);
}

struct seen {
    size_t n;
    uint64_t sum;
};

static void see(void *arg, uint64_t id)
{
    struct seen *s = arg;
    s->n++;
    s->sum += id;
}

NP_TEST(the_sweep_sees_the_ids_of_its_range)
{
    static const uint64_t ids[] = {0, 1, 4095, 4096, 1 << 20, UINT64_C(1) << 40, UINT64_MAX - 1};
    struct rig r;
    rig_init(&r, blob_test_key, true);
    NP_EACH (id, ids)
        NP_CHECK(rig_put(&r, *id, NULL, NP_STR("x"), 1) == 0);
    struct seen s = {0, 0};
    NP_CHECK(np_blobs_each(r.store, 1, 4096, see, &s, NULL) == 0 && s.n == 2 && s.sum == 4096);
    s = (struct seen){0, 0};
    NP_CHECK(np_blobs_each(r.store, 4095, 1 << 21, see, &s, NULL) == 0 && s.n == 3);
    s = (struct seen){0, 0};
    NP_CHECK(np_blobs_each(r.store, 0, UINT64_MAX, see, &s, NULL) == 0 && s.n == NP_LEN(ids));
    s = (struct seen){0, 0};
    NP_CHECK(np_blobs_each(r.store, 7, 7, see, &s, NULL) == 0 && s.n == 0);
    rig_fini(&r);
}

NP_TEST(a_store_opens_only_as_it_was_made)
{
    static const uint8_t other[32] = "another key of 32 bytes ........";
    struct rig r;
    struct np_err err = {.n = 0};
    rig_init(&r, blob_test_key, true);
    rig_close_store(&r);
    NP_CHECK(rig_open_store(&r, other, true, &err) == NP_EINVAL);
    NP_CHECK(np_str_find(np_err_text(&err), NP_STR("master key")) >= 0);
    NP_CHECK(rig_open_store(&r, NULL, true, &err) == NP_EINVAL);
    NP_CHECK(np_str_find(np_err_text(&err), NP_STR("without --at-rest=none")) >= 0);
    NP_CHECK(r.store == NULL);
    NP_CHECK(rig_open_store(&r, blob_test_key, true, &err) == 0);
    rig_fini(&r);
}

NP_TEST(a_plain_store_wants_no_key)
{
    struct rig r;
    struct np_err err = {.n = 0};
    rig_init(&r, NULL, true);
    rig_close_store(&r);
    NP_CHECK(rig_open_store(&r, blob_test_key, true, &err) == NP_EINVAL);
    NP_CHECK(np_str_find(np_err_text(&err), NP_STR("with --at-rest=none")) >= 0);
    NP_CHECK(rig_open_store(&r, NULL, true, &err) == 0);
    rig_fini(&r);
}

static void small_bodies(const uint8_t *key, const uint8_t *sse, const uint8_t *wrong_sse)
{
    struct rig r;
    rig_init(&r, key, true);
    NP_AUTO_ARENA a = np_arena_new();
    static const size_t ns[] = {0, 1, 4096, 32768};
    NP_EACH (n, ns) {
        struct np_str in = rig_bytes(a, *n, 3);
        char *sealed = np_alloc(a, *n + NP_BLOB_SEAL), *out = np_alloc(a, *n + 1);
        struct np_str got = np_str_n(sealed, *n + NP_BLOB_SEAL);
        np_blob_seal(r.store, 5, sse, in, sealed);
        NP_CHECK(np_blob_unseal(r.store, 5, sse, got, out) == 0);
        NP_CHECK_STR(np_str_n(out, *n), in);
        NP_CHECK(np_blob_unseal(r.store, 6, sse, got, out) == (sse ? NP_EACCES : NP_ECORRUPT));
        NP_CHECK(np_blob_unseal(r.store, 5, wrong_sse, got, out) == NP_EACCES);
        NP_CHECK(np_blob_unseal(r.store, 5, sse, np_str_sub(got, 0, got.n - 1), out) != 0);
        NP_CHECK(np_blob_unseal(r.store, 5, sse, np_str_sub(got, 0, 20), out) == NP_ECORRUPT);
        for (size_t i = 0; i < got.n; i += 1 + got.n / 97) {
            sealed[i] ^= 0x20;
            NP_CHECK(np_blob_unseal(r.store, 5, sse, got, out) != 0, "byte %zu of %zu", i, got.n);
            sealed[i] ^= 0x20;
        }
    }
    rig_fini(&r);
}

NP_TEST(small_bodies_encrypted)
{
    small_bodies(blob_test_key, NULL, sse_a);
}

NP_TEST(small_bodies_plain)
{
    small_bodies(NULL, NULL, sse_a);
}

NP_TEST(small_bodies_with_a_customers_key)
{
    small_bodies(blob_test_key, sse_a, sse_b);
}

/* What the writer holds, not what the page cache does. */
NP_TEST(a_long_upload_needs_little_memory)
{
    enum { MIB = 1 << 20 };
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, blob_test_key, true);
    struct np_str data = rig_bytes(a, MIB, 1);
    struct np_blob_writer *w = rig_begin(&r, 1, NULL);
    for (int i = 0; i < 64; i++)
        NP_CHECK(rig_write(&r, w, data, 65536) == 0);
    np_blob_commit(w, rig_done, &r);
    rig_wait(&r);
    NP_CHECK(r.rc == 0 && r.sum.size_bytes == 64 * MIB);
    unsigned buffers = r.store->chunks.locked.n;
    NP_CHECK(buffers * np_blob_chunk_bytes() + NP_BLOB_SEALED < MIB, "%u buffers", buffers);

    struct np_blob_reader *rd;
    uint64_t got = 0;
    bool end = false;
    NP_CHECK(np_blob_open(r.store, r.loop, 1, NULL, 0, UINT64_MAX, rig_ready, &r, &rd, NULL) == 0);
    while (!end) {
        struct np_str part;
        int rc = np_blob_read(rd, &part, &end);
        if (rc == NP_EAGAIN) {
            rig_wait(&r);
            continue;
        }
        NP_CHECK(rc == 0);
        NP_CHECK(memcmp(part.p, data.p + got % MIB, part.n) == 0);
        got += part.n;
    }
    np_blob_close(rd);
    NP_CHECK(got == 64 * MIB);
    NP_CHECK(r.store->reads.locked.n <= 2 && r.store->frames.locked.n <= 2);
    rig_fini(&r);
}

/* --- waiting --- */

struct after {
    struct np_job job;
    sem_t done;
};

static void after_work(struct np_job *j)
{
    sem_post(&NP_CONTAINER(j, struct after, job)->done);
}

static void after_done(struct np_job *j)
{
    (void)j;
}

/* A body in chunks has several pieces at a time; room that comes between two of them is no reason
 * to forget who was told to wait. */
NP_TEST(who_waits_is_told_when_there_is_room)
{
    struct rig r = {.rc = 0};
    NP_AUTO_ARENA a = np_arena_new();
    struct after after;
    struct np_str data = rig_bytes(a, NP_BLOB_CHUNK, 1);
    sem_init(&after.done, 0, 0);
    NP_CHECK(np_loop_new(&r.loop, NULL) == 0 && np_jobs_new(1, &r.jobs, NULL) == 0);
    NP_CHECK(rig_open_store(&r, blob_test_key, true, NULL) == 0);
    struct np_blob_writer *w = rig_begin(&r, 1, NULL);
    while (np_blob_write(w, data) == 0)
        ;
    np_job_submit(r.jobs, r.loop, &after.job, after_work, after_done); /* behind the writer's */
    sem_wait(&after.done);
    NP_CHECK(np_blob_write(w, NP_STR("more")) == NP_EAGAIN);
    rig_wait(&r);
    np_blob_abort(w);
    sem_destroy(&after.done);
    rig_fini(&r);
}
