/* SPDX-License-Identifier: Apache-2.0 */
/* change.c - a change of zones: what it touches is copied, the rest is shared with the version that
 * readers see, and one store of the root shows all of it. */
#include "engines/dns/zone.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "engines/dns/rdata.h"
#include "engines/dns/signer.h"

struct np_dns_change {
    struct np_dns *dns;
    struct dns_made made;
    struct dns_root *root;
    struct dns_zone **zones; /* that it made */
    size_t n_zones, room;
};

static struct np_str name_of(const struct dns_item *item)
{
    return np_str_n(item->name, item->name_n);
}

static struct np_str parent_of(struct np_str name)
{
    size_t label = (uint8_t)name.p[0] + 1u;
    return np_str_n(name.p + label, name.n - label);
}

/* --- the versions of a zone --- */

static char *put_copy(char **at, struct np_str *to, struct np_str from)
{
    memcpy(*at, from.p, from.n);
    *to = np_str_n(*at, from.n);
    return *at += from.n;
}

static struct dns_info *info_new(const struct np_dns_zone *z, uint64_t order)
{
    size_t bytes = z->id.n + z->name.n;
    for (size_t i = 0; i < z->n_vpcs; i++)
        bytes += z->vpcs[i].n;
    struct dns_info *info = np_heap_alloc(sizeof(*info) + z->n_vpcs * sizeof(*z->vpcs) + bytes);
    info->refs = 1;
    info->is_private = z->is_private;
    info->region_first = z->region_first;
    info->order = order;
    info->vpcs = (struct np_str *)(info + 1);
    info->n_vpcs = z->n_vpcs;
    char *at = (char *)(info->vpcs + z->n_vpcs);
    put_copy(&at, &info->id, z->id);
    put_copy(&at, &info->name, z->name);
    for (size_t i = 0; i < z->n_vpcs; i++)
        put_copy(&at, &info->vpcs[i], z->vpcs[i]);
    info->signer = np_dns_signer_ref(z->signer);
    return info;
}

