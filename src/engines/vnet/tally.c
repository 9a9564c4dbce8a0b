/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c - flows counted, a table for each log.
 *
 * A connection that is let through is seen twice: its first packet when it begins, its counters
 * when it ends. That packet is counted at once, so that a long connection is in the window in which
 * it began; `open` remembers it, for the counters not to count it again. */
#include "engines/vnet/flows_int.h"

#include <stdlib.h>

#include "base/assert.h"

#define ENI_MAX 64

struct key { /* hashed as bytes: zeroed first */
    char eni[ENI_MAX];
    struct vnet_tuple tuple;
    uint8_t protocol, accept, egress;
};

struct row {
    struct key key;
    struct np_vnet_flow flow;
};

struct table {
    struct np_node node;
    struct np_str id;       /* its own */
    struct np_vnet_log log; /* texts of the newest version */
    int64_t start_s;
    struct np_map *rows;
    bool skipped, seen; /* seen: it is still there */
};

struct opened {
    uint64_t packets, bytes;
    int64_t start_s;
};

struct vnet_tally {
    const struct vnet_net *net;
    struct np_node tables;
    struct np_map *open; /* struct opened by key */
    size_t n_rows;
};

struct vnet_tally *vnet_tally_new(void)
{
    struct vnet_tally *t = np_heap_new(struct vnet_tally);
    np_list_init(&t->tables);
    t->open = np_map_new();
    return t;
}

static void table_free(struct vnet_tally *t, struct table *x)
{
    t->n_rows -= np_map_count(x->rows);
    np_list_remove(&x->node);
    np_map_free(x->rows, np_free);
    np_free((void *)(uintptr_t)x->id.p);
    np_free(x);
}

void vnet_tally_free(struct vnet_tally *t)
{
    if (t == NULL)
        return;
    while (!np_list_empty(&t->tables))
        table_free(t, NP_CONTAINER(t->tables.next, struct table, node));
    np_map_free(t->open, np_free);
    np_free(t);
}

/* --- whose --- */

static const struct np_vnet_eni *eni_of(const struct vnet_tally *t, struct np_str id)
{
    const struct np_vnet_vpc *vpc = &t->net->vpc;
    for (size_t i = 0; i < vpc->n_enis; i++)
        if (np_str_eq(vpc->enis[i].id, id))
            return &vpc->enis[i];
    return NULL;
}

static const struct np_vnet_eni *eni_at(const struct vnet_tally *t, struct in_addr ip)
{
    const struct np_vnet_vpc *vpc = &t->net->vpc;
    for (size_t i = 0; i < vpc->n_enis; i++)
        for (size_t k = 0; k < vpc->enis[i].n_addresses; k++)
            if (vpc->enis[i].addresses[k].private_ip.s_addr == ip.s_addr)
                return &vpc->enis[i];
    return NULL;
}

static bool is_about(const struct np_vnet_log *l, const struct np_vnet_eni *e)
{
    if (l->scope == NP_VNET_LOG_VPC)
        return true;
    return np_str_eq(l->of, l->scope == NP_VNET_LOG_SUBNET ? e->subnet_id : e->id);
}

/* --- counting --- */

static struct key key_of(const struct np_vnet_eni *e, const struct vnet_tuple *tuple,
                         uint8_t protocol, bool accept, bool egress)
{
    struct key k;
    memset(&k, 0, sizeof(k));
    memcpy(k.eni, e->id.p, e->id.n < ENI_MAX ? e->id.n : ENI_MAX - 1);
    k.tuple = *tuple;
    k.protocol = protocol;
    k.accept = accept;
    k.egress = egress;
    return k;
}

static struct np_str bytes_of(const struct key *k)
{
    return np_str_n((const char *)k, sizeof(*k));
}

static struct row *row_of(struct vnet_tally *t, struct table *x, const struct key *k,
                          int64_t start_s)
{
    struct row *r = np_map_get(x->rows, bytes_of(k));
    if (r != NULL)
        return r;
    if (t->n_rows >= NP_FLOW_KINDS_MAX) {
        x->skipped = true;
        return NULL;
    }
    r = np_heap_new(struct row);
    r->key = *k;
    r->flow = (struct np_vnet_flow){.eni_id = np_str_of(r->key.eni),
                                    .from = k->tuple.from,
                                    .to = k->tuple.to,
                                    .from_port = k->tuple.from_port,
                                    .to_port = k->tuple.to_port,
                                    .protocol = k->protocol,
                                    .accept = k->accept,
                                    .egress = k->egress,
                                    .start_s = start_s,
                                    .end_s = start_s};
    np_map_put(x->rows, bytes_of(k), r);
    t->n_rows++;
    return r;
}

