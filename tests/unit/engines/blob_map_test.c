/* SPDX-License-Identifier: Apache-2.0 */
/* blob_map_test.c - blobs that are read often are mapped, and read right whatever becomes of their
 * files. */
#include "blob_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"

#define SIZE (3 * NP_BLOB_FRAME + 1000)

/* What the store asked of the system. */
static struct {
    atomic_uint maps, preads;
    atomic_bool fail, absent;
} asked;

static void *counting_map(int fd, size_t n)
{
    atomic_fetch_add(&asked.maps, 1);
    if (!atomic_load(&asked.fail))
        return np_blob_sys.map(fd, n);
    errno = ENOMEM;
    return MAP_FAILED;
}

/* On a file system that cannot tell what is cached (tmpfs) everything is. */
static ssize_t counting_pread(int fd, void *p, size_t n, off_t off, bool cached_only)
{
    atomic_fetch_add(&asked.preads, 1);
    ssize_t got = np_blob_sys.pread(fd, p, n, off, cached_only);
    return got < 0 && errno == EOPNOTSUPP ? np_blob_sys.pread(fd, p, n, off, false) : got;
}

static int maybe_absent(const void *page, size_t n, unsigned char *pages)
{
    int rc = np_blob_sys.resident(page, n, pages);
    if (atomic_load(&asked.absent))
        pages[0] = 0;
    return rc;
}

static struct np_blob_sys sys;

static void map_init(struct rig *r, const uint8_t *key)
{
    atomic_store(&asked.fail, false);
    atomic_store(&asked.absent, false);
    atomic_store(&asked.maps, 0);
    rig_init(r, key, true);
    sys = np_blob_sys;
    sys.map = counting_map;
    sys.pread = counting_pread;
    sys.resident = maybe_absent;
    np_blobs_set_sys(r->store, &sys);
}

static void check(struct rig *r, uint64_t id, struct np_str data, uint64_t off, uint64_t n)
{
    static char out[SIZE];
    size_t got;
    atomic_store(&asked.preads, 0);
    NP_CHECK(rig_get(r, id, NULL, off, n, out, &got) == 0);
    NP_CHECK(got == n && memcmp(out, data.p + off, n) == 0);
}

/* Readers, until the file is mapped; its job comes home with the loop's next turns. */
static void read_often(struct rig *r, uint64_t id, struct np_str data)
{
    for (int i = 0; i <= NP_BLOB_MAP_OPENS; i++)
        check(r, id, data, 0, data.n);
    for (int i = 0; i < 1000 && r->store->cache.locked.n > 0 && atomic_load(&r->store->refs) > 1;
         i++)
        np_loop_turn(r->loop, 10);
}

static void path_of(char *out, size_t size, uint64_t id)
{
    char name[NP_BLOB_NAME];
    np_blob_name(name, id);
    snprintf(out, size, "%s/%s", np_test_dir(), name);
}

static void often(const uint8_t *key)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, SIZE, 1);
    map_init(&r, key);
    NP_CHECK(rig_put(&r, 1, NULL, data, SIZE) == 0);
    read_often(&r, 1, data);
    NP_CHECK(atomic_load(&asked.maps) == 1);
    check(&r, 1, data, 0, SIZE);
    NP_CHECK(atomic_load(&asked.preads) == 0, "it reads from the map");
    check(&r, 1, data, NP_BLOB_FRAME - 1, 2);
    check(&r, 1, data, SIZE - 1, 1);
    atomic_store(&asked.absent, true);
    check(&r, 1, data, 0, SIZE);
    NP_CHECK(atomic_load(&asked.preads) > 0, "what is not in memory is read");
    rig_fini(&r);
}

NP_TEST(a_blob_that_is_read_often_is_mapped)
{
    often(blob_test_key);
}

NP_TEST(a_plain_blob_that_is_read_often_is_mapped)
{
    often(NULL);
}

NP_TEST(a_blob_that_cannot_be_mapped_is_read)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, SIZE, 1);
    map_init(&r, blob_test_key);
    atomic_store(&asked.fail, true);
    NP_CHECK(rig_put(&r, 1, NULL, data, SIZE) == 0);
    read_often(&r, 1, data);
    NP_CHECK(atomic_load(&asked.maps) == 1 && r.store->cache.locked.mapped == 0);
    check(&r, 1, data, 0, SIZE);
    rig_fini(&r);
}

/* A byte that changes, and a file that is cut, after the map was made. */
static void damaged(const uint8_t *key)
{
    struct rig r;
    char path[512], out[8];
    size_t got;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, SIZE, 1);
    map_init(&r, key);
    NP_CHECK(rig_put(&r, 1, NULL, data, SIZE) == 0);
    read_often(&r, 1, data);
    path_of(path, sizeof(path), 1);
    NP_AUTO_FD fd = open(path, O_RDWR);
    NP_CHECK(fd >= 0 && pwrite(fd, "xxxxxxxx", 8, (off_t)np_blob_frame_off(1) + 100) == 8);
    check(&r, 1, data, 0, 8);
    NP_CHECK(rig_get(&r, 1, NULL, NP_BLOB_FRAME, 8, out, &got) == NP_ECORRUPT);
    NP_CHECK(ftruncate(fd, 4096) == 0);
    NP_CHECK(rig_get(&r, 1, NULL, 2 * NP_BLOB_FRAME, 8, out, &got) == NP_ECORRUPT);
    rig_fini(&r);
}

NP_TEST(damage_behind_a_map_is_found)
{
    damaged(blob_test_key);
}

NP_TEST(damage_of_a_plain_blob_behind_a_map_is_found)
{
    damaged(NULL);
}

/* All in memory, said the system, and then it was not. */
static int always(const void *page, size_t n, unsigned char *pages)
{
    (void)page;
    memset(pages, 1, n / 4096 + 1);
    return 0;
}

NP_TEST(a_file_that_is_cut_while_it_is_read_ends_no_program)
{
    struct rig r;
    char path[512], out[8];
    size_t got;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, SIZE, 1);
    map_init(&r, blob_test_key);
    sys.resident = always;
    NP_CHECK(rig_put(&r, 1, NULL, data, SIZE) == 0);
    read_often(&r, 1, data);
    path_of(path, sizeof(path), 1);
    NP_CHECK(truncate(path, 4096) == 0);
    NP_CHECK(rig_get(&r, 1, NULL, 2 * NP_BLOB_FRAME, 8, out, &got) == NP_ECORRUPT);
    rig_fini(&r);
}

NP_TEST(maps_have_a_limit_and_the_latest_read_stay)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, SIZE, 1);
    map_init(&r, blob_test_key);
    uint64_t bytes = np_blob_file_size(SIZE);
    NP_CHECK(rig_put(&r, 1, NULL, data, SIZE) == 0 && rig_put(&r, 2, NULL, data, SIZE) == 0);
    read_often(&r, 1, data);
    NP_CHECK(r.store->cache.locked.mapped == bytes);
    /* As if others had the rest. */
    r.store->cache.locked.mapped += NP_BLOB_MAPPED - bytes;
    read_often(&r, 2, data);
    NP_CHECK(r.store->cache.locked.mapped == NP_BLOB_MAPPED && atomic_load(&asked.maps) == 2);
    check(&r, 2, data, 0, SIZE);
    NP_CHECK(atomic_load(&asked.preads) == 0);
    check(&r, 1, data, 0, SIZE);
    NP_CHECK(atomic_load(&asked.preads) > 0);
    r.store->cache.locked.mapped -= NP_BLOB_MAPPED - bytes;
    rig_fini(&r);
}
