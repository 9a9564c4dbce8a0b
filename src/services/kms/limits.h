/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a client can grow in KMS, at most: AWS's quotas. */
#pragma once

#define KMS_PLAINTEXT_MAX       4096
#define KMS_CONTEXT_MAX         8192 /* bytes of an encryption context's keys and values */
#define KMS_CONTEXT_PAIRS_MAX   512  /* of a context in a request */
#define KMS_POLICY_MAX          (32 * 1024)
#define KMS_KEYS_MAX            100000 /* keys of customers, an account and region */
#define KMS_ALIASES_MAX         50     /* of one key */
#define KMS_GRANTS_MAX          50000  /* of one key */
#define KMS_ROTATIONS_MAX       25     /* on demand, of one key */
#define KMS_REPLICAS_MAX        20     /* replicas of one multi-region key */
#define KMS_PAGE_DEFAULT        100
#define KMS_TAGS_PAGE_DEFAULT   50
#define KMS_GRANTS_PAGE_DEFAULT 50
#define KMS_LIMIT_TAGS_MAX      50
