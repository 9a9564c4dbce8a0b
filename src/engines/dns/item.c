/* SPDX-License-Identifier: Apache-2.0 */
/* item.c - a name with its record sets in one block, built anew for each change of it. */
#include "engines/dns/zone.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "engines/dns/rdata.h"

#define RR_FIXED 12 /* owner, type, class, TTL, length */
#define OWNER    (0xc000 | DNS_HEADER)
#define DATA_MAX (1 << 24)

/* A set on its way into a block. */
struct piece {
    struct dns_set set;
    const uint8_t *data;
    const struct dns_rich *rich;
    size_t rich_n;
};

static size_t up8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

static size_t rich_size(const struct dns_rich *r)
{
    return r == NULL ? 0 : sizeof(*r) + r->set_id_n + r->alias_n;
}

const struct dns_set *dns_sets_of(const struct dns_item *item, uint16_t type, size_t *n)
{
    const struct dns_set *s = dns_sets(item), *end = s + item->n;
    while (s < end && s->type != type)
        s++;
    const struct dns_set *first = s;
    while (s < end && s->type == type)
        s++;
    *n = (size_t)(s - first);
    return first;
}

bool dns_item_has(const struct dns_item *item, uint16_t type)
{
    size_t n;
    dns_sets_of(item, type, &n);
    return n != 0;
}

/* --- a set of its description --- */

static void put_records(struct np_buf *b, const struct np_dns_rrset *r)
{
    for (size_t i = 0; i < r->n_rdata; i++) {
        uint8_t fixed[RR_FIXED];
        np_assert(r->rdata[i].n <= UINT16_MAX);
        dns_put16(fixed, OWNER);
        dns_put16(fixed + 2, r->type);
        dns_put16(fixed + 4, DNS_CLASS_IN);
        dns_put32(fixed + 6, r->ttl);
        dns_put16(fixed + 10, (uint16_t)r->rdata[i].n);
        np_buf_add(b, fixed, sizeof(fixed));
        np_buf_str_add(b, r->rdata[i]);
    }
    np_assert(np_buf_ok(b));
}

static bool needs_rich(const struct np_dns_rrset *r)
{
    return r->policy != NP_DNS_SIMPLE || r->alias.p != NULL || r->health_check.p != NULL;
}

static void put_code(char *to, struct np_str code, size_t n)
{
    np_assert(code.n <= n);
    if (code.n != 0)
        memcpy(to, code.p, code.n);
}

static void put_rich(struct dns_flags *f, struct np_buf *b, const struct np_dns_rrset *r)
{
    struct dns_rich rich = {
        .weight = r->weight,
        .spot = r->spot,
        .policy = (uint8_t)r->policy,
        .secondary = r->secondary,
        .evaluate = r->evaluate_health,
        .alias_outside = r->alias_outside,
        .alias_n = (uint8_t)r->alias.n,
        .set_id_n = (uint16_t)r->set_id.n,
    };
    np_assert(r->alias.n <= NP_DNS_NAME_MAX && r->set_id.n <= UINT16_MAX);
    if (r->health_check.p != NULL)
        rich.health = dns_flag_take(f, r->health_check);
    put_code(rich.continent, r->continent, sizeof(rich.continent));
    put_code(rich.country, r->country, sizeof(rich.country));
    put_code(rich.subdivision, r->subdivision, sizeof(rich.subdivision));
    /* Text follows where the struct says it does, not behind its padding. */
    np_buf_add(b, &rich, offsetof(struct dns_rich, text));
    np_buf_str_add(b, r->set_id);
    np_buf_str_add(b, r->alias);
    static const char padding[sizeof(rich)];
    np_buf_add(b, padding, sizeof(rich) - offsetof(struct dns_rich, text));
    np_assert(np_buf_ok(b));
}

/* --- a block of its pieces --- */

static size_t block_size(const struct piece *v, size_t n, size_t name_n)
{
    size_t size = up8(sizeof(struct dns_item) + name_n) + up8(n * sizeof(struct dns_set));
    for (size_t i = 0; i < n; i++)
        size += up8(v[i].rich_n);
    for (size_t i = 0; i < n; i++)
        size += v[i].set.data_n;
    return size;
}

