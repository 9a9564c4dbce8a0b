/* SPDX-License-Identifier: Apache-2.0 */
/* keyring_test.c - root key, master key, and what a crash leaves between them. */
#include "test.h"

#include <sys/stat.h>

#include "base/auto.h"
#include "daemon/keyring.h"
#include "io/file.h"

struct dir {
    struct np_arena *a;
    uint8_t root[NP_ROOT_KEY];
    struct np_err err;
};

static struct np_str path(struct dir *d, const char *name)
{
    return np_str_printf(d->a, "%s/%s", np_test_dir(), name);
}

static struct np_str read_file(struct dir *d, const char *name)
{
    struct np_str text = NP_STR_NULL;
    np_file_read(d->a, path(d, name), 4096, &text, NULL);
    return text;
}

static void write_file(struct dir *d, const char *name, struct np_str text)
{
    NP_CHECK(np_file_write(path(d, name), text, 0600, NULL) == 0);
}

/* As a start does it; the number of files it writes, or an error. */
static int open_ring(struct dir *d)
{
    struct np_file_new fresh[NP_KEYRING_NEW];
    size_t n = 0;
    int rc = np_keyring_open(d->a, np_str_of(np_test_dir()), d->root, fresh, &n, &d->err);
    if (rc == 0 && n != 0)
        rc = np_files_write(fresh, n, &d->err);
    return rc != 0 ? rc : (int)n;
}

static bool opens(struct dir *d, const uint8_t root[NP_ROOT_KEY])
{
    return open_ring(d) >= 0 && memcmp(d->root, root, NP_ROOT_KEY) == 0;
}

static size_t lines(struct np_str text)
{
    struct np_str line;
    size_t n = 0;
    while (np_str_split(&text, '\n', &line))
        n++;
    return n;
}

static struct dir *new_dir(struct np_arena *a)
{
    struct dir *d = np_new(a, struct dir);
    d->a = a;
    NP_CHECK(open_ring(d) == 2, "%s", d->err.text);
    write_file(d, "state.db", NP_STR("a region"));
    return d;
}

NP_TEST(a_new_directory_gets_keys_that_open_each_other)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct dir *d = new_dir(a);
    uint8_t root[NP_ROOT_KEY];
    memcpy(root, d->root, sizeof(root));
    NP_CHECK(open_ring(d) == 0 && memcmp(d->root, root, sizeof(root)) == 0);
    struct stat st;
    NP_CHECK(stat(np_str_z(a, path(d, "keyring")), &st) == 0 && (st.st_mode & 0777) == 0600);
    NP_CHECK(stat(np_str_z(a, path(d, "master.key")), &st) == 0 && (st.st_mode & 0777) == 0600);
    NP_CHECK(np_str_find(read_file(d, "keyring"), np_str_n(root, sizeof(root))) < 0);
}

NP_TEST(a_master_key_of_an_earlier_version_is_the_root_and_can_be_changed)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct dir d = {.a = a};
    struct np_str old = NP_STR("0123456789abcdef0123456789ABCDEF");
    write_file(&d, "master.key", old);
    write_file(&d, "state.db", NP_STR("a region"));
    NP_CHECK(open_ring(&d) == 1, "the keyring is added: %s", d.err.text);
    NP_CHECK_STR(np_str_n(d.root, sizeof(d.root)), old);
    NP_CHECK(open_ring(&d) == 0);
    NP_CHECK(np_keyring_rotate(np_str_of(np_test_dir()), &d.err) == 0, "%s", d.err.text);
    NP_CHECK(opens(&d, (const uint8_t *)old.p));
    write_file(&d, "master.key", old);
    NP_CHECK(open_ring(&d) == NP_EACCES, "the old one opens nothing");
}

NP_TEST(a_change_keeps_the_root_and_ends_the_old_master_key)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct dir *d = new_dir(a);
    uint8_t root[NP_ROOT_KEY];
    memcpy(root, d->root, sizeof(root));
    struct np_str old = read_file(d, "master.key");
    NP_CHECK(np_keyring_rotate(np_str_of(np_test_dir()), &d->err) == 0, "%s", d->err.text);
    NP_CHECK(!np_str_eq(read_file(d, "master.key"), old));
    NP_CHECK(lines(read_file(d, "keyring")) == 2 && opens(d, root));
    write_file(d, "master.key", old);
    NP_CHECK(open_ring(d) == NP_EACCES, "%s", d->err.text);
    NP_CHECK(np_str_find(np_err_text(&d->err), NP_STR("bring back the two files")) >= 0);
}

