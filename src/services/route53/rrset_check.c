/* SPDX-License-Identifier: Apache-2.0 */
/* rrset_check.c - a record set as a call brings it: names, values, the members of its policy. What
 * is wrong with it comes in AWS's words; a batch answers all problems of its record sets at once.
 */
#include "engines/dns/rdata.h"
#include "services/route53/place.h"
#include "services/route53/route53_int.h"

#define DATA_MAX (2u << 20) /* more than a document holds */

/* --- the form: InvalidInput, at the first --- */

static struct np_str where(struct np_arena *a, const struct route53_Change *in)
{
    const struct route53_ResourceRecordSet *s = in->ResourceRecordSet;
    struct np_str id = s->SetIdentifier.p != NULL ? s->SetIdentifier : NP_STR("null");
    return np_str_printf(a, "Change with [Action=%.*s, Name=%.*s, Type=%.*s, SetIdentifier=%.*s]",
                         NP_FMT(in->Action), NP_FMT(s->Name), NP_FMT(s->Type), NP_FMT(id));
}

static int wrong(struct np_arena *a, const struct route53_Change *in, const char *what,
                 struct np_err *err)
{
    return np_fault(err, &ROUTE53_InvalidInput, "Invalid request: %s in %.*s", what,
                    NP_FMT(where(a, in)));
}

static int check_content(struct np_arena *a, const struct route53_Change *in, struct np_err *err)
{
#define EXPECTED                                                                                   \
    "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "                 \
    "TrafficPolicyInstanceId], but found "
    const struct route53_ResourceRecordSet *s = in->ResourceRecordSet;
    bool data = s->TTL.set || s->ResourceRecords.n != 0;
    if (s->AliasTarget != NULL && data)
        return wrong(a, in, EXPECTED "more than one", err);
    if (s->AliasTarget == NULL && !data)
        return wrong(a, in, EXPECTED "none", err);
    if (s->AliasTarget == NULL && !s->TTL.set)
        return wrong(a, in, "Missing field 'TTL'", err);
    if (s->AliasTarget == NULL && s->ResourceRecords.n == 0)
        return wrong(a, in, "Missing field 'ResourceRecords'", err);
#undef EXPECTED
    return 0;
}

static int check_policy(struct np_arena *a, const struct route53_Change *in, struct np_err *err)
{
#define EXPECTED                                                                                   \
    "Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, "           \
    "GeoProximityLocation, or CidrRoutingConfig], but found "
    const struct route53_ResourceRecordSet *s = in->ResourceRecordSet;
    int n = s->Weight.set + (s->Region.p != NULL) + (s->Failover.p != NULL) +
            (s->GeoLocation != NULL) + s->MultiValueAnswer.set;
    if (n > 1)
        return wrong(a, in, EXPECTED "more than one", err);
    if (n == 0 && s->SetIdentifier.p != NULL)
        return wrong(a, in, EXPECTED "none", err);
    if (n == 1 && s->SetIdentifier.p == NULL)
        return wrong(a, in, "Missing field 'SetIdentifier'", err);
#undef EXPECTED
    return 0;
}

/* AWS: places are those of ListGeoLocations (tests/wire/route53/geo_errors.wire). */
static int check_place(struct np_arena *a, const struct route53_Change *in, struct np_err *err)
{
    const struct route53_GeoLocation *g = in->ResourceRecordSet->GeoLocation;
    if (g == NULL)
        return 0;
    if (g->ContinentCode.p != NULL && (g->CountryCode.p != NULL || g->SubdivisionCode.p != NULL))
        return wrong(a, in, "ContinentCode stands alone in a GeoLocation", err);
    if (g->ContinentCode.p == NULL && g->CountryCode.p == NULL)
        return wrong(a, in, "Missing field 'CountryCode' of GeoLocation", err);
    if (route53_place_find(g->ContinentCode, g->CountryCode, g->SubdivisionCode) != NULL)
        return 0;
    return wrong(a, in, "The GeoLocation is none of those that ListGeoLocations answers", err);
}

/* --- values: into the list of problems --- */

static void bad_value(struct np_arena *a, struct np_str value, struct np_str why,
                      struct np_strs *problems)
{
    ROUTE53_PUSH(a, problems,
                 np_str_printf(a,
                               "Invalid Resource Record: 'FATAL problem: %.*s encountered with "
                               "'%.*s''",
                               NP_FMT(why), NP_FMT(value)));
}

/* AWS: other letters are written as codes (tests/wire/route53/rrset_values.wire). */
static bool is_ascii(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((uint8_t)s.p[i] < ' ' && s.p[i] != '\t') || (uint8_t)s.p[i] >= 127)
            return false;
    return true;
}

static bool check_value(struct np_arena *a, uint16_t type, struct np_str value,
                        struct np_str *rdata, struct np_strs *problems)
{
    struct np_err why = {0};
    if (is_ascii(value) && np_dns_rdata_of(type, value, a, rdata, &why) == 0)
        return true;
    struct np_str text = np_err_text(&why);
    if (text.n == 0)
        text = NP_STR("UnsupportedCharacter (Value contains unsupported characters)");
    bad_value(a, value, text, problems);
    return false;
}

