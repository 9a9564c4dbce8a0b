/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - one query to one answer: the zone, the name in it, the sets, what goes beside them.
 *
 * AWS: a positive answer has the zone's NS records in its authority section, a negative one the SOA
 * record, and addresses of names in MX, NS and SRV records of the answer are added as far as the
 * zone has them (tests/unit/engines/dns/answer_test.c).
 */
#include "base/assert.h"
#include "base/auto.h"
#include "engines/dns/ask.h"
#include "engines/dns/rdata.h"

#define TYPE_TKEY  249
#define TYPE_MAILA 254
#define OPT_FIXED  11

/* Where the name leads in its zone. */
enum lead { LEAD_NAME, LEAD_WILDCARD, LEAD_NOTHING, LEAD_AWAY };

static const uint8_t *bytes_of(const struct dns_owner *s)
{
    return (const uint8_t *)s->name.p;
}

static const struct dns_item *get(const struct dns_zone *z, const uint8_t *name, size_t n)
{
    return dns_table_get(&z->names, name, n);
}

/* --- where a name leads --- */

/* The topmost delegation at or above the name. */
static const struct dns_item *find_cut(const struct dns_zone *z, const struct dns_owner *s)
{
    uint16_t below[NP_DNS_LABELS_MAX]; /* where suffixes begin that are longer than the zone */
    size_t n = 0;
    for (size_t at = 0; s->name.n - at > z->info->name.n; at += bytes_of(s)[at] + 1u)
        below[n++] = (uint16_t)at;
    while (n-- > 0) {
        const struct dns_item *item = get(z, bytes_of(s) + below[n], s->name.n - below[n]);
        if (item == NULL)
            return NULL;
        if (item->flags & DNS_ITEM_CUT)
            return item;
    }
    return NULL;
}

/* RFC 4592: the wildcard below the closest name that exists. */
static const struct dns_item *find_wildcard(const struct dns_zone *z, const struct dns_owner *s)
{
    uint8_t name[NP_DNS_NAME_MAX + 2] = {1, '*'};
    size_t at = 0;
    do {
        at += bytes_of(s)[at] + 1u;
    } while (s->name.n - at > z->info->name.n && get(z, bytes_of(s) + at, s->name.n - at) == NULL);
    size_t n = s->name.n - at;
    if (n + 2 > NP_DNS_NAME_MAX)
        return NULL;
    memcpy(name + 2, bytes_of(s) + at, n);
    return get(z, name, n + 2);
}

static enum lead find_lead(const struct dns_zone *z, const struct dns_owner *s, uint16_t type,
                           const struct dns_item **item)
{
    if (z->cuts != 0) {
        *item = find_cut(z, s);
        /* DS of a delegation is the parent's. */
        if (*item != NULL && !(type == NP_DNS_DS && (*item)->name_n == s->name.n))
            return LEAD_AWAY;
    }
    *item = get(z, bytes_of(s), s->name.n);
    if (*item != NULL)
        return LEAD_NAME;
    if (s->name.n > z->info->name.n)
        *item = find_wildcard(z, s);
    return *item != NULL ? LEAD_WILDCARD : LEAD_NOTHING;
}

/* --- records --- */

static size_t rr_size(const uint8_t *rr)
{
    return 12u + dns_get16(rr + 10);
}

static struct np_str rdata_at(const uint8_t *rr)
{
    return np_str_n(rr + 12, dns_get16(rr + 10));
}

static void sign_set(struct dns_ask *ask, enum dns_section section, const struct dns_owner *owner,
                     uint32_t ttl, const struct dns_chosen *v, size_t n)
{
    size_t n_all = 0;
    struct np_strs all = {.set = true};
    for (size_t i = 0; i < n; i++)
        n_all += v[i].set->n_rrs;
    NP_AUTO_HEAP struct np_str *rdata = np_heap_alloc(n_all * sizeof(*rdata));
    for (size_t i = 0; i < n; i++) {
        const uint8_t *rr = (const uint8_t *)v[i].item + v[i].set->data;
        for (unsigned k = 0; k < v[i].set->n_rrs; k++, rr += rr_size(rr))
            rdata[all.n++] = rdata_at(rr);
    }
    all.v = rdata;
    dns_put_signature(ask, section, owner, v->set->type, ttl, &all);
}

static void put_records(struct dns_out *o, enum dns_section section, const struct dns_owner *owner,
                        const struct dns_set *set, uint32_t ttl, struct np_str run)
{
    for (size_t at = 0; at < run.n;) {
        const uint8_t *rr = (const uint8_t *)run.p + at;
        dns_put_rr(o, section, owner, set->type, ttl, rdata_at(rr));
        at += rr_size(rr);
    }
}

