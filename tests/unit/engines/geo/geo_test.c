/* SPDX-License-Identifier: Apache-2.0 */
/* geo_test.c - places of addresses: the operator's file over tor-geoipdb's, and how far they go. */
#include "test.h"

#include <stdio.h>

#include "base/auto.h"
#include "engines/geo/geo_int.h"
#include "io/file.h"
#include "io/rcu.h"

struct rig {
    struct np_arena *arena;
    struct np_geo *geo;
    struct np_geo_opts opts;
};

static struct np_str path_of(struct rig *r, const char *name)
{
    return np_str_printf(r->arena, "%s/%s", np_test_dir(), name);
}

static void write_file(struct rig *r, const char *name, const char *text)
{
    NP_CHECK(np_file_write(path_of(r, name), np_str_of(text), 0600, NULL) == 0);
}

static void rig_init(struct rig *r, const char *own, const char *v4, const char *v6)
{
    np_rcu_thread_begin();
    r->arena = np_arena_new();
    r->opts = (struct np_geo_opts){path_of(r, "own"), path_of(r, "v4"), path_of(r, "v6")};
    if (own != NULL)
        write_file(r, "own", own);
    if (v4 != NULL)
        write_file(r, "v4", v4);
    if (v6 != NULL)
        write_file(r, "v6", v6);
    r->geo = np_geo_new(&r->opts);
}

static void rig_fini(struct rig *r)
{
    np_geo_free(r->geo);
    np_rcu_barrier();
    np_arena_free(r->arena);
}

/* "EU DE - /24": continent, country, subdivision, prefix. */
static struct np_str find(struct rig *r, const char *ip)
{
    struct np_addr addr;
    struct np_geo_place p;
    struct np_str text = strchr(ip, ':') != NULL ? np_str_printf(r->arena, "[%s]:0", ip)
                                                 : np_str_printf(r->arena, "%s:0", ip);
    NP_CHECK(np_addr_parse(text, &addr, NULL) == 0);
    int rc = np_geo_find(r->geo, &addr, &p);
    if (rc == NP_EAGAIN)
        return NP_STR("later");
    NP_CHECK((rc == 0) == (p.continent[0] != '\0' || p.country[0] != '\0'));
    return np_str_printf(r->arena, "%s %s %s /%u", p.continent[0] != '\0' ? p.continent : "-",
                         p.country[0] != '\0' ? p.country : "-",
                         p.subdivision[0] != '\0' ? p.subdivision : "-", p.prefix);
}

static const char v4_file[] = "# a comment\n"
                              "16777216,16777471,AU\n"  /* 1.0.0.0/24 */
                              "16777472,16778239,CN\n"  /* 1.0.1.0 to 1.0.3.255 */
                              "16778240,16779263,CN\n"  /* 1.0.4.0/22 */
                              "16785408,16793599,??\n"; /* 1.0.32.0/19 */

NP_TEST(geo_ranges_of_ipv4)
{
    struct rig r;
    rig_init(&r, NULL, v4_file, NULL);
    NP_CHECK_STR(find(&r, "1.0.0.1"), NP_STR("later"));
    NP_CHECK(!np_geo_is_loaded(r.geo) && np_geo_load(r.geo, NULL) == 0 && np_geo_is_loaded(r.geo));
    NP_CHECK_STR(find(&r, "1.0.0.0"), NP_STR("OC AU - /24"));
    NP_CHECK_STR(find(&r, "1.0.0.255"), NP_STR("OC AU - /24"));
    NP_CHECK_STR(find(&r, "1.0.1.0"), NP_STR("AS CN - /24"));
    NP_CHECK_STR(find(&r, "1.0.2.0"), NP_STR("AS CN - /23"));
    NP_CHECK_STR(find(&r, "1.0.7.255"), NP_STR("AS CN - /22"));
    NP_CHECK_STR(find(&r, "1.0.8.0"), NP_STR("- - - /21"));
    NP_CHECK_STR(find(&r, "1.0.33.0"), NP_STR("- - - /19"));
    NP_CHECK_STR(find(&r, "0.255.255.255"), NP_STR("- - - /8"));
    NP_CHECK_STR(find(&r, "200.0.0.1"), NP_STR("- - - /1"));
    NP_CHECK_STR(find(&r, "::ffff:1.0.0.1"), NP_STR("OC AU - /24"));
    rig_fini(&r);
}

