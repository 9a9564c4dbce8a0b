/* SPDX-License-Identifier: Apache-2.0 */
/* disk.h - the disk tier: a file an object, named after its key, which it holds and verifies.
 *
 * Files appear whole or not at all (temporary name, rename), so a killed process leaves nothing
 * half; nothing is synced: after a restart of the machine the tier begins empty. Which files there
 * are is found by a scan in the background; until it is done every key is tried.
 * Threads: any; callbacks on the caller's loop.
 */
#pragma once

#include "engines/edge/cache.h"

struct edge_disk;
struct edge_file;
struct edge_slab;
struct np_jobs;
struct np_loop;

typedef void edge_disk_called_back(void *arg, struct np_str id, uint64_t at, struct np_str pattern);

/* `back` gets the invalidations that were in force, oldest first. */
int edge_disk_open(struct np_str dir, uint64_t most_bytes, struct np_jobs *jobs,
                   struct edge_slab *slab, edge_disk_called_back *back, void *arg,
                   struct edge_disk **out, struct np_err *err);
void edge_disk_close(struct edge_disk *d);                   /* NULL is fine; no job of it runs */
void edge_disk_scan(struct edge_disk *d, struct np_loop *l); /* again is fine */

bool edge_disk_may_have(struct edge_disk *d, struct np_str key);
/* `done` gets a reference or NULL. */
void edge_disk_load(struct edge_disk *d, struct np_loop *l, struct np_str key,
                    void (*done)(void *arg, struct edge_object *o), void *arg);
/* In the background, if it is worth it. Of an object that has a file the head is renewed. */
void edge_disk_save(struct edge_disk *d, struct np_loop *l, const struct edge_key *k,
                    struct edge_object *o);
/* Called back: in force after a restart. */
void edge_disk_invalidated(struct edge_disk *d, struct np_str id, uint64_t at,
                           const struct np_str *patterns, size_t n);

/* A large body, written as it comes. o->body becomes the file's. NULL: it cannot be made. */
struct edge_file *edge_file_begin(struct edge_disk *d, const struct edge_key *k,
                                  struct edge_object *o);
/* False: the disk takes no more; what was written before stays readable. */
bool edge_file_add(struct edge_file *f, struct edge_body *b, struct np_str data);
bool edge_file_move(struct edge_file *f, struct edge_body *b); /* what it has in memory */
void edge_file_commit(struct edge_file *f, struct np_loop *l);
void edge_file_abort(struct edge_file *f);

struct edge_disk_count {
    uint64_t objects, bytes, failures;
};
void edge_disk_count(struct edge_disk *d, struct edge_disk_count *out);