/* A set, beginning anywhere: AWS gives the values of a simple set in any order. */
static void put_set(struct dns_ask *ask, enum dns_section section, const struct dns_owner *owner,
                    const struct dns_chosen *c)
{
    struct dns_out *o = &ask->out;
    const struct dns_set *set = c->set;
    const uint8_t *data = (const uint8_t *)c->item + set->data;
    unsigned first = set->n_rrs > 1 ? (unsigned)(dns_chance(ask) % set->n_rrs) : 0;
    size_t before = 0;
    for (unsigned i = 0; i < first; i++)
        before += rr_size(data + before);
    struct np_str front = np_str_n(data, before);
    struct np_str back = np_str_n(data + before, set->data_n - before);
    if (owner->at == 0 || o->plain || dns_rdata_names(set->type).compress) {
        put_records(o, section, owner, set, set->ttl, back);
        put_records(o, section, owner, set, set->ttl, front);
        return;
    }
    dns_put_run(o, section, owner->at, back, set->n_rrs - first);
    if (first != 0)
        dns_put_run(o, section, owner->at, front, first);
}

static void put_addrs(struct dns_ask *ask, const struct dns_owner *owner, uint16_t type,
                      const struct np_dns_addrs *addrs)
{
    struct np_str rdata[NP_DNS_ADDRS_MAX];
    struct np_strs all = {.v = rdata, .set = true};
    if (type == NP_DNS_A || type == NP_DNS_AAAA)
        all.n = type == NP_DNS_A ? addrs->n_v4 : addrs->n_v6;
    if (type == NP_DNS_PTR && addrs->ptr_n != 0)
        dns_put_rr(&ask->out, DNS_ANSWER, owner, type, addrs->ttl,
                   np_str_n(addrs->ptr, addrs->ptr_n));
    for (size_t i = 0; i < all.n; i++) {
        rdata[i] = type == NP_DNS_A ? np_str_n(&addrs->v4[i], 4) : np_str_n(&addrs->v6[i], 16);
        dns_put_rr(&ask->out, DNS_ANSWER, owner, type, addrs->ttl, rdata[i]);
    }
    if (all.n != 0 && ask->sign)
        dns_put_signature(ask, DNS_ANSWER, owner, type, addrs->ttl, &all);
}

/* Addresses of `name`, which a record of the answer or of a referral names, if the zone has them.
 */
static void put_addresses_of(struct dns_ask *ask, const uint8_t *name, size_t n)
{
    uint8_t lower[NP_DNS_NAME_MAX + 1];
    np_dns_lower_copy(lower, name, n);
    struct np_str owner = np_str_n(lower, n);
    if (!np_dns_name_under(owner, ask->zone->info->name))
        return;
    const struct dns_item *item = get(ask->zone, lower, n);
    static const uint16_t types[] = {NP_DNS_A, NP_DNS_AAAA};
    for (size_t i = 0; item != NULL && i < NP_LEN(types); i++) {
        size_t n_sets;
        struct dns_chosen c = {item, dns_sets_of(item, types[i], &n_sets)};
        if (n_sets != 1 || c.set->rich != 0)
            continue;
        /* All of a set, or nothing of it and no more. */
        struct dns_mark mark = dns_out_mark(&ask->out);
        put_set(ask, DNS_ADDITIONAL, &(struct dns_owner){owner, 0}, &c);
        if (ask->out.full) {
            dns_out_back(&ask->out, &mark);
            return;
        }
    }
}

static void put_additional(struct dns_ask *ask, const struct dns_chosen *c)
{
    uint16_t type = c->set->type;
    if (type != NP_DNS_MX && type != NP_DNS_NS && type != NP_DNS_SRV)
        return;
    size_t before = dns_rdata_names(type).before;
    const uint8_t *rr = (const uint8_t *)c->item + c->set->data;
    for (unsigned i = 0; i < c->set->n_rrs && i < NP_DNS_ADDITIONAL_MAX; i++, rr += rr_size(rr)) {
        struct np_str rdata = rdata_at(rr);
        put_addresses_of(ask, (const uint8_t *)rdata.p + before, rdata.n - before);
    }
}

/* --- the authority section --- */

/* Of names that end in the zone's the question has it, too. */
static size_t zone_at(const struct dns_ask *ask)
{
    return DNS_HEADER + ask->query->name_n - ask->zone->info->name.n;
}

