/* SPDX-License-Identifier: Apache-2.0 */
/* blob_int.h - shared inside the blob store: its one object, the format, open files, the syscalls.
 *
 * See README.md for the format and the order of writes.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/list.h"
#include "engines/blob/blob.h"
#include "engines/blob/limits.h"

/* --- syscalls: a table, so that tests make each of them fail ----------------------------- */

/* Each returns what its system call returns, with errno. Names are below the store's folder. */
struct np_blob_sys {
    int (*make_folder)(int root, const char *folder);
    int (*open_unnamed)(int root, const char *folder);
    int (*open_named)(int root, const char *name); /* new; where files cannot be unnamed */
    ssize_t (*pwrite)(int fd, const void *p, size_t n, off_t off);
    int (*start_sync)(int fd, off_t off, off_t n); /* begins to write back; a hint */
    int (*sync_data)(int fd);
    int (*link_fd)(int fd, int root, const char *name);
    int (*rename)(int root, const char *from, const char *to); /* never replaces */
    int (*unlink)(int root, const char *name);
    int (*sync_folder)(int root, const char *folder);
    int (*open_read)(int root, const char *name, bool cached_only);
    ssize_t (*pread)(int fd, void *p, size_t n, off_t off, bool cached_only);
    void *(*map)(int fd, size_t n); /* to read, from the start, all in memory; MAP_FAILED */
    int (*resident)(const void *page, size_t n, unsigned char *pages);
};
extern const struct np_blob_sys np_blob_sys;

int np_blob_errno(int errnum); /* the code for a failed system call */
int np_blob_pwrite_all(const struct np_blob_sys *sys, int fd, const void *p, size_t n, off_t off);

#define NP_BLOB_NAME 32
unsigned np_blob_folder_of(uint64_t id);
void np_blob_folder(char out[NP_BLOB_NAME], uint64_t id);   /* "3f" */
void np_blob_name(char out[NP_BLOB_NAME], uint64_t id);     /* "3f/000000000003f123" */
void np_blob_tmp_name(char out[NP_BLOB_NAME], uint64_t id); /* "tmp/000000000003f123" */

/* --- buffers of one size, shared by all threads ------------------------------------------- */

struct np_blob_pool {
    pthread_mutex_t lock;
    size_t size_bytes;
    struct {
        void *first; /* the link is in the buffer */
        unsigned n;
    } locked;
};
void np_blob_pool_init(struct np_blob_pool *p, size_t size_bytes);
void np_blob_pool_fini(struct np_blob_pool *p);
void *np_blob_pool_get(struct np_blob_pool *p);           /* not zeroed */
void np_blob_pool_put(struct np_blob_pool *p, void *buf); /* NULL is fine */

/* --- the format ---------------------------------------------------------------------------- */

enum np_blob_flags {
    NP_BLOB_ENCRYPTED = 1,
    NP_BLOB_SSE = 2, /* the caller's key is part of the blob's key */
};

/* At offset 0 of the file; numbers are little-endian. */
struct np_blob_header {
    char magic[8];
    uint32_t version;
    uint32_t flags;
    uint64_t id;
    uint64_t size_bytes;
    uint8_t salt[32];
    uint8_t mac[32];       /* of the header with mac and sum zero; zero without encryption */
    uint8_t sse_check[16]; /* tells a wrong caller's key from damage; zero without one */
    uint64_t reserved;
    uint8_t sum[8]; /* XXH3 of all before */
};
_Static_assert(sizeof(struct np_blob_header) == 128, "the header is 128 bytes");
#define NP_BLOB_HEADER sizeof(struct np_blob_header)

/* What frames of one blob are made with. */
struct np_blob_key {
    bool encrypted;
    uint8_t aead[NP_AEAD_KEY];
    uint64_t mask; /* without encryption: mixed into the checksums */
};

void np_blob_header_make(const struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                         const uint8_t salt[32], uint64_t size_bytes, struct np_blob_header *out);
/* NP_ECORRUPT; NP_EACCES when sse_key is not that of the blob. Fills key. */
int np_blob_header_check(const struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                         const struct np_blob_header *h, struct np_blob_key *key);
void np_blob_key_derive(const struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                        const uint8_t salt[32], struct np_blob_key *key);

