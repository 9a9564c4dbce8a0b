/* SPDX-License-Identifier: Apache-2.0 */
/* door_test.c - who comes by a door of a VPC or of the internet: its zone, what it may not have,
 * and the policy of the endpoint that it came by. */
#include "http/fixture.h"

#include <unistd.h>

#include "aws/core_int.h"
#include "aws/pool_int.h"
#include "aws/req.h"
#include "engines/vnet/vnet.h"
#include "gen/agent/types.h"
#include "io/rcu.h"

#define VPC "vpc-1"

struct env {
    struct fixture f;
    struct np_core core;
    struct np_worker worker, *workers[1];
    struct np_http_server *server;
    struct np_front_door door;
    struct np_vnet_opts opts;
    struct np_loop *loops[1];
    struct np_identity who;
    struct np_req rq;
};

/* --- what is told of a VPC --- */

static void *compile(void *arg, struct np_str document)
{
    struct np_policy *p = NULL;
    NP_CHECK(np_policy_compile(document, NP_POLICY_RESOURCE, &p, NULL) == 0);
    return p;
}

static void release(void *p)
{
    np_policy_unref(p);
}

static const struct np_vnet_handlers handlers = {.compile = compile, .release = release};

static void tell(struct env *e, const char *policy)
{
    static struct agent_EnsureNetworkRequest net = {.Blocks = {.set = true}};
    const struct np_vnet_endpoint endpoints[] = {
        {.id = NP_STR("vpce-s3"),
         .service = NP_STR("s3"),
         .document = policy != NULL ? np_str_of(policy) : NP_STR_NULL,
         .gateway = true},
    };
    const struct np_vnet_vpc vpc = {
        .id = NP_STR(VPC), .version = 1, .net = &net, .endpoints = endpoints, .n_endpoints = 1};
    np_vnet_set(e->core.vnet, &vpc);
}

/* --- the gateway --- */

static void engine_request(void *arg, struct np_http_x *x)
{
    np_http_reply(x, 200, NULL, 0, NP_STR("served"));
}

static void engine_gone(void *arg, struct np_http_x *x, bool complete)
{
}

static const struct np_http_handlers engine = {engine_request, engine_gone};

static struct np_str seen;
static struct env *seen_by;

static int match(struct np_core *core, struct np_req *rq)
{
    static const char *const kinds[] = {"host", "vpc", "outside"};
    seen = np_str_printf(seen_by->f.arena, "%s %.*s %.*s from %.*s secure=%d", kinds[rq->zone.kind],
                         NP_FMT(rq->zone.vpc_id), NP_FMT(rq->zone.endpoint_id),
                         NP_FMT(rq->zone.source_ip), rq->zone.secure);
    rq->hand.http = &engine;
    return NP_ROUTE_HAND;
}

static void start(struct env *e)
{
    struct np_err err = {0};
    *e = (struct env){.workers = {&e->worker}};
    np_rcu_thread_begin();
    fixture_init(&e->f, NULL);
    np_core_init(&e->core);
    e->core.config.data_dir = np_str_of(np_test_dir());
    e->core.config.client_address = NP_STR("203.0.113.10");
    e->core.workers = e->workers;
    e->core.n_workers = 1;
    e->worker.loop = e->loops[0] = e->f.loop;
    np_worker_init(&e->worker, &e->core, 0);
    e->opts = (struct np_vnet_opts){.data_dir = e->core.config.data_dir,
                                    .loops = e->loops,
                                    .n_loops = 1,
                                    .handlers = &handlers};
    e->core.vnet = np_vnet_new(&e->opts);
    e->door.worker = &e->worker;
    struct np_addr any = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    int fd;
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0 && np_local_addr(fd, &e->f.addr) == 0);
    NP_CHECK(np_http_server_new(e->f.loop, fd, NULL, &np_http_default_config,
                                &np_front_door_handlers, &e->door, &e->server, &err) == 0,
             "%s", err.text);
    e->who = (struct np_identity){.kind = NP_WHO_ROOT,
                                  .account = NP_STR("111122223333"),
                                  .arn = NP_STR("arn:aws:iam::111122223333:root")};
    e->rq = (struct np_req){.arena = e->f.arena,
                            .core = &e->core,
                            .who = &e->who,
                            .zone = {.kind = NP_ZONE_VPC,
                                     .vpc_id = NP_STR(VPC),
                                     .endpoint_id = NP_STR("vpce-s3"),
                                     .source_ip = NP_STR("10.0.1.5")}};
    seen_by = e;
    seen = NP_STR("");
}

static void end(struct env *e)
{
    np_http_server_free(e->server);
    np_worker_fini(&e->worker);
    e->f.server = NULL;
    fixture_fini(&e->f);
    np_vnet_free(e->core.vnet);
    np_core_fini(&e->core);
}

static struct np_str ask(struct env *e, const char *request)
{
    int fd = fx_connect(&e->f);
    fx_send(&e->f, fd,
            np_str_cat(e->f.arena, np_str_of(request), NP_STR("Connection: close\r\n\r\n")));
    struct np_str all = fx_recv_all(&e->f, fd);
    close(fd);
    return all;
}