NP_TEST(geo_ranges_of_ipv6)
{
    struct rig r;
    rig_init(&r, NULL, NULL,
             "2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,DE\n"
             "2001:db8:1::,2001:db8:1:0:7fff:ffff:ffff:ffff,FR\n"
             "2001:db8:1:0:8000::,2001:db8:1:1:ffff:ffff:ffff:ffff,ES\n"
             "f000::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,US\n");
    NP_CHECK(np_geo_load(r.geo, NULL) == 0);
    NP_CHECK_STR(find(&r, "2001:db8::1"), NP_STR("EU DE - /48"));
    NP_CHECK_STR(find(&r, "2001:db8:1::1"), NP_STR("EU FR - /64"));
    NP_CHECK_STR(find(&r, "2001:db8:1:1::1"), NP_STR("EU ES - /64"));
    NP_CHECK_STR(find(&r, "2001:db8:1:2::1"), NP_STR("- - - /63"));
    NP_CHECK_STR(find(&r, "ffff::1"), NP_STR("NA US - /4"));
    NP_CHECK_STR(find(&r, "1.2.3.4"), NP_STR("- - - /0"));
    rig_fini(&r);
}

NP_TEST(geo_the_operators_networks_win)
{
    struct rig r;
    rig_init(&r,
             "1.0.0.0/16 US-CA # all of it\n\n"
             "1.0.0.64/26\tFR\n"
             "  1.0.1.0/24 continent:AF\n"
             "1.0.0.65 -\n"
             "2001:db8::/33 UA\n",
             v4_file, NULL);
    NP_CHECK(np_geo_load(r.geo, NULL) == 0);
    NP_CHECK_STR(find(&r, "1.0.0.64"), NP_STR("EU FR - /32"));
    NP_CHECK_STR(find(&r, "1.0.0.65"), NP_STR("- - - /32"));
    NP_CHECK_STR(find(&r, "1.0.0.66"), NP_STR("EU FR - /31"));
    NP_CHECK_STR(find(&r, "1.0.0.127"), NP_STR("EU FR - /27"));
    NP_CHECK_STR(find(&r, "1.0.0.1"), NP_STR("NA US CA /26"));
    NP_CHECK_STR(find(&r, "1.0.0.200"), NP_STR("NA US CA /25"));
    NP_CHECK_STR(find(&r, "1.0.1.7"), NP_STR("AF - - /24"));
    NP_CHECK_STR(find(&r, "1.0.200.1"), NP_STR("NA US CA /17"));
    NP_CHECK_STR(find(&r, "1.1.0.1"), NP_STR("- - - /16"));
    NP_CHECK_STR(find(&r, "2001:db8::1"), NP_STR("EU UA - /33"));
    NP_CHECK_STR(find(&r, "2001:db8:8000::1"), NP_STR("- - - /33"));
    struct np_addr addr;
    struct np_geo_place p;
    NP_CHECK(np_addr_parse(NP_STR("1.0.0.1:0"), &addr, NULL) == 0 &&
             np_geo_find(r.geo, &addr, &p) == 0 && p.has_spot && p.spot.lon == -11980);
    rig_fini(&r);
}

static const struct {
    const char *line, *why;
} bad[] = {
    {"1.0.0.0/24", "no place"},
    {"1.0.0.0/33 DE", "too long"},
    {"1.0.0.1/24 DE", "bits behind the length"},
    {"1.0.0/24 DE", "no address"},
    {"1.0.0.0/24 EU", "a continent without saying so"},
    {"1.0.0.0/24 de", "lower case"},
    {"1.0.0.0/24 US-", "no subdivision"},
    {"1.0.0.0/24 US-CALI", "a subdivision of four"},
    {"1.0.0.0/24 continent:XX", "no continent"},
    {"1.0.0.0/24 DE\n1.0.0.0/24 FR", "the same network twice"},
    {"2001:db8::/129 DE", "too long for IPv6"},
};

