/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - zones and record sets as the DNS engine answers them. A batch of changes is one
 * change of the engine: all of it is answered, or nothing. */
#include "aws/names.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"
#include "engines/dns/dns.h"
#include "engines/dns/name.h"
#include "engines/dns/rdata.h"
#include "engines/geo/geo.h"
#include "services/route53/checker.h"
#include "services/route53/dnssec.h"
#include "services/route53/route53_int.h"

#define KEEP_BYTES (64u << 10)

struct route53_projection {
    struct np_core *core;
    struct np_arena *arena; /* of one record set, of the thread that changes */
};

/* A row that cannot be read: a restart builds all anew. */
static _Noreturn void broken(const char *what, const struct np_err *err)
{
    np_die(__FILE__, __LINE__, "route53: %s: %.*s", what, NP_FMT(np_err_text(err)));
}

/* --- a record set --- */

static enum np_dns_policy policy_of(const struct route53_rrset *r)
{
    return r->weight.set                                    ? NP_DNS_WEIGHTED
           : r->region.p != NULL                            ? NP_DNS_LATENCY
           : r->failover.p != NULL                          ? NP_DNS_FAILOVER
           : r->multivalue.set && r->multivalue.v           ? NP_DNS_MULTIVALUE
           : r->continent.p != NULL || r->country.p != NULL ? NP_DNS_GEO
                                                            : NP_DNS_SIMPLE;
}

static void rdata_of(struct np_arena *a, const struct route53_rrset *r, struct np_dns_rrset *out)
{
    struct np_str rest = r->data, one, *v = NULL;
    struct np_err err = {0};
    while (np_str_split(&rest, '\n', &one)) {
        v = np_array_grow(a, v, out->n_rdata, sizeof(*v));
        if (np_dns_rdata_of(out->type, one, a, &v[out->n_rdata], &err) == 0)
            out->n_rdata++;
        else
            np_log(NP_ERROR, "route53.value", "name=%.*s type=%.*s why=%.*s", NP_FMT(r->name.text),
                   NP_FMT(r->type), NP_FMT(np_log_quote(a, np_err_text(&err))));
    }
    out->rdata = v;
}

static void places_known(void *arg, int rc, const struct np_err *err)
{
    (void)arg;
    if (rc != 0)
        np_log(NP_WARN, "route53.places", "error=\"%.*s\"", NP_FMT(np_err_text(err)));
}

/* The table of places takes time and room: nobody pays for it who does not ask where clients are.
 */
static void want_places(struct np_core *core)
{
    np_geo_want(core->geo, core->jobs, np_core_loop(core, 0), places_known, NULL);
}

static void put_rrset(struct np_core *core, struct np_dns_change *c, struct np_arena *a,
                      struct np_str zone, const struct route53_rrset *r)
{
    struct np_dns_rrset out = {
        .ttl = (uint32_t)r->ttl.v,
        .set_id = r->set_id.n != 0 ? r->set_id : NP_STR_NULL,
        .policy = policy_of(r),
        .weight = (uint32_t)r->weight.v,
        .continent = r->continent,
        .country = np_str_is(r->country, "*") ? NP_STR_NULL : r->country,
        .subdivision = r->subdivision,
        .secondary = np_str_is(r->failover, "SECONDARY"),
        .health_check = r->check_id,
        .alias_outside = r->alias_zone.p != NULL && !np_str_eq(r->alias_zone, zone),
        .evaluate_health = r->alias_check,
    };
    struct np_geo_spot spot = {0};
    struct np_err err = {0};
    if (!np_dns_type_of(r->type, &out.type) ||
        np_dns_name_of(r->name.text, a, &out.name, &err) != 0 ||
        (r->alias_zone.p != NULL && np_dns_name_of(r->alias_name, a, &out.alias, &err) != 0))
        broken("a record set", &err);
    if (r->region.p != NULL && np_geo_region_spot(r->region, &spot))
        out.spot = (struct np_dns_spot){spot.lat, spot.lon};
    if (out.policy == NP_DNS_LATENCY || out.policy == NP_DNS_GEO)
        want_places(core);
    rdata_of(a, r, &out);
    np_dns_rrset_put(c, zone, &out);
}

