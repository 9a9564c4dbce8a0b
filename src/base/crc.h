/* SPDX-License-Identifier: Apache-2.0 */
/* crc.h - the checksums behind digest.h: CRC-64/NVME, CRCs of joined parts. Inside base only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Continues `crc`, which is 0 at the start; the inversion at both ends happens inside. */
uint64_t np_crc64nvme(uint64_t crc, const void *p, size_t n);
/* The same without special instructions. */
uint64_t np_crc64nvme_plain(uint64_t crc, const void *p, size_t n);

/* Reflected polynomials, as np_crc_join wants them. */
#define NP_POLY_CRC32     UINT64_C(0xedb88320)
#define NP_POLY_CRC32C    UINT64_C(0x82f63b78)
#define NP_POLY_CRC64NVME UINT64_C(0x9a6c9329ac4bc9b5)

/* CRC of A followed by B; `width` is 32 or 64. */
uint64_t np_crc_join(uint64_t poly, unsigned width, uint64_t a, uint64_t b, uint64_t b_bytes);
