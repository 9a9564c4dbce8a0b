/* SPDX-License-Identifier: Apache-2.0 */
/* viewer.c - who asks: address and place, and the CloudFront-… fields that tell an origin. */
#include "services/cloudfront/edge.h"

#include "aws/pool.h"
#include "base/arena.h"
#include "engines/geo/geo.h"

/* --- address and place --- */

#define NOT_YET "-" /* the table of places is being read */

/* In the host zone every client has the address that the region was given for it. */
static bool address_of(const struct np_core *core, struct np_http_x *x, struct np_addr *out)
{
    struct np_arena *a = np_http_arena(x);
    *out = *np_stream_peer(np_http_stream(x));
    if (!np_addr_is_loopback(out) || (np_pool_is_any(out) && !np_pool_is_self(core, out)))
        return true;
    return core->config.client_address.n != 0 &&
           np_addr_parse(np_str_printf(a, "%.*s:0", NP_FMT(core->config.client_address)), out,
                         NULL) == 0;
}

void cloudfront_viewer(void *arg, struct np_http_x *x, struct np_str *ip, uint16_t *port,
                       struct np_str *country)
{
    const struct cloudfront_state *s = arg;
    struct np_arena *a = np_http_arena(x);
    struct np_addr addr;
    struct np_geo_place place;
    bool own = address_of(s->core, x, &addr);
    *port = np_addr_port(np_stream_peer(np_http_stream(x)));
    *ip = own ? np_addr_ip_text(a, &addr) : s->core->config.client_address;
    *country = NP_STR_NULL;
    int rc = own ? np_geo_find(s->core->geo, &addr, &place) : NP_ENOENT;
    if (rc == 0 && place.country[0] != '\0')
        *country = np_str_dup(a, np_str_of(place.country));
    else if (rc == NP_EAGAIN) /* just after a start: in none of the countries that are let in */
        *country = NP_STR(NOT_YET);
}

/* --- what kind of device --- */

enum device { DESKTOP = 1, MOBILE = 2, TABLET = 4, SMART_TV = 8, IOS = 16, ANDROID = 32 };

static bool has(struct np_str agent, const char *word)
{
    return np_str_find(agent, np_str_of(word)) >= 0;
}

static unsigned devices(struct np_str agent)
{
    bool tv = has(agent, "SmartTV") || has(agent, "Smart-TV") || has(agent, "SMART-TV") ||
              has(agent, "AppleTV") || has(agent, "GoogleTV") || has(agent, "HbbTV");
    bool ipad = has(agent, "iPad"), android = has(agent, "Android");
    unsigned d =
        (ipad || has(agent, "iPhone") || has(agent, "iPod") ? IOS : 0) | (android ? ANDROID : 0);
    if (tv)
        return d | SMART_TV;
    if (ipad || has(agent, "Tablet") || has(agent, "Kindle") || (android && !has(agent, "Mobile")))
        return d | TABLET | MOBILE; /* AWS: a tablet is a mobile device, too */
    if (has(agent, "Mobi") || has(agent, "iPhone") || has(agent, "iPod"))
        return d | MOBILE;
    return d | DESKTOP;
}

/* --- the fields --- */

static struct np_str viewer_address(const struct np_edge_request *rq)
{
    struct np_str ip = np_edge_request_ip(rq);
    return np_str_printf(np_edge_request_arena(rq), "%.*s:%u", NP_FMT(ip),
                         np_edge_request_port(rq));
}

static struct np_str tls_of(const struct np_edge_request *rq)
{
    const struct np_stream *s = np_http_stream(np_edge_request_exchange(rq));
    struct np_str version = np_stream_tls_version(s), cipher = np_stream_tls_cipher(s);
    if (version.n == 0)
        return NP_STR_NULL;
    return np_str_printf(np_edge_request_arena(rq), "%.*s:%.*s:connectionReused", NP_FMT(version),
                         NP_FMT(cipher));
}

static struct np_str http_version(const struct np_edge_request *rq)
{
    const struct np_http_head *h = np_http_head(np_edge_request_exchange(rq));
    return np_str_printf(np_edge_request_arena(rq), "%u.%u", h->major, h->minor);
}

static const struct {
    const char *name;
    enum device device;
} device_fields[] = {
    {"CloudFront-Is-Desktop-Viewer", DESKTOP}, {"CloudFront-Is-Mobile-Viewer", MOBILE},
    {"CloudFront-Is-Tablet-Viewer", TABLET},   {"CloudFront-Is-SmartTV-Viewer", SMART_TV},
    {"CloudFront-Is-IOS-Viewer", IOS},         {"CloudFront-Is-Android-Viewer", ANDROID},
};

struct np_str cloudfront_generated(void *arg, const struct np_edge_request *rq, struct np_str name)
{
    (void)arg;
    NP_EACH (d, device_fields) {
        if (!np_str_ieq(name, np_str_of(d->name)))
            continue;
        struct np_str agent = np_edge_request_field(rq, NP_STR("User-Agent"));
        return (devices(agent) & d->device) != 0 ? NP_STR("true") : NP_STR("false");
    }
    if (np_str_ieq(name, NP_STR("CloudFront-Viewer-Country")))
        return np_str_is(np_edge_request_country(rq), NOT_YET) ? NP_STR_NULL
                                                               : np_edge_request_country(rq);
    if (np_str_ieq(name, NP_STR("CloudFront-Viewer-Address")))
        return viewer_address(rq);
    if (np_str_ieq(name, NP_STR("CloudFront-Forwarded-Proto")))
        return np_edge_request_is_https(rq) ? NP_STR("https") : NP_STR("http");
    if (np_str_ieq(name, NP_STR("CloudFront-Viewer-Http-Version")))
        return http_version(rq);
    if (np_str_ieq(name, NP_STR("CloudFront-Viewer-TLS")))
        return tls_of(rq);
    return NP_STR_NULL; /* nobody knows: city, time zone, network */
}
