/* SPDX-License-Identifier: Apache-2.0 */
/* delegation.c - name servers: four numbers a zone, one in each domain, and sets of them that zones
 * share. */
#include <arpa/inet.h>

#include "aws/names.h"
#include "base/digest.h"
#include "io/net.h"
#include "services/route53/route53_int.h"

#define PER_DOMAIN 512
#define SERVER_TTL 172800

static const char *const domains[] = {"com", "net", "org", "co.uk"};

/* --- names of servers --- */

struct np_str route53_new_servers(struct np_arena *a)
{
    uint16_t n[NP_LEN(domains)];
    np_random(n, sizeof(n));
    for (size_t i = 0; i < NP_LEN(domains); i++)
        n[i] = (uint16_t)(n[i] % PER_DOMAIN + i * PER_DOMAIN);
    return np_str_printf(a, "%u,%u,%u,%u", n[0], n[1], n[2], n[3]);
}

static struct np_str server_name(struct np_arena *a, unsigned n, bool dot)
{
    return np_str_printf(a, "ns-%u.awsdns-%02u.%s%s", n, n % PER_DOMAIN / 8,
                         domains[n / PER_DOMAIN % NP_LEN(domains)], dot ? "." : "");
}

void route53_server_names(struct np_arena *a, struct np_str servers, bool dot, struct np_str out[4])
{
    struct np_str one;
    uint64_t n;
    for (size_t i = 0; i < 4 && np_str_split(&servers, ',', &one); i++)
        out[i] = np_str_u64(one, &n) ? server_name(a, (unsigned)n, dot) : NP_STR("");
}

/* Is it how a server is called? */
static bool is_server(struct np_str name)
{
    struct np_str first, rest, digits = np_str_sub(name, 3, SIZE_MAX);
    uint64_t n;
    char text[64];
    if (!np_str_starts(name, NP_STR("ns-")) || !np_str_cut(digits, '.', &first, &rest) ||
        !np_str_u64(first, &n) || n >= PER_DOMAIN * NP_LEN(domains))
        return false;
    int len = snprintf(text, sizeof(text), "ns-%u.awsdns-%02u.%s", (unsigned)n,
                       (unsigned)n % PER_DOMAIN / 8, domains[n / PER_DOMAIN]);
    return np_str_eq(name, np_str_n(text, (size_t)len));
}

static int find_server(void *arg, struct np_str name, struct np_str vpc_id,
                       struct np_name_addrs *out)
{
    const struct np_core *core = arg;
    struct np_addr at;
    (void)vpc_id;
    if (!is_server(name))
        return NP_ENOENT;
    *out = (struct np_name_addrs){.ttl = SERVER_TTL};
    if (np_addr_parse(core->config.dns, &at, NULL) != 0)
        return 0;
    np_addr_to_dial(&at);
    if (at.u.sa.sa_family == AF_INET)
        out->v[out->n++] = at.u.v4.sin_addr;
    return 0;
}

void route53_servers_register(struct np_core *core)
{
    np_name_source_add(core, &(struct np_name_source){
                                 .what = "route53",
                                 .arg = core,
                                 .find = find_server,
                             });
}

/* --- sets --- */

struct route53_DelegationSet *route53_set_out(struct np_arena *a, struct np_str id,
                                              struct np_str reference, struct np_str servers)
{
    struct route53_DelegationSet *out = np_new(a, struct route53_DelegationSet);
    struct np_str *names = np_new_array(a, struct np_str, 4);
    route53_server_names(a, servers, false, names);
    if (id.p != NULL)
        out->Id = route53_path(a, "delegationset", id);
    out->CallerReference = reference;
    out->NameServers.v = names;
    out->NameServers.n = 4;
    out->NameServers.set = true;
    return out;
}

int route53_set_find(const struct route53_db *db, struct np_str id, struct np_str *reference,
                     struct np_str *servers, struct np_err *err)
{
    NP_SQL(get, "SELECT reference, servers FROM route53_set WHERE account = :account AND id = ?1");
    struct np_str bare = route53_bare_id(id);
    struct np_q *q = route53_q(db, &get, "s", bare);
    bool found = np_row(q);
    if (found) {
        *reference = np_col_str(q, 0, db->a);
        *servers = np_col_str(q, 1, db->a);
    }
    int rc = np_q_end(q, err);
    if (rc != 0 || found)
        return rc;
    return np_fault(err, &ROUTE53_NoSuchDelegationSet, "No delegation set found with ID: %.*s",
                    NP_FMT(bare));
}

/* Of a new set: its own, or those that a zone has. */
static int choose_servers(struct np_txn *t, struct np_str zone_id, struct np_str *servers,
                          struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    struct route53_zone z;
    *servers = route53_new_servers(db.a);
    if (zone_id.p == NULL)
        return 0;
    int rc = route53_zone_get(&db, route53_bare_id(zone_id), &z, err);
    if (rc == NP_ENOENT || (rc == 0 && !np_str_eq(z.account, db.scope.account)))
        return np_fault(err, &ROUTE53_HostedZoneNotFound, "No hosted zone found with ID: %.*s",
                        NP_FMT(zone_id));
    if (rc == 0 && z.private)
        rc = np_fault(err, &ROUTE53_InvalidArgument,
                      "A private hosted zone has no delegation set that can be reused.");
    if (rc == 0 && z.set_id.p != NULL)
        rc = np_fault(err, &ROUTE53_DelegationSetAlreadyReusable,
                      "The delegation set of %.*s has already been marked as reusable.",
                      NP_FMT(z.id));
    if (rc == 0)
        *servers = z.servers;
    return rc;
}

