/* SPDX-License-Identifier: Apache-2.0 */
/* zone.c - hosted zones: made, described, deleted. */
#include "aws/tags.h"
#include "services/route53/route53_int.h"

#define NS_TTL  172800
#define SOA_TTL 900

/* --- what is said of a zone --- */

struct route53_HostedZone *route53_zone_out(struct np_arena *a, const struct route53_zone *z)
{
    struct route53_HostedZone *out = np_new(a, struct route53_HostedZone);
    out->Id = route53_path(a, "hostedzone", z->id);
    out->Name = z->name;
    out->CallerReference = z->reference;
    out->Config = np_new(a, struct route53_HostedZoneConfig);
    out->Config->Comment = z->comment;
    out->Config->PrivateZone = ROUTE53_BOOL(z->private);
    out->ResourceRecordSetCount = ROUTE53_INT(z->rrsets);
    return out;
}

/* AWS: private zones have name servers in their records, but no delegation set
 * (tests/wire/route53/zone_private.wire). */
static struct route53_DelegationSet *set_of(struct np_arena *a, const struct route53_zone *z)
{
    if (z->private)
        return NULL;
    return route53_set_out(a, z->set_id, NP_STR_NULL, z->servers);
}

int route53_GetHostedZone(struct np_req *rq, const struct route53_GetHostedZoneRequest *in,
                          struct route53_GetHostedZoneResponse *out, struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    struct route53_zone z;
    struct route53_vpc *vpcs;
    size_t n;
    int rc = route53_zone_find(&db, in->Id, &z, err);
    if (rc == 0)
        rc = route53_vpcs(&db, z.id, &vpcs, &n, err);
    if (rc != 0)
        return rc;
    out->HostedZone = route53_zone_out(db.a, &z);
    out->DelegationSet = set_of(db.a, &z);
    for (size_t i = 0; i < n; i++) {
        const struct route53_VPC v = {.VPCRegion = vpcs[i].region, .VPCId = vpcs[i].id};
        ROUTE53_PUSH(db.a, &out->VPCs, v);
    }
    return 0;
}

int route53_GetHostedZoneCount(struct np_req *rq,
                               const struct route53_GetHostedZoneCountRequest *in,
                               struct route53_GetHostedZoneCountResponse *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_zone WHERE account = :account");
    struct route53_db db = route53_db_req(rq);
    (void)in, (void)err;
    out->HostedZoneCount = ROUTE53_INT(route53_first_int(route53_q(&db, &count, "")));
    return 0;
}

/* --- making --- */

struct making {
    struct route53_name name;
    struct route53_vpc vpc;
};

/* AWS: a public zone has a name of at least one label, which is a host's
 * (tests/wire/route53/zone_names.wire). */
static int check_name(struct np_str text, const struct route53_name *name, struct np_err *err)
{
    bool ok = name->text.n > 1;
    for (size_t i = 0; ok && i < name->text.n; i++)
        ok =
            name->text.p[i] != '*' && !np_str_starts(np_str_sub(name->text, i, 4), NP_STR("\\052"));
    return ok ? 0
              : np_fault(err, &ROUTE53_InvalidDomainName, "%.*s is not a valid domain name.",
                         NP_FMT(text));
}

int route53_CreateHostedZone_begin(struct np_req *rq,
                                   const struct route53_CreateHostedZoneRequest *in,
                                   struct np_err *err)
{
    struct making *m = np_new(rq->arena, struct making);
    struct np_err why = {0};
    if (route53_name(rq->arena, in->Name, &m->name, &why) != 0)
        return np_fault(err, &ROUTE53_InvalidDomainName, "%.*s", NP_FMT(np_err_text(&why)));
    int rc = check_name(in->Name, &m->name, err);
    bool private = in->HostedZoneConfig != NULL && in->HostedZoneConfig->PrivateZone.v;
    if (rc == 0 && in->VPC != NULL)
        rc = route53_vpc_check(rq->core, in->VPC, &m->vpc, err);
    else if (rc == 0 && private)
        rc =
            np_fault(err, &ROUTE53_InvalidInput,
                     "When you're creating a private hosted zone, you must specify the VPC that it "
                     "is associated with.");
    if (rc == 0 && in->VPC != NULL && in->DelegationSetId.p != NULL)
        rc = np_fault(err, &ROUTE53_InvalidInput,
                      "A private hosted zone has no reusable delegation set: leave out "
                      "DelegationSetId.");
    rq->priv = m;
    return rc == 0 ? np_apply(rq) : rc;
}

