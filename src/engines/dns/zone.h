/* SPDX-License-Identifier: Apache-2.0 */
/* zone.h - what is published: zones, their names, the record sets of a name.
 *
 * A name with all its sets is one block of memory that never changes: an item of the zone's table,
 * its sets, then what belongs to them. Private to this folder and its tests.
 */
#pragma once

#include <pthread.h>

#include "engines/dns/dns.h"
#include "engines/dns/table.h"
#include "engines/dns/wire.h"

/* --- health --- */

struct dns_health { /* of a health check; read without a lock */
    bool sick;
    uint32_t refs; /* sets that look at it, under the lock */
    struct dns_flags *of;
    struct np_str id;
};

struct dns_flags {
    pthread_mutex_t lock;
    struct np_map *by_id;
};
void dns_flags_init(struct dns_flags *f);
void dns_flags_fini(struct dns_flags *f);
struct dns_health *dns_flag_take(struct dns_flags *f, struct np_str id);
void dns_flag_again(struct dns_health *flag); /* one more reference */
void dns_flag_give(struct dns_health *flag);
void dns_flag_set(struct dns_flags *f, struct np_str id, bool sick);
static inline bool dns_flag_is_sick(const struct dns_health *flag)
{
    return flag != NULL && __atomic_load_n(&flag->sick, __ATOMIC_RELAXED);
}

/* --- names --- */

#define DNS_ITEM_CUT  1 /* NS below the apex: a delegation */
#define DNS_ITEM_RICH 2 /* a set of it has more than data */

/* More than type, TTL and data: a policy, an alias. Before set id and alias name. */
struct dns_rich {
    struct dns_health *health;
    uint32_t weight;
    struct np_dns_spot spot;
    uint8_t policy;
    bool secondary, evaluate, alias_outside;
    char continent[2], country[2], subdivision[3];
    uint8_t alias_n; /* 0: it has data */
    uint16_t set_id_n;
    char text[];
};

struct dns_set {
    uint16_t type, n_rrs;
    uint32_t ttl;
    uint32_t data, data_n; /* from the item's begin: records whose owner is the question's name */
    uint32_t rich;         /* from the item's begin; 0: none */
};

static inline const struct dns_set *dns_sets(const struct dns_item *item)
{
    size_t at = (sizeof(*item) + item->name_n + 7) & ~(size_t)7;
    return (const struct dns_set *)(const void *)((const char *)item + at);
}
static inline const struct dns_rich *dns_rich_of(const struct dns_item *item,
                                                 const struct dns_set *s)
{
    return s->rich == 0 ? NULL
                        : (const struct dns_rich *)(const void *)((const char *)item + s->rich);
}
static inline struct np_str dns_set_id(const struct dns_rich *r)
{
    return r != NULL ? np_str_n(r->text, r->set_id_n) : NP_STR_NULL;
}
static inline struct np_str dns_alias_of(const struct dns_rich *r)
{
    return np_str_n(r->text + r->set_id_n, r->alias_n);
}
/* The first set of the type, and how many there are, side by side. */
const struct dns_set *dns_sets_of(const struct dns_item *item, uint16_t type, size_t *n);
bool dns_item_has(const struct dns_item *item, uint16_t type);

/* The item with one set more (add), or with another or none instead of that of the key. NULL: it
 * would have none. Old may be NULL. */
struct dns_item *dns_item_edit(struct dns_flags *f, const struct dns_item *old, struct np_str name,
                               uint32_t made, const struct np_dns_rrset *key, bool add);
struct dns_item *dns_item_copy(const struct dns_item *old, uint32_t made);
/* A name that only has others below. */
struct dns_item *dns_item_empty(struct np_str name, uint32_t made);
void dns_item_free(void *item);

/* --- zones --- */

struct dns_info { /* what the versions of a zone share */
    int refs;
    bool is_private, region_first;
    uint64_t order;
    struct np_str id, name;
    struct np_str *vpcs;
    size_t n_vpcs;
    struct np_dns_signer *signer;
};

/* Records of the apex as they stand in an authority section: pointers are put right when it is
 * copied. */
struct dns_fragment {
    uint16_t n, n_records, n_pointers;
    uint16_t *pointers; /* where they are */
    uint8_t bytes[];
};

struct dns_zone {
    uint32_t made;
    size_t cuts;
    struct dns_info *info;
    struct dns_table names;
    const struct dns_item *apex;   /* NULL: no record is there yet */
    struct dns_fragment *ns, *soa; /* NULL: there is none, or it does not fit one */
};

/* Published. Items of `zones` have the zones of a name, the eldest first. */
struct dns_root {
    uint32_t made;
    unsigned labels_max; /* no zone's name has more */
    struct dns_table zones;
};
static inline struct dns_zone **dns_zones_of(const struct dns_item *item)
{
    size_t at = (sizeof(*item) + item->name_n + 7) & ~(size_t)7;
    return (struct dns_zone **)(uintptr_t)((const char *)item + at);
}

struct np_dns {
    uint32_t magic;
    struct np_dns_opts opts;
    struct dns_flags flags;
    struct dns_root *root; /* published */
    /* Of the thread that changes. */
    struct np_map *zones_by_id; /* the newest version of each */
    uint32_t changes;
    uint64_t zones_made;
    bool changing;
};
#define DNS_MAGIC 0x444e5331

/* The zone that answers for the name in that view, the longest match; NULL: none. */
const struct dns_zone *dns_zone_find(const struct dns_root *root, struct np_dns_view view,
                                     struct np_str zone_id, const uint8_t *name, size_t n);

struct dns_fragment *dns_fragment_new(const struct dns_zone *z, uint16_t type);
void dns_fragment_put(struct dns_out *o, const struct dns_fragment *f, const struct dns_zone *z,
                      size_t zone_at);
