/* SPDX-License-Identifier: Apache-2.0 */
/* image_test.c - what an image is called, what a system says of itself, and OCI documents. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "engines/image/image_int.h"
#include "engines/image/oci.h"
#include "engines/image/unpack.h"
#include "test.h"

static const struct {
    const char *name;
    bool ok;
    const char *why;
} names[] = {
    {"debian-12", true, "letters, digits, hyphens"},
    {"9", true, "one digit"},
    {"", false, "empty"},
    {"-x", false, "begins with a hyphen"},
    {"Debian", false, "a capital"},
    {"a/b", false, "a path"},
    {"..", false, "a path"},
    {"builtin", false, "that of the built-in image"},
    {"a23456789012345678901234567890123456789012345678901234567890123", true, "63 bytes"},
    {"a234567890123456789012345678901234567890123456789012345678901234", false, "64 bytes"},
};

NP_TEST(image_names)
{
    NP_EACH (c, names)
        NP_CHECK(np_image_name_ok(np_str_of(c->name)) == c->ok, "%s: %s", c->name, c->why);
}

NP_TEST(paths_of_archives)
{
    static const struct {
        const char *given, *clean; /* NULL: refused */
    } cases[] = {{"./usr//bin/./env", "usr/bin/env"},
                 {"/etc/passwd", "etc/passwd"},
                 {"a/../b", NULL},
                 {"..", NULL},
                 {"./", ""},
                 {"..a/b..", "..a/b.."}};
    struct np_arena *a = np_arena_new();
    struct np_str out;
    NP_EACH (c, cases) {
        bool ok = np_unpack_clean(a, np_str_of(c->given), &out);
        NP_CHECK(ok == (c->clean != NULL), "%s", c->given);
        if (ok && c->clean != NULL)
            NP_CHECK_STR(out, np_str_of(c->clean));
    }
    NP_CHECK(!np_unpack_clean(a, np_str_n("a\0b", 3), &out));
    char *long_one = np_alloc(a, NP_IMAGE_PATH_MAX + 2);
    for (size_t i = 0; i <= NP_IMAGE_PATH_MAX; i++)
        long_one[i] = i % 2 == 0 ? 'a' : '/';
    NP_CHECK(np_unpack_clean(a, np_str_n(long_one, NP_IMAGE_PATH_MAX), &out));
    NP_CHECK(!np_unpack_clean(a, np_str_n(long_one, NP_IMAGE_PATH_MAX + 1), &out));
    np_arena_free(a);
}

NP_TEST(systems_and_their_users)
{
    struct np_str text =
        NP_STR("# x\nID=ubuntu\nPRETTY_NAME='Ubuntu 24.04'\nVERSION_ID=\"24.04\"\n");
    NP_CHECK_STR(image_os_value(text, NP_STR("PRETTY_NAME")), NP_STR("Ubuntu 24.04"));
    NP_CHECK_STR(image_os_value(text, NP_STR("VERSION_ID")), NP_STR("24.04"));
    NP_CHECK_STR(image_os_value(text, NP_STR("NAME")), NP_STR(""));
    NP_CHECK_STR(image_user_of(NP_STR("ubuntu")), NP_STR("ubuntu"));
    NP_CHECK_STR(image_user_of(NP_STR("debian")), NP_STR("admin"));
    NP_CHECK_STR(image_user_of(NP_STR("amzn")), NP_STR("ec2-user"));
    NP_CHECK_STR(image_user_of(NP_STR("")), NP_STR("ec2-user"));
}

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define MANIFEST(digest, arch)                                                                     \
    "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"" digest           \
    "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"" arch "\"}}"

