/* SPDX-License-Identifier: Apache-2.0 */
/* ids.h - one function per AWS form of id. Made on a worker (np_random), handed to apply; never
 * reused. */
#pragma once

#include "base/str.h"

/* prefix and 17 of A-Z2-7: AIDA user, AROA role, AGPA group, ANPA policy, AIPA instance profile,
 * AKIA key, ASIA temporary key, ANVA version, ASCA certificate. The account is in the digits, as
 * AWS does: see np_id_account(). */
struct np_str np_id_unique(struct np_arena *a, const char *prefix);
struct np_str np_id_secret_key(struct np_arena *a);                             /* 40 of base64 */
struct np_str np_id_uuid(struct np_arena *a);                                   /* version 4 */
struct np_str np_id_request_s3(struct np_arena *a);                             /* 16 of 0-9A-Z */
struct np_str np_id_host_s3(struct np_arena *a);                                /* x-amz-id-2 */
struct np_str np_id_hex(struct np_arena *a, const char *prefix, size_t digits); /* i-0123…, vpc-… */
struct np_str np_id_version(struct np_arena *a); /* S3 version id: 32 url-safe characters */
struct np_str np_id_base32(struct np_arena *a, size_t n);
