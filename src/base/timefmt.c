/* SPDX-License-Identifier: Apache-2.0 */
/* timefmt.c - civil dates by arithmetic: no libc time, no locale. Years 1 to 9999. */
#include "base/timefmt.h"

#include "base/arena.h"

#define MS_A_DAY       INT64_C(86400000)
#define DAYS_400_YEARS 146097

static const char day_names[] = "SunMonTueWedThuFriSat";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct civil {
    int64_t year;
    unsigned month, day, hour, minute, second, ms;
};

/* Years are counted from March, so that the leap day is the last of a year, and by eras of 400. */
int64_t np_days_from_civil(int64_t y, unsigned m, unsigned d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t month = (m + 9) % 12; /* March is 0 */
    int64_t day_of_year = (153 * month + 2) / 5 + d - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_400_YEARS + day_of_era - 719468; /* 0000-03-01 to 1970-01-01 */
}

void np_civil_from_days(int64_t days, int64_t *y, unsigned *m, unsigned *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
    int64_t day_of_era = days - era * DAYS_400_YEARS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* March is 0 */
    *d = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
    *m = (unsigned)(month < 10 ? month + 3 : month - 9);
    *y = year_of_era + era * 400 + (*m <= 2);
}

/* Out-of-range times are shown as the nearest that can be. Returns the days since 1970. */
static int64_t civil_of(int64_t t_ms, struct civil *c)
{
    if (t_ms < NP_TIME_LEAST_MS)
        t_ms = NP_TIME_LEAST_MS;
    if (t_ms > NP_TIME_MOST_MS)
        t_ms = NP_TIME_MOST_MS;
    int64_t days = t_ms / MS_A_DAY, rest = t_ms % MS_A_DAY;
    if (rest < 0) {
        rest += MS_A_DAY;
        days--;
    }
    np_civil_from_days(days, &c->year, &c->month, &c->day);
    c->ms = (unsigned)(rest % 1000);
    rest /= 1000;
    c->second = (unsigned)(rest % 60);
    c->minute = (unsigned)(rest / 60 % 60);
    c->hour = (unsigned)(rest / 3600);
    return days;
}

static char *put2(char *p, unsigned v)
{
    *p++ = (char)('0' + v / 10);
    *p++ = (char)('0' + v % 10);
    return p;
}

static char *put4(char *p, int64_t v)
{
    return put2(put2(p, (unsigned)v / 100), (unsigned)v % 100);
}

static char *put_char(char *p, char c)
{
    *p++ = c;
    return p;
}

size_t np_time_iso(char out[NP_TIME_MAX], int64_t t_ms, bool ms)
{
    struct civil c;
    civil_of(t_ms, &c);
    char *p = put_char(put4(out, c.year), '-');
    p = put_char(put2(p, c.month), '-');
    p = put_char(put2(p, c.day), 'T');
    p = put_char(put2(p, c.hour), ':');
    p = put_char(put2(p, c.minute), ':');
    p = put2(p, c.second);
    if (ms) {
        p = put_char(p, '.');
        p = put_char(p, (char)('0' + c.ms / 100));
        p = put2(p, c.ms % 100);
    }
    p = put_char(p, 'Z');
    *p = '\0';
    return (size_t)(p - out);
}

size_t np_time_iso_basic(char out[NP_TIME_MAX], int64_t t_ms)
{
    struct civil c;
    civil_of(t_ms, &c);
    char *p = put2(put2(put4(out, c.year), c.month), c.day);
    p = put_char(p, 'T');
    p = put2(put2(put2(p, c.hour), c.minute), c.second);
    p = put_char(p, 'Z');
    *p = '\0';
    return (size_t)(p - out);
}

static char *put_name(char *p, const char *names, unsigned i)
{
    memcpy(p, names + (size_t)i * 3, 3);
    return p + 3;
}

size_t np_time_http(char out[NP_TIME_MAX], int64_t t_ms)
{
    struct civil c;
    int64_t days = civil_of(t_ms, &c);
    unsigned weekday = (unsigned)(((days + 4) % 7 + 7) % 7); /* 1970 began on a Thursday */
    char *p = put_char(put_char(put_name(out, day_names, weekday), ','), ' ');
    p = put_char(put2(p, c.day), ' ');
    p = put_char(put_name(p, month_names, c.month - 1), ' ');
    p = put_char(put4(p, c.year), ' ');
    p = put_char(put2(p, c.hour), ':');
    p = put_char(put2(p, c.minute), ':');
    p = put2(p, c.second);
    memcpy(p, " GMT", 5);
    return (size_t)(p + 4 - out);
}

struct np_str np_time_iso_str(struct np_arena *a, int64_t t_ms, bool ms)
{
    char *p = np_alloc(a, NP_TIME_MAX);
    return (struct np_str){p, np_time_iso(p, t_ms, ms)};
}

struct np_str np_time_http_str(struct np_arena *a, int64_t t_ms)
{
    char *p = np_alloc(a, NP_TIME_MAX);
    return (struct np_str){p, np_time_http(p, t_ms)};
}

/* A reader over text: the take_ functions move on, and clear `ok` at the first misfit. */
struct reader {
    const char *p, *end;
    bool ok;
};

