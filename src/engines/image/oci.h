/* SPDX-License-Identifier: Apache-2.0 */
/* oci.h - the layout of OCI images (image-spec 1.1): an index, a manifest, layers. */
#pragma once

#include "engines/image/unpack.h"

/* Is that folder one? */
bool np_oci_is_layout(int dir);

struct np_oci_layer {
    char path[80]; /* "blobs/sha256/…" */
    uint8_t sha256[32];
};
struct np_oci_image {
    struct np_oci_layer *layers;
    size_t n_layers;
    struct np_str name; /* annotation org.opencontainers.image.ref.name; empty: none */
};
/* Chooses the image of this architecture ("x86_64"). Documents are verified against their digests.
 * NP_EINVAL: it is no layout, or has none of it. */
int np_oci_open(int dir, struct np_str arch, struct np_arena *a, struct np_oci_image *out,
                struct np_err *err);
/* Lays them over each other in u->root. */
int np_oci_unpack(int dir, const struct np_oci_image *image, struct np_unpack *u,
                  struct np_err *err);

/* --- documents: pure, for tests --- */

struct np_oci_ref {
    struct np_oci_layer blob;
    bool is_index;
    struct np_str name;
};
/* Of an index: the manifest, or further index, for that architecture. */
int np_oci_parse_index(struct np_str text, struct np_str arch, struct np_arena *a,
                       struct np_oci_ref *out, struct np_err *err);
/* Of a manifest: its layers. */
int np_oci_parse_manifest(struct np_str text, struct np_arena *a, struct np_oci_image *out,
                          struct np_err *err);
