/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the quotas of an account in a region: AWS's. */
#pragma once

#define SECRETSMANAGER_SECRETS_MAX   500000
#define SECRETSMANAGER_VERSIONS_MAX  100 /* of a secret; those without label go when a day old */
#define SECRETSMANAGER_LABELS_MAX    20  /* on all versions of a secret */
#define SECRETSMANAGER_ENVELOPES_MAX 4   /* keys under which a region keeps a version's value */
#define SECRETSMANAGER_REPLICAS_MAX  32
#define SECRETSMANAGER_BATCH_DEFAULT 10
#define SECRETSMANAGER_PAGE_DEFAULT  100
#define SECRETSMANAGER_SCAN_MAX      1000 /* secrets that one page of a filtered list looks at */
/* Values that one call seals. */
#define SECRETSMANAGER_WORK_MAX (SECRETSMANAGER_LABELS_MAX * SECRETSMANAGER_REPLICAS_MAX)

#define SECRETSMANAGER_WINDOW_DEFAULT 30 /* days until a deleted secret is gone */
#define SECRETSMANAGER_WINDOW_MIN     7
#define SECRETSMANAGER_WINDOW_MAX     30
#define SECRETSMANAGER_DAY_MS         (24LL * 3600 * 1000)
