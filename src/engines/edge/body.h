/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - the bytes of a response: blocks of memory, or a file, or first the one and then the
 * other.
 *
 * One thread appends, under the lock of whoever shares a growing body; bytes once there never
 * change, so that a piece of it (a block with a reference, or a part of the file) is used without
 * the lock. A body that does not grow any more needs none. */
#pragma once

#include "base/list.h"
#include "base/str.h"

struct edge_slab;

struct edge_chunk {
    unsigned refs;
    uint32_t n, cap;
    struct edge_slab *slab; /* NULL: the bytes follow */
    char *data;
};
/* In the slab (which may be NULL) where that is of use. */
struct edge_chunk *edge_chunk_new(size_t cap, struct edge_slab *slab);
void edge_chunk_ref(struct edge_chunk *c);
void edge_chunk_unref(void *chunk);

struct edge_body {
    unsigned refs;
    struct edge_slab *slab; /* for blocks; NULL: the heap */
    int fd;                 /* -1: no file */
    uint64_t n;             /* bytes so far */
    uint64_t file_off;      /* where the body begins in the file */
    uint64_t file_n;        /* leading bytes that the file has */
    uint64_t base;          /* where the first block begins */
    struct edge_chunk **chunks;
    size_t n_chunks, room;
    struct edge_chunk *inline_chunk; /* room for one */
};

struct edge_body *edge_body_new(struct edge_slab *slab);
void edge_body_ref(struct edge_body *b);
void edge_body_unref(struct edge_body *b); /* NULL is fine */
/* Appends a copy; hint: the bytes still to come, this included, 0 if not known. */
void edge_body_add(struct edge_body *b, struct np_str data, uint64_t hint);
/* Takes a whole block. */
void edge_body_take(struct edge_body *b, struct edge_chunk *c);
/* Drops blocks in front of `at`. */
void edge_body_drop(struct edge_body *b, uint64_t at);
uint64_t edge_body_in_memory(const struct edge_body *b);

/* What comes at `at`: a block (with a reference of the caller's) and text in it, or a part of the
 * file. False: nothing there yet. */
struct edge_piece {
    struct edge_chunk *chunk; /* NULL: of the file */
    struct np_str text;
    int fd;
    uint64_t file_at, n;
};
bool edge_body_at(struct edge_body *b, uint64_t at, uint64_t most, struct edge_piece *out);
/* What comes at `at` was dropped. */
bool edge_body_is_lost(const struct edge_body *b, uint64_t at);
