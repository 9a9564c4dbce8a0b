/* SPDX-License-Identifier: Apache-2.0 */
/* timefmt.h - the three text forms of a time, from and to milliseconds since 1970 UTC. */
#pragma once

#include "base/str.h"

#define NP_TIME_MAX 40
/* What these forms can say: 0001-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z. */
#define NP_TIME_LEAST_MS (INT64_C(-719162) * 86400000)
#define NP_TIME_MOST_MS  (INT64_C(2932897) * 86400000 - 1)
/* 2015-08-30T12:36:00Z; milliseconds are written when `ms` is true (…00.123Z). Returns length. */
size_t np_time_iso(char out[NP_TIME_MAX], int64_t t_ms, bool ms);
size_t np_time_iso_basic(char out[NP_TIME_MAX], int64_t t_ms); /* 20150830T123600Z */
size_t np_time_http(char out[NP_TIME_MAX], int64_t t_ms);      /* Sun, 30 Aug 2015 12:36:00 GMT */
struct np_str np_time_iso_str(struct np_arena *a, int64_t t_ms, bool ms);
struct np_str np_time_http_str(struct np_arena *a, int64_t t_ms);

/* RFC 3339 with Z or an offset, fraction optional; false when malformed. */
bool np_time_parse_iso(struct np_str s, int64_t *out_ms);
bool np_time_parse_iso_basic(struct np_str s, int64_t *out_ms);
bool np_time_parse_http(struct np_str s, int64_t *out_ms); /* IMF-fixdate, fraction tolerated */
/* Days since 1970 to civil date and back. */
int64_t np_days_from_civil(int64_t y, unsigned m, unsigned d);
void np_civil_from_days(int64_t days, int64_t *y, unsigned *m, unsigned *d);