struct counted {
    uint64_t packets, bytes;
    uint8_t tcp_flags;
    int64_t start_s, end_s;
};

static void count(struct vnet_tally *t, const struct np_vnet_eni *e, const struct key *k,
                  const struct counted *c)
{
    NP_LIST_EACH(node, &t->tables)
    {
        struct table *x = NP_CONTAINER(node, struct table, node);
        if (!(k->accept ? x->log.accept : x->log.reject) || !is_about(&x->log, e))
            continue;
        struct row *r = row_of(t, x, k, c->start_s);
        if (r == NULL)
            continue;
        r->flow.packets += c->packets;
        r->flow.bytes += c->bytes;
        r->flow.tcp_flags |= c->tcp_flags;
        if (c->start_s < r->flow.start_s)
            r->flow.start_s = c->start_s;
        if (c->end_s > r->flow.end_s)
            r->flow.end_s = c->end_s;
    }
}

static void remember(struct vnet_tally *t, const struct key *k, const struct counted *c)
{
    struct opened *o = np_map_get(t->open, bytes_of(k));
    if (o == NULL && np_map_count(t->open) < NP_FLOW_KINDS_MAX) {
        o = np_heap_new(struct opened);
        o->start_s = c->start_s;
        np_map_put(t->open, bytes_of(k), o);
    }
    if (o == NULL)
        return;
    o->packets += c->packets;
    o->bytes += c->bytes;
}

void vnet_tally_packet(struct vnet_tally *t, const struct vnet_packet *p, int64_t now_s)
{
    const struct np_vnet_eni *e = eni_of(t, p->eni_id);
    if (e == NULL)
        return;
    struct key k = key_of(e, &p->tuple, p->protocol, p->accept, p->egress);
    const struct counted c = {.packets = 1,
                              .bytes = p->bytes,
                              .tcp_flags = p->tcp_flags,
                              .start_s = now_s,
                              .end_s = now_s};
    count(t, e, &k, &c);
    if (p->accept)
        remember(t, &k, &c);
}

/* One way of a connection that ended, at one interface. */
static void count_way(struct vnet_tally *t, const struct np_vnet_eni *e,
                      const struct vnet_tuple *tuple, bool egress, const struct vnet_ended *x,
                      int way, int64_t now_s)
{
    struct key k = key_of(e, tuple, x->protocol, true, egress);
    struct opened *o = np_map_del(t->open, bytes_of(&k));
    struct counted c = {.packets = x->packets[way],
                        .bytes = x->bytes[way],
                        .start_s = x->start_s != 0 ? x->start_s
                                   : o != NULL     ? o->start_s
                                                   : now_s,
                        .end_s = now_s};
    if (o != NULL) {
        c.packets -= o->packets < c.packets ? o->packets : c.packets;
        c.bytes -= o->bytes < c.bytes ? o->bytes : c.bytes;
    }
    np_free(o);
    if (c.packets != 0)
        count(t, e, &k, &c);
}

static struct vnet_tuple turned(const struct vnet_tuple *x)
{
    return (struct vnet_tuple){
        .from = x->to, .to = x->from, .from_port = x->to_port, .to_port = x->from_port};
}

/* The end that began sees the addresses of `there`, the other those of `back`. */
void vnet_tally_ended(struct vnet_tally *t, const struct vnet_ended *x, int64_t now_s)
{
    const struct np_vnet_eni *began = eni_at(t, x->there.from);
    const struct np_vnet_eni *other = eni_at(t, x->back.from);
    const struct vnet_tuple there_back = turned(&x->there), back_there = turned(&x->back);
    if (began != NULL) {
        count_way(t, began, &x->there, true, x, 0, now_s);
        count_way(t, began, &there_back, false, x, 1, now_s);
    }
    if (other != NULL) {
        count_way(t, other, &back_there, false, x, 0, now_s);
        count_way(t, other, &x->back, true, x, 1, now_s);
    }
}

void vnet_tally_lost(struct vnet_tally *t)
{
    NP_LIST_EACH(node, &t->tables)
    NP_CONTAINER(node, struct table, node)->skipped = true;
}

/* --- windows --- */

