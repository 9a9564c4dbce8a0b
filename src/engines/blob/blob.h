/* SPDX-License-Identifier: Apache-2.0 */
/* blob.h - the object store engine: immutable bytes under 64-bit ids, encrypted at rest, checked on
 * read.
 *
 * A blob is a file of frames: 64 KiB of plain bytes and a 16-byte tag each (AES-256-GCM under a key
 * of the blob, derived of the store's key and the blob's random salt), so that any range can be
 * read. Without encryption (--at-rest=none) frames carry an XXH3 instead, verified all the same.
 *
 * Lifetime: np_blobs_open() returns the one owner. A writer or reader holds a reference.
 * Threads:  the store is shared by all loops; a writer or reader stays on the loop that began it.
 * Durable:  a blob exists once `done` reports 0, also after power loss; before, there is no trace.
 *           Syncs of concurrent commits are grouped; ids near each other share a folder's sync.
 */
#pragma once

#include "base/err.h"
#include "io/job.h"

struct np_blobs;
struct np_blob_writer;
struct np_blob_reader;

struct np_blobs_opts {
    struct np_str dir;  /* made if absent */
    const uint8_t *key; /* 32 bytes; NULL: no encryption */
    struct np_jobs *jobs;
    bool no_sync;
};
/* NP_ECORRUPT if its header does not verify, NP_EINVAL if it was made with another key or without
 * one. */
int np_blobs_open(const struct np_blobs_opts *o, struct np_blobs **out, struct np_err *err);
void np_blobs_close(struct np_blobs *s);

/* What to compute on the way in, on the job threads. */
struct np_blob_digest {
    unsigned alg; /* enum np_digest_alg */
    uint8_t out[64];
};
struct np_blob_sum {
    uint64_t size_bytes;
    struct np_blob_digest digests[4];
    size_t n_digests;
};
/* sse_key (32 bytes, SSE-C) is mixed into the blob's key: without it the blob cannot be read
 * (NP_EACCES); NULL: none. With one the blob is encrypted even in a store that is not. The writer
 * is the caller's until commit or abort takes it. */
int np_blob_begin(struct np_blobs *s, struct np_loop *l, uint64_t id, const uint8_t *sse_key,
                  const unsigned *algs, size_t n_algs, struct np_blob_writer **out,
                  struct np_err *err);
/* Copies `data`. NP_EAGAIN: taken, but stop until `ready` is called (memory stays below 1 MiB a
 * writer). Errors of the disk are told here or by commit (NP_ENOSPC, NP_EIO). */
int np_blob_write(struct np_blob_writer *w, struct np_str data);
void np_blob_on_ready(struct np_blob_writer *w, void (*ready)(void *arg), void *arg);
/* Ends the bytes without making them durable: digests are final in `done`; then commit or abort.
 * For checks before the object appears. */
typedef void np_blob_done_fn(void *arg, int rc, const struct np_blob_sum *sum);
void np_blob_finish(struct np_blob_writer *w, np_blob_done_fn *done, void *arg);
/* `done` runs exactly once, on the writer's loop, never from inside this call. */
void np_blob_commit(struct np_blob_writer *w, np_blob_done_fn *done, void *arg);
void np_blob_abort(struct np_blob_writer *w);

/* Reading: opens on a job unless the header is cached; `ready` tells when the next np_blob_read
 * will have bytes, or an error: those of the blob come from there. It is called once after the open
 * if no read came before. n UINT64_MAX: to the end. A range that leaves the blob is NP_EINVAL, a
 * wrong sse_key NP_EACCES. */
int np_blob_open(struct np_blobs *s, struct np_loop *l, uint64_t id, const uint8_t *sse_key,
                 uint64_t off, uint64_t n, void (*ready)(void *arg), void *arg,
                 struct np_blob_reader **out, struct np_err *err);
/* At most 64 KiB; *data is borrowed until the next call. NP_EAGAIN: wait for ready. *end with the
 * last byte. NP_ECORRUPT: the bytes on disk are not those that were written; nothing of the damaged
 * frame is returned. */
int np_blob_read(struct np_blob_reader *r, struct np_str *data, bool *end);
void np_blob_close(struct np_blob_reader *r);

/* Frees the bytes, durably; missing is fine. On a job. done may be NULL. */
void np_blob_delete(struct np_blobs *s, struct np_loop *l, const uint64_t *ids, size_t n,
                    void (*done)(void *arg, int rc), void *arg);
/* Calls each(arg, id) for every blob with from <= id < to that is on disk: the sweep after a crash.
 * Blocks: a job's. */
int np_blobs_each(struct np_blobs *s, uint64_t from, uint64_t to,
                  void (*each)(void *arg, uint64_t id), void *arg, struct np_err *err);

/* Small bodies live in a database row, sealed with the same keys: out has n + NP_BLOB_SEAL bytes.
 */
#define NP_BLOB_SEAL 44
void np_blob_seal(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, struct np_str in,
                  void *out);
/* NP_ECORRUPT when changed, NP_EACCES with another sse_key. out has in.n - NP_BLOB_SEAL bytes. Any
 * thread. */
int np_blob_unseal(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, struct np_str in,
                   void *out);
