/* SPDX-License-Identifier: Apache-2.0 */
/* disk_int.h - shared by disk.c (which files there are), disk_file.c (what is in one). */
#pragma once

#include <pthread.h>

#include "base/map.h"
#include "engines/edge/disk.h"
#include "engines/edge/fifo.h"
#include "io/job.h"

#define EDGE_NAME_N 16 /* bytes of a file's name; as many digits twice */

struct edge_disk {
    char *dir;
    int lock_fd, log_fd;
    struct np_jobs *jobs;
    struct edge_slab *slab;
    pthread_mutex_t lock;
    struct {
        struct np_map *names; /* name -> item */
        struct edge_fifo fifo;
        uint64_t objects, failures;
        unsigned queued, next_tmp;
        bool scanning, scanned;
    } locked;
};
struct edge_disk_item {
    struct edge_fifo_item item;
    unsigned char name[EDGE_NAME_N];
    bool is_ours; /* written by this process: its body need not be verified */
};

void edge_disk_name(struct np_str key, unsigned char name[EDGE_NAME_N]);
char *edge_disk_path(const struct edge_disk *d, struct np_arena *a, const unsigned char *name);
/* Gives a whole file its name. False: errno. */
bool edge_disk_settle(const struct edge_disk *d, struct np_arena *a, const char *tmp,
                      const unsigned char *name);
char *edge_disk_tmp_path(struct edge_disk *d, struct np_arena *a);
/* A file has its name now; others may have to leave. On a job's thread. */
void edge_disk_add(struct edge_disk *d, const unsigned char *name, uint64_t size, bool is_ours);
void edge_disk_forget(struct edge_disk *d, const unsigned char *name); /* and unlinks it */
bool edge_disk_is_ours(struct edge_disk *d, const unsigned char *name);
void edge_disk_failed(struct edge_disk *d);

/* The object in an open file, with its body in memory or the file as its body; takes fd. NULL: not
 * this key's, or damaged. */
struct edge_object *edge_disk_read(int fd, struct np_str key, struct edge_slab *slab,
                                   bool verify_body);
/* How long the head is, for a body that follows it; slack: room for a longer head later. */
uint64_t edge_disk_head_n(const struct edge_object *o, size_t key_n, bool slack);
/* Writes the head over the first head_n bytes. */
bool edge_disk_write_head(int fd, struct np_str key, const struct edge_object *o, uint64_t head_n,
                          uint64_t body_sum);
/* The sum that the head of an open file tells. */
bool edge_disk_body_sum(int fd, uint64_t *sum);
bool edge_disk_write_all(int fd, const void *p, size_t n, uint64_t at);
