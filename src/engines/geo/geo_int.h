/* SPDX-License-Identifier: Apache-2.0 */
/* geo_int.h - a version of the tables. Private to this folder and its tests. */
#pragma once

#include "engines/geo/geo.h"

/* IPv4 addresses stand where IPv6 maps them. */
typedef unsigned __int128 geo_ip;
#define GEO_V4 ((geo_ip)0xffff << 32)

/* All bits behind the first `bits`. */
static inline geo_ip geo_below(unsigned bits)
{
    return bits >= 128 ? 0 : ~(geo_ip)0 >> bits;
}

#define GEO_OWN_MAX  1000000 /* networks of the operator's file */
#define GEO_LINE_MAX 512

struct geo_own {
    geo_ip first;
    int32_t parent; /* the smallest network around it, by its place in the table; -1: none */
    uint8_t bits;
    char continent[2], country[2], subdivision[3]; /* zeros where not given */
};

/* Where a place begins and which it is, up to where the next one begins: 1 + the country's letters
 * as a number to the base of 26; 0: not known. Of IPv6 the first 64 bits: less is not told apart.
 */
struct geo_table {
    struct geo_own *own; /* by first address, the larger of two first */
    uint32_t *from4;
    uint64_t *from6;
    uint16_t *place4, *place6;
    size_t n_own, n4, n6;
};

/* Each is fine when the file is not there. */
int geo_read_own(struct geo_table *t, const char *path, struct np_err *err);
int geo_read_v4(struct geo_table *t, const char *path, struct np_err *err);
int geo_read_v6(struct geo_table *t, const char *path, struct np_err *err);
/* One line of the own file; 0 with bits 255: nothing is on it. */
int geo_own_line(struct np_str line, struct geo_own *out, struct np_err *err);

bool geo_spot_of(struct np_str country, struct np_str subdivision, struct np_geo_spot *out);