NP_TEST(geo_wrong_lines_change_nothing)
{
    struct rig r;
    rig_init(&r, "9.0.0.0/8 SE\n", NULL, NULL);
    NP_CHECK(np_geo_load(r.geo, NULL) == 0);
    NP_EACH (b, bad) {
        struct np_err err = {0};
        write_file(&r, "own", b->line);
        NP_CHECK(np_geo_load(r.geo, &err) == NP_EINVAL && err.n != 0, "%s", b->why);
        NP_CHECK_STR(find(&r, "9.1.1.1"), NP_STR("EU SE - /8"));
    }
    struct np_err err = {0};
    write_file(&r, "own", "# fine\n10.0.0.0/8 ZZ\n");
    NP_CHECK(np_geo_load(r.geo, &err) == NP_EINVAL);
    NP_CHECK(np_str_find(np_err_text(&err), NP_STR("line 2: 'ZZ' is no country")) > 0);
    rig_fini(&r);
}

static const char *const bad_ranges[] = {"5,4,DE\n", "5,6\n", "x,6,DE\n", "5,6,DE\n6,7,DE\n",
                                         "5,4294967296,DE\n"};

NP_TEST(geo_wrong_ranges_are_refused)
{
    struct rig r;
    rig_init(&r, NULL, NULL, NULL);
    NP_EACH (b, bad_ranges) {
        write_file(&r, "v4", *b);
        NP_CHECK(np_geo_load(r.geo, NULL) == NP_EINVAL, "%s", *b);
    }
    write_file(&r, "v4", "");
    NP_CHECK(np_geo_load(r.geo, NULL) == 0);
    write_file(&r, "v6", "::5,::4,DE\n");
    NP_CHECK(np_geo_load(r.geo, NULL) == NP_EINVAL);
    write_file(&r, "v6", "1.2.3.4,1.2.3.5,DE\n");
    NP_CHECK(np_geo_load(r.geo, NULL) == NP_EINVAL);
    rig_fini(&r);
}

static void note_done(void *arg, int rc, const struct np_err *err)
{
    (void)err;
    *(int *)arg = rc == 0 ? 1 : 2;
}

NP_TEST(geo_loads_once_on_a_job)
{
    struct rig r;
    struct np_loop *l;
    struct np_jobs *jobs = NULL;
    int done = 0;
    rig_init(&r, NULL, v4_file, NULL);
    NP_CHECK(np_loop_new(&l, NULL) == 0 && np_jobs_new(1, &jobs, NULL) == 0);
    np_geo_want(r.geo, jobs, l, note_done, &done);
    np_geo_want(r.geo, jobs, l, note_done, &done);
    while (done == 0)
        np_loop_turn(l, -1);
    NP_CHECK(done == 1 && !np_loop_is_owed(l));
    np_rcu_thread_begin();
    NP_CHECK_STR(find(&r, "1.0.0.1"), NP_STR("OC AU - /24"));
    np_jobs_free(jobs);
    np_loop_free(l);
    rig_fini(&r);
}

NP_TEST(geo_tables)
{
    struct np_geo_spot spot;
    NP_CHECK(strcmp(np_geo_continent_of(NP_STR("AD")), "EU") == 0);
    NP_CHECK(strcmp(np_geo_continent_of(NP_STR("ZW")), "AF") == 0);
    NP_CHECK(np_geo_continent_of(NP_STR("ZZ")) == NULL && np_geo_continent_of(NP_STR("D")) == NULL);
    NP_CHECK(np_geo_continent_ok(NP_STR("OC")) && !np_geo_continent_ok(NP_STR("oc")));
    NP_CHECK(np_geo_region_spot(NP_STR("eu-central-1"), &spot) && spot.lat == 5010);
    NP_CHECK(!np_geo_region_spot(NP_STR("eu-central-9"), &spot));
}