static int check_quota(struct np_txn *t, struct np_str reference, struct np_err *err)
{
    NP_SQL(used, "SELECT 1 FROM route53_zone WHERE account = :account AND reference = ?1");
    NP_SQL(count, "SELECT count(*) FROM route53_zone WHERE account = :account");
    if (route53_first_int(np_tq(t, &used, "s", reference)) != 0)
        return np_fault(err, &ROUTE53_HostedZoneAlreadyExists,
                        "A hosted zone has already been created with the specified caller "
                        "reference.");
    if (route53_first_int(np_tq(t, &count, "")) >= ROUTE53_ZONES_MAX)
        return np_fault(err, &ROUTE53_TooManyHostedZones,
                        "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more than %d "
                        "hosted zones.",
                        ROUTE53_ZONES_MAX);
    return 0;
}

/* Of a zone of a reusable set: the set's, unless a zone of that name or too many have them. */
static int share_servers(struct np_txn *t, struct np_str set_id, struct route53_zone *z,
                         struct np_err *err)
{
    NP_SQL(same, "SELECT 1 FROM route53_zone WHERE account = :account AND sort = ?1 AND set_id = "
                 "?2");
    NP_SQL(count, "SELECT count(*) FROM route53_zone WHERE account = :account AND set_id = ?1");
    struct route53_db db = route53_db_txn(t);
    struct np_str reference;
    int rc = route53_set_find(&db, set_id, &reference, &z->servers, err);
    if (rc != 0)
        return rc;
    z->set_id = route53_bare_id(set_id);
    if (route53_first_int(np_tq(t, &same, "ss", z->sort, z->set_id)) != 0)
        return np_fault(err, &ROUTE53_ConflictingDomainExists,
                        "The delegation set %.*s is already associated with a hosted zone of the "
                        "name %.*s.",
                        NP_FMT(z->set_id), NP_FMT(z->name));
    if (route53_first_int(np_tq(t, &count, "s", z->set_id)) >= ROUTE53_SET_ZONES_MAX)
        return np_fault(err, &ROUTE53_TooManyHostedZones,
                        "Limits Exceeded: MAX_ZONES_BY_REUSABLE_DELEGATION_SET - the delegation "
                        "set has %d hosted zones.",
                        ROUTE53_SET_ZONES_MAX);
    return 0;
}

/* The records that each zone has: its name servers, and what it says of itself. */
static int add_apex(struct np_txn *t, const struct route53_zone *z, const struct route53_name *name,
                    struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct np_str s[4];
    route53_server_names(a, z->servers, true, s);
    const struct route53_rrset ns = {
        .name = *name,
        .type = NP_STR("NS"),
        .set_id = NP_STR(""),
        .ttl = ROUTE53_INT(NS_TTL),
        .data = np_str_printf(a, "%.*s\n%.*s\n%.*s\n%.*s", NP_FMT(s[0]), NP_FMT(s[1]), NP_FMT(s[2]),
                              NP_FMT(s[3])),
    };
    const struct route53_rrset soa = {
        .name = *name,
        .type = NP_STR("SOA"),
        .set_id = NP_STR(""),
        .ttl = ROUTE53_INT(SOA_TTL),
        .data = np_str_printf(a, "%.*s awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
                              NP_FMT(s[0])),
    };
    int rc = route53_rrset_put(t, z->id, &ns, err);
    return rc == 0 ? route53_rrset_put(t, z->id, &soa, err) : rc;
}

static int add_zone(struct np_txn *t, struct route53_zone *z, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO route53_zone (account, id, name, sort, reference, comment, private, "
                "set_id, servers, rrsets, signing, created_ms) VALUES (:account, ?1, ?2, ?3, ?4, "
                "?5, ?6, ?7, ?8, 2, 0, :now)");
    return np_exec(t, &add, err, "sssssiss", z->id, z->name, z->sort, z->reference, z->comment,
                   (int64_t)z->private, z->set_id, z->servers);
}

