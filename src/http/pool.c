/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - kept-alive connections of the client that wait for the next call. */
#include "base/arena.h"
#include "http/client_int.h"
#include "http/limits.h"

#define IDLE_MAGIC 0x4849444c

struct place {
    struct np_http_pool *pool;
    struct np_node idle; /* of `of_place`, the oldest first */
    size_t n;
    struct np_str key; /* follows the struct */
};

struct idle {
    uint32_t magic;
    struct np_node of_place, of_pool;
    struct place *place;
    struct np_stream *stream;
    uint64_t since_ms;
};

static struct idle *idle_of_pool(struct np_node *n)
{
    return NP_CONTAINER(n, struct idle, of_pool);
}

int np_http_pool_new(struct np_loop *l, const struct np_egress *egress, struct np_http_pool **out,
                     struct np_err *err)
{
    struct np_http_pool *p = np_heap_new(struct np_http_pool);
    p->loop = l;
    p->local = np_http_local(l);
    p->egress = egress;
    p->places = np_map_new();
    p->idle_ms = NP_HTTP_POOL_IDLE_MS;
    np_list_init(&p->idle);
    np_list_init(&p->calls);
    np_list_init(&p->links);
    *out = p;
    return 0;
}

/* Removes it from the pool; the stream is the caller's. */
static struct np_stream *idle_remove(struct idle *i)
{
    struct np_stream *s = i->stream;
    struct place *place = i->place;
    np_list_remove(&i->of_place);
    np_list_remove(&i->of_pool);
    place->pool->n_idle--;
    if (--place->n == 0) {
        np_map_del(place->pool->places, place->key);
        np_free(place);
    }
    i->magic = 0;
    np_free(i);
    return s;
}

static void idle_close(struct idle *i)
{
    struct np_stream *s = idle_remove(i);
    if (np_stream_is_tls(s))
        np_stream_shutdown(s);
    np_stream_close(s);
}

void np_http_pool_free(struct np_http_pool *p)
{
    if (p == NULL)
        return;
    while (!np_list_empty(&p->calls))
        np_http_call_drop(np_http_call_of(p->calls.next));
    while (!np_list_empty(&p->idle))
        idle_close(idle_of_pool(p->idle.next));
    while (!np_list_empty(&p->links))
        np_http2_link_close(p->links.next);
    np_timer_stop(&p->timer);
    np_map_free(p->places, NULL);
    np_free(p);
}

void np_http_pool_set_idle(struct np_http_pool *p, uint64_t idle_ms)
{
    p->idle_ms = idle_ms;
}

size_t np_http_pool_idle(const struct np_http_pool *p)
{
    size_t n = p->n_idle;
    for (const struct np_node *at = p->links.next; at != &p->links; at = at->next)
        n += np_http2_link_is_idle(at);
    return n;
}

struct np_str np_http_pool_key(struct np_arena *a, const struct np_http_call_opts *o)
{
    struct np_buf b;
    np_buf_init(&b, a, sizeof(o->tls) + sizeof(o->to.u) + 2 + o->server_name.n);
    np_buf_char(&b, o->h2 ? '2' : '1');
    np_buf_add(&b, &o->tls, sizeof(o->tls));
    np_buf_add(&b, &o->to.u, o->to.len);
    if (o->tls != NULL)
        np_buf_str_add(&b, o->server_name);
    return np_buf_str(&b);
}

/* Nothing may come on an idle connection but TLS's own messages. */
static void on_idle(void *arg, unsigned events)
{
    struct idle *i = NP_CAST(idle, arg, IDLE_MAGIC);
    char c;
    if (events & (NP_HANGUP | NP_READ_CLOSED) || np_stream_read(i->stream, &c, 1) != NP_EAGAIN)
        idle_close(i);
}

static void on_timer(struct np_timer *t)
{
    struct np_http_pool *p = NP_CONTAINER(t, struct np_http_pool, timer);
    uint64_t now = np_now_ms(p->loop);
    while (!np_list_empty(&p->idle)) {
        struct idle *oldest = idle_of_pool(p->idle.next);
        if (oldest->since_ms + p->idle_ms > now) {
            np_timer_set(p->loop, t, oldest->since_ms + p->idle_ms - now, on_timer);
            return;
        }
        idle_close(oldest);
    }
}

struct np_stream *np_http_pool_take(struct np_http_pool *p, struct np_str key)
{
    struct place *place = np_map_get(p->places, key);
    if (place == NULL)
        return NULL;
    return idle_remove(NP_CONTAINER(place->idle.prev, struct idle, of_place));
}

static struct place *place_of(struct np_http_pool *p, struct np_str key)
{
    struct place *place = np_map_get(p->places, key);
    if (place != NULL)
        return place;
    place = np_heap_alloc(sizeof(*place) + key.n);
    place->pool = p;
    np_list_init(&place->idle);
    memcpy(place + 1, key.p, key.n);
    place->key = np_str_n(place + 1, key.n);
    np_map_put(p->places, place->key, place);
    return place;
}

void np_http_pool_give(struct np_http_pool *p, struct np_str key, struct np_stream *s)
{
    if (p->idle_ms == 0) {
        np_stream_close(s);
        return;
    }
    struct place *place = place_of(p, key);
    struct idle *i = np_heap_new(struct idle);
    *i = (struct idle){
        .magic = IDLE_MAGIC, .place = place, .stream = s, .since_ms = np_now_ms(p->loop)};
    np_list_append(&place->idle, &i->of_place);
    np_list_append(&p->idle, &i->of_pool);
    p->n_idle++;
    np_stream_set_fn(s, on_idle, i);
    if (++place->n > NP_HTTP_POOL_IDLE_MAX)
        idle_close(NP_CONTAINER(place->idle.next, struct idle, of_place));
    if (p->timer.loop == NULL)
        np_timer_set(p->loop, &p->timer, p->idle_ms, on_timer);
}