struct gathering {
    struct np_vnet_flow *v;
    size_t n;
};

static int take_row(void *arg, struct np_str key, void *value)
{
    struct gathering *g = arg;
    const struct row *r = value;
    g->v[g->n++] = r->flow;
    return 0;
}

static int by_eni(const void *a, const void *b)
{
    const struct np_vnet_flow *x = a, *y = b;
    const int64_t p[] = {x->start_s, x->accept, y->egress, x->from_port, x->to_port};
    const int64_t q[] = {y->start_s, y->accept, x->egress, y->from_port, y->to_port};
    int rc = np_str_cmp(x->eni_id, y->eni_id);
    for (size_t i = 0; rc == 0 && i < NP_LEN(p); i++)
        rc = p[i] < q[i] ? -1 : p[i] > q[i];
    return rc;
}

static size_t enis_of(const struct vnet_tally *t, const struct np_vnet_log *l, struct np_str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->net->vpc.n_enis; i++)
        if (is_about(l, &t->net->vpc.enis[i]))
            out[n++] = t->net->vpc.enis[i].id;
    return n;
}

static void close_window(struct vnet_tally *t, struct table *x, int64_t end_s,
                         void (*window)(void *arg, const struct np_vnet_window *w), void *arg)
{
    struct np_arena *a = np_arena_new();
    struct gathering g = {np_new_array(a, struct np_vnet_flow, np_map_count(x->rows) + 1), 0};
    struct np_str *enis = np_new_array(a, struct np_str, t->net->vpc.n_enis + 1);
    np_map_each(x->rows, take_row, &g);
    qsort(g.v, g.n, sizeof(*g.v), by_eni);
    const struct np_vnet_window w = {.vpc_id = t->net->vpc.id,
                                     .log_id = x->id,
                                     .start_s = x->start_s,
                                     .end_s = end_s,
                                     .rows = g.v,
                                     .n_rows = g.n,
                                     .enis = enis,
                                     .n_enis = enis_of(t, &x->log, enis),
                                     .skipped = x->skipped};
    window(arg, &w);
    np_arena_free(a);
    t->n_rows -= np_map_count(x->rows);
    np_map_free(x->rows, np_free);
    x->rows = np_map_new();
    x->skipped = false;
    x->start_s = end_s;
}

static int64_t floor_to(int64_t s, unsigned interval_s)
{
    return s - s % (int64_t)interval_s;
}

void vnet_tally_turn(struct vnet_tally *t, int64_t now_s,
                     void (*window)(void *arg, const struct np_vnet_window *w), void *arg)
{
    NP_LIST_EACH(node, &t->tables)
    {
        struct table *x = NP_CONTAINER(node, struct table, node);
        int64_t begin = floor_to(now_s, x->log.interval_s);
        if (begin > x->start_s)
            close_window(t, x, begin, window, arg);
    }
}

/* --- what there is to count --- */

static struct table *table_of(struct vnet_tally *t, const struct np_vnet_log *l, int64_t now_s)
{
    NP_LIST_EACH(node, &t->tables)
    {
        struct table *x = NP_CONTAINER(node, struct table, node);
        if (np_str_eq(x->id, l->id))
            return x;
    }
    struct table *x = np_heap_new(struct table);
    char *id = np_heap_alloc(l->id.n + 1);
    memcpy(id, l->id.p, l->id.n);
    x->id = np_str_n(id, l->id.n);
    x->start_s = now_s;
    x->rows = np_map_new();
    np_list_append(&t->tables, &x->node);
    return x;
}

void vnet_tally_set(struct vnet_tally *t, const struct vnet_net *n, int64_t now_s,
                    void (*window)(void *arg, const struct np_vnet_window *w), void *arg)
{
    t->net = n;
    for (size_t i = 0; i < n->vpc.n_logs; i++) {
        struct table *x = table_of(t, &n->vpc.logs[i], now_s);
        x->log = n->vpc.logs[i];
        x->seen = true;
    }
    NP_LIST_EACH(node, &t->tables)
    {
        struct table *x = NP_CONTAINER(node, struct table, node);
        bool seen = x->seen;
        x->seen = false;
        if (seen)
            continue;
        x->log.of = NP_STR_NULL; /* of a version that is gone: it is about nobody now */
        x->log.scope = NP_VNET_LOG_ENI;
        if (np_map_count(x->rows) != 0)
            close_window(t, x, now_s, window, arg);
        table_free(t, x);
    }
}
