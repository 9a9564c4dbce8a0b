/* SPDX-License-Identifier: Apache-2.0 */
/* choose.c - which of the sets of a name and type answer: routing policies, health, aliases. */
#include <math.h>

#include "base/digest.h"
#include "engines/dns/ask.h"
#include "engines/dns/rdata.h"

/* The sets of one name and type, and which of them are sick. */
struct group {
    const struct dns_item *item;
    const struct dns_set *sets;
    size_t n;
    unsigned depth;
    bool sick[NP_DNS_GROUP_MAX];
    bool all_sick;
};

static int choose(struct dns_ask *ask, const struct dns_item *item, uint16_t type, unsigned depth,
                  struct dns_choice *out);

uint64_t dns_chance(struct dns_ask *ask)
{
    uint64_t x;
    if (ask->dns->opts.random != NULL)
        return ask->dns->opts.random(ask->dns->opts.random_arg);
    if (ask->ctx->chance == NULL) {
        np_random(&x, sizeof(x));
        return x;
    }
    /* SplitMix64. */
    x = *ask->ctx->chance += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* --- places --- */

/* What the resolver says of its client, where it says anything. */
static bool subnet_addr(const struct dns_subnet *s, struct np_addr *out)
{
    if (!s->present || s->source == 0)
        return false;
    memset(out, 0, sizeof(*out));
    if (s->family == 1) {
        out->len = sizeof(out->u.v4);
        out->u.v4.sin_family = AF_INET;
        memcpy(&out->u.v4.sin_addr, s->addr, 4);
        return true;
    }
    out->len = sizeof(out->u.v6);
    out->u.v6.sin6_family = AF_INET6;
    memcpy(&out->u.v6.sin6_addr, s->addr, 16);
    return true;
}

int dns_place(struct dns_ask *ask)
{
    if (ask->placed)
        return ask->place_rc;
    ask->placed = true;
    ask->place_rc = NP_ENOENT;
    memset(&ask->place, 0, sizeof(ask->place));
    struct np_addr addr;
    bool subnet = subnet_addr(&ask->query->subnet, &addr);
    const struct np_addr *from = subnet ? &addr : ask->ctx->from;
    if (ask->dns->opts.place == NULL || from == NULL)
        return NP_ENOENT;
    ask->place_rc = ask->dns->opts.place(ask->dns->opts.arg, from, &ask->place);
    if (subnet)
        ask->scope = ask->place.prefix;
    return ask->place_rc;
}

/* Between two spots; only the order of distances matters. */
static double distance(struct np_dns_spot x, struct np_dns_spot y)
{
    const double unit = M_PI / 18000;
    double dlat = (x.lat - y.lat) * unit / 2, dlon = (x.lon - y.lon) * unit / 2;
    return sin(dlat) * sin(dlat) + cos(x.lat * unit) * cos(y.lat * unit) * sin(dlon) * sin(dlon);
}

/* --- names of the region --- */

/* Names of the region are of letters, digits, '-' and '_'. */
static bool plain_text(struct np_str name, char text[NP_DNS_NAME_MAX], size_t *n)
{
    const uint8_t *p = (const uint8_t *)name.p;
    size_t at = 0;
    for (; *p != 0; p += *p + 1) {
        if (memchr(p + 1, '.', *p) != NULL || memchr(p + 1, '\0', *p) != NULL)
            return false;
        if (at != 0)
            text[at++] = '.';
        memcpy(text + at, p + 1, *p);
        at += *p;
    }
    *n = at;
    return at != 0;
}

int dns_region_name(struct dns_ask *ask, struct np_str name, struct np_dns_addrs *out)
{
    char text[NP_DNS_NAME_MAX];
    size_t n;
    if (ask->dns->opts.region_name == NULL || !plain_text(name, text, &n))
        return NP_ENOENT;
    memset(out, 0, sizeof(*out));
    return ask->dns->opts.region_name(ask->dns->opts.arg, ask->ctx->view, np_str_n(text, n), out);
}

/* --- health --- */

static bool is_healthy(struct dns_ask *ask, const struct dns_item *item, const struct dns_set *set,
                       unsigned depth);

static bool any_healthy(struct dns_ask *ask, const struct dns_item *item, uint16_t type,
                        unsigned depth)
{
    size_t n;
    const struct dns_set *sets = dns_sets_of(item, type, &n);
    for (size_t i = 0; i < n; i++)
        if (is_healthy(ask, item, &sets[i], depth))
            return true;
    return false;
}

static const struct dns_item *target_of(const struct dns_ask *ask, const struct dns_rich *r)
{
    struct np_str name = dns_alias_of(r);
    return dns_table_get(&ask->zone->names, (const uint8_t *)name.p, name.n);
}

static bool is_healthy(struct dns_ask *ask, const struct dns_item *item, const struct dns_set *set,
                       unsigned depth)
{
    const struct dns_rich *r = dns_rich_of(item, set);
    if (r == NULL || depth > NP_DNS_ALIAS_DEPTH || ask->health_left == 0)
        return true;
    ask->health_left--;
    if (dns_flag_is_sick(r->health))
        return false;
    if (r->alias_n == 0 || !r->evaluate)
        return true;
    if (r->alias_outside) {
        struct np_dns_addrs addrs;
        return dns_region_name(ask, dns_alias_of(r), &addrs) == 0 && !addrs.unhealthy;
    }
    const struct dns_item *target = target_of(ask, r);
    return target != NULL && any_healthy(ask, target, set->type, depth + 1);
}

/* AWS: when none of a group is healthy, all count as if they were
 * (tests/unit/engines/dns/choose_test.c). */
static void look_at_health(struct dns_ask *ask, struct group *g)
{
    g->all_sick = true;
    for (size_t i = 0; i < g->n; i++) {
        g->sick[i] = !is_healthy(ask, g->item, &g->sets[i], g->depth);
        g->all_sick = g->all_sick && g->sick[i];
    }
    if (g->all_sick)
        memset(g->sick, 0, g->n * sizeof(g->sick[0]));
}

/* --- policies: the index of the set, or a negative error --- */

static const struct dns_rich *rich_at(const struct group *g, size_t i)
{
    return dns_rich_of(g->item, &g->sets[i]);
}

/* By weight among those that count: with a weight, or, when there is none of these, without. */
static int by_weight(struct dns_ask *ask, const struct group *g)
{
    uint64_t sum = 0, zeroes = 0;
    for (size_t i = 0; i < g->n; i++)
        if (!g->sick[i]) {
            sum += rich_at(g, i)->weight;
            zeroes += rich_at(g, i)->weight == 0;
        }
    uint64_t left = dns_chance(ask) % (sum != 0 ? sum : zeroes);
    for (size_t i = 0; i < g->n; i++) {
        if (g->sick[i])
            continue;
        uint64_t share = sum != 0 ? rich_at(g, i)->weight : 1;
        if (left < share)
            return (int)i;
        left -= share;
    }
    return NP_ENOENT;
}

static int nearest(struct dns_ask *ask, const struct group *g)
{
    int best = NP_ENOENT;
    double best_distance = 0;
    int rc = dns_place(ask);
    if (rc == NP_EAGAIN)
        return rc;
    for (size_t i = 0; i < g->n; i++) {
        if (g->sick[i])
            continue;
        /* Of a client that is nowhere nothing is nearer than anything else. */
        double far =
            rc == 0 && ask->place.has_spot ? distance(rich_at(g, i)->spot, ask->place.spot) : 0;
        if (best < 0 || far < best_distance) {
            best = (int)i;
            best_distance = far;
        }
    }
    return best;
}

static bool same_code(const char *of_set, const char *of_client, size_t n)
{
    return of_set[0] != '\0' && strncmp(of_set, of_client, n) == 0;
}

/* How much of the client's place the set names: 4 subdivision, 3 country, 2 continent, 1 the
 * default, 0: another place. */
static int closeness(const struct dns_rich *r, const struct np_dns_place *p)
{
    if (r->subdivision[0] != '\0')
        return same_code(r->country, p->country, 2) && same_code(r->subdivision, p->subdivision, 3)
                   ? 4
                   : 0;
    if (r->country[0] != '\0')
        return same_code(r->country, p->country, 2) ? 3 : 0;
    if (r->continent[0] != '\0')
        return same_code(r->continent, p->continent, 2) ? 2 : 0;
    return 1;
}

/* AWS: of sick ones the next larger area answers; when all are sick, the smallest does. */
static int closest(struct dns_ask *ask, struct group *g)
{
    if (dns_place(ask) == NP_EAGAIN)
        return NP_EAGAIN;
    int best = NP_ENOENT, best_of_all = NP_ENOENT, best_close = 0, best_close_of_all = 0;
    for (size_t i = 0; i < g->n; i++) {
        int close = closeness(rich_at(g, i), &ask->place);
        if (close > best_close_of_all) {
            best_of_all = (int)i;
            best_close_of_all = close;
        }
        if (!g->sick[i] && close > best_close) {
            best = (int)i;
            best_close = close;
        }
    }
    return best >= 0 ? best : best_of_all;
}

/* AWS: when neither is healthy the primary answers. */
static int primary_or_secondary(const struct group *g)
{
    int best = NP_ENOENT;
    for (size_t i = 0; i < g->n; i++) {
        if (g->sick[i])
            continue;
        if (best < 0 || !rich_at(g, i)->secondary)
            best = (int)i;
    }
    return best;
}

static int pick(struct dns_ask *ask, struct group *g)
{
    switch ((enum np_dns_policy)rich_at(g, 0)->policy) {
    case NP_DNS_WEIGHTED:
        return by_weight(ask, g);
    case NP_DNS_LATENCY:
        return nearest(ask, g);
    case NP_DNS_GEO:
        return closest(ask, g);
    case NP_DNS_FAILOVER:
        return primary_or_secondary(g);
    case NP_DNS_SIMPLE:
    case NP_DNS_MULTIVALUE:
        break;
    }
    return 0;
}

/* Up to eight of those that count, each as likely as the others. */
static void pick_several(struct dns_ask *ask, const struct group *g, struct dns_choice *out)
{
    uint16_t at[NP_DNS_GROUP_MAX];
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++)
        if (!g->sick[i])
            at[n++] = (uint16_t)i;
    for (size_t i = 0; i < n && i < NP_DNS_MULTIVALUE_MAX; i++) {
        size_t k = i + dns_chance(ask) % (n - i);
        uint16_t swap = at[i];
        at[i] = at[k];
        at[k] = swap;
        out->v[out->n++] = (struct dns_chosen){g->item, &g->sets[at[i]]};
    }
}

