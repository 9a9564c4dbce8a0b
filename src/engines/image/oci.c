/* SPDX-License-Identifier: Apache-2.0 */
/* oci.c - from a layout's index to its layers, each verified, one laid over the other. */
#include "engines/image/oci.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "codec/json.h"
#include "engines/image/limits.h"

/* --- documents --- */

static int take_digest(struct np_str text, struct np_oci_layer *out, struct np_err *err)
{
    struct np_str hex = np_str_sub(text, 7, text.n);
    if (!np_str_starts(text, NP_STR("sha256:")) || hex.n != 64 || !np_unhex(out->sha256, hex))
        return np_err(err, NP_EINVAL, "the image names a blob by something else than sha256");
    char name[65];
    np_hex(name, out->sha256, 32);
    snprintf(out->path, sizeof(out->path), "blobs/sha256/%.64s", name);
    return 0;
}

static bool is_type(const struct np_json *j, const char *part)
{
    return np_str_find(np_json_str(j, NP_STR("mediaType")), np_str_of(part)) >= 0;
}

/* "amd64" for "x86_64". */
static bool fits(const struct np_json *m, struct np_str arch)
{
    const struct np_json *p = np_json_member(m, NP_STR("platform"));
    struct np_str want = np_str_is(arch, "x86_64") ? NP_STR("amd64") : arch;
    struct np_str has = np_json_str(p, NP_STR("architecture"));
    struct np_str os = np_json_str(p, NP_STR("os"));
    return np_str_eq(has, want) && (os.n == 0 || np_str_is(os, "linux"));
}

static const struct np_json *choose(const struct np_json *list, struct np_str arch)
{
    for (const struct np_json *m = list->child; m != NULL; m = m->next)
        if (fits(m, arch))
            return m;
    /* A layout of one image need not say what it is for. */
    bool silent = list->n == 1 && np_json_member(list->child, NP_STR("platform")) == NULL;
    return silent ? list->child : NULL;
}

int np_oci_parse_index(struct np_str text, struct np_str arch, struct np_arena *a,
                       struct np_oci_ref *out, struct np_err *err)
{
    struct np_json *j;
    if (np_json_parse(a, text, &j, err) != 0)
        return np_err_prefix(err, "the image's index: ");
    const struct np_json *list = np_json_member(j, NP_STR("manifests"));
    if (list == NULL || list->type != NP_J_ARRAY || list->n == 0)
        return np_err(err, NP_EINVAL, "the image's index has no manifests");
    const struct np_json *m = choose(list, arch);
    if (m == NULL)
        return np_err(err, NP_EINVAL, "it holds no image for %.*s", NP_FMT(arch));
    struct np_oci_ref ref = {.is_index = is_type(m, "image.index") || is_type(m, "manifest.list")};
    int rc = take_digest(np_json_str(m, NP_STR("digest")), &ref.blob, err);
    if (rc != 0)
        return rc;
    ref.name = np_json_str(np_json_member(m, NP_STR("annotations")),
                           NP_STR("org.opencontainers.image.ref.name"));
    *out = ref;
    return 0;
}

int np_oci_parse_manifest(struct np_str text, struct np_arena *a, struct np_oci_image *out,
                          struct np_err *err)
{
    struct np_json *j;
    if (np_json_parse(a, text, &j, err) != 0)
        return np_err_prefix(err, "the image's manifest: ");
    const struct np_json *list = np_json_member(j, NP_STR("layers"));
    if (list == NULL || list->type != NP_J_ARRAY || list->n == 0)
        return np_err(err, NP_EINVAL, "the image has no layers");
    if (list->n > NP_OCI_LAYERS_MAX)
        return np_err(err, NP_E2BIG, "the image has more than %d layers", NP_OCI_LAYERS_MAX);
    struct np_oci_image image = {.layers = np_new_array(a, struct np_oci_layer, list->n)};
    for (const struct np_json *l = list->child; l != NULL; l = l->next) {
        if (!is_type(l, "tar"))
            return np_err(err, NP_EINVAL, "the image has a layer that is no tar file");
        int rc =
            take_digest(np_json_str(l, NP_STR("digest")), &image.layers[image.n_layers++], err);
        if (rc != 0)
            return rc;
    }
    *out = image;
    return 0;
}

