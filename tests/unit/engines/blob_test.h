/* SPDX-License-Identifier: Apache-2.0 */
/* blob_test.h - a store with its loop and pool, and calls that wait, for the tests of the blobs. */
#pragma once

#include "test.h"

#include "base/arena.h"
#include "base/digest.h"
#include "engines/blob/blob_int.h"

struct rig {
    struct np_loop *loop;
    struct np_jobs *jobs;
    struct np_blobs *store;
    bool done;
    int rc;
    struct np_blob_sum sum;
};

static const uint8_t blob_test_key[32] = "0123456789abcdef0123456789abcdef";

static inline int rig_open_store(struct rig *r, const uint8_t *key, bool no_sync,
                                 struct np_err *err)
{
    struct np_blobs_opts o = {
        .dir = np_str_of(np_test_dir()), .key = key, .jobs = r->jobs, .no_sync = no_sync};
    return np_blobs_open(&o, &r->store, err);
}

static inline void rig_init(struct rig *r, const uint8_t *key, bool no_sync)
{
    struct np_err err;
    *r = (struct rig){.rc = 0};
    NP_CHECK(np_loop_new(&r->loop, NULL) == 0 && np_jobs_new(3, &r->jobs, NULL) == 0);
    int rc = rig_open_store(r, key, no_sync, &err);
    NP_CHECK(rc == 0, "%.*s", (int)(rc == 0 ? 0 : err.n), err.text);
}

/* Jobs may still come home: a sync group, a close of what was deleted. */
static inline void rig_close_store(struct rig *r)
{
    if (r->store == NULL)
        return;
    for (int i = 0; i < 1000 && atomic_load(&r->store->refs) > 1; i++)
        np_loop_turn(r->loop, 10);
    NP_CHECK(atomic_load(&r->store->refs) == 1);
    np_blobs_close(r->store);
    r->store = NULL;
}

static inline void rig_fini(struct rig *r)
{
    rig_close_store(r);
    np_jobs_free(r->jobs);
    np_loop_free(r->loop);
}

/* Another process would see the files, not what this one has open. */
static inline void rig_reopen(struct rig *r, const uint8_t *key)
{
    rig_close_store(r);
    NP_CHECK(rig_open_store(r, key, true, NULL) == 0);
}

static inline void rig_done(void *arg, int rc, const struct np_blob_sum *sum)
{
    struct rig *r = arg;
    NP_CHECK(!r->done);
    r->done = true;
    r->rc = rc;
    r->sum = *sum;
}

static inline void rig_ready(void *arg)
{
    ((struct rig *)arg)->done = true;
}

static inline void rig_wait(struct rig *r)
{
    while (!r->done)
        np_loop_turn(r->loop, -1);
    r->done = false;
}

static inline int rig_write(struct rig *r, struct np_blob_writer *w, struct np_str data,
                            size_t step)
{
    while (data.n > 0) {
        struct np_str part = np_str_sub(data, 0, step);
        int rc = np_blob_write(w, part);
        data = np_str_sub(data, part.n, data.n);
        if (rc == NP_EAGAIN)
            rig_wait(r);
        else if (rc != 0)
            return rc;
    }
    return 0;
}

static inline struct np_blob_writer *rig_begin(struct rig *r, uint64_t id, const uint8_t *sse)
{
    static const unsigned algs[] = {NP_MD5, NP_SHA256, NP_CRC32C};
    struct np_blob_writer *w;
    NP_CHECK(np_blob_begin(r->store, r->loop, id, sse, algs, NP_LEN(algs), &w, NULL) == 0);
    np_blob_on_ready(w, rig_ready, r);
    return w;
}

/* Writes a whole blob, as a service does: bytes, digests, then the commit. */
static inline int rig_put(struct rig *r, uint64_t id, const uint8_t *sse, struct np_str data,
                          size_t step)
{
    struct np_blob_writer *w = rig_begin(r, id, sse);
    rig_write(r, w, data, step);
    np_blob_finish(w, rig_done, r);
    rig_wait(r);
    np_blob_commit(w, rig_done, r);
    rig_wait(r);
    return r->rc;
}

/* Reads a range into out, which has room; *got bytes came before the result. */
static inline int rig_get(struct rig *r, uint64_t id, const uint8_t *sse, uint64_t off, uint64_t n,
                          char *out, size_t *got)
{
    struct np_blob_reader *rd;
    bool end = false;
    int rc = 0;
    *got = 0;
    r->done = false;
    NP_CHECK(np_blob_open(r->store, r->loop, id, sse, off, n, rig_ready, r, &rd, NULL) == 0);
    while (!end) {
        struct np_str data;
        rc = np_blob_read(rd, &data, &end);
        if (rc == NP_EAGAIN) {
            rig_wait(r);
            continue;
        }
        if (rc != 0)
            break;
        NP_CHECK(data.n <= NP_BLOB_FRAME);
        memcpy(out + *got, data.p, data.n);
        *got += data.n;
    }
    np_blob_close(rd);
    return rc;
}

/* Bytes that differ everywhere, so that a swapped or repeated frame shows. */
static inline struct np_str rig_bytes(struct np_arena *a, size_t n, uint64_t seed)
{
    char *p = np_alloc(a, n + 8);
    uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (size_t i = 0; i < n; i += 8) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        memcpy(p + i, &x, 8);
    }
    return np_str_n(p, n);
}

static inline void rig_count_one(void *arg, uint64_t id)
{
    (void)id;
    ++*(size_t *)arg;
}

static inline size_t rig_count(struct rig *r)
{
    size_t n = 0;
    NP_CHECK(np_blobs_each(r->store, 0, UINT64_MAX, rig_count_one, &n, NULL) == 0);
    return n;
}