int route53_CreateReusableDelegationSet_apply(
    struct np_txn *t, const struct route53_CreateReusableDelegationSetRequest *in,
    struct route53_CreateReusableDelegationSetResponse *out, struct np_err *err)
{
    NP_SQL(used, "SELECT 1 FROM route53_set WHERE account = :account AND reference = ?1");
    NP_SQL(count, "SELECT count(*) FROM route53_set WHERE account = :account");
    NP_SQL(add, "INSERT INTO route53_set (account, id, reference, servers) VALUES (:account, ?1, "
                "?2, ?3)");
    NP_SQL(mark, "UPDATE route53_zone SET set_id = ?2 WHERE id = ?1");
    struct np_arena *a = np_txn_arena(t);
    struct np_str servers, id = route53_new_id(a, 'N');
    if (route53_first_int(np_tq(t, &used, "s", in->CallerReference)) != 0)
        return np_fault(err, &ROUTE53_DelegationSetAlreadyCreated,
                        "A delegation set with the same owner and caller reference combination has "
                        "already been created.");
    if (route53_first_int(np_tq(t, &count, "")) >= ROUTE53_SETS_MAX)
        return np_fault(err, &ROUTE53_LimitsExceeded,
                        "Limits Exceeded: MAX_REUSABLE_DELEGATION_SETS_BY_OWNER - Cannot create "
                        "more than %d reusable delegation sets.",
                        ROUTE53_SETS_MAX);
    int rc = choose_servers(t, in->HostedZoneId, &servers, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "sss", id, in->CallerReference, servers);
    if (rc == 0 && in->HostedZoneId.p != NULL)
        rc = np_exec(t, &mark, err, "ss", route53_bare_id(in->HostedZoneId), id);
    if (rc != 0)
        return rc;
    out->DelegationSet = route53_set_out(a, id, in->CallerReference, servers);
    out->Location = np_str_printf(a, "%.*s/2013-04-01/delegationset/%.*s",
                                  NP_FMT(np_txn_req(t)->endpoint), NP_FMT(id));
    return 0;
}

int route53_DeleteReusableDelegationSet_apply(
    struct np_txn *t, const struct route53_DeleteReusableDelegationSetRequest *in,
    struct route53_DeleteReusableDelegationSetResponse *out, struct np_err *err)
{
    NP_SQL(used, "SELECT 1 FROM route53_zone WHERE account = :account AND set_id = ?1");
    NP_SQL(del, "DELETE FROM route53_set WHERE account = :account AND id = ?1");
    struct route53_db db = route53_db_txn(t);
    struct np_str id = route53_bare_id(in->Id), reference, servers;
    (void)out;
    int rc = route53_set_find(&db, id, &reference, &servers, err);
    if (rc == 0 && route53_first_int(np_tq(t, &used, "s", id)) != 0)
        rc = np_fault(err, &ROUTE53_DelegationSetInUse,
                      "The specified delegation contains associated hosted zones which must be "
                      "deleted before the reusable delegation set can be deleted.");
    return rc != 0 ? rc : np_exec(t, &del, err, "s", id);
}

int route53_GetReusableDelegationSet(struct np_req *rq,
                                     const struct route53_GetReusableDelegationSetRequest *in,
                                     struct route53_GetReusableDelegationSetResponse *out,
                                     struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    struct np_str reference, servers;
    int rc = route53_set_find(&db, in->Id, &reference, &servers, err);
    if (rc == 0)
        out->DelegationSet = route53_set_out(db.a, route53_bare_id(in->Id), reference, servers);
    return rc;
}

int route53_ListReusableDelegationSets(struct np_req *rq,
                                       const struct route53_ListReusableDelegationSetsRequest *in,
                                       struct route53_ListReusableDelegationSetsResponse *out,
                                       struct np_err *err)
{
    NP_SQL(rows, "SELECT id, reference, servers FROM route53_set WHERE account = :account AND "
                 "id >= ?1 ORDER BY id LIMIT ?2");
    struct route53_db db = route53_db_req(rq);
    int64_t most;
    int rc = route53_max_items(in->MaxItems, ROUTE53_PAGE_MAX, &most, err);
    if (rc != 0)
        return rc;
    struct np_str from = in->Marker.p != NULL ? route53_bare_id(in->Marker) : NP_STR("");
    struct np_q *q = route53_q(&db, &rows, "si", from, most + 1);
    out->DelegationSets.set = true;
    while (np_row(q)) {
        struct np_str id = np_col_str(q, 0, db.a);
        if ((int64_t)out->DelegationSets.n == most) {
            out->NextMarker = id;
            break;
        }
        const struct route53_DelegationSet *one =
            route53_set_out(db.a, id, np_col_str(q, 1, db.a), np_col_str(q, 2, db.a));
        ROUTE53_PUSH(db.a, &out->DelegationSets, *one);
    }
    out->IsTruncated = ROUTE53_BOOL(out->NextMarker.p != NULL);
    out->Marker = in->Marker;
    out->MaxItems = route53_items_text(db.a, most);
    return np_q_end(q, err);
}
