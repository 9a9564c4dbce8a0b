/* SPDX-License-Identifier: Apache-2.0 */
/* imds.c - requests to the metadata service: who asks, by which token, and what is answered. */
#include "aws/arn.h"
#include "aws/network.h"
#include "base/digest.h"
#include "base/map.h"
#include "http/server.h"
#include "services/ec2/imds/imds_int.h"
#include "services/ec2/imds/token.h"
#include "services/ec2/instance/instance.h"
#include "services/ec2/zone.h"
#include "services/iam/iam.h"

#define SERVERS_MAX 64 /* VPCs on a worker, over which those that are silent are let go */
#define CONNECTIONS 1024
#define TOKEN_PATH  "/latest/api/token"
#define TTL_FIELD   "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
#define TOKEN_FIELD "X-Aws-Ec2-Metadata-Token"

struct imds {
    struct np_core *core;
    uint8_t key[32];
    struct imds_credentials *credentials;
};

/* A worker's server for one VPC: it knows its connections by nothing else. */
struct vpc_server {
    struct imds *imds;
    struct np_http_server *http;
    char vpc[64];
};

/* --- answers --- */

static const char xhtml[] =
    "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
    "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
    " <head>\n  <title>%d - %s</title>\n </head>\n <body>\n  <h1>%d - %s</h1>\n </body>\n"
    "</html>\n";

void imds_send(struct imds_request *q, int status, const char *type, struct np_str body)
{
    if (q->x != NULL) {
        struct np_http_field f[3] = {{NP_STR("Content-Type"), np_str_of(type)},
                                     {NP_STR("Server"), NP_STR("EC2ws")}};
        size_t n = 2;
        if (q->token_left_s > 0)
            f[n++] = (struct np_http_field){
                NP_STR(TTL_FIELD), np_str_printf(q->arena, "%lld", (long long)q->token_left_s)};
        np_http_set_user(q->x, NULL);
        np_http_reply(q->x, status, f, n, body);
    }
    np_arena_free(q->arena);
}

static void refuse(struct imds_request *q, int status)
{
    const char *reason = np_http_reason(status);
    imds_send(q, status, "text/html",
              np_str_printf(q->arena, xhtml, status, reason, status, reason));
}

/* --- facts --- */

static struct np_str subnet_block(void *arg, struct np_str id)
{
    const struct ec2_item *it = ec2_see(arg, EC2_KIND_SUBNET, id);
    return it != NULL ? EC2_SEEN(Subnet, it)->CidrBlock : NP_STR("");
}

static size_t vpc_blocks(void *arg, struct np_str id, struct np_str *out, size_t room)
{
    const struct ec2_item *it = ec2_see(arg, EC2_KIND_VPC, id);
    const struct ec2_Vpc *d = it != NULL ? it->detail : NULL;
    size_t n = 0;
    if (d == NULL)
        return 0;
    out[n++] = d->CidrBlock;
    for (size_t i = 0; i < d->CidrBlockAssociationSet.n && n < room; i++)
        if (!np_str_eq(d->CidrBlockAssociationSet.v[i].CidrBlock, d->CidrBlock))
            out[n++] = d->CidrBlockAssociationSet.v[i].CidrBlock;
    return n;
}

static struct np_str or_empty(struct np_str s)
{
    return s.p != NULL ? s : NP_STR("");
}

static void profile_facts(struct imds_request *q, const struct ec2_view *v,
                          struct ec2_imds_facts *f)
{
    struct iam_profile_facts p;
    struct np_arn arn;
    struct ec2_profile of = ec2_instance_profile(v, q->instance);
    struct np_dbc *c = np_store_reader(q->core->store, NP_DB_STATE);
    f->profile_arn = f->profile_id = f->role = NP_STR("");
    if (of.arn.n == 0 || iam_profile_facts(c, q->arena, q->account, of.arn, &p) != 0)
        return;
    f->profile_arn = p.arn;
    f->profile_id = p.id;
    if (p.role_arn.n == 0 || !np_arn_parse(p.role_arn, &arn))
        return;
    q->role_arn = p.role_arn;
    f->role = q->role =
        np_str_sub(arn.resource, (size_t)(np_str_rchr(arn.resource, '/') + 1), arn.resource.n);
}