static bool question_is_in_zone(const struct dns_ask *ask)
{
    return np_dns_name_under(np_str_n(ask->query->name, ask->query->name_n), ask->zone->info->name);
}

static const struct dns_set *apex_set(const struct dns_ask *ask, uint16_t type)
{
    size_t n = 0;
    const struct dns_item *apex = ask->zone->apex;
    const struct dns_set *set = apex != NULL ? dns_sets_of(apex, type, &n) : NULL;
    return n == 1 && set->rich == 0 ? set : NULL;
}

static void sign_apex(struct dns_ask *ask, const struct dns_set *set, uint32_t ttl)
{
    struct dns_chosen c = {ask->zone->apex, set};
    sign_set(ask, DNS_AUTHORITY, &(struct dns_owner){ask->zone->info->name, 0}, ttl, &c, 1);
}

static void put_apex(struct dns_ask *ask, const struct dns_fragment *f, const struct dns_set *set,
                     uint32_t ttl)
{
    const struct dns_zone *z = ask->zone;
    if (f != NULL && !ask->out.plain && question_is_in_zone(ask))
        dns_fragment_put(&ask->out, f, z, zone_at(ask));
    else
        put_records(&ask->out, DNS_AUTHORITY, &(struct dns_owner){z->info->name, 0}, set, ttl,
                    np_str_n((const char *)z->apex + set->data, set->data_n));
    if (ask->sign)
        sign_apex(ask, set, ttl);
}

/* It is a courtesy: an answer without it is complete. */
static void put_ns(struct dns_ask *ask)
{
    const struct dns_set *set = apex_set(ask, NP_DNS_NS);
    if (set == NULL || ask->out.full || ask->ctx->missed != NULL)
        return;
    struct dns_mark mark = dns_out_mark(&ask->out);
    put_apex(ask, ask->zone->ns, set, set->ttl);
    if (ask->out.full)
        dns_out_back(&ask->out, &mark);
}

/* RFC 2308: how long a denial holds. */
static uint32_t denial_ttl(const struct dns_ask *ask)
{
    const struct dns_set *set = apex_set(ask, NP_DNS_SOA);
    if (set == NULL)
        return 0;
    struct np_str rdata = rdata_at((const uint8_t *)ask->zone->apex + set->data);
    uint32_t minimum = dns_get32((const uint8_t *)rdata.p + rdata.n - 4);
    return minimum < set->ttl ? minimum : set->ttl;
}

static void put_soa(struct dns_ask *ask)
{
    const struct dns_set *set = apex_set(ask, NP_DNS_SOA);
    if (set != NULL)
        put_apex(ask, ask->zone->soa, set, denial_ttl(ask));
}

/* No such type, or (item NULL) no such name.
 * AWS: a signed zone says of a name that is not there that it has no such type: the record that
 * proves it is made for this name alone (tests/unit/engines/dns/sign_test.c). */
static void put_denial(struct dns_ask *ask, const struct dns_owner *s, const struct dns_item *item)
{
    if (item == NULL && !ask->sign)
        ask->rcode = DNS_NXDOMAIN;
    put_soa(ask);
    if (ask->sign)
        dns_put_nsec(ask, DNS_AUTHORITY, s, item, denial_ttl(ask));
}

static void put_referral(struct dns_ask *ask, const struct dns_item *cut)
{
    size_t n;
    const struct dns_owner owner = {np_str_n(cut->name, cut->name_n), 0};
    struct dns_chosen c = {cut, dns_sets_of(cut, NP_DNS_NS, &n)};
    if (ask->out.counts[DNS_ANSWER] == 0)
        ask->out.flags &= (uint16_t)~DNS_AA;
    put_set(ask, DNS_AUTHORITY, &owner, &c);
    struct dns_chosen ds = {cut, dns_sets_of(cut, NP_DNS_DS, &n)};
    if (ask->sign && n != 0) {
        put_set(ask, DNS_AUTHORITY, &owner, &ds);
        sign_set(ask, DNS_AUTHORITY, &owner, ds.set->ttl, &ds, 1);
    }
    if (ask->sign && n == 0)
        dns_put_nsec(ask, DNS_AUTHORITY, &owner, cut, denial_ttl(ask));
    put_additional(ask, &c);
}

/* --- the answer section --- */