static void put_rows(const struct route53_projection *p, struct np_dns_change *c, struct np_q *q,
                     struct np_str zone)
{
    while (np_row(q)) {
        struct route53_rrset r;
        route53_rrset_row(q, p->arena, &r);
        if (zone.p == NULL) {
            struct np_str own = np_col_peek(q, 17);
            put_rrset(p->core, c, p->arena, own, &r);
        } else {
            put_rrset(p->core, c, p->arena, zone, &r);
        }
        np_arena_reset(p->arena, KEEP_BYTES);
    }
    struct np_err err = {0};
    if (np_q_end(q, &err) != 0)
        broken("record sets", &err);
}

/* --- a zone --- */

static struct np_str last_label(struct np_str *name)
{
    ptrdiff_t dot = np_str_rchr(*name, '.');
    struct np_str label = np_str_sub(*name, (size_t)(dot + 1), name->n);
    name->n = dot < 0 ? 0 : (size_t)dot;
    return label;
}

struct meeting {
    struct np_str zone; /* without the dot at its end */
    bool found;
};

/* Is the zone's name one of the glob's, or above or below one? */
static void meet(void *arg, struct np_str glob)
{
    struct meeting *m = arg;
    struct np_str zone = m->zone;
    while (zone.n > 0 && glob.n > 0) {
        struct np_str a = last_label(&zone), b = last_label(&glob);
        if (!np_str_is(b, "*") && !np_str_ieq(a, b))
            return;
    }
    m->found = true;
}

/* AWS: its own names are delegated to it alone, so that nobody's zone of such a name is asked
 * (tests/sdk/test_route53_zones.py). */
static bool meets_region(const struct np_core *core, const struct route53_zone *z)
{
    struct meeting m = {.zone = np_str_sub(z->name, 0, z->name.n - 1)};
    np_name_globs(core, meet, &m);
    return m.found;
}

static void put_zone(struct np_dns_change *c, const struct route53_db *db, struct np_core *core,
                     const struct route53_zone *z)
{
    struct np_err err = {0};
    struct route53_vpc *vpcs;
    struct np_dns_zone out = {.id = z->id,
                              .is_private = z->private,
                              .region_first = !z->private && meets_region(core, z)};
    int rc = route53_vpcs(db, z->id, &vpcs, &out.n_vpcs, &err);
    if (rc == 0)
        rc = np_dns_name_of(z->name, db->a, (struct np_str *)&out.name, &err);
    if (rc != 0)
        broken("a zone", &err);
    struct np_str *ids = np_new_array(db->a, struct np_str, out.n_vpcs + 1);
    for (size_t i = 0; i < out.n_vpcs; i++)
        ids[i] = vpcs[i].id;
    out.vpcs = ids;
    out.signer = z->signing ? route53_signer(core, db, z) : NULL;
    np_dns_zone_put(c, &out);
    np_dns_signer_unref(out.signer);
}

static void all_rrsets(const struct route53_projection *p, struct np_dns_change *c,
                       const struct route53_db *db, struct np_str zone)
{
    NP_SQL(rows, "SELECT " ROUTE53_RRSET_COLUMNS " FROM route53_rrset WHERE zone = ?1");
    put_rows(p, c, route53_q(db, &rows, "s", zone), zone);
}

/* Whether it is there. */
static bool read_zone(const struct route53_db *db, struct np_str id, struct route53_zone *z)
{
    struct np_err err = {0};
    int rc = route53_zone_get(db, id, z, &err);
    if (rc != 0 && rc != NP_ENOENT)
        broken("a zone", &err);
    return rc == 0;
}

/* --- changes --- */

static void zone_changed(const struct route53_projection *p, const struct route53_db *db,
                         struct np_str id, bool with_rrsets)
{
    struct route53_zone z;
    bool there = read_zone(db, id, &z);
    struct np_dns_change *c = np_dns_begin(p->core->dns);
    /* Record sets that are gone go with the zone that had them. */
    if (!there || with_rrsets)
        np_dns_zone_remove(c, id);
    if (there)
        put_zone(c, db, p->core, &z);
    if (there && with_rrsets)
        all_rrsets(p, c, db, id);
    np_dns_commit(c);
}