static inline uint64_t np_blob_frames(uint64_t size_bytes)
{
    return size_bytes / NP_BLOB_FRAME + (size_bytes % NP_BLOB_FRAME != 0);
}
static inline uint64_t np_blob_frame_off(uint64_t frame)
{
    return NP_BLOB_HEADER + frame * NP_BLOB_SEALED;
}
static inline size_t np_blob_frame_size(uint64_t size_bytes, uint64_t frame) /* plain bytes */
{
    uint64_t left = size_bytes - frame * NP_BLOB_FRAME;
    return left < NP_BLOB_FRAME ? (size_t)left : NP_BLOB_FRAME;
}
static inline uint64_t np_blob_file_size(uint64_t size_bytes)
{
    return NP_BLOB_HEADER + size_bytes + np_blob_frames(size_bytes) * NP_BLOB_TAG;
}

/* out has n + NP_BLOB_TAG bytes. aead is of key->aead, NULL without encryption. */
void np_blob_frame_seal(const struct np_blob_key *key, struct np_aead *aead, uint64_t frame,
                        const void *in, size_t n, void *out);
/* in: n bytes and their tag. The plain bytes are at out, which may be in; without encryption they
 * are at in, and out is not touched. False: not what was written. */
bool np_blob_frame_open(const struct np_blob_key *key, struct np_aead *aead, uint64_t frame,
                        const void *in, size_t n, void *out);

/* --- open files ----------------------------------------------------------------------------- */

/* A blob on disk that readers share. Immutable but for `locked`, which the store's cache lock
 * keeps. */
struct np_blob_ent {
    uint64_t id;
    int fd;
    uint64_t size_bytes;
    struct np_blob_key key;
    atomic_uint opens;
    /* The whole file, or NULL. Set by one job; goes only when no reader has the entry. */
    const char *_Atomic map;
    struct {
        struct np_node lru, chain; /* in the cache; else alone */
        unsigned refs;             /* readers, and one of the cache */
        bool cached;
        unsigned n_aeads;
        struct np_aead *aeads[NP_BLOB_AEADS];
    } locked;
};

struct np_blob_cache {
    pthread_mutex_t lock;
    struct {
        struct np_node lru; /* latest first */
        struct np_node chains[NP_BLOB_OPEN_MAX];
        unsigned n;
        uint64_t deletes; /* an open that a delete overtook is not kept */
        uint64_t mapped;  /* bytes */
    } locked;
};
void np_blob_cache_init(struct np_blob_cache *c);
void np_blob_cache_fini(struct np_blobs *s);
/* The entry and a key schedule for the caller alone; NP_ENOENT if it is not in the cache. */
int np_blob_ent_find(struct np_blobs *s, uint64_t id, struct np_blob_ent **out,
                     struct np_aead **aead);
/* Opens the file. With cached_only NP_EAGAIN when that could block. */
int np_blob_ent_load(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, bool cached_only,
                     struct np_blob_ent **out, struct np_aead **aead);
/* Returns e when this was its last reference: then np_blob_ent_free() is the caller's to call, on a
 * job if the file may be deleted, since the last close frees its blocks. */
struct np_blob_ent *np_blob_ent_put(struct np_blobs *s, struct np_blob_ent *e,
                                    struct np_aead *aead);
void np_blob_ent_free(struct np_blobs *s, struct np_blob_ent *e);
void np_blob_cache_drop(struct np_blobs *s, uint64_t id); /* after its file was removed */

/* --- mapped files: map.c -------------------------------------------------------------------- */

/* Counts an open; true when it is time to map the file. */
bool np_blob_map_wanted(struct np_blob_ent *e);
/* Maps it if there is room, which blobs that nobody reads make. On a job. */
void np_blob_map(struct np_blobs *s, struct np_blob_ent *e);
void np_blob_unmap(struct np_blobs *s, struct np_blob_ent *e); /* nobody else has it */
/* np_blob_frame_open() from the map. NP_EAGAIN when the frame is not in memory, or the file has
 * been cut: reading it will say. NP_ECORRUPT. */
