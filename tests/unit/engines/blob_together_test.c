/* SPDX-License-Identifier: Apache-2.0 */
/* blob_together_test.c - several writers at once, whose digests share jobs: each gets its own, and
 * none waits for one that does nothing. */
#include "blob_test.h"

#include <errno.h>

#include "base/auto.h"

#define N_WRITERS 19 /* two sets of lanes and a few more */

static uint32_t chance = 7;

static size_t below(size_t n)
{
    chance = chance * 1664525 + 1013904223;
    return (size_t)(((uint64_t)chance * n) >> 32);
}

/* One of many writers on the same loop. */
struct one {
    struct rig state; /* what rig_ready and rig_done fill */
    struct np_blob_writer *w;
    struct np_str data;
    size_t at;
    bool paused, over;
};

static void check_digests(const struct one *o)
{
    const struct np_blob_sum *sum = &o->state.sum;
    NP_CHECK(sum->size_bytes == o->data.n && sum->n_digests == 3);
    for (size_t i = 0; i < sum->n_digests; i++) {
        uint8_t want[NP_DIGEST_MAX];
        enum np_digest_alg alg = (enum np_digest_alg)sum->digests[i].alg;
        np_digest_once(alg, o->data, want);
        NP_CHECK(memcmp(sum->digests[i].out, want, np_digest_size(alg)) == 0,
                 "digest %zu of %zu bytes", i, o->data.n);
    }
}

/* A piece, or the end. */
static void go_on(struct one *o)
{
    struct np_str piece = np_str_sub(o->data, o->at, o->at + 1 + below(200000));
    o->at += piece.n;
    if (piece.n == 0) {
        o->over = true;
        np_blob_finish(o->w, rig_done, &o->state);
        return;
    }
    int rc = np_blob_write(o->w, piece);
    NP_CHECK(rc == 0 || rc == NP_EAGAIN);
    o->paused = rc == NP_EAGAIN;
}

static bool one_is_ready(struct one *o)
{
    if (!o->paused)
        return true;
    if (!o->state.done)
        return false;
    o->state.done = o->paused = false;
    return true;
}

/* Bytes in pieces of any size, to whoever has room; every fourth is aborted on the way. */
static void write_all(struct rig *r, struct one *ones)
{
    for (size_t n_over = 0; n_over < N_WRITERS;) {
        struct one *o = &ones[below(N_WRITERS)];
        if (!o->over && one_is_ready(o)) {
            if ((o - ones) % 4 == 3 && below(6) == 0) {
                np_blob_abort(o->w);
                o->w = NULL;
                o->over = true;
            } else {
                go_on(o);
            }
            n_over += o->over;
        }
        np_loop_turn(r->loop, 0);
    }
}

NP_TEST(writers_side_by_side_get_their_own_digests)
{
    struct rig r;
    struct one ones[N_WRITERS];
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, blob_test_key, true);
    for (size_t i = 0; i < N_WRITERS; i++) {
        ones[i] = (struct one){.data = rig_bytes(a, below(12 * NP_BLOB_CHUNK), i)};
        ones[i].w = rig_begin(&r, i, NULL);
        np_blob_on_ready(ones[i].w, rig_ready, &ones[i].state);
    }
    write_all(&r, ones);
    for (size_t i = 0; i < N_WRITERS; i++) {
        struct one *o = &ones[i];
        if (o->w == NULL)
            continue;
        while (!o->state.done)
            np_loop_turn(r.loop, -1);
        NP_CHECK(o->state.rc == 0);
        check_digests(o);
        np_blob_abort(o->w);
    }
    rig_fini(&r);
}

/* One that has given bytes and gives no more, until the others are done. */
NP_TEST(a_writer_does_not_wait_for_an_idle_one)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    rig_init(&r, blob_test_key, true);
    struct np_str data = rig_bytes(a, 9 * NP_BLOB_CHUNK + 1, 1);
    struct np_blob_writer *empty = rig_begin(&r, 1, NULL);
    struct np_blob_writer *idle = rig_begin(&r, 2, NULL);
    NP_CHECK(np_blob_write(idle, np_str_sub(data, 0, NP_BLOB_CHUNK + 1)) == 0);
    for (size_t n = 1; n <= 9; n++)
        NP_CHECK(rig_put(&r, 100 + n, NULL, np_str_sub(data, 0, n * NP_BLOB_CHUNK), 65536) == 0);
    np_blob_abort(empty);
    np_blob_finish(idle, rig_done, &r);
    rig_wait(&r);
    NP_CHECK(r.rc == 0 && r.sum.size_bytes == NP_BLOB_CHUNK + 1);
    np_blob_abort(idle);
    rig_fini(&r);
}

static ssize_t no_space(int fd, const void *p, size_t n, off_t off)
{
    (void)fd, (void)p, (void)n, (void)off;
    errno = ENOSPC;
    return -1;
}

NP_TEST(a_failed_writer_does_not_wait_for_idle_ones)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_blob_sys sys = np_blob_sys;
    sys.pwrite = no_space;
    rig_init(&r, blob_test_key, true);
    struct np_str data = rig_bytes(a, 9 * NP_BLOB_CHUNK, 1);
    struct np_blob_writer *idle = rig_begin(&r, 1, NULL), *other = rig_begin(&r, 2, NULL);
    np_blobs_set_sys(r.store, &sys);
    for (size_t n = 1; n <= 9; n++) {
        struct np_blob_writer *w = rig_begin(&r, 100 + n, NULL);
        rig_write(&r, w, np_str_sub(data, 0, n * NP_BLOB_CHUNK), 65536);
        np_blob_finish(w, rig_done, &r);
        rig_wait(&r);
        NP_CHECK(r.rc == NP_ENOSPC, "%zu chunks: %s", n, np_code_name(r.rc));
        np_blob_abort(w);
    }
    np_blob_abort(idle);
    np_blob_abort(other);
    rig_fini(&r);
}