/* --- files --- */

bool np_oci_is_layout(int dir)
{
    struct stat st;
    return fstatat(dir, "oci-layout", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           fstatat(dir, "index.json", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static int verify(int fd, const struct np_oci_layer *l, struct np_err *err)
{
    uint8_t sum[32];
    char part[65536];
    ssize_t n;
    struct np_digest *d = np_digest_new(NP_SHA256);
    while ((n = read(fd, part, sizeof(part))) > 0)
        np_digest_add(d, part, (size_t)n);
    np_digest_end(d, sum);
    np_digest_free(d);
    if (n < 0)
        return np_err_errno(err, errno, "cannot read %s", l->path);
    return memcmp(sum, l->sha256, 32) == 0
               ? 0
               : np_err(err, NP_EINVAL, "%s is damaged: its digest differs", l->path);
}

static int read_whole(int dir, const char *path, struct np_arena *a, struct np_str *out, int *keep,
                      struct np_err *err)
{
    struct stat st;
    NP_AUTO_FD fd = np_unpack_open(dir, path, O_RDONLY, 0);
    if (fd < 0 || fstat(fd, &st) != 0)
        return np_err(err, NP_EINVAL, "the image lacks %s", path);
    if (!S_ISREG(st.st_mode) || st.st_size > (off_t)NP_OCI_DOCUMENT_MAX)
        return np_err(err, NP_E2BIG, "%s is too large", path);
    char *p = np_alloc(a, (size_t)st.st_size + 1);
    ssize_t n = pread(fd, p, (size_t)st.st_size, 0);
    if (n != st.st_size)
        return np_err(err, NP_EINVAL, "%s cannot be read", path);
    *out = np_str_n(p, (size_t)n);
    if (keep != NULL)
        *keep = np_fd_take(&fd);
    return 0;
}

static int read_blob(int dir, const struct np_oci_layer *l, struct np_arena *a, struct np_str *out,
                     struct np_err *err)
{
    NP_AUTO_FD fd = -1;
    int rc = read_whole(dir, l->path, a, out, &fd, err);
    return rc != 0 ? rc : verify(fd, l, err);
}

int np_oci_open(int dir, struct np_str arch, struct np_arena *a, struct np_oci_image *out,
                struct np_err *err)
{
    struct np_oci_ref ref;
    struct np_str text;
    int rc = read_whole(dir, "index.json", a, &text, NULL, err);
    if (rc == 0)
        rc = np_oci_parse_index(text, arch, a, &ref, err);
    struct np_str name = rc == 0 ? ref.name : NP_STR_NULL;
    for (int depth = 0; rc == 0 && ref.is_index; depth++) {
        if (depth == NP_OCI_DEPTH_MAX)
            return np_err(err, NP_EINVAL, "the image's indexes are too deep");
        rc = read_blob(dir, &ref.blob, a, &text, err);
        if (rc == 0)
            rc = np_oci_parse_index(text, arch, a, &ref, err);
    }
    if (rc == 0)
        rc = read_blob(dir, &ref.blob, a, &text, err);
    if (rc == 0)
        rc = np_oci_parse_manifest(text, a, out, err);
    if (rc == 0)
        out->name = name;
    return rc;
}

static int lay(int dir, const struct np_oci_layer *l, struct np_unpack *u, struct np_err *err)
{
    NP_AUTO_FD fd = np_unpack_open(dir, l->path, O_RDONLY, 0);
    if (fd < 0)
        return np_err(err, NP_EINVAL, "the image lacks %s", l->path);
    int rc = verify(fd, l, err);
    u->mode = NP_UNPACK_WHITEOUTS;
    if (rc == 0)
        rc = np_unpack_file(u, fd, err);
    u->mode = NP_UNPACK_LAYER;
    return rc != 0 ? rc : np_unpack_file(u, fd, err);
}

int np_oci_unpack(int dir, const struct np_oci_image *image, struct np_unpack *u,
                  struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < image->n_layers; i++)
        rc = lay(dir, &image->layers[i], u, err);
    return rc;
}