static struct dns_item *block_of(const struct piece *v, size_t n, struct np_str name, uint32_t made,
                                 uint32_t n_below)
{
    struct dns_item *item = np_heap_alloc(block_size(v, n, name.n));
    item->made = made;
    item->n_below = n_below;
    item->n = (uint16_t)n;
    item->name_n = (uint8_t)name.n;
    memcpy(item->name, name.p, name.n);
    struct dns_set *sets = (struct dns_set *)(uintptr_t)dns_sets(item);
    char *base = (char *)item;
    size_t at = (size_t)((char *)sets - base) + up8(n * sizeof(*sets));
    for (size_t i = 0; i < n; i++) {
        sets[i] = v[i].set;
        sets[i].rich = 0;
        if (v[i].rich != NULL) {
            memcpy(base + at, v[i].rich, v[i].rich_n);
            sets[i].rich = (uint32_t)at;
            item->flags |= DNS_ITEM_RICH;
            at += up8(v[i].rich_n);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (sets[i].data_n != 0)
            memcpy(base + at, v[i].data, sets[i].data_n);
        sets[i].data = (uint32_t)at;
        at += sets[i].data_n;
    }
    return item;
}

static struct piece piece_of(const struct dns_item *item, const struct dns_set *s)
{
    const struct dns_rich *r = dns_rich_of(item, s);
    return (struct piece){
        .set = *s, .data = (const uint8_t *)item + s->data, .rich = r, .rich_n = rich_size(r)};
}

/* Order of the sets of a name: type, then set id. */
static int cmp_key(const struct piece *x, uint16_t type, struct np_str set_id)
{
    if (x->set.type != type)
        return x->set.type < type ? -1 : 1;
    return np_str_cmp(dns_set_id(x->rich), set_id);
}

/* The sets of old that stay, which keep their flags, with the new one in its place. */
static size_t gather(const struct dns_item *old, const struct np_dns_rrset *key,
                     const struct piece *add, struct piece *v)
{
    size_t n = 0;
    bool added = add == NULL;
    for (size_t i = 0; old != NULL && i < old->n; i++) {
        struct piece p = piece_of(old, &dns_sets(old)[i]);
        int c = cmp_key(&p, key->type, key->set_id);
        if (c >= 0 && !added) {
            v[n++] = *add;
            added = true;
        }
        if (c == 0)
            continue;
        if (p.rich != NULL)
            dns_flag_again(p.rich->health);
        v[n++] = p;
    }
    if (!added)
        v[n++] = *add;
    return n;
}

struct dns_item *dns_item_edit(struct dns_flags *f, const struct dns_item *old, struct np_str name,
                               uint32_t made, const struct np_dns_rrset *key, bool add)
{
    struct piece few[8], new = {0};
    size_t n_max = (old != NULL ? old->n : 0) + 1u;
    NP_AUTO_HEAP struct piece *many =
        n_max > NP_LEN(few) ? np_heap_alloc(n_max * sizeof(*many)) : NULL;
    struct piece *v = many != NULL ? many : few;
    np_assert(n_max <= UINT16_MAX);
    NP_AUTO_BUF data, rich;
    np_buf_init(&data, NULL, DATA_MAX);
    np_buf_init(&rich, NULL, DATA_MAX);
    if (add) {
        put_records(&data, key);
        if (needs_rich(key))
            put_rich(f, &rich, key);
        new.set = (struct dns_set){.type = key->type,
                                   .n_rrs = (uint16_t)key->n_rdata,
                                   .ttl = key->ttl,
                                   .data_n = (uint32_t)data.n};
        new.data = (const uint8_t *)data.p;
        new.rich = rich.n != 0 ? (const struct dns_rich *)(void *)rich.p : NULL;
        new.rich_n = rich_size(new.rich);
    }
    size_t n = gather(old, key, add ? &new : NULL, v);
    uint32_t n_below = old != NULL ? old->n_below : 0;
    return n == 0 && n_below == 0 ? NULL : block_of(v, n, name, made, n_below);
}

struct dns_item *dns_item_copy(const struct dns_item *old, uint32_t made)
{
    static const struct np_dns_rrset no_key = {0};
    struct np_str name = np_str_n(old->name, old->name_n);
    struct dns_item *item = old->n != 0 ? dns_item_edit(NULL, old, name, made, &no_key, false)
                                        : dns_item_empty(name, made);
    item->n_below = old->n_below;
    item->flags = old->flags;
    return item;
}

struct dns_item *dns_item_empty(struct np_str name, uint32_t made)
{
    return block_of(NULL, 0, name, made, 0);
}

void dns_item_free(void *p)
{
    struct dns_item *item = p;
    for (size_t i = 0; (item->flags & DNS_ITEM_RICH) && i < item->n; i++) {
        const struct dns_rich *r = dns_rich_of(item, &dns_sets(item)[i]);
        if (r != NULL)
            dns_flag_give(r->health);
    }
    np_free(item);
}