static void gather(struct imds_request *q, const struct ec2_item *it, struct ec2_Instance *d,
                   struct ec2_imds_facts *f)
{
    const struct ec2_view *v = ec2_view_of(q->core, it->account, it->region);
    const struct ec2_InstanceOwn *own = it->own;
    struct ec2_zone zone = {.id = NP_STR("")};
    ec2_instance_fill(v, it, q->arena, d);
    if (d->Placement != NULL)
        ec2_zone(q->arena, it->region, d->Placement->AvailabilityZone, &zone);
    *f = (struct ec2_imds_facts){.i = d,
                                 .account = it->account,
                                 .region = it->region,
                                 .zone_id = zone.id,
                                 .reservation = or_empty(own->ReservationId),
                                 .user_data = or_empty(own->UserData),
                                 .public_key = or_empty(own->PublicKey),
                                 .now_ms = q->now_ms,
                                 .arg = (void *)v,
                                 .subnet_block = subnet_block,
                                 .vpc_blocks = vpc_blocks};
    profile_facts(q, v, f);
}

/* --- a request --- */

static bool is_get(const struct np_http_head *h)
{
    return np_str_is(h->method, "GET") || np_str_is(h->method, "HEAD");
}

static void give_token(struct imds *m, struct imds_request *q, const struct np_http_head *h,
                       const struct ec2_InstanceMetadataOptionsResponse *o)
{
    int64_t ttl = ec2_imds_ttl(np_http_field(h, NP_STR(TTL_FIELD)));
    /* AWS: who stands behind a proxy gets no token (tests/sdk/test_ec2_metadata.py). */
    if (np_http_field(h, NP_STR("X-Forwarded-For")).p != NULL) {
        refuse(q, 403);
        return;
    }
    if (ttl == 0) {
        refuse(q, 400);
        return;
    }
    q->token_left_s = ttl;
    /* The answer with the token dies after so many routers, so that it leaves no host by mistake.
     */
    np_stream_set_hops(np_http_stream(q->x), o != NULL && o->HttpPutResponseHopLimit.set
                                                 ? (unsigned)o->HttpPutResponseHopLimit.v
                                                 : 1);
    imds_send(q, 200, "text/plain", ec2_imds_token(q->arena, m->key, q->instance, q->now_ms, ttl));
}

static void give_data(struct imds *m, struct imds_request *q, const struct np_http_head *h,
                      const struct ec2_item *it, struct ec2_Instance *d)
{
    struct ec2_imds_facts f;
    struct ec2_imds_tree t;
    struct np_str text;
    gather(q, it, d, &f);
    if (np_str_find(h->path, NP_STR("/dynamic")) >= 0)
        imds_identity(q->core, &f, q->arena, &f.document, &f.signature, &f.pkcs7);
    else
        f.document = f.signature = f.pkcs7 = NP_STR("?"); /* only that they are there */
    ec2_imds_tree(&f, q->arena, &t);
    np_stream_set_hops(np_http_stream(q->x), 0);
    switch (ec2_imds_answer(&t, h->path, &text)) {
    case EC2_IMDS_NOTHING:
        refuse(q, 404);
        return;
    case EC2_IMDS_CREDENTIALS:
        imds_credentials_send(m->credentials, q);
        return;
    case EC2_IMDS_TEXT:
    case EC2_IMDS_LIST:
        imds_send(q, 200,
                  np_str_ends(h->path, NP_STR("user-data")) ? "application/octet-stream"
                                                            : "text/plain",
                  text);
        return;
    }
}

/* 0, or the status that refuses the request. */
static int check_token(struct imds *m, struct imds_request *q, const struct np_http_head *h,
                       const struct ec2_InstanceMetadataOptionsResponse *o)
{
    struct np_str token = np_http_field(h, NP_STR(TOKEN_FIELD));
    if (token.p == NULL)
        return o != NULL && np_str_is(o->HttpTokens, "required") ? 401 : 0;
    q->token_left_s = ec2_imds_token_left(q->arena, m->key, q->instance, token, q->now_ms);
    return q->token_left_s > 0 ? 0 : 401;
}

static void serve(struct imds *m, struct imds_request *q, const struct np_http_head *h,
                  const struct ec2_item *it)
{
    struct ec2_Instance *d = np_new(q->arena, struct ec2_Instance);
    *d = *EC2_SEEN(Instance, it);
    const struct ec2_InstanceMetadataOptionsResponse *o = d->MetadataOptions;
    bool is_token = np_str_is(h->path, TOKEN_PATH);
    int status = 0;
    if (o != NULL && np_str_is(o->HttpEndpoint, "disabled"))
        status = 403;
    else if (is_token ? !np_str_is(h->method, "PUT") : !is_get(h))
        status = 405;
    else if (!is_token)
        status = check_token(m, q, h, o);
    if (status != 0)
        refuse(q, status);
    else if (is_token)
        give_token(m, q, h, o);
    else
        give_data(m, q, h, it, d);
}