static const struct {
    const char *request, *status, *why;
} refused[] = {
    {"GET /_nephele/health HTTP/1.1\r\nHost: localhost\r\n", "403", "no page of the gateway"},
    {"GET /_localstack/health HTTP/1.1\r\nHost: localhost\r\n", "403", "nor its aliases"},
    {"GET http://s3.amazonaws.com/ HTTP/1.1\r\nHost: x\r\n", "403", "no proxy"},
    {"CONNECT s3.amazonaws.com:443 HTTP/1.1\r\nHost: x\r\n", "403", "no tunnel"},
    {"GET / HTTP/1.1\r\nHost: example.org\r\n", "421", "a name of nobody"},
};

NP_TEST(a_door_gives_nothing_of_the_host_zone)
{
    struct env e;
    start(&e);
    NP_EACH (c, refused) {
        struct np_str got = ask(&e, c->request);
        NP_CHECK(np_str_eq(np_str_sub(got, 9, 3), np_str_of(c->status)), "%s: %.*s", c->why,
                 NP_FMT(got));
    }
    end(&e);
}

NP_TEST(a_door_says_the_zone)
{
    struct env e;
    start(&e);
    np_route_add(&e.core, &(struct np_route){.match = match});
    /* The peer is 127.0.0.1 here, which by itself would be the host. */
    ask(&e, "GET / HTTP/1.1\r\nHost: s3.amazonaws.com\r\n");
    NP_CHECK_STR(seen, NP_STR("outside   from 127.0.0.1 secure=0"));
    e.door.vpc_id = NP_STR(VPC);
    e.door.endpoint_id = NP_STR("vpce-s3");
    ask(&e, "GET / HTTP/1.1\r\nHost: s3.amazonaws.com\r\n");
    NP_CHECK_STR(seen, NP_STR("vpc vpc-1 vpce-s3 from 127.0.0.1 secure=0"));
    end(&e);
}

/* --- policies --- */

static struct np_str decide(struct env *e, const char *action)
{
    struct np_err err = {0};
    const struct np_access a = {.action = np_str_of(action),
                                .resource = NP_STR("arn:aws:s3:::b/k"),
                                .resource_account = e->who.account};
    if (np_authorize(&e->rq, &a, &err) == 0)
        return NP_STR("");
    return np_str_dup(e->f.arena, np_err_text(&err));
}

#define STATEMENT(effect, action, more)                                                            \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"" effect                             \
    "\",\"Principal\":\"*\",\"Action\":\"" action "\",\"Resource\":\"*\"" more "}]}"
#define WHEN(key, value) ",\"Condition\":{\"StringEquals\":{\"" key "\":\"" value "\"}}"
#define NO                                                                                         \
    "User: arn:aws:iam::111122223333:root is not authorized to perform: s3:GetObject on "          \
    "resource: "                                                                                   \
    "arn:aws:s3:::b/k "

static const struct {
    const char *policy, *denial, *why;
} policies[] = {
    {NULL, "", "without a document all is allowed"},
    {STATEMENT("Allow", "*", ""), "", "AWS's default"},
    {STATEMENT("Allow", "s3:PutObject", ""),
     NO "because no VPC endpoint policy allows the s3:GetObject action", "another action"},
    {STATEMENT("Deny", "s3:*", ""), NO "with an explicit deny in a VPC endpoint policy", "denied"},
    {STATEMENT("Allow", "*", WHEN("aws:SourceVpc", VPC)), "", "its VPC"},
    {STATEMENT("Allow", "*", WHEN("aws:SourceVpce", "vpce-s3")), "", "its own id"},
    {STATEMENT("Allow", "*", WHEN("aws:VpcSourceIp", "10.0.1.5")), "", "the guest's address"},
    {STATEMENT("Allow", "*", WHEN("aws:SourceIp", "10.0.1.5")),
     NO "because no VPC endpoint policy allows the s3:GetObject action", "AWS: not aws:SourceIp"},
};

NP_TEST(an_endpoints_policy_has_to_allow_it_too)
{
    struct env e;
    start(&e);
    NP_EACH (c, policies) {
        tell(&e, c->policy);
        NP_CHECK_STR(decide(&e, "s3:GetObject"), np_str_of(c->denial));
    }
    np_vnet_remove(e.core.vnet, NP_STR(VPC));
    NP_CHECK(decide(&e, "s3:GetObject").n != 0, "nothing is allowed by one that is no more");
    e.rq.zone = (struct np_zone){.kind = NP_ZONE_OUTSIDE, .source_ip = NP_STR("127.64.16.9")};
    NP_CHECK(decide(&e, "s3:GetObject").n == 0, "no endpoint, no policy");
    end(&e);
}

NP_TEST(an_address_of_a_pool_is_no_client_of_the_host)
{
    static const struct {
        const char *ip;
        bool host;
    } peers[] = {{"127.0.0.1", true},     {"127.63.255.255", true},
                 {"127.64.0.1", false},   {"127.127.0.9", false},
                 {"127.128.0.1", true},   {"10.0.0.1", false},
                 {"198.51.100.1", false}, {"::1", true}};
    struct np_core core = {0};
    NP_EACH (p, peers) {
        struct np_addr at;
        NP_CHECK(np_addr_of_ip(np_str_of(p->ip), &at));
        NP_CHECK(np_is_host_client(&core, &at) == p->host, "%s", p->ip);
    }
}
