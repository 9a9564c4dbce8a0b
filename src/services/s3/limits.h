/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what clients can grow in S3's objects, and the sizes of background work. */
#pragma once

#define S3_KEY_MAX         1024        /* bytes of a key */
#define S3_METADATA_MAX    2048        /* bytes of names and values */
#define S3_KMS_CONTEXT_MAX 8192        /* bytes of an encryption context, as JSON */
#define S3_KMS_KEY_ID_MAX  2048        /* bytes of a bucket's KMSMasterKeyID */
#define S3_FORM_HEAD_MAX   (20u << 10) /* bytes of a form before its file */
#define S3_PAGE_MAX                                                                                \
    (256u << 10) /* bytes of a website's error page: a target of 16 KiB as "&quot;" fits */
#define S3_PARTS_MAX 10000 /* parts of an upload */
#define S3_PART_MIN  (UINT64_C(5) << 20)
#define S3_LIST_MAX  1000 /* keys, parts, uploads, versions of a page; keys of a batch delete */

#define S3_RANGE_IDS        65536 /* ids reserved at a time */
#define S3_SWEEP_DELAY_MS   100   /* the first requests after a start go before */
#define S3_RANGES_MAX       64    /* with uploads under way */
#define S3_SEQ_BITS         20    /* versions of one commit */
#define S3_GARBAGE_ROUND    256   /* blobs freed at a time */
#define S3_PARTS_ROUND      200   /* parts of a list taken apart at a time */
#define S3_DOUBTS_MAX       4096  /* blobs of failed writes; more wait for the next start */
#define S3_GARBAGE_POLL_MS  500
#define S3_GARBAGE_RETRY_MS 5000