int np_blob_map_open(struct np_blobs *s, const struct np_blob_ent *e, struct np_aead *aead,
                     uint64_t frame, const char *in, void *out);

/* --- syncs -------------------------------------------------------------------------- */

/* One file that waits for its name and its folder's sync; embedded in the writer. */
struct np_blob_sync {
    struct np_blob_sync *next;
    uint64_t id;
    int fd;         /* closed by the group */
    bool named;     /* it has a name below tmp/ */
    bool data_done; /* its bytes are synced already */
    int rc;
    struct np_loop *loop;
    struct np_msg msg; /* posted to loop when rc is final */
};
void np_blob_sync_add(struct np_blobs *s, struct np_blob_sync *y, bool large);
/* The file gets its final name; nothing is left if that fails. */
int np_blob_publish(struct np_blobs *s, struct np_blob_sync *y);
/* Closes the file and removes what it was called while it was written. */
void np_blob_discard(struct np_blobs *s, struct np_blob_sync *y);

/* What waits for jobs that are already at work. */
struct np_blob_queue {
    struct np_blob_sync *first, **last;
    unsigned n_jobs;
};

/* --- slow digests ---------------------------------------------------------------------------- */

/* A writer whose pieces are hashed side by side with those of others; embedded in it. */
struct np_blob_hash {
    struct np_blobs *s;
    struct np_loop *loop;
    struct np_digest *digest;
    /* On a job: the next piece; and that it was hashed. */
    struct np_str (*piece)(struct np_blob_hash *h);
    void (*hashed)(struct np_blob_hash *h);
    void (*done)(struct np_blob_hash *h); /* on the loop: it may not run any more */
    bool running;                         /* the loop's: a job may have it */
    struct np_msg msg;
    struct {
        struct np_blob_hash *next;
        unsigned n_pieces;
        bool hurry, late;
    } locked; /* by the store's lock */
};
/* It has so many more pieces. hurry: there will be no more, or nobody wants the digest. On h's
 * loop; a job may begin before this returns. */
void np_blob_hash_add(struct np_blob_hash *h, unsigned n_pieces, bool hurry);

/* --- the store ------------------------------------------------------------------------------ */

struct np_blobs {
    atomic_uint refs; /* the owner, writers, readers, deletes, sync groups */
    struct np_jobs *jobs;
    int root;
    bool encrypted, no_sync;
    atomic_bool folder_made[NP_BLOB_FOLDERS];
    atomic_bool no_unnamed; /* the file system has no O_TMPFILE */
    atomic_bool no_nowait;  /* it has no reads that never block */
    uint8_t frame_key[32];  /* of the store's key, for one use each */
    uint8_t seal_key[32];
    const struct np_blob_sys *sys;
    atomic_uint n_early; /* writers whose jobs are in a sync */
    atomic_uint n_writers;
    struct np_blob_pool chunks, sealed, frames, reads;
    struct np_blob_cache cache;
    pthread_mutex_t lock;
    struct {
        struct np_blob_queue small, large, names;
        struct {
            struct np_blob_hash *first, **last;
            unsigned n_active; /* writers in the queue or in the lanes of a job */
            unsigned n_late;   /* of these */
            unsigned n_jobs;
        } hash;
        unsigned n_seals; /* key schedules of seal_key that nobody uses */
        struct np_aead *seals[NP_BLOB_SPARE];
    } locked;
};

static inline struct np_blobs *np_blobs_ref(struct np_blobs *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}
void np_blobs_unref(struct np_blobs *s);
int np_blobs_need_folder(struct np_blobs *s, uint64_t id); /* durably there; on a job */
size_t np_blob_chunk_bytes(void);                          /* of a writer's buffer */
/* For tests, before the first blob. */
void np_blobs_set_sys(struct np_blobs *s, const struct np_blob_sys *sys);