static void put_choice(struct dns_ask *ask, const struct dns_owner *s, uint16_t type,
                       const struct dns_choice *c)
{
    if (c->outside) {
        put_addrs(ask, s, type, &c->addrs);
        return;
    }
    for (unsigned i = 0; i < c->n; i++)
        put_set(ask, DNS_ANSWER, s, &c->v[i]);
    if (ask->sign)
        sign_set(ask, DNS_ANSWER, s, c->v->set->ttl, c->v, c->n);
}

/* False: it is not to be answered now, or with nothing. */
static bool put_type(struct dns_ask *ask, const struct dns_owner *s, const struct dns_item *item,
                     uint16_t type, struct dns_choice *c)
{
    int rc = dns_choose(ask, item, type, c);
    if (rc == NP_EAGAIN)
        ask->rcode = DNS_SERVFAIL;
    if (rc < 0)
        return false;
    uint16_t before = ask->out.counts[DNS_ANSWER];
    put_choice(ask, s, type, c);
    return ask->out.full || ask->out.counts[DNS_ANSWER] != before;
}

/* The CNAME of the name, after which its target is what is asked for; false: there is none, or it
 * leads out of what is answered here. */
static bool put_cname(struct dns_ask *ask, struct dns_owner *s, const struct dns_item *item,
                      uint8_t target[NP_DNS_NAME_MAX + 1])
{
    struct dns_choice c;
    size_t begin = ask->out.n;
    if (!put_type(ask, s, item, NP_DNS_CNAME, &c) || ask->out.full || c.n == 0)
        return false;
    struct np_str rdata = rdata_at((const uint8_t *)c.v[0].item + c.v[0].set->data);
    np_dns_lower_copy(target, (const uint8_t *)rdata.p, rdata.n);
    /* Behind the pointer to the owner and what is fixed in a record. */
    bool near = s->at != 0 && begin + 12 <= DNS_POINTER_TO_MAX;
    *s = (struct dns_owner){np_str_n(target, rdata.n), near ? (uint16_t)(begin + 12) : 0};
    return true;
}

/* AWS: one of the sets that there are answers ANY (RFC 8482, 4.1). */
static uint16_t type_of_any(const struct dns_ask *ask, const struct dns_owner *s, uint16_t type)
{
    const struct dns_item *item;
    if (type != NP_DNS_ANY)
        return type;
    enum lead lead = find_lead(ask->zone, s, type, &item);
    bool has = (lead == LEAD_NAME || lead == LEAD_WILDCARD) && item->n != 0;
    return has ? dns_sets(item)->type : NP_DNS_ANY;
}

static void finish_positive(struct dns_ask *ask, const struct dns_owner *s, uint16_t type,
                            const struct dns_choice *c)
{
    bool is_apex_ns = type == NP_DNS_NS && s->name.n == ask->zone->info->name.n;
    if (!is_apex_ns)
        put_ns(ask);
    for (unsigned i = 0; i < c->n && !ask->out.full; i++)
        put_additional(ask, &c->v[i]);
}

/* A resolver asks others for it; false: this is none. */
static bool is_missed(struct dns_ask *ask, const struct dns_owner *s)
{
    struct np_dns_missed *m = ask->ctx->missed;
    if (m == NULL)
        return false;
    m->yes = true;
    m->type = ask->query->type;
    m->name_n = (uint8_t)s->name.n;
    memcpy(m->name, s->name.p, s->name.n);
    return true;
}

/* One step of the chain; true: `s` is now the target of a CNAME. */
static bool answer_step(struct dns_ask *ask, struct dns_owner *s, uint16_t type,
                        uint8_t target[NP_DNS_NAME_MAX + 1])
{
    const struct dns_item *item;
    enum lead lead = find_lead(ask->zone, s, type, &item);
    if (lead == LEAD_AWAY) {
        if (!is_missed(ask, s))
            put_referral(ask, item);
        return false;
    }
    if (lead == LEAD_NOTHING) {
        put_denial(ask, s, NULL);
        return false;
    }
    struct dns_choice c;
    if (put_type(ask, s, item, type, &c)) {
        finish_positive(ask, s, type, &c);
        return false;
    }
    if (ask->rcode == DNS_SERVFAIL || ask->out.full)
        return false;
    if (type != NP_DNS_CNAME && dns_item_has(item, NP_DNS_CNAME) && put_cname(ask, s, item, target))
        return true;
    if (ask->rcode != DNS_SERVFAIL && !ask->out.full)
        put_denial(ask, s, item);
    return false;
}

