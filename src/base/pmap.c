/* SPDX-License-Identifier: Apache-2.0 */
/* pmap.c - a hash array mapped trie: a node takes five bits of the hash and holds only the slots
 * in use, each a leaf or a node below.
 *
 * Below the last bit of the hash stand buckets, nodes whose slots are leaves that are searched one
 * by one. A node below the root never holds a single leaf and nothing else: the leaf moves up.
 */
#include "base/pmap.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"
#include "base/pmap_int.h"

#define HASH_BITS 64
#define STEP_BITS 5

struct np_pmap {
    uint32_t used;   /* which of 32 slots there are; in a bucket how many */
    uint32_t leaves; /* which of them are leaves */
    size_t count;    /* of entries here and below */
    void *slots[];
};

struct leaf {
    uint64_t hash;
    void *value;
    size_t key_n;
    char key[];
};

struct change {
    const struct np_pmap_ops *ops;
    uint64_t hash;
    struct np_str key;
    void *value; /* NULL: remove */
};

/* By hand, because the plain x86-64 instruction set has no such instruction. */
static inline unsigned bits_in(uint32_t v)
{
    v -= v >> 1 & 0x55555555;
    v = (v & 0x33333333) + (v >> 2 & 0x33333333);
    v = (v + (v >> 4)) & 0x0f0f0f0f;
    return v * 0x01010101 >> 24;
}

static inline uint32_t bit_of(uint64_t hash, unsigned shift)
{
    return UINT32_C(1) << (hash >> shift & 31);
}

static inline unsigned slot_of(const struct np_pmap *node, uint32_t bit)
{
    return bits_in(node->used & (bit - 1));
}

static inline bool leaf_is(const struct leaf *l, uint64_t hash, struct np_str key)
{
    return l->hash == hash && l->key_n == key.n && (key.n == 0 || !memcmp(l->key, key.p, key.n));
}

/* Slot of the key in a bucket, or `used` if it is not there. */
static unsigned bucket_slot(const struct np_pmap *node, uint64_t hash, struct np_str key)
{
    unsigned i = 0;
    while (i < node->used && !leaf_is(node->slots[i], hash, key))
        i++;
    return i;
}

void *np_pmap_get_hashed(const struct np_pmap *m, uint64_t hash, struct np_str key)
{
    if (m == NULL)
        return NULL;
    for (unsigned shift = 0; shift < HASH_BITS; shift += STEP_BITS) {
        uint32_t bit = bit_of(hash, shift);
        if ((m->used & bit) == 0)
            return NULL;
        const void *slot = m->slots[slot_of(m, bit)];
        if ((m->leaves & bit) != 0) {
            const struct leaf *l = slot;
            return leaf_is(l, hash, key) ? l->value : NULL;
        }
        m = slot;
    }
    unsigned i = bucket_slot(m, hash, key);
    return i < m->used ? ((const struct leaf *)m->slots[i])->value : NULL;
}

void *np_pmap_get(const struct np_pmap *m, struct np_str key)
{
    return m != NULL ? np_pmap_get_hashed(m, np_hash(key), key) : NULL;
}

size_t np_pmap_count(const struct np_pmap *m)
{
    return m != NULL ? m->count : 0;
}

static struct leaf *leaf_new(const struct change *c)
{
    struct leaf *l = np_heap_alloc(sizeof(*l) + c->key.n);
    l->hash = c->hash;
    l->value = c->value;
    l->key_n = c->key.n;
    if (c->key.n != 0)
        memcpy(l->key, c->key.p, c->key.n);
    return l;
}

static struct np_pmap *node_new(uint32_t used, uint32_t leaves, size_t count, unsigned slots)
{
    struct np_pmap *n = np_heap_alloc(sizeof(*n) + slots * sizeof(void *));
    n->used = used;
    n->leaves = leaves;
    n->count = count;
    return n;
}

static unsigned slots_in(const struct np_pmap *node, unsigned shift)
{
    return shift < HASH_BITS ? bits_in(node->used) : node->used;
}

