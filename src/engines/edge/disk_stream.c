/* SPDX-License-Identifier: Apache-2.0 */
/* disk_stream.c - the disk tier: a large body, written to its file as it comes. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "engines/edge/disk_int.h"

struct edge_file {
    struct np_job job;
    struct edge_disk *disk;
    struct np_arena *arena;
    struct np_str key;
    struct edge_object *object;
    const char *tmp;
    struct np_digest *digest;
};

static void file_free(struct edge_file *f)
{
    np_digest_free(f->digest);
    edge_object_unref(f->object);
    np_arena_free(f->arena);
    np_free(f);
}

struct edge_file *edge_file_begin(struct edge_disk *d, const struct edge_key *k,
                                  struct edge_object *o)
{
    struct np_arena *a = np_arena_new();
    const char *tmp = edge_disk_tmp_path(d, a);
    int fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        edge_disk_failed(d);
        np_arena_free(a);
        return NULL;
    }
    struct edge_file *f = np_heap_new(struct edge_file);
    f->disk = d;
    f->arena = a;
    f->key = np_str_dup(a, k->text);
    f->tmp = tmp;
    f->object = o;
    edge_object_ref(o);
    f->digest = np_digest_new(NP_XXHASH3);
    o->body->fd = fd;
    o->body->file_off = edge_disk_head_n(o, k->text.n, true);
    return f;
}

bool edge_file_add(struct edge_file *f, struct edge_body *b, struct np_str data)
{
    if (!edge_disk_write_all(b->fd, data.p, data.n, b->file_off + b->file_n)) {
        edge_disk_failed(f->disk);
        return false;
    }
    np_digest_add(f->digest, data.p, data.n);
    b->file_n += data.n;
    b->n = b->file_n;
    return true;
}

bool edge_file_move(struct edge_file *f, struct edge_body *b)
{
    uint64_t n = b->n;
    for (size_t i = 0; i < b->n_chunks; i++) {
        bool ok = edge_file_add(f, b, np_str_n(b->chunks[i]->data, b->chunks[i]->n));
        b->n = n;
        if (!ok) {
            b->file_n = 0; /* memory has it all */
            return false;
        }
    }
    edge_body_drop(b, b->n);
    return true;
}

static void commit_work(struct np_job *j)
{
    struct edge_file *f = NP_CONTAINER(j, struct edge_file, job);
    const struct edge_body *b = f->object->body;
    unsigned char name[EDGE_NAME_N];
    uint64_t sum;
    np_digest_end(f->digest, &sum);
    edge_disk_name(f->key, name);
    if (!edge_disk_write_head(b->fd, f->key, f->object, b->file_off, sum) ||
        !edge_disk_settle(f->disk, f->arena, f->tmp, name)) {
        unlink(f->tmp);
        edge_disk_failed(f->disk);
        return;
    }
    edge_disk_add(f->disk, name, b->file_off + b->n, true);
}

static void commit_done(struct np_job *j)
{
    file_free(NP_CONTAINER(j, struct edge_file, job));
}

void edge_file_commit(struct edge_file *f, struct np_loop *l)
{
    np_job_submit(f->disk->jobs, l, &f->job, commit_work, commit_done);
}

void edge_file_abort(struct edge_file *f)
{
    unlink(f->tmp);
    file_free(f);
}