static void info_unref(struct dns_info *info)
{
    if (__atomic_sub_fetch(&info->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    np_dns_signer_unref(info->signer);
    np_free(info);
}

static void zone_free(void *p)
{
    struct dns_zone *z = p;
    info_unref(z->info);
    np_free(z->ns);
    np_free(z->soa);
    np_free(z);
}

static void note_zone(struct np_dns_change *c, struct dns_zone *z)
{
    if (c->n_zones == c->room) {
        c->room = c->room * 2 + 4;
        c->zones = np_heap_realloc(c->zones, c->room * sizeof(struct dns_zone *));
    }
    c->zones[c->n_zones++] = z;
}

static void forget_zone(struct np_dns_change *c, const struct dns_zone *z)
{
    for (size_t i = 0; i < c->n_zones; i++)
        if (c->zones[i] == z)
            c->zones[i--] = c->zones[--c->n_zones];
}

/* --- the zones of a name --- */

static struct dns_item *zones_item(const struct np_dns_change *c, struct np_str name, size_t n)
{
    size_t at = (sizeof(struct dns_item) + name.n + 7) & ~(size_t)7;
    struct dns_item *item = np_heap_alloc(at + n * sizeof(struct dns_zone *));
    item->made = c->made.number;
    item->n = (uint16_t)n;
    item->name_n = (uint8_t)name.n;
    memcpy(item->name, name.p, name.n);
    return item;
}

static void put_zones_item(struct np_dns_change *c, struct dns_item *item)
{
    struct dns_item *old = dns_table_put(&c->root->zones, &c->made, item);
    if (old != NULL)
        dns_drop(&c->made, old->made, old, np_free);
}

/* The zones of the name with `old` (NULL: none) replaced by `new` (NULL: gone). */
static void swap_zone(struct np_dns_change *c, struct np_str name, const struct dns_zone *old,
                      struct dns_zone *new)
{
    const uint8_t *key = (const uint8_t *)name.p;
    const struct dns_item *was = dns_table_get(&c->root->zones, key, name.n);
    size_t n_was = was != NULL ? was->n : 0, n = n_was + (new != NULL) - (old != NULL);
    if (n == 0) {
        struct dns_item *gone = dns_table_del(&c->root->zones, &c->made, key, name.n);
        dns_drop(&c->made, gone->made, gone, np_free);
        return;
    }
    struct dns_item *item = zones_item(c, name, n);
    struct dns_zone **to = dns_zones_of(item);
    for (size_t i = 0; i < n_was; i++) {
        struct dns_zone *z = dns_zones_of(was)[i];
        if (z != old)
            *to++ = z;
        else if (new != NULL)
            *to++ = new;
    }
    if (old == NULL)
        *to = new;
    put_zones_item(c, item);
}

static struct dns_zone *find_zone(const struct np_dns_change *c, struct np_str id)
{
    return np_map_get(c->dns->zones_by_id, id);
}

/* The zone as this change may write it. */
static struct dns_zone *own_zone(struct np_dns_change *c, struct np_str id)
{
    struct dns_zone *old = find_zone(c, id);
    np_assert(old != NULL);
    if (old->made == c->made.number)
        return old;
    struct dns_zone *z = np_heap_new(struct dns_zone);
    *z = *old;
    z->made = c->made.number;
    z->ns = z->soa = NULL;
    __atomic_add_fetch(&z->info->refs, 1, __ATOMIC_RELAXED);
    np_map_put(c->dns->zones_by_id, z->info->id, z);
    swap_zone(c, z->info->name, old, z);
    dns_drop(&c->made, old->made, old, zone_free);
    note_zone(c, z);
    return z;
}

static struct dns_zone *new_zone(struct np_dns_change *c, const struct np_dns_zone *put)
{
    struct dns_zone *z = np_heap_new(struct dns_zone);
    z->made = c->made.number;
    z->info = info_new(put, c->dns->zones_made++);
    np_map_put(c->dns->zones_by_id, put->id, z);
    swap_zone(c, put->name, NULL, z);
    note_zone(c, z);
    unsigned labels = (unsigned)np_dns_name_labels(put->name);
    if (labels > c->root->labels_max)
        c->root->labels_max = labels;
    return z;
}

void np_dns_zone_put(struct np_dns_change *c, const struct np_dns_zone *put)
{
    if (find_zone(c, put->id) == NULL) {
        new_zone(c, put);
        return;
    }
    struct dns_zone *z = own_zone(c, put->id);
    np_assert(np_str_eq(z->info->name, put->name));
    struct dns_info *info = info_new(put, z->info->order);
    info_unref(z->info);
    z->info = info;
}

static void drop_item(void *made, struct dns_item *item)
{
    dns_drop(made, item->made, item, dns_item_free);
}

void np_dns_zone_remove(struct np_dns_change *c, struct np_str zone_id)
{
    struct dns_zone *z = find_zone(c, zone_id);
    if (z == NULL)
        return;
    np_map_del(c->dns->zones_by_id, zone_id);
    swap_zone(c, z->info->name, z, NULL);
    forget_zone(c, z);
    dns_table_each(&z->names, drop_item, &c->made);
    struct dns_table names = z->names;
    dns_table_drop(&names, &c->made);
    dns_drop(&c->made, z->made, z, zone_free);
}

/* --- names of a zone --- */

static struct dns_item *get_item(const struct dns_zone *z, struct np_str name)
{
    return dns_table_get(&z->names, (const uint8_t *)name.p, name.n);
}

static void put_item(struct np_dns_change *c, struct dns_zone *z, struct dns_item *item)
{
    if (item->name_n == z->info->name.n)
        z->apex = item;
    struct dns_item *old = dns_table_put(&z->names, &c->made, item);
    if (old != NULL)
        drop_item(&c->made, old);
}

static void del_item(struct np_dns_change *c, struct dns_zone *z, struct np_str name)
{
    if (name.n == z->info->name.n)
        z->apex = NULL;
    drop_item(&c->made, dns_table_del(&z->names, &c->made, (const uint8_t *)name.p, name.n));
}

/* Says to the name above that there is one more below, down to the apex as far as names are new. */
static void add_below(struct np_dns_change *c, struct dns_zone *z, struct np_str name)
{
    while (name.n > z->info->name.n) {
        name = parent_of(name);
        struct dns_item *old = get_item(z, name), *item = old;
        if (old == NULL)
            item = dns_item_empty(name, c->made.number);
        else if (old->made != c->made.number)
            item = dns_item_copy(old, c->made.number);
        item->n_below++;
        if (item != old)
            put_item(c, z, item);
        if (old != NULL)
            return;
    }
}

static void remove_below(struct np_dns_change *c, struct dns_zone *z, struct np_str name)
{
    while (name.n > z->info->name.n) {
        name = parent_of(name);
        struct dns_item *item = get_item(z, name);
        if (item->n_below == 1 && item->n == 0) {
            del_item(c, z, name);
            continue;
        }
        if (item->made != c->made.number) {
            item = dns_item_copy(item, c->made.number);
            put_item(c, z, item);
        }
        item->n_below--;
        return;
    }
}

/* A delegation: not of the zone itself, and a wildcard is none. */
static void mark_cut(struct dns_zone *z, const struct dns_item *old, struct dns_item *item)
{
    bool was = old != NULL && (old->flags & DNS_ITEM_CUT);
    bool is = item != NULL && item->name_n > z->info->name.n &&
              !(item->name[0] == 1 && item->name[1] == '*') && dns_item_has(item, NP_DNS_NS);
    if (is)
        item->flags |= DNS_ITEM_CUT;
    z->cuts = z->cuts + is - was;
}

void np_dns_rrset_put(struct np_dns_change *c, struct np_str zone_id, const struct np_dns_rrset *r)
{
    struct dns_zone *z = own_zone(c, zone_id);
    np_assert(np_dns_name_under(r->name, z->info->name));
    np_assert(r->n_rdata <= UINT16_MAX && (r->alias.p != NULL) == (r->n_rdata == 0));
    const struct dns_item *old = get_item(z, r->name);
    bool is_new = old == NULL;
    struct dns_item *item = dns_item_edit(&c->dns->flags, old, r->name, c->made.number, r, true);
    mark_cut(z, old, item);
    put_item(c, z, item);
    if (is_new)
        add_below(c, z, name_of(item));
}

static bool has_set(const struct dns_item *item, uint16_t type, struct np_str set_id)
{
    size_t n;
    const struct dns_set *s = dns_sets_of(item, type, &n);
    for (size_t i = 0; i < n; i++)
        if (np_str_cmp(dns_set_id(dns_rich_of(item, &s[i])), set_id) == 0)
            return true;
    return false;
}

void np_dns_rrset_remove(struct np_dns_change *c, struct np_str zone_id, struct np_str name,
                         uint16_t type, struct np_str set_id)
{
    const struct dns_zone *seen = find_zone(c, zone_id);
    const struct dns_item *old = seen != NULL ? get_item(seen, name) : NULL;
    if (old == NULL || !has_set(old, type, set_id))
        return;
    struct dns_zone *z = own_zone(c, zone_id);
    struct np_dns_rrset key = {.type = type, .set_id = set_id};
    struct dns_item *item = dns_item_edit(&c->dns->flags, old, name, c->made.number, &key, false);
    mark_cut(z, old, item);
    if (item != NULL) {
        put_item(c, z, item);
        return;
    }
    del_item(c, z, name);
    remove_below(c, z, name);
}

/* --- begin and commit --- */

struct np_dns_change *np_dns_begin(struct np_dns *d)
{
    np_assert(!d->changing);
    d->changing = true;
    struct np_dns_change *c = np_heap_new(struct np_dns_change);
    c->dns = d;
    c->made.number = ++d->changes;
    c->root = np_heap_new(struct dns_root);
    *c->root = *d->root;
    c->root->made = c->made.number;
    return c;
}

void np_dns_commit(struct np_dns_change *c)
{
    struct np_dns *d = c->dns;
    for (size_t i = 0; i < c->n_zones; i++) {
        struct dns_zone *z = c->zones[i];
        z->ns = dns_fragment_new(z, NP_DNS_NS);
        z->soa = dns_fragment_new(z, NP_DNS_SOA);
    }
    struct dns_root *old = d->root;
    np_rcu_set(&d->root, c->root);
    dns_drop(&c->made, old->made, old, np_free);
    np_rcu_batch_fini(&c->made.retired);
    np_free(c->zones);
    np_free(c);
    d->changing = false;
}

struct np_dns *np_dns_new(const struct np_dns_opts *opts)
{
    struct np_dns *d = np_heap_new(struct np_dns);
    d->magic = DNS_MAGIC;
    d->opts = *opts;
    dns_flags_init(&d->flags);
    d->zones_by_id = np_map_new();
    d->root = np_heap_new(struct dns_root);
    return d;
}

static int note_id(void *arg, struct np_str id, void *zone)
{
    (void)id;
    note_zone(arg, zone);
    return 0;
}

void np_dns_free(struct np_dns *d)
{
    if (d == NULL)
        return;
    struct np_dns_change all = {.dns = d}, *c = np_dns_begin(d);
    np_map_each(d->zones_by_id, note_id, &all);
    for (size_t i = 0; i < all.n_zones; i++)
        np_dns_zone_remove(c, all.zones[i]->info->id);
    np_free(all.zones);
    np_dns_commit(c);
    np_rcu_barrier();
    np_free(d->root);
    np_map_free(d->zones_by_id, NULL);
    dns_flags_fini(&d->flags);
    np_free(d);
}
