/* SPDX-License-Identifier: Apache-2.0 */
/* names_test.c - whose a name is, and where np_reach() leads. */
#include "test.h"

#include <arpa/inet.h>

#include "aws/api_names.h"
#include "aws/core_int.h"
#include "aws/names.h"
#include "aws/reach.h"
#include "base/auto.h"
#include "io/job.h"
#include "io/net.h"

/* "NAME" of arg is at 10.0.0.1, "nowhere.NAME" has no address. */
static int find(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out)
{
    struct np_str own = np_str_of(arg);
    NP_CHECK(name.n <= 255 && np_str_chr(name, 'A') < 0 && name.p[name.n - 1] != '.');
    if (!np_str_ends(name, own))
        return NP_ENOENT;
    out->n = np_str_starts(name, NP_STR("nowhere.")) ? 0 : 1;
    out->v[0].s_addr = htonl(0x0a000001);
    out->ttl = 60;
    out->zone_id = own;
    return 0;
}

static int lookup(void *arg, struct np_arena *a, struct np_str name, const char *type,
                  struct np_strs *out)
{
    if (!np_str_ends(name, NP_STR("example.com")))
        return NP_ENOENT;
    out->n = 0;
    out->v = np_new_array(a, struct np_str, 2);
    if (np_str_is(name, "www.example.com") && strcmp(type, "A") == 0)
        out->v[out->n++] = NP_STR("127.0.0.9");
    if (np_str_is(name, "six.example.com") && strcmp(type, "AAAA") == 0)
        out->v[out->n++] = NP_STR("::1");
    return 0;
}

struct fixture {
    struct np_core core;
    struct np_loop *loop;
    struct np_arena *arena;
    struct np_str got; /* of np_reach() */
    int rc, calls;
    bool own;
};

static void start(struct fixture *f)
{
    *f = (struct fixture){0};
    f->arena = np_arena_new();
    np_core_init(&f->core);
    f->core.config.listen = NP_STR("127.0.0.1:4566");
    NP_CHECK(np_loop_new(&f->loop, NULL) == 0);
    NP_CHECK(np_egress_new(NULL, &f->core.egress, NULL) == 0);
    struct np_addr gateway;
    NP_CHECK(np_addr_parse(f->core.config.listen, &gateway, NULL) == 0);
    np_egress_own(f->core.egress, &gateway, 32);
    np_name_source_add(&f->core, &(struct np_name_source){.find = find, .arg = "one.test"});
    np_name_source_add(&f->core, &(struct np_name_source){.find = find, .arg = "test"});
    np_provide_dns(&f->core, &(struct np_dns_provider){.lookup = lookup});
}

static void end(struct fixture *f)
{
    np_loop_free(f->loop);
    np_egress_free(f->core.egress);
    np_core_fini(&f->core);
    np_arena_free(f->arena);
}

NP_TEST(the_first_source_that_knows_a_name_has_it)
{
    struct fixture f;
    struct np_name_addrs got;
    start(&f);
    NP_CHECK(np_name_find(&f.core, NP_STR("X.ONE.test."), NP_STR_NULL, &got) == 0);
    NP_CHECK_STR(got.zone_id, NP_STR("one.test"));
    NP_CHECK(np_name_find(&f.core, NP_STR("two.test"), NP_STR_NULL, &got) == 0);
    NP_CHECK_STR(got.zone_id, NP_STR("test"));
    NP_CHECK(np_name_find(&f.core, NP_STR("nowhere.test"), NP_STR_NULL, &got) == 0 && got.n == 0);
    NP_CHECK(np_name_find(&f.core, NP_STR("other"), NP_STR_NULL, &got) == NP_ENOENT);
    NP_CHECK(np_name_find(&f.core, NP_STR(""), NP_STR_NULL, &got) == NP_ENOENT);
    NP_CHECK(np_name_find(&f.core, NP_STR("."), NP_STR_NULL, &got) == NP_ENOENT);
    char name[260];
    memset(name, 'a', sizeof(name));
    memcpy(name + 255 - 5, ".test", 5);
    NP_CHECK(np_name_find(&f.core, np_str_n(name, 255), NP_STR_NULL, &got) == 0);
    memcpy(name + 256 - 5, ".test", 5);
    NP_CHECK(np_name_find(&f.core, np_str_n(name, 256), NP_STR_NULL, &got) == NP_ENOENT,
             "a byte more");
    end(&f);
}

static void reached(void *arg, int rc, const struct np_addr *to, bool own, const struct np_err *err)
{
    struct fixture *f = arg;
    f->calls++;
    f->rc = rc;
    f->own = own;
    f->got = to != NULL ? np_addr_text(f->arena, to) : np_str_dup(f->arena, np_err_text(err));
}

static const struct {
    const char *name;
    uint16_t port;
    int rc;
    const char *to;
    bool own;
} cases[] = {
    {"127.0.0.1", 4566, 0, "127.0.0.1:4566", true},
    {"localhost", 4566, 0, "127.0.0.1:4566", true},
    {"www.example.com.localhost", 80, 0, "127.0.0.1:4566", true},
    {"localhost", 80, NP_EACCES, NULL, false},
    {"127.0.0.1", 22, NP_EACCES, NULL, false},
    {"[::1]", 4566, NP_EACCES, NULL, false},
    {"10.1.2.3", 80, NP_EACCES, NULL, false},
    {"x.test", 80, NP_EACCES, NULL, false}, /* at 10.0.0.1, which is nobody's */
    {"nowhere.test", 80, NP_ENOENT, NULL, false},
    {"www.example.com", 80, NP_EACCES, NULL, false}, /* a record decides nothing */
    {"gone.example.com", 80, NP_ENOENT, NULL, false},
    {"elsewhere.invalid", 80, NP_EACCES, NULL, false},
};

