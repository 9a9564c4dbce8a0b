/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what an archive or a table can make grow. */
#pragma once

#define NP_IMAGE_NAME_MAX    63
#define NP_IMAGES_MAX        256
#define NP_IMAGE_ENTRIES_MAX 2000000 /* files of one archive */
#define NP_IMAGE_BYTES_MAX   (INT64_C(64) << 30)
#define NP_IMAGE_PATH_MAX    4000
#define NP_IMAGE_XATTRS_MAX  64          /* of one file */
#define NP_IMAGE_XATTR_MAX   (64 * 1024) /* bytes of one */
#define NP_OCI_LAYERS_MAX    128
#define NP_OCI_DOCUMENT_MAX  (4u << 20) /* bytes of an index, a manifest, a configuration */
#define NP_OCI_DEPTH_MAX     4          /* of indexes in indexes */
#define NP_IMAGE_META_MAX    16384