static bool next_text(struct np_str *rest, struct np_str *out)
{
    const char *zero = rest->n != 0 ? memchr(rest->p, 0, rest->n) : NULL;
    if (zero == NULL)
        return false;
    *out = np_str_n(rest->p, (size_t)(zero - rest->p));
    *rest = np_str_sub(*rest, out->n + 1, SIZE_MAX);
    return true;
}

static void rrset_changed(struct np_core *core, struct np_dns_change *c,
                          const struct route53_db *db, struct np_str zone,
                          const struct route53_rrset *key)
{
    struct np_err err = {0};
    struct route53_rrset r;
    struct route53_name name;
    uint16_t type;
    int rc = route53_name(db->a, key->name.text, &name, &err);
    if (rc == 0)
        rc = route53_rrset_get(db, zone, name.sort, key->type, key->set_id, &r, &err);
    if (rc == 0)
        put_rrset(core, c, db->a, zone, &r);
    else if (rc == NP_ENOENT && np_dns_type_of(key->type, &type))
        np_dns_rrset_remove(c, zone, name.wire, type,
                            key->set_id.n != 0 ? key->set_id : NP_STR_NULL);
    else
        broken("a record set", &err);
}

static void rrsets_changed(const struct route53_projection *p, const struct route53_db *db,
                           struct np_str key)
{
    struct route53_zone z;
    struct route53_rrset r = {0};
    struct np_str zone;
    if (!next_text(&key, &zone) || !read_zone(db, zone, &z))
        return;
    struct np_dns_change *c = np_dns_begin(p->core->dns);
    while (next_text(&key, &r.name.text) && next_text(&key, &r.type) && next_text(&key, &r.set_id))
        rrset_changed(p->core, c, db, zone, &r);
    np_dns_commit(c);
}

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct route53_projection *p = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct route53_db db = {c, {.account = account}, a};
    struct np_str what = np_str_of(kind);
    if (np_str_is(what, "route53.zone"))
        zone_changed(p, &db, key, false);
    else if (np_str_is(what, "route53.all"))
        zone_changed(p, &db, key, true);
    else if (np_str_is(what, "route53.rrsets"))
        rrsets_changed(p, &db, key);
    else if (np_str_is(what, "route53.check"))
        route53_checker_changed(route53_state(p->core)->checker, key);
}

/* --- the start --- */

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(zones, "SELECT " ROUTE53_ZONE_COLUMNS " FROM route53_zone ORDER BY created_ms, id");
    NP_SQL(rows, "SELECT " ROUTE53_RRSET_COLUMNS ", zone FROM route53_rrset");
    struct route53_projection *p = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct route53_db db = {c, {.account = NP_STR("")}, a};
    struct np_dns_change *change = np_dns_begin(p->core->dns);
    struct np_q *q = route53_q(&db, &zones, "");
    while (np_row(q)) {
        struct route53_zone z;
        route53_zone_row(q, a, &z);
        put_zone(change, &db, p->core, &z);
        np_arena_reset(a, KEEP_BYTES);
    }
    int rc = np_q_end(q, err);
    if (rc == 0)
        put_rows(p, change, route53_q(&db, &rows, ""), NP_STR_NULL);
    np_dns_commit(change);
    return rc;
}

struct np_dns *route53_dns(const struct np_core *core)
{
    return core->dns;
}

struct route53_projection *route53_projection_new(struct np_core *core)
{
    struct route53_projection *p = np_heap_new(struct route53_projection);
    p->core = core;
    p->arena = np_arena_new();
    np_store_project(core->store, &(struct np_projection){
                                      .name = "route53",
                                      .db = NP_DB_STATE,
                                      .kinds = "route53.",
                                      .build = build,
                                      .changed = changed,
                                      .arg = p,
                                  });
    return p;
}

void route53_projection_free(struct route53_projection *p)
{
    if (p == NULL)
        return;
    np_arena_free(p->arena);
    np_free(p);
}