NP_TEST(only_the_regions_own_endpoints_are_reached_without_a_rule)
{
    struct fixture f;
    start(&f);
    NP_EACH (c, cases) {
        int before = f.calls;
        np_reach(&f.core, f.loop, "test", np_str_of(c->name), c->port, reached, &f);
        NP_CHECK(f.calls == before, "not from inside");
        for (int i = 0; i < 5 && f.calls == before; i++)
            np_loop_turn(f.loop, 0);
        NP_CHECK(f.calls == before + 1 && f.rc == c->rc, "%s: %d, %.*s", c->name, f.rc,
                 NP_FMT(f.got));
        if (c->rc == 0)
            NP_CHECK(np_str_eq(f.got, np_str_of(c->to)) && f.own == c->own, "%s: %.*s", c->name,
                     NP_FMT(f.got));
    }
    end(&f);
}

NP_TEST(zones_and_names_come_before_the_host)
{
    struct fixture f;
    struct np_addr to;
    start(&f);
    static const char *const wants[][2] = {{"www.example.com", "127.0.0.9:81"},
                                           {"WWW.Example.com.", "127.0.0.9:81"},
                                           {"six.example.com", "[::1]:81"},
                                           {"a.test", "10.0.0.1:81"},
                                           {"111122223333.127.0.0.1", "127.0.0.1:81"}};
    NP_EACH (w, wants) {
        NP_CHECK(np_reach_own(&f.core, f.arena, np_str_of((*w)[0]), 81, &to, NULL) == 0, "%s",
                 (*w)[0]);
        NP_CHECK_STR(np_addr_text(f.arena, &to), np_str_of((*w)[1]));
    }
    NP_CHECK(np_reach_own(&f.core, f.arena, NP_STR("other.invalid"), 81, &to, NULL) == NP_LATER);
    end(&f);
}

NP_TEST(a_cancelled_lookup_calls_nobody)
{
    struct fixture f;
    start(&f);
    np_reach_cancel(np_reach(&f.core, f.loop, "test", NP_STR("localhost"), 1, reached, &f));
    np_reach_cancel(NULL);
    np_reach(&f.core, f.loop, "test", NP_STR("localhost"), 1, reached,
             &f); /* the loop ends first */
    NP_CHECK(f.calls == 0);
    end(&f);
}

NP_TEST(the_hosts_resolver_is_asked_where_a_rule_may_allow_it)
{
    struct fixture f;
    start(&f);
    struct np_str rule = NP_STR("127.0.0.0/8");
    np_egress_free(f.core.egress);
    f.core.config.egress = (struct np_strs){&rule, 1, true};
    NP_CHECK(np_egress_new(&f.core.config.egress, &f.core.egress, NULL) == 0);
    NP_CHECK(np_jobs_new(1, &f.core.jobs, NULL) == 0);
    /* A numeric form that only the host's resolver understands. */
    np_reach(&f.core, f.loop, "test", NP_STR("127.1"), 7, reached, &f);
    while (f.calls == 0)
        np_loop_turn(f.loop, 100);
    NP_CHECK(f.rc == 0 && !f.own);
    NP_CHECK_STR(f.got, NP_STR("127.0.0.1:7"));
    np_reach_cancel(np_reach(&f.core, f.loop, "test", NP_STR("127.1"), 7, reached, &f));
    np_jobs_free(f.core.jobs);
    np_loop_turn(f.loop, 0);
    NP_CHECK(f.calls == 1);
    end(&f);
}

NP_TEST(a_head_that_has_been_here_is_known)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_core core = {0}, other = {.root_key = {1}};
    np_core_init(&core);
    np_core_init(&other);
    struct np_str via = np_via(&core, a);
    struct np_http_field f[] = {{NP_STR("via"), np_str_printf(a, "1.0 x, %.*s", NP_FMT(via))}};
    NP_CHECK(np_str_starts(via, NP_STR("1.1 nephele-")));
    NP_CHECK(np_via_loops(&core, a, f, 1));
    NP_CHECK(!np_via_loops(&other, a, f, 1), "another region may stand behind it");
    np_core_fini(&core);
    np_core_fini(&other);
}

static const struct {
    const char *name;
    bool ok;
} apis[] = {
    {"sts.amazonaws.com", true},
    {"STS.eu-west-1.amazonaws.com", true},
    {"111122223333.s3-control.us-east-1.amazonaws.com", true},
    {"ec2.us-east-1.amazonaws.com", false}, /* not served */
    {"sts.xx-east-1.amazonaws.com", false},
    {"sts.us-east-1.amazonaws.com.evil.example", false},
    {"x.sts.us-east-1.amazonaws.com", false},
    {"amazonaws.com", false},
    {"sts.localhost", false},
};

NP_TEST(served_apis_have_names)
{
    static const struct np_codec_service sts = {.endpoint_prefix = "sts"},
                                         control = {.endpoint_prefix = "s3-control"};
    static const struct np_service_model models[] = {{.codec = &sts}, {.codec = &control}};
    static const struct np_service services[] = {{.model = &models[0]}, {.model = &models[1]}};
    static const struct np_service *const list[] = {&services[0], &services[1]};
    struct np_core core = {.services = list, .n_services = NP_LEN(list)};
    np_core_init(&core);
    np_api_names_init(&core);
    NP_EACH (c, apis) {
        struct np_name_addrs got;
        NP_CHECK((np_name_find(&core, np_str_of(c->name), NP_STR_NULL, &got) == 0) == c->ok, "%s",
                 c->name);
    }
    np_core_fini(&core);
}