int route53_CreateHostedZone_apply(struct np_txn *t,
                                   const struct route53_CreateHostedZoneRequest *in,
                                   struct route53_CreateHostedZoneResponse *out, struct np_err *err)
{
    const struct making *m = np_txn_req(t)->priv;
    struct np_arena *a = np_txn_arena(t);
    struct route53_zone z = {
        .account = np_txn_scope(t)->account,
        .id = route53_new_id(a, 'Z'),
        .name = m->name.text,
        .sort = m->name.sort,
        .reference = in->CallerReference,
        .comment = in->HostedZoneConfig != NULL ? in->HostedZoneConfig->Comment : NP_STR_NULL,
        .servers = in->VPC != NULL ? ROUTE53_PRIVATE_SERVERS : route53_new_servers(a),
        .private = in->VPC != NULL,
        .rrsets = 2,
    };
    int rc = check_quota(t, z.reference, err);
    if (rc == 0 && in->DelegationSetId.p != NULL)
        rc = share_servers(t, in->DelegationSetId, &z, err);
    if (rc == 0)
        rc = add_zone(t, &z, err);
    if (rc == 0)
        rc = add_apex(t, &z, &m->name, err);
    np_notice(t, "route53.all", z.account, z.id);
    if (rc == 0 && in->VPC != NULL)
        rc = route53_vpc_add(t, &z, &m->vpc, err);
    if (rc == 0)
        rc = route53_change_add(t, NP_STR_NULL, &out->ChangeInfo, err);
    if (rc != 0)
        return rc;
    out->HostedZone = route53_zone_out(a, &z);
    out->DelegationSet = set_of(a, &z);
    if (in->VPC != NULL) {
        out->VPC = np_new(a, struct route53_VPC);
        *out->VPC = (struct route53_VPC){.VPCRegion = m->vpc.region, .VPCId = m->vpc.id};
    }
    out->Location = np_str_printf(a, "%.*s/2013-04-01/hostedzone/%.*s",
                                  NP_FMT(np_txn_req(t)->endpoint), NP_FMT(z.id));
    return 0;
}

/* --- changing --- */

int route53_UpdateHostedZoneComment_apply(struct np_txn *t,
                                          const struct route53_UpdateHostedZoneCommentRequest *in,
                                          struct route53_UpdateHostedZoneCommentResponse *out,
                                          struct np_err *err)
{
    NP_SQL(put, "UPDATE route53_zone SET comment = ?2 WHERE id = ?1");
    struct route53_db db = route53_db_txn(t);
    struct route53_zone z;
    int rc = route53_zone_find(&db, in->Id, &z, err);
    z.comment = in->Comment.n != 0 ? in->Comment : NP_STR_NULL;
    if (rc == 0)
        rc = np_exec(t, &put, err, "ss", z.id, z.comment);
    if (rc == 0)
        out->HostedZone = route53_zone_out(db.a, &z);
    return rc;
}

int route53_DeleteHostedZone_apply(struct np_txn *t,
                                   const struct route53_DeleteHostedZoneRequest *in,
                                   struct route53_DeleteHostedZoneResponse *out, struct np_err *err)
{
    NP_SQL(more, "SELECT 1 FROM route53_rrset WHERE zone = ?1 AND NOT (sort = ?2 AND type IN "
                 "('NS', 'SOA')) LIMIT 1");
    NP_SQL(keys, "SELECT 1 FROM route53_ksk WHERE zone = ?1 LIMIT 1");
    NP_SQL(del, "DELETE FROM route53_zone WHERE id = ?1");
    struct route53_db db = route53_db_txn(t);
    struct route53_zone z;
    int rc = route53_zone_find(&db, in->Id, &z, err);
    if (rc != 0)
        return rc;
    /* AWS: with two blanks (tests/wire/route53/zone_not_empty.wire). */
    if (route53_first_int(np_tq(t, &more, "ss", z.id, z.sort)) != 0)
        return np_fault(err, &ROUTE53_HostedZoneNotEmpty,
                        "The specified hosted zone contains non-required resource record sets  and "
                        "so cannot be deleted.");
    if (z.signing || route53_first_int(np_tq(t, &keys, "s", z.id)) != 0)
        return np_fault(err, &ROUTE53_HostedZoneNotEmpty,
                        "The specified hosted zone contains DNSSEC Key Signing Keys and so cannot "
                        "be deleted.");
    rc = np_exec(t, &del, err, "s", z.id);
    if (rc == 0)
        rc = np_tags_drop(t, route53_zone_arn(db.a, z.id), err);
    if (rc == 0)
        rc = route53_change_add(t, NP_STR_NULL, &out->ChangeInfo, err);
    route53_zone_changed(t, z.account, z.id);
    return rc;
}