/* The region's own names that a customer's zone must not hide. */
static bool is_hidden_region_name(struct dns_ask *ask, const struct dns_zone *z, struct np_str name)
{
    struct np_dns_addrs addrs;
    return z->info->region_first && ask->ctx->zone_id.p == NULL &&
           dns_region_name(ask, name, &addrs) == 0;
}

/* The zone that goes on with the target of a CNAME. */
static bool move_to_zone(struct dns_ask *ask, const struct dns_owner *s)
{
    if (!ask->out.plain && ask->ctx->missed == NULL)
        return np_dns_name_under(s->name, ask->zone->info->name);
    const struct dns_zone *z =
        dns_zone_find(ask->root, ask->ctx->view, NP_STR_NULL, bytes_of(s), s->name.n);
    if (z == NULL || is_hidden_region_name(ask, z, s->name))
        return false;
    ask->zone = z;
    return true;
}

static void answer_region_name(struct dns_ask *ask, const struct dns_owner *s)
{
    struct np_dns_addrs addrs;
    if (dns_region_name(ask, s->name, &addrs) == 0)
        put_addrs(ask, s, ask->query->type, &addrs);
    else
        is_missed(ask, s);
}

/* Nobody but a validator's author asks for it; a denial would contradict itself. */
static void answer_nsec(struct dns_ask *ask, const struct dns_owner *s)
{
    const struct dns_item *item;
    enum lead lead = find_lead(ask->zone, s, NP_DNS_NSEC, &item);
    if (lead == LEAD_AWAY)
        put_referral(ask, item);
    else
        dns_put_nsec(ask, DNS_ANSWER, s, item, denial_ttl(ask));
}

static void answer_in_zone(struct dns_ask *ask)
{
    const struct dns_query *q = ask->query;
    struct dns_owner s = {np_str_n(q->name, q->name_n), DNS_HEADER};
    uint8_t target[NP_DNS_NAME_MAX + 1];
    ask->out.flags |= DNS_AA;
    if (q->type == NP_DNS_DNSKEY && s.name.n == ask->zone->info->name.n && dns_put_dnskeys(ask)) {
        put_ns(ask);
        return;
    }
    if (q->type == NP_DNS_NSEC && ask->sign) {
        answer_nsec(ask, &s);
        return;
    }
    uint16_t type = type_of_any(ask, &s, q->type);
    for (unsigned i = 0; answer_step(ask, &s, type, target); i++) {
        if (!move_to_zone(ask, &s)) {
            if (ask->out.plain || ask->ctx->missed != NULL)
                answer_region_name(ask, &s);
            put_ns(ask);
            return;
        }
        if (i == NP_DNS_CHAIN_MAX) {
            put_ns(ask);
            return;
        }
    }
}

/* --- the message --- */

/* The DS records of a zone are its parent's, where that one is here too (RFC 4035, 3.1.4.1). */
static const struct dns_zone *find_zone(const struct dns_ask *ask)
{
    const struct dns_query *q = ask->query;
    const struct np_dns_ctx *ctx = ask->ctx;
    const struct dns_zone *z =
        dns_zone_find(ask->root, ctx->view, ctx->zone_id, q->name, q->name_n);
    if (z == NULL || q->type != NP_DNS_DS || q->name_n != z->info->name.n || q->name_n == 1)
        return z;
    size_t label = q->name[0] + 1u;
    const struct dns_zone *parent =
        dns_zone_find(ask->root, ctx->view, ctx->zone_id, q->name + label, q->name_n - label);
    return parent != NULL ? parent : z;
}

static void answer_question(struct dns_ask *ask)
{
    const struct dns_query *q = ask->query;
    ask->rcode = DNS_REFUSED;
    if (q->class != DNS_CLASS_IN || (q->type >= TYPE_TKEY && q->type <= TYPE_MAILA))
        return;
    ask->root = np_rcu_get(&ask->dns->root);
    ask->zone = find_zone(ask);
    struct np_dns_addrs addrs;
    struct np_str name = np_str_n(q->name, q->name_n);
    if (ask->zone != NULL && !is_hidden_region_name(ask, ask->zone, name)) {
        ask->rcode = DNS_NOERROR;
        ask->sign = q->dnssec_ok && ask->zone->info->signer != NULL;
        answer_in_zone(ask);
    } else if (ask->ctx->zone_id.p == NULL && dns_region_name(ask, name, &addrs) == 0) {
        ask->rcode = DNS_NOERROR;
        ask->out.flags |= DNS_AA;
        put_addrs(ask, &(struct dns_owner){name, DNS_HEADER}, q->type, &addrs);
    } else if (is_missed(ask, &(struct dns_owner){name, DNS_HEADER})) {
        ask->rcode = DNS_NXDOMAIN;
    }
}

