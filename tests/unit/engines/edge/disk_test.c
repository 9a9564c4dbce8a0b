/* SPDX-License-Identifier: Apache-2.0 */
/* disk_test.c - the disk tier: what survives, what is found damaged, what a kill leaves. */
#include "engines/edge/rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/clock.h"

static void with_disk(struct rig *r, const char *dir)
{
    rig_init(r);
    r->opts.dir = np_str_of(dir);
    rig_start(r);
}

static uint64_t on_disk(struct rig *r)
{
    struct np_edge_cache_figures c;
    np_edge_cache_figures(r->edge, &c);
    return c.disk_objects;
}

static void restart(struct rig *r)
{
    rig_stop_edge(r);
    rig_start_edge(r);
}

NP_TEST(objects_survive_a_restart)
{
    struct rig r;
    with_disk(&r, np_test_dir());
    r.answer.fields = "Content-Type: text/x\nETag: \"1\"";
    rig_get(&r, "/a");
    FX_UNTIL(&r.f, on_disk(&r) == 1);
    restart(&r);
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK_STR(y.body, NP_STR("hello"));
    NP_CHECK_STR(reply_field(y, "Content-Type"), NP_STR("text/x"));
    NP_CHECK(RIG_ASKED(&r) == 1);
    np_clock_region_advance((int64_t)86400 * 1000 + 1);
    restart(&r);
    r.answer = (struct rig_answer){.status = 304, .length = -1};
    CHECK_CACHE(rig_get(&r, "/a"), "RefreshHit");
    rig_fini(&r);
}

NP_TEST(large_objects_survive_a_restart)
{
    struct rig r;
    with_disk(&r, np_test_dir());
    r.answer.body = fx_pattern(&r.f, (size_t)5 << 20);
    rig_get(&r, "/a");
    FX_UNTIL(&r.f, on_disk(&r) == 1);
    restart(&r);
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK(np_str_eq(y.body, r.answer.body));
    rig_fini(&r);
}

NP_TEST(invalidations_survive_a_restart)
{
    struct rig r;
    with_disk(&r, np_test_dir());
    rig_get(&r, "/a/1");
    rig_get(&r, "/b");
    FX_UNTIL(&r.f, on_disk(&r) == 2);
    struct np_str pattern = NP_STR("/a*");
    np_edge_invalidate(r.edge, NP_STR("E1"), &pattern, 1);
    restart(&r);
    CHECK_CACHE(rig_get(&r, "/a/1"), "Miss");
    CHECK_CACHE(rig_get(&r, "/b"), "Hit");
    rig_fini(&r);
}

/* Every file below `dir` whose name is that of an object, in turn. */
static void each_file(struct rig *r, const char *dir, void (*fn)(const char *path))
{
    DIR *d = opendir(dir);
    NP_CHECK(d != NULL);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        char *path = np_str_z(r->f.arena, np_str_printf(r->f.arena, "%s/%s", dir, e->d_name));
        if (strlen(e->d_name) == 2 && e->d_name[0] != '.')
            each_file(r, path, fn);
        else if (strlen(e->d_name) == 32)
            fn(path);
    }
    closedir(d);
}

static void flip_last_byte(const char *path)
{
    struct stat st;
    char c = 0;
    int fd = open(path, O_RDWR);
    NP_CHECK(fd >= 0 && fstat(fd, &st) == 0 && pread(fd, &c, 1, st.st_size - 1) == 1);
    c ^= 1;
    NP_CHECK(pwrite(fd, &c, 1, st.st_size - 1) == 1);
    close(fd);
}

static void flip_a_field(const char *path)
{
    char c = 0;
    int fd = open(path, O_RDWR);
    NP_CHECK(fd >= 0 && pread(fd, &c, 1, 130) == 1);
    c ^= 1;
    NP_CHECK(pwrite(fd, &c, 1, 130) == 1);
    close(fd);
}

static void cut_short(const char *path)
{
    struct stat st;
    NP_CHECK(stat(path, &st) == 0 && truncate(path, st.st_size - 1) == 0);
}

static void empty(const char *path)
{
    NP_CHECK(truncate(path, 0) == 0);
}

