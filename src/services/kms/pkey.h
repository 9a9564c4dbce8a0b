/* SPDX-License-Identifier: Apache-2.0 */
/* pkey.h - asymmetric keys: made, parsed, used. Knows OpenSSL, no request and no row.
 *
 * A key is counted and immutable. Threads: any. */
#pragma once

#include "services/kms/kms_int.h"

struct kms_pkey;
struct kms_pkey *kms_pkey_ref(struct kms_pkey *k);
void kms_pkey_unref(struct kms_pkey *k); /* NULL is fine */
