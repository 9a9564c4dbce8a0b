/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - the places of geolocation records, listed and described. */
#include "services/route53/place.h"

#include "engines/geo/geo.h"
#include "services/route53/route53_int.h"

#define TEXT(lit)                                                                                  \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    }

static const struct route53_place places[] = {
#define NP_CONTINENT(code, label)   {TEXT(code), {NULL, 0}, {NULL, 0}, TEXT(label)},
#define NP_COUNTRY(code, label)     {{NULL, 0}, TEXT(code), {NULL, 0}, TEXT(label)},
#define NP_STATE(land, code, label) {{NULL, 0}, TEXT(land), TEXT(code), TEXT(label)},
#include "services/route53/place.def"
#undef NP_CONTINENT
#undef NP_COUNTRY
#undef NP_STATE
};

const struct route53_place *route53_place_find(struct np_str continent, struct np_str country,
                                               struct np_str state)
{
    NP_EACH (p, places)
        if (np_str_eq(p->continent, continent) && np_str_eq(p->country, country) &&
            np_str_eq(p->state, state))
            return p;
    return NULL;
}

static void describe(const struct route53_place *p, struct route53_GeoLocationDetails *out)
{
    const struct route53_place *wider = p;
    *out = (struct route53_GeoLocationDetails){
        .ContinentCode = p->continent,
        .CountryCode = p->country,
        .SubdivisionCode = p->state,
    };
    if (p->state.p != NULL) {
        out->SubdivisionName = p->name;
        wider = route53_place_find(NP_STR_NULL, p->country, NP_STR_NULL);
    }
    if (p->country.p == NULL) {
        out->ContinentName = p->name;
        return;
    }
    out->CountryName = wider->name;
    /* AWS: states are told without their continent (tests/wire/route53/geo.wire). */
    const char *continent = p->state.p == NULL ? np_geo_continent_of(p->country) : NULL;
    if (continent == NULL)
        return;
    out->ContinentCode = np_str_of(continent);
    wider = route53_place_find(out->ContinentCode, NP_STR_NULL, NP_STR_NULL);
    out->ContinentName = wider != NULL ? wider->name : NP_STR_NULL;
}

int route53_GetGeoLocation(struct np_req *rq, const struct route53_GetGeoLocationRequest *in,
                           struct route53_GetGeoLocationResponse *out, struct np_err *err)
{
    if (in->ContinentCode.p == NULL && in->CountryCode.p == NULL)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "A ContinentCode or a CountryCode must be specified.");
    const struct route53_place *p =
        route53_place_find(in->ContinentCode, in->CountryCode, in->SubdivisionCode);
    if (p == NULL)
        return np_fault(err, &ROUTE53_NoSuchGeoLocation,
                        "No geolocation record exists with the specified codes.");
    out->GeoLocationDetails = np_new(rq->arena, struct route53_GeoLocationDetails);
    describe(p, out->GeoLocationDetails);
    return 0;
}

int route53_ListGeoLocations(struct np_req *rq, const struct route53_ListGeoLocationsRequest *in,
                             struct route53_ListGeoLocationsResponse *out, struct np_err *err)
{
    const struct route53_place *p = places, *end = places + NP_LEN(places);
    int64_t most;
    int rc = route53_max_items(in->MaxItems, ROUTE53_PAGE_MAX, &most, err);
    if (rc != 0)
        return rc;
    if (in->StartContinentCode.p != NULL || in->StartCountryCode.p != NULL)
        p = route53_place_find(in->StartContinentCode, in->StartCountryCode,
                               in->StartSubdivisionCode);
    if (p == NULL)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "No geolocation begins the list that is asked for.");
    out->GeoLocationDetailsList.set = true;
    for (; p < end && (int64_t)out->GeoLocationDetailsList.n < most; p++) {
        struct route53_GeoLocationDetails one;
        describe(p, &one);
        ROUTE53_PUSH(rq->arena, &out->GeoLocationDetailsList, one);
    }
    out->IsTruncated = ROUTE53_BOOL(p < end);
    if (p < end) {
        out->NextContinentCode = p->continent;
        out->NextCountryCode = p->country;
        out->NextSubdivisionCode = p->state;
    }
    out->MaxItems = route53_items_text(rq->arena, most);
    return 0;
}
