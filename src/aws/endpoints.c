/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints.c - GET /_nephele/endpoints: what all sources list, as JSON. */
#include "aws/endpoints.h"

#include "aws/core_int.h"
#include "aws/endpoints_int.h"
#include "aws/limits.h"
#include "aws/pool_int.h"
#include "aws/req_int.h"
#include "base/assert.h"
#include "codec/json.h"
#include "io/net.h"

void np_endpoint_source_add(struct np_core *core, np_endpoint_list *list, void *arg)
{
    struct np_registry *r = core->registry;
    np_assert(r->n_endpoints < NP_LEN(r->endpoints));
    r->endpoints[r->n_endpoints++] = (struct np_endpoint_source){list, arg};
}

/* --- the region's own --- */

static void own(void *arg, struct np_arena *a, np_endpoint_each *each, void *x)
{
    const struct np_core *core = arg;
    struct np_addr at;
    if (np_addr_parse(core->config.listen, &at, NULL) != 0)
        return;
    np_addr_to_dial(&at);
    each(x, &(struct np_endpoint){
                .kind = NP_STR("gateway"),
                .name = NP_STR("localhost"),
                .address = np_addr_ip_text(a, &at),
                .port = np_addr_port(&at),
                .url = np_str_printf(a, "http://%.*s/", NP_FMT(np_addr_text(a, &at)))});
    struct in_addr pool = np_pool_address(core, NP_POOL_GATEWAY);
    static const uint16_t ports[] = {80, 443};
    NP_EACH (port, ports) {
        uint16_t bound = np_pool_port(core, pool, *port);
        if (bound == 0)
            continue;
        struct np_str ip = np_pool_text(a, pool);
        each(x, &(struct np_endpoint){.kind = NP_STR("gateway"),
                                      .name = NP_STR("*.amazonaws.com"),
                                      .address = ip,
                                      .port = bound,
                                      .url = np_pool_url(a, *port, bound, ip)});
    }
}

void np_endpoints_init(struct np_core *core)
{
    np_endpoint_source_add(core, own, core);
}

/* --- the page --- */

static void put_text(struct np_buf *b, const char *key, struct np_str v)
{
    np_buf_printf(b, ",\"%s\":", key);
    if (v.p != NULL)
        np_json_quote(b, v);
    else
        np_buf_lit(b, "null");
}

static void put(void *x, const struct np_endpoint *e)
{
    struct np_buf *b = x;
    np_buf_str_add(b, b->n == 1 ? NP_STR("{\"resource\":") : NP_STR(",\n{\"resource\":"));
    np_json_quote(b, e->kind);
    put_text(b, "arn", e->resource);
    put_text(b, "name", e->name);
    put_text(b, "address", e->address);
    np_buf_printf(b, ",\"port\":%u", e->port);
    put_text(b, "url", e->url);
    np_buf_char(b, '}');
}

void np_endpoints_page(struct np_req *rq)
{
    static const struct np_http_field fields[] = {{{"Content-Type", 12}, {"application/json", 16}},
                                                  {{"Cache-Control", 13}, {"no-store", 8}}};
    const struct np_registry *r = rq->core->registry;
    struct np_buf b;
    np_buf_init(&b, rq->arena, NP_ENDPOINTS_MAX);
    np_buf_char(&b, '[');
    for (size_t i = 0; i < r->n_endpoints; i++)
        r->endpoints[i].list(r->endpoints[i].arg, rq->arena, put, &b);
    np_buf_lit(&b, "]\n");
    if (np_buf_ok(&b))
        np_req_send(rq, 200, fields, NP_LEN(fields), np_buf_str(&b));
    else
        np_req_send(rq, 500, fields, NP_LEN(fields),
                    NP_STR("{\"message\":\"there are too many endpoints to list\"}\n"));
}
