/* SPDX-License-Identifier: Apache-2.0 */
/* pac.c - GET /_nephele/proxy.pac: which names a browser asks this gateway for as its proxy. The
 * region's own and those of its public zones; everything else goes where it went before. */
#include "aws/pac.h"

#include "aws/limits.h"
#include "aws/names.h"
#include "aws/req_int.h"
#include "io/net.h"

/* What may stand in a text of the script as it is. */
static bool is_plain(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
              c == '_' || c == '*' || c == ':' || c == '[' || c == ']'))
            return false;
    }
    return s.n > 0;
}

static void put(void *x, struct np_str text)
{
    struct np_buf *b = x;
    if (is_plain(text))
        np_buf_printf(b, "    \"%.*s\",\n", NP_FMT(text));
}

static bool has_port(struct np_str host)
{
    ptrdiff_t colon = np_str_rchr(host, ':');
    return colon >= 0 && host.p[host.n - 1] != ']';
}

/* As the browser has reached it, which may be by another port than the gateway's own. */
static struct np_str proxy_of(const struct np_req *rq)
{
    if (!is_plain(rq->host))
        return rq->core->config.listen;
    return has_port(rq->host)
               ? rq->host
               : np_str_printf(rq->arena, "%.*s:%d", NP_FMT(rq->host), rq->zone.tls ? 443 : 80);
}

void np_pac_page(struct np_req *rq)
{
    static const struct np_http_field fields[] = {
        {{"Content-Type", 12}, {"application/x-ns-proxy-autoconfig", 33}},
        {{"Cache-Control", 13}, {"no-store", 8}}};
    struct np_buf b;
    np_buf_init(&b, rq->arena, NP_PAC_MAX);
    np_buf_lit(&b, "// Names of this region and of its public zones are its own; the rest is "
                   "reached as before.\nvar globs = [\n");
    np_name_globs(rq->core, put, &b);
    np_buf_lit(&b, "];\nvar zones = [\n");
    np_dns_zones(rq->core, put, &b);
    np_buf_printf(
        &b,
        "];\n"
        "function FindProxyForURL(url, host) {\n"
        "    host = host.toLowerCase().replace(/\\.$/, \"\");\n"
        "    var i, proxy = \"%s %.*s\";\n"
        "    for (i = 0; i < globs.length; i++)\n"
        "        if (shExpMatch(host, globs[i])) return proxy;\n"
        "    for (i = 0; i < zones.length; i++)\n"
        "        if (host == zones[i] || dnsDomainIs(host, \".\" + zones[i])) return proxy;\n"
        "    return \"DIRECT\";\n"
        "}\n",
        rq->zone.tls ? "HTTPS" : "PROXY", NP_FMT(proxy_of(rq)));
    if (np_buf_ok(&b))
        np_req_send(rq, 200, fields, NP_LEN(fields), np_buf_str(&b));
    else
        np_req_send(rq, 500, fields, 0, NP_STR("too many zones for a script\n"));
}