/* --- aliases --- */

static int follow(struct dns_ask *ask, const struct dns_item *item, const struct dns_set *set,
                  unsigned depth, struct dns_choice *out)
{
    const struct dns_rich *r = dns_rich_of(item, set);
    if (r == NULL || r->alias_n == 0) {
        out->v[out->n++] = (struct dns_chosen){item, set};
        return 0;
    }
    if (r->alias_outside) {
        out->outside = true;
        return dns_region_name(ask, dns_alias_of(r), &out->addrs);
    }
    const struct dns_item *target = target_of(ask, r);
    if (target == NULL || depth >= NP_DNS_ALIAS_DEPTH)
        return NP_ENOENT;
    return choose(ask, target, set->type, depth + 1, out);
}

static int choose(struct dns_ask *ask, const struct dns_item *item, uint16_t type, unsigned depth,
                  struct dns_choice *out)
{
    struct group g = {.item = item, .depth = depth};
    g.sets = dns_sets_of(item, type, &g.n);
    if (g.n == 0)
        return NP_ENOENT;
    const struct dns_rich *r = dns_rich_of(item, g.sets);
    if (r == NULL || r->policy == NP_DNS_SIMPLE)
        return follow(ask, item, g.sets, depth, out);
    if (g.n > NP_DNS_GROUP_MAX)
        g.n = NP_DNS_GROUP_MAX;
    look_at_health(ask, &g);
    if (r->policy == NP_DNS_MULTIVALUE) {
        pick_several(ask, &g, out);
        return 0;
    }
    int i = pick(ask, &g);
    return i < 0 ? i : follow(ask, item, &g.sets[i], depth, out);
}

int dns_choose(struct dns_ask *ask, const struct dns_item *item, uint16_t type,
               struct dns_choice *out)
{
    out->n = 0;
    out->outside = false;
    return choose(ask, item, type, 0, out);
}
