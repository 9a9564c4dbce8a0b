/* SPDX-License-Identifier: Apache-2.0 */
/* timefmt_test.c - times as text and back. */
#include "test.h"

#include "base/auto.h"
#include "base/timefmt.h"

static const struct {
    int64_t ms;
    const char *iso, *basic, *http;
} times[] = {
    {0, "1970-01-01T00:00:00.000Z", "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
    {1440938160000, "2015-08-30T12:36:00.000Z", "20150830T123600Z",
     "Sun, 30 Aug 2015 12:36:00 GMT"},
    {784111777000, "1994-11-06T08:49:37.000Z", "19941106T084937Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
    {951782400000, "2000-02-29T00:00:00.000Z", "20000229T000000Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
    {1709251199000, "2024-02-29T23:59:59.000Z", "20240229T235959Z",
     "Thu, 29 Feb 2024 23:59:59 GMT"},
    {4107542400000, "2100-03-01T00:00:00.000Z", "21000301T000000Z",
     "Mon, 01 Mar 2100 00:00:00 GMT"},
    {-1000, "1969-12-31T23:59:59.000Z", "19691231T235959Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
    {-62135596800000, "0001-01-01T00:00:00.000Z", "00010101T000000Z",
     "Mon, 01 Jan 0001 00:00:00 GMT"},
    {253402300799000, "9999-12-31T23:59:59.000Z", "99991231T235959Z",
     "Fri, 31 Dec 9999 23:59:59 GMT"},
};

NP_TEST(times_both_ways)
{
    char text[NP_TIME_MAX];
    int64_t back;
    NP_EACH (c, times) {
        NP_CHECK_STR(np_str_n(text, np_time_iso(text, c->ms, true)), np_str_of(c->iso));
        NP_CHECK_STR(np_str_n(text, np_time_iso_basic(text, c->ms)), np_str_of(c->basic));
        NP_CHECK_STR(np_str_n(text, np_time_http(text, c->ms)), np_str_of(c->http));
        NP_CHECK(np_time_parse_iso(np_str_of(c->iso), &back) && back == c->ms, "%s", c->iso);
        NP_CHECK(np_time_parse_iso_basic(np_str_of(c->basic), &back) && back == c->ms);
        NP_CHECK(np_time_parse_http(np_str_of(c->http), &back) && back == c->ms, "%s", c->http);
    }
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK_STR(np_time_iso_str(a, 1440938160123, true), NP_STR("2015-08-30T12:36:00.123Z"));
    NP_CHECK_STR(np_time_iso_str(a, 1440938160123, false), NP_STR("2015-08-30T12:36:00Z"));
    NP_CHECK_STR(np_time_iso_str(a, -1, true), NP_STR("1969-12-31T23:59:59.999Z"));
    NP_CHECK_STR(np_time_http_str(a, 1440938160123), NP_STR("Sun, 30 Aug 2015 12:36:00 GMT"));
    NP_CHECK_STR(np_time_iso_str(a, INT64_MAX, true), NP_STR("9999-12-31T23:59:59.999Z"));
    NP_CHECK_STR(np_time_iso_str(a, INT64_MIN, true), NP_STR("0001-01-01T00:00:00.000Z"));
}

static const struct {
    const char *text;
    int64_t ms;
} isos[] = {
    {"2015-08-30T12:36:00Z", 1440938160000},           {"2015-08-30T12:36:00.5Z", 1440938160500},
    {"2015-08-30T12:36:00.123456789Z", 1440938160123}, {"2015-08-30T14:36:00+02:00", 1440938160000},
    {"2015-08-30T07:06:00.001-05:30", 1440938160001},  {"2015-08-30t12:36:00z", 1440938160000},
};
static const char *const no_isos[] = {
    "",
    "2015-08-30",
    "2015-08-30T12:36:00",
    "2015-08-30 12:36:00Z",
    "2015-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2015-13-01T00:00:00Z",
    "2015-00-01T00:00:00Z",
    "2015-01-00T00:00:00Z",
    "2015-04-31T00:00:00Z",
    "2015-01-01T24:00:00Z",
    "2015-01-01T00:60:00Z",
    "2015-01-01T00:00:60Z",
    "2015-01-01T00:00:00.Z",
    "2015-01-01T00:00:00ZZ",
    "2015-1-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2015-01-01T00:00:00+0100",
    "2015-01-01T00:00:00+24:00",
    "-015-01-01T00:00:00Z",
    "2015-01-01T+1:00:00Z",
};
static const char *const no_https[] = {
    "",
    "Sun, 30 Aug 2015 12:36:00",
    "Sun, 30 Aug 2015 12:36:00 UTC",
    "Sunday, 30-Aug-15 12:36:00 GMT",
    "sun, 30 Aug 2015 12:36:00 GMT",
    "Sun, 30 aug 2015 12:36:00 GMT",
    "Sun, 31 Sep 2015 12:36:00 GMT",
    "Sun, 30 Aug 2015 12:36:00 GMT ",
    "Sun, 3 Aug 2015 12:36:00 GMT",
    "Su",
};

NP_TEST(parsing_is_strict)
{
    int64_t ms = 0;
    NP_EACH (c, isos)
        NP_CHECK(np_time_parse_iso(np_str_of(c->text), &ms) && ms == c->ms, "%s", c->text);
    NP_EACH (c, no_isos)
        NP_CHECK(!np_time_parse_iso(np_str_of(*c), &ms), "%s", *c);
    NP_EACH (c, no_https)
        NP_CHECK(!np_time_parse_http(np_str_of(*c), &ms), "%s", *c);
    NP_CHECK(np_time_parse_http(NP_STR("Sun, 30 Aug 2015 12:36:00.25 GMT"), &ms));
    NP_CHECK(ms == 1440938160250);
    NP_CHECK(!np_time_parse_iso_basic(NP_STR("20150830T123600"), &ms));
    NP_CHECK(!np_time_parse_iso_basic(NP_STR("20150830T123600+"), &ms));
    NP_CHECK(!np_time_parse_iso_basic(NP_STR_NULL, &ms));
}

NP_TEST(every_day_of_ten_thousand_years_comes_back)
{
    int64_t y, days = np_days_from_civil(1, 1, 1);
    unsigned m, d;
    int64_t before = 0;
    for (; days <= np_days_from_civil(9999, 12, 31); days++) {
        np_civil_from_days(days, &y, &m, &d);
        int64_t order = (y * 100 + m) * 100 + d;
        NP_CHECK(order > before && np_days_from_civil(y, m, d) == days, "day %ld", (long)days);
        before = order;
    }
    NP_CHECK(np_days_from_civil(1970, 1, 1) == 0);
}