NP_TEST(oci_index_chooses_by_architecture)
{
    struct np_arena *a = np_arena_new();
    struct np_oci_ref ref;
    struct np_err err;
    struct np_str two =
        NP_STR("{\"manifests\":[" MANIFEST(D1, "arm64") "," MANIFEST(D2, "amd64") "]}");
    NP_CHECK(np_oci_parse_index(two, NP_STR("x86_64"), a, &ref, &err) == 0);
    NP_CHECK_STR(np_str_sub(np_str_of(ref.blob.path), 0, 15), NP_STR("blobs/sha256/22"));
    NP_CHECK(!ref.is_index);
    NP_CHECK(np_oci_parse_index(two, NP_STR("arm64"), a, &ref, &err) == 0);
    NP_CHECK_STR(np_str_sub(np_str_of(ref.blob.path), 0, 15), NP_STR("blobs/sha256/11"));
    struct np_str other = NP_STR("{\"manifests\":[" MANIFEST(D1, "s390x") "]}");
    NP_CHECK(np_oci_parse_index(other, NP_STR("x86_64"), a, &ref, &err) == NP_EINVAL);
    struct np_str silent = NP_STR("{\"manifests\":[{\"digest\":\"" D1 "\"}]}");
    NP_CHECK(np_oci_parse_index(silent, NP_STR("x86_64"), a, &ref, &err) == 0);
    struct np_str path = NP_STR("{\"manifests\":[{\"digest\":\"sha256:../../../etc/passwd\"}]}");
    NP_CHECK(np_oci_parse_index(path, NP_STR("x86_64"), a, &ref, &err) == NP_EINVAL);
    np_arena_free(a);
}

NP_TEST(oci_layers_have_a_limit)
{
    struct np_arena *a = np_arena_new();
    struct np_oci_image image;
    struct np_err err;
    for (size_t n = NP_OCI_LAYERS_MAX; n <= NP_OCI_LAYERS_MAX + 1; n++) {
        struct np_buf b;
        np_buf_init(&b, a, 1 << 20);
        for (size_t i = 0; i < n; i++)
            np_buf_printf(&b, "%s{\"mediaType\":\"x.tar+gzip\",\"digest\":\"" D1 "\"}",
                          i == 0 ? "{\"layers\":[" : ",");
        np_buf_lit(&b, "]}");
        int rc = np_oci_parse_manifest(np_buf_str(&b), a, &image, &err);
        NP_CHECK(rc == (n <= NP_OCI_LAYERS_MAX ? 0 : NP_E2BIG), "%zu layers", n);
    }
    NP_CHECK(image.n_layers == NP_OCI_LAYERS_MAX);
    np_arena_free(a);
}

/* Two files of three bytes each, in an image that had so many and such before. */
static int unpack_after(uint64_t entries, uint64_t bytes, struct np_err *err)
{
    char folder[] = "/tmp/nephele-unit-XXXXXX", tar[512 * 6] = {0};
    NP_CHECK(mkdtemp(folder) != NULL);
    for (int i = 0; i < 2; i++) {
        char *h = tar + (size_t)i * 1024;
        unsigned sum = 0;
        snprintf(h, 100, "%c", 'a' + i);
        snprintf(h + 100, 8, "%07o", 0644);
        snprintf(h + 108, 8, "%07o", 0);
        snprintf(h + 116, 8, "%07o", 0);
        snprintf(h + 124, 12, "%011o", 3);
        snprintf(h + 136, 12, "%011o", 0);
        memset(h + 148, ' ', 8);
        h[156] = '0';
        memcpy(h + 257, "ustar\00000", 8);
        for (int k = 0; k < 512; k++)
            sum += (unsigned char)h[k];
        snprintf(h + 148, 8, "%06o", sum);
        memcpy(h + 512, "abc", 3);
    }
    struct np_unpack u = {.root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                          .entries = entries,
                          .bytes = bytes};
    int rc = np_unpack_memory(&u, np_str_n(tar, sizeof(tar)), err);
    np_unpack_remove(u.root, "a");
    np_unpack_remove(u.root, "b");
    close(u.root);
    rmdir(folder);
    return rc;
}

NP_TEST(an_image_has_so_many_files_and_bytes)
{
    struct np_err err = {0};
    NP_CHECK(unpack_after(NP_IMAGE_ENTRIES_MAX - 2, NP_IMAGE_BYTES_MAX - 6, &err) == 0, "%s",
             err.text);
    NP_CHECK(unpack_after(NP_IMAGE_ENTRIES_MAX - 1, 0, &err) == NP_E2BIG);
    NP_CHECK(unpack_after(0, NP_IMAGE_BYTES_MAX - 5, &err) == NP_E2BIG);
}
