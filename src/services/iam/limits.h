/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the quotas of an account: AWS's defaults. */
#pragma once

#define IAM_USERS_MAX           5000
#define IAM_GROUPS_MAX          300
#define IAM_ROLES_MAX           1000
#define IAM_POLICIES_MAX        1500
#define IAM_PROFILES_MAX        1000
#define IAM_OIDC_MAX            100
#define IAM_ATTACHED_MAX        10 /* managed policies of a user, group or role */
#define IAM_GROUPS_PER_USER_MAX 10
#define IAM_VERSIONS_MAX        5
#define IAM_KEYS_MAX            2
#define IAM_MFA_PER_USER_MAX    8
#define IAM_CLIENT_IDS_MAX      100
#define IAM_THUMBPRINTS_MAX     5
#define IAM_TAGS_MAX            50
#define IAM_VIRTUAL_MFA_MAX     5000 /* unassigned devices are never removed by themselves */

/* Characters without blanks. */
#define IAM_MANAGED_SIZE_MAX      6144
#define IAM_USER_INLINE_SIZE_MAX  2048
#define IAM_GROUP_INLINE_SIZE_MAX 5120
#define IAM_ROLE_INLINE_SIZE_MAX  10240
#define IAM_TRUST_SIZE_MAX        2048

#define IAM_PAGE_DEFAULT   100
#define IAM_PASSWORDS_KEPT 24   /* for PasswordReusePrevention */
#define IAM_SIMULATED_MAX  1000 /* actions times resources of one simulation */
#define IAM_COMPILED_MAX   4096 /* documents kept compiled for those that share them */
