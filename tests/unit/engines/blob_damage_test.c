/* SPDX-License-Identifier: Apache-2.0 */
/* blob_damage_test.c - bytes that changed on disk are found, wherever they are. */
#include "blob_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

#define ID   UINT64_C(0x1234567)
#define SIZE (2 * NP_BLOB_FRAME + 1000)

static const uint8_t sse[32] = "the key of a customer, 32 bytes";

/* One blob, its file as written, and a second one whose parts are put in its place. */
struct damage {
    struct rig r;
    const uint8_t *key, *sse;
    struct np_str data;
    char path[512], other_path[512];
    char *good, *other, *bad;
    size_t n;
};

static void path_of(char *out, size_t size, uint64_t id)
{
    char name[NP_BLOB_NAME];
    np_blob_name(name, id);
    snprintf(out, size, "%s/%s", np_test_dir(), name);
}

static void load(const char *path, char *out, size_t n)
{
    NP_AUTO_FD fd = open(path, O_RDONLY);
    NP_CHECK(fd >= 0 && pread(fd, out, n + 1, 0) == (ssize_t)n, "%s", path);
}

static void store(const char *path, const char *p, size_t n)
{
    NP_AUTO_FD fd = open(path, O_WRONLY | O_TRUNC);
    NP_CHECK(fd >= 0 && pwrite(fd, p, n, 0) == (ssize_t)n, "%s", path);
}

static void damage_init(struct damage *d, struct np_arena *a, const uint8_t *key,
                        const uint8_t *sse_key)
{
    *d = (struct damage){.key = key, .sse = sse_key, .data = rig_bytes(a, SIZE, 1)};
    rig_init(&d->r, key, true);
    NP_CHECK(rig_put(&d->r, ID, sse_key, d->data, SIZE) == 0);
    NP_CHECK(rig_put(&d->r, ID + 1, sse_key, d->data, SIZE) == 0);
    path_of(d->path, sizeof(d->path), ID);
    path_of(d->other_path, sizeof(d->other_path), ID + 1);
    d->n = (size_t)np_blob_file_size(SIZE);
    d->good = np_alloc(a, d->n + 1);
    d->other = np_alloc(a, d->n + 1);
    d->bad = np_alloc(a, 2 * d->n);
    load(d->path, d->good, d->n);
    load(d->other_path, d->other, d->n);
    memcpy(d->bad, d->good, d->n);
}

/* Puts d->bad in place; it must not read, and what comes before is what was written. */
static void check_refused(struct damage *d, size_t n, const char *what, size_t at)
{
    NP_AUTO_HEAP char *got = np_heap_alloc(SIZE);
    size_t n_got;
    store(d->path, d->bad, n);
    rig_reopen(&d->r, d->key);
    int rc = rig_get(&d->r, ID, d->sse, 0, UINT64_MAX, got, &n_got);
    NP_CHECK(rc == NP_ECORRUPT, "%s at %zu: %s", what, at, np_code_name(rc));
    NP_CHECK(n_got <= SIZE && memcmp(got, d->data.p, n_got) == 0, "%s at %zu", what, at);
    memcpy(d->bad, d->good, d->n);
}

static void check_flips(struct damage *d)
{
    for (size_t at = 0; at < d->n; at++) {
        size_t in_frame = at < NP_BLOB_HEADER ? 0 : (at - NP_BLOB_HEADER) % NP_BLOB_SEALED;
        bool edge = in_frame < 2 || in_frame >= NP_BLOB_FRAME - 1 || at >= d->n - 18;
        if (!edge && at % 9973 != 0)
            continue;
        d->bad[at] ^= (char)(1 << at % 8);
        check_refused(d, d->n, "a flipped bit", at);
    }
}

static void check_lengths(struct damage *d)
{
    const size_t ns[] = {0,
                         1,
                         NP_BLOB_HEADER - 1,
                         NP_BLOB_HEADER,
                         NP_BLOB_HEADER + NP_BLOB_SEALED,
                         NP_BLOB_HEADER + 2 * NP_BLOB_SEALED,
                         d->n - 1000 - NP_BLOB_TAG,
                         d->n - 1,
                         d->n + 1,
                         d->n + NP_BLOB_TAG,
                         d->n + NP_BLOB_SEALED};
    NP_EACH (n, ns) {
        memset(d->bad + d->n, 0, d->n);
        check_refused(d, *n, "a file of another length", *n);
    }
}

static void check_moved(struct damage *d)
{
    char *first = d->bad + NP_BLOB_HEADER;
    memcpy(first, d->good + NP_BLOB_HEADER + NP_BLOB_SEALED, NP_BLOB_SEALED);
    check_refused(d, d->n, "a repeated frame", 1);
    memcpy(first, d->good + NP_BLOB_HEADER + NP_BLOB_SEALED, NP_BLOB_SEALED);
    memcpy(first + NP_BLOB_SEALED, d->good + NP_BLOB_HEADER, NP_BLOB_SEALED);
    check_refused(d, d->n, "swapped frames", 0);
    memcpy(first, d->other + NP_BLOB_HEADER, NP_BLOB_SEALED);
    check_refused(d, d->n, "the frame of another blob with the same bytes", 0);
    memcpy(d->bad, d->other, NP_BLOB_HEADER);
    check_refused(d, d->n, "the header of another blob", 0);
    memcpy(d->bad, d->other, d->n);
    check_refused(d, d->n, "the file of another blob", 0);
}