/* A copy of `node` with slot i replaced. */
static struct np_pmap *with_slot(const struct np_pmap *node, unsigned shift, unsigned i, void *slot)
{
    unsigned n = slots_in(node, shift);
    struct np_pmap *copy = node_new(node->used, node->leaves, node->count, n);
    memcpy(copy->slots, node->slots, n * sizeof(void *));
    copy->slots[i] = slot;
    return copy;
}

/* A copy with a leaf put in before slot i. `bit` is its bit; a bucket counts up instead. */
static struct np_pmap *with_leaf(const struct np_pmap *node, unsigned shift, unsigned i,
                                 uint32_t bit, struct leaf *leaf)
{
    unsigned n = slots_in(node, shift);
    struct np_pmap *copy = node_new(node->used + bit, node->leaves | bit, node->count + 1, n + 1);
    memcpy(copy->slots, node->slots, i * sizeof(void *));
    copy->slots[i] = leaf;
    memcpy(copy->slots + i + 1, node->slots + i, (n - i) * sizeof(void *));
    return copy;
}

/* A copy without the leaf in slot i; NULL when it was the last. */
static struct np_pmap *without_leaf(const struct np_pmap *node, unsigned shift, unsigned i,
                                    uint32_t bit)
{
    unsigned n = slots_in(node, shift);
    if (n == 1)
        return NULL;
    struct np_pmap *copy = node_new(node->used - bit, node->leaves & ~bit, node->count - 1, n - 1);
    memcpy(copy->slots, node->slots, i * sizeof(void *));
    memcpy(copy->slots + i, node->slots + i + 1, (n - i - 1) * sizeof(void *));
    return copy;
}

/* The node that holds two leaves of different keys, as deep as it takes to tell them apart. */
static struct np_pmap *pair(struct leaf *a, struct leaf *b, unsigned shift)
{
    if (shift >= HASH_BITS) {
        struct np_pmap *bucket = node_new(2, 0, 2, 2);
        bucket->slots[0] = a;
        bucket->slots[1] = b;
        return bucket;
    }
    uint32_t bit_a = bit_of(a->hash, shift), bit_b = bit_of(b->hash, shift);
    if (bit_a == bit_b) {
        struct np_pmap *single = node_new(bit_a, 0, 2, 1);
        single->slots[0] = pair(a, b, shift + STEP_BITS);
        return single;
    }
    struct np_pmap *both = node_new(bit_a | bit_b, bit_a | bit_b, 2, 2);
    both->slots[bit_a > bit_b] = a;
    both->slots[bit_a < bit_b] = b;
    return both;
}

static void retire(const struct change *c, void *p)
{
    c->ops->retire(c->ops->arg, p, np_free);
}

static void retire_leaf(const struct change *c, struct leaf *l)
{
    if (c->ops->free_value != NULL)
        c->ops->retire(c->ops->arg, l->value, c->ops->free_value);
    retire(c, l);
}

/* The key's own leaf is in slot i: replaces or removes it. */
static struct np_pmap *change_leaf(struct np_pmap *node, unsigned shift, unsigned i, uint32_t bit,
                                   const struct change *c)
{
    struct leaf *old = node->slots[i];
    struct np_pmap *copy;
    if (old->value == c->value)
        return node;
    if (c->value == NULL)
        copy = without_leaf(node, shift, i, bit);
    else
        copy = with_slot(node, shift, i, leaf_new(c));
    retire_leaf(c, old);
    retire(c, node);
    return copy;
}

static struct np_pmap *add_leaf(struct np_pmap *node, unsigned shift, unsigned i, uint32_t bit,
                                const struct change *c)
{
    if (c->value == NULL)
        return node;
    struct np_pmap *copy = with_leaf(node, shift, i, bit, leaf_new(c));
    retire(c, node);
    return copy;
}

/* Another key's leaf is in the way: both move one node down. */
static struct np_pmap *split_leaf(struct np_pmap *node, unsigned shift, unsigned i, uint32_t bit,
                                  const struct change *c)
{
    if (c->value == NULL)
        return node;
    struct np_pmap *below = pair(node->slots[i], leaf_new(c), shift + STEP_BITS);
    struct np_pmap *copy = with_slot(node, shift, i, below);
    copy->leaves &= ~bit;
    copy->count++;
    retire(c, node);
    return copy;
}

