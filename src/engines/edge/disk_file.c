/* SPDX-License-Identifier: Apache-2.0 */
/* disk_file.c - what is in a file of the disk tier: head, key, fields, body; with sums. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/digest.h"
#include "engines/edge/disk_int.h"

#define HEAD_MAGIC   0x4e504544
#define HEAD_VERSION 1
#define BLOCK        4096
#define SLACK        512
#define READ_BYTES   ((size_t)256 * 1024)

struct head {
    uint32_t magic, version, key_n, text_n;
    uint32_t n_fields, status, compressed, unused;
    int64_t fetched_ms, fresh_until_ms, revalidate_until_ms, error_until_ms, age_s;
    uint64_t seq, body_n, head_n, body_sum;
    uint64_t head_sum; /* of all before, the key and the fields */
};

bool edge_disk_write_all(int fd, const void *p, size_t n, uint64_t at)
{
    const char *from = p;
    while (n > 0) {
        ssize_t done = pwrite(fd, from, n, (off_t)at);
        if (done <= 0)
            return false;
        from += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return true;
}

static bool read_all(int fd, void *p, size_t n, uint64_t at)
{
    char *to = p;
    while (n > 0) {
        ssize_t done = pread(fd, to, n, (off_t)at);
        if (done <= 0)
            return false;
        to += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return true;
}

static uint64_t sum_of(struct np_str bytes)
{
    uint64_t sum;
    np_digest_once(NP_XXHASH3, bytes, &sum);
    return sum;
}

uint64_t edge_disk_head_n(const struct edge_object *o, size_t key_n, bool slack)
{
    uint64_t n = sizeof(struct head) + key_n + o->text_n;
    return slack ? (n + SLACK + BLOCK - 1) / BLOCK * BLOCK : n;
}

/* The sum is taken over the whole block with itself as 0. */
static uint64_t head_sum(char *block, size_t n)
{
    const uint64_t none = 0;
    memcpy(block + offsetof(struct head, head_sum), &none, sizeof(none));
    return sum_of(np_str_n(block, n));
}

bool edge_disk_write_head(int fd, struct np_str key, const struct edge_object *o, uint64_t head_n,
                          uint64_t body_sum)
{
    size_t used = sizeof(struct head) + key.n + o->text_n;
    if (used > head_n)
        return false;
    char *block NP_AUTO_HEAP = np_heap_alloc((size_t)head_n);
    struct head h = {.magic = HEAD_MAGIC,
                     .version = HEAD_VERSION,
                     .key_n = (uint32_t)key.n,
                     .text_n = o->text_n,
                     .n_fields = o->n_fields,
                     .status = o->status,
                     .compressed = o->compressed,
                     .fetched_ms = o->fetched_ms,
                     .fresh_until_ms = o->fresh_until_ms,
                     .revalidate_until_ms = o->revalidate_until_ms,
                     .error_until_ms = o->error_until_ms,
                     .age_s = o->age_s,
                     .seq = __atomic_load_n(&o->seq, __ATOMIC_RELAXED),
                     .body_n = o->body != NULL ? o->body->n : 0,
                     .head_n = head_n,
                     .body_sum = body_sum};
    memcpy(block, &h, sizeof(h));
    memcpy(block + sizeof(h), key.p, key.n);
    memcpy(block + sizeof(h) + key.n, o->text, o->text_n);
    h.head_sum = head_sum(block, used);
    memcpy(block, &h, sizeof(h));
    return edge_disk_write_all(fd, block, (size_t)head_n, 0);
}

bool edge_disk_body_sum(int fd, uint64_t *sum)
{
    struct head h;
    if (!read_all(fd, &h, sizeof(h), 0) || h.magic != HEAD_MAGIC)
        return false;
    *sum = h.body_sum;
    return true;
}

static bool sum_of_file(int fd, uint64_t at, uint64_t n, uint64_t *out)
{
    char *buf NP_AUTO_HEAP = np_heap_realloc(NULL, READ_BYTES);
    struct np_digest *d = np_digest_new(NP_XXHASH3);
    bool ok = true;
    while (n > 0 && ok) {
        size_t take = n < READ_BYTES ? (size_t)n : READ_BYTES;
        ok = read_all(fd, buf, take, at);
        if (ok)
            np_digest_add(d, buf, take);
        at += take;
        n -= take;
    }
    np_digest_end(d, out);
    np_digest_free(d);
    return ok;
}

static bool head_ok(const struct head *h, uint64_t file_n)
{
    uint64_t used = sizeof(*h) + (uint64_t)h->key_n + h->text_n;
    return h->magic == HEAD_MAGIC && h->version == HEAD_VERSION && h->key_n <= NP_EDGE_KEY_MAX &&
           h->text_n <= NP_EDGE_FIELD_BYTES_MAX * 2 && h->head_n >= used && h->head_n <= file_n &&
           h->body_n == file_n - h->head_n;
}

static struct edge_object *object_of(const struct head *h, struct np_str fields)
{
    struct edge_object *o = edge_object_unpack(fields, h->n_fields);
    if (o == NULL)
        return NULL;
    o->status = (uint16_t)h->status;
    o->compressed = h->compressed != 0;
    o->fetched_ms = h->fetched_ms;
    o->fresh_until_ms = h->fresh_until_ms;
    o->revalidate_until_ms = h->revalidate_until_ms;
    o->error_until_ms = h->error_until_ms;
    o->age_s = h->age_s;
    o->seq = h->seq;
    o->on_disk = true;
    o->content_length = (int64_t)h->body_n;
    return o;
}

static bool body_to_memory(int fd, const struct head *h, struct edge_body *b)
{
    struct edge_chunk *c = edge_chunk_new((size_t)h->body_n, b->slab);
    c->n = (uint32_t)h->body_n;
    bool ok =
        read_all(fd, c->data, c->n, h->head_n) && sum_of(np_str_n(c->data, c->n)) == h->body_sum;
    edge_body_take(b, c);
    return ok;
}

static bool body_is_file(int fd, const struct head *h, struct edge_body *b, bool verify)
{
    uint64_t sum = h->body_sum;
    if (verify && (!sum_of_file(fd, h->head_n, h->body_n, &sum) || sum != h->body_sum))
        return false;
    b->fd = fd;
    b->file_off = h->head_n;
    b->n = b->file_n = h->body_n;
    return true;
}

struct edge_object *edge_disk_read(int fd, struct np_str key, struct edge_slab *slab,
                                   bool verify_body)
{
    NP_AUTO_FD own = fd;
    struct head h;
    struct stat st;
    if (fstat(fd, &st) < 0 || !read_all(fd, &h, sizeof(h), 0) ||
        !head_ok(&h, (uint64_t)st.st_size) || h.key_n != key.n)
        return NULL;
    size_t used = sizeof(h) + h.key_n + h.text_n;
    char *block NP_AUTO_HEAP = np_heap_realloc(NULL, used);
    if (!read_all(fd, block, used, 0) || head_sum(block, used) != h.head_sum ||
        !np_str_eq(np_str_n(block + sizeof(h), h.key_n), key))
        return NULL;
    struct edge_object *o = object_of(&h, np_str_n(block + sizeof(h) + h.key_n, h.text_n));
    if (o == NULL)
        return NULL;
    o->body = edge_body_new(slab);
    if (h.body_n == 0)
        return o;
    bool in_memory = h.body_n <= NP_EDGE_MEMORY_OBJECT_MAX;
    if (in_memory ? body_to_memory(fd, &h, o->body) : body_is_file(fd, &h, o->body, verify_body)) {
        if (!in_memory)
            np_fd_take(&own);
        return o;
    }
    edge_object_unref(o);
    return NULL;
}