static struct reader reader_of(struct np_str s)
{
    if (s.n == 0)
        return (struct reader){.ok = false};
    return (struct reader){s.p, s.p + s.n, true};
}

static unsigned take_number(struct reader *r, int digits)
{
    unsigned v = 0;
    if (!r->ok || r->end - r->p < digits) {
        r->ok = false;
        return 0;
    }
    for (int i = 0; i < digits; i++, r->p++) {
        if (*r->p < '0' || *r->p > '9')
            r->ok = false;
        v = v * 10 + (unsigned)(*r->p - '0');
    }
    return r->ok ? v : 0;
}

static bool try_char(struct reader *r, char c)
{
    if (!r->ok || r->p == r->end || *r->p != c)
        return false;
    r->p++;
    return true;
}

static void take_char(struct reader *r, char c)
{
    if (!try_char(r, c))
        r->ok = false;
}

/* Index of the three-letter name in `names`. */
static unsigned take_name(struct reader *r, const char *names)
{
    if (!r->ok || r->end - r->p < 3) {
        r->ok = false;
        return 0;
    }
    for (unsigned i = 0; names[(size_t)i * 3] != '\0'; i++) {
        if (memcmp(names + (size_t)i * 3, r->p, 3) == 0) {
            r->p += 3;
            return i;
        }
    }
    r->ok = false;
    return 0;
}

/* ".123456": at least one digit, cut to milliseconds. */
static unsigned take_fraction(struct reader *r)
{
    unsigned ms = 0, scale = 100;
    if (!try_char(r, '.'))
        return 0;
    if (r->p == r->end || *r->p < '0' || *r->p > '9')
        r->ok = false;
    for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++, scale /= 10)
        ms += (unsigned)(*r->p - '0') * scale;
    return ms;
}

static unsigned days_of_month(int64_t y, unsigned m)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    return m == 2 && leap ? 29 : days[m - 1];
}

static bool civil_ok(const struct civil *c)
{
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_of_month(c->year, c->month) && c->hour < 24 && c->minute < 60 &&
           c->second < 60;
}

static int64_t ms_of(const struct civil *c)
{
    int64_t seconds = (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + (int64_t)c->second;
    return np_days_from_civil(c->year, c->month, c->day) * MS_A_DAY + seconds * 1000 + c->ms;
}

static bool finish(const struct reader *r, const struct civil *c, int64_t offset_ms, int64_t *out)
{
    if (!r->ok || r->p != r->end || !civil_ok(c))
        return false;
    int64_t t = ms_of(c) - offset_ms;
    if (t < NP_TIME_LEAST_MS || t > NP_TIME_MOST_MS)
        return false;
    *out = t;
    return true;
}

/* "Z" or "+01:30" */
static int64_t take_offset(struct reader *r)
{
    if (try_char(r, 'Z') || try_char(r, 'z'))
        return 0;
    bool minus = try_char(r, '-');
    if (!minus)
        take_char(r, '+');
    unsigned hours = take_number(r, 2);
    take_char(r, ':');
    unsigned minutes = take_number(r, 2);
    if (hours > 23 || minutes > 59)
        r->ok = false;
    int64_t ms = ((int64_t)hours * 60 + (int64_t)minutes) * 60000;
    return minus ? -ms : ms;
}

static void take_clock(struct reader *r, struct civil *c)
{
    c->hour = take_number(r, 2);
    take_char(r, ':');
    c->minute = take_number(r, 2);
    take_char(r, ':');
    c->second = take_number(r, 2);
    c->ms = take_fraction(r);
}

bool np_time_parse_iso(struct np_str s, int64_t *out_ms)
{
    struct reader r = reader_of(s);
    struct civil c = {0};
    c.year = take_number(&r, 4);
    take_char(&r, '-');
    c.month = take_number(&r, 2);
    take_char(&r, '-');
    c.day = take_number(&r, 2);
    if (!try_char(&r, 'T'))
        take_char(&r, 't');
    take_clock(&r, &c);
    int64_t offset_ms = take_offset(&r);
    return finish(&r, &c, offset_ms, out_ms);
}

bool np_time_parse_iso_basic(struct np_str s, int64_t *out_ms)
{
    struct reader r = reader_of(s);
    struct civil c = {0};
    c.year = take_number(&r, 4);
    c.month = take_number(&r, 2);
    c.day = take_number(&r, 2);
    take_char(&r, 'T');
    c.hour = take_number(&r, 2);
    c.minute = take_number(&r, 2);
    c.second = take_number(&r, 2);
    take_char(&r, 'Z');
    return finish(&r, &c, 0, out_ms);
}

bool np_time_parse_http(struct np_str s, int64_t *out_ms)
{
    struct reader r = reader_of(s);
    struct civil c = {0};
    take_name(&r, day_names);
    take_char(&r, ',');
    take_char(&r, ' ');
    c.day = take_number(&r, 2);
    take_char(&r, ' ');
    c.month = take_name(&r, month_names) + 1;
    take_char(&r, ' ');
    c.year = take_number(&r, 4);
    take_char(&r, ' ');
    take_clock(&r, &c);
    for (const char *z = " GMT"; *z != '\0'; z++)
        take_char(&r, *z);
    return finish(&r, &c, 0, out_ms);
}
