/* SPDX-License-Identifier: Apache-2.0 */
/* md5.h - MD5 behind digest.h, of one input or of several side by side. Inside base only.
 *
 * Threads: no shared state; a digest belongs to one thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define NP_MD5_BLOCK 64
#define NP_MD5_SIZE  16

/* A running digest: plain bytes, which may be copied and need no end. */
struct np_md5 {
    uint32_t state[4];
    uint64_t n_bytes;
    unsigned char rest[NP_MD5_BLOCK]; /* n_bytes % NP_MD5_BLOCK of them wait for their block */
};

void np_md5_init(struct np_md5 *m);
void np_md5_add(struct np_md5 *m, const void *p, size_t n);
void np_md5_end(struct np_md5 *m, unsigned char out[NP_MD5_SIZE]);

/* How many inputs np_md5_add_all() takes at once for little more than one costs; 1: each costs the
 * same, this processor has no vectors for it. */
unsigned np_md5_lanes(void);

struct np_md5_run {
    struct np_md5 *md5;
    const unsigned char *p;
    size_t n;
};
/* The same as np_md5_add() of every run, whatever their number, lengths and alignment. No digest is
 * in two runs. Uses the runs up. */
void np_md5_add_all(struct np_md5_run *runs, size_t n_runs);
