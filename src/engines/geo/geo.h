/* SPDX-License-Identifier: Apache-2.0 */
/* geo.h - where an address is: continent, country, subdivision and about which spot on the globe.
 *
 * From the operator's own file, which wins, over the two text files of tor-geoipdb (country alone);
 * each may be missing. Nothing is read before np_geo_load().
 *
 * Threads: np_geo_find() any, without a lock; np_geo_load() one at a time.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "io/job.h"
#include "io/net.h"

struct np_geo;

struct np_geo_spot {
    int16_t lat, lon; /* hundredths of a degree */
};
struct np_geo_place {
    char continent[3], country[3], subdivision[4]; /* "" where not known */
    bool has_spot;
    struct np_geo_spot spot;
    uint8_t prefix; /* every address that shares so many bits is in the same place */
};

struct np_geo_opts {
    struct np_str own;    /* path; absent or not there: no overrides */
    struct np_str v4, v6; /* tor-geoipdb's; absent: NP_GEO_V4, NP_GEO_V6 */
};
#define NP_GEO_V4 "/usr/share/tor/geoip"
#define NP_GEO_V6 "/usr/share/tor/geoip6"

struct np_geo *np_geo_new(const struct np_geo_opts *o);
void np_geo_free(struct np_geo *g);
/* Reads the files; again when the operator changed them. Takes tenths of a second: on a job. On
 * failure (NP_EINVAL: a line of the own file, with its number) what was there before stays. */
int np_geo_load(struct np_geo *g, struct np_err *err);
/* The same on a job, once: later calls do nothing. `done` (NULL: nobody asks) runs on the loop with
 * what went wrong, and no place is known then. */
typedef void np_geo_done_fn(void *arg, int rc, const struct np_err *err);
void np_geo_want(struct np_geo *g, struct np_jobs *jobs, struct np_loop *l, np_geo_done_fn *done,
                 void *arg);
bool np_geo_is_loaded(const struct np_geo *g);
/* NP_ENOENT: not known, and only out->prefix is set; NP_EAGAIN: not loaded. */
int np_geo_find(const struct np_geo *g, const struct np_addr *addr, struct np_geo_place *out);

/* --- tables --- */
const char *np_geo_continent_of(struct np_str country); /* "EU" of "DE"; NULL: no such country */
bool np_geo_continent_ok(struct np_str continent);      /* AF AN AS EU NA OC SA */
/* The spot of a region by its name ("eu-central-1"); false: unknown. */
bool np_geo_region_spot(struct np_str region, struct np_geo_spot *out);
