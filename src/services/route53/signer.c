/* SPDX-License-Identifier: Apache-2.0 */
/* signer.c - from the rows of a signed zone to what the DNS engine signs with. */
#include "services/route53/dnssec.h"

#include "base/digest.h"
#include "base/log.h"

#define PURPOSE "route53.zsk"

bool route53_key_is_active(const struct route53_key *k)
{
    return np_str_is(k->status, "ACTIVE");
}

int route53_keys(const struct route53_db *db, struct np_str zone, struct route53_key **out,
                 size_t *n, struct np_err *err)
{
    NP_SQL(rows, "SELECT name, reference, kms_arn, public, status, created_ms, changed_ms FROM "
                 "route53_ksk WHERE zone = ?1 ORDER BY name");
    struct np_q *q = route53_q(db, &rows, "s", zone);
    *out = NULL;
    *n = 0;
    while (np_row(q)) {
        *out = np_array_grow(db->a, *out, *n, sizeof(**out));
        (*out)[(*n)++] = (struct route53_key){
            .name = np_col_str(q, 0, db->a),
            .reference = np_col_str(q, 1, db->a),
            .kms_arn = np_col_str(q, 2, db->a),
            .public = np_col_str(q, 3, db->a),
            .status = np_col_str(q, 4, db->a),
            .created_ms = np_col_int(q, 5),
            .changed_ms = np_col_int(q, 6),
        };
    }
    return np_q_end(q, err);
}

int route53_zsk_get(const struct route53_db *db, struct np_str zone, struct route53_zsk *out,
                    struct np_err *err)
{
    NP_SQL(get, "SELECT sealed, public FROM route53_zsk WHERE zone = ?1");
    struct np_q *q = route53_q(db, &get, "s", zone);
    bool found = np_row(q);
    if (found)
        *out = (struct route53_zsk){np_col_str(q, 0, db->a), np_col_str(q, 1, db->a)};
    int rc = np_q_end(q, err);
    return rc == 0 && !found ? NP_ENOENT : rc;
}

void route53_zsk_new(const struct np_core *core, struct np_arena *a, struct route53_zsk *out)
{
    uint8_t private[NP_DNS_PRIVATE_KEY], public[NP_DNS_PUBLIC_KEY];
    np_dns_key_new(private, public);
    out->sealed = np_core_seal(core, PURPOSE, np_str_n(private, sizeof(private)), a);
    out->public = np_str_dup(a, np_str_n(public, sizeof(public)));
    np_wipe(private, sizeof(private));
}

static int read_signatures(const struct route53_db *db, struct np_str zone, struct np_strs *out,
                           struct np_err *err)
{
    NP_SQL(rows, "SELECT rrsig FROM route53_signature WHERE zone = ?1 ORDER BY ksk");
    struct np_q *q = route53_q(db, &rows, "s", zone);
    while (np_row(q))
        ROUTE53_PUSH(db->a, out, np_col_str(q, 0, db->a));
    return np_q_end(q, err);
}

static struct np_str dnskey(struct np_arena *a, uint16_t flags, struct np_str public)
{
    return np_dns_dnskey(a, flags, (const uint8_t *)public.p);
}

static int make(struct np_core *core, const struct route53_db *db, const struct route53_zone *z,
                struct np_dns_signer **out, struct np_err *err)
{
    struct route53_zsk zsk;
    struct route53_key *keys;
    struct np_strs set = {0}, signatures = {0};
    struct np_dns_signer_opts o = {.dnskey_ttl = ROUTE53_DNSKEY_TTL};
    struct route53_name name;
    size_t n;
    int rc = route53_zsk_get(db, z->id, &zsk, err);
    rc = rc != 0 ? rc : route53_keys(db, z->id, &keys, &n, err);
    rc = rc != 0 ? rc : read_signatures(db, z->id, &signatures, err);
    rc = rc != 0 ? rc : route53_name(db->a, z->name, &name, err);
    if (rc != 0)
        return rc;
    struct np_str private = np_core_unseal(core, PURPOSE, zsk.sealed, db->a);
    if (private.n != NP_DNS_PRIVATE_KEY)
        return np_err(err, NP_ECORRUPT, "the zone's key does not open");
    ROUTE53_PUSH(db->a, &set, dnskey(db->a, NP_DNS_FLAGS_ZSK, zsk.public));
    for (size_t i = 0; i < n; i++)
        if (route53_key_is_active(&keys[i]))
            ROUTE53_PUSH(db->a, &set, dnskey(db->a, NP_DNS_FLAGS_KSK, keys[i].public));
    o.zone = name.wire;
    o.zsk_private = (const uint8_t *)private.p;
    o.dnskeys = set.v;
    o.n_dnskeys = set.n;
    o.dnskey_rrsigs = signatures.v;
    o.n_dnskey_rrsigs = signatures.n;
    rc = np_dns_signer_new(&o, out, err);
    np_wipe((char *)(uintptr_t) private.p, private.n);
    return rc;
}

struct np_dns_signer *route53_signer(struct np_core *core, const struct route53_db *db,
                                     const struct route53_zone *z)
{
    struct np_dns_signer *s = NULL;
    struct np_err err = {0};
    if (make(core, db, z, &s, &err) == 0)
        return s;
    np_log(NP_ERROR, "route53.signer", "zone=%.*s why=%.*s", NP_FMT(z->id),
           NP_FMT(np_log_quote(db->a, np_err_text(&err))));
    return NULL;
}
