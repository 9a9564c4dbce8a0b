/* SPDX-License-Identifier: Apache-2.0 */
/* fill.h - a response on its way from an origin, and who waits for it.
 *
 * A fill runs on the loop of the worker that began it. Viewers of any worker read it as it grows;
 * each worker that has some is woken by one message. A fill that is nobody else's (a method that is
 * not cached, a response that must not be kept) has one viewer, on the same loop.
 */
#pragma once

#include <pthread.h>

#include "engines/edge/edge_int.h"

struct edge_file;
struct np_edge_request;

enum edge_fill_state {
    FILL_WAITS, /* no head yet */
    FILL_GROWS, /* the object has its head, the body comes */
    FILL_DONE,  /* whole */
    FILL_CUT,   /* ended before the body did: viewers must see it */
};

/* The viewers of one worker. */
struct edge_watch {
    struct np_msg msg;
    struct edge_fill *fill;
    struct np_edge_worker *worker;
    struct np_loop *loop;    /* outlives the worker */
    struct np_node requests; /* that worker's */
    struct edge_watch *next; /* the rest under the fill's lock */
    bool posted;
    size_t n;
    uint64_t at, lead; /* what all its viewers have, and what the fastest has */
};

struct edge_fill {
    uint32_t magic;
    unsigned refs;
    pthread_mutex_t lock;
    struct {
        enum edge_fill_state state;
        bool is_private; /* only `owner` may have it */
        bool windowed; /* blocks that all viewers have are dropped, and the origin waits for them */
        bool called;   /* `control` is on its way */
        enum np_edge_result result;
        struct edge_object *object;
        struct edge_watch *watches;
        size_t n_viewers;
    } locked;
    struct np_msg control; /* another worker: look whether anybody waits, and whether to go on */

    /* From here on the leading worker's. */
    struct np_edge_worker *w;
    struct np_loop *loop; /* outlives the worker */
    struct np_node node;
    struct np_arena *arena;
    struct edge_dist *dist;
    const struct edge_behavior *b;
    struct edge_key key;           /* absent text: in no index */
    size_t whole_n;                /* of a range's key: what it has of the whole object's */
    struct np_edge_request *owner; /* who began it, while it is there */
    uint64_t seq;                  /* atomic, like an object's: the moment it began */
    struct edge_object *stale;     /* what is asked about, and served if the origin fails */
    bool background, keep, over, paused, is_head, is_range;
    bool tunnel; /* both streams have left HTTP */
    bool https;  /* of the viewer, for origins that are to be asked alike */

    /* What the origin is asked. */
    struct np_str method, path, query, host; /* host: the viewer's, if it is forwarded */
    struct np_http_field *fields;
    size_t n_fields;
    int64_t body_length;
    struct np_edge_fetch *fetch;
    struct np_edge_fetch_view view;
    const struct np_edge_origin *origin;
    unsigned attempt;
    bool on_second;
    uint64_t begin_ms;
    struct np_timer timer; /* completion */

    struct edge_file *file;
    enum edge_coding { EDGE_IDENTITY, EDGE_GZIP, EDGE_BROTLI } coding;
    struct np_defer later;
    struct edge_encode *encode;
};

/* One reference, the caller's; not started. The request tells what is asked for. */
struct edge_fill *edge_fill_new(struct np_edge_request *rq, const struct edge_key *k, bool shared);
void edge_fill_start(struct edge_fill *f);
/* Instead of starting it: another one is there. */
void edge_fill_discard(struct edge_fill *f);
static inline uint64_t edge_fill_seq(const struct edge_fill *f)
{
    return __atomic_load_n(&f->seq, __ATOMIC_RELAXED);
}
void edge_fill_ref(struct edge_fill *f);
void edge_fill_unref(struct edge_fill *f);
/* The request waits for it: edge_request_wake() is called on its loop, never from inside. */
void edge_fill_attach(struct edge_fill *f, struct np_edge_request *rq);
void edge_fill_detach(struct edge_fill *f, struct np_edge_request *rq);
/* The worker ends. */
void edge_fill_abandon(struct edge_fill *f);
/* A viewer has taken what there is up to its `at`. */
void edge_fill_taken(struct edge_fill *f, struct np_edge_request *rq);