static size_t limit_of(const struct dns_ask *ask, size_t room)
{
    const struct dns_query *q = ask->query;
    size_t limit = NP_DNS_UDP_MIN;
    if (ask->ctx->tcp || ask->ctx->plain)
        limit = NP_DNS_MESSAGE_MAX;
    else if (q->edns && q->udp_bytes > NP_DNS_UDP_MAX)
        limit = NP_DNS_UDP_MAX;
    else if (q->edns && q->udp_bytes > NP_DNS_UDP_MIN)
        limit = q->udp_bytes;
    return limit < room ? limit : room;
}

static size_t subnet_bytes(const struct dns_subnet *s)
{
    return s->present ? 4u + (s->source + 7u) / 8 : 0;
}

static size_t opt_size(const struct dns_query *q)
{
    size_t option = subnet_bytes(&q->subnet);
    return !q->edns ? 0 : OPT_FIXED + (option != 0 ? 4 + option : 0);
}

static void put_opt(struct dns_ask *ask)
{
    const struct dns_query *q = ask->query;
    if (!q->edns)
        return;
    uint8_t *p = ask->out.p + ask->out.n;
    size_t n = opt_size(q), option = subnet_bytes(&q->subnet);
    *p++ = 0;
    dns_put16(p, NP_DNS_OPT);
    dns_put16(p + 2, NP_DNS_UDP_MAX);
    p[4] = (uint8_t)(ask->rcode >> 4);
    p[5] = 0; /* the version that is spoken here */
    dns_put16(p + 6, q->dnssec_ok ? 0x8000 : 0);
    dns_put16(p + 8, (uint16_t)(n - OPT_FIXED));
    if (option != 0) {
        dns_put16(p + 10, 8);
        dns_put16(p + 12, (uint16_t)option);
        dns_put16(p + 14, q->subnet.family);
        p[16] = q->subnet.source;
        p[17] = ask->scope;
        memcpy(p + 18, q->subnet.addr, option - 4);
    }
    ask->out.n += n;
    ask->out.counts[DNS_ADDITIONAL]++;
}

static void put_header(struct dns_ask *ask)
{
    const struct dns_query *q = ask->query;
    uint8_t *p = ask->out.p;
    if (ask->ctx->missed != NULL)
        ask->out.flags = (uint16_t)((ask->out.flags & ~DNS_AA) | DNS_RA);
    uint16_t flags = (uint16_t)(DNS_QR | (q->flags & (DNS_OPCODE | DNS_RD | DNS_CD)) |
                                ask->out.flags | (ask->rcode & 15));
    dns_put16(p, q->id);
    dns_put16(p + 2, flags);
    dns_put16(p + 4, q->question_n != 0);
    for (unsigned i = 0; i < NP_LEN(ask->out.counts); i++)
        dns_put16(p + 6 + i * 2, ask->out.counts[i]);
}

size_t np_dns_answer(struct np_dns *d, const struct np_dns_ctx *ctx, const uint8_t *query, size_t n,
                     uint8_t *out, size_t room)
{
    struct dns_query q;
    struct dns_ask ask;
    np_assert(room >= NP_DNS_UDP_MIN);
    if (dns_query_parse(query, n, &q, &ask.rcode) != 0)
        return 0;
    ask.dns = d;
    ask.ctx = ctx;
    ask.query = &q;
    ask.zone = NULL;
    ask.sign = ask.placed = false;
    ask.scope = 0;
    ask.health_left = NP_DNS_HEALTH_BUDGET;
    dns_out_init(&ask.out, out, limit_of(&ask, room) - opt_size(&q));
    ask.out.plain = ctx->plain;
    memcpy(out + DNS_HEADER, query + DNS_HEADER, q.question_n);
    ask.out.n = DNS_HEADER + q.question_n;
    struct dns_mark empty = dns_out_mark(&ask.out);
    if (ask.rcode == DNS_NOERROR) {
        dns_out_knows(&ask.out, &q);
        answer_question(&ask);
    }
    if (ask.rcode == DNS_SERVFAIL) {
        dns_out_back(&ask.out, &empty);
        ask.out.flags = 0;
    }
    if (ask.out.full) {
        dns_out_back(&ask.out, &empty);
        ask.out.flags |= DNS_TC;
    }
    put_opt(&ask);
    put_header(&ask);
    return ask.out.n;
}