static void on_request(void *arg, struct np_http_x *x)
{
    struct vpc_server *s = arg;
    const struct np_addr *peer = np_stream_peer(np_http_stream(x));
    struct np_arena *a = np_arena_new();
    struct imds_request *q = np_new(a, struct imds_request);
    *q = (struct imds_request){.x = x,
                               .core = s->imds->core,
                               .loop = np_http_loop(x),
                               .arena = a,
                               .now_ms = np_region_ms(np_http_loop(x))};
    np_http_set_user(x, q);
    const struct ec2_item *it =
        peer->u.sa.sa_family == AF_INET
            ? ec2_instance_at(q->core, np_str_of(s->vpc), ntohl(peer->u.v4.sin_addr.s_addr), NULL)
            : NULL;
    if (it == NULL) {
        refuse(q, 404);
        return;
    }
    q->instance = np_str_dup(a, it->id);
    q->account = np_str_dup(a, it->account);
    q->region = np_str_dup(a, it->region);
    serve(s->imds, q, np_http_head(x), it);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct imds_request *q = np_http_user(x);
    if (q != NULL) /* its credentials are still asked for */
        q->x = NULL;
}

/* --- servers --- */

static const struct np_http_handlers handlers = {.request = on_request, .gone = on_gone};

static void server_free(void *p)
{
    struct vpc_server *s = p;
    np_http_server_free(s->http);
    np_free(s);
}

static void *servers_new(struct np_loop *l)
{
    return np_map_new();
}

static void servers_free(void *p)
{
    np_map_free(p, server_free);
}

struct silent {
    struct np_str v[SERVERS_MAX];
    size_t n;
};

static int note_silent(void *arg, struct np_str vpc, void *value)
{
    struct silent *l = arg;
    const struct vpc_server *s = value;
    if (l->n < SERVERS_MAX && np_http_server_connections(s->http) == 0)
        l->v[l->n++] = np_str_of(s->vpc);
    return 0;
}

static void let_go(struct np_map *all)
{
    struct silent l = {.n = 0};
    np_map_each(all, note_silent, &l);
    for (size_t i = 0; i < l.n; i++)
        server_free(np_map_del(all, l.v[i]));
}

static struct vpc_server *server_of(struct imds *m, struct np_loop *l, struct np_str vpc)
{
    static const char local; /* its address is the key */
    struct np_map *all = np_loop_local(l, &local, servers_new, servers_free);
    struct vpc_server *s = np_map_get(all, vpc);
    if (s != NULL || vpc.n >= sizeof(s->vpc))
        return s;
    if (np_map_count(all) >= SERVERS_MAX)
        let_go(all);
    struct np_http_config c = np_http_default_config;
    c.max_connections = CONNECTIONS;
    c.limits = (struct np_http_limits){.head_bytes = 16384, .fields = 64, .target_bytes = 4096};
    s = np_heap_new(struct vpc_server);
    s->imds = m;
    memcpy(s->vpc, vpc.p, vpc.n);
    if (np_http_server_new(l, -1, NULL, &c, &handlers, s, &s->http, NULL) != 0) {
        np_free(s);
        return NULL;
    }
    np_map_put(all, vpc, s);
    return s;
}

void ec2_imds_accept(struct np_core *core, struct np_worker *w, int fd, struct np_str vpc_id,
                     const struct np_addr *peer)
{
    struct imds *m = np_core_state(core, "ec2.imds");
    struct vpc_server *s = server_of(m, np_loop_current(), vpc_id);
    if (s == NULL)
        close(fd);
    else
        np_http_server_adopt(s->http, fd);
}

void ec2_imds_init(struct np_core *core)
{
    struct imds *m = np_heap_new(struct imds);
    m->core = core;
    np_core_key(core, "imds.token", m->key);
    m->credentials = imds_credentials_new();
    np_core_set_state(core, "ec2.imds", m);
    np_network_on_imds(core, ec2_imds_accept);
}

void ec2_imds_fini(struct np_core *core)
{
    struct imds *m = np_core_state(core, "ec2.imds");
    if (m == NULL)
        return;
    imds_credentials_free(m->credentials);
    np_wipe(m->key, sizeof(m->key));
    np_free(m);
}
