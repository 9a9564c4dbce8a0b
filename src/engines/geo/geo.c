/* SPDX-License-Identifier: Apache-2.0 */
/* geo.c - where an address is: a version of the tables, published under RCU, and the search in it.
 */
#include "engines/geo/geo_int.h"

#include "base/arena.h"
#include "base/assert.h"
#include "io/rcu.h"

struct np_geo {
    struct geo_table *table; /* published; NULL: not loaded */
    bool wanted;
    struct np_job job;
    int rc; /* of the job */
    struct np_err err;
    np_geo_done_fn *done;
    void *arg;
    char *own, *v4, *v6;
};

static void free_table(void *p)
{
    struct geo_table *t = p;
    np_free(t->own);
    np_free(t->from4);
    np_free(t->place4);
    np_free(t->from6);
    np_free(t->place6);
    np_free(t);
}

static char *copy_of(struct np_str s, const char * or)
{
    if (s.p == NULL)
        s = np_str_of(or);
    char *p = np_heap_alloc(s.n + 1);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return p;
}

struct np_geo *np_geo_new(const struct np_geo_opts *o)
{
    struct np_geo *g = np_heap_new(struct np_geo);
    g->own = copy_of(o->own, "");
    g->v4 = copy_of(o->v4, NP_GEO_V4);
    g->v6 = copy_of(o->v6, NP_GEO_V6);
    return g;
}

void np_geo_free(struct np_geo *g)
{
    if (g == NULL)
        return;
    if (g->table != NULL)
        free_table(g->table);
    np_free(g->own);
    np_free(g->v4);
    np_free(g->v6);
    np_free(g);
}

static void publish(struct np_geo *g, struct geo_table *t)
{
    struct geo_table *old = g->table;
    np_rcu_set(&g->table, t);
    if (old != NULL)
        np_rcu_retire(old, free_table);
}

int np_geo_load(struct np_geo *g, struct np_err *err)
{
    struct geo_table *t = np_heap_new(struct geo_table);
    int rc = g->own[0] != '\0' ? geo_read_own(t, g->own, err) : 0;
    if (rc == 0)
        rc = geo_read_v4(t, g->v4, err);
    if (rc == 0)
        rc = geo_read_v6(t, g->v6, err);
    if (rc < 0) {
        free_table(t);
        return rc;
    }
    publish(g, t);
    return 0;
}

static void load_job(struct np_job *j)
{
    struct np_geo *g = NP_CONTAINER(j, struct np_geo, job);
    g->rc = np_geo_load(g, &g->err);
    /* Answers must not wait for ever for what does not come. */
    if (g->rc < 0 && g->table == NULL)
        publish(g, np_heap_new(struct geo_table));
}

static void load_done(struct np_job *j)
{
    struct np_geo *g = NP_CONTAINER(j, struct np_geo, job);
    np_loop_owe(j->loop, -1);
    if (g->done != NULL)
        g->done(g->arg, g->rc, &g->err);
}

void np_geo_want(struct np_geo *g, struct np_jobs *jobs, struct np_loop *l, np_geo_done_fn *done,
                 void *arg)
{
    if (__atomic_exchange_n(&g->wanted, true, __ATOMIC_RELAXED))
        return;
    g->done = done;
    g->arg = arg;
    np_loop_owe(l, 1);
    np_job_submit(jobs, l, &g->job, load_job, load_done);
}

bool np_geo_is_loaded(const struct np_geo *g)
{
    return np_rcu_get(&g->table) != NULL;
}

/* --- searching --- */

/* Addresses that are in the same place as the one that is sought, as far as was seen. */
struct span {
    geo_ip lo, hi;
};

static void narrow(struct span *s, geo_ip lo, geo_ip hi)
{
    if (lo > s->lo)
        s->lo = lo;
    if (hi < s->hi)
        s->hi = hi;
}

static geo_ip last_of(const struct geo_own *o)
{
    return o->first | geo_below(o->bits);
}