NP_TEST(damage_is_found)
{
    void (*const damages[])(const char *path) = {flip_last_byte, flip_a_field, cut_short, empty};
    static const size_t sizes[] = {100, (size_t)5 << 20};
    NP_EACH (damage, damages)
        NP_EACH (size, sizes) {
            struct rig r;
            const char *dir = np_test_dir();
            with_disk(&r, dir);
            r.answer.body = fx_pattern(&r.f, *size);
            rig_get(&r, "/a");
            FX_UNTIL(&r.f, on_disk(&r) == 1);
            rig_stop_edge(&r);
            each_file(&r, dir, *damage);
            rig_start_edge(&r);
            struct reply y = rig_get(&r, "/a");
            CHECK_CACHE(y, "Miss");
            NP_CHECK(np_str_eq(y.body, r.answer.body));
            rig_fini(&r);
        }
}

NP_TEST(the_disk_is_bounded)
{
    struct rig r;
    rig_init(&r);
    r.opts.dir = np_str_of(np_test_dir());
    r.opts.disk_bytes = 100000;
    rig_start(&r);
    r.answer.body = fx_pattern(&r.f, 5000);
    for (int i = 0; i < 60; i++)
        rig_get(&r, np_str_z(r.f.arena, np_str_printf(r.f.arena, "/%d", i)));
    FX_UNTIL(&r.f, !np_loop_is_owed(r.f.loop));
    struct np_edge_cache_figures c;
    np_edge_cache_figures(r.edge, &c);
    NP_CHECK(c.disk_bytes <= 100000 && c.disk_objects > 10, "%llu",
             (unsigned long long)c.disk_bytes);
    rig_fini(&r);
}

NP_TEST(two_engines_do_not_share_a_folder)
{
    struct rig r;
    with_disk(&r, np_test_dir());
    struct np_edge *other;
    NP_CHECK(np_edge_new(&r.opts, &other, NULL) == NP_EBUSY);
    rig_fini(&r);
}

/* As a full disk does it: the file takes no more in the middle of a body. */
NP_TEST(a_full_disk_costs_the_cache_only)
{
    struct rig r;
    struct rlimit old, tight;
    rig_init(&r);
    r.opts.dir = np_str_of(np_test_dir());
    rig_start(&r);
    signal(SIGXFSZ, SIG_IGN);
    NP_CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    tight = (struct rlimit){(rlim_t)5 << 20, old.rlim_max};
    NP_CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    r.answer.body = fx_pattern(&r.f, (size_t)12 << 20);
    int first = rig_send(&r, "GET", "/a", NULL), second = rig_send(&r, "GET", "/a", NULL);
    NP_CHECK(np_str_eq(rig_reply(&r, first).body, r.answer.body));
    NP_CHECK(rig_reply(&r, second).cut, "it did not read: it does not hold the others");
    struct np_edge_cache_figures c;
    np_edge_cache_figures(r.edge, &c);
    NP_CHECK(c.disk_failures > 0 && c.disk_objects == 0);
    NP_CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    signal(SIGXFSZ, SIG_DFL);
    CHECK_CACHE(rig_get(&r, "/a"), "Miss");
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    rig_fini(&r);
}

/* A process that fills its cache, until it is killed. */
static void fill_for_ever(const char *dir, int ready)
{
    struct rig r;
    with_disk(&r, dir);
    for (unsigned i = 0;; i++) {
        r.answer.body = fx_pattern(&r.f, i % 7 == 0 ? (size_t)5 << 20 : 20000 + i % 100);
        rig_get(&r, np_str_z(r.f.arena, np_str_printf(r.f.arena, "/%u", i % 50)));
        if (i == 30 && write(ready, "x", 1) != 1)
            _exit(3);
    }
}

NP_TEST(a_kill_leaves_a_cache_that_works)
{
    const char *dir = np_test_dir();
    int ready[2], status;
    char c;
    NP_CHECK(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0)
        fill_for_ever(dir, ready[1]);
    NP_CHECK(read(ready[0], &c, 1) == 1);
    NP_CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
    close(ready[0]);
    close(ready[1]);
    struct rig r;
    with_disk(&r, dir);
    int hits = 0;
    for (unsigned i = 0; i < 31; i++) {
        r.answer.body = fx_pattern(&r.f, i % 7 == 0 ? (size_t)5 << 20 : 20000 + i % 100);
        struct reply y = rig_get(&r, np_str_z(r.f.arena, np_str_printf(r.f.arena, "/%u", i % 50)));
        NP_CHECK(y.status == 200 && !y.cut &&
                 np_str_eq(np_str_sub(y.body, 0, 20000), np_str_sub(r.answer.body, 0, 20000)));
        hits += np_str_is(reply_field(y, "X-Cache"), "Hit from edge");
    }
    NP_CHECK(hits > 0, "some were written");
    rig_fini(&r);
}