/* Returns the node that takes the place of `node`: itself if nothing changed, NULL if empty. */
static struct np_pmap *change_node(struct np_pmap *node, unsigned shift, const struct change *c)
{
    if (shift >= HASH_BITS) {
        unsigned i = bucket_slot(node, c->hash, c->key);
        /* A bucket has no bits: 1 makes `used` count. */
        return i < node->used ? change_leaf(node, shift, i, 1, c) : add_leaf(node, shift, i, 1, c);
    }
    uint32_t bit = bit_of(c->hash, shift);
    unsigned i = slot_of(node, bit);
    if ((node->used & bit) == 0)
        return add_leaf(node, shift, i, bit, c);
    if ((node->leaves & bit) != 0) {
        if (leaf_is(node->slots[i], c->hash, c->key))
            return change_leaf(node, shift, i, bit, c);
        return split_leaf(node, shift, i, bit, c);
    }

    struct np_pmap *old = node->slots[i];
    size_t old_count = old->count;
    struct np_pmap *below = change_node(old, shift + STEP_BITS, c);
    if (below == old)
        return node;
    struct np_pmap *copy = with_slot(node, shift, i, below);
    copy->count = node->count - old_count + below->count;
    if (below->count == 1) {
        copy->slots[i] = below->slots[0];
        copy->leaves |= bit;
        np_free(below); /* no reader ever saw it */
    }
    retire(c, node);
    return copy;
}

struct np_pmap *np_pmap_set_hashed(struct np_pmap *m, const struct np_pmap_ops *ops, uint64_t hash,
                                   struct np_str key, void *value)
{
    struct change c = {.ops = ops, .hash = hash, .key = key, .value = value};
    if (m != NULL)
        return change_node(m, 0, &c);
    if (value == NULL)
        return NULL;
    uint32_t bit = bit_of(hash, 0);
    m = node_new(bit, bit, 1, 1);
    m->slots[0] = leaf_new(&c);
    return m;
}

struct np_pmap *np_pmap_set(struct np_pmap *m, const struct np_pmap_ops *ops, struct np_str key,
                            void *value)
{
    return np_pmap_set_hashed(m, ops, np_hash(key), key, value);
}

static bool slot_is_leaf(uint32_t used_bits_left, const struct np_pmap *node, unsigned shift)
{
    return shift >= HASH_BITS || (node->leaves & used_bits_left & -used_bits_left) != 0;
}

struct visit {
    int (*fn)(void *arg, struct np_str key, void *value);
    void *arg;
};

static int visit_node(const struct np_pmap *node, unsigned shift, const struct visit *v)
{
    unsigned n = slots_in(node, shift);
    uint32_t bits = node->used;
    int rc = 0;
    for (unsigned i = 0; i < n && rc == 0; i++, bits &= bits - 1) {
        if (!slot_is_leaf(bits, node, shift)) {
            rc = visit_node(node->slots[i], shift + STEP_BITS, v);
            continue;
        }
        const struct leaf *l = node->slots[i];
        rc = v->fn(v->arg, np_str_n(l->key, l->key_n), l->value);
    }
    return rc;
}

int np_pmap_each(const struct np_pmap *m, int (*fn)(void *arg, struct np_str key, void *value),
                 void *arg)
{
    struct visit v = {fn, arg};
    return m != NULL ? visit_node(m, 0, &v) : 0;
}

static void free_node(struct np_pmap *node, unsigned shift, const struct np_pmap_ops *ops)
{
    unsigned n = slots_in(node, shift);
    uint32_t bits = node->used;
    for (unsigned i = 0; i < n; i++, bits &= bits - 1) {
        if (!slot_is_leaf(bits, node, shift)) {
            free_node(node->slots[i], shift + STEP_BITS, ops);
            continue;
        }
        struct leaf *l = node->slots[i];
        if (ops->free_value != NULL)
            ops->free_value(l->value);
        np_free(l);
    }
    np_free(node);
}

void np_pmap_free(struct np_pmap *m, const struct np_pmap_ops *ops)
{
    if (m != NULL)
        free_node(m, 0, ops);
}