/* The three files of a change are written one after the other: this is what lies between them. */
NP_TEST(a_change_that_was_cut_short_leaves_a_pair_that_works)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct dir *d = new_dir(a);
    uint8_t root[NP_ROOT_KEY];
    memcpy(root, d->root, sizeof(root));
    struct np_str master[2] = {read_file(d, "master.key")}, ring[2] = {read_file(d, "keyring")};
    NP_CHECK(np_keyring_rotate(np_str_of(np_test_dir()), NULL) == 0);
    master[1] = read_file(d, "master.key");
    ring[1] = read_file(d, "keyring");
    struct np_str second = np_str_sub(ring[1], (size_t)np_str_chr(ring[1], '\n') + 1, ring[1].n);
    struct np_str both = np_str_cat(a, ring[0], second);
    for (int i = 0; i < 2; i++) {
        write_file(d, "master.key", master[i]);
        write_file(d, "keyring", both);
        NP_CHECK(lines(both) == 3 && opens(d, root), "%s", d->err.text);
        NP_CHECK_STR(read_file(d, "keyring"), ring[i]);
        write_file(d, "master.key", master[1 - i]);
        NP_CHECK(open_ring(d) == NP_EACCES, "that one does not open it any more");
    }
    write_file(d, "master.key", master[0]);
    write_file(d, "keyring", both);
    NP_CHECK(np_keyring_rotate(np_str_of(np_test_dir()), NULL) == 0 && opens(d, root));
    NP_CHECK(lines(read_file(d, "keyring")) == 2);
}

NP_TEST(what_is_missing_or_damaged_is_named_and_not_replaced)
{
    static const struct {
        const char *file, *text, *says;
        int rc;
    } cases[] = {
        {"master.key", NULL, "master.key, the master key that opens", NP_ENOENT},
        {"master.key", "nephele-master-key-1 abc", "holds no master key", NP_ECORRUPT},
        {"master.key", "too short", "holds no master key", NP_ECORRUPT},
        {"keyring", NULL, "keyring, which the master key opens, is not there", NP_ENOENT},
        {"keyring", "nephele-keyring-2\n", "no keyring of this version", NP_ECORRUPT},
        {"keyring", "nephele-keyring-1\n00\n", "does not open the keyring", NP_EACCES},
        {"keyring", "", "no keyring of this version", NP_ECORRUPT},
    };
    NP_AUTO_ARENA a = np_arena_new();
    struct dir *d = new_dir(a);
    NP_EACH (c, cases) {
        struct np_str kept = read_file(d, c->file);
        if (c->text == NULL)
            NP_CHECK(unlink(np_str_z(a, path(d, c->file))) == 0);
        else
            write_file(d, c->file, np_str_of(c->text));
        d->err = (struct np_err){0};
        NP_CHECK(open_ring(d) == c->rc, "%s: %s", c->says, d->err.text);
        NP_CHECK(np_str_find(np_err_text(&d->err), np_str_of(c->says)) >= 0, "%s", d->err.text);
        NP_CHECK(np_keyring_rotate(np_str_of(np_test_dir()), NULL) == c->rc);
        write_file(d, c->file, kept);
    }
    NP_CHECK(unlink(np_str_z(a, path(d, "keyring"))) == 0);
    NP_CHECK(unlink(np_str_z(a, path(d, "master.key"))) == 0);
    NP_CHECK(open_ring(d) == NP_ENOENT, "both are gone, and something was sealed under them");
}

/* A first start that was killed: nothing was sealed yet. */
NP_TEST(keys_without_a_region_are_completed)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct dir *d = new_dir(a);
    NP_CHECK(unlink(np_str_z(a, path(d, "state.db"))) == 0);
    NP_CHECK(unlink(np_str_z(a, path(d, "keyring"))) == 0);
    struct np_str master = read_file(d, "master.key");
    NP_CHECK(open_ring(d) == 1 && np_str_eq(read_file(d, "master.key"), master));
    NP_CHECK(open_ring(d) == 0);
}
