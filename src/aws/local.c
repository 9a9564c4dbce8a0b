/* SPDX-License-Identifier: Apache-2.0 */
/* local.c - what the gateway says of itself: /_nephele and the aliases that tools expect. Host zone
 * only; what changes state needs the token of the data directory. */
#include "aws/req_int.h"

#include "aws/browser.h"
#include "aws/endpoints_int.h"
#include "aws/pac.h"
#include "base/arena.h"
#include "codec/json.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/tls.h"

static void answer(struct np_req *rq, int status, struct np_str type, struct np_str body)
{
    const struct np_http_field fields[] = {{NP_STR("Content-Type"), type},
                                           {NP_STR("Cache-Control"), NP_STR("no-store")}};
    np_req_send(rq, status, fields, NP_LEN(fields), body);
}

static void send_json(struct np_req *rq, int status, struct np_str body)
{
    answer(rq, status, NP_STR("application/json"), body);
}

static void health(struct np_req *rq)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 64 * 1024);
    np_buf_lit(&b, "{\"status\":\"running\",\"version\":\"" NP_VERSION "\",\"services\":{");
    for (size_t i = 0; i < rq->core->n_services; i++)
        np_buf_printf(&b, "%s\"%s\":\"running\"", i > 0 ? "," : "", rq->core->services[i]->name);
    np_buf_lit(&b, "}}\n");
    send_json(rq, 200, np_buf_str(&b));
}

static void init_state(struct np_req *rq)
{
    send_json(
        rq, 200,
        NP_STR("{\"completed\":{\"BOOT\":true,\"START\":true,\"READY\":true,\"SHUTDOWN\":false},"
               "\"scripts\":[]}\n"));
}

static void ca_pem(struct np_req *rq)
{
    answer(rq, 200, NP_STR("application/x-pem-file"), np_ca_pem(rq->core->ca));
}

static bool token_ok(struct np_req *rq)
{
    struct np_str given = np_req_field(rq, NP_STR("x-nephele-token"));
    struct np_str path = np_str_printf(rq->arena, "%.*s/token", NP_FMT(rq->core->config.data_dir)),
                  want;
    return np_file_read(rq->arena, path, 256, &want, NULL) == 0 && want.n != 0 &&
           np_ct_eq(given, np_str_trim(want));
}

/* Moves the region's clock: lifecycles and expiry without waiting. Only under --dev. */
static void advance(struct np_req *rq)
{
    struct np_str name, value;
    int64_t ms = 0;
    np_str_cut(rq->wire.query, '=', &name, &value);
    if (!rq->core->config.dev || !np_str_is(name, "advance_ms") || !np_str_i64(value, &ms) ||
        ms < 0) {
        send_json(
            rq, 400,
            NP_STR("{\"message\":\"POST /_nephele/clock?advance_ms=N, with serve --dev\"}\n"));
        return;
    }
    np_clock_region_advance(ms);
    struct np_buf b;
    np_buf_init(&b, rq->arena, 128);
    np_buf_printf(&b, "{\"region_ms\":%lld}\n", (long long)np_clock_region_ms());
    send_json(rq, 200, np_buf_str(&b));
}

static const struct np_page own_pages[] = {
    {"GET", "/_nephele/health", false, health},
    {"GET", "/_localstack/health", false, health},
    {"GET", "/_nephele/endpoints", false, np_endpoints_page},
    {"GET", "/_nephele/proxy.pac", false, np_pac_page},
    {"GET", "/_localstack/init", false, init_state},
    {"GET", "/_nephele/ca.pem", false, ca_pem},
    {"POST", "/_nephele/clock", true, advance},
};

static bool cross_site(const struct np_req *rq)
{
    struct np_str site = np_req_field(rq, NP_STR("sec-fetch-site"));
    return np_req_field(rq, NP_STR("origin")).p != NULL || np_str_is(site, "cross-site") ||
           np_str_is(site, "same-site");
}

static bool is_page(const struct np_page *p, const struct np_req *rq)
{
    struct np_str method = rq->wire.method;
    if (np_str_is(method, "HEAD"))
        method = NP_STR("GET"); /* its body is left out of the reply */
    return np_str_eq(np_str_of(p->path), rq->wire.path) && np_str_eq(np_str_of(p->method), method);
}

static const struct np_page *find_page(const struct np_req *rq)
{
    NP_EACH (page, own_pages)
        if (is_page(page, rq))
            return page;
    const struct np_registry *r = rq->core->registry;
    for (size_t i = 0; i < r->n_pages; i++)
        if (is_page(r->pages[i], rq))
            return r->pages[i];
    return NULL;
}

bool np_local_serve(struct np_req *rq)
{
    struct np_str path = rq->wire.path;
    if (path.n < 2 || path.p[1] != '_' ||
        (!np_str_starts(path, NP_STR("/_nephele/")) &&
         !np_str_starts(path, NP_STR("/_localstack/"))) ||
        np_host_owned(rq))
        return false;
    if (rq->zone.kind != NP_ZONE_HOST || cross_site(rq)) {
        send_json(rq, 403, NP_STR("{\"message\":\"only programs of this host may ask\"}\n"));
        return true;
    }
    const struct np_page *page = find_page(rq);
    if (page == NULL)
        send_json(rq, 404, NP_STR("{\"message\":\"no such page\"}\n"));
    else if (page->writes && !token_ok(rq))
        send_json(
            rq, 403,
            NP_STR("{\"message\":\"X-Nephele-Token must hold the data directory's token\"}\n"));
    else
        page->serve(rq);
    return true;
}