/* The smallest network of the own file around the address. */
static const struct geo_own *find_own(const struct geo_table *t, geo_ip ip, struct span *s)
{
    size_t lo = 0, hi = t->n_own;
    while (lo < hi) { /* the first that begins behind ip */
        size_t mid = lo + (hi - lo) / 2;
        if (t->own[mid].first <= ip)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < t->n_own)
        narrow(s, 0, t->own[lo].first - 1);
    for (size_t i = lo; i-- > 0; i = (size_t)t->own[i].parent + 1) {
        const struct geo_own *o = &t->own[i];
        if (last_of(o) >= ip) {
            narrow(s, o->first, last_of(o));
            return o;
        }
        narrow(s, last_of(o) + 1, ~(geo_ip)0);
        if (o->parent < 0)
            break;
    }
    return NULL;
}

static uint16_t find4(const struct geo_table *t, uint32_t ip, struct span *s)
{
    size_t lo = 0, hi = t->n4;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->from4[mid] <= ip)
            lo = mid + 1;
        else
            hi = mid;
    }
    geo_ip from = lo > 0 ? t->from4[lo - 1] : 0;
    geo_ip to = lo < t->n4 ? t->from4[lo] - 1 : UINT32_MAX;
    narrow(s, GEO_V4 | from, GEO_V4 | to);
    return lo > 0 ? t->place4[lo - 1] : 0;
}

static uint16_t find6(const struct geo_table *t, uint64_t ip, struct span *s)
{
    size_t lo = 0, hi = t->n6;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->from6[mid] <= ip)
            lo = mid + 1;
        else
            hi = mid;
    }
    geo_ip from = lo > 0 ? (geo_ip)t->from6[lo - 1] << 64 : 0;
    geo_ip to = lo < t->n6 ? ((geo_ip)t->from6[lo] << 64) - 1 : ~(geo_ip)0;
    narrow(s, from, to);
    return lo > 0 ? t->place6[lo - 1] : 0;
}

/* How many leading bits of ip, from `least` on, keep within the span. */
static unsigned prefix_of(geo_ip ip, const struct span *s, unsigned least)
{
    unsigned bits = least;
    while (bits < 128 && ((ip & ~geo_below(bits)) < s->lo || (ip | geo_below(bits)) > s->hi))
        bits++;
    return bits;
}

static bool ip_of(const struct np_addr *addr, geo_ip *out)
{
    if (addr->u.sa.sa_family == AF_INET) {
        *out = GEO_V4 | ntohl(addr->u.v4.sin_addr.s_addr);
        return true;
    }
    if (addr->u.sa.sa_family != AF_INET6)
        return false;
    *out = 0;
    for (unsigned i = 0; i < 16; i++)
        *out = *out << 8 | addr->u.v6.sin6_addr.s6_addr[i];
    return true;
}

static void describe(struct np_geo_place *out, const char *continent, const char *country,
                     const char *subdivision)
{
    memcpy(out->country, country, 2);
    memcpy(out->subdivision, subdivision, 3);
    struct np_str code = np_str_n(country, strnlen(country, 2));
    const char *of_country = np_geo_continent_of(code);
    memcpy(out->continent, of_country != NULL ? of_country : continent, 2);
    struct np_str sub = np_str_n(subdivision, strnlen(subdivision, 3));
    out->has_spot = geo_spot_of(code, sub, &out->spot);
}

int np_geo_find(const struct np_geo *g, const struct np_addr *addr, struct np_geo_place *out)
{
    const struct geo_table *t = np_rcu_get(&g->table);
    geo_ip ip;
    if (t == NULL)
        return NP_EAGAIN;
    memset(out, 0, sizeof(*out));
    if (!ip_of(addr, &ip))
        return NP_ENOENT;
    bool v4 = ip >> 32 == GEO_V4 >> 32;
    struct span s = {0, ~(geo_ip)0};
    const struct geo_own *own = find_own(t, ip, &s);
    uint16_t code = 0;
    if (own == NULL)
        code = v4 ? find4(t, (uint32_t)ip, &s) : find6(t, (uint64_t)(ip >> 64), &s);
    unsigned least = v4 ? 96 : 0;
    out->prefix = (uint8_t)(prefix_of(ip, &s, least) - least);
    if (own != NULL) {
        if (own->country[0] == '\0' && own->continent[0] == '\0')
            return NP_ENOENT;
        describe(out, own->continent, own->country, own->subdivision);
        return 0;
    }
    if (code == 0)
        return NP_ENOENT;
    char country[2] = {(char)('A' + (code - 1) / 26), (char)('A' + (code - 1) % 26)};
    describe(out, "\0", country, "\0\0");
    return 0;
}
