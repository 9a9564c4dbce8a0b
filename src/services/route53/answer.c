/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - what DNS would answer: TestDNSAnswer, and names for the rest of the region. */
#include "aws/names.h"
#include "base/auto.h"
#include "engines/dns/dns.h"
#include "engines/dns/name.h"
#include "engines/dns/rdata.h"
#include "services/route53/answer.h"
#include "services/route53/route53_int.h"

#define DEFAULT_MASK_V4 24
#define DEFAULT_MASK_V6 48

/* --- TestDNSAnswer --- */

static int read_ip(struct np_arena *a, struct np_str text, struct np_addr *out, struct np_err *err)
{
    const char *form = np_str_chr(text, ':') >= 0 ? "[%.*s]:0" : "%.*s:0";
    if (np_addr_parse(np_str_printf(a, form, NP_FMT(text)), out, NULL) == 0)
        return 0;
    return np_fault(err, &ROUTE53_InvalidInput, "Invalid IP address: '%.*s'", NP_FMT(text));
}

/* Who asks, and for whom. AWS: without a mask the subnet is /24, of IPv6 /48
 * (tests/sdk/test_route53_policies.py). */
struct asker {
    struct np_addr from, subnet;
    bool has_from, has_subnet;
    uint64_t mask;
};

static int read_asker(struct np_arena *a, const struct route53_TestDNSAnswerRequest *in,
                      struct asker *out, struct np_err *err)
{
    int rc = 0;
    *out = (struct asker){.has_from = in->ResolverIP.n != 0,
                          .has_subnet = in->EDNS0ClientSubnetIP.n != 0};
    if (out->has_from)
        rc = read_ip(a, in->ResolverIP, &out->from, err);
    if (rc == 0 && out->has_subnet)
        rc = read_ip(a, in->EDNS0ClientSubnetIP, &out->subnet, err);
    if (rc != 0)
        return rc;
    bool v6 = out->has_subnet && out->subnet.u.sa.sa_family == AF_INET6;
    out->mask = v6 ? DEFAULT_MASK_V6 : DEFAULT_MASK_V4;
    struct np_str mask = in->EDNS0ClientSubnetMask;
    if (mask.n != 0 &&
        (!out->has_subnet || !np_str_u64(mask, &out->mask) || out->mask > (v6 ? 128u : 32u)))
        return np_fault(err, &ROUTE53_InvalidInput, "Invalid subnet mask: '%.*s'", NP_FMT(mask));
    return 0;
}

static struct np_str rcode_text(struct np_arena *a, int rcode)
{
    static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                        "NXDOMAIN", "NOTIMP",  "REFUSED"};
    if (rcode >= 0 && (size_t)rcode < NP_LEN(names))
        return np_str_of(names[rcode]);
    return np_str_printf(a, "RCODE%d", rcode);
}

int route53_TestDNSAnswer(struct np_req *rq, const struct route53_TestDNSAnswerRequest *in,
                          struct route53_TestDNSAnswerResponse *out, struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    struct route53_zone z;
    struct route53_name name;
    struct np_dns_lookup found = {0};
    struct np_err why = {0};
    struct np_str servers[4];
    struct asker asker;
    uint16_t type;
    int rc = route53_zone_find(&db, in->HostedZoneId, &z, err);
    if (rc == 0)
        rc = read_asker(db.a, in, &asker, err);
    if (rc != 0)
        return rc;
    if (z.private)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "TestDNSAnswer is for public hosted zones: %.*s is private.", NP_FMT(z.id));
    if (route53_name(db.a, in->RecordName, &name, &why) != 0 ||
        !np_dns_type_of(in->RecordType, &type))
        return np_fault(err, &ROUTE53_InvalidInput, "FATAL problem: %.*s encountered with '%.*s'",
                        NP_FMT(np_err_text(&why)), NP_FMT(in->RecordName));
    const struct np_dns_ctx ctx = {
        .from = asker.has_from ? &asker.from : NULL,
        .now_s = np_wall_ms(rq->loop) / 1000,
        .zone_id = z.id,
        .subnet = asker.has_subnet ? &asker.subnet : NULL,
        .subnet_bits = (uint8_t)asker.mask,
    };
    np_dns_lookup(rq->core->dns, &ctx, name.wire, type, db.a, &found);
    route53_server_names(db.a, z.servers, false, servers);
    out->Nameserver = servers[0];
    out->RecordName = name.text;
    out->RecordType = in->RecordType;
    out->ResponseCode = rcode_text(db.a, found.rcode);
    out->Protocol = found.truncated ? NP_STR("TCP") : NP_STR("UDP");
    out->RecordData.set = true;
    for (size_t i = 0; i < found.n; i++)
        ROUTE53_PUSH(db.a, &out->RecordData,
                     np_dns_rdata_text(found.rrs[i].type, found.rrs[i].rdata, db.a));
    return 0;
}

/* --- for the region itself --- */

static int lookup(void *arg, struct np_arena *a, struct np_str name, const char *type,
                  struct np_strs *out)
{
    const struct np_core *core = arg;
    const struct np_dns_ctx ctx = {.plain = true};
    struct np_dns_lookup found = {0};
    struct np_str wire;
    uint16_t number;
    if (!np_dns_type_of(np_str_of(type), &number) || np_dns_name_of(name, a, &wire, NULL) != 0)
        return NP_ENOENT;
    np_dns_lookup(core->dns, &ctx, wire, number, a, &found);
    if (!found.owned)
        return NP_ENOENT;
    *out = (struct np_strs){.set = true};
    for (size_t i = 0; i < found.n; i++)
        if (found.rrs[i].type == number)
            ROUTE53_PUSH(a, out, np_dns_rdata_text(number, found.rrs[i].rdata, a));
    return 0;
}

static void zones(void *arg, void (*each)(void *x, struct np_str name), void *x)
{
    NP_SQL(rows, "SELECT DISTINCT name FROM route53_zone WHERE private = 0 ORDER BY name");
    struct np_core *core = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct np_scope scope = {.account = NP_STR("")};
    struct np_q *q = np_q(np_store_reader(core->store, NP_DB_STATE), &scope, &rows, "");
    while (np_row(q)) {
        struct np_str name = np_col_str(q, 0, a);
        name.n -= name.n != 0;
        each(x, name);
    }
    np_q_end(q, NULL);
}

void route53_answer_register(struct np_core *core)
{
    np_provide_dns(core, &(struct np_dns_provider){
                             .arg = core,
                             .lookup = lookup,
                             .zones = zones,
                         });
}
