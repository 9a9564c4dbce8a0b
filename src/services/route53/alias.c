/* SPDX-License-Identifier: Apache-2.0 */
/* alias.c - what an alias may point at: a record set of its zone, or a name in one of the hosted
 * zones that AWS keeps for its services. AWS checks that a target's name fits its zone; that it is
 * there only of targets in the caller's own zone. */
#include "services/route53/route53_int.h"

/* Zones by service, and how names in them end. A region's own zones are told by their regions'
 * names in the target, which is as exact as the form can be. */
static const struct {
    const char *id, *suffix;
} zones[] = {
#define NP_ALIAS(id, suffix) {id, suffix},
#include "services/route53/alias.def"
#undef NP_ALIAS
};

static bool ends_with(struct np_str name, const char *suffix)
{
    struct np_str s = np_str_of(suffix);
    if (name.n > 0 && name.p[name.n - 1] == '.')
        name.n--;
    if (!np_str_ends(name, s))
        return false;
    return name.n == s.n || name.p[name.n - s.n - 1] == '.';
}

/* Domains of AWS whose zones are not all in the table. */
static const char *const others[] = {
    "amazonaws.com", "elasticbeanstalk.com", "awsapprunner.com", "on.aws", "amplifyapp.com",
};

bool route53_alias_fits(struct np_str zone_id, struct np_str name)
{
    bool known = false;
    NP_EACH (z, zones) {
        bool lies = ends_with(name, z->suffix);
        if (np_str_eq(np_str_of(z->id), zone_id) && lies)
            return true;
        known = known || lies || np_str_eq(np_str_of(z->id), zone_id);
    }
    if (known)
        return false;
    NP_EACH (o, others)
        if (ends_with(name, *o))
            return true;
    return false;
}

static void problem(struct np_arena *a, const struct route53_rrset *r, const char *what,
                    struct np_strs *problems)
{
    ROUTE53_PUSH(a, problems,
                 np_str_printf(a,
                               "Tried to create an alias that targets %.*s, type %.*s in zone "
                               "%.*s, but %s",
                               NP_FMT(r->alias_name), NP_FMT(r->type), NP_FMT(r->alias_zone),
                               what));
}

/* A target of AWS's: what the service answers is addresses. */
static void check_outside(struct np_arena *a, const struct route53_rrset *r,
                          struct np_strs *problems)
{
    if (!route53_alias_fits(r->alias_zone, r->alias_name)) {
        /* AWS: both are said of a zone that is not one of its own, too
         * (tests/wire/route53/alias.wire). */
        problem(a, r, "the alias target name does not lie within the target zone", problems);
        problem(a, r, "that target was not found", problems);
        return;
    }
    if (!np_str_is(r->type, "A") && !np_str_is(r->type, "AAAA") && !np_str_is(r->type, "HTTPS"))
        problem(a, r, "that target was not found", problems);
    if (r->alias_check && np_str_is(r->alias_zone, "Z2FDTNDATAQYW2"))
        ROUTE53_PUSH(a, problems,
                     np_str_printf(a,
                                   "EvaluateTargetHealth cannot be set to true for the alias "
                                   "target %.*s: a CloudFront distribution has no health.",
                                   NP_FMT(r->alias_name)));
}

void route53_alias_check(struct np_arena *a, const struct route53_zone *z,
                         const struct route53_name *apex, const struct route53_rrset *r,
                         struct np_strs *problems)
{
    struct route53_name target;
    if (!np_str_eq(r->alias_zone, z->id)) {
        check_outside(a, r, problems);
        return;
    }
    if (route53_name(a, r->alias_name, &target, NULL) != 0 || !route53_name_within(&target, apex))
        problem(a, r, "the alias target name does not lie within the target zone", problems);
}
