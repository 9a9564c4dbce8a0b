/* SPDX-License-Identifier: Apache-2.0 */
/* xts.h - AES-256-XTS over sectors of 4096 bytes, as dm-crypt's aes-xts-plain64 has it: the tweak
 * is the number of the 512-byte sector, little-endian.
 *
 * A sector whose ciphertext is all zeroes is a hole and reads as zeroes.
 * Threads: an object belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NP_XTS_KEY    64
#define NP_XTS_SECTOR 4096

struct np_xts; /* a key schedule for one direction */
/* NULL: the two halves of the key are the same, which is no key. */
struct np_xts *np_xts_new(const uint8_t key[NP_XTS_KEY], bool seal);
struct np_xts *np_xts_copy(const struct np_xts *x);
void np_xts_free(struct np_xts *x); /* wiped; NULL is fine */
/* n bytes from sector `first` (of 4096 bytes) on; n is a multiple of NP_XTS_SECTOR. In place is
 * allowed. Opening leaves holes zero. */
void np_xts_run(struct np_xts *x, uint64_t first, const void *in, void *out, size_t n);

bool np_is_zero(const void *p, size_t n);
