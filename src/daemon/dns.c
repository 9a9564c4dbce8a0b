/* SPDX-License-Identifier: Apache-2.0 */
/* dns.c - the DNS engine in the region: names that the region owns, places of addresses, listeners.
 */
#include "daemon/dns.h"

#include <errno.h>

#include "aws/endpoints.h"
#include "aws/names.h"
#include "aws/network_int.h"
#include "base/auto.h"
#include "engines/dns/dns.h"
#include "engines/geo/geo.h"

/* --- what the engine asks --- */

static int region_name(void *arg, struct np_dns_view view, struct np_str name,
                       struct np_dns_addrs *out)
{
    const struct np_core *core = arg;
    struct np_name_addrs found = {0};
    int rc = np_name_find(core, name, view.vpc_id, &found);
    if (rc == NP_ENOENT && view.vpc_id.p != NULL &&
        np_network_reverse(core, view.vpc_id, name, out) == 0)
        return 0;
    if (view.vpc_id.p != NULL)
        rc = np_network_inside(core, name, rc, &found);
    if (rc != 0)
        return rc;
    *out = (struct np_dns_addrs){.ttl = found.ttl};
    while (out->n_v4 < found.n && out->n_v4 < NP_DNS_ADDRS_MAX) {
        out->v4[out->n_v4] = found.v[out->n_v4];
        out->n_v4++;
    }
    return 0;
}

static int place(void *arg, const struct np_addr *addr, struct np_dns_place *out)
{
    const struct np_core *core = arg;
    struct np_geo_place found;
    int rc = np_geo_find(core->geo, addr, &found);
    if (rc == NP_EAGAIN)
        return rc;
    *out = (struct np_dns_place){
        .has_spot = found.has_spot,
        .spot = {found.spot.lat, found.spot.lon},
        .prefix = found.prefix,
    };
    memcpy(out->continent, found.continent, sizeof(out->continent));
    memcpy(out->country, found.country, sizeof(out->country));
    memcpy(out->subdivision, found.subdivision, sizeof(out->subdivision));
    return rc;
}

/* --- the port --- */

/* As for the gateway: with SO_REUSEPORT a second region would silently take half of the queries. */
static int probe_port(const struct np_addr *at, struct np_err *err)
{
    NP_AUTO_FD tcp = -1;
    NP_AUTO_FD udp = socket(at->u.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int rc = np_listen_tcp(at, false, &tcp, err);
    if (rc == 0 && (udp < 0 || bind(udp, &at->u.sa, at->len) != 0))
        rc = np_err_errno(err, errno, "cannot listen for DNS over UDP");
    if (rc == NP_EBUSY)
        np_err_prefix(err, "the port of the DNS server is taken; choose another with --dns");
    return rc;
}

int np_dns_open(struct np_core *core, struct np_addr *at, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    int rc = np_addr_parse(core->config.dns, at, err);
    if (rc == 0)
        rc = probe_port(at, err);
    if (rc != 0)
        return rc;
    const struct np_geo_opts places = {
        .own = np_str_printf(a, "%.*s/places", NP_FMT(core->config.data_dir))};
    core->geo = np_geo_new(&places);
    const struct np_dns_opts o = {.region_name = region_name, .place = place, .arg = core};
    core->dns = np_dns_new(&o);
    return 0;
}

int np_dns_listen(struct np_core *core, struct np_loop *l, struct np_addr *at,
                  struct np_dns_server **out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_addr client;
    struct np_str ip = core->config.client_address;
    const char *form = np_str_chr(ip, ':') >= 0 ? "[%.*s]:0" : "%.*s:0";
    int rc = np_addr_parse(np_str_printf(a, form, NP_FMT(ip)), &client, err);
    const struct np_dns_server_opts o = {.seen_as = &client, .reuse_port = true};
    if (rc == 0)
        rc = np_dns_server_new(l, core->dns, at, &o, out, err);
    if (rc == 0 && np_addr_port(at) == 0)
        *at = *np_dns_server_addr(*out);
    return rc;
}

/* --- what is listed --- */

static void list(void *arg, struct np_arena *a, np_endpoint_each *each, void *x)
{
    const struct np_core *core = arg;
    struct np_addr at;
    if (np_addr_parse(core->config.dns, &at, NULL) != 0)
        return;
    each(x, &(struct np_endpoint){
                .kind = NP_STR("dns"),
                .name = NP_STR("dns"),
                .address = np_addr_ip_text(a, &at),
                .port = np_addr_port(&at),
            });
}

void np_dns_endpoint(struct np_core *core)
{
    np_endpoint_source_add(core, list, core);
}

void np_dns_close(struct np_core *core)
{
    np_dns_free(core->dns);
    np_geo_free(core->geo);
    core->dns = NULL;
    core->geo = NULL;
}
