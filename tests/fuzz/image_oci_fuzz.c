/* SPDX-License-Identifier: Apache-2.0 */
/* image_oci_fuzz.c - documents of OCI layouts: an index, or a manifest. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/image/limits.h"
#include "engines/image/oci.h"

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = np_str_n(p, n);
    struct np_oci_ref ref;
    struct np_oci_image image;
    struct np_err err = {0};
    int rc = np_oci_parse_index(text, NP_STR("x86_64"), a, &ref, &err);
    np_assert(rc == 0 || err.n != 0);
    if (rc == 0)
        np_assert(strlen(ref.blob.path) == sizeof("blobs/sha256/") - 1 + 64);
    rc = np_oci_parse_manifest(text, a, &image, &err);
    np_assert(rc == 0 || err.n != 0);
    if (rc == 0)
        np_assert(image.n_layers > 0 && image.n_layers <= NP_OCI_LAYERS_MAX);
    return 0;
}
