/* SPDX-License-Identifier: Apache-2.0 */
/* zone.c - which zone answers, and the records of its apex made ready for authority sections. */
#include "engines/dns/zone.h"

#include "base/arena.h"
#include "engines/dns/rdata.h"

#define FRAGMENT_MAX 2048

static bool is_in_vpc(const struct dns_info *info, struct np_str vpc_id)
{
    for (size_t i = 0; i < info->n_vpcs; i++)
        if (np_str_eq(info->vpcs[i], vpc_id))
            return true;
    return false;
}

struct sought {
    bool is_private;
    struct np_str vpc_id, zone_id;
};

static bool is_sought(const struct dns_info *info, const struct sought *s)
{
    if (s->zone_id.p != NULL)
        return np_str_eq(info->id, s->zone_id);
    if (info->is_private != s->is_private)
        return false;
    return !s->is_private || is_in_vpc(info, s->vpc_id);
}

static const struct dns_zone *find(const struct dns_root *root, const struct sought *s,
                                   const uint8_t *name, size_t n)
{
    for (;;) {
        const struct dns_item *item = dns_table_get(&root->zones, name, n);
        for (size_t i = 0; item != NULL && i < item->n; i++) {
            const struct dns_zone *z = dns_zones_of(item)[i];
            if (is_sought(z->info, s))
                return z;
        }
        if (*name == 0)
            return NULL;
        n -= *name + 1u;
        name += *name + 1;
    }
}

const struct dns_zone *dns_zone_find(const struct dns_root *root, struct np_dns_view view,
                                     struct np_str zone_id, const uint8_t *name, size_t n)
{
    size_t labels = np_dns_name_labels(np_str_n(name, n));
    for (; labels > root->labels_max; labels--) {
        n -= *name + 1u;
        name += *name + 1;
    }
    struct sought s = {.vpc_id = view.vpc_id, .zone_id = zone_id};
    if (view.vpc_id.p != NULL && zone_id.p == NULL) {
        /* A private zone wins even over a public one that matches more of the name. */
        s.is_private = true;
        const struct dns_zone *z = find(root, &s, name, n);
        if (z != NULL)
            return z;
        s.is_private = false;
    }
    return find(root, &s, name, n);
}

/* --- fragments --- */

/* RFC 2308: how long a denial holds. */
static uint32_t ttl_of(const struct dns_set *s, const uint8_t *rr)
{
    size_t n = dns_get16(rr + 10);
    if (s->type != NP_DNS_SOA || n < 4)
        return s->ttl;
    uint32_t minimum = dns_get32(rr + 12 + n - 4);
    return minimum < s->ttl ? minimum : s->ttl;
}

static struct dns_fragment *pack(const struct dns_out *o, size_t begin)
{
    size_t n = o->n - begin, n_pointers = o->pointers->n;
    size_t at = (sizeof(struct dns_fragment) + n + 1) & ~(size_t)1;
    struct dns_fragment *f = np_heap_alloc(at + n_pointers * sizeof(uint16_t));
    f->n = (uint16_t)n;
    f->n_records = o->counts[DNS_AUTHORITY];
    f->n_pointers = (uint16_t)n_pointers;
    f->pointers = (uint16_t *)(void *)((char *)f + at);
    memcpy(f->bytes, o->p + begin, n);
    for (size_t i = 0; i < n_pointers; i++)
        f->pointers[i] = (uint16_t)(o->pointers->at[i] - begin);
    return f;
}

struct dns_fragment *dns_fragment_new(const struct dns_zone *z, uint16_t type)
{
    size_t n = 0;
    const struct dns_set *s = z->apex != NULL ? dns_sets_of(z->apex, type, &n) : NULL;
    if (n != 1 || s->rich != 0)
        return NULL;
    uint8_t room[FRAGMENT_MAX];
    struct dns_pointers pointers = {0};
    struct dns_out o;
    dns_out_init(&o, room, sizeof(room));
    o.n = DNS_HEADER;
    struct np_str name = z->info->name;
    dns_put_name(&o, (const uint8_t *)name.p, name.n);
    size_t begin = o.n;
    o.pointers = &pointers;
    const uint8_t *rr = (const uint8_t *)z->apex + s->data;
    for (unsigned i = 0; i < s->n_rrs; i++, rr += 12 + dns_get16(rr + 10))
        dns_put_rr(&o, DNS_AUTHORITY, &(struct dns_owner){name, DNS_HEADER}, type, ttl_of(s, rr),
                   np_str_n(rr + 12, dns_get16(rr + 10)));
    return o.full || pointers.n > DNS_POINTERS_MAX ? NULL : pack(&o, begin);
}

void dns_fragment_put(struct dns_out *o, const struct dns_fragment *f, const struct dns_zone *z,
                      size_t zone_at)
{
    if (o->full || o->room - o->n < f->n || o->n + f->n > DNS_POINTER_TO_MAX) {
        o->full = true;
        return;
    }
    uint8_t *p = o->p + o->n;
    memcpy(p, f->bytes, f->n);
    size_t name_n = z->info->name.n;
    for (unsigned i = 0; i < f->n_pointers; i++) {
        uint8_t *pointer = p + f->pointers[i];
        size_t to = (dns_get16(pointer) & 0x3fffu) - DNS_HEADER;
        to = to < name_n ? zone_at + to : o->n + to - name_n;
        dns_put16(pointer, (uint16_t)(0xc000 | to));
    }
    o->n += f->n;
    o->counts[DNS_AUTHORITY] = (uint16_t)(o->counts[DNS_AUTHORITY] + f->n_records);
}
