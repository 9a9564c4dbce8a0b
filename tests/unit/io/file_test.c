/* SPDX-License-Identifier: Apache-2.0 */
/* file_test.c - small files and the lock. */
#include "test.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/file.h"

static struct np_str in_dir(struct np_arena *a, const char *name)
{
    return np_str_printf(a, "%s/%s", np_test_dir(), name);
}

static int entries(void)
{
    int n = 0;
    DIR *d = opendir(np_test_dir());
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n - 2;
}

NP_TEST(written_file_reads_back_and_leaves_no_temporary)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str path = in_dir(a, "f"), got;
    struct np_err err = {0};
    NP_CHECK(np_file_write(path, NP_STR("one"), 0600, &err) == 0, "%s", err.text);
    NP_CHECK(np_file_write(path, NP_STR("second"), 0640, &err) == 0, "%s", err.text);
    NP_CHECK(np_file_read(a, path, 6, &got, &err) == 0, "%s", err.text);
    NP_CHECK_STR(got, NP_STR("second"));
    struct stat st;
    NP_CHECK(stat(np_str_z(a, path), &st) == 0 && (st.st_mode & 0777) == 0640);
    NP_CHECK(entries() == 1);
    NP_CHECK(np_file_read(a, path, 5, &got, &err) == NP_E2BIG, "one byte over the limit");
    NP_CHECK(np_file_read(a, in_dir(a, "absent"), 5, &got, &err) == NP_ENOENT);
    NP_CHECK(np_file_read(a, np_str_n("a\0b", 3), 5, &got, &err) == NP_EINVAL);
}

NP_TEST(empty_file_is_empty_and_not_absent)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str got;
    NP_CHECK(np_file_write(in_dir(a, "e"), NP_STR(""), 0600, NULL) == 0);
    NP_CHECK(np_file_read(a, in_dir(a, "e"), 0, &got, NULL) == 0);
    NP_CHECK(got.p != NULL && got.n == 0);
}

NP_TEST(failed_write_keeps_the_old_file)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str dir = in_dir(a, "d");
    NP_CHECK(np_dir_make(dir, 0700, NULL) == 0 && np_dir_make(dir, 0700, NULL) == 0);
    NP_CHECK(np_file_write(dir, NP_STR("x"), 0600, NULL) < 0, "a folder is in the way");
    NP_CHECK(entries() == 1, "no temporary is left");
    NP_CHECK(np_file_write(in_dir(a, "none/f"), NP_STR("x"), 0600, NULL) == NP_ENOENT);
}

NP_TEST(several_files_are_written_together)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct np_file_new v[NP_FILES_MAX] = {
        {in_dir(a, "1"), NP_STR("one"), 0600},
        {in_dir(a, "2"), NP_STR("two"), 0644},
        {in_dir(a, "3"), NP_STR(""), 0600},
        {in_dir(a, "4"), NP_STR("four"), 0600},
    };
    struct np_err err = {0};
    NP_CHECK(np_files_write(v, NP_LEN(v), &err) == 0, "%s", err.text);
    NP_CHECK(entries() == NP_FILES_MAX);
    NP_EACH (f, v) {
        struct np_str got;
        struct stat st;
        NP_CHECK(np_file_read(a, f->path, 10, &got, &err) == 0, "%s", err.text);
        NP_CHECK_STR(got, f->bytes);
        NP_CHECK(stat(np_str_z(a, f->path), &st) == 0 && (st.st_mode & 0777) == f->mode);
    }
}

NP_TEST(of_several_files_one_that_cannot_be_written_stops_all)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct np_file_new v[] = {
        {in_dir(a, "1"), NP_STR("one"), 0600},
        {in_dir(a, "none/2"), NP_STR("two"), 0600},
    };
    NP_CHECK(np_files_write(v, NP_LEN(v), NULL) == NP_ENOENT);
    NP_CHECK(entries() == 0, "neither files nor temporaries");
}

NP_TEST(put_file_replaces_and_leaves_no_temporary)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str path = in_dir(a, "f"), got;
    NP_CHECK(np_file_put(path, NP_STR("one"), 0600, NULL) == 0);
    NP_CHECK(np_file_put(path, NP_STR("second"), 0600, NULL) == 0);
    NP_CHECK(np_file_read(a, path, 6, &got, NULL) == 0);
    NP_CHECK_STR(got, NP_STR("second"));
    NP_CHECK(np_dir_make(in_dir(a, "d"), 0700, NULL) == 0);
    NP_CHECK(np_file_put(in_dir(a, "d"), NP_STR("x"), 0600, NULL) < 0, "a folder is in the way");
    NP_CHECK(entries() == 2);
}

NP_TEST(folder_in_place_of_a_file_is_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_file_write(in_dir(a, "f"), NP_STR("x"), 0600, NULL) == 0);
    NP_CHECK(np_dir_make(in_dir(a, "f"), 0700, NULL) == NP_EEXIST);
    NP_CHECK(np_dir_sync(in_dir(a, "absent"), NULL) == NP_ENOENT);
}

NP_TEST(lock_excludes_and_names_its_holder)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str path = in_dir(a, "lock");
    NP_AUTO_FD fd = -1;
    NP_AUTO_FD other = -1;
    struct np_err err = {0};
    NP_CHECK(np_file_lock(path, &fd, &err) == 0, "%s", err.text);
    NP_CHECK(np_file_lock(path, &other, &err) == NP_EBUSY && other == -1);
    struct np_str pid = np_str_printf(a, "%d", (int)getpid());
    NP_CHECK(np_str_ends(np_err_text(&err), pid), "%s", err.text);
    close(np_fd_take(&fd));
    NP_CHECK(np_file_lock(path, &other, &err) == 0, "free again");
}