static void all_damage(const uint8_t *key, const uint8_t *sse_key)
{
    struct damage d;
    NP_AUTO_ARENA a = np_arena_new();
    damage_init(&d, a, key, sse_key);
    check_flips(&d);
    check_lengths(&d);
    check_moved(&d);
    rig_fini(&d.r);
}

NP_TEST(damage_is_found_in_encrypted_blobs)
{
    all_damage(blob_test_key, NULL);
}

NP_TEST(damage_is_found_in_plain_blobs)
{
    all_damage(NULL, NULL);
}

NP_TEST(damage_is_found_in_blobs_under_a_customers_key)
{
    all_damage(blob_test_key, sse);
}

/* The sum of the header finds accidents; its MAC finds who repairs the sum. */
NP_TEST(a_shorter_size_with_a_right_sum_is_refused)
{
    struct damage d;
    NP_AUTO_ARENA a = np_arena_new();
    damage_init(&d, a, blob_test_key, NULL);
    struct np_blob_header h;
    memcpy(&h, d.bad, sizeof(h));
    h.size_bytes = 2 * NP_BLOB_FRAME;
    np_digest_once(NP_XXHASH3, np_str_n(&h, sizeof(h) - sizeof(h.sum)), h.sum);
    memcpy(d.bad, &h, sizeof(h));
    check_refused(&d, (size_t)np_blob_file_size(h.size_bytes), "a cut blob", 0);
    rig_fini(&d.r);
}

/* Frames that are not damaged are read, and so are ranges beside the damage. */
NP_TEST(a_range_beside_the_damage_is_read)
{
    struct damage d;
    NP_AUTO_ARENA a = np_arena_new();
    NP_AUTO_HEAP char *got = np_heap_alloc(SIZE);
    size_t n;
    damage_init(&d, a, blob_test_key, NULL);
    d.bad[NP_BLOB_HEADER + NP_BLOB_SEALED + 5] ^= 1;
    store(d.path, d.bad, d.n);
    rig_reopen(&d.r, d.key);
    NP_CHECK(rig_get(&d.r, ID, NULL, 0, NP_BLOB_FRAME, got, &n) == 0 && n == NP_BLOB_FRAME);
    NP_CHECK(rig_get(&d.r, ID, NULL, NP_BLOB_FRAME, 1, got, &n) == NP_ECORRUPT && n == 0);
    NP_CHECK(rig_get(&d.r, ID, NULL, 2 * NP_BLOB_FRAME, 1000, got, &n) == 0 && n == 1000);
    NP_CHECK(memcmp(got, d.data.p + 2 * NP_BLOB_FRAME, 1000) == 0);
    NP_CHECK(rig_get(&d.r, ID, NULL, 9, UINT64_MAX, got, &n) == NP_ECORRUPT);
    NP_CHECK(n == NP_BLOB_FRAME - 9 && memcmp(got, d.data.p + 9, n) == 0);
    rig_fini(&d.r);
}

NP_TEST(a_file_that_shrinks_while_it_is_open_is_corrupt)
{
    struct damage d;
    NP_AUTO_ARENA a = np_arena_new();
    NP_AUTO_HEAP char *got = np_heap_alloc(SIZE);
    size_t n;
    damage_init(&d, a, blob_test_key, NULL);
    NP_CHECK(rig_get(&d.r, ID, NULL, 0, 1, got, &n) == 0 && n == 1);
    NP_CHECK(truncate(d.path, NP_BLOB_HEADER + NP_BLOB_SEALED + 77) == 0);
    NP_CHECK(rig_get(&d.r, ID, NULL, 0, UINT64_MAX, got, &n) == NP_ECORRUPT);
    /* Where what is cached is not read first, as on tmpfs, it is one read, all or nothing. */
    NP_CHECK(n == (atomic_load(&d.r.store->no_nowait) ? 0 : NP_BLOB_FRAME));
    rig_fini(&d.r);
}

NP_TEST(a_damaged_header_of_the_store_is_corrupt)
{
    struct rig r;
    char path[512], good[200], bad[200];
    enum { N = 88 };
    rig_init(&r, blob_test_key, true);
    NP_CHECK(rig_put(&r, 1, NULL, NP_STR("x"), 1) == 0);
    rig_close_store(&r);
    snprintf(path, sizeof(path), "%s/blobs.meta", np_test_dir());
    load(path, good, N);
    for (size_t i = 0; i < N; i++) {
        memcpy(bad, good, N);
        bad[i] ^= 0x10;
        store(path, bad, N);
        NP_CHECK(rig_open_store(&r, blob_test_key, true, NULL) == NP_ECORRUPT, "byte %zu", i);
    }
    store(path, good, N - 1);
    NP_CHECK(rig_open_store(&r, blob_test_key, true, NULL) == NP_ECORRUPT);
    store(path, good, 0);
    NP_CHECK(rig_open_store(&r, blob_test_key, true, NULL) == NP_ECORRUPT);
    NP_CHECK(unlink(path) == 0);
    NP_CHECK(rig_open_store(&r, blob_test_key, true, NULL) == NP_ECORRUPT, "objects, no header");
    rig_fini(&r);
}