static void read_values(struct np_arena *a, uint16_t type, const struct route53_ResourceRecords *in,
                        struct route53_rrset *out, struct np_strs *problems)
{
    struct np_strs seen = {0};
    struct np_buf b;
    np_buf_init(&b, a, DATA_MAX);
    for (size_t i = 0; i < in->n && i < ROUTE53_VALUES_MAX; i++) {
        struct np_str value = np_str_trim(in->v[i].Value), rdata;
        if (!check_value(a, type, value, &rdata, problems))
            continue;
        bool twice = false;
        for (size_t k = 0; k < seen.n; k++)
            twice = twice || np_str_eq(seen.v[k], rdata);
        if (twice)
            ROUTE53_PUSH(a, problems,
                         np_str_printf(a, "Duplicate Resource Record: '%.*s'", NP_FMT(value)));
        ROUTE53_PUSH(a, &seen, rdata);
        if (b.n != 0)
            np_buf_char(&b, '\n');
        np_buf_str_add(&b, value);
    }
    out->data = np_buf_str(&b);
}

static void check_values(struct np_arena *a, const struct route53_ResourceRecordSet *in,
                         const struct route53_rrset *r, struct np_strs *problems)
{
    bool single = np_str_is(r->type, "CNAME") || np_str_is(r->type, "SOA");
    if (single && in->ResourceRecords.n > 1)
        ROUTE53_PUSH(a, problems,
                     np_str_printf(a,
                                   "RRSet of type %.*s with DNS name %.*s has more than one "
                                   "Resource Record.",
                                   NP_FMT(r->type), NP_FMT(r->name.text)));
    if (in->ResourceRecords.n > ROUTE53_VALUES_MAX)
        ROUTE53_PUSH(a, problems,
                     np_str_printf(a,
                                   "RRSet of type %.*s with DNS name %.*s has more than %d "
                                   "Resource Records.",
                                   NP_FMT(r->type), NP_FMT(r->name.text), ROUTE53_VALUES_MAX));
}

static bool is_wildcard(const struct route53_name *n)
{
    return np_str_starts(n->wire, np_str_n("\1*", 2));
}

static void check_type(struct np_arena *a, const struct route53_rrset *r, struct np_strs *problems)
{
    bool ns = np_str_is(r->type, "NS"), soa = np_str_is(r->type, "SOA");
    const char *what = NULL;
    if (ns && is_wildcard(&r->name))
        what = "cannot have a wildcard in its name";
    else if ((ns || soa || np_str_is(r->type, "CNAME")) && r->multivalue.set)
        what = "cannot be a multivalue answer";
    else if (soa && r->set_id.n != 0)
        what = "cannot have a routing policy";
    else if ((ns || soa) && r->alias_zone.p != NULL)
        what = "cannot be an alias";
    else if (r->multivalue.set && r->alias_zone.p != NULL)
        what = "cannot be both an alias and a multivalue answer";
    if (what != NULL)
        ROUTE53_PUSH(a, problems,
                     np_str_printf(a, "RRSet of type %.*s with DNS name %.*s %s.", NP_FMT(r->type),
                                   NP_FMT(r->name.text), what));
}

/* --- the whole --- */

static void read_policy(const struct route53_ResourceRecordSet *in, struct route53_rrset *out)
{
    out->set_id = in->SetIdentifier.p != NULL ? in->SetIdentifier : NP_STR("");
    out->weight = in->Weight;
    out->region = in->Region;
    out->failover = in->Failover;
    out->multivalue = in->MultiValueAnswer;
    out->check_id = in->HealthCheckId;
    if (in->GeoLocation != NULL) {
        out->continent = in->GeoLocation->ContinentCode;
        out->country = in->GeoLocation->CountryCode;
        out->subdivision = in->GeoLocation->SubdivisionCode;
    }
}

/* AWS: shown in lower case and with a dot at the end, however it came
 * (tests/wire/route53/alias.wire). */
static int read_alias(struct np_arena *a, const struct route53_AliasTarget *in,
                      struct route53_rrset *out, struct np_strs *problems)
{
    struct route53_name name;
    struct np_err why = {0};
    out->alias_zone = route53_bare_id(in->HostedZoneId);
    out->alias_check = in->EvaluateTargetHealth.v;
    out->alias_name = in->DNSName;
    if (route53_name(a, in->DNSName, &name, &why) == 0)
        out->alias_name = name.text;
    else
        ROUTE53_PUSH(a, problems,
                     np_str_printf(a, "FATAL problem: %.*s encountered with '%.*s'",
                                   NP_FMT(np_err_text(&why)), NP_FMT(in->DNSName)));
    return 0;
}

int route53_rrset_read(struct np_req *rq, const struct route53_Change *in,
                       struct route53_rrset *out, struct np_strs *problems, struct np_err *err)
{
    const struct route53_ResourceRecordSet *s = in->ResourceRecordSet;
    struct np_arena *a = rq->arena;
    struct np_err why = {0};
    uint16_t type = 0;
    int rc = check_content(a, in, err);
    rc = rc != 0 ? rc : check_policy(a, in, err);
    rc = rc != 0 ? rc : check_place(a, in, err);
    if (rc == 0 && !np_dns_type_of(s->Type, &type))
        rc = wrong(a, in, "This Type is not served", err);
    if (rc != 0)
        return rc;
    *out = (struct route53_rrset){.type = s->Type, .ttl = s->TTL};
    if (route53_name(a, s->Name, &out->name, &why) != 0) {
        ROUTE53_PUSH(a, problems,
                     np_str_printf(a, "FATAL problem: %.*s encountered with '%.*s'",
                                   NP_FMT(np_err_text(&why)), NP_FMT(s->Name)));
        return 0;
    }
    read_policy(s, out);
    if (s->AliasTarget != NULL)
        read_alias(a, s->AliasTarget, out, problems);
    else
        read_values(a, type, &s->ResourceRecords, out, problems);
    check_values(a, s, out, problems);
    check_type(a, out, problems);
    return 0;
}
