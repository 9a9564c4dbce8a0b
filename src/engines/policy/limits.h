/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a policy document may hold. Services set the smaller quotas of AWS before. */
#pragma once

#define POLICY_DOCUMENT_MAX     (128 << 10) /* bytes of JSON */
#define POLICY_STATEMENTS_MAX   500
#define POLICY_KEYS_MAX         500 /* different condition keys */
#define POLICY_PATTERN_VARS_MAX 16  /* variables in one value */

/* A longer action of a request is matched by "*" only. */
#define POLICY_ACTION_MAX 160
/* Answers of the request's lookup that one decision remembers. */
#define POLICY_LOOKUPS_MAX 16
